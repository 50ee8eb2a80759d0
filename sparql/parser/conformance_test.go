package parser_test

import (
	"errors"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// TestConformance runs the syntax tests of the W3C suites for SPARQL 1.0 and
// 1.1, and parses the queries and updates of the evaluation tests too.
func TestConformance(t *testing.T) {
	query := func(t *testing.T, e suite.Entry) error {
		_, err := parser.Query(string(e.Read(t, e.Action)), parser.Options{Base: e.Action.Value()})
		return err
	}
	update := func(t *testing.T, e suite.Entry) error {
		_, err := parser.Update(string(e.Read(t, e.Action)), parser.Options{Base: e.Action.Value()})
		return err
	}
	good := func(parse func(*testing.T, suite.Entry) error) suite.Handler {
		return func(t *testing.T, e suite.Entry) {
			if err := parse(t, e); err != nil {
				t.Errorf("%v\n%s", err, e.Read(t, e.Action))
			}
		}
	}
	bad := func(parse func(*testing.T, suite.Entry) error) suite.Handler {
		return func(t *testing.T, e suite.Entry) {
			err := parse(t, e)
			if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok {
				t.Errorf("got error %v, want a syntax error in\n%s", err, e.Read(t, e.Action))
			}
		}
	}
	handlers := map[string]suite.Handler{
		suite.MF + "PositiveSyntaxTest":         good(query),
		suite.MF + "NegativeSyntaxTest":         bad(query),
		suite.MF + "PositiveSyntaxTest11":       good(query),
		suite.MF + "NegativeSyntaxTest11":       bad(query),
		suite.MF + "PositiveUpdateSyntaxTest11": good(update),
		suite.MF + "NegativeUpdateSyntaxTest11": bad(update),
	}
	for name, manifest := range map[string]string{
		"SPARQL10": "w3c-sparql10/manifest.ttl",
		"SPARQL11": "w3c-sparql11/manifest-all.ttl",
	} {
		t.Run(name, func(t *testing.T) {
			var syntax []suite.Entry
			for _, e := range suite.Manifest(t, manifest) {
				if handlers[e.Type] != nil {
					syntax = append(syntax, e)
				}
			}
			suite.Run(t, syntax, suite.Options{Handlers: handlers, Report: "testdata/earl-" + name + ".ttl"})
		})
	}
}

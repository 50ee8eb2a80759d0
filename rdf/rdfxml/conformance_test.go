package rdfxml_test

import (
	"errors"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
)

func TestConformance(t *testing.T) {
	suite.Run(t, suite.Manifest(t, "w3c-rdf11/rdf-xml/manifest.ttl"), suite.Options{
		Report: "testdata/earl.ttl",
		Handlers: map[string]suite.Handler{
			suite.RDFT + "TestXMLEval": func(t *testing.T, e suite.Entry) {
				got, err := rdfxml.Parse(e.Read(t, e.Action), e.Action.Value())
				if err != nil {
					t.Fatal(err)
				}
				want, err := nquads.Parse(e.Read(t, e.Result))
				if err != nil {
					t.Fatal(err)
				}
				if !canon.Isomorphic(got, want) {
					t.Errorf("got\n%v\nwant\n%v", got, want)
				}
			},
			suite.RDFT + "TestXMLNegativeSyntax": func(t *testing.T, e suite.Entry) {
				got, err := rdfxml.Parse(e.Read(t, e.Action), e.Action.Value())
				if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok {
					t.Errorf("got %v and error %v, want a syntax error", got, err)
				}
			},
		},
	})
}

package turtle_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

func TestConformance(t *testing.T) {
	handlers := map[string]suite.Handler{}
	for format, trig := range map[string]bool{"Turtle": false, "Trig": true} {
		read := func(t *testing.T, e suite.Entry) ([]rdf.Quad, error) {
			return drain(bytes.NewReader(e.Read(t, e.Action)), turtle.Options{TriG: trig, Base: e.Action.Value()})
		}
		handlers[suite.RDFT+"Test"+format+"Eval"] = func(t *testing.T, e suite.Entry) {
			got, err := read(t, e)
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
		}
		handlers[suite.RDFT+"Test"+format+"PositiveSyntax"] = func(t *testing.T, e suite.Entry) {
			if _, err := read(t, e); err != nil {
				t.Error(err)
			}
		}
		bad := func(t *testing.T, e suite.Entry) {
			_, err := read(t, e)
			if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok {
				t.Errorf("got error %v, want a syntax error", err)
			}
		}
		handlers[suite.RDFT+"Test"+format+"NegativeSyntax"] = bad
		handlers[suite.RDFT+"Test"+format+"NegativeEval"] = bad
	}
	t.Run("Turtle", func(t *testing.T) {
		suite.Run(t, suite.Manifest(t, "w3c-rdf11/rdf-turtle/manifest.ttl"),
			suite.Options{Handlers: handlers, Report: "testdata/earl-turtle.ttl"})
	})
	t.Run("TriG", func(t *testing.T) {
		suite.Run(t, suite.Manifest(t, "w3c-rdf11/rdf-trig/manifest.ttl"),
			suite.Options{Handlers: handlers, Report: "testdata/earl-trig.ttl"})
	})
}

func drain(in io.Reader, o turtle.Options) ([]rdf.Quad, error) {
	return rdf.ReadAll(turtle.NewReader(in, o).Read)
}

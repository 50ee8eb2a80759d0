package nquads_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
)

func TestConformance(t *testing.T) {
	handlers := map[string]suite.Handler{}
	for format, o := range map[string]nquads.Options{"NTriples": {Triples: true}, "NQuads": {}} {
		handlers[suite.RDFT+"Test"+format+"PositiveSyntax"] = func(t *testing.T, e suite.Entry) {
			if _, err := readAll(e.Read(t, e.Action), o); err != nil {
				t.Error(err)
			}
		}
		handlers[suite.RDFT+"Test"+format+"NegativeSyntax"] = func(t *testing.T, e suite.Entry) {
			_, err := readAll(e.Read(t, e.Action), o)
			if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok {
				t.Errorf("got error %v, want a syntax error", err)
			}
		}
	}
	t.Run("N-Triples", func(t *testing.T) {
		suite.Run(t, suite.Manifest(t, "w3c-rdf11/rdf-n-triples/manifest.ttl"),
			suite.Options{Handlers: handlers, Report: "testdata/earl-n-triples.ttl"})
	})
	t.Run("N-Quads", func(t *testing.T) {
		suite.Run(t, suite.Manifest(t, "w3c-rdf11/rdf-n-quads/manifest.ttl"),
			suite.Options{Handlers: handlers, Report: "testdata/earl-n-quads.ttl"})
	})
}

func readAll(b []byte, o nquads.Options) ([]rdf.Quad, error) {
	return drain(bytes.NewReader(b), o)
}

func drain(in io.Reader, o nquads.Options) ([]rdf.Quad, error) {
	return rdf.ReadAll(nquads.NewReader(in, o).Read)
}

package canon_test

import (
	"encoding/json"
	"errors"
	"maps"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
)

func TestConformance(t *testing.T) {
	canonicalize := func(t *testing.T, e suite.Entry) (canon.Canonical, error) {
		quads, err := nquads.Parse(e.Read(t, e.Action))
		if err != nil {
			t.Fatal(err)
		}
		var o canon.Options
		if e.Get(e.Node(), suite.RDFC+"hashAlgorithm").Value() == "SHA384" {
			o.Hash = canon.SHA384
		}
		return canon.Canonicalize(quads, o)
	}
	suite.Run(t, suite.Manifest(t, "rdf-canon/tests/manifest.ttl"), suite.Options{
		Report: "testdata/earl.ttl",
		Handlers: map[string]suite.Handler{
			suite.RDFC + "RDFC10EvalTest": func(t *testing.T, e suite.Entry) {
				got, err := canonicalize(t, e)
				if err != nil {
					t.Fatal(err)
				}
				if want := e.Read(t, e.Result); string(got.NQuads) != string(want) {
					t.Errorf("got\n%swant\n%s", got.NQuads, want)
				}
			},
			suite.RDFC + "RDFC10MapTest": func(t *testing.T, e suite.Entry) {
				got, err := canonicalize(t, e)
				if err != nil {
					t.Fatal(err)
				}
				var want map[string]string
				if err := json.Unmarshal(e.Read(t, e.Result), &want); err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(got.Labels, want) {
					t.Errorf("got %v, want %v", got.Labels, want)
				}
			},
			suite.RDFC + "RDFC10NegativeEvalTest": func(t *testing.T, e suite.Entry) {
				_, err := canonicalize(t, e)
				if _, ok := errors.AsType[*canon.WorkError](err); !ok {
					t.Errorf("got error %v, want a WorkError", err)
				}
			},
		},
	})
}

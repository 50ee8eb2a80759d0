package sparql_test

import (
	"context"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/enginetest"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

func openStore(t testing.TB) *quadstore.Store {
	t.Helper()
	s, err := quadstore.Open("store", quadstore.Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err) // a snapshot that nobody closed shows here
		}
	})
	return s
}

func TestEmbedded(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) (sparql.Engine, enginetest.Put) {
		s := openStore(t)
		return sparql.NewEmbedded(s, sparql.EmbeddedOptions{}), s.Put
	})
}

// A dataset in memory answers as the store does.
func TestFixed(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) (sparql.Engine, enginetest.Put) {
		graphs := map[string][]rdf.Quad{}
		e := &refilled{}
		return e, func(_ context.Context, graph string, quads []rdf.Quad) error {
			graphs[graph] = slices.Clone(quads)
			for i := range graphs[graph] {
				graphs[graph][i].Graph = rdf.IRI(graph)
			}
			e.Engine = sparql.NewFixed(eval.NewMemory(func(yield func(rdf.Quad) bool) {
				for _, quads := range graphs {
					for _, q := range quads {
						if !yield(q) {
							return
						}
					}
				}
			}), sparql.EmbeddedOptions{})
			return nil
		}
	})
}

// refilled is an engine whose dataset is made anew with each put.
type refilled struct{ sparql.Engine }

// A result goes on reading what it began with.
func TestResultIsOneSnapshot(t *testing.T) {
	s, ctx := openStore(t), context.Background()
	e := sparql.NewEmbedded(s, sparql.EmbeddedOptions{})
	quads := make([]rdf.Quad, 1000)
	for i := range quads {
		quads[i] = rdf.Quad{Subject: rdf.Blank(string(rune('a' + i))), Predicate: rdf.IRI("http://p"), Object: rdf.String("x")}
	}
	if err := s.Put(ctx, "http://g", quads); err != nil {
		t.Fatal(err)
	}
	r, err := e.Query(ctx, sparql.Query{Text: "SELECT * { ?s ?p ?o }"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for _, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			if err := s.Delete(ctx, "http://g"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n != len(quads) {
		t.Errorf("%d rows, not %d", n, len(quads))
	}
}

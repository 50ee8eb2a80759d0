package sparql_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
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

// direct carries out writes on a store at once: nobody keeps a record.
type direct struct {
	store *quadstore.Store
	mu    sync.Mutex
	n     int // writes so far
	// under, if not empty, is the beginning of the names of graphs that may be
	// written.
	under string
}

func (d *direct) Allowed(graph rdf.Term) error {
	if !strings.HasPrefix(graph.Value(), d.under) {
		return &sparql.ReadOnlyError{Graph: graph, Under: d.under}
	}
	return nil
}

func (d *direct) Write(ctx context.Context, work func(context.Context) ([]sparql.GraphChange, error)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	changes, err := work(ctx)
	if err != nil {
		return err
	}
	d.n++
	fresh := func(t rdf.Term) rdf.Term {
		if t.IsBlank() {
			return rdf.Blank(fmt.Sprintf("w%d%s", d.n, t.Value()))
		}
		return t
	}
	graphs := map[string][]rdf.Quad{}
	for _, c := range changes {
		g := map[rdf.Quad]bool{}
		if !c.Clear {
			if err := d.read(ctx, c.Graph, g); err != nil {
				return err
			}
		}
		for _, q := range c.Delete {
			delete(g, q)
		}
		for _, q := range c.Insert {
			g[rdf.Quad{Subject: fresh(q.Subject), Predicate: q.Predicate, Object: fresh(q.Object)}] = true
		}
		graphs[c.Graph.Value()] = slices.Collect(maps.Keys(g))
	}
	return d.store.PutTogether(ctx, maps.All(graphs))
}

// read adds what a graph holds.
func (d *direct) read(ctx context.Context, name rdf.Term, to map[rdf.Quad]bool) error {
	if name.IsZero() { // the engine's default graph is the union
		snapshot := d.store.Snapshot()
		defer snapshot.Close()
		for q, err := range snapshot.Match(eval.QuadID{}, eval.Default) {
			if err != nil {
				return err
			}
			s, err1 := snapshot.Term(q.Subject)
			p, err2 := snapshot.Term(q.Predicate)
			o, err3 := snapshot.Term(q.Object)
			if err := errors.Join(err1, err2, err3); err != nil {
				return err
			}
			to[rdf.Quad{Subject: s, Predicate: p, Object: o}] = true
		}
		return nil
	}
	r, ok, err := sparql.NewEmbedded(d.store, sparql.EmbeddedOptions{}).Graph(ctx, name)
	if err != nil || !ok {
		return err
	}
	defer r.Close()
	for q, err := range r.Quads {
		if err != nil {
			return err
		}
		to[q] = true
	}
	return nil
}

// writable is the engine on a store that everybody may write.
func writable(s *quadstore.Store) sparql.Engine {
	return sparql.NewEmbedded(s, sparql.EmbeddedOptions{Writer: &direct{store: s}})
}

func TestEmbedded(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) (sparql.Engine, enginetest.Put) {
		s := openStore(t)
		return writable(s), s.Put
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

package quadstore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// kept are the quads in the data directories of testdata, which older programs
// wrote and every later one must read. They have terms of every kind, inside IDs
// and in the dictionary.
func kept() (quads []rdf.Quad) {
	for g := range 3 {
		for i := range 40 {
			s := fmt.Sprintf("besluit/%d-%d", g, i)
			for p, o := range map[string]rdf.Term{
				"titel":      rdf.LangLiteral(fmt.Sprintf("Besluit %d van zitting %d", i, g), "nl"),
				"nummer":     rdf.Literal(fmt.Sprint(i), vocab.XSDInteger),
				"volgnummer": rdf.Literal(fmt.Sprintf("%03d", i), vocab.XSDInteger),
				"bedrag":     rdf.Literal(fmt.Sprintf("%d.50", i), vocab.XSD+"decimal"),
				"datum":      rdf.Literal(fmt.Sprintf("2026-11-%02d", 1+i%28), vocab.XSD+"date"),
				"begin":      rdf.Literal(fmt.Sprintf("2026-11-%02dT20:00:00+01:00", 1+i%28), vocab.XSD+"dateTime"),
				"geheim":     rdf.Literal(fmt.Sprint(i%2 == 0), vocab.XSD+"boolean"),
				"code":       rdf.String(fmt.Sprint("k", i)),
				"raad":       iri("raad"),
				"bijlage":    rdf.Blank(fmt.Sprint("bijlage", g)),
			} {
				q := triple(s, p, o)
				q.Graph = rdf.IRI(fmt.Sprint("http://pagina.be/", g))
				quads = append(quads, q)
			}
		}
	}
	quads = append(quads, triple("raad", "naam", rdf.String("Gemeenteraad van Vlavirgem")))
	slices.SortFunc(quads, rdf.CompareQuads)
	return quads
}

// Every format that a released program wrote can be opened, read, checked and
// changed.
func TestKeptFormats(t *testing.T) {
	dirs, err := filepath.Glob("testdata/format-*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no kept data directories: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			ctx, mine := context.Background(), filepath.Join(t.TempDir(), "store")
			if err := os.CopyFS(mine, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				s, err := Open(mine, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Check(ctx); err != nil {
					t.Error(err)
				}
				d := s.Snapshot()
				if got := contents(t, d); !slices.Equal(got, kept()) {
					t.Errorf("%d quads, want %d", len(got), len(kept()))
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
				version := s.Version()
				if err := s.Put(ctx, "http://nieuw", []rdf.Quad{triple("a", "b", iri("c"))}); err != nil || s.Version() != version+1 {
					t.Errorf("put: version %d after %d, %v", s.Version(), version, err)
				}
				if err := s.Delete(ctx, "http://nieuw"); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestKeepFormat writes the directory to keep for this version of the format,
// when asked to: a base, and a delta with more and less than it has.
func TestKeepFormat(t *testing.T) {
	dir := os.Getenv("QUADSTORE_KEEP")
	if dir == "" {
		t.Skip("QUADSTORE_KEEP names no directory")
	}
	ctx := context.Background()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	byGraph := map[string][]rdf.Quad{}
	for _, q := range kept() {
		byGraph[q.Graph.Value()] = append(byGraph[q.Graph.Value()], q)
	}
	if _, err := s.Load(ctx, each(slices.Concat(byGraph[""], byGraph["http://pagina.be/0"])), nil); err != nil {
		t.Fatal(err)
	}
	put := func(graph string, quads []rdf.Quad) {
		t.Helper()
		if err := s.Put(ctx, graph, quads); err != nil {
			t.Fatal(err)
		}
	}
	put("http://pagina.be/1", byGraph["http://pagina.be/1"])
	put("http://pagina.be/2", byGraph["http://pagina.be/2"][:7])
	put("http://weg", byGraph["http://pagina.be/0"])
	if err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	put("http://pagina.be/2", byGraph["http://pagina.be/2"]) // added to the base
	put("http://weg", nil)                                   // gone from it
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

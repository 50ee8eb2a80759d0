package eval_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

// BenchmarkQueries runs the queries of shared/bench on a corpus in memory and in
// a quad store. Set BELFORT_BENCH to a folder with a corpus.nq and its
// params.json, as shared/bench makes them.
func BenchmarkQueries(b *testing.B) {
	folder := os.Getenv("BELFORT_BENCH")
	if folder == "" {
		b.Skip("BELFORT_BENCH names no corpus")
	}
	corpus := func(yield func(rdf.Quad, error) bool) {
		f, err := os.Open(filepath.Join(folder, "corpus.nq"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		r := nquads.NewReader(f, nquads.Options{})
		for {
			q, err := r.Read()
			if errors.Is(err, io.EOF) || !yield(q, err) || err != nil {
				return
			}
		}
	}
	b.Run("store", func(b *testing.B) {
		s, err := quadstore.Open(b.TempDir(), quadstore.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		if _, err := s.Load(b.Context(), corpus, nil); err != nil {
			b.Fatal(err)
		}
		d := s.Snapshot()
		defer d.Close()
		benchmarkQueries(b, d, folder)
	})
	b.Run("memory", func(b *testing.B) {
		benchmarkQueries(b, eval.NewMemory(func(yield func(rdf.Quad) bool) {
			for q, err := range corpus {
				if err != nil {
					b.Fatal(err)
				}
				if !yield(q) {
					return
				}
			}
		}), folder)
	})
}

func benchmarkQueries(b *testing.B, ds eval.Dataset, folder string) {
	params := map[string][]string{}
	text, err := os.ReadFile(filepath.Join(folder, "params.json"))
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(text, &params); err != nil {
		b.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(suite.Shared(b), "bench", "queries", "*.rq"))
	if err != nil {
		b.Fatal(err)
	}
	comment := regexp.MustCompile(`(?m)^#.*$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		var queries []*algebra.Query
		for i := range 5 {
			q := comment.ReplaceAllString(string(text), "")
			for name, values := range params {
				q = strings.ReplaceAll(q, "@"+name+"@", values[i%len(values)])
			}
			parsed, err := parser.Query(q, parser.Options{})
			if err != nil {
				b.Fatal(err)
			}
			queries = append(queries, parsed)
		}
		b.Run(strings.TrimSuffix(filepath.Base(file), ".rq"), func(b *testing.B) {
			rows, n := 0, 0
			for b.Loop() {
				r, err := eval.Query(b.Context(), ds, queries[n%5], eval.Options{Scope: eval.Union})
				if err != nil {
					b.Fatal(err)
				}
				n++
				if r.Rows != nil {
					for _, err := range r.Rows {
						if err != nil {
							b.Fatal(err)
						}
						rows++
					}
				}
				if r.Quads != nil {
					for _, err := range r.Quads {
						if err != nil {
							b.Fatal(err)
						}
						rows++
					}
				}
				r.Close()
			}
			b.ReportMetric(float64(rows)/float64(n), "rows/op")
		})
	}
}

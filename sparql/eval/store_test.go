package eval_test

import (
	"iter"
	"os"
	"strconv"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

// TestOracleOnStore compares the evaluator on a quad store with the oracle, on
// random data, many queries for each. BELFORT_PAIRS sets how many there are in
// all, BELFORT_SEED with which data to begin.
func TestOracleOnStore(t *testing.T) {
	const each = 50
	pairs, seed := 500, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("BELFORT_PAIRS")); err == nil {
		pairs = n
	}
	if n, err := strconv.ParseUint(os.Getenv("BELFORT_SEED"), 10, 64); err == nil {
		seed = n
	}
	ran, failed := 0, 0
	for i := range uint64(max(1, pairs/each)) {
		quads, texts := eval.RandomQueries(seed+i, each)
		oracle := eval.NewOracle(quads)
		func() {
			s, err := quadstore.Open(t.TempDir(), quadstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			// Some of it was there before, some came later, and some went.
			half, third := len(quads)/2, len(quads)/3
			gone := rdf.Quad{Subject: quads[0].Subject, Predicate: quads[0].Predicate, Object: rdf.String("gone"), Graph: quads[0].Graph}
			if _, err := s.Load(t.Context(), fallible(append(quads[:half:half], gone)), nil); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Load(t.Context(), fallible(quads[half:half+third]), nil); err != nil {
				t.Fatal(err)
			}
			if err := s.Update(t.Context(), []rdf.Quad{gone}, quads[half+third:]); err != nil {
				t.Fatal(err)
			}
			d := s.Snapshot()
			defer d.Close()
			for _, text := range texts {
				q, err := parser.Query(text, parser.Options{})
				if err != nil {
					continue
				}
				ran++
				for _, options := range eval.Strained(t.TempDir()) {
					if err := oracle.Disagrees(d, q, options); err != nil {
						t.Errorf("data %d: %v\n%s", seed+i, err, text)
						failed++
					}
				}
				if failed > 5 {
					t.FailNow()
				}
			}
		}()
	}
	t.Logf("data of seeds %d to %d: %d queries", seed, seed+uint64(max(1, pairs/each))-1, ran)
}

func fallible(quads []rdf.Quad) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

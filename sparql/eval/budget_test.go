package eval_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// TestBudget: of queries that grow at once, those that can go on in files, those that
// cannot end with a limit that says whose memory it is, small ones do not notice, and
// what they held is there for the next.
func TestBudget(t *testing.T) {
	ds := chainData(3000)
	const sorted = "SELECT * { ?a :q ?b } ORDER BY DESC(?b) ?a"
	want, err := answer(t, ds, sorted, eval.Options{}, -1)
	if err != nil {
		t.Fatal(err)
	}
	budget := eval.NewBudget(4 << 20)

	options := eval.Options{Budget: budget, Limits: eval.Limits{Memory: 1 << 30}}
	_, err = answer(t, ds, sorted, options, -1)
	if limit, ok := errors.AsType[*eval.LimitError](err); !ok || limit.Limit != "memory of the server" || limit.Bound != 4<<20 {
		t.Errorf("without files: got error %v, want the limit on the memory of the server", err)
	}
	if n := budget.Drawn(); n != 0 {
		t.Errorf("%d bytes are not given back", n)
	}

	options.SpillDir = t.TempDir()
	var all sync.WaitGroup
	most := make(chan int64, 100)
	for range 6 {
		all.Go(func() {
			got, err := answer(t, ds, sorted, options, -1)
			most <- budget.Drawn()
			if err != nil {
				if limit, ok := errors.AsType[*eval.LimitError](err); !ok || limit.Limit != "memory of the server" {
					t.Error(err)
				}
			} else if !slices.Equal(got, want) {
				t.Errorf("got %d rows, want %d, or not the same", len(got), len(want))
			}
		})
		all.Go(func() {
			got, err := answer(t, ds, "SELECT * { :n7 ?p ?o } ORDER BY ?o", options, -1)
			if err != nil || len(got) != 12 {
				t.Errorf("a small query: %d rows, error %v", len(got), err)
			}
		})
	}
	all.Wait()
	close(most)
	for n := range most {
		if n > 4<<20 {
			t.Errorf("%d bytes are drawn", n)
		}
	}
	if n := budget.Drawn(); n != 0 {
		t.Errorf("%d bytes are not given back", n)
	}

	got, err := answer(t, ds, sorted, options, -1)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("alone, with files: got %d rows, error %v; want %d", len(got), err, len(want))
	}
	if _, err := answer(t, ds, sorted, options, 3); err != nil || budget.Drawn() != 0 {
		t.Errorf("broken off: error %v, %d bytes are not given back", err, budget.Drawn())
	}
	// A hash table that finds no room is done without.
	const join = "SELECT (COUNT(?c) AS ?n) { ?a :q ?b . ?c :q ?b . ?c :p ?a }"
	want, err = answer(t, ds, join, eval.Options{}, -1)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := answer(t, ds, join, eval.Options{Budget: eval.NewBudget(100_000)}, -1); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("a join: got %v, error %v; want %v", got, err, want)
	}
}

package eval_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// answer runs a query and returns its rows as lines; stop ends after that many.
func answer(t *testing.T, ds eval.Dataset, text string, opts eval.Options, stop int) ([]string, error) {
	t.Helper()
	q, err := parser.Query("PREFIX : <http://example.org/> "+text, parser.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := eval.Query(t.Context(), ds, q, opts)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var lines []string
	for row, err := range r.Rows {
		if err != nil {
			return lines, err
		}
		lines = append(lines, fmt.Sprint(row))
		if len(lines) == stop {
			break
		}
	}
	return lines, nil
}

// TestSpill runs queries that need more memory than they may have: with a place
// for temporary files they are answered, without one the limit is named. Nothing
// is left behind, however a run ends.
func TestSpill(t *testing.T) {
	ds := chainData(2000)
	limits := eval.Limits{Memory: 512 << 10, Disk: 64 << 20}
	for _, test := range []struct {
		text    string
		ordered bool
	}{
		{"SELECT * { ?a :q ?b } ORDER BY ?b DESC(?a)", true},
		{"SELECT * { ?a :q ?b } ORDER BY DESC(STR(?b)) ?a", true},
		{"SELECT DISTINCT ?a ?b { ?a :q ?b . ?b :p ?c }", false},
		{"SELECT DISTINCT ?a ?b { ?a :q ?b } ORDER BY ?a ?b", true},
		{"SELECT ?a ?b (COUNT(*) AS ?n) { ?a :q ?b } GROUP BY ?a ?b", false},
		{"SELECT ?a ?b (SUM(?n) AS ?m) { { SELECT ?a ?b (COUNT(?c) AS ?n) { ?a :q ?b . ?b :p ?c } GROUP BY ?a ?b } } GROUP BY ?a ?b", false},
		{"SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?a ?b { ?a :q ?b . ?b :p ?c } } }", false},
	} {
		t.Run(test.text, func(t *testing.T) {
			dir := t.TempDir()
			empty := func() {
				t.Helper()
				if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
					t.Errorf("%d temporary files are left (%v)", len(left), err)
				}
			}
			want, err := answer(t, ds, test.text, eval.Options{}, -1)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(test.text, "SUM") || strings.Contains(test.text, "{ {") {
				// What a subquery gives is kept in memory.
				limits := limits
				limits.Memory = 4 << 20
				spilled(t, ds, test.text, limits, dir, want, test.ordered)
				empty()
				return
			}
			spilled(t, ds, test.text, limits, dir, want, test.ordered)
			empty()

			_, err = answer(t, ds, test.text, eval.Options{Limits: limits}, -1)
			if limit, ok := errors.AsType[*eval.LimitError](err); !ok || limit.Limit != "memory" {
				t.Errorf("without files: got error %v, want the limit on memory", err)
			}
			_, err = answer(t, ds, test.text, eval.Options{Limits: eval.Limits{Memory: limits.Memory, Disk: 1000}, SpillDir: dir}, -1)
			if limit, ok := errors.AsType[*eval.LimitError](err); !ok || limit.Limit != "disk" {
				t.Errorf("with little room: got error %v, want the limit on disk", err)
			}
			empty()
			if _, err := answer(t, ds, test.text, eval.Options{Limits: limits, SpillDir: dir}, 3); err != nil {
				t.Error(err)
			}
			empty()
			_, err = answer(t, ds, test.text, eval.Options{Limits: limits, SpillDir: filepath.Join(dir, "missing")}, -1)
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("without the folder: got error %v, want that it does not exist", err)
			}
		})
	}
}

func spilled(t *testing.T, ds eval.Dataset, text string, limits eval.Limits, dir string, want []string, ordered bool) {
	t.Helper()
	got, err := answer(t, ds, text, eval.Options{Limits: limits, SpillDir: dir}, -1)
	if err != nil {
		t.Fatal(err)
	}
	if !ordered {
		want = slices.Clone(want)
		slices.Sort(want)
		slices.Sort(got)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %d rows, want %d, or not the same", len(got), len(want))
	}
}

// TestHashFitsOrNot wants a join whose table does not fit in memory to look its
// quads up instead.
func TestHashFitsOrNot(t *testing.T) {
	ds := chainData(3000)
	const text = "SELECT (COUNT(?c) AS ?n) { ?a :q ?b . ?c :q ?b . ?c :p ?a }"
	want, err := answer(t, ds, text, eval.Options{}, -1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := answer(t, ds, text, eval.Options{Limits: eval.Limits{Memory: 100_000}}, -1)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, error %v; want %v", got, err, want)
	}
}

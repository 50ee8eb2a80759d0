package quadstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/results"
)

// everyCursor calls f with all ways to ask for a cursor.
func everyCursor(f func(bound, order []eval.Place, scope eval.Scope)) {
	var orderings func(left, chosen []eval.Place, bound []eval.Place)
	orderings = func(left, chosen, bound []eval.Place) {
		for _, scope := range []eval.Scope{eval.Union, eval.Default, eval.Named} {
			f(bound, chosen, scope)
		}
		for i, p := range left {
			orderings(slices.Delete(slices.Clone(left), i, i+1), append(slices.Clone(chosen), p), bound)
		}
	}
	for mask := range 16 {
		var bound, left []eval.Place
		for p := eval.AtSubject; p <= eval.AtGraph; p++ {
			if mask>>p&1 == 1 {
				bound = append(bound, p)
			} else {
				left = append(left, p)
			}
		}
		orderings(left, nil, bound)
	}
}

func at(q eval.QuadID, p eval.Place) eval.ID {
	return [4]eval.ID{q.Subject, q.Predicate, q.Object, q.Graph}[p]
}

// expected is what a cursor gives, by filtering and sorting everything.
func expected(all []eval.QuadID, bound, order []eval.Place, scope eval.Scope, pattern eval.QuadID, from, to eval.ID) map[eval.QuadID]bool {
	want := map[eval.QuadID]bool{}
	graphBound := slices.Contains(bound, eval.AtGraph)
	for _, q := range all {
		fits := true
		for _, p := range bound {
			fits = fits && at(q, p) == at(pattern, p)
		}
		if len(order) > 0 {
			fits = fits && at(q, order[0]) >= from && (to == 0 || at(q, order[0]) <= to)
		}
		if !graphBound {
			switch scope {
			case eval.Union:
				q.Graph = 0
			case eval.Default:
				fits = fits && q.Graph == 0
			case eval.Named:
				fits = fits && q.Graph != 0
			}
		}
		if fits {
			want[q] = true
		}
	}
	return want
}

// drain reads a cursor to its end in batches of any size.
func drain(t failer, c eval.Cursor, batch int) (got []eval.QuadID) {
	t.Helper()
	buffer := make([]eval.QuadID, batch)
	for {
		n, err := c.Next(buffer)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return got
		}
		got = append(got, buffer[:n]...)
	}
}

// checkCursors seeks here and there with every kind of cursor that the dataset
// has, each several times, and compares with plain filtering and sorting.
func checkCursors(t failer, d *Snapshot, r *rand.Rand) {
	t.Helper()
	var all []eval.QuadID
	for _, scope := range []eval.Scope{eval.Default, eval.Named} {
		for q, err := range d.Match(eval.QuadID{}, scope) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, q)
		}
	}
	if len(all) == 0 {
		return
	}
	made := 0
	everyCursor(func(bound, order []eval.Place, scope eval.Scope) {
		c := d.Cursor(bound, order, scope)
		if c == nil {
			return
		}
		made++
		last := all[0]
		for range 6 {
			probe := all[r.IntN(len(all))]
			if r.IntN(3) == 0 {
				probe = last // near the one before
			}
			last = probe
			if r.IntN(4) == 0 {
				probe.Predicate, probe.Graph = all[r.IntN(len(all))].Predicate, all[r.IntN(len(all))].Graph
			}
			var pattern eval.QuadID
			for _, p := range bound {
				*[]*eval.ID{&pattern.Subject, &pattern.Predicate, &pattern.Object, &pattern.Graph}[p] = at(probe, p)
			}
			var from, to eval.ID
			if len(order) > 0 {
				if r.IntN(2) == 0 {
					from = at(probe, order[0]) + eval.ID(r.IntN(3)) - 1
				}
				if r.IntN(2) == 0 {
					to = max(at(all[r.IntN(len(all))], order[0]), 1)
				}
				if from>>63 != 0 {
					from = 0
				}
			}
			c.Seek(pattern, from, to)
			if r.IntN(5) == 0 {
				var few [3]eval.QuadID
				if _, err := c.Next(few[:]); err != nil {
					t.Fatal(err)
				}
				continue // not to the end before the next seek
			}
			got := drain(t, c, 1+r.IntN(300))
			what := fmt.Sprintf("bound %v, order %v, scope %d, pattern %v, from %#x to %#x", bound, order, scope, pattern, from, to)
			if !slices.IsSortedFunc(got, func(a, b eval.QuadID) int {
				for _, p := range order {
					if c := cmp.Compare(at(a, p), at(b, p)); c != 0 {
						return c
					}
				}
				return 0
			}) {
				t.Fatal(what, "is out of order", got)
			}
			want := expected(all, bound, order, scope, pattern, from, to)
			seen := map[eval.QuadID]bool{}
			for _, q := range got {
				if seen[q] {
					t.Fatal(what, "gives twice", q)
				}
				seen[q] = true
			}
			if !maps.Equal(seen, want) {
				t.Fatal(what, "gives", len(seen), "quads, want", len(want))
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if made < 40 {
		t.Fatal("only", made, "kinds of cursor")
	}
}

func TestCursors(t *testing.T) {
	s := openMem(t)
	var all []rdf.Quad
	for i := range 3000 {
		o := iri(fmt.Sprint("o", i%211))
		switch i % 3 {
		case 1:
			o = rdf.Literal(fmt.Sprint(i%97), vocab.XSDInteger)
		case 2:
			o = rdf.String(fmt.Sprint("s", i%50))
		}
		q := triple(fmt.Sprint("s", bits.Reverse8(uint8(i))), fmt.Sprint("p", i%5), o)
		if i%4 > 0 {
			q.Graph = iri(fmt.Sprint("g", i%4))
		}
		all = append(all, q)
	}
	if _, err := s.Load(t.Context(), each(all), nil); err != nil {
		t.Fatal(err)
	}
	d := s.Snapshot()
	defer d.Close()
	checkCursors(t, d, rand.New(rand.NewPCG(1, 2)))
}

// literal draws literals near each other, in value and in how they are written.
var genLiteral = rapid.OneOf(
	rapid.Custom(func(t *rapid.T) rdf.Term {
		return rdf.Literal(fmt.Sprint(rapid.Int64Range(-20, 20).Draw(t, "n")), vocab.XSDInteger)
	}),
	rapid.Custom(func(t *rapid.T) rdf.Term {
		return rdf.Literal(fmt.Sprint(rapid.Int64().Draw(t, "n")), vocab.XSDInteger)
	}),
	rapid.Custom(func(t *rapid.T) rdf.Term {
		return rdf.Literal(fmt.Sprint(rapid.Float64Range(-20, 20).Draw(t, "n")), vocab.XSD+rapid.SampledFrom([]string{"double", "float"}).Draw(t, "type"))
	}),
	rapid.Custom(func(t *rapid.T) rdf.Term {
		return rdf.String(rapid.StringMatching("[a-c\x00]{0,9}").Draw(t, "text"))
	}),
	rapid.Custom(func(t *rapid.T) rdf.Term {
		return rdf.Literal(rapid.StringMatching(`2026-02-0[1-4](Z|\+14:00|-14:00|\+01:00|)`).Draw(t, "date"), vocab.XSD+"date")
	}),
	rapid.Custom(func(t *rapid.T) rdf.Term {
		return rdf.Literal(rapid.StringMatching(`2026-02-0[1-3]T(00|12|23):00:0[01](\.[05]0?)?(Z|\+14:00|-14:00|\+01:00|)`).Draw(t, "time"), vocab.XSD+"dateTime")
	}),
	rapid.SampledFrom([]rdf.Term{
		rdf.Literal("true", vocab.XSD+"boolean"), rdf.Literal("1", vocab.XSD+"boolean"), rdf.Literal("false", vocab.XSD+"boolean"),
		rdf.Literal("1.5", vocab.XSD+"decimal"), rdf.Literal("007", vocab.XSDInteger), rdf.Literal("16777217", vocab.XSDInteger), rdf.Literal("16777216", vocab.XSD+"float"),
		rdf.Literal("NaN", vocab.XSD+"double"), rdf.Literal("INF", vocab.XSD+"double"), rdf.LangLiteral("a", "nl"), rdf.Literal("x", vocab.XSD+"date"),
	}),
)

// answers runs a query that needs no data.
func answers(t failer, text string) *results.Result {
	t.Helper()
	q, err := parser.Query(text, parser.Options{})
	if err != nil {
		t.Fatal(text, err)
	}
	r, err := eval.Query(context.Background(), eval.NewMemory(slices.Values([]rdf.Quad(nil))), q, eval.Options{})
	if err != nil {
		t.Fatal(text, err)
	}
	return r
}

// Whatever the operators hold to be between two bounds is in the ranges.
func TestRangesHoldWhatOperatorsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		literal, low, high := genLiteral.Draw(t, "literal"), genLiteral.Draw(t, "low"), genLiteral.Draw(t, "high")
		conditions := ""
		if rapid.Bool().Draw(t, "bounded below") {
			conditions += " && ?x >= " + low.String()
		} else {
			low = rdf.Term{}
		}
		if rapid.Bool().Draw(t, "bounded above") {
			conditions += " && ?x <= " + high.String()
		} else {
			high = rdf.Term{}
		}
		ranges, ok := rangesOf(low, high)
		if low.IsZero() && high.IsZero() && ok {
			t.Fatal("ranges without a bound")
		}
		for i, r := range ranges {
			if r[0] > r[1] || i > 0 && ranges[i-1][1] >= r[0] {
				t.Fatalf("ranges %x are out of order", ranges)
			}
		}
		id, inlined := inline(literal)
		if !ok || !inlined {
			return
		}
		in := slices.ContainsFunc(ranges, func(r [2]eval.ID) bool { return r[0] <= id && id <= r[1] })
		if r := answers(t, "ASK { VALUES ?x { "+literal.String()+" } FILTER(true"+conditions+") }"); r.Boolean && !in {
			t.Fatalf("%v is between %v and %v, but %#x is not in %x", literal, low, high, id, ranges)
		}
	})
}

// Ranges are narrow where that is safe.
func TestRangesAreNarrow(t *testing.T) {
	date := func(s string) rdf.Term { return rdf.Literal(s, vocab.XSD+"date") }
	ranges, ok := rangesOf(date("2026-02-01"), date("2026-03-01"))
	if !ok {
		t.Fatal("no ranges of dates")
	}
	for _, c := range []struct {
		date string
		in   bool
	}{{"2026-01-01", false}, {"2026-02-01", true}, {"2026-02-20", true}, {"2026-03-01Z", true}, {"2026-03-10", false}} {
		id, _ := inline(date(c.date))
		if in := slices.ContainsFunc(ranges, func(r [2]eval.ID) bool { return r[0] <= id && id <= r[1] }); in != c.in {
			t.Errorf("%s in range: %v", c.date, in)
		}
	}
}

// Where Compare has an answer it is that of ORDER BY.
func TestCompareAsOrderBy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genLiteral.Draw(t, "a"), genLiteral.Draw(t, "b")
		x, ok1 := inline(a)
		y, ok2 := inline(b)
		c, ok := (*Snapshot)(nil).Compare(x, y)
		if !ok1 || !ok2 || !ok {
			return
		}
		if (c == 0) != (a == b) {
			t.Fatalf("%v and %v compare as %d", a, b, c)
		}
		var first rdf.Term
		for row := range answers(t, "SELECT ?x { VALUES ?x { "+a.String()+" "+b.String()+" } } ORDER BY ?x").Rows {
			first = row[0]
			break
		}
		if c < 0 && first != a || c > 0 && first != b {
			t.Fatalf("%v and %v compare as %d, but ORDER BY puts %v first", a, b, c, first)
		}
	})
}

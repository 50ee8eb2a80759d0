package rdf_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
)

// Whatever the pattern, and however many triples a node has, the graph answers
// as a list that is read from end to end would.
func TestGraphAgainstAList(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	node := func(n int) rdf.Term {
		// Low numbers come often, so that some nodes have hundreds of triples.
		return rdf.IRI(fmt.Sprint("n", min(random.IntN(n), random.IntN(n), random.IntN(n))))
	}
	var list []rdf.Quad
	g := rdf.NewGraph()
	for range 3000 {
		q := rdf.Quad{Subject: node(40), Predicate: node(9), Object: node(60)}
		if isNew := !slices.Contains(list, q); g.Add(q) != isNew {
			t.Fatalf("Add(%v) says %v", q, !isNew)
		} else if isNew {
			list = append(list, q)
		}
	}
	if g.Len() != len(list) || !slices.Equal(slices.Collect(g.All()), list) {
		t.Fatal("the graph does not give back what was added")
	}
	for range 3000 {
		var s, p, o rdf.Term
		if random.IntN(3) > 0 {
			s = node(42)
		}
		if random.IntN(3) > 0 {
			p = node(10)
		}
		if random.IntN(3) > 0 {
			o = node(62)
		}
		var want []rdf.Quad
		for _, q := range list {
			if (s.IsZero() || q.Subject == s) && (p.IsZero() || q.Predicate == p) && (o.IsZero() || q.Object == o) {
				want = append(want, q)
			}
		}
		if got := slices.Collect(g.Match(s, p, o)); !slices.Equal(got, want) {
			t.Fatalf("Match(%v, %v, %v): %d triples, want %d", s, p, o, len(got), len(want))
		}
		if n := g.AtMost(g.ID(s), g.ID(p), g.ID(o)); n < len(want) && !missing(g, s, p, o) {
			t.Fatalf("AtMost(%v, %v, %v) = %d, there are %d", s, p, o, n, len(want))
		}
		if s.IsZero() || p.IsZero() || o.IsZero() {
			continue
		}
		if g.Has(s, p, o) != (len(want) > 0) {
			t.Fatalf("Has(%v, %v, %v)", s, p, o)
		}
		var objects, subjects []rdf.Term
		for _, id := range g.AppendObjects(nil, g.ID(s), g.ID(p)) {
			objects = append(objects, g.Term(id))
		}
		for _, id := range g.AppendSubjects(nil, g.ID(p), g.ID(o)) {
			subjects = append(subjects, g.Term(id))
		}
		if !slices.Equal(objects, slices.Collect(g.Objects(s, p))) || !slices.Equal(subjects, slices.Collect(g.Subjects(p, o))) {
			t.Fatalf("objects of %v %v or subjects of %v %v differ by ID", s, p, p, o)
		}
	}
}

// missing reports whether a term that was given is nowhere in the graph: as an
// ID it would fit everything.
func missing(g *rdf.Graph, terms ...rdf.Term) bool {
	return slices.ContainsFunc(terms, func(t rdf.Term) bool { return !t.IsZero() && g.ID(t) == 0 })
}

// Who reads a graph and adds to it meanwhile sees what was there when the
// reading began.
func TestGraphGrowsWhileItIsRead(t *testing.T) {
	for _, size := range []int{3, 100} {
		g := rdf.NewGraph()
		s, p := rdf.IRI("s"), rdf.IRI("p")
		add := func(n int) { g.Add(rdf.Quad{Subject: s, Predicate: p, Object: rdf.IRI(fmt.Sprint(n))}) }
		for n := range size {
			add(n)
		}
		for _, pattern := range [][3]rdf.Term{{}, {s}, {s, p}} {
			before, read := g.Len(), 0
			for range g.Match(pattern[0], pattern[1], pattern[2]) {
				read++
				add(g.Len())
			}
			if read != before {
				t.Errorf("%v: read %d triples of %d", pattern, read, before)
			}
		}
	}
}

func BenchmarkNewGraph(b *testing.B) {
	var quads []rdf.Quad
	for i := range 20_000 {
		s := rdf.IRI(fmt.Sprintf("https://data.lblod.example/id/besluiten/%08d", i/8))
		quads = append(quads, rdf.Quad{Subject: s, Predicate: rdf.IRI(fmt.Sprint("http://data.vlaanderen.be/ns/besluit#", i%8)), Object: rdf.String(fmt.Sprintf("waarde %d", i/2))})
	}
	b.ReportAllocs()
	for b.Loop() {
		rdf.NewGraph(quads...)
	}
}

package canon_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
)

var next = rdf.IRI("http://example.org/next")

func blank(i int) rdf.Term { return rdf.Blank(fmt.Sprint("n", i)) }

// ring returns n blank nodes in a circle: nothing but the way around tells
// them apart.
func ring(n int) []rdf.Quad {
	quads := make([]rdf.Quad, n)
	for i := range quads {
		quads[i] = rdf.Quad{Subject: blank(i), Predicate: next, Object: blank((i + 1) % n)}
	}
	return quads
}

// clique returns n blank nodes that all know each other.
func clique(n int) []rdf.Quad {
	var quads []rdf.Quad
	for i := range n {
		for j := range n {
			if i != j {
				quads = append(quads, rdf.Quad{Subject: blank(i), Predicate: next, Object: blank(j)})
			}
		}
	}
	return quads
}

// Graphs made to cost exponential time, or deep recursion, end with an error,
// and soon.
func TestPoisonedGraphs(t *testing.T) {
	for name, quads := range map[string][]rdf.Quad{
		"clique of 12":       clique(12),
		"ring of 10,000":     ring(10_000),
		"ring of 200,000":    ring(200_000),
		"1,000 rings of 100": rings(1000, 100),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := canon.Canonicalize(quads, canon.Options{})
			if _, ok := errors.AsType[*canon.WorkError](err); !ok {
				t.Errorf("got %v, want a WorkError", err)
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
	if _, err := canon.Canonicalize(ring(50), canon.Options{MaxWork: 10}); err == nil || err.Error() != "canonicalise: blank nodes can not be told apart within 10 steps" {
		t.Errorf("got %v", err)
	}
}

func rings(n, size int) []rdf.Quad {
	var quads []rdf.Quad
	for r := range n {
		for i := range size {
			quads = append(quads, rdf.Quad{Subject: blank(r*size + i), Predicate: next, Object: blank(r*size + (i+1)%size)})
		}
	}
	return quads
}

// Honest repetition is no poison: many nodes that say the same.
func TestAlikeNodesAreNoPoison(t *testing.T) {
	var quads []rdf.Quad
	for i := range 2000 {
		adres, punt := blank(2*i), blank(2*i+1)
		quads = append(quads,
			rdf.Quad{Subject: adres, Predicate: rdf.IRI("http://example.org/gemeente"), Object: rdf.String("Vlavirgem")},
			rdf.Quad{Subject: adres, Predicate: rdf.IRI("http://example.org/punt"), Object: punt},
			rdf.Quad{Subject: punt, Predicate: rdf.IRI("http://example.org/label"), Object: rdf.String("x")},
		)
	}
	if _, err := canon.Canonicalize(quads, canon.Options{}); err != nil {
		t.Error(err)
	}
}

// shuffled returns quads in another order and with other labels.
func shuffled(quads []rdf.Quad, random *rand.Rand) []rdf.Quad {
	names := map[rdf.Term]rdf.Term{}
	rename := func(t rdf.Term) rdf.Term {
		if !t.IsBlank() {
			return t
		}
		if _, ok := names[t]; !ok {
			names[t] = rdf.Blank(fmt.Sprintf("r%x", random.Uint64()))
		}
		return names[t]
	}
	other := slices.Clone(quads)
	for i, q := range other {
		q.Subject, q.Object, q.Graph = rename(q.Subject), rename(q.Object), rename(q.Graph)
		other[i] = q
	}
	random.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	return other
}

// Order and labels do not matter; one quad more or less does.
func TestIsomorphic(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 2 + random.IntN(6)
		var quads []rdf.Quad
		for range 1 + random.IntN(12) {
			q := rdf.Quad{Subject: blank(random.IntN(n)), Predicate: rdf.IRI(fmt.Sprint("http://example.org/", random.IntN(2))), Object: blank(random.IntN(n))}
			if random.IntN(4) == 0 {
				q.Object = rdf.String("x")
			}
			if random.IntN(4) == 0 {
				q.Graph = blank(random.IntN(n))
			}
			quads = append(quads, q)
		}
		other := shuffled(quads, random)
		if !canon.Isomorphic(quads, other) {
			t.Fatalf("not found isomorphic:\n%v\n%v", quads, other)
		}
		if !canon.Isomorphic(append(quads, quads[0]), other) {
			t.Fatal("a quad said twice must count once")
		}
		extra := rdf.Quad{Subject: quads[0].Subject, Predicate: next, Object: rdf.String("only here")}
		if canon.Isomorphic(append(quads, extra), other) {
			t.Fatal("found isomorphic with one quad more")
		}
	}
	// As many nodes, quads and neighbours each, but two rings are not one.
	if canon.Isomorphic(ring(6), rings(2, 3)) {
		t.Error("one ring of six found the same as two of three")
	}
}

func TestCanonicalKeepsTogether(t *testing.T) {
	quads := []rdf.Quad{
		{Subject: rdf.Blank("x"), Predicate: next, Object: rdf.String("2")},
		{Subject: rdf.IRI("http://example.org/a"), Predicate: next, Object: rdf.Blank("x")},
		{Subject: rdf.Blank("x"), Predicate: next, Object: rdf.String("2")},
	}
	c, err := canon.Canonicalize(quads, canon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "<http://example.org/a> <http://example.org/next> _:c14n0 .\n_:c14n0 <http://example.org/next> \"2\" .\n"
	if string(c.NQuads) != want || len(c.Labels) != 1 || c.Labels["x"] != "c14n0" {
		t.Errorf("got %s%v", c.NQuads, c.Labels)
	}
	var text []byte
	for _, q := range c.Quads {
		text = append(q.AppendNQuads(text), '\n')
	}
	if string(text) != want {
		t.Errorf("quads are\n%s", text)
	}
	if empty, err := canon.Canonicalize(nil, canon.Options{}); err != nil || len(empty.NQuads)+len(empty.Quads) > 0 {
		t.Errorf("nothing becomes %v, %v", empty, err)
	}
}

// A page of minutes: 22,000 quads, a twentieth of the subjects without a name.
func BenchmarkCanonicalize(b *testing.B) {
	var quads []rdf.Quad
	for i := range 22_000 {
		subject := rdf.IRI(fmt.Sprintf("https://raadpleegomgeving.vlavirgem.be/id/besluiten/%08x", i/10))
		if i/10%20 == 0 {
			subject = blank(i / 10)
		}
		q := rdf.Quad{Subject: subject, Predicate: rdf.IRI(fmt.Sprintf("http://data.vlaanderen.be/ns/besluit#p%d", i%10)), Object: rdf.LangLiteral(fmt.Sprintf("Goedkeuring van het reglement nummer %d", i), "nl")}
		if i%10 == 9 {
			q.Object = rdf.IRI(fmt.Sprintf("https://raadpleegomgeving.vlavirgem.be/id/mandatarissen/%d", i%97))
		}
		quads = append(quads, q)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := canon.Canonicalize(quads, canon.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

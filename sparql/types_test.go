package sparql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
)

// What is written in a syntax says the same when it is read again, laid out or
// streamed.
func TestWriteGraphRoundTrip(t *testing.T) {
	read := map[string]func([]byte) ([]rdf.Quad, error){
		sparql.Turtle:   func(b []byte) ([]rdf.Quad, error) { return turtle.Parse(b, "") },
		sparql.TriG:     func(b []byte) ([]rdf.Quad, error) { return turtle.ParseTriG(b, "") },
		sparql.NTriples: nquads.Parse,
		sparql.NQuads:   nquads.Parse,
		sparql.RDFXML:   func(b []byte) ([]rdf.Quad, error) { return rdfxml.Parse(b, "") },
		sparql.JSONLD: func(b []byte) ([]rdf.Quad, error) {
			return jsonld.Parse(strings.NewReader(string(b)), jsonld.Options{})
		},
	}
	for _, n := range []int{1, 2000} {
		for _, mediaType := range sparql.GraphTypes() {
			quads := sample(n)
			if mediaType != sparql.NQuads && mediaType != sparql.TriG && mediaType != sparql.JSONLD {
				for i := range quads {
					quads[i] = quads[i].Triple()
				}
			}
			var b strings.Builder
			if err := sparql.WriteGraph(&b, mediaType, all(quads), ""); err != nil {
				t.Fatalf("%s: %v", mediaType, err)
			}
			got, err := read[mediaType]([]byte(b.String()))
			if err != nil {
				t.Fatalf("%s: %v\n%.2000s", mediaType, err, b.String())
			}
			if n == 1 && !canon.Isomorphic(got, quads) || len(got) != len(quads) {
				t.Errorf("%s, %d times: %d quads came back as %d, or others:\n%.2000s", mediaType, n, len(quads), len(got), b.String())
			}
		}
	}
}

// sample is n times everything that terms can be.
func sample(n int) []rdf.Quad {
	var quads []rdf.Quad
	for i := range n {
		s, g := rdf.IRI(fmt.Sprint("http://s.example/", i)), rdf.Term{}
		if i%2 == 0 {
			g = rdf.IRI(fmt.Sprint("http://g.example/", i/10))
		}
		add := func(s rdf.Term, p string, o rdf.Term) {
			quads = append(quads, rdf.Quad{Subject: s, Predicate: rdf.IRI(p), Object: o, Graph: g})
		}
		blank := rdf.Blank(fmt.Sprint("x", i))
		add(s, vocab.RDFType, rdf.IRI("http://c.example/C&D"))
		add(s, vocab.RDFType, blank)
		add(s, vocab.RDFType, rdf.String("geen klasse"))
		add(s, "http://p.example/a", rdf.LangLiteral("één \"regel\"\n<b>&amp; nog een\r\n\ttab", "nl"))
		add(s, "http://p.example/a", rdf.Literal("1", vocab.XSDInteger))
		add(s, "http://p.example/a", rdf.String(""))
		add(s, "urn:x:1-é", blank)
		add(blank, vocab.DctTitle, rdf.String("titel \\ van een lege knoop"))
		add(blank, "http://p.example/b#c.d", s)
	}
	return quads
}

func all(quads []rdf.Quad) func(func(rdf.Quad, error) bool) {
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

// RDF/XML cannot say everything, and does not pretend to.
func TestWriteRDFXMLRefuses(t *testing.T) {
	for _, q := range []rdf.Quad{
		{Subject: rdf.IRI("http://s"), Predicate: rdf.IRI("http://p/123"), Object: rdf.String("x")},
		{Subject: rdf.IRI("http://s"), Predicate: rdf.IRI("http://p/a"), Object: rdf.String("\x01")},
	} {
		var b strings.Builder
		if err := sparql.WriteGraph(&b, sparql.RDFXML, all([]rdf.Quad{q}), ""); err == nil {
			t.Errorf("%v was written as\n%s", q, b.String())
		}
	}
}

// BenchmarkWriteGraph writes more quads than are laid out; the time is of one.
func BenchmarkWriteGraph(b *testing.B) {
	quads := sample(1)
	for _, mediaType := range sparql.GraphTypes() {
		b.Run(mediaType, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			err := sparql.WriteGraph(discard{}, mediaType, func(yield func(rdf.Quad, error) bool) {
				for ; n < b.N+20_000; n++ {
					q := quads[n%len(quads)]
					q.Graph = rdf.Term{}
					if !yield(q, nil) {
						return
					}
				}
			}, "")
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

package rdf_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
)

func Example() {
	besluit := rdf.IRI("https://vlavirgem.example/besluiten/1")
	title := rdf.IRI("http://data.europa.eu/eli/ontology#title")
	g := rdf.NewGraph(
		rdf.Quad{Subject: besluit, Predicate: title, Object: rdf.LangLiteral("Kermis", "nl")},
		rdf.Quad{Subject: besluit, Predicate: title, Object: rdf.LangLiteral("Foire", "fr")},
	)
	for o := range g.Objects(besluit, title) {
		fmt.Println(o, o.Value(), o.Lang())
	}
	// Output:
	// "Kermis"@nl Kermis nl
	// "Foire"@fr Foire fr
}

func ExampleLines() {
	text := []byte("één\r\ntwee\n")
	p := rdf.NewLines(text).Position(9)
	fmt.Println(p, string(rdf.NewLines(text).Line(p.Line)))
	// Output: 2:3 twee
}

func TestTerms(t *testing.T) {
	const xsd = "http://www.w3.org/2001/XMLSchema#"
	for _, c := range []struct {
		t                     rdf.Term
		kind                  rdf.Kind
		value, datatype, lang string
		text                  string
	}{
		{rdf.Term{}, rdf.None, "", "", "", ""},
		{rdf.IRI("http://a/b c"), rdf.KindIRI, "http://a/b c", "", "", `<http://a/b\u0020c>`},
		{rdf.Blank("x"), rdf.KindBlank, "x", "", "", "_:x"},
		{rdf.String("a\"\\\n\t\x01\x7fé\uFFFE\uFFFD"), rdf.KindLiteral, "a\"\\\n\t\x01\x7fé\uFFFE\uFFFD", xsd + "string", "", `"a\"\\\n\t\u0001\u007Fé\uFFFE` + "\uFFFD\""},
		{rdf.Literal("1", xsd+"integer"), rdf.KindLiteral, "1", xsd + "integer", "", `"1"^^<` + xsd + `integer>`},
		{rdf.LangLiteral("x", "nl"), rdf.KindLiteral, "x", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "nl", `"x"@nl`},
		{rdf.LangLiteral("x", "nl-BE"), rdf.KindLiteral, "x", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "nl-BE", `"x"@nl-BE`},
	} {
		if c.t.Kind() != c.kind || c.t.Value() != c.value || c.t.Datatype() != c.datatype || c.t.Lang() != c.lang || c.t.String() != c.text {
			t.Errorf("%v: kind %v, value %q, datatype %q, lang %q", c.t, c.t.Kind(), c.t.Value(), c.t.Datatype(), c.t.Lang())
		}
	}
	for _, lang := range []string{"nl", "fr", "de", "en", "li"} {
		if rdf.LangLiteral("x", lang).Lang() != lang {
			t.Errorf("language %s is lost", lang)
		}
	}
	if rdf.Literal("x", "") != rdf.String("x") || rdf.LangLiteral("x", "") != rdf.String("x") {
		t.Error("no datatype and no language must give an xsd:string")
	}
}

func TestCompareIsATotalOrder(t *testing.T) {
	terms := []rdf.Term{
		{}, rdf.IRI("a"), rdf.IRI("b"), rdf.Blank("a"), rdf.Blank("b"),
		rdf.LangLiteral("a", "nl"), rdf.String("a"), rdf.Literal("a", "http://x"), rdf.String("b"),
	}
	for i, a := range terms {
		for j, b := range terms {
			c := rdf.Compare(a, b)
			if (c == 0) != (i == j) || (c < 0) != (i < j) {
				t.Errorf("compare %v and %v: %d", a, b, c)
			}
		}
	}
}

func TestQuad(t *testing.T) {
	q := rdf.Quad{Subject: rdf.Blank("s"), Predicate: rdf.IRI("p:p"), Object: rdf.String("o"), Graph: rdf.IRI("g:g")}
	if q.String() != `_:s <p:p> "o" <g:g> .` || q.Triple().String() != `_:s <p:p> "o" .` {
		t.Errorf("got %v and %v", q, q.Triple())
	}
	if rdf.CompareQuads(q, q) != 0 || rdf.CompareQuads(q.Triple(), q) >= 0 {
		t.Error("quads compare by graph first")
	}
	if !q.IsValid() || (rdf.Quad{}).IsValid() {
		t.Error("IsValid is wrong")
	}
}

func TestGraphMatch(t *testing.T) {
	s1, s2, p, q := rdf.IRI("s:1"), rdf.IRI("s:2"), rdf.IRI("p:p"), rdf.IRI("p:q")
	x, y := rdf.String("x"), rdf.String("y")
	g := rdf.NewGraph()
	all := []rdf.Quad{
		{Subject: s1, Predicate: p, Object: x}, {Subject: s1, Predicate: q, Object: y},
		{Subject: s2, Predicate: p, Object: x}, {Subject: s2, Predicate: p, Object: y},
	}
	for _, quad := range all {
		quad.Graph = rdf.IRI("g:dropped")
		if !g.Add(quad) || g.Add(quad) {
			t.Errorf("add %v: must be new once", quad)
		}
	}
	none := rdf.Term{}
	for _, c := range []struct {
		s, p, o rdf.Term
		want    []int
	}{
		{none, none, none, []int{0, 1, 2, 3}},
		{s1, none, none, []int{0, 1}},
		{none, p, none, []int{0, 2, 3}},
		{none, none, y, []int{1, 3}},
		{s2, p, y, []int{3}},
		{s2, q, none, nil},
		{rdf.IRI("s:3"), none, none, nil},
	} {
		var want []rdf.Quad
		for _, i := range c.want {
			want = append(want, all[i])
		}
		if got := slices.Collect(g.Match(c.s, c.p, c.o)); !slices.Equal(got, want) {
			t.Errorf("match %v %v %v: got %v, want %v", c.s, c.p, c.o, got, want)
		}
	}
	if g.Len() != 4 || !g.Has(s1, q, y) || g.Has(s1, q, x) {
		t.Error("Len or Has is wrong")
	}
	if g.Object(s2, p) != x || !g.Object(s2, q).IsZero() || g.Subject(p, y) != s2 || !g.Subject(q, x).IsZero() {
		t.Error("Object or Subject is wrong")
	}
	for range g.All() {
		break // an iteration may be left
	}
}

func TestGraphList(t *testing.T) {
	const ns = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	first, rest, null := rdf.IRI(ns+"first"), rdf.IRI(ns+"rest"), rdf.IRI(ns+"nil")
	a, b, loop := rdf.Blank("a"), rdf.Blank("b"), rdf.Blank("loop")
	x, y := rdf.String("x"), rdf.String("y")
	g := rdf.NewGraph(
		rdf.Quad{Subject: a, Predicate: first, Object: x}, rdf.Quad{Subject: a, Predicate: rest, Object: b},
		rdf.Quad{Subject: b, Predicate: first, Object: y}, rdf.Quad{Subject: b, Predicate: rest, Object: null},
		rdf.Quad{Subject: loop, Predicate: first, Object: x}, rdf.Quad{Subject: loop, Predicate: rest, Object: loop},
	)
	for _, c := range []struct {
		head rdf.Term
		want []rdf.Term
	}{{a, []rdf.Term{x, y}}, {b, []rdf.Term{y}}, {null, nil}, {loop, []rdf.Term{x}}, {rdf.Blank("none"), nil}, {rdf.Term{}, nil}} {
		if got := g.List(c.head); !slices.Equal(got, c.want) {
			t.Errorf("list at %v: got %v, want %v", c.head, got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	l := rdf.NewLines([]byte("a\nbé\r\nc\rd"))
	for offset, want := range []string{"1:1", "1:2", "2:1", "2:2", "2:3", "2:3", "2:4", "3:1", "3:2", "4:1", "4:2"} {
		if offset == 4 || offset == 6 {
			continue // inside a character, inside a line end
		}
		if got := l.Position(offset).String(); got != want {
			t.Errorf("offset %d: got %s, want %s", offset, got, want)
		}
	}
	if l.Position(99) != l.Position(10) || l.Position(-1) != l.Position(0) {
		t.Error("offsets outside the text must go to its ends")
	}
	for n, want := range map[int]string{0: "", 1: "a", 2: "bé", 3: "c", 4: "d", 5: ""} {
		if got := string(l.Line(n)); got != want {
			t.Errorf("line %d: got %q, want %q", n, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	q := rdf.Quad{Subject: rdf.IRI("s:s"), Predicate: rdf.IRI("p:p"), Object: rdf.String("o")}
	l := rdf.NewLines([]byte("one two"))
	spans := rdf.NewSpans([]rdf.Sourced{{Quad: q, Span: l.Span(0, 3)}, {Quad: q, Span: l.Span(4, 7)}})
	q.Graph = rdf.IRI("g:g")
	if len(spans[q.Triple()]) != 2 || spans.First(q) != l.Span(0, 3) || !spans.First(rdf.Quad{}).IsZero() {
		t.Errorf("got %v", spans)
	}
}

func TestSyntaxErrorMessage(t *testing.T) {
	span := rdf.NewLines([]byte("abc")).Span(1, 2)
	for want, e := range map[string]*rdf.SyntaxError{
		"wrong":        {Message: "wrong"},
		"f: wrong":     {Source: "f", Message: "wrong"},
		"1:2: wrong":   {Span: span, Message: "wrong"},
		"f:1:2: wrong": {Source: "f", Span: span, Message: "wrong"},
	} {
		if e.Error() != want {
			t.Errorf("got %q, want %q", e.Error(), want)
		}
	}
	var target *rdf.SyntaxError
	if !errors.As(fmt.Errorf("read page: %w", &rdf.SyntaxError{Message: "x"}), &target) {
		t.Error("a syntax error must be found when wrapped")
	}
}

func TestSeverityText(t *testing.T) {
	for _, s := range []rdf.Severity{rdf.Info, rdf.Warning, rdf.Violation} {
		b, err := s.MarshalText()
		var back rdf.Severity
		if err != nil || back.UnmarshalText(b) != nil || back != s {
			t.Errorf("%v does not come back", s)
		}
	}
	if err := new(rdf.Severity).UnmarshalText([]byte("fatal")); err == nil || !strings.Contains(err.Error(), `"fatal"`) {
		t.Errorf("got %v", err)
	}
}

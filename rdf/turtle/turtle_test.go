package turtle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

func ExampleParse() {
	quads, err := turtle.Parse([]byte(`
@prefix eli: <http://data.europa.eu/eli/ontology#> .
<besluiten/1> eli:title "Kermis"@nl ; eli:has_part [ eli:number 1 ] .
`), "https://vlavirgem.example/")
	if err != nil {
		fmt.Println(err)
	}
	for _, q := range quads {
		fmt.Println(q)
	}
	// Output:
	// <https://vlavirgem.example/besluiten/1> <http://data.europa.eu/eli/ontology#title> "Kermis"@nl .
	// <https://vlavirgem.example/besluiten/1> <http://data.europa.eu/eli/ontology#has_part> _:genid1 .
	// _:genid1 <http://data.europa.eu/eli/ontology#number> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
}

func ExampleWriter() {
	w := turtle.NewWriter(os.Stdout, turtle.Options{Prefixes: map[string]string{
		"eli":  "http://data.europa.eu/eli/ontology#",
		"foaf": "http://xmlns.com/foaf/0.1/",
	}})
	besluit, artikel := rdf.IRI("https://vlavirgem.example/besluiten/1"), rdf.Blank("a")
	for _, q := range []rdf.Quad{
		{Subject: artikel, Predicate: rdf.IRI("http://data.europa.eu/eli/ontology#number"), Object: rdf.String("1")},
		{Subject: besluit, Predicate: rdf.IRI("http://data.europa.eu/eli/ontology#has_part"), Object: artikel},
	} {
		if err := w.Write(q); err != nil {
			fmt.Println(err)
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// @prefix eli: <http://data.europa.eu/eli/ontology#> .
	//
	// <https://vlavirgem.example/besluiten/1> eli:has_part [
	//         eli:number "1"
	//     ] .
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{":s :p :o .", `1:1: prefix "" is not declared`},
		{"<s> <p> <o>", `1:12: expected "." at the end of the statement`},
		{"<s> <p> .", `1:9: expected an object`},
		{"<s> .", `1:5: expected a predicate`},
		{"<s> <p> <o> ; . nonsense", `1:17: expected a subject`},
		{"<s> <p> <o> .\n\n  <s> \"p\" <o> .", `3:7: expected a predicate`},
		{`"s" <p> <o> .`, `1:1: a literal can not be a subject`},
		{"@prefix p: <p> ; <s> <p> <o>", `1:16: expected "." after the directive`},
		{"@prefix p <p> .", `1:9: expected a prefix that ends with ":"`},
		{"@prefix p: p .", `1:12: expected the namespace, an IRI`},
		{"@foo <p> .", `1:2: expected "prefix" or "base" after "@"`},
		{"<s> <p> [ <q> <r> .", `1:19: expected "]" or ";"`},
		{"<s> <p> ( <q> . ", `1:15: expected an object`},
		{"<s> <p> \"é\\x\" .", `1:11: wrong escape in a string`},
		{"<s> <p> 'a\nb' .", `1:9: string without its closing quote on the line`},
		{"<s> <p> '''a\nb' .", `1:9: string without its closing quote`},
		{"<s> <p> 'a'@ .", `1:12: expected a language tag after "@"`},
		{"<s> <p> 'a'^x .", `1:12: expected "^^" and the datatype`},
		{"<s> <p> <a b> .", `1:11: character that can not stand in an IRI`},
		{"<s> <p> <ab .", `1:12: character that can not stand in an IRI`},
		{"<s> <p> <\\u0020> .", `1:9: IRI with an escaped character that can not stand in it`},
		{"<s> <p> _: .", `1:9: blank node without a label`},
		{"@prefix p: <p> . <s> <p> p:%zz .", `1:28: character that can not stand here in a prefixed name`},
		{"<s> <p> true1 .", `1:9: expected an object`},
		{"<s> <p> +a .", `1:9: expected a number`},
		{"{ <s> <p> <o> }", `1:1: expected a subject`},
	} {
		quads, err := turtle.Parse([]byte(c.in), "http://a/")
		if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok || err.Error() != c.want || len(quads) > 0 && !strings.Contains(c.in, "<o>") {
			t.Errorf("%q: got %v, %v, want %s", c.in, quads, err, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{
		{"<g> { <s> <p> <o> ", `1:19: expected "." at the end of the statement`},
		{"<g> { ", `1:7: expected "}" before the end of the document`},
		{"{ @prefix p: <p> . }", `1:10: no prefix can be declared inside a graph`},
		{"{ BASE <p> }", `1:7: no base can be declared inside a graph`},
		{"{ <g> { } }", `1:7: expected a predicate`},
		{"} ", `1:1: expected a subject`},
		{"GRAPH <g> <s>", `1:11: expected "{" after the name of the graph`},
		{"GRAPH () { }", `1:9: the name of a graph can not be a list or a node with properties`},
		{"[ <p> <o> ] { }", `1:13: expected a predicate`},
	} {
		_, err := turtle.ParseTriG([]byte(c.in), "http://a/")
		if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok || err.Error() != c.want {
			t.Errorf("%q: got %v, want %s", c.in, err, c.want)
		}
	}
	if _, err := turtle.Parse([]byte("<s> <p> <o> ."), ""); err == nil || err.Error() != "1:1: relative IRI without a base to resolve it against" {
		t.Errorf("without a base: %v", err)
	}
}

func TestRecover(t *testing.T) {
	const in = `@prefix : <http://a/> .
:s1 :p :o .
:s2 :p "é" ; nonsense! .
:s3 :p 1.5 .
:s4 :p [ :q 1, 2 .
:g { :s5 :p :o . :s6 :p ; :s7 :p } :s8 :p :o .
{ :s9 :p . :s10 :p :o . }
`
	var errs []string
	quads, err := drain(strings.NewReader(in), turtle.Options{TriG: true, Recover: func(e *rdf.SyntaxError) bool {
		errs = append(errs, e.Error())
		return true
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range quads {
		got = append(got, strings.TrimPrefix(q.Subject.Value(), "http://a/")+strings.TrimPrefix(q.Graph.Value(), "http://a/"))
	}
	if want := []string{"s1", "s3", "s5g", "s8", "s10"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := []string{
		`3:14: expected a predicate`,
		`5:18: expected "]" or ";"`,
		`6:25: expected an object`,
		`7:10: expected an object`,
	}; !slices.Equal(errs, want) {
		t.Errorf("got %q, want %q", errs, want)
	}
}

// Nodes with and without a label of their own never meet.
func TestBlankLabels(t *testing.T) {
	quads, err := drain(strings.NewReader(`_:genid1 <http://a/p> [], _:genid_1, _:x .`), turtle.Options{BlankPrefix: "d-"})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{quads[0].Subject.Value()}
	for _, q := range quads {
		got = append(got, q.Object.Value())
	}
	if want := []string{"d-genid_1", "d-genid1", "d-genid__1", "d-x"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPrefixesAndBase(t *testing.T) {
	r := turtle.NewReader(strings.NewReader("BASE <http://a/b/>\nPREFIX p: <c/>\n@prefix p: <d#> .\n<s> p:x 1 ."), turtle.Options{})
	q, err := r.Read()
	if err != nil || q.String() != `<http://a/b/s> <http://a/b/d#x> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .` {
		t.Errorf("got %v, %v", q, err)
	}
	if r.Base() != "http://a/b/" || len(r.Prefixes()) != 1 || r.Prefixes()["p"] != "http://a/b/d#" {
		t.Errorf("got %s, %v", r.Base(), r.Prefixes())
	}
}

// Names are not confused with the language tags and IRIs that look like them.
func TestSameSpellings(t *testing.T) {
	quads, err := turtle.Parse([]byte(`@prefix nl: <http://n/> . <nl> <http://a/p> "x"@nl, <nl>, <nl:>, nl:, nl:nl .`), "http://a/")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range quads {
		got = append(got, q.Object.String())
	}
	if want := []string{`"x"@nl`, "<http://a/nl>", "<nl:>", "<http://n/>", "<http://n/nl>"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// repeat gives one text again and again, n times.
func repeat(start, text string, n int) io.Reader {
	readers := []io.Reader{strings.NewReader(start)}
	piece := strings.Repeat(text, 1000)
	for range n / 1000 {
		readers = append(readers, strings.NewReader(piece))
	}
	return io.MultiReader(readers...)
}

type numbered struct {
	n, last int
	rest    []byte
	format  string
}

func (s *numbered) Read(b []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.n == s.last {
			return 0, io.EOF
		}
		s.n++
		s.rest = fmt.Appendf(nil, s.format, s.n)
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Documents made to exhaust us are refused, whatever their size.
func TestBounds(t *testing.T) {
	for name, c := range map[string]struct {
		in   io.Reader
		want string
	}{
		"a literal of 200 MB":       {repeat(`<http://a/s> <http://a/p> "`, "0123456789", 20_000_000), "statement is longer than 16777216 bytes"},
		"a comment inside":          {repeat("<http://a/s> # ", "0123456789", 20_000_000), "statement is longer than 16777216 bytes"},
		"a million prefixes":        {&numbered{last: 1_000_000, format: "PREFIX p%d: <http://a/>\n"}, "more than 16384 prefixes"},
		"a deep nest of nodes":      {repeat("<http://a/s> <http://a/p> ", "[<http://a/p> ", 100_000), "nested deeper than 1000"},
		"a deep nest of lists":      {repeat("<http://a/s> <http://a/p> ", "(", 100_000), "nested deeper than 1000"},
		"a million objects or more": {repeat("<http://a/s> <http://a/p> 1", ",1", 500_000), "more than 262144 triples in one statement"},
		"an IRI without end":        {repeat("<http://a/s> <", "x", 20_000_000), "statement is longer than 16777216 bytes"},
		"a name without end":        {repeat("@prefix : <http://a/> . :", "x", 20_000_000), "statement is longer than 16777216 bytes"},
		"a number without end":      {repeat("<http://a/s> <http://a/p> ", "1", 20_000_000), "statement is longer than 16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := drain(c.in, turtle.Options{})
			syntax, ok := errors.AsType[*rdf.SyntaxError](err)
			if !ok || syntax.Message != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	// A comment between statements is as long as it likes.
	if _, err := drain(repeat("#", "0123456789", 3_000_000), turtle.Options{MaxStatement: 100}); err != nil {
		t.Error(err)
	}
	// A NUL byte is a character like another in a string, and wrong elsewhere.
	if quads, err := turtle.Parse([]byte("<http://a/s> <http://a/p> \"a\x00b\" ."), ""); err != nil || quads[0].Object.Value() != "a\x00b" {
		t.Errorf("got %v, %v", quads, err)
	}
	if _, err := turtle.Parse([]byte("<http://a/s> \x00"), ""); err == nil {
		t.Error("read a NUL byte as a predicate")
	}
}

// A document longer than every buffer reads the same in all portions.
func TestLongDocument(t *testing.T) {
	text := document(1000)
	want, err := turtle.Parse([]byte(text), "")
	if err != nil || len(want) != 1000*10 {
		t.Fatal(len(want), err)
	}
	for name, in := range map[string]io.Reader{
		"in halves":    iotest.HalfReader(strings.NewReader(text)),
		"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
	} {
		if got, err := drain(in, turtle.Options{}); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %d triples and %v", name, len(got), err)
		}
	}
}

// outcome reads in and tells quads and errors in one string.
func outcome(in io.Reader) string {
	var b strings.Builder
	quads, err := drain(in, turtle.Options{TriG: true, Base: "http://a/", MaxStatement: 1 << 12, Recover: func(e *rdf.SyntaxError) bool {
		fmt.Fprintf(&b, "%+v %v\n", e.Span, e)
		return true
	}})
	for _, q := range quads {
		fmt.Fprintln(&b, q)
	}
	fmt.Fprintln(&b, err)
	return b.String()
}

// However the bytes arrive, the outcome is the same; what was read can be
// written in each way and read again.
func FuzzReader(f *testing.F) {
	f.Add([]byte("@prefix : <http://a/> .\r\n:a.b :p\\~ [ :q (1 2.5 -1e6 true) ; ], 'x'@nl-BE, \"\"\"y\n\\u00e9\"\"\"^^:d . :g { :s a :o }"))
	f.Add([]byte("BASE <http://b/c>\nGRAPH _:g { <?q> <#f> <//x/../y> . } bad . <s> <p> 1.e5."))
	f.Add([]byte("<\\ >"))
	f.Add([]byte("<>a驙0000"))
	f.Add([]byte("<\r\n0"))
	f.Add([]byte("prefiX :<>(00\"\\0"))
	if files, err := filepath.Glob("../../../shared/suites/w3c-rdf11/rdf-t*/*.t*"); err == nil {
		for _, file := range files {
			if b, err := os.ReadFile(file); err == nil && len(b) < 4<<10 {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		checkPositions(t, in)
		whole := outcome(bytes.NewReader(in))
		if got := outcome(iotest.OneByteReader(bytes.NewReader(in))); got != whole {
			t.Fatalf("byte by byte:\n%s\nat once:\n%s", got, whole)
		}
		quads, _ := drain(bytes.NewReader(in), turtle.Options{TriG: true, Base: "http://a/", Recover: func(*rdf.SyntaxError) bool { return true }})
		want, err := canon.Canonicalize(quads, canon.Options{MaxWork: 1 << 12})
		if err != nil {
			return // blank nodes too much alike to compare
		}
		for _, stream := range []bool{false, true} {
			text := write(t, quads, turtle.Options{TriG: true, Stream: stream, Prefixes: prefixes, Base: "http://a/b/c"})
			again, err := turtle.ParseTriG([]byte(text), "")
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			got, err := canon.Canonicalize(again, canon.Options{MaxWork: 1 << 12})
			if err != nil || !bytes.Equal(got.NQuads, want.NQuads) {
				t.Fatalf("stream %v: wrote\n%s\nread back\n%s\nwant\n%s", stream, text, got.NQuads, want.NQuads)
			}
		}
	})
}

// checkPositions compares the places of errors with those that rdf.Lines finds
// in the whole text.
func checkPositions(t *testing.T, in []byte) {
	if !utf8.Valid(in) {
		return
	}
	lines := rdf.NewLines(in)
	if _, err := drain(bytes.NewReader(in), turtle.Options{TriG: true, Recover: func(e *rdf.SyntaxError) bool {
		if want := lines.Span(e.Span.Start.Offset, e.Span.End.Offset); e.Span != want {
			t.Fatalf("error at %+v, want %+v: %v", e.Span, want, e)
		}
		return true
	}}); err != nil {
		t.Fatal(err)
	}
}

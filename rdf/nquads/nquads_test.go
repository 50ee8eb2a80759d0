package nquads_test

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
	"github.com/belfort-lod/belfort/rdf/nquads"
)

func ExampleReader() {
	r := nquads.NewReader(strings.NewReader(`
<http://example.org/s> <http://example.org/p> "hallo"@nl <http://example.org/g> . # a comment
_:b <http://example.org/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
`), nquads.Options{})
	for {
		q, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(q.Object, q.Graph.Value())
	}
	// Output:
	// "hallo"@nl http://example.org/g
	// "1"^^<http://www.w3.org/2001/XMLSchema#integer>
}

func ExampleWriter() {
	w := nquads.NewWriter(os.Stdout, nquads.Options{Triples: true})
	for _, q := range []rdf.Quad{
		{Subject: rdf.Blank("b"), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.String("a \"quote\"\n"), Graph: rdf.IRI("http://example.org/g")},
	} {
		if err := w.Write(q); err != nil {
			fmt.Println(err)
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	// Output: _:b <http://example.org/p> "a \"quote\"\n" .
}

func TestSyntaxErrors(t *testing.T) {
	const s, p = "<http://a/s> ", "<http://a/p> "
	for _, c := range []struct{ in, want string }{
		{"<http://a/s>", `1:13: expected a predicate: an IRI`},
		{"\n\r\n  x", `3:3: expected a subject: an IRI or a blank node`},
		{s + "_:b", `1:14: expected a predicate: an IRI`},
		{s + p + ".", `1:27: expected an object: an IRI, a blank node or a literal`},
		{s + p + "<http://a/o>", `1:39: expected a graph name or "."`},
		{s + p + "<http://a/o> <http://a/g>", `1:52: expected "." at the end of the statement`},
		{s + p + "<http://a/o> . <http://a/s>", `1:42: expected the end of the line after "."`},
		{s + p + "<http://a/o o> .", `1:38: character that can not stand in an IRI`},
		{s + p + `<http://a/\u0020> .`, `1:27: IRI with an escaped character that can not stand in it`},
		{s + p + `<http://a/\x> .`, `1:37: wrong escape in an IRI`},
		{s + p + `<o> .`, `1:27: relative IRI; N-Triples and N-Quads want absolute ones`},
		{s + p + `<http://a/o .`, `1:27: IRI without its ">"`},
		{s + p + `"o .`, `1:27: literal without its closing quote`},
		{s + p + `"é\x" .`, `1:29: wrong escape in a literal`},
		{s + p + `"\uD800" .`, `1:28: wrong escape in a literal`},
		{s + p + "\"\xff\" .", `1:28: text is not UTF-8`},
		{s + p + `"o"@ .`, `1:30: expected a language tag after "@"`},
		{s + p + `"o"^^x .`, `1:30: expected "^^" and the datatype, an IRI`},
		{s + p + `_: .`, `1:27: blank node without a label`},
		{s + p + `_ .`, `1:27: expected "_:" and a blank node label`},
	} {
		quads, err := readAll([]byte(c.in), nquads.Options{})
		if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok || err.Error() != c.want || len(quads) > 0 {
			t.Errorf("%q: got %v, %v, want %s", c.in, quads, err, c.want)
		}
	}
}

func TestErrorNamesSourceAndEnd(t *testing.T) {
	_, err := readAll([]byte("\n<http://a/s> <http://a/p> \"ééé\"^^x .\n"), nquads.Options{Source: "dump.nq"})
	syntax, ok := errors.AsType[*rdf.SyntaxError](err)
	if !ok || err.Error() != `dump.nq:2:32: expected "^^" and the datatype, an IRI` {
		t.Fatal(err)
	}
	if want := (rdf.Position{Offset: 37, Line: 2, Column: 34}); syntax.Span.End != want {
		t.Errorf("error ends at %+v, want %+v", syntax.Span.End, want)
	}
}

func TestRecover(t *testing.T) {
	const in = "<http://a/1> <http://a/p> <http://a/o> .\nnonsense\n\n<http://a/2> <http://a/p> .\r<http://a/3> <http://a/p> \"x\" .\r\n" +
		"<http://a/4> <http://a/p> \"0123456789012345678901234567890123456789\" .\n<http://a/5> <http://a/p> \"y\" ."
	var errs []string
	o := nquads.Options{MaxStatement: 60, Recover: func(e *rdf.SyntaxError) bool {
		errs = append(errs, e.Error())
		return true
	}}
	quads, err := readAll([]byte(in), o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range quads {
		got = append(got, q.Subject.Value())
	}
	if want := []string{"http://a/1", "http://a/3", "http://a/5"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := []string{
		"2:1: expected a subject: an IRI or a blank node",
		"4:27: expected an object: an IRI, a blank node or a literal",
		"6:1: statement is longer than 60 bytes",
	}; !slices.Equal(errs, want) {
		t.Errorf("got %q, want %q", errs, want)
	}
	o.Recover = func(e *rdf.SyntaxError) bool { return false }
	if quads, err := readAll([]byte(in), o); err == nil || len(quads) != 1 {
		t.Errorf("told to stop: got %d quads and %v", len(quads), err)
	}
}

// An error stays: a caller that asks again gets no quads of what comes after.
func TestErrorIsFinal(t *testing.T) {
	r := nquads.NewReader(strings.NewReader("x\n<http://a/s> <http://a/p> \"o\" .\n"), nquads.Options{})
	_, first := r.Read()
	if _, again := r.Read(); again != first || first == nil {
		t.Errorf("got %v, then %v", first, again)
	}
	cause := errors.New("disk on fire")
	if _, err := drain(iotest.ErrReader(cause), nquads.Options{}); !errors.Is(err, cause) || err.Error() != "read n-quads: disk on fire" {
		t.Errorf("got %v", err)
	}
}

func TestBlankPrefix(t *testing.T) {
	quads, err := readAll([]byte(`_:a.b <http://a/p> _:c <http://a/g>.`), nquads.Options{BlankPrefix: "p1-"})
	if err != nil || quads[0].String() != "_:p1-a.b <http://a/p> _:p1-c <http://a/g> ." {
		t.Errorf("got %v, %v", quads, err)
	}
}

// endless gives a statement that never ends.
type endless struct {
	start string
	read  int
}

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, e.start)
	e.start = e.start[n:]
	for i := n; i < len(b); i++ {
		b[i] = 'x'
	}
	e.read += len(b)
	return len(b), nil
}

// A literal without end is refused after the bound, not after the memory.
func TestMaxStatement(t *testing.T) {
	for _, bound := range []int{1 << 10, 1 << 20, 0} {
		in := &endless{start: "<http://a/s> <http://a/p> \""}
		_, err := drain(in, nquads.Options{MaxStatement: bound})
		if bound == 0 {
			bound = nquads.DefaultMaxStatement
		}
		want := fmt.Sprintf("1:1: statement is longer than %d bytes", bound)
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if in.read > 3*bound+1<<17 {
			t.Errorf("read %d bytes for a bound of %d", in.read, bound)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	w := nquads.NewWriter(io.Discard, nquads.Options{})
	name, text := rdf.IRI("http://a/x"), rdf.String("x")
	for _, q := range []rdf.Quad{
		{},
		{Subject: text, Predicate: name, Object: name},
		{Subject: name, Predicate: rdf.Blank("b"), Object: name},
		{Subject: name, Predicate: name},
		{Subject: name, Predicate: name, Object: name, Graph: text},
	} {
		if err := w.Write(q); err == nil {
			t.Errorf("wrote %v", q)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriterReportsErrors(t *testing.T) {
	w := nquads.NewWriter(full{}, nquads.Options{})
	if err := w.Write(rdf.Quad{Subject: rdf.IRI("http://a/s"), Predicate: rdf.IRI("http://a/p"), Object: rdf.String("o")}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || err.Error() != "write n-quads: disk full" {
		t.Errorf("got %v", err)
	}
}

// outcome reads in and tells quads and errors in one string.
func outcome(in io.Reader) string {
	var b strings.Builder
	quads, err := drain(in, nquads.Options{MaxStatement: 1 << 12, Recover: func(e *rdf.SyntaxError) bool {
		fmt.Fprintf(&b, "%+v %v\n", e.Span, e)
		return true
	}})
	for _, q := range quads {
		fmt.Fprintln(&b, q)
	}
	fmt.Fprintln(&b, err)
	return b.String()
}

func seed(f *testing.F) {
	f.Add([]byte("<http://a/s> <http://a/p> \"a\\u00e9\\n\"@nl-BE <http://a/g> . # x\r\n_:b1 <http://a/p> _:c.\n"))
	f.Add([]byte("\xEF\xBB\xBF<http://a/s>\t<http://a/p>\t\"x\x00y\"^^<http://a/d> .\r\rbad"))
	if shared, err := filepath.Glob("../../../shared/suites/w3c-rdf11/rdf-n-*/*.n?"); err == nil {
		for _, file := range shared {
			if b, err := os.ReadFile(file); err == nil {
				f.Add(b)
			}
		}
	}
}

// However the bytes arrive, the outcome is the same; what was read can be
// written and read again.
func FuzzReader(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		checkPositions(t, in)
		whole := outcome(bytes.NewReader(in))
		if got := outcome(iotest.OneByteReader(bytes.NewReader(in))); got != whole {
			t.Fatalf("byte by byte:\n%s\nat once:\n%s", got, whole)
		}
		if got := outcome(iotest.DataErrReader(bytes.NewReader(in))); got != whole {
			t.Fatalf("with the end told early:\n%s\nat once:\n%s", got, whole)
		}
		quads, _ := readAll(in, nquads.Options{Recover: func(*rdf.SyntaxError) bool { return true }})
		var b bytes.Buffer
		w := nquads.NewWriter(&b, nquads.Options{})
		for _, q := range quads {
			if err := w.Write(q); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := nquads.Parse(b.Bytes())
		if err != nil || !slices.Equal(quads, again) {
			t.Fatalf("read back %v, %v; want %v", again, err, quads)
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
	if _, err := drain(bytes.NewReader(in), nquads.Options{Recover: func(e *rdf.SyntaxError) bool {
		if want := lines.Span(e.Span.Start.Offset, e.Span.End.Offset); e.Span != want {
			t.Fatalf("error at %+v, want %+v: %v", e.Span, want, e)
		}
		return true
	}}); err != nil {
		t.Fatal(err)
	}
}

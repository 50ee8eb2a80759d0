package lex_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
)

// A window that slides over a text longer than its buffer knows the same places
// as rdf.Lines, which has the whole text.
func TestWindowPositions(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", "é", "€", "😀", "\n", "\r", "\r\n", "woorden en woorden en woorden", " "}
	var text []byte
	for len(text) < 400<<10 {
		text = append(text, pieces[random.IntN(len(pieces))]...)
	}
	lines := rdf.NewLines(text)
	for name, in := range map[string]io.Reader{
		"at once":      bytes.NewReader(text),
		"in halves":    iotest.HalfReader(bytes.NewReader(text)),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(text)),
	} {
		w := lex.NewWindow(in, 0)
		for passed := 0; ; {
			ahead := 1 + random.IntN(9000)
			for len(w.Buf)-w.Pos < ahead {
				if err := w.More(); err != nil {
					break
				}
			}
			ahead = min(ahead, len(w.Buf)-w.Pos)
			for ahead > 0 && passed+ahead < len(text) && (text[passed+ahead]&0xC0 == 0x80 || text[passed+ahead] == '\n') {
				ahead-- // not inside a character or a line end
			}
			if !bytes.Equal(w.Buf[w.Pos:w.Pos+ahead], text[passed:passed+ahead]) {
				t.Fatalf("%s: wrong bytes after %d", name, passed)
			}
			if got, want := w.Position(w.Pos+ahead), lines.Position(passed+ahead); got != want {
				t.Fatalf("%s: got %+v, want %+v", name, got, want)
			}
			w.Pos += ahead
			if passed += ahead; passed == len(text) {
				break
			}
			if ahead == 0 { // stopped before a line end: pass over all of it
				for passed < len(text) && text[passed] == '\n' {
					if w.Pos == len(w.Buf) {
						if err := w.More(); err != nil {
							t.Fatal(err)
						}
					}
					w.Pos, passed = w.Pos+1, passed+1
				}
			}
		}
		if err := w.More(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: got %v at the end", name, err)
		}
	}
}

func TestWindowBoundsStatements(t *testing.T) {
	w := lex.NewWindow(bytes.NewReader(make([]byte, 1<<20)), 1000)
	w.Begin()
	var err error
	for err == nil {
		err = w.More()
	}
	if tooLong, ok := errors.AsType[*lex.TooLongError](err); !ok || tooLong.Max != 1000 || len(w.Buf) > 1<<17 {
		t.Errorf("got %v after %d bytes", err, len(w.Buf))
	}
	w.Pos = 1000
	if err := w.End(); err != nil {
		t.Errorf("a statement of the bound: %v", err)
	}
	w.Begin()
	w.Pos += 1001
	if err := w.End(); err == nil || err.Error() != "statement is longer than 1000 bytes" {
		t.Errorf("a statement over the bound: %v", err)
	}
	if w.End() != nil {
		t.Error("what is between statements has no bound")
	}
}

// A reader that gives nothing for ever does not hang us.
func TestWindowGivesUp(t *testing.T) {
	w := lex.NewWindow(nothing{}, 0)
	if err := w.More(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

func TestGrammar(t *testing.T) {
	for in, want := range map[string]int{"a.b.": 3, "0x-é": 5, "": 0, "-a": 0, ".a": 0, "_": 1, "a:b": 1, "a..b c": 4, "a\xff": 1} {
		if got := lex.BlankLabel([]byte(in)); got != want {
			t.Errorf("blank node label in %q: got %d, want %d", in, got, want)
		}
	}
	for in, want := range map[string]int{"nl": 2, "nl-BE-1a .": 8, "nl-": 2, "1": 0, "": 0, "nl--x": 2} {
		if got := lex.LangTag([]byte(in)); got != want {
			t.Errorf("language tag in %q: got %d, want %d", in, got, want)
		}
	}
	for in, want := range map[string]int{"http://a/é": -1, "a b": 1, "a\x00": 1, "<": 0, "é\xff": 2, "a\\u": 1, "%zz|": 3} {
		if got := lex.InvalidIRI([]byte(in)); got != want {
			t.Errorf("invalid IRI %q: got %d, want %d", in, got, want)
		}
	}
	for in, want := range map[string]string{`a\tb\u00e9\U0001F600\"\\`: "a\tbé😀\"\\", `plain`: "plain"} {
		if got, bad := lex.AppendUnescaped(nil, []byte(in), true); bad >= 0 || string(got) != want {
			t.Errorf("unescape %q: got %q, %d", in, got, bad)
		}
	}
	for in, want := range map[string]int{`\x`: 0, `a\`: 1, `\u12`: 0, `\uD800`: 0, `\U00110000`: 0, `\UFFFFFFFF`: 0} {
		if _, bad := lex.AppendUnescaped(nil, []byte(in), true); bad != want {
			t.Errorf("unescape %q: wrong at %d, want %d", in, bad, want)
		}
	}
	if _, bad := lex.AppendUnescaped(nil, []byte(`\t`), false); bad != 0 {
		t.Error("an IRI has no short escapes")
	}
}

// No two nodes of a document get one label, and every label can be written.
func TestBlanks(t *testing.T) {
	b := lex.Blanks{Prefix: "d-"}
	seen := map[string]bool{}
	for _, term := range []rdf.Term{
		b.New(), b.New(), b.Labelled("1"), b.Labelled("genid1"), b.Labelled("genid_1"), b.Labelled("genidx612062"),
		b.Labelled("a b"), b.Labelled(""), b.Labelled("a."), b.Labelled("\xff"), b.Labelled("é"),
	} {
		label := term.Value()
		if seen[label] || lex.BlankLabel([]byte(label)) != len(label) {
			t.Errorf("label %q", label)
		}
		seen[label] = true
	}
	if got := b.Labelled("a b").Value(); got != "d-genidx612062" {
		t.Errorf("got %q", got)
	}
}

func TestCache(t *testing.T) {
	var c lex.Cache
	raw := []byte("http://example.org/")
	_, slot, ok := c.Find(raw)
	if ok {
		t.Fatal("found in an empty cache")
	}
	c.Put(slot, string(raw), "value")
	if value, _, ok := c.Find(raw); !ok || value != "value" {
		t.Errorf("got %q, %v", value, ok)
	}
	c.Clear()
	if _, _, ok := c.Find(raw); ok {
		t.Error("found after Clear")
	}
	long := bytes.Repeat([]byte("x"), 1<<20)
	_, slot, _ = c.Find(long)
	c.Put(slot, string(long), string(long))
	if _, _, ok := c.Find(long); ok {
		t.Error("kept a string that is too long")
	}
}

package rdfa_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// page is a page as a municipality published it, read.
type page struct {
	name string
	text []byte
	doc  *rdfa.Document
	peer []rdf.Quad // what another parser makes of it
}

func realPages(t testing.TB) []page {
	dir := filepath.Join(suite.Shared(t), "pages")
	files, err := filepath.Glob(filepath.Join(dir, "html", "*.html"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d pages: %v", len(files), err)
	}
	var pages []page
	for _, file := range files {
		p := page{name: strings.TrimSuffix(filepath.Base(file), ".html")}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if p.text, _, err = rdfa.Decode(body, "text/html"); err != nil {
			t.Fatal(err)
		}
		if p.doc, err = rdfa.Parse(p.text, rdfa.Options{Base: "http://example.org/"}); err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		triples, err := os.ReadFile(filepath.Join(dir, "triples", p.name+".nt"))
		if err != nil {
			t.Fatal(err)
		}
		if p.peer, err = nquads.Parse(triples); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, p)
	}
	return pages
}

// TestRealPagesEqualPeer compares the graphs of real pages with those of
// another parser. They differ in one respect only: the peer leaves the text of
// nested elements with their own @property out of the literal around them.
// RDFa Core 1.1, 7.5, step 11, decides that: a plain literal is the
// concatenation of the text content of each of the descendant elements of the
// current element, in document order; nothing excepts those that make triples
// of their own. So of each literal that differs, the peer's text must be ours
// with passages left out, for the same subject and predicate.
func TestRealPagesEqualPeer(t *testing.T) {
	shortened := map[string]int{}
	for _, p := range realPages(t) {
		ours, theirs := triples(p.doc), p.peer
		type key struct{ subject, predicate rdf.Term }
		inTheirs := map[rdf.Quad]bool{}
		pending := map[key][]rdf.Quad{}
		for _, q := range theirs {
			inTheirs[q] = true
		}
		inOurs := map[rdf.Quad]bool{}
		for _, q := range ours {
			inOurs[q] = true
		}
		for _, q := range theirs {
			if !inOurs[q] && q.Object.IsLiteral() && q.Subject.IsIRI() {
				k := key{q.Subject, q.Predicate}
				pending[k] = append(pending[k], q)
			}
		}
		// Where their literal is ours with less in it, ours is put in its place.
		replaced := map[rdf.Quad]rdf.Quad{}
		for _, q := range ours {
			k := key{q.Subject, q.Predicate}
			if inTheirs[q] || !q.Object.IsLiteral() {
				continue
			}
			for i, other := range pending[k] {
				if other.Object.Lang() == q.Object.Lang() && other.Object.Datatype() == q.Object.Datatype() &&
					isSubsequence(other.Object.Value(), q.Object.Value()) {
					replaced[other] = q
					pending[k] = append(pending[k][:i:i], pending[k][i+1:]...)
					shortened[p.name]++
					break
				}
			}
		}
		for i, q := range theirs {
			if r, ok := replaced[q]; ok {
				theirs[i] = r
			}
		}
		if !canon.Isomorphic(ours, theirs) {
			t.Errorf("%s differs from the peer", p.name)
		}
	}
	want := map[string]int{
		"lib-decision-shapes-0.0.25-example-notulen":   3,
		"real-aalter-besluitenlijst-onlinesmartcities": 2,
		"real-machelen-agenda-cipalschaubroeck":        1,
	}
	for name, n := range shortened {
		if want[name] != n {
			t.Errorf("%s: the peer shortened %d literals, expected %d", name, n, want[name])
		}
	}
	if len(shortened) != len(want) {
		t.Errorf("shortened literals on %v, expected %v", shortened, want)
	}
}

// isSubsequence reports whether short is long with characters left out.
func isSubsequence(short, long string) bool {
	for i := 0; i < len(long) && short != ""; i++ {
		if long[i] == short[0] {
			short = short[1:]
		}
	}
	return short == ""
}

// makers maps what kind of triple it is to the attributes that may have made it.
func makers(q rdf.Quad) []string {
	switch q.Predicate.Value() {
	case rdfNS + "type":
		return []string{"typeof", "property", "rel"}
	case "http://www.w3.org/ns/rdfa#usesVocabulary":
		return []string{"vocab"}
	case "http://www.w3.org/1999/xhtml/vocab#role":
		return []string{"role", "property", "rel"}
	}
	return []string{"property", "rel", "rev"}
}

// TestPositions takes 200 statements of each real page at random. The bytes at
// the span must be the whole attribute that made the statement: its name, an
// equals sign and a value in which the predicate (or type, or vocabulary) is
// named. Line and column must be those of the offset.
func TestPositions(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 14))
	for _, p := range realPages(t) {
		lines := rdf.NewLines(p.text)
		for range 200 {
			q := p.doc.Quads[random.IntN(len(p.doc.Quads))]
			checkPosition(t, p.name, p.text, lines, q)
		}
	}
}

func checkPosition(t *testing.T, name string, text []byte, lines *rdf.Lines, q rdf.Sourced) {
	t.Helper()
	if q.Span.IsZero() {
		t.Errorf("%s: no position for %v", name, q.Quad)
		return
	}
	if want := lines.Span(q.Span.Start.Offset, q.Span.End.Offset); q.Span != want {
		t.Errorf("%s: span %v, want %v", name, q.Span, want)
	}
	raw := string(text[q.Span.Start.Offset:q.Span.End.Offset])
	attribute, value, ok := strings.Cut(raw, "=")
	attribute = strings.ToLower(strings.TrimSpace(attribute))
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	found := false
	for _, m := range makers(q.Quad) {
		found = found || m == attribute
	}
	named := q.Predicate.Value()
	if attribute == "typeof" || attribute == "vocab" || attribute == "role" {
		named = q.Object.Value()
	}
	local := named[strings.LastIndexAny(strings.TrimRight(named, "/#"), "/#:")+1:]
	if !ok || !found || !strings.Contains(value, local) {
		t.Errorf("%s: at %v stands %q, which did not make %v", name, q.Span.Start, raw, q.Quad)
	}
	if before := q.Span.Start.Offset - 1; before < 0 || !bytes.ContainsRune([]byte(" \t\r\n\f/\"'"), rune(text[before])) {
		t.Errorf("%s: the span at %v begins inside a word", name, q.Span.Start)
	}
}

// TestTextIsNotKept: what happens to the text after Parse is not the document's
// concern.
func TestTextIsNotKept(t *testing.T) {
	for _, p := range realPages(t) {
		text := bytes.Clone(p.text)
		doc, err := rdfa.Parse(text, rdfa.Options{Base: "http://example.org/"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range text {
			text[i] = 'x'
		}
		if !reflect.DeepEqual(doc, p.doc) {
			t.Errorf("%s: the document has changed with the text", p.name)
		}
	}
}

// TestSubjectsOfRealPages: every subject has the start tag that introduced it,
// and where the page gives it a type, that tag has @typeof.
func TestSubjectsOfRealPages(t *testing.T) {
	for _, p := range realPages(t) {
		typed := map[rdf.Term]bool{}
		for _, q := range p.doc.Quads {
			if q.Predicate.Value() == rdfNS+"type" {
				typed[q.Subject] = true
			}
		}
		for _, q := range p.doc.Quads {
			span, ok := p.doc.Subjects[q.Subject]
			if !ok {
				if q.Subject.Value() != p.doc.Base {
					t.Errorf("%s: no element for %v", p.name, q.Subject)
				}
				continue
			}
			tag := string(p.text[span.Start.Offset:span.End.Offset])
			if !strings.HasPrefix(tag, "<") || !strings.HasSuffix(tag, ">") {
				t.Errorf("%s: %v is introduced by %q, which is no tag", p.name, q.Subject, tag)
			}
			if typed[q.Subject] && !strings.Contains(strings.ToLower(tag), "typeof") {
				t.Errorf("%s: %v has a type, but is introduced by %q", p.name, q.Subject, tag)
			}
		}
	}
}

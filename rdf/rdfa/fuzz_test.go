package rdfa_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// FuzzParse holds Parse to what is true of every page: it does not panic, it
// takes no more memory than it may, it fails only as it says, its triples are
// RDF, and every place lies in the text and begins where it says.
func FuzzParse(f *testing.F) {
	cases, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range cases {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, page, _ := strings.Cut(string(raw), "-- page\n")
		page, _, _ = strings.Cut(page, "-- says\n")
		for host := range byte(6) {
			f.Add([]byte(page), host)
		}
	}
	for _, page := range []string{
		`<p prefix="a: b: c:" property="a:x :y _:z [a:b] http://x" rel=a:r rev=a:r resource="[]" inlist typeof>x<b about=_:>`,
		`<base href=":"><p vocab=// property=x resource=//x about="?#">`,
		`<a xmlns:A="x" property="a:b" datatype="rdf:XMLLiteral"><b xmlns="y" c="&lt;"/>&amp;</a>`,
		`<time property=dc:date datetime="-P1Y2M3DT4H5M6.7S">`,
		`<script type="application/ld+json">[{"@id":"x","http://p":{"@list":[1,true,null]}}]</script>`,
		`<script type="text/turtle"><a> <b> "c"@d, <e> . </script>`,
		`<script type="application/ld+json">[{"@id":"x","http://p":{"@` + "\xfe", // an error inside a character
		"\x80", // a text that begins inside one
		`<p xmlns: xmlns:="x" about=y>`,
	} {
		for host := range byte(6) {
			f.Add([]byte(page), host)
		}
	}
	f.Fuzz(func(t *testing.T, page []byte, host byte) {
		text, _, err := rdfa.Decode(page, "")
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		doc, err := rdfa.Parse(text, rdfa.Options{
			Base: "http://example.org/a/b", Host: rdfa.Host(host % 6), ProcessorGraph: true,
			MaxQuads: 10_000, MaxLiterals: 1 << 20,
			Vocabulary: func(iri string) ([]rdf.Quad, error) { return nil, errors.New("none") },
		})
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20+1000*uint64(len(text)) {
			t.Errorf("allocated %d MB for %d bytes", used>>20, len(text))
		}
		var syntax *rdf.SyntaxError
		if err != nil && !errors.Is(err, rdfa.ErrLimit) && !(errors.As(err, &syntax) && doc != nil) {
			t.Fatalf("unexpected error %v", err)
		}
		if doc == nil {
			return
		}
		lines := rdf.NewLines(text)
		inText := func(what string, s rdf.Span) {
			if !s.IsZero() && s != lines.Span(s.Start.Offset, s.End.Offset) || s.Start.Offset > s.End.Offset {
				t.Errorf("%s at %v", what, s)
			}
		}
		for _, q := range append(doc.Quads, doc.Processor...) {
			if q.Subject.IsLiteral() || q.Subject.IsZero() || !q.Predicate.IsIRI() || q.Object.IsZero() {
				t.Errorf("no triple: %v", q.Quad)
			}
			inText(q.String(), q.Span)
		}
		for _, finding := range doc.Findings {
			inText(finding.Rule, finding.Span)
			if finding.Message.NL == "" || finding.Message.EN == "" {
				t.Errorf("%s without a message", finding.Rule)
			}
		}
		for s, span := range doc.Subjects {
			inText(s.String(), span)
		}
	})
}

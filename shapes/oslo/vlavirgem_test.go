package oslo_test

import (
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/internal/vlavirgem"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// read is a page as the harvester and the command line hand it on.
func read(t testing.TB, source string, text []byte) oslo.Input {
	t.Helper()
	doc, err := rdfa.Parse(text, rdfa.Options{Base: source})
	if err != nil {
		t.Fatal(err)
	}
	return oslo.Input{Source: source, Text: text, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// The sample municipality makes ten faults, one on each of ten pages, and no
// other that costs anybody anything.
func TestVlavirgem(t *testing.T) {
	gemeente := vlavirgem.New("https://www.vlavirgem.example")
	waarheid := gemeente.Waarheid()
	fouten := map[string]vlavirgem.Fout{}
	for _, f := range waarheid.Fouten {
		fouten[f.Pagina] = f
	}
	if len(fouten) != 10 {
		t.Fatalf("%d pages with a fault, want 10", len(fouten))
	}
	for _, pagina := range waarheid.PerPagina {
		w := httptest.NewRecorder()
		gemeente.Handler().ServeHTTP(w, httptest.NewRequest("GET", pagina.URL, nil))
		if w.Code != 200 {
			t.Fatalf("%s: status %d", pagina.URL, w.Code)
		}
		verdict := oslo.Validate(read(t, pagina.URL, w.Body.Bytes()), oslo.Options{Profile: oslo.Praktijk, Now: noon})
		fout, spoiled := fouten[pagina.URL]
		if !spoiled {
			for _, f := range verdict.Findings {
				if f.Severity != rdf.Info {
					t.Errorf("%s:%s: a clean page has %s: %s", pagina.URL, f.Span.Start, f.Rule, f.Message.EN)
				}
			}
			continue
		}
		found := 0
		for _, f := range verdict.Findings {
			if f.Rule != fout.Code || f.Severity == rdf.Info {
				continue
			}
			found++
			at := f.Span.Start
			if at.Line != fout.Regel || at.Column < fout.Kolom || at.Column >= fout.Kolom+utf8.RuneCountInString(fout.Tekst) {
				t.Errorf("%s: %s at %s, want it in %q at %d:%d", pagina.URL, f.Rule, at, fout.Tekst, fout.Regel, fout.Kolom)
			}
		}
		if found != 1 {
			t.Errorf("%s: %d findings of %s, want 1", pagina.URL, found, fout.Code)
		}
	}
}

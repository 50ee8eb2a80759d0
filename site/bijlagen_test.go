package site

import (
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
)

func TestFactsOfAttachments(t *testing.T) {
	for _, c := range []struct {
		name, iri string
		b         Bijlage
		nl, en    string
	}{
		{"plan.pdf", "https://a.be/plan.pdf", Bijlage{MediaType: "application/pdf", Bytes: 1_234_567, Doorzoekbaar: true}, "1,2 MB, tekst doorzoekbaar", "1.2 MB, text can be searched"},
		{"Bijlage 1", "https://a.be/download?id=1", Bijlage{MediaType: "application/pdf; charset=binary", Bytes: 20_480}, "PDF, 20 kB", "PDF, 20 kB"},
		{"Bijlage 1", "https://a.be/9f/plan.docx", Bijlage{MediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}, "Word", "Word"},
		{"Bijlage 1", "https://a.be/9f/plan.odt?x", Bijlage{MediaType: "application/octet-stream", Bytes: 12}, "ODT, 12 bytes", "ODT, 12 bytes"},
		{"kaart", "https://a.be/kaart", Bijlage{MediaType: "image/png"}, "PNG", "PNG"},
		{"kaart", "https://a.be/kaart", Bijlage{}, "", ""},
	} {
		if nl, en := facts(dutch, c.name, c.iri, c.b), facts(english, c.name, c.iri, c.b); nl != c.nl || en != c.en {
			t.Errorf("%s %+v: %q and %q, want %q and %q", c.iri, c.b, nl, en, c.nl, c.en)
		}
	}
}

// TestAttachmentsOfADecision: the page tells kind, size and whether the text is
// found, and shows what a server said as text.
func TestAttachmentsOfADecision(t *testing.T) {
	h, w := newTestSite(t)
	body := get(h, "/besluiten/"+besluit.ID(w.besluiten[0].IRI)).Body.String()
	for _, want := range []string{
		`<a href="https://vlavirgem.example/bijlagen/plan.pdf" rel="nofollow">plan.pdf</a> (1,2 MB, tekst doorzoekbaar) <span class="zacht" lang="nl">maar deels gelezen: &lt;b&gt;</span>`,
		`<li class="breek">javascript:alert(5)</li>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

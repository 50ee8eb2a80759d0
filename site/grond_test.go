package site

import (
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
)

func TestGroundOf(t *testing.T) {
	for iri, want := range map[string]string{
		"https://codex.vlaanderen.be/doc/document/1009730":                                    "codex.vlaanderen.be, document 1009730",
		"https://codex.vlaanderen.be/Zoeken/Document.aspx?DID=1029017&param=inhoud":           "codex.vlaanderen.be, document 1029017",
		"http://www.ejustice.just.fgov.be/eli/wet/2013/06/24/2013000441":                      "Wet van 24 juni 2013 (2013000441)",
		"http://www.ejustice.just.fgov.be/eli/wet/2013/06/04/2013000441/justel#art3":          "Wet van 4 juni 2013 (2013000441)",
		"https://www.ejustice.just.fgov.be/eli/koninklijk-besluit/1975/12/01/1975120109/just": "Koninklijk besluit van 1 december 1975 (1975120109)",
		"https://www.ejustice.just.fgov.be/eli/wet/2013/16/24/2013000441":                     "ejustice.just.fgov.be, 24/2013000441",
		"https://data.vlavirgem.example/id/decreten/1#art41":                                  "data.vlavirgem.example, 1/art41",
		"https://vlavirgem.example/":                                                          "vlavirgem.example",
		"urn:lex:be:1":                                                                        "urn:lex:be:1",
		"":                                                                                    "",
	} {
		if got := groundOf(dutch, besluit.Rechtsgrond{IRI: iri}); got != want {
			t.Errorf("%s: %q, want %q", iri, got, want)
		}
	}
	if got := groundOf(dutch, besluit.Rechtsgrond{IRI: "https://codex.example/1", Titel: "<b>Decreet</b>"}); got != "Decreet" {
		t.Errorf("%q, want the title", got)
	}
}

func TestAttachment(t *testing.T) {
	for iri, want := range map[string]string{
		"https://vlavirgem.example/bijlagen/plan.pdf":                                 "plan.pdf",
		"https://vlavirgem.example/bijlagen/04d49fb5-dd7f-5b3f-b8eb-4e1e60a4b64e.pdf": "Bijlage 2 (PDF)",
		"https://vlavirgem.example/bijlagen/04d49fb5dd7f5b3fb8eb4e1e60a4b64e":         "Bijlage 2",
		"https://vlavirgem.example/2025-2026.pdf":                                     "2025-2026.pdf",
	} {
		if got := attachment(dutch, 1, iri); got != want {
			t.Errorf("%s: %q, want %q", iri, got, want)
		}
	}
}

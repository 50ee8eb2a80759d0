package bleve

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

// TestAttachments: a decision is found by the text of its attachment, shown as
// what it is, and not any more when that text is gone.
func TestAttachments(t *testing.T) {
	x, _, err := Open(filepath.Join(t.TempDir(), "index"))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	texts := map[string]string{"https://data.example/plan.pdf": "De retributie op a < b bedraagt\n\n12 euro voor kampeerwagens"}
	x.Attachment = func(_ context.Context, iri string) string { return texts[iri] }
	inhoud := &besluit.Inhoud{Besluiten: []*besluit.Besluit{{
		IRI: "https://data.example/1", Titel: "Reglement op het parkeren", Bijlagen: []string{"https://data.example/ander", "https://data.example/plan.pdf"},
	}}}
	found := func() (hits []search.Hit) {
		t.Helper()
		if err := x.Put(t.Context(), inhoud); err != nil {
			t.Fatal(err)
		}
		result, err := x.Search(t.Context(), search.Request{Text: "kampeerwagens"})
		if err != nil {
			t.Fatal(err)
		}
		return result.Hits
	}
	hits := found()
	if len(hits) != 1 || len(hits[0].Fragments) == 0 || hits[0].Fragments[0].Part != "bijlage" {
		t.Errorf("hits %+v", hits)
	}
	delete(texts, "https://data.example/plan.pdf")
	if hits := found(); len(hits) != 0 {
		t.Errorf("hits without the text %+v", hits)
	}
}

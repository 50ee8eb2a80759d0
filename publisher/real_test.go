package publisher_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Pages as six programs published them, each with what it holds. The seven
// items of Machelen beyond the eight of its agenda are blank nodes that the
// page gives the class Agendapunt.
func TestRealPages(t *testing.T) {
	dir := filepath.Join(suite.Shared(t), "pages", "html")
	h := newHouse(t)
	for _, c := range []struct {
		file             string
		items, besluiten int
		onAgenda         int
	}{
		{"real-aalter-besluitenlijst-onlinesmartcities.html", 32, 32, 32},
		{"real-boortmeerbeek-agenda-meetingburger.html", 19, 19, 19},
		{"real-erpe-mere-besluitenlijst-ocmwraad-cevi-lblodweb.html", 5, 5, 5},
		{"real-essen-besluitenlijst-gelinkt-notuleren.html", 11, 11, 11},
		{"real-machelen-agenda-cipalschaubroeck.html", 15, 0, 8},
		{"real-torhout-notulen-gemeenteraad-cevi-lblodweb.html", 15, 15, 15},
	} {
		body, err := os.ReadFile(filepath.Join(dir, c.file))
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := rdfa.Decode(body, "text/html")
		if err != nil {
			t.Fatal(err)
		}
		iri := "https://" + strings.TrimPrefix(strings.TrimSuffix(c.file, ".html"), "real-") + ".example/publicatie"
		page, err := rdfa.Parse(text, rdfa.Options{Base: iri})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		out := h.accept(t, besluit.Publicatie{Pagina: iri, Bron: iri, Opgehaald: noon, Status: 200, Tekst: text, Quads: page.Quads})
		accepted := time.Since(begin)
		if out.Status != publisher.StatusNew {
			t.Errorf("%s: %s, %s", c.file, out.Status, out.Reason)
		}
		before := len(h.index.documents)
		h.follow(t)
		t.Logf("%s: %d quads, accepted in %v, followed in %v", c.file, out.Quads, accepted.Round(time.Millisecond), (time.Since(begin) - accepted).Round(time.Millisecond))

		quads, ok, err := h.Reader.Engine.Graph(ctx, rdf.IRI(iri))
		if err != nil || !ok {
			t.Fatalf("%s: graph: %v, %v", c.file, ok, err)
		}
		g := rdf.NewGraph()
		for q, err := range quads.Quads {
			if err != nil {
				t.Fatal(err)
			}
			g.Add(q)
		}
		quads.Close()
		in := besluit.Lift(g)
		if len(in.Agendapunten) != c.items || len(in.Besluiten) != c.besluiten || len(in.Zittingen) != 1 {
			t.Errorf("%s: %d items, %d decisions, %d sittings; want %d, %d, 1", c.file, len(in.Agendapunten), len(in.Besluiten), len(in.Zittingen), c.items, c.besluiten)
			continue
		}
		// Items that say nothing are stored, but nobody can look for them.
		if got, want := len(h.index.documents)-before, 1+c.onAgenda+c.besluiten; got != want {
			t.Errorf("%s: the index got %d documents, want %d", c.file, got, want)
		}
		inPage := besluit.Lift(rdf.NewGraph(triples(page.Quads)...))
		z, err := h.Reader.Zitting(ctx, besluit.ID(in.Zittingen[0].IRI))
		if err != nil || z == nil || len(z.Agendapunten) != c.onAgenda || z.Datum().IsZero() {
			t.Fatalf("%s: sitting %+v, %v", c.file, z, err)
		}
		for _, a := range z.Agendapunten {
			if a.Titel == "" && c.besluiten == 0 {
				t.Errorf("%s: item %s has no title", c.file, a.IRI)
			}
			if want := inPage.Zittingen[0].Agendapunten[a.Nummer-1].Titel; a.Titel != want {
				t.Errorf("%s: item %d is %q, on the page %q", c.file, a.Nummer, a.Titel, want)
			}
			for _, bh := range a.Behandelingen {
				for _, b := range bh.Besluiten {
					if read, err := h.Reader.Besluit(ctx, besluit.ID(b.IRI)); err != nil || read == nil || read.Titel != b.Titel || read.Titel == "" {
						t.Errorf("%s: decision %s: %+v, %v", c.file, b.IRI, read, err)
					}
				}
			}
		}
		for q := range g.All() {
			if q.Predicate.Value() == vocab.ProvWasDerivedFrom && q.Object != rdf.IRI(iri) {
				t.Errorf("%s: %s", c.file, q)
			}
		}
	}
}

func triples(quads []rdf.Sourced) []rdf.Quad {
	list := make([]rdf.Quad, len(quads))
	for i, q := range quads {
		list[i] = q.Quad
	}
	return list
}

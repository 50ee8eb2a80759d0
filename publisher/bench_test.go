package publisher_test

import (
	"fmt"
	"iter"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/vlavirgem"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
)

// municipality returns a house with all that Vlavirgem publishes: the data of
// the demonstration. The page that the municipality took away is withdrawn.
func municipality(t testing.TB) *house {
	t.Helper()
	h := newHouse(t)
	g := vlavirgem.New("http://vlavirgem.localhost")
	truth := g.Waarheid()
	for _, p := range truth.PerPagina {
		if p.Soort == "overzicht" {
			continue
		}
		w := httptest.NewRecorder()
		g.Handler().ServeHTTP(w, httptest.NewRequest("GET", p.URL, nil))
		doc, err := rdfa.Parse(w.Body.Bytes(), rdfa.Options{Base: p.URL})
		if err != nil {
			t.Fatal(err)
		}
		h.accept(t, besluit.Publicatie{Pagina: p.URL, Bron: g.Start(), Opgehaald: noon, Status: 200, Tekst: w.Body.Bytes(), Quads: doc.Quads})
	}
	h.follow(t)
	return h
}

// BenchmarkReader reads what the pages of the site show, on the data of the
// demonstration: each operation is one page's.
func BenchmarkReader(b *testing.B) {
	h := municipality(b)
	iris := func(query string) (list []string) {
		for row, err := range h.rows(query) {
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, besluit.ID(row[0].Value()))
		}
		return list
	}
	besluiten := iris("SELECT DISTINCT ?s { ?s a <" + vocab.BesluitBesluit + "> }")
	punten := iris("SELECT DISTINCT ?s { ?s a <" + vocab.BesluitAgendapunt + "> FILTER isIRI(?s) }")
	zittingen := iris("SELECT DISTINCT ?s { ?s a <" + vocab.BesluitZitting + "> }")
	organen := iris("SELECT DISTINCT ?s { ?s a <" + vocab.BesluitBestuursorgaan + "> }")
	// The sittings with the most decisions.
	grote := iris("SELECT ?z (COUNT(DISTINCT ?b) AS ?n) { ?z <" + vocab.BesluitBehandelt + "> ?a . ?h <" + vocab.DctSubject + "> ?a ; <" +
		vocab.ProvGenerated + "> ?b } GROUP BY ?z ORDER BY DESC(?n) LIMIT 5")
	bestuur, err := h.Reader.Besturen(ctx)
	if err != nil || len(bestuur) == 0 {
		b.Fatal(bestuur, err)
	}
	b.Logf("%d quads, %d decisions, %d sittings, %d organs", h.store.Len(), len(besluiten), len(zittingen), len(organen))
	for _, c := range []struct {
		name string
		ids  []string
		read func(id string) (found bool, err error)
	}{
		{"Besluit", besluiten, func(id string) (bool, error) { v, err := h.Reader.Besluit(ctx, id); return v != nil, err }},
		{"Agendapunt", punten, func(id string) (bool, error) { v, err := h.Reader.Agendapunt(ctx, id); return v != nil, err }},
		{"Zitting", zittingen, func(id string) (bool, error) { v, err := h.Reader.Zitting(ctx, id); return v != nil, err }},
		{"Zitting/large", grote, func(id string) (bool, error) { v, err := h.Reader.Zitting(ctx, id); return v != nil, err }},
		{"Bestuursorgaan", organen, func(id string) (bool, error) { v, err := h.Reader.Bestuursorgaan(ctx, id); return v != nil, err }},
		{"Besturen", nil, func(string) (bool, error) { v, err := h.Reader.Besturen(ctx); return len(v) > 0, err }},
		{"Besluiten/20", nil, func(string) (bool, error) {
			v, _, err := h.Reader.Besluiten(ctx, publisher.Selection{Limit: 20})
			return len(v) == 20, err
		}},
		{"Besluiten/20 of a bestuur", nil, func(string) (bool, error) {
			v, _, err := h.Reader.Besluiten(ctx, publisher.Selection{Bestuur: bestuur[0].IRI, Limit: 20})
			return len(v) == 20, err
		}},
		{"Besluiten/20 after 400", nil, func(string) (bool, error) {
			v, _, err := h.Reader.Besluiten(ctx, publisher.Selection{Offset: 400, Limit: 20})
			return len(v) == 20, err
		}},
		{"Zittingen/20", nil, func(string) (bool, error) {
			v, _, err := h.Reader.Zittingen(ctx, publisher.Selection{Limit: 20})
			return len(v) == 20, err
		}},
		{"Zittingen/20 of a bestuur", nil, func(string) (bool, error) {
			v, _, err := h.Reader.Zittingen(ctx, publisher.Selection{Bestuur: bestuur[0].IRI, Limit: 20})
			return len(v) == 20, err
		}},
		{"Describe", besluiten, func(id string) (bool, error) {
			iri, err := h.Reader.IRI(ctx, id)
			if err != nil {
				return false, err
			}
			v, err := h.Reader.Describe(ctx, iri)
			return len(v) > 0, err
		}},
	} {
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			n := 0
			for b.Loop() {
				id := ""
				if len(c.ids) > 0 {
					id = c.ids[n*7%len(c.ids)]
				}
				n++
				if found, err := c.read(id); err != nil || !found {
					b.Fatalf("%s: found %v, %v", id, found, err)
				}
			}
		})
	}
}

// BenchmarkLedger asks the ledger what pages and operators ask of it, after
// every page of the demonstration was withdrawn: the worst case.
func BenchmarkLedger(b *testing.B) {
	h := municipality(b)
	for _, p := range vlavirgem.New("http://vlavirgem.localhost").Waarheid().PerPagina {
		h.accept(b, besluit.Publicatie{Pagina: p.URL, Opgehaald: noon, Status: 410, Ingetrokken: true})
	}
	h.follow(b)
	b.Run("Gone/unknown", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			if _, ok, err := h.Gone(ctx, besluit.ID(fmt.Sprint("urn:", n))); ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
	b.Run("Held", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.Held(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// rows asks the engine for the solutions of a query.
func (h *house) rows(query string) iter.Seq2[[]rdf.Term, error] {
	return func(yield func([]rdf.Term, error) bool) {
		result, err := h.Reader.Engine.Query(ctx, sparql.Query{Text: query})
		if err != nil {
			yield(nil, err)
			return
		}
		defer result.Close()
		result.Rows(yield)
	}
}

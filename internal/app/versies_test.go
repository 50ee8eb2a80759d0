package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// minutes is a page of minutes whose IRIs are made from its own address.
func minutes(amount string) string {
	return `<html><body prefix="besluit: http://data.vlaanderen.be/ns/besluit# prov: http://www.w3.org/ns/prov# eli: http://data.europa.eu/eli/ontology# dct: http://purl.org/dc/terms/ skos: http://www.w3.org/2004/02/skos/core#">
<div resource="https://data.vlavirgem.be/id/vlavirgem" typeof="besluit:Bestuurseenheid"><span property="skos:prefLabel">Vlavirgem</span></div>
<div resource="https://data.vlavirgem.be/id/raad" typeof="besluit:Bestuursorgaan"><span property="skos:prefLabel">Gemeenteraad Vlavirgem</span><a property="besluit:bestuurt" href="https://data.vlavirgem.be/id/vlavirgem"></a></div>
<div resource="#zitting" typeof="besluit:Zitting"><a property="besluit:isGehoudenDoor" href="https://data.vlavirgem.be/id/raad"></a>
<time property="besluit:geplandeStart" datatype="http://www.w3.org/2001/XMLSchema#dateTime" content="2026-11-16T20:00:00+01:00"></time>
<div property="besluit:behandelt" resource="#punt" typeof="besluit:Agendapunt"><h2 property="dct:title">Fanfare</h2></div>
<div resource="#behandeling" typeof="besluit:BehandelingVanAgendapunt"><a property="dct:subject" href="#punt"></a>
<div property="prov:generated" resource="#besluit" typeof="besluit:Besluit"><h3 property="eli:title">Subsidie voor de fanfare</h3>
<div property="eli:has_part" resource="#artikel" typeof="besluit:Artikel"><span property="eli:number">1</span><p property="prov:value">De fanfare krijgt ` + amount + ` euro voor haar optredens.</p></div>
</div></div></div></body></html>`
}

// A page changes, is published again elsewhere, and is taken away; what it said
// can be followed through all of it.
func TestVersionsWithdrawalsAndDoublesOnTheSite(t *testing.T) {
	h, err := open(t.Context(), config.Config{Data: t.TempDir(), Base: "https://besluiten.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	site, err := h.site()
	if err != nil {
		t.Fatal(err)
	}
	const first, second = "https://vlavirgem.be/notulen/1", "https://vlavirgem.be/notulen/1?lezing=2"
	day := 0
	accept := func(pagina, text string, status int) {
		t.Helper()
		day++
		pub := besluit.Publicatie{Pagina: pagina, Bron: "https://vlavirgem.be/", Opgehaald: time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC), Status: status, Ingetrokken: text == "", Tekst: []byte(text)}
		if text != "" {
			page, err := rdfa.Parse([]byte(text), rdfa.Options{Base: pagina})
			if err != nil {
				t.Fatal(err)
			}
			pub.Quads, pub.Subjects = page.Quads, page.Subjects
		}
		if _, err := h.publisher.Accept(t.Context(), pub); err != nil {
			t.Fatal(err)
		}
		if err := h.publisher.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	check := func(at string, status int, says ...string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, at, nil)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s: status %d, want %d", at, w.Code, status)
		}
		for _, s := range says {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s does not say %q", at, s)
			}
		}
	}
	id := func(pagina, fragment string) string { return besluit.ID(pagina + "#" + fragment) }

	accept(first, minutes("500"), 200)
	accept(first, minutes("750"), 200)
	check("/besluiten/"+id(first, "besluit"), 200, "Geschiedenis", "/versies/2", "2 november 2026")
	check("/versies?pagina="+url.QueryEscape(first), 200, "/versies/1", "/versies/2")
	check("/versies/2", 200, "geschrapt: </span>500</del>", "toegevoegd: </span>750</ins>", "1 artikel gewijzigd")
	check("/versies/1/tekst", 200, "500 euro")

	accept(second, minutes("750"), 200)
	check("/besluiten/"+id(first, "besluit"), 200, "Dit besluit staat ook op een ander adres", "/besluiten/"+id(second, "besluit"), second)
	check("/versies?pagina="+url.QueryEscape(second), 200, "Hetzelfde document staat ook op", first)
	check("/api/v1/besluiten?q=fanfare", 200, `"totaal": 1,`)

	accept(first, "", 410)
	check("/besluiten/"+id(second, "besluit"), 200, "750 euro")
	check("/besluiten/"+id(first, "besluit"), 410, "Subsidie voor de fanfare", "4 november 2026", "weggehaald (410)", "750 euro")
	check("/zittingen/"+id(first, "zitting"), 410, "4 november 2026", "Fanfare")
	check("/agendapunten/"+id(first, "punt"), 410, "Fanfare", "Subsidie voor de fanfare")
	check("/besturen/vlavirgem", 200, "/ingetrokken?bestuur=vlavirgem")
	check("/ingetrokken?bestuur=vlavirgem", 200, "Subsidie voor de fanfare", "4 november 2026", "/versies/4")
	check("/versies/4", 200, "zitting", "De laatste versie die gepubliceerd was")
	quads, err := h.reader.Describe(t.Context(), second+"#besluit")
	if err != nil || strings.Contains(fmt.Sprint(quads), "sameAs") {
		t.Errorf("it is still the same as what is gone: %v, %v", quads, err)
	}

	accept(first, minutes("750"), 200) // it comes back
	check("/besluiten/"+id(first, "besluit"), 200, "Dit besluit staat ook op een ander adres")
	check("/ingetrokken?bestuur=vlavirgem", 200, "Er is geen enkele pagina ingetrokken")
	same := rdf.Quad{Subject: rdf.IRI(first + "#besluit"), Predicate: rdf.IRI("http://www.w3.org/2002/07/owl#sameAs"), Object: rdf.IRI(second + "#besluit")}
	if quads, err := h.reader.Describe(t.Context(), first+"#besluit"); err != nil || !strings.Contains(fmt.Sprint(quads), fmt.Sprint(same.Object)) {
		t.Errorf("the description does not say that it is the same: %v, %v", quads, err)
	}
}

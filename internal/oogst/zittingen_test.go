package oogst

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	cockroach "github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

const prefixes = `
@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> .
@prefix doc: <https://data.vlaanderen.be/id/concept/BesluitDocumentType/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix mandaat: <http://data.vlaanderen.be/ns/mandaat#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://gent.example/id/> .
`

// TestSittings reads sittings back from a store as pages describe them.
func TestSittings(t *testing.T) {
	pages := map[string]string{
		"overzicht": `
			:z1 a besluit:Zitting ; besluit:geplandeStart "2026-10-05T20:00:00+02:00"^^xsd:dateTime ; besluit:isGehoudenDoor :raad2025 .
			:z2 a besluit:Zitting ; besluit:geplandeStart "2026-09-07T20:00:00+02:00"^^xsd:dateTime ; besluit:isGehoudenDoor :raad2025 .
			:z3 a besluit:Zitting ; besluit:geplandeStart "2026-06-01T20:00:00+02:00"^^xsd:dateTime ; besluit:isGehoudenDoor :raad2025 .
			:raad2025 a besluit:Bestuursorgaan ; mandaat:isTijdspecialisatieVan :raad .
			:raad a besluit:Bestuursorgaan ; skos:prefLabel "Gemeenteraad" ; besluit:bestuurt :gent .
			:gent a besluit:Bestuurseenheid ; skos:prefLabel "Gent" .
			:ergens a doc:3fa67785-ffdc-4b30-8880-2b99d97b4dee .`,
		"lijst1": `
			:z1 a besluit:Zitting ; prov:startedAtTime "2026-10-05T20:04:00+02:00"^^xsd:dateTime ; besluit:heeftBesluitenlijst <> ; besluit:heeftAgenda :agenda1 .
			<> a doc:3fa67785-ffdc-4b30-8880-2b99d97b4dee ; eli:date_publication "2026-10-13"^^xsd:date .
			:agenda1 eli:date_publication "2026-09-25"^^xsd:date , "2026-09-28"^^xsd:date .`,
		"lijst2": `
			:z2 a besluit:Zitting ; besluit:behandelt :punt .
			:behandeling dct:subject :punt ; prov:generated :besluit .
			<> a doc:3fa67785-ffdc-4b30-8880-2b99d97b4dee .`,
		"notulen3": `:z3 a besluit:Zitting ; besluit:heeftNotulen <> .`,
	}
	store, err := quadstore.Open(t.TempDir(), quadstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	db, err := pebble.Open("", &cockroach.Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all []rdf.Quad
	for name, text := range pages {
		page := "https://gent.example/" + name
		quads, err := turtle.Parse([]byte(prefixes+text), page)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Put(t.Context(), page, quads); err != nil {
			t.Fatal(err)
		}
		all = append(all, quads...)
	}
	if err := db.Calendar().Put(t.Context(), besluit.Lift(rdf.NewGraph(all...))); err != nil {
		t.Fatal(err)
	}
	reader := &publisher.Reader{Engine: sparql.NewEmbedded(store, sparql.EmbeddedOptions{}), Calendar: db.Calendar()}
	list, from, err := Sittings(t.Context(), reader, "https://gent.example/id/gent")
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) time.Time {
		at, _ := readDate(s)
		return at
	}
	shown := func(p *Published) string {
		if p == nil {
			return "none"
		}
		if p.Date.IsZero() {
			return p.IRI
		}
		return p.IRI + " " + p.Date.In(brussel).Format(time.DateOnly)
	}
	var got []string
	for _, s := range list {
		held := "planned"
		if s.Held {
			held = "held"
		}
		got = append(got, strings.Join([]string{strings.TrimPrefix(s.IRI, "https://gent.example/id/"), held, "list", shown(s.Lijst), "agenda", shown(s.Agenda), "other", shown(s.Other)}, " "))
	}
	want := []string{
		"z1 held list https://gent.example/lijst1 2026-10-13 agenda https://gent.example/id/agenda1 2026-09-25 other none",
		"z2 held list https://gent.example/lijst2 agenda none other none", // by its page: it speaks of no other sitting
		"z3 planned list none agenda none other https://gent.example/notulen3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(list) == 3 && (list[0].Orgaan == nil || list[0].Orgaan.Naam != "Gemeenteraad" || !list[0].Start.Equal(day("2026-10-05T20:04:00+02:00"))) {
		t.Errorf("%+v", list[0])
	}
	if !slices.Contains(from, "https://gent.example/overzicht") || !slices.Contains(from, "https://gent.example/lijst2") {
		t.Errorf("pages: %q", from)
	}
	organs, err := Organs(t.Context(), reader, []string{"https://gent.example/overzicht", "no address <>", "https://gent.example/weg"})
	if err != nil || !slices.Equal(organs, []string{"https://gent.example/id/raad2025"}) {
		t.Errorf("%q, %v", organs, err)
	}
	if list, _, err := Sittings(t.Context(), reader, "https://gent.example/id/nergens"); len(list) != 0 || err != nil {
		t.Errorf("%d sittings of nobody, %v", len(list), err)
	}
}

// TestReadDate: a date alone is one in Flanders.
func TestReadDate(t *testing.T) {
	for text, want := range map[string]string{
		"2026-07-01":                    "2026-06-30T22:00:00Z",
		"2026-01-01":                    "2025-12-31T23:00:00Z",
		"2026-01-01T08:00:00":           "2026-01-01T07:00:00Z",
		"2026-01-01T08:00:00Z":          "2026-01-01T08:00:00Z",
		" 2026-01-01T08:00:00.5+02:00 ": "2026-01-01T06:00:00Z",
		"gisteren":                      "0001-01-01T00:00:00Z",
	} {
		at, ok := readDate(text)
		if got := at.UTC().Format(time.RFC3339); got != want || ok != (text != "gisteren") {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

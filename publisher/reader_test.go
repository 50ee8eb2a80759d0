package publisher_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// filled returns a house with the three pages of one sitting, and a page of
// another government.
func filled(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	for _, pub := range []besluit.Publicatie{
		page(t, "lijst", list), page(t, "notulen", minutes), page(t, "uittreksel", extract),
		page(t, "ocmw", `
:ocmw a besluit:Bestuurseenheid ; skos:prefLabel "Vlavirgem" ; besluit:classificatie eenheid:5ab0e9b8a3b2ca7c5e000002 .
:rmw skos:prefLabel "Raad voor maatschappelijk welzijn" ; besluit:classificatie orgaan:5ab0e9b8a3b2ca7c5e000007 ; besluit:bestuurt :ocmw .
:z2 a besluit:Zitting ; besluit:isGehoudenDoor :rmw ; besluit:geplandeStart "2025-04-01T19:00:00+02:00"^^xsd:dateTime ; besluit:behandelt :a3 .
:a3 a besluit:Agendapunt ; dct:title "Noodfonds" .
:h3 a besluit:BehandelingVanAgendapunt ; dct:subject :a3 ; prov:generated :b3 .
:b3 eli:title "Noodfonds luiers" ; eli:corrects :b1 .
:b4 a besluit:Besluit ; eli:title "Los besluit" ; eli:passed_by :rmw ; eli:date_publication "2025-02-01"^^xsd:date .
`),
	} {
		h.accept(t, pub)
	}
	h.follow(t)
	return h
}

func TestReadEntities(t *testing.T) {
	h := filled(t)
	b, err := h.Reader.Besluit(ctx, besluit.ID(data+"b1"))
	if err != nil || b == nil {
		t.Fatalf("besluit: %v, %v", b, err)
	}
	if b.Titel != "Politiereglement op de terrassen" || len(b.Artikels) != 1 || len(b.Types) != 1 || b.Uitslag() != besluit.Goedgekeurd ||
		len(b.Bronnen) != 3 || b.GenomenDoor.Bestuurt.Naam != "Vlavirgem" || b.Behandeling.Agendapunt.Zitting.GehoudenDoor.Naam != "Gemeenteraad Vlavirgem" ||
		!slices.Equal(b.GecorrigeerdDoor, []string{data + "b3"}) {
		t.Errorf("besluit %+v", b)
	}
	if again, err := h.Reader.Besluit(ctx, data+"b1"); err != nil || again == nil || again.IRI != b.IRI {
		t.Errorf("besluit by IRI: %v, %v", again, err)
	}
	untyped, err := h.Reader.Besluit(ctx, besluit.ID(data+"b3"))
	if err != nil || untyped == nil || untyped.Titel != "Noodfonds luiers" {
		t.Errorf("a decision without a class: %v, %v", untyped, err)
	}
	a, err := h.Reader.Agendapunt(ctx, besluit.ID(data+"a2"))
	if err != nil || a == nil || a.Titel != "Mededelingen" || a.Zitting == nil || a.Zitting.IRI != data+"z" || a.Nummer != 2 {
		t.Errorf("agendapunt %+v, %v", a, err)
	}
	a, err = h.Reader.Agendapunt(ctx, data+"a1")
	if err != nil || a == nil || a.Nummer != 1 || len(a.Behandelingen) != 1 || a.Behandelingen[0].Besluiten[0].Titel != b.Titel ||
		a.Behandelingen[0].Stemmingen[0].AantalVoorstanders != 17 {
		t.Errorf("agendapunt %+v, %v", a, err)
	}
	z, err := h.Reader.Zitting(ctx, besluit.ID(data+"z"))
	if err != nil || z == nil || len(z.Agendapunten) != 2 || z.Agendapunten[0].Titel != "Terrasreglement" || len(z.Documenten) != 2 ||
		len(z.Agendapunten[0].Behandelingen) != 1 || z.Agendapunten[0].Behandelingen[0].Besluiten[0].Titel != b.Titel {
		t.Errorf("zitting %+v, %v", z, err)
	}
	o, err := h.Reader.Bestuursorgaan(ctx, besluit.ID(data+"raad2025"))
	if err != nil || o == nil || o.Naam != "Gemeenteraad Vlavirgem" || o.Bestuurt.Naam != "Vlavirgem" {
		t.Errorf("orgaan %+v, %v", o, err)
	}
	for _, id := range []string{"", besluit.ID("https://example.org/"), "x' } #", `"`, "https://example.org/", "urn:x> } #"} {
		b, err := h.Reader.Besluit(ctx, id)
		if b != nil || err != nil {
			t.Errorf("besluit %q: %v, %v; want none", id, b, err)
		}
	}
	// A sitting asked for as a decision is none.
	if b, err := h.Reader.Besluit(ctx, besluit.ID(data+"z")); b != nil || err != nil {
		t.Errorf("the sitting as a decision: %v, %v", b, err)
	}
}

func TestReadLists(t *testing.T) {
	h := filled(t)
	besturen, err := h.Reader.Besturen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range besturen {
		got = append(got, fmt.Sprint(b.Slug, " ", len(b.Organen), " ", b.Zittingen, " ", b.Besluiten))
	}
	slices.Sort(got)
	if want := "ocmw-vlavirgem 1 1 1,vlavirgem 2 1 1"; strings.Join(got, ",") != want {
		t.Errorf("besturen %q, want %q", got, want)
	}
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const politie = vocab.BesluitType + "e8afe7c5-9640-4db8-8f74-3f023bec3241"
	for _, c := range []struct {
		name                 string
		s                    publisher.Selection
		zittingen, besluiten string
	}{
		{"all", publisher.Selection{}, "z2 z", "b3 b1 b4"},
		{"of a municipality", publisher.Selection{Bestuur: data + "vlavirgem"}, "z", "b1"},
		{"of an OCMW", publisher.Selection{Bestuur: data + "ocmw"}, "z2", "b3 b4"},
		{"of an abstract organ", publisher.Selection{Orgaan: data + "raad"}, "z", "b1"},
		{"of an organ of another government", publisher.Selection{Bestuur: data + "ocmw", Orgaan: data + "raad"}, "", ""},
		{"of nobody", publisher.Selection{Bestuur: "https://example.org/"}, "", ""},
		{"of a type", publisher.Selection{Types: []string{politie}}, "z2 z", "b1"},
		{"from a day", publisher.Selection{From: day("2025-03-11")}, "z2 z", "b3 b1"},
		{"from the day after", publisher.Selection{From: day("2025-03-12")}, "z2", "b3"},
		{"to a day", publisher.Selection{To: day("2025-03-11")}, "z", "b1 b4"},
		{"the second", publisher.Selection{Offset: 1, Limit: 1}, "z", "b1"},
		{"past the end", publisher.Selection{Offset: 9}, "", ""},
		{"with IRIs that are none", publisher.Selection{Orgaan: "urn:x> } #", Types: []string{"<>"}}, "", ""},
	} {
		zittingen, _, err := h.Reader.Zittingen(ctx, c.s)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		besluiten, total, err := h.Reader.Besluiten(ctx, c.s)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var zs, bs []string
		for _, z := range zittingen {
			zs = append(zs, strings.TrimPrefix(z.IRI, data))
		}
		for _, b := range besluiten {
			bs = append(bs, strings.TrimPrefix(b.IRI, data))
		}
		if strings.Join(zs, " ") != c.zittingen || strings.Join(bs, " ") != c.besluiten {
			t.Errorf("%s: sittings %q, decisions %q; want %q, %q", c.name, zs, bs, c.zittingen, c.besluiten)
		}
		if c.s.Limit == 1 && total != 3 {
			t.Errorf("%s: total %d, want 3", c.name, total)
		}
	}
	zittingen, _, _ := h.Reader.Zittingen(ctx, publisher.Selection{Bestuur: data + "vlavirgem"})
	if z := zittingen[0]; len(z.Agendapunten) != 2 || z.GehoudenDoor.Naam != "Gemeenteraad Vlavirgem" {
		t.Errorf("a sitting in a list: %+v", z)
	}
}

func TestDescribe(t *testing.T) {
	h := filled(t)
	quads, err := h.Reader.Describe(ctx, data+"b1")
	if err != nil || len(quads) == 0 || quads[0].Subject != rdf.IRI(data+"b1") {
		t.Fatalf("description %v, %v", quads, err)
	}
	g := rdf.NewGraph(quads...)
	if !g.Has(rdf.IRI(data+"art1"), rdf.IRI(vocab.EliNumber), rdf.String("1")) {
		t.Error("the description of a decision lacks its article")
	}
	if g.Subject(rdf.IRI(vocab.BesluitGevolg), rdf.LangLiteral("Goedgekeurd", "nl")).IsZero() {
		t.Error("the description of a decision lacks the vote on it")
	}
	if len(quads) != g.Len() {
		t.Error("the description repeats itself")
	}
	if quads, err := h.Reader.Describe(ctx, "https://example.org/"); err != nil || quads != nil {
		t.Errorf("description of an unknown subject: %v, %v", quads, err)
	}
}

// A page may claim an identifier for a subject that is not its own.
func TestIdentifiersAreChecked(t *testing.T) {
	h := newHouse(t)
	h.accept(t, page(t, "vals", `@prefix mu: <http://mu.semte.ch/vocabularies/core/> .
:vals a besluit:Besluit ; eli:title "Vals" ; mu:uuid "`+besluit.ID(data+"b1")+`" .`))
	h.accept(t, page(t, "lijst", list))
	h.follow(t)
	b, err := h.Reader.Besluit(ctx, besluit.ID(data+"b1"))
	if err != nil || b == nil || b.IRI != data+"b1" {
		t.Errorf("besluit %v, %v", b, err)
	}
}

// Where more hangs together than one reading may hold, each entity is read by
// itself: less is known of it, but nothing stops.
func TestTogetherIsBounded(t *testing.T) {
	h := newHouse(t)
	var many strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, ":z besluit:behandelt :p%d . :p%d a besluit:Agendapunt ; dct:title \"Punt %d\" .\n", i, i, i)
	}
	h.accept(t, page(t, "veel", ":z a besluit:Zitting .\n"+many.String()))
	h.follow(t)
	h.Reader.Bound(60)
	h.accept(t, page(t, "lijst", list))
	h.follow(t)
	if got := h.index.String(); !strings.Contains(got, "b1: besluit Gemeenteraad Vlavirgem") || !strings.Contains(got, "p99: agendapunt 100 Punt 99") {
		t.Errorf("index has\n%s", got)
	}
}

package besluit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// prefixes of the little notation in which these tests write graphs: one
// triple per line, "subject predicate object", prefixed names, "a" for rdf:type,
// literals in double quotes with an optional @language, "." endings left out.
var prefixes = map[string]string{
	"": "https://data.vlavirgem.be/id/", "besluit": vocab.Besluit, "mandaat": vocab.Mandaat, "generiek": vocab.Generiek,
	"eli": vocab.Eli, "prov": vocab.Prov, "dct": vocab.Dct, "skos": vocab.SKOS, "org": vocab.Org, "ext": vocab.Ext,
	"foaf": vocab.Foaf, "schema": vocab.Schema, "persoon": vocab.Persoon, "rdfs": vocab.RDFS, "type": vocab.BesluitType, "doc": vocab.BesluitDocumentType,
	"orgaancode": vocab.BestuursorgaanClassificatieCode, "eenheidcode": vocab.BestuurseenheidClassificatieCode,
}

func graph(t *testing.T, text string) *rdf.Graph {
	t.Helper()
	term := func(s string) rdf.Term {
		if s == "a" {
			return rdf.IRI(vocab.RDFType)
		}
		if rest, ok := strings.CutPrefix(s, `"`); ok {
			end := strings.LastIndex(rest, `"`)
			return rdf.LangLiteral(rest[:end], strings.TrimPrefix(rest[end+1:], "@"))
		}
		if label, ok := strings.CutPrefix(s, "_:"); ok {
			return rdf.Blank(label)
		}
		prefix, local, ok := strings.Cut(s, ":")
		if !ok || prefixes[prefix] == "" {
			t.Fatalf("no prefix in %q", s)
		}
		return rdf.IRI(prefixes[prefix] + local)
	}
	g := rdf.NewGraph()
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		parts := strings.SplitN(line, " ", 3)
		g.Add(rdf.Quad{Subject: term(parts[0]), Predicate: term(parts[1]), Object: term(strings.TrimSpace(parts[2]))})
	}
	return g
}

const vlavirgem = "https://data.vlavirgem.be/id/"

func TestLiftReadsASittingFromTopToBottom(t *testing.T) {
	in := besluit.Lift(graph(t, `
		:vlavirgem a besluit:Bestuurseenheid
		:vlavirgem skos:prefLabel "Vlavirgem"
		:vlavirgem besluit:classificatie eenheidcode:5ab0e9b8a3b2ca7c5e000001
		:raad a besluit:Bestuursorgaan
		:raad skos:prefLabel "Gemeenteraad Vlavirgem"
		:raad besluit:classificatie orgaancode:5ab0e9b8a3b2ca7c5e000005
		:raad besluit:bestuurt :vlavirgem
		:raad2025 mandaat:isTijdspecialisatieVan :raad
		:z a besluit:Zitting
		:z besluit:isGehoudenDoor :raad2025
		:z besluit:geplandeStart "2025-03-11T20:00:00+01:00"
		:z prov:startedAtTime "2025-03-11T20:02:00+01:00"
		:z prov:atLocation :zaal
		:zaal rdfs:label "Raadzaal"
		:z besluit:heeftBesluitenlijst :lijst
		:lijst a doc:3fa67785-ffdc-4b30-8880-2b99d97b4dee
		:lijst eli:date_publication "2025-03-14"
		:lijst prov:wasDerivedFrom :pagina/lijst.html
		:z besluit:behandelt :a1
		:a1 a besluit:Agendapunt
		:a1 dct:title "Terrasreglement"@nl
		:a1 besluit:geplandOpenbaar "true"
		:bh1 a besluit:BehandelingVanAgendapunt
		:bh1 dct:subject :a1
		:bh1 besluit:openbaar "False"
		:bh1 prov:generated :b1
		:bh1 besluit:heeftStemming :s1
		:s1 a besluit:Stemming
		:s1 besluit:gevolg "Goedgekeurd"@nl
		:s1 besluit:aantalVoorstanders "17"
		:s1 besluit:heeftVoorstander :m1
		:m1 mandaat:isBestuurlijkeAliasVan :p1
		:p1 persoon:gebruikteVoornaam "Lieve"
		:p1 foaf:familyName "Verstraete"
		:b1 a besluit:Besluit
		:b1 a type:e8afe7c5-9640-4db8-8f74-3f023bec3241
		:b1 eli:title "  Politiereglement  "
		:b1 eli:title_short "Terrassen"@nl
		:b1 eli:has_part :art2
		:b1 eli:has_part :art1
		:art1 eli:number "Artikel 1"
		:art1 prov:value "<p>Definities.</p>"
		:art2 eli:number "Artikel 2"
		:b1 eli:cites :decreet
		:decreet eli:title "Decreet over het lokaal bestuur"
		:b1 prov:wasDerivedFrom :pagina/notulen.html
		:b1 prov:wasDerivedFrom :pagina/lijst.html
	`))

	z := in.Zittingen[0]
	if got, want := z.GehoudenDoor.Naam, "Gemeenteraad Vlavirgem"; got != want {
		t.Errorf("organ of the sitting is named %q, want the name of the abstract organ %q", got, want)
	}
	if got := z.GehoudenDoor.Classificatie; got != besluit.Gemeenteraad {
		t.Errorf("organ has classification %q", got)
	}
	if got := z.GehoudenDoor.Bestuurt; got == nil || got.Naam != "Vlavirgem" {
		t.Errorf("organ governs %v", got)
	}
	if got := z.GehoudenDoor.IsTijdspecialisatieVan; got != vlavirgem+"raad" {
		t.Errorf("organ specialises %q", got)
	}
	if got, want := z.Datum(), time.Date(2025, 3, 11, 19, 2, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("sitting began %v, want %v", got, want)
	}
	if z.Locatie != "Raadzaal" {
		t.Errorf("location %q", z.Locatie)
	}
	if len(z.Documenten) != 1 || z.Documenten[0].Soort != besluit.Besluitenlijst || z.Documenten[0].Publicatiedatum.Day() != 14 ||
		z.Documenten[0].Pagina != vlavirgem+"pagina/lijst.html" {
		t.Errorf("documents %+v", z.Documenten[0])
	}
	a := z.Agendapunten[0]
	if a.Titel != "Terrasreglement" || a.Zitting != z || a.Nummer != 1 || a.GeplandOpenbaar == nil || !*a.GeplandOpenbaar {
		t.Errorf("item %+v", a)
	}
	bh := a.Behandelingen[0]
	if bh.Agendapunt != a || bh.Openbaar == nil || *bh.Openbaar {
		t.Errorf("handling %+v", bh)
	}
	b := bh.Besluiten[0]
	if b.Behandeling != bh || b.GenomenDoor != z.GehoudenDoor || b.TitelKort != "Terrassen" || b.Uitslag() != besluit.Goedgekeurd {
		t.Errorf("decision %+v", b)
	}
	if len(b.Artikels) != 2 || b.Artikels[0].IRI != vlavirgem+"art1" || b.Artikels[0].Inhoud != "<p>Definities.</p>" {
		t.Errorf("articles are not in the order of their numbers: %+v", b.Artikels[0])
	}
	if len(b.Rechtsgronden) != 1 || b.Rechtsgronden[0].Titel != "Decreet over het lokaal bestuur" {
		t.Errorf("legal grounds %+v", b.Rechtsgronden)
	}
	if want := []string{vlavirgem + "pagina/lijst.html", vlavirgem + "pagina/notulen.html"}; !slices.Equal(b.Bronnen, want) {
		t.Errorf("sources %q, want %q", b.Bronnen, want)
	}
	s := bh.Stemmingen[0]
	if s.AantalVoorstanders != 17 || s.AantalOnthouders != -1 || len(s.Voorstanders) != 1 || s.Voorstanders[0].Naam != "Lieve Verstraete" {
		t.Errorf("vote %+v", s)
	}
	if len(in.Bestuursorganen) != 2 || len(in.Bestuurseenheden) != 1 {
		t.Errorf("found %d organs and %d units, want 2 and 1", len(in.Bestuursorganen), len(in.Bestuurseenheden))
	}
}

func TestLiftReadsWhatRealPagesLeaveOut(t *testing.T) {
	for _, c := range []struct {
		name, graph string
		check       func(*besluit.Inhoud) bool
	}{
		{"items under ext:behandelt", `
			:z a besluit:Zitting
			:z ext:behandelt :a1`,
			func(in *besluit.Inhoud) bool { return len(in.Zittingen[0].Agendapunten) == 1 }},
		{"a decision that is only generated, without a class", `
			:bh a besluit:BehandelingVanAgendapunt
			:bh dct:subject :a1
			:bh prov:generated :b1
			:b1 eli:title "Budget"`,
			func(in *besluit.Inhoud) bool { return len(in.Besluiten) == 1 && in.Besluiten[0].Titel == "Budget" }},
		{"a decision tied by prov:wasGeneratedBy", `
			:bh a besluit:BehandelingVanAgendapunt
			:bh dct:subject :a1
			:b1 prov:wasGeneratedBy :bh`,
			func(in *besluit.Inhoud) bool {
				return in.Besluiten[0].Behandeling.Agendapunt.IRI == vlavirgem+"a1"
			}},
		{"generiek:isTijdspecialisatieVan and org:classification", `
			:z besluit:isGehoudenDoor :o2
			:z a besluit:Zitting
			:o2 generiek:isTijdspecialisatieVan :o
			:o org:classification orgaancode:5ab0e9b8a3b2ca7c5e000007`,
			func(in *besluit.Inhoud) bool {
				return in.Zittingen[0].GehoudenDoor.Classificatie == besluit.RaadVoorMaatschappelijkWelzijn
			}},
		{"the location as text, with the white space of HTML", "\n:z a besluit:Zitting\n:z prov:atLocation \"De    Wulfzaal \"",
			func(in *besluit.Inhoud) bool { return in.Zittingen[0].Locatie == "De Wulfzaal" }},
		{"an organ that specialises itself", `
			:o mandaat:isTijdspecialisatieVan :o
			:o skos:prefLabel "Raad"`,
			func(in *besluit.Inhoud) bool { return in.Bestuursorganen[0].Naam == "Raad" }},
		{"organs that specialise each other", `
			:o mandaat:isTijdspecialisatieVan :p
			:p mandaat:isTijdspecialisatieVan :o
			:p skos:prefLabel "Raad"`,
			func(in *besluit.Inhoud) bool { return in.Bestuursorganen[0].Naam == "Raad" }},
		{"blank nodes", `
			_:b1 a besluit:Agendapunt
			_:b1 dct:title "Varia"`,
			func(in *besluit.Inhoud) bool { return in.Agendapunten[0].IRI == "_:b1" }},
		{"a document linked as a page of its own", `
			:z besluit:heeftNotulen :notulen.html
			:z a besluit:Zitting`,
			func(in *besluit.Inhoud) bool { return in.Zittingen[0].Documenten[0].Soort == besluit.Notulen }},
		{"a correction known from the other side", `
			:b1 a besluit:Besluit
			:b2 a besluit:Besluit
			:b2 eli:corrects :b1`,
			func(in *besluit.Inhoud) bool {
				return slices.Equal(in.Besluiten[0].GecorrigeerdDoor, []string{vlavirgem + "b2"})
			}},
		{"Dutch before other languages, any before none", `
			:b1 a besluit:Besluit
			:b1 eli:title "Budget"@fr
			:b1 eli:title "Begroting"@nl-BE`,
			func(in *besluit.Inhoud) bool { return in.Besluiten[0].Titel == "Begroting" }},
		{"dates that are none", `
			:b1 a besluit:Besluit
			:b1 eli:date_publication "14 maart 2025"`,
			func(in *besluit.Inhoud) bool { return in.Besluiten[0].Publicatiedatum.IsZero() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.check(besluit.Lift(graph(t, c.graph))) {
				t.Errorf("not read from%s", c.graph)
			}
		})
	}
}

func TestAgendaOrder(t *testing.T) {
	for _, c := range []struct {
		name, graph, want string
	}{
		{"follows besluit:aangebrachtNa", `
			:a3 besluit:aangebrachtNa :a2
			:a2 besluit:aangebrachtNa :a1`, "a1 a2 a3"},
		{"follows besluit:aangebrachtNa written as text", `
			:a1 besluit:aangebrachtNa "https://data.vlavirgem.be/id/a3"`, "a3 a1 a2"},
		{"follows the handlings (besluit:gebeurtNa)", `
			:h1 dct:subject :a1
			:h2 dct:subject :a2
			:h1 besluit:gebeurtNa :h2`, "a3 a2 a1"},
		{"falls back to the order of the graph", ``, "a3 a1 a2"},
		{"or to positions that are written down", `
			:a1 schema:position "3"
			:a2 schema:position "2"
			:a3 schema:position "1"`, "a3 a2 a1"},
		{"but the chain counts more", `
			:a1 schema:position "1"
			:a2 schema:position "2"
			:a3 schema:position "3"
			:a1 besluit:aangebrachtNa :a3`, "a2 a3 a1"},
		{"cuts a cycle", `
			:a1 besluit:aangebrachtNa :a2
			:a2 besluit:aangebrachtNa :a1`, "a3 a1 a2"},
		{"ignores an item that follows itself or a stranger", `
			:a3 besluit:aangebrachtNa :a3
			:a1 besluit:aangebrachtNa :elders`, "a3 a1 a2"},
		{"keeps two items after the same one in the order of the graph", `
			:a2 besluit:aangebrachtNa :a1
			:a3 besluit:aangebrachtNa :a1`, "a1 a3 a2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := besluit.Lift(graph(t, `
				:z a besluit:Zitting
				:z besluit:behandelt :a3
				:z besluit:behandelt :a1
				:z besluit:behandelt :a2`+c.graph))
			var got []string
			for i, a := range in.Zittingen[0].Agendapunten {
				got = append(got, strings.TrimPrefix(a.IRI, vlavirgem))
				if a.Nummer != i+1 {
					t.Errorf("item %s has number %d, want %d", a.IRI, a.Nummer, i+1)
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("order %q, want %q", s, c.want)
			}
		})
	}
}

func TestUitslag(t *testing.T) {
	for _, c := range []struct {
		gevolg      string
		voor, tegen int
		want        besluit.Uitslag
	}{
		{"Goedgekeurd", -1, -1, besluit.Goedgekeurd},
		{"goedgekeurd met eenparigheid van stemmen", -1, -1, besluit.Goedgekeurd},
		{"Niet goedgekeurd", -1, -1, besluit.Verworpen},
		{"Het voorstel wordt verworpen.", 3, 2, besluit.Verworpen},
		{"Verdaagd naar de volgende zitting", -1, -1, besluit.Verdaagd},
		{"De raad neemt kennis", -1, -1, besluit.Kennisgenomen},
		{"Punt ingetrokken", -1, -1, besluit.Ingetrokken},
		{"niet verworpen", 3, 2, besluit.Onbekend},
		{"goedgekeurd, daarna ingetrokken", -1, -1, besluit.Onbekend},
		{"Behandeld", -1, -1, besluit.Onbekend},
		{"Met eenparigheid van stemmen", 20, 0, besluit.Goedgekeurd},
		{"", 12, 5, besluit.Goedgekeurd},
		{"", 5, 12, besluit.Verworpen},
		{"", 9, 9, besluit.Onbekend},
		{"", 12, -1, besluit.Onbekend},
	} {
		s := &besluit.Stemming{Gevolg: c.gevolg, AantalVoorstanders: c.voor, AantalTegenstanders: c.tegen, AantalOnthouders: -1}
		b := &besluit.Besluit{Behandeling: &besluit.BehandelingVanAgendapunt{Stemmingen: []*besluit.Stemming{s}}}
		if got := b.Uitslag(); got != c.want {
			t.Errorf("gevolg %q, %d for, %d against: %s, want %s", c.gevolg, c.voor, c.tegen, got, c.want)
		}
	}
	if got := (&besluit.Besluit{}).Uitslag(); got != besluit.Onbekend {
		t.Errorf("a decision without a handling has outcome %s", got)
	}
	two := &besluit.Besluit{Behandeling: &besluit.BehandelingVanAgendapunt{Stemmingen: []*besluit.Stemming{{Gevolg: "Goedgekeurd"}, {Gevolg: "Verworpen"}}}}
	if got := two.Uitslag(); got != besluit.Onbekend {
		t.Errorf("votes that disagree give %s", got)
	}
}

func TestLabel(t *testing.T) {
	for iri, want := range map[string]string{
		besluit.Gemeenteraad: "Gemeenteraad",
		besluit.OCMW:         "OCMW",
		vocab.TypeNotulen:    "Notulen",
		vocab.BesluitType + "e8afe7c5-9640-4db8-8f74-3f023bec3241": "Politiereglement",
		"https://example.org/": "",
	} {
		if got := besluit.Label(iri); got != want {
			t.Errorf("label of <%s> is %q, want %q", iri, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	for _, c := range []struct{ naam, classificatie, want string }{
		{"Vlavirgem", besluit.Gemeente, "vlavirgem"},
		{"Vlavirgem", besluit.OCMW, "ocmw-vlavirgem"},
		{"OCMW Vlavirgem", besluit.OCMW, "ocmw-vlavirgem"},
		{"Sint-Pieters-Leeuw", besluit.Gemeente, "sint-pieters-leeuw"},
		{"'s-Gravenvoeren (Voeren)", besluit.Gemeente, "s-gravenvoeren-voeren"},
		{"Liège été", "", "liege-ete"},
	} {
		e := &besluit.Bestuurseenheid{IRI: "https://example.org/e", Naam: c.naam, Classificatie: c.classificatie}
		if got := e.Slug(); got != c.want {
			t.Errorf("slug of %q is %q, want %q", c.naam, got, c.want)
		}
	}
	nameless := &besluit.Bestuurseenheid{IRI: "https://example.org/e"}
	if got := nameless.Slug(); got != besluit.ID(nameless.IRI) {
		t.Errorf("slug of a government without a name is %q, want its ID", got)
	}
}

func FuzzLift(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	predicates := []string{vocab.RDFType, vocab.BesluitBehandelt, vocab.DctSubject, vocab.ProvGenerated, vocab.ProvWasGeneratedBy,
		vocab.BesluitAangebrachtNa, vocab.BesluitGebeurtNa, vocab.MandaatIsTijdspecialisatieVan, vocab.BesluitBestuurt,
		vocab.BesluitIsGehoudenDoor, vocab.EliHasPart, vocab.EliNumber, vocab.BesluitHeeftStemming, vocab.BesluitHeeftVoorstander, vocab.EliCorrects}
	objects := []string{vocab.BesluitZitting, vocab.BesluitAgendapunt, vocab.BesluitBehandelingVanAgendapunt, vocab.BesluitBesluit, vocab.BesluitStemming, vocab.BesluitBestuursorgaan}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := rdf.NewGraph()
		term := func(b byte) rdf.Term {
			switch {
			case b%11 == 0:
				return rdf.String("7")
			case b%5 == 0:
				return rdf.IRI(objects[int(b)%len(objects)])
			}
			return rdf.IRI(string(rune('a' + b%6)))
		}
		for i := 0; i+2 < len(data); i += 3 {
			s := term(data[i])
			if s.IsLiteral() {
				continue
			}
			g.Add(rdf.Quad{Subject: s, Predicate: rdf.IRI(predicates[int(data[i+1])%len(predicates)]), Object: term(data[i+2])})
		}
		for _, z := range besluit.Lift(g).Zittingen {
			seen := map[string]bool{}
			for _, a := range z.Agendapunten {
				if seen[a.IRI] {
					t.Fatalf("item %s stands twice on the agenda", a.IRI)
				}
				seen[a.IRI] = true
			}
		}
	})
}

package vlavirgem_test

import (
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// uitgeschreven writes a prefixed name in full.
func uitgeschreven(s string) string {
	for prefix, iri := range map[string]string{
		"besluit:": "http://data.vlaanderen.be/ns/besluit#", "mandaat:": "http://data.vlaanderen.be/ns/mandaat#",
		"eli:": "http://data.europa.eu/eli/ontology#", "dct:": "http://purl.org/dc/terms/", "prov:": "http://www.w3.org/ns/prov#",
		"skos:": "http://www.w3.org/2004/02/skos/core#", "org:": "http://www.w3.org/ns/org#", "foaf:": "http://xmlns.com/foaf/0.1/",
		"rdfs:": "http://www.w3.org/2000/01/rdf-schema#", "xsd:": "http://www.w3.org/2001/XMLSchema#", "rdf:": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
		"persoon:": "http://data.vlaanderen.be/ns/persoon#", "person:": "http://www.w3.org/ns/person#",
		"leidinggevenden:": "http://data.lblod.info/vocabularies/leidinggevenden/",
		"agenda":           "https://data.vlaanderen.be/id/concept/BesluitDocumentType/13fefad6-a9d6-4025-83b5-e4cbee3a8965",
		"besluitenlijst":   "https://data.vlaanderen.be/id/concept/BesluitDocumentType/3fa67785-ffdc-4b30-8880-2b99d97b4dee",
		"notulen":          "https://data.vlaanderen.be/id/concept/BesluitDocumentType/8e791b27-7600-4577-b24e-c7c29e0eb773",
		"uittreksel":       "https://data.vlaanderen.be/id/concept/BesluitDocumentType/9d5bfaca-bbf2-49dd-a830-769f91a6377b",
	} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return iri + rest
		}
	}
	return s
}

// regels are the cardinalities that hold on each clean page of a kind: those of the shapes used for
// certification (levels 1 to 3 and the bonus), and what the portal asks of a document.
// The value is an xsd datatype, a class, or nothing; max 0 means no limit.
var regels = []struct {
	soorten          string // kinds of page, or "*"
	klasse, eigensch string
	min, max         int
	waarde           string
}{
	{"*", "besluit:Zitting", "besluit:behandelt", 1, 0, "besluit:Agendapunt"},
	{"*", "besluit:Zitting", "besluit:geplandeStart", 1, 1, "xsd:dateTime"},
	{"*", "besluit:Zitting", "prov:startedAtTime", 1, 1, "xsd:dateTime"},
	{"*", "besluit:Zitting", "prov:endedAtTime", 1, 1, "xsd:dateTime"},
	{"*", "besluit:Zitting", "besluit:isGehoudenDoor", 1, 1, "besluit:Bestuursorgaan"},
	{"*", "besluit:Zitting", "prov:atLocation", 1, 1, "prov:Location"},
	{"*", "besluit:Zitting", "besluit:heeftAgenda", 0, 1, "foaf:Document"},
	{"*", "besluit:Zitting", "besluit:heeftBesluitenlijst", 0, 1, "foaf:Document"},
	{"*", "besluit:Zitting", "besluit:heeftNotulen", 0, 1, "foaf:Document"},
	{"besluitenlijst notulen uittreksel", "besluit:Zitting", "besluit:heeftAanwezigeBijStart", 1, 0, "mandaat:Mandataris"},
	{"besluitenlijst notulen uittreksel", "besluit:Zitting", "besluit:heeftVoorzitter", 1, 1, "mandaat:Mandataris"},
	{"besluitenlijst notulen uittreksel", "besluit:Zitting", "besluit:heeftSecretaris", 1, 1, "leidinggevenden:Functionaris"},
	{"*", "besluit:Agendapunt", "dct:title", 1, 1, "xsd:string"},
	{"*", "besluit:Agendapunt", "dct:description", 1, 1, "xsd:string"},
	{"*", "besluit:Agendapunt", "besluit:geplandOpenbaar", 1, 1, "xsd:boolean"},
	{"*", "besluit:Agendapunt", "besluit:Agendapunt.type", 1, 1, "skos:Concept"},
	{"*", "besluit:Agendapunt", "besluit:aangebrachtNa", 0, 1, "besluit:Agendapunt"},
	{"*", "besluit:BehandelingVanAgendapunt", "dct:subject", 1, 1, "besluit:Agendapunt"},
	{"*", "besluit:BehandelingVanAgendapunt", "besluit:openbaar", 1, 1, "xsd:boolean"},
	{"*", "besluit:BehandelingVanAgendapunt", "prov:generated", 0, 1, "besluit:Besluit"},
	{"*", "besluit:BehandelingVanAgendapunt", "besluit:heeftStemming", 0, 1, "besluit:Stemming"},
	{"*", "besluit:BehandelingVanAgendapunt", "besluit:gebeurtNa", 0, 1, "besluit:BehandelingVanAgendapunt"},
	{"notulen uittreksel", "besluit:BehandelingVanAgendapunt", "besluit:heeftAanwezige", 1, 0, "mandaat:Mandataris"},
	{"*", "besluit:Besluit", "eli:title", 1, 1, "xsd:string"},
	{"*", "besluit:Besluit", "eli:title_short", 0, 1, "xsd:string"},
	{"*", "besluit:Besluit", "eli:description", 1, 1, "xsd:string"},
	{"*", "besluit:Besluit", "eli:language", 1, 1, "skos:Concept"},
	{"*", "besluit:Besluit", "eli:date_publication", 1, 1, "xsd:date"},
	{"*", "besluit:Besluit", "eli:passed_by", 1, 1, "besluit:Bestuursorgaan"},
	{"*", "besluit:Besluit", "eli:realizes", 1, 1, ""},
	{"*", "besluit:Besluit", "prov:wasGeneratedBy", 1, 1, "besluit:BehandelingVanAgendapunt"},
	{"*", "besluit:Besluit", "eli:first_date_entry_in_force", 0, 1, "xsd:date"},
	{"*", "besluit:Besluit", "eli:date_no_longer_in_force", 0, 1, "xsd:date"},
	{"notulen uittreksel", "besluit:Besluit", "prov:value", 1, 1, "xsd:string"},
	{"notulen uittreksel", "besluit:Besluit", "besluit:motivering", 1, 1, "rdf:langString"},
	{"notulen uittreksel", "besluit:Besluit", "eli:has_part", 1, 6, "besluit:Artikel"},
	{"notulen uittreksel", "besluit:Besluit", "eli:cites", 1, 0, "eli:LegalExpression"},
	{"*", "besluit:Stemming", "besluit:onderwerp", 1, 1, "rdf:langString"},
	{"*", "besluit:Stemming", "besluit:gevolg", 1, 1, "rdf:langString"},
	{"*", "besluit:Stemming", "besluit:geheim", 1, 1, "xsd:boolean"},
	{"notulen uittreksel", "besluit:Stemming", "besluit:aantalVoorstanders", 1, 1, "xsd:integer"},
	{"notulen uittreksel", "besluit:Stemming", "besluit:aantalTegenstanders", 1, 1, "xsd:integer"},
	{"notulen uittreksel", "besluit:Stemming", "besluit:aantalOnthouders", 1, 1, "xsd:integer"},
	{"notulen uittreksel", "besluit:Stemming", "besluit:heeftAanwezige", 1, 0, "mandaat:Mandataris"},
	{"notulen uittreksel", "besluit:Stemming", "besluit:heeftStemmer", 1, 0, "mandaat:Mandataris"},
	{"*", "besluit:Artikel", "eli:number", 1, 1, "xsd:string"},
	{"*", "besluit:Artikel", "eli:title", 1, 1, "xsd:string"},
	{"*", "besluit:Artikel", "eli:language", 1, 1, "skos:Concept"},
	{"*", "besluit:Artikel", "prov:value", 1, 1, "xsd:string"},
	{"*", "besluit:Bestuursorgaan", "skos:prefLabel", 1, 1, "xsd:string"},
	{"*", "besluit:Bestuursorgaan", "org:classification", 1, 1, "skos:Concept"},
	{"*", "besluit:Bestuursorgaan", "besluit:classificatie", 1, 1, "skos:Concept"},
	{"*", "besluit:Bestuursorgaan", "besluit:bestuurt", 1, 1, "besluit:Bestuurseenheid"},
	{"*", "besluit:Bestuursorgaan", "mandaat:isTijdspecialisatieVan", 0, 1, "besluit:Bestuursorgaan"},
	{"*", "besluit:Bestuurseenheid", "skos:prefLabel", 1, 1, "xsd:string"},
	{"*", "besluit:Bestuurseenheid", "org:classification", 1, 1, "skos:Concept"},
	{"*", "besluit:Bestuurseenheid", "besluit:classificatie", 1, 1, "skos:Concept"},
	{"*", "besluit:Bestuurseenheid", "besluit:werkingsgebied", 1, 1, "prov:Location"},
	{"*", "prov:Location", "rdfs:label", 1, 1, "xsd:string"},
	{"*", "mandaat:Mandataris", "mandaat:isBestuurlijkeAliasVan", 1, 1, "person:Person"},
	{"besluitenlijst notulen", "mandaat:Mandataris", "org:holds", 1, 1, "mandaat:Mandaat"},
	{"*", "person:Person", "persoon:gebruikteVoornaam", 1, 1, "xsd:string"},
	{"*", "person:Person", "foaf:familyName", 1, 1, "xsd:string"},
	{"agenda", "agenda", "eli:passed_by", 1, 1, "besluit:Bestuursorgaan"},
	{"agenda", "agenda", "eli:date_publication", 1, 1, "xsd:date"},
	{"besluitenlijst", "besluitenlijst", "eli:passed_by", 1, 1, "besluit:Bestuursorgaan"},
	{"besluitenlijst", "besluitenlijst", "eli:date_publication", 1, 1, "xsd:date"},
	{"notulen", "notulen", "eli:passed_by", 1, 1, "besluit:Bestuursorgaan"},
	{"notulen", "notulen", "eli:date_publication", 1, 1, "xsd:date"},
	{"uittreksel", "uittreksel", "eli:passed_by", 1, 1, "besluit:Bestuursorgaan"},
	{"uittreksel", "uittreksel", "eli:date_publication", 1, 1, "xsd:date"},
}

// Read as RDFa, each clean page must have what the shapes and the portal ask, and nothing that RDFa
// would find odd; and all pages together must not contradict each other.
func TestCleanPagesConform(t *testing.T) {
	g := een()
	type paar struct{ s, p string }
	const rdfType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
	enkel := map[string]bool{} // properties with one value, on all pages together
	for _, r := range regels {
		if r.max == 1 {
			enkel[uitgeschreven(r.eigensch)] = true
		}
	}
	alles, quads := map[paar]map[rdf.Term]bool{}, 0
	for _, p := range g.Waarheid().PerPagina {
		doc, err := rdfa.Parse([]byte(tekst(t, haal(t, g.Handler(), p.URL))), rdfa.Options{Base: p.URL})
		if err != nil {
			t.Fatalf("%s: %v", p.URL, err)
		}
		quads += len(doc.Quads)
		if p.Fout != "" {
			continue
		}
		for _, f := range doc.Findings {
			t.Errorf("%s: %+v", p.URL, f)
		}
		typen, waarden := map[string]map[string]bool{}, map[paar]map[rdf.Term]bool{}
		for _, q := range doc.Quads {
			s, pred, o := q.Quad.Subject.Value(), q.Quad.Predicate.Value(), q.Quad.Object
			if q.Quad.Subject.IsBlank() || o.IsBlank() {
				t.Errorf("%s: blank node in %v", p.URL, q.Quad)
			}
			if pred == rdfType {
				if typen[s] == nil {
					typen[s] = map[string]bool{}
				}
				typen[s][o.Value()] = true
				continue
			}
			for _, m := range []map[paar]map[rdf.Term]bool{waarden, alles} {
				if m[paar{s, pred}] == nil {
					m[paar{s, pred}] = map[rdf.Term]bool{}
				}
				m[paar{s, pred}][o] = true
			}
		}
		for s, klassen := range typen {
			for _, r := range regels {
				if !klassen[uitgeschreven(r.klasse)] || r.soorten != "*" && !strings.Contains(r.soorten, p.Soort) {
					continue
				}
				objecten := waarden[paar{s, uitgeschreven(r.eigensch)}]
				if n := len(objecten); n < r.min || r.max > 0 && n > r.max {
					t.Errorf("%s: %s %s has %d × %s, want %d to %d", p.URL, r.klasse, s, n, r.eigensch, r.min, r.max)
				}
				for o := range objecten {
					switch want := uitgeschreven(r.waarde); {
					case want == "":
					case o.IsLiteral() && (o.Datatype() != want || strings.TrimSpace(o.Value()) == ""):
						t.Errorf("%s: %s of %s is %v, want a %s", p.URL, r.eigensch, s, o, r.waarde)
					case o.IsIRI() && !typen[o.Value()][want]:
						t.Errorf("%s: %s of %s is %v, which is no %s", p.URL, r.eigensch, s, o, r.waarde)
					}
				}
			}
		}
	}
	for sp, objecten := range alles {
		if enkel[sp.p] && len(objecten) > 1 {
			t.Errorf("%s has %d values of %s over all pages: %v", sp.s, len(objecten), sp.p, objecten)
		}
	}
	t.Logf("%d quads", quads)
}

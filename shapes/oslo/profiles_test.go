package oslo_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// data reads Turtle with the prefixes of this field as what is judged.
func data(t testing.TB, text string) oslo.Input {
	t.Helper()
	const prefixes = `@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> . @prefix mandaat: <http://data.vlaanderen.be/ns/mandaat#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix org: <http://www.w3.org/ns/org#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix document: <https://data.vlaanderen.be/id/concept/BesluitDocumentType/> . @prefix type: <https://data.vlaanderen.be/id/concept/BesluitType/> .
@prefix : <https://data.vlavirgem.example/id/> .
`
	quads, err := turtle.Parse([]byte(prefixes+text), "")
	if err != nil {
		t.Fatal(err)
	}
	var in oslo.Input
	for _, q := range quads {
		in.Quads = append(in.Quads, rdf.Sourced{Quad: q})
	}
	return in
}

func TestDetectProfile(t *testing.T) {
	for text, want := range map[string]oslo.Profile{
		`:n a document:8e791b27-7600-4577-b24e-c7c29e0eb773 .`:                                      oslo.Notulen,
		`:z besluit:heeftBesluitenlijst :l .`:                                                       oslo.Besluitenlijst,
		`:a a document:13fefad6-a9d6-4025-83b5-e4cbee3a8965 .`:                                      oslo.Agenda,
		`:u a document:9d5bfaca-bbf2-49dd-a830-769f91a6377b .`:                                      oslo.Uittreksel,
		`:z a besluit:Zitting . :b a besluit:Besluit , type:efa4ec5a-b006-453f-985f-f986ebae11bc .`: oslo.Reglement,
		`:b a besluit:Besluit , type:efa4ec5a-b006-453f-985f-f986ebae11bc . :c a besluit:Besluit .`: oslo.Praktijk,
		`:b a besluit:Besluit .`: oslo.Praktijk,
		`:m a mandaat:Mandataris ; mandaat:start "2025-01-01T00:00:00Z"^^xsd:dateTime .`: oslo.Mandatendatabank,
		`:s a ldes:EventStream .`: oslo.Publicatiestroom,
		`:c a dcat:Catalog .`:     oslo.DCAT,
		``:                        oslo.Praktijk,
	} {
		if got := oslo.DetectProfile(graphOf(data(t, text))); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// Each standard profile has as many properties as the standard.
func TestProfilesAreWhole(t *testing.T) {
	for profile, want := range map[oslo.Profile]int{oslo.Strikt: 76, oslo.Mandatendatabank: 55, oslo.DCAT: 116} {
		n := len(slices.DeleteFunc(oslo.Rules(), func(r oslo.Rule) bool { return !slices.Equal(r.Profiles, []oslo.Profile{profile}) }))
		if n != want {
			t.Errorf("%s has %d properties, want %d", profile, n, want)
		}
	}
}

// Data that is right conforms to its profile; each line that is left out, or
// changed, is found.
func TestDataProfiles(t *testing.T) {
	const (
		mandates = `:m a mandaat:Mandataris ; mandaat:start "2025-01-01T00:00:00Z"^^xsd:dateTime ; mandaat:einde "2030-12-31T00:00:00Z"^^xsd:dateTime ;
  mandaat:status <http://data.vlaanderen.be/id/concept/MandatarisStatusCode/21063a5b-912c-4241-841c-cc7fb3c73e75> ;
  org:holds :mandaat ; mandaat:isAangesteldDoor :besluit ; mandaat:isBestuurlijkeAliasVan :an .
:mandaat a mandaat:Mandaat ; mandaat:aantalHouders 1 ; org:role :rol .`
		feed = `:s a ldes:EventStream ; ldes:timestampPath prov:generatedAtTime ; ldes:versionOfPath dct:isVersionOf ; tree:view :p1 ; tree:member :lid .
:lid a foaf:Document ; prov:generatedAtTime "2026-01-30T10:00:00Z"^^xsd:dateTime ; prov:atLocation :pagina ;
  dct:type document:3fa67785-ffdc-4b30-8880-2b99d97b4dee ; dct:isVersionOf :lijst .
:p1 a tree:Node ; tree:relation :r . :r tree:node :p2 ; tree:path prov:generatedAtTime ; tree:value "2026-01-01T00:00:00Z"^^xsd:dateTime .`
	)
	for _, test := range []struct {
		name, text, from, to string
		profile              oslo.Profile
		want                 []string
	}{
		{"mandates", mandates, "", "", oslo.Mandatendatabank, nil},
		{"no start", mandates, `mandaat:start "2025-01-01T00:00:00Z"^^xsd:dateTime ;`, "", oslo.Mandatendatabank, []string{"mdb-mandataris-start"}},
		{"a status that is no status", mandates, "21063a5b", "21063a5c", oslo.Mandatendatabank, []string{"concept-unknown"}},
		{"a number with a capital", mandates, "mandaat:aantalHouders 1", `mandaat:aantalHouders "1"^^xsd:Integer`, oslo.Mandatendatabank, []string{"mdb-mandaat-aantal-houders", "unknown-datatype"}},
		{"a feed", feed, "", "", oslo.Publicatiestroom, nil},
		{"foaf:document, as the examples have it", feed, "foaf:Document", "foaf:document", oslo.Publicatiestroom, []string{"stroom-klasse", "unknown-class"}},
		{"a feed without its time path", feed, "ldes:timestampPath prov:generatedAtTime ;", "", oslo.Publicatiestroom, []string{"stroom-tijdspad"}},
		{"a member that is nowhere", feed, "prov:atLocation :pagina ;", "", oslo.Publicatiestroom, []string{"stroom-adres"}},
		{"a member of two types", feed, "dct:type document:3fa67785", "dct:type document:13fefad6-a9d6-4025-83b5-e4cbee3a8965 , document:3fa67785", oslo.Publicatiestroom, []string{"stroom-documenttype"}},
		{"a relation to nowhere", feed, "tree:node :p2 ;", "", oslo.Publicatiestroom, []string{"stroom-relatie-knoop"}},
	} {
		v := oslo.Validate(data(t, strings.Replace(test.text, test.from, test.to, 1)), oslo.Options{Profile: test.profile, Now: noon})
		var got []string
		for _, f := range v.Findings {
			got = append(got, f.Rule)
		}
		if slices.Sort(got); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// The profile Melding asks of each type what the form of the portal asks, but
// for the link to the page, which the portal makes itself.
func TestMeldingAsksWhatThePortalAsks(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(suite.Shared(t), "lblod", "portal", "required-fields-per-document-type.md"))
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile(`^### .*<(\S+)>$`)
	field := regexp.MustCompile("^- \\*\\*verplicht\\*\\* .* path `([^`]*)` \\[.*RequiredConstraint")
	asked := map[string]map[string]bool{} // by type: the last properties of the paths
	last := func(path string) string {
		path = strings.TrimRight(path, "> ")
		return path[strings.LastIndexAny(path, ":#/")+1:]
	}
	form := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if m := heading.FindStringSubmatch(line); m != nil {
			form = m[1]
			asked[form] = map[string]bool{}
		} else if m := field.FindStringSubmatch(line); m != nil && m[1] != "dct:hasPart" {
			asked[form][last(m[1])] = true
		}
	}
	if len(asked) != 92 {
		t.Errorf("%d forms, want 92", len(asked))
	}
	for form, want := range asked {
		in := data(t, "<https://data.vlavirgem.example/id/1> a <"+form+"> .")
		got := map[string]bool{}
		for _, f := range oslo.Meldingen(graphOf(in), nil, noon)["https://data.vlavirgem.example/id/1"] {
			path := f.Path
			if path == vocab.RDFType {
				path = "rdf:type"
			}
			got[last(path)] = true
		}
		for property := range want {
			if !got[property] {
				t.Errorf("%s: %s is not asked", form, property)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: asked are %v, want %v", form, got, want)
		}
	}
}

// A list that can be notified, and what keeps it from being so.
func TestMeldingen(t *testing.T) {
	const whole = `:z a besluit:Zitting ; besluit:heeftBesluitenlijst :lijst ; prov:startedAtTime "2026-01-26T19:30:00+01:00"^^xsd:dateTime .
:lijst a foaf:Document , document:3fa67785-ffdc-4b30-8880-2b99d97b4dee ; eli:passed_by <http://data.lblod.info/id/bestuursorganen/vlavirgem-raad-2025> ; eli:date_publication "2026-01-30"^^xsd:date .`
	for _, test := range []struct{ name, from, to, want string }{
		{"whole", "", "", ""},
		{"no organ", "eli:passed_by <http://data.lblod.info/id/bestuursorganen/vlavirgem-raad-2025> ;", "", "melding-orgaan"},
		{"the organ itself", "vlavirgem-raad-2025", "vlavirgem-raad", "melding-organ"},
		{"a planned start", "prov:startedAtTime", "besluit:geplandeStart", "melding-besluitenlijst-datum"},
		{"no time zone", "+01:00", "", "melding-besluitenlijst-datum"},
		{"a sitting to come", "2026-01-26T", "2027-01-26T", "melding-future"},
		{"a date in words", `"2026-01-30"^^xsd:date`, `"30 januari"`, "melding-publicatiedatum"},
		{"a type without a form", "document:3fa67785-ffdc-4b30-8880-2b99d97b4dee", "document:9d5bfaca-bbf2-49dd-a830-769f91a6377b", "melding-no-form"},
	} {
		g := graphOf(data(t, strings.Replace(whole, test.from, test.to, 1)))
		judged := oslo.Meldingen(g, fixture(t), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
		findings, ok := judged["https://data.vlavirgem.example/id/lijst"]
		got := ""
		for _, f := range findings {
			got += f.Rule
		}
		if !ok || got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if judged := oslo.Meldingen(graphOf(data(t, ":b a besluit:Besluit .")), nil, noon); len(judged) != 0 {
		t.Errorf("a decision without a type: %v", judged)
	}
}

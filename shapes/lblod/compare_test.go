package lblod_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/lblod"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// both judges a page twice and compares.
func both(t *testing.T, text []byte, profile oslo.Profile) lblod.Comparison {
	t.Helper()
	doc, err := rdfa.Parse(text, rdfa.Options{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	soort := soortOf(map[oslo.Profile]string{oslo.Agenda: "Agenda", oslo.Besluitenlijst: "Besluitenlijst", oslo.Notulen: "Notulen"}[profile])
	ours := oslo.Validate(oslo.Input{Text: text, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}, oslo.Options{Profile: profile})
	return lblod.Compare(lblod.Validate(text, doc.Quads, soort), ours)
}

// Each piece of a page is judged by only one of the two, and the words say why.
func TestDifferences(t *testing.T) {
	tests := []struct {
		name, piece string
		profile     oslo.Profile
		official    bool
		what        string
		why         string // in the English words
	}{
		{"a datatype", `<div about="#a" typeof="besluit:Agendapunt"><b property="besluit:geplandOpenbaar" datatype="xsd:boolean">JA</b><b property="dct:title">T</b></div>`,
			oslo.Agenda, false, "agendapunt-gepland-openbaar", "only counts the values of besluit:geplandOpenbaar"},
		{"two texts", `<div about="#a" typeof="besluit:Agendapunt"><b property="besluit:geplandOpenbaar" datatype="xsd:boolean">true</b><b property="dct:title">T</b><b property="dct:title">U</b></div>`,
			oslo.Agenda, false, "agendapunt-titel", "two values of dct:title are fine"},
		{"votes that do not add up", `<div about="#s" typeof="besluit:Stemming"><b property="besluit:aantalVoorstanders" datatype="xsd:integer">2</b><a property="besluit:heeftVoorstander" href="#m">A</a></div>`,
			oslo.Notulen, false, "vote-totals", "never fires"},
		{"no IRI", `<div typeof="besluit:Agendapunt"><b property="besluit:geplandOpenbaar" datatype="xsd:boolean">true</b><b property="dct:title">T</b></div>`,
			oslo.Agenda, false, "blank-node", "content with something without an IRI"},
		{"another class first", `<div about="#a" typeof="dct:Something besluit:Agendapunt"><b property="besluit:geplandOpenbaar" datatype="xsd:boolean">true</b></div>`,
			oslo.Agenda, false, "agendapunt-titel", "first class only, here dct:Something"},
		{"a fault that it does not know", `<div resource="null/id/1" typeof="foaf:Document https://data.vlaanderen.be/id/concept/BesluitDocumentType/13fefad6-a9d6-4025-83b5-e4cbee3a8965"></div>`,
			oslo.Agenda, false, "null-uri", "does not look for this fault"},
		{"text in elements with properties", `<div about="#b" typeof="besluit:Besluit"><div property="prov:value" datatype="xsd:string"><div about="#r" typeof="besluit:Artikel"><p property="prov:value" datatype="xsd:string">Tekst</p></div></div></div>`,
			oslo.Notulen, true, "Besluit › inhoud", "does not hear the text"},
		{"a value without a class", `<div about="#z" typeof="besluit:Zitting"><a property="besluit:isGehoudenDoor" href="#o">Raad</a></div><b about="#o" property="http://data.vlaanderen.be/ns/mandaat#isTijdspecialisatieVan" resource="#raad">Raad</b>`,
			oslo.Agenda, true, "Zitting › isGehoudenDoor", "describes without a class"},
		{"no document type", `<div about="#d" typeof="foaf:Document"></div>`,
			oslo.Agenda, true, "Document › documenttype", "wants rdf:type here"},
		{"a class that is demanded", `<p></p>`, oslo.Notulen, true, "Stemming", "demands this class"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page := `<body prefix="besluit: http://data.vlaanderen.be/ns/besluit# dct: http://purl.org/dc/terms/ prov: http://www.w3.org/ns/prov#">` + test.piece
			c := both(t, []byte(page), test.profile)
			for _, d := range c.Differences {
				if d.Official == test.official && d.What == test.what && strings.Contains(d.Why.EN, test.why) {
					if d.Why.NL == "" || d.Times != 1 {
						t.Errorf("%+v", d)
					}
					return
				}
			}
			t.Errorf("no difference %q because %q in %+v", test.what, test.why, c.Differences)
		})
	}
}

// Nobody's fault gets lost in a comparison: each problem of the official
// validator is one that we see too, or a difference.
func TestComparisonIsComplete(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(suite.Shared(t), "pages", "html", "*.html"))
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := rdfa.Decode(raw, "")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := rdfa.Parse(text, rdfa.Options{Base: base})
		if err != nil {
			t.Fatal(err)
		}
		soort := lblod.Detect(doc.Quads)
		c := both(t, text, oslo.ProfileOf(soort))
		differ := 0
		for _, d := range c.Differences {
			if d.Official {
				differ += d.Times
			}
		}
		if want := len(c.Verdict.Problems) + len(c.Verdict.Missing); c.Agreed+differ != want {
			t.Errorf("%s: %d agreed and %d not, want %d in all", filepath.Base(file), c.Agreed, differ, want)
		}
	}
}

// Pages that would keep the official program busy for ever, or end it, are
// unknown, soon.
func TestHostilePages(t *testing.T) {
	var chain, ring strings.Builder
	for i := range 20_000 {
		chain.WriteString(`<a about="#n` + strconv.Itoa(i) + `" typeof="dct:T" property="dct:next" href="#n` + strconv.Itoa(i+1) + `"></a>`)
	}
	ring.WriteString(`<div about="#hub" typeof="dct:Hub">`)
	for i := range 6_000 {
		ring.WriteString(`<a property="dct:next" href="#n` + strconv.Itoa(i) + `"></a>`)
	}
	for i := range 6_000 {
		ring.WriteString(`<a about="#n` + strconv.Itoa(i) + `" typeof="dct:T" property="dct:next" href="#hub"></a>`)
	}
	for name, page := range map[string]string{"chain": chain.String(), "ring": ring.String()} {
		t.Run(name, func(t *testing.T) {
			if v := validate(t, []byte(`<body prefix="dct: http://purl.org/dc/terms/">`+page), ""); !v.Unknown || v.Level != 0 {
				t.Errorf("unknown %v, level %d", v.Unknown, v.Level)
			}
		})
	}
}

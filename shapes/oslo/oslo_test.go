package oslo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// wrap puts a piece of HTML on a page on which nothing else is wrong; the
// piece stands on line 3.
func wrap(piece string) string {
	return `<!DOCTYPE html><html><title>Test</title><body prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology# ` +
		`prov: http://www.w3.org/ns/prov# mandaat: http://data.vlaanderen.be/ns/mandaat# dct: http://purl.org/dc/terms/ ext: http://mu.semte.ch/vocabularies/ext/ ` +
		`generiek: https://data.vlaanderen.be/ns/generiek# lblodBesluit: http://lblod.data.gift/vocabularies/besluit/">` +
		"\n<a property=\"lblodBesluit:linkToPublication\" href=\"/agenda\">Agenda</a>\n" + piece + "\n"
}

// Each fault gives the finding of its rule on the line where it stands, and
// the page that is right gives none of that rule.
func TestFaults(t *testing.T) {
	tests := []struct {
		rule         string
		wrong, right string
	}{
		{"null-uri",
			`<div resource="null/id/agenda/1" typeof="foaf:Document"></div>`,
			`<div resource="https://vlavirgem.example/id/agenda/1" typeof="foaf:Document"></div>`},
		{"missing-scheme",
			`<div resource="vlavirgem.example/id/agenda/1" typeof="foaf:Document"></div>`,
			`<div resource="/id/agenda/1" typeof="foaf:Document"></div>`},
		{"empty-resource",
			`<div resource="" typeof="foaf:Document"></div>`,
			`<div about="" typeof="foaf:Document"></div>`},
		{"undeclared-prefix",
			`<div about="#b"><span property="elod:financialYear">2026</span></div>`,
			`<div about="#b" prefix="elod: http://linkedeconomy.org/ontology#"><span property="elod:financialYear">2026</span></div>`},
		{"wrong-scheme",
			`<div about="#b"><a property="https://data.vlaanderen.be/ns/besluit#bestuurt" href="#e">x</a></div>`,
			`<div about="#b"><a property="http://data.vlaanderen.be/ns/besluit#bestuurt" href="#e">x</a></div>`},
		{"wrong-scheme",
			`<div about="#b" typeof="http://data.vlaanderen.be/id/concept/BesluitType/e27ef237-29de-49b8-be22-4ee2ab2d4e5b"></div>`,
			`<div about="#b" typeof="https://data.vlaanderen.be/id/concept/BesluitType/e27ef237-29de-49b8-be22-4ee2ab2d4e5b"></div>`},
		{"wrong-scheme",
			`<div about="#p"><span property="http://data.vlaanderen.be/ns/generiek#nummer">1</span></div>`,
			`<div about="#p"><span property="http://data.vlaanderen.be/ns/persoon#gebruikteVoornaam">An</span></div>`},
		{"unknown-datatype",
			`<div about="#b"><span property="eli:date_publication" datatype="xsd:Date">2026-01-30</span></div>`,
			`<div about="#b"><span property="eli:date_publication" datatype="xsd:date">2026-01-30</span></div>`},
		{"missing-class",
			`<div about="#t"><div property="prov:generated" resource="#b" typeof="ext:BesluitKlassiekeStijl"><span property="eli:title">B</span></div></div>`,
			`<div about="#t"><div property="prov:generated" resource="#b" typeof="besluit:Besluit ext:BesluitKlassiekeStijl"><span property="eli:title">B</span></div></div>`},
		{"duplicate-document-type",
			`<div resource="#d" typeof="` + vocab.TypeAgenda + ` ` + vocab.TypeNotulen + `"></div>`,
			`<div resource="#d" typeof="` + vocab.TypeAgenda + `"></div><div resource="#d" typeof="` + vocab.TypeAgenda + `"></div><div resource="#e" typeof="` + vocab.TypeNotulen + `"></div>`},
		{"unknown-property",
			`<div about="#b"><span property="besluit:citeeropschrift">T</span></div>`,
			`<div about="#b"><span property="eli:title_short">T</span></div>`},
		{"unknown-property", // of our vocabulary, said in another
			`<div about="#z"><a property="ext:behandelt" href="#a">x</a></div>`,
			`<div about="#z"><a property="ext:heeftAfwezigeBijStart" href="#a">x</a></div>`},
		{"unknown-property", // the case of a letter
			`<div about="#z"><a property="besluit:isgehoudendoor" href="#a">x</a></div>`,
			`<div about="#z"><a property="besluit:isGehoudenDoor" href="#a">x</a></div>`},
		{"unknown-property", // HTML's own link types are not meant as properties
			`<div vocab="http://data.vlaanderen.be/ns/besluit#"><a rel="heeftNotules" href="#n">x</a></div>`,
			`<div vocab="http://data.vlaanderen.be/ns/besluit#"><a rel="noopener nofollow" href="#n">x</a></div>`},
		{"unknown-class",
			`<div about="#d" typeof="foaf:document"></div>`,
			`<div about="#d" typeof="foaf:Document"></div>`},
		{"blank-node",
			`<div typeof="besluit:Agendapunt"><span property="dct:title">Terrassen</span></div>`,
			`<div about="#p" typeof="besluit:Agendapunt"><span property="dct:title">Terrassen</span></div><div typeof="prov:Location"></div>`},
		{"document-type-slash",
			`<div resource="#d" typeof="https://data.vlaanderen.be/id/concept/BesluitDocumentType13fefad6-a9d6-4025-83b5-e4cbee3a8965"></div>`,
			`<div resource="#d" typeof="https://data.vlaanderen.be/id/concept/BesluitDocumentType/13fefad6-a9d6-4025-83b5-e4cbee3a8965"></div>`},
		{"session-uri",
			`<div resource="https://vlavirgem.example/zitting;jsessionid=1A2B" typeof="foaf:Document"></div>`,
			`<div resource="https://vlavirgem.example/zitting?id=1A2B" typeof="foaf:Document"></div>`},
		{"future-date",
			`<div about="#z"><span property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-11-23T20:00:00+01:00"></span></div>`,
			`<div about="#z"><span property="besluit:geplandeStart" datatype="xsd:dateTime" content="2026-11-23T20:00:00+01:00"></span></div>`},
		{"future-date",
			`<div about="#z"><span property="eli:date_publication" datatype="xsd:date" content="2026-11-23"></span></div>`,
			`<div about="#z"><span property="eli:date_publication" datatype="xsd:date" content="2026-11-22"></span></div>`},
		{"vote-totals",
			`<div about="#s" typeof="besluit:Stemming"><span property="besluit:aantalVoorstanders" datatype="xsd:integer">2</span><a property="besluit:heeftVoorstander" href="#m1">A</a></div>`,
			`<div about="#s" typeof="besluit:Stemming"><span property="besluit:aantalVoorstanders" datatype="xsd:integer">1</span><a property="besluit:heeftVoorstander" href="#m1">A</a></div>`},
		{"vote-totals", // a secret vote names nobody
			`<div about="#s" typeof="besluit:Stemming"><span property="besluit:aantalTegenstanders" datatype="xsd:integer">0</span><a property="besluit:heeftTegenstander" href="#m1">A</a></div>`,
			`<div about="#s" typeof="besluit:Stemming"><span property="besluit:geheim" datatype="xsd:boolean">true</span><span property="besluit:aantalTegenstanders" datatype="xsd:integer">9</span></div>`},
		{"unreachable-decision",
			`<div about="#b" typeof="besluit:Besluit"><span property="eli:title">B</span></div>`,
			`<div about="#z" typeof="besluit:Zitting"><a property="besluit:behandelt" href="#a">a</a></div>` +
				`<div about="#t" typeof="besluit:BehandelingVanAgendapunt"><a property="dct:subject" href="#a">a</a>` +
				`<div property="prov:generated" resource="#b" typeof="besluit:Besluit"><span property="eli:title">B</span></div></div>`},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			const page = "https://www.vlavirgem.example/lijst"
			if _, ok := oslo.LookupRule(test.rule); !ok {
				t.Error("the rule is not documented")
			}
			at := lines(oslo.Validate(read(t, page, []byte(wrap(test.wrong))), oslo.Options{Now: noon}), test.rule)
			if !slices.Equal(at, []int{3}) {
				t.Errorf("wrong: findings on lines %v, want one on line 3", at)
			}
			if at := lines(oslo.Validate(read(t, page, []byte(wrap(test.right))), oslo.Options{Now: noon}), test.rule); len(at) > 0 {
				t.Errorf("right: findings on lines %v, want none", at)
			}
		})
	}
}

// lines returns on which lines a rule has findings.
func lines(v oslo.Verdict, rule string) []int {
	var at []int
	for _, f := range v.Findings {
		if f.Rule == rule {
			at = append(at, f.Span.Start.Line)
		}
	}
	return at
}

func TestRegisterNumbers(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"<p>85.07.30-033.28</p>", true},
		{"<p>Rijksregisternummer 85073003328.</p>", true},
		{"<p>85 07 30 033 28</p>", true},
		{"<p>00.01.15-001.54</p>", false}, // check digits of nobody
		{"<p>85.07.30-033.29</p>", false}, // check digits do not agree
		{"<p>85.13.30-033.28</p>", false}, // no such month
		{"<p>tel. 016 22 33 44</p>", false},
		{"<p>BE68 5390 0754 7034</p>", false},                  // an account number
		{`<a href="/x/85073003328">x</a>`, false},              // digits in an address
		{`<script>var id = 85073003328;</script>`, false},      // and in a script
		{`<span content="85.07.30-033.28">x</span>`, true},     // but as people write it, anywhere
		{"<p>185073003328</p>", false},                         // a piece of a longer number
		{"<p>id 85073003328-4f5a</p>", false},                  // and of an identifier
		{"<p>" + registerNumber(2_010_203_004) + "</p>", true}, // born in this century
	}
	for _, test := range tests {
		v := oslo.Validate(oslo.Input{Source: "p", Text: []byte(test.text)}, oslo.Options{})
		if got := len(lines(v, "national-register-number")) > 0; got != test.want {
			t.Errorf("%s: found %v, want %v", test.text, got, test.want)
		}
	}
}

// registerNumber completes a number with its check digits; n has the two
// digits of its century before it.
func registerNumber(n int) string {
	return fmt.Sprintf("%09d%02d", n%1_000_000_000, 97-n%97)
}

// Another finding that quotes the number quotes stars.
func TestPrivacyIsNotQuoted(t *testing.T) {
	page := wrap(`<div about="#z" typeof="besluit:Zitting"><span property="besluit:geplandeStart" datatype="xsd:dateTime">85.07.30-033.28</span></div>`)
	v := oslo.Validate(read(t, "https://www.vlavirgem.example/", []byte(page)), oslo.Options{Profile: oslo.Agenda})
	if at := lines(v, "zitting-geplande-start"); len(at) != 1 {
		t.Fatalf("findings of zitting-geplande-start on %v", at)
	}
	for _, f := range v.Findings {
		if s := f.Message.NL + f.Message.EN + f.Value.String(); strings.Contains(s, "033.28") {
			t.Errorf("%s quotes the number: %s", f.Rule, s)
		}
	}
}

// The faults that the official validator passes over (its rules in SPARQL never
// run, and it does not look at datatypes).
func TestWhatTheOfficialToolMisses(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(suite.Shared(t), "pages", "bug-probe.html"))
	if err != nil {
		t.Fatal(err)
	}
	v := oslo.Validate(read(t, "https://example.org/page", text), oslo.Options{Profile: oslo.Notulen})
	for rule, want := range map[string]int{
		"behandeling-openbaar": 4, // "JA" is no boolean
		"vote-totals":          6, // 5 votes, 2 voters
		"blank-node":           8, // a mandataris without an IRI
		"stemming-kiezers":     8,
	} {
		if at := lines(v, rule); !slices.Equal(at, []int{want}) {
			t.Errorf("%s on lines %v, want %d", rule, at, want)
		}
	}
}

// ofTheProgram are rules of which no page can be an example.
var ofTheProgram = []string{"vocabulary-unavailable", "more-findings", "graph-too-large", "graph-too-alike", "shacl-unfinished", "mandataris-not-asked"}

// Every rule is documented in both languages, and codes are not given twice.
func TestRulesAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range oslo.Rules() {
		if seen[r.Code] {
			t.Errorf("%s stands twice", r.Code)
		}
		seen[r.Code] = true
		for name, text := range map[string]rdf.Text{"title": r.Title, "explanation": r.Explanation, "consequence": r.Consequence, "mending": r.Mending} {
			if text.NL == "" || text.EN == "" {
				t.Errorf("%s has no %s in both languages", r.Code, name)
			}
		}
		if r.Source.Name.NL == "" || r.Source.Name.EN == "" {
			t.Errorf("%s does not say where it comes from", r.Code)
		}
		if r.Example == "" && !r.Private && !slices.Contains(ofTheProgram, r.Code) {
			t.Errorf("%s has no example", r.Code)
		}
	}
	for _, p := range oslo.Profiles() {
		if got, err := oslo.ParseProfile(string(p)); err != nil || got != p {
			t.Errorf("ParseProfile(%q) = %q, %v", p, got, err)
		}
		if p.Title().NL == "" || p.Title().EN == "" {
			t.Errorf("%s has no title", p)
		}
	}
	if _, err := oslo.ParseProfile("streng"); err == nil {
		t.Error("a profile that does not exist is accepted")
	}
	if n := len(slices.DeleteFunc(oslo.Rules(), func(r oslo.Rule) bool { return !slices.Equal(r.Profiles, []oslo.Profile{oslo.Strikt}) })); n != 76 {
		t.Errorf("the strict profile has %d properties, want 76", n)
	}
}

// What reading a page brings up is documented here too.
func TestRulesOfReadersAreDocumented(t *testing.T) {
	for _, code := range []string{
		rdfa.RuleUndeclaredPrefix, rdfa.RulePrefixSyntax, rdfa.RuleCurlyQuotes, rdfa.RuleUndefinedTerm, rdfa.RuleEmptyResource,
		rdfa.RuleInvalidLanguage, rdfa.RuleNullURI, rdfa.RuleMissingScheme, rdfa.RuleInvalidIRI, rdfa.RuleUnknownDatatype, rdfa.RuleRelNoise,
		rdfa.RuleEmbeddedSyntax, rdfa.RuleVocabulary, rdfa.RuleMoreFindings,
	} {
		if _, ok := oslo.LookupRule(code); !ok {
			t.Errorf("%s is not documented", code)
		}
	}
}

// The example of a rule does not break that rule. Those about pages are HTML,
// those about data Turtle.
func TestExamplesAreRight(t *testing.T) {
	for _, r := range oslo.Rules() {
		if r.Example == "" || strings.HasPrefix(r.Example, "prefix=") {
			continue
		}
		profile := oslo.Praktijk
		if len(r.Profiles) > 0 {
			profile = r.Profiles[0]
		}
		var in oslo.Input
		if strings.HasPrefix(r.Example, "<https:") {
			quads, err := turtle.Parse([]byte(r.Example), "")
			if err != nil {
				t.Errorf("%s: %v\n%s", r.Code, err, r.Example)
			}
			for _, q := range quads {
				in.Quads = append(in.Quads, rdf.Sourced{Quad: q})
			}
		} else {
			page := wrap(`<div prefix="org: http://www.w3.org/ns/org# skos: http://www.w3.org/2004/02/skos/core# elod: http://linkedeconomy.org/ontology#">` + r.Example + `</div>`)
			in = read(t, "https://www.vlavirgem.example/", []byte(page))
		}
		v := oslo.Validate(in, oslo.Options{Profile: profile})
		for _, f := range v.Findings {
			if f.Rule == r.Code || f.Rule == "undeclared-prefix" {
				t.Errorf("%s: its example has %s: %s\n%s", r.Code, f.Rule, f.Message.EN, r.Example)
			}
		}
	}
}

func TestWithoutSubjectsOrText(t *testing.T) {
	in := read(t, "https://www.vlavirgem.example/", []byte(wrap(`<div about="#z" typeof="besluit:Zitting"></div>`)))
	in.Subjects, in.Text = nil, nil
	v := oslo.Validate(in, oslo.Options{})
	if at := lines(v, "zitting-gehouden-door"); !slices.Equal(at, []int{3}) {
		t.Errorf("findings on lines %v, want one on line 3", at)
	}
	if v.Conforms || v.Counts[rdf.Violation] == 0 || v.Profile != oslo.Praktijk {
		t.Errorf("verdict %+v", v)
	}
}

// Shapes that a user brings along judge beside the profile.
func TestExtraShapes(t *testing.T) {
	quads, err := turtle.Parse([]byte(`@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix eli: <http://data.europa.eu/eli/ontology#> .
		@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> .
		<urn:s> sh:targetClass besluit:Zitting ; sh:property [ sh:path eli:title ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "Un titre, s'il vous plaît"@fr ] ;
		sh:sparql <urn:q> . <urn:q> sh:select "SELECT $this { $this ?p ?o }" .`), "")
	if err != nil {
		t.Fatal(err)
	}
	extra, _, err := shapes.Compile(rdf.NewGraph(quads...))
	if err != nil {
		t.Fatal(err)
	}
	in := read(t, "https://www.vlavirgem.example/", []byte(wrap(`<div about="#z" typeof="besluit:Zitting"></div>`)))
	v := oslo.Validate(in, oslo.Options{Extra: extra})
	if at := lines(v, "shacl-min-count"); !slices.Equal(at, []int{3}) {
		t.Errorf("findings on lines %v, want one on line 3", at)
	}
	if at := lines(v, "shacl-sparql"); !slices.Equal(at, []int{3}) {
		t.Errorf("findings of the constraint in SPARQL on lines %v, want one on line 3", at)
	}
	for _, f := range v.Findings {
		if f.Rule == "shacl-min-count" && (f.Severity != rdf.Warning || !strings.HasSuffix(f.Message.NL, "s'il vous plaît")) {
			t.Errorf("finding %+v", f)
		}
	}
}

// One set of compiled profiles serves any number of goroutines.
func TestConcurrently(t *testing.T) {
	in := read(t, "https://www.vlavirgem.example/", []byte(wrap(`<div about="#z" typeof="besluit:Zitting"></div>`)))
	var wg sync.WaitGroup
	for _, p := range oslo.Profiles() {
		for range 4 {
			wg.Go(func() {
				if v := oslo.Validate(in, oslo.Options{Profile: p, Now: time.Unix(0, 0)}); len(v.Findings) == 0 {
					t.Error("no findings")
				}
			})
		}
	}
	wg.Wait()
}

func FuzzValidate(f *testing.F) {
	f.Add(wrap(`<div about="#z" typeof="besluit:Zitting"></div>`), uint8(0))
	f.Add(wrap(`<div typeof="besluit:Agendapunt"><span property="dct:title">85.07.30-033.28</span></div>`), uint8(2))
	f.Add("\xff<p resource=''\x00>", uint8(4))
	f.Fuzz(func(t *testing.T, page string, profile uint8) {
		p := oslo.Profiles()[int(profile)%len(oslo.Profiles())]
		v := oslo.Validate(read(t, "https://www.vlavirgem.example/", []byte(page)), oslo.Options{Profile: p, Now: noon})
		if n := v.Counts[0] + v.Counts[1] + v.Counts[2]; n != len(v.Findings) {
			t.Errorf("counts %v of %d findings", v.Counts, len(v.Findings))
		}
	})
}

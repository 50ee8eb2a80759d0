package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
)

// judged is a page at an address.
func judged(t *testing.T, base, text string) report.Document {
	t.Helper()
	doc, err := rdfa.Parse([]byte(text), rdfa.Options{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	in := oslo.Input{Source: "lijst.html", Text: []byte(text), Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}
	return report.Document{Verdict: oslo.Validate(in, oslo.Options{Profile: oslo.Besluitenlijst}), Text: []byte(text), Base: base}
}

// The fingerprints of a page stay when its lines move, when it stands elsewhere,
// when elements without an IRI come before, and when its values do not change.
func TestFingerprintsSurviveMoves(t *testing.T) {
	before := judged(t, "file:///home/an/uit/lijst.html", page)
	moved := strings.Replace(page, "<body ", "<!-- nieuw -->\n\n<body class=\"a\" ", 1)
	moved = strings.Replace(moved, `<div resource=`, `<p typeof="foaf:Person">An</p>`+"\n"+`<div resource=`, 1)
	after := report.Fingerprints(judged(t, "file:///ci/bouw/uit/lijst.html", moved))
	known := map[string]bool{}
	for _, p := range after {
		known[p] = true
	}
	for i, p := range report.Fingerprints(before) {
		if f := before.Verdict.Findings[i]; !known[p] {
			t.Errorf("%s at %s has another fingerprint after the move", f.Rule, f.Span.Start)
		}
	}
	if len(after) != len(known) {
		t.Errorf("%d fingerprints for %d findings", len(known), len(after))
	}
}

func TestBaseline(t *testing.T) {
	before := judged(t, "file:///a/lijst.html", page)
	var file bytes.Buffer
	if err := report.WriteBaseline(&file, []report.Document{before, {Failed: "weg"}}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file.String(), "033.28") {
		t.Error("the baseline gives away personal data")
	}
	baseline, err := report.ReadBaseline(&file)
	if err != nil {
		t.Fatal(err)
	}
	all := len(before.Verdict.Findings)
	if d := baseline.Apply(before); d.Known != all || len(d.Verdict.Findings) != 0 || !d.Verdict.Conforms || d.Gone != 0 {
		t.Errorf("all known: %d of %d, %d left, conforms %v, %d gone", d.Known, all, len(d.Verdict.Findings), d.Verdict.Conforms, d.Gone)
	}
	if d := baseline.Apply(before); d.Verdict.Maturity != before.Verdict.Maturity {
		t.Error("a baseline changes the level of a page")
	}
	// One fault is mended and another is made.
	changed := strings.Replace(page, `content="26 januari"`, `content="2026-01-26T19:30:00+01:00"`, 1)
	changed = strings.Replace(changed, "</div>\n`", "", 1) + `<div resource="null/id/1" typeof="foaf:Document"></div>`
	d := baseline.Apply(judged(t, "file:///a/lijst.html", changed))
	if d.Gone == 0 {
		t.Error("nothing is gone")
	}
	if len(d.Verdict.Findings) == 0 || d.Verdict.Conforms {
		t.Errorf("nothing is new: %+v", d.Verdict.Findings)
	}
	for _, f := range d.Verdict.Findings {
		if f.Rule != "null-uri" && f.Severity == rdf.Violation {
			t.Errorf("%s is new", f.Rule)
		}
	}
	if absent := baseline.Absent(nil); len(absent) != 1 || absent[0] != "lijst.html" {
		t.Errorf("absent: %q", absent)
	}
	var none *report.Baseline
	if d := none.Apply(before); d.Known != 0 || len(d.Verdict.Findings) != all {
		t.Error("no baseline knows something")
	}
	for _, wrong := range []string{"", "[]", "{}", `{"version": 2, "documents": {}}`, `{"version": 1}`} {
		if _, err := report.ReadBaseline(strings.NewReader(wrong)); err == nil {
			t.Errorf("%q is a baseline", wrong)
		}
	}
}

func TestGroups(t *testing.T) {
	f := func(rule, message string, line int) rdf.Finding {
		at := rdf.Position{Line: line, Column: 1}
		return rdf.Finding{Rule: rule, Message: rdf.Text{EN: message}, Span: rdf.Span{Start: at, End: at}}
	}
	groups := report.Groups([]rdf.Finding{
		f("a", "x is “one”", 1), f("b", "y", 2), f("a", "x is “two”", 3), f("a", "z", 4), f("a", "x is “one”", 5), f("c", "https://a.example/1 twice", 6), f("c", "https://a.example/2 twice", 7),
	})
	var got []string
	for _, g := range groups {
		got = append(got, g.Rule+":"+g.Message.EN+strings.Repeat("+", len(g.Again)))
	}
	want := "a:x is “one”++ b:y a:z c:https://a.example/1 twice+"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

// The element of a finding is named by a selector, from the nearest id.
func TestElements(t *testing.T) {
	const text = `<!DOCTYPE html><html><head><title>x</title><body>
<p>een<p>twee
<ul><li>a<li resource="null/id/1" typeof="foaf:Document">b</ul>
<main id="inhoud"><div><br><img src="x"></div><div><div resource="null/id/2" typeof="foaf:Document"></div></div></main>
<div id="1x"><b resource="null/id/3" typeof="foaf:Document"></b></div>`
	var b bytes.Buffer
	if err := report.JSON(&b, []report.Document{judged(t, "https://a.example/", text)}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Documents []struct {
			Findings []struct{ Rule, Element string }
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var elements []string
	for _, f := range got.Documents[0].Findings {
		if f.Rule == "null-uri" {
			elements = append(elements, f.Element)
		}
	}
	want := []string{
		"html > body > ul:nth-of-type(1) > li:nth-of-type(2)",
		"main#inhoud > div:nth-of-type(2) > div:nth-of-type(1)",
		"html > body > div:nth-of-type(1) > b:nth-of-type(1)",
	}
	if strings.Join(elements, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q, want %q", elements, want)
	}
}

// SARIF counts characters and bytes from the start of the page.
func TestSARIFRegions(t *testing.T) {
	const text = "<p>漢字 é</p>\n<div resource=\"null/id/1\" typeof=\"foaf:Document\"></div>"
	var b bytes.Buffer
	if err := report.SARIF(&b, []report.Document{judged(t, "https://a.example/", text)}, "1", report.EN); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						Region struct{ CharOffset, CharLength, ByteOffset, ByteLength int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, r := range log.Runs[0].Results {
		if r.RuleID != "null-uri" {
			continue
		}
		seen++
		region := r.Locations[0].PhysicalLocation.Region
		bytesOf := text[region.ByteOffset : region.ByteOffset+region.ByteLength]
		charsOf := string([]rune(text)[region.CharOffset : region.CharOffset+region.CharLength])
		if bytesOf != charsOf || !strings.Contains(bytesOf, "null/id/1") {
			t.Errorf("bytes %q, characters %q", bytesOf, charsOf)
		}
	}
	if seen != 1 {
		t.Errorf("%d results of null-uri", seen)
	}
}

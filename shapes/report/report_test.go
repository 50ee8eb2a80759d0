package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes/lblod"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
)

// page is a small list of decisions with a fault on most of its lines.
const page = `<!DOCTYPE html>
<html lang="nl"><title>Besluitenlijst</title>
<body prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology#">
<div resource="https://vlavirgem.example/z/1" typeof="besluit:Zitting">
	<span property="besluit:geplandeStart" datatype="xsd:dateTime" content="26 januari"></span>
  漢字 <a property="besluit:heeftAgendalijst" href="/agenda">Agenda</a>
  <p>Rijksregisternummer 85.07.30-033.28</p>
  <div property="besluit:behandelt" typeof="besluit:Agendapunt">Terrassen</div>
  <div property="besluit:behandelt" typeof="besluit:Agendapunt">Markten</div>
  <div property="besluit:behandelt" typeof="besluit:Agendapunt">Fietspad</div>
</div>
`

func document(t *testing.T, source, text string, profile oslo.Profile) report.Document {
	t.Helper()
	doc, err := rdfa.Parse([]byte(text), rdfa.Options{Base: "https://vlavirgem.example/lijst"})
	if err != nil {
		t.Fatal(err)
	}
	in := oslo.Input{Source: source, Text: []byte(text), Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}
	return report.Document{Verdict: oslo.Validate(in, oslo.Options{Profile: profile}), Text: []byte(text)}
}

// Each format of the same two documents stands in testdata.
func TestGoldenFormats(t *testing.T) {
	list := document(t, "pages/lijst 1.html", page, oslo.Besluitenlijst)
	list.Official = compared(t, page, list.Verdict)
	documents := []report.Document{
		list,
		document(t, "https://vlavirgem.example/", `<a property="http://lblod.data.gift/vocabularies/besluit/linkToPublication" href="/lijst">Lijst</a>`, oslo.Praktijk),
		{Verdict: oslo.Verdict{Source: "weg.html"}, Failed: "open weg.html: no such file"},
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"report.nl.txt":      func(b *bytes.Buffer) error { return report.Text(b, documents, report.NL) },
		"report.en.txt":      func(b *bytes.Buffer) error { return report.Text(b, documents, report.EN) },
		"report.json":        func(b *bytes.Buffer) error { return report.JSON(b, documents) },
		"report.sarif":       func(b *bytes.Buffer) error { return report.SARIF(b, documents, "1.2.3", report.EN) },
		"report.ttl":         func(b *bytes.Buffer) error { return report.Turtle(b, documents) },
		"report.gitlab.json": func(b *bytes.Buffer) error { return report.CodeQuality(b, documents, report.NL) },
		"report.xml":         func(b *bytes.Buffer) error { return report.JUnit(b, documents, report.NL) },
		"report.html":        func(b *bytes.Buffer) error { return report.HTML(b, documents, report.NL) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
			for _, secret := range []string{"85.07.30-033.28", "033.28", "85073003328"} {
				if bytes.Contains(b.Bytes(), []byte(secret)) {
					t.Errorf("the report shows %s", secret)
				}
			}
		})
	}
}

func compared(t *testing.T, text string, ours oslo.Verdict) *lblod.Comparison {
	t.Helper()
	doc, err := rdfa.Parse([]byte(text), rdfa.Options{Base: "https://vlavirgem.example/lijst"})
	if err != nil {
		t.Fatal(err)
	}
	c := lblod.Compare(lblod.Validate([]byte(text), doc.Quads, besluit.Besluitenlijst), ours)
	return &c
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if suite.Update() {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and look at the difference\n%s", file, got)
	}
}

func TestCaretStandsUnderTheFault(t *testing.T) {
	tests := []struct {
		name, line string
		mark       string // what the span covers
		want       string // the caret line after the margin
	}{
		{"plain", "abc def", "def", "    ^^^"},
		{"tab", "\tabc", "abc", "    ^^^"},
		{"wide characters", "漢字 x", "x", "     ^"},
		{"combining accent", "e\u0301a b", "b", "   ^"},
		{"escape sequence", "\x1b[31mred x", "x", "         ^"},
		{"long line", strings.Repeat("a", 5000) + "x" + strings.Repeat("b", 5000), "x", strings.Repeat(" ", 26) + "^"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := []byte("first\n" + test.line + "\n")
			start := bytes.Index(text, []byte(test.mark))
			span := rdf.NewLines(text).Span(start, start+len(test.mark))
			d := report.Document{Text: text, Verdict: oslo.Verdict{Source: "f", Findings: []rdf.Finding{{Rule: "r", Span: span}}}}
			var b strings.Builder
			if err := report.Text(&b, []report.Document{d}, report.EN); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(b.String(), "\n")
			if got := strings.TrimPrefix(lines[2], "       | "); got != test.want {
				t.Errorf("caret line %q, want %q\n%s", got, test.want, b.String())
			}
			if strings.ContainsRune(b.String(), '\x1b') {
				t.Error("a control character reaches the terminal")
			}
		})
	}
}

// Spans that do not fit the text must not be a reason to fail.
func TestForeignSpans(t *testing.T) {
	far := rdf.Position{Offset: 1 << 40, Line: 99, Column: 1 << 30}
	for _, span := range []rdf.Span{{}, {Start: far, End: far}, {Start: rdf.Position{Line: 1, Column: 5}}, {Start: rdf.Position{Offset: -3, Line: 1, Column: -2}, End: far}} {
		for _, rule := range []string{"r", "national-register-number"} {
			d := report.Document{Text: []byte("ab"), Verdict: oslo.Verdict{Findings: []rdf.Finding{{Rule: rule, Span: span}}}}
			for _, err := range []error{
				report.Text(&bytes.Buffer{}, []report.Document{d}, report.NL), report.JSON(&bytes.Buffer{}, []report.Document{d}),
				report.SARIF(&bytes.Buffer{}, []report.Document{d}, "", report.NL), report.HTML(&bytes.Buffer{}, []report.Document{d}, report.NL),
			} {
				if err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// Every field that the JSON has is in the schema, and every field that the
// schema demands is in the JSON.
func TestJSONKeepsToItsSchema(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Required   []string       `json:"required"`
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(report.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.JSON(&b, []report.Document{document(t, "f", page, oslo.Besluitenlijst)}); err != nil {
		t.Fatal(err)
	}
	var got struct{ Documents []map[string]any }
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	check := func(kind string, object map[string]any) {
		for field := range object {
			if _, ok := schema.Defs[kind].Properties[field]; !ok {
				t.Errorf("%s has %s, which the schema does not", kind, field)
			}
		}
		for _, field := range schema.Defs[kind].Required {
			if _, ok := object[field]; !ok {
				t.Errorf("%s lacks %s", kind, field)
			}
		}
	}
	check("document", got.Documents[0])
	findings := got.Documents[0]["findings"].([]any)
	if len(findings) == 0 {
		t.Fatal("no findings")
	}
	for _, f := range findings {
		check("finding", f.(map[string]any))
	}
}

func TestTurtleCanBeReadBack(t *testing.T) {
	d := document(t, "https://vlavirgem.example/lijst", page, oslo.Besluitenlijst)
	var b bytes.Buffer
	if err := report.Turtle(&b, []report.Document{d}); err != nil {
		t.Fatal(err)
	}
	quads, err := turtle.Parse(b.Bytes(), "")
	if err != nil {
		t.Fatal(err)
	}
	results := slices.DeleteFunc(quads, func(q rdf.Quad) bool { return q.Predicate.Value() != vocab.SH+"result" })
	if len(results) != len(d.Verdict.Findings) {
		t.Errorf("%d results, want %d", len(results), len(d.Verdict.Findings))
	}
}

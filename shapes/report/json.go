package report

import (
	_ "embed"
	"encoding/json"
	"io"
	"strings"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// Schema is the JSON Schema (2020-12) of what JSON writes. Its $id carries the
// version that a report names in "version".
//
//go:embed schema.json
var Schema []byte

type jsonReport struct {
	Schema    string         `json:"$schema"`
	Version   int            `json:"version"`
	Documents []jsonDocument `json:"documents"`
}

// schemaID is the $id of the schema.
const schemaID = "https://github.com/belfort-lod/belfort/raw/main/shapes/report/schema.json"

type jsonDocument struct {
	Source   string        `json:"source"`
	Failed   string        `json:"failed,omitempty"`
	Profile  oslo.Profile  `json:"profile,omitempty"`
	Conforms bool          `json:"conforms"`
	Counts   jsonCounts    `json:"counts"`
	Baseline *jsonBaseline `json:"baseline,omitempty"`
	Left     int           `json:"left,omitempty"`
	Maturity *jsonMaturity `json:"maturity,omitempty"`
	Official *jsonOfficial `json:"official,omitempty"`
	Findings []jsonFinding `json:"findings"`
}

type jsonMaturity struct {
	oslo.Maturity
	Level int  `json:"level"`
	Open  bool `json:"open"` // level 2 below it was not assessed
}

type jsonCounts struct {
	Violation int `json:"violation"`
	Warning   int `json:"warning"`
	Info      int `json:"info"`
}

type jsonBaseline struct {
	Known int `json:"known"`
	Gone  int `json:"gone"`
}

type jsonOfficial struct {
	Unknown     bool             `json:"unknown"`
	Detected    besluit.Soort    `json:"detected"`
	Used        besluit.Soort    `json:"used"`
	Level       int              `json:"level"`
	Open        bool             `json:"open"`
	Agreed      int              `json:"agreed"`
	Differences []jsonDifference `json:"differences"`
}

type jsonDifference struct {
	Official bool     `json:"official"`
	What     string   `json:"what"`
	Times    int      `json:"times"`
	Why      rdf.Text `json:"why"`
}

type jsonFinding struct {
	Rule          string        `json:"rule"`
	Severity      rdf.Severity  `json:"severity"`
	Level         string        `json:"level,omitempty"`
	Message       rdf.Text      `json:"message"`
	Mending       *rdf.Text     `json:"mending,omitempty"`
	Start         *jsonPosition `json:"start,omitempty"`
	End           *jsonPosition `json:"end,omitempty"`
	Element       string        `json:"element,omitempty"`
	Snippet       string        `json:"snippet,omitempty"`
	Focus         string        `json:"focus,omitempty"`
	Path          string        `json:"path,omitempty"`
	Value         string        `json:"value,omitempty"`
	Fingerprint   string        `json:"fingerprint"`
	Documentation string        `json:"documentation,omitempty"`
}

type jsonPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

// JSON writes findings for programs, in the form that Schema describes. Fields
// may be added; none changes its meaning as long as version stays 1.
func JSON(w io.Writer, documents []Document) error {
	report := jsonReport{Schema: schemaID, Version: 1, Documents: []jsonDocument{}}
	for _, d := range documents {
		report.Documents = append(report.Documents, documentJSON(d))
	}
	return writeJSON(w, report)
}

func documentJSON(d Document) jsonDocument {
	v := d.Verdict
	doc := jsonDocument{
		Source: v.Source, Failed: d.Failed, Profile: v.Profile, Conforms: v.Conforms && d.Failed == "", Left: d.Left,
		Findings: []jsonFinding{}, Counts: jsonCounts{v.Counts[rdf.Violation], v.Counts[rdf.Warning], v.Counts[rdf.Info]},
	}
	if d.Known > 0 || d.Gone > 0 {
		doc.Baseline = &jsonBaseline{d.Known, d.Gone}
	}
	if v.Profile.Graded() {
		level, open := v.Maturity.Level()
		doc.Maturity = &jsonMaturity{v.Maturity, int(level), open}
	}
	if c := d.Official; c != nil {
		o := jsonOfficial{
			Unknown: c.Verdict.Unknown, Detected: c.Verdict.Detected, Used: c.Verdict.Used, Level: c.Verdict.Level,
			Open: c.Verdict.Open, Agreed: c.Agreed, Differences: []jsonDifference{},
		}
		for _, difference := range c.Differences {
			o.Differences = append(o.Differences, jsonDifference(difference))
		}
		doc.Official = &o
	}
	text := redacted(d)
	prints := Fingerprints(d)
	elements := Elements(text, v.Findings)
	for i, f := range v.Findings {
		j := findingJSON(text, f)
		j.Fingerprint, j.Element = prints[i], elements[i]
		doc.Findings = append(doc.Findings, j)
	}
	return doc
}

// writeJSON writes what people may read too.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func findingJSON(text []byte, f rdf.Finding) jsonFinding {
	j := jsonFinding{
		Rule: f.Rule, Severity: f.Severity, Message: f.Message, Snippet: snippet(text, f),
		Focus: f.Focus.String(), Path: f.Path, Value: f.Value.String(),
	}
	if !f.Span.IsZero() {
		j.Start = &jsonPosition{f.Span.Start.Line, f.Span.Start.Column, f.Span.Start.Offset}
		j.End = &jsonPosition{f.Span.End.Line, f.Span.End.Column, f.Span.End.Offset}
	}
	if rule, ok := oslo.LookupRule(f.Rule); ok {
		j.Level = rule.Level.String()
		j.Mending = &rule.Mending
		j.Documentation = documentation("", f.Rule)
	}
	return j
}

// documentation is where a site of Belfort documents a rule; without a site, the
// path there.
func documentation(site, code string) string {
	return strings.TrimRight(site, "/") + "/docs/regels/" + code
}

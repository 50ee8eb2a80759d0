package report

import (
	_ "embed"
	"encoding/json"
	"io"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// Schema is the JSON Schema (2020-12) of what JSON writes.
//
//go:embed schema.json
var Schema []byte

type jsonReport struct {
	Version   int            `json:"version"`
	Documents []jsonDocument `json:"documents"`
}

type jsonDocument struct {
	Source   string         `json:"source"`
	Profile  oslo.Profile   `json:"profile"`
	Conforms bool           `json:"conforms"`
	Counts   jsonCounts     `json:"counts"`
	Maturity *oslo.Maturity `json:"maturity,omitempty"`
	Findings []jsonFinding  `json:"findings"`
}

type jsonCounts struct {
	Violation int `json:"violation"`
	Warning   int `json:"warning"`
	Info      int `json:"info"`
}

type jsonFinding struct {
	Rule          string        `json:"rule"`
	Severity      rdf.Severity  `json:"severity"`
	Level         string        `json:"level,omitempty"`
	Message       rdf.Text      `json:"message"`
	Start         *jsonPosition `json:"start,omitempty"`
	End           *jsonPosition `json:"end,omitempty"`
	Snippet       string        `json:"snippet,omitempty"`
	Focus         string        `json:"focus,omitempty"`
	Path          string        `json:"path,omitempty"`
	Value         string        `json:"value,omitempty"`
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
	report := jsonReport{Version: 1, Documents: []jsonDocument{}}
	for _, d := range documents {
		v := d.Verdict
		doc := jsonDocument{
			Source: v.Source, Profile: v.Profile, Conforms: v.Conforms, Findings: []jsonFinding{},
			Counts: jsonCounts{v.Counts[rdf.Violation], v.Counts[rdf.Warning], v.Counts[rdf.Info]},
		}
		if v.Profile.Graded() {
			doc.Maturity = &v.Maturity
		}
		text := redacted(d)
		for _, f := range v.Findings {
			doc.Findings = append(doc.Findings, findingJSON(text, f))
		}
		report.Documents = append(report.Documents, doc)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(report)
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
		j.Documentation = documentation(f.Rule)
	}
	return j
}

// documentation is where the site documents a rule.
func documentation(code string) string { return "/docs/regels/" + code }

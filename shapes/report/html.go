package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

//go:embed report.tmpl
var page string

var pageTemplate = template.Must(template.New("report").Parse(page))

type htmlReport struct {
	Language  Language
	Title     string
	Documents []htmlDocument
}

type htmlDocument struct {
	Source, Summary string
	Findings        []htmlFinding
}

type htmlFinding struct {
	Severity, Word, Rule, Place, Message string
	Line                                 int
	Before, Marked, After                string // the source line
	Mending, MendingWord, Example        string
}

// HTML writes a page that stands by itself: no script, no address of anything
// else, fit to be kept or sent.
func HTML(w io.Writer, documents []Document, language Language) error {
	r := htmlReport{Language: language, Title: "Bevindingen"}
	if language == EN {
		r.Title = "Findings"
	}
	for _, d := range documents {
		lines := rdf.NewLines(redacted(d))
		doc := htmlDocument{Source: plain(d.Verdict.Source), Summary: totals(d.Verdict, language)}
		for _, f := range d.Verdict.Findings {
			doc.Findings = append(doc.Findings, findingHTML(f, lines, language))
		}
		r.Documents = append(r.Documents, doc)
	}
	return pageTemplate.Execute(w, r)
}

func findingHTML(f rdf.Finding, lines *rdf.Lines, language Language) htmlFinding {
	h := htmlFinding{
		Severity: f.Severity.String(), Word: severityWord(f.Severity, language), Rule: f.Rule,
		Message: plain(language.of(f.Message)), MendingWord: "Oplossing",
	}
	if language == EN {
		h.MendingWord = "Mending"
	}
	if rule, ok := oslo.LookupRule(f.Rule); ok {
		h.Mending, h.Example = language.of(rule.Mending), rule.Example
	}
	line := lines.Line(f.Span.Start.Line)
	if f.Span.IsZero() || line == nil {
		return h
	}
	h.Place, h.Line = f.Span.Start.String(), f.Span.Start.Line
	runes := []rune(strings.ToValidUTF8(string(line), "\uFFFD"))
	from := min(max(f.Span.Start.Column-1, 0), len(runes))
	end := len(runes)
	if f.Span.End.Line == f.Span.Start.Line {
		end = min(max(f.Span.End.Column-1, from), len(runes))
	}
	first, last := max(0, from-lineWidth/2), min(len(runes), max(end, from+1)+lineWidth/2)
	end = min(end, from+4*lineWidth)
	last = min(last, end+lineWidth/2)
	h.Before, h.Marked, h.After = string(runes[first:from]), string(runes[from:end]), string(runes[end:last])
	if first > 0 {
		h.Before = "…" + h.Before
	}
	if last < len(runes) {
		h.After += "…"
	}
	return h
}

func severityWord(s rdf.Severity, language Language) string {
	if language == EN {
		return s.String()
	}
	return [...]string{"opmerking", "waarschuwing", "overtreding"}[min(s, rdf.Violation)]
}

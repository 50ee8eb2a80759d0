package report

import (
	_ "embed"
	"fmt"
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
	Words     htmlWords
	Documents []htmlDocument
}

// htmlWords are those that the template itself says.
type htmlWords struct {
	Title, Summary, Page, Level, Mending, Example, Places, None, Skip, Back string
	Severities                                                              [3]string
}

type htmlDocument struct {
	Number                  int
	Source, Summary, Failed string
	Conforms                bool
	Counts                  [3]int // the worst first
	Levels                  []htmlLevel
	Groups                  []htmlFinding
	Left                    string
	Official                []string
	Differences             []htmlDifference
}

type htmlLevel struct{ Name, State, Answer string }

type htmlDifference struct{ Who, What, Why string }

type htmlFinding struct {
	Severity, Word, Rule, Place, Message string
	Line                                 int
	Before, Marked, After                string // the source line
	Mending, Example                     string
	Again                                string
}

// HTML writes a page that stands by itself: no script, no address of anything
// else, fit to be kept, printed or sent.
func HTML(w io.Writer, documents []Document, language Language) error {
	words := wordsOf(language)
	r := htmlReport{Language: words.language, Words: htmlWords{
		Title: words.title, Summary: words.summary, Page: words.page, Level: words.level, Mending: words.mending, Example: words.example,
		Places: words.places, None: words.noFindings, Skip: "Naar de bevindingen", Back: "Terug naar het overzicht",
		Severities: [3]string{words.severities[rdf.Violation][1], words.severities[rdf.Warning][1], words.severities[rdf.Info][1]},
	}}
	if language == EN {
		r.Words.Skip, r.Words.Back = "To the findings", "Back to the summary"
	}
	for i, d := range documents {
		r.Documents = append(r.Documents, documentHTML(d, i+1, words))
	}
	return pageTemplate.Execute(w, r)
}

func stateOf(a oslo.Assessment) string {
	return [...]string{"open", "reached", "missed"}[min(a, oslo.Missed)]
}

func documentHTML(d Document, number int, words words) htmlDocument {
	v := d.Verdict
	doc := htmlDocument{Number: number, Source: plain(v.Source), Failed: plain(d.Failed), Conforms: v.Conforms && d.Failed == ""}
	if d.Failed != "" {
		return doc
	}
	doc.Summary = totals(v, words.language) + baselined(d, words)
	doc.Counts = [3]int{v.Counts[rdf.Violation], v.Counts[rdf.Warning], v.Counts[rdf.Info]}
	if v.Profile.Graded() {
		for i, a := range []oslo.Assessment{v.Maturity.One, v.Maturity.Two, v.Maturity.Three} {
			doc.Levels = append(doc.Levels, htmlLevel{
				fmt.Sprintf("%s %d", words.level, i+1), stateOf(a), assessment(a, words.language),
			})
		}
		doc.Levels = append(doc.Levels, htmlLevel{"bonus", stateOf(v.Maturity.Bonus), assessment(v.Maturity.Bonus, words.language)})
	}
	lines := rdf.NewLines(redacted(d))
	for _, g := range Groups(v.Findings) {
		f := findingHTML(g.Finding, lines, words.language)
		if n := len(g.Again); n > 0 {
			f.Again = fmt.Sprintf(words.again, n)
			if p := (&printer{words: words}).places(g); p != "" {
				f.Again += ": " + p
			}
		}
		doc.Groups = append(doc.Groups, f)
	}
	if d.Left > 0 {
		doc.Left = fmt.Sprintf(words.left, d.Left)
	}
	if c := d.Official; c != nil {
		doc.Official = comparison(c, d, words)
		for _, difference := range c.Differences {
			who := words.onlyUs
			if difference.Official {
				who = words.onlyThem
			}
			doc.Differences = append(doc.Differences, htmlDifference{who, difference.What + times(difference.Times), plain(words.language.of(difference.Why))})
		}
	}
	return doc
}

func findingHTML(f rdf.Finding, lines *rdf.Lines, language Language) htmlFinding {
	h := htmlFinding{
		Severity: f.Severity.String(), Word: severityWord(f.Severity, language), Rule: f.Rule, Message: plain(language.of(f.Message)),
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

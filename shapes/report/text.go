package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// TextOptions change how text is written. The zero value is Dutch, without
// colours, with repeats of a fault on one line.
type TextOptions struct {
	Language Language
	// Color writes the escape sequences of a terminal.
	Color bool
	// Each writes every finding in full, also the repeats of a fault.
	Each bool
	// Quiet writes only what is wrong: no lines about documents without
	// violations and warnings, no advice.
	Quiet bool
	// Site is the address of a site of Belfort that documents the rules, such as
	// "https://belfort.example"; empty for none.
	Site string
}

// Text writes findings for people, in the form that compilers use:
//
//	page.html:12:19: warning [unknown-property] besluit:heeftAgendalijst bestaat niet.
//	    12 | <a property="besluit:heeftAgendalijst" href="/agenda">
//	       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//	       = oplossing: Gebruik een bestaande eigenschap.
//	       = dezelfde fout nog 27 keer: regel 14, 18, 22, ...
//
// with an example where there is one, and how to mend a rule only the first time;
// after each document one line with its totals, with more than one document also
// a line for all. Tabs are shown as four columns, long lines in part,
// control characters not at all.
func Text(w io.Writer, documents []Document, language Language) error {
	return TextWith(w, documents, TextOptions{Language: language})
}

// TextWith is Text with options.
func TextWith(w io.Writer, documents []Document, o TextOptions) error {
	p := &printer{Writer: bufio.NewWriter(w), TextOptions: o, words: wordsOf(o.Language), told: map[string]bool{}}
	for _, d := range documents {
		p.document(d)
	}
	if len(documents) > 1 && !o.Quiet {
		p.all(documents)
	}
	return p.Flush()
}

type printer struct {
	*bufio.Writer
	TextOptions
	words words
	told  map[string]bool // rules of which the mending was told
}

// margin is as wide as that of a source line.
const margin = "       "

func (p *printer) document(d Document) {
	source := plain(d.Verdict.Source)
	if d.Failed != "" {
		fmt.Fprintf(p, "%s: %s\n", p.paint(bold, source), p.paint(red, plain(d.Failed)))
		return
	}
	lines := rdf.NewLines(redacted(d))
	for _, g := range p.groups(d.Verdict.Findings) {
		if p.Quiet && g.Severity == rdf.Info {
			continue
		}
		p.finding(source, g, lines)
	}
	if d.Left > 0 {
		fmt.Fprintf(p, "%s: %s\n", source, fmt.Sprintf(p.words.left, d.Left))
	}
	if p.Quiet && d.Verdict.Counts[rdf.Violation]+d.Verdict.Counts[rdf.Warning] == 0 {
		return
	}
	mark := p.paint(green, "✓")
	if !d.Verdict.Conforms {
		mark = p.paint(red, "✗")
	}
	if !p.Color {
		mark = ""
	} else {
		mark += " "
	}
	fmt.Fprintf(p, "%s%s: %s%s\n", mark, p.paint(bold, source), totals(d.Verdict, p.Language), baselined(d, p.words))
	p.official(d)
}

// groups puts repeats together, unless each is wanted.
func (p *printer) groups(findings []rdf.Finding) []Group {
	if !p.Each {
		return Groups(findings)
	}
	groups := make([]Group, len(findings))
	for i, f := range findings {
		groups[i].Finding = f
	}
	return groups
}

func (p *printer) finding(source string, g Group, lines *rdf.Lines) {
	place := source
	if !g.Span.IsZero() {
		place += ":" + g.Span.Start.String()
	}
	color := [...]string{blue, yellow, red}[min(g.Severity, rdf.Violation)]
	fmt.Fprintf(p, "%s: %s %s %s\n", p.paint(bold, place), p.paint(color, g.Severity.String()), p.paint(dim, "["+g.Rule+"]"),
		plain(p.Language.of(g.Message)))
	p.source(g.Finding, lines, color)
	if p.Quiet {
		return
	}
	if rule, ok := oslo.LookupRule(g.Rule); ok && !p.told[g.Rule] {
		p.told[g.Rule] = true
		p.remark(p.words.mending, p.Language.of(rule.Mending))
		for line := range strings.Lines(rule.Example) {
			fmt.Fprintf(p, "%s  %s\n", margin, p.paint(green, plain(strings.TrimRight(line, "\n"))))
		}
		if p.Site != "" {
			p.remark(p.words.more, documentation(p.Site, g.Rule))
		}
	}
	if n := len(g.Again); n > 0 {
		p.remark(fmt.Sprintf(p.words.again, n), p.places(g))
	}
}

// source shows the line that a finding points at, with carets.
func (p *printer) source(f rdf.Finding, lines *rdf.Lines, color string) {
	line := lines.Line(f.Span.Start.Line)
	if line == nil || f.Span.IsZero() {
		return
	}
	last := f.Span.End.Column
	if f.Span.End.Line > f.Span.Start.Line {
		last = 0
	}
	shown, indent, carets := excerpt(string(line), f.Span.Start.Column, last)
	number := fmt.Sprintf("%6d", f.Span.Start.Line)
	fmt.Fprintf(p, "%s %s\n%s%s%s\n", p.paint(dim, number+" |"), shown, p.paint(dim, strings.Repeat(" ", len(number)+1)+"| "),
		strings.Repeat(" ", indent), p.paint(color, strings.Repeat("^", carets)))
}

// remark writes a line below a source line.
func (p *printer) remark(word, text string) {
	if text == "" {
		fmt.Fprintf(p, "%s%s\n", margin, p.paint(dim, "= "+word))
		return
	}
	fmt.Fprintf(p, "%s%s %s\n", margin, p.paint(dim, "= "+word+":"), plain(text))
}

// maxPlaces bounds how many lines of repeats are listed.
const maxPlaces = 12

func (p *printer) places(g Group) string {
	lines := g.lines()
	if len(lines) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(p.words.line)
	for i, n := range lines[:min(len(lines), maxPlaces)] {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(" " + strconv.Itoa(n))
	}
	if len(lines) > maxPlaces {
		b.WriteString(", …")
	}
	return b.String()
}

// official writes the comparison with the official validator.
func (p *printer) official(d Document) {
	c := d.Official
	if c == nil {
		return
	}
	for _, line := range comparison(c, d, p.words) {
		fmt.Fprintf(p, "  %s\n", line)
	}
	for _, difference := range c.Differences {
		who := p.words.onlyUs
		if difference.Official {
			who = p.words.onlyThem
		}
		fmt.Fprintf(p, "    %s %s%s\n      %s\n", p.paint(dim, who+":"), p.paint(bold, difference.What), times(difference.Times),
			plain(p.Language.of(difference.Why)))
	}
}

func times(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d×)", n)
}

// all sums all documents up.
func (p *printer) all(documents []Document) {
	var counts [3]int
	failed, wrong, known := 0, 0, 0
	for _, d := range documents {
		if d.Failed != "" {
			failed++
			continue
		}
		if !d.Verdict.Conforms {
			wrong++
		}
		known += d.Known
		for i, n := range d.Verdict.Counts {
			counts[i] += n
		}
	}
	fmt.Fprintf(p, "%s: %s", fmt.Sprintf(p.words.pages, len(documents)), p.words.counts(counts))
	fmt.Fprintf(p, "; "+p.words.wrong, wrong)
	if failed > 0 {
		fmt.Fprintf(p, "; "+p.words.failed, failed)
	}
	if known > 0 {
		fmt.Fprintf(p, "; "+p.words.known, known)
	}
	fmt.Fprintln(p)
}

// Escape sequences (ECMA-48, select graphic rendition).
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	blue   = "\x1b[34m"
)

func (p *printer) paint(with, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return with + s + "\x1b[0m"
}

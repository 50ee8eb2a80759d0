package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// lineWidth is how many columns of a source line are shown at most.
const lineWidth = 100

// Text writes findings for people, in the form that compilers use:
//
//	page.html:12:19: warning [unknown-property] besluit:heeftAgendalijst bestaat niet.
//	    12 | <a property="besluit:heeftAgendalijst" href="/agenda">
//	       |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//
// and after each document one line with its totals. Tabs are shown as four
// columns, long lines in part, control characters not at all.
func Text(w io.Writer, documents []Document, language Language) error {
	out := bufio.NewWriter(w)
	for _, d := range documents {
		lines := rdf.NewLines(redacted(d))
		for _, f := range d.Verdict.Findings {
			writeFinding(out, d.Verdict.Source, f, lines, language)
		}
		fmt.Fprintf(out, "%s: %s\n", plain(d.Verdict.Source), totals(d.Verdict, language))
	}
	return out.Flush()
}

func writeFinding(out *bufio.Writer, source string, f rdf.Finding, lines *rdf.Lines, language Language) {
	fmt.Fprint(out, plain(source))
	if !f.Span.IsZero() {
		fmt.Fprintf(out, ":%d:%d", f.Span.Start.Line, f.Span.Start.Column)
	}
	fmt.Fprintf(out, ": %s [%s] %s\n", f.Severity, f.Rule, plain(language.of(f.Message)))
	line := lines.Line(f.Span.Start.Line)
	if line == nil || f.Span.IsZero() {
		return
	}
	last := f.Span.End.Column
	if f.Span.End.Line > f.Span.Start.Line {
		last = 0
	}
	shown, indent, carets := excerpt(string(line), f.Span.Start.Column, last)
	margin := fmt.Sprintf("%6d", f.Span.Start.Line)
	fmt.Fprintf(out, "%s | %s\n%s | %s%s\n", margin, shown, strings.Repeat(" ", len(margin)),
		strings.Repeat(" ", indent), strings.Repeat("^", carets))
}

// excerpt returns the part of a line around columns from (inside) to end (just
// after; 0 means the end of the line), and how wide what stands before and
// between them is on a screen.
func excerpt(line string, from, end int) (shown string, indent, carets int) {
	runes := []rune(line)
	from = min(max(from, 1), len(runes)+1) - 1
	if end = end - 1; end < from || end > len(runes) {
		end = len(runes)
	}
	first, last := 0, len(runes)
	if len(runes) > lineWidth {
		first = max(0, from-lineWidth/4)
		last = min(len(runes), first+lineWidth)
	}
	var b strings.Builder
	if first > 0 {
		b.WriteString("…")
		indent++
	}
	for i := first; i < last; i++ {
		cell, columns := onScreen(runes[i])
		b.WriteString(cell)
		switch {
		case i < from:
			indent += columns
		case i < end:
			carets += columns
		}
	}
	if last < len(runes) {
		b.WriteString("…")
	}
	return b.String(), indent, max(carets, 1)
}

// onScreen returns how a character is shown, and how many columns it takes.
func onScreen(r rune) (cell string, columns int) {
	switch {
	case r == '\t':
		return "    ", 4
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
		return "\uFFFD", 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return string(r), 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return string(r), 2
	}
	if r >= 0x1F300 && r <= 0x1FAFF {
		return string(r), 2
	}
	return string(r), 1
}

// plain makes a text fit for one line of a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// totals sums a verdict up: findings by severity, the profile, the levels.
func totals(v oslo.Verdict, language Language) string {
	var b strings.Builder
	count := func(n int, one, more string) string {
		if n == 1 {
			return "1 " + one
		}
		return fmt.Sprintf("%d %s", n, more)
	}
	if language == EN {
		fmt.Fprintf(&b, "%s, %s, %s; profile %s", count(v.Counts[rdf.Violation], "violation", "violations"),
			count(v.Counts[rdf.Warning], "warning", "warnings"), count(v.Counts[rdf.Info], "note", "notes"), v.Profile)
	} else {
		fmt.Fprintf(&b, "%s, %s, %s; profiel %s", count(v.Counts[rdf.Violation], "overtreding", "overtredingen"),
			count(v.Counts[rdf.Warning], "waarschuwing", "waarschuwingen"), count(v.Counts[rdf.Info], "opmerking", "opmerkingen"), v.Profile)
	}
	if v.Profile.Graded() {
		level := "niveau"
		if language == EN {
			level = "level"
		}
		for i, a := range []oslo.Assessment{v.Maturity.One, v.Maturity.Two, v.Maturity.Three} {
			fmt.Fprintf(&b, "; %s %d %s", level, i+1, assessment(a, language))
		}
	}
	return b.String()
}

func assessment(a oslo.Assessment, language Language) string {
	if language == EN {
		return a.String()
	}
	switch a {
	case oslo.Reached:
		return "behaald"
	case oslo.Missed:
		return "niet behaald"
	}
	return "niet beoordeeld"
}

package site

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
)

// finding is a finding with the lines of the source that it points at.
type finding struct {
	rdf.Finding
	Lines []sourceLine
}

// sourceLine is a line of a source, cut to a length that can be read: Marked
// is the part that a finding is about, "" on the lines around it.
type sourceLine struct {
	Number                int
	Hit                   bool
	Before, Marked, After string
}

// tally is the number of findings of one severity.
type tally struct {
	Ernst  string
	Aantal int
}

const (
	lineContext = 1  // lines shown before and after a finding
	lineMost    = 6  // lines of a finding that are shown
	lineWidth   = 90 // characters shown on each side of the mark
)

// inSource gives findings the lines they point at, the worst first and then in
// the order of the source.
func inSource(findings []rdf.Finding, text []byte, most int) (shown []finding, more int) {
	findings = slices.Clone(findings)
	slices.SortStableFunc(findings, func(a, b rdf.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset))
	})
	if len(findings) > most {
		findings, more = findings[:most], len(findings)-most
	}
	lines := rdf.NewLines(text)
	for _, f := range findings {
		shown = append(shown, finding{f, excerpt(lines, f.Span)})
	}
	return shown, more
}

// excerpt cuts the lines of a span out of a source, with a little around them.
// A span that does not lie in the source gives none.
func excerpt(lines *rdf.Lines, span rdf.Span) []sourceLine {
	if span.IsZero() || lines.Line(span.Start.Line) == nil {
		return nil
	}
	last := max(span.Start.Line, min(span.End.Line, span.Start.Line+lineMost-1))
	first := max(1, span.Start.Line-lineContext)
	indent := indentation(lines, first, last+lineContext)
	var out []sourceLine
	for n := first; n <= last+lineContext; n++ {
		text := lines.Line(n)
		if text == nil {
			continue
		}
		runes := []rune(string(text))
		runes = runes[min(indent, len(runes)):]
		if n < span.Start.Line || n > last {
			out = append(out, sourceLine{Number: n, Before: head(runes, 2*lineWidth)})
			continue
		}
		from, to := 0, len(runes)
		if n == span.Start.Line {
			from = min(max(0, span.Start.Column-1-indent), len(runes))
		}
		if n == span.End.Line {
			to = min(max(from, span.End.Column-1-indent), len(runes))
		}
		out = append(out, sourceLine{Number: n, Hit: true,
			Before: tail(runes[:from], lineWidth), Marked: head(runes[from:to], 2*lineWidth), After: head(runes[to:], lineWidth)})
	}
	return out
}

// indentation is the white space that lines begin with in common, in
// characters: it is left out, so that what matters is in sight.
func indentation(lines *rdf.Lines, first, last int) int {
	common := -1
	for n := first; n <= last; n++ {
		text := lines.Line(n)
		if rest := bytes.TrimLeft(text, " \t"); len(rest) > 0 {
			if own := len(text) - len(rest); common < 0 || own < common {
				common = own
			}
		}
	}
	return max(common, 0)
}

func head(r []rune, n int) string {
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}

func tail(r []rune, n int) string {
	if len(r) <= n {
		return string(r)
	}
	return "…" + string(r[len(r)-n:])
}

// tallies counts findings by severity, the worst first, without zeros.
func tallies(findings []rdf.Finding) []tally {
	var count [rdf.Violation + 1]int
	for _, f := range findings {
		count[min(f.Severity, rdf.Violation)]++
	}
	var out []tally
	for _, s := range []rdf.Severity{rdf.Violation, rdf.Warning, rdf.Info} {
		if count[s] > 0 {
			out = append(out, tally{s.String(), count[s]})
		}
	}
	return out
}

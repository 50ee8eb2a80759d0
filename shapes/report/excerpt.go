package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// lineWidth is how many columns of a source line are shown at most.
const lineWidth = 100

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

package rdf

import (
	"fmt"
	"sort"
	"unicode/utf8"
)

// Position is a place in a text that was decoded to UTF-8.
type Position struct {
	Offset int // bytes from the start, 0-based
	Line   int // 1-based
	Column int // 1-based, in Unicode code points
}

// IsZero reports whether the position is unknown.
func (p Position) IsZero() bool { return p.Line == 0 }

// String returns "line:column".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Span is a range of a text: Start is inside, End is just after. The zero Span
// is unknown.
type Span struct {
	Start, End Position
}

// IsZero reports whether the span is unknown.
func (s Span) IsZero() bool { return s.Start.IsZero() }

// Lines finds lines and columns of byte offsets in a text. It keeps the text.
type Lines struct {
	text   []byte
	starts []int
}

// NewLines prepares text for look-ups. A line ends with "\n", "\r\n" or "\r".
func NewLines(text []byte) *Lines {
	starts := []int{0}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			starts = append(starts, i+1)
		case '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			starts = append(starts, i+1)
		}
	}
	return &Lines{text: text, starts: starts}
}

// Position returns the place of a byte offset; offsets outside the text are
// moved to its nearest end.
func (l *Lines) Position(offset int) Position {
	offset = max(0, min(offset, len(l.text)))
	line := sort.SearchInts(l.starts, offset+1)
	start := l.starts[line-1]
	if offset > start && l.text[offset-1] == '\r' {
		// Between "\r" and "\n" the line is over, as it is for a reader that has
		// seen no more than that.
		return Position{Offset: offset, Line: line + 1, Column: 1}
	}
	return Position{Offset: offset, Line: line, Column: utf8.RuneCount(l.text[start:offset]) + 1}
}

// Span returns the range between two byte offsets.
func (l *Lines) Span(start, end int) Span {
	return Span{Start: l.Position(start), End: l.Position(end)}
}

// Line returns the text of a 1-based line without its line end, nil if there
// is no such line.
func (l *Lines) Line(n int) []byte {
	if n < 1 || n > len(l.starts) {
		return nil
	}
	end := len(l.text)
	if n < len(l.starts) {
		end = l.starts[n]
	}
	line := l.text[l.starts[n-1]:end]
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}

// Sourced is a quad with the place in the document that said it.
type Sourced struct {
	Quad
	Span Span
}

// Spans maps a triple (a quad without its graph) to every place that says it:
// a page may say a thing twice.
type Spans map[Quad][]Span

// NewSpans collects the places of the given quads.
func NewSpans(quads []Sourced) Spans {
	spans := make(Spans, len(quads))
	for _, q := range quads {
		spans[q.Triple()] = append(spans[q.Triple()], q.Span)
	}
	return spans
}

// First returns the first place that says the triple of q, or the zero Span.
func (s Spans) First(q Quad) Span {
	if l := s[q.Triple()]; len(l) > 0 {
		return l[0]
	}
	return Span{}
}

// SyntaxError is a text that is not in the syntax it should be in. It is
// returned as *SyntaxError by parsers.
type SyntaxError struct {
	Source  string // file name or IRI, "" if unknown
	Span    Span
	Message string // what is wrong and what was expected, in lower case
}

// Error returns "source:line:column: message".
func (e *SyntaxError) Error() string {
	switch {
	case e.Span.IsZero() && e.Source == "":
		return e.Message
	case e.Span.IsZero():
		return e.Source + ": " + e.Message
	case e.Source == "":
		return e.Span.Start.String() + ": " + e.Message
	}
	return e.Source + ":" + e.Span.Start.String() + ": " + e.Message
}

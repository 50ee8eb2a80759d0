package rdfa

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// positions finds lines and columns of byte offsets. Lines end as rdf.NewLines
// says. One pass over the text sets a mark every so many bytes, so that no
// look-up counts far, however long the lines are; most count from the one before.
type positions struct {
	text    []byte
	returns bool // there are carriage returns
	marks   []mark
	last    mark
}

// mark is a place that is known.
type mark struct{ offset, line, column int32 }

// markDistance is about how many bytes there are between two marks.
const markDistance = 512

func newPositions(text []byte) *positions {
	p := &positions{text: text, returns: bytes.IndexByte(text, '\r') >= 0, marks: make([]mark, 0, len(text)/markDistance+1)}
	at := mark{0, 1, 1}
	p.last = at
	p.marks = append(p.marks, at)
	for offset := markDistance; offset <= len(text); offset += markDistance {
		to := offset
		for to < len(text) && !utf8.RuneStart(text[to]) {
			to++
		}
		at = p.advance(at, int32(to))
		p.marks = append(p.marks, at)
	}
	return p
}

// advance counts from a place to a later one.
func (p *positions) advance(m mark, to int32) mark {
	if m.offset >= to {
		return m
	}
	if p.returns {
		line, column := advance(p.text, int(m.offset), int(to), int(m.line), int(m.column))
		return mark{to, int32(line), int32(column)}
	}
	gap := p.text[m.offset:to]
	if newline := bytes.LastIndexByte(gap, '\n'); newline >= 0 {
		m.line += int32(bytes.Count(gap, []byte{'\n'}))
		m.column = 1
		gap = gap[newline+1:]
	}
	return mark{to, m.line, m.column + int32(utf8.RuneCount(gap))}
}

// advance counts lines and columns between two offsets in text that has
// carriage returns.
func advance(text []byte, from, to, line, column int) (int, int) {
	for from < to {
		switch c := text[from]; {
		case c == '\n', c == '\r' && (from+1 >= len(text) || text[from+1] != '\n'):
			line, column = line+1, 1
			from++
		case c < utf8.RuneSelf:
			column++
			from++
		default:
			_, size := utf8.DecodeRune(text[from:])
			column++
			from += size
		}
	}
	return line, column
}

// span returns the span of an extent.
func (p *positions) span(e extent) rdf.Span {
	if !e.known() {
		return rdf.Span{}
	}
	return rdf.Span{Start: p.position(e.start), End: p.position(e.end)}
}

func (p *positions) position(offset int32) rdf.Position {
	from := p.last
	i := int(offset) / markDistance
	for p.marks[i].offset > offset {
		i--
	}
	if from.offset > offset || from.offset < p.marks[i].offset {
		from = p.marks[i]
	}
	at := p.advance(from, offset)
	if int(offset) == len(p.text) || utf8.RuneStart(p.text[offset]) {
		p.last = at // inside a character would be no place to count from
	}
	return rdf.Position{Offset: int(offset), Line: int(at.line), Column: int(at.column)}
}

// document puts everything together, with lines and columns.
func (p *processor) document() *Document {
	at := newPositions(p.text)
	d := &Document{Quads: p.statements, Base: p.base, Title: p.title}
	count := 0
	last := rdf.Term{}
	for i := range d.Quads {
		q := &d.Quads[i]
		q.Span = at.span(spanOf(q))
		if q.Subject == last {
			continue
		}
		last = q.Subject
		if s := p.introduced(last); s != nil && !s.stated {
			s.stated = true
			count++
		}
	}
	d.Subjects = make(map[rdf.Term]rdf.Span, count)
	for i := range p.subjects {
		if s := &p.subjects[i]; s.stated {
			d.Subjects[p.term(s)] = at.span(s.tag)
		}
	}
	for _, f := range p.findings {
		f.Source = p.options.Base
		f.Span = at.span(f.span)
		d.Findings = append(d.Findings, f.Finding)
	}
	slices.SortStableFunc(d.Findings, func(a, b rdf.Finding) int { return a.Span.Start.Offset - b.Span.Start.Offset })
	d.Processor = p.processorGraph(at)
	return d
}

package rdfa

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// positions finds lines and columns of byte offsets in one pass over the text,
// however long its lines are.
type positions struct {
	offsets []int32
	found   []rdf.Position
}

func (p *positions) want(e extent) {
	if e.known() {
		p.offsets = append(p.offsets, e.start, e.end)
	}
}

// find looks up all offsets that were wanted. Lines end as rdf.NewLines says.
func (p *positions) find(text []byte) {
	slices.Sort(p.offsets)
	p.offsets = slices.Compact(p.offsets)
	p.found = make([]rdf.Position, len(p.offsets))
	line, column, at := 1, 1, 0
	returns := bytes.IndexByte(text, '\r') >= 0
	for i, offset := range p.offsets {
		gap := text[at:offset]
		switch {
		case returns:
			line, column = advance(text, at, int(offset), line, column)
		default:
			if newline := bytes.LastIndexByte(gap, '\n'); newline >= 0 {
				line += bytes.Count(gap, []byte{'\n'})
				column = 1
				gap = gap[newline+1:]
			}
			column += utf8.RuneCount(gap)
		}
		at = int(offset)
		p.found[i] = rdf.Position{Offset: at, Line: line, Column: column}
	}
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

// span returns the span of an extent that was wanted.
func (p *positions) span(e extent) rdf.Span {
	if !e.known() {
		return rdf.Span{}
	}
	return rdf.Span{Start: p.position(e.start), End: p.position(e.end)}
}

func (p *positions) position(offset int32) rdf.Position {
	i, ok := slices.BinarySearch(p.offsets, offset)
	if !ok {
		return rdf.Position{}
	}
	return p.found[i]
}

// document puts everything together, with lines and columns.
func (p *processor) document() *Document {
	var at positions
	subjects := make(map[rdf.Term]extent)
	for _, s := range p.statements {
		at.want(s.span)
		if i, ok := p.subjects[s.quad.Subject]; ok {
			if _, known := subjects[s.quad.Subject]; !known {
				subjects[s.quad.Subject] = i.tag
				at.want(i.tag)
			}
		}
	}
	for _, f := range p.findings {
		at.want(f.span)
	}
	for _, r := range p.reports {
		at.want(r.span)
	}
	at.find(p.text)

	d := &Document{
		Quads:    make([]rdf.Sourced, len(p.statements)),
		Subjects: make(map[rdf.Term]rdf.Span, len(subjects)),
		Base:     p.base,
		Title:    p.title,
	}
	for i, s := range p.statements {
		d.Quads[i] = rdf.Sourced{Quad: s.quad, Span: at.span(s.span)}
	}
	for s, tag := range subjects {
		d.Subjects[s] = at.span(tag)
	}
	for _, f := range p.findings {
		f.Source = p.options.Base
		f.Span = at.span(f.span)
		d.Findings = append(d.Findings, f.Finding)
	}
	slices.SortStableFunc(d.Findings, func(a, b rdf.Finding) int { return a.Span.Start.Offset - b.Span.Start.Offset })
	d.Processor = p.processorGraph(&at)
	return d
}

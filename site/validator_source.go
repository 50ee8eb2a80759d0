package site

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// The source of a page with its findings in the margin. Only what stands
// around the findings is shown, however long the page or its lines; what lies
// between can be unfolded where it is short, and else stands on a page of its
// own.

const (
	aroundLines = 2         // lines shown before and after a finding
	aroundBytes = 280       // bytes of them at most, before and after
	spotLines   = 5         // lines of a finding that are shown
	spotBytes   = 420       // bytes of it at most
	joinBytes   = 160       // what is left out between two stretches is at least this
	foldBytes   = 6 << 10   // what can be unfolded in one place
	foldTotal   = 150 << 10 // and on the whole page
	rowBytes    = 2000      // bytes of one row of an unfolded source
)

// stretch is a piece of a source.
type stretch struct {
	Van, Tot    int // its lines
	Weggelaten  int // lines left out before it
	Vouw        []row
	Stappen     []step
	VoorLink    string // where the lines before it can be read, if they do not fit in Vouw
	from, until int    // bytes
}

// step is some lines of a stretch with the notes that belong beside them.
type step struct {
	Rijen []row
	Noten []note
}

// row is a line, or the visible part of a long one.
type row struct {
	Nummer    int
	Geknipt   bool // its beginning is left out
	Afgeknipt bool // its end is left out
	Delen     []part
}

// part is text of a row under the same spots; Begint are the notes whose spot
// begins here.
type part struct {
	Tekst  string
	Ernst  string // of the worst finding about it, "" if there is none
	Begint []int
}

// layOut cuts stretches around notes out of a source. The notes must be in the
// order of their places; those that lie nowhere in the source come back apart.
func layOut(text []byte, notes []note) (out []stretch, placeless []note) {
	lines := rdf.NewLines(text)
	var spots []spot
	for i, n := range notes {
		m, ok := spotOf(text, n.Span)
		if !ok {
			placeless = append(placeless, n)
			continue
		}
		m.note = &notes[i]
		spots = append(spots, m)
	}
	slices.SortStableFunc(spots, func(a, b spot) int { return cmp.Compare(a.from, b.from) })
	for len(spots) > 0 {
		from, until := before(text, spots[0].from), after(text, spots[0].until)
		n := 1
		for n < len(spots) && before(text, spots[n].from) <= until+joinBytes {
			until = max(until, after(text, spots[n].until))
			n++
		}
		st := stretch{from: from, until: until, Van: lines.Position(from).Line, Tot: lines.Position(max(from, until-1)).Line}
		st.Stappen = steps(rowsOf(text, lines, from, until, spots[:n], true), spots[:n])
		out = append(out, st)
		spots = spots[n:]
	}
	return out, placeless
}

// spot is the visible part of what a finding is about.
type spot struct {
	from, until int
	note        *note
}

// spotOf is the span of a finding, no longer than can be shown.
func spotOf(text []byte, span rdf.Span) (m spot, ok bool) {
	from, until := span.Start.Offset, span.End.Offset
	if span.IsZero() || len(text) == 0 || from < 0 || from > len(text) || until > len(text) || from > until {
		return spot{}, false
	}
	until = min(until, from+spotBytes)
	for at, n := from, 0; at < until; at++ {
		if text[at] == '\n' {
			if n++; n == spotLines {
				until = at
			}
		}
	}
	if until = runeStart(text, until); until == from { // nothing to see: spot the character
		_, size := utf8.DecodeRune(text[from:])
		until = from + size
	}
	return spot{from: from, until: until}, true
}

// before is where a stretch begins that shows what stands at an offset.
func before(text []byte, at int) int {
	lines := 0
	for from := at; ; from-- {
		if from == 0 {
			return 0
		}
		if at-from >= aroundBytes {
			if i := bytes.IndexByte(text[from:at], '\n'); lines > 0 && i >= 0 {
				return from + i + 1 // whole lines where that is possible
			}
			return runeStart(text, from)
		}
		if text[from-1] == '\n' {
			if lines++; lines > aroundLines {
				return from
			}
		}
	}
}

// after is where a stretch ends that shows what stands before an offset.
func after(text []byte, at int) int {
	lines := 0
	for until := at; ; until++ {
		if until == len(text) {
			return until
		}
		if until-at >= aroundBytes {
			if i := bytes.LastIndexByte(text[at:until], '\n'); i >= 0 {
				return at + i + 1
			}
			return runeStart(text, until)
		}
		if text[until] == '\n' {
			if lines++; lines > aroundLines {
				return until + 1
			}
		}
	}
}

func runeStart(text []byte, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// rowsOf cuts bytes into rows. With undent, the white space that all of them
// begin with is left out, so that what matters is in sight.
func rowsOf(text []byte, lines *rdf.Lines, from, until int, spots []spot, undent bool) []row {
	var rows []row
	type raw struct{ from, until, number int }
	var raws []raw
	indent := -1
	for at := from; at < until; {
		end := until
		if i := bytes.IndexByte(text[at:until], '\n'); i >= 0 {
			end = at + i
		}
		line := raw{at, end, lines.Position(at).Line}
		if end > at && text[end-1] == '\r' {
			line.until--
		}
		if at == 0 || text[at-1] == '\n' {
			if body := bytes.TrimLeft(text[line.from:line.until], " \t"); len(body) > 0 {
				if own := line.until - line.from - len(body); indent < 0 || own < indent {
					indent = own
				}
			}
		}
		raws = append(raws, line)
		at = end + 1
	}
	for _, m := range spots { // never what a finding is about
		for _, line := range raws {
			if line.from <= m.from && m.from <= line.until {
				indent = min(indent, m.from-line.from)
			}
		}
	}
	for _, line := range raws {
		whole := line.from == 0 || text[line.from-1] == '\n'
		r := row{Nummer: line.number, Geknipt: !whole}
		r.Afgeknipt = line.until < len(text) && text[line.until] != '\n' && text[line.until] != '\r'
		begin := line.from
		if undent && whole && indent > 0 {
			begin = min(begin+indent, line.until)
		}
		r.Delen = partsOf(text, begin, line.until, spots)
		rows = append(rows, r)
	}
	for _, m := range spots { // what begins at the end of a line, where nothing is to be seen
		last := -1
		for i, line := range raws {
			if line.from <= m.from {
				last = i
			}
		}
		begun := slices.ContainsFunc(rows, func(r row) bool {
			return slices.ContainsFunc(r.Delen, func(p part) bool { return slices.Contains(p.Begint, m.note.Nummer) })
		})
		if !begun && last >= 0 {
			p := &rows[last].Delen[len(rows[last].Delen)-1]
			p.Begint = append(p.Begint, m.note.Nummer)
		}
	}
	return rows
}

// partsOf cuts a row where spots begin and end.
func partsOf(text []byte, from, until int, spots []spot) []part {
	cuts := []int{from, until}
	for _, m := range spots {
		for _, at := range [...]int{m.from, m.until} {
			if from < at && at < until {
				cuts = append(cuts, at)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	if len(cuts) == 1 {
		cuts = append(cuts, cuts[0]) // an empty line
	}
	var parts []part
	for i := 0; i+1 < len(cuts); i++ {
		p := part{Tekst: strings.ToValidUTF8(string(text[cuts[i]:cuts[i+1]]), "\uFFFD")}
		worst := -1
		for _, m := range spots {
			if m.from <= cuts[i] && cuts[i] < m.until && m.from < cuts[i+1] {
				worst = max(worst, int(m.note.Severity))
			}
			if m.from == cuts[i] && cuts[i] < cuts[i+1] {
				p.Begint = append(p.Begint, m.note.Nummer)
			}
		}
		if worst >= 0 {
			p.Ernst = rdf.Severity(worst).String()
		}
		parts = append(parts, p)
	}
	return parts
}

// steps begins a step at every row on which a spot begins, so that notes stand
// beside their line.
func steps(rows []row, spots []spot) []step {
	byNumber := map[int]*note{}
	for _, m := range spots {
		byNumber[m.note.Nummer] = m.note
	}
	var out []step
	placed := map[int]bool{}
	for i, r := range rows {
		var notes []note
		for _, p := range r.Delen {
			for _, n := range p.Begint {
				if !placed[n] {
					placed[n] = true
					notes = append(notes, *byNumber[n])
				}
			}
		}
		if i == 0 || len(notes) > 0 {
			out = append(out, step{})
		}
		last := &out[len(out)-1]
		last.Rijen = append(last.Rijen, r)
		last.Noten = append(last.Noten, notes...)
	}
	// The lines above the first note belong to it.
	if len(out) > 1 && len(out[0].Noten) == 0 {
		out[1].Rijen = append(out[0].Rijen, out[1].Rijen...)
		out = out[1:]
	}
	return out
}

// fold fills in what lies between stretches: to unfold where it is short, else
// a link to the page of the source.
func fold(text []byte, stretches []stretch, href func(line int) string) {
	lines := rdf.NewLines(text)
	at, left := 0, foldTotal
	for i := range stretches {
		st := &stretches[i]
		gap := text[at:st.from]
		if len(bytes.TrimSpace(gap)) > 0 {
			first := lines.Position(at).Line
			st.Weggelaten = max(1, bytes.Count(gap, []byte("\n")))
			if len(gap) <= min(foldBytes, left) {
				left -= len(gap)
				st.Vouw = rowsOf(text, lines, at, st.from, nil, false)
			} else {
				st.VoorLink = href(first)
			}
		}
		at = st.until
	}
}

// sourcePage is a page of a long source.
type sourcePage struct {
	*reportHead
	Rijen          []row
	Vorige, Verder string
}

// sourcePageBytes is how much of a source stands on one page.
const sourcePageBytes = 96 << 10

// sourceFrom cuts a page out of a source that begins at a line (which may be
// too long for one page: then at a byte of it).
func sourceFrom(text []byte, from int) (rows []row, until int) {
	lines := rdf.NewLines(text)
	from = runeStart(text, min(max(from, 0), len(text)))
	until = min(from+sourcePageBytes, len(text))
	if until < len(text) {
		if i := bytes.LastIndexByte(text[from:until], '\n'); i >= 0 {
			until = from + i + 1
		}
		until = max(runeStart(text, until), from+1)
	}
	for _, r := range rowsOf(text, lines, from, until, nil, false) {
		rows = append(rows, broken(r)...)
	}
	return rows, until
}

// broken cuts a row that is too long for a browser to wrap fast into rows with
// the same number.
func broken(r row) []row {
	if len(r.Delen) == 0 || len(r.Delen[0].Tekst) <= rowBytes {
		return []row{r}
	}
	text := []byte(r.Delen[0].Tekst)
	var out []row
	for len(text) > 0 {
		n := len(text)
		if n > rowBytes {
			n = max(runeStart(text, rowBytes), 1)
		}
		out = append(out, row{Nummer: r.Nummer, Geknipt: len(out) > 0, Delen: []part{{Tekst: string(text[:n])}}})
		text = text[n:]
	}
	return out
}

// lineOffset is the offset of the first byte of a line; that of the end for a
// line that there is not.
func lineOffset(text []byte, line int) int {
	at := 0
	for n := 1; n < line; n++ {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	return at
}

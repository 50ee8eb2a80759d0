// Package lex holds what the readers of N-Quads and Turtle share: a window that
// slides over a stream and knows its lines, the character classes of the
// grammars, escapes, and a cache for strings that come back. It knows no
// statements: those are each syntax's own.
package lex

import (
	"bytes"
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
)

// DefaultMaxStatement is the longest statement in bytes that a reader accepts
// where its caller gives no other bound.
const DefaultMaxStatement = 16 << 20

const (
	firstBuffer = 64 << 10
	// From this length on a token that is not yet whole waits for a good piece
	// more, so that scanning it again from its start stays linear.
	longToken = 4 << 10

	none = -1
)

// TooLongError says that a statement is longer than the window's bound.
type TooLongError struct{ Max int }

// Error tells the bound.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("statement is longer than %d bytes", e.Max)
}

// Window is a piece of a stream. Buf[Pos:] is what was read and not yet used;
// the owner moves Pos forward and calls More when it needs to see further.
type Window struct {
	Buf []byte
	Pos int

	r     io.Reader
	err   error // what the stream ended with
	max   int
	begin int  // offset in the stream of the statement's first byte, or none
	mark  mark // the place of Buf[0]
}

// NewWindow returns a window on r. A maxStatement of 0 means
// DefaultMaxStatement. A byte order mark at the start is skipped.
func NewWindow(r io.Reader, maxStatement int) *Window {
	if maxStatement <= 0 {
		maxStatement = DefaultMaxStatement
	}
	w := &Window{r: r, max: maxStatement, begin: none, mark: mark{line: 1, column: 1}}
	for len(w.Buf) < 3 && w.More() == nil {
	}
	if bytes.HasPrefix(w.Buf, []byte("\xEF\xBB\xBF")) {
		w.Pos = 3
	}
	return w
}

// Begin says that a statement begins at Pos.
func (w *Window) Begin() { w.begin = w.mark.offset + w.Pos }

// End says that the statement ends before Pos, and returns a *TooLongError if it
// is over the bound.
func (w *Window) End() error {
	defer func() { w.begin = none }()
	return w.Over(w.Pos)
}

// Over returns a *TooLongError if the statement that has begun is over the
// bound when it goes on up to before Buf[i].
func (w *Window) Over(i int) error {
	if w.tooLong(i) {
		return &TooLongError{w.max}
	}
	return nil
}

func (w *Window) tooLong(i int) bool { return w.begin != none && w.mark.offset+i-w.begin > w.max }

// AtEnd reports whether the stream has no byte after Buf.
func (w *Window) AtEnd() bool { return w.err != nil }

// More reads at least one byte more and keeps Buf[Pos:], though not where it
// was: indexes into Buf must be taken anew, relative to Pos. It returns io.EOF
// at the end of the stream, the stream's own error, or a *TooLongError when Buf
// holds more of one statement than the bound.
func (w *Window) More() error {
	if w.err != nil {
		return w.err
	}
	if w.tooLong(len(w.Buf)) {
		return &TooLongError{w.max}
	}
	want := 1
	if kept := len(w.Buf) - w.Pos; kept > longToken {
		want = kept / 2
	}
	w.room(want)
	idle := 0
	for got := 0; got < want; {
		n, err := w.r.Read(w.Buf[len(w.Buf):cap(w.Buf)])
		w.Buf = w.Buf[:len(w.Buf)+n]
		got += n
		if err != nil {
			w.err = err
			if got > 0 {
				return nil
			}
			return err
		}
		if n > 0 {
			idle = 0
		} else if idle++; idle == 100 {
			w.err = io.ErrNoProgress
			return w.err
		}
	}
	return nil
}

// room makes place for n bytes after Buf.
func (w *Window) room(n int) {
	if cap(w.Buf)-len(w.Buf) >= n && (w.Pos == 0 || cap(w.Buf)-len(w.Buf) >= cap(w.Buf)/4) {
		return
	}
	kept := w.Buf[w.Pos:]
	w.mark.advance(w.Buf[:w.Pos])
	w.Pos = 0
	if len(kept)+n <= cap(w.Buf)*3/4 {
		w.Buf = w.Buf[:copy(w.Buf[:cap(w.Buf)], kept)]
		return
	}
	grown := make([]byte, len(kept), max(firstBuffer, 2*cap(w.Buf), len(kept)+n))
	copy(grown, kept)
	w.Buf = grown
}

// Position returns the place of Buf[i].
func (w *Window) Position(i int) rdf.Position {
	m := w.mark
	m.advance(w.Buf[:min(i, len(w.Buf))])
	return rdf.Position{Offset: m.offset, Line: m.line, Column: m.column}
}

// Span returns the range from Buf[i] to before Buf[j].
func (w *Window) Span(i, j int) rdf.Span {
	return rdf.Span{Start: w.Position(i), End: w.Position(max(i, j))}
}

// mark is a place in a text that is passed over piece by piece.
type mark struct {
	offset, line, column int
	afterCR              bool // the byte before was a "\r"
}

func (m *mark) advance(b []byte) {
	m.offset += len(b)
	if m.afterCR || bytes.IndexByte(b, '\r') >= 0 {
		m.advanceSlowly(b)
		return
	}
	if n := bytes.Count(b, newline); n > 0 {
		m.line += n
		m.column = 1
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	m.column += codePoints(b)
}

var newline = []byte{'\n'}

// advanceSlowly knows all three line ends: "\n", "\r\n" and "\r".
func (m *mark) advanceSlowly(b []byte) {
	for _, c := range b {
		switch {
		case c == '\n' && m.afterCR:
		case c == '\n' || c == '\r':
			m.line++
			m.column = 1
		case c&0xC0 != 0x80:
			m.column++
		}
		m.afterCR = c == '\r'
	}
}

// codePoints counts the bytes that begin a character: unlike a count of runes
// it does not depend on where a text is cut.
func codePoints(b []byte) int {
	n := 0
	for _, c := range b {
		if c&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

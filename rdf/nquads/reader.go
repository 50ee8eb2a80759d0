package nquads

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
)

// Reader reads quads from a stream (RDF 1.1 N-Quads, section 7). It keeps
// labels of blank nodes as written, but for Options.BlankPrefix.
type Reader struct {
	window  *lex.Window
	options Options
	cache   lex.Cache
	scratch []byte
	err     error // what ended the reading

	line []byte // the line being read, without its end
	pos  int    // in line
	bad  problem
}

// problem is a range of the current line and what is wrong there.
type problem struct {
	start, end int
	message    string
}

// NewReader returns a reader of r. It reads ahead, but never waits for more
// than the next whole line.
func NewReader(r io.Reader, o Options) *Reader {
	return &Reader{window: lex.NewWindow(r, o.MaxStatement), options: o}
}

// Read returns the next quad and io.EOF after the last. Text that is not
// N-Quads gives a *rdf.SyntaxError; unless Options.Recover says to go on, it
// and every other error is final.
func (r *Reader) Read() (rdf.Quad, error) {
	for r.err == nil {
		if r.err = r.nextLine(); r.err != nil {
			break
		}
		q, found, ok := r.statement()
		if err := r.window.End(); err != nil {
			r.bad, ok = problem{0, 0, err.Error()}, false
		}
		switch {
		case !ok:
			r.report(r.window.Span(r.window.Pos-len(r.line)+r.bad.start, r.window.Pos-len(r.line)+r.bad.end), r.bad.message)
		case found:
			return q, nil
		}
	}
	return rdf.Quad{}, r.err
}

// nextLine puts the next line that is not empty in r.line and moves the window
// to its end. Lines over the bound it reports and passes over.
func (r *Reader) nextLine() error {
	w := r.window
	for {
		for w.Pos < len(w.Buf) && (w.Buf[w.Pos] == '\n' || w.Buf[w.Pos] == '\r') {
			w.Pos++
		}
		if w.Pos == len(w.Buf) {
			if err := w.More(); err != nil {
				return ioError(err)
			}
			continue
		}
		w.Begin()
		err := r.wholeLine()
		if _, ok := errors.AsType[*lex.TooLongError](err); !ok {
			return err
		}
		if err := r.skipLine(err.Error()); err != nil {
			return err
		}
	}
}

func (r *Reader) wholeLine() error {
	w := r.window
	for seen := 0; ; {
		b := w.Buf[w.Pos:]
		end := len(b)
		if lf := bytes.IndexByte(b[seen:], '\n'); lf >= 0 {
			end = seen + lf
		}
		if cr := bytes.IndexByte(b[seen:end], '\r'); cr >= 0 {
			end = seen + cr
		}
		if end < len(b) {
			r.take(end)
			return nil
		}
		seen = len(b)
		switch err := w.More(); {
		case errors.Is(err, io.EOF):
			r.take(seen)
			return nil
		case err != nil:
			return ioError(err)
		}
	}
}

func (r *Reader) take(n int) {
	w := r.window
	r.line = w.Buf[w.Pos : w.Pos+n]
	r.pos = 0
	w.Pos += n
}

// skipLine reports a line that is over the bound and passes over it without
// keeping it.
func (r *Reader) skipLine(message string) error {
	w := r.window
	if r.report(w.Span(w.Pos, w.Pos), message); r.err != nil {
		return r.err
	}
	_ = w.End() // known already
	for {
		if end := bytes.IndexAny(w.Buf[w.Pos:], "\r\n"); end >= 0 {
			w.Pos += end
			return nil
		}
		w.Pos = len(w.Buf)
		if err := w.More(); err != nil {
			return ioError(err)
		}
	}
}

// report makes a syntax error final unless the caller wants to go on.
func (r *Reader) report(span rdf.Span, message string) {
	err := &rdf.SyntaxError{Source: r.options.Source, Span: span, Message: message}
	if r.options.Recover == nil || !r.options.Recover(err) {
		r.err = err
	}
}

// ioError adds what was done to an error of the stream; what the window itself
// says it leaves as it is.
func ioError(err error) error {
	if _, ok := errors.AsType[*lex.TooLongError](err); ok || errors.Is(err, io.EOF) {
		return err
	}
	return fmt.Errorf("read n-quads: %w", err)
}

// statement reads r.line: a statement, or nothing but space and a comment.
func (r *Reader) statement() (q rdf.Quad, found, ok bool) {
	if r.atEnd() {
		return q, false, true
	}
	if q.Subject, ok = r.node("a subject: an IRI or a blank node"); !ok {
		return q, false, false
	}
	r.space()
	if r.peek() != '<' {
		return q, false, r.fail(r.pos, r.pos+1, "expected a predicate: an IRI")
	}
	if q.Predicate, ok = r.iri(); !ok {
		return q, false, false
	}
	r.space()
	if r.peek() == '"' {
		q.Object, ok = r.literal()
	} else {
		q.Object, ok = r.node("an object: an IRI, a blank node or a literal")
	}
	if !ok {
		return q, false, false
	}
	r.space()
	if r.peek() != '.' && !r.options.Triples {
		if q.Graph, ok = r.node("a graph name or \".\""); !ok {
			return q, false, false
		}
		r.space()
	}
	if r.peek() != '.' {
		return q, false, r.fail(r.pos, r.pos+1, "expected \".\" at the end of the statement")
	}
	r.pos++
	if !r.atEnd() {
		return q, false, r.fail(r.pos, len(r.line), "expected the end of the line after \".\"")
	}
	return q, true, true
}

// peek returns the byte at r.pos, 0 at the end of the line.
func (r *Reader) peek() byte {
	if r.pos < len(r.line) {
		return r.line[r.pos]
	}
	return 0
}

func (r *Reader) space() {
	for r.pos < len(r.line) && (r.line[r.pos] == ' ' || r.line[r.pos] == '\t') {
		r.pos++
	}
}

// atEnd skips space and reports whether only a comment follows.
func (r *Reader) atEnd() bool {
	r.space()
	return r.pos == len(r.line) || r.line[r.pos] == '#'
}

func (r *Reader) fail(start, end int, message string) bool {
	r.bad = problem{start, max(start, min(end, len(r.line))), message}
	return false
}

// node reads an IRI or a blank node.
func (r *Reader) node(expected string) (rdf.Term, bool) {
	switch r.peek() {
	case '<':
		return r.iri()
	case '_':
		return r.blank()
	}
	return rdf.Term{}, r.fail(r.pos, r.pos+1, "expected "+expected)
}

func (r *Reader) iri() (rdf.Term, bool) {
	s, ok := r.iriText()
	return rdf.IRI(s), ok
}

func (r *Reader) iriText() (string, bool) {
	start := r.pos
	rest := r.line[start+1:]
	end := bytes.IndexByte(rest, '>')
	if end < 0 {
		return "", r.fail(start, len(r.line), "IRI without its \">\"")
	}
	r.pos = start + end + 2
	raw := rest[:end]
	value, slot, ok := r.cache.Find(raw)
	if ok {
		return value, true
	}
	plain := raw
	if bytes.IndexByte(raw, '\\') >= 0 {
		var bad int
		if r.scratch, bad = lex.AppendUnescaped(r.scratch[:0], raw, false); bad >= 0 {
			return "", r.fail(start+1+bad, start+3+bad, "wrong escape in an IRI")
		}
		plain = r.scratch
	}
	if bad := lex.InvalidIRI(plain); bad >= 0 {
		if len(plain) == len(raw) {
			return "", r.fail(start+1+bad, start+2+bad, "character that can not stand in an IRI")
		}
		return "", r.fail(start, r.pos, "IRI with an escaped character that can not stand in it")
	}
	value = string(plain)
	if !rdf.IsAbsoluteIRI(value) {
		return "", r.fail(start, r.pos, "relative IRI; N-Triples and N-Quads want absolute ones")
	}
	if len(plain) == len(raw) {
		r.cache.Put(slot, value, value)
	}
	return value, true
}

func (r *Reader) blank() (rdf.Term, bool) {
	start := r.pos
	if !bytes.HasPrefix(r.line[start:], []byte("_:")) {
		return rdf.Term{}, r.fail(start, start+1, "expected \"_:\" and a blank node label")
	}
	raw := r.line[start+2:]
	n := lex.BlankLabel(raw)
	if n == 0 {
		return rdf.Term{}, r.fail(start, start+2, "blank node without a label")
	}
	r.pos += 2 + n
	if r.options.BlankPrefix != "" {
		return rdf.Blank(r.options.BlankPrefix + string(raw[:n])), true
	}
	return rdf.Blank(string(raw[:n])), true
}

func (r *Reader) literal() (rdf.Term, bool) {
	start := r.pos
	rest := r.line[start+1:]
	end := bytes.IndexByte(rest, '"')
	escaped := end >= 0 && bytes.IndexByte(rest[:end], '\\') >= 0
	if escaped {
		end = closingQuote(rest)
	}
	if end < 0 {
		return rdf.Term{}, r.fail(start, len(r.line), "literal without its closing quote")
	}
	text := rest[:end]
	if bad := lex.InvalidUTF8(text); bad >= 0 {
		return rdf.Term{}, r.fail(start+1+bad, start+2+bad, "text is not UTF-8")
	}
	if escaped {
		var bad int
		if r.scratch, bad = lex.AppendUnescaped(r.scratch[:0], text, true); bad >= 0 {
			return rdf.Term{}, r.fail(start+1+bad, start+3+bad, "wrong escape in a literal")
		}
		text = r.scratch
	}
	lexical := string(text)
	r.pos = start + end + 2
	switch r.peek() {
	case '@':
		tag := r.line[r.pos+1:]
		n := lex.LangTag(tag)
		if n == 0 {
			return rdf.Term{}, r.fail(r.pos, r.pos+2, "expected a language tag after \"@\"")
		}
		r.pos += 1 + n
		return rdf.LangLiteral(lexical, r.intern(tag[:n])), true
	case '^':
		if !bytes.HasPrefix(r.line[r.pos:], []byte("^^<")) {
			return rdf.Term{}, r.fail(r.pos, r.pos+2, "expected \"^^\" and the datatype, an IRI")
		}
		r.pos += 2
		datatype, ok := r.iriText()
		return rdf.Literal(lexical, datatype), ok
	}
	return rdf.String(lexical), true
}

// intern returns a string of b, the same one for the same bytes if it can.
func (r *Reader) intern(b []byte) string {
	value, slot, ok := r.cache.Find(b)
	if !ok {
		value = string(b)
		r.cache.Put(slot, value, value)
	}
	return value
}

// closingQuote returns the index of the first quote that is not escaped, -1 if
// there is none.
func closingQuote(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return -1
}

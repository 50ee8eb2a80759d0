package turtle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// eof is what skip returns at the end of the document.
const eof = -1

// Every function here finds its token at the window's Pos and moves Pos behind
// it only when the token is whole and right, so that an error can point at it.

// skip passes over white space and comments and returns the byte after them.
func (r *Reader) skip() (int, error) {
	w := r.window
	for comment := false; ; {
		for ; w.Pos < len(w.Buf); w.Pos++ {
			switch c := w.Buf[w.Pos]; {
			case c == '\n' || c == '\r':
				comment = false
			case comment || c == ' ' || c == '\t':
			case c == '#':
				comment = true
			default:
				return int(c), nil
			}
		}
		if err := w.More(); errors.Is(err, io.EOF) {
			return eof, nil
		} else if err != nil {
			return 0, r.inputError(err)
		}
	}
}

// at returns the byte n places after Pos, eof if there is none.
func (r *Reader) at(n int) (int, error) {
	w := r.window
	for w.Pos+n >= len(w.Buf) {
		if err := w.More(); errors.Is(err, io.EOF) {
			return eof, nil
		} else if err != nil {
			return 0, r.inputError(err)
		}
	}
	return int(w.Buf[w.Pos+n]), nil
}

// fail returns a syntax error about the n bytes at Pos.
func (r *Reader) fail(n int, message string) error {
	return r.failAt(0, n, message)
}

// failAt returns a syntax error about the n bytes that begin skip after Pos.
func (r *Reader) failAt(skip, n int, message string) error {
	w := r.window
	start := min(w.Pos+skip, len(w.Buf))
	return &rdf.SyntaxError{
		Source:  r.options.Source,
		Span:    w.Span(start, min(start+n, len(w.Buf))),
		Message: message,
	}
}

// inputError turns what the window says into what Read returns.
func (r *Reader) inputError(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if tooLong, ok := errors.AsType[*lex.TooLongError](err); ok {
		return r.fail(0, tooLong.Error())
	}
	return fmt.Errorf("read turtle: %w", err)
}

func (r *Reader) expect(c byte, what string) error {
	got, err := r.skip()
	if err != nil {
		return err
	}
	if got != int(c) {
		return r.fail(1, "expected "+what)
	}
	r.window.Pos++
	return nil
}

// word returns the keyword at Pos, "" if what stands there is a prefixed name or
// nothing with letters.
func (r *Reader) word() (string, error) {
	word, err := r.letters()
	if err != nil || word == "" {
		return "", err
	}
	n := len(word)
	for { // a dot ends the keyword unless the name goes on after it
		if c, err := r.at(n); err != nil {
			return "", err
		} else if c != '.' {
			break
		}
		n++
	}
	if goesOn, err := r.nameAt(n); err != nil || goesOn {
		return "", err
	}
	return word, nil
}

// nameAt reports whether the character n places after Pos can be part of a
// prefixed name.
func (r *Reader) nameAt(n int) (bool, error) {
	c, err := r.at(n)
	for size := 1; err == nil && c != eof && size < utf8.UTFMax && !utf8.FullRune(r.window.Buf[r.window.Pos+n:]); size++ {
		c, err = r.at(n + size)
	}
	if err != nil || r.window.Pos+n >= len(r.window.Buf) {
		return false, err
	}
	rest := r.window.Buf[r.window.Pos+n:]
	return rest[0] == ':' || rest[0] == '%' || rest[0] == '\\' || lex.Name(rest) > 0, nil
}

// letters returns the letters at Pos, eight at most: no keyword is longer.
func (r *Reader) letters() (string, error) {
	n := 0
	for {
		c, err := r.at(n)
		if err != nil {
			return "", err
		}
		if c == eof || !lex.IsLetter(byte(c)) || n == 8 {
			break
		}
		n++
	}
	b := r.window.Buf[r.window.Pos:]
	if n == 1 && b[0] == 'a' {
		return "a", nil // the one that is common costs no allocation
	}
	return string(b[:n]), nil
}

func (r *Reader) iri() (rdf.Term, error) {
	s, err := r.iriRef()
	return rdf.IRI(s), err
}

// cutsIRI are the characters that show that an IRI was not closed. They are
// looked for first, so that the error does not depend on how much was read.
const cutsIRI = "\n\r <\""

// iriRef reads "<...>" and resolves it.
func (r *Reader) iriRef() (string, error) {
	w := r.window
	end := -1
	for seen := 1; end < 0; {
		b := w.Buf[w.Pos:]
		if i := bytes.IndexByte(b[seen:], '>'); i >= 0 {
			end = seen + i
			break
		}
		if i := bytes.IndexAny(b[seen:], cutsIRI); i >= 0 {
			return "", r.failAt(seen+i, 1, "character that can not stand in an IRI")
		}
		seen = len(b)
		if c, err := r.at(seen); err != nil {
			return "", err
		} else if c == eof {
			return "", r.fail(seen, "IRI without its \">\"")
		}
	}
	raw := w.Buf[w.Pos+1 : w.Pos+end]
	value, slot, ok := r.iris.Find(raw)
	if !ok {
		if i := bytes.IndexAny(raw, cutsIRI); i >= 0 {
			return "", r.failAt(1+i, 1, "character that can not stand in an IRI")
		}
		plain := raw
		if bytes.IndexByte(raw, '\\') >= 0 {
			var bad int
			if r.scratch, bad = lex.AppendUnescaped(r.scratch[:0], raw, false); bad >= 0 {
				return "", r.failAt(1+bad, 2, "wrong escape in an IRI")
			}
			plain = r.scratch
			if lex.InvalidIRI(plain) >= 0 {
				return "", r.fail(end+1, "IRI with an escaped character that can not stand in it")
			}
		} else if bad := lex.InvalidIRI(plain); bad >= 0 {
			return "", r.failAt(1+bad, 1, "character that can not stand in an IRI")
		}
		value = rdf.ResolveIRI(r.base, string(plain))
		if !rdf.IsAbsoluteIRI(value) {
			return "", r.fail(end+1, "relative IRI without a base to resolve it against")
		}
		r.iris.Put(slot, string(raw), value)
	}
	w.Pos += end + 1
	return value, nil
}

// name returns the bytes at Pos that look like a prefixed name, unchecked,
// without dots at its end.
func (r *Reader) name() ([]byte, error) {
	w := r.window
	n := 0
	for {
		b := w.Buf[w.Pos:]
		for n < len(b) && lex.InName(b[n]) {
			if b[n] == '\\' {
				n++ // whatever is escaped belongs to the name
			}
			n++
		}
		if n < len(b) {
			break
		}
		if c, err := r.at(n); err != nil {
			return nil, err
		} else if c == eof {
			n = len(w.Buf) - w.Pos
			break
		}
	}
	b := w.Buf[w.Pos:]
	for n > 0 && b[n-1] == '.' && (n < 2 || b[n-2] != '\\') {
		n--
	}
	return b[:n], nil
}

// prefixedName reads a prefixed name; expected says what it stands for.
func (r *Reader) prefixedName(expected string) (rdf.Term, error) {
	raw, err := r.name()
	if err != nil {
		return rdf.Term{}, err
	}
	value, slot, ok := r.names.Find(raw)
	if !ok {
		colon := bytes.IndexByte(raw, ':')
		if colon < 0 {
			return rdf.Term{}, r.fail(max(len(raw), 1), "expected "+expected)
		}
		namespace, declared := r.prefixes[string(raw[:colon])]
		if !declared {
			return rdf.Term{}, r.fail(colon+1, fmt.Sprintf("prefix %q is not declared", raw[:colon]))
		}
		local := raw[colon+1:]
		r.scratch = append(r.scratch[:0], namespace...)
		var bad int
		if r.scratch, bad = appendLocal(r.scratch, local); bad >= 0 {
			return rdf.Term{}, r.failAt(colon+1+bad, 1, "character that can not stand here in a prefixed name")
		}
		value = string(r.scratch)
		r.names.Put(slot, string(raw), value)
	}
	r.window.Pos += len(raw)
	return rdf.IRI(value), nil
}

// isPrefix reports whether b is a PN_PREFIX or empty.
func isPrefix(b []byte) bool {
	for i := 0; i < len(b); {
		n := lex.Name(b[i:])
		if i == 0 {
			n = lex.NameBase(b)
		} else if n == 0 && b[i] == '.' && i+1 < len(b) {
			n = 1
		}
		if n == 0 {
			return false
		}
		i += n
	}
	return true
}

// appendLocal appends what the PN_LOCAL b stands for, and returns the index of
// the first byte that is wrong, or -1.
func appendLocal(dst, b []byte) ([]byte, int) {
	for i := 0; i < len(b); {
		c := b[i]
		n := 0
		switch {
		case c == ':' || lex.IsDigit(c):
			n = 1
		case c == '%':
			if i+2 < len(b) && lex.IsHex(b[i+1]) && lex.IsHex(b[i+2]) {
				n = 3
			}
		case c == '\\':
			if i+1 < len(b) && bytes.IndexByte([]byte("_~.-!$&'()*+,;=/?#@%"), b[i+1]) >= 0 {
				dst = append(dst, b[i+1])
				i += 2
				continue
			}
		case i == 0:
			n = lex.NameU(b)
		case c == '.':
			n = 1 // one at the end was taken off already
		default:
			n = lex.Name(b[i:])
		}
		if n == 0 {
			return dst, i
		}
		dst = append(dst, b[i:i+n]...)
		i += n
	}
	return dst, -1
}

// blank reads "_:label".
func (r *Reader) blank() (rdf.Term, error) {
	w := r.window
	if c, err := r.at(1); err != nil {
		return rdf.Term{}, err
	} else if c != ':' {
		return rdf.Term{}, r.fail(1, "expected \"_:\" and a blank node label")
	}
	raw, err := r.name()
	if err != nil {
		return rdf.Term{}, err
	}
	n := lex.BlankLabel(raw[2:])
	if n == 0 {
		return rdf.Term{}, r.fail(2, "blank node without a label")
	}
	t := r.blanks.Labelled(string(raw[2 : 2+n]))
	w.Pos += 2 + n
	return t, nil
}

// number reads an integer, a decimal or a double.
func (r *Reader) number() (rdf.Term, error) {
	w := r.window
	n := 0
	for {
		c, err := r.at(n)
		if err != nil {
			return rdf.Term{}, err
		}
		if c == eof || !lex.IsDigit(byte(c)) && c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		n++
	}
	length, datatype := numberLength(w.Buf[w.Pos : w.Pos+n])
	if length == 0 && w.Buf[w.Pos] == '.' {
		return rdf.Term{}, r.fail(1, "expected an object")
	}
	if length == 0 {
		return rdf.Term{}, r.fail(max(n, 1), "expected a number")
	}
	t := rdf.Literal(string(w.Buf[w.Pos:w.Pos+length]), datatype)
	w.Pos += length
	return t, nil
}

// numberLength returns the length of the longest number that b begins with and
// its datatype.
func numberLength(b []byte) (int, string) {
	i := 0
	digits := func() int {
		start := i
		for i < len(b) && lex.IsDigit(b[i]) {
			i++
		}
		return i - start
	}
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		i++
	}
	whole := digits()
	end, datatype := i, vocab.XSDInteger
	fraction := 0
	if i < len(b) && b[i] == '.' {
		i++
		if fraction = digits(); fraction > 0 {
			end, datatype = i, vocab.XSDDecimal
		}
	}
	if whole+fraction == 0 {
		return 0, ""
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if digits() > 0 {
			end, datatype = i, vocab.XSDDouble
		}
	}
	return end, datatype
}

// literal reads a string in the given quote and its language or datatype.
func (r *Reader) literal(quote byte) (rdf.Term, error) {
	lexical, err := r.text(quote)
	if err != nil {
		return rdf.Term{}, err
	}
	c, err := r.skip()
	if err != nil {
		return rdf.Term{}, err
	}
	switch c {
	case '@':
		tag, err := r.langTag()
		return rdf.LangLiteral(lexical, tag), err
	case '^':
		if c, err = r.at(1); err != nil {
			return rdf.Term{}, err
		} else if c != '^' {
			return rdf.Term{}, r.fail(1, "expected \"^^\" and the datatype")
		}
		r.window.Pos += 2
		if c, err = r.skip(); err != nil {
			return rdf.Term{}, err
		}
		var datatype rdf.Term
		if c == '<' {
			datatype, err = r.iri()
		} else {
			datatype, err = r.prefixedName("the datatype, an IRI")
		}
		return rdf.Literal(lexical, datatype.Value()), err
	}
	return rdf.String(lexical), nil
}

func (r *Reader) langTag() (string, error) {
	w := r.window
	n := 1
	for {
		c, err := r.at(n)
		if err != nil {
			return "", err
		}
		if c == eof || !lex.IsLetter(byte(c)) && !lex.IsDigit(byte(c)) && c != '-' {
			break
		}
		n++
	}
	raw := w.Buf[w.Pos+1 : w.Pos+n]
	if len(raw) == 0 || lex.LangTag(raw) != len(raw) {
		return "", r.fail(n, "expected a language tag after \"@\"")
	}
	value, slot, ok := r.names.Find(raw) // has no colon, so is no prefixed name
	if !ok {
		value = string(raw)
		r.names.Put(slot, value, value)
	}
	w.Pos += n
	return value, nil
}

// text reads a string in short or long quotes.
func (r *Reader) text(quote byte) (string, error) {
	w := r.window
	open := 1
	if c, err := r.at(1); err != nil {
		return "", err
	} else if c == int(quote) {
		if c, err = r.at(2); err != nil {
			return "", err
		}
		if c != int(quote) {
			w.Pos += 2
			return "", nil
		}
		open = 3
	}
	end, escaped := open, false
	for {
		b := w.Buf[w.Pos:]
		for end < len(b) {
			c := b[end]
			if c == '\\' {
				escaped = true
				end += 2
				continue
			}
			if c == quote && (open == 1 || end+2 < len(b) && b[end+1] == quote && b[end+2] == quote) {
				return r.textBetween(open, end, escaped)
			}
			if c == quote && end+2 >= len(b) {
				break // the rest of the quotes may follow
			}
			if open == 1 && (c == '\n' || c == '\r') {
				return "", r.fail(end, "string without its closing quote on the line")
			}
			end++
		}
		if c, err := r.at(max(end, len(b))); err != nil {
			return "", err
		} else if c == eof {
			return "", r.fail(len(w.Buf)-w.Pos, "string without its closing quote")
		}
	}
}

// textBetween decodes the string between two places after Pos.
func (r *Reader) textBetween(start, end int, escaped bool) (string, error) {
	w := r.window
	raw := w.Buf[w.Pos+start : w.Pos+end]
	if bad := lex.InvalidUTF8(raw); bad >= 0 {
		return "", r.failAt(start+bad, 1, "text is not UTF-8")
	}
	if escaped {
		var bad int
		if r.scratch, bad = lex.AppendUnescaped(r.scratch[:0], raw, true); bad >= 0 {
			return "", r.failAt(start+bad, 2, "wrong escape in a string")
		}
		raw = r.scratch
	}
	w.Pos += end + start // the closing quotes are as many as the opening ones
	return string(raw), nil
}

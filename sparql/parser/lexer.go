package parser

import (
	"strings"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	endOfText  kind = iota
	iriRef          // text: the IRI between the angle brackets
	prefixed        // text: prefix, local: the local name with escapes undone
	blankLabel      // text: the label
	variable        // text: the name
	langTag         // text: the tag
	integer         // text: as written, with its sign
	decimal
	double
	quoted // text: the string with escapes undone
	word   // text: a keyword or a bare word, as written
	punctuation
)

// token is one token of the text; start and end are byte offsets.
type token struct {
	kind       kind
	text       string
	local      string
	start, end int
}

// lexer cuts the text into tokens, one at a time, at any offset: the parser
// looks ahead by lexing again.
type lexer struct {
	text string
	// fail reports an error at a range of the text and does not return.
	fail func(start, end int, format string, args ...any)
}

// skip returns the offset of the next token after white space and comments.
func (l *lexer) skip(at int) int {
	for at < len(l.text) {
		switch l.text[at] {
		case ' ', '\t', '\r', '\n':
			at++
		case '#':
			for at < len(l.text) && l.text[at] != '\n' && l.text[at] != '\r' {
				at++
			}
		default:
			return at
		}
	}
	return at
}

// next returns the token at or after offset at.
func (l *lexer) next(at int) token {
	at = l.skip(at)
	if at >= len(l.text) {
		return token{kind: endOfText, start: at, end: at}
	}
	s := l.text[at:]
	c := s[0]
	switch {
	case c == '<':
		if n := iriLength(s); n > 0 {
			return token{kind: iriRef, text: s[1 : n-1], start: at, end: at + n}
		}
		return l.operator(at, "<=", "<")
	case c == '?' || c == '$':
		if n := nameLength(s[1:]); n > 0 {
			return token{kind: variable, text: s[1 : 1+n], start: at, end: at + 1 + n}
		}
		if c == '$' {
			l.fail(at, at+1, "expected a variable name after $")
		}
		return l.operator(at, "?")
	case c == '"' || c == '\'':
		return l.quoted(at)
	case c == '_' && strings.HasPrefix(s, "_:"):
		n := blankLength(s[2:])
		if n == 0 {
			l.fail(at, at+2, "expected a blank node label after _:")
		}
		return token{kind: blankLabel, text: s[2 : 2+n], start: at, end: at + 2 + n}
	case c == '@':
		n := 1
		for n < len(s) && isLetter(s[n]) {
			n++
		}
		if n == 1 {
			l.fail(at, at+1, "expected a language tag after @")
		}
		for n+1 < len(s) && s[n] == '-' && isAlphanumeric(s[n+1]) {
			n++
			for n < len(s) && isAlphanumeric(s[n]) {
				n++
			}
		}
		return token{kind: langTag, text: s[1:n], start: at, end: at + n}
	case isDigit(c), c == '.' && len(s) > 1 && isDigit(s[1]),
		(c == '+' || c == '-') && len(s) > 1 && (isDigit(s[1]) || s[1] == '.' && len(s) > 2 && isDigit(s[2])):
		return number(s, at)
	case strings.IndexByte("{}()[];,.*/+-=!|&>^", c) >= 0:
		return l.operator(at, "^^", "&&", "||", "!=", ">=",
			"{", "}", "(", ")", "[", "]", ";", ",", ".", "*", "/", "+", "-", "=", "!", "|", ">", "^")
	}
	return l.name(at)
}

// operator returns the first of the candidates that stands at the offset.
func (l *lexer) operator(at int, candidates ...string) token {
	for _, c := range candidates {
		if strings.HasPrefix(l.text[at:], c) {
			return token{kind: punctuation, text: c, start: at, end: at + len(c)}
		}
	}
	l.fail(at, at+1, "unexpected %q", l.text[at])
	return token{}
}

// iriLength returns the length of the IRIREF that s begins with, 0 if none.
func iriLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '>':
			return i + 1
		case c <= 0x20, c == '<', c == '"', c == '{', c == '}', c == '|', c == '^', c == '`', c == '\\':
			return 0
		}
	}
	return 0
}

// nameLength returns the length of the VARNAME that s begins with, 0 if none.
func nameLength(s string) int {
	for i, r := range s {
		if isNameStart(r) || '0' <= r && r <= '9' || i > 0 && (r == 0xB7 || 0x300 <= r && r <= 0x36F || r == 0x203F || r == 0x2040) {
			continue
		}
		return i
	}
	return len(s)
}

// blankLength returns the length of the label after "_:", 0 if none.
func blankLength(s string) int {
	end := 0
	for i, r := range s {
		switch {
		case isNameStart(r) || '0' <= r && r <= '9', i > 0 && isNameChar(r):
			end = i + utf8.RuneLen(r)
		case i > 0 && r == '.':
		default:
			return end
		}
	}
	return end
}

// number returns the number at the beginning of s, which has at least one digit.
func number(s string, at int) token {
	n, k := 0, integer
	if s[0] == '+' || s[0] == '-' {
		n++
	}
	digits := func() bool {
		from := n
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		return n > from
	}
	whole := digits()
	if n < len(s) && s[n] == '.' {
		if n+1 < len(s) && isDigit(s[n+1]) {
			n++
			digits()
			k = decimal
		} else if m := exponentLength(s[n+1:]); whole && m > 0 {
			n++
		}
	}
	if m := exponentLength(s[n:]); m > 0 {
		n, k = n+m, double
	}
	return token{kind: k, text: s[:n], start: at, end: at + n}
}

// exponentLength returns the length of the EXPONENT that s begins with, or 0.
func exponentLength(s string) int {
	if len(s) == 0 || s[0] != 'e' && s[0] != 'E' {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	from := n
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n == from {
		return 0
	}
	return n
}

// quoted reads the four forms of string.
func (l *lexer) quoted(at int) token {
	s := l.text[at:]
	quote := s[:1]
	long := strings.HasPrefix(s[1:], quote+quote)
	if long {
		quote = s[:3]
	}
	var b strings.Builder
	plain := len(quote) // start of the text not yet copied
	for i := len(quote); i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], quote):
			end := i + len(quote)
			t := token{kind: quoted, start: at, end: at + end}
			if b.Len() == 0 {
				t.text = s[plain:i]
			} else {
				b.WriteString(s[plain:i])
				t.text = b.String()
			}
			return t
		case s[i] == '\\':
			b.WriteString(s[plain:i])
			if i+1 >= len(s) {
				l.fail(at+i, at+i+1, "the string ends in a backslash")
			}
			c, ok := unescape(s[i+1])
			if !ok {
				l.fail(at+i, at+i+2, `\%c is no escape; use one of \t \b \n \r \f \" \' \\ \u \U`, s[i+1])
			}
			b.WriteByte(c)
			i += 2
			plain = i
		case !long && (s[i] == '\n' || s[i] == '\r'):
			l.fail(at, at+i, "the string does not end on its line; long strings stand in three quotes")
		default:
			i++
		}
	}
	l.fail(at, at+len(quote), "the string has no closing %s", quote)
	return token{}
}

func unescape(c byte) (byte, bool) {
	switch c {
	case 't':
		return '\t', true
	case 'b':
		return '\b', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 'f':
		return '\f', true
	case '"', '\'', '\\':
		return c, true
	}
	return 0, false
}

// name reads a prefixed name or a word.
func (l *lexer) name(at int) token {
	s := l.text[at:]
	// The prefix: PN_PREFIX may have dots inside, not at its end.
	n := 0
	for i, r := range s {
		if i == 0 && !isPrefixStart(r) || i > 0 && !isNameChar(r) && r != '.' {
			break
		}
		n = i + utf8.RuneLen(r)
	}
	if n < len(s) && s[n] == ':' && (n == 0 || s[n-1] != '.') {
		local, m := l.localName(at + n + 1)
		return token{kind: prefixed, text: s[:n], local: local, start: at, end: at + n + 1 + m}
	}
	n = 0
	for n < len(s) && (isAlphanumeric(s[n]) || s[n] == '_') {
		n++
	}
	if n == 0 {
		r, size := utf8.DecodeRuneInString(s)
		l.fail(at, at+size, "unexpected character %q", r)
	}
	return token{kind: word, text: s[:n], start: at, end: at + n}
}

// localName reads PN_LOCAL, which may be empty, and returns it with its
// backslash escapes undone, and its length in the text.
func (l *lexer) localName(at int) (string, int) {
	s := l.text[at:]
	var b strings.Builder
	plain, end := 0, 0 // end: after the last character that may be the last
	cut := ""          // b and the plain text up to end
	keep := func(i int) { end, cut = i, b.String()+s[plain:i] }
	escaped := false
scan:
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == ':' || isNameStart(r) || '0' <= r && r <= '9' || i > 0 && isNameChar(r):
			i += size
			if escaped {
				keep(i)
			} else {
				end = i
			}
		case r == '.' && i > 0:
			i++
		case r == '%':
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				l.fail(at+i, at+i+1, "expected two hexadecimal digits after %% in a prefixed name")
			}
			i += 3
			if escaped {
				keep(i)
			} else {
				end = i
			}
		case r == '\\':
			if i+1 >= len(s) || strings.IndexByte("_~.-!$&'()*+,;=/?#@%", s[i+1]) < 0 {
				l.fail(at+i, at+i+1, "no such escape in a prefixed name")
			}
			b.WriteString(s[plain:i])
			plain = i + 1
			i += 2
			escaped = true
			keep(i)
		default:
			break scan
		}
	}
	if !escaped {
		return s[:end], end
	}
	return cut, end
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
}
func isAlphanumeric(c byte) bool { return isDigit(c) || isLetter(c) }

// isPrefixStart is PN_CHARS_BASE.
func isPrefixStart(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 0 && isLetter(byte(r))
	case r < 0x300:
		return r >= 0xC0 && r != 0xD7 && r != 0xF7
	}
	return 0x370 <= r && r <= 0x1FFF && r != 0x37E || r == 0x200C || r == 0x200D ||
		0x2070 <= r && r <= 0x218F || 0x2C00 <= r && r <= 0x2FEF || 0x3001 <= r && r <= 0xD7FF ||
		0xF900 <= r && r <= 0xFDCF || 0xFDF0 <= r && r <= 0xFFFC || 0x10000 <= r && r <= 0xEFFFF
}

// isNameStart is PN_CHARS_U.
func isNameStart(r rune) bool { return r == '_' || isPrefixStart(r) }

// isNameChar is PN_CHARS.
func isNameChar(r rune) bool {
	return isNameStart(r) || r == '-' || '0' <= r && r <= '9' || r == 0xB7 ||
		0x300 <= r && r <= 0x36F || r == 0x203F || r == 0x2040
}

// offsets maps places in the text whose code point escapes were undone to
// places in the text as it came.
type offsets []struct{ at, shift int }

func (o offsets) original(at int) int {
	shift := 0
	for _, s := range o {
		if s.at > at {
			break
		}
		shift = s.shift
	}
	return at + shift
}

// undoCodepoints replaces \uXXXX and \UXXXXXXXX everywhere (section 19.2). On
// a bad one it returns its offset and ok false.
func undoCodepoints(text string) (out string, moved offsets, bad int, ok bool) {
	if !strings.Contains(text, `\u`) && !strings.Contains(text, `\U`) {
		return text, nil, 0, true
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		c := text[i]
		if c != '\\' || i+1 >= len(text) {
			b.WriteByte(c)
			i++
			continue
		}
		digits := 0
		switch text[i+1] {
		case 'u':
			digits = 4
		case 'U':
			digits = 8
		default:
			b.WriteString(text[i : i+2])
			i += 2
			continue
		}
		if i+2+digits > len(text) {
			return "", nil, i, false
		}
		var r rune
		for _, h := range []byte(text[i+2 : i+2+digits]) {
			if !isHex(h) || r > utf8.MaxRune {
				return "", nil, i, false
			}
			d := rune(h|0x20) - 'a' + 10
			if isDigit(h) {
				d = rune(h - '0')
			}
			r = r<<4 | d
		}
		if !utf8.ValidRune(r) {
			return "", nil, i, false
		}
		b.WriteRune(r)
		i += 2 + digits
		moved = append(moved, struct{ at, shift int }{b.Len(), i - b.Len()})
	}
	return b.String(), moved, 0, true
}

package lex

import (
	"unicode/utf8"
)

// Classes of ASCII characters; a byte may be in several.
const (
	classIRI      = 1 << iota // may stand in an IRIREF
	classNameBase             // PN_CHARS_BASE
	classNameU                // PN_CHARS_U
	className                 // PN_CHARS
	classDigit
	classHex
	classInName // may stand somewhere in a prefixed name
)

var classes = func() (t [256]uint8) {
	for c := range 256 {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' && c < 0x80
		digit := '0' <= c && c <= '9'
		if c > 0x20 {
			t[c] |= classIRI
		}
		if letter {
			t[c] |= classNameBase
		}
		if letter || c == '_' {
			t[c] |= classNameU
		}
		if letter || c == '_' || c == '-' || digit {
			t[c] |= className
		}
		if digit {
			t[c] |= classDigit
		}
		if t[c]&className != 0 || c >= 0x80 {
			t[c] |= classInName
		}
		if digit || letter && c|0x20 <= 'f' {
			t[c] |= classHex
		}
	}
	for _, c := range "<>\"{}|^`\\" {
		t[c] &^= classIRI
	}
	for _, c := range ".:%\\" {
		t[c] |= classInName
	}
	return t
}()

// IsDigit reports whether c is an ASCII digit.
func IsDigit(c byte) bool { return classes[c]&classDigit != 0 }

// IsHex reports whether c is a hexadecimal digit.
func IsHex(c byte) bool { return classes[c]&classHex != 0 }

// InName reports whether c may be a byte of a prefixed name or a blank node,
// somewhere in it.
func InName(c byte) bool { return classes[c]&classInName != 0 }

// IsLetter reports whether c is an ASCII letter.
func IsLetter(c byte) bool { return classes[c]&classNameBase != 0 }

// InvalidIRI returns the index of the first byte that can not stand in an
// IRIREF (RDF 1.1 Turtle, production 18, without its escapes), or -1.
func InvalidIRI(b []byte) int {
	ascii := true
	for i, c := range b {
		if classes[c]&classIRI == 0 {
			return i
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return -1
	}
	return InvalidUTF8(b)
}

// InvalidUTF8 returns the index of the first byte that is not UTF-8, or -1.
func InvalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		if c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// NameBase returns the length of the PN_CHARS_BASE character that b begins
// with, 0 if it begins with another.
func NameBase(b []byte) int { return nameClass(b, classNameBase) }

// NameU is NameBase for PN_CHARS_U: the same and "_".
func NameU(b []byte) int { return nameClass(b, classNameU) }

// Name is NameBase for PN_CHARS: PN_CHARS_U, "-", digits and the combining
// characters.
func Name(b []byte) int { return nameClass(b, className) }

func nameClass(b []byte, class uint8) int {
	if len(b) == 0 {
		return 0
	}
	if b[0] < utf8.RuneSelf {
		return int(min(classes[b[0]]&class, 1))
	}
	c, n := utf8.DecodeRune(b)
	if c == utf8.RuneError && n == 1 || !wideName(c, class) {
		return 0
	}
	return n
}

// wideName knows the characters of PN_CHARS_BASE and PN_CHARS beyond ASCII
// (RDF 1.1 Turtle, productions 163s to 166s).
func wideName(c rune, class uint8) bool {
	switch {
	case 0xC0 <= c && c <= 0x2FF:
		return c != 0xD7 && c != 0xF7
	case 0x370 <= c && c <= 0x1FFF:
		return c != 0x37E
	case c == 0x200C || c == 0x200D:
		return true
	case 0x2070 <= c && c <= 0x218F, 0x2C00 <= c && c <= 0x2FEF, 0x3001 <= c && c <= 0xD7FF:
		return true
	case 0xF900 <= c && c <= 0xFDCF, 0xFDF0 <= c && c <= 0xFFFD, 0x10000 <= c && c <= 0xEFFFF:
		return true
	case class == className:
		return c == 0xB7 || 0x300 <= c && c <= 0x36F || c == 0x203F || c == 0x2040
	}
	return false
}

// BlankLabel returns the length of the blank node label, without its "_:", that
// b begins with (RDF 1.1 Turtle, production 141s), 0 if there is none. A dot
// at the end is not part of it.
func BlankLabel(b []byte) int {
	i := 0
	if len(b) > 0 && IsDigit(b[0]) {
		i = 1
	} else if i = NameU(b); i == 0 {
		return 0
	}
	end := i
	for i < len(b) {
		if n := Name(b[i:]); n > 0 {
			i += n
			end = i
		} else if b[i] == '.' {
			i++
		} else {
			break
		}
	}
	return end
}

// LangTag returns the length of the language tag, without its "@", that b
// begins with (RDF 1.1 Turtle, production 144s), 0 if there is none.
func LangTag(b []byte) int {
	i := 0
	for i < len(b) && IsLetter(b[i]) {
		i++
	}
	if i == 0 {
		return 0
	}
	for i < len(b) && b[i] == '-' {
		j := i + 1
		for j < len(b) && (IsLetter(b[j]) || IsDigit(b[j])) {
			j++
		}
		if j == i+1 {
			break
		}
		i = j
	}
	return i
}

// AppendUnescaped appends raw to dst with its escapes replaced: \u and \U, and
// where chars is set also the short escapes of strings. It returns the index
// in raw of the first escape that is wrong, -1 when all are right.
func AppendUnescaped(dst, raw []byte, chars bool) ([]byte, int) {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			j := i + 1
			for j < len(raw) && raw[j] != '\\' {
				j++
			}
			dst = append(dst, raw[i:j]...)
			i = j
			continue
		}
		if i+1 == len(raw) {
			return dst, i
		}
		switch c := raw[i+1]; c {
		case 'u', 'U':
			n := 4
			if c == 'U' {
				n = 8
			}
			r, ok := hexRune(raw[i+2:], n)
			if !ok {
				return dst, i
			}
			dst = utf8.AppendRune(dst, r)
			i += 2 + n
		default:
			plain := byte(0)
			switch c {
			case 't':
				plain = '\t'
			case 'b':
				plain = '\b'
			case 'n':
				plain = '\n'
			case 'r':
				plain = '\r'
			case 'f':
				plain = '\f'
			case '"', '\'', '\\':
				plain = c
			}
			if plain == 0 || !chars {
				return dst, i
			}
			dst = append(dst, plain)
			i += 2
		}
	}
	return dst, -1
}

// hexRune reads n hexadecimal digits as a Unicode scalar value.
func hexRune(b []byte, n int) (rune, bool) {
	if len(b) < n {
		return 0, false
	}
	v := uint32(0)
	for _, c := range b[:n] {
		if !IsHex(c) {
			return 0, false
		}
		d := c - '0'
		if c > '9' {
			d = c | 0x20 - 'a' + 10
		}
		v = v<<4 | uint32(d)
	}
	r := rune(v)
	return r, v <= utf8.MaxRune && utf8.ValidRune(r)
}

package eval

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// maxRegexps bounds the patterns that a run keeps compiled.
const maxRegexps = 256

// maxPattern bounds the length of a regular expression in bytes, and
// maxMatchWork the product of its length and that of the text.
const (
	maxPattern   = 64 << 10
	maxMatchWork = 1 << 30
)

// regexp compiles an XPath regular expression (XPath Functions, section 5.6.1)
// with the flags s, m, i, x and q. RE2 runs in linear time; what it lacks
// (back references, subtraction of classes) is an error of the expression.
func (x *exec) regexp(pattern, flags string) (*matcher, bool) {
	key := [2]string{pattern, flags}
	if re, ok := x.regexps[key]; ok {
		return re, re != nil
	}
	if len(x.regexps) >= maxRegexps {
		clear(x.regexps)
	}
	m := compileRegexp(pattern, flags)
	x.regexps[key] = m
	return m, m != nil
}

// matcher is a compiled regular expression with a text that everything it
// matches must contain, which is much cheaper to look for.
type matcher struct {
	*regexp.Regexp
	literal string // in lower case if fold is set; "" if there is none
	fold    bool   // upper and lower case are the same
	folded  folded // literal, if fold is set
}

// matches reports whether s has a match.
func (m *matcher) matches(s string) bool {
	switch {
	case m.literal == "":
	case !m.fold:
		if !strings.Contains(s, m.literal) {
			return false
		}
	default:
		// Two letters from elsewhere are the same as ASCII ones but for their case.
		if !m.folded.in(s) && !strings.Contains(s, "\u212a") && !strings.Contains(s, "\u017f") {
			return false
		}
	}
	return m.MatchString(s)
}

// needed returns the longest literal that every match of a regular expression
// contains.
func needed(re *syntax.Regexp) (literal string, fold bool) {
	switch re.Op {
	case syntax.OpLiteral:
		fold = re.Flags&syntax.FoldCase != 0
		literal = string(re.Rune)
		if fold {
			literal = strings.ToLower(literal)
			if strings.IndexFunc(literal, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
				return "", false
			}
		}
		return literal, fold
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if l, f := needed(sub); len(l) > len(literal) {
				literal, fold = l, f
			}
		}
	}
	return literal, fold
}

// compileRegexp returns nil for a bad pattern or flag.
func compileRegexp(pattern, flags string) *matcher {
	if len(pattern) > maxPattern {
		return nil
	}
	prefix, quote, dotAll := "", false, false
	for _, f := range flags {
		switch f {
		case 'i':
			prefix += "i"
		case 'm':
			prefix += "m"
		case 's':
			prefix += "s"
			dotAll = true
		case 'x':
			pattern = withoutSpace(pattern)
		case 'q':
			quote = true
		default:
			return nil
		}
	}
	if quote {
		pattern = regexp.QuoteMeta(pattern)
	} else {
		pattern = translateRegexp(pattern, dotAll)
	}
	if prefix != "" {
		pattern = "(?" + prefix + ")" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	m := &matcher{Regexp: re}
	if tree, err := syntax.Parse(pattern, syntax.Perl); err == nil {
		m.literal, m.fold = needed(tree)
		if m.fold && m.literal != "" {
			m.folded = newFolded(m.literal)
		}
	}
	return m
}

// withoutSpace takes out white space outside classes, for the flag x.
func withoutSpace(pattern string) string {
	var b strings.Builder
	class := 0
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			b.WriteByte(c)
			i++
			c = pattern[i]
		case c == '[':
			class++
		case c == ']':
			class--
		case class <= 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// translateRegexp writes the class escapes of XML Schema that RE2 does not know
// or reads otherwise.
func translateRegexp(pattern string, dotAll bool) string {
	if !strings.ContainsAny(pattern, `\.`) {
		return pattern
	}
	const (
		nameStart = `\p{L}_:`
		nameChar  = nameStart + `\p{N}\p{M}.\-·`
	)
	var b strings.Builder
	class := 0
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if c == '[' {
			class++
		} else if c == ']' && class > 0 {
			class--
		}
		if c == '.' && class == 0 && !dotAll {
			b.WriteString(`[^\n\r]`)
			continue
		}
		if c != '\\' || i+1 == len(pattern) {
			b.WriteByte(c)
			continue
		}
		i++
		inner, negated := "", false
		switch pattern[i] {
		case 'd':
			inner = `\p{Nd}`
		case 'D':
			inner = `\P{Nd}`
		case 'i':
			inner = nameStart
		case 'c':
			inner = nameChar
		case 'I':
			inner, negated = nameStart, true
		case 'C':
			inner, negated = nameChar, true
		case 'w':
			inner = `\p{L}\p{M}\p{N}\p{S}`
		case 'W':
			inner = `\p{P}\p{Z}\p{C}`
		default:
			b.WriteByte('\\')
			b.WriteByte(pattern[i])
			continue
		}
		switch {
		case class > 0 && !negated:
			b.WriteString(inner)
		case negated:
			b.WriteString("[^" + inner + "]")
		default:
			b.WriteString("[" + inner + "]")
		}
	}
	return b.String()
}

// expand writes the replacement of one match: $N is a group, \$ and \\ are
// themselves (XPath Functions, section 5.6.4). ok is false for anything else
// after a dollar or a backslash.
func expand(b *strings.Builder, replacement, source string, match []int) bool {
	for i := 0; i < len(replacement); i++ {
		switch c := replacement[i]; c {
		case '\\':
			i++
			if i == len(replacement) || replacement[i] != '\\' && replacement[i] != '$' {
				return false
			}
			b.WriteByte(replacement[i])
		case '$':
			if i+1 == len(replacement) || replacement[i+1] < '0' || replacement[i+1] > '9' {
				return false
			}
			i++
			group := int(replacement[i] - '0')
			for i+1 < len(replacement) && '0' <= replacement[i+1] && replacement[i+1] <= '9' {
				next := group*10 + int(replacement[i+1]-'0')
				if next >= len(match)/2 {
					break
				}
				group = next
				i++
			}
			if 2*group+1 < len(match) && match[2*group] >= 0 {
				b.WriteString(source[match[2*group]:match[2*group+1]])
			}
		default:
			b.WriteByte(c)
		}
	}
	return true
}

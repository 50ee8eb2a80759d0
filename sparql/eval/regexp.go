package eval

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Regular expressions run in linear time, which is the product of the text and of
// what the expression compiles to. So both count; and what takes long looks at the
// clock on the way.
const (
	maxRegexps = 256     // that a run keeps compiled
	maxPattern = 10_000  // bytes of an expression
	maxFolded  = 2_000   // bytes of one that may ignore case, which takes longer to compile
	maxClasses = 400     // classes of Unicode in an expression, each of hundreds of ranges
	maxProgram = 20_000  // instructions that it compiles to
	patience   = 1 << 20 // instructions times bytes of text between two looks at the clock
)

// regexp compiles an XPath regular expression (XPath Functions, section 5.6.1)
// with the flags s, m, i, x and q. RE2 runs in linear time; what it lacks
// (back references, subtraction of classes) is an error of the expression. One that
// is too large ends the run.
func (x *exec) regexp(pattern, flags string) (*matcher, bool) {
	key := [2]string{pattern, flags}
	if re, ok := x.regexps[key]; ok {
		return re, re != nil
	}
	if len(x.regexps) >= maxRegexps {
		clear(x.regexps)
		x.release(x.regexpBytes)
		x.regexpBytes = 0
	}
	m, err := compileRegexp(pattern, flags)
	if limit, ok := errors.AsType[*LimitError](err); ok {
		return nil, x.fail(limit)
	}
	bytes := len(pattern) + 64
	if m != nil {
		bytes += m.bytes
	}
	x.regexpBytes += bytes
	x.regexps[key] = m
	return m, x.hold(bytes) && x.look() && m != nil
}

// spend counts steps of matching, and looks at the clock when there were many.
func (x *exec) spend(steps int) bool {
	if x.matching += steps; x.matching < patience {
		return x.err == nil
	}
	x.matching = 0
	return x.err == nil && x.look()
}

// measure returns about how many instructions an expression compiles to, and the
// bytes that these take.
func measure(re *syntax.Regexp) (size, bytes int) {
	for _, sub := range re.Sub {
		n, b := measure(sub)
		size, bytes = size+n, bytes+b
	}
	switch re.Op {
	case syntax.OpRepeat:
		times := max(re.Max, re.Min, 1)
		size, bytes = times*size+times-re.Min+1, times*(bytes+48)
	case syntax.OpLiteral:
		size, bytes = len(re.Rune), 48*len(re.Rune)
	case syntax.OpCapture:
		size, bytes = size+2, bytes+96
	case syntax.OpAlternate:
		size, bytes = size+len(re.Sub), bytes+48*len(re.Sub)
	default:
		size, bytes = size+1, bytes+48+4*len(re.Rune)
	}
	return min(size, 1<<30), min(bytes, 1<<40)
}

// matcher is a compiled regular expression with a text that everything it
// matches must contain, which is much cheaper to look for.
type matcher struct {
	*regexp.Regexp
	literal string         // in lower case if fold is set; "" if there is none
	fold    bool           // upper and lower case are the same
	folded  folded         // literal, if fold is set
	source  string         // in the syntax of RE2
	size    int            // instructions, about
	bytes   int            // that it takes, about
	later   *regexp.Regexp // finds the next match; nil until needed
}

// matches reports whether s has a match. It may end the run.
func (m *matcher) matches(x *exec, s string) bool {
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
	if steps := m.size * len(s); steps <= patience {
		found := m.MatchString(s)
		return x.spend(steps) && found
	}
	return m.MatchReader(&watched{Reader: strings.NewReader(s), x: x, steps: m.size}) && x.err == nil
}

// each yields all matches in s, as regexp.FindAllStringSubmatchIndex has them. It may
// end the run.
func (m *matcher) each(x *exec, s string) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		if steps := m.size * len(s) * len(s); steps <= 16*patience {
			for _, match := range m.FindAllStringSubmatchIndex(s, -1) {
				if !yield(match) {
					return
				}
			}
			x.spend(steps)
			return
		}
		// Each search may go to the end of the text, so there are looks at the clock
		// within it; and package regexp has none that begins in the middle of a text.
		// What a match may look at before it is one rune.
		last := -1
		for at := 0; at <= len(s); {
			var match []int
			if at == 0 {
				match = m.FindReaderSubmatchIndex(&watched{Reader: strings.NewReader(s), x: x, steps: m.size})
			} else {
				if m.later == nil {
					m.later = regexp.MustCompile(`\A(?s:.)(?s:.*?)(` + m.source + `)`)
				}
				_, width := utf8.DecodeLastRuneInString(s[:at])
				from := at - width
				match = m.later.FindReaderSubmatchIndex(&watched{Reader: strings.NewReader(s[from:]), x: x, steps: m.size})
				for i, place := range match {
					if place >= 0 {
						match[i] = from + place
					}
				}
				match = match[min(2, len(match)):]
			}
			if x.err != nil || match == nil || len(match) == 0 {
				return
			}
			// An empty match right behind another is none.
			empty := match[1] == at
			if !(empty && match[0] == last) && !yield(match) {
				return
			}
			last = match[1]
			if at = match[1]; empty {
				_, width := utf8.DecodeRuneInString(s[at:])
				at += max(1, width)
			}
		}
	}
}

// watched is a text that ends early if the run must.
type watched struct {
	*strings.Reader
	x     *exec
	steps int // that a rune takes at most
}

func (w *watched) ReadRune() (r rune, size int, err error) {
	if !w.x.spend(w.steps) {
		return 0, 0, io.EOF
	}
	return w.Reader.ReadRune()
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

// Regexp compiles a regular expression of XPath (Functions and Operators, section
// 5.6.1) with the flags s, m, i, x and q, as REGEX reads it. size is about how many
// instructions it came to: a match takes at most that many steps for each byte of the
// text. One that is too large is a *LimitError, found before it is compiled; what RE2
// lacks, back references and subtraction of character classes, is an error too.
func Regexp(pattern, flags string) (re *regexp.Regexp, size int, err error) {
	m, err := compileRegexp(pattern, flags)
	if err != nil {
		return nil, 0, err
	}
	return m.Regexp, m.size, nil
}

func compileRegexp(pattern, flags string) (*matcher, error) {
	if len(pattern) > maxPattern {
		return nil, &LimitError{Limit: "pattern", Bound: maxPattern}
	}
	if len(pattern) > maxFolded && (strings.Contains(flags, "i") || strings.Contains(pattern, "(?")) {
		return nil, &LimitError{Limit: "pattern", Bound: maxFolded}
	}
	source, err := translateRegexp(pattern, flags)
	if err != nil {
		return nil, err
	}
	if strings.Count(source, `\p`)+strings.Count(source, `\P`) > maxClasses {
		return nil, &LimitError{Limit: "pattern", Bound: maxClasses}
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, err
	}
	m := &matcher{source: source}
	if m.size, m.bytes = measure(tree); m.size > maxProgram {
		return nil, &LimitError{Limit: "pattern", Bound: maxProgram}
	}
	if m.Regexp, err = regexp.Compile(source); err != nil {
		return nil, err
	}
	m.literal, m.fold = needed(tree)
	if m.fold && m.literal != "" {
		m.folded = newFolded(m.literal)
	}
	return m, nil
}

// translateRegexp writes a regular expression of XPath (Functions and
// Operators, section 5.6.1) in the syntax of RE2, which runs in linear time. What
// RE2 lacks, back references and subtraction of character classes, is an error.
func translateRegexp(pattern, flags string) (string, error) {
	options, quoted, spaced, dotAll := "", false, false, false
	for _, f := range flags {
		switch f {
		case 's':
			dotAll = true
			options += "s"
		case 'm', 'i':
			options += string(f)
		case 'q':
			quoted = true
		case 'x':
			spaced = true
		default:
			return "", fmt.Errorf("unknown flag %q", f)
		}
	}
	var b strings.Builder
	if options != "" {
		b.WriteString("(?" + options + ")")
	}
	if quoted {
		b.WriteString(regexp.QuoteMeta(pattern))
		return b.String(), nil
	}
	class := false // inside [ ]
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(escapeOf(pattern[i], class))
		case spaced && !class && strings.IndexByte(" \t\r\n", c) >= 0:
		case c == '.' && !class && !dotAll:
			b.WriteString(`[^\n\r]`)
		case c == '[' && class && pattern[i-1] == '-':
			return "", errors.New("subtraction of character classes is not supported")
		case c == '[' && class:
			b.WriteString(`\[`)
		default:
			if c == '[' {
				class = true
			} else if c == ']' {
				class = false
			}
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// The class escapes of XML Schema (part 2, appendix G.4.2.5) that RE2 lacks or
// reads otherwise, as the inside of a class.
const (
	nameStart = `\p{L}_:`
	nameChar  = nameStart + `\p{N}\p{M}.\-·`
)

// escapeOf writes the escape of a letter, inside a class or outside.
func escapeOf(letter byte, class bool) string {
	inside, negated := "", false
	switch letter {
	case 'd':
		inside = `\p{Nd}`
	case 'D':
		inside = `\P{Nd}`
	case 'w':
		inside = `\p{L}\p{M}\p{N}\p{S}`
	case 'W':
		inside = `\p{P}\p{Z}\p{C}`
	case 'i':
		inside = nameStart
	case 'I':
		inside, negated = nameStart, true
	case 'c':
		inside = nameChar
	case 'C':
		inside, negated = nameChar, true
	}
	switch {
	case inside == "" || negated && class: // in a class RE2 refuses \I and \C
		return `\` + string(rune(letter))
	case class:
		return inside
	case negated:
		return "[^" + inside + "]"
	}
	return "[" + inside + "]"
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

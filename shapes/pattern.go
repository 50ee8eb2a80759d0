package shapes

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// maxPattern bounds the length of a regular expression in a shapes graph,
// maxProgram what it compiles to, and maxMatchSteps one match of it, which cannot
// be interrupted: some seconds.
const (
	maxPattern    = 10_000
	maxProgram    = 20_000
	maxMatchSteps = 1 << 24
)

// compilePattern compiles sh:pattern, which means what REGEX means in SPARQL.
// size is the number of instructions it came to.
func compilePattern(pattern rdf.Term, flags string) (re *regexp.Regexp, size int, err error) {
	if pattern.Datatype() != vocab.XSDString {
		return nil, 0, errors.New("it is no xsd:string")
	}
	if len(pattern.Value()) > maxPattern {
		return nil, 0, fmt.Errorf("it is longer than %d bytes", maxPattern)
	}
	translated, err := translatePattern(pattern.Value(), flags)
	if err != nil {
		return nil, 0, err
	}
	if re, err = regexp.Compile(translated); err != nil {
		return nil, 1000, err
	}
	tree, err := syntax.Parse(translated, syntax.Perl)
	if err != nil {
		return nil, 0, err
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, 0, err
	}
	if size = len(program.Inst); size > maxProgram {
		return nil, size, fmt.Errorf("it takes %d steps, more than %d", size, maxProgram)
	}
	return re, size, nil
}

// translatePattern writes a regular expression of XPath (Functions and
// Operators, section 5.6.1) in the syntax of RE2, which runs in linear time. What
// RE2 lacks, back references and subtraction of character classes, is an error.
func translatePattern(pattern, flags string) (string, error) {
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

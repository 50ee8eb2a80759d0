package eval

import (
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// Filters on text look at every title there is. What they do most is compiled
// to functions that look at the text of a term where it lies, and make no terms.

// testFunc computes the effective boolean value of an expression; ok false is an
// error.
type testFunc func(x *exec, row []ID) (b, ok bool)

// condition compiles an expression of which only the effective boolean value is
// asked.
func (c *compiler) condition(e algebra.Expr, sc *visible) testFunc {
	if call, ok := e.(*algebra.Call); ok {
		if f := c.conditionOf(call, sc); f != nil {
			return f
		}
	}
	return c.expr(e, sc).test
}

func (c *compiler) conditionOf(e *algebra.Call, sc *visible) testFunc {
	switch e.Op {
	case "!":
		inner := c.condition(e.Args[0], sc)
		return func(x *exec, row []ID) (b, ok bool) {
			b, ok = inner(x, row)
			return !b, ok
		}
	case "&&", "||":
		// An error counts only if no other operand decides (section 17.2).
		decides := e.Op == "||"
		args := make([]testFunc, len(e.Args))
		for i, a := range e.Args {
			args[i] = c.condition(a, sc)
		}
		return func(x *exec, row []ID) (b, ok bool) {
			good := true
			for _, a := range args {
				b, ok := a(x, row)
				if ok && b == decides {
					return decides, true
				}
				good = good && ok
			}
			return !decides, good
		}
	case "CONTAINS", "STRSTARTS", "STRENDS":
		return c.contains(e, sc)
	case "REGEX":
		return c.regexTest(e, sc)
	}
	return nil
}

// simple returns the text of a constant that is a simple literal.
func simple(e algebra.Expr) (string, bool) {
	t, ok := e.(*algebra.TermExpr)
	if !ok || !t.Term.IsLiteral() || t.Term.Lang() != "" || t.Term.Datatype() != vocab.XSDString {
		return "", false
	}
	return t.Term.Value(), true
}

// contains compiles CONTAINS, STRSTARTS and STRENDS with a constant.
func (c *compiler) contains(e *algebra.Call, sc *visible) testFunc {
	needle, ok := simple(e.Args[1])
	if !ok {
		return nil
	}
	if lower, ok := e.Args[0].(*algebra.Call); ok && lower.Op == "LCASE" && e.Op == "CONTAINS" && needle != "" && plainLower(needle) {
		if text := c.text(lower.Args[0], sc); text != nil {
			f := newFolded(needle)
			return func(x *exec, row []ID) (b, ok bool) {
				s, ok := text(x, row)
				if !ok {
					return false, false
				}
				// Two letters from elsewhere have ASCII ones in lower case.
				return f.in(s) || strings.Contains(s, "\u212a") && strings.Contains(strings.ToLower(s), needle) ||
					strings.Contains(s, "\u0130") && strings.Contains(strings.ToLower(s), needle), true
			}
		}
	}
	text := c.text(e.Args[0], sc)
	if text == nil {
		return nil
	}
	find := strings.Contains
	switch e.Op {
	case "STRSTARTS":
		find = strings.HasPrefix
	case "STRENDS":
		find = strings.HasSuffix
	}
	return func(x *exec, row []ID) (b, ok bool) {
		s, ok := text(x, row)
		return ok && find(s, needle), ok
	}
}

// regexTest compiles REGEX with constants.
func (c *compiler) regexTest(e *algebra.Call, sc *visible) testFunc {
	pattern, ok := simple(e.Args[1])
	if !ok {
		return nil
	}
	flags := ""
	if len(e.Args) == 3 {
		if flags, ok = simple(e.Args[2]); !ok {
			return nil
		}
	}
	text := c.text(e.Args[0], sc)
	if text == nil {
		return nil
	}
	m, ok := c.x.regexp(pattern, flags)
	if !ok {
		return nil
	}
	return func(x *exec, row []ID) (b, ok bool) {
		s, ok := text(x, row)
		if !ok {
			return false, false
		}
		b = m.matches(x, s)
		return b, x.err == nil
	}
}

// textFunc returns the text of a string; ok false if it is none.
type textFunc func(x *exec, row []ID) (s string, ok bool)

// text compiles an expression to its text, nil if it is not one of those that
// are worth it: a variable, and STR, LCASE and UCASE of one.
func (c *compiler) text(e algebra.Expr, sc *visible) textFunc {
	if v, ok := e.(*algebra.VarExpr); ok {
		slot := sc.slot(v.Name)
		if slot < 0 {
			return nil
		}
		return func(x *exec, row []ID) (string, bool) {
			t := x.lastTerm(row[slot])
			return t.Value(), t.IsLiteral() && (t.Lang() != "" || t.Datatype() == vocab.XSDString)
		}
	}
	call, ok := e.(*algebra.Call)
	if !ok {
		return nil
	}
	switch call.Op {
	case "STR":
		v, ok := call.Args[0].(*algebra.VarExpr)
		if !ok || sc.slot(v.Name) < 0 {
			return nil
		}
		slot := sc.slot(v.Name)
		return func(x *exec, row []ID) (string, bool) {
			t := x.lastTerm(row[slot])
			return t.Value(), !t.IsZero() && !t.IsBlank()
		}
	case "LCASE", "UCASE":
		inner := c.text(call.Args[0], sc)
		if inner == nil {
			return nil
		}
		change := strings.ToLower
		if call.Op == "UCASE" {
			change = strings.ToUpper
		}
		return func(x *exec, row []ID) (string, bool) {
			s, ok := inner(x, row)
			return change(s), ok
		}
	}
	return nil
}

// lastTerm is term for an ID that is likely to be the one of last time.
func (x *exec) lastTerm(id ID) rdf.Term {
	if id != x.lastID {
		x.lastID, x.last = id, x.term(id)
	}
	return x.last
}

// plainLower reports whether s is ASCII without capitals.
func plainLower(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// folded is an ASCII text in lower case that is looked for in either case.
type folded struct {
	lower string
	at    int // of the letter that is looked for first, since it is rare
}

// byFrequency are the letters of Dutch, the most frequent first.
const byFrequency = "enatirodslghvkmubpwjzcfxyq"

func newFolded(lower string) folded {
	f := folded{lower: lower}
	rarest := -2
	for i := range len(lower) {
		c := lower[i]
		rank := strings.IndexByte(byFrequency, c)
		if c == ' ' {
			rank = -1
		} else if rank < 0 {
			rank = len(byFrequency) // digits and punctuation are rarer still
		}
		if rank > rarest {
			f.at, rarest = i, rank
		}
	}
	return f
}

// in reports whether s has the text, byte for byte but for the case of ASCII
// letters.
func (f folded) in(s string) bool {
	if len(s) < len(f.lower) {
		return false
	}
	c := f.lower[f.at]
	if f.inAt(s, c) {
		return true
	}
	return 'a' <= c && c <= 'z' && f.inAt(s, c-'a'+'A')
}

// inAt is in where the rare letter is written as c.
func (f folded) inAt(s string, c byte) bool {
	// s[i] can be the rare letter for i from f.at to the last place that leaves
	// room for the rest.
	last := len(s) - (len(f.lower) - f.at)
	for i := f.at; i <= last; i++ {
		n := strings.IndexByte(s[i:last+1], c)
		if n < 0 {
			return false
		}
		i += n
		if f.fits(s[i-f.at:]) {
			return true
		}
	}
	return false
}

func (f folded) fits(s string) bool {
	for j := range len(f.lower) {
		c := s[j]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != f.lower[j] {
			return false
		}
	}
	return true
}

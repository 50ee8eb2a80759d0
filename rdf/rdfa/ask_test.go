package rdfa_test

import (
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// An ASK query as the RDFa test suite writes them: triple patterns with the
// abbreviations of Turtle, OPTIONAL, and FILTER with isBlank, bound, lang, !,
// && and ||. Variables and blank nodes are blank terms here.

type askGroup struct {
	patterns  []rdf.Quad
	optionals []*askGroup
	filters   []askFilter
}

type askFilter func(binding map[rdf.Term]rdf.Term) bool

type askParser struct {
	s        string
	base     string
	prefixes map[string]string
	fresh    int
}

// ask evaluates the query on the graph.
func ask(query string, g *rdf.Graph) (answer bool, err error) {
	p := &askParser{s: query, prefixes: map[string]string{}}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read query: %v", r)
		}
	}()
	group := p.query()
	return group.holds(g), nil
}

func (g *askGroup) holds(graph *rdf.Graph) bool {
	found := false
	g.solve(graph, g.patterns, map[rdf.Term]rdf.Term{}, func(b map[rdf.Term]rdf.Term) bool {
		solutions := []map[rdf.Term]rdf.Term{b}
		for _, o := range g.optionals {
			var next []map[rdf.Term]rdf.Term
			for _, s := range solutions {
				matched := false
				o.solve(graph, o.patterns, s, func(b map[rdf.Term]rdf.Term) bool {
					for _, f := range o.filters {
						if !f(b) {
							return true
						}
					}
					copied := map[rdf.Term]rdf.Term{}
					for k, v := range b {
						copied[k] = v
					}
					matched = true
					next = append(next, copied)
					return true
				})
				if !matched {
					next = append(next, s)
				}
			}
			solutions = next
		}
		for _, s := range solutions {
			ok := true
			for _, f := range g.filters {
				ok = ok && f(s)
			}
			if ok {
				found = true
				return false
			}
		}
		return true
	})
	return found
}

// solve calls yield with every binding that fits the patterns, until it
// returns false.
func (g *askGroup) solve(graph *rdf.Graph, patterns []rdf.Quad, b map[rdf.Term]rdf.Term, yield func(map[rdf.Term]rdf.Term) bool) bool {
	if len(patterns) == 0 {
		return yield(b)
	}
	// The pattern with the most known terms goes first.
	best, score := 0, -1
	for i, q := range patterns {
		n := 0
		for _, t := range []rdf.Term{q.Subject, q.Predicate, q.Object} {
			if !t.IsBlank() || !b[t].IsZero() {
				n++
			}
		}
		if n > score {
			best, score = i, n
		}
	}
	q := patterns[best]
	rest := append(append([]rdf.Quad{}, patterns[:best]...), patterns[best+1:]...)
	known := func(t rdf.Term) rdf.Term {
		if t.IsBlank() {
			return b[t]
		}
		return t
	}
	for m := range graph.Match(known(q.Subject), known(q.Predicate), known(q.Object)) {
		var bound []rdf.Term
		ok := true
		for _, pair := range [][2]rdf.Term{{q.Subject, m.Subject}, {q.Predicate, m.Predicate}, {q.Object, m.Object}} {
			if !pair[0].IsBlank() {
				continue
			}
			if old := b[pair[0]]; old.IsZero() {
				b[pair[0]] = pair[1]
				bound = append(bound, pair[0])
			} else if old != pair[1] {
				ok = false
			}
		}
		more := true
		if ok {
			more = g.solve(graph, rest, b, yield)
		}
		for _, t := range bound {
			delete(b, t)
		}
		if !more {
			return false
		}
	}
	return true
}

func (p *askParser) query() *askGroup {
	for {
		switch word := strings.ToUpper(p.word()); word {
		case "PREFIX":
			p.space()
			name, rest, _ := strings.Cut(p.s, ":")
			p.s = rest
			p.prefixes[strings.TrimSpace(name)] = p.iriRef()
		case "BASE":
			p.base = p.iriRef()
		case "ASK", "WHERE":
		case "":
			return p.group()
		default:
			panic("unexpected " + word)
		}
	}
}

func (p *askParser) space() {
	for {
		p.s = strings.TrimLeft(p.s, " \t\r\n")
		if !strings.HasPrefix(p.s, "#") {
			return
		}
		_, p.s, _ = strings.Cut(p.s, "\n")
	}
}

func (p *askParser) peek(mark string) bool {
	p.space()
	return strings.HasPrefix(p.s, mark)
}

func (p *askParser) take(mark string) bool {
	if p.peek(mark) {
		p.s = p.s[len(mark):]
		return true
	}
	return false
}

func (p *askParser) expect(mark string) {
	if !p.take(mark) {
		panic(fmt.Sprintf("want %q at %.40q", mark, p.s))
	}
}

// word reads letters; it leaves prefixed names alone.
func (p *askParser) word() string {
	p.space()
	n := 0
	for n < len(p.s) && ('a' <= p.s[n]|0x20 && p.s[n]|0x20 <= 'z') {
		n++
	}
	if n < len(p.s) && strings.IndexByte(":-_0123456789", p.s[n]) >= 0 {
		return ""
	}
	w := p.s[:n]
	p.s = p.s[n:]
	return w
}

func (p *askParser) iriRef() string {
	p.expect("<")
	iri, rest, ok := strings.Cut(p.s, ">")
	if !ok {
		panic("open IRI")
	}
	p.s = rest
	return rdf.ResolveIRI(p.base, iri)
}

func (p *askParser) group() *askGroup {
	g := &askGroup{}
	p.expect("{")
	for !p.take("}") {
		switch {
		case p.take("."):
		case p.peek("OPTIONAL"):
			p.word()
			g.optionals = append(g.optionals, p.group())
		case p.peek("FILTER"):
			p.word()
			g.filters = append(g.filters, p.unary())
		default:
			p.triples(g)
		}
	}
	return g
}

func (p *askParser) triples(g *askGroup) {
	nested := p.peek("[") || p.peek("(")
	s := p.node(g)
	if nested && (p.peek(".") || p.peek("}") || p.peek("[")) {
		return
	}
	p.predicates(g, s)
}

func (p *askParser) predicates(g *askGroup, s rdf.Term) {
	for {
		verb := p.node(g)
		for {
			g.patterns = append(g.patterns, rdf.Quad{Subject: s, Predicate: verb, Object: p.node(g)})
			if !p.take(",") {
				break
			}
		}
		if !p.take(";") {
			return
		}
		for p.take(";") {
		}
		if p.peek(".") || p.peek("]") || p.peek("}") {
			return
		}
	}
}

func (p *askParser) blank() rdf.Term {
	p.fresh++
	return rdf.Blank(fmt.Sprintf("[%d", p.fresh))
}

const rdfNS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

func (p *askParser) node(g *askGroup) rdf.Term {
	p.space()
	switch {
	case p.peek("<"):
		return rdf.IRI(p.iriRef())
	case p.take("?"), p.take("$"):
		return rdf.Blank("?" + p.name())
	case p.take("_:"):
		return rdf.Blank("_" + p.name())
	case p.take("["):
		b := p.blank()
		if !p.take("]") {
			p.predicates(g, b)
			p.expect("]")
		}
		return b
	case p.take("("):
		var items []rdf.Term
		for !p.take(")") {
			items = append(items, p.node(g))
		}
		head := rdf.IRI(rdfNS + "nil")
		for i := len(items) - 1; i >= 0; i-- {
			cell := p.blank()
			g.patterns = append(g.patterns,
				rdf.Quad{Subject: cell, Predicate: rdf.IRI(rdfNS + "first"), Object: items[i]},
				rdf.Quad{Subject: cell, Predicate: rdf.IRI(rdfNS + "rest"), Object: head})
			head = cell
		}
		return head
	case p.peek(`"`), p.peek(`'`):
		return p.literal()
	}
	if p.word() == "a" {
		return rdf.IRI(rdfNS + "type")
	}
	prefix, rest, ok := strings.Cut(p.s, ":")
	namespace, declared := p.prefixes[prefix]
	if !ok || !declared {
		panic(fmt.Sprintf("no term at %.40q", p.s))
	}
	p.s = rest
	return rdf.IRI(namespace + p.name())
}

func (p *askParser) name() string {
	n := 0
	for n < len(p.s) && strings.IndexByte(" \t\r\n;,.()[]{}?<>\"&|!=", p.s[n]) < 0 {
		n++
	}
	name := p.s[:n]
	p.s = p.s[n:]
	return name
}

func (p *askParser) literal() rdf.Term {
	quote := p.s[:1]
	if strings.HasPrefix(p.s, `"""`) {
		quote = `"""`
	}
	p.s = p.s[len(quote):]
	var b strings.Builder
	for !strings.HasPrefix(p.s, quote) {
		if p.s[0] == '\\' {
			switch p.s[1] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			default:
				b.WriteByte(p.s[1])
			}
			p.s = p.s[2:]
			continue
		}
		b.WriteByte(p.s[0])
		p.s = p.s[1:]
	}
	p.s = p.s[len(quote):]
	switch {
	case strings.HasPrefix(p.s, "^^"):
		p.s = p.s[2:]
		return rdf.Literal(b.String(), p.node(nil).Value())
	case strings.HasPrefix(p.s, "@"):
		p.s = p.s[1:]
		return rdf.LangLiteral(b.String(), p.name())
	}
	return rdf.String(b.String())
}

func (p *askParser) unary() askFilter {
	switch {
	case p.take("!"):
		f := p.unary()
		return func(b map[rdf.Term]rdf.Term) bool { return !f(b) }
	case p.take("("):
		f := p.or()
		p.expect(")")
		return f
	}
	name := strings.ToLower(p.word())
	p.expect("(")
	v := p.node(nil)
	p.expect(")")
	switch name {
	case "isblank":
		return func(b map[rdf.Term]rdf.Term) bool { return b[v].IsBlank() }
	case "bound":
		return func(b map[rdf.Term]rdf.Term) bool { return !b[v].IsZero() }
	case "lang":
		p.expect("=")
		p.space()
		want := p.literal().Value()
		return func(b map[rdf.Term]rdf.Term) bool { return b[v].IsLiteral() && strings.EqualFold(b[v].Lang(), want) }
	}
	panic("unknown function " + name)
}

func (p *askParser) or() askFilter {
	f := p.and()
	for p.take("||") {
		l, r := f, p.and()
		f = func(b map[rdf.Term]rdf.Term) bool { return l(b) || r(b) }
	}
	return f
}

func (p *askParser) and() askFilter {
	f := p.unary()
	for p.take("&&") {
		l, r := f, p.unary()
		f = func(b map[rdf.Term]rdf.Term) bool { return l(b) && r(b) }
	}
	return f
}

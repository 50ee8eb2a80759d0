package parser

import (
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// join is Join, simplified where one side is Z (section 18.2.2.8).
func join(a, b algebra.Pattern) algebra.Pattern {
	switch {
	case algebra.IsUnit(a):
		return b
	case algebra.IsUnit(b):
		return a
	}
	return &algebra.Join{Left: a, Right: b}
}

// block is a run of triple patterns and path patterns.
type block struct {
	parts []algebra.Pattern // *BGP and *PathPattern
}

func (p *parser) triple(b *block, t algebra.Triple) {
	if !p.template {
		p.step()
	}
	if n := len(b.parts); n > 0 {
		if bgp, ok := b.parts[n-1].(*algebra.BGP); ok {
			bgp.Triples = append(bgp.Triples, t)
			return
		}
	}
	b.parts = append(b.parts, &algebra.BGP{Triples: []algebra.Triple{t}})
}

// pattern returns the join of the parts.
func (b *block) pattern() algebra.Pattern {
	var p algebra.Pattern = &algebra.BGP{}
	for _, part := range b.parts {
		p = join(p, part)
	}
	return p
}

// newBlock begins another basic graph pattern, as far as blank node labels are
// concerned.
func (p *parser) newBlock() {
	p.blocks++
	p.block = p.blocks
}

// groupGraphPattern reads rule 53 and translates it (section 18.2.2.6).
func (p *parser) groupGraphPattern() algebra.Pattern {
	pattern, filters := p.group()
	return withFilters(pattern, filters)
}

func withFilters(pattern algebra.Pattern, filters []algebra.Expr) algebra.Pattern {
	if len(filters) == 0 {
		return pattern
	}
	return &algebra.Filter{Condition: and(filters), Input: pattern}
}

func and(list []algebra.Expr) algebra.Expr {
	if len(list) == 1 {
		return list[0]
	}
	return &algebra.Call{Op: "&&", Args: list}
}

// group reads a group and returns its filters apart, as OPTIONAL needs them.
func (p *parser) group() (algebra.Pattern, []algebra.Expr) {
	p.enter()
	defer p.leave()
	p.expect("{", "to begin a group")
	wasAggregates, wasTemplate := p.aggregates, p.template
	p.aggregates, p.template = nil, false
	defer func() { p.aggregates, p.template = wasAggregates, wasTemplate }()
	p.newBlock()
	if p.isWord("SELECT") {
		sub := p.subSelect()
		p.expect("}", "after the subquery")
		p.newBlock()
		return sub, nil
	}
	var g algebra.Pattern = &algebra.BGP{}
	var filters []algebra.Expr
	var open block
	flush := func() {
		if len(open.parts) > 0 {
			p.step()
			g = join(g, open.pattern())
			open = block{}
		}
	}
	// other ends the basic graph pattern that is open.
	other := func() {
		flush()
		p.step()
		p.newBlock()
	}
	for !p.is("}") {
		start := p.tok.start
		if p.acceptWord("FILTER") {
			block := p.block // a filter does not end the basic graph pattern
			filters = append(filters, p.constraint("FILTER"))
			p.block = block
			p.accept(".")
			continue
		}
		if p.startsTriples() {
			p.triplesSameSubject(&open, true)
			if !p.accept(".") && p.startsTriples() {
				p.unexpected(". or } after the triples")
			}
			continue
		}
		switch {
		case p.acceptWord("OPTIONAL"):
			other()
			right, conditions := p.group()
			lj := &algebra.LeftJoin{Left: g, Right: right}
			if len(conditions) > 0 {
				lj.Condition = and(conditions)
			}
			g = lj
		case p.acceptWord("MINUS"):
			other()
			g = &algebra.Minus{Left: g, Right: p.groupGraphPattern()}
		case p.acceptWord("GRAPH"):
			other()
			name := p.varOrIRI("a variable or an IRI after GRAPH")
			g = join(g, &algebra.Graph{Name: name, Input: p.groupGraphPattern()})
		case p.acceptWord("SERVICE"):
			other()
			g = join(g, p.service())
		case p.acceptWord("BIND"):
			other()
			p.expect("(", "after BIND")
			e := p.expression()
			p.expectWord("AS")
			if p.tok.kind != variable {
				p.unexpected("a variable after AS")
			}
			name := p.advance().text
			p.expect(")", "after the variable of BIND")
			if slices.Contains(algebra.InScope(g), name) {
				p.fail(start, p.prevEnd, "?%s is used in the group already; BIND needs a new variable", name)
			}
			g = &algebra.Extend{Input: g, Var: name, Expr: e}
		case p.acceptWord("VALUES"):
			other()
			g = join(g, p.dataBlock())
		case p.is("{"):
			other()
			u := p.groupGraphPattern()
			for p.acceptWord("UNION") {
				p.step()
				u = &algebra.Union{Left: u, Right: p.groupGraphPattern()}
			}
			g = join(g, u)
		default:
			p.unexpected("a triple pattern, a keyword such as OPTIONAL or FILTER, or } to end the group")
		}
		p.newBlock()
		p.accept(".")
	}
	flush()
	p.advance()
	p.newBlock()
	return g, filters
}

func (p *parser) service() algebra.Pattern {
	s := &algebra.Service{Silent: p.acceptWord("SILENT")}
	s.Endpoint = p.varOrIRI("a variable or an IRI after SERVICE")
	start := p.tok.start
	s.Input = p.groupGraphPattern()
	var b strings.Builder
	if p.base != "" {
		b.WriteString("BASE <" + p.base + ">\n")
	}
	names := make([]string, 0, len(p.prefixes))
	for name := range p.prefixes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString("PREFIX " + name + ": " + rdf.IRI(p.prefixes[name]).String() + "\n")
	}
	b.WriteString("SELECT * WHERE " + p.text[start:p.prevEnd])
	s.Query = b.String()
	return s
}

func (p *parser) varOrIRI(what string) algebra.Node {
	if p.tok.kind == variable {
		return algebra.Variable(p.advance().text)
	}
	return algebra.Constant(p.iri(what))
}

// startsTriples reports whether the current token can begin a subject.
func (p *parser) startsTriples() bool {
	switch p.tok.kind {
	case variable, iriRef, prefixed, blankLabel, integer, decimal, double, quoted:
		return true
	case punctuation:
		return p.tok.text == "(" || p.tok.text == "["
	case word:
		return p.isLiteral()
	}
	return false
}

// triplesSameSubject reads rule 75, or with paths rule 81.
func (p *parser) triplesSameSubject(b *block, paths bool) {
	p.enter()
	defer p.leave()
	collection := p.is("(") || p.is("[")
	var subject algebra.Node
	if collection {
		var alone bool
		subject, alone = p.triplesNode(b, paths)
		if !alone && !p.startsVerb(paths) {
			return
		}
	} else {
		subject = p.graphTerm("a subject")
	}
	p.propertyList(b, subject, paths)
}

// startsVerb reports whether the current token can begin a predicate or path.
func (p *parser) startsVerb(paths bool) bool {
	switch p.tok.kind {
	case variable, iriRef, prefixed:
		return true
	case word:
		return p.tok.text == "a"
	case punctuation:
		return paths && (p.tok.text == "^" || p.tok.text == "!" || p.tok.text == "(")
	}
	return false
}

// propertyList reads a PropertyListNotEmpty of a subject.
func (p *parser) propertyList(b *block, subject algebra.Node, paths bool) {
	if !p.startsVerb(paths) {
		p.unexpected("a predicate")
	}
	for {
		var predicate algebra.Node
		var path algebra.Path
		switch {
		case p.tok.kind == variable:
			predicate = algebra.Variable(p.advance().text)
		case paths:
			path = p.path()
		case p.tok.kind == word:
			p.advance()
			predicate = algebra.Constant(rdf.IRI(rdfType))
		default:
			predicate = algebra.Constant(p.iri("a predicate"))
		}
		for {
			object := p.graphNode(b, paths)
			if path != nil {
				p.addPath(b, subject, path, object)
			} else {
				p.triple(b, algebra.Triple{Subject: subject, Predicate: predicate, Object: object})
			}
			if !p.accept(",") {
				break
			}
		}
		if !p.accept(";") {
			return
		}
		for p.accept(";") {
		}
		if !p.startsVerb(paths) {
			return
		}
	}
}

// addPath is section 18.2.2.4.
func (p *parser) addPath(b *block, subject algebra.Node, path algebra.Path, object algebra.Node) {
	switch path := path.(type) {
	case *algebra.Link:
		p.triple(b, algebra.Triple{Subject: subject, Predicate: algebra.Constant(path.IRI), Object: object})
	case *algebra.Inverse:
		p.addPath(b, object, path.Path, subject)
	case *algebra.Sequence:
		middle := algebra.Variable(p.freshVar("path"))
		p.addPath(b, subject, path.Left, middle)
		p.addPath(b, middle, path.Right, object)
	default:
		p.step()
		b.parts = append(b.parts, &algebra.PathPattern{Subject: subject, Path: path, Object: object})
	}
}

const (
	rdfNS    = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	rdfType  = rdfNS + "type"
	rdfFirst = rdfNS + "first"
	rdfRest  = rdfNS + "rest"
	rdfNil   = rdfNS + "nil"
)

// graphNode reads an object: a term, a variable, a collection or a blank node
// with properties.
func (p *parser) graphNode(b *block, paths bool) algebra.Node {
	if p.is("(") || p.is("[") {
		p.enter()
		defer p.leave()
		n, _ := p.triplesNode(b, paths)
		return n
	}
	return p.graphTerm("an object")
}

// triplesNode reads a collection or a blank node with properties. alone tells
// that it was () or [], which say nothing by themselves.
func (p *parser) triplesNode(b *block, paths bool) (node algebra.Node, alone bool) {
	if p.accept("[") {
		node = p.blank("")
		if p.accept("]") {
			return node, true
		}
		p.propertyList(b, node, paths)
		p.expect("]", "after the properties of the blank node")
		return node, false
	}
	p.expect("(", "")
	null := algebra.Constant(rdf.IRI(rdfNil))
	if p.accept(")") {
		return null, true
	}
	node = p.blank("")
	for current := node; ; {
		item := p.graphNode(b, paths)
		p.triple(b, algebra.Triple{Subject: current, Predicate: algebra.Constant(rdf.IRI(rdfFirst)), Object: item})
		rest := null
		if !p.is(")") {
			rest = p.blank("")
		}
		p.triple(b, algebra.Triple{Subject: current, Predicate: algebra.Constant(rdf.IRI(rdfRest)), Object: rest})
		if p.accept(")") {
			return node, false
		}
		current = rest
	}
}

// blank returns the node of a blank node; without a label, of a new one.
func (p *parser) blank(label string) algebra.Node {
	if p.noBlanks != "" {
		p.fail(p.tok.start, p.tok.end, "%s can not have blank nodes", p.noBlanks)
	}
	if label == "" {
		return algebra.Variable(p.freshVar("anon"))
	}
	return algebra.Variable("_:" + label)
}

// graphTerm reads rule 106: a variable or a term.
func (p *parser) graphTerm(what string) algebra.Node {
	switch {
	case p.tok.kind == variable:
		return algebra.Variable(p.advance().text)
	case p.isIRI():
		return algebra.Constant(p.iri(what))
	case p.isLiteral():
		return algebra.Constant(p.literal())
	case p.tok.kind == blankLabel:
		t := p.tok
		if used, ok := p.labels[t.text]; ok && used != p.block && !p.template {
			p.fail(t.start, t.end, "the blank node _:%s is used in another part of the pattern; a label belongs to one basic graph pattern", t.text)
		}
		if p.data {
			if op, ok := p.operations[t.text]; ok && op != p.current {
				p.fail(t.start, t.end, "the blank node _:%s is used in another INSERT DATA; a label belongs to one operation", t.text)
			}
			p.operations[t.text] = p.current
		}
		if !p.template {
			p.labels[t.text] = p.block
		}
		n := p.blank(t.text)
		p.advance()
		return n
	}
	p.unexpected("%s", what)
	return algebra.Node{}
}

// path reads rule 88.
func (p *parser) path() algebra.Path {
	p.enter()
	defer p.leave()
	left := p.pathSequence()
	for p.accept("|") {
		p.step()
		left = &algebra.Alternative{Left: left, Right: p.pathSequence()}
	}
	return left
}

func (p *parser) pathSequence() algebra.Path {
	left := p.pathEltOrInverse()
	for p.accept("/") {
		p.step()
		left = &algebra.Sequence{Left: left, Right: p.pathEltOrInverse()}
	}
	return left
}

func (p *parser) pathEltOrInverse() algebra.Path {
	if p.accept("^") {
		return &algebra.Inverse{Path: p.pathElt()}
	}
	return p.pathElt()
}

func (p *parser) pathElt() algebra.Path {
	primary := p.pathPrimary()
	switch {
	case p.accept("*"):
		return &algebra.ZeroOrMore{Path: primary}
	case p.accept("+"):
		return &algebra.OneOrMore{Path: primary}
	case p.accept("?"):
		return &algebra.ZeroOrOne{Path: primary}
	}
	return primary
}

func (p *parser) pathPrimary() algebra.Path {
	switch {
	case p.accept("("):
		path := p.path()
		p.expect(")", "after the path")
		return path
	case p.accept("!"):
		n := &algebra.Negated{}
		if p.accept("(") {
			if p.accept(")") {
				n.HasForward = true
				return n
			}
			p.pathOneInSet(n)
			for p.accept("|") {
				p.pathOneInSet(n)
			}
			p.expect(")", "after the predicates of !( )")
			return n
		}
		p.pathOneInSet(n)
		return n
	}
	return &algebra.Link{IRI: p.predicate()}
}

// pathOneInSet reads rule 96.
func (p *parser) pathOneInSet(n *algebra.Negated) {
	if p.accept("^") {
		n.Inverse, n.HasInverse = append(n.Inverse, p.predicate()), true
	} else {
		n.Forward, n.HasForward = append(n.Forward, p.predicate()), true
	}
}

// predicate reads an iri or "a".
func (p *parser) predicate() rdf.Term {
	if p.tok.kind == word && p.tok.text == "a" {
		p.advance()
		return rdf.IRI(rdfType)
	}
	return p.iri("a predicate")
}

package shapes

import (
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// maxPathDepth bounds how deep property paths may nest, maxPathSize of how many
// parts they may be, and maxList how long an RDF list in a shapes graph may be.
const (
	maxPathDepth = 100
	maxPathSize  = 1000
	maxList      = 100_000
)

type pathOp uint8

const (
	predicatePath pathOp = iota
	inversePath
	sequencePath
	alternativePath
	zeroOrMorePath
	oneOrMorePath
	zeroOrOnePath
)

// Path is a property path (SHACL, section 2.3.1). It is immutable.
type Path struct {
	op        pathOp
	predicate rdf.Term
	constant  constant // of predicate
	parts     []*Path
}

// Predicate returns the predicate of a path that is a single predicate, and
// the zero Term for every other path.
func (p *Path) Predicate() rdf.Term {
	if p == nil || p.op != predicatePath {
		return rdf.Term{}
	}
	return p.predicate
}

// String returns the path in the syntax of SPARQL 1.1, section 9.1, with full
// IRIs; a single predicate is written without angle brackets. A nil path gives
// "".
func (p *Path) String() string {
	switch {
	case p == nil:
		return ""
	case p.op == predicatePath:
		return p.predicate.Value()
	}
	return p.sparql()
}

func (p *Path) sparql() string {
	group := func(part *Path) string {
		if part.op == sequencePath || part.op == alternativePath {
			return "(" + part.sparql() + ")"
		}
		return part.sparql()
	}
	join := func(separator string) string {
		texts := make([]string, len(p.parts))
		for i, part := range p.parts {
			texts[i] = group(part)
		}
		return strings.Join(texts, separator)
	}
	switch p.op {
	case inversePath:
		return "^" + group(p.parts[0])
	case sequencePath:
		return join("/")
	case alternativePath:
		return join("|")
	case zeroOrMorePath:
		return group(p.parts[0]) + "*"
	case oneOrMorePath:
		return group(p.parts[0]) + "+"
	case zeroOrOnePath:
		return group(p.parts[0]) + "?"
	}
	return p.predicate.String()
}

// values appends the value nodes of focus: the distinct nodes that the path
// leads to, in the order in which they are met.
func (p *Path) values(w *worker, ids []rdf.ID, focus rdf.ID) []rdf.ID {
	ids = p.append(w, ids, focus, false)
	if p.op == predicatePath || p.op == inversePath && p.parts[0].op == predicatePath {
		return ids
	}
	return distinct(ids)
}

// append appends the nodes that the path leads to from a node, perhaps some
// more than once; backwards goes from its end to its beginning.
func (p *Path) append(w *worker, ids []rdf.ID, from rdf.ID, backwards bool) []rdf.ID {
	if w.err != nil {
		return ids
	}
	before := len(ids)
	switch p.op {
	case predicatePath:
		if backwards {
			ids = w.data.AppendSubjects(ids, w.constants[p.constant], from)
		} else {
			ids = w.data.AppendObjects(ids, from, w.constants[p.constant])
		}
	case inversePath:
		return p.parts[0].append(w, ids, from, !backwards)
	case alternativePath:
		for _, part := range p.parts {
			ids = part.append(w, ids, from, backwards)
		}
	case sequencePath:
		frontier := []rdf.ID{from}
		for i := range p.parts {
			part := p.parts[i]
			if backwards {
				part = p.parts[len(p.parts)-1-i]
			}
			var next []rdf.ID
			for _, node := range frontier {
				next = part.append(w, next, node, backwards)
			}
			frontier = distinct(next)
		}
		ids = append(ids, frontier...)
	case zeroOrOnePath:
		ids = p.parts[0].append(w, append(ids, from), from, backwards)
	default: // zeroOrMorePath, oneOrMorePath
		var reached []rdf.ID
		seen := map[rdf.ID]struct{}{}
		add := func(nodes ...rdf.ID) {
			for _, node := range nodes {
				if _, ok := seen[node]; !ok {
					seen[node] = struct{}{}
					reached = append(reached, node)
				}
			}
		}
		var step []rdf.ID
		if p.op == zeroOrMorePath {
			add(from)
		} else {
			add(p.parts[0].append(w, nil, from, backwards)...)
		}
		for i := 0; i < len(reached) && w.err == nil; i++ {
			step = p.parts[0].append(w, step[:0], reached[i], backwards)
			add(step...)
		}
		ids = append(ids, reached...)
	}
	w.spend(1 + len(ids) - before)
	return ids
}

// ordered is a set of terms that remembers the order of arrival.
type ordered struct {
	list []rdf.Term
	seen map[rdf.Term]struct{}
}

func (o *ordered) add(t rdf.Term) {
	if o.seen == nil {
		o.seen = map[rdf.Term]struct{}{}
	}
	if _, ok := o.seen[t]; !ok {
		o.seen[t] = struct{}{}
		o.list = append(o.list, t)
	}
}

// pathForm ties a form of path to the predicate that tells it.
type pathForm struct {
	predicate rdf.Term
	op        pathOp
}

// The blank node forms of section 2.3.1.
var pathForms = [...]pathForm{
	{rdfFirst, sequencePath},
	{rdf.IRI(vocab.SH + "alternativePath"), alternativePath},
	{rdf.IRI(vocab.SH + "inversePath"), inversePath},
	{rdf.IRI(vocab.SH + "zeroOrMorePath"), zeroOrMorePath},
	{rdf.IRI(vocab.SH + "oneOrMorePath"), oneOrMorePath},
	{rdf.IRI(vocab.SH + "zeroOrOnePath"), zeroOrOnePath},
}

// readPath reads the property path at a node of a shapes graph. size counts its
// parts: a path that shares parts, or contains itself, grows beyond all bounds
// when it is written out.
func (c *compiler) readPath(node rdf.Term, depth int, size *int) (*Path, error) {
	if depth > maxPathDepth {
		return nil, fmt.Errorf("the path nests deeper than %d, or contains itself", maxPathDepth)
	}
	if *size++; *size > maxPathSize {
		return nil, fmt.Errorf("the path has more than %d parts", maxPathSize)
	}
	if node.IsIRI() && node.Value() != vocab.RDFNil {
		return &Path{op: predicatePath, predicate: node, constant: c.constant(node)}, nil
	}
	if !node.IsBlank() {
		return nil, fmt.Errorf("%s is not a path", node)
	}
	// Exactly one form (SHACL, section 2.3.1); of several the suite wants the list.
	var found pathForm
	forms := 0
	for _, form := range pathForms {
		if value := c.g.Object(node, form.predicate); !value.IsZero() {
			if forms++; forms == 1 {
				found = form
			}
		}
	}
	if forms > 1 {
		c.find(rdf.Warning, RuleIllFormed, c.pathOf, shPath.Value(), node,
			"het pad is van meer dan één soort; "+short(found.predicate)+" telt", "the path is of more than one kind; "+short(found.predicate)+" counts")
	}
	switch {
	case forms == 0:
		return nil, fmt.Errorf("%s is not a path", node)
	case found.op == sequencePath:
		return c.readPathList(node, sequencePath, depth, size)
	}
	var values []rdf.Term
	for value := range c.g.Objects(node, found.predicate) {
		values = append(values, value)
	}
	if len(values) > 1 {
		return nil, fmt.Errorf("%s has more than one %s", node, short(found.predicate))
	}
	if found.op == alternativePath {
		return c.readPathList(values[0], alternativePath, depth, size)
	}
	part, err := c.readPath(values[0], depth+1, size)
	if err != nil {
		return nil, err
	}
	return &Path{op: found.op, parts: []*Path{part}}, nil
}

func (c *compiler) readPathList(node rdf.Term, op pathOp, depth int, size *int) (*Path, error) {
	members, err := c.readList(node)
	if err != nil {
		return nil, err
	}
	if len(members) < 2 {
		return nil, fmt.Errorf("a list of paths has at least two members, not %d", len(members))
	}
	p := &Path{op: op}
	for _, m := range members {
		part, err := c.readPath(m, depth+1, size)
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, part)
	}
	return p, nil
}

// readList reads a SHACL list (SHACL, section 1.3): a well-formed RDF list
// without a cycle.
func (c *compiler) readList(head rdf.Term) ([]rdf.Term, error) {
	first, rest, end := c.g.ID(rdfFirst), c.g.ID(rdfRest), c.g.ID(rdf.IRI(vocab.RDFNil))
	node := c.g.ID(head)
	if node == 0 {
		return nil, fmt.Errorf("%s is not a well-formed list", head)
	}
	var members []rdf.Term
	var found [4]rdf.ID
	mark, next := node, 1 // a node passed, moved up after 1, 2, 4, ... steps
	for node != end {
		firsts := c.g.AppendObjects(found[:0], node, first)
		if len(firsts) != 1 {
			return nil, fmt.Errorf("%s is not a well-formed list", c.g.Term(node))
		}
		members = append(members, c.g.Term(firsts[0]))
		rests := c.g.AppendObjects(found[:0], node, rest)
		if len(rests) != 1 {
			return nil, fmt.Errorf("%s is not a well-formed list", c.g.Term(node))
		}
		node = rests[0]
		switch {
		case node == mark:
			return nil, fmt.Errorf("the list comes back to %s", c.g.Term(node))
		case len(members) > maxList:
			return nil, fmt.Errorf("the list has more than %d members", maxList)
		case !c.spend(4):
			return nil, ErrTooLarge
		case len(members) == next:
			mark, next = node, 2*next
		}
	}
	return members, nil
}

// algebra returns the path as one of SPARQL.
func (p *Path) algebra() algebra.Path {
	chain := func(join func(left, right algebra.Path) algebra.Path) algebra.Path {
		path := p.parts[0].algebra()
		for _, part := range p.parts[1:] {
			path = join(path, part.algebra())
		}
		return path
	}
	switch p.op {
	case inversePath:
		return &algebra.Inverse{Path: p.parts[0].algebra()}
	case sequencePath:
		return chain(func(l, r algebra.Path) algebra.Path { return &algebra.Sequence{Left: l, Right: r} })
	case alternativePath:
		return chain(func(l, r algebra.Path) algebra.Path { return &algebra.Alternative{Left: l, Right: r} })
	case zeroOrMorePath:
		return &algebra.ZeroOrMore{Path: p.parts[0].algebra()}
	case oneOrMorePath:
		return &algebra.OneOrMore{Path: p.parts[0].algebra()}
	case zeroOrOnePath:
		return &algebra.ZeroOrOne{Path: p.parts[0].algebra()}
	}
	return &algebra.Link{IRI: p.predicate}
}

// appendPath adds the triples that describe the path to a report and returns
// the node that stands for it (the inverse of readPath).
func (b *reportBuilder) appendPath(p *Path) rdf.Term {
	if p.op == predicatePath {
		return p.predicate
	}
	list := func() rdf.Term {
		head := rdf.IRI(vocab.RDFNil)
		for i := len(p.parts) - 1; i >= 0; i-- {
			cell := b.blank()
			b.add(cell, rdfFirst, b.appendPath(p.parts[i]))
			b.add(cell, rdfRest, head)
			head = cell
		}
		return head
	}
	if p.op == sequencePath {
		return list()
	}
	node := b.blank()
	for _, form := range pathForms {
		switch {
		case form.op != p.op:
		case p.op == alternativePath:
			b.add(node, form.predicate, list())
		default:
			b.add(node, form.predicate, b.appendPath(p.parts[0]))
		}
	}
	return node
}

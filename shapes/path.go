package shapes

import (
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// maxPathDepth bounds how deep property paths may nest, and maxList how long
// an RDF list in a shapes graph may be, so that a shapes graph from a stranger
// costs no more than its size.
const (
	maxPathDepth = 100
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

// values returns the value nodes of focus: the distinct nodes that the path
// leads to, in the order in which they are met.
func (p *Path) values(g *rdf.Graph, focus rdf.Term) []rdf.Term {
	var found ordered
	p.walk(g, focus, false, func(t rdf.Term) { found.add(t) })
	return found.list
}

// walk calls visit for every node that the path leads to from a node, perhaps
// more than once for the same node; backwards walks it from its end.
func (p *Path) walk(g *rdf.Graph, from rdf.Term, backwards bool, visit func(rdf.Term)) {
	switch p.op {
	case predicatePath:
		if backwards {
			for s := range g.Subjects(p.predicate, from) {
				visit(s)
			}
			return
		}
		for o := range g.Objects(from, p.predicate) {
			visit(o)
		}
	case inversePath:
		p.parts[0].walk(g, from, !backwards, visit)
	case alternativePath:
		for _, part := range p.parts {
			part.walk(g, from, backwards, visit)
		}
	case sequencePath:
		frontier := []rdf.Term{from}
		for i := range p.parts {
			part := p.parts[i]
			if backwards {
				part = p.parts[len(p.parts)-1-i]
			}
			var next ordered
			for _, node := range frontier {
				part.walk(g, node, backwards, func(t rdf.Term) { next.add(t) })
			}
			frontier = next.list
		}
		for _, node := range frontier {
			visit(node)
		}
	case zeroOrOnePath:
		visit(from)
		p.parts[0].walk(g, from, backwards, visit)
	default: // zeroOrMorePath, oneOrMorePath
		var reached ordered
		if p.op == zeroOrMorePath {
			reached.add(from)
		} else {
			p.parts[0].walk(g, from, backwards, func(t rdf.Term) { reached.add(t) })
		}
		for i := 0; i < len(reached.list); i++ {
			p.parts[0].walk(g, reached.list[i], backwards, func(t rdf.Term) { reached.add(t) })
		}
		for _, node := range reached.list {
			visit(node)
		}
	}
}

// ordered is a set of terms that remembers the order of arrival. Small sets,
// by far the most, need no map.
type ordered struct {
	list []rdf.Term
	seen map[rdf.Term]struct{}
}

func (o *ordered) add(t rdf.Term) {
	const small = 12
	if o.seen == nil {
		for _, u := range o.list {
			if t == u {
				return
			}
		}
		o.list = append(o.list, t)
		if len(o.list) > small {
			o.seen = make(map[rdf.Term]struct{}, 4*small)
			for _, u := range o.list {
				o.seen[u] = struct{}{}
			}
		}
		return
	}
	if _, ok := o.seen[t]; !ok {
		o.seen[t] = struct{}{}
		o.list = append(o.list, t)
	}
}

// The blank node forms of section 2.3.1, apart from the list.
var pathForms = [...]struct {
	predicate rdf.Term
	op        pathOp
}{
	{rdf.IRI(vocab.SH + "alternativePath"), alternativePath},
	{rdf.IRI(vocab.SH + "inversePath"), inversePath},
	{rdf.IRI(vocab.SH + "zeroOrMorePath"), zeroOrMorePath},
	{rdf.IRI(vocab.SH + "oneOrMorePath"), oneOrMorePath},
	{rdf.IRI(vocab.SH + "zeroOrOnePath"), zeroOrOnePath},
}

// readPath reads the property path at a node of a shapes graph. Where a node
// is written as two paths at once, the list counts, then the order above.
func readPath(g *rdf.Graph, node rdf.Term, depth int) (*Path, error) {
	if depth > maxPathDepth {
		return nil, fmt.Errorf("the path nests deeper than %d, or contains itself", maxPathDepth)
	}
	if node.IsIRI() && node.Value() != vocab.RDFNil {
		return &Path{op: predicatePath, predicate: node}, nil
	}
	if !node.IsBlank() {
		return nil, fmt.Errorf("%s is not a path", node)
	}
	if !g.Object(node, rdfFirst).IsZero() {
		return readPathList(g, node, sequencePath, depth)
	}
	for _, form := range pathForms {
		value := g.Object(node, form.predicate)
		if value.IsZero() {
			continue
		}
		if form.op == alternativePath {
			return readPathList(g, value, alternativePath, depth)
		}
		part, err := readPath(g, value, depth+1)
		if err != nil {
			return nil, err
		}
		return &Path{op: form.op, parts: []*Path{part}}, nil
	}
	return nil, fmt.Errorf("%s is not a path", node)
}

func readPathList(g *rdf.Graph, node rdf.Term, op pathOp, depth int) (*Path, error) {
	members, err := readList(g, node)
	if err != nil {
		return nil, err
	}
	if len(members) < 2 {
		return nil, fmt.Errorf("a list of paths has at least two members, not %d", len(members))
	}
	p := &Path{op: op}
	for _, m := range members {
		part, err := readPath(g, m, depth+1)
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, part)
	}
	return p, nil
}

// readList reads a SHACL list (SHACL, section 1.3): a well-formed RDF list
// without a cycle.
func readList(g *rdf.Graph, node rdf.Term) ([]rdf.Term, error) {
	var members []rdf.Term
	for node.Value() != vocab.RDFNil || !node.IsIRI() {
		if len(members) == maxList {
			return nil, fmt.Errorf("the list has more than %d members, or a cycle", maxList)
		}
		var firsts, rests []rdf.Term
		for o := range g.Objects(node, rdfFirst) {
			firsts = append(firsts, o)
		}
		for o := range g.Objects(node, rdfRest) {
			rests = append(rests, o)
		}
		if len(firsts) != 1 || len(rests) != 1 {
			return nil, fmt.Errorf("%s is not a well-formed list", node)
		}
		members = append(members, firsts[0])
		node = rests[0]
	}
	return members, nil
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

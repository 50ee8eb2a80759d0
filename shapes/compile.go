package shapes

import (
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Codes of the findings about a shapes graph.
const (
	// RuleIllFormed marks what breaks a syntax rule of SHACL (appendix B); the
	// constraint in question is left out.
	RuleIllFormed = "shapes-ill-formed"
	// RuleCount marks a count that is not an xsd:integer but could be read as
	// one, or as "no limit".
	RuleCount = "shapes-count"
)

// Compile reads the shapes of a shapes graph. What is ill-formed is a finding,
// and is left out of the result; published OSLO shapes write counts as strings,
// and DCAT-AP-VL writes "n" for no limit: both are understood, and reported.
// The error is ErrRecursive or ErrTooDeep, wrapped. g must not change
// afterwards: constraints written in SPARQL may ask it.
func Compile(g *rdf.Graph) (*Shapes, []rdf.Finding, error) {
	c := &compiler{g: g, shapes: map[rdf.Term]*shape{}, state: map[rdf.Term]compileState{}}
	for _, node := range c.roots() {
		if _, err := c.shape(node, nil); err != nil {
			return nil, nil, fmt.Errorf("compile shapes: %w", err)
		}
	}
	s := &Shapes{}
	for _, node := range c.order {
		if sh := c.shapes[node]; len(sh.targets) > 0 && !sh.deactivated {
			s.targeted = append(s.targeted, sh)
		}
	}
	return s, c.findings, nil
}

type compileState uint8

const (
	fresh compileState = iota
	compiling
	compiled
)

type compiler struct {
	g        *rdf.Graph
	shapes   map[rdf.Term]*shape
	state    map[rdf.Term]compileState
	order    []rdf.Term
	findings []rdf.Finding
	classes  map[rdf.Term]struct{} // rdfs:Class and its subclasses, once needed
}

var targetPredicates = []struct {
	of        string
	predicate rdf.Term
}{
	{"node", sh("targetNode")},
	{"class", sh("targetClass")},
	{"subjectsOf", sh("targetSubjectsOf")},
	{"objectsOf", sh("targetObjectsOf")},
}

// roots returns the nodes that are certainly shapes, in the order of the
// graph: those with a target and those with a type of shape. The others are
// found when a shape refers to them.
func (c *compiler) roots() []rdf.Term {
	isRoot := map[rdf.Term]bool{shNodeShape: true, shPropertyShape: true}
	isTarget := map[rdf.Term]bool{}
	for _, t := range targetPredicates {
		isTarget[t.predicate] = true
	}
	var found ordered
	for q := range c.g.All() {
		if isTarget[q.Predicate] || q.Predicate == rdfType && isRoot[q.Object] {
			found.add(q.Subject)
		}
	}
	return found.list
}

// shape compiles the shape at a node, once. trail is the chain of shapes that
// led to it.
func (c *compiler) shape(node rdf.Term, trail []rdf.Term) (*shape, error) {
	switch c.state[node] {
	case compiled:
		return c.shapes[node], nil
	case compiling:
		return nil, fmt.Errorf("shape %s refers to itself by way of %s: %w", node, trail[len(trail)-1], ErrRecursive)
	}
	if len(trail) == maxShapeDepth {
		return nil, fmt.Errorf("shape %s: %w", node, ErrTooDeep)
	}
	trail = append(trail, node)
	c.state[node] = compiling
	c.order = append(c.order, node)
	s := &shape{node: node, severity: sh("Violation")}
	c.shapes[node] = s
	c.readHeader(s)
	b := &builder{compiler: c, shape: s, trail: trail}
	if err := b.properties(); err != nil {
		return nil, err
	}
	if err := b.constraints(); err != nil {
		return nil, err
	}
	c.state[node] = compiled
	return s, nil
}

// readHeader reads what a shape says of itself: targets, path, severity,
// messages, and whether it is deactivated.
func (c *compiler) readHeader(s *shape) {
	for _, t := range targetPredicates {
		for o := range c.g.Objects(s.node, t.predicate) {
			if o.IsBlank() || o.IsLiteral() && t.of != "node" {
				c.illFormed(s, t.predicate.Value(), o, "een doel moet een IRI zijn", "a target must be an IRI")
				continue
			}
			s.targets = append(s.targets, target{t.of, o})
		}
	}
	if s.node.IsIRI() && c.isClass(s.node) {
		s.targets = append(s.targets, target{"class", s.node})
	}
	if path := c.single(s, "path"); !path.IsZero() {
		p, err := readPath(c.g, path, 0)
		if err != nil {
			c.illFormed(s, shPath.Value(), path, "het pad is niet leesbaar: "+err.Error(), "the path cannot be read: "+err.Error())
			s.deactivated = true
		}
		s.path = p
	} else if c.g.Has(s.node, rdfType, shPropertyShape) {
		c.illFormed(s, shPath.Value(), rdf.Term{}, "een property shape heeft een pad nodig", "a property shape needs a path")
		s.deactivated = true
	}
	if severity := c.single(s, "severity"); severity.IsIRI() {
		s.severity = severity
	} else if !severity.IsZero() {
		c.illFormed(s, vocab.SH+"severity", severity, "een ernst moet een IRI zijn", "a severity must be an IRI")
	}
	for m := range c.g.Objects(s.node, sh("message")) {
		if m.Datatype() == vocab.XSDString || m.Lang() != "" {
			s.messages = append(s.messages, m)
		} else {
			c.illFormed(s, vocab.SH+"message", m, "een boodschap moet tekst zijn", "a message must be a string")
		}
	}
	if c.single(s, "deactivated") == literalTrue {
		s.deactivated = true
	}
}

// isClass reports whether a shape is also a class, and so its own target
// (SHACL, section 2.1.3.3).
func (c *compiler) isClass(node rdf.Term) bool {
	if c.classes == nil {
		c.classes = setOf(subclasses(c.g, rdfsClass))
	}
	for t := range c.g.Objects(node, rdfType) {
		if _, ok := c.classes[t]; ok {
			return true
		}
	}
	return false
}

// single returns the value of a parameter that may have at most one.
func (c *compiler) single(s *shape, parameter string) rdf.Term {
	predicate := sh(parameter)
	var value rdf.Term
	for o := range c.g.Objects(s.node, predicate) {
		if !value.IsZero() {
			c.illFormed(s, predicate.Value(), o, "hoogstens één waarde is toegelaten; de eerste telt", "at most one value is allowed; the first one counts")
			break
		}
		value = o
	}
	return value
}

func (c *compiler) illFormed(s *shape, path string, value rdf.Term, nl, en string) {
	c.find(rdf.Violation, RuleIllFormed, s, path, value, nl, en)
}

func (c *compiler) find(severity rdf.Severity, rule string, s *shape, path string, value rdf.Term, nl, en string) {
	name := strings.TrimPrefix(path, vocab.SH)
	c.findings = append(c.findings, rdf.Finding{
		Severity: severity,
		Rule:     rule,
		Message:  rdf.Text{NL: "sh:" + name + ": " + nl, EN: "sh:" + name + ": " + en},
		Focus:    s.node,
		Path:     path,
		Value:    value,
	})
}

// count reads a count: a non-negative integer. "n" and "*" mean no limit,
// and give ok false.
func (c *compiler) count(s *shape, parameter string) (n int, ok bool) {
	value := c.single(s, parameter)
	if value.IsZero() {
		return 0, false
	}
	path := vocab.SH + parameter
	lexical := strings.TrimSpace(value.Value())
	switch {
	case !value.IsLiteral():
	case lexical == "n" || lexical == "*":
		c.find(rdf.Warning, RuleCount, s, path, value,
			"\""+lexical+"\" is gelezen als: geen grens; SHACL vraagt dan geen "+parameter,
			"\""+lexical+"\" was read as no limit; SHACL then wants no "+parameter)
		return 0, false
	default:
		if !lexicalForms["nonNegativeInteger"].MatchString(lexical) || len(lexical) > 9 {
			break
		}
		fmt.Sscanf(lexical, "%d", &n)
		if value.Datatype() != vocab.XSDInteger {
			c.find(rdf.Warning, RuleCount, s, path, value,
				"\""+lexical+"\" is gelezen als het getal; SHACL vraagt een xsd:integer",
				"\""+lexical+"\" was read as the number; SHACL wants an xsd:integer")
		}
		return n, true
	}
	c.illFormed(s, path, value, "geen geheel getal van 0 of meer", "not a whole number of 0 or more")
	return 0, false
}

// subclasses returns a class and all classes below it by rdfs:subClassOf in g.
func subclasses(g *rdf.Graph, class rdf.Term) []rdf.Term {
	all := ordered{list: []rdf.Term{class}}
	for i := 0; i < len(all.list); i++ {
		for sub := range g.Subjects(rdfsSubClassOf, all.list[i]) {
			all.add(sub)
		}
	}
	return all.list
}

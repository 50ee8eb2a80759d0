package shapes

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Codes of the findings about a shapes graph.
const (
	// RuleIllFormed marks what breaks a syntax rule of SHACL (appendix B); the
	// constraint in question is left out, or, where the finding is a warning, read
	// in the one way that is left.
	RuleIllFormed = "shapes-ill-formed"
	// RuleCount marks a count that is not an xsd:integer but could be read as
	// one, or as "no limit".
	RuleCount = "shapes-count"
	// RuleQuery marks a query that breaks a rule of SHACL or SPARQL but could be
	// understood all the same.
	RuleQuery = "shapes-query"
	// RuleUnknown marks what SHACL does not forbid but is surely a slip: a term
	// that it does not have, and a reference to a shape that is not there.
	RuleUnknown = "shapes-unknown"
)

// Compile reads the shapes of a shapes graph. What is ill-formed is a finding,
// and is left out of the result; published OSLO shapes write counts as strings,
// and DCAT-AP-VL writes "n" for no limit: both are understood, and reported.
// The error is ErrRecursive, ErrTooDeep or ErrTooLarge, wrapped. g must not
// change afterwards: constraints written in SPARQL may ask it.
func Compile(g *rdf.Graph) (*Shapes, []rdf.Finding, error) {
	if g.Len() > maxTriples {
		return nil, nil, fmt.Errorf("compile shapes: %d triples, more than %d: %w", g.Len(), maxTriples, ErrTooLarge)
	}
	c := &compiler{
		g: g, shapes: map[rdf.Term]*shape{}, state: map[rdf.Term]compileState{},
		places: map[rdf.Term]constant{}, prefixes: map[rdf.Term]map[string]string{}, sets: map[rdf.Term]map[rdf.Term]struct{}{},
	}
	c.readComponents()
	if q := firstOf(g, sh("entailment")); !q.Subject.IsZero() {
		c.find(rdf.Violation, RuleIllFormed, q.Subject, vocab.SH+"entailment", q.Object,
			"afleiding wordt niet ondersteund: valideer de gegevens waaruit al afgeleid is", "entailment is not supported: validate data from which the inferences were drawn already")
	}
	for _, node := range c.roots() {
		if _, err := c.shape(node, nil); err != nil {
			return nil, nil, fmt.Errorf("compile shapes: %w", err)
		}
	}
	if c.work > maxCompileWork {
		return nil, nil, fmt.Errorf("compile shapes: its lists, patterns and queries come to too much: %w", ErrTooLarge)
	}
	s := &Shapes{constants: c.constants, graph: g}
	for _, node := range c.order {
		if sh := c.shapes[node]; len(sh.targets) > 0 && !sh.deactivated {
			s.targeted = append(s.targeted, sh)
		}
	}
	return s, c.findings, nil
}

func firstOf(g *rdf.Graph, predicate rdf.Term) rdf.Quad {
	for q := range g.Match(rdf.Term{}, predicate, rdf.Term{}) {
		return q
	}
	return rdf.Quad{}
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

	constants  []rdf.Term
	places     map[rdf.Term]constant
	components []*component
	prefixes   map[rdf.Term]map[string]string     // by the node that declares them
	sets       map[rdf.Term]map[rdf.Term]struct{} // of sh:in, by the head of the list
	work       int
	pathOf     rdf.Term // the shape whose path is being read
}

// constant returns the place of a term that checks will look up in the data.
func (c *compiler) constant(t rdf.Term) constant {
	at, ok := c.places[t]
	if !ok {
		at = constant(len(c.constants))
		c.constants = append(c.constants, t)
		c.places[t] = at
	}
	return at
}

// spend counts work, and returns false once there was too much.
func (c *compiler) spend(steps int) bool {
	c.work += steps
	return c.work <= maxCompileWork
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
	isTarget := map[rdf.Term]bool{sh("target"): true}
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
	if !c.spend(1) {
		return nil, fmt.Errorf("shape %s: %w", node, ErrTooLarge)
	}
	trail = append(trail, node)
	c.state[node] = compiling
	c.order = append(c.order, node)
	s := &shape{node: node, severity: sh("Violation")}
	c.shapes[node] = s
	c.readHeader(s)
	c.unknownTerms(s)
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
				c.illFormed(s.node, t.predicate.Value(), o, "een doel moet een IRI zijn", "a target must be an IRI")
				continue
			}
			s.targets = append(s.targets, target{of: t.of, node: o})
		}
	}
	for o := range c.g.Objects(s.node, sh("target")) {
		if q := c.targetQuery(s, o); q != nil {
			s.targets = append(s.targets, target{of: "query", node: o, query: q})
		}
	}
	if c.isClass(s.node) {
		if s.node.IsIRI() {
			s.targets = append(s.targets, target{of: "class", node: s.node})
		} else {
			c.illFormed(s.node, vocab.RDFType, rdfsClass, "een klasse die ook shape is, moet een IRI zijn", "a class that is a shape too must be an IRI")
		}
	}
	c.readPathOf(s)
	if severity := c.single(s, "severity"); severity.IsIRI() {
		s.severity = severity
	} else if !severity.IsZero() {
		c.illFormed(s.node, vocab.SH+"severity", severity, "een ernst moet een IRI zijn", "a severity must be an IRI")
	}
	s.messages = c.messages(s.node)
	if c.isTrue(s, "deactivated") {
		s.deactivated = true
	}
	for _, parameter := range []string{"name", "description"} {
		for o := range c.g.Objects(s.node, sh(parameter)) {
			if !isText(o) {
				c.illFormed(s.node, vocab.SH+parameter, o, "moet tekst zijn", "must be a string")
			}
		}
	}
}

// readPathOf reads sh:path. A shape whose path cannot be used is deactivated:
// without it, it would mean something else.
func (c *compiler) readPathOf(s *shape) {
	path := c.single(s, "path")
	switch {
	case !path.IsZero():
		size := 0
		c.pathOf = s.node
		p, err := c.readPath(path, 0, &size)
		if err != nil {
			c.illFormed(s.node, shPath.Value(), path, "het pad is niet leesbaar: "+err.Error(), "the path cannot be read: "+err.Error())
			s.deactivated = true
		}
		s.path = p
		if c.g.Has(s.node, rdfType, shNodeShape) {
			c.illFormed(s.node, shPath.Value(), path, "een node shape heeft geen pad; ze is gelezen als property shape", "a node shape has no path; it was read as a property shape")
		}
	case c.g.Has(s.node, rdfType, shPropertyShape):
		c.illFormed(s.node, shPath.Value(), rdf.Term{}, "een property shape heeft een pad nodig", "a property shape needs a path")
		s.deactivated = true
	}
}

// messages reads the values of sh:message of a shape, a constraint or a
// validator.
func (c *compiler) messages(node rdf.Term) []rdf.Term {
	var list []rdf.Term
	for m := range c.g.Objects(node, sh("message")) {
		if isText(m) {
			list = append(list, m)
		} else {
			c.illFormed(node, vocab.SH+"message", m, "een boodschap moet tekst zijn", "a message must be a string")
		}
	}
	return list
}

func isText(t rdf.Term) bool { return t.Datatype() == vocab.XSDString || t.Lang() != "" }

// isTrue reads a parameter that is an xsd:boolean.
func (c *compiler) isTrue(s *shape, parameter string) bool {
	value := c.single(s, parameter)
	if value.IsZero() {
		return false
	}
	if value.Datatype() != vocab.XSDBoolean || !wellFormed(value) {
		c.illFormed(s.node, vocab.SH+parameter, value, "moet true of false zijn, een xsd:boolean", "must be true or false, an xsd:boolean")
		return false
	}
	return value == literalTrue // "1" does not count: the suite says so
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
			c.illFormed(s.node, predicate.Value(), o, "hoogstens één waarde is toegelaten; de eerste telt", "at most one value is allowed; the first one counts")
			break
		}
		value = o
	}
	return value
}

func (c *compiler) illFormed(node rdf.Term, path string, value rdf.Term, nl, en string) {
	c.find(rdf.Violation, RuleIllFormed, node, path, value, nl, en)
}

func (c *compiler) find(severity rdf.Severity, rule string, node rdf.Term, path string, value rdf.Term, nl, en string) {
	if !c.spend(20) {
		return // the graph will be refused
	}
	name := path
	if local, ok := strings.CutPrefix(path, vocab.SH); ok {
		name = "sh:" + local
	}
	c.findings = append(c.findings, rdf.Finding{
		Severity: severity,
		Rule:     rule,
		Message:  rdf.Text{NL: name + ": " + nl, EN: name + ": " + en},
		Focus:    node,
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
		c.find(rdf.Warning, RuleCount, s.node, path, value,
			"\""+lexical+"\" is gelezen als: geen grens; SHACL vraagt dan geen "+parameter,
			"\""+lexical+"\" was read as no limit; SHACL then wants no "+parameter)
		return 0, false
	default:
		if !isInteger(lexical) || lexical[0] == '-' && strings.Trim(lexical, "-0") != "" || len(lexical) > 9 {
			break
		}
		n, _ = strconv.Atoi(lexical)
		if value.Datatype() != vocab.XSDInteger {
			c.find(rdf.Warning, RuleCount, s.node, path, value,
				"\""+lexical+"\" is gelezen als het getal; SHACL vraagt een xsd:integer",
				"\""+lexical+"\" was read as the number; SHACL wants an xsd:integer")
		}
		return n, true
	}
	c.illFormed(s.node, path, value, "geen geheel getal van 0 of meer", "not a whole number of 0 or more")
	return 0, false
}

// subclasses returns a class and all classes below it by rdfs:subClassOf in g.
func subclasses(g *rdf.Graph, class rdf.Term) []rdf.Term {
	var all ordered
	all.add(class)
	for i := 0; i < len(all.list); i++ {
		for sub := range g.Subjects(rdfsSubClassOf, all.list[i]) {
			all.add(sub)
		}
	}
	return all.list
}

package shapes

import (
	"maps"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// component is a constraint component that a shapes graph declares (SHACL,
// section 6): every shape that has values for its parameters has its constraint.
type component struct {
	node       rdf.Term
	parameters []parameter
	label      []rdf.Term // sh:labelTemplate
}

// parameter is a property of shapes, and the variable that takes its value.
type parameter struct {
	predicate rdf.Term
	name      string
	optional  bool
}

var shConstraintComponent = sh("ConstraintComponent")

// readComponents finds the constraint components that are written in SPARQL.
func (c *compiler) readComponents() {
	var nodes ordered
	for _, class := range subclasses(c.g, shConstraintComponent) {
		for node := range c.g.Subjects(rdfType, class) {
			nodes.add(node)
		}
	}
	for _, node := range nodes.list {
		// Those of SHACL itself are built in; a shapes graph may hold its vocabulary.
		if !strings.HasPrefix(node.Value(), vocab.SH) {
			if k := c.readComponent(node); k != nil {
				c.components = append(c.components, k)
			}
		}
	}
}

func (c *compiler) readComponent(node rdf.Term) *component {
	k := &component{node: node}
	if !node.IsIRI() {
		c.illFormed(node, vocab.RDFType, shConstraintComponent, "een constraint component moet een IRI zijn", "a constraint component must be an IRI")
		return nil
	}
	required := false
	for o := range c.g.Objects(node, sh("parameter")) {
		path := c.g.Object(o, shPath)
		p := parameter{predicate: path, name: localName(path.Value())}
		if optional := c.g.Object(o, sh("optional")); !optional.IsZero() {
			p.optional = optional.Value() == "true" || optional.Value() == "1"
			if optional.Datatype() != vocab.XSDBoolean {
				c.illFormed(node, vocab.SH+"optional", optional, "moet een xsd:boolean zijn", "must be an xsd:boolean")
			}
		}
		// Section 6.2.1: what the local name may be.
		known := slices.ContainsFunc(k.parameters, func(q parameter) bool { return q.name == p.name })
		if !path.IsIRI() || !isVariable(p.name) || reserved[p.name] || known {
			c.illFormed(node, vocab.SH+"parameter", o,
				"het pad van een parameter moet een IRI zijn die op een vrije naam van een variabele eindigt", "the path of a parameter must be an IRI that ends in the name of a variable that is free")
			return nil
		}
		required = required || !p.optional
		k.parameters = append(k.parameters, p)
	}
	if !required {
		c.illFormed(node, vocab.SH+"parameter", rdf.Term{}, "minstens één parameter moet verplicht zijn", "at least one parameter must not be optional")
		return nil
	}
	for o := range c.g.Objects(node, sh("labelTemplate")) {
		if !isText(o) {
			c.illFormed(node, vocab.SH+"labelTemplate", o, "moet tekst zijn", "must be a string")
			continue
		}
		k.label = append(k.label, o)
	}
	// The queries are read here too, so that a component without a use is checked.
	for _, v := range validators {
		for o := range c.g.Objects(node, sh(v.predicate)) {
			c.readValidator(k, o, v.form(c, o), v.predicate == "propertyValidator", nil)
		}
	}
	return k
}

// reserved are the names that a parameter may not have.
var reserved = setOfWords("this shapesGraph currentShape path PATH value")

// validators are the ways to give a component a validator (section 6.2.3): a
// SELECT for node shapes or property shapes, or an ASK for both.
var validators = []struct {
	predicate string
	form      func(c *compiler, node rdf.Term) string
}{
	{"nodeValidator", func(c *compiler, node rdf.Term) string { return formOf(c, node, "select") }},
	{"propertyValidator", func(c *compiler, node rdf.Term) string { return formOf(c, node, "select") }},
	{"validator", func(c *compiler, node rdf.Term) string { return formOf(c, node, "ask") }},
}

// formOf returns "ask" or "select", whichever the node has.
func formOf(c *compiler, node rdf.Term, otherwise string) string {
	for _, form := range []string{"select", "ask"} {
		if !c.g.Object(node, sh(form)).IsZero() {
			return form
		}
	}
	return otherwise
}

// readValidator reads a validator for a shape; with a nil shape it is only
// checked.
func (c *compiler) readValidator(k *component, node rdf.Term, form string, property bool, s *shape) *algebra.Query {
	prebound := preboundThis
	if form == "ask" {
		prebound = []string{"this", "value"}
	}
	for _, p := range k.parameters {
		prebound = append(slices.Clone(prebound), p.name)
	}
	var path *Path
	switch {
	case s != nil:
		path = s.path
	case property:
		path = &Path{op: predicatePath, predicate: rdfType} // any will do
	}
	return c.readQuery(k.node, node, form, prebound, path)
}

func isVariable(name string) bool {
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' || r >= 0x80
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// localName is what follows the last '#', '/' or ':' of an IRI.
func localName(iri string) string { return iri[strings.LastIndexAny(iri, "#/:")+1:] }

// custom compiles the constraints of the components that the shapes graph
// declares.
func (b *builder) custom() {
	for _, k := range b.components {
		sets := b.arguments(k)
		if len(sets) == 0 {
			continue
		}
		node, form := b.validatorFor(k)
		if node.IsZero() {
			continue
		}
		before := len(b.findings)
		parsed := b.readValidator(k, node, form, b.shape.path != nil, b.shape)
		if parsed == nil {
			b.findings = b.findings[:before] // said when the component was read
			continue
		}
		// What the shape says comes before what the validator and the label say.
		messages := b.shape.messages
		if len(messages) == 0 {
			if messages = b.messages(node); len(messages) == 0 {
				messages = k.label
			}
		}
		message := rdf.Text{NL: "voldoet niet aan " + short(k.node), EN: "does not conform to " + short(k.node)}
		for _, arguments := range sets {
			q := &query{node: node, parsed: parsed, bound: b.surroundings()}
			maps.Copy(q.bound, arguments)
			check := func(v *visit) { v.selected(q, rdf.Term{}, messages) }
			if form == "ask" {
				check = func(v *visit) { v.asked(q, messages) }
			}
			b.addConstraint(k.node, message, check)
		}
	}
}

// arguments returns the values of the parameters of a component: none if a
// required one is missing, one set for each value of a single parameter.
func (b *builder) arguments(k *component) []map[string]rdf.Term {
	set := map[string]rdf.Term{}
	for _, p := range k.parameters {
		var values []rdf.Term
		for o := range b.g.Objects(b.shape.node, p.predicate) {
			values = append(values, o)
		}
		switch {
		case len(values) == 0:
			if !p.optional {
				return nil
			}
		case len(k.parameters) == 1:
			sets := make([]map[string]rdf.Term, len(values))
			for i, value := range values {
				sets[i] = map[string]rdf.Term{p.name: value}
			}
			return sets
		default:
			if len(values) > 1 {
				b.illFormed(b.shape.node, p.predicate.Value(), values[1],
					"hoogstens één waarde is toegelaten; de eerste telt", "at most one value is allowed; the first one counts")
			}
			set[p.name] = values[0]
		}
	}
	return []map[string]rdf.Term{set}
}

// validatorFor returns the validator that suits the kind of shape (section
// 6.3).
func (b *builder) validatorFor(k *component) (node rdf.Term, form string) {
	suits := "nodeValidator"
	if b.shape.path != nil {
		suits = "propertyValidator"
	}
	for _, v := range validators {
		if v.predicate != suits && v.predicate != "validator" {
			continue
		}
		if node := b.g.Object(k.node, sh(v.predicate)); !node.IsZero() {
			return node, v.form(b.compiler, node)
		}
	}
	return rdf.Term{}, ""
}

// asked fails for each value node for which an ASK says no (section 6.3).
func (v *visit) asked(q *query, messages []rdf.Term) {
	focus := v.term(v.focus)
	for _, node := range v.values {
		yes, value := false, v.term(node)
		q.run(v.worker, map[string]rdf.Term{"this": focus, "value": value}, func([]string, []rdf.Term) bool {
			yes = true
			return false
		})
		if v.err != nil {
			return
		}
		if !yes {
			v.add(Result{
				Path: v.shape.path, Value: value, Component: v.constraint.component,
				Messages: v.filled(messages, q.bound, func(name string) rdf.Term {
					if name == "value" {
						return value
					}
					return rdf.Term{}
				}),
			})
		}
	}
}

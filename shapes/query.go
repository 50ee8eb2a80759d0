package shapes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// query is a query of a shapes graph, ready to be run for a focus node: of a
// constraint (SHACL, section 5), a validator (section 6) or a target.
type query struct {
	node   rdf.Term // the node that has it
	parsed *algebra.Query
	bound  map[string]rdf.Term // what is bound whatever the focus node
}

// Variables that queries may find pre-bound (SHACL, section 5.3.1). Subqueries
// need not return the optional ones.
var (
	preboundThis     = []string{"this"}
	preboundOptional = []string{"shapesGraph", "currentShape"}
)

// readQuery reads the query of a node, its sh:select or its sh:ask; nil, with a
// finding, if it has none that can be run. prebound are the names of variables
// that will be bound, path what $PATH stands for, if anything.
func (c *compiler) readQuery(owner, node rdf.Term, form string, prebound []string, path *Path) *algebra.Query {
	var texts []rdf.Term
	for o := range c.g.Objects(node, sh(form)) {
		texts = append(texts, o)
	}
	if len(texts) != 1 || texts[0].Datatype() != vocab.XSDString {
		c.illFormed(owner, vocab.SH+form, node, "er is precies één query nodig, een xsd:string", "exactly one query is wanted, an xsd:string")
		return nil
	}
	text := texts[0].Value()
	if !c.spend(len(text)) {
		return nil
	}
	fail := func(err error) *algebra.Query {
		c.illFormed(owner, vocab.SH+form, node, "de query is niet bruikbaar: "+err.Error(), "the query cannot be used: "+err.Error())
		return nil
	}
	prefixes, err := c.prefixesOf(node)
	if err != nil {
		return fail(err)
	}
	if pointless.MatchString(text) {
		text = pointless.ReplaceAllString(text, " $1 ")
		c.find(rdf.Warning, RuleQuery, owner, vocab.SH+form, node,
			"($this AS ?this) is gelezen als $this; SHACL laat AS daar niet toe", "($this AS ?this) was read as $this; SHACL does not allow AS there")
	}
	q, err := parser.Query(text, parser.Options{Prefixes: prefixes})
	if err != nil {
		return fail(err)
	}
	if wanted := map[string]algebra.Form{"select": algebra.Select, "ask": algebra.Ask}[form]; q.Form != wanted {
		return fail(fmt.Errorf("it is no %s query", strings.ToUpper(form)))
	}
	if q.Dataset != nil {
		return fail(fmt.Errorf("FROM asks for other graphs than the data"))
	}
	if form == "select" && !slices.Contains(q.Vars, "this") {
		return fail(fmt.Errorf("it does not return ?this"))
	}
	q, tolerated := algebra.ReturnFromAggregates(q, prebound)
	if tolerated {
		c.find(rdf.Warning, RuleQuery, owner, vocab.SH+form, node,
			"een subquery die telt geeft $this niet terug; ze is gelezen alsof ze het deed", "a subquery that counts does not return $this; it was read as if it did")
	}
	if err := algebra.CheckPrebinding(q, prebound, preboundOptional); err != nil {
		return fail(err)
	}
	if path != nil {
		if q, err = algebra.BindPath(q, "PATH", path.algebra()); err != nil {
			return fail(err)
		}
	}
	return q
}

// pointless finds a variable that is renamed to itself, as published shapes do.
var pointless = regexp.MustCompile(`(?i)\(\s*([?$]this)\s+AS\s+[?$]this\s*\)`)

// prefixesOf returns the namespaces that the sh:prefixes of a node lead to, by
// way of owl:imports too (SHACL, section 5.2.1).
func (c *compiler) prefixesOf(node rdf.Term) (map[string]string, error) {
	var ontologies ordered
	for o := range c.g.Objects(node, sh("prefixes")) {
		ontologies.add(o)
	}
	if len(ontologies.list) == 1 {
		if known, ok := c.prefixes[ontologies.list[0]]; ok {
			return known, nil
		}
	}
	first := ontologies.list
	prefixes := map[string]string{}
	for i := 0; i < len(ontologies.list); i++ {
		for o := range c.g.Objects(ontologies.list[i], owlImports) {
			ontologies.add(o)
		}
		for declaration := range c.g.Objects(ontologies.list[i], sh("declare")) {
			prefix, namespace := c.g.Object(declaration, sh("prefix")), c.g.Object(declaration, sh("namespace"))
			if prefix.Datatype() != vocab.XSDString || !namespace.IsLiteral() {
				return nil, fmt.Errorf("a sh:declare of %s has no sh:prefix or no sh:namespace", ontologies.list[i])
			}
			if was, ok := prefixes[prefix.Value()]; ok && was != namespace.Value() {
				return nil, fmt.Errorf("the prefix %s: is declared as <%s> and as <%s>", prefix.Value(), was, namespace.Value())
			}
			prefixes[prefix.Value()] = namespace.Value()
			if !c.spend(1) {
				return nil, ErrTooLarge
			}
		}
	}
	if len(first) == 1 {
		c.prefixes[first[0]] = prefixes
	}
	return prefixes, nil
}

var owlImports = rdf.IRI("http://www.w3.org/2002/07/owl#imports")

// targetQuery reads a sh:SPARQLTarget (SHACL Advanced Features, section 3.1).
func (c *compiler) targetQuery(s *shape, node rdf.Term) *query {
	if c.g.Object(node, sh("select")).IsZero() {
		c.illFormed(s.node, vocab.SH+"target", node, "alleen doelen met een sh:select worden ondersteund", "only targets with a sh:select are supported")
		return nil
	}
	q := c.readQuery(s.node, node, "select", nil, nil)
	if q == nil {
		return nil
	}
	return &query{node: node, parsed: q}
}

// queries compiles sh:sparql (SHACL, section 5.1).
func (b *builder) queries() {
	for node := range b.g.Objects(b.shape.node, sh("sparql")) {
		if b.g.Has(node, sh("deactivated"), literalTrue) {
			continue
		}
		parsed := b.readQuery(b.shape.node, node, "select", preboundThis, b.shape.path)
		if parsed == nil {
			continue
		}
		q := &query{node: node, parsed: parsed, bound: b.surroundings()}
		messages := b.messages(node)
		if len(messages) == 0 {
			messages = b.shape.messages
		}
		b.addConstraint(sh("SPARQLConstraintComponent"), solutionMessage, func(v *visit) {
			v.selected(q, node, messages)
		})
	}
}

// surroundings is what a query may find bound besides the focus node.
func (b *builder) surroundings() map[string]rdf.Term {
	return map[string]rdf.Term{"currentShape": b.shape.node, "shapesGraph": shapesGraphName}
}

var solutionMessage = rdf.Text{NL: "voldoet niet aan een regel in SPARQL", EN: "does not conform to a rule in SPARQL"}

// run runs a query with more variables bound and calls take with each solution,
// whose names are vars; ASK is one solution without names, or none. An error
// ends the worker.
func (q *query) run(w *worker, more map[string]rdf.Term, take func(vars []string, row []rdf.Term) bool) {
	if !w.spend(100) {
		return
	}
	bound := more
	if len(q.bound) > 0 {
		bound = maps.Clone(q.bound)
		maps.Copy(bound, more)
	}
	fail := func(err error) {
		if err := w.settle(); err != nil {
			w.fail(err) // the validation is over, and the query only felt it
			return
		}
		if limit, ok := err.(*eval.LimitError); ok {
			err = fmt.Errorf("%w: %w", limit, ErrLimit)
		}
		focus := ""
		if this := bound["this"]; !this.IsZero() {
			focus = " for " + this.String()
		}
		w.fail(fmt.Errorf("run the query of %s%s: %w", q.node, focus, err))
	}
	result, err := eval.Query(w.ctx, w.dataset(), algebra.Prebind(q.parsed, bound), eval.Options{
		Limits: w.options.Query, Now: w.now, Scope: eval.Default,
	})
	if err != nil {
		fail(err)
		return
	}
	defer result.Close()
	if q.parsed.Form == algebra.Ask {
		if result.Boolean {
			take(nil, nil)
		}
		return
	}
	for row, err := range result.Rows {
		if err != nil {
			fail(err)
			return
		}
		if !w.spend(1) || !take(result.Vars, row) {
			return
		}
	}
}

// nodes returns what a target finds.
func (q *query) nodes(w *worker) []rdf.Term {
	var list []rdf.Term
	q.run(w, nil, func(vars []string, row []rdf.Term) bool {
		if t := row[slices.Index(vars, "this")]; !t.IsZero() {
			list = append(list, t)
		}
		return true
	})
	return list
}

// selected makes a result of each solution of a SELECT (SHACL, section 5.3.2).
// source is the constraint, zero for a component.
func (v *visit) selected(q *query, source rdf.Term, messages []rdf.Term) {
	q.run(v.worker, map[string]rdf.Term{"this": v.term(v.focus)}, func(vars []string, row []rdf.Term) bool {
		get := func(name string) rdf.Term {
			if i := slices.Index(vars, name); i >= 0 {
				return row[i]
			}
			return rdf.Term{}
		}
		if get("failure") == literalTrue {
			v.worker.fail(fmt.Errorf("run the query of %s for %s: it reports a failure", q.node, v.term(v.focus)))
			return false
		}
		result := Result{
			Path: v.shape.path, Value: get("value"),
			Component: v.constraint.component, SourceConstraint: source,
		}
		if path := get("path"); path.IsIRI() {
			result.Path = &Path{op: predicatePath, predicate: path}
		}
		if result.Value.IsZero() && v.shape.path == nil {
			result.Value = v.term(v.focus)
		}
		switch m := get("message"); {
		case m.IsLiteral():
			result.Messages = []rdf.Term{m}
		default:
			result.Messages = v.filled(messages, q.bound, get)
		}
		v.add(result)
		return !v.judging && len(v.results) <= v.options.MaxResults
	})
}

var placeholder = regexp.MustCompile(`\{[$?]\w+\}`)

// maxMessage bounds a message that a query fills in.
const maxMessage = 10_000

// filled puts values in messages, in place of {?name} and {$name}: those of a
// solution, else what was pre-bound, the path of the shape for PATH.
func (v *visit) filled(messages []rdf.Term, bound map[string]rdf.Term, get func(string) rdf.Term) []rdf.Term {
	if len(messages) == 0 {
		return v.constraint.messages
	}
	list := make([]rdf.Term, len(messages))
	for i, m := range messages {
		list[i] = m
		if !strings.Contains(m.Value(), "{") {
			continue
		}
		text := placeholder.ReplaceAllStringFunc(m.Value(), func(s string) string {
			name := s[2 : len(s)-1]
			t := get(name)
			if t.IsZero() {
				t = bound[name]
			}
			switch {
			case !t.IsZero():
				return t.Value()
			case name == "this":
				return v.term(v.focus).Value()
			case name == "PATH" && v.shape.path != nil:
				return v.shape.path.String()
			}
			return s
		})
		list[i] = rdf.LangLiteral(clipped(text, maxMessage), m.Lang())
	}
	return list
}

// clipped returns a text, cut off where it is longer than so many bytes.
func clipped(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

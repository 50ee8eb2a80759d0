package shapes

import (
	"cmp"
	"context"

	"github.com/belfort-lod/belfort/rdf"
)

const defaultMaxResults = 100_000

// Validate validates a data graph, which must not change meanwhile. The cost
// is linear in the number of focus nodes and their values, for shapes without
// transitive paths. The error is that of ctx or of the SPARQL function; a data
// graph that does not conform is no error.
func (s *Shapes) Validate(ctx context.Context, data *rdf.Graph, o Options) (*Report, error) {
	if o.MaxResults == 0 {
		o.MaxResults = defaultMaxResults
	}
	r := &run{
		ctx:       ctx,
		data:      data,
		sparql:    o.SPARQL,
		max:       o.MaxResults,
		report:    &Report{},
		classes:   map[rdf.Term]family{},
		judged:    map[judgement]bool{},
		subclassy: mentions(data, rdfsSubClassOf),
	}
	for _, shape := range s.targeted {
		for _, focus := range r.focusNodes(shape) {
			r.validate(shape, focus)
			if r.stopped() {
				return nil, cmp.Or(r.err, ctx.Err())
			}
		}
	}
	if err := cmp.Or(r.err, ctx.Err()); err != nil {
		return nil, err
	}
	return r.report, nil
}

func mentions(g *rdf.Graph, predicate rdf.Term) bool {
	for range g.Match(rdf.Term{}, predicate, rdf.Term{}) {
		return true
	}
	return false
}

// run is one validation.
type run struct {
	ctx     context.Context
	data    *rdf.Graph
	sparql  SPARQL
	err     error // of a query
	max     int
	report  *Report
	checked int
	stop    bool
	// classes caches subclasses; most pages have no rdfs:subClassOf at all.
	classes   map[rdf.Term]family
	subclassy bool
	judged    map[judgement]bool
}

type judgement struct {
	shape *shape
	node  rdf.Term
}

// stopped reports whether the validation should end, looking at the context
// once in a while.
func (r *run) stopped() bool {
	if r.checked++; r.err != nil || r.checked%256 == 0 && r.ctx.Err() != nil {
		r.stop = true
	}
	return r.stop
}

// focusNodes returns the focus nodes of a shape (SHACL, section 2.1.3), each
// once.
func (r *run) focusNodes(s *shape) []rdf.Term {
	var found ordered
	for _, t := range s.targets {
		switch t.of {
		case "node":
			found.add(t.node)
		case "class":
			r.instances(t.node, found.add)
		case "subjectsOf":
			for q := range r.data.Match(rdf.Term{}, t.node, rdf.Term{}) {
				found.add(q.Subject)
			}
		case "objectsOf":
			for q := range r.data.Match(rdf.Term{}, t.node, rdf.Term{}) {
				found.add(q.Object)
			}
		}
	}
	return found.list
}

func (r *run) instances(class rdf.Term, visit func(rdf.Term)) {
	if !r.subclassy {
		for s := range r.data.Subjects(rdfType, class) {
			visit(s)
		}
		return
	}
	for _, c := range r.below(class).list {
		for s := range r.data.Subjects(rdfType, c) {
			visit(s)
		}
	}
}

func (r *run) isInstance(node, class rdf.Term) bool {
	if node.IsLiteral() {
		return false
	}
	if !r.subclassy {
		return r.data.Has(node, rdfType, class)
	}
	below := r.below(class)
	for t := range r.data.Objects(node, rdfType) {
		if _, ok := below.set[t]; ok {
			return true
		}
	}
	return false
}

// family is a class with all classes below it.
type family struct {
	list []rdf.Term
	set  map[rdf.Term]struct{}
}

func (r *run) below(class rdf.Term) family {
	f, ok := r.classes[class]
	if !ok {
		list := subclasses(r.data, class)
		f = family{list, setOf(list)}
		r.classes[class] = f
	}
	return f
}

func (r *run) valueNodes(s *shape, focus rdf.Term) []rdf.Term {
	if s.path == nil {
		return []rdf.Term{focus}
	}
	return s.path.values(r.data, focus)
}

// validate adds the results of a focus node to the report.
func (r *run) validate(s *shape, focus rdf.Term) {
	if s.deactivated {
		return
	}
	values := r.valueNodes(s, focus)
	for i := range s.constraints {
		c := &s.constraints[i]
		c.check(r, focus, values, func(value rdf.Term, path *Path) {
			if len(r.report.Results) >= r.max {
				r.report.Truncated = true
				return
			}
			if path == nil {
				path = s.path
			}
			messages := s.messages
			if len(messages) == 0 {
				messages = c.messages()
			}
			r.report.Results = append(r.report.Results, Result{
				Focus: focus, Path: path, Value: value,
				Shape: s.node, Component: c.component, Severity: s.severity, Messages: messages,
				Constraint: c.message,
			})
		})
	}
	for _, q := range s.queries {
		for _, result := range r.ask(s, q, focus) {
			if r.report.Truncated = len(r.report.Results) >= r.max; r.report.Truncated {
				return
			}
			r.report.Results = append(r.report.Results, result)
		}
	}
	for _, p := range s.properties {
		for _, v := range values {
			if r.stopped() || r.report.Truncated {
				return
			}
			r.validate(p, v)
		}
	}
}

// conforms reports whether a node conforms to a shape (SHACL, section 3.4.2),
// and remembers the answer.
func (r *run) conforms(s *shape, node rdf.Term) bool {
	if s.deactivated {
		return true
	}
	key := judgement{s, node}
	if answer, ok := r.judged[key]; ok {
		return answer
	}
	answer := r.judge(s, node)
	r.judged[key] = answer
	return answer
}

func (r *run) judge(s *shape, focus rdf.Term) bool {
	if r.stopped() {
		return true
	}
	values := r.valueNodes(s, focus)
	conforms := true
	for i := range s.constraints {
		s.constraints[i].check(r, focus, values, func(rdf.Term, *Path) { conforms = false })
		if !conforms {
			return false
		}
	}
	for _, q := range s.queries {
		if len(r.ask(s, q, focus)) > 0 {
			return false
		}
	}
	for _, p := range s.properties {
		for _, v := range values {
			if !r.conforms(p, v) {
				return false
			}
		}
	}
	return true
}

func (c *constraint) messages() []rdf.Term {
	return []rdf.Term{rdf.LangLiteral(c.message.NL, "nl"), rdf.LangLiteral(c.message.EN, "en")}
}

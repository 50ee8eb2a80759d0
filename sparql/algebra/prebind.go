package algebra

import (
	"errors"
	"fmt"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
)

// CheckPrebinding returns an error if q has something that may not stand in a
// query with pre-bound variables (SHACL, appendix A): MINUS, SERVICE, VALUES, AS
// with one of the names, or a subquery that does not return each of them. names
// are the variables that can be pre-bound; hidden are more of them, which
// subqueries need not return.
func CheckPrebinding(q *Query, names, hidden []string) error {
	c := prebindingCheck{names: names, all: slices.Concat(names, hidden)}
	outer := q.Pattern
	for {
		switch p := outer.(type) {
		case *Slice:
			outer = p.Input
			continue
		case *Distinct:
			outer = p.Input
			continue
		case *Reduced:
			outer = p.Input
			continue
		case *Project:
			outer = p.Input // the query itself may return what it likes
		}
		break
	}
	c.pattern(outer)
	return c.err
}

// prebindingCheck keeps the first error.
type prebindingCheck struct {
	names, all []string
	err        error
}

func (c *prebindingCheck) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *prebindingCheck) assigned(name string) {
	if slices.Contains(c.all, name) {
		c.fail(fmt.Errorf("AS ?%s gives a value to a pre-bound variable", name))
	}
}

func (c *prebindingCheck) pattern(p Pattern) {
	switch p := p.(type) {
	case *Join:
		c.pattern(p.Left)
		c.pattern(p.Right)
	case *LeftJoin:
		c.pattern(p.Left)
		c.pattern(p.Right)
		c.expr(p.Condition)
	case *Union:
		c.pattern(p.Left)
		c.pattern(p.Right)
	case *Minus:
		c.fail(errors.New("MINUS may not stand beside pre-bound variables"))
	case *Filter:
		c.expr(p.Condition)
		c.pattern(p.Input)
	case *Extend:
		c.assigned(p.Var)
		c.expr(p.Expr)
		c.pattern(p.Input)
	case *Graph:
		c.pattern(p.Input)
	case *Service:
		c.fail(errors.New("SERVICE may not stand beside pre-bound variables"))
	case *Values:
		c.fail(errors.New("VALUES may not stand beside pre-bound variables"))
	case *Group:
		for _, k := range p.Keys {
			if v, ok := k.Expr.(*VarExpr); !ok || v.Name != k.Var {
				c.assigned(k.Var)
			}
			c.expr(k.Expr)
		}
		for _, a := range p.Aggregates {
			c.assigned(a.Var)
			c.expr(a.Aggregate)
		}
		c.pattern(p.Input)
	case *OrderBy:
		for _, o := range p.Conditions {
			c.expr(o.Expr)
		}
		c.pattern(p.Input)
	case *Project:
		for _, name := range c.names {
			if !slices.Contains(p.Vars, name) {
				c.fail(fmt.Errorf("a subquery does not return the pre-bound variable ?%s", name))
			}
		}
		c.pattern(p.Input)
	case *Distinct:
		c.pattern(p.Input)
	case *Reduced:
		c.pattern(p.Input)
	case *Slice:
		c.pattern(p.Input)
	}
}

func (c *prebindingCheck) expr(e Expr) {
	switch e := e.(type) {
	case *Call:
		for _, a := range e.Args {
			c.expr(a)
		}
	case *Exists:
		c.pattern(e.Pattern)
	case *Aggregate:
		if e.Expr != nil {
			c.expr(e.Expr)
		}
	}
}

// ReturnFromAggregates returns q with each subquery that makes one group of all
// its solutions, such as SELECT (COUNT(?x) AS ?n), returning the named variables
// too, and whether there was one that did not. SPARQL cannot write that without
// GROUP BY, which means something else where there is nothing to count; so
// published constraints leave the variables out, against SHACL, appendix A. Once
// they are pre-bound the meaning is plain.
func ReturnFromAggregates(q *Query, names []string) (out *Query, changed bool) {
	s := &substitution{returning: names}
	copied := *q
	copied.Pattern = s.pattern(q.Pattern)
	return &copied, s.changed
}

// oneGroup reports whether p, without its modifiers, is a Group without keys.
func oneGroup(p Pattern) bool {
	for {
		switch q := p.(type) {
		case *OrderBy:
			p = q.Input
		case *Extend:
			p = q.Input
		case *Filter:
			p = q.Input
		case *Group:
			return len(q.Keys) == 0
		default:
			return false
		}
	}
}

// Prebind returns q with variables pre-bound to terms (SHACL, section 5.3.1): it
// has the solutions that joining each basic graph pattern, path and graph name
// with those values would give (appendix A), and its filters see them wherever
// they stand. It puts the terms in place of the variables, so that a query is
// planned for its values; where a SELECT, also one inside, returns such a
// variable, it gets the term. q must have passed CheckPrebinding, and is not
// changed.
func Prebind(q *Query, bound map[string]rdf.Term) *Query {
	s := &substitution{terms: bound}
	out := *q
	out.Pattern = s.pattern(q.Pattern)
	return &out
}

// BindPath returns q with a path in place of the predicate ?name of its triple
// patterns (SHACL, section 5.3.1: $PATH). The error says that ?name stands
// elsewhere too.
func BindPath(q *Query, name string, path Path) (*Query, error) {
	s := &substitution{pathVar: name, path: path}
	out := *q
	out.Pattern = s.pattern(q.Pattern)
	if s.stray {
		return nil, fmt.Errorf("?%s can only be a predicate", name)
	}
	return &out, nil
}

// substitution rewrites patterns and expressions; what it does not change may be
// shared with them.
type substitution struct {
	terms   map[string]rdf.Term
	pathVar string
	path    Path
	stray   bool // pathVar stands where no path can

	returning []string // variables that subqueries of one group are to return
	inside    bool     // a subquery
	changed   bool     // one did not return them
}

func (s *substitution) node(n Node) Node {
	if !n.IsVar() {
		return n
	}
	s.stray = s.stray || n.Var == s.pathVar
	if t, ok := s.terms[n.Var]; ok {
		return Constant(t)
	}
	return n
}

func (s *substitution) pattern(p Pattern) Pattern {
	switch p := p.(type) {
	case *BGP:
		return s.triples(p)
	case *PathPattern:
		return &PathPattern{Subject: s.node(p.Subject), Path: p.Path, Object: s.node(p.Object)}
	case *Join:
		return &Join{Left: s.pattern(p.Left), Right: s.pattern(p.Right)}
	case *LeftJoin:
		return &LeftJoin{Left: s.pattern(p.Left), Right: s.pattern(p.Right), Condition: s.expr(p.Condition)}
	case *Union:
		return &Union{Left: s.pattern(p.Left), Right: s.pattern(p.Right)}
	case *Minus:
		return &Minus{Left: s.pattern(p.Left), Right: s.pattern(p.Right)}
	case *Filter:
		return &Filter{Condition: s.expr(p.Condition), Input: s.pattern(p.Input)}
	case *Extend:
		s.stray = s.stray || p.Var == s.pathVar
		return &Extend{Input: s.pattern(p.Input), Var: p.Var, Expr: s.expr(p.Expr)}
	case *Graph:
		return &Graph{Name: s.node(p.Name), Input: s.pattern(p.Input)}
	case *Group:
		out := &Group{Input: s.pattern(p.Input), Keys: slices.Clone(p.Keys), Aggregates: slices.Clone(p.Aggregates)}
		for i := range out.Keys {
			out.Keys[i].Expr = s.expr(out.Keys[i].Expr)
		}
		for i, a := range out.Aggregates {
			out.Aggregates[i].Aggregate = s.expr(a.Aggregate).(*Aggregate)
		}
		return out
	case *OrderBy:
		out := &OrderBy{Input: s.pattern(p.Input), Conditions: slices.Clone(p.Conditions)}
		for i := range out.Conditions {
			out.Conditions[i].Expr = s.expr(out.Conditions[i].Expr)
		}
		return out
	case *Project:
		vars := p.Vars
		if s.inside && oneGroup(p.Input) {
			for _, name := range s.returning {
				if !slices.Contains(vars, name) {
					vars, s.changed = append(slices.Clone(vars), name), true
				}
			}
		}
		was := s.inside
		s.inside = true
		out := &Project{Input: s.returned(p.Input, vars), Vars: vars}
		s.inside = was
		return out
	case *Distinct:
		return &Distinct{Input: s.pattern(p.Input)}
	case *Reduced:
		return &Reduced{Input: s.pattern(p.Input)}
	case *Slice:
		return &Slice{Input: s.pattern(p.Input), Offset: p.Offset, Limit: p.Limit}
	}
	return p
}

// triples puts terms in place of variables, and takes the triples whose
// predicate became a path out of the pattern.
func (s *substitution) triples(p *BGP) Pattern {
	plain := &BGP{Triples: make([]Triple, 0, len(p.Triples))}
	var paths []Pattern
	for _, t := range p.Triples {
		subject, object := s.node(t.Subject), s.node(t.Object)
		if t.Predicate.IsVar() && t.Predicate.Var == s.pathVar {
			if link, ok := s.path.(*Link); ok {
				plain.Triples = append(plain.Triples, Triple{subject, Constant(link.IRI), object})
			} else {
				paths = append(paths, &PathPattern{Subject: subject, Path: s.path, Object: object})
			}
			continue
		}
		plain.Triples = append(plain.Triples, Triple{subject, s.node(t.Predicate), object})
	}
	var out Pattern = plain
	for _, path := range paths {
		if IsUnit(out) {
			out = path
		} else {
			out = &Join{Left: out, Right: path}
		}
	}
	return out
}

// returned rewrites what a SELECT projects, and binds the pre-bound variables
// among vars, before the solutions are sorted.
func (s *substitution) returned(p Pattern, vars []string) Pattern {
	if o, ok := p.(*OrderBy); ok {
		sorted := s.pattern(&OrderBy{Input: &BGP{}, Conditions: o.Conditions}).(*OrderBy)
		sorted.Input = s.returned(o.Input, vars)
		return sorted
	}
	out := s.pattern(p)
	scope := InScope(out)
	for _, name := range vars {
		s.stray = s.stray || name == s.pathVar
		if t, ok := s.terms[name]; ok && !slices.Contains(scope, name) {
			out = &Extend{Input: out, Var: name, Expr: &TermExpr{Term: t}}
		}
	}
	return out
}

func (s *substitution) expr(e Expr) Expr {
	switch e := e.(type) {
	case *VarExpr:
		s.stray = s.stray || e.Name == s.pathVar
		if t, ok := s.terms[e.Name]; ok {
			return &TermExpr{Term: t}
		}
	case *Call:
		args := make([]Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = s.expr(a)
		}
		if e.Op == "BOUND" && len(args) == 1 {
			if _, ok := args[0].(*TermExpr); ok {
				return &TermExpr{Term: rdf.Literal("true", "http://www.w3.org/2001/XMLSchema#boolean")}
			}
		}
		return &Call{Op: e.Op, Function: e.Function, Args: args}
	case *Exists:
		return &Exists{Not: e.Not, Pattern: s.pattern(e.Pattern)}
	case *Aggregate:
		out := *e
		if e.Expr != nil {
			out.Expr = s.expr(e.Expr)
		}
		return &out
	}
	return e
}

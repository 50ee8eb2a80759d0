package algebra

import (
	"slices"

	"github.com/belfort-lod/belfort/rdf"
)

// InScope returns the variables that can be bound in a solution of p (section
// 18.2.1), in the order in which they first occur, hidden ones included.
func InScope(p Pattern) []string {
	var c collector
	c.pattern(p)
	return c.names
}

// Mentioned returns every variable of an expression, and of the patterns of its
// EXISTS (those that are in scope there, or that its own expressions name).
func Mentioned(e Expr) []string {
	var c collector
	c.expr(e)
	return c.names
}

// collector gathers names once each.
type collector struct {
	names []string
	seen  map[string]bool
	// deep also takes the variables of expressions inside patterns, as EXISTS
	// needs, for it sees the solution around it.
	deep bool
}

func (c *collector) add(name string) {
	if name == "" || c.seen[name] {
		return
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[name] = true
	c.names = append(c.names, name)
}

func (c *collector) pattern(p Pattern) {
	switch p := p.(type) {
	case *BGP:
		for _, t := range p.Triples {
			c.add(t.Subject.Var)
			c.add(t.Predicate.Var)
			c.add(t.Object.Var)
		}
	case *PathPattern:
		c.add(p.Subject.Var)
		c.add(p.Object.Var)
	case *Join:
		c.pattern(p.Left)
		c.pattern(p.Right)
	case *LeftJoin:
		c.pattern(p.Left)
		c.pattern(p.Right)
		c.inner(p.Condition)
	case *Union:
		c.pattern(p.Left)
		c.pattern(p.Right)
	case *Minus:
		c.pattern(p.Left)
		if c.deep {
			c.pattern(p.Right)
		}
	case *Filter:
		c.pattern(p.Input)
		c.inner(p.Condition)
	case *Extend:
		c.pattern(p.Input)
		c.inner(p.Expr)
		c.add(p.Var)
	case *Graph:
		c.add(p.Name.Var)
		c.pattern(p.Input)
	case *Service:
		c.add(p.Endpoint.Var)
		c.pattern(p.Input)
	case *Values:
		for _, v := range p.Vars {
			c.add(v)
		}
	case *Group:
		for _, k := range p.Keys {
			c.add(k.Var)
		}
		for _, a := range p.Aggregates {
			c.add(a.Var)
		}
	case *OrderBy:
		c.pattern(p.Input)
	case *Project:
		for _, v := range p.Vars {
			c.add(v)
		}
	case *Distinct:
		c.pattern(p.Input)
	case *Reduced:
		c.pattern(p.Input)
	case *Slice:
		c.pattern(p.Input)
	}
}

// inner takes an expression inside a pattern.
func (c *collector) inner(e Expr) {
	if c.deep && e != nil {
		c.expr(e)
	}
}

func (c *collector) expr(e Expr) {
	switch e := e.(type) {
	case *VarExpr:
		c.add(e.Name)
	case *Call:
		for _, a := range e.Args {
			c.expr(a)
		}
	case *Exists:
		was := c.deep
		c.deep = true
		c.pattern(e.Pattern)
		c.deep = was
	case *Aggregate:
		if e.Expr != nil {
			c.expr(e.Expr)
		}
	}
}

// Certain returns those of InScope(p) that are bound in every solution of p.
func Certain(p Pattern) []string {
	set := certain(p)
	return slices.DeleteFunc(InScope(p), func(v string) bool { return !set[v] })
}

func certain(p Pattern) map[string]bool {
	set := map[string]bool{}
	take := func(q Pattern) {
		for v := range certain(q) {
			set[v] = true
		}
	}
	switch p := p.(type) {
	case *BGP, *PathPattern:
		for _, v := range InScope(p) {
			set[v] = true
		}
	case *Join:
		take(p.Left)
		take(p.Right)
	case *LeftJoin:
		take(p.Left)
	case *Union:
		right := certain(p.Right)
		for v := range certain(p.Left) {
			if right[v] {
				set[v] = true
			}
		}
	case *Minus:
		take(p.Left)
	case *Filter:
		take(p.Input)
	case *Extend:
		take(p.Input)
		if _, ok := p.Expr.(*TermExpr); ok {
			set[p.Var] = true
		}
	case *Graph:
		take(p.Input)
		if p.Name.IsVar() {
			set[p.Name.Var] = true
		}
	case *Service:
		// What another endpoint binds is its affair.
	case *Values:
		for i, v := range p.Vars {
			set[v] = !slices.ContainsFunc(p.Rows, func(row []rdf.Term) bool { return row[i].IsZero() })
		}
	case *Group:
		input := certain(p.Input)
		for _, k := range p.Keys {
			if e, ok := k.Expr.(*VarExpr); ok && input[e.Name] {
				set[k.Var] = true
			}
		}
		for _, a := range p.Aggregates {
			if a.Aggregate.Func == "COUNT" {
				set[a.Var] = true
			}
		}
	case *OrderBy:
		take(p.Input)
	case *Project:
		input := certain(p.Input)
		for _, v := range p.Vars {
			if input[v] {
				set[v] = true
			}
		}
	case *Distinct:
		take(p.Input)
	case *Reduced:
		take(p.Input)
	case *Slice:
		take(p.Input)
	}
	for v, ok := range set {
		if !ok {
			delete(set, v)
		}
	}
	return set
}

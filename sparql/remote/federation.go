package remote

import (
	"slices"

	"github.com/belfort-lod/belfort/sparql/algebra"
)

// calls reports whether a query has a SERVICE in it anywhere.
func calls(q *algebra.Query) bool { return servesElsewhere(q.Pattern) }

func servesElsewhere(p algebra.Pattern) bool {
	switch p := p.(type) {
	case *algebra.Service:
		return true
	case *algebra.Join:
		return servesElsewhere(p.Left) || servesElsewhere(p.Right)
	case *algebra.LeftJoin:
		return servesElsewhere(p.Left) || servesElsewhere(p.Right) || inExpr(p.Condition)
	case *algebra.Union:
		return servesElsewhere(p.Left) || servesElsewhere(p.Right)
	case *algebra.Minus:
		return servesElsewhere(p.Left) || servesElsewhere(p.Right)
	case *algebra.Filter:
		return servesElsewhere(p.Input) || inExpr(p.Condition)
	case *algebra.Extend:
		return servesElsewhere(p.Input) || inExpr(p.Expr)
	case *algebra.Graph:
		return servesElsewhere(p.Input)
	case *algebra.Group:
		return servesElsewhere(p.Input) ||
			slices.ContainsFunc(p.Keys, func(b algebra.Binding) bool { return inExpr(b.Expr) }) ||
			slices.ContainsFunc(p.Aggregates, func(b algebra.AggregateBinding) bool { return inExpr(b.Aggregate.Expr) })
	case *algebra.OrderBy:
		return servesElsewhere(p.Input) || slices.ContainsFunc(p.Conditions, func(o algebra.Order) bool { return inExpr(o.Expr) })
	case *algebra.Project:
		return servesElsewhere(p.Input)
	case *algebra.Distinct:
		return servesElsewhere(p.Input)
	case *algebra.Reduced:
		return servesElsewhere(p.Input)
	case *algebra.Slice:
		return servesElsewhere(p.Input)
	}
	return false
}

func inExpr(e algebra.Expr) bool {
	switch e := e.(type) {
	case *algebra.Call:
		return slices.ContainsFunc(e.Args, inExpr)
	case *algebra.Exists:
		return servesElsewhere(e.Pattern)
	case *algebra.Aggregate:
		return inExpr(e.Expr)
	}
	return false
}

package eval

import (
	"cmp"
	"slices"
	"sort"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// idRanges are ranges of IDs, ascending and apart, both ends included. Not nil
// but empty, it is no ID.
type idRanges [][2]ID

// maxSought bounds the ranges that a cursor is sent to one after the other;
// where there are more, quads are read and compared.
const maxSought = 256

func (r idRanges) has(id ID) bool {
	if len(r) <= 4 {
		for _, p := range r {
			if p[0] <= id && id <= p[1] {
				return true
			}
		}
		return false
	}
	i := sort.Search(len(r), func(i int) bool { return r[i][1] >= id })
	return i < len(r) && r[i][0] <= id
}

func (r idRanges) intersect(other idRanges) idRanges {
	both := idRanges{}
	for i, j := 0, 0; i < len(r) && j < len(other); {
		low, high := max(r[i][0], other[j][0]), min(r[i][1], other[j][1])
		if low <= high {
			both = append(both, [2]ID{low, high})
		}
		if r[i][1] < other[j][1] {
			i++
		} else {
			j++
		}
	}
	return both
}

// without returns the ranges without an ID.
func (r idRanges) without(id ID) idRanges {
	rest := idRanges{}
	for _, p := range r {
		if id < p[0] || id > p[1] {
			rest = append(rest, p)
			continue
		}
		if p[0] < id {
			rest = append(rest, [2]ID{p[0], id - 1})
		}
		if id < p[1] {
			rest = append(rest, [2]ID{id + 1, p[1]})
		}
	}
	return rest
}

// unionOf returns the ranges of all lists, ascending and apart.
func unionOf(lists ...idRanges) idRanges {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b [2]ID) int { return cmp.Compare(a[0], b[0]) })
	out := idRanges{}
	for _, r := range all {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
		} else {
			out = append(out, r)
		}
	}
	return out
}

// narrow finds the filters that leave of a variable only some IDs, and tells the
// triple patterns that bind it. The filters stay: a range may hold a little more.
func (u *unit) narrow() {
	for i, f := range u.items {
		if f.kind != filterItem {
			continue
		}
		name, ranges := u.c.allowed(f)
		if ranges == nil || !f.exprScope[name] {
			continue
		}
		for j := f.from; j < f.to; j++ {
			it := u.items[j]
			if it.kind != tripleItem || it.ns != f.ns || i == j {
				continue
			}
			graph := algebra.Node{}
			if it.graph.ns == it.ns {
				graph.Var = it.graph.name
			}
			for place, n := range [4]algebra.Node{it.triple.Subject, it.triple.Predicate, it.triple.Object, graph} {
				if n.Var != name {
					continue
				}
				if it.within[place] == nil {
					it.within[place] = ranges
				} else {
					it.within[place] = it.within[place].intersect(ranges)
				}
				it.base = -1
			}
		}
	}
}

// allowed returns the variable that a condition is about and the IDs for which
// it may be true; nil if it says nothing of that sort.
func (c *compiler) allowed(it *item) (name string, ranges idRanges) {
	call, ok := it.expr.(*algebra.Call)
	if !ok || len(call.Args) < 2 {
		return "", nil
	}
	op := call.Op
	left, right := call.Args[0], call.Args[1]
	if op == "IN" {
		v, ok := left.(*algebra.VarExpr)
		if !ok {
			return "", nil
		}
		ranges = idRanges{}
		for _, a := range call.Args[1:] {
			t, ok := a.(*algebra.TermExpr)
			if !ok {
				return "", nil
			}
			equal, ok := c.equal(t.Term)
			if !ok {
				return "", nil
			}
			ranges = append(ranges, equal...)
		}
		return v.Name, unionOf(ranges)
	}
	if len(call.Args) != 2 {
		return "", nil
	}
	v, isVar := left.(*algebra.VarExpr)
	t, isTerm := right.(*algebra.TermExpr)
	if !isVar {
		v, isVar = right.(*algebra.VarExpr)
		t, isTerm = left.(*algebra.TermExpr)
		switch op {
		case "<":
			op = ">"
		case "<=":
			op = ">="
		case ">":
			op = "<"
		case ">=":
			op = "<="
		}
	}
	if !isVar || !isTerm {
		return "", nil
	}
	var low, high rdf.Term
	switch op {
	case "=":
		ranges, ok = c.equal(t.Term)
		if !ok {
			return "", nil
		}
		return v.Name, ranges
	case "SAMETERM":
		return v.Name, c.only(t.Term)
	case "<", "<=":
		high = t.Term
	case ">", ">=":
		low = t.Term
	default:
		return "", nil
	}
	if c.ranger == nil {
		return "", nil
	}
	list, ok := c.ranger.Ranges(low, high)
	if !ok {
		return "", nil
	}
	ranges = append(idRanges{}, list...)
	if op == "<" || op == ">" {
		// Nothing is less than itself: without this, > 0 would take in all zeros.
		if id, err := c.x.ds.ID(t.Term); err == nil && id != 0 {
			ranges = ranges.without(id)
		}
	}
	return v.Name, ranges
}

// equal returns the IDs of the terms that may be equal to t.
func (c *compiler) equal(t rdf.Term) (idRanges, bool) {
	switch v := valueOf(t); {
	case v.kind == kindIRI || v.kind == kindString:
		// Nothing else is equal; a literal of an unknown datatype is an error,
		// which a filter drops too.
		return c.only(t), true
	case v.numeric() || temporal(v):
		if c.ranger != nil {
			list, ok := c.ranger.Ranges(t, t)
			return append(idRanges{}, list...), ok
		}
	}
	return nil, false
}

// only returns the ID of a term.
func (c *compiler) only(t rdf.Term) idRanges {
	id := c.x.intern(t)
	return idRanges{{id, id}}
}

package eval

import (
	"fmt"

	"github.com/belfort-lod/belfort/sparql/algebra"
)

// Some questions about one triple pattern are answered by the sorted quads alone:
// how many there are, and which different IDs stand in a place.

// single returns the triple pattern that p consists of, with the graph that it is
// in. ok is false if p is anything else, if a variable comes twice or may be
// bound, or if a constant is not a term of the data.
func (c *compiler) single(p algebra.Pattern, ns *namespace, b bound, g graphRef) (o *scan, places map[string]int, ok bool) {
	if graph, isGraph := p.(*algebra.Graph); isGraph {
		p = graph.Input
		g = graphRef{slot: -1}
		if graph.Name.IsVar() {
			g.name, g.ns, g.slot = graph.Name.Var, ns, c.slot(ns, graph.Name.Var)
		} else if g.id = c.constant(graph.Name.Term); g.id == 0 {
			return nil, nil, false
		}
	}
	bgp, isBGP := p.(*algebra.BGP)
	if !isBGP || len(bgp.Triples) != 1 || g.missing || c.isSearch(bgp.Triples[0]) {
		return nil, nil, false
	}
	it := &item{kind: tripleItem, ns: ns, graph: g, triple: bgp.Triples[0], base: -1}
	o, ok = c.scan(it, b, &step{merged: -1, wanted: -1}).(*scan)
	if !ok || !o.regular || len(o.key) > 0 {
		return nil, nil, false
	}
	places = map[string]int{}
	for place, n := range [4]algebra.Node{it.triple.Subject, it.triple.Predicate, it.triple.Object, {Var: g.name}} {
		if n.IsVar() && o.slots[place] >= 0 {
			places[n.Var] = place
		}
	}
	return o, places, true
}

// distinctPlace compiles DISTINCT of one variable of one triple pattern to
// leaps from each ID to the next; nil if it is not that.
func (c *compiler) distinctPlace(p algebra.Pattern, ns *namespace, b bound, g graphRef) op {
	project, ok := p.(*algebra.Project)
	if !ok || len(project.Vars) != 1 {
		return nil
	}
	inner := c.projected(project, ns)
	o, places, ok := c.single(project.Input, inner, b, g)
	if !ok {
		return nil
	}
	place, ok := places[project.Vars[0]]
	if !ok || !c.x.sorts(o.fixed(), place, o.scope) {
		return nil
	}
	l := &leap{scan: o, place: place, slot: inner.slots[project.Vars[0]]}
	bgp := project.Input
	if graph, isGraph := bgp.(*algebra.Graph); isGraph {
		bgp = graph.Input
	}
	return c.note(l, bgp.(*algebra.BGP).Triples[0].String(), 0)
}

// fixed returns the places of a scan that are constant.
func (o *scan) fixed() int {
	mask := 0
	for i, id := range o.constant {
		if id != 0 {
			mask |= 1 << i
		}
	}
	return mask
}

// leap gives the different IDs in a place of the quads that fit a pattern.
type leap struct {
	linked
	scan  *scan
	place int
	slot  int
	index string
}

func (o *leap) run(x *exec, row []ID) bool {
	cursor := x.cursor(o.scan.fixed(), o.place, o.scan.scope)
	if cursor == nil {
		return x.fail(fmt.Errorf("read quads: the order %d is gone", o.place))
	}
	defer x.giveBack(o.scan.fixed(), o.place, o.scan.scope, cursor)
	o.index = indexName(cursor, o.scan.fixed(), o.place)
	defer func() { row[o.slot] = 0 }()
	var buffer [leastBuffer]QuadID
	cursor.Seek(quadOf(o.scan.constant), 0, 0)
	last, first := ID(0), true
	for {
		n, err := cursor.Next(buffer[:])
		if err != nil {
			return x.fail(fmt.Errorf("read quads: %w", err))
		}
		if n == 0 {
			return true
		}
		fresh := 0
		for i := range n {
			id := buffer[i].at(o.place)
			if !first && id == last {
				continue
			}
			first, last = false, id
			fresh++
			row[o.slot] = id
			if !x.step() || !o.next.run(x, row) {
				return false
			}
		}
		// Where IDs change quickly reading on is as good as a leap.
		if fresh <= n/4 {
			cursor.Seek(quadOf(o.scan.constant), last+1, 0)
		}
	}
}

// count compiles the number of quads that fit one triple pattern, in all or for
// each ID in a place; nil if that is not what the group asks.
func (c *compiler) count(p *algebra.Group, ns *namespace, b bound, g graphRef) op {
	if len(p.Keys) > 1 || len(p.Aggregates) != 1 || c.x.seeker == nil {
		return nil
	}
	a := p.Aggregates[0].Aggregate
	if a.Func != "COUNT" || a.Distinct {
		return nil
	}
	s, places, ok := c.single(p.Input, &namespace{slots: map[string]int{}, outer: set{}}, b, g)
	if !ok {
		return nil
	}
	if v, isVar := a.Expr.(*algebra.VarExpr); a.Expr != nil && !isVar {
		return nil
	} else if isVar {
		if _, ok := places[v.Name]; !ok {
			return nil
		}
	}
	o := &counter{scan: s, slot: c.slot(ns, p.Aggregates[0].Var), place: -1}
	if len(p.Keys) > 0 {
		v, isVar := p.Keys[0].Expr.(*algebra.VarExpr)
		if !isVar {
			return nil
		}
		if o.place, ok = places[v.Name]; !ok || !c.x.sorts(s.fixed(), o.place, s.scope) {
			return nil
		}
		o.key = c.slot(ns, p.Keys[0].Var)
	}
	return o
}

// counter counts quads without binding anything to them.
type counter struct {
	linked
	scan  *scan
	slot  int
	place int // that the quads are grouped by, -1 for none
	key   int // slot of its ID
	index string
}

func (o *counter) run(x *exec, row []ID) bool {
	pattern := quadOf(o.scan.constant)
	if d, ok := x.ds.(Counter); ok && o.place < 0 {
		if n, ok := d.Count(pattern, o.scan.scope); ok {
			return o.give(x, row, 0, n)
		}
	}
	mask := o.scan.fixed()
	cursor := x.cursor(mask, o.place, o.scan.scope)
	if cursor == nil {
		if o.place >= 0 {
			return x.fail(fmt.Errorf("read quads: the order %d is gone", o.place))
		}
		n := int64(0)
		return x.each(pattern, o.scan.scope, func(QuadID) bool { n++; return true }) && o.give(x, row, 0, n)
	}
	defer x.giveBack(mask, o.place, o.scan.scope, cursor)
	o.index = indexName(cursor, mask, o.place)
	cursor.Seek(pattern, 0, 0)
	buffer := make([]QuadID, mostBuffer)
	count, last := int64(0), ID(0)
	for {
		n, err := cursor.Next(buffer)
		if err != nil {
			return x.fail(fmt.Errorf("read quads: %w", err))
		}
		if n == 0 {
			break
		}
		if !x.steps(int64(n)) {
			return false
		}
		if o.place < 0 {
			count += int64(n)
			continue
		}
		for i := range n {
			if id := buffer[i].at(o.place); id != last {
				if count > 0 && !o.give(x, row, last, count) {
					return false
				}
				last, count = id, 0
			}
			count++
		}
	}
	return count == 0 && o.place >= 0 || o.give(x, row, last, count)
}

// give passes on a count.
func (o *counter) give(x *exec, row []ID, key ID, count int64) bool {
	row[o.slot] = x.intern(integerValue(count).term)
	if o.place >= 0 {
		row[o.key] = key
		defer func() { row[o.key] = 0 }()
	}
	going := x.err == nil && o.next.run(x, row)
	row[o.slot] = 0
	return going
}

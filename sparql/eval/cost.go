package eval

import (
	"math"

	"github.com/belfort-lod/belfort/sparql/algebra"
)

// cardinality is what the planner thinks of the solutions so far: how many, and
// of how many values those of a slot are taken. A pattern with fewer of them, it
// thinks, fits the others not at all: decisions that cite something are a tenth
// of all, and so are their titles.
type cardinality struct {
	rows   float64
	domain map[int]float64
}

// join takes in an item that gives fanout solutions for each one so far.
func (k *cardinality) join(c *compiler, it *item, fanout float64) {
	k.rows = max(k.rows*fanout, 1e-3)
	if it.kind == tripleItem {
		for place, slot := range c.places(it) {
			if slot < 0 {
				continue
			}
			k.domain[slot] = max(1, k.domain[slot], c.distinctAt(it, place))
		}
		return
	}
	for name := range it.scope {
		slot := c.slot(it.ns, name)
		if _, ok := k.domain[slot]; !ok {
			k.domain[slot] = max(1, k.rows)
		}
	}
}

// places returns the slots of a triple item, -1 where it has a constant.
func (c *compiler) places(it *item) [4]int {
	slots := [4]int{-1, -1, -1, it.graph.slot}
	for i, n := range []algebra.Node{it.triple.Subject, it.triple.Predicate, it.triple.Object} {
		if n.IsVar() {
			slots[i] = c.slot(it.ns, n.Var)
		}
	}
	return slots
}

// constants returns the pattern of a triple item with its constants only; ok is
// false if one of them is in no quad.
func (c *compiler) constants(it *item) (pattern QuadID, scope Scope, ok bool) {
	if it.graph.missing {
		return pattern, 0, false
	}
	ids := [3]ID{}
	for i, n := range []algebra.Node{it.triple.Subject, it.triple.Predicate, it.triple.Object} {
		if n.IsVar() {
			continue
		}
		id := c.constant(n.Term)
		if id == 0 {
			return pattern, 0, false
		}
		ids[i] = id
	}
	scope = c.x.scope
	if it.graph.slot >= 0 {
		scope = Named
	}
	return QuadID{ids[0], ids[1], ids[2], it.graph.id}, scope, true
}

// total returns the estimate of a triple item with nothing bound.
func (c *compiler) total(it *item) float64 {
	if it.base < 0 {
		it.base, it.share = 0, 1
		if pattern, scope, ok := c.constants(it); ok {
			it.base = c.x.ds.Estimate(pattern, scope)
			for place, ranges := range it.within {
				if ranges != nil && it.base > 0 {
					it.share = min(it.share, c.inRanges(pattern, place, ranges, scope, it.base)/it.base)
				}
			}
		}
	}
	return it.base * it.share
}

// counted is how many quads are counted, and maxCounted in how many ranges,
// where the dataset cannot estimate a range.
const (
	counted    = 512
	maxCounted = 16
)

// inRanges estimates how many of the quads that fit a pattern have an ID of the
// ranges in a place.
func (c *compiler) inRanges(pattern QuadID, place int, ranges idRanges, scope Scope, all float64) float64 {
	if len(ranges) > maxCounted {
		return all / 2
	}
	sum := 0.0
	if e, ok := c.x.below().(RangeEstimator); ok {
		for _, r := range ranges {
			sum += e.EstimateRange(pattern, Place(place), r[0], r[1], scope)
		}
		return sum
	}
	mask := 0
	for i, id := range pattern.cells() {
		if id != 0 {
			mask |= 1 << i
		}
	}
	if !c.x.sorts(mask, place, scope) {
		return all / 2
	}
	cursor := c.x.cursor(mask, place, scope)
	defer c.x.giveBack(mask, place, scope, cursor)
	buffer := make([]QuadID, counted)
	for _, r := range ranges {
		cursor.Seek(pattern, r[0], r[1])
		for n := 0; n < counted; {
			got, err := cursor.Next(buffer[n:])
			if err != nil || got == 0 {
				break // the run will tell
			}
			n += got
			sum += float64(got)
			if n == counted {
				return max(all/3, sum)
			}
		}
	}
	return sum
}

// distinctAt returns about how many different values the place of a triple item
// has.
func (c *compiler) distinctAt(it *item, place int) float64 {
	c.total(it)
	n := it.base
	if c.stats != nil && !it.triple.Predicate.IsVar() {
		if id := c.constant(it.triple.Predicate.Term); id != 0 {
			d, ok := c.distincts[id]
			if !ok {
				d[placeS], d[placeO], d[placeG] = c.stats.Distinct(id)
				c.distincts[id] = d
			}
			return max(1, min(n, d[place]))
		}
	}
	switch place {
	case placeS:
		return max(1, n/1.5)
	case placeP:
		return max(1, min(n, 30))
	case placeG:
		return max(1, n/10)
	}
	return max(1, math.Sqrt(n)*4)
}

// fanout estimates how many solutions an item gives for one solution so far.
func (c *compiler) fanout(it *item, b bound, k *cardinality) float64 {
	switch it.kind {
	case tripleItem:
		if c.total(it) == 0 {
			return 0
		}
		most := 1.0
		for place, slot := range c.places(it) {
			if slot >= 0 && b[slot] != unbound {
				most = max(most, c.distinctAt(it, place), k.domain[slot])
			}
		}
		return it.base / most * it.share
	case valuesItem:
		n := float64(len(it.values.Rows))
		for name := range it.scope {
			if b[c.slot(it.ns, name)] != unbound {
				return min(n, 1)
			}
		}
		return n
	case pathItem:
		ends := 0
		for _, n := range []algebra.Node{it.path.Subject, it.path.Object} {
			if !n.IsVar() || b[c.slot(it.ns, n.Var)] != unbound {
				ends++
			}
		}
		return [...]float64{1e7, 20, 1}[ends]
	case graphItem:
		if it.graph.slot >= 0 && b[it.graph.slot] == unbound {
			return 100
		}
		return 0.5
	case searchItem:
		return 0.5
	case serviceItem:
		if it.service.Endpoint.IsVar() && b[c.slot(it.ns, it.service.Endpoint.Var)] == unbound {
			return 1e12
		}
		return 1000
	case tableItem:
		for name := range it.scope {
			if b[c.slot(it.ns, name)] != unbound {
				return 2
			}
		}
		return 100
	case unionItem:
		sum := 0.0
		for _, p := range it.branches {
			sum += c.guess(p, it, b)
		}
		return sum
	}
	return c.guess(it.pattern, it, b)
}

// guess estimates a pattern inside an item by its most selective triple.
func (c *compiler) guess(p algebra.Pattern, it *item, b bound) float64 {
	least := 1e6
	none := &cardinality{domain: map[int]float64{}}
	var walk func(p algebra.Pattern, g graphRef)
	walk = func(p algebra.Pattern, g graphRef) {
		switch p := p.(type) {
		case *algebra.BGP:
			for _, t := range p.Triples {
				sub := &item{kind: tripleItem, ns: it.ns, graph: g, triple: t, base: -1}
				least = min(least, c.fanout(sub, b, none))
			}
		case *algebra.PathPattern:
			least = min(least, c.fanout(&item{kind: pathItem, ns: it.ns, path: p}, b, none))
		case *algebra.Join:
			walk(p.Left, g)
			walk(p.Right, g)
		case *algebra.LeftJoin:
			walk(p.Left, g)
		case *algebra.Minus:
			walk(p.Left, g)
		case *algebra.Filter:
			walk(p.Input, g)
		case *algebra.Extend:
			walk(p.Input, g)
		case *algebra.Project:
			walk(p.Input, g)
		case *algebra.OrderBy:
			walk(p.Input, g)
		case *algebra.Graph:
			inner := graphRef{slot: -1}
			if p.Name.IsVar() {
				inner.slot = c.slot(it.ns, p.Name.Var)
			}
			walk(p.Input, inner)
		case *algebra.Values:
			least = min(least, float64(len(p.Rows)))
		}
	}
	walk(p, it.graph)
	return least
}

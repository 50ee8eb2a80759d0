package eval

import (
	"cmp"
	"maps"
	"slices"

	"github.com/belfort-lod/belfort/sparql/algebra"
)

// step is an item in its place in the order of a conjunction.
type step struct {
	at     int     // the item
	calls  float64 // how often it is thought to run
	rows   float64 // how many solutions are thought to come out; negative if nobody asked
	sorted int     // slot that the rows that come in are sorted by, -1 for none
	merged int     // place of the merge join, -1 for none
	trial  bool    // whether rows come nearly sorted will show
	hashes bool    // a hash join is thought to be cheapest
	first  bool    // it is a subquery before anything else, and need not be kept
	wanted int     // place by which the first scan is to be sorted, -1 for any
}

// course is a conjunction on its way to an order.
type course struct {
	u      *unit
	b      bound
	placed []bool
	card   *cardinality
	sorted int
	cost   float64
	left   int // generators
	steps  []step
}

// The planner weighs at most maxWeighed generators against each other at a time,
// begins with at most maxFirst, and only those of at most maxCompared at all; of
// those that seem equal it looks further in groups of at most maxPromising parts.
const (
	maxWeighed   = 200
	maxFirst     = 8
	maxCompared  = 40
	maxPromising = 100
)

// build puts the items in the cheapest order that it finds, and compiles them.
func (u *unit) build(b bound) []op {
	best := u.best(b)
	if best == nil {
		return nil
	}
	c := u.c
	b = maps.Clone(b)
	calls, sorted := c.calls, c.sorted
	var ops []op
	for i := range best {
		s := &best[i]
		it := u.items[s.at]
		c.calls, c.sorted = s.calls, s.sorted
		for _, o := range c.compile(it, b, s) {
			ops = append(ops, c.note(o, it.detail(), 0))
		}
		if len(ops) > 0 && s.rows >= 0 {
			if m, ok := ops[len(ops)-1].(*measured); ok {
				m.plan.Estimate = s.rows
			}
		}
		u.bind(it, b)
	}
	c.calls, c.sorted = calls, sorted
	return ops
}

// bind says in b what an item binds.
func (u *unit) bind(it *item, b bound) {
	for name := range it.scope {
		slot := u.c.slot(it.ns, name)
		switch {
		case it.certain[name] && it.kind != minusItem:
			b[slot] = surelyBound
		case b[slot] == unbound:
			b[slot] = maybeBound
		}
	}
	if it.graph.slot >= 0 && it.bindsGraph() {
		b[it.graph.slot] = surelyBound
	}
	if it.kind == extendItem {
		if _, ok := it.expr.(*algebra.TermExpr); ok {
			b[u.c.slot(it.ns, it.name)] = surelyBound
		}
	}
}

// bindsGraph reports whether an item binds the variable of the graph around it.
func (it *item) bindsGraph() bool {
	switch it.kind {
	case tripleItem, graphItem:
		return true
	case unionItem:
		return !slices.ContainsFunc(it.branches, func(p algebra.Pattern) bool { return !bindsGraph(p) })
	case subItem, isolatedItem:
		return bindsGraph(it.pattern)
	}
	return false
}

// best returns the cheapest of the orders that begin with each of the smallest
// generators and go on greedily; nil if the run is over.
func (u *unit) best(b bound) []step {
	var first []int
	generators := 0
	for i, it := range u.items {
		if it.kind < filterItem {
			generators++
			if it.kind == tripleItem || it.kind == valuesItem {
				first = append(first, i)
			}
		}
	}
	if generators < 2 || generators > maxCompared || len(first) < 2 {
		first = []int{-1}
	} else {
		none := &cardinality{rows: 1, domain: map[int]float64{}}
		rows := map[int]float64{}
		for _, i := range first {
			rows[i] = u.c.fanout(u.items[i], b, none)
		}
		slices.SortStableFunc(first, func(i, j int) int { return cmp.Compare(rows[i], rows[j]) })
		// One that is found at once, or as good as, needs no rival.
		if rows[first[0]] <= 2 {
			first = []int{-1}
		} else {
			first = append(first[:min(len(first), maxFirst)], -1)
		}
	}
	var best *course
	for _, i := range first {
		o := u.course(b, generators)
		if !o.find(i) {
			return nil
		}
		if best == nil || o.cost < best.cost {
			best = o
		}
	}
	return best.steps
}

func (u *unit) course(b bound, generators int) *course {
	return &course{u: u, b: maps.Clone(b), placed: make([]bool, len(u.items)), sorted: u.c.sorted, left: generators,
		card: &cardinality{rows: 1, domain: map[int]float64{}}}
}

// graphFirst says that an item asks which graph it is in, and must wait for it.
func (o *course) graphFirst(it *item) bool {
	if it.graph.slot < 0 || o.b[it.graph.slot] == surelyBound {
		return false
	}
	switch it.kind {
	case tripleItem, graphItem, valuesItem, serviceItem, searchItem:
		return false
	case unionItem:
		return slices.ContainsFunc(it.branches, func(p algebra.Pattern) bool { return !bindsGraph(p) })
	case subItem, isolatedItem:
		return !bindsGraph(it.pattern)
	case filterItem, extendItem:
		return hasExists(it.expr)
	}
	return true
}

// ready says whether what an item waits for has been placed.
func (o *course) ready(it *item) bool {
	for i := it.from; i < it.to; i++ {
		if it.whole && !o.placed[i] {
			return false
		}
	}
	if it.whole {
		return true
	}
	if o.left > 0 && o.graphFirst(it) {
		return false
	}
	if !it.asked {
		it.mentioned, it.asked = algebra.Mentioned(it.expr), true
	}
	for _, name := range it.mentioned {
		if !it.exprScope[name] || o.b[o.u.c.slot(it.ns, name)] == surelyBound {
			continue
		}
		for i := it.from; i < it.to; i++ {
			if !o.placed[i] && o.u.items[i].scope[name] {
				return false
			}
		}
	}
	return true
}

// find finds the order: what may run and is cheap to run (filters, BIND) runs;
// then the generator that gives the fewest solutions. first is the generator to
// begin with, negative for the best. It returns false when the run is over.
func (o *course) find(first int) bool {
	u := o.u
	for left := len(u.items); left > 0; {
		if u.c.x.ctx != nil && u.c.x.ctx.Err() != nil {
			return u.c.x.fail(ctxError(u.c.x.ctx, u.c.x.limits))
		}
		progress := false
		for i, it := range u.items {
			if !o.placed[i] && (it.kind == filterItem || it.kind == extendItem && !it.whole) && o.ready(it) {
				o.place(i, -1)
				left--
				progress = true
			}
		}
		if progress {
			continue
		}
		best, least, promise, seen := -1, 0.0, 0, 0
		if first >= 0 && !o.graphFirst(u.items[first]) {
			best, least = first, u.c.fanout(u.items[first], o.b, o.card)
		} else {
			for i, it := range u.items {
				if o.placed[i] || it.kind >= filterItem || o.graphFirst(it) {
					continue
				}
				rows := u.c.fanout(it, o.b, o.card)
				// Estimates are not so good that a little less counts.
				if best < 0 || rows < 0.95*least {
					best, least, promise = i, rows, -1
				} else if rows < 1.05*least && len(u.items) > 2 && len(u.items) <= maxPromising {
					if promise < 0 {
						promise = o.promise(u.items[best])
					}
					if p := o.promise(it); p > promise {
						best, least, promise = i, rows, p
					}
				}
				if seen++; seen == maxWeighed {
					break
				}
			}
		}
		first = -1
		if best < 0 {
			// The rest keeps its order.
			for i, it := range u.items {
				if !o.placed[i] && it.kind != filterItem {
					best = i
					break
				}
			}
			if best < 0 {
				best = slices.Index(o.placed, false)
			}
			least = -1
		}
		o.place(best, least)
		left--
	}
	return true
}

// promise says how good it is to have an item early, among those that give the
// same number of solutions: first those that are joined by more than their graph,
// then those with variables that many others wait for.
func (o *course) promise(it *item) int {
	if it.kind != tripleItem {
		return 0
	}
	p := 0
	for place, slot := range o.u.c.places(it) {
		switch {
		case slot < 0 || place == placeG:
		case o.b[slot] != unbound:
			p |= 1 << 20
		default:
			for i, other := range o.u.items {
				if !o.placed[i] && other.kind == tripleItem && other != it && slices.Contains(o.u.slotsOf(other), slot) {
					p++
				}
			}
		}
	}
	return p
}

// slotsOf returns the places of a triple item, which are asked for often.
func (u *unit) slotsOf(it *item) []int {
	if it.slots == nil {
		slots := u.c.places(it)
		it.slots = slots[:]
	}
	return it.slots
}

// place puts an item next. fanout is the number of solutions that it gives for
// each one so far, negative if it is no generator.
func (o *course) place(i int, fanout float64) {
	it := o.u.items[i]
	o.placed[i] = true
	s := step{at: i, calls: o.card.rows * o.u.c.calls, rows: -1, sorted: o.sorted, merged: -1, wanted: -1}
	if it.kind < filterItem {
		o.left--
	}
	s.first = it.kind == tableItem && o.u.once && len(o.steps) == 0
	if fanout >= 0 {
		out := o.card.rows * fanout
		s.rows = out * o.u.c.calls
		if it.kind == tripleItem {
			o.join(it, &s, fanout)
		} else {
			o.cost += s.calls*lookUpCost + s.rows
			if o.sorted >= 0 && (it.kind == tableItem || it.kind == valuesItem || it.kind == pathItem || it.kind == serviceItem) && o.b[o.sorted] == unbound {
				o.sorted = -1
			}
		}
		o.card.join(o.u.c, it, fanout)
	}
	o.steps = append(o.steps, s)
	o.u.bind(it, o.b)
}

// join chooses how a triple pattern is joined, and adds what it costs.
func (o *course) join(it *item, s *step, fanout float64) {
	c := o.u.c
	slots := c.places(it)
	mask, keys, regular := 0, 0, true
	for place, slot := range slots {
		switch {
		case slot < 0:
			if place != placeG || it.graph.id != 0 {
				mask |= 1 << place
			}
		case o.b[slot] == maybeBound || slices.Contains(slots[:place], slot):
			regular = false
		case o.b[slot] == surelyBound:
			keys++
		}
	}
	scope := c.x.scope
	if it.graph.slot >= 0 {
		scope = Named
	}
	total := c.total(it)
	if keys == 0 {
		o.cost += s.calls * (lookUpCost + fanout)
		if o.sorted < 0 && regular && len(o.steps) == 0 {
			o.lead(it, s, slots, mask, scope)
		}
		return
	}
	cost := s.calls * (lookUpCost + fanout)
	if !regular {
		o.cost += cost
		return
	}
	if hash := total*hashCost + s.calls*(2+fanout); hash < cost && total < maxHashRows {
		cost, s.hashes = hash, true
	}
	if o.sorted >= 0 {
		for place, slot := range slots {
			if slot != o.sorted || !c.x.sorts(mask, place, scope) {
				continue
			}
			group := total / c.distinctAt(it, place)
			merge := min(total, s.calls*(lookUpCost+group)) + s.calls*(1+group)
			if group < 64 && merge < cost || c.x.opts.strain.merge {
				cost, s.merged, s.hashes = merge, place, false
			}
			break
		}
	}
	if s.merged < 0 {
		o.try(it, s, slots, mask, scope)
	}
	o.cost += cost
}

// try lets a join begin as a merge join where rows may come nearly sorted, as IDs
// are given in the order of documents: what cannot be known before shows soon.
func (o *course) try(it *item, s *step, slots [4]int, mask int, scope Scope) {
	if s.calls < trialRows {
		return
	}
	least := 16.0 // quads with one key that are worth looking through
	for place, slot := range slots[:placeG] {
		if slot < 0 || o.b[slot] != surelyBound {
			continue
		}
		group := o.u.c.total(it) / o.u.c.distinctAt(it, place)
		if group < least && o.u.c.x.sorts(mask, place, scope) {
			least, s.merged, s.trial = group, place, true
		}
	}
}

// lead chooses the order of the first scan: that by which the most can be merged
// with it.
func (o *course) lead(it *item, s *step, slots [4]int, mask int, scope Scope) {
	c := o.u.c
	for place, ranges := range it.within {
		if ranges != nil && slots[place] >= 0 && len(ranges) <= maxSought {
			o.sorted = slots[place] // its ranges are sought, one after the other
			return
		}
	}
	most := 0.0
	for place, slot := range slots {
		if slot < 0 || place == placeG {
			continue
		}
		gain := 0.0
		for j, other := range o.u.items {
			if o.placed[j] || other.kind != tripleItem {
				continue
			}
			otherMask, at := 0, -1
			for p, sl := range c.places(other) {
				switch {
				case sl < 0:
					if p != placeG || other.graph.id != 0 {
						otherMask |= 1 << p
					}
				case sl == slot:
					at = p
				}
			}
			if at >= 0 && c.x.sorts(otherMask, at, scope) {
				gain += c.total(other)
			}
		}
		if gain > most && c.x.sorts(mask, place, scope) {
			most, s.wanted, o.sorted = gain, place, slot
		}
	}
}

package eval

import (
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// pathOp matches a property path pattern (section 9.3 and 18.4).
type pathOp struct {
	linked
	path            algebra.Path
	subject, object pathEnd
	graph           graphRef
	links           map[*algebra.Link]ID
	negated         map[*algebra.Negated][2]map[ID]bool
	walks           map[walkKey][]ID
	walked          int // IDs in walks
}

// pathEnd is a slot, or a constant if the slot is negative.
type pathEnd struct {
	slot int
	id   ID
	// outer: the variable is one of the surroundings of an EXISTS. fixed: it was
	// bound when the EXISTS began, so that it counts as a constant.
	outer, fixed bool
}

// variable reports whether the end is a variable of the pattern.
func (e pathEnd) variable() bool { return e.slot >= 0 && !e.fixed }

// fix says which ends an EXISTS that now begins makes constant.
func (o *pathOp) fix(row []ID) {
	for _, e := range []*pathEnd{&o.subject, &o.object} {
		e.fixed = e.outer && row[e.slot] != 0
	}
}

func (c *compiler) path(it *item) op {
	if it.graph.missing {
		return &nothing{}
	}
	o := &pathOp{path: it.path.Path, graph: it.graph, links: map[*algebra.Link]ID{}, negated: map[*algebra.Negated][2]map[ID]bool{},
		walks: map[walkKey][]ID{}}
	end := func(n algebra.Node) pathEnd {
		if n.IsVar() {
			return pathEnd{slot: c.slot(it.ns, n.Var), outer: it.ns.outer[n.Var]}
		}
		return pathEnd{slot: -1, id: c.x.intern(n.Term)}
	}
	o.subject, o.object = end(it.path.Subject), end(it.path.Object)
	o.resolve(c, it.path.Path)
	c.paths = append(c.paths, o)
	return o
}

// resolve looks up the IRIs of a path.
func (o *pathOp) resolve(c *compiler, p algebra.Path) {
	switch p := p.(type) {
	case *algebra.Link:
		o.links[p] = c.x.intern(p.IRI)
	case *algebra.Inverse:
		o.resolve(c, p.Path)
	case *algebra.Sequence:
		o.resolve(c, p.Left)
		o.resolve(c, p.Right)
	case *algebra.Alternative:
		o.resolve(c, p.Left)
		o.resolve(c, p.Right)
	case *algebra.ZeroOrMore:
		o.resolve(c, p.Path)
	case *algebra.OneOrMore:
		o.resolve(c, p.Path)
	case *algebra.ZeroOrOne:
		o.resolve(c, p.Path)
	case *algebra.Negated:
		sets := [2]map[ID]bool{{}, {}}
		for _, t := range p.Forward {
			sets[0][c.x.intern(t)] = true
		}
		for _, t := range p.Inverse {
			sets[1][c.x.intern(t)] = true
		}
		o.negated[p] = sets
	}
}

// pathRun is one run of a path in one graph.
type pathRun struct {
	o     *pathOp
	x     *exec
	graph ID
	scope Scope
	// free: both ends are variables, so that a path of length zero joins nodes
	// of the graph only.
	free bool
}

func (o *pathOp) run(x *exec, row []ID) bool {
	r := &pathRun{o: o, x: x, graph: o.graph.id, scope: x.scope, free: o.subject.variable() && o.object.variable()}
	if o.graph.slot >= 0 {
		r.graph, r.scope = row[o.graph.slot], Named
		if r.graph.local() {
			return true
		}
	}
	value := func(e pathEnd) ID {
		if e.slot >= 0 {
			return row[e.slot]
		}
		return e.id
	}
	s, ob := value(o.subject), value(o.object)
	same := s == 0 && ob == 0 && o.subject.slot == o.object.slot
	emit := func(from, to ID) bool {
		if !x.step() {
			return false
		}
		if same && from != to {
			return true
		}
		if s == 0 {
			row[o.subject.slot] = from
		}
		if ob == 0 {
			row[o.object.slot] = to
		}
		going := o.next.run(x, row)
		if s == 0 {
			row[o.subject.slot] = 0
		}
		if ob == 0 {
			row[o.object.slot] = 0
		}
		return going
	}
	switch {
	case s != 0 && ob != 0:
		if inner, zero, ok := closureOf(o.path); ok {
			found := r.reaches(inner, s, ob, zero)
			return x.err == nil && (!found || emit(s, ob))
		}
		return r.ends(s, false, func(to ID) bool { return to != ob || emit(s, to) })
	case s != 0:
		return r.ends(s, false, func(to ID) bool { return emit(s, to) })
	case ob != 0:
		return r.ends(ob, true, func(from ID) bool { return emit(from, ob) })
	}
	return r.pairs(o.path, emit)
}

// walkKey is where a path was walked from.
type walkKey struct {
	graph, from ID
	back, free  bool
}

// A path remembers where it led, for at most maxWalk ends of one walk and
// maxWalks in all.
const (
	maxWalk  = 1 << 10
	maxWalks = 1 << 16
)

// ends is walk for the whole path. What it finds it remembers: many rows walk
// from the same node.
func (r *pathRun) ends(from ID, back bool, yield func(ID) bool) bool {
	key := walkKey{r.graph, from, back, r.free}
	if known, ok := r.o.walks[key]; ok {
		for _, to := range known {
			if !r.x.step() || !yield(to) {
				return false
			}
		}
		return true
	}
	var list []ID
	going := r.walk(r.o.path, from, back, func(to ID) bool {
		if len(list) <= maxWalk {
			list = append(list, to)
		}
		return yield(to)
	})
	if going && len(list) <= maxWalk && r.o.walked+len(list) < maxWalks && r.x.err == nil {
		r.o.walked += len(list) + 1
		r.o.walks[key] = list
		return r.x.hold(8*len(list) + 64)
	}
	return going
}

// closureOf returns what path+ and path* repeat, and whether no step counts; a
// pair of ends fits those at most once. ok is false for other paths.
func closureOf(p algebra.Path) (inner algebra.Path, zero, ok bool) {
	switch p := p.(type) {
	case *algebra.ZeroOrMore:
		return p.Path, true, true
	case *algebra.OneOrMore:
		return p.Path, false, true
	}
	return nil, false, false
}

// reaches reports whether any number of steps lead from one node to another. It
// goes from both ends, always at the one that has fewer nodes to go on from.
func (r *pathRun) reaches(p algebra.Path, from, to ID, zero bool) bool {
	if zero && from == to {
		return !r.free || r.isNode(from)
	}
	held := 0
	defer func() { r.x.release(held) }()
	type side struct {
		seen map[ID]struct{}
		edge []ID
		back bool
	}
	// A node counts as seen once a step has led to it.
	sides := [2]side{{map[ID]struct{}{}, []ID{from}, false}, {map[ID]struct{}{}, []ID{to}, true}}
	found := false
	for len(sides[0].edge) > 0 && len(sides[1].edge) > 0 && r.x.err == nil {
		mine, other := &sides[0], &sides[1]
		if len(other.edge) < len(mine.edge) {
			mine, other = other, mine
		}
		target := to
		if mine.back {
			target = from
		}
		edge := mine.edge
		mine.edge = nil
		for _, node := range edge {
			r.walkOnce(p, node, mine.back, func(next ID) bool {
				if _, met := other.seen[next]; met || next == target {
					found = true
					return false
				}
				if _, ok := mine.seen[next]; ok {
					return true
				}
				mine.seen[next] = struct{}{}
				mine.edge = append(mine.edge, next)
				held += 48
				return r.x.hold(48)
			})
			if found || r.x.err != nil {
				return found && r.x.err == nil
			}
		}
	}
	return false
}

// match yields the quads that fit in the graph of the run.
func (r *pathRun) match(s, p, o ID, yield func(QuadID) bool) bool {
	if s.local() || p.local() || o.local() {
		return true
	}
	return r.x.each(QuadID{s, p, o, r.graph}, r.scope, yield)
}

// isNode reports whether an ID is a subject or object in the graph.
func (r *pathRun) isNode(id ID) bool {
	found := false
	hit := func(QuadID) bool {
		found = true
		return false
	}
	r.match(id, 0, 0, hit)
	if !found {
		r.match(0, 0, id, hit)
	}
	return found
}

// walk yields the nodes at the other end of the path that begins at from; back
// walks it from its end to its beginning.
func (r *pathRun) walk(p algebra.Path, from ID, back bool, yield func(ID) bool) bool {
	switch p := p.(type) {
	case *algebra.Link:
		if back {
			return r.match(0, r.o.links[p], from, func(q QuadID) bool { return yield(q.Subject) })
		}
		return r.match(from, r.o.links[p], 0, func(q QuadID) bool { return yield(q.Object) })
	case *algebra.Inverse:
		return r.walk(p.Path, from, !back, yield)
	case *algebra.Sequence:
		first, second := p.Left, p.Right
		if back {
			first, second = second, first
		}
		return r.walk(first, from, back, func(middle ID) bool { return r.walk(second, middle, back, yield) })
	case *algebra.Alternative:
		return r.walk(p.Left, from, back, yield) && r.walk(p.Right, from, back, yield)
	case *algebra.ZeroOrOne:
		seen := map[ID]struct{}{}
		once := func(to ID) bool {
			if _, ok := seen[to]; ok {
				return true
			}
			seen[to] = struct{}{}
			return yield(to)
		}
		if (!r.free || r.isNode(from)) && !once(from) {
			return false
		}
		return r.walk(p.Path, from, back, once)
	case *algebra.ZeroOrMore:
		if r.free && !r.isNode(from) {
			return r.x.err == nil
		}
		return r.closure(p.Path, from, back, true, yield)
	case *algebra.OneOrMore:
		if r.free && !r.isNode(from) {
			return r.x.err == nil
		}
		return r.closure(p.Path, from, back, false, yield)
	case *algebra.Negated:
		sets := r.o.negated[p]
		forward := func() bool {
			if !p.HasForward {
				return true
			}
			if back {
				return r.match(0, 0, from, func(q QuadID) bool { return sets[0][q.Predicate] || yield(q.Subject) })
			}
			return r.match(from, 0, 0, func(q QuadID) bool { return sets[0][q.Predicate] || yield(q.Object) })
		}
		inverse := func() bool {
			if !p.HasInverse {
				return true
			}
			if back {
				return r.match(from, 0, 0, func(q QuadID) bool { return sets[1][q.Predicate] || yield(q.Object) })
			}
			return r.match(0, 0, from, func(q QuadID) bool { return sets[1][q.Predicate] || yield(q.Subject) })
		}
		return forward() && inverse()
	}
	return true
}

// closure yields the nodes that any number of steps reach, each once; zero says
// whether no step counts.
func (r *pathRun) closure(p algebra.Path, from ID, back, zero bool, yield func(ID) bool) bool {
	seen := map[ID]struct{}{}
	queue := []ID{from}
	if zero {
		seen[from] = struct{}{}
		if !yield(from) {
			return false
		}
	}
	held := 0
	defer func() { r.x.release(held) }()
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		going := r.walkOnce(p, node, back, func(to ID) bool {
			if _, ok := seen[to]; ok {
				return true
			}
			seen[to] = struct{}{}
			held += 40
			if !r.x.hold(40) {
				return false
			}
			queue = append(queue, to)
			return yield(to)
		})
		if !going {
			return false
		}
	}
	return true
}

// walkOnce is walk inside a closure, where a path of length zero adds nothing
// new and needs no check.
func (r *pathRun) walkOnce(p algebra.Path, from ID, back bool, yield func(ID) bool) bool {
	inner := *r
	inner.free = false
	return inner.walk(p, from, back, yield)
}

// pairs yields both ends of every path of the graph.
func (r *pathRun) pairs(p algebra.Path, yield func(from, to ID) bool) bool {
	switch p := p.(type) {
	case *algebra.Link:
		return r.match(0, r.o.links[p], 0, func(q QuadID) bool { return yield(q.Subject, q.Object) })
	case *algebra.Inverse:
		return r.pairs(p.Path, func(from, to ID) bool { return yield(to, from) })
	case *algebra.Sequence:
		return r.pairs(p.Left, func(from, middle ID) bool {
			return r.walk(p.Right, middle, false, func(to ID) bool { return yield(from, to) })
		})
	case *algebra.Alternative:
		return r.pairs(p.Left, yield) && r.pairs(p.Right, yield)
	case *algebra.OneOrMore:
		return r.starts(p.Path, func(from ID) bool {
			return r.walk(p, from, false, func(to ID) bool { return yield(from, to) })
		})
	case *algebra.Negated:
		sets := r.o.negated[p]
		return r.match(0, 0, 0, func(q QuadID) bool {
			return (!p.HasForward || sets[0][q.Predicate] || yield(q.Subject, q.Object)) &&
				(!p.HasInverse || sets[1][q.Predicate] || yield(q.Object, q.Subject))
		})
	}
	// ZeroOrMore and ZeroOrOne: from every node.
	inner := *r
	inner.free = false
	return r.nodes(func(from ID) bool {
		return inner.walk(p, from, false, func(to ID) bool { return yield(from, to) })
	})
}

// starts yields the nodes that a path begins at, each once.
func (r *pathRun) starts(p algebra.Path, yield func(ID) bool) bool {
	seen := newRowSet(1)
	return r.pairs(p, func(from, _ ID) bool {
		_, fresh, ok := seen.number(r.x, []ID{from})
		return ok && (!fresh || yield(from))
	})
}

// nodes yields the subjects and objects of the graph, each once.
func (r *pathRun) nodes(yield func(ID) bool) bool {
	seen := newRowSet(1)
	visit := func(id ID) bool {
		_, fresh, ok := seen.number(r.x, []ID{id})
		return ok && (!fresh || yield(id))
	}
	return r.match(0, 0, 0, func(q QuadID) bool { return visit(q.Subject) && visit(q.Object) })
}

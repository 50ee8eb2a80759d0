package eval

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"sort"

	"github.com/belfort-lod/belfort/rdf"
)

// Memory is a Dataset in memory, for queries on files and for tests. It never
// changes, and holds the quads in seven sort orders, 16 bytes per quad each. It is
// a Seeker, a Ranger and a Comparer too.
type Memory struct {
	ids   map[rdf.Term]ID
	terms []rdf.Term // by ID - 1
	// IDs from firstOrdered on are of numbers, booleans, dates and times, in the
	// order of ORDER BY.
	firstOrdered ID
	orders       [len(memoryOrders)][]quad32
	// union holds each triple once, whatever its graph, in the orders of the
	// first four.
	union  [4][]quad32
	graphs []ID
	stats  map[uint32]distinct
}

// quad32 is a quad in the order of its index.
type quad32 [4]uint32

// The places of a quad.
const (
	placeS = iota
	placeP
	placeO
	placeG
)

// memoryOrders are the orders kept: every set of bound places begins one.
var memoryOrders = [...][4]int{
	{placeS, placeP, placeO, placeG},
	{placeP, placeO, placeS, placeG},
	{placeO, placeS, placeP, placeG},
	{placeP, placeS, placeO, placeG},
	{placeG, placeS, placeP, placeO},
	{placeG, placeP, placeO, placeS},
	{placeG, placeO, placeS, placeP},
}

// NewMemory returns the dataset of the given quads; a quad that comes twice
// counts once. Blank nodes with the same label are the same node.
func NewMemory(quads iter.Seq[rdf.Quad]) *Memory {
	m := &Memory{ids: map[rdf.Term]ID{}}
	id := func(t rdf.Term) uint32 {
		if t.IsZero() {
			return 0
		}
		i, ok := m.ids[t]
		if !ok {
			m.terms = append(m.terms, t)
			i = ID(len(m.terms))
			m.ids[t] = i
		}
		return uint32(i)
	}
	var all []quad32
	for q := range quads {
		all = append(all, quad32{id(q.Subject), id(q.Predicate), id(q.Object), id(q.Graph)})
	}
	m.renumber(all)
	for i, order := range memoryOrders {
		index := make([]quad32, len(all))
		for j, q := range all {
			index[j] = quad32{q[order[0]], q[order[1]], q[order[2]], q[order[3]]}
		}
		slices.SortFunc(index, compareQuad32)
		m.orders[i] = slices.Compact(index)
	}
	for i := range m.union {
		last := quad32{}
		for j, q := range m.orders[i] {
			q[3] = 0
			if j == 0 || q != last {
				m.union[i] = append(m.union[i], q)
			}
			last = q
		}
	}
	byGraph := m.orders[len(m.union)]
	for j, q := range byGraph {
		if q[0] != 0 && (j == 0 || byGraph[j-1][0] != q[0]) {
			m.graphs = append(m.graphs, ID(q[0]))
		}
	}
	m.count()
	return m
}

// renumber gives the literals that have an order IDs in that order.
func (m *Memory) renumber(quads []quad32) {
	type ordered struct {
		v   value
		was uint32
	}
	var literals []ordered
	place := make([]uint32, len(m.terms)+1) // by old ID
	terms := make([]rdf.Term, 0, len(m.terms))
	for i, t := range m.terms {
		was := uint32(i + 1)
		if v := valueOf(t); v.ordered() {
			literals = append(literals, ordered{v, was})
			continue
		}
		terms = append(terms, t)
		place[was] = uint32(len(terms))
	}
	slices.SortFunc(literals, func(a, b ordered) int { return order(a.v, b.v) })
	m.firstOrdered = ID(len(terms) + 1)
	for _, l := range literals {
		terms = append(terms, l.v.term)
		place[l.was] = uint32(len(terms))
	}
	for i := range quads {
		for j, id := range quads[i] {
			quads[i][j] = place[id]
		}
	}
	m.terms = terms
	for i, t := range terms {
		m.ids[t] = ID(i + 1)
	}
}

// ordered reports whether v is one of the values that renumber orders: exact
// numbers, since those with a floating point are equal to several of them.
func (v value) ordered() bool {
	switch v.kind {
	case kindInteger, kindDecimal, kindBoolean, kindDateTime, kindDate, kindTime:
		return true
	}
	return false
}

func compareQuad32(a, b quad32) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]), cmp.Compare(a[3], b[3]))
}

// count gathers the statistics per predicate.
func (m *Memory) count() {
	m.stats = map[uint32]distinct{}
	type pair struct{ p, x uint32 }
	subjects, graphs := map[pair]struct{}{}, map[pair]struct{}{}
	last := quad32{}
	for j, q := range m.orders[1] { // P O S G
		d := m.stats[q[0]]
		if j == 0 || q[0] != last[0] || q[1] != last[1] {
			d.objects++
		}
		if _, ok := subjects[pair{q[0], q[2]}]; !ok {
			subjects[pair{q[0], q[2]}] = struct{}{}
			d.subjects++
		}
		if _, ok := graphs[pair{q[0], q[3]}]; !ok {
			graphs[pair{q[0], q[3]}] = struct{}{}
			d.graphs++
		}
		m.stats[q[0]] = d
		last = q
	}
}

type distinct struct{ subjects, objects, graphs float64 }

// ID is Dataset.ID.
func (m *Memory) ID(t rdf.Term) (ID, error) { return m.ids[t], nil }

// Term is Dataset.Term.
func (m *Memory) Term(id ID) (rdf.Term, error) {
	if id == 0 || id > ID(len(m.terms)) {
		return rdf.Term{}, nil
	}
	return m.terms[id-1], nil
}

// find returns the range of the index that fits the pattern, the order it is
// in, and whether every quad of the range fits.
func (m *Memory) find(pattern QuadID, scope Scope) (index []quad32, order [4]int, exact bool) {
	key := quad32{uint32(pattern.Subject), uint32(pattern.Predicate), uint32(pattern.Object), uint32(pattern.Graph)}
	for _, id := range [...]ID{pattern.Subject, pattern.Predicate, pattern.Object, pattern.Graph} {
		if id > ID(len(m.terms)) {
			return nil, memoryOrders[0], true
		}
	}
	graph := pattern.Graph != 0 || scope == Default
	best, bound := -1, 0
	for i, order := range memoryOrders {
		n := 0
		for n < 4 && (key[order[n]] != 0 || order[n] == placeG && graph) {
			n++
		}
		if n > bound || best < 0 {
			best, bound = i, n
		}
	}
	if !graph && scope == Union && best >= len(m.union) {
		best = 0
	}
	order = memoryOrders[best]
	index = m.orders[best]
	if !graph && scope == Union {
		index = m.union[best]
	}
	var low quad32
	for i := range bound {
		low[i] = key[order[i]]
	}
	prefix := func(q quad32) int {
		for i := range bound {
			if c := cmp.Compare(q[i], low[i]); c != 0 {
				return c
			}
		}
		return 0
	}
	from := sort.Search(len(index), func(i int) bool { return prefix(index[i]) >= 0 })
	index = index[from:]
	// Most ranges are short: gallop to the end.
	step := 1
	for step < len(index) && prefix(index[step]) == 0 {
		step *= 2
	}
	end := step/2 + sort.Search(min(step, len(index))-step/2, func(i int) bool { return prefix(index[step/2+i]) > 0 })
	index = index[:min(end, len(index))]
	given := 0
	for i, k := range key {
		if k != 0 || i == placeG && graph {
			given++
		}
	}
	return index, order, given == bound && (graph || scope == Union)
}

// Match is Dataset.Match.
func (m *Memory) Match(pattern QuadID, scope Scope) iter.Seq2[QuadID, error] {
	return func(yield func(QuadID, error) bool) {
		index, order, exact := m.find(pattern, scope)
		for _, q := range index {
			var out quad32
			for i, place := range order {
				out[place] = q[i]
			}
			id := QuadID{ID(out[placeS]), ID(out[placeP]), ID(out[placeO]), ID(out[placeG])}
			if !exact {
				if pattern.Subject != 0 && id.Subject != pattern.Subject || pattern.Predicate != 0 && id.Predicate != pattern.Predicate ||
					pattern.Object != 0 && id.Object != pattern.Object || scope == Named && id.Graph == 0 {
					continue
				}
			}
			if !yield(id, nil) {
				return
			}
		}
	}
}

// Estimate is Dataset.Estimate; it is exact but for Named patterns that could
// fit the default graph.
func (m *Memory) Estimate(pattern QuadID, scope Scope) float64 {
	index, _, _ := m.find(pattern, scope)
	return float64(len(index))
}

// Distinct is Statistics.Distinct.
func (m *Memory) Distinct(predicate ID) (subjects, objects, graphs float64) {
	d := m.stats[uint32(predicate)]
	return d.subjects, d.objects, d.graphs
}

// Graphs is GraphLister.Graphs.
func (m *Memory) Graphs() iter.Seq2[ID, error] {
	return func(yield func(ID, error) bool) {
		for _, g := range m.graphs {
			if !yield(g, nil) {
				return
			}
		}
	}
}

// Compare is Comparer.Compare.
func (m *Memory) Compare(a, b ID) (c int, ok bool) {
	if a < m.firstOrdered || b < m.firstOrdered || max(a, b) > ID(len(m.terms)) {
		return 0, a == b
	}
	return cmp.Compare(a, b), true
}

// Ranges is Ranger.Ranges.
func (m *Memory) Ranges(low, high rdf.Term) (ranges [][2]ID, ok bool) {
	from, to := valueOf(low), valueOf(high)
	kind := max(from.kind, to.kind)
	for _, v := range []value{from, to} {
		if v.kind == kindNone {
			continue
		}
		if !v.ordered() && !v.numeric() {
			return nil, false
		}
		if v.kind != kind && !(from.numeric() && to.numeric()) {
			return [][2]ID{}, true // of two sorts: nothing is between them
		}
	}
	if kind == kindNone {
		return nil, false
	}
	// A moment without a zone may be 14 hours off either way.
	compare := func(v, bound value, slack int64) int {
		if bound.numeric() {
			c, _ := compareNumbers(v, bound)
			return c
		}
		if temporal(v) {
			v.at.seconds += slack
			return v.at.order(bound.at)
		}
		c, _ := compare(v, bound)
		return c
	}
	rank := orderRank(value{kind: kind})
	list := m.terms[m.firstOrdered-1:]
	first := sort.Search(len(list), func(i int) bool {
		v := valueOf(list[i])
		if r := orderRank(v); r != rank {
			return r > rank
		}
		return from.kind == kindNone || compare(v, from, maxZone*60) >= 0
	})
	last := sort.Search(len(list), func(i int) bool {
		v := valueOf(list[i])
		if r := orderRank(v); r != rank {
			return r > rank
		}
		return to.kind != kindNone && compare(v, to, -maxZone*60) > 0
	})
	if m.firstOrdered > 1 {
		ranges = append(ranges, [2]ID{1, m.firstOrdered - 1})
	}
	if first < last {
		ranges = append(ranges, [2]ID{m.firstOrdered + ID(first), m.firstOrdered + ID(last) - 1})
	}
	return ranges, true
}

// EstimateRange is RangeEstimator.EstimateRange.
func (m *Memory) EstimateRange(pattern QuadID, place Place, low, high ID, scope Scope) float64 {
	var bound []Place
	for p, id := range pattern.cells() {
		if id != 0 {
			bound = append(bound, Place(p))
		}
	}
	c, ok := m.Cursor(bound, []Place{place}, scope).(*memoryCursor)
	if !ok {
		return m.Estimate(pattern, scope)
	}
	c.Seek(pattern, low, high)
	return float64(c.end - c.at)
}

// Cursor is Seeker.Cursor.
func (m *Memory) Cursor(bound, order []Place, scope Scope) Cursor {
	inGraph := slices.Contains(bound, AtGraph)
	if !inGraph && scope == Default {
		bound = append(slices.Clone(bound), AtGraph)
		inGraph = true
	}
	for i, places := range memoryOrders {
		union := scope == Union && !inGraph
		if union && i >= len(m.union) {
			break
		}
		fits := true
		for j, place := range places[:len(bound)+len(order)] {
			if j < len(bound) {
				fits = fits && slices.Contains(bound, Place(place))
			} else {
				fits = fits && order[j-len(bound)] == Place(place)
			}
		}
		if !fits {
			continue
		}
		c := &memoryCursor{index: m.orders[i], order: places, bound: len(bound), named: scope == Named && !inGraph}
		if union {
			c.index = m.union[i]
		}
		return c
	}
	return nil
}

// memoryCursor is a cursor of Memory: it looks for the next beginning from where
// it is.
type memoryCursor struct {
	index   []quad32
	order   [4]int
	bound   int
	named   bool // quads of the default graph do not count
	at, end int
}

// String returns the order, such as "POSG".
func (c *memoryCursor) String() string {
	var name [4]byte
	for i, p := range c.order {
		name[i] = "SPOG"[p]
	}
	return string(name[:])
}

// Seek is Cursor.Seek.
func (c *memoryCursor) Seek(pattern QuadID, from, to ID) {
	var low, high quad32
	cells := pattern.cells()
	for i, p := range c.order[:c.bound] {
		if cells[p] > math.MaxUint32 {
			c.at, c.end = 0, 0
			return
		}
		low[i], high[i] = uint32(cells[p]), uint32(cells[p])
	}
	for i := c.bound; i < 4; i++ {
		high[i] = math.MaxUint32
	}
	if c.bound < 4 {
		low[c.bound] = uint32(min(from, math.MaxUint32))
		if to != 0 {
			high[c.bound] = uint32(min(to, math.MaxUint32))
		}
	}
	if from > math.MaxUint32 {
		c.at, c.end = 0, 0
		return
	}
	c.at = c.gallop(min(c.at, len(c.index)), func(q quad32) bool { return compareQuad32(q, low) >= 0 })
	c.end = c.gallop(c.at, func(q quad32) bool { return compareQuad32(q, high) > 0 })
}

// gallop returns the first index that is beyond, looking near at first.
func (c *memoryCursor) gallop(at int, beyond func(quad32) bool) int {
	if at > 0 && beyond(c.index[at-1]) {
		return sort.Search(at, func(i int) bool { return beyond(c.index[i]) })
	}
	step := 1
	for at+step <= len(c.index) && !beyond(c.index[at+step-1]) {
		at += step
		step *= 2
	}
	return at + sort.Search(min(step, len(c.index)-at), func(i int) bool { return beyond(c.index[at+i]) })
}

// Next is Cursor.Next.
func (c *memoryCursor) Next(quads []QuadID) (n int, err error) {
	for n < len(quads) && c.at < c.end {
		q := c.index[c.at]
		c.at++
		var cells [4]ID
		for i, p := range c.order {
			cells[p] = ID(q[i])
		}
		if c.named && cells[placeG] == 0 {
			continue
		}
		quads[n] = quadOf(cells)
		n++
	}
	return n, nil
}

// Close is Cursor.Close.
func (c *memoryCursor) Close() error { return nil }

// Count is Counter.Count.
func (m *Memory) Count(pattern QuadID, scope Scope) (n int64, ok bool) {
	index, _, exact := m.find(pattern, scope)
	return int64(len(index)), exact
}

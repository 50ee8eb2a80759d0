package eval

import (
	"cmp"
	"iter"
	"slices"
	"sort"

	"github.com/belfort-lod/belfort/rdf"
)

// Memory is a Dataset in memory, for queries on files and for tests. It never
// changes, and holds the quads in six sort orders, 16 bytes per quad each.
type Memory struct {
	ids    map[rdf.Term]ID
	terms  []rdf.Term // by ID - 1
	orders [len(memoryOrders)][]quad32
	// union holds each triple once, whatever its graph, in the orders of the
	// first three.
	union  [3][]quad32
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
	for j, q := range m.orders[3] {
		if q[0] != 0 && (j == 0 || m.orders[3][j-1][0] != q[0]) {
			m.graphs = append(m.graphs, ID(q[0]))
		}
	}
	m.count()
	return m
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
	if !graph && scope == Union && best > 2 {
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

package eval

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/belfort-lod/belfort/sparql/algebra"
)

// sorter is ORDER BY. With top set it keeps only that many rows; without, what
// does not fit in memory is sorted in parts, which are merged in the end.
type sorter struct {
	linked
	inner      []op
	first      op
	conditions []sortCondition
	columns    []int // slots to keep
	top        int64 // negative for all

	x       *exec
	rows    []*sortRow
	counter int
	coming  sortRow // the row that comes in
	parts   []*spool
	cells   []ID // memory for rows to come
	keys    []sortKey
}

type sortCondition struct {
	slot       int // a plain variable, -1 for an expression
	expr       evalFunc
	descending bool
}

// sortRow is a row with its keys. Keys of plain variables are worked out when
// they are first compared and IDs do not tell: the second often never is.
type sortRow struct {
	cells  []ID
	keys   []sortKey
	number int // order of arrival, so that the sort is stable
}

type sortKey struct {
	id ID     // of a plain variable
	v  *value // nil until needed
}

func (c *compiler) sortCondition(o algebra.Order, sc *visible) sortCondition {
	s := sortCondition{slot: -1, descending: o.Descending}
	if v, ok := o.Expr.(*algebra.VarExpr); ok {
		s.slot = sc.slot(v.Name)
	}
	if s.slot < 0 {
		s.expr = c.expr(o.Expr, sc)
	}
	return s
}

type sortEnd struct {
	linked
	o *sorter
}

func (o *sorter) link(next op) {
	o.next = next
	o.first = chain(o.inner, &sortEnd{o: o})
}

func (o *sorter) rowBytes() int { return 8*len(o.columns) + 160*len(o.conditions) + 64 }

func (e *sortEnd) run(x *exec, row []ID) bool {
	o := e.o
	if !x.step() {
		return false
	}
	in := &o.coming
	in.number = o.counter
	o.counter++
	for i, c := range o.conditions {
		in.keys[i] = sortKey{}
		if c.slot >= 0 {
			in.keys[i].id = row[c.slot]
			continue
		}
		v, ok := c.expr(x, row)
		if !ok {
			v = value{}
		}
		in.keys[i].v = &v
	}
	if x.err != nil {
		return false
	}
	if o.top >= 0 && int64(len(o.rows)) >= o.top {
		if o.top == 0 || o.compare(in, o.rows[0]) >= 0 {
			return x.err == nil
		}
		o.take(o.rows[0], row)
		heap.Fix((*sortHeap)(o), 0)
		return x.err == nil
	}
	if held := o.rowBytes() * len(o.rows); o.top < 0 && x.crowded(held) {
		if !o.spill() {
			return false
		}
	}
	if !x.hold(o.rowBytes()) {
		return false
	}
	width, conditions := len(o.columns), len(o.conditions)
	if len(o.cells) < width || len(o.keys) < conditions {
		n := min(max(16, len(o.rows)), 4096)
		o.cells, o.keys = make([]ID, n*width), make([]sortKey, n*conditions)
	}
	r := &sortRow{cells: o.cells[:width:width], keys: o.keys[:conditions:conditions]}
	o.cells, o.keys = o.cells[width:], o.keys[conditions:]
	o.take(r, row)
	if o.top >= 0 {
		heap.Push((*sortHeap)(o), r)
	} else {
		o.rows = append(o.rows, r)
	}
	return x.err == nil
}

// take makes r the row that comes in.
func (o *sorter) take(r *sortRow, row []ID) {
	copy(r.keys, o.coming.keys)
	r.number = o.coming.number
	for i, s := range o.columns {
		r.cells[i] = row[s]
	}
}

func (o *sorter) run(x *exec, row []ID) bool {
	o.x, o.rows, o.parts, o.counter = x, nil, nil, 0
	o.coming.keys = make([]sortKey, len(o.conditions))
	if !o.first.run(x, row) || !o.sort() {
		return false
	}
	defer func() {
		for _, s := range o.columns {
			row[s] = 0
		}
	}()
	if o.parts != nil {
		return o.spill() && o.mergeParts(row)
	}
	held := o.rowBytes() * len(o.rows)
	rows := o.rows
	o.rows = nil
	defer func() { x.release(held) }()
	for i, r := range rows {
		rows[i] = nil
		if !o.emit(r.cells, row) {
			return false
		}
	}
	return true
}

func (o *sorter) emit(cells []ID, row []ID) bool {
	for j, s := range o.columns {
		row[s] = cells[j]
	}
	return o.x.step() && o.next.run(o.x, row)
}

// sort sorts the rows in memory.
func (o *sorter) sort() bool {
	x, ticks := o.x, 0
	slices.SortFunc(o.rows, func(a, b *sortRow) int {
		if ticks++; ticks&0xfff == 0 && x.err == nil && x.ctx.Err() != nil {
			x.fail(ctxError(x.ctx, x.limits))
		}
		return o.compare(a, b)
	})
	return x.err == nil
}

// spill writes the rows in memory, sorted, to a file: the cells, then the keys
// that are not among them.
func (o *sorter) spill() bool {
	x := o.x
	if !o.sort() {
		return false
	}
	s := x.spool(len(o.columns) + len(o.conditions))
	if s == nil {
		return false
	}
	out := make([]ID, s.width)
	for _, r := range o.rows {
		copy(out, r.cells)
		for i, k := range r.keys {
			id := k.id
			if o.conditions[i].slot < 0 {
				id = x.intern(k.v.term)
			}
			out[len(o.columns)+i] = id
		}
		if x.err != nil || !s.add(out) {
			return false
		}
	}
	x.release(o.rowBytes() * len(o.rows))
	clear(o.rows)
	o.rows, o.cells, o.keys = o.rows[:0], nil, nil
	o.parts = append(o.parts, s)
	return s.rewind()
}

// mergeParts passes on the rows of all files, in order.
func (o *sorter) mergeParts(row []ID) bool {
	x := o.x
	heads := &partHeap{o: o}
	defer func() {
		for _, s := range o.parts {
			s.close()
		}
	}()
	for i, s := range o.parts {
		r := &sortRow{cells: make([]ID, s.width), keys: make([]sortKey, len(o.conditions)), number: i}
		if o.read(s, r) {
			heads.rows = append(heads.rows, r)
		}
	}
	heap.Init(heads)
	for len(heads.rows) > 0 && x.err == nil {
		r := heads.rows[0]
		if !o.emit(r.cells[:len(o.columns)], row) {
			return false
		}
		if o.read(o.parts[r.number], r) {
			heap.Fix(heads, 0)
		} else {
			heap.Pop(heads)
		}
	}
	return x.err == nil
}

// read reads the next row of a file; more is false at its end.
func (o *sorter) read(s *spool, r *sortRow) (more bool) {
	if !s.next(r.cells) {
		return false
	}
	for i := range r.keys {
		r.keys[i] = sortKey{id: r.cells[len(o.columns)+i]}
	}
	return true
}

func (o *sorter) compare(a, b *sortRow) int {
	for i, c := range o.conditions {
		r := o.compareKeys(&a.keys[i], &b.keys[i])
		if r == 0 {
			continue
		}
		if c.descending {
			return -r
		}
		return r
	}
	return cmp.Compare(a.number, b.number)
}

func (o *sorter) compareKeys(a, b *sortKey) int {
	if a.v == nil && b.v == nil {
		if a.id == b.id {
			return 0
		}
		if o.x.comparer != nil && a.id != 0 && b.id != 0 && !a.id.local() && !b.id.local() {
			if c, ok := o.x.comparer.Compare(a.id, b.id); ok {
				return c
			}
		}
	}
	return order(*o.value(a), *o.value(b))
}

func (o *sorter) value(k *sortKey) *value {
	if k.v == nil {
		v := valueOf(o.x.term(k.id))
		k.v = &v
	}
	return k.v
}

// sortHeap keeps the last of the rows kept at the root.
type sortHeap sorter

func (h *sortHeap) Len() int           { return len(h.rows) }
func (h *sortHeap) Less(i, j int) bool { return (*sorter)(h).compare(h.rows[i], h.rows[j]) > 0 }
func (h *sortHeap) Swap(i, j int)      { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *sortHeap) Push(r any)         { h.rows = append(h.rows, r.(*sortRow)) }
func (h *sortHeap) Pop() any {
	r := h.rows[len(h.rows)-1]
	h.rows = h.rows[:len(h.rows)-1]
	return r
}

// partHeap keeps the next row of all files at the root.
type partHeap struct {
	o    *sorter
	rows []*sortRow
}

func (h *partHeap) Len() int           { return len(h.rows) }
func (h *partHeap) Less(i, j int) bool { return h.o.compare(h.rows[i], h.rows[j]) < 0 }
func (h *partHeap) Swap(i, j int)      { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *partHeap) Push(r any)         { h.rows = append(h.rows, r.(*sortRow)) }
func (h *partHeap) Pop() any {
	r := h.rows[len(h.rows)-1]
	h.rows = h.rows[:len(h.rows)-1]
	return r
}

package eval

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/belfort-lod/belfort/sparql/algebra"
)

// sorter is ORDER BY. With top set it keeps only that many rows.
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
}

type sortCondition struct {
	slot       int // a plain variable, -1 for an expression
	expr       evalFunc
	descending bool
}

// sortRow is a row with its keys. Keys of plain variables are worked out when
// they are first compared: the second often never is.
type sortRow struct {
	cells  []ID
	keys   []sortKey
	number int // order of arrival, so that the sort is stable
}

type sortKey struct {
	id    ID
	v     value
	ready bool
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
	r := &sortRow{keys: make([]sortKey, len(o.conditions)), number: o.counter}
	o.counter++
	for i, c := range o.conditions {
		if c.slot >= 0 {
			r.keys[i].id = row[c.slot]
			continue
		}
		v, ok := c.expr(x, row)
		if x.err != nil {
			return false
		}
		if ok {
			r.keys[i].v = v
		}
		r.keys[i].ready = true
	}
	if o.top >= 0 && int64(len(o.rows)) == o.top {
		if o.top == 0 || o.compare(r, o.rows[0]) >= 0 {
			return x.err == nil
		}
		r.cells = o.cells(row)
		o.rows[0] = r
		heap.Fix((*sortHeap)(o), 0)
		return x.err == nil
	}
	if !x.hold(o.rowBytes()) {
		return false
	}
	r.cells = o.cells(row)
	if o.top >= 0 {
		heap.Push((*sortHeap)(o), r)
	} else {
		o.rows = append(o.rows, r)
	}
	return x.err == nil
}

func (o *sorter) cells(row []ID) []ID {
	cells := make([]ID, len(o.columns))
	for i, s := range o.columns {
		cells[i] = row[s]
	}
	return cells
}

func (o *sorter) run(x *exec, row []ID) bool {
	o.x, o.rows, o.counter = x, nil, 0
	if !o.first.run(x, row) {
		return false
	}
	ticks := 0
	slices.SortFunc(o.rows, func(a, b *sortRow) int {
		if ticks++; ticks&0xfff == 0 && x.err == nil && x.ctx.Err() != nil {
			x.fail(ctxError(x.ctx, x.limits))
		}
		return o.compare(a, b)
	})
	if x.err != nil {
		return false
	}
	held := o.rowBytes() * len(o.rows)
	rows := o.rows
	o.rows = nil
	defer func() {
		x.release(held)
		for _, s := range o.columns {
			row[s] = 0
		}
	}()
	for i, r := range rows {
		for j, s := range o.columns {
			row[s] = r.cells[j]
		}
		rows[i] = nil
		if !x.step() || !o.next.run(x, row) {
			return false
		}
	}
	return true
}

func (o *sorter) compare(a, b *sortRow) int {
	for i, c := range o.conditions {
		ka, kb := &a.keys[i], &b.keys[i]
		if !ka.ready && !kb.ready && ka.id == kb.id {
			continue
		}
		r := order(o.key(ka), o.key(kb))
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

func (o *sorter) key(k *sortKey) value {
	if !k.ready {
		k.v, k.ready = o.x.value(k.id), true
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

package eval

import (
	"strings"

	"github.com/belfort-lod/belfort/sparql/algebra"
)

// groupBy compiles a Group: GROUP BY with its aggregates.
func (c *compiler) groupBy(p *algebra.Group, ns *namespace, g graphRef) op {
	inner := &namespace{slots: map[string]int{}, outer: set{}}
	b := bound{}
	if g.slot >= 0 {
		b[g.slot] = surelyBound
	}
	o := &grouper{implicit: len(p.Keys) == 0}
	sorted := c.sorted
	c.sorted = -1
	o.inner = c.pipeline(p.Input, inner, b, g, -1)
	c.sorted = sorted
	for _, name := range algebra.InScope(p.Input) {
		o.columns = append(o.columns, c.slot(inner, name))
	}
	sc := &visible{c: c, ns: inner, scope: setOf(algebra.InScope(p.Input)), bound: bound{}, graph: g}
	source := func(e algebra.Expr) operand {
		if v, ok := e.(*algebra.VarExpr); ok {
			return operand{slot: sc.slot(v.Name), plain: true}
		}
		return operand{slot: -1, expr: c.expr(e, sc)}
	}
	for _, k := range p.Keys {
		o.keys = append(o.keys, source(k.Expr))
		o.volatile = o.volatile || volatile(k.Expr)
		o.outputs = append(o.outputs, c.slot(ns, k.Var))
	}
	for _, a := range p.Aggregates {
		agg := &aggregate{Aggregate: a.Aggregate}
		if a.Aggregate.Expr != nil {
			agg.operand = source(a.Aggregate.Expr)
		} else {
			agg.row = o.columns
		}
		o.aggregates = append(o.aggregates, agg)
		o.outputs = append(o.outputs, c.slot(ns, a.Var))
	}
	return o
}

// operand is a variable or an expression that a group computes per row.
type operand struct {
	plain bool // a variable: slot, -1 if it is never bound
	slot  int
	expr  evalFunc
}

// id returns the ID of the operand, 0 if it has no value.
func (o operand) id(x *exec, row []ID) ID {
	if o.plain {
		if o.slot < 0 {
			return 0
		}
		return row[o.slot]
	}
	v, ok := o.expr(x, row)
	if !ok {
		return 0
	}
	return x.intern(v.term)
}

// value returns the value of the operand. missing tells an unbound variable
// from an expression that failed.
func (o operand) value(x *exec, row []ID) (v value, ok, missing bool) {
	if o.plain {
		if o.slot < 0 || row[o.slot] == 0 {
			return value{}, false, true
		}
		return x.value(row[o.slot]), true, false
	}
	v, ok = o.expr(x, row)
	return v, ok, false
}

// aggregate is one set function over all groups.
type aggregate struct {
	*algebra.Aggregate
	operand operand
	row     []int // COUNT(DISTINCT *)
	seen    *rowSet
	key     []ID // of seen, to be used again
	states  []state
}

// state is an aggregate in one group.
type state struct {
	n      int64
	failed bool
	sum    int64 // of integers, as long as no other number comes
	exact  bool  // sum is the sum so far
	best   value // sum, least, greatest, sample
	text   strings.Builder
}

// grouper is Group: it reads everything, then gives one row per group. When the
// groups take too much memory, rows of further groups are written to files by the
// hash of their key, and grouped file by file afterwards.
type grouper struct {
	linked
	inner      []op
	first      op
	keys       []operand
	columns    []int // slots of what is grouped
	aggregates []*aggregate
	outputs    []int // slots of the keys, then of the aggregates
	implicit   bool  // no GROUP BY: one group, always
	volatile   bool  // a key may differ when it is computed again
	groups     *rowSet
	level      int     // how often what comes in was spread
	rest       *spread // rows of groups that are not in groups, nil while there is room
	stateBytes int
}

type groupEnd struct {
	linked
	o *grouper
}

func (o *grouper) link(next op) {
	o.next = next
	o.first = chain(o.inner, &groupEnd{o: o})
}

func (e *groupEnd) run(x *exec, row []ID) bool { return e.o.take(x, row) }

// take puts a row in its group.
func (o *grouper) take(x *exec, row []ID) bool {
	if !x.step() {
		return false
	}
	var few [8]ID
	key := few[:0]
	for _, k := range o.keys {
		key = append(key, k.id(x, row))
	}
	if o.rest == nil && o.level < maxSpillLevel && len(key) > 0 && !o.volatile && x.crowded(o.groups.held()+o.stateBytes) {
		o.rest = &spread{level: o.level}
	}
	if o.rest != nil && !o.groups.has(key) {
		out := make([]ID, len(o.columns))
		for i, s := range o.columns {
			out[i] = row[s]
		}
		return x.err == nil && o.rest.add(x, key, out)
	}
	n, fresh, ok := o.groups.number(x, key)
	if !ok || x.err != nil {
		return false
	}
	if fresh {
		bytes := 200 * len(o.aggregates)
		o.stateBytes += bytes
		if !x.hold(bytes) {
			return false
		}
		for _, a := range o.aggregates {
			a.states = append(a.states, state{})
		}
	}
	for _, a := range o.aggregates {
		if !a.add(x, row, n) {
			return false
		}
	}
	return true
}

// add takes a row into the n-th group.
func (a *aggregate) add(x *exec, row []ID, n int) bool {
	s := &a.states[n]
	if a.Expr == nil { // COUNT(*)
		if a.Distinct {
			key := append(a.key[:0], ID(n))
			for _, slot := range a.row {
				key = append(key, row[slot])
			}
			a.key = key
			_, fresh, ok := a.seen.number(x, key)
			if !ok || !fresh {
				return ok
			}
		}
		s.n++
		return true
	}
	if a.Distinct {
		id := a.operand.id(x, row)
		if x.err != nil {
			return false
		}
		if id != 0 {
			a.key = append(a.key[:0], ID(n), id)
			_, fresh, ok := a.seen.number(x, a.key)
			if !ok || !fresh {
				return ok
			}
		}
	}
	if a.Func == "COUNT" && a.operand.plain {
		if a.operand.slot >= 0 && row[a.operand.slot] != 0 {
			s.n++
		}
		return true
	}
	v, ok, missing := a.operand.value(x, row)
	if !ok {
		// An unbound variable is passed over, as every engine does; a failing
		// expression makes the aggregate fail, but for those that pick values.
		if !missing && a.Func != "COUNT" && a.Func != "SAMPLE" {
			s.failed = true
		}
		return x.err == nil
	}
	s.n++
	switch a.Func {
	case "SUM", "AVG":
		if s.n == 1 {
			s.exact = true
		}
		if s.exact && v.kind == kindInteger && v.big == nil {
			if sum := s.sum + v.i; (sum > s.sum) == (v.i > 0) {
				s.sum = sum
				return true
			}
		}
		if s.exact {
			s.best, s.exact = integerValue(s.sum), false
		}
		if !s.failed {
			s.best, ok = arithmetic('+', s.best, v)
			s.failed = !ok || !v.numeric()
		}
	case "MIN":
		if s.n == 1 || order(v, s.best) < 0 {
			s.best = v
		}
	case "MAX":
		if s.n == 1 || order(v, s.best) > 0 {
			s.best = v
		}
	case "SAMPLE":
		if s.n == 1 {
			s.best = v
		}
	case "GROUP_CONCAT":
		if v.kind == kindBlank {
			s.failed = true
			return true
		}
		if s.n > 1 {
			s.text.WriteString(a.Separator)
		}
		s.text.WriteString(v.text())
		if s.text.Len() > maxText {
			s.failed = true
			s.text.Reset()
			s.n = 0
		}
		return x.hold(len(v.text()) + len(a.Separator))
	}
	return true
}

// result returns the value of a group; ok false is an error.
func (a *aggregate) result(s *state) (value, bool) {
	switch {
	case a.Func == "COUNT":
		return integerValue(s.n), true
	case s.failed:
		return value{}, false
	case a.Func == "GROUP_CONCAT":
		return stringValue(s.text.String()), true
	case s.n == 0:
		if a.Func == "SUM" || a.Func == "AVG" {
			return integerValue(0), true
		}
		return value{}, false
	case s.exact:
		s.best, s.exact = integerValue(s.sum), false
	}
	if a.Func == "AVG" {
		return arithmetic('/', s.best, value{kind: kindInteger, i: s.n})
	}
	return s.best, true
}

func (o *grouper) run(x *exec, row []ID) bool {
	o.level = 0
	o.reset()
	if !o.first.run(x, row) {
		return false
	}
	if o.implicit && o.groups.rows == 0 {
		if _, _, ok := o.groups.number(x, nil); !ok {
			return false
		}
		for _, a := range o.aggregates {
			a.states = append(a.states, state{})
		}
	}
	return o.emit(x, row)
}

// reset forgets all groups.
func (o *grouper) reset() {
	o.groups, o.rest, o.stateBytes = newRowSet(len(o.keys)), nil, 0
	for _, a := range o.aggregates {
		a.states = nil
		if a.Distinct {
			a.seen = newRowSet(2)
			if a.Expr == nil {
				a.seen = newRowSet(len(a.row) + 1)
			}
		}
	}
}

// emit passes on the groups, and then those of the rows that were left.
func (o *grouper) emit(x *exec, row []ID) bool {
	clear := func(slots []int) {
		for _, s := range slots {
			row[s] = 0
		}
	}
	defer clear(o.outputs)
	for n := range o.groups.rows {
		if !x.step() {
			return false
		}
		for i := range o.keys {
			row[o.outputs[i]] = o.groups.cells[n*o.groups.width+i]
		}
		for i, a := range o.aggregates {
			slot := o.outputs[len(o.keys)+i]
			row[slot] = 0
			if v, ok := a.result(&a.states[n]); ok {
				row[slot] = x.intern(v.term)
			}
		}
		if x.err != nil || !o.next.run(x, row) {
			return false
		}
	}
	rest, level := o.rest, o.level
	x.release(o.groups.held() + o.stateBytes)
	for _, a := range o.aggregates {
		if a.Distinct {
			x.release(a.seen.held())
		}
	}
	if rest == nil {
		return true
	}
	clear(o.outputs)
	cells := make([]ID, len(o.columns))
	for _, s := range rest.files {
		if s == nil {
			continue
		}
		o.level = level + 1
		o.reset()
		if !s.rewind() {
			return false
		}
		for s.next(cells) {
			for i, slot := range o.columns {
				row[slot] = cells[i]
			}
			if !o.take(x, row) {
				return false
			}
		}
		s.close()
		clear(o.columns)
		if x.err != nil || !o.emit(x, row) {
			return false
		}
	}
	return true
}

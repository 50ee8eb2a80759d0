package eval

import (
	"fmt"
	"strings"
)

// op is an operator of a plan. run adds its bindings to the row, runs the next
// operator for each solution, and takes the bindings away again. It returns
// false when the whole run must end: the consumer has enough, or exec.err is
// set. link tells it the operator after it; it is called once.
type op interface {
	run(x *exec, row []ID) bool
	link(next op)
}

// linked is an operator with one successor.
type linked struct{ next op }

func (l *linked) link(next op) { l.next = next }

// chain links operators to each other and the last to end, and returns the
// first.
func chain(ops []op, end op) op {
	for i := len(ops) - 1; i >= 0; i-- {
		ops[i].link(end)
		end = ops[i]
	}
	return end
}

// nothing gives no solution.
type nothing struct{ linked }

func (o *nothing) run(*exec, []ID) bool { return true }

// stop ends the run at the first solution, and remembers that there was one.
type stop struct {
	linked
	reached bool
}

func (o *stop) run(*exec, []ID) bool {
	o.reached = true
	return false
}

// filter passes rows for which the condition is true.
type filter struct {
	linked
	condition testFunc
}

func (o *filter) run(x *exec, row []ID) bool {
	if b, ok := o.condition(x, row); ok && b {
		return o.next.run(x, row)
	}
	return x.err == nil
}

// extend binds a slot to the value of an expression. from is a slot to copy, or
// -1; constant a value known beforehand, or 0.
type extend struct {
	linked
	expr     evalFunc
	slot     int
	from     int
	constant ID
}

func (o *extend) run(x *exec, row []ID) bool {
	id := o.constant
	switch {
	case id != 0:
	case o.from >= 0:
		id = row[o.from]
	default:
		if v, ok := o.expr(x, row); ok {
			id = x.intern(v.term)
		}
		if x.err != nil {
			return false
		}
	}
	if id == 0 || row[o.slot] == id {
		return o.next.run(x, row)
	}
	if row[o.slot] != 0 {
		return true
	}
	row[o.slot] = id
	going := o.next.run(x, row)
	row[o.slot] = 0
	return going
}

// merge joins slots of an isolated pattern with those outside.
type merge struct {
	linked
	pairs [][2]int // inner, outer
}

func (o *merge) run(x *exec, row []ID) bool {
	var few [8]int
	mine := few[:0]
	fits := true
	for _, p := range o.pairs {
		inner, outer := row[p[0]], row[p[1]]
		if inner == 0 || inner == outer {
			continue
		}
		if outer != 0 {
			fits = false
			break
		}
		row[p[1]] = inner
		mine = append(mine, p[1])
	}
	going := true
	if fits {
		going = o.next.run(x, row)
	}
	for _, s := range mine {
		row[s] = 0
	}
	return going
}

// union runs its branches one after the other.
type union struct {
	branches [][]op
	firsts   []op
}

func (o *union) link(next op) {
	for _, ops := range o.branches {
		o.firsts = append(o.firsts, chain(ops, next))
	}
}

func (o *union) run(x *exec, row []ID) bool {
	for _, first := range o.firsts {
		if !first.run(x, row) {
			return false
		}
	}
	return true
}

// optional is a left join: if nothing inside fits, the row goes on as it is.
type optional struct {
	linked
	inner   []op
	first   op
	matched bool
}

// optionalHit is the end of the inside of an optional.
type optionalHit struct {
	linked
	o *optional
}

func (h *optionalHit) run(x *exec, row []ID) bool {
	h.o.matched = true
	return h.o.next.run(x, row)
}

func (o *optional) link(next op) {
	o.next = next
	o.first = chain(o.inner, &optionalHit{o: o})
}

func (o *optional) run(x *exec, row []ID) bool {
	o.matched = false
	if !o.first.run(x, row) {
		return false
	}
	if o.matched {
		return true
	}
	return o.next.run(x, row)
}

// minusRun drops a row if the right side, run with it, has a solution.
type minusRun struct {
	linked
	inner []op
	first op
	end   stop
}

func (o *minusRun) run(x *exec, row []ID) bool {
	o.end.reached = false
	o.first.run(x, row)
	if o.end.reached || x.err != nil {
		return x.err == nil
	}
	return o.next.run(x, row)
}

// consistent passes rows in which no pair of slots has two values.
type consistent struct {
	linked
	pairs [][2]int
}

func (o *consistent) run(x *exec, row []ID) bool {
	for _, p := range o.pairs {
		if a, b := row[p[0]], row[p[1]]; a != 0 && b != 0 && a != b {
			return true
		}
	}
	return o.next.run(x, row)
}

// minusTable drops a row if a solution of the right side, computed once, is
// compatible with it and has a variable in common.
type minusTable struct {
	linked
	source *source
	pairs  [][2]int // inner, outer; the inner ones are the columns of the table
}

func (o *minusTable) run(x *exec, row []ID) bool {
	data := o.source.data(x, row)
	if data == nil {
		return false
	}
rows:
	for i := range data.rows {
		if !x.step() {
			return false
		}
		common := false
		for j, p := range o.pairs {
			a, b := data.cells[i*data.width+j], row[p[1]]
			if a == 0 || b == 0 {
				continue
			}
			if a != b {
				continue rows
			}
			common = true
		}
		if common {
			return true
		}
	}
	return o.next.run(x, row)
}

// source is a part of a plan that is computed once, or once per graph.
type source struct {
	inner   []op
	first   op
	end     *collect
	columns []int // slots of its own
	graph   int   // the slot that the rows depend on, -1 if none
	tables  map[ID]*tableData
	current *tableData
	// fetch gets the rows from elsewhere instead.
	fetch func(x *exec, row []ID) (*tableData, error)
}

// tableData are rows in memory.
type tableData struct {
	width, rows int
	cells       []ID
	index       *hashIndex
}

// collect stores rows in the table that the source computes.
type collect struct {
	linked
	s *source
}

func (o *collect) run(x *exec, row []ID) bool {
	t := o.s.current
	if !x.step() || !x.hold(8*t.width+8) {
		return false
	}
	for _, s := range o.s.columns {
		t.cells = append(t.cells, row[s])
	}
	t.rows++
	return true
}

// data returns the rows, nil on an error.
func (s *source) data(x *exec, row []ID) *tableData {
	var graph ID
	if s.graph >= 0 {
		graph = row[s.graph]
	}
	if t := s.tables[graph]; t != nil {
		return t
	}
	if s.fetch != nil {
		t, err := s.fetch(x, row)
		if err != nil {
			x.fail(err)
			return nil
		}
		s.tables[graph] = t
		return t
	}
	inner := make([]ID, len(row))
	if s.graph >= 0 {
		inner[s.graph] = graph
	}
	was := s.current
	s.current = &tableData{width: len(s.columns)}
	s.first.run(x, inner)
	t := s.current
	s.current = was
	if x.err != nil {
		return nil
	}
	s.tables[graph] = t
	return t
}

// tableJoin joins rows with a table.
type tableJoin struct {
	linked
	source *source
	slots  []int // of the columns, in this row
	key    []int // columns that are surely bound on both sides
}

func (o *tableJoin) run(x *exec, row []ID) bool {
	data := o.source.data(x, row)
	if data == nil {
		return false
	}
	if len(o.key) == 0 || data.rows < 8 {
		for i := range data.rows {
			if !x.step() || !o.pass(x, row, data.cells[i*data.width:(i+1)*data.width]) {
				return false
			}
		}
		return true
	}
	if data.index == nil {
		index := newHashIndex(len(o.key), data.width, float64(data.rows))
		if !x.hold(index.rowBytes() * data.rows) {
			return false
		}
		for i := range data.rows {
			cells := data.cells[i*data.width : (i+1)*data.width]
			for _, k := range o.key {
				index.cells = append(index.cells, cells[k])
			}
			index.cells = append(index.cells, cells...)
		}
		index.finish()
		data.index = index
	}
	var few [8]ID
	key := few[:0]
	for _, k := range o.key {
		key = append(key, row[o.slots[k]])
	}
	for at, end := data.index.bucket(key); at < end; at++ {
		if !x.step() || data.index.has(at, key) && !o.pass(x, row, data.index.payload(at)) {
			return false
		}
	}
	return true
}

// pass joins the row with one of the table.
func (o *tableJoin) pass(x *exec, row []ID, cells []ID) bool {
	var few [16]int
	mine := few[:0]
	fits := true
	for i, s := range o.slots {
		if cells[i] == 0 || row[s] == cells[i] {
			continue
		}
		if row[s] != 0 {
			fits = false
			break
		}
		row[s] = cells[i]
		mine = append(mine, s)
	}
	going := true
	if fits {
		going = o.next.run(x, row)
	}
	for _, s := range mine {
		row[s] = 0
	}
	return going
}

// graphNames binds a slot to each named graph, or checks that a graph exists.
type graphNames struct {
	linked
	graph graphRef
}

func (o *graphNames) run(x *exec, row []ID) bool {
	exists := func(id ID) bool {
		if id == 0 || id.local() {
			return false
		}
		for range x.ds.Match(QuadID{Graph: id}, Named) {
			return true
		}
		return false
	}
	switch {
	case o.graph.slot < 0:
		if exists(o.graph.id) {
			return o.next.run(x, row)
		}
		return true
	case row[o.graph.slot] != 0:
		if exists(row[o.graph.slot]) {
			return o.next.run(x, row)
		}
		return true
	}
	slot := o.graph.slot
	defer func() { row[slot] = 0 }()
	for g, err := range graphsOf(x.ds) {
		if err != nil {
			return x.fail(fmt.Errorf("read graphs: %w", err))
		}
		row[slot] = g
		if !x.step() || !o.next.run(x, row) {
			return false
		}
	}
	return true
}

// slice skips and ends.
type slice struct {
	linked
	inner         []op
	first         op
	offset, limit int64
	seen          int64
	full          bool
}

func (o *slice) detail() string {
	var parts []string
	if o.offset > 0 {
		parts = append(parts, fmt.Sprint("offset ", o.offset))
	}
	if o.limit >= 0 {
		parts = append(parts, fmt.Sprint("limit ", o.limit))
	}
	return strings.Join(parts, " ")
}

type sliceEnd struct {
	linked
	o *slice
}

func (e *sliceEnd) run(x *exec, row []ID) bool {
	o := e.o
	o.seen++
	if o.seen <= o.offset {
		return true
	}
	if !o.next.run(x, row) {
		return false
	}
	o.full = o.limit >= 0 && o.seen-o.offset >= o.limit
	return !o.full
}

func (o *slice) link(next op) {
	o.next = next
	o.first = chain(o.inner, &sliceEnd{o: o})
}

func (o *slice) run(x *exec, row []ID) bool {
	if o.limit == 0 {
		return true
	}
	o.seen, o.full = 0, false
	going := o.first.run(x, row)
	return going || o.full && x.err == nil
}

// distinctOp passes each solution once. What does not fit in memory is written
// to files by its hash, and looked at file by file in the end.
type distinctOp struct {
	linked
	inner   []op
	first   op
	columns []int
	ordered bool // the order of the rows counts: no files
	seen    *rowSet
	rest    *spread // what is not in seen, nil while there is room
	key     []ID
}

type distinctEnd struct {
	linked
	o *distinctOp
}

func (e *distinctEnd) run(x *exec, row []ID) bool {
	o := e.o
	for i, c := range o.columns {
		o.key[i] = row[c]
	}
	fresh, ok := o.add(x, 0)
	if !ok || !fresh {
		return ok
	}
	return o.next.run(x, row)
}

// add reports whether the key is new, as far as is known by now. level is how
// often what is left was spread.
func (o *distinctOp) add(x *exec, level int) (fresh, ok bool) {
	if o.rest == nil && level < maxSpillLevel && len(o.key) > 0 && !o.ordered && x.crowded(o.seen.held()) {
		o.rest = &spread{level: level}
	}
	if o.rest != nil {
		if o.seen.has(o.key) {
			return false, true
		}
		return false, o.rest.add(x, o.key, o.key)
	}
	_, fresh, ok = o.seen.number(x, o.key)
	return fresh, ok
}

func (o *distinctOp) link(next op) {
	o.next = next
	o.first = chain(o.inner, &distinctEnd{o: o})
}

func (o *distinctOp) run(x *exec, row []ID) bool {
	o.seen, o.rest, o.key = newRowSet(len(o.columns)), nil, make([]ID, len(o.columns))
	if !o.first.run(x, row) {
		return false
	}
	defer func() {
		for _, c := range o.columns {
			row[c] = 0
		}
	}()
	return o.again(x, row, 1)
}

// again looks at what was left.
func (o *distinctOp) again(x *exec, row []ID, level int) bool {
	rest := o.rest
	x.release(o.seen.held())
	if rest == nil {
		return true
	}
	for _, s := range rest.files {
		if s == nil {
			continue
		}
		o.seen, o.rest = newRowSet(len(o.columns)), nil
		if !s.rewind() {
			return false
		}
		for s.next(o.key) {
			if !x.step() {
				return false
			}
			fresh, ok := o.add(x, level)
			if !ok {
				return false
			}
			if !fresh {
				continue
			}
			for i, c := range o.columns {
				row[c] = o.key[i]
			}
			if !o.next.run(x, row) {
				return false
			}
		}
		s.close()
		if x.err != nil || !o.again(x, row, level+1) {
			return false
		}
	}
	return true
}

package eval

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// scan matches a triple pattern. There are four ways to do that, and all but the
// first need the dataset to be a Seeker:
//
//   - by Match, a look-up for each row;
//   - by a cursor that is sought for each row and keeps its place between;
//   - where rows come sorted by one of the places, by a cursor on the whole
//     pattern that goes forward with them: a merge join;
//   - when it has been asked often enough to be worth it, in a hash table of all
//     quads that fit the constants.
type scan struct {
	linked
	constant [4]ID
	slots    [4]int // -1 where constant
	scope    Scope

	// regular: when it runs each slot is surely bound or surely not, and none
	// comes twice. key and free are the places whose slots are, and are not.
	regular   bool
	key, free []int

	within  [4]idRanges // that a filter leaves of a place, nil for all
	wanted  int         // the order wanted of a cursor on the constants, -1 for any
	merged  int         // the place to merge by, -1 for no merge join
	trial   bool        // rows may well come nearly sorted: merge as long as they do
	total   float64     // estimate of the quads that fit the constants
	expects float64     // how often the planner thinks that it runs
	hashes  bool        // the planner thinks that a hash table pays

	probes  int
	index   *hashIndex
	cursors [16]Cursor // by the places bound
	asked   [16]bool
	sought  [16]int // the place whose ranges are sought, -1 for none
	buffer  []QuadID
	join    mergeState
}

// A look-up costs about as much as reading lookUpCost quads in order, and
// hashing a quad as much as reading hashCost; a table of more than maxHashRows
// is not made.
const (
	lookUpCost  = 24
	hashCost    = 3
	maxHashRows = 6_000_000
	minProbes   = 32
)

// A buffer grows with what a cursor gives: who wants one row reads few.
const (
	leastBuffer = 16
	mostBuffer  = 1024
)

func (q *QuadID) cells() [4]ID { return [4]ID{q.Subject, q.Predicate, q.Object, q.Graph} }

func quadOf(cells [4]ID) QuadID { return QuadID{cells[0], cells[1], cells[2], cells[3]} }

func (o *scan) named() (operator, index string) {
	switch {
	case o.index != nil:
		return "hash join", ""
	case o.merged >= 0:
		return "merge join", indexName(o.join.cursor, o.fixed(), o.merged)
	}
	operator = "index join"
	if o.regular && len(o.key) == 0 {
		operator = "scan"
	}
	for mask, c := range o.cursors {
		if c != nil {
			order := o.wanted
			if o.sought[mask] >= 0 {
				order = o.sought[mask]
			}
			index = indexName(c, mask, order)
		}
	}
	return operator, index
}

// indexName returns what a cursor says of its order; if it says nothing, the
// places that it was asked for: those that are given, and that of the order.
func indexName(c Cursor, mask, order int) string {
	if c == nil {
		return ""
	}
	if s, ok := c.(fmt.Stringer); ok {
		return s.String()
	}
	name := ""
	for place, letter := range "SPOG" {
		if mask&(1<<place) != 0 {
			name += string(letter)
		}
	}
	if order >= 0 && mask&(1<<order) == 0 {
		name += "-" + "SPOG"[order:order+1]
	}
	return name
}

func (o *scan) run(x *exec, row []ID) bool {
	if o.regular && !o.asPlanned(row) {
		// The planner was wrong: a slow answer is better than a false one.
		if x.opts.strain != (strain{}) {
			return x.fail(errors.New("the planner is wrong about what is bound"))
		}
		o.regular, o.merged, o.index = false, -1, nil
	}
	if o.index != nil {
		return o.probe(x, row)
	}
	if o.merged >= 0 {
		return o.merge(x, row)
	}
	pattern := o.constant
	mask := 0
	for i, s := range o.slots {
		if s < 0 {
			if o.constant[i] != 0 {
				mask |= 1 << i
			}
			continue
		}
		if id := row[s]; id != 0 {
			if id.local() {
				return true
			}
			pattern[i] = id
			mask |= 1 << i
		}
	}
	if o.regular && len(o.key) > 0 {
		o.probes++
		if (o.probes >= minProbes || x.opts.strain.hash && o.probes > 1) && o.worthHashing(x) {
			if !o.build(x) {
				return false
			}
			if o.index != nil {
				return o.probe(x, row)
			}
		}
	}
	cursor := o.cursor(x, mask)
	if cursor == nil {
		return o.match(x, row, pattern)
	}
	place := o.sought[mask]
	if place < 0 {
		cursor.Seek(quadOf(pattern), 0, 0)
		return o.read(x, row, cursor)
	}
	for _, r := range o.within[place] {
		cursor.Seek(quadOf(pattern), r[0], r[1])
		if !o.read(x, row, cursor) {
			return false
		}
	}
	return true
}

// asPlanned reports whether the slots are bound that the planner thinks are, and
// no others.
func (o *scan) asPlanned(row []ID) bool {
	for _, place := range o.key {
		if row[o.slots[place]] == 0 {
			return false
		}
	}
	for _, place := range o.free {
		if row[o.slots[place]] != 0 {
			return false
		}
	}
	return true
}

// worthHashing reports whether the look-ups made so far cost what a hash table
// would, or a part of that where the planner expects many more.
func (o *scan) worthHashing(x *exec) bool {
	if o.total > maxHashRows || x.opts.strain.hash {
		return o.total <= maxHashRows
	}
	cost := o.total * hashCost
	switch {
	case o.hashes:
		cost /= 8
	case o.expects*lookUpCost < cost:
		cost *= 4 // the planner thinks that it never pays: believe it for a while
	}
	if float64(o.probes)*lookUpCost < cost {
		return false
	}
	bytes := o.total * float64(8*(len(o.key)+len(o.free))+12)
	return (x.limits.Memory <= 0 || bytes < float64(x.limits.Memory-x.memory)/2) && x.opts.Budget.fits(bytes)
}

// cursor returns the cursor for patterns with the places of mask, nil if the
// dataset has none.
func (o *scan) cursor(x *exec, mask int) Cursor {
	if o.asked[mask] {
		return o.cursors[mask]
	}
	o.asked[mask] = true
	o.sought[mask] = -1
	for place, ranges := range o.within {
		if ranges == nil || mask&(1<<place) != 0 || len(ranges) > maxSought {
			continue
		}
		if c := x.cursor(mask, place, o.scope); c != nil {
			o.sought[mask], o.cursors[mask] = place, c
			return c
		}
	}
	if o.wanted >= 0 && mask&(1<<o.wanted) == 0 {
		if c := x.cursor(mask, o.wanted, o.scope); c != nil {
			o.cursors[mask] = c
			return c
		}
	}
	o.cursors[mask] = x.cursor(mask, -1, o.scope)
	return o.cursors[mask]
}

// read passes on what the cursor gives, to its end.
func (o *scan) read(x *exec, row []ID, cursor Cursor) bool {
	size := leastBuffer
	for {
		if len(o.buffer) < size {
			o.buffer = make([]QuadID, size)
		}
		n, err := cursor.Next(o.buffer[:size])
		if err != nil {
			return x.fail(fmt.Errorf("read quads: %w", err))
		}
		if n == 0 {
			return true
		}
		for i := range n {
			if !x.step() || !o.pass(x, row, &o.buffer[i]) {
				return false
			}
		}
		if n == size {
			size = min(4*size, mostBuffer)
		}
	}
}

// pass binds the free slots to a quad that fits, and runs the next operator.
func (o *scan) pass(x *exec, row []ID, q *QuadID) bool {
	quad := q.cells()
	if !o.regular {
		return o.unify(x, row, quad)
	}
	for _, place := range o.free {
		if r := o.within[place]; r != nil && !r.has(quad[place]) {
			return true
		}
	}
	for _, place := range o.free {
		row[o.slots[place]] = quad[place]
	}
	going := o.next.run(x, row)
	for _, place := range o.free {
		row[o.slots[place]] = 0
	}
	return going
}

// unify is pass where a slot may be bound or come twice.
func (o *scan) unify(x *exec, row []ID, quad [4]ID) bool {
	var mine [4]bool
	fits, going := true, true
	for i, s := range o.slots {
		if s < 0 {
			continue
		}
		if row[s] == 0 {
			row[s] = quad[i]
			mine[i] = true
		} else if row[s] != quad[i] {
			fits = false
			break
		}
	}
	if fits {
		going = o.next.run(x, row)
	}
	for i, s := range o.slots {
		if mine[i] {
			row[s] = 0
		}
	}
	return going
}

// match is the look-up in a dataset without cursors.
func (o *scan) match(x *exec, row []ID, pattern [4]ID) bool {
	for q, err := range x.ds.Match(quadOf(pattern), o.scope) {
		if err != nil {
			return x.fail(fmt.Errorf("read quads: %w", err))
		}
		if !x.step() || !o.pass(x, row, &q) {
			return false
		}
	}
	return true
}

// build makes the hash table, or finds that it does not fit in memory and sees to
// it that nobody tries again.
func (o *scan) build(x *exec) bool {
	index, held, full := newHashIndex(len(o.key), len(o.free), o.total), 0, false
	add := func(q *QuadID) bool {
		if !x.step() {
			return false
		}
		quad := q.cells()
		for _, i := range o.free {
			if r := o.within[i]; r != nil && !r.has(quad[i]) {
				return true
			}
		}
		if limit := x.limits.Memory; limit > 0 && x.memory > limit/4*3 || x.opts.Budget.scarce(held) {
			full = true
			return false
		}
		held += index.rowBytes()
		if !x.hold(index.rowBytes()) {
			return false
		}
		for _, i := range o.key {
			index.cells = append(index.cells, quad[i])
		}
		for _, i := range o.free {
			index.cells = append(index.cells, quad[i])
		}
		return true
	}
	if !o.whole(x, add) && !full {
		return false
	}
	if full {
		x.release(held)
		o.total = math.Inf(1)
		return true
	}
	index.finish()
	o.index = index
	return true
}

// whole yields all quads that fit the constants, and the ranges of one place.
func (o *scan) whole(x *exec, add func(q *QuadID) bool) bool {
	mask, place := o.fixed(), -1
	for i, ranges := range o.within {
		if ranges != nil && slices.Contains(o.free, i) && len(ranges) <= maxSought {
			place = i
		}
	}
	cursor := x.cursor(mask, place, o.scope)
	if cursor == nil && place >= 0 {
		place = -1
		cursor = x.cursor(mask, -1, o.scope)
	}
	if cursor == nil {
		for q, err := range x.ds.Match(quadOf(o.constant), o.scope) {
			if err != nil {
				return x.fail(fmt.Errorf("read quads: %w", err))
			}
			if !add(&q) {
				return false
			}
		}
		return true
	}
	ranges := idRanges{{0, 0}}
	if place >= 0 {
		ranges = o.within[place]
	}
	buffer := make([]QuadID, mostBuffer)
	for _, r := range ranges {
		cursor.Seek(quadOf(o.constant), r[0], r[1])
		for {
			n, err := cursor.Next(buffer)
			if err != nil {
				return x.fail(fmt.Errorf("read quads: %w", err))
			}
			if n == 0 {
				break
			}
			for i := range n {
				if !add(&buffer[i]) {
					return false
				}
			}
		}
	}
	return true
}

func (o *scan) probe(x *exec, row []ID) bool {
	var few [4]ID
	key := few[:len(o.key)]
	for i, place := range o.key {
		key[i] = row[o.slots[place]]
	}
	going := true
	for at, end := o.index.bucket(key); at < end && going; at++ {
		if !x.step() {
			going = false
			break
		}
		if !o.index.has(at, key) {
			continue
		}
		cells := o.index.payload(at)
		for i, place := range o.free {
			row[o.slots[place]] = cells[i]
		}
		going = o.next.run(x, row)
	}
	for _, place := range o.free {
		row[o.slots[place]] = 0
	}
	return going
}

// mergeState is how far a merge join is in the sorted quads.
type mergeState struct {
	cursor      Cursor
	buffer      []QuadID
	at, n       int // read and not yet passed over: buffer[at:n]
	size        int // of the next batch
	skipped     int // quads of this batch that no row asked for
	ended       bool
	rows, seeks int // so far
	key         ID  // of group; 0 before the first
	group       []QuadID
	collected   []QuadID // group, where it goes over the end of a batch
}

// trialRows is how many rows a merge join on trial is judged by.
const trialRows = 128

// maxGroup bounds the quads with one key that a merge join keeps.
const maxGroup = 1 << 14

// merge goes forward to the quads that the row asks for. Rows that come out of
// order cost a search, and nothing else.
func (o *scan) merge(x *exec, row []ID) bool {
	m := &o.join
	target := row[o.slots[o.merged]]
	if target.local() {
		return true
	}
	if m.cursor == nil {
		if m.cursor = x.cursor(o.fixed(), o.merged, o.scope); m.cursor == nil {
			o.merged = -1
			return o.run(x, row)
		}
		m.buffer = make([]QuadID, mostBuffer)
	}
	m.rows++
	if o.trial && m.rows == trialRows {
		if m.seeks > trialRows/4 {
			o.merged = -1
			return o.run(x, row)
		}
		m.rows, m.seeks = 0, 0
	}
	if target != m.key {
		if !o.forward(x, target) {
			return false
		}
		if o.merged < 0 { // too many quads with one key
			return o.run(x, row)
		}
	}
group:
	for i := range m.group {
		if !x.step() {
			return false
		}
		quad := m.group[i].cells()
		for _, place := range o.key {
			if quad[place] != row[o.slots[place]] {
				continue group
			}
		}
		if !o.pass(x, row, &m.group[i]) {
			return false
		}
	}
	return true
}

// forward makes group the quads with the target in the place of the merge.
func (o *scan) forward(x *exec, target ID) bool {
	m := &o.join
	fill := func() bool {
		n, err := m.cursor.Next(m.buffer[:m.size])
		if err != nil {
			return x.fail(fmt.Errorf("read quads: %w", err))
		}
		m.at, m.n, m.skipped, m.ended = 0, n, 0, n == 0
		if n == m.size {
			m.size = min(2*m.size, mostBuffer)
		}
		return true
	}
	seek := func() bool {
		m.seeks++
		m.cursor.Seek(quadOf(o.constant), target, 0)
		m.size = leastBuffer
		return fill()
	}
	if m.key == 0 || target < m.key {
		if !seek() {
			return false
		}
	}
	m.key, m.group = target, nil
	for !m.ended {
		// Skip by doubling steps: most are short.
		for step := 1; m.at < m.n && m.buffer[m.at].at(o.merged) < target; {
			if m.at+step < m.n && m.buffer[m.at+step].at(o.merged) < target {
				m.at += step
				m.skipped += step
				step *= 2
			} else {
				m.at++
				m.skipped++
				step = 1
			}
		}
		if m.at < m.n {
			break
		}
		ok := false
		if m.skipped > m.n/2 {
			ok = seek()
		} else {
			ok = fill()
		}
		if !ok {
			return false
		}
	}
	m.collected = m.collected[:0]
	for !m.ended {
		end := m.at
		for end < m.n && m.buffer[end].at(o.merged) == target {
			end++
		}
		if end < m.n && len(m.collected) == 0 {
			m.group = m.buffer[m.at:end]
			m.at = end
			return true
		}
		m.collected = append(m.collected, m.buffer[m.at:end]...)
		m.at = end
		if end < m.n {
			break
		}
		if len(m.collected) > maxGroup {
			o.merged = -1
			return true
		}
		if !fill() {
			return false
		}
	}
	m.group = m.collected
	return true
}

// at returns the ID in a place of the quad.
func (q *QuadID) at(place int) ID {
	switch place {
	case placeS:
		return q.Subject
	case placeP:
		return q.Predicate
	case placeO:
		return q.Object
	}
	return q.Graph
}

// cursorKey is what a cursor is asked for.
type cursorKey struct {
	mask, order int
	scope       Scope
}

// cursor returns a cursor for patterns with the places of mask, sorted by the
// place order unless that is negative; nil if the dataset has none. The run
// closes it.
func (x *exec) cursor(mask, order int, scope Scope) Cursor {
	if x.seeker == nil {
		return nil
	}
	key := cursorKey{mask, order, scope}
	if spare := x.spare[key]; len(spare) > 0 {
		x.spare[key] = spare[:len(spare)-1]
		return spare[len(spare)-1]
	}
	return x.open(key)
}

// giveBack lets others use a cursor.
func (x *exec) giveBack(mask, order int, scope Scope, c Cursor) {
	key := cursorKey{mask, order, scope}
	x.spare[key] = append(x.spare[key], c)
}

func (x *exec) open(key cursorKey) Cursor {
	var few [4]Place
	bound := few[:0]
	for place := range Place(4) {
		if key.mask&(1<<place) != 0 {
			bound = append(bound, place)
		}
	}
	var sorted []Place
	if key.order >= 0 {
		sorted = []Place{Place(key.order)}
	}
	c := x.seeker.Cursor(bound, sorted, key.scope)
	if c != nil {
		x.cursors = append(x.cursors, c)
	}
	return c
}

// sorts reports whether the dataset has a cursor.
func (x *exec) sorts(mask, order int, scope Scope) bool {
	if x.seeker == nil {
		return false
	}
	key := cursorKey{mask, order, scope}
	spare, known := x.spare[key]
	if !known {
		if c := x.open(key); c != nil {
			spare = []Cursor{c}
		}
		x.spare[key] = spare
		x.sorted[key] = len(spare) > 0
	}
	return x.sorted[key]
}

// reader is a cursor with a buffer.
type reader struct {
	cursor Cursor
	buffer [leastBuffer]QuadID
}

// each yields the quads that fit a pattern. It may be called again while it runs.
func (x *exec) each(pattern QuadID, scope Scope, yield func(QuadID) bool) bool {
	key := cursorKey{order: -1, scope: scope}
	for i, id := range pattern.cells() {
		if id != 0 {
			key.mask |= 1 << i
		}
	}
	r := x.reader(key)
	if r == nil {
		for q, err := range x.ds.Match(pattern, scope) {
			if err != nil {
				return x.fail(fmt.Errorf("read quads: %w", err))
			}
			if !x.step() || !yield(q) {
				return false
			}
		}
		return true
	}
	defer func() { x.readers[key] = append(x.readers[key], r) }()
	r.cursor.Seek(pattern, 0, 0)
	for {
		n, err := r.cursor.Next(r.buffer[:])
		if err != nil {
			return x.fail(fmt.Errorf("read quads: %w", err))
		}
		if n == 0 {
			return true
		}
		for i := range n {
			if !x.step() || !yield(r.buffer[i]) {
				return false
			}
		}
	}
}

// reader returns a reader that nobody uses, nil if the dataset has no cursors.
func (x *exec) reader(key cursorKey) *reader {
	if free := x.readers[key]; len(free) > 0 {
		x.readers[key] = free[:len(free)-1]
		return free[len(free)-1]
	}
	c := x.cursor(key.mask, key.order, key.scope)
	if c == nil {
		return nil
	}
	return &reader{cursor: c}
}

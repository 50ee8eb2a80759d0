package quadstore

import (
	"slices"

	"github.com/belfort-lod/belfort/sparql/eval"
)

var _ eval.Seeker = (*Snapshot)(nil)

// orderFor returns the order of quads that begins with the places of bound, in
// whatever sequence, and goes on with those of sorted; -1 if there is none. A
// union must find equal triples side by side.
func orderFor(bound, sorted []eval.Place, scope eval.Scope) int {
	graphBound := slices.Contains(bound, eval.AtGraph)
	if scope == eval.Default && !graphBound {
		bound = append(slices.Clone(bound), eval.AtGraph)
	}
	if len(bound)+len(sorted) > 4 {
		return -1
	}
	for at, o := range orders {
		if scope == eval.Union && !graphBound && o[3] != graph {
			continue
		}
		fits := true
		for i, place := range o {
			switch {
			case i < len(bound):
				fits = fits && slices.Contains(bound, eval.Place(place))
			case i < len(bound)+len(sorted):
				fits = fits && sorted[i-len(bound)] == eval.Place(place)
			}
		}
		if fits {
			return at
		}
	}
	return -1
}

// Cursor is eval.Seeker.
func (d *Snapshot) Cursor(bound, order []eval.Place, scope eval.Scope) eval.Cursor {
	at := orderFor(bound, order, scope)
	if at < 0 {
		return nil
	}
	c := &cursor{}
	if c.err = d.enter(); c.err != nil {
		return c
	}
	graphBound := slices.Contains(bound, eval.AtGraph)
	prefix := len(bound)
	if scope == eval.Default && !graphBound {
		prefix++
	}
	c.begin(d, at, prefix, scope, graphBound)
	c.ranged = len(order) > 0
	return c
}

// cursor reads the quads of one order in a range, those of the base and the
// delta together.
type cursor struct {
	d            *Snapshot // nil once closed
	at           int
	prefix       int  // places bound
	ranged       bool // from and to say something of the next place
	union, named bool
	want         quad
	rest         []uint8 // places beyond the prefix that must fit want too

	run    runCursor
	open   bool // rows of the range may be left in the run
	limit  row  // the last of the range, in its first limits places
	limits int
	known  int // the block that left is about, or -1
	left   int // rows of it that are in the range, from the cursor on

	delta   deltaCursor
	merging bool          // entries of the range are left in the delta
	until   entry         // limit for the delta
	head    []eval.QuadID // rows read from the run, not yet given out

	last     eval.QuadID // of a union
	started  bool
	repeated int // times that last was passed over
	err      error

	coded   [4]coded // what the places of the last pattern are as codes
	columns [4][chunk]code
	heads   [chunk]eval.QuadID
	out     [chunk]eval.QuadID // of Match
}

// chunk is how many rows are unpacked together.
const chunk = 64

type coded struct {
	id    eval.ID
	c     code
	exact bool
}

// begin prepares a cursor, which may have been used before.
func (c *cursor) begin(d *Snapshot, at, prefix int, scope eval.Scope, graphBound bool) {
	c.d, c.at, c.prefix, c.ranged, c.rest = d, at, prefix, false, nil
	c.union = scope == eval.Union && !graphBound
	c.named = scope == eval.Named && !graphBound
	c.run = runCursor{r: d.base.runs[at]}
	c.delta = deltaCursor{s: d.delta.by[at]}
	c.coded = [4]coded{}
	c.err, c.open, c.merging, c.head = nil, false, false, nil
}

// Seek is eval.Cursor.
func (c *cursor) Seek(pattern eval.QuadID, from, to eval.ID) {
	if c.d == nil {
		return
	}
	c.started, c.repeated, c.head = false, 0, nil
	c.open, c.merging = false, false
	c.want = quad{pattern.Subject, pattern.Predicate, pattern.Object, pattern.Graph}
	if !c.ranged {
		from, to = 0, 0
	}
	o := &orders[c.at]
	if len(c.delta.s) > 0 {
		var low entry
		for i := range c.prefix {
			low[i] = c.want[o[i]]
		}
		c.until = low
		c.limits = c.prefix
		n := c.prefix
		if from != 0 {
			low[n] = from
			n++
		}
		if to != 0 {
			c.until[c.prefix] = to
			c.limits++
		}
		c.delta.seek(&low, n, false)
		c.merging = c.deltaEntry() != nil
	}
	if c.run.r.count > 0 {
		c.err = c.seekRun(from, to)
	}
}

// seekRun goes to the beginning of the range in the base.
func (c *cursor) seekRun(from, to eval.ID) error {
	t := c.d.base.terms
	o := &orders[c.at]
	var low row
	for i := range c.prefix {
		id := c.want[o[i]]
		known := &c.coded[i]
		if known.id != id || id == 0 {
			k, exact, err := t.code(id)
			if err != nil {
				return err
			}
			*known = coded{id, k, exact}
		}
		if !known.exact {
			return nil
		}
		low[i] = known.c
	}
	n := c.prefix
	c.limit, c.limits = low, c.prefix
	if to != 0 {
		k, exact, err := t.code(to)
		if err != nil {
			return err
		}
		if !exact {
			k-- // the last below it; there is 0 at least
		}
		c.limit[n] = k
		c.limits++
	}
	if from != 0 {
		k, _, err := t.code(from)
		if err != nil {
			return err
		}
		if to != 0 && k > c.limit[n] {
			return nil
		}
		low[n] = k
		n++
	}
	if err := c.run.seek(&low, n); err != nil {
		return err
	}
	c.open, c.known = !c.run.end(), -1
	return nil
}

// deltaEntry returns the entry that the delta goes on with, nil if it is beyond
// the range.
func (c *cursor) deltaEntry() *entry {
	e := c.delta.entry()
	if e == nil || compareEntries(e, &c.until, c.limits) > 0 {
		return nil
	}
	return e
}

// Next is eval.Cursor.
func (c *cursor) Next(quads []eval.QuadID) (n int, err error) {
	for n < len(quads) && c.err == nil {
		k := 0
		if c.merging || len(c.head) > 0 {
			k, c.err = c.merge(quads[n:])
		} else if c.open {
			k, c.err = c.rows(quads[n:])
		}
		if k == 0 {
			break
		}
		if c.union || c.named || c.rest != nil {
			k = c.keep(quads[n : n+k])
		}
		n += k
	}
	if c.err != nil {
		return 0, c.err
	}
	return n, nil
}

// rows reads rows of the base, at least one if the range has one.
func (c *cursor) rows(quads []eval.QuadID) (int, error) {
	r := &c.run
	if c.known != r.blk {
		c.known, c.left = r.blk, r.within(&c.limit, c.limits)
	}
	n := min(c.left, len(quads), chunk)
	if n == 0 {
		c.open = false
		return 0, nil
	}
	for i, place := range orders[c.at] {
		r.b.column(i, r.i, c.columns[place][:n])
	}
	s, p, o, g := c.columns[subject][:n], c.columns[predicate][:n], c.columns[object][:n], c.columns[graph][:n]
	t := c.d.base.terms
	last := code(t.n)
	for i := range n {
		q := &quads[i]
		q.Subject, q.Predicate, q.Object, q.Graph = eval.ID(s[i]), eval.ID(p[i]), eval.ID(o[i]), eval.ID(g[i])
		if o[i] > last {
			id, err := t.idOf(o[i])
			if err != nil {
				return 0, err
			}
			q.Object = id
		}
	}
	if c.left -= n; c.left > 0 {
		r.i += n
		return n, nil
	}
	if r.i+n < r.b.n {
		r.i += n
		c.open = false
		return n, nil
	}
	err := r.load(r.blk, r.i+n)
	c.open = !r.end()
	return n, err
}

// merge reads rows of base and delta together.
func (c *cursor) merge(quads []eval.QuadID) (n int, err error) {
	for n < len(quads) {
		if len(c.head) == 0 && c.open {
			k, err := c.rows(c.heads[:])
			if err != nil {
				return 0, err
			}
			c.head = c.heads[:k]
		}
		e := c.deltaEntry()
		if e == nil {
			// Only the base is left.
			c.merging = false
			k := copy(quads[n:], c.head)
			c.head = c.head[k:]
			return n + k, nil
		}
		side := 1
		if len(c.head) > 0 {
			q := &c.head[0]
			h := entryOf(c.at, quad{q.Subject, q.Predicate, q.Object, q.Graph}, false)
			side = compareEntries(&h, e, 4)
		}
		switch {
		case side < 0:
			quads[n] = c.head[0]
			c.head = c.head[1:]
			n++
			continue
		case side == 0: // it is gone
			c.head = c.head[1:]
		case !e.gone():
			quads[n] = e.quad(c.at).id()
			n++
		}
		c.delta.next()
	}
	return n, nil
}

// skipAfter is after how many graphs with the same triple the union goes past
// the others at once: what every page says of its government stands in thousands
// of graphs.
const skipAfter = 8

// keep moves the quads that were asked for to the front and returns how many
// they are.
func (c *cursor) keep(quads []eval.QuadID) (n int) {
	for i := range quads {
		q := quads[i]
		if c.named && q.Graph == 0 || c.rest != nil && !c.fits(&q) {
			continue
		}
		if c.union {
			q.Graph = 0
			if c.started && q == c.last {
				c.repeated++
				continue
			}
			c.last, c.started, c.repeated = q, true, 0
		}
		quads[n] = q
		n++
	}
	if c.union && c.repeated >= skipAfter && c.open && !c.merging && len(c.head) == 0 {
		c.err = c.skip()
	}
	return n
}

func (c *cursor) fits(q *eval.QuadID) bool {
	list := quad{q.Subject, q.Predicate, q.Object, q.Graph}
	for _, place := range c.rest {
		if list[place] != c.want[place] {
			return false
		}
	}
	return true
}

// skip goes past the other graphs of the last triple, which the columns still
// have.
func (c *cursor) skip() error {
	here := c.run.b.row(c.run.i)
	t := c.d.base.terms
	id, err := t.idOf(here[slices.Index(orders[c.at][:], object)])
	if err != nil {
		return err
	}
	q := entry{}
	for i, place := range orders[c.at] {
		q[i] = eval.ID(here[i])
		if place == object {
			q[i] = id
		}
	}
	if triple := q.quad(c.at).id(); triple.Subject != c.last.Subject || triple.Predicate != c.last.Predicate || triple.Object != c.last.Object {
		return nil // it is past already
	}
	c.repeated = 0
	here[3] = ^code(0)
	if err := c.run.seek(&here, 4); err != nil {
		return err
	}
	c.open, c.known = !c.run.end(), -1
	return nil
}

// Close is eval.Cursor.
func (c *cursor) Close() error {
	d := c.d
	if d == nil {
		return nil
	}
	c.d, c.open, c.merging, c.head = nil, false, false, nil
	return d.leave()
}

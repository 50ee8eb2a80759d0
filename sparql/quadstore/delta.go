package quadstore

import (
	"slices"
	"sort"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// entry is a quad of the delta, its places in the sequence of an order. The
// highest bit of the last place says that the quad is gone from the base;
// without it the quad was added to what the base has. Either way it is news: a
// quad of the base is never added, and one that the base lacks never gone.
type entry [4]eval.ID

const goneBit eval.ID = 1 << 63

func (e *entry) gone() bool { return e[3]&goneBit != 0 }

// compareEntries compares the first n places.
func compareEntries(a, b *entry, n int) int {
	for i := range n {
		x, y := a[i], b[i]
		if i == 3 {
			x, y = x&^goneBit, y&^goneBit
		}
		if x != y {
			if x < y {
				return -1
			}
			return 1
		}
	}
	return 0
}

// entryOf returns a quad as an entry of an order.
func entryOf(at int, q quad, gone bool) (e entry) {
	for i, place := range orders[at] {
		e[i] = q[place]
	}
	if gone {
		e[3] |= goneBit
	}
	return e
}

// quad returns the quad of an entry of an order.
func (e *entry) quad(at int) (q quad) {
	for i, place := range orders[at] {
		q[place] = e[i]
	}
	q[orders[at][3]] &^= goneBit
	return q
}

// delta is what the store has more and less than its base. It never changes: a
// write makes another one, which shares with it what did not change.
type delta struct {
	by [len(orders)]leaves
	n  int // entries
}

// leaves are sorted entries in pieces, none of them empty.
type leaves []leaf

type leaf struct {
	entries []entry
	more    int // added less gone
}

const (
	leafSize    = 128
	leafLargest = 2 * leafSize
)

func newLeaf(entries []entry) leaf {
	l := leaf{entries: entries}
	for i := range entries {
		if entries[i].gone() {
			l.more--
		} else {
			l.more++
		}
	}
	return l
}

// with returns the delta after some quads were added and others removed. To add
// what is gone, or to remove what was added, takes the entry away.
func (d *delta) with(added, removed []quad) *delta {
	r := &delta{}
	changes := make([]entry, 0, len(added)+len(removed))
	var spare []entry
	for at := range orders {
		changes = changes[:0]
		for _, q := range added {
			changes = append(changes, entryOf(at, q, false))
		}
		for _, q := range removed {
			changes = append(changes, entryOf(at, q, true))
		}
		spare = sortEntries(changes, spare)
		r.by[at] = d.by[at].with(changes)
	}
	for _, l := range r.by[0] {
		r.n += len(l.entries)
	}
	return r
}

// sortEntries sorts entries by their last bytes first, with a spare list that it
// returns. IDs share most of their bytes, which it skips.
func sortEntries(list, spare []entry) []entry {
	if len(list) < 256 {
		slices.SortFunc(list, func(a, b entry) int { return compareEntries(&a, &b, 4) })
		return spare
	}
	if len(spare) < len(list) {
		spare = make([]entry, len(list))
	}
	var differ entry
	for i := range list {
		for j := range differ {
			differ[j] |= list[i][j] ^ list[0][j]
		}
	}
	differ[3] &^= goneBit
	from, to := list, spare[:len(list)]
	for j := len(differ) - 1; j >= 0; j-- {
		for shift := 0; shift < 64; shift += 8 {
			if differ[j]>>shift&0xff == 0 {
				continue
			}
			mask := eval.ID(0xff)
			if j == 3 && shift == 56 {
				mask = 0x7f
			}
			var at [256]int
			for i := range from {
				at[from[i][j]>>shift&mask]++
			}
			sum := 0
			for b, n := range at {
				at[b] = sum
				sum += n
			}
			for i := range from {
				b := from[i][j] >> shift & mask
				to[at[b]] = from[i]
				at[b]++
			}
			from, to = to, from
		}
	}
	if &from[0] != &list[0] {
		copy(list, from)
	}
	return spare
}

// with returns the entries that are in one of the two only.
func (s leaves) with(changes []entry) leaves {
	if len(changes) == 0 {
		return s
	}
	r := make(leaves, 0, len(s)+len(changes)/leafSize+1)
	var merged []entry
	cut := func() {
		for len(merged) > 0 {
			n := len(merged)
			if n > leafLargest {
				n = leafSize
			}
			r = append(r, newLeaf(slices.Clone(merged[:n])))
			merged = merged[n:]
		}
		merged = merged[:0]
	}
	for i := 0; ; i++ {
		// The changes before the next leaf belong to this one.
		n := len(changes)
		if i+1 < len(s) {
			n = sort.Search(n, func(k int) bool { return compareEntries(&changes[k], &s[i+1].entries[0], 4) >= 0 })
		}
		var old []entry
		if i < len(s) {
			old = s[i].entries
		}
		if n == 0 && i < len(s) {
			r = append(r, s[i])
		} else {
			merged = symmetricDifference(merged[:0], old, changes[:n])
			cut()
		}
		changes = changes[n:]
		if i+1 >= len(s) {
			return r
		}
	}
}

// symmetricDifference appends the entries of two sorted lists that are in one
// of them only.
func symmetricDifference(to, a, b []entry) []entry {
	for len(a) > 0 && len(b) > 0 {
		switch c := compareEntries(&a[0], &b[0], 4); {
		case c < 0:
			to, a = append(to, a[0]), a[1:]
		case c > 0:
			to, b = append(to, b[0]), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return append(append(to, a...), b...)
}

// since returns what the store has more and less than when its delta was then,
// as quads to add to and to remove from an empty delta.
func (d *delta) since(then *delta) (added, removed []quad) {
	a, b := d.by[orderSPOG].all(), then.by[orderSPOG].all()
	take := func(e entry, gone bool) {
		if q := e.quad(orderSPOG); gone {
			removed = append(removed, q)
		} else {
			added = append(added, q)
		}
	}
	for len(a) > 0 || len(b) > 0 {
		c := 0
		switch {
		case len(a) == 0:
			c = 1
		case len(b) == 0:
			c = -1
		default:
			c = compareEntries(&a[0], &b[0], 4)
		}
		switch {
		case c < 0:
			take(a[0], a[0].gone())
			a = a[1:]
		case c > 0: // it came and went
			take(b[0], !b[0].gone())
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return added, removed
}

func (s leaves) all() (list []entry) {
	for _, l := range s {
		list = append(list, l.entries...)
	}
	return list
}

// deltaCursor stands before an entry of an order.
type deltaCursor struct {
	s    leaves
	leaf int
	i    int
}

// entry returns the entry that the cursor stands before, nil at the end.
func (c *deltaCursor) entry() *entry {
	if c.leaf >= len(c.s) {
		return nil
	}
	return &c.s[c.leaf].entries[c.i]
}

func (c *deltaCursor) next() {
	if c.i++; c.i >= len(c.s[c.leaf].entries) {
		c.leaf, c.i = c.leaf+1, 0
	}
}

// seek goes to the first entry whose first n places are at least those of want,
// or, with past set, greater.
func (c *deltaCursor) seek(want *entry, n int, past bool) {
	limit := 0
	if past {
		limit = 1
	}
	before := func(e *entry) bool { return compareEntries(e, want, n) < limit }
	lo, hi := 0, len(c.s)
	if c.leaf < len(c.s) && before(&c.s[c.leaf].entries[0]) {
		// Most likely it is near.
		if lo = c.leaf + 1; lo < hi && !before(&c.s[lo].entries[0]) {
			hi = lo
		}
	}
	lo += sort.Search(hi-lo, func(i int) bool { return !before(&c.s[lo+i].entries[0]) })
	if lo == 0 {
		c.leaf, c.i = 0, 0
		return
	}
	c.leaf = lo - 1
	list := c.s[c.leaf].entries
	c.i = sort.Search(len(list), func(i int) bool { return !before(&list[i]) })
	if c.i == len(list) {
		c.leaf, c.i = lo, 0
	}
}

// more returns how many quads the delta adds less those it takes away, of those
// whose first n places are those of want.
func (s leaves) more(want *entry, n int) (sum int) {
	from, to := deltaCursor{s: s}, deltaCursor{s: s}
	from.seek(want, n, false)
	to.seek(want, n, true)
	for from.leaf < to.leaf || from.leaf == to.leaf && from.i < to.i {
		l := s[from.leaf]
		if from.i == 0 && from.leaf < to.leaf {
			sum += l.more
			from.leaf++
			continue
		}
		if l.entries[from.i].gone() {
			sum--
		} else {
			sum++
		}
		from.next()
	}
	return sum
}

// find returns the entry of a quad.
func (d *delta) find(q quad) (e entry, ok bool) {
	want := entryOf(orderSPOG, q, false)
	c := deltaCursor{s: d.by[orderSPOG]}
	c.seek(&want, 4, false)
	if found := c.entry(); found != nil && compareEntries(found, &want, 4) == 0 {
		return *found, true
	}
	return e, false
}

package quadstore

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/sparql/eval"
)

var _ eval.Seeker = (*Snapshot)(nil)

// orderFor returns the order of quads that begins with the places of bound, in
// whatever sequence, and goes on with those of sorted; -1 if there is none. A
// union must find equal triples side by side.
func orderFor(bound, sorted []eval.Place, scope eval.Scope) int {
	if scope == eval.Default && !slices.Contains(bound, eval.AtGraph) {
		bound = append(slices.Clone(bound), eval.AtGraph)
	}
	for at, o := range orders {
		if scope == eval.Union && !slices.Contains(bound, eval.AtGraph) && o[3] != graph {
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
		if fits && len(bound)+len(sorted) <= 4 {
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
	graphBound := slices.Contains(bound, eval.AtGraph)
	c := &cursor{d: d, at: at, prefix: len(bound)}
	c.union = scope == eval.Union && !graphBound
	c.named = scope == eval.Named && !graphBound
	if scope == eval.Default && !graphBound {
		c.prefix++
	}
	return c
}

// cursor reads one order of a snapshot.
type cursor struct {
	d            *Snapshot
	at           int
	prefix       int // places bound
	union, named bool

	it      *pebble.Iterator
	valid   bool
	low     [quadKeyLength]byte
	high    []byte
	last    quad
	started bool
	err     error
}

// Seek is eval.Cursor.
func (c *cursor) Seek(pattern eval.QuadID, from, to eval.ID) {
	c.valid, c.started = false, false
	if c.it == nil {
		if c.it, c.err = c.d.iterator([]byte{spaceOrder + byte(c.at)}); c.err != nil {
			return
		}
	}
	want := quad{pattern.Subject, pattern.Predicate, pattern.Object, pattern.Graph}
	low := appendPrefix(c.low[:0], c.at, want, c.prefix)
	c.high = append(c.high[:0], low...)
	if c.prefix < 4 {
		if to != 0 {
			c.high = binary.BigEndian.AppendUint64(c.high, uint64(to))
		}
		low = binary.BigEndian.AppendUint64(low, uint64(from))
	}
	c.high = after(c.high)
	c.valid = c.it.SeekGE(low)
}

// Next is eval.Cursor.
func (c *cursor) Next(quads []eval.QuadID) (n int, err error) {
	for ; c.valid && n < len(quads); c.valid = c.it.Next() {
		key := c.it.Key()
		if slices.Compare(key, c.high) >= 0 {
			c.valid = false
			break
		}
		q, ok := readQuad(key, c.at)
		if !ok {
			return 0, &CorruptError{File: c.d.s.dir, Err: fmt.Errorf("key %x is no quad", key)}
		}
		if c.named && q[graph] == 0 {
			continue
		}
		if c.union {
			if q[graph] = 0; c.started && q == c.last {
				continue
			}
			c.last, c.started = q, true
		}
		quads[n] = q.id()
		n++
	}
	if c.err == nil && c.it != nil {
		c.err = c.d.s.readError(c.it.Error())
	}
	if c.err != nil {
		return 0, c.err
	}
	return n, nil
}

// Close is eval.Cursor.
func (c *cursor) Close() error {
	if c.it == nil {
		return nil
	}
	it := c.it
	c.it, c.valid = nil, false
	return c.d.release(it)
}

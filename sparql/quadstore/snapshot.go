package quadstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// Snapshot is the store as it was at one moment. It implements eval.Dataset and
// what a Dataset may be able to do beyond that, and is safe for concurrent use.
// It must be closed: an open snapshot keeps old data on disk.
type Snapshot struct {
	s *Store
	*state
	err    error        // why it cannot be read
	users  atomic.Int64 // readers at work, and the owner until Close
	closed atomic.Bool
}

var (
	_ eval.Dataset     = (*Snapshot)(nil)
	_ eval.GraphLister = (*Snapshot)(nil)
	_ eval.Statistics  = (*Snapshot)(nil)
)

// Snapshot returns the present state. Reading one of a closed store gives
// ErrClosed.
func (s *Store) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		d := &Snapshot{s: s, state: &state{base: emptyBase(), delta: &delta{}}, err: ErrClosed}
		d.closed.Store(true)
		return d
	}
	s.snapshots++
	d := &Snapshot{s: s, state: s.now.Load()}
	d.base.use()
	d.users.Store(1)
	return d
}

var errSnapshotClosed = errors.New("read closed snapshot")

// enter begins a read. What a base has mapped must stay until it ends, also if
// the snapshot is closed meanwhile.
func (d *Snapshot) enter() error {
	if d.err != nil {
		return d.err
	}
	if d.closed.Load() {
		return errSnapshotClosed
	}
	for {
		n := d.users.Load()
		if n == 0 {
			return errSnapshotClosed
		}
		if d.users.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// leave ends what enter began, or the snapshot itself.
func (d *Snapshot) leave() error {
	if d.users.Add(-1) > 0 {
		return nil
	}
	err := d.base.leave()
	d.s.mu.Lock()
	d.s.snapshots--
	d.s.mu.Unlock()
	return err
}

// Close frees the snapshot. It may be called more than once.
func (d *Snapshot) Close() error {
	if d.closed.Swap(true) {
		return nil
	}
	if err := d.leave(); err != nil {
		return fmt.Errorf("close snapshot: %w", err)
	}
	return nil
}

// Version returns the version of the data seen.
func (d *Snapshot) Version() uint64 { return d.version }

// Len returns the number of quads.
func (d *Snapshot) Len() int64 { return d.quads }

// ID returns the ID of a term. It may know terms that no quad has any more, and
// small values that none ever had; then Match yields nothing for them.
func (d *Snapshot) ID(t rdf.Term) (eval.ID, error) {
	if err := d.enter(); err != nil {
		return 0, err
	}
	id, err := d.s.id(d.state, t)
	return id, errors.Join(err, d.leave())
}

// Term returns the term of an ID.
func (d *Snapshot) Term(id eval.ID) (rdf.Term, error) {
	if err := d.enter(); err != nil {
		return rdf.Term{}, err
	}
	t, err := d.s.term(d.state, id)
	if e := d.leave(); err == nil {
		err = e
	}
	return t, err
}

// plan is how a pattern is looked up.
type plan struct {
	at         int     // the order
	prefix     int     // how many of its places are bound
	rest       []uint8 // bound places after the prefix: filter
	graphBound bool
}

// choices are the orders to look at for a pattern without and with a graph,
// by its subject (1), predicate (2) and object (4).
var choices = [2][8]int{
	{orderSPOG, orderSPOG, orderPSOG, orderSPOG, orderOSPG, orderOSPG, orderPOSG, orderSPOG},
	{orderGSPO, orderGSPO, orderGPOS, orderGSPO, orderOSPG, orderGSPO, orderGPOS, orderGSPO},
}

// smallGraph is how many quads may be skipped to find an object in a graph; in
// a larger graph all quads with that object are looked at instead.
const smallGraph = 4096

func (d *Snapshot) plan(p eval.QuadID, scope eval.Scope) (l plan, err error) {
	want := quad{p.Subject, p.Predicate, p.Object, p.Graph}
	var bound [4]bool
	choice := 0
	for place := subject; place <= object; place++ {
		if bound[place] = want[place] != 0; bound[place] {
			choice |= 1 << place
		}
	}
	l.graphBound = p.Graph != 0
	if l.graphBound || scope == eval.Default {
		bound[graph] = true
		l.at = choices[1][choice]
		if l.at == orderOSPG {
			n, err := d.count(orderGSPO, 1, want)
			if err != nil {
				return l, err
			}
			if n <= smallGraph {
				l.at = orderGSPO
			}
		}
	} else {
		l.at = choices[0][choice]
	}
	for _, place := range orders[l.at] {
		if !bound[place] {
			break
		}
		l.prefix++
	}
	for _, place := range orders[l.at][l.prefix:] {
		if bound[place] {
			l.rest = append(l.rest, place)
		}
	}
	return l, nil
}

// cursor returns a cursor on the quads that fit a pattern, which it has sought;
// free takes it back.
func (d *Snapshot) cursor(pattern eval.QuadID, scope eval.Scope) (*cursor, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	l, err := d.plan(pattern, scope)
	if err != nil {
		return nil, errors.Join(err, d.leave())
	}
	c, _ := d.s.cursors.Get().(*cursor)
	if c == nil {
		c = &cursor{}
	}
	c.begin(d, l.at, l.prefix, scope, l.graphBound)
	c.rest = l.rest
	c.Seek(pattern, 0, 0)
	return c, nil
}

func (s *Store) free(c *cursor) error {
	err := c.Close()
	c.run, c.delta = runCursor{}, deltaCursor{}
	s.cursors.Put(c)
	return err
}

// Match yields the quads that fit, in the order of the index that serves the
// pattern.
func (d *Snapshot) Match(pattern eval.QuadID, scope eval.Scope) iter.Seq2[eval.QuadID, error] {
	return func(yield func(eval.QuadID, error) bool) {
		c, err := d.cursor(pattern, scope)
		if err != nil {
			yield(eval.QuadID{}, err)
			return
		}
		stopped := false
		defer func() {
			// A caller that stopped wants no more calls, not even an error.
			if e := d.s.free(c); e != nil && !stopped {
				yield(eval.QuadID{}, e)
			}
		}()
		for size := 4; ; size = chunk { // many want one quad only
			n, err := c.Next(c.out[:size])
			if err != nil {
				stopped = true
				yield(eval.QuadID{}, err)
				return
			}
			for i := range n {
				if !yield(c.out[i], nil) {
					stopped = true
					return
				}
			}
			if n < size {
				return
			}
		}
	}
}

// Graph is a graph with the number of its quads. The zero Name is the default
// graph.
type Graph struct {
	Name  rdf.Term
	Quads int64
}

// graphs yields the IDs of the graphs that hold something, with 0 for the
// default graph, and the number of their quads.
func (d *Snapshot) graphs() iter.Seq2[eval.ID, error] {
	return func(yield func(eval.ID, error) bool) {
		if err := d.enter(); err != nil {
			yield(0, err)
			return
		}
		stopped := false
		defer func() {
			if err := d.leave(); err != nil && !stopped {
				yield(0, err)
			}
		}()
		c := cursor{}
		c.begin(d, orderGSPO, 0, eval.Named, true)
		c.ranged = true
		for from := eval.ID(0); ; {
			c.Seek(eval.QuadID{}, from, 0)
			n, err := c.Next(c.out[:1])
			if err != nil || n == 0 {
				if stopped = err != nil; stopped {
					yield(0, err)
				}
				return
			}
			if !yield(c.out[0].Graph, nil) {
				stopped = true
				return
			}
			from = c.out[0].Graph + 1
		}
	}
}

// Graphs yields the IDs of the named graphs that hold something.
func (d *Snapshot) Graphs() iter.Seq2[eval.ID, error] {
	return func(yield func(eval.ID, error) bool) {
		for id, err := range d.graphs() {
			if (id != 0 || err != nil) && !yield(id, err) {
				return
			}
		}
	}
}

// GraphSizes yields the graphs that hold something, with the number of their
// quads, in the order in which their names were first seen.
func (d *Snapshot) GraphSizes(ctx context.Context) iter.Seq2[Graph, error] {
	return func(yield func(Graph, error) bool) {
		for id, err := range d.graphs() {
			g := Graph{}
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if err == nil {
				g.Quads, err = d.count(orderGSPO, 1, quad{graph: id})
			}
			if err == nil && id != 0 {
				g.Name, err = d.Term(id)
			}
			if !yield(g, err) || err != nil {
				return
			}
		}
	}
}

// Graphs yields the graphs that hold something now; see Snapshot.GraphSizes.
func (s *Store) Graphs(ctx context.Context) iter.Seq2[Graph, error] {
	return func(yield func(Graph, error) bool) {
		d := s.Snapshot()
		defer d.Close()
		d.GraphSizes(ctx)(yield)
	}
}

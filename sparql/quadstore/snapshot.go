package quadstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"sync"

	"encoding/binary"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// Snapshot is the store as it was at one moment. It implements eval.Dataset
// and is safe for concurrent use. It must be closed: an open snapshot keeps
// old data on disk.
type Snapshot struct {
	s      *Store
	at     *pebble.Snapshot
	totals totals
	err    error // why it cannot be read

	mu     sync.Mutex
	idle   []*pebble.Iterator
	closed bool
}

var (
	_ eval.Dataset     = (*Snapshot)(nil)
	_ eval.GraphLister = (*Snapshot)(nil)
	_ eval.Statistics  = (*Snapshot)(nil)
)

// maxIdle bounds the iterators kept for the next Match.
const maxIdle = 16

// Snapshot returns the present state. Reading one of a closed store gives
// ErrClosed.
func (s *Store) Snapshot() *Snapshot {
	s.state.Lock()
	defer s.state.Unlock()
	if s.closed {
		return &Snapshot{s: s, err: ErrClosed, closed: true}
	}
	s.snapshots++
	d := &Snapshot{s: s, at: s.db.NewSnapshot()}
	d.totals, d.err = s.totalsIn(d.at)
	return d
}

// Close frees the snapshot. It may be called more than once.
func (d *Snapshot) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	var errs []error
	for _, it := range d.idle {
		errs = append(errs, it.Close())
	}
	d.idle = nil
	d.mu.Unlock()

	errs = append(errs, d.at.Close())
	d.s.state.Lock()
	defer d.s.state.Unlock()
	d.s.snapshots--
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close snapshot: %w", d.s.readError(err))
	}
	return nil
}

// Version returns the version of the data seen.
func (d *Snapshot) Version() uint64 { return d.totals.version }

// Len returns the number of quads.
func (d *Snapshot) Len() int64 { return d.totals.quads }

// ID returns the ID of a term. It may know terms that no quad has any more, and
// small values that none ever had; then Match yields nothing for them.
func (d *Snapshot) ID(t rdf.Term) (eval.ID, error) {
	if d.err != nil {
		return 0, d.err
	}
	return d.s.id(t)
}

// Term returns the term of an ID.
func (d *Snapshot) Term(id eval.ID) (rdf.Term, error) {
	if d.err != nil {
		return rdf.Term{}, d.err
	}
	return d.s.term(id)
}

// iterator returns an iterator over the keys with a prefix; release takes it
// back. Making one costs more than most matches do.
func (d *Snapshot) iterator(prefix []byte) (*pebble.Iterator, error) {
	if d.err != nil {
		return nil, d.err
	}
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil, errors.New("read closed snapshot")
	}
	if last := len(d.idle) - 1; last >= 0 {
		it := d.idle[last]
		d.idle = d.idle[:last]
		d.mu.Unlock()
		it.SetBounds(prefix, after(prefix))
		return it, nil
	}
	defer d.mu.Unlock()
	it, err := d.at.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return nil, d.s.readError(err)
	}
	return it, nil
}

func (d *Snapshot) release(it *pebble.Iterator) error {
	err := it.Error()
	d.mu.Lock()
	keep := err == nil && !d.closed && len(d.idle) < maxIdle
	if keep {
		d.idle = append(d.idle, it)
	}
	d.mu.Unlock()
	if !keep {
		err = errors.Join(err, it.Close())
	}
	return d.s.readError(err)
}

// plan is how a pattern is looked up.
type plan struct {
	at     int     // the order
	prefix int     // how many of its places are bound
	want   quad    // the values of bound places
	bound  [4]bool // which those are
	rest   bool    // bound places remain after the prefix: filter
	union  bool    // yield each triple once, without graph
	named  bool    // skip the default graph
}

// choices are the orders to look at for a pattern without and with a graph,
// by its subject (1), predicate (2) and object (4).
var choices = [2][8]int{
	{orderSPOG, orderSPOG, orderPOSG, orderSPOG, orderOSPG, orderOSPG, orderPOSG, orderSPOG},
	{orderGSPO, orderGSPO, orderGPOS, orderGSPO, orderOSPG, orderGSPO, orderGPOS, orderGSPO},
}

// smallGraph is how many quads may be skipped to find an object in a graph; in
// a larger graph all quads with that object are looked at instead.
const smallGraph = 4096

func (d *Snapshot) plan(p eval.QuadID, scope eval.Scope) (plan, error) {
	l := plan{want: quad{p.Subject, p.Predicate, p.Object, p.Graph}}
	choice := 0
	for place := subject; place <= object; place++ {
		if l.bound[place] = l.want[place] != 0; l.bound[place] {
			choice |= 1 << place
		}
	}
	switch {
	case p.Graph != 0 || scope == eval.Default:
		l.bound[graph] = true
		l.at = choices[1][choice]
		if l.at == orderOSPG {
			n, err := d.s.countIn(d.at, spaceGraph, p.Graph)
			if err != nil {
				return l, err
			}
			if n <= smallGraph {
				l.at = orderGSPO
			}
		}
	default:
		l.at = choices[0][choice]
		l.union, l.named = scope == eval.Union, scope == eval.Named
	}
	for _, place := range orders[l.at] {
		if !l.bound[place] {
			break
		}
		l.prefix++
	}
	for _, place := range orders[l.at][l.prefix:] {
		l.rest = l.rest || l.bound[place]
	}
	return l, nil
}

func (l *plan) fits(q quad) bool {
	if l.named && q[graph] == 0 {
		return false
	}
	if l.rest {
		for place, bound := range l.bound {
			if bound && q[place] != l.want[place] {
				return false
			}
		}
	}
	return true
}

// Match yields the quads that fit, in the order of the index that serves the
// pattern.
func (d *Snapshot) Match(pattern eval.QuadID, scope eval.Scope) iter.Seq2[eval.QuadID, error] {
	return func(yield func(eval.QuadID, error) bool) {
		if err := d.match(pattern, scope, func(q quad) bool { return yield(q.id(), nil) }); err != nil {
			yield(eval.QuadID{}, err)
		}
	}
}

// skipAfter is after how many graphs with the same triple the union goes past
// the others at once: a seek costs about as much as so many steps, and what
// every page says of its government stands in thousands of graphs.
const skipAfter = 8

func (d *Snapshot) match(pattern eval.QuadID, scope eval.Scope, yield func(quad) bool) (err error) {
	if d.err != nil {
		return d.err
	}
	l, err := d.plan(pattern, scope)
	if err != nil {
		return err
	}
	var buffer, skip [quadKeyLength]byte
	it, err := d.iterator(appendPrefix(buffer[:0], l.at, l.want, l.prefix))
	if err != nil {
		return err
	}
	stopped := false
	defer func() {
		// A caller that stopped wants no more calls, not even an error.
		if e := d.release(it); !stopped && err == nil {
			err = e
		}
	}()
	var last quad
	repeated := -1 // times that last was passed over; -1 before the first quad
	next := func() bool {
		if repeated < skipAfter {
			return it.Next()
		}
		repeated = 0
		return it.SeekGE(after(appendPrefix(skip[:0], l.at, last, 3)))
	}
	for ok := it.First(); ok; ok = next() {
		q, ok := readQuad(it.Key(), l.at)
		if !ok {
			return &CorruptError{File: d.s.dir, Err: fmt.Errorf("key %x is no quad", it.Key())}
		}
		if !l.fits(q) {
			continue
		}
		if l.union {
			q[graph] = 0
			if repeated >= 0 && q == last {
				repeated++
				continue
			}
			repeated, last = 0, q
		}
		if !yield(q) {
			stopped = true
			return nil
		}
	}
	return nil
}

// sampled is how many quads Estimate looks at before it guesses.
const sampled = 64

// Estimate returns about how many quads fit: exactly for few, or for a whole
// graph or predicate; otherwise extrapolated from the first ones, on the
// assumption that IDs are spread evenly.
func (d *Snapshot) Estimate(pattern eval.QuadID, scope eval.Scope) float64 {
	n, err := d.estimate(pattern, scope)
	if err != nil {
		return 1 // Match will tell
	}
	return n
}

func (d *Snapshot) estimate(pattern eval.QuadID, scope eval.Scope) (float64, error) {
	if d.err != nil {
		return 0, d.err
	}
	l, err := d.plan(pattern, scope)
	if err != nil {
		return 0, err
	}
	most := d.totals.quads
	if l.bound[predicate] {
		n, err := d.s.countIn(d.at, spacePredicate, pattern.Predicate)
		if err != nil {
			return 0, err
		}
		most = min(most, n)
	}
	if l.bound[graph] || l.named {
		n, err := d.s.countIn(d.at, spaceGraph, pattern.Graph)
		if err != nil {
			return 0, err
		}
		if l.named {
			n = d.totals.quads - n
		}
		most = min(most, n)
	}
	places := 0
	for _, bound := range l.bound {
		if bound {
			places++
		}
	}
	if most <= 0 || places == 0 || places == 1 && (l.bound[graph] || l.bound[predicate]) {
		return float64(max(most, 0)), nil
	}
	return d.sample(&l, float64(most))
}

// sample looks at the beginning of a range and extrapolates to its end.
func (d *Snapshot) sample(l *plan, most float64) (n float64, err error) {
	it, err := d.iterator(appendPrefix(nil, l.at, l.want, l.prefix))
	if err != nil {
		return 0, err
	}
	defer func() {
		if e := d.release(it); err == nil {
			err = e
		}
	}()
	var from, to, last quad
	seen, fit := 0, 0
	for ok := it.First(); ok; ok = it.Next() {
		q, ok := readQuad(it.Key(), l.at)
		if !ok {
			return 0, fmt.Errorf("key %x is no quad", it.Key())
		}
		if seen == 0 {
			from = q
		}
		to = q
		seen++
		if l.fits(q) {
			if l.union {
				q[graph] = 0
			}
			if fit == 0 || q != last {
				fit++
			}
			last = q
		}
		if seen == sampled {
			break
		}
	}
	if seen < sampled || !it.Last() {
		return float64(fit), nil
	}
	end, ok := readQuad(it.Key(), l.at)
	if !ok {
		return 0, fmt.Errorf("key %x is no quad", it.Key())
	}
	// The first place that is free, or, where all of the sample agrees on it,
	// the next.
	guess := most
	for _, place := range orders[l.at][min(l.prefix, 3):] {
		if from[place] == to[place] {
			continue
		}
		if tagOf(from[place]) == tagOf(end[place]) {
			guess = sampled * float64(end[place]-from[place]) / float64(to[place]-from[place])
		} else {
			guess = math.Sqrt(sampled * most) // IDs of two sorts have no distance
		}
		break
	}
	guess = max(min(guess, most), sampled)
	return max(guess*float64(fit)/sampled, 1), nil
}

// Graph is a graph with the number of its quads. The zero Name is the default
// graph.
type Graph struct {
	Name  rdf.Term
	Quads int64
}

// Graphs yields the IDs of the named graphs that hold something.
func (d *Snapshot) Graphs() iter.Seq2[eval.ID, error] {
	return func(yield func(eval.ID, error) bool) {
		it, err := d.iterator([]byte{spaceGraph})
		if err != nil {
			yield(0, err)
			return
		}
		stopped := false
		defer func() {
			if err := d.release(it); err != nil && !stopped {
				yield(0, err)
			}
		}()
		for ok := it.First(); ok; ok = it.Next() {
			if len(it.Key()) != 9 {
				stopped = true
				yield(0, &CorruptError{File: d.s.dir, Err: fmt.Errorf("key %x is no graph", it.Key())})
				return
			}
			if id := eval.ID(binary.BigEndian.Uint64(it.Key()[1:])); id != 0 && !yield(id, nil) {
				stopped = true
				return
			}
		}
	}
}

// GraphSizes yields the graphs that hold something, with the number of their
// quads, in the order in which their names were first seen.
func (d *Snapshot) GraphSizes(ctx context.Context) iter.Seq2[Graph, error] {
	return func(yield func(Graph, error) bool) {
		it, err := d.iterator([]byte{spaceGraph})
		if err != nil {
			yield(Graph{}, err)
			return
		}
		stopped := false
		defer func() {
			if err := d.release(it); err != nil && !stopped {
				yield(Graph{}, err)
			}
		}()
		for ok := it.First(); ok; ok = it.Next() {
			g, err := d.readGraph(ctx, it)
			if !yield(g, err) || err != nil {
				stopped = true
				return
			}
		}
	}
}

func (d *Snapshot) readGraph(ctx context.Context, it *pebble.Iterator) (g Graph, err error) {
	if ctx.Err() != nil {
		return g, context.Cause(ctx)
	}
	key := it.Key()
	value, err := it.ValueAndErr()
	if err != nil {
		return g, d.s.readError(err)
	}
	if len(key) != 9 || len(value) != 8 {
		return g, &CorruptError{File: d.s.dir, Err: fmt.Errorf("key %x is no graph", key)}
	}
	g.Quads = int64(binary.BigEndian.Uint64(value))
	if id := eval.ID(binary.BigEndian.Uint64(key[1:])); id != 0 {
		g.Name, err = d.Term(id)
	}
	return g, err
}

// Graphs yields the graphs that hold something now; see Snapshot.GraphSizes.
func (s *Store) Graphs(ctx context.Context) iter.Seq2[Graph, error] {
	return func(yield func(Graph, error) bool) {
		d := s.Snapshot()
		defer d.Close()
		d.GraphSizes(ctx)(yield)
	}
}

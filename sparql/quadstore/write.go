package quadstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// Put makes the graph with the given IRI ("" for the default graph) hold
// exactly the triples of quads, whose own graphs are ignored. It is one atomic
// step and on disk when Put returns. Only what differs is written; if nothing
// does, the version stays.
func (s *Store) Put(ctx context.Context, graph string, quads []rdf.Quad) error {
	return s.write(func() error { return s.replace(ctx, graph, quads, pebble.Sync) })
}

// PutAll puts graph after graph as Put does, each as an atomic step of its
// own, but waits for the disk only once, at the end. When it returns, also
// with an error, what it did is on disk: all graphs up to the one that failed.
func (s *Store) PutAll(ctx context.Context, graphs iter.Seq2[string, []rdf.Quad]) error {
	return s.write(func() error {
		var err error
		for name, quads := range graphs {
			if err = s.replace(ctx, name, quads, pebble.NoSync); err != nil {
				break
			}
		}
		return errors.Join(err, s.apply(func() error { return s.db.LogData(nil, pebble.Sync) }))
	})
}

// PutTogether puts several graphs as Put does, all in one atomic step: a reader
// sees all of them or none. No graph may come twice.
func (s *Store) PutTogether(ctx context.Context, graphs iter.Seq2[string, []rdf.Quad]) error {
	return s.write(func() error {
		c := s.begin()
		defer c.batch.Close()
		for name, quads := range graphs {
			if err := c.replace(ctx, graphTerm(name), quads); err != nil {
				return fmt.Errorf("put graph <%s>: %w", name, err)
			}
		}
		if len(c.added) == 0 && len(c.removed) == 0 {
			return nil
		}
		if err := c.commit(pebble.Sync); err != nil {
			return fmt.Errorf("put graphs: %w", err)
		}
		return nil
	})
}

// Delete removes a graph with all its quads, as Put with no quads does. The
// dictionary keeps its terms.
func (s *Store) Delete(ctx context.Context, graph string) error {
	return s.Put(ctx, graph, nil)
}

// write runs f as the one writer.
func (s *Store) write(f func() error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.failed != nil {
		return s.failed
	}
	return f()
}

// apply runs a write of Pebble's. If its log cannot be written Pebble is
// beyond repair; then the store takes no more writes, and says why.
func (s *Store) apply(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			fatal, ok := r.(fatalError)
			if !ok {
				panic(r)
			}
			s.failed = fmt.Errorf("quad store can no longer write: %w", fatal)
			err = s.failed
		}
	}()
	return f()
}

func graphTerm(name string) rdf.Term {
	if name == "" {
		return rdf.Term{}
	}
	return rdf.IRI(name)
}

// replace is Put for the one writer.
func (s *Store) replace(ctx context.Context, name string, quads []rdf.Quad, o *pebble.WriteOptions) error {
	c := s.begin()
	defer c.batch.Close()
	if err := c.replace(ctx, graphTerm(name), quads); err != nil {
		return fmt.Errorf("put graph <%s>: %w", name, err)
	}
	if len(c.added) == 0 && len(c.removed) == 0 {
		return nil
	}
	if err := c.commit(o); err != nil {
		return fmt.Errorf("put graph <%s>: %w", name, err)
	}
	return nil
}

// change is a set of changes that become visible and durable together.
type change struct {
	s              *Store
	batch          *pebble.Batch
	next           eval.ID
	fresh          map[rdf.Term]eval.ID // terms that the dictionary does not have yet
	added, removed []quad
}

// delta is a maintained count.
type delta struct {
	space byte
	id    eval.ID
}

func (s *Store) begin() *change {
	return &change{s: s, batch: s.db.NewBatch(), next: s.totals.Load().next, fresh: map[rdf.Term]eval.ID{}}
}

// id returns the ID of a term, a new one if need be.
func (c *change) id(t rdf.Term) (eval.ID, error) {
	if id, ok := inline(t); ok {
		return id, nil
	}
	if t.IsZero() {
		return 0, nil
	}
	if id, ok := c.fresh[t]; ok {
		return id, nil
	}
	if id := c.s.terms.id(t); id != 0 {
		return id, nil
	}
	encoded := appendTerm(nil, t)
	key := hashKey(encoded)
	id, err := c.s.lookUpID(key)
	if err != nil {
		return 0, err
	}
	if id != 0 {
		c.s.terms.add(id, t)
		return id, nil
	}
	id = c.next
	c.next++
	c.fresh[t] = id
	term := idKey(spaceTerm, id)
	return id, errors.Join(c.batch.Set(term, encoded, nil), c.batch.Set(key, term[1:], nil))
}

func (c *change) replace(ctx context.Context, name rdf.Term, quads []rdf.Quad) error {
	// An unknown name gets its ID only if there is something to put under it.
	g, err := c.s.id(name)
	if err != nil {
		return err
	}
	known := g != 0 || name.IsZero()
	if !known && len(quads) > 0 {
		if g, err = c.id(name); err != nil {
			return err
		}
	}
	var old []quad
	if known {
		if old, err = c.s.graphQuads(ctx, g); err != nil {
			return err
		}
	}
	now := make([]quad, 0, len(quads))
	for i, q := range quads {
		if i%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := c.quad(q)
		if err != nil {
			return err
		}
		n[graph] = g
		now = append(now, n)
	}
	slices.SortFunc(now, orders[orderGSPO].compare)
	now = slices.Compact(now)

	for len(old) > 0 || len(now) > 0 {
		var side int
		switch {
		case len(now) == 0:
			side = -1
		case len(old) == 0:
			side = 1
		default:
			side = orders[orderGSPO].compare(old[0], now[0])
		}
		switch {
		case side < 0:
			c.removed, old = append(c.removed, old[0]), old[1:]
		case side > 0:
			c.added, now = append(c.added, now[0]), now[1:]
		default:
			old, now = old[1:], now[1:]
		}
	}
	return nil
}

// quad gives the terms of a quad IDs. It refuses what is not RDF, so that what
// comes out of the store can always be written down.
func (c *change) quad(q rdf.Quad) (n quad, err error) {
	if err := checkQuad(q); err != nil {
		return n, err
	}
	if n[subject], err = c.id(q.Subject); err != nil {
		return n, err
	}
	if n[predicate], err = c.id(q.Predicate); err != nil {
		return n, err
	}
	n[object], err = c.id(q.Object)
	return n, err
}

func checkQuad(q rdf.Quad) error {
	if !q.IsValid() {
		return fmt.Errorf("%v: not a statement of RDF", q)
	}
	return nil
}

// writeQuads puts the changes in the batch, order by order and sorted: Pebble
// takes keys that follow each other much faster.
func (c *change) writeQuads() error {
	var key []byte
	for at, o := range orders {
		slices.SortFunc(c.removed, o.compare)
		for _, q := range c.removed {
			key = appendQuad(key[:0], at, q)
			if err := c.batch.Delete(key, nil); err != nil {
				return err
			}
		}
		slices.SortFunc(c.added, o.compare)
		for _, q := range c.added {
			key = appendQuad(key[:0], at, q)
			if err := c.batch.Set(key, nil, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeCounts puts the maintained counts in the batch.
func (c *change) writeCounts() error {
	deltas := map[delta]int64{}
	for _, q := range c.removed {
		deltas[delta{spaceGraph, q[graph]}]--
		deltas[delta{spacePredicate, q[predicate]}]--
	}
	for _, q := range c.added {
		deltas[delta{spaceGraph, q[graph]}]++
		deltas[delta{spacePredicate, q[predicate]}]++
	}
	for d, by := range deltas {
		if by == 0 {
			continue
		}
		count, err := c.s.countIn(c.s.db, d.space, d.id)
		if err != nil {
			return err
		}
		key := idKey(d.space, d.id)
		if count += by; count > 0 {
			err = c.batch.Set(key, binary.BigEndian.AppendUint64(nil, uint64(count)), nil)
		} else {
			err = c.batch.Delete(key, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commit applies everything at once. What the store remembers in memory
// changes only after that succeeded.
func (c *change) commit(o *pebble.WriteOptions) error {
	if err := errors.Join(c.writeQuads(), c.writeCounts()); err != nil {
		return err
	}
	t := *c.s.totals.Load()
	t.quads += int64(len(c.added) - len(c.removed))
	t.version++
	t.next = c.next
	if err := c.batch.Set([]byte{spaceMeta}, t.encode(), nil); err != nil {
		return err
	}
	if err := c.s.apply(func() error { return c.s.db.Apply(c.batch, o) }); err != nil {
		return err
	}
	c.s.totals.Store(&t)
	for term, id := range c.fresh {
		c.s.terms.add(id, term)
	}
	return nil
}

func (t totals) encode() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(t.quads)), t.version)
}

// graphQuads returns the quads of a graph in the order GSPO.
func (s *Store) graphQuads(ctx context.Context, g eval.ID) ([]quad, error) {
	prefix := appendPrefix(nil, orderGSPO, quad{graph: g}, 1)
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return nil, s.readError(err)
	}
	var list []quad
	for ok := it.First(); ok; ok = it.Next() {
		q, ok := readQuad(it.Key(), orderGSPO)
		if !ok {
			return nil, errors.Join(&CorruptError{File: s.dir, Err: fmt.Errorf("key %x is no quad", it.Key())}, it.Close())
		}
		if list = append(list, q); len(list)%4096 == 0 && ctx.Err() != nil {
			return nil, errors.Join(context.Cause(ctx), it.Close())
		}
	}
	if err := it.Close(); err != nil {
		return nil, s.readError(err)
	}
	return list, nil
}

package quadstore

import (
	"context"
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
		if err := c.commit(pebble.Sync); err != nil {
			return fmt.Errorf("put graphs: %w", err)
		}
		return nil
	})
}

// Update takes quads away, whatever their graph, and then adds others, in one
// atomic step that is on disk when Update returns. What is not there need not be
// taken away, and what is there not added. It costs what it changes, not what
// the graphs hold.
func (s *Store) Update(ctx context.Context, remove, add []rdf.Quad) error {
	return s.write(func() error {
		c := s.begin()
		defer c.batch.Close()
		err := c.edit(ctx, remove, add)
		if err == nil {
			err = c.commit(pebble.Sync)
		}
		if err != nil {
			return fmt.Errorf("update quads: %w", err)
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
	s.waitForRoom()
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
	err := c.replace(ctx, graphTerm(name), quads)
	if err == nil {
		err = c.commit(o)
	}
	if err != nil {
		return fmt.Errorf("put graph <%s>: %w", name, err)
	}
	return nil
}

// change is a set of changes that become visible and durable together.
type change struct {
	s              *Store
	from           *state
	batch          *pebble.Batch
	next           eval.ID
	fresh          map[rdf.Term]eval.ID // terms that the dictionary does not have yet
	added, removed []quad               // what the store does not have, and has
}

func (s *Store) begin() *change {
	now := s.now.Load()
	return &change{s: s, from: now, batch: s.db.NewBatch(), next: now.next, fresh: map[rdf.Term]eval.ID{}}
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
	id, err := c.s.id(c.from, t)
	if id != 0 || err != nil {
		return id, err
	}
	id = c.next
	c.next++
	c.fresh[t] = id
	return id, c.batch.Set(idKey(spaceTerm, id), appendTerm(nil, t), nil)
}

// snapshot returns the state from which the change begins, to be read by the
// one writer, who keeps it in place.
func (c *change) snapshot() *Snapshot {
	d := &Snapshot{s: c.s, state: c.from}
	d.users.Store(1)
	return d
}

// replace makes a graph hold what quads say. A change replaces a graph once.
func (c *change) replace(ctx context.Context, name rdf.Term, quads []rdf.Quad) error {
	// An unknown name gets its ID only if there is something to put under it.
	g, err := c.s.id(c.from, name)
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
		if old, err = c.snapshot().graphQuads(ctx, g); err != nil {
			return err
		}
	}
	now, err := c.quads(ctx, quads, &g)
	if err != nil {
		return err
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

// edit takes quads away and then adds others.
func (c *change) edit(ctx context.Context, remove, add []rdf.Quad) error {
	want := map[quad]bool{} // the last word on each
	for i, q := range remove {
		if i%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, known, err := c.known(q)
		if err != nil {
			return err
		}
		if known {
			want[n] = false
		}
	}
	list, err := c.quads(ctx, add, nil)
	if err != nil {
		return err
	}
	for _, q := range list {
		want[q] = true
	}
	for q, add := range want {
		have, err := c.from.has(q)
		if err != nil {
			return err
		}
		switch {
		case add && !have:
			c.added = append(c.added, q)
		case !add && have:
			c.removed = append(c.removed, q)
		}
	}
	return nil
}

// known returns a quad as IDs, known false if the dictionary lacks one of its
// terms.
func (c *change) known(q rdf.Quad) (n quad, known bool, err error) {
	for place, t := range [4]rdf.Term{q.Subject, q.Predicate, q.Object, q.Graph} {
		if n[place], err = c.s.id(c.from, t); err != nil {
			return n, false, err
		}
		if n[place] == 0 && (place != graph || !t.IsZero()) {
			return n, false, nil
		}
	}
	return n, true, nil
}

// quads gives the terms of quads IDs, and all of them the graph g if it is not
// nil. It refuses what is not RDF, so that what comes out of the store can
// always be written down.
func (c *change) quads(ctx context.Context, quads []rdf.Quad, g *eval.ID) ([]quad, error) {
	list := make([]quad, 0, len(quads))
	var last rdf.Quad
	var n quad
	for i, q := range quads {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err := checkQuad(q); err != nil {
			return nil, err
		}
		var err error
		for _, part := range [...]struct {
			place   int
			t, last rdf.Term
		}{{subject, q.Subject, last.Subject}, {predicate, q.Predicate, last.Predicate}, {object, q.Object, last.Object}, {graph, q.Graph, last.Graph}} {
			switch {
			case part.place == graph && g != nil:
				n[graph] = *g
			case part.t == part.last && i > 0: // neighbours share much
			default:
				if n[part.place], err = c.id(part.t); err != nil {
					return nil, err
				}
			}
		}
		last = q
		list = append(list, n)
	}
	return list, nil
}

func checkQuad(q rdf.Quad) error {
	if !q.IsValid() {
		return fmt.Errorf("%v: not a statement of RDF", q)
	}
	return nil
}

var (
	markAdded = []byte{'+'}
	markGone  = []byte{'-'}
)

// commit applies everything at once, if there is something to apply. What the
// store remembers in memory changes only after that succeeded.
func (c *change) commit(o *pebble.WriteOptions) error {
	if len(c.added) == 0 && len(c.removed) == 0 {
		return nil
	}
	delta := c.from.delta.with(c.added, c.removed)
	slices.SortFunc(c.added, orders[orderGSPO].compare)
	slices.SortFunc(c.removed, orders[orderGSPO].compare)
	var key []byte
	write := func(quads []quad, mark []byte) error {
		for _, q := range quads {
			key = appendQuad(key[:0], q)
			var err error
			if _, was := c.from.delta.find(q); was {
				err = c.batch.Delete(key, nil)
			} else {
				err = c.batch.Set(key, mark, nil)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := errors.Join(write(c.removed, markGone), write(c.added, markAdded)); err != nil {
		return err
	}
	now := &state{base: c.from.base, delta: delta, totals: c.from.totals}
	now.quads += int64(len(c.added) - len(c.removed))
	now.version++
	now.next = c.next
	if err := c.batch.Set([]byte{spaceMeta}, now.encode(), nil); err != nil {
		return err
	}
	if err := c.s.apply(func() error { return c.s.db.Apply(c.batch, o) }); err != nil {
		return err
	}
	// First the terms: who sees the state must find them.
	for term, id := range c.fresh {
		c.s.young.add(id, term)
	}
	c.s.now.Store(now)
	c.s.foldIfLarge()
	return nil
}

// graphQuads returns the quads of a graph in the order GSPO.
func (d *Snapshot) graphQuads(ctx context.Context, g eval.ID) (list []quad, err error) {
	c := cursor{}
	c.begin(d, orderGSPO, 1, eval.Named, true)
	c.Seek(eval.QuadID{Graph: g}, 0, 0)
	for {
		n, err := c.Next(c.out[:])
		if err != nil || n == 0 {
			return list, err
		}
		for _, q := range c.out[:n] {
			list = append(list, quad{q.Subject, q.Predicate, q.Object, q.Graph})
		}
		if len(list)%4096 < chunk && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
}

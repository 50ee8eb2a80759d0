package quadstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// Check reads the whole store and returns nil if it is sound: every page of the
// base and block of the database has its checksum, all orders are sorted and
// hold the same quads, every term of a quad is in the dictionary both ways, the
// statistics are right, and the delta is news to the base. Damage is a
// *CorruptError. It needs memory of one bit per term and some bytes per
// predicate.
func (s *Store) Check(ctx context.Context) error {
	d := s.Snapshot()
	c := checker{d: d}
	if err := errors.Join(c.check(ctx), d.Close()); err != nil {
		return fmt.Errorf("check quad store: %w", err)
	}
	return nil
}

type checker struct {
	d    *Snapshot
	used []uint64 // a bit for each dictionary ID that a quad has
}

func (c *checker) check(ctx context.Context) error {
	if c.d.err != nil {
		return c.d.err
	}
	for _, p := range c.d.base.all() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := p.checkAll(); err != nil {
			return err
		}
	}
	if c.d.base.number > 0 {
		if err := c.base(ctx); err != nil {
			return err
		}
	}
	if err := c.delta(); err != nil {
		return err
	}
	return c.database(ctx)
}

// base checks runs, statistics and dictionary of the base.
func (c *checker) base(ctx context.Context) error {
	b := c.d.base
	var sums [len(orders)]uint64
	var all counts
	by := map[code]*counts{}
	for at, r := range b.runs {
		counter := newCounter(at)
		read := r.reader()
		var last row
		for n := int64(0); ; n++ {
			if n%4096 == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			here, ok, err := read()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			if n > 0 && compareRows(&last, &here, 4) >= 0 {
				return r.p.damaged("row %d is not after the one before it", n)
			}
			if n%blockRows == 0 && r.firsts[n/blockRows] != here {
				return r.p.damaged("block %d does not begin as the index says", n/blockRows)
			}
			last = here
			counter.watch(&here)
			var q [4]code
			for i, place := range orders[at] {
				q[place] = here[i]
			}
			sums[at] += hashOf(q)
			if at == orderSPOG {
				if err := c.use(q); err != nil {
					return r.p.damaged("row %d: %w", n, err)
				}
			}
		}
		if sums[at] != sums[0] {
			return r.p.damaged("it has other quads than %s", runNames[0])
		}
		all.add(&counter.all)
		for p, n := range counter.list {
			if by[p] == nil {
				by[p] = &counts{}
			}
			by[p].add(n)
		}
	}
	if found, err := b.counts(0); err != nil || found != all {
		return cmpOr(err, b.stats.damaged("everything counts as %v, not %v", found, all))
	}
	if b.stats.numbers[0] != uint64(len(by)) {
		return b.stats.damaged("%d predicates, not %d", b.stats.numbers[0], len(by))
	}
	for _, p := range slices.Sorted(maps.Keys(by)) {
		if found, err := b.counts(eval.ID(p)); err != nil || found != *by[p] {
			return cmpOr(err, b.stats.damaged("predicate %d counts as %v, not %v", p, found, *by[p]))
		}
	}
	return c.terms(ctx)
}

func cmpOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// use marks the terms of a quad of the base, and sees that those outside the
// dictionary are terms at all.
func (c *checker) use(q [4]code) error {
	t := c.d.base.terms
	for place, k := range q {
		if k == 0 && place == graph {
			continue
		}
		if k == 0 || int64(k) > t.n+t.literals || int64(k) > t.n && place != object {
			return fmt.Errorf("code %d is of no term", k)
		}
		if int64(k) <= t.n {
			c.mark(eval.ID(k))
		}
	}
	return nil
}

func (c *checker) mark(id eval.ID) {
	word := int(id / 64)
	if word >= len(c.used) {
		c.used = append(c.used, make([]uint64, word+1-len(c.used)+len(c.used)/2)...)
	}
	c.used[word] |= 1 << (id % 64)
}

// terms checks the dictionary of the base.
func (c *checker) terms(ctx context.Context) error {
	t := c.d.base.terms
	known := int64(0)
	for id := eval.ID(1); id <= eval.ID(t.n); id++ {
		if id%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		term, ok, err := t.term(id)
		if err != nil {
			return err
		}
		if !ok {
			if word := int(id / 64); word < len(c.used) && c.used[word]>>(id%64)&1 == 1 {
				return t.text.damaged("a quad has term %d, which is missing", id)
			}
			continue
		}
		known++
		found, err := t.id(term)
		if err != nil {
			return err
		}
		if found != id {
			return t.hashes.damaged("term %d is found as %d", id, found)
		}
	}
	slots, err := t.slotsOf(nil)
	if err != nil {
		return err
	}
	if known != t.known || int64(len(slots)) != known {
		return t.hashes.damaged("%d slots for %d terms", len(slots), known)
	}
	last := eval.ID(0)
	for i := range t.literals {
		v, err := t.value(i)
		if err != nil {
			return err
		}
		if _, ok := inlined(v); !ok || v <= last {
			return t.values.damaged("value %d, %#x, is out of place", i, uint64(v))
		}
		last = v
	}
	return nil
}

// delta sees that the delta is news, and marks its terms.
func (c *checker) delta() error {
	sums := [len(orders)]uint64{}
	for at, list := range c.d.delta.by {
		for _, e := range list.all() {
			q := e.quad(at)
			sums[at] += hashOf(q)
			if at != orderGSPO {
				continue
			}
			has, err := c.d.base.has(q)
			if err != nil {
				return err
			}
			if has != e.gone() {
				return c.broken("quad %x of the delta is not news", q)
			}
			for place, id := range q {
				switch {
				case id == 0 && place == graph:
				case tagOf(id) != tagDictionary:
					if _, ok := inlined(id); !ok || place != object {
						return c.broken("ID %#x is of no term", uint64(id))
					}
				case id == 0 || id >= c.d.next:
					return c.broken("ID %#x is of no term", uint64(id))
				case id > eval.ID(c.d.base.terms.n):
					c.mark(id)
				}
			}
		}
		if sums[at] != sums[0] {
			return c.broken("order %d of the delta has other quads", at)
		}
	}
	if n := c.d.base.runs[0].count + int64(c.d.delta.by[0].more(&entry{}, 0)); n != c.d.quads {
		return c.broken("%d quads, not %d", n, c.d.quads)
	}
	return nil
}

// database reads every key, and checks the terms that the base does not have.
// What came after the snapshot is there too.
func (c *checker) database(ctx context.Context) error {
	at := c.d.s.db.NewSnapshot()
	// It is not older than the database that is read, so that what is not there
	// any more is in its base.
	now := c.d.s.Snapshot()
	if now.err != nil {
		return errors.Join(now.err, at.Close())
	}
	err := c.scan(ctx, at, func(key, value []byte) error {
		switch key[0] {
		case spaceMeta, spaceQuad:
		case spaceTerm:
			if len(key) != 9 {
				return fmt.Errorf("key %x is no term", key)
			}
			t, ok := readTerm(value)
			if !ok || t == (rdf.Term{}) {
				return fmt.Errorf("term %x cannot be read", key)
			}
			n := eval.ID(binary.BigEndian.Uint64(key[1:]))
			id, err := c.d.s.id(now.state, t)
			if err != nil {
				return err
			}
			if id != n {
				return fmt.Errorf("term %x is found as %x", key, id)
			}
			if word := n / 64; word < eval.ID(len(c.used)) {
				c.used[word] &^= 1 << (n % 64)
			}
		default:
			return fmt.Errorf("key %x is of no kind", key)
		}
		return nil
	})
	if err == nil {
		err = c.missing(now.base.terms)
	}
	return errors.Join(err, at.Close(), now.Close())
}

// missing looks for terms that quads of the snapshot have, and neither the
// database nor the present base.
func (c *checker) missing(present *baseTerms) error {
	for id := eval.ID(c.d.base.terms.n) + 1; id < eval.ID(len(c.used))*64; id++ {
		if c.used[id/64]>>(id%64)&1 == 0 {
			continue
		}
		ok := false
		if id <= eval.ID(present.n) {
			var err error
			if _, ok, err = present.term(id); err != nil {
				return err
			}
		}
		if !ok {
			return c.broken("a quad has term %#x, which the dictionary has not", uint64(id))
		}
	}
	return nil
}

// scan calls f with every key of the database. What f finds wrong is damage.
func (c *checker) scan(ctx context.Context, at *pebble.Snapshot, f func(key, value []byte) error) (err error) {
	it, err := at.NewIter(&pebble.IterOptions{})
	if err != nil {
		return c.d.s.readError(err)
	}
	defer func() {
		if e := it.Close(); err == nil {
			err = c.d.s.readError(e)
		}
	}()
	n := 0
	for ok := it.First(); ok; ok = it.Next() {
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		value, err := it.ValueAndErr()
		if err == nil {
			if err = f(it.Key(), value); err != nil && !pebble.IsCorruptionError(err) {
				return &CorruptError{File: c.d.s.dir, Err: err}
			}
		}
		if err != nil {
			return c.d.s.readError(err)
		}
	}
	return nil
}

func (c *checker) broken(format string, args ...any) error {
	return &CorruptError{File: c.d.s.dir, Err: fmt.Errorf(format, args...)}
}

// hashOf mixes a quad so that sums of hashes tell sets of quads apart.
func hashOf[N ~uint32 | ~uint64](q [4]N) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, n := range q {
		h ^= uint64(n)
		h *= 0xbf58476d1ce4e5b9
		h ^= h >> 29
	}
	return h
}

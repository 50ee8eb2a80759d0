package quadstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// Check reads the whole store and returns nil if it is sound: every block has
// its checksum, all orders hold the same quads, every term of a quad is in the
// dictionary both ways, and every maintained count is right. Damage is a
// *CorruptError. It needs memory of one bit per term and some bytes per graph.
func (s *Store) Check(ctx context.Context) error {
	d := s.Snapshot()
	defer d.Close()
	c := checker{d: d}
	if err := c.check(ctx); err != nil {
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
	counts := map[delta]int64{}
	var sums [len(orders)]uint64
	for at := range orders {
		total := int64(0)
		err := c.scan(ctx, spaceOrder+byte(at), func(key, value []byte) error {
			q, ok := readQuad(key, at)
			if !ok || len(value) != 0 {
				return fmt.Errorf("key %x is no quad", key)
			}
			total++
			sums[at] += q.hash()
			if at != orderSPOG {
				return nil
			}
			counts[delta{spaceGraph, q[graph]}]++
			counts[delta{spacePredicate, q[predicate]}]++
			return c.use(q)
		})
		if err != nil {
			return err
		}
		if total != c.d.Len() || sums[at] != sums[0] {
			return c.broken("order %d has other quads than the store: %d, not %d", at, total, c.d.Len())
		}
	}
	for _, space := range []byte{spaceGraph, spacePredicate} {
		err := c.scan(ctx, space, func(key, value []byte) error {
			if len(key) != 9 || len(value) != 8 {
				return fmt.Errorf("key %x is no count", key)
			}
			what := delta{space, eval.ID(binary.BigEndian.Uint64(key[1:]))}
			if n := int64(binary.BigEndian.Uint64(value)); n != counts[what] {
				return fmt.Errorf("count %x is %d, not %d", key, n, counts[what])
			}
			delete(counts, what)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(counts) > 0 {
		return c.broken("%d counts are missing", len(counts))
	}
	return c.dictionary(ctx)
}

// use marks the terms of a quad, and sees that those outside the dictionary
// are terms at all.
func (c *checker) use(q quad) error {
	for place, id := range q {
		switch {
		case place == graph && id == 0:
		case tagOf(id) != tagDictionary:
			if _, ok := inlined(id); !ok {
				return fmt.Errorf("ID %#x is of no term", uint64(id))
			}
		case id == 0 || id > eval.ID(1)<<40:
			return fmt.Errorf("ID %#x is of no term", uint64(id))
		default:
			word := int(id / 64)
			for len(c.used) <= word {
				c.used = append(c.used, make([]uint64, len(c.used)+64)...)
			}
			c.used[word] |= 1 << (id % 64)
		}
	}
	return nil
}

func (c *checker) dictionary(ctx context.Context) error {
	terms, hashes := 0, 0
	err := c.scan(ctx, spaceTerm, func(key, value []byte) error {
		terms++
		if len(key) != 9 {
			return fmt.Errorf("key %x is no term", key)
		}
		if _, ok := readTerm(value); !ok {
			return fmt.Errorf("term %x cannot be read", key)
		}
		id, closer, err := c.d.at.Get(hashKey(value))
		if errors.Is(err, pebble.ErrNotFound) {
			return fmt.Errorf("term %x is not found by its text", key)
		}
		if err != nil {
			return err
		}
		defer closer.Close()
		if !bytes.Equal(id, key[1:]) {
			return fmt.Errorf("term %x is found as %x", key, id)
		}
		n := eval.ID(binary.BigEndian.Uint64(key[1:]))
		if word := n / 64; word < eval.ID(len(c.used)) {
			c.used[word] &^= 1 << (n % 64)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, word := range c.used {
		if word != 0 {
			return c.broken("a quad has a term between %#x and %#x that the dictionary has not", i*64, i*64+63)
		}
	}
	if err := c.scan(ctx, spaceHash, func(_, _ []byte) error { hashes++; return nil }); err != nil {
		return err
	}
	if hashes != terms {
		return c.broken("the dictionary has %d terms and %d hashes", terms, hashes)
	}
	return nil
}

// scan calls f with every key of a space. What f finds wrong is damage.
func (c *checker) scan(ctx context.Context, space byte, f func(key, value []byte) error) (err error) {
	it, err := c.d.iterator([]byte{space})
	if err != nil {
		return err
	}
	defer func() {
		if e := c.d.release(it); err == nil {
			err = e
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

// hash mixes a quad so that sums of hashes tell sets of quads apart.
func (q quad) hash() uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, id := range q {
		h ^= uint64(id)
		h *= 0xbf58476d1ce4e5b9
		h ^= h >> 29
	}
	return h
}

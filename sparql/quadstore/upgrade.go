package quadstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// upgrade makes a store that a program of version 1 wrote one of this version:
// everything is in the database, and becomes a base. Until that is done, in one
// step, all stays as it is; a crash begins it anew.
func (s *Store) upgrade(meta []byte) error {
	ctx := context.Background()
	last, err := s.lastTerm()
	if err != nil {
		return err
	}
	from := &state{base: emptyBase(), delta: &delta{}, totals: totals{next: last + 1, version: binary.BigEndian.Uint64(meta[8:])}}
	s.now.Store(from)
	if err := s.removeBases(); err != nil {
		return err
	}
	l := newLoader(s, from)
	defer l.close()
	if err := l.addOrder1(ctx); err != nil {
		return err
	}
	b, err := s.build(ctx, from, l)
	if err != nil {
		return err
	}
	if want := int64(binary.BigEndian.Uint64(meta)); b.runs[0].count != want {
		return errors.Join(&CorruptError{File: s.dir, Err: fmt.Errorf("%d quads, not %d", b.runs[0].count, want)}, b.leave())
	}
	now := &state{base: b, delta: from.delta, totals: totals{quads: b.runs[0].count, version: from.version, next: from.next}}
	batch := s.db.NewBatch()
	defer batch.Close()
	err = errors.Join(batch.DeleteRange([]byte{spaceMeta + 1}, []byte{spaceQuad}, nil), batch.Set([]byte{spaceMeta}, now.encode(), nil))
	if err == nil {
		err = s.db.Apply(batch, pebble.Sync)
	}
	if err != nil {
		return errors.Join(err, b.leave())
	}
	s.now.Store(now)
	return nil
}

// addOrder1 adds the quads of version 1, from its first order.
func (l *loader) addOrder1(ctx context.Context) error {
	s := l.s
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceOrder1}, UpperBound: []byte{spaceOrder1 + 1}})
	if err != nil {
		return s.readError(err)
	}
	for ok := it.First(); ok && err == nil; ok = it.Next() {
		q, ok := readQuad(it.Key(), orderSPOG)
		var r row
		for place, id := range q {
			switch {
			case tagOf(id) != tagDictionary && place == object:
				r[place] = l.value(id)
			case id < l.from.next:
				r[place] = code(id)
			default:
				ok = false
			}
		}
		if !ok {
			err = &CorruptError{File: s.dir, Err: fmt.Errorf("key %x is no quad", it.Key())}
		} else {
			err = l.addRow(ctx, r)
		}
	}
	return errors.Join(err, s.readError(it.Close()))
}

func (s *Store) lastTerm() (eval.ID, error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceTerm}, UpperBound: []byte{spaceTerm + 1}})
	if err != nil {
		return 0, s.readError(err)
	}
	last := eval.ID(0)
	if it.Last() && len(it.Key()) == 9 {
		last = eval.ID(binary.BigEndian.Uint64(it.Key()[1:]))
	}
	return last, s.readError(it.Close())
}

package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/harvester"
)

// Visits is the evidence of fetches. Its keys:
//
//	v l <url>                last visit, without its links
//	v n <url>                links of the last visit
//	v a <url> 00 <time, ns>  every visit, without its links: they follow from
//	                         the body
//	v r <seed> 00 <time, ns> a round that ended, by when it began
type Visits struct{ db *pebble.DB }

var (
	_ harvester.Visits = (*Visits)(nil)
	_ harvester.Rounds = (*Visits)(nil)
)

// Visits returns the evidence of fetches.
func (d *DB) Visits() *Visits { return &Visits{db: d.db} }

var (
	lastVisits = []byte{keyVisit, 'l'}
	lastLinks  = []byte{keyVisit, 'n'}
	allVisits  = []byte{keyVisit, 'a'}
	allRounds  = []byte{keyVisit, 'r'}
)

// Last implements harvester.Visits.
func (v *Visits) Last(_ context.Context, url string) (harvester.Visit, bool, error) {
	var visit harvester.Visit
	ok, err := getJSON(v.db, append(bytes.Clone(lastVisits), url...), &visit)
	if ok && err == nil {
		_, err = getJSON(v.db, append(bytes.Clone(lastLinks), url...), &visit.Links)
	}
	if err != nil {
		return harvester.Visit{}, false, fmt.Errorf("read visit of %s: %w", url, err)
	}
	return visit, ok, nil
}

// Record implements harvester.Visits. It is not synced by itself: a visit that
// a crash loses is made again.
func (v *Visits) Record(_ context.Context, visit harvester.Visit) error {
	batch := v.db.NewBatch()
	defer batch.Close()
	if err := errors.Join(setVisit(batch, visit), batch.Commit(pebble.NoSync)); err != nil {
		return fmt.Errorf("record visit of %s: %w", visit.URL, err)
	}
	return nil
}

func setVisit(batch *pebble.Batch, visit harvester.Visit) error {
	key := append(bytes.Clone(lastLinks), visit.URL...)
	if len(visit.Links) == 0 {
		if err := batch.Delete(key, nil); err != nil {
			return err
		}
	} else if err := setJSON(batch, key, visit.Links); err != nil {
		return err
	}
	visit.Links = nil
	err := setJSON(batch, atTime(allVisits, visit.URL, visit.Time), visit)
	visit.Header, visit.Peer = nil, nil
	return errors.Join(err, setJSON(batch, append(bytes.Clone(lastVisits), visit.URL...), visit))
}

// atTime is the key of something that was at an address at a time.
func atTime(space []byte, address string, at time.Time) []byte {
	key := append(append(bytes.Clone(space), address...), 0)
	return binary.BigEndian.AppendUint64(key, uint64(at.UnixNano()))
}

func setJSON(batch *pebble.Batch, key []byte, v any) error {
	value, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return batch.Set(key, value, nil)
}

// All implements harvester.Visits.
func (v *Visits) All(ctx context.Context) iter.Seq2[harvester.Visit, error] {
	return each[harvester.Visit](ctx, v.db, "visits", lastVisits)
}

// History implements harvester.Visits.
func (v *Visits) History(ctx context.Context, url string) iter.Seq2[harvester.Visit, error] {
	space := allVisits
	if url != "" {
		space = append(append(bytes.Clone(allVisits), url...), 0)
	}
	return each[harvester.Visit](ctx, v.db, "visits", space)
}

// RecordRound implements harvester.Rounds.
func (v *Visits) RecordRound(_ context.Context, r harvester.Round) error {
	batch := v.db.NewBatch()
	defer batch.Close()
	if err := errors.Join(setJSON(batch, atTime(allRounds, r.Source, r.Began), r), batch.Commit(pebble.NoSync)); err != nil {
		return fmt.Errorf("record round of %s: %w", r.Source, err)
	}
	return nil
}

// Rounds implements harvester.Rounds.
func (v *Visits) Rounds(ctx context.Context, source string, n int) (list []harvester.Round, err error) {
	space := append(append(bytes.Clone(allRounds), source...), 0)
	it, err := v.db.NewIter(&pebble.IterOptions{LowerBound: space, UpperBound: after(space)})
	if err != nil {
		return nil, fmt.Errorf("read rounds of %s: %w", source, err)
	}
	for ok := it.Last(); ok && len(list) < n; ok = it.Prev() {
		var r harvester.Round
		if err := errors.Join(ctx.Err(), json.Unmarshal(it.Value(), &r)); err != nil {
			return nil, errors.Join(fmt.Errorf("read rounds of %s: %w", source, err), it.Close())
		}
		list = append(list, r)
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		return nil, fmt.Errorf("read rounds of %s: %w", source, err)
	}
	return list, nil
}

// each yields the values of a key space in the order of its keys.
func each[T any](ctx context.Context, db *pebble.DB, what string, space []byte) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		fail := func(err error) { yield(*new(T), fmt.Errorf("read %s: %w", what, err)) }
		it, err := db.NewIter(&pebble.IterOptions{LowerBound: space, UpperBound: after(space)})
		if err != nil {
			fail(err)
			return
		}
		defer it.Close()
		for ok := it.First(); ok; ok = it.Next() {
			var value T
			if err := errors.Join(ctx.Err(), json.Unmarshal(it.Value(), &value)); err != nil {
				fail(err)
				return
			}
			if !yield(value, nil) {
				return
			}
		}
		if err := it.Error(); err != nil {
			fail(err)
		}
	}
}

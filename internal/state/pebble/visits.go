package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/harvester"
)

// Visits is the evidence of fetches. Its keys:
//
//	v l <url>                last visit
//	v a <url> 00 <time, ns>  every visit
type Visits struct{ db *pebble.DB }

var _ harvester.Visits = (*Visits)(nil)

// Visits returns the evidence of fetches.
func (d *DB) Visits() *Visits { return &Visits{db: d.db} }

var (
	lastVisits = []byte{keyVisit, 'l'}
	allVisits  = []byte{keyVisit, 'a'}
)

// Last implements harvester.Visits.
func (v *Visits) Last(_ context.Context, url string) (harvester.Visit, bool, error) {
	value, err := get(v.db, append(bytes.Clone(lastVisits), url...))
	if err != nil || value == nil {
		return harvester.Visit{}, false, err
	}
	var visit harvester.Visit
	if err := json.Unmarshal(value, &visit); err != nil {
		return harvester.Visit{}, false, fmt.Errorf("read visit of %s: %w", url, err)
	}
	return visit, true, nil
}

// Record implements harvester.Visits. It is not synced by itself: a visit that
// a crash loses is made again.
func (v *Visits) Record(_ context.Context, visit harvester.Visit) error {
	value, err := json.Marshal(visit)
	if err != nil {
		return err
	}
	every := append(append(bytes.Clone(allVisits), visit.URL...), 0)
	every = binary.BigEndian.AppendUint64(every, uint64(visit.Time.UnixNano()))
	batch := v.db.NewBatch()
	defer batch.Close()
	err = errors.Join(
		batch.Set(append(bytes.Clone(lastVisits), visit.URL...), value, nil),
		batch.Set(every, value, nil),
		batch.Commit(pebble.NoSync),
	)
	if err != nil {
		return fmt.Errorf("record visit of %s: %w", visit.URL, err)
	}
	return nil
}

// All implements harvester.Visits.
func (v *Visits) All(context.Context) iter.Seq2[harvester.Visit, error] {
	return func(yield func(harvester.Visit, error) bool) {
		it, err := v.db.NewIter(&pebble.IterOptions{LowerBound: lastVisits, UpperBound: after(lastVisits)})
		if err != nil {
			yield(harvester.Visit{}, fmt.Errorf("read visits: %w", err))
			return
		}
		defer it.Close()
		for ok := it.First(); ok; ok = it.Next() {
			var visit harvester.Visit
			if err := json.Unmarshal(it.Value(), &visit); err != nil {
				yield(harvester.Visit{}, fmt.Errorf("read visits: %w", err))
				return
			}
			if !yield(visit, nil) {
				return
			}
		}
		if err := it.Error(); err != nil {
			yield(harvester.Visit{}, fmt.Errorf("read visits: %w", err))
		}
	}
}

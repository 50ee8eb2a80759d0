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
//	v l <url>                last visit, without its links
//	v n <url>                links of the last visit
//	v a <url> 00 <time, ns>  every visit, without its links: they follow from
//	                         the body
type Visits struct{ db *pebble.DB }

var _ harvester.Visits = (*Visits)(nil)

// Visits returns the evidence of fetches.
func (d *DB) Visits() *Visits { return &Visits{db: d.db} }

var (
	lastVisits = []byte{keyVisit, 'l'}
	lastLinks  = []byte{keyVisit, 'n'}
	allVisits  = []byte{keyVisit, 'a'}
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
	every := append(append(bytes.Clone(allVisits), visit.URL...), 0)
	every = binary.BigEndian.AppendUint64(every, uint64(visit.Time.UnixNano()))
	return errors.Join(
		setJSON(batch, append(bytes.Clone(lastVisits), visit.URL...), visit),
		setJSON(batch, every, visit),
	)
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
	return func(yield func(harvester.Visit, error) bool) {
		fail := func(err error) { yield(harvester.Visit{}, fmt.Errorf("read visits: %w", err)) }
		it, err := v.db.NewIter(&pebble.IterOptions{LowerBound: lastVisits, UpperBound: after(lastVisits)})
		if err != nil {
			fail(err)
			return
		}
		defer it.Close()
		for ok := it.First(); ok; ok = it.Next() {
			var visit harvester.Visit
			if err := errors.Join(ctx.Err(), json.Unmarshal(it.Value(), &visit)); err != nil {
				fail(err)
				return
			}
			if !yield(visit, nil) {
				return
			}
		}
		if err := it.Error(); err != nil {
			fail(err)
		}
	}
}

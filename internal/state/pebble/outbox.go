package pebble

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/publisher"
)

// Outbox holds the meldingen. A resource stands in keys by its SHA-256, because
// an IRI may be of any length. Its keys:
//
//	o r <resource>                    the row, as JSON
//	o s <sequence> <resource>         order of the ledger, for every row
//	o w <next> <sequence> <resource>  the rows that wait; next in seconds
//	o c                               how many rows have each status, as JSON
type Outbox struct {
	db *pebble.DB
	mu *sync.Mutex // DB.writing
}

var _ publisher.Outbox = (*Outbox)(nil)

// Outbox returns the outbox of the database.
func (d *DB) Outbox() *Outbox { return &Outbox{db: d.db, mu: &d.writing} }

var (
	outboxRows    = []byte{keyOutbox, 'r'}
	outboxOrder   = []byte{keyOutbox, 's'}
	outboxWaiting = []byte{keyOutbox, 'w'}
	outboxCounts  = []byte{keyOutbox, 'c'}
)

func rowKey(resource string) []byte {
	sum := sha256.Sum256([]byte(resource))
	return append(bytes.Clone(outboxRows), sum[:]...)
}

func orderKey(m publisher.Melding) []byte {
	sum := sha256.Sum256([]byte(m.SubmittedResource))
	return append(binary.BigEndian.AppendUint64(bytes.Clone(outboxOrder), m.Sequence), sum[:]...)
}

func waitingKey(m publisher.Melding) []byte {
	sum := sha256.Sum256([]byte(m.SubmittedResource))
	return append(binary.BigEndian.AppendUint64(waitingUntil(m.Next), m.Sequence), sum[:]...)
}

// waitingUntil is where the keys of rows that wait until then begin. Times
// before 1970 come first too.
func waitingUntil(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(bytes.Clone(outboxWaiting), uint64(t.Unix())^1<<63)
}

// addMeldingen puts the rows of a new entry in the batch, each unless its
// resource has one that was or will be sent.
func addMeldingen(batch *pebble.Batch, sequence uint64, rows []publisher.Melding) error {
	for _, m := range rows {
		m.Sequence = sequence
		var old publisher.Melding
		known, err := getJSON(batch, rowKey(m.SubmittedResource), &old)
		if err != nil {
			return fmt.Errorf("read melding of %s: %w", m.SubmittedResource, err)
		}
		if known && old.Status != publisher.Tegengehouden {
			continue
		}
		if err := setMelding(batch, old, m); err != nil {
			return err
		}
	}
	return nil
}

// setMelding puts a row, its place in the orders and the counts in the batch,
// in place of the old row; that is the zero Melding if there was none.
func setMelding(batch *pebble.Batch, old, m publisher.Melding) error {
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	counts, err := readCounts(batch)
	if err != nil {
		return err
	}
	var errs []error
	if old.Status != "" {
		counts[old.Status]--
		errs = append(errs, batch.Delete(orderKey(old), nil))
	}
	if old.Status == publisher.Wachtend {
		errs = append(errs, batch.Delete(waitingKey(old), nil))
	}
	counts[m.Status]++
	if m.Status == publisher.Wachtend {
		errs = append(errs, batch.Set(waitingKey(m), nil, nil))
	}
	totals, err := json.Marshal(counts)
	return errors.Join(append(errs, err,
		batch.Set(rowKey(m.SubmittedResource), value, nil),
		batch.Set(orderKey(m), nil, nil),
		batch.Set(outboxCounts, totals, nil))...)
}

func readCounts(r pebble.Reader) (map[publisher.MeldingStatus]int, error) {
	counts := map[publisher.MeldingStatus]int{}
	if _, err := getJSON(r, outboxCounts, &counts); err != nil {
		return nil, fmt.Errorf("count meldingen: %w", err)
	}
	return counts, nil
}

// Counts implements publisher.Outbox.
func (o *Outbox) Counts(context.Context) (map[publisher.MeldingStatus]int, error) {
	return readCounts(o.db)
}

// Due implements publisher.Outbox.
func (o *Outbox) Due(_ context.Context, now time.Time, n int) ([]publisher.Melding, error) {
	return o.rows(outboxWaiting, waitingUntil(now.Add(time.Second)), n, func(m publisher.Melding) bool {
		return m.Status == publisher.Wachtend && !m.Next.After(now)
	})
}

// Meldingen implements publisher.Outbox.
func (o *Outbox) Meldingen(context.Context) ([]publisher.Melding, error) {
	upper := bytes.Clone(outboxOrder)
	upper[len(upper)-1]++
	return o.rows(outboxOrder, upper, math.MaxInt, func(publisher.Melding) bool { return true })
}

// Save implements publisher.Outbox.
func (o *Outbox) Save(_ context.Context, m publisher.Melding) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch := o.db.NewIndexedBatch()
	defer batch.Close()
	var old publisher.Melding
	_, err := getJSON(batch, rowKey(m.SubmittedResource), &old)
	if err == nil {
		err = setMelding(batch, old, m)
	}
	if err == nil {
		err = batch.Commit(pebble.Sync)
	}
	if err != nil {
		return fmt.Errorf("save melding of %s: %w", m.SubmittedResource, err)
	}
	return nil
}

// rows returns up to n rows that are wanted, in the order of the keys from
// lower to upper, which end in the resource.
func (o *Outbox) rows(lower, upper []byte, n int, want func(publisher.Melding) bool) (list []publisher.Melding, err error) {
	it, err := o.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok && len(list) < n; ok = it.Next() {
		key := append(bytes.Clone(outboxRows), it.Key()[len(it.Key())-sha256.Size:]...)
		var m publisher.Melding
		found, err := getJSON(o.db, key, &m)
		if err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		if found && want(m) {
			list = append(list, m)
		}
	}
	return list, it.Error()
}

package pebble

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/publisher"
)

// Outbox holds the meldingen. A resource stands in keys by its SHA-256, because
// an IRI may be of any length. Its keys:
//
//	o r <resource>             the row, as JSON
//	o s <sequence> <resource>  order of the ledger, for every row
//	o w <sequence> <resource>  the rows that wait
type Outbox struct{ db *pebble.DB }

var _ publisher.Outbox = (*Outbox)(nil)

// Outbox returns the outbox of the database.
func (d *DB) Outbox() *Outbox { return &Outbox{db: d.db} }

var (
	outboxRows    = []byte{keyOutbox, 'r'}
	outboxOrder   = []byte{keyOutbox, 's'}
	outboxWaiting = []byte{keyOutbox, 'w'}
)

func rowKey(resource string) []byte {
	sum := sha256.Sum256([]byte(resource))
	return append(bytes.Clone(outboxRows), sum[:]...)
}

func orderKey(prefix []byte, m publisher.Melding) []byte {
	sum := sha256.Sum256([]byte(m.SubmittedResource))
	return append(binary.BigEndian.AppendUint64(bytes.Clone(prefix), m.Sequence), sum[:]...)
}

// addMelding puts a new row in the batch, unless the resource has one that was
// or will be sent.
func addMelding(batch *pebble.Batch, m publisher.Melding) error {
	var old publisher.Melding
	ok, err := getJSON(batch, rowKey(m.SubmittedResource), &old)
	if err != nil {
		return fmt.Errorf("read melding of %s: %w", m.SubmittedResource, err)
	}
	if !ok {
		return setMelding(batch, m)
	}
	if old.Status != publisher.Tegengehouden {
		return nil
	}
	if err := batch.Delete(orderKey(outboxOrder, old), nil); err != nil {
		return err
	}
	return setMelding(batch, m)
}

// setMelding puts a row and its place in the orders in the batch.
func setMelding(batch *pebble.Batch, m publisher.Melding) error {
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	waiting := orderKey(outboxWaiting, m)
	if m.Status == publisher.Wachtend {
		err = batch.Set(waiting, nil, nil)
	} else {
		err = batch.Delete(waiting, nil)
	}
	return errors.Join(err,
		batch.Set(rowKey(m.SubmittedResource), value, nil),
		batch.Set(orderKey(outboxOrder, m), nil, nil))
}

// Due implements publisher.Outbox.
func (o *Outbox) Due(_ context.Context, now time.Time, n int) ([]publisher.Melding, error) {
	return o.rows(outboxWaiting, n, func(m publisher.Melding) bool { return !m.Next.After(now) })
}

// Meldingen implements publisher.Outbox.
func (o *Outbox) Meldingen(context.Context) ([]publisher.Melding, error) {
	return o.rows(outboxOrder, 0, func(publisher.Melding) bool { return true })
}

// Save implements publisher.Outbox.
func (o *Outbox) Save(_ context.Context, m publisher.Melding) error {
	batch := o.db.NewBatch()
	defer batch.Close()
	err := setMelding(batch, m)
	if err == nil {
		err = batch.Commit(pebble.Sync)
	}
	if err != nil {
		return fmt.Errorf("save melding of %s: %w", m.SubmittedResource, err)
	}
	return nil
}

// rows returns up to n rows (0: all) that are wanted, in the given order.
func (o *Outbox) rows(order []byte, n int, want func(publisher.Melding) bool) (list []publisher.Melding, err error) {
	upper := bytes.Clone(order)
	upper[len(upper)-1]++
	it, err := o.db.NewIter(&pebble.IterOptions{LowerBound: order, UpperBound: upper})
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok && (n <= 0 || len(list) < n); ok = it.Next() {
		key := append(bytes.Clone(outboxRows), it.Key()[len(order)+8:]...)
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

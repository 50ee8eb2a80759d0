package pebble

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/publisher"
)

// Ledger is the append-only log. Its keys:
//
//	l <sequence, 8 bytes>  entry and references, as JSON
//	p <page IRI>           sequence of the newest entry of the page
type Ledger struct {
	db *pebble.DB
	// mu is DB.writing: entries are chained, so that there is one writer at a time.
	mu *sync.Mutex
}

var (
	_ publisher.Ledger         = (*Ledger)(nil)
	_ publisher.LedgerTogether = (*Ledger)(nil)
)

// Ledger returns the ledger of the database.
func (d *DB) Ledger() *Ledger { return &Ledger{db: d.db, mu: &d.writing} }

// record is one entry as it is stored.
type record struct {
	Entry publisher.Entry `json:"entry"`
	Refs  publisher.Refs  `json:"refs"`
}

func ledgerKey(sequence uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{keyLedger}, sequence)
}

func latestKey(pagina string) []byte { return append([]byte{keyLatest}, pagina...) }

// Append implements publisher.Ledger.
func (l *Ledger) Append(ctx context.Context, e publisher.Entry, refs publisher.Refs, with publisher.Effects) (publisher.Entry, error) {
	entries, err := l.AppendTogether(ctx, []publisher.Record{{Entry: e, Refs: refs, With: with}})
	if err != nil {
		return publisher.Entry{}, err
	}
	return entries[0], nil
}

// AppendTogether implements publisher.LedgerTogether: one synced batch for the
// entries, the pointers to them, how their pages stand, and the outbox rows.
func (l *Ledger) AppendTogether(ctx context.Context, records []publisher.Record) ([]publisher.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	previous, err := l.last()
	if err != nil {
		return nil, fmt.Errorf("append to ledger: %w", err)
	}
	batch := l.db.NewIndexedBatch()
	defer batch.Close()
	entries := make([]publisher.Entry, len(records))
	for i, r := range records {
		e := r.Entry.Seal(previous)
		before, _, _, err := l.Latest(ctx, e.Pagina)
		if err != nil {
			return nil, fmt.Errorf("append to ledger: %w", err)
		}
		value, err := json.Marshal(record{e, r.Refs})
		if err != nil {
			return nil, fmt.Errorf("append to ledger: %w", err)
		}
		err = errors.Join(
			batch.Set(ledgerKey(e.Sequence), value, nil),
			batch.Set(latestKey(e.Pagina), binary.BigEndian.AppendUint64(nil, e.Sequence), nil),
			batch.Set(versionKey(e.Pagina, e.Sequence), nil, nil),
			stand(batch, before, e, r.With.Gone),
			addMeldingen(batch, e.Sequence, r.With.Meldingen),
		)
		if err != nil {
			return nil, fmt.Errorf("append to ledger: %w", err)
		}
		entries[i], previous = e, e
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return nil, fmt.Errorf("append to ledger: %w", err)
	}
	return entries, nil
}

// last returns the newest entry, the zero Entry if there is none.
func (l *Ledger) last() (publisher.Entry, error) {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: []byte{keyLedger}, UpperBound: []byte{keyLedger + 1}})
	if err != nil {
		return publisher.Entry{}, err
	}
	defer it.Close()
	if !it.Last() {
		return publisher.Entry{}, it.Error()
	}
	var r record
	if err := json.Unmarshal(it.Value(), &r); err != nil {
		return publisher.Entry{}, fmt.Errorf("read entry: %w", err)
	}
	return r.Entry, nil
}

// Entry implements publisher.Ledger.
func (l *Ledger) Entry(_ context.Context, sequence uint64) (publisher.Entry, publisher.Refs, bool, error) {
	var r record
	ok, err := getJSON(l.db, ledgerKey(sequence), &r)
	if err != nil {
		return publisher.Entry{}, publisher.Refs{}, false, fmt.Errorf("read ledger entry %d: %w", sequence, err)
	}
	return r.Entry, r.Refs, ok, nil
}

// Latest implements publisher.Ledger.
func (l *Ledger) Latest(ctx context.Context, pagina string) (publisher.Entry, publisher.Refs, bool, error) {
	value, closer, err := l.db.Get(latestKey(pagina))
	if errors.Is(err, pebble.ErrNotFound) {
		return publisher.Entry{}, publisher.Refs{}, false, nil
	}
	if err != nil {
		return publisher.Entry{}, publisher.Refs{}, false, fmt.Errorf("find newest ledger entry of %s: %w", pagina, err)
	}
	sequence := binary.BigEndian.Uint64(value)
	if err := closer.Close(); err != nil {
		return publisher.Entry{}, publisher.Refs{}, false, err
	}
	return l.Entry(ctx, sequence)
}

// Head implements publisher.Ledger.
func (l *Ledger) Head(context.Context) (uint64, error) {
	last, err := l.last()
	if err != nil {
		return 0, fmt.Errorf("read ledger head: %w", err)
	}
	return last.Sequence, nil
}

// getJSON reads the value of a key into v; ok is false if there is none.
func getJSON(r pebble.Reader, key []byte, v any) (ok bool, err error) {
	value, closer, err := r.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(json.Unmarshal(value, v), closer.Close())
}

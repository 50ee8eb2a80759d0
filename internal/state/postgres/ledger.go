package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/publisher"
)

// Ledger is the append-only log, with what Standing tells of it.
type Ledger struct{ db *DB }

var (
	_ publisher.Ledger         = (*Ledger)(nil)
	_ publisher.LedgerTogether = (*Ledger)(nil)
	_ publisher.Standing       = (*Ledger)(nil)
)

// Ledger returns the ledger of the database.
func (d *DB) Ledger() *Ledger { return &Ledger{db: d} }

// record is one entry as it is stored.
type record struct {
	Entry publisher.Entry `json:"entry"`
	Refs  publisher.Refs  `json:"refs"`
}

// appends are the writes that wait for the one that is under way. They go
// together in the next transaction: the disk is then waited for once.
type appends struct {
	mu      sync.Mutex
	busy    bool
	waiting []*write
}

// write is one call of AppendTogether.
type write struct {
	ctx     context.Context
	records []publisher.Record
	entries []publisher.Entry
	err     error
	done    chan struct{} // closed when entries and err stand
}

// Append implements publisher.Ledger.
func (l *Ledger) Append(ctx context.Context, e publisher.Entry, refs publisher.Refs, with publisher.Effects) (publisher.Entry, error) {
	entries, err := l.AppendTogether(ctx, []publisher.Record{{Entry: e, Refs: refs, With: with}})
	if err != nil {
		return publisher.Entry{}, err
	}
	return entries[0], nil
}

// AppendTogether implements publisher.LedgerTogether. Where the connection breaks
// it is tried again, after a look whether the entries arrived: their hashes tell.
func (l *Ledger) AppendTogether(ctx context.Context, records []publisher.Record) ([]publisher.Entry, error) {
	for _, r := range records {
		for _, id := range r.With.Gone {
			if _, err := uuid.Parse(id); err != nil {
				return nil, fmt.Errorf("append to ledger: id %q: %w", id, err)
			}
		}
	}
	w := &write{ctx: ctx, records: records, done: make(chan struct{})}
	q := &l.db.appends
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	first := !q.busy
	q.busy = true
	q.mu.Unlock()
	if first {
		go l.work()
	}
	<-w.done
	if w.err != nil {
		return nil, fmt.Errorf("append to ledger: %w", w.err)
	}
	return w.entries, nil
}

// maxTogether bounds the writes of one transaction.
const maxTogether = 64

// work writes until nothing waits.
func (l *Ledger) work() {
	q := &l.db.appends
	for {
		q.mu.Lock()
		n := min(len(q.waiting), maxTogether)
		some := slices.Clone(q.waiting[:n])
		q.waiting = slices.Delete(q.waiting, 0, n)
		q.busy = n > 0
		q.mu.Unlock()
		if n == 0 {
			return
		}
		l.write(some)
	}
}

// write does the writes together, or each by itself where the database refuses:
// one of them is at fault.
func (l *Ledger) write(some []*write) {
	defer func() {
		for _, w := range some {
			close(w.done)
		}
	}()
	if len(some) > 1 {
		var records []publisher.Record
		for _, w := range some {
			records = append(records, w.records...)
		}
		entries, err := l.append(context.Background(), records)
		if err == nil || passing(err) {
			for _, w := range some {
				if w.err = err; err == nil {
					w.entries, entries = entries[:len(w.records):len(w.records)], entries[len(w.records):]
				}
			}
			return
		}
	}
	for _, w := range some {
		w.entries, w.err = l.append(w.ctx, w.records)
	}
}

// append adds entries in one transaction, once.
func (l *Ledger) append(ctx context.Context, records []publisher.Record) (entries []publisher.Entry, err error) {
	var tried []publisher.Entry // what the last attempt sent, if it did
	err = l.db.again(ctx, func(ctx context.Context) error {
		tx, err := l.db.pool.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(context.WithoutCancel(ctx)) // nothing after a commit
		before, previous, err := l.lock(ctx, tx, records)
		if err != nil {
			return err
		}
		if arrived, err := l.arrived(ctx, tx, tried); err != nil || arrived {
			entries = tried
			return err
		}
		batch := &pgx.Batch{}
		if entries, err = seal(batch, records, before, previous); err != nil {
			return err
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		tried = entries
		return tx.Commit(ctx)
	})
	return entries, err
}

// lock waits until nobody else appends, and returns the newest entry of each page
// that is written to, by IRI, and the newest of all.
func (l *Ledger) lock(ctx context.Context, tx pgx.Tx, records []publisher.Record) (before map[string]publisher.Entry, previous publisher.Entry, err error) {
	keys := make([][]byte, len(records))
	for i, r := range records {
		keys[i] = sum(r.Entry.Pagina)
	}
	before = map[string]publisher.Entry{}
	batch := &pgx.Batch{}
	// Each query sees what was committed before it began, so that these come after
	// the lock.
	batch.Queue(`SELECT FROM belfort.head FOR UPDATE`)
	batch.Queue(`SELECT body FROM belfort.entry ORDER BY sequence DESC LIMIT 1`).Query(func(rows pgx.Rows) error {
		found, err := collectRecords(rows)
		if len(found) > 0 {
			previous = found[0].Entry
		}
		return err
	})
	batch.Queue(`SELECT e.body FROM belfort.page p JOIN belfort.entry e USING (sequence) WHERE p.key = ANY($1)`, keys).Query(func(rows pgx.Rows) error {
		found, err := collectRecords(rows)
		for _, r := range found {
			before[r.Entry.Pagina] = r.Entry
		}
		return err
	})
	err = tx.SendBatch(ctx, batch).Close()
	return before, previous, err
}

// arrived reports whether entries stand in the ledger that were sent when the
// connection broke.
func (l *Ledger) arrived(ctx context.Context, tx pgx.Tx, tried []publisher.Entry) (bool, error) {
	if len(tried) == 0 {
		return false, nil
	}
	last := tried[len(tried)-1]
	r, ok, err := entryOf(tx.QueryRow(ctx, `SELECT body FROM belfort.entry WHERE sequence = $1`, int64(last.Sequence)))
	return ok && r.Entry.Hash == last.Hash, err
}

// seal chains the records to the newest entry and puts in the batch what they
// bring about.
func seal(batch *pgx.Batch, records []publisher.Record, before map[string]publisher.Entry, previous publisher.Entry) ([]publisher.Entry, error) {
	entries := make([]publisher.Entry, len(records))
	change := tally{}
	for i, r := range records {
		e := r.Entry.Seal(previous)
		value, err := json.Marshal(record{e, r.Refs})
		if err != nil {
			return nil, err
		}
		sequence, key := int64(e.Sequence), sum(e.Pagina)
		batch.Queue(`INSERT INTO belfort.entry VALUES ($1, $2, $3, $4)`, sequence, key, string(e.Kind), value)
		batch.Queue(`INSERT INTO belfort.page VALUES ($1, $2, $3)
			ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence, kind = excluded.kind`, key, sequence, string(e.Kind))
		if len(r.With.Gone) > 0 {
			batch.Queue(`INSERT INTO belfort.gone SELECT unnest($1::uuid[]), $2 ON CONFLICT DO NOTHING`, r.With.Gone, sequence)
		}
		for _, m := range r.With.Meldingen {
			m.Sequence = e.Sequence
			if err := enter(batch, m); err != nil {
				return nil, err
			}
		}
		change.count(before[e.Pagina], -1)
		change.count(e, 1)
		before[e.Pagina] = e
		entries[i], previous = e, e
	}
	change.save(batch)
	batch.Queue(`UPDATE belfort.head SET sequence = $1`, int64(previous.Sequence))
	return entries, nil
}

// Entry implements publisher.Ledger.
func (l *Ledger) Entry(ctx context.Context, sequence uint64) (publisher.Entry, publisher.Refs, bool, error) {
	if sequence > 1<<62 {
		return publisher.Entry{}, publisher.Refs{}, false, nil
	}
	r, ok, err := l.entry(ctx, `SELECT body FROM belfort.entry WHERE sequence = $1`, int64(sequence))
	if err != nil {
		return publisher.Entry{}, publisher.Refs{}, false, fmt.Errorf("read ledger entry %d: %w", sequence, err)
	}
	return r.Entry, r.Refs, ok, nil
}

// Latest implements publisher.Ledger.
func (l *Ledger) Latest(ctx context.Context, pagina string) (publisher.Entry, publisher.Refs, bool, error) {
	r, ok, err := l.entry(ctx, `SELECT e.body FROM belfort.page p JOIN belfort.entry e USING (sequence) WHERE p.key = $1`, sum(pagina))
	if err != nil {
		return publisher.Entry{}, publisher.Refs{}, false, fmt.Errorf("find newest ledger entry of %s: %w", pagina, err)
	}
	return r.Entry, r.Refs, ok, nil
}

// Head implements publisher.Ledger.
func (l *Ledger) Head(ctx context.Context) (sequence uint64, err error) {
	err = l.db.again(ctx, func(ctx context.Context) error {
		return l.db.pool.QueryRow(ctx, `SELECT sequence FROM belfort.head`).Scan(&sequence)
	})
	if err != nil {
		return 0, fmt.Errorf("read ledger head: %w", err)
	}
	return sequence, nil
}

// entry reads the entry that a query gives.
func (l *Ledger) entry(ctx context.Context, query string, args ...any) (r record, ok bool, err error) {
	err = l.db.again(ctx, func(ctx context.Context) (err error) {
		r, ok, err = entryOf(l.db.pool.QueryRow(ctx, query, args...))
		return err
	})
	return r, ok, err
}

func entryOf(row pgx.Row) (r record, ok bool, err error) {
	var body []byte
	if err := row.Scan(&body); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return record{}, false, nil
		}
		return record{}, false, err
	}
	err = json.Unmarshal(body, &r)
	return r, err == nil, err
}

func collectRecords(rows pgx.Rows) ([]record, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (record, error) {
		r, _, err := entryOf(row)
		return r, err
	})
}

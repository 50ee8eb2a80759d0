package pebble

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
)

// The ledger knows how pages stand by these keys:
//
//	h <sequence>             an entry of a page that is held now
//	g <id, 16> <sequence>    an entry that took away a page with the subject
//	t                        the tally, as JSON
//	q <SHA-256 of page> <sequence>  an entry of a page
var _ publisher.Standing = (*Ledger)(nil)

func heldKey(sequence uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{keyHeld}, sequence)
}

func goneKey(id uuid.UUID, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte{keyGone}, id[:]...), sequence)
}

// stand puts in the batch how the page of e stands from now on; before is the
// entry that was its newest, the zero Entry if there was none.
func stand(batch *pebble.Batch, before, e publisher.Entry, gone []string) error {
	var errs []error
	if before.Kind == publisher.Held {
		errs = append(errs, batch.Delete(heldKey(before.Sequence), nil))
	}
	if e.Kind == publisher.Held {
		errs = append(errs, batch.Set(heldKey(e.Sequence), nil, nil))
	}
	for _, id := range gone {
		parsed, err := uuid.Parse(id)
		if err != nil {
			errs = append(errs, fmt.Errorf("id %q: %w", id, err))
			continue
		}
		errs = append(errs, batch.Set(goneKey(parsed, e.Sequence), nil, nil))
	}
	tally, err := readTally(batch)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	count := func(e publisher.Entry, by int) {
		if e.Kind == "" {
			return
		}
		tally.Pages[e.Kind] += by
		for severity, n := range e.Findings {
			tally.Findings[severity] += by * n
		}
	}
	count(before, -1)
	count(e, 1)
	maps.DeleteFunc(tally.Pages, func(_ publisher.Kind, n int) bool { return n == 0 })
	maps.DeleteFunc(tally.Findings, func(_ rdf.Severity, n int) bool { return n == 0 })
	value, err := json.Marshal(tally)
	return errors.Join(append(errs, err, batch.Set([]byte{keyTally}, value, nil))...)
}

func readTally(r pebble.Reader) (publisher.Tally, error) {
	t := publisher.Tally{Pages: map[publisher.Kind]int{}, Findings: map[rdf.Severity]int{}}
	_, err := getJSON(r, []byte{keyTally}, &t)
	if err != nil {
		return publisher.Tally{}, fmt.Errorf("read tally: %w", err)
	}
	return t, nil
}

// Tally implements publisher.Standing.
func (l *Ledger) Tally(context.Context) (publisher.Tally, error) { return readTally(l.db) }

// Held implements publisher.Standing.
func (l *Ledger) Held(ctx context.Context, n int) (list []publisher.Entry, err error) {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: []byte{keyHeld}, UpperBound: []byte{keyHeld + 1}})
	if err != nil {
		return nil, fmt.Errorf("list held pages: %w", err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok && len(list) < n; ok = it.Next() {
		e, _, ok, err := l.Entry(ctx, binary.BigEndian.Uint64(it.Key()[1:]))
		if err != nil {
			return nil, fmt.Errorf("list held pages: %w", err)
		}
		if ok {
			list = append(list, e)
		}
	}
	return list, nil
}

// maxTries bounds the entries that Withdrawn looks at: a page may go and come
// back without end.
const maxTries = 100

// Withdrawn implements publisher.Standing. It looks at the newest maxTries
// entries that took the subject away.
func (l *Ledger) Withdrawn(ctx context.Context, id string, n int) (list []publisher.Entry, err error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, nil // no subject has such an id
	}
	prefix := append([]byte{keyGone}, parsed[:]...)
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: goneKey(parsed, 1<<64-1)})
	if err != nil {
		return nil, fmt.Errorf("find withdrawn pages: %w", err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	tries := 0
	for ok := it.Last(); ok && len(list) < n && tries < maxTries; ok = it.Prev() {
		tries++
		e, _, _, err := l.Entry(ctx, binary.BigEndian.Uint64(it.Key()[len(prefix):]))
		if err != nil {
			return nil, fmt.Errorf("find withdrawn pages: %w", err)
		}
		latest, _, _, err := l.Latest(ctx, e.Pagina)
		if err != nil {
			return nil, fmt.Errorf("find withdrawn pages: %w", err)
		}
		if latest.Sequence == e.Sequence && e.Kind == publisher.Withdrawn {
			list = append(list, e)
		}
	}
	return list, nil
}

func versionKey(pagina string, sequence uint64) []byte {
	sum := sha256.Sum256([]byte(pagina))
	return binary.BigEndian.AppendUint64(append([]byte{keyVersion}, sum[:]...), sequence)
}

// Versions implements publisher.Standing.
func (l *Ledger) Versions(ctx context.Context, pagina string, before uint64, n int) (list []publisher.Entry, err error) {
	if before == 0 {
		before = 1<<64 - 1
	}
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: versionKey(pagina, 0), UpperBound: versionKey(pagina, before)})
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", pagina, err)
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.Last(); ok && len(list) < n; ok = it.Prev() {
		key := it.Key()
		e, _, _, err := l.Entry(ctx, binary.BigEndian.Uint64(key[len(key)-8:]))
		if err != nil {
			return nil, fmt.Errorf("list versions of %s: %w", pagina, err)
		}
		list = append(list, e)
	}
	return list, nil
}

// fillVersions makes the list of the versions of pages for a ledger that was
// begun by a program that did not keep it.
func fillVersions(db *pebble.DB) error {
	kept := []byte{keyMeta, 'q'}
	if _, closer, err := db.Get(kept); err == nil {
		return closer.Close()
	} else if !errors.Is(err, pebble.ErrNotFound) {
		return fmt.Errorf("list versions of pages: %w", err)
	}
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte{keyLedger}, UpperBound: []byte{keyLedger + 1}})
	if err != nil {
		return fmt.Errorf("list versions of pages: %w", err)
	}
	for ok := it.First(); ok && err == nil; ok = it.Next() {
		var r record
		if err = json.Unmarshal(it.Value(), &r); err == nil {
			err = db.Set(versionKey(r.Entry.Pagina, r.Entry.Sequence), nil, pebble.NoSync)
		}
	}
	if err := errors.Join(err, it.Close()); err != nil {
		return fmt.Errorf("list versions of pages: %w", err)
	}
	return db.Set(kept, nil, pebble.Sync)
}

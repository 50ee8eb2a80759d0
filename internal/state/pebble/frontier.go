package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/harvester"
)

// Frontier is the durable queue of links. Its keys:
//
//	f r                              number of the run, and whether it goes on
//	f s <url>                        number of the last run that saw the URL
//	f q <host> 00 <not before> <seq> a queued link
//
// Links that were handed out are remembered in memory only, so that a crash
// hands them out again.
type Frontier struct {
	db *pebble.DB

	mu     sync.Mutex
	number uint64 // of the run
	seq    uint64 // of the newest queue key
	leased map[string]bool
}

var _ harvester.Frontier = (*Frontier)(nil)

// Frontier returns the queue of links. There must be one per database.
func (d *DB) Frontier() *Frontier { return &Frontier{db: d.db, leased: map[string]bool{}} }

var (
	keyRun    = []byte{keyFrontier, 'r'}
	seenSpace = []byte{keyFrontier, 's'}
	linkSpace = []byte{keyFrontier, 'q'}
)

// runState is the value of keyRun.
type runState struct {
	Number   uint64 `json:"number"`
	Sequence uint64 `json:"sequence"`
	Open     bool   `json:"open"`
}

// Begin implements harvester.Frontier.
func (f *Frontier) Begin(_ context.Context, seeds []harvester.Link) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var state runState
	value, err := get(f.db, keyRun)
	if err != nil {
		return fmt.Errorf("read run: %w", err)
	}
	if value != nil {
		if err := json.Unmarshal(value, &state); err != nil {
			return fmt.Errorf("read run: %w", err)
		}
	}
	if !state.Open {
		state.Number++
		state.Open = true
	}
	f.number, f.seq = state.Number, state.Sequence
	clear(f.leased) // what an earlier run left under way is handed out again
	batch := f.db.NewBatch()
	defer batch.Close()
	if err := f.add(batch, seeds); err != nil {
		return err
	}
	if err := f.saveRun(batch, true); err != nil {
		return err
	}
	return batch.Commit(pebble.Sync)
}

func (f *Frontier) saveRun(batch *pebble.Batch, open bool) error {
	value, err := json.Marshal(runState{Number: f.number, Sequence: f.seq, Open: open})
	if err != nil {
		return err
	}
	return batch.Set(keyRun, value, nil)
}

// add queues the links that this run has not seen.
func (f *Frontier) add(batch *pebble.Batch, links []harvester.Link) error {
	number := binary.BigEndian.AppendUint64(nil, f.number)
	fresh := map[string]bool{}
	for _, link := range links {
		seen := append(bytes.Clone(seenSpace), link.URL...)
		last, err := get(f.db, seen)
		if err != nil {
			return fmt.Errorf("read frontier: %w", err)
		}
		if fresh[link.URL] || bytes.Equal(last, number) {
			continue
		}
		fresh[link.URL] = true
		if err := errors.Join(batch.Set(seen, number, nil), f.queue(batch, link)); err != nil {
			return err
		}
	}
	return nil
}

func (f *Frontier) queue(batch *pebble.Batch, link harvester.Link) error {
	u, err := url.Parse(link.URL)
	if err != nil {
		return fmt.Errorf("queue link: %w", err)
	}
	f.seq++
	var notBefore uint64
	if !link.NotBefore.IsZero() {
		notBefore = uint64(link.NotBefore.UnixMilli())
	}
	key := append(hostSpace(u.Host), binary.BigEndian.AppendUint64(nil, notBefore)...)
	key = binary.BigEndian.AppendUint64(key, f.seq)
	value, err := json.Marshal(link)
	if err != nil {
		return err
	}
	return batch.Set(key, value, nil)
}

func hostSpace(host string) []byte {
	return append(append(bytes.Clone(linkSpace), host...), 0)
}

// Next implements harvester.Frontier.
func (f *Frontier) Next(_ context.Context, now time.Time, free func(string) bool) (harvester.Link, bool, time.Duration, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	it, err := f.db.NewIter(&pebble.IterOptions{LowerBound: linkSpace, UpperBound: after(linkSpace)})
	if err != nil {
		return harvester.Link{}, false, 0, fmt.Errorf("read frontier: %w", err)
	}
	defer it.Close()
	empty := true
	wait := time.Duration(0)
	for ok := it.First(); ok; {
		empty = false
		host, notBefore := splitQueueKey(it.Key())
		due := notBefore.Sub(now)
		switch {
		case f.leased[string(it.Key())]:
			ok = it.Next()
			continue
		case due > 0:
			if wait == 0 || due < wait {
				wait = due
			}
		case free(host):
			var link harvester.Link
			if err := json.Unmarshal(it.Value(), &link); err != nil {
				return harvester.Link{}, false, 0, fmt.Errorf("read frontier: %w", err)
			}
			link.Key = bytes.Clone(it.Key())
			f.leased[string(link.Key)] = true
			return link, true, 0, nil
		}
		ok = it.SeekGE(after(hostSpace(host)))
	}
	if err := it.Error(); err != nil {
		return harvester.Link{}, false, 0, fmt.Errorf("read frontier: %w", err)
	}
	if empty {
		return harvester.Link{}, false, 0, f.end()
	}
	return harvester.Link{}, false, wait, nil
}

// end closes the run and returns io.EOF.
func (f *Frontier) end() error {
	batch := f.db.NewBatch()
	defer batch.Close()
	if err := errors.Join(f.saveRun(batch, false), batch.Commit(pebble.Sync)); err != nil {
		return err
	}
	return io.EOF
}

func splitQueueKey(key []byte) (host string, notBefore time.Time) {
	millis := binary.BigEndian.Uint64(key[len(key)-16:])
	host = string(key[len(linkSpace) : len(key)-17])
	if millis == 0 {
		return host, time.Time{}
	}
	return host, time.UnixMilli(int64(millis))
}

// Done implements harvester.Frontier. It is not synced by itself: what a crash
// loses is only done again.
func (f *Frontier) Done(_ context.Context, link harvester.Link, found []harvester.Link, retry time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	batch := f.db.NewBatch()
	defer batch.Close()
	if err := errors.Join(batch.Delete(link.Key, nil), f.add(batch, found)); err != nil {
		return err
	}
	if !retry.IsZero() {
		again := link
		again.Attempts++
		again.NotBefore = retry
		if err := f.queue(batch, again); err != nil {
			return err
		}
	}
	if err := errors.Join(f.saveRun(batch, true), batch.Commit(pebble.NoSync)); err != nil {
		return fmt.Errorf("write frontier: %w", err)
	}
	delete(f.leased, string(link.Key))
	return nil
}

// get returns a copy of the value of a key, nil if there is none.
func get(db *pebble.DB, key []byte) ([]byte, error) {
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return append([]byte{}, value...), nil
}

// after returns the first key behind every key that begins with prefix.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

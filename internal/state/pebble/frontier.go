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
// hands them out again. So is where the queue of each host begins: a scan from
// the beginning of the key space would meet a tombstone for every link done.
type Frontier struct {
	db *pebble.DB

	mu     sync.Mutex
	number uint64 // of the run
	seq    uint64 // of the newest queue key
	lanes  map[string]*lane
	ring   []*lane // the same, in the order in which hosts take turns
	turn   int     // index in ring of the host that is asked first
	leased map[string]bool
}

// lane is the queue of one host.
type lane struct {
	host  string
	place int    // in ring
	low   []byte // no link has a smaller key
	count int    // links, those that are handed out included
	out   int    // links that are handed out
}

var _ harvester.Frontier = (*Frontier)(nil)

// Frontier returns the queue of links. There must be one per database.
func (d *DB) Frontier() *Frontier {
	return &Frontier{db: d.db, lanes: map[string]*lane{}, leased: map[string]bool{}}
}

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
	if err := f.load(); err != nil {
		return fmt.Errorf("read frontier: %w", err)
	}
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

// load reads where the queues begin. What an earlier run left under way is
// handed out again.
func (f *Frontier) load() (err error) {
	clear(f.leased)
	clear(f.lanes)
	f.ring, f.turn = nil, 0
	it, err := f.iterator()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok; ok = it.Next() {
		host, _ := splitQueueKey(it.Key())
		f.queued(host, it.Key())
	}
	return it.Error()
}

func (f *Frontier) iterator() (*pebble.Iterator, error) {
	return f.db.NewIter(&pebble.IterOptions{LowerBound: linkSpace, UpperBound: after(linkSpace)})
}

// queued counts a link that came in.
func (f *Frontier) queued(host string, key []byte) {
	l := f.lanes[host]
	if l == nil {
		l = &lane{host: host, place: len(f.ring)}
		f.lanes[host] = l
		f.ring = append(f.ring, l)
	}
	if l.count == 0 || bytes.Compare(key, l.low) < 0 {
		l.low = bytes.Clone(key)
	}
	l.count++
}

// finished counts a link out that was handed out.
func (f *Frontier) finished(key []byte) {
	if !f.leased[string(key)] {
		return
	}
	delete(f.leased, string(key))
	host, _ := splitQueueKey(key)
	l := f.lanes[host]
	l.out--
	if l.count--; l.count > 0 {
		return
	}
	last := len(f.ring) - 1
	f.ring[l.place] = f.ring[last]
	f.ring[l.place].place = l.place
	f.ring = f.ring[:last]
	delete(f.lanes, host)
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

// queue adds a link to its lane. If the batch is not committed the lanes count
// what is not there: an error ends the run, and Begin reads them again.
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
	key := append(append(bytes.Clone(linkSpace), u.Host...), 0)
	key = binary.BigEndian.AppendUint64(key, notBefore)
	key = binary.BigEndian.AppendUint64(key, f.seq)
	value, err := json.Marshal(link)
	if err != nil {
		return err
	}
	f.queued(u.Host, key)
	return batch.Set(key, value, nil)
}

// Next implements harvester.Frontier.
func (f *Frontier) Next(_ context.Context, now time.Time, free func(string) bool) (link harvester.Link, ok bool, wait time.Duration, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.ring) == 0 {
		return harvester.Link{}, false, 0, f.end()
	}
	it, err := f.iterator()
	if err != nil {
		return harvester.Link{}, false, 0, fmt.Errorf("read frontier: %w", err)
	}
	defer func() {
		if e := it.Close(); e != nil && err == nil {
			link, ok, wait, err = harvester.Link{}, false, 0, fmt.Errorf("read frontier: %w", e)
		}
	}()
	for i := range f.ring {
		l := f.ring[(f.turn+i)%len(f.ring)]
		if l.out == l.count || !free(l.host) {
			continue
		}
		key, notBefore := f.first(it, l)
		if key == nil {
			break // the iterator failed, and says why
		}
		if due := notBefore.Sub(now); due > 0 {
			if wait == 0 || due < wait {
				wait = due
			}
			continue
		}
		if err := json.Unmarshal(it.Value(), &link); err != nil {
			return harvester.Link{}, false, 0, fmt.Errorf("read frontier: %w", err)
		}
		link.Key = key
		f.leased[string(key)] = true
		l.out++
		f.turn = l.place + 1
		return link, true, 0, nil
	}
	return harvester.Link{}, false, wait, nil
}

// first moves the iterator to the first link of a lane that is not handed out
// and returns its key and time.
func (f *Frontier) first(it *pebble.Iterator, l *lane) (key []byte, notBefore time.Time) {
	lowest := true
	for ok := it.SeekGE(l.low); ok; ok = it.Next() {
		if lowest {
			l.low, lowest = bytes.Clone(it.Key()), false
		}
		if !f.leased[string(it.Key())] {
			_, notBefore = splitQueueKey(it.Key())
			return bytes.Clone(it.Key()), notBefore
		}
	}
	return nil, time.Time{}
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
	f.finished(link.Key)
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

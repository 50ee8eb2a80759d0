package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/harvester"
)

// Frontier is the durable queue of links. Its keys:
//
//	f n                              number of the newest queue key
//	f r <seed>                       the run of a seed
//	f s <seed> 00 <url>              number of the last run of the seed that saw the URL
//	f q <host> 00 <not before> <seq> a queued link
//
// Links that were handed out are remembered in memory only, so that a crash
// hands them out again. So is where the queue of each host begins: a scan from
// the beginning of the key space would meet a tombstone for every link done.
type Frontier struct {
	db *pebble.DB

	mu     sync.Mutex
	loaded bool
	seq    uint64 // of the newest queue key
	lanes  map[string]*lane
	ring   []*lane           // the same, in the order in which hosts take turns
	turn   int               // index in ring of the host that is asked first
	leased map[string]string // keys of links that are handed out, with their seeds
	runs   map[string]*run   // those that are not over, by seed
	ended  []string          // seeds of runs that have no link left
}

// lane is the queue of one host.
type lane struct {
	host  string
	place int    // in ring
	low   []byte // no link has a smaller key
	count int    // links, those that are handed out included
	out   int    // links that are handed out
}

// run is the value of a run's key.
type run struct {
	Number uint64    `json:"number"`
	Began  time.Time `json:"began"`
	Open   bool      `json:"open"`
	left   int       // links that are queued or handed out
}

var _ harvester.Frontier = (*Frontier)(nil)

// Frontier returns the queue of links. There must be one per database.
func (d *DB) Frontier() *Frontier { return &Frontier{db: d.db} }

var (
	keySequence = []byte{keyFrontier, 'n'}
	runSpace    = []byte{keyFrontier, 'r'}
	seenSpace   = []byte{keyFrontier, 's'}
	linkSpace   = []byte{keyFrontier, 'q'}
	endSpace    = []byte{keyFrontier, 'e'} // keys of ends, which are nowhere on disk
)

// Begin implements harvester.Frontier.
func (f *Frontier) Begin(_ context.Context, now time.Time, links []harvester.Link) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded || len(links) == 0 {
		if err := f.load(now); err != nil {
			return fmt.Errorf("read frontier: %w", err)
		}
	}
	if len(links) == 0 {
		return nil
	}
	batch := f.db.NewBatch()
	defer batch.Close()
	for _, link := range links {
		if link.Seed == "" {
			return fmt.Errorf("queue %s: it has no seed", link.URL)
		}
		if f.runs[link.Seed] != nil {
			continue
		}
		r, err := f.run(link.Seed)
		if err != nil {
			return err
		}
		r.Number++
		r.Began, r.Open = now.UTC(), true
		if err := setJSON(batch, seedKey(runSpace, link.Seed), r); err != nil {
			return err
		}
		f.runs[link.Seed] = r
	}
	err := errors.Join(f.add(batch, links), f.saveSequence(batch))
	if err == nil {
		err = batch.Commit(pebble.Sync)
	}
	if err != nil {
		f.loaded = false // memory counts what is not there
		return fmt.Errorf("write frontier: %w", err)
	}
	f.findEnds(links)
	return nil
}

// run reads the run of a seed, the newest that there was.
func (f *Frontier) run(seed string) (*run, error) {
	r := &run{}
	if _, err := getJSON(f.db, seedKey(runSpace, seed), r); err != nil {
		return nil, fmt.Errorf("read run of %s: %w", seed, err)
	}
	return r, nil
}

func seedKey(space []byte, seed string) []byte { return append(bytes.Clone(space), seed...) }

func seenKey(seed, url string) []byte {
	return append(append(seedKey(seenSpace, seed), 0), url...)
}

// load reads the runs, and where the queues begin. What was handed out is handed
// out again.
func (f *Frontier) load(now time.Time) (err error) {
	f.leased, f.lanes, f.runs = map[string]string{}, map[string]*lane{}, map[string]*run{}
	f.ring, f.turn, f.ended = nil, 0, nil
	value, err := get(f.db, keySequence)
	if err != nil {
		return err
	}
	if len(value) == 8 {
		f.seq = binary.BigEndian.Uint64(value)
	}
	if err := f.loadRuns(); err != nil {
		return err
	}
	it, err := f.iterator()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	for ok := it.First(); ok; ok = it.Next() {
		host, _ := splitQueueKey(it.Key())
		var link struct{ Seed string }
		if err := json.Unmarshal(it.Value(), &link); err != nil {
			return err
		}
		f.queued(host, it.Key())
		r := f.runs[link.Seed]
		if r == nil { // of a run in the form of earlier programs
			r = &run{Number: 1, Began: now.UTC(), Open: true}
			f.runs[link.Seed] = r
		}
		r.left++
	}
	for seed, r := range f.runs {
		if r.left == 0 {
			f.ended = append(f.ended, seed)
		}
	}
	slices.Sort(f.ended)
	f.loaded = true
	return it.Error()
}

func (f *Frontier) loadRuns() error {
	it, err := f.db.NewIter(&pebble.IterOptions{LowerBound: runSpace, UpperBound: after(runSpace)})
	if err != nil {
		return err
	}
	for ok := it.First(); ok; ok = it.Next() {
		r := &run{}
		if err := json.Unmarshal(it.Value(), r); err != nil {
			return errors.Join(err, it.Close())
		}
		if seed := string(it.Key()[len(runSpace):]); seed != "" && r.Open {
			f.runs[seed] = r
		} else if seed == "" {
			if err := f.upgrade(it.Value()); err != nil {
				return errors.Join(err, it.Close())
			}
		}
	}
	return errors.Join(it.Error(), it.Close())
}

// upgrade takes over from earlier programs, which had one run for all seeds: the
// queue stays, what the run had seen is forgotten.
func (f *Frontier) upgrade(value []byte) error {
	var old struct{ Sequence uint64 }
	if err := json.Unmarshal(value, &old); err != nil {
		return err
	}
	f.seq = old.Sequence
	batch := f.db.NewBatch()
	defer batch.Close()
	return errors.Join(f.saveSequence(batch), batch.Delete(runSpace, nil),
		batch.DeleteRange(seenSpace, after(seenSpace), nil), batch.Commit(pebble.Sync))
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
	seed, ok := f.leased[string(key)]
	if !ok {
		return
	}
	delete(f.leased, string(key))
	if r := f.runs[seed]; r != nil {
		r.left--
	}
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

// findEnds notes which runs of the seeds of links have no link left.
func (f *Frontier) findEnds(links []harvester.Link) {
	for _, link := range links {
		if r := f.runs[link.Seed]; r != nil && r.left == 0 && !slices.Contains(f.ended, link.Seed) {
			f.ended = append(f.ended, link.Seed)
		}
	}
}

func (f *Frontier) saveSequence(batch *pebble.Batch) error {
	return batch.Set(keySequence, binary.BigEndian.AppendUint64(nil, f.seq), nil)
}

// add queues the links that the runs of their seeds have not seen.
func (f *Frontier) add(batch *pebble.Batch, links []harvester.Link) error {
	fresh := map[string]bool{}
	for _, link := range links {
		r := f.runs[link.Seed]
		if r == nil {
			return fmt.Errorf("queue %s: no run of %q is under way", link.URL, link.Seed)
		}
		seen := seenKey(link.Seed, link.URL)
		last, err := get(f.db, seen)
		if err != nil {
			return fmt.Errorf("read frontier: %w", err)
		}
		number := binary.BigEndian.AppendUint64(nil, r.Number)
		if fresh[string(seen)] || bytes.Equal(last, number) {
			continue
		}
		fresh[string(seen)] = true
		if err := errors.Join(batch.Set(seen, number, nil), f.queue(batch, link)); err != nil {
			return err
		}
		r.left++
	}
	return nil
}

// queue adds a link to its lane. If the batch is not committed the lanes count
// what is not there: after an error Begin reads them again.
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
	if len(f.ended) > 0 {
		seed := f.ended[0]
		f.ended = f.ended[1:]
		key := seedKey(endSpace, seed)
		f.leased[string(key)] = seed
		return harvester.Link{URL: seed, Seed: seed, End: true, Began: f.runs[seed].Began, Key: key}, true, 0, nil
	}
	if len(f.runs) == 0 {
		return harvester.Link{}, false, 0, io.EOF
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
		link.Key, link.Began = key, f.runs[link.Seed].Began
		f.leased[string(key)] = link.Seed
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
		if _, out := f.leased[string(it.Key())]; !out {
			_, notBefore = splitQueueKey(it.Key())
			return bytes.Clone(it.Key()), notBefore
		}
	}
	return nil, time.Time{}
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
	if _, out := f.leased[string(link.Key)]; !out {
		return fmt.Errorf("finish %s: it was not handed out", link.URL)
	}
	batch := f.db.NewBatch()
	defer batch.Close()
	err := f.done(batch, link, found, retry)
	if err == nil {
		err = batch.Commit(pebble.NoSync)
	}
	if err != nil {
		f.loaded = false // memory counts what is not there
		return fmt.Errorf("write frontier: %w", err)
	}
	if link.End {
		delete(f.leased, string(link.Key))
		if r := f.runs[link.Seed]; !r.Open {
			delete(f.runs, link.Seed)
		}
		return nil
	}
	f.finished(link.Key)
	f.findEnds([]harvester.Link{link})
	return nil
}

func (f *Frontier) done(batch *pebble.Batch, link harvester.Link, found []harvester.Link, retry time.Time) error {
	if err := f.add(batch, found); err != nil {
		return err
	}
	r := f.runs[link.Seed]
	if link.End {
		if r.left == 0 {
			r.Open = false
			return setJSON(batch, seedKey(runSpace, link.Seed), r)
		}
		return f.saveSequence(batch)
	}
	if err := batch.Delete(link.Key, nil); err != nil {
		return err
	}
	if !retry.IsZero() {
		again := link
		again.Attempts++
		again.NotBefore = retry
		if err := f.queue(batch, again); err != nil {
			return err
		}
		r.left++
	}
	return f.saveSequence(batch)
}

// Dropped implements harvester.Frontier.
func (f *Frontier) Dropped(ctx context.Context, seed string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		fail := func(err error) { yield("", fmt.Errorf("read frontier: %w", err)) }
		r, err := f.run(seed)
		if err != nil {
			fail(err)
			return
		}
		space := append(seedKey(seenSpace, seed), 0)
		it, err := f.db.NewIter(&pebble.IterOptions{LowerBound: space, UpperBound: after(space)})
		if err != nil {
			fail(err)
			return
		}
		defer it.Close()
		for ok := it.First(); ok; ok = it.Next() {
			if ctx.Err() != nil {
				fail(context.Cause(ctx))
				return
			}
			value, err := it.ValueAndErr()
			if err != nil {
				fail(err)
				return
			}
			if len(value) == 8 && binary.BigEndian.Uint64(value) < r.Number && !yield(string(it.Key()[len(space):]), nil) {
				return
			}
		}
		if err := it.Error(); err != nil {
			fail(err)
		}
	}
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

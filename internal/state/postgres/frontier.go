package postgres

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/belfort-lod/belfort/harvester"
)

// Frontier is the durable queue of links, of all processes together. A host
// belongs to one process at a time, and with it the links that wait for it; so
// the first of them stand in memory (lanes.go), and to hand one out needs no word
// with the database. What a process held comes back when its lease is over.
type Frontier struct {
	db      *DB
	numbers numbers

	mu     sync.Mutex
	member int64           // as whom the hosts are held
	lanes  map[int64]*lane // of the hosts that this process owns, by their numbers
	ring   []*lane         // those that may have links, in the order in which they take turns
	turn   int             // index in ring of the lane that is asked first
	out    map[int64]*lane // links that are handed out, by their numbers
	ends   map[int64]bool  // sources whose End is handed out
	ending map[int64]bool  // sources whose run may have no link left
	active bool            // others know that this process has a share
	alone  bool            // no other process has
	stale  bool            // the database has something that memory does not know
	looked time.Time       // when it was last looked at, by the clock of Next
	asked  time.Time       // when Next was last called
}

// ticket is what the key of a link says.
type ticket struct {
	member int64 // to whom it was handed out
	id     int64 // of the link, 0 for an End
	source int64
	run    int64 // number of the run
}

func (t ticket) key() (key []byte) {
	for _, n := range [...]int64{t.member, t.id, t.source, t.run} {
		key = binary.BigEndian.AppendUint64(key, uint64(n))
	}
	return key
}

func readTicket(key []byte) (t ticket, ok bool) {
	if len(key) != 32 {
		return t, false
	}
	at := func(i int) int64 { return int64(binary.BigEndian.Uint64(key[8*i:])) }
	return ticket{at(0), at(1), at(2), at(3)}, true
}

var _ harvester.Frontier = (*Frontier)(nil)

// Frontier returns the queue of links; there is one for each DB.
func (d *DB) Frontier() *Frontier { return d.frontier }

func newFrontier(d *DB) *Frontier {
	f := &Frontier{db: d}
	f.forget(0)
	return f
}

// forget empties the memory.
func (f *Frontier) forget(member int64) {
	f.member, f.active, f.stale, f.alone = member, false, true, true
	f.lanes, f.ring, f.turn = map[int64]*lane{}, nil, 0
	f.out, f.ends, f.ending = map[int64]*lane{}, map[int64]bool{}, map[int64]bool{}
	f.looked = time.Time{}
}

// enrol makes sure of the lease of this process. Where it ran out, what memory
// holds is not true any more.
func (f *Frontier) enrol(ctx context.Context) error {
	f.asked = time.Now()
	me, err := f.db.joined(ctx)
	if err == nil && me != f.member {
		f.forget(me)
	}
	return err
}

// Begin implements harvester.Frontier. It is durable when it returns.
func (f *Frontier) Begin(ctx context.Context, now time.Time, links []harvester.Link) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.enrol(ctx)
	switch {
	case err != nil:
	case len(links) == 0: // what was handed out is handed out again
		f.forget(f.member)
		batch := &pgx.Batch{}
		batch.Queue(`UPDATE belfort.member SET harvesting = true WHERE id = $1`, f.member)
		batch.Queue(`UPDATE belfort.host SET owner = NULL WHERE owner = $1`, f.member)
		batch.Queue(`UPDATE belfort.run SET ender = NULL WHERE ender = $1`, f.member)
		err = f.db.send(ctx, batch)
		f.active = err == nil
	default:
		var groups []*group
		if groups, err = f.groups(ctx, links); err != nil {
			return err
		}
		err = f.db.again(ctx, func(ctx context.Context) error { return f.begin(ctx, moment(now), groups) })
		f.distrust()
	}
	if err != nil {
		return fmt.Errorf("begin run: %w", err)
	}
	return nil
}

// begin opens the runs of the groups and queues what they have not seen.
func (f *Frontier) begin(ctx context.Context, now time.Time, groups []*group) error {
	keys, seeds := make([][]byte, len(groups)), make([]string, len(groups))
	bySeed := map[string]*group{}
	for i, g := range groups {
		keys[i], seeds[i] = sum(g.seed), plain(g.seed)
		bySeed[string(keys[i])] = g
	}
	return pgx.BeginFunc(ctx, f.db.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `INSERT INTO belfort.run AS r (key, seed, number, began, open)
			SELECT key, seed, 1, $3, true FROM unnest($1::bytea[], $2::text[]) AS x (key, seed) ORDER BY key
			ON CONFLICT (key) DO UPDATE SET open = true, number = r.number + (NOT r.open)::integer,
				began = CASE WHEN r.open THEN r.began ELSE excluded.began END
			RETURNING key, source, number`, keys, seeds, now)
		if err != nil {
			return err
		}
		var key []byte
		var source, number int64
		_, err = pgx.ForEachRow(rows, []any{&key, &source, &number}, func() error {
			bySeed[string(key)].source, bySeed[string(key)].run = source, number
			return nil
		})
		if err != nil {
			return err
		}
		seeing, adding := &pgx.Batch{}, &pgx.Batch{}
		fresh := make([][]waiter, len(groups))
		for i, g := range groups {
			g.see(seeing, &fresh[i])
		}
		if err := tx.SendBatch(ctx, seeing).Close(); err != nil {
			return err
		}
		for i, g := range groups {
			add(adding, g.source, fresh[i])
		}
		return tx.SendBatch(ctx, adding).Close()
	})
}

// Done implements harvester.Frontier. It is durable when it returns. A link that
// another process has by now, because the lease of this one ran out, is that
// one's to finish.
func (f *Frontier) Done(ctx context.Context, link harvester.Link, found []harvester.Link, retry time.Time) error {
	t, ok := readTicket(link.Key)
	f.mu.Lock()
	mine, out := t.member == f.member, f.out[t.id] != nil || link.End && f.ends[t.source]
	f.mu.Unlock()
	switch {
	case !ok, mine && !out:
		return fmt.Errorf("finish %s: it was not handed out", link.URL)
	case !mine:
		return nil
	}
	groups, err := f.groups(ctx, found)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.source, g.run = t.source, t.run; g.seed != link.Seed {
			if err := f.runOf(ctx, g); err != nil {
				return err
			}
		}
	}
	var last result
	tries := 0
	err = f.db.again(ctx, func(ctx context.Context) (err error) {
		tries++
		last, err = f.done(ctx, t, link, groups, retry)
		return err
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.member != f.member {
		return err
	}
	if err != nil {
		// Nobody knows whether it is done. The caller may try again, or begin anew.
		f.distrust()
		return fmt.Errorf("write frontier: %w", err)
	}
	if l := f.handedIn(t); l != nil && !retry.IsZero() {
		f.more(l)
	}
	if tries > 1 || !last.found {
		f.distrust() // an earlier try may have been done that nobody heard of
	}
	if last.over {
		f.ending[t.source] = true
	}
	for _, host := range last.hosts {
		if l := f.lanes[host]; l != nil {
			f.more(l)
		} else {
			f.stale = true
		}
	}
	return nil
}

// runOf fills in the open run of the seed of a group.
func (f *Frontier) runOf(ctx context.Context, g *group) error {
	err := f.db.again(ctx, func(ctx context.Context) error {
		return f.db.pool.QueryRow(ctx, `SELECT source, number FROM belfort.run WHERE key = $1 AND open`, sum(g.seed)).Scan(&g.source, &g.run)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("queue links: no run of %q is under way", g.seed)
	}
	return err
}

// handedIn forgets that a link is handed out, and returns its lane.
func (f *Frontier) handedIn(t ticket) *lane {
	if t.id == 0 {
		delete(f.ends, t.source)
		return nil
	}
	l := f.out[t.id]
	delete(f.out, t.id)
	if l != nil {
		l.out--
		l.used = time.Now()
	}
	return l
}

// result is what a done link brought about.
type result struct {
	found bool    // it was on the queue
	over  bool    // its run has no link left
	hosts []int64 // where something was queued
}

// done does all of it in one transaction and two round trips: what the first
// tells of the links that are new, the second queues.
func (f *Frontier) done(ctx context.Context, t ticket, link harvester.Link, groups []*group, retry time.Time) (r result, err error) {
	// A connection that is given back within a transaction is closed, which ends it.
	err = f.db.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		first, fresh := &pgx.Batch{}, make([][]waiter, len(groups))
		first.Queue(`BEGIN`)
		if err := takeOff(first, t, link, retry, &r); err != nil {
			return err
		}
		for i, g := range groups {
			g.see(first, &fresh[i])
		}
		if err := c.SendBatch(ctx, first).Close(); err != nil {
			return err
		}
		second := &pgx.Batch{}
		if !r.found {
			second.Queue(`ROLLBACK`)
			return c.SendBatch(ctx, second).Close()
		}
		r.hosts = nil
		for i, g := range groups {
			add(second, g.source, fresh[i])
			for _, w := range fresh[i] {
				if !slices.Contains(r.hosts, w.host) {
					r.hosts = append(r.hosts, w.host)
				}
			}
		}
		if link.End {
			second.Queue(`UPDATE belfort.run SET ender = NULL, open = EXISTS (SELECT FROM belfort.link WHERE source = $1) WHERE source = $1`, t.source)
		}
		second.Queue(`COMMIT`)
		if !link.End {
			// Who looks after its own commit, and sees no link, is the last; of two
			// who end at once at least one does.
			second.Queue(`SELECT NOT EXISTS (SELECT FROM belfort.link WHERE source = $1)`, t.source).QueryRow(func(row pgx.Row) error { return row.Scan(&r.over) })
		}
		return c.SendBatch(ctx, second).Close()
	})
	return r, err
}

// takeOff takes a link off the queue, or puts it back for later.
func takeOff(batch *pgx.Batch, t ticket, link harvester.Link, retry time.Time, r *result) error {
	found := func(tag pgconn.CommandTag) error {
		r.found = tag.RowsAffected() > 0
		return nil
	}
	switch {
	case link.End:
		batch.Queue(`SELECT FROM belfort.run WHERE source = $1 AND ender = $2 FOR UPDATE`, t.source, t.member).Exec(found)
	case retry.IsZero():
		batch.Queue(`DELETE FROM belfort.link WHERE id = $1`, t.id).Exec(found)
	default:
		again := link
		again.Attempts++
		again.NotBefore = retry
		body, err := json.Marshal(again)
		if err != nil {
			return err
		}
		batch.Queue(`UPDATE belfort.link SET not_before = $2, body = $3 WHERE id = $1`, t.id, moment(retry), body).Exec(found)
	}
	return nil
}

// Dropped implements harvester.Frontier.
func (f *Frontier) Dropped(ctx context.Context, seed string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for after, more := "", true; more; {
			var urls []string
			err := f.db.again(ctx, func(ctx context.Context) error {
				rows, err := f.db.pool.Query(ctx, `SELECT s.url FROM belfort.seen s JOIN belfort.run r USING (source)
					WHERE r.key = $1 AND s.number < r.number AND s.url > $2 ORDER BY s.url LIMIT $3`, sum(seed), after, droppedAtOnce)
				if err == nil {
					urls, err = pgx.CollectRows(rows, pgx.RowTo[string])
				}
				return err
			})
			if err != nil {
				yield("", fmt.Errorf("read frontier: %w", err))
				return
			}
			for _, u := range urls {
				if !yield(u, nil) {
					return
				}
				after = u
			}
			more = len(urls) == droppedAtOnce
		}
	}
}

// droppedAtOnce is how many dropped URLs are read at once: each time all that the
// source ever saw is gone through.
const droppedAtOnce = 10_000

// Next implements harvester.Frontier. While other processes harvest, wait is a
// second at most, also beside io.EOF: they may find links, or let go of hosts.
func (f *Frontier) Next(ctx context.Context, now time.Time, free func(string) bool) (link harvester.Link, ok bool, wait time.Duration, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	link, ok, wait, err = f.next(ctx, now, free)
	if err != nil && !errors.Is(err, io.EOF) {
		return harvester.Link{}, false, 0, fmt.Errorf("read frontier: %w", err)
	}
	return link, ok, wait, err
}

func (f *Frontier) next(ctx context.Context, now time.Time, free func(string) bool) (link harvester.Link, ok bool, wait time.Duration, err error) {
	for {
		if err := f.enrol(ctx); err != nil {
			return link, false, 0, err
		}
		often := pollAlone
		if !f.alone {
			often = poll
		}
		if age := now.Sub(f.looked); age >= often || age < 0 {
			if _, err := f.look(ctx, now, free); err != nil {
				if f.lost(err) {
					continue
				}
				return link, false, 0, err
			}
		}
		if link, ok, err = f.end(ctx); err != nil || ok {
			return link, ok, 0, err
		}
		if link, ok, wait, err = f.walk(ctx, now, free); err != nil || ok {
			return link, ok, 0, err
		}
		// Where nothing is under way that would wake who waits, and nothing becomes
		// due, another process has what is left.
		stuck := wait == 0 && len(f.out)+len(f.ends) == 0
		if f.stale || stuck && now.Sub(f.looked) >= poll {
			changed, err := f.look(ctx, now, free)
			if err != nil && !f.lost(err) {
				return link, false, 0, err
			}
			if err != nil || changed {
				continue
			}
		}
		if stuck || !f.alone {
			wait = cmp.Or(min(wait, poll), poll)
		}
		if len(f.ring)+len(f.out)+len(f.ends) > 0 {
			return link, false, wait, nil
		}
		open, err := f.open(ctx)
		if err != nil || open {
			return link, false, wait, err
		}
		if f.active {
			f.letGoLocked(ctx)
		}
		if f.alone {
			wait = 0
		}
		return link, false, wait, io.EOF
	}
}

// lost reports whether an error says that this process is no member any more, and
// then has it join again.
func (f *Frontier) lost(err error) bool {
	if !is(err, "23503") { // foreign_key_violation
		return false
	}
	f.db.doubt()
	return true
}

// open reports whether a run is under way.
func (f *Frontier) open(ctx context.Context) (open bool, err error) {
	err = f.db.again(ctx, func(ctx context.Context) error {
		return f.db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM belfort.run WHERE open)`).Scan(&open)
	})
	return open, err
}

// end hands out the End of a run that has no link left, if no other process has.
func (f *Frontier) end(ctx context.Context) (link harvester.Link, ok bool, err error) {
	for _, source := range slices.Sorted(maps.Keys(f.ending)) {
		if f.ends[source] {
			delete(f.ending, source)
			continue
		}
		var seed string
		var run int64
		var began time.Time
		err := f.db.again(ctx, func(ctx context.Context) error {
			return f.db.pool.QueryRow(ctx, `UPDATE belfort.run r SET ender = $2
				WHERE source = $1 AND open AND (ender IS NULL OR ender = $2) AND NOT EXISTS (SELECT FROM belfort.link l WHERE l.source = r.source)
				RETURNING seed, number, began`, source, f.member).Scan(&seed, &run, &began)
		})
		if err != nil && f.lost(err) {
			return link, false, f.enrol(ctx)
		}
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return link, false, err
		}
		delete(f.ending, source)
		if err == nil {
			f.ends[source] = true
			t := ticket{member: f.member, source: source, run: run}
			return harvester.Link{URL: seed, Seed: seed, End: true, Began: began.UTC(), Key: t.key()}, true, nil
		}
	}
	return link, false, nil
}

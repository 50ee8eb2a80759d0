package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/harvester"
)

// Processes that harvest own an equal share of the hosts that have links. One
// that owns more lets go of hosts at which nothing is under way; who gets such a
// host leaves it alone for Options.Rest first, because it does not know when it
// was last asked for something.

// lane is what this process knows of the queue of a host that it owns.
type lane struct {
	host   int64
	name   string
	place  int       // in ring, -1 if it is not there
	ready  []queued  // the first links, in their order
	unread bool      // there may be others in the database
	out    int       // links that are handed out
	used   time.Time // when a link was last handed out or handed in
}

// queued is a link that waits.
type queued struct {
	ticket
	link harvester.Link
}

const (
	// poll is how often it is looked what other processes did, and pollAlone whether
	// there are any by now.
	poll      = time.Second
	pollAlone = 10 * time.Second
	// inMemory is how many links are held in memory in all; of one host between
	// readLeast and readMost are read at once.
	inMemory            = 20_000
	readMost, readLeast = 64, 4
	// maxClaim bounds the hosts that are claimed at once.
	maxClaim = 10_000
	// idle is after how long without a question a process is taken to harvest no
	// more.
	idle = 5 * time.Minute
)

// more notes that a lane may have links that memory does not know.
func (f *Frontier) more(l *lane) {
	l.unread = true
	if l.place < 0 {
		l.place = len(f.ring)
		f.ring = append(f.ring, l)
	}
}

// rest takes a lane without links out of the ring.
func (f *Frontier) rest(l *lane) {
	last := len(f.ring) - 1
	f.ring[l.place] = f.ring[last]
	f.ring[l.place].place = l.place
	f.ring, l.place = f.ring[:last], -1
}

// distrust has everything read again that others may have changed.
func (f *Frontier) distrust() {
	f.stale = true
	for _, l := range f.lanes {
		f.more(l)
	}
}

// walk hands out the first link that is due at a host that is free, or says how
// long until there is one.
func (f *Frontier) walk(ctx context.Context, now time.Time, free func(string) bool) (link harvester.Link, ok bool, wait time.Duration, err error) {
	for i := 0; i < len(f.ring); {
		l := f.ring[(f.turn+i)%len(f.ring)]
		if !free(l.name) {
			i++
			continue
		}
		if l.unread && (len(l.ready) == 0 || l.ready[0].link.NotBefore.After(now)) {
			if _, err := f.fill(ctx, []*lane{l}); err != nil {
				return link, false, 0, err
			}
		}
		if len(l.ready) == 0 {
			f.rest(l)
			continue
		}
		if due := l.ready[0].link.NotBefore.Sub(now); due > 0 {
			if wait == 0 || due < wait {
				wait = due
			}
			i++
			continue
		}
		first := l.ready[0]
		l.ready = l.ready[1:]
		l.out++
		l.used = time.Now()
		f.out[first.id] = l
		f.turn = l.place + 1
		first.link.Key = first.key()
		return first.link, true, 0, nil
	}
	return link, false, wait, nil
}

// fill reads the first links of lanes that are not handed out, and returns how
// many there are.
func (f *Frontier) fill(ctx context.Context, lanes []*lane) (count int, err error) {
	most := max(readLeast, min(readMost, inMemory/max(1, len(f.lanes))))
	byHost := map[int64]*lane{}
	var hosts []int64
	limit := most
	for _, l := range lanes {
		byHost[l.host] = l
		hosts = append(hosts, l.host)
		limit = max(limit, most+l.out)
	}
	read := map[int64]int{}
	err = f.db.again(ctx, func(ctx context.Context) error {
		clear(read)
		count = 0
		for _, l := range lanes {
			l.ready = nil
		}
		rows, err := f.db.pool.Query(ctx, `SELECT l.id, l.host, l.source, l.body, r.number, r.began
			FROM unnest($1::bigint[]) AS h (id)
			CROSS JOIN LATERAL (SELECT * FROM belfort.link WHERE host = h.id ORDER BY not_before, id LIMIT $2) l
			JOIN belfort.run r USING (source)
			ORDER BY l.host, l.not_before, l.id`, hosts, limit)
		if err != nil {
			return err
		}
		var host int64
		var body []byte
		var began time.Time
		q := queued{ticket: ticket{member: f.member}}
		_, err = pgx.ForEachRow(rows, []any{&q.id, &host, &q.source, &body, &q.run, &began}, func() error {
			read[host]++
			if f.out[q.id] != nil {
				return nil
			}
			q.link = harvester.Link{}
			if err := json.Unmarshal(body, &q.link); err != nil {
				return err
			}
			q.link.Began = began.UTC()
			l := byHost[host]
			l.ready = append(l.ready, q)
			count++
			return nil
		})
		return err
	})
	for _, l := range lanes {
		l.unread = err != nil || read[l.host] == limit
		if len(l.ready) > 0 && l.place < 0 {
			unread := l.unread
			f.more(l)
			l.unread = unread
		}
	}
	return count, err
}

// look learns what other processes did: it buries the dead, takes hosts that
// nobody owns up to the share of this process, gives back what it has above it,
// and finds runs that ended. changed is set if there may be something to hand out
// that was not there before.
func (f *Frontier) look(ctx context.Context, now time.Time, free func(string) bool) (changed bool, err error) {
	if err := f.db.bury(ctx); err != nil {
		return false, err
	}
	var others, hosts int
	ended := []int64(nil)
	err = f.db.again(ctx, func(ctx context.Context) error {
		return f.db.pool.QueryRow(ctx, `WITH me AS (UPDATE belfort.member SET harvesting = true WHERE id = $1 AND NOT harvesting)
			SELECT (SELECT count(*) FROM belfort.member WHERE harvesting AND id <> $1),
				(SELECT count(*) FROM belfort.host h WHERE EXISTS (SELECT FROM belfort.link l WHERE l.host = h.id)),
				ARRAY(SELECT source FROM belfort.run r WHERE open AND ender IS NULL AND NOT EXISTS (SELECT FROM belfort.link l WHERE l.source = r.source))`,
			f.member).Scan(&others, &hosts, &ended)
	})
	if err != nil {
		return false, err
	}
	f.active, f.alone = true, others == 0
	for _, source := range ended {
		if !f.ends[source] {
			f.ending[source], changed = true, true
		}
	}
	count, err := f.refresh(ctx)
	if err != nil {
		return false, err
	}
	share := maxClaim
	if others > 0 {
		share = (hosts + others) / (others + 1)
	}
	mine := 0
	for _, l := range f.lanes {
		if l.place >= 0 || l.out > 0 {
			mine++
		}
	}
	if mine > share {
		if err := f.giveBack(ctx, mine-share, free); err != nil {
			return false, err
		}
	} else {
		claimed, err := f.claim(ctx, share-mine)
		if err != nil {
			return false, err
		}
		count += claimed
	}
	f.stale, f.looked = false, now
	return changed || count > 0, nil
}

// refresh reads again what others may have added to hosts of this process, and
// returns how many links it found where it knew of none.
func (f *Frontier) refresh(ctx context.Context) (int, error) {
	var empty []*lane
	for _, l := range f.lanes {
		switch {
		case len(l.ready) == 0:
			empty = append(empty, l)
		case !f.alone:
			l.unread = true
		}
	}
	if len(empty) == 0 {
		return 0, nil
	}
	slices.SortFunc(empty, func(a, b *lane) int { return cmp.Compare(a.host, b.host) })
	return f.fill(ctx, empty)
}

// claim takes up to n hosts with links that nobody owns, and returns how many
// links they have in memory.
func (f *Frontier) claim(ctx context.Context, n int) (int, error) {
	if n <= 0 {
		return 0, nil
	}
	var lanes []*lane
	err := f.db.again(ctx, func(ctx context.Context) error {
		lanes = nil
		// Those that are owned already were claimed by a try that nobody heard of.
		rows, err := f.db.pool.Query(ctx, `UPDATE belfort.host SET owner = $1, keeper = $2 WHERE id IN (
				SELECT id FROM belfort.host h
				WHERE (owner IS NULL AND (keeper = $2 OR rest <= coalesce($4::timestamptz, clock_timestamp())) OR owner = $1 AND id <> ALL($5::bigint[]))
					AND EXISTS (SELECT FROM belfort.link l WHERE l.host = h.id)
				ORDER BY id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
			) RETURNING id, name`, f.member, f.db.options.Name, n, f.db.clock(), f.owned())
		if err != nil {
			return err
		}
		lanes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*lane, error) {
			l := &lane{place: -1}
			return l, row.Scan(&l.host, &l.name)
		})
		return err
	})
	if err != nil || len(lanes) == 0 {
		return 0, err
	}
	slices.SortFunc(lanes, func(a, b *lane) int { return cmp.Compare(a.host, b.host) })
	for _, l := range lanes {
		f.lanes[l.host] = l
	}
	return f.fill(ctx, lanes)
}

func (f *Frontier) owned() []int64 {
	list := make([]int64, 0, len(f.lanes))
	for host := range f.lanes {
		list = append(list, host)
	}
	return list
}

// giveBack lets go of up to n hosts that have links, are free, and at which
// nothing is under way.
func (f *Frontier) giveBack(ctx context.Context, n int, free func(string) bool) error {
	var lanes []*lane
	for _, l := range slices.Backward(f.ring) {
		if len(lanes) < n && l.out == 0 && free(l.name) {
			lanes = append(lanes, l)
		}
	}
	if err := f.release(ctx, lanes); err != nil {
		return err
	}
	for _, l := range lanes {
		f.rest(l)
		delete(f.lanes, l.host)
	}
	return nil
}

// release tells the database that hosts are free, and until when they must rest.
func (f *Frontier) release(ctx context.Context, lanes []*lane) error {
	if len(lanes) == 0 {
		return nil
	}
	hosts, rests := make([]int64, len(lanes)), make([]time.Duration, len(lanes))
	for i, l := range lanes {
		hosts[i] = l.host
		if !l.used.IsZero() {
			rests[i] = max(0, f.db.options.Rest-time.Since(l.used))
		}
	}
	return f.db.again(ctx, func(ctx context.Context) error {
		_, err := f.db.pool.Exec(ctx, `UPDATE belfort.host h SET owner = NULL, rest = coalesce($4::timestamptz, clock_timestamp()) + x.rest
			FROM unnest($1::bigint[], $2::interval[]) AS x (id, rest) WHERE h.id = x.id AND h.owner = $3`, hosts, rests, f.member, f.db.clock())
		return err
	})
}

// letGo gives back every host and lets others know that this process harvests no
// more.
func (f *Frontier) letGo(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.letGoLocked(ctx)
}

// letGoLocked does so with the lock held. If the database cannot be reached, the
// lease gives the hosts back.
func (f *Frontier) letGoLocked(ctx context.Context) {
	lanes := make([]*lane, 0, len(f.lanes))
	for _, l := range f.lanes {
		lanes = append(lanes, l)
	}
	slices.SortFunc(lanes, func(a, b *lane) int { return cmp.Compare(a.host, b.host) })
	alone, looked := f.alone, f.looked
	if f.release(ctx, lanes) == nil {
		batch := &pgx.Batch{}
		batch.Queue(`UPDATE belfort.run SET ender = NULL WHERE ender = $1`, f.member)
		batch.Queue(`UPDATE belfort.member SET harvesting = false WHERE id = $1`, f.member)
		_ = f.db.send(ctx, batch)
	}
	f.forget(f.member)
	f.alone, f.looked = alone, looked
}

// letIdleGo does so where nobody asks for links any more, such as after a harvest
// that ended by an error.
func (f *Frontier) letIdleGo(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.active && time.Since(f.asked) > idle {
		f.letGoLocked(ctx)
	}
}

package postgres

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/belfort-lod/belfort/harvester"
)

// group is the links of one seed that are to be queued.
type group struct {
	seed   string
	source int64
	run    int64    // number of its run
	links  []waiter // each URL once, by key
}

// waiter is a link in the form in which it is stored.
type waiter struct {
	key       []byte // of the URL
	url       string
	host      int64
	notBefore time.Time
	body      string
	n         int // its place in the list that it came in
}

// atOnce is how many links one query inserts.
const atOnce = 5000

// groups puts links in the form in which they are stored, by seed. The groups are
// in the order of the seeds' keys and the links in that of theirs, so that two
// processes that write the same never wait for each other.
func (f *Frontier) groups(ctx context.Context, links []harvester.Link) ([]*group, error) {
	if len(links) == 0 {
		return nil, nil
	}
	names := make([]string, len(links))
	for i, link := range links {
		u, err := url.Parse(link.URL)
		if err != nil {
			return nil, fmt.Errorf("queue link: %w", err)
		}
		if link.Seed == "" {
			return nil, fmt.Errorf("queue %s: it has no seed", link.URL)
		}
		names[i] = u.Host
	}
	hosts, err := f.numbers.of(ctx, f.db, names)
	if err != nil {
		return nil, fmt.Errorf("queue links: %w", err)
	}
	bySeed := map[string]*group{}
	for i, link := range links {
		body, err := json.Marshal(link)
		if err != nil {
			return nil, fmt.Errorf("queue %s: %w", link.URL, err)
		}
		g := bySeed[link.Seed]
		if g == nil {
			g = &group{seed: link.Seed}
			bySeed[link.Seed] = g
		}
		g.links = append(g.links, waiter{sum(link.URL), plain(link.URL), hosts[i], moment(link.NotBefore), string(body), i})
	}
	list := make([]*group, 0, len(bySeed))
	for _, g := range bySeed {
		slices.SortStableFunc(g.links, func(a, b waiter) int { return bytes.Compare(a.key, b.key) })
		g.links = slices.CompactFunc(g.links, func(a, b waiter) bool { return bytes.Equal(a.key, b.key) })
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *group) int { return bytes.Compare(sum(a.seed), sum(b.seed)) })
	return list, nil
}

// moment is a time as it stands in a column that orders links.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// see notes in the batch that the run of a group has seen its links. Those that it
// had not seen are added to fresh when the batch has run.
func (g *group) see(batch *pgx.Batch, fresh *[]waiter) {
	for some := range slices.Chunk(g.links, atOnce) {
		keys, urls := make([][]byte, len(some)), make([]string, len(some))
		for i, w := range some {
			keys[i], urls[i] = w.key, w.url
		}
		// What was seen is passed over first: a conflict would lock its row until the
		// commit, and pages have many links in common.
		batch.Queue(`INSERT INTO belfort.seen AS s (source, key, number, url)
			SELECT $1, x.key, $2, x.url FROM unnest($3::bytea[], $4::text[]) AS x (key, url)
			WHERE (SELECT number FROM belfort.seen o WHERE o.source = $1 AND o.key = x.key) IS DISTINCT FROM $2
			ON CONFLICT (source, key) DO UPDATE SET number = excluded.number WHERE s.number <> excluded.number
			RETURNING key`, g.source, g.run, keys, urls).Query(func(rows pgx.Rows) error {
			var key []byte
			_, err := pgx.ForEachRow(rows, []any{&key}, func() error {
				if i, ok := slices.BinarySearchFunc(some, key, func(w waiter, key []byte) int { return bytes.Compare(w.key, key) }); ok {
					*fresh = append(*fresh, some[i])
				}
				return nil
			})
			return err
		})
	}
}

// add queues fresh links of a source, in the order in which they came.
func add(batch *pgx.Batch, source int64, fresh []waiter) {
	slices.SortFunc(fresh, func(a, b waiter) int { return cmp.Compare(a.n, b.n) })
	for some := range slices.Chunk(fresh, atOnce) {
		hosts, times, bodies := make([]int64, len(some)), make([]time.Time, len(some)), make([]string, len(some))
		for i, w := range some {
			hosts[i], times[i], bodies[i] = w.host, w.notBefore, w.body
		}
		batch.Queue(`INSERT INTO belfort.link (source, host, not_before, body)
			SELECT $1, host, not_before, body::json
			FROM unnest($2::bigint[], $3::timestamptz[], $4::text[]) WITH ORDINALITY AS x (host, not_before, body, n) ORDER BY n`,
			source, hosts, times, bodies)
	}
}

// numbers are the numbers of hosts, which never change.
type numbers struct {
	mu    sync.Mutex
	known map[string]int64
}

// maxHosts bounds how many numbers of hosts are remembered.
const maxHosts = 100_000

// of returns the numbers of hosts, giving one to those that have none.
func (n *numbers) of(ctx context.Context, d *DB, names []string) ([]int64, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var keys [][]byte
	var unknown []string
	if len(n.known) > maxHosts || n.known == nil {
		n.known = map[string]int64{}
	}
	for _, name := range names {
		if _, ok := n.known[name]; !ok {
			n.known[name] = 0
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		keys = append(keys, sum(name))
	}
	if len(unknown) > 0 {
		if err := n.ask(ctx, d, keys, unknown); err != nil {
			clear(n.known)
			return nil, err
		}
	}
	list := make([]int64, len(names))
	for i, name := range names {
		list[i] = n.known[name]
	}
	return list, nil
}

func (n *numbers) ask(ctx context.Context, d *DB, keys [][]byte, names []string) error {
	clean := make([]string, len(names))
	byKey := map[string]string{}
	for i, name := range names {
		clean[i], byKey[string(keys[i])] = plain(name), name
	}
	return d.again(ctx, func(ctx context.Context) error {
		// A statement of its own: nobody waits for a host that a long transaction makes.
		_, err := d.pool.Exec(ctx, `INSERT INTO belfort.host (key, name) SELECT * FROM unnest($1::bytea[], $2::text[]) AS x (key, name)
			ORDER BY key ON CONFLICT DO NOTHING`, keys, clean)
		if err != nil {
			return err
		}
		rows, err := d.pool.Query(ctx, `SELECT key, id FROM belfort.host WHERE key = ANY($1)`, keys)
		if err != nil {
			return err
		}
		var key []byte
		var id int64
		_, err = pgx.ForEachRow(rows, []any{&key, &id}, func() error {
			n.known[byKey[string(key)]] = id
			return nil
		})
		return err
	})
}

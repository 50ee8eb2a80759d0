package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/state/postgres"
	"github.com/belfort-lod/belfort/internal/state/statetest/pgserver"
	"github.com/belfort-lod/belfort/publisher"
)

// kills returns how often a test kills the server: BELFORT_KILLS, or three times.
func kills(t *testing.T) int {
	text := os.Getenv("BELFORT_KILLS")
	if text == "" {
		return 3
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("BELFORT_KILLS: %v", err)
	}
	return n
}

// crawl is a harvest as the product does one: of each link the body, the entry,
// the visit, and then its end. It remembers what was acknowledged.
type crawl struct {
	db       *postgres.DB
	blobs    *postgres.Blobs
	progress chan struct{} // a token for each link that is done

	mu      sync.Mutex
	times   map[string]int
	entries map[string]publisher.Entry
	names   map[string]string
}

func (c *crawl) run(ctx context.Context) error {
	f := c.db.Frontier()
	for {
		link, ok, wait, err := f.Next(ctx, time.Now(), func(string) bool { return true })
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !ok {
			<-time.After(max(time.Millisecond, min(wait, 20*time.Millisecond)))
			continue
		}
		if link.End {
			if err := f.Done(ctx, link, nil, time.Time{}); err != nil {
				return err
			}
			continue
		}
		if err := c.visit(ctx, link); err != nil {
			return err
		}
		c.progress <- struct{}{}
	}
}

func (c *crawl) visit(ctx context.Context, link harvester.Link) error {
	name, err := c.blobs.Put(ctx, []byte("Besluit "+link.URL))
	if err != nil {
		return err
	}
	entry, err := c.db.Ledger().Append(ctx, publisher.Entry{Kind: publisher.Published, Pagina: link.URL, Time: time.Now()},
		publisher.Refs{Body: name}, publisher.Effects{Meldingen: []publisher.Melding{{SubmittedResource: link.URL, Status: publisher.Wachtend}}})
	if err != nil {
		return err
	}
	if err := c.db.Visits().Record(ctx, harvester.Visit{URL: link.URL, Time: time.Now(), Status: 200, SHA256: name}); err != nil {
		return err
	}
	c.mu.Lock()
	c.times[link.URL]++
	c.entries[link.URL], c.names[link.URL] = entry, name
	c.mu.Unlock()
	var found []harvester.Link
	if link.From == "" { // each of the first leads to three others
		for i := range 3 {
			found = append(found, harvester.Link{URL: fmt.Sprintf("%s/%d", link.URL, i), Seed: link.Seed, From: link.URL})
		}
	}
	return c.db.Frontier().Done(ctx, link, found, time.Time{})
}

// TestServerKilled kills PostgreSQL with SIGKILL while pages come in. Nobody
// notices but by waiting: every link is done once, every page has one entry, and
// all that was acknowledged is there.
func TestServerKilled(t *testing.T) {
	ctx := context.Background()
	server := pgserver.Start(t)
	database, n := server.Database(), kills(t)
	seeds := make([]harvester.Link, 50*(n+1))
	for i := range seeds {
		seeds[i] = harvester.Link{URL: fmt.Sprintf("https://host%d.example/%d", i%7, i), Seed: fmt.Sprintf("https://host%d.example/", i%3)}
	}
	links := 4 * len(seeds)
	db := open(t, database, postgres.Options{Name: "a"})
	blobs, err := db.Blobs()
	if err != nil {
		t.Fatal(err)
	}
	c := &crawl{db: db, blobs: blobs, progress: make(chan struct{}, links), times: map[string]int{}, entries: map[string]publisher.Entry{}, names: map[string]string{}}
	for _, begin := range [][]harvester.Link{nil, seeds} {
		if err := db.Frontier().Begin(ctx, time.Now(), begin); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if err := c.run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for range n {
		for range links / (n + 1) {
			<-c.progress
		}
		server.Kill()
		server.Restart()
	}
	group.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	server.Kill()
	server.Restart()
	db = open(t, database, postgres.Options{Name: "a"})
	defer db.Close()
	if blobs, err = db.Blobs(); err != nil {
		t.Fatal(err)
	}
	if err := publisher.Verify(ctx, db.Ledger(), nil); err != nil {
		t.Error(err)
	}
	head, err := db.Ledger().Head(ctx)
	if err != nil || head != uint64(links) || len(c.times) != links {
		t.Errorf("%d entries of %d pages, %v; want %d", head, len(c.times), err, links)
	}
	for u, n := range c.times {
		if n != 1 {
			t.Errorf("%s was visited %d times", u, n)
		}
		e, refs, _, err := db.Ledger().Latest(ctx, u)
		if err != nil || e.Hash != c.entries[u].Hash || refs.Body != c.names[u] {
			t.Errorf("entry of %s: %+v, %v; want %+v", u, e, err, c.entries[u])
		}
		if _, err := blobs.Get(ctx, c.names[u]); err != nil {
			t.Errorf("body of %s: %v", u, err)
		}
		if v, ok, err := db.Visits().Last(ctx, u); !ok || err != nil || v.SHA256 != c.names[u] {
			t.Errorf("visit of %s: %+v, %v, %v", u, v, ok, err)
		}
	}
	counts, err := db.Outbox().Counts(ctx)
	if err != nil || counts[publisher.Wachtend] != links {
		t.Errorf("meldingen %v, %v", counts, err)
	}
	if _, _, _, err := db.Frontier().Next(ctx, time.Now(), func(string) bool { return true }); !errors.Is(err, io.EOF) {
		t.Errorf("next: %v, want io.EOF", err)
	}
}

// TestServerAway: without a server an operation fails when its patience is over,
// and the next one succeeds when the server is back.
func TestServerAway(t *testing.T) {
	ctx := context.Background()
	server := pgserver.Start(t)
	db := open(t, server.Database(), postgres.Options{Name: "a", Patience: -1})
	defer db.Close()
	f := db.Frontier()
	if err := f.Begin(ctx, time.Now(), []harvester.Link{{URL: "https://a.example/", Seed: "https://a.example/"}}); err != nil {
		t.Fatal(err)
	}
	free := func(string) bool { return true }
	link, ok, _, err := f.Next(ctx, time.Now(), free)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	server.Stop()
	if err := f.Done(ctx, link, nil, time.Time{}); err == nil {
		t.Error("a link is done without a database")
	}
	if _, err := db.Ledger().Append(ctx, publisher.Entry{Kind: publisher.Published, Pagina: "https://a.example/"}, publisher.Refs{}, publisher.Effects{}); err == nil {
		t.Error("an entry is written without a database")
	}
	server.Restart()
	// Each connection of the pool may notice once that it is broken.
	for range 20 {
		if err = f.Done(ctx, link, nil, time.Time{}); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	end, ok, _, err := f.Next(ctx, time.Now(), free)
	if err != nil || !ok || !end.End {
		t.Errorf("%+v, %v, %v; want the end of the run", end, ok, err)
	}
	if _, err := db.Ledger().Append(ctx, publisher.Entry{Kind: publisher.Published, Pagina: "https://a.example/"}, publisher.Refs{}, publisher.Effects{}); err != nil {
		t.Error(err)
	}
}

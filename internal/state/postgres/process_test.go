package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/state/postgres"
	"github.com/belfort-lod/belfort/internal/state/statetest/pgserver"
)

// TestMain runs the tests, or one of the processes that they start.
func TestMain(m *testing.M) {
	if name := os.Getenv("BELFORT_TEST_PROCESS"); name != "" {
		if err := work(name, os.Getenv("BELFORT_TEST_DATABASE"), os.Getenv("BELFORT_TEST_WEB")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// lease is short, so that a test that kills a process need not wait long.
const lease = 2 * time.Second

// work is a process that fetches the links of a database until there are none.
func work(name, database, web string) error {
	ctx := context.Background()
	db, err := postgres.Open(ctx, database, postgres.Options{Name: name, Lease: lease, Rest: time.Millisecond})
	if err != nil {
		return err
	}
	defer db.Close()
	f := db.Frontier()
	if err := f.Begin(ctx, time.Now(), nil); err != nil {
		return err
	}
	res, err := http.Get(web + "/ready") // answers when all are
	if err != nil {
		return err
	}
	res.Body.Close()
	var group sync.WaitGroup
	failed := make(chan error, 4)
	for range cap(failed) {
		group.Go(func() { failed <- fetchAll(ctx, f, name, web) })
	}
	group.Wait()
	for range cap(failed) {
		err = errors.Join(err, <-failed)
	}
	return err
}

// fetchAll is a worker. Its waits are those that the frontier asks for.
func fetchAll(ctx context.Context, f harvester.Frontier, name, web string) error {
	for {
		link, ok, wait, err := f.Next(ctx, time.Now(), func(string) bool { return true })
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !ok {
			<-time.After(max(time.Millisecond, min(wait, 50*time.Millisecond)))
			continue
		}
		values := url.Values{"process": {name}, "url": {link.URL}, "end": {strconv.FormatBool(link.End)}}
		res, err := http.PostForm(web, values)
		if err != nil {
			return err
		}
		res.Body.Close()
		if err := f.Done(ctx, link, nil, time.Time{}); err != nil {
			return err
		}
	}
}

// web is what the processes fetch from. It knows who is where.
type web struct {
	t       *testing.T
	mu      sync.Mutex
	hosts   map[string]map[string]int // requests under way, by host and process
	times   map[string]int            // requests for each URL
	of      map[string]int            // requests of each process
	ends    int
	ready   sync.WaitGroup // for the processes that are not ready
	after   int            // when so many requests came, reached is closed
	reached chan struct{}
}

func newWeb(t *testing.T, after int) (*web, string) {
	w := &web{t: t, hosts: map[string]map[string]int{}, times: map[string]int{}, of: map[string]int{}, after: after, reached: make(chan struct{})}
	w.ready.Add(2)
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	return w, server.URL
}

func (w *web) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ready" {
		w.ready.Done()
		w.ready.Wait()
		return
	}
	process, link := r.FormValue("process"), r.FormValue("url")
	name, _, _ := strings.Cut(strings.TrimPrefix(link, "https://"), "/")
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.FormValue("end") == "true" {
		w.ends++
		return
	}
	if w.hosts[name] == nil {
		w.hosts[name] = map[string]int{}
	}
	w.hosts[name][process]++
	for other, n := range w.hosts[name] {
		if other != process && n > 0 {
			w.t.Errorf("%s and %s are at %s at the same time", process, other, name)
		}
	}
	w.times[link]++
	w.of[process]++
	if w.after--; w.after == 0 {
		close(w.reached)
	}
	w.mu.Unlock()
	<-time.After(time.Millisecond) // so that requests meet
	w.mu.Lock()
	w.hosts[name][process]--
}

// start runs a process.
func start(t *testing.T, name, database, web string) (cmd *exec.Cmd, ended func() error) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BELFORT_TEST_PROCESS="+name, "BELFORT_TEST_DATABASE="+database, "BELFORT_TEST_WEB="+web)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, func() error {
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("%w: %s", err, said.String())
		}
		return nil
	}
}

// fill makes a database with n links on 20 hosts.
func fill(t testing.TB, server *pgserver.Server, n int) (database string) {
	t.Helper()
	ctx := context.Background()
	database = server.Database()
	db := open(t, database, postgres.Options{})
	links := make([]harvester.Link, n)
	for i := range links {
		links[i] = harvester.Link{URL: fmt.Sprintf("https://host%d.example/%d", i%20, i), Seed: "https://host0.example/"}
	}
	if err := db.Frontier().Begin(ctx, time.Now(), links); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return database
}

// TestTwoProcesses share 2,000 links on 20 hosts.
func TestTwoProcesses(t *testing.T) {
	const links = 2000
	database := fill(t, pgserver.Start(t), links)
	seen, address := newWeb(t, links)
	_, endA := start(t, "a", database, address)
	_, endB := start(t, "b", database, address)
	if err := errors.Join(endA(), endB()); err != nil {
		t.Fatal(err)
	}
	if len(seen.times) != links || seen.ends != 1 {
		t.Errorf("%d links of %d and %d ends of 1 were fetched", len(seen.times), links, seen.ends)
	}
	for link, n := range seen.times {
		if n != 1 {
			t.Errorf("%s was fetched %d times", link, n)
		}
	}
	if seen.of["a"] == 0 || seen.of["b"] == 0 {
		t.Errorf("one process did everything: %v", seen.of)
	}
	t.Logf("requests %v", seen.of)
}

// TestProcessKilled kills one of two processes half-way: what it held, and only
// that, is fetched again by the other.
func TestProcessKilled(t *testing.T) {
	const links = 600
	database := fill(t, pgserver.Start(t), links)
	seen, address := newWeb(t, links/3)
	killed, ended := start(t, "a", database, address)
	_, endB := start(t, "b", database, address)
	<-seen.reached
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = ended() // "signal: killed"
	if err := endB(); err != nil {
		t.Fatal(err)
	}
	again := 0
	for _, n := range seen.times {
		again += n - 1
	}
	if len(seen.times) != links || seen.ends != 1 {
		t.Errorf("%d links of %d and %d ends of 1 were fetched", len(seen.times), links, seen.ends)
	}
	if seen.of["a"] == 0 || seen.of["b"] == 0 {
		t.Errorf("one process did everything: %v", seen.of)
	}
	if again > 4 {
		t.Errorf("%d links were fetched again, more than the dead process had under way", again)
	}
	t.Logf("requests %v, %d again", seen.of, again)
}

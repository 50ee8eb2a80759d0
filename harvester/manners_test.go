package harvester_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	cockroach "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/state/pebble"
)

// doer is a web without a network.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func answer(status int, contentType, body string, header ...string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		res.Header.Set(header[i], header[i+1])
	}
	return res
}

// asked is one request, at a moment since the beginning.
type asked struct {
	url string
	at  time.Duration
}

// crawl runs a harvest in a bubble where time passes only while all wait, and
// returns what was asked of the web.
func crawl(t *testing.T, options harvester.Options, web doer, seeds ...string) (totals harvester.Totals, log []asked) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		db, err := pebble.Open("state", &cockroach.Options{FS: vfs.NewMem()})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		begun := time.Now()
		var mu sync.Mutex
		if options.Backoff == 0 {
			options.Backoff = time.Second
		}
		h := &harvester.Harvester{
			Frontier: db.Frontier(), Visits: db.Visits(), Blobs: blobs{}, Options: options,
			Accept: (&register{pages: map[string]string{}}).accept,
			Client: doer(func(r *http.Request) (*http.Response, error) {
				mu.Lock()
				log = append(log, asked{r.URL.String(), time.Since(begun)})
				mu.Unlock()
				return web(r)
			}),
		}
		if totals, err = h.Run(t.Context(), harvester.Sources(seeds...)); err != nil {
			t.Error(err)
		}
	})
	return totals, log
}

// site answers for one host: robots.txt, an overview of n pages, and these.
func site(robots string, n int) doer {
	return func(r *http.Request) (*http.Response, error) {
		switch path := r.URL.Path; {
		case path == "/robots.txt":
			return answer(http.StatusOK, "text/plain", robots), nil
		case path == "/":
			var links []string
			for i := range n {
				links = append(links, fmt.Sprintf("/notulen/%d", i))
			}
			return answer(http.StatusOK, "text/html", overview(links...)), nil
		default:
			return answer(http.StatusOK, "text/html", notulen(path)), nil
		}
	}
}

// pages leaves robots.txt out.
func pages(log []asked) (list []asked) {
	for _, a := range log {
		if !strings.HasSuffix(a.url, "/robots.txt") {
			list = append(list, a)
		}
	}
	return list
}

func TestDelayBetweenRequestsAtOneHost(t *testing.T) {
	for _, c := range []struct {
		name, robots string
		options      harvester.Options
		want         time.Duration
	}{
		{"ours", "", harvester.Options{Delay: 250 * time.Millisecond}, 250 * time.Millisecond},
		{"a longer Crawl-delay wins", "User-agent: *\nCrawl-delay: 5\n", harvester.Options{Delay: time.Second}, 5 * time.Second},
		{"a shorter one does not", "User-agent: *\nCrawl-delay: 1\n", harvester.Options{Delay: 2 * time.Second}, 2 * time.Second},
		{"also with several at once", "User-agent: *\nCrawl-delay: 5\n", harvester.Options{PerHost: 4, Parallel: 8}, 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			totals, log := crawl(t, c.options, site(c.robots, 4), "https://a.example/")
			log = pages(log)
			if totals.New != 4 || len(log) != 5 {
				t.Fatalf("totals %+v, asked %v", totals, log)
			}
			for i := range log[1:] {
				if got := log[i+1].at - log[i].at; got != c.want {
					t.Errorf("request %d came %v after the one before, want %v", i+1, got, c.want)
				}
			}
		})
	}
}

// TestRetryAfterIsForTheHost: a host that is too busy for one page is left alone
// for all of them.
func TestRetryAfterIsForTheHost(t *testing.T) {
	refused := false
	calm := site("", 3)
	totals, log := crawl(t, harvester.Options{}, func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/notulen/0" && !refused {
			refused = true
			return answer(http.StatusTooManyRequests, "text/plain", "", "Retry-After", "90"), nil
		}
		return calm(r)
	}, "https://a.example/")
	log = pages(log)
	if totals.New != 3 || totals.Failed != 0 || len(log) != 5 {
		t.Fatalf("totals %+v, asked %v", totals, log)
	}
	if log[1].url != "https://a.example/notulen/0" || log[2].at < 90*time.Second {
		t.Errorf("asked %v, want nothing for 90 s after the refusal", log)
	}
}

// TestHostThatIsDown: its many links do not keep the harvest busy for days, and
// other hosts do not wait for it.
func TestHostThatIsDown(t *testing.T) {
	begun := false
	calm := site("", 500)
	totals, log := crawl(t, harvester.Options{}, func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "b.example" {
			return calm(r)
		}
		if r.URL.Path == "/notulen/5" {
			begun = true
		}
		if begun {
			time.Sleep(10 * time.Second) // and then nothing
			return nil, fmt.Errorf("connection timed out")
		}
		return calm(r)
	}, "https://a.example/", "https://b.example/")
	atA, lastB := 0, time.Duration(0)
	for _, a := range log {
		if strings.HasPrefix(a.url, "https://a.example/") {
			atA++
		} else {
			lastB = a.at
		}
	}
	if totals.New != 505 || totals.Failed != 495 || atA > 20 {
		t.Errorf("new %d, failed %d; %d requests at the host that is down", totals.New, totals.Failed, atA)
	}
	if lastB > time.Second {
		t.Errorf("the other host waited until %v", lastB)
	}
	if !strings.Contains(totals.Failures[494].Err.Error(), "connection timed out") {
		t.Errorf("last failure %v", totals.Failures[494].Err)
	}
}

// TestRobotsComesBack: a host that is away for a moment is asked again.
func TestRobotsComesBack(t *testing.T) {
	n := 0
	calm := site("User-agent: *\nDisallow: /notulen/1\n", 2)
	totals, log := crawl(t, harvester.Options{}, func(r *http.Request) (*http.Response, error) {
		if n++; n < 3 {
			return answer(http.StatusServiceUnavailable, "text/plain", ""), nil
		}
		return calm(r)
	}, "https://a.example/")
	if totals.New != 1 || totals.Disallowed != 1 || totals.Failed != 0 {
		t.Errorf("totals %+v, asked %v", totals, log)
	}
}

// TestRobotsIsReadAgain: RFC 9309, section 2.4: not older than a day.
func TestRobotsIsReadAgain(t *testing.T) {
	for passed, want := range map[time.Duration]int{23 * time.Hour: 1, 25 * time.Hour: 2} {
		h, _ := newHarvester(t)
		h.Options.Parallel = 1
		calm, read, jump := site("", 3), 0, time.Duration(0)
		h.Now = func() time.Time { return time.Now().Add(jump) }
		h.Client = doer(func(r *http.Request) (*http.Response, error) {
			switch r.URL.Path {
			case "/robots.txt":
				read++
			case "/notulen/1":
				jump = passed
			}
			return calm(r)
		})
		if run(t, h, "https://a.example/"); read != want {
			t.Errorf("robots.txt was read %d times in %v, want %d", read, passed, want)
		}
	}
}

// TestLongRobots: what stands in the first 512 KiB counts.
func TestLongRobots(t *testing.T) {
	robots := "User-agent: *\nDisallow: /notulen/0\n" + strings.Repeat("# filling\n", 100_000)
	totals, _ := crawl(t, harvester.Options{}, site(robots, 2), "https://a.example/")
	if totals.New != 1 || totals.Disallowed != 1 {
		t.Errorf("totals %+v", totals)
	}
}

// clock goes on when somebody waits.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	rested time.Duration
}

func newClock(h *harvester.Harvester, at time.Time) *clock {
	c := &clock{now: at}
	h.Now = func() time.Time {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.now
	}
	h.After = func(d time.Duration) <-chan time.Time {
		c.pass(d)
		done := make(chan time.Time, 1)
		done <- h.Now()
		return done
	}
	return c
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.rested += d
}

// memory keeps bodies.
type memory struct {
	mu     sync.Mutex
	bodies map[string][]byte
}

func (m *memory) Put(_ context.Context, body []byte) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := sha256.Sum256(body)
	name := hex.EncodeToString(sum[:])
	if m.bodies == nil {
		m.bodies = map[string][]byte{}
	}
	m.bodies[name] = bytes.Clone(body)
	return name, nil
}

func (m *memory) Get(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if body, ok := m.bodies[name]; ok {
		return body, nil
	}
	return nil, fs.ErrNotExist
}

// TestRobotsIsEvidence: what was asked of us is kept, under no source, and not
// asked again within the day, also by a later run; then it is asked whether it
// changed.
func TestRobotsIsEvidence(t *testing.T) {
	const robots = "User-agent: *\nDisallow: /notulen/0\n"
	h, _ := newHarvester(t)
	kept := &memory{}
	h.Blobs = kept
	clock := newClock(h, time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	calm := site("", 2)
	var conditions []string
	h.Client = doer(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/robots.txt" {
			return calm(r)
		}
		conditions = append(conditions, r.Header.Get("If-None-Match"))
		if r.Header.Get("If-None-Match") == `"1"` {
			return answer(http.StatusNotModified, "", ""), nil
		}
		return answer(http.StatusOK, "text/plain", robots, "ETag", `"1"`, "Set-Cookie", "geheim=1"), nil
	})
	for _, step := range []struct {
		after time.Duration
		asked int // robots.txt, in all
	}{{0, 1}, {23 * time.Hour, 1}, {2 * time.Hour, 2}, {23 * time.Hour, 2}} {
		clock.pass(step.after)
		if totals := run(t, h, "https://a.example/"); totals.Disallowed != 1 || totals.Failed != 0 || len(conditions) != step.asked {
			t.Errorf("%v later: totals %+v, robots.txt was asked %q", step.after, totals, conditions)
		}
	}
	if want := []string{"", `"1"`}; !slices.Equal(conditions, want) {
		t.Errorf("robots.txt was asked for with If-None-Match %q, want %q", conditions, want)
	}
	var history []harvester.Visit
	for v, err := range h.Visits.History(t.Context(), "https://a.example/robots.txt") {
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, v)
	}
	if len(history) != 2 || history[0].Status != 200 || history[1].Status != 304 || history[0].Seed != "" || !history[0].Overview || history[0].Header["Set-Cookie"] != nil {
		t.Fatalf("history %+v", history)
	}
	if body, err := kept.Get(t.Context(), history[0].Received); err != nil || string(body) != robots {
		t.Errorf("kept %q, %v", body, err)
	}
	if status, err := harvester.StatusOf(t.Context(), h.Visits); err != nil || len(status) != 1 {
		t.Errorf("status %+v, %v: want that of the one source", status, err)
	}
}

// TestWhatRobotsAnswers: RFC 9309, section 2.3.1.
func TestWhatRobotsAnswers(t *testing.T) {
	hops := func(n int) func(*http.Request) *http.Response {
		return func(r *http.Request) *http.Response {
			at, _ := strconv.Atoi(r.URL.Query().Get("n"))
			if at == n {
				return answer(http.StatusOK, "text/plain", "User-agent: *\nDisallow: /notulen/\n")
			}
			return answer(http.StatusMovedPermanently, "", "", "Location", fmt.Sprintf("https://regels%d.example/robots.txt?n=%d", at, at+1))
		}
	}
	status := func(code int) func(*http.Request) *http.Response {
		return func(*http.Request) *http.Response {
			return answer(code, "text/html", "User-agent: *\nDisallow: /\n")
		}
	}
	for _, c := range []struct {
		name                    string
		robots                  func(*http.Request) *http.Response
		read, disallowed, fails int
	}{
		{"not found", status(404), 3, 0, 0},
		{"forbidden (2.3.1.3)", status(403), 3, 0, 0},
		{"a login", status(401), 3, 0, 0},
		{"no content", status(204), 3, 0, 0},
		{"unavailable (2.3.1.4)", status(503), 0, 0, 1},
		{"out of order", status(500), 0, 0, 1},
		{"too many requests, which says nothing of the rules", status(429), 0, 0, 1},
		{"five redirects, to other hosts (2.3.1.2)", hops(5), 1, 2, 0},
		{"six redirects count as not found", hops(6), 3, 0, 0},
		{"a redirect to nowhere", func(*http.Request) *http.Response {
			return answer(http.StatusFound, "", "", "Location", "ftp://a.example/")
		}, 3, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			calm := site("", 2)
			totals, log := crawl(t, harvester.Options{}, func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/robots.txt" {
					return c.robots(r), nil
				}
				return calm(r)
			}, "https://a.example/")
			if totals.Pages != c.read || totals.Disallowed != c.disallowed || totals.Failed != c.fails {
				t.Errorf("totals %+v, asked %v", totals, log)
			}
		})
	}
}

// TestRobotsThatIsAwayForAMonth counts as not being there (section 2.3.1.4); what
// it said before still counts.
func TestRobotsThatIsAwayForAMonth(t *testing.T) {
	for before, want := range map[string]int{"": 2, "User-agent: *\nDisallow: /notulen/0\n": 1} {
		h, reg := newHarvester(t)
		h.Blobs = &memory{}
		begun := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
		clock := newClock(h, begun)
		h.Options.MaxAttempts = 1
		calm := site(before, 2)
		var away time.Time // since when
		h.Client = doer(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path != "/robots.txt" || before != "" && h.Now().Equal(begun) {
				return calm(r)
			}
			if away.IsZero() {
				away = h.Now()
			}
			return answer(http.StatusBadGateway, "text/plain", ""), nil
		})
		for day := range 35 {
			totals := run(t, h, "https://a.example/")
			if asked, want := totals.Requests > 0, away.IsZero() || h.Now().Sub(away) >= 30*24*time.Hour; asked != want {
				t.Fatalf("day %d, away since %v: %+v", day, away, totals)
			}
			clock.pass(24 * time.Hour)
		}
		if len(reg.pages) != want {
			t.Errorf("with %q before: accepted %v", before, reg.log)
		}
	}
}

// TestHostThatComesBack: after a while one request tries, and the harvest of the
// host goes on in the same run.
func TestHostThatComesBack(t *testing.T) {
	calm := site("", 300)
	var mu sync.Mutex
	begun := time.Time{}
	n := 0
	totals, log := crawl(t, harvester.Options{PerHost: 4, Parallel: 8}, func(r *http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if begun.IsZero() {
			begun = time.Now()
		}
		if n++; n > 50 && time.Since(begun) < 2*time.Minute {
			return nil, errors.New("connection refused")
		}
		return calm(r)
	}, "https://a.example/")
	tried := 0
	for _, a := range log {
		if a.at < 2*time.Minute {
			tried++
		}
	}
	if totals.New != 300 || totals.Failed != 0 {
		t.Errorf("new %d, failed %d", totals.New, totals.Failed)
	}
	if tried > 50+20 || log[len(log)-1].at > 10*time.Minute {
		t.Errorf("%d requests while it was away; the last at %v", tried-50, log[len(log)-1].at)
	}
}

// TestHostThatBecomesSlow is asked less often, and more again when it is well.
func TestHostThatBecomesSlow(t *testing.T) {
	calm := site("", 400)
	n := 0
	_, log := crawl(t, harvester.Options{Delay: 100 * time.Millisecond}, func(r *http.Request) (*http.Response, error) {
		n++
		if n > 100 && n < 110 {
			time.Sleep(4 * time.Second)
		}
		time.Sleep(50 * time.Millisecond)
		return calm(r)
	}, "https://a.example/")
	log = pages(log)
	gap := func(i int) time.Duration { return log[i+1].at - log[i].at }
	if gap(50) != 100*time.Millisecond {
		t.Errorf("before: a request each %v", gap(50))
	}
	if gap(107) < 6*time.Second {
		t.Errorf("while answers take 4 s: a request each %v", gap(107))
	}
	if gap(390) != 100*time.Millisecond {
		t.Errorf("long after: a request each %v", gap(390))
	}
}

// TestSkippedPagesNeedNoRest: what is not asked for does not make others wait.
func TestSkippedPagesNeedNoRest(t *testing.T) {
	h, _ := newHarvester(t)
	clock := newClock(h, time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	h.Options = harvester.Options{Delay: time.Minute, Revisit: true, Parallel: 1}
	calm := site("", 50)
	h.Client = doer(func(r *http.Request) (*http.Response, error) {
		res, err := calm(r)
		if r.URL.Path != "/" {
			res.Header.Set("Cache-Control", "max-age=604800")
		}
		return res, err
	})
	if run(t, h, "https://a.example/"); clock.rested < 49*time.Minute || clock.rested > 51*time.Minute {
		t.Errorf("first run: rested %v by the clock that was given", clock.rested)
	}
	clock.rested = 0
	if totals := run(t, h, "https://a.example/"); totals.Skipped != 50 || clock.rested > time.Minute {
		t.Errorf("second run: rested %v, %+v", clock.rested, totals)
	}
}

// TestRobotsAsASource: an operator may name a robots.txt for its sitemaps; that it
// was read for its rules, for another source, does not make it a page that was
// seen.
func TestRobotsAsASource(t *testing.T) {
	h, _ := newHarvester(t)
	h.Blobs = &memory{}
	calm := site("Sitemap: https://a.example/kaart.txt\n", 0)
	asked := 0
	h.Client = doer(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/kaart.txt" {
			asked++
			return answer(http.StatusOK, "text/plain", "https://a.example/notulen/1\n"), nil
		}
		return calm(r)
	})
	run(t, h, "https://a.example/notulen/2")
	for range 2 {
		run(t, h, "https://a.example/notulen/2", "https://a.example/robots.txt")
	}
	if asked != 2 {
		t.Errorf("the sitemap was asked for %d times, want in both rounds", asked)
	}
	if v, _, err := h.Visits.Last(t.Context(), "https://a.example/robots.txt"); err != nil || v.Seed != v.URL {
		t.Errorf("visit %+v, %v: want it to be of its source", v, err)
	}
}

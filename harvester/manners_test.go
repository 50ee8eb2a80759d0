package harvester_test

import (
	"fmt"
	"io"
	"net/http"
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

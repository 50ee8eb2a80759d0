package statetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
)

// Crawl is one open store of the harvester's state.
type Crawl struct {
	Frontier harvester.Frontier
	Visits   harvester.Visits
	Rounds   harvester.Rounds
	Close    func() error
}

// anyHost says that every host is free.
func anyHost(string) bool { return true }

// only says that one host is free.
func only(host string) func(string) bool { return func(h string) bool { return h == host } }

func links(urls ...string) []harvester.Link {
	list := make([]harvester.Link, len(urls))
	for i, u := range urls {
		list[i] = harvester.Link{URL: "https://" + u, Seed: "https://a.example/"}
	}
	return list
}

// take hands out a link, or ends the test.
func take(t *testing.T, f harvester.Frontier, now time.Time, free func(string) bool) harvester.Link {
	t.Helper()
	link, ok, wait, err := f.Next(context.Background(), now, free)
	if err != nil || !ok || link.End {
		t.Fatalf("next: %+v, ok %v, wait %v, %v; want a link", link, ok, wait, err)
	}
	return link
}

// takeEnd takes the end of the run of a seed.
func takeEnd(t *testing.T, f harvester.Frontier, seed string) harvester.Link {
	t.Helper()
	link, ok, wait, err := f.Next(context.Background(), noon, anyHost)
	if err != nil || !ok || !link.End || link.URL != seed || link.Seed != seed {
		t.Fatalf("next: %+v, ok %v, wait %v, %v; want the end of %s", link, ok, wait, err, seed)
	}
	return link
}

// nothing checks that no link can be handed out now, and for how long.
func nothing(t *testing.T, f harvester.Frontier, now time.Time, free func(string) bool, want time.Duration) {
	t.Helper()
	link, ok, wait, err := f.Next(context.Background(), now, free)
	if err != nil || ok || wait != want {
		t.Errorf("next: %q, ok %v, wait %v, %v; want nothing for %v", link.URL, ok, wait, err, want)
	}
}

// over checks that nothing is left of any run but its end, and ends it.
func over(t *testing.T, f harvester.Frontier, now time.Time) {
	t.Helper()
	for {
		link, ok, _, err := f.Next(context.Background(), now, anyHost)
		if ok && link.End {
			check(t, f.Done(context.Background(), link, nil, time.Time{}))
			continue
		}
		if ok || !errors.Is(err, io.EOF) {
			t.Errorf("next: %q, ok %v, %v; want io.EOF", link.URL, ok, err)
		}
		return
	}
}

// drain takes every link that is due, ends the runs that are over, and returns
// the URLs in order.
func drain(t *testing.T, f harvester.Frontier, now time.Time, free func(string) bool) (urls []string) {
	t.Helper()
	for {
		link, ok, _, err := f.Next(context.Background(), now, free)
		if errors.Is(err, io.EOF) || err == nil && !ok {
			return urls
		}
		if err != nil {
			t.Fatal(err)
		}
		if !link.End {
			urls = append(urls, strings.TrimPrefix(link.URL, "https://"))
		}
		check(t, f.Done(context.Background(), link, nil, time.Time{}))
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Harvester checks the contract of Frontier and Visits. open opens the store in
// dir, which the kit closes and opens again to see what is durable.
func Harvester(t *testing.T, open func(t *testing.T, dir string) Crawl) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		test func(t *testing.T, reopen func() Crawl)
	}{
		{"a run without links is over", func(t *testing.T, reopen func() Crawl) {
			f := reopen().Frontier
			check(t, f.Begin(ctx, noon, nil))
			over(t, f, noon)
			over(t, f, noon) // and stays so, for every worker
		}},
		{"each seed has a run of its own, with an end", func(t *testing.T, reopen func() Crawl) {
			f := reopen().Frontier
			a, b := harvester.Link{URL: "https://a.example/", Seed: "https://a.example/"}, harvester.Link{URL: "https://b.example/", Seed: "https://b.example/"}
			check(t, f.Begin(ctx, noon, []harvester.Link{a}))
			later := noon.Add(time.Hour)
			check(t, f.Begin(ctx, later, []harvester.Link{a, b})) // the run of a goes on
			onA, onB := take(t, f, noon, only("a.example")), take(t, f, noon, only("b.example"))
			if !onA.Began.Equal(noon) || !onB.Began.Equal(later) {
				t.Errorf("runs began at %v and %v, want %v and %v", onA.Began, onB.Began, noon, later)
			}
			// Both may see the same URL.
			shared := harvester.Link{URL: "https://c.example/", Seed: a.Seed}
			check(t, f.Done(ctx, onA, []harvester.Link{shared}, time.Time{}))
			shared.Seed = b.Seed
			check(t, f.Done(ctx, onB, []harvester.Link{shared}, time.Time{}))
			first := take(t, f, noon, anyHost)
			check(t, f.Done(ctx, first, nil, time.Time{}))
			end := takeEnd(t, f, first.Seed)
			if !end.Began.Equal(first.Began) {
				t.Errorf("the end says that the run began at %v, not %v", end.Began, first.Began)
			}
			check(t, f.Done(ctx, end, nil, time.Time{}))
			// That run is over, so that it may begin again; the other goes on.
			check(t, f.Begin(ctx, later, []harvester.Link{{URL: first.Seed, Seed: first.Seed}}))
			if got := drain(t, f, noon, anyHost); len(got) != 2 {
				t.Errorf("links %v, want the shared one of one seed and the other seed", got)
			}
			over(t, f, noon)
		}},
		{"an end may find more", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			check(t, s.Frontier.Begin(ctx, noon, links("a.example/")))
			check(t, s.Frontier.Done(ctx, take(t, s.Frontier, noon, anyHost), nil, time.Time{}))
			takeEnd(t, s.Frontier, "https://a.example/")
			nothing(t, s.Frontier, noon, anyHost, 0) // an end is handed out once
			s = reopen()                             // unless the process dies
			check(t, s.Frontier.Begin(ctx, noon, nil))
			end := takeEnd(t, s.Frontier, "https://a.example/")
			check(t, s.Frontier.Done(ctx, end, links("a.example/1", "a.example/"), time.Time{}))
			if link := take(t, s.Frontier, noon, anyHost); link.URL != "https://a.example/1" {
				t.Errorf("link %s", link.URL)
			} else {
				check(t, s.Frontier.Done(ctx, link, nil, time.Time{}))
			}
			check(t, s.Frontier.Done(ctx, takeEnd(t, s.Frontier, "https://a.example/"), links("a.example/1"), time.Time{}))
			over(t, s.Frontier, noon)
		}},
		{"dropped is what earlier runs saw and this one did not", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			dropped := func() (urls []string) {
				for u, err := range s.Frontier.Dropped(ctx, "https://a.example/") {
					check(t, err)
					urls = append(urls, strings.TrimPrefix(u, "https://"))
				}
				return urls
			}
			run := func(found ...string) {
				check(t, s.Frontier.Begin(ctx, noon, links("a.example/")))
				check(t, s.Frontier.Done(ctx, take(t, s.Frontier, noon, anyHost), links(found...), time.Time{}))
				for range found {
					check(t, s.Frontier.Done(ctx, take(t, s.Frontier, noon, anyHost), nil, time.Time{}))
				}
			}
			run("a.example/1", "a.example/2", "a.example/3")
			if got := dropped(); len(got) > 0 {
				t.Errorf("dropped in the first run: %v", got)
			}
			over(t, s.Frontier, noon)
			other := harvester.Link{URL: "https://a.example/9", Seed: "https://a.example/x"}
			check(t, s.Frontier.Begin(ctx, noon, []harvester.Link{other}))
			drain(t, s.Frontier, noon, anyHost)
			run("a.example/2", "a.example/4")
			s = reopen()
			check(t, s.Frontier.Begin(ctx, noon, nil))
			if got, want := dropped(), []string{"a.example/1", "a.example/3"}; !slices.Equal(got, want) {
				t.Errorf("dropped %v, want %v", got, want)
			}
			// What is asked for all the same is not dropped any more in this run.
			end := takeEnd(t, s.Frontier, "https://a.example/")
			check(t, s.Frontier.Done(ctx, end, links("a.example/1"), time.Time{}))
			if got, want := dropped(), []string{"a.example/3"}; !slices.Equal(got, want) {
				t.Errorf("dropped %v, want %v", got, want)
			}
		}},
		{"each URL once in a run, again in the next", func(t *testing.T, reopen func() Crawl) {
			f := reopen().Frontier
			check(t, f.Begin(ctx, noon, links("a.example/", "a.example/")))
			seed := take(t, f, noon, anyHost)
			if seed.URL != "https://a.example/" || seed.Seed != "https://a.example/" {
				t.Errorf("link %+v", seed)
			}
			nothing(t, f, noon, anyHost, 0) // until the seed is done
			check(t, f.Done(ctx, seed, links("a.example/1", "a.example/2", "a.example/1", "a.example/"), time.Time{}))
			one := take(t, f, noon, anyHost)
			check(t, f.Done(ctx, one, links("a.example/2", "a.example/1"), time.Time{}))
			if got := drain(t, f, noon, anyHost); !slices.Equal(got, []string{"a.example/2"}) {
				t.Errorf("links %v", got)
			}
			over(t, f, noon)
			check(t, f.Begin(ctx, noon, links("a.example/")))
			if got := drain(t, f, noon, anyHost); !slices.Equal(got, []string{"a.example/"}) {
				t.Errorf("links of the second run %v", got)
			}
		}},
		{"a crash loses no link and repeats what was under way", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			check(t, s.Frontier.Begin(ctx, noon, links("a.example/", "b.example/")))
			for range 2 {
				link := take(t, s.Frontier, noon, anyHost)
				if strings.Contains(link.URL, "a.example") {
					check(t, s.Frontier.Done(ctx, link, links("a.example/1", "a.example/2"), time.Time{}))
				}
			}
			link := take(t, s.Frontier, noon, anyHost)
			s = reopen()
			check(t, s.Frontier.Begin(ctx, noon, links("a.example/", "c.example/")))
			got := drain(t, s.Frontier, noon, anyHost)
			slices.Sort(got)
			if want := []string{"a.example/1", "a.example/2", "b.example/", "c.example/"}; !slices.Equal(got, want) {
				t.Errorf("links %v, want %v (%s was under way)", got, want, link.URL)
			}
			over(t, s.Frontier, noon)
		}},
		{"a run that ended by an error goes on in the same process", func(t *testing.T, reopen func() Crawl) {
			f := reopen().Frontier
			check(t, f.Begin(ctx, noon, links("a.example/1", "a.example/2")))
			take(t, f, noon, anyHost)
			check(t, f.Begin(ctx, noon, nil))
			if got := drain(t, f, noon, anyHost); len(got) != 2 {
				t.Errorf("links %v, want both", got)
			}
		}},
		{"a link that is put back waits for its time", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			check(t, s.Frontier.Begin(ctx, noon, links("a.example/1", "a.example/2")))
			first := take(t, s.Frontier, noon, anyHost)
			check(t, s.Frontier.Done(ctx, first, nil, noon.Add(time.Minute)))
			second := take(t, s.Frontier, noon, anyHost)
			if second.URL == first.URL {
				t.Fatalf("%s was handed out before its time", first.URL)
			}
			nothing(t, s.Frontier, noon, anyHost, time.Minute)
			check(t, s.Frontier.Done(ctx, second, links("a.example/3"), time.Time{}))
			if third := take(t, s.Frontier, noon, anyHost); third.URL != "https://a.example/3" {
				t.Errorf("%s before the new link", third.URL)
			}
			s = reopen()
			check(t, s.Frontier.Begin(ctx, noon, nil))
			check(t, s.Frontier.Done(ctx, take(t, s.Frontier, noon, anyHost), nil, time.Time{}))
			nothing(t, s.Frontier, noon.Add(59*time.Second), anyHost, time.Second)
			again := take(t, s.Frontier, noon.Add(time.Minute), anyHost)
			if again.URL != first.URL || again.Attempts != 1 {
				t.Errorf("link %+v, want %s with one attempt", again, first.URL)
			}
			check(t, s.Frontier.Done(ctx, again, nil, time.Time{}))
			over(t, s.Frontier, noon)
		}},
		{"a host that is not free is passed over", func(t *testing.T, reopen func() Crawl) {
			f := reopen().Frontier
			check(t, f.Begin(ctx, noon, links("a.example/1", "a.example:8080/1", "b.example/1")))
			onlyB := func(host string) bool { return host == "b.example" }
			if link := take(t, f, noon, onlyB); link.URL != "https://b.example/1" {
				t.Errorf("link %s", link.URL)
			}
			nothing(t, f, noon, onlyB, 0)
			onlyPort := func(host string) bool { return host == "a.example:8080" }
			if link := take(t, f, noon, onlyPort); link.URL != "https://a.example:8080/1" {
				t.Errorf("link %s", link.URL)
			}
		}},
		{"hosts take turns", func(t *testing.T, reopen func() Crawl) {
			f := reopen().Frontier
			var seeds []harvester.Link
			for i := range 20 {
				seeds = append(seeds, links(fmt.Sprintf("a.example/%d", i), fmt.Sprintf("b.example/%d", i), fmt.Sprintf("c.example/%d", i))...)
			}
			check(t, f.Begin(ctx, noon, seeds))
			counts := map[byte]int{}
			for range 30 {
				link := take(t, f, noon, anyHost)
				counts[link.URL[len("https://")]]++
				check(t, f.Done(ctx, link, nil, time.Time{}))
			}
			for _, host := range []byte("abc") {
				if counts[host] != 10 {
					t.Errorf("of 30 links %d are of host %c, want 10", counts[host], host)
				}
			}
		}},
		{"many workers get every link once", func(t *testing.T, reopen func() Crawl) {
			f := reopen().Frontier
			var seeds []harvester.Link
			for i := range 200 {
				seeds = append(seeds, links(fmt.Sprintf("host%d.example/%d", i%7, i))...)
			}
			check(t, f.Begin(ctx, noon, seeds))
			var mu sync.Mutex
			got := map[string]int{}
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					for _, u := range drain(t, f, noon, anyHost) {
						mu.Lock()
						got[u]++
						mu.Unlock()
					}
				})
			}
			group.Wait()
			for u, n := range got {
				if n != 1 {
					t.Errorf("%s was handed out %d times", u, n)
				}
			}
			if len(got) != 200 {
				t.Errorf("%d links handed out, want 200", len(got))
			}
		}},
		{"a link keeps what it carries", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			want := harvester.Link{URL: "https://a.example/é?q=1", Seed: "https://a.example/", From: "https://a.example/x", Via: []string{"https://a.example/y"}}
			check(t, s.Frontier.Begin(ctx, noon, []harvester.Link{want}))
			s = reopen()
			check(t, s.Frontier.Begin(ctx, noon, nil))
			got := take(t, s.Frontier, noon, anyHost)
			got.Key, got.Began = nil, time.Time{}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("link %+v, want %+v", got, want)
			}
		}},
		{"visits", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			if _, ok, err := s.Visits.Last(ctx, "https://a.example/"); ok || err != nil {
				t.Fatalf("visit before the first: %v, %v", ok, err)
			}
			want := harvester.Visit{
				URL: "https://a.example/1", Seed: "https://a.example/", From: "https://a.example/", Time: noon, Status: 200,
				MediaType: "text/html", Success: noon, ETag: `"x"`, LastModified: "Sat, 21 Nov 2026 12:00:00 GMT", SHA256: "abc",
				Links: []string{"https://a.example/2"}, Overview: true, Title: "Overzicht",
			}
			old := want
			old.Time, old.Status, old.Title, old.Links = noon.Add(-time.Hour), 500, "", nil
			for _, v := range []harvester.Visit{
				old, want,
				{URL: "https://a.example/", Time: noon, Status: 200},
				{URL: "https://a.example/12", Time: noon, Error: "no answer"},
			} {
				check(t, s.Visits.Record(ctx, v))
			}
			s = reopen()
			got, ok, err := s.Visits.Last(ctx, want.URL)
			if err != nil || !ok || !reflect.DeepEqual(got, want) {
				t.Errorf("visit %+v, %v, %v; want %+v", got, ok, err, want)
			}
			var all []string
			for v, err := range s.Visits.All(ctx) {
				check(t, err)
				all = append(all, v.URL)
				if v.URL == want.URL && (v.Title != want.Title || v.Links != nil) {
					t.Errorf("visit in the list %+v", v)
				}
			}
			if want := []string{"https://a.example/", "https://a.example/1", "https://a.example/12"}; !slices.Equal(all, want) {
				t.Errorf("visits %v, want %v", all, want)
			}
			for range s.Visits.All(ctx) {
				break // a reader may stop early
			}
			want.Links = nil
			check(t, s.Visits.Record(ctx, want))
			if got, _, err := s.Visits.Last(ctx, want.URL); err != nil || got.Links != nil {
				t.Errorf("links of a page that lost them: %v, %v", got.Links, err)
			}
		}},
		{"every visit of a page is kept", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			visit := func(url string, hour int) harvester.Visit {
				return harvester.Visit{
					URL: "https://a.example/" + url, Time: noon.Add(time.Duration(hour) * time.Hour), Status: 200,
					Header:   http.Header{"Server": {"x"}, "Vary": {"Accept", "Cookie"}},
					Peer:     &harvester.Peer{Version: "TLS 1.3", Name: "CN=a.example", Issuer: "CN=ca", NotAfter: noon, Fingerprint: "ff"},
					Received: "abc", Links: []string{"https://a.example/2"}, Failure: harvester.FailedTLS, Unlisted: noon,
				}
			}
			for _, v := range []harvester.Visit{visit("1", 0), visit("1", 2), visit("12", 1), visit("1", 1)} {
				check(t, s.Visits.Record(ctx, v))
			}
			s = reopen()
			history := func(url string) (list []harvester.Visit) {
				for v, err := range s.Visits.History(ctx, url) {
					check(t, err)
					list = append(list, v)
				}
				return list
			}
			want := []harvester.Visit{visit("1", 0), visit("1", 1), visit("1", 2), visit("12", 1)}
			for i := range want {
				want[i].Links = nil
			}
			if got := history(""); !reflect.DeepEqual(got, want) {
				t.Errorf("history %+v, want %+v", got, want)
			}
			if got := history("https://a.example/1"); !reflect.DeepEqual(got, want[:3]) {
				t.Errorf("history of one page %+v", got)
			}
			if last, _, err := s.Visits.Last(ctx, "https://a.example/1"); err != nil || last.Header != nil || last.Peer != nil || last.Received != "abc" {
				t.Errorf("last visit %+v, %v", last, err)
			}
		}},
		{"rounds", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			round := func(source string, hour int) harvester.Round {
				began := noon.Add(time.Duration(hour) * time.Hour)
				return harvester.Round{Source: source, Began: began, Ended: began.Add(time.Minute), Totals: harvester.Totals{Pages: hour, Failed: 1}, Stopped: "budget"}
			}
			for i := range 5 {
				check(t, s.Rounds.RecordRound(ctx, round("https://a.example/", i)))
				check(t, s.Rounds.RecordRound(ctx, round("https://a.example/b", i)))
			}
			s = reopen()
			got, err := s.Rounds.Rounds(ctx, "https://a.example/", 2)
			if want := []harvester.Round{round("https://a.example/", 4), round("https://a.example/", 3)}; err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("rounds %+v, %v; want %+v", got, err, want)
			}
			if got, err := s.Rounds.Rounds(ctx, "https://c.example/", 2); err != nil || len(got) != 0 {
				t.Errorf("rounds of an unknown source %+v, %v", got, err)
			}
		}},
		{"a list of visits ends when nobody waits for it", func(t *testing.T, reopen func() Crawl) {
			s := reopen()
			check(t, s.Visits.Record(ctx, harvester.Visit{URL: "https://a.example/"}))
			cancelled, cancel := context.WithCancel(ctx)
			cancel()
			for _, err := range s.Visits.All(cancelled) {
				if !errors.Is(err, context.Canceled) {
					t.Errorf("error %v", err)
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			var current Crawl
			reopen := func() Crawl {
				if current.Close != nil {
					check(t, current.Close())
				}
				current = open(t, dir)
				return current
			}
			c.test(t, reopen)
			check(t, current.Close())
		})
	}
}

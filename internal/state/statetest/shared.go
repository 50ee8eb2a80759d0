package statetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/publisher"
)

// Process is one of those that share a state. It leaves a host alone for no time
// at all after another process had it.
type Process struct {
	Crawl
	State
	Blobs publisher.Blobs
	// Renew tells the others that the process lives.
	Renew func(context.Context) error
	// Vanish ends it without a word.
	Vanish func()
	Close  func() error
}

// Lease is how long a process that shares a state keeps what it took, in this kit.
const Lease = time.Minute

// Shared checks what a state owes to several processes that have it open. start
// makes an empty state; what it returns opens it for a process with a name, by a
// clock that the kit sets.
func Shared(t *testing.T, start func(t *testing.T, now func() time.Time) (open func(name string) Process)) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		test func(t *testing.T, s *shared)
	}{
		{"every link once in all, a host at one process", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			var seeds []harvester.Link
			for i := range 200 {
				seeds = append(seeds, links(fmt.Sprintf("host%d.example/%d", i%10, i))...)
			}
			check(t, a.Frontier.Begin(ctx, noon, seeds))
			got := s.drain(a, b)
			if got[seeds[0].Seed] != 1 {
				t.Errorf("the End was handed out %d times", got[seeds[0].Seed])
			}
			delete(got, seeds[0].Seed)
			if len(got) != len(seeds) {
				t.Errorf("%d links of %d were handed out", len(got), len(seeds))
			}
			for u, n := range got {
				if n != 1 {
					t.Errorf("%s was handed out %d times", u, n)
				}
			}
		}},
		{"who comes later gets a share", func(t *testing.T, s *shared) {
			a := s.open("a")
			check(t, a.Frontier.Begin(ctx, noon, links("1.example/1", "2.example/1", "3.example/1", "4.example/1", "1.example/2")))
			first := take(t, a.Frontier, noon, anyHost)
			b := s.open("b")
			check(t, b.Frontier.Begin(ctx, noon, nil))
			waits(t, b.Frontier, noon) // a has everything
			check(t, a.Frontier.Done(ctx, first, nil, time.Time{}))
			under := take(t, a.Frontier, noon.Add(time.Minute), anyHost)
			check(t, a.Frontier.Done(ctx, take(t, a.Frontier, noon.Add(2*time.Minute), anyHost), nil, time.Time{}))
			theirs := take(t, b.Frontier, noon.Add(2*time.Minute), anyHost)
			if host(theirs) == host(under) {
				t.Errorf("both are at %s", host(under))
			}
		}},
		{"what another found comes to who owns the host", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			check(t, a.Frontier.Begin(ctx, noon, links("1.example/1")))
			one := take(t, a.Frontier, noon, anyHost)
			check(t, b.Frontier.Begin(ctx, noon, links("2.example/1")))
			two := take(t, b.Frontier, noon.Add(time.Second), anyHost)
			check(t, b.Frontier.Done(ctx, two, links("1.example/2"), time.Time{}))
			waits(t, b.Frontier, noon.Add(2*time.Second))
			if link := take(t, a.Frontier, noon.Add(time.Minute), anyHost); link.URL != "https://1.example/2" {
				t.Errorf("link %s", link.URL)
			}
			check(t, a.Frontier.Done(ctx, one, nil, time.Time{}))
		}},
		{"a run that another goes on with is not over", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			check(t, a.Frontier.Begin(ctx, noon, links("1.example/1")))
			one := take(t, a.Frontier, noon, anyHost)
			check(t, b.Frontier.Begin(ctx, noon, nil))
			waits(t, b.Frontier, noon)
			check(t, a.Frontier.Done(ctx, one, nil, time.Time{}))
			end := takeEnd(t, a.Frontier, "https://a.example/")
			waits(t, b.Frontier, noon.Add(time.Second))
			check(t, a.Frontier.Done(ctx, end, nil, time.Time{}))
			over(t, a.Frontier, noon)
			over(t, b.Frontier, noon)
		}},
		{"what a dead process had comes back when its lease is over", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			check(t, a.Frontier.Begin(ctx, noon, append(links("1.example/1"), harvester.Link{URL: "https://b.example/", Seed: "https://b.example/"})))
			check(t, a.Frontier.Done(ctx, take(t, a.Frontier, noon, only("b.example")), nil, time.Time{}))
			takeEnd(t, a.Frontier, "https://b.example/")
			one := take(t, a.Frontier, noon, anyHost)
			a.Vanish()
			s.pass(Lease - time.Second)
			waits(t, b.Frontier, noon)
			s.pass(2 * time.Second)
			later := noon.Add(Lease)
			got := map[string]bool{}
			for range 2 {
				link, ok, _, err := b.Frontier.Next(ctx, later, anyHost)
				if err != nil || !ok {
					t.Fatalf("next: %v, %v", ok, err)
				}
				got[fmt.Sprint(link.URL, " ", link.End)] = true
				check(t, b.Frontier.Done(ctx, link, nil, time.Time{}))
			}
			if !got[one.URL+" false"] || !got["https://b.example/ true"] {
				t.Errorf("handed out again: %v", got)
			}
			over(t, b.Frontier, later)
		}},
		{"who lives keeps what it has", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			check(t, a.Frontier.Begin(ctx, noon, links("1.example/1", "1.example/2")))
			one := take(t, a.Frontier, noon, anyHost)
			for i := range 5 {
				s.pass(Lease * 2 / 3)
				check(t, a.Renew(ctx))
				waits(t, b.Frontier, noon.Add(time.Duration(i)*Lease))
			}
			check(t, a.Frontier.Done(ctx, one, nil, time.Time{}))
			if two := take(t, a.Frontier, noon, anyHost); two.URL != "https://1.example/2" {
				t.Errorf("link %s", two.URL)
			}
		}},
		{"who slept too long has nothing any more", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			check(t, a.Frontier.Begin(ctx, noon, links("1.example/1", "1.example/2")))
			slow := take(t, a.Frontier, noon, anyHost)
			s.pass(2 * Lease)
			check(t, b.Renew(ctx))
			fast := take(t, b.Frontier, noon, anyHost)
			if fast.URL != slow.URL {
				t.Errorf("%s was handed out, want %s again", fast.URL, slow.URL)
			}
			waits(t, a.Frontier, noon.Add(time.Second))
			// What it still does is neither an error nor done twice.
			check(t, a.Frontier.Done(ctx, slow, links("1.example/3"), noon.Add(time.Hour)))
			check(t, b.Frontier.Done(ctx, fast, links("1.example/3"), time.Time{}))
			if got := drain(t, b.Frontier, noon.Add(time.Second), anyHost); !slices.Equal(got, []string{"1.example/2", "1.example/3"}) {
				t.Errorf("links %v", got)
			}
		}},
		{"a process takes over from one of its name at once", func(t *testing.T, s *shared) {
			a := s.open("a")
			check(t, a.Frontier.Begin(ctx, noon, links("1.example/1")))
			take(t, a.Frontier, noon, anyHost)
			a.Vanish()
			a = s.open("a")
			check(t, a.Frontier.Begin(ctx, noon, nil))
			if got := drain(t, a.Frontier, noon, anyHost); len(got) != 1 {
				t.Errorf("links %v", got)
			}
		}},
		{"who ends gives back what it has", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			check(t, a.Frontier.Begin(ctx, noon, links("1.example/1")))
			take(t, a.Frontier, noon, anyHost)
			s.close(a)
			if got := drain(t, b.Frontier, noon, anyHost); len(got) != 1 {
				t.Errorf("links %v", got)
			}
		}},
		{"one chain of all entries", func(t *testing.T, s *shared) {
			processes := []Process{s.open("a"), s.open("b"), s.open("c")}
			var group sync.WaitGroup
			for i, p := range processes {
				for j := range 4 {
					group.Go(func() {
						for k := range 5 {
							e := entry(fmt.Sprintf("https://vlavirgem.be/%d", (i+j+k)%7))
							written, err := p.Ledger.Append(ctx, e, publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{melding(fmt.Sprintf("urn:%d-%d-%d", i, j, k))}})
							if err != nil {
								t.Error(err)
							} else if read, _, _, err := processes[(i+1)%3].Ledger.Entry(ctx, written.Sequence); err != nil || read.Hash != written.Hash {
								t.Errorf("another process reads %+v, %v; want %+v", read, err, written)
							}
						}
					})
				}
			}
			group.Wait()
			for _, p := range processes {
				check(t, publisher.Verify(ctx, p.Ledger, nil))
				head := must(p.Ledger.Head(ctx))(t)
				tally := must(p.Standing.Tally(ctx))(t)
				if head != 60 || tally.Pages[publisher.Published] != 7 {
					t.Errorf("head %d, %+v; want 60 entries of 7 pages", head, tally)
				}
			}
		}},
		{"a melding is sent by one", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			var rows []publisher.Melding
			for i := range 6 {
				rows = append(rows, melding(fmt.Sprint("urn:", i)))
			}
			must(a.Ledger.Append(ctx, entry("https://vlavirgem.be/a"), publisher.Refs{}, publisher.Effects{Meldingen: rows}))(t)
			ofA := must(a.Outbox.Due(ctx, noon, 4))(t)
			ofB := must(b.Outbox.Due(ctx, noon, 4))(t)
			if len(ofA) != 4 || len(ofB) != 2 {
				t.Fatalf("%d and %d rows are due, want 4 and 2", len(ofA), len(ofB))
			}
			for _, m := range ofB {
				if slices.ContainsFunc(ofA, func(o publisher.Melding) bool { return o.SubmittedResource == m.SubmittedResource }) {
					t.Errorf("both send %s", m.SubmittedResource)
				}
			}
			ofA[0].Status = publisher.Aanvaard
			check(t, a.Outbox.Save(ctx, ofA[0]))
			if again := must(a.Outbox.Due(ctx, noon, 4))(t); len(again) != 3 {
				t.Errorf("%d rows are left to who has them, want 3", len(again))
			}
			a.Vanish()
			s.pass(Lease + time.Second)
			check(t, b.Renew(ctx))
			if all := must(b.Outbox.Due(ctx, noon, 10))(t); len(all) != 5 {
				t.Errorf("%d rows are due when the other is dead, want 5", len(all))
			}
		}},
		{"what is common, and what is not", func(t *testing.T, s *shared) {
			a, b := s.open("a"), s.open("b")
			name := must(a.Blobs.Put(ctx, []byte("Besluit")))(t)
			if got := must(b.Blobs.Get(ctx, name))(t); string(got) != "Besluit" {
				t.Errorf("blob %q", got)
			}
			if _, err := b.Blobs.Get(ctx, strings.Repeat("0", 64)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("unknown blob: %v", err)
			}
			check(t, a.Visits.Record(ctx, harvester.Visit{URL: "https://a.example/", Time: noon, Status: 200}))
			if v, ok, err := b.Visits.Last(ctx, "https://a.example/"); err != nil || !ok || v.Status != 200 {
				t.Errorf("visit %+v, %v, %v", v, ok, err)
			}
			check(t, a.Rounds.RecordRound(ctx, harvester.Round{Source: "https://a.example/", Began: noon}))
			if list := must(b.Rounds.Rounds(ctx, "https://a.example/", 1))(t); len(list) != 1 {
				t.Errorf("rounds %v", list)
			}
			// A follower fills what stands in the data directory of its process.
			check(t, a.Cursors.SetCursor(ctx, publisher.FollowerGraphs, 7))
			if n := must(b.Cursors.Cursor(ctx, publisher.FollowerGraphs))(t); n != 0 {
				t.Errorf("the follower of another process stands at %d", n)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &shared{t: t, at: noon}
			s.start = start(t, s.now)
			c.test(t, s)
			for _, p := range s.opened {
				check(t, p.Close())
			}
		})
	}
}

// shared is the processes of one test and their clock.
type shared struct {
	t      *testing.T
	start  func(name string) Process
	opened []Process
	mu     sync.Mutex
	at     time.Time
}

func (s *shared) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *shared) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

// open opens the state for one more process, whose test ends it.
func (s *shared) open(name string) Process {
	p := s.start(name)
	once := sync.Once{}
	closed, vanish := p.Close, p.Vanish
	p.Close = func() (err error) {
		once.Do(func() { err = closed() })
		return err
	}
	p.Vanish = func() { once.Do(vanish) }
	s.opened = append(s.opened, p)
	return p
}

func (s *shared) close(p Process) { check(s.t, p.Close()) }

// drain lets several workers of each process take and do everything, and returns
// how often each URL was handed out.
func (s *shared) drain(processes ...Process) map[string]int {
	var mu sync.Mutex
	got, at := map[string]int{}, map[string]int{} // at: process, from 1, at a host
	under := map[string]int{}
	var group sync.WaitGroup
	for i, p := range processes {
		for range 4 {
			group.Go(func() {
				ctx, now := context.Background(), noon
				for {
					link, ok, wait, err := p.Frontier.Next(ctx, now, anyHost)
					if errors.Is(err, io.EOF) {
						return
					}
					if err != nil {
						s.t.Error(err)
						return
					}
					if now = now.Add(wait); !ok {
						continue
					}
					mu.Lock()
					got[link.URL]++
					h := host(link)
					if !link.End {
						if under[h] > 0 && at[h] != i+1 {
							s.t.Errorf("two processes are at %s", h)
						}
						under[h]++
						at[h] = i + 1
					}
					mu.Unlock()
					if !link.End {
						mu.Lock()
						under[h]--
						mu.Unlock()
					}
					if err := p.Frontier.Done(ctx, link, nil, time.Time{}); err != nil {
						s.t.Error(err)
						return
					}
				}
			})
		}
	}
	group.Wait()
	return got
}

// waits checks that nothing can be handed out now, but may be soon.
func waits(t *testing.T, f harvester.Frontier, now time.Time) {
	t.Helper()
	link, ok, wait, err := f.Next(context.Background(), now, anyHost)
	if err != nil || ok || wait <= 0 || wait > time.Second {
		t.Errorf("next: %q, ok %v, wait %v, %v; want nothing for a second at most", link.URL, ok, wait, err)
	}
}

// host returns the host of a link of this kit.
func host(link harvester.Link) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(link.URL, "https://"), "/")
	return name
}

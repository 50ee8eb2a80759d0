package harvester

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"
)

// manners is what one run remembers of hosts to be polite to them.
type manners struct {
	h     *Harvester
	mu    sync.Mutex
	hosts map[string]*hostState
	wake  chan struct{} // closed and replaced when a link is done
}

// hostState is what is known of one host.
type hostState struct {
	busy     int       // links under way
	next     time.Time // earliest start of the next request
	rules    rules     // of robots.txt
	read     time.Time // when robots.txt was read; zero: not yet
	failures int       // requests in a row without a usable answer
	failure  error     // the last of them
}

const (
	// rulesAge is how long a robots.txt is relied on (RFC 9309, section 2.4).
	rulesAge = 24 * time.Hour
	// maxHostFailures is how many requests in a row may go wrong at a host before
	// its other links are left for the next harvest.
	maxHostFailures = 10
	// maxPause is the longest time that a host which gives no answer is left
	// alone, when it does not say for how long itself.
	maxPause = 30 * time.Second
)

func newManners(h *Harvester) *manners {
	return &manners{h: h, hosts: map[string]*hostState{}, wake: make(chan struct{})}
}

// next waits for a link that may be fetched now. The caller gives its host back
// with release. If there is nothing left it returns io.EOF, or with stay set waits
// until stir.
func (m *manners) next(ctx context.Context, stay bool) (Link, error) {
	for {
		link, ok, wait, wake, err := m.try(ctx)
		if stay && errors.Is(err, io.EOF) {
			err = nil
		}
		if err != nil || ok {
			return link, err
		}
		if err := rest(ctx, wake, wait); err != nil {
			return Link{}, err
		}
	}
}

// try asks the frontier for a link once. If there is none, wait is how long
// until there may be (0: unknown), and wake is closed when a link is done.
func (m *manners) try(ctx context.Context) (link Link, ok bool, wait time.Duration, wake <-chan struct{}, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.h.now()
	pause := time.Duration(0) // until the first host that must rest is free
	link, ok, wait, err = m.h.Frontier.Next(ctx, now, func(name string) bool {
		free, rest := m.free(name, now)
		if rest > 0 && (pause == 0 || rest < pause) {
			pause = rest
		}
		return free
	})
	if wait == 0 || pause > 0 && pause < wait {
		wait = pause
	}
	if err == nil && ok && !link.End {
		s := m.host(host(link.URL))
		s.busy++
		s.next = later(s.next, now.Add(max(m.h.Options.Delay, s.rules.delay)))
	}
	return link, ok, wait, m.wake, err
}

// free reports whether a request may begin at a host, and if it only must rest,
// for how long.
func (m *manners) free(name string, now time.Time) (free bool, rest time.Duration) {
	s := m.hosts[name]
	if s == nil {
		return true, 0
	}
	atOnce := m.h.Options.PerHost
	if s.read.IsZero() {
		atOnce = 1 // until its rules are known
	}
	if s.busy >= atOnce {
		return false, 0
	}
	if s.failures >= maxHostFailures {
		return true, 0 // its links are only given up
	}
	rest = max(0, s.next.Sub(now))
	return rest == 0, rest
}

// rest waits until something is done or, if wait is not 0, that time is over.
func rest(ctx context.Context, wake <-chan struct{}, wait time.Duration) error {
	var timer <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-wake:
	case <-timer:
	}
	return nil
}

// host returns the state of a host; the caller holds the lock.
func (m *manners) host(name string) *hostState {
	s := m.hosts[name]
	if s == nil {
		s = &hostState{}
		m.hosts[name] = s
	}
	return s
}

// release gives a host back and wakes those who wait for a link.
func (m *manners) release(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.host(name).busy--
	m.stirred()
}

// stir wakes those who wait for a link.
func (m *manners) stir() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stirred()
}

func (m *manners) stirred() {
	close(m.wake)
	m.wake = make(chan struct{})
}

// rules returns what the host of u asks of crawlers, from its robots.txt or
// from memory.
func (m *manners) rules(ctx context.Context, u *url.URL) rules {
	m.mu.Lock()
	s := m.host(u.Host)
	known, fresh := s.rules, !s.read.IsZero() && m.h.now().Sub(s.read) < rulesAge
	m.mu.Unlock()
	if fresh {
		return known
	}
	known = m.h.fetchRules(ctx, u)
	if known.unread == nil {
		m.mu.Lock()
		s.rules, s.read = known, m.h.now()
		m.mu.Unlock()
	}
	return known
}

// starts notes that a request begins: only now is the Crawl-delay of a new host
// known.
func (m *manners) starts(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.host(name)
	s.next = later(s.next, m.h.now().Add(max(m.h.Options.Delay, s.rules.delay)))
}

// answered notes that a host answers.
func (m *manners) answered(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.host(name)
	s.failures, s.failure = 0, nil
}

// failed notes a request without a usable answer and leaves the host alone for
// as long as it asks, or a little longer each time.
func (m *manners) failed(name string, cause error, asked time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.host(name)
	pause := min(m.h.backoff(s.failures), maxPause)
	s.failures++
	s.failure = cause
	s.next = later(s.next, m.h.now().Add(max(asked, pause)))
}

// down returns why no more requests are sent to a host in this run, nil if they
// are.
func (m *manners) down(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.host(name); s.failures >= maxHostFailures {
		return s.failure
	}
	return nil
}

// backoff doubles with each attempt and varies by a quarter, so that failed
// links do not come back all at once.
func (h *Harvester) backoff(attempts int) time.Duration {
	d := h.Options.Backoff << min(attempts, 10)
	return d - d/8 + rand.N(d/4+1)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

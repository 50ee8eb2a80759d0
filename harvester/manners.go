package harvester

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

// manners is what one run remembers of hosts to be polite to them. What sources
// ask for a host holds for every source that leads there, and the most careful
// wins.
type manners struct {
	h      *Harvester
	source func(seed string) Source // with defaults filled in

	mu        sync.Mutex
	hosts     map[string]*hostState
	addresses map[netip.Addr]int // links under way at one address, by all its names
	sweepAt   int                // number of hosts
	wake      chan struct{}      // holds one token when there may be a link for one who waits
}

// hostState is what is known of one host.
type hostState struct {
	busy    int            // links under way
	next    time.Time      // earliest start of the next request
	held    time.Time      // the same, should every link under way become a request
	asks    map[string]ask // by seed
	ask     ask            // the most careful of them
	named   bool           // a source names it
	rules   rules          // of robots.txt
	read    time.Time      // when robots.txt was read; zero: not yet
	reading bool           // somebody reads it again
	pace    pace
	breaker breaker
	address netip.Addr // on the public web; zero: not known
}

// ask is what a source asks for a host.
type ask struct {
	delay   time.Duration // between the starts of two requests
	perHost int           // requests at once
}

const (
	// rulesAge is how long a robots.txt is relied on (RFC 9309, section 2.4).
	rulesAge = 24 * time.Hour
	// maxPerAddress is how many requests may be under way at once at one address,
	// by whatever names: platforms have the websites of a hundred municipalities on
	// one server. A source that may do more at one host may do so here.
	maxPerAddress = 4
	// maxHosts is how many hosts are remembered before those that need no care
	// are forgotten.
	maxHosts = 10_000
)

func newManners(h *Harvester, source func(string) Source) *manners {
	return &manners{
		h: h, source: source, hosts: map[string]*hostState{}, addresses: map[netip.Addr]int{},
		sweepAt: maxHosts, wake: make(chan struct{}, 1),
	}
}

// expect notes what a source asks for its hosts, before a link leads there.
func (m *manners) expect(s Source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range append([]string{host(s.URL)}, s.Hosts...) {
		of := m.host(name)
		of.named = true
		of.asked(s)
	}
}

// asked notes what a source asks for the host.
func (s *hostState) asked(by Source) {
	a := ask{by.Delay, by.PerHost}
	if old, ok := s.asks[by.URL]; ok && old == a {
		return
	}
	if s.asks == nil {
		s.asks = map[string]ask{}
	}
	s.asks[by.URL] = a
	s.ask = a
	for _, a := range s.asks {
		s.ask = ask{max(s.ask.delay, a.delay), min(s.ask.perHost, a.perHost)}
	}
}

// gap is the time between the starts of two requests.
func (s *hostState) gap() time.Duration { return max(s.ask.delay, s.rules.delay) + s.pace.pause }

// next waits for a link that may be fetched now. The caller gives its host back
// with release. If there is nothing left it returns io.EOF, or with stay set waits
// until stir.
func (m *manners) next(ctx context.Context, stay bool) (Link, error) {
	for {
		link, ok, wait, err := m.try(ctx)
		if stay && errors.Is(err, io.EOF) {
			err = nil
		}
		if err != nil || ok {
			m.stir() // there may be one more, or it is over for the others too
			return link, err
		}
		if err := m.h.rest(ctx, m.wake, wait); err != nil {
			return Link{}, err
		}
	}
}

// try asks the frontier for a link once. If there is none, wait is how long
// until there may be (0: unknown).
func (m *manners) try(ctx context.Context) (link Link, ok bool, wait time.Duration, err error) {
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
		s.asked(m.source(link.Seed))
		m.take(s, 1)
		s.held = now.Add(s.gap())
	}
	return link, ok, wait, err
}

// take changes how many links are under way at a host; the caller holds the lock.
func (m *manners) take(s *hostState, n int) {
	s.busy += n
	if s.address.IsValid() {
		if m.addresses[s.address] += n; m.addresses[s.address] == 0 {
			delete(m.addresses, s.address)
		}
	}
}

// free reports whether a request may begin at a host, and if it only must rest,
// for how long.
func (m *manners) free(name string, now time.Time) (free bool, rest time.Duration) {
	s := m.hosts[name]
	if s == nil {
		return true, 0
	}
	atOnce := max(1, s.ask.perHost)
	if s.read.IsZero() || s.breaker.open() {
		atOnce = 1 // until its rules are known, and until it answers again
	}
	if s.busy >= atOnce {
		return false, 0
	}
	if s.breaker.givenUp(now) != nil {
		return true, 0 // its links are only given up
	}
	if s.address.IsValid() && m.addresses[s.address] >= max(maxPerAddress, s.ask.perHost) {
		return false, 0
	}
	rest = max(0, later(s.next, s.held).Sub(now), s.breaker.rest(now))
	return rest == 0, rest
}

// rest waits until wake gives a token or, if wait is not 0, that time is over.
func (h *Harvester) rest(ctx context.Context, wake <-chan struct{}, wait time.Duration) error {
	var timer <-chan time.Time
	switch {
	case wait > 0 && h.After != nil:
		timer = h.After(wait)
	case wait > 0:
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
		if len(m.hosts) >= m.sweepAt {
			m.sweep()
		}
		s = &hostState{}
		m.hosts[name] = s
	}
	return s
}

// sweep forgets hosts that may be asked at once, as if they were new: harvests
// that follow links to any host meet very many.
func (m *manners) sweep() {
	now := m.h.now()
	for name, s := range m.hosts {
		if !s.named && s.busy == 0 && s.pace.pause == 0 && s.breaker.failures == 0 && s.next.Before(now) && now.Sub(s.read) > time.Hour {
			delete(m.hosts, name)
		}
	}
	m.sweepAt = max(maxHosts, 2*len(m.hosts))
}

// release gives a host back and wakes one who waits for a link.
func (m *manners) release(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.host(name)
	m.take(s, -1)
	if s.busy == 0 {
		s.held = time.Time{} // what did not become a request needs no rest
	}
	m.stir()
}

// stir wakes one who waits for a link; whoever finds one wakes the next.
func (m *manners) stir() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// rules returns what the host of u asks of crawlers, from its robots.txt or
// from memory. An error is about this program or its disk.
func (m *manners) rules(ctx context.Context, source Source, u *url.URL) (rules, error) {
	m.mu.Lock()
	s := m.host(u.Host)
	known, fresh := s.rules, !s.read.IsZero() && (s.reading || m.h.now().Sub(s.read) < rulesAge)
	s.reading = s.reading || !fresh
	m.mu.Unlock()
	if fresh {
		return known, nil
	}
	known, at, err := m.h.fetchRules(ctx, source, u)
	m.mu.Lock()
	defer m.mu.Unlock()
	s.reading = false
	if err == nil && known.unread == nil {
		s.rules, s.read = known, at
	}
	return known, err
}

// starts notes that a request begins: only now is the Crawl-delay of a new host
// known.
func (m *manners) starts(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.host(name)
	s.next = later(s.next, m.h.now().Add(s.gap()))
}

// answered notes that a host answers, and how fast.
func (m *manners) answered(name string, p *page) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.host(name)
	s.breaker.answered()
	if p.status != 0 {
		s.pace.answered(m.h.Options.Backoff, p.began, p.took)
	}
	m.locate(s, p.address)
}

// locate notes at which address a host is. Addresses that are not on the public
// web are the operator's own, and nobody shares them.
func (m *manners) locate(s *hostState, at netip.Addr) {
	if at == s.address || !at.IsValid() || at.IsLoopback() || at.IsPrivate() || at.IsLinkLocalUnicast() {
		return
	}
	busy := s.busy
	m.take(s, -busy)
	s.address = at
	m.take(s, busy)
}

// failed notes a request without a usable answer and leaves the host alone for
// as long as it asks, or a little longer each time.
func (m *manners) failed(name string, cause error, p *page) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.host(name)
	now := m.h.now()
	if strains(cause, p) {
		s.pace.overloaded(m.h.Options.Backoff, p.began, p.took)
	}
	pause := min(m.h.backoff(s.breaker.failures), maxPause)
	s.breaker.failed(now, cause, func(times int) time.Duration { return varied(time.Duration(times) * m.h.Options.Backoff) })
	s.next = later(s.next, now.Add(max(p.retryAfter, pause, s.gap())))
	m.locate(s, p.address)
}

// down returns why the links of a host are given up, nil if they are not.
func (m *manners) down(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.host(name).breaker.givenUp(m.h.now())
}

// backoff doubles with each attempt.
func (h *Harvester) backoff(attempts int) time.Duration {
	return varied(h.Options.Backoff << min(attempts, 10))
}

// varied changes a time by up to an eighth, so that what failed together does
// not come back together.
func varied(d time.Duration) time.Duration { return d - d/8 + rand.N(d/4+1) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

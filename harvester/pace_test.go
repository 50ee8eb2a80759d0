package harvester

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPaceStaysInItsBounds: whatever a host does, the pause is never under what
// is asked for it, nor over half a minute more.
func TestPaceStaysInItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pace
		at := midday
		floor := time.Duration(rapid.IntRange(0, 10_000).Draw(t, "floor")) * time.Millisecond
		s := hostState{ask: ask{delay: floor, perHost: 1}}
		for range rapid.IntRange(1, 300).Draw(t, "requests") {
			took := time.Duration(rapid.Int64Range(0, int64(2*time.Minute)).Draw(t, "took"))
			if rapid.Bool().Draw(t, "answers") {
				p.answered(time.Second, at, took)
			} else {
				p.overloaded(time.Second, at, took)
			}
			at = at.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "until the next")))
			s.pace = p
			if p.pause < 0 || p.pause > maxPause || s.gap() < floor {
				t.Fatalf("pause %v, gap %v over a floor of %v", p.pause, s.gap(), floor)
			}
		}
	})
}

// TestPaceComesBack: a host that answers fast for long is asked as often as is
// asked for, whatever happened before.
func TestPaceComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pace
		at := midday
		for range rapid.IntRange(1, 50).Draw(t, "troubles") {
			took := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "took"))
			p.overloaded(time.Second, at, took)
			p.answered(time.Second, at, took)
			at = at.Add(took + time.Second)
		}
		answers := 0
		for ; p.pause > 0 || answers < 300; answers++ {
			const took = 50 * time.Millisecond
			p.answered(time.Second, at, took)
			at = at.Add(took + p.pause)
			if answers > 1000 {
				t.Fatalf("after %d fast answers the pause is still %v", answers, p.pause)
			}
		}
	})
}

// TestPaceConverges: a host that bears a request every so often, and answers 429
// to more, is soon asked at about that pace, and seldom too often.
func TestPaceConverges(t *testing.T) {
	for _, bears := range []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 12 * time.Second} {
		var p pace
		at, last, refused, waited := midday, time.Time{}, 0, time.Duration(0)
		const warm, requests = 200, 2000
		for i := range requests {
			const took = 100 * time.Millisecond
			busy := at.Sub(last) < bears
			if last = at; busy {
				p.overloaded(time.Second, at, took)
			} else {
				p.answered(time.Second, at, took)
			}
			at = at.Add(max(took, p.pause))
			if i >= warm {
				waited += max(took, p.pause)
				if busy {
					refused++
				}
			}
		}
		mean := waited / (requests - warm)
		if mean < bears*9/10 || mean > 2*bears || refused > (requests-warm)/9 {
			t.Errorf("a host that bears a request each %v was asked each %v, and refused %d of %d", bears, mean, refused, requests-warm)
		}
	}
}

// TestPaceOfASlowHost: latency is compared with that of the host itself.
func TestPaceOfASlowHost(t *testing.T) {
	var p pace
	at := midday
	answer := func(took time.Duration, n int) {
		for range n {
			p.answered(time.Second, at, took)
			at = at.Add(took + p.pause)
		}
	}
	if answer(2*time.Second, 100); p.pause != 0 {
		t.Errorf("a host that is always slow rests %v more", p.pause)
	}
	p = pace{}
	if answer(50*time.Millisecond, 50); p.pause != 0 {
		t.Errorf("a fast host rests %v", p.pause)
	}
	if answer(3*time.Second, 10); p.pause < time.Second || p.pause > slower*3*time.Second {
		t.Errorf("a host that became slow rests %v", p.pause)
	}
	if answer(50*time.Millisecond, 300); p.pause != 0 {
		t.Errorf("a host that is fast again rests %v", p.pause)
	}
}

// TestPaceGrowsOnceForWhatWasUnderWay: four answers at once are one sign.
func TestPaceGrowsOnceForWhatWasUnderWay(t *testing.T) {
	var p pace
	for range 4 {
		p.overloaded(time.Second, midday, time.Second)
	}
	if p.pause != time.Second/2 {
		t.Errorf("pause %v, want it to have grown once", p.pause)
	}
	if p.overloaded(time.Second, midday.Add(2*time.Second), time.Second); p.pause != time.Second {
		t.Errorf("pause %v, want it to have grown twice", p.pause)
	}
}

// TestBreaker walks through its states.
func TestBreaker(t *testing.T) {
	var b breaker
	now := midday
	down := errors.New("connection refused")
	exactly := func(times int) time.Duration { return time.Duration(times) * time.Second }
	fail := func() { b.failed(now, down, exactly) }
	for range breaksAfter - 1 {
		fail()
	}
	if b.open() || b.rest(now) != 0 {
		t.Fatal("it opens too soon")
	}
	fail()
	for trial, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		if !b.open() || b.rest(now) != wait || b.givenUp(now) != nil {
			t.Fatalf("before trial %d: rest %v, want %v", trial+1, b.rest(now), wait)
		}
		fail() // what was under way when it opened counts for nothing
		if b.rest(now) != wait {
			t.Fatalf("a failure while it is open changes its rest to %v", b.rest(now))
		}
		now = now.Add(wait)
		if b.rest(now) != 0 {
			t.Fatalf("trial %d may not begin", trial+1)
		}
		fail()
	}
	for range 3 { // later rounds try once in half an hour
		if !errors.Is(b.givenUp(now), down) || b.rest(now) != 30*time.Minute {
			t.Fatalf("given up for %v, rest %v", b.givenUp(now), b.rest(now))
		}
		now = now.Add(30 * time.Minute)
		if b.givenUp(now) != nil || b.rest(now) != 0 || !b.open() {
			t.Fatal("half an hour later there is no trial")
		}
		fail()
	}
	if b.answered(); b.open() || b.givenUp(now) != nil || b.rest(now) != 0 {
		t.Error("an answer does not close it")
	}
}

// TestMannersOfOneAddress: names at one address share a bound; the operator's
// own addresses have none.
func TestMannersOfOneAddress(t *testing.T) {
	for address, want := range map[string]int{"193.191.217.1": maxPerAddress, "127.0.0.1": 10, "10.1.2.3": 10} {
		h := &Harvester{Options: Options{}.withDefaults(), Now: func() time.Time { return midday }}
		m := newManners(h, nil)
		free := 0
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
			s := m.host(name)
			s.read = midday
			m.locate(s, netip.MustParseAddr(address))
			if ok, _ := m.free(name, midday); ok {
				m.take(s, 1)
				free++
			}
		}
		if free != want {
			t.Errorf("%s: %d at once, want %d", address, free, want)
		}
		for name, s := range m.hosts {
			for s.busy > 0 {
				m.release(name)
			}
		}
		if len(m.addresses) != 0 {
			t.Errorf("left under way: %v", m.addresses)
		}
	}
}

// TestMostCarefulSourceWins.
func TestMostCarefulSourceWins(t *testing.T) {
	h := &Harvester{Options: Options{}.withDefaults(), Now: func() time.Time { return midday }}
	m := newManners(h, nil)
	m.expect(Source{URL: "https://a.example/", Delay: time.Second, PerHost: 4})
	m.expect(Source{URL: "https://b.example/", Hosts: []string{"a.example"}, Delay: 2 * time.Second, PerHost: 8})
	s := m.host("a.example")
	if s.ask != (ask{2 * time.Second, 4}) {
		t.Errorf("asked for %+v", s.ask)
	}
	m.expect(Source{URL: "https://b.example/", Hosts: []string{"a.example"}, Delay: time.Second / 2, PerHost: 2})
	if s.ask != (ask{time.Second, 2}) {
		t.Errorf("asked for %+v after the operator changed one", s.ask)
	}
	s.rules.delay = 5 * time.Second
	if s.gap() != 5*time.Second {
		t.Errorf("gap %v, want the longer Crawl-delay", s.gap())
	}
}

// TestHostsAreForgotten: a harvest that follows links to any host does not grow
// for ever, and does not forget those that need care.
func TestHostsAreForgotten(t *testing.T) {
	now := midday
	h := &Harvester{Options: Options{}.withDefaults(), Now: func() time.Time { return now }}
	m := newManners(h, nil)
	m.expect(Source{URL: "https://named.example/", PerHost: 1})
	m.host("down.example").breaker.failures = 3
	m.host("busy.example").busy = 1
	m.host("slow.example").next = midday.Add(48 * time.Hour)
	for i := range 3 * maxHosts {
		m.host("h" + time.Duration(i).String()).next = now
		now = now.Add(time.Second)
	}
	if len(m.hosts) > maxHosts+10 {
		t.Errorf("%d hosts are remembered", len(m.hosts))
	}
	for _, name := range []string{"named.example", "down.example", "busy.example", "slow.example"} {
		if m.hosts[name] == nil {
			t.Errorf("%s is forgotten", name)
		}
	}
}

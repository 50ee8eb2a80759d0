package harvester

import (
	"errors"
	"net/http"
	"time"
)

// pace finds how much rest a host needs over what its robots.txt and its sources
// ask for, from how it answers: as TCP does for a network, by growing the pause
// at once and much, and shrinking it slowly.
//
//   - An answer of 429 or 503, or none in time, doubles the pause, from half of
//     Options.Backoff up to half a minute.
//   - So does an answer that is slow for this host: where the latency of the
//     latest answers is over four times what it is when the host is at rest, and
//     half a second more. For this alone the pause grows to four latencies, no
//     further: a host that got slower for good is not left alone for ever.
//   - Every other answer takes a tenth of Options.Backoff off.
//   - Of requests under way together, only those that began after the pause last
//     grew count: they tell how the host bears it.
//
// The zero value is a host of which nothing is known: no pause.
type pace struct {
	pause   time.Duration // over what is asked for; 0..maxPause
	grew    time.Time     // when it last grew
	base    time.Duration // latency of the host at rest
	latency time.Duration // of the latest answers
}

const (
	// maxPause is the longest time that a host which gives no answer is left
	// alone, when it does not say for how long itself.
	maxPause = 30 * time.Second
	slack    = 500 * time.Millisecond // of latency, whatever it is at rest
	slower   = 4                      // times the latency at rest
)

// answered notes an answer that took so long to begin, to a request that began
// then. unit is Options.Backoff.
func (p *pace) answered(unit time.Duration, began time.Time, took time.Duration) {
	switch {
	case p.base == 0:
		p.base, p.latency = took, took
	case took < p.base:
		p.base -= (p.base - took) / 8
	default:
		// Very slowly, so that a busy day does not become what is usual.
		p.base += (took - p.base) / 512
	}
	p.latency += (took - p.latency) / 4
	if p.latency > slower*p.base+slack {
		p.grow(unit, began, took, min(maxPause, slower*p.latency))
		return
	}
	p.pause = max(0, p.pause-unit/10)
}

// overloaded notes that the host says that it is asked too much, or does not
// answer in time.
func (p *pace) overloaded(unit time.Duration, began time.Time, took time.Duration) {
	p.grow(unit, began, took, maxPause)
}

func (p *pace) grow(unit time.Duration, began time.Time, took, most time.Duration) {
	if !p.grew.IsZero() && began.Before(p.grew) {
		return
	}
	p.grew = began.Add(took)
	p.pause = max(p.pause, min(most, max(unit/2, 2*p.pause)))
}

// breaker keeps requests from a host that does not answer (the circuit breaker
// of electricity). After breaksAfter failures in a row it opens: nothing is
// asked for a while. Then one request tries; if it fails too, the while is twice
// as long. After maxTrials the links of the host are given up, and the next
// trial comes much later, in a later round. Any answer closes it.
type breaker struct {
	failures int       // in a row
	failure  error     // the last of them
	trials   int       // that failed, since it opened
	until    time.Time // no request before
}

const (
	breaksAfter = 10
	maxTrials   = 3
	// How long it stays open, in times Options.Backoff, which is a second: a
	// minute at first, half an hour when the host is given up.
	coolDown = 60
	giveUp   = 1800
)

func (b *breaker) answered() { *b = breaker{} }

// failed notes a failure; wait varies a time.
func (b *breaker) failed(now time.Time, cause error, wait func(times int) time.Duration) {
	b.failures++
	b.failure = cause
	if b.failures < breaksAfter || now.Before(b.until) { // the latter was under way when it opened
		return
	}
	if b.trials >= maxTrials {
		b.trials = maxTrials + 1
		b.until = now.Add(wait(giveUp))
		return
	}
	b.until = now.Add(wait(coolDown << b.trials))
	b.trials++
}

// open reports whether requests are only trials.
func (b *breaker) open() bool { return b.failures >= breaksAfter }

// rest is how long nothing may be asked.
func (b *breaker) rest(now time.Time) time.Duration {
	if !b.open() {
		return 0
	}
	return max(0, b.until.Sub(now))
}

// givenUp returns why links of the host are given up now, nil if they are not.
func (b *breaker) givenUp(now time.Time) error {
	if b.trials > maxTrials && now.Before(b.until) {
		return b.failure
	}
	return nil
}

// strains reports whether a failure tells that a host is asked too much.
func strains(cause error, p *page) bool {
	return p.status == http.StatusTooManyRequests || p.status == http.StatusServiceUnavailable || failing(cause) == FailedTimeout && !errors.Is(cause, errSlow)
}

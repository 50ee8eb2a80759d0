package site

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// What one client may ask of the validator: so many documents at once, and then
// one each so often.
const (
	limitBurst = 60
	limitEvery = time.Second
	limitMost  = 10_000 // clients that are remembered
)

// limiter holds clients to a rate: a bucket of tokens for each, which fills with
// time. The zero limiter is ready for use.
type limiter struct {
	mu      sync.Mutex
	clients map[netip.Prefix]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// take takes a token; if there is none it tells how long to wait for it.
func (l *limiter) take(client netip.Prefix, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.clients[client]
	if !known {
		b = bucket{limitBurst, now}
		l.forget(now)
	}
	b.tokens = min(limitBurst, b.tokens+float64(now.Sub(b.at))/float64(limitEvery))
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
	} else {
		wait = time.Duration((1 - b.tokens) * float64(limitEvery))
	}
	l.clients[client] = b
	return wait
}

// forget makes room: who has been away for a whole bucket starts anew anyway.
func (l *limiter) forget(now time.Time) {
	if l.clients == nil {
		l.clients = map[netip.Prefix]bucket{}
	}
	if len(l.clients) < limitMost {
		return
	}
	for c, b := range l.clients {
		if now.Sub(b.at) > limitBurst*limitEvery {
			delete(l.clients, c)
		}
	}
	if len(l.clients) >= limitMost { // many at once: better all anew than out of memory
		clear(l.clients)
	}
}

// clientOf tells clients apart: by address, of IPv6 the network of one
// connection. Whoever comes over the loopback is a proxy on this machine, which
// adds the address of its client to X-Forwarded-For.
func clientOf(r *http.Request) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	if forwarded := r.Header.Values("X-Forwarded-For"); addr.IsLoopback() && len(forwarded) > 0 {
		last := forwarded[len(forwarded)-1]
		last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		if a, err := netip.ParseAddr(last); err == nil {
			addr = a
		}
	}
	bits := 32
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits)
	return p
}

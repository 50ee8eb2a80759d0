package app

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// newClient makes the one HTTP client by which Belfort fetches what others
// name: pages, the validator's addresses. It follows no redirects (each caller
// decides on each hop) and, unless private is set, refuses to connect to
// private, loopback and link-local addresses. The check is on the address that
// is dialled, so neither a redirect nor a changed DNS answer gets around it. With
// ports named, only those are dialled: what a visitor names must not become a
// scan of somebody's ports.
func newClient(private bool, ports ...uint16) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !private {
		which := ssrf.WithAnyPort()
		if len(ports) > 0 {
			which = ssrf.WithPorts(ports...)
		}
		dialer.Control = ssrf.New(which).Safe
	}
	dial := dialer.DialContext
	if private {
		dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, loopback(address))
		}
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dial,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    15 * time.Second,
			ResponseHeaderTimeout:  60 * time.Second,
			MaxResponseHeaderBytes: 1 << 20,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        30 * time.Second,
		},
	}
}

// loopback turns names under .localhost into the loopback address: not every
// system's resolver does what RFC 6761, section 6.3 asks.
func loopback(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !strings.HasSuffix(host, ".localhost") {
		return address
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1}).String() + ":" + port
}

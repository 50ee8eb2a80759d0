package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"github.com/belfort-lod/belfort/harvester"
)

// newClient makes the one HTTP client by which Belfort fetches what others
// name: pages, the validator's addresses. It follows no redirects (each caller
// decides on each hop), and unless private is set it is guarded. With ports
// named, only those are dialled: what a visitor names must not become a scan of
// somebody's ports. It uses no proxy, whatever the environment says: one would
// connect in our place, past the guard.
func newClient(private bool, ports ...uint16) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !private {
		dialer.Control = guard(ports...)
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
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    15 * time.Second,
			ResponseHeaderTimeout:  60 * time.Second,
			MaxResponseHeaderBytes: 128 << 10,
			ReadBufferSize:         16 << 10,
			MaxIdleConnsPerHost:    32, // more than any source may use at once
			MaxIdleConns:           512,
			IdleConnTimeout:        90 * time.Second,
		},
	}
}

// guard refuses to connect to private, loopback and link-local addresses, and to
// IPv6 addresses that stand for an IPv4 address (mapped, NAT64, 6to4, Teredo),
// behind which one of these may be. It is asked about the address that is
// dialled, after the name was looked up, so neither a redirect nor a DNS answer
// that changes gets around it.
func guard(ports ...uint16) func(network, address string, c syscall.RawConn) error {
	which := ssrf.WithAnyPort()
	if len(ports) > 0 {
		which = ssrf.WithPorts(ports...)
	}
	safe := ssrf.New(which).Safe
	return func(network, address string, c syscall.RawConn) error {
		err := safe(network, address, c)
		if err != nil && !errors.Is(err, ssrf.ErrProhibitedPort) {
			err = fmt.Errorf("%w: %w", harvester.ErrPrivate, err)
		}
		return err
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

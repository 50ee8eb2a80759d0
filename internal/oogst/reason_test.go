package oogst

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"code.dny.dev/ssrf"

	"github.com/belfort-lod/belfort/harvester"
)

// TestReason holds what people read for the errors that the standard library
// and the harvester make.
func TestReason(t *testing.T) {
	get := func(cause error) error {
		return fmt.Errorf("fetch page: %w", &url.Error{Op: "Get", URL: "https://vlavirgem.example/", Err: cause})
	}
	dial := func(cause error) error {
		return get(&net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 443}, Err: cause})
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{dial(ssrf.ErrProhibitedIP), "openbare web"},
		{dial(ssrf.ErrProhibitedPort), "80 en 443"},
		{get(errors.New(`unsupported protocol scheme "file"`)), "geen adres van een webpagina"},
		{dial(&net.DNSError{Err: "no such host", Name: "vlavirgem.example", Server: "10.255.255.53:53", IsNotFound: true}), "DNS"},
		{dial(&net.DNSError{Err: "i/o timeout", Name: "vlavirgem.example", Server: "10.255.255.53:53", IsTimeout: true}), "DNS"},
		{get(context.DeadlineExceeded), "binnen de tijd"},
		{dial(errors.New("connect: connection refused")), "neemt de verbinding niet aan"},
		{get(x509.UnknownAuthorityError{}), "certificaat"},
		{get(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "vlavirgem.example"}), "certificaat"},
		{get(errors.New("http: server gave HTTP response to HTTPS client")), "geen https"},
		{get(io.EOF), "brak de verbinding af"},
		{errors.New("fetch https://vlavirgem.example/x: 404 Not Found"), "bestaat niet (404)"},
		{errors.New("fetch https://vlavirgem.example/x: 503 Service Unavailable"), "storing (503)"},
		{errors.New("fetch https://vlavirgem.example/x: 418 I'm a teapot"), "status 418"},
		{errors.New("fetch https://vlavirgem.example/x: more than five redirects"), "verwijst door"},
		{errors.New("read https://vlavirgem.example/x: body is larger than the bound of 64 MB"), "te groot"},
		{errors.New("fetch https://vlavirgem.example/x: robots.txt does not allow it"), "met rust"},
		{fmt.Errorf("fetch https://vlavirgem.example/x: the host does not answer: %w", dial(errors.New("connect: connection refused"))), "neemt de verbinding niet aan"},
		{errors.New("fetch https://vlavirgem.example/x: the host does not answer: what is this"), "antwoordt niet"},
		{errors.New("fetch https://vlavirgem.example/x: the host does not give its rules: fetch https://vlavirgem.example/robots.txt: 503 Service Unavailable"), "robots.txt"},
		{errors.New("fetch https://vlavirgem.example/x: redirects go round in a circle; some sites do so to visitors who take no cookies"), "verwijst door"},
		{errors.New("read https://vlavirgem.example/x: the page leads to 9 others, more than the bound of 8"), "meer andere pagina's"},
		{errors.New("something new"), "kon niet gelezen worden"},
	} {
		text := Why("", 0, c.err.Error())
		if !strings.Contains(text.NL, c.want) || text.EN == "" {
			t.Errorf("%v: %q, want %q in it", c.err, text.NL, c.want)
		}
		if shown := Public(c.err.Error()); regexp.MustCompile(`\d+\.\d+\.\d+|:53\b`).MatchString(shown) {
			t.Errorf("an address leaks: %s", shown)
		}
	}
	visit := harvester.Visit{URL: "http://10.1.2.3/x", Error: "fetch http://10.1.2.3/x: robots.txt does not allow it"}
	if got, want := Detail(visit), "robots.txt does not allow it"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	want := "read tcp connection reset by peer"
	if got := Public("read tcp [fe80::1%eth0]:4711->93.184.216.34:443: connection reset by peer"); strings.ReplaceAll(got, " :", "") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWhy: a kind has a text of its own, which the text of the error may make
// more exact; and each kind of the harvester has one.
func TestWhy(t *testing.T) {
	for _, c := range []struct {
		kind   harvester.Failing
		status int
		failed string
		want   string
	}{
		{harvester.FailedTLS, 0, "whatever", "certificaat"},
		{harvester.FailedTLS, 0, "http: server gave HTTP response to HTTPS client", "geen https"},
		{harvester.FailedPrivate, 0, "prohibited port", "80 en 443"},
		{harvester.FailedPrivate, 0, "", "openbare web"},
		{harvester.FailedStatus, 404, "", "bestaat niet (404)"},
		{harvester.FailedStatus, 507, "", "storing (507)"},
		{harvester.FailedStatus, 418, "", "status 418"},
		{harvester.FailedStatus, 0, "", "kon niet gelezen worden"},
		{harvester.FailedTimeout, 0, "lookup x: i/o timeout", "binnen de tijd"},
		{harvester.FailedScript, 0, "", "JavaScript"},
		{"something new", 0, "", "kon niet gelezen worden"},
	} {
		if got := Why(c.kind, c.status, c.failed); !strings.Contains(got.NL, c.want) || got.EN == "" {
			t.Errorf("%s %d %q: %q, want %q in it", c.kind, c.status, c.failed, got.NL, c.want)
		}
	}
	for _, kind := range []harvester.Failing{harvester.FailedAddress, harvester.FailedPrivate, harvester.FailedDNS, harvester.FailedTLS, harvester.FailedConnection,
		harvester.FailedTimeout, harvester.FailedRobots, harvester.FailedRules, harvester.FailedHost, harvester.FailedSize, harvester.FailedLinks, harvester.FailedRedirect,
		harvester.FailedType, harvester.FailedSyntax, harvester.FailedEmpty, harvester.FailedScript, harvester.FailedBudget, harvester.FailedLogin} {
		if Why(kind, 0, "") == unknown {
			t.Errorf("nothing is said of %q", kind)
		}
	}
}

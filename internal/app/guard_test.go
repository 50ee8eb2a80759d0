package app

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"code.dny.dev/ssrf"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/files"
	"github.com/belfort-lod/belfort/internal/state/pebble"
)

// TestGuard: what is dialled decides, in each way in which an address can be
// written or hidden in another.
func TestGuard(t *testing.T) {
	dial := guard()
	for address, what := range map[string]string{
		"127.0.0.1:80":               "loopback",
		"127.255.255.254:8890":       "loopback, elsewhere",
		"0.0.0.0:80":                 "this host",
		"10.0.0.1:443":               "private",
		"172.31.255.255:80":          "private",
		"192.168.1.1:80":             "private",
		"100.64.0.1:80":              "shared by a provider",
		"169.254.169.254:80":         "link-local: the metadata of a cloud",
		"224.0.0.1:80":               "multicast",
		"255.255.255.255:80":         "broadcast",
		"[::]:80":                    "this host",
		"[::1]:80":                   "loopback",
		"[::ffff:127.0.0.1]:80":      "mapped",
		"[::ffff:a9fe:a9fe]:80":      "mapped, in hexadecimal",
		"[::127.0.0.1]:80":           "compatible",
		"[64:ff9b::7f00:1]:80":       "NAT64",
		"[64:ff9b:1::a00:1]:80":      "local NAT64",
		"[2002:7f00:1::]:80":         "6to4",
		"[2001:0:7f00:1::1]:80":      "Teredo",
		"[fc00::1]:80":               "unique local",
		"[fe80::1]:80":               "link-local",
		"[fe80::1%eth0]:80":          "link-local with a zone",
		"[ff02::1]:80":               "multicast",
		"[2001:db8::1]:80":           "documentation",
		"[fec0::1]:80":               "site-local",
		"[::ffff:0:7f00:1%lo]:80":    "translated",
		"[2002:a00:1:0:5efe::1]:443": "6to4 again",
	} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := dial(network, address, nil); !errors.Is(err, harvester.ErrPrivate) {
			t.Errorf("%s (%s): %v, want it refused as private", address, what, err)
		}
	}
	for _, address := range []string{"193.191.217.1:443", "[2a00:1d38:1::1]:80", "8.8.8.8:8443"} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := dial(network, address, nil); err != nil {
			t.Errorf("%s: %v, want it allowed", address, err)
		}
	}
	if err := dial("udp4", "193.191.217.1:53", nil); err == nil {
		t.Error("another protocol is allowed")
	}
	if err := guard(80, 443)("tcp4", "193.191.217.1:22", nil); !errors.Is(err, ssrf.ErrProhibitedPort) {
		t.Errorf("port 22: %v", err)
	}
}

// TestGuardedClient: names and addresses that lead inside are not connected to,
// however they are written.
func TestGuardedClient(t *testing.T) {
	asked := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer inside.Close()
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(false)
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]"} {
		res, err := client.Get("http://" + host + ":" + port + "/")
		if err == nil {
			res.Body.Close()
		}
		if !errors.Is(err, harvester.ErrPrivate) {
			t.Errorf("%s: %v, want it refused as private", host, err)
		}
	}
	if asked {
		t.Error("the server inside was asked")
	}
}

// TestNoProxyFromTheEnvironment: a proxy would connect past the guard.
func TestNoProxyFromTheEnvironment(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "http://127.0.0.1:9")
	}
	for _, private := range []bool{false, true} {
		if transport := newClient(private).Transport.(*http.Transport); transport.Proxy != nil {
			t.Errorf("private %v: the client may use a proxy", private)
		}
	}
}

// TestOldTLS: not below 1.2.
func TestOldTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	client := newClient(true)
	client.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true
	res, err := client.Get(server.URL)
	if err == nil {
		res.Body.Close()
		t.Fatal("TLS 1.1 is accepted")
	}
	if !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("error %v", err)
	}
}

// outside answers for one host of the public web, and leaves the others to a
// guarded client.
type outside struct {
	host   string
	inside *http.Client
	to     string // where its pages redirect to
}

func (o outside) Do(r *http.Request) (*http.Response, error) {
	if r.URL.Host != o.host {
		return o.inside.Do(r)
	}
	res := &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {o.to}}, Body: io.NopCloser(strings.NewReader("")), Request: r}
	if r.URL.Path == "/robots.txt" {
		res.StatusCode = http.StatusNotFound
	}
	return res, nil
}

// TestRedirectInside: a page on the web cannot send the harvester inside, and
// the evidence says what happened.
func TestRedirectInside(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	db, err := pebble.Open(filepath.Join(t.TempDir(), "state"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	blobs, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &harvester.Harvester{
		Frontier: db.Frontier(), Visits: db.Visits(), Blobs: blobs,
		Client:  outside{"www.gemeente.example", newClient(false), server.URL + "/geheim"},
		Options: harvester.Options{MaxAttempts: 1},
		Accept: func(context.Context, besluit.Publicatie) (harvester.Outcome, error) {
			return harvester.New, nil
		},
	}
	totals, err := h.Run(t.Context(), harvester.Sources("https://www.gemeente.example/"))
	if err != nil {
		t.Fatal(err)
	}
	if asked || totals.Failed != 1 || !errors.Is(totals.Failures[0].Err, harvester.ErrPrivate) {
		t.Fatalf("totals %+v; the server inside was asked: %v", totals, asked)
	}
	v, _, err := h.Visits.Last(t.Context(), server.URL+"/geheim")
	if err != nil || v.Failure != harvester.FailedPrivate {
		t.Errorf("visit %+v, %v", v, err)
	}
}

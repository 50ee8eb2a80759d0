package harvester

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// fetcher is a harvester that only fetches.
func fetcher(client Doer) *Harvester {
	return &Harvester{Client: client, Options: Options{UserAgent: "Belfort/test", Timeout: 10 * time.Second}.withDefaults()}
}

func plainClient() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL + "/"
}

const mega = 1 << 20

// TestEvidence: what a visit keeps of an answer.
func TestEvidence(t *testing.T) {
	url := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
		h := rw.Header()
		h.Set("Content-Type", `Text/HTML; charset="utf-8"`)
		h.Set("ETag", `"1"`)
		h.Set("Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT")
		h.Set("Cache-Control", "max-age=60")
		h.Set("Set-Cookie", "session=geheim")
		h["X-Twice"] = []string{"a", "b"}
		fmt.Fprint(rw, "inhoud")
	})
	h := fetcher(plainClient())
	p, err := h.get(t.Context(), Source{}, url, Visit{}, mega)
	if err != nil {
		t.Fatal(err)
	}
	v := Visit{Received: "of an earlier one"}
	p.evidence(&v)
	sum := sha256.Sum256([]byte("inhoud"))
	if p.hash != hex.EncodeToString(sum[:]) || string(p.body) != "inhoud" || v.Received != "" {
		t.Errorf("body %q with hash %s; received %q", p.body, p.hash, v.Received)
	}
	if v.Status != 200 || v.Peer != nil || p.mediaType != "text/html" || p.etag != `"1"` || v.Lifetime != time.Minute || !v.Due.After(time.Now()) {
		t.Errorf("%+v of %+v", v, p)
	}
	if len(v.Header["X-Twice"]) != 2 || v.Header.Get("Content-Length") != "6" || v.Header.Get("Date") == "" {
		t.Errorf("header %v is not as it was received", v.Header)
	}
	if v.Header["Set-Cookie"] != nil {
		t.Errorf("header %v holds a secret", v.Header)
	}
}

// TestConditionalRequests: a 304 keeps what it does not say, and counts only
// where there is something that it can confirm.
func TestConditionalRequests(t *testing.T) {
	var asked http.Header
	url := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		asked = r.Header
		rw.Header().Set("Cache-Control", "max-age=5")
		rw.WriteHeader(http.StatusNotModified)
	})
	h := fetcher(plainClient())
	last := Visit{ETag: `"a-gzip"`, LastModified: "Sat, 21 Nov 2026 10:00:00 GMT", SHA256: "0"}
	p, err := h.get(t.Context(), Source{}, url, last, mega)
	if err != nil || p.etag != last.ETag || p.lastModified != last.LastModified || p.freshness.lifetime != 5*time.Second {
		t.Errorf("%+v, %v", p, err)
	}
	if asked.Get("If-None-Match") != `"a-gzip", "a"` || asked.Get("If-Modified-Since") != last.LastModified {
		t.Errorf("asked with %v", asked)
	}
	last.SHA256 = ""
	if _, err := h.get(t.Context(), Source{}, url, last, mega); failing(err) != FailedStatus || asked.Get("If-None-Match") != "" {
		t.Errorf("nothing is kept, asked with %v: %v", asked, err)
	}
}

// TestCredentials go to the hosts of the source, and nowhere else.
func TestCredentials(t *testing.T) {
	var asked []string
	h := fetcher(doer(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "" {
			asked = append(asked, r.URL.String())
		}
		return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: http.NoBody}, nil
	}))
	source := Source{
		URL: "https://besloten.example/raad", Hosts: []string{"data.besloten.example"},
		Authorize: func(_ context.Context, r *http.Request) error { r.SetBasicAuth("naam", "geheim"); return nil },
	}
	for _, url := range []string{
		"https://besloten.example/raad/1", "https://data.besloten.example/", "https://besloten.example/robots.txt", // yes
		"https://elders.example/", "https://besloten.example.elders.example/", "https://besloten.example:8443/", "http://besloten.example/",
	} {
		p, err := h.get(t.Context(), source, url, Visit{}, mega)
		if err != nil || failing(statusError(url, p.status)) != FailedLogin {
			t.Errorf("%s: %+v, %v", url, p, err)
		}
	}
	if want := "https://besloten.example/raad/1 https://data.besloten.example/ https://besloten.example/robots.txt"; strings.Join(asked, " ") != want {
		t.Errorf("credentials were sent to %v, want %s", asked, want)
	}
	source.Authorize = func(context.Context, *http.Request) error { return errors.New("the token server refuses") }
	if _, err := h.get(t.Context(), source, source.URL, Visit{}, mega); failing(err) != FailedLogin || len(asked) != 3 {
		t.Errorf("without a token: %v, asked %v", err, asked)
	}
}

// doer is a web without a network.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// TestKindsOfFailure: each from a server that really fails so.
func TestKindsOfFailure(t *testing.T) {
	raw := func(write string) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = c.Read(make([]byte, 4096))
				_, _ = io.WriteString(c, write)
				_ = c.Close()
			}
		}()
		return "http://" + l.Addr().String() + "/"
	}
	closed := raw("")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + l.Addr().String() + "/"
	_ = l.Close()
	for name, c := range map[string]struct {
		url  string
		want Failing
		text string
	}{
		"nobody listens":               {refusing, FailedConnection, "connection refused"},
		"hangs up":                     {closed, FailedConnection, "EOF"},
		"does not speak HTTP":          {raw("220 mail.example ESMTP\r\n"), FailedConnection, "malformed HTTP"},
		"a status without sense":       {raw("HTTP/1.1 9 x\r\n\r\n"), FailedConnection, "malformed HTTP"},
		"shorter than it says":         {raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nkort"), FailedConnection, "unexpected EOF"},
		"chunks that are none":         {raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), FailedConnection, "chunk length"},
		"two lengths":                  {raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nkortx"), FailedConnection, "Content-Length"},
		"a header with too many lines": {raw("HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 1000) + "\r\n"), FailedSize, "header"},
		"a header that is too long":    {raw("HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 100_000) + "\r\n\r\n"), FailedSize, "header"},
		"TLS where there is none":      {strings.Replace(raw("HTTP/1.1 400 Bad Request\r\n\r\n"), "http:", "https:", 1), FailedTLS, "HTTP response to HTTPS"},
		"no address":                   {"http://exa mple/", FailedAddress, "invalid character"},
		"an address without end":       {"http://127.0.0.1/" + strings.Repeat("a", maxURL), FailedAddress, "longer than the bound"},
	} {
		t.Run(name, func(t *testing.T) {
			client := plainClient()
			client.Transport = &http.Transport{}
			p, err := fetcher(client).get(t.Context(), Source{}, c.url, Visit{}, mega)
			if p == nil || failing(err) != c.want || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v: kind %q, want %q with %q", err, failing(err), c.want, c.text)
			}
		})
	}
	for name, c := range map[string]struct {
		err  error
		want Failing
	}{
		"a name that is not found":     {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "x.example", IsNotFound: true}}, FailedDNS},
		"a name server that is silent": {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "i/o timeout", Name: "x.example", IsTimeout: true}}, FailedDNS},
		"refused by the guard":         {&net.OpError{Op: "dial", Err: fmt.Errorf("%w: prohibited IP address", ErrPrivate)}, FailedPrivate},
		"a deadline":                   {context.DeadlineExceeded, FailedTimeout},
		"a handshake that takes long":  {&net.OpError{Op: "read", Err: timeout{}}, FailedTimeout},
		"an alert of TLS":              {&net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}, FailedTLS},
	} {
		h := fetcher(doer(func(*http.Request) (*http.Response, error) { return nil, c.err }))
		if _, err := h.get(t.Context(), Source{}, "https://x.example/", Visit{}, mega); failing(err) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: kind %q, want %q", name, failing(err), c.want)
		}
	}
	for err, want := range map[error]Failing{
		nil: "", errDisallowed: FailedRobots, errTooLarge: FailedSize, errors.New("else"): FailedSyntax,
		failed(FailedHost, fmt.Errorf("nothing more: %w", failed(FailedTimeout, io.EOF))): FailedHost,
		statusError("x", 404): FailedStatus, statusError("x", 403): FailedLogin,
	} {
		if got := failing(err); got != want {
			t.Errorf("%v: kind %q, want %q", err, got, want)
		}
	}
}

type timeout struct{}

func (timeout) Error() string   { return "i/o timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

// issue makes a certificate for 127.0.0.1, signed by another one or by itself.
func issue(t *testing.T, name string, by *tls.Certificate, change func(*x509.Certificate)) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour).Truncate(time.Second),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: by == nil || by.Leaf.Subject.CommonName == "wortel",
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, any(key)
	if by != nil {
		parent, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// TestTLS: a chain that is not complete, an old certificate, another name: each
// is told apart, with the certificate as evidence.
func TestTLS(t *testing.T) {
	root := issue(t, "wortel", nil, nil)
	authority := issue(t, "tussen", root, nil)
	good := issue(t, "gemeente.example", authority, nil)
	old := issue(t, "gemeente.example", authority, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	other := issue(t, "elders.example", authority, func(c *x509.Certificate) {
		c.IPAddresses, c.DNSNames, c.Subject = nil, []string{"elders.example"}, pkix.Name{}
	})
	alone := issue(t, "eigen", nil, nil)
	chain := authority.Certificate[0]
	for name, c := range map[string]struct {
		cert *tls.Certificate
		with [][]byte
		want string // in the error; "" for none
		peer string
	}{
		"complete":             {good, [][]byte{chain}, "", "gemeente.example"},
		"not complete":         {good, nil, `the server does not send the certificate of "CN=tussen", so its chain is not complete`, "gemeente.example"},
		"expired":              {old, [][]byte{chain}, "certificate has expired", "gemeente.example"},
		"of another name":      {other, [][]byte{chain}, "127.0.0.1", "elders.example"},
		"signed by itself":     {alone, nil, "signed by itself", "eigen"},
		"of an unknown issuer": {good, [][]byte{chain, alone.Certificate[0]}, "", "gemeente.example"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "inhoud") }))
			sent := *c.cert
			sent.Certificate = append([][]byte{sent.Certificate[0]}, c.with...)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{sent}}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			roots := x509.NewCertPool()
			roots.AddCert(root.Leaf)
			client := plainClient()
			client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
			defer client.CloseIdleConnections()
			p, err := fetcher(client).get(t.Context(), Source{}, server.URL, Visit{}, mega)
			if c.want == "" {
				if err != nil || p.peer.Version != "TLS 1.3" || p.peer.Issuer != "tussen" || !p.peer.NotAfter.Equal(c.cert.Leaf.NotAfter) || len(p.peer.Fingerprint) != 64 {
					t.Errorf("%+v, %v", p.peer, err)
				}
			} else if failing(err) != FailedTLS || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: kind %q, want %q", err, failing(err), c.want)
			}
			if p.peer == nil || p.peer.Name != c.peer {
				t.Errorf("peer %+v, want %s", p.peer, c.peer)
			}
		})
	}
}

// inGzip packs a body.
func inGzip(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(body)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPackedBodies: what is asked for is read, within bounds; what is not, is not.
func TestPackedBodies(t *testing.T) {
	page := []byte(strings.Repeat("een gewone bladzijde met wat tekst, ", 3000))
	packed := inGzip(t, page)
	noise := make([]byte, 300_000)
	_, _ = rand.Read(noise)
	for name, c := range map[string]struct {
		coding []string
		body   []byte
		want   Failing
		text   string
	}{
		"gzip":                       {[]string{"gzip"}, packed, "", ""},
		"its old name":               {[]string{"X-GZip"}, packed, "", ""},
		"as it is":                   {[]string{"identity"}, page, "", ""},
		"two pieces":                 {[]string{"gzip"}, append(inGzip(t, page[:1000]), inGzip(t, page[1000:])...), "", ""},
		"nothing":                    {[]string{"gzip"}, nil, "", ""},
		"cut off":                    {[]string{"gzip"}, packed[:len(packed)-9], FailedConnection, "cut off"},
		"cut off in its header":      {[]string{"gzip"}, packed[:5], FailedConnection, "cut off"},
		"damaged":                    {[]string{"gzip"}, append(append([]byte{}, packed[:len(packed)-6]...), 1, 2, 3, 4, 5, 6), FailedSyntax, "damaged"},
		"not packed at all":          {[]string{"gzip"}, page, FailedSyntax, "damaged"},
		"another coding":             {[]string{"br"}, page, FailedType, "content coding"},
		"two codings":                {[]string{"gzip, gzip"}, inGzip(t, packed), FailedType, "content coding"},
		"two codings in two lines":   {[]string{"gzip", "deflate"}, packed, FailedType, "content coding"},
		"a bomb":                     {[]string{"gzip"}, inGzip(t, make([]byte, 2*mega-1)), FailedSize, "packed tighter"},
		"larger than the bound":      {[]string{"gzip"}, inGzip(t, bytes.Repeat(noise, 8)), FailedSize, "larger than the bound"},
		"pieces that hold nothing":   {[]string{"gzip"}, bytes.Repeat(inGzip(t, nil), 110_000), FailedSize, "larger than the bound"},
		"packed tightly, but small":  {[]string{"gzip"}, inGzip(t, make([]byte, mega/2)), "", ""},
		"packed, and no page inside": {[]string{"gzip"}, inGzip(t, nil), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, func(rw http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept-Encoding") != "gzip" {
					t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
				}
				rw.Header()["Content-Encoding"] = c.coding
				_, _ = rw.Write(c.body)
			})
			p, err := fetcher(plainClient()).get(t.Context(), Source{}, url, Visit{}, 2*mega)
			if failing(err) != c.want || err != nil && !strings.Contains(err.Error(), c.text) {
				t.Fatalf("%v: kind %q, want %q with %q", err, failing(err), c.want, c.text)
			}
			if sum := sha256.Sum256(p.body); err == nil && p.hash != hex.EncodeToString(sum[:]) {
				t.Errorf("the hash is not of the body, of %d bytes", len(p.body))
			}
			if err == nil && (c.coding[0] == "identity" || strings.HasPrefix(name, "two")) && !bytes.Equal(p.body, page) {
				t.Errorf("read %d bytes, want %d", len(p.body), len(page))
			}
		})
	}
}

// TestBodiesDoNotShareMemory: a body stays what it was when its buffer serves for
// another.
func TestBodiesDoNotShareMemory(t *testing.T) {
	url := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		for range 50 {
			_, _ = io.WriteString(rw, strings.Repeat(r.URL.RawQuery, 100))
			_ = http.NewResponseController(rw).Flush()
		}
	})
	h := fetcher(plainClient())
	var bodies [][]byte
	for i := range 20 {
		p, err := h.get(t.Context(), Source{}, url+"?"+string(rune('a'+i)), Visit{}, mega)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, p.body)
	}
	for i, b := range bodies {
		if string(b) != strings.Repeat(string(rune('a'+i)), 5000) {
			t.Errorf("body %d is another one", i)
		}
	}
}

// dripping is a body that comes in pieces, each after a while.
type dripping struct {
	ctx   context.Context
	piece int
	every time.Duration
	left  int
}

func (d *dripping) Read(b []byte) (int, error) {
	if d.left <= 0 {
		return 0, io.EOF
	}
	select {
	case <-d.ctx.Done():
		return 0, context.Cause(d.ctx)
	case <-time.After(d.every):
	}
	n := min(d.piece, d.left, len(b))
	d.left -= n
	return n, nil
}

func (d *dripping) Close() error { return nil }

// TestSlowBodies: a slow network is borne, a slow loris is not.
func TestSlowBodies(t *testing.T) {
	for name, c := range map[string]struct {
		piece, size int
		every       time.Duration
		want        string // in the failure, "" for none
		within      time.Duration
	}{
		"a slow line":            {64 << 10, 10 * mega, time.Second, "", 3 * time.Minute},
		"a modem":                {3000, 400_000, time.Second, "", 3 * time.Minute},
		"a byte each second":     {1, 10 * mega, time.Second, "too slowly", 32 * time.Second},
		"a byte now and then":    {1, 10 * mega, 29 * time.Second, "too slowly", 59 * time.Second},
		"nothing":                {1, 10 * mega, time.Hour, "sends nothing", 31 * time.Second},
		"just enough, for hours": {3000, 10 * mega, time.Second, "not all came in 5m0s", 5*time.Minute + 2*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := fetcher(doer(func(r *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: &dripping{r.Context(), c.piece, c.every, c.size}}, nil
				}))
				h.Options.Timeout = time.Minute
				begun := time.Now()
				p, err := h.get(t.Context(), Source{}, "https://a.example/", Visit{}, 20*mega)
				if took := time.Since(begun); took > c.within {
					t.Errorf("took %v", took)
				}
				if c.want == "" {
					if err != nil || len(p.body) != c.size {
						t.Errorf("%d bytes, %v", len(p.body), err)
					}
				} else if failing(err) != FailedTimeout || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v: kind %q, want %q", err, failing(err), c.want)
				}
			})
		})
	}
}

// TestSilentServer: an answer begins within the time, or is not waited for.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := fetcher(doer(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		}))
		begun := time.Now()
		if _, err := h.get(t.Context(), Source{}, "https://a.example/", Visit{}, mega); failing(err) != FailedTimeout || time.Since(begun) != 10*time.Second {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := h.get(ctx, Source{}, "https://a.example/", Visit{}, mega); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

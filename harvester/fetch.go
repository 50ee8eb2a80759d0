package harvester

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	neturl "net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// page is the answer to one request, or what is known of why there is none.
type page struct {
	status       int // 0: no answer
	header       http.Header
	peer         *Peer
	mediaType    string // lower case, without parameters
	contentType  string // as sent
	etag         string
	lastModified string
	location     string        // of a redirect, unresolved
	retryAfter   time.Duration // what the server asks for, 0 if nothing
	freshness    freshness
	body         []byte // of a 200, unpacked
	hash         string // SHA-256 of body, hex, "" without one
	asked        time.Time
	// When the request began and how long it took until the answer did, by the
	// clock of this machine.
	began   time.Time
	took    time.Duration
	address netip.Addr // of the server, zero if that is not known
}

// busy reports whether the server says that it can not answer now.
func (p *page) busy() bool {
	return p.status == http.StatusTooManyRequests || p.status >= http.StatusInternalServerError
}

// redirects reports whether the page is elsewhere.
func (p *page) redirects() bool {
	return p.status > 300 && p.status < 400 && p.status != http.StatusNotModified && p.location != ""
}

// moved reports whether the page is elsewhere for good.
func (p *page) moved() bool {
	return p.redirects() && (p.status == http.StatusMovedPermanently || p.status == http.StatusPermanentRedirect)
}

// evidence notes on a visit what the answer was: status, header, TLS peer, and
// until when it is fresh. Received is for who keeps the body.
func (p *page) evidence(v *Visit) {
	v.Status, v.Header, v.Peer, v.Received = p.status, p.header, p.peer, ""
	v.Due, v.Lifetime = p.freshness.until, p.freshness.lifetime
}

// hidden are fields that hold secrets, ours or theirs, and say nothing of the
// page.
var hidden = []string{
	"Set-Cookie", "Set-Cookie2", "Authentication-Info", "Proxy-Authenticate", "Proxy-Authentication-Info",
	"X-Csrf-Token", "X-Xsrf-Token",
}

// Bounds on the header of an answer. Real ones have some 20 fields in 2 KB.
const (
	maxHeader = 64 << 10 // bytes
	maxFields = 256
)

var errHeader = failed(FailedSize, errors.New("header of the answer is larger than the bound"))

// shown returns the header as evidence: as received, without secrets.
func shown(h http.Header) (http.Header, error) {
	kept := make(http.Header, len(h))
	size, fields := 0, 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v) + 4
		}
		if fields += len(values); !slices.Contains(hidden, name) {
			kept[name] = values
		}
	}
	if size > maxHeader || fields > maxFields {
		return nil, fmt.Errorf("%w of %d KB, %d fields", errHeader, maxHeader>>10, maxFields)
	}
	return kept, nil
}

// accept asks for HTML first, and for the syntaxes of LDES feeds.
const accept = "text/html,application/xhtml+xml,text/turtle;q=0.9,application/ld+json;q=0.8,application/n-quads;q=0.7,application/trig;q=0.7,*/*;q=0.1"

// errTooLarge is a body over the bound.
var errTooLarge = failed(FailedSize, errors.New("body is larger than the bound"))

// Errors of time. An answer must begin within Options.Timeout; then something must
// come every half minute, and on average enough: a server that sends a byte now
// and then would hold a place for days.
var (
	errSilent = failed(FailedTimeout, errors.New("timeout: the server sends nothing"))
	errSlow   = failed(FailedTimeout, errors.New("timeout: the server sends too slowly"))
)

const (
	maxSilence = 30 * time.Second
	minRate    = 1000 // bytes in a second, on average, once a body takes longer than maxSilence
	maxWhole   = 5    // times Options.Timeout: how long a whole body may take
)

// maxDrain is how much of a body that nobody reads is read all the same, so
// that the connection can be used again.
const maxDrain = 64 << 10

// get sends one GET request, conditional if the last visit allows it, and reads
// at most bound bytes of the answer. An error means that there was no usable
// answer; the page is never nil, and says what is known of it; with errTooLarge
// it holds the beginning of the body.
func (h *Harvester) get(ctx context.Context, source Source, url string, last Visit, bound int64) (*page, error) {
	p := &page{}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(h.Options.Timeout, func() { cancel(errSilent) })
	defer silence.Stop()
	res, authorized, err := h.send(ctx, p, source, url, last)
	if err != nil {
		return p, fmt.Errorf("fetch %s: %w", url, err)
	}
	defer res.Body.Close()
	received := h.now()
	p.status = res.StatusCode
	p.peer = peerOf(res.TLS)
	if p.header, err = shown(res.Header); err != nil {
		return p, fmt.Errorf("fetch %s: %w", url, err)
	}
	p.contentType = res.Header.Get("Content-Type")
	// A type with bad parameters is a type all the same.
	p.mediaType, _, _ = mime.ParseMediaType(p.contentType)
	p.etag, p.lastModified = validator(res.Header.Get("ETag")), validator(res.Header.Get("Last-Modified"))
	p.location = res.Header.Get("Location")
	p.retryAfter = retryAfter(res.Header.Get("Retry-After"), received)
	body := &metered{from: res.Body, silence: silence, begun: time.Now(), whole: maxWhole * h.Options.Timeout, most: bound + maxDrain}
	switch p.status {
	case http.StatusOK:
		p.freshness = fresh(res.Header, 0, p.lastModified, authorized, p.asked, received)
		if err := p.read(ctx, res, body, bound); err != nil {
			return p, fmt.Errorf("read %s: %w", url, err)
		}
		return p, nil
	case http.StatusNotModified:
		if last.SHA256 == "" {
			return p, failed(FailedStatus, fmt.Errorf("fetch %s: 304 %s, and nothing was kept that it could be compared with", url, http.StatusText(p.status)))
		}
		// What it does not say stays as it was (RFC 9111, section 4.3.4).
		p.etag, p.lastModified = cmp.Or(p.etag, last.ETag), cmp.Or(p.lastModified, last.LastModified)
		p.freshness = fresh(res.Header, last.Lifetime, p.lastModified, authorized, p.asked, received)
	}
	if res.ContentLength <= maxDrain {
		_, _ = io.CopyN(io.Discard, body, maxDrain)
	}
	return p, nil
}

// send sends the request and waits until an answer begins.
func (h *Harvester) send(ctx context.Context, p *page, source Source, url string, last Visit) (res *http.Response, authorized bool, err error) {
	p.asked = h.now()
	if len(url) > maxURL {
		return nil, false, failed(FailedAddress, fmt.Errorf("address is longer than the bound of %d bytes", maxURL))
	}
	trace := &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { p.address = addressOf(c.Conn) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodGet, url, nil)
	if err != nil {
		return nil, false, failed(FailedAddress, err)
	}
	req.Header = http.Header{
		"User-Agent": {h.Options.UserAgent}, "Accept": {accept}, "Accept-Language": {"nl-BE, nl;q=0.9, *;q=0.1"},
		// Said by us, so that net/http does not unpack without our bounds.
		"Accept-Encoding": {"gzip"},
	}
	if last.SHA256 != "" {
		conditions(req.Header, last)
	}
	if source.Authorize != nil && source.trusts(req.URL) {
		authorized = true
		if err := source.Authorize(ctx, req); err != nil {
			return nil, true, failed(FailedLogin, fmt.Errorf("authorize request: %w", err))
		}
	}
	p.began = time.Now()
	res, err = h.Client.Do(req)
	p.took = time.Since(p.began)
	if err == nil {
		return res, authorized, nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return nil, authorized, cause
	}
	var of *neturl.Error
	if errors.As(err, &of) {
		err = of.Err // which names the address too
	}
	p.peer = refusedPeer(err)
	return nil, authorized, unsent(err)
}

// trusts reports whether a request may hold the credentials of the source: its
// own hosts are asked, and not more openly than its own address.
func (s Source) trusts(u *neturl.URL) bool {
	if u.Host != host(s.URL) && !slices.Contains(s.Hosts, u.Host) {
		return false
	}
	seed, err := neturl.Parse(s.URL)
	return u.Scheme == "https" || err == nil && seed.Scheme == "http"
}

func addressOf(c net.Conn) netip.Addr {
	if tcp, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// bodies are buffers for bodies whose length is not said.
var bodies = sync.Pool{New: func() any { return new(make([]byte, 0, 256<<10)) }}

// maxPooled is the largest buffer that is kept.
const maxPooled = 4 << 20

// read reads and hashes the body.
func (p *page) read(ctx context.Context, res *http.Response, from *metered, bound int64) error {
	packed, err := packing(res.Header)
	if err != nil {
		return err
	}
	var src io.Reader = from
	if packed {
		z := newGunzip(from)
		defer z.close()
		src = z
	}
	var buf []byte
	if n := res.ContentLength; !packed && n >= 0 && n <= min(bound, maxPooled) {
		buf = make([]byte, 0, n+1)
	} else {
		pooled := bodies.Get().(*[]byte)
		buf = (*pooled)[:0]
		defer func() {
			p.body = bytes.Clone(p.body)
			if cap(buf) <= maxPooled {
				*pooled = buf
			}
			bodies.Put(pooled)
		}()
	}
	sum := sha256.New()
	for {
		n, err := src.Read(buf[len(buf):cap(buf)])
		_, _ = sum.Write(buf[len(buf) : len(buf)+n]) // while it is in the processor's cache
		buf = buf[:len(buf)+n]
		p.body = buf
		switch {
		case int64(len(buf)) > bound:
			p.body = buf[:bound]
			return fmt.Errorf("%w of %d MB", errTooLarge, bound>>20)
		case errors.Is(err, io.EOF):
			p.hash = hex.EncodeToString(sum.Sum(nil))
			return nil
		case err != nil:
			p.body = nil
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return unsent(err)
		case len(buf) == cap(buf):
			buf = slices.Grow(buf, max(64<<10, len(buf)))
		}
	}
}

// metered is a body as it comes over the connection, with bounds on its size and
// on the time that it takes. Time is that of this machine, not Harvester.Now: it
// is about connections, whose other ends know no other clock.
type metered struct {
	from    io.Reader
	n       int64 // bytes that came
	most    int64 // bytes that may come
	begun   time.Time
	whole   time.Duration
	silence *time.Timer // ends the request
}

func (m *metered) Read(b []byte) (int, error) {
	m.silence.Reset(maxSilence)
	n, err := m.from.Read(b)
	m.n += int64(n)
	since := time.Since(m.begun)
	switch {
	case err != nil:
	case m.n > m.most:
		err = errTooLarge
	case since > m.whole:
		err = fmt.Errorf("%w: not all came in %s", errSlow, m.whole)
	case since > maxSilence && float64(m.n) < minRate*since.Seconds():
		err = fmt.Errorf("%w: %d bytes in %s", errSlow, m.n, since.Round(time.Second))
	}
	return n, err
}

// maxRetryAfter is the longest wait that a server can ask for.
const maxRetryAfter = time.Hour

// retryAfter reads the header of RFC 9110, section 10.2.3.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(max(0, min(seconds, int64(maxRetryAfter/time.Second)))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(now), maxRetryAfter))
}

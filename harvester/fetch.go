package harvester

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	neturl "net/url"
	"strconv"
	"time"
)

// page is the answer to one request.
type page struct {
	status       int
	mediaType    string // lower case, without parameters
	contentType  string // as sent
	etag         string
	lastModified string
	location     string        // of a redirect, unresolved
	retryAfter   time.Duration // what the server asks for, 0 if nothing
	body         []byte
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

// evidence notes on a visit what the answer was.
func (p *page) evidence(v *Visit) { v.Status = p.status }

// accept asks for HTML first, and for the syntaxes of LDES feeds.
const accept = "text/html,application/xhtml+xml,text/turtle;q=0.9,application/ld+json;q=0.8,application/n-quads;q=0.7,application/trig;q=0.7,*/*;q=0.1"

// errTooLarge is a body over the bound.
var errTooLarge = errors.New("body is larger than the bound")

// maxDrain is how much of a body that nobody reads is read all the same, so
// that the connection can be used again.
const maxDrain = 64 << 10

// get sends one GET request, conditional if the last visit allows it, and reads
// at most bound bytes of the answer. An error means that there was no usable
// answer; with errTooLarge the page holds the beginning of its body.
func (h *Harvester) get(ctx context.Context, source Source, url string, last Visit, bound int64) (*page, error) {
	ctx, cancel := context.WithTimeout(ctx, h.Options.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", url, err)
	}
	req.Header.Set("User-Agent", h.Options.UserAgent)
	req.Header.Set("Accept", accept)
	req.Header.Set("Accept-Language", "nl-BE, nl;q=0.9, *;q=0.1")
	if last.ETag != "" {
		req.Header.Set("If-None-Match", last.ETag)
	}
	if last.LastModified != "" {
		req.Header.Set("If-Modified-Since", last.LastModified)
	}
	res, err := h.Client.Do(req)
	var of *neturl.Error
	if errors.As(err, &of) {
		err = of.Err // which names the address too
	}
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", url, err)
	}
	defer res.Body.Close()
	p := &page{
		status:       res.StatusCode,
		contentType:  res.Header.Get("Content-Type"),
		etag:         res.Header.Get("ETag"),
		lastModified: res.Header.Get("Last-Modified"),
		location:     res.Header.Get("Location"),
		retryAfter:   retryAfter(res.Header.Get("Retry-After"), h.now()),
	}
	// A type with bad parameters is a type all the same.
	p.mediaType, _, _ = mime.ParseMediaType(p.contentType)
	if res.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, res.Body, maxDrain)
		return p, nil
	}
	p.body, err = io.ReadAll(io.LimitReader(res.Body, bound+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	if int64(len(p.body)) > bound {
		p.body = p.body[:bound]
		return p, fmt.Errorf("read %s: %w of %d MB", url, errTooLarge, bound>>20)
	}
	return p, nil
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

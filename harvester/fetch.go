package harvester

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
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

// accept asks for HTML first, and for the syntaxes of LDES feeds.
const accept = "text/html,application/xhtml+xml,text/turtle;q=0.9,application/ld+json;q=0.8,application/n-quads;q=0.7,application/trig;q=0.7,*/*;q=0.1"

// errTooLarge is a body over the bound.
var errTooLarge = errors.New("body is larger than the bound")

// get sends one GET request, conditional if the last visit allows it, and reads
// the answer within the bounds. An error means that there was no usable answer.
func (h *Harvester) get(ctx context.Context, url string, last Visit) (*page, error) {
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
	if p.mediaType, _, err = mime.ParseMediaType(p.contentType); err != nil {
		p.mediaType = ""
	}
	if res.StatusCode != http.StatusOK {
		return p, nil
	}
	p.body, err = io.ReadAll(io.LimitReader(res.Body, h.Options.MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	if int64(len(p.body)) > h.Options.MaxBody {
		return nil, fmt.Errorf("read %s: %w of %d MB", url, errTooLarge, h.Options.MaxBody>>20)
	}
	return p, nil
}

// retryAfter reads the header of RFC 9110, section 10.2.3, at most an hour.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	d := time.Duration(0)
	if seconds, err := strconv.Atoi(value); err == nil {
		d = time.Duration(min(seconds, 3600)) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	}
	return max(0, min(d, time.Hour))
}

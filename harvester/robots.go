package harvester

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds on what robots.txt may ask of us.
const (
	robotsBound = 512 << 10       // bytes that are read; RFC 9309, section 2.5 asks for 500 KiB
	maxDelay    = 2 * time.Minute // the longest Crawl-delay that is kept to
	maxSitemaps = 1000
	// maxUnread is how long a host whose robots.txt cannot be read is left alone
	// (section 2.3.1.4).
	maxUnread = 30 * 24 * time.Hour
)

// errDisallowed is a page that robots.txt asks us to leave alone.
var errDisallowed = failed(FailedRobots, errors.New("robots.txt does not allow it"))

// rules is what a host asks of crawlers (RFC 9309). The zero value allows all.
type rules struct {
	// unread says why there was no usable answer: then nothing may be fetched
	// (section 2.3.1.4). answer is what there was.
	unread error
	answer *page
	list   []rule
	// delay is the Crawl-delay, which is not in the RFC but in use.
	delay time.Duration
	// sitemaps are the addresses of those that the host names (sitemaps.org),
	// clean, in order. They are for every crawler.
	sitemaps []string
}

// rule is one line. The pattern is normalized, and may hold * and end in $.
type rule struct {
	allow   bool
	pattern string
}

// allow reports whether the longest pattern that matches is one that allows;
// of two as long, the one that allows wins (section 2.2.2).
func (r rules) allow(u *url.URL) bool {
	if u.Path == "/robots.txt" {
		return true // section 2.2.2
	}
	path := normalizePath(u.RequestURI())
	allowed, length := true, -1
	for _, rule := range r.list {
		n := len(rule.pattern)
		if n < length || n == length && !rule.allow || !matchPath(rule.pattern, path) {
			continue
		}
		allowed, length = rule.allow, n
	}
	return allowed
}

// fetchRules reads the robots.txt of the host of u, and keeps it as evidence of
// what was asked of us: under no source, unless it is one. It returns when the rules were read,
// which is earlier where another run did so within the day. An error is about
// this program or its disk.
func (h *Harvester) fetchRules(ctx context.Context, source Source, u *url.URL) (rules, time.Time, error) {
	at := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}).String()
	last, _, err := h.Visits.Last(ctx, at)
	if err != nil {
		return rules{}, time.Time{}, err
	}
	kept, usable, err := h.keptRules(ctx, last)
	if err != nil {
		return rules{}, time.Time{}, err
	}
	if usable && last.Error == "" && h.now().Sub(last.Success) < rulesAge {
		return kept, last.Success, nil
	}
	known := last
	if !usable || last.Redirect != "" {
		known = Visit{} // there is nothing here that an answer could confirm
	}
	p, final, cause := h.getRules(ctx, source, at, known)
	if ctx.Err() != nil {
		return rules{}, time.Time{}, context.Cause(ctx)
	}
	now := h.now()
	v := last
	v.URL, v.Time, v.Error, v.Failure, v.Redirect = at, now, "", "", ""
	p.evidence(&v)
	v.Overview = true
	if final != at {
		v.Redirect = final
	}
	r := rules{}
	switch {
	case cause != nil:
		v.Error, v.Failure = cause.Error(), failing(cause)
		r = rules{unread: cause, answer: p}
		long, err := h.unreadForLong(ctx, at, now)
		if err != nil {
			return rules{}, time.Time{}, err
		}
		if long {
			r = kept
		}
	case p.status == http.StatusNotModified:
		v.Success, r = now, kept
	default:
		v.Success, v.MediaType, v.ETag, v.LastModified, v.SHA256 = now, p.mediaType, p.etag, p.lastModified, ""
		if p.status == http.StatusOK {
			if _, err := h.Blobs.Put(ctx, p.body); err != nil {
				return rules{}, time.Time{}, err
			}
			v.SHA256, v.Received = p.hash, p.hash
			r = parseRules(string(p.body), h.product())
		}
	}
	return r, now, h.Visits.Record(ctx, v)
}

// getRules asks for a robots.txt, following up to five redirects, also to other
// hosts. 4xx means that there are no rules; 429, 5xx and no answer mean that
// they are not known, and why. final is the address that answered.
func (h *Harvester) getRules(ctx context.Context, source Source, at string, last Visit) (p *page, final string, cause error) {
	for range maxRedirects + 1 {
		p, cause = h.get(ctx, source, at, last, robotsBound)
		switch {
		case errors.Is(cause, errTooLarge): // the first part counts
			sum := sha256.Sum256(p.body)
			p.hash = hex.EncodeToString(sum[:])
			return p, at, nil
		case cause != nil:
			return p, at, fmt.Errorf("the host does not answer: %w", cause)
		case p.busy():
			return p, at, failed(FailedRules, fmt.Errorf("the host does not give its rules: %w", statusError(at, p.status)))
		}
		next := redirected(at, p)
		if next == "" {
			break
		}
		at, last = next, Visit{}
	}
	return p, at, nil
}

// redirected returns where a page is, "" if it is here or nowhere on the web.
func redirected(at string, p *page) string {
	from, err := url.Parse(at)
	if err != nil || !p.redirects() {
		return ""
	}
	to, err := from.Parse(p.location)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" {
		return ""
	}
	return to.String()
}

// product is the name by which a robots.txt can address us.
func (h *Harvester) product() string {
	product, _, _ := strings.Cut(h.Options.UserAgent, "/")
	return product
}

// keptRules returns the rules that the last successful visit found. They are not
// usable where there was none, or its body is not there any more.
func (h *Harvester) keptRules(ctx context.Context, last Visit) (r rules, usable bool, err error) {
	switch {
	case last.Success.IsZero():
		return rules{}, false, nil
	case last.SHA256 == "":
		return rules{}, true, nil
	}
	body, err := h.Blobs.Get(ctx, last.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		return rules{}, false, nil
	}
	if err != nil {
		return rules{}, false, err
	}
	return parseRules(string(body), h.product()), true, nil
}

// unreadForLong reports whether the robots.txt at this address could not be read
// for so long that it may count as not being there.
func (h *Harvester) unreadForLong(ctx context.Context, at string, now time.Time) (bool, error) {
	since := now // of the first failure after the last success
	for v, err := range h.Visits.History(ctx, at) {
		switch {
		case err != nil:
			return false, err
		case v.Error == "":
			since = now
		case v.Time.Before(since):
			since = v.Time
		}
	}
	return now.Sub(since) >= maxUnread, nil
}

// parseRules reads the groups that name product, all together, or else those
// of "*". Lines that cannot be read are passed over, as section 2.2 asks.
func parseRules(text, product string) rules {
	var own, all rules
	var sitemaps []string
	named := false          // some group names product
	var forOwn, forAll bool // whom the present group is for
	inGroup := true         // a rule was read since the last user-agent line
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = strings.Cut(line, "#")
		key, value := keyValue(line)
		var add func(*rules)
		switch key {
		case "user-agent", "useragent", "user agent":
			if inGroup {
				forOwn, forAll, inGroup = false, false, false
			}
			forAll = forAll || value == "*"
			if strings.EqualFold(productToken(value), product) {
				forOwn, named = true, true
			}
			continue
		case "allow", "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
			inGroup = true
			if value == "" {
				continue // "Disallow:" forbids nothing
			}
			if value[0] != '/' && value[0] != '*' {
				value = "/" + value
			}
			line := rule{key == "allow", normalizePattern(value)}
			add = func(r *rules) { r.list = append(r.list, line) }
		case "crawl-delay":
			inGroup = true
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil || math.IsNaN(seconds) || seconds < 0 {
				continue
			}
			delay := time.Duration(min(seconds, maxDelay.Seconds()) * float64(time.Second))
			add = func(r *rules) { r.delay = max(r.delay, delay) }
		case "sitemap", "site-map":
			if clean, ok := CleanURL(value); ok && len(sitemaps) < maxSitemaps && !slices.Contains(sitemaps, clean) {
				sitemaps = append(sitemaps, clean)
			}
			continue
		default:
			continue
		}
		if forOwn {
			add(&own)
		}
		if forAll {
			add(&all)
		}
	}
	if named {
		all = own
	}
	all.sitemaps = sitemaps
	return all
}

// keyValue splits a line. A few are written without the colon: what they mean is
// plain, and mostly that we should stay away.
func keyValue(line string) (key, value string) {
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		words := strings.Fields(line)
		if len(words) != 2 {
			return "", ""
		}
		key, value = words[0], words[1]
	}
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
}

// productToken cuts a version off a user-agent value (section 2.2.1).
func productToken(value string) string {
	end := strings.IndexFunc(value, func(r rune) bool {
		return r != '-' && r != '_' && (r < 'a' || 'z' < r) && (r < 'A' || 'Z' < r)
	})
	if end < 0 {
		return value
	}
	return value[:end]
}

// normalizePattern writes a pattern as normalizePath does a path, but for "*" and
// a "$" at its end, which mean something.
func normalizePattern(s string) string {
	s, end := strings.CutSuffix(s, "$")
	parts := strings.Split(s, "*")
	for i, part := range parts {
		parts[i] = normalizePath(part)
	}
	s = strings.Join(parts, "*")
	if end {
		s += "$"
	}
	return s
}

// normalizePath writes a path so that two that mean the same are the same
// (sections 2.2.2 and 2.2.3): unreserved characters as they are, others that are
// escaped or not ASCII as %XX, and so "*" and "$", which mean more in patterns.
func normalizePath(s string) string {
	if plain(s) {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		escaped := false
		if c == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c, escaped = byte(v), true
				i += 2
			}
		}
		if c <= ' ' || c >= 0x7f || c == '*' || c == '$' || escaped && !isUnreserved(c) {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// plain reports whether a path, as most, is written in one way only.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '%' || c == '*' || c == '$' {
			return false
		}
	}
	return true
}

// isUnreserved is the set of RFC 3986, section 2.3.
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// matchPath reports whether the pattern matches the path from its beginning;
// "*" stands for any characters and "$" at the end for the end. Finding each
// part at its first place is enough, so it takes no time that grows faster than
// pattern and path do.
func matchPath(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	first, rest, stars := strings.Cut(pattern, "*")
	path, ok := strings.CutPrefix(path, first)
	if !ok || !stars {
		return ok && (!whole || path == "")
	}
	for {
		part, more, stars := strings.Cut(rest, "*")
		if !stars && whole {
			return strings.HasSuffix(path, part)
		}
		i := strings.Index(path, part)
		if i < 0 || !stars {
			return i >= 0
		}
		path, rest = path[i+len(part):], more
	}
}

package harvester

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds on what robots.txt may ask of us.
const (
	robotsBound = 512 << 10        // bytes that are read; RFC 9309, section 2.5 asks for 500 KiB
	maxDelay    = 30 * time.Second // the longest Crawl-delay that is kept to
)

// errDisallowed is a page that robots.txt asks us to leave alone.
var errDisallowed = failed(FailedRobots, errors.New("robots.txt does not allow it"))

// rules is what a host asks of crawlers (RFC 9309). The zero value allows all.
type rules struct {
	// unread says why there was no usable answer: then nothing may be fetched
	// (section 2.3.1.4).
	unread error
	list   []rule
	// delay is the Crawl-delay, which is not in the RFC but in use.
	delay time.Duration
}

// rule is one line. The pattern is normalized, and may hold * and end in $.
type rule struct {
	allow   bool
	pattern string
}

// allow reports whether the longest pattern that matches is one that allows;
// of two as long, the one that allows wins (section 2.2.2).
func (r rules) allow(u *url.URL) bool {
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

// fetchRules reads the robots.txt of the host of u, following up to five
// redirects. 4xx means that there are no rules; 429, 5xx and no answer mean
// that nothing may be fetched.
func (h *Harvester) fetchRules(ctx context.Context, u *url.URL) rules {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	for range 6 {
		p, err := h.get(ctx, Source{}, at.String(), Visit{}, robotsBound)
		switch {
		case errors.Is(err, errTooLarge): // what was read counts
		case err != nil:
			return rules{unread: fmt.Errorf("the host does not answer: %w", err)}
		case p.busy():
			return rules{unread: fmt.Errorf("the host does not give its rules: %w", statusError(at.String(), p.status))}
		case p.redirects():
			next, err := at.Parse(p.location)
			if err != nil {
				return rules{}
			}
			at = next
			continue
		case p.status != http.StatusOK:
			return rules{}
		}
		product, _, _ := strings.Cut(h.Options.UserAgent, "/")
		return parseRules(string(p.body), product)
	}
	return rules{}
}

// parseRules reads the groups that name product, all together, or else those
// of "*". Lines that cannot be read are passed over, as section 2.2 asks.
func parseRules(text, product string) rules {
	var own, all rules
	named := false          // some group names product
	var forOwn, forAll bool // whom the present group is for
	inGroup := true         // a rule was read since the last user-agent line
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = strings.Cut(line, "#")
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		var add func(*rules)
		switch key = strings.ToLower(strings.TrimSpace(key)); key {
		case "user-agent":
			if inGroup {
				forOwn, forAll, inGroup = false, false, false
			}
			forAll = forAll || value == "*"
			if strings.EqualFold(productToken(value), product) {
				forOwn, named = true, true
			}
			continue
		case "allow", "disallow":
			inGroup = true
			if value == "" {
				continue // "Disallow:" forbids nothing
			}
			if value[0] != '/' && value[0] != '*' {
				value = "/" + value
			}
			line := rule{key == "allow", normalizePath(value)}
			add = func(r *rules) { r.list = append(r.list, line) }
		case "crawl-delay":
			inGroup = true
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil || math.IsNaN(seconds) || seconds < 0 {
				continue
			}
			delay := time.Duration(min(seconds, maxDelay.Seconds()) * float64(time.Second))
			add = func(r *rules) { r.delay = max(r.delay, delay) }
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
		return own
	}
	return all
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

// normalizePath writes a path so that two that mean the same are the same
// (section 2.2.2): unreserved characters as they are, others that are escaped
// or not ASCII as %XX.
func normalizePath(s string) string {
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
		if c <= ' ' || c >= 0x7f || escaped && !isUnreserved(c) {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isUnreserved is the set of RFC 3986, section 2.3.
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// matchPath reports whether the pattern matches the path from its beginning;
// "*" stands for any characters and "$" at the end for the end. It takes time
// in proportion to both, whatever the pattern.
func matchPath(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	if len(parts) == 1 {
		return !whole || rest == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	if whole {
		return strings.HasSuffix(rest, parts[last])
	}
	return strings.Contains(rest, parts[last])
}

package harvester

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/temoto/robotstxt"
)

// robotsBound is how much of a robots.txt is read (RFC 9309, section 2.5 asks
// for at least 500 KiB).
const robotsBound = 512 << 10

// errDisallowed is a page that robots.txt asks us to leave alone.
var errDisallowed = errors.New("robots.txt does not allow it")

// rules is what a host asks of crawlers. A nil group allows all.
type rules struct {
	group       *robotstxt.Group
	unreachable bool // RFC 9309, section 2.3.1.4: nothing may be fetched now
}

func (r rules) allow(u *url.URL) bool {
	if r.unreachable {
		return false
	}
	return r.group == nil || r.group.Test(u.RequestURI())
}

// delay is the Crawl-delay that the host asks for; it is not in RFC 9309, but
// many hosts use it. At most 30 seconds is honoured.
func (r rules) delay() time.Duration {
	if r.group == nil {
		return 0
	}
	return min(r.group.CrawlDelay, 30*time.Second)
}

// fetchRules reads the robots.txt of the host of u, following up to five
// redirects (RFC 9309, section 2.3.1): 4xx means that there are no rules, 5xx
// and no answer mean that nothing may be fetched.
func (h *Harvester) fetchRules(ctx context.Context, u *url.URL) rules {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	for range 6 {
		p, err := h.get(ctx, at.String(), Visit{})
		switch {
		case err != nil && errors.Is(err, errTooLarge):
			return rules{}
		case err != nil || p.status >= http.StatusInternalServerError:
			return rules{unreachable: true}
		case p.status >= 300 && p.status < 400 && p.location != "":
			next, err := at.Parse(p.location)
			if err != nil {
				return rules{}
			}
			at = next
			continue
		case p.status != http.StatusOK:
			return rules{}
		}
		data, err := robotstxt.FromBytes(p.body[:min(len(p.body), robotsBound)])
		if err != nil {
			return rules{}
		}
		product, _, _ := strings.Cut(h.Options.UserAgent, "/")
		return rules{group: data.FindGroup(product)}
	}
	return rules{}
}

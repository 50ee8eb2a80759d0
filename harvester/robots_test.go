package harvester

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestRules holds what RFC 9309 says, section by section, and what real hosts
// write.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name, robots string
		allowed      string // paths
		disallowed   string
	}{
		{"empty", "", "/ /a", ""},
		{"no rules for us", "User-agent: other\nDisallow: /\n", "/ /a", ""},
		{"all are told", "User-agent: *\nDisallow: /intern\n", "/ /a", "/intern /intern/a /internet"},
		{"our own group alone counts", "User-agent: *\nDisallow: /\n\nUser-agent: Belfort\nDisallow: /b\n", "/ /a", "/b"},
		{"case does not count in names, it does in paths", "USER-AGENT: BELFORT\nDISALLOW: /B\n", "/b", "/B"},
		{"a version behind the name", "User-agent: belfort/9.1\nDisallow: /b\n", "/a", "/b"},
		{"a name that ours only begins with", "User-agent: bel\nDisallow: /\n", "/a", ""},
		{"a name that begins with ours", "User-agent: belfort-images\nDisallow: /\n", "/a", ""},
		{"groups of one name are one (2.2.1)", "User-agent: belfort\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: belfort\nDisallow: /b\n", "/c", "/a /b"},
		{"names in a row share rules", "User-agent: x\nUser-agent: belfort\nDisallow: /a\n", "/b", "/a"},
		{"an empty Disallow allows all, and ends the group", "User-agent: belfort\nDisallow:\nUser-agent: *\nDisallow: /\n", "/ /a", ""},
		{"an own group without rules", "User-agent: *\nDisallow: /\nUser-agent: belfort\n", "/a", ""},
		{"the longest pattern wins (2.2.2)", "User-agent: *\nAllow: /a/publiek\nDisallow: /a\n", "/a/publiek/1", "/a /a/privaat"},
		{"of two as long, Allow wins", "User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", ""},
		{"$ is the end", "User-agent: *\nDisallow: /*.pdf$\nDisallow: /exact$\n", "/a.pdf?x /exact/a", "/a.pdf /b/c.pdf /exact"},
		{"* is anything (2.2.3), from the beginning", "User-agent: *\nDisallow: /a*b/c\n", "/x/a/b/c /ab/x", "/ab/c /a/x/b/c/d"},
		{"many stars", "User-agent: *\nDisallow: /" + strings.Repeat("*a", 500) + "$\n", "/" + strings.Repeat("a", 499), "/" + strings.Repeat("a", 501)},
		{"query", "User-agent: *\nDisallow: /*?print=\n", "/a", "/a?print=1"},
		{"escapes are compared by meaning", "User-agent: *\nDisallow: /caf%c3%a9\nDisallow: /%7Ejan\nDisallow: /a%2Fb\nDisallow: /ë\n", "/a/b", "/caf%C3%A9 /~jan /a%2fb /%C3%AB"},
		{"comments and blanks", "# hello\n  User-agent : * # all\n\tDisallow : /a # not this\n", "/b", "/a"},
		{"line ends of old Macs and Windows", "User-agent: *\rDisallow: /a\r\nDisallow: /b", "/c", "/a /b"},
		{"a byte order mark", "\ufeffUser-agent: *\nDisallow: /a\n", "/b", "/a"},
		{"a rule before any name is for nobody", "Disallow: /\nUser-agent: *\nDisallow: /a\n", "/b", "/a"},
		{"a bad line does not spoil the others", "User-agent: *\nCrawl-delay: soon\nNonsense\nDisallow: /a\n", "/b", "/a"},
		{"a sitemap is in no group", "User-agent: *\nSitemap: https://x.example/s.xml\nDisallow: /a\n", "/b", "/a"},
		{"a path without its slash", "User-agent: *\nDisallow: a/\n", "/b", "/a/1"},
		{"a page that is no robots.txt", "<!doctype html>\n<title>Niet gevonden: oeps</title>\n", "/ /a", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parseRules(c.robots, "Belfort")
			for paths, want := range map[string]bool{c.allowed: true, c.disallowed: false} {
				for _, path := range strings.Fields(paths) {
					u, err := url.Parse("https://example.be" + path)
					if err != nil {
						t.Fatal(err)
					}
					if got := r.allow(u); got != want {
						t.Errorf("%.40s: allowed %v, want %v", path, got, want)
					}
				}
			}
		})
	}
}

func TestCrawlDelay(t *testing.T) {
	for robots, want := range map[string]time.Duration{
		"User-agent: *\nCrawl-delay: 2\n":                                      2 * time.Second,
		"User-agent: *\nCrawl-delay: 0.5\n":                                    500 * time.Millisecond,
		"User-agent: *\nCrawl-delay: 86400\n":                                  maxDelay,
		"User-agent: *\nCrawl-delay: -1\n":                                     0,
		"User-agent: *\nCrawl-delay: NaN\n":                                    0,
		"User-agent: *\nCrawl-delay: 9\n\nUser-agent: belfort\nDisallow: /a\n": 0,
		"User-agent: belfort\nCrawl-delay: 3\nUser-agent: *\nDisallow: /\n":    3 * time.Second,
	} {
		if got := parseRules(robots, "Belfort").delay; got != want {
			t.Errorf("%q: delay %v, want %v", robots, got, want)
		}
	}
}

// FuzzRules checks that no robots.txt takes long or fails.
func FuzzRules(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*$", "/%zz?a=b")
	f.Add("User-agent: belfort\nAllow: %\nCrawl-delay: 1e999", "/a%2")
	f.Fuzz(func(t *testing.T, robots, path string) {
		u, err := url.Parse("https://example.be/" + path)
		if err != nil {
			return
		}
		r := parseRules(robots, "belfort")
		r.allow(u)
		if r.delay < 0 || r.delay > maxDelay {
			t.Errorf("delay %v", r.delay)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"0":                             0,
		"120":                           2 * time.Minute,
		"-5":                            0,
		"86400":                         time.Hour,
		"99999999999999999999999":       time.Hour,
		"Sat, 21 Nov 2026 12:00:30 GMT": 30 * time.Second,
		"Sat, 21 Nov 2026 11:00:00 GMT": 0,
		"Mon, 21 Nov 2095 11:00:00 GMT": time.Hour,
		"soon":                          0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("Retry-After %q: %v, want %v", value, got, want)
		}
	}
}

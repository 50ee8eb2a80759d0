package harvester

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// groups is built as the example of RFC 9309, section 5.1: a group for all, one
// for a name, one for two names, and one without rules.
const groups = `User-Agent: *
Disallow: *.gif$
Disallow: /intern/
Allow: /besluiten/
Allow: /intern/blad.html
Allow: /intern/kaart.gif/

User-Agent: lezer
Disallow:/
Allow:/intern/blad.html

User-Agent: teller
User-Agent: kijker
Disallow: /intern/blad.html

User-Agent: stil
`

// TestGroups: each crawler goes by the group of its name.
func TestGroups(t *testing.T) {
	for _, c := range []struct {
		product, path string
		want          bool
	}{
		{"ander", "/besluiten/1", true}, {"ander", "/intern/blad.html", true}, {"ander", "/intern/x", false}, {"ander", "/x.gif", false},
		{"ander", "/intern/kaart.gif/x", true}, {"ander", "/intern/kaart.gif", false},
		{"lezer", "/intern/blad.html", true}, {"lezer", "/besluiten/1", false}, {"Lezer", "/", false},
		{"teller", "/intern/blad.html", false}, {"kijker", "/intern/blad.html", false}, {"teller", "/x.gif", true},
		{"stil", "/intern/blad.html", true}, {"stil", "/x.gif", true}, {"stil", "/", true},
	} {
		u := &url.URL{Scheme: "https", Host: "a.example", Path: c.path}
		if r := parseRules(groups, c.product); r.allow(u) != c.want {
			t.Errorf("%s at %s: allowed %v, want %v", c.product, c.path, !c.want, c.want)
		}
	}
}

// TestSitemapLines: they belong to no group, and only addresses count.
func TestSitemapLines(t *testing.T) {
	r := parseRules("Sitemap: https://a.example/1.xml\nUser-agent: belfort\nDisallow: /a\nsitemap:https://A.example:443/2.xml\nSitemap: /relatief.xml\nSitemap: ftp://a.example/3.xml\nUser-agent: *\nSitemap: https://a.example/1.xml\nDisallow: /b\n", "Belfort")
	if want := []string{"https://a.example/1.xml", "https://a.example/2.xml"}; !slices.Equal(r.sitemaps, want) {
		t.Errorf("sitemaps %v, want %v", r.sitemaps, want)
	}
	if r.allow(&url.URL{Path: "/a"}) || !r.allow(&url.URL{Path: "/b"}) {
		t.Error("a sitemap changes the groups")
	}
	if r := parseRules(strings.Repeat("Sitemap: https://a.example/"+strings.Repeat("x", 10)+"\n", 1), "b"); len(r.sitemaps) != 1 {
		t.Errorf("sitemaps %v", r.sitemaps)
	}
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "Sitemap: https://a.example/%d.xml\n", i)
	}
	if r := parseRules(many.String(), "b"); len(r.sitemaps) != maxSitemaps {
		t.Errorf("%d sitemaps", len(r.sitemaps))
	}
}

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
		// The examples of RFC 9309 itself.
		{"section 2.2.2, the table: octets that are not ASCII", "User-agent: *\nDisallow: /foo/bar/\u30c4\n", "/foo/bar/", "/foo/bar/%E3%83%84 /foo/bar/%e3%83%84/x"},
		{"the same, escaped in the rule", "User-agent: *\nDisallow: /foo/bar/%E3%83%84\n", "/foo/bar/", "/foo/bar/\u30c4"},
		{"the same, unreserved characters escaped", "User-agent: *\nDisallow: /foo/bar/%62%61%7A\n", "/foo/bar/bar", "/foo/bar/baz /foo/bar/%62a%7a"},
		{"the same, a query", "User-agent: *\nDisallow: /foo/bar?baz=https://foo.bar\n", "/foo/bar?baz=http", "/foo/bar?baz=https://foo.bar"},
		{"section 2.2.3: a star that is none", "User-agent: *\nDisallow: /path/file-with-a-%2A.html\n", "/path/file-with-a-b.html", "/path/file-with-a-*.html /path/file-with-a-%2a.html"},
		{"section 2.2.3: a dollar that is none", "User-agent: *\nDisallow: /path/foo-%24\n", "/path/foo-", "/path/foo-$ /path/foo-%24/x"},
		{"a dollar that is not at the end", "User-agent: *\nDisallow: /a$b\n", "/a /ab", "/a$b /a%24b/c"},
		{"section 5.2, the longest match", "User-agent: foobot\nDisallow: /\nUser-agent: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "/example/page/ /example/page/x", "/example/page/disallowed.gif"},
		{"robots.txt itself is allowed (2.2.2)", "User-agent: *\nDisallow: /\n", "/robots.txt", "/robots.txt2 /a"},
		// What other crawlers are tested on, told in our own words.
		{"rules before a group, and groups between groups", "Allow: /voor/\n\nUser-agent: belfort\nDisallow: /\nAllow: /x/\nUser-agent: ander\nDisallow: /x/\n\nUser-agent: belfort\nAllow: /z/\n", "/x/b /z/d", "/ /y/c /voor/a"},
		{"blank lines do not end a group", "User-agent: belfort\n\n\nDisallow: /a\n\nDisallow: /b\n", "/c", "/a /b"},
		{"other lines do not end the names of a group", "User-agent: belfort\nSitemap: https://a.example/s.xml\nHost: a.example\nUser-agent: ander\nDisallow: /\n", "", "/ /a"},
		{"order does not count", "User-agent: *\nDisallow: /\nAllow: /x/bladzijde.html\n", "/x/bladzijde.html", "/x/blad /"},
		{"Allow as long as Disallow, with stars", "User-agent: *\nDisallow: /*.html\nAllow: /*.html\n", "/a.html", ""},
		{"nothing to forbid and nothing to allow", "User-agent: *\nDisallow:\nAllow:\n", "/ /a", ""},
		{"the end after a star", "User-agent: *\nDisallow: /a*$\n", "/b", "/a /abc /a/b?c"},
		{"stars in a row", "User-agent: *\nDisallow: /a***b\n", "/a /ba", "/ab /axxb/c"},
		{"only a star", "User-agent: *\nDisallow: *\n", "", "/ /a"},
		{"only the end", "User-agent: *\nDisallow: /$\n", "/a", "/"},
		{"a part that must be at the end, and is there twice", "User-agent: *\nDisallow: /*ab$\n", "/abc", "/ab /abab"},
		{"no colon", "User-agent *\nDisallow /a\n", "/b", "/a"},
		{"spelt as it is pronounced", "useragent: *\nDissalow: /a\nDisalow: /b\n", "/c", "/a /b"},
		{"a name of two words counts up to the space", "User-agent: Belfort Crawler\nDisallow: /a\n", "/b", "/a"},
		{"no line end at the end", "User-agent: *\nDisallow: /a", "/b", "/a"},
		{"a line of a million characters", "User-agent: *\nDisallow: /" + strings.Repeat("a", 100_000) + "\nDisallow: /b\n", "/a", "/b"},
		{"bytes that are no text", "User-agent: *\nDisallow: /\xff\x00\nDisallow: /b\n", "/a", "/b /%FF%00"},
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

package harvester

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// readAs reads a body of some media type at a path of https://raad.example.be.
func readAs(path, mediaType, body string) (*reading, error) {
	return read("https://raad.example.be"+path, &page{status: 200, mediaType: mediaType, contentType: mediaType, body: []byte(body)})
}

func zipped(t *testing.T, body string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(body))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const urlset = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`

func TestSitemaps(t *testing.T) {
	two := urlset + `
<url><loc> https://raad.example.be/notulen/1?a=1&amp;b=2 </loc><lastmod>2026-11-20</lastmod><changefreq>daily</changefreq></url>
<url><loc>https://raad.example.be/notulen/2</loc></url></urlset>`
	for _, c := range []struct{ name, path, mediaType, body, want string }{
		{"urlset", "/sitemap.xml", "application/xml", two, "/notulen/1?a=1&b=2 /notulen/2"},
		{"as text/xml", "/sitemap.xml", "text/xml", two, "/notulen/1?a=1&b=2 /notulen/2"},
		{"packed", "/sitemap.xml.gz", "application/gzip", zipped(t, two), "/notulen/1?a=1&b=2 /notulen/2"},
		{"packed, called something else", "/sitemap.xml.gz", "application/octet-stream", zipped(t, two), "/notulen/1?a=1&b=2 /notulen/2"},
		{"no namespace", "/sitemap.xml", "application/xml", `<urlset><url><loc>/notulen/1</loc></url></urlset>`, "/notulen/1"},
		{"ISO 8859-1", "/sitemap.xml", "application/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><urlset><url><loc>/caf\xe9</loc></url></urlset>", "/caf%C3%A9"},
		{"images beside pages", "/sitemap.xml", "application/xml", `<urlset xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>/1</loc><image:image><image:loc>/1.jpg</image:loc></image:image></url></urlset>`, "/1"},
		{"other hosts and other folders", "/raad/sitemap.xml", "application/xml", `<urlset><url><loc>https://elders.example/1</loc></url><url><loc>/welzijn/1</loc></url><url><loc>http://raad.example.be/raad/1</loc></url></urlset>`, "/welzijn/1 http://raad.example.be/raad/1"},
		{"index", "/raad/index.xml", "application/xml", `<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-01-01</lastmod></sitemap><sitemap><loc>https://raad.example.be/b.xml.gz</loc></sitemap></sitemapindex>`, "/a.xml /b.xml.gz"},
		{"Atom", "/feeds/raad.atom", "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><link href="/"/><entry><link rel="edit" href="/e"/><link href="/notulen/1"/><updated>2026-11-20T10:00:00Z</updated></entry></feed>`, "/notulen/1"},
		{"RSS", "/feeds/raad", "application/rss+xml", `<rss><channel><link>/</link><item><title>x</title><link>/notulen/1</link></item></channel></rss>`, "/notulen/1"},
		{"list of addresses", "/sitemap.txt", "text/plain", "\ufeffhttps://raad.example.be/1\r\n\r\nhttps://raad.example.be/2\n", "/1 /2"},
		{"robots.txt", "/robots.txt", "text/plain", "User-agent: *\nDisallow: /intern\nSitemap: https://raad.example.be/a.xml # alles\nSITEMAP : https://raad.example.be/b.xml\n", "/a.xml /b.xml"},
		{"attachments are not pages", "/sitemap.xml", "application/xml", `<urlset><url><loc>/1.pdf</loc></url><url><loc>/1</loc></url></urlset>`, "/1"},
		{"nothing", "/sitemap.xml", "application/xml", `<urlset/>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := readAs(c.path, c.mediaType, c.body)
			if err != nil || !r.sitemap || paths(r.links) != c.want {
				t.Errorf("%+v, %v; want %q", r, err, c.want)
			}
		})
	}
}

// TestSitemapTimes: lastmod is the last moment that it can mean.
func TestSitemapTimes(t *testing.T) {
	var b strings.Builder
	b.WriteString("<urlset>")
	times := []struct{ lastmod, want string }{
		{"2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00Z"}, {"2026-11-20T10:00Z", "2026-11-20T10:01:00Z"}, {"2026-11-20", "2026-11-21T12:00:00Z"},
		{"2026-11", "2026-12-01T12:00:00Z"}, {"2026", "2027-01-01T12:00:00Z"}, {"gisteren", ""}, {"", ""},
	}
	for i, c := range times {
		fmt.Fprintf(&b, "<url><loc>/%d</loc><lastmod>%s</lastmod></url>", i, c.lastmod)
	}
	r, err := readAs("/sitemap.xml", "application/xml", b.String()+"</urlset>")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range times {
		got := ""
		if at := r.modified[fmt.Sprintf("https://raad.example.be/%d", i)]; !at.IsZero() {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("lastmod %q means %q, want %q", c.lastmod, got, c.want)
		}
	}
}

// TestHostileSitemaps: each is refused for a reason, and none takes long.
func TestHostileSitemaps(t *testing.T) {
	entries := func(n int) string { return urlset + strings.Repeat("<url><loc>/1</loc></url>", n) + "</urlset>" }
	bomb := zipped(t, urlset+strings.Repeat(" ", maxSitemap))
	for _, c := range []struct {
		name, body string
		want       Failing
	}{
		{"as many as may be", entries(maxEntries), ""},
		{"too many", entries(maxEntries + 1), FailedLinks},
		{"unpacks beyond the bound", bomb, FailedSize},
		{"packed, and cut off", bomb[:100], FailedSize},
		{"cut off", urlset + "<url><loc>/1</loc>", FailedSyntax},
		{"entities", `<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>/&b;</loc></url></urlset>`, FailedSyntax},
		{"entity of a file", `<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>/&f;</loc></url></urlset>`, FailedSyntax},
		{"deep", "<urlset>" + strings.Repeat("<x>", 1_000_000), FailedSyntax},
		{"deep in an entry", "<urlset><url>" + strings.Repeat("<x>", 1_000_000), FailedSyntax},
		{"other XML", "<verslag/>", FailedType},
		{"not XML", "<<<", FailedType},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			_, err := readAs("/sitemap.xml", "application/xml", c.body)
			if got := failing(err); got != c.want && (err != nil || c.want != "") {
				t.Errorf("%v (%q), want %q", err, got, c.want)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func FuzzSitemap(f *testing.F) {
	for _, s := range []string{urlset + "<url><loc>/1</loc><lastmod>2026</lastmod></url>", "<sitemapindex><sitemap><loc>/a", "<feed><entry><link href='/1'/></entry></feed>", "https://raad.example.be/1\n", "\x1f\x8b\x08"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, ok, err := readSitemap("https://raad.example.be/raad/sitemap.xml", &page{mediaType: "application/xml", body: body})
		if !ok || err != nil {
			return
		}
		if len(r.links) > maxEntries {
			t.Errorf("%d links", len(r.links))
		}
		for l := range r.modified {
			if !slices.Contains(r.links, l) {
				t.Errorf("%s is dated and not listed", l)
			}
		}
	})
}

package harvester

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/belfort-lod/belfort/rdf"
)

// Sitemaps (sitemaps.org, protocol 0.9) are read where the operator names one as
// a source, or names a robots.txt, whose Sitemap lines are then followed. Those
// of other hosts are never looked up: the sitemap of a municipality lists
// thousands of pages that are no decisions, while what must be harvested is what
// its overviews annotate.
const (
	// maxSitemap is the longest sitemap, in bytes, unpacked, and maxEntries how
	// many addresses it may hold: the bounds of the protocol.
	maxSitemap = 50 << 20
	maxEntries = 50_000
	// maxNesting is how deep elements around the entries may stand.
	maxNesting = 16
)

// readSitemap reads a sitemap or the index of one, in XML or as a list of
// addresses, packed or not; a feed in Atom or RSS, which the protocol allows as
// a sitemap too; or the Sitemap lines of a robots.txt. ok is false for what is
// none of these.
func readSitemap(url string, p *page) (r *reading, ok bool, err error) {
	body, err := unpack(p.body)
	if err != nil {
		return nil, true, failed(FailedSize, fmt.Errorf("read sitemap %s: %w", url, err))
	}
	r = &reading{sitemap: true, modified: map[string]time.Time{}}
	switch {
	case looksLikeXML(body):
		ok, err = r.readEntries(url, body)
	default:
		ok = r.readLines(url, body)
	}
	switch {
	case !ok:
		return nil, false, nil
	case errors.Is(err, errTooMany):
		return nil, true, failed(FailedLinks, fmt.Errorf("read sitemap %s: %w", url, err))
	case err != nil:
		return nil, true, failed(FailedSyntax, fmt.Errorf("read sitemap %s: %w", url, err))
	}
	return r, true, nil
}

// errTooMany is a sitemap longer than the protocol allows.
var errTooMany = fmt.Errorf("it lists more than %d addresses", maxEntries)

// unpack undoes gzip, to at most maxSitemap bytes.
func unpack(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxSitemap+1))
	if err == nil && len(plain) > maxSitemap {
		err = fmt.Errorf("unpacked it is larger than %d MB", maxSitemap>>20)
	}
	return plain, err
}

func looksLikeXML(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")), " \t\r\n")
	return bytes.HasPrefix(body, []byte("<"))
}

// entry is what a sitemap, or a feed, tells of one address.
type entry struct {
	Loc     string `xml:"loc"`
	Lastmod string `xml:"lastmod"`
	// Updated is what Atom calls it; when something was put on the web, which RSS
	// tells, says nothing of later changes.
	Updated string `xml:"updated"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
		Text string `xml:",chardata"`
	} `xml:"link"`
}

// address returns where an entry leads: loc of a sitemap, the alternate link of
// Atom (RFC 4287, section 4.2.7), or the link of RSS.
func (e entry) address() string {
	if e.Loc != "" {
		return e.Loc
	}
	for _, l := range e.Links {
		if to := cmp.Or(l.Href, l.Text); to != "" && (l.Rel == "" || l.Rel == "alternate") {
			return to
		}
	}
	return ""
}

// entriesOf names the elements that stand for one address in a document with
// this root, "" if it is no sitemap. Elements are looked at by their local name,
// because many a sitemap has no namespace, or a wrong one.
func entriesOf(root string) string {
	switch root {
	case "urlset":
		return "url"
	case "sitemapindex":
		return "sitemap"
	case "feed": // Atom
		return "entry"
	case "rss", "RDF":
		return "item"
	}
	return ""
}

// readEntries reads a sitemap, index or feed in XML. An entity that the document
// declares itself is a syntax error to the decoder, so none can grow.
func (r *reading) readEntries(url string, body []byte) (ok bool, err error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset.NewReaderLabel
	add := linkCollector(r)
	name, root, depth := "", "", 0
	for count := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return name != "", nil
		}
		if err != nil {
			return name != "", err // of a page that is no sitemap it is not ours to complain
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch {
			case depth == 0:
				root = t.Name.Local
				if name = entriesOf(root); name == "" {
					return false, nil
				}
			case t.Name.Local == name:
				var e entry
				if err := d.DecodeElement(&e, &t); err != nil {
					return true, err
				}
				if count++; count > maxEntries {
					return true, errTooMany
				}
				r.list(url, e, root == "urlset", add)
				continue
			}
			if depth++; depth > maxNesting {
				return true, fmt.Errorf("elements stand deeper than %d", maxNesting)
			}
		case xml.EndElement:
			depth--
		}
	}
}

// list adds an entry. A sitemap may speak only for its own host; an index and a
// feed are bound by what holds for all links. That a sitemap speaks only for its own
// folder (protocol, "Sitemap file location") holds for those that anybody may
// submit: ours were named by the operator, by an index or by robots.txt, and many
// sites keep theirs in a folder.
func (r *reading) list(url string, e entry, bound bool, add func(string)) {
	clean, ok := CleanURL(rdf.ResolveIRI(url, strings.TrimSpace(e.address())))
	if !ok || clean == url || bound && host(clean) != host(url) {
		return
	}
	n := len(r.links)
	if add(clean); len(r.links) == n {
		return
	}
	if _, latest := parseTime(strings.TrimSpace(cmp.Or(e.Lastmod, e.Updated))); !latest.IsZero() {
		r.modified[clean] = latest
	}
}

// readLines reads the Sitemap lines of a robots.txt (RFC 9309, section 2.2.4),
// or a list of addresses, one on each line.
func (r *reading) readLines(url string, body []byte) (ok bool) {
	add := linkCollector(r)
	isRobots := strings.HasSuffix(url, "/robots.txt")
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))))
	lines.Buffer(nil, 2*maxURL)
	for lines.Scan() && len(r.links) < maxEntries {
		line := strings.TrimSpace(lines.Text())
		if isRobots {
			name, value, _ := strings.Cut(line, ":")
			if !strings.EqualFold(strings.TrimSpace(name), "sitemap") {
				continue
			}
			line, _, _ = strings.Cut(value, "#")
			line = strings.TrimSpace(line)
		}
		if line == "" {
			continue
		}
		if !rdf.IsAbsoluteIRI(line) { // a text that is something else
			return false
		}
		r.list(url, entry{Loc: line}, !isRobots, add)
	}
	return lines.Err() == nil && len(r.links) > 0
}

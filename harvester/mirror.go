package harvester

import (
	"bytes"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// scan finds the links of a page and reads nothing else of it: what it states is
// for Reprocess. Where the tags alone do not tell the links, the page is read
// whole.
func scan(url string, p *page) (*reading, error) {
	if !slices.Contains([]string{"text/html", "application/xhtml+xml", ""}, p.mediaType) || bytes.Contains(p.body, []byte("<base")) {
		return read(url, p)
	}
	text, _, err := rdfa.Decode(p.body, p.contentType)
	if err != nil {
		return read(url, p)
	}
	r := &reading{unread: true}
	t := &tags{page: url, base: url, typed: -1}
	t.readHeader(p.header)
	t.read(text)
	if len(t.marked) == 0 && slices.ContainsFunc(followed, func(property string) bool {
		return bytes.Contains(text, []byte(property[strings.LastIndexAny(property, "#/")+1:]))
	}) {
		return read(url, p)
	}
	r.follow(nil, t)
	return r, nil
}

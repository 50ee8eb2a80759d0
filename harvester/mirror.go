package harvester

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// scan finds the links of a page and reads nothing else of it: what it states is
// for Reprocess. Where the tags alone do not tell the links, the page is read
// whole.
func scan(url string, p *page) (*reading, error) {
	whole := func() (*reading, error) {
		r, err := read(url, p)
		if err == nil {
			r.unread = true
		}
		return r, err
	}
	if !slices.Contains([]string{"text/html", "application/xhtml+xml", ""}, p.mediaType) || bytes.Contains(p.body, []byte("<base")) || bytes.Contains(p.body, []byte("HREF")) {
		return whole()
	}
	text, _, err := rdfa.Decode(p.body, p.contentType)
	if err != nil {
		return whole()
	}
	t := &tags{page: url, base: url, typed: -1}
	t.readHeader(p.header)
	switch leads(url, text) {
	case byRDFa:
		return whole()
	case byTags:
		t.read(text)
	}
	r := &reading{unread: true}
	r.follow(nil, t)
	return r, nil
}

// by is what tells where a page leads.
type by int

const (
	byNothing by = iota // it leads nowhere
	byTags              // links that name what they lead to
	byRDFa              // RDFa that may name links elsewhere on the page
)

// leads reports what must be read to find the links of a page. It may ask for too
// much, not for too little.
func leads(url string, text []byte) by {
	found := byNothing
	for _, word := range []string{"next", "NEXT", "Next", "refresh", "Refresh", "REFRESH"} {
		if bytes.Contains(text, []byte(word)) {
			found = byTags
			break
		}
	}
	for _, name := range followedNames {
		for at := 0; ; at++ {
			i := bytes.Index(text[at:], []byte(name))
			if i < 0 {
				break
			}
			at += i
			if found = max(found, mention(url, text, at)); found == byRDFa {
				return found
			}
		}
	}
	return found
}

// mention reports what the name of a property, at a place in a text, asks for.
func mention(url string, text []byte, at int) by {
	open := bytes.LastIndexByte(text[:at], '<')
	if open < 0 {
		return byNothing
	}
	z := html.NewTokenizer(bytes.NewReader(text[open:]))
	kind := z.Next()
	if kind != html.StartTagToken && kind != html.SelfClosingTagToken || open+len(z.Raw()) <= at {
		return byNothing // it is not in a tag
	}
	tag, more := z.TagName()
	if slices.Contains([]string{"a", "area", "link"}, string(tag)) {
		return byTags
	}
	object, chained := "", false
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "resource", "href", "src":
			object = string(value)
		case "rel", "rev":
			chained = true
		}
	}
	switch {
	case object != "" && hyperlinked(url, text, object):
		return byRDFa
	case object == "" && chained:
		return byRDFa // what is inside the element is meant
	}
	return byNothing
}

// hyperlinked reports whether a link of the page at a URL leads to the object of a
// property. Of an object that is written in short nobody knows without its
// prefixes.
func hyperlinked(url string, text []byte, object string) bool {
	scheme, _, short := strings.Cut(object, ":")
	if short && scheme != "http" && scheme != "https" {
		return true
	}
	target := rdf.ResolveIRI(url, object)
	object = strings.TrimRight(object, "/#?")
	last := []byte(object[strings.LastIndexAny(object, "/#?")+1:])
	for {
		i := bytes.Index(text, []byte("href"))
		if i < 0 {
			return false
		}
		text = text[i+len("href"):]
		value := bytes.TrimLeft(text, " \t\r\n=\"'")
		end := bytes.IndexAny(value, " \t\r\n\"'>")
		if end < 0 {
			end = len(value)
		}
		if value = value[:end]; !bytes.Contains(value, last) && !bytes.ContainsAny(value, "&%") {
			continue
		}
		if rdf.ResolveIRI(url, html.UnescapeString(string(value))) == target {
			return true
		}
	}
}

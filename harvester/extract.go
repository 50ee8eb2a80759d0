package harvester

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// followed are the properties that lead from one page to another (vendor
// documentation, "publicatie-annotaties").
var followed = []string{
	vocab.LblodBesluitLinkToPublication,
	vocab.BesluitHeeftAgenda,
	vocab.BesluitHeeftBesluitenlijst,
	vocab.BesluitHeeftNotulen,
	vocab.BesluitHeeftUittreksel,
}

// reading is what was read from one body.
type reading struct {
	text     []byte
	quads    []rdf.Sourced
	subjects map[rdf.Term]rdf.Span
	findings []rdf.Finding
	title    string
	links    []string // clean, in page order, each once
	feed     bool     // an LDES page: links only, nothing to publish
}

// states reports whether the page says something of its own: it has a subject
// with a class.
func (r *reading) states() bool {
	return slices.ContainsFunc(r.quads, func(q rdf.Sourced) bool { return q.Predicate == rdf.IRI(vocab.RDFType) })
}

// read extracts statements and links from a body.
func read(url string, p *page) (*reading, error) {
	switch p.mediaType {
	case "text/turtle", "application/ld+json", "application/n-quads", "application/n-triples", "application/trig":
		return readFeed(url, p)
	case "text/html", "application/xhtml+xml", "":
		return readHTML(url, p)
	}
	return nil, fmt.Errorf("read %s: %s holds no linked data that is read here (want text/html)", url, p.mediaType)
}

func readHTML(url string, p *page) (*reading, error) {
	text, _, err := rdfa.Decode(p.body, p.contentType)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	doc, err := rdfa.Parse(text, rdfa.Options{Base: url, Host: rdfa.HostOf(p.mediaType)})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	r := &reading{text: text, quads: doc.Quads, subjects: doc.Subjects, findings: doc.Findings, title: doc.Title}
	add := linkCollector(r)
	for _, q := range doc.Quads {
		if q.Object.IsIRI() && slices.Contains(followed, q.Predicate.Value()) {
			add(q.Object.Value())
		}
	}
	plainLinks(text, doc.Base, add)
	return r, nil
}

// plainLinks finds what today's crawler of the government finds, and RDFa may
// not: an <a> whose property attribute merely contains one of the names. It
// also follows rel=next, by which overview pages are cut into parts.
func plainLinks(text []byte, base string, add func(string)) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		return
	}
	doc.Find("a[href][property]").Each(func(_ int, a *goquery.Selection) {
		property := a.AttrOr("property", "")
		for _, f := range followed {
			if strings.Contains(property, f[strings.LastIndexAny(f, "#/")+1:]) {
				add(rdf.ResolveIRI(base, a.AttrOr("href", "")))
				return
			}
		}
	})
	doc.Find(`a[href][rel~="next"], link[href][rel~="next"]`).Each(func(_ int, a *goquery.Selection) {
		add(rdf.ResolveIRI(base, a.AttrOr("href", "")))
	})
}

// linkCollector returns a function that adds a link to r once, cleaned.
func linkCollector(r *reading) func(string) {
	seen := map[string]bool{}
	return func(raw string) {
		clean, ok := CleanURL(raw)
		if !ok || seen[clean] || isAttachment(clean) {
			return
		}
		seen[clean] = true
		r.links = append(r.links, clean)
	}
}

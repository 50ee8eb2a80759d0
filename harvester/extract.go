package harvester

import (
	"bytes"
	"errors"
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
	// Many a page says that it is XHTML and is not. Browsers would show nothing
	// of it; the crawlers that publishers know read it as HTML, and so do we.
	var syntax *rdf.SyntaxError
	if errors.As(err, &syntax) {
		doc, err = rdfa.Parse(text, rdfa.Options{Base: url})
		if err == nil {
			doc.Findings = append(doc.Findings, notWellFormed(url, syntax))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	r := &reading{text: text, quads: doc.Quads, subjects: doc.Subjects, findings: doc.Findings, title: doc.Title}
	tree, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	add := linkCollector(r)
	// Only hyperlinks are followed. Where a page gives its documents an IRI by
	// @resource, that is a name, and seldom an address.
	hyperlinks := map[string]bool{}
	tree.Find("[href]").Each(func(_ int, s *goquery.Selection) {
		hyperlinks[rdf.ResolveIRI(doc.Base, strings.TrimSpace(s.AttrOr("href", "")))] = true
	})
	for _, q := range doc.Quads {
		if slices.Contains(followed, q.Predicate.Value()) && hyperlinks[q.Object.Value()] {
			add(q.Object.Value())
		}
	}
	plainLinks(tree, doc.Base, add)
	return r, nil
}

func notWellFormed(url string, e *rdf.SyntaxError) rdf.Finding {
	return rdf.Finding{
		Severity: rdf.Warning, Rule: "not-well-formed", Source: url, Span: e.Span,
		Message: rdf.Text{
			NL: "De server noemt deze pagina XHTML, maar ze is geen geldige XML (" + e.Message + "). Ze werd als HTML gelezen; geef ze het type text/html of maak er geldige XML van.",
			EN: "The server calls this page XHTML, but it is not well-formed XML (" + e.Message + "). It was read as HTML; give it the type text/html or make it well-formed.",
		},
	}
}

// plainLinks finds what today's crawler of the government finds, and RDFa may
// not: an <a> whose property attribute merely contains one of the names. It
// also follows rel=next, by which overview pages are cut into parts.
func plainLinks(doc *goquery.Document, base string, add func(string)) {
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

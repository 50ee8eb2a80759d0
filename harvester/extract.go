package harvester

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// followedNames are their local names.
var followedNames = func() []string {
	names := make([]string, len(followed))
	for i, f := range followed {
		names[i] = f[strings.LastIndexAny(f, "#/")+1:]
	}
	return names
}()

// reading is what was read from one body.
type reading struct {
	unread   bool // only the links were looked for
	text     []byte
	quads    []rdf.Sourced
	subjects map[rdf.Term]rdf.Span
	findings []rdf.Finding
	title    string
	links    []string // clean, in page order, each once
	feed     bool     // an LDES page: links and members, nothing to publish of its own
	members  []member // of an LDES page: those that are data themselves
	deleted  []string // of an LDES page: addresses that it says are no more
	sitemap  bool     // a sitemap: links only
	// modified tells of links when, at the latest, what they lead to last
	// changed, as the sitemap or feed says that lists them.
	modified map[string]time.Time
	// canonical is the address of which a page that states something says that it
	// is a copy, on the same host; "" if it says none or its own.
	canonical   string
	attachments []string  // addresses of the attachments of what the page states, clean, in page order
	sitting     time.Time // when the sitting is, or was, that the page is about; zero if it names none
	script      bool      // the page has nothing to read, and a script to write it
}

// states reports whether the page says something of its own: it has a subject
// with a class.
func (r *reading) states() bool {
	return slices.ContainsFunc(r.quads, isTyping)
}

// read extracts statements and links from a body.
func read(url string, p *page) (*reading, error) {
	switch p.mediaType {
	case "text/html", "application/xhtml+xml", "":
		return readHTML(url, p)
	case "text/turtle", "application/ld+json", "application/n-quads", "application/n-triples", "application/trig", "application/json":
		return readRDF(url, p)
	case "application/xml", "text/xml", "text/plain", "application/gzip", "application/x-gzip", "application/octet-stream", "application/rss+xml", "application/atom+xml":
		if r, ok, err := readSitemap(url, p); ok {
			return r, err
		}
		// There are servers that call every page so.
		if strings.HasSuffix(p.mediaType, "/xml") && bytes.Contains(p.body[:min(len(p.body), 1024)], []byte("<html")) {
			return readHTML(url, p)
		}
	}
	return nil, failed(FailedType, fmt.Errorf("read %s: %s holds no linked data that is read here (want text/html)", url, p.mediaType))
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
	t := &tags{page: url, base: doc.Base, typed: -1}
	if i := slices.IndexFunc(doc.Quads, isTyping); i >= 0 {
		t.typed = doc.Quads[i].Span.Start.Offset
	}
	t.readHeader(p.header)
	t.read(text)
	r.follow(doc.Quads, t)
	if t.typed >= 0 {
		r.sitting = sitting(doc.Quads)
		r.canonical = canonical(url, t.canonical)
		r.attachments = append(r.attachments, attachments(doc.Quads, t)...)
		if t.robots.noindex {
			r.findings = append(r.findings, notForSearchEngines(url))
		}
	}
	r.script = t.typed < 0 && len(r.links) == 0 && t.scripts > 0 && (t.noscript || t.text < enoughText)
	return r, nil
}

func isTyping(q rdf.Sourced) bool { return q.Predicate.Value() == vocab.RDFType }

// follow chooses the links that are followed. Only hyperlinks are: where a page
// gives its documents an IRI by @resource, that is a name, and seldom an address.
//
// A link that asks itself not to be followed (rel=nofollow) is left alone, and
// so is every link of a page that asks this of us by our name. What a page asks
// of all crawlers (meta robots, X-Robots-Tag) is meant for search engines: it
// holds for plain links, not for those that the page annotates as publications,
// because such an annotation is there for harvesters and nothing else.
func (r *reading) follow(quads []rdf.Sourced, t *tags) {
	add := linkCollector(r)
	if t.robots.nofollow && t.robots.named {
		return
	}
	for _, q := range quads {
		if object := q.Object.Value(); slices.Contains(followed, q.Predicate.Value()) && t.hyperlinks[object] {
			add(object)
		}
	}
	for _, l := range t.marked {
		add(l)
	}
	if !t.robots.nofollow {
		for _, l := range t.next {
			add(l)
		}
	}
}

// canonical cleans the address that a page calls its canonical one. Only what
// can be true is believed: the same host, another page, and not the home page,
// which careless templates name on every page.
func canonical(url, named string) string {
	clean, ok := CleanURL(named)
	if !ok || clean == url || host(clean) != host(url) {
		return ""
	}
	_, rest, _ := strings.Cut(clean, "://")
	if _, path, _ := strings.Cut(rest, "/"); path == "" {
		return ""
	}
	return clean
}

// notForSearchEngines notes that a page asks not to be indexed. The duty to
// publish stands, so it is harvested; but who shows it can know.
func notForSearchEngines(url string) rdf.Finding {
	return rdf.Finding{
		Severity: rdf.Info, Rule: "noindex", Source: url,
		Message: rdf.Text{
			NL: "Deze pagina vraagt zoekmachines om ze niet op te nemen (noindex). Ze wordt wel geoogst: wat bekendgemaakt is, blijft bekendgemaakt.",
			EN: "This page asks search engines not to index it (noindex). It is harvested all the same: what was made public stays public.",
		},
	}
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

// linkCollector returns a function that adds a link to r once, cleaned: pages to
// its links, documents to its attachments.
func linkCollector(r *reading) func(string) {
	seen := map[string]bool{}
	return func(raw string) {
		clean, ok := CleanURL(raw)
		if !ok || seen[clean] {
			return
		}
		seen[clean] = true
		if isAttachment(clean) {
			r.attachments = append(r.attachments, clean)
			return
		}
		r.links = append(r.links, clean)
	}
}

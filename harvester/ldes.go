package harvester

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Terms of a feed (TREE and LDES specifications; vendor documentation,
// "publicatie-ldes").
const (
	treeView     = vocab.Tree + "view"
	treeRelation = vocab.Tree + "relation"
	treeNode     = vocab.Tree + "node"
	treeMember   = vocab.Tree + "member"
	treePath     = vocab.Tree + "path"
	treeValue    = vocab.Tree + "value"

	ldesTimestampPath       = vocab.Ldes + "timestampPath"
	ldesVersionOfPath       = vocab.Ldes + "versionOfPath"
	ldesVersionDeletePath   = vocab.Ldes + "versionDeletePath"
	ldesVersionDeleteObject = vocab.Ldes + "versionDeleteObject"
	ldesEventSource         = vocab.Ldes + "EventSource"

	asDelete    = "https://www.w3.org/ns/activitystreams#Delete"
	asTombstone = "https://www.w3.org/ns/activitystreams#Tombstone"
)

// member is the newest version on a page of a feed of one thing that the feed
// itself describes.
type member struct {
	name    string    // of the publication that it becomes
	object  rdf.Term  // what it is a version of
	at      time.Time // its timestamp, zero if it has none
	deleted bool
	quads   []rdf.Quad // what it states of object, blank nodes included
}

// readRDF reads a document in an RDF syntax: a page of a feed, or a publication
// that is written without HTML.
//
// Members that say where they are published (prov:atLocation) lead there: the
// page is the publication, the member only announces it. Members that do not
// are publications themselves.
func readRDF(url string, p *page) (*reading, error) {
	quads, err := parseRDF(url, p)
	if err != nil {
		return nil, failed(FailedSyntax, fmt.Errorf("read %s: %w", url, err))
	}
	f := newFeed(url, quads)
	if f == nil {
		r := &reading{text: p.body}
		for _, q := range quads {
			r.quads = append(r.quads, rdf.Sourced{Quad: q})
		}
		r.sitting = sitting(r.quads)
		add := linkCollector(r)
		for _, q := range quads {
			if q.Predicate.Value() == vocab.LblodBesluitLinkToPublication {
				add(q.Object.Value())
			}
		}
		return r, nil
	}
	r := &reading{feed: true, modified: map[string]time.Time{}}
	f.read(r)
	return r, nil
}

// feed is one page of a feed.
type feed struct {
	page  string
	graph *rdf.Graph // every statement of the page, without the name of its graph
	named map[rdf.Term][]rdf.Quad

	stream               rdf.Term // zero if the page names none
	timestamp, versionOf rdf.Term // properties
	deletes              [2]rdf.Term
}

// newFeed returns nil for a document that is no page of a feed.
func newFeed(url string, quads []rdf.Quad) *feed {
	isFeed := slices.ContainsFunc(quads, func(q rdf.Quad) bool {
		switch q.Predicate.Value() {
		case treeMember, treeRelation, treeView:
			return true
		case vocab.RDFType:
			return q.Object.Value() == vocab.Tree+"Node" || q.Object.Value() == vocab.Ldes+"EventStream"
		}
		return false
	})
	if !isFeed {
		return nil
	}
	f := &feed{page: url, graph: rdf.NewGraph(), named: map[rdf.Term][]rdf.Quad{}}
	for _, q := range quads {
		f.graph.Add(q.Triple())
		if !q.Graph.IsZero() {
			f.named[q.Graph] = append(f.named[q.Graph], q.Triple())
		}
	}
	property := func(of, fallback string) rdf.Term {
		for q := range f.graph.Match(rdf.Term{}, rdf.IRI(of), rdf.Term{}) {
			if q.Object.IsIRI() {
				return q.Object
			}
		}
		if fallback == "" {
			return rdf.Term{}
		}
		return rdf.IRI(fallback)
	}
	f.timestamp = property(ldesTimestampPath, vocab.ProvGeneratedAtTime)
	f.versionOf = property(ldesVersionOfPath, vocab.DctIsVersionOf)
	f.deletes = [2]rdf.Term{property(ldesVersionDeletePath, ""), property(ldesVersionDeleteObject, "")}
	for _, of := range []string{treeMember, treeView} {
		for q := range f.graph.Match(rdf.Term{}, rdf.IRI(of), rdf.Term{}) {
			if f.stream.IsZero() && q.Subject.IsIRI() {
				f.stream = q.Subject
			}
		}
	}
	return f
}

// read finds the members and the other pages.
func (f *feed) read(r *reading) {
	add := linkCollector(r)
	newest := map[string]int{} // index of versions, by location or name
	var versions []member
	var locations []string // of versions, "" for those that are data themselves
	for q := range f.graph.Match(rdf.Term{}, rdf.IRI(treeMember), rdf.Term{}) {
		m := member{object: q.Object, at: f.time(q.Object), deleted: f.isDeletion(q.Object)}
		if o := f.graph.Object(q.Object, f.versionOf); o.IsIRI() {
			m.object = o
		}
		location, isPointer := "", false
		for at := range f.graph.Objects(q.Object, rdf.IRI(vocab.ProvAtLocation)) {
			isPointer = true
			location, _ = CleanURL(at.Value())
		}
		if isPointer && location == "" {
			continue // it is published at what is no address
		}
		m.name = location
		if !isPointer {
			if m.object.IsBlank() {
				continue
			}
			m.name = f.name(m.object)
			m.quads = f.describe(q.Object, m.object)
		}
		if i, known := newest[m.name]; !known {
			newest[m.name] = len(versions)
			versions, locations = append(versions, m), append(locations, location)
		} else if !m.at.Before(versions[i].at) {
			versions[i] = m
		}
	}
	for i, m := range versions {
		switch {
		case locations[i] == "":
			r.members = append(r.members, m)
		case m.deleted:
			r.deleted = append(r.deleted, m.name)
			r.note(m.name, m.at)
		default:
			add(m.name)
			r.note(m.name, m.at)
		}
	}
	f.relations(r, add)
}

// note remembers when what a link leads to last changed.
func (r *reading) note(clean string, at time.Time) {
	if !at.IsZero() {
		r.modified[clean] = later(r.modified[clean], at)
	}
}

// relations finds the pages that this one leads to. All relations are followed:
// the harvest wants every member. But where one says that no member behind it is
// newer than some moment, a page that was read since then has nothing new, and
// nor has what is behind it.
func (f *feed) relations(r *reading, add func(string)) {
	inView := false
	bounds := map[string]time.Time{}
	for q := range f.graph.Match(rdf.Term{}, rdf.IRI(treeRelation), rdf.Term{}) {
		inView = true
		for node := range f.graph.Objects(q.Object, rdf.IRI(treeNode)) {
			clean, ok := CleanURL(node.Value())
			if !ok || clean == f.page {
				continue
			}
			add(clean)
			if at := f.newest(q.Object); !at.IsZero() {
				if known, has := bounds[clean]; !has || at.Before(known) {
					bounds[clean] = at // all relations to a node hold together
				}
			}
		}
	}
	for clean, at := range bounds {
		r.modified[clean] = at
	}
	// A stream may be cut into pages in several ways, and one is enough: the one
	// for those who follow events, or else the first.
	view := ""
	for q := range f.graph.Match(rdf.Term{}, rdf.IRI(treeView), rdf.Term{}) {
		clean, ok := CleanURL(q.Object.Value())
		if clean == f.page {
			inView = true
		}
		if ok && (view == "" || f.graph.Has(q.Object, rdf.IRI(vocab.RDFType), rdf.IRI(ldesEventSource))) {
			view = clean
		}
	}
	if !inView && view != "" {
		add(view)
	}
}

// newest returns the last moment at which a member behind a relation can have
// been made, zero if the relation does not tell.
func (f *feed) newest(relation rdf.Term) time.Time {
	if f.graph.Object(relation, rdf.IRI(treePath)) != f.timestamp {
		return time.Time{}
	}
	for kind := range f.graph.Objects(relation, rdf.IRI(vocab.RDFType)) {
		switch strings.TrimPrefix(kind.Value(), vocab.Tree) {
		case "LessThanRelation", "LessThanOrEqualToRelation", "EqualToRelation", "InBetweenRelation":
			_, latest := parseTime(f.graph.Object(relation, rdf.IRI(treeValue)).Value())
			return latest
		}
	}
	return time.Time{}
}

func (f *feed) time(member rdf.Term) time.Time {
	_, latest := parseTime(f.graph.Object(member, f.timestamp).Value())
	return latest
}

func (f *feed) isDeletion(member rdf.Term) bool {
	typed := rdf.IRI(vocab.RDFType)
	return f.graph.Has(member, typed, rdf.IRI(asDelete)) || f.graph.Has(member, typed, rdf.IRI(asTombstone)) ||
		!f.deletes[0].IsZero() && !f.deletes[1].IsZero() && f.graph.Has(member, f.deletes[0], f.deletes[1])
}

// name is that of the publication which a member becomes: the address of its
// stream, and the thing as a fragment. So a feed can not speak in the name of
// another page, and no page that is fetched has such a name.
func (f *feed) name(object rdf.Term) string {
	base, ok := CleanURL(f.stream.Value())
	if !ok || host(base) != host(f.page) {
		base, _, _ = strings.Cut(f.page, "?")
	}
	return base + "#" + strings.ReplaceAll(object.Value(), "#", "%23")
}

// describe collects what the page states of a version: its own statements, those
// in the graph of its name, and those of what it leads to that the page describes
// too and that is neither another member nor a part of the feed. They are told
// of the object, not of the version.
func (f *feed) describe(version, object rdf.Term) []rdf.Quad {
	var quads []rdf.Quad
	seen := map[rdf.Term]bool{version: true}
	done := map[rdf.Quad]bool{}
	of := func(t rdf.Term) rdf.Term {
		if t == version {
			return object
		}
		return t
	}
	add := func(q rdf.Quad) {
		if done[q] || q.Subject == version && q.Predicate == f.versionOf {
			return
		}
		done[q] = true
		quads = append(quads, rdf.Quad{Subject: of(q.Subject), Predicate: q.Predicate, Object: of(q.Object)})
	}
	queue := []rdf.Term{version}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		for q := range f.graph.Match(t, rdf.Term{}, rdf.Term{}) {
			add(q)
			if o := q.Object; !o.IsLiteral() && !seen[o] && q.Predicate != f.versionOf && !f.isOwn(o) {
				seen[o] = true
				queue = append(queue, o)
			}
		}
	}
	for _, q := range f.named[version] {
		add(q)
	}
	return quads
}

// isOwn reports whether a node is a part of the feed: a member, a page, a
// relation, or the stream.
func (f *feed) isOwn(t rdf.Term) bool {
	for _, p := range []string{treeMember, treeRelation, treeNode, treeView} {
		for range f.graph.Match(rdf.Term{}, rdf.IRI(p), t) {
			return true
		}
	}
	return t == f.stream
}

// members hands on what a page of a feed describes itself, each thing as a
// publication of its own. The newest version wins, whatever the order in which
// pages are read. What the feed says was deleted elsewhere is looked at where it
// is known: added to the links.
//
// The lock is one for the whole run: two pages may hold versions of one thing.
func (r *run) members(ctx context.Context, versions sync.Locker, link Link, content *reading) error {
	for _, at := range content.deleted {
		last, _, err := r.Visits.Last(ctx, at)
		if err != nil {
			return err
		}
		if last.published() {
			content.links = append(content.links, at)
		}
	}
	for _, m := range content.members {
		versions.Lock()
		err := r.member(ctx, link, m)
		versions.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) member(ctx context.Context, link Link, m member) error {
	last, _, err := r.Visits.Last(ctx, m.name)
	if err != nil {
		return err
	}
	// Of a member the visit keeps its timestamp where that of a page is kept.
	known, _ := parseTime(last.LastModified)
	if m.at.Before(known) || m.deleted && !last.published() {
		return nil
	}
	now := r.now()
	v := Visit{URL: m.name, Seed: link.Seed, From: link.URL, Time: now, Status: 200, Success: now, MediaType: "application/n-quads", Changed: now, Title: last.Title}
	if !m.at.IsZero() {
		v.LastModified = m.at.Format(time.RFC3339Nano)
	}
	publicatie := besluit.Publicatie{Pagina: m.name, Bron: link.Seed, Opgehaald: now, Status: v.Status, MediaType: v.MediaType}
	if m.deleted {
		publicatie.Ingetrokken = true
		v.Status, publicatie.Status = 410, 410
	} else {
		publicatie.Tekst, publicatie.Quads = written(m.quads)
		if v.SHA256, err = r.Blobs.Put(ctx, publicatie.Tekst); err != nil {
			return err
		}
		v.Received, publicatie.Ruw = v.SHA256, v.SHA256
		if last.published() && last.SHA256 == v.SHA256 {
			return nil
		}
	}
	outcome, err := r.Accept(ctx, publicatie)
	if err != nil {
		return fmt.Errorf("accept %s: %w", m.name, err)
	}
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	r.tell(Link{URL: m.name, Seed: link.Seed, From: link.URL}, Event{Outcome: outcome, Totals: r.count(link.Seed, func(t *Totals) {
		t.Pages++
		switch outcome {
		case New:
			t.New++
		case Changed:
			t.Changed++
		case Unchanged:
			t.Unchanged++
		case Withdrawn:
			t.Withdrawn++
		case Held:
			t.Held++
		}
	})})
	return nil
}

// written writes statements as N-Quads, one on each line, and says where each
// stands.
func written(quads []rdf.Quad) (text []byte, sourced []rdf.Sourced) {
	quads = slices.Clone(quads)
	slices.SortFunc(quads, rdf.CompareQuads)
	lines := make([]int, 0, len(quads)+1)
	for _, q := range quads {
		lines = append(lines, len(text))
		text = append(q.AppendNQuads(text), '\n')
	}
	at := rdf.NewLines(text)
	for i, q := range quads {
		end := len(text)
		if i+1 < len(lines) {
			end = lines[i+1]
		}
		sourced = append(sourced, rdf.Sourced{Quad: q, Span: rdf.Span{Start: at.Position(lines[i]), End: at.Position(end - 1)}})
	}
	return text, sourced
}

// maxFeedQuads bounds one page of a feed.
const maxFeedQuads = 2_000_000

func parseRDF(url string, p *page) ([]rdf.Quad, error) {
	if p.mediaType == "application/ld+json" || p.mediaType == "application/json" {
		return jsonld.Parse(bytes.NewReader(p.body), jsonld.Options{Base: url, Contexts: feedContexts()})
	}
	var next func() (rdf.Quad, error)
	switch p.mediaType {
	case "application/n-quads", "application/n-triples":
		next = nquads.NewReader(bytes.NewReader(p.body), nquads.Options{Source: url}).Read
	default:
		next = turtle.NewReader(bytes.NewReader(p.body), turtle.Options{Base: url, Source: url, TriG: p.mediaType == "application/trig"}).Read
	}
	var quads []rdf.Quad
	for len(quads) < maxFeedQuads {
		q, err := next()
		if errors.Is(err, io.EOF) {
			return quads, nil
		}
		if err != nil {
			return nil, err
		}
		quads = append(quads, q)
	}
	return nil, fmt.Errorf("feed page has more than %d statements", maxFeedQuads)
}

// feedContexts is the JSON-LD context that the vendor documentation gives for
// publication feeds, by its address: nothing is fetched to read a feed.
func feedContexts() map[string][]byte {
	return map[string][]byte{"https://lblod.github.io/pages-vendors/assets/json-ld/publicatie-feed-context.json": []byte(feedContext)}
}

// feedContext has the terms of that context, written anew.
const feedContext = `{"@context": {
"xsd": "http://www.w3.org/2001/XMLSchema#", "prov": "http://www.w3.org/ns/prov#", "dct": "http://purl.org/dc/terms/",
"foaf": "http://xmlns.com/foaf/0.1/", "ldes": "https://w3id.org/ldes#", "tree": "https://w3id.org/tree#",
"id": "@id", "type": "@type",
"isVersionOf": {"@type": "@id", "@id": "dct:isVersionOf"}, "dctType": {"@type": "@id", "@id": "dct:type"},
"atLocation": {"@type": "@id", "@id": "prov:atLocation"}, "generatedAtTime": {"@type": "xsd:dateTime", "@id": "prov:generatedAtTime"},
"versionOfPath": {"@type": "@id", "@id": "ldes:versionOfPath"}, "timestampPath": {"@type": "@id", "@id": "ldes:timestampPath"},
"member": {"@type": "@id", "@id": "tree:member"}, "view": {"@type": "@id", "@id": "tree:view"}, "shape": {"@type": "@id", "@id": "tree:shape"},
"relation": "tree:relation", "node": {"@type": "@id", "@id": "tree:node"}, "path": {"@type": "@id", "@id": "tree:path"},
"value": {"@type": "xsd:dateTime", "@id": "tree:value"}, "Node": "tree:Node", "LessThanRelation": "tree:LessThanRelation"
}}`

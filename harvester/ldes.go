package harvester

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Properties of a publication feed (vendor documentation, "publicatie-ldes";
// TREE and LDES specifications).
const (
	treeView     = vocab.Tree + "view"
	treeRelation = vocab.Tree + "relation"
	treeNode     = vocab.Tree + "node"
	treeMember   = vocab.Tree + "member"
)

// readFeed reads a page of an LDES publication feed: its members say where
// documents are published, its relations lead to the other pages.
func readFeed(url string, p *page) (*reading, error) {
	quads, err := parseRDF(url, p)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	g := rdf.NewGraph(quads...)
	r := &reading{feed: true}
	add := linkCollector(r)
	for member := range g.Match(rdf.Term{}, rdf.IRI(treeMember), rdf.Term{}) {
		for at := range g.Objects(member.Object, rdf.IRI(vocab.ProvAtLocation)) {
			add(at.Value())
		}
	}
	for relation := range g.Match(rdf.Term{}, rdf.IRI(treeRelation), rdf.Term{}) {
		for node := range g.Objects(relation.Object, rdf.IRI(treeNode)) {
			add(node.Value())
		}
	}
	for view := range g.Match(rdf.Term{}, rdf.IRI(treeView), rdf.Term{}) {
		add(view.Object.Value())
	}
	return r, nil
}

// maxFeedQuads bounds one page of a feed.
const maxFeedQuads = 2_000_000

func parseRDF(url string, p *page) ([]rdf.Quad, error) {
	if p.mediaType == "application/ld+json" {
		return jsonld.Parse(bytes.NewReader(p.body), jsonld.Options{Base: url})
	}
	var next func() (rdf.Quad, error)
	switch p.mediaType {
	case "application/n-quads", "application/n-triples":
		next = nquads.NewReader(bytes.NewReader(p.body), nquads.Options{Source: url}).Read
	default:
		next = turtle.NewReader(bytes.NewReader(p.body), turtle.Options{Base: url, Source: url}).Read
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

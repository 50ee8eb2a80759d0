// Package rdfxml reads RDF 1.1 XML; package sparql writes it, for clients that
// take nothing else. The reader streams: it holds one element below rdf:RDF at a
// time.
package rdfxml

import (
	"bytes"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
)

// DefaultMaxStatement is the bound on one element below rdf:RDF in bytes where
// Options.MaxStatement is 0.
const DefaultMaxStatement = lex.DefaultMaxStatement

// Bounds of the reader that no honest document comes near.
const (
	maxDepth  = 1000    // nesting of elements
	maxQuads  = 1 << 18 // of one element below rdf:RDF
	maxIDs    = 1 << 20 // rdf:ID in one document
	maxEntity = 4 << 10 // bytes of an entity's value

	maxEntities = 1000 // declared in one document
)

// Options says how to read. The zero value has the default bounds.
type Options struct {
	// Base is the IRI that relative IRIs are resolved against, until the
	// document gives another; without either a relative IRI is an error.
	Base string
	// Source is the file name or IRI that errors name.
	Source string
	// MaxStatement is the length in bytes of the longest element below rdf:RDF
	// that is read; 0 means DefaultMaxStatement.
	MaxStatement int
	// BlankPrefix is put before every blank node label, so that the nodes of
	// several documents do not collide.
	BlankPrefix string
}

// Parse reads all of an RDF/XML document that is in memory. On bad input it
// returns the triples before it and a *rdf.SyntaxError.
func Parse(b []byte, base string) ([]rdf.Quad, error) {
	// What is decoded to UTF-8 may become longer.
	return rdf.ReadAll(NewReader(bytes.NewReader(b), Options{Base: base, MaxStatement: 3*len(b) + 1}).Read)
}

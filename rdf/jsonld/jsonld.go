// Package jsonld reads and writes JSON-LD 1.1. Expansion, compaction and
// framing are the work of the library json-gold; the steps between JSON-LD and
// RDF are our own, and so are the bounds: nothing is fetched unless the caller
// passes a Loader, and size, depth and the number of quads are limited.
//
// What json-gold can not do, and so this package neither; the conformance tests
// name each case:
//   - resolving relative IRIs strictly as RFC 3986 has it, where dots stand
//     before a query, slashes are doubled or the base has no authority;
//   - terms relative to @vocab in some forms, also as @reverse;
//   - the context of a @nest term, and contexts that a scoped context names
//     relative to itself;
//   - some errors in contexts and typed values, which it lets pass;
//   - compacting and framing inside @included, some indexed containers, and a
//     default for @type in frames.
//
// Generalised RDF (blank nodes as predicates) is neither read nor written.
// JSON-LD inside HTML is found by package rdfa. The whole document is held in
// memory: for data without end use package nquads.
package jsonld

import (
	_ "embed"

	"github.com/belfort-lod/belfort/rdf"
)

// Defaults of the bounds in Options.
const (
	DefaultMaxBytes = 16 << 20
	DefaultMaxDepth = 100
)

// maxQuads bounds what one document becomes.
const maxQuads = 1 << 22

// Loader returns the JSON document at an IRI, such as a context that a document
// names. It is called with absolute IRIs only.
type Loader func(iri string) ([]byte, error)

// Options says how to read and write. The zero value has the default bounds
// and no access to anything.
type Options struct {
	// Base is the IRI that relative IRIs are resolved against, and that a
	// writer makes IRIs relative to.
	Base string
	// Contexts are documents at hand, by their IRI. The context of this
	// package is known without being named here.
	Contexts map[string][]byte
	// Loader fetches what Contexts lacks; nil means that nothing is fetched.
	Loader Loader

	// Source is the file name or IRI that errors name. Parse only.
	Source string
	// MaxBytes is the size of the largest document that is read, contexts
	// included each by itself; 0 means DefaultMaxBytes. Parse only.
	MaxBytes int
	// MaxDepth is the deepest nesting of JSON that is read; 0 means
	// DefaultMaxDepth. Parse only.
	MaxDepth int
	// BlankPrefix is put before every blank node label, so that the nodes of
	// several documents do not collide. Parse only.
	BlankPrefix string

	// Context is the JSON of the context to compact with: an object with
	// "@context", or what would stand there. Without one, Write gives expanded
	// JSON-LD. Write only.
	Context []byte
	// ContextIRI, if not empty, is what the output names as its context
	// instead of repeating Context. Write only.
	ContextIRI string
	// Frame is the JSON of a frame that shapes the output (JSON-LD 1.1
	// Framing); its context is used when Context is empty. Write only.
	Frame []byte
	// NativeTypes writes booleans and numbers as those of JSON, which may lose
	// their exact form. Write only.
	NativeTypes bool
	// Indent is the indentation per level, none for output on one line. Write
	// only.
	Indent string

	// What only the conformance tests ask for.
	rdfDirection   string // i18n-datatype or compound-literal
	useRdfType     bool
	processingMode string
	expandContext  any
}

//go:embed context/besluit.jsonld
var besluitContext string

// BesluitContext returns a JSON-LD context for decisions: the classes and
// properties of OSLO Besluit Publicatie and of the vocabularies it borrows
// from, under their local names.
func BesluitContext() []byte { return []byte(besluitContext) }

func (o Options) maxBytes() int {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return DefaultMaxBytes
}

func (o Options) maxDepth() int {
	if o.MaxDepth > 0 {
		return o.MaxDepth
	}
	return DefaultMaxDepth
}

func (o Options) fail(message string) error {
	return &rdf.SyntaxError{Source: o.Source, Message: message}
}

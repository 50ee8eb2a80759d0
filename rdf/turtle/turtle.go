// Package turtle reads and writes RDF 1.1 Turtle and TriG. The reader streams:
// it holds one statement at a time. The writer gathers a graph to lay it out
// for people, or, where asked, streams too. N-Triples is Turtle that package
// nquads reads faster.
package turtle

import (
	"bytes"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
)

// DefaultMaxStatement is the bound on one statement in bytes where
// Options.MaxStatement is 0.
const DefaultMaxStatement = lex.DefaultMaxStatement

// Bounds of the reader that no honest document comes near.
const (
	maxDepth    = 1000    // nesting of [] and ()
	maxPrefixes = 1 << 14 // declared in one document
	maxQuads    = 1 << 18 // of one statement
)

// Options says how to read and write. The zero value is Turtle with the
// default bounds.
type Options struct {
	// TriG chooses TriG. Without it a reader refuses graphs and a writer leaves
	// graph names out.
	TriG bool
	// Base is the IRI that a reader resolves relative IRIs against, until the
	// document gives another; without either a relative IRI is an error. A
	// writer shortens IRIs that begin with it, and declares it.
	Base string

	// Source is the file name or IRI that errors name. Readers only.
	Source string
	// MaxStatement is the length in bytes of the longest statement that is
	// read; 0 means DefaultMaxStatement. Readers only.
	MaxStatement int
	// BlankPrefix is put before every blank node label, so that the nodes of
	// several documents do not collide. Readers only.
	BlankPrefix string
	// Recover is told of each syntax error and says whether to go on with the
	// next statement; nothing of the statement with the error is read. When it
	// is nil the first error ends the reading. Readers only.
	Recover func(*rdf.SyntaxError) bool

	// Prefixes maps prefixes, without the colon, to namespaces. Of these a
	// writer declares the ones it uses. Writers only; a reader begins with
	// none.
	Prefixes map[string]string
	// Stream makes a writer write each quad as it comes, in memory that does
	// not grow: all prefixes are declared, only neighbouring quads of a subject
	// are grouped, and blank nodes keep their labels. Writers only.
	Stream bool
}

// Parse reads all of a Turtle document that is in memory. On bad input it
// returns the triples before it and a *rdf.SyntaxError.
func Parse(b []byte, base string) ([]rdf.Quad, error) { return parse(b, Options{Base: base}) }

// ParseTriG is Parse for TriG.
func ParseTriG(b []byte, base string) ([]rdf.Quad, error) {
	return parse(b, Options{Base: base, TriG: true})
}

func parse(b []byte, o Options) ([]rdf.Quad, error) {
	o.MaxStatement = max(len(b), 1)
	return rdf.ReadAll(NewReader(bytes.NewReader(b), o).Read)
}

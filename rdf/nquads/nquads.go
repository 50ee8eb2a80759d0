// Package nquads reads and writes RDF 1.1 N-Quads and N-Triples, statement by
// statement, in memory bounded by one statement. Lines that are wrong can be
// passed over. It knows no other syntax; package turtle reads Turtle and TriG.
package nquads

import (
	"bytes"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
)

// DefaultMaxStatement is the bound on one statement in bytes where
// Options.MaxStatement is 0.
const DefaultMaxStatement = lex.DefaultMaxStatement

// Options says how to read and write. The zero value is N-Quads with the
// default bounds.
type Options struct {
	// Triples chooses N-Triples: a reader refuses graph names, a writer leaves
	// them out.
	Triples bool
	// Source is the file name or IRI that errors name. Readers only.
	Source string
	// MaxStatement is the length in bytes of the longest statement that is
	// read; 0 means DefaultMaxStatement. Readers only.
	MaxStatement int
	// BlankPrefix is put before every blank node label, so that the nodes of
	// several documents do not collide. Readers only.
	BlankPrefix string
	// Recover is told of each syntax error and says whether to go on with the
	// next line. When it is nil the first error ends the reading. Readers only.
	Recover func(*rdf.SyntaxError) bool
}

// Parse reads all of an N-Quads document that is in memory. On bad input it
// returns the quads before it and a *rdf.SyntaxError.
func Parse(b []byte) ([]rdf.Quad, error) {
	return rdf.ReadAll(NewReader(bytes.NewReader(b), Options{MaxStatement: max(len(b), 1)}).Read)
}

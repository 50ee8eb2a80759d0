package results

import (
	"iter"

	"github.com/belfort-lod/belfort/rdf"
)

// Kind is the kind of answer, which the query form decides (SPARQL 1.1 Query,
// section 16).
type Kind uint8

// The kinds of answer: SELECT gives Bindings, ASK a Boolean, CONSTRUCT and
// DESCRIBE give Quads.
const (
	Bindings Kind = iota
	Boolean
	Quads
)

// Result is the answer to a query, read once from front to back. The caller
// must call Close, also when it did not read to the end: a result holds a
// snapshot of the data.
type Result struct {
	Kind Kind
	// Vars are the names of the variables without "?", in SELECT order.
	Vars []string
	// Rows yields solutions as terms in the order of Vars; the zero Term is
	// unbound. The slice is valid until the next step. An error ends the rows.
	Rows iter.Seq2[[]rdf.Term, error]
	// Boolean is the answer to ASK.
	Boolean bool
	// Quads yields the triples of CONSTRUCT and DESCRIBE, each once.
	Quads iter.Seq2[rdf.Quad, error]
	// Release frees what the result holds; nil if nothing. Call Close instead.
	Release func()
}

// Close frees what the result holds. It may be called more than once.
func (r *Result) Close() {
	if r.Release != nil {
		r.Release()
		r.Release = nil
	}
}

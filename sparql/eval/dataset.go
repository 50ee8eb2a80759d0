package eval

import (
	"iter"

	"github.com/belfort-lod/belfort/rdf"
)

// ID stands for a term within one Dataset; 0 is no term, or any term in a
// pattern. IDs with the highest bit set are never given by a Dataset: the
// evaluator uses them for values that a query computes.
type ID uint64

// QuadID is a quad, or a pattern of one, as IDs. In a quad, Graph 0 is the
// default graph; in a pattern, 0 in any place fits everything.
type QuadID struct {
	Subject, Predicate, Object, Graph ID
}

// Scope says which graphs a pattern without a graph looks in.
type Scope uint8

// The scopes. Union is the default graph of Belfort's endpoint: every graph
// together, each triple once (Graph is 0 in the quads yielded). Default is the
// unnamed graph only, as the conformance suites use it. Named is every named
// graph, quad by quad. A pattern with a Graph ignores the scope.
const (
	Union Scope = iota
	Default
	Named
)

// Dataset is a consistent snapshot of quads as the evaluator needs it. It is
// safe for concurrent use. quadstore has the durable one; tests use a slice.
type Dataset interface {
	// ID returns the ID of a term, 0 if no quad has it.
	ID(t rdf.Term) (ID, error)
	// Term returns the term of an ID that this dataset gave.
	Term(id ID) (rdf.Term, error)
	// Match yields the quads that fit, in an order that is stable but not
	// specified. It stops at the first error.
	Match(pattern QuadID, scope Scope) iter.Seq2[QuadID, error]
	// Estimate returns about how many quads fit, cheaply; it may be wrong but
	// never negative, and is 0 only if there is none.
	Estimate(pattern QuadID, scope Scope) float64
}

// Statistics is what a Dataset may know beyond Estimate. Joins are ordered
// better with it.
type Statistics interface {
	// Distinct returns about how many different subjects, objects and graphs the
	// quads with the predicate have, over all graphs.
	Distinct(predicate ID) (subjects, objects, graphs float64)
}

// GraphLister is a Dataset that can name its graphs without reading all quads.
type GraphLister interface {
	// Graphs yields the named graphs that have a quad, each once.
	Graphs() iter.Seq2[ID, error]
}

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

// Place names one of the four places of a quad.
type Place uint8

// The places, in the order of QuadID.
const (
	AtSubject Place = iota
	AtPredicate
	AtObject
	AtGraph
)

// Seeker is a Dataset that keeps quads sorted and lets a reader keep its place:
// a join that looks up ascending IDs then reads forward instead of searching
// anew each time.
type Seeker interface {
	// Cursor returns a cursor for patterns that give the places of bound, and
	// only those. Its quads come sorted by the IDs in the places of order, then by
	// the places in neither list; with the scope Union each triple comes once,
	// with Graph 0. It is nil if the dataset has no such order. The caller must
	// close it before it lets go of the dataset.
	Cursor(bound, order []Place, scope Scope) Cursor
}

// Cursor reads quads in sorted order. It is used by one goroutine.
type Cursor interface {
	// Seek goes to the first quad that fits the pattern and whose ID in the first
	// place of the order is at least from; Next then ends after those whose ID is
	// at most to. to 0 is no bound.
	Seek(pattern QuadID, from, to ID)
	// Next fills quads from its beginning and returns how many it set: 0 is the
	// end.
	Next(quads []QuadID) (n int, err error)
	// Close frees what the cursor holds.
	Close() error
}

// Ranger is a Dataset that gives some literals IDs in the order of their values.
type Ranger interface {
	// Ranges returns ranges of IDs, ascending and apart, both ends included, that
	// together hold every ID of a literal for which low <= literal and literal <=
	// high may be true by the operators of section 17.3; a zero term is no bound.
	// ok is false if it cannot tell.
	Ranges(low, high rdf.Term) (ranges [][2]ID, ok bool)
}

// Comparer is a Dataset that can order some terms by their IDs alone.
type Comparer interface {
	// Compare orders two terms as ORDER BY does (section 15.1); ok is false if
	// the terms themselves must be looked at.
	Compare(a, b ID) (c int, ok bool)
}

// RangeEstimator is a Seeker that can tell how large a range is before reading
// it: joins are ordered better with it.
type RangeEstimator interface {
	// EstimateRange returns about how many quads fit the pattern and have an ID
	// from low to high, both included, in the given place, which the pattern
	// leaves open. It may be wrong but never negative, and is 0 only if there is
	// none.
	EstimateRange(pattern QuadID, place Place, low, high ID, scope Scope) float64
}

// Counter is a Dataset that knows some numbers exactly.
type Counter interface {
	// Count returns how many quads fit; ok is false if they would have to be
	// counted one by one.
	Count(pattern QuadID, scope Scope) (n int64, ok bool)
}

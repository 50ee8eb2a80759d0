// Package shapes validates RDF graphs against shapes (W3C SHACL of 20 July
// 2017): a shapes graph is compiled once, and the result validates any number
// of data graphs, from several goroutines at once.
//
// It knows SHACL and nothing of OSLO, of positions in pages or of levels of
// maturity: that is the work of package oslo below it. Constraints written in
// SPARQL (SHACL, part 2) need a query engine, which the caller passes in.
package shapes

import (
	"errors"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// ErrRecursive is returned, wrapped with the names of the shapes, for a shapes
// graph in which a shape refers to itself (SHACL, section 3.4.3, leaves open
// what that means).
var ErrRecursive = errors.New("recursive shapes are not supported")

// ErrTooDeep is returned for shapes that refer to each other in a chain longer
// than this package accepts (200).
var ErrTooDeep = errors.New("shapes refer to each other in too long a chain")

const maxShapeDepth = 200

// Shapes is a compiled shapes graph. It is immutable and safe for concurrent
// use.
type Shapes struct {
	targeted []*shape // those with a target, in the order of the graph
}

// Options change how one validation runs. The zero value is ready for use.
type Options struct {
	// SPARQL evaluates constraints written in SPARQL. Without it they are
	// skipped, and the report says which.
	SPARQL SPARQL
	// MaxResults bounds the report; 0 means 100,000. A report that reached the
	// bound is marked Truncated.
	MaxResults int
}

// shape is a compiled node shape, or with a path a property shape.
type shape struct {
	node        rdf.Term
	path        *Path
	severity    rdf.Term
	messages    []rdf.Term
	deactivated bool
	targets     []target
	constraints []constraint
	properties  []*shape
	queries     []*query
}

// target finds focus nodes (SHACL, section 2.1.3): of is how, node the class,
// predicate or node that was named.
type target struct {
	of   string
	node rdf.Term
}

// constraint is one constraint of a shape. check calls fail for every result
// that it has; nothing when the value nodes conform.
type constraint struct {
	component rdf.Term
	check     func(r *run, focus rdf.Term, values []rdf.Term, fail failFunc)
	message   rdf.Text // for shapes without a sh:message
}

// failFunc takes the value of a result, the zero Term for none, and the path
// where it is not that of the shape.
type failFunc func(value rdf.Term, path *Path)

// Terms that the compiler and the validator match.
var (
	rdfType         = rdf.IRI(vocab.RDFType)
	rdfFirst        = rdf.IRI(vocab.RDFFirst)
	rdfRest         = rdf.IRI(vocab.RDFRest)
	rdfsSubClassOf  = rdf.IRI(vocab.RDFSSubClassOf)
	rdfsClass       = rdf.IRI(vocab.RDFS + "Class")
	shNodeShape     = sh("NodeShape")
	shPropertyShape = sh("PropertyShape")
	shPath          = sh("path")
	shProperty      = sh("property")
	literalTrue     = rdf.Literal("true", vocab.XSDBoolean)
)

func sh(local string) rdf.Term { return rdf.IRI(vocab.SH + local) }

// Package shapes validates RDF graphs against shapes (W3C SHACL of 20 July
// 2017): a shapes graph is compiled once, and the result validates any number
// of data graphs, from several goroutines at once.
//
// It is the whole of SHACL Core and of SHACL-SPARQL: constraints and constraint
// components written in SPARQL are run by package eval, their variables
// pre-bound by substitution. Of the advanced features it has targets written in
// SPARQL only. It knows nothing of OSLO, of positions in pages or of levels of
// maturity: that is the work of package oslo.
//
// Shapes and data may come from strangers. What a shapes graph may ask is
// bounded when it is compiled, what a validation may take by Options.
package shapes

import (
	"errors"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// Errors of Compile.
var (
	// ErrRecursive is returned, wrapped with the names of the shapes, for a shapes
	// graph in which a shape refers to itself (SHACL, section 3.4.3, leaves open
	// what that means).
	ErrRecursive = errors.New("recursive shapes are not supported")
	// ErrTooDeep is returned for shapes that refer to each other in a chain longer
	// than this package accepts (200).
	ErrTooDeep = errors.New("shapes refer to each other in too long a chain")
	// ErrTooLarge is returned for a shapes graph of more than 500,000 triples, or
	// one whose lists, patterns and queries come to too much.
	ErrTooLarge = errors.New("the shapes graph is too large")
)

// ErrLimit is returned, wrapped with the limit, by a validation that went over
// one of the limits of Options. The *eval.LimitError of a query is wrapped too.
var ErrLimit = errors.New("over a limit of the validation")

const (
	maxShapeDepth = 200
	maxTriples    = 500_000
	// maxCompileWork bounds what compiling may do, in list members read,
	// instructions of patterns and bytes of queries.
	maxCompileWork = 3_000_000
)

// Shapes is a compiled shapes graph. It is immutable and safe for concurrent
// use.
type Shapes struct {
	targeted  []*shape   // those with a target, in the order of the graph
	constants []rdf.Term // what constraints and paths look up in the data, each once
	graph     *rdf.Graph // the shapes graph, for $shapesGraph
}

// Options change how one validation runs. The zero value is ready for use.
type Options struct {
	// MaxResults bounds the report; 0 means 100,000. A report that reached the
	// bound is marked Truncated.
	MaxResults int
	// MaxWork bounds the steps of the validation: focus nodes and values looked
	// at, triples followed, text matched. 0 means 2 billion, some minutes.
	MaxWork int64
	// Time bounds the whole validation; 0 means 10 minutes.
	Time time.Duration
	// Query bounds each evaluation of a constraint written in SPARQL: there is one
	// for each focus node, or each value node. Zero fields mean 10 seconds, 10
	// million intermediate solutions, 256 MiB and MaxResults rows.
	Query eval.Limits
}

func (o Options) withDefaults() Options {
	if o.MaxResults == 0 {
		o.MaxResults = 100_000
	}
	if o.MaxWork == 0 {
		o.MaxWork = 2_000_000_000
	}
	if o.Time == 0 {
		o.Time = 10 * time.Minute
	}
	if o.Query.Time == 0 {
		o.Query.Time = 10 * time.Second
	}
	if o.Query.Work == 0 {
		o.Query.Work = 10_000_000
	}
	if o.Query.Memory == 0 {
		o.Query.Memory = 256 << 20
	}
	if o.Query.Rows == 0 {
		o.Query.Rows = int64(o.MaxResults) + 1
	}
	return o
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
}

// target finds focus nodes (SHACL, section 2.1.3): of is how, node the class,
// predicate or node that was named, query a SELECT that finds them.
type target struct {
	of    string
	node  rdf.Term
	query *query
}

// constraint is one constraint of a shape. check makes a visit fail for every
// result that it has, and never when the value nodes conform.
type constraint struct {
	component rdf.Term
	check     func(v *visit)
	message   rdf.Text   // for shapes without a sh:message
	messages  []rdf.Term // the same, as terms
}

// constant is the place of a term in Shapes.constants.
type constant int

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

package sparql

import (
	"context"
	"errors"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/results"
)

// Query is a query as the protocol receives it (SPARQL 1.1 Protocol, section
// 2.1).
type Query struct {
	Text string
	// Base resolves relative IRIs in the text; "" if there are none.
	Base string
	// DefaultGraphs and NamedGraphs are the dataset that the request asks for;
	// they take the place of the query's own FROM clauses, and in an update of what
	// its patterns would look at.
	DefaultGraphs, NamedGraphs []string
	// Limits bound the work; the zero value means the engine's own bounds.
	Limits Limits
}

// Limits bound the work that one query may cause. A zero field means the
// engine's own bound. Exceeding one ends the result with a *LimitError.
type Limits struct {
	Time   time.Duration
	Rows   int64 // solutions or triples in the answer
	Work   int64 // intermediate solutions
	Memory int64 // bytes held for sorting, grouping and joining, about
}

// LimitError says that a query was ended because it went over a limit; it
// names the limit and its bound.
type LimitError = eval.LimitError

// ErrUnsupported is returned for what an Engine cannot do.
var ErrUnsupported = errors.New("not supported by this engine")

// Engine answers queries. The embedded one is made by NewEmbedded; package
// remote passes queries on to another endpoint. Errors in the query are
// *rdf.SyntaxError. An Engine is safe for concurrent use.
type Engine interface {
	// Query runs a query. The caller must close the result.
	Query(ctx context.Context, q Query) (*results.Result, error)
	// Update runs an update request (SPARQL 1.1 Update) as one atomic step.
	Update(ctx context.Context, q Query) error
	// Graph returns the triples of a named graph, ok false if there is none; the
	// zero name is the default graph (the Graph Store Protocol's read side).
	Graph(ctx context.Context, name rdf.Term) (r *results.Result, ok bool, err error)
}

// Explainer is an Engine that tells how it runs queries.
type Explainer interface {
	// Explain returns the plan of a query with what is expected of it; with run the
	// query is run to its end under its limits, and the plan has what was counted
	// and measured. With an error may come the plan as far as it was run.
	Explain(ctx context.Context, q Query, run bool) (*eval.Plan, error)
}

// GraphWriter is an Engine that takes whole graphs (the write side of the SPARQL
// 1.1 Graph Store HTTP Protocol, sections 5.3 to 5.5). The zero name is the
// default graph; the graphs of the quads themselves are ignored. Each call is one
// atomic step, and queries see it when the call returns without an error. Blank
// nodes come in anew with each call. A graph without triples does not exist.
type GraphWriter interface {
	// PutGraph makes a graph hold exactly the quads; created tells that it was not
	// there before.
	PutGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error)
	// PostGraph adds the quads to a graph; created tells that it was not there
	// before.
	PostGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error)
	// DeleteGraph removes a graph; existed tells that it was there.
	DeleteGraph(ctx context.Context, name rdf.Term) (existed bool, err error)
}

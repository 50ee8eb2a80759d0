package sparql

import (
	"context"
	"errors"
	"fmt"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// GraphChange is what a write does to one graph; the zero name is the default
// graph. Graphs of the quads themselves are ignored.
type GraphChange struct {
	Graph rdf.Term
	// Exists tells that the graph had a triple when work looked.
	Exists bool
	// Clear takes away everything that the graph has, before the rest.
	Clear bool
	// Delete goes, then Insert comes. What is not there or is there already does
	// no harm. Blank nodes of Insert are new ones, shared by the changes of one
	// write.
	Delete, Insert []rdf.Quad
}

// Writer carries out what Update and the Graph Store Protocol want of the
// embedded engine. It is safe for concurrent use.
type Writer interface {
	// Allowed returns nil if the graph may be written, else why not, as a
	// *ReadOnlyError.
	Allowed(graph rdf.Term) error
	// Write calls work at a moment when nobody else writes and queries see every
	// earlier write, and carries out the changes that it returns as one step. The
	// graphs of the changes are Allowed and differ. When it returns nil, what was
	// written is durable and queries see it. ErrPending says that it is durable,
	// but not seen yet; ErrBusy that nothing was done, because earlier writes are
	// not seen yet. Errors of work are returned as they are.
	Write(ctx context.Context, work func(context.Context) ([]GraphChange, error)) error
}

// ErrPending says that a write will not be lost, but queries do not see it yet.
var ErrPending = errors.New("the write is kept, but queries do not see it yet")

// ErrOutside says that a graph came into the store past the ledger that a Writer
// keeps, so that only replacing it whole leaves nothing out. Nothing was done.
var ErrOutside = errors.New("the graph was loaded past the ledger: replace it whole")

// ErrBusy says that a write was not done because there are others before it.
var ErrBusy = errors.New("earlier writes are still under way")

// ReadOnlyError says that a graph may not be written.
type ReadOnlyError struct {
	Graph rdf.Term // zero for the default graph
	// Under is the beginning of the names of the graphs that may be written, ""
	// if there are none.
	Under string
}

// Error names the graph.
func (e *ReadOnlyError) Error() string {
	name := "the default graph"
	if !e.Graph.IsZero() {
		name = "graph " + e.Graph.String()
	}
	if e.Under == "" {
		return name + " is read-only"
	}
	return fmt.Sprintf("%s is read-only; graphs that may be written have names that begin with %s", name, e.Under)
}

type authorKey struct{}

// WithAuthor returns a context for the writes of somebody, for the record.
func WithAuthor(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, authorKey{}, name)
}

// Author returns who writes, "" if nobody said.
func Author(ctx context.Context) string {
	name, _ := ctx.Value(authorKey{}).(string)
	return name
}

// byGraph sorts a change by graph.
func byGraph(c *eval.Change) []GraphChange {
	var list []GraphChange
	at := map[rdf.Term]int{}
	of := func(graph rdf.Term) *GraphChange {
		i, ok := at[graph]
		if !ok {
			i = len(list)
			at[graph] = i
			list = append(list, GraphChange{Graph: graph})
		}
		return &list[i]
	}
	for _, q := range c.Delete {
		g := of(q.Graph)
		g.Delete = append(g.Delete, q.Triple())
	}
	for _, q := range c.Insert {
		g := of(q.Graph)
		g.Insert = append(g.Insert, q.Triple())
	}
	return list
}

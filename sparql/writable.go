package sparql

import (
	"context"
	"fmt"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// WritableOptions say how the engine of NewWritable takes writes.
type WritableOptions struct {
	// Writer carries the writes out, such that the engine's endpoint gets them.
	Writer Writer
	// Own returns the triples of a graph that the Writer keeps, as the last write left
	// them, none if it keeps no such graph.
	Own func(ctx context.Context, graph rdf.Term) ([]rdf.Quad, error)
	// Load fetches documents for the LOAD of updates; nil makes LOAD an error.
	Load eval.Load
}

// NewWritable returns an engine that answers as another one does, whose data are
// elsewhere, but writes through a Writer. It takes whole graphs, and the updates that
// name each graph that they touch: INSERT DATA, DELETE DATA, LOAD, CREATE, CLEAR, DROP,
// ADD, MOVE and COPY. What an INSERT or DELETE with a WHERE does depends on all data,
// which only the other endpoint has: it is ErrUnsupported.
func NewWritable(engine Engine, o WritableOptions) Engine { return &writable{engine, o} }

type writable struct {
	Engine
	o WritableOptions
}

var _ GraphWriter = (*writable)(nil)

// maxTouchedGraphs bounds the graphs that one write touches, and maxTouched their
// triples: they are read first.
const (
	maxTouchedGraphs = 200
	maxTouched       = 1_000_000
)

// Update is Engine.Update.
func (e *writable) Update(ctx context.Context, q Query) error {
	u, err := parser.Update(q.Text, parser.Options{Base: q.Base, Prefixes: Prefixes()})
	if err != nil {
		return err
	}
	var graphs []rdf.Term
	for _, o := range u.Operations {
		touched, err := touches(o)
		if err != nil {
			return err
		}
		graphs = append(graphs, touched...)
	}
	return e.write(ctx, graphs, func(ctx context.Context, inner *embedded) error { return inner.Update(ctx, q) })
}

// touches lists the graphs that an operation reads or writes, some more than once.
func touches(o algebra.Operation) (graphs []rdf.Term, err error) {
	unknown := func(what string) error {
		return fmt.Errorf("%s, whose data are at another endpoint: %w", what, ErrUnsupported)
	}
	switch o := o.(type) {
	case *algebra.InsertData:
		for _, q := range o.Quads {
			graphs = append(graphs, q.Graph)
		}
	case *algebra.DeleteData:
		for _, q := range o.Quads {
			graphs = append(graphs, q.Graph)
		}
	case *algebra.Load:
		graphs = append(graphs, o.Into)
	case *algebra.Create:
		graphs = append(graphs, o.Graph)
	case *algebra.Clear:
		if o.Target == algebra.NamedGraphs || o.Target == algebra.AllGraphs {
			return nil, unknown("CLEAR or DROP of all graphs")
		}
		graphs = append(graphs, o.Graph)
	case *algebra.Transfer:
		if o.From.IsZero() {
			return nil, unknown(o.Kind + " of the default graph")
		}
		graphs = append(graphs, o.From, o.To)
	default:
		return nil, unknown("INSERT or DELETE with a WHERE")
	}
	return graphs, nil
}

// write has the Writer carry out what work writes to an engine that has the graphs
// only.
func (e *writable) write(ctx context.Context, graphs []rdf.Term, work func(context.Context, *embedded) error) error {
	return e.o.Writer.Write(ctx, func(ctx context.Context) ([]GraphChange, error) {
		var quads []rdf.Quad
		read := map[rdf.Term]bool{{}: true} // the graph without a name nobody writes
		for _, graph := range graphs {
			if read[graph] {
				continue
			}
			if read[graph] = true; len(read) > maxTouchedGraphs {
				return nil, &LimitError{Limit: "graphs", Bound: maxTouchedGraphs}
			}
			list, err := e.read(ctx, graph)
			if err != nil {
				return nil, fmt.Errorf("read graph %v: %w", graph, err)
			}
			if quads = append(quads, list...); len(quads) > maxTouched {
				return nil, &LimitError{Limit: "triples", Bound: maxTouched}
			}
		}
		g := &gathering{Writer: e.o.Writer}
		data := eval.NewMemory(slices.Values(quads))
		inner := newEmbedded(EmbeddedOptions{Writer: g, Load: e.o.Load}, func() (eval.Dataset, func()) { return data, func() {} })
		err := work(ctx, inner)
		return g.changes, err
	})
}

// read returns a graph: as the Writer has it, or else as the endpoint has it, where
// it may have come past the Writer.
func (e *writable) read(ctx context.Context, graph rdf.Term) (quads []rdf.Quad, err error) {
	if e.o.Writer.Allowed(graph) == nil {
		if quads, err = e.o.Own(ctx, graph); err != nil {
			return nil, err
		}
	}
	if len(quads) == 0 {
		r, ok, err := e.Engine.Graph(ctx, graph)
		if err != nil || !ok {
			return nil, err
		}
		defer r.Close()
		for q, err := range r.Quads {
			if err != nil {
				return nil, err
			}
			if quads = append(quads, q); len(quads) > maxTouched {
				return nil, &LimitError{Limit: "triples", Bound: maxTouched}
			}
		}
	}
	for i := range quads {
		quads[i].Graph = graph
	}
	return quads, nil
}

// gathering is a Writer that only finds out what would be written.
type gathering struct {
	Writer
	changes []GraphChange
}

func (g *gathering) Write(ctx context.Context, work func(context.Context) ([]GraphChange, error)) (err error) {
	g.changes, err = work(ctx)
	return err
}

// PutGraph is GraphWriter.PutGraph.
func (e *writable) PutGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error) {
	err = e.write(ctx, []rdf.Term{name}, func(ctx context.Context, inner *embedded) (err error) {
		created, err = inner.PutGraph(ctx, name, quads)
		return err
	})
	return created, err
}

// PostGraph is GraphWriter.PostGraph.
func (e *writable) PostGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error) {
	err = e.write(ctx, []rdf.Term{name}, func(ctx context.Context, inner *embedded) (err error) {
		created, err = inner.PostGraph(ctx, name, quads)
		return err
	})
	return created, err
}

// DeleteGraph is GraphWriter.DeleteGraph.
func (e *writable) DeleteGraph(ctx context.Context, name rdf.Term) (existed bool, err error) {
	err = e.write(ctx, []rdf.Term{name}, func(ctx context.Context, inner *embedded) (err error) {
		existed, err = inner.DeleteGraph(ctx, name)
		return err
	})
	return existed, err
}

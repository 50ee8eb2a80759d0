package sparql

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

var _ GraphWriter = (*embedded)(nil)

// Update is Engine.Update.
func (e *embedded) Update(ctx context.Context, q Query) error {
	// A wrong update is told so before it waits for its turn.
	parsed, err := parser.Update(q.Text, parser.Options{Base: q.Base, Prefixes: Prefixes()})
	if err != nil {
		return err
	}
	return e.write(ctx, func(ctx context.Context, ds eval.Dataset) ([]GraphChange, error) {
		for _, o := range parsed.Operations {
			if err := e.allowed(ds, o); err != nil {
				return nil, err
			}
		}
		change, err := eval.Update(ctx, ds, parsed, e.options(q), e.load)
		if err != nil {
			return nil, err
		}
		return byGraph(change), nil
	})
}

// load is EmbeddedOptions.Load; its errors are told as those of another server.
func (e *embedded) load(ctx context.Context, source string) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		if e.o.Load == nil {
			yield(rdf.Quad{}, ErrUnsupported)
			return
		}
		for q, err := range e.o.Load(ctx, source) {
			if err != nil {
				err = &serviceError{err}
			}
			if !yield(q, err) || err != nil {
				return
			}
		}
	}
}

// write has the Writer carry out what work makes of a snapshot.
func (e *embedded) write(ctx context.Context, work func(context.Context, eval.Dataset) ([]GraphChange, error)) error {
	w := e.o.Writer
	if w == nil {
		return fmt.Errorf("update: %w", ErrUnsupported)
	}
	return w.Write(ctx, func(ctx context.Context) ([]GraphChange, error) {
		ds, release := e.open()
		defer release()
		changes, err := work(ctx, ds)
		if err != nil {
			return nil, err
		}
		for i := range changes {
			c := &changes[i]
			if err := w.Allowed(c.Graph); err != nil {
				return nil, err
			}
			if c.Exists, err = has(ds, c.Graph); err != nil {
				return nil, err
			}
		}
		return changes, nil
	})
}

// allowed looks at the graphs that an operation names, so that one which empties
// or fills what it may not is refused before it does its work. Graphs that the
// data decide are looked at when they are known.
func (e *embedded) allowed(ds eval.Dataset, o algebra.Operation) error {
	quads := func(list []rdf.Quad) error {
		for _, q := range list {
			if err := e.o.Writer.Allowed(q.Graph); err != nil {
				return err
			}
		}
		return nil
	}
	switch o := o.(type) {
	case *algebra.InsertData:
		return quads(o.Quads)
	case *algebra.DeleteData:
		return quads(o.Quads)
	case *algebra.Modify:
		for _, list := range [][]algebra.Quad{o.Delete, o.Insert} {
			for _, q := range list {
				if q.Graph.IsVar() {
					continue
				}
				if err := e.o.Writer.Allowed(q.Graph.Term); err != nil {
					return err
				}
			}
		}
	case *algebra.Load:
		return e.o.Writer.Allowed(o.Into)
	case *algebra.Create:
		return e.o.Writer.Allowed(o.Graph)
	case *algebra.Clear:
		return e.allowedTarget(ds, o.Target, o.Graph)
	case *algebra.Transfer:
		if o.Kind == "MOVE" {
			if err := e.o.Writer.Allowed(o.From); err != nil {
				return err
			}
		}
		return e.o.Writer.Allowed(o.To)
	}
	return nil
}

func (e *embedded) allowedTarget(ds eval.Dataset, target algebra.Target, graph rdf.Term) error {
	if target == algebra.OneGraph {
		return e.o.Writer.Allowed(graph)
	}
	if target != algebra.NamedGraphs {
		if err := e.o.Writer.Allowed(rdf.Term{}); err != nil {
			return err
		}
	}
	if target == algebra.DefaultGraph {
		return nil
	}
	lister, ok := ds.(eval.GraphLister)
	if !ok {
		return nil // the change is looked at quad by quad
	}
	for id, err := range lister.Graphs() {
		var name rdf.Term
		if err == nil {
			name, err = ds.Term(id)
		}
		if err == nil {
			err = e.o.Writer.Allowed(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// PutGraph is GraphWriter.PutGraph.
func (e *embedded) PutGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error) {
	existed, err := e.change(ctx, GraphChange{Graph: name, Clear: true, Insert: quads})
	return !existed, err
}

// PostGraph is GraphWriter.PostGraph.
func (e *embedded) PostGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error) {
	existed, err := e.change(ctx, GraphChange{Graph: name, Insert: quads})
	return !existed, err
}

// DeleteGraph is GraphWriter.DeleteGraph.
func (e *embedded) DeleteGraph(ctx context.Context, name rdf.Term) (existed bool, err error) {
	return e.change(ctx, GraphChange{Graph: name, Clear: true})
}

// change changes one graph.
func (e *embedded) change(ctx context.Context, c GraphChange) (existed bool, err error) {
	err = e.write(ctx, func(_ context.Context, ds eval.Dataset) ([]GraphChange, error) {
		var err error
		existed, err = has(ds, c.Graph)
		if !existed && len(c.Insert) == 0 {
			return nil, errors.Join(err, e.o.Writer.Allowed(c.Graph))
		}
		return []GraphChange{c}, err
	})
	return existed, err
}

// has reports whether a graph has a triple; the zero name is the graph without
// a name.
func has(ds eval.Dataset, graph rdf.Term) (bool, error) {
	pattern := eval.QuadID{}
	if !graph.IsZero() {
		id, err := ds.ID(graph)
		if err != nil || id == 0 {
			return false, err
		}
		pattern.Graph = id
	}
	for _, err := range ds.Match(pattern, eval.Default) {
		return err == nil, err
	}
	return false, nil
}

package sparql

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/quadstore"
	"github.com/belfort-lod/belfort/sparql/results"
)

// EmbeddedOptions tune the embedded engine. The zero value is good.
type EmbeddedOptions struct {
	// Limits are the engine's own bounds, which no query goes over. Zero fields
	// mean 60 seconds, 1,000,000 rows, 200,000,000 intermediate solutions and
	// 256 MiB.
	Limits Limits
	// Memory bounds what all queries that run at once hold together, in bytes; 0
	// means 1 GiB. A query for which there is no more writes to SpillDir or ends; the
	// first megabyte of each does not count, so that small ones always run.
	Memory int64
	// TextSearch answers full-text patterns in queries; nil if there are none.
	TextSearch eval.TextSearch
	// Service answers SERVICE, to allowed hosts only; nil makes SERVICE an error.
	Service eval.Service
	// Writer carries out updates; nil makes them ErrUnsupported.
	Writer Writer
	// Load fetches documents for the LOAD of updates; nil makes LOAD an error.
	Load eval.Load
	// SpillDir is a directory for temporary files, where sorting, DISTINCT and GROUP
	// BY put what goes over the memory of a query, up to 2 GiB for each; "" makes
	// that the end of the query.
	SpillDir string
}

// NewEmbedded returns the engine that answers from a store in this process,
// each query from one snapshot. Its default graph is the union of all graphs,
// each triple once, unless the query or the request names a dataset.
func NewEmbedded(store *quadstore.Store, o EmbeddedOptions) Engine {
	return newEmbedded(o, func() (eval.Dataset, func()) {
		d := store.Snapshot()
		return d, func() { _ = d.Close() } // an error has nobody to tell, and reads have seen it
	})
}

// NewFixed returns the engine that answers from a dataset that never changes,
// such as eval.Memory: for queries on files. Its default graph is that of
// NewEmbedded.
func NewFixed(ds eval.Dataset, o EmbeddedOptions) Engine {
	return newEmbedded(o, func() (eval.Dataset, func()) { return ds, func() {} })
}

func newEmbedded(o EmbeddedOptions, open func() (eval.Dataset, func())) *embedded {
	return &embedded{o: o.bounded(), budget: eval.NewBudget(positive(o.Memory, defaultMemory)), open: open}
}

func (o EmbeddedOptions) bounded() EmbeddedOptions {
	o.Limits = Limits{
		Time:   cmp.Or(o.Limits.Time, defaultLimits.Time),
		Rows:   cmp.Or(o.Limits.Rows, defaultLimits.Rows),
		Work:   cmp.Or(o.Limits.Work, defaultLimits.Work),
		Memory: cmp.Or(o.Limits.Memory, defaultLimits.Memory),
	}
	return o
}

// defaultMemory is what all queries together may hold, in bytes.
const defaultMemory = 1 << 30

// maxSpill bounds the temporary files of one query, in bytes.
const maxSpill = 2 << 30

var defaultLimits = Limits{Time: 60 * time.Second, Rows: 1_000_000, Work: 200_000_000, Memory: 256 << 20}

// within returns l with zero fields, and what goes over, replaced by the
// outer bounds.
func (l Limits) within(outer Limits) Limits {
	return Limits{
		Time:   tighter(l.Time, outer.Time),
		Rows:   tighter(l.Rows, outer.Rows),
		Work:   tighter(l.Work, outer.Work),
		Memory: tighter(l.Memory, outer.Memory),
	}
}

func tighter[N ~int64](a, outer N) N {
	if a <= 0 || outer > 0 && a > outer {
		return outer
	}
	return a
}

// embedded is parser and evaluator on a local dataset.
type embedded struct {
	o      EmbeddedOptions
	budget *eval.Budget // of all queries together
	open   func() (ds eval.Dataset, release func())
}

// Query is Engine.Query.
func (e *embedded) Query(ctx context.Context, q Query) (*results.Result, error) {
	// Many a query of this field leaves out the usual prefixes, because the
	// endpoints that it was written for know them.
	parsed, err := parser.Query(q.Text, parser.Options{Base: q.Base, Prefixes: Prefixes()})
	if err != nil {
		return nil, err
	}
	ds, release := e.open()
	r, err := eval.Query(ctx, ds, parsed, e.options(q))
	if err != nil {
		release()
		return nil, err
	}
	return releasing(r, release), nil
}

// Explain is Explainer.Explain.
func (e *embedded) Explain(ctx context.Context, q Query, run bool) (*eval.Plan, error) {
	parsed, err := parser.Query(q.Text, parser.Options{Base: q.Base, Prefixes: Prefixes()})
	if err != nil {
		return nil, err
	}
	ds, release := e.open()
	defer release()
	return eval.Explain(ctx, ds, parsed, e.options(q), run)
}

func (e *embedded) options(q Query) eval.Options {
	l := q.Limits.within(e.o.Limits)
	return eval.Options{
		Scope:         eval.Union,
		Base:          q.Base,
		DefaultGraphs: iris(q.DefaultGraphs),
		NamedGraphs:   iris(q.NamedGraphs),
		Limits:        eval.Limits{Time: l.Time, Rows: l.Rows, Work: l.Work, Memory: l.Memory, Disk: maxSpill},
		SpillDir:      e.o.SpillDir,
		Budget:        e.budget,
		TextSearch:    e.o.TextSearch,
		Service:       e.o.Service,
		Pace:          pace,
	}
}

// releasing makes Close free more than it did.
func releasing(r *results.Result, release func()) *results.Result {
	inner := r.Release
	r.Release = func() {
		if inner != nil {
			inner()
		}
		release()
	}
	return r
}

func iris(list []string) []rdf.Term {
	terms := make([]rdf.Term, len(list))
	for i, iri := range list {
		terms[i] = rdf.IRI(iri)
	}
	return terms
}

// Graph is Engine.Graph. The default graph is the union of all.
func (e *embedded) Graph(ctx context.Context, name rdf.Term) (*results.Result, bool, error) {
	ds, release := e.open()
	pattern, scope := eval.QuadID{}, eval.Union
	if !name.IsZero() {
		id, err := ds.ID(name)
		if err != nil {
			release()
			return nil, false, fmt.Errorf("read graph %v: %w", name, err)
		}
		pattern.Graph, scope = id, eval.Named
		if id == 0 || ds.Estimate(pattern, scope) == 0 {
			release()
			return nil, false, nil
		}
	}
	return &results.Result{Kind: results.Quads, Quads: triples(ctx, ds, pattern, scope), Release: release}, true, nil
}

// triples yields what fits, as terms without their graph.
func triples(ctx context.Context, ds eval.Dataset, pattern eval.QuadID, scope eval.Scope) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		n := 0
		for q, err := range ds.Match(pattern, scope) {
			if n++; err == nil && n%1024 == 0 {
				err = ctx.Err()
			}
			var triple rdf.Quad
			if err == nil {
				triple, err = terms(ds, q)
			}
			if !yield(triple, err) || err != nil {
				return
			}
		}
	}
}

func terms(ds eval.Dataset, q eval.QuadID) (t rdf.Quad, err error) {
	if t.Subject, err = ds.Term(q.Subject); err != nil {
		return t, err
	}
	if t.Predicate, err = ds.Term(q.Predicate); err != nil {
		return t, err
	}
	t.Object, err = ds.Term(q.Object)
	return t, err
}

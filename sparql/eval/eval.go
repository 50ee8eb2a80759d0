package eval

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/results"
)

// Options say how to run a query. The zero value is a query without limits on
// the union of all graphs.
type Options struct {
	Limits Limits
	// Now is what NOW() answers; zero is the time of the call.
	Now time.Time
	// Base resolves what IRI() makes from relative references, if the query has
	// no BASE of its own.
	Base string
	// Scope is what the default graph is: Union, or Default for the unnamed graph.
	// It counts only for queries without FROM, whose default graph is what they
	// ask for.
	Scope Scope
	// DefaultGraphs and NamedGraphs take the place of the query's FROM and FROM
	// NAMED if one of them is not empty (SPARQL 1.1 Protocol, section 2.1.4).
	DefaultGraphs, NamedGraphs []rdf.Term
	// TextSearch answers the patterns of SearchPredicate; nil if there is none.
	TextSearch TextSearch
	// Service answers SERVICE; nil makes it an error.
	Service Service
	// SpillDir is where sorting, DISTINCT and GROUP BY put what does not fit into
	// half of Limits.Memory: temporary files, which are gone with the result. If it
	// is empty, what does not fit into Limits.Memory is refused.
	SpillDir string
	// Budget, if not nil, is memory that this query shares with others.
	Budget *Budget
	// Pace, if not nil, is called now and then while the query runs, with its
	// context, and may make it wait for others.
	Pace func(context.Context)

	strain strain
}

// strain makes little data go the ways of much: tests set it.
type strain struct {
	spill bool // write to files from the first row on
	hash  bool // make a hash table at the second look-up
	merge bool // merge whatever is sorted
}

// Service sends a query to another endpoint and returns its answer.
type Service func(ctx context.Context, endpoint, query string) (*results.Result, error)

// Query runs a parsed query. Rows and quads are computed while they are read;
// the result must be read by one goroutine, and closed. Going over a limit ends
// it with a *LimitError.
func Query(ctx context.Context, ds Dataset, q *algebra.Query, opts Options) (*results.Result, error) {
	cancel := func() {}
	if opts.Limits.Time > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, opts.Limits.Time, errTimeLimit)
	}
	r, err := newQuery(ctx, ds, q, opts, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	held := r.Release
	r.Release = func() {
		cancel()
		held()
	}
	return r, nil
}

// newExec prepares a run. defaults and named are what the query asks for.
func newExec(ctx context.Context, ds Dataset, dataset *algebra.Dataset, base string, opts *Options) (*exec, error) {
	x := &exec{
		ctx: ctx, limits: opts.Limits, opts: opts, base: base, now: opts.Now,
		ids: map[rdf.Term]ID{}, regexps: map[[2]string]*matcher{},
		spare: map[cursorKey][]Cursor{}, readers: map[cursorKey][]*reader{}, sorted: map[cursorKey]bool{}, spools: map[*spool]struct{}{},
	}
	x.use(ds, opts.Scope)
	if x.base == "" {
		x.base = opts.Base
	}
	if x.now.IsZero() {
		x.now = time.Now()
	}
	if len(opts.DefaultGraphs) > 0 || len(opts.NamedGraphs) > 0 {
		dataset = &algebra.Dataset{Default: opts.DefaultGraphs, Named: opts.NamedGraphs}
	}
	if dataset != nil {
		v, err := newView(ds, dataset.Default, dataset.Named)
		if err != nil {
			return nil, fmt.Errorf("look up graphs: %w", err)
		}
		x.use(v, Default)
	}
	return x, nil
}

// compile returns the first operator for a pattern, and a row for it.
func (x *exec) compile(p algebra.Pattern, end op, n *notes) (c *compiler, ns *namespace, start func() op) {
	c = &compiler{x: x, notes: n, calls: 1, sorted: -1, ids: map[rdf.Term]ID{}, distincts: map[ID][4]float64{}}
	c.stats, _ = x.below().(Statistics)
	c.ranger, _ = x.below().(Ranger)
	ns = &namespace{slots: map[string]int{}, outer: set{}}
	ops := c.pipeline(p, ns, bound{}, defaultGraph, -1)
	if n != nil {
		n.root = planOf(ops)
	}
	return c, ns, func() op { return chain(ops, end) }
}

// sink is the end of a plan.
type sink struct {
	linked
	take func(row []ID) bool
}

func (s *sink) run(_ *exec, row []ID) bool { return s.take(row) }

func newQuery(ctx context.Context, ds Dataset, q *algebra.Query, opts Options, n *notes) (*results.Result, error) {
	x, err := newExec(ctx, ds, q.Dataset, q.Base, &opts)
	if err != nil {
		return nil, err
	}
	end := &sink{}
	c, ns, start := x.compile(q.Pattern, end, n)
	if x.err != nil || n != nil && !n.run {
		x.close()
		return nil, x.err
	}
	// run runs the plan once and returns its error.
	run := func(take func(row []ID) bool) error {
		defer x.close()
		end.take = take
		first := start()
		first.run(x, make([]ID, c.slots))
		if x.err == nil && ctx.Err() != nil {
			return ctxError(ctx, x.limits)
		}
		return x.err
	}
	var count, bytes int64
	// counted checks the limits on rows and bytes before one is given out.
	counted := func(terms ...rdf.Term) bool {
		count++
		if x.limits.Rows > 0 && count > x.limits.Rows {
			return x.fail(&LimitError{Limit: "rows", Bound: x.limits.Rows})
		}
		// A row may be long to write: a name of 500 KB stands in each of them.
		if x.ctx.Err() != nil {
			return x.fail(ctxError(x.ctx, x.limits))
		}
		for _, t := range terms {
			bytes += int64(len(t.Value()))
		}
		if x.limits.Bytes > 0 && bytes > x.limits.Bytes {
			return x.fail(&LimitError{Limit: "bytes", Bound: x.limits.Bytes})
		}
		return true
	}
	switch q.Form {
	case algebra.Ask:
		found := false
		if err := run(func([]ID) bool { found = true; return false }); err != nil {
			return nil, err
		}
		return &results.Result{Kind: results.Boolean, Boolean: found, Release: x.close}, nil
	case algebra.Select:
		slots := make([]int, len(q.Vars))
		for i, name := range q.Vars {
			slots[i] = c.slot(ns, name)
		}
		rows := func(yield func([]rdf.Term, error) bool) {
			terms := make([]rdf.Term, len(slots))
			stopped := false
			err := run(func(row []ID) bool {
				for i, s := range slots {
					terms[i] = x.term(row[s])
				}
				if x.err != nil || !counted(terms...) {
					return false
				}
				stopped = !yield(terms, nil)
				return !stopped
			})
			if err != nil && !stopped {
				yield(nil, err)
			}
		}
		return &results.Result{Kind: results.Bindings, Vars: q.Vars, Rows: rows, Release: x.close}, nil
	}
	nodes := func(list ...algebra.Node) []int {
		slots := make([]int, len(list))
		for i, n := range list {
			slots[i] = -1
			if n.IsVar() && !(q.Form == algebra.Construct && algebra.IsHidden(n.Var)) {
				slots[i] = c.slot(ns, n.Var)
			}
		}
		return slots
	}
	var quads iter.Seq2[rdf.Quad, error]
	if q.Form == algebra.Construct {
		template := make([][]int, len(q.Template))
		for i, t := range q.Template {
			template[i] = nodes(t.Subject, t.Predicate, t.Object)
		}
		quads = func(yield func(rdf.Quad, error) bool) {
			seen := map[rdf.Quad]struct{}{}
			stopped := false
			err := run(func(row []ID) bool {
				blanks := map[string]rdf.Term{}
				term := func(n algebra.Node, slot int) rdf.Term {
					switch {
					case slot >= 0:
						return x.term(row[slot])
					case n.IsVar():
						b, ok := blanks[n.Var]
						if !ok {
							b = x.freshBlank()
							blanks[n.Var] = b
						}
						return b
					}
					return n.Term
				}
				for i, t := range q.Template {
					quad := rdf.Quad{Subject: term(t.Subject, template[i][0]), Predicate: term(t.Predicate, template[i][1]), Object: term(t.Object, template[i][2])}
					if !wellFormed(quad) {
						continue
					}
					if _, ok := seen[quad]; ok {
						continue
					}
					seen[quad] = struct{}{}
					if x.err != nil || !x.hold(200) || !counted(quad.Subject, quad.Predicate, quad.Object) {
						return false
					}
					if stopped = !yield(quad, nil); stopped {
						return false
					}
				}
				return true
			})
			if err != nil && !stopped {
				yield(rdf.Quad{}, err)
			}
		}
	} else {
		slots := nodes(q.Resources...)
		quads = func(yield func(rdf.Quad, error) bool) {
			d := &describer{x: x, seen: map[ID]struct{}{}, counted: counted, yield: yield}
			err := run(func(row []ID) bool {
				for i, n := range q.Resources {
					id := ID(0)
					if slots[i] >= 0 {
						id = row[slots[i]]
					} else {
						id = x.intern(n.Term)
					}
					if !d.describe(id) {
						return false
					}
				}
				return true
			})
			if err != nil && !d.stopped {
				yield(rdf.Quad{}, err)
			}
		}
	}
	return &results.Result{Kind: results.Quads, Quads: quads, Release: x.close}, nil
}

// wellFormed reports whether a triple made from a template is one in RDF.
func wellFormed(q rdf.Quad) bool {
	return (q.Subject.IsIRI() || q.Subject.IsBlank()) && q.Predicate.IsIRI() && !q.Object.IsZero()
}

// describer answers DESCRIBE with the concise bounded description: the triples
// of the resource, and those of blank nodes that they lead to, skolemised ones
// (RDF 1.1 Concepts, section 3.5) too.
type describer struct {
	x       *exec
	seen    map[ID]struct{}
	counted func(...rdf.Term) bool
	yield   func(rdf.Quad, error) bool
	stopped bool
}

func (d *describer) describe(id ID) bool {
	queue := []ID{id}
	for len(queue) > 0 {
		id, queue = queue[0], queue[1:]
		if _, ok := d.seen[id]; ok || id == 0 || id.local() {
			continue
		}
		d.seen[id] = struct{}{}
		if !d.x.hold(40) {
			return false
		}
		for q, err := range d.x.ds.Match(QuadID{Subject: id}, d.x.scope) {
			if err != nil {
				return d.x.fail(fmt.Errorf("read quads: %w", err))
			}
			quad := rdf.Quad{Subject: d.x.term(q.Subject), Predicate: d.x.term(q.Predicate), Object: d.x.term(q.Object)}
			if !d.x.step() || d.x.err != nil || !d.counted(quad.Subject, quad.Predicate, quad.Object) {
				return false
			}
			if d.stopped = !d.yield(quad, nil); d.stopped {
				return false
			}
			if quad.Object.IsBlank() || quad.Object.IsIRI() && strings.Contains(quad.Object.Value(), "/.well-known/genid/") {
				queue = append(queue, q.Object)
			}
		}
	}
	return true
}

// graphsOf yields the named graphs of a dataset, each once.
func graphsOf(ds Dataset) iter.Seq2[ID, error] {
	if l, ok := ds.(GraphLister); ok {
		return l.Graphs()
	}
	return func(yield func(ID, error) bool) {
		seen := map[ID]struct{}{}
		for q, err := range ds.Match(QuadID{}, Named) {
			if err != nil {
				yield(0, err)
				return
			}
			if _, ok := seen[q.Graph]; ok {
				continue
			}
			seen[q.Graph] = struct{}{}
			if !yield(q.Graph, nil) {
				return
			}
		}
	}
}

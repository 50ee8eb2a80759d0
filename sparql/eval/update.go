package eval

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// Change is what an update does to a dataset: the quads that go, which the
// dataset has, and then the quads that come, which it does not have.
type Change struct {
	Delete, Insert []rdf.Quad
}

// Load fetches the triples of a document, for the LOAD of an update.
type Load func(ctx context.Context, source string) iter.Seq2[rdf.Quad, error]

// Update works out what an update request does to a dataset, and changes
// nothing: the caller applies the Change as one step. Later operations see what
// earlier ones did. Empty graphs are not a thing here (SPARQL 1.1 Update, section
// 3.2): CREATE of a graph without quads, DROP and CLEAR always succeed. load may
// be nil, which makes LOAD an error. Limits count for the request as a whole.
func Update(ctx context.Context, ds Dataset, u *algebra.Update, opts Options, load Load) (*Change, error) {
	if opts.Limits.Time > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, opts.Limits.Time, errTimeLimit)
		defer cancel()
	}
	up := &updater{ctx: ctx, data: newOverlay(ds), opts: opts, load: load, base: u.Base}
	for _, o := range u.Operations {
		if err := up.operation(o); err != nil {
			return nil, err
		}
	}
	return up.data.change()
}

type updater struct {
	ctx    context.Context
	data   *overlay
	opts   Options
	load   Load
	base   string
	blanks int
	work   int64
}

func (u *updater) operation(o algebra.Operation) error {
	switch o := o.(type) {
	case *algebra.InsertData:
		blanks := map[rdf.Term]rdf.Term{}
		for _, q := range o.Quads {
			for _, t := range []*rdf.Term{&q.Subject, &q.Object} {
				if t.IsBlank() {
					b, ok := blanks[*t]
					if !ok {
						b = u.freshBlank()
						blanks[*t] = b
					}
					*t = b
				}
			}
			if err := u.insert(q); err != nil {
				return err
			}
		}
	case *algebra.DeleteData:
		for _, q := range o.Quads {
			if err := u.data.delete(q); err != nil {
				return err
			}
		}
	case *algebra.Modify:
		return u.modify(o)
	case *algebra.Load:
		if err := u.loadInto(o.Source.Value(), o.Into); err != nil && (!o.Silent || u.ctx.Err() != nil) {
			return err
		}
	case *algebra.Clear:
		return u.clear(o.Target, o.Graph)
	case *algebra.Create:
		have, err := u.has(o.Graph)
		if err == nil && have && !o.Silent {
			err = &RequestError{fmt.Sprintf("create graph %v: it exists already", o.Graph)}
		}
		return err
	case *algebra.Transfer:
		return u.transfer(o)
	}
	return nil
}

// insert adds a quad and counts it as work.
func (u *updater) insert(q rdf.Quad) error {
	u.work++
	if l := u.opts.Limits.Work; l > 0 && u.work > l {
		return &LimitError{Limit: "work", Bound: l}
	}
	return u.data.insert(q)
}

func (u *updater) freshBlank() rdf.Term {
	for {
		u.blanks++
		t := rdf.Blank(fmt.Sprintf("u%d", u.blanks))
		if id, _ := u.data.ID(t); id == 0 {
			return t
		}
	}
}

func (u *updater) has(graph rdf.Term) (bool, error) {
	id, err := u.data.ID(graph)
	if err != nil || id == 0 {
		return false, err
	}
	for _, err := range u.data.Match(QuadID{Graph: id}, Named) {
		return err == nil, err
	}
	return false, nil
}

func (u *updater) loadInto(source string, graph rdf.Term) error {
	if u.load == nil {
		return &RequestError{fmt.Sprintf("load %s: documents are not fetched here", source)}
	}
	for q, err := range u.load(u.ctx, source) {
		if err != nil {
			return fmt.Errorf("load %s: %w", source, err)
		}
		q.Graph = graph
		if err := u.insert(q); err != nil {
			return err
		}
	}
	return nil
}

// quadsOf returns the quads of a graph; the zero graph is the default graph.
func (u *updater) quadsOf(graph rdf.Term) ([]QuadID, error) {
	pattern := QuadID{}
	if !graph.IsZero() {
		id, err := u.data.ID(graph)
		if err != nil || id == 0 {
			return nil, err
		}
		pattern.Graph = id
	}
	return u.all(pattern, Default)
}

func (u *updater) all(pattern QuadID, scope Scope) ([]QuadID, error) {
	var quads []QuadID
	for q, err := range u.data.Match(pattern, scope) {
		if err != nil {
			return nil, fmt.Errorf("read quads: %w", err)
		}
		if quads = append(quads, q); len(quads)&0xfff == 0 && u.ctx.Err() != nil {
			return nil, ctxError(u.ctx, u.opts.Limits)
		}
	}
	return quads, nil
}

func (u *updater) clear(target algebra.Target, graph rdf.Term) error {
	var quads []QuadID
	var err error
	if target == algebra.OneGraph {
		quads, err = u.quadsOf(graph)
	}
	if target == algebra.DefaultGraph || target == algebra.AllGraphs {
		quads, err = u.all(QuadID{}, Default)
	}
	if err == nil && (target == algebra.NamedGraphs || target == algebra.AllGraphs) {
		var named []QuadID
		named, err = u.all(QuadID{}, Named)
		quads = append(quads, named...)
	}
	if err != nil {
		return err
	}
	for _, q := range quads {
		u.data.remove(q)
	}
	return nil
}

func (u *updater) transfer(o *algebra.Transfer) error {
	if o.From == o.To {
		return nil
	}
	if !o.From.IsZero() {
		have, err := u.has(o.From)
		if err == nil && !have && !o.Silent {
			err = &RequestError{fmt.Sprintf("read graph %v: it does not exist", o.From)}
		}
		if err != nil || !have {
			return err
		}
	}
	quads, err := u.quadsOf(o.From)
	if err != nil {
		return err
	}
	if o.Kind != "ADD" {
		if err := u.clear(target(o.To), o.To); err != nil {
			return err
		}
	}
	for _, q := range quads {
		term := func(id ID) rdf.Term {
			t, termErr := u.data.Term(id)
			err = errors.Join(err, termErr)
			return t
		}
		quad := rdf.Quad{Subject: term(q.Subject), Predicate: term(q.Predicate), Object: term(q.Object), Graph: o.To}
		if err == nil {
			err = u.insert(quad)
		}
		if err != nil {
			return err
		}
	}
	if o.Kind == "MOVE" {
		for _, q := range quads {
			u.data.remove(q)
		}
	}
	return nil
}

func target(graph rdf.Term) algebra.Target {
	if graph.IsZero() {
		return algebra.DefaultGraph
	}
	return algebra.OneGraph
}

// modify is DELETE/INSERT: every solution is found before anything changes.
func (u *updater) modify(o *algebra.Modify) error {
	opts := u.opts
	x, err := newExec(u.ctx, u.data, o.Using, u.base, &opts)
	if err != nil {
		return err
	}
	if o.Using == nil && !o.With.IsZero() && len(opts.DefaultGraphs)+len(opts.NamedGraphs) == 0 {
		v, err := newView(u.data, []rdf.Term{o.With}, nil)
		if err != nil {
			return fmt.Errorf("look up graphs: %w", err)
		}
		v.allNamed = true
		x.use(v, Default)
	}
	defer x.close()
	x.work = u.work
	end := &sink{}
	c, ns, start := x.compile(o.Where, end, nil)
	slot := func(n algebra.Node) int {
		if n.IsVar() && !algebra.IsHidden(n.Var) {
			return c.slot(ns, n.Var)
		}
		return -1
	}
	type template struct {
		quad  algebra.Quad
		slots [4]int
	}
	templates := func(quads []algebra.Quad) []template {
		list := make([]template, len(quads))
		for i, q := range quads {
			list[i] = template{q, [4]int{slot(q.Subject), slot(q.Predicate), slot(q.Object), slot(q.Graph)}}
		}
		return list
	}
	deletes, inserts := templates(o.Delete), templates(o.Insert)
	var remove, add []rdf.Quad
	end.take = func(row []ID) bool {
		blanks := map[string]rdf.Term{}
		term := func(n algebra.Node, slot int) rdf.Term {
			switch {
			case slot >= 0:
				return x.term(row[slot])
			case n.IsVar():
				b, ok := blanks[n.Var]
				if !ok {
					b = u.freshBlank()
					blanks[n.Var] = b
				}
				return b
			}
			return n.Term
		}
		fill := func(t template) (rdf.Quad, bool) {
			q := rdf.Quad{Subject: term(t.quad.Subject, t.slots[0]), Predicate: term(t.quad.Predicate, t.slots[1]),
				Object: term(t.quad.Object, t.slots[2]), Graph: term(t.quad.Graph, t.slots[3])}
			return q, wellFormed(q) && (t.quad.Graph.IsZero() || q.Graph.IsIRI() || q.Graph.IsBlank())
		}
		for _, t := range deletes {
			if q, ok := fill(t); ok {
				remove = append(remove, q)
			}
		}
		for _, t := range inserts {
			if q, ok := fill(t); ok {
				add = append(add, q)
			}
		}
		return x.err == nil && x.hold(200*(len(deletes)+len(inserts)))
	}
	start().run(x, make([]ID, c.slots))
	if x.err == nil && u.ctx.Err() != nil {
		x.err = ctxError(u.ctx, u.opts.Limits)
	}
	if x.err != nil {
		return x.err
	}
	u.work = x.work
	for _, q := range remove {
		if err := u.data.delete(q); err != nil {
			return err
		}
	}
	for _, q := range add {
		if err := u.insert(q); err != nil {
			return err
		}
	}
	return nil
}

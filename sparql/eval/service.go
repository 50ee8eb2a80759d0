package eval

import (
	"context"
	"fmt"
	"iter"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/results"
)

// SearchPredicate is the property of full-text search: in a query with
// Options.TextSearch the pattern
//
//	?s <urn:belfort:search> "query"
//
// binds ?s to the subjects whose text fits the query. The query is in the
// language of the site's search, and must be a constant.
const SearchPredicate = "urn:belfort:search"

// TextSearch yields the subjects whose text fits a query, best first.
type TextSearch func(ctx context.Context, query string) iter.Seq2[rdf.Term, error]

// isSearch reports whether a triple pattern asks the text search.
func (c *compiler) isSearch(t algebra.Triple) bool {
	return c.x.opts.TextSearch != nil && t.Predicate.Term == rdf.IRI(SearchPredicate) && t.Object.Term.IsLiteral()
}

// search compiles a pattern of SearchPredicate.
func (c *compiler) search(it *item, b bound) op {
	query := it.triple.Object.Term.Value()
	find := func(x *exec, _ []ID) (*tableData, error) {
		data := &tableData{width: 1}
		for t, err := range x.opts.TextSearch(x.ctx, query) {
			if err != nil {
				return nil, fmt.Errorf("search text: %w", err)
			}
			if !x.step() || !x.hold(16) {
				return nil, x.err
			}
			data.cells = append(data.cells, x.intern(t))
			data.rows++
		}
		return data, nil
	}
	o := &tableJoin{source: &source{graph: -1, tables: map[ID]*tableData{}, fetch: find}}
	if s := it.triple.Subject; s.IsVar() {
		c.joinOn(o, it, []string{s.Var}, b)
		return o
	}
	slot := c.newSlot()
	o.slots, o.key = []int{slot}, nil
	return &fixed{slot: slot, id: c.x.intern(it.triple.Subject.Term), inner: o}
}

// fixed runs an operator with a slot set to a constant.
type fixed struct {
	slot  int
	id    ID
	inner op
}

func (o *fixed) link(next op) { o.inner.link(next) }

func (o *fixed) run(x *exec, row []ID) bool {
	row[o.slot] = o.id
	going := o.inner.run(x, row)
	row[o.slot] = 0
	return going
}

// service compiles SERVICE: the other endpoint gets the group as a query of its
// own, once for each endpoint, and its answer is joined here.
func (c *compiler) service(it *item, b bound) op {
	p := it.service
	names := algebra.InScope(p.Input)
	endpoint := -1
	if p.Endpoint.IsVar() {
		endpoint = c.slot(it.ns, p.Endpoint.Var)
	}
	fetch := func(x *exec, row []ID) (*tableData, error) {
		t := p.Endpoint.Term
		if endpoint >= 0 {
			t = x.term(row[endpoint])
		}
		data, err := x.ask(t, p.Query, names)
		if err != nil && p.Silent && x.err == nil && x.ctx.Err() == nil {
			// One solution without bindings (SPARQL 1.1 Federated Query, 2.3).
			return &tableData{width: len(names), rows: 1, cells: make([]ID, len(names))}, nil
		}
		return data, err
	}
	o := &tableJoin{source: &source{graph: endpoint, tables: map[ID]*tableData{}, fetch: fetch}}
	it.certain = set{}
	c.joinOn(o, it, names, b)
	return o
}

// ask reads the answer of another endpoint into a table.
func (x *exec) ask(endpoint rdf.Term, query string, names []string) (*tableData, error) {
	if !endpoint.IsIRI() {
		return nil, &RequestError{"run SERVICE: the endpoint is not bound to an IRI"}
	}
	if x.opts.Service == nil {
		return nil, &RequestError{fmt.Sprintf("run SERVICE %v: other endpoints are not asked here", endpoint)}
	}
	r, err := x.opts.Service(x.ctx, endpoint.Value(), query)
	if err != nil {
		return nil, fmt.Errorf("run SERVICE %v: %w", endpoint, err)
	}
	defer r.Close()
	if r.Kind != results.Bindings {
		return nil, &RequestError{fmt.Sprintf("run SERVICE %v: the answer has no rows", endpoint)}
	}
	column := map[string]int{}
	for i, name := range r.Vars {
		column[name] = i
	}
	data := &tableData{width: len(names)}
	for row, err := range r.Rows {
		if err != nil {
			return nil, fmt.Errorf("run SERVICE %v: %w", endpoint, err)
		}
		if !x.step() || !x.hold(8*len(names)) {
			return nil, x.err
		}
		for _, name := range names {
			id := ID(0)
			if i, ok := column[name]; ok {
				id = x.intern(row[i])
			}
			data.cells = append(data.cells, id)
		}
		data.rows++
	}
	return data, x.err
}

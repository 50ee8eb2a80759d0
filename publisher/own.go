package publisher

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/sparql"
)

// OwnGraphs keeps the graphs that people with a token write: those whose names
// begin with Publisher.Own. It is the sparql.Writer of the embedded engine.
//
// A write is entries of the ledger, as a harvested page is: one for each graph
// that changed, with the graph as it is from then on as a blob, and who wrote
// it. So the followers carry it on, and a store that is made anew from the ledger
// has it. What one write does to several graphs is one step, in the ledger and
// in a store that can put graphs together (GraphsTogether).
type OwnGraphs struct {
	Publisher *Publisher
	// Wait is how long a write waits for the followers; 0 means 10 seconds.
	Wait time.Duration
	// MaxGraphs bounds the graphs that one write may change, and MaxQuads how many
	// triples they have together after it; 0 means 100 and 500,000.
	MaxQuads, MaxGraphs int
}

var _ sparql.Writer = (*OwnGraphs)(nil)

const (
	defaultOwnWait      = 10 * time.Second
	defaultOwnMaxQuads  = 500_000
	defaultOwnMaxGraphs = 100
)

// GraphsTogether is what a store of graphs may offer beside Put: to put several
// graphs so that a reader sees all of them or none. A graph without quads is
// removed; no graph comes twice.
type GraphsTogether interface {
	PutTogether(ctx context.Context, graphs iter.Seq2[string, []rdf.Quad]) error
}

// Record is an entry as it is handed to a ledger.
type Record struct {
	Entry Entry
	Refs  Refs
	With  Effects
}

// LedgerTogether is a Ledger that takes several entries, of different pages, in
// one atomic, durable step. They follow each other in the ledger.
type LedgerTogether interface {
	AppendTogether(ctx context.Context, records []Record) ([]Entry, error)
}

// Allowed is sparql.Writer.Allowed.
func (o *OwnGraphs) Allowed(graph rdf.Term) error {
	own := o.Publisher.Own
	if own == "" || !graph.IsIRI() || !strings.HasPrefix(graph.Value(), own) || graph.Value() == own || len(graph.Value()) > maxIRI {
		return &sparql.ReadOnlyError{Graph: graph, Under: own}
	}
	return nil
}

// Graph returns the triples of an own graph as the ledger has it, none if it does not.
func (o *OwnGraphs) Graph(ctx context.Context, graph rdf.Term) ([]rdf.Quad, error) {
	last, refs, _, err := o.Publisher.Ledger.Latest(ctx, graph.Value())
	if err != nil {
		return nil, fmt.Errorf("read own graph %v: %w", graph, err)
	}
	return o.Publisher.quads(ctx, heldByEngines(last, refs))
}

// Write is sparql.Writer.Write.
func (o *OwnGraphs) Write(ctx context.Context, work func(context.Context) ([]sparql.GraphChange, error)) error {
	wait := cmp.Or(max(o.Wait, 0), defaultOwnWait)
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	leave, err := o.Publisher.turn(waiting, o.Publisher.writing())
	if err != nil {
		return o.late(ctx, err, sparql.ErrBusy)
	}
	defer leave()
	// What work looks at must be what every earlier write left.
	if err := o.Publisher.FollowGraphs(waiting); err != nil {
		return o.late(ctx, err, sparql.ErrBusy)
	}
	changes, err := work(ctx)
	if err != nil {
		return err
	}
	records, err := o.records(ctx, changes)
	if err != nil || len(records) == 0 {
		return err
	}
	if err := o.append(ctx, records); err != nil {
		return fmt.Errorf("write own graphs: %w", err)
	}
	// It is in the ledger: whether the client still listens does not matter.
	following, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait)
	defer cancel()
	if err := o.Publisher.FollowGraphs(following); err != nil {
		return fmt.Errorf("%w: %w", sparql.ErrPending, err)
	}
	return nil
}

// late tells an end of the patience from other errors.
func (o *OwnGraphs) late(ctx context.Context, err, as error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return as
	}
	return err
}

// records makes the entries for what really changes.
func (o *OwnGraphs) records(ctx context.Context, changes []sparql.GraphChange) ([]Record, error) {
	if limit := cmp.Or(max(o.MaxGraphs, 0), defaultOwnMaxGraphs); len(changes) > limit {
		return nil, &sparql.LimitError{Limit: "graphs", Bound: int64(limit)}
	}
	blanks := fresh{}
	var records []Record
	left := o.maxQuads()
	for _, c := range changes {
		r, size, changed, err := o.record(ctx, c, blanks, left)
		if err != nil {
			return nil, fmt.Errorf("write own graph %v: %w", c.Graph, err)
		}
		left -= size
		if changed {
			records = append(records, r)
		}
	}
	for i := range records {
		records[i].Entry.Together = len(records) - 1 - i
	}
	return records, nil
}

func (o *OwnGraphs) maxQuads() int { return cmp.Or(max(o.MaxQuads, 0), defaultOwnMaxQuads) }

// record makes the entry for one graph, which may have so many triples; size is how many triples the graph
// has after it; changed is false if it stays as it is.
func (o *OwnGraphs) record(ctx context.Context, c sparql.GraphChange, blanks fresh, most int) (r Record, size int, changed bool, err error) {
	p, name := o.Publisher, c.Graph.Value()
	last, refs, _, err := p.Ledger.Latest(ctx, name)
	if err != nil {
		return r, 0, false, err
	}
	before := heldByEngines(last, refs)
	if before == "" && c.Exists && !c.Clear {
		return r, 0, false, sparql.ErrOutside
	}
	quads := map[rdf.Quad]bool{}
	if !c.Clear {
		old, err := p.quads(ctx, before)
		if err != nil {
			return r, 0, false, err
		}
		for _, q := range old {
			quads[q] = true
		}
	}
	for _, q := range c.Delete {
		delete(quads, q.Triple())
	}
	insert := c.Insert
	if c.Clear {
		// A graph that is put whole again must be the same again.
		insert = canonical(insert, name)
	}
	for _, q := range insert {
		quads[rdf.Quad{Subject: blanks.iri(q.Subject, name), Predicate: q.Predicate, Object: blanks.iri(q.Object, name)}] = true
	}
	if len(quads) > most {
		return r, 0, false, &sparql.LimitError{Limit: "triples", Bound: int64(o.maxQuads())}
	}
	r.Refs.Before = before
	r.Entry = Entry{Kind: Withdrawn, Pagina: name, Author: sparql.Author(ctx), Time: p.now()}
	var graph []byte
	if len(quads) > 0 {
		r.Entry.Kind = Written
		list := make([]rdf.Quad, 0, len(quads))
		for q := range quads {
			list = append(list, q)
		}
		graph = nquadsOf(list)
		if r.Refs.Graph, err = p.put(ctx, graph); err != nil {
			return r, 0, false, err
		}
	}
	// What was loaded past the ledger is written even if the ledger knows nothing
	// of it.
	if r.Refs.Graph == before && !(c.Clear && before == "" && c.Exists) {
		return r, len(quads), false, nil
	}
	r.Entry = salted(r.Entry, last, nil, graph, nil)
	return r, len(quads), true, nil
}

// canonical gives the blank nodes of a graph that is put whole IRIs that stay
// the same when it is put again. Where they are too much alike for that, it
// leaves them.
func canonical(quads []rdf.Quad, name string) []rdf.Quad {
	if !slices.ContainsFunc(quads, func(q rdf.Quad) bool { return q.Subject.IsBlank() || q.Object.IsBlank() }) {
		return quads
	}
	plain := make([]rdf.Quad, len(quads))
	for i, q := range quads {
		plain[i] = q.Triple()
	}
	c, err := canon.Canonicalize(plain, canon.Options{})
	if err != nil {
		return quads
	}
	prefix := genidPrefix(name)
	rename := func(t rdf.Term) rdf.Term {
		if label, ok := c.Labels[t.Value()]; t.IsBlank() && ok {
			return rdf.IRI(prefix + label)
		}
		return t
	}
	for i, q := range plain {
		plain[i].Subject, plain[i].Object = rename(q.Subject), rename(q.Object)
	}
	return plain
}

// fresh holds the IRIs that the blank nodes of one write got.
type fresh map[rdf.Term]rdf.Term

// iri returns the IRI that takes the place of a blank node, which no other
// write gives (RDF 1.1 Concepts, section 3.5); other terms stay.
func (f fresh) iri(t rdf.Term, graph string) rdf.Term {
	if !t.IsBlank() {
		return t
	}
	iri, ok := f[t]
	if !ok {
		iri = rdf.IRI(genidPrefix(graph) + strings.ToLower(rand.Text()))
		f[t] = iri
	}
	return iri
}

func (o *OwnGraphs) append(ctx context.Context, records []Record) error {
	if len(records) == 1 {
		_, err := o.Publisher.Ledger.Append(ctx, records[0].Entry, records[0].Refs, records[0].With)
		return err
	}
	together, ok := o.Publisher.Ledger.(LedgerTogether)
	if !ok {
		return fmt.Errorf("several graphs at once: %w", sparql.ErrUnsupported)
	}
	_, err := together.AppendTogether(ctx, records)
	return err
}

// move is what a store of graphs does in one go: graph after graph, or several
// together.
type move struct {
	entries  []item
	together bool
}

// moves cuts a batch of entries into moves. Of several versions of a graph only
// the last is put, but where a write of several graphs is concerned: that stays
// whole.
func moves(entries []item) []move {
	newest := map[string]int{}
	for i, it := range entries {
		if it.Kind != Held {
			newest[it.Pagina] = i
		}
	}
	var list []move
	grouped := false // this entry belongs with the one before
	for i, it := range entries {
		begins := it.Together > 0 && !grouped
		switch {
		case grouped:
			list[len(list)-1].entries = append(list[len(list)-1].entries, it)
		case begins:
			list = append(list, move{entries: []item{it}, together: true})
		case it.Kind == Held || newest[it.Pagina] != i:
		case len(list) == 0 || list[len(list)-1].together:
			list = append(list, move{entries: []item{it}})
		default:
			list[len(list)-1].entries = append(list[len(list)-1].entries, it)
		}
		grouped = it.Together > 0
	}
	return list
}

// putTogether puts the graphs of one write.
func (p *Publisher) putTogether(ctx context.Context, entries []item) error {
	graphs := map[string][]rdf.Quad{}
	for _, it := range entries {
		quads, err := p.standing(ctx, it)
		if err != nil {
			return err
		}
		graphs[it.Pagina] = quads
	}
	if store, ok := p.Graphs.(GraphsTogether); ok {
		return store.PutTogether(ctx, maps.All(graphs))
	}
	return putGraphs(ctx, p.Graphs, func(yield func(string, []rdf.Quad) bool) {
		for _, it := range entries {
			if !yield(it.Pagina, graphs[it.Pagina]) {
				return
			}
		}
	})
}

// standing returns the graph that an entry leaves, nil if it takes it away.
func (p *Publisher) standing(ctx context.Context, it item) ([]rdf.Quad, error) {
	if it.Kind != Published && it.Kind != Written {
		return nil, nil
	}
	quads, err := p.quads(ctx, it.refs.Graph)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", it.Sequence, err)
	}
	return quads, nil
}

package eval

import (
	"context"
	"fmt"
	"time"

	"github.com/belfort-lod/belfort/rdf"
)

// localBit marks the IDs of terms that the query computed. With overlayBit it
// marks those that an overlay gives, which to a query are IDs of the dataset.
const (
	localBit   ID = 1 << 63
	overlayBit ID = 1 << 62
)

func (id ID) local() bool { return id&(localBit|overlayBit) == localBit }

// exec is one run of a query. It is used by one goroutine.
type exec struct {
	ctx    context.Context
	ds     Dataset
	scope  Scope
	limits Limits
	opts   *Options
	base   string
	now    time.Time
	err    error

	work   int64
	memory int64
	drawn  int64 // of Options.Budget
	disk   int64
	spools map[*spool]struct{} // not yet closed

	comparer Comparer // nil if the dataset is none
	seeker   Seeker   // nil if the dataset is none
	cursors  []Cursor
	readers  map[cursorKey][]*reader // that nobody uses
	spare    map[cursorKey][]Cursor  // of cursors, those that nobody uses
	sorted   map[cursorKey]bool      // what sorts found

	terms       []rdf.Term // local terms, by ID without localBit
	ids         map[rdf.Term]ID
	values      []cachedValue
	lastID      ID // of last
	last        rdf.Term
	regexps     map[[2]string]*matcher
	regexpBytes int // that they take
	matching    int // steps of matching since the last look at the clock
	blanks      int
	// bnodes are the nodes that BNODE(label) gave in the solution of work
	// number bnodesAt.
	bnodes   map[string]rdf.Term
	bnodesAt int64
}

// fail ends the run.
func (x *exec) fail(err error) bool {
	if x.err == nil {
		x.err = err
	}
	return false
}

// use makes ds the dataset of the run.
func (x *exec) use(ds Dataset, scope Scope) {
	x.ds, x.scope = ds, scope
	x.seeker, _ = ds.(Seeker)
	x.comparer, _ = x.below().(Comparer)
}

// close frees what the run holds. It may be called more than once.
func (x *exec) close() {
	for _, c := range x.cursors {
		if err := c.Close(); err != nil {
			x.fail(fmt.Errorf("read quads: %w", err))
		}
	}
	for s := range x.spools {
		s.close()
	}
	x.cede(0)
	x.cursors, x.seeker = nil, nil
	clear(x.readers)
	clear(x.spare)
}

// below returns the dataset that has the terms.
func (x *exec) below() Dataset {
	ds := x.ds
	if v, ok := ds.(*view); ok {
		ds = v.Dataset
	}
	if o, ok := ds.(*overlay); ok && o.untouched() {
		ds = o.Dataset
	}
	return ds
}

// step counts an intermediate solution and looks at the clock now and then. It
// returns false when the run must end.
func (x *exec) step() bool {
	x.work++
	if x.work&0x3ff == 0 && !x.look() {
		return false
	}
	if x.limits.Work > 0 && x.work > x.limits.Work {
		return x.fail(&LimitError{Limit: "work", Bound: x.limits.Work})
	}
	return true
}

// steps is step for many at once.
func (x *exec) steps(n int64) bool {
	x.work += n - 1
	return x.look() && x.step()
}

// look lets others have a turn, and looks at the clock.
func (x *exec) look() bool {
	if x.opts.Pace != nil {
		x.opts.Pace(x.ctx)
	}
	return x.ctx.Err() == nil || x.fail(ctxError(x.ctx, x.limits))
}

// hold counts bytes that the run keeps.
func (x *exec) hold(bytes int) bool {
	x.memory += int64(bytes)
	if x.limits.Memory > 0 && x.memory > x.limits.Memory {
		return x.fail(&LimitError{Limit: "memory", Bound: x.limits.Memory})
	}
	return x.opts.Budget == nil || x.memory <= freeMemory+x.drawn || x.draw()
}

// release gives back what hold counted.
func (x *exec) release(bytes int) {
	x.memory -= int64(bytes)
	if x.drawn > 0 && x.drawn-x.memory > 2*budgetStep {
		x.cede(x.memory)
	}
}

// term returns the term of an ID, the zero Term for 0.
func (x *exec) term(id ID) rdf.Term {
	if id == 0 {
		return rdf.Term{}
	}
	if id.local() {
		return x.terms[id&^localBit]
	}
	t, err := x.ds.Term(id)
	if err != nil {
		x.fail(fmt.Errorf("read term: %w", err))
	}
	return t
}

// maxCachedTerms bounds the terms whose IDs are remembered.
const maxCachedTerms = 1 << 16

// cachedValues is how many values are remembered, each in the place that its ID
// says.
const cachedValues = 1 << 9

type cachedValue struct {
	id ID
	v  value
}

// value returns the value of an ID.
func (x *exec) value(id ID) value {
	if id == 0 {
		return value{}
	}
	if x.values == nil {
		x.values = make([]cachedValue, cachedValues)
	}
	at := &x.values[(uint64(id)*0x9E3779B97F4A7C15)>>(64-9)]
	if at.id != id {
		at.id, at.v = id, valueOf(x.term(id))
	}
	return at.v
}

// intern returns the one ID of a term: the dataset's if it has one.
func (x *exec) intern(t rdf.Term) ID {
	if t.IsZero() {
		return 0
	}
	if id, ok := x.ids[t]; ok {
		return id
	}
	id, err := x.ds.ID(t)
	if err != nil {
		x.fail(fmt.Errorf("look up term: %w", err))
		return 0
	}
	if id == 0 {
		id = localBit | ID(len(x.terms))
		x.terms = append(x.terms, t)
		x.hold(len(t.Value()) + 128)
		x.ids[t] = id
	} else if len(x.ids) < maxCachedTerms {
		x.ids[t] = id
	}
	return id
}

// freshBlank returns a blank node that neither the data nor the query has.
func (x *exec) freshBlank() rdf.Term {
	for {
		x.blanks++
		t := rdf.Blank(fmt.Sprintf("b%d", x.blanks))
		if id, err := x.ds.ID(t); err != nil {
			x.fail(fmt.Errorf("look up term: %w", err))
			return t
		} else if id == 0 {
			return t
		}
	}
}

// blankFor is BNODE(label): the same node for the same label within a solution
// (section 17.4.2.9).
func (x *exec) blankFor(label string) rdf.Term {
	if x.bnodesAt != x.work || x.bnodes == nil {
		x.bnodes, x.bnodesAt = map[string]rdf.Term{}, x.work
	}
	t, ok := x.bnodes[label]
	if !ok {
		t = x.freshBlank()
		x.bnodes[label] = t
	}
	return t
}

package eval

import (
	"fmt"
	"iter"

	"github.com/belfort-lod/belfort/rdf"
)

// overlay is a Dataset with changes on top: what the later operations of an
// update see of the earlier ones. Changes are looked through one by one, which
// suits updates, not bulk loads.
type overlay struct {
	Dataset
	added, removed map[QuadID]struct{}
	order          []QuadID // of added, as they came; some may be gone again
	terms          []rdf.Term
	ids            map[rdf.Term]ID
}

// above reports whether an ID is one of a term that the dataset below does not
// have.
func (id ID) above() bool { return id&localBit != 0 }

func (q QuadID) above() bool {
	return q.Subject.above() || q.Predicate.above() || q.Object.above() || q.Graph.above()
}

func newOverlay(ds Dataset) *overlay {
	return &overlay{Dataset: ds, added: map[QuadID]struct{}{}, removed: map[QuadID]struct{}{}, ids: map[rdf.Term]ID{}}
}

func (o *overlay) ID(t rdf.Term) (ID, error) {
	if id, ok := o.ids[t]; ok {
		return id, nil
	}
	return o.Dataset.ID(t)
}

func (o *overlay) Term(id ID) (rdf.Term, error) {
	if id.above() {
		return o.terms[id&^(localBit|overlayBit)], nil
	}
	return o.Dataset.Term(id)
}

// give returns the ID of a term, a new one if need be.
func (o *overlay) give(t rdf.Term) (ID, error) {
	if t.IsZero() {
		return 0, nil
	}
	id, err := o.ID(t)
	if err == nil && id == 0 {
		id = localBit | overlayBit | ID(len(o.terms))
		o.terms = append(o.terms, t)
		o.ids[t] = id
	}
	return id, err
}

func (o *overlay) quad(q rdf.Quad, id func(rdf.Term) (ID, error)) (out QuadID, err error) {
	for _, part := range []struct {
		to   *ID
		term rdf.Term
	}{{&out.Subject, q.Subject}, {&out.Predicate, q.Predicate}, {&out.Object, q.Object}, {&out.Graph, q.Graph}} {
		if part.term.IsZero() {
			continue
		}
		if *part.to, err = id(part.term); err != nil {
			return out, fmt.Errorf("look up term: %w", err)
		}
	}
	return out, nil
}

// below reports whether the dataset below has the quad.
func (o *overlay) below(q QuadID) (bool, error) {
	if q.Subject == 0 || q.above() {
		return false, nil
	}
	for _, err := range o.Dataset.Match(q, Default) {
		return err == nil, err
	}
	return false, nil
}

func (o *overlay) insert(quad rdf.Quad) error {
	q, err := o.quad(quad, o.give)
	if err != nil {
		return err
	}
	if _, ok := o.removed[q]; ok {
		delete(o.removed, q)
		return nil
	}
	have, err := o.below(q)
	if err != nil || have {
		return err
	}
	if _, ok := o.added[q]; !ok {
		o.added[q] = struct{}{}
		o.order = append(o.order, q)
	}
	return nil
}

func (o *overlay) delete(quad rdf.Quad) error {
	q, err := o.quad(quad, o.ID)
	if err != nil || q.Subject == 0 || q.Predicate == 0 || q.Object == 0 || q.Graph == 0 && !quad.Graph.IsZero() {
		return err
	}
	o.remove(q)
	return nil
}

func (o *overlay) remove(q QuadID) {
	if _, ok := o.added[q]; ok {
		delete(o.added, q)
		return
	}
	if have, _ := o.below(q); have {
		o.removed[q] = struct{}{}
	}
}

func (o *overlay) Match(pattern QuadID, scope Scope) iter.Seq2[QuadID, error] {
	if len(o.added) == 0 && len(o.removed) == 0 {
		return o.Dataset.Match(pattern, scope)
	}
	return func(yield func(QuadID, error) bool) {
		union := scope == Union && pattern.Graph == 0
		seen := map[QuadID]struct{}{}
		emit := func(q QuadID) bool {
			if union {
				q.Graph = 0
				if _, ok := seen[q]; ok {
					return true
				}
				seen[q] = struct{}{}
			}
			return yield(q, nil)
		}
		if !pattern.above() {
			scopes := []Scope{scope}
			if union {
				scopes = []Scope{Default, Named}
			}
			for _, s := range scopes {
				for q, err := range o.Dataset.Match(pattern, s) {
					if err != nil {
						yield(q, err)
						return
					}
					if _, ok := o.removed[q]; !ok && !emit(q) {
						return
					}
				}
			}
		}
		fits := func(id, want ID) bool { return want == 0 || id == want }
		for _, q := range o.order {
			if _, ok := o.added[q]; !ok {
				continue
			}
			if !fits(q.Subject, pattern.Subject) || !fits(q.Predicate, pattern.Predicate) || !fits(q.Object, pattern.Object) ||
				!fits(q.Graph, pattern.Graph) || pattern.Graph == 0 && (scope == Default && q.Graph != 0 || scope == Named && q.Graph == 0) {
				continue
			}
			if !emit(q) {
				return
			}
		}
	}
}

// untouched reports whether the overlay is the dataset below it, as yet.
func (o *overlay) untouched() bool {
	return len(o.added) == 0 && len(o.removed) == 0 && len(o.terms) == 0
}

// Cursor is Seeker.Cursor: that of the dataset below as long as nothing has
// changed.
func (o *overlay) Cursor(bound, order []Place, scope Scope) Cursor {
	below, ok := o.Dataset.(Seeker)
	if !ok || !o.untouched() {
		return nil
	}
	return below.Cursor(bound, order, scope)
}

func (o *overlay) Estimate(pattern QuadID, scope Scope) float64 {
	if pattern.above() {
		return float64(len(o.added))
	}
	return o.Dataset.Estimate(pattern, scope) + float64(len(o.added))
}

// change returns the quads that the overlay takes away and adds.
func (o *overlay) change() (*Change, error) {
	c := &Change{}
	quad := func(q QuadID) (out rdf.Quad, err error) {
		for _, part := range []struct {
			to *rdf.Term
			id ID
		}{{&out.Subject, q.Subject}, {&out.Predicate, q.Predicate}, {&out.Object, q.Object}, {&out.Graph, q.Graph}} {
			if part.id != 0 {
				if *part.to, err = o.Term(part.id); err != nil {
					return out, fmt.Errorf("read term: %w", err)
				}
			}
		}
		return out, nil
	}
	for q := range o.removed {
		t, err := quad(q)
		if err != nil {
			return nil, err
		}
		c.Delete = append(c.Delete, t)
	}
	for _, q := range o.order {
		if _, ok := o.added[q]; ok {
			delete(o.added, q)
			t, err := quad(q)
			if err != nil {
				return nil, err
			}
			c.Insert = append(c.Insert, t)
		}
	}
	return c, nil
}

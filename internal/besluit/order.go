package besluit

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// ordered puts the items of one sitting in agenda order: each item after the
// one that besluit:aangebrachtNa names, or that the handling before it
// (besluit:gebeurtNa) was about. Items without a known predecessor keep the
// order of the graph, or that of schema:position where they have one, and a
// cycle is cut at its first item in that order.
func (l *lift) ordered(items []rdf.Term) []rdf.Term {
	slices.SortStableFunc(items, func(a, b rdf.Term) int { return cmp.Compare(l.position(a), l.position(b)) })
	member := make(map[rdf.Term]bool, len(items))
	for _, t := range items {
		member[t] = true
	}
	var starts []rdf.Term
	after := make(map[rdf.Term][]rdf.Term, len(items))
	for _, t := range items {
		before := l.predecessor(t)
		if before == t || !member[before] {
			starts = append(starts, t)
			continue
		}
		after[before] = append(after[before], t)
	}
	order := make([]rdf.Term, 0, len(items))
	placed := make(map[rdf.Term]bool, len(items))
	walk := func(from rdf.Term) {
		stack := []rdf.Term{from}
		for len(stack) > 0 {
			t := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if placed[t] {
				continue
			}
			placed[t] = true
			order = append(order, t)
			for i := len(after[t]) - 1; i >= 0; i-- {
				stack = append(stack, after[t][i])
			}
		}
	}
	for _, t := range starts {
		walk(t)
	}
	for _, t := range items { // what only a cycle reaches
		walk(t)
	}
	return order
}

// predecessor returns the item that was dealt with before t, or no term.
func (l *lift) predecessor(t rdf.Term) rdf.Term {
	for o := range l.g.Objects(t, rdf.IRI(vocab.BesluitAangebrachtNa)) {
		if o.IsLiteral() { // some programs write the IRI as text
			o = rdf.IRI(o.Value())
		}
		return o
	}
	for b := range l.g.Subjects(rdf.IRI(vocab.DctSubject), t) {
		before := l.node(b, vocab.BesluitGebeurtNa)
		if before.IsZero() {
			continue
		}
		if item := l.node(before, vocab.DctSubject); !item.IsZero() {
			return item
		}
	}
	return rdf.Term{}
}

// Position is the property that says where an item stands on the agenda. The
// OSLO profile has the chain of besluit:aangebrachtNa for that; where a page
// has no chain, only its order of writing tells, and that no store of triples
// keeps.
const Position = vocab.Schema + "position"

func (l *lift) position(t rdf.Term) int {
	for o := range l.g.Objects(t, rdf.IRI(Position)) {
		if n, err := strconv.Atoi(o.Value()); err == nil {
			return n
		}
	}
	return math.MaxInt
}

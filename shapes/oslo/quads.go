package oslo

import (
	"iter"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
)

// quads are those of a document in its order, also what it says twice, indexed
// for rules that ask for a predicate or for a place.
type quads struct {
	said  []rdf.Sourced
	graph *rdf.Graph
	ids   [][3]rdf.ID // of said, in the graph
	// by leads, for each predicate, through the quads that have it.
	by     map[rdf.ID]*chain
	next   []int32             // after each quad, the next with its predicate; 0 at the end
	places map[[3]rdf.ID]int32 // of the first quad of each triple; made when needed often
	looks  int                 // by first
}

type chain struct{ first, last int32 }

// newQuads indexes the quads of a document. The graph mostly has them in the
// same order, so that few terms need to be looked up.
func newQuads(said []rdf.Sourced, g *rdf.Graph) quads {
	s := quads{said: said, graph: g, ids: make([][3]rdf.ID, len(said)), by: map[rdf.ID]*chain{}, next: make([]int32, len(said))}
	at := 0
	mark := func(i int, ids [3]rdf.ID) {
		s.ids[i] = ids
		if c := s.by[ids[1]]; c == nil {
			s.by[ids[1]] = &chain{int32(i), int32(i)}
		} else {
			s.next[c.last], c.last = int32(i), int32(i)
		}
	}
	is := func(q *rdf.Sourced, ids [3]rdf.ID) bool {
		return g.Term(ids[0]) == q.Subject && g.Term(ids[1]) == q.Predicate && g.Term(ids[2]) == q.Object
	}
	for ids := range g.MatchIDs(0, 0, 0) {
		for ; at < len(said) && !is(&said[at], ids); at++ { // said before
			q := &said[at]
			mark(at, [3]rdf.ID{g.ID(q.Subject), g.ID(q.Predicate), g.ID(q.Object)})
		}
		if at == len(said) {
			return s
		}
		mark(at, ids)
		at++
	}
	for ; at < len(said); at++ {
		q := &said[at]
		mark(at, [3]rdf.ID{g.ID(q.Subject), g.ID(q.Predicate), g.ID(q.Object)})
	}
	return s
}

// saying yields the quads with one of these predicates, in the order of the
// document.
func (s *quads) saying(predicates []string) iter.Seq[rdf.Sourced] {
	return func(yield func(rdf.Sourced) bool) {
		var one *chain
		var several []int32
		for _, p := range predicates {
			c := s.by[s.graph.ID(rdf.IRI(p))]
			switch {
			case c == nil:
			case one == nil:
				one = c
			default:
				if several == nil {
					several = s.follow(nil, one)
				}
				several = s.follow(several, c)
			}
		}
		switch {
		case several != nil:
			slices.Sort(several)
			for _, i := range several {
				if !yield(s.said[i]) {
					return
				}
			}
		case one != nil:
			for i := one.first; ; i = s.next[i] {
				if !yield(s.said[i]) || i == one.last {
					return
				}
			}
		}
	}
}

func (s *quads) follow(list []int32, c *chain) []int32 {
	for i := c.first; ; i = s.next[i] {
		list = append(list, i)
		if i == c.last {
			return list
		}
	}
}

// predicates yields every predicate of the document once, in no order.
func (s *quads) predicates() iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range s.by {
			if !yield(s.graph.Term(id).Value()) {
				return
			}
		}
	}
}

// first returns the first place that says a triple, the zero Span if nothing
// does.
func (s *quads) first(q rdf.Quad) rdf.Span {
	want := [3]rdf.ID{s.graph.ID(q.Subject), s.graph.ID(q.Predicate), s.graph.ID(q.Object)}
	if s.places == nil {
		// A few looks are cheaper than an index of a large page.
		if s.looks++; s.looks <= 32 {
			if i := slices.Index(s.ids, want); i >= 0 {
				return s.said[i].Span
			}
			return rdf.Span{}
		}
		s.places = make(map[[3]rdf.ID]int32, len(s.ids))
		for i := len(s.ids) - 1; i >= 0; i-- {
			s.places[s.ids[i]] = int32(i)
		}
	}
	if i, ok := s.places[want]; ok {
		return s.said[i].Span
	}
	return rdf.Span{}
}

package rdf

import "iter"

// Graph is a set of triples in memory (RDF 1.1 Concepts, section 3), kept in
// the order in which they were added and indexed for matching. It is meant for
// one page or one description, not for a database. A Graph may be read by
// several goroutines at once while none adds to it. The zero Graph is not
// ready for use: call NewGraph.
type Graph struct {
	triples     []Quad
	positions   map[Quad]struct{}
	bySubject   map[Term][]int32
	byObject    map[Term][]int32
	byPredicate map[Term][]int32
}

// NewGraph returns a graph with the triples of the given quads; their graph
// names are dropped.
func NewGraph(quads ...Quad) *Graph {
	g := &Graph{
		positions:   make(map[Quad]struct{}, len(quads)),
		bySubject:   map[Term][]int32{},
		byObject:    map[Term][]int32{},
		byPredicate: map[Term][]int32{},
	}
	for _, q := range quads {
		g.Add(q)
	}
	return g
}

// Add puts the triple of q in the graph and reports whether it was new.
func (g *Graph) Add(q Quad) bool {
	q = q.Triple()
	if _, ok := g.positions[q]; ok {
		return false
	}
	at := int32(len(g.triples))
	g.positions[q] = struct{}{}
	g.triples = append(g.triples, q)
	g.bySubject[q.Subject] = append(g.bySubject[q.Subject], at)
	g.byObject[q.Object] = append(g.byObject[q.Object], at)
	g.byPredicate[q.Predicate] = append(g.byPredicate[q.Predicate], at)
	return true
}

// Has reports whether the triple is in the graph.
func (g *Graph) Has(subject, predicate, object Term) bool {
	_, ok := g.positions[Quad{Subject: subject, Predicate: predicate, Object: object}]
	return ok
}

// Len returns the number of triples.
func (g *Graph) Len() int { return len(g.triples) }

// All yields the triples in the order in which they were added.
func (g *Graph) All() iter.Seq[Quad] {
	return g.Match(Term{}, Term{}, Term{})
}

// Match yields the triples that fit the pattern, in the order in which they
// were added; a zero Term fits everything.
func (g *Graph) Match(subject, predicate, object Term) iter.Seq[Quad] {
	return func(yield func(Quad) bool) {
		candidates, all := g.candidates(subject, predicate, object)
		if all {
			for _, t := range g.triples {
				if !yield(t) {
					return
				}
			}
			return
		}
		for _, i := range candidates {
			t := g.triples[i]
			if fits(t.Subject, subject) && fits(t.Predicate, predicate) && fits(t.Object, object) && !yield(t) {
				return
			}
		}
	}
}

// candidates returns the shortest list of positions that can fit the pattern.
func (g *Graph) candidates(subject, predicate, object Term) (list []int32, all bool) {
	all = true
	consider := func(index map[Term][]int32, t Term) {
		if t.IsZero() {
			return
		}
		if l := index[t]; all || len(l) < len(list) {
			list, all = l, false
		}
	}
	consider(g.bySubject, subject)
	consider(g.byObject, object)
	consider(g.byPredicate, predicate)
	return list, all
}

func fits(t, pattern Term) bool { return pattern.IsZero() || t == pattern }

// Objects yields the objects of the triples with the given subject and
// predicate.
func (g *Graph) Objects(subject, predicate Term) iter.Seq[Term] {
	return func(yield func(Term) bool) {
		for q := range g.Match(subject, predicate, Term{}) {
			if !yield(q.Object) {
				return
			}
		}
	}
}

// Subjects yields the subjects of the triples with the given predicate and
// object.
func (g *Graph) Subjects(predicate, object Term) iter.Seq[Term] {
	return func(yield func(Term) bool) {
		for q := range g.Match(Term{}, predicate, object) {
			if !yield(q.Subject) {
				return
			}
		}
	}
}

// Object returns the first object with the given subject and predicate, or the
// zero Term.
func (g *Graph) Object(subject, predicate Term) Term {
	for o := range g.Objects(subject, predicate) {
		return o
	}
	return Term{}
}

// Subject returns the first subject with the given predicate and object, or
// the zero Term.
func (g *Graph) Subject(predicate, object Term) Term {
	for s := range g.Subjects(predicate, object) {
		return s
	}
	return Term{}
}

// List returns the members of the RDF collection that begins at head (RDF
// Schema 1.1, section 5.2), in order. It stops where the list is broken or
// comes back to a node that it had.
func (g *Graph) List(head Term) []Term {
	var members []Term
	seen := map[Term]bool{}
	for !head.IsZero() && head != IRI(rdfNil) && !seen[head] {
		seen[head] = true
		first := g.Object(head, IRI(rdfFirst))
		if first.IsZero() {
			break
		}
		members = append(members, first)
		head = g.Object(head, IRI(rdfRest))
	}
	return members
}

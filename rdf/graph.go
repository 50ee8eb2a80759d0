package rdf

import "iter"

// Graph is a set of triples in memory (RDF 1.1 Concepts, section 3), kept in
// the order in which they were added and indexed for matching. It is meant for
// one page or one description, not for a database. A Graph may be read by
// several goroutines at once while none adds to it. The zero Graph is not
// ready for use: call NewGraph.
//
// Each term is kept once and stands for its ID; work that asks much of a graph
// uses the methods with IDs, which compare and look up numbers.
type Graph struct {
	terms   []Term // by ID - 1
	ids     map[Term]ID
	triples [][3]ID
	set     map[[3]ID]struct{}
	// chains leads, for each term in each place, through the triples that have it
	// there: next holds the triple after each one.
	chains [][3]chain // by ID - 1
	next   [][3]int32 // by triple
	// hubs holds the triples of a subject, or an object, by predicate, once it
	// has many: a sitting of a thousand items, or a class.
	hubs map[hub]*[]int32
	last [3]ID // of the last triple added: pages repeat themselves
}

// ID stands for a term within one Graph: 1 and up in the order in which the
// terms came; 0 is no term, or any term in a pattern.
type ID uint32

// The places of a triple.
const (
	subjectPlace = iota
	predicatePlace
	objectPlace
)

// chain is a list of triples: its ends, as positions from 1, and its length.
type chain struct{ first, last, length int32 }

// hub is a node in a place, with a predicate.
type hub struct {
	place           uint8
	node, predicate ID
}

// hubSize is how many triples make a node a hub.
const hubSize = 32

// NewGraph returns a graph with the triples of the given quads; their graph
// names are dropped.
func NewGraph(quads ...Quad) *Graph {
	g := &Graph{
		ids: make(map[Term]ID, len(quads)/2),
		set: make(map[[3]ID]struct{}, len(quads)),
	}
	if len(quads) > 0 {
		g.triples = make([][3]ID, 0, len(quads))
		g.next = make([][3]int32, 0, len(quads))
	}
	for _, q := range quads {
		g.Add(q)
	}
	return g
}

// Add puts the triple of q in the graph and reports whether it was new.
func (g *Graph) Add(q Quad) bool {
	t := [3]ID{g.add(q.Subject, subjectPlace), g.add(q.Predicate, predicatePlace), g.add(q.Object, objectPlace)}
	g.last = t
	if _, ok := g.set[t]; ok {
		return false
	}
	g.set[t] = struct{}{}
	g.triples = append(g.triples, t)
	g.next = append(g.next, [3]int32{})
	at := int32(len(g.triples))
	for place, id := range t {
		c := &g.chains[id-1][place]
		if c.length == 0 {
			c.first = at
		} else {
			g.next[c.last-1][place] = at
		}
		c.last = at
		c.length++
		if place != predicatePlace && c.length >= hubSize {
			g.addToHub(uint8(place), id, at, c)
		}
	}
	return true
}

// add returns the ID of a term, a new one if the graph had none.
func (g *Graph) add(t Term, place int) ID {
	if id := g.last[place]; id != 0 && g.terms[id-1] == t {
		return id
	}
	id, ok := g.ids[t]
	if !ok {
		g.terms = append(g.terms, t)
		g.chains = append(g.chains, [3]chain{})
		id = ID(len(g.terms))
		g.ids[t] = id
	}
	return id
}

// addToHub files a triple of a hub, and all that it had when it becomes one.
func (g *Graph) addToHub(place uint8, node ID, at int32, c *chain) {
	if g.hubs == nil {
		g.hubs = map[hub]*[]int32{}
	}
	file := func(at int32) {
		key := hub{place, node, g.triples[at-1][predicatePlace]}
		list := g.hubs[key]
		if list == nil {
			list = new([]int32)
			g.hubs[key] = list
		}
		*list = append(*list, at)
	}
	if c.length > hubSize {
		file(at)
		return
	}
	for i := c.first; i != 0; i = g.next[i-1][place] {
		file(i)
	}
}

// Has reports whether the triple is in the graph.
func (g *Graph) Has(subject, predicate, object Term) bool {
	return g.HasIDs(g.ID(subject), g.ID(predicate), g.ID(object))
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
		pattern := [3]Term{subject, predicate, object}
		var ids [3]ID
		for i, t := range pattern {
			if ids[i] = g.ID(t); ids[i] == 0 && !t.IsZero() {
				return
			}
		}
		for t := range g.MatchIDs(ids[0], ids[1], ids[2]) {
			if !yield(g.quad(t)) {
				return
			}
		}
	}
}

func (g *Graph) quad(t [3]ID) Quad {
	return Quad{Subject: g.terms[t[0]-1], Predicate: g.terms[t[1]-1], Object: g.terms[t[2]-1]}
}

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

// Terms returns how many different terms the graph has: the highest ID.
func (g *Graph) Terms() int { return len(g.terms) }

// ID returns the ID of a term, 0 if no triple has it.
func (g *Graph) ID(t Term) ID { return g.ids[t] }

// Term returns the term of an ID, the zero Term if there is none.
func (g *Graph) Term(id ID) Term {
	if id == 0 || int(id) > len(g.terms) {
		return Term{}
	}
	return g.terms[id-1]
}

// HasIDs reports whether the triple is in the graph.
func (g *Graph) HasIDs(subject, predicate, object ID) bool {
	_, ok := g.set[[3]ID{subject, predicate, object}]
	return ok
}

// MatchIDs yields the triples that fit the pattern, in the order in which they
// were added; 0 fits everything.
func (g *Graph) MatchIDs(subject, predicate, object ID) iter.Seq[[3]ID] {
	return func(yield func([3]ID) bool) {
		pattern := [3]ID{subject, predicate, object}
		if subject != 0 && predicate != 0 && object != 0 {
			if g.HasIDs(subject, predicate, object) {
				yield(pattern)
			}
			return
		}
		w := g.walk(pattern)
		for at := w.first; at != 0; at = w.after(at) {
			t := g.triples[at-1]
			if (subject == 0 || t[0] == subject) && (predicate == 0 || t[1] == predicate) && (object == 0 || t[2] == object) && !yield(t) {
				return
			}
		}
	}
}

// AtMost returns a number that the triples which fit the pattern do not exceed,
// without reading them; 0 fits everything.
func (g *Graph) AtMost(subject, predicate, object ID) int {
	if subject != 0 && predicate != 0 && object != 0 {
		if g.HasIDs(subject, predicate, object) {
			return 1
		}
		return 0
	}
	return g.walk([3]ID{subject, predicate, object}).length
}

// AppendObjects appends the objects of the triples with the given subject and
// predicate to ids, in their order, and returns the extended slice.
func (g *Graph) AppendObjects(ids []ID, subject, predicate ID) []ID {
	if subject == 0 || predicate == 0 {
		return ids
	}
	w := g.walk([3]ID{subject, predicate, 0})
	for at := w.first; at != 0; at = w.after(at) {
		if t := &g.triples[at-1]; t[0] == subject && t[1] == predicate {
			ids = append(ids, t[2])
		}
	}
	return ids
}

// AppendSubjects appends the subjects of the triples with the given predicate
// and object to ids, in their order, and returns the extended slice.
func (g *Graph) AppendSubjects(ids []ID, predicate, object ID) []ID {
	if predicate == 0 || object == 0 {
		return ids
	}
	w := g.walk([3]ID{0, predicate, object})
	for at := w.first; at != 0; at = w.after(at) {
		if t := &g.triples[at-1]; t[2] == object && t[1] == predicate {
			ids = append(ids, t[0])
		}
	}
	return ids
}

// walk goes through the shortest list of triples that can fit a pattern, as the
// graph was when it began.
type walk struct {
	g      *Graph
	end    int32   // the last triple then
	place  int     // of the chain; -1 to go through all triples
	list   []int32 // of a hub, in place of a chain
	i      int     // in list
	first  int32
	length int
}

func (g *Graph) walk(pattern [3]ID) walk {
	w := walk{g: g, end: int32(len(g.triples)), place: -1, length: len(g.triples)}
	if len(g.triples) > 0 {
		w.first = 1
	}
	for place, id := range pattern {
		if id == 0 {
			continue
		}
		if int(id) > len(g.terms) {
			return walk{g: g}
		}
		if c := &g.chains[id-1][place]; w.place < 0 || int(c.length) < w.length {
			w.place, w.first, w.length = place, c.first, int(c.length)
		}
	}
	if w.length < hubSize || w.place < 0 || pattern[predicatePlace] == 0 {
		return w
	}
	// Every node that was given has many triples, so it is a hub.
	for _, place := range [...]uint8{subjectPlace, objectPlace} {
		if pattern[place] == 0 {
			continue
		}
		list := g.hubs[hub{place, pattern[place], pattern[predicatePlace]}]
		if list == nil {
			return walk{g: g}
		}
		if len(*list) <= w.length {
			w.list, w.first, w.length = *list, (*list)[0], len(*list)
		}
	}
	return w
}

// after returns the triple after at, 0 at the end.
func (w *walk) after(at int32) int32 {
	if w.list != nil {
		if w.i++; w.i < len(w.list) {
			return w.list[w.i]
		}
		return 0
	}
	next := at + 1
	if w.place >= 0 {
		next = w.g.next[at-1][w.place]
	}
	if next > w.end {
		return 0
	}
	return next
}

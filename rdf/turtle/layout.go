package turtle

import (
	"bytes"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

const (
	maxNesting = 32 // deeper blank nodes are written by themselves
	lineWidth  = 100
)

// layout is a dataset, arranged for writing: which subjects follow each other,
// and which blank nodes are written inside the statement that mentions them.
type layout struct {
	names    *names
	graphs   []rdf.Term                     // in the order in which they came
	subjects map[rdf.Term][]rdf.Term        // of each graph, likewise
	about    map[key][]rdf.Quad             // the quads of a subject in a graph
	homes    map[rdf.Term]map[rdf.Term]bool // graphs where a blank node is a subject
	mentions map[rdf.Term][]rdf.Quad        // quads with the blank node as object; at most two
	nested   map[rdf.Term]int               // blank nodes written inside another statement, and how deep
	lists    map[rdf.Term][]rdf.Term        // members, by the list's first node
	cells    map[rdf.Term]bool              // nodes of lists
	named    map[rdf.Term]bool              // blank nodes that name a graph
}

type key struct{ graph, subject rdf.Term }

func newLayout(n *names, quads []rdf.Quad) *layout {
	l := &layout{
		names:    n,
		subjects: map[rdf.Term][]rdf.Term{},
		about:    map[key][]rdf.Quad{},
		homes:    map[rdf.Term]map[rdf.Term]bool{},
		mentions: map[rdf.Term][]rdf.Quad{},
		nested:   map[rdf.Term]int{},
		lists:    map[rdf.Term][]rdf.Term{},
		cells:    map[rdf.Term]bool{},
		named:    map[rdf.Term]bool{},
	}
	seen := make(map[rdf.Quad]struct{}, len(quads))
	for _, q := range quads {
		if _, ok := seen[q]; !ok {
			seen[q] = struct{}{}
			l.add(q)
		}
	}
	l.findLists()
	l.findNested()
	return l
}

func (l *layout) add(q rdf.Quad) {
	if _, ok := l.subjects[q.Graph]; !ok {
		l.graphs = append(l.graphs, q.Graph)
	}
	k := key{q.Graph, q.Subject}
	if _, ok := l.about[k]; !ok {
		l.subjects[q.Graph] = append(l.subjects[q.Graph], q.Subject)
	}
	l.about[k] = append(l.about[k], q)
	if q.Subject.IsBlank() {
		if l.homes[q.Subject] == nil {
			l.homes[q.Subject] = map[rdf.Term]bool{}
		}
		l.homes[q.Subject][q.Graph] = true
	}
	if q.Object.IsBlank() && len(l.mentions[q.Object]) < 2 {
		l.mentions[q.Object] = append(l.mentions[q.Object], q)
	}
	if q.Graph.IsBlank() {
		l.named[q.Graph] = true
	}
}

// parent returns the one quad that mentions t, if t may be written inside it:
// no label is needed for it anywhere else.
func (l *layout) parent(t rdf.Term) (rdf.Quad, bool) {
	if !t.IsBlank() || len(l.mentions[t]) != 1 || l.named[t] {
		return rdf.Quad{}, false
	}
	q := l.mentions[t][0]
	for graph := range l.homes[t] {
		if graph != q.Graph {
			return rdf.Quad{}, false
		}
	}
	return q, q.Subject != t
}

// cell returns the two halves of t if it is a list node and nothing more.
func (l *layout) cell(t, graph rdf.Term) (first, rest rdf.Term, ok bool) {
	about := l.about[key{graph, t}]
	if len(about) != 2 {
		return first, rest, false
	}
	for _, q := range about {
		switch q.Predicate.Value() {
		case vocab.RDFFirst:
			first = q.Object
		case vocab.RDFRest:
			rest = q.Object
		}
	}
	return first, rest, !first.IsZero() && !rest.IsZero()
}

// findLists follows each well-formed list from its end to its beginning.
func (l *layout) findLists() {
	for _, graph := range l.graphs {
		for _, t := range l.subjects[graph] {
			if _, rest, ok := l.cell(t, graph); !ok || rest != rdf.IRI(vocab.RDFNil) {
				continue
			}
			var members []rdf.Term
			head := rdf.Term{}
			for {
				mention, ok := l.parent(t)
				first, _, isCell := l.cell(t, graph)
				if !ok || !isCell || l.cells[t] {
					break
				}
				l.cells[t] = true
				members, head = append(members, first), t
				if mention.Predicate.Value() != vocab.RDFRest {
					break
				}
				t = mention.Subject
			}
			if !head.IsZero() {
				slices.Reverse(members)
				l.lists[head] = members
			}
		}
	}
}

// findNested decides which blank nodes are written where they are mentioned,
// leaving out circles and what would be too deep.
func (l *layout) findNested() {
	for _, graph := range l.graphs {
		for _, t := range l.subjects[graph] {
			l.nest(t)
		}
	}
	for t := range l.mentions {
		l.nest(t) // the ones without properties
	}
}

// nest decides about t and about the nodes that t would be written inside.
func (l *layout) nest(t rdf.Term) {
	var path []rdf.Term
	inPath := map[rdf.Term]bool{}
	for {
		if _, known := l.nested[t]; known {
			break
		}
		mention, ok := l.parent(t)
		if !ok {
			break // t is written by itself
		}
		if inPath[t] { // a circle must begin somewhere, but not inside a list
			circle := path[slices.Index(path, t):]
			l.alone(circle[slices.IndexFunc(circle, func(t rdf.Term) bool { return !l.continues(t) })])
			break
		}
		path = append(path, t)
		inPath[t] = true
		t = mention.Subject
	}
	for _, t := range slices.Backward(path) {
		mention, ok := l.parent(t)
		if !ok {
			continue
		}
		depth := l.nested[mention.Subject]
		if !l.continues(t) {
			depth++
		}
		if depth > maxNesting {
			l.alone(t)
			continue
		}
		l.nested[t] = depth
	}
}

// continues reports whether t is a node of a list that is not its first.
func (l *layout) continues(t rdf.Term) bool {
	_, first := l.lists[t]
	return l.cells[t] && !first
}

// alone gives up writing t inside another statement. If t begins a list, the
// list begins after it.
func (l *layout) alone(t rdf.Term) {
	if members, ok := l.lists[t]; ok {
		if _, rest, _ := l.cell(t, l.mentions[t][0].Graph); len(members) > 1 {
			l.lists[rest] = members[1:]
		}
		delete(l.lists, t)
		delete(l.cells, t)
	}
	l.named[t] = true
}

// append appends the whole dataset.
func (l *layout) append(b []byte) []byte {
	for _, graph := range l.graphs {
		indent := ""
		if !graph.IsZero() {
			if len(b) > 0 {
				b = append(b, '\n')
			}
			b = append(l.names.append(b, graph), " {\n"...)
			indent = "    "
		}
		first := true
		for _, subject := range l.subjects[graph] {
			if _, ok := l.nested[subject]; ok {
				continue
			}
			if !first || graph.IsZero() && len(b) > 0 {
				b = append(b, '\n')
			}
			first = false
			b = l.appendSubject(append(b, indent...), subject, graph)
			b = l.appendProperties(append(b, ' '), key{graph, subject}, indent)
			b = append(b, " .\n"...)
		}
		if !graph.IsZero() {
			b = append(b, "}\n"...)
		}
	}
	return b
}

// appendSubject writes a blank node that nothing mentions without a label.
func (l *layout) appendSubject(b []byte, t, graph rdf.Term) []byte {
	if t.IsBlank() && len(l.mentions[t]) == 0 && !l.named[t] && len(l.homes[t]) == 1 {
		return append(b, "[]"...)
	}
	return l.names.append(b, t)
}

// appendProperties appends the predicates and objects of a subject, one
// predicate per line.
func (l *layout) appendProperties(b []byte, k key, indent string) []byte {
	about := l.about[k]
	var predicates []rdf.Term
	objects := map[rdf.Term][]rdf.Term{}
	for _, q := range about {
		if _, ok := objects[q.Predicate]; !ok {
			predicates = append(predicates, q.Predicate)
		}
		objects[q.Predicate] = append(objects[q.Predicate], q.Object)
	}
	if i := slices.Index(predicates, rdf.IRI(vocab.RDFType)); i > 0 {
		predicates = slices.Insert(slices.Delete(predicates, i, i+1), 0, rdf.IRI(vocab.RDFType))
	}
	for i, p := range predicates {
		if i > 0 {
			b = append(append(append(b, " ;\n"...), indent...), "    "...)
		}
		b = append(l.names.appendPredicate(b, p), ' ')
		b = l.appendObjects(b, objects[p], k.graph, indent+"    ")
	}
	return b
}

// appendObjects appends objects on one line if they fit, and one per line if
// they do not.
func (l *layout) appendObjects(b []byte, objects []rdf.Term, graph rdf.Term, indent string) []byte {
	if len(objects) == 1 {
		return l.appendObject(b, objects[0], graph, indent)
	}
	if line, ok := l.oneLine(b, objects, graph, ", "); ok {
		return line
	}
	b = b[:len(b)-1] // without the space after the predicate
	for i, o := range objects {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '\n'), indent...), "    "...)
		b = l.appendObject(b, o, graph, indent+"    ")
	}
	return b
}

// oneLine appends terms to the line that b ends with and reports whether they
// fit. Terms that bring lines of their own do not.
func (l *layout) oneLine(b []byte, terms []rdf.Term, graph rdf.Term, separator string) ([]byte, bool) {
	lineStart := bytes.LastIndexByte(b, '\n') + 1
	start := len(b)
	for i, t := range terms {
		if !l.flat(t, graph) {
			return b[:start], false
		}
		if i > 0 {
			b = append(b, separator...)
		}
		b = l.appendObject(b, t, graph, "")
		if len(b)-lineStart > lineWidth || bytes.IndexByte(b[start:], '\n') >= 0 {
			return b[:start], false
		}
	}
	return b, true
}

// flat reports whether t nests nothing that itself nests.
func (l *layout) flat(t, graph rdf.Term) bool {
	if _, ok := l.nested[t]; !ok {
		return true
	}
	if members, ok := l.lists[t]; ok {
		return !slices.ContainsFunc(members, func(m rdf.Term) bool {
			_, ok := l.nested[m]
			return ok
		})
	}
	return len(l.about[key{graph, t}]) == 0
}

func (l *layout) appendObject(b []byte, t, graph rdf.Term, indent string) []byte {
	if t == rdf.IRI(vocab.RDFNil) {
		return append(b, "()"...)
	}
	if _, ok := l.nested[t]; !ok {
		return l.names.append(b, t)
	}
	if members, ok := l.lists[t]; ok {
		return l.appendList(b, members, graph, indent)
	}
	k := key{graph, t}
	if len(l.about[k]) == 0 {
		return append(b, "[]"...)
	}
	b = append(append(append(b, "[\n"...), indent...), "    "...)
	b = l.appendProperties(b, k, indent)
	return append(append(append(b, '\n'), indent...), ']')
}

func (l *layout) appendList(b []byte, members []rdf.Term, graph rdf.Term, indent string) []byte {
	b = append(b, '(')
	if line, ok := l.oneLine(b, members, graph, " "); ok {
		return append(line, ')')
	}
	for _, m := range members {
		b = append(append(append(b, '\n'), indent...), "    "...)
		b = l.appendObject(b, m, graph, indent+"    ")
	}
	return append(append(append(b, '\n'), indent...), ')')
}

package rdf

import "cmp"

// Quad is a triple in a graph (RDF 1.1 Concepts, sections 3.1 and 4). A zero
// Graph is the default graph. Quads are comparable values without positions;
// where a quad stands in a document is told by Sourced and Spans.
type Quad struct {
	Subject, Predicate, Object, Graph Term
}

// Triple returns q without its graph.
func (q Quad) Triple() Quad {
	q.Graph = Term{}
	return q
}

// IsValid reports whether q is a statement that RDF allows (RDF 1.1 Concepts,
// section 3.1): the subject an IRI or a blank node, the predicate an IRI, the
// object any term, the graph an IRI, a blank node or none.
func (q Quad) IsValid() bool {
	return (q.Subject.kind == KindIRI || q.Subject.kind == KindBlank) &&
		q.Predicate.kind == KindIRI && q.Object.kind != None && q.Graph.kind != KindLiteral
}

// String returns q as an N-Quads statement without the line end.
func (q Quad) String() string { return string(q.AppendNQuads(nil)) }

// AppendNQuads appends q as a canonical N-Quads statement, without the line
// end, to b and returns the extended slice.
func (q Quad) AppendNQuads(b []byte) []byte {
	b = append(q.Subject.AppendNTriples(b), ' ')
	b = append(q.Predicate.AppendNTriples(b), ' ')
	b = append(q.Object.AppendNTriples(b), ' ')
	if !q.Graph.IsZero() {
		b = append(q.Graph.AppendNTriples(b), ' ')
	}
	return append(b, '.')
}

// CompareQuads orders quads by graph, subject, predicate and object.
func CompareQuads(a, b Quad) int {
	return cmp.Or(
		Compare(a.Graph, b.Graph),
		Compare(a.Subject, b.Subject),
		Compare(a.Predicate, b.Predicate),
		Compare(a.Object, b.Object),
	)
}

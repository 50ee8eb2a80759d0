package lblod

import (
	"cmp"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Bounds on the walk. The official program runs out of stack at about this
// depth; the work is bounded because a page of circles makes it begin again.
const (
	maxDepth = 8_000
	maxSteps = 2_000_000
)

// triples are the statements of a page in the order in which the official
// program meets them: by subject, then by property, each where it first came by,
// then as they stand. That order decides which class of a subject is its first,
// and which document type the page has.
type triples struct {
	list     []rdf.Quad
	of       map[rdf.Term][]rdf.Quad // by subject
	subjects []rdf.Term
}

func newTriples(quads []rdf.Sourced) *triples {
	subjects, properties := map[rdf.Term]int{}, map[rdf.Quad]int{}
	seen := map[rdf.Quad]bool{}
	t := &triples{of: map[rdf.Term][]rdf.Quad{}}
	said := func(q rdf.Quad) rdf.Quad { return rdf.Quad{Subject: q.Subject, Predicate: q.Predicate} }
	for i, q := range quads {
		triple := q.Triple()
		if seen[triple] {
			continue
		}
		seen[triple] = true
		if _, ok := subjects[triple.Subject]; !ok {
			subjects[triple.Subject] = i
		}
		if _, ok := properties[said(triple)]; !ok {
			properties[said(triple)] = i
		}
		t.list = append(t.list, triple)
	}
	slices.SortStableFunc(t.list, func(a, b rdf.Quad) int {
		return cmp.Or(
			cmp.Compare(subjects[a.Subject], subjects[b.Subject]),
			cmp.Compare(properties[said(a)], properties[said(b)]),
		)
	})
	for from := 0; from < len(t.list); {
		to := from
		for to < len(t.list) && t.list[to].Subject == t.list[from].Subject {
			to++
		}
		t.subjects = append(t.subjects, t.list[from].Subject)
		t.of[t.list[from].Subject] = t.list[from:to]
		from = to
	}
	return t
}

// subject is something with a class, and what the page says of it as the
// official program sees it. A subject that is met again while it is being read
// gives a second one with fewer subjects in it.
type subject struct {
	term       rdf.Term
	class      string
	properties []property
}

// property is a statement: its value is a text (also the IRI of something that
// the page does not describe), or a subject.
type property struct {
	path    string
	text    string
	subject *subject
}

// walk reads subjects.
type walk struct {
	data    *triples
	entered map[rdf.Quad]bool // statements whose value was gone into
	read    map[rdf.Term]*subject
	dropped map[place]int // statements that were passed over
	steps   int
	lost    bool // a bound was met: nothing can be said
}

// place is a property of a subject.
type place struct {
	subject rdf.Term
	path    string
}

// subjects returns every subject with a class, in order.
func (w *walk) subjects() []*subject {
	var all []*subject
	for _, term := range w.data.subjects {
		if s := w.subject(term, 0); s != nil {
			all = append(all, s)
		}
	}
	return all
}

// subject reads one; nil is something without a class.
func (w *walk) subject(term rdf.Term, depth int) *subject {
	if s, ok := w.read[term]; ok {
		return s
	}
	statements := w.data.of[term]
	w.steps += len(statements)
	if depth > maxDepth || w.steps > maxSteps {
		w.lost = true
		return nil
	}
	s := &subject{term: term, class: firstClass(statements)}
	if s.class == "" {
		return nil
	}
	for _, q := range statements {
		path := q.Predicate.Value()
		if path == vocab.RDFType {
			// Only of a document the further types are told.
			if s.class == vocab.FoafDocument && q.Object.Value() != s.class {
				s.properties = append(s.properties, property{path: path, text: q.Object.Value()})
			}
			continue
		}
		_, described := w.data.of[q.Object]
		if q.Object.IsLiteral() || !described || w.entered[q] {
			s.properties = append(s.properties, property{path: path, text: q.Object.Value()})
			continue
		}
		w.entered[q] = true
		if value := w.subject(q.Object, depth+1); value != nil {
			s.properties = append(s.properties, property{path: path, subject: value})
		} else {
			// Something that is described but has no class is as good as absent.
			w.dropped[place{term, path}]++
		}
	}
	w.read[term] = s
	return s
}

// firstClass is the class by which a subject is judged: foaf:Document if it is
// one, else the first.
func firstClass(statements []rdf.Quad) string {
	first := ""
	for _, q := range statements {
		if q.Predicate.Value() != vocab.RDFType {
			continue
		}
		if q.Object.Value() == vocab.FoafDocument {
			return vocab.FoafDocument
		}
		first = cmp.Or(first, q.Object.Value())
	}
	return first
}

package shapes

import (
	"iter"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// shapesGraphName is what $shapesGraph is bound to.
var shapesGraphName = rdf.IRI("urn:x-shacl:shapes-graph")

// dataset is what the queries of constraints ask: the data graph is the default
// graph, and the shapes graph a named one. An ID is that of the data graph; terms
// that only the shapes graph has come after it, and then its name.
type dataset struct {
	data, shapes *rdf.Graph
	size, name   eval.ID // the last ID of the data, and that of the name
}

func newDataset(data, shapes *rdf.Graph) *dataset {
	size := eval.ID(data.Terms())
	return &dataset{data: data, shapes: shapes, size: size, name: size + eval.ID(shapes.Terms()) + 1}
}

// ID is eval.Dataset.ID.
func (d *dataset) ID(t rdf.Term) (eval.ID, error) {
	if t == shapesGraphName {
		return d.name, nil
	}
	if id := d.data.ID(t); id != 0 {
		return eval.ID(id), nil
	}
	if id := d.shapes.ID(t); id != 0 {
		return d.size + eval.ID(id), nil
	}
	return 0, nil
}

// Term is eval.Dataset.Term.
func (d *dataset) Term(id eval.ID) (rdf.Term, error) {
	switch {
	case id <= d.size:
		return d.data.Term(rdf.ID(id)), nil
	case id < d.name:
		return d.shapes.Term(rdf.ID(id - d.size)), nil
	case id == d.name:
		return shapesGraphName, nil
	}
	return rdf.Term{}, nil
}

// look returns the graph that a pattern is about and the pattern in its IDs; ok
// is false if nothing can fit.
func (d *dataset) look(pattern eval.QuadID, scope eval.Scope) (g *rdf.Graph, ids [3]rdf.ID, ok bool) {
	given := [3]eval.ID{pattern.Subject, pattern.Predicate, pattern.Object}
	if pattern.Graph == 0 && scope != eval.Named {
		for i, id := range given {
			if id > d.size {
				return nil, ids, false
			}
			ids[i] = rdf.ID(id)
		}
		return d.data, ids, true
	}
	if pattern.Graph != 0 && pattern.Graph != d.name {
		return nil, ids, false
	}
	for i, id := range given {
		switch {
		case id == 0:
		case id >= d.name:
			return nil, ids, false
		case id > d.size:
			ids[i] = rdf.ID(id - d.size)
		default:
			if ids[i] = d.shapes.ID(d.data.Term(rdf.ID(id))); ids[i] == 0 {
				return nil, ids, false
			}
		}
	}
	return d.shapes, ids, true
}

// Match is eval.Dataset.Match.
func (d *dataset) Match(pattern eval.QuadID, scope eval.Scope) iter.Seq2[eval.QuadID, error] {
	return func(yield func(eval.QuadID, error) bool) {
		g, ids, ok := d.look(pattern, scope)
		if !ok {
			return
		}
		for t := range g.MatchIDs(ids[0], ids[1], ids[2]) {
			q := eval.QuadID{Subject: eval.ID(t[0]), Predicate: eval.ID(t[1]), Object: eval.ID(t[2])}
			if g == d.shapes && (pattern.Graph != 0 || scope == eval.Named) {
				q = eval.QuadID{Subject: d.outside(t[0]), Predicate: d.outside(t[1]), Object: d.outside(t[2]), Graph: d.name}
			}
			if !yield(q, nil) {
				return
			}
		}
	}
}

// outside returns the ID of a term of the shapes graph.
func (d *dataset) outside(id rdf.ID) eval.ID {
	if in := d.data.ID(d.shapes.Term(id)); in != 0 {
		return eval.ID(in)
	}
	return d.size + eval.ID(id)
}

// Estimate is eval.Dataset.Estimate.
func (d *dataset) Estimate(pattern eval.QuadID, scope eval.Scope) float64 {
	g, ids, ok := d.look(pattern, scope)
	if !ok {
		return 0
	}
	return float64(g.AtMost(ids[0], ids[1], ids[2]))
}

// Graphs is eval.GraphLister.Graphs.
func (d *dataset) Graphs() iter.Seq2[eval.ID, error] {
	return func(yield func(eval.ID, error) bool) {
		if d.shapes.Len() > 0 {
			yield(d.name, nil)
		}
	}
}

package eval

import (
	"iter"
	"slices"

	"github.com/belfort-lod/belfort/rdf"
)

// view is a Dataset as FROM and FROM NAMED restrict it (section 13.2): its
// default graph, in the scopes Default and Union, is the merge of some graphs.
type view struct {
	Dataset
	defaults, named []ID
	allNamed        bool // the named graphs are those of Dataset
}

// newView returns ds with only the given graphs. A graph that ds does not have
// is empty.
func newView(ds Dataset, defaults, named []rdf.Term) (*view, error) {
	v := &view{Dataset: ds}
	for _, list := range []struct {
		from []rdf.Term
		to   *[]ID
	}{{defaults, &v.defaults}, {named, &v.named}} {
		for _, t := range list.from {
			id, err := ds.ID(t)
			if err != nil {
				return nil, err
			}
			if id != 0 && !slices.Contains(*list.to, id) {
				*list.to = append(*list.to, id)
			}
		}
	}
	return v, nil
}

func (v *view) Match(pattern QuadID, scope Scope) iter.Seq2[QuadID, error] {
	if v.allNamed && (pattern.Graph != 0 || scope == Named) {
		return v.Dataset.Match(pattern, scope)
	}
	return func(yield func(QuadID, error) bool) {
		if pattern.Graph != 0 {
			if slices.Contains(v.named, pattern.Graph) {
				v.Dataset.Match(pattern, scope)(yield)
			}
			return
		}
		graphs := v.defaults
		if scope == Named {
			graphs = v.named
		}
		// With more than one graph a triple may come more than once.
		var seen map[QuadID]struct{}
		if scope != Named && len(graphs) > 1 {
			seen = map[QuadID]struct{}{}
		}
		for _, g := range graphs {
			pattern.Graph = g
			for q, err := range v.Dataset.Match(pattern, scope) {
				if err == nil && scope != Named {
					q.Graph = 0
					if seen != nil {
						if _, ok := seen[q]; ok {
							continue
						}
						seen[q] = struct{}{}
					}
				}
				if !yield(q, err) || err != nil {
					return
				}
			}
		}
	}
}

func (v *view) Estimate(pattern QuadID, scope Scope) float64 {
	if v.allNamed && (pattern.Graph != 0 || scope == Named) {
		return v.Dataset.Estimate(pattern, scope)
	}
	if pattern.Graph != 0 {
		if slices.Contains(v.named, pattern.Graph) {
			return v.Dataset.Estimate(pattern, scope)
		}
		return 0
	}
	graphs := v.defaults
	if scope == Named {
		graphs = v.named
	}
	sum := 0.0
	for _, g := range graphs {
		pattern.Graph = g
		sum += v.Dataset.Estimate(pattern, scope)
	}
	return sum
}

// Graphs is GraphLister.Graphs.
func (v *view) Graphs() iter.Seq2[ID, error] {
	if v.allNamed {
		return graphsOf(v.Dataset)
	}
	return func(yield func(ID, error) bool) {
		for _, g := range v.named {
			if v.Dataset.Estimate(QuadID{Graph: g}, Named) > 0 && !yield(g, nil) {
				return
			}
		}
	}
}

// Cursor is Seeker.Cursor: where one graph of the dataset below is all that a
// pattern can look in, or the dataset's own named graphs are, its cursors serve.
func (v *view) Cursor(bound, order []Place, scope Scope) Cursor {
	below, ok := v.Dataset.(Seeker)
	if !ok {
		return nil
	}
	inGraph := slices.Contains(bound, AtGraph)
	switch {
	case v.allNamed && (inGraph || scope == Named):
		return below.Cursor(bound, order, scope)
	case inGraph:
		if c := below.Cursor(bound, order, scope); c != nil {
			return &viewCursor{Cursor: c, named: v.named}
		}
	case scope != Named && len(v.defaults) == 1 && !slices.Contains(order, AtGraph):
		if c := below.Cursor(append(slices.Clone(bound), AtGraph), order, Named); c != nil {
			return &viewCursor{Cursor: c, graph: v.defaults[0]}
		}
	}
	return nil
}

// viewCursor is a cursor in the default graph of a view, made of one graph, or in
// the named graphs of a view.
type viewCursor struct {
	Cursor
	graph ID   // what the default graph is made of, 0 for the named graphs
	named []ID // with graph 0
	empty bool // the pattern asks for a graph that is not in the view
}

func (c *viewCursor) Seek(pattern QuadID, from, to ID) {
	if c.graph != 0 {
		pattern.Graph = c.graph
	}
	c.empty = c.graph == 0 && !slices.Contains(c.named, pattern.Graph)
	if !c.empty {
		c.Cursor.Seek(pattern, from, to)
	}
}

func (c *viewCursor) Next(quads []QuadID) (int, error) {
	if c.empty {
		return 0, nil
	}
	n, err := c.Cursor.Next(quads)
	if c.graph != 0 {
		for i := range quads[:n] {
			quads[i].Graph = 0
		}
	}
	return n, err
}

// Package enginetest is the contract that every sparql.Engine keeps: queries
// on a small set of decisions with the answers that SPARQL 1.1 demands, and
// the behaviour around them: terms that come back as they went in, errors, limits,
// whole graphs and updates. It is for tests only.
//
// Queries are written as users write them; each case is about one thing, which
// its name tells.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/results"
)

// Put makes a named graph of the engine's dataset hold exactly the given
// triples, as publisher.Graphs does.
type Put func(ctx context.Context, graph string, quads []rdf.Quad) error

// Open returns an engine on an empty dataset, and the way to fill it. It is
// called several times, and cleans up with t.Cleanup.
type Open func(t *testing.T) (sparql.Engine, Put)

// Deviation is a case that an engine is known to fail, and why that is borne.
type Deviation struct {
	// Case is the name of the case, such as "queries/describe".
	Case string
	// Says is a part of what the failure says: what the engine does instead.
	Says   string
	Reason string
	// Sometimes says that the engine keeps the case at other times.
	Sometimes bool
}

// contract is a part of what every engine keeps; its errors say how it does not.
type contract struct {
	name string
	keep func(ctx context.Context, e sparql.Engine, put Put) error
}

// errSkipped is the failure of a case that an engine cannot be asked.
var errSkipped = errors.New("left out")

// Run holds an engine to the contract. Each case may deviate as listed; a
// deviation that does not occur any more fails the test as well, so that the list
// stays true.
func Run(t *testing.T, open Open, deviations ...Deviation) {
	known := map[string]Deviation{}
	for _, d := range deviations {
		known[d.Case] = d
	}
	for _, part := range []struct {
		name  string
		cases []contract
		alone bool // each case on data of its own
	}{
		{"queries", queries(), false},
		{"terms", termCases(), false},
		{"engine", engineCases, true},
		{"updates", updates(), true},
	} {
		t.Run(part.name, func(t *testing.T) {
			var e sparql.Engine
			var put Put
			if !part.alone {
				e, put = filled(t, open)
			}
			for _, c := range part.cases {
				name := part.name + "/" + c.name
				deviation, listed := known[name]
				delete(known, name)
				t.Run(c.name, func(t *testing.T) {
					e, put := e, put
					if part.alone {
						e, put = filled(t, open)
					}
					err := c.keep(t.Context(), e, put)
					switch {
					case errors.Is(err, errSkipped):
						t.Skip(err)
					case listed && err == nil && deviation.Sometimes:
					case listed && err == nil:
						t.Errorf("it keeps the contract now: strike the deviation (%s)", deviation.Reason)
					case listed && !strings.Contains(err.Error(), deviation.Says):
						t.Errorf("it deviates in another way than listed (%s):\n%v", deviation.Says, err)
					case listed:
						t.Logf("deviation: %s", deviation.Reason)
					case err != nil:
						t.Error(err)
					}
				})
			}
		})
	}
	for name := range known {
		t.Errorf("the deviation %q is of no case", name)
	}
}

// filled opens an engine and fills it with dataset.
func filled(t *testing.T, open Open) (sparql.Engine, Put) {
	t.Helper()
	e, put := open(t)
	quads, err := turtle.ParseTriG([]byte(prologue+dataset), "")
	if err != nil {
		t.Fatal(err)
	}
	byGraph := map[string][]rdf.Quad{}
	for _, q := range quads {
		byGraph[q.Graph.Value()] = append(byGraph[q.Graph.Value()], q)
	}
	for name, quads := range byGraph {
		if err := put(t.Context(), name, quads); err != nil {
			t.Fatal(err)
		}
	}
	return e, put
}

func queries() []contract {
	var list []contract
	for _, c := range cases {
		list = append(list, contract{c.name, func(ctx context.Context, e sparql.Engine, _ Put) error { return c.check(ctx, e) }})
	}
	return list
}

// query is a case: what is asked and what must come out.
type query struct {
	name          string
	text          string // without the prologue
	defaults      []string
	named         []string
	want          []string // rows; or triples; or "true" or "false"
	ordered       bool
	wantVariables string // if given, the names in order
}

func (c query) check(ctx context.Context, e sparql.Engine) error {
	q := sparql.Query{Text: prologue + c.text}
	for _, g := range c.defaults {
		q.DefaultGraphs = append(q.DefaultGraphs, ns+g)
	}
	for _, g := range c.named {
		q.NamedGraphs = append(q.NamedGraphs, ns+g)
	}
	r, err := e.Query(ctx, q)
	if err != nil {
		return fmt.Errorf("%s\ngives the error %w", c.text, err)
	}
	defer r.Close()
	got, err := lines(r)
	if err != nil {
		return fmt.Errorf("%s\ngives the error %w", c.text, err)
	}
	want := slices.Clone(c.want)
	if !c.ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s\ngives\n\t%s\nnot\n\t%s", c.text, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
	if vars := strings.Join(r.Vars, " "); c.wantVariables != "" && vars != c.wantVariables {
		return fmt.Errorf("%s\nhas the variables %s, not %s", c.text, vars, c.wantVariables)
	}
	return nil
}

// lines writes an answer as the cases do.
func lines(r *results.Result) (list []string, err error) {
	switch r.Kind {
	case results.Boolean:
		return []string{fmt.Sprint(r.Boolean)}, nil
	case results.Quads:
		for q, err := range r.Quads {
			if err != nil {
				return nil, err
			}
			list = append(list, short(q.Subject)+" "+short(q.Predicate)+" "+short(q.Object))
		}
		return list, nil
	}
	for row, err := range r.Rows {
		if err != nil {
			return nil, err
		}
		if len(row) != len(r.Vars) {
			return nil, fmt.Errorf("%d values for %d variables", len(row), len(r.Vars))
		}
		cells := make([]string, len(row))
		for i, term := range row {
			cells[i] = short(term)
		}
		list = append(list, strings.Join(cells, " | "))
	}
	return list, nil
}

// short writes a term with the prefixes of the cases; "-" is unbound and every
// blank node is "[]".
func short(t rdf.Term) string {
	switch {
	case t.IsZero():
		return "-"
	case t.IsBlank():
		return "[]"
	case t.IsIRI():
		for _, p := range prefixes {
			if local, ok := strings.CutPrefix(t.Value(), p[1]); ok {
				return p[0] + ":" + local
			}
		}
		return t.String()
	case t.Datatype() == xsd+"integer" || t.Datatype() == xsd+"decimal" || t.Datatype() == xsd+"boolean":
		return t.Value()
	case strings.HasPrefix(t.Datatype(), xsd) && t.Datatype() != xsd+"string":
		return `"` + t.Value() + `"^^xsd:` + strings.TrimPrefix(t.Datatype(), xsd)
	}
	return t.String()
}

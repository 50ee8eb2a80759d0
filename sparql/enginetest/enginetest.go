// Package enginetest is the contract that every sparql.Engine keeps: queries
// on a small set of decisions with the answers that SPARQL 1.1 demands, and
// the behaviour around them. It is for tests only.
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

// Run holds an engine to the contract.
func Run(t *testing.T, open Open) {
	t.Run("queries", func(t *testing.T) {
		e, put := open(t)
		fill(t, put)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) { c.run(t, e) })
		}
	})
	for name, test := range map[string]func(*testing.T, sparql.Engine, Put){
		"graph": graphs, "errors": queryErrors, "limits": limits, "replace": replace, "close": closing, "base": base,
	} {
		t.Run(name, func(t *testing.T) {
			e, put := open(t)
			fill(t, put)
			test(t, e, put)
		})
	}
}

func fill(t *testing.T, put Put) {
	t.Helper()
	quads, err := turtle.ParseTriG([]byte(prologue+dataset), "")
	if err != nil {
		t.Fatal(err)
	}
	byGraph := map[string][]rdf.Quad{}
	for _, q := range quads {
		byGraph[q.Graph.Value()] = append(byGraph[q.Graph.Value()], q)
	}
	for name, quads := range byGraph {
		if err := put(context.Background(), name, quads); err != nil {
			t.Fatal(err)
		}
	}
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

func (c query) run(t *testing.T, e sparql.Engine) {
	q := sparql.Query{Text: prologue + c.text}
	for _, g := range c.defaults {
		q.DefaultGraphs = append(q.DefaultGraphs, ns+g)
	}
	for _, g := range c.named {
		q.NamedGraphs = append(q.NamedGraphs, ns+g)
	}
	r, err := e.Query(context.Background(), q)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.text)
	}
	defer r.Close()
	got, err := lines(r)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.text)
	}
	want := slices.Clone(c.want)
	if !c.ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\ngives\n\t%s\nnot\n\t%s", c.text, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
	if vars := strings.Join(r.Vars, " "); c.wantVariables != "" && vars != c.wantVariables {
		t.Errorf("%s\nhas the variables %s, not %s", c.text, vars, c.wantVariables)
	}
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

func graphs(t *testing.T, e sparql.Engine, _ Put) {
	ctx := context.Background()
	r, ok, err := e.Graph(ctx, rdf.IRI(ns+"zitting/2"))
	if err != nil || !ok {
		t.Fatalf("graph of sitting 2: %v, %v", ok, err)
	}
	defer r.Close()
	got, err := lines(r)
	if err != nil || r.Kind != results.Quads || len(got) != 18 || !slices.Contains(got, "ex:b2 besluit:heeftStemming ex:st2") {
		t.Errorf("graph of sitting 2 has %d triples (%v):\n%s", len(got), err, strings.Join(got, "\n"))
	}
	if r, ok, err := e.Graph(ctx, rdf.IRI(ns+"nergens")); ok || err != nil {
		t.Errorf("a graph that is not there: %v, %v", ok, err)
		if r != nil {
			r.Close()
		}
	}
}

func queryErrors(t *testing.T, e sparql.Engine, _ Put) {
	for _, text := range []string{
		"SELECT * WHERE { ?s ?p",
		"SELECT ?s WHERE { ?s ?p ?o } GROUP BY ?p",
		"SELECT * { ?s nergens:gedeclareerd ?o }",
		"INSERT DATA { <a:a> <a:b> <a:c> }",
		"",
	} {
		r, err := e.Query(context.Background(), sparql.Query{Text: text})
		var syntax *rdf.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q gives the error %v", text, err)
		}
		if r != nil {
			r.Close()
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := e.Query(cancelled, sparql.Query{Text: "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"})
	if err == nil {
		defer r.Close()
		_, err = lines(r)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a query under a cancelled context: %v", err)
	}
}

func limits(t *testing.T, e sparql.Engine, _ Put) {
	for limit, l := range map[string]sparql.Limits{
		"rows": {Rows: 10},
		"work": {Work: 1000},
		"time": {Time: 1},
	} {
		r, err := e.Query(context.Background(), sparql.Query{Text: "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", Limits: l})
		if err == nil {
			_, err = lines(r)
			r.Close()
		}
		var over *sparql.LimitError
		if !errors.As(err, &over) || over.Limit != limit {
			t.Errorf("over the limit of %s: %v", limit, err)
		}
	}
	// Within the limit is within the limit.
	r, err := e.Query(context.Background(), sparql.Query{Text: "SELECT * { ?a ?b ?c } LIMIT 10", Limits: sparql.Limits{Rows: 10}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := lines(r); err != nil || len(got) != 10 {
		t.Errorf("%d rows: %v", len(got), err)
	}
}

func replace(t *testing.T, e sparql.Engine, put Put) {
	ctx, name := context.Background(), ns+"zitting/1"
	new := rdf.Quad{Subject: rdf.IRI(ex + "b1"), Predicate: rdf.IRI(eli + "title"), Object: rdf.LangLiteral("Nieuwe titel", "nl")}
	for range 2 { // again is the same
		if err := put(ctx, name, []rdf.Quad{new}); err != nil {
			t.Fatal(err)
		}
		query{
			text: "SELECT ?p ?o { GRAPH g:zitting\\/1 { ?s ?p ?o } }",
			want: []string{`eli:title | "Nieuwe titel"@nl`},
		}.run(t, e)
	}
	query{text: "ASK { ex:b1 a besluit:Besluit }", want: []string{"false"}}.run(t, e)
	if err := put(ctx, name, nil); err != nil {
		t.Fatal(err)
	}
	query{text: "ASK { ex:b1 eli:title ?titel }", want: []string{"false"}}.run(t, e)
	query{text: "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", want: []string{"g:zitting/2", "g:bestuur"}}.run(t, e)
}

func closing(t *testing.T, e sparql.Engine, _ Put) {
	for range 100 { // what is held runs out if it is not given back
		r, err := e.Query(context.Background(), sparql.Query{Text: "SELECT * { ?s ?p ?o }"})
		if err != nil {
			t.Fatal(err)
		}
		for range r.Rows {
			break
		}
		r.Close()
		r.Close()
	}
}

func base(t *testing.T, e sparql.Engine, _ Put) {
	r, err := e.Query(context.Background(), sparql.Query{Text: "SELECT ?o { <b1> <http://data.europa.eu/eli/ontology#number> ?o }", Base: ex + "x"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := lines(r); err != nil || !slices.Equal(got, []string{"12"}) {
		t.Errorf("relative to the base: %v, %v", got, err)
	}
}

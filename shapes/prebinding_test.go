package shapes_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// Substitution has the solutions that appendix A of SHACL defines: those of the
// query in which each basic graph pattern, path and graph name is joined with a
// table of the pre-bound values.
func TestSubstitutionIsPrebinding(t *testing.T) {
	data := eval.NewMemory(graph(t, `ex:a a ex:C ; ex:p 1 , 2 , ex:b ; ex:q "x"@nl . ex:b a ex:C ; ex:p 3 , ex:a ; ex:q ex:a . ex:c ex:p 4 , ex:c .`).All())
	shared := rdf.String("1")
	for _, query := range []string{
		`SELECT $this ?v { $this ex:p ?v }`,
		`SELECT ?s { ?s ex:p $this }`,
		`SELECT $this ?v { $this (ex:p|^ex:q)+ ?v }`,
		`SELECT $this { FILTER ($this = ex:a) }`,
		`SELECT $this { { FILTER BOUND($this) } UNION { $this ex:q ?q } }`,
		`SELECT $this ?x ?y { BIND ($this AS ?x) OPTIONAL { ?x ex:q ?y FILTER (?y != $this) } }`,
		`SELECT ?s ?o { ?s ex:p ?o OPTIONAL { ?o ex:p ?z FILTER (?z = $this) } FILTER (!BOUND(?z)) }`,
		`SELECT ?s { ?s a ex:C FILTER NOT EXISTS { ?s ex:p $this } }`,
		`SELECT ?s { ?s a ex:C FILTER EXISTS { ?x ex:p ?v FILTER (?x = $this && ?v != ?s) } }`,
		`SELECT $this ?n { { SELECT $this (COUNT(?v) AS ?n) { $this ex:p ?v } GROUP BY $this } }`,
		`SELECT $this (COUNT(DISTINCT ?v) AS ?n) { ?s ex:p ?v FILTER (?s = $this) } GROUP BY $this`,
		`SELECT $this (SUM(?v) AS ?n) { ?s ex:p ?v } GROUP BY $this HAVING (COUNT($this) > 1)`,
		`SELECT DISTINCT $this ?v { { SELECT DISTINCT $this ?v { ?s ex:p ?v } ORDER BY ?v LIMIT 3 } ?s ex:p ?v }`,
		`SELECT $this ?s { { ?s a ex:C } { { FILTER (?t = $this) } UNION { ?s ex:q $this } } }`,
		`SELECT $this ?v { $this ex:p ?v . ?v ex:p $this }`,
		`SELECT $this (COALESCE(?q, $this) AS ?c) { OPTIONAL { $this ex:q ?q } }`,
		`SELECT $this (IF(BOUND($this), 1, 2) AS ?c) { }`,
		`SELECT $this ?s { ?s ?p ?o FILTER ($this IN (?s, ?o)) }`,
	} {
		q, err := parser.Query(query, parser.Options{Prefixes: map[string]string{"ex": "http://example.org/"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := algebra.CheckPrebinding(q, []string{"this"}, nil); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for _, this := range []rdf.Term{ex("a"), ex("b"), ex("c"), ex("none"), rdf.Literal("1", "http://www.w3.org/2001/XMLSchema#integer"), shared} {
			substituted := algebra.Prebind(q, map[string]rdf.Term{"this": this})
			inserted := *q
			inserted.Pattern = insertValues(q.Pattern, &algebra.Values{Vars: []string{"this"}, Rows: [][]rdf.Term{{this}}})
			if got, want := solutions(t, data, substituted), solutions(t, data, &inserted); !slices.Equal(got, want) {
				t.Errorf("%s with %s:\nby substitution %q\nby the definition %q", query, this, got, want)
			}
		}
	}
}

func solutions(t *testing.T, data eval.Dataset, q *algebra.Query) []string {
	r, err := eval.Query(t.Context(), data, q, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rows []string
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprint(row))
	}
	slices.Sort(rows)
	return rows
}

// insertValues is the transformation of appendix A. It returns a new tree.
func insertValues(p algebra.Pattern, values *algebra.Values) algebra.Pattern {
	in := func(p algebra.Pattern) algebra.Pattern { return insertValues(p, values) }
	var expr func(e algebra.Expr) algebra.Expr
	expr = func(e algebra.Expr) algebra.Expr {
		switch e := e.(type) {
		case *algebra.Call:
			out := &algebra.Call{Op: e.Op, Function: e.Function}
			for _, a := range e.Args {
				out.Args = append(out.Args, expr(a))
			}
			return out
		case *algebra.Exists:
			return &algebra.Exists{Not: e.Not, Pattern: in(e.Pattern)}
		}
		return e
	}
	switch p := p.(type) {
	case *algebra.BGP, *algebra.PathPattern:
		return &algebra.Join{Left: p, Right: values}
	case *algebra.Join:
		return &algebra.Join{Left: in(p.Left), Right: in(p.Right)}
	case *algebra.LeftJoin:
		return &algebra.LeftJoin{Left: in(p.Left), Right: in(p.Right), Condition: expr(p.Condition)}
	case *algebra.Union:
		return &algebra.Union{Left: in(p.Left), Right: in(p.Right)}
	case *algebra.Filter:
		return &algebra.Filter{Condition: expr(p.Condition), Input: in(p.Input)}
	case *algebra.Extend:
		return &algebra.Extend{Input: in(p.Input), Var: p.Var, Expr: expr(p.Expr)}
	case *algebra.Group:
		return &algebra.Group{Input: in(p.Input), Keys: p.Keys, Aggregates: p.Aggregates}
	case *algebra.OrderBy:
		return &algebra.OrderBy{Input: in(p.Input), Conditions: p.Conditions}
	case *algebra.Project:
		return &algebra.Project{Input: in(p.Input), Vars: p.Vars}
	case *algebra.Distinct:
		return &algebra.Distinct{Input: in(p.Input)}
	case *algebra.Slice:
		return &algebra.Slice{Input: in(p.Input), Offset: p.Offset, Limit: p.Limit}
	}
	panic(fmt.Sprintf("no such pattern here: %T", p))
}

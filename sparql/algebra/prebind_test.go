package algebra_test

import (
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// Pre-binding puts the term wherever the variable stood, and binds it where a
// SELECT returns it.
func TestPrebind(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT $this ?o { $this ?p ?o }`:                               `(select (project (?this ?o) (extend ?this <urn:a> (bgp (triple <urn:a> ?p ?o)))))`,
		`SELECT ?o { ?s <urn:p>+ $this . FILTER (?s != $this) }`:        `(select (project (?o) (filter (!= ?s <urn:a>) (path ?s (+ <urn:p>) <urn:a>))))`,
		`ASK { FILTER BOUND($this) }`:                                   `(ask (filter "true"^^<http://www.w3.org/2001/XMLSchema#boolean> (unit)))`,
		`ASK { { } UNION { BIND ($this AS ?x) } }`:                      `(ask (union (unit) (extend ?x <urn:a> (unit))))`,
		`ASK { GRAPH $this { ?s ?p ?o } }`:                              `(ask (graph <urn:a> (bgp (triple ?s ?p ?o))))`,
		`ASK { OPTIONAL { ?s ?p $this FILTER ($this = ?s) } }`:          `(ask (leftjoin (unit) (bgp (triple ?s ?p <urn:a>)) (= <urn:a> ?s)))`,
		`ASK { FILTER NOT EXISTS { $this ?p ?o } }`:                     `(ask (filter (notexists (bgp (triple <urn:a> ?p ?o))) (unit)))`,
		`SELECT $this { ?s ?p ?o } ORDER BY $this LIMIT 1`:              `(select (slice 0 1 (project (?this) (order ((asc <urn:a>)) (extend ?this <urn:a> (bgp (triple ?s ?p ?o)))))))`,
		`SELECT $this (COUNT($this) AS ?n) { ?s ?p ?o } GROUP BY $this`: `(select (project (?this ?n) (extend ?n ?_:agg/1 (group ((?this <urn:a>)) ((?_:agg/1 (count <urn:a>))) (bgp (triple ?s ?p ?o))))))`,
		`SELECT $this { { SELECT DISTINCT $this { ?s ?p $this } } }`:    `(select (project (?this) (distinct (project (?this) (extend ?this <urn:a> (bgp (triple ?s ?p <urn:a>)))))))`,
	} {
		q, err := parser.Query(query, parser.Options{})
		if err != nil {
			t.Fatal(err)
		}
		before := q.String()
		if got := algebra.Prebind(q, map[string]rdf.Term{"this": rdf.IRI("urn:a")}).String(); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
		if q.String() != before {
			t.Errorf("%s: the query changed", query)
		}
		if got := algebra.Prebind(q, nil).String(); got != before {
			t.Errorf("%s: nothing bound gives %s", query, got)
		}
	}
}

func TestBindPath(t *testing.T) {
	path := &algebra.Inverse{Path: &algebra.Link{IRI: rdf.IRI("urn:p")}}
	for query, want := range map[string]string{
		`SELECT ?v { $this $PATH ?v . ?v ?q 1 }`: `(select (project (?v) (join (bgp (triple ?v ?q "1"^^<http://www.w3.org/2001/XMLSchema#integer>)) (path ?this (^ <urn:p>) ?v))))`,
		`ASK { FILTER EXISTS { ?a $PATH ?b } }`:  `(ask (filter (exists (path ?a (^ <urn:p>) ?b)) (unit)))`,
		`ASK { ?a ?b $PATH }`:                    "",
		`ASK { GRAPH $PATH { } }`:                "",
		`ASK { FILTER ($PATH = 1) }`:             "",
		`ASK { BIND (1 AS $PATH) }`:              "",
		`SELECT $PATH { ?a $PATH ?b }`:           "",
	} {
		q, err := parser.Query(query, parser.Options{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := algebra.BindPath(q, "PATH", path)
		switch {
		case want == "":
			if err == nil || !strings.Contains(err.Error(), "?PATH") {
				t.Errorf("%s: error %v, want that it can only be a predicate", query, err)
			}
		case err != nil || out.String() != want:
			t.Errorf("%s\ngot  %s, %v\nwant %s", query, out, err, want)
		}
	}
	q, err := parser.Query(`ASK { ?a $PATH ?b }`, parser.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := algebra.BindPath(q, "PATH", &algebra.Link{IRI: rdf.IRI("urn:p")})
	if want := `(ask (bgp (triple ?a <urn:p> ?b)))`; err != nil || out.String() != want {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}

// A subquery that counts returns the pre-bound variables once they are asked
// for; others stay as they are.
func TestReturnFromAggregates(t *testing.T) {
	for query, want := range map[string]bool{
		`SELECT $this { { SELECT (COUNT(*) AS ?n) { $this ?p ?o } } }`:                       true,
		`SELECT $this { { SELECT (COUNT(*) AS ?n) { $this ?p ?o } HAVING (COUNT(*) > 1) } }`: true,
		`SELECT $this { { SELECT ?p (COUNT(*) AS ?n) { $this ?p ?o } GROUP BY ?p } }`:        false,
		`SELECT $this { { SELECT ?p { $this ?p ?o } } }`:                                     false,
		`SELECT (COUNT(*) AS ?n) { $this ?p ?o }`:                                            false,
	} {
		q, err := parser.Query(query, parser.Options{})
		if err != nil {
			t.Fatal(err)
		}
		out, changed := algebra.ReturnFromAggregates(q, []string{"this"})
		if changed != want || !changed && out.String() != q.String() {
			t.Errorf("%s: changed %v to %s", query, changed, out)
		}
		if err := algebra.CheckPrebinding(out, []string{"this"}, nil); changed && err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}

package eval_test

import (
	"slices"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// TestExpressions shows what the operators and functions of section 17 give;
// "error" is an expression that leaves its variable unbound.
func TestExpressions(t *testing.T) {
	const integer, decimal, double = `"^^<http://www.w3.org/2001/XMLSchema#integer>`, `"^^<http://www.w3.org/2001/XMLSchema#decimal>`, `"^^<http://www.w3.org/2001/XMLSchema#double>`
	const yes, no = `"true"^^<http://www.w3.org/2001/XMLSchema#boolean>`, `"false"^^<http://www.w3.org/2001/XMLSchema#boolean>`
	for _, test := range []struct{ expr, want string }{
		{"1 + 2", `"3` + integer},
		{"7 / 2", `"3.5` + decimal},
		{"1 / 3", `"0.333333333333333333333333` + decimal},
		{"1 / 0", "error"},
		{"1e0 / 0", `"INF` + double},
		{"9223372036854775807 + 1", `"9223372036854775808` + integer},
		{"9223372036854775807 * 9223372036854775807", `"85070591730234615847396907784232501249` + integer},
		{"0.1 + 0.2", `"0.3` + decimal},
		{"1 + 'a'", "error"},
		{"-(3)", `"-3` + integer},
		{"1 = 1.0", yes},
		{"'a' = 'a'@nl", no},
		{"'a'@nl = 'a'@NL", yes},
		{"'a' < 'b'", yes},
		{"'a' < 1", "error"},
		{"<a:x> = 'x'", no},
		{"'x'^^<a:t> = 'y'^^<a:t>", "error"},
		{"1 = 2 || 'x'^^<a:t> = 'y'^^<a:t>", "error"},
		{"1 = 1 || 'x'^^<a:t> = 'y'^^<a:t>", yes},
		{"1 IN (2, 1/0, 1)", yes},
		{"1 IN (2, 1/0)", "error"},
		{"1 NOT IN (2, 3)", yes},
		{"COALESCE(1/0, ?nothing, 3)", `"3` + integer},
		{"IF(1 > 2, 'a', 'b')", `"b"`},
		{"BOUND(?nothing)", no},

		// Dates compare on the time line; one without a zone may be anywhere.
		{"xsd:dateTime('2024-03-01T12:00:00+01:00') = xsd:dateTime('2024-03-01T11:00:00Z')", yes},
		{"xsd:date('2024-03-01') < xsd:date('2024-03-02')", yes},
		{"xsd:dateTime('2024-03-01T00:00:00') < xsd:dateTime('2024-03-01T01:00:00Z')", "error"},
		{"xsd:dateTime('2024-03-01T00:00:00') < xsd:dateTime('2024-03-05T01:00:00Z')", yes},
		{"xsd:dateTime('2024-02-30T00:00:00Z')", "error"},
		{"YEAR('2024-03-01T10:20:30.5+01:00'^^xsd:dateTime)", `"2024` + integer},
		{"SECONDS('2024-03-01T10:20:30.5+01:00'^^xsd:dateTime)", `"30.5` + decimal},
		{"TIMEZONE('2024-03-01T10:20:30.5-05:30'^^xsd:dateTime)", `"-PT5H30M"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration>`},
		{"TZ('2024-03-01T10:20:30.5-05:30'^^xsd:dateTime)", `"-05:30"`},
		{"NOW()", `"2024-05-06T07:08:09Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>`},
		{"'2024-03-01'^^xsd:date + 'P1DT1H'^^xsd:dayTimeDuration", `"2024-03-02"^^<http://www.w3.org/2001/XMLSchema#date>`},
		{"'2024-03-02T00:00:00Z'^^xsd:dateTime - '2024-03-01T12:00:00Z'^^xsd:dateTime", `"PT12H"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration>`},

		{"STRLEN('gemeenteraad één')", `"16` + integer},
		{"SUBSTR('besluit'@nl, 2, 3)", `"esl"@nl`},
		{"SUBSTR('besluit', 0, 3)", `"be"`},
		{"SUBSTR('besluit', 20)", `""`},
		{"UCASE('één'@nl)", `"ÉÉN"@nl`},
		{"CONCAT('a'@nl, 'b'@nl)", `"ab"@nl`},
		{"CONCAT('a'@nl, 'b')", `"ab"`},
		{"STRBEFORE('a=b'@nl, '=')", `"a"@nl`},
		{"STRAFTER('a=b', '+')", `""`},
		{"CONTAINS('abc', 'b'@nl)", "error"},
		{"ENCODE_FOR_URI('é a/b')", `"%C3%A9%20a%2Fb"`},
		{"LANGMATCHES('nl-BE', 'NL')", yes},
		{"LANGMATCHES('', '*')", no},
		{"REGEX('Politiezone Gent: goedkeuren', 'politiezone.*GOEDKEUREN', 'i')", yes},
		{"REGEX('a\\nb', 'a.b')", no},
		{"REGEX('a\\nb', 'a.b', 's')", yes},
		{"REGEX('a.b', 'a.b', 'q')", yes},
		{"REGEX('axb', 'a.b', 'q')", no},
		{"REGEX('x', '(')", "error"},
		{"REPLACE('2024-03-01', '(\\\\d+)-(\\\\d+)-(\\\\d+)', '$3/$2/$1')", `"01/03/2024"`},
		{"REPLACE('abc', 'x*', '-')", "error"},
		{"STRDT('1', xsd:integer) + 1", `"2` + integer},
		{"STRLANG('a', 'nl')", `"a"@nl`},
		{"DATATYPE('a'@nl)", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"},
		{"IRI('b')", "<http://e/dir/b>"},
		{"MD5('abc')", `"900150983cd24fb0d6963f7d28e17f72"`},
		{"ROUND(-2.5)", `"-2` + decimal},
		{"CEIL(2.1)", `"3` + decimal},
		{"ABS(-2)", `"2` + integer},
		{"xsd:integer('12')", `"12` + integer},
		{"xsd:integer(12.9)", `"12` + integer},
		{"xsd:integer('12.9')", "error"},
		{"xsd:double('1e3')", `"1.0E3` + double},
		{"xsd:string(1e7)", `"1.0E7"`},
		{"xsd:string(1.50)", `"1.5"`},
		{"xsd:boolean('0')", no},
		{"xsd:boolean(<a:b>)", "error"},
		{"xsd:decimal(1.5e0)", `"1.5` + decimal},
		{"<a:unknown>(1)", "error"},
	} {
		q, err := parser.Query("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ("+test.expr+" AS ?x) {}", parser.Options{Base: "http://e/dir/"})
		if err != nil {
			t.Errorf("%s: %v", test.expr, err)
			continue
		}
		r, err := eval.Query(t.Context(), eval.NewMemory(slices.Values([]rdf.Quad{})), q, eval.Options{Now: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range r.Rows {
			got := row[0].String()
			if got == "" {
				got = "error"
			}
			if err != nil || got != test.want {
				t.Errorf("%s: got %s, %v, want %s", test.expr, got, err, test.want)
			}
		}
		r.Close()
	}
}

// TestOrder shows the order of ORDER BY over all kinds of values.
func TestOrder(t *testing.T) {
	text := `SELECT ?x { VALUES ?x { 10 "b" UNDEF 2.5 <a:b> "a"@nl true "2024-01-02"^^<http://www.w3.org/2001/XMLSchema#date> "10"^^<a:t> "2023-01-02"^^<http://www.w3.org/2001/XMLSchema#date> -1e0 "a" <a:a> false } } ORDER BY ?x`
	q, err := parser.Query(text, parser.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := eval.Query(t.Context(), eval.NewMemory(slices.Values([]rdf.Quad{})), q, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []string
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row[0].Value())
	}
	want := []string{"", "a:a", "a:b", "-1e0", "2.5", "10", "a", "a", "b", "false", "true", "2023-01-02", "2024-01-02", "10"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

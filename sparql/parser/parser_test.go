package parser_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/parser"
)

const prologue = "PREFIX : <http://e/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "

// TestTranslation shows how text becomes algebra (SPARQL 1.1 Query, section
// 18.2), as S-expressions.
func TestTranslation(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"SELECT * { ?s :p ?o }", "(select (project (?s ?o) (bgp (triple ?s <http://e/p> ?o))))"},
		{"SELECT ?s { ?s a :T ; :p 1, 2.5 }", `(select (project (?s) (bgp (triple ?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/T>) (triple ?s <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>) (triple ?s <http://e/p> "2.5"^^<http://www.w3.org/2001/XMLSchema#decimal>))))`},
		// A filter is of the whole group, and does not split its triples.
		{"ASK { ?s :p ?o FILTER (?o > 1) ?o :q ?x }", `(ask (filter (> ?o "1"^^<http://www.w3.org/2001/XMLSchema#integer>) (bgp (triple ?s <http://e/p> ?o) (triple ?o <http://e/q> ?x))))`},
		// The filter of an OPTIONAL is its condition, but not that of a group inside.
		{"ASK { ?s :p ?o OPTIONAL { ?o :q ?x FILTER (?s != ?x) } }", "(ask (leftjoin (bgp (triple ?s <http://e/p> ?o)) (bgp (triple ?o <http://e/q> ?x)) (!= ?s ?x)))"},
		{"ASK { ?s :p ?o OPTIONAL { { ?o :q ?x FILTER (?s != ?x) } } }", "(ask (leftjoin (bgp (triple ?s <http://e/p> ?o)) (filter (!= ?s ?x) (bgp (triple ?o <http://e/q> ?x)))))"},
		{"ASK { { ?s :p ?o } UNION { ?s :q ?o } MINUS { ?s :r ?o } }", "(ask (minus (union (bgp (triple ?s <http://e/p> ?o)) (bgp (triple ?s <http://e/q> ?o))) (bgp (triple ?s <http://e/r> ?o))))"},
		{"ASK { GRAPH ?g { ?s :p ?o BIND (?o + 1 AS ?n) } VALUES (?a ?b) { (1 UNDEF) } }", `(ask (join (graph ?g (extend ?n (+ ?o "1"^^<http://www.w3.org/2001/XMLSchema#integer>) (bgp (triple ?s <http://e/p> ?o)))) (table (?a ?b) ("1"^^<http://www.w3.org/2001/XMLSchema#integer> _))))`},
		// Paths that are triples become triples.
		{"ASK { ?s ^:p/:q ?o }", "(ask (bgp (triple ?_:path/1 <http://e/p> ?s) (triple ?_:path/1 <http://e/q> ?o)))"},
		{"ASK { ?s (:p|^:q)*/!(:r|^a) ?o }", "(ask (join (path ?s (* (| <http://e/p> (^ <http://e/q>))) ?_:path/1) (path ?_:path/1 (! <http://e/r> ^<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>) ?o)))"},
		{"SELECT ?s (COUNT(?o) AS ?n) { ?s :p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1) ORDER BY DESC(?n) LIMIT 5",
			`(select (slice 0 5 (project (?s ?n) (order ((desc ?n)) (extend ?n ?_:agg/1 (filter (> ?_:agg/1 "1"^^<http://www.w3.org/2001/XMLSchema#integer>) (group ((?s ?s)) ((?_:agg/1 (count ?o))) (bgp (triple ?s <http://e/p> ?o)))))))))`},
		// What is no key stands for one of its values in ORDER BY.
		{"SELECT ?s { ?s :p ?o } GROUP BY ?s ORDER BY ?o", "(select (project (?s) (order ((asc ?_:agg/1)) (group ((?s ?s)) ((?_:agg/1 (sample ?o))) (bgp (triple ?s <http://e/p> ?o))))))"},
		{"SELECT DISTINCT ?s { { SELECT ?s { ?s :p ?o } LIMIT 1 } }", "(select (distinct (project (?s) (slice 0 1 (project (?s) (bgp (triple ?s <http://e/p> ?o)))))))"},
		{"CONSTRUCT { ?s :q _:b } FROM :g WHERE { ?s :p [ :q 'x'@nl ] }", `(construct (dataset (default <http://e/g>) (named)) ((triple ?s <http://e/q> ?_:b)) (bgp (triple ?_:anon/1 <http://e/q> "x"@nl) (triple ?s <http://e/p> ?_:anon/1)))`},
		{"DESCRIBE <http://e/x> ?s { ?s :p (1) }", `(describe (<http://e/x> ?s) (bgp (triple ?_:anon/1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> "1"^^<http://www.w3.org/2001/XMLSchema#integer>) (triple ?_:anon/1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>) (triple ?s <http://e/p> ?_:anon/1)))`},
		{"ASK { FILTER (1+2*3 = 7 && !(?x IN (1, 2)) || EXISTS { ?x ?y ?z }) }", `(ask (filter (|| (&& (= (+ "1"^^<http://www.w3.org/2001/XMLSchema#integer> (* "2"^^<http://www.w3.org/2001/XMLSchema#integer> "3"^^<http://www.w3.org/2001/XMLSchema#integer>)) "7"^^<http://www.w3.org/2001/XMLSchema#integer>) (! (in ?x "1"^^<http://www.w3.org/2001/XMLSchema#integer> "2"^^<http://www.w3.org/2001/XMLSchema#integer>))) (exists (bgp (triple ?x ?y ?z)))) (unit)))`},
	} {
		q, err := parser.Query(prologue+test.text, parser.Options{})
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if got := q.String(); got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestUpdateTranslation(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"INSERT DATA { :s :p :o GRAPH :g { :s :p _:b } }", "(update (insertdata <http://e/s> <http://e/p> <http://e/o> . <http://e/s> <http://e/p> _:b <http://e/g> .))"},
		{"WITH :g DELETE { ?s :p ?o } INSERT { GRAPH :h { ?s :q ?o } } WHERE { ?s :p ?o }", "(update (modify (delete (quad <http://e/g> ?s <http://e/p> ?o)) (insert (quad <http://e/h> ?s <http://e/q> ?o)) (with <http://e/g>) (bgp (triple ?s <http://e/p> ?o))))"},
		{"DELETE WHERE { GRAPH ?g { ?s :p 1 } }", `(update (modify (delete (quad ?g ?s <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>)) (insert) (graph ?g (bgp (triple ?s <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>)))))`},
		{"LOAD SILENT <http://e/x> INTO GRAPH :g ; CLEAR ALL; DROP GRAPH :g ; CREATE GRAPH :h; MOVE DEFAULT TO :h ;", "(update (load silent <http://e/x> <http://e/g>) (clear loud all) (drop loud <http://e/g>) (create loud <http://e/h>) (move loud _ <http://e/h>))"},
	} {
		u, err := parser.Update(prologue+test.text, parser.Options{})
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if got := u.String(); got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.text, got, test.want)
		}
	}
}

// TestErrors shows what people are told.
func TestErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "1:1: expected SELECT, CONSTRUCT, DESCRIBE or ASK, found the end of the text"},
		{"SELECT ?s WHERE {\n  ?s besluit:titel ?o\n}", "2:6: the prefix besluit: is not declared; expected PREFIX besluit: <…> before the query"},
		{"SELECT ?s WHERE { ?s <p> ?o", "1:28: expected a triple pattern, a keyword such as OPTIONAL or FILTER, or } to end the group, found the end of the text"},
		{"SELECT ?s WHERE { ?s <p> }", "1:26: expected an object, found }"},
		{"SELECT ?s WHERE { ?s <p> 'é' ?o }", "1:30: expected . or } after the triples, found ?o"},
		{"SELECT ?s WHERE { ?s <p> \"x }", "1:26: the string has no closing \""},
		{"SELECT (COUNT(?x) AS ?n) ?y { ?x <p> ?y }", "1:26: ?y is neither in GROUP BY nor inside an aggregate"},
		{"SELECT * { ?x <p> ?y BIND (1 AS ?y) }", "1:22: ?y is used in the group already; BIND needs a new variable"},
		{"SELECT * { _:a <p> ?y OPTIONAL { _:a <q> ?z } }", "1:34: the blank node _:a is used in another part of the pattern; a label belongs to one basic graph pattern"},
		{"SELECT * { FILTER (SUM(?x) > 1) }", "1:20: the aggregate SUM can stand in SELECT, HAVING and ORDER BY only, and not inside another"},
		{"SELECT * { FILTER (STRLEN(1, 2)) }", "1:20: STRLEN does not take 2 arguments"},
		{`SELECT * { ?s <p> "\u00g1" }`, `1:20: expected the hexadecimal digits of a Unicode code point after \u`},
		{"SELECT * { ?s <p> \xff }", "1:19: the text is not valid UTF-8"},
		{"SELECT * {" + strings.Repeat("{", 300), "1:260: nested deeper than 250 levels"},
		{"SELECT * {" + strings.Repeat("?s ?p ?o .", 5000) + "}", "1:40020: the query has more than 4000 triple patterns, groups, operators and variables"},
	} {
		_, err := parser.Query(test.text, parser.Options{})
		if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok || err.Error() != test.want {
			t.Errorf("%.60q\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
	if _, err := parser.Query("ASK {}", parser.Options{MaxBytes: 5}); err == nil || err.Error() != "the text has 6 bytes, more than the 5 allowed" {
		t.Errorf("got %v", err)
	}
}

// TestOptions shows prefixes that need no declaration, and the base.
func TestOptions(t *testing.T) {
	o := parser.Options{Base: "http://e/dir/doc", Prefixes: map[string]string{"x": "http://x/"}}
	q, err := parser.Query("ASK { <a> x:p <../b> }", o)
	if want := "(ask (bgp (triple <http://e/dir/a> <http://x/p> <http://e/b>)))"; err != nil || q.String() != want {
		t.Errorf("got %v, %v, want %s", q, err, want)
	}
}

func FuzzQuery(f *testing.F) {
	for _, text := range []string{
		"SELECT * { ?s ?p ?o }", "ASK { ?s (<p>|^<q>)*/!<r> [ <x> (1 2.0 3e0 true 'a'@nl) ] }",
		"PREFIX : <http://e/> SELECT (SUM(?x) AS ?y) { GRAPH ?g { ?a :p ?x } OPTIONAL { ?a :q\\- ?z FILTER (?z NOT IN (1)) } } GROUP BY (?a AS ?b) HAVING (?b > 1) ORDER BY DESC(?y) LIMIT 1 OFFSET 2 VALUES ?q { UNDEF }",
		"CONSTRUCT { _:a <p> \"\\u00e9\" } WHERE { SERVICE SILENT <s> { ?s ?p ?o MINUS { ?s <x> '''y''' } } }",
		"DESCRIBE * { BIND (IF(EXISTS { ?a ?b ?c }, 1, -1) AS ?x) }",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parser.Query(text, parser.Options{Base: "http://e/"})
		if err != nil {
			if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok {
				t.Fatalf("%T is no syntax error", err)
			}
			return
		}
		again, err := parser.Query(text, parser.Options{Base: "http://e/"})
		if err != nil || again.String() != q.String() {
			t.Fatalf("read twice, two outcomes: %v and %v", q, again)
		}
	})
}

func FuzzUpdate(f *testing.F) {
	f.Add("INSERT DATA { <s> <p> _:b GRAPH <g> { <s> <p> 1 } } ; DELETE WHERE { ?s ?p ?o }")
	f.Add("WITH <g> DELETE { ?s <p> ?o } INSERT { GRAPH ?g { ?s <q> [] } } USING NAMED <h> WHERE { GRAPH ?g { ?s <p> ?o } }; ADD <a> TO DEFAULT")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parser.Update(text, parser.Options{}); err != nil {
			if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok {
				t.Fatalf("%T is no syntax error", err)
			}
		}
	})
}

package eval_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// chainData is a graph with n nodes, each linked to the next by :p and to all of
// the first ten by :q.
func chainData(n int) *eval.Memory {
	node := func(i int) rdf.Term { return rdf.IRI(fmt.Sprintf("http://example.org/n%d", i)) }
	p, q, text := rdf.IRI("http://example.org/p"), rdf.IRI("http://example.org/q"), rdf.IRI("http://example.org/text")
	var quads []rdf.Quad
	for i := range n {
		quads = append(quads, rdf.Quad{Subject: node(i), Predicate: p, Object: node((i + 1) % n)},
			rdf.Quad{Subject: node(i), Predicate: text, Object: rdf.String(strings.Repeat("besluit ", 20))})
		for j := range 10 {
			quads = append(quads, rdf.Quad{Subject: node(i), Predicate: q, Object: node(j)})
		}
	}
	return eval.NewMemory(slices.Values(quads))
}

// TestHostile runs queries that would take for ever, and wants each ended by a
// limit that the error names, soon after.
func TestHostile(t *testing.T) {
	ds := chainData(3000)
	limits := eval.Limits{Time: 400 * time.Millisecond, Rows: 100_000, Work: 3_000_000, Memory: 64 << 20}
	double := func(n int) string {
		var b strings.Builder
		b.WriteString("SELECT * { :n1 :text ?v0 ")
		for i := range n {
			fmt.Fprintf(&b, "BIND (CONCAT(?v%d, ?v%d) AS ?v%d) ", i, i, i+1)
		}
		return b.String() + "}"
	}
	values := func(n int) string {
		return "VALUES ?x { " + strings.Repeat("1 ", n) + "} "
	}
	for name, text := range map[string]string{
		"cross product":            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
		"cross product, no output": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a = ?d && ?d = ?g && ?a != ?g) }",
		"all rows":                 "SELECT * { ?a ?b ?c . ?d ?e ?f }",
		"sorted cross product":     "SELECT * { ?a :p ?c . ?d :p ?f } ORDER BY ?f ?a",
		"distinct cross product":   "SELECT DISTINCT * { ?a :p ?c . ?d :p ?f }",
		"all paths":                "SELECT (COUNT(*) AS ?n) { ?a (:p|:q)* ?b }",
		"nested closures":          "SELECT (COUNT(*) AS ?n) { ?a ((:p*)*/(:q*)*)* ?b }",
		"negated closure":          "SELECT (COUNT(*) AS ?n) { ?a (!:x)+ ?b }",
		"giant VALUES":             "SELECT (COUNT(*) AS ?n) { " + values(3000) + strings.ReplaceAll(values(3000), "?x", "?y") + strings.ReplaceAll(values(3000), "?x", "?z") + "}",
		"nested EXISTS":            "SELECT * { ?a :q ?b FILTER NOT EXISTS { ?b :q ?c FILTER NOT EXISTS { ?c :q ?d FILTER EXISTS { ?e :p ?f . ?g :p ?h FILTER (?f = ?g && ?h = ?a && ?a != ?h) } } } }",
		"regular expressions":      "SELECT * { ?a :text ?t . ?b :text ?u FILTER REGEX(CONCAT(?t, ?u), '(b|e)*(s|l)*(u|i)*(t| )*x$') }",
		"doubling text":            "SELECT (COUNT(*) AS ?n) { { " + strings.TrimPrefix(strings.TrimSuffix(double(12), "}"), "SELECT * {") + "} ?a ?b ?c . ?d ?e ?f }",
		"group of many":            "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d",
		"long group concat":        "SELECT (GROUP_CONCAT(?t) AS ?x) { ?a :text ?t . ?b :p ?c }",
		"minus of products":        "SELECT * { ?a :p ?b MINUS { ?c :q ?d . ?e :q ?f . ?g :q ?h FILTER (?h = ?a && ?c = ?a && ?e != ?a && ?c = ?e) ?a :p ?b } } ",
		"optionals":                "SELECT * { ?a :p ?b OPTIONAL { ?c :q ?d OPTIONAL { ?e :q ?f OPTIONAL { ?g :q ?h } } } }",
		"unions":                   "SELECT * { { ?a ?b ?c } UNION { ?a ?b ?c } { ?d ?e ?f } UNION { ?d ?e ?f } { ?g ?h ?i } UNION { ?g ?h ?i } }",
		"construct":                "CONSTRUCT { ?a :x ?f } { ?a :p ?b . ?f :p ?g }",
		"subqueries":               "SELECT * { { SELECT * { ?a ?b ?c . ?d ?e ?f } } { SELECT DISTINCT ?g { ?g ?h ?i } } }",
		"ask":                      "ASK { ?a :p ?b . ?c :p ?d . ?e :p ?f FILTER (?a = ?c && ?c = ?e && ?a != ?e) }",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			err := drain(t.Context(), ds, text, limits)
			limit, ok := errors.AsType[*eval.LimitError](err)
			if !ok {
				t.Fatalf("got error %v, want a limit", err)
			}
			if !strings.Contains(limit.Error(), "limit") {
				t.Errorf("the message %q names no limit", limit)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("ended after %v by the limit on %s", took, limit.Limit)
			}
		})
	}
}

// drain runs a query to its end and returns its error.
func drain(ctx context.Context, ds eval.Dataset, text string, limits eval.Limits) error {
	q, err := parser.Query("PREFIX : <http://example.org/> "+text, parser.Options{})
	if err != nil {
		return err
	}
	r, err := eval.Query(ctx, ds, q, eval.Options{Limits: limits})
	if err != nil {
		return err
	}
	defer r.Close()
	if r.Rows != nil {
		for _, err := range r.Rows {
			if err != nil {
				return err
			}
		}
	}
	if r.Quads != nil {
		for _, err := range r.Quads {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// TestLimits wants each limit to be named with its bound.
func TestLimits(t *testing.T) {
	ds := chainData(1000)
	for _, test := range []struct {
		text   string
		limits eval.Limits
		want   string
	}{
		{"SELECT * { ?a :p ?b }", eval.Limits{Rows: 10}, "the answer has more than the limit of 10 rows"},
		{"CONSTRUCT WHERE { ?a :p ?b }", eval.Limits{Rows: 10}, "the answer has more than the limit of 10 rows"},
		{"SELECT (COUNT(*) AS ?n) { ?a :p ?b . ?b :p ?c }", eval.Limits{Work: 100}, "the query needs more work than the limit of 100 intermediate solutions"},
		{"SELECT * { ?a :p ?b } ORDER BY ?b", eval.Limits{Memory: 1000}, "the query needs more memory than the limit of 1000 bytes"},
		{"SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", eval.Limits{Time: time.Millisecond}, "the query took longer than the limit of 1ms"},
		{"SELECT * { ?a :p ?b }", eval.Limits{Bytes: 1000}, "the answer has more than the limit of 1000 bytes"},
		{"CONSTRUCT WHERE { ?a :p ?b }", eval.Limits{Bytes: 1000}, "the answer has more than the limit of 1000 bytes"},
		{"SELECT * { ?a :p ?b } LIMIT 10", eval.Limits{Rows: 10, Work: 20}, ""},
		{"ASK { ?a :p ?b }", eval.Limits{Work: 5}, ""},
	} {
		err := drain(t.Context(), ds, test.text, test.limits)
		if got := fmt.Sprint(err); got != test.want && !(err == nil && test.want == "") {
			t.Errorf("%s: got %q, want %q", test.text, got, test.want)
		}
	}
}

// TestCancel wants a run to end with the context of its caller.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := drain(ctx, chainData(1000), "SELECT * { ?a ?b ?c . ?d ?e ?f }", eval.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

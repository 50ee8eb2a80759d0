package eval

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// generator makes random data and valid queries on it.
type generator struct {
	*rand.Rand
	aliases int
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

var (
	generatorNodes = []string{":a", ":b", ":c", ":d", ":e", "_:x"}
	generatorTerms = []string{"1", "2", "3", "2.0", "-1", `"a"`, `"b"`, `"a"@en`, "true", `"2020-01-01"^^xsd:date`, `"x"^^xsd:integer`,
		`"2020-01-02"^^xsd:date`, `"2020-01-02Z"^^xsd:date`, `"2020-01-02+14:00"^^xsd:date`, `"2020-01-01T12:00:00"^^xsd:dateTime`,
		`"2020-01-01T12:00:00Z"^^xsd:dateTime`, `"2020-01-01T13:30:00+01:00"^^xsd:dateTime`, `"2020-01-01T12:00:00.5Z"^^xsd:dateTime`,
		"2.5", "1e0", "2.5e0", `"NaN"^^xsd:double`, `"INF"^^xsd:float`, `"1"^^xsd:byte`, `"01"^^xsd:integer`, "9007199254740993",
		`"Gent Politie"@nl`, `"gent politie"`, `"GENT"`, `"\u212Aelvin ko\u017Fmos"`, `"\u0130stanbul kosmos"`, "false"}
	generatorBounds = []string{"1", "2", "2.0", "1.5", "2e0", "-1", `"2020-01-01"^^xsd:date`, `"2020-01-02Z"^^xsd:date`, `"2020-01-02"^^xsd:date`,
		`"2020-01-01T12:00:00Z"^^xsd:dateTime`, `"2020-01-01T12:30:00"^^xsd:dateTime`, "true", `"a"`, `"01"^^xsd:integer`, ":a", `"a"@en`, `"x"^^xsd:integer`}
)

const generatorNS = "http://example.org/"

// term returns the RDF term of a written one.
func (g *generator) term(s string) rdf.Term {
	q, err := parser.Query("PREFIX : <"+generatorNS+"> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT * { VALUES ?x { "+strings.Replace(s, "_:", ":blank", 1)+" } }", parser.Options{})
	if err != nil {
		panic(err)
	}
	t := q.Pattern.(*algebra.Project).Input.(*algebra.Values).Rows[0][0]
	if label, ok := strings.CutPrefix(t.Value(), generatorNS+"blank"); ok {
		return rdf.Blank(label)
	}
	return t
}

func (g *generator) data() []rdf.Quad {
	graphs := []rdf.Term{{}, rdf.IRI(generatorNS + "g1"), rdf.IRI(generatorNS + "g2"), rdf.IRI(generatorNS + "a")}
	var quads []rdf.Quad
	for range 3 + g.IntN(30) {
		object := g.pick(generatorNodes...)
		if g.IntN(5) < 2 {
			object = g.pick(generatorTerms...)
		}
		q := rdf.Quad{
			Subject: g.term(g.pick(generatorNodes...)), Predicate: g.term(g.pick(":p", ":q", ":r")),
			Object: g.term(object), Graph: graphs[g.IntN(len(graphs))],
		}
		if !slices.Contains(quads, q) {
			quads = append(quads, q)
		}
	}
	return quads
}

func (g *generator) variable() string { return g.pick("?a", "?b", "?c", "?d", "?e") }

func (g *generator) node() string {
	if g.IntN(4) == 0 {
		return g.pick(generatorNodes[:5]...)
	}
	return g.variable()
}

func (g *generator) object() string {
	if g.IntN(6) == 0 {
		return g.pick(generatorTerms...)
	}
	return g.node()
}

func (g *generator) path(depth int) string {
	if depth == 0 {
		return g.pick(":p", ":q", ":r")
	}
	inner := func() string { return g.path(depth - 1) }
	switch g.IntN(9) {
	case 0:
		return "(" + inner() + ")*"
	case 1:
		return "(" + inner() + ")+"
	case 2:
		return "(" + inner() + ")?"
	case 3:
		return "(" + inner() + "/" + inner() + ")"
	case 4:
		return "(" + inner() + "|" + inner() + ")"
	case 5:
		return "^(" + inner() + ")"
	case 6:
		return g.pick("!:p", "!(:p|:q)", "!^:q", "!(:p|^:r)")
	}
	return inner()
}

func (g *generator) triple() string {
	switch g.IntN(8) {
	case 0:
		return g.node() + " " + g.path(1+g.IntN(2)) + " " + g.object() + " . "
	case 1:
		return g.node() + " " + g.variable() + " " + g.object() + " . "
	}
	return g.node() + " " + g.pick(":p", ":q", ":r") + " " + g.object() + " . "
}

func (g *generator) expr(depth int) string {
	if depth == 0 {
		return g.pick(g.variable(), g.variable(), g.pick(generatorTerms...), g.pick(generatorNodes[:5]...))
	}
	inner := func() string { return g.expr(depth - 1) }
	switch g.IntN(13) {
	case 0:
		return "(" + inner() + " && " + inner() + ")"
	case 1:
		return "(" + inner() + " || " + inner() + ")"
	case 2:
		return "(!" + inner() + ")"
	case 3, 4, 5:
		return "(" + inner() + g.pick(" = ", " != ", " < ", " > ", " <= ", " >= ") + inner() + ")"
	case 6:
		return "BOUND(" + g.variable() + ")"
	case 7:
		return "(" + inner() + g.pick(" + ", " - ", " * ", " / ") + inner() + ")"
	case 8:
		return "IF(" + inner() + ", " + inner() + ", " + inner() + ")"
	case 9:
		return "COALESCE(" + inner() + ", " + inner() + ")"
	case 10:
		return "(" + inner() + g.pick(" IN", " NOT IN") + " (" + inner() + ", " + inner() + "))"
	case 11:
		return g.pick("STR", "LANG", "DATATYPE", "ISIRI", "ISLITERAL", "ISNUMERIC", "ISBLANK") + "(" + inner() + ")"
	}
	return "SAMETERM(" + inner() + ", " + inner() + ")"
}

// comparison makes a filter that says which values a variable may have.
func (g *generator) comparison() string {
	v, bound := g.variable(), func() string { return g.pick(generatorBounds...) }
	switch g.IntN(7) {
	case 0:
		return v + " IN (" + bound() + ", " + bound() + ", " + g.pick(generatorTerms...) + ")"
	case 1:
		return v + " >= " + bound() + " && " + v + " < " + bound()
	case 2:
		return bound() + g.pick(" < ", " > ", " <= ", " >= ", " = ") + v
	case 3:
		return "SAMETERM(" + v + ", " + bound() + ")"
	case 4:
		text := g.pick("STR("+v+")", v, "LCASE(STR("+v+"))", "LCASE("+v+")", "UCASE("+v+")", "UCASE(STR("+v+"))")
		return g.pick("CONTAINS", "STRSTARTS", "STRENDS") + "(" + text + ", " + g.pick(`"gent"`, `"kelvin"`, `"kosmos"`, `"i"`, `"P"`, `"tie"`, `""`, `"a"@en`, "1") + ")"
	case 5:
		text := g.pick("STR("+v+")", v, "LCASE(STR("+v+"))")
		return "REGEX(" + text + ", " + g.pick(`"gent.*tie"`, `"kelvin"`, `"kosmos$"`, `"^G"`, `"("`, `"a|b"`) + g.pick(`, "i"`, "", `, "i"`, `, "?"`) + ")"
	}
	return v + g.pick(" < ", " > ", " <= ", " >= ", " = ", " != ") + bound()
}

// simple makes a group without BIND, VALUES, MINUS and subqueries, as the inside
// of EXISTS: there the standard is of several minds about substitution.
func (g *generator) simple(depth int) string {
	var b strings.Builder
	b.WriteString("{ ")
	for range 1 + g.IntN(2) {
		b.WriteString(g.triple())
	}
	if depth > 0 {
		switch g.IntN(4) {
		case 0:
			b.WriteString("{ " + g.triple() + "} UNION " + g.simple(depth-1))
		case 1:
			b.WriteString("FILTER " + "(" + g.expr(1) + ") ")
		case 2:
			b.WriteString("GRAPH " + g.pick("?g", ":g1") + " { " + g.triple() + "} ")
		}
	}
	b.WriteString("} ")
	return b.String()
}

func (g *generator) group(depth int) string {
	var b strings.Builder
	b.WriteString("{ ")
	for range g.IntN(3) {
		b.WriteString(g.triple())
	}
	if depth > 0 {
		for range 1 + g.IntN(3) {
			inner := func() string { return g.group(depth - 1) }
			switch g.IntN(14) {
			case 0, 1, 2:
				b.WriteString("OPTIONAL " + inner())
			case 3:
				b.WriteString(inner() + "UNION " + inner())
			case 4:
				b.WriteString("MINUS " + inner())
			case 5:
				b.WriteString("GRAPH " + g.pick("?g", "?g", "?a", "?c", ":g1", ":a") + " " + inner())
			case 6:
				b.WriteString("FILTER (" + g.expr(1+g.IntN(2)) + ") ")
			case 7:
				b.WriteString("FILTER (" + g.comparison() + ") ")
			case 8:
				g.aliases++
				fmt.Fprintf(&b, "BIND (%s AS %s) ", g.expr(1), g.pick("?n"+strconv.Itoa(g.aliases), g.variable()))
			case 9:
				b.WriteString("VALUES " + g.pick("?a { :a :b 1 } ", "(?a ?b) { (:a :b) (UNDEF 1) (:c UNDEF) } ", "?b { } "))
			case 10:
				b.WriteString(inner())
			case 11:
				b.WriteString("FILTER " + g.pick("EXISTS ", "NOT EXISTS ") + g.simple(1))
			case 12:
				b.WriteString("{ " + g.selection(depth-1) + "} ")
			case 13:
				b.WriteString(g.triple())
			}
		}
	}
	b.WriteString("} ")
	return b.String()
}

// selection makes a SELECT without LIMIT: what LIMIT keeps is not determined.
func (g *generator) selection(depth int) string {
	where := g.group(depth)
	switch g.IntN(7) {
	case 0:
		aggregate := g.pick("COUNT(*)", "COUNT(DISTINCT *)", "COUNT(?b)", "COUNT(DISTINCT ?b)", "SUM(?b)", "SUM(DISTINCT ?b)",
			"AVG(?b)", "MIN(?b)", "MAX(?b)", "MAX(?b + 1)")
		g.aliases++
		if g.IntN(2) == 0 {
			return fmt.Sprintf("SELECT (%s AS ?n%d) %s", aggregate, g.aliases, where)
		}
		having := ""
		if g.IntN(3) == 0 {
			having = "HAVING (COUNT(*) > 1) "
		}
		return fmt.Sprintf("SELECT ?a (%s AS ?n%d) %s GROUP BY ?a %s", aggregate, g.aliases, where, having)
	case 1:
		return "SELECT DISTINCT ?a ?b " + where
	case 2:
		return "SELECT " + g.pick("?a ?c ", "?b ", "?d ?e ") + where + "ORDER BY ?b DESC(?c) "
	case 3:
		// What LIMIT keeps is determined if the order is by all that is selected.
		return "SELECT " + g.pick("", "DISTINCT ") + "?a ?b ?c " + where +
			g.pick("ORDER BY ?b DESC(?c) ?a ", "ORDER BY ?a ?b ?c ", "ORDER BY DESC(?c) (?b + 1) ?b ?a ") + g.pick("", "LIMIT 3", "LIMIT 7 OFFSET 2", "OFFSET 3")
	}
	return "SELECT * " + where
}

// small makes queries of few patterns, which have ways of their own.
func (g *generator) small() string {
	where := "{ " + g.triple() + "} "
	switch g.IntN(4) {
	case 0:
		where = "{ GRAPH " + g.pick("?g", ":g1", "?a") + " { " + g.triple() + "} } "
	case 1:
		where = "{ " + g.triple() + "FILTER (" + g.comparison() + ") } "
	case 2:
		where = "{ GRAPH ?g { " + g.triple() + g.triple() + "FILTER (" + g.comparison() + ") } } "
	}
	switch g.IntN(5) {
	case 0:
		return "SELECT (COUNT(*) AS ?n) " + where
	case 1:
		return "SELECT DISTINCT " + g.pick("?a", "?b", "?c", "?g", "?a ?b") + " " + where
	case 2:
		return fmt.Sprintf("SELECT ?b (%s AS ?n) %s GROUP BY ?b", g.pick("COUNT(*)", "COUNT(DISTINCT ?a)", "COUNT(?c)", "MIN(?c)", "SUM(?c)"), where)
	case 3:
		return "SELECT (COUNT(DISTINCT " + g.pick("?a", "?b", "?g") + ") AS ?n) " + where
	}
	return "SELECT * " + where
}

// TestOracle compares the evaluator with the oracle on random queries and data.
// BELFORT_PAIRS sets how many, BELFORT_SEED with which to begin.
func TestOracle(t *testing.T) {
	pairs, seed := 2000, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("BELFORT_PAIRS")); err == nil {
		pairs = n
	}
	if n, err := strconv.ParseUint(os.Getenv("BELFORT_SEED"), 10, 64); err == nil {
		seed = n
	}
	ran, failed := 0, 0
	dir := t.TempDir()
	for i := range uint64(pairs) {
		quads, text := RandomPair(seed + i)
		q, err := parser.Query(text, parser.Options{})
		if err != nil {
			continue // BIND to a variable that is in use, and such
		}
		ran++
		memory := NewMemory(slices.Values(quads))
		oracle := NewOracle(quads)
		for name, way := range map[string]struct {
			ds      Dataset
			options Options
		}{
			"plain": {memory, Options{}},
			"match": {onlyMatch{memory}, Options{strain: strain{hash: i%2 == 0}}},
			"hash":  {memory, Options{strain: strain{hash: true}}},
			"merge": {memory, Options{strain: strain{merge: true}}},
			"spill": {memory, Options{SpillDir: dir, strain: strain{spill: true}}},
		} {
			if err := oracle.Disagrees(way.ds, q, way.options); err != nil {
				t.Errorf("seed %d, %s: %v\n%s", seed+i, name, err, text)
				if failed++; failed > 5 {
					t.FailNow()
				}
			}
		}
	}
	t.Logf("seeds %d to %d: %d of %d texts were queries", seed, seed+uint64(pairs)-1, ran, pairs)
	if ran < pairs/3 {
		t.Errorf("the generator made %d queries of %d texts: too few", ran, pairs)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d temporary files were left behind (%v)", len(left), err)
	}
}

// onlyMatch is a dataset that can do no more than it must.
type onlyMatch struct{ Dataset }

// RandomPair returns the data and the text of a query that a seed stands for.
func RandomPair(seed uint64) ([]rdf.Quad, string) {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0))}
	return g.data(), g.query()
}

// RandomQueries is RandomPair with several queries on the same data.
func RandomQueries(seed uint64, n int) (quads []rdf.Quad, texts []string) {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	quads = g.data()
	for range n {
		texts = append(texts, g.query())
	}
	return quads, texts
}

func (g *generator) query() string {
	prologue := "PREFIX : <" + generatorNS + "> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
	if g.IntN(4) == 0 {
		return prologue + g.small()
	}
	return prologue + g.selection(1+g.IntN(2))
}

// Oracle knows the right answers on some quads.
type Oracle struct{ quads []rdf.Quad }

func NewOracle(quads []rdf.Quad) *Oracle { return &Oracle{quads} }

// Disagrees returns in what the evaluator and the oracle differ.
func (o *Oracle) Disagrees(ds Dataset, q *algebra.Query, options Options) error {
	options.Scope, options.Limits = Union, Limits{Work: 5_000_000}
	r, err := Query(context.Background(), ds, q, options)
	if err != nil {
		return err
	}
	defer r.Close()
	var got []mapping
	for row, err := range r.Rows {
		if err != nil {
			return err
		}
		m := mapping{}
		for i, term := range row {
			if !term.IsZero() {
				m[q.Vars[i]] = term
			}
		}
		got = append(got, m)
	}
	want := newOracle(o.quads).eval(q.Pattern, rdf.Term{}, mapping{})
	a, b := linesOf(q.Vars, got), linesOf(q.Vars, want)
	if !ordered(q) {
		slices.Sort(a)
		slices.Sort(b)
	}
	if slices.Equal(a, b) {
		return nil
	}
	var data strings.Builder
	for _, quad := range o.quads {
		data.WriteString("  " + quad.String() + "\n")
	}
	return fmt.Errorf("differs\n%v\ndata\n%sgot %d\n  %s\nwant %d\n  %s", q, data.String(),
		len(a), strings.Join(a[:min(len(a), 12)], "\n  "), len(b), strings.Join(b[:min(len(b), 12)], "\n  "))
}

// ordered reports whether a query determines the order of its rows: the
// generator orders by three conditions or more, and all it selects, or not.
func ordered(q *algebra.Query) bool {
	p := q.Pattern
	for {
		switch inner := p.(type) {
		case *algebra.Slice:
			p = inner.Input
		case *algebra.Project:
			p = inner.Input
		case *algebra.Distinct:
			p = inner.Input
		case *algebra.OrderBy:
			return len(inner.Conditions) > 2
		default:
			return false
		}
	}
}

// Strained returns options that make little data go the ways of much.
func Strained(dir string) []Options {
	return []Options{
		{},
		{strain: strain{hash: true}},
		{strain: strain{merge: true}},
		{SpillDir: dir, strain: strain{spill: true}},
	}
}

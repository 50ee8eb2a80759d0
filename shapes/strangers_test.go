package shapes_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes"
	"github.com/belfort-lod/belfort/sparql/eval"
)

func ex(local string) rdf.Term { return rdf.IRI("http://example.org/" + local) }

// chain is n nodes, each the ex:p of the one before, and each an ex:C.
func chain(n int) *rdf.Graph {
	g := rdf.NewGraph()
	for i := range n {
		node := ex(fmt.Sprint("n", i))
		g.Add(rdf.Quad{Subject: node, Predicate: rdf.IRI(vocab.RDFType), Object: ex("C")})
		g.Add(rdf.Quad{Subject: node, Predicate: ex("p"), Object: ex(fmt.Sprint("n", (i+1)%n))})
	}
	return g
}

// Work that would not end is ended, by the limit that it meets first, with an
// error that names the shape or the query.
func TestEndlessWorkIsEnded(t *testing.T) {
	const product = `?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (CONCAT(STR(?c), STR(?l)) = '!')`
	small := eval.Limits{Time: 100 * time.Millisecond, Work: 1 << 40}
	diamond := func(levels int) string { // each level asks the next one twice
		var b strings.Builder
		for i := range levels {
			fmt.Fprintf(&b, "ex:s%d sh:property [ sh:path ex:p ; sh:property ex:t%d , ex:u%d ] .\n", i, i, i)
			fmt.Fprintf(&b, "ex:t%d sh:path ex:p ; sh:property ex:t%d , ex:u%d . ex:u%d sh:path ex:p ; sh:property ex:t%d , ex:u%d .\n", i, i+1, i+1, i, i+1, i+1)
		}
		fmt.Fprintf(&b, "ex:t%d sh:path ex:p . ex:u%d sh:path ex:p .\n", levels, levels)
		return b.String() + "ex:s0 sh:targetNode ex:n0 ."
	}
	for name, test := range map[string]struct {
		shapes  string
		data    *rdf.Graph
		options shapes.Options
		limit   string // of the query, if one ended it
	}{
		"a product, by its time":           {`ex:s sh:targetNode ex:n0 ; sh:sparql [ sh:select "SELECT $this { ` + product + ` }" ] .`, chain(300), shapes.Options{Query: small}, "time"},
		"a product, by its work":           {`ex:s sh:targetNode ex:n0 ; sh:sparql [ sh:select "SELECT $this { ` + product + ` }" ] .`, chain(300), shapes.Options{Query: eval.Limits{Work: 100_000}}, "work"},
		"a sort, by its memory":            {`ex:s sh:targetNode ex:n0 ; sh:sparql [ sh:select "SELECT $this ?c { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f" ] .`, chain(1000), shapes.Options{Query: eval.Limits{Memory: 1 << 20}}, "memory"},
		"a component, by its time":         {`ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:at ] ; sh:validator [ sh:ask "ASK { ` + product + ` }" ] . ex:s sh:targetNode ex:n0 ; ex:at 1 .`, chain(300), shapes.Options{Query: small}, "time"},
		"a target, by its time":            {`ex:s sh:target [ sh:select "SELECT ?this { ?this ?b ?c . ` + strings.ReplaceAll(product, "?a ?b ?c", "?a ?m ?c") + ` }" ] .`, chain(300), shapes.Options{Query: small}, "time"},
		"queries for many nodes, together": {`ex:s sh:targetClass ex:C ; sh:sparql [ sh:select "SELECT $this { ?a ?b ?c . ?d ?e ?f . FILTER (?a = $this && CONCAT(STR(?c), STR(?f)) = '!') }" ] .`, chain(3000), shapes.Options{Time: 200 * time.Millisecond}, ""},
		"shapes that ask each other twice": {diamond(60), chain(1), shapes.Options{MaxWork: 1_000_000}, ""},
		"the same where answers are kept":  {strings.ReplaceAll(diamond(60), "sh:targetNode ex:n0", "sh:targetSubjectsOf ex:none") + `ex:r sh:targetNode ex:n0 ; sh:not ex:s0 .`, chain(1), shapes.Options{}, "none"},
		"closure of a closure":             {`ex:s sh:targetClass ex:C ; sh:path [ sh:zeroOrMorePath [ sh:oneOrMorePath ex:p ] ] ; sh:minCount 1 .`, chain(2000), shapes.Options{MaxWork: 10_000_000}, ""},
		"patterns on long texts": {`ex:s sh:targetObjectsOf ex:p ; sh:pattern "(\\p{L}{500}|[^x]{400}y)*z" .`,
			rdf.NewGraph(rdf.Quad{Subject: ex("a"), Predicate: ex("p"), Object: rdf.String(strings.Repeat("é", 1<<20))}), shapes.Options{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, findings := compile(t, test.shapes)
			if len(findings) > 0 {
				t.Fatalf("findings %+v", findings)
			}
			start := time.Now()
			_, err := s.Validate(t.Context(), test.data, test.options)
			if took := time.Since(start); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			if test.limit == "none" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, shapes.ErrLimit) {
				t.Fatalf("error %v, want one about a limit", err)
			}
			var limit *eval.LimitError
			if errors.As(err, &limit); test.limit != "" && (limit == nil || limit.Limit != test.limit || !strings.Contains(err.Error(), "query of")) {
				t.Errorf("error %v, want that of the %s of a query", err, test.limit)
			}
		})
	}
}

// A query that reports a failure of its own (SHACL, section 5.3.2) ends the
// validation.
func TestFailureOfAQuery(t *testing.T) {
	s, _ := compile(t, `ex:s sh:targetNode ex:a ; sh:sparql ex:q . ex:q sh:select "SELECT $this ?failure { BIND (true AS ?failure) }" .`)
	if _, err := s.Validate(t.Context(), graph(t, ``), shapes.Options{}); err == nil || !strings.Contains(err.Error(), "http://example.org/q") {
		t.Errorf("error %v, want one that names the query", err)
	}
}

// Shapes graphs that mean harm are refused, or read in little time and memory.
func TestShapesThatMeanHarm(t *testing.T) {
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i, i+1)
		}
		return b.String()
	}
	list := func(n int) string { return repeat(n, "_:l%[1]d rdf:first %[1]d ; rdf:rest _:l%[2]d .\n") }
	for name, test := range map[string]struct {
		shapes string
		err    error
		rule   string // of the findings, if there are any
	}{
		"a list of 100,001":                           {`ex:s sh:targetNode ex:a ; sh:in _:l0 . ` + list(100_001) + `_:l100001 rdf:first 1 ; rdf:rest () .`, nil, shapes.RuleIllFormed},
		"a cycle that a hundred shapes read":          {`_:l2000 rdf:first 0 ; rdf:rest _:l0 . ` + list(2000) + repeat(100, "ex:s%[1]d sh:targetNode ex:a ; sh:in _:l%[2]d .\n"), nil, shapes.RuleIllFormed},
		"a long list that a thousand shapes read":     {`_:l50000 rdf:first 0 ; rdf:rest () . ` + list(50_000) + repeat(1000, "ex:s%[1]d sh:targetNode ex:a ; sh:in _:l%[2]d .\n"), shapes.ErrTooLarge, ""},
		"not of not of not":                           {repeat(250, "ex:s%d sh:targetNode ex:a ; sh:not ex:s%d .\n") + `ex:s250 sh:class ex:C .`, shapes.ErrTooDeep, ""},
		"a hundred deep":                              {repeat(100, "ex:s%d sh:targetNode ex:a ; sh:and ( ex:s%d ) .\n") + `ex:s100 sh:class ex:C .`, nil, ""},
		"alternatives that double a hundred times":    {`ex:s sh:targetNode ex:a ; sh:path _:p0 . ` + repeat(90, "_:p%[1]d sh:alternativePath ( _:p%[2]d _:p%[2]d ) .\n") + `_:p90 sh:inversePath ex:p .`, nil, shapes.RuleIllFormed},
		"a pattern that explodes":                     {`ex:s sh:targetNode ex:a ; sh:pattern "` + strings.Repeat(`(\\p{L}{1000})`, 50) + `" .`, nil, shapes.RuleIllFormed},
		"patterns that add up":                        {repeat(400, `ex:s%[1]d sh:targetNode ex:a ; sh:pattern "[a-z]{999}(xy){900}%[2]d" .`+"\n"), shapes.ErrTooLarge, ""},
		"a long pattern":                              {`ex:s sh:targetNode ex:a ; sh:pattern "` + strings.Repeat("a", 20_000) + `" .`, nil, shapes.RuleIllFormed},
		"a query of a million groups":                 {`ex:s sh:targetNode ex:a ; sh:sparql [ sh:select "SELECT $this { ` + strings.Repeat("{", 1<<20) + ` }" ] .`, nil, shapes.RuleIllFormed},
		"queries that add up":                         {repeat(40, `ex:s%[1]d sh:targetNode ex:a ; sh:sparql [ sh:select "SELECT $this { # %[2]d `+strings.Repeat(" ", 100_000)+"\\n"+`}" ] .`+"\n"), shapes.ErrTooLarge, ""},
		"imports that go round":                       {`ex:a <http://www.w3.org/2002/07/owl#imports> ex:b . ex:b <http://www.w3.org/2002/07/owl#imports> ex:a . ex:s sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex:a ; sh:select "SELECT $this { }" ] .`, nil, ""},
		"siblings that all look at each other":        {`ex:s sh:targetNode ex:a ; ` + repeat(900, "sh:property [ sh:path ex:p ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape ex:q%[1]d ] ;\n") + `. ` + repeat(900, "ex:q%[1]d sh:class ex:C .\n"), shapes.ErrTooLarge, ""},
		"classes below each other in a ring":          {`ex:C a ex:D ; rdfs:subClassOf ex:D . ex:D rdfs:subClassOf ex:C , rdfs:Class . ex:s sh:targetClass ex:C .`, nil, ""},
		"a component that is recursive by its shapes": {`ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ; sh:validator [ sh:ask "ASK { }" ] . ex:s sh:targetNode ex:a ; ex:k ex:s .`, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := graph(t, test.shapes)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, findings, err := shapes.Compile(g)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; took > time.Minute || allocated > 500<<20 {
				t.Errorf("it took %v and %d MB", took, allocated>>20)
			}
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if test.rule == "" && len(findings) > 0 || test.rule != "" && len(findings) == 0 {
				t.Errorf("%d findings", len(findings))
			}
			for _, f := range findings {
				if f.Rule != test.rule || len(f.Message.EN) > 2000 {
					t.Errorf("finding %s: %d bytes, %.200s", f.Rule, len(f.Message.EN), f.Message.EN)
				}
			}
		})
	}
}

// A shapes graph of 50 MB, of which most would be data that came along, is
// refused before it is read.
func TestLargeShapesGraph(t *testing.T) {
	g := rdf.NewGraph()
	for i := range 500_001 {
		g.Add(rdf.Quad{Subject: ex(fmt.Sprint("shape", i/4)), Predicate: ex(fmt.Sprint("p", i%4)), Object: ex("o")})
	}
	if _, _, err := shapes.Compile(g); !errors.Is(err, shapes.ErrTooLarge) || !strings.Contains(err.Error(), "500001") {
		t.Errorf("error %v, want that it is too large", err)
	}
}

// What a message fills in does not make it endless.
func TestMessagesAreClipped(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	s, _ := compile(t, `ex:s sh:targetSubjectsOf ex:p ; sh:sparql [ sh:message "{?value}{?value}" ; sh:select "SELECT $this ?value { $this ?p ?value }" ] .`)
	report, err := s.Validate(t.Context(), rdf.NewGraph(rdf.Quad{Subject: ex("a"), Predicate: ex("p"), Object: rdf.String(long)}), shapes.Options{})
	if err != nil || len(report.Results) != 1 || report.Results[0].Value.Value() != long {
		t.Fatalf("%v", err)
	}
	if m := report.Results[0].Messages[0].Value(); len(m) > 10_010 || !strings.HasSuffix(m, "é…") {
		t.Errorf("a message of %d bytes", len(m))
	}
}

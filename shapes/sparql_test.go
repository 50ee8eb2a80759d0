package shapes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes"
)

// facts writes each result as "focus path value component message".
func facts(report *shapes.Report) []string {
	local := func(s string) string { return s[strings.LastIndexAny(s, "#/")+1:] }
	var list []string
	for _, r := range report.Results {
		list = append(list, strings.Join([]string{
			local(r.Focus.Value()), local(r.Path.String()), local(r.Value.Value()), local(r.Component.Value()), r.Messages[0].Value(),
		}, " "))
	}
	return list
}

// What constraints, components and targets in SPARQL find, and what they say of
// it.
func TestSPARQL(t *testing.T) {
	const data = `ex:a a ex:C ; ex:p 1 , 2 ; ex:q "x"@nl . ex:b a ex:C ; ex:p 3 . ex:c ex:p 4 .`
	const declare = `ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] . `
	tests := map[string]struct {
		shapes string
		want   []string
	}{
		"the values of a solution are in the result and in the message": {
			`ex:s sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:message "{?this} has {$value}, {?other}"@en ;
				sh:select "SELECT $this ?path ?value { $this ?path ?value FILTER (?path = ex:p && ?value > 1) }" ] .`,
			[]string{
				"a p 2 SPARQLConstraintComponent http://example.org/a has 2, {?other}",
				"b p 3 SPARQLConstraintComponent http://example.org/b has 3, {?other}",
			},
		},
		"a query writes its own message": {
			`ex:s sh:targetNode ex:b ; sh:message "no" ; sh:sparql [ sh:message "no" ; sh:select "SELECT $this ?message { BIND (CONCAT('see ', STR($this)) AS ?message) }" ] .`,
			[]string{"b  b SPARQLConstraintComponent see http://example.org/b"},
		},
		"the message of the shape stands in": {
			`ex:s sh:targetNode ex:b ; sh:message "as the shape says {$this}" ; sh:sparql [ sh:select "SELECT $this { }" ] .`,
			[]string{"b  b SPARQLConstraintComponent as the shape says http://example.org/b"},
		},
		"$PATH is the path of the shape, whatever it is": {
			`ex:s sh:targetClass ex:C ; sh:property [ sh:path [ sh:alternativePath ( ex:p [ sh:inversePath ( ex:x ex:y ) ] ) ] ;
				sh:sparql [ sh:message "{$PATH}" ; sh:select "SELECT $this ?value { $this $PATH ?value FILTER (?value > 2) }" ] ] .`,
			[]string{"b y>) 3 SPARQLConstraintComponent <http://example.org/p>|^(<http://example.org/x>/<http://example.org/y>)"},
		},
		"aggregates see the focus node": {
			`ex:s sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:message "{?n}" ;
				sh:select "SELECT $this ?n { { SELECT $this (COUNT(?v) AS ?n) { $this ex:p ?v } GROUP BY $this } FILTER (?n > 1) }" ] .`,
			[]string{"a  a SPARQLConstraintComponent 2"},
		},
		"so do EXISTS and OPTIONAL": {
			`ex:s sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:message "m" ;
				sh:select "SELECT $this { OPTIONAL { $this ex:q ?q } FILTER (!BOUND(?q)) FILTER NOT EXISTS { ?x ex:q ?y FILTER (?x = $this) } }" ] .`,
			[]string{"b  b SPARQLConstraintComponent m"},
		},
		"a component for node shapes and one for property shapes": {
			`ex:Most a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ; sh:labelTemplate "at most {$most}"@en ;
				sh:nodeValidator [ sh:prefixes ex: ; sh:select "SELECT $this ?value { $this ex:p ?value FILTER (?value > $most) }" ] ;
				sh:propertyValidator [ sh:select "SELECT $this ?value { $this $PATH ?value FILTER (?value > $most) }" ] .
			ex:s sh:targetNode ex:a ; ex:most 1 ; sh:property [ sh:path ex:p ; ex:most 0 , 1 ] .`,
			[]string{
				"a  2 Most at most 1",
				"a p 1 Most at most 0", "a p 2 Most at most 0", "a p 2 Most at most 1",
			},
		},
		"a component that asks of each value": {
			`ex:Even a ex:Kind ; sh:parameter [ sh:path ex:even ] , [ sh:path ex:of ; sh:optional true ] ;
				sh:validator [ a sh:SPARQLAskValidator ; sh:message "{?value} of {?this} is odd" ; sh:ask "ASK { FILTER (!$even || $value = 2 || $value = COALESCE($of, 0)) }" ] .
			ex:Kind rdfs:subClassOf sh:ConstraintComponent .
			ex:s sh:targetClass ex:C ; sh:property [ sh:path ex:p ; ex:even true ; ex:of 3 ] .`,
			[]string{"a p 1 Even 1 of http://example.org/a is odd"},
		},
		"a shape that another one asks": {
			`ex:s sh:targetClass ex:C ; sh:not [ sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this { $this ex:q ?v }" ] ] ; sh:message "m" .`,
			[]string{"b  b NotConstraintComponent m"},
		},
		"a target in SPARQL": {
			`ex:s sh:target [ a sh:SPARQLTarget ; sh:prefixes ex: ; sh:select "SELECT ?this { ?this ex:p ?v FILTER (?v > 3) }" ] ; sh:class ex:C ; sh:message "m" .`,
			[]string{"c  c ClassConstraintComponent m"},
		},
		"deactivated constraints are silent": {
			`ex:s sh:targetNode ex:a ; sh:sparql [ sh:deactivated true ; sh:select "SELECT $this { }" ] .`,
			nil,
		},
		"the shapes graph can be asked too": {
			`ex:s sh:targetClass ex:C ; ex:limit 2 ; sh:sparql [ sh:prefixes ex: ; sh:message "over {?limit}" ;
				sh:select "SELECT $this ?limit ?value { GRAPH $shapesGraph { $currentShape ex:limit ?limit } $this ex:p ?value FILTER (?value > ?limit) }" ] .`,
			[]string{"b  3 SPARQLConstraintComponent over 2"},
		},
		"published: a variable renamed to itself, a count that does not return the focus node": {
			`ex:s sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:message "{?n}" ; sh:select """
				select ($this as ?this) ?n where { { select (count(distinct ?v) as ?n) { $this ex:q ?v . } } FILTER (?n = 0) }""" ] .`,
			[]string{"b  b SPARQLConstraintComponent 0"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, findings := compile(t, declare+test.shapes)
			for _, f := range findings {
				if f.Severity == rdf.Violation || !strings.HasPrefix(name, "published") {
					t.Errorf("finding %s: %s", f.Rule, f.Message.EN)
				}
			}
			if strings.HasPrefix(name, "published") && len(findings) != 2 {
				t.Errorf("%d findings, want 2", len(findings))
			}
			report, err := s.Validate(t.Context(), graph(t, data), shapes.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := facts(report); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// What a query may not be is a finding that says why; the rest of the shapes
// works.
func TestIllFormedQueries(t *testing.T) {
	constraint := func(query string) string {
		return `ex:s sh:targetNode ex:a ; sh:sparql [ sh:select """` + query + `""" ] . `
	}
	component := func(parameters, validator string) string {
		return `ex:K a sh:ConstraintComponent ; ` + parameters + validator + ` . ex:s sh:targetNode ex:a ; ex:k 1 . `
	}
	const k = `sh:parameter [ sh:path ex:k ] `
	for name, test := range map[string]struct{ shapes, want string }{
		"no query":                  {`ex:s sh:targetNode ex:a ; sh:sparql [ sh:message "m" ] . `, "exactly one query"},
		"two queries":               {`ex:s sh:targetNode ex:a ; sh:sparql [ sh:select "SELECT $this { }" , "SELECT ?this { }" ] . `, "exactly one query"},
		"not SPARQL":                {constraint(`SELECT $this { ?a ?b }`), "expected an object"},
		"an unknown prefix":         {constraint(`SELECT $this { $this nope:p ?x }`), "nope"},
		"another form":              {constraint(`ASK { }`), "no SELECT query"},
		"an update":                 {constraint(`CLEAR ALL`), "cannot be used"},
		"the focus node is missing": {constraint(`SELECT ?x { $this ?p ?x }`), "return ?this"},
		"MINUS":                     {constraint(`SELECT $this { $this ?p ?o MINUS { $this ?p 1 } }`), "MINUS"},
		"MINUS in EXISTS":           {constraint(`SELECT $this { FILTER EXISTS { $this ?p ?o MINUS { $this ?p 1 } } }`), "MINUS"},
		"VALUES":                    {constraint(`SELECT $this { VALUES ?x { 1 } }`), "VALUES"},
		"VALUES at the end":         {constraint(`SELECT $this { $this ?p ?x } VALUES ?x { 1 }`), "VALUES"},
		"SERVICE":                   {constraint(`SELECT $this { SERVICE <http://x.example/> { $this ?p ?o } }`), "SERVICE"},
		"FROM":                      {constraint(`SELECT $this FROM <http://x.example/> { $this ?p ?o }`), "FROM"},
		"AS $this":                  {constraint(`SELECT $this { BIND (1 AS $this) }`), "AS ?this"},
		"AS $shapesGraph":           {constraint(`SELECT $this { BIND (1 AS $shapesGraph) }`), "AS ?shapesGraph"},
		"a subquery hides it":       {constraint(`SELECT $this { { SELECT ?o { $this ?p ?o } } }`), "subquery"},
		"two namespaces": {`ex: sh:declare [ sh:prefix "x" ; sh:namespace "http://a.example/" ] , [ sh:prefix "x" ; sh:namespace "http://b.example/" ] .
			ex:s sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this { }" ] . `, "prefix x:"},
		"$PATH is no predicate": {`ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:sparql [ sh:select "SELECT $this { $this ?p $PATH }" ] . `, "?PATH"},
		"no parameter":          {component(``, `sh:validator [ sh:ask "ASK { }" ]`), "parameter"},
		"only an optional one":  {component(`sh:parameter [ sh:path ex:k ; sh:optional true ] ;`, `sh:validator [ sh:ask "ASK { }" ]`), "optional"},
		"a name that is taken":  {component(`sh:parameter [ sh:path ex:this ] ;`, `sh:validator [ sh:ask "ASK { }" ]`), "name of a variable"},
		"a name that is none":   {component(`sh:parameter [ sh:path ex:k-k ] ;`, `sh:validator [ sh:ask "ASK { }" ]`), "name of a variable"},
		"the same name twice":   {component(k+`, [ sh:path <urn:x:k> ] ;`, `sh:validator [ sh:ask "ASK { }" ]`), "name of a variable"},
		"AS a parameter":        {component(k+`;`, `sh:validator [ sh:ask "ASK { BIND (1 AS ?k) }" ]`), "AS ?k"},
		"AS ?value":             {component(k+`;`, `sh:validator [ sh:ask "ASK { BIND (1 AS ?value) }" ]`), "AS ?value"},
		"a component without a use that does not parse": {`ex:K a sh:ConstraintComponent ; ` + k + `; sh:propertyValidator [ sh:select "SELECT" ] . `, "cannot be used"},
		"a target that is no query":                     {`ex:s sh:target ex:t . `, "sh:select"},
	} {
		t.Run(name, func(t *testing.T) {
			s, findings := compile(t, test.shapes+`ex:sound sh:targetNode ex:a ; sh:nodeKind sh:Literal .`)
			if len(findings) != 1 || findings[0].Rule != shapes.RuleIllFormed || !strings.Contains(findings[0].Message.EN, test.want) {
				t.Errorf("findings %+v, want one that says %q", findings, test.want)
			}
			report, err := s.Validate(t.Context(), graph(t, ``), shapes.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Results) != 1 || report.Results[0].Shape.Value() != "http://example.org/sound" {
				t.Errorf("results %q, want that of the sound shape only", facts(report))
			}
		})
	}
}

// What SHACL does not forbid but nobody means is pointed out.
func TestSlips(t *testing.T) {
	for name, test := range map[string]struct{ shapes, want string }{
		"a term that SHACL lacks":         {`ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:minCont 1 .`, "did you mean sh:minCount"},
		"in the wrong case":               {`ex:s sh:targetNode ex:a ; sh:dataType xsd:string .`, "did you mean sh:datatype"},
		"nothing like it":                 {`ex:s sh:targetNode ex:a ; sh:frobnicate 1 .`, "no term of SHACL"},
		"a shape that is not there":       {`ex:s sh:targetNode ex:a ; sh:node ex:absent .`, "says nothing of this shape"},
		"an advanced feature that is not": {`ex:s sh:targetNode ex:a ; sh:js ex:f .`, "not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := compile(t, test.shapes)
			if len(findings) != 1 || findings[0].Rule != shapes.RuleUnknown || findings[0].Severity != rdf.Warning || !strings.Contains(findings[0].Message.EN, test.want) {
				t.Errorf("findings %+v, want one that says %q", findings, test.want)
			}
		})
	}
}

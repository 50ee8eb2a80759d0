package shapes_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes"
	"github.com/belfort-lod/belfort/sparql/eval"
)

const prefixes = `@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <http://example.org/> .
`

func graph(t testing.TB, text string) *rdf.Graph {
	t.Helper()
	quads, err := turtle.Parse([]byte(prefixes+text), "http://example.org/")
	if err != nil {
		t.Fatal(err)
	}
	return rdf.NewGraph(quads...)
}

func compile(t testing.TB, text string) (*shapes.Shapes, []rdf.Finding) {
	t.Helper()
	s, findings, err := shapes.Compile(graph(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return s, findings
}

func validateText(t testing.TB, shapesText, data string) *shapes.Report {
	t.Helper()
	s, _ := compile(t, shapesText)
	report, err := s.Validate(t.Context(), graph(t, data), shapes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Published OSLO shapes write counts as strings, DCAT-AP-VL writes "n".
func TestCountsAreNormalised(t *testing.T) {
	tests := []struct {
		counts string
		rules  []string // findings of compiling
		none   bool     // conforms with no value
		two    bool     // conforms with two values
	}{
		{`sh:minCount 1 ; sh:maxCount 1`, nil, false, false},
		{`sh:minCount "1" ; sh:maxCount "1"`, []string{shapes.RuleCount, shapes.RuleCount}, false, false},
		{`sh:maxCount "n"`, []string{shapes.RuleCount}, true, true},
		{`sh:minCount 1 ; sh:maxCount "n"^^xsd:integer`, []string{shapes.RuleCount}, false, true},
		{`sh:maxCount "*"`, []string{shapes.RuleCount}, true, true},
		{`sh:maxCount "1"^^xsd:int`, []string{shapes.RuleCount}, true, false},
		{`sh:minCount "many"`, []string{shapes.RuleIllFormed}, true, true},
		{`sh:minCount -1`, []string{shapes.RuleIllFormed}, true, true},
		{`sh:minCount 99999999999999999999`, []string{shapes.RuleIllFormed}, true, true},
		{`sh:minCount 1, 2`, []string{shapes.RuleIllFormed}, false, true},
		{`sh:minCount ex:one`, []string{shapes.RuleIllFormed}, true, true},
	}
	for _, test := range tests {
		t.Run(test.counts, func(t *testing.T) {
			text := `ex:s a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ` + test.counts + ` ] .`
			s, findings := compile(t, text)
			var rules []string
			for _, f := range findings {
				rules = append(rules, f.Rule)
				if f.Message.NL == "" || f.Message.EN == "" || f.Path == "" {
					t.Errorf("finding without message or path: %+v", f)
				}
			}
			if !slices.Equal(rules, test.rules) {
				t.Errorf("findings %v, want %v", rules, test.rules)
			}
			for data, want := range map[string]bool{`ex:b ex:p 1 .`: test.none, `ex:a ex:p 1, 2 .`: test.two} {
				report, err := s.Validate(t.Context(), graph(t, data), shapes.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if report.Conforms() != want {
					t.Errorf("%s: conforms %v, want %v", data, report.Conforms(), want)
				}
			}
		})
	}
}

// What breaks a syntax rule is a finding about that shape; the rest of the
// shapes graph still works.
func TestIllFormedShapesAreFindings(t *testing.T) {
	const sound = `ex:sound sh:targetNode ex:a ; sh:nodeKind sh:Literal .`
	for name, text := range map[string]string{
		"property shape without a path":   `ex:s a sh:PropertyShape ; sh:targetNode ex:a ; sh:minCount 1 .`,
		"two paths":                       `ex:s sh:targetNode ex:a ; sh:path ex:p , ex:q .`,
		"literal as path":                 `ex:s sh:targetNode ex:a ; sh:path "p" .`,
		"path of one":                     `ex:s sh:targetNode ex:a ; sh:path ( ex:p ) .`,
		"path that contains itself":       `ex:s sh:targetNode ex:a ; sh:path _:p . _:p sh:inversePath _:p .`,
		"list that contains itself":       `ex:s sh:targetNode ex:a ; sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .`,
		"list with two tails":             `ex:s sh:targetNode ex:a ; sh:in _:l . _:l rdf:first 1 ; rdf:rest () , ( 2 ) .`,
		"and without a list":              `ex:s sh:targetNode ex:a ; sh:and ex:b .`,
		"class that is a literal":         `ex:s sh:targetNode ex:a ; sh:class "C" .`,
		"unknown node kind":               `ex:s sh:targetNode ex:a ; sh:nodeKind sh:Thing .`,
		"count on a node shape":           `ex:s sh:targetNode ex:a ; sh:minCount 1 .`,
		"uniqueLang on a node shape":      `ex:s sh:targetNode ex:a ; sh:uniqueLang true .`,
		"regular expression":              `ex:s sh:targetNode ex:a ; sh:pattern "(" .`,
		"flag of a regular expression":    `ex:s sh:targetNode ex:a ; sh:pattern "a" ; sh:flags "k" .`,
		"repeat count that explodes":      `ex:s sh:targetNode ex:a ; sh:pattern "((a{1000}){1000}){1000}" .`,
		"bound that is no literal":        `ex:s sh:targetNode ex:a ; sh:minInclusive ex:one .`,
		"message that is no text":         `ex:s sh:targetNode ex:a ; sh:message 3 .`,
		"severity that is no IRI":         `ex:s sh:targetNode ex:a ; sh:severity "high" .`,
		"target class that is a literal":  `ex:s sh:targetClass "C" .`,
		"property without a path":         `ex:s sh:targetNode ex:a ; sh:property [ sh:nodeKind sh:IRI ] .`,
		"node that is a property shape":   `ex:s sh:targetNode ex:a ; sh:node [ sh:path ex:p ] .`,
		"two datatypes":                   `ex:s sh:targetNode "a" ; sh:datatype xsd:string , xsd:integer .`,
		"two node kinds":                  `ex:s sh:targetNode ex:a ; sh:nodeKind sh:IRI , sh:Literal .`,
		"node shape with a path":          `ex:s a sh:NodeShape ; sh:targetNode ex:a ; sh:path ex:p .`,
		"blank node that is a class too":  `[] a sh:NodeShape , rdfs:Class .`,
		"deactivated by a string":         `ex:s sh:targetNode ex:a ; sh:deactivated "true" .`,
		"closed by a word":                `ex:s sh:targetNode ex:b ; sh:closed "ja" .`,
		"ignored property as a literal":   `ex:s sh:targetNode ex:a ; sh:ignoredProperties ( "p" ) .`,
		"uniqueLang that is no boolean":   `ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:uniqueLang "maybe"^^xsd:boolean .`,
		"language that is an IRI":         `ex:s sh:targetNode "x"@nl ; sh:languageIn ( "nl" ex:fr ) .`,
		"pattern that is an IRI":          `ex:s sh:targetNode ex:a ; sh:pattern ex:p .`,
		"flags that are a number":         `ex:s sh:targetNode "a" ; sh:pattern "a" ; sh:flags 1 .`,
		"qualified without a count":       `ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] .`,
		"shape that is a literal":         `ex:s sh:targetNode ex:a ; sh:node "t" .`,
		"member of or that is a literal":  `ex:s sh:targetNode ex:a ; sh:or ( [ sh:nodeKind sh:IRI ] "t" ) .`,
		"name that is an IRI":             `ex:s sh:targetNode ex:a ; sh:name ex:n .`,
		"entailment":                      `ex: sh:entailment <http://www.w3.org/ns/entailment/RDFS> .`,
		"path that contains a list twice": `ex:s sh:targetNode ex:a ; sh:path _:p . _:p sh:alternativePath ( ex:p ex:q ) , ( ex:r ex:s ) .`,
	} {
		t.Run(name, func(t *testing.T) {
			s, findings := compile(t, text+sound)
			if len(findings) != 1 || findings[0].Rule != shapes.RuleIllFormed || findings[0].Severity != rdf.Violation {
				t.Errorf("findings %+v, want one of %s", findings, shapes.RuleIllFormed)
			}
			report, err := s.Validate(t.Context(), graph(t, ``), shapes.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(report.Results, func(r shapes.Result) bool { return r.Shape.Value() == "http://example.org/sound" }) {
				t.Error("the sound shape no longer works")
			}
		})
	}
}

func TestRecursionIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"by sh:node":     `ex:s sh:targetNode ex:a ; sh:node ex:s .`,
		"by sh:property": `ex:s sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:node ex:s ] .`,
		"in a list":      `ex:s sh:targetNode ex:a ; sh:or ( [ sh:not ex:t ] ) . ex:t sh:node ex:s .`,
		"qualified":      `ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:qualifiedValueShape ex:s ; sh:qualifiedMinCount 1 .`,
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := shapes.Compile(graph(t, text))
			if !errors.Is(err, shapes.ErrRecursive) || !strings.Contains(err.Error(), "http://example.org/s") {
				t.Errorf("error %v, want one that names the shape", err)
			}
		})
	}
	var chain strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&chain, "ex:s%d sh:targetNode ex:a ; sh:node ex:s%d .\n", i, i+1)
	}
	if _, _, err := shapes.Compile(graph(t, chain.String())); !errors.Is(err, shapes.ErrTooDeep) {
		t.Errorf("a chain of 1000 shapes: error %v", err)
	}
}

func TestPathsAreWrittenAsInSPARQL(t *testing.T) {
	for path, want := range map[string]string{
		`ex:p`:                    `http://example.org/p`,
		`[ sh:inversePath ex:p ]`: `^<http://example.org/p>`,
		`( ex:p [ sh:inversePath ( ex:q ex:r ) ] )`:                                    `<http://example.org/p>/^(<http://example.org/q>/<http://example.org/r>)`,
		`[ sh:alternativePath ( ex:p ( ex:q ex:r ) ) ]`:                                `<http://example.org/p>|(<http://example.org/q>/<http://example.org/r>)`,
		`( [ sh:zeroOrMorePath ex:p ] [ sh:oneOrMorePath ex:q ] )`:                     `<http://example.org/p>*/<http://example.org/q>+`,
		`[ sh:zeroOrOnePath [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ]`: `(<http://example.org/p>|^<http://example.org/q>)?`,
	} {
		report := validateText(t, `ex:s sh:targetNode ex:a ; sh:path `+path+` ; sh:minCount 99 .`, ``)
		if len(report.Results) != 1 || report.Results[0].Path.String() != want {
			t.Errorf("%s: results %+v, want path %s", path, report.Results, want)
		}
	}
}

// Value nodes are a set, in whichever way a path reaches them, also on a cycle.
func TestPathsReachEachNodeOnce(t *testing.T) {
	const data = `ex:a ex:p ex:b , ex:c . ex:b ex:p ex:d . ex:c ex:p ex:d . ex:d ex:p ex:a .`
	for path, want := range map[string]int{
		`( ex:p ex:p )`:                                1,
		`[ sh:zeroOrMorePath ex:p ]`:                   4,
		`[ sh:oneOrMorePath ex:p ]`:                    4,
		`[ sh:inversePath ( ex:p ex:p ) ]`:             2,
		`[ sh:inversePath [ sh:oneOrMorePath ex:p ] ]`: 4,
		`[ sh:zeroOrOnePath ex:p ]`:                    3,
	} {
		text := func(minimum int) string {
			return fmt.Sprintf(`ex:s sh:targetNode ex:a ; sh:path %s ; sh:minCount %d ; sh:maxCount %d .`, path, minimum, minimum)
		}
		if report := validateText(t, text(want), data); !report.Conforms() {
			t.Errorf("%s does not reach %d nodes", path, want)
		}
	}
}

func TestDatatypes(t *testing.T) {
	tests := map[string]struct{ good, bad []string }{
		"boolean":            {[]string{"true", "false", "1", "0"}, []string{"JA", "True", "", "yes"}},
		"integer":            {[]string{"0", "-3", "+4", "007"}, []string{"1.0", "", "1e3", " 1", "١"}},
		"decimal":            {[]string{"1", "1.", ".5", "-1.50"}, []string{".", "1e3", "INF"}},
		"double":             {[]string{"1", "1e3", "-INF", "NaN", "+INF"}, []string{"e3", "inf", "1e"}},
		"float":              {[]string{"1.5E-3"}, []string{"0x1p-2"}},
		"date":               {[]string{"2026-01-31", "2024-02-29", "2026-01-31Z", "-0044-03-15", "2026-01-31+14:00"}, []string{"2026-02-29", "31/01/2026", "2026-1-31", "2026-01-31T00:00:00", "2026-13-01", "2026-01-31+14:30"}},
		"dateTime":           {[]string{"2026-01-31T20:00:00", "2026-01-31T20:00:00.123+01:00", "2026-01-31T24:00:00"}, []string{"2026-01-31", "2026-01-31 20:00:00", "2026-01-31T24:00:01", "2026-01-31T20:60:00", "2026-01-31T20:00"}},
		"dateTimeStamp":      {[]string{"2026-01-31T20:00:00Z"}, []string{"2026-01-31T20:00:00"}},
		"time":               {[]string{"20:00:00", "24:00:00"}, []string{"25:00:00", "20:00"}},
		"gYear":              {[]string{"2026", "12026"}, []string{"26", "02026"}},
		"gYearMonth":         {[]string{"2026-01"}, []string{"2026-13"}},
		"gMonthDay":          {[]string{"--12-31"}, []string{"12-31"}},
		"gMonth":             {[]string{"--12"}, []string{"--13"}},
		"gDay":               {[]string{"---31"}, []string{"---32"}},
		"duration":           {[]string{"P1Y2M3DT4H5M6.7S", "-P1D", "PT0S"}, []string{"P", "PT", "1D", "P1S"}},
		"dayTimeDuration":    {[]string{"P1DT1H"}, []string{"P1Y", "P"}},
		"yearMonthDuration":  {[]string{"P1Y"}, []string{"P1D", "P"}},
		"byte":               {[]string{"-128", "127", "0127"}, []string{"128", "-129", "300"}},
		"short":              {[]string{"32767"}, []string{"32768"}},
		"int":                {[]string{"-2147483648"}, []string{"2147483648"}},
		"long":               {[]string{"9223372036854775807"}, []string{"9223372036854775808"}},
		"unsignedByte":       {[]string{"255", "-0"}, []string{"-1", "256"}},
		"unsignedLong":       {[]string{"18446744073709551615"}, []string{"18446744073709551616"}},
		"nonNegativeInteger": {[]string{"0", "-0"}, []string{"-1"}},
		"positiveInteger":    {[]string{"1", "+01"}, []string{"0", "-1"}},
		"negativeInteger":    {[]string{"-1"}, []string{"0", "1"}},
		"nonPositiveInteger": {[]string{"0", "-1"}, []string{"1"}},
		"anyURI":             {[]string{"https://x.example/é", "relative", ""}, []string{"a b", "<x>"}},
		"language":           {[]string{"nl", "nl-BE"}, []string{"n_l", ""}},
		"hexBinary":          {[]string{"", "0aF1"}, []string{"0", "0g"}},
		"base64Binary":       {[]string{"", "YWI=", "YW Jj"}, []string{"YWI", "!"}},
		"token":              {[]string{"a b", ""}, []string{" a", "a  b"}},
		"NCName":             {[]string{"a-1"}, []string{"1a", "a:b"}},
		"string":             {[]string{"", "anything\n"}, nil},
	}
	for name, test := range tests {
		s, _ := compile(t, `ex:s sh:targetObjectsOf ex:p ; sh:datatype xsd:`+name+` .`)
		for lexical, want := range both(test.good, test.bad) {
			data := rdf.NewGraph(rdf.Quad{Subject: rdf.IRI("a"), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.Literal(lexical, vocab.XSD+name)})
			report, err := s.Validate(t.Context(), data, shapes.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if report.Conforms() != want {
				t.Errorf("%q as xsd:%s: %v, want %v", lexical, name, report.Conforms(), want)
			}
		}
	}
}

func both(good, bad []string) map[string]bool {
	all := map[string]bool{}
	for _, s := range good {
		all[s] = true
	}
	for _, s := range bad {
		all[s] = false
	}
	return all
}

func TestOrder(t *testing.T) {
	tests := []struct {
		smaller, greater string
		ordered          bool
	}{
		{`1`, `2`, true},
		{`9`, `10`, true},
		{`-10`, `-9`, true},
		{`0.1`, `0.10000000000000000000000000000000000001`, true},
		{`123456789012345678901234567890`, `123456789012345678901234567891`, true},
		{`-0`, `0.0`, false},
		{`1`, `1.5e0`, true},
		{`1e0`, `"INF"^^xsd:float`, true},
		{`1e0`, `"NaN"^^xsd:double`, false},
		{`"2026-01-31T20:00:00+01:00"^^xsd:dateTime`, `"2026-01-31T19:30:00Z"^^xsd:dateTime`, true},
		{`"2026-01-31T20:00:00"^^xsd:dateTime`, `"2026-02-01T20:00:00Z"^^xsd:dateTime`, false},
		{`"2026-01-31"^^xsd:date`, `"2026-02-01"^^xsd:date`, true},
		{`"2026-01-31"^^xsd:date`, `"2026-02-01T00:00:00"^^xsd:dateTime`, false},
		{`"a"`, `"b"`, true},
		{`"a"@nl`, `"b"@nl`, false},
		{`false`, `true`, true},
		{`ex:a`, `ex:b`, false},
		{`"x"^^xsd:integer`, `2`, false},
	}
	s, _ := compile(t, `ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:lessThan ex:q .`)
	for _, test := range tests {
		for data, want := range map[string]bool{
			`ex:a ex:p ` + test.smaller + ` ; ex:q ` + test.greater + ` .`: test.ordered,
			`ex:a ex:p ` + test.greater + ` ; ex:q ` + test.smaller + ` .`: false,
		} {
			report, err := s.Validate(t.Context(), graph(t, data), shapes.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if report.Conforms() != want {
				t.Errorf("%s: conforms %v, want %v", data, report.Conforms(), want)
			}
		}
	}
}

// A shape without a message gets one in Dutch and one in English.
func TestMessages(t *testing.T) {
	report := validateText(t, `ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 2 .`, ``)
	got := report.Results[0].Messages
	if len(got) != 2 || got[0].Lang() != "nl" || got[1].Lang() != "en" {
		t.Errorf("messages %v", got)
	}
	report = validateText(t, `ex:s sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 2 ; sh:message "Twee"@nl , "Deux"@fr .`, ``)
	if got := report.Results[0].Messages; len(got) != 2 || got[0].Value() != "Twee" {
		t.Errorf("messages %v", got)
	}
	if report.Results[0].Constraint.EN == "" {
		t.Error("no message of the constraint")
	}
}

func TestBounds(t *testing.T) {
	s, _ := compile(t, `ex:s sh:targetSubjectsOf ex:p ; sh:nodeKind sh:Literal .`)
	data := rdf.NewGraph()
	for i := range 2000 {
		data.Add(rdf.Quad{Subject: rdf.IRI(fmt.Sprint("urn:", i)), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.String("x")})
	}
	report, err := s.Validate(t.Context(), data, shapes.Options{MaxResults: 10})
	if err != nil || len(report.Results) != 10 || !report.Truncated || report.Conforms() {
		t.Errorf("%d results, truncated %v, %v", len(report.Results), report.Truncated, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Validate(ended, data, shapes.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestConcurrently(t *testing.T) {
	s, _ := compile(t, `ex:s sh:targetClass ex:C ; sh:or ( [ sh:nodeKind sh:Literal ] [ sh:path ex:p ; sh:minCount 1 ] ) .`)
	data := graph(t, `ex:a a ex:D . ex:D rdfs:subClassOf ex:C . ex:b a ex:C ; ex:p 1 .`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			report, err := s.Validate(t.Context(), data, shapes.Options{})
			if err != nil || len(report.Results) != 1 {
				t.Errorf("%+v, %v", report, err)
			}
		})
	}
	wg.Wait()
}

// The report is the same, in the same order and cut off at the same result,
// however many goroutines make it.
func TestTheReportDoesNotDependOnGoroutines(t *testing.T) {
	s, _ := compile(t, `ex:s sh:targetClass ex:C ; sh:not [ sh:path ex:p ; sh:minCount 2 ] ; sh:property [ sh:path ex:p ; sh:datatype xsd:integer ; sh:class ex:D ] .
		ex:t sh:targetSubjectsOf ex:p ; sh:sparql [ sh:message "{?value}" ; sh:select "SELECT $this ?value { $this <http://example.org/p> ?value FILTER (?value > 1990) } ORDER BY ?value" ] .`)
	data := graph(t, `ex:D rdfs:subClassOf ex:E .`)
	for i := range 2000 {
		node := rdf.IRI(fmt.Sprint("http://example.org/n", i))
		data.Add(rdf.Quad{Subject: node, Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI("http://example.org/C")})
		for j := range 1 + i%3 {
			data.Add(rdf.Quad{Subject: node, Predicate: rdf.IRI("http://example.org/p"), Object: rdf.Literal(fmt.Sprint(i+j), vocab.XSDInteger)})
		}
	}
	report := func(goroutines, most int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(goroutines))
		r, err := s.Validate(t.Context(), data, shapes.Options{MaxResults: most})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Truncated, len(r.Results), facts(r))
	}
	for _, most := range []int{1, 100, 5000, 1_000_000} {
		want := report(1, most)
		for _, goroutines := range []int{2, 7} {
			if got := report(goroutines, most); got != want {
				t.Errorf("at most %d results: %d goroutines give another report than one", most, goroutines)
			}
		}
	}
}

// Twice the data takes about twice the time: no more than four times, on
// whatever machine.
func TestCostIsLinear(t *testing.T) {
	s, _ := compile(t, `ex:s sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:datatype xsd:integer ] ;
		sh:property [ sh:path [ sh:inversePath ex:q ] ; sh:minCount 1 ; sh:node ex:t ] . ex:t sh:class ex:H .`)
	cost := func(n int) time.Duration {
		data := rdf.NewGraph()
		add := func(s, p string, o rdf.Term) {
			data.Add(rdf.Quad{Subject: rdf.IRI(s), Predicate: rdf.IRI(p), Object: o})
		}
		for i := range n {
			s := fmt.Sprint("urn:", i)
			add(s, vocab.RDFType, rdf.IRI("http://example.org/C"))
			add(s, "http://example.org/p", rdf.String("x"))
			add(fmt.Sprint("urn:hub", i%10), "http://example.org/q", rdf.IRI(s))
		}
		best := time.Hour
		for range 5 {
			start := time.Now()
			if _, err := s.Validate(t.Context(), data, shapes.Options{}); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	small, large := cost(4000), cost(16000)
	if large > 16*small {
		t.Errorf("4,000 nodes take %v, 16,000 take %v", small, large)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`ex:s sh:targetNode ex:a ; sh:property [ sh:path ( ex:p [ sh:zeroOrMorePath ex:q ] ) ; sh:minCount "n" ; sh:pattern "a+" ] .`, `ex:a ex:p ex:b .`)
	f.Add(`ex:s sh:targetClass ex:C ; sh:xone ( [ sh:class ex:D ] [ sh:not [ sh:in ( 1 "a"@nl ) ] ] ) ; sh:closed true .`, `ex:a a ex:C ; ex:p 1.5 .`)
	f.Add(`ex:s sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:lessThan ex:q ; sh:uniqueLang true ; sh:languageIn ( "nl" ) .`, `ex:a ex:p "x"@nl ; ex:q 3 .`)
	f.Add(`ex:s sh:targetClass ex:C ; sh:path ex:p ; sh:sparql [ sh:message "{?value} {$PATH}" ; sh:select "SELECT $this ?value { $this $PATH ?value FILTER NOT EXISTS { ?value ?q $currentShape } }" ] .`, `ex:a a ex:C ; ex:p 1 , ex:b .`)
	f.Add(`ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] , [ sh:path ex:o ; sh:optional true ] ; sh:validator [ sh:ask "ASK { FILTER ($value < $k && !BOUND($o)) }" ] . ex:s sh:targetObjectsOf ex:p ; ex:k 1 , 2 .`, `ex:a ex:p 1 , "x" .`)
	f.Add(`ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ; sh:propertyValidator [ sh:select "SELECT DISTINCT $this ?value ?path { { SELECT $this $k (COUNT(*) AS ?value) { $this $PATH+ ?x } GROUP BY $this $k } BIND ($k AS ?path) } ORDER BY $this ?value" ] . ex:s sh:targetNode ex:a ; sh:path [ sh:inversePath ex:p ] ; ex:k ex:q .`, `ex:b ex:p ex:a .`)
	f.Add(`ex:s sh:target [ sh:select "SELECT ?this { GRAPH $shapesGraph { ?x sh:target ?this } }" ; sh:prefixes ex: ] ; sh:nodeKind sh:IRI . ex: sh:declare [ sh:prefix "sh" ; sh:namespace "http://www.w3.org/ns/shacl#" ] .`, `ex:a ex:p ex:b .`)
	f.Add(`ex:s sh:targetNode ex:a ; sh:sparql [ sh:select "select ($this as ?this) ?n { { select (count(*) as ?n) { $this ?p ?o } } { ?a ?b ?c . ?d ?e ?f } UNION { OPTIONAL { $this ex:p ?v } } }" ] .`, `ex:a ex:p 1 .`)
	f.Fuzz(func(t *testing.T, shapesText, data string) {
		s, err := turtle.Parse([]byte(prefixes+shapesText), "http://example.org/")
		if err != nil {
			return
		}
		d, err := turtle.Parse([]byte(prefixes+data), "http://example.org/")
		if err != nil {
			return
		}
		compiled, _, err := shapes.Compile(rdf.NewGraph(s...))
		if err != nil {
			return
		}
		report, err := compiled.Validate(t.Context(), rdf.NewGraph(d...), shapes.Options{
			MaxWork: 1_000_000, Query: eval.Limits{Time: 200 * time.Millisecond, Work: 10_000, Memory: 1 << 20},
		})
		if errors.Is(err, shapes.ErrLimit) || err != nil && strings.Contains(err.Error(), "reports a failure") {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := len(slices.Collect(report.Graph().Subjects(rdf.IRI(vocab.RDFType), rdf.IRI(vocab.SH+"ValidationResult")))); n != len(report.Results) {
			t.Errorf("the graph has %d results, want %d", n, len(report.Results))
		}
	})
}

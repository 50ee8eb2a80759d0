package shapes_test

import (
	"slices"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes"
)

func TestSuite(t *testing.T) {
	entries := suite.Manifest(t, "w3c-shacl/tests/manifest.ttl")
	// The manifest of its folder forgets this one.
	entries = append(entries, suite.Manifest(t, "w3c-shacl/tests/sparql/component/nodeValidator-001.ttl")...)
	if len(entries) != 121 {
		t.Errorf("the manifest has %d entries, want 121", len(entries))
	}
	suite.Run(t, entries, suite.Options{
		Handlers: map[string]suite.Handler{suite.SHT + "Validate": validate},
		Report:   "testdata/earl.ttl",
	})
}

// validate compares the report with the expected one as graphs. Messages count
// only where the expected report has some.
func validate(t *testing.T, e suite.Entry) {
	read := func(property string) *rdf.Graph {
		iri := e.Get(e.Action, suite.SHT+property)
		quads, err := turtle.Parse(e.Read(t, iri), iri.Value())
		if err != nil {
			t.Fatal(err)
		}
		return rdf.NewGraph(quads...)
	}
	compiled, findings, err := shapes.Compile(read("shapesGraph"))
	if err != nil {
		t.Fatal(err)
	}
	refused := slices.ContainsFunc(findings, func(f rdf.Finding) bool {
		return f.Rule == shapes.RuleIllFormed && f.Severity == rdf.Violation
	})
	if e.Result == rdf.IRI(suite.SHT+"Failure") {
		if !refused {
			t.Errorf("nothing was refused: findings %+v", findings)
		}
		return
	}
	if refused {
		t.Errorf("refused: %+v", findings)
	}
	report, err := compiled.Validate(t.Context(), read("dataGraph"), shapes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := reportAt(e.Graph, e.Result)
	got := rdf.NewGraph()
	messages := slices.ContainsFunc(slices.Collect(want.All()), isMessage)
	for q := range report.Graph().All() {
		if messages || !isMessage(q) {
			got.Add(q)
		}
	}
	w, g := slices.Collect(want.All()), slices.Collect(got.All())
	if !canon.Isomorphic(w, g) {
		t.Errorf("report differs\nwant: %v\ngot: %v", w, g)
	}
}

func isMessage(q rdf.Quad) bool { return q.Predicate.Value() == vocab.SH+"resultMessage" }

// reportAt takes the report at a node out of a manifest: its own triples, those
// of its results, and those of their paths.
func reportAt(g *rdf.Graph, node rdf.Term) *rdf.Graph {
	report := rdf.NewGraph()
	var path func(rdf.Term)
	path = func(n rdf.Term) {
		for q := range g.Match(n, rdf.Term{}, rdf.Term{}) {
			if n.IsBlank() && report.Add(q) {
				path(q.Object)
			}
		}
	}
	for q := range g.Match(node, rdf.Term{}, rdf.Term{}) {
		report.Add(q)
	}
	for result := range g.Objects(node, rdf.IRI(vocab.SH+"result")) {
		for q := range g.Match(result, rdf.Term{}, rdf.Term{}) {
			report.Add(q)
			if q.Predicate.Value() == vocab.SH+"resultPath" {
				path(q.Object)
			}
		}
	}
	return report
}

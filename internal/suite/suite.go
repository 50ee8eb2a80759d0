// Package suite runs the conformance suites of the W3C from our tests, and
// keeps the outcome as an EARL report beside each package. It is for _test.go
// files only and judges nothing itself: a handler per test type does.
//
// A conformance test reads:
//
//	entries := suite.Manifest(t, "w3c-rdf11/rdf-turtle/manifest.ttl")
//	suite.Run(t, entries, suite.Options{
//		Handlers: map[string]suite.Handler{suite.RDFT + "TestTurtleEval": turtleEval},
//		Skip:     map[string]string{"https://.../manifest.ttl#old": "why it is not run"},
//		Report:   "testdata/earl.ttl",
//	})
package suite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Namespaces of manifests, for handlers.
const (
	MF   = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
	QT   = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
	UT   = "http://www.w3.org/2009/sparql/tests/test-update#"
	DAWG = "http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#"
	RDFT = "http://www.w3.org/ns/rdftest#"
	SHT  = "http://www.w3.org/ns/shacl-test#"
	RDFC = "https://w3c.github.io/rdf-canon/tests/vocab#"
	JLD  = "https://w3c.github.io/json-ld-api/tests/vocab#"
)

// homes says where each folder of suites is published. Tests are named by these
// addresses, and documents are read with them as their base.
var homes = map[string]string{
	"w3c-rdf11":      "https://w3c.github.io/rdf-tests/rdf/rdf11/",
	"w3c-sparql10":   "https://w3c.github.io/rdf-tests/sparql/sparql10/",
	"w3c-sparql11":   "https://w3c.github.io/rdf-tests/sparql/sparql11/",
	"w3c-shacl":      "https://w3c.github.io/data-shapes/data-shapes-test-suite/",
	"rdf-canon":      "https://w3c.github.io/rdf-canon/",
	"jsonld-api":     "https://w3c.github.io/json-ld-api/",
	"jsonld-framing": "https://w3c.github.io/json-ld-framing/",
	"rdfa":           "https://rdfa.info/test-suite/",
}

// Shared returns the folder of shared reference data, ../shared from the root
// of the repository. Where it is missing the test is skipped, by that name, or
// fails when the environment sets BELFORT_CI.
func Shared(t testing.TB) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(root, "go.mod")) {
		if filepath.Dir(root) == root {
			t.Fatal("no go.mod above the working directory")
		}
		root = filepath.Dir(root)
	}
	shared := filepath.Join(filepath.Dir(root), "shared")
	if !exists(shared) {
		if os.Getenv("BELFORT_CI") != "" {
			t.Fatal("../shared is missing")
		}
		t.Skip("needs ../shared, which is missing")
	}
	return shared
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Entry is one test of a manifest.
type Entry struct {
	IRI  string // of the test, as published
	Name string // mf:name or rdfs:label
	Type string // IRI of the test's type, such as suite.MF + "QueryEvaluationTest"
	// Action and Result are the objects of mf:action and mf:result: the IRI of
	// a file, or a node of Graph that tells more.
	Action, Result rdf.Term
	// Manifest is the IRI of the manifest document, and Graph what it says.
	Manifest string
	Graph    *rdf.Graph
	// JSON is what a manifest in JSON says of the test; Graph is then nil.
	JSON map[string]any

	shared string
}

// Node returns the entry itself as a node of Graph.
func (e Entry) Node() rdf.Term { return rdf.IRI(e.IRI) }

// Get returns the first object that Graph has for the node and the predicate,
// or the zero Term.
func (e Entry) Get(node rdf.Term, predicate string) rdf.Term {
	return e.Graph.Object(node, rdf.IRI(predicate))
}

// Field returns a string that a manifest in JSON gives the test, "" if none.
func (e Entry) Field(name string) string {
	s, _ := e.JSON[name].(string)
	return s
}

// Option returns an option that a manifest in JSON gives the test, nil if none.
func (e Entry) Option(name string) any {
	options, _ := e.JSON["option"].(map[string]any)
	return options[name]
}

// Approved reports whether the working group approved the test. Suites that
// say nothing of approval count as approved.
func (e Entry) Approved() bool {
	for _, p := range []string{DAWG + "approval", RDFT + "approval", MF + "status"} {
		if t := e.Get(e.Node(), p); !t.IsZero() {
			return strings.EqualFold(localName(t.Value()), "approved")
		}
	}
	return true
}

func localName(iri string) string { return iri[strings.LastIndexAny(iri, "#/")+1:] }

// Path returns the local file of a document of the suites, given its published
// IRI as it stands in Graph; a fragment is left off. It returns "" for IRIs of
// other places.
func (e Entry) Path(iri string) string { return localPath(e.shared, iri) }

// Read returns the bytes of a document of the suites, given its published IRI.
func (e Entry) Read(t testing.TB, iri rdf.Term) []byte {
	t.Helper()
	path := e.Path(iri.Value())
	if path == "" {
		t.Fatalf("%v is not a document of the suites", iri)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func localPath(shared, iri string) string {
	iri, _, _ = strings.Cut(iri, "#")
	for folder, home := range homes {
		if rest, ok := strings.CutPrefix(iri, home); ok {
			return filepath.Join(shared, "suites", folder, filepath.FromSlash(rest))
		}
	}
	return ""
}

// published returns the IRI of a document, given its path below suites.
func published(t testing.TB, path string) string {
	folder, rest, _ := strings.Cut(path, "/")
	home, ok := homes[folder]
	if !ok {
		t.Fatalf("no suite %q", folder)
	}
	return home + rest
}

// Manifest reads a Turtle manifest, given by its path below shared/suites, and
// the manifests that it includes, and returns their entries in order.
func Manifest(t testing.TB, path string) []Entry {
	t.Helper()
	m := reader{t: t, shared: Shared(t), seen: map[string]bool{}}
	m.read(published(t, path))
	if len(m.entries) == 0 {
		t.Fatalf("manifest %s has no entries", path)
	}
	return m.entries
}

// reader gathers the entries of manifests that include each other.
type reader struct {
	t       testing.TB
	shared  string
	seen    map[string]bool
	entries []Entry
}

func (m *reader) read(iri string) {
	m.t.Helper()
	if m.seen[iri] {
		return
	}
	m.seen[iri] = true
	b, err := os.ReadFile(localPath(m.shared, iri))
	if err != nil {
		m.t.Fatal(err)
	}
	quads, err := turtle.Parse(b, iri)
	if err != nil {
		m.t.Fatalf("read manifest %s: %v", iri, err)
	}
	g := rdf.NewGraph(quads...)
	for include := range g.Match(rdf.Term{}, rdf.IRI(MF+"include"), rdf.Term{}) {
		for _, other := range listOrSelf(g, include.Object) {
			m.read(other.Value())
		}
	}
	for entries := range g.Match(rdf.Term{}, rdf.IRI(MF+"entries"), rdf.Term{}) {
		for _, node := range g.List(entries.Object) {
			m.entries = append(m.entries, m.entry(g, iri, node))
		}
	}
}

func listOrSelf(g *rdf.Graph, t rdf.Term) []rdf.Term {
	if g.Object(t, rdf.IRI(vocab.RDFFirst)).IsZero() {
		return []rdf.Term{t}
	}
	return g.List(t)
}

func (m *reader) entry(g *rdf.Graph, manifest string, node rdf.Term) Entry {
	e := Entry{IRI: node.Value(), Manifest: manifest, Graph: g, shared: m.shared}
	e.Type = e.Get(node, vocab.RDFType).Value()
	e.Action = e.Get(node, MF+"action")
	e.Result = e.Get(node, MF+"result")
	e.Name = e.Get(node, MF+"name").Value()
	if e.Name == "" {
		e.Name = e.Get(node, vocab.RDFSLabel).Value()
	}
	return e
}

package shapes_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes"
)

// The shapes as the government publishes them, counts in strings and all, judge
// as their cleaned copy does, and compiling them says what was read generously.
func TestPublishedShapes(t *testing.T) {
	folder := filepath.Join(suite.Shared(t), "oslo", "oslo-besluit-publicatie-2025-12-11")
	read := func(path string) *rdf.Graph {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		quads, err := turtle.Parse(text, "http://example.org/")
		if err != nil {
			t.Fatal(err)
		}
		return rdf.NewGraph(quads...)
	}
	data := read(filepath.Join(suite.Shared(t), "pages", "triples", "real-torhout-notulen-gemeenteraad-cevi-lblodweb.nt"))
	results := map[string]int{}
	for _, name := range []string{"besluit-publicatie-SHACL.as-published.ttl", "besluit-publicatie-SHACL.counts-as-integers.ttl"} {
		s, findings, err := shapes.Compile(read(filepath.Join(folder, name)))
		if err != nil {
			t.Fatal(err)
		}
		counts := 0
		for _, f := range findings {
			if f.Rule != shapes.RuleCount {
				t.Errorf("%s: %s: %s", name, f.Focus, f.Message.EN)
			}
			counts++
		}
		if published := strings.Contains(name, "published"); published != (counts > 0) {
			t.Errorf("%s: %d counts reported", name, counts)
		}
		report, err := s.Validate(t.Context(), data, shapes.Options{})
		if err != nil {
			t.Fatal(err)
		}
		results[name] = len(report.Results)
	}
	if results["besluit-publicatie-SHACL.as-published.ttl"] == 0 || len(slices.Compact(slices.Collect(maps.Values(results)))) != 1 {
		t.Errorf("results differ: %v", results)
	}
}

// TestEveryPublishedShapesGraph compiles every file of shared/oslo that has
// shapes, and keeps what is said of each: a rule, a property, how often, and the
// first words. A new line in the golden file is to be explained.
func TestEveryPublishedShapesGraph(t *testing.T) {
	root := filepath.Join(suite.Shared(t), "oslo")
	var report strings.Builder
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		g, isShapes := published(t, path)
		if !isShapes {
			return nil
		}
		name, _ := filepath.Rel(root, path)
		s, findings, err := shapes.Compile(g)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		// Whatever it says, it can be used.
		if _, err := s.Validate(t.Context(), g, shapes.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		fmt.Fprintf(&report, "%s: %d triples\n", filepath.ToSlash(name), g.Len())
		times, example := map[string]int{}, map[string]rdf.Finding{}
		for _, f := range findings {
			key := fmt.Sprintf("%s %s %s", f.Severity, f.Rule, strings.TrimPrefix(f.Path, vocab.SH))
			if times[key]++; times[key] == 1 {
				example[key] = f
			}
		}
		for _, key := range slices.Sorted(maps.Keys(times)) {
			fmt.Fprintf(&report, "  %d x %s, as in %s\n", times[key], key, strings.Join(strings.Fields(example[key].Message.EN), " "))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/published.txt"
	if suite.Update() {
		if err := os.WriteFile(golden, []byte(report.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if report.String() != string(want) {
		t.Errorf("%s differs; if that is meant, run with -update. Now:\n%s", golden, report.String())
	}
}

// TestShapesOfShapes compares with the shapes that the W3C published to check
// shapes graphs: what they find fault with, Compile finds fault with too.
func TestShapesOfShapes(t *testing.T) {
	shared := suite.Shared(t)
	ofShapes, _ := published(t, filepath.Join(shared, "suites", "w3c-shacl", "vocab", "shacl-shacl.ttl"))
	compiled, findings, err := shapes.Compile(ofShapes)
	if err != nil || len(findings) > 0 {
		t.Fatalf("findings %+v, %v", findings, err)
	}
	checked, faulty := 0, 0
	err = filepath.WalkDir(shared, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, "oslo") && !strings.Contains(path, "w3c-shacl") {
			return err
		}
		g, isShapes := published(t, path)
		if !isShapes {
			return nil
		}
		report, err := compiled.Validate(t.Context(), g, shapes.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, findings, err := shapes.Compile(g)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		checked++
		if !report.Conforms() {
			faulty++
		}
		for _, r := range report.Results {
			if !slices.ContainsFunc(findings, func(f rdf.Finding) bool { return f.Focus == r.Focus || f.Value == r.Focus || f.Value == r.Value }) {
				t.Errorf("%s: %s: %s %s %s: no finding of ours", filepath.Base(path), r.Focus, r.Path, r.Value, r.Component.Value())
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d shapes graphs, %d of them faulty", checked, faulty)
}

// published reads a file that has SHACL in it.
func published(t *testing.T, path string) (g *rdf.Graph, isShapes bool) {
	ext := filepath.Ext(path)
	if ext != ".ttl" && ext != ".jsonld" {
		return nil, false
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "ns/shacl#") {
		return nil, false
	}
	var quads []rdf.Quad
	if ext == ".ttl" {
		if strings.HasSuffix(path, "decide/work.ttl") { // as published it uses rdf: without declaring it
			text = append([]byte("@prefix rdf: <"+vocab.RDF+"> .\n"), text...)
		}
		quads, err = turtle.Parse(text, "https://data.vlaanderen.be/")
	} else {
		quads, err = jsonld.Parse(strings.NewReader(string(text)), jsonld.Options{Base: "https://data.vlaanderen.be/"})
	}
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return nil, false
	}
	g = rdf.NewGraph(quads...)
	for q := range g.All() {
		if p := q.Predicate.Value(); q.Object.Value() == vocab.SH+"NodeShape" || q.Object.Value() == vocab.SH+"PropertyShape" || p == vocab.SH+"targetClass" {
			return g, true
		}
	}
	return nil, false
}

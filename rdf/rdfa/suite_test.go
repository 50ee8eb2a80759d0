package rdfa_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

const suiteHome = "http://rdfa.info/test-suite/test-cases/"

// suiteTest is one test of the RDFa suite for one version and host language.
type suiteTest struct {
	Num             string
	Description     string
	HostLanguages   []string
	Versions        []string
	ExpectedResults bool
	QueryParam      string

	name string // version/host/number
	base string // the IRI of the page
	file string // the page
	host rdfa.Host
}

// suiteHosts maps the suite's host languages to ours and to file extensions.
// The "invalid" sets hold markup that the host's validator would reject.
var suiteHosts = []struct {
	name      string
	host      rdfa.Host
	extension string
}{
	{"html5", rdfa.HTML5, ".html"},
	{"html5-invalid", rdfa.HTML5, ".html"},
	{"html4", rdfa.HTML4, ".html"},
	{"xhtml1", rdfa.XHTML1, ".xhtml"},
	{"xhtml5", rdfa.XHTML5, ".xhtml"},
	{"xhtml5-invalid", rdfa.XHTML5, ".xhtml"},
	{"xml", rdfa.XML, ".xml"},
	{"svg", rdfa.SVG, ".svg"},
}

// suiteTests returns the tests of all versions of RDFa 1.1. What the manifest
// lists but the suite has no files for is left out.
func suiteTests(t testing.TB) []suiteTest {
	root := filepath.Join(suite.Shared(t), "suites", "rdfa")
	raw, err := os.ReadFile(filepath.Join(root, "manifest.jsonld"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Graph []suiteTest `json:"@graph"`
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	var tests []suiteTest
	for _, version := range []string{"rdfa1.1", "rdfa1.1-lite", "rdfa1.1-proc", "rdfa1.1-role", "rdfa1.1-vocab"} {
		for _, h := range suiteHosts {
			for _, test := range manifest.Graph {
				if !slices.Contains(test.Versions, version) || !slices.Contains(test.HostLanguages, h.name) {
					continue
				}
				test.name = version + "/" + h.name + "/" + test.Num
				test.base = suiteHome + test.name + h.extension
				test.file = filepath.Join(root, "test-cases", filepath.FromSlash(test.name)+h.extension)
				test.host = h.host
				if _, err := os.Stat(test.file); err == nil {
					tests = append(tests, test)
				}
			}
		}
	}
	return tests
}

// graph parses the page of the test and returns the graph that it is about.
func (test suiteTest) graph() (*rdf.Graph, error) {
	text, err := os.ReadFile(test.file)
	if err != nil {
		return nil, err
	}
	options := rdfa.Options{Base: test.base, Host: test.host}
	if strings.Contains(test.QueryParam, "vocab_expansion=true") {
		options.Vocabulary = test.vocabulary
	}
	options.ProcessorGraph = strings.Contains(test.QueryParam, "rdfagraph=processor")
	doc, err := rdfa.Parse(text, options)
	var syntax *rdf.SyntaxError
	if err != nil && !(options.ProcessorGraph && errors.As(err, &syntax)) {
		return nil, err
	}
	quads := doc.Quads
	if options.ProcessorGraph {
		quads = doc.Processor
	}
	g := rdf.NewGraph()
	for _, q := range quads {
		g.Add(q.Quad)
	}
	return g, nil
}

// vocabulary is the document loader: the suite's own vocabulary, which is an
// RDFa page itself.
func (test suiteTest) vocabulary(iri string) ([]rdf.Quad, error) {
	if iri != "http://rdfa.info/vocabs/rdfa-test#" {
		return nil, fmt.Errorf("no vocabulary %s", iri)
	}
	root := filepath.Join(filepath.Dir(test.file), "..", "..", "..")
	text, err := os.ReadFile(filepath.Join(root, "vocabs", "rdfa-test.html"))
	if err != nil {
		return nil, err
	}
	doc, err := rdfa.Parse(text, rdfa.Options{Base: iri})
	if err != nil {
		return nil, err
	}
	return triples(doc), nil
}

// triples returns the graph of a document, each triple once.
func triples(doc *rdfa.Document) []rdf.Quad {
	g := rdf.NewGraph()
	for _, q := range doc.Quads {
		g.Add(q.Quad)
	}
	return slices.Collect(g.All())
}

// sibling reads the file beside the page with another extension.
func (test suiteTest) sibling(extension string) ([]byte, error) {
	return os.ReadFile(strings.TrimSuffix(test.file, filepath.Ext(test.file)) + extension)
}

// TestSuite runs the W3C test suite for RDFa 1.1, in all versions and all host
// languages: each page must answer its ASK query as the manifest says.
func TestSuite(t *testing.T) {
	tests := suiteTests(t)
	byIRI := map[string]suiteTest{}
	var entries []suite.Entry
	for _, test := range tests {
		byIRI[test.base] = test
		entries = append(entries, suite.Entry{
			IRI: test.base, Name: test.Description, Type: "ASK",
			Manifest: filepath.ToSlash(filepath.Dir(test.name)) + "/manifest",
		})
	}
	suite.Run(t, entries, suite.Options{
		Report: "testdata/earl.ttl",
		Handlers: map[string]suite.Handler{"ASK": func(t *testing.T, e suite.Entry) {
			test := byIRI[e.IRI]
			g, err := test.graph()
			if err != nil {
				t.Fatal(err)
			}
			query, err := test.sibling(".sparql")
			if err != nil {
				t.Fatal(err)
			}
			got, err := ask(string(query), g)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.ExpectedResults {
				t.Errorf("%s: got %v, want %v\n%s\ngraph:%s", test.name, got, test.ExpectedResults, query, list(slices.Collect(g.All())))
			}
		}},
	})
}

// otherGraph lists the tests whose Turtle file is not the graph of their page,
// with the reason. The ASK query is what decides.
var otherGraph = map[string]string{
	"rdfa1.1/html4/0180":          negative,
	"rdfa1.1/html5-invalid/0180":  negative,
	"rdfa1.1/xhtml1/0180":         negative,
	"rdfa1.1/xhtml5-invalid/0180": negative,
	"rdfa1.1/xml/0180":            "the page has a base element, which XML does not know; the file resolves against it",
	"rdfa1.1/html5-invalid/0280":  blankSubject,
	"rdfa1.1/xhtml5-invalid/0280": blankSubject,
	"rdfa1.1/html4/0295":          benchmark,
	"rdfa1.1/html5-invalid/0295":  benchmark,
	"rdfa1.1/xhtml1/0295":         benchmark,
	"rdfa1.1/xhtml5-invalid/0295": benchmark,
	"rdfa1.1/xml/0295":            benchmark,
	"rdfa1.1/svg/0295":            benchmark,
	"rdfa1.1-lite/html5/0281":     "the file is not Turtle: an IRI stands in << >>",
	"rdfa1.1-lite/html5/0282":     "the file is not Turtle: an IRI stands in << >>",
	"rdfa1.1-lite/xhtml5/0281":    "the file names the page of another set",
	"rdfa1.1-lite/xhtml5/0282":    "the file names the page of another set",
}

const (
	negative     = "a negative test: the file is what must not come out"
	blankSubject = "the file has a blank node as subject, but nothing on the page makes one: @property without a subject is about the base (RDFa Core 1.1, 7.5, step 5)"
	benchmark    = "the file follows a draft in which @value of the data element counted, one nesting of elements for all hosts, and HTML rules for time in hosts without them"
)

// TestSuiteGraphs goes further than the ASK queries, which pass when more is
// said than they ask for: the graph of each page must be isomorphic to the
// suite's Turtle file.
func TestSuiteGraphs(t *testing.T) {
	compared := 0
	for _, test := range suiteTests(t) {
		expected, err := test.sibling(".ttl")
		if err != nil || test.QueryParam != "" {
			continue
		}
		want, parseErr := turtle.Parse(expected, test.base)
		g, err := test.graph()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		compared++
		got := slices.Collect(g.All())
		same := parseErr == nil && canon.Isomorphic(got, want)
		switch reason := otherGraph[test.name]; {
		case same && reason != "":
			t.Errorf("%s is the same after all", test.name)
		case !same && reason == "":
			t.Errorf("%s: got%s\nwant%s\n%v", test.name, list(got), list(want), parseErr)
		}
	}
	if compared < 1100 {
		t.Errorf("compared %d graphs, want 1100 at least", compared)
	}
}

// list writes triples one to a line.
func list(quads []rdf.Quad) string {
	var b strings.Builder
	for _, q := range quads {
		fmt.Fprintf(&b, "\n\t%v", q)
	}
	return b.String()
}

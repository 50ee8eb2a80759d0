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

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// shared returns the folder of reference data, or skips the test.
func shared(t testing.TB, path ...string) string {
	t.Helper()
	dir := filepath.Join(append([]string{"..", "..", "..", "shared"}, path...)...)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("BELFORT_CI") != "" {
			t.Fatalf("reference data: %v", err)
		}
		t.Skipf("no reference data: %v", err)
	}
	return dir
}

type suiteTest struct {
	Num             string
	Description     string
	HostLanguages   []string
	Versions        []string
	ExpectedResults bool
	QueryParam      string
}

func suiteManifest(t testing.TB) []suiteTest {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t, "suites", "rdfa"), "manifest.jsonld"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Graph []suiteTest `json:"@graph"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m.Graph
}

// hosts maps the suite's host languages to ours and to file extensions. The
// "invalid" sets hold markup that the host's validator would reject.
var hosts = []struct {
	name      string
	host      rdfa.Host
	extension string
}{
	{"html5", rdfa.HTML5, "html"},
	{"html5-invalid", rdfa.HTML5, "html"},
	{"html4", rdfa.HTML4, "html"},
	{"xhtml1", rdfa.XHTML1, "xhtml"},
	{"xhtml5", rdfa.XHTML5, "xhtml"},
	{"xhtml5-invalid", rdfa.XHTML5, "xhtml"},
	{"xml", rdfa.XML, "xml"},
	{"svg", rdfa.SVG, "svg"},
}

// skipped are tests that are not run, with the sentence that decides it.
var skipped = map[string]string{}

// TestSuite runs the RDFa 1.1 test suite: all versions, all host languages.
// The outcomes are kept in testdata/earl.txt.
func TestSuite(t *testing.T) {
	root := shared(t, "suites", "rdfa")
	tests := suiteManifest(t)
	var earl []string
	for _, version := range []string{"rdfa1.1", "rdfa1.1-lite", "rdfa1.1-proc", "rdfa1.1-role", "rdfa1.1-vocab"} {
		for _, h := range hosts {
			t.Run(version+"/"+h.name, func(t *testing.T) {
				passed, total := 0, 0
				for _, test := range tests {
					if !slices.Contains(test.Versions, version) || !slices.Contains(test.HostLanguages, h.name) {
						continue
					}
					name := version + "/" + h.name + "/" + test.Num
					file := filepath.Join(root, "test-cases", version, h.name, test.Num+"."+h.extension)
					if _, err := os.Stat(file); err != nil {
						continue
					}
					total++
					if reason := skipped[name]; reason != "" {
						earl = append(earl, name+" inapplicable")
						continue
					}
					base := "http://rdfa.info/test-suite/test-cases/" + name + "." + h.extension
					if err := runSuiteTest(root, test, file, base, h.host); err != nil {
						t.Errorf("%s (%s): %v", name, strings.TrimSpace(test.Description), err)
						earl = append(earl, name+" failed")
						continue
					}
					passed++
					earl = append(earl, name+" passed")
				}
				t.Logf("%d of %d", passed, total)
			})
		}
	}
	slices.Sort(earl)
	compareGolden(t, filepath.Join("testdata", "earl.txt"), strings.Join(earl, "\n")+"\n")
}

func runSuiteTest(root string, test suiteTest, file, base string, host rdfa.Host) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	options := rdfa.Options{Base: base, Host: host}
	if strings.Contains(test.QueryParam, "vocab_expansion=true") {
		options.Vocabulary = func(iri string) ([]rdf.Quad, error) { return suiteVocabulary(root, iri) }
	}
	processor := strings.Contains(test.QueryParam, "rdfagraph=processor")
	options.ProcessorGraph = processor
	doc, err := rdfa.Parse(text, options)
	var syntax *rdf.SyntaxError
	if err != nil && !(processor && errors.As(err, &syntax)) {
		return err
	}
	quads := doc.Quads
	if processor {
		quads = doc.Processor
	}
	g := rdf.NewGraph()
	for _, q := range quads {
		g.Add(q.Quad)
	}
	query, err := os.ReadFile(strings.TrimSuffix(file, filepath.Ext(file)) + ".sparql")
	if err != nil {
		return err
	}
	got, err := ask(string(query), g)
	if err != nil {
		return err
	}
	if got != test.ExpectedResults {
		var b strings.Builder
		for q := range g.All() {
			fmt.Fprintf(&b, "\n\t%v", q)
		}
		return fmt.Errorf("got %v; graph:%s\n%s", got, b.String(), query)
	}
	return nil
}

// suiteVocabulary is the document loader of the tests: the suite's own
// vocabulary, which is an RDFa page itself.
func suiteVocabulary(root, iri string) ([]rdf.Quad, error) {
	if iri != "http://rdfa.info/vocabs/rdfa-test#" {
		return nil, fmt.Errorf("no vocabulary %s", iri)
	}
	text, err := os.ReadFile(filepath.Join(root, "vocabs", "rdfa-test.html"))
	if err != nil {
		return nil, err
	}
	doc, err := rdfa.Parse(text, rdfa.Options{Base: iri})
	if err != nil {
		return nil, err
	}
	var quads []rdf.Quad
	for _, q := range doc.Quads {
		quads = append(quads, q.Quad)
	}
	return quads, nil
}

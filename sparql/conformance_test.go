package sparql_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/results"
)

const (
	ht  = "http://www.w3.org/2011/http#"
	cnt = "http://www.w3.org/2011/content#"
	sd  = "http://www.w3.org/ns/sparql-service-description#"
)

func TestProtocolConformance(t *testing.T) {
	suite.Run(t, suite.Manifest(t, "w3c-sparql11/protocol/manifest.ttl"), suite.Options{
		Handlers: map[string]suite.Handler{suite.MF + "ProtocolTest": protocolTest},
		Report:   "testdata/earl-protocol.ttl",
	})
}

// anybody may write in the suites.
func anybody(*http.Request) (string, bool) { return "suite", true }

// serve returns an endpoint on a store with the data of a test.
func serve(t *testing.T, e suite.Entry, o sparql.HandlerOptions) *httptest.Server {
	s := openStore(t)
	for q := range e.Graph.Match(e.Node(), rdf.IRI(suite.UT+"graphData"), rdf.Term{}) {
		data := e.Get(q.Object, suite.UT+"graph")
		quads, err := nquads.Parse(e.Read(t, data))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(context.Background(), e.Get(q.Object, vocab.RDFS+"label").Value(), quads); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(sparql.Handler(writable(s), o))
	t.Cleanup(server.Close)
	return server
}

func protocolTest(t *testing.T, e suite.Entry) {
	server := serve(t, e, sparql.HandlerOptions{Authorize: anybody})
	for _, node := range requests(t, e) {
		answer := send(t, e, node, server.URL, "")
		checkAnswer(t, e, e.Get(node, ht+"resp"), answer)
	}
}

// requests returns the requests of a test, in order.
func requests(t *testing.T, e suite.Entry) []rdf.Term {
	list := e.Graph.List(e.Get(e.Action, ht+"requests"))
	if len(list) == 0 {
		t.Fatal("the test has no requests")
	}
	return list
}

// send sends a request as a manifest has it; location takes the place of
// $LOCATION$.
func send(t *testing.T, e suite.Entry, node rdf.Term, server, location string) *http.Response {
	body, text := e.Get(node, ht+"body"), ""
	if !body.IsZero() {
		text = e.Get(body, cnt+"chars").Value()
	}
	if text != "" && e.Get(body, cnt+"characterEncoding").Value() == "UTF-16" {
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune(text)) {
			b.Write([]byte{byte(unit >> 8), byte(unit)})
		}
		text = b.String()
	}
	path := strings.ReplaceAll(e.Get(node, ht+"absolutePath").Value(), "$LOCATION$", url.QueryEscape(location))
	r, err := http.NewRequest(e.Get(node, ht+"methodName").Value(), server+path, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range e.Graph.List(e.Get(node, ht+"headers")) {
		r.Header.Add(e.Get(header, ht+"fieldName").Value(), e.Get(header, ht+"fieldValue").Value())
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func checkStatus(t *testing.T, e suite.Entry, want rdf.Term, answer *http.Response) {
	codes := map[string]int{"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
	var list []string
	for q := range e.Graph.Match(want, rdf.IRI(suite.MF+"expectedStatus"), rdf.Term{}) {
		name := q.Object.Value()[strings.LastIndexByte(q.Object.Value(), '#')+1:]
		list = append(list, name)
		class, isClass := strings.CutPrefix(name, "StatusCode") // StatusCode2xx
		if isClass && int(class[0]-'0') == answer.StatusCode/100 || codes[name] == answer.StatusCode {
			return
		}
	}
	text, _ := io.ReadAll(answer.Body)
	t.Fatalf("status %s, not %v: %s", answer.Status, list, text)
}

func checkAnswer(t *testing.T, e suite.Entry, want rdf.Term, answer *http.Response) {
	checkStatus(t, e, want, answer)
	contentType := answer.Header.Get("Content-Type")
	format, isResult := results.FormatByName(contentType)
	switch e.Get(want, suite.MF+"expectedFormat").Value() {
	case "boolean":
		if !isResult || format != results.JSON && format != results.XML {
			t.Errorf("an answer to ASK as %s", contentType)
		}
	case "tabular":
		if !isResult {
			t.Errorf("solutions as %s", contentType)
		}
	case "RDF":
		if mediaType, _, _ := strings.Cut(contentType, ";"); !slices.Contains(sparql.GraphTypes(), mediaType) {
			t.Errorf("triples as %s", contentType)
		}
	}
	if b := e.Get(want, suite.MF+"expectedBoolean"); !b.IsZero() {
		r, err := results.Read(answer.Body, format)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if r.Kind != results.Boolean || r.Boolean != (b.Value() == "true") {
			t.Errorf("the answer is %v, not %s", r.Boolean, b.Value())
		}
	}
}

func TestGraphStoreConformance(t *testing.T) {
	suite.Run(t, suite.Manifest(t, "w3c-sparql11/graph-store-protocol/manifest.ttl"), suite.Options{
		Handlers: map[string]suite.Handler{suite.MF + "GraphStoreProtocolTest": graphStoreTest},
		Report:   "testdata/earl-graph-store.ttl",
	})
}

func graphStoreTest(t *testing.T, e suite.Entry) {
	store := sparql.GraphStore(writable(openStore(t)), sparql.HandlerOptions{URL: "http://www.example/gsp", Authorize: anybody})
	server := httptest.NewServer(http.StripPrefix("/gsp", store))
	t.Cleanup(server.Close)
	location := ""
	for _, node := range requests(t, e) {
		answer := send(t, e, node, server.URL, location)
		want := e.Get(node, ht+"resp")
		checkStatus(t, e, want, answer)
		if !e.Get(want, suite.MF+"expectedLocation").IsZero() {
			if location = answer.Header.Get("Location"); location == "" {
				t.Fatal("there is no Location")
			}
		}
		for _, header := range e.Graph.List(e.Get(want, ht+"headers")) {
			name := e.Get(header, ht+"fieldName").Value()
			if got, want := answer.Header.Get(name), e.Get(header, ht+"fieldValue").Value(); got != want {
				t.Errorf("%s: %s, not %s", name, got, want)
			}
		}
		document := e.Get(want, ht+"body")
		if document.IsZero() {
			continue
		}
		text := e.Get(document, cnt+"chars").Value()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := turtle.Parse(body, "")
		wanted, err2 := turtle.Parse([]byte(text), "http://www.example/gsp/person/1.ttl")
		if err != nil || err2 != nil || !canon.Isomorphic(got, wanted) {
			t.Errorf("the graph is not the same (%v, %v):\n%s\nwant\n%s", err, err2, body, text)
		}
	}
}

func TestServiceDescriptionConformance(t *testing.T) {
	suite.Run(t, suite.Manifest(t, "w3c-sparql11/service-description/manifest.ttl"), suite.Options{
		Handlers: map[string]suite.Handler{suite.MF + "ServiceDescriptionTest": serviceDescriptionTest},
		Report:   "testdata/earl-service-description.ttl",
	})
}

func serviceDescriptionTest(t *testing.T, e suite.Entry) {
	server := serve(t, e, sparql.HandlerOptions{})
	answer, err := http.Get(server.URL + "/sparql")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	quads, err := turtle.Parse(body, server.URL+"/sparql")
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/turtle; charset=utf-8" || err != nil || len(quads) == 0 {
		t.Fatalf("%s, %s, %d triples, %v", answer.Status, answer.Header.Get("Content-Type"), len(quads), err)
	}
	g := rdf.NewGraph(quads...)
	service := g.Subject(rdf.IRI(sd+"endpoint"), rdf.IRI(server.URL+"/sparql"))
	switch e.IRI[strings.LastIndexByte(e.IRI, '#')+1:] {
	case "returns-rdf":
	case "has-endpoint-triple":
		if service.IsZero() {
			t.Errorf("no service has this endpoint:\n%s", body)
		}
	case "conforms-to-schema":
		// The classes of what stands where, from the vocabulary's ranges.
		classes := map[string]string{"defaultDataset": "Dataset", "defaultGraph": "Graph"}
		if !g.Has(service, rdf.IRI(vocab.RDFType), rdf.IRI(sd+"Service")) {
			t.Error("the service has no type")
		}
		seen := map[string]bool{}
		for q := range g.All() {
			local, ok := strings.CutPrefix(q.Predicate.Value(), sd)
			if !ok {
				continue
			}
			seen[local] = true
			if q.Object.IsLiteral() {
				t.Errorf("sd:%s is a literal", local)
			}
			if class := classes[local]; class != "" && !g.Has(q.Object, rdf.IRI(vocab.RDFType), rdf.IRI(sd+class)) {
				t.Errorf("the object of sd:%s is no sd:%s", local, class)
			}
		}
		for _, local := range []string{"endpoint", "supportedLanguage", "feature", "resultFormat", "defaultDataset", "defaultGraph"} {
			if !seen[local] {
				t.Errorf("there is no sd:%s", local)
			}
		}
	default:
		t.Fatal("an unknown test")
	}
}

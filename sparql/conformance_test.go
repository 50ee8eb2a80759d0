package sparql_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
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
	entries := suite.Manifest(t, "w3c-sparql11/protocol/manifest.ttl")
	skip := map[string]string{}
	for _, e := range entries {
		if name := e.IRI[strings.LastIndexByte(e.IRI, '#')+1:]; strings.HasPrefix(name, "update_") {
			skip[e.IRI] = "updates are not there yet"
		}
	}
	suite.Run(t, entries, suite.Options{
		Handlers: map[string]suite.Handler{suite.MF + "ProtocolTest": protocolTest},
		Skip:     skip,
		Report:   "testdata/earl-protocol.ttl",
	})
}

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
	server := httptest.NewServer(sparql.Handler(sparql.NewEmbedded(s, sparql.EmbeddedOptions{}), o))
	t.Cleanup(server.Close)
	return server
}

func protocolTest(t *testing.T, e suite.Entry) {
	server := serve(t, e, sparql.HandlerOptions{})
	requests := e.Graph.List(e.Get(e.Action, ht+"requests"))
	if len(requests) == 0 {
		t.Fatal("the test has no requests")
	}
	for _, node := range requests {
		method := e.Get(node, ht+"methodName").Value()
		body := e.Get(node, ht+"body")
		text := e.Get(body, cnt+"chars").Value()
		if e.Get(body, cnt+"characterEncoding").Value() == "UTF-16" {
			var b strings.Builder
			for _, unit := range utf16.Encode([]rune(text)) {
				b.Write([]byte{byte(unit >> 8), byte(unit)})
			}
			text = b.String()
		}
		r, err := http.NewRequest(method, server.URL+e.Get(node, ht+"absolutePath").Value(), strings.NewReader(text))
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
		defer answer.Body.Close()
		checkAnswer(t, e, e.Get(node, ht+"resp"), answer)
	}
}

func checkAnswer(t *testing.T, e suite.Entry, want rdf.Term, answer *http.Response) {
	statusFits := false
	for q := range e.Graph.Match(want, rdf.IRI(suite.MF+"expectedStatus"), rdf.Term{}) {
		class := q.Object.Value()[len(q.Object.Value())-3:] // 2xx, 4xx
		statusFits = statusFits || int(class[0]-'0') == answer.StatusCode/100
	}
	if !statusFits {
		text, _ := io.ReadAll(answer.Body)
		t.Fatalf("status %s: %s", answer.Status, text)
	}
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

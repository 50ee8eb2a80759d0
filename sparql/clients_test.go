package sparql_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/sparql"
)

// What real clients ask for, by the headers that they send, and what they get.
func TestClients(t *testing.T) {
	engine, version, _ := endpoint(t)
	h := sparql.Handler(engine, sparql.HandlerOptions{Version: version})
	const (
		yasgui = "application/sparql-results+json,*/*;q=0.9"
		// Apache Jena 5, QueryExecutionHTTP.
		jenaSelect = "application/sparql-results+json,application/sparql-results+xml;q=0.9,text/tab-separated-values;q=0.7,text/csv;q=0.5,application/json;q=0.2,application/xml;q=0.2,*/*;q=0.1"
		jenaGraph  = "application/n-triples, text/turtle;q=0.8, application/rdf+thrift;q=0.8,application/rdf+xml;q=0.5,application/ld+json;q=0.3,*/*;q=0.1"
		rdf4j      = "application/x-binary-rdf-results-table;q=0.8, application/sparql-results+json;q=0.8, application/json;q=0.8, application/sparql-results+xml;q=0.8, application/xml;q=0.8, text/csv;q=0.8, text/tab-separated-values;q=0.8"
		// Comunica 3, actor-query-source-identify-hypermedia and fetch-sparql-endpoint.
		comunicaAny    = "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,text/turtle;q=0.6,application/rdf+xml;q=0.5,application/json;q=0.45,text/n3;q=0.35,application/xml;q=0.3,image/svg+xml;q=0.3,text/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18"
		comunicaSelect = "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7"
		comunicaGraph  = "text/turtle"
		// SPARQLWrapper 2 by its return format; RDFLib 7, SPARQLStore and Graph.parse.
		wrapperJSON  = "application/sparql-results+json,application/json,text/javascript,application/javascript"
		wrapperXML   = "application/sparql-results+xml"
		wrapperRDF   = "application/rdf+xml"
		wrapperTurtl = "application/turtle,text/turtle"
		wrapperN3    = "application/turtle,text/turtle,text/rdf+n3,application/n-triples,application/n3,text/n3"
		wrapperLD    = "application/ld+json,application/x-json+ld"
		rdflibStore  = "application/sparql-results+xml, application/rdf+xml"
		rdflibParse  = "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1"
		dotNetRDF    = "application/sparql-results+xml,application/sparql-results+json,text/boolean,text/csv;q=0.9,text/tab-separated-values;q=0.9,*/*;q=0.5"
		firefox      = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
		chrome       = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
		fetch        = "*/*" // curl, fetch in browsers, Go, Python requests
		r            = "application/json, text/xml, application/xml, */*"
		powerQuery   = "text/csv,application/json;q=0.5"
	)
	const plain = "; charset=utf-8"
	for _, c := range []struct{ client, accept, query, want string }{
		{"YASGUI", yasgui, selectAll, sparql.ResultsJSON},
		{"YASGUI", yasgui, "ASK {}", sparql.ResultsJSON},
		{"YASGUI", "text/turtle,*/*;q=0.9", constructAll, sparql.Turtle + plain},
		{"Jena", jenaSelect, selectAll, sparql.ResultsJSON},
		{"Jena", jenaSelect, "ASK {}", sparql.ResultsJSON},
		{"Jena", jenaGraph, constructAll, sparql.NTriples},
		{"RDF4J", rdf4j, selectAll, sparql.ResultsJSON},
		{"Comunica", comunicaSelect, selectAll, sparql.ResultsJSON},
		{"Comunica", comunicaGraph, constructAll, sparql.Turtle + plain},
		{"Comunica", comunicaAny, constructAll, sparql.NQuads},
		{"SPARQLWrapper", wrapperJSON, selectAll, sparql.ResultsJSON},
		{"SPARQLWrapper", wrapperXML, selectAll, sparql.ResultsXML},
		{"SPARQLWrapper", "*/*", constructAll, sparql.Turtle + plain},
		{"SPARQLWrapper", wrapperRDF, constructAll, sparql.RDFXML},
		{"SPARQLWrapper", wrapperTurtl, constructAll, sparql.Turtle + plain},
		{"SPARQLWrapper", wrapperN3, constructAll, sparql.Turtle + plain},
		{"SPARQLWrapper", wrapperLD, constructAll, sparql.JSONLD},
		{"SPARQLWrapper", "text/csv", selectAll, sparql.ResultsCSV + plain},
		{"SPARQLWrapper", "text/tab-separated-values", selectAll, sparql.ResultsTSV + plain},
		{"RDFLib", rdflibStore, selectAll, sparql.ResultsXML},
		{"RDFLib", rdflibStore, constructAll, sparql.RDFXML},
		{"RDFLib", rdflibParse, constructAll, sparql.RDFXML},
		{"dotNetRDF", dotNetRDF, selectAll, sparql.ResultsJSON},
		{"Firefox", firefox, selectAll, "application/xml"},
		{"Chrome", chrome, constructAll, "application/xml"},
		{"curl", fetch, selectAll, sparql.ResultsJSON},
		{"curl", fetch, constructAll, sparql.Turtle + plain},
		{"nothing", "", selectAll, sparql.ResultsJSON},
		{"nothing", "", constructAll, sparql.Turtle + plain},
		{"fetch", "application/json", selectAll, "application/json"},
		{"fetch", "application/json", constructAll, "application/json"},
		{"R httr", r, selectAll, sparql.ResultsJSON},
		{"Power Query", powerQuery, selectAll, sparql.ResultsCSV + plain},
		{"a spreadsheet", "text/csv;q=1, */*;q=0.1", selectAll, sparql.ResultsCSV + plain},
	} {
		for _, method := range []string{"GET", "POST", "HEAD"} {
			request := get(c.query)
			if method == "POST" {
				request = post("application/x-www-form-urlencoded", url.Values{"query": {c.query}}.Encode())
			}
			request.Method = method
			if c.accept != "" {
				request.Header.Set("Accept", c.accept)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, request)
			if got := w.Header().Get("Content-Type"); w.Code != 200 || got != c.want {
				t.Errorf("%s, %s %.9s, Accept: %s\ngets %d, %s, not %s", c.client, method, c.query, c.accept, w.Code, got, c.want)
			}
			if (w.Body.Len() == 0) != (method == "HEAD") {
				t.Errorf("%s, %s: %d bytes", c.client, method, w.Body.Len())
			}
		}
	}
}

// Errors are told in the language and the form that are asked for.
func TestErrorsForPeople(t *testing.T) {
	h := sparql.Handler(rows(0, nil), sparql.HandlerOptions{Limits: sparql.Limits{Rows: 5}})
	limited := sparql.Handler(rows(3, &sparql.LimitError{Limit: "rows", Bound: 5}), sparql.HandlerOptions{})
	engine, _, _ := endpoint(t)
	real := sparql.Handler(engine, sparql.HandlerOptions{})
	const wrong = "SELECT * {\n  ?s ?p }"
	for _, c := range []struct {
		name            string
		h               http.Handler
		accept, lang    string
		query           string
		status          int
		mediaType, want string
	}{
		{"plain text", real, "", "", wrong, 400, "text/plain; charset=utf-8",
			"Syntax error at 2:9 (line, column): expected an object, found }\n\n  ?s ?p }\n        ^\n"},
		{"in Dutch", real, "*/*", "nl-BE,nl;q=0.9,en;q=0.8", wrong, 400, "text/plain; charset=utf-8",
			"Schrijffout op 2:9 (regel, kolom): verwacht: "},
		{"English before Dutch", real, "*/*", "en,nl;q=0.5", wrong, 400, "text/plain; charset=utf-8", "Syntax error"},
		{"a language that we do not have", real, "*/*", "fr", wrong, 400, "text/plain; charset=utf-8", "Syntax error"},
		{"problem+json", real, "application/json", "", wrong, 400, "application/problem+json",
			`"line":2,"column":9,"excerpt":"  ?s ?p }\n        ^"`},
		{"problem+json by its name", real, "application/sparql-results+json, application/problem+json;q=0.5", "nl", wrong, 400, "application/problem+json", `"title":"Bad Request","status":400,"detail":"Schrijffout op 2:9`},
		{"results in JSON are read with the eyes", real, "application/sparql-results+json", "", wrong, 400, "text/plain; charset=utf-8", "Syntax error"},
		{"the end of the text", real, "", "nl", "SELECT * {\n\n", 400, "text/plain; charset=utf-8", "gevonden: het einde van de tekst\n\nSELECT * {\n          ^\n"},
		{"a limit", limited, "application/json", "", selectAll, 503, "application/problem+json", `"limit":"rows","bound":5`},
		{"a limit in Dutch", limited, "", "nl", selectAll, 503, "text/plain; charset=utf-8", "Grens bereikt (rows): het antwoord telt meer dan 5 rijen"},
		{"an unknown prefix", real, "", "nl", "SELECT * { ?s foo:bar ?o }", 400, "text/plain; charset=utf-8", "de prefix foo: is niet verklaard"},
		{"not acceptable", h, "image/png", "nl", selectAll, 406, "text/plain; charset=utf-8", "Dit antwoord is er als application/sparql-results+json"},
	} {
		r := get(c.query)
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		if c.lang != "" {
			r.Header.Set("Accept-Language", c.lang)
		}
		w := httptest.NewRecorder()
		c.h.ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.mediaType || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d, %s\n%s\nwithout\n%s", c.name, w.Code, w.Header().Get("Content-Type"), w.Body, c.want)
		}
	}
}

// How a query is run is told, as text or JSON; if it goes over a limit, how far it
// came.
func TestExplain(t *testing.T) {
	engine, _, _ := endpoint(t)
	h := sparql.Handler(engine, sparql.HandlerOptions{Limits: sparql.Limits{Work: 1000}})
	cross := "SELECT * { VALUES ?a {" + strings.Repeat("1 ", 50) + "} VALUES ?b {" + strings.Repeat("1 ", 50) + "} ?s ?p ?o }"
	for _, c := range []struct {
		query, explain, accept string
		status                 int
		mediaType, want        string
	}{
		{selectAll, "plan", "", 200, "text/plain; charset=utf-8", "select"},
		{selectAll, "run", "text/plain", 200, "text/plain; charset=utf-8", "select"},
		{selectAll, "run", "application/json", 200, "application/json", `"rows":1`},
		{constructAll, "plan", "application/json", 200, "application/json", `{"plan":{"operator":"construct"`},
		{cross, "run", "", 200, "text/plain; charset=utf-8", "limit reached (work)"},
		{"SELECT", "plan", "", 400, "text/plain; charset=utf-8", "Syntax error"},
		{selectAll, "nonsense", "", 200, sparql.ResultsJSON, "bindings"},
	} {
		r := with(httptest.NewRequest("GET", "/sparql?"+url.Values{"query": {c.query}, "explain": {c.explain}}.Encode(), nil), "Accept", c.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.mediaType || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%.40s, %s: %d, %s, %s", c.query, c.explain, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	w := httptest.NewRecorder()
	sparql.Handler(rows(0, nil), sparql.HandlerOptions{}).ServeHTTP(w, httptest.NewRequest("GET", "/sparql?query=ASK{}&explain=plan", nil))
	if w.Code != 501 {
		t.Errorf("an engine that cannot explain: %d", w.Code)
	}
}

package sparql_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/results"
)

// TestServiceConformance asks real endpoints over HTTP, in each format of
// results that has terms.
func TestServiceConformance(t *testing.T) {
	suite.Run(t, suite.Manifest(t, "w3c-sparql11/service/manifest.ttl"), suite.Options{
		Handlers: map[string]suite.Handler{suite.MF + "QueryEvaluationTest": serviceTest},
		Report:   "testdata/earl-service.ttl",
	})
}

// web answers for hosts that are not there.
type web struct {
	hosts  map[string]http.Handler
	accept string // what is asked for, whatever the client says
}

func (n web) RoundTrip(r *http.Request) (*http.Response, error) {
	h, ok := n.hosts[r.URL.Scheme+"://"+r.URL.Host+r.URL.Path]
	if !ok {
		return nil, errors.New("no such host")
	}
	r = r.Clone(r.Context())
	if n.accept != "" {
		r.Header.Set("Accept", n.accept)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func dataset(t *testing.T, e suite.Entry, node rdf.Term) eval.Dataset {
	var quads []rdf.Quad
	for d := range e.Graph.Objects(node, rdf.IRI(suite.QT+"data")) {
		read, err := turtle.Parse(e.Read(t, d), d.Value())
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, read...)
	}
	return eval.NewMemory(slices.Values(quads))
}

func serviceTest(t *testing.T, e suite.Entry) {
	query := string(e.Read(t, e.Get(e.Action, suite.QT+"query")))
	net := web{hosts: map[string]http.Handler{}}
	// The suite has endpoints that nobody serves, too.
	allowed := []string{"http://example.org/sparql", "http://example1.org/sparql", "http://example2.org/sparql", "http://invalid.endpoint.org/sparql"}
	for s := range e.Graph.Objects(e.Action, rdf.IRI(suite.QT+"serviceData")) {
		// An endpoint may be sent on to another one.
		service := sparql.NewService(sparql.ServiceOptions{Client: &http.Client{Transport: net}, Allowed: allowed})
		engine := sparql.NewFixed(dataset(t, e, s), sparql.EmbeddedOptions{Service: service})
		net.hosts[e.Get(s, suite.QT+"endpoint").Value()] = sparql.Handler(engine, sparql.HandlerOptions{})
	}
	format, _ := results.FormatByName(path.Ext(e.Result.Value()))
	for _, accept := range []string{sparql.ResultsJSON, sparql.ResultsXML, sparql.ResultsTSV} {
		net.accept = accept
		service := sparql.NewService(sparql.ServiceOptions{Client: &http.Client{Transport: net}, Allowed: allowed})
		engine := sparql.NewFixed(dataset(t, e, e.Action), sparql.EmbeddedOptions{Service: service})
		r, err := engine.Query(t.Context(), sparql.Query{Text: query})
		if err != nil {
			t.Fatalf("%v in\n%s", err, query)
		}
		defer r.Close()
		want, err := results.Read(bytes.NewReader(e.Read(t, e.Result)), format)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := rowsOf(t, r), rowsOf(t, want); !slices.Equal(got, want) {
			t.Errorf("%s\nby %s gives\n%s\nnot\n%s", query, accept, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// rowsOf lists solutions by the names of their variables, sorted.
func rowsOf(t *testing.T, r *results.Result) []string {
	var list []string
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		var cells []string
		for i, term := range row {
			switch {
			case term.IsBlank():
				cells = append(cells, r.Vars[i]+"=[]")
			case !term.IsZero():
				cells = append(cells, fmt.Sprint(r.Vars[i], "=", term))
			}
		}
		slices.Sort(cells)
		list = append(list, strings.Join(cells, " "))
	}
	slices.Sort(list)
	return list
}

// What another endpoint does wrong, and what the one who asked is told.
func TestServiceTrouble(t *testing.T) {
	const endless = "http://www.example/endless"
	hosts := map[string]http.Handler{
		"http://www.example/fout": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }),
		"http://www.example/html": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }),
		"http://www.example/ander": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://localhost/", http.StatusFound)
		}),
		"http://www.example/half": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", sparql.ResultsJSON)
			io.WriteString(w, `{"head":{"vars":["s"]},"results":{"bindings":[`)
		}),
		endless: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", sparql.ResultsCSV)
			io.WriteString(w, "s\r\n"+strings.Repeat("http://a\r\n", 20_000))
		}),
	}
	client := &http.Client{Transport: web{hosts: hosts}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	allowed := []string{"http://www.example/weg"}
	for name := range hosts {
		allowed = append(allowed, name)
	}
	engine := sparql.NewFixed(eval.NewMemory(slices.Values([]rdf.Quad{})), sparql.EmbeddedOptions{
		Service: sparql.NewService(sparql.ServiceOptions{Client: client, Allowed: allowed, MaxBytes: 100_000})})
	h := sparql.Handler(engine, sparql.HandlerOptions{})
	for name, want := range map[string]struct {
		status int
		text   string
	}{
		"http://www.example/fout":            {502, "500"},
		"http://www.example/html":            {502, "no format of results"},
		"http://www.example/ander":           {502, "302"},
		"http://www.example/half":            {502, "read json results"},
		"http://www.example/weg":             {502, "no such host"},
		endless:                              {502, "too large"},
		"http://169.254.169.254/latest/":     {403, "is not possible here"},
		"http://www.example/niet-toegelaten": {403, "http://www.example/fout"},
	} {
		for _, silent := range []string{"", "SILENT "} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, get("SELECT * { SERVICE "+silent+"<"+name+"> { ?s ?p ?o } }"))
			if silent != "" {
				want.status, want.text = 200, "bindings"
			}
			if w.Code != want.status || !strings.Contains(w.Body.String(), want.text) {
				t.Errorf("SERVICE %s<%s>: %d, not %d: %s", silent, name, w.Code, want.status, w.Body)
			}
		}
	}
}

// A SERVICE that cannot be asked as it is written is the fault of the query.
func TestServiceWrong(t *testing.T) {
	nobody := sparql.NewService(sparql.ServiceOptions{Client: http.DefaultClient})
	data := eval.NewMemory(slices.Values([]rdf.Quad{}))
	for text, engine := range map[string]sparql.Engine{
		"SELECT * { SERVICE ?x { ?s ?p ?o } }":                    sparql.NewFixed(data, sparql.EmbeddedOptions{Service: nobody}),
		"SELECT * { BIND (1 AS ?x) SERVICE ?x { ?s ?p ?o } }":     sparql.NewFixed(data, sparql.EmbeddedOptions{Service: nobody}),
		"SELECT * { SERVICE <http://www.example/> { ?s ?p ?o } }": sparql.NewFixed(data, sparql.EmbeddedOptions{}),
	} {
		w := httptest.NewRecorder()
		sparql.Handler(engine, sparql.HandlerOptions{}).ServeHTTP(w, get(text))
		if w.Code != 400 || !strings.Contains(w.Body.String(), "SERVICE") {
			t.Errorf("%s: %d: %s", text, w.Code, w.Body)
		}
	}
}

// An endpoint that does not answer is given up.
func TestServiceTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		service := sparql.NewService(sparql.ServiceOptions{Client: &http.Client{Transport: silent}, Allowed: []string{"http://e"}, Timeout: 5 * time.Second})
		begun := time.Now()
		if _, err := service(context.Background(), "http://e", "ASK {}"); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

package sparql_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/results"
)

const form = "application/x-www-form-urlencoded"

// key lets in who carries the token.
func key(r *http.Request) (string, bool) {
	return "kaarten", r.Header.Get("Authorization") == "Bearer goed"
}

func TestUpdate(t *testing.T) {
	s := openStore(t)
	engine := sparql.NewEmbedded(s, sparql.EmbeddedOptions{Writer: &direct{store: s, under: "http://eigen/"}})
	h := sparql.Handler(engine, sparql.HandlerOptions{Authorize: key, MaxUpdateBytes: 1000})
	const insert = "INSERT DATA { GRAPH <http://eigen/a> { <http://s> <http://p> 1 } }"
	token := []string{"Authorization", "Bearer goed"}
	for _, c := range []struct {
		name    string
		request *http.Request
		status  int
		body    string // a part of it
	}{
		{"no token", post("application/sparql-update", insert), 401, "Bearer"},
		{"no token, a form", post(form, url.Values{"update": {insert}}.Encode()), 401, "Bearer"},
		{"a wrong token", post("application/sparql-update", insert, "Authorization", "Bearer fout"), 401, "not known"},
		{"another scheme", post("application/sparql-update", insert, "Authorization", "Basic Z29lZDo="), 401, "not known"},
		{"a token, and a query", post("application/sparql-query", "ASK { GRAPH <http://eigen/a> { ?s ?p 1 } }", token...), 200, "false"},
		{"direct", post("application/sparql-update", insert, token...), 204, ""},
		{"seen", get("ASK { GRAPH <http://eigen/a> { ?s ?p 1 } }"), 200, "true"},
		{"a form", post(form, url.Values{"update": {"CLEAR GRAPH <http://eigen/a>"}}.Encode(), token...), 204, ""},
		{"gone", get("ASK { GRAPH <http://eigen/a> { ?s ?p 1 } }"), 200, "false"},
		{"using graphs of the request", post(form, url.Values{
			"update": {"INSERT { GRAPH <http://eigen/b> { ?s ?p ?o } } WHERE { ?s ?p ?o }"}, "using-graph-uri": {"http://eigen/niets"},
		}.Encode(), token...), 204, ""},
		{"nothing came of it", get("ASK { ?s ?p ?o }"), 200, "false"},
		{"using twice", post(form, url.Values{
			"update": {"DELETE { GRAPH <http://eigen/b> { ?s ?p ?o } } USING <http://eigen/a> WHERE { ?s ?p ?o }"}, "using-graph-uri": {"http://eigen/a"},
		}.Encode(), token...), 400, "USING or WITH"},
		{"with and using", post(form, url.Values{
			"update": {"WITH <http://eigen/a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"}, "using-named-graph-uri": {"http://eigen/a"},
		}.Encode(), token...), 400, "USING or WITH"},
		{"another graph", post("application/sparql-update", "INSERT DATA { GRAPH <http://geoogst/a> { <http://s> <http://p> 1 } }", token...), 403, "http://geoogst/a> is read-only. What was harvested"},
		{"the default graph", post("application/sparql-update", "INSERT DATA { <http://s> <http://p> 1 }", token...), 403, "default graph is read-only"},
		{"a wrong update", post("application/sparql-update", "INSERT DATA { GRAPH }", token...), 400, "Syntax error at 1:21"},
		{"a query as an update", post("application/sparql-update", "ASK {}", token...), 400, "an update operation"},
		{"two updates", post(form, "update=CLEAR+ALL&update=CLEAR+ALL", token...), 400, "2 updates"},
		{"an update and a query", post(form, "update=CLEAR+ALL&query=ASK{}", token...), 400, "one of them"},
		{"too long", post("application/sparql-update", insert+strings.Repeat(" ", 1000), token...), 413, "1000"},
		{"by GET", with(httptest.NewRequest("GET", "/sparql?update=CLEAR%20ALL", nil), token...), 400, "by POST"},
		{"a graph that is not there", post("application/sparql-update", "COPY <http://eigen/nergens> TO <http://eigen/a>", token...), 400, "does not exist"},
		{"LOAD", post("application/sparql-update", "LOAD <http://x/> INTO GRAPH <http://eigen/a>", token...), 501, "http://x/"},
		{"LOAD SILENT", post("application/sparql-update", "LOAD SILENT <http://x/> INTO GRAPH <http://eigen/a>", token...), 204, ""},
		{"the description says that updates are taken", httptest.NewRequest("GET", "/sparql", nil), 200, "SPARQL11Update"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, c.request)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: %d, not %d: %s", c.name, w.Code, c.status, w.Body)
		}
		if (w.Code == 401) != (w.Header().Get("WWW-Authenticate") != "") {
			t.Errorf("%s: %v", c.name, w.Header())
		}
	}
}

// What a Writer says becomes a status.
func TestUpdateOutcomes(t *testing.T) {
	for err, want := range map[error]int{
		sparql.ErrPending:     202,
		sparql.ErrBusy:        503,
		sparql.ErrOutside:     409,
		sparql.ErrUnsupported: 501,
		&sparql.LimitError{Limit: "triples", Bound: 10}: 413,
		&sparql.LimitError{Limit: "time"}:               504,
		&sparql.ReadOnlyError{}:                         403,
		&eval.RequestError{Message: "no such graph"}:    400,
		errors.New("disk on fire"):                      500,
	} {
		e := failing{err}
		for name, h := range map[string]http.Handler{
			"POST /sparql": sparql.Handler(e, sparql.HandlerOptions{Authorize: anybody}),
			"PUT /a":       sparql.GraphStore(e, sparql.HandlerOptions{Authorize: anybody}),
			"DELETE /a":    sparql.GraphStore(e, sparql.HandlerOptions{Authorize: anybody}),
		} {
			method, path, _ := strings.Cut(name, " ")
			r := httptest.NewRequest(method, path, strings.NewReader(""))
			r.Header.Set("Content-Type", "text/turtle")
			if method == "POST" {
				r = post("application/sparql-update", "CLEAR ALL")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != want || strings.Contains(w.Body.String(), "fire") {
				t.Errorf("%s, %v: %d, not %d: %s", name, err, w.Code, want, w.Body)
			}
		}
	}
	// An engine that takes no graphs says so, and so does one without a Writer.
	for _, e := range []sparql.Engine{rows(0, nil), sparql.NewEmbedded(openStore(t), sparql.EmbeddedOptions{})} {
		w := httptest.NewRecorder()
		sparql.GraphStore(e, sparql.HandlerOptions{Authorize: anybody}).ServeHTTP(w, httptest.NewRequest("DELETE", "/a", nil))
		if w.Code != 501 {
			t.Errorf("%T: %d %s", e, w.Code, w.Body)
		}
	}
}

// failing is an engine whose writes end in an error, or in none.
type failing struct {
	err error
}

func (f failing) Query(context.Context, sparql.Query) (*results.Result, error) { return nil, f.err }
func (f failing) Update(context.Context, sparql.Query) error                   { return f.err }
func (f failing) Graph(context.Context, rdf.Term) (*results.Result, bool, error) {
	return nil, false, f.err
}
func (f failing) PutGraph(context.Context, rdf.Term, []rdf.Quad) (bool, error)  { return true, f.err }
func (f failing) PostGraph(context.Context, rdf.Term, []rdf.Quad) (bool, error) { return true, f.err }
func (f failing) DeleteGraph(context.Context, rdf.Term) (bool, error)           { return true, f.err }

// A token may not write without end; another one may meanwhile.
func TestWriteRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := sparql.Handler(failing{}, sparql.HandlerOptions{
			WritesPerMinute: 60, // six at once
			Authorize:       func(r *http.Request) (string, bool) { return r.Header.Get("Authorization"), true },
		})
		write := func(who string) int {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, post("application/sparql-update", "CLEAR ALL", "Authorization", who))
			return w.Code
		}
		for i := range 8 {
			if got, want := write("a"), map[bool]int{true: 204, false: 429}[i < 6]; got != want {
				t.Errorf("write %d: %d, not %d", i, got, want)
			}
		}
		if got := write("b"); got != 204 {
			t.Errorf("another: %d", got)
		}
		time.Sleep(2 * time.Second)
		if got := []int{write("a"), write("a"), write("a")}; got[0] != 204 || got[1] != 204 || got[2] != 429 {
			t.Errorf("after two seconds: %v", got)
		}
	})
}

// The Graph Store Protocol: requests that name no graph or two, bodies in each
// syntax, and answers.
func TestGraphStore(t *testing.T) {
	s := openStore(t)
	h := sparql.GraphStore(writable(s), sparql.HandlerOptions{
		URL: "http://g.example/graphs", Authorize: anybody, Version: s.Version, MaxGraphBytes: 1000,
	})
	const (
		ttl   = "<#s> <http://p> 1 ."
		xml   = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://p/"><rdf:Description rdf:about="#s"><q>1</q></rdf:Description></rdf:RDF>`
		json  = `{"@id": "#s", "http://p/j": "1"}`
		parts = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.nt\"\r\n\r\n_:a <http://p> _:a .\r\n--b\r\nContent-Disposition: form-data; name=\"f\"\r\nContent-Type: text/turtle\r\n\r\n_:a <http://p> [] .\r\n--b--\r\n"
	)
	tag := ""
	for _, c := range []struct {
		method, path, mediaType, body string
		headers                       []string
		status                        int
		want                          string
	}{
		{"GET", "/", "", "", nil, 400, "?graph=<IRI>"},
		{"GET", "/?graph=a", "", "", nil, 400, "not an absolute IRI"},
		{"GET", "/?graph=http://a&graph=http://b", "", "", nil, 400, "Name one graph"},
		{"GET", "/?graph=http://a&default", "", "", nil, 400, "Name one graph"},
		{"GET", "/x?default", "", "", nil, 400, "names a graph already"},
		{"GET", "/x", "", "", nil, 404, "http://g.example/graphs/x"},
		{"PATCH", "/x", "application/sparql-update", "CLEAR ALL", nil, 405, "PATCH"},
		{"OPTIONS", "/x", "", "", nil, 204, ""},
		{"PUT", "/x", "text/turtle", "", nil, 204, ""}, // a graph without triples does not exist
		{"PUT", "/x", "text/turtle", ttl, nil, 201, ""},
		{"GET", "/x", "", "", []string{"Accept", "application/n-triples"}, 200, "<http://g.example/graphs/x#s> <http://p> \"1\""},
		{"GET", "/x", "", "", []string{"Accept", "application/rdf+xml"}, 200, "rdf:about=\"http://g.example/graphs/x#s\""},
		{"GET", "/x", "", "", []string{"Accept", "application/json"}, 200, "@id"},
		{"GET", "/x", "", "", []string{"Accept", "image/png"}, 406, "text/turtle"},
		{"PUT", "/x", "application/rdf+xml", xml, nil, 204, ""},
		{"POST", "/x", "application/ld+json", json, nil, 204, ""},
		{"POST", "/x", "application/n-quads", "<http://s> <http://p> \"nq\" .\n", nil, 204, ""},
		{"POST", "/x", "application/trig", "<http://s> <http://p> \"trig\" .", nil, 204, ""},
		{"GET", "/x", "", "", []string{"Accept", "application/n-quads"}, 200, "\"nq\" ."},
		{"GET", "/x", "", "", []string{"Accept", "text/turtle"}, 200, "\"trig\""},
		{"POST", "/x", "application/n-quads", "<http://s> <http://p> \"x\" <http://g> .\n", nil, 400, "named graphs"},
		{"PUT", "/x", "text/turtle", "<#s> <http://p> .\n", nil, 400, "<#s> <http://p> .\n                ^"},
		{"PUT", "/x", "application/ld+json", "{", nil, 400, ""},
		{"PUT", "/x", "text/html", "<p>", nil, 415, "text/turtle"},
		{"PUT", "/x", "", ttl, nil, 415, "text/turtle"},
		{"PUT", "/x", "text/turtle; charset=latin1", ttl, nil, 415, "UTF-8"},
		{"PUT", "/x", "text/turtle", ttl + strings.Repeat(" ", 1000), nil, 413, "1000"},
		{"POST", "/y", "multipart/form-data; boundary=b", parts, nil, 201, ""},
		{"POST", "/y", "multipart/form-data; boundary=c", parts, nil, 400, "form"},
		{"POST", "/", "text/turtle", ttl, nil, 201, ""},
		{"DELETE", "/x", "", "", nil, 204, ""},
		{"DELETE", "/x", "", "", nil, 404, ""},
		{"GET", "/?default", "", "", []string{"Accept", "application/n-triples"}, 200, "<http://p>"},
		{"HEAD", "/?default", "", "", nil, 200, ""},
		{"DELETE", "/?default", "", "", nil, 404, ""}, // of graphs with a name it is a view
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		if c.mediaType != "" {
			r.Header.Set("Content-Type", c.mediaType)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, with(r, c.headers...))
		body, _ := io.ReadAll(w.Body)
		if w.Code != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s %s %s: %d, not %d: %s\nwithout %s", c.method, c.path, c.mediaType, w.Code, c.status, body, c.want)
		}
		if w.Code == 201 && !strings.HasPrefix(w.Header().Get("Location"), "http://g.example/graphs/") {
			t.Errorf("%s %s: Location %s", c.method, c.path, w.Header().Get("Location"))
		}
		if c.method == "GET" && w.Code == 200 {
			tag = w.Header().Get("ETag")
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, with(httptest.NewRequest("GET", "/?default", nil), "Accept", "application/n-triples", "If-None-Match", tag))
	if w.Code != 304 || tag == "" {
		t.Errorf("If-None-Match %s: %d", tag, w.Code)
	}
}

// An answer over the limit of bytes is told as an error while it can be, and later
// in the stream itself, as well as the syntax can.
func TestResultBytes(t *testing.T) {
	h := sparql.Handler(rows(2_000, nil), sparql.HandlerOptions{MaxResultBytes: 10_000})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, get(selectAll))
	if w.Code != 503 || !strings.Contains(w.Body.String(), "limit reached (bytes)") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	server := httptest.NewServer(sparql.Handler(rows(200_000, nil), sparql.HandlerOptions{MaxResultBytes: 300_000}))
	defer server.Close()
	for accept, remark := range map[string]string{sparql.ResultsXML: "<!-- BROKEN OFF: limit reached (bytes)", sparql.ResultsCSV: ""} {
		r, err := http.NewRequest("GET", server.URL+"?query="+url.QueryEscape(selectAll), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil || answer.StatusCode != 200 || !strings.Contains(string(body), remark) {
			t.Errorf("%s: %d, %v, ends with %q", accept, answer.StatusCode, err, body[max(0, len(body)-200):])
		}
	}
}

package sparql_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/results"
)

// fake is an engine that answers what a test wants.
type fake struct {
	query func(ctx context.Context, q sparql.Query) (*results.Result, error)
}

func (f fake) Query(ctx context.Context, q sparql.Query) (*results.Result, error) {
	return f.query(ctx, q)
}
func (fake) Update(context.Context, sparql.Query) error { return sparql.ErrUnsupported }
func (fake) Graph(context.Context, rdf.Term) (*results.Result, bool, error) {
	return nil, false, nil
}

// rows is an engine that answers with n rows, and then an error if there is one.
func rows(n int, end error) fake {
	return fake{func(context.Context, sparql.Query) (*results.Result, error) {
		return &results.Result{Kind: results.Bindings, Vars: []string{"x"}, Rows: func(yield func([]rdf.Term, error) bool) {
			for i := range n {
				if !yield([]rdf.Term{rdf.IRI(fmt.Sprint("http://voorbeeld.be/id/", i*i))}, nil) {
					return
				}
			}
			if end != nil {
				yield(nil, end)
			}
		}}, nil
	}}
}

func endpoint(t *testing.T) (sparql.Engine, func() uint64, func()) {
	s := openStore(t)
	quad := rdf.Quad{Subject: rdf.IRI("http://s"), Predicate: rdf.IRI("http://p"), Object: rdf.String("waarde, met komma")}
	change := func() {
		quad.Object = rdf.String(quad.Object.Value() + "!")
		if err := s.Put(context.Background(), "http://g", []rdf.Quad{quad}); err != nil {
			t.Fatal(err)
		}
	}
	change()
	return sparql.NewEmbedded(s, sparql.EmbeddedOptions{}), s.Version, change
}

const (
	selectAll    = "SELECT * { ?s ?p ?o }"
	constructAll = "CONSTRUCT WHERE { ?s ?p ?o }"
)

func get(query string, headers ...string) *http.Request {
	return with(httptest.NewRequest("GET", "/sparql?"+url.Values{"query": {query}}.Encode(), nil), headers...)
}

func post(contentType, body string, headers ...string) *http.Request {
	return with(httptest.NewRequest("POST", "/sparql", strings.NewReader(body)), append([]string{"Content-Type", contentType}, headers...)...)
}

func with(r *http.Request, headers ...string) *http.Request {
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestHandler(t *testing.T) {
	engine, version, _ := endpoint(t)
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<title>SPARQL</title>")
	})
	h := sparql.Handler(engine, sparql.HandlerOptions{Version: version, Page: page, MaxQueryBytes: 1000, Limits: sparql.Limits{Rows: 100}})
	long := "SELECT * { ?s ?p '" + strings.Repeat("x", 1000) + "' }"
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct {
		name     string
		request  *http.Request
		status   int
		mimeType string
		body     string // a part of it
	}{
		{"json by default", get(selectAll), 200, "application/sparql-results+json", `"waarde, met komma!"`},
		{"what a browser asks", get(selectAll, "Accept", "text/html,*/*;q=0.8"), 200, "application/sparql-results+json", ""},
		{"application/json", get(selectAll, "Accept", "application/json"), 200, "application/json", `"bindings"`},
		{"xml", get(selectAll, "Accept", "application/sparql-results+xml"), 200, "application/sparql-results+xml", "<binding"},
		{"text/xml", get(selectAll, "Accept", "text/xml"), 200, "text/xml; charset=utf-8", "<binding"},
		{"csv", get(selectAll, "Accept", "text/csv"), 200, "text/csv; charset=utf-8", `http://s,http://p,"waarde, met komma!"`},
		{"tsv", get(selectAll, "Accept", "text/tab-separated-values"), 200, "text/tab-separated-values; charset=utf-8", "?s\t?p\t?o"},
		{"by liking", get(selectAll, "Accept", "text/csv;q=0.3, application/sparql-results+xml;q=0.7"), 200, "application/sparql-results+xml", ""},
		{"by parameter", httptest.NewRequest("GET", "/sparql?format=csv&query="+url.QueryEscape(selectAll), nil), 200, "text/csv; charset=utf-8", ""},
		{"by a parameter nobody knows", httptest.NewRequest("GET", "/sparql?format=auto&query="+url.QueryEscape(selectAll), nil), 200, "application/sparql-results+json", ""},
		{"ask", get("ASK {}"), 200, "application/sparql-results+json", "true"},
		{"solutions as turtle", get(selectAll, "Accept", "text/turtle"), 406, "", "text/csv"},
		{"turtle by default", get(constructAll), 200, "text/turtle; charset=utf-8", `"waarde, met komma!"`},
		{"n-triples", get(constructAll, "Accept", "application/n-triples"), 200, "application/n-triples", "<http://s> <http://p> "},
		{"text/plain", get(constructAll, "Accept", "text/plain"), 200, "text/plain; charset=utf-8", "<http://s> <http://p> "},
		{"n-quads", get(constructAll, "Accept", "application/n-quads"), 200, "application/n-quads", "<http://s> <http://p> "},
		{"trig", get(constructAll, "Accept", "application/trig"), 200, "application/trig", "<http://p>"},
		{"json-ld", get(constructAll, "Accept", "application/ld+json"), 200, "application/ld+json", `"@id"`},
		{"json for triples", get(constructAll, "Accept", "application/json"), 200, "application/json", `"@id"`},
		{"triples as csv", get(constructAll, "Accept", "text/csv"), 406, "", "application/n-triples"},

		{"form", post("application/x-www-form-urlencoded", url.Values{"query": {selectAll}}.Encode()), 200, "application/sparql-results+json", "komma"},
		{"form with charset", post("application/x-www-form-urlencoded; charset=UTF-8", url.Values{"query": {selectAll}}.Encode()), 200, "", "komma"},
		{"direct", post("application/sparql-query", selectAll), 200, "application/sparql-results+json", "komma"},
		{"default graph", post("application/x-www-form-urlencoded", url.Values{"query": {selectAll}, "default-graph-uri": {"http://andere"}}.Encode(), "Accept", "text/csv"), 200, "", "s,p,o\r\n"},

		{"syntax error", get("SELECT * {\n ?s ?p }"), 400, "", "2:8"},
		{"its line", get("SELECT * {\n ?s ?p }"), 400, "", "\n ?s ?p }\n       ^\n"},
		{"no query", post("application/x-www-form-urlencoded", "a=b"), 400, "", "no query"},
		{"two queries", post("application/x-www-form-urlencoded", "query=ASK{}&query=ASK{}"), 400, "", "2 queries"},
		{"graph that is no IRI", post("application/x-www-form-urlencoded", url.Values{"query": {selectAll}, "named-graph-uri": {"g"}}.Encode()), 400, "", "absolute"},
		{"not UTF-8", post("application/sparql-query", "SELECT * { ?s ?p '\xff' }"), 400, "", "UTF-8"},
		{"not a form", post("application/x-www-form-urlencoded", "query=%zz"), 400, "", "form"},
		{"not parameters", httptest.NewRequest("GET", "/sparql?query=%zz", nil), 400, "", "parameters"},
		{"update by GET", httptest.NewRequest("GET", "/sparql?update=CLEAR%20ALL", nil), 400, "", "POST"},
		{"update", post("application/sparql-update", "CLEAR ALL"), 403, "", "read-only"},
		{"update form", post("application/x-www-form-urlencoded", "update=CLEAR%20ALL"), 403, "", "read-only"},
		{"PUT", httptest.NewRequest("PUT", "/sparql", nil), 405, "", "PUT"},
		{"long body", post("application/sparql-query", long), 413, "", "1000"},
		{"long form", post("application/x-www-form-urlencoded", url.Values{"query": {long}}.Encode()), 413, "", "1000"},
		{"very long form", post("application/x-www-form-urlencoded", "query="+strings.Repeat("%20", 5000)), 413, "", "4000"},
		{"long query", get(long), 414, "", "1000"},
		{"long address", httptest.NewRequest("GET", "/sparql?query="+strings.Repeat("a", 5000), nil), 414, "", "POST"},
		{"other body", post("text/plain", selectAll), 415, "", "text/plain"},
		{"other charset", post("application/sparql-query; charset=latin1", selectAll), 415, "", "latin1"},
		{"no content type", httptest.NewRequest("POST", "/sparql", strings.NewReader(selectAll)), 415, "", "Content-Type"},

		{"description", httptest.NewRequest("GET", "/sparql", nil), 200, "text/turtle; charset=utf-8", "<http://example.com/sparql>"},
		{"description as json-ld", with(httptest.NewRequest("GET", "/sparql", nil), "Accept", "application/ld+json"), 200, "application/ld+json", "supportedLanguage"},
		{"page", with(httptest.NewRequest("GET", "/sparql", nil), "Accept", browser), 200, "text/html; charset=utf-8", "<title>"},
		{"nothing to show", with(httptest.NewRequest("GET", "/sparql", nil), "Accept", "image/png"), 406, "", "text/turtle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, c.request)
			if w.Code != c.status {
				t.Fatalf("status %d, not %d: %s", w.Code, c.status, w.Body)
			}
			if c.status >= 400 {
				c.mimeType = "text/plain; charset=utf-8"
			}
			if got := w.Header().Get("Content-Type"); c.mimeType != "" && got != c.mimeType {
				t.Errorf("Content-Type %s, not %s", got, c.mimeType)
			}
			if !strings.Contains(w.Body.String(), c.body) {
				t.Errorf("the body does not hold %q:\n%s", c.body, w.Body)
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(w.Header().Get("Vary"), "Accept") {
				t.Errorf("headers %v", w.Header())
			}
			if c.status >= 400 && w.Header().Get("ETag") != "" {
				t.Error("an error has an entity tag")
			}
		})
	}
}

func TestHandlerPreflight(t *testing.T) {
	w := httptest.NewRecorder()
	sparql.Handler(rows(0, nil), sparql.HandlerOptions{}).ServeHTTP(w, httptest.NewRequest("OPTIONS", "/sparql", nil))
	if w.Code != http.StatusNoContent || !strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
}

func TestHandlerHead(t *testing.T) {
	w, r := httptest.NewRecorder(), get(selectAll)
	r.Method = http.MethodHead
	sparql.Handler(rows(3, nil), sparql.HandlerOptions{}).ServeHTTP(w, r)
	if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "application/sparql-results+json" {
		t.Errorf("%d, %v, %q", w.Code, w.Header(), w.Body)
	}
}

func TestHandlerEntityTag(t *testing.T) {
	engine, version, change := endpoint(t)
	h := sparql.Handler(engine, sparql.HandlerOptions{Version: version})
	ask := func(r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	first := ask(get(selectAll))
	tag := first.Header().Get("ETag")
	if first.Code != 200 || !strings.HasPrefix(tag, `W/"`) {
		t.Fatalf("%d with tag %q", first.Code, tag)
	}
	for _, header := range []string{tag, `"other", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
		if w := ask(get(selectAll, "If-None-Match", header)); w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
			t.Errorf("If-None-Match: %s gives %d", header, w.Code)
		}
	}
	for name, r := range map[string]*http.Request{
		"another tag":    get(selectAll, "If-None-Match", `W/"x"`),
		"another query":  get("SELECT ?s { ?s ?p ?o }", "If-None-Match", tag),
		"another format": get(selectAll, "If-None-Match", tag, "Accept", "text/csv"),
	} {
		if w := ask(r); w.Code != 200 {
			t.Errorf("%s gives %d", name, w.Code)
		}
	}
	change()
	if w := ask(get(selectAll, "If-None-Match", tag)); w.Code != 200 || w.Header().Get("ETag") == tag {
		t.Errorf("after a change: %d with the tag %s", w.Code, w.Header().Get("ETag"))
	}
	if w := ask(get("SELECT (NOW() AS ?nu) {}")); w.Header().Get("ETag") != "" {
		t.Error("an answer that depends on the time has a tag")
	}
}

func TestHandlerGzip(t *testing.T) {
	h := sparql.Handler(rows(20_000, nil), sparql.HandlerOptions{})
	plain, packed := httptest.NewRecorder(), httptest.NewRecorder()
	h.ServeHTTP(plain, get(selectAll))
	h.ServeHTTP(packed, get(selectAll, "Accept-Encoding", "gzip, deflate"))
	if plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings %q and %q", plain.Header().Get("Content-Encoding"), packed.Header().Get("Content-Encoding"))
	}
	if packed.Body.Len()*4 > plain.Body.Len() {
		t.Errorf("%d bytes packed to %d", plain.Body.Len(), packed.Body.Len())
	}
	unpack, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(unpack)
	if err != nil || string(body) != plain.Body.String() {
		t.Errorf("unpacked %d bytes, not %d: %v", len(body), plain.Body.Len(), err)
	}
	short := httptest.NewRecorder()
	sparql.Handler(rows(1, nil), sparql.HandlerOptions{}).ServeHTTP(short, get(selectAll, "Accept-Encoding", "gzip"))
	if short.Header().Get("Content-Encoding") != "" || short.Header().Get("Content-Length") != fmt.Sprint(short.Body.Len()) {
		t.Errorf("a short answer has the headers %v", short.Header())
	}
}

func TestHandlerErrorsOfTheEngine(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{&sparql.LimitError{Limit: "time", Bound: int64(time.Second)}, 504, "limit reached (time)"},
		{&sparql.LimitError{Limit: "work", Bound: 7}, 503, "limit reached (work)"},
		{fmt.Errorf("read: %w", &sparql.LimitError{Limit: "memory", Bound: 7}), 503, "limit reached (memory)"},
		{context.DeadlineExceeded, 504, "time"},
		{fmt.Errorf("service: %w", sparql.ErrUnsupported), 501, "not supported"},
		{errors.New("a secret of the house"), 500, "could not be answered"},
	} {
		for name, engine := range map[string]fake{
			"at once":    {func(context.Context, sparql.Query) (*results.Result, error) { return nil, c.err }},
			"on the way": rows(3, c.err),
		} {
			w := httptest.NewRecorder()
			sparql.Handler(engine, sparql.HandlerOptions{Version: func() uint64 { return 1 }}).ServeHTTP(w, get(selectAll, "Accept-Encoding", "gzip"))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.text) || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%v %s: %d, %s", c.err, name, w.Code, w.Body)
			}
			if w.Header().Get("ETag") != "" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Errorf("%v %s: headers %v", c.err, name, w.Header())
			}
		}
	}
}

// Half an answer must not look like a whole one: the client sees a broken
// connection, with HTTP/1.1 and with HTTP/2, packed or not.
func TestHandlerBreaksOff(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, encoding := range []string{"identity", "gzip"} {
			server := httptest.NewUnstartedServer(sparql.Handler(rows(50_000, errors.New("disk on fire")), sparql.HandlerOptions{}))
			server.EnableHTTP2 = http2
			server.StartTLS()
			r, err := http.NewRequest("GET", server.URL+"/sparql?query="+url.QueryEscape(selectAll), nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept", "text/csv")
			r.Header.Set("Accept-Encoding", encoding)
			answer, err := server.Client().Do(r)
			if err == nil {
				_, err = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
			}
			if err == nil {
				t.Errorf("HTTP/2 %v, %s: half an answer came as a whole one", http2, encoding)
			}
			server.Close()
		}
	}
}

// Rows are sent as they come when they come slowly.
func TestHandlerStreams(t *testing.T) {
	next := make(chan struct{})
	h := sparql.Handler(fake{func(context.Context, sparql.Query) (*results.Result, error) {
		return &results.Result{Kind: results.Quads, Quads: func(yield func(rdf.Quad, error) bool) {
			for range 2 * 20_000 {
				if !yield(rdf.Quad{Subject: rdf.IRI("http://s"), Predicate: rdf.IRI("http://p"), Object: rdf.String("o")}, nil) {
					return
				}
			}
			<-next
		}}, nil
	}}, sparql.HandlerOptions{})
	server := httptest.NewServer(h)
	defer server.Close()
	r, err := http.NewRequest("GET", server.URL+"/sparql?query=x", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/n-triples")
	answer, err := http.DefaultClient.Do(r) // returns when the head is there
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadFull(answer.Body, make([]byte, 64<<10)); err != nil {
		t.Errorf("the beginning did not come before the end: %v", err)
	}
	close(next)
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Error(err)
	}
}

func TestHandlerTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := make(chan struct{})
		h := sparql.Handler(fake{func(ctx context.Context, q sparql.Query) (*results.Result, error) {
			<-busy
			return rows(1, nil).query(ctx, q)
		}}, sparql.HandlerOptions{MaxConcurrent: 1})
		first, second := httptest.NewRecorder(), httptest.NewRecorder()
		go h.ServeHTTP(first, get(selectAll))
		synctest.Wait()
		h.ServeHTTP(second, get(selectAll)) // waits its ten seconds
		if second.Code != 503 || second.Header().Get("Retry-After") == "" || !strings.Contains(second.Body.String(), "limit") {
			t.Errorf("%d, %s", second.Code, second.Body)
		}
		close(busy)
		synctest.Wait()
		third := httptest.NewRecorder()
		h.ServeHTTP(third, get(selectAll))
		if first.Code != 200 || third.Code != 200 {
			t.Errorf("the others got %d and %d", first.Code, third.Code)
		}
	})
}

func TestTypeByName(t *testing.T) {
	for name, want := range map[string]string{
		"json": sparql.ResultsJSON, ".csv": sparql.ResultsCSV, "TSV": sparql.ResultsTSV, "xml": sparql.ResultsXML,
		"turtle": sparql.Turtle, ".ttl": sparql.Turtle, "ntriples": sparql.NTriples, ".nt": sparql.NTriples,
		"nquads": sparql.NQuads, "nq": sparql.NQuads, "trig": sparql.TriG, ".jsonld": sparql.JSONLD, "html": "", "": "",
	} {
		if got, ok := sparql.TypeByName(name); got != want || ok != (want != "") {
			t.Errorf("%q is %q, not %q", name, got, want)
		}
	}
}

// Every syntax can be written, in few quads and in many, and says of an unknown
// one so.
func TestWriteGraph(t *testing.T) {
	quads := func(n int, end error) func(func(rdf.Quad, error) bool) {
		return func(yield func(rdf.Quad, error) bool) {
			for i := range n {
				if !yield(rdf.Quad{Subject: rdf.IRI(fmt.Sprint("http://s/", i)), Predicate: rdf.IRI("http://p"), Object: rdf.String("o"), Graph: rdf.IRI("http://g")}, nil) {
					return
				}
			}
			if end != nil {
				yield(rdf.Quad{}, end)
			}
		}
	}
	for _, mediaType := range sparql.GraphTypes() {
		for _, n := range []int{0, 3, 12_000} {
			var b strings.Builder
			if err := sparql.WriteGraph(&b, mediaType, quads(n, nil), ""); err != nil {
				t.Errorf("%s: %v", mediaType, err)
			}
			if got := strings.Count(b.String(), "http://s/"); got != n {
				t.Errorf("%s: %d of %d subjects", mediaType, got, n)
			}
			graphed := slices.Contains([]string{sparql.NQuads, sparql.TriG, sparql.JSONLD}, mediaType)
			if strings.Contains(b.String(), "http://g") != (graphed && n > 0) {
				t.Errorf("%s: graph names are wrong", mediaType)
			}
		}
		if err := sparql.WriteGraph(io.Discard, mediaType, quads(3, io.ErrUnexpectedEOF), ""); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", mediaType, err)
		}
	}
	if err := sparql.WriteGraph(io.Discard, "text/html", quads(1, nil), ""); err == nil {
		t.Error("a graph as text/html")
	}
	if err := sparql.WriteResult(io.Discard, "text/html", &results.Result{Kind: results.Boolean}); err == nil {
		t.Error("a boolean as text/html")
	}
}

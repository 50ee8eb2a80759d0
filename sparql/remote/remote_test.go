package remote_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/remote"
)

// endpoint is a server that answers as its function does, and an engine for it.
func endpoint(t *testing.T, o remote.Options, answer http.HandlerFunc) *remote.Engine {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	o.Endpoint, o.Update, o.Pause = s.URL+"/sparql", s.URL+"/update", time.Microsecond
	if o.GraphStore != "" {
		o.GraphStore = s.URL + o.GraphStore
	}
	return engine(t, o)
}

func say(mediaType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = io.WriteString(w, body)
	}
}

// read returns what an engine answers as text.
func read(e *remote.Engine, q sparql.Query) (string, error) {
	r, err := e.Query(context.Background(), q)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var b strings.Builder
	switch {
	case r.Rows != nil:
		for row, err := range r.Rows {
			if err != nil {
				return b.String(), err
			}
			fmt.Fprintln(&b, row)
		}
	case r.Quads != nil:
		for q, err := range r.Quads {
			if err != nil {
				return b.String(), err
			}
			fmt.Fprintln(&b, q)
		}
	default:
		fmt.Fprintln(&b, r.Boolean)
	}
	return b.String(), nil
}

// TestFormats: an endpoint answers in what it likes best.
func TestFormats(t *testing.T) {
	const rows, ask, construct = "SELECT ?x { ?x ?y ?z }", "ASK { ?x ?y ?z }", "CONSTRUCT WHERE { ?x ?y ?z }"
	const triple = "<http://a> <http://b> \"c\"@nl .\n"
	for _, c := range []struct{ query, mediaType, body, want string }{
		{rows, "application/sparql-results+json", `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"http://a"}},{}]}}`, "[<http://a>]\n[]\n"},
		{rows, "application/json; charset=utf-8", `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"a","xml:lang":"nl"}}]}}`, "[\"a\"@nl]\n"},
		{rows, "application/sparql-results+xml", `<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head><results><result><binding name="x"><uri>http://a</uri></binding></result></results></sparql>`, "[<http://a>]\n"},
		{rows, "text/tab-separated-values", "?x\n<http://a>\n", "[<http://a>]\n"},
		{rows, "text/csv", "x\r\nhttp://a\r\n", "[\"http://a\"]\n"},
		{ask, "application/sparql-results+json", `{"head":{},"boolean":true}`, "true\n"},
		{ask, "application/sparql-results+xml", `<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>false</boolean></sparql>`, "false\n"},
		{ask, "application/sparql-results+json", `{"head":{"vars":["__ASK_RETVAL"]},"results":{"bindings":[{"__ASK_RETVAL":{"type":"literal","value":"1"}}]}}`, "true\n"},
		{construct, "application/n-triples", triple, triple},
		{construct, "text/turtle;charset=UTF-8", "@prefix : <http://> . :a :b \"c\"@nl .", triple},
		{construct, "application/rdf+xml", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:h="http://"><rdf:Description rdf:about="http://a"><h:b xml:lang="nl">c</h:b></rdf:Description></rdf:RDF>`, triple},
	} {
		got, err := read(endpoint(t, remote.Options{}, say(c.mediaType, c.body)), sparql.Query{Text: c.query})
		if err != nil || got != c.want {
			t.Errorf("%s as %s: %q, %v; want %q", c.query, c.mediaType, got, err, c.want)
		}
	}
}

// TestErrors: whatever an endpoint does wrong is told in a word.
func TestErrors(t *testing.T) {
	const half = `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"http://a"}}`
	status := func(code int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, code) }
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"refused":      {status(400, "Virtuoso 37000 Error\n  SP030: dit niet\n\nSPARQL query:\nSELECT"), "the endpoint answered 400 Bad Request: Virtuoso 37000 Error SP030: dit niet"},
		"much to say":  {status(500, strings.Repeat("zo ", 100_000)), "zo ..."},
		"a web page":   {say("text/html", "<h1>Welkom</h1>"), "the endpoint answered with text/html, want results"},
		"no type":      {func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Type"] = nil; w.Write([]byte("x")) }, "does not say what it is"},
		"cut off":      {say("application/sparql-results+json", half), "read json results: EOF"},
		"no JSON":      {say("application/sparql-results+json", "{]"), "read json results"},
		"nothing":      {say("application/sparql-results+json", ""), "EOF"},
		"other kind":   {say("application/sparql-results+json", `{"head":{},"boolean":true}`), "another kind of query"},
		"moved":        {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://elders/", http.StatusFound) }, "it has moved to http://elders/"},
		"needs a name": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }, "it wants credentials, and none are configured"},
		"not complete": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-SQL-State", "S1TAT")
			w.Header().Set("X-SQL-Message", "RC...: Returning incomplete results")
			say("application/sparql-results+json", half)(w, r)
		}, "the answer is not complete: RC...: Returning incomplete"},
		"always busy":   {status(503, "later"), "503 Service Unavailable: later"},
		"gateway's end": {status(504, "te lang"), "504 Gateway Timeout: te lang"},
	} {
		_, err := read(endpoint(t, remote.Options{}, c.answer), sparql.Query{Text: "SELECT ?x { ?x ?y ?z }"})
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 700 {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := read(engine(t, remote.Options{Endpoint: "http://127.0.0.1:1/", Pause: 1}), sparql.Query{Text: "ASK {}"}); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestOptions(t *testing.T) {
	client := &http.Client{}
	for want, o := range map[string]remote.Options{
		"no HTTP client":          {Endpoint: "http://a/"},
		`endpoint ""`:             {Client: client},
		"update \"ftp://a/\"":     {Client: client, Endpoint: "http://a/", Update: "ftp://a/"},
		"graphStore \"http://\"":  {Client: client, Endpoint: "http://a/", GraphStore: "http://"},
		"has credentials":         {Client: client, Endpoint: "http://u:p@a/"},
		"both a user and a token": {Client: client, Endpoint: "http://a/", User: "u", Token: "t"},
	} {
		if _, err := remote.New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New: %v, want an error with %q", err, want)
		}
	}
}

// TestBounds: what an endpoint sends is bounded here, whatever it thinks.
func TestBounds(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/tab-separated-values")
		_, err := io.WriteString(w, "?x\n")
		for ; err == nil; _, err = io.WriteString(w, strings.Repeat("<http://a>\n", 1000)) {
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is it told that the client left
		<-r.Context().Done()
	}
	for want, c := range map[string]struct {
		options remote.Options
		limits  sparql.Limits
		answer  http.HandlerFunc
	}{
		"rows":  {remote.Options{}, sparql.Limits{Rows: 2500}, endless},
		"bytes": {remote.Options{MaxBytes: 100_000}, sparql.Limits{}, endless},
		"time":  {remote.Options{}, sparql.Limits{Time: 20 * time.Millisecond}, silent},
	} {
		_, err := read(endpoint(t, c.options, c.answer), sparql.Query{Text: "SELECT ?x { ?x ?y ?z }", Limits: c.limits})
		var over *sparql.LimitError
		if !errors.As(err, &over) || over.Limit != want {
			t.Errorf("limit of %s: %v", want, err)
		}
	}
	// The engine's own bounds are the outer ones.
	_, err := read(endpoint(t, remote.Options{Limits: sparql.Limits{Rows: 10}}, endless), sparql.Query{Text: "SELECT ?x { ?x ?y ?z }", Limits: sparql.Limits{Rows: 100}})
	var over *sparql.LimitError
	if !errors.As(err, &over) || over.Bound != 10 {
		t.Errorf("the engine's own limit: %v", err)
	}
}

// TestCapped: an endpoint that tells how many rows it gives at most, and gives so
// many, may have left some out, unless the query asked for no more.
func TestCapped(t *testing.T) {
	e := endpoint(t, remote.Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-SPARQL-MaxRows", "2")
		say("text/tab-separated-values", "?x\n1\n2\n")(w, r)
	})
	var over *sparql.LimitError
	if _, err := read(e, sparql.Query{Text: "SELECT ?x { ?x ?y ?z }"}); !errors.As(err, &over) || over.Limit != "rows" || over.Bound != 2 {
		t.Errorf("as many rows as the endpoint gives: %v", err)
	}
	if got, err := read(e, sparql.Query{Text: "SELECT ?x { ?x ?y ?z } LIMIT 2"}); err != nil || strings.Count(got, "\n") != 2 {
		t.Errorf("as many rows as were asked for: %q, %v", got, err)
	}
}

// TestPassedOn: the text goes out whole, with what the endpoint cannot know before it.
func TestPassedOn(t *testing.T) {
	var got []string
	e := endpoint(t, remote.Options{}, func(w http.ResponseWriter, r *http.Request) {
		got = []string{r.Method, r.PostFormValue("query"), strings.Join(r.PostForm["default-graph-uri"], " "), strings.Join(r.PostForm["named-graph-uri"], " ")}
		say("application/sparql-results+json", `{"head":{},"boolean":true}`)(w, r)
	})
	const text = "# een\nASK { ?x <y> \"é&+\" }"
	if _, err := read(e, sparql.Query{Text: text, Base: "http://b/", DefaultGraphs: []string{"http://g/1", "http://g/2"}, NamedGraphs: []string{"http://g/3"}}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"POST", "BASE <http://b/> " + text, "http://g/1 http://g/2", "http://g/3"}; !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
	if _, err := read(e, sparql.Query{Text: "ASK { ?x a besluit:Besluit }"}); err != nil || !strings.Contains(got[1], "PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#> ") {
		t.Errorf("a prefix that is known here: %v, sent %q", err, got[1])
	}
}

// TestElsewhere: nothing makes the endpoint fetch from other places.
func TestElsewhere(t *testing.T) {
	e := endpoint(t, remote.Options{}, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	const service = "SERVICE <http://10.0.0.1/> { ?x ?y ?z }"
	for _, text := range []string{
		"SELECT * { " + service + " }",
		"SELECT * { ?a ?b ?c OPTIONAL { { SELECT ?x { ?x ?q ?r . " + service + " } LIMIT 1 } } }",
		"SELECT * { ?x ?b ?c FILTER(?x = 1 || EXISTS { " + service + " }) }",
		"SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?x ?b ?c MINUS { " + service + " } } } GROUP BY ?x HAVING(COUNT(*) > 1) ORDER BY ?n",
		"ASK { { ?x ?y ?z } UNION { VALUES ?s { <http://10.0.0.1/> } SERVICE SILENT ?s { ?x ?y ?z } } }",
	} {
		if _, err := read(e, sparql.Query{Text: text}); !errors.Is(err, sparql.ErrUnsupported) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"LOAD <http://10.0.0.1/>", "INSERT { ?x ?y ?z } WHERE { " + service + " }"} {
		if err := e.Update(context.Background(), sparql.Query{Text: text}); !errors.Is(err, sparql.ErrUnsupported) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestAgain: what may be sent twice is sent again when the endpoint is busy or the
// connection breaks; an update is sent once.
func TestAgain(t *testing.T) {
	var tries atomic.Int32
	shaky := func(w http.ResponseWriter, r *http.Request) {
		switch tries.Add(1) {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		case 3:
			http.Error(w, "Virtuoso 40001 Error SR172: Transaction deadlocked", http.StatusInternalServerError)
		default:
			say("application/sparql-results+json", `{"head":{},"boolean":true}`)(w, r)
		}
	}
	ctx := context.Background()
	quad := []rdf.Quad{{Subject: rdf.IRI("http://a"), Predicate: rdf.IRI("http://b"), Object: rdf.String("c")}}
	for name, c := range map[string]struct {
		do   func(*remote.Engine) error
		want int32
	}{
		"query":  {func(e *remote.Engine) error { _, err := read(e, sparql.Query{Text: "ASK {}"}); return err }, 4},
		"put":    {func(e *remote.Engine) error { return e.Put(ctx, "http://g", quad) }, 4},
		"delete": {func(e *remote.Engine) error { return e.Delete(ctx, "http://g") }, 4},
		"update": {func(e *remote.Engine) error { return e.Update(ctx, sparql.Query{Text: "CLEAR ALL"}) }, 1},
	} {
		tries.Store(0)
		err := c.do(endpoint(t, remote.Options{GraphStore: "/graphs"}, shaky))
		if n := tries.Load(); n != c.want || (err == nil) != (c.want == 4) {
			t.Errorf("%s: %d tries, %v", name, n, err)
		}
	}
}

// TestCredentials: to each endpoint what it asks for, and only when it asks.
func TestCredentials(t *testing.T) {
	answer := say("application/sparql-results+json", `{"head":{},"boolean":true}`)
	md5sum := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	field := func(header, name string) string {
		_, rest, _ := strings.Cut(header, name+"=")
		value, _, _ := strings.Cut(strings.Trim(rest, `"`), ",")
		return strings.Trim(value, `"`)
	}
	var requests atomic.Int32
	for name, c := range map[string]struct {
		options remote.Options
		ask     []string
		right   func(r *http.Request) bool
		want    int32 // requests for two queries
	}{
		"bearer": {remote.Options{Token: "sesam"}, nil, func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer sesam" }, 2},
		"basic": {remote.Options{User: "an", Password: "sesam"}, []string{`Basic realm="x"`}, func(r *http.Request) bool {
			user, password, ok := r.BasicAuth()
			return ok && user == "an" && password == "sesam"
		}, 3},
		"digest before basic": {remote.Options{User: `a"n`, Password: "sesam"}, []string{`Basic realm="x"`, `Digest realm="x, y", nonce="n1", opaque="o", stale="false", qop="auth,auth-int", algorithm="MD5"`}, func(r *http.Request) bool {
			h := r.Header.Get("Authorization")
			want := md5sum(strings.Join([]string{md5sum(`a"n:x, y:sesam`), "n1", field(h, "nc"), field(h, "cnonce"), "auth", md5sum("POST:" + r.RequestURI)}, ":"))
			return strings.HasPrefix(h, "Digest ") && field(h, "response") == want && field(h, "opaque") == "o" && strings.Contains(h, `username="a\"n"`)
		}, 3},
		"digest of before": {remote.Options{User: "an", Password: "sesam"}, []string{`Digest realm="x", nonce="n1"`}, func(r *http.Request) bool {
			h := r.Header.Get("Authorization")
			return field(h, "response") == md5sum(md5sum("an:x:sesam")+":n1:"+md5sum("POST:"+r.RequestURI))
		}, 3},
	} {
		requests.Store(0)
		e := endpoint(t, c.options, func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			if !c.right(r) {
				w.Header()["Www-Authenticate"] = c.ask
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			answer(w, r)
		})
		for range 2 {
			if _, err := read(e, sparql.Query{Text: "ASK {}"}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := requests.Load(); n != c.want {
			t.Errorf("%s: %d requests, want %d", name, n, c.want)
		}
	}
	for name, ask := range map[string]string{"basic": `Basic realm="x"`, "digest": `Digest realm="x", nonce="n", qop="auth"`} {
		requests.Store(0)
		e := endpoint(t, remote.Options{User: "an", Password: "fout"}, func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			w.Header().Set("WWW-Authenticate", ask)
			w.WriteHeader(http.StatusUnauthorized)
		})
		if _, err := read(e, sparql.Query{Text: "ASK {}"}); err == nil || !strings.Contains(err.Error(), "does not accept the credentials") || requests.Load() != 2 {
			t.Errorf("%s with a wrong password: %v after %d requests", name, err, requests.Load())
		}
	}
	// A nonce that grew old is no wrong password.
	var nonce atomic.Int32
	e := endpoint(t, remote.Options{User: "an", Password: "sesam"}, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%2 == 1 || field(r.Header.Get("Authorization"), "nonce") != fmt.Sprint(nonce.Load()) {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Digest realm="x", nonce="%d", stale=true, qop="auth"`, nonce.Add(1)))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(w, r)
	})
	for range 3 {
		requests.Store(0)
		if _, err := read(e, sparql.Query{Text: "ASK {}"}); err != nil {
			t.Errorf("with an old nonce: %v", err)
		}
	}
}

// TestReadOnly: an engine without an address to write to says so.
func TestReadOnly(t *testing.T) {
	e, ctx := engine(t, remote.Options{Endpoint: "http://127.0.0.1:1/", Pause: 1}), context.Background()
	quad := []rdf.Quad{{Subject: rdf.IRI("http://a"), Predicate: rdf.IRI("http://b"), Object: rdf.String("c")}}
	for name, err := range map[string]error{
		"update": e.Update(ctx, sparql.Query{Text: "CLEAR ALL"}),
		"put":    e.Put(ctx, "http://g", quad),
		"delete": e.Delete(ctx, "http://g"),
	} {
		if !errors.Is(err, sparql.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLargeGraph: without a graph store, a large graph is whole beside the old one
// before it takes its place.
func TestLargeGraph(t *testing.T) {
	var sent []string
	e := endpoint(t, remote.Options{}, func(w http.ResponseWriter, r *http.Request) { sent = append(sent, r.PostFormValue("update")) })
	quads := make([]rdf.Quad, 2500)
	for i := range quads {
		quads[i] = rdf.Quad{Subject: rdf.IRI("http://a"), Predicate: rdf.IRI("http://b"), Object: rdf.String(fmt.Sprint(i))}
	}
	if err := e.Put(context.Background(), "http://g", quads); err != nil {
		t.Fatal(err)
	}
	if len(sent) != 4 {
		t.Fatalf("%d updates", len(sent))
	}
	total := 0
	for i, text := range sent[:3] {
		total += strings.Count(text, "<http://b>")
		if strings.Contains(text, "<http://g>") || strings.HasPrefix(text, "DROP SILENT GRAPH <urn:belfort:staging:") != (i == 0) {
			t.Errorf("update %d begins %.80s", i, text)
		}
	}
	if total != len(quads) || !strings.HasPrefix(sent[3], "MOVE GRAPH <urn:belfort:staging:") || !strings.HasSuffix(sent[3], "> TO <http://g>") {
		t.Errorf("%d triples, then %s", total, sent[3])
	}
	quads[0].Subject = rdf.Blank("x")
	if err := e.Put(context.Background(), "http://g", quads); err == nil || !strings.Contains(err.Error(), "blank nodes") {
		t.Errorf("blank nodes in parts: %v", err)
	}
}

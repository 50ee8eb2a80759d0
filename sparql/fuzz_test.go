package sparql_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/sparql"
)

// Whatever a client sends, it gets an answer with a status that the protocols
// know, and errors are never our own fault.
func FuzzProtocol(f *testing.F) {
	s := openStore(f)
	engine := writable(s)
	o := sparql.HandlerOptions{
		URL: "http://h.example/x", Authorize: anybody, Version: s.Version, WritesPerMinute: 1 << 30, MaxGraphBytes: 10_000,
		Limits: sparql.Limits{Time: 200 * time.Millisecond, Work: 10_000, Memory: 1 << 20},
	}
	handlers := []http.Handler{sparql.Handler(engine, o), sparql.GraphStore(engine, o)}
	for _, seed := range [][4]string{
		{"GET", "/?query=ASK{}", "", ""},
		{"GET", "/?query=SELECT+*{?s+?p+?o}&explain=run&default-graph-uri=http://g", "text/csv;q=0.1, */*", ""},
		{"POST", "/", "application/sparql-update", "INSERT DATA { GRAPH <g> { _:a <p> 1 } } ; COPY <g> TO DEFAULT"},
		{"POST", "/", "application/x-www-form-urlencoded", "update=CLEAR+ALL&using-graph-uri=http%3A%2F%2Fg"},
		{"PUT", "/a/b?x", "text/turtle", "<> <p> [ <q> ( 1 2 ) ] ."},
		{"POST", "/?graph=http://g", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=x; filename=a.nt\r\n\r\n_:a <http://p> _:b .\r\n--b--"},
		{"DELETE", "/?default", "application/ld+json", "[]"},
		{"PUT", "/?graph=urn:x", "application/rdf+xml", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, method, target, mediaType, body string) {
		path, query, _ := strings.Cut(target, "?")
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		for i, h := range handlers {
			r := httptest.NewRequest("GET", "/", strings.NewReader(body))
			r.Method, r.URL = method, &url.URL{Path: path, RawQuery: query}
			r.Header.Set("Content-Type", mediaType)
			r.Header.Set("Accept", mediaType)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if _, err := io.ReadAll(w.Body); err != nil {
				t.Fatal(err)
			}
			if w.Code == 500 || w.Code < 200 || w.Code > 504 {
				t.Errorf("handler %d, %s %s: %d %s", i, method, target, w.Code, w.Body)
			}
		}
	})
}

package sparql_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// A query for which the server has no more memory is told so, and when to come
// back; a small one is answered.
func TestServerMemory(t *testing.T) {
	var quads []rdf.Quad
	for i := range 20_000 {
		quads = append(quads, rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("http://e/%d", i)), Predicate: rdf.IRI("http://e/p"), Object: rdf.String("x")})
	}
	h := sparql.Handler(sparql.NewFixed(eval.NewMemory(slices.Values(quads)), sparql.EmbeddedOptions{Memory: 1 << 20}), sparql.HandlerOptions{})
	r := get("SELECT * { ?s ?p ?o } ORDER BY DESC(?s)")
	r.Header.Set("Accept", "application/json")
	for range 2 { // what the first held is there for the second
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"limit":"memory of the server","bound":1048576`) {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, get("SELECT * { <http://e/7> ?p ?o } ORDER BY ?o"))
	if w.Code != 200 {
		t.Errorf("a small query: %d %s", w.Code, w.Body)
	}
}

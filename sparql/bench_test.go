package sparql_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/results"
)

// BenchmarkPoint asks for everything of one subject, as q01 of the bench does: by
// the engine alone, by the handler, and by a client over HTTP.
func BenchmarkPoint(b *testing.B) {
	s := openStore(b)
	var quads []rdf.Quad
	for i := range 20 {
		quads = append(quads, rdf.Quad{Subject: rdf.IRI("http://s"), Predicate: rdf.IRI(fmt.Sprint("http://p", i)), Object: rdf.LangLiteral("een waarde van een besluit", "nl")})
	}
	if err := s.Put(context.Background(), "http://g", quads); err != nil {
		b.Fatal(err)
	}
	engine := sparql.NewEmbedded(s, sparql.EmbeddedOptions{})
	h := sparql.Handler(engine, sparql.HandlerOptions{Version: s.Version})
	const query = "PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#> SELECT ?p ?o WHERE { GRAPH ?g { <http://s> ?p ?o } }"
	b.Run("engine", func(b *testing.B) {
		for range b.N {
			r, err := engine.Query(b.Context(), sparql.Query{Text: query})
			if err != nil {
				b.Fatal(err)
			}
			if err := results.Write(io.Discard, results.JSON, r); err != nil {
				b.Fatal(err)
			}
			r.Close()
		}
	})
	b.Run("handler", func(b *testing.B) {
		for range b.N {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, get(query))
		}
	})
	b.Run("http", func(b *testing.B) {
		server := httptest.NewServer(h)
		defer server.Close()
		for range b.N {
			fetch(b, server.URL+"/sparql?query="+url.QueryEscape(query), sparql.ResultsJSON)
		}
	})
}

// BenchmarkStream sends many rows over HTTP, as q03 does; the time is of one.
func BenchmarkStream(b *testing.B) {
	for _, accept := range []string{sparql.ResultsJSON, sparql.ResultsCSV} {
		b.Run(accept, func(b *testing.B) {
			row := []rdf.Term{
				rdf.IRI("https://data.vlavirgem.be/id/besluiten/0b7c2c1e-6d1f-4a53-9f5e-100000"),
				rdf.LangLiteral("Goedkeuring van het aanvullend reglement op de politie van het wegverkeer", "nl"),
				rdf.Literal("2026-01-20T20:00:00+01:00", vocab.XSDDateTime),
			}
			server := httptest.NewServer(sparql.Handler(fake{func(context.Context, sparql.Query) (*results.Result, error) {
				return &results.Result{Vars: []string{"b", "t", "d"}, Rows: func(yield func([]rdf.Term, error) bool) {
					for range b.N {
						if !yield(row, nil) {
							return
						}
					}
				}}, nil
			}}, sparql.HandlerOptions{MaxResultBytes: 1 << 40}))
			defer server.Close()
			b.ResetTimer()
			fetch(b, server.URL+"/sparql?query=x", accept)
		})
	}
}

func fetch(b *testing.B, address, accept string) {
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != 200 {
		b.Fatal(answer.Status, err)
	}
}

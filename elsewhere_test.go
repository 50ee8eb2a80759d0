package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/virtuoso"
)

// TestServeVirtuoso: with an endpoint in the configuration, the pages that are
// harvested go there, the answers come from there, and nobody writes there through
// us but with a token, into graphs of their own. The ledger holds the way: another endpoint gets every page too.
func TestServeVirtuoso(t *testing.T) {
	website := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `<html lang="nl" prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology#">
<div typeof="besluit:Besluit" resource="https://gemeente.example/id/besluiten/2"><span property="eli:title">Terrasreglement</span></div>`)
	}))
	defer website.Close()
	server := virtuoso.Start(t, virtuoso.Options{})
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("BELFORT_TEST_PASSWORD", server.Password)
	secret, hash := config.NewSecret()
	for name, graphStore := range map[string]string{"graph store": server.GraphStore, "updates": ""} {
		t.Run(name, func(t *testing.T) {
			if graphStore == "" {
				// The same data directory, and an endpoint that it does not know yet: the
				// address differs, and the old graph is gone.
				server.SQL(t, fmt.Sprintf("SPARQL CLEAR GRAPH <%s/>;", website.URL))
				server.Endpoint += "/"
			}
			settings, err := json.Marshal(map[string]any{
				"base": "https://besluiten.example", "tokens": []any{map[string]string{"name": "kaarten", "sha256": hash}},
				"data": data, "allowPrivate": true, "sources": []any{map[string]string{"url": website.URL, "every": "24h"}},
				"sparql": map[string]any{"engine": map[string]string{
					"endpoint": server.Endpoint, "update": server.Update, "graphStore": graphStore, "user": server.User, "passwordEnv": "BELFORT_TEST_PASSWORD",
				}},
			})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "belfort.json")
			if err := os.WriteFile(file, settings, 0o600); err != nil {
				t.Fatal(err)
			}
			s := startServe(t, "--config", file)
			defer s.stop(t)
			query := url.Values{"query": {"SELECT ?g ?t { GRAPH ?g { ?b <http://data.europa.eu/eli/ontology#title> ?t } }"}, "format": {"csv"}}
			want := "g,t\r\n" + website.URL + "/,Terrasreglement\r\n"
			for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
				_, got := get(t, s.address+"/sparql?"+query.Encode())
				if got == want {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("it answers %q, want %q\n%s", got, want, s.log)
				}
			}
			if out := server.SQL(t, "SPARQL SELECT ?t WHERE { GRAPH ?g { ?b <http://data.europa.eu/eli/ontology#title> ?t } };"); strings.Count(out, "Terrasreglement") != 1 {
				t.Errorf("Virtuoso itself says %s", out)
			}
			for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
				status, page := get(t, s.address+"/zoeken?q=terras")
				if status == http.StatusOK && strings.Contains(page, "Terrasreglement") {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("it is not found: %d", status)
				}
			}
			res, err := http.Post(s.address+"/sparql", "application/sparql-update", strings.NewReader("CLEAR ALL"))
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode/100 == 2 {
				t.Errorf("an update by a visitor: %s", res.Status)
			}
			own := "https://besluiten.example/graphs/eigen/" + strings.ReplaceAll(name, " ", "-")
			for _, w := range []struct {
				method, path, mediaType, body string
				status                        int
			}{
				{"PUT", "/graphs?graph=" + url.QueryEscape(own), "text/turtle", "<http://s> <http://p> 1, true .", 201},
				{"POST", "/sparql", "application/sparql-update", "DELETE DATA { GRAPH <" + own + "> { <http://s> <http://p> true } } ; INSERT DATA { GRAPH <" + own + "> { <http://s> <http://p> 2 } }", 204},
				{"POST", "/sparql", "application/sparql-update", "DELETE WHERE { GRAPH <" + own + "> { ?s ?p ?o } }", 501},
				{"POST", "/sparql", "application/sparql-update", "DROP GRAPH <" + website.URL + "/>", 403},
			} {
				r, err := http.NewRequest(w.method, s.address+w.path, strings.NewReader(w.body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", w.mediaType)
				r.Header.Set("Authorization", "Bearer "+secret)
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				said, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != w.status {
					t.Errorf("%s %s %s: %s, not %d: %s", w.method, w.path, w.body, res.Status, w.status, said)
				}
			}
			query = url.Values{"query": {"SELECT ?o { GRAPH <" + own + "> { ?s ?p ?o } } ORDER BY ?o"}, "format": {"csv"}}
			if _, got := get(t, s.address+"/sparql?"+query.Encode()); got != "o\r\n1\r\n2\r\n" {
				t.Errorf("the graph of a visitor is %q", got)
			}
		})
	}
}

// get returns the status and the body of an address.
func get(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

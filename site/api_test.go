package site

import (
	"bytes"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/belfort-lod/belfort/internal/besluit"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestAPI holds requests and answers against the published description.
func TestAPI(t *testing.T) {
	h, w := newTestSite(t)
	description, err := openapi3.NewLoader().LoadFromData(get(h, "/api/openapi.json").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := description.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(description)
	if err != nil {
		t.Fatal(err)
	}
	for at, status := range map[string]int{
		"/api/v1/besluiten":                            200,
		"/api/v1/besluiten?q=terras&aantal=1&pagina=2": 200,
		"/api/v1/besluiten?aantal=2":                   200,
		"/api/v1/besluiten?bestuur=vlavirgem&uitslag=goedgekeurd&van=2026-01-01&tot=31-12-2026&sorteer=oudste": 200,
		"/api/v1/besluiten?van=gisteren":                      400,
		"/api/v1/besluiten?q=" + url.QueryEscape("(x"):        400,
		"/api/v1/besluiten/" + besluit.ID(w.besluiten[0].IRI): 200,
		"/api/v1/besluiten/" + besluit.ID(w.besluiten[3].IRI): 200,
		"/api/v1/besluiten/onbekend":                          404,
		"/api/v1/besturen":                                    200,
		"/api/v1/oogst?q=vla&oordeel=onvolledig&probleem=tls": 200,
		"/api/v1/oogst/vlavirgem":                             200,
		"/api/v1/oogst/onbekend":                              404,
	} {
		t.Run(at, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, at, nil)
			route, parameters, err := router.FindRoute(r)
			if err != nil {
				t.Fatal(err)
			}
			input := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route}
			if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil {
				t.Errorf("request: %v", err)
			}
			answer := get(h, at)
			if answer.Code != status {
				t.Fatalf("status %d, want %d: %s", answer.Code, status, answer.Body)
			}
			if answer.Header().Get("Access-Control-Allow-Origin") != "*" {
				t.Error("scripts of other websites may not read it")
			}
			output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes()))}
			if err := openapi3filter.ValidateResponse(t.Context(), output); err != nil {
				t.Errorf("answer: %v\n%s", err, answer.Body)
			}
		})
	}
}

var hash = regexp.MustCompile(`\?v=[0-9a-f]{12}`)

func unhash(b []byte) []byte { return hash.ReplaceAll(b, []byte("?v=HASH")) }

// TestGolden holds what other websites show to the letter.
func TestGolden(t *testing.T) {
	h, _ := newTestSite(t)
	for name, at := range map[string]string{
		"embed.html":  "/embed/lijst?bestuur=vlavirgem&aantal=3&kleur=8A1538",
		"feed.atom":   "/feeds/besluiten.atom?bestuur=vlavirgem",
		"oembed.json": "/oembed?url=" + url.QueryEscape(base+"/besturen/vlavirgem"),
		"robots.txt":  "/robots.txt",
		"sitemap.xml": "/sitemap.xml?deel=1",
	} {
		t.Run(name, func(t *testing.T) {
			answer := get(h, at)
			if answer.Code != http.StatusOK {
				t.Fatalf("status %d: %s", answer.Code, answer.Body)
			}
			// The address of a static file follows its content; the golden does not.
			got := unhash(answer.Body.Bytes())
			file := "testdata/" + name
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

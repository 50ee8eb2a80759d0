package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/site"
)

// websiteOf serves an overview of minutes, one of which robots.txt closes and
// one of which is gone.
func websiteOf(t *testing.T, minutes int) (address string) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("/robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "User-agent: *\nDisallow: /gesloten\n")
	})
	page := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><body prefix="besluit: http://data.vlaanderen.be/ns/besluit# lblodBesluit: http://lblod.data.gift/vocabularies/besluit/ dct: http://purl.org/dc/terms/">`, body)
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		var b strings.Builder
		for i := range minutes {
			fmt.Fprintf(&b, `<a property="lblodBesluit:linkToPublication" href="/notulen/%d">notulen</a>`, i)
		}
		page(w, b.String()+`<a property="lblodBesluit:linkToPublication" href="/gesloten/1">x</a><a property="lblodBesluit:linkToPublication" href="/weg">x</a>`)
	})
	mux.HandleFunc("/notulen/", func(w http.ResponseWriter, r *http.Request) {
		page(w, `<div resource="http://`+r.Host+r.URL.Path+`#z" typeof="besluit:Zitting"><span property="besluit:behandelt" resource="#a" typeof="besluit:Agendapunt"><b property="dct:title">Punt</b></span></div>`)
	})
	return server.URL + "/"
}

func openHouse(t *testing.T, private bool) *house {
	t.Helper()
	c := config.Default()
	c.Data, c.AllowPrivate = t.TempDir(), private
	h, err := open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// TestCrawl: the check of a whole website judges every page that the overview
// leads to, with the harvester's manners, and publishes nothing.
func TestCrawl(t *testing.T) {
	h := openHouse(t, true)
	address := websiteOf(t, 2)
	var judged, failed []string
	overviews := 0
	err := h.crawl(t.Context(), address, oslo.Praktijk, func(p site.CrawledPage) {
		switch {
		case p.Checked != nil:
			judged = append(judged, strings.TrimPrefix(p.URL, address))
			if p.Checked.Profile != oslo.Praktijk || len(p.Checked.Quads) == 0 || len(p.Checked.Text) == 0 {
				t.Errorf("%s: %+v", p.URL, p.Checked.Profile)
			}
		case p.Overview:
			overviews++
		default:
			failed = append(failed, strings.TrimPrefix(p.URL, address)+": "+p.Reason.NL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(judged)
	slices.Sort(failed)
	if !slices.Equal(judged, []string{"notulen/0", "notulen/1"}) || overviews != 1 {
		t.Errorf("judged %v, %d overviews", judged, overviews)
	}
	want := []string{"gesloten/1: De website vraagt in robots.txt om deze pagina met rust te laten. Dat doet Belfort.", "weg: De pagina bestaat niet (404)."}
	if !slices.Equal(failed, want) {
		t.Errorf("failed %q, want %q", failed, want)
	}
	if head, err := h.publisher.Ledger.Head(t.Context()); err != nil || head != 0 {
		t.Errorf("the ledger has %d entries: %v", head, err)
	}
}

// TestCrawlRefuses: a visitor can not send the crawl inside, and is told why
// nothing came of it.
func TestCrawlRefuses(t *testing.T) {
	h := openHouse(t, false)
	for address, want := range map[string]string{
		websiteOf(t, 1):     "Belfort bezoekt hier alleen de gewone poorten van het web, 80 en 443.",
		"http://127.0.0.1/": "Dit adres ligt niet op het openbare web. Belfort bezoekt geen interne adressen.",
		"mailto:iemand":     "Dit is geen adres van een webpagina. Een adres begint met https:// of http://.",
	} {
		err := h.crawl(t.Context(), address, "", func(site.CrawledPage) {})
		var fetch *site.FetchError
		if !errors.As(err, &fetch) || fetch.Reason.NL != want {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}

// TestCrawlEnds: with the visitor, or at the bound of pages.
func TestCrawlEnds(t *testing.T) {
	h := openHouse(t, true)
	ctx, cancel := context.WithCancel(t.Context())
	seen := 0
	err := h.crawl(ctx, websiteOf(t, 50), "", func(site.CrawledPage) {
		if seen++; seen == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || seen > 10 {
		t.Errorf("after %d pages: %v", seen, err)
	}
}

// TestDocumentOf: the media type of a document tells its syntax, else its name.
func TestDocumentOf(t *testing.T) {
	const turtle, page = `<http://a.example/1> a <http://a.example/C> .`, `<p about="http://a.example/1" typeof="http://a.example/C">`
	for _, c := range []struct{ mediaType, name, body string }{
		{"text/turtle; charset=utf-8", "x", turtle},
		{"application/octet-stream", "data.ttl", turtle},
		{"", "data.nt", turtle},
		{"application/ld+json", "x", `{"@id":"http://a.example/1","@type":"http://a.example/C"}`},
		{"text/html", "data.ttl", page},
		{"", "zomaar", page},
	} {
		doc, _, err := documentOf([]byte(strings.ReplaceAll(c.body, " a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ")), c.mediaType, c.name)
		if err != nil || len(doc.Quads) != 1 {
			t.Errorf("%q %q: %v %v", c.mediaType, c.name, doc, err)
		}
	}
	if _, _, err := documentOf([]byte("<a> <b>"), "text/turtle", "x"); err == nil {
		t.Error("broken Turtle is read")
	}
}

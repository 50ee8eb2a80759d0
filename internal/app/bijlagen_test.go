package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

// TestAttachments: a decision that was indexed before is found by the text of
// its attachment once that was read, and its page tells what was read and what
// was not.
func TestAttachments(t *testing.T) {
	const iri = "https://data.vlavirgem.example/id/besluiten/1"
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	mux.HandleFunc("/besluit", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><body prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology# foaf: http://xmlns.com/foaf/0.1/">
<div resource=%q typeof="besluit:Besluit"><h1 property="eli:title">Reglement op het parkeren</h1>
<a property="eli:related_to" href="/bijlagen/plan.pdf" typeof="foaf:Document">plan</a><a property="eli:related_to" href="/bijlagen/voorschriften.doc" typeof="foaf:Document">oud</a></div>`, iri)
	})
	mux.HandleFunc("/bijlagen/plan.pdf", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = w.Write([]byte("%PDF-1.4 gecomprimeerd"))
	})
	mux.HandleFunc("/bijlagen/voorschriften.doc", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/msword")
		_, _ = w.Write([]byte("\xD0\xCF\x11\xE0"))
	})
	h := openHouse(t, true)
	round := func(attachments bool) harvester.Totals {
		t.Helper()
		hv := h.harvest(harvester.Options{})
		hv.Extract = func(_ context.Context, mediaType string, body []byte) ([]byte, string, error) {
			if mediaType == "application/pdf" && strings.HasPrefix(string(body), "%PDF") {
				return []byte("Kampeerwagens betalen een retributie"), "", nil
			}
			return nil, "niet gelezen: catdoc is niet geïnstalleerd", nil
		}
		totals, err := hv.Run(t.Context(), []harvester.Source{{URL: server.URL + "/besluit", Attachments: attachments}})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.publisher.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		return totals
	}
	found := func() int {
		t.Helper()
		result, err := h.index.Search(t.Context(), search.Request{Text: "kampeerwagens"})
		if err != nil {
			t.Fatal(err)
		}
		return len(result.Hits)
	}
	if totals := round(false); totals.New != 1 || totals.Requests != 1 || found() != 0 {
		t.Fatalf("without attachments: %+v, %d hits", totals, found())
	}
	if totals := round(true); totals.Failed != 0 || totals.Requests != 3 || found() != 1 {
		t.Fatalf("with attachments: %+v, %d hits; failures %v", totals, found(), totals.Failures)
	}
	h.config.Base = "https://besluiten.example"
	handler, err := h.site()
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/besluiten/"+besluit.ID(iri), nil))
	for _, want := range []string{"plan.pdf</a> (22 bytes, tekst doorzoekbaar)", "voorschriften.doc</a> (Word, 4 bytes) <span class=\"zacht\" lang=\"nl\">niet gelezen: catdoc is niet geïnstalleerd"} {
		if !strings.Contains(answer.Body.String(), want) {
			t.Errorf("the page (status %d) lacks %q", answer.Code, want)
		}
	}
	if answer := round(true); answer.New+answer.Changed+answer.Failed != 0 {
		t.Errorf("third round %+v", answer)
	}
}

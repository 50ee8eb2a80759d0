package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/site"
)

// TestFetchTellsNothingOfTheInside fetches from a loopback server with the
// guarded client, which must refuse, and with a free one that gets an error.
func TestFetchTellsNothingOfTheInside(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, private := range []bool{false, true} {
		c := config.Default()
		c.Data, c.AllowPrivate = t.TempDir(), private
		h, err := open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer h.close()
		_, err = h.fetch(t.Context(), server.URL+"/geheim")
		var shown *site.FetchError
		if !errors.As(err, &shown) {
			t.Fatalf("%v, want a FetchError", err)
		}
		// A test server has neither a public address nor a usual port.
		refused := strings.Contains(shown.Reason.NL, "openbare web") || strings.Contains(shown.Reason.NL, "80 en 443")
		if answered := strings.Contains(shown.Reason.NL, "(404)"); refused == private || answered != private || strings.Contains(shown.Reason.NL, "127.0.0.1") || strings.Contains(shown.Reason.EN, "127.0.0.1") {
			t.Errorf("private %v: %q", private, shown.Reason.NL)
		}
	}
}

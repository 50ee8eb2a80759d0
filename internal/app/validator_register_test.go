package app

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// The register of the operator makes the site judge level 2: its form says so,
// and so does the report.
func TestSiteJudgesLevelTwo(t *testing.T) {
	faults := filepath.Join("..", "..", "shapes", "oslo", "testdata", "faults")
	page, err := os.ReadFile(filepath.Join(faults, "notulen.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		register, form, badge, api string
	}{
		{"", "wordt hier niet beoordeeld", "niveau 2 niet beoordeeld", `"level": 3,\s+"open": true`},
		{filepath.Join(faults, "register.ttl"), "wordt beoordeeld met het register van deze site", "", `"level": 3,\s+"open": false`},
	} {
		c := config.Default()
		c.Data, c.Base, c.Register = t.TempDir(), "https://besluiten.example", test.register
		h, err := open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := h.close(); err != nil {
				t.Error(err)
			}
		}()
		handler, err := h.site()
		if err != nil {
			t.Fatal(err)
		}
		ask := func(method, target, mediaType, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
			if mediaType != "" {
				r.Header.Set("Content-Type", mediaType)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			return w
		}
		if form := ask("GET", "/validator", "", "").Body.String(); !strings.Contains(form, test.form) {
			t.Errorf("register %q: the form does not say %q", test.register, test.form)
		}
		answer := ask("POST", "/api/v1/validate?source=https://www.vlavirgem.example/pagina&profile=notulen", "text/html; charset=utf-8", string(page)).Body.String()
		if !regexp.MustCompile(test.api).MatchString(answer) {
			t.Errorf("register %q: the API does not answer %s: %.300s", test.register, test.api, answer)
		}
		sent := ask("POST", "/validator", "application/x-www-form-urlencoded", url.Values{"tekst": {string(page)}, "profiel": {"notulen"}}.Encode())
		report := ask("GET", sent.Header().Get("Location"), "", "").Body.Bytes()
		_, ladder, _ := bytes.Cut(report, []byte(`<ol class="ladder">`))
		ladder, _, _ = bytes.Cut(ladder, []byte("</ol></section>"))
		if states := regexp.MustCompile(`<li class="(\w+)">\s*<h3>Niveau 2`).FindSubmatch(ladder); states == nil || (string(states[1]) == "onbeoordeeld") != (test.badge != "") {
			t.Errorf("register %q: level 2 on the report: %q", test.register, states)
		}
		if got := bytes.Contains(report, []byte("insigne-open")); got != (test.badge != "") {
			t.Errorf("register %q: the badge says that level 2 was not assessed: %t", test.register, got)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.check(cancelled, "https://www.vlavirgem.example/pagina", "text/html", page, oslo.Notulen); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled request: %v", err)
		}
	}
	c := config.Default()
	c.Data, c.Register = t.TempDir(), filepath.Join(t.TempDir(), "nergens.ttl")
	if h, err := open(t.Context(), c); err == nil {
		_ = h.close()
		t.Error("a register that is not there is accepted")
	}
}

// A file is named by its own address, in which a space and such are escaped.
func TestFileIRI(t *testing.T) {
	dir := t.TempDir()
	got := fileIRI(filepath.Join(dir, "lijst 1#é%.html"))
	u, err := url.Parse(got)
	if err != nil || u.Scheme != "file" || u.Fragment != "" || !strings.HasSuffix(u.EscapedPath(), "/lijst%201%23%C3%A9%25.html") || !strings.HasPrefix(got, "file:///") {
		t.Errorf("%s: %v", got, err)
	}
	for _, name := range []string{"-", "<stdin>"} {
		if got := fileIRI(name); got != "urn:belfort:stdin" {
			t.Errorf("%q is called %s", name, got)
		}
	}
}

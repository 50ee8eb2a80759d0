package app

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/belfort-lod/belfort/internal/oogst"
)

var updateStatus = flag.Bool("update-status", false, "write the golden files of harvest status anew")

// reported reads what internal/oogst holds as the form of its reports: an
// overview, and a government.
func reported(t *testing.T) (*oogst.Report, *oogst.Bestuur) {
	t.Helper()
	report, one := &oogst.Report{}, &oogst.Bestuur{}
	for name, into := range map[string]any{"overzicht.json": report, "bestuur.json": one} {
		content, err := os.ReadFile(filepath.Join("..", "oogst", "testdata", name))
		if err == nil {
			err = json.Unmarshal(content, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	report.Besturen = append(report.Besturen,
		&oogst.Bestuur{Naam: "Aalst", Slug: "aalst", Oordeel: oogst.Complete, Gelezen: one.Gelezen},
		&oogst.Bestuur{Naam: "Leeg", Slug: "leeg", Oordeel: oogst.Unknown})
	report.Tellen[oogst.Complete], report.Tellen[oogst.Unknown] = 1, 1
	return report, one
}

// TestStatusAsText holds what a terminal shows.
func TestStatusAsText(t *testing.T) {
	report, one := reported(t)
	var table, bestuur bytes.Buffer
	if err := (&statusCommand{All: true}).show(&table, report); err != nil {
		t.Fatal(err)
	}
	if err := showBestuur(&bestuur, one); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"status.txt": table.Bytes(), "status_bestuur.txt": bestuur.Bytes()} {
		file := filepath.Join("testdata", name)
		if *updateStatus {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs (go test -update-status writes it anew):\n%s", file, got)
		}
	}
}

// TestStatusOfServer: while a server has the data directory open it is asked,
// and the exit code follows from what it answers.
func TestStatusOfServer(t *testing.T) {
	report, one := reported(t)
	answers := map[string]any{"/api/v1/oogst": report, "/api/v1/oogst/gent": one, "/api/v1/oogst/aalst": report.Besturen[1], "/healthz": "ok"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v, ok := answers[r.URL.Path]; ok {
			_ = json.NewEncoder(w).Encode(v)
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, serverFile), []byte(server.URL+"\nsecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitPartly, "1 complete, 0 uncertain, 1 incomplete; 1 of the register without a source"},
		{[]string{"--json"}, exitPartly, `"oordeel": "onvolledig"`},
		{[]string{"--bestuur", "GENT"}, exitPartly, "incomplete: "},
		{[]string{"--bestuur", "aalst"}, exitOK, "Aalst\ncomplete: "},
		{[]string{"--bestuur", "aalst", "--json"}, exitOK, `"slug": "aalst"`},
		{[]string{"--bestuur", "nergens"}, exitUsage, ""},
	} {
		var out, trouble bytes.Buffer
		code := Main(slices.Concat([]string{"harvest", "status", "--data", data}, c.args), nil, &out, &trouble)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%q: exit code %d, want %d; %s%s", c.args, code, c.code, out.String(), trouble.String())
		}
	}
	delete(answers, "/api/v1/oogst")
	if code := Main([]string{"harvest", "status", "--data", data}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != exitFailed {
		t.Errorf("a server that does not know: exit code %d", code)
	}
}

// TestHarvestMetrics holds the metrics to what a registry asks of them, and
// their number to a bound.
func TestHarvestMetrics(t *testing.T) {
	report, one := reported(t)
	report.Besturen[0] = one
	for range 3 * mostSeries {
		more := *one
		more.Slug += strings.Repeat("x", len(report.Besturen))
		report.Besturen = append(report.Besturen, &more)
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(harvestMetrics{func(context.Context) (*oogst.Report, error) { return report, nil }})
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, f := range families {
		count[f.GetName()] = len(f.GetMetric())
	}
	for name, want := range map[string]int{"belfort_harvest_besturen": 4, "belfort_harvest_complete": mostSeries, "belfort_harvest_problems": 3 * mostSeries, "belfort_harvest_pages": 7, "belfort_harvest_round": 6} {
		if count[name] != want {
			t.Errorf("%s: %d series, want %d", name, count[name], want)
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2"
)

// served is a running belfort serve.
type served struct {
	cmd     *exec.Cmd
	address string
	log     *bytes.Buffer
	drained chan struct{}
}

// startServe starts belfort serve and waits until it says where it listens.
func startServe(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{cmd: exec.Command("belfort", append([]string{"serve", "--addr", "localhost:0"}, args...)...), log: &bytes.Buffer{}, drained: make(chan struct{})}
	out, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	reader := bufio.NewReader(io.TeeReader(out, s.log))
	address := regexp.MustCompile(`msg=serving address=(\S+)`)
	for s.address == "" {
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatalf("serve ended: %v\n%s", err, s.log)
		}
		if m := address.FindStringSubmatch(line); m != nil {
			s.address = m[1]
		}
	}
	go func() {
		defer close(s.drained)
		_, _ = io.Copy(io.Discard, reader)
	}()
	return s
}

// stop asks the server to stop, as an operator's system does.
func (s *served) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.drained
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("serve after SIGTERM: %v\n%s", err, s.log)
	}
}

// harvestOne fills a data directory with one decision.
func harvestOne(t *testing.T, data string) {
	t.Helper()
	website := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `<html lang="nl" prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology#">
<div typeof="besluit:Besluit" resource="https://gemeente.example/id/besluiten/2"><span property="eli:title">Terrasreglement</span></div>`)
	}))
	defer website.Close()
	belfort(t, "harvest", website.URL, "--allow-private", "--data", data)
}

// TestServe: while a server has the data directory open, the commands that read
// ask the server, and those that write say who has it.
func TestServe(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	harvestOne(t, data)
	s := startServe(t, "--data", data)
	for path, want := range map[string]int{
		"/": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200, "/zoeken?q=terras": 200, "/sparql?query=ASK{?s+?p+?o}": 200,
		"/ldes": 200, "/ldes/1": 200, "/ldes/99": 404, "/datasets": 200, "/api/openapi.json": 200, "/nergens": 404,
	} {
		res, err := http.Get(s.address + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, res.StatusCode, want)
		}
	}
	if out := belfort(t, "query", "--data", data, "--format", "csv", "SELECT ?t { ?b <http://data.europa.eu/eli/ontology#title> ?t }"); !strings.Contains(string(out), "Terrasreglement") {
		t.Errorf("query through the server: %s", out)
	}
	if out := belfort(t, "search", "--data", data, "terras"); !strings.Contains(string(out), "Terrasreglement") {
		t.Errorf("search through the server: %s", out)
	}
	if out := belfort(t, "export", "--data", data, "--to", "ntriples"); !strings.Contains(string(out), "Terrasreglement") {
		t.Errorf("export through the server: %s", out)
	}
	out, err := exec.Command("belfort", "harvest", "http://localhost:1/", "--data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use by another process") {
		t.Errorf("harvest beside the server: %v, %s", err, out)
	}
	out, err = exec.Command("belfort", "serve", "--addr", "localhost:0", "--data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use by another process: stop that belfort, or name another directory with --data") {
		t.Errorf("second server: %v, %s", err, out)
	}
	s.stop(t)
	if out := belfort(t, "ledger", "verify", "--data", data); !strings.Contains(string(out), "1 entries, sound") {
		t.Errorf("ledger after all that: %s", out)
	}
}

// TestNewerData: a data directory of a newer version is refused, and left as it
// is.
func TestNewerData(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	harvestOne(t, data)
	db, err := pebble.Open(filepath.Join(data, "state"), &pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Set([]byte("mv"), binary.BigEndian.AppendUint32(nil, 99), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	quads := filepath.Join(t.TempDir(), "x.nq")
	if err := os.WriteFile(quads, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"serve", "--addr", "localhost:0", "--data", data}, {"search", "--data", data, "terras"},
		{"query", "--data", data, "ASK { ?s ?p ?o }"}, {"harvest", "--data", data, "http://localhost:1/"}, {"load", "--data", data, quads},
	} {
		out, err := exec.Command("belfort", args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "has format 99, this program knows up to 1: use a newer belfort") {
			t.Errorf("%s on newer data: %v, %s", args[0], err, out)
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/belfort-lod/belfort/internal/app"
	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/publisher/loket"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/search"
)

// TestMain makes this test binary answer as belfort, and as the stand-in portal
// in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"belfort": func() { os.Exit(testClock().Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"portal":  runPortal,
	})
}

// TestScript runs the command line as people do.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			website := httptest.NewServer(files(e.WorkDir))
			e.Defer(website.Close)
			e.Setenv("SITE", website.URL)
			// A port that nobody listens on: taken, and let go again.
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			e.Setenv("CLOSED", l.Addr().String())
			return l.Close()
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"listen": listen, "repeat": repeat, "request": request, "replace": replace, "exits": exits, "damage": damage,
		},
	})
}

// files serves a folder with entity tags of the content: the time of a file is
// too coarse for a page that changes within a second.
func files(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(filepath.Clean("/"+r.URL.Path))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content)))
		http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(content))
	})
}

// listen takes a port and puts its address in an environment variable:
// listen NAME.
func listen(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// repeat writes a file that begins with the content of another and goes on with
// a text, a number of times: repeat FILE FROM TEXT TIMES.
func repeat(ts *testscript.TestScript, _ bool, args []string) {
	times, err := strconv.Atoi(args[3])
	ts.Check(err)
	text := ts.ReadFile(args[1]) + strings.Repeat(args[2], times)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// damage changes a byte in the middle of the first file under a directory:
// damage DIR.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	done := false
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || done {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		content[len(content)/2] ^= 1
		done = true
		return os.WriteFile(path, content, 0o600)
	}))
}

// totals is the last line of demo --json.
type totals struct {
	Pages     int                `json:"pages"`
	Quads     int64              `json:"quads"`
	Sittings  int                `json:"sittings"`
	Decisions int                `json:"decisions"`
	Votes     int                `json:"votes"`
	Findings  map[string]int     `json:"findings"`
	Meldingen map[string]int     `json:"meldingen"`
	Seconds   map[string]float64 `json:"seconds"`
}

// same compares what must be equal: all but the seconds.
func (a totals) same(b totals) bool {
	a.Seconds, b.Seconds = nil, nil
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

func runDemo(t *testing.T, args ...string) totals {
	t.Helper()
	cmd := exec.Command("belfort", append([]string{"demo", "--once", "--json"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("demo: %v\n%s", err, stderr.String())
	}
	return lastLine(t, out)
}

func lastLine(t *testing.T, out []byte) totals {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var r totals
	if err := json.Unmarshal(lines[len(lines)-1], &r); err != nil {
		t.Fatalf("last line of demo: %v\n%s", err, out)
	}
	return r
}

// freePort returns an address that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestKill kills the demo at random moments of its pipeline and starts it again
// on the same data, with the portal in a process of its own that remembers. Each
// time a run comes to its end, the totals are those of a run that nobody
// disturbed, the ledger's chain is sound, and the portal made each submission
// once; then the next life begins with nothing. BELFORT_KILLS says how often it
// is killed.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: kills take a minute")
	}
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("BELFORT_KILLS")); err == nil {
		kills = n
	}
	begun := time.Now()
	addr := freePort(t)
	whole := runDemo(t, "--addr", addr, "--data", filepath.Join(t.TempDir(), "whole"))
	took := time.Since(begun)
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d, %d kills, a whole run takes %v", seed, kills, took)
	for killed := 0; killed < kills; {
		killed += killedLife(t, addr, whole, kills-killed, func() time.Duration {
			return took/20 + time.Duration(random.Int64N(int64(took/2)))
		})
	}
}

// killedLife runs the demo on new data until it comes to its end, killing it up
// to most times, and returns how often it was killed.
func killedLife(t *testing.T, addr string, whole totals, most int, wait func() time.Duration) (killed int) {
	t.Helper()
	portal, created := startPortal(t)
	data := filepath.Join(t.TempDir(), "killed")
	for {
		cmd := exec.Command("belfort", "demo", "--once", "--json", "--addr", addr, "--data", data, "--portal", portal)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var kill *time.Timer
		if killed < most {
			kill = time.AfterFunc(wait(), func() { _ = cmd.Process.Kill() })
		}
		err := cmd.Wait()
		if kill != nil {
			kill.Stop()
		}
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			killed++
			continue
		}
		if err != nil {
			t.Fatalf("demo after %d kills: %v\n%s", killed, err, stderr.String())
		}
		t.Logf("a life with %d kills", killed)
		if got := lastLine(t, stdout.Bytes()); !got.same(whole) {
			t.Errorf("after %d kills: %+v\nundisturbed:     %+v", killed, got, whole)
		}
		break
	}
	belfort(t, "ledger", "verify", "--data", data)
	made := created()
	if len(made) != whole.Meldingen["aanvaard"] {
		t.Errorf("the portal made %d submissions, want %d", len(made), whole.Meldingen["aanvaard"])
	}
	for resource, n := range made {
		if n != 1 {
			t.Errorf("the portal answered 201 for %s %d times", resource, n)
		}
	}
	return killed
}

// startPortal runs the stand-in portal in its own process and returns its
// address and a function that asks it what it made.
func startPortal(t *testing.T) (address string, created func() map[string]int) {
	t.Helper()
	cmd := exec.Command("portal", t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(line)
	return address, func() map[string]int {
		res, err := http.Get(address + "/created")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var counts map[string]int
		if err := json.NewDecoder(res.Body).Decode(&counts); err != nil {
			t.Fatal(err)
		}
		return counts
	}
}

// realPages are the pages of six municipalities, from six publishing programs,
// with how many agenda items and typed decisions each has. Aalter gives its 32
// decisions no class, Machelen publishes an agenda.
var realPages = map[string]struct{ agendapunten, besluiten int }{
	"real-aalter-besluitenlijst-onlinesmartcities.html":         {32, 0},
	"real-boortmeerbeek-agenda-meetingburger.html":              {19, 19},
	"real-erpe-mere-besluitenlijst-ocmwraad-cevi-lblodweb.html": {5, 5},
	"real-essen-besluitenlijst-gelinkt-notuleren.html":          {11, 11},
	"real-machelen-agenda-cipalschaubroeck.html":                {15, 0},
	"real-torhout-notulen-gemeenteraad-cevi-lblodweb.html":      {15, 15},
}

// TestRealPages harvests pages as municipalities published them: every agenda
// item and decision is stored, and a phrase from each page is found.
func TestRealPages(t *testing.T) {
	dir := filepath.Join(suite.Shared(t), "pages", "html")
	website := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer website.Close()
	data := t.TempDir()
	args := []string{"harvest", "--allow-private", "--delay", "0s", "--json", "--data", data}
	for name := range realPages {
		args = append(args, website.URL+"/"+name)
	}
	belfort(t, args...)

	items, decisions := 0, 0
	for name, want := range realPages {
		page := website.URL + "/" + name
		got := [2]int{countIn(t, data, page, vocab.BesluitAgendapunt), countIn(t, data, page, vocab.BesluitBesluit)}
		if got != [2]int{want.agendapunten, want.besluiten} {
			t.Errorf("%s: %d items and %d decisions, want %d and %d", name, got[0], got[1], want.agendapunten, want.besluiten)
		}
		items, decisions = items+got[0], decisions+got[1]
		phrase := phraseOf(t, filepath.Join(dir, name), page)
		var found struct{ Total int }
		if err := json.Unmarshal(belfort(t, "search", "--json", "--data", data, `"`+phrase+`"`), &found); err != nil {
			t.Fatal(err)
		}
		if found.Total == 0 {
			t.Errorf("%s: nothing found for %q", name, phrase)
		}
	}
	if items != 97 || decisions != 50 {
		t.Errorf("%d agenda items and %d decisions in all, want 97 and 50", items, decisions)
	}
}

// belfort runs a command that must succeed and returns its standard output.
func belfort(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("belfort", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("belfort %s: %v\n%s", args[0], err, stderr.String())
	}
	return out
}

// countIn counts the subjects of a class in the graph of a page.
func countIn(t *testing.T, data, page, class string) int {
	t.Helper()
	query := fmt.Sprintf("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { GRAPH <%s> { ?s a <%s> } }", page, class)
	lines := strings.Fields(string(belfort(t, "query", "--data", data, "--format", "csv", query)))
	n, err := strconv.Atoi(lines[len(lines)-1])
	if err != nil {
		t.Fatalf("count: %v in %q", err, lines)
	}
	return n
}

// phraseOf returns some words in a row of the longest title on a page.
func phraseOf(t *testing.T, file, base string) string {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := rdfa.Decode(body, "")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := rdfa.Parse(text, rdfa.Options{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	longest := ""
	for _, q := range doc.Quads {
		if v := search.PlainText(q.Object.Value()); (q.Predicate.Value() == vocab.DctTitle || q.Predicate.Value() == vocab.EliTitle) && len(v) > len(longest) {
			longest = v
		}
	}
	tokens := search.Tokens(longest)
	if len(tokens) < 4 {
		t.Fatalf("%s: no title long enough in %q", file, longest)
	}
	from := len(tokens)/2 - 2
	return longest[tokens[from].Start:tokens[from+3].End]
}

// runPortal is the stand-in portal as a process: portal DIR. It prints its
// address, and tells at /created how often it made each submission.
func runPortal() {
	standIn, err := loket.NewStandIn(loket.StandInOptions{
		Dir: os.Args[1], Vendors: app.DemoVendors(),
		Fetch: func(context.Context, string) ([]byte, string, error) {
			return nil, "", errors.New("this portal does not look at pages")
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
	fmt.Printf("http://%s\n", l.Addr())
	err = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/created" {
			_ = json.NewEncoder(w).Encode(standIn.Created())
			return
		}
		standIn.ServeHTTP(w, r)
	}))
	fmt.Fprintln(os.Stderr, "portal:", err)
	os.Exit(1)
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/suite"
)

// TestCrawlPeers measures the harvest of generated pages from a server on this
// machine, beside what wget, colly and Scrapy need merely to download them, in the
// same sitting. It is a measurement, so it runs only when the environment sets
// BELFORT_PEERS=1, with
//
//	BELFORT_SCALE    100 pages each, about (default 10)
//	BELFORT_CORPUS   a folder with html/, instead of making it
//	BELFORT_CRAWL    which of them, comma-separated (default all that are installed)
//	BELFORT_TABLE    a file for the table as well
func TestCrawlPeers(t *testing.T) {
	if os.Getenv("BELFORT_PEERS") == "" {
		t.Skip("measures only with BELFORT_PEERS=1")
	}
	bench := filepath.Join(suite.Shared(t), "bench")
	tools := t.TempDir()
	compile := func(name, dir string) string {
		tool := filepath.Join(tools, name)
		build := exec.Command("go", "build", "-o", tool, ".")
		build.Dir = dir
		run(t, build)
		return tool
	}
	dir := os.Getenv("BELFORT_CORPUS")
	if dir == "" {
		dir = t.TempDir()
		run(t, exec.Command(compile("generator", filepath.Join(bench, "gen")), "-s", fmt.Sprint(number("BELFORT_SCALE", 10)), "-out", dir))
	}
	site := servePages(t, filepath.Join(dir, "html"))
	ours := compile("belfort", ".")

	crawlers := []struct {
		name  string
		needs string // a program
		delay time.Duration
		cmd   func(dir string) *exec.Cmd
	}{
		{"wget --mirror", "wget", 0, func(dir string) *exec.Cmd {
			return exec.Command("wget", "-q", "--mirror", "-nH", "-P", dir, site.start)
		}},
		{"belfort, fetching alone", "", 0, func(dir string) *exec.Cmd {
			return exec.Command(ours, "harvest", site.start, "--fetch-only", "--allow-private", "--delay", "0s", "--data", dir, "--json")
		}},
		{"belfort, whole pipeline", "", 0, func(dir string) *exec.Cmd {
			return exec.Command(ours, "harvest", site.start, "--allow-private", "--delay", "0s", "--data", dir, "--json")
		}},
		{"belfort, the same again", "", 0, nil},
		{"colly", "", 0, func(dir string) *exec.Cmd {
			return exec.Command(compile("colly", filepath.Join(bench, "crawl", "colly")), site.start, dir)
		}},
		{"colly", "", 20 * time.Millisecond, func(dir string) *exec.Cmd {
			return exec.Command(compile("colly", filepath.Join(bench, "crawl", "colly")), site.start, dir)
		}},
		{"belfort, fetching alone", "", 20 * time.Millisecond, func(dir string) *exec.Cmd {
			return exec.Command(ours, "harvest", site.start, "--fetch-only", "--per-host", "16", "--allow-private", "--delay", "0s", "--data", dir, "--json")
		}},
		{"Scrapy", "scrapy", 0, func(dir string) *exec.Cmd {
			cmd := exec.Command("scrapy", "runspider", filepath.Join(bench, "crawl", "scrapy", "spider.py"))
			cmd.Env = append(os.Environ(), "OUT="+dir)
			return cmd
		}},
	}
	var table strings.Builder
	fmt.Fprintf(&table, "| %d pages, %.0f MB | latency | wall | pages/s | CPU | resident at most |\n|---|---|---|---|---|---|\n", len(site.pages), float64(site.bytes)/1e6)
	var before string // the data directory of the run before
	for _, c := range crawlers {
		if only := os.Getenv("BELFORT_CRAWL"); only != "" && !strings.Contains(","+only+",", ","+c.name+",") {
			continue
		}
		if _, err := exec.LookPath(c.needs); c.needs != "" && err != nil {
			t.Logf("%s is not installed", c.needs)
			continue
		}
		into := filepath.Join(t.TempDir(), "out")
		var cmd *exec.Cmd
		if c.cmd == nil {
			into = before
			cmd = exec.Command(ours, "harvest", site.start, "--allow-private", "--delay", "0s", "--data", into, "--json")
		} else {
			cmd = c.cmd(into)
		}
		before = into
		site.delay.Store(int64(c.delay))
		site.asked.Store(0)
		var out, trouble bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &trouble
		begun := time.Now()
		if err := cmd.Run(); err != nil && c.needs == "" { // wget ends with 8 for a robots.txt that is not there
			t.Errorf("%s: %v\n%s", c.name, err, trouble.String())
			continue
		}
		wall := time.Since(begun)
		usage := cmd.ProcessState
		if asked := int(site.asked.Load()); asked < len(site.pages) {
			t.Errorf("%s asked for %d pages of %d", c.name, asked, len(site.pages))
		}
		var totals struct{ Pages, New, Failed int }
		if text := bytes.TrimSpace(out.Bytes()); strings.HasPrefix(c.name, "belfort") {
			text = text[bytes.LastIndexByte(text, '\n')+1:]
			if err := json.Unmarshal(text, &totals); err != nil || totals.Failed > 0 {
				t.Errorf("%s: %+v, %v", c.name, totals, err)
			}
		}
		fmt.Fprintf(&table, "| %s | %s | %.1f s | %.0f | %.1f s | %.0f MB |\n", c.name, c.delay, wall.Seconds(), float64(len(site.pages))/wall.Seconds(),
			(usage.UserTime() + usage.SystemTime()).Seconds(), peak(usage))
	}
	t.Log("\n" + table.String())
	if name := os.Getenv("BELFORT_TABLE"); name != "" {
		if err := os.WriteFile(name, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// pageServer serves the pages of a folder, with an overview that leads to them.
type pageServer struct {
	start string
	pages map[string][]byte
	bytes int64
	delay atomic.Int64 // ns before each answer
	asked atomic.Int64
}

func servePages(t *testing.T, dir string) *pageServer {
	t.Helper()
	s := &pageServer{pages: map[string][]byte{}}
	var overview strings.Builder
	overview.WriteString(`<!DOCTYPE html><html prefix="lblodBesluit: http://lblod.data.gift/vocabularies/besluit/"><title>Overzicht</title>`)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".html" || d.Name() == "index.html" {
			return err
		}
		at, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		body, err := os.ReadFile(name)
		s.pages["/"+filepath.ToSlash(at)] = body
		s.bytes += int64(len(body))
		fmt.Fprintf(&overview, "<a property=\"lblodBesluit:linkToPublication\" href=\"/%s\">x</a>\n", filepath.ToSlash(at))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	first := []byte(overview.String())
	// The address is the one that the peers' programs were written for.
	listener, err := net.Listen("tcp", "127.0.0.1:28900")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(s.delay.Load()))
		body, ok := s.pages[r.URL.Path]
		if r.URL.Path == "/index.html" {
			body, ok = first, true
		} else if ok {
			s.asked.Add(1)
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		etag := fmt.Sprintf(`"%d"`, len(body))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(body)
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	s.start = "http://" + listener.Addr().String() + "/index.html"
	return s
}

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/internal/virtuoso"
	"github.com/belfort-lod/belfort/sparql/results"
)

// TestPeers measures belfort serve and a Virtuoso on the same data, in the same
// sitting: load, size, memory, the twelve queries of the reference data by turns
// over kept-alive connections, and sixteen clients at once. It checks that both
// answer the same, and prints a table in Markdown. It is a measurement, so it runs
// only when the environment sets BELFORT_PEERS=1, with
//
//	BELFORT_SCALE    100,000 quads each (default 10)
//	BELFORT_CORPUS   a folder with corpus.nq and params.json, instead of making them
//	BELFORT_SECONDS  how long the clients go on (default 20)
//	BELFORT_TABLE    a file for the table as well
func TestPeers(t *testing.T) {
	if os.Getenv("BELFORT_PEERS") == "" {
		t.Skip("measures only with BELFORT_PEERS=1")
	}
	bench := filepath.Join(suite.Shared(t), "bench")
	corpus, params := corpusOf(t, bench)
	ours, theirs := loadOurs(t, corpus), loadVirtuoso(t, corpus)
	peers := []*peer{ours, theirs}

	var table strings.Builder
	quads := countLines(t, corpus)
	fmt.Fprintf(&table, "| %d quads, %s | Belfort | Virtuoso | ratio |\n|---|---|---|---|\n", quads, filepath.Base(filepath.Dir(corpus)))
	row := func(what, unit string, a, b float64) {
		fmt.Fprintf(&table, "| %s | %s %s | %s %s | %.2f |\n", what, digits(a), unit, digits(b), unit, a/b)
	}
	row("bulk load", "quads/s", float64(quads)/ours.load.Seconds(), float64(quads)/theirs.load.Seconds())
	row("on disk", "bytes/quad", float64(ours.disk)/float64(quads), float64(theirs.disk)/float64(quads))
	if ours.loadRSS > 0 {
		fmt.Fprintf(&table, "| resident at most, while loading | %s MB | | |\n", digits(ours.loadRSS))
	}

	sum, worst := 0.0, 0.0
	queries := queriesOf(t, bench, params)
	for _, q := range queries {
		a, b := q.measure(t, ours, theirs)
		ratio := a / b
		sum += math.Log(ratio)
		worst = max(worst, ratio)
		fmt.Fprintf(&table, "| %s, %s | %s ms | %s ms | %.2f |\n", q.name, q.compare(t, ours, theirs), digits(a), digits(b), ratio)
	}
	fmt.Fprintf(&table, "| geometric mean (worst) | | | %.2f (%.2f) |\n", math.Exp(sum/float64(len(queries))), worst)

	for _, p := range peers {
		p.rss, p.anonymous = resident(t, p.pid)
	}
	row("resident after the queries", "MB", ours.rss, theirs.rss)
	row("of which not mapped from files", "MB", ours.anonymous, theirs.anonymous)
	seconds := number("BELFORT_SECONDS", 20)
	rates := [2]float64{}
	for i, p := range peers {
		rates[i] = p.throughput(t, queries, time.Duration(seconds)*time.Second)
	}
	row("16 clients, all queries by turns", "queries/s", rates[0], rates[1])
	for _, p := range peers {
		p.rss, p.anonymous = resident(t, p.pid)
	}
	row("resident after the clients", "MB", ours.rss, theirs.rss)
	t.Log("\n" + table.String())
	if name := os.Getenv("BELFORT_TABLE"); name != "" {
		if err := os.WriteFile(name, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// number reads a number from the environment.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// peer is a server under measurement.
type peer struct {
	name, endpoint string
	pid            int
	load           time.Duration
	disk           int64   // bytes
	loadRSS        float64 // MB, at most
	rss, anonymous float64 // MB
	client         *http.Client
}

func newPeer(name string) *peer {
	return &peer{name: name, client: &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 16, DisableCompression: true, // on loopback it only costs
	}}}
}

// corpusOf makes the corpus, or takes the one that is there.
func corpusOf(t *testing.T, bench string) (corpus string, params map[string][]string) {
	t.Helper()
	dir := os.Getenv("BELFORT_CORPUS")
	if dir == "" {
		dir = filepath.Join(t.TempDir(), "scale"+strconv.Itoa(number("BELFORT_SCALE", 10)))
		tool := filepath.Join(t.TempDir(), "generator")
		build := exec.Command("go", "build", "-o", tool, ".")
		build.Dir = filepath.Join(bench, "gen")
		run(t, build)
		run(t, exec.Command(tool, "-s", strconv.Itoa(number("BELFORT_SCALE", 10)), "-html=false", "-out", dir))
		run(t, exec.Command("python3", filepath.Join(bench, "params.py"), dir))
	}
	text, err := os.ReadFile(filepath.Join(dir, "params.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &params); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "corpus.nq"), params
}

func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

func loadOurs(t *testing.T, corpus string) *peer {
	t.Helper()
	p, data := newPeer("Belfort"), filepath.Join(t.TempDir(), "data")
	begun := time.Now()
	cmd := exec.Command("belfort", "load", corpus, "--data", data)
	run(t, cmd)
	p.load = time.Since(begun)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.loadRSS = float64(usage.Maxrss) / 1024
	}
	p.disk = sizeOf(t, filepath.Join(data, "quads"))
	s := startServe(t, "--data", data)
	t.Cleanup(func() { s.stop(t) })
	p.endpoint, p.pid = s.address+"/sparql", s.cmd.Process.Pid
	return p
}

// loadVirtuoso gives it 340,000 buffers, 2.8 GB: what its makers advise for four.
func loadVirtuoso(t *testing.T, corpus string) *peer {
	t.Helper()
	p := newPeer("Virtuoso")
	server := virtuoso.Start(t, virtuoso.Options{Buffers: 340_000, MaxRows: 1_000_000, Readable: []string{filepath.Dir(corpus)}})
	p.endpoint, p.pid = server.Endpoint, server.PID
	server.SQL(t, fmt.Sprintf("ld_dir('%s', '%s', 'http://default/');", filepath.Dir(corpus), filepath.Base(corpus)))
	begun := time.Now()
	server.SQL(t, "rdf_loader_run();")
	server.SQL(t, "checkpoint;")
	p.load = time.Since(begun)
	if out := server.SQL(t, "select ll_state, ll_error from DB.DBA.load_list;"); !strings.Contains(out, "NULL") {
		t.Fatalf("Virtuoso did not load: %s", out)
	}
	info, err := os.Stat(filepath.Join(server.Dir, "virtuoso.db"))
	if err != nil {
		t.Fatal(err)
	}
	p.disk = info.Size()
	return p
}

func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				size += info.Size()
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func countLines(t *testing.T, name string) (n int) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	buffer := make([]byte, 1<<20)
	for {
		k, err := f.Read(buffer)
		n += bytes.Count(buffer[:k], []byte("\n"))
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// resident returns how much memory a process has, and how much of that is not
// mapped from a file, in MB.
func resident(t *testing.T, pid int) (all, anonymous float64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		kb, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "VmRSS:":
			all = kb / 1024
		case "RssAnon:":
			anonymous = kb / 1024
		}
	}
	return all, anonymous
}

// benchQuery is one of the twelve, with its parameters filled in.
type benchQuery struct {
	name      string
	construct bool
	texts     [5]string
}

func queriesOf(t *testing.T, bench string, params map[string][]string) []benchQuery {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(bench, "queries", "q*.rq"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no queries: %v", err)
	}
	var list []benchQuery
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		q := benchQuery{name: strings.TrimSuffix(filepath.Base(file), ".rq")}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			q.construct = q.construct || strings.HasPrefix(line, "CONSTRUCT")
			for i := range q.texts {
				filled := line
				for name, values := range params {
					filled = strings.ReplaceAll(filled, "@"+name+"@", values[i])
				}
				q.texts[i] += filled
			}
		}
		list = append(list, q)
	}
	return list
}

// ask sends a query and reads the answer whole.
func (p *peer) ask(q benchQuery, i int) ([]byte, error) {
	req, err := http.NewRequest(http.MethodPost, p.endpoint, strings.NewReader(url.Values{"query": {q.texts[i%5]}}.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/sparql-results+json")
	if q.construct {
		req.Header.Set("Accept", "application/n-triples")
	}
	res, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.300s", res.Status, body)
	}
	return body, err
}

// measure returns the medians of 15 runs, in milliseconds, after one that does not
// count, of which the peers take turns.
func (q benchQuery) measure(t *testing.T, peers ...*peer) (a, b float64) {
	t.Helper()
	times := make([][]float64, len(peers))
	for run := range 16 {
		for i, p := range peers {
			begun := time.Now()
			if _, err := p.ask(q, run); err != nil {
				t.Fatalf("%s on %s: %v", q.name, p.name, err)
			}
			if run > 0 {
				times[i] = append(times[i], time.Since(begun).Seconds()*1000)
			}
		}
	}
	for i := range times {
		slices.Sort(times[i])
	}
	return times[0][len(times[0])/2], times[1][len(times[1])/2]
}

// compare says how many rows both answer, and fails the test if these differ. What
// Virtuoso makes of values is made even first.
func (q benchQuery) compare(t *testing.T, ours, theirs *peer) string {
	t.Helper()
	var counts []string
	for i := range q.texts {
		a, b := q.rows(t, ours, i), q.rows(t, theirs, i)
		if len(a) != len(b) {
			t.Errorf("%s: %d rows, Virtuoso has %d", q.name, len(a), len(b))
		} else if k := firstDifference(a, b); k >= 0 {
			t.Errorf("%s: row\n  %s\nVirtuoso has\n  %s", q.name, a[k], b[k])
		}
		if n := strconv.Itoa(len(a)); !slices.Contains(counts, n) {
			counts = append(counts, n)
		}
	}
	return strings.Join(counts, "/") + " rows"
}

func firstDifference(a, b []string) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

func (q benchQuery) rows(t *testing.T, p *peer, i int) (list []string) {
	t.Helper()
	body, err := p.ask(q, i)
	if err != nil {
		t.Fatal(err)
	}
	if q.construct {
		for line := range strings.Lines(string(body)) {
			line = strings.Join(strings.Fields(line), " ")
			line = strings.TrimSuffix(strings.TrimSuffix(line, "."), " ")
			list = append(list, unescaped(strings.TrimSuffix(line, "^^<http://www.w3.org/2001/XMLSchema#string>")))
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	r, err := results.Read(bytes.NewReader(body), results.JSON)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for i, term := range row {
			value := term.Value()
			if f, err := strconv.ParseFloat(value, 64); err == nil {
				value = strconv.FormatFloat(f, 'g', 12, 64)
			}
			switch value {
			case "true":
				value = "1"
			case "false":
				value = "0"
			}
			fmt.Fprintf(&b, "%s=%s ", r.Vars[i], value)
		}
		list = append(list, b.String())
	}
	slices.Sort(list)
	return list
}

// unescaped writes \uXXXX out, as only some do.
func unescaped(line string) string {
	for {
		at := strings.Index(line, `\u`)
		if at < 0 || at+6 > len(line) {
			return line
		}
		r, err := strconv.ParseUint(line[at+2:at+6], 16, 32)
		if err != nil {
			return line
		}
		line = line[:at] + string(rune(r)) + line[at+6:]
	}
}

// throughput returns how many queries a second 16 clients get answered, who each go
// round all queries, beginning with another one.
func (p *peer) throughput(t *testing.T, queries []benchQuery, d time.Duration) float64 {
	t.Helper()
	var done atomic.Int64
	var failure atomic.Value
	var all sync.WaitGroup
	begun := time.Now()
	for client := range 16 {
		all.Go(func() {
			for i := client; time.Since(begun) < d; i++ {
				if _, err := p.ask(queries[i%len(queries)], i); err != nil {
					failure.Store(fmt.Errorf("%s on %s: %w", queries[i%len(queries)].name, p.name, err))
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err, ok := failure.Load().(error); ok {
		t.Error(err)
	}
	return float64(done.Load()) / time.Since(begun).Seconds()
}

// digits writes a number with three significant digits or more.
func digits(f float64) string {
	return strconv.FormatFloat(f, 'f', cmp.Or(max(0, 2-int(math.Floor(math.Log10(max(f, 0.01))))), 0), 64)
}

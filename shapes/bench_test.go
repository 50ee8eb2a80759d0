package shapes_test

import (
	"bufio"
	"cmp"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/shapes"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// corpus is the data of shared/bench/shacl, and how many results the twelve
// shapes there give: three other validators agree on these.
type corpus struct {
	shapes *shapes.Shapes
	names  []string // small, medium, large, all
	graphs map[string]*rdf.Graph
	wanted map[string]int
}

// readCorpus reads corpus.nq of the folder that BELFORT_BENCH names: the corpus
// of size 1 as shared/bench/gen makes it, split as shared/bench/shacl/split.sh
// does: the pages nearest to 500, 1000 and 2000 triples, and all.
func readCorpus(t testing.TB) *corpus {
	folder := os.Getenv("BELFORT_BENCH")
	if folder == "" {
		t.Skip("BELFORT_BENCH names no corpus")
	}
	f, err := os.Open(filepath.Join(folder, "corpus.nq"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := nquads.NewReader(bufio.NewReaderSize(f, 1<<20), nquads.Options{})
	pages := map[rdf.Term][]rdf.Quad{}
	var all []rdf.Quad
	for {
		q, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, q)
		pages[q.Graph] = append(pages[q.Graph], q)
	}
	c := &corpus{
		names:  []string{"small", "medium", "large", "all"},
		graphs: map[string]*rdf.Graph{"all": rdf.NewGraph(all...)},
		wanted: map[string]int{"small": 29, "medium": 55, "large": 26, "all": 3091},
	}
	var names []rdf.Term
	for name := range pages {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b rdf.Term) int {
		return cmp.Or(cmp.Compare(len(pages[a]), len(pages[b])), rdf.Compare(a, b))
	})
	for name, size := range map[string]int{"small": 500, "medium": 1000, "large": 2000} {
		best := slices.MinFunc(names, func(a, b rdf.Term) int {
			return cmp.Compare(max(len(pages[a])-size, size-len(pages[a])), max(len(pages[b])-size, size-len(pages[b])))
		})
		c.graphs[name] = rdf.NewGraph(pages[best]...)
	}
	if n := c.graphs["all"].Len(); n != 93_111 {
		t.Fatalf("the corpus has %d triples, want 93,111: is it the one of size 1?", n)
	}
	text, err := os.ReadFile(filepath.Join(suite.Shared(t), "bench", "shacl", "shapes.ttl"))
	if err != nil {
		t.Fatal(err)
	}
	quads, err := turtle.Parse(text, "https://example.org/")
	if err != nil {
		t.Fatal(err)
	}
	if c.shapes, _, err = shapes.Compile(rdf.NewGraph(quads...)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *corpus) validate(t testing.TB, name string) {
	report, err := c.shapes.Validate(t.Context(), c.graphs[name], shapes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Results) != c.wanted[name] {
		t.Fatalf("%s: %d results, want %d", name, len(report.Results), c.wanted[name])
	}
}

// BenchmarkValidate validates warm: the graph is in memory, the shapes are
// compiled.
func BenchmarkValidate(b *testing.B) {
	c := readCorpus(b)
	for _, name := range c.names {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.validate(b, name)
			}
			b.ReportMetric(float64(c.graphs[name].Len())/(float64(b.Elapsed().Nanoseconds())/float64(b.N))*1e6, "triples/ms")
		})
	}
}

// BenchmarkGraph builds the graph that is validated.
func BenchmarkGraph(b *testing.B) {
	c := readCorpus(b)
	quads := slices.Collect(c.graphs["all"].All())
	b.ReportAllocs()
	for b.Loop() {
		rdf.NewGraph(quads...)
	}
}

// BenchmarkNotulen validates minutes of 3 MB against the certification profile,
// from the bytes of the page to the verdict; BELFORT_BENCH_PAGE names the page,
// as shared/bench/gen writes it with -big 3000000. The heap cannot rise by more
// than B/op.
func BenchmarkNotulen(b *testing.B) {
	file := os.Getenv("BELFORT_BENCH_PAGE")
	if file == "" {
		b.Skip("BELFORT_BENCH_PAGE names no page")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	oslo.Notulen.Shapes() // compiled once in a program's life
	findings := 0
	b.ReportAllocs()
	for b.Loop() {
		doc, err := rdfa.Parse(text, rdfa.Options{Base: "https://lblod.example.org/notulen.html"})
		if err != nil {
			b.Fatal(err)
		}
		v := oslo.Validate(oslo.Input{
			Source: doc.Base, Text: text, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects,
		}, oslo.Options{Profile: oslo.Notulen, Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
		findings = len(v.Findings)
	}
	b.ReportMetric(float64(findings), "findings")
}

// BenchmarkPeers measures other validators on the same graph, right after ours,
// for the ratio of the two in one run. BELFORT_BENCH_JENA is a Java class path
// with Jena and with shared/bench/jena/JenaShacl.java compiled;
// BELFORT_BENCH_NPM a folder with shacl-engine, rdf-ext and n3. Each runs once to
// warm up, and then takes the median.
func BenchmarkPeers(b *testing.B) {
	c := readCorpus(b)
	shared := suite.Shared(b)
	shapesFile := filepath.Join(shared, "bench", "shacl", "shapes.ttl")
	peers := map[string]func(data string, runs int) *exec.Cmd{}
	if classes := os.Getenv("BELFORT_BENCH_JENA"); classes != "" {
		peers["jena"] = func(data string, runs int) *exec.Cmd {
			return exec.CommandContext(b.Context(), "java", "-cp", classes, "JenaShacl", shapesFile, data, strconv.Itoa(runs))
		}
	}
	if folder := os.Getenv("BELFORT_BENCH_NPM"); folder != "" {
		peers["shacl-engine"] = func(data string, runs int) *exec.Cmd {
			cmd := exec.CommandContext(b.Context(), "node", filepath.Join(shared, "bench", "shacl", "bench.mjs"), "shacl-engine", shapesFile, data, strconv.Itoa(runs))
			cmd.Env = append(os.Environ(), "NPM_DIR="+folder)
			return cmd
		}
	}
	if len(peers) == 0 {
		b.Skip("neither BELFORT_BENCH_JENA nor BELFORT_BENCH_NPM names a peer")
	}
	median := regexp.MustCompile(`results=(\d+).*median=([\d.]+)`)
	for _, name := range c.names {
		data := filepath.Join(b.TempDir(), name+".nt")
		var text []byte
		for q := range c.graphs[name].All() {
			text = append(q.AppendNQuads(text), '\n')
		}
		if err := os.WriteFile(data, text, 0o600); err != nil {
			b.Fatal(err)
		}
		for peer, command := range peers {
			b.Run(name+"/"+peer, func(b *testing.B) {
				const runs = 11
				ours := make([]time.Duration, runs)
				for b.Loop() {
					for i := range ours {
						start := time.Now()
						c.validate(b, name)
						ours[i] = time.Since(start)
					}
					out, err := command(data, runs).CombinedOutput()
					if err != nil {
						b.Fatalf("%v\n%s", err, out)
					}
					m := median.FindSubmatch(out)
					if m == nil || string(m[1]) != strconv.Itoa(c.wanted[name]) {
						b.Fatalf("want %d results: %s", c.wanted[name], out)
					}
					slices.Sort(ours)
					us := float64(ours[runs/2].Microseconds()) / 1000
					them, err := strconv.ParseFloat(string(m[2]), 64)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(us, "ours-ms")
					b.ReportMetric(them, "peer-ms")
					b.ReportMetric(them/us, "times")
				}
			})
		}
	}
}

package quadstore_test

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

// killed is the environment variable that makes a run of this test binary the
// process that is killed: data directory, seed and first version.
const killed = "BELFORT_QUADSTORE_KILLED"

// TestKill kills a process that writes, again and again at random moments, on
// one data directory. After each start every write that was acknowledged is
// there, the one under way is there whole or not at all, and the full check
// passes. BELFORT_KILLS says how often.
func TestKill(t *testing.T) {
	if where := os.Getenv(killed); where != "" {
		writeUntilKilled(t, where)
		return
	}
	if testing.Short() {
		t.Skip("left out by -short: kills take a minute")
	}
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("BELFORT_KILLS")); err == nil {
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d kills", seed, kills)
	random := rand.New(rand.NewPCG(seed, 1))
	dir := filepath.Join(t.TempDir(), "quads")
	state := map[string]int{} // version of each graph that is there
	acknowledged := 0
	for life := range kills {
		if life%25 == 24 { // begin anew now and then: a first load is a way of its own
			dir, state = filepath.Join(t.TempDir(), "quads"), map[string]int{}
		}
		done, open := live(t, fmt.Sprintf("%s|%d|%d", dir, seed+uint64(life), life*1_000_000), time.Duration(20+random.Int64N(1500))*time.Millisecond)
		for _, s := range done {
			s.on(state)
		}
		acknowledged += len(done)
		state = reopened(t, dir, state, open)
		if t.Failed() {
			t.Fatalf("life %d: %d steps acknowledged, under way: %v", life, len(done), open)
		}
	}
	t.Logf("%d acknowledged steps", acknowledged)
}

// step is a write: the graphs that it gives a version, 0 for none left.
type step struct {
	way      string // put, together, one by one, load
	graphs   []string
	versions []int
}

func (s step) String() string {
	parts := []string{s.way}
	for i, g := range s.graphs {
		parts = append(parts, g, strconv.Itoa(s.versions[i]))
	}
	return strings.Join(parts, " ")
}

func readStep(line string) (s step, err error) {
	parts := strings.Fields(line)
	s.way = parts[0]
	for i := 1; i+1 < len(parts); i += 2 {
		v, err := strconv.Atoi(parts[i+1])
		if err != nil {
			return s, err
		}
		s.graphs, s.versions = append(s.graphs, parts[i]), append(s.versions, v)
	}
	return s, nil
}

// on does to a state what the step does to a store.
func (s step) on(state map[string]int) {
	for i, g := range s.graphs {
		if s.versions[i] == 0 {
			delete(state, g)
		} else {
			state[g] = s.versions[i]
		}
	}
}

// content is what a graph holds in a version: some of it is the same in every
// version, and some is in other graphs too.
func content(graph string, version int) (quads []rdf.Quad) {
	if version == 0 {
		return nil
	}
	random := rand.New(rand.NewPCG(uint64(version), uint64(len(graph))))
	n := 1 + random.IntN(400)
	if version%50 == 0 {
		n *= 50
	}
	for i := range n {
		q := rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("%s/s%d", graph, i/7)), Predicate: rdf.IRI(fmt.Sprintf("http://p/%d", i%7)), Graph: rdf.IRI(graph)}
		switch i % 4 {
		case 0:
			q.Object = rdf.Literal(strconv.Itoa(version+i), "http://www.w3.org/2001/XMLSchema#integer")
		case 1:
			q.Object = rdf.IRI(fmt.Sprintf("http://o/%d", i))
		case 2:
			q.Object = rdf.LangLiteral(fmt.Sprintf("een titel in versie %d van regel %d", version, i), "nl")
		default:
			q.Object = rdf.Literal(fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+version%28), "http://www.w3.org/2001/XMLSchema#date")
		}
		quads = append(quads, q)
	}
	return quads
}

// writeUntilKilled does one random step after the other, says before what it
// will do and afterwards that it did it.
func writeUntilKilled(t *testing.T, where string) {
	parts := strings.Split(where, "|")
	seed, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	version, err := strconv.Atoi(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	store, err := quadstore.Open(parts[0], quadstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 2))
	for {
		version++
		s := step{way: []string{"put", "put", "together", "apiece", "load"}[random.IntN(5)]}
		first, n := random.IntN(40), 1
		if s.way == "together" || s.way == "apiece" {
			n = 1 + random.IntN(5)
		}
		for i := range n {
			s.graphs = append(s.graphs, fmt.Sprintf("http://g/%d", (first+i)%40))
			v := version
			if s.way == "put" && random.IntN(4) == 0 {
				v = 0
			}
			s.versions = append(s.versions, v)
		}
		if s.way == "load" { // adds to what is there: to a graph of its own
			s.graphs = []string{fmt.Sprintf("http://load/%d", version)}
			s.versions = []int{version * 50}
		}
		fmt.Println("begin " + s.String())
		if err := s.write(t.Context(), store); err != nil {
			fmt.Println("failed " + err.Error())
			os.Exit(1)
		}
		fmt.Println("done")
	}
}

func (s step) write(ctx context.Context, store *quadstore.Store) error {
	each := func(yield func(string, []rdf.Quad) bool) {
		for i, g := range s.graphs {
			if !yield(g, content(g, s.versions[i])) {
				return
			}
		}
	}
	switch s.way {
	case "put":
		return store.Put(ctx, s.graphs[0], content(s.graphs[0], s.versions[0]))
	case "together":
		return store.PutTogether(ctx, each)
	case "apiece":
		return store.PutAll(ctx, each)
	}
	_, err := store.Load(ctx, sequence(content(s.graphs[0], s.versions[0])), nil)
	return err
}

func sequence(quads []rdf.Quad) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

// live starts the process, kills it after a while, and returns the steps that
// it acknowledged and the one under way.
func live(t *testing.T, where string, long time.Duration) (done []step, open step) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$", "-test.v=false")
	cmd.Env = append(os.Environ(), killed+"="+where)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(long, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "begin":
			if open, err = readStep(rest); err != nil {
				t.Fatal(err)
			}
		case "done":
			done, open = append(done, open), step{}
		default:
			t.Errorf("the process that writes: %s", lines.Text())
		}
	}
	_ = cmd.Wait() // it was killed
	return done, open
}

// reopened opens the store and compares it with the state that was acknowledged
// and the step that was under way. It returns what is there.
func reopened(t *testing.T, dir string, state map[string]int, open step) map[string]int {
	t.Helper()
	store, err := quadstore.Open(dir, quadstore.Options{})
	if err != nil {
		t.Errorf("open: %v", err)
		return state
	}
	defer store.Close()
	if err := store.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	got, err := graphsIn(store)
	if err != nil {
		t.Error(err)
		return state
	}
	// What may be there: the state before the step under way and, by its way of
	// writing, after some of its graphs or all of them.
	candidates := []map[string]int{state}
	for n := range open.graphs {
		if n+1 < len(open.graphs) && open.way == "together" {
			continue
		}
		after := maps.Clone(state)
		step{graphs: open.graphs[:n+1], versions: open.versions}.on(after)
		candidates = append(candidates, after)
	}
	for _, candidate := range candidates {
		if same(t, got, candidate) {
			return candidate
		}
	}
	t.Errorf("the store holds none of the %d states that it may", len(candidates))
	for g, quads := range got {
		if v, ok := state[g]; !ok || !slices.Equal(quads, lines(content(g, v))) {
			t.Errorf("%s: %d quads, which are not those of version %d", g, len(quads), v)
		}
	}
	for g := range state {
		if got[g] == nil && !slices.Contains(open.graphs, g) {
			t.Errorf("%s is gone", g)
		}
	}
	return state
}

func same(t *testing.T, got map[string][]string, want map[string]int) bool {
	t.Helper()
	if len(got) != len(want) {
		return false
	}
	for g, v := range want {
		if !slices.Equal(got[g], lines(content(g, v))) {
			return false
		}
	}
	return true
}

// lines are quads in an order that does not depend on how they are kept.
func lines(quads []rdf.Quad) (list []string) {
	for _, q := range quads {
		list = append(list, q.String())
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func graphsIn(store *quadstore.Store) (map[string][]string, error) {
	d := store.Snapshot()
	defer d.Close()
	quads := map[string][]rdf.Quad{}
	for q, err := range d.Match(eval.QuadID{}, eval.Named) {
		if err != nil {
			return nil, err
		}
		var r rdf.Quad
		for _, place := range []struct {
			id eval.ID
			to *rdf.Term
		}{{q.Subject, &r.Subject}, {q.Predicate, &r.Predicate}, {q.Object, &r.Object}, {q.Graph, &r.Graph}} {
			if *place.to, err = d.Term(place.id); err != nil {
				return nil, err
			}
		}
		quads[r.Graph.Value()] = append(quads[r.Graph.Value()], r)
	}
	all := map[string][]string{}
	for g, list := range quads {
		all[g] = lines(list)
	}
	return all, nil
}

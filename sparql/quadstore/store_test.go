package quadstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
)

func openMem(t testing.TB) *Store {
	t.Helper()
	s, err := Open("store", Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func iri(local string) rdf.Term { return rdf.IRI("http://voorbeeld.be/" + local) }

func triple(s, p string, o rdf.Term) rdf.Quad {
	return rdf.Quad{Subject: iri(s), Predicate: iri(p), Object: o}
}

// failer is what *testing.T and *rapid.T share.
type failer interface {
	Helper()
	Fatal(...any)
}

// contents returns all quads of a dataset in the order of rdf.CompareQuads.
func contents(t failer, d *Snapshot) []rdf.Quad {
	t.Helper()
	var quads []rdf.Quad
	for _, scope := range []eval.Scope{eval.Default, eval.Named} {
		for q, err := range d.Match(eval.QuadID{}, scope) {
			if err != nil {
				t.Fatal(err)
			}
			quads = append(quads, terms(t, d, q))
		}
	}
	slices.SortFunc(quads, rdf.CompareQuads)
	return quads
}

func terms(t failer, d *Snapshot, q eval.QuadID) (r rdf.Quad) {
	t.Helper()
	for _, place := range []struct {
		id eval.ID
		to *rdf.Term
	}{{q.Subject, &r.Subject}, {q.Predicate, &r.Predicate}, {q.Object, &r.Object}, {q.Graph, &r.Graph}} {
		if place.id == 0 {
			continue
		}
		term, err := d.Term(place.id)
		if err != nil {
			t.Fatal(err)
		}
		*place.to = term
	}
	return r
}

func each(quads []rdf.Quad) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

func TestPutReplacesAWholeGraph(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	begin := s.Version()
	first := []rdf.Quad{
		triple("besluit/1", "titel", rdf.LangLiteral("Terrasreglement", "nl")),
		triple("besluit/1", "nummer", rdf.Literal("12", vocab.XSDInteger)),
		triple("besluit/1", "nummer", rdf.Literal("12", vocab.XSDInteger)), // said twice, stored once
	}
	if err := s.Put(ctx, "http://pagina/1", first); err != nil {
		t.Fatal(err)
	}
	if s.Len() != 2 || s.Version() != begin+1 {
		t.Errorf("after the first put: %d quads, version %d", s.Len(), s.Version())
	}
	if err := s.Put(ctx, "http://pagina/1", first); err != nil {
		t.Fatal(err)
	}
	if s.Version() != begin+1 {
		t.Error("the same graph again made a new version")
	}
	before := s.Snapshot()
	defer before.Close()
	second := []rdf.Quad{triple("besluit/1", "titel", rdf.LangLiteral("Reglement op terrassen", "nl")), first[1]}
	if err := s.Put(ctx, "http://pagina/1", second); err != nil {
		t.Fatal(err)
	}
	after := s.Snapshot()
	defer after.Close()
	want := func(quads []rdf.Quad) []rdf.Quad {
		list := slices.Clone(quads)
		for i := range list {
			list[i].Graph = rdf.IRI("http://pagina/1")
		}
		slices.SortFunc(list, rdf.CompareQuads)
		return slices.Compact(list)
	}
	if got := contents(t, before); !slices.Equal(got, want(first)) {
		t.Errorf("the older snapshot moved: %v", got)
	}
	if got := contents(t, after); !slices.Equal(got, want(second)) {
		t.Errorf("after the second put: %v", got)
	}
	if before.Version() != begin+1 || after.Version() != begin+2 || s.Len() != 2 {
		t.Errorf("versions %d and %d, %d quads", before.Version(), after.Version(), s.Len())
	}
	if err := s.Delete(ctx, "http://pagina/1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ctx, "http://pagina/never"); err != nil {
		t.Fatal(err)
	}
	if s.Len() != 0 || s.Version() != begin+3 {
		t.Errorf("after the delete: %d quads, version %d", s.Len(), s.Version())
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestPutRefusesWhatIsNotRDF(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	begin := s.Version()
	for _, q := range []rdf.Quad{
		{},
		{Subject: rdf.String("a"), Predicate: iri("p"), Object: iri("o")},
		{Subject: iri("s"), Predicate: rdf.Blank("p"), Object: iri("o")},
		{Subject: iri("s"), Predicate: iri("p")},
	} {
		good := triple("s", "p", iri("o"))
		if err := s.Put(ctx, "http://g", []rdf.Quad{good, q}); err == nil {
			t.Errorf("%v was taken", q)
		}
		if _, err := s.Load(ctx, each([]rdf.Quad{q}), nil); err == nil {
			t.Errorf("%v was loaded", q)
		}
	}
	if s.Len() != 0 || s.Version() != begin {
		t.Errorf("a refused put left %d quads, version %d", s.Len(), s.Version())
	}
}

func TestPutAllAndGraphs(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	err := s.PutAll(ctx, maps.All(map[string][]rdf.Quad{
		"":         {triple("s", "p", iri("o"))},
		"http://a": {triple("s", "p", iri("o")), triple("s", "q", iri("o"))},
		"http://b": {triple("s", "p", iri("o"))},
	}))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for g, err := range s.Graphs(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		got[g.Name.Value()] = g.Quads
	}
	if want := map[string]int64{"": 1, "http://a": 2, "http://b": 1}; !maps.Equal(got, want) {
		t.Errorf("graphs: %v, want %v", got, want)
	}
	if err := s.PutAll(ctx, maps.All(map[string][]rdf.Quad{"http://c": {{}}})); err == nil {
		t.Error("a quad of nothing was taken")
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Put(cancelled, "http://c", []rdf.Quad{triple("s", "p", iri("o"))}); !errors.Is(err, context.Canceled) {
		t.Errorf("put under a cancelled context: %v", err)
	}
}

// A small dataset against which every kind of pattern and scope is compared
// with plain filtering.
// Several graphs together are one step: one version, and nothing at all if one
// of them is not RDF.
func TestPutTogether(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	if err := s.Put(ctx, "http://g/1", []rdf.Quad{triple("a", "p", iri("b"))}); err != nil {
		t.Fatal(err)
	}
	version := s.Version()
	good := map[string][]rdf.Quad{"http://g/1": nil, "http://g/2": {triple("a", "p", iri("c"))}, "http://g/3": {triple("a", "p", iri("d"))}}
	if err := s.PutTogether(ctx, maps.All(good)); err != nil {
		t.Fatal(err)
	}
	if s.Version() != version+1 || s.Len() != 2 {
		t.Errorf("version %d after %d, %d quads", s.Version(), version, s.Len())
	}
	bad := map[string][]rdf.Quad{"http://g/2": nil, "http://g/3": {{Subject: rdf.String("a"), Predicate: iri("p"), Object: iri("b")}}}
	if err := s.PutTogether(ctx, maps.All(bad)); err == nil {
		t.Error("a literal as a subject was taken")
	}
	if s.Version() != version+1 || s.Len() != 2 {
		t.Errorf("after an error: version %d after %d, %d quads", s.Version(), version, s.Len())
	}
}

func TestMatchAndEstimateEveryPattern(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	var all []rdf.Quad
	for i := range 400 {
		q := triple(fmt.Sprint("s", i%7), fmt.Sprint("p", i%3), iri(fmt.Sprint("o", i%11)))
		if i%4 > 0 {
			q.Graph = iri(fmt.Sprint("g", i%4))
		}
		all = append(all, q)
	}
	slices.SortFunc(all, rdf.CompareQuads)
	all = slices.Compact(all)
	if n, err := s.Load(ctx, each(all), nil); err != nil || n != int64(len(all)) {
		t.Fatalf("loaded %d of %d: %v", n, len(all), err)
	}
	d := s.Snapshot()
	defer d.Close()
	id := func(term rdf.Term) eval.ID {
		id, err := d.ID(term)
		if err != nil || id == 0 && !term.IsZero() {
			t.Fatalf("ID of %v: %d, %v", term, id, err)
		}
		return id
	}
	probes := []rdf.Quad{all[0], all[len(all)/2], all[len(all)-1], {Subject: iri("s0"), Predicate: iri("o1"), Object: iri("p1"), Graph: iri("s1")}}
	for _, probe := range probes {
		for mask := range 16 {
			for _, scope := range []eval.Scope{eval.Union, eval.Default, eval.Named} {
				p := probe
				for i, term := range []*rdf.Term{&p.Subject, &p.Predicate, &p.Object, &p.Graph} {
					if mask>>i&1 == 0 {
						*term = rdf.Term{}
					}
				}
				want := map[rdf.Quad]bool{}
				for _, q := range all {
					fits := func(term, pattern rdf.Term) bool { return pattern.IsZero() || term == pattern }
					if !fits(q.Subject, p.Subject) || !fits(q.Predicate, p.Predicate) || !fits(q.Object, p.Object) || !fits(q.Graph, p.Graph) {
						continue
					}
					if p.Graph.IsZero() {
						switch {
						case scope == eval.Union:
							q = q.Triple()
						case q.Graph.IsZero() != (scope == eval.Default):
							continue
						}
					}
					want[q] = true
				}
				pattern := eval.QuadID{Subject: id(p.Subject), Predicate: id(p.Predicate), Object: id(p.Object), Graph: id(p.Graph)}
				got := map[rdf.Quad]bool{}
				for q, err := range d.Match(pattern, scope) {
					if err != nil {
						t.Fatal(err)
					}
					if r := terms(t, d, q); got[r] {
						t.Errorf("pattern %v, scope %d: %v twice", p, scope, r)
					} else {
						got[r] = true
					}
				}
				if !maps.Equal(got, want) {
					t.Errorf("pattern %v, scope %d: %d quads, want %d", p, scope, len(got), len(want))
				}
				estimate := d.Estimate(pattern, scope)
				if (len(want) > 0 && estimate <= 0) || estimate < 0 || estimate > float64(len(all)) {
					t.Errorf("pattern %v, scope %d: estimate %v for %d", p, scope, estimate, len(want))
				}
				if scope != eval.Union && len(want) > 0 && len(want) < 20 && p.Graph == probe.Graph && !(estimate > float64(len(want))/3 && estimate < float64(len(want))*3) {
					t.Errorf("pattern %v, scope %d: estimate %v is far from %d", p, scope, estimate, len(want))
				}
			}
		}
	}
}

// The union passes over the graphs that repeat a triple, however many they are,
// and over nothing else: also where a triple is the last of its range.
func TestUnionOfManyGraphs(t *testing.T) {
	s := openMem(t)
	for g := range 3 * skipAfter {
		quads := []rdf.Quad{triple("raad", "naam", rdf.String("Gemeenteraad")), triple("raad", "naam", rdf.String("Raad"))}
		for i := range 4 {
			if g%(i+1) == 0 { // 24, 12, 8 and 6 graphs
				quads = append(quads, triple("raad", "lid", iri(fmt.Sprint("lid", i))))
			}
		}
		quads = append(quads, triple("raad", "bron", iri(fmt.Sprint("g", g))))
		if err := s.Put(t.Context(), iri(fmt.Sprint("g", g)).Value(), quads); err != nil {
			t.Fatal(err)
		}
	}
	d := s.Snapshot()
	defer d.Close()
	id := func(term rdf.Term) eval.ID {
		id, err := d.ID(term)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	for _, c := range []struct {
		name    string
		pattern eval.QuadID
		want    int
	}{
		{"everything", eval.QuadID{}, 2 + 4 + 3*skipAfter},
		{"a subject", eval.QuadID{Subject: id(iri("raad"))}, 2 + 4 + 3*skipAfter},
		{"a predicate", eval.QuadID{Predicate: id(iri("lid"))}, 4},
		{"another predicate", eval.QuadID{Predicate: id(iri("bron"))}, 3 * skipAfter},
		{"subject and predicate", eval.QuadID{Subject: id(iri("raad")), Predicate: id(iri("naam"))}, 2},
		{"an object", eval.QuadID{Object: id(iri("lid0"))}, 1},
		{"a triple", eval.QuadID{Subject: id(iri("raad")), Predicate: id(iri("lid")), Object: id(iri("lid3"))}, 1},
	} {
		seen := map[eval.QuadID]bool{}
		for q, err := range d.Match(c.pattern, eval.Union) {
			if err != nil {
				t.Fatal(err)
			}
			if seen[q] || q.Graph != 0 {
				t.Errorf("%s: %v came twice, or with a graph", c.name, q)
			}
			seen[q] = true
		}
		if len(seen) != c.want {
			t.Errorf("%s: %d triples, want %d", c.name, len(seen), c.want)
		}
	}
}

func TestEstimateOfManyIsNear(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	var quads []rdf.Quad
	for i := range 20_000 {
		subject := fmt.Sprint("besluit/", i)
		quads = append(quads, triple(subject, "type", iri("Besluit")), triple(subject, "bestuur", iri(fmt.Sprint("bestuur/", i%10))))
	}
	if _, err := s.Load(ctx, each(quads), nil); err != nil {
		t.Fatal(err)
	}
	d := s.Snapshot()
	defer d.Close()
	id := func(local string) eval.ID { id, _ := d.ID(iri(local)); return id }
	for _, c := range []struct {
		pattern eval.QuadID
		n       float64
	}{
		{eval.QuadID{}, 40_000},
		{eval.QuadID{Predicate: id("type")}, 20_000},
		{eval.QuadID{Predicate: id("type"), Object: id("Besluit")}, 20_000},
		{eval.QuadID{Predicate: id("bestuur"), Object: id("bestuur/3")}, 2_000},
		{eval.QuadID{Object: id("bestuur/3")}, 2_000},
		{eval.QuadID{Subject: id("besluit/5")}, 2},
		{eval.QuadID{Subject: id("type")}, 0},
	} {
		if got := d.Estimate(c.pattern, eval.Union); got < c.n/2 || got > c.n*2 {
			t.Errorf("pattern %v: estimate %v for %v", c.pattern, got, c.n)
		}
	}
}

func TestDistinctIsNear(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	var quads []rdf.Quad
	for i := range 20_000 {
		add := func(p string, o rdf.Term) {
			q := triple(fmt.Sprint("besluit/", i), p, o)
			q.Graph = iri(fmt.Sprint("pagina/", i/50))
			quads = append(quads, q)
		}
		add("type", iri("Besluit"))
		add("bestuur", iri(fmt.Sprint("bestuur/", i%100)))
		add("titel", rdf.LangLiteral(fmt.Sprint("Titel van besluit ", i), "nl"))
		add("nummer", rdf.Literal(fmt.Sprint(i%40), vocab.XSDInteger))
		for j := range 3 {
			add("stemmer", iri(fmt.Sprint("mandataris/", i%100*10+j)))
		}
	}
	if _, err := s.Load(ctx, each(quads), nil); err != nil {
		t.Fatal(err)
	}
	d := s.Snapshot()
	defer d.Close()
	for _, c := range []struct {
		predicate                 string
		subjects, objects, graphs float64
	}{
		{"type", 20_000, 1, 400},
		{"bestuur", 20_000, 100, 400},
		{"titel", 20_000, 20_000, 400},
		{"nummer", 20_000, 40, 400},
		{"stemmer", 20_000, 300, 400},
		{"nergens", 0, 0, 0},
	} {
		id, err := d.ID(iri(c.predicate))
		if err != nil {
			t.Fatal(err)
		}
		subjects, objects, graphs := d.Distinct(id)
		for _, n := range [][2]float64{{subjects, c.subjects}, {objects, c.objects}, {graphs, c.graphs}} {
			if n[0] < n[1]/3 || n[0] > n[1]*3 {
				t.Errorf("%s: %v subjects, %v objects, %v graphs, not about %v, %v, %v", c.predicate, subjects, objects, graphs, c.subjects, c.objects, c.graphs)
			}
		}
	}
}

func TestLoadAddsToWhatIsThere(t *testing.T) {
	s, ctx := openMem(t), context.Background()
	page := []rdf.Quad{triple("s", "p", iri("o")), triple("s", "p", rdf.String("een langere tekst"))}
	if err := s.Put(ctx, "http://a", page); err != nil {
		t.Fatal(err)
	}
	more := []rdf.Quad{
		{Subject: iri("s"), Predicate: iri("p"), Object: iri("o"), Graph: rdf.IRI("http://a")}, // known
		{Subject: iri("s"), Predicate: iri("p"), Object: iri("o"), Graph: rdf.Blank("g")},
		{Subject: iri("s"), Predicate: iri("p"), Object: iri("o")},
		{Subject: iri("s"), Predicate: iri("p"), Object: iri("o")}, // twice
	}
	var heard int64
	n, err := s.Load(ctx, each(more), func(read int64) { heard = read })
	if err != nil || n != 2 || heard != 4 {
		t.Errorf("added %d, heard of %d: %v", n, heard, err)
	}
	if n, err = s.Load(ctx, each(more), nil); err != nil || n != 0 {
		t.Errorf("the second time added %d: %v", n, err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	broken := func(yield func(rdf.Quad, error) bool) {
		if yield(triple("x", "y", iri("z")), nil) {
			yield(rdf.Quad{}, errors.New("line 2 is no quad"))
		}
	}
	if n, err = s.Load(ctx, broken, nil); err == nil || !strings.Contains(err.Error(), "line 2") || n != 1 {
		t.Errorf("added %d before the error %v", n, err)
	}
	// What was loaded is replaced by a later put like anything else.
	if err := s.Put(ctx, "", nil); err != nil || s.Len() != 3 {
		t.Errorf("%d quads: %v", s.Len(), err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestRadixSort(t *testing.T) {
	list := make([]row, 1<<13)
	x := uint64(1)
	for i := range list {
		for j := range list[i] {
			x = x*6364136223846793005 + 1442695040888963407
			list[i][j] = code(x>>33) >> (j * 7)
		}
	}
	want := slices.Clone(list)
	slices.SortFunc(want, func(a, b row) int { return slices.Compare(a[:], b[:]) })
	radixSort(list)
	if !slices.Equal(list, want) {
		t.Error("rows are out of order")
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(ctx, "http://a", []rdf.Quad{triple("s", "p", iri("o"))}); err != nil {
		t.Fatal(err)
	}
	version := s.Version()

	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("a second opener: %v", err)
	}
	// The lock that counts is the one between processes.
	child := exec.Command(os.Args[0], "-test.run=^TestOpenInChild$")
	child.Env = append(os.Environ(), "QUADSTORE_CHILD="+dir)
	if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "locked as it should be") {
		t.Errorf("a second process: %v\n%s", err, out)
	}

	d := s.Snapshot()
	if err := s.Close(); err == nil {
		t.Error("closed under an open snapshot")
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Put(ctx, "http://a", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("put after close: %v", err)
	}
	late := s.Snapshot()
	if _, err := late.ID(iri("s")); !errors.Is(err, ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
	if err := late.Close(); err != nil {
		t.Error(err)
	}

	format := filepath.Join(dir, formatFile)
	write := func(text string) {
		if err := os.WriteFile(format, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("belfort quadstore 7\n")
	var newer *VersionError
	if _, err := Open(dir, Options{}); !errors.As(err, &newer) || newer.Found != 7 || !strings.Contains(err.Error(), "version 7") || !strings.Contains(err.Error(), fmt.Sprint("up to ", FormatVersion)) {
		t.Errorf("a newer version: %v", err)
	}
	write("something else\n")
	var corrupt *CorruptError
	if _, err := Open(dir, Options{}); !errors.As(err, &corrupt) || corrupt.File != format {
		t.Errorf("a strange format file: %v", err)
	}
	if err := os.Remove(format); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), formatFile) {
		t.Errorf("a database without format file: %v", err)
	}
	write(fmt.Sprintf("belfort quadstore %d\n", FormatVersion))
	s, err = Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 1 || s.Version() != version {
		t.Errorf("after all that: %d quads, version %d", s.Len(), s.Version())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenInChild is the second process of TestOpenRefuses.
func TestOpenInChild(t *testing.T) {
	dir := os.Getenv("QUADSTORE_CHILD")
	if dir == "" {
		t.Skip("runs as a child of TestOpenRefuses")
	}
	if _, err := Open(dir, Options{}); errors.Is(err, ErrLocked) {
		fmt.Println("locked as it should be")
	} else {
		t.Errorf("opened a store that another process has: %v", err)
	}
}

// A byte that changed in any file of the base is an error that names the file, or
// it changes no answer. Nothing wrong is served.
func TestDamageIsNamedAndNotServed(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var quads []rdf.Quad
	for i := range 1500 {
		q := triple(fmt.Sprint("s", i), fmt.Sprint("p", i%7), rdf.String(fmt.Sprint("waarde nummer ", i)))
		q.Graph = iri(fmt.Sprint("g", i/100))
		quads = append(quads, q, triple(fmt.Sprint("s", i), "nummer", rdf.Literal(fmt.Sprint(i), vocab.XSDInteger)))
	}
	slices.SortFunc(quads, rdf.CompareQuads)
	if _, err := s.Load(ctx, each(quads), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	base := s.now.Load().base.dir
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(base, "*"))
	if err != nil || len(names) != 5+len(orders) {
		t.Fatalf("files %v: %v", names, err)
	}
	r := rand.New(rand.NewPCG(4, 4))
	for _, name := range names {
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			bad := slices.Clone(good)
			switch place := r.IntN(len(bad)); i {
			case 0:
				bad = bad[:place]
			case 1:
				bad[len(bad)-1-r.IntN(40)] ^= 0x10
			default:
				bad[place] ^= 1 << r.IntN(8)
			}
			if err := os.WriteFile(name, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			damaged(t, dir, name, quads)
		}
		if err := os.WriteFile(name, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if s, err = Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Errorf("the undamaged original: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// damaged reads a store of which one file is damaged in every way.
func damaged(t *testing.T, dir, name string, want []rdf.Quad) {
	t.Helper()
	named := func(err error) {
		t.Helper()
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) || corrupt.File != name {
			t.Errorf("damage in %s: %v", name, err)
		}
	}
	s, err := Open(dir, Options{})
	if err != nil {
		named(err)
		return
	}
	d := s.Snapshot()
	for at := range orders {
		got, err := readOrder(d, at)
		if err != nil {
			named(err)
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("damage in %s: order %s gives other quads without a word", name, runNames[at])
		}
	}
	for _, q := range want[:200] {
		for _, term := range []rdf.Term{q.Subject, q.Object, q.Graph} {
			if id, err := d.ID(term); err != nil {
				named(err)
			} else if id == 0 && !term.IsZero() {
				t.Errorf("damage in %s: %v is not found, without a word", name, term)
			}
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Check(context.Background()); err == nil {
		t.Errorf("damage in %s passes the check", name)
	} else {
		named(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// readOrder reads everything in one order, and returns it in that of
// rdf.CompareQuads.
func readOrder(d *Snapshot, at int) (quads []rdf.Quad, err error) {
	c := cursor{}
	c.begin(d, at, 0, eval.Named, true)
	c.Seek(eval.QuadID{}, 0, 0)
	for {
		n, err := c.Next(c.out[:])
		if err != nil {
			return nil, err
		}
		if n == 0 {
			slices.SortFunc(quads, rdf.CompareQuads)
			return quads, nil
		}
		for _, q := range c.out[:n] {
			var terms [4]rdf.Term
			for i, id := range []eval.ID{q.Subject, q.Predicate, q.Object, q.Graph} {
				if id != 0 {
					if terms[i], err = d.Term(id); err != nil {
						return nil, err
					}
				}
			}
			quads = append(quads, rdf.Quad{Subject: terms[0], Predicate: terms[1], Object: terms[2], Graph: terms[3]})
		}
	}
}

// Readers see whole graphs only, whatever writers do meanwhile, and while the
// base is replaced under them.
func TestReadersAndWriters(t *testing.T) {
	ctx := context.Background()
	s, err := Open("store", Options{FS: vfs.NewMem(), DeltaSize: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(s.Check(ctx), s.Close()); err != nil {
			t.Error(err)
		}
	}()
	const g = "http://g/0"
	if err := s.Put(ctx, g, generation(g, 1)); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			last := uint64(0)
			for {
				select {
				case <-done:
					return
				default:
				}
				d := s.Snapshot()
				quads := contents(t, d)
				n := 0
				if _, err := fmt.Sscan(quads[0].Object.Value(), &n); err != nil {
					t.Error(err)
				}
				if want := len(generation(g, n)); len(quads) != want || d.Len() != int64(want) || d.Version() < last {
					t.Errorf("generation %d has %d quads, not %d; version %d after %d", n, len(quads), want, d.Version(), last)
				}
				last = d.Version()
				id, _ := d.ID(iri("tekst"))
				d.Distinct(id)
				d.Estimate(eval.QuadID{Predicate: id}, eval.Union)
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range 100 {
		if err := s.Put(ctx, g, generation(g, n)); err != nil {
			t.Error(err)
		}
	}
	close(done)
	readers.Wait()
}

// A backup made while others write is the store at one moment, whole, and opens
// like any other; what happens later to the original does not touch it.
func TestBackup(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s, err := Open(filepath.Join(dir, "store"), Options{DeltaSize: 200})
	if err != nil {
		t.Fatal(err)
	}
	put := func(n int) {
		if err := s.PutTogether(ctx, maps.All(map[string][]rdf.Quad{"http://a": generation("http://a", n), "http://b": generation("http://b", n)})); err != nil {
			t.Error(err)
		}
	}
	put(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 60 {
			put(n)
		}
	}()
	for i := range 5 {
		to := filepath.Join(dir, fmt.Sprint("backup", i))
		if err := s.Backup(ctx, to); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			if err := s.Compact(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	<-done
	if err := s.Backup(ctx, filepath.Join(dir, "backup0")); err == nil {
		t.Error("a backup went over another")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "store")); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		s, err := Open(filepath.Join(dir, fmt.Sprint("backup", i)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := s.Snapshot()
		a, b := graphContents(t, d, "http://a"), graphContents(t, d, "http://b")
		n := 0
		if len(a) == 0 {
			t.Fatal("an empty backup")
		}
		if _, err := fmt.Sscan(a[0].Object.Value(), &n); err != nil {
			t.Fatal(err)
		}
		if want := len(generation("http://a", n)); len(a) != want || len(b) != want {
			t.Errorf("backup %d is of no moment: %d and %d quads, want %d", i, len(a), len(b), want)
		}
		if err := errors.Join(d.Close(), s.Check(ctx), s.Put(ctx, "http://c", a), s.Close()); err != nil {
			t.Error(err)
		}
	}
}

// A base that was replaced stays for those who read it, also for a cursor whose
// snapshot is closed already, and goes with the last of them.
func TestReplacedBaseStaysForItsReaders(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	bases := func() (names []string) {
		list, err := os.ReadDir(filepath.Join(dir, baseDir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			names = append(names, e.Name())
		}
		return names
	}
	put := func(n int) {
		t.Helper()
		if err := errors.Join(s.Put(ctx, "http://g", generation("http://g", n)), s.Compact(ctx)); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	d := s.Snapshot()
	c := d.Cursor(nil, []eval.Place{eval.AtSubject}, eval.Union)
	put(2)
	put(3)
	if got := bases(); len(got) != 2 {
		t.Errorf("bases %v, want that of the snapshot and the present one", got)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := d.ID(iri("generatie")); err == nil {
		t.Error("a closed snapshot answers")
	}
	if d.Cursor(nil, nil, eval.Union) != nil {
		c := d.Cursor(nil, nil, eval.Union)
		if _, err := c.Next(make([]eval.QuadID, 1)); err == nil {
			t.Error("a cursor of a closed snapshot reads")
		}
	}
	c.Seek(eval.QuadID{}, 0, 0)
	if got := drain(t, c, 7); len(got) != len(generation("http://g", 1)) {
		t.Errorf("the cursor gives %d quads of the old base, want %d", len(got), len(generation("http://g", 1)))
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if got := bases(); len(got) != 1 {
		t.Errorf("bases %v, want the present one", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// While a new base is made durable, readers of the state before it still find
// the terms that move from the database to that base.
func TestTermsWhileBaseIsInstalled(t *testing.T) {
	ctx := context.Background()
	var atSync atomic.Pointer[func()]
	files := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if f := atSync.Load(); f != nil && strings.HasSuffix(op.Path, ".log") &&
			(op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData) {
			(*f)()
		}
		return nil
	}))
	s, err := Open("store", Options{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	const g = "http://g/0"
	if err := s.Put(ctx, g, generation(g, 1)); err != nil {
		t.Fatal(err)
	}
	d := s.Snapshot()
	read := 0
	look := func() {
		// The log is written beside the step that it belongs to, so that a single
		// look might come too early.
		for range 200 {
			for i := range s.terms.byID {
				s.terms.byID[i].Store(nil)
			}
			quads, err := readOrder(d, orderSPOG)
			if err != nil {
				t.Error(err)
				return
			}
			read += len(quads)
			runtime.Gosched()
		}
	}
	atSync.Store(&look)
	if err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	atSync.Store(nil)
	if read == 0 {
		t.Fatal("nothing was read while the log was synced")
	}
	if err := errors.Join(d.Close(), s.Check(ctx), s.Close()); err != nil {
		t.Fatal(err)
	}
}

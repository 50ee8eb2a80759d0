package quadstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"pgregory.net/rapid"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// model is the store as it should be: a set of quads.
type model map[rdf.Quad]bool

func (m model) put(graph string, quads []rdf.Quad) {
	g := graphTerm(graph)
	maps.DeleteFunc(m, func(q rdf.Quad, _ bool) bool { return q.Graph == g })
	for _, q := range quads {
		q.Graph = g
		m[q] = true
	}
}

func (m model) quads() []rdf.Quad { return slices.SortedFunc(maps.Keys(m), rdf.CompareQuads) }

var someTerms = []rdf.Term{
	iri("a"), iri("b"), iri("c"), rdf.Blank("x"),
	rdf.String("kort"), rdf.String("een tekst die niet past"), rdf.LangLiteral("kort", "nl"),
	rdf.Literal("5", vocab.XSDInteger), rdf.Literal("05", vocab.XSDInteger), rdf.Literal("2026-11-21", vocab.XSD+"date"),
}

var (
	genQuad = rapid.Custom(func(t *rapid.T) rdf.Quad {
		return rdf.Quad{
			Subject:   rapid.SampledFrom(someTerms[:4]).Draw(t, "subject"),
			Predicate: rapid.SampledFrom(someTerms[:3]).Draw(t, "predicate"),
			Object:    rapid.SampledFrom(someTerms).Draw(t, "object"),
		}
	})
	genQuads = rapid.SliceOfN(genQuad, 0, 12)
	genGraph = rapid.SampledFrom([]string{"", "http://a/1", "http://a/2", "http://voorbeeld.be/a"})
)

// Any run of writes, snapshots, compactions and restarts gives what the model
// says: from the delta alone, from base and delta, while a base is replaced, and
// by cursors as well as by Match.
func TestStoreIsASetOfQuads(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		fs := vfs.NewMem()
		// With a small delta a new base is made in the background again and again.
		size := rapid.SampledFrom([]int{0, 0, 5, 40}).Draw(t, "delta size")
		open := func() *Store {
			s, err := Open("d", Options{FS: fs, CacheSize: 1 << 20, DeltaSize: size})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		type photo struct {
			d    *Snapshot
			want []rdf.Quad
		}
		var photos []photo
		s, m := open(), model{}
		version := s.Version()
		look := func(p photo) {
			if got := contents(t, p.d); !slices.Equal(got, p.want) || p.d.Len() != int64(len(p.want)) {
				t.Fatalf("the snapshot of version %d holds\n%v, not\n%v", p.d.Version(), got, p.want)
			}
		}
		settle := func(changed bool) {
			if s.Len() != int64(len(m)) {
				t.Fatalf("%d quads, not %d", s.Len(), len(m))
			}
			if changed != (s.Version() > version) {
				t.Fatalf("changed is %v, but version %d follows %d", changed, s.Version(), version)
			}
			version = s.Version()
		}
		change := func(step func()) {
			before := maps.Clone(m)
			step()
			settle(!maps.Equal(before, m))
		}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				change(func() {
					g, quads := genGraph.Draw(t, "graph"), genQuads.Draw(t, "quads")
					m.put(g, quads)
					if err := s.Put(ctx, g, quads); err != nil {
						t.Fatal(err)
					}
				})
			},
			"delete": func(t *rapid.T) {
				change(func() {
					g := genGraph.Draw(t, "graph")
					m.put(g, nil)
					if err := s.Delete(ctx, g); err != nil {
						t.Fatal(err)
					}
				})
			},
			"put all": func(t *rapid.T) {
				// Two puts may undo each other, so that the version may grow while
				// the quads stay; one graph each keeps the rule simple.
				change(func() {
					graphs := rapid.MapOfN(genGraph, genQuads, 0, 3).Draw(t, "graphs")
					for g, quads := range graphs {
						m.put(g, quads)
					}
					if err := s.PutAll(ctx, maps.All(graphs)); err != nil {
						t.Fatal(err)
					}
				})
			},
			"load": func(t *rapid.T) {
				change(func() {
					quads := genQuads.Draw(t, "quads")
					g := graphTerm(genGraph.Draw(t, "graph"))
					for i := range quads {
						quads[i].Graph = g
						m[quads[i]] = true
					}
					if _, err := s.Load(ctx, each(quads), nil); err != nil {
						t.Fatal(err)
					}
				})
			},
			"update": func(t *rapid.T) {
				change(func() {
					remove, add := genQuads.Draw(t, "remove"), genQuads.Draw(t, "add")
					for _, list := range [][]rdf.Quad{remove, add} {
						for i := range list {
							list[i].Graph = graphTerm(genGraph.Draw(t, "graph"))
						}
					}
					for _, q := range remove {
						delete(m, q)
					}
					for _, q := range add {
						m[q] = true
					}
					if err := s.Update(ctx, remove, add); err != nil {
						t.Fatal(err)
					}
				})
			},
			"compact": func(t *rapid.T) {
				if err := s.Compact(ctx); err != nil {
					t.Fatal(err)
				}
				settle(false)
			},
			"load many": func(t *rapid.T) {
				// As if they were many: into a new base at once.
				change(func() {
					quads := genQuads.Draw(t, "quads")
					g := graphTerm(genGraph.Draw(t, "graph"))
					for i := range quads {
						quads[i].Graph = g
						m[quads[i]] = true
					}
					if err := loadAtOnce(ctx, s, quads, rapid.IntRange(1, 20).Draw(t, "rows in memory")); err != nil {
						t.Fatal(err)
					}
				})
			},
			"cursors": func(t *rapid.T) {
				d := s.Snapshot()
				checkCursors(t, d, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)))
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			},
			"check": func(t *rapid.T) {
				if err := s.Check(ctx); err != nil {
					t.Fatal(err)
				}
			},
			"snapshot": func(t *rapid.T) { photos = append(photos, photo{s.Snapshot(), m.quads()}) },
			"look": func(t *rapid.T) {
				if len(photos) == 0 {
					t.Skip("no snapshot yet")
				}
				look(photos[rapid.IntRange(0, len(photos)-1).Draw(t, "which")])
			},
			"reopen": func(t *rapid.T) {
				for _, p := range photos {
					look(p)
					if err := p.d.Close(); err != nil {
						t.Fatal(err)
					}
				}
				photos = nil
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = open()
				settle(false)
			},
			"": func(t *rapid.T) {
				d := s.Snapshot()
				look(photo{d, m.quads()})
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			},
		})
		for _, p := range photos {
			if err := p.d.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Check(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// loadAtOnce loads into a new base, sorting in files what is over a number of
// rows.
func loadAtOnce(ctx context.Context, s *Store, quads []rdf.Quad, rows int) error {
	return s.write(func() error {
		l := newLoader(s, s.now.Load())
		defer l.close()
		l.most = rows
		for i := range quads {
			if err := l.add(ctx, &quads[i]); err != nil {
				return err
			}
		}
		return l.finish(ctx)
	})
}

// The power fails at a random moment, again and again, and whatever the disk
// then happens to hold: every graph is as some put left it, and never older
// than the last put that returned.
func TestCrash(t *testing.T) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 3 // under the race detector, which looks for something else
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			crash(t, rand.New(rand.NewPCG(seed, 4)))
		})
	}
}

// generation is a graph as put n times: its size depends on n, so that half of
// one and half of another show.
func generation(g string, n int) (quads []rdf.Quad) {
	for i := range 1 + n*7%40 {
		quads = append(quads, rdf.Quad{
			Subject: rdf.IRI(g + "#" + fmt.Sprint(i)), Predicate: iri("generatie"), Object: rdf.Literal(fmt.Sprint(n), vocab.XSDInteger),
		}, rdf.Quad{
			Subject: rdf.IRI(g + "#" + fmt.Sprint(i)), Predicate: iri("tekst"), Object: rdf.String(fmt.Sprint("tekst van generatie ", n, " van ", g)),
		})
	}
	return quads
}

func crash(t *testing.T, r *rand.Rand) {
	ctx, fs := context.Background(), vfs.NewCrashableMem()
	graphs := []string{"http://g/0", "http://g/1", "http://g/2"}
	acknowledged := map[string]int{}
	generations := 0
	loaded := int64(0)
	for range 4 {
		// A small delta is folded into a new base all the time.
		s, err := Open("d", Options{FS: fs, CacheSize: 1 << 20, DeltaSize: []int{0, 20, 100}[r.IntN(3)]})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(ctx); err != nil {
			t.Fatal(err)
		}
		d := s.Snapshot()
		for _, g := range graphs {
			quads, n := graphContents(t, d, g), 0
			if len(quads) > 0 {
				// The generation number sorts before the text.
				if _, err := fmt.Sscan(quads[0].Object.Value(), &n); err != nil {
					t.Fatal(err)
				}
				want := generation(g, n)
				for i := range want {
					want[i].Graph = rdf.IRI(g)
				}
				slices.SortFunc(want, rdf.CompareQuads)
				if !slices.Equal(quads, want) {
					t.Fatalf("%s is not generation %d but\n%v", g, n, quads)
				}
			}
			if n < acknowledged[g] {
				t.Fatalf("%s is of generation %d, but %d was acknowledged", g, n, acknowledged[g])
			}
			acknowledged[g] = n
		}
		if n := int64(len(graphContents(t, d, "http://load"))); n < loaded || n%100 != 0 {
			t.Fatalf("%d loaded quads, of at least %d", n, loaded)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}

		// Writes go on while the picture of the disk is taken at a random moment.
		picture, writes := make(chan *vfs.MemFS), 1+r.IntN(20)
		percent, at := r.IntN(101), r.IntN(writes)
		rng := rand.New(rand.NewPCG(r.Uint64(), 1))
		sure := map[string]int{}
		sureLoaded := loaded
		for i := range writes {
			if i == at {
				maps.Copy(sure, acknowledged)
				sureLoaded = loaded
				go func() {
					picture <- fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rng})
				}()
			}
			if r.IntN(6) == 0 {
				quads := make([]rdf.Quad, 100)
				for j := range quads {
					quads[j] = triple(fmt.Sprint("load", generations, "/", j), "tekst", rdf.String("een tekst van buiten"))
					quads[j].Graph = rdf.IRI("http://load")
				}
				if r.IntN(2) == 0 {
					err = loadAtOnce(ctx, s, quads, 30)
				} else {
					_, err = s.Load(ctx, each(quads), nil)
				}
				if err != nil {
					t.Fatal(err)
				}
				generations++
				loaded += 100
				continue
			}
			g := graphs[r.IntN(len(graphs))]
			generations++
			if r.IntN(4) == 0 {
				err = s.PutAll(ctx, maps.All(map[string][]rdf.Quad{g: generation(g, generations)}))
			} else {
				err = s.Put(ctx, g, generation(g, generations))
			}
			if err != nil {
				t.Fatal(err)
			}
			acknowledged[g] = generations
			switch r.IntN(12) {
			case 0:
				if err := s.db.Flush(); err != nil {
					t.Fatal(err)
				}
			case 1:
				if err := s.Compact(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		fs = <-picture
		acknowledged, loaded = sure, sureLoaded
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func graphContents(t *testing.T, d *Snapshot, g string) []rdf.Quad {
	quads := contents(t, d)
	return slices.DeleteFunc(quads, func(q rdf.Quad) bool { return q.Graph != rdf.IRI(g) })
}

// Any operation on a file may fail while a new base is made, whether it is to be
// written, synced or named. The store then has the old one and says what was
// wrong, and goes on; and a disk as it is after the power failed at that moment
// holds what was acknowledged.
func TestNewBaseFails(t *testing.T) {
	ctx := context.Background()
	t.Run("compact", func(t *testing.T) {
		newBaseFails(t, func(s *Store, _ model) error { return s.Compact(ctx) })
	})
	t.Run("load", func(t *testing.T) {
		newBaseFails(t, func(s *Store, want model) error {
			quads := generation("http://load", 3)
			err := loadAtOnce(ctx, s, quads, 10)
			if err == nil {
				for _, q := range quads {
					want[q] = true
				}
			}
			return err
		})
	})
}

func newBaseFails(t *testing.T, step func(*Store, model) error) {
	ctx := context.Background()
	want := model{}
	for at := 0; ; at++ {
		mem := vfs.NewCrashableMem()
		n, fired := -1, false
		var mu sync.Mutex
		fs := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
			mu.Lock()
			defer mu.Unlock()
			if n < 0 || op.Kind.ReadOrWrite() != errorfs.OpIsWrite || !strings.Contains(op.Path, baseDir) && !strings.Contains(op.Path, loadDir) {
				return nil
			}
			if n--; n == -1 {
				fired = true
				return errors.New("no space left on device")
			}
			return nil
		}))
		s, err := Open("d", Options{FS: fs})
		if err != nil {
			t.Fatal(err)
		}
		want.put("http://g", generation("http://g", at%5))
		if err := errors.Join(s.Put(ctx, "http://g", generation("http://g", at%5)), s.Compact(ctx)); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			g := fmt.Sprint("http://g/", i)
			want.put(g, generation(g, at+i))
			if err := s.Put(ctx, g, generation(g, at+i)); err != nil {
				t.Fatal(err)
			}
		}
		mu.Lock()
		n = at
		mu.Unlock()
		err = step(s, want)
		mu.Lock()
		n = -1
		mu.Unlock()
		if fired && err != nil && !strings.Contains(err.Error(), "no space left") {
			t.Fatalf("operation %d failed: %v", at, err)
		}
		disk := mem.CrashClone(vfs.CrashCloneCfg{})
		look := func(s *Store) {
			t.Helper()
			d := s.Snapshot()
			if got := contents(t, d); !slices.Equal(got, want.quads()) {
				t.Fatalf("operation %d failed: %d quads, not %d", at, len(got), len(want))
			}
			if err := errors.Join(d.Close(), s.Check(ctx)); err != nil {
				t.Fatalf("operation %d failed: %v", at, err)
			}
		}
		look(s)
		if err := s.Compact(ctx); err != nil {
			t.Fatalf("operation %d failed, and then: %v", at, err)
		}
		look(s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s, err = Open("d", Options{FS: disk})
		if err != nil {
			t.Fatalf("operation %d failed, then the power: %v", at, err)
		}
		look(s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		clear(want)
		if !fired {
			if at < 30 {
				t.Errorf("only %d operations", at)
			}
			return
		}
	}
}

// When the disk refuses the log, the put says so, later ones too, and what was
// acknowledged is there after the next start.
func TestFullDisk(t *testing.T) {
	ctx, fs := context.Background(), vfs.NewCrashableMem()
	full := errorfs.Toggle{Injector: errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && strings.HasSuffix(op.Path, ".log") {
			return errors.New("no space left on device")
		}
		return nil
	})}
	s, err := Open("d", Options{FS: errorfs.Wrap(fs, &full)})
	if err != nil {
		t.Fatal(err)
	}
	good := generation("http://g", 1)
	if err := s.Put(ctx, "http://g", good); err != nil {
		t.Fatal(err)
	}
	disk := fs.CrashClone(vfs.CrashCloneCfg{})
	full.On()
	for range 2 {
		if err := s.Put(ctx, "http://g", nil); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("put on a full disk: %v", err)
		}
	}
	if err := s.Close(); err == nil {
		t.Error("closed without a word about the failed write")
	}
	s, err = Open("d", Options{FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil || s.Len() != int64(len(good)) {
		t.Errorf("after the restart: %d quads, %v", s.Len(), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

package publisher_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

const derived = "https://besluiten.example/graphs/afgeleid/"

func newDoubleHouse(t testing.TB) *house {
	h := newHouse(t)
	h.Marks, h.Derived = h.state.Marks(), derived
	return h
}

// session gives the things of a page other IRIs, as a page does whose IRIs are
// made from the address of one reading.
func session(n, text string) string {
	return strings.NewReplacer(":z ", ":s"+n+"z ", ":a1", ":s"+n+"a1", ":a2", ":s"+n+"a2", ":h1", ":s"+n+"h1", ":b1", ":s"+n+"b1", ":art1", ":s"+n+"art1", ":lijst", ":s"+n+"lijst", ":notulen", ":s"+n+"notulen").Replace(text)
}

// same writes what the store says is the same, by SPARQL.
func (h *house) same(t testing.TB) string {
	t.Helper()
	result, err := h.Reader.Engine.Query(ctx, sparql.Query{Text: `SELECT ?a ?b WHERE { ?a <http://www.w3.org/2002/07/owl#sameAs> ?b }`})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	var lines []string
	for row, err := range result.Rows {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimPrefix(row[0].Value(), data)+"="+strings.TrimPrefix(row[1].Value(), data))
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

// shown lists the decisions that lists and search show.
func (h *house) shown() string {
	var list []string
	for iri, d := range h.index.documents {
		if strings.HasPrefix(d, "besluit ") {
			list = append(list, strings.TrimPrefix(iri, data))
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestDoublesComeAndGo(t *testing.T) {
	h := newDoubleHouse(t)
	for _, step := range []struct {
		name        string
		pub         besluit.Publicatie
		same, shown string
		too         int // decisions too many
	}{
		{"one reading", page(t, "p?sessie=1", session("1", minutes)), "", "s1b1", 0},
		{"the page again, under another address", page(t, "p?sessie=2", session("2", minutes)), "s1b1=s2b1 s2b1=s1b1", "s1b1", 1},
		{"the list, with IRIs of its own", page(t, "lijst", session("3", list)), "s1b1=s2b1 s1b1=s3b1 s2b1=s1b1 s2b1=s3b1 s3b1=s1b1 s3b1=s2b1", "s1b1", 2},
		{"an extract that does not say when", page(t, "uittreksel", session("4", extract)), "s1b1=s2b1 s1b1=s3b1 s2b1=s1b1 s2b1=s3b1 s3b1=s1b1 s3b1=s2b1", "s1b1 s4b1", 2},
		{"the first reading is gone", gone("p?sessie=1"), "s2b1=s3b1 s3b1=s2b1", "s2b1 s4b1", 1},
		{"the second says something else", page(t, "p?sessie=2", strings.ReplaceAll(session("2", minutes), "Politiereglement", "Reglement")), "", "s2b1 s3b1 s4b1", 0},
		{"and the same again", page(t, "p?sessie=2", session("2", minutes)), "s2b1=s3b1 s3b1=s2b1", "s2b1 s4b1", 1},
		{"the list is gone", gone("lijst"), "", "s2b1 s4b1", 0},
		{"all is gone", gone("p?sessie=2"), "", "s4b1", 0},
	} {
		h.accept(t, step.pub)
		h.follow(t)
		if got := h.same(t); got != step.same {
			t.Errorf("%s: the same are %q, want %q", step.name, got, step.same)
		}
		if got := h.shown(); got != step.shown {
			t.Errorf("%s: %q are shown, want %q", step.name, got, step.shown)
		}
		count, err := h.Doubles(ctx)
		if err != nil || count[data+"vlavirgem"] != step.too {
			t.Errorf("%s: too many %v, %v; want %d", step.name, count, err, step.too)
		}
	}
}

func TestDouble(t *testing.T) {
	h := newDoubleHouse(t)
	h.accept(t, page(t, "p1", session("1", list)))
	h.accept(t, page(t, "p2", session("2", minutes)))
	h.follow(t)
	d, ok, err := h.Double(ctx, data+"s1b1")
	want := publisher.Double{First: data + "s2b1", IRIs: []string{data + "s1b1", data + "s2b1"}, Paginas: []string{site + "p1", site + "p2"}}
	if err != nil || !ok || fmt.Sprint(d) != fmt.Sprint(want) {
		t.Errorf("%+v, %v, %v", d, ok, err)
	}
	if _, ok, err := h.Double(ctx, data+"nooit"); ok || err != nil {
		t.Errorf("unknown: %v, %v", ok, err)
	}
}

// One document on several pages is one publication with several sources: it
// stays as long as one of them does.
func TestCopies(t *testing.T) {
	h := newDoubleHouse(t)
	relative := organ + `
<#z> a besluit:Zitting ; besluit:isGehoudenDoor :raad2025 ; besluit:geplandeStart "2025-03-11T20:00:00+01:00"^^xsd:dateTime ; besluit:behandelt <#a1> .
<#a1> a besluit:Agendapunt ; dct:title "Terrasreglement" .
[] a besluit:BehandelingVanAgendapunt ; dct:subject <#a1> ; prov:generated <#b1> .
<#b1> a besluit:Besluit ; eli:title "Politiereglement op de terrassen" .
`
	h.accept(t, page(t, "a", relative))
	h.accept(t, page(t, "b", relative))
	other := page(t, "c", relative+`<#b1> eli:description "Nog iets" .`)
	h.accept(t, other)
	h.follow(t)
	check := func(pagina, want string) {
		t.Helper()
		copies, err := h.Copies(ctx, site+pagina)
		if got := strings.ReplaceAll(strings.Join(copies, " "), site, ""); err != nil || got != want {
			t.Errorf("copies of %s: %q, %v; want %q", pagina, got, err, want)
		}
	}
	check("a", "b")
	check("b", "a")
	check("c", "")
	if got := strings.ReplaceAll(h.same(t), site, ""); got != "a#b1=b#b1 b#b1=a#b1" {
		t.Errorf("the same are %q", got)
	}
	h.accept(t, gone("a"))
	h.follow(t)
	check("a", "")
	check("b", "")
	if got := strings.ReplaceAll(h.shown(), site, ""); got != "b#b1 c#b1" {
		t.Errorf("shown are %q", got)
	}
}

// However pages come, in whatever batches, and however often the followers begin
// again on an empty store, the same doubles are found.
func TestDoublesHangOnThePagesOnly(t *testing.T) {
	pages := []besluit.Publicatie{
		page(t, "1", session("1", minutes)), page(t, "2", session("2", minutes)), page(t, "3", session("3", list)),
		page(t, "4", session("4", list)), page(t, "1", session("1", list)), page(t, "5", strings.ReplaceAll(session("5", minutes), "20:00:00", "21:00:00")),
		gone("2"), page(t, "2", session("2", minutes)), gone("4"), page(t, "1", session("1", minutes)),
	}
	random := rand.New(rand.NewPCG(5, 6))
	want := ""
	for round := range 6 {
		h := newDoubleHouse(t)
		h.Batch = 1 + random.IntN(12)
		order := pages
		if round > 0 { // of different pages, in another order
			order = slices.Clone(pages)
			slices.SortStableFunc(order, func(a, b besluit.Publicatie) int {
				return strings.Compare(key(a.Pagina, round), key(b.Pagina, round))
			})
		}
		for _, pub := range order {
			h.accept(t, pub)
			if random.IntN(3) == 0 {
				h.follow(t)
			}
		}
		h.follow(t)
		got := h.same(t) + "; " + h.shown()
		if want == "" {
			want = got
			if !strings.Contains(got, "s1b1=s3b1") || strings.Contains(got, "s5b1=") || strings.Contains(got, "s4b1") {
				t.Fatalf("%s", got)
			}
		}
		if got != want {
			t.Errorf("round %d: %s\nwant %s", round, got, want)
		}
		// To swap the store is to begin again.
		store, err := quadstore.Open(t.TempDir(), quadstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		h.Graphs, h.Reader.Engine = store, sparql.NewEmbedded(store, sparql.EmbeddedOptions{})
		for _, follower := range []string{publisher.FollowerGraphs, publisher.FollowerDoubles, publisher.FollowerIndex} {
			if err := h.Cursors.SetCursor(ctx, follower, 0); err != nil {
				t.Fatal(err)
			}
		}
		h.Batch = 1 + random.IntN(3)
		h.follow(t)
		if got := h.same(t) + "; " + h.shown(); got != want {
			t.Errorf("round %d, on a new store: %s\nwant %s", round, got, want)
		}
	}
}

// key orders pages another way in each round.
func key(pagina string, round int) string { return besluit.ID(fmt.Sprint(pagina, round)) }

// A page cannot take the place of a graph of doubles.
func TestDerivedGraphsAreNotHarvested(t *testing.T) {
	h := newDoubleHouse(t)
	pub := page(t, "p", list)
	pub.Pagina = derived + "dubbels/x"
	if _, err := h.Accept(ctx, pub); err == nil {
		t.Error("it was accepted")
	}
}

func TestWithdrawals(t *testing.T) {
	h := newDoubleHouse(t)
	h.accept(t, page(t, "lijst", list))
	h.accept(t, page(t, "uittreksel", extract))
	h.accept(t, page(t, "notulen", minutes))
	h.accept(t, gone("lijst"))
	h.accept(t, gone("uittreksel"))
	h.accept(t, gone("notulen"))
	h.accept(t, page(t, "notulen", minutes))
	h.follow(t)
	for _, c := range []struct {
		iris []string
		n    int
		want string
	}{
		{nil, 10, "5 uittreksel Politiereglement op de terrassen; 4 lijst besluitenlijst Politiereglement op de terrassen"},
		{[]string{data + "vlavirgem"}, 1, "5 uittreksel Politiereglement op de terrassen"},
		{[]string{data + "raad2025", data + "raad"}, 10, "5 uittreksel Politiereglement op de terrassen; 4 lijst besluitenlijst Politiereglement op de terrassen"},
		{[]string{data + "elders"}, 10, ""},
	} {
		list, err := h.Withdrawals(ctx, c.iris, c.n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range list {
			if w.Entry.Kind != publisher.Withdrawn || w.Entry.Reason != "HTTP 410" || w.Orgaan == "" {
				t.Errorf("%+v", w)
			}
			got = append(got, strings.Join(strings.Fields(fmt.Sprint(w.Entry.Sequence, " ", strings.TrimPrefix(w.Entry.Pagina, site), " ", w.Soort, " ", w.Titel)), " "))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%v: %q, want %q", c.iris, got, c.want)
		}
	}
}

// Pages as six programs published them, each read twice under the addresses of two
// sessions. Their decisions have IRIs that last, so that each is one already, and
// nothing is joined.
func TestDoublesOfRealPages(t *testing.T) {
	dir := filepath.Join(suite.Shared(t), "pages", "html")
	names, err := filepath.Glob(filepath.Join(dir, "real-*.html"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	h := newDoubleHouse(t)
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := rdfa.Decode(body, "text/html")
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"1", "2"} {
			iri := "https://" + strings.TrimPrefix(strings.TrimSuffix(filepath.Base(name), ".html"), "real-") + ".example/sessie/" + n
			page, err := rdfa.Parse(text, rdfa.Options{Base: iri})
			if err != nil {
				t.Fatal(err)
			}
			h.accept(t, besluit.Publicatie{Pagina: iri, Bron: iri, Opgehaald: noon, Status: 200, Tekst: text, Quads: page.Quads})
		}
	}
	begin := time.Now()
	if err := h.FollowGraphs(ctx); err != nil {
		t.Fatal(err)
	}
	stored := time.Since(begin)
	if err := h.FollowDoubles(ctx); err != nil {
		t.Fatal(err)
	}
	joined := time.Since(begin) - stored
	h.follow(t)
	t.Logf("%d pages: stored in %v, joined in %v, indexed in %v", 2*len(names), stored.Round(time.Millisecond), joined.Round(time.Millisecond), (time.Since(begin) - stored - joined).Round(time.Millisecond))
	if same := h.same(t); same != "" {
		t.Errorf("joined are %s", same)
	}
}

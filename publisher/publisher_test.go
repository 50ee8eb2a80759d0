package publisher_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	cockroach "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/files"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

var (
	ctx  = context.Background()
	noon = time.Date(2025, 3, 14, 12, 0, 0, 0, time.UTC)
)

const (
	site = "https://vlavirgem.be/"
	data = "https://data.vlavirgem.be/id/"
)

const prefixes = `
@prefix : <https://data.vlavirgem.be/id/> .
@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> .
@prefix mandaat: <http://data.vlaanderen.be/ns/mandaat#> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix type: <https://data.vlaanderen.be/id/concept/BesluitType/> .
@prefix doc: <https://data.vlaanderen.be/id/concept/BesluitDocumentType/> .
@prefix orgaan: <http://data.vlaanderen.be/id/concept/BestuursorgaanClassificatieCode/> .
@prefix eenheid: <http://data.vlaanderen.be/id/concept/BestuurseenheidClassificatieCode/> .
`

// Three pages about one sitting of one council, as they are published: the
// organ, then a list of decisions, the minutes, and an extract.
const (
	organ = `
:vlavirgem a besluit:Bestuurseenheid ; skos:prefLabel "Vlavirgem" ; besluit:classificatie eenheid:5ab0e9b8a3b2ca7c5e000001 .
:raad a besluit:Bestuursorgaan ; skos:prefLabel "Gemeenteraad Vlavirgem" ; besluit:classificatie orgaan:5ab0e9b8a3b2ca7c5e000005 ; besluit:bestuurt :vlavirgem .
:raad2025 a besluit:Bestuursorgaan ; mandaat:isTijdspecialisatieVan :raad .
`
	sitting = `
:z a besluit:Zitting ; besluit:isGehoudenDoor :raad2025 ;
  besluit:geplandeStart "2025-03-11T20:00:00+01:00"^^xsd:dateTime ; prov:startedAtTime "2025-03-11T20:02:00+01:00"^^xsd:dateTime ;
  besluit:behandelt :a1, :a2 .
:a1 a besluit:Agendapunt ; dct:title "Terrasreglement" ; besluit:geplandOpenbaar true .
:a2 a besluit:Agendapunt ; dct:title "Mededelingen" ; besluit:aangebrachtNa :a1 ; besluit:geplandOpenbaar true .
`
	list = organ + sitting + `
:z besluit:heeftBesluitenlijst :lijst .
:lijst a foaf:Document, doc:3fa67785-ffdc-4b30-8880-2b99d97b4dee ; eli:passed_by :raad2025 ; eli:date_publication "2025-03-14"^^xsd:date .
:h1 a besluit:BehandelingVanAgendapunt ; dct:subject :a1 ; besluit:openbaar true ; prov:generated :b1 .
:b1 a besluit:Besluit ; eli:title "Politiereglement op de terrassen" .
`
	minutes = organ + sitting + `
:z besluit:heeftNotulen :notulen .
:notulen a foaf:Document, doc:8e791b27-7600-4577-b24e-c7c29e0eb773 .
:h1 a besluit:BehandelingVanAgendapunt ; dct:subject :a1 ; prov:generated :b1 ; besluit:heeftStemming [
  a besluit:Stemming ; besluit:gevolg "Goedgekeurd"@nl ; besluit:aantalVoorstanders 17 ] .
:b1 a besluit:Besluit ; eli:title "Politiereglement op de terrassen" ; prov:value "Artikel 1. Een terras is vergund." ; eli:has_part :art1 .
:art1 a besluit:Artikel ; eli:number "1" ; prov:value "Een terras is vergund." .
`
	extract = organ + `
:h1 a besluit:BehandelingVanAgendapunt ; dct:subject :a1 ; prov:generated :b1 .
:a1 a besluit:Agendapunt ; dct:title "Terrasreglement" .
:b1 a besluit:Besluit, type:e8afe7c5-9640-4db8-8f74-3f023bec3241 ; eli:title "Politiereglement op de terrassen" ; eli:date_publication "2025-03-14"^^xsd:date ; eli:passed_by :raad2025 .
`
)

func page(t testing.TB, name, text string) besluit.Publicatie {
	t.Helper()
	quads, err := turtle.Parse([]byte(prefixes+text), site+name)
	if err != nil {
		t.Fatalf("page %s: %v", name, err)
	}
	pub := besluit.Publicatie{
		Pagina: site + name, Bron: site, Opgehaald: noon, Status: 200, MediaType: "text/html", Tekst: []byte("<html>" + name + text),
	}
	for _, q := range quads {
		pub.Quads = append(pub.Quads, rdf.Sourced{Quad: q})
	}
	return pub
}

func gone(name string) besluit.Publicatie {
	return besluit.Publicatie{Pagina: site + name, Bron: site, Opgehaald: noon, Status: 410, Ingetrokken: true}
}

// house is a publisher on real stores.
type house struct {
	*publisher.Publisher
	store *quadstore.Store
	index *index
	state *pebble.DB
}

func newHouse(t testing.TB) *house {
	t.Helper()
	state, err := pebble.Open("state", &cockroach.Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	store, err := quadstore.Open(t.TempDir(), quadstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(store.Close(), state.Close()); err != nil {
			t.Error(err)
		}
	})
	x := &index{documents: map[string]string{}}
	return &house{
		Publisher: &publisher.Publisher{
			Ledger: state.Ledger(), Standing: state.Ledger(), Blobs: blobs, Cursors: state.Cursors(), Outbox: state.Outbox(),
			Graphs: store, Index: x, Calendar: state.Calendar(),
			Reader: &publisher.Reader{Engine: sparql.NewEmbedded(store, sparql.EmbeddedOptions{}), Calendar: state.Calendar()},
			Now:    func() time.Time { return noon },
		},
		store: store, index: x, state: state,
	}
}

func (h *house) accept(t testing.TB, pub besluit.Publicatie) publisher.Outcome {
	t.Helper()
	out, err := h.Accept(ctx, pub)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (h *house) follow(t testing.TB) {
	t.Helper()
	if err := h.Follow(ctx); err != nil {
		t.Fatal(err)
	}
}

// index keeps one line per entity.
type index struct{ documents map[string]string }

func (x *index) Put(_ context.Context, in *besluit.Inhoud) error {
	for _, z := range in.Zittingen {
		x.documents[z.IRI] = fmt.Sprint("zitting ", name(z.GehoudenDoor), " ", len(z.Agendapunten))
	}
	for _, a := range in.Agendapunten {
		x.documents[a.IRI] = fmt.Sprint("agendapunt ", a.Nummer, " ", a.Titel)
	}
	for _, b := range in.Besluiten {
		date := "-"
		if b.Behandeling != nil && b.Behandeling.Agendapunt != nil && b.Behandeling.Agendapunt.Zitting != nil {
			date = b.Behandeling.Agendapunt.Zitting.Datum().Format(time.DateOnly)
		}
		x.documents[b.IRI] = fmt.Sprint("besluit ", name(b.GenomenDoor), " ", date, " ", len(b.Types), " ", len(b.Artikels), " ", b.Uitslag(), " ", len(b.Bronnen))
	}
	return nil
}

func (x *index) Delete(_ context.Context, iris []string) error {
	for _, iri := range iris {
		delete(x.documents, iri)
	}
	return nil
}

func name(o *besluit.Bestuursorgaan) string {
	if o == nil {
		return "-"
	}
	return o.Naam
}

// String lists the documents, sorted.
func (x *index) String() string {
	var lines []string
	for iri, d := range x.documents {
		lines = append(lines, strings.TrimPrefix(iri, data)+": "+d)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestAcceptDecides(t *testing.T) {
	h := newHouse(t)
	hold := ""
	h.Validate = func(_ context.Context, pub besluit.Publicatie) (publisher.Report, error) {
		r := publisher.Report{Profile: "praktijk"}
		if strings.Contains(string(pub.Tekst), "rijksregisternummer") {
			r.Hold = "een rijksregisternummer"
			r.Findings = []rdf.Finding{{Severity: rdf.Violation, Rule: "national-register-number"}}
		}
		return r, nil
	}
	h.Hold = func(besluit.Publicatie) string { return hold }
	private := page(t, "lijst", list)
	private.Tekst = []byte("rijksregisternummer")
	moved := page(t, "lijst", list)
	moved.Tekst = append(moved.Tekst, " een teller van bezoekers"...)

	for _, c := range []struct {
		name   string
		hold   string
		pub    besluit.Publicatie
		status publisher.Status
		kind   publisher.Kind
		head   uint64
	}{
		{"a page that was never there is gone", "", gone("lijst"), publisher.StatusUnchanged, "", 0},
		{"a page", "", page(t, "lijst", list), publisher.StatusNew, publisher.Published, 1},
		{"the same page", "", page(t, "lijst", list), publisher.StatusUnchanged, publisher.Published, 1},
		{"another text that says the same", "", moved, publisher.StatusUnchanged, publisher.Published, 1},
		{"the page says more", "", page(t, "lijst", list+`:b1 eli:description "Terrassen" .`), publisher.StatusChanged, publisher.Published, 2},
		{"the page has a privacy problem", "", private, publisher.StatusHeld, publisher.Held, 3},
		{"it still has", "", private, publisher.StatusUnchanged, publisher.Held, 3},
		{"it has it no more", "", page(t, "lijst", list), publisher.StatusChanged, publisher.Published, 4},
		{"the operator holds it", "op vraag van het bestuur", page(t, "lijst", list), publisher.StatusHeld, publisher.Held, 5},
		{"it is gone", "", gone("lijst"), publisher.StatusWithdrawn, publisher.Withdrawn, 6},
		{"it is still gone", "", gone("lijst"), publisher.StatusUnchanged, publisher.Withdrawn, 6},
		{"it is back", "", page(t, "lijst", list), publisher.StatusNew, publisher.Published, 7},
		{"a page without OSLO classes", "", page(t, "over", `<> dct:title "Over ons" ; a foaf:Document .`), publisher.StatusHeld, publisher.Held, 8},
	} {
		hold = c.hold
		out := h.accept(t, c.pub)
		if out.Status != c.status || out.Entry.Kind != c.kind {
			t.Errorf("%s: %s, entry of kind %q; want %s, %q", c.name, out.Status, out.Entry.Kind, c.status, c.kind)
		}
		if head, _ := h.Ledger.Head(ctx); head != c.head {
			t.Errorf("%s: ledger has %d entries, want %d", c.name, head, c.head)
		}
		if (out.Status == publisher.StatusHeld) != (out.Reason != "" && out.Status != publisher.StatusUnchanged) {
			t.Errorf("%s: reason %q with status %s", c.name, out.Reason, out.Status)
		}
	}
	if err := publisher.Verify(ctx, h.Ledger, h.Blobs); err != nil {
		t.Error(err)
	}
	held, err := h.Held(ctx)
	if err != nil || len(held) != 1 || held[0].Pagina != site+"over" {
		t.Errorf("held pages: %v, %v", held, err)
	}
	for _, iri := range []string{"", "lijst", "/lijst", "https://vlavirgem.be/" + strings.Repeat("a", 5000)} {
		if _, err := h.Accept(ctx, besluit.Publicatie{Pagina: iri}); err == nil {
			t.Errorf("accepted a page with IRI %.40q", iri)
		}
	}
}

func TestAcceptBoundsTheGraph(t *testing.T) {
	h := newHouse(t)
	h.MaxQuads = 10
	out := h.accept(t, page(t, "lijst", list))
	if out.Status != publisher.StatusHeld || out.Entry.Findings[rdf.Violation] != 1 {
		t.Errorf("a graph over the bound: %+v", out)
	}
	// Blank nodes that all point at each other are costly to tell apart.
	h.MaxQuads = 0
	var knot strings.Builder
	for i := range 30 {
		for j := range 30 {
			fmt.Fprintf(&knot, "_:k%d :p _:k%d .\n", i, j)
		}
	}
	out = h.accept(t, page(t, "knoop", list+knot.String()))
	if out.Status != publisher.StatusHeld || out.Reason == "" {
		t.Errorf("a knot of blank nodes: %+v", out)
	}
}

func TestStoredGraph(t *testing.T) {
	h := newHouse(t)
	h.accept(t, page(t, "notulen?id=7", minutes))
	h.follow(t)
	_, refs, _, _ := h.Ledger.Latest(ctx, site+"notulen?id=7")
	text, err := h.Blobs.Get(ctx, refs.Graph)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	if !slices.IsSorted(lines[:len(lines)-1]) {
		t.Error("the lines of the stored graph are not sorted")
	}
	quads, err := nquads.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	g := rdf.NewGraph(quads...)
	vote := g.Object(rdf.IRI(data+"h1"), rdf.IRI(vocab.BesluitHeeftStemming))
	want := site + ".well-known/genid/" + besluit.ID(site+"notulen?id=7") + "/c14n0"
	if vote != rdf.IRI(want) {
		t.Errorf("the blank vote became %s, want <%s>", vote, want)
	}
	for _, s := range []rdf.Term{vote, rdf.IRI(data + "b1"), rdf.IRI(data + "raad")} {
		if !g.Has(s, rdf.IRI(vocab.ProvWasDerivedFrom), rdf.IRI(site+"notulen?id=7")) {
			t.Errorf("%s does not say where it comes from", s)
		}
		if !g.Has(s, rdf.IRI(vocab.MuUUID), rdf.String(besluit.ID(s.Value()))) {
			t.Errorf("%s has no identifier", s)
		}
	}
	for _, q := range quads {
		if q.Subject.IsBlank() || q.Object.IsBlank() || !q.Graph.IsZero() {
			t.Errorf("stored %s", q)
		}
	}
}

func TestHeldPageLeavesThePublishedVersion(t *testing.T) {
	h := newHouse(t)
	h.accept(t, page(t, "lijst", list))
	h.follow(t)
	before := h.index.String()
	h.Hold = func(besluit.Publicatie) string { return "in onderzoek" }
	h.accept(t, page(t, "lijst", list+`:z besluit:behandelt :a3 . :a3 a besluit:Agendapunt ; dct:title "Varia" .`))
	h.follow(t)
	if got := h.index.String(); got != before {
		t.Errorf("a held page changed the index from\n%s\nto\n%s", before, got)
	}
	if _, err := h.Release(ctx, site+"lijst", "vrijgegeven door de operator"); err != nil {
		t.Fatal(err)
	}
	h.follow(t)
	if got := h.index.String(); !strings.Contains(got, "a3: agendapunt") {
		t.Errorf("after release the index has\n%s", got)
	}
	// While it is the same, it is not held again.
	out := h.accept(t, page(t, "lijst", list+`:z besluit:behandelt :a3 . :a3 a besluit:Agendapunt ; dct:title "Varia" .`))
	if out.Status != publisher.StatusUnchanged {
		t.Errorf("the released page came back as %s", out.Status)
	}
	if _, err := h.Release(ctx, site+"lijst", "nog eens"); !errors.Is(err, publisher.ErrNotHeld) {
		t.Errorf("release of a page that is not held: %v", err)
	}
}

const (
	all = `a1: agendapunt 1 Terrasreglement
a2: agendapunt 2 Mededelingen
b1: besluit Gemeenteraad Vlavirgem 2025-03-11 1 1 goedgekeurd 3
z: zitting Gemeenteraad Vlavirgem 2`
	withoutMinutes = `a1: agendapunt 1 Terrasreglement
a2: agendapunt 2 Mededelingen
b1: besluit Gemeenteraad Vlavirgem 2025-03-11 1 0 onbekend 2
z: zitting Gemeenteraad Vlavirgem 2`
)

func TestADecisionOnThreePagesIsOneDocument(t *testing.T) {
	pages := []besluit.Publicatie{page(t, "lijst", list), page(t, "notulen", minutes), page(t, "uittreksel", extract)}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		for _, together := range []bool{false, true} {
			t.Run(fmt.Sprint(order, together), func(t *testing.T) {
				h := newHouse(t)
				for _, i := range order {
					h.accept(t, pages[i])
					if !together {
						h.follow(t)
					}
				}
				h.follow(t)
				if got := h.index.String(); got != all {
					t.Errorf("index has\n%s\nwant\n%s", got, all)
				}
				h.accept(t, gone("notulen"))
				h.follow(t)
				if got := h.index.String(); got != withoutMinutes {
					t.Errorf("without the minutes the index has\n%s\nwant\n%s", got, withoutMinutes)
				}
				for _, name := range []string{"lijst", "uittreksel"} {
					h.accept(t, gone(name))
				}
				h.follow(t)
				if len(h.index.documents) != 0 || h.store.Len() != 0 {
					t.Errorf("when all pages are gone %d quads are left, and\n%s", h.store.Len(), h.index)
				}
				if e, ok, err := h.Gone(ctx, besluit.ID(data+"b1")); !ok || err != nil || e.Kind != publisher.Withdrawn {
					t.Errorf("the decision that is gone: %+v, %v, %v", e, ok, err)
				}
			})
		}
	}
}

// flaky fails every call to the stores of the followers with a certain number.
type flaky struct {
	publisher.Graphs
	publisher.Index
	publisher.Cursors
	calls, failAt int
}

var errCrash = errors.New("crash")

func (f *flaky) crash() error {
	if f.calls++; f.calls == f.failAt {
		return errCrash
	}
	return nil
}

type flakyGraphs struct{ *flaky }

func (f flakyGraphs) Put(ctx context.Context, graph string, quads []rdf.Quad) error {
	return errors.Join(f.crash(), f.Graphs.Put(ctx, graph, quads), f.crash())
}

func (f flakyGraphs) Delete(ctx context.Context, graph string) error {
	return errors.Join(f.crash(), f.Graphs.Delete(ctx, graph))
}

type flakyIndex struct{ *flaky }

func (f flakyIndex) Put(ctx context.Context, in *besluit.Inhoud) error {
	return errors.Join(f.crash(), f.Index.Put(ctx, in), f.crash())
}

func (f flakyIndex) Delete(ctx context.Context, iris []string) error {
	return errors.Join(f.crash(), f.Index.Delete(ctx, iris))
}

type flakyCursors struct{ *flaky }

func (f flakyCursors) Cursor(ctx context.Context, follower string) (uint64, error) {
	return f.Cursors.Cursor(ctx, follower)
}

func (f flakyCursors) SetCursor(ctx context.Context, follower string, n uint64) error {
	if err := f.crash(); err != nil {
		return err
	}
	return f.Cursors.SetCursor(ctx, follower, n)
}

func TestFollowersGoOnAfterACrashAnywhere(t *testing.T) {
	for failAt := 1; ; failAt++ {
		h := newHouse(t)
		h.Batch = 2
		f := &flaky{Graphs: h.Graphs, Index: h.Index, Cursors: h.Cursors, failAt: failAt}
		h.Graphs, h.Index, h.Cursors = flakyGraphs{f}, flakyIndex{f}, flakyCursors{f}
		for _, pub := range []besluit.Publicatie{
			page(t, "lijst", list), page(t, "notulen", minutes), page(t, "uittreksel", extract), gone("lijst"), page(t, "lijst", list),
		} {
			h.accept(t, pub)
		}
		crashes := 0
		for {
			err := h.Follow(ctx)
			if err == nil {
				break
			}
			if !errors.Is(err, errCrash) {
				t.Fatal(err)
			}
			crashes++
		}
		if got := h.index.String(); got != all {
			t.Errorf("after a crash at call %d the index has\n%s\nwant\n%s", failAt, got, all)
		}
		if crashes == 0 {
			if failAt < 10 {
				t.Fatalf("only %d calls were made", failAt)
			}
			return
		}
	}
}

func TestVerifyNamesTheFirstBrokenEntry(t *testing.T) {
	h := newHouse(t)
	for i := range 4 {
		h.accept(t, page(t, fmt.Sprint("lijst", i), list))
	}
	for _, c := range []struct {
		name   string
		change func(*publisher.Entry)
		want   uint64
	}{
		{"nothing", func(*publisher.Entry) {}, 0},
		{"the time of entry 2", func(e *publisher.Entry) { e.Time = e.Time.Add(time.Second) }, 2},
		{"the reason of entry 2", func(e *publisher.Entry) { e.Reason = "x" }, 2},
		{"entry 2, sealed again", func(e *publisher.Entry) { e.Pagina = site; e.Hash = e.Sum() }, 3},
	} {
		err := publisher.Verify(ctx, tampered{h.Ledger, c.change}, h.Blobs)
		var broken *publisher.BrokenError
		errors.As(err, &broken)
		switch {
		case c.want == 0 && err != nil:
			t.Errorf("%s changed: %v", c.name, err)
		case c.want > 0 && (broken == nil || broken.Sequence != c.want):
			t.Errorf("%s changed: %v, want entry %d to be named", c.name, err, c.want)
		}
	}
}

// tampered changes entry 2 of a ledger.
type tampered struct {
	publisher.Ledger
	change func(*publisher.Entry)
}

func (l tampered) Entry(ctx context.Context, n uint64) (publisher.Entry, publisher.Refs, bool, error) {
	e, refs, ok, err := l.Ledger.Entry(ctx, n)
	if n == 2 {
		l.change(&e)
	}
	return e, refs, ok, err
}

// The hash of an entry is that of its canonical JSON, which anybody can make:
// this one was computed with another program.
func TestSumIsReproducible(t *testing.T) {
	e := publisher.Entry{
		Sequence: 7, Kind: publisher.Held, Pagina: "https://vlavirgem.be/é?a=1&b=<2>", Bron: site, Time: noon,
		Salt: "00ff", Reason: "lijn\n\"twee\"", Findings: map[rdf.Severity]int{rdf.Violation: 1, rdf.Info: 2}, Previous: "abc",
	}
	const want = "4e193e7d1b292a96b226856310fadd1ca1fcc77bac92efcbdbb93028dabb0a6b"
	if got := e.Sum(); got != want {
		t.Errorf("sum is %s, want %s", got, want)
	}
}

func TestReportRoundTrip(t *testing.T) {
	r := publisher.Report{Profile: "praktijk", Hold: "reden", Findings: []rdf.Finding{{
		Severity: rdf.Warning, Rule: "missing-scheme", Message: rdf.Text{NL: "é < \"x\"", EN: "e"}, Source: site,
		Span:  rdf.Span{Start: rdf.Position{Offset: 3, Line: 1, Column: 4}, End: rdf.Position{Offset: 9, Line: 2, Column: 1}},
		Focus: rdf.IRI(data + "b1"), Path: vocab.EliTitle, Value: rdf.LangLiteral("een \"titel\"\n", "nl"),
	}, {Severity: rdf.Info, Rule: "bare", Focus: rdf.Blank("b0")}}}
	b, err := publisher.EncodeReport(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := publisher.DecodeReport(b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Profile != r.Profile || back.Hold != r.Hold || !slices.Equal(back.Findings, r.Findings) {
		t.Errorf("came back as %+v, want %+v", back, r)
	}
}

func TestBron(t *testing.T) {
	h := newHouse(t)
	h.Validate = func(_ context.Context, pub besluit.Publicatie) (publisher.Report, error) {
		return publisher.Report{Profile: "praktijk", Findings: []rdf.Finding{{Rule: "r", Focus: rdf.IRI(data + "b1")}}}, nil
	}
	pub := page(t, "lijst", list)
	h.accept(t, pub)
	b, ok, err := h.Bron(ctx, site+"lijst")
	if err != nil || !ok || string(b.Tekst) != string(pub.Tekst) || len(b.Report.Findings) != 1 || b.Entry.Kind != publisher.Published {
		t.Errorf("source %+v, %v, %v", b, ok, err)
	}
	h.accept(t, gone("lijst"))
	if b, ok, err := h.Bron(ctx, site+"lijst"); err != nil || !ok || b.Tekst != nil || b.Entry.Kind != publisher.Withdrawn {
		t.Errorf("source that is gone %+v, %v, %v", b, ok, err)
	}
	if _, ok, err := h.Bron(ctx, site); ok || err != nil {
		t.Errorf("unknown source: %v, %v", ok, err)
	}
}

func TestAcceptIsSafeForConcurrentUse(t *testing.T) {
	h := newHouse(t)
	pages := []besluit.Publicatie{page(t, "lijst", list), page(t, "notulen", minutes), page(t, "uittreksel", extract)}
	var group sync.WaitGroup
	for range 4 {
		for _, pub := range pages {
			group.Go(func() {
				if _, err := h.Accept(ctx, pub); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if head, _ := h.Ledger.Head(ctx); head != 3 {
		t.Errorf("three pages, each offered four times at once, gave %d entries", head)
	}
	h.follow(t)
	if got := h.index.String(); got != all {
		t.Errorf("index has\n%s\nwant\n%s", got, all)
	}
}

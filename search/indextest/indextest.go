// Package indextest is the contract kit of search engines: what people must
// find, and what an index owes the publisher. Only tests import it.
package indextest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

// Index is one open engine.
type Index struct {
	search.Searcher
	Subjects func(ctx context.Context, text string) iter.Seq2[string, error]
	Put      func(ctx context.Context, inhoud *besluit.Inhoud) error
	Delete   func(ctx context.Context, iris []string) error
	Close    func() error
}

var (
	//go:embed testdata/corpus.txt
	corpus string
	//go:embed testdata/questions.txt
	questions string
)

const (
	base     = "https://data.vlavirgem.example/id/"
	gemeente = base + "gemeente"
	raadCode = "http://data.vlaanderen.be/id/concept/BestuursorgaanClassificatieCode/5ab0e9b8a3b2ca7c5e000005"
)

// Run checks an engine. open opens it in dir, which the kit closes and opens
// again to see what is durable.
func Run(t *testing.T, open func(t *testing.T, dir string) Index) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, dir string, open func(t *testing.T, dir string) Index)
	}{
		{"what people ask", testQuestions},
		{"an empty index", testEmpty},
		{"a hit tells where it matched", testFragments},
		{"a phrase stays within a part", testPhraseWithinPart},
		{"facets count what was found", testFacets},
		{"filters", testFilters},
		{"days are those of Flanders", testDays},
		{"order", testOrder},
		{"paging shows each hit once", testPaging},
		{"subjects are all hits", testSubjects},
		{"deep and strange pages", testDeepPages},
		{"questions that cannot be read", testBadQuestions},
		{"large questions end in time", testLargeQuestions},
		{"a prefix of too many words is refused", testPrefix},
		{"long and hostile texts", testLongTexts},
		{"putting again changes nothing, deleting takes away", testAgain},
		{"an item gives way to its decision", testAgendapunt},
		{"what was put is durable", testDurable},
		{"a search that nobody waits for", testCancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, t.TempDir()+"/index", open) })
	}
}

// council reads the corpus.
func council() *besluit.Inhoud {
	eenheid := &besluit.Bestuurseenheid{IRI: gemeente, Naam: "Vlavirgem"}
	raad := &besluit.Bestuursorgaan{IRI: base + "raad", Naam: "Gemeenteraad", Bestuurt: eenheid, Classificatie: raadCode}
	in := &besluit.Inhoud{}
	var b *besluit.Besluit
	for line := range strings.Lines(corpus) {
		line = strings.TrimSpace(line)
		if header, ok := strings.CutPrefix(line, "-- "); ok {
			fields := strings.SplitN(header, " ", 3)
			day, err := time.Parse(time.DateOnly, fields[1])
			if err != nil {
				panic(err)
			}
			zitting := &besluit.Zitting{IRI: base + "zitting/" + fields[1], GehoudenDoor: raad, Gestart: day.Add(19 * time.Hour)}
			punt := &besluit.Agendapunt{IRI: base + "punt/" + fields[0], Titel: fields[2], Zitting: zitting}
			b = &besluit.Besluit{IRI: base + fields[0], Titel: fields[2]}
			b.Behandeling = &besluit.BehandelingVanAgendapunt{Agendapunt: punt, Besluiten: []*besluit.Besluit{b}}
			punt.Behandelingen = append(punt.Behandelingen, b.Behandeling)
			in.Besluiten = append(in.Besluiten, b)
			continue
		}
		part, text, ok := strings.Cut(line, ": ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case ok && part == "motivering":
			b.Motivering = text
		case ok && strings.HasPrefix(part, "artikel "):
			b.Artikels = append(b.Artikels, &besluit.Artikel{Nummer: part, Inhoud: text})
		default:
			panic("corpus: " + line)
		}
	}
	return in
}

// besluitOf makes one decision for a test of its own.
func besluitOf(id, titel string, change func(*besluit.Besluit)) *besluit.Inhoud {
	b := &besluit.Besluit{IRI: base + id, Titel: titel}
	if change != nil {
		change(b)
	}
	return &besluit.Inhoud{Besluiten: []*besluit.Besluit{b}}
}

// filled opens an engine with the council in it.
func filled(t *testing.T, dir string, open func(t *testing.T, dir string) Index) Index {
	t.Helper()
	index := opened(t, dir, open)
	put(t, index, council())
	return index
}

func opened(t *testing.T, dir string, open func(t *testing.T, dir string) Index) Index {
	t.Helper()
	index := open(t, dir)
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	return index
}

func put(t *testing.T, index Index, in *besluit.Inhoud) {
	t.Helper()
	if err := index.Put(context.Background(), in); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, index Index, r search.Request) search.Result {
	t.Helper()
	result, err := index.Search(context.Background(), r)
	if err != nil {
		t.Fatalf("search %.100q: %v", r.Text, err)
	}
	return result
}

// ids are the hits without what their IRIs share.
func ids(result search.Result) []string {
	list := make([]string, len(result.Hits))
	for i, h := range result.Hits {
		list[i] = strings.TrimPrefix(h.IRI, base)
	}
	return list
}

func testQuestions(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	asked := 0
	for line := range strings.Lines(questions) {
		question, wanted, ok := strings.Cut(line, " =>")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		asked++
		got := ids(find(t, index, search.Request{Text: question, Size: 100}))
		only := false
		var want []string
		for _, id := range strings.Fields(wanted) {
			first, best := strings.CutPrefix(id, "1:")
			switch {
			case id == "only":
				only = true
				continue
			case best && (len(got) == 0 || got[0] != first):
				t.Errorf("%s: best hit is not %s: %v", question, first, got)
			}
			want = append(want, first)
			if !slices.Contains(got, first) {
				t.Errorf("%s: %s is not found; got %v", question, first, got)
			}
		}
		if only && len(got) > len(want) {
			t.Errorf("%s: found %v, want only %v", question, got, want)
		}
	}
	if asked < 40 {
		t.Errorf("%d questions were read", asked)
	}
}

func testEmpty(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := opened(t, dir, open)
	for _, text := range []string{"", "terras", "NIET terras", "ter*"} {
		if result := find(t, index, search.Request{Text: text}); result.Total != 0 || len(result.Hits) != 0 || len(result.Facets) != 0 {
			t.Errorf("%q: %+v", text, result)
		}
	}
	put(t, index, &besluit.Inhoud{})
	if err := index.Delete(context.Background(), nil); err != nil {
		t.Error(err)
	}
}

func testFragments(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	hits := find(t, index, search.Request{Text: "terrassen vergunning"}).Hits
	if len(hits) != 1 {
		t.Fatalf("hits %+v", hits)
	}
	h := hits[0]
	if h.Titel != "<mark>Terrasreglement</mark>: goedkeuring" || h.Soort != search.Besluit || h.Bestuur != "Vlavirgem" || h.BestuurIRI != gemeente || h.Orgaan != "Gemeenteraad" {
		t.Errorf("hit %+v", h)
	}
	if got := h.Datum.UTC().Format(time.RFC3339); got != "2025-03-12T19:00:00Z" {
		t.Errorf("date %s", got)
	}
	var parts []string
	for _, f := range h.Fragments {
		parts = append(parts, f.Part)
	}
	if !slices.Equal(parts, []string{"motivering", "artikel 1", "artikel 2"}) {
		t.Errorf("fragments %+v", h.Fragments)
	}
	if want := "Wie een <mark>terras</mark> op het openbaar domein wil plaatsen, vraagt een <mark>vergunning</mark> aan bij het college."; h.Fragments[1].HTML != want {
		t.Errorf("fragment %s\nwant %s", h.Fragments[1].HTML, want)
	}
	put(t, index, besluitOf("kwaad", `Xyzzy <script>alert(1)</script> & "co"`, nil))
	if titel := find(t, index, search.Request{Text: "xyzzy"}).Hits[0].Titel; strings.Contains(titel, "<script") || !strings.Contains(titel, "<mark>Xyzzy</mark> &lt;script&gt;") {
		t.Errorf("title %s", titel)
	}
}

func testPhraseWithinPart(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := opened(t, dir, open)
	put(t, index, besluitOf("a", "Eerste deel", func(b *besluit.Besluit) {
		b.Motivering = "dit eindigt op appel"
		b.Artikels = []*besluit.Artikel{{Nummer: "1", Inhoud: "peer begint en eindigt met kers"}, {Nummer: "2", Inhoud: "pruim volgt"}}
	}))
	for phrase, want := range map[string]uint64{`"appel peer"`: 0, `"kers pruim"`: 0, `"deel dit"`: 0, `"op appel"`: 1, `"peer begint"`: 1, `"pruim volgt"`: 1} {
		if got := find(t, index, search.Request{Text: phrase}).Total; got != want {
			t.Errorf("%s: %d hits, want %d", phrase, got, want)
		}
	}
}

func facets(result search.Result) map[string]uint64 {
	counts := map[string]uint64{}
	for _, f := range result.Facets {
		for _, v := range f.Values {
			counts[f.Field+"/"+v.Label] = v.Count
		}
	}
	return counts
}

func testFacets(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	put(t, index, besluitOf("los", "Besluit zonder bestuur", func(b *besluit.Besluit) {
		b.Types = []string{"https://data.vlaanderen.be/id/concept/BesluitType/x", "https://data.vlaanderen.be/id/concept/BesluitType/x"}
	}))
	all := find(t, index, search.Request{Size: 1})
	counts := facets(all)
	for name, want := range map[string]uint64{
		"soort/besluit": 23, "bestuur/Vlavirgem": 22, "orgaan/Gemeenteraad": 22, "jaar/2025": 19, "jaar/2024": 3,
		"type/https://data.vlaanderen.be/id/concept/BesluitType/x": 1,
	} {
		if counts[name] != want {
			t.Errorf("facet %s is %d, want %d (have %v)", name, counts[name], want, counts)
		}
	}
	for _, f := range all.Facets {
		if f.Other != 0 {
			t.Errorf("facet %s counts %d others", f.Field, f.Other)
		}
		for _, v := range f.Values {
			if v.Value == "" {
				t.Errorf("facet %s has an empty value, %d times", f.Field, v.Count)
			}
		}
	}
	if counts := facets(find(t, index, search.Request{Text: "belasting"})); counts["jaar/2024"] != 1 || counts["jaar/2025"] != 1 {
		t.Errorf("facets of a question: %v", counts)
	}
}

func testFilters(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for name, c := range map[string]struct {
		r    search.Request
		want uint64
	}{
		"soort":             {search.Request{Soorten: []search.Soort{search.Besluit}}, 22},
		"other soort":       {search.Request{Soorten: []search.Soort{search.Zitting, search.Agendapunt}}, 0},
		"bestuur":           {search.Request{Besturen: []string{gemeente}}, 22},
		"one of besturen":   {search.Request{Besturen: []string{gemeente, base + "other"}}, 22},
		"other bestuur":     {search.Request{Besturen: []string{base + "other"}}, 0},
		"orgaan":            {search.Request{Organen: []string{raadCode}}, 22},
		"first day":         {search.Request{From: day("2025-09-17")}, 4},
		"last day":          {search.Request{To: day("2024-12-18")}, 3},
		"one day":           {search.Request{From: day("2025-03-12"), To: day("2025-03-12")}, 2},
		"a day with a time": {search.Request{From: day("2025-03-12").Add(23 * time.Hour), To: day("2025-03-12").Add(time.Hour)}, 2},
		"no such day":       {search.Request{From: day("2025-03-13"), To: day("2025-03-13")}, 0},
		"backwards":         {search.Request{From: day("2025-03-13"), To: day("2025-03-11")}, 0},
		"with a question":   {search.Request{Text: "belasting", From: day("2025-01-01")}, 1},
	} {
		if got := find(t, index, c.r).Total; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func testDays(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := opened(t, dir, open)
	for id, moment := range map[string]string{
		"middernacht": "2025-01-01T00:30:00+01:00", // 31 December in UTC
		"avond":       "2025-01-01T22:30:00+01:00",
		"utc":         "2024-12-31T23:30:00Z", // half past midnight in Flanders
		"zomer":       "2025-06-30T22:30:00Z", // 1 July in Flanders
		"datum":       "2025-01-01T00:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		put(t, index, besluitOf(id, "Besluit "+id, func(b *besluit.Besluit) { b.Publicatiedatum = at }))
	}
	newYear := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	brussels := time.FixedZone("Brussel", 3600)
	for name, r := range map[string]search.Request{
		"in UTC":      {From: newYear, To: newYear},
		"in Brussels": {From: time.Date(2025, 1, 1, 0, 0, 0, 0, brussels), To: time.Date(2025, 1, 1, 0, 0, 0, 0, brussels)},
	} {
		got := ids(find(t, index, r))
		slices.Sort(got)
		if want := []string{"avond", "datum", "middernacht", "utc"}; !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", name, got, want)
		}
	}
	july := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	if got := ids(find(t, index, search.Request{From: july})); !slices.Equal(got, []string{"zomer"}) {
		t.Errorf("from 1 July: %v", got)
	}
	if counts := facets(find(t, index, search.Request{})); counts["jaar/2025"] != 5 {
		t.Errorf("years %v", counts)
	}
}

func testOrder(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	put(t, index, besluitOf("zonder", "Belasting zonder datum", nil))
	for order, want := range map[search.Sort]string{
		search.Newest: "leegstand apb zonder",
		search.Oldest: "apb leegstand zonder",
	} {
		if got := ids(find(t, index, search.Request{Text: "belasting", Sort: order})); strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", order, got, want)
		}
	}
	if got := find(t, index, search.Request{Size: 1}).Hits[0].Datum.Format(time.DateOnly); got != "2025-09-17" {
		t.Errorf("without a question the first hit is of %s, want the newest", got)
	}
}

func testPaging(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	for _, r := range []search.Request{{}, {Text: "NIET xyzzy"}, {Sort: search.Oldest}} {
		seen := map[string]bool{}
		r.Size = 5
		for r.Page = 1; r.Page <= 6; r.Page++ {
			for _, id := range ids(find(t, index, r)) {
				if seen[id] {
					t.Errorf("%q: %s on two pages", r.Text, id)
				}
				seen[id] = true
			}
		}
		if len(seen) != 22 {
			t.Errorf("%q: %d hits over the pages, want 22", r.Text, len(seen))
		}
	}
}

func testSubjects(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	subjects := func(text string) (iris []string, err error) {
		for iri, e := range index.Subjects(t.Context(), text) {
			if e != nil {
				return iris, e
			}
			iris = append(iris, iri)
		}
		return iris, nil
	}
	for _, text := range []string{"", "erfpacht", "titel:voorstel", "cafe OF erfpacht", "NIET xyzzy"} {
		got, err := subjects(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		hits := find(t, index, search.Request{Text: text, Size: 100}).Hits
		if len(hits) == 0 || len(got) != len(hits) {
			t.Errorf("%q: %d subjects, %d hits", text, len(got), len(hits))
		}
		for _, h := range hits {
			if !slices.Contains(got, h.IRI) {
				t.Errorf("%q: %s is a hit and no subject", text, h.IRI)
			}
		}
	}
	// Search would answer with part of the words; a join must not.
	if got, err := subjects("erfpacht xyzzy"); err != nil || len(got) != 0 {
		t.Errorf("subjects with only part of the words: %v, %v", got, err)
	}
	var wrong *search.QueryError
	if _, err := subjects("(a"); !errors.As(err, &wrong) {
		t.Errorf("error %v, want a *search.QueryError", err)
	}
}

func testDeepPages(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	for _, r := range []search.Request{{Page: 3}, {Page: 501}, {Page: math.MaxInt}, {Page: math.MaxInt, Size: 100}} {
		if result := find(t, index, r); result.Total != 22 || len(result.Hits) != 0 {
			t.Errorf("page %d: total %d, hits %v", r.Page, result.Total, ids(result))
		}
	}
	if notes := find(t, index, search.Request{Page: 501}).Notes; len(notes) != 1 {
		t.Errorf("notes of a page beyond the bound: %q", notes)
	}
	for _, r := range []search.Request{{Page: -1, Size: -1}, {Page: math.MinInt}, {Size: math.MaxInt}} {
		if n := len(find(t, index, r).Hits); n < 20 || n > 22 {
			t.Errorf("page %d, size %d: %d hits", r.Page, r.Size, n)
		}
	}
}

func testBadQuestions(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	for _, text := range []string{`"open`, "(a", "OF", "a*b", strings.Repeat("x", 5000)} {
		_, err := index.Search(context.Background(), search.Request{Text: text})
		var wrong *search.QueryError
		if !errors.As(err, &wrong) {
			t.Errorf("%.20q: error %v, want a *search.QueryError", text, err)
		}
	}
}

func testLargeQuestions(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	for _, text := range []string{
		strings.TrimSuffix(strings.Repeat("de OF ", 100), " OF "),
		strings.Repeat("NIET de ", 50) + "xyzzy",
		strings.Repeat("(", 20) + "de" + strings.Repeat(")", 20),
		`"` + strings.Repeat("de ", 90) + `"`,
		strings.Repeat("(de OF NIET het) ", 40),
	} {
		begun := time.Now()
		find(t, index, search.Request{Text: text})
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%.30q took %v", text, took)
		}
	}
}

func testPrefix(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := opened(t, dir, open)
	var words strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&words, "abc%c%c%c%c ", 'a'+i%26, 'a'+i/26%26, 'a'+i/26/26%26, 'a'+i/26/26/26%26)
	}
	put(t, index, besluitOf("veel", "Veel woorden", func(b *besluit.Besluit) { b.Motivering = words.String() }))
	_, err := index.Search(context.Background(), search.Request{Text: "veel abc*"})
	var wrong *search.QueryError
	if !errors.As(err, &wrong) || wrong.Text[wrong.Start:wrong.End] != "abc*" {
		t.Errorf("error %v, want a *search.QueryError about abc*", err)
	}
	for text, want := range map[string]uint64{"abcab*": 1, "titel:abc*": 0, "titel:vee*": 1} {
		if got := find(t, index, search.Request{Text: text}).Total; got != want {
			t.Errorf("%s: %d hits, want %d", text, got, want)
		}
	}
}

func testLongTexts(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := opened(t, dir, open)
	put(t, index, besluitOf("lang", "Lang besluit", func(b *besluit.Besluit) {
		b.Motivering = strings.Repeat("woord ", 100_000) + "naald"
		b.Artikels = []*besluit.Artikel{{Inhoud: strings.Repeat("a", 900_000) + " hooiberg"}, {Inhoud: strings.Repeat("x.", 200_000)}}
	}))
	for _, text := range []string{"naald", "hooiberg", "woord"} {
		hits := find(t, index, search.Request{Text: text}).Hits
		if len(hits) != 1 {
			t.Errorf("%s: %d hits", text, len(hits))
			continue
		}
		for _, f := range hits[0].Fragments {
			if len(f.HTML) > 20_000 {
				t.Errorf("%s: a fragment of %d bytes", text, len(f.HTML))
			}
		}
	}
}

func testAgain(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	put(t, index, council())
	if n := find(t, index, search.Request{}).Total; n != 22 {
		t.Errorf("%d documents after a second put, want 22", n)
	}
	put(t, index, besluitOf("terras", "Vervangen", nil))
	if got := ids(find(t, index, search.Request{Text: "vervangen -xyzzy", Size: 1})); !slices.Equal(got, []string{"terras"}) {
		t.Errorf("found %v after a change", got)
	}
	if n := find(t, index, search.Request{Text: "terrasreglement"}).Total; n != 0 {
		t.Errorf("%d hits for the old text", n)
	}
	for range 2 {
		if err := index.Delete(context.Background(), []string{base + "terras", base + "none"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := find(t, index, search.Request{}).Total; n != 21 {
		t.Errorf("%d documents after a delete, want 21", n)
	}
}

func testAgendapunt(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := opened(t, dir, open)
	punt := &besluit.Agendapunt{IRI: base + "punt", Titel: "Zebrapad aan de school"}
	put(t, index, &besluit.Inhoud{Agendapunten: []*besluit.Agendapunt{punt}})
	if got := find(t, index, search.Request{Text: "zebrapad"}).Hits; len(got) != 1 || got[0].Soort != search.Agendapunt {
		t.Errorf("before the decision: %+v", got)
	}
	b := &besluit.Besluit{IRI: base + "besluit", Titel: "Zebrapad aan de school"}
	b.Behandeling = &besluit.BehandelingVanAgendapunt{Agendapunt: punt, Besluiten: []*besluit.Besluit{b}}
	punt.Behandelingen = []*besluit.BehandelingVanAgendapunt{b.Behandeling}
	put(t, index, &besluit.Inhoud{Agendapunten: []*besluit.Agendapunt{punt}, Besluiten: []*besluit.Besluit{b}})
	if got := find(t, index, search.Request{Text: "zebrapad"}).Hits; len(got) != 1 || got[0].Soort != search.Besluit {
		t.Errorf("after the decision: %+v", got)
	}
}

func testDurable(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := open(t, dir)
	put(t, index, council())
	if err := index.Delete(context.Background(), []string{base + "terras"}); err != nil {
		t.Fatal(err)
	}
	if err := index.Close(); err != nil {
		t.Fatal(err)
	}
	index = opened(t, dir, open)
	if n := find(t, index, search.Request{}).Total; n != 21 {
		t.Errorf("%d documents after opening again, want 21", n)
	}
}

func testCancelled(t *testing.T, dir string, open func(*testing.T, string) Index) {
	index := filled(t, dir, open)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := index.Search(ctx, search.Request{Text: "terras"}); !errors.Is(err, context.Canceled) {
		t.Errorf("search: %v", err)
	}
	if err := index.Put(ctx, council()); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
}

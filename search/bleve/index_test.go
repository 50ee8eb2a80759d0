package bleve_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
	"github.com/belfort-lod/belfort/search/bleve"
)

// council is a small government with decisions that people look for.
func council() *besluit.Inhoud {
	eenheid := &besluit.Bestuurseenheid{IRI: "https://data.example/gemeente", Naam: "Vlavirgem"}
	raad := &besluit.Bestuursorgaan{IRI: "https://data.example/gr", Naam: "Gemeenteraad", Bestuurt: eenheid,
		Classificatie: "http://data.vlaanderen.be/id/concept/BestuursorgaanClassificatieCode/5ab0e9b8a3b2ca7c5e000005"}
	zitting := &besluit.Zitting{IRI: "https://data.example/z1", GehoudenDoor: raad, Gestart: time.Date(2025, 3, 12, 20, 0, 0, 0, time.UTC)}
	in := &besluit.Inhoud{Zittingen: []*besluit.Zitting{zitting}}
	add := func(id, titel, motivering string, artikels ...string) {
		punt := &besluit.Agendapunt{IRI: "https://data.example/p" + id, Titel: titel, Zitting: zitting}
		b := &besluit.Besluit{IRI: "https://data.example/b" + id, Titel: titel, Motivering: motivering, GenomenDoor: raad}
		for i, a := range artikels {
			b.Artikels = append(b.Artikels, &besluit.Artikel{Nummer: "Artikel " + string(rune('1'+i)), Inhoud: a})
		}
		behandeling := &besluit.BehandelingVanAgendapunt{Agendapunt: punt, Besluiten: []*besluit.Besluit{b}}
		b.Behandeling = behandeling
		punt.Behandelingen = append(punt.Behandelingen, behandeling)
		zitting.Agendapunten = append(zitting.Agendapunten, punt)
		in.Agendapunten = append(in.Agendapunten, punt)
		in.Besluiten = append(in.Besluiten, b)
	}
	add("1", "Terrasreglement", "Terrassen op het openbaar domein vragen een vergunning.", "De vergunning geldt <b>één</b> jaar.")
	add("2", "Subsidie voor herbruikbare luiers", "De raad steunt jonge gezinnen.", "Per kind is er 100 euro.", "De aanvraag gebeurt digitaal.")
	add("3", "Aanvullend reglement wegverkeer Molenstraat", "Het voorstel werd niet goedgekeurd in de vorige zitting.", "Parkeren is verboden.")
	open := &besluit.Agendapunt{IRI: "https://data.example/p9", Titel: "Vragen van raadsleden over cafés", Zitting: zitting}
	zitting.Agendapunten = append(zitting.Agendapunten, open)
	in.Agendapunten = append(in.Agendapunten, open)
	return in
}

func open(t *testing.T, dir string) *bleve.Index {
	t.Helper()
	index, _, err := bleve.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	return index
}

func filled(t *testing.T) *bleve.Index {
	t.Helper()
	index := open(t, t.TempDir()+"/index")
	if err := index.Put(context.Background(), council()); err != nil {
		t.Fatal(err)
	}
	return index
}

func find(t *testing.T, index *bleve.Index, r search.Request) search.Result {
	t.Helper()
	result, err := index.Search(context.Background(), r)
	if err != nil {
		t.Fatalf("search %q: %v", r.Text, err)
	}
	return result
}

func TestSearch(t *testing.T) {
	index := filled(t)
	for _, c := range []struct{ query, want string }{
		{"terras", "b1 z1"},
		{"terrassen", "b1 z1"},
		{"vergunningen", "b1"},
		{"reglement", "b3 b1 z1"}, // the title itself before a part of a compound
		{"luiers subsidie", "b2 z1"},
		{"luier OF molenstraat", "b3 b2 z1"},
		{`"openbaar domein"`, "b1"},
		{`"domein openbaar"`, ""},
		{`"niet goedgekeurd"`, "b3"},
		{"reglement -molenstraat", "b1"},
		{"NIET (terras OF luier OF molenstraat)", "p9"},
		{"titel:terrasreglement", "b1"},
		{"titel:vergunning", ""},
		{"parke*", "b3"},
		{"cafe", "p9 z1"},
		{"raadslid", "p9 z1"},
		{"Molenstraat xyzzy", "b3 z1"}, // one of the two words, with a note
	} {
		result := find(t, index, search.Request{Text: c.query, Soorten: nil})
		var got []string
		for _, h := range result.Hits {
			got = append(got, strings.TrimPrefix(h.IRI, "https://data.example/"))
		}
		want := strings.Fields(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q found %v, want %v (notes %v)", c.query, got, want, result.Notes)
		}
	}
}

func TestTitleWeighsMost(t *testing.T) {
	hits := find(t, filled(t), search.Request{Text: "subsidie luiers"}).Hits
	if len(hits) == 0 || hits[0].IRI != "https://data.example/b2" {
		t.Errorf("first hit %+v, want b2", hits)
	}
}

func TestHitTellsWhereItMatched(t *testing.T) {
	hits := find(t, filled(t), search.Request{Text: "vergunning"}).Hits
	if len(hits) != 1 {
		t.Fatalf("hits %+v", hits)
	}
	h := hits[0]
	if h.Bestuur != "Vlavirgem" || h.Orgaan != "Gemeenteraad" || h.Datum.Format(time.DateOnly) != "2025-03-12" {
		t.Errorf("hit %+v", h)
	}
	if len(h.Fragments) != 2 || h.Fragments[0].Part != "motivering" || h.Fragments[1].Part != "artikel 1" ||
		h.Fragments[1].HTML != "De <mark>vergunning</mark> geldt één jaar." {
		t.Errorf("fragments %+v", h.Fragments)
	}
}

func TestFacetsAndFilters(t *testing.T) {
	index := filled(t)
	all := find(t, index, search.Request{})
	if all.Total != 5 {
		t.Errorf("total %d, want 5", all.Total)
	}
	counts := map[string]uint64{}
	for _, f := range all.Facets {
		for _, v := range f.Values {
			counts[f.Field+"/"+v.Label] = v.Count
		}
	}
	for name, want := range map[string]uint64{
		"soort/besluit": 3, "soort/agendapunt": 1, "soort/zitting": 1, "bestuur/Vlavirgem": 5, "orgaan/Gemeenteraad": 5, "jaar/2025": 5,
	} {
		if counts[name] != want {
			t.Errorf("facet %s is %d, want %d (have %v)", name, counts[name], want, counts)
		}
	}
	day := time.Date(2025, 3, 12, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		r    search.Request
		want uint64
	}{
		{search.Request{Soorten: []search.Soort{search.Besluit}}, 3},
		{search.Request{Besturen: []string{"https://data.example/gemeente"}}, 5},
		{search.Request{Besturen: []string{"https://data.example/other"}}, 0},
		{search.Request{From: day, To: day}, 5},
		{search.Request{From: day.AddDate(0, 0, 1)}, 0},
		{search.Request{To: day.AddDate(0, 0, -1)}, 0},
	} {
		if got := find(t, index, c.r).Total; got != c.want {
			t.Errorf("%+v: %d, want %d", c.r, got, c.want)
		}
	}
}

// TestAgendapuntBecomesBesluit: when a decision comes from an item, the item is
// no hit of its own any more.
func TestAgendapuntBecomesBesluit(t *testing.T) {
	index := filled(t)
	punt := &besluit.Agendapunt{IRI: "https://data.example/p9", Titel: "Vragen"}
	b := &besluit.Besluit{IRI: "https://data.example/b9", Titel: "Vragen van raadsleden over cafés"}
	b.Behandeling = &besluit.BehandelingVanAgendapunt{Agendapunt: punt, Besluiten: []*besluit.Besluit{b}}
	punt.Behandelingen = []*besluit.BehandelingVanAgendapunt{b.Behandeling}
	err := index.Put(context.Background(), &besluit.Inhoud{Agendapunten: []*besluit.Agendapunt{punt}, Besluiten: []*besluit.Besluit{b}})
	if err != nil {
		t.Fatal(err)
	}
	hits := find(t, index, search.Request{Text: "titel:cafés"}).Hits
	if len(hits) != 1 || hits[0].IRI != "https://data.example/b9" {
		t.Errorf("hits %+v, want b9 only", hits)
	}
}

func TestPutTwiceAndDelete(t *testing.T) {
	index := filled(t)
	for range 2 {
		if err := index.Put(context.Background(), council()); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := index.Count(); n != 5 || err != nil {
		t.Errorf("count %d, %v; want 5", n, err)
	}
	if err := index.Delete(context.Background(), []string{"https://data.example/b1", "https://data.example/none"}); err != nil {
		t.Fatal(err)
	}
	if got := find(t, index, search.Request{Text: "terrasreglement", Soorten: []search.Soort{search.Besluit}}).Total; got != 0 {
		t.Errorf("%d hits after delete", got)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir() + "/index"
	index, fresh, err := bleve.Open(dir)
	if err != nil || !fresh {
		t.Fatalf("open: fresh %v, %v", fresh, err)
	}
	if err := index.Put(context.Background(), council()); err != nil {
		t.Fatal(err)
	}
	if err := index.Close(); err != nil {
		t.Fatal(err)
	}
	index, fresh, err = bleve.Open(dir)
	if err != nil || fresh {
		t.Fatalf("open again: fresh %v, %v", fresh, err)
	}
	defer index.Close()
	if n, err := index.Count(); n != 5 || err != nil {
		t.Errorf("count %d, %v; want 5", n, err)
	}
}

func TestQueryErrorIsTold(t *testing.T) {
	_, err := filled(t).Search(context.Background(), search.Request{Text: `"open`})
	var q *search.QueryError
	if !errors.As(err, &q) {
		t.Errorf("error %v, want a *search.QueryError", err)
	}
}

func TestPaging(t *testing.T) {
	index := filled(t)
	seen := map[string]bool{}
	for page := 1; page <= 3; page++ {
		for _, h := range find(t, index, search.Request{Page: page, Size: 2}).Hits {
			if seen[h.IRI] {
				t.Errorf("%s on two pages", h.IRI)
			}
			seen[h.IRI] = true
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d hits over the pages, want 5", len(seen))
	}
}

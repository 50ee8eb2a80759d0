package site

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

// found is a searcher that knows some hits, whatever is asked.
type found []search.Hit

func (f found) Search(_ context.Context, r search.Request) (search.Result, error) {
	size := max(r.Size, 1)
	from := min((r.Page-1)*size, len(f))
	return search.Result{Total: uint64(len(f)), Hits: f[from:min(from+size, len(f))]}, nil
}

func siteOf(t *testing.T, hits ...search.Hit) http.Handler {
	t.Helper()
	c := newWorld().config()
	c.Search = found(hits)
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var sitting = search.Hit{IRI: iriBase + "zittingen/1", Soort: search.Zitting, Titel: "Gemeenteraad <mark>Vlavirgem</mark>", Datum: time.Date(2026, 11, 16, 19, 0, 0, 0, time.UTC)}

func TestSittingsAreToldApart(t *testing.T) {
	page := parse(t, get(siteOf(t, sitting), "/zoeken?aantal=10"))
	if got, want := page.Find(".lijst h3").Text(), "Gemeenteraad Vlavirgem, 16 november 2026"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestBeyondTheLastPage sends a reader of an old link back to what there is.
func TestBeyondTheLastPage(t *testing.T) {
	h := siteOf(t, sitting, sitting, sitting)
	for at, want := range map[string]string{
		"/zoeken?aantal=2&pagina=9":         "/zoeken?aantal=2&pagina=2",
		"/zoeken?aantal=2&pagina=9&taal=en": "/zoeken?aantal=2&pagina=2&taal=en",
		"/zoeken?aantal=2&pagina=2":         "",
		"/besluiten":                        "/zoeken?soort=besluit",
		"/zittingen?taal=en":                "/zoeken?soort=zitting&taal=en",
		"/bestuursorganen":                  "/besturen",
	} {
		if got := get(h, at).Header().Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", at, got, want)
		}
	}
}

// TestExport reads the export as a spreadsheet would.
func TestExport(t *testing.T) {
	many := make([]search.Hit, 250)
	for i := range many {
		many[i] = search.Hit{IRI: iriBase + "besluiten/1", Soort: search.Besluit, Titel: `=HYPERLINK("https://kwaad.example"); &amp; <mark>terras</mark>: 1`,
			Datum: sitting.Datum, Bestuur: "Vlavirgem", Orgaan: "Gemeenteraad", Types: []string{reglementen}, Uitslag: "goedgekeurd"}
	}
	answer := get(siteOf(t, many...), "/zoeken.csv?q=terras")
	text, marked := strings.CutPrefix(answer.Body.String(), "\ufeff")
	if !marked || !strings.Contains(answer.Header().Get("Content-Disposition"), `attachment; filename="besluiten-2026-11-21.csv"`) {
		t.Errorf("no byte order mark or no name: %v", answer.Header())
	}
	table := csv.NewReader(strings.NewReader(text))
	table.Comma = ';'
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 251 {
		t.Fatalf("%d rows, want 251", len(rows))
	}
	want := []string{"Besluit", `'=HYPERLINK("https://kwaad.example"); & terras: 1`, "2026-11-16", "Vlavirgem", "Gemeenteraad", "Reglementen en verordeningen", "goedgekeurd",
		base + "/besluiten/" + besluit.ID(iriBase+"besluiten/1"), iriBase + "besluiten/1"}
	for i, cell := range rows[1] {
		if cell != want[i] {
			t.Errorf("cell %d: %q, want %q", i, cell, want[i])
		}
	}
}

func TestMarkOf(t *testing.T) {
	for _, c := range []struct {
		e    search.QueryError
		want *mark
	}{
		{search.QueryError{Text: "a (b", Start: 2, End: 3}, &mark{"a ", "(", "b"}},
		{search.QueryError{Text: "(", Start: 0, End: 1}, nil},
		{search.QueryError{Text: "a", Start: 5, End: 9}, nil},
		{search.QueryError{Text: "a", Start: 1, End: 1}, nil},
	} {
		got := markOf(&c.e)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%+v: %v, want %v", c.e, got, c.want)
		}
	}
	if got := sentence("één haakje"); got != "Één haakje." {
		t.Errorf("%q", got)
	}
}

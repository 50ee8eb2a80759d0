package site

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
)

// fakeHistory is a page with versions of every kind: published, changed, held,
// erased, too large; and one that is withdrawn.
type fakeHistory struct{ w *world }

const historyPage = "https://vlavirgem.example/notulen/1"

func (f fakeHistory) entries() map[uint64]publisher.Entry {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 8, 15, 0, 0, time.UTC) }
	hash := strings.Repeat("cd", 32)
	return map[uint64]publisher.Entry{
		1: {Sequence: 1, Kind: publisher.Published, Pagina: historyPage, Time: at(17), Body: hash, Hash: hash, Findings: map[rdf.Severity]int{rdf.Violation: 1, rdf.Info: 12}},
		2: {Sequence: 2, Kind: publisher.Published, Pagina: historyPage, Time: at(18), Body: hash, Hash: hash},
		3: {Sequence: 3, Kind: publisher.Held, Pagina: historyPage, Time: at(19), Reason: "rijksregisternummer op regel 12", Hash: hash},
		4: {Sequence: 4, Kind: publisher.Erased, Pagina: historyPage, Time: at(20), Reason: "op vraag", Hash: hash},
		5: {Sequence: 5, Kind: publisher.Published, Pagina: historyPage, Time: at(21), Body: hash, Hash: hash},
		7: {Sequence: 7, Kind: publisher.Withdrawn, Pagina: "https://vlavirgem.example/lijst/1", Time: at(2), Reason: "HTTP 410", Hash: hash},
	}
}

func (f fakeHistory) Versions(_ context.Context, pagina string, before uint64) (list []publisher.Entry, err error) {
	if pagina == f.entries()[7].Pagina || pagina == historyPage+"?sessie=9" {
		return []publisher.Entry{f.entries()[7]}, nil
	}
	if pagina != historyPage {
		return nil, nil
	}
	for _, n := range []uint64{5, 4, 3, 2, 1} {
		if before == 0 || n < before {
			list = append(list, f.entries()[n])
		}
	}
	return list, nil
}

func (f fakeHistory) Version(_ context.Context, sequence uint64) (v publisher.Version, ok bool, err error) {
	v.Entry, ok = f.entries()[sequence]
	if sequence > 1 && sequence < 6 {
		v.Previous = f.entries()[sequence-1]
		v.Published = f.entries()[min(sequence-1, 2)]
	}
	v.Next = f.entries()[sequence+1]
	if v.Entry.Kind == publisher.Published {
		v.Tekst = []byte("<html><script>alert(1)</script>" + sourceText)
	}
	return v, ok, nil
}

func (f fakeHistory) Changes(_ context.Context, sequence, since uint64) (c publisher.Changes, ok bool, err error) {
	c.To, ok = f.entries()[sequence]
	switch sequence {
	case 2:
		c.From = f.entries()[1]
		c.List = []publisher.Change{
			{Class: publisher.ClassZitting, Op: publisher.Changed, IRI: f.w.zitting.IRI, Name: "Gemeenteraad Vlavirgem", Properties: []publisher.PropertyChange{
				{Name: "gestart", Old: []publisher.Value{{Time: f.w.zitting.GeplandeStart}}, New: []publisher.Value{{Time: f.w.zitting.Gestart}}},
				{Name: "aanwezigen", Old: []publisher.Value{{Text: "An Maes"}}, New: []publisher.Value{{Text: "Bram Wouters"}, {IRI: "https://data.example/id/mandatarissen/17"}}},
			}},
			{Class: publisher.ClassBesluit, Op: publisher.Added, IRI: f.w.besluiten[0].IRI, Name: attack, Of: "Zone 30", Parts: 3},
			{Class: publisher.ClassBesluit, Op: publisher.Removed, IRI: iriBase + "besluiten/weg", Name: "Subsidie voor een fanfare", Parts: 1},
			{Class: publisher.ClassArtikel, Op: publisher.Changed, IRI: "https://vlavirgem.example/notulen/1#art1", Was: "https://vlavirgem.example/notulen/1?sessie=9#art1", Name: "Artikel 1", Of: "Retributiereglement terrassen op het openbaar domein", Properties: []publisher.PropertyChange{
				{Name: "inhoud", Text: []publisher.Piece{{Op: publisher.Elided}, {Op: publisher.Kept, Text: "De retributie bedraagt"}, {Op: publisher.Removed, Text: "12"}, {Op: publisher.Added, Text: "15 " + attack}, {Op: publisher.Kept, Text: "euro per m²."}}, Cut: true},
			}},
			{Class: publisher.ClassStemming, Op: publisher.Changed, IRI: iriBase + "stemmingen/1", Name: "", Properties: []publisher.PropertyChange{
				{Name: "geheim", Old: []publisher.Value{{Text: "nee"}}, New: []publisher.Value{{Text: "ja"}}},
				{Name: "aantalVoorstanders", New: []publisher.Value{{Text: "17"}}},
			}},
		}
		c.More = 3
		c.Counts = map[publisher.Class]map[publisher.Op]int{publisher.ClassBesluit: {publisher.Added: 1, publisher.Removed: 1}, publisher.ClassArtikel: {publisher.Added: 1234, publisher.Changed: 1}}
	case 4:
		c.Hidden = true
	case 5:
		return c, true, &publisher.TooLargeError{Sequence: 5, Bytes: 1 << 30}
	}
	if since != 0 {
		c.From = f.entries()[since]
		ok = ok && c.From.Sequence != 0
	}
	return c, ok, nil
}

func (f fakeHistory) Inhoud(_ context.Context, e publisher.Entry) (*besluit.Inhoud, error) {
	z := &besluit.Zitting{IRI: iriBase + "zittingen/weg", GehoudenDoor: f.w.orgaan, Gestart: f.w.zitting.Gestart}
	a := &besluit.Agendapunt{IRI: iriBase + "agendapunten/weg", Titel: "Fanfare", Beschrijving: "Er is een vraag.", Zitting: z}
	z.Agendapunten = []*besluit.Agendapunt{a}
	b := &besluit.Besluit{IRI: iriBase + "besluiten/weg", Titel: "Subsidie voor een fanfare", Motivering: "De fanfare speelt " + attack, GenomenDoor: f.w.orgaan,
		Behandeling: &besluit.BehandelingVanAgendapunt{Agendapunt: a},
		Artikels:    []*besluit.Artikel{{Nummer: "1", Inhoud: "<p>De fanfare krijgt 500 euro.</p>"}}}
	a.Behandelingen = []*besluit.BehandelingVanAgendapunt{{Besluiten: []*besluit.Besluit{b}}}
	return &besluit.Inhoud{Zittingen: []*besluit.Zitting{z}, Agendapunten: []*besluit.Agendapunt{a}, Besluiten: []*besluit.Besluit{b}}, nil
}

func (f fakeHistory) Double(_ context.Context, iri string) (publisher.Double, bool, error) {
	d := publisher.Double{First: f.w.besluiten[2].IRI, IRIs: []string{f.w.besluiten[2].IRI, f.w.besluiten[0].IRI}, Paginas: []string{historyPage, "https://vlavirgem.example/notulen/1?sessie=9"}}
	return d, iri == d.IRIs[0] || iri == d.IRIs[1], nil
}

func (f fakeHistory) Copies(_ context.Context, pagina string) ([]string, error) {
	if pagina != historyPage {
		return nil, nil
	}
	return []string{historyPage}, nil
}

func (f fakeHistory) withdrawals(_ context.Context, iris []string, n int) ([]publisher.Withdrawal, error) {
	return []publisher.Withdrawal{
		{Entry: f.entries()[7], Soort: besluit.Besluitenlijst, Zitting: f.w.zitting.Gestart, Orgaan: "Gemeenteraad Vlavirgem", Besluiten: 12},
		{Entry: f.entries()[7], Titel: attack + "Vijandig", Besluiten: 1},
	}, nil
}

func TestVersies(t *testing.T) {
	h, w := newTestSite(t)
	first := besluit.ID(w.besluiten[0].IRI)
	for _, c := range []struct {
		at           string
		status       int
		says, silent []string
	}{
		{"/versies?pagina=" + historyPage, 200, []string{"Versies van een bronpagina", "18 november 2026, 09.15 uur", "tegengehouden (rijksregisternummer op regel 12)", "1 overtreding", "Hetzelfde document staat ook op", "verwijst niet meer naar deze pagina, vastgesteld op", "19 november 2026"}, nil},
		{"/versies?pagina=" + historyPage + "&voor=3", 200, []string{"/versies/2"}, []string{"/versies/3"}},
		{"/versies?taal=en&pagina=" + historyPage, 200, []string{"Versions of a source page", "18 November 2026, 09:15"}, nil},
		{"/versies?pagina=https://elders.example/", 404, nil, nil},
		{"/versies", 404, nil, nil},
		{"/versies/2", 200, []string{"Veranderd sinds de versie van", "17 november 2026, 09.15 uur", "<del><span class=\"onzichtbaar\">geschrapt: </span>12</del>", "toegevoegd: </span>15 ", "ongewijzigde tekst weggelaten", "16 november 2026, 20.04 uur", "met 3 delen", "met één deel", "En nog 3 wijzigingen", "had voordien de identificatie", "1.234 artikels toegevoegd", "/versies/2/tekst"}, []string{"<script>alert"}},
		{"/versies/2?taal=en", 200, []string{"Changed since the version of", "removed: </span>no</del>"}, nil},
		{"/versies/1", 200, []string{"Dit stond er nieuw", "Niets van wat"}, nil},
		{"/versies/3", 200, []string{"De laatste versie die gepubliceerd was"}, []string{"/versies/3/tekst"}},
		{"/versies/4", 200, []string{"Deze versie is gewist of wordt tegengehouden"}, []string{"/versies/4/tekst"}},
		{"/versies/5", 200, []string{"te groot om hier te vergelijken", "/versies/5/tekst"}, nil},
		{"/versies/7", 200, []string{"het bestuur heeft de pagina weggehaald (410)"}, nil},
		{"/versies/99", 404, nil, nil}, {"/versies/02", 404, nil, nil}, {"/versies/x", 404, nil, nil}, {"/versies/2?met=99", 404, nil, nil},
		{"/ingetrokken", 200, []string{"Besluitenlijst", "zitting van 16 november 2026", "12 besluiten", "weggehaald (410)"}, []string{"<script>alert"}},
		{"/ingetrokken?bestuur=vlavirgem", 200, []string{"Vlavirgem"}, nil},
		{"/ingetrokken?bestuur=elders", 404, nil, nil},
		{"/besluiten/" + first, 200, []string{"Dit besluit staat ook op een ander adres", "Geschiedenis", `rel="canonical" href="` + base + "/besluiten/" + besluit.ID(w.besluiten[2].IRI), "notulen/1?sessie=9", "/versies?pagina="}, nil},
		{"/besluiten/" + besluit.ID(w.besluiten[1].IRI), 200, []string{"Geschiedenis"}, []string{"ander adres"}},
		{"/zittingen/" + besluit.ID(w.zitting.IRI), 200, []string{"Geschiedenis", "verwijst niet meer"}, nil},
		{"/agendapunten/" + besluit.ID(w.zitting.Agendapunten[0].IRI), 200, []string{"Geschiedenis"}, nil},
		{"/besluiten/" + withdrawn, 410, []string{"Ingetrokken: <span lang=\"nl\">Subsidie voor een fanfare", "2 oktober 2026", "De fanfare krijgt 500 euro.", "16 november 2026", "/versies/7"}, []string{"<script>alert"}},
	} {
		answer := get(h, c.at, "Accept", "text/html")
		body := answer.Body.String()
		if answer.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.at, answer.Code, c.status)
		}
		for _, says := range c.says {
			if !strings.Contains(body, says) {
				t.Errorf("%s does not say %q", c.at, says)
			}
		}
		for _, silent := range c.silent {
			if strings.Contains(body, silent) {
				t.Errorf("%s says %q", c.at, silent)
			}
		}
		if strings.HasPrefix(c.at, "/versies") && c.status == 200 && answer.Header().Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%s may be in a search engine", c.at)
		}
	}
}

func TestVersiesAsJSON(t *testing.T) {
	h, _ := newTestSite(t)
	for _, c := range []struct{ at, accept, want string }{
		{"/versies?pagina=" + historyPage, "application/json", `"volgnummer": 5`},
		{"/versies.json?pagina=" + historyPage, "", `"nietMeerInOverzichtSinds": "2026-11-19T03:00:00Z"`},
		{"/versies/2", "application/json, text/html;q=0.5", `"vergelekenMet": 1`},
		{"/versies/2.json", "*/*", `"bewerking": "geschrapt"`},
		{"/versies/5.json", "", `"teGroot": true`},
		{"/ingetrokken", "application/json", `"reden": "HTTP 410"`},
		{"/ingetrokken.json?bestuur=vlavirgem", "", `"document": "besluitenlijst"`},
	} {
		answer := get(h, c.at, "Accept", c.accept)
		if answer.Code != 200 || !strings.HasPrefix(answer.Header().Get("Content-Type"), "application/json") || !json.Valid(answer.Body.Bytes()) || !strings.Contains(answer.Body.String(), c.want) {
			t.Errorf("%s: %d %s\n%s", c.at, answer.Code, answer.Header().Get("Content-Type"), answer.Body)
		}
		if answer.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s is not open", c.at)
		}
	}
}

// A page as it was read is evidence, and could be anything: no browser may take
// it for a page.
func TestVersieTextIsSafe(t *testing.T) {
	h, _ := newTestSite(t)
	answer := get(h, "/versies/2/tekst")
	header := answer.Header()
	if answer.Code != 200 || header.Get("Content-Type") != "text/plain; charset=utf-8" || header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(header.Get("Content-Disposition"), "attachment;") || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") ||
		!strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || !strings.Contains(header.Get("X-Robots-Tag"), "noindex") ||
		header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%d %v", answer.Code, header)
	}
	for _, at := range []string{"/versies/3/tekst", "/versies/4/tekst", "/versies/7/tekst", "/versies/99/tekst", "/versies/x/tekst"} {
		if code := get(h, at).Code; code != 404 {
			t.Errorf("%s: status %d", at, code)
		}
	}
}

// Without a ledger the pages say that they are off, and others do not link to
// them.
func TestVersiesAreOff(t *testing.T) {
	w := newWorld()
	c := w.config()
	c.History, c.Doubles, c.Withdrawals, c.Unlisted = nil, nil, nil, nil
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"/versies?pagina=x", "/versies/2", "/versies/2/tekst", "/ingetrokken"} {
		if code := get(h, at).Code; code != http.StatusNotImplemented {
			t.Errorf("%s: status %d", at, code)
		}
	}
	for _, at := range []string{"/besluiten/" + besluit.ID(w.besluiten[0].IRI), "/besturen/vlavirgem", "/besluiten/" + withdrawn} {
		if body := get(h, at).Body.String(); strings.Contains(body, "/versies") || strings.Contains(body, "/ingetrokken") {
			t.Errorf("%s links to versions", at)
		}
	}
}

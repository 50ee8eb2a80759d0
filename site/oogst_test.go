package site

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/oogst"
	"github.com/belfort-lod/belfort/publisher"
)

// harvest is the evidence of a small harvest, for internal/oogst to judge.
type harvest struct {
	visits []harvester.Visit
	rounds []harvester.Round
}

func (h harvest) Last(_ context.Context, url string) (harvester.Visit, bool, error) {
	for _, v := range h.visits {
		if v.URL == url {
			return v, true, nil
		}
	}
	return harvester.Visit{}, false, nil
}

func (h harvest) Record(context.Context, harvester.Visit) error { return nil }

func (h harvest) All(context.Context) iter.Seq2[harvester.Visit, error] {
	return func(yield func(harvester.Visit, error) bool) {
		for _, v := range h.visits {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (h harvest) History(_ context.Context, url string) iter.Seq2[harvester.Visit, error] {
	return func(yield func(harvester.Visit, error) bool) {
		v, ok, _ := h.Last(context.Background(), url)
		if ok {
			yield(v, nil)
		}
	}
}

func (h harvest) RecordRound(context.Context, harvester.Round) error { return nil }

func (h harvest) Rounds(_ context.Context, source string, n int) ([]harvester.Round, error) {
	var list []harvester.Round
	for _, r := range h.rounds {
		if r.Source == source && len(list) < n {
			list = append(list, r)
		}
	}
	return list, nil
}

const (
	seedOfVlavirgem = "https://vlavirgem.example/"
	heldPage        = "https://vlavirgem.example/privaat"
)

// oogst is the harvest of the world: a page that is there, one that failed for
// its certificate, one that is held back, and a hostile address.
func (w *world) oogst() *oogst.Watch {
	at := time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	round := harvester.Round{Source: seedOfVlavirgem, Began: at, Ended: at.Add(10 * time.Minute), Totals: harvester.Totals{Pages: 4, New: 2, Failed: 2, Held: 1}}
	h := harvest{rounds: []harvester.Round{round}}
	for _, v := range []harvester.Visit{
		{URL: seedOfVlavirgem, Status: 200, Success: at, SHA256: "1", Overview: true, Peer: &harvester.Peer{Version: "TLS 1.3", Name: "CN=vlavirgem.example", Issuer: "CN=CA", NotAfter: at.AddDate(0, 0, 12)}},
		{URL: w.zitting.Bronnen[0], Status: 200, Success: at, SHA256: "2"},
		{URL: heldPage, Status: 200, Success: at, SHA256: "3"},
		{URL: "https://vlavirgem.example/weg", From: seedOfVlavirgem, Error: "fetch https://vlavirgem.example/weg: tls: handshake failure from 10.0.0.5:443", Failure: harvester.FailedTLS},
		{URL: "javascript:alert(7)", Error: "fetch <script>alert(8)</script>: unsupported protocol scheme", Failure: harvester.FailedAddress},
	} {
		v.Seed, v.Time = seedOfVlavirgem, at
		h.visits = append(h.visits, v)
	}
	return &oogst.Watch{
		Visits: h, Rounds: h, Besturen: w.Besturen,
		Declared: func() []oogst.Declared {
			return []oogst.Declared{{URL: seedOfVlavirgem, Bestuurseenheid: w.bestuur.IRI, Every: 24 * time.Hour}, {URL: "https://elders.example/%3Cb%3E"}}
		},
		Held: func(context.Context) ([]publisher.Entry, error) {
			return []publisher.Entry{{Sequence: 9, Kind: publisher.Held, Pagina: heldPage, Bron: seedOfVlavirgem, Reason: "rijksregisternummer op regel 12", Time: at}}, nil
		},
		Sittings: func(context.Context, string) ([]oogst.Sitting, []string, error) {
			return []oogst.Sitting{{IRI: w.zitting.IRI, Orgaan: w.orgaan, Start: w.zitting.Datum(), Held: true}}, w.zitting.Bronnen, nil
		},
		Now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) },
	}
}

// TestOogst reads the state of the harvest as people do.
func TestOogst(t *testing.T) {
	h, _ := newTestSite(t)
	overview := parse(t, get(h, "/oogst"))
	if got := overview.Find(".oogsttabel tbody tr").Length(); got != 2 {
		t.Errorf("%d governments, want Vlavirgem and a source without one", got)
	}
	for selector, want := range map[string]string{
		".oogsttabel":               "onvolledig",
		"#tegengehouden + ul":       "rijksregisternummer op regel 12",
		"#mislukt + details":        "De beveiligde verbinding (TLS) lukt niet",
		".oogsttabel th[scope=row]": "Vlavirgem",
	} {
		if got := overview.Find(selector).Text(); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", selector, got, want)
		}
	}
	if got := overview.Find("svg.vonk").AttrOr("aria-label", ""); !strings.Contains(got, "1 zittingen in de laatste 12 maanden") {
		t.Errorf("picture says %q", got)
	}
	page := parse(t, get(h, "/oogst/vlavirgem"))
	for _, id := range []string{"tls", "held", "expiring", "skipped"} {
		if page.Find("#"+id).Length() != 1 {
			t.Errorf("problem %q is not shown", id)
		}
	}
	text := page.Find("main").Text()
	for _, want := range []string{"Voor het bestuur en zijn leverancier", "11 dagen", "rijksregisternummer", "2 nieuw", "te weinig bekend", "handshake failure from"} {
		if !strings.Contains(text, want) {
			t.Errorf("page does not say %q", want)
		}
	}
	if strings.Contains(text, "10.0.0.5") {
		t.Error("an address of a machine leaks")
	}
	page.Find("a").Each(func(_ int, a *goquery.Selection) {
		if strings.HasPrefix(a.AttrOr("href", ""), "javascript:") {
			t.Error("a hostile address is a link")
		}
	})
	if got := get(h, "/oogst/onbestaand").Code; got != http.StatusNotFound {
		t.Errorf("unknown government: %d", got)
	}
}

// TestOogstChoice sorts and filters without JavaScript.
func TestOogstChoice(t *testing.T) {
	h, _ := newTestSite(t)
	for at, want := range map[string][]string{
		"/oogst?sorteer=naam":                  {"https://elders.example/%3Cb%3E", "Vlavirgem"},
		"/oogst?sorteer=naam&volgorde=af":      {"Vlavirgem", "https://elders.example/%3Cb%3E"},
		"/oogst?q=vla":                         {"Vlavirgem"},
		"/oogst?probleem=never":                {"https://elders.example/%3Cb%3E"},
		"/oogst?oordeel=onvolledig&q=VLAVIR":   {"Vlavirgem"},
		"/oogst?oordeel=volledig":              nil,
		"/oogst?sorteer=bestaatniet&pagina=99": {"https://elders.example/%3Cb%3E", "Vlavirgem"},
	} {
		page := parse(t, get(h, at))
		var got []string
		page.Find(".oogsttabel tbody th a").Each(func(_ int, a *goquery.Selection) { got = append(got, a.Text()) })
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	page := parse(t, get(h, "/oogst?sorteer=naam&q=vla"))
	if got := page.Find("th[aria-sort=ascending] a").AttrOr("href", ""); got != "/oogst?q=vla&sorteer=naam&volgorde=af" {
		t.Errorf("the sorted column turns with %q", got)
	}
}

// TestOogstForms reads the same as JSON and as Atom.
func TestOogstForms(t *testing.T) {
	h, _ := newTestSite(t)
	for _, c := range []struct{ at, accept string }{
		{"/oogst.json", ""}, {"/api/v1/oogst", "text/html"}, {"/oogst", "application/json"},
	} {
		answer := get(h, c.at, "Accept", c.accept)
		var report oogst.Report
		if err := json.Unmarshal(answer.Body.Bytes(), &report); err != nil {
			t.Fatalf("%s: %v", c.at, err)
		}
		if len(report.Besturen) != 2 || report.Tellen[oogst.Incomplete] != 2 {
			t.Errorf("%s: %d governments, %v", c.at, len(report.Besturen), report.Tellen)
		}
		if b := report.Bestuur("vlavirgem"); b == nil || b.Oordeel != oogst.Incomplete || len(b.Bronnen) != 0 || len(b.Problemen) == 0 {
			t.Errorf("%s: %+v", c.at, b)
		}
	}
	for _, at := range []string{"/oogst/vlavirgem.json", "/api/v1/oogst/vlavirgem"} {
		var b oogst.Bestuur
		if err := json.Unmarshal(get(h, at).Body.Bytes(), &b); err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		if len(b.Bronnen) != 1 || len(b.Bronnen[0].Failures) != 2 || b.Bronnen[0].Certificate == nil || len(b.Held) != 1 {
			t.Errorf("%s: %+v", at, b)
		}
	}
	answer := get(h, "/oogst/vlavirgem.atom")
	if got := answer.Header().Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Errorf("the feed is %s", got)
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Entry   []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(answer.Body.Bytes(), &feed); err != nil {
		t.Fatal(err)
	}
	if len(feed.Entry) < 4 {
		t.Errorf("%d entries", len(feed.Entry))
	}
}

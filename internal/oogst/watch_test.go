package oogst

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/publisher"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	gent   = "https://voorbeeld.example/id/bestuurseenheden/gent"
	start  = "https://gent.example/"
	ofGent = "https://gent.example/besluiten/"
)

// now is a Thursday in November, long after the summer.
var now = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

// world is a harvest of one government that is complete, to be spoilt.
type world struct {
	visits    []harvester.Visit
	rounds    map[string][]harvester.Round
	declared  []Declared
	sittings  []Sitting
	held      []publisher.Entry
	doubles   map[string]int
	journal   []byte
	saved     int
	clock     time.Time
	histories int
}

func complete() *world {
	read := now.Add(-2 * time.Hour)
	w := &world{
		clock: now, declared: []Declared{{URL: start, Bestuurseenheid: gent, Every: 24 * time.Hour}},
		rounds: map[string][]harvester.Round{start: {{Source: start, Began: read, Ended: read.Add(10 * time.Minute), Totals: harvester.Totals{Pages: 3, New: 1}}}},
	}
	w.visit(harvester.Visit{URL: start, Overview: true})
	w.visit(harvester.Visit{URL: ofGent + "1"})
	w.visit(harvester.Visit{URL: ofGent + "2"})
	w.sittings = monthly(12, now.AddDate(0, 0, -15))
	return w
}

// visit adds the last visit of an address, by default a success two hours ago.
func (w *world) visit(v harvester.Visit) *harvester.Visit {
	if v.Time.IsZero() {
		v.Time = now.Add(-2 * time.Hour)
	}
	if v.Seed == "" {
		v.Seed = start
	}
	if v.Error == "" && v.Status == 0 {
		v.Status, v.Success, v.SHA256 = http.StatusOK, v.Time, "1"
	}
	w.visits = append(w.visits, v)
	return &w.visits[len(w.visits)-1]
}

// fail makes the last visit of an address a failure.
func (w *world) fail(url string, kind harvester.Failing, status int) {
	i := slices.IndexFunc(w.visits, func(v harvester.Visit) bool { return v.URL == url })
	if i < 0 {
		w.visit(harvester.Visit{URL: url, Error: "x", Failure: kind, Status: status})
		return
	}
	v := &w.visits[i]
	v.Error, v.Failure, v.Status = "x", kind, status
	v.Success = ago(3)
}

var raad = &besluit.Bestuursorgaan{IRI: gent + "/gemeenteraad", Naam: "Gemeenteraad Gent", Classificatie: besluit.Gemeenteraad}

// monthly are sittings of the council, four weeks apart but not in summer, with
// a list of decisions nine days after each and an agenda ten days before.
func monthly(n int, last time.Time) (list []Sitting) {
	for day := last; len(list) < n; day = day.AddDate(0, 0, -28) {
		if m := day.Month(); m == time.July || m == time.August {
			continue
		}
		list = append(list, Sitting{
			IRI: fmt.Sprintf("%s/zittingen/%s", gent, day.Format(time.DateOnly)), Orgaan: raad, Start: day, Held: true, Items: 4,
			Lijst:  &Published{IRI: "lijst", Date: day.AddDate(0, 0, 9)},
			Agenda: &Published{IRI: "agenda", Date: day.AddDate(0, 0, -10)},
		})
	}
	return list
}

func (w *world) All(ctx context.Context) iter.Seq2[harvester.Visit, error] {
	return func(yield func(harvester.Visit, error) bool) {
		for _, v := range w.visits {
			if err := ctx.Err(); !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (w *world) History(_ context.Context, url string) iter.Seq2[harvester.Visit, error] {
	w.histories++
	return func(yield func(harvester.Visit, error) bool) {
		for _, v := range w.visits {
			if v.URL == url && !yield(v, nil) {
				return
			}
		}
	}
}

func (w *world) Last(_ context.Context, url string) (harvester.Visit, bool, error) {
	for _, v := range w.visits {
		if v.URL == url {
			return v, true, nil
		}
	}
	return harvester.Visit{}, false, nil
}

func (w *world) Record(context.Context, harvester.Visit) error      { return nil }
func (w *world) RecordRound(context.Context, harvester.Round) error { return nil }
func (w *world) Load(context.Context) ([]byte, error)               { return w.journal, nil }
func (w *world) Save(_ context.Context, content []byte) error {
	w.journal = content
	w.saved++
	return nil
}
func (w *world) Rounds(_ context.Context, source string, n int) ([]harvester.Round, error) {
	return w.rounds[source][:min(n, len(w.rounds[source]))], nil
}

func (w *world) watch() *Watch {
	return &Watch{
		Declared: func() []Declared { return w.declared }, Visits: w, Rounds: w, Journal: w,
		Held:       func(context.Context) ([]publisher.Entry, error) { return w.held, nil },
		Duplicates: func(context.Context) (map[string]int, error) { return w.doubles, nil },
		Besturen: func(context.Context) ([]*publisher.Bestuur, error) {
			e := &besluit.Bestuurseenheid{IRI: gent, Naam: "Gent", Classificatie: besluit.Gemeente}
			return []*publisher.Bestuur{{Bestuurseenheid: e, Slug: "gent", Organen: []*besluit.Bestuursorgaan{raad}, Zittingen: len(w.sittings), Besluiten: 9}}, nil
		},
		Sittings: func(context.Context, string) ([]Sitting, []string, error) {
			return slices.Clone(w.sittings), []string{ofGent + "1"}, nil
		},
		Now: func() time.Time { return w.clock },
	}
}

// report makes a report that is not remembered from before.
func (w *world) report(t *testing.T) *Report {
	t.Helper()
	r, err := w.watch().Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told are the problems of Gent as "kind severity count".
func told(r *Report) (list []string) {
	for _, p := range r.Bestuur("gent").Problemen {
		list = append(list, fmt.Sprintf("%s %s %d", p.Kind, p.Severity, p.Count))
	}
	return list
}

// TestProblems spoils a complete harvest in every way, and almost.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(w *world)
		want  string // problems, "" for complete
	}{
		{"nothing is the matter", func(*world) {}, ""},
		{"a page gone", func(w *world) { w.visit(harvester.Visit{URL: ofGent + "weg", Status: 410}) }, ""},
		{"robots.txt as evidence", func(w *world) { w.visits = append(w.visits, harvester.Visit{URL: start + "robots.txt", Error: "x"}) }, ""},

		{"never harvested", func(w *world) { w.visits, w.rounds, w.sittings = nil, nil, nil }, "never onvolledig 1"},
		{"first round under way", func(w *world) { w.rounds = nil }, "never onvolledig 1"},
		{"another source was never read", func(w *world) {
			w.declared = append(w.declared, Declared{URL: "https://gent.example/ldes", Bestuurseenheid: gent})
		}, "never onvolledig 1"},

		{"host down", func(w *world) {
			for _, u := range []string{start, ofGent + "1", ofGent + "2"} {
				w.fail(u, harvester.FailedTimeout, 0)
			}
		}, "down onvolledig 3"},
		{"another host down", func(w *world) { w.fail("https://elders.example/x", harvester.FailedDNS, 0) }, "down onvolledig 1"},
		{"one page of many timed out", func(w *world) { w.fail(ofGent+"1", harvester.FailedTimeout, 0) }, "outdated onzeker 1"},
		{"one new page of many timed out", func(w *world) { w.fail(ofGent+"3", harvester.FailedConnection, 0) }, "failed onvolledig 1"},
		{"a page that is tried again in this round", func(w *world) {
			w.visit(harvester.Visit{URL: ofGent + "3", Error: "x", Failure: harvester.FailedStatus, Status: 503, Time: now.Add(-time.Minute)})
		}, ""},
		{"and one that is not", func(w *world) {
			w.visit(harvester.Visit{URL: ofGent + "3", Error: "x", Failure: harvester.FailedSyntax, Time: now.Add(-time.Minute)})
		}, "failed onvolledig 1"},

		{"certificate", func(w *world) { w.fail(start, harvester.FailedTLS, 0) }, "tls onvolledig 1"},
		{"certificate, by the text of an old visit", func(w *world) {
			w.visit(harvester.Visit{URL: ofGent + "3", Error: "fetch: x509: certificate signed by unknown authority"})
		}, "tls onvolledig 1"},
		{"certificate expires in 20 days", func(w *world) { w.visits[0].Peer = &harvester.Peer{NotAfter: now.AddDate(0, 0, 20)} }, "expiring aandacht 1"},
		{"certificate expires in 22 days", func(w *world) { w.visits[0].Peer = &harvester.Peer{NotAfter: now.AddDate(0, 0, 22)} }, ""},
		{"robots.txt shuts out", func(w *world) { w.fail(start, harvester.FailedRobots, 0) }, "robots onvolledig 1"},
		{"robots.txt shuts a page off", func(w *world) { w.fail(ofGent+"intern", harvester.FailedRobots, 0) }, "robots onzeker 1"},
		{"no robots.txt", func(w *world) { w.fail(start, harvester.FailedRules, 0) }, "rules onvolledig 1"},
		{"login", func(w *world) { w.fail(start, harvester.FailedLogin, 401) }, "login onvolledig 1"},
		{"JavaScript", func(w *world) { w.fail(ofGent+"3", harvester.FailedScript, 0) }, "script onvolledig 1"},
		{"a link to nothing", func(w *world) { w.fail(ofGent+"3", harvester.FailedStatus, 404) }, "failed onzeker 1"},
		{"a page that breaks", func(w *world) { w.fail(ofGent+"3", harvester.FailedStatus, 500) }, "failed onvolledig 1"},
		{"a page that broke", func(w *world) { w.fail(ofGent+"2", harvester.FailedStatus, 500) }, "outdated onzeker 1"},
		{"a page without data", func(w *world) { w.fail(ofGent+"3", harvester.FailedEmpty, 0) }, "failed onzeker 1"},
		{"a PDF", func(w *world) { w.fail(ofGent+"3", harvester.FailedType, 0) }, "skipped aandacht 1"},
		{"the address is a PDF", func(w *world) { w.fail(start, harvester.FailedType, 0) }, "failed onvolledig 1"},

		{"budget", func(w *world) { w.rounds[start][0].Stopped = "budget" }, "budget onvolledig 1"},
		{"nothing found", func(w *world) { w.visits, w.sittings = w.visits[:1], nil }, "empty onzeker 1"},
		{"not read for three days", func(w *world) {
			w.rounds[start][0].Began, w.rounds[start][0].Ended = ago(4), ago(4).Add(time.Hour)
			w.old(4)
		}, "stale onzeker 1"},
		{"not read for a day and a half", func(w *world) { w.rounds[start][0].Began = now.Add(-36 * time.Hour); w.old(1) }, ""},
		{"unlisted", func(w *world) { w.visits[1].Unlisted = ago(4) }, "unlisted aandacht 1"},
		{"an attachment", func(w *world) {
			w.visit(harvester.Visit{URL: ofGent + "plan.pdf", MediaType: "application/pdf", Text: "2", Overview: true})
		}, ""},
		{"an attachment without text", func(w *world) {
			w.visit(harvester.Visit{URL: ofGent + "scan.pdf", MediaType: "application/pdf", Note: "no text"})
		}, "textless aandacht 1"},
		{"held", func(w *world) {
			w.held = []publisher.Entry{{Pagina: ofGent + "1", Bron: start, Reason: "rijksregisternummer"}, {Pagina: "https://elders.example/", Bron: "https://elders.example/"}}
		}, "held onvolledig 1"},
		{"duplicates", func(w *world) { w.doubles = map[string]int{gent: 7, "other": 3} }, "duplicates aandacht 7"},

		{"silent for 61 days, usual is 28", func(w *world) { w.sittings = monthly(12, ago(61)) }, "silence onzeker 1"},
		{"silent for 55 days", func(w *world) { w.sittings = monthly(12, ago(55)) }, ""},
		{"silent, with seven sittings known", func(w *world) { w.sittings = monthly(7, ago(90)) }, ""},
		{"silent, but not read since", func(w *world) {
			w.sittings = monthly(12, ago(61))
			w.declared[0].Every = 0
			w.rounds[start][0].Began = ago(10)
			w.old(10)
		}, ""},
		{"a sitting is planned", func(w *world) {
			w.sittings = append(monthly(12, ago(61)), Sitting{IRI: "x", Orgaan: raad, Start: now.AddDate(0, 0, 5)})
		}, ""},

		{"no list on the eleventh day", func(w *world) { w.sittings = monthly(12, ago(11)); w.sittings[0].Lijst = nil }, "no-list onzeker 1"},
		{"no list on the tenth day", func(w *world) { w.sittings = monthly(12, ago(10)); w.sittings[0].Lijst = nil }, ""},
		{"no list, but the last round was in time", func(w *world) {
			w.sittings = monthly(12, ago(11))
			w.sittings[0].Lijst = nil
			w.rounds[start][0].Began = ago(1)
		}, ""},
		{"no list, but minutes", func(w *world) { w.sittings[0].Lijst, w.sittings[0].Other = nil, &Published{IRI: "notulen"} }, "no-list-but aandacht 1"},
		{"no list of a sitting that may not have been", func(w *world) { w.sittings[0].Lijst, w.sittings[0].Held = nil, false }, ""},
		{"no list of an organ that need not have one", func(w *world) {
			commissie := &besluit.Bestuursorgaan{IRI: gent + "/commissie", Naam: "Commissie"}
			w.sittings = append(w.sittings, Sitting{IRI: "x", Orgaan: commissie, Start: ago(30), Held: true})
		}, ""},
		{"no lists a year and more ago", func(w *world) {
			w.sittings = append(w.sittings, Sitting{IRI: "x", Orgaan: raad, Start: ago(366), Held: true})
		}, ""},
		{"list on the eleventh day", func(w *world) { w.sittings[0].Lijst.Date = w.sittings[0].Start.AddDate(0, 0, 11) }, "late-list aandacht 1"},
		{"list on the tenth day", func(w *world) { w.sittings[0].Lijst.Date = w.sittings[0].Start.AddDate(0, 0, 10) }, ""},
		{"list without a date", func(w *world) { w.sittings[0].Lijst.Date = time.Time{} }, ""},
		{"agenda seven days before", func(w *world) { w.sittings[0].Agenda.Date = w.sittings[0].Start.AddDate(0, 0, -7) }, "late-agenda aandacht 1"},
		{"agenda eight days before", func(w *world) { w.sittings[0].Agenda.Date = w.sittings[0].Start.AddDate(0, 0, -8) }, ""},
		{"no agenda", func(w *world) { w.sittings[0].Agenda = nil }, "no-agenda aandacht 1"},
		{"no agendas ever", func(w *world) {
			for i := range w.sittings {
				w.sittings[i].Agenda = nil
			}
		}, ""},
		{"the worst comes first", func(w *world) {
			w.visits[1].Unlisted = ago(4)
			w.sittings = monthly(12, ago(61))
			w.fail(ofGent+"3", harvester.FailedStatus, 500)
		}, "failed onvolledig 1, silence onzeker 1, unlisted aandacht 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := complete()
			c.spoil(w)
			r := w.report(t)
			if got := strings.Join(told(r), ", "); got != c.want {
				t.Fatalf("%q, want %q", got, c.want)
			}
			b := r.Bestuur("gent")
			for _, p := range b.Problemen {
				for _, text := range []string{p.Title.NL, p.Title.EN, p.Meaning.NL, p.Meaning.EN, p.Official.NL, p.Official.EN, p.Municipality.NL, p.Municipality.EN} {
					if text == "" || strings.Contains(text, "%!") || strings.HasPrefix(text, ":") {
						t.Errorf("%s says %q", p.Kind, text)
					}
				}
				if p.Since.IsZero() || p.Since.After(now) || p.Kind.Label().EN == string(p.Kind) {
					t.Errorf("%s since %s is called %q", p.Kind, p.Since, p.Kind.Label().EN)
				}
			}
			want := Complete
			for _, v := range []Verdict{Uncertain, Incomplete} {
				if strings.Contains(c.want, " "+string(v)+" ") {
					want = v
				}
			}
			if b.Oordeel != want || b.Reden.NL == "" || b.Reden.EN == "" {
				t.Errorf("verdict %q because %q, want %q", b.Oordeel, b.Reden.NL, want)
			}
		})
	}
}

// old makes all visits so many days old.
func (w *world) old(days int) {
	for i := range w.visits {
		w.visits[i].Time, w.visits[i].Success = ago(days), ago(days)
	}
}

// TestBrussels: terms run by the days of Flanders, also where it is another day
// in UTC and when the clock goes back.
func TestBrussels(t *testing.T) {
	late := time.Date(2026, 10, 20, 22, 30, 0, 0, time.UTC) // 21 October 00:30 in Flanders
	for _, c := range []struct {
		list time.Time
		want string
	}{
		{time.Date(2026, 10, 31, 22, 59, 0, 0, time.UTC), ""}, // winter time: 31 October 23:59
		{time.Date(2026, 10, 31, 23, 1, 0, 0, time.UTC), "late-list"},
	} {
		sittings := []Sitting{{IRI: "x", Orgaan: raad, Start: late, Held: true, Lijst: &Published{Date: c.list}}}
		_, problems := judgeSittings(sittings, now)
		got := ""
		for _, p := range problems {
			got += string(p.Kind)
		}
		if got != c.want {
			t.Errorf("list at %s: %q, want %q", c.list, got, c.want)
		}
	}
}

// TestRhythm learns rhythms as organs have them.
func TestRhythm(t *testing.T) {
	every := func(days, n int, last time.Time, skipSummer bool) (list []time.Time) {
		for d := last; len(list) < n; d = d.AddDate(0, 0, -days) {
			if m := d.Month(); !skipSummer || m != time.July && m != time.August {
				list = append(list, d)
			}
		}
		return list
	}
	september := time.Date(2026, 9, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		days    []time.Time
		asOf    time.Time
		usual   int
		silence bool
	}{
		{"weekly college, three weeks ago", every(7, 60, ago(21), false), now, 7, false},
		{"weekly college, four weeks ago", every(7, 60, ago(28), false), now, 7, true},
		{"monthly council, last in June, on 20 September", every(30, 20, time.Date(2026, 6, 28, 19, 0, 0, 0, time.UTC), true), september, 30, false},
		{"the same in November", every(30, 20, time.Date(2026, 6, 28, 19, 0, 0, 0, time.UTC), true), now, 30, true},
		{"council around the elections of 2024", every(30, 20, time.Date(2024, 9, 25, 19, 0, 0, 0, time.UTC), true), time.Date(2025, 1, 20, 0, 0, 0, 0, time.UTC), 30, false},
		{"twice a day counts once", append(every(7, 10, ago(3), false), every(7, 10, ago(3), false)...), now, 7, false},
		{"too few", every(7, 7, ago(100), false), now, 0, false},
		{"long ago", every(7, 60, ago(1200), false), now, 0, false},
		{"none", nil, now, 0, false},
		{"no dates", make([]time.Time, 20), now, 0, false},
	} {
		r, _ := rhythmOf(c.days, c.asOf)
		if r.Usual < c.usual-1 || r.Usual > c.usual+1 || r.silence() != c.silence {
			t.Errorf("%s: usually %d, silent for %d of %d: %v; want %d, %v", c.name, r.Usual, r.Silent, r.Limit, r.silence(), c.usual, c.silence)
		}
	}
	// An organ that sits when it must is not silent when it sits no longer than
	// before.
	irregular := []time.Time{ago(70)}
	for i, gap := range []int{10, 60, 15, 90, 20, 45, 12, 80, 33, 25} {
		irregular = append(irregular, irregular[i].AddDate(0, 0, -gap))
	}
	if r, ok := rhythmOf(irregular, now); !ok || r.silence() {
		t.Errorf("an irregular organ is silent after %d of %d days", r.Silent, r.Limit)
	}
}

// TestQuiet holds the days of the elections.
func TestQuiet(t *testing.T) {
	for day, want := range map[string]bool{
		"2026-06-30": false, "2026-07-01": true, "2026-08-31": true, "2026-09-01": false,
		"2024-09-28": false, "2024-09-29": true, "2024-10-13": true, "2024-12-31": true, "2025-01-01": false,
		"2018-09-30": true, "2018-09-29": false, "2030-10-13": true, "2023-10-13": false, "2012-10-14": false,
	} {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if quiet(dayOf(d)) != want {
			t.Errorf("%s: quiet is %v, want %v", day, !want, want)
		}
	}
}

// TestJournal follows a problem from when it is told of until it is over.
func TestJournal(t *testing.T) {
	w := complete()
	step := func(days int, spoil func()) []Past {
		t.Helper()
		w.clock = now.AddDate(0, 0, days)
		w.rounds[start][0].Began, w.rounds[start][0].Ended = w.clock.Add(-2*time.Hour), w.clock.Add(-time.Hour)
		w.sittings = monthly(12, w.clock.AddDate(0, 0, -15))
		for i := range w.visits {
			w.visits[i].Time, w.visits[i].Success = w.clock.Add(-2*time.Hour), w.clock.Add(-2*time.Hour)
		}
		spoil()
		r, err := w.watch().Report(t.Context()) // another run of the program each time
		if err != nil {
			t.Fatal(err)
		}
		return r.Bestuur("gent").Verleden
	}
	if past := step(0, func() {}); len(past) != 0 || w.saved != 0 {
		t.Fatalf("%+v, saved %d times", past, w.saved)
	}
	past := step(1, func() { w.fail(ofGent+"1", harvester.FailedStatus, 500) })
	if len(past) != 1 || past[0].Kind != Outdated || !past[0].Over.IsZero() || !past[0].Opened.Equal(now.AddDate(0, 0, 1)) {
		t.Fatalf("%+v", past)
	}
	saved := w.saved
	if past = step(2, func() {}); len(past) != 1 || !past[0].Opened.Equal(now.AddDate(0, 0, 1)) || w.saved != saved {
		t.Fatalf("%+v, saved %d times", past, w.saved)
	}
	if past = step(3, func() { w.visits[1].Error, w.visits[1].Failure, w.visits[1].Status = "", "", 200 }); len(past) != 1 || !past[0].Over.Equal(now.AddDate(0, 0, 3)) {
		t.Fatalf("%+v", past)
	}
	if past = step(60, func() { w.fail(ofGent+"1", harvester.FailedStatus, 500) }); len(past) != 2 || past[0].Over.IsZero() || !past[1].Over.IsZero() {
		t.Fatalf("the same again much later: %+v", past)
	}
	if past = step(300, func() { w.visits[1].Error, w.visits[1].Failure, w.visits[1].Status = "", "", 200 }); len(past) != 1 {
		t.Fatalf("what is long over is forgotten: %+v", past)
	}
	w.journal = []byte(`{"broken`)
	if past = step(301, func() {}); len(past) != 0 {
		t.Fatalf("%+v", past)
	}
}

// TestArrange: whose a source is, and what a source without a government is
// called.
func TestArrange(t *testing.T) {
	w := complete()
	w.declared = []Declared{{URL: start}, {URL: "https://AALST.example:443/#top", Bestuurseenheid: "http://data.lblod.info/id/bestuurseenheden/onbekend"}, {URL: "https://elders.example/"}}
	w.visit(harvester.Visit{URL: "https://feed.example/1", Seed: "https://feed.example/"})
	watch := w.watch()
	watch.Register = register.Embedded()
	watch.Organs = func(_ context.Context, pages []string) ([]string, error) {
		if slices.Contains(pages, "https://feed.example/1") {
			return []string{raad.IRI}, nil
		}
		return nil, nil
	}
	r, err := watch.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range r.Besturen {
		for _, s := range b.Bronnen {
			got = append(got, b.Naam+" "+s.URL)
		}
	}
	want := []string{"Gent https://feed.example/", "Gent https://gent.example/", "http://data.lblod.info/id/bestuurseenheden/onbekend https://aalst.example/", "https://elders.example/ https://elders.example/"}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	slugs := map[string]bool{}
	for _, b := range r.Besturen {
		if slugs[b.Slug] || b.Slug == "" {
			t.Errorf("slug %q twice, or none", b.Slug)
		}
		slugs[b.Slug] = true
	}
	if r.Bestuur("Aalst") == nil || r.Bestuur("aalst").Oordeel != Unknown || !r.Bestuur("aalst").Has(NoSource) {
		t.Errorf("Aalst: %+v", r.Bestuur("aalst"))
	}
	if len(r.Dekking) == 0 || r.Dekking[0].Soort != "Gemeente" || r.Dekking[0].Totaal != 285 {
		t.Errorf("%+v", r.Dekking)
	}
	for key, want := range map[string]string{gent: gent, "gent": gent, besluit.ID(gent): gent, "GENT": gent, "nergens": "", "": ""} {
		got := ""
		if b := r.Bestuur(key); b != nil {
			got = b.IRI
		}
		if got != want {
			t.Errorf("%q is %q, want %q", key, got, want)
		}
	}
}

// TestKeep: a report is made once for many who ask, again when it is old, and
// not after Close; and the history of an address and the sittings are read again
// only when something changed.
func TestKeep(t *testing.T) {
	w := complete()
	watch := w.watch()
	var sittings atomic.Int64
	read := watch.Sittings
	watch.Sittings = func(ctx context.Context, b string) ([]Sitting, []string, error) {
		sittings.Add(1)
		return read(ctx, b)
	}
	head := uint64(1)
	ledger := &fakeLedger{}
	watch.Ledger, watch.Followed = ledger, func(context.Context) (uint64, error) { return head, nil }
	ask := func(after time.Duration) *Report {
		t.Helper()
		w.clock = w.clock.Add(after)
		r, err := watch.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := ask(0)
	if ask(time.Second) != first {
		t.Error("it was made again at once")
	}
	if ask(time.Hour) == first {
		t.Error("it was never made again")
	}
	if sittings.Load() != 1 || w.histories != 1 {
		t.Errorf("sittings were read %d times, histories %d times; want once", sittings.Load(), w.histories)
	}
	head, ledger.bron = 2, "https://elders.example/"
	if ask(time.Hour); sittings.Load() != 1 {
		t.Error("sittings were read again for another source")
	}
	head, ledger.bron = 3, start
	if ask(time.Hour); sittings.Load() != 2 {
		t.Error("sittings were not read again for their source")
	}
	watch.Close()
	w.clock = w.clock.Add(time.Hour)
	if _, err := watch.Report(t.Context()); err == nil {
		t.Error("a report was made after Close")
	}
}

// fakeLedger is a ledger whose entries all have one source.
type fakeLedger struct {
	publisher.Ledger
	bron string
}

func (l *fakeLedger) Head(context.Context) (uint64, error) { return 3, nil }

func (l *fakeLedger) Entry(context.Context, uint64) (publisher.Entry, publisher.Refs, bool, error) {
	return publisher.Entry{Bron: l.bron, Hash: "abc"}, publisher.Refs{}, true, nil
}

// TestImpatient: who does not wait gets an error, and the report is made all the
// same; Close waits for it.
func TestImpatient(t *testing.T) {
	w := complete()
	watch := w.watch()
	release, begun := make(chan struct{}), make(chan struct{})
	read := watch.Sittings
	watch.Sittings = func(ctx context.Context, b string) ([]Sitting, []string, error) {
		close(begun)
		select {
		case <-release:
			return read(ctx, b)
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-begun; cancel() }()
	if _, err := watch.Report(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	close(release)
	if r, err := watch.Report(t.Context()); err != nil || r.Bestuur("gent") == nil {
		t.Fatalf("%v", err)
	}
	watch.Close()
}

// TestBounds: of many failures the first are kept, and all are counted.
func TestBounds(t *testing.T) {
	w := complete()
	for i := range 1000 {
		w.fail(fmt.Sprintf("%s%04d", ofGent, i), harvester.FailedStatus, 500)
		w.fail(fmt.Sprintf("%sx%04d", ofGent, i), harvester.FailedScript, 0)
	}
	b := w.report(t).Bestuur("gent")
	s := b.Bronnen[0]
	if s.Counts.Failed != 2000 || len(s.Failures) > mostFailures+fewFailures || len(s.Reasons) != 2 || s.Reasons[0].Count != 1000 {
		t.Errorf("%d failures, %d kept, %v", s.Counts.Failed, len(s.Failures), s.Reasons)
	}
	if got := strings.Join(told(w.report(t)), ", "); got != "script onvolledig 1000, failed onvolledig 1000" {
		t.Errorf("%q", got)
	}
}

// golden compares with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", file, got)
	}
}

// spoilt is a harvest with a past: something is over, something is new.
func spoilt(t *testing.T) *Report {
	t.Helper()
	w := complete()
	w.rounds[start] = append(w.rounds[start], harvester.Round{Source: start, Began: ago(1), Ended: ago(1).Add(time.Hour), Stopped: "budget", Totals: harvester.Totals{Pages: 9, Changed: 2, Withdrawn: 1, Failed: 3}},
		harvester.Round{Source: start, Began: ago(2), Ended: ago(2).Add(time.Hour), Totals: harvester.Totals{Pages: 9}})
	watch := w.watch()
	w.fail(ofGent+"2", harvester.FailedStatus, 500)
	if _, err := watch.Report(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.clock = now.Add(time.Hour)
	w.visits = w.visits[:2]
	w.visit(harvester.Visit{URL: ofGent + "<3>&", From: start, Error: "fetch " + ofGent + "<3>&: tls: bad certificate", Failure: harvester.FailedTLS})
	w.sittings[0].Lijst = nil
	r, err := watch.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestJSON holds the form that programs read.
func TestJSON(t *testing.T) {
	r := spoilt(t)
	for name, v := range map[string]any{"overzicht.json": r.Brief(), "bestuur.json": r.Bestuur("gent")} {
		out, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, append(out, '\n'))
	}
	out, _ := json.Marshal(r.Bestuur("gent"))
	var back Bestuur
	if err := json.Unmarshal(out, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); !bytes.Equal(out, again) {
		t.Error("what is read back is not what was written")
	}
}

// TestAtom holds the feed, and what RFC 4287 asks of one: ids that are IRIs,
// once each; a title and a moment on everything; links that lead somewhere.
func TestAtom(t *testing.T) {
	b := spoilt(t).Bestuur("gent")
	for _, english := range []bool{false, true} {
		var out bytes.Buffer
		if err := Atom(&out, b, "https://besluiten.example", english); err != nil {
			t.Fatal(err)
		}
		name := "bestuur.atom"
		if english {
			name = "bestuur.en.atom"
		}
		golden(t, name, out.Bytes())
		checkAtom(t, out.Bytes())
	}
	var here, there bytes.Buffer
	if err := errors.Join(Atom(&here, b, "https://a.example", false), Atom(&there, b, "https://b.example", false)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(checkAtom(t, here.Bytes()), checkAtom(t, there.Bytes())) {
		t.Error("ids depend on where the site is")
	}
	var empty bytes.Buffer
	if err := Atom(&empty, &Bestuur{Naam: "x", Slug: "x"}, "https://a.example", false); err != nil {
		t.Fatal(err)
	}
	checkAtom(t, empty.Bytes())
}

// checkAtom holds a feed to RFC 4287, and returns the ids of its entries.
func checkAtom(t *testing.T, content []byte) (ids []string) {
	t.Helper()
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"http://www.w3.org/2005/Atom id"`
		Title   string   `xml:"http://www.w3.org/2005/Atom title"`
		Updated string   `xml:"http://www.w3.org/2005/Atom updated"`
		Author  string   `xml:"http://www.w3.org/2005/Atom author>name"`
		Link    []link   `xml:"http://www.w3.org/2005/Atom link"`
		Entry   []struct {
			ID, Title, Updated, Published string
			Link                          []link `xml:"link"`
			Content                       string `xml:"content"`
			Children                      []struct {
				XMLName xml.Name
				Text    string `xml:",chardata"`
			} `xml:",any"`
		} `xml:"http://www.w3.org/2005/Atom entry"`
	}
	if err := xml.Unmarshal(content, &feed); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(feed.ID, "urn:uuid:") || feed.Title == "" || feed.Author == "" || len(feed.Link) < 2 || feed.Link[0].Rel != "self" {
		t.Errorf("the feed says %+v", feed)
	}
	moment := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Errorf("no moment: %v", err)
		}
		return at
	}
	newest := moment(feed.Updated)
	for _, e := range feed.Entry {
		found := map[string]string{}
		for _, c := range e.Children {
			found[c.XMLName.Local] = c.Text
		}
		for _, name := range []string{"id", "title", "updated", "published"} {
			if found[name] == "" {
				t.Errorf("an entry has no %s: %+v", name, e)
			}
		}
		if slices.Contains(ids, found["id"]) || !strings.HasPrefix(found["id"], "urn:uuid:") {
			t.Errorf("id %q stands twice, or is no IRI", found["id"])
		}
		ids = append(ids, found["id"])
		at := moment(found["updated"])
		if at.After(newest) || moment(found["published"]).After(at) {
			t.Errorf("%s is not in the order of time", found["title"])
		}
		newest = at
		if len(e.Link) == 0 || !strings.HasPrefix(e.Link[0].Href, "https://") {
			t.Errorf("%s leads nowhere", found["title"])
		}
	}
	return ids
}

// BenchmarkPebble makes a report of visits that are read from disk, as the
// product does.
func BenchmarkPebble(b *testing.B) {
	const visits = 100_000
	db, err := pebble.Open(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for i := range visits {
		seed := fmt.Sprintf("https://gemeente%d.example/", i%300)
		v := harvester.Visit{URL: fmt.Sprintf("%sbesluiten/%d", seed, i), Seed: seed, From: seed, Time: now, Status: 200, Success: now, MediaType: "text/html", SHA256: strings.Repeat("ab", 32),
			Received: strings.Repeat("ab", 32), ETag: "\"abcdef\"", Changed: now, Title: "Besluitenlijst van de gemeenteraad", Due: now}
		if err := db.Visits().Record(b.Context(), v); err != nil {
			b.Fatal(err)
		}
	}
	watch := complete().watch()
	watch.Visits, watch.Rounds, watch.Journal, watch.Declared = db.Visits(), db.Visits(), nil, nil
	b.ReportAllocs()
	for b.Loop() {
		if _, err := watch.make(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/visits, "µs/visit")
}

// BenchmarkReport makes a report of many visits, each a page of one of 300
// sources; without the store that they come from.
func BenchmarkReport(b *testing.B) {
	const visits = 500_000
	w := complete()
	w.visits = nil
	for i := range visits {
		seed := fmt.Sprintf("https://gemeente%d.example/", i%300)
		v := harvester.Visit{URL: fmt.Sprintf("%sbesluiten/%d", seed, i), Seed: seed, Time: now, Status: 200, Success: now, SHA256: "1"}
		if i%100 == 0 {
			v.Error, v.Failure, v.Status = "x", harvester.FailedStatus, 500
		}
		w.visits = append(w.visits, v)
	}
	b.ReportAllocs()
	for b.Loop() {
		watch := w.watch()
		watch.Journal = nil
		if _, err := watch.Report(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

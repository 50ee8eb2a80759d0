package harvester_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	cockroach "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/state/pebble"
)

// last returns the last visit of a page.
func last(t *testing.T, h *harvester.Harvester, url string) harvester.Visit {
	t.Helper()
	v, ok, err := h.Visits.Last(t.Context(), url)
	if err != nil || !ok {
		t.Fatalf("no visit of %s: %v", url, err)
	}
	return v
}

// Overviews show the newest sittings only: a page that falls off one is still
// published, for as long as it is there.
func TestDroppedPageIsAskedForDirectly(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1", "/notulen/2"))
	w.page("/notulen/1", notulen("1"))
	w.page("/notulen/2", notulen("2"))
	h, reg := newHarvester(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	h.Now = func() time.Time { return now }
	run(t, h, w.URL)

	w.page("/", overview("/notulen/2"))
	now = now.Add(time.Hour)
	since := now
	if totals := run(t, h, w.URL); totals.Pages != 3 || totals.Withdrawn != 0 || totals.Requests != 3 {
		t.Errorf("after it was dropped: %+v", totals)
	}
	if v := last(t, h, w.URL+"/notulen/1"); !v.Unlisted.Equal(since) || v.Error != "" {
		t.Errorf("visit of the dropped page %+v", v)
	}
	if v := last(t, h, w.URL+"/notulen/2"); !v.Unlisted.IsZero() {
		t.Errorf("visit of the other page %+v", v)
	}

	now = now.Add(time.Hour)
	run(t, h, w.URL)
	if v := last(t, h, w.URL+"/notulen/1"); !v.Unlisted.Equal(since) {
		t.Errorf("unlisted since %v, want %v as before", v.Unlisted, since)
	}

	w.page("/", overview("/notulen/1", "/notulen/2"))
	now = now.Add(time.Hour)
	run(t, h, w.URL)
	if v := last(t, h, w.URL+"/notulen/1"); !v.Unlisted.IsZero() {
		t.Errorf("listed again, but unlisted since %v", v.Unlisted)
	}

	w.page("/", overview("/notulen/2"))
	delete(w.pages, "/notulen/1")
	now = now.Add(time.Hour)
	missing := now
	if totals := run(t, h, w.URL); totals.Failed != 1 || totals.Withdrawn != 0 {
		t.Errorf("when it is missing: %+v", totals)
	}
	if v := last(t, h, w.URL+"/notulen/1"); !v.Missing.Equal(missing) || !v.Unlisted.Equal(missing) {
		t.Errorf("visit of the missing page %+v", v)
	}
	now = now.Add(24 * time.Hour)
	if totals := run(t, h, w.URL); totals.Withdrawn != 1 {
		t.Errorf("when it is missing for a day: %+v", totals)
	}
	if got := reg.log[len(reg.log)-1]; got != "withdrawn "+w.URL+"/notulen/1" {
		t.Errorf("the last thing accepted is %s", got)
	}
	now = now.Add(time.Hour)
	if totals := run(t, h, w.URL); totals.Requests != 2 {
		t.Errorf("a page that was withdrawn is asked for again: %+v", totals)
	}
}

// What an overview led to is followed also while it is out of order.
func TestFailingOverviewStillLeads(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/blad/2"))
	w.page("/blad/2", overview("/notulen/1"))
	w.page("/notulen/1", notulen("1"))
	h, _ := newHarvester(t)
	run(t, h, w.URL)
	w.pages["/blad/2"] = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusForbidden) }
	w.page("/notulen/1", notulen("1 verbeterd"))
	if totals := run(t, h, w.URL); totals.Changed != 1 || totals.Failed != 1 {
		t.Errorf("totals %+v", totals)
	}
	if v := last(t, h, w.URL+"/notulen/1"); !v.Unlisted.IsZero() {
		t.Errorf("unlisted since %v because an overview failed", v.Unlisted)
	}
}

// A source has a bound on its requests. What is left waits, and nothing counts
// as dropped.
func TestBudget(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1", "/notulen/2", "/notulen/3"))
	for _, n := range []string{"1", "2", "3"} {
		w.page("/notulen/"+n, notulen(n))
	}
	h, _ := newHarvester(t)
	h.Rounds = h.Visits.(harvester.Rounds)
	source := harvester.Source{URL: w.URL, MaxPages: 2}
	totals, err := h.Run(t.Context(), []harvester.Source{source})
	if err != nil || totals.Requests != 2 || totals.Left != 2 || totals.Failed != 1 || len(totals.Failures) != 1 {
		t.Errorf("totals %+v, %v", totals, err)
	}
	rounds, err := h.Rounds.Rounds(t.Context(), w.URL+"/", 10)
	if err != nil || len(rounds) != 1 || rounds[0].Stopped != "budget" || rounds[0].Totals.Pages != 2 || rounds[0].Ended.Before(rounds[0].Began) {
		t.Errorf("rounds %+v, %v", rounds, err)
	}
	source.MaxPages = 100
	if _, err := h.Run(t.Context(), []harvester.Source{source}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"1", "2", "3"} {
		if v := last(t, h, w.URL+"/notulen/"+n); !v.Unlisted.IsZero() || v.Error != "" {
			t.Errorf("visit %+v", v)
		}
	}
	if rounds, err := h.Rounds.Rounds(t.Context(), w.URL+"/", 10); err != nil || len(rounds) != 2 || rounds[0].Stopped != "" {
		t.Errorf("rounds %+v, %v", rounds, err)
	}
}

func TestWhereASourceMayLead(t *testing.T) {
	w, elsewhere := newWeb(t), newWeb(t)
	w.page("/", overview("/notulen/1", elsewhere.URL+"/notulen/9"))
	w.page("/notulen/1", notulen("1"))
	elsewhere.page("/notulen/9", notulen("9"))
	for _, c := range []struct {
		name   string
		source harvester.Source
		here   int
		there  int
	}{
		{"its own host", harvester.Source{}, 1, 0},
		{"hosts that are named", harvester.Source{Hosts: []string{elsewhere.URL[len("http://"):]}}, 1, 1},
		{"any host", harvester.Source{FollowHosts: true}, 1, 1},
		{"nowhere", harvester.Source{Single: true}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, reg := newHarvester(t)
			c.source.URL = w.URL
			if _, err := h.Run(t.Context(), []harvester.Source{c.source}); err != nil {
				t.Fatal(err)
			}
			_, here := reg.pages[w.URL+"/notulen/1"]
			_, there := reg.pages[elsewhere.URL+"/notulen/9"]
			if here != (c.here == 1) || there != (c.there == 1) {
				t.Errorf("accepted %v", reg.log)
			}
		})
	}
}

// A page that is not due is left alone, but not what it led to.
func TestPagesThatAreNotDue(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/blad/2"))
	w.page("/blad/2", overview("/notulen/1"))
	w.page("/notulen/1", notulen("1"))
	h, _ := newHarvester(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	h.Now = func() time.Time { return now }
	run(t, h, w.URL)
	now = now.Add(48 * time.Hour)
	v := last(t, h, w.URL+"/blad/2")
	v.Due = now.Add(time.Hour)
	if err := h.Visits.Record(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	w.page("/notulen/1", notulen("1 verbeterd"))
	h.Options.Revisit = true
	if totals := run(t, h, w.URL); w.count("/blad/2") != 1 || totals.Skipped != 1 || totals.Changed != 1 {
		t.Errorf("/blad/2 was asked %d times, want once; %+v", w.count("/blad/2"), totals)
	}
	h.Options.Revisit = false
	if totals := run(t, h, w.URL); w.count("/blad/2") != 2 || totals.Skipped != 0 {
		t.Errorf("/blad/2 was asked %d times, want twice; %+v", w.count("/blad/2"), totals)
	}
}

// Serve harvests each source when it is due; one does not wait for another.
func TestServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := pebble.Open("state", &cockroach.Options{FS: vfs.NewMem()})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		begun := time.Now()
		var mu sync.Mutex
		var ended []string
		h := &harvester.Harvester{
			Frontier: db.Frontier(), Visits: db.Visits(), Rounds: db.Visits(), Blobs: blobs{},
			Options: harvester.Options{Delay: time.Second, Look: 20 * time.Second},
			Accept:  (&register{pages: map[string]string{}}).accept,
			Client:  site("", 100),
			Ended: func(r harvester.Round) {
				mu.Lock()
				defer mu.Unlock()
				ended = append(ended, r.Source)
			},
		}
		looks := 0
		stop := errors.New("enough")
		err = h.Serve(t.Context(), func(context.Context) ([]harvester.Source, error) {
			looks++
			switch time.Since(begun) {
			case 0:
				return harvester.Sources("https://traag.example/"), nil
			case 20 * time.Second:
				// It joins the other, whose round goes on for 100 s.
				return []harvester.Source{{URL: "https://snel.example/", Single: true}, {URL: "https://traag.example/"}}, nil
			case 180 * time.Second:
				return nil, stop
			}
			return nil, nil
		})
		if !errors.Is(err, stop) || looks != 10 {
			t.Errorf("%d looks, %v", looks, err)
		}
		if want := []string{"https://snel.example/", "https://traag.example/"}; !slices.Equal(ended, want) {
			t.Errorf("rounds ended %v, want %v", ended, want)
		}
	})
}

// A page that calls itself a copy of another one is told there only.
func TestCopies(t *testing.T) {
	w := newWeb(t)
	copyOf := func(id string) string {
		return strings.Replace(notulen(id), "<title>", `<link rel="canonical" href="/notulen/1"><title>`, 1)
	}
	w.page("/", overview("/afdruk/1", "/afdruk/2"))
	w.page("/afdruk/1", copyOf("1"))
	w.page("/afdruk/2", notulen("1"))
	w.page("/notulen/1", notulen("1"))
	h, reg := newHarvester(t)
	totals := run(t, h, w.URL)
	if want := []string{"new " + w.URL + "/afdruk/2", "new " + w.URL + "/notulen/1"}; totals.Copies != 1 || totals.New != 2 || !slices.Equal(slices.Sorted(slices.Values(reg.log)), want) {
		t.Errorf("accepted %v, want %v; %+v", reg.log, want, totals)
	}
	if v := last(t, h, w.URL+"/afdruk/1"); v.Canonical != w.URL+"/notulen/1" || v.Error != "" {
		t.Errorf("visit of the copy %+v", v)
	}
	w.page("/afdruk/2", copyOf("1"))
	if totals := run(t, h, w.URL); totals.Withdrawn != 1 || reg.log[len(reg.log)-1] != "withdrawn "+w.URL+"/afdruk/2" {
		t.Errorf("accepted %v; %+v", reg.log, totals)
	}
	// What it is a copy of must be there, and stay there.
	w.page("/", overview("/afdruk/3"))
	w.page("/afdruk/3", strings.Replace(notulen("3"), "<title>", `<link rel="canonical" href="/weg"><title>`, 1))
	if totals := run(t, h, w.URL); totals.Copies != 1 {
		t.Errorf("before the original is looked for: %+v", totals)
	}
	if totals := run(t, h, w.URL); totals.New != 1 || reg.log[len(reg.log)-1] != "new "+w.URL+"/afdruk/3" {
		t.Errorf("accepted %v; %+v", reg.log, totals)
	}
}

// A copy is told in the place of its original for as long as that is not
// published, and no longer.
func TestCopyOfAPageInTrouble(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1", "/afdruk/1"))
	w.page("/afdruk/1", strings.Replace(notulen("1"), "<title>", `<link rel="canonical" href="/notulen/1"><title>`, 1))
	trouble := func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusForbidden) }
	w.pages["/notulen/1"] = trouble
	h, reg := newHarvester(t)
	h.Options.Parallel = 1
	if run(t, h, w.URL); len(reg.log) != 0 {
		t.Fatalf("the original may only be in trouble for a moment: %v", reg.log)
	}
	run(t, h, w.URL)
	if want := []string{"new " + w.URL + "/afdruk/1"}; !slices.Equal(reg.log, want) {
		t.Fatalf("while the original cannot be read: %v, want %v", reg.log, want)
	}
	w.page("/notulen/1", notulen("1"))
	run(t, h, w.URL)
	if want := []string{"new " + w.URL + "/notulen/1", "withdrawn " + w.URL + "/afdruk/1"}; !slices.Equal(reg.log[1:], want) {
		t.Fatalf("when the original is there: %v, want %v", reg.log[1:], want)
	}
	w.pages["/notulen/1"] = trouble
	if totals := run(t, h, w.URL); totals.New != 0 || len(reg.log) != 3 {
		t.Errorf("while the original is out of order: %v; %+v", reg.log[3:], totals)
	}
}

// A calendar without end is a trap, and is left for what it is.
func TestEndlessCalendar(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1", "/kalender/0"))
	w.page("/notulen/1", notulen("1"))
	for i := range 100 {
		w.page(fmt.Sprintf("/kalender/%d", i), fmt.Sprintf(`<html><a rel="next" href="/kalender/%d">volgende maand</a>`, i+1))
	}
	h, _ := newHarvester(t)
	totals := run(t, h, w.URL)
	if totals.New != 1 || totals.Failed != 1 || w.count("/kalender/51") != 1 || w.count("/kalender/52") != 0 {
		t.Errorf("%+v; /kalender/51 asked %d times", totals, w.count("/kalender/51"))
	}
}

package harvester

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

var (
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	day  = 24 * time.Hour
)

func TestRevisit(t *testing.T) {
	for _, c := range []struct {
		name        string
		visit       Visit
		sitting     time.Time
		isNew       bool
		least, most time.Duration
	}{
		{"overview", Visit{Overview: true, Success: noon, Changed: noon}, time.Time{}, false, 0, 0},
		{"failed", Visit{Success: noon, Error: "500", Changed: noon}, time.Time{}, false, 0, 0},
		{"missing", Visit{Success: noon, Missing: noon, Changed: noon}, time.Time{}, false, 0, 0},
		{"never read", Visit{}, time.Time{}, false, 0, 0},
		{"sitting today", Visit{Success: noon, Changed: noon.Add(-90 * day), Same: 40}, noon, false, 20 * time.Hour, 20 * time.Hour},
		{"sitting in two days", Visit{Success: noon, Changed: noon.Add(-90 * day), Same: 40}, noon.Add(2 * day), false, 20 * time.Hour, 20 * time.Hour},
		{"sitting two weeks ago, nearly", Visit{Success: noon, Changed: noon.Add(-13 * day), Same: 9}, noon.Add(-14*day + 1), false, 20 * time.Hour, 20 * time.Hour},
		{"sitting next month", Visit{Success: noon, Changed: noon.Add(-8 * day), Same: 9}, noon.Add(30 * day), false, 3 * day, 4 * day},
		{"changed just now", Visit{Success: noon, Changed: noon}, time.Time{}, false, 20 * time.Hour, 20 * time.Hour},
		{"changed just now, old sitting", Visit{Success: noon, Changed: noon}, noon.Add(-900 * day), false, 20 * time.Hour, 20 * time.Hour},
		{"found today, old sitting", Visit{Success: noon, Changed: noon}, noon.Add(-200 * day), true, 8 * day, 10 * day},
		{"found today, sitting of years ago", Visit{Success: noon, Changed: noon}, noon.Add(-2000 * day), true, 26 * day, 30 * day},
		{"stands for ten days", Visit{Success: noon, Changed: noon.Add(-10 * day), Same: 3}, time.Time{}, false, 4 * day, 5 * day},
		{"stands for a year", Visit{Success: noon, Changed: noon.Add(-365 * day), Same: 30}, time.Time{}, false, 26 * day, 30 * day},
		{"withdrawn", Visit{Status: 410, Success: noon, Changed: noon.Add(-40 * day), Same: 30}, time.Time{}, false, 17 * day, 20 * day},
	} {
		due := revisit(c.visit, c.sitting, c.isNew, noon)
		if c.most == 0 {
			if !due.IsZero() {
				t.Errorf("%s: due %s, want each round", c.name, due)
			}
		} else if wait := due.Sub(noon); wait < c.least || wait > c.most {
			t.Errorf("%s: after %s, want between %s and %s", c.name, wait, c.least, c.most)
		}
	}
}

// TestRevisitBounds: never in the past, never sooner than 20 hours, never later
// than 30 days, and never sooner because a page stood longer.
func TestRevisitBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ago := func(name string, most int) time.Time {
			return noon.Add(-time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Minute)
		}
		v := Visit{URL: rapid.StringMatching(`https://a\.be/[a-z]{1,8}`).Draw(t, "url"), Success: noon, Changed: ago("changed", 2_000_000), Same: rapid.IntRange(0, 50).Draw(t, "same")}
		var sitting time.Time
		if rapid.Bool().Draw(t, "has sitting") {
			sitting = ago("sitting", 5_000_000).Add(60 * day)
		}
		isNew := rapid.Bool().Draw(t, "is new")
		wait := revisit(v, sitting, isNew, noon).Sub(noon)
		if wait < revisitSoonest || wait > revisitLatest {
			t.Fatalf("after %s", wait)
		}
		v.Changed = v.Changed.Add(-time.Duration(rapid.IntRange(0, 1_000_000).Draw(t, "longer")) * time.Minute)
		if longer := revisit(v, sitting, isNew, noon).Sub(noon); longer < wait {
			t.Fatalf("stood longer: after %s, before that %s", longer, wait)
		}
	})
}

// TestRevisitSpreads: what is due in 30 days does not come back in one day.
func TestRevisitSpreads(t *testing.T) {
	days := map[int]int{}
	for i := range 1000 {
		v := Visit{URL: fmt.Sprintf("https://raad.example.be/notulen/%d", i), Success: noon, Changed: noon.Add(-365 * day), Same: 9}
		days[int(revisit(v, time.Time{}, false, noon).Sub(noon)/day)]++
	}
	for d, n := range days {
		if n > 400 {
			t.Errorf("%d of 1000 pages come back on day %d", n, d)
		}
	}
}

// TestRevisitAsksSeldom counts the requests for a page that never changes, asked
// by a daily harvest for a year.
func TestRevisitAsksSeldom(t *testing.T) {
	for _, c := range []struct {
		name    string
		sitting time.Time
		most    int
	}{
		{"no sitting known", time.Time{}, 24},
		{"sitting on the first day", noon, 34},
		{"sitting of two years ago", noon.Add(-730 * day), 16},
	} {
		v := Visit{URL: "https://raad.example.be/notulen/1", Success: noon, Changed: noon}
		v.Due = revisit(v, c.sitting, true, noon)
		asked := 1
		for now := noon.Add(day); now.Before(noon.Add(365 * day)); now = now.Add(day) {
			if rests(time.Time{}, v, now) {
				continue
			}
			asked++
			v.Success, v.Same = now, v.Same+1
			v.Due = revisit(v, c.sitting, false, now)
		}
		if asked > c.most || asked < 12 {
			t.Errorf("%s: asked %d times in a year, want at most %d and once a month", c.name, asked, c.most)
		}
	}
}

func TestRests(t *testing.T) {
	read := Visit{Success: noon.Add(-5 * day), Due: noon.Add(-day)}
	notDue := Visit{Success: noon.Add(-5 * day), Due: noon.Add(day)}
	for _, c := range []struct {
		name     string
		modified time.Time
		last     Visit
		want     bool
	}{
		{"never read", time.Time{}, Visit{}, false},
		{"never read, old by its listing", noon.Add(-99 * day), Visit{}, false},
		{"due", time.Time{}, read, false},
		{"not due", time.Time{}, notDue, true},
		{"not due, but new by its listing", noon.Add(-day), notDue, false},
		{"due, but not changed by its listing", noon.Add(-9 * day), read, true},
		{"changed about when it was read", noon.Add(-5 * day), read, false},
		{"not changed by its listing, not asked for a month", noon.Add(-99 * day), Visit{Success: noon.Add(-31 * day), Due: noon.Add(-day)}, false},
		{"failed at the last visit", noon.Add(-99 * day), Visit{Success: noon.Add(-5 * day), Error: "500"}, false},
		{"missing at the last visit", time.Time{}, Visit{Success: noon.Add(-5 * day), Missing: noon, Due: noon.Add(day)}, false},
	} {
		if got := rests(c.modified, c.last, noon); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMomentIsSane(t *testing.T) {
	for value, want := range map[string]bool{"2026-11-20T19:00:00+01:00": true, "2026-11-20": true, "0001-01-01": false, "9999-12-31": false, "20/11/2026": false, "": false} {
		if got := !moment(rdf.Literal(value, vocab.XSDDateTime)).IsZero(); got != want {
			t.Errorf("moment(%q) is a moment: %v, want %v", value, got, want)
		}
	}
}

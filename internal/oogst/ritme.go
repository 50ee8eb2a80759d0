package oogst

import (
	"math"
	"slices"
	"time"
)

// The rhythm of an organ is learned from no fewer than leastSittings of the last
// lookBack. Slack is what passes between a sitting and its publication: the ten
// days of the decree, and a week.
const (
	leastSittings = 8
	lookBack      = 3 * 365 * 24 * time.Hour
	slack         = 17
)

// Rhythm is how an organ tends to sit, in days that count: those of the summer
// recess and around elections do not.
type Rhythm struct {
	Known  int       // sittings that it was learned from
	Usual  int       // median of the days between two of them
	Limit  int       // days without a sitting that are a silence
	Last   time.Time // day of the last sitting, planned ones included
	Silent int       // days that count since Last
	Days   int       // the same, of the calendar
}

// rhythmOf learns the rhythm from the moments of sittings, in any order, as it
// is on the day of asOf. ok is false if too few are known to say anything.
func rhythmOf(moments []time.Time, asOf time.Time) (r Rhythm, ok bool) {
	asOf = dayOf(asOf)
	var days []time.Time
	for _, m := range moments {
		if d := dayOf(m); !m.IsZero() && asOf.Sub(d) < lookBack {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	days = slices.CompactFunc(days, time.Time.Equal)
	if len(days) == 0 {
		return r, false
	}
	r.Last = days[len(days)-1]
	past := days[:0]
	for _, d := range days {
		if !d.After(asOf) {
			past = append(past, d)
		}
	}
	r.Known = len(past)
	if r.Last.Before(asOf) {
		r.Silent, r.Days = counting(r.Last, asOf), daysBetween(r.Last, asOf)
	}
	if r.Known < leastSittings {
		return r, false
	}
	var gaps []float64
	for i := 1; i < len(past); i++ {
		// Two sittings in the same recess say nothing of the rest of the year.
		if gap := counting(past[i-1], past[i]); gap > 0 {
			gaps = append(gaps, float64(gap))
		}
	}
	if len(gaps) < leastSittings-1 {
		return r, false
	}
	usual := median(gaps)
	apart := make([]float64, len(gaps))
	for i, g := range gaps {
		apart[i] = math.Abs(g - usual)
	}
	// 1.4826 times the median deviation stands for the standard deviation, and is
	// not moved by the odd sitting out of turn.
	spread := 1.4826 * median(apart)
	slices.Sort(gaps)
	long := gaps[min(len(gaps)-1, int(math.Ceil(0.95*float64(len(gaps)))))]
	r.Usual = int(math.Round(usual))
	r.Limit = int(math.Ceil(max(2*usual, usual+4*spread, 1.2*long, usual+slack)))
	return r, true
}

// Silence reports whether the organ is silent for longer than it ever tends to
// be.
func (r Rhythm) silence() bool { return r.Limit > 0 && r.Silent >= r.Limit }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// dayOf is noon of the day in Flanders: never moved to another day by the clock
// going forward or back.
func dayOf(t time.Time) time.Time {
	y, m, d := t.In(brussel).Date()
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
}

func daysBetween(a, b time.Time) int { return int(math.Round(b.Sub(a).Hours() / 24)) }

// counting is the number of days after a up to and including b on which organs
// sit.
func counting(a, b time.Time) (n int) {
	for d := a.AddDate(0, 0, 1); !d.After(b); d = d.AddDate(0, 0, 1) {
		if !quiet(d) {
			n++
		}
	}
	return n
}

// quiet reports whether sittings are not expected on a day: in the summer
// recess, July and August; and from two weeks before the municipal elections,
// on the second Sunday of October every six years from 2018 (Lokaal en
// Provinciaal Kiesdecreet of 8 July 2011), to the end of that year, when the
// new councils are installed.
func quiet(d time.Time) bool {
	if m := d.Month(); m == time.July || m == time.August {
		return true
	}
	y := d.Year()
	if y < 2018 || (y-2018)%6 != 0 {
		return false
	}
	first := time.Date(y, time.October, 1, 12, 0, 0, 0, time.UTC)
	election := first.AddDate(0, 0, (7-int(first.Weekday()))%7+7)
	return !d.Before(election.AddDate(0, 0, -14))
}

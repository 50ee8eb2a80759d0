package harvester

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var midday = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func header(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimSpace(value))
	}
	return h
}

// TestFreshness holds what RFC 9111 says. Each answer is asked for at midday and
// comes a second later.
func TestFreshness(t *testing.T) {
	const date = "Date: Sat, 21 Nov 2026 12:00:01 GMT"
	for _, c := range []struct {
		name  string
		lines string // of the header, between |
		want  time.Duration
	}{
		{"nothing is said", date, 0},
		{"max-age, less the time it took", date + "|Cache-Control: max-age=60", 59 * time.Second},
		{"s-maxage is for those who share (5.2.2.10)", date + "|Cache-Control: max-age=600, s-maxage=60", 59 * time.Second},
		{"max-age goes before Expires (5.3)", date + "|Cache-Control: max-age=60|Expires: Sun, 22 Nov 2026 12:00:00 GMT", 59 * time.Second},
		{"Expires counts from Date (4.2.1)", date + "|Expires: Sat, 21 Nov 2026 13:00:01 GMT", time.Hour - time.Second},
		{"Expires has passed", date + "|Expires: Sat, 21 Nov 2026 11:00:00 GMT", 0},
		{"Expires: 0 has passed (5.3)", date + "|Expires: 0|Last-Modified: Sat, 21 Nov 2020 12:00:00 GMT", 0},
		{"Age (4.2.3)", date + "|Cache-Control: max-age=60|Age: 40", 19 * time.Second},
		{"older than it says", "Date: Sat, 21 Nov 2026 11:59:31 GMT|Cache-Control: max-age=60", 30 * time.Second},
		{"stale when it came", date + "|Cache-Control: max-age=60|Age: 61", 0},
		{"a server whose clock is ahead", "Date: Sat, 21 Nov 2026 12:30:00 GMT|Cache-Control: max-age=60", 59 * time.Second},
		{"no-store", date + "|Cache-Control: no-store, max-age=60", 0},
		{"no-cache", date + "|Cache-Control: max-age=60, no-cache", 0},
		{"no-cache of some fields, the careful reading (5.2.2.4)", date + `|Cache-Control: no-cache="Set-Cookie", max-age=60`, 0},
		{"private", date + "|Cache-Control: private, max-age=60", 0},
		{"case, spaces and several lines", date + "|Cache-Control:  Public |Cache-Control:\tMAX-AGE=60", 59 * time.Second},
		{"a quoted number", date + `|Cache-Control: max-age="60"`, 59 * time.Second},
		{"a comma in quotation marks", date + `|Cache-Control: x="a, no-store", max-age=60`, 59 * time.Second},
		{"twice: the smaller (4.2.1)", date + "|Cache-Control: max-age=600, max-age=60", 59 * time.Second},
		{"no number has passed (4.2.1)", date + "|Cache-Control: max-age=soon", 0},
		{"no value", date + "|Cache-Control: max-age", 0},
		{"a negative number", date + "|Cache-Control: max-age=-1", 0},
		{"a year is bounded", date + "|Cache-Control: max-age=31536000, immutable", maxFresh - time.Second},
		{"a number without end", date + "|Cache-Control: max-age=" + strings.Repeat("9", 40), maxFresh - time.Second},
		{"must-revalidate is about stale answers", date + "|Cache-Control: max-age=60, must-revalidate", 59 * time.Second},
		{"Vary: * (4.1)", date + "|Cache-Control: max-age=60|Vary: *", 0},
		{"Vary by what we always send the same", date + "|Cache-Control: max-age=60|Vary: Accept-Encoding", 59 * time.Second},
		{"Pragma, alone", date + "|Pragma: no-cache|Expires: Sat, 21 Nov 2026 13:00:01 GMT", 0},
		{"Pragma beside Cache-Control (5.4)", date + "|Pragma: no-cache|Cache-Control: max-age=60", 59 * time.Second},
		{"a tenth of its age (4.2.2)", date + "|Last-Modified: Sat, 21 Nov 2026 02:00:01 GMT", time.Hour - time.Second},
		{"a tenth of years is bounded", date + "|Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT", maxHeuristic - time.Second},
		{"changed in the future", date + "|Last-Modified: Sun, 22 Nov 2026 12:00:00 GMT", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := header(strings.Split(c.lines, "|")...)
			received := midday.Add(time.Second)
			f := fresh(h, 0, h.Get("Last-Modified"), false, midday, received)
			if got := max(0, f.until.Sub(received)); c.want == 0 && !f.until.IsZero() || got != c.want {
				t.Errorf("fresh for %v (until %v), want %v", got, f.until, c.want)
			}
		})
	}
}

// TestFreshnessOf304: what a 304 does not say stays as it was (section 4.3.4).
func TestFreshnessOf304(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  time.Duration
	}{
		{"Server: x", time.Hour},
		{"Cache-Control: max-age=60", time.Minute},
		{"Cache-Control: no-cache", 0},
		{"Cache-Control: max-age=0", 0},
		{"Cache-Control: public", time.Hour},
		{"Expires: Sat, 21 Nov 2026 12:10:00 GMT", 10 * time.Minute},
	} {
		f := fresh(header(c.lines), time.Hour, "", false, midday, midday)
		if got := max(0, f.until.Sub(midday)); got != c.want {
			t.Errorf("%s: fresh for %v, want %v", c.lines, got, c.want)
		}
	}
}

// TestFreshnessBehindALogin: section 3.5.
func TestFreshnessBehindALogin(t *testing.T) {
	for line, want := range map[string]bool{
		"Cache-Control: max-age=60":                  false,
		"Cache-Control: max-age=60, public":          true,
		"Cache-Control: s-maxage=60":                 true,
		"Cache-Control: max-age=60, must-revalidate": true,
	} {
		if f := fresh(header(line), 0, "", true, midday, midday); f.until.IsZero() == want {
			t.Errorf("%s: fresh until %v, want that it is: %v", line, f.until, want)
		}
	}
}

// TestFreshnessIsBounded: whatever a server says, it is asked again in time, and
// nothing is fresh in the past.
func TestFreshnessIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := http.Header{}
		for _, name := range []string{"Cache-Control", "Expires", "Date", "Age", "Last-Modified", "Pragma", "Vary"} {
			h[name] = rapid.SliceOfN(rapid.OneOf(
				rapid.StringMatching(`(max-age|s-maxage|private|public|no-cache)(="?[0-9]{0,30}"?)?(, ?max-age=[0-9]{1,12})?`),
				rapid.Map(rapid.Int64Range(-1<<40, 1<<40), func(s int64) string { return midday.Add(time.Duration(s) * time.Millisecond).Format(http.TimeFormat) }),
				rapid.StringN(0, 40, 80),
			), 0, 2).Draw(t, name)
		}
		received := midday.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "took")) * time.Second)
		told := time.Duration(rapid.Int64Range(0, 1<<60).Draw(t, "told"))
		f := fresh(h, told, h.Get("Last-Modified"), false, midday, received)
		if !f.until.IsZero() && !f.until.After(received) || f.until.After(received.Add(maxFresh)) || f.lifetime < 0 {
			t.Fatalf("fresh until %v for %v", f.until, f.lifetime)
		}
	})
}

// TestConditions: what is known of a page goes into the request as it was
// received; what cannot be sent does not.
func TestConditions(t *testing.T) {
	for _, c := range []struct{ etag, modified, wantTag, wantDate string }{
		{`"a"`, "", `"a"`, ""},
		{`W/"a"`, "Sat, 21 Nov 2026 12:00:00 GMT", `W/"a"`, "Sat, 21 Nov 2026 12:00:00 GMT"},
		{"without-marks", "", "without-marks", ""},
		{`"a-gzip"`, "", `"a-gzip", "a"`, ""},
		{`W/"a-gzip"`, "", `W/"a-gzip", W/"a"`, ""},
		{`"a--gzip"`, "", `"a--gzip", "a"`, ""},
		{`"a;gzip"`, "", `"a;gzip", "a"`, ""},
		{`"-gzip"`, "", `"-gzip"`, ""},
		{"\"a\x01\"", "", "", ""},
		{strings.Repeat("a", 2000), "Sat\n", "", ""},
	} {
		h := http.Header{}
		any := conditions(h, Visit{ETag: c.etag, LastModified: c.modified})
		if h.Get("If-None-Match") != c.wantTag || h.Get("If-Modified-Since") != c.wantDate || any != (c.wantTag+c.wantDate != "") {
			t.Errorf("%.40q, %q: %v %v", c.etag, c.modified, any, h)
		}
	}
}

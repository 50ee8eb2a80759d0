package site

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a machine may have no time zone database
)

var (
	maanden = [...]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}
	brussel = func() *time.Location {
		l, err := time.LoadLocation("Europe/Brussels")
		if err != nil {
			return time.UTC
		}
		return l
	}()
)

// day writes a date as Belgians do: "21 november 2026"; "" for the zero time.
func day(l lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(brussel)
	if l == english {
		return t.Format("2 January 2006")
	}
	return fmt.Sprintf("%d %s %d", t.Day(), maanden[t.Month()-1], t.Year())
}

// moment writes a date with its time: "21 november 2026, 20.00 uur". A time
// that data gave as a date alone, midnight in UTC or Brussels, stays a date.
func moment(l lang, t time.Time) string {
	if t.IsZero() || dateOnly(t) {
		return day(l, t)
	}
	if l == english {
		return day(l, t) + t.In(brussel).Format(", 15:04")
	}
	return day(l, t) + t.In(brussel).Format(", 15.04 uur")
}

func dateOnly(t time.Time) bool {
	midnight := func(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 }
	return midnight(t.UTC()) || midnight(t.In(brussel))
}

// number writes a whole number with the thousands apart: "1.234".
func number(l lang, n int64) string {
	s := fmt.Sprint(n)
	separator := "."
	if l == english {
		separator = ","
	}
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + separator + s[i:]
	}
	return s
}

// readDate reads a date as people and browsers write it: dd-mm-jjjj (also with
// / or .) or jjjj-mm-dd. It is midnight UTC of that day.
func readDate(s string) (time.Time, error) {
	s = strings.NewReplacer("/", "-", ".", "-", " ", "").Replace(strings.TrimSpace(s))
	for _, layout := range []string{"2-1-2006", "2006-1-2"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("read date %q: want dd-mm-jjjj", s)
}

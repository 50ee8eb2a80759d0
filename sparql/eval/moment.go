package eval

import (
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// moment is a point on the time line, as local time with its zone if it has
// one; of a duration only seconds and nanos count.
type moment struct {
	seconds int64 // since 1970-01-01T00:00:00, local time
	nanos   int32
	zone    int16 // minutes east of UTC
	hasZone bool
}

// maxZone is the widest zone, 14 hours (XML Schema Part 2, section 3.2.7.3).
const maxZone = 14 * 60

// utc returns the seconds since 1970 in UTC, taking a moment without a zone as
// UTC.
func (m moment) utc() int64 { return m.seconds - int64(m.zone)*60 }

// compare orders two moments. One without a zone may be anywhere within 14
// hours, so that the order may be unknown.
func (m moment) compare(other moment) (c int, ok bool) {
	c = m.order(other)
	if m.hasZone != other.hasZone {
		if d := m.utc() - other.utc(); d > -maxZone*60 && d < maxZone*60 {
			return 0, false
		}
	}
	return c, true
}

// equal is compare for "=": two moments of which one lacks a zone are different
// when they are far apart, and unknown otherwise.
func (m moment) equal(other moment) (eq, ok bool) {
	c, ok := m.compare(other)
	return ok && c == 0, ok
}

// order is a total order, with UTC for a missing zone.
func (m moment) order(other moment) int {
	a, b := m.utc(), other.utc()
	switch {
	case a < b, a == b && m.nanos < other.nanos:
		return -1
	case a == b && m.nanos == other.nanos:
		return 0
	}
	return 1
}

// fields are the parts of a dateTime as written.
type fields struct {
	year, month, day, hour, minute int
	second                         string // as written, with its fraction
}

func parseDateTime(s string) (moment, bool) {
	date, clock, ok := strings.Cut(s, "T")
	if !ok {
		return moment{}, false
	}
	m, rest, ok := parseDay(date)
	if !ok || rest != "" {
		return moment{}, false
	}
	return parseClock(m, clock)
}

func parseDate(s string) (moment, bool) {
	m, rest, ok := parseDay(s)
	if !ok {
		return moment{}, false
	}
	return parseZone(m, rest)
}

func parseTime(s string) (moment, bool) { return parseClock(moment{}, s) }

// parseDay reads [-]YYYY-MM-DD and returns what follows.
func parseDay(s string) (moment, string, bool) {
	negative := strings.HasPrefix(s, "-")
	body := strings.TrimPrefix(s, "-")
	n := 0
	for n < len(body) && '0' <= body[n] && body[n] <= '9' {
		n++
	}
	if n < 4 || n > 9 || n > 4 && body[0] == '0' || len(body) < n+6 || body[n] != '-' || body[n+3] != '-' {
		return moment{}, "", false
	}
	year, _ := strconv.Atoi(body[:n])
	if negative {
		year = -year
	}
	month, ok1 := twoDigits(body[n+1:])
	day, ok2 := twoDigits(body[n+4:])
	if !ok1 || !ok2 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return moment{}, "", false
	}
	return moment{seconds: time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix()}, body[n+6:], true
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func twoDigits(s string) (int, bool) {
	if len(s) < 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}

// parseClock reads hh:mm:ss[.fff][zone] and adds it to the day.
func parseClock(m moment, s string) (moment, bool) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return moment{}, false
	}
	hour, ok1 := twoDigits(s)
	minute, ok2 := twoDigits(s[3:])
	second, ok3 := twoDigits(s[6:])
	if !ok1 || !ok2 || !ok3 || hour > 24 || minute > 59 || second > 59 || hour == 24 && (minute > 0 || second > 0) {
		return moment{}, false
	}
	rest := s[8:]
	if strings.HasPrefix(rest, ".") {
		n := 1
		unit := int32(100_000_000)
		for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
			m.nanos += int32(rest[n]-'0') * unit
			unit /= 10
			n++
		}
		if n == 1 || hour == 24 && m.nanos > 0 {
			return moment{}, false
		}
		rest = rest[n:]
	}
	m.seconds += int64(hour)*3600 + int64(minute)*60 + int64(second)
	return parseZone(m, rest)
}

func parseZone(m moment, s string) (moment, bool) {
	if s == "" {
		return m, true
	}
	m.hasZone = true
	if s == "Z" {
		return m, true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return moment{}, false
	}
	hour, ok1 := twoDigits(s[1:])
	minute, ok2 := twoDigits(s[4:])
	zone := hour*60 + minute
	if !ok1 || !ok2 || minute > 59 || zone > maxZone {
		return moment{}, false
	}
	if s[0] == '-' {
		zone = -zone
	}
	m.zone = int16(zone)
	return m, true
}

// parseDuration reads an xsd:dayTimeDuration.
func parseDuration(s string) (moment, bool) {
	body, negative := strings.CutPrefix(s, "-")
	body, ok := strings.CutPrefix(body, "P")
	if !ok || body == "" {
		return moment{}, false
	}
	days, clock, hasClock := strings.Cut(body, "T")
	if hasClock && clock == "" {
		return moment{}, false
	}
	var m moment
	take := func(s *string, unit byte, seconds int64) bool {
		i := strings.IndexByte(*s, unit)
		if i < 0 {
			return true
		}
		n, err := strconv.ParseInt((*s)[:i], 10, 40)
		if err != nil || n < 0 {
			return false
		}
		m.seconds += n * seconds
		*s = (*s)[i+1:]
		return true
	}
	if !take(&days, 'D', 86400) || days != "" || !take(&clock, 'H', 3600) || !take(&clock, 'M', 60) {
		return moment{}, false
	}
	if clock != "" {
		whole, found := strings.CutSuffix(clock, "S")
		whole, fraction, _ := strings.Cut(whole, ".")
		n, err := strconv.ParseInt(whole, 10, 40)
		if !found || err != nil || n < 0 {
			return moment{}, false
		}
		m.seconds += n
		unit := int32(100_000_000)
		for _, c := range []byte(fraction) {
			if c < '0' || c > '9' {
				return moment{}, false
			}
			m.nanos += int32(c-'0') * unit
			unit /= 10
		}
	}
	if negative {
		m.seconds = -m.seconds
		if m.nanos > 0 {
			m.seconds--
			m.nanos = 1_000_000_000 - m.nanos
		}
	}
	m.hasZone = true
	return m, true
}

// fieldsOf splits a valid dateTime, date or time as written.
func fieldsOf(v value) fields {
	s := strings.Trim(v.text(), " \t\r\n")
	var f fields
	if v.kind != kindTime {
		at := v.at
		day := time.Unix(at.seconds, 0).UTC()
		f.year, f.month, f.day = day.Year(), int(day.Month()), day.Day()
		if v.kind == kindDate {
			return f
		}
		_, s, _ = strings.Cut(s, "T")
	}
	f.hour, _ = twoDigits(s)
	f.minute, _ = twoDigits(s[3:])
	end := 8
	for end < len(s) && (s[end] == '.' || '0' <= s[end] && s[end] <= '9') {
		end++
	}
	f.second = s[6:end]
	return f
}

// durationText writes an xsd:dayTimeDuration in canonical form.
func durationText(m moment) string {
	seconds, nanos, sign := m.seconds, int64(m.nanos), ""
	if seconds < 0 {
		sign = "-"
		seconds = -seconds
		if nanos > 0 {
			seconds--
			nanos = 1_000_000_000 - nanos
		}
	}
	if seconds == 0 && nanos == 0 {
		return "PT0S"
	}
	var b strings.Builder
	b.WriteString(sign + "P")
	if d := seconds / 86400; d > 0 {
		b.WriteString(strconv.FormatInt(d, 10) + "D")
	}
	h, mi, s := seconds/3600%24, seconds/60%60, seconds%60
	if h > 0 || mi > 0 || s > 0 || nanos > 0 {
		b.WriteByte('T')
	}
	if h > 0 {
		b.WriteString(strconv.FormatInt(h, 10) + "H")
	}
	if mi > 0 {
		b.WriteString(strconv.FormatInt(mi, 10) + "M")
	}
	if s > 0 || nanos > 0 {
		b.WriteString(strconv.FormatInt(s, 10))
		if nanos > 0 {
			b.WriteString("." + strings.TrimRight(leftPad(strconv.FormatInt(nanos, 10), 9), "0"))
		}
		b.WriteByte('S')
	}
	return b.String()
}

func leftPad(s string, n int) string {
	return strings.Repeat("0", max(0, n-len(s))) + s
}

func durationValue(m moment) value {
	m.hasZone, m.zone = true, 0
	return value{kind: kindDuration, at: m, term: rdf.Literal(durationText(m), vocab.XSD+"dayTimeDuration")}
}

// dateTimeValue writes a moment as an xsd:dateTime or, for kindDate, a date.
func momentValue(kind valueKind, m moment) value {
	t := time.Unix(m.seconds, int64(m.nanos)).UTC()
	layout, datatype := "2006-01-02T15:04:05.999999999", vocab.XSD+"dateTime"
	if kind == kindDate {
		layout, datatype = "2006-01-02", vocab.XSD+"date"
	}
	s := t.Format(layout)
	if m.hasZone {
		s += zoneText(m)
	}
	return value{kind: kind, at: m, term: rdf.Literal(s, datatype)}
}

// zoneText writes a zone as in a dateTime.
func zoneText(m moment) string {
	if m.zone == 0 {
		return "Z"
	}
	sign, zone := "+", int(m.zone)
	if zone < 0 {
		sign, zone = "-", -zone
	}
	return sign + leftPad(strconv.Itoa(zone/60), 2) + ":" + leftPad(strconv.Itoa(zone%60), 2)
}

// durationArithmetic adds day-time durations to moments and subtracts moments:
// an extension that SPARQL 1.1 leaves open (section 17.3).
func durationArithmetic(op byte, a, b value) (value, bool) {
	timed := func(v value) bool { return v.kind == kindDateTime || v.kind == kindDate }
	shift := func(m, d moment, sign int64) moment {
		m.seconds += sign * d.seconds
		n := int64(m.nanos) + sign*int64(d.nanos)
		if n < 0 {
			n += 1_000_000_000
			m.seconds--
		} else if n >= 1_000_000_000 {
			n -= 1_000_000_000
			m.seconds++
		}
		m.nanos = int32(n)
		return m
	}
	switch {
	case op == '+' && timed(a) && b.kind == kindDuration:
		return momentValue(a.kind, shift(a.at, b.at, 1)), true
	case op == '+' && a.kind == kindDuration && timed(b):
		return momentValue(b.kind, shift(b.at, a.at, 1)), true
	case op == '-' && timed(a) && b.kind == kindDuration:
		return momentValue(a.kind, shift(a.at, b.at, -1)), true
	case op == '-' && timed(a) && a.kind == b.kind:
		return durationValue(shift(moment{seconds: a.at.utc(), nanos: a.at.nanos}, moment{seconds: b.at.utc(), nanos: b.at.nanos}, -1)), true
	case (op == '+' || op == '-') && a.kind == kindDuration && b.kind == kindDuration:
		sign := int64(1)
		if op == '-' {
			sign = -1
		}
		return durationValue(shift(a.at, b.at, sign)), true
	}
	return value{}, false
}

// momentOf returns a time with its zone.
func momentOf(t time.Time) moment {
	_, offset := t.Zone()
	return moment{seconds: t.Unix() + int64(offset/60)*60, nanos: int32(t.Nanosecond()), zone: int16(offset / 60), hasZone: true}
}

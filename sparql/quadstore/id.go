package quadstore

import (
	"math"
	"strconv"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// An ID is a tag and a payload. Small values that queries compare, count and
// print all day are their own payload, so that reading them touches no disk:
//
//	bit 63      0
//	bits 59-62  tag
//	bits 56-58  detail: the length of a short string, the number of
//	            fraction digits of a dateTime
//	bits 0-55   payload
//
// A literal is kept inside its ID only if its lexical form comes back byte for
// byte; every other one is in the dictionary, so "01"^^xsd:integer stays
// different from "1"^^xsd:integer.
const (
	tagDictionary eval.ID = iota // payload: a number given out in order, from 1
	tagString
	tagInteger
	tagBoolean
	tagDate
	tagDateTime
)

const (
	payloadBits = 56
	payloadMask = 1<<payloadBits - 1
	integerBias = 1 << (payloadBits - 1)

	// timezones: quarters of an hour from -14:00, then the two special forms.
	zoneBits  = 7
	zoneZ     = 113
	zoneNone  = 114
	zoneLimit = 14 * 4

	fractionBits = 10      // milliseconds
	secondsBias  = 86_400  // keeps year 1 at +14:00 above zero
	secondsInDay = 86_400  // xsd knows no leap seconds
	daysInCycle  = 146_097 // 400 years
)

func makeID(tag eval.ID, detail int, payload uint64) eval.ID {
	return tag<<59 | eval.ID(detail)<<payloadBits | eval.ID(payload)
}

func tagOf(id eval.ID) eval.ID { return id >> 59 }

// inline returns the ID of a literal that fits in one, ok false if t must go to
// the dictionary.
func inline(t rdf.Term) (id eval.ID, ok bool) {
	if !t.IsLiteral() {
		return 0, false
	}
	text := t.Value()
	switch t.Datatype() {
	case vocab.XSD + "string":
		return inlineString(text)
	case vocab.XSD + "integer":
		return inlineInteger(text)
	case vocab.XSD + "boolean":
		switch text {
		case "false":
			return makeID(tagBoolean, 0, 0), true
		case "true":
			return makeID(tagBoolean, 0, 1), true
		}
	case vocab.XSD + "date":
		return inlineDate(text)
	case vocab.XSD + "dateTime":
		return inlineDateTime(text)
	}
	return 0, false
}

// inlined returns the literal of an ID that is not in the dictionary, ok false
// if inline never gives that ID.
func inlined(id eval.ID) (t rdf.Term, ok bool) {
	detail := int(id >> payloadBits & 7)
	payload := uint64(id & payloadMask)
	switch tagOf(id) {
	case tagString:
		b := make([]byte, detail)
		for i := range b {
			b[i] = byte(payload >> (48 - 8*i))
		}
		t = rdf.String(string(b))
	case tagInteger:
		t = rdf.Literal(strconv.FormatInt(int64(payload)-integerBias, 10), vocab.XSD+"integer")
	case tagBoolean:
		t = rdf.Literal(strconv.FormatBool(payload == 1), vocab.XSD+"boolean")
	case tagDate:
		t = rdf.Literal(string(appendZone(appendDate(nil, int(payload>>zoneBits)), int(payload&(1<<zoneBits-1)))), vocab.XSD+"date")
	case tagDateTime:
		t = rdf.Literal(string(appendDateTime(nil, detail, payload)), vocab.XSD+"dateTime")
	default:
		return rdf.Term{}, false
	}
	if back, fits := inline(t); !fits || back != id {
		return rdf.Term{}, false
	}
	return t, true
}

func inlineString(text string) (eval.ID, bool) {
	if len(text) > 7 {
		return 0, false
	}
	var payload uint64
	for i := range len(text) {
		payload |= uint64(text[i]) << (48 - 8*i)
	}
	return makeID(tagString, len(text), payload), true
}

func inlineInteger(text string) (eval.ID, bool) {
	n, err := strconv.ParseInt(text, 10, payloadBits)
	if err != nil || text[0] == '+' || strconv.FormatInt(n, 10) != text {
		return 0, false
	}
	return makeID(tagInteger, 0, uint64(n+integerBias)), true
}

func inlineDate(text string) (eval.ID, bool) {
	days, rest, ok := parseDate(text)
	if !ok {
		return 0, false
	}
	zone, ok := parseZone(rest)
	if !ok {
		return 0, false
	}
	return makeID(tagDate, 0, uint64(days)<<zoneBits|uint64(zone)), true
}

// inlineDateTime takes YYYY-MM-DDThh:mm:ss, up to three fraction digits, and a
// timezone in quarters of an hour.
func inlineDateTime(text string) (eval.ID, bool) {
	days, rest, ok := parseDate(text)
	if !ok || len(rest) < 9 || rest[0] != 'T' || rest[3] != ':' || rest[6] != ':' {
		return 0, false
	}
	hour, ok1 := digits(rest[1:3])
	minute, ok2 := digits(rest[4:6])
	second, ok3 := digits(rest[7:9])
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	rest = rest[9:]
	fraction, milliseconds := 0, 0
	if rest != "" && rest[0] == '.' {
		for fraction+1 < len(rest) && '0' <= rest[fraction+1] && rest[fraction+1] <= '9' {
			fraction++
		}
		if fraction == 0 || fraction > 3 {
			return 0, false
		}
		milliseconds, _ = digits(rest[1 : 1+fraction])
		for range 3 - fraction {
			milliseconds *= 10
		}
		rest = rest[1+fraction:]
	}
	zone, ok := parseZone(rest)
	if !ok {
		return 0, false
	}
	seconds := days*secondsInDay + hour*3600 + minute*60 + second - zoneSeconds(zone) + secondsBias
	payload := uint64(seconds)<<(fractionBits+zoneBits) | uint64(milliseconds)<<zoneBits | uint64(zone)
	return makeID(tagDateTime, fraction, payload), true
}

func appendDateTime(b []byte, fraction int, payload uint64) []byte {
	zone := int(payload & (1<<zoneBits - 1))
	milliseconds := int(payload >> zoneBits & (1<<fractionBits - 1))
	seconds := int(payload>>(fractionBits+zoneBits)) - secondsBias + zoneSeconds(zone)
	days := seconds / secondsInDay
	seconds -= days * secondsInDay
	b = append(appendDate(b, days), 'T')
	b = append(appendTwo(b, seconds/3600), ':')
	b = append(appendTwo(b, seconds/60%60), ':')
	b = appendTwo(b, seconds%60)
	if fraction > 0 {
		b = append(b, '.')
		b = append(b, byte('0'+milliseconds/100%10), byte('0'+milliseconds/10%10), byte('0'+milliseconds%10))[:len(b)+fraction]
	}
	return appendZone(b, zone)
}

// parseDate reads YYYY-MM-DD in the proleptic Gregorian calendar, years 1 to
// 9999, and returns the days since 0001-01-01.
func parseDate(text string) (days int, rest string, ok bool) {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' {
		return 0, "", false
	}
	year, ok1 := digits(text[:4])
	month, ok2 := digits(text[5:7])
	day, ok3 := digits(text[8:10])
	if !ok1 || !ok2 || !ok3 || year < 1 || month < 1 || month > 12 || day < 1 || day > monthLength(year, month) {
		return 0, "", false
	}
	return daysBefore(year, month) + day - 1, text[10:], true
}

func appendDate(b []byte, days int) []byte {
	year := 1 + days/daysInCycle*400
	days %= daysInCycle
	year += min(days/365, 399)
	rest := days - (daysBefore(1+(year-1)%400, 1))
	if rest < 0 {
		year--
		rest = days - daysBefore(1+(year-1)%400, 1)
	}
	month := 1
	for rest >= monthLength(year, month) {
		rest -= monthLength(year, month)
		month++
	}
	b = append(appendTwo(appendTwo(b, year/100), year%100), '-')
	b = append(appendTwo(b, month), '-')
	return appendTwo(b, rest+1)
}

func daysBefore(year, month int) int {
	y := year - 1
	days := y*365 + y/4 - y/100 + y/400
	for m := 1; m < month; m++ {
		days += monthLength(year, m)
	}
	return days
}

func monthLength(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func parseZone(text string) (zone int, ok bool) {
	switch {
	case text == "":
		return zoneNone, true
	case text == "Z":
		return zoneZ, true
	case len(text) != 6 || text[3] != ':' || text[0] != '+' && text[0] != '-' || text == "-00:00":
		return 0, false
	}
	hours, ok1 := digits(text[1:3])
	minutes, ok2 := digits(text[4:6])
	quarters := hours*4 + minutes/15
	if !ok1 || !ok2 || minutes > 59 || minutes%15 != 0 || quarters > zoneLimit {
		return 0, false
	}
	if text[0] == '-' {
		quarters = -quarters
	}
	return quarters + zoneLimit, true
}

func appendZone(b []byte, zone int) []byte {
	switch zone {
	case zoneNone:
		return b
	case zoneZ:
		return append(b, 'Z')
	}
	quarters, sign := zone-zoneLimit, byte('+')
	if quarters < 0 {
		quarters, sign = -quarters, '-'
	}
	b = append(appendTwo(append(b, sign), quarters/4), ':')
	return appendTwo(b, quarters%4*15)
}

func zoneSeconds(zone int) int {
	if zone >= zoneZ {
		return 0
	}
	return (zone - zoneLimit) * 900
}

func appendTwo(b []byte, n int) []byte {
	return append(b, byte('0'+n/10%10), byte('0'+n%10))
}

// digits reads an unsigned number of ASCII digits.
func digits(text string) (int, bool) {
	n := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' || n > math.MaxInt32 {
			return 0, false
		}
		n = n*10 + int(text[i]-'0')
	}
	return n, text != ""
}

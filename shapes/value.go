package shapes

import (
	"cmp"
	"encoding/base64"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// lexicalForms holds the datatypes of XML Schema 1.1 part 2 whose lexical
// space a regular expression describes well enough; ranges are checked beside
// it. White space is not collapsed: RDF 1.1 gives " 1 " no integer value.
var lexicalForms = map[string]*regexp.Regexp{
	"double":             regexp.MustCompile(`^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN)$`),
	"time":               regexp.MustCompile(`^(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)` + zone + `$`),
	"gYear":              regexp.MustCompile(`^` + year + zone + `$`),
	"gYearMonth":         regexp.MustCompile(`^` + year + `-(?:0[1-9]|1[0-2])` + zone + `$`),
	"gMonth":             regexp.MustCompile(`^--(?:0[1-9]|1[0-2])` + zone + `$`),
	"gMonthDay":          regexp.MustCompile(`^--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])` + zone + `$`),
	"gDay":               regexp.MustCompile(`^---(?:0[1-9]|[12]\d|3[01])` + zone + `$`),
	"duration":           regexp.MustCompile(`^-?P(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$`),
	"yearMonthDuration":  regexp.MustCompile(`^-?P(?:\d+Y)?(?:\d+M)?$`),
	"dayTimeDuration":    regexp.MustCompile(`^-?P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$`),
	"hexBinary":          regexp.MustCompile(`^(?:[0-9a-fA-F]{2})*$`),
	"language":           regexp.MustCompile(`^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$`),
	"normalizedString":   regexp.MustCompile(`^[^\r\n\t]*$`),
	"token":              regexp.MustCompile(`^(?:[^\s]+(?: [^\s]+)*)?$`),
	"NMTOKEN":            regexp.MustCompile(`^[\p{L}\p{N}\p{M}._:\-·]+$`),
	"Name":               regexp.MustCompile(`^[\p{L}_:][\p{L}\p{N}\p{M}._:\-·]*$`),
	"NCName":             regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}\p{M}._\-·]*$`),
	"nonNegativeInteger": regexp.MustCompile(`^(?:\+?\d+|-0+)$`),
	"positiveInteger":    regexp.MustCompile(`^\+?0*[1-9]\d*$`),
	"nonPositiveInteger": regexp.MustCompile(`^(?:-\d+|\+?0+)$`),
	"negativeInteger":    regexp.MustCompile(`^-0*[1-9]\d*$`),
}

const (
	year = `-?(?:[1-9]\d{3,}|0\d{3})`
	zone = `(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?`
)

// bounds of the integer types of fixed size.
var bounds = map[string][2]string{
	"long":          {"-9223372036854775808", "9223372036854775807"},
	"int":           {"-2147483648", "2147483647"},
	"short":         {"-32768", "32767"},
	"byte":          {"-128", "127"},
	"unsignedLong":  {"0", "18446744073709551615"},
	"unsignedInt":   {"0", "4294967295"},
	"unsignedShort": {"0", "65535"},
	"unsignedByte":  {"0", "255"},
}

// wellFormed reports whether the lexical form of a literal belongs to its
// datatype (RDF 1.1 Concepts, section 3.3), for the datatypes of XML Schema;
// of others nothing is known, and every form is accepted.
func wellFormed(t rdf.Term) bool {
	name, ok := strings.CutPrefix(t.Datatype(), vocab.XSD)
	if !ok {
		return true
	}
	lexical := t.Value()
	switch name {
	case "string":
		return utf8.ValidString(lexical)
	case "boolean":
		return lexical == "true" || lexical == "false" || lexical == "1" || lexical == "0"
	case "integer":
		return isInteger(lexical)
	case "decimal":
		whole, fraction, point := strings.Cut(unsigned(lexical), ".")
		return isDigits(whole) && isDigits(fraction) && whole+fraction != "" && (whole != "" || point)
	case "anyURI":
		return !strings.ContainsAny(lexical, " <>\"{}|\\^`\t\r\n")
	case "base64Binary":
		_, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(lexical, " ", ""))
		return err == nil
	case "date", "dateTime", "dateTimeStamp":
		_, zoned, ok := parseMoment(lexical, name != "date")
		return ok && (zoned || name != "dateTimeStamp")
	case "float":
		return lexicalForms["double"].MatchString(lexical)
	case "duration", "yearMonthDuration", "dayTimeDuration":
		return lexicalForms[name].MatchString(lexical) && !strings.HasSuffix(lexical, "P") && !strings.HasSuffix(lexical, "T")
	}
	if b, ok := bounds[name]; ok {
		return isInteger(lexical) &&
			compareDecimals(b[0], lexical) <= 0 && compareDecimals(lexical, b[1]) <= 0
	}
	if form, ok := lexicalForms[name]; ok {
		return form.MatchString(lexical)
	}
	return true
}

// unsigned returns a number without its sign.
func unsigned(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}

func isInteger(s string) bool {
	digits := unsigned(s)
	return digits != "" && isDigits(digits)
}

// isDigits reports whether there is nothing else in s; "" has nothing else.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseMoment reads an xsd:date or xsd:dateTime. zoned says whether it has a
// time zone; without one the moment is that of UTC.
func parseMoment(lexical string, withTime bool) (moment time.Time, zoned, ok bool) {
	none := time.Time{}
	rest := strings.TrimPrefix(lexical, "-")
	digits := strings.IndexByte(rest, '-')
	if digits < 4 || digits > 8 || !isDigits(rest[:digits]) || digits > 4 && rest[0] == '0' {
		return none, false, false
	}
	y, _ := strconv.Atoi(rest[:digits])
	if len(rest) < len(lexical) {
		y = -y
	}
	rest = rest[digits:]
	// field reads a separator and two digits.
	good := true
	field := func(separator byte) int {
		if len(rest) < 3 || rest[0] != separator || !isDigits(rest[1:3]) {
			good = false
			return 0
		}
		n := int(rest[1]-'0')*10 + int(rest[2]-'0')
		rest = rest[3:]
		return n
	}
	month, day := field('-'), field('-')
	var hour, minute, second, nanoseconds int
	if withTime {
		hour, minute, second = field('T'), field(':'), field(':')
		if good && strings.HasPrefix(rest, ".") {
			n := 1
			for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
				n++
			}
			nanoseconds, _ = strconv.Atoi((rest[1:n] + "000000000")[:9])
			if good = n > 1; hour == 24 && strings.Trim(rest[1:n], "0") != "" {
				good = false
			}
			rest = rest[n:]
		}
		if minute > 59 || second > 59 || hour > 24 || hour == 24 && (minute > 0 || second > 0) {
			good = false
		}
	}
	location := time.UTC
	switch zone := rest; {
	case zone == "" || zone == "Z":
		rest = ""
		zoned = zone != ""
	case zone[0] == '+' || zone[0] == '-':
		hours, minutes := field(zone[0]), field(':')
		if hours > 14 || minutes > 59 || hours == 14 && minutes > 0 {
			good = false
		}
		offset := hours*3600 + minutes*60
		if zone[0] == '-' {
			offset = -offset
		}
		location, zoned = time.FixedZone("", offset), true
	}
	if !good || rest != "" || month < 1 || month > 12 || day < 1 || day > daysIn(y, month) {
		return none, false, false
	}
	return time.Date(y, time.Month(month), day, hour, minute, second, nanoseconds, location), zoned, true
}

// daysIn returns the number of days of a month.
func daysIn(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

// compareValues compares two literals by the operator "<" of SPARQL 1.1,
// section 17.3. ok is false where SPARQL knows no order: other kinds of term,
// different types, ill-formed values, NaN, and moments of which one has a time
// zone and the other has not.
func compareValues(a, b rdf.Term) (order int, ok bool) {
	if !a.IsLiteral() || !b.IsLiteral() || !wellFormed(a) || !wellFormed(b) {
		return 0, false
	}
	ka, kb := orderOf(a.Datatype()), orderOf(b.Datatype())
	switch {
	case ka == exact && kb == exact:
		return compareDecimals(a.Value(), b.Value()), true
	case ka == exact && kb == approximate, ka == approximate && kb == exact, ka == approximate && kb == approximate:
		x, y := float(a.Value()), float(b.Value())
		return cmp.Compare(x, y), !math.IsNaN(x) && !math.IsNaN(y)
	case ka != kb:
		return 0, false
	}
	switch ka {
	case text:
		return strings.Compare(a.Value(), b.Value()), true
	case truth:
		value := func(t rdf.Term) int {
			if t.Value() == "true" || t.Value() == "1" {
				return 1
			}
			return 0
		}
		return value(a) - value(b), true
	case moment, date:
		x, zonedX, _ := parseMoment(a.Value(), ka == moment)
		y, zonedY, _ := parseMoment(b.Value(), ka == moment)
		return x.Compare(y), zonedX == zonedY
	}
	return 0, false
}

type orderKind uint8

const (
	unordered orderKind = iota
	exact
	approximate
	text
	truth
	moment
	date
)

func orderOf(datatype string) orderKind {
	name, ok := strings.CutPrefix(datatype, vocab.XSD)
	if !ok {
		return unordered
	}
	switch name {
	case "decimal", "integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger":
		return exact
	case "double", "float":
		return approximate
	case "string":
		return text
	case "boolean":
		return truth
	case "dateTime", "dateTimeStamp":
		return moment
	case "date":
		return date
	}
	if _, ok := bounds[name]; ok {
		return exact
	}
	return unordered
}

func float(lexical string) float64 {
	f, _ := strconv.ParseFloat(lexical, 64)
	return f
}

// compareDecimals compares two well-formed decimals exactly, in time linear in
// their length.
func compareDecimals(a, b string) int {
	negativeA, wholeA, fractionA := splitDecimal(a)
	negativeB, wholeB, fractionB := splitDecimal(b)
	if negativeA != negativeB {
		if negativeA {
			return -1
		}
		return 1
	}
	order := cmp.Or(
		cmp.Compare(len(wholeA), len(wholeB)),
		strings.Compare(wholeA, wholeB),
		strings.Compare(fractionA, fractionB),
	)
	if negativeA {
		return -order
	}
	return order
}

func splitDecimal(s string) (negative bool, whole, fraction string) {
	negative = strings.HasPrefix(s, "-")
	whole, fraction, _ = strings.Cut(strings.TrimLeft(s, "+-"), ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	return negative && whole+fraction != "", whole, fraction
}

// langMatches is the basic filtering of RFC 4647, section 3.3.1.
func langMatches(tag, basicRange string) bool {
	if tag == "" {
		return false
	}
	if basicRange == "*" {
		return true
	}
	return len(tag) >= len(basicRange) && strings.EqualFold(tag[:len(basicRange)], basicRange) &&
		(len(tag) == len(basicRange) || tag[len(basicRange)] == '-')
}

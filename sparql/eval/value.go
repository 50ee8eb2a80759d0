package eval

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// valueKind is the value space of a term, as operators see it (SPARQL 1.1
// Query, section 17.1). Numeric kinds stand in the order of promotion.
type valueKind uint8

const (
	kindNone valueKind = iota
	kindBlank
	kindIRI
	kindInteger
	kindDecimal
	kindFloat
	kindDouble
	kindString
	kindLang
	kindBoolean
	kindDateTime
	kindDate
	kindTime
	kindDuration // xsd:dayTimeDuration
	kindOther    // literals whose value we do not know, ill-typed ones too
)

// value is a term with its value worked out. The zero value is no value.
type value struct {
	kind valueKind
	b    bool
	i    int64    // integer, if big is nil
	big  *big.Int // integer beyond int64
	dec  decimal
	f    float64 // float, double
	at   moment  // dateTime, date, time; seconds of a duration
	term rdf.Term
}

func (v value) numeric() bool { return kindInteger <= v.kind && v.kind <= kindDouble }

func (v value) literal() bool { return v.kind >= kindInteger }

func (v value) text() string { return v.term.Value() }

// stringLike reports whether v is a simple literal, xsd:string or
// language-tagged.
func (v value) stringLike() bool { return v.kind == kindString || v.kind == kindLang }

// integerRanges are the datatypes derived from xsd:integer with their bounds,
// nil for none.
var integerRanges = func() map[string][2]*big.Int {
	n := func(s string) *big.Int {
		if s == "" {
			return nil
		}
		i, _ := new(big.Int).SetString(s, 10)
		return i
	}
	table := map[string][2]*big.Int{}
	for name, r := range map[string][2]string{
		"integer": {"", ""}, "nonPositiveInteger": {"", "0"}, "negativeInteger": {"", "-1"},
		"long": {"-9223372036854775808", "9223372036854775807"}, "int": {"-2147483648", "2147483647"},
		"short": {"-32768", "32767"}, "byte": {"-128", "127"}, "nonNegativeInteger": {"0", ""},
		"unsignedLong": {"0", "18446744073709551615"}, "unsignedInt": {"0", "4294967295"},
		"unsignedShort": {"0", "65535"}, "unsignedByte": {"0", "255"}, "positiveInteger": {"1", ""},
	} {
		table[vocab.XSD+name] = [2]*big.Int{n(r[0]), n(r[1])}
	}
	return table
}()

// valueOf works out the value of a term.
func valueOf(t rdf.Term) value {
	v := value{term: t}
	switch t.Kind() {
	case rdf.KindIRI:
		v.kind = kindIRI
		return v
	case rdf.KindBlank:
		v.kind = kindBlank
		return v
	case rdf.KindLiteral:
	default:
		return v
	}
	if t.Lang() != "" {
		v.kind = kindLang
		return v
	}
	datatype := t.Datatype()
	name, ok := strings.CutPrefix(datatype, vocab.XSD)
	if !ok {
		v.kind = kindOther
		return v
	}
	switch name {
	case "string":
		v.kind = kindString
		return v
	}
	// Other types have whiteSpace collapse.
	lexical := strings.Trim(t.Value(), " \t\r\n")
	ok = false
	switch name {
	case "boolean":
		v.kind = kindBoolean
		v.b, ok = parseBoolean(lexical)
	case "decimal":
		v.kind = kindDecimal
		v.dec, ok = parseDecimal(lexical)
	case "double":
		v.kind = kindDouble
		v.f, ok = parseFloat(lexical, 64)
	case "float":
		v.kind = kindFloat
		v.f, ok = parseFloat(lexical, 32)
	case "dateTime", "dateTimeStamp":
		v.kind = kindDateTime
		v.at, ok = parseDateTime(lexical)
		ok = ok && (name == "dateTime" || v.at.hasZone)
	case "date":
		v.kind = kindDate
		v.at, ok = parseDate(lexical)
	case "time":
		v.kind = kindTime
		v.at, ok = parseTime(lexical)
	case "dayTimeDuration":
		v.kind = kindDuration
		v.at, ok = parseDuration(lexical)
	default:
		if bounds, derived := integerRanges[datatype]; derived {
			v.kind = kindInteger
			if v.i, v.big, ok = parseInteger(lexical); ok && name != "integer" {
				n := v.bigInt()
				ok = (bounds[0] == nil || n.Cmp(bounds[0]) >= 0) && (bounds[1] == nil || n.Cmp(bounds[1]) <= 0)
			}
		}
	}
	if !ok {
		v.kind = kindOther
	}
	return v
}

// illTyped reports whether a kindOther value has a datatype that we know, so
// that it is ill-typed.
func illTyped(v value) bool {
	name, ok := strings.CutPrefix(v.term.Datatype(), vocab.XSD)
	if !ok || v.kind != kindOther {
		return false
	}
	switch name {
	case "boolean", "decimal", "double", "float", "dateTime", "dateTimeStamp", "date", "time", "dayTimeDuration":
		return true
	}
	_, ok = integerRanges[vocab.XSD+name]
	return ok
}

func parseBoolean(s string) (b, ok bool) {
	switch s {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

func parseInteger(s string) (int64, *big.Int, bool) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, nil, true
	}
	digits := strings.TrimLeft(s, "+-")
	if digits == "" || len(s)-len(digits) > 1 || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
		return 0, nil, false
	}
	n, ok := new(big.Int).SetString(strings.TrimPrefix(s, "+"), 10)
	return 0, n, ok
}

func parseFloat(s string, bits int) (float64, bool) {
	switch s {
	case "INF", "+INF":
		return math.Inf(1), true
	case "-INF":
		return math.Inf(-1), true
	case "NaN":
		return math.NaN(), true
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, bits)
	if err != nil && !math.IsInf(f, 0) && f != 0 {
		return 0, false
	}
	return f, err == nil || strings.ContainsAny(s, "0123456789") && math.IsInf(f, 0)
}

// bigInt returns an integer value as a big.Int.
func (v value) bigInt() *big.Int {
	if v.big != nil {
		return v.big
	}
	return big.NewInt(v.i)
}

// asDecimal returns an integer or decimal value as a decimal.
func (v value) asDecimal() decimal {
	if v.kind == kindInteger {
		return decimal{unscaled: v.bigInt()}
	}
	return v.dec
}

// asFloat returns a numeric value as a float64.
func (v value) asFloat() float64 {
	switch v.kind {
	case kindInteger:
		if v.big == nil {
			return float64(v.i)
		}
		f, _ := new(big.Float).SetInt(v.big).Float64()
		return f
	case kindDecimal:
		return v.dec.float()
	}
	return v.f
}

func stringValue(s string) value { return value{kind: kindString, term: rdf.String(s)} }

func booleanValue(b bool) value {
	return value{kind: kindBoolean, b: b, term: rdf.Literal(strconv.FormatBool(b), vocab.XSDBoolean)}
}

func integerValue(i int64) value {
	return value{kind: kindInteger, i: i, term: rdf.Literal(strconv.FormatInt(i, 10), vocab.XSDInteger)}
}

func bigValue(n *big.Int) value {
	if n.IsInt64() {
		return integerValue(n.Int64())
	}
	return value{kind: kindInteger, big: n, term: rdf.Literal(n.String(), vocab.XSDInteger)}
}

func decimalValue(d decimal) value {
	return value{kind: kindDecimal, dec: d, term: rdf.Literal(d.String(), vocab.XSDDecimal)}
}

func doubleValue(f float64) value {
	return value{kind: kindDouble, f: f, term: rdf.Literal(formatFloat(f, 64), vocab.XSDDouble)}
}

func floatValue(f float64) value {
	f = float64(float32(f))
	return value{kind: kindFloat, f: f, term: rdf.Literal(formatFloat(f, 32), vocab.XSD+"float")}
}

// formatFloat writes the canonical form of XML Schema: 1.5E0.
func formatFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "INF"
	case math.IsInf(f, -1):
		return "-INF"
	}
	s := strconv.FormatFloat(f, 'E', -1, bits)
	mantissa, exponent, _ := strings.Cut(s, "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}

// floatText writes a float as the cast to xsd:string does (XPath Functions,
// section 19.1.2): without an exponent between 1e-6 and 1e6.
func floatText(f float64, bits int) string {
	if a := math.Abs(f); a == 0 || a >= 1e-6 && a < 1e6 {
		if f == 0 && math.Signbit(f) {
			return "-0"
		}
		return strconv.FormatFloat(f, 'f', -1, bits)
	}
	return formatFloat(f, bits)
}

// effectiveBoolean is section 17.2.2; ok false is a type error.
func (v value) effectiveBoolean() (b, ok bool) {
	switch v.kind {
	case kindBoolean:
		return v.b, true
	case kindString, kindLang:
		return v.text() != "", true
	case kindInteger:
		return v.big != nil || v.i != 0, true
	case kindDecimal:
		return v.dec.unscaled.Sign() != 0, true
	case kindFloat, kindDouble:
		return v.f != 0 && !math.IsNaN(v.f), true
	case kindOther:
		// Ill-typed booleans and numbers are false.
		if illTyped(v) {
			return false, true
		}
	}
	return false, false
}

// arithmetic computes a op b for +, -, * and / (section 17.3).
func arithmetic(op byte, a, b value) (value, bool) {
	if !a.numeric() || !b.numeric() {
		return durationArithmetic(op, a, b)
	}
	kind := max(a.kind, b.kind)
	switch {
	case kind == kindInteger && op != '/':
		if a.big == nil && b.big == nil {
			x, y := a.i, b.i
			switch op {
			case '+':
				if z := x + y; (z > x) == (y > 0) {
					return integerValue(z), true
				}
			case '-':
				if z := x - y; (z < x) == (y > 0) {
					return integerValue(z), true
				}
			case '*':
				if x == 0 || y == 0 {
					return integerValue(0), true
				}
				if z := x * y; z/y == x && !(x == -1 && y == math.MinInt64) && !(y == -1 && x == math.MinInt64) {
					return integerValue(z), true
				}
			}
		}
		z, x, y := new(big.Int), a.bigInt(), b.bigInt()
		switch op {
		case '+':
			z.Add(x, y)
		case '-':
			z.Sub(x, y)
		case '*':
			z.Mul(x, y)
		}
		if z.BitLen() > maxDigits*4 {
			return value{}, false
		}
		return bigValue(z), true
	case kind <= kindDecimal:
		d, ok := a.asDecimal().arithmetic(op, b.asDecimal())
		if !ok {
			return value{}, false
		}
		return decimalValue(d), true
	}
	x, y := a.asFloat(), b.asFloat()
	if kind == kindFloat {
		x, y = float64(float32(x)), float64(float32(y))
	}
	var z float64
	switch op {
	case '+':
		z = x + y
	case '-':
		z = x - y
	case '*':
		z = x * y
	case '/':
		z = x / y
	}
	if kind == kindFloat {
		return floatValue(z), true
	}
	return doubleValue(z), true
}

// compareNumbers returns the order of two numeric values; ok is false if one is
// not a number.
func compareNumbers(a, b value) (c int, ok bool) {
	switch kind := max(a.kind, b.kind); {
	case kind == kindInteger:
		if a.big == nil && b.big == nil {
			switch {
			case a.i < b.i:
				return -1, true
			case a.i > b.i:
				return 1, true
			}
			return 0, true
		}
		return a.bigInt().Cmp(b.bigInt()), true
	case kind == kindDecimal:
		return a.asDecimal().cmp(b.asDecimal()), true
	}
	x, y := a.asFloat(), b.asFloat()
	switch {
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	case x == y:
		return 0, true
	}
	return 0, false
}

// equals is the "=" operator; ok false is a type error (section 17.4.1.7).
func equals(a, b value) (eq, ok bool) {
	if a.kind == kindNone || b.kind == kindNone {
		return false, false
	}
	if a.numeric() && b.numeric() {
		c, ok := compareNumbers(a, b)
		return ok && c == 0, true
	}
	if a.term == b.term {
		return true, true
	}
	if !a.literal() || !b.literal() {
		return false, true
	}
	if a.kind == b.kind {
		switch a.kind {
		case kindString:
			return false, true
		case kindLang:
			return a.text() == b.text() && strings.EqualFold(a.term.Lang(), b.term.Lang()), true
		case kindBoolean:
			return a.b == b.b, true
		case kindDateTime, kindDate, kindTime, kindDuration:
			return a.at.equal(b.at)
		}
	}
	if a.kind == kindOther || b.kind == kindOther {
		// Unknown values may be equal however they are written.
		if a.kind == kindLang || b.kind == kindLang {
			return false, true
		}
		return false, false
	}
	// Two known values of different spaces are not equal.
	return false, true
}

// compare is the order of "<" (section 17.3); ok false is a type error, or
// values without an order.
func compare(a, b value) (c int, ok bool) {
	if a.numeric() && b.numeric() {
		return compareNumbers(a, b)
	}
	if a.kind != b.kind {
		return 0, false
	}
	switch a.kind {
	case kindString:
		return strings.Compare(a.text(), b.text()), true
	case kindBoolean:
		switch {
		case a.b == b.b:
			return 0, true
		case b.b:
			return -1, true
		}
		return 1, true
	case kindDateTime, kindDate, kindTime, kindDuration:
		return a.at.compare(b.at)
	}
	return 0, false
}

// order compares for ORDER BY (section 15.1): nothing, blank nodes, IRIs,
// literals; literals by "<" where that has an answer, else by kind and text. It
// is total, so that a sort has one outcome.
func order(a, b value) int {
	ra, rb := orderRank(a), orderRank(b)
	if ra != rb {
		return ra - rb
	}
	switch {
	case a.numeric():
		if c, ok := compareNumbers(a, b); ok {
			if c != 0 {
				return c
			}
		} else if x, y := math.IsNaN(a.asFloat()), math.IsNaN(b.asFloat()); x != y {
			if x {
				return -1
			}
			return 1
		}
	case a.kind == kindDateTime || a.kind == kindDate || a.kind == kindTime || a.kind == kindDuration:
		if c := a.at.order(b.at); c != 0 {
			return c
		}
	case a.kind == kindBoolean:
		if c, _ := compare(a, b); c != 0 {
			return c
		}
	}
	return rdf.Compare(a.term, b.term)
}

func orderRank(v value) int {
	switch {
	case v.numeric():
		return int(kindInteger)
	case v.kind == kindLang:
		return int(kindString)
	}
	return int(v.kind)
}

package eval

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/google/uuid"
)

// maxText bounds the length in bytes of the strings that functions make, and
// maxReplacements the matches that REPLACE replaces. Beyond is a type error.
const (
	maxText         = 4 << 20
	maxReplacements = 100_000
)

// function is a built-in that gets its arguments evaluated; ok false is a type
// error (section 17.4).
type function func(x *exec, args []value) (value, bool)

var functions = map[string]function{
	"STR": func(_ *exec, a []value) (value, bool) {
		if a[0].kind == kindBlank {
			return value{}, false
		}
		return stringValue(a[0].text()), true
	},
	"LANG": func(_ *exec, a []value) (value, bool) {
		return stringValue(a[0].term.Lang()), a[0].literal()
	},
	"LANGMATCHES": func(_ *exec, a []value) (value, bool) {
		if !a[0].stringLike() || !a[1].stringLike() {
			return value{}, false
		}
		tag, pattern := strings.ToLower(a[0].text()), strings.ToLower(a[1].text())
		if pattern == "*" {
			return booleanValue(tag != ""), true
		}
		return booleanValue(tag == pattern || strings.HasPrefix(tag, pattern+"-")), true
	},
	"DATATYPE": func(_ *exec, a []value) (value, bool) {
		return valueOf(rdf.IRI(a[0].term.Datatype())), a[0].literal()
	},
	"IRI": toIRI,
	"URI": toIRI,
	"BNODE": func(x *exec, a []value) (value, bool) {
		if len(a) == 0 {
			return valueOf(x.freshBlank()), true
		}
		if a[0].kind != kindString {
			return value{}, false
		}
		return valueOf(x.blankFor(a[0].text())), true
	},
	"RAND":   func(*exec, []value) (value, bool) { return doubleValue(rand.Float64()), true },
	"UUID":   func(*exec, []value) (value, bool) { return valueOf(rdf.IRI("urn:uuid:" + uuid.NewString())), true },
	"NOW":    func(x *exec, _ []value) (value, bool) { return momentValue(kindDateTime, momentOf(x.now)), true },
	"ABS":    func(_ *exec, a []value) (value, bool) { return rounded(a[0], 'a') },
	"CEIL":   func(_ *exec, a []value) (value, bool) { return rounded(a[0], 'c') },
	"FLOOR":  func(_ *exec, a []value) (value, bool) { return rounded(a[0], 'f') },
	"ROUND":  func(_ *exec, a []value) (value, bool) { return rounded(a[0], 'r') },
	"UPLUS":  func(_ *exec, a []value) (value, bool) { return a[0], a[0].numeric() },
	"UMINUS": func(_ *exec, a []value) (value, bool) { return negated(a[0]) },
	"STRUUID": func(*exec, []value) (value, bool) {
		return stringValue(uuid.NewString()), true
	},
	"CONCAT": concat,
	"STRLEN": func(_ *exec, a []value) (value, bool) {
		return integerValue(int64(utf8.RuneCountInString(a[0].text()))), a[0].stringLike()
	},
	"SUBSTR": substr,
	"UCASE":  func(_ *exec, a []value) (value, bool) { return likeText(a[0], strings.ToUpper(a[0].text())) },
	"LCASE":  func(_ *exec, a []value) (value, bool) { return likeText(a[0], strings.ToLower(a[0].text())) },
	"ENCODE_FOR_URI": func(_ *exec, a []value) (value, bool) {
		if !a[0].stringLike() {
			return value{}, false
		}
		var b strings.Builder
		for _, c := range []byte(a[0].text()) {
			if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
				b.WriteByte(c)
			} else {
				const hexDigits = "0123456789ABCDEF"
				b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
			}
		}
		return stringValue(b.String()), true
	},
	"CONTAINS": func(_ *exec, a []value) (value, bool) {
		return booleanValue(strings.Contains(a[0].text(), a[1].text())), compatible(a[0], a[1])
	},
	"STRSTARTS": func(_ *exec, a []value) (value, bool) {
		return booleanValue(strings.HasPrefix(a[0].text(), a[1].text())), compatible(a[0], a[1])
	},
	"STRENDS": func(_ *exec, a []value) (value, bool) {
		return booleanValue(strings.HasSuffix(a[0].text(), a[1].text())), compatible(a[0], a[1])
	},
	"STRBEFORE": func(_ *exec, a []value) (value, bool) {
		if !compatible(a[0], a[1]) {
			return value{}, false
		}
		before, _, found := strings.Cut(a[0].text(), a[1].text())
		if !found {
			return stringValue(""), true
		}
		return likeText(a[0], before)
	},
	"STRAFTER": func(_ *exec, a []value) (value, bool) {
		if !compatible(a[0], a[1]) {
			return value{}, false
		}
		_, after, found := strings.Cut(a[0].text(), a[1].text())
		if !found {
			return stringValue(""), true
		}
		return likeText(a[0], after)
	},
	"REPLACE": replace,
	"REGEX": func(x *exec, a []value) (value, bool) {
		flags := ""
		if len(a) == 3 {
			if a[2].kind != kindString {
				return value{}, false
			}
			flags = a[2].text()
		}
		if !a[0].stringLike() || a[1].kind != kindString {
			return value{}, false
		}
		re, ok := x.regexp(a[1].text(), flags)
		if !ok {
			return value{}, false
		}
		matches := re.matches(x, a[0].text())
		return booleanValue(matches), x.err == nil
	},
	"YEAR":    func(_ *exec, a []value) (value, bool) { return part(a[0], func(f fields) int { return f.year }) },
	"MONTH":   func(_ *exec, a []value) (value, bool) { return part(a[0], func(f fields) int { return f.month }) },
	"DAY":     func(_ *exec, a []value) (value, bool) { return part(a[0], func(f fields) int { return f.day }) },
	"HOURS":   func(_ *exec, a []value) (value, bool) { return clockPart(a[0], func(f fields) int { return f.hour }) },
	"MINUTES": func(_ *exec, a []value) (value, bool) { return clockPart(a[0], func(f fields) int { return f.minute }) },
	"SECONDS": func(_ *exec, a []value) (value, bool) {
		if a[0].kind != kindDateTime && a[0].kind != kindTime {
			return value{}, false
		}
		d, ok := parseDecimal(fieldsOf(a[0]).second)
		return decimalValue(d), ok
	},
	"TIMEZONE": func(_ *exec, a []value) (value, bool) {
		if !temporal(a[0]) || !a[0].at.hasZone {
			return value{}, false
		}
		return durationValue(moment{seconds: int64(a[0].at.zone) * 60}), true
	},
	"TZ": func(_ *exec, a []value) (value, bool) {
		if !temporal(a[0]) {
			return value{}, false
		}
		s := strings.Trim(a[0].text(), " \t\r\n")
		switch {
		case !a[0].at.hasZone:
			return stringValue(""), true
		case strings.HasSuffix(s, "Z"):
			return stringValue("Z"), true
		}
		return stringValue(s[len(s)-6:]), true
	},
	"MD5":    digest(func(b []byte) []byte { s := md5.Sum(b); return s[:] }),
	"SHA1":   digest(func(b []byte) []byte { s := sha1.Sum(b); return s[:] }),
	"SHA256": digest(func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }),
	"SHA384": digest(func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }),
	"SHA512": digest(func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }),
	"STRLANG": func(_ *exec, a []value) (value, bool) {
		if a[0].kind != kindString || a[1].kind != kindString || a[1].text() == "" {
			return value{}, false
		}
		return valueOf(rdf.LangLiteral(a[0].text(), a[1].text())), true
	},
	"STRDT": func(_ *exec, a []value) (value, bool) {
		if a[0].kind != kindString || a[1].kind != kindIRI {
			return value{}, false
		}
		return valueOf(rdf.Literal(a[0].text(), a[1].text())), true
	},
	"SAMETERM":  func(_ *exec, a []value) (value, bool) { return booleanValue(a[0].term == a[1].term), true },
	"ISIRI":     func(_ *exec, a []value) (value, bool) { return booleanValue(a[0].kind == kindIRI), true },
	"ISURI":     func(_ *exec, a []value) (value, bool) { return booleanValue(a[0].kind == kindIRI), true },
	"ISBLANK":   func(_ *exec, a []value) (value, bool) { return booleanValue(a[0].kind == kindBlank), true },
	"ISLITERAL": func(_ *exec, a []value) (value, bool) { return booleanValue(a[0].literal()), true },
	"ISNUMERIC": func(_ *exec, a []value) (value, bool) { return booleanValue(a[0].numeric()), true },
}

// casts are the constructor functions (section 17.5).
var casts = map[string]function{
	vocab.XSDString: func(_ *exec, a []value) (value, bool) {
		switch a[0].kind {
		case kindBlank, kindNone:
			return value{}, false
		case kindFloat:
			return stringValue(floatText(a[0].f, 32)), true
		case kindDouble:
			return stringValue(floatText(a[0].f, 64)), true
		case kindBoolean:
			if a[0].b {
				return stringValue("true"), true
			}
			return stringValue("false"), true
		case kindDecimal:
			return stringValue(a[0].dec.String()), true
		case kindInteger:
			return stringValue(a[0].bigInt().String()), true
		}
		return stringValue(a[0].text()), true
	},
	vocab.XSDBoolean: func(_ *exec, a []value) (value, bool) {
		v := a[0]
		switch {
		case v.kind == kindBoolean:
			return booleanValue(v.b), true
		case v.numeric():
			b, _ := v.effectiveBoolean()
			return booleanValue(b), true
		case v.kind == kindString:
			b, ok := parseBoolean(strings.TrimSpace(v.text()))
			return booleanValue(b), ok
		}
		return value{}, false
	},
	vocab.XSDInteger: func(_ *exec, a []value) (value, bool) {
		v := a[0]
		switch v.kind {
		case kindInteger:
			return bigValue(v.bigInt()), true
		case kindDecimal:
			return bigValue(new(big.Int).Quo(v.dec.unscaled, pow10(v.dec.scale))), true
		case kindFloat, kindDouble:
			if math.IsNaN(v.f) || math.IsInf(v.f, 0) {
				return value{}, false
			}
			n, _ := big.NewFloat(v.f).Int(nil)
			return bigValue(n), true
		case kindBoolean:
			if v.b {
				return integerValue(1), true
			}
			return integerValue(0), true
		case kindString:
			i, n, ok := parseInteger(strings.TrimSpace(v.text()))
			if n != nil {
				return bigValue(n), ok
			}
			return integerValue(i), ok
		}
		return value{}, false
	},
	vocab.XSDDecimal: func(_ *exec, a []value) (value, bool) {
		v := a[0]
		switch v.kind {
		case kindInteger, kindDecimal:
			return decimalValue(v.asDecimal()), true
		case kindFloat, kindDouble:
			if math.IsNaN(v.f) || math.IsInf(v.f, 0) {
				return value{}, false
			}
			d, ok := parseDecimal(big.NewFloat(v.f).Text('f', -1))
			return decimalValue(d), ok
		case kindBoolean:
			n := int64(0)
			if v.b {
				n = 1
			}
			return decimalValue(decimal{unscaled: big.NewInt(n)}), true
		case kindString:
			d, ok := parseDecimal(strings.TrimSpace(v.text()))
			if !ok {
				return value{}, false
			}
			return decimalValue(d), true
		}
		return value{}, false
	},
	vocab.XSDDouble: func(_ *exec, a []value) (value, bool) {
		f, ok := toFloat(a[0], 64)
		return doubleValue(f), ok
	},
	vocab.XSDFloat: func(_ *exec, a []value) (value, bool) {
		f, ok := toFloat(a[0], 32)
		return floatValue(f), ok
	},
	vocab.XSDDateTime: func(_ *exec, a []value) (value, bool) {
		switch v := a[0]; v.kind {
		case kindDateTime:
			return v, true
		case kindDate:
			return momentValue(kindDateTime, v.at), true
		case kindString:
			w := valueOf(rdf.Literal(strings.TrimSpace(v.text()), vocab.XSDDateTime))
			return w, w.kind == kindDateTime
		}
		return value{}, false
	},
	vocab.XSDDate: func(_ *exec, a []value) (value, bool) {
		switch v := a[0]; v.kind {
		case kindDate:
			return v, true
		case kindDateTime:
			return momentValue(kindDate, v.at), true
		case kindString:
			w := valueOf(rdf.Literal(strings.TrimSpace(v.text()), vocab.XSDDate))
			return w, w.kind == kindDate
		}
		return value{}, false
	},
	vocab.XSD + "time": func(_ *exec, a []value) (value, bool) {
		switch v := a[0]; v.kind {
		case kindTime:
			return v, true
		case kindDateTime:
			_, clock, _ := strings.Cut(strings.TrimSpace(v.text()), "T")
			return valueOf(rdf.Literal(clock, vocab.XSD+"time")), true
		case kindString:
			w := valueOf(rdf.Literal(strings.TrimSpace(v.text()), vocab.XSD+"time"))
			return w, w.kind == kindTime
		}
		return value{}, false
	},
	vocab.XSD + "dayTimeDuration": func(_ *exec, a []value) (value, bool) {
		w := valueOf(rdf.Literal(strings.TrimSpace(a[0].text()), vocab.XSD+"dayTimeDuration"))
		return w, (a[0].kind == kindString || a[0].kind == kindDuration) && w.kind == kindDuration
	},
}

func toFloat(v value, bits int) (float64, bool) {
	switch {
	case v.numeric():
		return v.asFloat(), true
	case v.kind == kindBoolean:
		if v.b {
			return 1, true
		}
		return 0, true
	case v.kind == kindString:
		return parseFloat(strings.TrimSpace(v.text()), bits)
	}
	return 0, false
}

func toIRI(x *exec, a []value) (value, bool) {
	switch a[0].kind {
	case kindIRI:
		return a[0], true
	case kindString:
		ref := a[0].text()
		if !rdf.IsAbsoluteIRI(ref) {
			ref = rdf.ResolveIRI(x.base, ref)
		}
		return valueOf(rdf.IRI(ref)), true
	}
	return value{}, false
}

func comparison(test func(int) bool) func(a, b value) (value, bool) {
	return func(a, b value) (value, bool) {
		c, ok := compare(a, b)
		if !ok && a.numeric() && b.numeric() {
			return booleanValue(false), true // NaN
		}
		return booleanValue(ok && test(c)), ok
	}
}

// likeText returns s as the kind of string that v is.
func likeText(v value, s string) (value, bool) {
	switch v.kind {
	case kindString:
		return stringValue(s), true
	case kindLang:
		return valueOf(rdf.LangLiteral(s, v.term.Lang())), true
	}
	return value{}, false
}

// compatible is argument compatibility (section 17.4.3.1.2).
func compatible(a, b value) bool {
	return a.stringLike() && b.stringLike() &&
		(b.kind == kindString || a.kind == kindLang && strings.EqualFold(a.term.Lang(), b.term.Lang()))
}

func concat(_ *exec, a []value) (value, bool) {
	var b strings.Builder
	lang, same := "", true
	for i, v := range a {
		if !v.stringLike() || b.Len()+len(v.text()) > maxText {
			return value{}, false
		}
		b.WriteString(v.text())
		if i == 0 {
			lang = v.term.Lang()
		}
		same = same && v.term.Lang() == lang
	}
	if same && lang != "" {
		return valueOf(rdf.LangLiteral(b.String(), lang)), true
	}
	return stringValue(b.String()), true
}

// substr is SUBSTR: positions count characters from 1 and are rounded (XPath
// Functions, section 5.4.3).
func substr(_ *exec, a []value) (value, bool) {
	if !a[0].stringLike() || !a[1].numeric() || len(a) == 3 && !a[2].numeric() {
		return value{}, false
	}
	from := math.Floor(a[1].asFloat() + 0.5)
	to := math.Inf(1)
	if len(a) == 3 {
		to = from + math.Floor(a[2].asFloat()+0.5)
	}
	s := a[0].text()
	start, end, n := len(s), len(s), 0.0
	for i := range s {
		n++
		if n >= from && start == len(s) && n < to {
			start = i
		}
		if n >= to {
			end = i
			break
		}
	}
	if math.IsNaN(from) || math.IsNaN(to) || start > end {
		start, end = 0, 0
	}
	return likeText(a[0], s[start:end])
}

func replace(x *exec, a []value) (value, bool) {
	flags := ""
	if len(a) == 4 {
		if a[3].kind != kindString {
			return value{}, false
		}
		flags = a[3].text()
	}
	if !a[0].stringLike() || a[1].kind != kindString || a[2].kind != kindString {
		return value{}, false
	}
	re, ok := x.regexp(a[1].text(), flags)
	if !ok || re.MatchString("") {
		return value{}, false
	}
	s := a[0].text()
	var b strings.Builder
	last := 0
	replaced := 0
	for m := range re.each(x, s) {
		if replaced++; replaced > maxReplacements {
			return value{}, false
		}
		b.WriteString(s[last:m[0]])
		if strings.Contains(flags, "q") {
			b.WriteString(a[2].text())
		} else if !expand(&b, a[2].text(), s, m) {
			return value{}, false
		}
		if b.Len() > maxText {
			return value{}, false
		}
		last = m[1]
	}
	if x.err != nil {
		return value{}, false
	}
	b.WriteString(s[last:])
	return likeText(a[0], b.String())
}

func digest(sum func([]byte) []byte) function {
	return func(_ *exec, a []value) (value, bool) {
		if a[0].kind != kindString {
			return value{}, false
		}
		return stringValue(hex.EncodeToString(sum([]byte(a[0].text())))), true
	}
}

func temporal(v value) bool {
	return v.kind == kindDateTime || v.kind == kindDate || v.kind == kindTime
}

// part takes a part of a dateTime, or, beyond the standard, of a date.
func part(v value, get func(fields) int) (value, bool) {
	if v.kind != kindDateTime && v.kind != kindDate {
		return value{}, false
	}
	return integerValue(int64(get(fieldsOf(v)))), true
}

func clockPart(v value, get func(fields) int) (value, bool) {
	if v.kind != kindDateTime && v.kind != kindTime {
		return value{}, false
	}
	return integerValue(int64(get(fieldsOf(v)))), true
}

// rounded is ABS ('a'), CEIL ('c'), FLOOR ('f') and ROUND ('r').
func rounded(v value, mode byte) (value, bool) {
	switch v.kind {
	case kindInteger:
		if mode == 'a' && v.bigInt().Sign() < 0 {
			return negated(v)
		}
		return bigValue(v.bigInt()), true
	case kindDecimal:
		if mode == 'a' {
			return decimalValue(decimal{new(big.Int).Abs(v.dec.unscaled), v.dec.scale}), true
		}
		return decimalValue(v.dec.round(mode)), true
	case kindFloat, kindDouble:
		f := v.f
		switch mode {
		case 'a':
			f = math.Abs(f)
		case 'c':
			f = math.Ceil(f)
		case 'f':
			f = math.Floor(f)
		case 'r':
			f = math.Floor(f + 0.5)
		}
		if v.kind == kindFloat {
			return floatValue(f), true
		}
		return doubleValue(f), true
	}
	return value{}, false
}

func negated(v value) (value, bool) {
	switch v.kind {
	case kindInteger:
		return bigValue(new(big.Int).Neg(v.bigInt())), true
	case kindDecimal:
		return decimalValue(decimal{new(big.Int).Neg(v.dec.unscaled), v.dec.scale}), true
	case kindFloat:
		return floatValue(-v.f), true
	case kindDouble:
		return doubleValue(-v.f), true
	}
	return value{}, false
}

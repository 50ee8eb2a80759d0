package jsonld

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// decode reads a JSON document within the bounds. Integers that a float64 can
// not hold keep their text, as json.Number.
func decode(b []byte, o Options) (any, error) {
	if len(b) > o.maxBytes() {
		return nil, o.fail(fmt.Sprintf("document is larger than %d bytes", o.maxBytes()))
	}
	at := func(offset int, message string) error {
		offset = min(offset, len(b))
		return &rdf.SyntaxError{Source: o.Source, Span: rdf.NewLines(b).Span(max(offset-1, 0), offset), Message: message}
	}
	if offset := tooDeep(b, o.maxDepth()); offset > 0 {
		return nil, at(offset, fmt.Sprintf("nested deeper than %d", o.maxDepth()))
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil {
		rest := bytes.TrimLeft(b[d.InputOffset():], " \t\r\n")
		if len(rest) == 0 {
			return withFloats(v), nil
		}
		return nil, at(len(b)-len(rest)+1, "text after the end of the JSON document")
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, at(int(syntax.Offset), syntax.Error())
	}
	return nil, at(len(b), "JSON document that ends too early")
}

// withFloats replaces numbers by float64, which the library wants, where that
// loses nothing that JSON-LD keeps.
func withFloats(v any) any {
	switch v := v.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil && (!isInteger(v.String()) || math.Abs(f) < 1<<53) {
			return f
		}
	case []any:
		for i := range v {
			v[i] = withFloats(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = withFloats(v[k])
		}
	}
	return v
}

// tooDeep returns the offset after the bracket that goes over the bound, 0 if
// none does.
func tooDeep(b []byte, bound int) int {
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '[' || c == '{':
			if depth++; depth > bound {
				return i + 1
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return 0
}

// number returns the lexical form and the datatype of a JSON number (JSON-LD
// 1.1 API, section 8.2.2, steps 10 and 11).
func number(n json.Number, datatype string) (string, string) {
	text := n.String()
	if isInteger(text) && datatype != vocab.XSDDouble {
		return canonicalInteger(text), cmp.Or(datatype, vocab.XSDInteger)
	}
	f, err := n.Float64()
	if err != nil && math.IsInf(f, 0) || math.IsNaN(f) {
		return text, cmp.Or(datatype, vocab.XSDDouble)
	}
	if datatype != vocab.XSDDouble && f == math.Trunc(f) && math.Abs(f) < 1e21 {
		return canonicalInteger(strconv.FormatFloat(f, 'f', 0, 64)), cmp.Or(datatype, vocab.XSDInteger)
	}
	return canonicalDouble(f), cmp.Or(datatype, vocab.XSDDouble)
}

func isInteger(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && len(s) <= 21 && strings.Trim(s, "0123456789") == ""
}

func canonicalInteger(s string) string {
	if s == "-0" {
		return "0"
	}
	return s
}

// canonicalDouble is the canonical lexical form of xsd:double (XML Schema Part
// 2, section 3.2.5.2), rounded to 15 digits behind the point as JSON-LD has it.
func canonicalDouble(f float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', 15, 64), "E")
	mantissa = strings.TrimRight(mantissa, "0")
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "E" + sign + cmp.Or(strings.TrimLeft(exponent[1:], "0"), "0")
}

// appendCanonicalJSON appends v as RFC 8785 has it: keys in the order of their
// UTF-16 code units, numbers as ECMAScript writes them.
func appendCanonicalJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		return appendJSONString(b, v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return append(b, v.String()...)
		}
		return appendNumber(b, f)
	case float64:
		return appendNumber(b, v)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonicalJSON(b, item)
		}
		return append(b, ']')
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		})
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, k), ':')
			b = appendCanonicalJSON(b, v[k])
		}
		return append(b, '}')
	}
	return b
}

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c < 0x20:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, string(c)...)
		}
	}
	return append(b, '"')
}

// appendNumber writes f as ECMAScript's Number::toString does.
func appendNumber(b []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case f == 0:
		return append(b, '0')
	case abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	b = append(append(b, mantissa...), 'e', exponent[0])
	return append(b, strings.TrimLeft(exponent[1:], "0")...)
}

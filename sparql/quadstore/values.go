package quadstore

import (
	"math"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
)

var (
	_ eval.Ranger   = (*Snapshot)(nil)
	_ eval.Comparer = (*Snapshot)(nil)
)

// dictionaryIDs are all IDs that a term in the dictionary may have. Literals of
// every type are among them: decimals, long strings, "01"^^xsd:integer.
var dictionaryIDs = [2]eval.ID{1, 1<<59 - 1}

// Ranges is eval.Ranger: the dictionary as a whole, and of the literals that
// are their own ID those between the bounds. Where the operators compare with
// rounding, or may find no answer for want of a timezone, the range is wider
// than need be, never narrower.
func (d *Snapshot) Ranges(low, high rdf.Term) (ranges [][2]eval.ID, ok bool) {
	return rangesOf(low, high)
}

func rangesOf(low, high rdf.Term) (ranges [][2]eval.ID, ok bool) {
	from, okLow := boundOf(low)
	to, okHigh := boundOf(high)
	tag := max(from.tag, to.tag)
	if !okLow || !okHigh || tag == 0 || from.tag != 0 && to.tag != 0 && from.tag != to.tag {
		return nil, false
	}
	least, most := uint64(0), uint64(payloadMask)
	if from.tag != 0 {
		least = from.least
	}
	if to.tag != 0 {
		most = to.most
	}
	ranges = append(ranges, dictionaryIDs)
	if least > most {
		return ranges, true
	}
	details := 1
	switch tag {
	case tagString:
		details = 8
	case tagDateTime:
		details = 4
	}
	for detail := range details {
		ranges = append(ranges, [2]eval.ID{makeID(tag, detail, least), makeID(tag, detail, most)})
	}
	return ranges, true
}

// bound is what a literal says of the payloads of IDs with a tag: the least that
// may be at or above it, the most that may be at or below it.
type bound struct {
	tag         eval.ID
	least, most uint64
}

// zoneSlack is how far a date may be from the time that its days alone say.
const zoneSlack = 14 * 3600

// boundOf returns the bound that a literal is; the zero bound for no term, ok
// false for what has no order that IDs know.
func boundOf(t rdf.Term) (b bound, ok bool) {
	if t.IsZero() {
		return b, true
	}
	if n, ok := numberOf(t); ok {
		// Operators may round to xsd:float, so that integers are equal which are not.
		slack := math.Abs(n)/(1<<22) + 1
		return bound{tagInteger, integerPayload(math.Floor(n - slack)), integerPayload(math.Ceil(n + slack))}, true
	}
	switch t.Datatype() {
	case vocab.XSD + "string":
		// Longer strings that begin alike are apart, but not in their first bytes.
		id, _ := inlineString(t.Value()[:min(len(t.Value()), 7)])
		return bound{tagString, uint64(id & payloadMask), uint64(id & payloadMask)}, true
	}
	id, ok := inline(t)
	payload := uint64(id & payloadMask)
	switch {
	case !ok:
		return b, false
	case tagOf(id) == tagBoolean:
		return bound{tagBoolean, payload, payload}, true
	case tagOf(id) == tagDate:
		seconds := int(payload>>zoneBits)*secondsInDay - zoneSeconds(int(payload&(1<<zoneBits-1)))
		least := max((seconds-zoneSlack)/secondsInDay-1, 0)
		most := (seconds+zoneSlack)/secondsInDay + 1
		return bound{tagDate, uint64(least) << zoneBits, uint64(most)<<zoneBits | (1<<zoneBits - 1)}, true
	case tagOf(id) == tagDateTime:
		moment := payload >> zoneBits
		return bound{tagDateTime, moment << zoneBits, moment<<zoneBits | (1<<zoneBits - 1)}, true
	}
	return b, false
}

// numberOf returns about the value of a numeric literal; ok is false for NaN
// too.
func numberOf(t rdf.Term) (n float64, ok bool) {
	name, isXSD := strings.CutPrefix(t.Datatype(), vocab.XSD)
	if !t.IsLiteral() || !isXSD {
		return 0, false
	}
	switch name {
	case "integer", "decimal", "float", "double", "nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte",
		"nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger":
	default:
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.Trim(t.Value(), " \t\r\n"), 64)
	if err != nil && !math.IsInf(n, 0) {
		return 0, false
	}
	return n, !math.IsNaN(n)
}

// integerPayload returns the payload of the integer nearest to n that an ID can
// hold.
func integerPayload(n float64) uint64 {
	switch {
	case n <= -integerBias:
		return 0
	case n >= integerBias:
		return payloadMask
	}
	return min(uint64(int64(n)+integerBias), payloadMask)
}

// Compare is eval.Comparer: it knows the order of integers, short strings,
// booleans, dates and dateTimes among their own kind. Of two that are equal in
// value but written differently the text decides, which it does not know.
func (d *Snapshot) Compare(a, b eval.ID) (c int, ok bool) {
	if a == b {
		return 0, a != 0
	}
	if tagOf(a) != tagOf(b) {
		return 0, false
	}
	x, y := uint64(a&payloadMask), uint64(b&payloadMask)
	switch tagOf(a) {
	case tagInteger, tagBoolean:
		return order3(x, y), true
	case tagString:
		if x == y { // one goes on with NUL bytes
			return order3(uint64(a), uint64(b)), true
		}
		return order3(x, y), true
	case tagDate:
		x = x>>zoneBits*secondsInDay - uint64(zoneSeconds(int(x&(1<<zoneBits-1)))) + secondsBias
		y = y>>zoneBits*secondsInDay - uint64(zoneSeconds(int(y&(1<<zoneBits-1)))) + secondsBias
		return order3(x, y), x != y
	case tagDateTime:
		x, y = x>>zoneBits, y>>zoneBits
		return order3(x, y), x != y
	}
	return 0, false
}

func order3(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

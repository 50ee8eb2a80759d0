package quadstore

import (
	"strconv"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
	"pgregory.net/rapid"
)

func TestInline(t *testing.T) {
	xsd := func(local string, lexical ...string) (terms []rdf.Term) {
		for _, l := range lexical {
			terms = append(terms, rdf.Literal(l, vocab.XSD+local))
		}
		return terms
	}
	fits := append([]rdf.Term{rdf.String(""), rdf.String("Gent"), rdf.String("zeven !"), rdf.String("\x00\x00"), rdf.String("é€")},
		xsd("integer", "0", "7", "-7", "2026", "36028797018963967", "-36028797018963968")...)
	fits = append(fits, xsd("boolean", "true", "false")...)
	fits = append(fits, xsd("date", "2026-11-21", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2026-11-21Z", "2026-11-21+01:00", "2026-11-21-09:30")...)
	fits = append(fits, xsd("dateTime", "2026-11-21T20:00:00Z", "2026-11-21T20:00:00", "2026-06-21T20:00:00+02:00", "2026-06-21T20:00:00+00:00",
		"2026-06-21T23:59:59.1+02:00", "2026-06-21T00:00:00.120Z", "2026-06-21T00:00:00.000Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999-14:00", "2024-12-31T12:00:00+05:45")...)
	seen := map[eval.ID]rdf.Term{}
	for _, term := range fits {
		id, ok := inline(term)
		if !ok {
			t.Errorf("%v is not inline", term)
			continue
		}
		if id>>63 != 0 || id == 0 || tagOf(id) == tagDictionary {
			t.Errorf("%v has the forbidden ID %#x", term, id)
		}
		if other, double := seen[id]; double {
			t.Errorf("%v and %v share an ID", term, other)
		}
		seen[id] = term
		if back, ok := inlined(id); !ok || back != term {
			t.Errorf("%v comes back as %v", term, back)
		}
	}

	fitsNot := append([]rdf.Term{rdf.IRI("http://x/"), rdf.Blank("b"), rdf.String("achtacht"), rdf.LangLiteral("ja", "nl"), rdf.Literal("a", "http://x/d")},
		xsd("integer", "", "+7", "007", "-0", " 7", "7 ", "1_000", "0x1", "36028797018963968", "7.0", "tien", "٧")...)
	fitsNot = append(fitsNot, xsd("boolean", "1", "0", "True", "")...)
	fitsNot = append(fitsNot, xsd("date", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1", "0000-01-01", "-0001-01-01", "12026-01-01", "2026-01-01z", "2026-01-01+14:15", "2026-01-01+01:07", "2026-01-01-00:00")...)
	fitsNot = append(fitsNot, xsd("dateTime", "2026-11-21", "2026-11-21T24:00:00Z", "2026-11-21T20:00:60Z", "2026-11-21T20:00:00.Z", "2026-11-21T20:00:00.1234Z", "2026-11-21T20:00Z", "2026-11-21 20:00:00Z", "2026-11-21T20:00:00+15:00", "2026-11-21T20:00:00+1:00")...)
	fitsNot = append(fitsNot, xsd("decimal", "1", "1.0")...)
	for _, term := range fitsNot {
		if id, ok := inline(term); ok {
			t.Errorf("%v is inline as %#x, which gives %v", term, id, must(inlined(id)))
		}
	}
}

func must(t rdf.Term, _ bool) rdf.Term { return t }

// Whatever fits comes back byte for byte, and IDs made of noise either mean a
// term that has that very ID or nothing.
func TestInlineRoundTrip(t *testing.T) {
	types := rapid.SampledFrom([]string{"string", "integer", "boolean", "date", "dateTime", "decimal"})
	lexical := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[-+]?[0-9]{1,18}`),
		rapid.StringMatching(`[0-9]{4}-[01][0-9]-[0-3][0-9]([-+][01][0-9]:(00|15|30|45)|Z)?`),
		rapid.StringMatching(`[0-9]{4}-[01][0-9]-[0-3][0-9]T[012][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,4})?([-+][01][0-9]:[0-5][0-9]|Z)?`),
	)
	rapid.Check(t, func(t *rapid.T) {
		term := rdf.Literal(lexical.Draw(t, "lexical"), vocab.XSD+types.Draw(t, "type"))
		if id, ok := inline(term); ok {
			if back, ok := inlined(id); !ok || back != term {
				t.Fatalf("%v comes back as %v", term, back)
			}
		}
		noise := eval.ID(rapid.Uint64Range(0, 1<<63-1).Draw(t, "noise"))
		if term, ok := inlined(noise); ok {
			if id, ok := inline(term); !ok || id != noise {
				t.Fatalf("%#x gives %v, which has the ID %#x", noise, term, id)
			}
		}
	})
}

// Every day of the calendar, so that no leap rule is off by one.
func TestInlineEveryDay(t *testing.T) {
	for days := range daysBefore(10000, 1) {
		text := string(appendDate(nil, days))
		if back, rest, ok := parseDate(text); !ok || rest != "" || back != days {
			t.Fatalf("day %s gives %s, which is day %s", strconv.Itoa(days), text, strconv.Itoa(back))
		}
	}
}

package besluit

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// iriOf returns the IRI of a node, "_:" and its label for a blank one.
func iriOf(t rdf.Term) string {
	if t.IsBlank() {
		return "_:" + t.Value()
	}
	return t.Value()
}

// values yields the objects of the first of the properties that has any.
func (l *lift) values(t rdf.Term, properties []string) []rdf.Term {
	if t.IsZero() {
		return nil
	}
	for _, p := range properties {
		if list := slices.Collect(l.g.Objects(t, rdf.IRI(p))); len(list) > 0 {
			return list
		}
	}
	return nil
}

// text returns the first text among the properties, Dutch before others, with
// its white space as HTML shows it.
func (l *lift) text(t rdf.Term, properties ...string) string {
	for _, p := range properties {
		first := ""
		for _, o := range l.values(t, []string{p}) {
			s := collapse(o.Value())
			if !o.IsLiteral() || s == "" {
				continue
			}
			if isDutch(o.Lang()) {
				return s
			}
			if first == "" {
				first = s
			}
		}
		if first != "" {
			return first
		}
	}
	return ""
}

// body returns the longest text of a property as it stands, because it may be
// HTML.
func (l *lift) body(t rdf.Term, property string) string {
	longest := ""
	for o := range l.g.Objects(t, rdf.IRI(property)) {
		if s := strings.TrimSpace(o.Value()); o.IsLiteral() && len(s) > len(longest) {
			longest = s
		}
	}
	return longest
}

// node returns the first object that is not a literal.
func (l *lift) node(t rdf.Term, properties ...string) rdf.Term {
	if t.IsZero() {
		return rdf.Term{}
	}
	for _, p := range properties {
		for o := range l.g.Objects(t, rdf.IRI(p)) {
			if !o.IsLiteral() {
				return o
			}
		}
	}
	return rdf.Term{}
}

// iri returns the IRI of the first object that is not a literal.
func (l *lift) iri(t rdf.Term, properties ...string) string {
	return iriOf(l.node(t, properties...))
}

// iris returns the IRIs of all objects, each once, in graph order.
func (l *lift) iris(t rdf.Term, property string) []string {
	var list []string
	for o := range l.g.Objects(t, rdf.IRI(property)) {
		if iri := iriOf(o); !o.IsLiteral() && !slices.Contains(list, iri) {
			list = append(list, iri)
		}
	}
	return list
}

// bronnen returns the pages that a node was read from, sorted.
func (l *lift) bronnen(t rdf.Term) []string {
	list := l.iris(t, vocab.ProvWasDerivedFrom)
	slices.Sort(list)
	return list
}

// label returns the text of a literal, or the label of a node.
func (l *lift) label(t rdf.Term) string {
	if t.IsLiteral() {
		return collapse(t.Value())
	}
	return l.text(t, vocab.RDFSLabel, vocab.SKOSPrefLabel, vocab.DctTitle)
}

func (l *lift) boolean(t rdf.Term, property string) *bool {
	for o := range l.g.Objects(t, rdf.IRI(property)) {
		switch strings.ToLower(strings.TrimSpace(o.Value())) {
		case "true", "1":
			return new(true)
		case "false", "0":
			return new(false)
		}
	}
	return nil
}

// count returns a number of votes, -1 if there is none or it is none.
func (l *lift) count(t rdf.Term, property string) int {
	for o := range l.g.Objects(t, rdf.IRI(property)) {
		if n, err := strconv.Atoi(strings.TrimSpace(o.Value())); err == nil && n >= 0 {
			return n
		}
	}
	return -1
}

func (l *lift) time(t rdf.Term, property string) time.Time {
	for o := range l.g.Objects(t, rdf.IRI(property)) {
		if at, ok := ParseTime(o.Value()); ok {
			return at
		}
	}
	return time.Time{}
}

// timeLayouts are the forms of xsd:dateTime and xsd:date that the portal takes
// (offset ±hh:mm, ±hhmm, ±hh or Z) and that pages use. A moment without an
// offset keeps its clock time, in UTC.
var timeLayouts = [...]string{
	"2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999Z07",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02",
	"2006-01-02Z07:00",
}

// ParseTime reads an xsd:dateTime or xsd:date as Lift does.
func ParseTime(s string) (at time.Time, ok bool) {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, s); err == nil && at.Year() > 0 {
			return at, true
		}
	}
	return time.Time{}, false
}

func (l *lift) mandatarissenVan(t rdf.Term, properties ...string) []*Mandataris {
	var list []*Mandataris
	for _, p := range properties {
		for o := range l.g.Objects(t, rdf.IRI(p)) {
			if m := l.mandataris(o); m != nil {
				list = append(list, m)
			}
		}
	}
	return list
}

// naamVanMandataris returns the name that the mandate holder or the person
// behind the mandate has in the graph.
func (l *lift) naamVanMandataris(t rdf.Term) string {
	for _, node := range []rdf.Term{l.node(t, vocab.MandaatIsBestuurlijkeAliasVan), t} {
		first := l.text(node, vocab.PersoonGebruikteVoornaam, persoonVoornaam2)
		family := l.text(node, vocab.FoafFamilyName)
		if name := collapse(first + " " + family); name != "" {
			return name
		}
		if name := l.text(node, vocab.FoafName, vocab.RDFSLabel, vocab.SKOSPrefLabel); name != "" {
			return name
		}
	}
	return ""
}

// collapse makes white space as HTML shows it: one space between words.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

func isDutch(lang string) bool {
	return len(lang) >= 2 && strings.EqualFold(lang[:2], "nl") && (len(lang) == 2 || lang[2] == '-')
}

// firstNumber returns the first whole number in a text such as "Artikel 3".
func firstNumber(s string) (n int, ok bool) {
	start := strings.IndexAny(s, "0123456789")
	if start < 0 {
		return 0, false
	}
	end := start
	for end < len(s) && '0' <= s[end] && s[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(s[start:end])
	return n, err == nil
}

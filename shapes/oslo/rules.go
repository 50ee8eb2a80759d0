package oslo

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Rule documents one rule: what the site shows at /docs/regels/{code}.
type Rule struct {
	Code string `json:"code"` // stable
	// Severity in the first of Profiles; another profile may see it otherwise.
	Severity    rdf.Severity `json:"severity"`
	Title       rdf.Text     `json:"title"`
	Explanation rdf.Text     `json:"explanation"` // what is asked, or what is wrong
	Consequence rdf.Text     `json:"consequence"` // what goes wrong when it stays; may be empty
	Mending     rdf.Text     `json:"mending"`     // how to mend it
	Wrong       string       `json:"wrong,omitempty"`
	Example     string       `json:"example,omitempty"` // HTML that is right
	// Level of maturity that asks for it; NoLevel for rules outside the ladder.
	Level Level `json:"level,omitempty"`
	// Profiles that apply it; empty means that it always applies.
	Profiles []Profile `json:"profiles,omitempty"`
	// Private marks rules whose value must never be shown in full.
	Private bool `json:"private,omitempty"`
}

// Rules returns every rule that Belfort knows of published decisions: those
// about faults first, then those of the profiles in the order of their files.
// The slice is the caller's.
func Rules() []Rule { return slices.Clone(allRules()) }

// LookupRule returns the rule with that code.
func LookupRule(code string) (Rule, bool) {
	rule, ok := rulesByCode()[code]
	return rule, ok
}

// IsPrivacy reports whether a rule looks for personal data: a violation of it
// keeps a page from being published, and what it found is never shown.
func IsPrivacy(code string) bool {
	rule, ok := LookupRule(code)
	return ok && rule.Private
}

var allRules = sync.OnceValue(func() []Rule {
	return slices.Concat(faultRules(), slipRules(), registerRules(), privacyRules(), shapeRules())
})

var rulesByCode = sync.OnceValue(func() map[string]Rule {
	all := map[string]Rule{}
	for _, r := range allRules() {
		all[r.Code] = r
	}
	return all
})

// finding fills in what the rule of a finding knows.
func finding(code string, message rdf.Text, f rdf.Finding) rdf.Finding {
	rule, _ := LookupRule(code)
	f.Rule, f.Severity, f.Message = code, rule.Severity, message
	return f
}

// shapeRules documents the property shapes of the profiles.
func shapeRules() []Rule {
	var rules []Rule
	at := map[string]int{}
	for _, p := range Profiles() {
		c := p.compiled()
		for q := range c.graph.Match(rdf.Term{}, rdf.IRI(vocab.SH+"property"), rdf.Term{}) {
			code, ok := strings.CutPrefix(q.Object.Value(), ruleNamespace)
			if !ok {
				continue
			}
			if i, ok := at[code]; ok {
				if !slices.Contains(rules[i].Profiles, p) {
					rules[i].Profiles = append(rules[i].Profiles, p)
				}
				continue
			}
			at[code] = len(rules)
			class := c.graph.Object(q.Subject, rdf.IRI(vocab.SH+"targetClass"))
			rules = append(rules, shapeRule(c, p, code, q.Object, class))
		}
	}
	return rules
}

func shapeRule(c *compiled, p Profile, code string, node, class rdf.Term) Rule {
	get := func(local string) rdf.Term { return c.graph.Object(node, rdf.IRI(vocab.SH+local)) }
	var wanted rdf.Text
	for m := range c.graph.Objects(node, rdf.IRI(vocab.SH+"message")) {
		if m.Lang() == "nl" {
			wanted.NL = m.Value()
		} else {
			wanted.EN = m.Value()
		}
	}
	path := get("path")
	property := curie(path.Value())
	if path.IsBlank() {
		property = code[strings.LastIndexByte(code, '-')+1:]
	}
	title := curie(class.Value()) + " › " + property
	level := c.levels[code]
	rule := Rule{
		Code:        code,
		Severity:    severityOf(get("severity")),
		Title:       rdf.Text{NL: title, EN: title},
		Explanation: wanted,
		Consequence: levelConsequence(level),
		Level:       level,
		Profiles:    []Profile{p},
		Mending: rdf.Text{
			NL: "Zet de eigenschap op het element van de " + curie(class.Value()) + ", zoals in het voorbeeld.",
			EN: "Put the property on the element of the " + curie(class.Value()) + ", as in the example.",
		},
	}
	valueClass := get("class")
	if or := get("or"); valueClass.IsZero() && !or.IsZero() { // the first of several
		valueClass = c.graph.Object(c.graph.Object(or, rdf.IRI(vocab.RDFFirst)), rdf.IRI(vocab.SH+"class"))
	}
	if path.IsIRI() {
		rule.Example = fmt.Sprintf("<div resource=%q typeof=%q>\n  %s\n</div>", exampleIRI(class), curie(class.Value()), exampleProperty(property, get("datatype"), get("nodeKind"), valueClass))
	}
	return rule
}

func levelConsequence(l Level) rdf.Text {
	switch l {
	case Level1, Level2, Level3:
		return rdf.Text{
			NL: "Zonder dit is niveau " + l.String() + " van de certificatie niet te halen.",
			EN: "Without it level " + l.String() + " of the certification is out of reach.",
		}
	case Bonus:
		return rdf.Text{NL: "Telt mee voor het bonusniveau van de certificatie.", EN: "Counts for the bonus level of the certification."}
	}
	return rdf.Text{}
}

func exampleIRI(class rdf.Term) string {
	name := short(class.Value())
	return "https://data.vlavirgem.example/id/" + strings.ToLower(name) + "/1"
}

func exampleProperty(property string, datatype, kind, class rdf.Term) string {
	switch short(datatype.Value()) {
	case "dateTime":
		return fmt.Sprintf(`<time property="%s" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026 om 19.30 uur</time>`, property)
	case "date":
		return fmt.Sprintf(`<time property="%s" datatype="xsd:date" content="2026-01-30">30 januari 2026</time>`, property)
	case "boolean":
		return fmt.Sprintf(`<span property="%s" datatype="xsd:boolean" content="true">openbaar</span>`, property)
	case "integer":
		return fmt.Sprintf(`<span property="%s" datatype="xsd:integer" content="17">17 leden</span>`, property)
	}
	if class.IsIRI() {
		return fmt.Sprintf(`<span property="%s" resource="https://data.vlavirgem.example/id/voorbeeld/2" typeof="%s">...</span>`, property, curie(class.Value()))
	}
	if short(datatype.Value()) == "langString" {
		return fmt.Sprintf(`<span property="%s" lang="nl">Gelet op het decreet lokaal bestuur</span>`, property)
	}
	if short(kind.Value()) == "IRI" {
		return fmt.Sprintf(`<a property="%s" href="https://data.vlavirgem.example/id/voorbeeld/2">...</a>`, property)
	}
	return fmt.Sprintf(`<span property="%s">Aanvullend reglement op het wegverkeer</span>`, property)
}

// short returns the local name of an IRI.
func short(iri string) string { return iri[strings.LastIndexAny(iri, "#/")+1:] }

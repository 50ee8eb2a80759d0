package oslo

import (
	"cmp"
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
	// Source is where the demand comes from.
	Source Source `json:"source"`
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
	return written()[code].Private
}

var allRules = sync.OnceValue(func() []Rule { return slices.Concat(writtenRules(), constraintRules(), shapeRules()) })

// writtenRules are those that are no shapes.
func writtenRules() []Rule {
	rules := slices.Concat(faultRules(), slipRules(), registerRules(), privacyRules(), meldingRules())
	for i, r := range rules {
		rules[i].Source = sourceOfWritten(r)
		rules[i].Example = cmp.Or(r.Example, faultExamples[r.Code])
	}
	return rules
}

var rulesByCode = sync.OnceValue(func() map[string]Rule { return byCode(allRules()) })

// written finds a rule that is no shape, without compiling any profile.
var written = sync.OnceValue(func() map[string]Rule { return byCode(writtenRules()) })

func byCode(rules []Rule) map[string]Rule {
	all := make(map[string]Rule, len(rules))
	for _, r := range rules {
		all[r.Code] = r
	}
	return all
}

// finding fills in what the rule of a finding knows.
func finding(code string, message rdf.Text, f rdf.Finding) rdf.Finding {
	f.Rule, f.Severity, f.Message = code, written()[code].Severity, message
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
	if first := c.graph.List(c.graph.Object(path, rdf.IRI(vocab.SH+"alternativePath"))); len(first) > 0 {
		path = first[0]
	}
	property := curie(path.Value())
	if path.IsBlank() {
		property = code[strings.LastIndexByte(code, '-')+1:]
	}
	title := curie(class.Value()) + " › " + property
	if class.IsZero() {
		title = property
	}
	level := c.levels[code]
	rule := Rule{
		Code:        code,
		Severity:    severityOf(get("severity")),
		Title:       rdf.Text{NL: title, EN: title},
		Explanation: wanted,
		Consequence: consequence(p, level),
		Level:       level,
		Source:      sourceOf(p, level),
		Profiles:    []Profile{p},
		Mending: rdf.Text{
			NL: "Zet de eigenschap op het element van de " + curie(class.Value()) + ", zoals in het voorbeeld.",
			EN: "Put the property on the element of the " + curie(class.Value()) + ", as in the example.",
		},
	}
	if !p.ofPages() {
		rule.Mending = rdf.Text{NL: "Zet de eigenschap erbij, zoals in het voorbeeld.", EN: "Add the property, as in the example."}
	}
	rule.Example = shapeExamples[code]
	if rule.Example == "" && path.IsIRI() {
		e := example{class: class, path: path, datatype: get("datatype"), kind: get("nodeKind"), value: get("hasValue"), number: !get("minInclusive").IsZero(), pattern: get("pattern")}
		if in := c.graph.List(get("in")); len(in) > 0 {
			e.value = in[0]
		}
		e.of = get("class")
		if or := get("or"); e.of.IsZero() && !or.IsZero() { // the first of several
			e.of = c.graph.Object(c.graph.Object(or, rdf.IRI(vocab.RDFFirst)), rdf.IRI(vocab.SH+"class"))
		}
		if p.ofPages() {
			rule.Example = e.html()
		} else {
			rule.Example = e.turtle()
		}
	}
	return rule
}

// consequence says what goes wrong where a rule of a profile is not kept.
func consequence(p Profile, l Level) rdf.Text {
	switch p {
	case Melding:
		return rdf.Text{
			NL: "De melding blijft in het Loket als concept liggen, zonder dat iemand het zegt, en de toezichtstermijn begint niet te lopen.",
			EN: "The notification stays a concept in the portal, without anybody being told, and the term of supervision does not begin.",
		}
	case Strikt:
		return rdf.Text{NL: "Het document voldoet niet aan de erkende standaard, die besturen verplicht toepassen.", EN: "The document does not conform to the recognised standard, which governments must apply."}
	case Mandatendatabank:
		return rdf.Text{NL: "De gegevens voldoen niet aan de erkende standaard, en besluiten kunnen er niet naar verwijzen.", EN: "The data does not conform to the recognised standard, and decisions cannot refer to it."}
	case Publicatiestroom:
		return rdf.Text{NL: "Oogsters die de stroom volgen, missen publicaties.", EN: "Harvesters that follow the feed miss publications."}
	case DCAT:
		return rdf.Text{NL: "Dataportalen weigeren de beschrijving of tonen ze onvolledig.", EN: "Data portals refuse the description, or show it incomplete."}
	}
	if l == NoLevel {
		return rdf.Text{NL: "Lezers en oogsters missen dit gegeven; voor de certificatie telt het niet.", EN: "Readers and harvesters miss this; it does not count for the certification."}
	}
	return levelConsequence(l)
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

// short returns the local name of an IRI.
func short(iri string) string { return iri[strings.LastIndexAny(iri, "#/")+1:] }

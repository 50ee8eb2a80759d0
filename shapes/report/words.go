package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/lblod"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// words are those of a report in one language; those with a verb of package fmt
// take a number unless they say otherwise.
type words struct {
	language                                                       Language
	title, mending, example, more, again, line, left               string
	pages, wrong, failed, known, gone                              string
	severities                                                     [3][2]string // one and more, by severity
	profile, level                                                 string
	onlyUs, onlyThem, official, unknown, open, agreed, none, asOne string
	summary, page, noFindings, places, conforms                    string
}

func wordsOf(l Language) words {
	if l == EN {
		return words{
			language: EN, title: "Findings", mending: "how to mend it", example: "Example", more: "more", again: "the same fault %d times more", line: "line",
			left:  "%d more findings are left out; ask for more with --max-findings",
			pages: "%d pages", wrong: "%d with violations", failed: "%d could not be read",
			known: "%d known in the baseline", gone: "%d in the baseline are gone",
			severities: [3][2]string{{"note", "notes"}, {"warning", "warnings"}, {"violation", "violations"}},
			profile:    "profile", level: "level",
			onlyUs: "only Belfort", onlyThem: "only the official validator",
			official: "official validator (as we compute it): level %d, judged as %s",
			unknown:  "official validator: unknown; it fails on a page like this",
			open:     "without answers from data.lblod.info; with answers it may be another, and that cannot be known here",
			agreed:   "%d faults are seen by both", none: "no difference", asOne: "It does not recognise the document type itself.",
			summary: "Summary", page: "Page", noFindings: "Nothing found.", places: "Also on", conforms: "no violations",
		}
	}
	return words{
		language: NL, title: "Bevindingen", mending: "oplossing", example: "Voorbeeld", more: "meer", again: "dezelfde fout nog %d keer", line: "regel",
		left:  "nog %d bevindingen zijn weggelaten; vraag er meer met --max-findings",
		pages: "%d pagina's", wrong: "%d met overtredingen", failed: "%d niet te lezen",
		known: "%d gekend in de nulmeting", gone: "%d uit de nulmeting zijn weg",
		severities: [3][2]string{{"opmerking", "opmerkingen"}, {"waarschuwing", "waarschuwingen"}, {"overtreding", "overtredingen"}},
		profile:    "profiel", level: "niveau",
		onlyUs: "alleen Belfort", onlyThem: "alleen de officiële validator",
		official: "officiële validator (zoals wij hem berekenen): niveau %d, beoordeeld als %s",
		unknown:  "officiële validator: onbekend; hij faalt op een pagina als deze",
		open:     "zonder antwoord van data.lblod.info; met antwoorden kan het een ander zijn, en dat is hier niet te weten",
		agreed:   "%d fouten zien ze allebei", none: "geen verschil", asOne: "Hij herkent zelf de soort van het document niet.",
		summary: "Overzicht", page: "Pagina", noFindings: "Niets gevonden.", places: "Ook op", conforms: "geen overtredingen",
	}
}

// counts writes numbers of findings by severity, the worst first.
func (w words) counts(counts [3]int) string {
	parts := make([]string, 0, 3)
	for s := rdf.Violation; ; s-- {
		word := w.severities[s][1]
		if counts[s] == 1 {
			word = w.severities[s][0]
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[s], word))
		if s == rdf.Info {
			return strings.Join(parts, ", ")
		}
	}
}

// totals sums a verdict up: findings by severity, the profile, the levels.
func totals(v oslo.Verdict, language Language) string {
	w := wordsOf(language)
	s := w.counts(v.Counts) + "; " + w.profile + " " + string(v.Profile)
	if v.Profile.Graded() {
		s += "; " + w.reached(v.Maturity)
		for i, a := range []oslo.Assessment{v.Maturity.One, v.Maturity.Two, v.Maturity.Three} {
			s += fmt.Sprintf("; %s %d %s", w.level, i+1, assessment(a, language))
		}
		s += "; bonus " + assessment(v.Maturity.Bonus, language)
	}
	return s
}

// reached names the level that a page reached: "level 3, level 2 not assessed"
// where it rests on one that was not assessed.
func (w words) reached(m oslo.Maturity) string {
	level, open := m.Level()
	s := w.level + " " + cmp.Or(level.String(), "0")
	if open {
		s += ", " + w.level + " 2 " + assessment(oslo.NotAssessed, w.language)
	}
	return s
}

// baselined tells what a baseline did, "" for nothing.
func baselined(d Document, w words) (s string) {
	if d.Known > 0 {
		s += "; " + fmt.Sprintf(w.known, d.Known)
	}
	if d.Gone > 0 {
		s += "; " + fmt.Sprintf(w.gone, d.Gone)
	}
	return s
}

// comparison is the head of a comparison with the official validator.
func comparison(c *lblod.Comparison, d Document, w words) []string {
	v := c.Verdict
	if v.Unknown {
		return []string{w.unknown}
	}
	head := fmt.Sprintf(w.official, v.Level, v.Used)
	if v.Open {
		head += " (" + w.open + ")"
	}
	lines := []string{head}
	if v.Detected == "" {
		lines = append(lines, w.asOne)
	}
	if d.Verdict.Profile.Graded() {
		lines = append(lines, "Belfort: "+w.reached(d.Verdict.Maturity))
	}
	if c.Agreed > 0 {
		lines = append(lines, fmt.Sprintf(w.agreed, c.Agreed))
	}
	if len(c.Differences) == 0 {
		lines = append(lines, w.none)
	}
	return lines
}

func assessment(a oslo.Assessment, language Language) string {
	if language == EN {
		return a.String()
	}
	switch a {
	case oslo.Reached:
		return "behaald"
	case oslo.Missed:
		return "niet behaald"
	}
	return "niet beoordeeld"
}

func severityWord(s rdf.Severity, language Language) string {
	return wordsOf(language).severities[min(s, rdf.Violation)][0]
}

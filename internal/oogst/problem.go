package oogst

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
)

// Severity says what a problem means for whether everything is here.
type Severity string

// The severities, from bad to good.
const (
	Gap    Severity = "onvolledig" // something that is published is not here, or only as it was
	Doubt  Severity = "onzeker"    // something that may be expected is not here
	Notice Severity = "aandacht"   // nothing is missing by it, but somebody should look
)

// Kind is a kind of problem, as it stands in addresses and metrics.
type Kind string

// The kinds of problem.
const (
	Never              Kind = "never"       // a source that was not read yet
	Down               Kind = "down"        // a website that does not answer
	TLS                Kind = "tls"         // a certificate that can not be trusted
	Robots             Kind = "robots"      // robots.txt keeps us out
	Rules              Kind = "rules"       // robots.txt itself can not be read
	Login              Kind = "login"       // credentials are missing or refused
	Script             Kind = "script"      // pages that JavaScript builds
	Budget             Kind = "budget"      // the round ended at its bound
	Failed             Kind = "failed"      // pages that could not be read
	Outdated           Kind = "outdated"    // pages that could not be read again
	Skipped            Kind = "skipped"     // links to what is no page of decisions
	Held               Kind = "held"        // pages that are held back
	Empty              Kind = "empty"       // a source on which nothing is found
	Stale              Kind = "stale"       // a source that was not read for too long
	Silence            Kind = "silence"     // an organ of which nothing was heard
	NoList             Kind = "no-list"     // no list of decisions after the term
	NoListButDecisions Kind = "no-list-but" // the same, but the decisions are there in minutes or extracts
	LateList           Kind = "late-list"   // a list of decisions that came after the term
	NoAgenda           Kind = "no-agenda"   // no agenda
	LateAgenda         Kind = "late-agenda" // an agenda that came late
	Expiring           Kind = "expiring"    // a certificate that expires soon
	Unlisted           Kind = "unlisted"    // pages that no overview leads to
	Textless           Kind = "textless"    // attachments of which the text could not be read
	Duplicates         Kind = "duplicates"  // decisions that are here more than once
	NoSource           Kind = "no-source"   // a government that nothing is harvested of
)

// Kinds are all kinds, in the order of their weight.
var Kinds = [...]Kind{Down, TLS, Login, Robots, Rules, Never, Script, Failed, Held, Budget, Empty, Stale, Silence, NoList, Outdated,
	NoListButDecisions, LateList, NoAgenda, LateAgenda, Expiring, Unlisted, Textless, Duplicates, Skipped, NoSource}

// mostEvidence bounds the evidence of one problem.
const mostEvidence = 100

// Problem is something that keeps the data of a government from being complete,
// or may.
type Problem struct {
	Kind     Kind     `json:"soort"`
	Severity Severity `json:"ernst"`
	// Source is the address of the source, "" if it is about none.
	Source string `json:"bron,omitempty"`
	// About is what it is about beside that: a host, or the IRI of an organ.
	About string    `json:"over,omitempty"`
	Naam  string    `json:"naam,omitempty"` // of About
	Since time.Time `json:"sinds,omitzero"`
	Count int       `json:"aantal"`
	// Title says what is the matter, Meaning what that means; Official and
	// Municipality what somebody who relies on the data can do, and somebody
	// who publishes it.
	Title        rdf.Text   `json:"titel"`
	Meaning      rdf.Text   `json:"betekenis"`
	Official     rdf.Text   `json:"voorToezicht"`
	Municipality rdf.Text   `json:"voorBestuur"`
	Evidence     []Evidence `json:"bewijs,omitempty"` // the first hundred

	Days  int `json:"dagen,omitempty"`      // of a silence
	Usual int `json:"gewoonlijk,omitempty"` // of a silence
	Known int `json:"-"`
}

// Evidence is a page, a sitting or a document that shows a problem.
type Evidence struct {
	URL    string    `json:"url,omitempty"`
	IRI    string    `json:"iri,omitempty"`    // of a sitting
	Time   time.Time `json:"tijd,omitzero"`    // of the visit, or of the sitting
	Term   time.Time `json:"termijn,omitzero"` // last day
	On     time.Time `json:"op,omitzero"`      // day of publication
	Reason rdf.Text  `json:"reden,omitzero"`
}

// key names a problem from one report to the next.
func (p Problem) key() string { return strings.Join([]string{string(p.Kind), p.Source, p.About}, " ") }

// note adds a piece of evidence, from a time on.
func (p *Problem) note(e Evidence, since time.Time) {
	p.Count++
	if p.Since.IsZero() || since.Before(p.Since) {
		p.Since = since
	}
	if len(p.Evidence) < mostEvidence {
		p.Evidence = append(p.Evidence, e)
	}
}

// weigh puts problems in the order of their weight.
func weigh(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(rank(a.Severity)-rank(b.Severity), slices.Index(Kinds[:], a.Kind)-slices.Index(Kinds[:], b.Kind),
			strings.Compare(a.Source, b.Source), strings.Compare(a.Naam, b.Naam))
	})
}

func rank(s Severity) int { return slices.Index([]Severity{Gap, Doubt, Notice}, s) }

// verdictOf follows from the worst of the problems.
func verdictOf(problems []Problem) Verdict {
	v := Complete
	for _, p := range problems {
		switch p.Severity {
		case Gap:
			return Incomplete
		case Doubt:
			v = Uncertain
		}
	}
	return v
}

package oslo

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes"
)

// Input is what is judged: one document, as it was read.
type Input struct {
	// Source is the IRI or file name of the document, for the findings.
	Source string
	// Text is the document in UTF-8, into which the spans point. It may be nil:
	// then the rules about text are not applied.
	Text []byte
	// Quads in document order; their graph names do not count.
	Quads []rdf.Sourced
	// Graph of the quads, as GraphOf makes it, for callers that have it already.
	// It may be nil.
	Graph *rdf.Graph
	// Findings of whoever read the document. They become part of the verdict.
	Findings []rdf.Finding
	// Subjects are the elements that introduced each subject. It may be nil:
	// then the first quad of a subject stands for it.
	Subjects map[rdf.Term]rdf.Span
}

// Options say by what to judge. The zero value is the profile as practised.
type Options struct {
	Profile Profile
	// Extra shapes, such as those that a user brought along; may be nil.
	Extra *shapes.Shapes
	// Now is the moment of judging. Zero leaves out the rules about dates in
	// the future.
	Now time.Time
	// Register is what is known of eenheden, organen and mandatarissen; nil is
	// the embedded one, which knows no mandatarissen: level 2 is then not
	// assessed, unless Resolve is there.
	Register *register.Register
	// Resolve looks up on the web what a register does not know, such as
	// (*register.Online).Resolve; nil asks nobody.
	Resolve func(ctx context.Context, iri string) (*rdf.Graph, error)
	// Context ends judging; nil means never. What was ended so holds a finding
	// shacl-unfinished and does not conform: it says nothing of the document.
	Context context.Context
}

// Verdict is the outcome.
type Verdict struct {
	Profile  Profile
	Source   string
	Findings []rdf.Finding // in the order of their places in the document
	// Conforms is set when no finding is a violation.
	Conforms bool
	// Counts of findings by severity: index it with rdf.Info, rdf.Warning,
	// rdf.Violation.
	Counts [3]int
	// Maturity is the level reached, for a profile that is graded; else all of
	// it is not assessed.
	Maturity Maturity
	// Report is the SHACL report of the profile and the extra shapes, without
	// what other rules found.
	Report *shapes.Report
}

// Level is a level of maturity of the certification Semantics@yourfingertips.
type Level uint8

// The levels. Bonus stands outside the ladder.
const (
	NoLevel Level = iota
	Level1
	Level2
	Level3
	Bonus
)

// String returns "", "1", "2", "3" or "bonus".
func (l Level) String() string {
	return [...]string{"", "1", "2", "3", "bonus"}[min(l, Bonus)]
}

// MarshalText writes the level as String does.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Assessment is the answer for one level.
type Assessment uint8

// The answers.
const (
	NotAssessed Assessment = iota
	Reached
	Missed
)

// String returns "not assessed", "reached" or "missed".
func (a Assessment) String() string {
	return [...]string{"not assessed", "reached", "missed"}[min(a, Missed)]
}

// MarshalText writes the answer as String does.
func (a Assessment) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Maturity holds the answer for each level. Level 2 (mandatarissen that
// resolve) is not assessed without a register that knows mandatarissen. Bonus
// stands outside the ladder, and is not assessed before level 1 is reached.
type Maturity struct {
	One   Assessment `json:"1"`
	Two   Assessment `json:"2"`
	Three Assessment `json:"3"`
	Bonus Assessment `json:"bonus"`
}

// Level returns the level that is reached, NoLevel if there is none. The ladder
// is cumulative, as that of the official validator: level 3 counts only above
// level 2. Where level 2 was not assessed and level 3 has all that it asks,
// Level returns Level3 and open is set: then it is level 3 if the mandatarissen
// resolve, else level 1, and whoever shows the level has to say so.
func (m Maturity) Level() (reached Level, open bool) {
	switch {
	case m.One != Reached:
		return NoLevel, false
	case m.Three == Reached && m.Two != Missed:
		return Level3, m.Two == NotAssessed
	case m.Two == Reached:
		return Level2, false
	}
	return Level1, false
}

// Has reports whether a level is reached for certain: one that rests on a level
// that was not assessed is not.
func (m Maturity) Has(l Level) bool {
	reached, open := m.Level()
	if open {
		reached = Level1
	}
	return l <= reached
}

// Validate judges a document: the shapes of the profile, the extra shapes, the
// rules about faults that publishing programs make, and those about privacy.
func Validate(in Input, o Options) Verdict {
	if !slices.Contains(Profiles(), o.Profile) {
		o.Profile = Praktijk
	}
	ctx := o.Context
	if ctx == nil {
		ctx = context.Background()
	}
	c := newJudgement(ctx, in, o.Register)
	verdict := Verdict{Profile: o.Profile, Source: in.Source}
	verdict.Report = c.judge(o.Profile.Shapes())
	if o.Extra != nil {
		extra := c.judge(o.Extra)
		verdict.Report.Results = append(verdict.Report.Results, extra.Results...)
	}
	levelTwo := NotAssessed
	c.apply(
		func() { c.wanted(o.Profile.compiled().wants) },
		func() { c.vendorFaults(o.Profile.ofPages()) },
		c.slips,
		c.registers,
		func() {
			if o.Profile == Melding {
				c.meldingen(o.Now)
			}
		},
		func() {
			if !o.Now.IsZero() {
				c.futureDates(o.Now)
			}
		},
		c.privacy,
		func() { levelTwo = c.mandatarissen(o) },
	)
	c.ended()
	verdict.Findings = slices.Concat(in.Findings, c.findings)
	for i := range verdict.Findings {
		f := &verdict.Findings[i]
		f.Source = cmp.Or(f.Source, in.Source)
		c.hide(f)
	}
	slices.SortStableFunc(verdict.Findings, func(a, b rdf.Finding) int {
		return cmp.Or(
			cmp.Compare(a.Span.Start.Offset, b.Span.Start.Offset),
			-cmp.Compare(a.Severity, b.Severity),
			strings.Compare(a.Rule, b.Rule),
			rdf.Compare(a.Focus, b.Focus),
			strings.Compare(a.Path, b.Path),
			rdf.Compare(a.Value, b.Value),
		)
	})
	// A value that breaks a rule of ours in two ways is one finding.
	levels := o.Profile.compiled().levels
	verdict.Findings = slices.CompactFunc(verdict.Findings, func(a, b rdf.Finding) bool {
		same := a
		same.Message = b.Message
		_, ours := levels[a.Rule]
		return same == b && (a.Message == b.Message || ours && !a.Value.IsZero())
	})
	for _, f := range verdict.Findings {
		verdict.Counts[min(f.Severity, rdf.Violation)]++
	}
	verdict.Conforms = verdict.Counts[rdf.Violation] == 0
	if o.Profile.Graded() {
		verdict.Maturity = maturity(verdict.Findings, o.Profile)
		verdict.Maturity.Two = levelTwo
	}
	return verdict
}

// maturity looks for findings of rules that a level asks; a level without rules
// is not assessed. A class that is missing altogether costs level 1, and so do
// votes in notulen that do not add up, which the certification asks in SPARQL.
func maturity(findings []rdf.Finding, p Profile) Maturity {
	levels := p.compiled().levels
	m := Maturity{One: Reached}
	for _, level := range levels {
		switch level {
		case Level3:
			m.Three = Reached
		case Bonus:
			m.Bonus = Reached
		}
	}
	for _, f := range findings {
		switch level := levels[f.Rule]; {
		case level == Level1, f.Rule == "class-absent", f.Rule == "vote-totals" && p == Notulen:
			m.One = Missed
		case level == Level3:
			m.Three = Missed
		case level == Bonus:
			m.Bonus = Missed
		}
	}
	if m.One != Reached && m.Bonus == Reached { // nothing is missing where nothing is said
		m.Bonus = NotAssessed
	}
	return m
}

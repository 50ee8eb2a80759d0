package oslo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
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
// resolve) needs the register and is never assessed here.
type Maturity struct {
	One   Assessment `json:"1"`
	Two   Assessment `json:"2"`
	Three Assessment `json:"3"`
}

// Level returns the highest level that is reached without a lower one missed,
// NoLevel if there is none.
func (m Maturity) Level() Level {
	switch {
	case m.One != Reached:
		return NoLevel
	case m.Three == Reached && m.Two != Missed:
		return Level3
	case m.Two == Reached:
		return Level2
	}
	return Level1
}

// Validate judges a document: the shapes of the profile, the extra shapes, the
// rules about faults that publishing programs make, and those about privacy.
func Validate(in Input, o Options) Verdict {
	if !slices.Contains(Profiles(), o.Profile) {
		o.Profile = Praktijk
	}
	c := newJudgement(in)
	verdict := Verdict{Profile: o.Profile, Source: in.Source}
	verdict.Report = c.judge(o.Profile.Shapes())
	if o.Extra != nil {
		extra := c.judge(o.Extra)
		verdict.Report.Results = append(verdict.Report.Results, extra.Results...)
		verdict.Report.Skipped = extra.Skipped
		c.skipped(extra.Skipped)
	}
	c.wanted(o.Profile.compiled().wants)
	c.vendorFaults()
	if !o.Now.IsZero() {
		c.futureDates(o.Now)
	}
	c.privacy()
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
	verdict.Findings = slices.CompactFunc(verdict.Findings, func(a, b rdf.Finding) bool { return a == b })
	for _, f := range verdict.Findings {
		verdict.Counts[min(f.Severity, rdf.Violation)]++
	}
	verdict.Conforms = verdict.Counts[rdf.Violation] == 0
	if o.Profile.Graded() {
		verdict.Maturity = maturity(verdict.Findings, o.Profile.compiled().levels)
	}
	return verdict
}

// maturity looks for findings of rules that a level asks; a level without rules
// is not assessed. A class that is missing altogether costs level 1.
func maturity(findings []rdf.Finding, levels map[string]Level) Maturity {
	m := Maturity{One: Reached}
	for _, level := range levels {
		if level == Level3 {
			m.Three = Reached
		}
	}
	for _, f := range findings {
		switch level := levels[f.Rule]; {
		case level == Level1, f.Rule == "class-absent":
			m.One = Missed
		case level == Level3:
			m.Three = Missed
		}
	}
	return m
}

// judgement is one document being judged.
type judgement struct {
	in       Input
	graph    *rdf.Graph
	spans    rdf.Spans // made when first needed: see first
	subjects map[rdf.Term]rdf.Span
	findings []rdf.Finding
	secrets  []string // personal data on the page
}

func newJudgement(in Input) *judgement {
	c := &judgement{in: in, graph: rdf.NewGraph(), subjects: in.Subjects}
	for _, q := range in.Quads {
		c.graph.Add(q.Quad)
	}
	if c.subjects == nil {
		c.subjects = map[rdf.Term]rdf.Span{}
		for _, q := range in.Quads {
			if _, ok := c.subjects[q.Subject]; !ok {
				c.subjects[q.Subject] = q.Span
			}
		}
	}
	return c
}

// first returns the first place that says a triple.
func (c *judgement) first(q rdf.Quad) rdf.Span {
	if c.spans == nil {
		c.spans = rdf.NewSpans(c.in.Quads)
	}
	return c.spans.First(q)
}

// judge validates with shapes and turns results into findings.
func (c *judgement) judge(s *shapes.Shapes) *shapes.Report {
	report, err := s.Validate(context.Background(), c.graph, shapes.Options{})
	if err != nil {
		// The context does not end and no SPARQL function was passed.
		return &shapes.Report{}
	}
	for _, r := range report.Results {
		c.findings = append(c.findings, rdf.Finding{
			Severity: severityOf(r.Severity),
			Rule:     ruleOf(r),
			Message:  c.message(r),
			Span:     c.place(r),
			Focus:    r.Focus,
			Path:     r.Path.String(),
			Value:    r.Value,
		})
	}
	return report
}

func severityOf(t rdf.Term) rdf.Severity {
	switch t.Value() {
	case vocab.SH + "Info":
		return rdf.Info
	case vocab.SH + "Warning":
		return rdf.Warning
	}
	return rdf.Violation
}

// ruleOf returns the code of one of our rules, and for shapes of others the
// constraint component, such as "shacl-min-count".
func ruleOf(r shapes.Result) string {
	if code, ok := strings.CutPrefix(r.Shape.Value(), ruleNamespace); ok && r.Shape.IsIRI() {
		return code
	}
	return "shacl" + kebab(component(r))
}

// component returns the name of the constraint component, such as "MinCount".
func component(r shapes.Result) string {
	return strings.TrimSuffix(strings.TrimPrefix(r.Component.Value(), vocab.SH), "ConstraintComponent")
}

func kebab(s string) string {
	var b strings.Builder
	for _, r := range s {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// message puts what was found before what the shape wants.
func (c *judgement) message(r shapes.Result) rdf.Text {
	var wanted rdf.Text
	for _, m := range r.Messages {
		switch {
		case strings.HasPrefix(m.Lang(), "nl"):
			wanted.NL = m.Value()
		case strings.HasPrefix(m.Lang(), "en"), wanted.EN == "":
			wanted.EN = m.Value()
		}
	}
	wanted.NL, wanted.EN = cmp.Or(wanted.NL, wanted.EN), cmp.Or(wanted.EN, wanted.NL)
	if found := c.found(r); found.NL != "" {
		wanted.NL, wanted.EN = found.NL+" "+wanted.NL, found.EN+" "+wanted.EN
	}
	return wanted
}

// found says what is the matter with this node, in one sentence.
func (c *judgement) found(r shapes.Result) rdf.Text {
	node, path, value := c.name(r.Focus), shortPath(r.Path), shown(r.Value)
	switch component(r) {
	case "MinCount":
		if inverse, ok := strings.CutPrefix(path, "^"); ok {
			if strings.ContainsAny(inverse, "/|") {
				break
			}
			return rdf.Text{NL: fmt.Sprintf("Niets wijst met %s naar %s.", inverse, node), EN: fmt.Sprintf("Nothing points with %s at %s.", inverse, node)}
		}
		return rdf.Text{NL: fmt.Sprintf("%s ontbreekt bij %s.", path, node), EN: fmt.Sprintf("%s is missing on %s.", path, node)}
	case "MaxCount":
		return rdf.Text{NL: fmt.Sprintf("%s staat te vaak bij %s.", path, node), EN: fmt.Sprintf("%s stands too often on %s.", path, node)}
	case "Pattern":
		if r.Path != nil && strings.TrimSpace(r.Value.Value()) == "" {
			return rdf.Text{NL: fmt.Sprintf("%s van %s is leeg.", path, node), EN: fmt.Sprintf("%s of %s is empty.", path, node)}
		}
	case "Datatype", "NodeKind", "Class", "MinInclusive", "Or":
		if r.Path == nil {
			break
		}
		return rdf.Text{
			NL: fmt.Sprintf("%s van %s is %s: %s.", path, node, value, r.Constraint.NL),
			EN: fmt.Sprintf("%s of %s is %s: %s.", path, node, value, r.Constraint.EN),
		}
	}
	return rdf.Text{}
}

// name names a node by its class, for messages.
func (c *judgement) name(node rdf.Term) string {
	for t := range c.graph.Objects(node, rdfType) {
		for _, namespace := range []string{vocab.Besluit, vocab.Mandaat, vocab.Eli, vocab.Generiek, vocab.Foaf, vocab.Prov} {
			if local, ok := strings.CutPrefix(t.Value(), namespace); ok {
				return local
			}
		}
	}
	return shown(node)
}

func shortPath(p *shapes.Path) string {
	s := p.String()
	if !p.Predicate().IsZero() {
		return curie(s)
	}
	for _, known := range prefixes {
		s = strings.ReplaceAll(s, "<"+known.namespace, known.prefix+":<")
	}
	return strings.NewReplacer(":<", ":", ">", "").Replace(s)
}

// shown writes a term for a message, cut off where it is long.
func shown(t rdf.Term) string {
	v := t.Value()
	if r := []rune(v); len(r) > 80 {
		v = string(r[:79]) + "…"
	}
	switch {
	case t.IsLiteral():
		return "“" + strings.Join(strings.Fields(v), " ") + "”"
	case t.IsBlank():
		return "_:" + v
	}
	return curie(v)
}

// place finds where in the document a result is: where the value was said,
// else where the property was said once too often, else at the element that
// introduced the focus node.
func (c *judgement) place(r shapes.Result) rdf.Span {
	predicate := r.Path.Predicate()
	if !r.Value.IsZero() && r.Path != nil {
		if !predicate.IsZero() {
			if s := c.first(rdf.Quad{Subject: r.Focus, Predicate: predicate, Object: r.Value}); !s.IsZero() {
				return s
			}
		}
		for q := range c.graph.Match(r.Focus, rdf.Term{}, r.Value) {
			return c.first(q)
		}
		for q := range c.graph.Match(r.Value, rdf.Term{}, r.Focus) {
			return c.first(q)
		}
	}
	if component(r) == "MaxCount" && !predicate.IsZero() {
		n := 0
		for q := range c.graph.Match(r.Focus, predicate, rdf.Term{}) {
			if n++; n == 2 {
				return c.first(q)
			}
		}
	}
	return c.subjectSpan(r.Focus)
}

func (c *judgement) subjectSpan(node rdf.Term) rdf.Span {
	if s, ok := c.subjects[node]; ok {
		return s
	}
	for q := range c.graph.Match(rdf.Term{}, rdf.Term{}, node) {
		return c.first(q)
	}
	return rdf.Span{}
}

// skipped says which constraints were left out.
func (c *judgement) skipped(constraints []rdf.Term) {
	for _, t := range constraints {
		c.report(finding("shacl-sparql", rdf.Text{
			NL: fmt.Sprintf("De regel %s is in SPARQL geschreven en is hier niet toegepast.", shown(t)),
			EN: fmt.Sprintf("The rule %s is written in SPARQL and was not applied here.", shown(t)),
		}, rdf.Finding{}))
	}
}

func (c *judgement) report(f rdf.Finding) { c.findings = append(c.findings, f) }

// wanted reports classes of which a document of this profile must have at
// least one.
func (c *judgement) wanted(classes []rdf.Term) {
	for _, class := range classes {
		if c.graph.Subject(rdfType, class).IsZero() {
			name := curie(class.Value())
			c.report(finding("class-absent", rdf.Text{
				NL: fmt.Sprintf("Op de pagina staat geen enkele %s: zonder die klasse is niveau 1 niet te halen.", name),
				EN: fmt.Sprintf("The page has no %s at all: without that class level 1 is out of reach.", name),
			}, rdf.Finding{Value: class}))
		}
	}
}

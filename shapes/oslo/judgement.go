package oslo

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes"
)

// judgement is one document being judged.
type judgement struct {
	in       Input
	ctx      context.Context
	graph    *rdf.Graph
	quads    quads
	subjects map[rdf.Term]rdf.Span
	findings []rdf.Finding
	secrets  []string // personal data on the page
	register *register.Register
	paths    map[*shapes.Path]string // as messages write those that are no predicate
}

func newJudgement(ctx context.Context, in Input, known *register.Register) *judgement {
	c := &judgement{in: in, ctx: ctx, graph: in.Graph, subjects: in.Subjects, register: known, paths: map[*shapes.Path]string{}}
	if c.register == nil {
		c.register = register.Embedded()
	}
	if c.graph == nil {
		c.graph = GraphOf(in.Quads)
	}
	c.quads = newQuads(in.Quads, c.graph)
	if c.subjects == nil {
		c.subjects = map[rdf.Term]rdf.Span{}
		for i := range in.Quads {
			q := &in.Quads[i]
			if _, ok := c.subjects[q.Subject]; !ok {
				c.subjects[q.Subject] = q.Span
			}
		}
	}
	return c
}

// GraphOf returns the triples of a document as a graph.
func GraphOf(said []rdf.Sourced) *rdf.Graph {
	plain := make([]rdf.Quad, len(said))
	for i := range said {
		plain[i] = said[i].Quad
	}
	return rdf.NewGraph(plain...)
}

// first returns the first place that says a triple.
func (c *judgement) first(q rdf.Quad) rdf.Span { return c.quads.first(q) }

// saying yields the quads of the document with one of these predicates, in its
// order.
func (c *judgement) saying(predicates ...string) iter.Seq[rdf.Sourced] {
	return c.quads.saying(predicates)
}

// some reports whether a term of the page is of a kind: rules that look at
// every quad ask it first, since most pages repeat few terms often.
func (c *judgement) some(kind func(rdf.Term) bool) bool {
	for id := range c.graph.Terms() {
		if kind(c.graph.Term(rdf.ID(id + 1))) {
			return true
		}
	}
	return false
}

// apply applies rules one after the other, until the context ends.
func (c *judgement) apply(rules ...func()) {
	for _, rule := range rules {
		if c.ctx.Err() != nil {
			return
		}
		rule()
	}
}

// ended tells that the context ended before all rules were applied.
func (c *judgement) ended() {
	if c.ctx.Err() == nil || slices.ContainsFunc(c.findings, func(f rdf.Finding) bool { return f.Rule == "shacl-unfinished" }) {
		return
	}
	c.report(finding("shacl-unfinished", rdf.Text{
		NL: "De controle is onderbroken: niet alle regels zijn toegepast.",
		EN: "The check was interrupted: not all rules were applied.",
	}, rdf.Finding{}))
}

// judge validates with shapes and turns results into findings.
func (c *judgement) judge(s *shapes.Shapes) *shapes.Report {
	report, err := s.Validate(c.ctx, c.graph, shapes.Options{})
	if err != nil {
		// Shapes that somebody brought along may ask more than there is time for.
		c.report(finding("shacl-unfinished", rdf.Text{
			NL: fmt.Sprintf("De controle met deze shapes is niet afgeraakt: %v.", err),
			EN: fmt.Sprintf("The check with these shapes was not finished: %v.", err),
		}, rdf.Finding{}))
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
	capital := false
	for _, r := range s {
		was := capital
		if capital = 'A' <= r && r <= 'Z'; capital {
			if !was { // SPARQL is one word
				b.WriteByte('-')
			}
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
	node, path, value := c.name(r.Focus), c.shortPath(r.Path), shown(r.Value)
	switch component(r) {
	case "MinCount":
		if inverse, ok := strings.CutPrefix(path, "^"); ok {
			if strings.ContainsAny(inverse, "/|") {
				break
			}
			return rdf.Text{NL: fmt.Sprintf("Niets wijst met %s naar %s.", inverse, node), EN: fmt.Sprintf("Nothing points with %s at %s.", inverse, node)}
		}
		near := c.nearMiss(r.Focus, r.Path.Predicate().Value())
		return rdf.Text{NL: fmt.Sprintf("%s ontbreekt bij %s.%s", path, node, near.NL), EN: fmt.Sprintf("%s is missing on %s.%s", path, node, near.EN)}
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

// nearMiss says that a node has a property that was meant to be the one that is
// missing, and what is wrong with it.
func (c *judgement) nearMiss(node rdf.Term, wanted string) rdf.Text {
	if wanted == "" {
		return rdf.Text{}
	}
	for q := range c.graph.Match(node, rdf.Term{}, rdf.Term{}) {
		has := q.Predicate.Value()
		right, swapped := wrongScheme(has)
		meant, _ := unknownTerm(has)
		switch {
		case has == curie(wanted):
			prefix, _, _ := strings.Cut(has, ":")
			return rdf.Text{
				NL: fmt.Sprintf(" Het staat er wel, maar de prefix %s is niet gedeclareerd: verbeter dat eerst.", prefix),
				EN: fmt.Sprintf(" It is there, but the prefix %s is not declared: mend that first.", prefix),
			}
		case meant == wanted, swapped && strings.HasPrefix(wanted, right) && short(has) == short(wanted):
			return rdf.Text{
				NL: fmt.Sprintf(" Er staat wel %s: verbeter dat eerst.", curie(has)),
				EN: fmt.Sprintf(" There is %s instead: mend that first.", curie(has)),
			}
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

func (c *judgement) shortPath(p *shapes.Path) string {
	if !p.Predicate().IsZero() {
		return curie(p.String())
	}
	short, ok := c.paths[p]
	if !ok {
		short = p.String()
		for _, known := range prefixes {
			short = strings.ReplaceAll(short, "<"+known.namespace, known.prefix+":<")
		}
		short = strings.ReplaceAll(strings.ReplaceAll(short, ":<", ":"), ">", "")
		c.paths[p] = short
	}
	return short
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

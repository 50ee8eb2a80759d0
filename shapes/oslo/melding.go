package oslo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Meldingen judges, before anything is sent, what the portal would miss of the
// documents and decisions on a page: the required fields of its form for their
// type, an organ in its period, and a sitting in the past. g is the graph of the
// page at the href of the melding; known may be nil, for the embedded register.
// The findings are by resource, the submittedResource of a melding; a resource
// without findings can be notified. A resource is named only if it has a
// BesluitType or a BesluitDocumentType, as the portal reads them: by rdf:type.
func Meldingen(g *rdf.Graph, known *register.Register, now time.Time) map[string][]rdf.Finding {
	in := Input{Graph: g}
	for q := range g.All() {
		in.Quads = append(in.Quads, rdf.Sourced{Quad: q})
	}
	c := newJudgement(context.Background(), in, known)
	c.judge(Melding.Shapes())
	c.meldingen(now)
	resources := map[string][]rdf.Finding{}
	for q := range g.Match(rdf.Term{}, rdfType, rdf.Term{}) {
		if isCodeType(q.Object) {
			resources[q.Subject.Value()] = nil
		}
	}
	for _, f := range c.findings {
		if _, ok := resources[f.Focus.Value()]; ok && f.Severity == rdf.Violation {
			resources[f.Focus.Value()] = append(resources[f.Focus.Value()], f)
		}
	}
	return resources
}

func isCodeType(t rdf.Term) bool {
	return strings.HasPrefix(t.Value(), vocab.BesluitType) || strings.HasPrefix(t.Value(), vocab.BesluitDocumentType)
}

// meldingen applies what the shapes of the profile Melding leave over: a form
// for the type, the organ in its period, and a sitting that is over.
func (c *judgement) meldingen(now time.Time) {
	forms := Melding.compiled().forms
	seen := map[rdf.Term]bool{}
	for q := range c.saying(vocab.RDFType) {
		if !isCodeType(q.Object) || seen[q.Subject] {
			continue
		}
		seen[q.Subject] = true
		types := slices.Collect(c.graph.Objects(q.Subject, rdfType))
		if !slices.ContainsFunc(types, func(t rdf.Term) bool { return forms[t] }) {
			c.report(finding("melding-no-form", rdf.Text{
				NL: fmt.Sprintf("Het Loket heeft geen formulier voor het type %s.", c.typeName(q.Object)),
				EN: fmt.Sprintf("The portal has no form for the type %s.", c.typeName(q.Object)),
			}, at(q)))
			continue
		}
		for organ := range c.organsOf(q.Subject) {
			if o, ok := c.register.Orgaan(organ.Object.Value()); c.isAbstract(organ.Object) || ok && !o.InPeriode {
				f := at(rdf.Sourced{Quad: organ, Span: c.first(organ)})
				f.Focus = q.Subject
				c.report(finding("melding-organ", rdf.Text{
					NL: fmt.Sprintf("Het Loket vraagt met %s het orgaan in bestuursperiode; dit is het orgaan zelf.", curie(organ.Predicate.Value())),
					EN: fmt.Sprintf("The portal wants the organ in its period as %s; this is the organ itself.", curie(organ.Predicate.Value())),
				}, f))
			}
		}
		if now.IsZero() {
			continue
		}
		for _, s := range c.sittingsOf(q.Subject) {
			for o := range c.graph.Objects(s, rdf.IRI(vocab.ProvStartedAtTime)) {
				if start, ok := momentOf(o.Value()); ok && start.After(now) {
					begin := rdf.Quad{Subject: s, Predicate: rdf.IRI(vocab.ProvStartedAtTime), Object: o}
					f := at(rdf.Sourced{Quad: begin, Span: c.first(begin)})
					f.Focus = q.Subject
					c.report(finding("melding-future", rdf.Text{
						NL: fmt.Sprintf("De zitting van %s ligt in de toekomst; het Loket aanvaardt alleen een datum in het verleden.", o.Value()),
						EN: fmt.Sprintf("The sitting of %s lies in the future; the portal takes only a date in the past.", o.Value()),
					}, f))
				}
			}
		}
	}
}

// organsOf yields where a resource says which organ it is of, in the way that
// the form of its type asks.
func (c *judgement) organsOf(resource rdf.Term) func(yield func(rdf.Quad) bool) {
	return func(yield func(rdf.Quad) bool) {
		for q := range c.graph.Match(resource, rdf.IRI(vocab.EliPassedBy), rdf.Term{}) {
			if !yield(q) {
				return
			}
		}
		if !c.graph.Has(resource, rdfType, rdf.IRI(vocab.TypeNotulen)) {
			return
		}
		for s := range c.graph.Subjects(rdf.IRI(vocab.BesluitHeeftNotulen), resource) {
			for q := range c.graph.Match(s, rdf.IRI(vocab.BesluitIsGehoudenDoor), rdf.Term{}) {
				if !yield(q) {
					return
				}
			}
		}
	}
}

func (c *judgement) typeName(t rdf.Term) string {
	if concept, ok := c.register.Concept(t.Value()); ok {
		return concept.Naam
	}
	return shown(t)
}

// meldingRules document the rules of this file.
func meldingRules() []Rule {
	stuck := rdf.Text{
		NL: "De melding blijft als concept liggen en de toezichtstermijn begint niet; niemand zegt waarom.",
		EN: "The notification stays a concept and the term of supervision does not begin; nobody says why.",
	}
	only := []Profile{Melding}
	return []Rule{
		{
			Code: "melding-no-form", Severity: rdf.Violation, Consequence: stuck, Profiles: only,
			Title:       rdf.Text{NL: "Type zonder formulier", EN: "Type without a form"},
			Explanation: rdf.Text{NL: "Het Loket heeft geen formulier voor dit type document of besluit.", EN: "The portal has no form for this type of document or decision."},
			Mending:     rdf.Text{NL: "Gebruik een type waarvoor een meldingsplicht geldt, of meld het niet.", EN: "Use a type that has to be notified, or do not notify it."},
		},
		{
			Code: "melding-organ", Severity: rdf.Violation, Consequence: stuck, Profiles: only,
			Title:       rdf.Text{NL: "Melding zonder orgaan in bestuursperiode", EN: "Notification without an organ in its period"},
			Explanation: rdf.Text{NL: "eli:passed_by, of voor notulen besluit:isGehoudenDoor, wijst naar het orgaan zelf.", EN: "eli:passed_by, or for minutes besluit:isGehoudenDoor, points at the organ itself."},
			Mending:     rdf.Text{NL: "Gebruik de IRI van het orgaan in bestuursperiode.", EN: "Use the IRI of the organ in its period."},
		},
		{
			Code: "melding-future", Severity: rdf.Violation, Consequence: stuck, Profiles: only,
			Title:       rdf.Text{NL: "Melding van een zitting die nog komt", EN: "Notification of a sitting to come"},
			Explanation: rdf.Text{NL: "Het begin van de zitting ligt in de toekomst.", EN: "The start of the sitting lies in the future."},
			Mending:     rdf.Text{NL: "Meld na de zitting, of verbeter de datum.", EN: "Notify after the sitting, or mend the date."},
		},
	}
}

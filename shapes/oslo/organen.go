package oslo

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// registers applies the rules that need a register of eenheden, organen and
// code lists: what a page says against what the register knows.
func (c *judgement) registers() {
	c.apply(c.organs, c.municipalities, c.mergers, c.concepts)
}

// lblodData is where the registers of the Flemish government name their things.
const lblodData = "http://data.lblod.info/id/"

// organInPeriod reports whether the value of a property is an organ in its
// period.
func organInPeriod(p string) bool { return p == vocab.BesluitIsGehoudenDoor || p == vocab.EliPassedBy }

// whose yields what tells of which organ or eenheid the page is.
func (c *judgement) whose() iter.Seq[rdf.Sourced] {
	return c.saying(vocab.BesluitIsGehoudenDoor, vocab.EliPassedBy, vocab.BesluitBestuurt)
}

// organs looks at every organ that holds a sitting or passes a decision: it is
// in the register, it is an organ in its period, and of the period that the
// sitting is in.
func (c *judgement) organs() {
	var unknown, abstract, over, class tally
	said := map[string]rdf.Text{}
	for q := range c.saying(vocab.BesluitBestuurt, vocab.MandaatIsTijdspecialisatieVan, vocab.GeneriekIsTijdspecialisatieVan,
		vocab.BesluitIsGehoudenDoor, vocab.EliPassedBy) {
		p, iri := q.Predicate.Value(), iriOf(q.Object)
		switch {
		case iri == "":
		case p == vocab.BesluitBestuurt:
			if e, known := c.register.Eenheid(iri); !known {
				c.unknownIRI(&unknown, said, "eenheid-unknown", "bestuurseenheid", q)
			} else {
				c.sameClass(&class, said, q.Object, e.Naam, e.Classificatie)
			}
		case p == vocab.MandaatIsTijdspecialisatieVan, p == vocab.GeneriekIsTijdspecialisatieVan:
			if o, known := c.register.Orgaan(iri); !known {
				c.unknownIRI(&unknown, said, "organ-unknown", "bestuursorgaan", q)
			} else {
				c.sameClass(&class, said, q.Object, o.Naam, o.Classificatie)
			}
		case organInPeriod(p):
			o, known := c.register.Orgaan(iri)
			switch {
			case c.isAbstract(q.Object) || known && !o.InPeriode:
				abstract.add(iri, q)
				said[iri] = c.periodOf(o, c.dateOf(q.Subject))
			case known:
				c.sameClass(&class, said, q.Object, o.Naam, o.Classificatie)
				if text := c.periodOver(o, c.dateOf(q.Subject)); text.NL != "" {
					over.add(iri, q)
					said[iri] = text
				}
			case !c.specialises(q.Object):
				c.unknownIRI(&unknown, said, "organ-unknown", "bestuursorgaan", q)
			}
		}
	}
	c.tell("organ-not-in-period", &abstract, func(iri string) rdf.Text {
		o, _ := c.register.Orgaan(iri)
		name := cmp.Or(o.Naam, shown(rdf.IRI(iri)))
		return rdf.Text{
			NL: fmt.Sprintf("%s is het bestuursorgaan zelf, niet het bestuursorgaan in bestuursperiode.%s", name, said[iri].NL),
			EN: fmt.Sprintf("%s is the body itself, not the body in its period (bestuursorgaan in bestuursperiode).%s", name, said[iri].EN),
		}
	})
	c.tell("organ-period-over", &over, func(iri string) rdf.Text { return said[iri] })
	for _, key := range unknown.keys {
		nl, en := unknown.again(key)
		code, _, _ := strings.Cut(key, " ")
		f := finding(code, rdf.Text{NL: said[key].NL + nl, EN: said[key].EN + en}, at(unknown.first[key]))
		if !strings.HasPrefix(key, code+" "+lblodData) || c.register.Mandatarissen() == 0 {
			f.Severity = rdf.Info // the embedded register does not know them all
		}
		c.report(f)
	}
	c.tell("register-class", &class, func(key string) rdf.Text { return said[key] })
}

// tell reports each key of a tally, with how often it came back.
func (c *judgement) tell(code string, t *tally, text func(key string) rdf.Text) {
	for _, key := range t.keys {
		nl, en := t.again(key)
		m := text(key)
		c.report(finding(code, rdf.Text{NL: m.NL + nl, EN: m.EN + en}, at(t.first[key])))
	}
}

// unknownIRI notes an organ or eenheid that is not in the register.
func (c *judgement) unknownIRI(t *tally, said map[string]rdf.Text, code, kind string, q rdf.Sourced) {
	iri := q.Object.Value()
	key := code + " " + iri
	text := rdf.Text{
		NL: fmt.Sprintf("%s staat niet in het register van %s: geen %s met die IRI.", shown(q.Object), register.Date, kind),
		EN: fmt.Sprintf("%s is not in the register of %s: no %s with that IRI.", shown(q.Object), register.Date, kind),
	}
	if o, ok := c.register.Orgaan(iri); ok {
		text.NL, text.EN = text.NL+" Het is een bestuursorgaan: "+o.Naam+".", text.EN+" It is a bestuursorgaan: "+o.Naam+"."
	} else if e, ok := c.register.Eenheid(iri); ok {
		text.NL, text.EN = text.NL+" Het is een bestuurseenheid: "+e.Naam+".", text.EN+" It is a bestuurseenheid: "+e.Naam+"."
	}
	said[key] = text
	t.add(key, q)
}

// isAbstract reports whether the page itself says that an organ has periods.
func (c *judgement) isAbstract(organ rdf.Term) bool {
	return !c.specialises(organ) &&
		(!c.graph.Subject(rdf.IRI(vocab.MandaatIsTijdspecialisatieVan), organ).IsZero() ||
			!c.graph.Subject(rdf.IRI(vocab.GeneriekIsTijdspecialisatieVan), organ).IsZero())
}

// specialises reports whether the page says of which organ this is a period.
func (c *judgement) specialises(organ rdf.Term) bool {
	return !c.graph.Object(organ, rdf.IRI(vocab.MandaatIsTijdspecialisatieVan)).IsZero() ||
		!c.graph.Object(organ, rdf.IRI(vocab.GeneriekIsTijdspecialisatieVan)).IsZero()
}

// periodOf names the organ in its period that was meant.
func (c *judgement) periodOf(organ register.Orgaan, day string) rdf.Text {
	if organ.IRI == "" || day == "" {
		return rdf.Text{}
	}
	for o := range c.register.Organen(organ.Eenheid) {
		if o.Van == organ.IRI && o.Start != "" && o.Start <= day && (o.Einde == "" || day < o.Einde) {
			return rdf.Text{NL: " Bedoeld is wellicht " + o.IRI + ".", EN: " Probably " + o.IRI + " is meant."}
		}
	}
	return rdf.Text{}
}

// periodOver says what is wrong with the period of an organ on a day. An organ
// of which the register knows no start is of before the present period, if
// there is another that began with it.
func (c *judgement) periodOver(o register.Orgaan, day string) rdf.Text {
	switch {
	case day == "":
		return rdf.Text{}
	case o.Start != "" && day < o.Start:
		return rdf.Text{
			NL: fmt.Sprintf("%s in de bestuursperiode vanaf %s kan op %s nog niet vergaderd hebben.", o.Naam, o.Start, day),
			EN: fmt.Sprintf("%s in the period from %s cannot have met on %s.", o.Naam, o.Start, day),
		}
	case o.Einde != "" && day > o.Einde:
		return rdf.Text{
			NL: fmt.Sprintf("De bestuursperiode van %s eindigde op %s; dit is van %s.", o.Naam, o.Einde, day),
			EN: fmt.Sprintf("The period of %s ended on %s; this is of %s.", o.Naam, o.Einde, day),
		}
	case o.Start == "" && o.Van != "":
		for next := range c.register.Organen(o.Eenheid) {
			if next.Van == o.Van && next.Start != "" && next.Start != o.Start && monthLater(next.Start) < day {
				return rdf.Text{
					NL: fmt.Sprintf("Dit is %s van een vorige bestuursperiode; op %s vergaderde %s.", o.Naam, day, next.IRI),
					EN: fmt.Sprintf("This is %s of an earlier period; on %s it was %s that met.", o.Naam, day, next.IRI),
				}
			}
		}
	}
	return rdf.Text{}
}

// monthLater gives councils a month to be installed.
func monthLater(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 1, 0).Format(time.DateOnly)
}

// dateOf returns the day of a sitting, or of the sitting of a document or
// decision, or else when it was published; "" if the page does not say.
func (c *judgement) dateOf(node rdf.Term) string {
	for _, s := range c.sittingsOf(node) {
		for _, p := range []string{vocab.ProvStartedAtTime, vocab.BesluitGeplandeStart} {
			if day := dayOf(c.graph.Object(s, rdf.IRI(p)).Value()); day != "" {
				return day
			}
		}
	}
	return dayOf(c.graph.Object(node, rdf.IRI(vocab.EliDatePublication)).Value())
}

// sittingsOf returns the sittings that a node is, or that it is a document or
// decision of.
func (c *judgement) sittingsOf(node rdf.Term) []rdf.Term {
	list := []rdf.Term{node}
	var room [8]rdf.ID
	g, this, ids := c.graph, c.graph.ID(node), room[:0]
	for _, k := range kinds {
		ids = g.AppendSubjects(ids, g.ID(rdf.IRI(k.relation)), this)
	}
	generated, subject, behandelt := g.ID(rdf.IRI(vocab.ProvGenerated)), g.ID(rdf.IRI(vocab.DctSubject)), g.ID(rdf.IRI(vocab.BesluitBehandelt))
	for _, handling := range g.AppendSubjects(nil, generated, this) {
		for _, item := range g.AppendObjects(nil, handling, subject) {
			ids = g.AppendSubjects(ids, behandelt, item)
		}
	}
	for _, id := range ids {
		list = append(list, g.Term(id))
	}
	return list
}

// dayOf returns the day of an xsd:date or xsd:dateTime as it is written.
func dayOf(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < len(time.DateOnly) {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)]); err != nil {
		return ""
	}
	return s[:len(time.DateOnly)]
}

// sameClass compares the class that a page gives an organ or eenheid with that
// of the register.
func (c *judgement) sameClass(t *tally, said map[string]rdf.Text, node rdf.Term, name, class string) {
	if class == "" || t.times[node.Value()] > 0 {
		return
	}
	for _, p := range []string{vocab.BesluitClassificatie, vocab.OrgClassification} {
		for o := range c.graph.Objects(node, rdf.IRI(p)) {
			if o.Value() == class || !o.IsIRI() {
				continue
			}
			want, _ := c.register.Concept(class)
			got, known := c.register.Concept(o.Value())
			if !known {
				continue // told as an unknown concept
			}
			q := rdf.Quad{Subject: node, Predicate: rdf.IRI(p), Object: o}
			said[node.Value()] = rdf.Text{
				NL: fmt.Sprintf("%s heeft in het register de classificatie %s, hier staat %s.", name, want.Naam, got.Naam),
				EN: fmt.Sprintf("%s has the classification %s in the register, here it is %s.", name, want.Naam, got.Naam),
			}
			t.add(node.Value(), rdf.Sourced{Quad: q, Span: c.first(q)})
		}
	}
}

// municipality returns the municipality that an organ or eenheid is of, ok
// false where the register does not tell. What was merged counts as what it
// became: the pages of the old municipality move along.
func (c *judgement) municipality(iri string) (register.Eenheid, bool) {
	if o, ok := c.register.Orgaan(iri); ok {
		iri = o.Eenheid
	}
	e, ok := c.register.Eenheid(iri)
	if !ok || e.Gemeente == "" {
		return register.Eenheid{}, false
	}
	e, ok = c.register.Eenheid(e.Gemeente)
	for range 3 {
		if e.OpgegaanIn == "" {
			break
		}
		e, ok = c.register.Eenheid(e.OpgegaanIn)
	}
	return e, ok
}

// municipalities looks for organs of one municipality that pass the decisions
// of another. The page is of the municipality whose organ it names most.
func (c *judgement) municipalities() {
	count := map[string]int{}
	for q := range c.whose() {
		if e, ok := c.municipality(iriOf(q.Object)); ok {
			count[e.IRI]++
			if q.Predicate.Value() == vocab.BesluitIsGehoudenDoor {
				count[e.IRI] += 1000 // the sitting tells whose page it is
			}
		}
	}
	if len(count) < 2 {
		return
	}
	home := slices.MaxFunc(slices.Sorted(maps.Keys(count)), func(a, b string) int { return cmp.Compare(count[a], count[b]) })
	own, _ := c.register.Eenheid(home)
	var t tally
	for q := range c.whose() {
		if e, ok := c.municipality(iriOf(q.Object)); ok && e.IRI != home {
			t.add(e.IRI, q)
		}
	}
	c.tell("other-municipality", &t, func(iri string) rdf.Text {
		e, _ := c.register.Eenheid(iri)
		q := t.first[iri]
		return rdf.Text{
			NL: fmt.Sprintf("%s hoort bij %s, maar deze pagina is van %s.", shown(q.Object), e.Naam, own.Naam),
			EN: fmt.Sprintf("%s belongs to %s, but this page is of %s.", shown(q.Object), e.Naam, own.Naam),
		}
	})
}

// mergers looks for eenheden that no longer existed on the day of the sitting.
func (c *judgement) mergers() {
	var t tally
	for q := range c.whose() {
		iri := iriOf(q.Object)
		if iri == "" {
			continue
		}
		eenheid, day := iri, c.lastDay
		if organInPeriod(q.Predicate.Value()) {
			o, ok := c.register.Orgaan(iri)
			if !ok {
				continue
			}
			eenheid, day = o.Eenheid, func() string { return c.dateOf(q.Subject) }
		}
		if e, ok := c.register.Eenheid(eenheid); ok && e.OpgegaanIn != "" && day() >= e.Sinds {
			t.add(e.IRI, q)
		}
	}
	c.tell("eenheid-merged", &t, func(iri string) rdf.Text {
		e, _ := c.register.Eenheid(iri)
		into, _ := c.register.Eenheid(e.OpgegaanIn)
		return rdf.Text{
			NL: fmt.Sprintf("%s bestaat niet meer: op %s is het opgegaan in %s (%s).", e.Naam, e.Sinds, into.Naam, into.IRI),
			EN: fmt.Sprintf("%s does not exist any more: on %s it was merged into %s (%s).", e.Naam, e.Sinds, into.Naam, into.IRI),
		}
	})
}

// lastDay returns the day of the newest sitting on the page.
func (c *judgement) lastDay() string {
	last := ""
	for s := range c.graph.Subjects(rdfType, rdf.IRI(vocab.BesluitZitting)) {
		last = max(last, c.dateOf(s))
	}
	return last
}

// codeLists are the lists of which the register has every concept, by the
// namespace of their IRIs, and the properties and types that take one.
var codeLists = []string{
	vocab.BesluitType, vocab.BesluitDocumentType, vocab.BestuursorgaanClassificatieCode, vocab.BestuurseenheidClassificatieCode,
	"http://data.vlaanderen.be/id/concept/MandatarisStatusCode/", "http://data.vlaanderen.be/id/concept/BestuursfunctieCode/",
}

// concepts looks for IRIs in a code list that the list does not have.
func (c *judgement) concepts() {
	if !c.some(func(t rdf.Term) bool { return c.unknownConcept(iriOf(t)) }) {
		return
	}
	var t tally
	judged := map[string]bool{}
	for _, q := range c.in.Quads {
		iri := iriOf(q.Object)
		unknown, known := judged[iri]
		if !known {
			unknown = c.unknownConcept(iri)
			judged[iri] = unknown
		}
		if unknown {
			t.add(iri, q)
		}
	}
	c.tell("concept-unknown", &t, func(iri string) rdf.Text {
		slash := strings.LastIndexByte(iri, '/')
		list := short(iri[:slash])
		text := rdf.Text{
			NL: fmt.Sprintf("De codelijst %s heeft geen code %s.", list, iri[slash+1:]),
			EN: fmt.Sprintf("The code list %s has no code %s.", list, iri[slash+1:]),
		}
		for _, other := range codeLists {
			for _, local := range []string{iri[slash+1:], strings.ToLower(iri[slash+1:]), strings.TrimSpace(iri[slash+1:])} {
				if meant, ok := c.register.Concept(other + local); ok {
					text.NL += fmt.Sprintf(" Bedoelde u %s (%s)?", other+local, meant.Naam)
					text.EN += fmt.Sprintf(" Did you mean %s (%s)?", other+local, meant.Naam)
					return text
				}
			}
		}
		return text
	})
}

func (c *judgement) unknownConcept(iri string) bool {
	for _, list := range codeLists {
		if local, ok := strings.CutPrefix(iri, list); ok && local != "" {
			_, has := c.register.Concept(iri)
			return !has
		}
	}
	return false
}

// mandatarisOf are the properties whose value is a mandataris.
var mandatarisOf = []string{
	vocab.BesluitHeeftAanwezige, vocab.BesluitHeeftAanwezigeBijStart, vocab.BesluitHeeftVoorzitter, vocab.BesluitHeeftSecretaris,
	vocab.BesluitHeeftStemmer, vocab.BesluitHeeftVoorstander, vocab.BesluitHeeftTegenstander, vocab.BesluitHeeftOnthouder,
	vocab.Ext + "heeftAfwezigeBijStart",
}

// mandatarissen judges level 2: whether each mandataris that the page names is
// one, by the snapshot of the register, else by asking the web.
func (c *judgement) mandatarissen(o Options) Assessment {
	if c.register.Mandatarissen() == 0 && o.Resolve == nil {
		return NotAssessed
	}
	var unknown, unasked tally
	judged := map[string]Assessment{}
	for q := range c.saying(append(mandatarisOf[:len(mandatarisOf):len(mandatarisOf)], vocab.RDFType)...) {
		iri := ""
		switch {
		case q.Predicate != rdfType:
			iri = iriOf(q.Object)
		case q.Object.Value() == vocab.MandaatMandataris:
			iri = iriOf(q.Subject)
		}
		if iri == "" {
			continue
		}
		answer, done := judged[iri]
		if !done && c.ctx.Err() == nil {
			answer = c.isMandataris(iri, o.Resolve)
			judged[iri] = answer
		}
		switch answer {
		case Missed:
			unknown.add(iri, q)
		case NotAssessed:
			unasked.add("", q)
		}
	}
	c.tell("mandataris-unknown", &unknown, func(iri string) rdf.Text {
		text := rdf.Text{
			NL: fmt.Sprintf("%s is geen bekende mandataris of functionaris.", shown(rdf.IRI(iri))),
			EN: fmt.Sprintf("%s is no known mandataris or functionaris.", shown(rdf.IRI(iri))),
		}
		if rest, ok := strings.CutPrefix(iri, "https://"); ok {
			if m, known := c.register.Mandataris("http://" + rest); known {
				text.NL, text.EN = text.NL+" Bedoelde u "+m.IRI+"?", text.EN+" Did you mean "+m.IRI+"?"
			}
		}
		return text
	})
	c.tell("mandataris-not-asked", &unasked, func(string) rdf.Text {
		return rdf.Text{
			NL: fmt.Sprintf("%s kon niet opgezocht worden; niveau 2 is daarom niet beoordeeld.", shown(unasked.first[""].Object)),
			EN: fmt.Sprintf("%s could not be looked up; so level 2 was not assessed.", shown(unasked.first[""].Object)),
		}
	})
	switch {
	case len(unknown.keys) > 0:
		return Missed
	case len(unasked.keys) > 0:
		return NotAssessed
	}
	return Reached
}

func (c *judgement) isMandataris(iri string, resolve func(context.Context, string) (*rdf.Graph, error)) Assessment {
	if _, ok := c.register.Mandataris(iri); ok {
		return Reached
	}
	if resolve == nil {
		return Missed
	}
	g, err := resolve(c.ctx, iri)
	if err != nil {
		return NotAssessed
	}
	for range g.Match(rdf.IRI(iri), rdf.Term{}, rdf.Term{}) {
		return Reached
	}
	return Missed
}

package publisher

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Meldingsregel says that governments of some classes must notify documents or
// decisions of a type (decreet lokaal bestuur, article 330).
type Meldingsregel struct {
	Type          string    // IRI in BesluitType or BesluitDocumentType
	Eenheden      []string  // classes of bestuurseenheid that must
	Organen       []string  // only for these classes of bestuursorgaan; none: for all
	From, Through time.Time // publication dates for which the rule holds; zero: open
}

// meldingsregels has one line per rule: code list and local part of the type,
// first and last day, and the classes of government. It holds the rules with an
// obligation to report among the notification rules of the Flemish register of
// decision types (lblodBesluit:notificationRule, as of February 2026).
//
//go:embed meldingsregels.tsv
var meldingsregels string

var parsedRules = sync.OnceValue(func() []Meldingsregel {
	lists := map[string]string{"besluit": vocab.BesluitType, "document": vocab.BesluitDocumentType}
	day := func(s string) time.Time {
		t, _ := time.Parse(time.DateOnly, s)
		return t
	}
	var rules []Meldingsregel
	for line := range strings.Lines(meldingsregels) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			continue
		}
		r := Meldingsregel{Type: lists[f[0]] + f[1], From: day(f[2]), Through: day(f[3])}
		for code := range strings.SplitSeq(f[4], ",") {
			r.Eenheden = append(r.Eenheden, vocab.BestuurseenheidClassificatieCode+code)
		}
		if r.Type == vocab.TypeBesluitenlijst {
			// The portal's own minute-taking product notifies lists of decisions
			// of these organs only.
			r.Organen = []string{besluit.Gemeenteraad, besluit.RaadVoorMaatschappelijkWelzijn, besluit.Districtsraad, besluit.Provincieraad}
		}
		rules = append(rules, r)
	}
	return rules
})

// Meldingsregels returns the rules of the Flemish register. Of the documents
// of a sitting they oblige municipalities, OCMWs, districts and provinces to
// notify lists of decisions; agendas no longer, minutes only worship boards;
// and decisions by their BesluitType.
func Meldingsregels() []Meldingsregel { return slices.Clone(parsedRules()) }

func (r Meldingsregel) obliges(types []string, orgaan *besluit.Bestuursorgaan, published time.Time) bool {
	return slices.Contains(types, r.Type) &&
		slices.Contains(r.Eenheden, orgaan.Bestuurt.Classificatie) &&
		(len(r.Organen) == 0 || slices.Contains(r.Organen, orgaan.Classificatie)) &&
		!published.Before(r.From) &&
		(r.Through.IsZero() || published.Before(r.Through.AddDate(0, 0, 1)))
}

// candidate is something on a page that may have to be notified.
type candidate struct {
	iri       string
	types     []string
	orgaan    *besluit.Bestuursorgaan
	published time.Time
}

// meldingen returns the outbox rows that a page brings about: one for each
// document and decision that a government which notifies through us must
// notify. What the portal would not take is held back here, with the reason.
func (p *Publisher) meldingen(pub besluit.Publicatie, quads []rdf.Quad) []Melding {
	if len(p.Notify) == 0 {
		return nil
	}
	rules := p.Rules
	if rules == nil {
		rules = parsedRules()
	}
	g := rdf.NewGraph(quads...)
	var rows []Melding
	for _, c := range candidates(g, pub.Opgehaald) {
		start, ok := p.Notify[c.orgaan.Bestuurt.IRI]
		if !ok || c.published.Before(start) {
			continue
		}
		if !slices.ContainsFunc(rules, func(r Meldingsregel) bool { return r.obliges(c.types, c.orgaan, c.published) }) {
			continue
		}
		m := Melding{
			SubmittedResource: c.iri, Href: pub.Pagina, Organization: c.orgaan.Bestuurt.IRI,
			Status: Wachtend, Next: pub.Opgehaald,
		}
		if missing := Preflight(g, c.iri, pub.Opgehaald); len(missing) > 0 {
			m.Status, m.Reason = Tegengehouden, strings.Join(missing, "; ")
		}
		rows = append(rows, m)
	}
	return rows
}

// candidates returns the documents and decisions of a page of which the
// government is known. What has no date of publication counts as published at
// its sitting, and without that when it was fetched: never too early.
func candidates(g *rdf.Graph, fetched time.Time) []candidate {
	in := besluit.Lift(g)
	var list []candidate
	add := func(iri string, types []string, orgaan *besluit.Bestuursorgaan, z *besluit.Zitting, published time.Time) {
		if len(types) == 0 || orgaan == nil || orgaan.Bestuurt == nil {
			return
		}
		if published.IsZero() && z != nil {
			published = z.Datum()
		}
		if published.IsZero() {
			published = fetched
		}
		list = append(list, candidate{iri, types, orgaan, published})
	}
	for _, z := range in.Zittingen {
		for _, d := range z.Documenten {
			add(d.IRI, codeTypes(g, d.IRI), z.GehoudenDoor, z, d.Publicatiedatum)
		}
	}
	for _, b := range in.Besluiten {
		z := zittingOf(b)
		published := b.Publicatiedatum
		if published.IsZero() && z != nil && len(z.Documenten) > 0 {
			published = z.Documenten[0].Publicatiedatum
		}
		add(b.IRI, codeTypes(g, b.IRI), b.GenomenDoor, z, published)
	}
	return list
}

func zittingOf(b *besluit.Besluit) *besluit.Zitting {
	if b.Behandeling == nil || b.Behandeling.Agendapunt == nil {
		return nil
	}
	return b.Behandeling.Agendapunt.Zitting
}

// codeTypes returns the classes of a subject that are a BesluitType or a
// BesluitDocumentType, as the portal reads them: rdf:type only.
func codeTypes(g *rdf.Graph, iri string) []string {
	var list []string
	for t := range g.Objects(rdf.IRI(iri), rdf.IRI(vocab.RDFType)) {
		if strings.HasPrefix(t.Value(), vocab.BesluitType) || strings.HasPrefix(t.Value(), vocab.BesluitDocumentType) {
			list = append(list, t.Value())
		}
	}
	return list
}

// Preflight returns, in Dutch, what the portal would miss of a resource on its
// page, in the order in which its forms ask; none means that the melding can
// be sent. g is the graph of the page at the melding's href. It follows the
// property paths of the portal's semantic forms (the form of 24 October 2025),
// exactly, since the portal reads nothing else.
func Preflight(g *rdf.Graph, resource string, now time.Time) []string {
	s := rdf.IRI(resource)
	types := codeTypes(g, resource)
	if len(types) == 0 {
		return []string{"op de pagina staat geen besluittype of documenttype voor deze URI"}
	}
	has := func(t string) bool { return slices.Contains(types, t) }
	var missing []string
	want := func(ok bool, what string) {
		if !ok {
			missing = append(missing, what)
		}
	}
	switch {
	case has(vocab.TypeNotulen):
		zitting := g.Subject(rdf.IRI(vocab.BesluitHeeftNotulen), s)
		want(isOrgaanInTijd(g, object(g, zitting, vocab.BesluitIsGehoudenDoor)), "het orgaan in bestuursperiode (besluit:isGehoudenDoor van de zitting) ontbreekt")
		want(isMoment(object(g, zitting, vocab.ProvStartedAtTime)), "het begin van de zitting (prov:startedAtTime) ontbreekt of is geen geldig tijdstip")
	case has(vocab.TypeAgenda), has(vocab.TypeBesluitenlijst):
		link := vocab.BesluitHeeftAgenda
		if has(vocab.TypeBesluitenlijst) {
			link = vocab.BesluitHeeftBesluitenlijst
		}
		zitting := g.Subject(rdf.IRI(link), s)
		want(isOrgaanInTijd(g, object(g, s, vocab.EliPassedBy)), "het orgaan in bestuursperiode (eli:passed_by) ontbreekt")
		want(isMoment(object(g, zitting, vocab.ProvStartedAtTime)), "het begin van de zitting (prov:startedAtTime) ontbreekt of is geen geldig tijdstip")
		if has(vocab.TypeBesluitenlijst) {
			want(isDay(object(g, s, vocab.EliDatePublication)), "de publicatiedatum (eli:date_publication) ontbreekt of is geen geldige datum")
		}
	default:
		want(isOrgaanInTijd(g, object(g, s, vocab.EliPassedBy)), "het orgaan in bestuursperiode (eli:passed_by) ontbreekt")
		behandeling := g.Subject(rdf.IRI(vocab.ProvGenerated), s)
		zitting := g.Subject(rdf.IRI(vocab.BesluitBehandelt), object(g, behandeling, vocab.DctSubject))
		begin := object(g, zitting, vocab.ProvStartedAtTime)
		want(isMoment(begin), "het begin van de zitting (^prov:generated / dct:subject / ^besluit:behandelt / prov:startedAtTime) ontbreekt of is geen geldig tijdstip")
		if at, ok := momentOf(begin); ok {
			want(!at.After(now), "de zitting ligt in de toekomst")
		}
		want(isDay(object(g, s, vocab.EliDatePublication)), "de publicatiedatum (eli:date_publication) ontbreekt of is geen geldige datum")
	}
	return missing
}

// object is Graph.Object that knows that no subject has no objects.
func object(g *rdf.Graph, s rdf.Term, property string) rdf.Term {
	if s.IsZero() {
		return rdf.Term{}
	}
	return g.Object(s, rdf.IRI(property))
}

// isOrgaanInTijd reports whether t can be an organ in a period of government. A
// page need not say so; but an organ that the page itself calls the abstract
// one, by specialising it, is refused.
func isOrgaanInTijd(g *rdf.Graph, t rdf.Term) bool {
	if !t.IsIRI() {
		return false
	}
	abstract := false
	for _, p := range []string{vocab.MandaatIsTijdspecialisatieVan, vocab.GeneriekIsTijdspecialisatieVan} {
		if !g.Object(t, rdf.IRI(p)).IsZero() {
			return true
		}
		abstract = abstract || !g.Subject(rdf.IRI(p), t).IsZero()
	}
	return !abstract
}

// momentLayouts are the forms of dateTime that the portal takes.
var momentLayouts = [...]string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07",
}

func momentOf(t rdf.Term) (time.Time, bool) {
	for _, layout := range momentLayouts {
		if at, err := time.Parse(layout, t.Value()); err == nil && t.IsLiteral() {
			return at, true
		}
	}
	return time.Time{}, false
}

func isMoment(t rdf.Term) bool {
	_, ok := momentOf(t)
	return ok
}

func isDay(t rdf.Term) bool {
	_, err := time.Parse(time.DateOnly, t.Value())
	return t.IsLiteral() && err == nil
}

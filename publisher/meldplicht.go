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
	"github.com/belfort-lod/belfort/shapes/oslo"
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
	judged := oslo.Meldingen(g, nil, pub.Opgehaald)
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
		if missing := preflight(judged, c.iri); len(missing) > 0 {
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
// page; none means that the melding can be sent. g is the graph of the page at
// the melding's href. It judges by the required fields of the portal's semantic
// forms (package oslo, Meldingen), exactly, since the portal reads nothing else.
func Preflight(g *rdf.Graph, resource string, now time.Time) []string {
	return preflight(oslo.Meldingen(g, nil, now), resource)
}

// preflight picks out what is missing of one resource of a page.
func preflight(judged map[string][]rdf.Finding, resource string) []string {
	findings, typed := judged[resource]
	if !typed {
		return []string{"op de pagina staat geen besluittype of documenttype voor deze URI"}
	}
	var missing []string
	for _, f := range findings {
		missing = append(missing, f.Message.NL)
	}
	return missing
}

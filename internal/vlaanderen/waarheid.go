package vlaanderen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Stand is how a page stands.
type Stand string

// The ways in which a page stands.
const (
	Gepubliceerd Stand = "gepubliceerd" // it is there
	Ingetrokken  Stand = "ingetrokken"  // it was there: it answers 404 or 410, or moved for good
)

// Pagina is a published document at its address.
type Pagina struct {
	URL             string
	Bestuurseenheid string // IRI of the government whose page it is
	Soort           string // agenda, besluitenlijst, notulen, uittreksel or zitting
	Stand           Stand
	Sinds           time.Time // since when it stands so
	// Onvermeld is since when no overview leads to it, zero if one does.
	Onvermeld time.Time
	Feiten    []Feit // what it states, in order; of a page that was withdrawn, none
}

// Feit is everything that a page says of one thing, in terms that can be compared with a database.
type Feit struct {
	Wie    string // IRI; "_" for a blank node, and for the IRI that a database gave it
	Klasse string // local name of its class: Zitting, Agendapunt, ...; or Document
	Zegt   string // property=value, in order: titles, dates, numbers, and IRIs that it points to
}

func (f Feit) String() string { return f.Klasse + " " + f.Wie + ": " + f.Zegt }

// vergelijk orders facts.
func vergelijk(a, b Feit) int { return strings.Compare(a.String(), b.String()) }

// klassen are the classes of which facts are told.
var klassen = map[string]string{
	vocab.BesluitZitting: "Zitting", vocab.BesluitAgendapunt: "Agendapunt", vocab.BesluitBehandelingVanAgendapunt: "Behandeling",
	vocab.BesluitBesluit: "Besluit", vocab.BesluitArtikel: "Artikel", vocab.BesluitStemming: "Stemming",
	vocab.TypeAgenda: "Document", vocab.TypeBesluitenlijst: "Document", vocab.TypeNotulen: "Document", vocab.TypeUittreksel: "Document",
}

// eigenschappen are the properties that facts tell, with the names by which they do.
var eigenschappen = map[string]string{
	vocab.DctTitle: "titel", vocab.EliTitle: "titel", vocab.EliDescription: "beschrijving", vocab.BesluitMotivering: "motivering",
	vocab.EliDatePublication: "datum", vocab.BesluitGeplandeStart: "gepland", vocab.ProvStartedAtTime: "begin", vocab.ProvEndedAtTime: "einde",
	vocab.ProvAtLocation: "plaats", vocab.BesluitIsGehoudenDoor: "orgaan", vocab.BesluitBehandelt: "behandelt",
	vocab.BesluitHeeftAgenda: "document", vocab.BesluitHeeftBesluitenlijst: "document", vocab.BesluitHeeftNotulen: "document", vocab.BesluitHeeftUittreksel: "document",
	vocab.BesluitGeplandOpenbaar: "openbaar", vocab.BesluitOpenbaar: "openbaar", vocab.DctSubject: "onderwerp", vocab.BesluitOnderwerp: "onderwerp",
	vocab.ProvGenerated: "besluit", vocab.BesluitHeeftStemming: "stemming", vocab.EliHasPart: "artikel", vocab.EliNumber: "nummer", vocab.ProvValue: "inhoud",
	vocab.BesluitGevolg: "gevolg", vocab.BesluitGeheim: "geheim", vocab.BesluitAantalVoorstanders: "voor", vocab.BesluitAantalTegenstanders: "tegen",
	vocab.BesluitAantalOnthouders: "onthouden", vocab.BesluitHeeftVoorstander: "voorstander", vocab.BesluitHeeftTegenstander: "tegenstander",
}

// zegt collects what is said of one thing.
type zegt []string

func (z *zegt) en(name, value string) {
	if value != "" {
		*z = append(*z, name+"="+strings.Join(strings.Fields(value), " "))
	}
}

func (z zegt) String() string {
	slices.Sort(z)
	return strings.Join(slices.Compact(z), "; ")
}

// Lees reads the facts from a graph, such as a database has of a page, in order.
func Lees(g *rdf.Graph) []Feit {
	var list []Feit
	seen := map[rdf.Term]bool{}
	for q := range g.All() {
		class := klassen[q.Object.Value()]
		if class == "" || seen[q.Subject] || q.Predicate.Value() != vocab.RDFType && q.Predicate.Value() != vocab.DctType {
			continue
		}
		seen[q.Subject] = true
		var says zegt
		for r := range g.Match(q.Subject, rdf.Term{}, rdf.Term{}) {
			if name := eigenschappen[r.Predicate.Value()]; name != "" {
				says.en(name, wie(r.Object))
			}
		}
		list = append(list, Feit{Wie: wie(q.Subject), Klasse: class, Zegt: says.String()})
	}
	slices.SortFunc(list, vergelijk)
	return list
}

func wie(t rdf.Term) string {
	if t.IsBlank() || t.IsIRI() && strings.Contains(t.Value(), "/.well-known/genid/") {
		return "_"
	}
	return t.Value()
}

// feiten tells what a page says, from its blad and not from its markup.
func (p *pagina) feiten(b blad) []Feit {
	abs := func(name string) string {
		switch {
		case name == "":
			return ""
		case strings.HasPrefix(name, "_:"):
			return "_"
		}
		return rdf.ResolveIRI(p.url, name)
	}
	var list []Feit
	tell := func(who, class string, pairs ...string) {
		var says zegt
		for i := 0; i < len(pairs); i += 2 {
			says.en(pairs[i], pairs[i+1])
		}
		list = append(list, Feit{Wie: abs(who), Klasse: class, Zegt: says.String()})
	}
	z := []string{"gepland", b.Gepland, "begin", b.Begin, "einde", b.Einde, "plaats", b.Locatie, "orgaan", b.Orgaan}
	if b.Doc != "" {
		tell(b.Doc, "Document", "datum", b.Datum)
		z = append(z, "document", abs(b.Doc))
	}
	for _, l := range b.Links {
		if l.Eigenschap != "" {
			z = append(z, "document", abs(l.Href))
		}
	}
	for _, q := range b.Punten {
		z = append(z, "behandelt", abs(q.IRI))
		tell(q.IRI, "Agendapunt", "titel", q.Titel, "openbaar", q.Openbaar)
		if q.Behandeling == "" {
			continue
		}
		tell(q.Behandeling, "Behandeling", "onderwerp", abs(q.IRI), "openbaar", q.Openbaar, "besluit", abs(q.Besluit), "stemming", abs(q.Stemming))
		if q.Besluit == "" {
			continue
		}
		decision := []string{"titel", q.Titel, "beschrijving", q.Beschrijving, "motivering", q.Motivering, "datum", b.Datum}
		for _, a := range q.Artikels {
			decision = append(decision, "artikel", abs(a.IRI))
			tell(a.IRI, "Artikel", "nummer", a.Nr, "inhoud", a.Inhoud)
		}
		tell(q.Besluit, "Besluit", decision...)
		if q.Stemming == "" {
			continue
		}
		vote := []string{"onderwerp", q.Titel, "gevolg", q.Gevolg}
		if b.Voluit {
			vote = append(vote, "geheim", q.Geheim, "voor", strconv.Itoa(q.Voor), "tegen", strconv.Itoa(q.Tegen), "onthouden", strconv.Itoa(q.Onthouden))
			for _, m := range q.VoorLeden {
				vote = append(vote, "voorstander", m)
			}
			for _, m := range q.TegenLeden {
				vote = append(vote, "tegenstander", m)
			}
		}
		tell(q.Stemming, "Stemming", vote...)
	}
	tell(b.Zitting, "Zitting", z...)
	slices.SortFunc(list, vergelijk)
	return list
}

// op tells how a page stands at a moment, when an overview led to it once.
func (v *Vlaanderen) op(p *pagina, t time.Time) Pagina {
	out := Pagina{URL: p.url, Bestuurseenheid: p.bestuur.iri, Soort: string(p.soort), Stand: Gepubliceerd, Sinds: p.van}
	if !p.er(t) {
		out.Stand, out.Sinds = Ingetrokken, p.op
		return out
	}
	if !p.vermeld(t) {
		out.Onvermeld = p.op
	}
	out.Feiten = p.feiten(v.blad(p, t))
	return out
}

// Waarheid returns every page that was ever published, as it stands at a moment, by address.
func (v *Vlaanderen) Waarheid(t time.Time) []Pagina {
	var list []Pagina
	for _, p := range v.paginas {
		if !t.Before(p.van) {
			list = append(list, v.op(p, t))
		}
	}
	return list
}

// Verwacht returns what a patient crawler must know after its round of a day, by address: every
// page that an overview led it to, as it was when it could last be read. It visits each page that
// it knows once a day, by what an overview told when it could last be read, believes 410 and 301 at
// once, 404 when it has lasted for 24 hours, and asks for pages that were dropped from their
// overview after it had read them. In the last days it is the same as Waarheid, but for pages that
// came and went, or were dropped, before they could be read.
func (v *Vlaanderen) Verwacht(dag int) []Pagina {
	type kennis struct {
		op      time.Time // the visit that told it
		weg     bool
		los     bool // at the last visit, whatever came of it, nothing led to it
		missing time.Time
		seen    bool
	}
	known := make([]kennis, len(v.paginas))
	read := map[string]time.Time{} // when the overviews at a host could last be read
	for n := range dag + 1 {
		t := v.Ronde(n)
		for name := range v.hosts {
			if !v.plat(name, n) {
				read[name] = t
			}
		}
		for i, p := range v.paginas {
			k := &known[i]
			listed := p.vermeld(read[p.bestuur.hosts[0]])
			k.seen = k.seen || listed
			// Of what was never read while something led to it, nothing is known that could be asked for.
			if !k.seen || !listed && k.op.IsZero() || v.plat(p.host, n) {
				continue
			}
			k.los = !listed
			if p.er(t) && p.hik != n && v.dagfout(p, n) != "" {
				continue
			}
			switch {
			case p.er(t) && p.hik != n:
				k.op, k.weg, k.missing = t, false, time.Time{}
			case k.op.IsZero() || k.weg:
				// Nothing is known that could be withdrawn.
			case p.hik == n || p.eind == verdwenen || p.eind == geschrapt:
				if k.missing.IsZero() {
					k.missing = t
				}
				if t.Sub(k.missing) >= 24*time.Hour {
					k.op, k.weg = t, true
				}
			default:
				k.op, k.weg = t, true
			}
		}
	}
	var list []Pagina
	for i, p := range v.paginas {
		if k := known[i]; !k.op.IsZero() {
			page := v.op(p, k.op)
			if page.Stand == Gepubliceerd && k.los {
				page.Onvermeld = p.op
			}
			list = append(list, page)
		}
	}
	return list
}

// Verschil compares what pages state with the facts that a database has by page, and tells what is
// different, one line for each fact that is too much or missing. Pages that are not published must
// not be in the database, and the other way round.
func Verschil(want []Pagina, got map[string][]Feit) []string {
	var list []string
	expected := map[string]bool{}
	for _, p := range want {
		if p.Stand != Gepubliceerd {
			continue
		}
		expected[p.URL] = true
		have, ok := got[p.URL]
		if !ok {
			list = append(list, fmt.Sprintf("%s: the page (%s) is missing", p.URL, p.Soort))
			continue
		}
		list = append(list, verschil(p.URL, p.Feiten, have)...)
	}
	for url := range got {
		if !expected[url] {
			list = append(list, url+": the page is not published, and in the database")
		}
	}
	slices.Sort(list)
	return list
}

// verschil compares two ordered lists of facts, in which a fact may stand more than once.
func verschil(url string, want, got []Feit) (list []string) {
	count := map[string]int{}
	for _, f := range want {
		count[f.String()]++
	}
	for _, f := range got {
		count[f.String()]--
	}
	for f, n := range count {
		switch {
		case n > 0:
			list = append(list, url+": missing: "+f)
		case n < 0:
			list = append(list, url+": too much: "+f)
		}
	}
	return list
}

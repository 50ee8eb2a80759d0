package vlavirgem

import (
	"slices"
)

// Waarheid is the truth about the website: what somebody who read all of it must have found.
//
// The counts are of distinct subjects that carry the class in an rdf:type, over all the pages in
// PerPagina taken together. Two faults touch them: the Agendapunt of the fault blank-node counts
// once although it has no IRI, and the Besluit of the fault missing-class does not count, because
// nothing says that it is one.
type Waarheid struct {
	// Paginas is the number of HTML pages that a well-behaved crawler stores when it begins at Start
	// and follows links with the properties linkToPublication, heeftAgenda, heeftBesluitenlijst,
	// heeftNotulen and heeftUittreksel: home and overview pages included; not the page that robots.txt
	// disallows, not the page that answers 410, not attachments (PDF), not the feed.
	// It is len(PerPagina).
	Paginas int
	// Publicaties is how many of these pages are not of the kind "overzicht".
	Publicaties int

	Zittingen     int // besluit:Zitting
	Agendapunten  int // besluit:Agendapunt
	Behandelingen int // besluit:BehandelingVanAgendapunt
	Besluiten     int // besluit:Besluit
	Artikelen     int // besluit:Artikel
	Stemmingen    int // besluit:Stemming
	Mandatarissen int // mandaat:Mandataris: one for each mandate that somebody holds, so more than there are people

	// GeheimeStemmingen counts the secret votes: they have totals, but nobody is named as voting
	// for or against.
	GeheimeStemmingen int

	PerPagina []Pagina
	Fouten    []Fout

	// Meldingsplichtig holds what must be notified to the portal: each agenda, besluitenlijst and
	// notulen, and each decision with a BesluitType (also the withdrawn one, which the minutes still
	// contain). The agenda of the fault null-uri is not in it, because it has no usable IRI.
	Meldingsplichtig []Meldingsplicht

	Ingetrokken     string // IRI of the decision that was withdrawn
	IngetrokkenDoor string // IRI of the decision that withdrew it
	Weg             string // address that answers 410: the uittreksel of Ingetrokken
	Verbeterd       string // IRI of the decision that was corrected
	VerbeterdDoor   string // IRI of the decision that corrects it

	Verboden  []string // addresses that robots.txt disallows, though a page links to them
	Bijlagen  []string // addresses of attachments (application/pdf)
	FeedLeden int      // members of the feed over all its pages
}

// Pagina is one page that a crawler stores.
type Pagina struct {
	URL   string // absolute
	Soort string // overzicht, agenda, besluitenlijst, notulen or uittreksel
	Titel string // text of the title element, before " | Vlavirgem"
	// Orgaan is the short name of the body: gemeenteraad, college, rmw, vast-bureau; empty on the home page.
	Orgaan string
	// Zitting and Document are the IRIs of the sitting and of the document that the page is;
	// empty on overview pages.
	Zitting, Document string
	// Agendapunten and Besluiten are the distinct typed subjects on this page.
	Agendapunten, Besluiten int
	// Fout is the code of the page's fault, or empty.
	Fout string
}

// Fout is one deliberate fault. The snippet Tekst occurs once on the page, and it and the start tag
// of the element that it belongs to are on one line.
type Fout struct {
	Pagina string // address of the page
	// Code is the rule that finds it: null-uri, missing-scheme, empty-resource, undeclared-prefix,
	// wrong-scheme, unknown-datatype, missing-class, duplicate-document-type, unknown-property or
	// blank-node. Each code occurs once.
	Code   string
	Regel  int    // line in the served HTML, from 1
	Kolom  int    // column of the first character of Tekst, in Unicode code points from 1
	Tekst  string // the faulty source text: an attribute, or a start tag where something is missing
	Uitleg string // what is wrong, in Dutch
}

// Meldingsplicht is one thing that must be notified to the portal.
type Meldingsplicht struct {
	Onderwerp       string // submittedResource: IRI of the document or decision
	Pagina          string // href: the page that contains it in full; for a decision its uittreksel where there is one
	Type            string // IRI of the BesluitDocumentType, or of the first BesluitType
	Bestuurseenheid string // organization: IRI
	Orgaan          string // short name as in Pagina.Orgaan
}

func (g *Gemeente) telWaarheid() Waarheid {
	w := Waarheid{
		Paginas:         len(g.paginas),
		Ingetrokken:     g.ingetrok.iri,
		IngetrokkenDoor: g.ingetrok.ingetrokkenDoor.iri,
		Weg:             g.base + g.ingetrok.pad,
		Verbeterd:       g.verbeterd.iri,
		VerbeterdDoor:   g.verbeterd.verbeterdDoor.iri,
		Verboden:        []string{g.base + internPad},
		FeedLeden:       len(g.feedLeden),
	}
	leden := map[string]bool{}
	for _, z := range g.zittingen {
		w.Zittingen++
		w.Agendapunten += len(z.punten)
		if z.alleenAgenda {
			continue
		}
		for _, m := range z.leden {
			leden[m.iri] = true
		}
		leden[z.voorzitter.iri] = true
		for _, p := range z.punten {
			w.Behandelingen++
			if p.stemming != nil {
				w.Stemmingen++
				if p.stemming.geheim {
					w.GeheimeStemmingen++
				}
			}
			if b := p.besluit; b != nil {
				if z.fout != "missing-class" || p != z.punten[0] {
					w.Besluiten++
				}
				w.Artikelen += len(b.artikelen)
			}
		}
	}
	w.Mandatarissen = len(leden)
	for _, p := range g.paginas {
		rij := Pagina{URL: g.base + p.pad, Soort: p.soort, Titel: p.titel}
		if p.orgaan != nil {
			rij.Orgaan = p.orgaan.kort
		}
		if z := p.zitting; z != nil {
			w.Publicaties++
			rij.Zitting, rij.Document, rij.Fout = z.iri, p.document, z.fout
			switch p.soort {
			case soortAgenda:
				rij.Agendapunten = len(z.punten)
			case soortUittreksel:
				rij.Agendapunten, rij.Besluiten = 1, 1
			default:
				rij.Agendapunten = len(z.punten)
				for _, punt := range z.punten {
					if punt.besluit != nil {
						rij.Besluiten++
					}
				}
				if z.fout == "missing-class" {
					rij.Besluiten--
				}
			}
			if p.soort != soortUittreksel && z.fout != "null-uri" {
				w.Meldingsplichtig = append(w.Meldingsplichtig, Meldingsplicht{p.document, rij.URL, documentType[p.soort], p.orgaan.eenheid.iri, p.orgaan.kort})
			}
			if z.fout != "" {
				w.Fouten = append(w.Fouten, p.vindFout(rij.URL))
			}
		}
		w.PerPagina = append(w.PerPagina, rij)
	}
	for _, b := range g.besluiten {
		if len(b.typen) > 0 {
			o := b.zitting.in.orgaan
			w.Meldingsplichtig = append(w.Meldingsplichtig, Meldingsplicht{b.iri, g.base + b.volledigOp(), b.typen[0], o.eenheid.iri, o.kort})
		}
	}
	for pad := range g.bijlagen {
		w.Bijlagen = append(w.Bijlagen, g.base+pad)
	}
	slices.Sort(w.Bijlagen)
	return w
}

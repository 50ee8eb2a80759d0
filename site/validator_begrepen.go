package site

import (
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
)

// begrepen is what a harvester understands of a page: the things of one class.
type begrepen struct {
	Soort  string // last part of the message key
	Aantal int
	Rijen  []begrepenRij // the first of them
}

// begrepenRij is one thing. What the page does not say is "".
type begrepenRij struct {
	Naam, Bij, IRI string // Bij is the first thing to know beside the name
	Regel          int    // line that introduces it, 0 if unknown
}

// begrepenMost bounds the things of one class that are shown by name.
const begrepenMost = 200

// understand reads a graph as the harvest does.
func understand(g *rdf.Graph, checked Checked) []begrepen {
	in := besluit.Lift(g)
	u := understanding{subjects: checked.Subjects}
	var behandelingen []*besluit.BehandelingVanAgendapunt
	for _, p := range in.Agendapunten {
		behandelingen = append(behandelingen, p.Behandelingen...)
	}
	list(&u, "bestuursorganen", in.Bestuursorganen, func(o *besluit.Bestuursorgaan) begrepenRij {
		bij := ""
		if o.Bestuurt != nil {
			bij = o.Bestuurt.Naam
		}
		return begrepenRij{Naam: o.Naam, Bij: bij, IRI: o.IRI}
	})
	list(&u, "zittingen", in.Zittingen, func(z *besluit.Zitting) begrepenRij {
		naam := ""
		if z.GehoudenDoor != nil {
			naam = z.GehoudenDoor.Naam
		}
		return begrepenRij{Naam: naam, Bij: dayISO(z.Datum()), IRI: z.IRI}
	})
	list(&u, "agendapunten", in.Agendapunten, func(a *besluit.Agendapunt) begrepenRij {
		return begrepenRij{Naam: plain(a.Titel, 160), Bij: numbered(a.Nummer), IRI: a.IRI}
	})
	list(&u, "behandelingen", behandelingen, func(b *besluit.BehandelingVanAgendapunt) begrepenRij {
		return begrepenRij{Naam: plain(b.Agendapunt.Titel, 160), IRI: b.IRI}
	})
	list(&u, "besluiten", in.Besluiten, func(b *besluit.Besluit) begrepenRij {
		return begrepenRij{Naam: plain(b.Titel, 160), Bij: dayISO(b.Publicatiedatum), IRI: b.IRI}
	})
	list(&u, "stemmingen", in.Stemmingen, func(v *besluit.Stemming) begrepenRij {
		return begrepenRij{Naam: plain(v.Onderwerp, 160), Bij: totalsOf(v), IRI: v.IRI}
	})
	list(&u, "documenten", in.Documenten, func(d *besluit.Document) begrepenRij {
		return begrepenRij{Naam: string(d.Soort), Bij: dayISO(d.Publicatiedatum), IRI: d.IRI}
	})
	return u.out
}

type understanding struct {
	subjects map[rdf.Term]rdf.Span
	out      []begrepen
}

func list[T any](u *understanding, soort string, things []T, row func(T) begrepenRij) {
	b := begrepen{Soort: soort, Aantal: len(things)}
	for _, t := range things[:min(len(things), begrepenMost)] {
		r := row(t)
		subject := rdf.IRI(r.IRI)
		if label, blank := strings.CutPrefix(r.IRI, "_:"); blank {
			subject = rdf.Blank(label)
		}
		r.Regel = u.subjects[subject].Start.Line
		b.Rijen = append(b.Rijen, r)
	}
	u.out = append(u.out, b)
}

func numbered(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// totalsOf gives the totals of a vote: for, against, abstained.
func totalsOf(v *besluit.Stemming) string {
	if v.AantalVoorstanders < 0 && v.AantalTegenstanders < 0 && v.AantalOnthouders < 0 {
		return ""
	}
	total := func(n int) string {
		if n < 0 {
			return "?"
		}
		return fmt.Sprint(n)
	}
	return total(v.AantalVoorstanders) + " / " + total(v.AantalTegenstanders) + " / " + total(v.AantalOnthouders)
}

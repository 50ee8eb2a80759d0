package site

import (
	"strconv"

	"github.com/belfort-lod/belfort/internal/besluit"
)

// vote is a stemming with what its picture needs. The counts are texts, since
// data may not give them; widths are in hundredths of the bar.
type vote struct {
	ID, Onderwerp, Gevolg                  string
	Geheim                                 bool
	Voor, Onthouding, Tegen                string
	Totaal                                 int
	BreedVoor, BreedOnthouding, BreedTegen string
	XOnthouding, XTegen                    string
	Samenvatting                           string
	Namen                                  []voters
}

type voters struct {
	Kop string
	Wie []*besluit.Mandataris
}

func votes(l lang, list []*besluit.Stemming) []vote {
	var out []vote
	for i, s := range list {
		v := vote{ID: strconv.Itoa(i + 1), Onderwerp: s.Onderwerp, Gevolg: s.Gevolg, Geheim: s.Geheim}
		voor, onthouding, tegen := counted(s.AantalVoorstanders, s.Voorstanders), counted(s.AantalOnthouders, s.Onthouders), counted(s.AantalTegenstanders, s.Tegenstanders)
		v.Voor, v.Onthouding, v.Tegen = countText(l, voor), countText(l, onthouding), countText(l, tegen)
		if voor >= 0 && onthouding >= 0 && tegen >= 0 && voor+onthouding+tegen > 0 {
			v.Totaal = voor + onthouding + tegen
			share := func(n int) string { return strconv.FormatFloat(float64(n)*100/float64(v.Totaal), 'f', 2, 64) }
			v.BreedVoor, v.BreedOnthouding, v.BreedTegen = share(voor), share(onthouding), share(tegen)
			v.XOnthouding, v.XTegen = share(voor), share(voor+onthouding)
			v.Samenvatting = message(l, "stemming.samenvatting", voor, onthouding, tegen)
		}
		if !s.Geheim {
			for _, group := range []voters{{message(l, "voor"), s.Voorstanders}, {message(l, "onthouding"), s.Onthouders}, {message(l, "tegen"), s.Tegenstanders}} {
				if len(group.Wie) > 0 {
					v.Namen = append(v.Namen, group)
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// counted is the number that the data states, or else the number of names; -1
// if it has neither.
func counted(stated int, names []*besluit.Mandataris) int {
	if stated < 0 && len(names) > 0 {
		return len(names)
	}
	return max(stated, -1)
}

func countText(l lang, n int) string {
	if n < 0 {
		return message(l, "onbekend")
	}
	return number(l, int64(n))
}

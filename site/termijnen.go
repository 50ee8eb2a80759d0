package site

import (
	"slices"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// reglementen is the BesluitType "Reglementen en verordeningen".
const reglementen = vocab.BesluitType + "67378dd0-5413-474b-8996-d992ef81637a"

// termijn is a day by which something must have happened.
type termijn struct {
	Label, Bron string
	Dag         time.Time
	Uitkomst    *uitkomst // nil if nothing can be said
}

// uitkomst says how a term ended, in words and as a style.
type uitkomst struct{ Soort, Tekst string }

// termijnen computes the terms of supervision that follow from the dates of a
// decision (Decreet Lokaal Bestuur, articles 285 to 287). A term whose start
// is unknown is left out: no date is invented.
func termijnen(l lang, b *besluit.Besluit, taken time.Time, organ *besluit.Bestuursorgaan, now time.Time) []termijn {
	var out []termijn
	published := b.Publicatiedatum
	if !taken.IsZero() {
		t := termijn{Label: message(l, "termijn.publicatie"), Bron: message(l, "termijn.publicatie.bron"), Dag: days(taken, 10)}
		switch {
		case !published.IsZero() && days(published, 0).After(t.Dag):
			t.Uitkomst = &uitkomst{"warning", message(l, "termijn.laat")}
		case !published.IsZero():
			t.Uitkomst = &uitkomst{"goed", message(l, "termijn.optijd")}
		}
		out = append(out, t)
	}
	if published.IsZero() {
		return out
	}
	if organ != nil && (organ.Classificatie == besluit.Gemeenteraad || organ.Classificatie == besluit.RaadVoorMaatschappelijkWelzijn) {
		t := termijn{Label: message(l, "termijn.klacht"), Bron: message(l, "termijn.klacht.bron"), Dag: days(published, 30)}
		t.Uitkomst = &uitkomst{"info", message(l, "termijn.voorbij")}
		if !days(now, 0).After(t.Dag) {
			t.Uitkomst = &uitkomst{"goed", message(l, "termijn.open")}
		}
		out = append(out, t)
	}
	if b.Inwerkingtreding.IsZero() && slices.Contains(b.Types, reglementen) {
		out = append(out, termijn{Label: message(l, "termijn.kracht"), Bron: message(l, "termijn.kracht.bron"), Dag: days(published, 5)})
	}
	return out
}

// days is the calendar day in Flanders n days after t.
func days(t time.Time, n int) time.Time {
	y, m, d := t.In(brussel).Date()
	return time.Date(y, m, d+n, 0, 0, 0, 0, brussel)
}

package register

import (
	"iter"
	"strings"

	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Date is the day (ISO 8601) of the newest source that the embedded register
// was made from.
const Date = "2026-02-25"

// Eenheid is a bestuurseenheid, an administrative unit such as a municipality
// (besluit:Bestuurseenheid). Fields that the sources do not tell are "".
type Eenheid struct {
	IRI           string
	Naam          string
	Classificatie string // IRI in BestuurseenheidClassificatieCode
	NIS           string // code of Statbel, five digits
	OVO           string // number in the register of organisations of Flanders
	KBO           string // enterprise number, ten digits
	Provincie     string // name
	// Gemeente is the IRI of the municipality that the unit belongs to: its own
	// for a municipality, that of its municipality for an OCMW; "" for others.
	Gemeente string
	// OpgegaanIn is the IRI of the unit that this one was merged into, and
	// Sinds the day (ISO 8601) of the merger; "" while it exists by itself.
	OpgegaanIn, Sinds string
	// Voorgangers are the IRIs of the units that were merged into this one.
	Voorgangers []string
}

// Orgaan is a bestuursorgaan, a governing body: either the organ itself, such
// as the council of a municipality, or that organ in one period between
// elections, the bestuursorgaan in bestuursperiode, which is the one that
// holds sittings and passes decisions.
type Orgaan struct {
	IRI           string
	Naam          string
	Classificatie string // IRI in BestuursorgaanClassificatieCode, or ""
	Eenheid       string // IRI of the bestuurseenheid, "" if unknown
	InPeriode     bool   // an organ in its period
	Van           string // IRI of the organ that it is the period of; "" if unknown, or if it is no period
	Start, Einde  string // days (ISO 8601) of the period, "" if unknown
}

// Mandataris is somebody who holds a mandate (mandaat:Mandataris), or a
// functionaris such as the general manager, who signs as the secretary.
type Mandataris struct {
	IRI     string
	Persoon string // IRI of the person, "" if unknown
	Naam    string // "" if unknown
	Orgaan  string // IRI of the organ in its period, "" if unknown
}

// Concept is one entry of a code list.
type Concept struct {
	IRI  string
	Naam string
	// Lijst is the name of the code list as its IRIs have it, such as
	// BesluitType or BestuursorgaanClassificatieCode.
	Lijst string
}

// Register is a register of bestuurseenheden, organs, concepts and perhaps
// mandatarissen. It is immutable and safe for concurrent use.
type Register struct {
	below         *Register // what this one does not know, that one may
	eenheden      map[string]*Eenheid
	organen       map[string]*Orgaan
	byEenheid     map[string][]*Orgaan
	namen         []*Eenheid // by name
	concepten     map[string]*Concept
	mandatarissen map[string]*Mandataris
}

// Eenheid returns the bestuurseenheid with that IRI.
func (r *Register) Eenheid(iri string) (Eenheid, bool) {
	for ; r != nil; r = r.below {
		if e, ok := r.eenheden[iri]; ok {
			return *e, true
		}
	}
	return Eenheid{}, false
}

// Orgaan returns the bestuursorgaan with that IRI.
func (r *Register) Orgaan(iri string) (Orgaan, bool) {
	for ; r != nil; r = r.below {
		if o, ok := r.organen[iri]; ok {
			return *o, true
		}
	}
	return Orgaan{}, false
}

// Eenheden yields every bestuurseenheid of the embedded register, in the order
// of their names; those without a name come first.
func (r *Register) Eenheden() iter.Seq[Eenheid] {
	return func(yield func(Eenheid) bool) {
		for ; r != nil; r = r.below {
			for _, e := range r.namen {
				if !yield(*e) {
					return
				}
			}
		}
	}
}

// Organen yields the organs of a bestuurseenheid, organs in a period among
// them.
func (r *Register) Organen(eenheid string) iter.Seq[Orgaan] {
	return func(yield func(Orgaan) bool) {
		for ; r != nil; r = r.below {
			for _, o := range r.byEenheid[eenheid] {
				if !yield(*o) {
					return
				}
			}
		}
	}
}

// Concept returns the entry of a code list with that IRI.
func (r *Register) Concept(iri string) (Concept, bool) {
	for ; r != nil; r = r.below {
		if c, ok := r.concepten[iri]; ok {
			return *c, true
		}
	}
	return Concept{}, false
}

// Mandataris returns the mandataris with that IRI, as the snapshot has it.
func (r *Register) Mandataris(iri string) (Mandataris, bool) {
	for ; r != nil; r = r.below {
		if m, ok := r.mandatarissen[iri]; ok {
			return *m, true
		}
	}
	return Mandataris{}, false
}

// Mandatarissen returns how many mandatarissen the register knows: 0 for the
// embedded one, which cannot tell whether a mandataris exists.
func (r *Register) Mandatarissen() int {
	n := 0
	for ; r != nil; r = r.below {
		n += len(r.mandatarissen)
	}
	return n
}

// Is reports whether an eenheid is of a class, by the local name of its
// classification or by its IRI.
func (e Eenheid) Is(classificatie string) bool {
	return e.Classificatie == classificatie ||
		strings.TrimPrefix(e.Classificatie, vocab.BestuurseenheidClassificatieCode) == classificatie
}

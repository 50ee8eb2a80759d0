package besluit

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/belfort-lod/belfort/rdf/vocab"
)

// codes has one line per concept: code list, local part of the IRI, Dutch
// label. The labels are those of the Flemish code lists (data.vlaanderen.be,
// as of February 2026); where the lists disagree, one label was chosen.
//
//go:embed codes.tsv
var codes string

// Code lists as they are named in codes.tsv.
var codeLists = map[string]string{
	"document": vocab.BesluitDocumentType,
	"besluit":  vocab.BesluitType,
	"orgaan":   vocab.BestuursorgaanClassificatieCode,
	"eenheid":  vocab.BestuurseenheidClassificatieCode,
}

var labels = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(codes) {
		list, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		local, label, _ := strings.Cut(rest, "\t")
		m[codeLists[list]+local] = label
	}
	return m
})

// Label returns the Dutch label of a concept in BesluitType,
// BesluitDocumentType, BestuursorgaanClassificatieCode or
// BestuurseenheidClassificatieCode, "" if the IRI is not one that we know.
func Label(iri string) string { return labels()[iri] }

// Classification codes that rules refer to.
const (
	Gemeente  = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000001"
	OCMW      = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000002"
	Provincie = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000000"

	Gemeenteraad                      = vocab.BestuursorgaanClassificatieCode + "5ab0e9b8a3b2ca7c5e000005"
	CollegeVanBurgemeesterEnSchepenen = vocab.BestuursorgaanClassificatieCode + "5ab0e9b8a3b2ca7c5e000006"
	RaadVoorMaatschappelijkWelzijn    = vocab.BestuursorgaanClassificatieCode + "5ab0e9b8a3b2ca7c5e000007"
	VastBureau                        = vocab.BestuursorgaanClassificatieCode + "5ab0e9b8a3b2ca7c5e000008"
	Districtsraad                     = vocab.BestuursorgaanClassificatieCode + "5ab0e9b8a3b2ca7c5e00000a"
	Provincieraad                     = vocab.BestuursorgaanClassificatieCode + "5ab0e9b8a3b2ca7c5e00000c"
)

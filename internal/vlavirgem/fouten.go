package vlavirgem

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// fout is how a page is spoiled: the first occurrence of oud becomes nieuw, and tekst, a part of it,
// is what is recorded as the fault.
type fout struct {
	oud, nieuw, tekst, uitleg string
}

// bederf tells how to spoil a page for the code of its sitting.
func (p *pagina) bederf() fout {
	z := p.zitting
	laatste := z.punten[len(z.punten)-1]
	bron := func(iri string) string { return fmt.Sprintf(`resource="%s"`, iri) }
	switch z.fout {
	case "null-uri":
		t := bron("null/id/lblod/agenda/" + uuid(p.document))
		return fout{bron(p.document), t, t, "De IRI van de agenda begint met null: de naam van het domein is niet ingevuld."}
	case "missing-scheme":
		t := bron("vlavirgem.example/vb/" + uuid(z.iri) + "#agendapunt-2")
		return fout{bron(laatste.iri), t, t, "De IRI van het agendapunt heeft geen schema (https:) en is dus relatief."}
	case "blank-node":
		t := `<li property="besluit:behandelt" typeof="besluit:Agendapunt">`
		return fout{`<li property="besluit:behandelt" ` + bron(laatste.iri) + ` typeof="besluit:Agendapunt">`, t, t, "Het agendapunt heeft geen IRI."}
	case "undeclared-prefix":
		t := `property="generiek:lokaleIdentificator"`
		return fout{`<span class="nummer">`, `<span class="nummer" ` + t + `>`, t, "De prefix generiek is op deze pagina niet gedeclareerd."}
	case "empty-resource":
		t := `resource=""`
		return fout{bron(z.locatie[0]), t, t, "Het attribuut resource is leeg, zodat de plaats de IRI van de pagina krijgt."}
	case "wrong-scheme":
		t := `property="https://data.vlaanderen.be/ns/mandaat#isTijdspecialisatieVan"`
		return fout{`property="mandaat:isTijdspecialisatieVan"`, t, t, "De naamruimte van mandaat begint met http:, niet met https:."}
	case "unknown-datatype":
		t := `datatype="xsd:Date"`
		oud := dagEigenschap("eli:first_date_entry_in_force", z.punten[0].besluit.vanaf)
		return fout{oud, strings.Replace(oud, `datatype="xsd:date"`, t, 1), t, "Het datatype xsd:Date bestaat niet; het heet xsd:date."}
	case "missing-class":
		oud := `<div class="besluit" property="prov:generated" ` + bron(z.punten[0].besluit.iri)
		t := oud + ">"
		return fout{oud + ` typeof="besluit:Besluit">`, t, t, "Wat uit de behandeling volgt, is niet getypeerd als besluit:Besluit."}
	case "duplicate-document-type":
		oud := fmt.Sprintf(`typeof="foaf:Document %s"`, documentType[soortBesluitenlijst])
		t := fmt.Sprintf(`typeof="foaf:Document %s %s"`, documentType[soortAgenda], documentType[soortBesluitenlijst])
		return fout{oud, t, t, "Het document is tegelijk agenda en besluitenlijst."}
	case "unknown-property":
		t := `property="besluit:citeeropschrift"`
		return fout{`property="eli:title_short"`, t, t, "De eigenschap besluit:citeeropschrift bestaat niet; het is eli:title_short."}
	}
	return fout{}
}

// maakFout spoils a page.
func (p *pagina) maakFout(s string) string {
	f := p.bederf()
	return strings.Replace(s, f.oud, f.nieuw, 1)
}

// vindFout finds the fault in the page as it is served.
func (p *pagina) vindFout(url string) Fout {
	s, f := p.tekst(), p.bederf()
	voor, _, _ := strings.Cut(s, f.tekst)
	regel := strings.Count(voor, "\n") + 1
	kolom := utf8.RuneCountInString(voor[strings.LastIndexByte(voor, '\n')+1:]) + 1
	return Fout{url, p.zitting.fout, regel, kolom, f.tekst, f.uitleg}
}

package oslo

import (
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// example is what a correct example of a property shape is made from.
type example struct {
	class, path                        rdf.Term
	datatype, kind, of, value, pattern rdf.Term // zero where the shape does not say
	number                             bool
}

const exampleHost = "https://data.vlavirgem.example/id/"

// html writes the example as a page has it.
func (e example) html() string {
	name, types := strings.ToLower(short(e.class.Value())), curie(e.class.Value())
	switch {
	case strings.HasPrefix(e.class.Value(), vocab.BesluitType):
		name, types = "besluit", "besluit:Besluit "+e.class.Value()
	case strings.HasPrefix(e.class.Value(), vocab.BesluitDocumentType):
		name, types = "document", "foaf:Document "+e.class.Value()
	case e.class.IsZero():
		name, types = "ding", "foaf:Document"
	}
	if e.path == rdfType {
		return fmt.Sprintf("<div resource=%q typeof=%q>...</div>", exampleHost+name+"/1", types+" "+vocab.BesluitType+"efa4ec5a-b006-453f-985f-f986ebae11bc")
	}
	return fmt.Sprintf("<div resource=%q typeof=%q>\n  %s\n</div>", exampleHost+name+"/1", types, e.property())
}

func (e example) property() string {
	property := curie(e.path.Value())
	switch short(e.datatype.Value()) {
	case "dateTime":
		return fmt.Sprintf(`<time property="%s" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026 om 19.30 uur</time>`, property)
	case "date":
		return fmt.Sprintf(`<time property="%s" datatype="xsd:date" content="2026-01-30">30 januari 2026</time>`, property)
	case "boolean":
		return fmt.Sprintf(`<span property="%s" datatype="xsd:boolean" content="true">openbaar</span>`, property)
	case "integer":
		return fmt.Sprintf(`<span property="%s" datatype="xsd:integer" content="17">17 leden</span>`, property)
	case "langString":
		return fmt.Sprintf(`<span property="%s" lang="nl">Gelet op het decreet lokaal bestuur</span>`, property)
	}
	switch {
	case e.of.IsIRI():
		return fmt.Sprintf(`<span property="%s" resource="%svoorbeeld/2" typeof="%s">...</span>`, property, exampleHost, curie(e.of.Value()))
	case e.path.Value() == vocab.EliLanguage:
		return fmt.Sprintf(`<link property="%s" href="%sNLD">`, property, euLanguage)
	case short(e.kind.Value()) == "IRI":
		return fmt.Sprintf(`<a property="%s" href="%svoorbeeld/2">...</a>`, property, exampleHost)
	case e.number:
		return fmt.Sprintf(`<span property="%s" datatype="xsd:decimal" content="1.5">1,5 km</span>`, property)
	case strings.Contains(e.pattern.Value(), "{4}"):
		return fmt.Sprintf(`<span property="%s" datatype="xsd:gYear">2026</span>`, property)
	}
	return fmt.Sprintf(`<span property="%s">Aanvullend reglement op het wegverkeer</span>`, property)
}

// turtle writes the example as data has it.
func (e example) turtle() string {
	object := e.value
	switch short(e.datatype.Value()) {
	case "":
		switch {
		case !object.IsZero():
		case short(e.kind.Value()) == "Literal":
			object = rdf.LangLiteral("Gemeenteraad Vlavirgem", "nl")
		default:
			object = rdf.IRI(exampleHost + "voorbeeld/2")
		}
	case "dateTime":
		object = rdf.Literal("2026-01-26T19:30:00+01:00", vocab.XSDDateTime)
	case "date":
		object = rdf.Literal("2026-01-30", vocab.XSDDate)
	case "integer":
		object = rdf.Literal("17", vocab.XSDInteger)
	case "langString":
		object = rdf.LangLiteral("Besluiten van Vlavirgem", "nl")
	default:
		object = rdf.Literal("true", e.datatype.Value())
	}
	subject := rdf.IRI(exampleHost + "voorbeeld/1")
	text := fmt.Sprintf("%s %s %s .", subject, rdf.IRI(e.path.Value()), object)
	if e.class.IsIRI() {
		text = fmt.Sprintf("%s a %s ;\n  %s %s .", subject, e.class, rdf.IRI(e.path.Value()), object)
	}
	return text
}

// shapeExamples are those of rules whose path is more than one property.
var shapeExamples = map[string]string{
	"zitting-datum": `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">
  <time property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026</time>
</div>`,
	"agendapunt-in-zitting": `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">
  <li property="besluit:behandelt" resource="https://data.vlavirgem.example/id/agendapunt/1" typeof="besluit:Agendapunt">...</li>
</div>`,
	"unreachable-decision":  exampleChain,
	"melding-zittingsdatum": exampleChain,
	"melding-agenda-datum": `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">
  <time property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026</time>
  <a property="besluit:heeftAgenda" href="https://data.vlavirgem.example/agenda/1" typeof="foaf:Document https://data.vlaanderen.be/id/concept/BesluitDocumentType/13fefad6-a9d6-4025-83b5-e4cbee3a8965">Agenda</a>
</div>`,
	"melding-besluitenlijst-datum": `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">
  <time property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026</time>
  <a property="besluit:heeftBesluitenlijst" href="https://data.vlavirgem.example/lijst/1" typeof="foaf:Document https://data.vlaanderen.be/id/concept/BesluitDocumentType/3fa67785-ffdc-4b30-8880-2b99d97b4dee">Besluitenlijst</a>
</div>`,
	"melding-notulen-datum":  exampleMinutes,
	"melding-notulen-orgaan": exampleMinutes,
	"melding-betreft-naam": `<div resource="https://data.vlavirgem.example/id/besluit/1" typeof="besluit:Besluit https://data.vlaanderen.be/id/concept/BesluitType/bd0b0c42-ba5e-4acc-b644-95f6aad904c7">
  <span property="eli:is_about" resource="https://data.vlavirgem.example/id/bedrijf/1" typeof="besluit:Bestuurseenheid"><span property="skos:prefLabel">AGB Vlavirgem</span></span>
</div>`,
}

const exampleChain = `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">
  <time property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026</time>
  <div property="besluit:behandelt" resource="https://data.vlavirgem.example/id/agendapunt/1" typeof="besluit:Agendapunt">...</div>
</div>
<div resource="https://data.vlavirgem.example/id/behandeling/1" typeof="besluit:BehandelingVanAgendapunt">
  <a property="dct:subject" href="https://data.vlavirgem.example/id/agendapunt/1">punt 1</a>
  <div property="prov:generated" resource="https://data.vlavirgem.example/id/besluit/1" typeof="besluit:Besluit">...</div>
</div>`

const exampleMinutes = `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">
  <a property="besluit:isGehoudenDoor" href="https://data.vlavirgem.example/id/bestuursorganen/gemeenteraad/2025-2030">gemeenteraad</a>
  <time property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026</time>
  <a property="besluit:heeftNotulen" href="https://data.vlavirgem.example/notulen/1" typeof="foaf:Document https://data.vlaanderen.be/id/concept/BesluitDocumentType/8e791b27-7600-4577-b24e-c7c29e0eb773">Notulen</a>
</div>`

// faultExamples are right where the rule of that code finds a fault.
var faultExamples = map[string]string{
	"invalid-iri":             `<div resource="https://data.vlavirgem.example/id/artikel%201" typeof="besluit:Artikel">...</div>`,
	"invalid-language":        `<p property="besluit:motivering" lang="nl-BE">Gelet op het decreet lokaal bestuur</p>`,
	"rel-noise":               `<a vocab="" rel="noopener" href="https://www.vlavirgem.example/kaart">Kaart</a>`,
	"embedded-syntax":         `<script type="text/turtle"><https://data.vlavirgem.example/id/1> <http://purl.org/dc/terms/title> "Terrassen" .</script>`,
	"duplicate-document-type": `<a property="besluit:heeftNotulen" href="https://data.vlavirgem.example/notulen/1" typeof="foaf:Document ` + exampleNotulen + `">Notulen</a>`,
	"session-uri":             `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">...</div>`,
	"future-date":             `<time property="besluit:geplandeStart" datatype="xsd:dateTime" content="2027-01-25T19:30:00+01:00">25 januari 2027</time>`,
	"vote-totals":             exampleVote,
	"voted-twice":             exampleVote,
	"voter-absent":            exampleVote,
	"vote-sum":                exampleVote,
	"class-absent":            exampleChain,
	"organ-not-in-period":     exampleOrgan,
	"organ-period-over":       exampleOrgan,
	"organ-unknown":           exampleOrgan,
	"other-municipality":      exampleOrgan,
	"melding-organ":           `<link property="eli:passed_by" href="http://data.lblod.info/id/bestuursorganen/66ccc0c64383d8c4fa7e323dd992e491641b0c2a9f85efff21c807faf80f9f28">`,
	"melding-no-form":         `<div resource="https://data.vlavirgem.example/id/besluit/1" typeof="besluit:Besluit https://data.vlaanderen.be/id/concept/BesluitType/efa4ec5a-b006-453f-985f-f986ebae11bc">...</div>`,
	"melding-future":          `<time property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026</time>`,
	"eenheid-unknown":         exampleUnit,
	"eenheid-merged":          exampleUnit,
	"register-class":          exampleUnit,
	"concept-unknown":         `<div resource="https://data.vlavirgem.example/id/besluit/1" typeof="besluit:Besluit https://data.vlaanderen.be/id/concept/BesluitType/efa4ec5a-b006-453f-985f-f986ebae11bc">...</div>`,
	"mandataris-unknown":      `<a property="besluit:heeftVoorzitter" href="http://data.lblod.info/id/mandatarissen/5fe0c1a2b1a6f10008000123">An Claes</a>`,
}

const (
	exampleVote = `<div resource="https://data.vlavirgem.example/id/stemming/1" typeof="besluit:Stemming">
  <link property="besluit:heeftAanwezige" href="http://data.lblod.info/id/mandatarissen/1">
  <span property="besluit:aantalVoorstanders" datatype="xsd:integer" content="1">1 voor</span>
  <a property="besluit:heeftVoorstander" href="http://data.lblod.info/id/mandatarissen/1">An Claes</a>
</div>`
	exampleOrgan = `<div resource="https://data.vlavirgem.example/id/zitting/1" typeof="besluit:Zitting">
  <a property="besluit:isGehoudenDoor" href="http://data.lblod.info/id/bestuursorganen/66ccc0c64383d8c4fa7e323dd992e491641b0c2a9f85efff21c807faf80f9f28">gemeenteraad</a>
</div>`
	exampleUnit = `<div resource="http://data.lblod.info/id/bestuurseenheden/b942231860865ab0c4108651b117f69a755a04186df97e767707e5d95955ebbd" typeof="besluit:Bestuurseenheid">
  <link property="org:classification" href="http://data.vlaanderen.be/id/concept/BestuurseenheidClassificatieCode/5ab0e9b8a3b2ca7c5e000001">
</div>`
)

// Package vocab names the IRIs that Belfort reads and writes: namespaces, and
// the terms that code refers to. It holds constants only. A name is the usual
// prefix followed by the local name, so besluit:heeftNotulen is
// BesluitHeeftNotulen. Terms that only data mentions have no place here.
package vocab

// Namespaces, named by their usual prefixes.
const (
	RDF          = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	RDFS         = "http://www.w3.org/2000/01/rdf-schema#"
	XSD          = "http://www.w3.org/2001/XMLSchema#"
	OWL          = "http://www.w3.org/2002/07/owl#"
	SH           = "http://www.w3.org/ns/shacl#"
	SKOS         = "http://www.w3.org/2004/02/skos/core#"
	Prov         = "http://www.w3.org/ns/prov#"
	Dct          = "http://purl.org/dc/terms/"
	Foaf         = "http://xmlns.com/foaf/0.1/"
	Org          = "http://www.w3.org/ns/org#"
	Eli          = "http://data.europa.eu/eli/ontology#"
	Besluit      = "http://data.vlaanderen.be/ns/besluit#"
	Mandaat      = "http://data.vlaanderen.be/ns/mandaat#"
	Generiek     = "https://data.vlaanderen.be/ns/generiek#"
	Persoon      = "https://data.vlaanderen.be/ns/persoon#"
	LblodBesluit = "http://lblod.data.gift/vocabularies/besluit/"
	Ext          = "http://mu.semte.ch/vocabularies/ext/"
	Mu           = "http://mu.semte.ch/vocabularies/core/"
	Schema       = "http://schema.org/"
	Ldes         = "https://w3id.org/ldes#"
	Tree         = "https://w3id.org/tree#"
	Dcat         = "http://www.w3.org/ns/dcat#"
	Vcard        = "http://www.w3.org/2006/vcard/ns#"
	Adms         = "http://www.w3.org/ns/adms#"
	I18N         = "https://www.w3.org/ns/i18n#"

	// Code lists of the Flemish government, used as namespaces.
	BesluitType                      = "https://data.vlaanderen.be/id/concept/BesluitType/"
	BesluitDocumentType              = "https://data.vlaanderen.be/id/concept/BesluitDocumentType/"
	BestuurseenheidClassificatieCode = "http://data.vlaanderen.be/id/concept/BestuurseenheidClassificatieCode/"
	BestuursorgaanClassificatieCode  = "http://data.vlaanderen.be/id/concept/BestuursorgaanClassificatieCode/"
)

// Terms of RDF, RDFS, XSD, OWL, SKOS, PROV, Dublin Core, FOAF and ORG.
const (
	RDFType       = RDF + "type"
	RDFFirst      = RDF + "first"
	RDFRest       = RDF + "rest"
	RDFNil        = RDF + "nil"
	RDFLangString = RDF + "langString"
	RDFHTML       = RDF + "HTML"
	RDFXMLLiteral = RDF + "XMLLiteral"
	RDFJSON       = RDF + "JSON"
	RDFList       = RDF + "List"
	RDFValue      = RDF + "value"
	RDFLanguage   = RDF + "language"
	RDFDirection  = RDF + "direction"

	RDFSLabel      = RDFS + "label"
	RDFSComment    = RDFS + "comment"
	RDFSSubClassOf = RDFS + "subClassOf"
	RDFSSeeAlso    = RDFS + "seeAlso"

	XSDString   = XSD + "string"
	XSDBoolean  = XSD + "boolean"
	XSDInteger  = XSD + "integer"
	XSDDecimal  = XSD + "decimal"
	XSDDouble   = XSD + "double"
	XSDFloat    = XSD + "float"
	XSDDate     = XSD + "date"
	XSDDateTime = XSD + "dateTime"
	XSDAnyURI   = XSD + "anyURI"

	OWLSameAs     = OWL + "sameAs"
	SKOSPrefLabel = SKOS + "prefLabel"
	SKOSConcept   = SKOS + "Concept"

	ProvGenerated       = Prov + "generated"
	ProvWasGeneratedBy  = Prov + "wasGeneratedBy"
	ProvGeneratedAtTime = Prov + "generatedAtTime"
	ProvStartedAtTime   = Prov + "startedAtTime"
	ProvEndedAtTime     = Prov + "endedAtTime"
	ProvAtLocation      = Prov + "atLocation"
	ProvValue           = Prov + "value"
	ProvWasDerivedFrom  = Prov + "wasDerivedFrom"

	DctTitle       = Dct + "title"
	DctDescription = Dct + "description"
	DctSubject     = Dct + "subject"
	DctType        = Dct + "type"
	DctIsVersionOf = Dct + "isVersionOf"
	DctReferences  = Dct + "references"
	DctIdentifier  = Dct + "identifier"
	DctModified    = Dct + "modified"
	DctIsPartOf    = Dct + "isPartOf"

	FoafDocument   = Foaf + "Document"
	FoafName       = Foaf + "name"
	FoafFamilyName = Foaf + "familyName"

	OrgClassification = Org + "classification"
	OrgHolds          = Org + "holds"
	MuUUID            = Mu + "uuid"
)

// Terms of OSLO besluit, mandaat, generiek and persoon.
const (
	BesluitBestuurseenheid          = Besluit + "Bestuurseenheid"
	BesluitBestuursorgaan           = Besluit + "Bestuursorgaan"
	BesluitZitting                  = Besluit + "Zitting"
	BesluitAgendapunt               = Besluit + "Agendapunt"
	BesluitBehandelingVanAgendapunt = Besluit + "BehandelingVanAgendapunt"
	BesluitBesluit                  = Besluit + "Besluit"
	BesluitArtikel                  = Besluit + "Artikel"
	BesluitStemming                 = Besluit + "Stemming"

	BesluitBehandelt              = Besluit + "behandelt"
	BesluitIsGehoudenDoor         = Besluit + "isGehoudenDoor"
	BesluitGeplandeStart          = Besluit + "geplandeStart"
	BesluitHeeftAgenda            = Besluit + "heeftAgenda"
	BesluitHeeftBesluitenlijst    = Besluit + "heeftBesluitenlijst"
	BesluitHeeftNotulen           = Besluit + "heeftNotulen"
	BesluitHeeftUittreksel        = Besluit + "heeftUittreksel"
	BesluitHeeftAanwezigeBijStart = Besluit + "heeftAanwezigeBijStart"
	BesluitHeeftAanwezige         = Besluit + "heeftAanwezige"
	BesluitHeeftVoorzitter        = Besluit + "heeftVoorzitter"
	BesluitHeeftSecretaris        = Besluit + "heeftSecretaris"
	BesluitGeplandOpenbaar        = Besluit + "geplandOpenbaar"
	BesluitOpenbaar               = Besluit + "openbaar"
	BesluitAangebrachtNa          = Besluit + "aangebrachtNa"
	BesluitAgendapuntType         = Besluit + "Agendapunt.type"
	BesluitGebeurtNa              = Besluit + "gebeurtNa"
	BesluitHeeftStemming          = Besluit + "heeftStemming"
	BesluitMotivering             = Besluit + "motivering"
	BesluitBestuurt               = Besluit + "bestuurt"
	BesluitClassificatie          = Besluit + "classificatie"
	BesluitWerkingsgebied         = Besluit + "werkingsgebied"
	BesluitOnderwerp              = Besluit + "onderwerp"
	BesluitGevolg                 = Besluit + "gevolg"
	BesluitGeheim                 = Besluit + "geheim"
	BesluitAantalVoorstanders     = Besluit + "aantalVoorstanders"
	BesluitAantalTegenstanders    = Besluit + "aantalTegenstanders"
	BesluitAantalOnthouders       = Besluit + "aantalOnthouders"
	BesluitHeeftStemmer           = Besluit + "heeftStemmer"
	BesluitHeeftVoorstander       = Besluit + "heeftVoorstander"
	BesluitHeeftTegenstander      = Besluit + "heeftTegenstander"
	BesluitHeeftOnthouder         = Besluit + "heeftOnthouder"

	MandaatMandataris              = Mandaat + "Mandataris"
	MandaatIsTijdspecialisatieVan  = Mandaat + "isTijdspecialisatieVan"
	GeneriekIsTijdspecialisatieVan = Generiek + "isTijdspecialisatieVan"
	MandaatIsBestuurlijkeAliasVan  = Mandaat + "isBestuurlijkeAliasVan"
	PersoonGebruikteVoornaam       = Persoon + "gebruikteVoornaam"
	LblodBesluitLinkToPublication  = LblodBesluit + "linkToPublication"
)

// Terms of ELI.
const (
	EliLegalResource         = Eli + "LegalResource"
	EliTitle                 = Eli + "title"
	EliTitleShort            = Eli + "title_short"
	EliDescription           = Eli + "description"
	EliLanguage              = Eli + "language"
	EliNumber                = Eli + "number"
	EliHasPart               = Eli + "has_part"
	EliCites                 = Eli + "cites"
	EliRealizes              = Eli + "realizes"
	EliPassedBy              = Eli + "passed_by"
	EliDatePublication       = Eli + "date_publication"
	EliFirstDateEntryInForce = Eli + "first_date_entry_in_force"
	EliDateNoLongerInForce   = Eli + "date_no_longer_in_force"
	EliRelatedTo             = Eli + "related_to"
	EliCorrects              = Eli + "corrects"
	EliChanges               = Eli + "changes"
)

// The four document types that every government publishes (vendor
// documentation, "core types").
const (
	TypeAgenda         = BesluitDocumentType + "13fefad6-a9d6-4025-83b5-e4cbee3a8965"
	TypeBesluitenlijst = BesluitDocumentType + "3fa67785-ffdc-4b30-8880-2b99d97b4dee"
	TypeNotulen        = BesluitDocumentType + "8e791b27-7600-4577-b24e-c7c29e0eb773"
	TypeUittreksel     = BesluitDocumentType + "9d5bfaca-bbf2-49dd-a830-769f91a6377b"
)

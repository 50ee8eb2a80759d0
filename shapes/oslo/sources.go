package oslo

import "github.com/belfort-lod/belfort/rdf"

// Source is where the demand of a rule comes from.
type Source struct {
	Name rdf.Text `json:"name"`
	URL  string   `json:"url,omitempty"` // "" for what stands on no page of its own
}

// The sources.
var (
	sourceOSLO = Source{
		rdf.Text{NL: "OSLO Besluit-Publicatie, erkende standaard van 11 december 2025", EN: "OSLO Besluit-Publicatie, recognised standard of 11 December 2025"},
		"https://data.vlaanderen.be/doc/applicatieprofiel/besluit-publicatie",
	}
	sourceMandaten = Source{
		rdf.Text{NL: "OSLO Mandatendatabank, erkende standaard van 11 december 2025", EN: "OSLO Mandatendatabank, recognised standard of 11 December 2025"},
		"https://data.vlaanderen.be/doc/applicatieprofiel/mandatendatabank",
	}
	sourceCertificate = Source{
		rdf.Text{NL: "Certificatie Semantics@yourfingertips, op OSLO Besluit-Publicatie", EN: "Certification Semantics@yourfingertips, on OSLO Besluit-Publicatie"},
		"https://data.vlaanderen.be/doc/applicatieprofiel/besluit-publicatie",
	}
	sourcePortal = Source{
		rdf.Text{NL: "Loket: semantisch formulier van 24 oktober 2025", EN: "Portal (Loket): semantic form of 24 October 2025"},
		"https://github.com/lblod/app-digitaal-loket",
	}
	sourceVendors = Source{
		rdf.Text{NL: "Documentatie voor leveranciers van het Agentschap Binnenlands Bestuur", EN: "Documentation for vendors of the Agentschap Binnenlands Bestuur"},
		"https://github.com/lblod/pages-vendors",
	}
	sourceDCAT = Source{
		rdf.Text{NL: "DCAT-AP-VL 3.0, erkende standaard van 12 februari 2026", EN: "DCAT-AP-VL 3.0, recognised standard of 12 February 2026"},
		"https://data.vlaanderen.be/doc/applicatieprofiel/DCAT-AP-VL",
	}
	sourceLDES      = Source{rdf.Text{NL: "Linked Data Event Streams, en TREE", EN: "Linked Data Event Streams, and TREE"}, "https://w3id.org/ldes/specification"}
	sourceRDFa      = Source{rdf.Text{NL: "W3C RDFa Core 1.1", EN: "W3C RDFa Core 1.1"}, "https://www.w3.org/TR/rdfa-core/"}
	sourceDatatypes = Source{rdf.Text{NL: "W3C RDF 1.1, datatypes", EN: "W3C RDF 1.1, datatypes"}, "https://www.w3.org/TR/rdf11-concepts/#section-Datatypes"}
	sourceSHACL     = Source{rdf.Text{NL: "W3C SHACL, in shapes die iemand meegaf", EN: "W3C SHACL, in shapes that somebody brought along"}, "https://www.w3.org/TR/shacl/"}
	sourceRegister  = Source{
		rdf.Text{NL: "Registers en codelijsten van de Vlaamse overheid (data.lblod.info)", EN: "Registers and code lists of the Flemish government (data.lblod.info)"},
		"https://data.lblod.info/",
	}
	sourcePrivacy = Source{
		rdf.Text{NL: "Algemene verordening gegevensbescherming, artikel 5 en 87", EN: "General Data Protection Regulation, articles 5 and 87"},
		"https://eur-lex.europa.eu/eli/reg/2016/679/oj",
	}
	sourceDecree = Source{
		rdf.Text{NL: "Decreet over het lokaal bestuur, artikel 285 tot 288", EN: "Decree on local government, articles 285 to 288"}, "",
	}
	sourcePractice = Source{
		rdf.Text{NL: "Fouten die op gepubliceerde pagina's gezien zijn", EN: "Faults that were seen on published pages"}, "",
	}
	sourceProgram = Source{rdf.Text{NL: "Grens van Belfort zelf", EN: "A bound of Belfort itself"}, ""}
)

// sourceOf is the source of a shape of a profile.
func sourceOf(p Profile, l Level) Source {
	switch p {
	case Strikt:
		return sourceOSLO
	case Melding:
		return sourcePortal
	case Mandatendatabank:
		return sourceMandaten
	case Publicatiestroom:
		return sourceLDES
	case DCAT:
		return sourceDCAT
	}
	if l != NoLevel {
		return sourceCertificate
	}
	return sourceOSLO
}

// writtenSources are the sources of the rules that are no shapes, where it is
// not sourcePractice.
var writtenSources = func() map[string]Source {
	all := map[string]Source{}
	for _, s := range []struct {
		source Source
		codes  []string
	}{
		{sourceRDFa, []string{
			"missing-scheme", "empty-resource", "undeclared-prefix", "prefix-syntax", "curly-quotes", "undefined-term", "invalid-iri",
			"invalid-language", "rel-noise", "embedded-syntax", "relative-uri",
		}},
		{sourceDatatypes, []string{"unknown-datatype", "time-zone"}},
		{sourceProgram, []string{"vocabulary-unavailable", "more-findings", "graph-too-large", "graph-too-alike", "shacl-unfinished", "mandataris-not-asked"}},
		{sourceOSLO, []string{
			"wrong-scheme", "missing-class", "unknown-property", "unknown-class", "misspelt-namespace", "class-clash", "document-relation",
			"no-decision-data", "voter-absent", "vote-sum", "voted-twice", "language-code",
		}},
		{sourceCertificate, []string{"vote-totals", "class-absent", "mandataris-unknown"}},
		{sourceVendors, []string{"blank-node", "null-uri", "session-uri", "duplicate-document-type", "document-type-slash"}},
		{sourceRegister, []string{
			"organ-not-in-period", "organ-period-over", "organ-unknown", "eenheid-unknown", "eenheid-merged", "other-municipality",
			"register-class", "concept-unknown",
		}},
		{sourceDecree, []string{"published-before-sitting"}},
		{sourcePortal, []string{"melding-no-form", "melding-organ", "melding-future", "future-date"}},
	} {
		for _, code := range s.codes {
			all[code] = s.source
		}
	}
	return all
}()

// sourceOfWritten is the source of a rule that is no shape.
func sourceOfWritten(r Rule) Source {
	if s, ok := writtenSources[r.Code]; ok {
		return s
	}
	if r.Private {
		return sourcePrivacy
	}
	return sourcePractice
}

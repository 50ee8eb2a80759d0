package rdfa

import (
	"strings"

	"github.com/belfort-lod/belfort/rdf/vocab"
)

const (
	xhv      = "http://www.w3.org/1999/xhtml/vocab#"
	rdfaNS   = "http://www.w3.org/ns/rdfa#"
	wdrs     = "http://www.w3.org/2007/05/powder-s#"
	rdfaCopy = rdfaNS + "copy"
)

// initialPrefix returns the namespace of a prefix of the RDFa Core initial
// context (http://www.w3.org/2011/rdfa-context/rdfa-1.1), "" if it has none.
func initialPrefix(prefix string) string {
	switch prefix {
	case "as":
		return "https://www.w3.org/ns/activitystreams#"
	case "cc":
		return "http://creativecommons.org/ns#"
	case "csvw":
		return "http://www.w3.org/ns/csvw#"
	case "ctag":
		return "http://commontag.org/ns#"
	case "dc", "dcterms":
		return vocab.Dct
	case "dc11":
		return "http://purl.org/dc/elements/1.1/"
	case "dcat":
		return vocab.Dcat
	case "dqv":
		return "http://www.w3.org/ns/dqv#"
	case "duv":
		return "https://www.w3.org/ns/duv#"
	case "foaf":
		return vocab.Foaf
	case "gr":
		return "http://purl.org/goodrelations/v1#"
	case "grddl":
		return "http://www.w3.org/2003/g/data-view#"
	case "ical":
		return "http://www.w3.org/2002/12/cal/icaltzd#"
	case "jsonld":
		return "http://www.w3.org/ns/json-ld#"
	case "ldp":
		return "http://www.w3.org/ns/ldp#"
	case "ma":
		return "http://www.w3.org/ns/ma-ont#"
	case "oa":
		return "http://www.w3.org/ns/oa#"
	case "odrl":
		return "http://www.w3.org/ns/odrl/2/"
	case "og":
		return "http://ogp.me/ns#"
	case "org":
		return vocab.Org
	case "owl":
		return vocab.OWL
	case "prov":
		return vocab.Prov
	case "qb":
		return "http://purl.org/linked-data/cube#"
	case "rdf":
		return vocab.RDF
	case "rdfa":
		return rdfaNS
	case "rdfs":
		return vocab.RDFS
	case "rev":
		return "http://purl.org/stuff/rev#"
	case "rif":
		return "http://www.w3.org/2007/rif#"
	case "rr":
		return "http://www.w3.org/ns/r2rml#"
	case "schema":
		return vocab.Schema
	case "sd":
		return "http://www.w3.org/ns/sparql-service-description#"
	case "sioc":
		return "http://rdfs.org/sioc/ns#"
	case "skos":
		return vocab.SKOS
	case "skosxl":
		return "http://www.w3.org/2008/05/skos-xl#"
	case "sosa":
		return "http://www.w3.org/ns/sosa/"
	case "ssn":
		return "http://www.w3.org/ns/ssn/"
	case "time":
		return "http://www.w3.org/2006/time#"
	case "v":
		return "http://rdf.data-vocabulary.org/#"
	case "vcard":
		return vocab.Vcard
	case "void":
		return "http://rdfs.org/ns/void#"
	case "wdr":
		return "http://www.w3.org/2007/05/powder#"
	case "wdrs":
		return wdrs
	case "xhv":
		return xhv
	case "xml":
		return xmlSpace
	case "xsd":
		return vocab.XSD
	}
	return ""
}

// initialTerm returns the IRI of a term of the host's initial context, "" if
// it has none. The match falls back to lower case (RDFa Core, 7.4.3).
func initialTerm(host Host, term string) string {
	term = strings.ToLower(term)
	switch term {
	case "describedby":
		return wdrs + term
	case "license", "role":
		return xhv + term
	}
	if host != XHTML1 {
		return "" // the additional context of HTML+RDFa is empty
	}
	switch term {
	case "alternate", "appendix", "bookmark", "cite", "chapter", "contents", "copyright",
		"first", "glossary", "help", "icon", "index", "last", "meta", "next", "p3pv1", "prev", "previous",
		"section", "start", "stylesheet", "subsection", "top", "up":
		return xhv + term
	}
	return ""
}

// scope is the prefixes that one element declares, on top of those of the
// elements around it.
type scope struct {
	outer    *scope
	prefixes map[string]string // by prefix in lower case
}

// lookup returns the namespace of a prefix in lower case.
func (s *scope) lookup(prefix string) (string, bool) {
	for ; s != nil; s = s.outer {
		if iri, ok := s.prefixes[prefix]; ok {
			return iri, true
		}
	}
	iri := initialPrefix(prefix)
	return iri, iri != ""
}

// declared returns all declared prefixes, the initial context left out.
func (s *scope) declared() map[string]string {
	all := map[string]string{}
	for ; s != nil; s = s.outer {
		for prefix, iri := range s.prefixes {
			if _, ok := all[prefix]; !ok {
				all[prefix] = iri
			}
		}
	}
	return all
}

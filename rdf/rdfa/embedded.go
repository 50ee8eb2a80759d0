package rdfa

import "strings"

// rdfSyntax returns the RDF syntax of a script element of the given type, ""
// if it holds none.
func rdfSyntax(mediaType string) string {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	switch t := strings.ToLower(strings.TrimSpace(mediaType)); t {
	case "application/ld+json", "text/turtle", "application/n-triples":
		return t
	}
	return ""
}

// embedded reads the script elements that hold RDF.
func (p *processor) embedded() {}

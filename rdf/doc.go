// Package rdf holds the RDF 1.1 data model that every other package speaks:
// terms, quads, graphs, IRI resolution, and, because Belfort must tell people
// where in their page something stands, spans and findings.
//
// It is not a parser and not a store: each syntax has a package of its own
// below this one, and durable data lives in sparql/quadstore. It imports the
// standard library only.
package rdf

// Package besluit is the domain: governments, their bodies, sittings, agenda
// items, decisions and votes, with the names that OSLO Besluit-Publicatie
// gives them, lifted from an RDF graph. Registers and code lists of the
// Flemish government stand here in our own compact form.
//
// It knows nothing of HTTP, storage or HTML, and it judges nothing: what is
// missing in the data is a zero value here, and a finding elsewhere.
package besluit

// Package sparql is the endpoint: the query operation of the SPARQL 1.1
// Protocol over HTTP, the service description, and the Engine that answers,
// embedded (eval on quadstore) or remote. It also says which media types the
// answers and RDF graphs of Belfort are written in, and which of them a client
// likes best. Parsing, evaluation and storage have packages of their own below.
package sparql

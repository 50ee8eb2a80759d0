// Package sparql is the endpoint: the SPARQL 1.1 Protocol and the read side of
// the Graph Store Protocol over HTTP, the service description, and the Engine
// that answers, embedded (eval on quadstore) or remote. Parsing, evaluation
// and storage have packages of their own below.
package sparql

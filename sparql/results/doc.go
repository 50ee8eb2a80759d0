// Package results is the answer to a SPARQL query and its forms on the wire:
// JSON, XML, CSV and TSV, written and read as a stream (SPARQL 1.1 Query
// Results JSON, XML, CSV and TSV Formats). It evaluates nothing.
package results

// Package algebra is the SPARQL 1.1 algebra (SPARQL 1.1 Query, section 18) and
// the operations of SPARQL 1.1 Update as plain values. The parser makes them,
// the evaluator runs them. String methods print S-expressions for tests and
// for EXPLAIN; nothing here optimises or evaluates.
package algebra

// Package eval turns SPARQL algebra and a Dataset into solutions. It declares
// the Dataset that it needs and knows no storage and no HTTP.
//
// A run works on IDs: terms are looked up for the constants of the query, for
// what an expression must see, and for the answer. The plan (plan.go, cost.go)
// flattens each group into parts, orders them greedily by the dataset's
// estimates, and puts filters where their variables are bound; operators
// (ops.go) pass one row along, so that LIMIT and ASK end all work at once, and
// look up triples one by one until a hash table of the whole pattern is cheaper.
// What a query computes gets IDs of its own. Limits bound time, rows, work and
// memory, and a *LimitError names the one that ended a run.
//
// Memory is a Dataset for files and tests. The tests hold a plain evaluator, the
// oracle, and compare the two on random queries.
package eval

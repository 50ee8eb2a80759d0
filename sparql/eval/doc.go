// Package eval turns SPARQL algebra and a Dataset into solutions. It declares
// the Dataset that it needs and knows no storage and no HTTP.
//
// A run works on IDs: terms are looked up for the constants of the query, for
// what an expression must see, and for the answer. What a query computes gets IDs
// of its own.
//
// The plan (plan.go) flattens each group into parts and puts filters where their
// variables are bound. The order of the parts (order.go, cost.go) is the cheapest
// of several that a greedy choice by the dataset's estimates makes. A filter that
// leaves only some values becomes ranges of IDs for the patterns that bind its
// variable (ranges.go), and some questions about one pattern need its index only
// (index.go).
//
// Operators (ops.go) pass one row along, so that LIMIT and ASK end all work at
// once. A triple pattern (scan.go) is looked up by a cursor that keeps its place,
// merged with rows that come sorted, or put in a hash table: the planner says what
// it thinks cheapest, and what happens decides. ORDER BY, GROUP BY and DISTINCT
// (sort.go, group.go, ops.go) compare IDs as far as those tell, and go to files
// (spill.go) when their share of memory is full.
//
// Limits bound time, rows, work, memory, files and the answer, and a *LimitError
// names the one that ended a run. Explain tells how a query is run.
//
// Memory is a Dataset for files and tests. The tests hold a plain evaluator, the
// oracle, and compare the two on random queries: each way to run them, on Memory
// and on a quad store.
package eval

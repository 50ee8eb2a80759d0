// Package search is the search of decisions as people ask it: the Dutch query
// language, the model of requests and results, how an entity becomes a
// document, and the analysis of Dutch legal text. Engines that hold an index
// have packages of their own below.
package search

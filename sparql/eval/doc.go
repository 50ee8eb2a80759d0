// Package eval turns SPARQL algebra and a Dataset into solutions. It declares
// the Dataset that it needs and knows no storage and no HTTP.
package eval

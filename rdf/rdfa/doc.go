// Package rdfa reads RDFa 1.1 from a page and tells, for every quad, where in
// the page it was said. It follows RDFa Core 1.1 (third edition), HTML+RDFa 1.1
// (second edition), XHTML+RDFa 1.1 and the role attribute; besides quads it
// yields findings: markup that RDFa passes over in silence but that the maker
// of the page will want to mend.
//
// The work is in three steps. A tree builder (html*.go for HTML, on the tokens
// of golang.org/x/net/html; xml.go for XML) makes a flat tree in document order
// with the byte range of each attribute, whatever error recovery does with it. The processing sequence of RDFa Core, section 7.5, walks that
// tree (process.go) and knows nothing of its making. At the end the byte ranges
// become lines and columns in one pass over the text.
//
// Choices where the specifications leave room, or where pages need one:
//   - The RDFa 1.0 rules are not here: a @version that asks for them is read
//     by the rules of 1.1.
//   - The contents of an HTML template element are not part of the document
//     (HTML, 4.12.3), so they say nothing.
//   - @content goes before the element's markup for rdf:HTML and
//     rdf:XMLLiteral too.
//   - A list (@inlist) belongs to its subject: when an element makes another
//     resource the subject of its children, their lists are that resource's.
//   - Processor graph triples carry no dc:date: the same page gives the same
//     graph.
//
// The package does not fetch: the vocabularies for vocabulary expansion come
// from a function that the caller passes.
package rdfa

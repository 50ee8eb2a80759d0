// Package rdfa reads RDFa 1.1 from a page and tells, for every quad, where in
// the page it was said. It follows RDFa Core 1.1 (third edition), HTML+RDFa 1.1
// (second edition), XHTML+RDFa 1.1 and the role attribute; besides quads it
// yields findings: markup that RDFa passes over in silence but that the maker
// of the page will want to mend.
//
// The work is in three steps. A tree builder (html*.go for HTML, xml.go for XML)
// makes a flat tree in document order. Its elements know the byte range of their
// tag, whatever error recovery does with them; attributes are read from there
// when they are wanted. The processing sequence of RDFa Core, section 7.5, walks
// that tree (process.go) and knows nothing of its making. At the end the byte
// ranges become lines and columns, counted from marks that one pass over the
// text has set.
//
// The tokenizer and tree builder for HTML are our own, since those of
// golang.org/x/net/html do not tell places and make much that RDFa never looks
// at; they are compared with it in tests and under fuzzing. Where that parser
// departs from the standard in what it makes of character references in comments
// and CDATA sections, or of a "<" in the comment of a script, so do we.
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

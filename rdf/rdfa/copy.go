package rdfa

import (
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// copyProperties is property copying (HTML+RDFa 1.1, section 3.5): a resource
// that says rdfa:copy of a rdfa:Pattern gets the properties of the pattern,
// and the copied patterns leave the graph. A copied triple keeps the span of
// the attribute that made it in the pattern.
func (p *processor) copyProperties() {
	copyIRI, patternIRI, typeIRI := rdf.IRI(rdfaCopy), rdf.IRI(rdfaNS+"Pattern"), rdf.IRI(vocab.RDFType)
	patterns := map[rdf.Term]bool{}
	var copies []rdf.Sourced
	for i := range p.statements {
		switch s := &p.statements[i]; {
		case s.Predicate == copyIRI:
			copies = append(copies, *s)
		case s.Predicate == typeIRI && s.Object == patternIRI:
			patterns[s.Subject] = true
		}
	}
	if len(copies) == 0 || len(patterns) == 0 {
		return
	}
	bySubject := map[rdf.Term][]rdf.Sourced{}
	present := make(map[rdf.Quad]bool, len(p.statements))
	for _, s := range p.statements {
		bySubject[s.Subject] = append(bySubject[s.Subject], s)
		present[s.Quad] = true
	}
	used := map[rdf.Term]bool{}
	// A copied rdfa:copy is a copy to be made too, so the list grows; present
	// keeps circles from turning for ever, and the bound on statements holds.
	for i := 0; i < len(copies) && p.err == nil; i++ {
		target, pattern := copies[i].Subject, copies[i].Object
		if !patterns[pattern] {
			continue
		}
		used[pattern] = true
		for _, s := range bySubject[pattern] {
			if s.Predicate == typeIRI && s.Object == patternIRI {
				continue
			}
			s.Subject = target
			if present[s.Quad] {
				continue
			}
			present[s.Quad] = true
			p.state(target, s.Predicate, s.Object, spanOf(&s))
			if s.Predicate == copyIRI {
				copies = append(copies, s)
			}
		}
	}
	kept := p.statements[:0]
	for _, s := range p.statements {
		switch {
		case used[s.Subject]:
		case s.Predicate == copyIRI && patterns[s.Object]:
		default:
			kept = append(kept, s)
		}
	}
	p.statements = kept
}

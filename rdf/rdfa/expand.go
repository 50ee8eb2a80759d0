package rdfa

import (
	"slices"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// expand is vocabulary expansion (RDFa Core, section 10): the entailments of
// rdfs:subClassOf, rdfs:subPropertyOf, owl:equivalentClass and
// owl:equivalentProperty as the vocabularies in use state them. An entailed
// triple has the span of the triple it follows from.
func (p *processor) expand() {
	properties, classes := map[rdf.Term][]rdf.Term{}, map[rdf.Term][]rdf.Term{}
	for _, iri := range p.vocabs {
		quads, err := p.options.Vocabulary(iri)
		if err != nil {
			p.vocabularyUnavailable(iri, err)
			continue
		}
		for _, q := range quads {
			switch q.Predicate.Value() {
			case vocab.RDFS + "subPropertyOf":
				properties[q.Subject] = append(properties[q.Subject], q.Object)
			case vocab.OWL + "equivalentProperty":
				properties[q.Subject] = append(properties[q.Subject], q.Object)
				properties[q.Object] = append(properties[q.Object], q.Subject)
			case vocab.RDFSSubClassOf:
				classes[q.Subject] = append(classes[q.Subject], q.Object)
			case vocab.OWL + "equivalentClass":
				classes[q.Subject] = append(classes[q.Subject], q.Object)
				classes[q.Object] = append(classes[q.Object], q.Subject)
			}
		}
	}
	if len(properties) == 0 && len(classes) == 0 {
		return
	}
	present := make(map[rdf.Quad]bool, len(p.statements))
	for _, s := range p.statements {
		present[s.Quad] = true
	}
	// What is entailed may entail more: the list grows until nothing is new.
	for i := 0; i < len(p.statements) && p.err == nil; i++ {
		s := p.statements[i]
		add := func(q rdf.Quad) {
			if !present[q] && q.Predicate.IsIRI() {
				present[q] = true
				p.state(q.Subject, q.Predicate, q.Object, spanOf(&s))
			}
		}
		for _, super := range properties[s.Predicate] {
			add(rdf.Quad{Subject: s.Subject, Predicate: super, Object: s.Object})
		}
		if s.Predicate == rdf.IRI(vocab.RDFType) {
			for _, super := range classes[s.Object] {
				add(rdf.Quad{Subject: s.Subject, Predicate: s.Predicate, Object: super})
			}
		}
	}
}

// useVocabulary remembers a vocabulary for expansion.
func (p *processor) useVocabulary(iri string) {
	if p.options.Vocabulary != nil && !slices.Contains(p.vocabs, iri) && len(p.vocabs) < maxVocabularies {
		p.vocabs = append(p.vocabs, iri)
	}
}

// maxVocabularies bounds how many vocabularies one page makes us read.
const maxVocabularies = 64

package sparql

import (
	"iter"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

const (
	sd      = "http://www.w3.org/ns/sparql-service-description#"
	formats = "http://www.w3.org/ns/formats/"
)

// description yields the service description of the endpoint at an address
// (SPARQL 1.1 Service Description).
func (h *handler) description(endpoint string) iter.Seq2[rdf.Quad, error] {
	service, dataset, graph := rdf.Blank("service"), rdf.Blank("dataset"), rdf.Blank("graph")
	quads := []rdf.Quad{
		{Subject: service, Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(sd + "Service")},
		{Subject: service, Predicate: rdf.IRI(sd + "endpoint"), Object: rdf.IRI(endpoint)},
		{Subject: service, Predicate: rdf.IRI(sd + "supportedLanguage"), Object: rdf.IRI(sd + "SPARQL11Query")},
		{Subject: service, Predicate: rdf.IRI(sd + "feature"), Object: rdf.IRI(sd + "UnionDefaultGraph")},
		{Subject: service, Predicate: rdf.IRI(sd + "defaultDataset"), Object: dataset},
		{Subject: dataset, Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(sd + "Dataset")},
		{Subject: dataset, Predicate: rdf.IRI(sd + "defaultGraph"), Object: graph},
		{Subject: graph, Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(sd + "Graph")},
	}
	if h.o.Authorize != nil {
		quads = append(quads, rdf.Quad{Subject: service, Predicate: rdf.IRI(sd + "supportedLanguage"), Object: rdf.IRI(sd + "SPARQL11Update")})
	}
	for _, format := range []string{
		"SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
		"Turtle", "N-Triples", "N-Quads", "TriG", "JSON-LD", "RDF_XML",
	} {
		quads = append(quads, rdf.Quad{Subject: service, Predicate: rdf.IRI(sd + "resultFormat"), Object: rdf.IRI(formats + format)})
	}
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

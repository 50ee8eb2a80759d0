package rdfa

import (
	"fmt"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// reportKind is a class of the processor graph (RDFa Core, section 7.6.1).
type reportKind uint8

const (
	processorError reportKind = iota
	processorWarning
)

func (k reportKind) class() string {
	if k == processorError {
		return rdfaNS + "Error"
	}
	return rdfaNS + "Warning"
}

// report is one entry of the processor graph.
type report struct {
	kind        reportKind
	class       string // the subclass, a local name of the RDFa vocabulary
	description string
	span        extent
	context     rdf.Term
}

// maxReports bounds the processor graph and the findings of one page.
const maxReports = 10_000

// report adds an entry to the processor graph, if that is asked for.
func (p *processor) report(kind reportKind, class, description string, span extent, context rdf.Term) {
	if p.options.ProcessorGraph && len(p.reports) < maxReports {
		p.reports = append(p.reports, report{kind, class, description, span, context})
	}
}

// processorGraph writes the reports as triples. The context of a report is a
// node with the line and column (RDFa Core leaves its kind open).
func (p *processor) processorGraph(at *positions) []rdf.Sourced {
	var quads []rdf.Sourced
	for i, r := range p.reports {
		span := at.span(r.span)
		node := rdf.Blank(fmt.Sprintf("r%d", i+1))
		add := func(predicate string, object rdf.Term) {
			quads = append(quads, rdf.Sourced{Quad: rdf.Quad{Subject: node, Predicate: rdf.IRI(predicate), Object: object}, Span: span})
		}
		add(vocab.RDFType, rdf.IRI(r.kind.class()))
		add(vocab.RDFType, rdf.IRI(rdfaNS+r.class))
		add(vocab.DctDescription, rdf.LangLiteral(r.description, "en"))
		if !r.context.IsZero() {
			add(rdfaNS+"context", r.context)
		}
	}
	return quads
}

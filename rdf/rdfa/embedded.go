package rdfa

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

// rdfSyntax returns the RDF syntax of a script element of the given type, ""
// if it holds none.
func rdfSyntax(mediaType string) string {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	switch t := strings.ToLower(strings.TrimSpace(mediaType)); t {
	case "application/ld+json", "text/turtle", "application/n-triples":
		return t
	}
	return ""
}

// embedded reads the script elements that hold RDF: JSON-LD (JSON-LD 1.1,
// section 7) and Turtle (RDF 1.1 Turtle, appendix A), whose base is that of the
// page. Their statements have the script's start tag for a span.
func (p *processor) embedded() {
	if !p.isXHTML() {
		return
	}
	for number, i := range p.scripts {
		n := &p.tree.nodes[i]
		prefix := fmt.Sprintf("s%d.", number+1)
		text := p.tree.content(i)
		var err error
		if rdfSyntax(p.tree.attribute(n, "type").value) == "application/ld+json" {
			err = p.embeddedJSONLD(text, prefix, n.tag)
		} else {
			err = p.embeddedTurtle(text, prefix, n.tag)
		}
		if err != nil {
			p.embeddedError(n, text, err)
		}
		if p.err != nil {
			return
		}
	}
}

func (p *processor) embeddedJSONLD(text, prefix string, span extent) error {
	quads, err := jsonld.Parse(strings.NewReader(text), jsonld.Options{
		Base: p.base, Loader: p.options.Context, BlankPrefix: prefix, MaxBytes: p.options.MaxBytes,
	})
	for _, q := range quads {
		p.stateQuad(q, span)
	}
	return err
}

func (p *processor) embeddedTurtle(text, prefix string, span extent) error {
	r := turtle.NewReader(strings.NewReader(text), turtle.Options{Base: p.base, BlankPrefix: prefix})
	for p.err == nil {
		q, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		p.stateQuad(q, span)
	}
	return nil
}

// stateQuad adds a quad that comes from elsewhere.
func (p *processor) stateQuad(q rdf.Quad, span extent) {
	before := len(p.statements)
	p.state(q.Subject, q.Predicate, q.Object, span)
	if len(p.statements) > before {
		p.statements[before].Graph = q.Graph
	}
}

// embeddedError makes a finding of what is wrong in a script element, at the
// place where it is if that is known.
func (p *processor) embeddedError(n *node, text string, err error) {
	span, severity := n.tag, rdf.Info
	var syntax *rdf.SyntaxError
	message := err.Error()
	if errors.As(err, &syntax) {
		message = syntax.Message
		if !syntax.Span.IsZero() {
			severity = rdf.Warning
		}
		start, end := syntax.Span.Start.Offset, syntax.Span.End.Offset
		inSource := n.tag.known() && strings.HasPrefix(string(p.text[n.tag.end:]), text)
		if !syntax.Span.IsZero() && inSource && end <= len(text) {
			span = extent{n.tag.end + int32(start), n.tag.end + int32(end)}
		}
	}
	p.findAt(severity, RuleEmbeddedSyntax, span, "", rdf.Term{},
		fmt.Sprintf("De gegevens in dit script-element zijn niet of niet helemaal gelezen: %s. De RDFa op de pagina zelf is wel gelezen.", message),
		fmt.Sprintf("The data in this script element could not be read, or not all of it: %s. The RDFa of the page itself was read.", message))
}

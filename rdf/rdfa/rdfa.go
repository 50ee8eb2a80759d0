package rdfa

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// Host is the language of the page. It decides how the text becomes a tree and
// which host rules are added to RDFa Core.
type Host uint8

// The host languages. HTML5 and HTML4 follow HTML+RDFa 1.1 on the tree that an
// HTML parser makes; XHTML5 does so on an XML tree; XHTML1 follows XHTML+RDFa
// 1.1; SVG and XML follow RDFa Core with xml:base.
const (
	HTML5 Host = iota
	HTML4
	XHTML5
	XHTML1
	SVG
	XML
)

// HostOf returns the host language for a media type (parameters are ignored):
// XHTML5 for application/xhtml+xml, SVG for image/svg+xml, XML for the other
// XML types, and HTML5 for anything else. A page of type application/xhtml+xml
// whose DOCTYPE names XHTML+RDFa is XHTML1 (HTML+RDFa 1.1, 3.1, rule 5); Parse
// looks for that itself.
func HostOf(mediaType string) Host {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	switch t := strings.ToLower(strings.TrimSpace(mediaType)); {
	case t == "application/xhtml+xml":
		return XHTML5
	case t == "image/svg+xml":
		return SVG
	case t == "application/xml", t == "text/xml", strings.HasSuffix(t, "+xml"):
		return XML
	}
	return HTML5
}

// Options says how to read a page. The zero Options reads HTML with the
// default bounds, no processor graph and no vocabulary expansion.
type Options struct {
	// Base is the IRI of the page. A base element or xml:base is resolved
	// against it. When it is empty, relative IRIs stay relative.
	Base string
	// Host is the language of the page.
	Host Host
	// Language is the language of the page where no element says otherwise:
	// the Content-Language of the response, if that is a single tag.
	Language string
	// ProcessorGraph asks for Document.Processor (RDFa Core, section 7.6).
	ProcessorGraph bool
	// Vocabulary, if set, turns on vocabulary expansion (RDFa Core, section
	// 10): it returns the triples of the vocabulary with the given IRI. An error
	// is not fatal: it becomes a finding and a processor graph warning.
	Vocabulary func(iri string) ([]rdf.Quad, error)

	// Context fetches the contexts that JSON-LD in script elements names; nil
	// means that none is fetched. What then cannot be read is a finding.
	Context func(iri string) ([]byte, error)

	// The bounds; 0 means the default. A page over a bound gives ErrLimit.
	MaxBytes    int // length of the text; default 32 MiB, at most 1 GiB
	MaxDepth    int // nesting of elements; default 2048
	MaxQuads    int // statements, copies and list items included; default 1,000,000
	MaxLiterals int // bytes of all literals together; default 128 MiB
}

// ErrLimit is returned, wrapped with what was too much, for a page that is
// over one of the bounds.
var ErrLimit = errors.New("page over a bound")

func (o Options) withDefaults() Options {
	defaultTo := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	defaultTo(&o.MaxBytes, 32<<20)
	defaultTo(&o.MaxDepth, 2048)
	defaultTo(&o.MaxQuads, 1_000_000)
	defaultTo(&o.MaxLiterals, 128<<20)
	o.MaxBytes = min(o.MaxBytes, math.MaxInt32/2)
	return o
}

// Document is what a page says. All spans are byte ranges of the text that was
// given to Parse.
type Document struct {
	// Quads is the output graph, in document order: what the
	// attributes say and what the script elements with RDF say. The span is the
	// attribute (name, equals sign, value) that made the triple, or the start
	// tag of the script element. A page that says a thing twice has it twice.
	// Blank nodes are labelled b1, b2, ...; those of scripts begin with "s".
	// Only JSON-LD in a script element can name graphs.
	Quads []rdf.Sourced
	// Processor is the processor graph, if asked for.
	Processor []rdf.Sourced
	// Findings is what is wrong with the markup, in document order. Its rules
	// are the Rule constants of this package.
	Findings []rdf.Finding
	// Subjects maps each subject of a triple made by attributes to the start
	// tag of the element that introduced it: the first that gives it a type, or
	// else the first that makes it a subject. That is where a finding about a
	// missing property points.
	Subjects map[rdf.Term]rdf.Span
	// Base is the effective base IRI of the page.
	Base string
	// Title is the text of the title element, with white space collapsed.
	Title string
}

// Parse reads the RDFa of a page. The text is UTF-8 (see Decode); invalid
// bytes are kept as they are in HTML and do no harm. Parse keeps no reference
// to text. Besides ErrLimit its only error is a *rdf.SyntaxError for a page in
// an XML language that is not well-formed; the Document then holds what came
// before the error.
func Parse(text []byte, options Options) (*Document, error) {
	options = options.withDefaults()
	if len(text) > options.MaxBytes {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrLimit, options.MaxBytes)
	}
	if options.Host == XHTML5 && isXHTML1(text) {
		options.Host = XHTML1
	}
	var t *tree
	var err error
	switch options.Host {
	case HTML5, HTML4:
		t, err = parseHTML(text, options.MaxDepth)
	default:
		t, err = parseXML(text, options.MaxDepth)
	}
	var syntax *rdf.SyntaxError
	if err != nil && !errors.As(err, &syntax) {
		return nil, err
	}
	p := newProcessor(text, t, options)
	if syntax != nil {
		syntax.Source = options.Base
		p.report(processorError, "DocumentError", syntax.Message,
			extent{int32(syntax.Span.Start.Offset), int32(syntax.Span.End.Offset)}, rdf.Term{})
	}
	p.run()
	if p.err != nil {
		return nil, p.err
	}
	if syntax != nil {
		return p.document(), syntax
	}
	return p.document(), nil
}

// isXHTML1 reports whether the DOCTYPE names XHTML+RDFa.
func isXHTML1(text []byte) bool {
	head := string(text[:min(len(text), 1024)])
	i := strings.Index(head, "<!DOCTYPE")
	if i < 0 {
		return false
	}
	head = head[i:]
	if end := strings.IndexByte(head, '>'); end >= 0 {
		head = head[:end]
	}
	return strings.Contains(head, "//DTD XHTML+RDFa 1.")
}

package sparql

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/results"
)

// Media types of the RDF syntaxes that Belfort writes.
const (
	Turtle   = "text/turtle"
	NTriples = "application/n-triples"
	NQuads   = "application/n-quads"
	TriG     = "application/trig"
	JSONLD   = "application/ld+json"
	RDFXML   = "application/rdf+xml"
)

// Media types of solutions and of answers to ASK.
const (
	ResultsJSON = "application/sparql-results+json"
	ResultsXML  = "application/sparql-results+xml"
	ResultsCSV  = "text/csv"
	ResultsTSV  = "text/tab-separated-values"
)

// GraphTypes returns the media types that WriteGraph knows, best first.
func GraphTypes() []string { return []string{Turtle, JSONLD, NTriples, NQuads, TriG, RDFXML} }

// ResultTypes returns the media types that WriteResult knows for a kind of
// answer, best first. Behind the proper ones stand general ones that clients
// ask for too, such as application/json.
func ResultTypes(kind results.Kind) []string {
	if kind == results.Quads {
		return append(GraphTypes(), "application/json", "text/plain", "text/n3", "application/x-turtle", "application/xml", "text/xml")
	}
	return []string{ResultsJSON, ResultsXML, ResultsCSV, ResultsTSV, "application/json", "application/xml", "text/xml"}
}

// TypeByName returns the media type of a short name or file extension, with or
// without its dot: json, xml, csv, tsv, turtle (ttl), ntriples (nt), nquads
// (nq), trig, jsonld, rdfxml (rdf).
func TypeByName(name string) (mediaType string, ok bool) {
	switch strings.TrimPrefix(strings.ToLower(name), ".") {
	case "json", "srj":
		return ResultsJSON, true
	case "xml", "srx":
		return ResultsXML, true
	case "csv":
		return ResultsCSV, true
	case "tsv":
		return ResultsTSV, true
	case "turtle", "ttl":
		return Turtle, true
	case "ntriples", "nt":
		return NTriples, true
	case "nquads", "nq":
		return NQuads, true
	case "trig":
		return TriG, true
	case "jsonld":
		return JSONLD, true
	case "rdf", "rdfxml":
		return RDFXML, true
	}
	return "", false
}

// WriteResult writes the answer to a query in the syntax of a media type of
// ResultTypes. It returns the first error of the answer or of w.
func WriteResult(w io.Writer, mediaType string, r *results.Result) error {
	if r.Kind == results.Quads {
		return WriteGraph(w, graphType(mediaType), r.Quads, "")
	}
	format, ok := results.FormatByName(mediaType)
	if !ok {
		return fmt.Errorf("write result: %q is not a format for this kind of answer", mediaType)
	}
	return results.Write(w, format, r)
}

// graphType returns the media type of GraphTypes that an alias stands for.
func graphType(mediaType string) string {
	switch mediaType {
	case "application/json":
		return JSONLD
	case "text/plain":
		return NTriples
	case "text/n3", "application/x-turtle":
		return Turtle
	case "application/xml", "text/xml":
		return RDFXML
	}
	return mediaType
}

// Prefixes returns the namespaces that Belfort's Turtle is written with, by
// prefix.
func Prefixes() map[string]string {
	return map[string]string{
		"rdf": vocab.RDF, "rdfs": vocab.RDFS, "xsd": vocab.XSD, "owl": vocab.OWL, "skos": vocab.SKOS,
		"prov": vocab.Prov, "dct": vocab.Dct, "foaf": vocab.Foaf, "org": vocab.Org, "eli": vocab.Eli,
		"besluit": vocab.Besluit, "mandaat": vocab.Mandaat, "generiek": vocab.Generiek, "persoon": vocab.Persoon,
		"lblodBesluit": vocab.LblodBesluit, "ext": vocab.Ext, "mu": vocab.Mu, "schema": vocab.Schema,
		"sh": vocab.SH, "ldes": vocab.Ldes, "tree": vocab.Tree, "dcat": vocab.Dcat, "vcard": vocab.Vcard, "adms": vocab.Adms,
	}
}

// laidOut is how many quads WriteGraph gathers to lay them out for people; a
// longer answer is streamed.
const laidOut = 1_000

// graphWriter is what the writers of the syntaxes have in common.
type graphWriter interface {
	Write(q rdf.Quad) error
	Close() error
}

// WriteGraph writes quads in the syntax of a media type of GraphTypes. Turtle,
// N-Triples and RDF/XML leave out graph names. Turtle, TriG and JSON-LD of
// up to 1,000 quads are laid out for people; everything else is written as the
// quads come, in memory that does not grow. IRIs that begin with base are shortened where the
// syntax can; base may be "". It returns the first error of quads or of w.
func WriteGraph(w io.Writer, mediaType string, quads iter.Seq2[rdf.Quad, error], base string) error {
	var first []rdf.Quad
	var out graphWriter
	begin := func(stream bool) (err error) {
		if out, err = newGraphWriter(w, mediaType, base, stream); err != nil {
			return err
		}
		for _, q := range first {
			if err := out.Write(q); err != nil {
				return err
			}
		}
		first = nil
		return nil
	}
	if _, err := newGraphWriter(io.Discard, mediaType, base, true); err != nil {
		return err
	}
	if mediaType == NTriples || mediaType == NQuads || mediaType == RDFXML { // nothing to lay out
		if err := begin(true); err != nil {
			return err
		}
	}
	for q, err := range quads {
		if err != nil {
			return err
		}
		if out == nil {
			if first = append(first, q); len(first) < laidOut {
				continue
			}
			if err := begin(true); err != nil {
				return err
			}
			continue
		}
		if err := out.Write(q); err != nil {
			return err
		}
	}
	if out == nil {
		if err := begin(false); err != nil {
			return err
		}
	}
	return out.Close()
}

func newGraphWriter(w io.Writer, mediaType, base string, stream bool) (graphWriter, error) {
	switch mediaType {
	case NTriples:
		return &lineWriter{w: w, triples: true, passed: time.Now()}, nil
	case NQuads:
		return &lineWriter{w: w, passed: time.Now()}, nil
	case Turtle, TriG:
		return turtle.NewWriter(w, turtle.Options{TriG: mediaType == TriG, Base: base, Prefixes: Prefixes(), Stream: stream}), nil
	case JSONLD:
		if stream {
			return newJSONLDStream(w), nil
		}
		return &jsonldWriter{w: w, base: base}, nil
	case RDFXML:
		return newRDFXMLWriter(w), nil
	}
	return nil, fmt.Errorf("write graph: %q is not a syntax that can be written", mediaType)
}

// lineWriter writes N-Triples and N-Quads. Quads that come slowly are passed on as
// they come, which package nquads does not do.
type lineWriter struct {
	w       io.Writer
	triples bool
	b       []byte
	passed  time.Time
}

func (l *lineWriter) Write(q rdf.Quad) error {
	if !q.IsValid() {
		return fmt.Errorf("write graph: %v is not a statement of RDF", q)
	}
	if l.triples {
		q = q.Triple()
	}
	l.b = append(q.AppendNQuads(l.b), '\n')
	if now := time.Now(); len(l.b) >= 32<<10 || now.Sub(l.passed) > passTime {
		l.passed = now
		return l.Close()
	}
	return nil
}

// passTime is how long quads are held back for those after them.
const passTime = 250 * time.Millisecond

func (l *lineWriter) Close() error {
	_, err := l.w.Write(l.b)
	l.b = l.b[:0]
	return err
}

package sparql

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// jsonldWriter gathers what it is given and compacts it: a list of JSON-LD is
// known to be one only when all quads are there. For a longer answer that takes
// too long, and jsonldStream is used.
type jsonldWriter struct {
	w     io.Writer
	base  string
	quads []rdf.Quad
}

func (j *jsonldWriter) Write(q rdf.Quad) error {
	j.quads = append(j.quads, q)
	return nil
}

func (j *jsonldWriter) Close() error {
	context, err := json.Marshal(Prefixes())
	if err != nil {
		return err
	}
	return jsonld.Write(j.w, j.quads, jsonld.Options{Base: j.base, Context: context, Indent: "  "})
}

// jsonldStream writes expanded JSON-LD as the quads come: a node object for each
// run of quads with the same graph and subject, and within it a property for
// each run with the same predicate. A subject that comes back gets another
// object, which means the same (JSON-LD 1.1, section 5.1 of the API: node objects
// with one @id are one node). Lists stay rdf:first and rdf:rest.
type jsonldStream struct {
	w     *bufio.Writer
	last  rdf.Quad
	begun bool
}

func newJSONLDStream(w io.Writer) *jsonldStream {
	return &jsonldStream{w: bufio.NewWriterSize(w, 32<<10)}
}

func (j *jsonldStream) Write(q rdf.Quad) error {
	b := j.w.AvailableBuffer()
	graph, subject := !j.begun || q.Graph != j.last.Graph, !j.begun || q.Graph != j.last.Graph || q.Subject != j.last.Subject
	isType := q.Predicate.Value() == vocab.RDFType && !q.Object.IsLiteral()
	switch {
	case !j.begun:
		b = append(b, "[\n"...)
	case subject:
		b = append(b, "]}"...)
		if graph && !j.last.Graph.IsZero() {
			b = append(b, "]}"...)
		}
		b = append(b, ",\n"...)
	case q.Predicate != j.last.Predicate || isType != j.lastType():
		b = append(b, "],\n"...)
	default:
		b = append(b, ',')
	}
	if graph && !q.Graph.IsZero() {
		b = append(b, `{"@id":`...)
		b = appendNodeID(b, q.Graph)
		b = append(b, `,"@graph":[`...)
	}
	if subject {
		b = append(b, `{"@id":`...)
		b = appendNodeID(b, q.Subject)
		b = append(b, ',')
	}
	if subject || q.Predicate != j.last.Predicate || isType != j.lastType() {
		if isType {
			b = append(b, `"@type":[`...)
		} else {
			b = appendJSONString(b, q.Predicate.Value())
			b = append(b, ":["...)
		}
	}
	switch {
	case isType:
		b = appendNodeID(b, q.Object)
	case !q.Object.IsLiteral():
		b = append(b, `{"@id":`...)
		b = append(appendNodeID(b, q.Object), '}')
	default:
		b = append(b, `{"@value":`...)
		b = appendJSONString(b, q.Object.Value())
		if lang := q.Object.Lang(); lang != "" {
			b = append(b, `,"@language":`...)
			b = appendJSONString(b, lang)
		} else if d := q.Object.Datatype(); d != vocab.XSDString {
			b = append(b, `,"@type":`...)
			b = appendJSONString(b, d)
		}
		b = append(b, '}')
	}
	j.begun, j.last = true, q
	_, err := j.w.Write(b)
	return err
}

// lastType reports whether the open property is @type.
func (j *jsonldStream) lastType() bool {
	return j.last.Predicate.Value() == vocab.RDFType && !j.last.Object.IsLiteral()
}

func (j *jsonldStream) Close() error {
	switch {
	case !j.begun:
		j.w.WriteString("[")
	case j.last.Graph.IsZero():
		j.w.WriteString("]}")
	default:
		j.w.WriteString("]}]}")
	}
	j.w.WriteString("]\n")
	return j.w.Flush()
}

func appendNodeID(b []byte, t rdf.Term) []byte {
	if t.IsBlank() {
		return appendJSONString(b, "_:"+t.Value())
	}
	return appendJSONString(b, t.Value())
}

// appendJSONString writes a JSON string; what needs no escape, as nearly every
// IRI, is copied.
func appendJSONString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil {
				return strconv.AppendQuoteToASCII(b, s)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

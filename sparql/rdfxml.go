package sparql

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// rdfxmlWriter writes RDF 1.1 XML as the quads come, for the tools that know no
// other syntax: an rdf:Description for each run of quads with the same subject.
// A predicate that no element name can be made of, and text that XML does not
// have, are errors: the syntax cannot say them.
type rdfxmlWriter struct {
	w        *bufio.Writer
	prefixes map[string]string // by namespace
	subject  rdf.Term
	begun    bool
}

func newRDFXMLWriter(w io.Writer) *rdfxmlWriter {
	x := &rdfxmlWriter{w: bufio.NewWriterSize(w, 32<<10), prefixes: map[string]string{}}
	for prefix, namespace := range Prefixes() {
		x.prefixes[namespace] = prefix
	}
	return x
}

func (x *rdfxmlWriter) begin() {
	x.begun = true
	x.w.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF")
	byPrefix := Prefixes()
	for _, prefix := range slices.Sorted(maps.Keys(byPrefix)) {
		fmt.Fprintf(x.w, "\n  xmlns:%s=\"%s\"", prefix, byPrefix[prefix])
	}
	x.w.WriteString(">\n")
}

func (x *rdfxmlWriter) Write(q rdf.Quad) error {
	namespace, local := splitName(q.Predicate.Value())
	if local == "" {
		return fmt.Errorf("write RDF/XML: %v cannot be the name of an element", q.Predicate)
	}
	if !x.begun {
		x.begin()
	}
	if q.Subject != x.subject {
		if !x.subject.IsZero() {
			x.w.WriteString("</rdf:Description>\n")
		}
		x.subject = q.Subject
		x.w.WriteString("<rdf:Description")
		if err := x.node("about", q.Subject); err != nil {
			return err
		}
		x.w.WriteString(">\n")
	}
	name := local
	x.w.WriteString("  <")
	if prefix, ok := x.prefixes[namespace]; ok {
		name = prefix + ":" + local
		x.w.WriteString(name)
	} else {
		x.w.WriteString(name)
		if err := x.attribute("xmlns", namespace); err != nil {
			return err
		}
	}
	if !q.Object.IsLiteral() {
		if err := x.node("resource", q.Object); err != nil {
			return err
		}
		_, err := x.w.WriteString("/>\n")
		return err
	}
	var err error
	if lang := q.Object.Lang(); lang != "" {
		err = x.attribute("xml:lang", lang)
	} else if d := q.Object.Datatype(); d != vocab.XSDString {
		err = x.attribute("rdf:datatype", d)
	}
	if err != nil {
		return err
	}
	x.w.WriteByte('>')
	if err := x.text(q.Object.Value()); err != nil {
		return err
	}
	_, err = x.w.WriteString("</" + name + ">\n")
	return err
}

// node writes the attribute that names a resource.
func (x *rdfxmlWriter) node(attribute string, t rdf.Term) error {
	if t.IsBlank() {
		return x.attribute("rdf:nodeID", blankName(t.Value()))
	}
	return x.attribute("rdf:"+attribute, t.Value())
}

// blankName makes an XML name of the label of a blank node, another for each:
// what a name cannot have becomes its code point, and so does the letter that
// marks those.
func blankName(label string) string {
	b := []byte{'b'}
	for _, r := range label {
		if r != 'x' && (unicode.IsLetter(r) || unicode.IsDigit(r)) && r < utf8.RuneSelf {
			b = append(b, byte(r))
		} else {
			b = fmt.Appendf(b, "x%x.", r)
		}
	}
	return string(b)
}

func (x *rdfxmlWriter) attribute(name, value string) error {
	x.w.WriteString(" " + name + `="`)
	err := x.text(value)
	x.w.WriteByte('"')
	return err
}

// text writes character data or an attribute value.
func (x *rdfxmlWriter) text(s string) error {
	plain := 0
	for i, r := range s {
		escape := ""
		switch {
		case r == '<':
			escape = "&lt;"
		case r == '>':
			escape = "&gt;"
		case r == '&':
			escape = "&amp;"
		case r == '"':
			escape = "&quot;"
		case r == '\r' || r == '\n' || r == '\t':
			escape = fmt.Sprintf("&#%d;", r)
		case r < 0x20 || r == 0xFFFE || r == 0xFFFF:
			return fmt.Errorf("write RDF/XML: XML has no character U+%04X", r)
		default:
			continue
		}
		x.w.WriteString(s[plain:i])
		x.w.WriteString(escape)
		plain = i + 1
	}
	_, err := x.w.WriteString(s[plain:])
	return err
}

func (x *rdfxmlWriter) Close() error {
	if !x.begun {
		x.begin()
	}
	if !x.subject.IsZero() {
		x.w.WriteString("</rdf:Description>\n")
	}
	x.w.WriteString("</rdf:RDF>\n")
	return x.w.Flush()
}

// splitName cuts an IRI into a namespace and the longest name at its end that
// XML takes as one (Namespaces in XML 1.0, NCName); local is "" if there is none.
func splitName(iri string) (namespace, local string) {
	at := len(iri)
	for i := len(iri); i > 0; {
		r, size := utf8.DecodeLastRuneInString(iri[:i])
		letter := r == '_' || unicode.IsLetter(r)
		if !letter && r != '-' && r != '.' && !unicode.IsDigit(r) {
			break
		}
		i -= size
		if letter {
			at = i
		}
	}
	return iri[:at], iri[at:]
}

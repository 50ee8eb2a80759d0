package results

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// Write writes a SELECT or ASK result and reads it to its end while doing so. The
// first row is passed on at once: if w has a method Flush() or FlushError(), as
// an HTTP response has, it is called after it. An error in the middle leaves the
// document unfinished. The caller closes r.
func Write(w io.Writer, f Format, r *Result) error {
	if r.Kind == Quads {
		return errors.New("write results: an answer of triples has no " + f.String() + " form")
	}
	out := &writer{Writer: bufio.NewWriterSize(w, 32<<10), under: w}
	write := map[Format]func(*writer, *Result) error{JSON: writeJSON, XML: writeXML, CSV: writeCSV, TSV: writeTSV}[f]
	if err := write(out, r); err != nil {
		// What was written so far is for the reader to see.
		return errors.Join(err, out.Flush())
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// writer is a buffer that passes the first row on.
type writer struct {
	*bufio.Writer
	under   io.Writer
	flushed bool
	scratch []byte
}

// rowDone is called after each row.
func (w *writer) rowDone() error {
	if w.flushed {
		return nil
	}
	w.flushed = true
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	switch u := w.under.(type) {
	case interface{ FlushError() error }:
		return u.FlushError()
	case interface{ Flush() }:
		u.Flush()
	}
	return nil
}

// rows writes each row of r by row, which gets its number.
func (w *writer) rows(r *Result, row func(n int, terms []rdf.Term)) error {
	n := 0
	for terms, err := range r.Rows {
		if err != nil {
			return err
		}
		row(n, terms)
		n++
		if err := w.rowDone(); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w *writer, r *Result) error {
	if r.Kind == Boolean {
		fmt.Fprintf(w, "{\"head\":{},\"boolean\":%t}\n", r.Boolean)
		return nil
	}
	vars := r.Vars
	if vars == nil {
		vars = []string{}
	}
	head, _ := json.Marshal(vars)
	w.WriteString(`{"head":{"vars":`)
	w.Write(head)
	w.WriteString("},\"results\":{\"bindings\":[")
	names := make([]string, len(vars))
	for i, v := range vars {
		name, _ := json.Marshal(v)
		names[i] = string(name)
	}
	err := w.rows(r, func(n int, terms []rdf.Term) {
		if n > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n{")
		first := true
		for i, t := range terms {
			if t.IsZero() {
				continue
			}
			if !first {
				w.WriteByte(',')
			}
			first = false
			w.WriteString(names[i])
			w.WriteByte(':')
			w.jsonTerm(t)
		}
		w.WriteByte('}')
	})
	if err != nil {
		return err
	}
	w.WriteString("\n]}}\n")
	return nil
}

func (w *writer) jsonTerm(t rdf.Term) {
	kind := map[rdf.Kind]string{rdf.KindIRI: "uri", rdf.KindBlank: "bnode", rdf.KindLiteral: "literal"}[t.Kind()]
	w.WriteString(`{"type":"` + kind + `","value":`)
	w.jsonString(t.Value())
	if t.IsLiteral() {
		if lang := t.Lang(); lang != "" {
			w.WriteString(`,"xml:lang":`)
			w.jsonString(lang)
		} else if d := t.Datatype(); d != xsdString {
			w.WriteString(`,"datatype":`)
			w.jsonString(d)
		}
	}
	w.WriteByte('}')
}

const xsdString = "http://www.w3.org/2001/XMLSchema#string"

const hexDigits = "0123456789abcdef"

// jsonString writes s as a JSON string (RFC 8259, section 7).
func (w *writer) jsonString(s string) {
	b := append(w.scratch[:0], '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r) // replaces what is not UTF-8
			i += size
			continue
		}
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < 0x20 || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
		i++
	}
	b = append(b, '"')
	w.scratch = b
	w.Write(b)
}

func writeXML(w *writer, r *Result) error {
	w.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sparql xmlns=\"" + xmlNamespace + "\">\n<head>")
	if r.Kind == Boolean {
		fmt.Fprintf(w, "</head>\n<boolean>%t</boolean>\n</sparql>\n", r.Boolean)
		return nil
	}
	for _, v := range r.Vars {
		w.WriteString(`<variable name="`)
		w.xmlText(v)
		w.WriteString(`"/>`)
	}
	w.WriteString("</head>\n<results>\n")
	err := w.rows(r, func(_ int, terms []rdf.Term) {
		w.WriteString("<result>")
		for i, t := range terms {
			if t.IsZero() {
				continue
			}
			w.WriteString(`<binding name="`)
			w.xmlText(r.Vars[i])
			w.WriteString(`">`)
			switch t.Kind() {
			case rdf.KindIRI:
				w.WriteString("<uri>")
				w.xmlText(t.Value())
				w.WriteString("</uri>")
			case rdf.KindBlank:
				w.WriteString("<bnode>")
				w.xmlText(t.Value())
				w.WriteString("</bnode>")
			default:
				w.WriteString("<literal")
				if lang := t.Lang(); lang != "" {
					w.WriteString(` xml:lang="`)
					w.xmlText(lang)
					w.WriteByte('"')
				} else if d := t.Datatype(); d != xsdString {
					w.WriteString(` datatype="`)
					w.xmlText(d)
					w.WriteByte('"')
				}
				w.WriteByte('>')
				w.xmlText(t.Value())
				w.WriteString("</literal>")
			}
			w.WriteString("</binding>")
		}
		w.WriteString("</result>\n")
	})
	if err != nil {
		return err
	}
	w.WriteString("</results>\n</sparql>\n")
	return nil
}

const xmlNamespace = "http://www.w3.org/2005/sparql-results#"

// xmlText writes character data or an attribute value. Characters that XML 1.0
// does not have become U+FFFD.
func (w *writer) xmlText(s string) {
	for _, r := range s {
		switch {
		case r == '<':
			w.WriteString("&lt;")
		case r == '>':
			w.WriteString("&gt;")
		case r == '&':
			w.WriteString("&amp;")
		case r == '"':
			w.WriteString("&quot;")
		case r == '\r' || r == '\n' || r == '\t':
			fmt.Fprintf(w, "&#%d;", r)
		case r < 0x20 || r == 0xFFFE || r == 0xFFFF:
			w.WriteRune(utf8.RuneError)
		default:
			w.WriteRune(r)
		}
	}
}

// writeCSV writes plain values (section 3 of the CSV and TSV formats).
func writeCSV(w *writer, r *Result) error {
	if r.Kind == Boolean {
		fmt.Fprintf(w, "%t\r\n", r.Boolean)
		return nil
	}
	w.WriteString(strings.Join(r.Vars, ",") + "\r\n")
	return w.rows(r, func(_ int, terms []rdf.Term) {
		for i, t := range terms {
			if i > 0 {
				w.WriteByte(',')
			}
			s := t.Value()
			switch {
			case t.IsBlank():
				w.WriteString("_:" + s)
			case strings.ContainsAny(s, "\",\r\n"):
				w.WriteByte('"')
				w.WriteString(strings.ReplaceAll(s, `"`, `""`))
				w.WriteByte('"')
			default:
				w.WriteString(s)
			}
		}
		w.WriteString("\r\n")
	})
}

// writeTSV writes terms as SPARQL does (section 4 of the CSV and TSV formats).
func writeTSV(w *writer, r *Result) error {
	if r.Kind == Boolean {
		fmt.Fprintf(w, "%t\n", r.Boolean)
		return nil
	}
	for i, v := range r.Vars {
		if i > 0 {
			w.WriteByte('\t')
		}
		w.WriteString("?" + v)
	}
	w.WriteByte('\n')
	return w.rows(r, func(_ int, terms []rdf.Term) {
		for i, t := range terms {
			if i > 0 {
				w.WriteByte('\t')
			}
			w.scratch = t.AppendNTriples(w.scratch[:0])
			w.Write(w.scratch)
		}
		w.WriteByte('\n')
	})
}

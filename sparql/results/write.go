package results

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// Write writes a SELECT or ASK result and reads it to its end while doing so. The
// first row is passed on at once: if w has a method Flush() or FlushError(), as
// an HTTP response has, it is called after it; rows that come slowly are passed
// on every flushTime. An error in the middle leaves the document unfinished. The
// caller closes r.
func Write(w io.Writer, f Format, r *Result) error {
	if r.Kind == Quads {
		return errors.New("write results: an answer of triples has no " + f.String() + " form")
	}
	out := &writer{under: w, b: make([]byte, 0, 2048)}
	var err error
	switch f {
	case JSON:
		err = writeJSON(out, r)
	case XML:
		err = writeXML(out, r)
	case CSV:
		err = writeCSV(out, r)
	default:
		err = writeTSV(out, r)
	}
	if err != nil && out.flushed.IsZero() {
		return err // nothing is out yet, so the caller may still answer otherwise
	}
	if err != nil {
		// What was written so far is for the reader to see.
		return errors.Join(err, out.pass())
	}
	return out.pass()
}

const (
	bufferSize = 32 << 10
	flushTime  = 250 * time.Millisecond
)

// writer is a buffer that rows are appended to.
type writer struct {
	under   io.Writer
	b       []byte
	flushed time.Time // when rows were last passed on; zero before the first
}

// pass passes on what is in the buffer.
func (w *writer) pass() error {
	if len(w.b) == 0 {
		return nil
	}
	_, err := w.under.Write(w.b)
	if w.b = w.b[:0]; cap(w.b) > 1<<20 { // after a row out of the ordinary
		w.b = nil
	}
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// rowDone is called after each row.
func (w *writer) rowDone() error {
	full := len(w.b) >= bufferSize
	now := time.Now()
	if !full && now.Sub(w.flushed) < flushTime {
		return nil
	}
	first := w.flushed.IsZero()
	w.flushed = now
	if err := w.pass(); err != nil || !first {
		return err
	}
	switch u := w.under.(type) {
	case interface{ FlushError() error }:
		return u.FlushError()
	case interface{ Flush() }:
		u.Flush()
	}
	return nil
}

// rows writes each row of r by row, which gets its number and the buffer to
// append to.
func (w *writer) rows(r *Result, row func(b []byte, n int, terms []rdf.Term) []byte) error {
	n := 0
	for terms, err := range r.Rows {
		if err != nil {
			return err
		}
		w.b = row(w.b, n, terms)
		n++
		if err := w.rowDone(); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w *writer, r *Result) error {
	if r.Kind == Boolean {
		w.b = fmt.Appendf(w.b, "{\"head\":{},\"boolean\":%t}\n", r.Boolean)
		return nil
	}
	w.b = append(w.b, `{"head":{"vars":[`...)
	names := make([]string, len(r.Vars)) // with what stands around them
	for i, v := range r.Vars {
		quoted := string(appendJSON(nil, v))
		names[i] = quoted + `:{"type":"`
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, quoted...)
	}
	w.b = append(w.b, "]},\"results\":{\"bindings\":["...)
	err := w.rows(r, func(b []byte, n int, terms []rdf.Term) []byte {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n{"...)
		first := true
		for i, t := range terms {
			if t.IsZero() {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(b, names[i]...)
			b = appendJSONTerm(b, t)
		}
		return append(b, '}')
	})
	if err != nil {
		return err
	}
	w.b = append(w.b, "\n]}}\n"...)
	return nil
}

// appendJSONTerm writes a term from the value of its type on.
func appendJSONTerm(b []byte, t rdf.Term) []byte {
	switch t.Kind() {
	case rdf.KindIRI:
		b = append(b, `uri","value":`...)
		b = appendJSON(b, t.Value())
	case rdf.KindBlank:
		b = append(b, `bnode","value":`...)
		b = appendJSON(b, t.Value())
	default:
		b = append(b, `literal","value":`...)
		b = appendJSON(b, t.Value())
		if lang := t.Lang(); lang != "" {
			b = append(b, `,"xml:lang":`...)
			b = appendJSON(b, lang)
		} else if d := t.Datatype(); d != xsdString {
			b = append(b, `,"datatype":`...)
			b = appendJSON(b, d)
		}
	}
	return append(b, '}')
}

const xsdString = "http://www.w3.org/2001/XMLSchema#string"

const hexDigits = "0123456789abcdef"

// appendJSON writes s as a JSON string (RFC 8259, section 7). Runs that need no
// escape are copied; what is not UTF-8 becomes U+FFFD.
func appendJSON(b []byte, s string) []byte {
	start := len(b)
	b = append(b, '"')
	plain := 0
	checked := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			continue
		}
		if c >= utf8.RuneSelf {
			if !checked && !utf8.ValidString(s[i:]) {
				return appendJSON(b[:start], strings.ToValidUTF8(s, "\uFFFD"))
			}
			checked = true
			continue
		}
		b = append(b, s[plain:i]...)
		plain = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	b = append(b, s[plain:]...)
	return append(b, '"')
}

const xmlNamespace = "http://www.w3.org/2005/sparql-results#"

func writeXML(w *writer, r *Result) error {
	w.b = append(w.b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sparql xmlns=\""+xmlNamespace+"\">\n<head>"...)
	if r.Kind == Boolean {
		w.b = fmt.Appendf(w.b, "</head>\n<boolean>%t</boolean>\n</sparql>\n", r.Boolean)
		return nil
	}
	names := make([]string, len(r.Vars)) // the start tags of their bindings
	for i, v := range r.Vars {
		quoted := string(appendXML(nil, v))
		names[i] = `<binding name="` + quoted + `">`
		w.b = append(w.b, `<variable name="`+quoted+`"/>`...)
	}
	w.b = append(w.b, "</head>\n<results>\n"...)
	err := w.rows(r, func(b []byte, _ int, terms []rdf.Term) []byte {
		b = append(b, "<result>"...)
		for i, t := range terms {
			if t.IsZero() {
				continue
			}
			b = append(b, names[i]...)
			switch t.Kind() {
			case rdf.KindIRI:
				b = append(b, "<uri>"...)
				b = appendXML(b, t.Value())
				b = append(b, "</uri></binding>"...)
			case rdf.KindBlank:
				b = append(b, "<bnode>"...)
				b = appendXML(b, t.Value())
				b = append(b, "</bnode></binding>"...)
			default:
				b = append(b, "<literal"...)
				if lang := t.Lang(); lang != "" {
					b = append(b, ` xml:lang="`...)
					b = append(appendXML(b, lang), '"')
				} else if d := t.Datatype(); d != xsdString {
					b = append(b, ` datatype="`...)
					b = append(appendXML(b, d), '"')
				}
				b = append(b, '>')
				b = appendXML(b, t.Value())
				b = append(b, "</literal></binding>"...)
			}
		}
		return append(b, "</result>\n"...)
	})
	if err != nil {
		return err
	}
	w.b = append(w.b, "</results>\n</sparql>\n"...)
	return nil
}

// appendXML writes character data or an attribute value. Characters that XML 1.0
// does not have, and what is not UTF-8, become U+FFFD.
func appendXML(b []byte, s string) []byte {
	plain := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > '>' && c < utf8.RuneSelf || c > '&' && c < '<' || c == ' ' {
			continue
		}
		escape, size := "", 1
		switch c {
		case '<':
			escape = "&lt;"
		case '>':
			escape = "&gt;"
		case '&':
			escape = "&amp;"
		case '"':
			escape = "&quot;"
		case '\r':
			escape = "&#13;"
		case '\n':
			escape = "&#10;"
		case '\t':
			escape = "&#9;"
		default:
			if c < ' ' {
				escape = "\uFFFD"
			} else if c >= utf8.RuneSelf {
				var r rune
				if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
					escape = "\uFFFD"
				}
			}
		}
		if escape != "" {
			b = append(b, s[plain:i]...)
			b = append(b, escape...)
			plain = i + size
		}
		i += size - 1
	}
	return append(b, s[plain:]...)
}

// writeCSV writes plain values (section 3 of the CSV and TSV formats).
func writeCSV(w *writer, r *Result) error {
	if r.Kind == Boolean {
		w.b = fmt.Appendf(w.b, "%t\r\n", r.Boolean)
		return nil
	}
	w.b = append(w.b, strings.Join(r.Vars, ",")+"\r\n"...)
	return w.rows(r, func(b []byte, _ int, terms []rdf.Term) []byte {
		for i, t := range terms {
			if i > 0 {
				b = append(b, ',')
			}
			if t.IsBlank() {
				b = append(b, "_:"...)
			}
			b = appendCSV(b, t.Value())
		}
		return append(b, "\r\n"...)
	})
}

// appendCSV writes a value, in quotes if it must be (RFC 4180, section 2).
func appendCSV(b []byte, s string) []byte {
	quoted := false
	for i := range len(s) {
		if c := s[i]; c == '"' || c == ',' || c == '\r' || c == '\n' {
			quoted = true
			break
		}
	}
	if !quoted {
		return append(b, s...)
	}
	b = append(b, '"')
	for {
		before, after, found := strings.Cut(s, `"`)
		b = append(b, before...)
		if !found {
			return append(b, '"')
		}
		b, s = append(b, `""`...), after
	}
}

// writeTSV writes terms as SPARQL does (section 4 of the CSV and TSV formats).
func writeTSV(w *writer, r *Result) error {
	if r.Kind == Boolean {
		w.b = fmt.Appendf(w.b, "%t\n", r.Boolean)
		return nil
	}
	for i, v := range r.Vars {
		if i > 0 {
			w.b = append(w.b, '\t')
		}
		w.b = append(w.b, "?"+v...)
	}
	w.b = append(w.b, '\n')
	return w.rows(r, func(b []byte, _ int, terms []rdf.Term) []byte {
		for i, t := range terms {
			if i > 0 {
				b = append(b, '\t')
			}
			b = t.AppendNTriples(b)
		}
		return append(b, '\n')
	})
}

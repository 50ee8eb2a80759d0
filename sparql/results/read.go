package results

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// Read reads a SELECT or ASK result. The rows are read while they are asked for,
// so in must stay open until then; how much may be read is the caller's to
// bound. CSV knows no terms: every value is read as an xsd:string, but "_:" and
// a label as a blank node, and nothing as unbound.
func Read(in io.Reader, f Format) (*Result, error) {
	read := map[Format]func(io.Reader) (*Result, error){JSON: readJSON, XML: readXML, CSV: readCSV, TSV: readTSV}[f]
	r, err := read(in)
	if err != nil {
		return nil, fmt.Errorf("read %v results: %w", f, err)
	}
	return r, nil
}

type jsonValue struct {
	Type     string `json:"type"`
	Value    string `json:"value"`
	Lang     string `json:"xml:lang"`
	Datatype string `json:"datatype"`
}

func (v jsonValue) term() (rdf.Term, error) {
	switch v.Type {
	case "uri":
		return rdf.IRI(v.Value), nil
	case "bnode":
		return rdf.Blank(v.Value), nil
	case "literal", "typed-literal":
		if v.Lang != "" {
			return rdf.LangLiteral(v.Value, v.Lang), nil
		}
		return rdf.Literal(v.Value, v.Datatype), nil
	}
	return rdf.Term{}, fmt.Errorf("read json results: a term has type %q, want uri, bnode or literal", v.Type)
}

func readJSON(in io.Reader) (*Result, error) {
	d := json.NewDecoder(in)
	if err := delim(d, '{'); err != nil {
		return nil, err
	}
	r := &Result{}
	haveHead := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch key {
		case "head":
			var head struct{ Vars []string }
			if err := d.Decode(&head); err != nil {
				return nil, err
			}
			r.Vars, haveHead = head.Vars, true
		case "boolean":
			r.Kind = Boolean
			return r, d.Decode(&r.Boolean)
		case "results":
			if !haveHead {
				return nil, errors.New("the head does not come before the results")
			}
			return r, r.jsonRows(d)
		default:
			var skip json.RawMessage
			if err := d.Decode(&skip); err != nil {
				return nil, err
			}
		}
	}
	return nil, errors.New("there are neither results nor a boolean")
}

func delim(d *json.Decoder, want rune) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim(want) {
		return fmt.Errorf("found %v, want %c", t, want)
	}
	return nil
}

// jsonRows sets the rows, which are read from the "results" member on.
func (r *Result) jsonRows(d *json.Decoder) error {
	if err := delim(d, '{'); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == "bindings" {
			break
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
	}
	if err := delim(d, '['); err != nil {
		return err
	}
	r.Rows = func(yield func([]rdf.Term, error) bool) {
		row := make([]rdf.Term, len(r.Vars))
		for d.More() {
			var bindings map[string]jsonValue
			if err := d.Decode(&bindings); err != nil {
				yield(nil, fmt.Errorf("read json results: %w", err))
				return
			}
			for i, name := range r.Vars {
				row[i] = rdf.Term{}
				if v, ok := bindings[name]; ok {
					t, err := v.term()
					if err != nil {
						yield(nil, err)
						return
					}
					row[i] = t
				}
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := delim(d, ']'); err != nil {
			yield(nil, fmt.Errorf("read json results: %w", err))
		}
	}
	return nil
}

func readXML(in io.Reader) (*Result, error) {
	d := xml.NewDecoder(in)
	r := &Result{}
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "variable":
			for _, a := range start.Attr {
				if a.Name.Local == "name" {
					r.Vars = append(r.Vars, a.Value)
				}
			}
		case "boolean":
			var s string
			if err := d.DecodeElement(&s, &start); err != nil {
				return nil, err
			}
			r.Kind, r.Boolean = Boolean, strings.TrimSpace(s) == "true"
			return r, nil
		case "results":
			r.xmlRows(d)
			return r, nil
		}
	}
}

type xmlBinding struct {
	Name    string  `xml:"name,attr"`
	URI     *string `xml:"uri"`
	Blank   *string `xml:"bnode"`
	Literal *struct {
		Lang     string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		Datatype string `xml:"datatype,attr"`
		Text     string `xml:",chardata"`
	} `xml:"literal"`
}

func (b xmlBinding) term() rdf.Term {
	switch {
	case b.URI != nil:
		return rdf.IRI(*b.URI)
	case b.Blank != nil:
		return rdf.Blank(*b.Blank)
	case b.Literal == nil:
		return rdf.Term{}
	case b.Literal.Lang != "":
		return rdf.LangLiteral(b.Literal.Text, b.Literal.Lang)
	}
	return rdf.Literal(b.Literal.Text, b.Literal.Datatype)
}

func (r *Result) xmlRows(d *xml.Decoder) {
	column := map[string]int{}
	for i, name := range r.Vars {
		column[name] = i
	}
	r.Rows = func(yield func([]rdf.Term, error) bool) {
		row := make([]rdf.Term, len(r.Vars))
		for {
			t, err := d.Token()
			if err != nil {
				yield(nil, fmt.Errorf("read xml results: %w", err))
				return
			}
			if end, ok := t.(xml.EndElement); ok && end.Name.Local == "results" {
				return
			}
			start, ok := t.(xml.StartElement)
			if !ok || start.Name.Local != "result" {
				continue
			}
			var result struct {
				Bindings []xmlBinding `xml:"binding"`
			}
			if err := d.DecodeElement(&result, &start); err != nil {
				yield(nil, fmt.Errorf("read xml results: %w", err))
				return
			}
			clear(row)
			for _, b := range result.Bindings {
				if i, ok := column[b.Name]; ok {
					row[i] = b.term()
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func readCSV(in io.Reader) (*Result, error) {
	c := csv.NewReader(in)
	c.ReuseRecord = true
	head, err := c.Read()
	if err != nil {
		return nil, err
	}
	r := &Result{Vars: append([]string{}, head...)}
	c.FieldsPerRecord = len(head)
	r.Rows = func(yield func([]rdf.Term, error) bool) {
		row := make([]rdf.Term, len(r.Vars))
		for {
			record, err := c.Read()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("read csv results: %w", err))
				return
			}
			for i, s := range record {
				row[i] = rdf.String(s)
				if label, ok := strings.CutPrefix(s, "_:"); ok {
					row[i] = rdf.Blank(label)
				} else if s == "" {
					row[i] = rdf.Term{}
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return r, nil
}

func readTSV(in io.Reader) (*Result, error) {
	b := bufio.NewReader(in)
	line, err := tsvLine(b)
	if err != nil {
		return nil, err
	}
	r := &Result{}
	if line != "" {
		for _, v := range strings.Split(line, "\t") {
			r.Vars = append(r.Vars, strings.TrimLeft(v, "?$"))
		}
	}
	r.Rows = func(yield func([]rdf.Term, error) bool) {
		row := make([]rdf.Term, len(r.Vars))
		for {
			line, err := tsvLine(b)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("read tsv results: %w", err))
				return
			}
			cells := strings.Split(line, "\t")
			if len(r.Vars) == 0 {
				cells = nil
			}
			if len(cells) != len(r.Vars) {
				yield(nil, fmt.Errorf("read tsv results: a row has %d values, want %d", len(cells), len(r.Vars)))
				return
			}
			for i, s := range cells {
				t, err := parseTerm(s)
				if err != nil {
					yield(nil, fmt.Errorf("read tsv results: %w", err))
					return
				}
				row[i] = t
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return r, nil
}

func tsvLine(b *bufio.Reader) (string, error) {
	line, err := b.ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

// parseTerm reads a term as TSV has it: N-Triples, or a bare number or boolean.
func parseTerm(s string) (rdf.Term, error) {
	const xsd = "http://www.w3.org/2001/XMLSchema#"
	bad := fmt.Errorf("%q is no term", s)
	switch {
	case s == "":
		return rdf.Term{}, nil
	case s == "true" || s == "false":
		return rdf.Literal(s, xsd+"boolean"), nil
	case strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">"):
		iri, ok := unescape(s[1 : len(s)-1])
		if !ok {
			return rdf.Term{}, bad
		}
		return rdf.IRI(iri), nil
	case strings.HasPrefix(s, "_:"):
		return rdf.Blank(s[2:]), nil
	case s[0] == '"' || s[0] == '\'':
		end := 1
		for end < len(s) && s[end] != s[0] {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(s) {
			return rdf.Term{}, bad
		}
		text, ok := unescape(s[1:end])
		rest := s[end+1:]
		switch {
		case !ok:
		case rest == "":
			return rdf.String(text), nil
		case rest[0] == '@' && len(rest) > 1:
			return rdf.LangLiteral(text, rest[1:]), nil
		case strings.HasPrefix(rest, "^^<") && strings.HasSuffix(rest, ">"):
			return rdf.Literal(text, rest[3:len(rest)-1]), nil
		}
		return rdf.Term{}, bad
	case strings.Trim(s, "+-.0123456789eE") == "":
		switch {
		case strings.ContainsAny(s, "eE"):
			return rdf.Literal(s, xsd+"double"), nil
		case strings.Contains(s, "."):
			return rdf.Literal(s, xsd+"decimal"), nil
		}
		return rdf.Literal(s, xsd+"integer"), nil
	}
	return rdf.Term{}, bad
}

// unescape undoes the escapes of N-Triples strings and IRIs.
func unescape(s string) (string, bool) {
	if !strings.Contains(s, `\`) {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		if i == len(s) {
			return "", false
		}
		if at := strings.IndexByte(`tbnrf"'\`, s[i]); at >= 0 {
			b.WriteByte("\t\b\n\r\f\"'\\"[at])
			continue
		}
		digits := map[byte]int{'u': 4, 'U': 8}[s[i]]
		if digits == 0 || i+digits >= len(s) {
			return "", false
		}
		var r rune
		if n, err := fmt.Sscanf(s[i+1:i+1+digits], "%x", &r); err != nil || n != 1 {
			return "", false
		}
		b.WriteRune(r)
		i += digits
	}
	return b.String(), true
}

package jsonld

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Parse reads a JSON-LD document as RDF (JSON-LD 1.1 API, section 8.1). Quads
// come in the order of the document's nodes, properties in alphabetical order.
// What is not JSON or not JSON-LD gives a *rdf.SyntaxError; only for JSON it
// knows the position. A failure of Options.Loader is returned wrapped. Values
// that can not be said in RDF, such as relative IRIs without a base, are left
// out, as the specification has it.
//
// Labels of blank nodes are kept as written. A node without a label gets
// "genid" and a number; a label of the document that begins with "genid" gets
// an underscore after it, so that the two never meet.
func Parse(r io.Reader, o Options) ([]rdf.Quad, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(o.maxBytes())+1))
	if err != nil {
		return nil, fmt.Errorf("read json-ld: %w", err)
	}
	doc, err := decode(b, o)
	if err != nil {
		return nil, err
	}
	expanded, err := expand(doc, o)
	if err != nil {
		return nil, err
	}
	c := converter{options: o, blanks: lex.Blanks{Prefix: o.BlankPrefix}}
	for _, item := range expanded {
		c.node(item, rdf.Term{})
	}
	if c.tooMany {
		return nil, o.fail(fmt.Sprintf("document with more than %d quads", maxQuads))
	}
	return c.quads, nil
}

// converter turns expanded JSON-LD into quads.
type converter struct {
	options Options
	quads   []rdf.Quad
	blanks  lex.Blanks
	tooMany bool
}

func (c *converter) add(s rdf.Term, p string, o, graph rdf.Term) {
	if len(c.quads) >= maxQuads {
		c.tooMany = true
		return
	}
	predicate := c.name(p)
	if s.IsZero() || !predicate.IsIRI() || o.IsZero() {
		return
	}
	c.quads = append(c.quads, rdf.Quad{Subject: s, Predicate: predicate, Object: o, Graph: graph})
}

// name returns the IRI or blank node that s names, or no term if it names
// none in RDF.
func (c *converter) name(s string) rdf.Term {
	if label, ok := strings.CutPrefix(s, "_:"); ok {
		return c.blanks.Labelled(label)
	}
	if !rdf.IsAbsoluteIRI(s) || lex.InvalidIRI([]byte(s)) >= 0 {
		return rdf.Term{}
	}
	return rdf.IRI(s)
}

// node converts a node object and all that it holds, and returns the node.
func (c *converter) node(v any, graph rdf.Term) rdf.Term {
	n, ok := v.(map[string]any)
	if !ok || n["@value"] != nil || n["@list"] != nil {
		return rdf.Term{}
	}
	var t rdf.Term
	if id, ok := n["@id"].(string); ok {
		t = c.name(id)
	} else {
		t = c.blanks.New()
	}
	for _, key := range slices.Sorted(maps.Keys(n)) {
		switch key {
		case "@type":
			for _, v := range array(n[key]) {
				if s, ok := v.(string); ok {
					c.add(t, vocab.RDFType, c.name(s), graph)
				}
			}
		case "@graph":
			for _, item := range array(n[key]) {
				if !t.IsZero() {
					c.node(item, t)
				}
			}
		case "@included":
			for _, item := range array(n[key]) {
				c.node(item, graph)
			}
		case "@reverse":
			reverse, _ := n[key].(map[string]any)
			for _, p := range slices.Sorted(maps.Keys(reverse)) {
				for _, item := range array(reverse[p]) {
					c.add(c.node(item, graph), p, t, graph)
				}
			}
		default:
			if strings.HasPrefix(key, "@") {
				continue
			}
			for _, item := range array(n[key]) {
				c.add(t, key, c.object(item, graph), graph)
			}
		}
	}
	return t
}

func array(v any) []any {
	if a, ok := v.([]any); ok {
		return a
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

func (c *converter) object(v any, graph rdf.Term) rdf.Term {
	m, ok := v.(map[string]any)
	if !ok {
		return rdf.Term{}
	}
	if value, ok := m["@value"]; ok {
		return c.literal(value, m, graph)
	}
	if items, ok := m["@list"]; ok {
		return c.list(array(items), graph)
	}
	return c.node(m, graph)
}

func (c *converter) list(items []any, graph rdf.Term) rdf.Term {
	head, last := rdf.IRI(vocab.RDFNil), rdf.Term{}
	for _, item := range items {
		cell := c.blanks.New()
		if last.IsZero() {
			head = cell
		} else {
			c.add(last, vocab.RDFRest, cell, graph)
		}
		c.add(cell, vocab.RDFFirst, c.object(item, graph), graph)
		last = cell
	}
	if !last.IsZero() {
		c.add(last, vocab.RDFRest, rdf.IRI(vocab.RDFNil), graph)
	}
	return head
}

// literal converts a value object.
func (c *converter) literal(value any, m map[string]any, graph rdf.Term) rdf.Term {
	datatype, _ := m["@type"].(string)
	if datatype == "@json" {
		return rdf.Literal(string(appendCanonicalJSON(nil, value)), vocab.RDFJSON)
	}
	if datatype != "" && !c.name(datatype).IsIRI() {
		return rdf.Term{}
	}
	switch v := value.(type) {
	case bool:
		if datatype == "" {
			datatype = vocab.XSDBoolean
		}
		return rdf.Literal(strconv.FormatBool(v), datatype)
	case json.Number:
		return rdf.Literal(number(v, datatype))
	case float64:
		return rdf.Literal(number(json.Number(strconv.FormatFloat(v, 'g', -1, 64)), datatype))
	case string:
		lang, _ := m["@language"].(string)
		if lang != "" && lex.LangTag([]byte(lang)) != len(lang) {
			return rdf.Term{}
		}
		if direction, ok := m["@direction"].(string); ok && c.options.rdfDirection != "" {
			return c.directed(v, strings.ToLower(lang), direction, graph)
		}
		if lang != "" {
			return rdf.LangLiteral(v, lang)
		}
		return rdf.Literal(v, datatype)
	}
	return rdf.Term{}
}

// directed converts a string with a base direction (JSON-LD 1.1 API, section
// 8.2.2, step 13).
func (c *converter) directed(value, lang, direction string, graph rdf.Term) rdf.Term {
	if c.options.rdfDirection == "i18n-datatype" {
		return rdf.Literal(value, vocab.I18N+lang+"_"+direction)
	}
	t := c.blanks.New()
	c.add(t, vocab.RDFValue, rdf.String(value), graph)
	if lang != "" {
		c.add(t, vocab.RDFLanguage, rdf.String(lang), graph)
	}
	c.add(t, vocab.RDFDirection, rdf.String(direction), graph)
	return t
}

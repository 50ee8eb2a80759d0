package jsonld

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Write writes quads as JSON-LD (JSON-LD 1.1 API, section 8.4): framed if a
// frame is given, compacted if a context is, and expanded otherwise. Nodes come
// in the order of their first quad.
func Write(w io.Writer, quads []rdf.Quad, o Options) error {
	doc, err := document(quads, o)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", o.Indent)
	if err := e.Encode(doc); err != nil {
		return fmt.Errorf("write json-ld: %w", err)
	}
	return nil
}

func document(quads []rdf.Quad, o Options) (any, error) {
	expanded := fromRDF(quads, o)
	var context, shape any
	var err error
	if len(o.Context) > 0 {
		if context, err = decode(o.Context, Options{Source: "context"}); err != nil {
			return nil, err
		}
		if m, ok := context.(map[string]any); ok && m["@context"] != nil {
			context = m["@context"]
		}
	}
	if len(o.Frame) > 0 {
		if shape, err = decode(o.Frame, Options{Source: "frame"}); err != nil {
			return nil, err
		}
	}
	var doc map[string]any
	switch shape := shape.(type) {
	case map[string]any:
		if context != nil {
			shape["@context"] = context
		}
		doc, err = frame(expanded, shape, o)
	case nil:
		if context == nil {
			return expanded, nil
		}
		doc, err = compact(expanded, context, o)
	default:
		return nil, o.fail("a frame is an object")
	}
	if err != nil {
		return nil, err
	}
	if o.ContextIRI != "" {
		doc["@context"] = o.ContextIRI
	}
	return doc, nil
}

// graphMap holds the nodes of one graph, in order.
type graphMap struct {
	order []*entry
	byID  map[rdf.Term]*entry
}

func (g *graphMap) get(t rdf.Term) *entry {
	e := g.byID[t]
	if e == nil {
		e = &entry{term: t, node: map[string]any{"@id": identifier(t)}}
		g.byID[t] = e
		g.order = append(g.order, e)
	}
	return e
}

// entry is a node object in the making.
type entry struct {
	term     rdf.Term
	node     map[string]any
	graph    *graphMap // what the node names
	dropped  bool      // became a part of another node
	mentions []mention // at most two: more than one is all the same
}

// mention is a place that refers to a node.
type mention struct {
	from     *entry
	property string
	value    map[string]any
}

func identifier(t rdf.Term) string {
	if t.IsBlank() {
		return "_:" + t.Value()
	}
	return t.Value()
}

// fromRDF gives the expanded JSON-LD of quads.
func fromRDF(quads []rdf.Quad, o Options) []any {
	root := &graphMap{byID: map[rdf.Term]*entry{}}
	graphs := []*graphMap{root}
	seen := make(map[rdf.Quad]struct{}, len(quads))
	for _, q := range quads {
		if _, ok := seen[q]; ok {
			continue
		}
		seen[q] = struct{}{}
		g := root
		if !q.Graph.IsZero() {
			e := root.get(q.Graph)
			if e.graph == nil {
				e.graph = &graphMap{byID: map[rdf.Term]*entry{}}
				graphs = append(graphs, e.graph)
			}
			g = e.graph
		}
		g.add(q, o)
	}
	mentioned := map[rdf.Term]int{} // blank nodes, over all graphs
	for _, g := range graphs {
		for _, e := range g.order {
			if e.term.IsBlank() {
				mentioned[e.term] += len(e.mentions)
			}
		}
	}
	for _, g := range graphs {
		if o.rdfDirection == "compound-literal" {
			g.joinDirections(mentioned)
		}
		g.joinLists(mentioned)
	}
	return root.nodes()
}

func (g *graphMap) add(q rdf.Quad, o Options) {
	e := g.get(q.Subject)
	property := q.Predicate.Value()
	if q.Object.IsLiteral() {
		e.append(property, value(q.Object, o))
		return
	}
	if property == vocab.RDFType && !o.useRdfType {
		types, _ := e.node["@type"].([]any)
		e.node["@type"] = append(types, identifier(q.Object))
		if q.Object.IsBlank() { // a name that must stay
			g.get(q.Object).mentions = make([]mention, 2)
		}
		return
	}
	v := map[string]any{"@id": identifier(q.Object)}
	e.append(property, v)
	object := g.get(q.Object)
	if len(object.mentions) < 2 || q.Object == rdf.IRI(vocab.RDFNil) {
		object.mentions = append(object.mentions, mention{e, property, v})
	}
}

func (e *entry) append(property string, v any) {
	values, _ := e.node[property].([]any)
	e.node[property] = append(values, v)
}

// nodes returns the node objects that say something.
func (g *graphMap) nodes() []any {
	result := []any{}
	for _, e := range g.order {
		if e.graph != nil {
			e.node["@graph"] = e.graph.nodes()
		}
		if !e.dropped && len(e.node) > 1 {
			result = append(result, e.node)
		}
	}
	return result
}

// joinLists turns chains of rdf:first and rdf:rest into @list.
func (g *graphMap) joinLists(mentioned map[rdf.Term]int) {
	end := g.byID[rdf.IRI(vocab.RDFNil)]
	if end == nil {
		return
	}
	for _, m := range end.mentions {
		var items []any
		for m.property == vocab.RDFRest && isCell(m.from) && mentioned[m.from.term] == 1 && len(m.from.mentions) == 1 {
			cell := m.from
			items = append(items, cell.node[vocab.RDFFirst].([]any)[0])
			cell.dropped = true
			m = cell.mentions[0]
		}
		for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
			items[i], items[j] = items[j], items[i]
		}
		delete(m.value, "@id")
		if items == nil {
			items = []any{}
		}
		m.value["@list"] = items
	}
}

// isCell reports whether e is a blank node with one rdf:first and one rdf:rest
// and nothing more than the type rdf:List.
func isCell(e *entry) bool {
	if !e.term.IsBlank() || e.dropped || e.graph != nil {
		return false
	}
	first, _ := e.node[vocab.RDFFirst].([]any)
	rest, _ := e.node[vocab.RDFRest].([]any)
	size := 3
	if types, ok := e.node["@type"].([]any); ok {
		if len(types) != 1 || types[0] != vocab.RDFList {
			return false
		}
		size++
	}
	return len(first) == 1 && len(rest) == 1 && len(e.node) == size
}

// joinDirections turns blank nodes with a value, a language and a direction
// into the strings that they stand for.
func (g *graphMap) joinDirections(mentioned map[rdf.Term]int) {
	for _, e := range g.order {
		if !e.term.IsBlank() || mentioned[e.term] != 1 || len(e.mentions) != 1 {
			continue
		}
		text, hasText := single(e.node[vocab.RDFValue])
		direction, hasDirection := single(e.node[vocab.RDFDirection])
		lang, hasLang := single(e.node[vocab.RDFLanguage])
		size := 3
		if hasLang {
			size++
		}
		if !hasText || !hasDirection || len(e.node) != size {
			continue
		}
		v := e.mentions[0].value
		delete(v, "@id")
		v["@value"], v["@direction"] = text, direction
		if hasLang {
			v["@language"] = lang
		}
		e.dropped = true
	}
}

// single returns the value of an array with one value object.
func single(v any) (any, bool) {
	values, _ := v.([]any)
	if len(values) != 1 {
		return nil, false
	}
	m, _ := values[0].(map[string]any)
	text, ok := m["@value"]
	return text, ok
}

// value gives the value object of a literal (JSON-LD 1.1 API, section 8.5.2).
func value(t rdf.Term, o Options) map[string]any {
	lexical, datatype := t.Value(), t.Datatype()
	v := map[string]any{"@value": lexical}
	switch {
	case t.Lang() != "":
		v["@language"] = t.Lang()
	case datatype == vocab.XSDString:
	case datatype == vocab.RDFJSON:
		if parsed, err := decode([]byte(lexical), Options{}); err == nil {
			return map[string]any{"@value": parsed, "@type": "@json"}
		}
		v["@type"] = datatype
	case o.rdfDirection == "i18n-datatype" && strings.HasPrefix(datatype, vocab.I18N):
		lang, direction, _ := strings.Cut(datatype[len(vocab.I18N):], "_")
		if lang != "" {
			v["@language"] = lang
		}
		if direction != "" {
			v["@direction"] = direction
		}
	case o.NativeTypes && datatype == vocab.XSDBoolean && (lexical == "true" || lexical == "1"):
		v["@value"] = true
	case o.NativeTypes && datatype == vocab.XSDBoolean && (lexical == "false" || lexical == "0"):
		v["@value"] = false
	case o.NativeTypes && (datatype == vocab.XSDInteger || datatype == vocab.XSDDouble) && isNumber(lexical):
		v["@value"] = json.Number(lexical)
	default:
		v["@type"] = datatype
	}
	return v
}

// isNumber reports whether s is a number of JSON, and not too large for one.
func isNumber(s string) bool {
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return false
	}
	return strings.Trim(s, "0123456789+-.eE") == "" && json.Valid([]byte(s))
}

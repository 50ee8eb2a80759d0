package rdfxml

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Reader reads triples from a stream (RDF 1.1 XML Syntax, section 7).
//
// rdf:nodeID gives the label of a blank node. A node without one gets "genid"
// and a number; a nodeID that begins with "genid" gets an underscore after it,
// so that the two never meet.
type Reader struct {
	tokens  *tokens
	options Options
	err     error // what ended the reading
	begun   bool  // the document element was read
	inRDF   bool  // it is rdf:RDF, and still open
	outer   context
	blanks  lex.Blanks
	ids     map[string]bool // IRIs made by rdf:ID
	queue   []rdf.Quad
	next    int
}

// context is what elements inherit.
type context struct {
	base, lang string
}

// NewReader returns a reader of r. It follows the byte order mark or the XML
// declaration if they name another encoding than UTF-8; positions are then
// those in the decoded text.
func NewReader(r io.Reader, o Options) *Reader {
	return &Reader{tokens: newTokens(r, o), options: o, blanks: lex.Blanks{Prefix: o.BlankPrefix}, ids: map[string]bool{}}
}

// Read returns the next triple and io.EOF after the last. Text that is not
// RDF/XML gives a *rdf.SyntaxError; every error is final. An element below
// rdf:RDF is read whole before its first triple is returned.
func (r *Reader) Read() (rdf.Quad, error) {
	for r.next == len(r.queue) {
		if r.err != nil {
			return rdf.Quad{}, r.err
		}
		r.queue, r.next = r.queue[:0], 0
		if r.err = r.top(); r.err != nil {
			r.queue = r.queue[:0]
		}
	}
	q := r.queue[r.next]
	r.next++
	return q, nil
}

// top reads one token outside of node elements, or a whole node element.
func (r *Reader) top() error {
	r.tokens.begin()
	token, err := r.tokens.next()
	if err == io.EOF && !r.begun {
		return r.tokens.fail("expected an element")
	}
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case *element:
		if r.begun && !r.inRDF {
			return r.tokens.fail("a second document element")
		}
		if r.begun {
			_, err = r.node(token, r.outer)
			return err
		}
		r.begun = true
		c, err := r.enter(token, context{base: r.options.Base})
		if err != nil {
			return err
		}
		if token.name != vocab.RDF+"RDF" {
			_, err = r.node(token, context{base: r.options.Base})
			return err
		}
		for _, a := range token.attributes {
			if !reserved(a) {
				return r.tokens.fail("rdf:RDF takes no attribute " + a.local)
			}
		}
		r.outer, r.inRDF = c, true
	case xml.EndElement:
		r.inRDF = false
	case xml.CharData:
		if !isSpace(token) {
			return r.tokens.fail("text where an element is expected")
		}
	}
	return nil
}

func isSpace(b []byte) bool { return strings.Trim(string(b), " \t\r\n") == "" }

// reserved reports whether an attribute belongs to XML itself.
func reserved(a attribute) bool {
	return a.space == xmlNS || a.space == xmlnsNS || a.space == "" && len(a.local) >= 3 && strings.EqualFold(a.local[:3], "xml")
}

// enter gives the context inside an element.
func (r *Reader) enter(e *element, c context) (context, error) {
	for _, a := range e.attributes {
		if a.space != xmlNS {
			continue
		}
		switch a.local {
		case "lang":
			c.lang = a.value
		case "base":
			c.base = rdf.ResolveIRI(c.base, a.value)
			if !rdf.IsAbsoluteIRI(c.base) {
				return c, r.tokens.fail("relative base without a base to resolve it against")
			}
		}
	}
	if c.lang != "" && lex.LangTag([]byte(c.lang)) != len(c.lang) {
		return c, r.tokens.fail(fmt.Sprintf("%q is not a language tag", c.lang))
	}
	return c, nil
}

// properties splits the attributes of an element in those of the syntax, by
// their local name, and those that are properties.
func (r *Reader) properties(e *element) (syntax map[string]string, properties []attribute, err error) {
	syntax = map[string]string{}
	for _, a := range e.attributes {
		if reserved(a) {
			continue
		}
		if a.space == "" { // names that old documents write without a prefix
			switch a.local {
			case "ID", "about", "resource", "parseType", "type":
				a.space = vocab.RDF
			default:
				return nil, nil, r.tokens.fail(fmt.Sprintf("attribute %s has no namespace", a.local))
			}
		}
		if a.space == vocab.RDF {
			switch a.local {
			case "ID", "about", "nodeID", "resource", "parseType", "datatype":
				if _, ok := syntax[a.local]; ok {
					return nil, nil, r.tokens.fail("attribute rdf:" + a.local + " stands twice")
				}
				syntax[a.local] = a.value
				continue
			case "RDF", "Description", "li", "aboutEach", "aboutEachPrefix", "bagID":
				return nil, nil, r.tokens.fail("rdf:" + a.local + " can not be an attribute")
			}
		}
		properties = append(properties, a)
	}
	return syntax, properties, nil
}

// only reports an error if syntax holds other attributes than the allowed.
func (r *Reader) only(syntax map[string]string, allowed ...string) error {
	n := 0
	for _, name := range allowed {
		if _, ok := syntax[name]; ok {
			n++
		}
	}
	if n < len(syntax) {
		return r.tokens.fail("attributes of rdf: that can not stand together here")
	}
	return nil
}

// node reads a node element, of which the start tag was read, and returns its
// node (sections 7.2.10 and 7.2.11).
func (r *Reader) node(e *element, c context) (rdf.Term, error) {
	var none rdf.Term
	switch strings.TrimPrefix(e.name, vocab.RDF) {
	case "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "li", "aboutEach", "aboutEachPrefix", "bagID":
		return none, r.tokens.fail("rdf:" + e.raw.Name.Local + " can not be a node")
	}
	c, err := r.enter(e, c)
	if err != nil {
		return none, err
	}
	syntax, properties, err := r.properties(e)
	if err != nil {
		return none, err
	}
	if err := r.only(syntax, "ID", "about", "nodeID"); err != nil {
		return none, err
	}
	if len(syntax) > 1 {
		return none, r.tokens.fail("only one of rdf:ID, rdf:about and rdf:nodeID can name a node")
	}
	var subject rdf.Term
	switch {
	case has(syntax, "ID"):
		subject, err = r.id(syntax["ID"], c)
	case has(syntax, "about"):
		subject, err = r.resolve(syntax["about"], c)
	case has(syntax, "nodeID"):
		subject, err = r.nodeID(syntax["nodeID"])
	default:
		subject = r.blanks.New()
	}
	if err != nil {
		return none, err
	}
	if e.name != vocab.RDF+"Description" {
		class, err := r.name(e.name)
		if err != nil {
			return none, err
		}
		if err := r.add(subject, vocab.RDFType, class); err != nil {
			return none, err
		}
	}
	if err := r.addAttributes(subject, properties, c); err != nil {
		return none, err
	}
	return subject, r.propertyElements(subject, c)
}

func has(m map[string]string, key string) bool {
	_, ok := m[key]
	return ok
}

// addAttributes adds the triples of property attributes.
func (r *Reader) addAttributes(subject rdf.Term, properties []attribute, c context) error {
	for _, a := range properties {
		predicate, err := r.name(a.space + a.local)
		if err != nil {
			return err
		}
		object := rdf.LangLiteral(a.value, c.lang)
		if predicate.Value() == vocab.RDFType {
			if object, err = r.resolve(a.value, c); err != nil {
				return err
			}
		}
		if err := r.add(subject, predicate.Value(), object); err != nil {
			return err
		}
	}
	return nil
}

// propertyElements reads property elements up to the end tag that closes their
// parent (section 7.2.13).
func (r *Reader) propertyElements(subject rdf.Term, c context) error {
	items := 0
	for {
		token, err := r.inside()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case *element:
			if err := r.property(token, subject, c, &items); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.CharData:
			if !isSpace(token) {
				return r.tokens.fail("text where a property is expected")
			}
		}
	}
}

// inside is the next token inside an element.
func (r *Reader) inside() (any, error) {
	token, err := r.tokens.next()
	if err == io.EOF {
		return nil, r.tokens.fail("document ends inside an element")
	}
	return token, err
}

// property reads a property element, of which the start tag was read (section
// 7.2.14 to 7.2.21).
func (r *Reader) property(e *element, subject rdf.Term, c context, items *int) error {
	name := e.name
	switch local, inRDF := strings.CutPrefix(name, vocab.RDF); {
	case !inRDF:
	case local == "li":
		*items++
		name = vocab.RDF + "_" + strconv.Itoa(*items)
	default:
		switch local {
		case "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "aboutEach", "aboutEachPrefix", "bagID":
			return r.tokens.fail("rdf:" + local + " can not be a property")
		}
	}
	predicate, err := r.name(name)
	if err != nil {
		return err
	}
	c, err = r.enter(e, c)
	if err != nil {
		return err
	}
	syntax, properties, err := r.properties(e)
	if err != nil {
		return err
	}
	if has(syntax, "about") {
		return r.tokens.fail("rdf:about can not stand at a property")
	}
	p := property{subject, predicate.Value(), syntax, properties, c, rdf.Term{}}
	if has(syntax, "ID") {
		if p.statement, err = r.id(syntax["ID"], c); err != nil {
			return err
		}
	}
	parseType, ok := syntax["parseType"]
	if !ok {
		return r.plainProperty(p)
	}
	if err := r.only(syntax, "ID", "parseType"); err != nil {
		return err
	}
	if len(properties) > 0 {
		return r.tokens.fail("rdf:parseType does not go with properties as attributes")
	}
	switch parseType {
	case "Resource":
		node := r.blanks.New()
		if err := r.say(p, node); err != nil {
			return err
		}
		return r.propertyElements(node, c)
	case "Collection":
		return r.collection(p)
	}
	text, err := r.xmlLiteral()
	if err != nil {
		return err
	}
	return r.say(p, rdf.Literal(text, vocab.RDFXMLLiteral))
}

// property is a property element in the reading.
type property struct {
	subject    rdf.Term
	predicate  string
	syntax     map[string]string
	properties []attribute
	context    context
	statement  rdf.Term // that rdf:ID makes of it, or none
}

// say adds the triple of a property element, and what its rdf:ID says of it.
func (r *Reader) say(p property, object rdf.Term) error {
	if err := r.add(p.subject, p.predicate, object); err != nil {
		return err
	}
	if p.statement.IsZero() {
		return nil
	}
	for _, q := range []struct {
		predicate string
		object    rdf.Term
	}{
		{"type", rdf.IRI(vocab.RDF + "Statement")}, {"subject", p.subject}, {"predicate", rdf.IRI(p.predicate)}, {"object", object},
	} {
		if err := r.add(p.statement, vocab.RDF+q.predicate, q.object); err != nil {
			return err
		}
	}
	return nil
}

// plainProperty reads a property element without rdf:parseType: with a node,
// with text, or empty.
func (r *Reader) plainProperty(p property) error {
	var text []byte
	var object rdf.Term
	for {
		token, err := r.inside()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case *element:
			switch {
			case !object.IsZero():
				return r.tokens.fail("a second node in one property")
			case len(p.properties) > 0:
				return r.tokens.fail("a property with a node takes no properties as attributes")
			}
			if err := r.only(p.syntax, "ID"); err != nil {
				return err
			}
			if object, err = r.node(token, p.context); err != nil {
				return err
			}
		case xml.CharData:
			text = append(text, token...)
		case xml.EndElement:
			switch {
			case !object.IsZero() && !isSpace(text):
				return r.tokens.fail("text beside a node in one property")
			case !object.IsZero():
				return r.say(p, object)
			case has(p.syntax, "resource") || has(p.syntax, "nodeID") || len(p.properties) > 0:
				if !isSpace(text) {
					return r.tokens.fail("text in a property that names its object")
				}
				return r.emptyProperty(p)
			}
			return r.literalProperty(p, string(text))
		}
	}
}

func (r *Reader) literalProperty(p property, text string) error {
	datatype, ok := p.syntax["datatype"]
	if !ok {
		return r.say(p, rdf.LangLiteral(text, p.context.lang))
	}
	t, err := r.resolve(datatype, p.context)
	if err != nil {
		return err
	}
	return r.say(p, rdf.Literal(text, t.Value()))
}

// emptyProperty is section 7.2.21.
func (r *Reader) emptyProperty(p property) error {
	if err := r.only(p.syntax, "ID", "resource", "nodeID"); err != nil {
		return err
	}
	var object rdf.Term
	var err error
	resource, named := p.syntax["resource"]
	label, labelled := p.syntax["nodeID"]
	switch {
	case named && labelled:
		return r.tokens.fail("only one of rdf:resource and rdf:nodeID can name an object")
	case named:
		object, err = r.resolve(resource, p.context)
	case labelled:
		object, err = r.nodeID(label)
	default:
		object = r.blanks.New()
	}
	if err != nil {
		return err
	}
	if err := r.say(p, object); err != nil {
		return err
	}
	return r.addAttributes(object, p.properties, p.context)
}

// collection reads a property element with rdf:parseType="Collection".
func (r *Reader) collection(p property) error {
	last := rdf.Term{}
	for {
		token, err := r.inside()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case *element:
			node, err := r.node(token, p.context)
			if err != nil {
				return err
			}
			cell := r.blanks.New()
			if last.IsZero() {
				err = r.say(p, cell)
			} else {
				err = r.add(last, vocab.RDFRest, cell)
			}
			if err != nil {
				return err
			}
			if err := r.add(cell, vocab.RDFFirst, node); err != nil {
				return err
			}
			last = cell
		case xml.CharData:
			if !isSpace(token) {
				return r.tokens.fail("text where a node is expected")
			}
		case xml.EndElement:
			if last.IsZero() {
				return r.say(p, rdf.IRI(vocab.RDFNil))
			}
			return r.add(last, vocab.RDFRest, rdf.IRI(vocab.RDFNil))
		}
	}
}

func (r *Reader) add(s rdf.Term, p string, o rdf.Term) error {
	if len(r.queue) >= maxQuads {
		return r.tokens.fail(fmt.Sprintf("more than %d triples in one element", maxQuads))
	}
	r.queue = append(r.queue, rdf.Quad{Subject: s, Predicate: rdf.IRI(p), Object: o})
	return nil
}

// name checks an IRI made of a namespace and a local name.
func (r *Reader) name(iri string) (rdf.Term, error) {
	if !rdf.IsAbsoluteIRI(iri) || lex.InvalidIRI([]byte(iri)) >= 0 {
		return rdf.Term{}, r.tokens.fail(fmt.Sprintf("%q is not an IRI", iri))
	}
	return rdf.IRI(iri), nil
}

func (r *Reader) resolve(reference string, c context) (rdf.Term, error) {
	if i := lex.InvalidIRI([]byte(reference)); i >= 0 {
		return rdf.Term{}, r.tokens.fail(fmt.Sprintf("%q has a character that can not stand in an IRI", reference))
	}
	iri := rdf.ResolveIRI(c.base, reference)
	if !rdf.IsAbsoluteIRI(iri) {
		return rdf.Term{}, r.tokens.fail("relative IRI without a base to resolve it against")
	}
	return rdf.IRI(iri), nil
}

// id gives the IRI that rdf:ID makes, once in a document.
func (r *Reader) id(value string, c context) (rdf.Term, error) {
	if !isNCName(value) {
		return rdf.Term{}, r.tokens.fail(fmt.Sprintf("rdf:ID %q is not an XML name", value))
	}
	t, err := r.resolve("#"+value, c)
	if err != nil {
		return t, err
	}
	if r.ids[t.Value()] {
		return t, r.tokens.fail(fmt.Sprintf("rdf:ID %q stands twice", value))
	}
	if len(r.ids) >= maxIDs {
		return t, r.tokens.fail(fmt.Sprintf("more than %d times rdf:ID", maxIDs))
	}
	r.ids[t.Value()] = true
	return t, nil
}

func (r *Reader) nodeID(value string) (rdf.Term, error) {
	if !isNCName(value) {
		return rdf.Term{}, r.tokens.fail(fmt.Sprintf("rdf:nodeID %q is not an XML name", value))
	}
	return r.blanks.Labelled(value), nil
}

// isNCName reports whether s is a name without a colon (Namespaces in XML 1.0,
// production 4). Its characters are those of names in Turtle, and the dot.
func isNCName(s string) bool {
	b := []byte(s)
	i := lex.NameU(b)
	if i == 0 {
		return false
	}
	for i < len(b) {
		n := lex.Name(b[i:])
		if n == 0 && b[i] == '.' {
			n = 1
		}
		if n == 0 {
			return false
		}
		i += n
	}
	return true
}

package turtle

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// keptQueue is the room for quads that is kept from one statement to the next.
const keptQueue = 1 << 12

// Reader reads quads from a stream (RDF 1.1 Turtle, section 6; RDF 1.1 TriG,
// section 4).
//
// Labels of blank nodes are kept as written. A node without a label gets
// "genid" and a number; a label of the document that begins with "genid" gets
// an underscore after it, so that the two never meet.
type Reader struct {
	window  *lex.Window
	options Options
	err     error // what ended the reading

	base     string
	prefixes map[string]string
	blanks   lex.Blanks

	graph   rdf.Term // of the block that is open
	inGraph bool

	queue []rdf.Quad // of the statement that was read last
	next  int        // in queue
	depth int

	iris    lex.Cache // IRI references as written, with what they mean
	names   lex.Cache // prefixed names as written, with what they mean
	scratch []byte
}

// NewReader returns a reader of r.
func NewReader(r io.Reader, o Options) *Reader {
	return &Reader{
		window:   lex.NewWindow(r, o.MaxStatement),
		options:  o,
		base:     o.Base,
		blanks:   lex.Blanks{Prefix: o.BlankPrefix},
		prefixes: map[string]string{},
	}
}

// Read returns the next quad and io.EOF after the last. Text that is not
// Turtle (or TriG) gives a *rdf.SyntaxError; unless Options.Recover says to go
// on, it and every other error is final. A statement is read whole before its
// first quad is returned.
func (r *Reader) Read() (rdf.Quad, error) {
	for r.next == len(r.queue) {
		if r.err != nil {
			return rdf.Quad{}, r.err
		}
		if cap(r.queue) > keptQueue {
			r.queue = nil // one large statement shall not cost its memory for ever
		}
		r.queue, r.next, r.depth = r.queue[:0], 0, 0
		err := r.statement()
		if tooLong := r.window.End(); err == nil && tooLong != nil {
			err = r.inputError(tooLong)
		}
		if err != nil {
			r.queue = r.queue[:0]
			r.err = r.recovered(err)
		}
	}
	q := r.queue[r.next]
	r.next++
	return q, nil
}

// Prefixes returns the prefixes declared so far, without their colon, and
// their namespaces.
func (r *Reader) Prefixes() map[string]string { return maps.Clone(r.prefixes) }

// Base returns the base IRI that holds now.
func (r *Reader) Base() string { return r.base }

// recovered decides what an error is to Read: nil when reading can go on.
func (r *Reader) recovered(err error) error {
	var syntax *rdf.SyntaxError
	if !errors.As(err, &syntax) || r.options.Recover == nil || !r.options.Recover(syntax) {
		return err
	}
	return r.skipStatement()
}

// skipStatement moves to after the next dot that has space or nothing behind
// it, or to before the brace that closes the graph.
func (r *Reader) skipStatement() error {
	w := r.window
	for dot := false; ; w.Pos++ {
		if w.Pos == len(w.Buf) {
			if err := w.More(); err != nil {
				return r.inputError(err)
			}
		}
		switch c := w.Buf[w.Pos]; {
		case dot && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return nil
		case r.inGraph && c == '}':
			return nil
		default:
			dot = c == '.'
		}
	}
}

// statement reads one statement into the queue. It returns io.EOF at the end
// of the document.
func (r *Reader) statement() error {
	c, err := r.skip()
	if err != nil {
		return err
	}
	r.window.Begin()
	switch c {
	case eof:
		if r.inGraph {
			return r.fail(0, "expected \"}\" before the end of the document")
		}
		return io.EOF
	case '@':
		return r.directive()
	case '{':
		if !r.options.TriG || r.inGraph {
			break
		}
		r.window.Pos++
		r.inGraph = true
		return nil
	case '}':
		if !r.inGraph {
			break
		}
		r.window.Pos++
		r.graph, r.inGraph = rdf.Term{}, false
		return nil
	}
	if c == '[' || c == '(' || c == '<' || c == '_' {
		return r.triples(c)
	}
	word, err := r.word()
	if err != nil {
		return err
	}
	switch {
	case strings.EqualFold(word, "prefix"):
		r.window.Pos += len(word)
		return r.prefix()
	case strings.EqualFold(word, "base"):
		r.window.Pos += len(word)
		return r.baseIRI()
	case r.options.TriG && strings.EqualFold(word, "graph") && !r.inGraph:
		r.window.Pos += len(word)
		return r.graphKeyword()
	}
	return r.triples(c)
}

// directive reads "@prefix ... ." or "@base ... .".
func (r *Reader) directive() error {
	r.window.Pos++
	word, err := r.letters()
	if err != nil {
		return err
	}
	r.window.Pos += len(word)
	switch word {
	case "prefix":
		err = r.prefix()
	case "base":
		err = r.baseIRI()
	default:
		r.window.Pos -= len(word)
		return r.fail(len(word), "expected \"prefix\" or \"base\" after \"@\"")
	}
	if err != nil {
		return err
	}
	return r.expect('.', "\".\" after the directive")
}

func (r *Reader) prefix() error {
	if r.inGraph {
		return r.fail(0, "no prefix can be declared inside a graph")
	}
	if _, err := r.skip(); err != nil {
		return err
	}
	raw, err := r.name()
	if err != nil {
		return err
	}
	if len(raw) == 0 || raw[len(raw)-1] != ':' || !isPrefix(raw[:len(raw)-1]) {
		return r.fail(len(raw), "expected a prefix that ends with \":\"")
	}
	prefix := string(raw[:len(raw)-1])
	r.window.Pos += len(raw)
	iri, err := r.expectIRIRef("the namespace, an IRI")
	if err != nil {
		return err
	}
	if old, ok := r.prefixes[prefix]; ok && old == iri {
		return nil
	}
	r.prefixes[prefix] = iri
	r.names.Clear()
	if len(r.prefixes) > maxPrefixes {
		return r.fail(0, fmt.Sprintf("more than %d prefixes", maxPrefixes))
	}
	return nil
}

func (r *Reader) baseIRI() error {
	if r.inGraph {
		return r.fail(0, "no base can be declared inside a graph")
	}
	iri, err := r.expectIRIRef("the base, an IRI")
	if err != nil {
		return err
	}
	r.base = iri
	r.iris.Clear()
	return nil
}

func (r *Reader) expectIRIRef(what string) (string, error) {
	if c, err := r.skip(); err != nil {
		return "", err
	} else if c != '<' {
		return "", r.fail(1, "expected "+what)
	}
	return r.iriRef()
}

// graphKeyword reads what follows GRAPH, up to and with the open brace.
func (r *Reader) graphKeyword() error {
	c, err := r.skip()
	if err != nil {
		return err
	}
	name, _, err := r.subject(c)
	if err != nil {
		return err
	}
	if len(r.queue) > 0 || name == rdf.IRI(vocab.RDFNil) && c == '(' {
		return r.fail(0, "the name of a graph can not be a list or a node with properties")
	}
	if err := r.expect('{', "\"{\" after the name of the graph"); err != nil {
		return err
	}
	r.graph, r.inGraph = name, true
	return nil
}

// triples reads "subject predicate object ... ." and in TriG also "name {".
func (r *Reader) triples(c int) error {
	subject, propertied, err := r.subject(c)
	if err != nil {
		return err
	}
	next, err := r.skip()
	if err != nil {
		return err
	}
	if next == '{' && r.options.TriG && !r.inGraph && c != '(' && !propertied {
		r.window.Pos++
		r.graph, r.inGraph = subject, true
		return nil
	}
	if !propertied || !endsStatement(next) {
		if err := r.predicateObjectList(subject); err != nil {
			return err
		}
	}
	next, err = r.skip()
	if err != nil {
		return err
	}
	if next == '}' && r.inGraph {
		return nil // the next statement closes the graph
	}
	return r.expect('.', "\".\" at the end of the statement")
}

func endsStatement(c int) bool { return c == '.' || c == '}' || c == eof }

// subject reads a subject whose first byte is c. It reports whether it was a
// blank node with properties, which is a statement by itself.
func (r *Reader) subject(c int) (t rdf.Term, propertied bool, err error) {
	switch c {
	case '[':
		return r.bracket()
	case '(':
		t, err = r.collection()
	case '<':
		t, err = r.iri()
	case '_':
		t, err = r.blank()
	case '"', '\'':
		return t, false, r.fail(1, "a literal can not be a subject")
	default:
		t, err = r.prefixedName("a subject")
	}
	return t, false, err
}

// predicateObjectList reads "p o, o; p o" and leaves what follows.
func (r *Reader) predicateObjectList(subject rdf.Term) error {
	for {
		c, err := r.skip()
		if err != nil {
			return err
		}
		predicate, err := r.predicate(c)
		if err != nil {
			return err
		}
		for {
			if err := r.objectOf(subject, predicate); err != nil {
				return err
			}
			if c, err = r.skip(); err != nil {
				return err
			}
			if c != ',' {
				break
			}
			r.window.Pos++
		}
		if c != ';' {
			return nil
		}
		for c == ';' {
			r.window.Pos++
			if c, err = r.skip(); err != nil {
				return err
			}
		}
		if endsStatement(c) || c == ']' {
			return nil
		}
	}
}

func (r *Reader) predicate(c int) (rdf.Term, error) {
	if c == '<' {
		return r.iri()
	}
	word, err := r.word()
	if err != nil {
		return rdf.Term{}, err
	}
	if word == "a" {
		r.window.Pos += len(word)
		return rdf.IRI(vocab.RDFType), nil
	}
	return r.prefixedName("a predicate")
}

// objectOf reads one object and puts its quad before the quads that the object
// itself brings.
func (r *Reader) objectOf(subject, predicate rdf.Term) error {
	at := len(r.queue)
	if at >= maxQuads {
		return r.fail(0, fmt.Sprintf("more than %d triples in one statement", maxQuads))
	}
	r.queue = append(r.queue, rdf.Quad{Subject: subject, Predicate: predicate, Graph: r.graph})
	object, err := r.object()
	if err != nil {
		return err
	}
	r.queue[at].Object = object
	return nil
}

func (r *Reader) object() (rdf.Term, error) {
	c, err := r.skip()
	if err != nil {
		return rdf.Term{}, err
	}
	switch {
	case c == '<':
		return r.iri()
	case c == '"' || c == '\'':
		return r.literal(byte(c))
	case c == '_':
		return r.blank()
	case c == '[':
		t, _, err := r.bracket()
		return t, err
	case c == '(':
		return r.collection()
	case c == '+' || c == '-' || c == '.' || '0' <= c && c <= '9':
		return r.number()
	}
	word, err := r.word()
	if err != nil {
		return rdf.Term{}, err
	}
	if word == "true" || word == "false" {
		r.window.Pos += len(word)
		return rdf.Literal(word, vocab.XSDBoolean), nil
	}
	return r.prefixedName("an object")
}

// bracket reads "[]" or "[ p o; ... ]" and reports whether it had properties.
func (r *Reader) bracket() (t rdf.Term, propertied bool, err error) {
	if err := r.descend(); err != nil {
		return t, false, err
	}
	defer r.ascend()
	r.window.Pos++
	c, err := r.skip()
	if err != nil {
		return t, false, err
	}
	t = r.blanks.New()
	if c == ']' {
		r.window.Pos++
		return t, false, nil
	}
	if err := r.predicateObjectList(t); err != nil {
		return t, true, err
	}
	return t, true, r.expect(']', "\"]\" or \";\"")
}

// collection reads "( o ... )" and returns the list's first node.
func (r *Reader) collection() (rdf.Term, error) {
	if err := r.descend(); err != nil {
		return rdf.Term{}, err
	}
	defer r.ascend()
	r.window.Pos++
	first, last := rdf.IRI(vocab.RDFNil), rdf.Term{}
	for {
		c, err := r.skip()
		if err != nil {
			return rdf.Term{}, err
		}
		if c == ')' {
			r.window.Pos++
			if !last.IsZero() {
				r.push(last, vocab.RDFRest, rdf.IRI(vocab.RDFNil))
			}
			return first, nil
		}
		node := r.blanks.New()
		if last.IsZero() {
			first = node
		} else {
			r.push(last, vocab.RDFRest, node)
		}
		last = node
		if err := r.objectOf(node, rdf.IRI(vocab.RDFFirst)); err != nil {
			return rdf.Term{}, err
		}
	}
}

func (r *Reader) push(s rdf.Term, p string, o rdf.Term) {
	r.queue = append(r.queue, rdf.Quad{Subject: s, Predicate: rdf.IRI(p), Object: o, Graph: r.graph})
}

func (r *Reader) descend() error {
	if r.depth++; r.depth > maxDepth {
		return r.fail(1, fmt.Sprintf("nested deeper than %d", maxDepth))
	}
	return nil
}

func (r *Reader) ascend() { r.depth-- }

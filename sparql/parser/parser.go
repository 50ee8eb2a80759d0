package parser

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// Options say how to read a text. The zero value is strict SPARQL 1.1 without a
// base.
type Options struct {
	// Base resolves relative IRIs until the text has a BASE of its own.
	Base string
	// Prefixes are namespaces that the text may use without declaring them, by
	// prefix without the colon. The text's own declarations come first.
	Prefixes map[string]string
	// MaxBytes bounds the length of the text; 0 means 8 MiB.
	MaxBytes int
}

const (
	defaultMaxBytes = 8 << 20
	// maxDepth bounds how deep groups, expressions and paths nest.
	maxDepth = 250
	// maxSteps bounds the parts of the query that planning has to weigh against
	// each other: triple patterns, groups, unions, operators, path steps, variables.
	// Data in VALUES, IN and updates does not count.
	maxSteps = 4_000
)

// Query reads a query (the QueryUnit of the grammar). An error is an
// *rdf.SyntaxError.
func Query(text string, opt Options) (q *algebra.Query, err error) {
	err = parse(text, opt, func(p *parser) { q = p.queryUnit() })
	if err != nil {
		return nil, err
	}
	return q, nil
}

// Update reads an update request (the UpdateUnit of the grammar). An error is
// an *rdf.SyntaxError.
func Update(text string, opt Options) (u *algebra.Update, err error) {
	err = parse(text, opt, func(p *parser) { u = p.updateUnit() })
	if err != nil {
		return nil, err
	}
	return u, nil
}

// parser holds the state of one parse. It leaves by panic(*rdf.SyntaxError),
// which parse turns into an error: the grammar would drown in checks otherwise.
type parser struct {
	lexer
	tok      token // the next token
	prevEnd  int   // end of the token before it
	base     string
	prefixes map[string]string
	outside  map[string]string // prefixes of the options
	depth    int
	steps    int
	fresh    int // variables made up

	// labels maps a blank node label to the basic graph pattern that uses it;
	// block is the number of the current one (section 5.1.1).
	labels map[string]int
	block  int
	blocks int
	// template frees blank node labels from that rule; noBlanks, the name of a
	// part of an update, forbids blank nodes.
	template bool
	noBlanks string
	// operations maps a blank node label to the number of the INSERT DATA that
	// uses it; data says that one is being read, and current is the number of the
	// operation (SPARQL 1.1 Update, section 3.1.1).
	data       bool
	operations map[string]int
	current    int

	// aggregates takes the aggregates of the SELECT being read, nil where they
	// are not allowed.
	aggregates *[]algebra.AggregateBinding
	// named maps an aggregate of a SELECT, as text, to its variable.
	named map[aggregateKey]string
}

type aggregateKey struct {
	of   *[]algebra.AggregateBinding
	text string
}

func parse(text string, opt Options, run func(*parser)) (err error) {
	limit := opt.MaxBytes
	if limit <= 0 {
		limit = defaultMaxBytes
	}
	if len(text) > limit {
		return &rdf.SyntaxError{Message: fmt.Sprintf("the text has %d bytes, more than the %d allowed", len(text), limit)}
	}
	plain, moved, bad, ok := undoCodepoints(text)
	fail := func(start, end int, format string, args ...any) {
		lines := rdf.NewLines([]byte(text))
		panic(&rdf.SyntaxError{
			Span:    lines.Span(moved.original(start), moved.original(end)),
			Message: fmt.Sprintf(format, args...),
		})
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *rdf.SyntaxError:
			err = r
		default:
			panic(r)
		}
	}()
	if !ok {
		fail(bad, bad+2, "expected the hexadecimal digits of a Unicode code point after %s", text[bad:min(bad+2, len(text))])
	}
	if !utf8.ValidString(plain) {
		at := 0
		for at < len(plain) {
			r, size := utf8.DecodeRuneInString(plain[at:])
			if r == utf8.RuneError && size <= 1 {
				break
			}
			at += size
		}
		fail(at, at+1, "the text is not valid UTF-8")
	}
	p := &parser{
		lexer: lexer{text: plain, fail: fail}, base: opt.Base,
		prefixes: map[string]string{}, outside: opt.Prefixes, labels: map[string]int{}, operations: map[string]int{},
		named: map[aggregateKey]string{},
	}
	p.tok = p.lexer.next(0)
	run(p)
	return nil
}

// advance moves to the next token and returns the one that was current.
func (p *parser) advance() token {
	t := p.tok
	p.prevEnd = t.end
	p.tok = p.lexer.next(t.end)
	return t
}

// peek returns the token after the current one.
func (p *parser) peek() token { return p.lexer.next(p.tok.end) }

// is reports whether the current token is the given punctuation.
func (p *parser) is(text string) bool { return p.tok.kind == punctuation && p.tok.text == text }

// accept consumes the given punctuation if it is there.
func (p *parser) accept(text string) bool {
	if !p.is(text) {
		return false
	}
	p.advance()
	return true
}

// expect consumes the given punctuation or fails.
func (p *parser) expect(text, where string) {
	if !p.accept(text) {
		p.unexpected("%s %s", text, where)
	}
}

// isWord reports whether the current token is the keyword, in any case.
func (p *parser) isWord(keyword string) bool {
	return p.tok.kind == word && strings.EqualFold(p.tok.text, keyword)
}

func (p *parser) acceptWord(keyword string) bool {
	if !p.isWord(keyword) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expectWord(keyword string) {
	if !p.acceptWord(keyword) {
		p.unexpected("%s", keyword)
	}
}

// unexpected fails at the current token, saying what was expected instead.
func (p *parser) unexpected(format string, args ...any) {
	found := "the end of the text"
	if p.tok.kind != endOfText {
		found = p.text[p.tok.start:p.tok.end]
		if utf8.RuneCountInString(found) > 40 {
			found = string([]rune(found)[:40]) + "…"
		}
	}
	p.fail(p.tok.start, p.tok.end, "expected "+format+", found "+strings.ReplaceAll(found, "%", "%%"), args...)
}

// enter counts a level of nesting; the caller defers leave.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.tok.start, p.tok.end, "nested deeper than %d levels", maxDepth)
	}
}

func (p *parser) leave() { p.depth-- }

// step counts a part that makes the algebra one level deeper.
func (p *parser) step() {
	p.steps++
	if p.steps > maxSteps {
		p.fail(p.tok.start, p.tok.end, "the query has more than %d triple patterns, groups, operators and variables", maxSteps)
	}
}

// freshVar returns a hidden variable that the text can not name.
func (p *parser) freshVar(what string) string {
	p.fresh++
	return fmt.Sprintf("_:%s/%d", what, p.fresh)
}

func (p *parser) prologue() {
	for {
		switch {
		case p.acceptWord("BASE"):
			if p.tok.kind != iriRef {
				p.unexpected("an IRI in angle brackets after BASE")
			}
			p.base = p.resolve(p.advance().text)
		case p.acceptWord("PREFIX"):
			if p.tok.kind != prefixed || p.tok.local != "" || p.tok.end-p.tok.start != len(p.tok.text)+1 {
				p.unexpected("a prefix ending in a colon after PREFIX")
			}
			name := p.advance().text
			if p.tok.kind != iriRef {
				p.unexpected("an IRI in angle brackets after PREFIX %s:", name)
			}
			p.prefixes[name] = p.resolve(p.advance().text)
		default:
			return
		}
	}
}

// resolve makes an IRI reference absolute; what is absolute stays as written.
func (p *parser) resolve(ref string) string {
	if rdf.IsAbsoluteIRI(ref) {
		return ref
	}
	return rdf.ResolveIRI(p.base, ref)
}

// isIRI reports whether the current token can be an IRI.
func (p *parser) isIRI() bool { return p.tok.kind == iriRef || p.tok.kind == prefixed }

// iri reads an iri (rule 136).
func (p *parser) iri(what string) rdf.Term {
	switch p.tok.kind {
	case iriRef:
		return rdf.IRI(p.resolve(p.advance().text))
	case prefixed:
		t := p.tok
		namespace, ok := p.prefixes[t.text]
		if !ok {
			namespace, ok = p.outside[t.text]
		}
		if !ok {
			p.fail(t.start, t.end, "the prefix %s: is not declared; expected PREFIX %s: <…> before the query", t.text, t.text)
		}
		p.advance()
		return rdf.IRI(namespace + t.local)
	}
	p.unexpected("%s", what)
	return rdf.Term{}
}

// isLiteral reports whether the current token begins a literal.
func (p *parser) isLiteral() bool {
	switch p.tok.kind {
	case integer, decimal, double, quoted:
		return true
	case word:
		return p.isWord("true") || p.isWord("false")
	}
	return false
}

const xsd = "http://www.w3.org/2001/XMLSchema#"

// literal reads an RDFLiteral, NumericLiteral or BooleanLiteral.
func (p *parser) literal() rdf.Term {
	t := p.advance()
	switch t.kind {
	case integer:
		return rdf.Literal(t.text, xsd+"integer")
	case decimal:
		return rdf.Literal(t.text, xsd+"decimal")
	case double:
		return rdf.Literal(t.text, xsd+"double")
	case word:
		return rdf.Literal(strings.ToLower(t.text), xsd+"boolean")
	}
	switch {
	case p.tok.kind == langTag:
		return rdf.LangLiteral(t.text, p.advance().text)
	case p.accept("^^"):
		return rdf.Literal(t.text, p.iri("a datatype IRI after ^^").Value())
	}
	return rdf.String(t.text)
}

package search

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// QueryError is a query text that cannot be read. Message is in Dutch, for the
// person who typed it.
type QueryError struct {
	Text    string
	Start   int // byte offset of what is wrong
	End     int
	Message string
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("zoekvraag, teken %d: %s", utf8.RuneCountInString(e.Text[:e.Start])+1, e.Message)
}

// Expr is a node of a parsed query: And, Or, Not, Word, Phrase, Prefix or
// InField. A nil Expr finds everything.
type Expr interface{ expr() }

// The nodes of a parsed query.
type (
	// And is found where every one of its parts is.
	And []Expr
	// Or is found where at least one of its parts is.
	Or []Expr
	// Not is found where its part is not.
	Not struct{ Expr Expr }
	// Word is one word, in any of its forms.
	Word string
	// Phrase is words in this order and exactly this form.
	Phrase string
	// Prefix is the beginning of one word, at least minPrefix letters.
	Prefix string
	// InField looks in one field only: "titel" or "tekst".
	InField struct {
		Field string
		Expr  Expr
	}
)

func (And) expr()     {}
func (Or) expr()      {}
func (Not) expr()     {}
func (Word) expr()    {}
func (Phrase) expr()  {}
func (Prefix) expr()  {}
func (InField) expr() {}

// fields are what a query may name, as in titel:terras.
var fields = []string{"titel", "tekst"}

// Bounds on what people, and machines, may ask.
const (
	maxQuery  = 2000 // bytes
	maxDepth  = 20   // parentheses, NIET and fields in each other
	maxWords  = 100  // words and phrases
	minPrefix = 3    // letters before "*"
)

// Query is a query text that was understood.
type Query struct {
	Text string
	Expr Expr
	// parts are the top-level parts with their place in Text.
	parts []part
}

type part struct {
	start, end int
}

// Parts returns the parts of the query as they can be shown and removed one by
// one. Each part, and what is left without it, is a query in its own right.
func (q Query) Parts() []Part {
	list := make([]Part, 0, len(q.parts))
	for i, p := range q.parts {
		var rest []string
		for j, other := range q.parts {
			if j != i {
				rest = append(rest, q.Text[other.start:other.end])
			}
		}
		list = append(list, Part{Text: q.Text[p.start:p.end], Without: strings.Join(rest, " ")})
	}
	return list
}

// Prefixes yields the prefixes of an expression, each with the field that it
// looks in, "" for all. An engine bounds them by the words that it holds.
func Prefixes(e Expr) iter.Seq2[string, Prefix] {
	return func(yield func(string, Prefix) bool) { prefixes(e, "", yield) }
}

func prefixes(e Expr, field string, yield func(string, Prefix) bool) bool {
	switch e := e.(type) {
	case And:
		return !slices.ContainsFunc(e, func(part Expr) bool { return !prefixes(part, field, yield) })
	case Or:
		return !slices.ContainsFunc(e, func(part Expr) bool { return !prefixes(part, field, yield) })
	case Not:
		return prefixes(e.Expr, field, yield)
	case InField:
		return prefixes(e.Expr, e.Field, yield)
	case Prefix:
		return yield(field, e)
	}
	return true
}

// Wrong says, in Dutch, what an engine cannot do with a prefix of the query.
func (q Query) Wrong(prefix Prefix, message string) *QueryError {
	start := max(0, strings.Index(q.Text, string(prefix)+"*"))
	return &QueryError{Text: q.Text, Start: start, End: min(len(q.Text), start+len(prefix)+1), Message: message}
}

// ParseQuery reads the query language of Belfort: words (all must be there),
// "a phrase", OF, NIET or -, EN, ( ), begin*, and titel:word or tekst:word.
// The English AND, OR, NOT and the sign | are understood too. An operator is
// one only in capitals and as a word of its own, so "Sint-Niklaas" and
// "voorstel" stay words. The error is a *QueryError.
func ParseQuery(text string) (Query, error) {
	if len(text) > maxQuery {
		return Query{}, &QueryError{Text: text, Start: 0, End: len(text), Message: fmt.Sprintf("de vraag is te lang (hoogstens %d tekens)", maxQuery)}
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, " ")
	}
	tokens, err := scan(text)
	if err != nil {
		return Query{}, err
	}
	words := 0
	for _, t := range tokens {
		if t.kind != tokenWord && t.kind != tokenPhrase {
			continue
		}
		if words += len(Tokens(t.text)); words > maxWords {
			return Query{}, &QueryError{Text: text, Start: t.start, End: len(text), Message: fmt.Sprintf("de vraag heeft meer dan %d woorden", maxWords)}
		}
	}
	p := &parser{text: text, tokens: tokens}
	expr, err := p.or(0)
	if err != nil {
		return Query{}, err
	}
	if p.at < len(p.tokens) {
		t := p.tokens[p.at]
		return Query{}, p.fail(t, "dit haakje sluit niets; zet er een ( voor of laat het weg")
	}
	q := Query{Text: text, Expr: expr, parts: p.topParts()}
	return q, nil
}

type tokenKind uint8

const (
	tokenWord tokenKind = iota
	tokenPhrase
	tokenAnd
	tokenOr
	tokenNot
	tokenOpen
	tokenClose
	tokenField // "titel:"
)

type token struct {
	kind       tokenKind
	text       string
	start, end int
}

// operators in capitals, Dutch and English.
var operators = map[string]tokenKind{
	"EN": tokenAnd, "AND": tokenAnd, "OF": tokenOr, "OR": tokenOr, "|": tokenOr, "NIET": tokenNot, "NOT": tokenNot,
}

func scan(text string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		start := i
		switch {
		case unicode.IsSpace(r):
			i += size
			continue
		case r == '(':
			i += size
			tokens = append(tokens, token{tokenOpen, "(", start, i})
			continue
		case r == ')':
			i += size
			tokens = append(tokens, token{tokenClose, ")", start, i})
			continue
		case isQuote(r):
			phrase, length, ok := quoted(text[i+size:])
			if !ok {
				return nil, &QueryError{Text: text, Start: start, End: len(text), Message: `het aanhalingsteken wordt niet gesloten; zet een " aan het einde van de woordgroep`}
			}
			i += size + length
			tokens = append(tokens, token{tokenPhrase, phrase, start, i})
			continue
		case r == '-' && i+1 < len(text) && !unicode.IsSpace(rune(text[i+1])):
			i += size
			tokens = append(tokens, token{tokenNot, "-", start, i})
			continue
		case r == '+':
			i += size // every word must be there already
			continue
		}
		i += wordLength(text[i:])
		word := text[start:i]
		if kind, ok := operators[word]; ok {
			tokens = append(tokens, token{kind, word, start, i})
			continue
		}
		if name, rest, ok := strings.Cut(word, ":"); ok && isField(name) {
			i = start + len(name) + 1
			tokens = append(tokens, token{tokenField, strings.ToLower(name), start, i})
			if rest == "" && (i >= len(text) || unicode.IsSpace(rune(text[i]))) {
				return nil, &QueryError{Text: text, Start: start, End: i, Message: fmt.Sprintf("na %s: ontbreekt een woord", name)}
			}
			continue
		}
		tokens = append(tokens, token{tokenWord, word, start, i})
	}
	return tokens, nil
}

func isQuote(r rune) bool {
	return r == '"' || r == '“' || r == '”' || r == '„' || r == '«' || r == '»'
}

// quoted returns the text up to the closing quote and its length with it.
func quoted(s string) (phrase string, length int, ok bool) {
	for i, r := range s {
		if isQuote(r) {
			return s[:i], i + utf8.RuneLen(r), true
		}
	}
	return "", 0, false
}

func wordLength(s string) int {
	for i, r := range s {
		if unicode.IsSpace(r) || r == '(' || r == ')' || isQuote(r) || r == '|' && i > 0 {
			return i
		}
		if r == '|' {
			return 1
		}
	}
	return len(s)
}

func isField(name string) bool {
	for _, f := range fields {
		if strings.EqualFold(name, f) {
			return true
		}
	}
	return false
}

type parser struct {
	text   string
	tokens []token
	at     int
}

func (p *parser) fail(t token, message string) error {
	return &QueryError{Text: p.text, Start: t.start, End: t.end, Message: message}
}

func (p *parser) peek() (token, bool) {
	if p.at < len(p.tokens) {
		return p.tokens[p.at], true
	}
	return token{}, false
}

func (p *parser) or(depth int) (Expr, error) {
	first, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	list := Or{first}
	for {
		t, ok := p.peek()
		if !ok || t.kind != tokenOr {
			break
		}
		p.at++
		next, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		if first == nil || next == nil {
			return nil, p.fail(t, fmt.Sprintf("%s staat tussen twee woorden; er ontbreekt er een", t.text))
		}
		list = append(list, next)
	}
	if len(list) == 1 {
		return first, nil
	}
	return list, nil
}

func (p *parser) and(depth int) (Expr, error) {
	var list And
	for {
		t, ok := p.peek()
		if !ok || t.kind == tokenOr || t.kind == tokenClose {
			break
		}
		if t.kind == tokenAnd {
			p.at++
			next, ok := p.peek()
			if !ok || len(list) == 0 || next.kind == tokenOr || next.kind == tokenAnd || next.kind == tokenClose {
				return nil, p.fail(t, fmt.Sprintf("%s staat tussen twee woorden; er ontbreekt er een", t.text))
			}
			continue
		}
		e, err := p.unary(depth)
		if err != nil {
			return nil, err
		}
		if e != nil {
			list = append(list, e)
		}
	}
	switch len(list) {
	case 0:
		return nil, nil
	case 1:
		return list[0], nil
	}
	return list, nil
}

func (p *parser) unary(depth int) (Expr, error) {
	t := p.tokens[p.at]
	p.at++
	switch t.kind {
	case tokenNot, tokenField:
		next, ok := p.peek()
		if !ok || next.kind == tokenAnd || next.kind == tokenOr || next.kind == tokenClose {
			return nil, p.fail(t, fmt.Sprintf("na %s ontbreekt een woord", t.text))
		}
		if depth >= maxDepth {
			return nil, p.fail(t, fmt.Sprintf("meer dan %d keer %s in elkaar", maxDepth, t.text))
		}
		e, err := p.unary(depth + 1)
		if err != nil || e == nil {
			return nil, err
		}
		if twice, ok := e.(Not); ok && t.kind == tokenNot {
			return twice.Expr, nil
		}
		if t.kind == tokenNot {
			return Not{e}, nil
		}
		return InField{Field: t.text, Expr: e}, nil
	case tokenOpen:
		if depth >= maxDepth {
			return nil, p.fail(t, fmt.Sprintf("meer dan %d haakjes in elkaar", maxDepth))
		}
		e, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if next, ok := p.peek(); !ok || next.kind != tokenClose {
			return nil, p.fail(t, "dit haakje wordt niet gesloten; zet er een ) achter")
		}
		p.at++
		return e, nil
	case tokenPhrase:
		if len(Tokens(t.text)) == 0 {
			return nil, nil
		}
		return Phrase(t.text), nil
	}
	return p.word(t)
}

func (p *parser) word(t token) (Expr, error) {
	stars := strings.Count(t.text, "*")
	if stars > 0 {
		letters := strings.TrimSuffix(t.text, "*")
		words := Tokens(letters)
		if stars > 1 || letters == t.text || len(words) != 1 {
			return nil, p.fail(t, "een * kan alleen aan het einde van een woord staan")
		}
		if utf8.RuneCountInString(words[0].Text) < minPrefix {
			return nil, p.fail(t, fmt.Sprintf("voor * horen minstens %d letters", minPrefix))
		}
		return Prefix(letters), nil
	}
	// A word with signs in it, such as "e-mail", is one thing to look for: its
	// parts must stand together.
	switch len(Tokens(t.text)) {
	case 0:
		return nil, nil
	case 1:
		return Word(t.text), nil
	}
	return Phrase(t.text), nil
}

// topParts cuts the text in parts that can be removed one by one: the things
// joined by EN at the top. A query with a top-level OF is one part. What says
// nothing, such as a lone sign, is no part.
func (p *parser) topParts() []part {
	var parts []part
	depth, begin := 0, -1
	for _, t := range p.tokens {
		if t.kind == tokenOpen {
			depth++
		}
		if t.kind == tokenClose {
			depth--
		}
		switch {
		case depth > 0 || t.kind == tokenClose:
			if begin < 0 {
				begin = t.start
			}
			if depth == 0 {
				parts, begin = append(parts, part{begin, t.end}), -1
			}
		case t.kind == tokenOr:
			if len(p.tokens) > 0 {
				return []part{{p.tokens[0].start, p.tokens[len(p.tokens)-1].end}}
			}
		case t.kind == tokenAnd:
		case t.kind == tokenNot || t.kind == tokenField:
			if begin < 0 {
				begin = t.start
			}
		default:
			if begin < 0 {
				begin = t.start
			}
			if len(Tokens(t.text)) > 0 {
				parts = append(parts, part{begin, t.end})
			}
			begin = -1
		}
	}
	return parts
}

package rdf

import "strings"

// Kind says which sort of RDF term a Term is.
type Kind uint8

// The kinds of RDF term (RDF 1.1 Concepts, section 3.1). None is the kind of
// the zero Term, which stands for "no term": the default graph, or a wildcard.
const (
	None Kind = iota
	KindIRI
	KindBlank
	KindLiteral
)

// IRIs that the data model itself refers to.
const (
	xsdString  = "http://www.w3.org/2001/XMLSchema#string"
	langString = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
	rdfFirst   = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first"
	rdfRest    = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest"
	rdfNil     = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"
)

// Term is an IRI, a blank node or a literal (RDF 1.1 Concepts, section 3).
// It is a small comparable value: two terms are the same RDF term exactly when
// they are ==, so a Term can be a map key. The zero Term is no term at all.
//
// Language tags are kept as they were written; terms that differ only in the
// case of their tag are different terms here.
type Term struct {
	kind      Kind
	value     string
	qualifier string // a literal's datatype IRI, or "@" and its language tag
}

// IRI returns the IRI s. It is not checked or resolved: that is the parser's
// work, which knows the base and the position.
func IRI(s string) Term { return Term{kind: KindIRI, value: s} }

// Blank returns the blank node with the given label, written without "_:".
// Labels are scoped to the document or graph they were read from.
func Blank(label string) Term { return Term{kind: KindBlank, value: label} }

// String returns the xsd:string literal with the given lexical form.
func String(lexical string) Term {
	return Term{kind: KindLiteral, value: lexical, qualifier: xsdString}
}

// Literal returns the literal with the given lexical form and datatype IRI; an
// empty datatype means xsd:string.
func Literal(lexical, datatype string) Term {
	if datatype == "" {
		datatype = xsdString
	}
	return Term{kind: KindLiteral, value: lexical, qualifier: datatype}
}

// LangLiteral returns the language-tagged string lexical@lang. An empty tag
// gives an xsd:string.
func LangLiteral(lexical, lang string) Term {
	return Term{kind: KindLiteral, value: lexical, qualifier: langQualifier(lang)}
}

// langQualifier spares the languages of our pages an allocation per literal.
func langQualifier(lang string) string {
	switch lang {
	case "":
		return xsdString
	case "nl":
		return "@nl"
	case "fr":
		return "@fr"
	case "de":
		return "@de"
	case "en":
		return "@en"
	}
	return "@" + lang
}

// Kind returns which sort of term t is.
func (t Term) Kind() Kind { return t.kind }

// IsZero reports whether t is no term.
func (t Term) IsZero() bool { return t.kind == None }

// IsIRI reports whether t is an IRI.
func (t Term) IsIRI() bool { return t.kind == KindIRI }

// IsBlank reports whether t is a blank node.
func (t Term) IsBlank() bool { return t.kind == KindBlank }

// IsLiteral reports whether t is a literal.
func (t Term) IsLiteral() bool { return t.kind == KindLiteral }

// Value returns an IRI's text, a blank node's label, or a literal's lexical
// form.
func (t Term) Value() string { return t.value }

// Datatype returns a literal's datatype IRI, rdf:langString for a
// language-tagged string, and "" for other terms.
func (t Term) Datatype() string {
	if strings.HasPrefix(t.qualifier, "@") {
		return langString
	}
	return t.qualifier
}

// Lang returns a literal's language tag as written, "" if it has none.
func (t Term) Lang() string {
	if strings.HasPrefix(t.qualifier, "@") {
		return t.qualifier[1:]
	}
	return ""
}

// String returns t in N-Triples syntax (RDF 1.1 N-Triples, section 3), for
// messages and logs; the zero Term gives "". Writing data is the work of
// package nquads.
func (t Term) String() string { return string(t.AppendNTriples(nil)) }

// AppendNTriples appends t in canonical N-Triples syntax (RDF 1.1 N-Triples,
// section 4) to b and returns the extended slice.
func (t Term) AppendNTriples(b []byte) []byte {
	switch t.kind {
	case KindIRI:
		b = append(b, '<')
		b = appendEscapedIRI(b, t.value)
		return append(b, '>')
	case KindBlank:
		return append(append(b, "_:"...), t.value...)
	case KindLiteral:
		b = append(b, '"')
		b = AppendEscaped(b, t.value)
		b = append(b, '"')
		switch {
		case strings.HasPrefix(t.qualifier, "@"):
			return append(b, t.qualifier...)
		case t.qualifier == xsdString:
			return b
		}
		b = append(b, "^^<"...)
		b = appendEscapedIRI(b, t.qualifier)
		return append(b, '>')
	}
	return b
}

const hexDigits = "0123456789ABCDEF"

// What must not stand as it is: in an IRI what IRIREF forbids, in a string what
// canonical N-Triples escapes. 0xEF begins U+FFFE and U+FFFF, among others.
var escapeInIRI, escapeInString = func() (iri, str [256]bool) {
	for c := range 0x21 {
		iri[c] = true
		str[c] = c < 0x20
	}
	for _, c := range "<>\"{}|^`\\" {
		iri[c] = true
	}
	str['"'], str['\\'], str[0x7f], str[0xEF] = true, true, true, true
	return iri, str
}()

// appendEscapedIRI escapes what IRIREF forbids, so that even an IRI that a
// careless page invented can be written and read back.
func appendEscapedIRI(b []byte, s string) []byte {
	start := 0
	for i := range len(s) {
		if c := s[i]; escapeInIRI[c] {
			b = append(append(b, s[start:i]...), `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
			start = i + 1
		}
	}
	return append(b, s[start:]...)
}

// AppendEscaped appends s with the escapes of a string in canonical N-Triples to
// b and returns the extended slice: the short forms where there is one, \u for
// the other control characters, DEL, U+FFFE and U+FFFF.
func AppendEscaped(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !escapeInString[c] {
			continue
		}
		escape, size := "", 1
		switch c {
		case '\b':
			escape = `\b`
		case '\t':
			escape = `\t`
		case '\n':
			escape = `\n`
		case '\f':
			escape = `\f`
		case '\r':
			escape = `\r`
		case '"':
			escape = `\"`
		case '\\':
			escape = `\\`
		case 0xEF:
			switch {
			case strings.HasPrefix(s[i:], "\uFFFE"):
				escape, size = `\uFFFE`, 3
			case strings.HasPrefix(s[i:], "\uFFFF"):
				escape, size = `\uFFFF`, 3
			default:
				continue
			}
		}
		b = append(append(b, s[start:i]...), escape...)
		if escape == "" {
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
		}
		start = i + size
	}
	return append(b, s[start:]...)
}

// Compare orders terms: no term, then IRIs, blank nodes and literals; within a
// kind by value, then by datatype or language. The order is total and stable,
// and means nothing more than that.
func Compare(a, b Term) int {
	if a.kind != b.kind {
		return int(a.kind) - int(b.kind)
	}
	if c := strings.Compare(a.value, b.value); c != 0 {
		return c
	}
	return strings.Compare(a.qualifier, b.qualifier)
}

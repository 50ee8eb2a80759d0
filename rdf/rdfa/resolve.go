package rdfa

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// resolve makes an IRI reference absolute.
func (p *processor) resolve(base, ref string) rdf.Term {
	if rdf.IsAbsoluteIRI(ref) && !strings.Contains(ref, "/.") {
		return rdf.IRI(ref)
	}
	return rdf.IRI(rdf.ResolveIRI(base, ref))
}

// blank returns the blank node that the page calls label.
func (p *processor) blank(label string) rdf.Term {
	if t, ok := p.blanks[label]; ok {
		return t
	}
	t := p.fresh()
	p.blanks[label] = t
	return t
}

// curieResult says what became of an attempt to read a CURIE.
type curieResult uint8

const (
	notCURIE      curieResult = iota
	unknownPrefix             // it has the form, but nothing declares the prefix
	isCURIE
)

// curie reads a CURIE (RDFa Core, section 6). A reference that begins with //
// makes it an IRI whatever its prefix.
func (p *processor) curie(s string, ctx *context) (rdf.Term, curieResult) {
	prefix, reference, ok := strings.Cut(s, ":")
	if !ok || strings.HasPrefix(reference, "//") {
		return rdf.Term{}, notCURIE
	}
	switch prefix {
	case "_":
		return p.blank(reference), isCURIE
	case "":
		return rdf.IRI(xhv + reference), isCURIE
	}
	if !isNCName(prefix) {
		return rdf.Term{}, notCURIE
	}
	namespace, ok := ctx.scope.lookup(strings.ToLower(prefix))
	if !ok {
		return rdf.Term{}, unknownPrefix
	}
	iri := namespace + reference
	if !rdf.IsAbsoluteIRI(iri) {
		// Prefixes are not resolved when they are declared; what comes of them
		// is relative to the page, whatever the base element says.
		iri = rdf.ResolveIRI(p.options.Base, iri)
	}
	return rdf.IRI(iri), isCURIE
}

// safeCURIEorCURIEorIRI reads @about and @resource (RDFa Core, 7.4.2). A zero
// term means that the attribute is to be ignored.
func (p *processor) safeCURIEorCURIEorIRI(a *attribute, ctx *context) rdf.Term {
	s := trim(a.value)
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		t, result := p.curie(s[1:len(s)-1], ctx)
		if result == isCURIE {
			return t
		}
		p.unresolvedCURIE(a, s)
		return rdf.Term{}
	}
	t, result := p.curie(s, ctx)
	if result == isCURIE {
		return t
	}
	t = p.resolve(ctx.base, s)
	p.checkReference(a, s, t, result)
	return t
}

// iri reads @href and @src. What is wrong with it is told only if check is
// set: a plain link is no business of RDFa.
func (p *processor) iri(a *attribute, ctx *context, check bool) rdf.Term {
	s := trim(a.value)
	t := p.resolve(ctx.base, s)
	if check {
		p.checkReference(a, s, t, notCURIE)
	}
	return t
}

// termOrCURIEorAbsIRI reads one value of @property, @typeof, @datatype, @rel
// and @rev (RDFa Core, 7.4.3 and 7.4.4). A zero term means that the value is
// to be ignored.
func (p *processor) termOrCURIEorAbsIRI(a *attribute, s string, ctx *context) rdf.Term {
	known := &p.strings.entries[p.strings.string(s)].meaning
	if *known != 0 {
		if m := &p.meanings[*known-1]; m.scope == ctx.scope && m.vocab == ctx.vocab {
			return m.term
		}
	}
	t, plain := p.expandTerm(a, s, ctx)
	if plain {
		known = &p.strings.entries[p.strings.string(s)].meaning
		if *known == 0 {
			p.meanings = append(p.meanings, meaning{})
			*known = int32(len(p.meanings))
		}
		p.meanings[*known-1] = meaning{ctx.scope, ctx.vocab, t}
	}
	return t
}

// expandTerm does the work of termOrCURIEorAbsIRI; plain says that there was
// nothing to report, so that the outcome may be used again.
func (p *processor) expandTerm(a *attribute, s string, ctx *context) (t rdf.Term, plain bool) {
	findings, reports := len(p.findings), len(p.reports)
	t = p.readTerm(a, s, ctx)
	return t, t.IsIRI() && findings == len(p.findings) && reports == len(p.reports) && len(p.findings) < maxReports && a.name != "rel" && a.name != "rev"
}

func (p *processor) readTerm(a *attribute, s string, ctx *context) rdf.Term {
	if isTerm(s) {
		if ctx.vocab != "" {
			p.checkNoise(a, s, ctx.vocab)
			return rdf.IRI(ctx.vocab + s)
		}
		if iri := initialTerm(p.options.Host, s); iri != "" {
			return rdf.IRI(iri)
		}
		p.unresolvedTerm(a, s)
		return rdf.Term{}
	}
	t, result := p.curie(s, ctx)
	if result == isCURIE {
		return t
	}
	if !rdf.IsAbsoluteIRI(s) {
		p.unresolvedTerm(a, s)
		return rdf.Term{}
	}
	if result == unknownPrefix {
		p.undeclaredPrefix(a, s)
	}
	t = p.resolve("", s)
	return t
}

// isTerm reports whether s is a term (RDFa Core, 7.4.3): an NCName that may
// also hold slashes.
func isTerm(s string) bool { return isName(s, true) }

// isNCName reports whether s is a name without a colon (Namespaces in XML).
func isNCName(s string) bool { return isName(s, false) }

func isName(s string, slash bool) bool {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '.' || slash && c == '/'):
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !unicode.IsMark(r)) {
				return false
			}
			i += size
			continue
		default:
			return false
		}
		i++
	}
	return s != ""
}

// trim takes away the white space of HTML and XML from both ends.
func trim(s string) string { return strings.Trim(s, " \t\n\r\f") }

// values yields the white-space separated values of an attribute.
func values(a *attribute) func(func(string) bool) {
	return func(yield func(string) bool) {
		s := a.value
		for at := 0; ; {
			for at < len(s) && isSpace(s[at]) {
				at++
			}
			if at == len(s) {
				return
			}
			from := at
			for at < len(s) && !isSpace(s[at]) {
				at++
			}
			if !yield(s[from:at]) {
				return
			}
		}
	}
}

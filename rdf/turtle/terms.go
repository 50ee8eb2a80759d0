package turtle

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// names writes terms as short as the prefixes and the base allow, and keeps
// count of which it used.
type names struct {
	prefixes []namespace // longest first
	base     string
	used     map[string]bool // prefixes
	usedBase bool
	short    map[string]string // IRIs met before
}

type namespace struct{ prefix, iri string }

// maxShort bounds the memory of names.
const maxShort = 1 << 14

func newNames(o Options) *names {
	n := &names{used: map[string]bool{}, short: map[string]string{}}
	n.base, _, _ = strings.Cut(o.Base, "#")
	for _, prefix := range slices.Sorted(maps.Keys(o.Prefixes)) {
		if isPrefix([]byte(prefix)) && o.Prefixes[prefix] != "" {
			n.prefixes = append(n.prefixes, namespace{prefix, o.Prefixes[prefix]})
		}
	}
	slices.SortStableFunc(n.prefixes, func(a, b namespace) int { return cmp.Compare(len(b.iri), len(a.iri)) })
	return n
}

// appendHeader appends the directives for the prefixes that were used, or for
// all of them, and for the base likewise.
func (n *names) appendHeader(b []byte, all bool) []byte {
	if n.base != "" && (all || n.usedBase) {
		b = append(rdf.IRI(n.base).AppendNTriples(append(b, "@base "...)), " .\n"...)
	}
	byName := slices.SortedFunc(slices.Values(n.prefixes), func(a, b namespace) int { return cmp.Compare(a.prefix, b.prefix) })
	for _, ns := range byName {
		if all || n.used[ns.prefix] {
			b = append(append(append(b, "@prefix "...), ns.prefix...), ": "...)
			b = append(rdf.IRI(ns.iri).AppendNTriples(b), " .\n"...)
		}
	}
	return b
}

// append appends a term; blank nodes are given by their label.
func (n *names) append(b []byte, t rdf.Term) []byte {
	switch t.Kind() {
	case rdf.KindIRI:
		return append(b, n.iri(t.Value())...)
	case rdf.KindLiteral:
		return n.appendLiteral(b, t)
	}
	return t.AppendNTriples(b)
}

func (n *names) appendPredicate(b []byte, t rdf.Term) []byte {
	if t.Value() == vocab.RDFType {
		return append(b, 'a')
	}
	return n.append(b, t)
}

func (n *names) appendLiteral(b []byte, t rdf.Term) []byte {
	lexical, datatype := t.Value(), t.Datatype()
	switch {
	case datatype == vocab.XSDBoolean && (lexical == "true" || lexical == "false"):
		return append(b, lexical...)
	case datatype == vocab.XSDInteger || datatype == vocab.XSDDecimal || datatype == vocab.XSDDouble:
		if length, short := numberLength([]byte(lexical)); length == len(lexical) && length > 0 && short == datatype {
			return append(b, lexical...)
		}
	}
	if strings.Contains(lexical, "\n") {
		b = appendLong(b, lexical)
	} else {
		b = rdf.String(lexical).AppendNTriples(b)
	}
	if lang := t.Lang(); lang != "" {
		return append(append(b, '@'), lang...)
	}
	if datatype == vocab.XSDString {
		return b
	}
	return n.append(append(b, "^^"...), rdf.IRI(datatype))
}

// appendLong writes a string of several lines in long quotes. Quotes in it
// stand as they are where they can not be taken for the end.
func appendLong(b []byte, s string) []byte {
	b = append(b, `"""`...)
	for i := 0; i < len(s); {
		end := strings.IndexAny(s[i:], "\"\n") + i
		if end < i {
			end = len(s)
		}
		b = rdf.AppendEscaped(b, s[i:end])
		if i = end + 1; end == len(s) {
			break
		}
		if s[end] == '"' && (end+1 == len(s) || s[end+1] == '"') {
			b = append(b, '\\')
		}
		b = append(b, s[end])
	}
	return append(b, `"""`...)
}

// iri returns an IRI as a prefixed name, relative to the base, or in full.
func (n *names) iri(iri string) string {
	if s, ok := n.short[iri]; ok {
		return s
	}
	s := n.shorten(iri)
	if len(n.short) < maxShort {
		n.short[iri] = s
	}
	return s
}

func (n *names) shorten(iri string) string {
	for _, ns := range n.prefixes {
		if local, ok := strings.CutPrefix(iri, ns.iri); ok && plainLocal(local) {
			n.used[ns.prefix] = true
			return ns.prefix + ":" + local
		}
	}
	if relative, ok := n.relative(iri); ok {
		n.usedBase = true
		return rdf.IRI(relative).String()
	}
	return rdf.IRI(iri).String()
}

// plainLocal reports whether s can stand after a prefix without escapes.
func plainLocal(s string) bool {
	if s != "" && s[len(s)-1] == '.' || strings.Contains(s, `\`) {
		return false
	}
	_, bad := appendLocal(nil, []byte(s))
	return bad < 0
}

// relative returns iri relative to the base, if that is shorter and means the
// same.
func (n *names) relative(iri string) (string, bool) {
	if n.base == "" {
		return "", false
	}
	relative, ok := strings.CutPrefix(iri, n.base)
	if !ok || relative != "" && relative[0] != '#' {
		folder := n.base[:strings.LastIndexByte(n.base, '/')+1]
		if relative, ok = strings.CutPrefix(iri, folder); !ok || folder == "" {
			return "", false
		}
	}
	return relative, rdf.ResolveIRI(n.base, relative) == iri && lex.InvalidIRI([]byte(relative)) < 0
}

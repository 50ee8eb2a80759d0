package rdfa

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// propertyValue is the current property value (RDFa Core, 7.5, step 11, with
// rules 9, 10 and 11 of HTML+RDFa 1.1). A zero term means that there is none:
// the markup cannot be written as XML.
func (p *processor) propertyValue(index int, n *node, k *attributes, ctx *context, linked bool, object, typed rdf.Term) rdf.Term {
	lexical := func() string {
		switch {
		case k.content != nil:
			return k.content.value
		case k.datetime != nil && p.isHTML():
			return k.datetime.value
		}
		return p.tree.content(index)
	}
	timed := p.isHTML() && k.content == nil && (k.datetime != nil || n.atom == atom.Time && n.space == inHTML)
	if k.datatype != nil {
		datatype := ""
		if v := trim(k.datatype.value); v != "" {
			if t := p.termOrCURIEorAbsIRI(k.datatype, v, ctx); t.IsIRI() {
				datatype = t.Value()
				p.checkDatatype(k.datatype, v, datatype)
			}
		}
		switch {
		case datatype == "" || datatype == vocab.RDFLangString:
			return rdf.LangLiteral(lexical(), ctx.lang)
		case datatype == vocab.RDFXMLLiteral && k.content == nil:
			s, ok := p.serialize(index, xmlWriter(ctx))
			if !ok {
				return rdf.Term{}
			}
			return rdf.Literal(s, datatype)
		case datatype == vocab.RDFHTML && k.content == nil && k.datetime == nil && p.isHTML():
			s, _ := p.serialize(index, htmlWriter())
			return rdf.Literal(s, datatype)
		}
		return rdf.Literal(lexical(), datatype)
	}
	switch {
	case k.content != nil:
		return rdf.LangLiteral(k.content.value, ctx.lang)
	case timed:
		value := lexical()
		if datatype := timeType(value); datatype != "" {
			return rdf.Literal(value, datatype)
		}
		return rdf.LangLiteral(value, ctx.lang)
	case !linked && !object.IsZero():
		return object
	case k.typeof != nil && k.about == nil:
		return typed
	}
	return rdf.LangLiteral(p.tree.content(index), ctx.lang)
}

const (
	zonePattern = `(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?`
	dayPattern  = `-?\d{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
	hourPattern = `(?:[01]\d|2[0-4]):[0-5]\d:[0-5]\d(?:\.\d+)?`
)

// timeTypes are the datatypes that @datetime may get, in the order in which
// HTML+RDFa 1.1 (3.1, rule 9) proposes to try them.
var timeTypes = []struct {
	pattern  *regexp.Regexp
	datatype string
}{
	{regexp.MustCompile(`^-?P(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$`), vocab.XSD + "duration"},
	{regexp.MustCompile(`^` + dayPattern + `T` + hourPattern + zonePattern + `$`), vocab.XSDDateTime},
	{regexp.MustCompile(`^` + dayPattern + zonePattern + `$`), vocab.XSDDate},
	{regexp.MustCompile(`^` + hourPattern + zonePattern + `$`), vocab.XSD + "time"},
	{regexp.MustCompile(`^-?\d{4,}-(?:0[1-9]|1[0-2])` + zonePattern + `$`), vocab.XSD + "gYearMonth"},
	{regexp.MustCompile(`^-?\d{4,}` + zonePattern + `$`), vocab.XSD + "gYear"},
}

// timeType returns the XSD datatype whose lexical form s has, or "".
func timeType(s string) string {
	if s == "" || len(s) > 100 || strings.HasSuffix(s, "P") || strings.HasSuffix(s, "T") {
		return ""
	}
	for _, t := range timeTypes {
		if t.pattern.MatchString(s) {
			return t.datatype
		}
	}
	return ""
}

// writer writes markup for a literal.
type writer struct {
	xml      bool
	declared []string // the names of those, in the same order
	values   []string
}

// xmlWriter writes XML in which every top-level element declares the
// namespaces that are in force there (HTML+RDFa 1.1, section 3.4): those of
// xmlns, xmlns: and prefix.
func xmlWriter(ctx *context) writer {
	w := writer{xml: true}
	prefixes := ctx.scope.declared()
	for _, prefix := range slices.Sorted(maps.Keys(prefixes)) {
		w.declared = append(w.declared, "xmlns:"+prefix)
		w.values = append(w.values, prefixes[prefix])
	}
	return w
}

func htmlWriter() writer { return writer{} }

// maxScanned bounds how many bytes of tags are read for the literals that hold
// them, over and over if those are nested.
const maxScanned = 256 << 20

// serialize writes the markup inside node i. It reports false if that cannot
// be done, or not within the bound on literals.
func (p *processor) serialize(i int, w writer) (string, bool) {
	var b strings.Builder
	room := p.options.MaxLiterals - p.literals
	var open []int // the open elements
	nodes := p.tree.nodes
	closeTag := func(j int) {
		n := &nodes[j]
		if name := p.tree.name(n); w.xml || !(isVoid(name) && n.space == inHTML) {
			b.WriteString("</")
			b.WriteString(name)
			b.WriteByte('>')
		}
	}
	// Text is what lies between the tags.
	at := nodes[i].text.start
	text := func(to int32) {
		s := p.tree.text[at:to]
		at = to
		if !w.xml && len(open) > 0 && isRawText(p.tree.name(&nodes[open[len(open)-1]])) {
			b.WriteString(s)
		} else {
			w.escape(&b, s, false)
		}
	}
	for j := i + 1; j < int(nodes[i].end); j++ {
		for len(open) > 0 && j >= int(nodes[open[len(open)-1]].end) {
			text(nodes[open[len(open)-1]].text.end)
			closeTag(open[len(open)-1])
			open = open[:len(open)-1]
		}
		text(nodes[j].text.start)
		if b.Len() > room {
			p.err = fmt.Errorf("%w: more than %d bytes of literals", ErrLimit, p.options.MaxLiterals)
			return "", false
		}
		if p.scanned += int(nodes[j].tag.end - nodes[j].tag.start); p.scanned > maxScanned {
			p.err = fmt.Errorf("%w: the markup in literals takes too much time to write", ErrLimit)
			return "", false
		}
		n := &nodes[j]
		switch n.kind {
		case commentNode:
			if w.xml {
				continue // canonical XML without comments
			}
			b.WriteString("<!--" + p.tree.name(n) + "-->")
		case elementNode:
			name := p.tree.name(n)
			if w.xml && !isXMLName(name) {
				return "", false
			}
			b.WriteByte('<')
			b.WriteString(name)
			outer := inNone
			if len(open) > 0 {
				outer = nodes[open[len(open)-1]].space
			}
			w.writeAttributes(&b, p.tree, n, len(open) == 0, outer)
			b.WriteByte('>')
			open = append(open, j)
		}
	}
	for len(open) > 0 {
		text(nodes[open[len(open)-1]].text.end)
		closeTag(open[len(open)-1])
		open = open[:len(open)-1]
	}
	text(nodes[i].text.end)
	return b.String(), true
}

// writeAttributes writes the attributes of n, and in XML the namespaces that
// would be lost without them. outer is the namespace of the parent.
func (w *writer) writeAttributes(b *strings.Builder, t *tree, n *node, top bool, outer space) {
	write := func(name, value string) {
		b.WriteByte(' ')
		b.WriteString(name)
		b.WriteString(`="`)
		w.escape(b, value, true)
		b.WriteByte('"')
	}
	attrs := t.attributes(n)
	has := func(name string) bool {
		return slices.ContainsFunc(attrs, func(a attribute) bool { return a.name == name })
	}
	for i := range attrs {
		if a := &attrs[i]; !w.xml || isXMLName(a.name) {
			write(a.name, a.value)
		}
	}
	if !w.xml {
		return
	}
	if (top || n.space != outer) && !strings.Contains(t.name(n), ":") && n.space != inNone && !has("xmlns") {
		write("xmlns", t.spaces[n.space])
	}
	if !top {
		return
	}
	for i, name := range w.declared {
		if !has(name) {
			write(name, w.values[i])
		}
	}
}

// escape writes text or an attribute value: in XML as Canonical XML does, in
// HTML by the rules of HTML (13.3).
func (w *writer) escape(b *strings.Builder, s string, inAttribute bool) {
	from := 0
	for i := 0; i < len(s); i++ {
		to := ""
		switch c := s[i]; {
		case c == '&':
			to = "&amp;"
		case c == '<' && (w.xml || !inAttribute):
			to = "&lt;"
		case c == '>' && !inAttribute:
			to = "&gt;"
		case c == '"' && inAttribute:
			to = "&quot;"
		case c == '\r' && w.xml:
			to = "&#xD;"
		case c == '\n' && w.xml && inAttribute:
			to = "&#xA;"
		case c == '\t' && w.xml && inAttribute:
			to = "&#x9;"
		case c == 0xC2 && !w.xml && i+1 < len(s) && s[i+1] == 0xA0:
			b.WriteString(s[from:i])
			b.WriteString("&nbsp;")
			i++
			from = i + 1
			continue
		default:
			continue
		}
		b.WriteString(s[from:i])
		b.WriteString(to)
		from = i + 1
	}
	b.WriteString(s[from:])
}

// isXMLName reports whether s is a qualified name.
func isXMLName(s string) bool {
	prefix, local, ok := strings.Cut(s, ":")
	return isNCName(prefix) && (!ok || isNCName(local))
}

// isVoid reports whether an HTML element never has an end tag (HTML, 13.1.2).
func isVoid(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
		"basefont", "bgsound", "frame", "keygen", "param":
		return true
	}
	return false
}

// isRawText reports whether the text of an HTML element is written as it is
// (HTML, 13.3).
func isRawText(name string) bool {
	switch name {
	case "style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext":
		return true
	}
	return false
}

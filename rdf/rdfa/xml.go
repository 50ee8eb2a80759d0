package rdfa

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/rdf"
)

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// xmlParser builds a tree by the rules of XML 1.0 and Namespaces in XML. It
// reads no external subset, expands no entities but the predefined ones and
// those of HTML, and stops at the first error.
type xmlParser struct {
	text     []byte
	at       int
	maxDepth int
	maker    *treeMaker
	names    []string   // the open elements
	spaces   []xmlnsMap // their namespace declarations
	rooted   bool       // there has been a document element
}

// xmlnsMap is the namespace declarations of one element.
type xmlnsMap struct{ prefixes map[string]string }

// parseXML returns the tree of an XML document. After a syntax error it
// returns what came before it as well.
func parseXML(text []byte, maxDepth int) (*tree, error) {
	p := &xmlParser{text: text, maxDepth: maxDepth, maker: newTreeMaker(text)}
	err := p.document()
	return p.maker.finish(), err
}

func (p *xmlParser) document() error {
	for p.at < len(p.text) {
		if p.text[p.at] != '<' {
			if err := p.characters(); err != nil {
				return err
			}
			continue
		}
		rest := p.text[p.at:]
		var err error
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			err = p.comment()
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			err = p.cdata()
		case bytes.HasPrefix(rest, []byte("<?")):
			err = p.skipTo("?>", "processing instruction")
		case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
			err = p.doctype()
		case bytes.HasPrefix(rest, []byte("</")):
			err = p.endTag()
		default:
			err = p.startTag()
		}
		if err != nil {
			return err
		}
	}
	if len(p.names) > 0 {
		return p.fail(p.at, p.at, "element %q is not closed", p.names[len(p.names)-1])
	}
	if !p.rooted {
		return p.fail(p.at, p.at, "no document element")
	}
	return nil
}

func (p *xmlParser) fail(start, end int, format string, args ...any) error {
	return &rdf.SyntaxError{Span: rdf.NewLines(p.text).Span(start, end), Message: fmt.Sprintf(format, args...)}
}

func (p *xmlParser) characters() error {
	end := bytes.IndexByte(p.text[p.at:], '<')
	if end < 0 {
		end = len(p.text)
	} else {
		end += p.at
	}
	if len(p.names) == 0 {
		for i := p.at; i < end; i++ {
			if !isSpace(p.text[i]) {
				return p.fail(i, end, "text outside the document element")
			}
		}
		p.at = end
		return nil
	}
	s, err := p.resolve(p.at, end, false)
	if err != nil {
		return err
	}
	p.maker.addText(s)
	p.at = end
	return nil
}

func (p *xmlParser) comment() error {
	start := p.at + 4
	end := bytes.Index(p.text[start:], []byte("-->"))
	if end < 0 {
		return p.fail(p.at, len(p.text), "comment is not closed")
	}
	if len(p.names) > 0 {
		p.maker.comment(string(p.text[start : start+end]))
	}
	p.at = start + end + 3
	return nil
}

func (p *xmlParser) cdata() error {
	start := p.at + len("<![CDATA[")
	end := bytes.Index(p.text[start:], []byte("]]>"))
	if end < 0 {
		return p.fail(p.at, len(p.text), "CDATA section is not closed")
	}
	if len(p.names) == 0 {
		return p.fail(p.at, start+end+3, "CDATA section outside the document element")
	}
	p.maker.addText(normalNewlines(string(p.text[start : start+end])))
	p.at = start + end + 3
	return nil
}

func (p *xmlParser) skipTo(mark, what string) error {
	end := bytes.Index(p.text[p.at:], []byte(mark))
	if end < 0 {
		return p.fail(p.at, len(p.text), "%s is not closed", what)
	}
	p.at += end + len(mark)
	return nil
}

// doctype skips the document type declaration with its internal subset.
func (p *xmlParser) doctype() error {
	depth, quote := 0, byte(0)
	for i := p.at + 2; i < len(p.text); i++ {
		c := p.text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '<':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth > 0:
			depth--
		case c == '>':
			p.at = i + 1
			return nil
		}
	}
	return p.fail(p.at, len(p.text), "document type declaration is not closed")
}

func (p *xmlParser) endTag() error {
	start := p.at
	p.at += 2
	name := p.name()
	p.skipSpace()
	if p.at >= len(p.text) || p.text[p.at] != '>' {
		return p.fail(start, p.at, "end tag is not closed")
	}
	p.at++
	if len(p.names) == 0 {
		return p.fail(start, p.at, "end tag %q without a start tag", name)
	}
	if open := p.names[len(p.names)-1]; open != name {
		return p.fail(start, p.at, "end tag %q where %q is open", name, open)
	}
	p.close()
	return nil
}

func (p *xmlParser) close() {
	p.names = p.names[:len(p.names)-1]
	p.spaces = p.spaces[:len(p.spaces)-1]
	p.maker.end()
}

func (p *xmlParser) startTag() error {
	start := p.at
	p.at++
	name := p.name()
	if name == "" {
		return p.fail(start, p.at, "a name must follow %q", "<")
	}
	if len(p.names) == 0 && p.rooted {
		return p.fail(start, p.at, "second document element %q", name)
	}
	if len(p.names) >= p.maxDepth {
		return fmt.Errorf("%w: elements nested deeper than %d", ErrLimit, p.maxDepth)
	}
	p.rooted = true
	var attrs []attribute
	var seen map[string]bool
	var declared map[string]string
	empty := false
	for {
		spaced := p.skipSpace()
		if p.at >= len(p.text) {
			return p.fail(start, p.at, "start tag %q is not closed", name)
		}
		if p.text[p.at] == '>' {
			p.at++
			break
		}
		if bytes.HasPrefix(p.text[p.at:], []byte("/>")) {
			p.at += 2
			empty = true
			break
		}
		if !spaced {
			return p.fail(start, p.at, "white space must stand before an attribute of %q", name)
		}
		a, err := p.attribute(name)
		if err != nil {
			return err
		}
		if len(attrs) == 32 {
			seen = make(map[string]bool)
			for i := range attrs {
				seen[attrs[i].name] = true
			}
		}
		if repeated(attrs, seen, a.name) {
			return p.fail(int(a.span.start), int(a.span.end), "attribute %q stands twice", a.name)
		}
		if prefix, ok := strings.CutPrefix(a.name, "xmlns"); ok && (prefix == "" || prefix[0] == ':') {
			if declared == nil {
				declared = map[string]string{}
			}
			declared[strings.TrimPrefix(prefix, ":")] = a.value
		}
		attrs = append(attrs, a)
	}
	p.names = append(p.names, name)
	p.spaces = append(p.spaces, xmlnsMap{declared})
	prefix, _, _ := strings.Cut(name, ":")
	if prefix == name {
		prefix = ""
	}
	p.maker.start(name, p.namespace(prefix), attrs, extent{int32(start), int32(p.at)})
	if empty {
		p.close()
	}
	return nil
}

// namespace returns the namespace IRI that the prefix stands for here.
func (p *xmlParser) namespace(prefix string) string {
	if prefix == "xml" {
		return xmlSpace
	}
	for i := len(p.spaces) - 1; i >= 0; i-- {
		if iri, ok := p.spaces[i].prefixes[prefix]; ok {
			return iri
		}
	}
	return ""
}

func (p *xmlParser) attribute(element string) (attribute, error) {
	start := p.at
	name := p.name()
	if name == "" {
		return attribute{}, p.fail(start, start+1, "unexpected %q in the start tag %q", p.text[start], element)
	}
	p.skipSpace()
	if p.at >= len(p.text) || p.text[p.at] != '=' {
		return attribute{}, p.fail(start, p.at, "attribute %q has no value", name)
	}
	p.at++
	p.skipSpace()
	if p.at >= len(p.text) || p.text[p.at] != '"' && p.text[p.at] != '\'' {
		return attribute{}, p.fail(start, p.at, "the value of attribute %q must stand in quotes", name)
	}
	from := p.at + 1
	length := bytes.IndexByte(p.text[from:], p.text[p.at])
	if length < 0 {
		return attribute{}, p.fail(start, len(p.text), "the value of attribute %q is not closed", name)
	}
	to := from + length
	if i := bytes.IndexByte(p.text[from:to], '<'); i >= 0 {
		return attribute{}, p.fail(from+i, from+i+1, "%q in the value of attribute %q", "<", name)
	}
	value, err := p.resolve(from, to, true)
	if err != nil {
		return attribute{}, err
	}
	p.at = to + 1
	return attribute{
		name: name, value: value,
		span:  extent{int32(start), int32(p.at)},
		inner: extent{int32(from), int32(to)},
	}, nil
}

// name reads a name, by its delimiters rather than by the letter of the
// grammar: no name that XML forbids can do harm here.
func (p *xmlParser) name() string {
	start := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case '<', '>', '=', '/', '"', '\'', '&', '!', '?':
			return string(p.text[start:p.at])
		default:
			if isSpace(c) || p.at == start && ('0' <= c && c <= '9' || c == '-' || c == '.') {
				return string(p.text[start:p.at])
			}
		}
		p.at++
	}
	return string(p.text[start:p.at])
}

func (p *xmlParser) skipSpace() bool {
	start := p.at
	for p.at < len(p.text) && isSpace(p.text[p.at]) {
		p.at++
	}
	return p.at > start
}

// resolve returns a range of the text with its references replaced and its
// line ends normalised; in attribute values white space becomes spaces (XML
// 1.0, sections 2.11, 3.3.3 and 4.4).
func (p *xmlParser) resolve(start, end int, inAttribute bool) (string, error) {
	s := string(p.text[start:end])
	s = normalNewlines(s)
	if inAttribute && strings.ContainsAny(s, "\n\t") {
		s = strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
	}
	if !strings.Contains(s, "&") {
		return s, nil
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String(), nil
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		semicolon := strings.IndexByte(s[:min(len(s), 40)], ';')
		if semicolon < 0 {
			return "", p.fail(start, end, "%q does not begin a reference", "&")
		}
		c, ok := reference(s[:semicolon])
		if !ok {
			return "", p.fail(start, end, "entity %q is not known", s[:semicolon])
		}
		b.WriteString(c)
		s = s[semicolon+1:]
	}
}

// reference returns what the reference &name; stands for.
func reference(name string) (string, bool) {
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
			return "", false
		}
		return string(rune(n)), true
	}
	whole := "&" + name + ";"
	if s := html.UnescapeString(whole); s != whole && !strings.HasSuffix(s, ";") {
		return s, true
	}
	return "", false
}

func normalNewlines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

package rdfa

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// attributeKind is an attribute that RDFa knows by name.
type attributeKind uint8

const (
	otherAttribute attributeKind = iota
	aboutAttribute
	propertyAttribute
	typeofAttribute
	relAttribute
	revAttribute
	resourceAttribute
	hrefAttribute
	srcAttribute
	vocabAttribute
	prefixAttribute
	roleAttribute
	langAttribute
	xmlLangAttribute
	xmlBaseAttribute
	xmlnsAttribute // xmlns:*
	// Those that only matter beside one of the others.
	contentAttribute
	datatypeAttribute
	datetimeAttribute
	inlistAttribute
	noPrefixAttribute // "xmlns:" and nothing more, which is wrong
	idAttribute

	attributeKinds = int(idAttribute) + 1
)

// attributeNames are their names; that of xmlns:* differs.
var attributeNames = [attributeKinds]string{
	aboutAttribute: "about", propertyAttribute: "property", typeofAttribute: "typeof", relAttribute: "rel",
	revAttribute: "rev", resourceAttribute: "resource", hrefAttribute: "href", srcAttribute: "src",
	vocabAttribute: "vocab", prefixAttribute: "prefix", roleAttribute: "role", langAttribute: "lang",
	xmlLangAttribute: "xml:lang", xmlBaseAttribute: "xml:base", contentAttribute: "content",
	datatypeAttribute: "datatype", datetimeAttribute: "datetime", inlistAttribute: "inlist", idAttribute: "id",
}

// isRDFa reports whether the attribute can change the graph by itself. An
// element without any of these leaves the evaluation context as it is.
func (k attributeKind) isRDFa() bool { return k != otherAttribute && k < contentAttribute }

// states reports whether each value of the attribute may make a statement.
func (k attributeKind) states() bool {
	return k == propertyAttribute || k == typeofAttribute || k == relAttribute || k == revAttribute
}

// isPrefix reports whether the attribute declares a prefix by its name, so that
// an element can have several.
func (k attributeKind) isPrefix() bool { return k == xmlnsAttribute || k == noPrefixAttribute }

// attributeKindOf returns the kind of an attribute by its name, which is in
// lower case if the page is HTML.
func attributeKindOf(name []byte) attributeKind {
	switch string(name) {
	case "about":
		return aboutAttribute
	case "property":
		return propertyAttribute
	case "typeof":
		return typeofAttribute
	case "rel":
		return relAttribute
	case "rev":
		return revAttribute
	case "resource":
		return resourceAttribute
	case "href":
		return hrefAttribute
	case "src":
		return srcAttribute
	case "vocab":
		return vocabAttribute
	case "prefix":
		return prefixAttribute
	case "role":
		return roleAttribute
	case "lang":
		return langAttribute
	case "xml:lang":
		return xmlLangAttribute
	case "xml:base":
		return xmlBaseAttribute
	case "content":
		return contentAttribute
	case "datatype":
		return datatypeAttribute
	case "datetime":
		return datetimeAttribute
	case "inlist":
		return inlistAttribute
	case "id":
		return idAttribute
	}
	switch {
	case len(name) < 6 || string(name[:6]) != "xmlns:":
		return otherAttribute
	case len(name) == 6:
		return noPrefixAttribute
	}
	return xmlnsAttribute
}

// htmlAttributeKind is attributeKindOf for a name as it stands in an HTML page.
func htmlAttributeKind(name []byte) attributeKind {
	if k := attributeKindOf(name); k != otherAttribute {
		return k
	}
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			return attributeKindOf([]byte(attributeName(name)))
		}
	}
	return otherAttribute
}

// rawAttribute is the place of an attribute in a tag: its name is
// text[start:name], its value without quotes text[from:to].
type rawAttribute struct{ start, name, from, to, end int32 }

func (r rawAttribute) nameIn(text []byte) []byte  { return text[r.start:r.name] }
func (r rawAttribute) valueIn(text []byte) []byte { return text[r.from:r.to] }

// nextAttribute reads the attribute of a tag that begins at or after at, by the
// rules of the HTML tokenizer (13.2.5.32 and on). Where there is none, ok is
// false, and end the place after the ">", or 0 if the text ends in the tag.
func nextAttribute(text []byte, at int) (r rawAttribute, end int, ok bool) {
	for at < len(text) && (isSpace(text[at]) || text[at] == '/') {
		at++
	}
	if at >= len(text) {
		return r, 0, false
	}
	if text[at] == '>' {
		return r, at + 1, false
	}
	r.start = int32(at)
	at++ // an attribute name may begin with an equals sign
	for at < len(text) && !endsName[text[at]] {
		at++
	}
	r.name, r.from, r.to, r.end = int32(at), int32(at), int32(at), int32(at)
	after := at
	for after < len(text) && isSpace(text[after]) {
		after++
	}
	if after >= len(text) || text[after] != '=' {
		return r, at, true
	}
	at = after + 1
	for at < len(text) && isSpace(text[at]) {
		at++
	}
	if at < len(text) && (text[at] == '"' || text[at] == '\'') {
		length := bytes.IndexByte(text[at+1:], text[at])
		if length < 0 {
			return r, 0, false
		}
		r.from, r.to = int32(at+1), int32(at+1+length)
		at += length + 2
	} else {
		r.from = int32(at)
		for at < len(text) && !isSpace(text[at]) && text[at] != '>' {
			at++
		}
		r.to = int32(at)
	}
	r.end = int32(at)
	return r, at, true
}

// endsName marks the bytes that end the name of an attribute.
var endsName = [256]bool{' ': true, '\t': true, '\n': true, '\r': true, '\f': true, '/': true, '>': true, '=': true}

// afterTagName returns the place after the name of the tag that begins at at.
func afterTagName(text []byte, at int) int {
	for at++; at < len(text) && !isSpace(text[at]) && text[at] != '/' && text[at] != '>'; at++ {
	}
	return at
}

// tagAttributes reads all attributes of a start tag. Of attributes with the
// same name only the first counts.
func tagAttributes(text []byte, tag extent, s space) []attribute {
	var attrs []attribute
	var seen map[string]bool
	at := afterTagName(text, int(tag.start))
	for {
		r, next, ok := nextAttribute(text, at)
		if !ok {
			break
		}
		at = next
		name := attributeName(r.nameIn(text))
		if len(attrs) == 32 && seen == nil {
			seen = make(map[string]bool)
			for i := range attrs {
				seen[attrs[i].name] = true
			}
		}
		if repeated(attrs, seen, name) {
			continue
		}
		attrs = append(attrs, attribute{
			name: name, value: attributeValue(r.valueIn(text)),
			span: extent{r.start, r.end}, inner: extent{r.from, r.to},
		})
	}
	if s == inSVG || s == inMath {
		for i := range attrs {
			attrs[i].name = foreignAttribute(s, attrs[i].name)
		}
	}
	return attrs
}

// tagAttribute returns the value of one attribute of a start tag.
func tagAttribute(text []byte, tag extent, name string) (string, bool) {
	at := afterTagName(text, int(tag.start))
	for {
		r, next, ok := nextAttribute(text, at)
		if !ok {
			return "", false
		}
		at = next
		if raw := r.nameIn(text); len(raw) == len(name) && attributeName(raw) == name {
			return attributeValue(r.valueIn(text)), true
		}
	}
}

// attributeName puts a name in lower case.
func attributeName(s []byte) string {
	for _, c := range s {
		if 'A' <= c && c <= 'Z' || c == 0 {
			lower := bytes.ReplaceAll(s, []byte{0}, []byte("\uFFFD"))
			for i, c := range lower {
				if 'A' <= c && c <= 'Z' {
					lower[i] = c + 'a' - 'A'
				}
			}
			return string(lower)
		}
	}
	return string(s)
}

// attributeValue resolves the character references of a value. In an
// attribute, a reference without a semicolon that a letter, digit or equals
// sign follows is no reference (13.2.5.73).
func attributeValue(raw []byte) string {
	s := string(raw)
	if isPlain(raw) {
		return s
	}
	s = normalNewlines(s)
	if strings.Contains(s, "&") {
		var b strings.Builder
		for {
			i := strings.IndexByte(s, '&')
			if i < 0 {
				break
			}
			b.WriteString(s[:i])
			s = s[i:]
			end := 1
			if end < len(s) && s[end] == '#' {
				end++
			}
			for end < len(s) && isAlphanumeric(s[end]) {
				end++
			}
			reference := s[:end]
			if end < len(s) && s[end] == ';' {
				end++
				reference = s[:end]
			}
			b.WriteString(resolveInAttribute(reference, end < len(s) && s[end] == '='))
			s = s[end:]
		}
		b.WriteString(s)
		s = b.String()
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// isPlain reports whether a value stands for itself.
func isPlain(raw []byte) bool {
	for _, c := range raw {
		if c == '&' || c == '\r' || c == 0 {
			return false
		}
	}
	return true
}

// resolveInAttribute resolves "&name;", "&name" or "&#...". The name is whole:
// no letter or digit follows it.
func resolveInAttribute(reference string, beforeEquals bool) string {
	resolved := html.UnescapeString(reference)
	if strings.HasPrefix(reference, "&#") || resolved == reference {
		return resolved
	}
	if strings.HasSuffix(reference, ";") {
		if strings.HasSuffix(resolved, ";") && resolved != ";" {
			return reference // only the beginning is a name
		}
		return resolved
	}
	if beforeEquals {
		return reference
	}
	for i := 0; i < len(resolved); i++ {
		if isAlphanumeric(resolved[i]) {
			return reference
		}
	}
	return resolved
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// repeated reports whether name is there already: only the first attribute of
// a name counts (HTML, 13.2.5.33). seen serves where a linear search would not.
func repeated(attrs []attribute, seen map[string]bool, name string) bool {
	if seen != nil {
		if seen[name] {
			return true
		}
		seen[name] = true
		return false
	}
	for i := range attrs {
		if attrs[i].name == name {
			return true
		}
	}
	return false
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}

package rdfa

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// htmlDepth is the deepest nesting that x/net/html accepts.
const htmlDepth = 512

// oracleHTML builds the tree of an HTML page with x/net/html. Its nodes do not
// tell where they came from; if marked is set, every start tag with attributes
// is first given one more attribute, whose name occurs nowhere in the text and
// whose value is the number of the tag. The parser carries it along wherever
// error recovery moves or copies the element. (Marks change the tree in one
// case: four formatting elements that are alike are no longer alike.)
func oracleHTML(text []byte, marked bool) (*tree, error) {
	c := converter{text: text, marker: unusedName(text), maxDepth: htmlDepth, maker: newTreeMaker(text)}
	input := text
	if marked {
		input, c.tags = markTags(text, c.marker)
	}
	root, err := html.ParseWithOptions(bytes.NewReader(input), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, err
	}
	return c.convert(root)
}

// unusedName returns an attribute name that does not occur in the text.
func unusedName(text []byte) string {
	for n := 0; ; n++ {
		name := "x-tag-" + strconv.Itoa(n)
		if !bytes.Contains(text, []byte(name)) {
			return name
		}
	}
}

// markTags returns the text with a numbered attribute in every start tag that
// has attributes, and the place of each such tag. In the html and body tags
// the number is part of the name: the parser copies the attributes of a second
// one to the first, and both must be found again.
func markTags(text []byte, marker string) (marked []byte, tags []extent) {
	marked = make([]byte, 0, len(text)+len(text)/8+64)
	z := html.NewTokenizer(bytes.NewReader(text))
	at := 0
	for {
		kind := z.Next()
		raw := z.Raw()
		if kind == html.ErrorToken {
			// What is left is an unfinished tag, which the parser drops.
			return append(marked, text[at:]...), tags
		}
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			name, more := z.TagName()
			if string(name) == "noscript" {
				z.NextIsNotRawText()
			}
			if more {
				cut := afterTagName(raw, 0)
				marked = append(marked, raw[:cut]...)
				marked = append(append(marked, ' '), marker...)
				if s := string(name); s == "html" || s == "body" {
					marked = strconv.AppendInt(append(marked, '-'), int64(len(tags)), 36)
				}
				marked = append(marked, '=')
				marked = strconv.AppendInt(marked, int64(len(tags)), 36)
				marked = append(append(marked, ' '), raw[cut:]...)
				tags = append(tags, extent{int32(at), int32(at + len(raw))})
				at += len(raw)
				continue
			}
		}
		marked = append(marked, raw...)
		at += len(raw)
	}
}

// converter turns the parser's tree into ours.
type converter struct {
	text     []byte
	marker   string
	tags     []extent
	maxDepth int
	maker    *treeMaker
}

func (c *converter) convert(root *html.Node) (*tree, error) {
	depth := 0
	n := root.FirstChild
	for n != nil {
		down := false
		switch n.Type {
		case html.ElementNode:
			if depth++; depth > c.maxDepth {
				return nil, fmt.Errorf("%w: elements nested deeper than %d", ErrLimit, c.maxDepth)
			}
			attrs, tag := c.attributes(n)
			c.maker.start(n.Data, namespaceOf(n.Namespace), attrs, tag)
			down = n.FirstChild != nil && !(n.Data == "template" && n.Namespace == "")
			if !down {
				c.maker.end()
				depth--
			}
		case html.TextNode:
			c.maker.addText(c.unmark(n.Data))
		case html.CommentNode:
			c.maker.comment(c.unmark(n.Data))
		}
		if down {
			n = n.FirstChild
			continue
		}
		for n.NextSibling == nil {
			n = n.Parent
			if n == root || n == nil {
				return c.maker.finish(), nil
			}
			c.maker.end()
			depth--
		}
		n = n.NextSibling
	}
	return c.maker.finish(), nil
}

func namespaceOf(s string) string {
	switch s {
	case "svg":
		return svgSpace
	case "math":
		return mathSpace
	}
	return htmlSpace
}

// unmark takes marks out of text that the parser, unlike the tokenizer, did
// not read as tags.
func (c *converter) unmark(s string) string {
	if !strings.Contains(s, c.marker) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, " "+c.marker)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		end := strings.IndexByte(s, ' ')
		s = s[end+1:]
	}
}

// attributes returns the attributes of an element with their places, and the
// place of its start tag.
func (c *converter) attributes(n *html.Node) ([]attribute, extent) {
	if len(n.Attr) == 0 {
		return nil, extent{}
	}
	var tags []extent
	attrs := make([]attribute, 0, len(n.Attr)-1)
	wanted := false
	var seen map[string]bool
	if len(n.Attr) > 32 {
		seen = make(map[string]bool, len(n.Attr))
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, c.marker) {
			if i, err := strconv.ParseInt(a.Val, 36, 32); err == nil && int(i) < len(c.tags) {
				tags = append(tags, c.tags[i])
			}
			continue
		}
		name := a.Key
		if a.Namespace != "" {
			name = a.Namespace + ":" + a.Key
		}
		if repeated(attrs, seen, name) {
			continue
		}
		attrs = append(attrs, attribute{name: name, value: strings.ReplaceAll(a.Val, "\x00", "\uFFFD")})
		wanted = wanted || attributeKindOf([]byte(name)).isRDFa()
	}
	if len(tags) == 0 {
		return attrs, extent{}
	}
	if wanted {
		for _, tag := range tags {
			locateAttributes(c.text, tag, attrs)
		}
	}
	return attrs, tags[0]
}

// locateAttributes finds the attributes of a start tag in the text by the
// rules of the HTML tokenizer (13.2.5.32 and on), and notes their places.
// Attributes that have a place already, or that are not in this tag, are left.
func locateAttributes(text []byte, tag extent, attrs []attribute) {
	raw := text[tag.start:tag.end]
	at := 1
	for at < len(raw) && !isSpace(raw[at]) && raw[at] != '/' && raw[at] != '>' {
		at++
	}
	next := 0 // attributes mostly come in the order of the tag
	for at < len(raw) {
		for at < len(raw) && (isSpace(raw[at]) || raw[at] == '/') {
			at++
		}
		if at >= len(raw) || raw[at] == '>' {
			return
		}
		start := at
		at++ // an attribute name may begin with an equals sign
		for at < len(raw) && !isSpace(raw[at]) && raw[at] != '/' && raw[at] != '>' && raw[at] != '=' {
			at++
		}
		name, end := raw[start:at], at
		inner := extent{int32(at), int32(at)}
		after := at
		for after < len(raw) && isSpace(raw[after]) {
			after++
		}
		if after < len(raw) && raw[after] == '=' {
			at = after + 1
			for at < len(raw) && isSpace(raw[at]) {
				at++
			}
			switch {
			case at < len(raw) && (raw[at] == '"' || raw[at] == '\''):
				quote := raw[at]
				at++
				inner.start = int32(at)
				for at < len(raw) && raw[at] != quote {
					at++
				}
				inner.end = int32(at)
				at = min(at+1, len(raw))
			default:
				inner.start = int32(at)
				for at < len(raw) && !isSpace(raw[at]) && raw[at] != '>' {
					at++
				}
				inner.end = int32(at)
			}
			end = at
		}
		if i := indexOf(attrs, next, name); i >= 0 {
			if !attrs[i].span.known() {
				attrs[i].span = extent{tag.start + int32(start), tag.start + int32(end)}
				attrs[i].inner = extent{tag.start + inner.start, tag.start + inner.end}
			}
			next = i + 1
		}
	}
}

// indexOf finds the attribute with the given name: the next one, as a rule;
// else, in tags of a sane size, any.
func indexOf(attrs []attribute, next int, name []byte) int {
	if next < len(attrs) && strings.EqualFold(attrs[next].name, string(name)) {
		return next
	}
	if len(attrs) > 64 {
		return -1
	}
	for i := range attrs {
		if strings.EqualFold(attrs[i].name, string(name)) {
			return i
		}
	}
	return -1
}

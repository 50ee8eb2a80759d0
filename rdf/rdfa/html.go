package rdfa

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The namespaces of the elements of an HTML page.
const (
	htmlSpace = "http://www.w3.org/1999/xhtml"
	svgSpace  = "http://www.w3.org/2000/svg"
	mathSpace = "http://www.w3.org/1998/Math/MathML"
)

// parseHTML builds the tree of an HTML page by the tree construction of the
// HTML standard (13.2.6), with scripting off. The tokens come from x/net/html;
// its tree builder is not used, because its nodes do not tell where in the
// text they came from. (It serves as the oracle of our tests.)
func parseHTML(text []byte, maxDepth int) (*tree, error) {
	b := &htmlBuilder{
		text: text, source: string(text), maxDepth: maxDepth,
		z:          html.NewTokenizer(bytes.NewReader(text)),
		nodes:      make([]domNode, 1, 64+len(text)/32),
		framesetOK: true,
	}
	b.characters = make([]byte, 0, len(text)/2)
	b.nodes[0].parent = detached
	if err := b.run(); err != nil {
		return nil, err
	}
	return b.flatten(), nil
}

// domNode is a node while the tree is under construction. References are
// indexes; 0, the document, stands for "none" where the document cannot be.
type domNode struct {
	kind  nodeKind
	space space
	atom  atom.Atom // 0 for names that HTML does not know
	name  string    // an element's name, a comment's text
	attrs []attribute
	tag   extent // of the source
	chars extent // of htmlBuilder.characters: the text of a text node

	parent, first, last, previous, next int32
}

// detached is the parent of a node that has none.
const detached = -1

// space is a namespace.
type space uint8

const (
	inHTML space = iota
	inSVG
	inMath
)

func (s space) iri() string { return [...]string{htmlSpace, svgSpace, mathSpace}[s] }

// htmlBuilder is the state of tree construction.
type htmlBuilder struct {
	text       []byte
	source     string
	z          *html.Tokenizer
	maxDepth   int
	nodes      []domNode
	characters []byte
	copies     int // elements that no tag of their own made
	steps      int // taken up and down the stack of open elements

	mode, original  insertionMode
	templates       []insertionMode
	open            []int32     // the stack of open elements
	openCount       [1024]int32 // how many are open, by a hash of their name
	formatting      []int32     // the active formatting elements; 0 is a marker
	head, form      int32       // the element pointers
	tableText       []byte      // the pending table character tokens
	quirks          bool
	framesetOK      bool
	fosterParenting bool
	token           htmlToken
	err             error
}

// htmlToken is the token that is being processed.
type htmlToken struct {
	kind  html.TokenType // ErrorToken at the end of the text
	atom  atom.Atom
	name  string
	data  []byte // text, a comment or a doctype
	place extent
	empty bool // a self-closing tag

	attrs    []attribute
	scanned  bool // attrs have been read
	hasAttrs bool
}

const (
	// maxCopies bounds the elements that error recovery makes out of nothing.
	maxCopies = 500_000
	// maxSteps bounds the search for open elements, which pages can make as
	// long for each tag as they are deep: some seconds in all.
	maxSteps = 200_000_000
)

// spend counts steps against their bound.
func (b *htmlBuilder) spend(steps int) {
	if b.steps += steps; b.steps > maxSteps && b.err == nil {
		b.err = fmt.Errorf("%w: markup errors take too much time to mend", ErrLimit)
	}
}

func (b *htmlBuilder) run() error {
	at := 0
	for b.err == nil {
		b.z.AllowCDATA(len(b.open) > 0 && b.nodes[b.current()].space != inHTML)
		kind := b.z.Next()
		b.token = htmlToken{kind: kind}
		t := &b.token
		if kind == html.ErrorToken {
			if err := b.z.Err(); err != io.EOF {
				return fmt.Errorf("read html: %w", err)
			}
			b.process()
			return b.err
		}
		length := len(b.z.Raw())
		t.place = extent{int32(at), int32(at + length)}
		at += length
		switch kind {
		case html.TextToken, html.CommentToken, html.DoctypeToken:
			t.data = b.z.Text()
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			var name []byte
			name, t.hasAttrs = b.z.TagName()
			if t.atom = atom.Lookup(name); t.atom != 0 {
				t.name = t.atom.String()
			} else {
				t.name = string(name)
			}
			if kind == html.SelfClosingTagToken {
				t.kind, t.empty = html.StartTagToken, true
			}
		}
		b.process()
	}
	return b.err
}

// process gives the token to the rules of the insertion mode until one of them
// has done with it.
func (b *htmlBuilder) process() {
	for b.err == nil {
		var done bool
		if b.isForeign() {
			done = b.foreign()
		} else {
			done = b.modeRules(b.mode)
		}
		if done {
			return
		}
	}
}

// attributes reads the attributes of the token's tag. Each is read once.
func (t *htmlToken) attributes(b *htmlBuilder) []attribute {
	if !t.scanned {
		t.scanned = true
		if t.hasAttrs {
			t.attrs = scanAttributes(b.source, t.place)
		}
	}
	return t.attrs
}

// attribute returns the value of an attribute of the token.
func (t *htmlToken) attribute(b *htmlBuilder, name string) (string, bool) {
	for i, a := range t.attributes(b) {
		if a.name == name {
			return t.attrs[i].value, true
		}
	}
	return "", false
}

// newNode makes a node that is not in the tree yet.
func (b *htmlBuilder) newNode(n domNode) int32 {
	n.parent = detached
	b.nodes = append(b.nodes, n)
	return int32(len(b.nodes) - 1)
}

// current returns the current node: the innermost open element.
func (b *htmlBuilder) current() int32 {
	if len(b.open) == 0 {
		return 0
	}
	return b.open[len(b.open)-1]
}

// currentIs reports whether the current node is an HTML element with one of
// the names.
func (b *htmlBuilder) currentIs(names ...atom.Atom) bool {
	return b.is(b.current(), names...)
}

func (b *htmlBuilder) is(n int32, names ...atom.Atom) bool {
	if b.nodes[n].space != inHTML || b.nodes[n].atom == 0 {
		return false
	}
	for _, name := range names {
		if b.nodes[n].atom == name {
			return true
		}
	}
	return false
}

func hash(a atom.Atom) int { return int(a>>8) & 1023 }

// push puts an element on the stack of open elements.
func (b *htmlBuilder) push(n int32) {
	b.open = append(b.open, n)
	b.openCount[hash(b.nodes[n].atom)]++
	if len(b.open) > b.maxDepth {
		b.err = fmt.Errorf("%w: elements nested deeper than %d", ErrLimit, b.maxDepth)
	}
}

// pop takes the current node off the stack.
func (b *htmlBuilder) pop() int32 {
	n := b.current()
	b.openCount[hash(b.nodes[n].atom)]--
	b.open = b.open[:len(b.open)-1]
	return n
}

// removeOpen takes an element out of the stack, wherever it is.
func (b *htmlBuilder) removeOpen(n int32) {
	if i := lastIndex(b.open, n); i >= 0 {
		b.spend(len(b.open) - i)
		b.open = append(b.open[:i], b.open[i+1:]...)
		b.openCount[hash(b.nodes[n].atom)]--
	}
}

func lastIndex(list []int32, n int32) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == n {
			return i
		}
	}
	return -1
}

// popUntil takes elements off the stack until one with a name is off.
func (b *htmlBuilder) popUntil(names ...atom.Atom) {
	for len(b.open) > 0 {
		if b.is(b.pop(), names...) {
			return
		}
	}
}

// popTo takes elements off the stack until the current node has a name.
func (b *htmlBuilder) popTo(names ...atom.Atom) {
	for len(b.open) > 0 && !b.currentIs(names...) {
		b.pop()
	}
}

// append makes n the last child of parent.
func (b *htmlBuilder) append(parent, n int32) { b.insertBefore(parent, n, 0) }

// insertBefore makes n a child of parent before a sibling, or the last one.
func (b *htmlBuilder) insertBefore(parent, n, sibling int32) {
	p, c := &b.nodes[parent], &b.nodes[n]
	c.parent, c.next = parent, sibling
	if sibling == 0 {
		c.previous = p.last
		p.last = n
	} else {
		c.previous = b.nodes[sibling].previous
		b.nodes[sibling].previous = n
	}
	if c.previous == 0 {
		p.first = n
	} else {
		b.nodes[c.previous].next = n
	}
}

// detach takes n out of the tree.
func (b *htmlBuilder) detach(n int32) {
	c := &b.nodes[n]
	if c.parent == detached {
		return
	}
	p := &b.nodes[c.parent]
	if c.previous == 0 {
		p.first = c.next
	} else {
		b.nodes[c.previous].next = c.next
	}
	if c.next == 0 {
		p.last = c.previous
	} else {
		b.nodes[c.next].previous = c.previous
	}
	c.parent, c.previous, c.next = detached, 0, 0
}

// place returns where a node is to be inserted: the appropriate place of
// 13.2.6.1, for the current node or another target. What belongs in a cell but
// stands loose in a table goes before the table.
func (b *htmlBuilder) place(target int32) (parent, before int32) {
	if !b.fosterParenting || !b.is(target, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr) {
		return target, 0
	}
	for i := len(b.open) - 1; i >= 0; i-- {
		b.spend(1)
		n := b.open[i]
		switch {
		case b.is(n, atom.Template):
			return n, 0
		case b.is(n, atom.Table):
			if p := b.nodes[n].parent; p != detached {
				return p, n
			}
			return b.open[i-1], 0
		}
	}
	return b.open[0], 0
}

// insertText adds text at the appropriate place, to the text that is there.
func (b *htmlBuilder) insertText(s []byte) {
	if len(s) == 0 {
		return
	}
	parent, before := b.place(b.current())
	if parent == 0 {
		return // the document holds no text
	}
	neighbour := b.nodes[parent].last
	if before != 0 {
		neighbour = b.nodes[before].previous
	}
	from := int32(len(b.characters))
	if neighbour != 0 && b.nodes[neighbour].kind == textNode {
		chars := &b.nodes[neighbour].chars
		if chars.end != from { // other text came between: move it to the end
			b.characters = append(b.characters, b.characters[chars.start:chars.end]...)
			chars.start = from
		}
		b.characters = append(b.characters, s...)
		chars.end = int32(len(b.characters))
		return
	}
	b.characters = append(b.characters, s...)
	n := b.newNode(domNode{kind: textNode, chars: extent{from, int32(len(b.characters))}})
	b.insertBefore(parent, n, before)
}

// insertComment adds the token's comment to a node.
func (b *htmlBuilder) insertComment(parent int32) {
	b.append(parent, b.newNode(domNode{kind: commentNode, name: string(b.token.data)}))
}

// insertElement makes an element of the token, inserts and opens it.
func (b *htmlBuilder) insertElement(s space) int32 {
	t := &b.token
	n := b.newNode(domNode{kind: elementNode, space: s, atom: t.atom, name: t.name, attrs: t.attributes(b), tag: t.place})
	parent, before := b.place(b.current())
	b.insertBefore(parent, n, before)
	b.push(n)
	return n
}

// insertHTML inserts the element of the token in the HTML namespace.
func (b *htmlBuilder) insertHTML() int32 { return b.insertElement(inHTML) }

// insertImplied inserts an element that no tag made.
func (b *htmlBuilder) insertImplied(name atom.Atom) int32 {
	n := b.copied(domNode{kind: elementNode, atom: name, name: name.String()})
	parent, before := b.place(b.current())
	b.insertBefore(parent, n, before)
	b.push(n)
	return n
}

// copied makes a node that no token made, within the bound.
func (b *htmlBuilder) copied(n domNode) int32 {
	if b.copies++; b.copies > maxCopies {
		b.err = fmt.Errorf("%w: markup errors make more than %d elements", ErrLimit, maxCopies)
	}
	return b.newNode(n)
}

// clone makes another element for the same tag.
func (b *htmlBuilder) clone(n int32) int32 {
	o := &b.nodes[n]
	return b.copied(domNode{kind: elementNode, space: o.space, atom: o.atom, name: o.name, attrs: o.attrs, tag: o.tag})
}

// addAttributes gives an element the attributes of the token that it lacks.
func (b *htmlBuilder) addAttributes(n int32) {
	attrs := b.nodes[n].attrs
	had := len(attrs)
	seen := map[string]bool{}
	for i := range attrs {
		seen[attrs[i].name] = true
	}
	for _, a := range b.token.attributes(b) {
		if !seen[a.name] {
			attrs = append(attrs, a)
		}
	}
	b.nodes[n].attrs = attrs
	if had == 0 && len(attrs) > 0 && !b.nodes[n].tag.known() {
		b.nodes[n].tag = b.token.place
	}
}

// flatten turns the tree into the form that the processor walks.
func (b *htmlBuilder) flatten() *tree {
	m := treeMaker{nodes: make([]node, 0, len(b.nodes)), text: make([]byte, 0, len(b.characters))}
	at := b.nodes[0].first
	for at != 0 {
		n := &b.nodes[at]
		down := false
		switch n.kind {
		case elementNode:
			m.start(n.name, n.space.iri(), n.attrs, n.tag)
			// The contents of a template are a document of their own.
			down = n.first != 0 && !(n.atom == atom.Template && n.space == inHTML)
			if !down {
				m.end()
			}
		case textNode:
			m.characters(b.characters[n.chars.start:n.chars.end])
		case commentNode:
			m.comment(n.name)
		}
		if down {
			at = n.first
			continue
		}
		for b.nodes[at].next == 0 && b.nodes[at].parent != 0 {
			at = b.nodes[at].parent
			m.end()
		}
		at = b.nodes[at].next
	}
	return m.tree()
}

// scanAttributes reads the attributes of a start tag by the rules of the HTML
// tokenizer (13.2.5.32 and on). Of attributes with the same name only the
// first counts.
func scanAttributes(source string, tag extent) []attribute {
	raw := source[tag.start:tag.end]
	at := 1
	for at < len(raw) && !isSpace(raw[at]) && raw[at] != '/' && raw[at] != '>' {
		at++
	}
	attrs := make([]attribute, 0, 1+strings.Count(raw, "="))
	var seen map[string]bool
	for at < len(raw) {
		for at < len(raw) && (isSpace(raw[at]) || raw[at] == '/') {
			at++
		}
		if at >= len(raw) || raw[at] == '>' {
			break
		}
		start := at
		at++ // an attribute name may begin with an equals sign
		for at < len(raw) && !isSpace(raw[at]) && raw[at] != '/' && raw[at] != '>' && raw[at] != '=' {
			at++
		}
		name, end := raw[start:at], at
		from, to := at, at
		after := at
		for after < len(raw) && isSpace(raw[after]) {
			after++
		}
		if after < len(raw) && raw[after] == '=' {
			at = after + 1
			for at < len(raw) && isSpace(raw[at]) {
				at++
			}
			if at < len(raw) && (raw[at] == '"' || raw[at] == '\'') {
				length := strings.IndexByte(raw[at+1:], raw[at])
				if length < 0 {
					length = len(raw) - at - 1
				}
				from, to = at+1, at+1+length
				at = min(to+1, len(raw))
			} else {
				from = at
				for at < len(raw) && !isSpace(raw[at]) && raw[at] != '>' {
					at++
				}
				to = at
			}
			end = at
		}
		name = attributeName(name)
		if len(attrs) == 32 {
			seen = make(map[string]bool)
			for i := range attrs {
				seen[attrs[i].name] = true
			}
		}
		if repeated(attrs, seen, name) {
			continue
		}
		attrs = append(attrs, attribute{
			name: name, value: attributeValue(raw[from:to]),
			span:  extent{tag.start + int32(start), tag.start + int32(end)},
			inner: extent{tag.start + int32(from), tag.start + int32(to)},
		})
	}
	return attrs
}

// attributeName puts a name in lower case.
func attributeName(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; 'A' <= c && c <= 'Z' || c == 0 {
			lower := []byte(strings.ReplaceAll(s, "\x00", "\uFFFD"))
			for i, c := range lower {
				if 'A' <= c && c <= 'Z' {
					lower[i] = c + 'a' - 'A'
				}
			}
			return string(lower)
		}
	}
	return s
}

// attributeValue resolves the character references of a value. In an
// attribute, a reference without a semicolon that a letter, digit or equals
// sign follows is no reference (13.2.5.73).
func attributeValue(s string) string {
	if !strings.ContainsAny(s, "&\r\x00") {
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

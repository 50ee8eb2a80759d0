package rdfa

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html/atom"
)

// parseHTML builds the tree of an HTML page by the tree construction of the
// HTML standard (13.2.6), with scripting off.
func parseHTML(text []byte, maxDepth int) (*tree, error) {
	b := &htmlBuilder{
		tokenizer: newTokenizer(text), maxDepth: maxDepth,
		nodes:      make([]node, 1, 64+min(countTags(text), len(text)/16)),
		framesetOK: true,
	}
	b.characters.Grow(countText(text))
	if err := b.run(); err != nil {
		return nil, err
	}
	return b.tree(), nil
}

// countTags returns about how many start tags there are.
func countTags(text []byte) int {
	return max(0, bytes.Count(text, []byte("<"))-bytes.Count(text, []byte("</")))
}

// countText returns about how long the text outside tags is.
func countText(text []byte) int {
	n := 0
	for {
		i := bytes.IndexByte(text, '<')
		if i < 0 {
			return n + len(text)
		}
		n += i
		text = text[i:]
		if i = bytes.IndexByte(text, '>'); i < 0 {
			return n + len(text)
		}
		text = text[i+1:]
	}
}

// link is the place of a node in the tree. References are indexes of nodes; 0,
// the document, stands for "none" where the document cannot be.
type link struct{ parent, first, last, previous, next int32 }

// detached is the parent of a node that has none.
const detached = -1

// htmlBuilder is the state of tree construction.
//
// Most pages are nested well enough that the elements come in document order,
// each inside the current node. Then nodes holds the tree as it will be, and
// there are no nodes for text: it lies between its neighbours. Where error
// recovery has to put a node elsewhere, or take one away, the tree gets links
// (and nodes for its text) and keeps them to the end.
type htmlBuilder struct {
	tokenizer
	maxDepth   int
	nodes      []node // the first is the document
	links      []link // nil as long as the nodes are in document order
	characters strings.Builder
	lists      [][]attribute
	late       [2][]int32 // comments after the body: names of those in html, in the document
	statements int
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

const (
	// maxCopies bounds the elements that error recovery makes out of nothing.
	maxCopies = 500_000
	// maxSteps bounds the search for open elements, which pages can make as
	// long for each tag as they are deep: some seconds in all.
	maxSteps = 200_000_000
	// longTag is the length from which on the attributes of a tag are read
	// once and kept, since elements that are copied share their tag.
	longTag = 2048
)

// spend counts steps against their bound.
func (b *htmlBuilder) spend(steps int) {
	if b.steps += steps; b.steps > maxSteps && b.err == nil {
		b.err = fmt.Errorf("%w: markup errors take too much time to mend", ErrLimit)
	}
}

func (b *htmlBuilder) run() error {
	for b.err == nil {
		b.allowCDATA = len(b.open) > 0 && b.nodes[b.current()].space != inHTML
		b.next(&b.token)
		b.process()
		if b.token.kind == endOfText {
			break
		}
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

// attribute returns the value of an attribute of the token.
func (b *htmlBuilder) attribute(name string) (string, bool) {
	if b.token.attrs == noAttributes {
		return "", false
	}
	return tagAttribute(b.text, b.token.place, name)
}

// attributes returns the attributes of an element.
func (b *htmlBuilder) attributes(n *node) []attribute {
	t := tree{source: b.text, lists: b.lists}
	return t.attributes(n)
}

// nameOf returns the name of an element.
func (b *htmlBuilder) nameOf(n *node) string {
	if n.atom != 0 {
		return n.atom.String()
	}
	return b.names[n.name]
}

// tokenName returns the name of the token's tag.
func (b *htmlBuilder) tokenName() string {
	if b.token.atom != 0 {
		return b.token.atom.String()
	}
	return b.names[b.token.name]
}

// newNode makes a node, at the end of the text. As long as there are no links
// it is the last child of the current node by that.
func (b *htmlBuilder) newNode(n node) int32 {
	here := int32(b.characters.Len())
	if n.kind != textNode {
		n.text = extent{here, here}
	}
	b.nodes = append(b.nodes, n)
	if b.links != nil {
		b.links = append(b.links, link{parent: detached})
	}
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
	e := &b.nodes[n]
	e.end, e.text.end = int32(len(b.nodes)), int32(b.characters.Len())
	b.openCount[hash(e.atom)]--
	b.open = b.open[:len(b.open)-1]
	return n
}

// removeOpen takes an element out of the stack, wherever it is.
func (b *htmlBuilder) removeOpen(n int32) {
	i := lastIndex(b.open, n)
	switch {
	case i < 0:
	case i == len(b.open)-1:
		b.spend(1)
		b.pop()
	default:
		b.link() // the elements in it stay open
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

// hasChildren reports whether something is in the current node.
func (b *htmlBuilder) hasChildren() bool {
	n := b.current()
	if b.links != nil {
		return b.links[n].first != 0
	}
	return int(n) < len(b.nodes)-1 || int(b.nodes[n].text.start) < b.characters.Len()
}

// place returns where a node is to be inserted: the appropriate place of
// 13.2.6.1, for the current node or another target. What belongs in a cell but
// stands loose in a table goes before the table.
func (b *htmlBuilder) place(target int32) (parent, before int32) {
	if !b.fosterParenting || !b.is(target, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr) {
		return target, 0
	}
	b.link()
	for i := len(b.open) - 1; i >= 0; i-- {
		b.spend(1)
		n := b.open[i]
		switch {
		case b.is(n, atom.Template):
			return n, 0
		case b.is(n, atom.Table):
			if p := b.links[n].parent; p != detached {
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
	if b.links != nil {
		b.insertLinkedText(s, parent, before)
		return
	}
	b.characters.Write(s)
}

// insertComment adds the token's comment to a node.
func (b *htmlBuilder) insertComment(parent int32) {
	b.names = append(b.names, string(b.token.data))
	name := int32(len(b.names) - 1)
	if b.links == nil && parent != b.current() {
		// The body is still open, but the comment comes after it.
		in := 0
		if parent == 0 {
			in = 1
		}
		b.late[in] = append(b.late[in], name)
		return
	}
	n := b.newNode(node{kind: commentNode, name: name, end: int32(len(b.nodes) + 1)})
	b.insertBefore(parent, n, 0)
}

// insertElement makes an element of the token, inserts and opens it.
func (b *htmlBuilder) insertElement(s space) int32 {
	t := &b.token
	e := node{kind: elementNode, space: s, atom: t.atom, name: t.name, attrs: t.attrs, rdfa: t.rdfa, tag: t.place}
	if e.attrs == attributesInTag && t.place.end-t.place.start > longTag {
		b.lists = append(b.lists, tagAttributes(b.text, t.place, s))
		e.attrs = attributesRef(len(b.lists))
	}
	b.statements += t.statements
	parent, before := b.place(b.current())
	n := b.newNode(e)
	b.insertBefore(parent, n, before)
	b.push(n)
	return n
}

// insertHTML inserts the element of the token in the HTML namespace.
func (b *htmlBuilder) insertHTML() int32 { return b.insertElement(inHTML) }

// insertImplied inserts an element that no tag made.
func (b *htmlBuilder) insertImplied(name atom.Atom) int32 {
	return b.insertCopy(node{kind: elementNode, atom: name})
}

// insertCopy inserts and opens an element that no tag of its own made.
func (b *htmlBuilder) insertCopy(e node) int32 {
	parent, before := b.place(b.current())
	n := b.copied(e)
	b.insertBefore(parent, n, before)
	b.push(n)
	return n
}

// copied makes a node that no token made, within the bound.
func (b *htmlBuilder) copied(n node) int32 {
	if b.copies++; b.copies > maxCopies {
		b.err = fmt.Errorf("%w: markup errors make more than %d elements", ErrLimit, maxCopies)
	}
	return b.newNode(n)
}

// another returns another element for the tag of n.
func (b *htmlBuilder) another(n int32) node {
	e := b.nodes[n]
	e.end, e.text = 0, extent{}
	return e
}

// addAttributes gives an element the attributes of the token that it lacks.
func (b *htmlBuilder) addAttributes(n int32) {
	t := &b.token
	if t.attrs == noAttributes {
		return
	}
	e := &b.nodes[n]
	old := b.attributes(e)
	seen := map[string]bool{}
	for i := range old {
		seen[old[i].name] = true
	}
	attrs := old[:len(old):len(old)]
	for _, a := range tagAttributes(b.text, t.place, inHTML) {
		if !seen[a.name] {
			attrs = append(attrs, a)
			e.rdfa = e.rdfa || attributeKindOf([]byte(a.name)).isRDFa()
		}
	}
	if len(attrs) == len(old) {
		return
	}
	b.statements += t.statements
	b.lists = append(b.lists, attrs)
	e.attrs = attributesRef(len(b.lists))
	if len(old) == 0 && !e.tag.known() {
		e.tag = t.place
	}
}

// tree closes what is open and returns the tree.
func (b *htmlBuilder) tree() *tree {
	if b.links != nil {
		return b.flatten()
	}
	for len(b.open) > 1 {
		b.pop()
	}
	b.addLate(0)
	for len(b.open) > 0 {
		b.pop()
	}
	b.addLate(1)
	t := &tree{
		source: b.text, nodes: b.nodes[1:], text: b.characters.String(), names: b.names,
		spaces: commonSpaces[:], lists: b.lists, statements: b.statements,
	}
	for i := range t.nodes {
		t.nodes[i].end-- // without the document
	}
	return t
}

// addLate adds the comments that were kept for the end.
func (b *htmlBuilder) addLate(in int) {
	for _, name := range b.late[in] {
		b.newNode(node{kind: commentNode, name: name, end: int32(len(b.nodes) + 1)})
	}
	b.late[in] = nil
}

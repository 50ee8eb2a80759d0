package rdfa

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// extent is a byte range of the text. The zero extent is unknown: no attribute
// or tag can begin before the "<" of its tag and end there.
type extent struct{ start, end int32 }

func (e extent) known() bool { return e.end > e.start || e.start > 0 }

// attribute is one attribute of an element.
type attribute struct {
	name  string // as written, a namespace prefix included; lower case in HTML
	value string // entities resolved
	span  extent // name, equals sign and value with its quotes
	inner extent // the value without its quotes
}

type nodeKind uint8

const (
	elementNode nodeKind = iota
	textNode
	commentNode
)

// space is the namespace of an element: an index of tree.spaces.
type space int32

// The namespaces that every tree knows.
const (
	inHTML space = iota
	inSVG
	inMath
	inNone
)

const (
	htmlSpace = "http://www.w3.org/1999/xhtml"
	svgSpace  = "http://www.w3.org/2000/svg"
	mathSpace = "http://www.w3.org/1998/Math/MathML"
)

// commonSpaces are the IRIs of those namespaces.
var commonSpaces = [...]string{htmlSpace, svgSpace, mathSpace, ""}

// node is an element or a comment. Nodes lie in document order, so the
// descendants of node i are the nodes from i+1 up to nodes[i].end. Text has no
// nodes: what lies between the text of the children of an element is its own.
type node struct {
	kind  nodeKind
	rdfa  bool // an element with an attribute that RDFa looks at
	attrs attributesRef
	space space
	atom  atom.Atom // the name of an element, 0 for names that HTML does not know
	name  int32     // in tree.names: an element's name if atom is 0, a comment's text
	end   int32     // index after the last descendant
	text  extent    // of tree.text: the text content of the node
	tag   extent    // of the source: an element's start tag; unknown if implied
}

// attributesRef says where the attributes of an element are. Most are read
// from the tag when they are wanted, and never stored.
type attributesRef int32

const (
	noAttributes    attributesRef = 0
	attributesInTag attributesRef = -1
	// A positive number is an index of tree.lists, plus 1.
)

// tree is a document as RDFa sees it. Text lies in one string in document
// order: the text content of any element is a substring of it, so that nested
// literals share their bytes.
type tree struct {
	source []byte
	nodes  []node
	text   string
	names  []string
	spaces []string
	lists  [][]attribute
	// statements is about how many the attributes will make.
	statements int
}

// content returns the text content of node i.
func (t *tree) content(i int) string {
	e := t.nodes[i].text
	return t.text[e.start:e.end]
}

// name returns an element's qualified name, or a comment's text.
func (t *tree) name(n *node) string {
	if n.atom != 0 {
		return n.atom.String()
	}
	return t.names[n.name]
}

// attributes returns all attributes of an element.
func (t *tree) attributes(n *node) []attribute {
	switch {
	case n.attrs == noAttributes:
		return nil
	case n.attrs > 0:
		return t.lists[n.attrs-1]
	}
	return tagAttributes(t.source, n.tag, n.space)
}

// attribute returns the attribute with the given name, or nil.
func (t *tree) attribute(n *node, name string) *attribute {
	attrs := t.attributes(n)
	for i := range attrs {
		if attrs[i].name == name {
			return &attrs[i]
		}
	}
	return nil
}

// treeMaker builds a tree from events in document order.
type treeMaker struct {
	tree
	characters strings.Builder
	open       []int32
	nameIDs    map[string]int32
	spaceIDs   map[string]space
}

func newTreeMaker(source []byte) *treeMaker {
	return &treeMaker{
		tree:    tree{source: source, spaces: slices.Clone(commonSpaces[:])},
		nameIDs: map[string]int32{}, spaceIDs: map[string]space{htmlSpace: inHTML, svgSpace: inSVG, mathSpace: inMath, "": inNone},
	}
}

// start opens an element.
func (m *treeMaker) start(name, spaceIRI string, attrs []attribute, tag extent) {
	n := node{kind: elementNode, tag: tag}
	if n.atom = atom.Lookup([]byte(name)); n.atom == 0 {
		id, ok := m.nameIDs[name]
		if !ok {
			id = int32(len(m.names))
			m.names = append(m.names, name)
			m.nameIDs[name] = id
		}
		n.name = id
	}
	s, ok := m.spaceIDs[spaceIRI]
	if !ok {
		s = space(len(m.spaces))
		m.spaces = append(m.spaces, spaceIRI)
		m.spaceIDs[spaceIRI] = s
	}
	n.space = s
	if len(attrs) > 0 {
		m.lists = append(m.lists, attrs)
		n.attrs = attributesRef(len(m.lists))
	}
	for i := range attrs {
		kind := attributeKindOf([]byte(attrs[i].name))
		n.rdfa = n.rdfa || kind.isRDFa()
		if kind.states() {
			m.statements++
		}
	}
	m.open = append(m.open, int32(len(m.nodes)))
	n.text.start = int32(m.characters.Len())
	m.nodes = append(m.nodes, n)
}

// end closes the element that was opened last.
func (m *treeMaker) end() {
	i := m.open[len(m.open)-1]
	m.open = m.open[:len(m.open)-1]
	m.nodes[i].end = int32(len(m.nodes))
	m.nodes[i].text.end = int32(m.characters.Len())
}

// addText adds text.
func (m *treeMaker) addText(s string) { m.characters.WriteString(s) }

// comment adds a comment.
func (m *treeMaker) comment(s string) {
	here := int32(m.characters.Len())
	m.names = append(m.names, s)
	m.nodes = append(m.nodes, node{
		kind: commentNode, name: int32(len(m.names) - 1), end: int32(len(m.nodes) + 1), text: extent{here, here},
	})
}

// finish closes what is open and returns the tree.
func (m *treeMaker) finish() *tree {
	for len(m.open) > 0 {
		m.end()
	}
	m.text = m.characters.String()
	return &m.tree
}

package rdfa

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

// node is an element, a text or a comment. Nodes lie in document order, so the
// descendants of node i are the nodes from i+1 up to nodes[i].end.
type node struct {
	kind  nodeKind
	rdfa  bool   // an element with an attribute that RDFa looks at
	name  string // an element's qualified name, a comment's text
	space string // an element's namespace IRI
	attrs []attribute
	end   int32  // index after the last descendant
	text  extent // of tree.text: the text content of the node
	tag   extent // of the source: an element's start tag; unknown if implied
}

// tree is a document as RDFa sees it. Text lies in one string in document
// order: the text content of any element is a substring of it, so that nested
// literals share their bytes.
type tree struct {
	nodes []node
	text  string
	// statements is about how many the attributes will make.
	statements int
}

// content returns the text content of node i.
func (t *tree) content(i int) string {
	e := t.nodes[i].text
	return t.text[e.start:e.end]
}

// treeMaker builds a tree from events in document order.
type treeMaker struct {
	nodes      []node
	text       []byte
	open       []int32
	statements int
}

// start opens an element.
func (m *treeMaker) start(name, space string, attrs []attribute, tag extent) {
	n := node{kind: elementNode, name: name, space: space, attrs: attrs, tag: tag}
	for i := range attrs {
		n.rdfa = n.rdfa || isRDFaAttribute(attrs[i].name)
		switch attrs[i].name {
		case "property", "typeof", "rel", "rev":
			m.statements++
		}
	}
	n.text.start = int32(len(m.text))
	m.open = append(m.open, int32(len(m.nodes)))
	m.nodes = append(m.nodes, n)
}

// end closes the element that was opened last.
func (m *treeMaker) end() {
	i := m.open[len(m.open)-1]
	m.open = m.open[:len(m.open)-1]
	m.nodes[i].end = int32(len(m.nodes))
	m.nodes[i].text.end = int32(len(m.text))
}

// characters adds text.
func (m *treeMaker) characters(s []byte) {
	from := int32(len(m.text))
	m.text = append(m.text, s...)
	at := int32(len(m.nodes))
	m.nodes = append(m.nodes, node{kind: textNode, end: at + 1, text: extent{from, int32(len(m.text))}})
}

// comment adds a comment.
func (m *treeMaker) comment(s string) {
	here := int32(len(m.text))
	at := int32(len(m.nodes))
	m.nodes = append(m.nodes, node{kind: commentNode, name: s, end: at + 1, text: extent{here, here}})
}

// tree closes what is open and returns the tree.
func (m *treeMaker) tree() *tree {
	for len(m.open) > 0 {
		m.end()
	}
	return &tree{nodes: m.nodes, text: string(m.text), statements: m.statements}
}

// isRDFaAttribute reports whether the attribute can change the graph by
// itself. The others (@href, @content, @datatype, ...) only matter beside one
// of these, and an element without any of these leaves the evaluation context
// as it is.
func isRDFaAttribute(name string) bool {
	switch name {
	case "about", "property", "typeof", "rel", "rev", "resource", "href", "src",
		"vocab", "prefix", "role", "lang", "xml:lang", "xml:base":
		return true
	}
	return len(name) > 6 && name[:6] == "xmlns:"
}

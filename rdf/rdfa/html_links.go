package rdfa

import (
	"slices"

	"golang.org/x/net/html/atom"
)

// link gives the tree links and nodes for its text, so that nodes can be moved.
func (b *htmlBuilder) link() {
	if b.links != nil {
		return
	}
	// In an open element, what comes next is still to be its content.
	for _, n := range b.open {
		b.nodes[n].end = int32(len(b.nodes))
		b.nodes[n].text.end = int32(b.characters.Len())
	}
	b.nodes[0].end, b.nodes[0].text = int32(len(b.nodes)), extent{}
	count := len(b.nodes)
	room := 2 * max(cap(b.nodes), count)
	b.nodes = slices.Grow(b.nodes, room-count)
	b.links = make([]link, count, room)
	for i := range b.links {
		b.links[i].parent = detached
	}
	type level struct{ node, text int32 } // an element and how far its text is done
	stack := []level{{}}
	text := func(end int32) {
		top := &stack[len(stack)-1]
		if top.text < end && top.node != 0 {
			b.insertBefore(top.node, b.newNode(node{kind: textNode, text: extent{top.text, end}}), 0)
		}
		top.text = end
	}
	leave := func() {
		end := b.nodes[stack[len(stack)-1].node].text.end
		text(end)
		stack = stack[:len(stack)-1]
		stack[len(stack)-1].text = end
	}
	for i := 1; i < count; i++ {
		for b.nodes[stack[len(stack)-1].node].end <= int32(i) {
			leave()
		}
		start := b.nodes[i].text.start
		text(start)
		b.insertBefore(stack[len(stack)-1].node, int32(i), 0)
		if b.nodes[i].kind == elementNode {
			stack = append(stack, level{int32(i), start})
		}
	}
	for len(stack) > 1 {
		leave()
	}
	for in, names := range b.late {
		parent := int32(0)
		if in == 0 && len(b.open) > 0 {
			parent = b.open[0]
		}
		for _, name := range names {
			b.insertBefore(parent, b.newNode(node{kind: commentNode, name: name}), 0)
		}
		b.late[in] = nil
	}
}

// append makes n the last child of parent.
func (b *htmlBuilder) append(parent, n int32) { b.insertBefore(parent, n, 0) }

// insertBefore makes n a child of parent before a sibling, or the last one.
// Without links it is that already.
func (b *htmlBuilder) insertBefore(parent, n, sibling int32) {
	if b.links == nil {
		return
	}
	p, c := &b.links[parent], &b.links[n]
	c.parent, c.next = parent, sibling
	if sibling == 0 {
		c.previous = p.last
		p.last = n
	} else {
		c.previous = b.links[sibling].previous
		b.links[sibling].previous = n
	}
	if c.previous == 0 {
		p.first = n
	} else {
		b.links[c.previous].next = n
	}
}

// detach takes n out of the tree.
func (b *htmlBuilder) detach(n int32) {
	b.link()
	c := &b.links[n]
	if c.parent == detached {
		return
	}
	p := &b.links[c.parent]
	if c.previous == 0 {
		p.first = c.next
	} else {
		b.links[c.previous].next = c.next
	}
	if c.next == 0 {
		p.last = c.previous
	} else {
		b.links[c.next].previous = c.previous
	}
	c.parent, c.previous, c.next = detached, 0, 0
}

// insertLinkedText adds text to a tree with links.
func (b *htmlBuilder) insertLinkedText(s []byte, parent, before int32) {
	neighbour := b.links[parent].last
	if before != 0 {
		neighbour = b.links[before].previous
	}
	from := int32(b.characters.Len())
	if neighbour != 0 && b.nodes[neighbour].kind == textNode {
		chars := &b.nodes[neighbour].text
		if chars.end != from { // other text came between: move it to the end
			b.characters.WriteString(b.characters.String()[chars.start:chars.end])
			chars.start = from
		}
		b.characters.Write(s)
		chars.end = int32(b.characters.Len())
		return
	}
	b.characters.Write(s)
	n := b.newNode(node{kind: textNode, text: extent{from, int32(b.characters.Len())}})
	b.insertBefore(parent, n, before)
}

// flatten puts a tree with links in document order.
func (b *htmlBuilder) flatten() *tree {
	count := 0
	for i := range b.nodes {
		if b.nodes[i].kind != textNode {
			count++
		}
	}
	m := treeMaker{tree: tree{
		source: b.text, nodes: make([]node, 0, count), names: b.names,
		spaces: commonSpaces[:], lists: b.lists, statements: b.statements,
	}}
	m.characters.Grow(b.characters.Len())
	characters := b.characters.String()
	at := b.links[0].first
	for at != 0 {
		n := &b.nodes[at]
		down := false
		switch n.kind {
		case elementNode:
			m.open = append(m.open, int32(len(m.nodes)))
			m.nodes = append(m.nodes, *n)
			m.nodes[len(m.nodes)-1].text.start = int32(m.characters.Len())
			// The contents of a template are a document of their own.
			down = b.links[at].first != 0 && !(n.atom == atom.Template && n.space == inHTML)
			if !down {
				m.end()
			}
		case textNode:
			m.addText(characters[n.text.start:n.text.end])
		case commentNode:
			here := int32(m.characters.Len())
			m.nodes = append(m.nodes, node{kind: commentNode, name: n.name, end: int32(len(m.nodes) + 1), text: extent{here, here}})
		}
		if down {
			at = b.links[at].first
			continue
		}
		for b.links[at].next == 0 && b.links[at].parent != 0 {
			at = b.links[at].parent
			m.end()
		}
		at = b.links[at].next
	}
	return m.finish()
}

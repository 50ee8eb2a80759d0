package rdfa

import (
	"bytes"
	"strings"

	a "golang.org/x/net/html/atom"
)

// insertionMode is a state of tree construction (HTML, 13.2.4.1).
type insertionMode uint8

const (
	initial insertionMode = iota
	beforeHTML
	beforeHead
	inHead
	inHeadNoscript
	afterHead
	inBody
	inText
	inTable
	inTableText
	inCaption
	inColumnGroup
	inTableBody
	inRow
	inCell
	inTemplate
	afterBody
	inFrameset
	afterFrameset
	afterAfterBody
	afterAfterFrameset
)

// modeRules processes the token by the rules of a mode (13.2.6.4). It reports
// whether the token is done with; if not, the mode has changed.
func (b *htmlBuilder) modeRules(m insertionMode) bool {
	switch m {
	case initial:
		return b.initial()
	case beforeHTML:
		return b.beforeHTML()
	case beforeHead:
		return b.beforeHead()
	case inHead:
		return b.inHead()
	case inHeadNoscript:
		return b.inHeadNoscript()
	case afterHead:
		return b.afterHead()
	case inText:
		return b.inText()
	case inTable:
		return b.inTable()
	case inTableText:
		return b.inTableText()
	case inCaption:
		return b.inCaption()
	case inColumnGroup:
		return b.inColumnGroup()
	case inTableBody:
		return b.inTableBody()
	case inRow:
		return b.inRow()
	case inCell:
		return b.inCell()
	case inTemplate:
		return b.inTemplate()
	case afterBody:
		return b.afterBody()
	case inFrameset:
		return b.inFrameset()
	case afterFrameset:
		return b.afterFrameset()
	case afterAfterBody:
		return b.afterAfterBody()
	case afterAfterFrameset:
		return b.afterAfterFrameset()
	}
	return b.inBody()
}

// isStart reports whether the token is a start tag with one of the names.
func (t *htmlToken) isStart(names ...a.Atom) bool {
	return t.kind == startTagToken && t.named(names)
}

// isEnd reports whether the token is an end tag with one of the names.
func (t *htmlToken) isEnd(names ...a.Atom) bool {
	return t.kind == endTagToken && t.named(names)
}

func (t *htmlToken) named(names []a.Atom) bool {
	for _, name := range names {
		if t.atom == name && name != 0 {
			return true
		}
	}
	return false
}

// leadingSpace splits the white space that text begins with.
func leadingSpace(s []byte) (space, rest []byte) {
	i := 0
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

// skipSpace drops leading white space of a text token and reports whether
// nothing is left of it.
func (t *htmlToken) skipSpace() bool {
	if t.kind != textToken {
		return false
	}
	_, t.data = leadingSpace(t.data)
	return len(t.data) == 0
}

// takeSpace inserts leading white space of a text token and reports whether
// nothing is left of it.
func (b *htmlBuilder) takeSpace() bool {
	if b.token.kind != textToken {
		return false
	}
	space, rest := leadingSpace(b.token.data)
	b.insertText(space)
	b.token.data = rest
	return len(rest) == 0
}

func (b *htmlBuilder) initial() bool {
	t := &b.token
	switch {
	case t.skipSpace():
		return true
	case t.kind == commentToken:
		b.insertComment(0)
		return true
	case t.kind == doctypeToken:
		b.quirks = isQuirks(string(t.data))
		b.mode = beforeHTML
		return true
	}
	b.quirks = true
	b.mode = beforeHTML
	return false
}

func (b *htmlBuilder) beforeHTML() bool {
	t := &b.token
	switch {
	case t.kind == doctypeToken, t.skipSpace():
		return true
	case t.kind == commentToken:
		b.insertComment(0)
		return true
	case t.isStart(a.Html):
		b.insertHTML()
		b.mode = beforeHead
		return true
	case t.kind == endTagToken && !t.isEnd(a.Head, a.Body, a.Html, a.Br):
		return true
	}
	b.insertImplied(a.Html)
	b.mode = beforeHead
	return false
}

func (b *htmlBuilder) beforeHead() bool {
	t := &b.token
	switch {
	case t.kind == doctypeToken, t.skipSpace():
		return true
	case t.kind == commentToken:
		b.insertComment(b.current())
		return true
	case t.isStart(a.Html):
		return b.inBody()
	case t.isStart(a.Head):
		b.head = b.insertHTML()
		b.mode = inHead
		return true
	case t.kind == endTagToken && !t.isEnd(a.Head, a.Body, a.Html, a.Br):
		return true
	}
	b.head = b.insertImplied(a.Head)
	b.mode = inHead
	return false
}

func (b *htmlBuilder) inHead() bool {
	t := &b.token
	switch {
	case b.takeSpace(), t.kind == doctypeToken:
		return true
	case t.kind == commentToken:
		b.insertComment(b.current())
		return true
	case t.isStart(a.Html):
		return b.inBody()
	case t.isStart(a.Base, a.Basefont, a.Bgsound, a.Link, a.Meta):
		b.insertHTML()
		b.pop()
		return true
	case t.isStart(a.Noscript):
		b.insertHTML()
		b.mode = inHeadNoscript
		b.raw = 0 // scripting is off
		return true
	case t.isStart(a.Title, a.Noframes, a.Style, a.Script):
		b.rawText()
		return true
	case t.isEnd(a.Head):
		b.pop()
		b.mode = afterHead
		return true
	case t.isStart(a.Template):
		b.link() // its contents are not part of the document
		b.insertHTML()
		b.formatting = append(b.formatting, 0)
		b.framesetOK = false
		b.mode = inTemplate
		b.templates = append(b.templates, inTemplate)
		return true
	case t.isEnd(a.Template):
		b.endTemplate()
		return true
	case t.isStart(a.Head), t.kind == endTagToken && !t.isEnd(a.Body, a.Html, a.Br):
		return true
	}
	b.pop()
	b.mode = afterHead
	return false
}

// rawText opens an element whose content the tokenizer reads as text.
func (b *htmlBuilder) rawText() {
	b.insertHTML()
	b.original = b.mode
	b.mode = inText
}

func (b *htmlBuilder) endTemplate() {
	if !b.isOpen(a.Template) {
		return
	}
	b.generateImplied(true, 0)
	b.popUntil(a.Template)
	b.clearFormatting()
	b.templates = b.templates[:len(b.templates)-1]
	b.resetMode()
}

func (b *htmlBuilder) inHeadNoscript() bool {
	t := &b.token
	switch {
	case t.kind == doctypeToken:
		return true
	case t.isStart(a.Html):
		return b.inBody()
	case t.isEnd(a.Noscript):
		b.pop()
		b.mode = inHead
		return true
	case t.kind == commentToken, t.isStart(a.Basefont, a.Bgsound, a.Link, a.Meta, a.Noframes, a.Style):
		return b.inHead()
	case t.kind == textToken:
		// White space before other text leaves the element with it; by the
		// letter it would stay, but no literal can tell.
		if _, rest := leadingSpace(t.data); len(rest) == 0 {
			return b.inHead()
		}
	case t.isStart(a.Head, a.Noscript), t.kind == endTagToken && !t.isEnd(a.Br):
		if t.isStart(a.Noscript) {
			b.raw = 0
		}
		return true
	}
	b.pop()
	b.mode = inHead
	return false
}

func (b *htmlBuilder) afterHead() bool {
	t := &b.token
	switch {
	case b.takeSpace(), t.kind == doctypeToken:
		return true
	case t.kind == commentToken:
		b.insertComment(b.current())
		return true
	case t.isStart(a.Html):
		return b.inBody()
	case t.isStart(a.Body):
		b.insertHTML()
		b.framesetOK = false
		b.mode = inBody
		return true
	case t.isStart(a.Frameset):
		b.insertHTML()
		b.mode = inFrameset
		return true
	case t.isStart(a.Base, a.Basefont, a.Bgsound, a.Link, a.Meta, a.Noframes, a.Script, a.Style, a.Template, a.Title):
		b.link() // the head is closed already
		b.push(b.head)
		b.inHead()
		b.removeOpen(b.head)
		return true
	case t.isEnd(a.Template):
		return b.inHead()
	case t.isStart(a.Head), t.kind == endTagToken && !t.isEnd(a.Body, a.Html, a.Br):
		return true
	}
	b.insertImplied(a.Body)
	b.mode = inBody
	return false
}

func (b *htmlBuilder) inText() bool {
	t := &b.token
	switch t.kind {
	case textToken:
		data := t.data
		if b.currentIs(a.Textarea) && !b.hasChildren() {
			data = withoutNewline(data)
		}
		b.insertText(data)
		return true
	case endTagToken:
		b.pop()
		b.mode = b.original
		return true
	case endOfText:
		b.pop()
		b.mode = b.original
		return false
	}
	return true
}

// withoutNewline drops the newline right after pre, listing and textarea.
func withoutNewline(s []byte) []byte {
	s, _ = bytes.CutPrefix(s, []byte("\r"))
	s, _ = bytes.CutPrefix(s, []byte("\n"))
	return s
}

func (b *htmlBuilder) inBody() bool {
	t := &b.token
	switch t.kind {
	case textToken:
		data := t.data
		if b.currentIs(a.Pre, a.Listing) && !b.hasChildren() {
			data = withoutNewline(data)
		}
		if bytes.IndexByte(data, 0) >= 0 {
			data = bytes.ReplaceAll(data, []byte{0}, nil)
		}
		if len(data) == 0 {
			return true
		}
		b.reconstruct()
		b.insertText(data)
		if b.framesetOK {
			_, rest := leadingSpace(data)
			b.framesetOK = len(rest) == 0
		}
		return true
	case commentToken:
		b.insertComment(b.current())
		return true
	case doctypeToken:
		return true
	case endOfText:
		if len(b.templates) > 0 {
			return b.inTemplate()
		}
		return true
	case startTagToken:
		return b.inBodyStart()
	case endTagToken:
		return b.inBodyEnd()
	}
	return true
}

func (b *htmlBuilder) inBodyStart() bool {
	t := &b.token
	switch t.atom {
	case a.Html:
		if !b.isOpen(a.Template) {
			b.addAttributes(b.open[0])
		}
	case a.Base, a.Basefont, a.Bgsound, a.Link, a.Meta, a.Noframes, a.Script, a.Style, a.Template, a.Title:
		return b.inHead()
	case a.Body:
		if len(b.open) >= 2 && b.is(b.open[1], a.Body) && !b.isOpen(a.Template) {
			b.framesetOK = false
			b.addAttributes(b.open[1])
		}
	case a.Frameset:
		if len(b.open) < 2 || !b.is(b.open[1], a.Body) || !b.framesetOK {
			return true
		}
		b.detach(b.open[1])
		for len(b.open) > 1 {
			b.pop()
		}
		b.insertHTML()
		b.mode = inFrameset
	case a.Address, a.Article, a.Aside, a.Blockquote, a.Center, a.Details, a.Dialog, a.Dir, a.Div, a.Dl, a.Fieldset,
		a.Figcaption, a.Figure, a.Footer, a.Header, a.Hgroup, a.Main, a.Menu, a.Nav, a.Ol, a.P, a.Search, a.Section,
		a.Summary, a.Ul:
		b.closeP()
		b.insertHTML()
	case a.H1, a.H2, a.H3, a.H4, a.H5, a.H6:
		b.closeP()
		if b.currentIs(a.H1, a.H2, a.H3, a.H4, a.H5, a.H6) {
			b.pop()
		}
		b.insertHTML()
	case a.Pre, a.Listing:
		b.closeP()
		b.insertHTML()
		b.framesetOK = false
	case a.Form:
		inTemplate := b.isOpen(a.Template)
		if b.form != 0 && !inTemplate {
			return true
		}
		b.closeP()
		n := b.insertHTML()
		if !inTemplate {
			b.form = n
		}
	case a.Li:
		b.framesetOK = false
		b.closeItem(a.Li)
		b.closeP()
		b.insertHTML()
	case a.Dd, a.Dt:
		b.framesetOK = false
		b.closeItem(a.Dd, a.Dt)
		b.closeP()
		b.insertHTML()
	case a.Plaintext:
		b.closeP()
		b.insertHTML()
	case a.Button:
		if b.inScope(defaultScope, a.Button) {
			b.generateImplied(false, 0)
			b.popUntil(a.Button)
		}
		b.reconstruct()
		b.insertHTML()
		b.framesetOK = false
	case a.A:
		if n := b.formattingElement(a.A); n != 0 {
			b.adopt(a.A)
			b.removeFormatting(n)
			b.removeOpen(n)
		}
		b.reconstruct()
		b.insertFormatting()
	case a.B, a.Big, a.Code, a.Em, a.Font, a.I, a.S, a.Small, a.Strike, a.Strong, a.Tt, a.U:
		b.reconstruct()
		b.insertFormatting()
	case a.Nobr:
		b.reconstruct()
		if b.inScope(defaultScope, a.Nobr) {
			b.adopt(a.Nobr)
			b.reconstruct()
		}
		b.insertFormatting()
	case a.Applet, a.Marquee, a.Object:
		b.reconstruct()
		b.insertHTML()
		b.formatting = append(b.formatting, 0)
		b.framesetOK = false
	case a.Table:
		if !b.quirks {
			b.closeP()
		}
		b.insertHTML()
		b.framesetOK = false
		b.mode = inTable
	case a.Area, a.Br, a.Embed, a.Img, a.Input, a.Keygen, a.Wbr:
		if t.atom == a.Input && b.inScope(defaultScope, a.Select) {
			b.popUntil(a.Select)
		}
		b.reconstruct()
		b.insertHTML()
		b.pop()
		if t.atom == a.Input {
			if kind, _ := b.attribute("type"); strings.EqualFold(kind, "hidden") {
				return true
			}
		}
		b.framesetOK = false
	case a.Param, a.Source, a.Track:
		b.insertHTML()
		b.pop()
	case a.Hr:
		b.closeP()
		if b.inScope(defaultScope, a.Select) {
			b.generateImplied(false, 0)
		}
		b.insertHTML()
		b.pop()
		b.framesetOK = false
	case a.Image:
		t.atom = a.Img
		return false
	case a.Textarea:
		b.rawText()
		b.framesetOK = false
	case a.Xmp:
		b.closeP()
		b.reconstruct()
		b.framesetOK = false
		b.rawText()
	case a.Iframe:
		b.framesetOK = false
		b.rawText()
	case a.Noembed:
		b.rawText()
	case a.Noscript:
		// Scripting is off: an element like any other.
		b.reconstruct()
		b.insertHTML()
		b.raw = 0
	case a.Select:
		if b.inScope(defaultScope, a.Select) {
			b.popUntil(a.Select)
			return true
		}
		b.reconstruct()
		b.insertHTML()
		b.framesetOK = false
	case a.Option, a.Optgroup:
		if b.inScope(defaultScope, a.Select) {
			but := a.Atom(0)
			if t.atom == a.Option {
				but = a.Optgroup
			}
			b.generateImplied(false, but)
		} else if b.currentIs(a.Option) {
			b.pop()
		}
		b.reconstruct()
		b.insertHTML()
	case a.Rb, a.Rtc:
		if b.inScope(defaultScope, a.Ruby) {
			b.generateImplied(false, 0)
		}
		b.insertHTML()
	case a.Rp, a.Rt:
		if b.inScope(defaultScope, a.Ruby) {
			b.generateImplied(false, a.Rtc)
		}
		b.insertHTML()
	case a.Math, a.Svg:
		b.reconstruct()
		if t.atom == a.Math {
			b.insertForeign(inMath)
		} else {
			b.insertForeign(inSVG)
		}
	case a.Caption, a.Col, a.Colgroup, a.Frame, a.Head, a.Tbody, a.Td, a.Tfoot, a.Th, a.Thead, a.Tr:
		// Ignored: they belong in a table.
	default:
		b.reconstruct()
		b.insertHTML()
	}
	return true
}

func (b *htmlBuilder) inBodyEnd() bool {
	t := &b.token
	switch t.atom {
	case a.Template:
		return b.inHead()
	case a.Body:
		if b.inScope(defaultScope, a.Body) {
			b.mode = afterBody
		}
	case a.Html:
		if b.inScope(defaultScope, a.Body) {
			b.mode = afterBody
			return false
		}
	case a.Address, a.Article, a.Aside, a.Blockquote, a.Button, a.Center, a.Details, a.Dialog, a.Dir, a.Div, a.Dl,
		a.Fieldset, a.Figcaption, a.Figure, a.Footer, a.Header, a.Hgroup, a.Listing, a.Main, a.Menu, a.Nav, a.Ol,
		a.Pre, a.Search, a.Section, a.Select, a.Summary, a.Ul:
		if b.inScope(defaultScope, t.atom) {
			b.generateImplied(false, 0)
			b.popUntil(t.atom)
		}
	case a.Form:
		if b.isOpen(a.Template) {
			if b.inScope(defaultScope, a.Form) {
				b.generateImplied(false, 0)
				b.popUntil(a.Form)
			}
			return true
		}
		form := b.form
		b.form = 0
		if form == 0 || !b.elementInScope(form) {
			return true
		}
		b.generateImplied(false, 0)
		b.removeOpen(form)
	case a.P:
		if !b.inScope(buttonScope, a.P) {
			b.insertImplied(a.P)
		}
		b.closeP()
	case a.Li:
		if b.inScope(listScope, a.Li) {
			b.generateImplied(false, a.Li)
			b.popUntil(a.Li)
		}
	case a.Dd, a.Dt:
		if b.inScope(defaultScope, t.atom) {
			b.generateImplied(false, t.atom)
			b.popUntil(t.atom)
		}
	case a.H1, a.H2, a.H3, a.H4, a.H5, a.H6:
		if b.inScope(defaultScope, a.H1, a.H2, a.H3, a.H4, a.H5, a.H6) {
			b.generateImplied(false, 0)
			b.popUntil(a.H1, a.H2, a.H3, a.H4, a.H5, a.H6)
		}
	case a.A, a.B, a.Big, a.Code, a.Em, a.Font, a.I, a.Nobr, a.S, a.Small, a.Strike, a.Strong, a.Tt, a.U:
		b.adopt(t.atom)
	case a.Applet, a.Marquee, a.Object:
		if b.inScope(defaultScope, t.atom) {
			b.generateImplied(false, 0)
			b.popUntil(t.atom)
			b.clearFormatting()
		}
	case a.Br:
		b.reconstruct()
		b.insertImplied(a.Br)
		b.pop()
		b.framesetOK = false
	default:
		b.anyOtherEnd(t.atom, t.name)
	}
	return true
}

// anyOtherEnd is "any other end tag" of the mode "in body".
func (b *htmlBuilder) anyOtherEnd(name a.Atom, id int32) {
	if b.openCount[hash(name)] == 0 {
		return
	}
	for i := len(b.open) - 1; i >= 0; i-- {
		b.spend(1)
		n := b.open[i]
		if b.nodes[n].space == inHTML && b.nodes[n].atom == name && (name != 0 || b.nodes[n].name == id) {
			b.generateImpliedBut(name, id)
			for len(b.open) > i {
				b.pop()
			}
			return
		}
		if b.isSpecial(n) {
			return
		}
	}
}

// closeP closes a p element, if one is in button scope.
func (b *htmlBuilder) closeP() {
	if b.inScope(buttonScope, a.P) {
		b.generateImplied(false, a.P)
		b.popUntil(a.P)
	}
}

// closeItem closes the li, dd or dt that a new one ends.
func (b *htmlBuilder) closeItem(names ...a.Atom) {
	any := false
	for _, name := range names {
		any = any || b.openCount[hash(name)] > 0
	}
	if !any {
		return
	}
	for i := len(b.open) - 1; i >= 0; i-- {
		b.spend(1)
		n := b.open[i]
		if b.is(n, names...) {
			name := b.nodes[n].atom
			b.generateImplied(false, name)
			b.popUntil(name)
			return
		}
		if b.isSpecial(n) && !b.is(n, a.Address, a.Div, a.P) {
			return
		}
	}
}

func (b *htmlBuilder) inTable() bool {
	t := &b.token
	switch t.kind {
	case textToken:
		if b.currentIs(a.Table, a.Tbody, a.Template, a.Tfoot, a.Thead, a.Tr) {
			b.tableText = b.tableText[:0]
			b.original = b.mode
			b.mode = inTableText
			return false
		}
	case commentToken:
		b.insertComment(b.current())
		return true
	case doctypeToken:
		return true
	case endOfText:
		return b.inBody()
	case startTagToken:
		switch t.atom {
		case a.Caption:
			b.popTo(a.Table, a.Template, a.Html)
			b.formatting = append(b.formatting, 0)
			b.insertHTML()
			b.mode = inCaption
			return true
		case a.Colgroup:
			b.popTo(a.Table, a.Template, a.Html)
			b.insertHTML()
			b.mode = inColumnGroup
			return true
		case a.Col:
			b.popTo(a.Table, a.Template, a.Html)
			b.insertImplied(a.Colgroup)
			b.mode = inColumnGroup
			return false
		case a.Tbody, a.Tfoot, a.Thead:
			b.popTo(a.Table, a.Template, a.Html)
			b.insertHTML()
			b.mode = inTableBody
			return true
		case a.Td, a.Th, a.Tr:
			b.popTo(a.Table, a.Template, a.Html)
			b.insertImplied(a.Tbody)
			b.mode = inTableBody
			return false
		case a.Table:
			if !b.inScope(tableScope, a.Table) {
				return true
			}
			b.popUntil(a.Table)
			b.resetMode()
			return false
		case a.Style, a.Script, a.Template:
			return b.inHead()
		case a.Input:
			if kind, _ := b.attribute("type"); strings.EqualFold(kind, "hidden") {
				b.insertHTML()
				b.pop()
				return true
			}
		case a.Form:
			if b.form == 0 && !b.isOpen(a.Template) {
				b.form = b.insertHTML()
				b.pop()
			}
			return true
		}
	case endTagToken:
		switch t.atom {
		case a.Table:
			if b.inScope(tableScope, a.Table) {
				b.popUntil(a.Table)
				b.resetMode()
			}
			return true
		case a.Body, a.Caption, a.Col, a.Colgroup, a.Html, a.Tbody, a.Td, a.Tfoot, a.Th, a.Thead, a.Tr:
			return true
		case a.Template:
			return b.inHead()
		}
	}
	b.fosterParenting = true
	done := b.inBody()
	b.fosterParenting = false
	return done
}

func (b *htmlBuilder) inTableText() bool {
	if b.token.kind == textToken {
		b.tableText = append(b.tableText, bytes.ReplaceAll(b.token.data, []byte{0}, nil)...)
		return true
	}
	b.mode = b.original
	if _, rest := leadingSpace(b.tableText); len(rest) == 0 {
		b.insertText(b.tableText)
		return false
	}
	// Text that is not white space leaves the table.
	b.fosterParenting = true
	b.reconstruct()
	b.insertText(b.tableText)
	b.framesetOK = false
	b.fosterParenting = false
	return false
}

func (b *htmlBuilder) inCaption() bool {
	t := &b.token
	if t.isEnd(a.Body, a.Col, a.Colgroup, a.Html, a.Tbody, a.Td, a.Tfoot, a.Th, a.Thead, a.Tr) {
		return true
	}
	closes := t.isStart(a.Caption, a.Col, a.Colgroup, a.Tbody, a.Td, a.Tfoot, a.Th, a.Thead, a.Tr) || t.isEnd(a.Table)
	if !closes && !t.isEnd(a.Caption) {
		return b.inBody()
	}
	if !b.inScope(tableScope, a.Caption) {
		return true
	}
	b.generateImplied(false, 0)
	b.popUntil(a.Caption)
	b.clearFormatting()
	b.mode = inTable
	return !closes
}

func (b *htmlBuilder) inColumnGroup() bool {
	t := &b.token
	switch {
	case b.takeSpace(), t.kind == doctypeToken:
		return true
	case t.kind == commentToken:
		b.insertComment(b.current())
		return true
	case t.isStart(a.Html), t.kind == endOfText:
		return b.inBody()
	case t.isStart(a.Col):
		b.insertHTML()
		b.pop()
		return true
	case t.isEnd(a.Colgroup):
		if b.currentIs(a.Colgroup) {
			b.pop()
			b.mode = inTable
		}
		return true
	case t.isEnd(a.Col):
		return true
	case t.isStart(a.Template), t.isEnd(a.Template):
		return b.inHead()
	}
	if !b.currentIs(a.Colgroup) {
		return true
	}
	b.pop()
	b.mode = inTable
	return false
}

func (b *htmlBuilder) inTableBody() bool {
	t := &b.token
	switch {
	case t.isStart(a.Tr):
		b.popTo(a.Tbody, a.Tfoot, a.Thead, a.Template, a.Html)
		b.insertHTML()
		b.mode = inRow
		return true
	case t.isStart(a.Th, a.Td):
		b.popTo(a.Tbody, a.Tfoot, a.Thead, a.Template, a.Html)
		b.insertImplied(a.Tr)
		b.mode = inRow
		return false
	case t.isEnd(a.Tbody, a.Tfoot, a.Thead):
		if b.inScope(tableScope, t.atom) {
			b.popTo(a.Tbody, a.Tfoot, a.Thead, a.Template, a.Html)
			b.pop()
			b.mode = inTable
		}
		return true
	case t.isStart(a.Caption, a.Col, a.Colgroup, a.Tbody, a.Tfoot, a.Thead), t.isEnd(a.Table):
		if !b.inScope(tableScope, a.Tbody, a.Tfoot, a.Thead) {
			return true
		}
		b.popTo(a.Tbody, a.Tfoot, a.Thead, a.Template, a.Html)
		b.pop()
		b.mode = inTable
		return false
	case t.isEnd(a.Body, a.Caption, a.Col, a.Colgroup, a.Html, a.Td, a.Th, a.Tr):
		return true
	}
	return b.inTable()
}

func (b *htmlBuilder) inRow() bool {
	t := &b.token
	switch {
	case t.isStart(a.Th, a.Td):
		b.popTo(a.Tr, a.Template, a.Html)
		b.insertHTML()
		b.mode = inCell
		b.formatting = append(b.formatting, 0)
		return true
	case t.isEnd(a.Tr):
		b.closeRow()
		return true
	case t.isStart(a.Caption, a.Col, a.Colgroup, a.Tbody, a.Tfoot, a.Thead, a.Tr), t.isEnd(a.Table):
		return !b.closeRow()
	case t.isEnd(a.Tbody, a.Tfoot, a.Thead):
		return !b.inScope(tableScope, t.atom) || !b.closeRow()
	case t.isEnd(a.Body, a.Caption, a.Col, a.Colgroup, a.Html, a.Td, a.Th):
		return true
	}
	return b.inTable()
}

// closeRow closes the row and reports whether there was one.
func (b *htmlBuilder) closeRow() bool {
	if !b.inScope(tableScope, a.Tr) {
		return false
	}
	b.popTo(a.Tr, a.Template, a.Html)
	b.pop()
	b.mode = inTableBody
	return true
}

func (b *htmlBuilder) inCell() bool {
	t := &b.token
	switch {
	case t.isEnd(a.Td, a.Th):
		if b.inScope(tableScope, t.atom) {
			b.generateImplied(false, 0)
			b.popUntil(t.atom)
			b.clearFormatting()
			b.mode = inRow
		}
		return true
	case t.isStart(a.Caption, a.Col, a.Colgroup, a.Tbody, a.Td, a.Tfoot, a.Th, a.Thead, a.Tr):
		if !b.inScope(tableScope, a.Td, a.Th) {
			return true
		}
		b.closeCell()
		return false
	case t.isEnd(a.Body, a.Caption, a.Col, a.Colgroup, a.Html):
		return true
	case t.isEnd(a.Table, a.Tbody, a.Tfoot, a.Thead, a.Tr):
		if !b.inScope(tableScope, t.atom) {
			return true
		}
		b.closeCell()
		return false
	}
	return b.inBody()
}

func (b *htmlBuilder) closeCell() {
	b.generateImplied(false, 0)
	b.popUntil(a.Td, a.Th)
	b.clearFormatting()
	b.mode = inRow
}

func (b *htmlBuilder) inTemplate() bool {
	t := &b.token
	set := func(m insertionMode) bool {
		b.templates[len(b.templates)-1] = m
		b.mode = m
		return false
	}
	switch t.kind {
	case startTagToken:
		switch t.atom {
		case a.Base, a.Basefont, a.Bgsound, a.Link, a.Meta, a.Noframes, a.Script, a.Style, a.Template, a.Title:
			return b.inHead()
		case a.Caption, a.Colgroup, a.Tbody, a.Tfoot, a.Thead:
			return set(inTable)
		case a.Col:
			return set(inColumnGroup)
		case a.Tr:
			return set(inTableBody)
		case a.Td, a.Th:
			return set(inRow)
		}
		return set(inBody)
	case endTagToken:
		if t.atom == a.Template {
			return b.inHead()
		}
		return true
	case endOfText:
		if !b.isOpen(a.Template) {
			return true
		}
		b.popUntil(a.Template)
		b.clearFormatting()
		b.templates = b.templates[:len(b.templates)-1]
		b.resetMode()
		return false
	}
	return b.inBody()
}

func (b *htmlBuilder) afterBody() bool {
	t := &b.token
	switch {
	case t.kind == textToken:
		if _, rest := leadingSpace(t.data); len(rest) == 0 {
			return b.inBody()
		}
	case t.kind == commentToken:
		b.insertComment(b.open[0])
		return true
	case t.kind == doctypeToken, t.kind == endOfText:
		return true
	case t.isStart(a.Html):
		return b.inBody()
	case t.isEnd(a.Html):
		b.mode = afterAfterBody
		return true
	}
	b.mode = inBody
	return false
}

// onlySpace inserts the white space of a text and drops the rest.
func (b *htmlBuilder) onlySpace() {
	b.insertText(bytes.Map(func(r rune) rune {
		if r < 0x80 && isSpace(byte(r)) {
			return r
		}
		return -1
	}, b.token.data))
}

func (b *htmlBuilder) inFrameset() bool {
	t := &b.token
	switch {
	case t.kind == textToken:
		b.onlySpace()
	case t.kind == commentToken:
		b.insertComment(b.current())
	case t.isStart(a.Html):
		return b.inBody()
	case t.isStart(a.Frameset):
		b.insertHTML()
	case t.isEnd(a.Frameset):
		if len(b.open) > 1 {
			b.pop()
			if !b.currentIs(a.Frameset) {
				b.mode = afterFrameset
			}
		}
	case t.isStart(a.Frame):
		b.insertHTML()
		b.pop()
	case t.isStart(a.Noframes):
		return b.inHead()
	}
	return true
}

func (b *htmlBuilder) afterFrameset() bool {
	t := &b.token
	switch {
	case t.kind == textToken:
		b.onlySpace()
	case t.kind == commentToken:
		b.insertComment(b.current())
	case t.isStart(a.Html):
		return b.inBody()
	case t.isEnd(a.Html):
		b.mode = afterAfterFrameset
	case t.isStart(a.Noframes):
		return b.inHead()
	}
	return true
}

func (b *htmlBuilder) afterAfterBody() bool {
	t := &b.token
	switch {
	case t.kind == commentToken:
		b.insertComment(0)
		return true
	case t.kind == textToken:
		if _, rest := leadingSpace(t.data); len(rest) == 0 {
			return b.inBody()
		}
	case t.kind == doctypeToken, t.isStart(a.Html):
		return b.inBody()
	case t.kind == endOfText:
		return true
	}
	b.mode = inBody
	return false
}

func (b *htmlBuilder) afterAfterFrameset() bool {
	t := &b.token
	switch {
	case t.kind == commentToken:
		b.insertComment(0)
	case t.kind == textToken:
		if b.onlySpaceText() {
			return b.inBody()
		}
	case t.isStart(a.Html):
		return b.inBody()
	case t.isStart(a.Noframes):
		return b.inHead()
	}
	return true
}

// onlySpaceText keeps the white space of a text token and reports whether
// there is any.
func (b *htmlBuilder) onlySpaceText() bool {
	var kept []byte
	for _, c := range b.token.data {
		if isSpace(c) {
			kept = append(kept, c)
		}
	}
	b.token.data = kept
	return len(kept) > 0
}

// resetMode resets the insertion mode appropriately (13.2.4.1).
func (b *htmlBuilder) resetMode() {
	for i := len(b.open) - 1; i >= 0; i-- {
		b.spend(1)
		n := b.open[i]
		if b.nodes[n].space != inHTML {
			continue
		}
		switch b.nodes[n].atom {
		case a.Td, a.Th:
			b.mode = inCell
		case a.Tr:
			b.mode = inRow
		case a.Tbody, a.Thead, a.Tfoot:
			b.mode = inTableBody
		case a.Caption:
			b.mode = inCaption
		case a.Colgroup:
			b.mode = inColumnGroup
		case a.Table:
			b.mode = inTable
		case a.Template:
			b.mode = b.templates[len(b.templates)-1]
		case a.Head:
			b.mode = inHead
		case a.Body:
			b.mode = inBody
		case a.Frameset:
			b.mode = inFrameset
		case a.Html:
			b.mode = beforeHead
			if b.head != 0 {
				b.mode = afterHead
			}
		default:
			continue
		}
		return
	}
	b.mode = inBody
}

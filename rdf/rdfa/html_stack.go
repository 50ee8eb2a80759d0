package rdfa

import (
	"bytes"
	"slices"
	"strings"

	a "golang.org/x/net/html/atom"
)

// scopeKind is one of the scopes of HTML, 13.2.4.2.
type scopeKind uint8

const (
	defaultScope scopeKind = iota
	listScope
	buttonScope
	tableScope
)

// ends reports whether an element bounds the scope.
func (b *htmlBuilder) ends(k scopeKind, n int32) bool {
	e := &b.nodes[n]
	if k == tableScope {
		return b.is(n, a.Html, a.Table, a.Template)
	}
	switch e.space {
	case inMath:
		switch b.nameOf(e) {
		case "mi", "mo", "mn", "ms", "mtext", "annotation-xml":
			return true
		}
		return false
	case inSVG:
		return isSVGPoint(e)
	}
	switch e.atom {
	case a.Applet, a.Caption, a.Html, a.Table, a.Td, a.Th, a.Marquee, a.Object, a.Select, a.Template:
		return true
	case a.Ol, a.Ul:
		return k == listScope
	case a.Button:
		return k == buttonScope
	}
	return false
}

// inScope reports whether an open element with one of the names is in scope.
func (b *htmlBuilder) inScope(k scopeKind, names ...a.Atom) bool {
	if !b.mayBeOpen(names) {
		return false
	}
	for i := len(b.open) - 1; i >= 0; i-- {
		b.spend(1)
		if b.is(b.open[i], names...) {
			return true
		}
		if b.ends(k, b.open[i]) {
			return false
		}
	}
	return false
}

// mayBeOpen saves a walk over the stack: it is false only if no element with
// one of the names is open.
func (b *htmlBuilder) mayBeOpen(names []a.Atom) bool {
	for _, name := range names {
		if b.openCount[hash(name)] > 0 {
			return true
		}
	}
	return false
}

// elementInScope reports whether a given element is in scope.
func (b *htmlBuilder) elementInScope(n int32) bool {
	for i := len(b.open) - 1; i >= 0; i-- {
		b.spend(1)
		if b.open[i] == n {
			return true
		}
		if b.ends(defaultScope, b.open[i]) {
			return false
		}
	}
	return false
}

// isOpen reports whether an element of the name is open.
func (b *htmlBuilder) isOpen(name a.Atom) bool {
	if b.openCount[hash(name)] == 0 {
		return false
	}
	b.spend(len(b.open))
	for _, n := range b.open {
		if b.is(n, name) {
			return true
		}
	}
	return false
}

// generateImplied closes elements whose end tag may be left out (13.2.6.3),
// but for one name.
func (b *htmlBuilder) generateImplied(thoroughly bool, but a.Atom) {
	for len(b.open) > 0 {
		n := &b.nodes[b.current()]
		if n.space != inHTML || n.atom == but {
			return
		}
		switch n.atom {
		case a.Dd, a.Dt, a.Li, a.Optgroup, a.Option, a.P, a.Rb, a.Rp, a.Rt, a.Rtc:
		case a.Caption, a.Colgroup, a.Tbody, a.Td, a.Tfoot, a.Th, a.Thead, a.Tr:
			if !thoroughly {
				return
			}
		default:
			return
		}
		b.pop()
	}
}

// generateImpliedBut is generateImplied for a name that may be unknown.
func (b *htmlBuilder) generateImpliedBut(name a.Atom, id int32) {
	if name != 0 {
		b.generateImplied(false, name)
	} else if n := &b.nodes[b.current()]; n.atom != 0 || n.name != id {
		b.generateImplied(false, 0)
	}
}

// isSpecial reports whether an element is in the category "special"
// (13.2.4.2).
func (b *htmlBuilder) isSpecial(n int32) bool {
	e := &b.nodes[n]
	switch e.space {
	case inMath:
		switch b.nameOf(e) {
		case "mi", "mo", "mn", "ms", "mtext", "annotation-xml":
			return true
		}
		return false
	case inSVG:
		return isSVGPoint(e)
	}
	switch e.atom {
	case a.Address, a.Applet, a.Area, a.Article, a.Aside, a.Base, a.Basefont, a.Bgsound, a.Blockquote, a.Body, a.Br,
		a.Button, a.Caption, a.Center, a.Col, a.Colgroup, a.Dd, a.Details, a.Dir, a.Div, a.Dl, a.Dt, a.Embed, a.Fieldset,
		a.Figcaption, a.Figure, a.Footer, a.Form, a.Frame, a.Frameset, a.H1, a.H2, a.H3, a.H4, a.H5, a.H6, a.Head,
		a.Header, a.Hgroup, a.Hr, a.Html, a.Iframe, a.Img, a.Input, a.Keygen, a.Li, a.Link, a.Listing, a.Main, a.Marquee,
		a.Menu, a.Meta, a.Nav, a.Noembed, a.Noframes, a.Noscript, a.Object, a.Ol, a.P, a.Param, a.Plaintext, a.Pre,
		a.Script, a.Search, a.Section, a.Select, a.Source, a.Style, a.Summary, a.Table, a.Tbody, a.Td, a.Template,
		a.Textarea, a.Tfoot, a.Th, a.Thead, a.Title, a.Tr, a.Track, a.Ul, a.Wbr, a.Xmp:
		return true
	}
	return false
}

// insertFormatting inserts an element and lists it as active formatting
// element; of four alike the first goes (13.2.4.3, the Noah's Ark clause).
func (b *htmlBuilder) insertFormatting() {
	n := b.insertHTML()
	alike, earliest := 0, 0
	for i := len(b.formatting) - 1; i >= 0 && b.formatting[i] != 0; i-- {
		b.spend(1)
		if b.sameTag(n, b.formatting[i]) {
			alike++
			earliest = i
		}
	}
	if alike >= 3 {
		b.formatting = slices.Delete(b.formatting, earliest, earliest+1)
	}
	b.formatting = append(b.formatting, n)
}

// sameTag reports whether two elements have the same name and attributes.
func (b *htmlBuilder) sameTag(x, y int32) bool {
	n, m := &b.nodes[x], &b.nodes[y]
	if n.space != m.space || n.atom != m.atom || n.atom == 0 && n.name != m.name || (n.attrs == noAttributes) != (m.attrs == noAttributes) {
		return false
	}
	if n.attrs == noAttributes || bytes.Equal(b.text[n.tag.start:n.tag.end], b.text[m.tag.start:m.tag.end]) {
		return true
	}
	b.spend(int(n.tag.end - n.tag.start + m.tag.end - m.tag.start))
	p, q := b.attributes(n), b.attributes(m)
	if len(p) != len(q) {
		return false
	}
	if len(p) > 32 {
		return slices.EqualFunc(p, q, func(x, y attribute) bool { return x.name == y.name && x.value == y.value })
	}
	for i := range p {
		found := false
		for j := range q {
			found = found || p[i].name == q[j].name && p[i].value == q[j].value
		}
		if !found {
			return false
		}
	}
	return true
}

// formattingElement returns the last active formatting element of a name after
// the last marker, 0 if there is none.
func (b *htmlBuilder) formattingElement(name a.Atom) int32 {
	for i := len(b.formatting) - 1; i >= 0 && b.formatting[i] != 0; i-- {
		b.spend(1)
		if b.is(b.formatting[i], name) {
			return b.formatting[i]
		}
	}
	return 0
}

func (b *htmlBuilder) removeFormatting(n int32) {
	if i := lastIndex(b.formatting, n); i >= 0 {
		b.formatting = slices.Delete(b.formatting, i, i+1)
	}
}

// clearFormatting clears the list up to the last marker.
func (b *htmlBuilder) clearFormatting() {
	for len(b.formatting) > 0 {
		last := b.formatting[len(b.formatting)-1]
		b.formatting = b.formatting[:len(b.formatting)-1]
		if last == 0 {
			return
		}
	}
}

// reconstruct opens the active formatting elements again that are not open
// (13.2.4.3).
func (b *htmlBuilder) reconstruct() {
	i := len(b.formatting) - 1
	if i < 0 || b.formatting[i] == 0 {
		return
	}
	if at := lastIndex(b.open, b.formatting[i]); at >= 0 {
		b.spend(len(b.open) - at)
		return
	}
	for i > 0 && b.formatting[i-1] != 0 && lastIndex(b.open, b.formatting[i-1]) < 0 {
		b.spend(len(b.open))
		i--
	}
	for ; i < len(b.formatting) && b.err == nil; i++ {
		b.formatting[i] = b.insertCopy(b.another(b.formatting[i]))
	}
}

// adopt is the adoption agency algorithm (13.2.6.4.7), which mends formatting
// elements that end where they should not.
func (b *htmlBuilder) adopt(name a.Atom) {
	if b.currentIs(name) && lastIndex(b.formatting, b.current()) < 0 {
		b.pop()
		return
	}
	for range 8 {
		formatting := b.formattingElement(name)
		if formatting == 0 {
			b.anyOtherEnd(name, 0)
			return
		}
		at := lastIndex(b.open, formatting)
		if at < 0 {
			b.removeFormatting(formatting)
			return
		}
		if !b.elementInScope(formatting) {
			return
		}
		furthestAt := at + 1
		for furthestAt < len(b.open) && !b.isSpecial(b.open[furthestAt]) {
			furthestAt++
		}
		if furthestAt == len(b.open) {
			for len(b.open) > at {
				b.pop()
			}
			b.removeFormatting(formatting)
			return
		}
		b.link()
		furthest, ancestor := b.open[furthestAt], b.open[at-1]
		bookmark := lastIndex(b.formatting, formatting)
		last := furthest
		for i, inner := furthestAt-1, 1; b.open[i] != formatting && b.err == nil; i, inner = i-1, inner+1 {
			n := b.open[i]
			listed := lastIndex(b.formatting, n)
			if inner > 3 && listed >= 0 {
				b.formatting = slices.Delete(b.formatting, listed, listed+1)
				if listed < bookmark {
					bookmark--
				}
				listed = -1
			}
			if listed < 0 {
				b.removeOpen(n)
				continue
			}
			c := b.copied(b.another(n))
			b.formatting[listed], b.open[i] = c, c
			if last == furthest {
				bookmark = listed + 1
			}
			b.detach(last)
			b.append(c, last)
			last = c
		}
		b.detach(last)
		fostering := b.fosterParenting
		b.fosterParenting = true // for this place the flag does not matter
		parent, before := b.place(ancestor)
		b.fosterParenting = fostering
		b.insertBefore(parent, last, before)
		c := b.copied(b.another(formatting))
		for child := b.links[furthest].first; child != 0; child = b.links[furthest].first {
			b.detach(child)
			b.append(c, child)
		}
		b.append(furthest, c)
		old := lastIndex(b.formatting, formatting)
		b.formatting = slices.Insert(b.formatting, bookmark, c)
		if old >= bookmark {
			old++
		}
		b.formatting = slices.Delete(b.formatting, old, old+1)
		b.removeOpen(formatting)
		b.open = slices.Insert(b.open, lastIndex(b.open, furthest)+1, c)
		b.openCount[hash(name)]++
		if b.err != nil {
			return
		}
	}
}

// isForeign reports whether the token is for the rules of foreign content
// (13.2.6).
func (b *htmlBuilder) isForeign() bool {
	if len(b.open) == 0 || b.token.kind == endOfText {
		return false
	}
	n := &b.nodes[b.current()]
	if n.space == inHTML {
		return false
	}
	start, text := b.token.kind == startTagToken, b.token.kind == textToken
	if b.isMathTextPoint(n) && (text || start && b.tokenName() != "mglyph" && b.tokenName() != "malignmark") {
		return false
	}
	if n.space == inMath && b.nameOf(n) == "annotation-xml" && start && b.token.atom == a.Svg {
		return false
	}
	if b.isHTMLPoint(n) && (start || text) {
		return false
	}
	return true
}

func (b *htmlBuilder) isMathTextPoint(n *node) bool {
	if n.space != inMath {
		return false
	}
	switch b.nameOf(n) {
	case "mi", "mo", "mn", "ms", "mtext":
		return true
	}
	return false
}

// isSVGPoint reports whether an SVG element may hold HTML.
func isSVGPoint(n *node) bool {
	return n.atom == a.ForeignObject || n.atom == a.Desc || n.atom == a.Title
}

func (b *htmlBuilder) isHTMLPoint(n *node) bool {
	switch n.space {
	case inSVG:
		return isSVGPoint(n)
	case inMath:
		if b.nameOf(n) == "annotation-xml" {
			b.spend(int(n.tag.end - n.tag.start))
			for _, attr := range b.attributes(n) {
				if attr.name == "encoding" {
					return strings.EqualFold(attr.value, "text/html") || strings.EqualFold(attr.value, "application/xhtml+xml")
				}
			}
		}
	}
	return false
}

// insertForeign inserts the element of a start tag in SVG or MathML.
func (b *htmlBuilder) insertForeign(s space) {
	b.insertElement(s)
	b.raw = 0
	if b.token.empty {
		b.pop()
	}
}

// foreign processes the token by the rules of foreign content (13.2.6.5).
func (b *htmlBuilder) foreign() bool {
	t := &b.token
	switch t.kind {
	case textToken:
		data := t.data
		if strings.IndexByte(string(data), 0) >= 0 {
			data = []byte(strings.ReplaceAll(string(data), "\x00", "\uFFFD"))
		}
		if b.framesetOK {
			for _, c := range t.data {
				if !isSpace(c) && c != 0 {
					b.framesetOK = false
					break
				}
			}
		}
		b.insertText(data)
	case commentToken:
		b.insertComment(b.current())
	case startTagToken:
		if b.breaksOut() {
			for len(b.open) > 0 {
				n := &b.nodes[b.current()]
				if n.space == inHTML || b.isMathTextPoint(n) || b.isHTMLPoint(n) {
					break
				}
				b.pop()
			}
			return b.modeRules(b.mode)
		}
		s := b.nodes[b.current()].space
		if s == inSVG {
			if name := svgName(b.tokenName()); name != b.tokenName() {
				if t.atom = a.Lookup([]byte(name)); t.atom == 0 {
					t.name = b.nameID([]byte(name))
				}
			}
		}
		b.insertForeign(s)
	case endTagToken:
		if t.isEnd(a.Br, a.P) {
			for len(b.open) > 0 {
				n := &b.nodes[b.current()]
				if n.space == inHTML || b.isMathTextPoint(n) || b.isHTMLPoint(n) {
					break
				}
				b.pop()
			}
			return b.modeRules(b.mode)
		}
		for i := len(b.open) - 1; i >= 0; i-- {
			b.spend(1)
			n := &b.nodes[b.open[i]]
			if n.space == inHTML {
				return b.modeRules(b.mode)
			}
			if strings.EqualFold(b.nameOf(n), b.tokenName()) {
				for len(b.open) > i {
					b.pop()
				}
				return true
			}
		}
	}
	return true
}

// breaksOut reports whether a start tag ends foreign content.
func (b *htmlBuilder) breaksOut() bool {
	t := &b.token
	switch t.atom {
	case a.B, a.Big, a.Blockquote, a.Body, a.Br, a.Center, a.Code, a.Dd, a.Div, a.Dl, a.Dt, a.Em, a.Embed, a.H1, a.H2,
		a.H3, a.H4, a.H5, a.H6, a.Head, a.Hr, a.I, a.Img, a.Li, a.Listing, a.Menu, a.Meta, a.Nobr, a.Ol, a.P, a.Pre,
		a.Ruby, a.S, a.Small, a.Span, a.Strong, a.Strike, a.Sub, a.Sup, a.Table, a.Tt, a.U, a.Ul, a.Var:
		return true
	case a.Font:
		for _, name := range []string{"color", "face", "size"} {
			if _, ok := b.attribute(name); ok {
				return true
			}
		}
	}
	return false
}

// svgName gives an SVG element name the capitals that the tokenizer took.
func svgName(s string) string {
	for _, name := range svgNames {
		if len(name) == len(s) && strings.EqualFold(name, s) {
			return name
		}
	}
	return s
}

var svgNames = [...]string{
	"altGlyph", "altGlyphDef", "altGlyphItem", "animateColor", "animateMotion", "animateTransform", "clipPath",
	"feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting",
	"feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR",
	"feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
	"feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "foreignObject", "glyphRef", "linearGradient",
	"radialGradient", "textPath",
}

var svgAttributes = [...]string{
	"attributeName", "attributeType", "baseFrequency", "baseProfile", "calcMode", "clipPathUnits", "diffuseConstant",
	"edgeMode", "filterUnits", "glyphRef", "gradientTransform", "gradientUnits", "kernelMatrix", "kernelUnitLength",
	"keyPoints", "keySplines", "keyTimes", "lengthAdjust", "limitingConeAngle", "markerHeight", "markerUnits",
	"markerWidth", "maskContentUnits", "maskUnits", "numOctaves", "pathLength", "patternContentUnits",
	"patternTransform", "patternUnits", "pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha", "preserveAspectRatio",
	"primitiveUnits", "refX", "refY", "repeatCount", "repeatDur", "requiredExtensions", "requiredFeatures",
	"specularConstant", "specularExponent", "spreadMethod", "startOffset", "stdDeviation", "stitchTiles",
	"surfaceScale", "systemLanguage", "tableValues", "targetX", "targetY", "textLength", "viewBox", "viewTarget",
	"xChannelSelector", "yChannelSelector", "zoomAndPan",
}

// foreignAttribute gives an attribute of SVG or MathML its capitals.
func foreignAttribute(s space, name string) string {
	if s == inMath {
		if name == "definitionurl" {
			return "definitionURL"
		}
		return name
	}
	for _, proper := range svgAttributes {
		if len(proper) == len(name) && strings.EqualFold(proper, name) {
			return proper
		}
	}
	return name
}

// isQuirks reports whether a doctype puts the page in quirks mode (13.2.6.4.1),
// in which a table does not end a paragraph.
func isQuirks(doctype string) bool {
	name, rest, _ := strings.Cut(strings.TrimSpace(doctype), " ")
	if i := strings.IndexAny(name, "\t\n\f\r"); i >= 0 {
		name, rest = name[:i], name[i:]+" "+rest
	}
	if !strings.EqualFold(name, "html") {
		return true
	}
	public, system, hasSystem := doctypeIdentifiers(rest)
	public = strings.ToLower(public)
	switch public {
	case "-//w3o//dtd w3 html strict 3.0//en//", "-/w3c/dtd html 4.0 transitional/en", "html":
		return true
	}
	if strings.EqualFold(system, "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd") {
		return true
	}
	for _, prefix := range quirksPrefixes {
		if strings.HasPrefix(public, prefix) {
			return true
		}
	}
	return !hasSystem && (strings.HasPrefix(public, "-//w3c//dtd html 4.01 frameset//") || strings.HasPrefix(public, "-//w3c//dtd html 4.01 transitional//"))
}

func doctypeIdentifiers(s string) (public, system string, hasSystem bool) {
	s = trim(s)
	if len(s) < 6 {
		return "", "", false
	}
	key := strings.ToLower(s[:6])
	s = trim(s[6:])
	next := func() (string, bool) {
		if s == "" || s[0] != '"' && s[0] != '\'' {
			return "", false
		}
		value, rest, _ := strings.Cut(s[1:], s[:1])
		s = trim(rest)
		return value, true
	}
	switch key {
	case "public":
		public, _ = next()
		system, hasSystem = next()
	case "system":
		system, hasSystem = next()
	}
	return public, system, hasSystem
}

var quirksPrefixes = [...]string{
	"+//silmaril//dtd html pro v0r11 19970101//", "-//as//dtd html 3.0 aswedit + extensions//",
	"-//advasoft ltd//dtd html 3.0 aswedit + extensions//", "-//ietf//dtd html 2.0 level 1//",
	"-//ietf//dtd html 2.0 level 2//", "-//ietf//dtd html 2.0 strict level 1//", "-//ietf//dtd html 2.0 strict level 2//",
	"-//ietf//dtd html 2.0 strict//", "-//ietf//dtd html 2.0//", "-//ietf//dtd html 2.1e//", "-//ietf//dtd html 3.0//",
	"-//ietf//dtd html 3.2 final//", "-//ietf//dtd html 3.2//", "-//ietf//dtd html 3//", "-//ietf//dtd html level 0//",
	"-//ietf//dtd html level 1//", "-//ietf//dtd html level 2//", "-//ietf//dtd html level 3//",
	"-//ietf//dtd html strict level 0//", "-//ietf//dtd html strict level 1//", "-//ietf//dtd html strict level 2//",
	"-//ietf//dtd html strict level 3//", "-//ietf//dtd html strict//", "-//ietf//dtd html//",
	"-//metrius//dtd metrius presentational//", "-//microsoft//dtd internet explorer 2.0 html strict//",
	"-//microsoft//dtd internet explorer 2.0 html//", "-//microsoft//dtd internet explorer 2.0 tables//",
	"-//microsoft//dtd internet explorer 3.0 html strict//", "-//microsoft//dtd internet explorer 3.0 html//",
	"-//microsoft//dtd internet explorer 3.0 tables//", "-//netscape comm. corp.//dtd html//",
	"-//netscape comm. corp.//dtd strict html//", "-//o'reilly and associates//dtd html 2.0//",
	"-//o'reilly and associates//dtd html extended 1.0//", "-//o'reilly and associates//dtd html extended relaxed 1.0//",
	"-//softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0//",
	"-//softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0//", "-//spyglass//dtd html 2.0 extended//",
	"-//sq//dtd html 2.0 hotmetal + extensions//", "-//sun microsystems corp.//dtd hotjava html//",
	"-//sun microsystems corp.//dtd hotjava strict html//", "-//w3c//dtd html 3 1995-03-24//",
	"-//w3c//dtd html 3.2 draft//", "-//w3c//dtd html 3.2 final//", "-//w3c//dtd html 3.2//",
	"-//w3c//dtd html 3.2s draft//", "-//w3c//dtd html 4.0 frameset//", "-//w3c//dtd html 4.0 transitional//",
	"-//w3c//dtd html experimental 19960712//", "-//w3c//dtd html experimental 970421//", "-//w3c//dtd w3 html//",
	"-//w3o//dtd w3 html 3.0//", "-//webtechs//dtd mozilla html 2.0//", "-//webtechs//dtd mozilla html//",
}

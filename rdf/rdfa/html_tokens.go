package rdfa

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tokenKind is a kind of token of the HTML tokenizer.
type tokenKind uint8

const (
	endOfText tokenKind = iota
	textToken
	startTagToken
	endTagToken
	commentToken
	doctypeToken
)

// htmlToken is the token that is being processed.
type htmlToken struct {
	kind  tokenKind
	atom  atom.Atom // of a tag, 0 for names that HTML does not know
	name  int32     // of a tag whose atom is 0: an index of tokenizer.names
	data  []byte    // text, a comment or a doctype; good until the next token
	place extent
	empty bool // a self-closing tag

	attrs      attributesRef // noAttributes or attributesInTag
	rdfa       bool          // one of the attributes is for RDFa
	statements int           // about how many they will make
}

// tokenizer cuts an HTML page into tokens (HTML, 13.2.5), in place: a token is
// a range of the text, and only text with character references, carriage
// returns or NUL bytes is copied. It takes the liberties that x/net/html takes,
// which is the oracle of our tests: character references are resolved in
// comments and in CDATA sections too.
type tokenizer struct {
	text []byte
	at   int
	raw  atom.Atom // the text up to the end tag of that name is no markup
	// allowCDATA is whether "<![CDATA[" begins a section here.
	allowCDATA bool
	// odd is whether the page has carriage returns or NUL bytes at all.
	odd bool

	scratch    []byte
	references map[string]string
	names      []string // that HTML does not know
	nameIDs    map[string]int32
}

func newTokenizer(text []byte) tokenizer {
	return tokenizer{
		text: text, nameIDs: map[string]int32{},
		odd: bytes.IndexByte(text, '\r') >= 0 || bytes.IndexByte(text, 0) >= 0,
	}
}

// next reads the next token into t.
func (z *tokenizer) next(t *htmlToken) {
	start := z.at
	*t = htmlToken{place: extent{start: int32(start)}}
	if z.raw != 0 {
		isRaw := z.raw != atom.Textarea && z.raw != atom.Title
		end := z.rawEnd(start)
		z.raw = 0
		if end > start {
			z.at = end
			z.textData(t, z.text[start:end], true, !isRaw)
			return
		}
	}
	text := z.text
	for at := start; ; {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 || at+i+1 >= len(text) {
			break
		}
		at += i
		c := text[at+1]
		isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !isLetter && c != '/' && c != '!' && c != '?' {
			at++
			continue
		}
		if at > start {
			z.at = at
			z.textData(t, text[start:at], false, true)
			return
		}
		switch {
		case isLetter:
			z.startTag(t)
		case c == '/':
			if at+2 >= len(text) {
				z.at = len(text)
				z.textData(t, text[start:], false, true)
				return
			}
			switch c := text[at+2]; {
			case c == '>':
				z.at = at + 3
				t.kind = commentToken
			case 'a' <= c|0x20 && c|0x20 <= 'z':
				z.endTag(t)
			default:
				z.bogusComment(t, at+2)
			}
		case c == '?':
			z.bogusComment(t, at+1)
		default:
			z.declaration(t, at+2)
		}
		t.place.end = int32(z.at)
		return
	}
	z.at = len(text)
	if start < len(text) {
		z.textData(t, text[start:], false, true)
	}
}

// textData makes t a text token.
func (z *tokenizer) textData(t *htmlToken, s []byte, replaceNUL, references bool) {
	t.kind = textToken
	t.place.end = int32(z.at)
	t.data = z.decode(s, replaceNUL, references)
}

// decode normalises line ends and resolves character references.
func (z *tokenizer) decode(s []byte, replaceNUL, references bool) []byte {
	references = references && bytes.IndexByte(s, '&') >= 0
	if !references && !z.odd {
		return s
	}
	if z.odd {
		if bytes.IndexByte(s, '\r') >= 0 {
			s = bytes.ReplaceAll(bytes.ReplaceAll(s, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
		}
		if replaceNUL && bytes.IndexByte(s, 0) >= 0 {
			s = bytes.ReplaceAll(s, []byte{0}, []byte("\uFFFD"))
		}
		if !references {
			return s
		}
	}
	out := z.scratch[:0]
	for {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			out = append(out, s...)
			break
		}
		out = append(out, s[:i]...)
		s = s[i:]
		end := 1
		if end < len(s) && s[end] == '#' {
			end++
		}
		for end < len(s) && isAlphanumeric(s[end]) {
			end++
		}
		if end < len(s) && s[end] == ';' {
			end++
		}
		out = append(out, z.reference(s[:end])...)
		s = s[end:]
	}
	z.scratch = out
	return out
}

// reference resolves a character reference in text, with whatever letters and
// digits follow it.
func (z *tokenizer) reference(s []byte) string {
	switch string(s) {
	case "&":
		return "&"
	case "&nbsp;":
		return "\u00a0"
	case "&amp;":
		return "&"
	}
	resolved, ok := z.references[string(s)]
	if !ok {
		resolved = html.UnescapeString(string(s))
		if z.references == nil {
			z.references = map[string]string{}
		}
		if len(z.references) < 256 && len(s) < 64 {
			z.references[string(s)] = resolved
		}
	}
	return resolved
}

// tagName finds the name of the tag whose name begins at start.
func (z *tokenizer) tagName(t *htmlToken, start int) (end int) {
	text := z.text
	plain := true
	for end = start; end < len(text); end++ {
		c := text[end]
		if isSpace(c) || c == '/' || c == '>' {
			break
		}
		plain = plain && c != 0 && (c < 'A' || c > 'Z')
	}
	name := text[start:end]
	if !plain {
		name = []byte(attributeName(name))
	}
	if t.atom = atom.Lookup(name); t.atom == 0 {
		t.name = z.nameID(name)
	}
	return end
}

func (z *tokenizer) nameID(name []byte) int32 {
	id, ok := z.nameIDs[string(name)]
	if !ok {
		id = int32(len(z.names))
		z.names = append(z.names, string(name))
		z.nameIDs[string(name)] = id
	}
	return id
}

// startTag reads a start tag. One that the text ends in is no token.
func (z *tokenizer) startTag(t *htmlToken) {
	text := z.text
	at := z.tagName(t, z.at+1)
	last := int32(0)
	for {
		r, next, ok := nextAttribute(text, at)
		at = next
		if !ok {
			break
		}
		last = r.end
		t.attrs = attributesInTag
		kind := htmlAttributeKind(r.nameIn(text))
		t.rdfa = t.rdfa || kind.isRDFa()
		if kind.states() {
			t.statements += countValues(r.valueIn(text))
		}
	}
	if at == 0 {
		z.at = len(text)
		return
	}
	z.at = at
	t.kind = startTagToken
	t.empty = text[at-2] == '/' && int32(at-2) >= last
	switch t.atom {
	case atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Plaintext, atom.Script, atom.Style,
		atom.Textarea, atom.Title, atom.Xmp:
		z.raw = t.atom
	}
}

// countValues counts the white-space separated words of a value.
func countValues(s []byte) int {
	n, inWord := 0, false
	for _, c := range s {
		if isSpace(c) {
			inWord = false
		} else if !inWord {
			inWord = true
			n++
		}
	}
	return n
}

// endTag reads an end tag. One that the text ends in is no token.
func (z *tokenizer) endTag(t *htmlToken) {
	at := z.tagName(t, z.at+2)
	for {
		_, next, ok := nextAttribute(z.text, at)
		at = next
		if !ok {
			break
		}
	}
	if at == 0 {
		z.at = len(z.text)
		return
	}
	z.at = at
	t.kind = endTagToken
}

// bogusComment reads up to the next ">".
func (z *tokenizer) bogusComment(t *htmlToken, start int) {
	t.kind = commentToken
	t.data = z.decode(z.upTo(start), true, true)
}

// upTo moves past the next ">" and returns what is before it.
func (z *tokenizer) upTo(start int) []byte {
	end := bytes.IndexByte(z.text[start:], '>')
	if end < 0 {
		z.at = len(z.text)
		return z.text[start:]
	}
	z.at = start + end + 1
	return z.text[start : start+end]
}

// declaration reads what "<!" begins.
func (z *tokenizer) declaration(t *htmlToken, start int) {
	rest := z.text[start:]
	switch {
	case bytes.HasPrefix(rest, []byte("--")):
		z.comment(t, start+2)
	case len(rest) >= 7 && bytes.EqualFold(rest[:7], []byte("doctype")):
		t.kind = doctypeToken
		start += 7
		for start < len(z.text) && isSpace(z.text[start]) {
			start++
		}
		t.data = z.decode(z.upTo(start), false, true)
	case z.allowCDATA && bytes.HasPrefix(rest, []byte("[CDATA[")):
		start += 7
		data := z.text[start:]
		z.at = len(z.text)
		if end := bytes.Index(data, []byte("]]>")); end >= 0 {
			data = data[:end]
			z.at = start + end + 3
		}
		z.textData(t, data, true, true)
	default:
		z.bogusComment(t, start)
	}
}

// comment reads a comment, by the rules for its many ends (13.2.5.43 and on).
func (z *tokenizer) comment(t *htmlToken, start int) {
	t.kind = commentToken
	data := z.text[start:]
	end := len(data)
	z.at = len(z.text)
	for at := 0; ; at++ {
		i := bytes.IndexByte(data[at:], '>')
		if i < 0 {
			for _, unfinished := range []string{"--!", "--", "-"} {
				if bytes.HasSuffix(data, []byte(unfinished)) {
					end -= len(unfinished)
					break
				}
			}
			break
		}
		at += i
		before := data[:at]
		if at == 0 || at == 1 && data[0] == '-' {
			end = 0
		} else if bytes.HasSuffix(before, []byte("--")) {
			end = at - 2
		} else if bytes.HasSuffix(before, []byte("--!")) {
			end = at - 3
		} else {
			continue
		}
		z.at = start + at + 1
		break
	}
	t.data = z.decode(data[:end], true, true)
}

// rawEnd returns the place of the end tag that ends raw text, or the end of
// the text.
func (z *tokenizer) rawEnd(at int) int {
	switch z.raw {
	case atom.Plaintext:
		return len(z.text)
	case atom.Script:
		return z.scriptEnd(at)
	}
	for {
		i := bytes.Index(z.text[at:], []byte("</"))
		if i < 0 {
			return len(z.text)
		}
		at += i
		if z.isTag(at+2, z.raw.String()) {
			return at
		}
		at += 2
	}
}

// isTag reports whether a tag name stands at at, with its delimiter.
func (z *tokenizer) isTag(at int, name string) bool {
	end := at + len(name)
	if end >= len(z.text) {
		return false
	}
	for i := range len(name) {
		if z.text[at+i]|0x20 != name[i] {
			return false
		}
	}
	c := z.text[end]
	return isSpace(c) || c == '/' || c == '>'
}

// scriptEnd is rawEnd for a script, in which what looks like a comment can
// hide end tags (13.2.5.15 to 13.2.5.31).
func (z *tokenizer) scriptEnd(at int) int {
	const (
		plain = iota
		escaped
		doubleEscaped
	)
	text := z.text
	state := plain
	for at < len(text) {
		switch c := text[at]; {
		case state == plain:
			i := bytes.IndexByte(text[at:], '<')
			if i < 0 {
				return len(text)
			}
			at += i
			switch rest := text[at+1:]; {
			case len(rest) > 0 && rest[0] == '/' && z.isTag(at+2, "script"):
				return at
			case bytes.HasPrefix(rest, []byte("!--")):
				state = escaped
				at += 2 // the dashes may be part of "-->"
			default:
				at++
			}
		case c == '-' && bytes.HasPrefix(text[at:], []byte("-->")):
			state = plain
			at += 3
		case c != '<':
			at++
		case state == escaped:
			switch rest := text[at+1:]; {
			case len(rest) > 0 && rest[0] == '/':
				if z.isTag(at+2, "script") {
					return at
				}
				at += 2
			case len(rest) > 0 && 'a' <= rest[0]|0x20 && rest[0]|0x20 <= 'z':
				if z.isTag(at+1, "script") {
					state = doubleEscaped
				}
				at++
			default:
				// By the letter the text stays escaped here; x/net/html does not
				// think so.
				state = plain
				at++
			}
		default: // double escaped
			if at+1 < len(text) && text[at+1] == '/' && z.isTag(at+2, "script") {
				state = escaped
				at += len("</script>")
			} else {
				at++
			}
		}
	}
	return len(text)
}

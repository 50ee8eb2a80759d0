package rdfxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/internal/lex"
)

const (
	xmlNS   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNS = "http://www.w3.org/2000/xmlns/"
)

// tokens reads XML (with namespaces) from a window, so that sizes are bounded
// and places are known.
type tokens struct {
	options Options
	window  *lex.Window
	read    int // bytes of the window after Pos that the decoder has
	decoder *xml.Decoder
	offset  int     // of Pos, as the decoder counts
	scope   []scope // one per open element
}

// scope is what an element declares for itself and what it holds.
type scope struct {
	name xml.Name          // as written: prefix and local name
	ns   map[string]string // prefixes declared here
}

// element is a start tag with its namespaces resolved.
type element struct {
	name       string // IRI: the namespace and the local name
	attributes []attribute
	raw        xml.StartElement // as written
}

type attribute struct {
	space, local string // namespace IRI, "" if none, and local name
	value        string
}

func newTokens(r io.Reader, o Options) *tokens {
	t := &tokens{options: o, window: lex.NewWindow(toUTF8(r), o.MaxStatement)}
	t.decoder = xml.NewDecoder(t)
	t.decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it was done before
	return t
}

var declaredEncoding = regexp.MustCompile(`^<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// toUTF8 decodes a document by its byte order mark or its XML declaration.
func toUTF8(r io.Reader) io.Reader {
	head := make([]byte, 256)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	whole := io.MultiReader(bytes.NewReader(head), r)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		whole = io.MultiReader(bytes.NewReader(head), failing{err})
	}
	label := ""
	if m := declaredEncoding.FindSubmatch(head); m != nil {
		label = string(m[1])
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		label = "utf-16be"
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		label = "utf-16le"
	}
	if label == "" || strings.EqualFold(label, "utf-8") {
		return whole
	}
	decoded, err := charset.NewReaderLabel(label, whole)
	if err != nil {
		return failing{fmt.Errorf("decode %s: %w", label, err)}
	}
	return decoded
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// ReadByte gives the decoder its next byte.
func (t *tokens) ReadByte() (byte, error) {
	w := t.window
	for w.Pos+t.read >= len(w.Buf) {
		if err := w.More(); err != nil {
			return 0, err
		}
	}
	t.read++
	return w.Buf[w.Pos+t.read-1], nil
}

// Read is there because an xml.Decoder wants an io.Reader; it uses ReadByte.
func (t *tokens) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	c, err := t.ReadByte()
	if err != nil {
		return 0, err
	}
	b[0] = c
	return 1, nil
}

// begin says that a new statement begins after what was read.
func (t *tokens) begin() {
	t.advance()
	t.window.Begin()
}

// advance moves the window behind the token that was read last. The decoder
// may have looked at one byte more.
func (t *tokens) advance() {
	n := int(t.decoder.InputOffset()) - t.offset
	t.offset += n
	t.window.Pos += n
	t.read -= n
}

// next returns the next token: *element, xml.EndElement, xml.CharData,
// xml.Comment or xml.ProcInst, and io.EOF at the end of a whole document.
// Character data is valid until the next call.
func (t *tokens) next() (any, error) {
	for {
		t.advance()
		token, err := t.decoder.RawToken()
		// The window sees the bound only when it needs more bytes; whether it does
		// must not depend on how they arrive.
		w, read := t.window, t.read-1
		if err == nil {
			read = int(t.decoder.InputOffset()) - t.offset
		}
		if over := w.Over(w.Pos + read); over != nil {
			return nil, t.inputError(over)
		}
		switch {
		case errors.Is(err, io.EOF) && len(t.scope) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, t.fail("document ends inside an element")
		case err != nil:
			return nil, t.inputError(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			return t.start(token)
		case xml.EndElement:
			if len(t.scope) == 0 || t.scope[len(t.scope)-1].name != token.Name {
				return nil, t.fail(fmt.Sprintf("end tag %s does not close what is open", written(token.Name)))
			}
			t.scope = t.scope[:len(t.scope)-1]
			return token, nil
		case xml.Directive:
			if err := t.entities(token); err != nil {
				return nil, err
			}
		case xml.ProcInst:
			if token.Target != "xml" {
				return token, nil
			}
		default:
			return token, nil
		}
	}
}

func written(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// start opens an element and resolves its names.
func (t *tokens) start(token xml.StartElement) (*element, error) {
	if len(t.scope) >= maxDepth {
		return nil, t.fail(fmt.Sprintf("nested deeper than %d", maxDepth))
	}
	token = token.Copy()
	s := scope{name: token.Name}
	for _, a := range token.Attr {
		prefix, ok := "", false
		switch {
		case a.Name.Space == "xmlns":
			prefix, ok = a.Name.Local, true
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			ok = true
		}
		if !ok {
			continue
		}
		if s.ns == nil {
			s.ns = map[string]string{}
		}
		s.ns[prefix] = a.Value
	}
	t.scope = append(t.scope, s)
	e := &element{raw: token}
	space, ok := t.namespace(token.Name.Space)
	if !ok {
		return nil, t.fail(fmt.Sprintf("prefix %q is not declared", token.Name.Space))
	}
	e.name = space + token.Name.Local
	seen := make(map[[2]string]bool, len(token.Attr))
	for _, a := range token.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		space := ""
		if a.Name.Space != "" {
			if space, ok = t.namespace(a.Name.Space); !ok {
				return nil, t.fail(fmt.Sprintf("prefix %q is not declared", a.Name.Space))
			}
		}
		if seen[[2]string{space, a.Name.Local}] {
			return nil, t.fail(fmt.Sprintf("attribute %s stands twice", written(a.Name)))
		}
		seen[[2]string{space, a.Name.Local}] = true
		e.attributes = append(e.attributes, attribute{space, a.Name.Local, a.Value})
	}
	return e, nil
}

// namespace returns what a prefix stands for here. No default namespace is
// declared until the document does.
func (t *tokens) namespace(prefix string) (string, bool) {
	if prefix == "xml" {
		return xmlNS, true
	}
	for i := len(t.scope) - 1; i >= 0; i-- {
		if ns, ok := t.scope[i].ns[prefix]; ok {
			return ns, ns != "" || prefix == ""
		}
	}
	return "", prefix == ""
}

var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"]*)"|'([^']*)')\s*>`)

// entities keeps the entities that a document type declares. They may not use
// each other, so that they can not grow.
func (t *tokens) entities(directive xml.Directive) error {
	for _, m := range entityDeclaration.FindAllSubmatch(directive, -1) {
		value := string(m[2]) + string(m[3])
		if len(value) > maxEntity || strings.Contains(value, "&") {
			return t.fail(fmt.Sprintf("entity %s is too long or uses another", m[1]))
		}
		if t.decoder.Entity == nil {
			t.decoder.Entity = map[string]string{}
		}
		if len(t.decoder.Entity) >= maxEntities {
			return t.fail(fmt.Sprintf("more than %d entities", maxEntities))
		}
		t.decoder.Entity[string(m[1])] = value
	}
	return nil
}

// fail returns a syntax error about the token that was read last.
func (t *tokens) fail(message string) error {
	w := t.window
	end := w.Pos + int(t.decoder.InputOffset()) - t.offset
	return &rdf.SyntaxError{Source: t.options.Source, Span: w.Span(w.Pos, end), Message: message}
}

// inputError turns what the decoder or the window says into what Read returns.
func (t *tokens) inputError(err error) error {
	if tooLong, ok := errors.AsType[*lex.TooLongError](err); ok {
		return t.fail(tooLong.Error())
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		w := t.window
		end := w.Pos + t.read
		return &rdf.SyntaxError{Source: t.options.Source, Span: w.Span(max(end-1, w.Pos), end), Message: syntax.Msg}
	}
	return fmt.Errorf("read rdf/xml: %w", err)
}

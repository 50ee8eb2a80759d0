package rdfxml

import (
	"cmp"
	"encoding/xml"
	"slices"
	"strings"
)

// xmlLiteral reads up to the end tag that closes the open element, and returns
// what stands between as exclusive canonical XML with comments (the form that
// RDF/XML, section 7.2.17, asks for).
func (r *Reader) xmlLiteral() (string, error) {
	var b strings.Builder
	declared := scopes{nil} // the first stands for the property element itself
	for {
		token, err := r.inside()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case *element:
			declared = append(declared, nil)
			r.writeStart(&b, token, declared)
		case xml.EndElement:
			declared = declared[:len(declared)-1]
			if len(declared) == 0 {
				return b.String(), nil
			}
			b.WriteString("</" + written(token.Name) + ">")
		case xml.CharData:
			textEscapes.WriteString(&b, string(token)) //nolint:errcheck // a strings.Builder does not fail
		case xml.Comment:
			b.WriteString("<!--" + string(token) + "-->")
		case xml.ProcInst:
			b.WriteString("<?" + token.Target)
			if len(token.Inst) > 0 {
				b.WriteString(" " + string(token.Inst))
			}
			b.WriteString("?>")
		}
	}
}

var (
	textEscapes      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
	attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
)

// scopes are the prefixes that each open element declares in the output.
type scopes []map[string]string

func (s scopes) lookup(prefix string) string {
	for _, ns := range slices.Backward(s) {
		if iri, ok := ns[prefix]; ok {
			return iri
		}
	}
	return ""
}

// writeStart writes a start tag with the namespaces that it uses and that are
// not declared yet, and notes them in the last of declared.
func (r *Reader) writeStart(b *strings.Builder, e *element, declared scopes) {
	here := map[string]string{}
	declared[len(declared)-1] = here
	var prefixes []string
	use := func(prefix string) {
		ns, _ := r.tokens.namespace(prefix)
		if prefix != "xml" && declared.lookup(prefix) != ns {
			here[prefix] = ns
			prefixes = append(prefixes, prefix)
		}
	}
	use(e.raw.Name.Space)
	var attributes []xml.Attr
	for _, a := range e.raw.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		if a.Name.Space != "" {
			use(a.Name.Space)
		}
		attributes = append(attributes, a)
	}
	slices.Sort(prefixes)
	slices.SortFunc(attributes, func(x, y xml.Attr) int {
		nx, ny := "", ""
		if x.Name.Space != "" {
			nx, _ = r.tokens.namespace(x.Name.Space)
		}
		if y.Name.Space != "" {
			ny, _ = r.tokens.namespace(y.Name.Space)
		}
		return cmp.Or(strings.Compare(nx, ny), strings.Compare(x.Name.Local, y.Name.Local))
	})
	b.WriteString("<" + written(e.raw.Name))
	for _, prefix := range prefixes {
		name := "xmlns"
		if prefix != "" {
			name += ":" + prefix
		}
		writeAttribute(b, name, here[prefix])
	}
	for _, a := range attributes {
		writeAttribute(b, written(a.Name), a.Value)
	}
	b.WriteString(">")
}

func writeAttribute(b *strings.Builder, name, value string) {
	b.WriteString(" " + name + `="` + attributeEscapes.Replace(value) + `"`)
}

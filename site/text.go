package site

import (
	"html"
	"html/template"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// sanitizer keeps the structure of a harvested text and nothing that acts,
// loads or decorates: no scripts, styles, images, forms, classes or ids.
func newSanitizer() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "u", "s", "sub", "sup", "blockquote", "pre", "code",
		"dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowElements("td", "th")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(false)
	p.AddSpaceWhenStrippingTag(true)
	return p
}

// asBlocks makes a harvested heading a paragraph, because the headings of a
// page are ours, in order; and lets a wide table scroll in a box that the
// keyboard can reach. What goes in was written by the sanitizer, so tags are
// bare; what comes out is still to be balanced.
var asBlocks = func() *strings.Replacer {
	pairs := []string{"<table>", `<div class="rol" tabindex="0"><table>`, "</table>", "</table></div>"}
	for _, n := range "123456" {
		pairs = append(pairs, "<h"+string(n)+">", `<p class="tussenkop">`, "</h"+string(n)+">", "</p>")
	}
	return strings.NewReplacer(pairs...)
}()

// rich makes a harvested text, plain or HTML, fit to stand on a page.
func rich(policy *bluemonday.Policy, s string) template.HTML {
	if !strings.Contains(s, "<") {
		var b strings.Builder
		for _, paragraph := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
			if p := strings.TrimSpace(paragraph); p != "" {
				b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(html.UnescapeString(p)), "\n", "<br>") + "</p>")
			}
		}
		return template.HTML(b.String())
	}
	return balanced(asBlocks.Replace(policy.Sanitize(s)))
}

// balanced closes every element that a sanitized text leaves open and drops
// every end tag too many, so that the text can not reach outside its place.
func balanced(s string) template.HTML {
	nodes, err := xhtml.ParseFragment(strings.NewReader(s), &xhtml.Node{Type: xhtml.ElementNode, Data: "div", DataAtom: atom.Div})
	var b strings.Builder
	for _, n := range nodes {
		if err == nil {
			err = xhtml.Render(&b, n)
		}
	}
	if err != nil { // nested deeper than a text can be
		return template.HTML("<p>" + html.EscapeString(plain(s, 0)) + "</p>")
	}
	return template.HTML(b.String())
}

// marked makes a search hit's text fit to stand on a page: it keeps the marks
// and shows every other tag as text, whether the index escaped it or not.
func marked(s string) template.HTML {
	var b strings.Builder
	depth := 0
	z := xhtml.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(1 << 20)
	for {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			break
		}
		raw := string(z.Raw())
		switch {
		case raw == "<mark>":
			b.WriteString(raw)
			depth++
		case raw == "</mark>":
			if depth > 0 {
				b.WriteString(raw)
				depth--
			}
		default:
			b.WriteString(html.EscapeString(html.UnescapeString(raw)))
		}
	}
	b.WriteString(strings.Repeat("</mark>", depth))
	return template.HTML(b.String())
}

// unmarked is a search hit's text without its marks, as plain text.
func unmarked(s string) string { return plain(marks.Replace(string(marked(s))), 0) }

var marks = strings.NewReplacer("<mark>", "", "</mark>", "")

// plain takes the tags out of a harvested text and shortens it to about n
// characters at a word; n 0 keeps all.
func plain(s string, n int) string {
	if strings.Contains(s, "<") {
		p := bluemonday.StrictPolicy()
		p.AddSpaceWhenStrippingTag(true)
		s = p.Sanitize(s)
	}
	s = strings.Join(strings.Fields(html.UnescapeString(s)), " ")
	runes := []rune(s)
	if n == 0 || len(runes) <= n {
		return s
	}
	s = string(runes[:n])
	if i := strings.LastIndexByte(s, ' '); i > n/2 {
		s = s[:i]
	}
	return strings.TrimRight(s, " ,;:.") + "…"
}

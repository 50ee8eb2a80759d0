package report

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/rdf"
)

// Elements returns for each finding the CSS selector of the element at whose
// start tag it points, "" where it points at none. The selector follows the tags
// as they are written, from the nearest element with an id: where a browser
// adds or moves elements (a tbody, what stands wrong in a table), it differs.
func Elements(text []byte, findings []rdf.Finding) []string {
	selectors := make([]string, len(findings))
	order := make([]int, 0, len(findings))
	for i, f := range findings {
		if !f.Span.IsZero() && f.Span.Start.Offset < len(text) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(findings[a].Span.Start.Offset, findings[b].Span.Start.Offset)
	})
	var tree openTags
	tokens := html.NewTokenizer(bytes.NewReader(text))
	for offset := 0; len(order) > 0; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		end := offset + len(tokens.Raw())
		opens := kind == html.StartTagToken || kind == html.SelfClosingTagToken
		if opens {
			tree.open(tokens)
		}
		for len(order) > 0 && findings[order[0]].Span.Start.Offset < end {
			if opens {
				selectors[order[0]] = tree.selector()
			}
			order = order[1:]
		}
		switch kind {
		case html.SelfClosingTagToken:
			tree.close()
		case html.StartTagToken:
			if void[tree.tags[len(tree.tags)-1].name] {
				tree.close()
			}
		case html.EndTagToken:
			name, _ := tokens.TagName()
			tree.end(string(name))
		}
		offset = end
	}
	return selectors
}

// openTags are the elements that are open at a place in a page.
type openTags struct{ tags []openTag }

type openTag struct {
	name, id string
	number   int            // among those of the same name around it
	children map[string]int // how many of each name were in it so far
}

// maxOpen bounds how deep elements are followed.
const maxOpen = 4096

func (t *openTags) open(tokens *html.Tokenizer) {
	raw, more := tokens.TagName()
	tag := openTag{name: string(raw), number: 1}
	for more {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		if string(key) == "id" {
			tag.id = string(value)
		}
	}
	for len(t.tags) > 0 && leftOpen(tag.name, t.tags[len(t.tags)-1].name) || len(t.tags) >= maxOpen {
		t.close()
	}
	if len(t.tags) > 0 {
		around := &t.tags[len(t.tags)-1]
		if around.children == nil {
			around.children = map[string]int{}
		}
		around.children[tag.name]++
		tag.number = around.children[tag.name]
	}
	t.tags = append(t.tags, tag)
}

func (t *openTags) close() { t.tags = t.tags[:len(t.tags)-1] }

func (t *openTags) end(name string) {
	for i := len(t.tags) - 1; i >= 0; i-- {
		if t.tags[i].name == name {
			t.tags = t.tags[:i]
			return
		}
	}
}

// selector writes the path to the innermost element.
func (t *openTags) selector() string {
	from := 0
	for i, tag := range t.tags {
		if plainID(tag.id) {
			from = i
		}
	}
	var b strings.Builder
	for i, tag := range t.tags[from:] {
		if i > 0 {
			b.WriteString(" > ")
		}
		b.WriteString(tag.name)
		switch {
		case i == 0 && plainID(tag.id):
			b.WriteString("#" + tag.id)
		case tag.name != "html" && tag.name != "body":
			b.WriteString(":nth-of-type(" + strconv.Itoa(tag.number) + ")")
		}
	}
	return b.String()
}

// plainID reports whether an id can stand in a selector without escapes.
func plainID(id string) bool {
	if id == "" || id[0] >= '0' && id[0] <= '9' || id[0] == '-' {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}

// void elements have no end tag (HTML, section 13.1.2).
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true,
	"meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

// leftOpen reports whether a start tag ends an element whose end tag was left
// out (HTML, section 13.1.2.4).
func leftOpen(name, last string) bool {
	switch last {
	case "p":
		return strings.Contains(" p div ul ol dl table h1 h2 h3 h4 h5 h6 section article aside header footer nav main form blockquote pre hr figure address fieldset ", " "+name+" ")
	case "li", "option", "tr":
		return name == last
	case "dt", "dd":
		return name == "dt" || name == "dd"
	case "td", "th":
		return name == "td" || name == "th" || name == "tr"
	case "head":
		return name == "body"
	}
	return false
}

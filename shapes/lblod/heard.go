package lblod

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/rdf"
)

// heard returns the quads as the RDFa parser of the official program hears them.
// They differ from ours in one thing that matters: the text of an element with
// a property is lost to the elements around it, unless the one directly around
// it has a property too. A decision whose text consists of annotated articles
// thus has an empty text. It also returns of which properties it hears nothing.
func heard(text []byte, quads []rdf.Sourced) ([]rdf.Sourced, map[place]bool) {
	deaf := emptied(text)
	if len(deaf) == 0 {
		return quads, nil
	}
	silent := map[place]bool{}
	changed := append([]rdf.Sourced(nil), quads...)
	next := 0
	for i, q := range changed {
		at := q.Span.Start.Offset
		for next > 0 && deaf[next-1].end > at {
			next--
		}
		for next < len(deaf) && deaf[next].end <= at {
			next++
		}
		if next < len(deaf) && deaf[next].start <= at && q.Object.IsLiteral() {
			changed[i].Object = rdf.String("")
			silent[place{q.Subject, q.Predicate.Value()}] = true
		}
	}
	return changed, silent
}

// tag is the extent of a start tag.
type tag struct{ start, end int }

// element is one that is open.
type element struct {
	name    string
	tag     tag
	listens bool // its text is the value of its property
	markup  bool // its tags belong to the value too
	text    bool // it heard a text that is not blank
	real    bool // it has one
}

// maxOpen bounds how deep elements are followed; what is deeper counts as text
// of the deepest.
const maxOpen = 10_000

// emptied finds the start tags of elements with a text of which the official
// program hears nothing, in order.
func emptied(text []byte) (deaf []tag) {
	var open []element
	leave := func() {
		e := open[len(open)-1]
		open = open[:len(open)-1]
		if e.listens && !e.markup && e.real && !e.text {
			deaf = append(deaf, e.tag)
		}
		if len(open) == 0 {
			return
		}
		around := &open[len(open)-1]
		around.real = around.real || e.real
		if !e.listens || around.listens {
			around.text = around.text || e.text
		}
	}
	tokens := html.NewTokenizer(bytes.NewReader(text))
	for offset := 0; ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := len(tokens.Raw())
		extent := tag{offset, offset + raw}
		offset += raw
		switch kind {
		case html.TextToken:
			if len(open) > 0 && !blank(string(tokens.Text())) {
				open[len(open)-1].text, open[len(open)-1].real = true, true
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			e := opened(tokens, extent)
			for len(open) > 0 && closes(e.name, open[len(open)-1].name) {
				leave()
			}
			if kind == html.StartTagToken && !void[e.name] && len(open) < maxOpen {
				open = append(open, e)
			}
		case html.EndTagToken:
			name, _ := tokens.TagName()
			at := len(open) - 1
			for at >= 0 && open[at].name != string(name) {
				at--
			}
			for at >= 0 && len(open) > at {
				leave()
			}
		}
	}
	for len(open) > 0 {
		leave()
	}
	slices.SortFunc(deaf, func(a, b tag) int { return a.start - b.start })
	return deaf
}

// opened reads a start tag.
func opened(tokens *html.Tokenizer, extent tag) element {
	name, more := tokens.TagName()
	e := element{name: string(name), tag: extent}
	has := map[string]bool{}
	datatype := ""
	for more {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		has[string(key)] = true
		switch string(key) {
		case "property":
			e.listens = len(bytes.TrimSpace(value)) > 0
		case "datatype":
			datatype = string(value)
		}
	}
	e.markup = strings.HasSuffix(datatype, "XMLLiteral") || strings.HasSuffix(datatype, "HTML")
	resource := !has["datatype"] && (!has["rel"] && !has["rev"] && (has["resource"] || has["href"] || has["src"]) || has["typeof"] && !has["about"])
	e.listens = e.listens && !has["content"] && !has["datetime"] && !resource
	return e
}

// void elements have no end tag.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true,
	"meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

// closes reports whether a start tag ends an element that was left open.
func closes(name, last string) bool {
	switch last {
	case "p":
		return strings.Contains(" p div ul ol dl table h1 h2 h3 h4 h5 h6 section article aside header footer nav main form blockquote pre hr figure address fieldset ", " "+name+" ")
	case "li":
		return name == "li"
	case "dt", "dd":
		return name == "dt" || name == "dd"
	case "td", "th":
		return name == "td" || name == "th" || name == "tr"
	case "tr":
		return name == "tr"
	case "option":
		return name == "option"
	}
	return false
}

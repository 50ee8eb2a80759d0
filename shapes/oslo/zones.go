package oslo

import (
	"bytes"
	"slices"
	"strings"
)

// zone says what a place in a page is part of.
type zone struct {
	tag    bool // inside a start or end tag
	hidden bool // inside a script, a style or a comment
	frame  bool // inside the header, the footer or a menu: of every page of the site
}

// zones finds the zone of an offset.
type zones struct {
	starts []int
	kinds  []zone
}

// frames are the elements around the content of a page. A header or an address
// inside an article is content.
var frames = []string{"footer", "nav", "aside", "header"}

// newZones goes over a page once. It reads tags as HTML does in the large:
// what counts is where attributes, scripts and the frame of a page are.
func newZones(text []byte) *zones {
	z := &zones{}
	set := func(offset int, kind zone) {
		z.starts, z.kinds = append(z.starts, offset), append(z.kinds, kind)
	}
	set(0, zone{})
	depth, content := 0, 0 // of frames, and of elements that hold content
	for at := 0; at < len(text); {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 {
			break
		}
		open := at + i
		rest := text[open:]
		if bytes.HasPrefix(rest, []byte("<!--")) {
			end := end(text, open+4, "-->")
			set(open, zone{hidden: true})
			set(end, zone{frame: depth > 0})
			at = end
			continue
		}
		if len(rest) < 2 || !(isAlphanumeric(rest[1]) || rest[1] == '/' || rest[1] == '!') {
			at = open + 1
			continue
		}
		close := endOfTag(text, open)
		closing, name := tagName(rest)
		set(open, zone{tag: true, frame: depth > 0})
		switch {
		case (name == "script" || name == "style") && !closing:
			set(close, zone{hidden: true})
			close = endFold(text, close, "</"+name)
		case name == "main" || name == "article":
			content += step(closing)
		case slices.Contains(frames, name) && (name != "header" || content == 0):
			depth = max(0, depth+step(closing))
		}
		set(close, zone{frame: depth > 0})
		at = close
	}
	return z
}

func step(closing bool) int {
	if closing {
		return -1
	}
	return 1
}

// endOfTag returns the offset behind the tag that opens at an offset; a ">" in
// a quoted attribute does not end it.
func endOfTag(text []byte, open int) int {
	quote := byte(0)
	for at := open + 1; at < len(text); at++ {
		switch b := text[at]; {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case (b == '"' || b == '\'') && text[at-1] == '=':
			quote = b
		case b == '>':
			return at + 1
		}
	}
	return len(text)
}

func tagName(tag []byte) (closing bool, name string) {
	tag = tag[1:min(len(tag), 20)]
	if closing = tag[0] == '/'; closing {
		tag = tag[1:]
	}
	n := 0
	for n < len(tag) && isAlphanumeric(tag[n]) {
		n++
	}
	return closing, strings.ToLower(string(tag[:n]))
}

func end(text []byte, from int, mark string) int {
	if i := bytes.Index(text[min(from, len(text)):], []byte(mark)); i >= 0 {
		return from + i + len(mark)
	}
	return len(text)
}

// endFold is where a closing tag begins, in whatever case it is written.
func endFold(text []byte, from int, mark string) int {
	for at := from; at+len(mark) <= len(text); at++ {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 {
			break
		}
		at += i
		if at+len(mark) <= len(text) && strings.EqualFold(string(text[at:at+len(mark)]), mark) {
			return at
		}
	}
	return len(text)
}

func (z *zones) at(offset int) zone {
	i, _ := slices.BinarySearch(z.starts, offset+1)
	return z.kinds[max(0, i-1)]
}

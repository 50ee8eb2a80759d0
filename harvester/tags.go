package harvester

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/rdf"
)

// tags is what one pass over the tags of a page tells beside its RDFa. The pass
// makes no tree: that of RDFa is made already, and a second one would cost more
// than everything else that is done with a page.
type tags struct {
	page  string // the address of the page
	base  string // what relative addresses are resolved against
	typed int    // where the first typed statement stands in the text; -1: nowhere

	// hyperlinks are the addresses of all links that may be followed.
	hyperlinks map[string]bool
	marked     []string // links that name a property that is followed
	next       []string // rel=next, and pages that send their visitors on
	files      []string // links to documents from the first statement on, outside menus and the like
	canonical  string   // resolved; "" if the page names none
	robots     robotsTag
	unfollowed int // links that would have been followed, if the page did not ask to leave them

	scripts  int  // script elements that are code
	text     int  // bytes that a visitor without scripts sees, without white space
	noscript bool // the page says that it needs JavaScript
}

// robotsTag is what a page asks of crawlers, by a meta element or the header
// X-Robots-Tag.
type robotsTag struct {
	noindex, nofollow bool
	// named says that nofollow was asked of this crawler by its name.
	named bool
}

// read adds one list of directives, such as "noindex, nofollow".
func (r *robotsTag) read(directives string, named bool) {
	for d := range strings.SplitSeq(strings.ToLower(directives), ",") {
		switch strings.TrimSpace(d) {
		case "none":
			r.noindex, r.nofollow, r.named = true, true, r.named || named
		case "noindex":
			r.noindex = true
		case "nofollow":
			r.nofollow, r.named = true, r.named || named
		}
	}
}

// robotsName is the name by which a page can address this crawler.
const robotsName = "belfort"

// readHeader adds what the header of the answer says: Link (RFC 8288) and
// X-Robots-Tag.
func (t *tags) readHeader(h http.Header) {
	for _, value := range h.Values("X-Robots-Tag") {
		name, rest, has := strings.Cut(value, ":")
		if name = strings.ToLower(strings.TrimSpace(name)); !has || strings.Contains(name, ",") || name == "unavailable_after" {
			t.robots.read(value, false)
		} else if name == robotsName {
			t.robots.read(rest, true)
		}
	}
	for _, l := range readLinks(h.Values("Link")) {
		// A link may be about another page than this one (section 3.2).
		if l.anchor != "" && rdf.ResolveIRI(t.page, l.anchor) != t.page {
			continue
		}
		to := rdf.ResolveIRI(t.page, l.target) // the header does not know of a base element
		switch {
		case slices.Contains(l.rel, "next"):
			t.next = append(t.next, to)
		case slices.Contains(l.rel, "canonical") && t.canonical == "":
			t.canonical = to
		}
	}
}

// read passes over the tags of a text in HTML.
func (t *tags) read(text []byte) {
	t.hyperlinks = map[string]bool{}
	z := html.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(len(text) + 1)
	at, aside, quiet := 0, 0, 0
	inNoscript := false
	for {
		kind := z.Next()
		start := at
		at += len(z.Raw())
		switch kind {
		case html.ErrorToken:
			return
		case html.TextToken:
			switch {
			case inNoscript:
				t.noscript = t.noscript || bytes.Contains(bytes.ToLower(z.Raw()), []byte("javascript"))
			case quiet == 0 && t.text < enoughText:
				t.text += visible(z.Raw())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			switch string(name) {
			case "a", "area", "link", "meta":
				if more {
					t.element(z, name[0] == 'a', string(name), start, aside > 0)
				}
			case "script":
				if isCode(z, more) {
					t.scripts++
				}
				quiet++
			case "style", "title", "template":
				quiet++
			case "noscript":
				inNoscript = true
			case "nav", "header", "footer", "aside":
				aside++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "title", "template":
				quiet = max(0, quiet-1)
			case "noscript":
				inNoscript = false
			case "nav", "header", "footer", "aside":
				aside = max(0, aside-1)
			}
		}
	}
}

// enoughText is how much text shows that a page does not wait for a script to
// write it.
const enoughText = 400

// visible counts the bytes of a text that are no white space.
func visible(text []byte) int {
	n := 0
	for _, c := range text {
		if c > ' ' {
			n++
		}
	}
	return n
}

// isCode reports whether a script element is a program, and not data.
func isCode(z *html.Tokenizer, more bool) bool {
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "type" {
			kind := strings.ToLower(strings.TrimSpace(string(value)))
			return kind == "" || kind == "module" || strings.Contains(kind, "javascript")
		}
	}
	return true
}

// element reads the attributes of a, area, link and meta.
func (t *tags) element(z *html.Tokenizer, isAnchor bool, name string, start int, aside bool) {
	var href, rel, property, mediaType, meta, content, equiv string
	var hasHref, isDownload bool
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "href":
			if !hasHref { // the first counts
				href, hasHref = string(value), true
			}
		case "rel":
			rel = strings.ToLower(string(value))
		case "property":
			property = string(value)
		case "type":
			mediaType = string(value)
		case "download":
			isDownload = true
		case "name":
			meta = strings.ToLower(string(value))
		case "content":
			content = string(value)
		case "http-equiv":
			equiv = strings.ToLower(string(value))
		}
	}
	if name == "meta" {
		switch {
		case meta == "robots" || meta == robotsName:
			t.robots.read(content, meta == robotsName)
		case equiv == "refresh":
			if to := refresh(content); to != "" {
				t.next = append(t.next, rdf.ResolveIRI(t.base, to))
			}
		}
		return
	}
	if !hasHref {
		return
	}
	to := rdf.ResolveIRI(t.base, strings.TrimSpace(href))
	isNext, isMarked := hasWord(rel, "next"), isAnchor && names(property)
	if hasWord(rel, "nofollow") {
		if isNext || isMarked {
			t.unfollowed++
		}
		return
	}
	t.hyperlinks[to] = true
	switch {
	case isMarked:
		t.marked = append(t.marked, to)
	case isNext:
		t.next = append(t.next, to)
	case name == "link" && hasWord(rel, "canonical") && t.canonical == "":
		t.canonical = to
	case isAnchor && t.typed >= 0 && start >= t.typed && !aside && isFile(to, mediaType, isDownload):
		t.files = append(t.files, to)
	}
}

// names reports whether a property attribute names a property that is followed,
// as today's crawler of the government looks for it: anywhere in the attribute,
// whatever stands before or after.
func names(property string) bool {
	if property == "" {
		return false
	}
	for _, f := range followedNames {
		if strings.Contains(property, f) {
			return true
		}
	}
	return false
}

// hasWord reports whether a list of words separated by white space has one.
func hasWord(list, word string) bool {
	if list == word {
		return true
	}
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// isFile reports whether a link leads to a document that can hold text.
func isFile(to, mediaType string, isDownload bool) bool {
	if mediaType, _, _ = mime.ParseMediaType(mediaType); mediaType != "" {
		return isDocumentType(mediaType)
	}
	e := extension(to)
	return slices.Contains(texts, e) || slices.Contains(sheets, e) || isDownload && (e == "" || slices.Contains(images, e))
}

// refresh returns where a page sends its visitors on to within a few seconds
// (HTML, 4.2.5.3), "" if nowhere.
func refresh(content string) string {
	delay, rest, _ := strings.Cut(content, ";")
	if delay = strings.TrimSpace(delay); len(delay) != 1 || delay[0] < '0' || delay[0] > '9' {
		return ""
	}
	rest = strings.TrimSpace(rest)
	if len(rest) < 4 || !strings.EqualFold(rest[:3], "url") {
		return ""
	}
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest[3:]), "="))
	return strings.Trim(rest, `"'`)
}

// headerLink is one link of a Link header.
type headerLink struct {
	target, anchor string
	rel            []string
}

// maxHeaderLinks is how many links of headers are read.
const maxHeaderLinks = 100

// readLinks reads Link headers (RFC 8288, section 3 and appendix B.2). What
// cannot be read is passed over.
func readLinks(values []string) []headerLink {
	var links []headerLink
	for _, v := range values {
		for len(links) < maxHeaderLinks {
			_, after, ok := strings.Cut(v, "<")
			target, rest, closed := strings.Cut(after, ">")
			if !ok || !closed {
				break
			}
			l := headerLink{target: strings.TrimSpace(target)}
			for {
				rest = strings.TrimLeft(rest, " \t")
				if !strings.HasPrefix(rest, ";") {
					break
				}
				var name, value string
				name, value, rest = headerParameter(strings.TrimLeft(rest[1:], " \t"))
				switch {
				case name == "rel" && l.rel == nil: // the first counts (section 3.3)
					l.rel = strings.Fields(strings.ToLower(value))
				case name == "anchor":
					l.anchor = value
				}
			}
			links = append(links, l)
			comma := strings.IndexByte(rest, ',')
			if comma < 0 {
				break
			}
			v = rest[comma+1:]
		}
	}
	return links
}

// headerParameter cuts one name=value off, the value a token or in quotes.
func headerParameter(s string) (name, value, rest string) {
	end := strings.IndexAny(s, "=;, \t")
	if end < 0 {
		return strings.ToLower(s), "", ""
	}
	name, rest = strings.ToLower(s[:end]), strings.TrimLeft(s[end:], " \t")
	if !strings.HasPrefix(rest, "=") {
		return name, "", rest
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if !strings.HasPrefix(rest, `"`) {
		if end = strings.IndexAny(rest, ";, \t"); end < 0 {
			return name, rest, ""
		}
		return name, rest[:end], rest[end:]
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '\\' && i+1 < len(rest):
			i++
			b.WriteByte(rest[i])
		case c == '"':
			return name, b.String(), rest[i+1:]
		default:
			b.WriteByte(c)
		}
	}
	return name, b.String(), ""
}

package rdfa

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
)

// checkTree compares the tree that parseHTML makes with that of x/net/html,
// and the places of attributes with those that marks give.
func checkTree(text []byte) error {
	got, gotErr := parseHTML(text, htmlDepth)
	want, err := oracleHTML(text, false)
	if err != nil || gotErr != nil {
		if (err == nil) != (gotErr == nil) {
			return fmt.Errorf("error %v, x/net/html has %v", gotErr, err)
		}
		return nil
	}
	g, w := outline(got), outline(want)
	if g != w {
		return fmt.Errorf("%s", difference(g, w))
	}
	for i := range got.nodes {
		for _, a := range got.attributes(&got.nodes[i]) {
			raw := string(text[a.span.start:a.span.end])
			inner := string(text[a.inner.start:a.inner.end])
			if !strings.EqualFold(raw[:min(len(raw), len(a.name))], a.name) && !strings.Contains(raw, "\x00") {
				return fmt.Errorf("attribute %s is placed at %q", a.name, raw)
			}
			if normal(inner) != a.value && !strings.Contains(inner, "&") {
				return fmt.Errorf("attribute %s=%q is placed at %q", a.name, a.value, raw)
			}
		}
	}
	marked, err := oracleHTML(text, true)
	if err != nil || outline(marked) != w {
		return nil // the marks have changed the tree
	}
	for i := range got.nodes {
		theirs := sorted(marked.attributes(&marked.nodes[i]))
		for j, a := range sorted(got.attributes(&got.nodes[i])) {
			if other := theirs[j]; other.span.known() && (other.span != a.span || other.inner != a.inner) {
				return fmt.Errorf("attribute %s is placed at %q, the marks say %q", a.name, text[a.span.start:a.span.end], text[other.span.start:other.span.end])
			}
		}
	}
	return nil
}

// difference shows where two outlines part.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	from := max(0, i-5)
	return fmt.Sprintf("trees part at line %d:\n%s\nwant:\n%s", i, strings.Join(g[from:min(len(g), i+8)], "\n"), strings.Join(w[from:min(len(w), i+8)], "\n"))
}

func normal(s string) string {
	return normalNewlines(strings.ReplaceAll(s, "\x00", "\uFFFD"))
}

// sorted puts attributes in the order of their names: x/net/html sorts those of
// some elements.
func sorted(attrs []attribute) []attribute {
	attrs = slices.Clone(attrs)
	slices.SortStableFunc(attrs, func(a, b attribute) int { return strings.Compare(a.name, b.name) })
	return attrs
}

func outline(t *tree) string {
	var b strings.Builder
	for i := range t.nodes {
		n := &t.nodes[i]
		fmt.Fprintf(&b, "%d-%d %d %v %s %s %v %q", i, n.end, n.kind, n.rdfa, t.spaces[n.space], t.name(n), n.text, t.content(i))
		for _, a := range sorted(t.attributes(n)) {
			fmt.Fprintf(&b, " %s=%q", a.name, a.value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// oddPages are pages on which finding the places is hard.
var oddPages = []string{
	``,
	`<`, `<a`, `<a b`, `<a b=`, `<a b="`, `</a b=c>`, `<!doctype html><!-- <a b=c> -->`,
	`<A B=C D='e' F="g" h i=j/>`,
	`<a/b=c/d>x</a>`, `<a ==b>`, `<a "b'=c>`, `<a b=c b=d B=e>`,
	`<p title="1>2" lang=nl about=x>`,
	`<body about=a><body about=b lang=c><html about=d property=e>`,
	`<b about=1><p>x</b>y<i property=p>z`,
	`<table about=1><td about=2><a about=3><tr about=4><a about=5></table>`,
	`<a about=1><a about=2><div><a about=3>`,
	`<script about=1><a about=2></script><style><b about=3></style><title><i about=4></title>`,
	`<textarea><p about=1></textarea><xmp><p about=2></xmp><iframe><p about=3></iframe><noembed><p about=3></noembed>`,
	`<noscript><p about=1></noscript><head><noscript><p about=2></noscript>`,
	`<svg about=1 xlink:href=x definitionURL=y viewbox=z><title><b about=2></b></title><style><b about=3></style><![CDATA[<b about=4>]]></svg>`,
	`<math><mi about=1><mglyph about=2><annotation-xml encoding="text/html"><p about=3></math>`,
	`<select about=1><option about=2><p about=3><select about=4><noscript><b about=5>`,
	`<template about=1><td about=2></template><td about=3>`,
	`<plaintext about=1><p about=2>`, `<frameset about=1><frame about=2><noframes><p about=3>`,
	`<image about=1><isindex about=2 prompt=x>`,
	"<p about=\"a\r\nb\" lang='\x00'>\r\nx\x00y\r</p>",
	`<p x-tag-0=1 about=x-tag-1>x-tag-2</p>`,
	`<p about=&amp;&eacute;x property='&quot;'>`,
	`<form about=1><form about=2></form><input about=3>`,
	"x<A7\x00\x01\x00\x000/b about=1>",
	strings.Repeat(`<b about=1><p>`, 30) + strings.Repeat(`</b>`, 30),
	`<!DOCTYPE html><p><table><td>x`, `<p><table><td>x`, `<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><p><table>`,
	`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><p><table>`,
	`<ul><li>a<li>b<ul><li>c</ul>d</ul><dl><dt>a<dd>b<dt>c</dl>`,
	`a<table>b<tr>c<td>d</td>e</tr>f</table>g`, `<table><caption>a<table><tr><td>b</caption>c`,
	`<b><i>x</b>y</i>z`, `<a>x<p>y</a>z</p>`, `<nobr>a<nobr>b`, `<b><table><td><b>x</b></b></td></table>y`,
	`<h1>a<h2>b</h3>c`, `<button>a<button>b`, `</p></br><p><hr><pre>\n\nx</pre>`, `<ruby>a<rb>b<rt>c<rp>d<rtc>e<rt>f</ruby>`,
	`<div><span></div></span><x-y><z></x-y>`, `<head></head> <link> x<body> y </body> z </html> w <!-- c -->`,
	`<option>a<option>b<optgroup>c<select><option>d<optgroup>e<option>f</optgroup></select>`,
	`<table><select><tr><td>x`, `<table><input type=hidden><input><form><tr></form>`, `<object><b></object>x`,
	`<svg><foreignObject><p>x</foreignObject><p>y`, `<svg><desc><b>x</desc><g/>y</svg>`, `<math><mtext><b>x</mtext></math>`,
}

func TestTreeEqualsOracle(t *testing.T) {
	for _, page := range oddPages {
		if err := checkTree([]byte(page)); err != nil {
			t.Errorf("%q: %v", page, err)
		}
	}
}

// TestTreeOfSharedPages does the same for the real pages and every HTML page
// of the test suite.
func TestTreeOfSharedPages(t *testing.T) {
	shared := suite.Shared(t)
	n := 0
	for _, pattern := range []string{"pages/html/*.html", "suites/rdfa/test-cases/*/*/*.html", "suites/rdfa/test-cases/*/*/*.xhtml"} {
		files, err := filepath.Glob(filepath.Join(shared, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := checkTree(text); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			n++
		}
	}
	if n < 1000 {
		t.Errorf("compared %d pages only", n)
	}
}

// oracleIsWeak reports whether the page may hold what x/net/html is known to
// get wrong.
func oracleIsWeak(text []byte) bool {
	s := strings.ToLower(string(text))
	return strings.Contains(s, "<template") || strings.Contains(s, "<!doctype") || strings.Count(s, "</") > 20 || anySlashEndsRepeated(text)
}

func FuzzTree(f *testing.F) {
	for _, page := range oddPages {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := checkTree(text); err != nil && !oracleIsWeak(text) {
			t.Error(err)
		}
	})
}

// pieces are what random pages are put together from.
var pieces = strings.Fields(`a abbr address applet area article b base big blockquote body br button caption center code col
colgroup dd desc div dl dt em embed fieldset font foreignObject form frame frameset g h1 h2 head hr html i iframe image img input
keygen li link listing main marquee math meta mglyph mi mtext nobr noembed noframes noscript object ol optgroup option p param
plaintext pre ruby rb rp rt rtc s script section select small source span strong style sub svg table tbody td template textarea
tfoot th thead title tr track tt u ul var wbr x-y xmp annotation-xml`)

func randomPage(random *rand.Rand) []byte {
	var b strings.Builder
	if random.IntN(2) == 0 {
		b.WriteString("<!DOCTYPE html>")
	}
	// A few names each, so that they meet.
	names := make([]string, 2+random.IntN(8))
	for i := range names {
		names[i] = pieces[random.IntN(len(pieces))]
	}
	for range 1 + random.IntN(40) {
		name := names[random.IntN(len(names))]
		switch random.IntN(12) {
		case 0, 1, 2:
			fmt.Fprintf(&b, "<%s>", name)
		case 3, 4:
			fmt.Fprintf(&b, "<%s about=%d>", name, random.IntN(3))
		case 5:
			fmt.Fprintf(&b, "<%s type=hidden color=x encoding='text/html'/>", name)
		case 6, 7, 8:
			fmt.Fprintf(&b, "</%s>", name)
		case 9:
			b.WriteString("x\x00 ")
		case 10:
			b.WriteString(" ")
		case 11:
			b.WriteString("<!--c-->")
		}
	}
	return []byte(b.String())
}

// oracleErrs lists the random pages on which x/net/html departs from the
// standard, with the sentence that decides.
var oracleErrs = map[uint64]string{
	1922:  "13.2.6.4.7, step 4.13.5: a node that the inner loop took out of the list leaves the stack of open elements too",
	7569:  "13.2.6.4.6, anything else: inserting body does not change the frameset-ok flag, which template had set to not ok",
	12735: "13.2.6.4.4: a template start tag is not ignored because of foreign content around it",
}

// TestTreeOfRandomPages compares the trees of pages made of tags at random.
func TestTreeOfRandomPages(t *testing.T) {
	for seed := range uint64(20_000) {
		page := randomPage(rand.New(rand.NewPCG(seed, 0)))
		err := checkTree(page)
		if (err != nil) != (oracleErrs[seed] != "") {
			t.Errorf("seed %d: %q: %v", seed, page, err)
		}
	}
}

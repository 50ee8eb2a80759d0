package rdfa

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/internal/suite"
)

// checkTree compares the tree that parseHTML makes with what x/net/html makes
// of the same page without marks, and checks that each place that was found
// holds the attribute.
func checkTree(text []byte) error {
	got, gotErr := parseHTML(text, htmlDepth)
	root, err := html.ParseWithOptions(bytes.NewReader(text), html.ParseOptionEnableScripting(false))
	if err != nil {
		if gotErr == nil {
			return fmt.Errorf("a tree where x/net/html says %v", err)
		}
		return nil
	}
	if gotErr != nil {
		return gotErr
	}
	c := converter{text: text, marker: unusedName(text), maxDepth: htmlDepth}
	want, err := c.convert(root)
	if err != nil {
		return err
	}
	if g, w := outline(got), outline(want); g != w {
		return fmt.Errorf("tree:\n%s\nwant:\n%s", g, w)
	}
	for i := range got.nodes {
		for _, a := range got.nodes[i].attrs {
			if !a.span.known() {
				continue
			}
			raw := string(text[a.span.start:a.span.end])
			name := a.name
			if !strings.EqualFold(raw[:min(len(raw), len(name))], name) {
				return fmt.Errorf("attribute %s is placed at %q", name, raw)
			}
			inner := html.UnescapeString(string(text[a.inner.start:a.inner.end]))
			if normal(inner) != normal(a.value) && !strings.Contains(inner, "&") && !strings.Contains(inner, ";") {
				return fmt.Errorf("attribute %s=%q is placed at %q", name, a.value, raw)
			}
		}
	}
	return nil
}

func normal(s string) string {
	return normalNewlines(strings.ReplaceAll(s, "\x00", "\uFFFD"))
}

func outline(t *tree) string {
	var b strings.Builder
	for i, n := range t.nodes {
		fmt.Fprintf(&b, "%d-%d %d %s %s %q", i, n.end, n.kind, n.space, n.name, t.content(i))
		for _, a := range n.attrs {
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
}

func TestMarksLeaveTheTreeAlone(t *testing.T) {
	for _, page := range oddPages {
		if err := checkTree([]byte(page)); err != nil {
			t.Errorf("%q: %v", page, err)
		}
	}
}

// TestMarksOnSharedPages does the same for the real pages and every HTML page
// of the test suite.
func TestMarksOnSharedPages(t *testing.T) {
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

func FuzzTree(f *testing.F) {
	for _, page := range oddPages {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := checkTree(text); err != nil {
			t.Error(err)
		}
	})
}

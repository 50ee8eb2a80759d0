package harvester

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
)

// What scan finds without reading the RDFa are the links that reading finds.
func TestScanFindsEveryLink(t *testing.T) {
	const prefix = `<html prefix="besluit: http://data.vlaanderen.be/ns/besluit# lblodBesluit: http://lblod.data.gift/vocabularies/besluit/">`
	pages := map[string]string{
		"a link":                        `<a property="lblodBesluit:linkToPublication" href="/1">x</a>`,
		"links and text":                `linkToPublication <p title="heeftNotulen">heeftAgenda</p>`,
		"an object that is linked":      `<div property="besluit:heeftNotulen" resource="/1"></div><p><a href="https://a.example/1">x</a></p>`,
		"an object that is not":         `<div property="besluit:heeftNotulen" resource="/1"></div><a href="/2">x</a>`,
		"an object in other words":      `<div property="besluit:heeftNotulen" resource="https://a.example/a?b=1&amp;c=2"></div><a href="/a?b=1&#38;c=2">x</a>`,
		"an object that is like it":     `<div property="besluit:heeftNotulen" resource="/1/notulen"></div><a href="/2/notulen">x</a>`,
		"an object written in short":    `<div prefix="x: https://a.example/" property="besluit:heeftNotulen" resource="x:1"></div><a href="/1">x</a>`,
		"chaining":                      `<div rel="besluit:heeftAgenda"><a href="/1">x</a></div>`,
		"the next page":                 `<a rel="next" href="/2">verder</a>`,
		"the next page, written loudly": `<A REL="NEXT" HREF="/2">verder</A>`,
		"a base":                        `<base href="/map/"><a property="lblodBesluit:linkToPublication" href="1">x</a>`,
		"nothing":                       `<p>Niets</p>`,
		"half a tag":                    `<div property="besluit:heeftNotulen`,
	}
	for name, body := range pages {
		t.Run(name, func(t *testing.T) { compareLinks(t, []byte(prefix+body)) })
	}
	for _, file := range realPages(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareLinks(t, body)
		})
	}
}

func realPages(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(suite.Shared(t), "pages", "html", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no real pages")
	}
	return files
}

func compareLinks(t *testing.T, body []byte) {
	t.Helper()
	p := &page{mediaType: "text/html", contentType: "text/html; charset=utf-8", body: body}
	whole, err := read("https://a.example/0", p)
	if err != nil {
		t.Fatal(err)
	}
	scanned, err := scan("https://a.example/0", p)
	if err != nil || !scanned.unread {
		t.Fatalf("%+v, %v", scanned, err)
	}
	slices.Sort(whole.links)
	slices.Sort(scanned.links)
	if !slices.Equal(scanned.links, whole.links) {
		t.Errorf("links %v, want %v", scanned.links, whole.links)
	}
}

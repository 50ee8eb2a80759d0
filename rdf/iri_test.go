package rdf_test

import (
	"testing"

	"github.com/belfort-lod/belfort/rdf"
)

// The examples of RFC 3986, sections 5.4.1 and 5.4.2, and what the errata and
// the W3C suites add to them.
func TestResolveIRI(t *testing.T) {
	const base = "http://a/b/c/d;p?q"
	for _, c := range []struct{ base, ref, want string }{
		{base, "g:h", "g:h"},
		{base, "g", "http://a/b/c/g"},
		{base, "./g", "http://a/b/c/g"},
		{base, "g/", "http://a/b/c/g/"},
		{base, "/g", "http://a/g"},
		{base, "//g", "http://g"},
		{base, "?y", "http://a/b/c/d;p?y"},
		{base, "g?y", "http://a/b/c/g?y"},
		{base, "#s", "http://a/b/c/d;p?q#s"},
		{base, "g#s", "http://a/b/c/g#s"},
		{base, "g?y#s", "http://a/b/c/g?y#s"},
		{base, ";x", "http://a/b/c/;x"},
		{base, "g;x", "http://a/b/c/g;x"},
		{base, "g;x?y#s", "http://a/b/c/g;x?y#s"},
		{base, "", "http://a/b/c/d;p?q"},
		{base, ".", "http://a/b/c/"},
		{base, "./", "http://a/b/c/"},
		{base, "..", "http://a/b/"},
		{base, "../", "http://a/b/"},
		{base, "../g", "http://a/b/g"},
		{base, "../..", "http://a/"},
		{base, "../../", "http://a/"},
		{base, "../../g", "http://a/g"},

		{base, "../../../g", "http://a/g"},
		{base, "../../../../g", "http://a/g"},
		{base, "/./g", "http://a/g"},
		{base, "/../g", "http://a/g"},
		{base, "g.", "http://a/b/c/g."},
		{base, ".g", "http://a/b/c/.g"},
		{base, "g..", "http://a/b/c/g.."},
		{base, "..g", "http://a/b/c/..g"},
		{base, "./../g", "http://a/b/g"},
		{base, "./g/.", "http://a/b/c/g/"},
		{base, "g/./h", "http://a/b/c/g/h"},
		{base, "g/../h", "http://a/b/c/h"},
		{base, "g;x=1/./y", "http://a/b/c/g;x=1/y"},
		{base, "g;x=1/../y", "http://a/b/c/y"},
		{base, "g?y/./x", "http://a/b/c/g?y/./x"},
		{base, "g?y/../x", "http://a/b/c/g?y/../x"},
		{base, "g#s/./x", "http://a/b/c/g#s/./x"},
		{base, "g#s/../x", "http://a/b/c/g#s/../x"},
		{base, "http:g", "http:g"}, // strict

		{"http://a", "b", "http://a/b"},
		{"http://a?q", "b", "http://a/b"},
		{"http://a/b#f", "", "http://a/b"},
		{"http://a/b#f", "#g", "http://a/b#g"},
		{"http://a/b/../c/", "d", "http://a/c/d"},
		{"http://a//b//c", "d", "http://a//b//d"},
		{"urn:isbn:1", "#x", "urn:isbn:1#x"},
		{"a:b", "/.//c", "a:/.//c"}, // no authority where there was none
		{"a:b", "g:/.//c", "g:/.//c"},
		{"file:///a/b", "c", "file:///a/c"},
		{"http://a/é", "ü?ö", "http://a/ü?ö"},
		{"", "a/../b", "a/../b"},
	} {
		if got := rdf.ResolveIRI(c.base, c.ref); got != c.want {
			t.Errorf("resolve %q against %q: got %q, want %q", c.ref, c.base, got, c.want)
		}
	}
}

func TestSplitIRIGivesAllBack(t *testing.T) {
	for _, s := range []string{"", "a", "a:b", "//h", "//h/p?q#f", "s://h?#", "?", "#", "http://[::1]:80/x", "1a:b", "a/b:c"} {
		if got := rdf.SplitIRI(s).String(); got != s {
			t.Errorf("split and join %q: got %q", s, got)
		}
	}
	if p := rdf.SplitIRI("s://h/p?q#f"); p != (rdf.IRIParts{"s", "h", "/p", "q", "f", true, true, true, true}) {
		t.Errorf("got %+v", p)
	}
}

func TestIsAbsoluteIRI(t *testing.T) {
	for s, want := range map[string]bool{"a:": true, "http://a": true, "a+b-c.1:x": true, "": false, ":x": false, "1a:x": false, "a/b:c": false, "é:x": false, "//a": false} {
		if rdf.IsAbsoluteIRI(s) != want {
			t.Errorf("%q: want %v", s, want)
		}
	}
}

// Resolving what was resolved changes nothing, and nothing panics.
func FuzzResolveIRI(f *testing.F) {
	f.Add("http://a/b/c/d;p?q", "../../../g?y#s")
	f.Add("a:b", "/.//c")
	f.Add("http://a", "./..")
	f.Fuzz(func(t *testing.T, base, ref string) {
		if got := rdf.SplitIRI(ref).String(); got != ref {
			t.Fatalf("split and join %q: got %q", ref, got)
		}
		once := rdf.ResolveIRI(base, ref)
		if !rdf.IsAbsoluteIRI(base) {
			return
		}
		if !rdf.IsAbsoluteIRI(once) {
			t.Fatalf("resolve %q against %q: %q is not absolute", ref, base, once)
		}
		if twice := rdf.ResolveIRI(base, once); twice != once && rdf.IsAbsoluteIRI(ref) {
			t.Fatalf("resolve %q against %q: %q, then %q", ref, base, once, twice)
		}
	})
}

package rdfa

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/internal/suite"
)

// checkTokens compares our tokens with those of x/net/html: their kinds,
// places, texts, names and attributes.
func checkTokens(text []byte, allowCDATA bool) error {
	ours := newTokenizer(text)
	ours.allowCDATA = allowCDATA
	theirs := html.NewTokenizer(bytes.NewReader(bytes.Clone(text)))
	theirs.AllowCDATA(allowCDATA)
	kinds := map[html.TokenType]tokenKind{
		html.ErrorToken: endOfText, html.TextToken: textToken, html.StartTagToken: startTagToken,
		html.SelfClosingTagToken: startTagToken, html.EndTagToken: endTagToken, html.CommentToken: commentToken,
		html.DoctypeToken: doctypeToken,
	}
	for at := 0; ; {
		var t htmlToken
		ours.next(&t)
		kind := theirs.Next()
		raw := theirs.Raw()
		if t.kind != kinds[kind] {
			return fmt.Errorf("at %d: %q is of kind %d, want %v", at, raw, t.kind, kind)
		}
		if t.kind == endOfText {
			return nil
		}
		if want := (extent{int32(at), int32(at + len(raw))}); t.place != want {
			return fmt.Errorf("token at %v, want %v", t.place, want)
		}
		at += len(raw)
		switch kind {
		case html.TextToken, html.CommentToken, html.DoctypeToken:
			if want := theirs.Text(); !bytes.Equal(t.data, want) {
				return fmt.Errorf("at %v: text %q, want %q", t.place, t.data, want)
			}
			continue
		}
		name, more := theirs.TagName()
		ourName := t.atom.String()
		if t.atom == 0 {
			ourName = ours.names[t.name]
		}
		if ourName != string(name) {
			return fmt.Errorf("at %v: name %q, want %q", t.place, ourName, name)
		}
		if kind == html.EndTagToken {
			continue
		}
		attrs := tagAttributes(text, t.place, inHTML)
		if (t.attrs == attributesInTag) != (len(attrs) > 0) {
			return fmt.Errorf("at %v: says it has attributes: %v", t.place, t.attrs)
		}
		n := 0
		for ; more; n++ {
			var key, value []byte
			key, value, more = theirs.TagAttr()
			if n >= len(attrs) || attrs[n].name != string(key) || attrs[n].value != string(value) {
				return fmt.Errorf("at %v: attributes %v, want %q=%q", t.place, attrs, key, value)
			}
		}
		if n != len(attrs) {
			return fmt.Errorf("at %v: attributes %v, want %d", t.place, attrs, n)
		}
		// x/net/html takes the slash that ends an unquoted value for the mark of
		// an empty element if the attribute is a repeated one. By 13.2.5.37 it is
		// part of the value.
		selfClosing := kind == html.SelfClosingTagToken && !slashEndsRepeated(text, t.place)
		if t.empty != selfClosing {
			return fmt.Errorf("at %v: %q: self-closing %v, want %v", t.place, raw, t.empty, selfClosing)
		}
	}
}

// slashEndsRepeated reports whether the last attribute of a tag repeats one
// before it and its unquoted value ends in a slash.
func slashEndsRepeated(text []byte, tag extent) bool {
	attrs := tagAttributes(text, tag, inHTML)
	last := extent{}
	for at := afterTagName(text, int(tag.start)); ; {
		r, next, ok := nextAttribute(text, at)
		if !ok {
			break
		}
		at, last = next, extent{r.start, r.end}
	}
	return last.known() && last.end == tag.end-1 && text[last.end-1] == '/' && attrs[len(attrs)-1].span != last
}

// anySlashEndsRepeated reports whether a page has such a tag.
func anySlashEndsRepeated(text []byte) bool {
	z := newTokenizer(text)
	for {
		var t htmlToken
		switch z.next(&t); t.kind {
		case endOfText:
			return false
		case startTagToken:
			z.raw = 0
			if slashEndsRepeated(text, t.place) {
				return true
			}
		}
	}
}

// oddTokens are pages that are hard to cut into tokens.
var oddTokens = []string{
	"<!", "<!-", "<!--", "<!-->x", "<!--->x", "<!---", "<!--a-", "<!--a--", "<!--a--!", "<!--a--!>x", "<!--a--->x", "<!--a-!>x-->y",
	"<!>x", "<!x", "<!doctype", "<!DOCTYPE>", "<!DocType \thtml>x", "<!doctyp>", "<![CDATA[a]]>b", "<![CDATA[a]]", "<![CDATA[&amp;]>]]]>b", "<![CDAT",
	"<?", "<?x", "<?x>y", "</", "</>", "</ >x", "</1>x", "</a", "</a b='>'>x", "<a", "<a/", "<a/>", "<a b=/>", "<a b=c/>", "<a b='c'/>", "<a b= />", "<a b c/>",
	"<a b=1 b=2/>", "<svg b=1 b=2/>x", "<a b = c d= 'e'f=\"g\"/h>", "<a =b==c>", "<a\tb\nc\rd\fe>", "<A\x00B C\x00='\x00'>", "<a 'b\"=>", "<a b='", "<a b=\"x>",
	"a<b<c", "a < b", "x<", "<<a>", "&amp", "&ampx;", "&notit; &notin; &not", "&#65;&#x41&#0;&#128;&#x110000;&#;&#x;", "&;&&&a&1;", "&CounterClockwiseContourIntegral;&NotEqualTilde;",
	"\r\n\r\n\x00\r<p>\r</p>\n", "<title>a&amp;\x00\r\n</titl></title >b", "<textarea>&lt;</textarea", "<style>&lt;\x00</STYLE>", "<xmp></xmp>x", "<plaintext>&lt;</plaintext>",
	"<script><!--</script>x", "<script><!--<script></script>--></script>x", "<script><!--<script></script></script>x", "<script><!-->x</script>y", "<script><!--<script>--></script>x</script>",
	"<script><!--<x</script>x", "<script><!-<x></script>", "<script><!--<script/-<!--</script/></script\t>x", "<script><!--<</script>x", "<script><!--<scriptx></script>x", "<script><!--->x<script></script>y",
	"<script></script", "<script><!--<script></scrip", "<script>\r\n&amp;</SCRIPT>", "<noscript><p></noscript><iframe><p></iframe><noembed><p></noembed><noframes><p></noframes>",
}

func TestTokensEqualOracle(t *testing.T) {
	for _, page := range append(oddTokens, oddPages...) {
		for _, allowCDATA := range []bool{false, true} {
			if err := checkTokens([]byte(page), allowCDATA); err != nil {
				t.Errorf("%q: %v", page, err)
			}
		}
	}
}

func TestTokensOfSharedPages(t *testing.T) {
	shared := suite.Shared(t)
	n := 0
	for _, pattern := range []string{"pages/html/*.html", "suites/rdfa/test-cases/*/*/*"} {
		files, err := filepath.Glob(filepath.Join(shared, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // a folder
			}
			if err := checkTokens(text, false); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			n++
		}
	}
	if n < 1000 {
		t.Errorf("compared %d pages only", n)
	}
}

// TestTokensOfRandomPages compares pages made of odd bits at random.
func TestTokensOfRandomPages(t *testing.T) {
	bits := append(strings.Split(`< > / = " ' & ! - -- --> <!-- <script> </script> <script </script <a b= ]]> ; # x amp`, " "),
		" ", "\n", "\r", "\x00", "é", "<![CDATA[", "<title>", "</title>", "<!doctype")
	for seed := range uint64(50_000) {
		random := rand.New(rand.NewPCG(seed, 0))
		var b strings.Builder
		for range 1 + random.IntN(30) {
			b.WriteString(bits[random.IntN(len(bits))])
		}
		if err := checkTokens([]byte(b.String()), seed%2 == 0); err != nil {
			t.Fatalf("seed %d: %q: %v", seed, b.String(), err)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, page := range append(oddTokens, oddPages...) {
		f.Add([]byte(page), false)
		f.Add([]byte(page), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, allowCDATA bool) {
		if err := checkTokens(text, allowCDATA); err != nil {
			t.Error(err)
		}
	})
}

package rdfa_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// TestHostilePages: what is made to hurt ends in bounded time and memory, with
// a clear error where a bound was passed.
func TestHostilePages(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: makes large pages")
	}
	repeat := strings.Repeat
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, c := range []struct {
		what, page string
		options    rdfa.Options
		limit      bool
	}{
		{what: "100,000 elements deep", page: repeat("<div property=dc:title>", 100_000), limit: true},
		{what: "100,000 elements deep in XML", page: repeat("<a property='dc:title'>", 100_000), options: rdfa.Options{Host: rdfa.XML}, limit: true},
		{what: "500 literals around one long text", page: repeat("<div property=dc:title>", 500) + repeat("tekst ", 1<<18), limit: true},
		{what: "500 HTML literals around one long text", page: repeat("<div property=dc:title datatype=rdf:HTML>", 500) + repeat("<b>tekst</b>", 1<<17), limit: true},
		{what: "500 XML literals around one long text", page: repeat("<div property=dc:title datatype=rdf:XMLLiteral>", 500) + repeat("<b>tekst</b>", 1<<17), limit: true},
		{what: "a million attributes", page: "<p about=x " + numbered(1_000_000, "a%d=b ") + "property=dc:title>x"},
		{what: "a million equal attributes", page: "<p about=x " + repeat("a=b ", 1_000_000) + "property=dc:title>x"},
		{what: "a million attributes in XML", page: "<p about='x' " + numbered(1_000_000, "a%d='b' ") + "property='dc:title'>x</p>", options: rdfa.Options{Host: rdfa.XML}},
		{what: "a million prefixes", page: "<p prefix='" + numbered(1_000_000, "p%d: http://example.org/ ") + "' property=p7:x>x"},
		{what: "a million properties", page: "<p property='" + repeat("dc:title ", 1_000_001) + "'>x", limit: true},
		{what: "a million types", page: "<p typeof='" + repeat("dc:title ", 1_000_001) + "'>x", limit: true},
		{what: "hanging relations times elements", page: "<p rel='" + repeat("dc:title ", 2000) + "'>" + repeat("<i about=x></i>", 2000), limit: true},
		{what: "hanging list items times elements", page: "<p inlist rel='" + numbered(2000, "dc:t%d ") + "'>" + repeat("<i about=x></i>", 2000), limit: true},
		{what: "patterns that multiply", page: "<p resource=#p typeof=rdfa:Pattern>" + numbered(2000, "<b property=dc:t%d>x</b>") + "</p>" + numbered(2000, "<p about=#s%d><b property=rdfa:copy resource=#p></b></p>"), limit: true},
		{what: "patterns in a circle", page: "<p resource=#a typeof=rdfa:Pattern><b property=rdfa:copy resource=#b></b></p><p resource=#b typeof=rdfa:Pattern><b property=rdfa:copy resource=#a></b></p>"},
		{what: "a page of 50 MB", page: repeat("<p>x</p>", 50<<20/8), limit: true},
		{what: "many findings", page: repeat("<b property=x></b>", 100_000)},
		{what: "one line of 4 MB", page: repeat("<b property=dc:title>é</b>", 150_000)},
		{what: "formatting elements that pile up", page: repeat("<b about=x><i about=y><p>", 120)},
		{what: "formatting elements that multiply", page: numbered(1000, "<b about=x%d>") + repeat("<p>x</p>", 100_000)},
		{what: "formatting elements that multiply after a paragraph", page: "<p>" + numbered(1000, "<b about=x%d>") + "</p>" + repeat("<p>x</p>", 100_000), limit: true},
		{what: "a search for open elements at each tag", page: "<ul><li><table><td>" + repeat("<div>", 2000) + repeat("</li>", 1_000_000), limit: true},
		{what: "a table at each depth", page: "<table><td>" + repeat("<div>", 2000) + repeat("<table></table>", 500_000), limit: true},
		{what: "misnested formatting", page: repeat("<a href=x><table><tr>", 100) + repeat("</a>", 1000)},
		{what: "repeated attributes in 500 literals", page: repeat("<div property=dc:title datatype=rdf:HTML>", 500) + repeat("<i "+repeat("a=b ", 400)+"></i>", 8000), limit: true},
		{what: "attributes to look at for each token", page: "<math><annotation-xml " + repeat("a=b ", 500) + ">" + repeat("x<!---->", 1_000_000), limit: true},
		{what: "formatting elements to compare", page: numbered(1000, "<b "+repeat("a=b ", 400)+"c=%d>") + repeat("<i>x</i>", 1000), limit: true},
		{what: "tags that are no tags", page: repeat("<", 16<<20)},
		{what: "words that say nothing", page: "<p property='" + repeat("x ", 8<<20) + "'>x"},
		{what: "a page out of order", page: "<p about=x><table>x" + repeat("<b property=dc:title>x</b><tr><td>y<tr>", 50_000)},
		{what: "a tag that does not end", page: "<p about='" + repeat("x", 1<<20)},
		{what: "NUL bytes", page: repeat("<p about=\x00>\x00</p>", 1000)},
		{what: "an entity bomb", page: `<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>`, options: rdfa.Options{Host: rdfa.XML}},
		{what: "many comments", page: repeat("<!--", 100_000)},
		{what: "many ampersands", page: "<p property=dc:title>" + repeat("&", 1<<20)},
		{what: "many ampersands in XML", page: "<p>" + repeat("&amp;", 1<<20) + "</p>", options: rdfa.Options{Host: rdfa.XML}},
	} {
		t.Run(c.what, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := rdfa.Parse([]byte(c.page), c.options)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if c.limit != errors.Is(err, rdfa.ErrLimit) {
				t.Errorf("got %v, want ErrLimit: %v", err, c.limit)
			}
			if took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 3<<30 {
				t.Errorf("allocated %d MB in all", used>>20)
			}
			t.Logf("%v, %d MB: %v", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, err)
		})
	}
}

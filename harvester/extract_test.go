package harvester

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
)

const annotations = `prefix="besluit: http://data.vlaanderen.be/ns/besluit# lblodBesluit: http://lblod.data.gift/vocabularies/besluit/ eli: http://data.europa.eu/eli/ontology# prov: http://www.w3.org/ns/prov#"`

// readPage reads a page of https://raad.example.be/zittingen/1.
func readPage(t *testing.T, header http.Header, html string) *reading {
	t.Helper()
	p := &page{status: 200, mediaType: "text/html", contentType: "text/html; charset=utf-8", header: header, body: []byte("<html " + annotations + ">" + html)}
	r, err := read("https://raad.example.be/zittingen/1", p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// paths shortens addresses of the host of readPage.
func paths(addresses []string) string {
	short := make([]string, len(addresses))
	for i, a := range addresses {
		short[i] = strings.TrimPrefix(a, "https://raad.example.be")
	}
	return strings.Join(short, " ")
}

func TestLinks(t *testing.T) {
	const zitting = `<div typeof="besluit:Zitting" resource="https://data.example/z/1">`
	for _, c := range []struct{ name, html, want string }{
		{"publication", `<a property="lblodBesluit:linkToPublication" href="/notulen/1#punt2">x</a>`, "/notulen/1"},
		{"twice", `<a property="lblodBesluit:linkToPublication" href="/notulen/1">x</a><a property="lblodBesluit:linkToPublication" href="https://RAAD.example.be/notulen/1?utm_source=x">x</a>`, "/notulen/1"},
		{"documents of a sitting", zitting + `<a property="besluit:heeftAgenda" href="/a">x</a><a property="besluit:heeftBesluitenlijst" href="/b">x</a><a property="besluit:heeftNotulen" href="/n">x</a><a property="besluit:heeftUittreksel" href="/u">x</a>`, "/a /b /n /u"},
		{"address and name", zitting + `<a property="besluit:heeftAgenda" href="/a" resource="https://data.example/agenda/1" typeof="foaf:Document">x</a>`, "/a"},
		{"by rel", zitting + `<a rel="besluit:heeftNotulen" href="/n">x</a>`, "/n"},
		{"link element", zitting + `<link property="besluit:heeftNotulen" href="/n">`, "/n"},
		{"a name is no address", zitting + `<span property="besluit:heeftAgenda" resource="/id/agenda/1"></span>`, ""},
		{"as today's crawler", `<a property="x:heeftNotulen_oud" href="/n">x</a>`, "/n"},
		{"as today's crawler, no prefix", `<a property="linkToPublication" href="/n">x</a>`, "/n"},
		{"whole IRI", `<a property="http://lblod.data.gift/vocabularies/besluit/linkToPublication" href="/n">x</a>`, "/n"},
		{"base", `<base href="/map/"><a property="lblodBesluit:linkToPublication" href="n">x</a>`, "/map/n"},
		{"escapes", `<a property="lblodBesluit:linkToPublication" href="/n?a=1&amp;copy=2">x</a>`, "/n?a=1&copy=2"},
		{"session", `<a property="lblodBesluit:linkToPublication" href="/(S(x2yz))/n;jsessionid=9A">x</a>`, "/n"},
		{"next", `<a rel="next nofollow-me" href="?blad=2">x</a><link rel=next href=/blad/3><area rel=NEXT href=/blad/4>`, "/zittingen/1?blad=2 /blad/3 /blad/4"},
		{"sent on", `<meta http-equiv=refresh content="0; url='/nieuw'">`, "/nieuw"},
		{"a page that reloads", `<meta http-equiv=refresh content="300">`, ""},
		{"plain links", `<a href="/contact">x</a><link rel=stylesheet href=/stijl.css>`, ""},
		{"no address", `<a property="lblodBesluit:linkToPublication">x</a><a property="lblodBesluit:linkToPublication" href="mailto:raad@example.be">x</a><a property="lblodBesluit:linkToPublication" href="javascript:toon()">x</a>`, ""},
		{"in a comment, a script, a text area", `<!-- <a rel=next href=/1> --><script>"<a rel=next href=/2>"</script><textarea><a rel=next href=/3></textarea><style><a rel=next href=/4></style>`, ""},

		{"link that asks to be left", `<a rel="nofollow" property="lblodBesluit:linkToPublication" href="/n">x</a><a rel="nofollow next" href="/2">x</a>`, ""},
		{"one of two asks to be left", `<a rel="nofollow" property="lblodBesluit:linkToPublication" href="/n">x</a><a property="lblodBesluit:linkToPublication" href="/n">x</a>`, "/n"},
		{"page for search engines to leave", `<meta name="Robots" content="NOINDEX, NOFOLLOW"><a property="lblodBesluit:linkToPublication" href="/n">x</a><a rel="next" href="/2">x</a>`, "/n"},
		{"page that asks us by name", `<meta name="belfort" content="nofollow"><a property="lblodBesluit:linkToPublication" href="/n">x</a>`, ""},
		{"page that asks another by name", `<meta name="googlebot" content="none"><a rel="next" href="/2">x</a>`, "/2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := paths(readPage(t, nil, c.html).links); got != c.want {
				t.Errorf("links %q, want %q", got, c.want)
			}
		})
	}
}

func TestHeaderLinks(t *testing.T) {
	for _, c := range []struct {
		header http.Header
		want   string
	}{
		{http.Header{"Link": {`</blad/2>; rel="next"`}}, "/blad/2"},
		{http.Header{"Link": {`<?blad=2> ; title="volgende; rel=x, <y>" ; rel = next`}}, "/zittingen/1?blad=2"},
		{http.Header{"Link": {`</1>; rel=prev, </2>; rel="start next"`, `</3>; REL=Next`}}, "/2 /3"},
		{http.Header{"Link": {`</2>; rel=prev; rel=next`}}, ""},
		{http.Header{"Link": {`</2>; rel=next; anchor="/ander"`, `</3>; rel=next; anchor=""`}}, "/3"},
		{http.Header{"Link": {`</2; rel=next`, `rel=next`, `<`, `<>;`, `</4>;;;`, `</5>; rel="ne\xt"`}}, "/5"},
		{http.Header{"Link": {`</2>; rel=next`}, "X-Robots-Tag": {"noindex, nofollow"}}, ""},
		{http.Header{"Link": {`</2>; rel=next`}, "X-Robots-Tag": {"otherbot: none", "unavailable_after: 25 Jun 2030 15:00:00 GMT"}}, "/2"},
		{http.Header{"Link": {`</2>; rel=next`}, "X-Robots-Tag": {"Belfort: nofollow"}}, ""},
	} {
		if got := paths(readPage(t, c.header, "").links); got != c.want {
			t.Errorf("%v: links %q, want %q", c.header, got, c.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	const states = `<div typeof="besluit:Zitting" resource="https://data.example/z/1">`
	for _, c := range []struct{ name, html, header, want string }{
		{"another page", `<link rel=canonical href="/zittingen/een?utm_source=x">` + states, "", "/zittingen/een"},
		{"by header", states, `</zittingen/een>; rel=canonical`, "/zittingen/een"},
		{"itself", `<link rel=canonical href="#top">` + states, "", ""},
		{"another host", `<link rel=canonical href="https://elders.example/">` + states, "", ""},
		{"the home page", `<link rel=canonical href="https://raad.example.be/">` + states, "", ""},
		{"a part of an overview", `<link rel=canonical href="/zittingen"><a rel=next href="?blad=2">x</a>`, "", ""},
	} {
		h := http.Header{}
		if c.header != "" {
			h.Set("Link", c.header)
		}
		if got := paths([]string{readPage(t, h, c.html).canonical}); got != c.want {
			t.Errorf("%s: canonical %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAttachments(t *testing.T) {
	const besluit = `<nav><a href="/privacy.pdf">x</a></nav><a href="/voor.pdf">x</a><div typeof="besluit:Besluit" resource="https://data.example/b/1">`
	for _, c := range []struct{ name, html, want string }{
		{"as the vendor documentation has it", besluit + `<a property="eli:related_to" href="/bijlagen/1.pdf" typeof="foaf:Document">x</a>`, "/bijlagen/1.pdf"},
		{"without an extension", besluit + `<a property="eli:related_to" href="/download?id=5" typeof="foaf:Document">x</a>`, "/download?id=5"},
		{"another decision", besluit + `<a property="eli:related_to" href="/besluiten/2">x</a>`, ""},
		{"source and page", besluit + `<a property="dc:source" href="/bron.docx">x</a><a property="foaf:page" href="/plan.odt">x</a>`, "/bron.docx /plan.odt"},
		{"image that is attached", besluit + `<a property="eli:related_to" href="/plan.png">x</a><a href="/logo.png">x</a>`, "/plan.png"},
		{"plain link", besluit + `<a href="/bijlagen/plan.PDF#2">x</a><a href="/meer">x</a><a href="/cijfers.xlsx">x</a>`, "/bijlagen/plan.PDF /cijfers.xlsx"},
		{"by its type", besluit + `<a type="application/pdf" href="/bijlagen/7">x</a><a type="text/html" href="/x.pdf">x</a>`, "/bijlagen/7"},
		{"by a parameter", besluit + `<a property="prov:value" resource="https://data.example/v" href="/GetPublication/?filename=Notulen%20mei.pdf">x</a>`, "/GetPublication/?filename=Notulen%20mei.pdf"},
		{"menus and feet", besluit + `<footer><a href="/toegankelijkheid.pdf">x</a></footer><aside><a href="/folder.pdf">x</a></aside>`, ""},
		{"link that asks to be left", besluit + `<a rel=nofollow href="/bijlagen/1.pdf">x</a>`, ""},
		{"publication that is a PDF", `<a property="besluit:heeftNotulen" href="/notulen.pdf">x</a>`, "/notulen.pdf"},
		{"page that states nothing", `<a href="/folder.pdf">x</a>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := readPage(t, nil, c.html)
			if got := paths(r.attachments); got != c.want || len(r.links) > 0 {
				t.Errorf("attachments %q, want %q; links %v", got, c.want, r.links)
			}
		})
	}
}

func TestPagesThatWaitForAScript(t *testing.T) {
	text := "<p>" + strings.Repeat("De gemeenteraad keurt goed. ", 30)
	for _, c := range []struct {
		name, html string
		want       bool
	}{
		{"empty root", `<title>Besluiten</title><div id=root></div><script src=/app.js></script>`, true},
		{"noscript", text + `<noscript>You need to enable JavaScript to run this app.</noscript><script type=module src=a.js></script>`, true},
		{"text", text + `<script src=/app.js></script>`, false},
		{"little text and no script", `<p>Geen zittingen.`, false},
		{"only data", `<p>Geen zittingen.<script type="application/ld+json">{}</script>`, false},
		{"links", `<a rel=next href=/2>x</a><script src=/app.js></script>`, false},
		{"a statement", `<div typeof="besluit:Zitting" resource="https://data.example/z/1"></div><script src=/app.js></script>`, false},
	} {
		if got := readPage(t, nil, c.html).script; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestNoindex: a page that search engines must leave is harvested, and says so.
func TestNoindex(t *testing.T) {
	r := readPage(t, http.Header{"X-Robots-Tag": {"noindex"}}, `<div typeof="besluit:Zitting" resource="https://data.example/z/1"></div>`)
	if !slices.ContainsFunc(r.findings, func(f rdf.Finding) bool { return f.Rule == "noindex" }) || !r.states() {
		t.Errorf("findings %v", r.findings)
	}
}

func TestSitting(t *testing.T) {
	for html, want := range map[string]string{
		`<div typeof="besluit:Zitting"><b property="besluit:geplandeStart" content="2026-11-20T19:30:00+01:00"></b><b property="prov:startedAtTime" content="2026-11-20T19:34:00+01:00"></b>`: "2026-11-20T18:34:00Z",
		`<div typeof="besluit:Besluit"><b property="eli:date_publication" content="2026-11-25"></b>`:                                                                                          "2026-11-25T00:00:00Z",
		`<div typeof="besluit:Zitting"><b property="besluit:geplandeStart" content="weldra"></b>`:                                                                                             "0001-01-01T00:00:00Z",
	} {
		if got := readPage(t, nil, html).sitting.UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", html, got, want)
		}
	}
}

// TestRealPages: what pages of real municipalities lead to.
func TestRealPages(t *testing.T) {
	folder := filepath.Join(suite.Shared(t), "pages", "html")
	for name, want := range map[string][2]int{ // links, attachments
		"brechtvdv-demo-data-gemeenteraad-gent-1":              {4, 0},
		"real-aalter-besluitenlijst-onlinesmartcities":         {0, 0},
		"real-boortmeerbeek-agenda-meetingburger":              {0, 0},
		"real-erpe-mere-besluitenlijst-ocmwraad-cevi-lblodweb": {0, 1},
		"real-essen-besluitenlijst-gelinkt-notuleren":          {0, 0},
		"real-machelen-agenda-cipalschaubroeck":                {0, 0},
		"real-torhout-notulen-gemeenteraad-cevi-lblodweb":      {0, 2},
	} {
		body, err := os.ReadFile(filepath.Join(folder, name+".html"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := read("https://raad.example.be/x", &page{status: 200, mediaType: "text/html", contentType: "text/html", body: body})
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]int{len(r.links), len(r.attachments)}; got != want || r.script || r.states() == r.sitting.IsZero() {
			t.Errorf("%s: links and attachments %v, want %v; script %v, sitting %s", name, got, want, r.script, r.sitting)
		}
	}
}

// FuzzReadPage: no page and no header makes trouble, and every link is clean.
func FuzzReadPage(f *testing.F) {
	f.Add(`</2>; rel="next"`, `<a property="lblodBesluit:linkToPublication" href="/1?a=1&amp;b=2">x</a><meta http-equiv=refresh content="0;url=/3">`)
	f.Add(`<?a>;rel=canonical;anchor=""`, `<div typeof="besluit:Besluit" resource="#b"><a property="eli:related_to" typeof="foaf:Document" href="/x.pdf">x</a><nav><footer></nav>`)
	f.Add(`<;rel="\\`, `<noscript>JavaScript</noscript><script></script><template><base href="//[">`)
	f.Fuzz(func(t *testing.T, header, html string) {
		p := &page{status: 200, mediaType: "text/html", header: http.Header{"Link": {header}, "X-Robots-Tag": {header}}, body: []byte("<html " + annotations + ">" + html)}
		r, err := read("https://raad.example.be/zittingen/1", p)
		if err != nil {
			return
		}
		for _, l := range slices.Concat(r.links, r.attachments) {
			if clean, ok := CleanURL(l); !ok || clean != l {
				t.Errorf("link %q is not clean", l)
			}
		}
		if r.canonical != "" && host(r.canonical) != "raad.example.be" {
			t.Errorf("canonical %q", r.canonical)
		}
	})
}

package site

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
)

func parse(t *testing.T, w *httptest.ResponseRecorder) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPages checks what every page owes its reader, in both languages.
func TestPages(t *testing.T) {
	h, w := newTestSite(t)
	for _, at := range pagesOf(w) {
		for _, l := range []lang{dutch, english} {
			at := link(l, at)
			t.Run(at, func(t *testing.T) {
				answer := get(h, at, "Accept", "text/html,*/*;q=0.8")
				if answer.Code != http.StatusOK {
					t.Fatalf("status %d", answer.Code)
				}
				checkHeaders(t, at, answer.Header())
				checkPage(t, l, parse(t, answer))
			})
		}
	}
}

func checkHeaders(t *testing.T, at string, h http.Header) {
	t.Helper()
	csp := h.Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "script-src 'self';") {
		t.Errorf("policy %q is not strict", csp)
	}
	if framed, may := strings.HasSuffix(csp, "frame-ancestors *"), strings.HasPrefix(at, "/embed/"); framed != may {
		t.Errorf("framed by anyone: %v, want %v", framed, may)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin", "Content-Type": "text/html; charset=utf-8", "Set-Cookie": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if h.Get("ETag") == "" {
		t.Error("no entity tag")
	}
}

func checkPage(t *testing.T, l lang, d *goquery.Document) {
	t.Helper()
	if got := d.Find("html").AttrOr("lang", ""); got != string(l) {
		t.Errorf("language %q, want %q", got, l)
	}
	if n := d.Find("h1").Length(); n != 1 {
		t.Errorf("%d h1", n)
	}
	if d.Find("main").Length() != 1 || strings.TrimSpace(d.Find("title").Text()) == "" {
		t.Error("no main or no title")
	}
	if n := d.Find("[style], style, script:not([src])").Length(); n != 0 {
		t.Errorf("%d inline styles or scripts", n)
	}
	d.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, a := range e.Nodes[0].Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("event handler %s", a.Key)
			}
		}
	})
	ids := map[string]int{}
	d.Find("[id]").Each(func(_ int, e *goquery.Selection) { ids[e.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %q stands %d times", id, n)
		}
	}
	d.Find("input, select, textarea").Each(func(_ int, e *goquery.Selection) {
		id := e.AttrOr("id", "")
		if e.AttrOr("type", "") != "hidden" && e.Closest("label").Length() == 0 && (id == "" || d.Find(fmt.Sprintf("label[for=%q]", id)).Length() == 0) {
			t.Errorf("no label: %s", outer(e))
		}
	})
	for _, attribute := range []string{"aria-labelledby", "aria-describedby", "form", "data-kopieer"} {
		d.Find("[" + attribute + "]").Each(func(_ int, e *goquery.Selection) {
			if id := e.AttrOr(attribute, ""); ids[id] == 0 {
				t.Errorf("%s points at nothing: %q", attribute, id)
			}
		})
	}
	d.Find("img:not([alt]), iframe:not([title]), svg:not([aria-label])").Each(func(_ int, e *goquery.Selection) { t.Errorf("no text: %s", outer(e)) })
	d.Find("a, button").Each(func(_ int, e *goquery.Selection) {
		if strings.TrimSpace(e.Text()) == "" && e.Find("img[alt]:not([alt=''])").Length() == 0 {
			t.Errorf("no name: %s", outer(e))
		}
	})
	level := 0
	d.Find("h1, h2, h3, h4, h5, h6").Each(func(_ int, e *goquery.Selection) {
		n := int(goquery.NodeName(e)[1] - '0')
		if n > level+1 {
			t.Errorf("heading %q jumps from level %d to %d", e.Text(), level, n)
		}
		level = n
	})
}

func outer(e *goquery.Selection) string {
	s, _ := goquery.OuterHtml(e)
	return s
}

// TestLinks follows every link to the site itself, from every page.
func TestLinks(t *testing.T) {
	h, w := newTestSite(t)
	seen := map[string]bool{}
	for _, at := range pagesOf(w) {
		d := parse(t, get(h, at, "Accept", "text/html"))
		d.Find("[href], [src], [srcset]").Each(func(_ int, e *goquery.Selection) {
			to := e.AttrOr("href", e.AttrOr("src", e.AttrOr("srcset", "")))
			to, own := strings.CutPrefix(to, base)
			if strings.HasPrefix(to, "#") {
				if d.Find(`[id="`+to[1:]+`"]`).Length() == 0 {
					t.Errorf("%s: no place %s", at, to)
				}
				return
			}
			to, _, _ = strings.Cut(to, "#")
			if own && to == "" {
				to = "/"
			}
			if !strings.HasPrefix(to, "/") || seen[to] {
				return
			}
			seen[to] = true
			if _, err := url.Parse(to); err != nil {
				t.Errorf("%s: %v", at, err)
				return
			}
			if answer := get(h, to, "Accept", "*/*"); answer.Code >= 400 {
				t.Errorf("%s links to %s: status %d", at, to, answer.Code)
			}
		})
	}
	if len(seen) < 60 {
		t.Errorf("only %d links followed", len(seen))
	}
}

// TestHostile puts an attack in every text that was harvested.
func TestHostile(t *testing.T) {
	h, w := newTestSite(t)
	for _, at := range []string{"/", "/zoeken", "/zoeken?q=" + url.QueryEscape(attack), "/besturen/vlavirgem", "/zittingen/" + besluit.ID(w.zitting.IRI),
		"/agendapunten/" + besluit.ID(w.zitting.Agendapunten[3].IRI), "/besluiten/" + besluit.ID(w.besluiten[3].IRI), "/embed/lijst", "/sparql?query=x",
		"/validator?url=" + url.QueryEscape(attack)} {
		d := parse(t, get(h, at, "Accept", "text/html"))
		d.Find("script").Each(func(_ int, e *goquery.Selection) {
			if !strings.HasPrefix(e.AttrOr("src", ""), "/static/") {
				t.Errorf("%s: script %s", at, outer(e))
			}
		})
		if n := d.Find("main style, [onerror], main img:not([src^='/static/'])").Length(); n > 0 {
			t.Errorf("%s: %d active elements", at, n)
		}
		d.Find("[href]").Each(func(_ int, e *goquery.Selection) {
			if strings.HasPrefix(e.AttrOr("href", ""), "javascript:") {
				t.Errorf("%s: %s", at, outer(e))
			}
		})
		if d.Find("main").Length() != 1 || d.Find("body > footer, body.ingesloten").Length() != 1 {
			t.Errorf("%s: the attack broke the page", at)
		}
	}
}

func TestNegotiation(t *testing.T) {
	h, w := newTestSite(t)
	at := "/besluiten/" + besluit.ID(w.besluiten[0].IRI)
	for _, c := range []struct {
		suffix, accept string
		status         int
		mediaType      string
	}{
		{"", "", 200, "text/html; charset=utf-8"},
		{"", "*/*", 200, "text/html; charset=utf-8"},
		{"", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200, "text/html; charset=utf-8"},
		{"", "text/turtle", 200, "text/turtle"},
		{"", "application/n-triples", 200, "application/n-triples"},
		{"", "application/ld+json", 200, "application/ld+json"},
		{"", "text/turtle;q=0.5, application/ld+json;q=0.9", 200, "application/ld+json"},
		{"", "text/html;q=0.1, text/turtle", 200, "text/turtle"},
		{"", "text/html;q=0, text/*", 200, "text/turtle"},
		{"", "application/*", 200, "application/ld+json"},
		{"", "application/json", 200, "application/ld+json"},
		{"", "application/json, text/turtle;q=0.1", 200, "text/turtle"},
		{"", "application/pdf", 406, "text/html; charset=utf-8"},
		{"", "text/html;q=0", 406, "text/html; charset=utf-8"},
		{".ttl", "text/html", 200, "text/turtle"},
		{".nt", "", 200, "application/n-triples"},
		{".jsonld", "text/turtle", 200, "application/ld+json"},
	} {
		answer := get(h, at+c.suffix, "Accept", c.accept)
		if answer.Code != c.status || answer.Header().Get("Content-Type") != c.mediaType {
			t.Errorf("%s with Accept %q: %d %s, want %d %s", c.suffix, c.accept, answer.Code, answer.Header().Get("Content-Type"), c.status, c.mediaType)
		}
		if !slices.Contains(answer.Header().Values("Vary"), "Accept") {
			t.Errorf("%s with Accept %q: no Vary", c.suffix, c.accept)
		}
		if c.status == 200 && !strings.Contains(answer.Body.String(), w.besluiten[0].IRI) {
			t.Errorf("%s with Accept %q does not name the besluit", c.suffix, c.accept)
		}
		if c.mediaType == "text/html; charset=utf-8" {
			links := strings.Join(answer.Header().Values("Link"), "\n")
			for _, f := range forms[1:] {
				if !strings.Contains(links, fmt.Sprintf("<%s>; rel=\"alternate\"; type=%q", base+at+f.suffix, f.mediaType)) {
					t.Errorf("no link to %s in %q", f.title, links)
				}
			}
		}
	}
	for _, at := range []string{"/besturen/vlavirgem", "/bestuursorganen/" + besluit.ID(w.orgaan.IRI), "/zittingen/" + besluit.ID(w.zitting.IRI), "/agendapunten/" + besluit.ID(w.zitting.Agendapunten[0].IRI), "/datasets"} {
		for _, f := range forms[1:] {
			if answer := get(h, at+f.suffix); answer.Code != 200 || answer.Header().Get("Content-Type") != f.mediaType {
				t.Errorf("%s%s: %d %s", at, f.suffix, answer.Code, answer.Header().Get("Content-Type"))
			}
		}
	}
}

// TestLDES: a browser gets an explanation, everything else the stream.
func TestLDES(t *testing.T) {
	h, _ := newTestSite(t)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct {
		at, accept string
		page       bool
	}{
		{"/ldes", browser, true}, {"/ldes", "text/html", true},
		{"/ldes", "", false}, {"/ldes", "*/*", false}, {"/ldes", "text/turtle", false}, {"/ldes", "application/ld+json, text/html;q=0.5", false},
		{"/ldes/1", browser, false},
	} {
		answer := get(h, c.at, "Accept", c.accept)
		if page := strings.HasPrefix(answer.Body.String(), "<!DOCTYPE"); answer.Code != 200 || page != c.page {
			t.Errorf("%s with Accept %q: %d, page %v, want %v", c.at, c.accept, answer.Code, page, c.page)
		}
	}
}

// TestAgendaNumber: the reader of one agendapunt sees little of its zitting, so
// the place comes from the zitting as a whole.
func TestAgendaNumber(t *testing.T) {
	w := newWorld()
	c := w.config()
	c.Entities = narrow{w}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	page := parse(t, get(h, "/agendapunten/"+besluit.ID(w.zitting.Agendapunten[2].IRI)))
	if got := page.Find(".meta").First().Text(); !strings.Contains(got, "Agendapunt 3") {
		t.Errorf("%q, want Agendapunt 3", got)
	}
	if got, want := page.Find(`a[rel="next"]`).AttrOr("href", ""), "/agendapunten/"+besluit.ID(w.zitting.Agendapunten[3].IRI); got != want {
		t.Errorf("next is %q, want %q", got, want)
	}
}

// narrow reads an agendapunt with a zitting that holds nothing else.
type narrow struct{ *world }

func (n narrow) Agendapunt(ctx context.Context, id string) (*besluit.Agendapunt, error) {
	a, err := n.world.Agendapunt(ctx, id)
	if err != nil || a == nil {
		return nil, err
	}
	alone := *a
	alone.Nummer, alone.Zitting = 9, &besluit.Zitting{IRI: a.Zitting.IRI, GehoudenDoor: a.Zitting.GehoudenDoor, GeplandeStart: a.Zitting.GeplandeStart}
	return &alone, nil
}

func TestConditional(t *testing.T) {
	h, w := newTestSite(t)
	for _, at := range []string{"/", "/besluiten/" + besluit.ID(w.besluiten[0].IRI), "/besluiten/" + besluit.ID(w.besluiten[0].IRI) + ".ttl", "/embed/lijst", "/api/v1/besluiten", "/feeds/besluiten.atom"} {
		tag := get(h, at).Header().Get("ETag")
		answer := get(h, at, "If-None-Match", `"other", `+strings.TrimPrefix(tag, "W/"))
		if answer.Code != http.StatusNotModified || answer.Body.Len() != 0 {
			t.Errorf("%s: %d with %d bytes, want 304", at, answer.Code, answer.Body.Len())
		}
	}
	if a, b := get(h, "/", "Accept", "text/html"), get(h, "/?taal=en"); a.Header().Get("ETag") == b.Header().Get("ETag") {
		t.Error("two languages with one entity tag")
	}
}

func TestFailures(t *testing.T) {
	h, _ := newTestSite(t)
	for _, c := range []struct {
		method, at string
		status     int
		says       string
	}{
		{"GET", "/nergens", 404, "Pagina niet gevonden"},
		{"GET", "/besluiten/onbekend", 404, "Pagina niet gevonden"},
		{"GET", "/besluiten/" + withdrawn, 410, "2 oktober 2026, 11.00 uur"},
		{"GET", "/besluiten/" + withdrawn, 410, "de bron antwoordt 410"},
		{"GET", "/docs/../../etc/passwd", 404, ""},
		{"GET", "/docs/onbekend", 404, ""},
		{"GET", "/static/../site.go", 404, ""},
		{"GET", "/besturen/onbekend?taal=en", 404, "Page not found"},
		{"GET", "/embed/lijst?kleur=red", 400, "Deze lijst is er niet"},
		{"GET", "/embed/lijst?bestuur=onbekend", 404, "Dit bestuur is hier niet bekend"},
		{"GET", "/zoeken?van=31-02-2025&tot=gisteren", 400, "<q>31-02-2025</q> <q>gisteren</q>"},
		{"GET", "/zoeken?van=31-02-2025&tot=31-12-2025", 400, "tot en met 31-12-2025"},
		{"GET", "/zoeken?q=" + url.QueryEscape("(terras"), 400, "Er ontbreekt een haakje."},
		{"GET", "/api/v1/besluiten?q=" + url.QueryEscape("(terras"), 400, "De zoekvraag is niet te lezen. Er ontbreekt een haakje."},
		{"GET", "/feeds/besluiten.atom?bestuur=onbekend", 404, "Dit bestuur is hier niet bekend"},
		{"GET", "/api/v1/besluiten?bestuur=onbekend", 404, "Dit bestuur is hier niet bekend"},
		{"GET", "/zoeken.csv?q=" + url.QueryEscape("(terras"), 400, "Er ontbreekt een haakje."},
		{"GET", "/zoeken.csv?van=gisteren", 400, "Schrijf dd-mm-jjjj"},
		{"GET", "/zoeken?van=01-02-2026&tot=01-01-2026", 200, "Deze periode eindigt voor ze begint"},
		{"GET", "/zoeken?van=gisteren", 400, "gisteren"},
		{"GET", "/api/v1/besluiten?van=gisteren", 400, `"status":400`},
		{"DELETE", "/besturen", 405, ""},
		{"POST", "/besturen", 405, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.at, nil))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s: %d, want %d and %q in\n%s", c.method, c.at, w.Code, c.status, c.says, w.Body)
		}
		if policy := w.Header().Get("Content-Security-Policy"); policy == "" || strings.HasSuffix(policy, "frame-ancestors *") != strings.HasPrefix(c.at, "/embed/") {
			t.Errorf("%s: policy %q", c.at, policy)
		}
	}
}

func TestIdentifier(t *testing.T) {
	h, _ := newTestSite(t)
	for from, to := range map[string]string{"/id/besluiten/1": "/besluiten/1", "/id/bestuurseenheden/1": "/besturen/1"} {
		if answer := get(h, from); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != to {
			t.Errorf("%s: %d to %s, want 303 to %s", from, answer.Code, answer.Header().Get("Location"), to)
		}
	}
}

// TestSPARQLBrokenOff: an endpoint that ends its answer halfway, because its
// time is up, does not take the page along.
func TestSPARQLBrokenOff(t *testing.T) {
	c := newWorld().config()
	c.SPARQL = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/sparql-results+json")
		w.Write([]byte(`{"head":{"vars":["s"]},"results":{"bindings":[`))
		panic(http.ErrAbortHandler)
	})
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	answer := get(h, "/sparql?query=SELECT", "Accept", "text/html")
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "Het antwoord bleef te lang uit") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	checkPage(t, dutch, parse(t, answer))
}

// TestQueryEditor: the page of the editor allows what the editor needs and no
// more, and the names that it completes come from the endpoint.
func TestQueryEditor(t *testing.T) {
	c := newWorld().config()
	c.SPARQL = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"head":{"vars":["naam"]},"results":{"bindings":[{"naam":{"type":"uri","value":"http://e/C"}},{"naam":{"type":"bnode","value":"b"}}]}}`))
	})
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	page := get(h, "/sparql", "Accept", "text/html")
	csp := page.Header().Get("Content-Security-Policy")
	if !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "connect-src 'self';") {
		t.Errorf("policy %q", csp)
	}
	if other := get(h, "/").Header().Get("Content-Security-Policy"); strings.Contains(other, "connect-src") {
		t.Errorf("policy of another page: %q", other)
	}
	parse(t, page).Find("script[src], link[rel=stylesheet]").Each(func(_ int, e *goquery.Selection) {
		at := e.AttrOr("src", e.AttrOr("href", ""))
		if answer := get(h, at); answer.Code != http.StatusOK || !strings.Contains(answer.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", at, answer.Code, answer.Header())
		}
	})
	var terms struct{ Classes, Properties []string }
	if err := json.Unmarshal(get(h, "/sparql/termen.json").Body.Bytes(), &terms); err != nil || !slices.Equal(terms.Classes, []string{"http://e/C"}) {
		t.Errorf("terms %v, %v", terms, err)
	}
	var prefixes map[string]string
	if err := json.Unmarshal(get(h, "/sparql/prefixen.json").Body.Bytes(), &prefixes); err != nil || prefixes["besluit"] == "" {
		t.Errorf("prefixes %v, %v", prefixes, err)
	}
}

// TestPanic: one request that goes wrong ends with a page, not with the
// program.
func TestPanic(t *testing.T) {
	w := newWorld()
	c := w.config()
	c.Oogst = nil
	c.SPARQL = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") })
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	answer := get(h, "/sparql?query=x", "Accept", "text/csv")
	if answer.Code != 500 || strings.Contains(answer.Body.String(), "secret") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if answer := get(h, "/oogst"); answer.Code != http.StatusNotImplemented {
		t.Errorf("a part that is off: %d, want 501", answer.Code)
	}
}

func TestMessages(t *testing.T) {
	var used []string
	pattern := regexp.MustCompile(`\{\{[^}]*\bt "([^"]+)"`)
	all := regexp.MustCompile(`\b(?:t|(?:tel|noem) [.$\w]+) "([^"]+)"`)
	entries, err := files.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, _ := files.ReadFile("templates/" + e.Name())
		if !pattern.Match(b) {
			continue
		}
		for _, m := range all.FindAllStringSubmatch(string(b), -1) {
			used = append(used, m[1])
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") || name == "messages.go" {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"([a-z]+(?:\.[a-z0-9]+)+)"`).FindAllStringSubmatch(string(b), -1) {
			if _, ok := messages[m[1]]; ok {
				used = append(used, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`message\([a-zA-Z.]+, "([^"]+)"[,)]`).FindAllStringSubmatch(string(b), -1) {
			used = append(used, m[1])
		}
	}
	for _, key := range used {
		if _, ok := messages[key]; !ok && !strings.HasSuffix(key, ".") {
			t.Errorf("no message %q", key)
		}
	}
	built := regexp.MustCompile(`\.1$|^(fout\.\d|soort\.|uitslag\.|deel\.|kind\.|ernst\.|aantal\.|status\.|sort\.|facet\.|veld\.|klasse\.|bewerking\.|weg\.4|ja$|nee$|niveau\.|stand\.|begrepen\.|batch\.|[a-z]+\.titel$)`)
	for key, m := range messages {
		if m.EN == "" || m.NL == "" && key != "docs.dutch" {
			t.Errorf("message %q lacks a language", key)
		}
		if !slices.Contains(used, key) && !built.MatchString(key) {
			t.Errorf("message %q is used nowhere", key)
		}
	}
}

func TestWriteForPeople(t *testing.T) {
	when := newWorld().zitting.Datum()
	for _, c := range []struct{ got, want string }{
		{moment(dutch, when), "16 november 2026, 20.04 uur"},
		{moment(english, when), "16 November 2026, 20:04"},
		{day(dutch, when), "16 november 2026"},
		{number(dutch, 1234567), "1.234.567"},
		{number(english, -1234), "-1,234"},
		{number(dutch, 999), "999"},
		{plain("<p>een</p><p>twee &amp; drie</p>", 0), "een twee & drie"},
		{plain("een twee drie vier", 12), "een twee…"},
		{string(marked("a <mark>b</mark> <i>c</i> & d &amp; e</mark>")), "a <mark>b</mark> &lt;i&gt;c&lt;/i&gt; &amp; d &amp; e"},
		{string(marked("<mark>open")), "<mark>open</mark>"},
		{string(rich(newSanitizer(), "een\n\ntwee\ndrie")), "<p>een</p><p>twee<br>drie</p>"},
		{string(rich(newSanitizer(), "</div><ul><li>los<h2>kop</h2>")), ` <ul><li>los<p class="tussenkop">kop</p></li></ul>`},
		{string(rich(newSanitizer(), "<table border=1><tr><td>a</table>b")), `<div class="rol" tabindex="0"><table><tbody><tr><td>a</td></tr></tbody></table></div>b`},
		{link(english, "/zoeken?q=a#b", "pagina", 2), "/zoeken?pagina=2&q=a&taal=en#b"},
		{bare(`("straat OF weg" NIET -park*)`), "straat weg -park"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	for s, want := range map[string]string{"21-11-2026": "2026-11-21", "1/2/2026": "2026-02-01", "2026-11-21": "2026-11-21", "1.2.2026": "2026-02-01", "31-02-2026": "", "gisteren": ""} {
		got, err := readDate(s)
		if err == nil && got.Format("2006-01-02") != want || err != nil && want != "" {
			t.Errorf("%s: %v %v, want %q", s, got, err, want)
		}
	}
}

// FuzzRich: whatever was harvested, nothing of it acts and it stays in its
// place.
func FuzzRich(f *testing.F) {
	for _, s := range []string{"", "tekst", attack, "<p>een<ul><li>twee", "</main></body>", "<svg><script>x</script></svg>", "<math><mtext><style><img src=x onerror=alert(1)>",
		"<a href=\"\tjavascript:x\">", "<mark>a<mark>", "&lt;script&gt;", "<table><td><script>", "\x00<scr\x00ipt>"} {
		f.Add(s)
	}
	policy := newSanitizer()
	f.Fuzz(func(t *testing.T, s string) {
		for name, out := range map[string]string{"rich": string(rich(policy, s)), "marked": string(marked(s))} {
			d, err := goquery.NewDocumentFromReader(strings.NewReader("<main><div id=plaats>" + out + "</div><p id=na></p></main>"))
			if err != nil {
				t.Fatal(err)
			}
			if n := d.Find("script, style, img, iframe, form, input, svg, math, object, embed, link, meta, base").Length(); n > 0 {
				t.Errorf("%s: active element in %q", name, out)
			}
			if d.Find("main > #plaats").Length() != 1 || d.Find("main > #na").Length() != 1 {
				t.Errorf("%s: left its place: %q", name, out)
			}
			d.Find("#plaats *").Each(func(_ int, e *goquery.Selection) {
				for _, a := range e.Nodes[0].Attr {
					switch a.Key {
					case "href":
						if !strings.HasPrefix(a.Val, "http:") && !strings.HasPrefix(a.Val, "https:") && !strings.HasPrefix(a.Val, "mailto:") {
							t.Errorf("%s: link to %q", name, a.Val)
						}
					case "rel", "class", "colspan", "rowspan", "tabindex":
					default:
						t.Errorf("%s: attribute %s in %q", name, a.Key, out)
					}
				}
			})
		}
	})
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", 5000)
	text := []byte("een\n" + long + "FOUT" + long + "\ndrie")
	lines := rdf.NewLines(text)
	got := excerpt(lines, lines.Span(4+5000, 4+5004))
	if len(got) != 3 || got[1].Marked != "FOUT" || !got[1].Hit || got[1].Number != 2 || len(got[1].Before) > 3*lineWidth {
		t.Errorf("%+v", got)
	}
	indented := rdf.NewLines([]byte("\t\t<div>\n\t\t  <b>FOUT</b>\n\n\t\t</div>"))
	if got := excerpt(indented, indented.Span(15, 19)); len(got) != 3 || got[0].Before != "<div>" || got[1].Before != "  <b>" || got[1].Marked != "FOUT" || got[1].After != "</b>" {
		t.Errorf("%+v", got)
	}
	if got := excerpt(lines, rdf.Span{Start: rdf.Position{Line: 99, Column: 1}}); got != nil {
		t.Errorf("a span outside the text: %+v", got)
	}
	if got := excerpt(lines, rdf.Span{Start: rdf.Position{Line: 1, Column: 900}, End: rdf.Position{Line: 1, Column: 2}}); len(got) == 0 {
		t.Error("a span that runs backwards gives nothing")
	}
}

// A decision that lost one of its pages says so; the others do not. Feeds tell
// when pages last changed.
func TestWithdrawnSourceAndChangedFeed(t *testing.T) {
	w := newWorld()
	c := w.config()
	lost := besluit.ID(w.besluiten[0].IRI)
	when := time.Date(2026, 10, 2, 9, 0, 0, 0, time.UTC)
	c.Gone = func(_ context.Context, id string) (publisher.Entry, bool, error) {
		return publisher.Entry{Kind: publisher.Withdrawn, Pagina: "https://vlavirgem.example/weg", Time: when, Reason: "HTTP 410"}, id == lost, nil
	}
	c.Changed = func(_ context.Context, list []*besluit.Besluit) (map[string]time.Time, error) {
		changed := map[string]time.Time{}
		for _, b := range list {
			changed[b.IRI] = when
		}
		return changed, nil
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	const notice = "Een bronpagina van dit besluit is verdwenen"
	body := get(h, "/besluiten/"+lost).Body.String()
	if !strings.Contains(body, notice) || !strings.Contains(body, "https://vlavirgem.example/weg") || !strings.Contains(body, "2 oktober 2026") {
		t.Error("the page does not tell that a source disappeared")
	}
	if other := besluit.ID(w.besluiten[1].IRI); strings.Contains(get(h, "/besluiten/"+other).Body.String(), notice) {
		t.Error("a decision with all its sources tells that one disappeared")
	}
	if feed := get(h, "/feeds/besluiten.atom").Body.String(); !strings.Contains(feed, "<updated>2026-10-02T09:00:00Z</updated>") {
		t.Errorf("the feed does not tell when decisions changed:\n%s", feed)
	}
}

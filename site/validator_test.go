package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/belfort-lod/belfort/internal/state/statetest"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// A validator of its own: the real rules on documents from memory, a web of a
// few pages, and a clock that the test moves.
type validatorWorld struct {
	http.Handler
	site *site
	now  time.Time
}

const minutesAt = "https://www.vlavirgem.example/notulen/1"

// minutes are the minutes of a sitting with known faults: no start of the
// sitting, one decision without text, and a title that carries a tag.
const minutes = `<!DOCTYPE html>
<html lang="nl">
<body prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology# prov: http://www.w3.org/ns/prov# dct: http://purl.org/dc/terms/ foaf: http://xmlns.com/foaf/0.1/ ext: http://mu.semte.ch/vocabularies/ext/">
<div resource="https://data.vlavirgem.example/id/zittingen/1" typeof="besluit:Zitting">
  <div property="besluit:heeftNotulen" resource="https://www.vlavirgem.example/notulen/1" typeof="foaf:Document https://data.vlaanderen.be/id/concept/BesluitDocumentType/8e791b27-7600-4577-b24e-c7c29e0eb773"></div>
  <div property="besluit:behandelt" resource="https://data.vlavirgem.example/id/agendapunten/1" typeof="besluit:Agendapunt">
    <h2 property="dct:title">Zone 30 in de Kerkstraat &lt;script&gt;</h2>
  </div>
  <div resource="https://data.vlavirgem.example/id/behandelingen/1" typeof="besluit:BehandelingVanAgendapunt">
    <span property="dct:subject" resource="https://data.vlavirgem.example/id/agendapunten/1"></span>
    <div property="prov:generated" resource="https://data.vlavirgem.example/id/besluiten/1" typeof="besluit:Besluit">
      <h3 property="eli:title">Zone 30 in de Kerkstraat</h3>
    </div>
  </div>
</div>
</body>
</html>
`

func validate(_ context.Context, source, mediaType string, body []byte, profile oslo.Profile) (Checked, error) {
	text, _, err := rdfa.Decode(body, mediaType)
	if err != nil {
		return Checked{}, err
	}
	doc, err := rdfa.Parse(text, rdfa.Options{Base: source})
	if err != nil {
		return Checked{}, err
	}
	if profile == "" {
		g := rdf.NewGraph()
		for _, q := range doc.Quads {
			g.Add(q.Quad)
		}
		soort, _ := oslo.Detect(g)
		profile = oslo.ProfileOf(soort)
	}
	return Checked{
		Verdict: oslo.Validate(oslo.Input{Source: source, Text: text, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects}, oslo.Options{Profile: profile}),
		Text:    text, Quads: doc.Quads, Subjects: doc.Subjects,
	}, nil
}

// refusals are addresses that can not be fetched.
var refusals = map[string]string{
	"https://bestaatniet.example":  "De naam van deze website bestaat niet",
	"http://10.0.0.1/":             "Dit adres ligt niet op het openbare web",
	"https://vlavirgem.example/w":  "De pagina bestaat niet (404)",
	"https://traag.example/":       "De website antwoordde niet binnen de tijd",
	"https://vlavirgem.example/el": "een andere reden",
}

func newValidator(t *testing.T, change func(*Config)) *validatorWorld {
	t.Helper()
	v := &validatorWorld{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	c := newWorld().config()
	c.Now = func() time.Time { return v.now }
	c.Validate = validate
	c.Fetch = func(_ context.Context, address string) (Fetched, error) {
		if reason, ok := refusals[address]; ok {
			return Fetched{}, &FetchError{rdf.Text{NL: reason, EN: "refused"}}
		}
		switch {
		case strings.HasSuffix(address, ".pdf"):
			return Fetched{URL: address, MediaType: "application/pdf", Body: []byte("%PDF-1.7\n...")}, nil
		case strings.HasSuffix(address, "/leeg"):
			return Fetched{URL: address, MediaType: "text/html"}, nil
		}
		return Fetched{URL: address, MediaType: "text/html", Body: []byte(minutes)}, nil
	}
	if change != nil {
		change(&c)
	}
	if err := c.complete(); err != nil {
		t.Fatal(err)
	}
	v.site = &site{Config: c, validations: make(chan struct{}, validationsAtOnce)}
	var err error
	if v.Handler, err = v.site.handler(); err != nil {
		t.Fatal(err)
	}
	return v
}

// send sends a form of the validator; a name that begins with @ is a file, which
// may carry its name after a colon.
func sendForm(h http.Handler, at string, fields ...string) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if field, ok := strings.CutPrefix(fields[i], "@"); ok {
			field, name, named := strings.Cut(field, ":")
			if !named {
				name = "notulen.html"
			}
			part, _ := m.CreateFormFile(field, name)
			io.WriteString(part, fields[i+1])
			continue
		}
		m.WriteField(fields[i], fields[i+1])
	}
	m.Close()
	r := httptest.NewRequest(http.MethodPost, at, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func post(h http.Handler, fields ...string) *httptest.ResponseRecorder {
	return sendForm(h, "/validator", fields...)
}

// reported sends a form and returns the address of its report, with the key of
// its maker, and the page.
func reported(t *testing.T, h http.Handler, fields ...string) (at *url.URL, page *goquery.Document) {
	t.Helper()
	answer := post(h, fields...)
	if answer.Code != http.StatusSeeOther {
		t.Fatalf("status %d, want 303\n%.2000s", answer.Code, answer.Body)
	}
	at, err := url.Parse(answer.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return at, shown(t, h, at.String())
}

func shown(t *testing.T, h http.Handler, at string) *goquery.Document {
	t.Helper()
	answer := get(h, at, "Accept", "text/html")
	if answer.Code != http.StatusOK {
		t.Fatalf("%s: status %d\n%.2000s", at, answer.Code, answer.Body)
	}
	d := parse(t, answer)
	l := dutch
	if strings.Contains(at, "taal=en") {
		l = english
	}
	checkPage(t, l, d)
	return d
}

func words(e *goquery.Selection) string { return strings.Join(strings.Fields(e.Text()), " ") }

// TestValidatorReport walks through the report of minutes with faults.
func TestValidatorReport(t *testing.T) {
	v := newValidator(t, nil)
	at, page := reported(t, v, "tekst", minutes)
	if got := words(page.Find(".stempel")); !strings.Contains(got, "Voldoet niet") {
		t.Errorf("verdict: %q", got)
	}
	if got := words(page.Find(".kenmerken")); !strings.Contains(got, "Certificatie: notulen (herkend)") || !strings.Contains(got, "22 november 2026, 11.00 uur") {
		t.Errorf("facts: %q", got)
	}
	// The levels, with what is missing.
	levels := page.Find(".ladder > li")
	if levels.Length() != 4 || !strings.Contains(words(levels.Eq(0)), "Niveau 1 nog niet behaald") || levels.Eq(0).Find(".mist li").Length() == 0 {
		t.Errorf("level 1: %q", words(levels.Eq(0)))
	}
	if got := words(levels.Eq(1)); !strings.Contains(got, "niet beoordeeld") || !strings.Contains(got, "register") {
		t.Errorf("level 2: %q", got)
	}
	// What a harvester understands.
	understood := words(page.Find(".begrepen"))
	for _, want := range []string{"1 zittingen", "1 agendapunten", "1 behandelingen van agendapunten", "1 besluiten", "0 stemmingen", "Zone 30 in de Kerkstraat", "https://data.vlavirgem.example/id/besluiten/1"} {
		if !strings.Contains(understood, want) {
			t.Errorf("understood lacks %q: %s", want, understood)
		}
	}
	// The source: each mark has a note, the note points at its rule.
	notes := page.Find(".noot")
	if notes.Length() == 0 {
		t.Fatal("no notes")
	}
	page.Find(".regelcode .nootnr").Each(func(_ int, e *goquery.Selection) {
		if page.Find(e.AttrOr("href", "")).Length() != 1 {
			t.Errorf("no note %s", e.AttrOr("href", ""))
		}
	})
	page.Find("details.noot").Each(func(_ int, e *goquery.Selection) {
		to := e.Find(`.nootfeiten a[href^="/docs/regels/"]`).AttrOr("href", "")
		if answer := get(v, to); to == "" || answer.Code != http.StatusOK {
			t.Errorf("%s: no documentation at %q", words(e.Find("summary")), to)
		}
	})
	// Nothing of the source acts.
	if page.Find("main script, main [typeof], main [property]").Length() > 0 {
		t.Error("the source is part of the page")
	}
	// Without scripts or the key, the same page.
	public := shown(t, v, at.Path)
	if public.Find("form").Length() != 0 || public.Find(".noot").Length() != notes.Length() {
		t.Error("a visitor without the key sees another report, or its buttons")
	}
	if page.Find(`.bewaren button[value="bewaar"]`).Length() != 1 || strings.Contains(words(page.Find("#rapportadres")), "sleutel") {
		t.Error("its maker can not keep it, or is told to share the key")
	}
	shown(t, v, at.String()+"&taal=en")
}

// TestValidatorFilters: each choice of the page leads to what it promises.
func TestValidatorFilters(t *testing.T) {
	v := newValidator(t, nil)
	_, page := reported(t, v, "tekst", minutes)
	page.Find(".filterset a").Each(func(_ int, a *goquery.Selection) {
		filtered := shown(t, v, strings.TrimSuffix(a.AttrOr("href", ""), "#bevindingen"))
		if n, want := filtered.Find(".noot").Length(), words(a.Find(".aantal")); fmt.Sprint(n) != want {
			t.Errorf("%s: %d findings, want %s", words(a), n, want)
		}
	})
	page.Find("a").Each(func(_ int, a *goquery.Selection) {
		to := a.AttrOr("href", "")
		if place, ok := strings.CutPrefix(to, "#"); ok && page.Find(`[id="`+place+`"]`).Length() != 1 {
			t.Errorf("no place %s", to)
		}
	})
}

// TestValidatorGroups: a rule that hits many decisions is explained once, shown
// thrice, and shown in full when asked.
func TestValidatorGroups(t *testing.T) {
	var b strings.Builder
	before, rest, _ := strings.Cut(minutes, "</body>")
	b.WriteString(before)
	for i := range 200 {
		fmt.Fprintf(&b, "<div resource=\"https://data.vlavirgem.example/id/besluiten/n%d\" typeof=\"besluit:Besluit\" prefix=\"besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology#\">\n\n<p>tekst</p>\n\n\n<h3 property=\"eli:title\">Besluit %d</h3></div>\n", i, i)
	}
	b.WriteString("</body>" + rest)
	v := newValidator(t, nil)
	at, page := reported(t, v, "tekst", b.String())
	more := page.Find(".plaatsen .alle").First()
	if !strings.Contains(words(more), "en nog") {
		t.Fatalf("nothing is grouped: %s", words(page.Find(".groepen")))
	}
	row := more.Closest("tr")
	if n := row.Find(".plaatsen a").Length(); n != perRule+1 {
		t.Errorf("%d places, want %d and the rest", n, perRule)
	}
	if page.Find(".noot.kort").Length() == 0 {
		t.Error("what was said is said again in full")
	}
	// All of the rule, by pages.
	total, seen := words(row.Find("td.getal")), 0
	for next := more.AttrOr("href", ""); next != ""; {
		p := shown(t, v, strings.TrimSuffix(next, "#bevindingen"))
		if n := p.Find(".noot").Length(); n == 0 || n > notesPerPage {
			t.Fatalf("%d notes on a page", n)
		}
		seen += p.Find(".noot").Length()
		next = p.Find(`.bladeren a[rel="next"]`).AttrOr("href", "")
	}
	if fmt.Sprint(seen) != total {
		t.Errorf("%d findings on the pages of the rule, want %s", seen, total)
	}
	if body := get(v, at.String()).Body.Len(); body > 200<<10 {
		t.Errorf("the page has %d bytes", body)
	}
}

// TestValidatorLongSource: the page of a source of megabytes stays small, even
// if the source is one line, and the rest of it can be read on.
func TestValidatorLongSource(t *testing.T) {
	for name, filler := range map[string]string{"lines": "<p>Het college keurt dit goed.</p>\n", "one line": "<p>Het college keurt dit goed. é</p>"} {
		t.Run(name, func(t *testing.T) {
			before, after, _ := strings.Cut(minutes, "</body>")
			source := before + strings.Repeat(filler, 3<<20/len(filler)) + after
			v := newValidator(t, nil)
			at, page := reported(t, v, "@bestand", source)
			if n := get(v, at.String()).Body.Len(); n > 100<<10 {
				t.Errorf("a page of %d bytes", n)
			}
			next := page.Find(".vouw a").Last().AttrOr("href", "")
			read, pages := 0, 0
			for ; next != "" && pages < 4; pages++ {
				to, _, _ := strings.Cut(next, "#")
				p := shown(t, v, to)
				p.Find(".regelcode").Each(func(_ int, e *goquery.Selection) { read += len(e.Text()) })
				next = p.Find(`a[rel="next"]`).AttrOr("href", "")
			}
			if pages != 4 || read < 2*sourcePageBytes {
				t.Errorf("%d bytes of the source on %d pages, want two full ones at least", read, pages)
			}
		})
	}
}

// TestValidatorForms: the report in every form, and the same over the form for
// programs.
func TestValidatorForms(t *testing.T) {
	v := newValidator(t, nil)
	_, page := reported(t, v, "@bestand", minutes)
	links := page.Find(".bewaren .formaten a")
	if links.Length() != len(reportForms) {
		t.Fatalf("%d forms, want %d", links.Length(), len(reportForms))
	}
	links.Each(func(i int, a *goquery.Selection) {
		f := reportForms[i]
		saved := get(v, a.AttrOr("href", ""))
		if saved.Code != http.StatusOK || !strings.HasPrefix(saved.Header().Get("Content-Type"), f.mediaType) || !strings.Contains(saved.Header().Get("Content-Disposition"), "bevindingen"+f.suffix) {
			t.Errorf("%s: %d %v", f.name, saved.Code, saved.Header())
		}
		asked := post(v, "@bestand", minutes, "vorm", f.name)
		if asked.Code != http.StatusOK || !bytes.Equal(asked.Body.Bytes(), saved.Body.Bytes()) || saved.Body.Len() < 100 {
			t.Errorf("%s: %d, saved\n%.300s\nasked\n%.300s", f.name, asked.Code, saved.Body, asked.Body)
		}
	})
	triples := get(v, page.Find(`a[href$="triples.ttl"]`).First().AttrOr("href", ""))
	if triples.Code != http.StatusOK || !strings.Contains(triples.Body.String(), "besluit:Besluit") {
		t.Errorf("triples: %d %.300s", triples.Code, triples.Body)
	}
	if answer := post(v, "tekst", minutes, "vorm", "pdf"); answer.Code != http.StatusBadRequest || !strings.Contains(answer.Body.String(), "sarif") {
		t.Errorf("a form that there is not: %d", answer.Code)
	}
}

// TestValidatorKept: a report is there for two hours, or thirty days when its
// maker asks; only its maker changes it.
func TestValidatorKept(t *testing.T) {
	v := newValidator(t, nil)
	at, page := reported(t, v, "tekst", minutes)
	key := at.Query().Get("sleutel")
	if got := words(page.Find(".bewaren")); !strings.Contains(got, "verdwijnt vanzelf op 22 november 2026, 13.00 uur") {
		t.Errorf("until when: %q", got)
	}
	change := func(action, key string) *httptest.ResponseRecorder {
		return sendForm(v, at.Path, "actie", action, "sleutel", key)
	}
	for _, wrong := range []string{"", "x", key + "x"} {
		if answer := change("verwijder", wrong); answer.Code != http.StatusForbidden {
			t.Errorf("key %q: %d", wrong, answer.Code)
		}
	}
	if answer := change("bewaar", key); answer.Code != http.StatusSeeOther {
		t.Fatalf("keep: %d", answer.Code)
	}
	page = shown(t, v, at.String())
	if got := words(page.Find(".bewaren")); !strings.Contains(got, "22 december 2026, 11.00 uur") || page.Find(`button[value="bewaar"]`).Length() != 0 {
		t.Errorf("kept: %q", got)
	}
	v.now = v.now.Add(29 * 24 * time.Hour)
	shown(t, v, at.Path)
	v.now = v.now.Add(24 * time.Hour)
	if answer := get(v, at.Path); answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), "Dit rapport is er niet (meer)") {
		t.Errorf("after 30 days: %d", answer.Code)
	}
	at, _ = reported(t, v, "tekst", minutes)
	answer := change("verwijder", at.Query().Get("sleutel"))
	if answer.Code != http.StatusSeeOther || !strings.Contains(get(v, answer.Header().Get("Location")).Body.String(), "Het rapport is verwijderd") {
		t.Errorf("delete: %d %s", answer.Code, answer.Header().Get("Location"))
	}
	if answer := get(v, at.Path); answer.Code != http.StatusNotFound {
		t.Errorf("deleted, and still there: %d", answer.Code)
	}
}

// TestValidatorPrivacy: what a privacy rule found stands nowhere in full, in no
// form of the report and not in what is kept.
func TestValidatorPrivacy(t *testing.T) {
	const secret = "85.07.30-033.28"
	source := strings.Replace(minutes, "Zone 30 in de Kerkstraat</h3>", "Aanstelling van Jan Peeters ("+secret+")</h3><a href=\"/"+secret+"\">x</a>", 1)
	kept := &spy{memory: newMemory(time.Now, 10)}
	v := newValidator(t, func(c *Config) { c.Reports = kept; c.Now = time.Now })
	at, page := reported(t, v, "@bestand", source)
	if !strings.Contains(words(page.Find(".groepen")), "national-register-number") {
		t.Fatalf("not found: %s", words(page.Find(".groepen")))
	}
	pages := []string{at.String(), at.Path + "/bron", at.Path + "/triples.ttl", at.Path + "?regel=national-register-number"}
	for _, f := range reportForms {
		pages = append(pages, at.Path+"/bevindingen"+f.suffix)
	}
	for _, p := range pages {
		answer := get(v, p)
		if answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), secret) {
			t.Errorf("%s: %d, shows the number: %v", p, answer.Code, strings.Contains(answer.Body.String(), secret))
		}
	}
	for _, content := range kept.seen {
		if bytes.Contains(content, []byte(secret)) {
			t.Error("the number is kept")
		}
	}
}

// spy remembers all that was kept.
type spy struct {
	*memory
	seen [][]byte
}

func (s *spy) Put(ctx context.Context, id string, content []byte, until time.Time) error {
	s.seen = append(s.seen, content)
	return s.memory.Put(ctx, id, content, until)
}

// TestValidatorUnhappy: whatever is sent, the page tells in plain words what
// to do, and keeps what was typed.
func TestValidatorUnhappy(t *testing.T) {
	v := newValidator(t, nil)
	for _, c := range []struct {
		name   string
		fields []string
		status int
		says   string
	}{
		{"nothing", nil, 400, "Geef een adres, een bestand of tekst"},
		{"name that does not exist", []string{"url", "bestaatniet.example"}, 422, "De naam van deze website bestaat niet"},
		{"private address", []string{"url", "http://10.0.0.1/"}, 422, "openbare web"},
		{"404", []string{"url", "https://vlavirgem.example/w"}, 422, "bestaat niet (404)"},
		{"slow", []string{"url", "https://traag.example/"}, 422, "niet binnen de tijd"},
		{"PDF from the web", []string{"url", "https://vlavirgem.example/notulen.pdf"}, 422, "Dit is een PDF"},
		{"PDF uploaded", []string{"@bestand:notulen.pdf", "%PDF-1.4 x"}, 422, "Dit is een PDF"},
		{"Word document", []string{"@bestand:notulen.docx", "PK\x03\x04xxxx"}, 422, "kantoordocument"},
		{"binary", []string{"@bestand:foto.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF"}, 422, "geen tekst"},
		{"empty page", []string{"url", "https://vlavirgem.example/leeg"}, 422, "Het document is leeg"},
		{"too large", []string{"url", "https://vlavirgem.example/groot", "@bestand", strings.Repeat("x", uploadLimit+2<<20)}, 413, "20 MB"},
		{"too many files", slicesOf(filesMost+1, "@bestand", minutes), 413, "te veel bestanden"},
		{"script in the address", []string{"url", `"><script>alert(1)</script>`, "@bestand", "%PDF-"}, 422, "&lt;script&gt;"},
		{"no website", []string{"url", "http://", "heel", "1"}, 501, "staat op deze server niet aan"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := post(v, c.fields...)
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.says) {
				t.Fatalf("%d, want %d and %q in\n%.3000s", answer.Code, c.status, c.says, answer.Body)
			}
			d := parse(t, answer)
			checkPage(t, dutch, d)
			if d.Find(`[role="alert"]`).Length() != 1 {
				t.Error("the message is not told to a screen reader")
			}
			for i := 0; i+1 < len(c.fields); i += 2 {
				if c.fields[i] == "url" && d.Find("#url").AttrOr("value", "") != c.fields[i+1] {
					t.Errorf("the address was not kept: %q", d.Find("#url").AttrOr("value", ""))
				}
			}
		})
	}
	t.Run("page without RDFa", func(t *testing.T) {
		_, page := reported(t, v, "tekst", "<!DOCTYPE html><title>Nieuws</title><p>Welkom</p>")
		if got := words(page.Find(".oordeel")); !strings.Contains(got, "Geen gelinkte data gevonden") || !strings.Contains(got, "overzicht") {
			t.Errorf("%q", got)
		}
	})
	t.Run("another character set than was said", func(t *testing.T) {
		_, page := reported(t, v, "@bestand", strings.ReplaceAll(minutes, "Kerkstraat", "Beli\xebstraat"))
		if got := words(page.Find(".begrepen")); !strings.Contains(got, "Beliëstraat") {
			t.Errorf("%q", got)
		}
	})
	t.Run("our own mistake", func(t *testing.T) {
		v := newValidator(t, func(c *Config) {
			c.Validate = func(context.Context, string, string, []byte, oslo.Profile) (Checked, error) {
				return Checked{}, errors.New("secret path /var/lib")
			}
		})
		answer := post(v, "tekst", minutes)
		if answer.Code != 500 || strings.Contains(answer.Body.String(), "/var/lib") || !strings.Contains(answer.Body.String(), "ligt bij ons") {
			t.Errorf("%d %.500s", answer.Code, answer.Body)
		}
	})
	t.Run("broken syntax", func(t *testing.T) {
		v := newValidator(t, func(c *Config) {
			c.Validate = func(_ context.Context, source, _ string, body []byte, _ oslo.Profile) (Checked, error) {
				return Checked{}, &rdf.SyntaxError{Source: source, Span: rdf.NewLines(body).Span(2, 3), Message: "a full stop is expected"}
			}
		})
		answer := post(v, "tekst", "<a> <b> <c>")
		if answer.Code != 422 || !strings.Contains(answer.Body.String(), "regel 1, kolom 3: a full stop is expected") || !strings.Contains(answer.Body.String(), "&lt;a&gt; &lt;b&gt;") {
			t.Errorf("%d %.500s", answer.Code, answer.Body)
		}
	})
}

func slicesOf(n int, values ...string) (out []string) {
	for range n {
		out = append(out, values...)
	}
	return out
}

// TestValidatorSeveral: several files give one report of all and one of each.
func TestValidatorSeveral(t *testing.T) {
	v := newValidator(t, nil)
	at, page := reported(t, v, "@bestand:een.html", minutes, "@bestand:twee.html", "<p>niets", "@bestand:drie.pdf", "%PDF-1.4")
	if got := words(page.Find("#voortgang > .bericht")); !strings.Contains(got, "2 documenten getoetst, 1 kon niet gelezen worden") {
		t.Errorf("%q", got)
	}
	rows := page.Find(".documenten tbody tr")
	if rows.Length() != 3 || !strings.Contains(words(rows.Eq(0)), "een.html") || !strings.Contains(words(rows), "Dit is een PDF") {
		t.Errorf("%s", words(rows))
	}
	one := shown(t, v, rows.Eq(0).Find("a").AttrOr("href", ""))
	if !strings.Contains(words(one.Find(".oordeel")), "een.html") || one.Find(`.bewaren form`).Length() != 0 {
		t.Error("no report of its own, or one that goes its own way")
	}
	if rules := page.Find(".groepen tbody tr"); rules.Length() == 0 || rules.First().Find(".vooral a").Length() == 0 {
		t.Error("no summary by rule")
	}
	var all struct{ Documents []struct{ Source string } }
	if err := json.Unmarshal(get(v, at.Path+"/bevindingen.json").Body.Bytes(), &all); err != nil || len(all.Documents) != 2 {
		t.Errorf("%v %v", all, err)
	}
	child := rows.Eq(0).Find("a").AttrOr("href", "")
	if answer := sendForm(v, at.Path, "actie", "verwijder", "sleutel", at.Query().Get("sleutel")); answer.Code != http.StatusSeeOther {
		t.Fatalf("delete: %d", answer.Code)
	}
	if answer := get(v, child); answer.Code != http.StatusNotFound {
		t.Errorf("the report of one document outlives that of all: %d", answer.Code)
	}
}

// crawling is a website that hands over its pages when the test says so.
type crawling struct {
	pages  chan CrawledPage
	result error
}

func (c *crawling) crawl(ctx context.Context, _ string, _ oslo.Profile, page func(CrawledPage)) error {
	for {
		select {
		case p, ok := <-c.pages:
			if !ok {
				return c.result
			}
			page(p)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *crawling) give(t *testing.T, p CrawledPage) {
	t.Helper()
	if p.Checked == nil && !p.Overview && p.Reason.NL == "" {
		checked, err := validate(t.Context(), p.URL, "text/html", []byte(minutes), "")
		if err != nil {
			t.Fatal(err)
		}
		p.Checked = &checked
	}
	c.pages <- p
}

// TestValidatorCrawl: the check of a whole website tells how it goes, with and
// without scripts, and ends with a report.
func TestValidatorCrawl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := &crawling{pages: make(chan CrawledPage)}
		v := newValidator(t, func(c *Config) { c.Crawl = web.crawl })
		at, page := reported(t, v, "url", "www.vlavirgem.example", "heel", "1")
		if page.Find("#voortgang[data-loopt]").Length() != 1 || !strings.Contains(words(page.Find(`[role="status"]`)), "De controle loopt") {
			t.Errorf("not running: %s", words(page.Find("#voortgang")))
		}
		body := get(v, at.String())
		if !strings.Contains(body.Body.String(), `<noscript><meta http-equiv="refresh" content="3"></noscript>`) {
			t.Error("does not refresh without scripts")
		}
		if csp := body.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		web.give(t, CrawledPage{URL: "https://www.vlavirgem.example/", Overview: true})
		web.give(t, CrawledPage{URL: minutesAt})
		web.give(t, CrawledPage{URL: "https://www.vlavirgem.example/weg", Reason: rdf.Text{NL: "De pagina bestaat niet (404).", EN: "gone"}})
		synctest.Wait()
		if got := words(shown(t, v, at.String()).Find(`#voortgang [role="status"]`)); !strings.Contains(got, "1 document getoetst, 1 kon niet gelezen worden, 1 overzichtspagina") {
			t.Errorf("%q", got)
		}
		// One check of a website at a time, and two in all.
		if answer := post(v, "url", "https://www.vlavirgem.example/x", "heel", "1"); answer.Code != http.StatusConflict {
			t.Errorf("the same website again: %d", answer.Code)
		}
		other, _ := reported(t, v, "url", "https://www.ander.example/", "heel", "1")
		if answer := post(v, "url", "https://derde.example/", "heel", "1"); answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "te veel controles") {
			t.Errorf("a third: %d", answer.Code)
		}
		if answer := sendForm(v, other.Path, "actie", "stop", "sleutel", other.Query().Get("sleutel")); answer.Code != http.StatusSeeOther {
			t.Errorf("stop: %d", answer.Code)
		}
		if got := words(shown(t, v, other.String()).Find("#voortgang")); !strings.Contains(got, "U stopte de controle") {
			t.Errorf("stopped: %q", got)
		}
		close(web.pages)
		synctest.Wait()
		page = shown(t, v, at.String())
		if page.Find("[data-loopt]").Length() != 0 || !strings.Contains(words(page.Find("#voortgang .bericht")), "Klaar.") || page.Find(".documenten tbody tr").Length() != 2 {
			t.Errorf("done: %s", words(page.Find("#voortgang")))
		}
	})
}

// TestValidatorCrawlEnds: how a check can end otherwise.
func TestValidatorCrawlEnds(t *testing.T) {
	for name, c := range map[string]struct {
		result error
		says   string
	}{
		"bound":     {ErrCrawlBound, "Gestopt aan de grens. Een controle leest ten hoogste 200"},
		"no answer": {&FetchError{rdf.Text{NL: "De naam van deze website bestaat niet.", EN: "no"}}, "De controle kon niet beginnen. 0 documenten getoetst. 0 seconden De naam van deze website bestaat niet."},
		"ours":      {errors.New("secret disk"), "De controle kon niet beginnen"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				web := &crawling{pages: make(chan CrawledPage), result: c.result}
				close(web.pages)
				v := newValidator(t, func(c *Config) { c.Crawl = web.crawl })
				at, _ := reported(t, v, "url", "www.vlavirgem.example", "heel", "1")
				synctest.Wait()
				got := words(shown(t, v, at.String()).Find("#voortgang"))
				if !strings.Contains(got, c.says) || strings.Contains(got, "secret") {
					t.Errorf("%q, want %q", got, c.says)
				}
			})
		})
	}
	t.Run("time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			web := &crawling{pages: make(chan CrawledPage)}
			v := newValidator(t, func(c *Config) { c.Crawl = web.crawl })
			at, _ := reported(t, v, "url", "www.vlavirgem.example", "heel", "1")
			time.Sleep(crawlTime + time.Second)
			synctest.Wait()
			if got := words(shown(t, v, at.String()).Find("#voortgang")); !strings.Contains(got, "Gestopt aan de grens") {
				t.Errorf("%q", got)
			}
		})
	})
	t.Run("the program ended", func(t *testing.T) {
		v := newValidator(t, nil)
		rec, _ := v.site.newRecord()
		rec.Several = &keptBatch{Address: "https://www.vlavirgem.example/", State: batchRunning, Started: v.now}
		if err := v.site.keep(t.Context(), rec, v.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := words(shown(t, v, reportPath(rec.ID)).Find("#voortgang")); !strings.Contains(got, "de server is herstart") {
			t.Errorf("%q", got)
		}
	})
}

// TestValidatorRate: one client that asks too much waits; others do not.
func TestValidatorRate(t *testing.T) {
	v := newValidator(t, nil)
	ask := func(remote, forwarded string) int {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/validate", strings.NewReader("<p>"))
		r.Header.Set("Content-Type", "text/html")
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		v.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("does not say when to come back")
		}
		return w.Code
	}
	for range limitBurst {
		if code := ask("192.0.2.1:1", ""); code != http.StatusOK {
			t.Fatalf("status %d", code)
		}
	}
	for _, c := range []struct {
		remote, forwarded string
		want              int
	}{
		{"192.0.2.1:2", "", 429},
		{"192.0.2.1:2", "198.51.100.7", 429}, // what a client says of itself does not count
		{"192.0.2.2:2", "", 200},
		{"127.0.0.1:9", "203.0.113.5, 192.0.2.1", 429}, // what a proxy on this machine says does
		{"127.0.0.1:9", "198.51.100.7", 200},
		{"[2001:db8::1]:5", "", 200},
	} {
		if got := ask(c.remote, c.forwarded); got != c.want {
			t.Errorf("%s for %q: %d, want %d", c.remote, c.forwarded, got, c.want)
		}
	}
	v.now = v.now.Add(2 * limitEvery)
	if got := ask("192.0.2.1:3", ""); got != http.StatusOK {
		t.Errorf("after a while: %d", got)
	}
	if p, q := clientOf(&http.Request{RemoteAddr: "[2001:db8::1]:5"}), clientOf(&http.Request{RemoteAddr: "[2001:db8::ffff:2]:6"}); p != q {
		t.Errorf("two addresses of one network: %v, %v", p, q)
	}
}

func TestLimiterForgets(t *testing.T) {
	var l limiter
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for i := range limitMost + 100 {
		l.take(clientOf(&http.Request{RemoteAddr: fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)}), now)
	}
	if len(l.clients) > limitMost {
		t.Errorf("%d clients are remembered", len(l.clients))
	}
}

// TestMemoryReports holds the reports in memory to the contract.
func TestMemoryReports(t *testing.T) {
	statetest.Reports(t, func(_ *testing.T, now func() time.Time) statetest.ReportKeeper { return newMemory(now, 3) })
}

// TestValidateAPI holds the interface for programs against its description.
func TestValidateAPI(t *testing.T) {
	v := newValidator(t, nil)
	description, err := openapi3.NewLoader().LoadFromData(get(v, "/api/openapi.json").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(description)
	if err != nil {
		t.Fatal(err)
	}
	form := func(fields ...string) (body, mediaType string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for i := 0; i+1 < len(fields); i += 2 {
			part, _ := m.CreateFormFile("bestand", fields[i])
			io.WriteString(part, fields[i+1])
		}
		m.Close()
		return b.String(), m.FormDataContentType()
	}
	two, twoType := form("een.html", minutes, "twee.html", "<p>niets")
	for _, c := range []struct {
		name, query, mediaType, accept, body string
		status                               int
		answers, says                        string
	}{
		{"page", "?source=" + url.QueryEscape(minutesAt), "text/html; charset=utf-8", "", minutes, 200, "application/json", `"profile": "notulen"`},
		{"profile", "?profile=praktijk", "text/html", "", minutes, 200, "application/json", `"profile": "praktijk"`},
		{"address", "", "application/json", "application/json", `{"url":"https://www.vlavirgem.example/notulen/1"}`, 200, "application/json", minutesAt},
		{"content", "", "application/json", "", `{"content":"<p>x","profile":"agenda","language":"en"}`, 200, "application/json", `"class-absent"`},
		{"files", "", twoType, "", two, 200, "application/json", "twee.html"},
		{"sarif", "", "text/html", "application/sarif+json", minutes, 200, "application/sarif+json", `"2.1.0"`},
		{"junit", "", "text/html", "application/xml", minutes, 200, "application/xml", "<testsuites"},
		{"turtle", "", "text/html", "text/turtle", minutes, 200, "text/turtle", "sh:ValidationReport"},
		{"text", "?language=en", "text/html", "text/plain", minutes, 200, "text/plain", "violation"},
		{"html", "?format=html", "text/html", "", minutes, 200, "text/html", "<html"},
		{"no such form", "", "text/html", "image/png", minutes, 406, "application/problem+json", "sarif"},
		{"no such profile", "?profile=x", "text/html", "", minutes, 400, "application/problem+json", "profiel"},
		{"nothing", "", "application/json", "", `{}`, 400, "application/problem+json", "Geef een adres"},
		{"both", "", "application/json", "", `{"url":"https://a.example","content":"x"}`, 400, "application/problem+json", "niet beide"},
		{"broken JSON", "", "application/json", "", `{"url":`, 400, "application/problem+json", "JSON"},
		{"PDF", "", "text/html", "", "%PDF-1.7", 422, "application/problem+json", "Dit is een PDF"},
		{"private address", "?language=en", "application/json", "", `{"url":"http://10.0.0.1/"}`, 422, "application/problem+json", "refused"},
		{"too large", "", "text/html", "", strings.Repeat("x", uploadLimit+10), 413, "application/problem+json", "20 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := func() *http.Request {
				r := httptest.NewRequest(http.MethodPost, "/api/v1/validate"+c.query, strings.NewReader(c.body))
				r.Header.Set("Content-Type", c.mediaType)
				if c.accept != "" {
					r.Header.Set("Accept", c.accept)
				}
				return r
			}
			r := request()
			route, parameters, err := router.FindRoute(r)
			if err != nil {
				t.Fatal(err)
			}
			input := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route}
			described := c.mediaType == "application/json" && c.name != "broken JSON"
			if described {
				if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil {
					t.Errorf("request: %v", err)
				}
			}
			answer := httptest.NewRecorder()
			v.ServeHTTP(answer, request())
			if answer.Code != c.status || !strings.HasPrefix(answer.Header().Get("Content-Type"), c.answers) || !strings.Contains(answer.Body.String(), c.says) {
				t.Fatalf("%d %s, want %d %s and %q in\n%.600s", answer.Code, answer.Header().Get("Content-Type"), c.status, c.answers, c.says, answer.Body)
			}
			if answer.Header().Get("Access-Control-Allow-Origin") != "*" {
				t.Error("scripts of other websites may not read it")
			}
			if strings.HasSuffix(c.answers, "json") && c.answers != "application/sarif+json" {
				output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes()))}
				if err := openapi3filter.ValidateResponse(t.Context(), output); err != nil {
					t.Errorf("answer: %v\n%.600s", err, answer.Body)
				}
			}
		})
	}
	for at, says := range map[string]string{"/api/v1/validate/schema.json": "2020-12", "/api/v1/rules": "null-uri", "/api/v1/rules/null-uri": "mending"} {
		if answer := get(v, at); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), says) {
			t.Errorf("%s: %d %.300s", at, answer.Code, answer.Body)
		}
	}
	if answer := get(v, "/api/v1/rules/onbekend"); answer.Code != http.StatusNotFound || !strings.Contains(answer.Header().Get("Content-Type"), "problem+json") {
		t.Errorf("unknown rule: %d", answer.Code)
	}
}

// TestRulePages: every rule has a page that says what is asked and how to mend
// it, in both languages, with an example.
func TestRulePages(t *testing.T) {
	v := newValidator(t, nil)
	list := words(parse(t, get(v, "/docs/regels")).Find(".docs"))
	for _, rule := range oslo.Rules() {
		if !strings.Contains(list, rule.Code) {
			t.Errorf("%s is not in the list", rule.Code)
		}
		for _, text := range []rdf.Text{rule.Title, rule.Explanation, rule.Mending} {
			if text.NL == "" || text.EN == "" {
				t.Errorf("%s: a text is missing: %+v", rule.Code, text)
			}
		}
		page := shown(t, v, "/docs/regels/"+rule.Code)
		if rule.Example != "" && !strings.Contains(page.Find(".vergelijk .goed").Text(), rule.Example) {
			t.Errorf("%s: no right example on its page", rule.Code)
		}
	}
}

// TestLayOut: whatever the spans, every note with a place stands beside a mark,
// and the rows say what the source says.
func TestLayOut(t *testing.T) {
	text := []byte("een\r\n\ttwee drie\n\n" + strings.Repeat("x", 5000) + "FOUT" + strings.Repeat("y", 5000) + "\nvier é vijf")
	lines := rdf.NewLines(text)
	at := func(s string) rdf.Span { i := bytes.Index(text, []byte(s)); return lines.Span(i, i+len(s)) }
	spans := []rdf.Span{at("een"), at("twee"), at("drie"), at("FOUT"), at("é"), lines.Span(15, 15), {}, {Start: rdf.Position{Offset: 99999, Line: 9, Column: 1}}, lines.Span(0, len(text))}
	var notes []note
	for i, s := range spans {
		notes = append(notes, note{Finding: rdf.Finding{Span: s, Severity: rdf.Warning}, Nummer: i + 1})
	}
	stretches, placeless := layOut(text, notes)
	fold(text, stretches, func(int) string { return "/bron" })
	if len(placeless) != 2 {
		t.Errorf("%d notes without a place, want 2", len(placeless))
	}
	marked, beside := map[int]bool{}, map[int]bool{}
	for _, st := range stretches {
		for _, s := range st.Stappen {
			for _, r := range s.Rijen {
				row := ""
				for _, p := range r.Delen {
					row += p.Tekst
					for _, n := range p.Begint {
						marked[n] = true
					}
				}
				if line := string(lines.Line(r.Nummer)); !strings.Contains(line, row) {
					t.Errorf("line %d: %q is not in %.40q", r.Nummer, row, line)
				}
			}
			for _, n := range s.Noten {
				if beside[n.Nummer] {
					t.Errorf("note %d stands twice", n.Nummer)
				}
				beside[n.Nummer] = true
			}
		}
	}
	for i, s := range spans {
		want := i != 6 && i != 7
		if marked[i+1] != want || beside[i+1] != want {
			t.Errorf("note %d (%v): marked %v, beside %v, want %v", i+1, s, marked[i+1], beside[i+1], want)
		}
	}
}

// FuzzLayOut: no source and no spans break the page of a report.
func FuzzLayOut(f *testing.F) {
	f.Add([]byte("een\ntwee"), 0, 3, 4, 8)
	f.Add([]byte("\r\n\xff\xfe\n"), 1, 2, 0, 5)
	f.Add([]byte(""), 0, 0, -1, 9)
	f.Fuzz(func(t *testing.T, text []byte, a, b, c, d int) {
		lines := rdf.NewLines(text)
		notes := []note{
			{Finding: rdf.Finding{Span: lines.Span(a, b)}, Nummer: 1},
			{Finding: rdf.Finding{Span: rdf.Span{Start: rdf.Position{Offset: c, Line: 1, Column: 1}, End: rdf.Position{Offset: d, Line: 1, Column: 1}}}, Nummer: 2},
		}
		stretches, placeless := layOut(text, notes)
		fold(text, stretches, func(int) string { return "" })
		n := len(placeless)
		for _, st := range stretches {
			for _, s := range st.Stappen {
				n += len(s.Noten)
			}
		}
		if n != len(notes) {
			t.Errorf("%d notes came out of %d", n, len(notes))
		}
		for at := 0; at < len(text); {
			_, next := sourceFrom(text, at)
			if next <= at {
				t.Fatalf("reading on from byte %d comes to %d", at, next)
			}
			at = next
		}
	})
}

// TestReportGolden holds a report to the letter. Its findings are of rules that
// there are not, so that it changes only with the page.
func TestReportGolden(t *testing.T) {
	v := newValidator(t, func(c *Config) {
		c.Validate = func(ctx context.Context, source, mediaType string, body []byte, _ oslo.Profile) (Checked, error) {
			checked, err := validate(ctx, source, mediaType, body, oslo.Notulen)
			lines := rdf.NewLines(checked.Text)
			at := func(part string) rdf.Span {
				i := bytes.Index(checked.Text, []byte(part))
				return lines.Span(i, i+len(part))
			}
			say := func(severity rdf.Severity, rule, message string, span rdf.Span) rdf.Finding {
				return rdf.Finding{Severity: severity, Rule: rule, Message: rdf.Text{NL: message, EN: message}, Span: span, Focus: rdf.IRI("https://data.vlavirgem.example/id/besluiten/1")}
			}
			checked.Verdict.Findings = []rdf.Finding{
				say(rdf.Violation, "proef-document", "Dit gaat over alles.", rdf.Span{}),
				say(rdf.Violation, "proef-klasse", "Deze klasse is fout.", at(`typeof="besluit:Besluit"`)),
				say(rdf.Warning, "proef-titel", "Deze titel is kort.", at(`<h3 property="eli:title">Zone 30 in de Kerkstraat</h3>`)),
				say(rdf.Warning, "proef-titel", "Deze titel is ook kort.", at(`property="dct:title"`)),
			}
			checked.Counts, checked.Conforms, checked.Maturity = [3]int{0, 2, 2}, false, oslo.Maturity{One: oslo.Reached, Three: oslo.Missed, Bonus: oslo.Reached}
			return checked, err
		}
	})
	at, _ := reported(t, v, "@bestand", minutes)
	_, main, _ := bytes.Cut(unhash(get(v, at.Path).Body.Bytes()), []byte("<main"))
	got := regexp.MustCompile(`[a-z2-7]{26}`).ReplaceAll(append([]byte("<main"), main...), []byte("ID"))
	file := filepath.Join("testdata", "rapport.html")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestValidatorTogether: many at once, for the race detector.
func TestValidatorTogether(t *testing.T) {
	v := newValidator(t, nil)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			answer := post(v, "@bestand:"+fmt.Sprint(i)+".html", minutes)
			if answer.Code != http.StatusSeeOther {
				t.Errorf("status %d", answer.Code)
				return
			}
			at, _ := url.Parse(answer.Header().Get("Location"))
			get(v, at.String())
			sendForm(v, at.Path, "actie", "bewaar", "sleutel", at.Query().Get("sleutel"))
		})
	}
	all.Wait()
}

package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
)

// lang is a language of the interface.
type lang string

const (
	dutch   lang = "nl"
	english lang = "en"
)

// language is Dutch unless the address asks for English.
func language(r *http.Request) lang {
	if r.URL.Query().Get("taal") == string(english) {
		return english
	}
	return dutch
}

// page is what the layout and one template turn into HTML.
type page struct {
	Template     string
	Taal         lang
	Titel        string // of the document; the h1 is the template's own
	Beschrijving string
	Pad          string // path and query of this page, without the language
	Deel         string // first segment of the path, for the navigation
	Robots       string // "" or the content of meta robots
	Canonical    string // absolute
	Alternates   []alternate
	Base         string
	Version      string
	Kruimels     []crumb
	Data         any
}

// alternate is another form of the same page.
type alternate struct{ Href, Type, Title string }

// crumb is a step on the way from the root to this page.
type crumb struct{ Href, Label string }

// pageSet are the parsed templates in one language, by name.
type pageSet map[string]*template.Template

func (s *site) newPage(r *http.Request, name string) *page {
	q := r.URL.Query()
	q.Del("taal")
	at := r.URL.Path
	if e := q.Encode(); e != "" && r.Method != http.MethodPost {
		at += "?" + e
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	l := language(r)
	return &page{Template: name, Taal: l, Titel: message(l, name+".titel"), Pad: at, Deel: segment,
		Canonical: s.Base + r.URL.Path, Base: s.Base, Version: s.Version}
}

// parseTemplates parses every page once for each language: the language is in
// the functions, not in the data.
func (s *site) parseTemplates(files fs.ReadDirFS) (map[lang]pageSet, error) {
	names, err := files.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	sets := map[lang]pageSet{}
	for _, l := range []lang{dutch, english} {
		base, err := template.New("layout.html").Funcs(s.functions(l)).ParseFS(files, "templates/layout.html", "templates/delen.html")
		if err != nil {
			return nil, fmt.Errorf("parse layout: %w", err)
		}
		sets[l] = pageSet{}
		for _, entry := range names {
			name := strings.TrimSuffix(entry.Name(), ".html")
			if name == "layout" || name == "delen" {
				continue
			}
			t, err := template.Must(base.Clone()).ParseFS(files, path.Join("templates", entry.Name()))
			if err != nil {
				return nil, fmt.Errorf("parse template %s: %w", name, err)
			}
			sets[l][name] = t
		}
	}
	return sets, nil
}

// functions are what templates may call, in one language.
func (s *site) functions(l lang) template.FuncMap {
	policy := newSanitizer()
	return template.FuncMap{
		"t":          func(key string, args ...any) string { return message(l, key, args...) },
		"noem":       func(n any, key string) string { return noun(l, asInt(n), key) },
		"tel":        func(n any, key string) string { return counting(l, asInt(n), key) },
		"datum":      func(t time.Time) string { return day(l, t) },
		"moment":     func(t time.Time) string { return moment(l, t) },
		"iso":        func(t time.Time) string { return t.In(brussel).Format("2006-01-02") },
		"isotijd":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"getal":      func(n any) string { return number(l, asInt(n)) },
		"href":       func(to string, query ...any) string { return link(l, to, query...) },
		"anders":     func(to string) string { return otherLanguage(l, to) },
		"label":      labelOf,
		"besluitpad": besluitPath, "puntpad": puntPath, "zittingpad": zittingPath, "orgaanpad": orgaanPath, "bestuurpad": bestuurPath,
		"titel":  func(entity any) string { return titleOf(l, entity) },
		"naam":   func(name, iri string) string { return nameOf(l, name, iri) },
		"orgaan": orgaanOf, "bestuur": bestuurOf,
		"besluitdatum": func(b *besluit.Besluit) *time.Time {
			if t := dateOf(b); !t.IsZero() {
				return &t
			}
			return nil
		},
		"grond":    func(g besluit.Rechtsgrond) string { return groundOf(l, g) },
		"markdown": markdown,
		"bestand":  fileName,
		"adres":    shortAddress,
		"tekst":    func(text string) template.HTML { return rich(policy, text) },
		"plat":     plain,
		"markeer":  marked,
		"taal":     func(x rdf.Text) string { return inLanguage(l, x) },
		"static":   func(name string) string { return s.static.href(name) },
		"web":      isWeb,
		"versies":  versiesPath,
		"versie":   versiePath,

		"zittingadres": func(iri string) string { return "/zittingen/" + besluit.ID(iri) },
	}
}

// counting writes a number with its noun, which has a message for one and a
// message for more.
func counting(l lang, n int64, key string) string {
	return number(l, n) + " " + noun(l, n, key)
}

func noun(l lang, n int64, key string) string {
	if n == 1 {
		key += ".1"
	}
	return message(l, key)
}

func asInt(n any) int64 {
	switch v := reflect.ValueOf(n); {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint())
	}
	return 0
}

func inLanguage(l lang, x rdf.Text) string {
	if l == english && x.EN != "" || x.NL == "" {
		return x.EN
	}
	return x.NL
}

// link adds query parameters, given as names and values, and keeps the
// language.
func link(l lang, to string, query ...any) string {
	to, fragment, hash := strings.Cut(to, "#")
	at, old, _ := strings.Cut(to, "?")
	q, _ := url.ParseQuery(old)
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(fmt.Sprint(query[i]), fmt.Sprint(query[i+1]))
	}
	if l == english {
		q.Set("taal", string(english))
	}
	if e := q.Encode(); e != "" {
		at += "?" + e
	}
	if hash {
		at += "#" + fragment
	}
	return at
}

func otherLanguage(l lang, to string) string {
	if l == dutch {
		return link(english, to)
	}
	return link(dutch, to)
}

// labelOf names a concept: its label, else the last part of its IRI.
func labelOf(iri string) string {
	if l := besluit.Label(iri); l != "" {
		return l
	}
	if i := strings.LastIndexAny(iri, "/#"); i >= 0 && i+1 < len(iri) {
		return iri[i+1:]
	}
	return iri
}

// shortAddress is an address without its scheme, for people.
func shortAddress(at string) string {
	_, rest, ok := strings.Cut(at, "://")
	if !ok {
		return at
	}
	return strings.TrimSuffix(rest, "/")
}

// isWeb reports whether an IRI that data gave may stand in a link.
func isWeb(iri string) bool {
	u, err := url.Parse(iri)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// write renders a page with an entity tag, so that a client that has it gets
// 304 (RFC 9110, section 8.8.3).
func (s *site) write(w http.ResponseWriter, r *http.Request, status int, p *page) error {
	t, ok := s.pages[p.Taal][p.Template]
	if !ok {
		return fmt.Errorf("render page: no template %q", p.Template)
	}
	var b bytes.Buffer
	layout := "layout.html"
	if t.Lookup("pagina") != nil { // a page without our head and foot
		layout = "pagina"
	}
	if err := t.ExecuteTemplate(&b, layout, p); err != nil {
		return fmt.Errorf("render page %s: %w", p.Template, err)
	}
	w.Header().Set("Content-Language", string(p.Taal))
	for _, a := range p.Alternates {
		w.Header().Add("Link", fmt.Sprintf("<%s>; rel=\"alternate\"; type=%q", a.Href, a.Type))
	}
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-cache")
	}
	return send(w, r, status, "text/html; charset=utf-8", b.Bytes())
}

// send writes a whole answer with an entity tag over its media type and bytes,
// packed if the client takes that.
func send(w http.ResponseWriter, r *http.Request, status int, mediaType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Add("Vary", "Accept-Encoding")
	if status == http.StatusOK && r.Method != http.MethodPost {
		tag := entityTag(mediaType, body)
		h.Set("ETag", tag)
		if sameTag(r.Header.Get("If-None-Match"), tag) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if accept := r.Header.Get("Accept-Encoding"); accept != "" && len(body) > packedFrom && sparql.Negotiate(accept, []string{"gzip"}) != "" {
		h.Set("Content-Encoding", "gzip")
		body = packed(body)
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // the client is gone if this fails: nobody to tell
	}
	return nil
}

// packedFrom is the length from which packing an answer is worth it.
const packedFrom = 1 << 10

func packed(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // the level is a good one
	z.Write(body)                                   // a buffer takes everything
	z.Close()
	return b.Bytes()
}

// entityTag is weak, because the same answer is sent packed and unpacked.
func entityTag(mediaType string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(mediaType + "\n"))
	h.Write(body)
	return `W/"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:15]) + `"`
}

// sameTag compares weakly, as If-None-Match asks (RFC 9110, section 13.1.2).
func sameTag(header, tag string) bool {
	for _, candidate := range strings.Split(header, ",") {
		if c := strings.TrimPrefix(strings.TrimSpace(candidate), "W/"); c == strings.TrimPrefix(tag, "W/") || c == "*" {
			return true
		}
	}
	return false
}

// sendJSON writes a whole answer of the API.
func sendJSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	open(w.Header())
	w.Header().Set("Cache-Control", "no-cache")
	return send(w, r, http.StatusOK, "application/json; charset=utf-8", append(body, '\n'))
}

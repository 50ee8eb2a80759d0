package site

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/search"
)

const (
	embedLength = 10 // decisions in an embedded list, unless asked otherwise
	embedMost   = 50
	embedAge    = "public, max-age=300, stale-while-revalidate=3600"
)

// colour is what ?kleur= may be: a colour in hexadecimal, without "#".
var colour = regexp.MustCompile(`^([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)

// iframe is the line of HTML that puts a government's decisions on a website.
func (s *site) iframe(b *publisher.Bestuur) string {
	return fmt.Sprintf(`<iframe title="Besluiten van %s" src="%s" width="100%%" height="600" loading="lazy"></iframe>`,
		attribute(nameOf(dutch, b.Naam, b.IRI)), attribute(s.Base+"/embed/lijst?bestuur="+url.QueryEscape(b.Slug)))
}

// attribute escapes a text for an attribute between double quotes.
func attribute(s string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;").Replace(s)
}

type embedPage struct {
	Bestuur   *publisher.Bestuur
	Besluiten []hit
	Stijl     string // address of the stylesheet with the host's colour, or ""
	Alle      string
}

// embedList is a whole page with the latest decisions, for a frame or for a
// server that includes it: no script, no cookie, framed by anyone.
func (s *site) embedList(w http.ResponseWriter, r *http.Request) error {
	embeddable(w.Header())
	q := r.URL.Query()
	d := embedPage{Alle: "/zoeken"}
	request := search.Request{Size: embedLength}
	if n, err := strconv.Atoi(q.Get("aantal")); err == nil {
		request.Size = max(1, min(n, embedMost))
	}
	l := language(r)
	p := s.newPage(r, "embed")
	if slug := q.Get("bestuur"); slug != "" {
		b, err := s.findBestuur(r.Context(), func(b *publisher.Bestuur) bool { return b.Slug == slug || b.IRI == slug })
		if err != nil {
			return err
		}
		if b == nil {
			return failure{http.StatusNotFound, "fout.bestuur"}
		}
		d.Bestuur, request.Besturen, d.Alle = b, []string{b.IRI}, "/besturen/"+b.Slug
		p.Titel = message(l, "embed.van", nameOf(l, b.Naam, b.IRI))
	}
	if orgaan := q.Get("orgaan"); orgaan != "" {
		request.Organen = []string{orgaan}
	}
	if kleur := q.Get("kleur"); kleur != "" {
		if !colour.MatchString(kleur) {
			return failure{http.StatusBadRequest, "fout.vraag"}
		}
		d.Stijl = "/embed/stijl.css?kleur=" + strings.ToLower(kleur)
	}
	var err error
	if d.Besluiten, err = s.latest(r.Context(), l, request); err != nil {
		return err
	}
	p.Robots = "noindex"
	p.Data = d
	w.Header().Set("Cache-Control", embedAge)
	return s.write(w, r, http.StatusOK, p)
}

// embedStyle is a stylesheet of one line: the host's colour. It is a file
// because the policy allows no style inside a page.
func (s *site) embedStyle(w http.ResponseWriter, r *http.Request) error {
	kleur := r.URL.Query().Get("kleur")
	if !colour.MatchString(kleur) {
		return failure{http.StatusBadRequest, "fout.vraag"}
	}
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	return send(w, r, http.StatusOK, "text/css; charset=utf-8", []byte("@media (prefers-color-scheme: light) { :root { --merk: #"+kleur+"; } }\n"))
}

// oembedLink lets a content management system find the frame of a page.
func (s *site) oembedLink(b *publisher.Bestuur) alternate {
	return alternate{s.Base + "/oembed?" + url.Values{"url": {s.Base + "/besturen/" + b.Slug}}.Encode(), "application/json+oembed", "oEmbed"}
}

// oembed answers the oEmbed protocol (oembed.com, version 1.0) for the page of
// a government.
func (s *site) oembed(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	at, ok := strings.CutPrefix(q.Get("url"), s.Base+"/besturen/")
	if !ok {
		return errNotFound
	}
	slug, _, _ := strings.Cut(at, "?")
	b, err := s.findBestuur(r.Context(), func(b *publisher.Bestuur) bool { return b.Slug == slug })
	if err != nil {
		return err
	}
	if b == nil {
		return errNotFound
	}
	answer := struct {
		XMLName      xml.Name `xml:"oembed" json:"-"`
		Type         string   `xml:"type" json:"type"`
		Version      string   `xml:"version" json:"version"`
		Title        string   `xml:"title" json:"title"`
		ProviderName string   `xml:"provider_name" json:"provider_name"`
		ProviderURL  string   `xml:"provider_url" json:"provider_url"`
		CacheAge     int      `xml:"cache_age" json:"cache_age"`
		HTML         string   `xml:"html" json:"html"`
		Width        int      `xml:"width" json:"width"`
		Height       int      `xml:"height" json:"height"`
	}{Type: "rich", Version: "1.0", Title: nameOf(dutch, b.Naam, b.IRI), ProviderName: "Belfort", ProviderURL: s.Base, CacheAge: 3600, HTML: s.iframe(b), Width: 600, Height: 600}
	switch q.Get("format") {
	case "", "json":
		return sendJSON(w, r, answer)
	case "xml":
		body, err := xml.Marshal(answer)
		if err != nil {
			return fmt.Errorf("write oembed: %w", err)
		}
		open(w.Header())
		return send(w, r, http.StatusOK, "text/xml; charset=utf-8", append([]byte(xml.Header), body...))
	}
	return failure{http.StatusNotImplemented, "fout.vraag"}
}

package site

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/sparql"
)

// atomPath is the address of the feed of a government, by its slug.
func atomPath(slug string) string {
	return "/feeds/besluiten.atom?" + url.Values{"bestuur": {slug}}.Encode()
}

// sitemapPart is the number of decisions in one part of the sitemap; the
// protocol allows 50,000 addresses (sitemaps.org).
const sitemapPart = publisher.MaxList

// sitemap lists the pages for search engines: an index, and parts by number.
func (s *site) sitemap(w http.ResponseWriter, r *http.Request) error {
	type entry struct {
		Loc string `xml:"loc"`
	}
	const namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
	write := func(v any) error {
		body, err := xml.Marshal(v)
		if err != nil {
			return fmt.Errorf("write sitemap: %w", err)
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		return send(w, r, http.StatusOK, "application/xml; charset=utf-8", append([]byte(xml.Header), body...))
	}
	part, err := strconv.Atoi(r.URL.Query().Get("deel"))
	if err != nil {
		besturen, err := s.allBesturen(r.Context())
		if err != nil {
			return err
		}
		total := 0
		for _, b := range besturen {
			total += b.Besluiten
		}
		index := struct {
			XMLName xml.Name `xml:"sitemapindex"`
			NS      string   `xml:"xmlns,attr"`
			Sitemap []entry  `xml:"sitemap"`
		}{NS: namespace}
		for n := 0; n <= (total+sitemapPart-1)/sitemapPart; n++ {
			index.Sitemap = append(index.Sitemap, entry{fmt.Sprintf("%s/sitemap.xml?deel=%d", s.Base, n)})
		}
		return write(index)
	}
	set := struct {
		XMLName xml.Name `xml:"urlset"`
		NS      string   `xml:"xmlns,attr"`
		URL     []entry  `xml:"url"`
	}{NS: namespace}
	if part <= 0 {
		for _, at := range []string{"/", "/zoeken", "/besturen", "/validator", "/datasets", "/oogst", "/kwaliteit", "/toegankelijkheid", "/docs"} {
			set.URL = append(set.URL, entry{s.Base + at})
		}
		for _, name := range docOrder[1:] {
			set.URL = append(set.URL, entry{s.Base + "/docs/" + name})
		}
		besturen, err := s.allBesturen(r.Context())
		if err != nil {
			return err
		}
		for _, b := range besturen {
			set.URL = append(set.URL, entry{s.Base + "/besturen/" + b.Slug})
		}
		return write(set)
	}
	list, _, err := s.Lists.Besluiten(r.Context(), publisher.Selection{Offset: (part - 1) * sitemapPart, Limit: sitemapPart})
	if err != nil {
		return fmt.Errorf("list besluiten: %w", err)
	}
	if len(list) == 0 {
		return errNotFound
	}
	for _, b := range list {
		set.URL = append(set.URL, entry{s.Base + besluitPath(b)})
	}
	return write(set)
}

// robots keeps crawlers on the pages that stay: not the endless combinations
// of filters, and not what costs work.
func (s *site) robots(w http.ResponseWriter, r *http.Request) error {
	lines := []string{
		"User-agent: *",
		"Disallow: /zoeken?",
		"Disallow: /zoeken.csv",
		"Disallow: /sparql?",
		"Disallow: /embed/",
		"Disallow: /api/",
		"Disallow: /versies",
		"Disallow: /validator?",
		"",
		"Sitemap: " + s.Base + "/sitemap.xml",
		"",
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	return send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte(strings.Join(lines, "\n")))
}

func (s *site) favicon(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	return send(w, r, http.StatusOK, "image/svg+xml", s.static.files["belfort.svg"])
}

type datasetsPage struct {
	Besturen, Zittingen, Besluiten int
}

// datasets describes what is published: a page, or DCAT by Accept or suffix.
func (s *site) datasets(w http.ResponseWriter, r *http.Request) error {
	bare, f := suffixed(r.URL.Path)
	if bare != "/datasets" {
		return errNotFound
	}
	w.Header().Add("Vary", "Accept")
	var alternates []alternate
	if s.Catalog != nil {
		for _, f := range forms[1:] {
			alternates = append(alternates, alternate{s.Base + "/datasets" + f.suffix, f.mediaType, "DCAT: " + f.title})
		}
	}
	if f.suffix == "" {
		var ok bool
		if f, ok = negotiate(r.Header.Get("Accept")); !ok {
			return s.notAcceptable(w, r, alternates)
		}
	}
	if f.suffix != "" {
		if s.Catalog == nil {
			return errNotFound
		}
		quads, err := s.Catalog(r.Context())
		if err != nil {
			return fmt.Errorf("describe datasets: %w", err)
		}
		return sendGraph(w, r, f.mediaType, quads)
	}
	besturen, err := s.allBesturen(r.Context())
	if err != nil {
		return err
	}
	p := s.newPage(r, "datasets")
	p.Alternates, p.Canonical = alternates, s.Base+"/datasets"
	d := datasetsPage{Besturen: len(besturen)}
	for _, b := range besturen {
		d.Zittingen += b.Zittingen
		d.Besluiten += b.Besluiten
	}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// ldesForms are the forms of the event stream in the order of preference; a
// browser, which likes none of them, gets a page that explains.
var ldesForms = []string{"text/turtle", "application/trig", "application/n-quads", "application/n-triples", "application/ld+json", "text/html"}

// ldes hands everything under /ldes to the stream's own handler, except a
// browser that asks for its root.
func (s *site) ldes() http.Handler {
	explain := s.answer(pageTime, s.ldesPage)
	if s.LDES == nil {
		return s.answer(pageTime, func(http.ResponseWriter, *http.Request) error {
			return failure{http.StatusNotImplemented, "fout.uit"}
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Trim(r.URL.Path, "/") == "ldes" && sparql.Negotiate(r.Header.Get("Accept"), ldesForms) == "text/html" {
			explain.ServeHTTP(w, r)
			return
		}
		s.LDES.ServeHTTP(w, r)
	})
}

func (s *site) ldesPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	p := s.newPage(r, "ldes")
	p.Beschrijving = message(p.Taal, "ldes.intro")
	p.Data = struct {
		Opdracht snippet
		Vormen   []string
	}{snippet{"opdracht", message(p.Taal, "ldes.zelf"), "curl -H 'Accept: text/turtle' " + s.Base + "/ldes"}, ldesForms[:len(ldesForms)-1]}
	return s.write(w, r, http.StatusOK, p)
}

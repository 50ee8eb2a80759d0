package site

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"github.com/belfort-lod/belfort/search"
)

// Elements of Atom (RFC 4287).
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomAuthor  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID         string         `xml:"id"`
		Title      string         `xml:"title"`
		Updated    string         `xml:"updated"`
		Published  string         `xml:"published,omitempty"`
		Author     *atomAuthor    `xml:"author"`
		Links      []atomLink     `xml:"link"`
		Categories []atomCategory `xml:"category"`
		Summary    string         `xml:"summary,omitempty"`
	}
	atomCategory struct {
		Term  string `xml:"term,attr"`
		Label string `xml:"label,attr"`
	}
)

// atom is any search for decisions as a feed, the newest first unless the
// address asks otherwise.
func (s *site) atom(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	q.Del("taal")
	if q.Get("sorteer") == "" {
		q.Set("sorteer", string(search.Newest))
	}
	if q.Get("aantal") == "" {
		q.Set("aantal", "30")
	}
	_, result, err := s.searchFor(r, q)
	if err != nil {
		return err
	}
	q = r.URL.Query()
	self := trimQuery(s.Base + "/feeds/besluiten.atom?" + q.Encode())
	feed := atomFeed{
		Lang: "nl", ID: self, Title: "Besluiten", Author: atomAuthor{"Belfort"}, Updated: stamp(time.Time{}),
		Links: []atomLink{
			{"self", "application/atom+xml", self},
			{"alternate", "text/html", trimQuery(s.Base + "/zoeken?" + q.Encode())},
		},
	}
	if text := q.Get("q"); text != "" {
		feed.Title += ": " + text
	}
	if len(q["bestuur"]) == 1 && len(result.Hits) > 0 && result.Hits[0].Bestuur != "" {
		feed.Title += " van " + result.Hits[0].Bestuur
	}
	newest := time.Time{}
	for _, h := range result.Hits {
		if h.Datum.After(newest) {
			newest = h.Datum
		}
		item := s.item(h)
		e := atomEntry{ID: item.IRI, Title: item.Titel, Updated: stamp(h.Datum), Links: []atomLink{
			{"alternate", "text/html", item.URL},
			{"alternate", "application/ld+json", item.URL + ".jsonld"},
		}}
		if h.Orgaan != "" || h.Bestuur != "" {
			e.Author = &atomAuthor{firstOf(h.Orgaan, h.Bestuur)}
		}
		for _, t := range h.Types {
			e.Categories = append(e.Categories, atomCategory{t, labelOf(t)})
		}
		if len(h.Fragments) > 0 {
			e.Summary = plain(string(marked(h.Fragments[0].HTML)), 300)
		}
		feed.Entries = append(feed.Entries, e)
	}
	feed.Updated = stamp(newest)
	body, err := xml.MarshalIndent(feed, "", "  ")
	if err != nil {
		return fmt.Errorf("write feed: %w", err)
	}
	open(w.Header())
	w.Header().Set("Cache-Control", "public, max-age=300")
	return send(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), append(body, '\n')...))
}

// stamp writes a time as Atom wants it; an unknown time is the start of the
// Unix epoch, since the element may not be left out.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

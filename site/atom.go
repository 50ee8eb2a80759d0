package site

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/search"
)

const (
	feedLength = 30 // entries, unless asked otherwise
	feedMost   = 50
)

// atom is any search for decisions as a feed, the newest first unless the
// address asks otherwise.
func (s *site) atom(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query()
	asked.Del("taal")
	q := copyValues(asked)
	if q.Get("sorteer") == "" {
		q.Set("sorteer", string(search.Newest))
	}
	if q.Get("aantal") == "" {
		q.Set("aantal", fmt.Sprint(feedLength))
	}
	_, result, err := s.searchFor(r, q)
	if err != nil {
		return err
	}
	feed := publisher.Feed{
		ID:        trimQuery(s.Base + "/feeds/besluiten.atom?" + asked.Encode()),
		Title:     "Besluiten",
		Alternate: trimQuery(s.Base + "/zoeken?" + asked.Encode()),
		Base:      s.Base,
	}
	feed.Self = feed.ID
	if len(asked["bestuur"]) == 1 && len(result.Hits) > 0 && result.Hits[0].Bestuur != "" {
		feed.Title += " van " + result.Hits[0].Bestuur
	}
	if text := asked.Get("q"); text != "" {
		feed.Title += ": " + text
	}
	var list []*besluit.Besluit
	for _, h := range result.Hits[:min(len(result.Hits), feedMost)] {
		b, err := s.Entities.Besluit(r.Context(), besluit.ID(h.IRI))
		if err != nil {
			return fmt.Errorf("read besluit: %w", err)
		}
		if b == nil { // withdrawn since it was indexed
			continue
		}
		list = append(list, b)
	}
	var b bytes.Buffer
	if err := publisher.Atom(&b, feed, list); err != nil {
		return err
	}
	open(w.Header())
	w.Header().Set("Cache-Control", "public, max-age=300")
	return send(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", b.Bytes())
}

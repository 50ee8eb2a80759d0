package site

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/search"
)

// feedLength is the number of entries of a feed, unless asked otherwise.
const feedLength = 30

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
	request, result, err := s.searchFor(r, q)
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
	list, err := s.feedEntries(r.Context(), request, asked, result.Hits)
	if err != nil {
		return err
	}
	if s.Changed != nil {
		if feed.Changed, err = s.Changed(r.Context(), list); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := publisher.Atom(&b, feed, list); err != nil {
		return err
	}
	open(w.Header())
	w.Header().Set("Cache-Control", "public, max-age=300")
	return send(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", b.Bytes())
}

// feedEntries are the decisions of a feed. The feed of a government, which
// many readers ask for again and again, is read from the store in one go, with
// dates of publication; that of any other search is what the index knows.
func (s *site) feedEntries(ctx context.Context, request search.Request, asked url.Values, hits []search.Hit) ([]*besluit.Besluit, error) {
	plainList := true
	for name := range asked {
		plainList = plainList && (name == "bestuur" || name == "aantal")
	}
	if plainList && len(request.Besturen) == 1 {
		list, _, err := s.Lists.Besluiten(ctx, publisher.Selection{Bestuur: request.Besturen[0], Limit: request.Size})
		if err != nil {
			return nil, fmt.Errorf("list besluiten: %w", err)
		}
		return list, nil
	}
	var list []*besluit.Besluit
	for _, h := range hits {
		organ := &besluit.Bestuursorgaan{Naam: h.Orgaan}
		zitting := &besluit.Zitting{Gestart: h.Datum, GehoudenDoor: organ}
		list = append(list, &besluit.Besluit{
			IRI: h.IRI, Titel: unmarked(h.Titel), Types: h.Types, GenomenDoor: organ,
			Behandeling: &besluit.BehandelingVanAgendapunt{Agendapunt: &besluit.Agendapunt{Zitting: zitting}},
		})
	}
	return list, nil
}

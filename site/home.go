package site

import (
	"context"
	"fmt"
	"net/http"

	"github.com/belfort-lod/belfort/search"
)

func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	l := language(r)
	var d struct {
		Voorbeelden                    []string
		Besturen, Zittingen, Besluiten int
		Laatste                        []hit
	}
	d.Voorbeelden = []string{"terras", "subsidie OF premie", `"openbare verlichting"`}
	besturen, err := s.allBesturen(r.Context())
	if err != nil {
		return err
	}
	d.Besturen = len(besturen)
	for _, b := range besturen {
		d.Zittingen += b.Zittingen
		d.Besluiten += b.Besluiten
	}
	if d.Laatste, err = s.latest(r.Context(), l, search.Request{Size: 8}); err != nil {
		return err
	}
	p := s.newPage(r, "home")
	p.Beschrijving = message(l, "home.intro")
	p.Alternates = []alternate{{s.Base + "/feeds/besluiten.atom", "application/atom+xml", "Atom"}}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// latest finds the newest decisions that a request asks for. The index has
// them in order, so it is asked and not the store.
func (s *site) latest(ctx context.Context, l lang, request search.Request) ([]hit, error) {
	request.Soorten, request.Sort = []search.Soort{search.Besluit}, search.Newest
	result, err := s.Search.Search(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("find latest besluiten: %w", err)
	}
	var out []hit
	for _, h := range result.Hits {
		out = append(out, showHit(l, h))
	}
	return out, nil
}

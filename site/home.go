package site

import (
	"fmt"
	"net/http"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
)

func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	var d struct {
		Voorbeelden                    []string
		Besturen, Zittingen, Besluiten int
		Laatste                        []*besluit.Besluit
	}
	d.Voorbeelden = []string{"terras", "subsidie OF premie", `"openbare verlichting"`}
	besturen, err := s.Lists.Besturen(r.Context())
	if err != nil {
		return fmt.Errorf("list besturen: %w", err)
	}
	d.Besturen = len(besturen)
	for _, b := range besturen {
		d.Zittingen += b.Zittingen
	}
	if d.Laatste, d.Besluiten, err = s.Lists.Besluiten(r.Context(), publisher.Selection{Limit: 8}); err != nil {
		return fmt.Errorf("list besluiten: %w", err)
	}
	p := s.newPage(r, "home")
	p.Beschrijving = message(p.Taal, "home.intro")
	p.Alternates = []alternate{{s.Base + "/feeds/besluiten.atom", "application/atom+xml", "Atom"}}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

package site

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
)

// rowsOfStatus bounds the lists on the pages about the state of things.
const rowsOfStatus = 500

func (s *site) melding(w http.ResponseWriter, r *http.Request) error {
	var d struct {
		Tellingen []tally
		Rijen     []publisher.Melding
		Meer      int
	}
	if s.Meldingen != nil {
		rows, err := s.Meldingen(r.Context())
		if err != nil {
			return fmt.Errorf("read meldingen: %w", err)
		}
		count := map[publisher.MeldingStatus]int{}
		for _, m := range rows {
			count[m.Status]++
		}
		for _, status := range []publisher.MeldingStatus{publisher.Aanvaard, publisher.Wachtend, publisher.Tegengehouden, publisher.Geweigerd} {
			if count[status] > 0 {
				d.Tellingen = append(d.Tellingen, tally{string(status), count[status]})
			}
		}
		d.Rijen = slices.Clone(rows)
		slices.Reverse(d.Rijen)
		// What needs a person comes first.
		slices.SortStableFunc(d.Rijen, func(a, b publisher.Melding) int { return urgency(b.Status) - urgency(a.Status) })
		if len(d.Rijen) > rowsOfStatus {
			d.Meer = len(d.Rijen) - rowsOfStatus
			d.Rijen = d.Rijen[:rowsOfStatus]
		}
	}
	p := s.newPage(r, "melding")
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

func urgency(m publisher.MeldingStatus) int {
	switch m {
	case publisher.Geweigerd:
		return 3
	case publisher.Tegengehouden:
		return 2
	case publisher.Wachtend:
		return 1
	}
	return 0
}

// The quality page counts over the newest decisions, and does not count anew
// for every visitor.
const (
	sample      = publisher.MaxList
	qualityGood = time.Minute
)

type qualityPage struct {
	Totaal int
	Rijen  []qualityRow
}

type qualityRow struct {
	Key             string
	Aantal, Procent int
}

// properties are what the quality page looks for in decisions.
var properties = [...]struct {
	key string
	has func(*besluit.Besluit) bool
}{
	{"kwaliteit.titels", func(b *besluit.Besluit) bool { return firstOf(b.Titel, b.TitelKort) != "" }},
	{"kwaliteit.datum", func(b *besluit.Besluit) bool { return !dateOf(b).IsZero() }},
	{"kwaliteit.publicatie", func(b *besluit.Besluit) bool { return !b.Publicatiedatum.IsZero() }},
	{"kwaliteit.type", func(b *besluit.Besluit) bool { return len(b.Types) > 0 }},
	{"kwaliteit.motivering", func(b *besluit.Besluit) bool { return b.Motivering != "" }},
	{"kwaliteit.artikels", func(b *besluit.Besluit) bool { return len(b.Artikels) > 0 }},
	{"kwaliteit.grond", func(b *besluit.Besluit) bool { return len(b.Rechtsgronden) > 0 }},
	{"kwaliteit.stemming", func(b *besluit.Besluit) bool { return b.Behandeling != nil && len(b.Behandeling.Stemmingen) > 0 }},
}

func (s *site) kwaliteit(w http.ResponseWriter, r *http.Request) error {
	d, err := s.quality.get(s.Now(), qualityGood, func() (qualityPage, error) {
		list, _, err := s.Lists.Besluiten(r.Context(), publisher.Selection{Limit: sample})
		if err != nil {
			return qualityPage{}, fmt.Errorf("list besluiten: %w", err)
		}
		d := qualityPage{Totaal: len(list)}
		for _, property := range properties {
			n := 0
			for _, b := range list {
				if property.has(b) {
					n++
				}
			}
			if d.Totaal > 0 {
				d.Rijen = append(d.Rijen, qualityRow{property.key, n, n * 100 / d.Totaal})
			}
		}
		return d, nil
	})
	if err != nil {
		return err
	}
	p := s.newPage(r, "kwaliteit")
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// healthz says that the process answers.
func (s *site) healthz(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	return send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
}

// readyz says whether the site can serve data.
func (s *site) readyz(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if s.Ready != nil {
		if err := s.Ready(r.Context()); err != nil {
			return send(w, r, http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte("not ready\n"))
		}
	}
	return send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte("ready\n"))
}

package harvester

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Status is the health of one seed, from the evidence of its fetches.
type Status struct {
	Seed        string    `json:"seed"`
	LastVisit   time.Time `json:"lastVisit"`
	LastSuccess time.Time `json:"lastSuccess,omitzero"`
	Pages       int       `json:"pages"`     // pages that state something and could be read
	Overviews   int       `json:"overviews"` // pages that only lead to others
	Gone        int       `json:"gone"`      // taken away: 404 or 410 after a success, or 410 at once
	Failed      []Visit   `json:"failed"`    // last fetch failed, by URL
}

// StatusOf sums up the visits per seed, ordered by seed.
func StatusOf(ctx context.Context, visits Visits) ([]Status, error) {
	bySeed := map[string]*Status{}
	for v, err := range visits.All(ctx) {
		if err != nil {
			return nil, err
		}
		if v.Seed == "" { // the robots.txt of a host
			continue
		}
		s := bySeed[v.Seed]
		if s == nil {
			s = &Status{Seed: v.Seed}
			bySeed[v.Seed] = s
		}
		s.LastVisit = later(s.LastVisit, v.Time)
		s.LastSuccess = later(s.LastSuccess, v.Success)
		switch {
		case v.Error != "":
			s.Failed = append(s.Failed, v)
		case v.Redirect != "":
		case v.gone():
			s.Gone++
		case v.Overview:
			s.Overviews++
		default:
			s.Pages++
		}
	}
	list := make([]Status, 0, len(bySeed))
	for _, s := range bySeed {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Status) int { return strings.Compare(a.Seed, b.Seed) })
	return list, nil
}

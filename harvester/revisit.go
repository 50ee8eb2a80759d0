package harvester

import (
	"hash/fnv"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// When a page is asked for again. The whole of it stands here, and in
// docs/architecture.md as a table:
//
//	what is known of the page                                    asked again
//	it is a seed, an overview, a feed or a sitemap               each round
//	it failed, or answered 404                                   each round
//	its sitting is within 3 days, or was at most 14 days ago     after 20 hours: each day
//	it was found changed at the last visit                       after 20 hours
//	otherwise                                                    after half the time that it stands unchanged
//
// A page stands unchanged at least since it was last seen to change, and where
// its sitting is known, for a tenth of the time since then: minutes of years ago
// need not be watched as closely as new ones on the day that they are first
// found. The half is at least 20 hours and at most 30 days, and up to an eighth
// shorter, another part for each address, so that what was found in one night
// does not come back in one night.
const (
	revisitSoonest = 20 * time.Hour // a daily round starts not always at the same minute
	revisitLatest  = 30 * 24 * time.Hour

	sittingSoon = 3 * 24 * time.Hour
	sittingPast = 14 * 24 * time.Hour
)

// revisit returns before when a page need not be asked for again, from what its
// visits have taught; zero if it is to be asked in each round. sitting is when
// the sitting is that the page is about, zero if that is not known; isNew says
// that v is the first that found it. What the server itself said about freshness
// is not looked at.
func revisit(v Visit, sitting time.Time, isNew bool, now time.Time) time.Time {
	if v.Overview || v.Error != "" || v.Success.IsZero() || !v.Missing.IsZero() {
		return time.Time{}
	}
	stood := now.Sub(v.Changed)
	if !sitting.IsZero() {
		since := now.Sub(sitting)
		if since > -sittingSoon && since < sittingPast {
			return now.Add(revisitSoonest)
		}
		if v.Same > 0 || isNew {
			stood = max(stood, since/10)
		}
	}
	wait := max(revisitSoonest, min(stood/2, revisitLatest))
	return now.Add(max(revisitSoonest, wait-wait/8*spread(v.URL)/100))
}

// spread is a percentage that belongs to an address.
func spread(url string) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(url))
	return time.Duration(h.Sum32() % 100)
}

// clockSkew is how far the clock of a server, or its idea of when something
// changed, may be off.
const clockSkew = time.Hour

// rests reports whether a page need not be asked for now: it is not due, or
// what lists it says that it did not change since it was last read. modified is
// when it last did, as the listing says; zero if nothing lists it with a time.
// That is believed for as long as a page may go unasked at all, and a page that
// changed since it was read is due.
func rests(modified time.Time, last Visit, now time.Time) bool {
	if last.Success.IsZero() || last.Error != "" || !last.Missing.IsZero() {
		return false
	}
	if modified.IsZero() {
		return now.Before(last.Due)
	}
	if !last.Success.After(modified.Add(clockSkew)) {
		return false
	}
	return now.Before(last.Due) || now.Sub(last.Success) < revisitLatest
}

// sitting returns when the sitting is that a page is about: the last start, or
// planned start, that it states; or else the last date of publication. Zero if
// it has none.
func sitting(quads []rdf.Sourced) time.Time {
	var started, published time.Time
	for _, q := range quads {
		switch q.Predicate.Value() {
		case vocab.ProvStartedAtTime, vocab.BesluitGeplandeStart:
			started = later(started, moment(q.Object))
		case vocab.EliDatePublication:
			published = later(published, moment(q.Object))
		}
	}
	if started.IsZero() {
		return published
	}
	return started
}

// moment reads an xsd:dateTime or xsd:date; zero if it is neither, or outside
// the times in which decisions are put on the web.
func moment(t rdf.Term) time.Time {
	if !t.IsLiteral() {
		return time.Time{}
	}
	at, _ := parseTime(t.Value())
	if at.Year() < 1990 || at.Year() > 2100 {
		return time.Time{}
	}
	return at
}

// parseTime reads a date or a date and time of W3C XML Schema (or the profile of
// ISO 8601 that sitemaps use, which is a part of it). Without a zone it is taken
// as UTC. latest is the last moment that was meant: the end of the day or the
// month, where no more is said.
func parseTime(s string) (at, latest time.Time) {
	for _, l := range []struct {
		layout        string
		months, extra int
	}{
		{time.RFC3339Nano, 0, 0}, {"2006-01-02T15:04:05.999999999", 0, 0}, {"2006-01-02T15:04Z07:00", 0, 60},
		{"2006-01-02", 0, 36 * 3600}, {"2006-01-02Z07:00", 0, 24 * 3600}, {"2006-01", 1, 12 * 3600}, {"2006", 12, 12 * 3600},
	} {
		if at, err := time.Parse(l.layout, s); err == nil {
			return at, at.AddDate(0, l.months, 0).Add(time.Duration(l.extra) * time.Second)
		}
	}
	return time.Time{}, time.Time{}
}

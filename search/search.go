package search

import (
	"context"
	"time"
)

// Soort is what a hit is.
type Soort string

// The kinds of hit.
const (
	Besluit    Soort = "besluit"
	Agendapunt Soort = "agendapunt"
	Zitting    Soort = "zitting"
)

// Sort is the order of hits.
type Sort string

// The orders: by relevance, or by date with the newest or the oldest first.
const (
	Relevance Sort = "relevantie"
	Newest    Sort = "nieuwste"
	Oldest    Sort = "oudste"
)

// Request is a search as a person asks it. Filters are combined with AND, the
// values of one filter with OR.
type Request struct {
	Text     string    // in the query language of this package; "" finds all
	Soorten  []Soort   // none: all
	Besturen []string  // IRIs of bestuurseenheden
	Organen  []string  // classification IRIs of bestuursorganen
	Types    []string  // IRIs of BesluitType
	Uitslag  []string  // values of the facet "uitslag"
	From, To time.Time // day of the sitting, inclusive; their time of day does not count; zero: open
	Sort     Sort      // "" : Relevance when there is text, else Newest
	Page     int       // 1-based; beyond the ten thousandth hit pages are empty
	Size     int       // hits per page, at most 100; 0 means 20
}

// Result is a page of hits with the facets over all hits.
type Result struct {
	Total  uint64
	Hits   []Hit
	Facets []Facet
	// Parsed are the parts of the query as they were understood, for chips that
	// people can remove; Notes say what was not, in Dutch.
	Parsed []Part
	Notes  []string
	Took   time.Duration
}

// Part is one understood part of the query.
type Part struct {
	Text    string // as it can be typed
	Without string // the query text when this part is removed
}

// Hit is one entity that was found.
type Hit struct {
	IRI        string
	Soort      Soort
	Titel      string // HTML: escaped, matches in <mark>
	Bestuur    string // name
	BestuurIRI string
	Orgaan     string // name
	Datum      time.Time
	Types      []string
	Uitslag    string
	Fragments  []Fragment
	Score      float64
}

// Fragment is a piece of text around a match, with the part of the decision it
// stands in.
type Fragment struct {
	Part string // as in Text: "motivering", "artikel 2", "inhoud", ...
	HTML string // escaped, matches in <mark>
}

// Facet is the count of hits per value of one field.
type Facet struct {
	Field  string // "bestuur", "orgaan", "type", "soort", "uitslag", "jaar"
	Values []FacetValue
	Other  uint64 // hits with values that are not listed
}

// FacetValue is one value of a facet.
type FacetValue struct {
	Value string // what to put in the Request
	Label string
	Count uint64
}

// Searcher finds entities. It is safe for concurrent use. An error in the
// query text is a *QueryError, never silently dropped.
type Searcher interface {
	Search(ctx context.Context, r Request) (Result, error)
}

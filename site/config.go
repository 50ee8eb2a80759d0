package site

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/oogst"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/search"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// Config is what the site is told and given. A nil function or handler that is
// not said to be required makes its page say that it is switched off.
type Config struct {
	// Base is the public root of the site without a slash at the end, such as
	// "https://besluiten.example". Required.
	Base    string
	Version string

	Entities Entities        // required
	Lists    Lists           // required
	Search   search.Searcher // required

	// Describe returns the triples about an entity, for its machine-readable
	// forms; none if the IRI is unknown. Required.
	Describe func(ctx context.Context, iri string) ([]rdf.Quad, error)
	// Bron tells what is known of a source page; ok is false if it was never
	// seen.
	Bron func(ctx context.Context, pagina string) (b publisher.Bron, ok bool, err error)
	// Gone tells whether a page that spoke of an entity was withdrawn: the newest
	// ledger entry that says when and why. The id is that of its address.
	Gone func(ctx context.Context, id string) (e publisher.Entry, ok bool, err error)

	// History reads the versions of source pages; nil switches their pages off.
	History History
	// Doubles finds what is stated twice; nil leaves it unsaid.
	Doubles Doubles
	// Withdrawals lists the newest n withdrawn pages that spoke of any of a
	// government and its organs, by IRI; of anything if there are none.
	Withdrawals func(ctx context.Context, iris []string, n int) ([]publisher.Withdrawal, error)
	// Unlisted tells since when no page of its source leads to a page any more, zero
	// if one does or the page was never seen; nil leaves it unsaid.
	Unlisted func(ctx context.Context, pagina string) (since time.Time, err error)

	// Bijlage tells what is known of an attachment; ok is false if it was never
	// fetched. nil leaves it unsaid.
	Bijlage func(ctx context.Context, iri string) (b Bijlage, ok bool)

	// Changed tells, by IRI, when the pages that state decisions last changed, for
	// feeds; nil leaves feeds with the dates of publication.
	Changed func(ctx context.Context, besluiten []*besluit.Besluit) (map[string]time.Time, error)

	// Validate reads and judges a document: source is its address or file name
	// and the base of its relative IRIs, mediaType what it was said to be, "" if
	// nothing was said; without a profile it follows the kind of document. A
	// document that is not in its syntax at all is an
	// *rdf.SyntaxError.
	Validate func(ctx context.Context, source, mediaType string, body []byte, profile oslo.Profile) (Checked, error)
	// Mandatarissen is set when Validate knows the mandatarissen, and so judges
	// level 2.
	Mandatarissen bool
	// Fetch gets a document for the validator with a client that refuses
	// private addresses and large answers. A *FetchError is shown to the visitor.
	Fetch func(ctx context.Context, url string) (Fetched, error)
	// Crawl goes through a website from an overview page, with the manners of
	// the harvester and within CrawlPages, and tells of each page, one at a time.
	// A *FetchError means that the overview page itself could not be read,
	// ErrCrawlBound that there was more than the bound. It ends with ctx.
	Crawl func(ctx context.Context, address string, profile oslo.Profile, page func(CrawledPage)) error
	// Reports keeps the reports of the validator; nil keeps a few in memory.
	Reports Reports

	// Oogst is the state of the harvest, which the site does not change.
	Oogst func(ctx context.Context) (*oogst.Report, error)
	// Meldingen are the rows of the outbox to the portal.
	Meldingen func(ctx context.Context) ([]publisher.Melding, error)

	// Catalog describes the datasets as DCAT.
	Catalog func(ctx context.Context) ([]rdf.Quad, error)
	// SPARQL is the endpoint, for every request that is not a browser asking
	// for the query page. LDES serves everything under /ldes. Metrics is for
	// /metrics.
	SPARQL, LDES, Metrics http.Handler
	// Ready says why the site can not answer yet, nil when it can.
	Ready func(ctx context.Context) error

	Log *slog.Logger     // nil: the default
	Now func() time.Time // nil: time.Now
}

// Entities reads one entity by the id of its address (besluit.ID of its IRI),
// with what it hangs together with: a besluit with its behandeling, agendapunt,
// zitting and bestuursorgaan. It returns nil for an id that is unknown.
type Entities interface {
	Besluit(ctx context.Context, id string) (*besluit.Besluit, error)
	Agendapunt(ctx context.Context, id string) (*besluit.Agendapunt, error)
	Zitting(ctx context.Context, id string) (*besluit.Zitting, error)
	Bestuursorgaan(ctx context.Context, id string) (*besluit.Bestuursorgaan, error)
}

// Lists reads what there is, newest first. Entities and Lists are both played
// by publisher.Reader.
type Lists interface {
	// Besturen are in the order of their names.
	Besturen(ctx context.Context) ([]*publisher.Bestuur, error)
	Zittingen(ctx context.Context, s publisher.Selection) (list []*besluit.Zitting, total int, err error)
	Besluiten(ctx context.Context, s publisher.Selection) (list []*besluit.Besluit, total int, err error)
}

// History reads the versions of source pages. It is played by
// publisher.Publisher.
type History interface {
	Versions(ctx context.Context, pagina string, before uint64) ([]publisher.Entry, error)
	Version(ctx context.Context, sequence uint64) (v publisher.Version, ok bool, err error)
	Changes(ctx context.Context, sequence, since uint64) (c publisher.Changes, ok bool, err error)
	// Inhoud returns what a page said before the entry that took it away.
	Inhoud(ctx context.Context, e publisher.Entry) (*besluit.Inhoud, error)
}

// Doubles finds decisions that have several IRIs, and pages that publish one
// document. It is played by publisher.Publisher.
type Doubles interface {
	Double(ctx context.Context, iri string) (d publisher.Double, ok bool, err error)
	Copies(ctx context.Context, pagina string) ([]string, error)
}

// Checked is a document that was validated.
type Checked struct {
	oslo.Verdict
	Text     []byte                // decoded to UTF-8: the findings point in it
	Quads    []rdf.Sourced         // what it says, in the order of the document
	Subjects map[rdf.Term]rdf.Span // the elements that introduced the subjects
}

// Fetched is a document from the web.
type Fetched struct {
	URL       string // after redirects
	MediaType string
	Body      []byte
}

// FetchError is a document that could not be fetched, with the reason for the
// visitor.
type FetchError struct{ Reason rdf.Text }

// Error returns the reason in English.
func (e *FetchError) Error() string { return e.Reason.EN }

// complete checks the required parts and fills in the others.
func (c *Config) complete() error {
	c.Base = strings.TrimSuffix(c.Base, "/")
	switch {
	case c.Base == "":
		return errors.New("make site: no base address")
	case c.Entities == nil || c.Lists == nil || c.Search == nil || c.Describe == nil:
		return errors.New("make site: entities, lists, search and describe are required")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Reports == nil {
		c.Reports = newMemory(c.Now, memoryMost)
	}
	return nil
}

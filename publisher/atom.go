package publisher

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
)

// Feed is what a feed says of itself. All addresses are absolute.
type Feed struct {
	ID        string // permanent IRI of the feed
	Title     string
	Self      string // address of the feed
	Alternate string // address of the page that shows the same list; may be ""
	Base      string // root of the site, without "/" at the end
	// Updated is when the list last changed; zero means the newest of its
	// entries.
	Updated time.Time
	// Changed gives, by the IRI of a decision, when its content last changed;
	// for others its date of publication counts, or that of its sitting.
	Changed map[string]time.Time
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Published  string         `xml:"published,omitempty"`
	Author     atomAuthor     `xml:"author"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary,omitempty"`
}

type atomAuthor struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Label  string `xml:"label,attr,omitempty"`
	Scheme string `xml:"scheme,attr,omitempty"`
}

// Atom writes decisions as an Atom feed (RFC 4287), in the given order. The id
// of an entry is the IRI of the decision; its links lead to the page, the
// linked data, and the source.
func Atom(w io.Writer, f Feed, besluiten []*besluit.Besluit) error {
	feed := atomFeed{Lang: "nl", ID: f.ID, Title: f.Title, Links: []atomLink{{"self", "application/atom+xml", f.Self}}}
	if f.Alternate != "" {
		feed.Links = append(feed.Links, atomLink{"alternate", "text/html", f.Alternate})
	}
	updated := f.Updated
	for _, b := range besluiten {
		changed := f.changed(b)
		if f.Updated.IsZero() {
			updated = laterOf(updated, changed)
		}
		feed.Entries = append(feed.Entries, f.entry(b, changed))
	}
	feed.Updated = atomTime(updated)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write feed: %w", err)
	}
	if err := xml.NewEncoder(w).Encode(feed); err != nil {
		return fmt.Errorf("write feed: %w", err)
	}
	return nil
}

func (f Feed) changed(b *besluit.Besluit) time.Time {
	if at, ok := f.Changed[b.IRI]; ok {
		return at
	}
	if z := zittingOf(b); b.Publicatiedatum.IsZero() && z != nil {
		return z.Datum()
	}
	return b.Publicatiedatum
}

func (f Feed) entry(b *besluit.Besluit, changed time.Time) atomEntry {
	page := f.Base + "/besluiten/" + besluit.ID(b.IRI)
	e := atomEntry{
		ID: b.IRI, Title: cmp.Or(b.Titel, b.TitelKort, "Besluit zonder titel"), Updated: atomTime(changed),
		Author:  atomAuthor{Name: "onbekend bestuursorgaan"},
		Summary: b.Beschrijving,
		Links: []atomLink{
			{"alternate", "text/html", page}, {"alternate", "application/ld+json", page + ".jsonld"}, {"alternate", "text/turtle", page + ".ttl"},
		},
	}
	if !rdf.IsAbsoluteIRI(e.ID) {
		e.ID = f.Base + "/id/besluit/" + besluit.ID(b.IRI)
	}
	if !b.Publicatiedatum.IsZero() {
		e.Published = atomTime(b.Publicatiedatum)
	}
	if o := b.GenomenDoor; o != nil {
		e.Author = atomAuthor{Name: cmp.Or(o.Naam, besluit.Label(o.Classificatie), e.Author.Name), URI: o.IRI}
	}
	for _, bron := range b.Bronnen {
		e.Links = append(e.Links, atomLink{"via", "text/html", bron})
	}
	for _, t := range b.Types {
		e.Categories = append(e.Categories, atomCategory{Term: t, Label: besluit.Label(t)})
	}
	return e
}

// atomTime writes a moment; one that is unknown as the beginning of the epoch,
// because Atom asks for one.
func atomTime(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

// Changed returns, by the IRI of each decision, when a page that states it last
// changed: for Feed.Changed. A decision without a known page is left out.
func (p *Publisher) Changed(ctx context.Context, besluiten []*besluit.Besluit) (map[string]time.Time, error) {
	pages, changed := map[string]time.Time{}, map[string]time.Time{}
	for _, b := range besluiten {
		for _, bron := range b.Bronnen {
			at, known := pages[bron]
			if !known {
				e, _, _, err := p.Ledger.Latest(ctx, bron)
				if err != nil {
					return nil, fmt.Errorf("find changes: %w", err)
				}
				at = e.Time
				pages[bron] = at
			}
			if at.After(changed[b.IRI]) {
				changed[b.IRI] = at
			}
		}
	}
	return changed, nil
}

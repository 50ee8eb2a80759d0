package oogst

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
)

type (
	atomFeed struct {
		XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang     string      `xml:"xml:lang,attr"`
		ID       string      `xml:"id"`
		Title    string      `xml:"title"`
		Subtitle string      `xml:"subtitle,omitempty"`
		Updated  string      `xml:"updated"`
		Author   atomAuthor  `xml:"author"`
		Links    []atomLink  `xml:"link"`
		Entries  []atomEntry `xml:"entry"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID        string       `xml:"id"`
		Title     string       `xml:"title"`
		Updated   string       `xml:"updated"`
		Published string       `xml:"published"`
		Links     []atomLink   `xml:"link"`
		Category  atomCategory `xml:"category"`
		Content   atomContent  `xml:"content"`

		at time.Time
	}
	atomCategory struct {
		Term   string `xml:"term,attr"`
		Scheme string `xml:"scheme,attr"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

// mostEntriesOfFeed bounds a feed, and mostInEntry the pages that one entry
// names.
const (
	mostEntriesOfFeed = 60
	mostInEntry       = 20
)

// Atom writes what happened to the harvest of a government as an Atom feed (RFC
// 4287): each problem when it is first told of and when it is over, and each
// round that brought or missed something; the newest first. base is the root of
// the site without "/" at the end. Ids do not depend on it: they are made from
// what the entry is about (urn:uuid, RFC 9562, section 5.5).
func Atom(w io.Writer, b *Bestuur, base string, english bool) error {
	in := func(t rdf.Text) string {
		if english {
			return t.EN
		}
		return t.NL
	}
	page := base + "/oogst/" + b.Slug
	feed := atomFeed{
		Lang: "nl", ID: "urn:uuid:" + besluit.ID("oogst\n"+b.name()), Title: "Oogst van " + b.Naam, Subtitle: in(b.Reden),
		Author: atomAuthor{"Belfort"},
		Links:  []atomLink{{"self", "application/atom+xml", page + ".atom"}, {"alternate", "text/html", page}, {"alternate", "application/json", page + ".json"}},
	}
	if english {
		feed.Lang, feed.Title = "en", "Harvest of "+b.Naam
		feed.Links[0].Href += "?taal=en"
		feed.Links[1].Href += "?taal=en"
	}
	entry := func(key string, title rdf.Text, published, updated time.Time, kind, text string) {
		feed.Entries = append(feed.Entries, atomEntry{
			ID: "urn:uuid:" + besluit.ID("oogst\n"+b.name()+"\n"+key), Title: cmp.Or(in(title), kind), Updated: atomTime(updated), Published: atomTime(published),
			Links: []atomLink{{"alternate", "text/html", page + "#" + kind}}, Category: atomCategory{kind, base + "/oogst"},
			Content: atomContent{"text", text}, at: updated,
		})
	}
	for _, o := range b.Verleden {
		opened := o.Key + "\n" + o.Opened.UTC().Format(time.RFC3339)
		title, body := o.Title, in(o.Meaning)
		updated := o.Changed
		if !o.Over.IsZero() {
			updated = o.Opened
			entry(opened+"\nover", text("Voorbij: "+o.Title.NL, "Over: "+o.Title.EN), o.Over, o.Over, string(o.Kind), in(text("Dit probleem is er niet meer.", "This problem is there no more.")))
		} else if i := slices.IndexFunc(b.Problemen, func(p Problem) bool { return p.key() == o.Key }); i >= 0 {
			p := b.Problemen[i]
			body = strings.Join([]string{in(p.Meaning), in(p.Municipality)}, "\n\n") + p.pages(in)
		}
		entry(opened, title, o.Opened, updated, string(o.Kind), body)
	}
	for _, s := range b.Bronnen {
		for _, r := range s.Rounds {
			if r.New+r.Changed+r.Withdrawn+r.Held+r.Failed == 0 && r.Stopped == "" {
				continue
			}
			counts := r.Words()
			entry("ronde\n"+s.URL+"\n"+r.Began.UTC().Format(time.RFC3339), text("Ronde van "+Day(r.Ended).NL+": "+counts.NL, "Round of "+Day(r.Ended).EN+": "+counts.EN),
				r.Ended, r.Ended, "tijdlijn", s.URL+"\n"+in(counts))
		}
	}
	slices.SortStableFunc(feed.Entries, func(a, b atomEntry) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(a.ID, b.ID)) })
	feed.Entries = feed.Entries[:min(len(feed.Entries), mostEntriesOfFeed)]
	var updated time.Time
	for _, e := range feed.Entries {
		if e.at.After(updated) {
			updated = e.at
		}
	}
	if updated.IsZero() {
		updated = b.Gelezen
	}
	feed.Updated = atomTime(updated)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write feed: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", " ")
	if err := encoder.Encode(feed); err != nil {
		return fmt.Errorf("write feed: %w", err)
	}
	return nil
}

// pages lists the pages of a problem with their reasons, below its text.
func (p Problem) pages(in func(rdf.Text) string) string {
	var b strings.Builder
	for i, e := range p.Evidence {
		if i == mostInEntry {
			fmt.Fprintf(&b, "\n… (%d)", p.Count-mostInEntry)
			break
		}
		at := cmp.Or(e.URL, e.IRI)
		if at == "" {
			continue
		}
		b.WriteString("\n" + at)
		if reason := in(e.Reason); reason != "" {
			b.WriteString(" (" + reason + ")")
		} else if e.IRI != "" && !e.Time.IsZero() {
			b.WriteString(" (" + in(Day(e.Time)) + ")")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n" + b.String()
}

// Words say what a round did: what it found none of is left out.
func (r Round) Words() rdf.Text {
	var nl, en []string
	for _, c := range []struct {
		n      int
		nl, en string
	}{
		{r.New, "nieuw", "new"}, {r.Changed, "gewijzigd", "changed"}, {r.Withdrawn, "ingetrokken", "withdrawn"},
		{r.Held, "tegengehouden", "held back"}, {r.Failed, "niet gelezen", "not read"},
	} {
		if c.n > 0 {
			nl, en = append(nl, fmt.Sprint(c.n, " ", c.nl)), append(en, fmt.Sprint(c.n, " ", c.en))
		}
	}
	if r.Stopped != "" {
		nl, en = append(nl, "gestopt aan de grens"), append(en, "stopped at the bound")
	}
	if len(nl) == 0 {
		return text("niets nieuws", "nothing new")
	}
	return text(strings.Join(nl, ", "), strings.Join(en, ", "))
}

// atomTime writes a moment; one that is unknown as the beginning of the epoch,
// because Atom asks for one.
func atomTime(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

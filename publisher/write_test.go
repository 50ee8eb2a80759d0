package publisher_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

func TestAtom(t *testing.T) {
	h := filled(t)
	besluiten, _, err := h.Reader.Besluiten(ctx, publisher.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if when, err := h.Changed(ctx, besluiten); err != nil || len(when) != 3 || !when[data+"b1"].Equal(noon) {
		t.Errorf("changes %v, %v", when, err)
	}
	changed := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var b bytes.Buffer
	err = publisher.Atom(&b, publisher.Feed{
		ID: "https://besluiten.example/feeds/vlavirgem", Title: "Besluiten van <Vlavirgem>", Self: "https://besluiten.example/feeds/vlavirgem.atom",
		Base: "https://besluiten.example", Changed: map[string]time.Time{data + "b1": changed},
	}, besluiten)
	if err != nil {
		t.Fatal(err)
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Author  string `xml:"author>name"`
			Links   []struct {
				Rel  string `xml:"rel,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Categories []struct {
				Label string `xml:"label,attr"`
			} `xml:"category"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(b.Bytes(), &feed); err != nil {
		t.Fatal(err)
	}
	if feed.Title != "Besluiten van <Vlavirgem>" || feed.Updated != "2026-01-02T03:04:05Z" || len(feed.Entries) != 3 {
		t.Fatalf("feed %+v", feed)
	}
	e := feed.Entries[1]
	if e.ID != data+"b1" || e.Updated != feed.Updated || e.Author != "Gemeenteraad Vlavirgem" || len(e.Categories) != 1 || e.Categories[0].Label != "Politiereglement" {
		t.Errorf("entry %+v", e)
	}
	var links []string
	for _, l := range e.Links {
		links = append(links, l.Rel+" "+l.Href)
	}
	if page := "alternate https://besluiten.example/besluiten/" + besluit.ID(data+"b1"); !slices.Contains(links, page) || !slices.Contains(links, "via "+site+"notulen") {
		t.Errorf("links %q", links)
	}
	for _, e := range feed.Entries { // RFC 4287, section 4.1.2
		if e.ID == "" || e.Title == "" || e.Author == "" {
			t.Errorf("entry lacks what Atom requires: %+v", e)
		}
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil {
			t.Errorf("entry %s: %v", e.ID, err)
		}
	}
}

func TestLDES(t *testing.T) {
	h := newHouse(t)
	const base = "https://besluiten.example/ldes"
	stream := &publisher.LDES{Ledger: h.Ledger, Blobs: h.Blobs, Base: base, PageSize: 2}
	read := func(n int) (publisher.LDESPage, *rdf.Graph) {
		t.Helper()
		p, ok, err := stream.Page(ctx, n)
		if err != nil || !ok {
			t.Fatalf("page %d: %v, %v", n, ok, err)
		}
		return p, rdf.NewGraph(p.Quads...)
	}
	p, g := read(1)
	view := rdf.IRI(vocab.Tree + "view")
	if p.Closed || g.Object(rdf.IRI(base), view) != rdf.IRI(base+"/1") {
		t.Errorf("the page of an empty ledger: %v", p.Quads)
	}

	at := func(pub besluit.Publicatie, minutes int) besluit.Publicatie {
		pub.Opgehaald = noon.Add(time.Duration(minutes) * time.Minute)
		return pub
	}
	h.accept(t, at(page(t, "lijst", list), 5))
	h.accept(t, at(page(t, "notulen", minutes), 3)) // fetched earlier, accepted later
	p, _ = read(1)
	if p.Closed {
		t.Error("a full page is closed before there is a next one")
	}
	h.accept(t, at(page(t, "over", `<> a :Iets .`), 6)) // held: no member
	h.accept(t, at(gone("lijst"), 9))
	h.accept(t, at(page(t, "uittreksel", extract), 8))
	if _, ok, err := stream.Page(ctx, 4); ok || err != nil {
		t.Errorf("page 4: %v, %v", ok, err)
	}

	generated, member := rdf.IRI(vocab.ProvGeneratedAtTime), rdf.IRI(vocab.Tree+"member")
	var members []string
	last := ""
	for n := 1; n <= 3; n++ {
		p, g := read(n)
		if p.Closed != (n < 3) {
			t.Errorf("page %d: closed %v", n, p.Closed)
		}
		if n > 1 && !g.Object(rdf.IRI(base), view).IsZero() {
			t.Errorf("page %d claims to be the view", n)
		}
		if !g.Has(rdf.IRI(fmt.Sprint(base, "/", n)), rdf.IRI(vocab.RDFType), rdf.IRI(vocab.Tree+"Node")) {
			t.Errorf("page %d is no node by its own address", n)
		}
		for m := range g.Objects(rdf.IRI(base), member) {
			when := g.Object(m, generated)
			if when.Value() < last {
				t.Errorf("time goes back at %s: %s after %s", m, when, last)
			}
			last = when.Value()
			deleted := g.Has(m, rdf.IRI(vocab.RDFType), rdf.IRI("https://www.w3.org/ns/activitystreams#Delete"))
			members = append(members, fmt.Sprint(strings.TrimPrefix(m.Value(), base), " ", strings.TrimPrefix(g.Object(m, rdf.IRI(vocab.DctIsVersionOf)).Value(), site),
				" ", besluit.Label(g.Object(m, rdf.IRI(vocab.DctType)).Value()), " ", deleted))
		}
		relation := g.Object(rdf.IRI(fmt.Sprint(base, "/", n)), rdf.IRI(vocab.Tree+"relation"))
		if n < 3 {
			if g.Object(relation, rdf.IRI(vocab.Tree+"node")) != rdf.IRI(fmt.Sprint(base, "/", n+1)) {
				t.Errorf("page %d does not lead to the next", n)
			}
			_, next := read(n + 1)
			for m := range next.Objects(rdf.IRI(base), member) {
				if bound := g.Object(relation, rdf.IRI(vocab.Tree+"value")); next.Object(m, generated).Value() < bound.Value() {
					t.Errorf("%s lies before the bound %s of its page", m, bound)
				}
			}
		}
	}
	want := []string{"/lid/1 lijst Besluitenlijst false", "/lid/2 notulen Notulen false", "/lid/4 lijst  true", "/lid/5 uittreksel  false"}
	if !slices.Equal(members, want) {
		t.Errorf("members %q, want %q", members, want)
	}
	// Closed pages are the same for a server that begins anew.
	fresh := &publisher.LDES{Ledger: h.Ledger, Blobs: h.Blobs, Base: base, PageSize: 2}
	a, _, _ := fresh.Page(ctx, 2)
	b, _ := read(2)
	if !slices.Equal(a.Quads, b.Quads) {
		t.Error("another server gives another page 2")
	}
}

func TestDCATHasWhatIsMandatory(t *testing.T) {
	g := rdf.NewGraph(publisher.Catalogue{
		Base: "https://besluiten.example", Publisher: "https://besluiten.example/#wij", Name: "Wij", Email: "wij@besluiten.example",
		Modified: noon, Dump: "https://besluiten.example/dumps/a.nq.gz",
	}.DCAT()...)
	// DCAT-AP-VL 3.0, the cardinalities 1..* and 1..1.
	for class, properties := range map[string][]string{
		vocab.Dcat + "Catalog":       {vocab.DctIdentifier, vocab.DctTitle, vocab.DctDescription, vocab.Dcat + "contactPoint", vocab.Dct + "publisher"},
		vocab.Dcat + "CatalogRecord": {vocab.DctIdentifier, vocab.DctModified, vocab.Foaf + "primaryTopic"},
		vocab.Dcat + "Dataset":       {vocab.DctIdentifier, vocab.DctTitle, vocab.DctDescription, vocab.Dct + "accessRights", vocab.Dcat + "contactPoint", vocab.Dct + "publisher"},
		vocab.Dcat + "DataService": {vocab.DctIdentifier, vocab.DctTitle, vocab.Dcat + "contactPoint", vocab.Dcat + "endpointURL", vocab.Dcat + "endpointDescription",
			vocab.Dct + "accessRights", vocab.Dct + "publisher"},
		vocab.Dcat + "Distribution": {vocab.DctIdentifier, vocab.Dcat + "accessURL"},
	} {
		found := false
		for s := range g.Subjects(rdf.IRI(vocab.RDFType), rdf.IRI(class)) {
			found = true
			for _, p := range properties {
				o := g.Object(s, rdf.IRI(p))
				if o.IsZero() {
					t.Errorf("%s (%s) has no %s", s, class, p)
				}
				if (p == vocab.DctTitle || p == vocab.DctDescription) && o.Lang() == "" {
					t.Errorf("%s of %s has no language", p, s)
				}
			}
		}
		if !found {
			t.Errorf("there is no %s", class)
		}
	}
	if n := len(slices.Collect(g.Subjects(rdf.IRI(vocab.RDFType), rdf.IRI(vocab.Dcat+"Distribution")))); n != 2 {
		t.Errorf("%d distributions, want 2", n)
	}
}

package site

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/search"
	"github.com/belfort-lod/belfort/sparql"
)

// Bounds on what one page shows of a list that data may make as long as it
// likes.
const (
	mostSources     = 12
	mostFindings    = 40
	mostCorrections = 20
	listLength      = 10

	governmentsGood = 5 * time.Second
)

// entity answers an entity in the form that the address or the Accept header
// asks for; every form stands at the same address. The html function renders
// the page once it is sure that a page is wanted.
func (s *site) entity(w http.ResponseWriter, r *http.Request, iri, at string, f form, html func(alternates []alternate) error) error {
	w.Header().Add("Vary", "Accept")
	var alternates []alternate
	for _, f := range forms[1:] {
		alternates = append(alternates, alternate{s.Base + at + f.suffix, f.mediaType, f.title})
	}
	if f.suffix == "" {
		var ok bool
		if f, ok = negotiate(r.Header.Get("Accept")); !ok {
			return s.notAcceptable(w, r, alternates)
		}
	}
	if f.suffix == "" {
		return html(alternates)
	}
	quads, err := s.Describe(r.Context(), iri)
	if err != nil {
		return fmt.Errorf("describe entity: %w", err)
	}
	w.Header().Add("Link", fmt.Sprintf("<%s>; rel=\"canonical\"", s.Base+at))
	w.Header().Set("Cache-Control", "no-cache")
	return sendGraph(w, r, f.mediaType, quads)
}

// sendGraph writes a description as a whole, so that it has an entity tag.
func sendGraph(w http.ResponseWriter, r *http.Request, mediaType string, quads []rdf.Quad) error {
	var b bytes.Buffer
	all := func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
	if err := sparql.WriteGraph(&b, mediaType, all, ""); err != nil {
		return fmt.Errorf("write description: %w", err)
	}
	open(w.Header())
	return send(w, r, http.StatusOK, mediaType, b.Bytes())
}

// notAcceptable lists the forms that there are (RFC 9110, section 15.5.7).
func (s *site) notAcceptable(w http.ResponseWriter, r *http.Request, alternates []alternate) error {
	p := s.newPage(r, "onaanvaardbaar")
	p.Robots = "noindex"
	p.Alternates = alternates
	return s.write(w, r, http.StatusNotAcceptable, p)
}

// identified is what besluit.ID makes: only for such an id is the ledger
// searched.
var identified = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// missing is the answer for an id that no entity has: gone if the ledger knows
// that it was withdrawn, unknown otherwise.
func (s *site) missing(w http.ResponseWriter, r *http.Request, id string) error {
	if s.Gone == nil || !identified.MatchString(id) {
		return errNotFound
	}
	e, ok, err := s.Gone(r.Context(), id)
	if err != nil {
		return fmt.Errorf("look up withdrawn entity: %w", err)
	}
	if !ok {
		return errNotFound
	}
	p := s.newPage(r, "weg")
	p.Robots = "noindex"
	var d struct {
		publisher.Entry
		Reden   string
		Laatste *last
	}
	d.Entry, d.Reden = e, reasonOf(p.Taal, e)
	if d.Laatste, err = s.lastOf(r.Context(), p.Taal, e, id); err != nil {
		return err
	}
	p.Data = d
	return s.write(w, r, http.StatusGone, p)
}

// entityPage begins the page of an entity.
func (s *site) entityPage(r *http.Request, name, at, title string, alternates []alternate) *page {
	p := s.newPage(r, name)
	p.Titel, p.Pad, p.Canonical, p.Alternates = title, at, s.Base+at, alternates
	return p
}

type besluitPage struct {
	Besluit                      *besluit.Besluit
	Genomen                      time.Time
	Punt                         *besluit.Agendapunt
	Zitting                      *besluit.Zitting
	Orgaan                       *besluit.Bestuursorgaan
	Bestuur                      *besluit.Bestuurseenheid
	Artikels                     []article
	Stemmingen                   []vote
	Corrigeert, GecorrigeerdDoor []crumb
	Termijnen                    []termijn
	Bronnen                      []source
	Weg                          *publisher.Entry // the newest page of its that was withdrawn
	Dubbels                      []double
	Bijlagen                     []attachedFile
	Geschiedenis                 []past
	Citaat, Permalink            snippet
}

// article is an artikel with its place on the page.
type article struct{ Anker, Kop, Inhoud string }

// snippet is a text to copy.
type snippet struct{ ID, Label, Tekst string }

func (s *site) besluit(w http.ResponseWriter, r *http.Request) error {
	id, f := suffixed(r.PathValue("id"))
	b, err := s.Entities.Besluit(r.Context(), id)
	if err != nil {
		return fmt.Errorf("read besluit: %w", err)
	}
	if b == nil {
		return s.missing(w, r, id)
	}
	at := besluitPath(b)
	return s.entity(w, r, b.IRI, at, f, func(alternates []alternate) error {
		l := language(r)
		p := s.entityPage(r, "besluit", at, titleOf(l, b), alternates)
		p.Beschrijving = plain(firstOf(b.Beschrijving, b.Motivering, b.Inhoud), 160)
		punt, zitting, orgaan, bestuur := puntOf(b), zittingOf(b), orgaanOf(b), bestuurOf(b)
		d := besluitPage{Besluit: b, Punt: punt, Zitting: zitting, Orgaan: orgaan, Bestuur: bestuur, Genomen: dateOf(b), Artikels: articles(l, p.Titel, b.Artikels)}
		if b.Behandeling != nil {
			d.Stemmingen = votes(l, b.Behandeling.Stemmingen)
		}
		d.Termijnen = termijnen(l, b, d.Genomen, orgaan, s.Now())
		d.Bijlagen = s.attachedFiles(r.Context(), l, b.Bijlagen)
		if d.Corrigeert, err = s.others(r.Context(), l, b.Corrigeert); err != nil {
			return err
		}
		if d.GecorrigeerdDoor, err = s.others(r.Context(), l, b.GecorrigeerdDoor); err != nil {
			return err
		}
		pages, first := []string(nil), ""
		if d.Dubbels, pages, first, err = s.doublesOf(r.Context(), b); err != nil {
			return err
		}
		if d.Bronnen, err = s.sources(r.Context(), pages, b.IRI); err != nil {
			return err
		}
		if d.Geschiedenis, err = s.pastOf(r.Context(), l, pages); err != nil {
			return err
		}
		p.Canonical = s.Base + "/besluiten/" + besluit.ID(first)
		if s.Gone != nil {
			e, gone, err := s.Gone(r.Context(), id)
			if err != nil {
				return fmt.Errorf("find withdrawn pages: %w", err)
			}
			if gone {
				d.Weg = &e
			}
		}
		d.Citaat = snippet{"citaat", message(l, "citeer"), s.citation(l, b, s.Base+at)}
		d.Permalink = snippet{"permalink", message(l, "permalink"), s.Base + at}
		p.Data = d
		p.Kruimels = s.crumbs(l, bestuur, orgaan, zitting, message(l, "besluit"))
		return s.write(w, r, http.StatusOK, p)
	})
}

func (s *site) agendapunt(w http.ResponseWriter, r *http.Request) error {
	id, f := suffixed(r.PathValue("id"))
	a, err := s.Entities.Agendapunt(r.Context(), id)
	if err != nil {
		return fmt.Errorf("read agendapunt: %w", err)
	}
	if a == nil {
		return s.missing(w, r, id)
	}
	at := puntPath(a)
	return s.entity(w, r, a.IRI, at, f, func(alternates []alternate) error {
		l := language(r)
		p := s.entityPage(r, "agendapunt", at, titleOf(l, a), alternates)
		var d struct {
			Punt             *besluit.Agendapunt
			Nummer           int
			Vorige, Volgende *besluit.Agendapunt
			Openbaar         string
			Besluiten        []*besluit.Besluit
			Stemmingen       []vote
			Bronnen          []source
			Geschiedenis     []past
		}
		d.Punt = a
		// What was read along with one agendapunt does not tell its place.
		if a.Zitting != nil {
			z, err := s.Entities.Zitting(r.Context(), besluit.ID(a.Zitting.IRI))
			if err != nil {
				return fmt.Errorf("read zitting of agendapunt: %w", err)
			}
			if z != nil {
				d.Nummer, d.Vorige, d.Volgende = placeOf(a, z.Agendapunten)
			}
		}
		if a.GeplandOpenbaar != nil {
			d.Openbaar = message(l, "besloten")
			if *a.GeplandOpenbaar {
				d.Openbaar = message(l, "openbaar")
			}
		}
		var stemmingen []*besluit.Stemming
		for _, b := range a.Behandelingen {
			d.Besluiten = append(d.Besluiten, b.Besluiten...)
			stemmingen = append(stemmingen, b.Stemmingen...)
		}
		d.Stemmingen = votes(l, stemmingen)
		if d.Bronnen, err = s.sources(r.Context(), a.Bronnen, a.IRI); err != nil {
			return err
		}
		if d.Geschiedenis, err = s.pastOf(r.Context(), l, a.Bronnen); err != nil {
			return err
		}
		p.Data = d
		p.Kruimels = s.crumbs(l, bestuurOf(a), orgaanOf(a), a.Zitting, message(l, "agendapunt"))
		return s.write(w, r, http.StatusOK, p)
	})
}

// placeOf is the place of an agendapunt on the agenda, from 1, with those
// before and after it; 0 if it is not there.
func placeOf(a *besluit.Agendapunt, agenda []*besluit.Agendapunt) (n int, before, after *besluit.Agendapunt) {
	i := slices.IndexFunc(agenda, func(other *besluit.Agendapunt) bool { return other.IRI == a.IRI })
	if i > 0 {
		before = agenda[i-1]
	}
	if i >= 0 && i+1 < len(agenda) {
		after = agenda[i+1]
	}
	return i + 1, before, after
}

// agendaItem is an agendapunt as the page of its zitting shows it.
type agendaItem struct {
	*besluit.Agendapunt
	Plaats    int
	Besloten  bool
	Besluiten []*besluit.Besluit
	Uitslag   string
}

// document is a published document with an address that a browser can open.
type document struct {
	*besluit.Document
	Href string
}

func (s *site) zitting(w http.ResponseWriter, r *http.Request) error {
	id, f := suffixed(r.PathValue("id"))
	z, err := s.Entities.Zitting(r.Context(), id)
	if err != nil {
		return fmt.Errorf("read zitting: %w", err)
	}
	if z == nil {
		return s.missing(w, r, id)
	}
	at := zittingPath(z)
	return s.entity(w, r, z.IRI, at, f, func(alternates []alternate) error {
		l := language(r)
		title := message(l, "zitting.titel")
		if z.GehoudenDoor != nil && z.GehoudenDoor.Naam != "" {
			title = z.GehoudenDoor.Naam
		}
		if !z.Datum().IsZero() {
			title += ", " + day(l, z.Datum())
		}
		p := s.entityPage(r, "zitting", at, title, alternates)
		var d struct {
			Zitting     *besluit.Zitting
			Punten      []agendaItem
			Documenten  []document
			Uittreksels []document
			Bronnen     []source
			MeerBronnen int

			Geschiedenis []past
		}
		d.Zitting = z
		d.MeerBronnen = max(0, len(z.Bronnen)-mostSources)
		for i, a := range z.Agendapunten {
			item := agendaItem{Agendapunt: a, Plaats: i + 1, Besloten: a.GeplandOpenbaar != nil && !*a.GeplandOpenbaar}
			for _, b := range a.Behandelingen {
				item.Besluiten = append(item.Besluiten, b.Besluiten...)
				for _, v := range votes(l, b.Stemmingen) {
					if v.Samenvatting != "" {
						item.Uitslag = message(l, "stemming") + ": " + v.Samenvatting
					}
				}
			}
			d.Punten = append(d.Punten, item)
		}
		for _, doc := range z.Documenten {
			x := document{Document: doc}
			if isWeb(doc.Pagina) {
				x.Href = doc.Pagina
			} else if isWeb(doc.IRI) {
				x.Href = doc.IRI
			}
			if doc.Soort == besluit.Uittreksel {
				d.Uittreksels = append(d.Uittreksels, x)
			} else {
				d.Documenten = append(d.Documenten, x)
			}
		}
		if d.Bronnen, err = s.sources(r.Context(), z.Bronnen, z.IRI); err != nil {
			return err
		}
		if d.Geschiedenis, err = s.pastOf(r.Context(), l, z.Bronnen); err != nil {
			return err
		}
		p.Data = d
		p.Kruimels = s.crumbs(l, bestuurOf(z), z.GehoudenDoor, nil, message(l, "zitting.titel"))
		return s.write(w, r, http.StatusOK, p)
	})
}

func (s *site) bestuursorgaan(w http.ResponseWriter, r *http.Request) error {
	id, f := suffixed(r.PathValue("id"))
	o, err := s.Entities.Bestuursorgaan(r.Context(), id)
	if err != nil {
		return fmt.Errorf("read bestuursorgaan: %w", err)
	}
	if o == nil {
		return s.missing(w, r, id)
	}
	at := orgaanPath(o)
	return s.entity(w, r, o.IRI, at, f, func(alternates []alternate) error {
		l := language(r)
		p := s.entityPage(r, "bestuursorgaan", at, nameOf(l, o.Naam, o.IRI), alternates)
		var d struct {
			Orgaan    *besluit.Bestuursorgaan
			Zittingen []*besluit.Zitting
			Besluiten []*besluit.Besluit
		}
		d.Orgaan = o
		if d.Zittingen, _, err = s.Lists.Zittingen(r.Context(), publisher.Selection{Orgaan: o.IRI, Limit: listLength}); err != nil {
			return fmt.Errorf("list zittingen: %w", err)
		}
		if d.Besluiten, _, err = s.Lists.Besluiten(r.Context(), publisher.Selection{Orgaan: o.IRI, Limit: listLength}); err != nil {
			return fmt.Errorf("list besluiten: %w", err)
		}
		p.Data = d
		p.Kruimels = s.crumbs(l, o.Bestuurt, nil, nil, nameOf(l, o.Naam, o.IRI))
		return s.write(w, r, http.StatusOK, p)
	})
}

func (s *site) bestuur(w http.ResponseWriter, r *http.Request) error {
	slug, f := suffixed(r.PathValue("id"))
	b, err := s.findBestuur(r.Context(), func(b *publisher.Bestuur) bool { return b.Slug == slug || besluit.ID(b.IRI) == slug })
	if err != nil {
		return err
	}
	if b == nil {
		return errNotFound
	}
	at := "/besturen/" + b.Slug
	return s.entity(w, r, b.IRI, at, f, func(alternates []alternate) error {
		l := language(r)
		name := nameOf(l, b.Naam, b.IRI)
		p := s.entityPage(r, "bestuur", at, name, nil)
		p.Alternates = append(alternates, alternate{s.Base + atomPath(b.Slug), "application/atom+xml", "Atom"}, s.oembedLink(b))
		var d struct {
			Bestuur          *publisher.Bestuur
			Organen          []*besluit.Bestuursorgaan
			Zittingen        []*besluit.Zitting
			Besluiten        []hit
			Snippet          snippet
			Atom, API, Embed string
			Ingetrokken      bool // there is a list of what was withdrawn
			Oogst            bool // there is a page about its harvest
		}
		d.Bestuur, d.Organen = b, organs(b.Organen)
		d.Ingetrokken, d.Oogst = s.Withdrawals != nil, s.Oogst != nil
		if d.Zittingen, _, err = s.Lists.Zittingen(r.Context(), publisher.Selection{Bestuur: b.IRI, Limit: listLength}); err != nil {
			return fmt.Errorf("list zittingen: %w", err)
		}
		if d.Besluiten, err = s.latest(r.Context(), l, search.Request{Besturen: []string{b.IRI}, Size: listLength}); err != nil {
			return err
		}
		d.Snippet = snippet{"insluitcode", message(l, "insluiten.html"), s.iframe(b)}
		d.Atom, d.API, d.Embed = atomPath(b.Slug), link(dutch, "/api/v1/besluiten", "bestuur", b.Slug), link(l, "/embed/lijst", "bestuur", b.Slug)
		p.Data = d
		p.Kruimels = s.crumbs(l, nil, nil, nil, name)
		return s.write(w, r, http.StatusOK, p)
	})
}

// organs are the organs themselves, whose pages show the sittings of all their
// periods; the periods where the data knows no others.
func organs(list []*besluit.Bestuursorgaan) []*besluit.Bestuursorgaan {
	lasting := slices.DeleteFunc(slices.Clone(list), func(o *besluit.Bestuursorgaan) bool { return o.IsTijdspecialisatieVan != "" })
	if len(lasting) == 0 {
		return list
	}
	return lasting
}

func (s *site) besturen(w http.ResponseWriter, r *http.Request) error {
	list, err := s.allBesturen(r.Context())
	if err != nil {
		return err
	}
	p := s.newPage(r, "besturen")
	p.Data = list
	return s.write(w, r, http.StatusOK, p)
}

// allBesturen lists the governments. Almost every page needs them and they
// seldom change, so a list of some seconds old will do.
func (s *site) allBesturen(ctx context.Context) ([]*publisher.Bestuur, error) {
	return s.governments.get(s.Now(), governmentsGood, func() ([]*publisher.Bestuur, error) {
		list, err := s.Lists.Besturen(ctx)
		if err != nil {
			return nil, fmt.Errorf("list besturen: %w", err)
		}
		return list, nil
	})
}

func (s *site) findBestuur(ctx context.Context, is func(*publisher.Bestuur) bool) (*publisher.Bestuur, error) {
	list, err := s.allBesturen(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], nil
	}
	return nil, nil
}

// identifier sends an identifier on to the page about it (303, as Cool URIs
// for the Semantic Web asks of things that are not documents).
func (s *site) identifier(w http.ResponseWriter, r *http.Request) error {
	soort, id := r.PathValue("soort"), r.PathValue("id")
	switch soort {
	case "besluiten", "agendapunten", "zittingen", "bestuursorganen":
	case "bestuurseenheden":
		soort = "besturen"
	default:
		return errNotFound
	}
	w.Header().Add("Vary", "Accept")
	http.Redirect(w, r, "/"+soort+"/"+id, http.StatusSeeOther)
	return nil
}

// source is a page that an entity was read from.
type source struct {
	Pagina    string
	Bekend    bool
	Versies   string    // address of its versions, "" without
	Ongelinkt time.Time // since when its source does not lead to it any more
	Entry     publisher.Entry
	Findings  []finding
	Meer      int // findings that are not shown
	Aantal    int
	Tellingen []tally
}

// sources looks up the pages that speak of an entity. Findings about the
// entity itself come first.
func (s *site) sources(ctx context.Context, pages []string, about string) ([]source, error) {
	var out []source
	for _, pagina := range pages[:min(len(pages), mostSources)] {
		x := source{Pagina: pagina}
		if s.History != nil {
			x.Versies = versiesPath(pagina)
		}
		if s.Unlisted != nil {
			var err error
			if x.Ongelinkt, err = s.Unlisted(ctx, pagina); err != nil {
				return nil, fmt.Errorf("look up visit: %w", err)
			}
		}
		if s.Bron != nil {
			b, ok, err := s.Bron(ctx, pagina)
			if err != nil {
				return nil, fmt.Errorf("read source: %w", err)
			}
			if ok {
				own, rest := []rdf.Finding{}, []rdf.Finding{}
				for _, f := range b.Report.Findings {
					if f.Focus.Value() == about {
						own = append(own, f)
					} else {
						rest = append(rest, f)
					}
				}
				shown, more := inSource(own, b.Tekst, mostFindings)
				others, moreOthers := inSource(rest, b.Tekst, mostFindings-len(shown))
				x.Bekend, x.Entry = true, b.Entry
				x.Findings, x.Meer = append(shown, others...), more+moreOthers
				x.Aantal, x.Tellingen = len(b.Report.Findings), tallies(b.Report.Findings)
			}
		}
		out = append(out, x)
	}
	// What needs a look comes first.
	slices.SortStableFunc(out, func(a, b source) int { return b.weight() - a.weight() })
	return out, nil
}

// weight is 0 for a source where nothing is the matter.
func (s source) weight() int {
	switch {
	case !s.Bekend:
		return 0
	case s.Entry.Kind != publisher.Published:
		return 2
	case s.Aantal > 0:
		return 1
	}
	return 0
}

// others names other decisions for links; one that is not here keeps its IRI.
func (s *site) others(ctx context.Context, l lang, iris []string) ([]crumb, error) {
	var out []crumb
	for _, iri := range iris[:min(len(iris), mostCorrections)] {
		other, err := s.Entities.Besluit(ctx, besluit.ID(iri))
		if err != nil {
			return nil, fmt.Errorf("read other besluit: %w", err)
		}
		c := crumb{Href: "/besluiten/" + besluit.ID(iri), Label: iri}
		if other != nil {
			c.Label = titleOf(l, other)
			if d := dateOf(other); !d.IsZero() {
				c.Label += " (" + day(l, d) + ")"
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// articles gives each artikel an anchor of its own and a heading.
func articles(l lang, title string, list []*besluit.Artikel) []article {
	var out []article
	used := map[string]bool{}
	for i, a := range list {
		bare := strings.TrimPrefix(strings.TrimPrefix(besluit.Slug(a.Nummer), "artikel-"), "art-")
		if bare == "" || used[bare] {
			bare = strconv.Itoa(i + 1)
		}
		for used[bare] {
			bare += "-bis"
		}
		used[bare] = true
		head := plain(a.Nummer, 40)
		if !strings.HasPrefix(strings.ToLower(head), "art") {
			head = strings.TrimSpace(message(l, "artikel") + " " + firstOf(head, bare))
		}
		out = append(out, article{Anker: "artikel-" + bare, Kop: headed(head, plain(a.Titel, 200), title), Inhoud: a.Inhoud})
	}
	return out
}

// headed puts the number and the title of an artikel together. Programs tend
// to repeat in the title what stands elsewhere: the number, and the title of
// the whole decision.
func headed(number, title, besluit string) string {
	if rest := strings.TrimPrefix(strings.ToLower(title), strings.ToLower(number)); len(rest) < len(title) && (rest == "" || strings.ContainsRune(":.-– ", []rune(rest)[0])) {
		title = strings.TrimLeft(title[len(title)-len(rest):], ":.-– ")
	}
	if title == "" || strings.EqualFold(title, besluit) {
		return number
	}
	return number + ": " + title
}

// citation names a decision as a report or a file would.
func (s *site) citation(l lang, b *besluit.Besluit, at string) string {
	var parts []string
	if o := orgaanOf(b); o != nil && o.Naam != "" {
		name := o.Naam
		if e := bestuurOf(b); e != nil && e.Naam != "" && !strings.Contains(name, e.Naam) {
			name += " " + e.Naam
		}
		parts = append(parts, name)
	}
	if d := dateOf(b); !d.IsZero() {
		parts = append(parts, day(l, d))
	}
	parts = append(parts, "“"+titleOf(l, b)+"”", at)
	consulted := "geraadpleegd op "
	if l == english {
		consulted = "consulted on "
	}
	return strings.Join(append(parts, consulted+day(l, s.Now())), ", ") + "."
}

// crumbs is the way to an entity through what it belongs to; each step may be
// nil.
func (s *site) crumbs(l lang, e *besluit.Bestuurseenheid, o *besluit.Bestuursorgaan, z *besluit.Zitting, here string) []crumb {
	way := []crumb{{link(l, "/besturen"), message(l, "besturen.titel")}}
	if e != nil {
		way = append(way, crumb{link(l, bestuurPath(e)), nameOf(l, e.Naam, e.IRI)})
	}
	if o != nil {
		way = append(way, crumb{link(l, orgaanPath(o)), nameOf(l, o.Naam, o.IRI)})
	}
	if z != nil {
		label := message(l, "zitting.van")
		if !z.Datum().IsZero() {
			label += " " + day(l, z.Datum())
		}
		way = append(way, crumb{link(l, zittingPath(z)), label})
	}
	return append(way, crumb{Label: here})
}

// Addresses of entities, without language.
func besluitPath(b *besluit.Besluit) string         { return "/besluiten/" + besluit.ID(b.IRI) }
func puntPath(a *besluit.Agendapunt) string         { return "/agendapunten/" + besluit.ID(a.IRI) }
func zittingPath(z *besluit.Zitting) string         { return "/zittingen/" + besluit.ID(z.IRI) }
func orgaanPath(o *besluit.Bestuursorgaan) string   { return "/bestuursorganen/" + besluit.ID(o.IRI) }
func bestuurPath(e *besluit.Bestuurseenheid) string { return "/besturen/" + e.Slug() }

// titleOf is what an entity is called on a page.
func titleOf(l lang, entity any) string {
	var t string
	switch x := entity.(type) {
	case *besluit.Besluit:
		t = firstOf(x.Titel, x.TitelKort)
	case *besluit.Agendapunt:
		t = x.Titel
	}
	return firstOf(plain(t, 300), message(l, "zonder.titel"))
}

func nameOf(l lang, name, iri string) string {
	return firstOf(plain(name, 200), iri, message(l, "zonder.naam"))
}

// puntOf, zittingOf, orgaanOf and bestuurOf follow the chain from an entity to
// what it belongs to; any link may be missing.
func puntOf(b *besluit.Besluit) *besluit.Agendapunt {
	if b.Behandeling == nil {
		return nil
	}
	return b.Behandeling.Agendapunt
}

func zittingOf(entity any) *besluit.Zitting {
	switch x := entity.(type) {
	case *besluit.Zitting:
		return x
	case *besluit.Agendapunt:
		if x != nil {
			return x.Zitting
		}
	case *besluit.Besluit:
		return zittingOf(puntOf(x))
	}
	return nil
}

func orgaanOf(entity any) *besluit.Bestuursorgaan {
	if b, ok := entity.(*besluit.Besluit); ok && b.GenomenDoor != nil {
		return b.GenomenDoor
	}
	if z := zittingOf(entity); z != nil {
		return z.GehoudenDoor
	}
	return nil
}

func bestuurOf(entity any) *besluit.Bestuurseenheid {
	if o := orgaanOf(entity); o != nil && o.Bestuurt != nil {
		return o.Bestuurt
	}
	if z := zittingOf(entity); z != nil && z.GehoudenDoor != nil {
		return z.GehoudenDoor.Bestuurt
	}
	return nil
}

// dateOf is the day of the sitting that took a decision, zero if unknown.
func dateOf(b *besluit.Besluit) time.Time {
	if z := zittingOf(b); z != nil {
		return z.Datum()
	}
	return time.Time{}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			return v
		}
	}
	return ""
}

// meaningless is a file name that a program made up.
var meaningless = regexp.MustCompile(`^[0-9a-fA-F-]{16,}$`)

// attachment names the n-th attachment, counted from 0, by its file, or by its
// place and kind where the file has no name for people.
func attachment(l lang, n int, iri string) string {
	name := fileName(iri)
	kind := path.Ext(name)
	if !meaningless.MatchString(strings.TrimSuffix(name, kind)) {
		return name
	}
	title := fmt.Sprintf("%s %d", message(l, "bijlage"), n+1)
	if kind != "" {
		title += " (" + strings.ToUpper(kind[1:]) + ")"
	}
	return title
}

// fileName is the last part of an address, for a link to an attachment.
func fileName(iri string) string {
	if name := path.Base(strings.TrimRight(iri, "/")); name != "." && name != "/" && len(name) > 2 {
		return name
	}
	return iri
}

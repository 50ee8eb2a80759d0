package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
)

// Bounds on the pages about versions.
const (
	mostHistory     = 6   // versions of all its sources on the page of an entity
	mostWithdrawals = 500 // on the list of withdrawn pages
	comparisons     = 2   // comparisons of two versions at a time
)

// versiesPath is the address of the versions of a source page, without language.
func versiesPath(pagina string) string { return link(dutch, "/versies", "pagina", pagina) }

// versiePath is the address of one version.
func versiePath(sequence uint64) string { return "/versies/" + strconv.FormatUint(sequence, 10) }

// prefersJSON reports whether a client likes JSON better than a page.
func prefersJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return accept != "" && sparql.Negotiate(accept, []string{"text/html", "application/json"}) == "application/json"
}

// history is what the pages about versions answer without a ledger.
func (s *site) history() error {
	if s.History == nil {
		return failure{http.StatusNotImplemented, "versies.uit"}
	}
	return nil
}

// version is one entry of a page as its pages show it.
type version struct {
	publisher.Entry
	Tellingen []tally
	Reden     string // why, in words
}

func versionOf(l lang, e publisher.Entry) version {
	return version{e, talliesOf([3]int{e.Findings[rdf.Info], e.Findings[rdf.Warning], e.Findings[rdf.Violation]}), reasonOf(l, e)}
}

// reasonOf says why a page is held or gone.
func reasonOf(l lang, e publisher.Entry) string {
	if e.Kind == publisher.Withdrawn && e.Reason == "HTTP 404" || e.Reason == "HTTP 410" {
		return message(l, "weg."+e.Reason[len("HTTP "):])
	}
	return e.Reason
}

// versies lists the versions of a source page.
func (s *site) versies(w http.ResponseWriter, r *http.Request) error {
	if err := s.history(); err != nil {
		return err
	}
	pagina := r.URL.Query().Get("pagina")
	before, _ := strconv.ParseUint(r.URL.Query().Get("voor"), 10, 64)
	list, err := s.History.Versions(r.Context(), pagina, before)
	if err != nil {
		return fmt.Errorf("list versions: %w", err)
	}
	if len(list) == 0 || list[0].Author != "" {
		return failure{http.StatusNotFound, "versies.onbekend"}
	}
	var d struct {
		Pagina     string
		Versies    []version
		Verder     string
		Kopieen    []string
		Ongelinkt  time.Time
		Vervangend bool
	}
	d.Pagina = pagina
	l := language(r)
	for _, e := range list {
		d.Versies = append(d.Versies, versionOf(l, e))
	}
	if last := list[len(list)-1]; len(list) == publisher.MaxVersions && last.Sequence > 1 {
		d.Verder = link(l, "/versies", "pagina", pagina, "voor", last.Sequence)
	}
	if s.Doubles != nil {
		if d.Kopieen, err = s.Doubles.Copies(r.Context(), pagina); err != nil {
			return fmt.Errorf("list copies: %w", err)
		}
	}
	if s.Unlisted != nil {
		if d.Ongelinkt, err = s.Unlisted(r.Context(), pagina); err != nil {
			return fmt.Errorf("look up visit: %w", err)
		}
	}
	w.Header().Add("Vary", "Accept")
	w.Header().Set("X-Robots-Tag", "noindex")
	if r.URL.Path == "/versies.json" || prefersJSON(r) {
		answer := versiesJSON{Pagina: pagina, Kopieen: d.Kopieen, Versies: []versieJSON{}, Ongelinkt: jsonTime(d.Ongelinkt)}
		for _, e := range list {
			answer.Versies = append(answer.Versies, s.versieJSON(e))
		}
		if d.Verder != "" {
			answer.Volgende = s.Base + link(dutch, "/versies.json", "pagina", pagina, "voor", list[len(list)-1].Sequence)
		}
		return sendJSON(w, r, answer)
	}
	p := s.newPage(r, "versies")
	p.Canonical = s.Base + versiesPath(pagina)
	p.Robots = "noindex"
	p.Alternates = []alternate{{s.Base + link(dutch, "/versies.json", "pagina", pagina), "application/json", "JSON"}}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// versie tells one version of a source page, and what changed with it.
func (s *site) versie(w http.ResponseWriter, r *http.Request) error {
	if err := s.history(); err != nil {
		return err
	}
	bare, asJSON := r.PathValue("id"), prefersJSON(r)
	if n := len(bare) - len(".json"); n > 0 && bare[n:] == ".json" {
		bare, asJSON = bare[:n], true
	}
	sequence, err := strconv.ParseUint(bare, 10, 64)
	if err != nil || bare != strconv.FormatUint(sequence, 10) {
		return errNotFound
	}
	v, ok, err := s.History.Version(r.Context(), sequence)
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if !ok {
		return errNotFound
	}
	since, _ := strconv.ParseUint(r.URL.Query().Get("met"), 10, 64)
	changes, large, err := s.changes(r.Context(), sequence, since)
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	w.Header().Set("X-Robots-Tag", "noindex")
	if asJSON {
		return sendJSON(w, r, s.changesJSON(v, changes, large))
	}
	l := language(r)
	var d struct {
		Versie                       version
		Vorige, Volgende, Vergeleken publisher.Entry
		Laatste                      publisher.Entry // that was published, of a version that is not
		Wijzigingen                  []change
		Tellingen                    []changeTally
		Meer                         int
		Verborgen, TeGroot, MetTekst bool
	}
	d.Versie, d.Vorige, d.Volgende, d.Vergeleken = versionOf(l, v.Entry), v.Previous, v.Next, changes.From
	if v.Entry.Kind != publisher.Published {
		d.Laatste = v.Published
	}
	d.Wijzigingen, d.Meer, d.Verborgen, d.TeGroot, d.MetTekst = changesOn(l, changes), changes.More, changes.Hidden, large, v.Tekst != nil
	d.Tellingen = changeTallies(changes)
	p := s.newPage(r, "versie")
	p.Titel = message(l, "versie.titel") + " " + moment(l, v.Entry.Time)
	p.Robots = "noindex"
	p.Alternates = []alternate{{s.Base + link(dutch, versiePath(sequence)+".json", withSince(since)...), "application/json", "JSON"}}
	p.Kruimels = []crumb{{link(l, "/versies", "pagina", v.Entry.Pagina), message(l, "versies.titel")}, {Label: p.Titel}}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

func withSince(since uint64) []any {
	if since == 0 {
		return nil
	}
	return []any{"met", since}
}

// changes compares versions, a few at a time; large says that they are too large
// for that.
func (s *site) changes(ctx context.Context, sequence, since uint64) (c publisher.Changes, large bool, err error) {
	select {
	case s.comparing <- struct{}{}:
		defer func() { <-s.comparing }()
	case <-ctx.Done():
		return c, false, ctx.Err()
	}
	c, ok, err := s.History.Changes(ctx, sequence, since)
	tooLarge := (*publisher.TooLargeError)(nil)
	switch {
	case errors.As(err, &tooLarge):
		return publisher.Changes{}, true, nil
	case err != nil:
		return c, false, fmt.Errorf("compare versions: %w", err)
	case !ok:
		return c, false, errNotFound
	}
	return c, false, nil
}

// versieText sends the page as it was read, as evidence: text that no browser
// takes for a page.
func (s *site) versieText(w http.ResponseWriter, r *http.Request) error {
	if err := s.history(); err != nil {
		return err
	}
	sequence, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return errNotFound
	}
	v, ok, err := s.History.Version(r.Context(), sequence)
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if !ok || v.Tekst == nil {
		return failure{http.StatusNotFound, "versie.geentekst"}
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="versie-%d.txt"`, sequence))
	h.Set("X-Robots-Tag", "noindex, noarchive")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache") // it may be erased
	return send(w, r, http.StatusOK, "text/plain; charset=utf-8", v.Tekst)
}

// change is one change as its page shows it.
type change struct {
	publisher.Change
	Href          string
	Eigenschappen []propertyChange
	Naam          string
}

type propertyChange struct {
	Label      string
	Oud, Nieuw []string
	Delen      []publisher.Piece
	Geknipt    bool
}

type changeTally struct {
	Class  publisher.Class
	Op     publisher.Op
	Aantal int
}

func changesOn(l lang, c publisher.Changes) []change {
	var list []change
	for _, x := range c.List {
		y := change{Change: x, Naam: plain(x.Name, 200)}
		if y.Naam == "" && x.Class != publisher.ClassStemming { // most votes have no title
			y.Naam = message(l, "zonder.titel")
		}
		// What went from this page may be gone, or stand on another.
		if x.Op != publisher.Removed {
			switch x.Class {
			case publisher.ClassBesluit:
				y.Href = "/besluiten/" + besluit.ID(x.IRI)
			case publisher.ClassAgendapunt:
				y.Href = "/agendapunten/" + besluit.ID(x.IRI)
			case publisher.ClassZitting:
				y.Href = "/zittingen/" + besluit.ID(x.IRI)
			}
		}
		y.Of = plain(x.Of, 200)
		for _, p := range x.Properties {
			y.Eigenschappen = append(y.Eigenschappen, propertyChange{
				Label: message(l, "veld."+p.Name), Oud: valuesIn(l, p.Old), Nieuw: valuesIn(l, p.New), Delen: p.Text, Geknipt: p.Cut,
			})
		}
		list = append(list, y)
	}
	return list
}

func valuesIn(l lang, values []publisher.Value) (list []string) {
	for _, v := range values {
		switch {
		case !v.Time.IsZero():
			list = append(list, moment(l, v.Time))
		case v.Text == "ja" || v.Text == "nee":
			list = append(list, message(l, v.Text))
		default:
			list = append(list, firstOf(plain(v.Text, 500), labelOf(v.IRI)))
		}
	}
	return list
}

func changeTallies(c publisher.Changes) (list []changeTally) {
	for _, class := range []publisher.Class{publisher.ClassZitting, publisher.ClassAgendapunt, publisher.ClassBesluit, publisher.ClassArtikel, publisher.ClassStemming} {
		for _, op := range []publisher.Op{publisher.Added, publisher.Changed, publisher.Removed} {
			if n := c.Counts[class][op]; n > 0 {
				list = append(list, changeTally{class, op, n})
			}
		}
	}
	return list
}

// past is a version of one of the pages that an entity was read from.
type past struct {
	version
	Pagina string
}

// pastOf gathers the newest versions of the pages of an entity, newest first.
func (s *site) pastOf(ctx context.Context, l lang, pages []string) (list []past, err error) {
	if s.History == nil {
		return nil, nil
	}
	for _, pagina := range pages[:min(len(pages), mostSources)] {
		entries, err := s.History.Versions(ctx, pagina, 0)
		if err != nil {
			return nil, fmt.Errorf("list versions: %w", err)
		}
		for _, e := range entries[:min(len(entries), mostHistory)] {
			list = append(list, past{versionOf(l, e), pagina})
		}
	}
	slices.SortStableFunc(list, func(a, b past) int { return b.Time.Compare(a.Time) })
	return list[:min(len(list), mostHistory)], nil
}

// double is another name of a decision that is shown.
type double struct {
	IRI, Href string
	Besluit   *besluit.Besluit // nil if it is not here
}

// doublesOf names the other IRIs of a decision, and the pages that state them;
// first is the one that lists show.
func (s *site) doublesOf(ctx context.Context, b *besluit.Besluit) (list []double, pages []string, first string, err error) {
	if s.Doubles == nil {
		return nil, b.Bronnen, b.IRI, nil
	}
	d, ok, err := s.Doubles.Double(ctx, b.IRI)
	if err != nil {
		return nil, nil, "", fmt.Errorf("look up doubles: %w", err)
	}
	if !ok {
		return nil, b.Bronnen, b.IRI, nil
	}
	pages = slices.Clone(b.Bronnen)
	for _, pagina := range d.Paginas {
		if !slices.Contains(pages, pagina) {
			pages = append(pages, pagina)
		}
	}
	for _, iri := range d.IRIs {
		if iri != b.IRI && len(list) < mostCorrections {
			list = append(list, double{IRI: iri, Href: "/besluiten/" + besluit.ID(iri)})
		}
	}
	return list, pages, d.First, nil
}

// ingetrokken lists the pages of a government, or of all, that were withdrawn.
func (s *site) ingetrokken(w http.ResponseWriter, r *http.Request) error {
	if s.Withdrawals == nil {
		return failure{http.StatusNotImplemented, "versies.uit"}
	}
	var d struct {
		Bestuur *publisher.Bestuur
		Lijst   []withdrawal
		Meer    bool
	}
	l := language(r)
	var iris []string
	if slug := r.URL.Query().Get("bestuur"); slug != "" {
		b, err := s.findBestuur(r.Context(), func(b *publisher.Bestuur) bool { return b.Slug == slug || b.IRI == slug })
		if err != nil {
			return err
		}
		if b == nil {
			return errNotFound
		}
		d.Bestuur, iris = b, organsOf(b)
	}
	list, err := s.Withdrawals(r.Context(), iris, mostWithdrawals)
	if err != nil {
		return fmt.Errorf("list withdrawn pages: %w", err)
	}
	for _, x := range list {
		d.Lijst = append(d.Lijst, withdrawal{x, reasonOf(l, x.Entry)})
	}
	d.Meer = len(list) == mostWithdrawals
	w.Header().Add("Vary", "Accept")
	if r.URL.Path == "/ingetrokken.json" || prefersJSON(r) {
		answer := []withdrawalJSON{}
		for _, x := range list {
			answer = append(answer, s.withdrawalJSON(x))
		}
		return sendJSON(w, r, map[string]any{"ingetrokken": answer, "volledig": !d.Meer})
	}
	p := s.newPage(r, "ingetrokken")
	p.Robots = "noindex"
	if d.Bestuur != nil {
		p.Titel += ": " + nameOf(l, d.Bestuur.Naam, d.Bestuur.IRI)
		p.Kruimels = s.crumbs(l, d.Bestuur.Bestuurseenheid, nil, nil, message(l, "ingetrokken.titel"))
		p.Alternates = []alternate{{s.Base + link(dutch, "/ingetrokken.json", "bestuur", d.Bestuur.Slug), "application/json", "JSON"}}
	} else {
		p.Alternates = []alternate{{s.Base + "/ingetrokken.json", "application/json", "JSON"}}
	}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// withdrawal is a withdrawn page with why in words.
type withdrawal struct {
	publisher.Withdrawal
	Reden string
}

// organsOf are the IRIs by which the withdrawn pages of a government are found.
func organsOf(b *publisher.Bestuur) []string {
	const most = 200
	iris := []string{b.IRI}
	for _, o := range b.Organen[:min(len(b.Organen), most)] {
		iris = append(iris, o.IRI)
	}
	return iris
}

// last is something that was withdrawn, as its page last stated it.
type last struct {
	Titel    string
	Punt     *besluit.Agendapunt
	Besluit  *besluit.Besluit
	Zitting  *besluit.Zitting
	Orgaan   *besluit.Bestuursorgaan
	Datum    time.Time
	Artikels []article
}

// lastOf finds the entity with an id in what its page last said; nil if that is
// not kept or too large.
func (s *site) lastOf(ctx context.Context, l lang, e publisher.Entry, id string) (*last, error) {
	if s.History == nil {
		return nil, nil
	}
	in, err := s.History.Inhoud(ctx, e)
	if tooLarge := (*publisher.TooLargeError)(nil); errors.As(err, &tooLarge) || in == nil && err == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read withdrawn page: %w", err)
	}
	for _, b := range in.Besluiten {
		if besluit.ID(b.IRI) == id {
			x := &last{Titel: titleOf(l, b), Besluit: b, Orgaan: orgaanOf(b), Datum: dateOf(b)}
			x.Artikels = articles(l, x.Titel, b.Artikels)
			return x, nil
		}
	}
	for _, a := range in.Agendapunten {
		if besluit.ID(a.IRI) == id {
			x := &last{Titel: titleOf(l, a), Punt: a, Orgaan: orgaanOf(a)}
			if a.Zitting != nil {
				x.Datum = a.Zitting.Datum()
			}
			return x, nil
		}
	}
	for _, z := range in.Zittingen {
		if besluit.ID(z.IRI) == id {
			x := &last{Titel: message(l, "zitting.titel"), Zitting: z, Orgaan: z.GehoudenDoor, Datum: z.Datum()}
			return x, nil
		}
	}
	return nil, nil
}

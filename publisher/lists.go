package publisher

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Selection narrows a list. The zero value selects everything.
type Selection struct {
	Bestuur string    // IRI of a bestuurseenheid
	Orgaan  string    // IRI of a bestuursorgaan, abstract or in a period
	Types   []string  // IRIs of BesluitType: decisions of any of them
	From    time.Time // date of the sitting, inclusive; zero: open
	To      time.Time
	Offset  int // entities to pass over
	Limit   int // 0 means MaxList; more is cut to it
}

// MaxList is the most entities in one list, and MaxTotal how far the entities
// of a selection are counted.
const (
	MaxList  = 1000
	MaxTotal = 10_000
)

// Stretch returns which entities the selection asks for, within the bounds.
func (s Selection) Stretch() (offset, limit int) {
	if s.Limit <= 0 || s.Limit > MaxList {
		s.Limit = MaxList
	}
	return max(s.Offset, 0), s.Limit
}

// Bestuur is a bestuurseenheid with its organs and how much the store holds.
type Bestuur struct {
	*besluit.Bestuurseenheid
	Slug      string // no two have the same
	Organen   []*besluit.Bestuursorgaan
	Zittingen int
	Besluiten int
}

// besturenPlan reads a unit with its organs.
var besturenPlan = plan{
	aUnit:   {{vocab.BesluitBestuurt, true, anOrgan}},
	anOrgan: {{vocab.MandaatIsTijdspecialisatieVan, true, anOrgan}, {vocab.GeneriekIsTijdspecialisatieVan, true, anOrgan}},
}

// Besturen returns every bestuurseenheid that governs an organ, in the order
// of their names.
func (r *Reader) Besturen(ctx context.Context) ([]*Bestuur, error) {
	seeds := map[string]role{}
	for row, err := range r.rows(ctx, `SELECT DISTINCT ?e WHERE { ?o <`+vocab.BesluitBestuurt+`> ?e }`) {
		if err != nil {
			return nil, err
		}
		if row[0].IsIRI() {
			seeds[row[0].Value()] = aUnit
		}
	}
	g, _, err := r.read(ctx, seeds, besturenPlan)
	if err != nil {
		return nil, err
	}
	in := besluit.Lift(g)
	byIRI := map[string]*Bestuur{}
	var list []*Bestuur
	for _, e := range in.Bestuurseenheden {
		b := &Bestuur{Bestuurseenheid: e, Slug: e.Slug()}
		byIRI[e.IRI] = b
		list = append(list, b)
	}
	ofOrgan := map[string]*Bestuur{}
	for _, o := range in.Bestuursorganen {
		if o.Bestuurt == nil {
			continue
		}
		b := byIRI[o.Bestuurt.IRI]
		b.Organen = append(b.Organen, o)
		ofOrgan[o.IRI] = b
	}
	if err := r.count(ctx, ofOrgan); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b *Bestuur) int { return cmp.Or(strings.Compare(a.Naam, b.Naam), strings.Compare(a.IRI, b.IRI)) })
	taken := map[string]bool{}
	for _, b := range list {
		if taken[b.Slug] {
			b.Slug += "-" + besluit.ID(b.IRI)[:8]
		}
		taken[b.Slug] = true
	}
	return list, nil
}

// count adds how many sittings and decisions each organ has to its bestuur.
func (r *Reader) count(ctx context.Context, ofOrgan map[string]*Bestuur) error {
	for _, c := range [...]struct {
		query string
		add   func(*Bestuur, int)
	}{
		{`SELECT ?o (COUNT(DISTINCT ?z) AS ?n) WHERE { ?z <` + vocab.BesluitIsGehoudenDoor + `> ?o } GROUP BY ?o`,
			func(b *Bestuur, n int) { b.Zittingen += n }},
		{`SELECT ?o (COUNT(DISTINCT ?b) AS ?n) WHERE {
			?h <` + vocab.ProvGenerated + `> ?b ; <` + vocab.DctSubject + `> ?a .
			?z <` + vocab.BesluitBehandelt + `> ?a ; <` + vocab.BesluitIsGehoudenDoor + `> ?o } GROUP BY ?o`,
			func(b *Bestuur, n int) { b.Besluiten += n }},
	} {
		for row, err := range r.rows(ctx, c.query) {
			if err != nil {
				return err
			}
			if b := ofOrgan[row[0].Value()]; b != nil {
				n, _ := strconv.Atoi(row[1].Value())
				c.add(b, n)
			}
		}
	}
	return nil
}

// organs returns the organs that a selection asks for: those of the bestuur,
// or the organ itself, each with its periods. all is set if it asks for any.
func (r *Reader) organs(ctx context.Context, s Selection) (iris []string, all bool, err error) {
	if s.Bestuur == "" && s.Orgaan == "" {
		return nil, true, nil
	}
	seeds := map[string]role{s.Bestuur: aUnit}
	if s.Orgaan != "" {
		seeds = map[string]role{s.Orgaan: anOrgan}
	}
	g, roles, err := r.read(ctx, seeds, besturenPlan)
	if err != nil {
		return nil, false, err
	}
	for iri, as := range roles {
		if as != anOrgan {
			continue
		}
		if s.Bestuur != "" && s.Orgaan != "" && !governs(g, iri, s.Bestuur) {
			continue
		}
		iris = append(iris, iri)
	}
	slices.Sort(iris)
	return iris, false, nil
}

// governs reports whether an organ belongs to a bestuur, as far as g says.
func governs(g *rdf.Graph, organ, bestuur string) bool {
	for _, o := range besluit.Lift(g).Bestuursorganen {
		if o.IRI == organ && o.Bestuurt != nil {
			return o.Bestuurt.IRI == bestuur
		}
	}
	return false
}

// Zittingen returns the sittings of a selection, the newest first, each with
// its organ and the number of its items (items have no titles here), and how
// many there are in all, as Calendar.Newest counts. Types has no meaning.
func (r *Reader) Zittingen(ctx context.Context, s Selection) (list []*besluit.Zitting, total int, err error) {
	s.Types = nil
	iris, total, err := r.newest(ctx, vocab.BesluitZitting, s)
	if err != nil {
		return nil, 0, err
	}
	g, _, err := r.read(ctx, all(iris, zittingOrder), zittingInList)
	if err != nil {
		return nil, 0, err
	}
	return arrange(iris, besluit.Lift(g).Zittingen, func(z *besluit.Zitting) string { return z.IRI }), total, nil
}

// Besluiten returns the decisions of a selection, those of the newest sitting
// first, with what Besluit reads but the names of voters, and how many there are
// in all, as Calendar.Newest counts. A decision whose sitting is unknown counts
// by its date of publication.
func (r *Reader) Besluiten(ctx context.Context, s Selection) (list []*besluit.Besluit, total int, err error) {
	iris, total, err := r.newest(ctx, vocab.BesluitBesluit, s)
	if err != nil {
		return nil, 0, err
	}
	g, _, err := r.read(ctx, all(iris, aBesluit), besluitInList)
	if err != nil {
		return nil, 0, err
	}
	in := besluit.Lift(g)
	withoutNumbers(in)
	return arrange(iris, in.Besluiten, func(b *besluit.Besluit) string { return b.IRI }), total, nil
}

// maxOrgans bounds the organs of one government whose lists are put together;
// a province has some dozens, with their periods.
const maxOrgans = 1000

func (r *Reader) newest(ctx context.Context, class string, s Selection) ([]string, int, error) {
	if r.Calendar == nil {
		return nil, 0, errors.New("list entities: there is no calendar")
	}
	organs, any, err := r.organs(ctx, s)
	switch {
	case err != nil:
		return nil, 0, err
	case any:
		return r.Calendar.Newest(ctx, class, nil, s)
	case len(organs) == 0:
		return nil, 0, nil
	}
	return r.Calendar.Newest(ctx, class, organs[:min(len(organs), maxOrgans)], s)
}

func all(iris []string, as role) map[string]role {
	seeds := make(map[string]role, len(iris))
	for _, iri := range iris {
		seeds[iri] = as
	}
	return seeds
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// arrange puts entities in the order of their IRIs.
func arrange[T any](iris []string, list []*T, iriOf func(*T) string) []*T {
	byIRI := make(map[string]*T, len(list))
	for _, v := range list {
		byIRI[iriOf(v)] = v
	}
	ordered := make([]*T, 0, len(iris))
	for _, iri := range iris {
		if v := byIRI[iri]; v != nil {
			ordered = append(ordered, v)
		}
	}
	return ordered
}

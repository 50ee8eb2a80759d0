package publisher

import (
	"cmp"
	"context"
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

// MaxList is the most entities in one list.
const MaxList = 1000

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

// Bestuurseenheid returns a government by slug, id or IRI; nil if there is
// none.
func (r *Reader) Bestuurseenheid(ctx context.Context, id string) (*Bestuur, error) {
	all, err := r.Besturen(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		if b.Slug == id || b.IRI == id || besluit.ID(b.IRI) == id {
			return b, nil
		}
	}
	return nil, nil
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

// dated is an entity with the date by which lists are ordered.
type dated struct {
	iri string
	at  time.Time
}

// newest puts the entities of a selection in order, the newest first and those
// without a date last, and returns the wanted stretch and how many there are.
func newest(found map[string]time.Time, s Selection) (page []dated, total int) {
	var list []dated
	for iri, at := range found {
		if !s.From.IsZero() && at.Before(s.From) || !s.To.IsZero() && (at.IsZero() || !at.Before(s.To.AddDate(0, 0, 1))) {
			continue
		}
		list = append(list, dated{iri, at})
	}
	slices.SortFunc(list, func(a, b dated) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(a.iri, b.iri)) })
	limit := s.Limit
	if limit <= 0 || limit > MaxList {
		limit = MaxList
	}
	start := min(max(s.Offset, 0), len(list))
	return list[start:min(len(list), start+limit)], len(list)
}

// begins is the part of a query that gives ?begin: when ?z began, or else was
// planned to.
const begins = `
	OPTIONAL { ?z <` + vocab.ProvStartedAtTime + `> ?gestart }
	OPTIONAL { ?z <` + vocab.BesluitGeplandeStart + `> ?gepland }`

func beginOf(gestart, gepland rdf.Term) time.Time {
	for _, t := range []rdf.Term{gestart, gepland} {
		if at, ok := besluit.ParseTime(t.Value()); ok {
			return at
		}
	}
	return time.Time{}
}

// Zittingen returns the sittings of a selection, the newest first, each with
// its organ and the number of its items (items have no titles here), and how
// many there are in all. Types has no meaning.
func (r *Reader) Zittingen(ctx context.Context, s Selection) (list []*besluit.Zitting, total int, err error) {
	organs, all, err := r.organs(ctx, s)
	if err != nil || !all && len(organs) == 0 {
		return nil, 0, err
	}
	found := map[string]time.Time{}
	pattern := `?z a <` + vocab.BesluitZitting + `> .`
	if !all {
		pattern = `VALUES ?o {` + valuesOf(organs) + ` } ?z <` + vocab.BesluitIsGehoudenDoor + `> ?o .`
	}
	for row, err := range r.rows(ctx, `SELECT ?z ?gestart ?gepland WHERE { `+pattern+begins+` }`) {
		if err != nil {
			return nil, 0, err
		}
		if row[0].IsIRI() {
			found[row[0].Value()] = laterOf(found[row[0].Value()], beginOf(row[1], row[2]))
		}
	}
	page, total := newest(found, s)
	seeds := map[string]role{}
	for _, d := range page {
		seeds[d.iri] = zittingOrder
	}
	g, _, err := r.read(ctx, seeds, zittingInList)
	if err != nil {
		return nil, 0, err
	}
	return arrange(page, besluit.Lift(g).Zittingen, func(z *besluit.Zitting) string { return z.IRI }), total, nil
}

// Besluiten returns the decisions of a selection, those of the newest sitting
// first, with all that Besluit reads, and how many there are in all. A decision
// whose sitting is unknown counts by its date of publication.
func (r *Reader) Besluiten(ctx context.Context, s Selection) (list []*besluit.Besluit, total int, err error) {
	organs, all, err := r.organs(ctx, s)
	if err != nil || !all && len(organs) == 0 {
		return nil, 0, err
	}
	found := map[string]time.Time{}
	organ, passed := "", `?b a <`+vocab.BesluitBesluit+`> .`
	if !all {
		organ = `VALUES ?o {` + valuesOf(organs) + ` } ?z <` + vocab.BesluitIsGehoudenDoor + `> ?o .`
		passed = `VALUES ?o {` + valuesOf(organs) + ` } ?b <` + vocab.EliPassedBy + `> ?o ; a <` + vocab.BesluitBesluit + `> .`
	}
	typed := ""
	if len(s.Types) > 0 {
		typed = ` ?b a ?type . VALUES ?type {` + valuesOf(s.Types) + ` }`
	}
	for row, err := range r.rows(ctx, `SELECT DISTINCT ?b ?gestart ?gepland WHERE { `+organ+`
		?z <`+vocab.BesluitBehandelt+`> ?a . ?h <`+vocab.DctSubject+`> ?a ; <`+vocab.ProvGenerated+`> ?b .`+typed+begins+` }`) {
		if err != nil {
			return nil, 0, err
		}
		if row[0].IsIRI() {
			found[row[0].Value()] = laterOf(found[row[0].Value()], beginOf(row[1], row[2]))
		}
	}
	for row, err := range r.rows(ctx, `SELECT DISTINCT ?b ?publicatie WHERE { `+passed+typed+` OPTIONAL { ?b <`+vocab.EliDatePublication+`> ?publicatie } }`) {
		if err != nil {
			return nil, 0, err
		}
		if _, known := found[row[0].Value()]; row[0].IsIRI() && !known {
			found[row[0].Value()] = beginOf(row[1], rdf.Term{})
		}
	}
	page, total := newest(found, s)
	seeds := map[string]role{}
	for _, d := range page {
		seeds[d.iri] = aBesluit
	}
	g, _, err := r.read(ctx, seeds, besluitInList)
	if err != nil {
		return nil, 0, err
	}
	in := besluit.Lift(g)
	withoutNumbers(in)
	return arrange(page, in.Besluiten, func(b *besluit.Besluit) string { return b.IRI }), total, nil
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// arrange puts entities in the order of the page.
func arrange[T any](page []dated, list []*T, iriOf func(*T) string) []*T {
	byIRI := make(map[string]*T, len(list))
	for _, v := range list {
		byIRI[iriOf(v)] = v
	}
	ordered := make([]*T, 0, len(page))
	for _, d := range page {
		if v := byIRI[d.iri]; v != nil {
			ordered = append(ordered, v)
		}
	}
	return ordered
}

package oogst

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
)

// Sitting is a Zitting as far as it tells whether publication is complete.
type Sitting struct {
	IRI    string
	Orgaan *besluit.Bestuursorgaan
	Start  time.Time // when it began, or was planned to; zero if unknown
	// Held says that it took place: it has a real beginning, or decisions.
	Held bool
	// Items is the number of items on its agenda that is published.
	Items int
	// Lijst, Agenda and Other are the documents that are published of it; Other
	// are minutes and extracts.
	Lijst, Agenda, Other *Published
}

// Published is a document that is there, with its date of publication, zero if
// the data does not say.
type Published struct {
	IRI  string
	Date time.Time
}

// mostSittings bounds the sittings of one government that are looked at: some
// three years of weekly and monthly organs.
const mostSittings = 500

// Sittings reads the newest sittings of a government, and the pages that speak of
// the newest of them, from which it follows whose source a page was found from.
func Sittings(ctx context.Context, r *publisher.Reader, bestuur string) (list []Sitting, pages []string, err error) {
	zittingen, _, err := r.Zittingen(ctx, publisher.Selection{Bestuur: bestuur, Limit: mostSittings})
	if err != nil {
		return nil, nil, fmt.Errorf("list zittingen: %w", err)
	}
	byIRI := map[string]*Sitting{}
	list = make([]Sitting, len(zittingen))
	var names []string
	for i, z := range zittingen {
		list[i] = Sitting{IRI: z.IRI, Orgaan: z.GehoudenDoor, Start: z.Datum(), Held: !z.Gestart.IsZero(), Items: len(z.Agendapunten)}
		byIRI[z.IRI] = &list[i]
		if name, ok := iriRef(z.IRI); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return list, nil, nil
	}
	values := "VALUES ?z { " + strings.Join(names, " ") + " } "
	if err := documents(ctx, r.Engine, values, byIRI); err != nil {
		return nil, nil, err
	}
	if err := decided(ctx, r.Engine, values, byIRI); err != nil {
		return nil, nil, err
	}
	pages, err = pagesOf(ctx, r.Engine, names)
	if err != nil {
		return nil, nil, err
	}
	var without []string
	for _, s := range list {
		if name, ok := iriRef(s.IRI); ok && s.Lijst == nil {
			without = append(without, name)
		}
	}
	return list, pages, listsBeside(ctx, r.Engine, without, byIRI)
}

// Organs returns the IRIs of the organs that pages speak of: that held the
// sittings, or took the decisions, which stand there.
func Organs(ctx context.Context, r *publisher.Reader, pages []string) (organs []string, err error) {
	var names []string
	for _, page := range pages {
		if name, ok := iriRef(page); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	query := `SELECT DISTINCT ?o { VALUES ?g { ` + strings.Join(names, " ") + ` } VALUES ?p { <` + vocab.BesluitIsGehoudenDoor + `> <` + vocab.EliPassedBy +
		`> } GRAPH ?g { ?x ?p ?o } } LIMIT 1000`
	err = rows(ctx, r.Engine, query, func(row []rdf.Term) { organs = append(organs, row[0].Value()) })
	return organs, err
}

// iriRef writes an IRI between angle brackets; ok is false if it can not stand
// there (SPARQL 1.1, IRIREF).
func iriRef(iri string) (ref string, ok bool) {
	return "<" + iri + ">", iri != "" && !strings.HasPrefix(iri, "_:") &&
		!strings.ContainsFunc(iri, func(r rune) bool { return r <= 0x20 || strings.ContainsRune("<>\"{}|^`\\", r) })
}

// documents reads which documents the sittings say they have.
func documents(ctx context.Context, e sparql.Engine, values string, of map[string]*Sitting) error {
	query := `SELECT ?z ?p ?d ?on { ` + values + `VALUES ?p { <` + vocab.BesluitHeeftAgenda + `> <` + vocab.BesluitHeeftBesluitenlijst + `> <` +
		vocab.BesluitHeeftNotulen + `> <` + vocab.BesluitHeeftUittreksel + `> } ?z ?p ?d OPTIONAL { ?d <` + vocab.EliDatePublication + `> ?on } }`
	return rows(ctx, e, query, func(row []rdf.Term) {
		s := of[row[0].Value()]
		if s == nil {
			return
		}
		into := map[string]**Published{vocab.BesluitHeeftAgenda: &s.Agenda, vocab.BesluitHeeftBesluitenlijst: &s.Lijst}[row[1].Value()]
		if into == nil {
			into = &s.Other
		}
		date, _ := readDate(row[3].Value())
		// Of two dates the first counts: it is when it was there.
		if *into == nil || (*into).Date.IsZero() || !date.IsZero() && date.Before((*into).Date) {
			*into = &Published{row[2].Value(), date}
		}
	})
}

// decided marks the sittings that decided something.
func decided(ctx context.Context, e sparql.Engine, values string, of map[string]*Sitting) error {
	query := `SELECT DISTINCT ?z { ` + values + `?z <` + vocab.BesluitBehandelt + `> ?a . ?h <` + vocab.DctSubject + `> ?a ; <` + vocab.ProvGenerated + `> ?b }`
	return rows(ctx, e, query, func(row []rdf.Term) {
		if s := of[row[0].Value()]; s != nil {
			s.Held = true
		}
	})
}

// pagesOf reads some pages that speak of the newest sittings, which come first.
func pagesOf(ctx context.Context, e sparql.Engine, names []string) (pages []string, err error) {
	query := `SELECT DISTINCT ?g { VALUES ?z { ` + strings.Join(names[:min(len(names), 5)], " ") + ` } GRAPH ?g { ?z a <` + vocab.BesluitZitting + `> } } LIMIT 20`
	err = rows(ctx, e, query, func(row []rdf.Term) { pages = append(pages, row[0].Value()) })
	slices.Sort(pages)
	return pages, err
}

// listsBeside finds lists of decisions that do not hang on their sitting: the
// page says that it is one, and speaks of one sitting only.
func listsBeside(ctx context.Context, e sparql.Engine, names []string, of map[string]*Sitting) error {
	if len(names) == 0 {
		return nil
	}
	query := `SELECT ?g ?z ?d ?on { VALUES ?z { ` + strings.Join(names, " ") + ` } GRAPH ?g { ?z a <` + vocab.BesluitZitting + `> . ?d a <` +
		vocab.TypeBesluitenlijst + `> OPTIONAL { ?d <` + vocab.EliDatePublication + `> ?on } } }`
	type found struct {
		z string
		p Published
	}
	onPage := map[string]*found{}
	err := rows(ctx, e, query, func(row []rdf.Term) {
		date, _ := readDate(row[3].Value())
		switch f := onPage[row[0].Value()]; {
		case f == nil:
			onPage[row[0].Value()] = &found{row[1].Value(), Published{row[2].Value(), date}}
		case f.z != row[1].Value():
			f.z = "" // an overview
		}
	})
	for _, f := range onPage {
		if s := of[f.z]; s != nil {
			s.Lijst = &f.p
		}
	}
	return err
}

// rows runs a SELECT; a term that is not bound is the zero term.
func rows(ctx context.Context, e sparql.Engine, query string, each func([]rdf.Term)) error {
	result, err := e.Query(ctx, sparql.Query{Text: query})
	if err != nil {
		return fmt.Errorf("read sittings: %w", err)
	}
	defer result.Close()
	for row, err := range result.Rows {
		if err != nil {
			return fmt.Errorf("read sittings: %w", err)
		}
		each(row)
	}
	return nil
}

// readDate reads an xsd:date or xsd:dateTime; a date alone, or a time without a
// zone, is one in Flanders.
func readDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02", "2006-01-02Z07:00"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), brussel); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// The terms of the Decreet Lokaal Bestuur. A list of decisions stands on the
// web application within ten days after they were taken (articles 285 and 287);
// the agenda of a council is made public at least eight days before the
// sitting. Both are indicative: who has to judge reads the decree.
const (
	lijstDays  = 10
	agendaDays = 8
)

// mustList are the classes of organ whose lists of decisions must be published
// (Decreet Lokaal Bestuur, article 285); mustInvite those whose agenda must.
var (
	mustList   = []string{besluit.Gemeenteraad, besluit.CollegeVanBurgemeesterEnSchepenen, besluit.RaadVoorMaatschappelijkWelzijn}
	mustInvite = []string{besluit.Gemeenteraad, besluit.RaadVoorMaatschappelijkWelzijn}
)

// recent is how far back sittings are judged, and linked the day since which
// linked publication is compulsory.
const recent = 365

var linked = time.Date(2021, time.June, 30, 12, 0, 0, 0, time.UTC)

// organ are the sittings of one organ: of all its periods.
type organ struct {
	iri, naam, class string
	sittings         []Sitting
}

// byOrgan groups sittings. Periods of one organ belong together; where the data
// does not say so, by their class.
func byOrgan(sittings []Sitting) []*organ {
	var list []*organ
	known := map[string]*organ{}
	for _, s := range sittings {
		if s.Orgaan == nil || s.Start.IsZero() {
			continue
		}
		key := cmp.Or(s.Orgaan.IsTijdspecialisatieVan, s.Orgaan.Classificatie, s.Orgaan.IRI)
		o := known[key]
		if o == nil {
			o = &organ{cmp.Or(s.Orgaan.IsTijdspecialisatieVan, s.Orgaan.IRI), cmp.Or(s.Orgaan.Naam, besluit.Label(s.Orgaan.Classificatie), s.Orgaan.IRI), s.Orgaan.Classificatie, nil}
			known[key] = o
			list = append(list, o)
		}
		o.sittings = append(o.sittings, s)
	}
	slices.SortFunc(list, func(a, b *organ) int { return cmp.Or(strings.Compare(a.naam, b.naam), strings.Compare(a.iri, b.iri)) })
	return list
}

// abandoned is after how many days of silence an organ is taken to be no more.
const abandoned = 2 * 365

// judgeSittings tells what is missing of the sittings of a government, as far as
// asOf, when its sources were last read to the end. Before the end of a term
// nothing is late, and what is published after asOf is not known yet.
func judgeSittings(sittings []Sitting, asOf time.Time) (organen []Orgaan, problems []Problem) {
	for _, o := range byOrgan(sittings) {
		var moments []time.Time
		for _, s := range o.sittings {
			moments = append(moments, s.Start)
		}
		r, known := rhythmOf(moments, asOf)
		organen = append(organen, Orgaan{IRI: o.iri, Naam: o.naam, Zittingen: r.Known, Laatste: r.Last, Gewoonlijk: r.Usual, Grens: r.Limit})
		if asOf.IsZero() {
			continue
		}
		if known && r.silence() && r.Silent < abandoned {
			newest := slices.MaxFunc(o.sittings, func(a, b Sitting) int { return a.Start.Compare(b.Start) })
			problems = append(problems, Problem{Kind: Silence, Severity: Doubt, About: o.iri, Naam: o.naam, Since: r.Last.AddDate(0, 0, r.Limit),
				Count: 1, Days: r.Days, Usual: r.Usual, Known: r.Known, Evidence: []Evidence{{IRI: newest.IRI, Time: newest.Start}}})
		}
		problems = append(problems, o.late(asOf)...)
	}
	return organen, problems
}

// late are the sittings of an organ of which the list of decisions or the agenda
// is not there, or came after its term.
func (o *organ) late(asOf time.Time) []Problem {
	without := Problem{Kind: NoList, Severity: Doubt, About: o.iri, Naam: o.naam}
	elsewhere := Problem{Kind: NoListButDecisions, Severity: Notice, About: o.iri, Naam: o.naam}
	lateList := Problem{Kind: LateList, Severity: Notice, About: o.iri, Naam: o.naam}
	lateAgenda := Problem{Kind: LateAgenda, Severity: Notice, About: o.iri, Naam: o.naam}
	noAgenda := Problem{Kind: NoAgenda, Severity: Notice, About: o.iri, Naam: o.naam}
	read := dayOf(asOf)
	lists, agendas := slices.Contains(mustList, o.class), slices.Contains(mustInvite, o.class)
	invites, judged := 0, 0
	for _, s := range o.sittings {
		if day := dayOf(s.Start); daysBetween(day, read) <= recent && !day.After(read) {
			judged++
			if s.Agenda != nil {
				invites++
			}
		}
	}
	for _, s := range o.sittings {
		day := dayOf(s.Start)
		if day.Before(linked) || daysBetween(day, read) > recent {
			continue
		}
		term := day.AddDate(0, 0, lijstDays)
		switch {
		case !lists || !read.After(term): // the whole last day is in time
		case s.Lijst == nil && s.Held && s.Other != nil:
			elsewhere.note(Evidence{IRI: s.IRI, Time: s.Start, Term: term}, term.AddDate(0, 0, 1))
		case s.Lijst == nil && s.Held:
			without.note(Evidence{IRI: s.IRI, Time: s.Start, Term: term}, term.AddDate(0, 0, 1))
		case s.Lijst != nil && dayOf(s.Lijst.Date).After(term) && !s.Lijst.Date.IsZero():
			lateList.note(Evidence{IRI: s.IRI, URL: s.Lijst.IRI, Time: s.Start, Term: term, On: s.Lijst.Date}, dayOf(s.Lijst.Date))
		}
		invited := day.AddDate(0, 0, -agendaDays)
		switch {
		case !agendas || day.After(read):
		case s.Agenda != nil && !s.Agenda.Date.IsZero() && dayOf(s.Agenda.Date).After(invited):
			lateAgenda.note(Evidence{IRI: s.IRI, URL: s.Agenda.IRI, Time: s.Start, Term: invited, On: s.Agenda.Date}, dayOf(s.Agenda.Date))
		// A platform that publishes no agendas as linked data at all says nothing
		// about this one.
		case s.Agenda == nil && s.Held && 2*invites > judged && invites >= leastSittings/2:
			noAgenda.note(Evidence{IRI: s.IRI, Time: s.Start, Term: invited}, day)
		}
	}
	var found []Problem
	for _, p := range []Problem{without, elsewhere, lateList, noAgenda, lateAgenda} {
		if p.Count > 0 {
			found = append(found, p)
		}
	}
	return found
}

// months counts sittings per month, of the last n months until now.
func months(sittings []Sitting, now time.Time, n int) []Maand {
	y, m, _ := now.In(brussel).Date()
	first := time.Date(y, m-time.Month(n-1), 1, 0, 0, 0, 0, brussel)
	list := make([]Maand, n)
	for i := range list {
		list[i].Maand = time.Date(first.Year(), first.Month()+time.Month(i), 1, 0, 0, 0, 0, brussel).Format("2006-01")
	}
	for _, s := range sittings {
		t := s.Start.In(brussel)
		i := (t.Year()-first.Year())*12 + int(t.Month()-first.Month())
		if i >= 0 && i < n && !s.Start.After(now) {
			list[i].Zittingen++
		}
	}
	return list
}

package oogst

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Declared is a source that the operator lists.
type Declared struct {
	URL             string
	Bestuurseenheid string        // IRI of the government whose source it is, "" if nobody says
	Every           time.Duration // how often it is harvested, 0 if on no schedule
}

// Watch makes reports of the state of the harvest. Its fields do not change
// after the first report; Visits, Besturen and Sittings are required. It is safe
// for concurrent use.
type Watch struct {
	Declared func() []Declared
	Visits   harvester.Visits
	Rounds   harvester.Rounds // nil: when a source was read to the end is taken to be when its address was
	Ledger   publisher.Ledger // nil: there is none
	// Followed tells up to which ledger entry Besturen and Sittings know; nil
	// reads them for every report.
	Followed func(context.Context) (uint64, error)
	Held     func(context.Context) ([]publisher.Entry, error)
	Besturen func(context.Context) ([]*publisher.Bestuur, error)
	// Sittings reads the newest sittings of a government, and some pages that
	// speak of them.
	Sittings func(ctx context.Context, bestuur string) ([]Sitting, []string, error)
	// Organs tells of which bestuursorganen, by IRI, pages speak. It is asked for
	// sources of which nobody said the government; nil: they keep their own name.
	Organs func(ctx context.Context, pages []string) ([]string, error)
	// Duplicates counts, by the IRI of a government, decisions that are there more
	// than once. nil: nobody looks.
	Duplicates func(context.Context) (map[string]int, error)
	Register   *register.Register // nil: no coverage is told
	// Journal keeps what earlier reports told; nil forgets it.
	Journal Journal
	Now     func() time.Time // nil: time.Now

	mu       sync.Mutex
	last     *Report
	until    time.Time
	job      *job
	stop     context.CancelFunc
	closed   bool
	known    map[string]*known // what was read of governments, by IRI
	followed uint64
	peers    map[string]peer // of the addresses of sources
	owners   map[string]owner
	journal  journal
}

// job is a report in the making.
type job struct {
	done   chan struct{}
	report *Report
	err    error
}

// known is what was read of a government, until the ledger says that something
// changed.
type known struct {
	sittings []Sitting
	seeds    []string // sources that its pages were found from
}

// owner is whose a source was found to be, by some of its pages.
type owner struct {
	last     string // of the pages
	followed uint64
	besturen []string
}

type peer struct {
	at   time.Time // of the visit
	cert *Certificate
}

// A report is good for at least good, and for share times as long as it took to
// make, so that making them costs at most a twentieth of a core. One that took
// longer than quick is shown while the next is made, unless it is older than
// stale.
const (
	good  = 15 * time.Second
	share = 20
	quick = time.Second
	stale = 15 * time.Minute
)

// Report returns the state of the harvest, which may be some minutes old. The
// caller must not change it.
func (w *Watch) Report(ctx context.Context) (*Report, error) {
	w.mu.Lock()
	now := w.now()
	last := w.last
	if last != nil && now.Before(w.until) {
		w.mu.Unlock()
		return last, nil
	}
	if w.closed {
		w.mu.Unlock()
		return nil, errors.New("report on the harvest: closed")
	}
	j := w.job
	if j == nil {
		j = &job{done: make(chan struct{})}
		w.job = j
		// Nobody's patience decides whether the work is done.
		work, stop := context.WithCancel(context.WithoutCancel(ctx))
		w.stop = stop
		go w.run(work, j)
	}
	w.mu.Unlock()
	if last != nil && last.Took > quick && now.Sub(last.Moment) < max(stale, 2*share*last.Took) {
		return last, nil
	}
	select {
	case <-j.done:
		return j.report, j.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *Watch) run(ctx context.Context, j *job) {
	begun := time.Now()
	j.report, j.err = w.make(ctx)
	w.mu.Lock()
	w.job = nil
	w.stop()
	if j.err == nil {
		j.report.Took = time.Since(begun)
		w.last, w.until = j.report, w.now().Add(max(good, share*j.report.Took))
	}
	w.mu.Unlock()
	close(j.done)
}

// Close stops a report that is in the making, and waits for it: what it reads
// from may be closed then.
func (w *Watch) Close() {
	w.mu.Lock()
	w.closed = true
	j := w.job
	if j != nil {
		w.stop()
	}
	w.mu.Unlock()
	if j != nil {
		<-j.done
	}
}

func (w *Watch) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// make reads everything. One report at a time is made.
func (w *Watch) make(ctx context.Context) (*Report, error) {
	r := &Report{Moment: w.now().UTC(), Tellen: map[Verdict]int{}}
	sources, err := w.sources(ctx, r)
	if err != nil {
		return nil, err
	}
	var besturen []*publisher.Bestuur
	if besturen, err = w.Besturen(ctx); err != nil {
		return nil, fmt.Errorf("list besturen: %w", err)
	}
	if err := w.read(ctx, besturen); err != nil {
		return nil, err
	}
	if w.Held != nil {
		if r.held, err = w.Held(ctx); err != nil {
			return nil, fmt.Errorf("list held pages: %w", err)
		}
	}
	duplicates := map[string]int{}
	if w.Duplicates != nil {
		if duplicates, err = w.Duplicates(ctx); err != nil {
			return nil, fmt.Errorf("count duplicates: %w", err)
		}
	}
	if w.Ledger != nil {
		if err := w.logboek(ctx, &r.Logboek); err != nil {
			return nil, err
		}
	}
	if err := w.own(ctx, besturen, sources); err != nil {
		return nil, err
	}
	r.Besturen = w.arrange(besturen, sources)
	held := map[string][]publisher.Entry{}
	for _, e := range r.held {
		held[e.Bron] = append(held[e.Bron], e)
	}
	for _, s := range sources {
		s.Counts.Held = len(held[s.URL])
		s.problems = s.judge(r.Moment)
		if s.Counts.Held > 0 {
			s.problems = append(s.problems, heldProblem(s.URL, held[s.URL]))
		}
	}
	for _, b := range r.Besturen {
		w.judge(b, r.Moment, duplicates[b.IRI])
		for _, s := range b.Bronnen {
			b.Held = append(b.Held, held[s.URL]...)
		}
	}
	r.Dekking = w.coverage(r)
	if err := w.remember(ctx, r); err != nil {
		return nil, err
	}
	for _, b := range r.Besturen {
		r.Tellen[b.Oordeel]++
	}
	return r, nil
}

func heldProblem(source string, entries []publisher.Entry) Problem {
	p := Problem{Kind: Held, Severity: Gap, Source: source}
	for _, e := range entries {
		p.note(Evidence{URL: e.Pagina, Time: e.Time, Reason: text(e.Reason, e.Reason)}, e.Time)
	}
	return p
}

func (w *Watch) logboek(ctx context.Context, l *Logboek) (err error) {
	if l.Regels, err = w.Ledger.Head(ctx); err != nil || l.Regels == 0 {
		return err
	}
	last, _, _, err := w.Ledger.Entry(ctx, l.Regels)
	l.Hash = last.Hash
	return err
}

// sources counts the visits of every source, in the order of their addresses.
func (w *Watch) sources(ctx context.Context, r *Report) ([]*Source, error) {
	known := map[string]*Source{}
	ended := map[string]time.Time{}
	add := func(address string) (*Source, error) {
		s := newSource(address)
		known[address] = s
		if w.Rounds == nil {
			return s, nil
		}
		rounds, err := w.Rounds.Rounds(ctx, address, mostRounds)
		if err != nil {
			return nil, err
		}
		s.rounds(rounds)
		if len(rounds) > 0 {
			ended[address] = rounds[0].Ended
		}
		return s, nil
	}
	if w.Declared != nil {
		for _, d := range w.Declared() {
			address, ok := harvester.CleanURL(d.URL)
			if !ok {
				address = d.URL
			}
			s := known[address]
			if s == nil {
				var err error
				if s, err = add(address); err != nil {
					return nil, err
				}
			}
			s.Declared = true
			if s.Every == 0 || d.Every > 0 && d.Every < s.Every {
				s.Every = d.Every
			}
			if d.Bestuurseenheid != "" && !slices.Contains(s.besturen, d.Bestuurseenheid) {
				s.besturen = append(s.besturen, d.Bestuurseenheid)
			}
		}
	}
	for v, err := range w.Visits.All(ctx) {
		if err != nil {
			return nil, err
		}
		if v.Seed == "" { // robots.txt, which is of no source
			continue
		}
		r.Visits++
		s := known[v.Seed]
		if s == nil {
			if s, err = add(v.Seed); err != nil {
				return nil, err
			}
		}
		s.count(v, ended[v.Seed])
	}
	list := slices.SortedFunc(maps.Values(known), func(a, b *Source) int { return strings.Compare(a.URL, b.URL) })
	for _, s := range list {
		s.settle()
		if w.Rounds == nil {
			s.Read = s.Success
		}
		var err error
		if s.Certificate, err = w.certificate(ctx, s); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// certificate finds what the server of a source showed last. The history of an
// address is read again only when it was visited since.
func (w *Watch) certificate(ctx context.Context, s *Source) (*Certificate, error) {
	if s.seed == nil || !strings.HasPrefix(s.URL, "https:") {
		return nil, nil
	}
	if p, ok := w.peers[s.URL]; ok && p.at.Equal(s.seed.Time) {
		return p.cert, nil
	}
	p := peer{at: s.seed.Time}
	for v, err := range w.Visits.History(ctx, s.URL) {
		if err != nil {
			return nil, err
		}
		if v.Peer != nil {
			p.cert = &Certificate{v.Peer.Name, v.Peer.Issuer, v.Peer.NotAfter}
		}
	}
	if w.peers == nil {
		w.peers = map[string]peer{}
	}
	w.peers[s.URL] = p
	return p.cert, nil
}

// mostEntries is for how many new ledger entries it is worth finding out whose
// they are.
const mostEntries = 10_000

// read reads the sittings of governments anew where the ledger says that one of
// their sources brought something.
func (w *Watch) read(ctx context.Context, besturen []*publisher.Bestuur) error {
	all, seeds := true, map[string]bool{}
	var followed uint64
	if w.Followed != nil {
		var err error
		if followed, err = w.Followed(ctx); err != nil {
			return err
		}
		if all = w.known == nil || followed < w.followed || followed-w.followed > mostEntries || w.Ledger == nil && followed != w.followed; !all {
			for n := w.followed + 1; n <= followed; n++ {
				e, _, _, err := w.Ledger.Entry(ctx, n)
				if err != nil {
					return err
				}
				seeds[e.Bron] = true
			}
		}
	}
	fresh := make(map[string]*known, len(besturen))
	for _, b := range besturen {
		if k := w.known[b.IRI]; !all && k != nil && !slices.ContainsFunc(k.seeds, func(s string) bool { return seeds[s] }) {
			fresh[b.IRI] = k
			continue
		}
		if b.Zittingen == 0 {
			fresh[b.IRI] = &known{}
			continue
		}
		sittings, pages, err := w.Sittings(ctx, b.IRI)
		if err != nil {
			return fmt.Errorf("read sittings of %s: %w", b.IRI, err)
		}
		k := &known{sittings: compact(sittings, w.now())}
		for _, page := range pages {
			v, ok, err := w.Visits.Last(ctx, page)
			if err != nil {
				return err
			}
			if ok && !slices.Contains(k.seeds, v.Seed) {
				k.seeds = append(k.seeds, v.Seed)
			}
		}
		fresh[b.IRI] = k
	}
	w.known, w.followed = fresh, followed
	return nil
}

// own finds out whose the sources are of which nobody said so.
func (w *Watch) own(ctx context.Context, besturen []*publisher.Bestuur, sources []*Source) error {
	if w.Organs == nil {
		return nil
	}
	ofOrgan, claimed := map[string]string{}, map[string]bool{}
	for _, b := range besturen {
		for _, o := range b.Organen {
			ofOrgan[o.IRI] = b.IRI
		}
		for _, seed := range w.known[b.IRI].seeds {
			claimed[seed] = true
		}
	}
	fresh := map[string]owner{}
	for _, s := range sources {
		if len(s.besturen) > 0 || claimed[s.URL] || len(s.sample) == 0 {
			continue
		}
		o, last := w.owners[s.URL], s.sample[len(s.sample)-1]
		if o.last != last || o.followed != w.followed {
			organs, err := w.Organs(ctx, s.sample)
			if err != nil {
				return fmt.Errorf("find the government of %s: %w", s.URL, err)
			}
			o = owner{last: last, followed: w.followed}
			for _, organ := range organs {
				if iri := ofOrgan[organ]; iri != "" && !slices.Contains(o.besturen, iri) {
					o.besturen = append(o.besturen, iri)
				}
			}
			slices.Sort(o.besturen)
		}
		s.besturen = slices.Clone(o.besturen)
		fresh[s.URL] = o
	}
	w.owners = fresh
	return nil
}

// compact forgets of older sittings all but when they were, and by whom: nothing
// else of them is judged.
func compact(sittings []Sitting, now time.Time) []Sitting {
	for i, s := range sittings {
		if now.Sub(s.Start) > (recent+31)*24*time.Hour {
			sittings[i] = Sitting{Orgaan: s.Orgaan, Start: s.Start}
		}
	}
	return slices.Clip(sittings)
}

// counted are the classes of government of which it is told how many there are.
// OCMWs publish where their municipality does, and the register does not tell
// which of them is of which.
var counted = []string{besluit.Gemeente, besluit.Provincie, vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000003" /* District */}

// arrange makes the list of governments with their sources: those of the store,
// those of declared sources, those of the register; and sources that nobody
// knows the government of.
func (w *Watch) arrange(besturen []*publisher.Bestuur, sources []*Source) []*Bestuur {
	var list []*Bestuur
	byIRI, bySource := map[string]*Bestuur{}, map[string]*Source{}
	for _, s := range sources {
		bySource[s.URL] = s
	}
	add := func(b *Bestuur) *Bestuur {
		list = append(list, b)
		if b.IRI != "" {
			byIRI[b.IRI] = b
		}
		return b
	}
	link := func(b *Bestuur, s *Source) {
		if !slices.Contains(b.Bronnen, s) {
			b.Bronnen = append(b.Bronnen, s)
		}
		if b.IRI != "" && !slices.Contains(s.besturen, b.IRI) {
			s.besturen = append(s.besturen, b.IRI)
		}
	}
	for _, x := range besturen {
		b := add(&Bestuur{IRI: x.IRI, Naam: x.Naam, Slug: x.Slug, Soort: besluit.Label(x.Classificatie), Zittingen: x.Zittingen, Besluiten: x.Besluiten, slugOfStore: true})
		for _, seed := range w.known[x.IRI].seeds {
			if s := bySource[seed]; s != nil {
				link(b, s)
			}
		}
	}
	for _, s := range sources {
		for _, iri := range slices.Clone(s.besturen) {
			b := byIRI[iri]
			if b == nil {
				b = add(&Bestuur{IRI: iri})
			}
			link(b, s)
		}
		if len(s.besturen) == 0 {
			link(add(&Bestuur{Naam: s.URL, Slug: besluit.Slug(s.URL)}), s)
		}
	}
	for _, b := range list {
		w.name(b)
	}
	if w.Register != nil {
		today := w.now().In(brussel).Format(time.DateOnly)
		for e := range w.Register.Eenheden() {
			if !exists(e, today) || byIRI[e.IRI] != nil {
				continue
			}
			w.name(add(&Bestuur{IRI: e.IRI}))
		}
	}
	slices.SortFunc(list, func(a, b *Bestuur) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Naam), strings.ToLower(b.Naam)), strings.Compare(a.Soort, b.Soort), strings.Compare(a.IRI, b.IRI))
	})
	unique(list)
	return list
}

// exists reports whether a unit of the register is one that must publish, and
// was not merged into another.
func exists(e register.Eenheid, today string) bool {
	return slices.Contains(counted, e.Classificatie) && (e.OpgegaanIn == "" || e.Sinds > today)
}

// name fills in what the register knows of a government.
func (w *Watch) name(b *Bestuur) {
	if w.Register != nil && b.IRI != "" {
		if e, ok := w.Register.Eenheid(b.IRI); ok {
			b.Naam, b.Soort, b.Provincie = cmp.Or(b.Naam, e.Naam), cmp.Or(b.Soort, besluit.Label(e.Classificatie)), e.Provincie
			if b.Slug == "" {
				b.Slug = (&besluit.Bestuurseenheid{IRI: e.IRI, Naam: e.Naam, Classificatie: e.Classificatie}).Slug()
			}
		}
	}
	b.Naam = cmp.Or(b.Naam, b.IRI)
	if b.Slug == "" {
		b.Slug = besluit.ID(cmp.Or(b.IRI, b.Naam))
	}
}

// unique makes slugs unique. Those of /besturen are, and stay as they are.
func unique(list []*Bestuur) {
	taken := map[string]bool{}
	for _, b := range list {
		if b.slugOfStore {
			taken[b.Slug] = true
		}
	}
	for _, b := range list {
		if b.slugOfStore {
			continue
		}
		if taken[b.Slug] {
			b.Slug += "-" + besluit.ID(cmp.Or(b.IRI, b.Naam))[:8]
		}
		taken[b.Slug] = true
	}
}

// judge sums up the sources of a government, and tells what is the matter.
func (w *Watch) judge(b *Bestuur, now time.Time, duplicates int) {
	declared := slices.ContainsFunc(b.Bronnen, func(s *Source) bool { return s.Declared })
	var read []time.Time
	for _, s := range b.Bronnen {
		b.Tellingen.add(s.Counts)
		b.Problemen = append(b.Problemen, s.problems...)
		if len(s.Rounds) > 0 {
			if b.Ronde == nil {
				b.Ronde = &Totals{}
			}
			b.Ronde.add(s.Rounds[0].Totals)
		}
		if !declared || s.Declared { // those harvested by hand are not kept up
			read = append(read, s.Read)
		}
	}
	if len(read) > 0 {
		b.Gelezen = slices.MinFunc(read, time.Time.Compare)
	}
	merged := false
	if w.Register != nil {
		e, ok := w.Register.Eenheid(b.IRI)
		merged = ok && e.OpgegaanIn != "" && e.Sinds <= now.In(brussel).Format(time.DateOnly)
	}
	if k := w.known[b.IRI]; k != nil && len(k.sittings) > 0 {
		b.Maanden = months(k.sittings, now, 24)
		var problems []Problem
		b.Organen, problems = judgeSittings(k.sittings, b.Gelezen)
		if merged { // its organs sit no more
			problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Kind == Silence })
		}
		b.Problemen = append(b.Problemen, problems...)
	}
	if duplicates > 0 {
		b.Problemen = append(b.Problemen, Problem{Kind: Duplicates, Severity: Notice, Count: duplicates})
	}
	b.Oordeel = verdictOf(b.Problemen)
	if len(b.Bronnen) == 0 {
		b.Oordeel = Unknown
		if !merged {
			b.Problemen = append(b.Problemen, Problem{Kind: NoSource, Severity: Notice, Count: 1})
		}
	}
	if b.Problemen == nil {
		b.Problemen = []Problem{}
	}
	weigh(b.Problemen)
}

// coverage counts how many governments that must publish have a source.
func (w *Watch) coverage(r *Report) []Dekking {
	if w.Register == nil {
		return []Dekking{}
	}
	today := r.Moment.In(brussel).Format(time.DateOnly)
	there := map[string]bool{}
	for _, b := range r.Besturen {
		there[b.IRI] = len(b.Bronnen) > 0
	}
	list := make([]Dekking, len(counted))
	for e := range w.Register.Eenheden() {
		if !exists(e, today) {
			continue
		}
		i := slices.Index(counted, e.Classificatie)
		list[i].Totaal++
		if there[e.IRI] {
			list[i].MetBron++
		}
	}
	for i, class := range counted {
		list[i].Soort = besluit.Label(class)
	}
	return list
}

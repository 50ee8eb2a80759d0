package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/publisher"
)

// timetable says which sources must be harvested now. What it needs to know of
// the past it asks of the evidence, so that times survive a restart.
type timetable struct {
	now    func() time.Time
	last   func(ctx context.Context, url string) (harvester.Visit, bool, error)
	rounds func(ctx context.Context, source string, n int) ([]harvester.Round, error)
	// sitting reports whether a government had, or has, a sitting in a time.
	sitting func(ctx context.Context, b bron, from, to time.Time) (bool, error)

	mu    sync.Mutex
	list  []bron
	under map[string]time.Time // since when the harvester has a source, by address
	again map[string]bron      // sources that it has, with other settings than it knows
	soon  map[string]sooner    // what sitting said
}

type sooner struct {
	asked time.Time
	yes   bool
}

const (
	// retryAfter is the least time after a source failed, or was told that it will
	// be slow; else a tenth of its interval.
	retryAfter = 10 * time.Minute
	// Around a sitting a source is harvested four times as often: from when the
	// agenda may still grow until the first lists of decisions stand. Not more often
	// than every half hour, unless its interval is shorter.
	beforeSitting = 2 * 24 * time.Hour
	afterSitting  = 5 * 24 * time.Hour
	soonerBy      = 4
	soonest       = 30 * time.Minute
	// sittingAge is how long the answer about sittings is relied on.
	sittingAge = 15 * time.Minute
	// maxSpread is the longest time by which sources that are due at the same
	// moment are spread.
	maxSpread = 10 * time.Minute
	perSource = 2 * time.Second // of spread
)

// inFlanders is where the times of the day of a schedule are.
var inFlanders = sync.OnceValue(func() *time.Location {
	l, err := time.LoadLocation("Europe/Brussels")
	if err != nil { // the zones come with the program
		return time.FixedZone("CET", 3600)
	}
	return l
})

// set replaces the sources. One that the harvester has and that is no more in
// the list is stopped; one that it has goes on as the list says now.
func (t *timetable) set(list []bron) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = list
	if t.under == nil {
		t.under, t.soon = map[string]time.Time{}, map[string]sooner{}
	}
	t.again = map[string]bron{}
	for url := range t.under {
		i := slices.IndexFunc(list, func(b bron) bool { return b.Clean == url })
		if i >= 0 {
			t.again[url] = list[i]
			continue
		}
		// The one bound that ends a round early: nothing more is asked for.
		t.again[url] = bron{Clean: url, Source: config.Source{URL: url, Limits: config.Limits{MaxPages: 1}}}
	}
}

// wave is how many sources begin at one look at the most: after a night without
// the program, or with a new file, all are due at once.
func wave(sources int) int { return max(8, sources/20) }

// due returns the sources whose round must begin, or go on, the longest due
// first. Each is returned once, until ended tells of its round, or the evidence.
func (t *timetable) due(ctx context.Context) ([]bron, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	var begin []waiting
	for _, b := range t.list {
		at, err := t.next(ctx, b, now)
		if err != nil {
			return nil, err
		}
		if !at.After(now) {
			begin = append(begin, waiting{b, at})
		}
	}
	slices.SortStableFunc(begin, func(a, b waiting) int { return a.at.Compare(b.at) })
	var list []bron
	for _, b := range t.again {
		list = append(list, b)
	}
	clear(t.again)
	slices.SortFunc(list, func(a, b bron) int { return cmp.Compare(a.Clean, b.Clean) })
	for _, w := range begin[:min(len(begin), wave(len(t.list)))] {
		t.under[w.Clean] = now
		list = append(list, w.bron)
	}
	return list, nil
}

type waiting struct {
	bron
	at time.Time
}

// ended notes that the round of a source is over.
func (t *timetable) ended(source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.under, source)
	delete(t.again, source)
}

// never is the time of what is not due.
var never = time.Unix(1<<40, 0)

// next returns when a round of a source must begin; the caller holds the lock.
func (t *timetable) next(ctx context.Context, b bron, now time.Time) (time.Time, error) {
	rounds, err := t.rounds(ctx, b.Clean, 1)
	if err != nil {
		return never, fmt.Errorf("read rounds of %s: %w", b.Clean, err)
	}
	round := harvester.Round{}
	if len(rounds) > 0 {
		round = rounds[0]
	}
	if since, has := t.under[b.Clean]; has {
		if !round.Ended.After(since) {
			return never, nil
		}
		delete(t.under, b.Clean) // another process ended it
	}
	visit, seen, err := t.last(ctx, b.Clean)
	if err != nil {
		return never, fmt.Errorf("read last visit of %s: %w", b.Clean, err)
	}
	seen = seen && visit.Seed == b.Clean
	p := past{began: round.Began, failed: round.Totals.Pages == 0 && round.Totals.Failed > 0}
	if seen {
		if visit.Time.After(round.Ended) && visit.Error == "" {
			return visit.Time, nil // its round was cut off
		}
		if p.began.IsZero() {
			p.began = visit.Time
		}
		p.failed = p.failed || visit.Error != ""
	}
	if p.began.IsZero() {
		return time.Time{}, nil // it was never harvested
	}
	// Whether there is a sitting is asked only where the answer matters.
	if at := b.following(p, len(t.list)); !at.After(now) {
		return at, nil
	}
	p.sitting = true
	at := b.following(p, len(t.list))
	if at.After(now) {
		return at, nil
	}
	if p.sitting, err = t.isSitting(ctx, b, now); err != nil {
		return never, err
	}
	return b.following(p, len(t.list)), nil
}

// isSitting asks whether there is a sitting about now, and remembers the answer.
func (t *timetable) isSitting(ctx context.Context, b bron, now time.Time) (bool, error) {
	if s, ok := t.soon[b.Clean]; ok && now.Sub(s.asked) < sittingAge {
		return s.yes, nil
	}
	yes, err := t.sitting(ctx, b, now.Add(-afterSitting), now.Add(beforeSitting))
	if err != nil {
		return false, fmt.Errorf("read sittings for %s: %w", b.Clean, err)
	}
	t.soon[b.Clean] = sooner{now, yes}
	return yes, nil
}

// past is what is known of the last round of a source.
type past struct {
	began   time.Time
	failed  bool // nothing was read
	sitting bool // there is a sitting about now
}

// following returns when the round after the last one begins. sources is among
// how many it is: those that would begin together are spread.
func (b bron) following(p past, sources int) time.Time {
	spread := min(maxSpread, time.Duration(sources-1)*perSource)
	every := b.every()
	retry := p.began.Add(min(every, max(every/10, retryAfter)))
	if len(b.Clocks) > 0 {
		at := nextClock(b.Clocks, p.began).Add(jitter(b.Clean, p.began, spread))
		if p.failed && retry.Before(at) {
			return retry
		}
		return at // whoever names times wants those
	}
	switch {
	case p.failed:
		return retry
	case p.sitting && b.Sooner:
		every = min(every, max(every/soonerBy, soonest))
	}
	return p.began.Add(every - jitter(b.Clean, p.began, min(spread, every/20)))
}

// nextClock returns the first of some times of the day after a moment.
func nextClock(clocks []config.Clock, after time.Time) time.Time {
	local := after.In(inFlanders())
	first := never
	for day := range 3 { // a time that summer time skips is an hour later
		for _, c := range clocks {
			at := time.Date(local.Year(), local.Month(), local.Day()+day, int(c)/60, int(c)%60, 0, 0, local.Location())
			if at.After(after) && at.Before(first) {
				first = at
			}
		}
	}
	return first
}

// jitter returns a time from 0 up to most, the same for the same source and
// round.
func jitter(source string, began time.Time, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(source + " " + strconv.FormatInt(began.UnixNano(), 10)))
	return time.Duration(h.Sum64() % uint64(most))
}

// sitting reports whether a government had, or has, a sitting in a time, as far
// as its pages tell.
func (h *house) sitting(ctx context.Context, b bron, from, to time.Time) (bool, error) {
	if b.Eenheid.IRI == "" {
		return false, nil
	}
	wanted := []publisher.Selection{{Bestuur: b.Eenheid.IRI}}
	if len(b.Organen) > 0 {
		wanted = wanted[:0]
		for _, iri := range b.Organen {
			wanted = append(wanted, publisher.Selection{Orgaan: iri})
		}
	}
	for _, s := range wanted {
		s.From, s.To, s.Limit = from, to, 1
		list, _, err := h.reader.Zittingen(ctx, s)
		if err != nil || len(list) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// sourcesFile is the file of sources of a server, which reads it again when it
// changes.
type sourcesFile struct {
	name      string
	catalogue *catalogue
	private   bool
	logins    *logins
	others    []config.Source // of the configuration itself
	asked     atomic.Bool     // to read it again (SIGHUP)
	stamp     string          // of the file as it was read
}

// read reads the file, and every secret that it names.
func (f *sourcesFile) read() (*bronnen, error) {
	f.stamp = f.stat()
	b := &bronnen{}
	if f.name != "" {
		var err error
		if b, err = readBronnen(f.name, f.catalogue, f.private); err != nil {
			return nil, err
		}
	}
	b.ofConfig(f.others)
	// New logins first: the file stays in use as it was if a secret is missing.
	fresh := newLogins(nil, f.private)
	var errs []error
	missing := map[string]bool{}
	for _, s := range b.list {
		if _, err := fresh.authorize(s); err != nil && !missing[err.Error()] {
			missing[err.Error()] = true
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	f.logins.forget()
	return b, nil
}

// changed reports whether the file must be read again.
func (f *sourcesFile) changed() bool {
	return f.asked.Swap(false) || f.stat() != f.stamp
}

// stat tells one state of the file from another. A file that is not there for a
// moment, while an editor writes it, has not changed.
func (f *sourcesFile) stat() string {
	if f.name == "" {
		return ""
	}
	info, err := os.Stat(f.name)
	if err != nil {
		return f.stamp
	}
	return info.ModTime().String() + " " + strconv.FormatInt(info.Size(), 10)
}

// due is what the harvester asks: which sources must be harvested now, by the
// newest state of the file.
func (h *house) due(log *slog.Logger, f *sourcesFile, t *timetable) func(context.Context) ([]harvester.Source, error) {
	return func(ctx context.Context) ([]harvester.Source, error) {
		if f.changed() {
			if b, err := f.read(); err != nil {
				log.Warn("sources not read again; those from before stay", "file", f.name, "error", err)
			} else {
				log.Info("sources read again", "file", f.name, "sources", len(b.list))
				h.sources.Store(b)
				t.set(b.list)
			}
		}
		list, err := t.due(ctx)
		if err != nil {
			return nil, err
		}
		var sources []harvester.Source
		for _, b := range list {
			s, err := b.source(h.logins)
			if err != nil { // a secret that was there is there no more
				log.Warn("source left alone", "source", b.Clean, "error", err)
				t.ended(b.Clean)
				continue
			}
			sources = append(sources, s)
		}
		return sources, nil
	}
}

// schedule harvests the sources, many at once, each when its time has come, and
// lets the followers go on beside that. Trouble is logged and tried again.
func (h *house) schedule(ctx context.Context, log *slog.Logger, f *sourcesFile) {
	var group sync.WaitGroup
	defer group.Wait()
	ended := make(chan struct{}, 1)
	group.Go(func() { h.followAlong(ctx, log, ended) })
	t := &timetable{now: h.now, last: h.visits.Last, rounds: h.state.rounds.Rounds, sitting: h.sitting}
	for ctx.Err() == nil {
		b := h.sources.Load()
		t.set(b.list)
		options := b.options
		options.Delay, options.Revisit, options.Look = politely, true, idle
		hv := h.harvest(options)
		hv.Ended = func(r harvester.Round) {
			t.ended(r.Source)
			h.tellRound(log, r)
			select {
			case ended <- struct{}{}:
			default: // the followers know
			}
		}
		err := hv.Serve(ctx, h.due(log, f, t))
		warn(ctx, log, "harvest", err)
		t.forget()
		h.wait(ctx, idle)
	}
}

// forget takes it that the harvester has no source any more.
func (t *timetable) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.under)
	clear(t.again)
}

// tellRound logs a round.
func (h *house) tellRound(log *slog.Logger, r harvester.Round) {
	about := []any{"source", r.Source}
	if b := h.sources.Load(); b != nil {
		if i := slices.IndexFunc(b.list, func(b bron) bool { return b.Clean == r.Source }); i >= 0 && b.list[i].Eenheid.IRI != "" {
			about = append(about, "bestuur", cmp.Or(b.list[i].Eenheid.Naam, b.list[i].Eenheid.IRI))
		}
	}
	about = append(about, "took", r.Ended.Sub(r.Began).Round(time.Second), "pages", r.Totals.Pages, "new", r.Totals.New, "changed", r.Totals.Changed,
		"withdrawn", r.Totals.Withdrawn, "held", r.Totals.Held, "failed", r.Totals.Failed, "requests", r.Totals.Requests)
	if r.Stopped != "" {
		about = append(about, "stopped", r.Stopped)
	}
	log.Info("round ended", about...)
}

// followAlong lets the followers go on whenever a round ended, and now and then.
func (h *house) followAlong(ctx context.Context, log *slog.Logger, ended <-chan struct{}) {
	for ctx.Err() == nil {
		warn(ctx, log, "follow", h.publisher.Follow(ctx))
		warn(ctx, log, "delete expired reports", h.reports.Sweep())
		select {
		case <-ctx.Done():
		case <-ended:
		case <-h.after(idle):
		}
	}
}

// now and after go by the clock of the program.
func (h *house) now() time.Time {
	if h.clock.Now != nil {
		return h.clock.Now()
	}
	return time.Now()
}

func (h *house) after(d time.Duration) <-chan time.Time {
	if h.clock.After != nil {
		return h.clock.After(d)
	}
	return time.After(d)
}

func (h *house) wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-h.after(d):
	}
}

package harvester

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/belfort-lod/belfort/internal/besluit"
)

// Outcome is what became of a page that was read.
type Outcome string

// The outcomes. A page is New or Changed when the publisher accepted it as
// such, Held when it keeps it back with a reason.
const (
	New       Outcome = "new"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Withdrawn Outcome = "withdrawn"
	Held      Outcome = "held"
	Failed    Outcome = "failed"
)

// Options bound a harvest and set its manners. Zero fields get the defaults
// given with each.
type Options struct {
	// UserAgent says who we are and where to complain; its first word, up to
	// "/", is the name that robots.txt can address.
	UserAgent   string
	FollowHosts bool          // also follow links to hosts that are not those of the seeds
	MaxBody     int64         // bytes of one page; 20 MB
	Timeout     time.Duration // until an answer begins; 60 s. The whole of it may take five times as long
	Parallel    int           // pages under way at once; 4
	PerHost     int           // requests under way at one host; 1
	Delay       time.Duration // between the starts of two requests at one host; 0. A Crawl-delay that is longer wins
	MaxAttempts int           // per page and round; 3
	Backoff     time.Duration // before the second attempt, doubled for each next; 1 s
	MaxPages    int           // requests for pages in one round of a source; 1,000,000
	// Revisit leaves pages alone that are not due (Visit.Due). Without it every
	// page is asked for in every round.
	Revisit bool
	// FetchOnly keeps the pages as evidence and follows their links, and does not
	// say what they state: Reprocess does so later.
	FetchOnly bool
	// Look is how often Serve asks which sources are due; 20 s.
	Look time.Duration
}

func (o Options) withDefaults() Options {
	set := func(p *int, v int) {
		if *p <= 0 {
			*p = v
		}
	}
	if o.UserAgent == "" {
		o.UserAgent = "Belfort/1.0"
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 20 << 20
	}
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	if o.Backoff <= 0 {
		o.Backoff = time.Second
	}
	if o.Look <= 0 {
		o.Look = 20 * time.Second
	}
	set(&o.Parallel, 4)
	set(&o.PerHost, 1)
	set(&o.MaxAttempts, 3)
	set(&o.MaxPages, 1_000_000)
	return o
}

// Harvester crawls from sources and hands each page that states something to
// Accept. Its fields are set before it runs and not changed after.
type Harvester struct {
	Frontier Frontier
	Visits   Visits
	Rounds   Rounds // nil: rounds are not kept
	Blobs    Blobs
	Client   Doer
	// Accept takes a page over, durably, and says what became of it: New,
	// Changed, Unchanged, Withdrawn or Held. It is called by several goroutines
	// at once, and again for the same page after a crash.
	Accept func(context.Context, besluit.Publicatie) (Outcome, error)
	// Extract reads the text of attachments, nil reads none. Attached, if set, is
	// told of a page when the text of one of its attachments was read.
	Extract  Extract
	Attached func(ctx context.Context, page, attachment string) error
	// Progress, if set, is told of each page when it is done, and Ended of each
	// round, by several goroutines at once.
	Progress func(Event)
	Ended    func(Round)
	Options  Options
	Now      func() time.Time // nil: time.Now
	// After waits between requests and rounds, by the clock of Now; nil: that of
	// time. Requests take their own time.
	After func(time.Duration) <-chan time.Time
}

// Event tells of one page that is done.
type Event struct {
	URL     string
	Source  string  // its seed
	Outcome Outcome // "" for an overview page
	Err     error   // why it failed
	Totals  Totals
}

// Failure is a page that could not be read.
type Failure struct {
	URL, From string
	Source    string // its seed
	Seed      bool   // it is one of the addresses that the run began with
	Err       error
}

// Totals counts one run, or one round of a source.
type Totals struct {
	Pages       int `json:"pages"` // read, overview pages included
	Overviews   int `json:"overviews"`
	New         int `json:"new"`
	Changed     int `json:"changed"`
	Unchanged   int `json:"unchanged"`
	Withdrawn   int `json:"withdrawn"`
	Held        int `json:"held"`
	Copies      int `json:"copies"`  // pages that say they are a copy of another one
	Skipped     int `json:"skipped"` // not asked for, because they were not due
	Gone        int `json:"gone"`    // not there: withdrawn before, or 410 and never seen
	Failed      int `json:"failed"`
	Left        int `json:"left"`       // not visited, because the source's bound of requests was reached
	Disallowed  int `json:"disallowed"` // left alone because robots.txt asks so
	Requests    int `json:"requests"`   // robots.txt not counted
	NotModified int `json:"not_modified"`
	// Failures are all seeds that failed, and the first thousand other pages.
	Failures []Failure `json:"-"`
}

// run is one Run or Serve under way.
type run struct {
	*Harvester
	manners  *manners
	versions sync.Mutex // held while members of a feed are taken in
	mu       sync.Mutex // guards what is below
	totals   Totals
	sources  map[string]Source  // by seed
	rounds   map[string]*Totals // of the sources, since this process has them
	serving  bool               // wait for more when every round is over
}

func (h *Harvester) begin(ctx context.Context) (*run, error) {
	own := *h
	own.Options = h.Options.withDefaults()
	r := &run{Harvester: &own, sources: map[string]Source{}, rounds: map[string]*Totals{}}
	r.manners = newManners(&own, r.source)
	// What a crash, or an error, left under way goes on.
	if err := r.Frontier.Begin(ctx, r.now(), nil); err != nil {
		return nil, fmt.Errorf("begin harvest: %w", err)
	}
	return r, nil
}

// Run harvests the sources until nothing is left to fetch. It goes on with the
// rounds that a crash cut off, also those of other sources. The error is about
// this program or its disk; what went wrong on the web is in Totals.Failures.
func (h *Harvester) Run(ctx context.Context, sources []Source) (Totals, error) {
	r, err := h.begin(ctx)
	if err != nil {
		return Totals{}, err
	}
	if err := r.add(ctx, sources); err != nil {
		return r.totals, err
	}
	group, ctx := errgroup.WithContext(ctx)
	for range r.Options.Parallel {
		group.Go(func() error { return r.work(ctx) })
	}
	err = group.Wait()
	return r.totals, err
}

// Serve harvests for as long as ctx lasts. Every Options.Look it asks due which
// sources must be harvested now; one whose round is under way goes on with it.
// The error is about this program or its disk, or what due returned.
func (h *Harvester) Serve(ctx context.Context, due func(context.Context) ([]Source, error)) error {
	r, err := h.begin(ctx)
	if err != nil {
		return err
	}
	r.serving = true
	look := func(ctx context.Context) error {
		sources, err := due(ctx)
		if err != nil {
			return err
		}
		return r.add(ctx, sources)
	}
	// First of all the sources, so that what goes on after a crash has what holds
	// for it.
	if err := look(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for range r.Options.Parallel {
		group.Go(func() error { return r.work(ctx) })
	}
	group.Go(func() error {
		for {
			if err := r.rest(ctx, nil, r.Options.Look); err != nil {
				return err
			}
			if err := look(ctx); err != nil {
				return err
			}
		}
	})
	return group.Wait()
}

// add begins, or goes on with, the rounds of sources.
func (r *run) add(ctx context.Context, sources []Source) error {
	links := make([]Link, 0, len(sources))
	for _, s := range sources {
		clean, ok := CleanURL(s.URL)
		if !ok {
			r.fail(Link{URL: s.URL, Seed: s.URL}, failed(FailedAddress, fmt.Errorf("read address %q: want an http or https address", s.URL)))
			continue
		}
		s.URL = clean
		r.mu.Lock()
		r.sources[clean] = s
		r.mu.Unlock()
		r.manners.expect(r.source(clean))
		links = append(links, Link{URL: clean, Seed: clean})
	}
	if len(links) == 0 {
		return nil
	}
	if err := r.Frontier.Begin(ctx, r.now(), links); err != nil {
		return fmt.Errorf("begin harvest: %w", err)
	}
	r.manners.stir()
	return nil
}

// source returns what holds for a seed, with the defaults filled in. A round
// that goes on after a restart may be of a source that nobody names any more.
func (r *run) source(seed string) Source {
	r.mu.Lock()
	s, ok := r.sources[seed]
	r.mu.Unlock()
	if !ok {
		s.URL = seed
	}
	s.FollowHosts = s.FollowHosts || r.Options.FollowHosts
	if s.Delay <= 0 {
		s.Delay = r.Options.Delay
	}
	if s.PerHost <= 0 {
		s.PerHost = r.Options.PerHost
	}
	if s.MaxPages <= 0 {
		s.MaxPages = r.Options.MaxPages
	}
	return s
}

func (h *Harvester) now() time.Time {
	if h.Now != nil {
		return h.Now()
	}
	return time.Now()
}

func (r *run) work(ctx context.Context) error {
	for {
		link, err := r.manners.next(ctx, r.serving)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if link.End {
			err = r.end(ctx, link)
			r.manners.stir()
		} else {
			err = r.visit(ctx, link)
			r.manners.release(host(link.URL))
		}
		if err != nil {
			return err
		}
	}
}

// budget is why a round stopped before every page was visited.
const budget = "budget"

// end ends the round of a source, or goes on with the pages that nothing leads
// to any more: they are asked for directly, for an overview that shows the
// newest only says nothing about the others.
func (r *run) end(ctx context.Context, link Link) error {
	round := Round{Source: link.Seed, Began: link.Began, Totals: r.round(link.Seed)}
	round.Totals.Failures = nil
	if round.Totals.Left > 0 {
		round.Stopped = budget
	} else {
		dropped, err := r.dropped(ctx, link)
		if err != nil {
			return err
		}
		if len(dropped) > 0 {
			return r.Frontier.Done(ctx, link, dropped, time.Time{})
		}
	}
	round.Ended = r.now()
	// First the record: a crash in between records it twice under the same time.
	if r.Rounds != nil {
		if err := r.Rounds.RecordRound(ctx, round); err != nil {
			return err
		}
	}
	if err := r.Frontier.Done(ctx, link, nil, time.Time{}); err != nil {
		return err
	}
	r.mu.Lock()
	delete(r.rounds, link.Seed)
	r.mu.Unlock()
	if r.Ended != nil {
		r.Ended(round)
	}
	return nil
}

// maxDropped is how many dropped pages are queued at once.
const maxDropped = 10_000

// dropped returns the first of the pages that are published, and that no page of
// this round led to.
func (r *run) dropped(ctx context.Context, end Link) (links []Link, err error) {
	for u, err := range r.Frontier.Dropped(ctx, end.Seed) {
		if err != nil {
			return nil, err
		}
		last, ok, err := r.Visits.Last(ctx, u)
		if err != nil {
			return nil, err
		}
		// Another source may lead to it, and then it is that source's page.
		if !ok || !last.published() || last.Seed != end.Seed {
			continue
		}
		links = append(links, Link{URL: u, Seed: end.Seed, From: end.Seed, Dropped: true})
		if len(links) == maxDropped {
			break
		}
	}
	return links, nil
}

// visit fetches and reads one link and takes it off the queue.
func (r *run) visit(ctx context.Context, link Link) error {
	u, err := url.Parse(link.URL)
	if err != nil {
		return r.give(ctx, link, Visit{URL: link.URL}, failed(FailedAddress, fmt.Errorf("read address: %w", err)))
	}
	source := r.source(link.Seed)
	last, _, err := r.Visits.Last(ctx, link.URL)
	if err != nil {
		return err
	}
	if last.Seed == "" {
		last = Visit{} // a robots.txt that was read for its rules only
	}
	if r.restful(link, last) {
		return r.skip(ctx, link, last)
	}
	if down := r.manners.down(u.Host); down != nil {
		return r.give(ctx, link, unanswered(last), failed(FailedHost, fmt.Errorf("fetch %s: nothing more is asked of this host in this run: %w", link.URL, down)))
	}
	rules, err := r.manners.rules(ctx, source, u)
	if err != nil {
		return err
	}
	if rules.unread != nil {
		r.manners.failed(u.Host, rules.unread, rules.answer)
		return r.retry(ctx, link, unanswered(last), fmt.Errorf("fetch %s: %w", link.URL, rules.unread), 0)
	}
	if !rules.allow(u) {
		return r.give(ctx, link, unanswered(last), fmt.Errorf("fetch %s: %w", link.URL, errDisallowed))
	}
	if !r.afford(link, source) {
		return r.leave(ctx, link, source)
	}
	anew, err := r.turned(ctx, last)
	if err != nil {
		return err
	}
	known := last
	if anew {
		known.ETag, known.LastModified = "", ""
	}
	r.manners.starts(u.Host)
	p, err := r.get(ctx, source, link.URL, known, r.Options.MaxBody)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && lasting(err):
		r.manners.answered(u.Host, p)
		return r.give(ctx, link, r.seen(link, last, p), err)
	case err != nil:
		r.manners.failed(u.Host, err, p)
		return r.retry(ctx, link, r.seen(link, last, p), err, 0)
	case p.busy():
		err := statusError(link.URL, p.status)
		r.manners.failed(u.Host, err, p)
		return r.retry(ctx, link, r.seen(link, last, p), err, p.retryAfter)
	}
	r.manners.answered(u.Host, p)
	return r.answer(ctx, link, last, p)
}

// restful reports whether a page need not be asked for: its time has not come,
// or it was visited since the round began, from another source.
func (r *run) restful(link Link, last Visit) bool {
	switch {
	case last.Error != "" || last.Success.IsZero() || link.Attempts > 0:
		return false
	case link.Dropped != !last.Unlisted.IsZero():
		return false // it is to be seen in the evidence
	case last.Seed != link.Seed && !last.Time.Before(link.Began):
		return true
	}
	return r.Options.Revisit && link.From != "" && rests(link.Modified, last, r.now())
}

// skip leaves a page alone, but not what it leads to.
func (r *run) skip(ctx context.Context, link Link, last Visit) error {
	if err := r.Frontier.Done(ctx, link, r.found(link, last), time.Time{}); err != nil {
		return err
	}
	r.count(link.Seed, func(t *Totals) { t.Skipped++ })
	return nil
}

// afford counts a request, if the bound of its source allows one more.
func (r *run) afford(link Link, source Source) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	round := r.roundOf(link.Seed)
	if round.Requests >= source.MaxPages {
		return false
	}
	round.Requests++
	r.totals.Requests++
	return true
}

// leave leaves a page for another round, because the bound of its source was
// reached.
func (r *run) leave(ctx context.Context, link Link, source Source) error {
	if err := r.Frontier.Done(ctx, link, nil, time.Time{}); err != nil {
		return err
	}
	first := false
	r.count(link.Seed, func(t *Totals) {
		t.Left++
		first = first || t.Left == 1 // change is called with the totals of the round first
	})
	if first {
		r.fail(link, failed(FailedBudget, fmt.Errorf("harvest %s: the bound of %d requests in one round is reached; what is left waits for the next. Raise the bound or narrow the source", link.Seed, source.MaxPages)))
	}
	return nil
}

// unanswered is a visit in which nothing was asked: it keeps what stands since the
// last success, and nothing of the last answer.
func unanswered(last Visit) Visit {
	last.Status, last.Received, last.Header, last.Peer, last.Redirect = 0, "", nil, nil, ""
	return last
}

// seen is a visit that got an answer, which has not been acted on: it keeps what
// stands since the last success.
func (r *run) seen(link Link, last Visit, p *page) Visit {
	v := last
	v.URL, v.Seed, v.From, v.Time, v.Links = link.URL, link.Seed, link.From, r.now(), last.Links
	v.Error, v.Failure, v.Redirect = "", "", ""
	p.evidence(&v)
	switch {
	case !link.Dropped:
		v.Unlisted = time.Time{}
	case v.Unlisted.IsZero():
		v.Unlisted = v.Time
	}
	return v
}

// answer acts on the status of an answer.
func (r *run) answer(ctx context.Context, link Link, last Visit, p *page) error {
	switch {
	case p.status == http.StatusOK:
		return r.ok(ctx, link, last, p)
	case p.status == http.StatusNotModified && !last.Success.IsZero():
		return r.unchanged(ctx, link, last, p)
	case p.redirects():
		return r.redirect(ctx, link, last, p)
	case p.status == http.StatusNotFound || p.status == http.StatusGone:
		if last.published() && p.status == http.StatusNotFound && !r.longMissing(last) {
			return r.missing(ctx, link, last, p)
		}
		if last.published() {
			return r.withdrawn(ctx, link, last, p)
		}
		if last.gone() || p.status == http.StatusGone && last.SHA256 == "" && link.From != "" {
			return r.gone(ctx, link, last, p)
		}
	}
	return r.give(ctx, link, r.seen(link, last, p), statusError(link.URL, p.status))
}

// patience is how long a page may answer 404 before it counts as withdrawn: a
// deployment that goes wrong must not withdraw a whole website. 410 is said on
// purpose and counts at once.
const patience = 24 * time.Hour

func (r *run) longMissing(last Visit) bool {
	return !last.Missing.IsZero() && r.now().Sub(last.Missing) >= patience
}

// missing records that a page that was published answers 404 since a while.
func (r *run) missing(ctx context.Context, link Link, last Visit, p *page) error {
	v := r.seen(link, last, p)
	if v.Missing.IsZero() {
		v.Missing = v.Time
	}
	return r.give(ctx, link, v, fmt.Errorf("%w; it counts as withdrawn when it is still missing after %s", statusError(link.URL, p.status), v.Missing.Add(patience).UTC().Format(time.DateTime)))
}

// maxLinks is how many links one page may hold. The largest overview pages of
// Flemish cities have some ten thousands.
const maxLinks = 100_000

// maxBarren is how many overview pages in a row may lead to nothing but their
// next one. Real archives have empty months, not empty years of them.
const maxBarren = 50

// ok reads a body.
func (r *run) ok(ctx context.Context, link Link, last Visit, p *page) error {
	if p.hash == last.SHA256 {
		anew, err := r.turned(ctx, last)
		if err != nil {
			return err
		}
		if !anew {
			return r.unchanged(ctx, link, last, p)
		}
	}
	if link.Barren > maxBarren {
		return r.give(ctx, link, r.seen(link, last, p), failed(FailedLinks, fmt.Errorf("read %s: it is the next of %d pages in a row that lead to nothing but their next one, as a calendar without end does", link.URL, maxBarren)))
	}
	v := r.seen(link, last, p)
	// The body is evidence also where it cannot be read.
	if _, err := r.Blobs.Put(ctx, p.body); err != nil {
		return err
	}
	v.Received = p.hash
	if link.Attachment {
		return r.attachment(ctx, link, v, p)
	}
	reader := read
	if r.Options.FetchOnly {
		reader = scan
	}
	content, err := reader(link.URL, p)
	if err != nil {
		return r.give(ctx, link, v, err)
	}
	if content.feed && !r.Options.FetchOnly {
		if err := r.members(ctx, &r.versions, link, content); err != nil {
			return err
		}
	}
	if len(content.links) > maxLinks {
		return r.give(ctx, link, v, failed(FailedLinks, fmt.Errorf("read %s: the page leads to %d others, more than the bound of %d", link.URL, len(content.links), maxLinks)))
	}
	if copied, err := r.copied(ctx, link, last, content); err != nil {
		return err
	} else if copied {
		return r.copy(ctx, link, last, v, p, content)
	}
	// A page that stated something before and does not now is for the publisher
	// to judge.
	list := content.feed || content.sitemap
	states := !list && !r.Options.FetchOnly && (content.states() || last.published() && !last.Unread && len(content.links) > 0)
	if !states && !list && len(content.links) == 0 && !link.Listed && !r.Options.FetchOnly {
		return r.give(ctx, link, v, content.empty(link.URL))
	}
	outcome := Outcome("")
	if states {
		outcome, err = r.Accept(ctx, besluit.Publicatie{
			Pagina: link.URL, Bron: link.Seed, Opgehaald: v.Time, Status: p.status, MediaType: p.mediaType,
			Ruw: p.hash, Tekst: content.text, Quads: content.quads, Subjects: content.subjects, Findings: content.findings,
		})
		if err != nil {
			return fmt.Errorf("accept %s: %w", link.URL, err)
		}
	}
	v = succeeded(v, last, p)
	v.Unread = content.unread
	v.Overview, v.Title, v.Canonical, v.Text, v.Note = !states && !content.unread, content.title, content.canonical, "", ""
	v.Links, v.Attachments, v.Sitemap, v.Modified = content.links, content.attachments, content.sitemap, nil
	if content.modified != nil {
		v.Modified = make([]int64, len(v.Links))
		for i, l := range v.Links {
			if at, ok := content.modified[l]; ok {
				v.Modified[i] = at.Unix()
			}
		}
	}
	v.Sitting = content.sitting
	return r.done(ctx, link, r.dated(v, last), outcome)
}

// empty says why a page is of no use.
func (r *reading) empty(url string) error {
	if r.script {
		return failed(FailedScript, fmt.Errorf("read %s: the page is empty until a browser runs its scripts; linked data must stand in the HTML itself", url))
	}
	return failed(FailedEmpty, fmt.Errorf("read %s: the page has no linked data: no RDFa that gives anything a type, and no links to publications", url))
}

// succeeded notes on a visit that a new body was read.
func succeeded(v, last Visit, p *page) Visit {
	v.Success, v.Missing, v.Changed, v.Same = v.Time, time.Time{}, v.Time, 0
	v.MediaType, v.ETag, v.LastModified, v.SHA256 = p.mediaType, p.etag, p.lastModified, p.hash
	return v
}

// dated notes on a visit that succeeded when the page is due again: when the
// server says that its answer is not fresh any more, or when it is likely to
// change, whichever is later.
func (r *run) dated(v, last Visit) Visit {
	v.Due = later(v.Due, revisit(v, v.Sitting, last.Success.IsZero(), v.Time))
	return v
}

// copied reports whether a page says that it is a copy of another one, which is
// published, or not known yet: that one is visited in its place. One that could
// not be read so far has until the next visit of the copy to get over it.
func (r *run) copied(ctx context.Context, link Link, last Visit, content *reading) (bool, error) {
	if !content.states() || content.canonical == "" || content.canonical == link.URL || !r.inside(content.canonical, link) {
		content.canonical = ""
		return false, nil
	}
	original, seen, err := r.Visits.Last(ctx, content.canonical)
	wait := original.Success.IsZero() && last.Canonical == ""
	return err == nil && (!seen || original.published() || wait), err
}

// turned reports whether a page must be read anew, though it may not have
// changed: the original of a copy is not published any more, or that of a page
// which was told in its place now is.
func (r *run) turned(ctx context.Context, last Visit) (bool, error) {
	if last.Canonical == "" {
		return false, nil
	}
	original, seen, err := r.Visits.Last(ctx, last.Canonical)
	return err == nil && seen && original.published() != last.Overview, err
}

// copy records a copy. What was published of it before is told at the other page
// from now on.
func (r *run) copy(ctx context.Context, link Link, last, v Visit, p *page, content *reading) error {
	outcome := Outcome("")
	if last.published() {
		var err error
		if outcome, err = r.withdraw(ctx, link, v.Time, p); err != nil {
			return err
		}
	}
	v = succeeded(v, v, p)
	v.Overview, v.Title, v.Canonical = true, content.title, content.canonical
	v.Links, v.Modified, v.Attachments = append([]string{content.canonical}, content.links...), nil, nil
	r.count(link.Seed, func(t *Totals) {
		t.Copies++
		if outcome == Withdrawn {
			t.Withdrawn++
		}
	})
	return r.done(ctx, link, v, outcome)
}

// attachment keeps a document, and the text in it.
func (r *run) attachment(ctx context.Context, link Link, v Visit, p *page) error {
	last := v
	v = succeeded(v, last, p)
	v.Overview, v.Text, v.Note = true, "", ""
	if r.Extract != nil {
		text, note, err := r.Extract(ctx, p.mediaType, p.body)
		if err != nil {
			return fmt.Errorf("read attachment %s: %w", link.URL, err)
		}
		v.Note = note
		if len(text) > 0 {
			if v.Text, err = r.Blobs.Put(ctx, text); err != nil {
				return err
			}
		}
	}
	v.Due = later(v.Due, v.Time.Add(revisitLatest/2))
	if err := r.done(ctx, link, v, ""); err != nil || v.Text == "" || r.Attached == nil {
		return err
	}
	return r.Attached(ctx, link.From, link.URL)
}

func (r *run) unchanged(ctx context.Context, link Link, last Visit, p *page) error {
	v := r.seen(link, last, p)
	v.Success, v.Missing = v.Time, time.Time{}
	v.Same++
	if p.status == http.StatusNotModified {
		r.count(link.Seed, func(t *Totals) { t.NotModified++ })
	} else {
		v.Received, v.ETag, v.LastModified = v.SHA256, p.etag, p.lastModified
	}
	return r.done(ctx, link, r.dated(v, last), Unchanged)
}

// withdrawn tells the publisher that a page that it has is there no more.
func (r *run) withdrawn(ctx context.Context, link Link, last Visit, p *page) error {
	v := r.seen(link, Visit{Title: last.Title, Unlisted: last.Unlisted}, p)
	outcome, err := r.withdraw(ctx, link, v.Time, p)
	if err != nil {
		return err
	}
	v.Success = v.Time
	return r.done(ctx, link, v, outcome)
}

func (r *run) withdraw(ctx context.Context, link Link, now time.Time, p *page) (Outcome, error) {
	outcome, err := r.Accept(ctx, besluit.Publicatie{
		Pagina: link.URL, Bron: link.Seed, Opgehaald: now, Status: p.status, Ingetrokken: true,
	})
	if err != nil {
		return "", fmt.Errorf("accept withdrawal of %s: %w", link.URL, err)
	}
	return outcome, nil
}

// gone records a page that was withdrawn before, or taken away on purpose
// before it was ever seen.
func (r *run) gone(ctx context.Context, link Link, last Visit, p *page) error {
	v := r.seen(link, Visit{Title: last.Title, Success: last.Success, Unlisted: last.Unlisted}, p)
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	r.count(link.Seed, func(t *Totals) { t.Gone++ })
	return r.Frontier.Done(ctx, link, nil, time.Time{})
}

// maxRedirects is how many redirects in a row are followed.
const maxRedirects = 5

func (r *run) redirect(ctx context.Context, link Link, last Visit, p *page) error {
	v := r.seen(link, last, p)
	refuse := func(format string, args ...any) error {
		return r.give(ctx, link, v, failed(FailedRedirect, fmt.Errorf("fetch %s: %w", link.URL, fmt.Errorf(format, args...))))
	}
	from, err := url.Parse(link.URL)
	if err != nil {
		return err
	}
	to, err := from.Parse(p.location)
	if err != nil {
		return refuse("redirect to unreadable address %q", p.location)
	}
	clean, ok := CleanURL(to.String())
	if !ok || len(link.Via) >= maxRedirects {
		return refuse("redirect to %s is not followed (at most %d in a row, http or https)", to, maxRedirects)
	}
	via := append(slices.Clone(link.Via), link.URL)
	if slices.Contains(via, clean) {
		return refuse("redirects go round in a circle; some sites do so to visitors who take no cookies")
	}
	// A seed may send us to the host where the site lives now: what is found there
	// is found from the seed.
	next := Link{URL: clean, Seed: link.Seed, From: link.URL, Via: via, Attachment: link.Attachment}
	if link.From == "" {
		next.From = ""
	} else if !r.inside(clean, link) {
		return refuse("redirect to another host, %s", host(clean))
	}
	outcome := Outcome("")
	if last.published() && p.moved() {
		// What the page stated is told at its new address from now on. What is
		// elsewhere only for a while stays.
		if outcome, err = r.withdraw(ctx, link, v.Time, p); err != nil {
			return err
		}
		at := v.Time
		v = r.seen(link, Visit{Title: last.Title, Unlisted: last.Unlisted}, p)
		v.Time = at // that of the entry
	}
	v.Redirect = clean
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	if err := r.Frontier.Done(ctx, link, []Link{next}, time.Time{}); err != nil {
		return err
	}
	if outcome == Withdrawn {
		r.tell(link, Event{Outcome: outcome, Totals: r.count(link.Seed, func(t *Totals) { t.Withdrawn++ })})
	}
	return nil
}

// inside reports whether a link found while visiting from stays on its host, or
// on those of its source.
func (r *run) inside(to string, from Link) bool {
	s := r.source(from.Seed)
	name := host(to)
	return s.FollowHosts || name == host(from.URL) || name == host(s.URL) || slices.Contains(s.Hosts, name)
}

// found makes links of what a page leads to, as far as they may be followed.
func (r *run) found(on Link, v Visit) []Link {
	source := r.source(on.Seed)
	if source.Single {
		return nil
	}
	links := make([]Link, 0, len(v.Links)+len(v.Attachments))
	for i, l := range v.Links {
		if !r.inside(l, on) {
			continue
		}
		link := Link{URL: l, Seed: on.Seed, From: on.URL, Listed: v.Sitemap}
		if v.Overview && len(v.Links) == 1 {
			link.Barren = on.Barren + 1
		}
		if i < len(v.Modified) && v.Modified[i] != 0 {
			link.Modified = time.Unix(v.Modified[i], 0).UTC()
		}
		links = append(links, link)
	}
	if source.Attachments {
		for _, l := range v.Attachments {
			if r.inside(l, on) {
				links = append(links, Link{URL: l, Seed: on.Seed, From: on.URL, Attachment: true})
			}
		}
	}
	return links
}

// retry puts a link back for a later attempt, or gives it up.
func (r *run) retry(ctx context.Context, link Link, v Visit, cause error, after time.Duration) error {
	if link.Attempts+1 >= r.Options.MaxAttempts {
		return r.give(ctx, link, v, cause)
	}
	if err := r.Visits.Record(ctx, r.failedVisit(link, v, cause)); err != nil {
		return err
	}
	return r.Frontier.Done(ctx, link, nil, r.now().Add(max(after, r.backoff(link.Attempts))))
}

func (r *run) failedVisit(link Link, v Visit, cause error) Visit {
	v.URL, v.Seed, v.From, v.Time, v.Error, v.Failure = link.URL, link.Seed, link.From, r.now(), cause.Error(), failing(cause)
	return v
}

// give records that a page could not be read in this round. What it led to when
// it could be read is still followed.
func (r *run) give(ctx context.Context, link Link, v Visit, cause error) error {
	if err := r.Visits.Record(ctx, r.failedVisit(link, v, cause)); err != nil {
		return err
	}
	var found []Link
	if !errors.Is(cause, errDisallowed) {
		found = r.found(link, v)
	}
	if err := r.Frontier.Done(ctx, link, found, time.Time{}); err != nil {
		return err
	}
	r.fail(link, cause)
	return nil
}

// maxFailures is how many failures are kept in Totals besides those of seeds.
const maxFailures = 1000

func (r *run) fail(link Link, cause error) {
	seed := link.From == ""
	totals := r.count(link.Seed, func(t *Totals) {
		if errors.Is(cause, errDisallowed) && !seed {
			t.Disallowed++
			return
		}
		t.Failed++
		if !seed && len(t.Failures) >= maxFailures {
			return
		}
		t.Failures = append(t.Failures, Failure{URL: link.URL, From: link.From, Source: link.Seed, Seed: seed, Err: cause})
	})
	r.tell(link, Event{Outcome: Failed, Err: cause, Totals: totals})
}

// done records a page that was read and queues its links.
func (r *run) done(ctx context.Context, link Link, v Visit, outcome Outcome) error {
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	if err := r.Frontier.Done(ctx, link, r.found(link, v), time.Time{}); err != nil {
		return err
	}
	totals := r.count(link.Seed, func(t *Totals) {
		if !v.gone() {
			t.Pages++
		}
		switch {
		case v.gone() && outcome != Withdrawn:
			t.Gone++ // the publisher knew
		case v.Overview:
			t.Overviews++
		case outcome == New:
			t.New++
		case outcome == Changed:
			t.Changed++
		case outcome == Unchanged:
			t.Unchanged++
		case outcome == Withdrawn:
			t.Withdrawn++
		case outcome == Held:
			t.Held++
		}
	})
	r.tell(link, Event{Outcome: outcome, Totals: totals})
	return nil
}

// count changes the totals of the run and those of the round of a source, and
// returns the first.
func (r *run) count(seed string, change func(*Totals)) Totals {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r.roundOf(seed))
	change(&r.totals)
	return r.totals
}

// roundOf returns the totals of the round of a source; the caller holds the lock.
func (r *run) roundOf(seed string) *Totals {
	round := r.rounds[seed]
	if round == nil {
		round = &Totals{}
		r.rounds[seed] = round
	}
	return round
}

// round returns the totals of the round of a source.
func (r *run) round(seed string) Totals {
	r.mu.Lock()
	defer r.mu.Unlock()
	return *r.roundOf(seed)
}

func (r *run) tell(link Link, e Event) {
	if r.Progress != nil {
		e.URL, e.Source = link.URL, link.Seed
		r.Progress(e)
	}
}

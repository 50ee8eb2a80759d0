package harvester

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	Timeout     time.Duration // of one request; 60 s
	Parallel    int           // pages under way at once; 4
	PerHost     int           // requests under way at one host; 1
	Delay       time.Duration // between the starts of two requests at one host; 0. A Crawl-delay that is longer wins
	MaxAttempts int           // per page and run; 3
	Backoff     time.Duration // before the second attempt, doubled for each next; 1 s
	MaxPages    int           // requests for pages in one run; 1,000,000
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
	set(&o.Parallel, 4)
	set(&o.PerHost, 1)
	set(&o.MaxAttempts, 3)
	set(&o.MaxPages, 1_000_000)
	return o
}

// Harvester crawls from seeds and hands each page that states something to
// Accept. Its fields are set before Run and not changed after.
type Harvester struct {
	Frontier Frontier
	Visits   Visits
	Blobs    Blobs
	Client   Doer
	// Accept takes a page over, durably, and says what became of it: New,
	// Changed, Unchanged, Withdrawn or Held. It is called by several goroutines
	// at once, and again for the same page after a crash.
	Accept func(context.Context, besluit.Publicatie) (Outcome, error)
	// Progress, if set, is told of each page when it is done, by several
	// goroutines at once.
	Progress func(Event)
	Options  Options
	Now      func() time.Time // nil: time.Now
}

// Event tells of one page that is done.
type Event struct {
	URL     string
	Outcome Outcome // "" for an overview page
	Err     error   // why it failed
	Totals  Totals
}

// Failure is a page that could not be read.
type Failure struct {
	URL, From string
	Seed      bool // it is one of the addresses that the run began with
	Err       error
}

// Totals counts one run.
type Totals struct {
	Pages       int `json:"pages"` // read, overview pages included
	Overviews   int `json:"overviews"`
	New         int `json:"new"`
	Changed     int `json:"changed"`
	Unchanged   int `json:"unchanged"`
	Withdrawn   int `json:"withdrawn"`
	Held        int `json:"held"`
	Gone        int `json:"gone"` // not there: withdrawn before, or 410 and never seen
	Failed      int `json:"failed"`
	Disallowed  int `json:"disallowed"` // left alone because robots.txt asks so
	Requests    int `json:"requests"`   // robots.txt not counted
	NotModified int `json:"not_modified"`
	// Failures are all seeds that failed, and the first thousand other pages.
	Failures []Failure `json:"-"`
}

// run is one Run under way.
type run struct {
	*Harvester
	manners *manners
	mu      sync.Mutex // guards totals
	totals  Totals
}

// Run harvests until nothing is left to fetch. It goes on with a run that a
// crash cut off. The error is about this program or its disk; what went wrong
// on the web is in Totals.Failures.
func (h *Harvester) Run(ctx context.Context, seeds []string) (Totals, error) {
	own := *h
	own.Options = h.Options.withDefaults()
	r := &run{Harvester: &own, manners: newManners(&own)}
	links := make([]Link, 0, len(seeds))
	for _, seed := range seeds {
		clean, ok := CleanURL(seed)
		if !ok {
			r.fail(Link{URL: seed, Seed: seed}, fmt.Errorf("read address %q: want an http or https address", seed))
			continue
		}
		links = append(links, Link{URL: clean, Seed: clean})
	}
	if err := r.Frontier.Begin(ctx, links); err != nil {
		return r.totals, fmt.Errorf("begin harvest: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	for range r.Options.Parallel {
		group.Go(func() error { return r.work(ctx) })
	}
	err := group.Wait()
	return r.totals, err
}

func (h *Harvester) now() time.Time {
	if h.Now != nil {
		return h.Now()
	}
	return time.Now()
}

func (r *run) work(ctx context.Context) error {
	for {
		link, err := r.manners.next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = r.visit(ctx, link)
		r.manners.release(host(link.URL))
		if err != nil {
			return err
		}
	}
}

// visit fetches and reads one link and takes it off the queue.
func (r *run) visit(ctx context.Context, link Link) error {
	u, err := url.Parse(link.URL)
	if err != nil {
		return r.give(ctx, link, Visit{URL: link.URL}, fmt.Errorf("read address: %w", err))
	}
	last, _, err := r.Visits.Last(ctx, link.URL)
	if err != nil {
		return err
	}
	if down := r.manners.down(u.Host); down != nil {
		return r.give(ctx, link, last, fmt.Errorf("fetch %s: nothing more is asked of this host in this run: %w", link.URL, down))
	}
	rules := r.manners.rules(ctx, u)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if rules.unread != nil {
		r.manners.failed(u.Host, rules.unread, 0)
		return r.retry(ctx, link, last, fmt.Errorf("fetch %s: %w", link.URL, rules.unread), 0)
	}
	if !rules.allow(u) {
		return r.give(ctx, link, last, fmt.Errorf("fetch %s: %w", link.URL, errDisallowed))
	}
	if r.count(func(t *Totals) { t.Requests++ }).Requests > r.Options.MaxPages {
		return fmt.Errorf("harvest: more than %d requests in one run; raise the bound or name fewer seeds", r.Options.MaxPages)
	}
	r.manners.starts(u.Host)
	p, err := r.get(ctx, link.URL, last, r.Options.MaxBody)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errTooLarge):
		r.manners.answered(u.Host)
		return r.give(ctx, link, withStatus(last, p), err)
	case err != nil:
		r.manners.failed(u.Host, err, 0)
		return r.retry(ctx, link, last, err, 0)
	case p.busy():
		err := statusError(link.URL, p.status)
		r.manners.failed(u.Host, err, p.retryAfter)
		return r.retry(ctx, link, withStatus(last, p), err, p.retryAfter)
	}
	r.manners.answered(u.Host)
	return r.answer(ctx, link, last, p)
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
	return r.give(ctx, link, withStatus(last, p), statusError(link.URL, p.status))
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
	v := withStatus(last, p)
	if v.Missing.IsZero() {
		v.Missing = r.now()
	}
	return r.give(ctx, link, v, fmt.Errorf("%w; it counts as withdrawn when it is still missing after %s", statusError(link.URL, p.status), v.Missing.Add(patience).UTC().Format(time.DateTime)))
}

func withStatus(v Visit, p *page) Visit {
	v.Status = p.status
	return v
}

// maxLinks is how many links one page may hold. The largest overview pages of
// Flemish cities have some ten thousands.
const maxLinks = 100_000

// ok reads a body.
func (r *run) ok(ctx context.Context, link Link, last Visit, p *page) error {
	sum := sha256.Sum256(p.body)
	hash := hex.EncodeToString(sum[:])
	if hash == last.SHA256 {
		return r.unchanged(ctx, link, last, p)
	}
	content, err := read(link.URL, p)
	if err != nil {
		return r.give(ctx, link, withStatus(last, p), err)
	}
	if len(content.links) > maxLinks {
		return r.give(ctx, link, withStatus(last, p), fmt.Errorf("read %s: the page leads to %d others, more than the bound of %d", link.URL, len(content.links), maxLinks))
	}
	// A page that stated something before and does not now is for the publisher
	// to judge.
	states := !content.feed && (content.states() || last.published() && len(content.links) > 0)
	if !states && !content.feed && len(content.links) == 0 {
		return r.give(ctx, link, withStatus(last, p), fmt.Errorf("read %s: the page has no linked data: no RDFa that gives anything a type, and no links to publications", link.URL))
	}
	if _, err := r.Blobs.Put(ctx, p.body); err != nil {
		return err
	}
	now := r.now()
	outcome := Outcome("")
	if states {
		outcome, err = r.Accept(ctx, besluit.Publicatie{
			Pagina: link.URL, Bron: link.Seed, Opgehaald: now, Status: p.status, MediaType: p.mediaType,
			Ruw: hash, Tekst: content.text, Quads: content.quads, Subjects: content.subjects, Findings: content.findings,
		})
		if err != nil {
			return fmt.Errorf("accept %s: %w", link.URL, err)
		}
	}
	v := Visit{
		URL: link.URL, Seed: link.Seed, From: link.From, Time: now, Status: p.status, MediaType: p.mediaType,
		Success: now, ETag: p.etag, LastModified: p.lastModified, SHA256: hash, Links: content.links,
		Overview: !states, Title: content.title,
	}
	return r.done(ctx, link, v, outcome)
}

func (r *run) unchanged(ctx context.Context, link Link, last Visit, p *page) error {
	v := last
	v.Seed, v.From, v.Time, v.Status, v.Error, v.Redirect = link.Seed, link.From, r.now(), p.status, "", ""
	v.Success, v.Missing = v.Time, time.Time{}
	if p.status == http.StatusNotModified {
		r.count(func(t *Totals) { t.NotModified++ })
	}
	return r.done(ctx, link, v, Unchanged)
}

// withdrawn tells the publisher that a page that it has is there no more.
func (r *run) withdrawn(ctx context.Context, link Link, last Visit, p *page) error {
	outcome, err := r.withdraw(ctx, link, p)
	if err != nil {
		return err
	}
	now := r.now()
	v := Visit{URL: link.URL, Seed: link.Seed, From: link.From, Time: now, Status: p.status, Success: now, Title: last.Title}
	return r.done(ctx, link, v, outcome)
}

func (r *run) withdraw(ctx context.Context, link Link, p *page) (Outcome, error) {
	outcome, err := r.Accept(ctx, besluit.Publicatie{
		Pagina: link.URL, Bron: link.Seed, Opgehaald: r.now(), Status: p.status, Ingetrokken: true,
	})
	if err != nil {
		return "", fmt.Errorf("accept withdrawal of %s: %w", link.URL, err)
	}
	return outcome, nil
}

// gone records a page that was withdrawn before, or taken away on purpose
// before it was ever seen.
func (r *run) gone(ctx context.Context, link Link, last Visit, p *page) error {
	v := Visit{URL: link.URL, Seed: link.Seed, From: link.From, Time: r.now(), Status: p.status, Success: last.Success, Title: last.Title}
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	r.count(func(t *Totals) { t.Gone++ })
	return r.Frontier.Done(ctx, link, nil, time.Time{})
}

// maxRedirects is how many redirects in a row are followed.
const maxRedirects = 5

func (r *run) redirect(ctx context.Context, link Link, last Visit, p *page) error {
	from, err := url.Parse(link.URL)
	if err != nil {
		return err
	}
	to, err := from.Parse(p.location)
	if err != nil {
		return r.give(ctx, link, withStatus(last, p), fmt.Errorf("fetch %s: redirect to unreadable address %q", link.URL, p.location))
	}
	clean, ok := CleanURL(to.String())
	if !ok || len(link.Via) >= maxRedirects {
		return r.give(ctx, link, withStatus(last, p), fmt.Errorf("fetch %s: redirect to %s is not followed (at most %d in a row, http or https)", link.URL, to, maxRedirects))
	}
	via := append(slices.Clone(link.Via), link.URL)
	if slices.Contains(via, clean) {
		return r.give(ctx, link, withStatus(last, p), fmt.Errorf("fetch %s: redirects go round in a circle; some sites do so to visitors who take no cookies", link.URL))
	}
	next := Link{URL: clean, Seed: link.Seed, From: link.URL, Via: via}
	// A seed may send us to the host where the site lives now: then that is
	// the seed.
	if link.From == "" {
		next.Seed, next.From = clean, ""
	}
	if !r.inside(next.URL, link) && link.From != "" {
		return r.give(ctx, link, withStatus(last, p), fmt.Errorf("fetch %s: redirect to another host, %s", link.URL, host(clean)))
	}
	v := last
	outcome := Outcome("")
	if last.published() && p.moved() {
		// What the page stated is told at its new address from now on. What is
		// elsewhere only for a while stays.
		if outcome, err = r.withdraw(ctx, link, p); err != nil {
			return err
		}
		v = Visit{Title: last.Title}
	}
	v.URL, v.Seed, v.From, v.Time, v.Status, v.Error, v.Redirect = link.URL, link.Seed, link.From, r.now(), p.status, "", clean
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	if err := r.Frontier.Done(ctx, link, []Link{next}, time.Time{}); err != nil {
		return err
	}
	if outcome == Withdrawn {
		r.tell(Event{URL: link.URL, Outcome: outcome, Totals: r.count(func(t *Totals) { t.Withdrawn++ })})
	}
	return nil
}

// inside reports whether a link found while visiting from stays on its host or
// on that of the seed.
func (r *run) inside(to string, from Link) bool {
	name := host(to)
	return r.Options.FollowHosts || name == host(from.URL) || name == host(from.Seed)
}

// retry puts a link back for a later attempt, or gives it up.
func (r *run) retry(ctx context.Context, link Link, last Visit, cause error, after time.Duration) error {
	if link.Attempts+1 >= r.Options.MaxAttempts {
		return r.give(ctx, link, last, cause)
	}
	return r.Frontier.Done(ctx, link, nil, r.now().Add(max(after, r.backoff(link.Attempts))))
}

// give records that a page could not be read in this run.
func (r *run) give(ctx context.Context, link Link, v Visit, cause error) error {
	v.URL, v.Seed, v.From, v.Time, v.Error = link.URL, link.Seed, link.From, r.now(), cause.Error()
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	if err := r.Frontier.Done(ctx, link, nil, time.Time{}); err != nil {
		return err
	}
	r.fail(link, cause)
	return nil
}

// maxFailures is how many failures are kept in Totals besides those of seeds.
const maxFailures = 1000

func (r *run) fail(link Link, cause error) {
	seed := link.From == ""
	totals := r.count(func(t *Totals) {
		if errors.Is(cause, errDisallowed) && !seed {
			t.Disallowed++
			return
		}
		t.Failed++
		if !seed && len(t.Failures) >= maxFailures {
			return
		}
		t.Failures = append(t.Failures, Failure{URL: link.URL, From: link.From, Seed: seed, Err: cause})
	})
	r.tell(Event{URL: link.URL, Outcome: Failed, Err: cause, Totals: totals})
}

// done records a page that was read and queues its links.
func (r *run) done(ctx context.Context, link Link, v Visit, outcome Outcome) error {
	if err := r.Visits.Record(ctx, v); err != nil {
		return err
	}
	found := make([]Link, 0, len(v.Links))
	for _, l := range v.Links {
		if r.inside(l, link) {
			found = append(found, Link{URL: l, Seed: link.Seed, From: link.URL})
		}
	}
	if err := r.Frontier.Done(ctx, link, found, time.Time{}); err != nil {
		return err
	}
	totals := r.count(func(t *Totals) {
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
	r.tell(Event{URL: link.URL, Outcome: outcome, Totals: totals})
	return nil
}

func (r *run) count(change func(*Totals)) Totals {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.totals)
	return r.totals
}

func (r *run) tell(e Event) {
	if r.Progress != nil {
		r.Progress(e)
	}
}

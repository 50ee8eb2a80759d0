package site

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
)

// Bounds on the check of a whole website.
const (
	CrawlPages   = 200 // requests for pages
	crawlTime    = 10 * time.Minute
	crawlsAtOnce = 2
)

// textsMost bounds the sources that go along with the report of a batch: those
// after it are told without their lines.
const textsMost = 64 << 20

// CrawledPage is a page that the check of a whole website came by. It was
// validated, or it only leads to others, or it could not be read.
type CrawledPage struct {
	URL      string
	Checked  *Checked
	Overview bool
	Reason   rdf.Text // why it could not be read
}

// The states of a batch. One that says it runs while nothing runs was cut off
// by the end of the program.
const (
	batchRunning = "loopt"
	batchDone    = "klaar"
	batchFull    = "vol" // a bound ended it
	batchStopped = "gestopt"
	batchFailed  = "mislukt"
	batchCut     = "afgebroken"
)

// keptBatch is a report about several documents: files, or the pages of a
// website.
type keptBatch struct {
	Address        string // "" for files
	Profile        oslo.Profile
	Started, Ended time.Time
	State          string
	Reason         rdf.Text // why it failed
	Overviews      int
	Pages          []batchPage
}

// batchPage is one document of a batch.
type batchPage struct {
	URL      string
	Report   string // id of its own report, "" if it could not be read
	Profile  oslo.Profile
	Counts   [3]int
	Conforms bool
	Niveau   string // level reached, "" if the profile has none
	// NiveauOpen is set where level 2 below it was not assessed.
	NiveauOpen bool
	Triples    int
	Fout       rdf.Text
	Rules      []batchRule
}

// batchRule counts the findings of one rule in one document.
type batchRule struct {
	Code     string
	Severity rdf.Severity
	Count    int
}

func (b *keptBatch) failed(url string, reason rdf.Text) {
	b.Pages = append(b.Pages, batchPage{URL: url, Fout: reason})
}

// addPage keeps the report of one document and adds it to that of the batch,
// which is not kept yet.
func (s *site) addPage(ctx context.Context, batch *record, until time.Time, k *keptDocument) error {
	one := &record{ID: newID(), Made: s.Now(), Key: batch.Key, Batch: batch.ID, Document: k}
	if err := s.keep(ctx, one, until); err != nil {
		return err
	}
	page := batchPage{URL: k.Source, Report: one.ID, Profile: k.Profile, Counts: k.Counts, Conforms: k.Conforms, Triples: k.Triples}
	if k.Profile.Graded() {
		level, open := k.Maturity.Level()
		page.Niveau, page.NiveauOpen = cmp.Or(level.String(), "0"), open
	}
	at := map[string]int{}
	for _, f := range k.Findings {
		i, ok := at[f.Rule]
		if !ok {
			i = len(page.Rules)
			at[f.Rule] = i
			page.Rules = append(page.Rules, batchRule{Code: f.Rule})
		}
		page.Rules[i].Count++
		page.Rules[i].Severity = max(page.Rules[i].Severity, f.Severity)
	}
	batch.Several.Pages = append(batch.Several.Pages, page)
	return nil
}

// crawls are the checks of whole websites under way. The zero crawls is ready
// for use.
type crawls struct {
	mu   sync.Mutex
	jobs map[string]*crawl // by the id of the report
}

type crawl struct {
	host   string
	cancel context.CancelFunc
	done   chan struct{}
}

// begin takes a place for a crawl, unless there is none or somebody is checking
// that website already.
func (c *crawls) begin(id, host string, cancel context.CancelFunc) (*crawl, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, other := range c.jobs {
		if other.host == host {
			return nil, failure{http.StatusConflict, "validator.bezig"}
		}
	}
	if len(c.jobs) >= crawlsAtOnce {
		return nil, failure{http.StatusServiceUnavailable, "validator.druk"}
	}
	if c.jobs == nil {
		c.jobs = map[string]*crawl{}
	}
	job := &crawl{host, cancel, make(chan struct{})}
	c.jobs[id] = job
	return job, nil
}

func (c *crawls) end(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.jobs[id].done)
	delete(c.jobs, id)
}

func (c *crawls) running(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jobs[id] != nil
}

// stop ends a crawl and waits until it wrote its last word.
func (c *crawls) stop(id string) {
	c.mu.Lock()
	job := c.jobs[id]
	c.mu.Unlock()
	if job != nil {
		job.cancel()
		<-job.done
	}
}

// startCrawl begins the check of a whole website and returns the address of its
// report.
func (s *site) startCrawl(r *http.Request, in submission) (at string, err error) {
	if s.Crawl == nil {
		return "", failure{http.StatusNotImplemented, "fout.uit"}
	}
	address := webAddress(in.URL)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", failure{http.StatusUnprocessableEntity, "validator.geenadres"}
	}
	rec, key := s.newRecord()
	rec.Several = &keptBatch{Address: address, Profile: in.Profile, Started: s.Now(), State: batchRunning}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), crawlTime)
	if _, err := s.crawls.begin(rec.ID, strings.ToLower(u.Host), cancel); err != nil {
		cancel()
		return "", err
	}
	until := s.Now().Add(keptShort)
	if err := s.keep(r.Context(), rec, until); err != nil {
		s.crawls.end(rec.ID)
		cancel()
		return "", err
	}
	go func() {
		defer cancel()
		defer s.crawls.end(rec.ID)
		s.crawl(ctx, rec, until)
	}()
	return link(dutch, reportPath(rec.ID), "sleutel", key), nil
}

// crawl goes through a website and writes down each page as it comes.
func (s *site) crawl(ctx context.Context, rec *record, until time.Time) {
	batch := rec.Several
	var trouble error // of this program
	err := s.Crawl(ctx, batch.Address, batch.Profile, func(p CrawledPage) {
		switch {
		case trouble != nil || ctx.Err() != nil:
			return
		case p.Checked != nil:
			trouble = s.addPage(ctx, rec, until, keepDocument(*p.Checked, "", batch.Profile != ""))
		case p.Overview:
			batch.Overviews++
		default:
			batch.failed(p.URL, p.Reason)
		}
		if trouble == nil {
			trouble = s.keep(ctx, rec, until)
		}
	})
	var fetch *FetchError
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded), errors.Is(err, ErrCrawlBound):
		batch.State = batchFull
	case ctx.Err() != nil:
		batch.State = batchStopped
	case errors.As(err, &fetch):
		batch.State, batch.Reason = batchFailed, fetch.Reason
	case cmp.Or(trouble, err) != nil:
		batch.State = batchFailed
		s.Log.LogAttrs(ctx, slog.LevelError, "check of a website failed", slog.Any("error", errors.Join(trouble, err)))
	default:
		batch.State = batchDone
	}
	batch.Ended = s.Now()
	if err := s.keep(context.WithoutCancel(ctx), rec, until); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "report of a website is lost", slog.Any("error", err))
	}
}

// ErrCrawlBound is what a crawl returns that ended at its bound of pages.
var ErrCrawlBound = errors.New("crawl ended at its bound")

// batchReport is the page of the report of several documents.
type batchReport struct {
	*reportHead
	Batch     *keptBatch
	Stand     string // the state, for a message
	Loopt     bool
	Duur      int    // seconds so far
	Titel     string // of the profile, "" if it followed each document
	Gelezen   int
	Mislukt   int
	Goed      int
	Tellingen []tally
	Regels    []ruleGroup
	Paginas   []batchLine
	Rapporten []crumb
	Grens     int
}

// batchLine is a document in the table of a batch.
type batchLine struct {
	batchPage
	Href      string
	Titel     rdf.Text
	Tellingen []tally
}

func (s *site) batchPage(w http.ResponseWriter, r *http.Request, rec *record, until time.Time) error {
	b := rec.Several
	h := s.reportHead(r, rec, until)
	h.Bron = b.Address
	d := batchReport{reportHead: h, Batch: b, Stand: b.State, Grens: CrawlPages}
	end := b.Ended
	if b.State == batchRunning {
		if d.Loopt = s.crawls.running(rec.ID); !d.Loopt {
			d.Stand = batchCut
		}
		end = s.Now()
	}
	if !end.IsZero() {
		d.Duur = int(end.Sub(b.Started).Seconds())
	}
	if b.Profile != "" {
		d.Titel = inLanguage(language(r), b.Profile.Title())
	}
	var counts [3]int
	for _, page := range b.Pages {
		line := batchLine{batchPage: page, Titel: page.Profile.Title(), Tellingen: talliesOf(page.Counts)}
		if page.Report == "" {
			d.Mislukt++
		} else {
			d.Gelezen++
			line.Href = s.reportLink(r, page.Report, h.Sleutel)
			if page.Conforms {
				d.Goed++
			}
		}
		for i, n := range page.Counts {
			counts[i] += n
		}
		d.Paginas = append(d.Paginas, line)
	}
	d.Tellingen = talliesOf(counts)
	slices.SortStableFunc(d.Paginas, func(a, b batchLine) int { // the worst first
		return cmp.Or(cmp.Compare(b.Counts[rdf.Violation], a.Counts[rdf.Violation]), cmp.Compare(b.Counts[rdf.Warning], a.Counts[rdf.Warning]),
			cmp.Compare(b.Counts[rdf.Info], a.Counts[rdf.Info]))
	})
	d.Regels = s.batchRules(r, b, h.Sleutel)
	for _, f := range reportForms {
		d.Rapporten = append(d.Rapporten, crumb{s.partLink(r, h, "bevindingen"+f.suffix), f.title})
	}
	p := s.newPage(r, "rapporten")
	p.Robots, p.Deel = "noindex, nofollow", "validator"
	if b.Address != "" {
		p.Titel = message(p.Taal, "rapporten.titel") + ": " + shortAddress(b.Address)
	}
	p.Data = d
	if d.Loopt { // a script may ask how it goes
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "default-src 'none';", "default-src 'none'; connect-src 'self';", 1)+"'self'")
		w.Header().Set("Cache-Control", "no-store")
	}
	return s.write(w, r, http.StatusOK, p)
}

// batchRules sums the findings of a batch up by rule, with the documents that
// have most of them.
func (s *site) batchRules(r *http.Request, b *keptBatch, key string) []ruleGroup {
	type hit struct {
		page batchPage
		n    int
	}
	hits := map[string][]hit{}
	var groups []ruleGroup
	at := map[string]int{}
	for _, page := range b.Pages {
		for _, rule := range page.Rules {
			i, ok := at[rule.Code]
			if !ok {
				i = len(groups)
				at[rule.Code] = i
				known, isKnown := oslo.LookupRule(rule.Code)
				g := ruleGroup{Code: rule.Code, Titel: titleOfRule(known.Title), Niveau: known.Level.String(), Bekend: isKnown}
				if !isKnown {
					g.Titel = rdf.Text{NL: rule.Code, EN: rule.Code}
				}
				groups = append(groups, g)
			}
			g := &groups[i]
			g.Aantal += rule.Count
			g.Paginas++
			if g.Ernst == "" || rule.Severity > severityNamed(g.Ernst) {
				g.Ernst = rule.Severity.String()
			}
			hits[rule.Code] = append(hits[rule.Code], hit{page, rule.Count})
		}
	}
	for i := range groups {
		list := hits[groups[i].Code]
		slices.SortStableFunc(list, func(a, b hit) int { return cmp.Compare(b.n, a.n) })
		for _, h := range list[:min(len(list), 3)] {
			groups[i].Adressen = append(groups[i].Adressen, crumb{s.reportLink(r, h.page.Report, key, "regel", groups[i].Code) + "#bevindingen", shortAddress(h.page.URL)})
		}
	}
	slices.SortStableFunc(groups, func(a, b ruleGroup) int {
		return cmp.Or(cmp.Compare(severityNamed(b.Ernst), severityNamed(a.Ernst)), cmp.Compare(b.Paginas, a.Paginas), cmp.Compare(b.Aantal, a.Aantal))
	})
	return groups
}

// documentsOf gives the documents of a report back, those of a batch in its
// order.
func (s *site) documentsOf(ctx context.Context, rec *record) ([]report.Document, error) {
	if rec.Document != nil {
		return []report.Document{rec.Document.document()}, nil
	}
	var out []report.Document
	size := 0
	for _, page := range rec.Several.Pages {
		if page.Report == "" {
			continue
		}
		one, _, err := s.kept(ctx, page.Report)
		if f := (failure{}); errors.As(err, &f) || err == nil && one.Document == nil {
			continue // it made way for others
		}
		if err != nil {
			return nil, err
		}
		d := one.Document.document()
		if size += len(d.Text); size > textsMost {
			d.Text = nil
		}
		out = append(out, d)
	}
	return out, nil
}

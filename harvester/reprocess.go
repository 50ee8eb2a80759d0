package harvester

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/belfort-lod/belfort/rdf/nquads"
)

// Reprocess reads and judges anew everything that is stored, without a request:
// after a parser was mended, or the rules by which pages are judged have changed.
// Each page is judged as of the time when what it says was first seen, so that
// one whose graph and findings come out as they were writes nothing in the
// ledger. Pages that could be fetched and not be read are read again too. What
// can not be read any more stays as it was, and counts as failed.
//
// The links that a page turns out to have are for the next harvest. Totals count
// as those of a run, without requests; Gone counts contents that were erased. The
// error is about this program or its disk; the same call can be made again.
func (h *Harvester) Reprocess(ctx context.Context) (Totals, error) {
	all := make(chan string)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(all)
		for v, err := range h.Visits.All(ctx) {
			if err != nil {
				return err
			}
			if v.Seed == "" { // the rules of a host
				continue
			}
			select {
			case all <- v.URL:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	var total Totals
	var mu, feeds sync.Mutex // mu guards total
	options := h.Options.withDefaults()
	for range options.Parallel {
		group.Go(func() error {
			a := &again{visits: h.Visits, feeds: &feeds}
			own := *h
			own.Visits, own.Progress = &a.relearned, nil
			a.relearned = relearned{Visits: h.Visits}
			var err error
			if a.run, err = own.detached(ctx, func() time.Time { return a.now }); err != nil {
				return err
			}
			for url := range all {
				if err := a.page(ctx, url); err != nil {
					return fmt.Errorf("reprocess: %w", err)
				}
				mu.Lock()
				total.Add(a.totals)
				now := total
				mu.Unlock()
				a.totals = Totals{}
				if h.Progress != nil {
					h.Progress(Event{URL: url, Totals: now})
				}
			}
			return nil
		})
	}
	err := group.Wait()
	return total, err
}

// again reads pages anew, one after the other.
type again struct {
	*run
	visits    Visits
	relearned relearned
	now       time.Time
	feeds     *sync.Mutex // two feeds may hold versions of one thing
}

// page reads one page anew.
func (a *again) page(ctx context.Context, url string) error {
	last, _, err := a.visits.Last(ctx, url)
	if err != nil {
		return err
	}
	var newest, answer Visit // the answer that first had the body that stands
	body := ""
	for v, err := range a.visits.History(ctx, url) {
		if err != nil {
			return err
		}
		newest = v
		if b := v.body(); b != "" && b != body {
			if body = b; b == last.SHA256 {
				answer = v
			}
		}
	}
	a.relearned.newest = newest
	if isMember(last) {
		return a.member(ctx, last, newest)
	}
	if unread := newest.body(); newest.Error != "" && unread != "" && unread != last.SHA256 {
		a.relearned.read = true
		a.now = newest.Time
		read, err := a.read(ctx, last, last, newest)
		if err != nil || read {
			return err
		}
	}
	if last.SHA256 == "" {
		return nil
	}
	a.relearned.read = false
	a.now = answer.Time
	forgotten := last
	forgotten.SHA256 = "-" // something was published, and it was not this
	_, err = a.read(ctx, last, forgotten, answer)
	return err
}

// read reads the body of an answer as if it had come just now, and reports
// whether it could.
func (a *again) read(ctx context.Context, link, last, answer Visit) (bool, error) {
	hash := answer.body()
	body, err := a.Blobs.Get(ctx, hash)
	if errors.Is(err, fs.ErrNotExist) {
		a.count(link.Seed, func(t *Totals) { t.Gone++ })
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p := &page{status: http.StatusOK, header: answer.Header, peer: answer.Peer, body: body, hash: hash,
		contentType: answer.Header.Get("Content-Type"), etag: validator(answer.Header.Get("ETag")), lastModified: validator(answer.Header.Get("Last-Modified"))}
	if answer.Header == nil { // from before headers were recorded
		p.contentType, p.etag, p.lastModified = answer.MediaType, answer.ETag, answer.LastModified
	}
	p.mediaType, _, _ = mime.ParseMediaType(p.contentType)
	p.freshness = fresh(answer.Header, 0, p.lastModified, false, answer.Time, answer.Time)
	to := Link{URL: answer.URL, Seed: link.Seed, From: link.From, Attachment: link.Text != "" || link.Note != "", Listed: !a.relearned.read, Dropped: !link.Unlisted.IsZero()}
	if strings.Contains(p.mediaType, "json") || strings.Contains(p.mediaType, "turtle") || strings.Contains(p.mediaType, "trig") || strings.Contains(p.mediaType, "n-quads") {
		a.feeds.Lock()
		defer a.feeds.Unlock()
	}
	failed := a.totals.Failed
	err = a.ok(ctx, to, last, p)
	return a.totals.Failed == failed, err
}

// member takes what a page of a feed said of one thing over anew.
func (a *again) member(ctx context.Context, last, newest Visit) error {
	if !last.published() {
		return nil
	}
	text, err := a.Blobs.Get(ctx, last.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		a.count(last.Seed, func(t *Totals) { t.Gone++ })
		return nil
	}
	if err != nil {
		return err
	}
	m := member{name: last.URL}
	if m.quads, err = nquads.Parse(text); err != nil {
		return fmt.Errorf("read %s: %w", last.URL, err)
	}
	m.at, _ = parseTime(last.LastModified)
	a.now, a.relearned.read, a.relearned.forget = newest.Time, true, last.URL
	defer func() { a.relearned.forget = "" }()
	return a.run.member(ctx, Link{URL: last.From, Seed: last.Seed}, m)
}

// relearned is the evidence while it is read anew: it takes from a visit what
// follows from its body, and leaves the fetches as they were.
type relearned struct {
	Visits
	newest Visit
	read   bool // the newest visit could not be read before: what is recorded now is that visit
	forget string
}

// Last implements Visits.
func (r *relearned) Last(ctx context.Context, url string) (Visit, bool, error) {
	v, ok, err := r.Visits.Last(ctx, url)
	if url == r.forget {
		v.SHA256 = "-"
	}
	return v, ok, err
}

// Record implements Visits.
func (r *relearned) Record(ctx context.Context, v Visit) error {
	if v.URL != r.newest.URL || v.Error != "" {
		if isMember(v) { // of a feed that is read anew
			return r.Visits.Record(ctx, v)
		}
		return nil
	}
	if r.read {
		return r.Visits.Record(ctx, v)
	}
	last, _, err := r.Visits.Last(ctx, v.URL)
	if err != nil {
		return err
	}
	learn := func(to Visit) Visit {
		to.Links, to.Modified, to.Attachments, to.Sitemap = v.Links, v.Modified, v.Attachments, v.Sitemap
		to.Unread, to.Overview, to.Title, to.Canonical, to.Text, to.Note, to.Sitting = v.Unread, v.Overview, v.Title, v.Canonical, v.Text, v.Note, v.Sitting
		return to
	}
	if reflect.DeepEqual(last, learn(last)) {
		return nil
	}
	return r.Visits.Record(ctx, learn(r.newest))
}

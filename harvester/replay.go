package harvester

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/harvester/warc"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
)

// Replayed counts what a replay did. Its Totals count as those of a run, without
// requests.
type Replayed struct {
	Totals
	Fetches int `json:"fetches"` // that the archive holds evidence of
	Known   int `json:"known"`   // fetches that are not newer than the last of their address
	// Passed are records that are not of pages: of other kinds, other media types,
	// or answers of other archives that state nothing.
	Passed   int `json:"passed"`
	Bodiless int `json:"bodiless"` // answers whose content is not in the archive, nor kept here
	Damaged  int `json:"damaged"`  // records whose content is not what their digest says
	// Info is what the archive says of itself.
	Info warc.Fields `json:"-"`
}

// Replay reads a web archive and does with each answer in it what Run does with
// one that comes from the web, at the time when it was fetched: it is judged,
// taken over and recorded as it was then. Nothing is asked of anybody. What an
// Archive wrote makes the same ledger and the same evidence again, as long as
// the same program judges it.
//
// Archives of other crawlers are read for their pages that state something.
// Fetches that are not newer than the last one of their address are passed over,
// so that a replay that was cut off goes on where it was. The error is a
// *warc.SyntaxError for what is no archive; other errors are about this program
// or its disk.
func (h *Harvester) Replay(ctx context.Context, archive io.Reader) (Replayed, error) {
	p := &replay{from: warc.NewReader(archive)}
	var err error
	if p.run, err = h.detached(ctx, func() time.Time { return p.now }); err != nil {
		return p.out, err
	}
	err = p.all(ctx)
	p.out.Totals = p.totals
	if err != nil {
		return p.out, fmt.Errorf("replay archive: %w", err)
	}
	return p.out, nil
}

// Add adds the totals of another run.
func (t *Totals) Add(o Totals) {
	for _, c := range [...]struct {
		to   *int
		more int
	}{
		{&t.Pages, o.Pages}, {&t.Overviews, o.Overviews}, {&t.New, o.New}, {&t.Changed, o.Changed}, {&t.Unchanged, o.Unchanged},
		{&t.Withdrawn, o.Withdrawn}, {&t.Held, o.Held}, {&t.Copies, o.Copies}, {&t.Skipped, o.Skipped}, {&t.Gone, o.Gone},
		{&t.Failed, o.Failed}, {&t.Left, o.Left}, {&t.Disallowed, o.Disallowed}, {&t.Requests, o.Requests}, {&t.NotModified, o.NotModified},
	} {
		*c.to += c.more
	}
	t.Failures = append(t.Failures, o.Failures...)
}

// detached returns a run that asks nothing of the web and has a clock of its own.
func (h *Harvester) detached(ctx context.Context, now func() time.Time) (*run, error) {
	own := *h
	own.Options.FollowHosts = true // which links may be followed was decided then
	own.Frontier, own.Client, own.Now = nowhere{}, nil, now
	return own.begin(ctx)
}

// nowhere is the Frontier of who fetches nothing.
type nowhere struct{}

func (nowhere) Begin(context.Context, time.Time, []Link) error { return nil }

func (nowhere) Next(context.Context, time.Time, func(string) bool) (Link, bool, time.Duration, error) {
	return Link{}, false, 0, io.EOF
}

func (nowhere) Done(context.Context, Link, []Link, time.Time) error { return nil }

func (nowhere) Dropped(context.Context, string) iter.Seq2[string, error] {
	return func(func(string, error) bool) {}
}

// replay is one Replay under way.
type replay struct {
	*run
	from *warc.Reader
	now  time.Time
	out  Replayed
	told told // by the metadata record before
}

// told is what a metadata record says of a fetch.
type told struct {
	of     string // the ID of the record of its answer
	fields warc.Fields
}

func (p *replay) all(ctx context.Context) error {
	for {
		record, err := p.from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if err := p.record(ctx, record); err != nil {
			return err
		}
	}
}

// maxWarcFields bounds the block of a record that only holds fields.
const maxWarcFields = 64 << 10

func (p *replay) record(ctx context.Context, record *warc.Record) error {
	if y := record.Date.Year(); y < 1990 || y > 2200 { // no time at which the web was there, and beyond what is counted in nanoseconds
		p.out.Passed++
		return nil
	}
	switch record.Type {
	case warc.Warcinfo:
		block, err := p.block(record, maxWarcFields)
		if p.out.Info == nil {
			p.out.Info = warc.ParseFields(block)
		}
		return err
	case warc.Metadata:
		block, err := p.block(record, maxWarcFields)
		if err != nil || block == nil {
			return err
		}
		p.told = told{record.Reference("WARC-Concurrent-To"), warc.ParseFields(block)}
		switch {
		case p.told.of != "":
		case p.told.fields.Get("status") != "":
			p.out.Fetches++
			return p.member(ctx, record, nil)
		case p.told.fields.Get("failure") != "":
			p.out.Fetches++
			return p.failure(ctx, record)
		}
		return nil
	case warc.Request:
		return nil
	case warc.Resource:
		if p.told.of != record.ID || p.told.fields.Get("status") == "" {
			break
		}
		p.out.Fetches++
		block, err := p.block(record, p.Options.MaxBody)
		if err != nil || block == nil {
			return err
		}
		return p.member(ctx, record, block)
	case warc.Response, warc.Revisit:
		p.out.Fetches++
		return p.answered(ctx, record)
	}
	p.out.Passed++
	return nil
}

// block reads a block that is no larger than bound and is what its digest says;
// nil if it is not.
func (p *replay) block(record *warc.Record, bound int64) ([]byte, error) {
	if record.Length > bound {
		p.out.Passed++
		return nil, nil
	}
	block := make([]byte, 0, record.Length+1)
	b := bytes.NewBuffer(block)
	if _, err := b.ReadFrom(p.from); err != nil {
		return nil, err
	}
	if err := warc.CheckDigest(record.Fields.Get("WARC-Block-Digest"), b.Bytes()); err != nil {
		p.out.Damaged++
		p.fail(Link{URL: record.TargetURI(), From: record.ID}, &warc.SyntaxError{Offset: record.Offset, Problem: "it is damaged", Err: err})
		return nil, nil
	}
	return b.Bytes(), nil
}

// link makes the link by which a fetch came about, if it is to be replayed. An
// archive that does not tell the source of a page has it from its website.
func (p *replay) link(ctx context.Context, record *warc.Record, fields warc.Fields) (link Link, last Visit, ok bool, err error) {
	clean, ok := CleanURL(record.TargetURI())
	if !ok {
		p.out.Passed++
		return link, last, false, nil
	}
	link = Link{URL: clean, Dropped: fields.Get("unlisted") != ""}
	link.From, _ = CleanURL(fields.Get("via"))
	if link.Seed, ok = CleanURL(fields.Get("seed")); !ok && !isRules(link) {
		link = ofWebsite(link)
	}
	last, known, err := p.Visits.Last(ctx, clean)
	if err != nil {
		return link, last, false, err
	}
	if known && !record.Date.After(last.Time) {
		p.out.Known++
		return link, last, false, nil
	}
	p.now = record.Date
	if link.From == "" {
		return link, last, true, nil
	}
	// How the page that leads to it calls it.
	from, _, err := p.Visits.Last(ctx, link.From)
	link.Listed = from.Sitemap && slices.Contains(from.Links, clean)
	link.Attachment = fields.Get("attachment") != "" || slices.Contains(from.Attachments, clean) && !slices.Contains(from.Links, clean)
	return link, last, true, err
}

// ofWebsite files a page of which nobody says the source under its website.
func ofWebsite(link Link) Link {
	u, err := url.Parse(link.URL)
	if err != nil { // it is clean
		return link
	}
	link.Seed = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
	if link.URL != link.Seed && link.From == "" {
		link.From = link.Seed
	}
	return link
}

// failure replays a fetch that got no answer.
func (p *replay) failure(ctx context.Context, record *warc.Record) error {
	fields := p.told.fields
	link, last, ok, err := p.link(ctx, record, fields)
	if err != nil || !ok {
		return err
	}
	cause := recordedError(fields)
	if isRules(link) {
		return p.rules(ctx, link, last, &page{peer: peerIn(fields)}, cause)
	}
	v := last
	if (Visit{Failure: failing(cause), Status: http.StatusOK}).asked() {
		v = p.seen(link, last, &page{peer: peerIn(fields)})
	}
	return p.give(ctx, link, v, cause)
}

// recorded is an error as it was recorded.
type recorded struct {
	text string
	is   error
}

func (e *recorded) Error() string { return e.text }

func (e *recorded) Unwrap() error { return e.is }

// recordedError returns the failure that a metadata record tells of, nil for none.
func recordedError(fields warc.Fields) error {
	text, kind := fields.Get("error"), Failing(fields.Get("failure"))
	if text == "" && kind == "" {
		return nil
	}
	err := &recorded{text: cmp.Or(text, string(kind))}
	if kind == FailedRobots {
		err.is = errDisallowed
	}
	return failed(kind, err)
}

func peerIn(fields warc.Fields) *Peer {
	p := Peer{Version: fields.Get("tls-version"), Name: fields.Get("tls-subject"), Issuer: fields.Get("tls-issuer"), Fingerprint: fields.Get("tls-fingerprint")}
	if p == (Peer{}) {
		return nil
	}
	p.NotAfter, _ = time.Parse(time.RFC3339Nano, fields.Get("tls-not-after"))
	return &p
}

// isRules reports whether a fetch was of the rules of a host, which are under
// no source.
func isRules(link Link) bool {
	u, err := url.Parse(link.URL)
	return err == nil && link.Seed == "" && u.Path == "/robots.txt"
}

// answered replays a fetch that got an answer.
func (p *replay) answered(ctx context.Context, record *warc.Record) error {
	var fields warc.Fields
	own := p.told.of == record.ID // only an Archive puts them before
	if own {
		fields = p.told.fields
	}
	link, last, ok, err := p.link(ctx, record, fields)
	if err != nil || !ok {
		return err
	}
	block, err := p.block(record, p.Options.MaxBody+maxHeader)
	if err != nil || block == nil {
		return err
	}
	page, err := p.page(ctx, record, block, last)
	if err != nil {
		return err
	}
	if page == nil {
		return nil
	}
	page.peer = peerIn(fields)
	cause := recordedError(fields)
	complete := page.status != http.StatusOK || page.hash != ""
	switch {
	case isRules(link) && own:
		return p.rules(ctx, link, last, page, cause)
	case !own:
		return p.foreign(ctx, link, last, page)
	case cause != nil && (!complete || page.status != http.StatusOK && page.status != http.StatusNotFound && page.status != http.StatusGone):
		// It is not for us to judge an answer of which we have not all.
		return p.give(ctx, link, p.seen(link, last, page), cause)
	case !complete:
		p.out.Bodiless++
		return nil
	}
	return p.answer(ctx, link, last, page)
}

// foreign replays an answer from the archive of another crawler, if it is one
// that this one would have kept.
func (p *replay) foreign(ctx context.Context, link Link, last Visit, page *page) error {
	link = ofWebsite(link)
	pass := !last.published() && page.status != http.StatusOK
	if page.status == http.StatusOK {
		if page.hash == "" {
			p.out.Bodiless++
			return nil
		}
		content, err := read(link.URL, page)
		pass = err != nil || !content.states() && len(content.links) == 0
	}
	if pass {
		p.out.Passed++
		return nil
	}
	return p.answer(ctx, link, last, page)
}

// page makes the answer from a record; nil if it can not be.
func (p *replay) page(ctx context.Context, record *warc.Record, block []byte, last Visit) (*page, error) {
	if record.Type == warc.Revisit && len(block) == 0 {
		// The profile tells what there was to say.
		block = []byte("HTTP/1.1 200 OK\r\n\r\n")
		if strings.HasSuffix(record.Fields.Get("WARC-Profile"), "/server-not-modified") {
			block = []byte("HTTP/1.1 304 Not Modified\r\n\r\n")
		}
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(block)), nil)
	if err != nil {
		p.out.Passed++ // not of HTTP
		return nil, nil
	}
	defer res.Body.Close()
	asReceived := res.Header.Clone()
	for name, values := range res.Header {
		if of, ok := strings.CutPrefix(name, original); ok {
			delete(asReceived, name)
			asReceived[of] = values
		}
	}
	page := &page{
		status: res.StatusCode, contentType: res.Header.Get("Content-Type"), location: res.Header.Get("Location"),
		etag: validator(res.Header.Get("ETag")), lastModified: validator(res.Header.Get("Last-Modified")),
	}
	if page.header, err = shown(asReceived); err != nil {
		p.out.Passed++
		return nil, nil
	}
	page.mediaType, _, _ = mime.ParseMediaType(page.contentType)
	lifetime := time.Duration(0)
	switch {
	case page.status == http.StatusNotModified:
		page.etag, page.lastModified = cmp.Or(page.etag, last.ETag), cmp.Or(page.lastModified, last.LastModified)
		lifetime = last.Lifetime
	case page.status != http.StatusOK || record.Type == warc.Response && record.Fields.Get("WARC-Truncated") != "":
	case record.Type == warc.Revisit:
		err = p.earlier(ctx, page, record, last)
	default:
		err = p.body(ctx, page, res)
	}
	page.freshness = fresh(res.Header, lifetime, page.lastModified, false, p.now, p.now)
	return page, err
}

// body reads the body of an answer, with the bounds that hold on the web.
func (p *replay) body(ctx context.Context, page *page, res *http.Response) error {
	timer := time.AfterFunc(time.Hour, func() {}) // all of it is here
	defer timer.Stop()
	from := &metered{from: res.Body, silence: timer, begun: time.Now(), whole: time.Hour, most: p.Options.MaxBody + maxHeader}
	if err := page.read(ctx, res, from, p.Options.MaxBody); err != nil {
		page.body, page.hash = nil, "" // as one that is cut off
	}
	return ctx.Err()
}

// earlier finds the body that a revisit record refers to.
func (p *replay) earlier(ctx context.Context, page *page, record *warc.Record, last Visit) error {
	digest := record.Fields.Get("WARC-Payload-Digest")
	hash := last.SHA256 // likely; it is compared
	if sum, ok := warc.SHA256(digest); ok {
		hash = hex.EncodeToString(sum)
	}
	body, err := p.Blobs.Get(ctx, hash)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if digest != "" && warc.CheckDigest(digest, body) == nil {
		page.body, page.hash = body, hash
	}
	return nil
}

// maxMember bounds the name of a member, in bytes.
const maxMember = 4096

// member replays what a page of a feed said of one thing: what it stated, or
// that the thing is no more (nil).
func (p *replay) member(ctx context.Context, record *warc.Record, text []byte) error {
	fields, name := p.told.fields, record.TargetURI()
	page, _, _ := strings.Cut(name, "#")
	if _, ok := CleanURL(page); !ok || page == name || len(name) > maxMember || !rdf.IsAbsoluteIRI(name) {
		p.out.Passed++
		return nil
	}
	last, known, err := p.Visits.Last(ctx, name)
	if err != nil {
		return err
	}
	status := fields.Get("status")
	switch {
	case known && !record.Date.After(last.Time):
		p.out.Known++
		return nil
	case text == nil && status == fmt.Sprint(http.StatusOK):
		p.out.Bodiless++
		return nil
	}
	m := member{name: name, deleted: text == nil}
	if m.quads, err = nquads.Parse(text); err != nil {
		p.out.Damaged++
		return nil
	}
	m.at, _ = parseTime(fields.Get("last-modified"))
	p.now = record.Date
	link := Link{URL: cmp.Or(fields.Get("via"), page)}
	link.Seed, _ = CleanURL(fields.Get("seed"))
	return p.run.member(ctx, link, m)
}

// rules records the fetch of the rules of a host.
func (p *replay) rules(ctx context.Context, link Link, last Visit, page *page, cause error) error {
	v := p.seen(link, last, page)
	v.Overview = true
	switch {
	case cause != nil:
		v.Error, v.Failure = cause.Error(), failing(cause)
	case page.status == http.StatusNotModified:
		v.Success = v.Time
	default:
		v.Success, v.MediaType, v.ETag, v.LastModified, v.SHA256 = v.Time, page.mediaType, page.etag, page.lastModified, ""
		if page.hash != "" {
			if _, err := p.Blobs.Put(ctx, page.body); err != nil {
				return err
			}
			v.SHA256, v.Received = page.hash, page.hash
		}
	}
	return p.Visits.Record(ctx, v)
}

package harvester

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/belfort-lod/belfort/harvester/warc"
)

// Archive writes the evidence of fetches as a web archive (WARC 1.1), which
// Replay reads. What stands in it is told in docs/formats/warc.md.
type Archive struct {
	Visits Visits
	Blobs  Blobs
	// Taken yields the fetches of which the ledger tells, in its order; nil if
	// there is no ledger. Several pages are fetched at once, so that the order of
	// times alone is not the order in which they were taken over.
	Taken iter.Seq2[Taken, error]
	// Info is what the first record says beside what it always says.
	Info     warc.Fields
	Name     string    // of the file, "" if it has none
	Compress bool      // a gzip member for each record
	Now      time.Time // when the archive is made
	// Progress, if set, is told after each fetch how many of all are written.
	Progress func(written, all int)
}

// Taken is a fetch from which something was published, held or withdrawn.
type Taken struct {
	URL  string // the page that is named in the ledger
	Time time.Time
}

// Archived counts what an archive holds.
type Archived struct {
	Fetches   int `json:"fetches"`
	Responses int `json:"responses"`
	Revisits  int `json:"revisits"` // answers whose content stands in an earlier record
	Failures  int `json:"failures"` // fetches without an answer
	// Bodiless are successful answers whose content is not kept, because it was
	// erased or was over a bound.
	Bodiless int `json:"bodiless"`
	// Beyond are entries of the ledger that do not come from a fetch of which
	// there is evidence.
	Beyond int `json:"beyond"`
}

// place is one fetch and where it stands in the order of the archive.
type place struct {
	url      string
	time     int64  // of the visit, in nanoseconds
	date     int64  // of its entry in the ledger, which may be made just before it
	order    int64  // time, or that of the entry before if that is later
	sequence uint64 // place in Taken, 0 if it is not in it
	from     string // of a member, the page of the feed that it stands on
	// late is set for a fetch of which the next one of the same address, with the
	// same content, was under way at the same time and was taken over first.
	late bool
}

// Write writes the archive. It holds some 100 bytes for each fetch in memory,
// and one body.
func (a *Archive) Write(ctx context.Context, to io.Writer) (Archived, error) {
	w := &archiver{Archive: a, to: warc.NewWriter(to, a.Compress)}
	places, err := w.places(ctx)
	if err == nil {
		err = w.info()
	}
	for i, m := range places {
		if err != nil {
			break
		}
		if err = w.fetch(ctx, m); err == nil && a.Progress != nil {
			a.Progress(i+1, len(places))
		}
	}
	if err != nil {
		return w.totals, fmt.Errorf("write archive: %w", err)
	}
	return w.totals, nil
}

// archiver is one Write under way.
type archiver struct {
	*Archive
	to     *warc.Writer
	totals Archived
}

// places returns all fetches in the order in which a replay does what was done.
func (w *archiver) places(ctx context.Context) ([]place, error) {
	type entry struct {
		time     int64
		sequence uint64
	}
	taken := map[string][]entry{} // what is to be matched of each address
	var times []int64             // by sequence - 1
	if w.Taken != nil {
		for t, err := range w.Taken {
			if err != nil {
				return nil, err
			}
			times = append(times, t.Time.UnixNano())
			taken[t.URL] = append(taken[t.URL], entry{t.Time.UnixNano(), uint64(len(times))})
		}
	}
	w.totals.Beyond = len(times)
	var list []place
	address, body := "", "" // one string for all visits of it; of the visit before
	for v, err := range w.Visits.History(ctx, "") {
		if err != nil {
			return nil, err
		}
		if v.URL != address {
			address, body = v.URL, ""
		}
		at := place{url: address, time: v.Time.UnixNano()}
		at.date, at.order = at.time, at.time
		if isMember(v) {
			at.from = v.From
		}
		rest := taken[address]
		for len(rest) > 0 && rest[0].time < at.time-int64(time.Minute) {
			rest = rest[1:] // an entry that is no fetch
		}
		if len(rest) > 0 && rest[0].time <= at.time {
			at.sequence, at.date = rest[0].sequence, rest[0].time
			w.totals.Beyond--
			for done := rest[0].time; len(rest) > 0 && rest[0].time == done; {
				rest = rest[1:] // also what was made of the same fetch later
			}
		}
		taken[address] = rest
		if b := v.body(); b != body {
			body = b
		} else if before := len(list) - 1; b != "" && at.sequence != 0 && list[before].sequence == 0 {
			list[before].late = true
		}
		list = append(list, at)
	}
	for i := 1; i < len(times); i++ {
		times[i] = max(times[i], times[i-1])
	}
	for i, m := range list {
		if m.sequence > 0 {
			list[i].order = times[m.sequence-1]
		}
		if i > 0 && list[i-1].late {
			list[i-1].order, list[i-1].sequence = list[i].order, m.sequence
		}
	}
	afterMembers(list)
	slices.SortStableFunc(list, func(a, b place) int {
		late := 0
		if a.late != b.late {
			late = 1
			if b.late {
				late = -1
			}
		}
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.sequence, b.sequence), late, cmp.Compare(a.time, b.time))
	})
	return list, nil
}

// afterMembers puts each page of a feed after the members that were taken from
// it, so that a replay has them as they were taken, one by one, among other pages.
// The list is in the order of addresses and times.
func afterMembers(list []place) {
	for _, m := range list {
		if m.from == "" {
			continue
		}
		next, _ := slices.BinarySearchFunc(list, m, func(p, m place) int {
			return cmp.Or(strings.Compare(p.url, m.from), cmp.Compare(p.time, m.time), -1)
		})
		if next > 0 && list[next-1].url == m.from {
			feed := &list[next-1]
			feed.order, feed.sequence, feed.late = max(feed.order, m.order), max(feed.sequence, m.sequence), true
		}
	}
}

// isMember reports whether a visit is of something that a page of a feed states
// itself. It has a name of its own, under which nothing can be fetched.
func isMember(v Visit) bool { return strings.Contains(v.URL, "#") }

// recordID names a record, the same each time it is written.
func recordID(kind warc.Type, url string, at time.Time) string {
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "warc %s %s %s", kind, warc.FormatDate(at), url)).String()
}

// description is for those who find the archive in fifty years.
const description = "What Belfort fetched, in the order in which it was taken over. " +
	"Bodies are those of 200 answers, without transfer and content codings; fields of the header that this changes are kept as X-Archive-Orig-*. " +
	"Fields of the header that may hold secrets are left out. Of requests the conditions are told, which follow from the answer before, and nothing of credentials. " +
	"Metadata records tell which source and page led to a fetch, and why it failed."

// info writes the first record.
func (w *archiver) info() error {
	var f warc.Fields
	f.Add("format", "WARC File Format 1.1")
	f.Add("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/")
	f.Add("robots", "obey")
	f.Add("description", description)
	for _, field := range w.Info {
		f.Add(field.Name, oneLine(field.Value))
	}
	block, err := f.Append(nil)
	if err != nil {
		return err
	}
	r := &warc.Record{Type: warc.Warcinfo, ID: recordID(warc.Warcinfo, w.Name, w.Now), Date: w.Now}
	r.Fields.Add("WARC-Filename", oneLine(w.Name))
	r.Fields.Add("Content-Type", warc.FieldsType)
	return w.to.Write(r, nil, block)
}

// oneLine makes a text fit for a field, byte for byte where it is.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c < ' ' {
			b[i] = ' '
		}
	}
	return string(b)
}

// asked reports whether a request was sent for a visit and got an answer. Some
// failures are known beforehand; then the visit tells of the last answer.
func (v Visit) asked() bool {
	switch v.Failure {
	case FailedRobots, FailedRules, FailedHost, FailedBudget, FailedAddress:
		return false
	}
	return v.Status != 0
}

// body returns the hash of the body that the answer of a visit had.
func (v Visit) body() string {
	switch {
	case v.Status != http.StatusOK || !v.asked():
		return ""
	case v.Received == "" && v.Error == "" && v.Header == nil:
		return v.SHA256 // from before Received was recorded
	}
	return v.Received
}

// fetch writes the records of one fetch.
func (w *archiver) fetch(ctx context.Context, m place) error {
	var v, last, first Visit // first to have the body that the one before had
	found := false
	for past, err := range w.Visits.History(ctx, m.url) {
		if err != nil {
			return err
		}
		if past.Time.UnixNano() == m.time {
			v, found = past, true
			break
		}
		last = past
		if b := past.body(); b != "" && b != first.body() {
			first = past
		}
	}
	if !found {
		return nil // it went while we wrote
	}
	v.Time = time.Unix(0, m.date).UTC()
	w.totals.Fetches++
	if isMember(v) {
		return w.member(ctx, v)
	}
	if !v.asked() {
		w.totals.Failures++
		return w.metadata(v, "", "")
	}
	if err := w.request(v, last); err != nil {
		return err
	}
	if b := v.body(); v.Status == http.StatusNotModified || b != "" && b == first.body() {
		return w.revisit(v, first)
	}
	return w.response(ctx, v)
}

// about begins a record of a visit.
func about(kind warc.Type, v Visit, mediaType string) *warc.Record {
	r := &warc.Record{Type: kind, ID: recordID(kind, v.URL, v.Time), Date: v.Time}
	r.Fields.Add("WARC-Target-URI", v.URL)
	r.Fields.Add("Content-Type", mediaType)
	return r
}

func (w *archiver) request(v, last Visit) error {
	u, err := url.Parse(v.URL)
	if err != nil {
		return err
	}
	head := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n", u.RequestURI(), u.Host)
	fields := http.Header{}
	if last.SHA256 != "" {
		conditions(fields, last)
	}
	head = append(appendHeader(head, fields), "\r\n"...)
	r := about(warc.Request, v, warc.HTTPRequestType)
	r.Fields.Add("WARC-Concurrent-To", "<"+answerID(v)+">")
	return w.to.Write(r, head, nil)
}

// answerID names the record of the answer, whether it is a response or a revisit.
func answerID(v Visit) string { return recordID(warc.Response, v.URL, v.Time) }

// metadata writes what is known of a fetch beside its answer.
func (w *archiver) metadata(v Visit, concurrent, note string) error {
	var f warc.Fields
	f.Add("seed", oneLine(v.Seed))
	f.Add("via", oneLine(v.From))
	if !v.Unlisted.IsZero() {
		f.Add("unlisted", warc.FormatDate(v.Unlisted))
	}
	if v.Text != "" || v.Note != "" {
		f.Add("attachment", "true")
	}
	if isMember(v) {
		f.Add("status", fmt.Sprint(v.Status))
		f.Add("last-modified", v.LastModified)
	}
	f.Add("error", oneLine(v.Error))
	f.Add("failure", string(v.Failure))
	if p := v.Peer; p != nil {
		f.Add("tls-version", oneLine(p.Version))
		f.Add("tls-subject", oneLine(p.Name))
		f.Add("tls-issuer", oneLine(p.Issuer))
		f.Add("tls-not-after", warc.FormatDate(p.NotAfter))
		f.Add("tls-fingerprint", oneLine(p.Fingerprint))
	}
	f.Add("note", note)
	block, err := f.Append(nil)
	if err != nil {
		return err
	}
	r := about(warc.Metadata, v, warc.FieldsType)
	if concurrent != "" {
		r.Fields.Add("WARC-Concurrent-To", "<"+concurrent+">")
	}
	return w.to.Write(r, nil, block)
}

func (w *archiver) response(ctx context.Context, v Visit) error {
	r := about(warc.Response, v, warc.HTTPResponseType)
	r.ID = answerID(v)
	body, note := []byte{}, ""
	if b := v.body(); b != "" {
		content, err := w.Blobs.Get(ctx, b)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			note = "the content was erased"
		case err != nil:
			return err
		default:
			body = content
		}
	} else if v.Status == http.StatusOK {
		note = "the content was not kept"
	}
	switch {
	case note == "" && v.Status == http.StatusOK:
	case v.Failure == FailedSize:
		r.Fields.Add("WARC-Truncated", "length")
	case v.Failure == FailedTimeout:
		r.Fields.Add("WARC-Truncated", "time")
	case v.Failure == FailedConnection:
		r.Fields.Add("WARC-Truncated", "disconnect")
	default:
		r.Fields.Add("WARC-Truncated", "unspecified") // content of errors and redirects is not kept
	}
	if note != "" {
		w.totals.Bodiless++
	}
	if err := w.metadata(v, r.ID, note); err != nil {
		return err
	}
	w.totals.Responses++
	return w.to.Write(r, answerHead(v, len(body)), body)
}

func (w *archiver) revisit(v, first Visit) error {
	r := about(warc.Revisit, v, warc.HTTPResponseType)
	r.ID = answerID(v)
	if v.Status == http.StatusNotModified {
		r.Fields.Add("WARC-Profile", warc.NotModified)
	} else {
		r.Fields.Add("WARC-Profile", warc.IdenticalPayload)
		r.Fields.Add("WARC-Truncated", "length")
		sum, err := hex.DecodeString(first.body())
		if err != nil {
			return err
		}
		r.Fields.Add("WARC-Payload-Digest", warc.DigestOf(sum))
	}
	if first.URL != "" {
		r.Fields.Add("WARC-Refers-To", "<"+answerID(first)+">")
		r.Fields.Add("WARC-Refers-To-Target-URI", first.URL)
		r.Fields.Add("WARC-Refers-To-Date", warc.FormatDate(first.Time))
	}
	if err := w.metadata(v, r.ID, ""); err != nil {
		return err
	}
	w.totals.Revisits++
	return w.to.Write(r, answerHead(v, -1), nil)
}

// member writes what a page of a feed stated of one thing, as a resource without
// an answer of its own.
func (w *archiver) member(ctx context.Context, v Visit) error {
	if v.Status != http.StatusOK {
		w.totals.Revisits++
		return w.metadata(v, "", "")
	}
	r := about(warc.Resource, v, v.MediaType)
	content, err := w.Blobs.Get(ctx, v.body())
	if errors.Is(err, fs.ErrNotExist) {
		w.totals.Bodiless++
		return w.metadata(v, "", "the content was erased")
	}
	if err != nil {
		return err
	}
	if err := w.metadata(v, r.ID, ""); err != nil {
		return err
	}
	w.totals.Responses++
	return w.to.Write(r, nil, content)
}

// original marks a field of a header that does not hold for the body as it is
// kept.
const original = "X-Archive-Orig-"

// answerHead writes the header of an answer whose body is kept in length bytes,
// or stands elsewhere (-1).
func answerHead(v Visit, length int) []byte {
	header := v.Header
	if header == nil { // from before headers were recorded
		header = http.Header{}
		for name, value := range map[string]string{"Content-Type": v.MediaType, "Etag": v.ETag, "Last-Modified": v.LastModified, "Location": v.Redirect} {
			if value != "" {
				header[name] = []string{value}
			}
		}
	} else if length >= 0 {
		header = maps.Clone(header)
		for _, name := range [...]string{"Content-Encoding", "Transfer-Encoding", "Content-Length"} {
			values, ok := header[name]
			if !ok || name == "Content-Length" && len(values) == 1 && values[0] == fmt.Sprint(length) {
				continue
			}
			delete(header, name)
			header[original+name] = values
			if name == "Content-Length" {
				header[name] = []string{fmt.Sprint(length)}
			}
		}
	}
	b := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\n", v.Status, http.StatusText(v.Status))
	return append(appendHeader(b, header), "\r\n"...)
}

// appendHeader writes the fields of a header by name.
func appendHeader(b []byte, header http.Header) []byte {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			b = fmt.Appendf(b, "%s: %s\r\n", name, oneLine(value))
		}
	}
	return b
}

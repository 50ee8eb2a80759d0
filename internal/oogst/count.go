package oogst

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/harvester"
)

const (
	mostFailures = 100 // kept of one source
	fewFailures  = 5   // kept of each kind beyond that
	mostHosts    = 200 // told apart in one source
	mostRounds   = 20  // told of one source
	fewPages     = 20  // by which it is found out whose a source is
)

// failing are the pages of a source that fail for one reason: one kind, and of
// answers one status.
type failing struct {
	kind   harvester.Failing
	count  int
	never  int // of which none was ever read
	since  time.Time
	sample []Failure
}

// host is a host of a source and whether it answers.
type host struct {
	answers, down int
	since         time.Time // the first of its failures
	sample        []Evidence
}

// down are the failures of a host rather than of a page.
func down(kind harvester.Failing) bool {
	switch kind {
	case harvester.FailedDNS, harvester.FailedConnection, harvester.FailedTimeout, harvester.FailedHost:
		return true
	}
	return false
}

// passing are failures that may be over when the page is tried again in the
// same round.
func passing(kind harvester.Failing, status int) bool {
	return down(kind) || kind == harvester.FailedStatus && (status >= 500 || status == http.StatusTooManyRequests)
}

func newSource(address string) *Source {
	return &Source{URL: address, failed: map[harvester.Failing]*failing{}, hosts: map[string]*host{}}
}

// count adds the last visit of a page of the source. lastEnded is when its last
// round ended: what failed for a moment after that is tried again.
func (s *Source) count(v harvester.Visit, lastEnded time.Time) {
	if v.Time.After(s.LastVisit) {
		s.LastVisit = v.Time
	}
	if v.URL == s.URL {
		s.seed = &v
		s.Success = v.Success
	}
	if v.Error != "" {
		s.fail(v, lastEnded)
		return
	}
	s.answered(v)
	switch {
	case v.Redirect != "":
	case v.Status == http.StatusNotFound || v.Status == http.StatusGone:
		s.Counts.Withdrawn++
	case v.Overview && v.Text == "" && v.Note == "" && !attached(v.MediaType), v.Sitemap:
		s.Counts.Overviews++
	case v.Text != "" || v.Note != "" || attached(v.MediaType):
		s.Counts.Attachments++
		if v.Text == "" {
			s.Counts.Textless++
			if len(s.textless) < mostEvidence {
				s.textless = append(s.textless, Evidence{URL: v.URL, Time: v.Time, Reason: text(v.Note, v.Note)})
			}
		}
	case v.Canonical != "" && v.Canonical != v.URL:
	default:
		s.Counts.Pages++
		if s.sample = append(s.sample, v.URL); len(s.sample) > fewPages {
			s.sample = s.sample[1:]
		}
		if !v.Unlisted.IsZero() {
			s.Counts.Unlisted++
			if len(s.unlisted) < mostEvidence {
				s.unlisted = append(s.unlisted, Evidence{URL: v.URL, Time: v.Unlisted})
			}
		}
	}
}

// attached reports whether a media type is one of attachments, and never of
// pages.
func attached(mediaType string) bool {
	for _, kind := range []string{"application/pdf", "application/vnd.", "application/msword", "image/"} {
		if strings.HasPrefix(mediaType, kind) {
			return true
		}
	}
	return false
}

func (s *Source) fail(v harvester.Visit, lastEnded time.Time) {
	kind, status := v.Failure, v.Status
	if kind == "" {
		kind, status = KindOf(v.Error)
		status = cmp.Or(v.Status, status)
	}
	if s.Running = s.Running || !lastEnded.IsZero() && v.Time.After(lastEnded); passing(kind, status) && !lastEnded.IsZero() && v.Time.After(lastEnded) {
		return
	}
	s.Counts.Failed++
	f := Failure{URL: v.URL, From: v.From, Kind: kind, Status: status, Reason: Why(kind, status, v.Error), Detail: Detail(v), Time: v.Time, Before: v.Success}
	key := harvester.Failing(string(kind) + "\n" + f.Reason.NL)
	group := s.failed[key]
	if group == nil {
		group = &failing{kind: kind, since: v.Time}
		s.failed[key] = group
	}
	group.count++
	if v.Success.IsZero() {
		group.never++
	}
	if v.Time.Before(group.since) {
		group.since = v.Time
	}
	if kept := s.kept(); kept < mostFailures || len(group.sample) < fewFailures {
		group.sample = append(group.sample, f)
	}
	if down(kind) {
		s.unanswered(f)
	} else {
		s.answered(v) // it answered, if only with an error
	}
}

func (s *Source) kept() (n int) {
	for _, g := range s.failed {
		n += len(g.sample)
	}
	return n
}

func (s *Source) host(address string) *host {
	name := hostOf(address)
	h := s.hosts[name]
	if h == nil {
		h = &host{}
		if len(s.hosts) < mostHosts {
			s.hosts[strings.Clone(name)] = h
		}
	}
	return h
}

// hostOf is the host, and port, of an address that the harvester cleaned.
func hostOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

func (s *Source) answered(v harvester.Visit) { s.host(v.URL).answers++ }

func (s *Source) unanswered(f Failure) {
	h := s.host(f.URL)
	h.down++
	if h.since.IsZero() || f.Time.Before(h.since) {
		h.since = f.Time
	}
	if len(h.sample) < mostEvidence {
		h.sample = append(h.sample, Evidence{URL: f.URL, Time: f.Time, Reason: f.Reason})
	}
}

// down reports whether a host as a whole gives no answers: more of its pages
// failed at their last visit than did not.
func (h *host) isDown() bool { return h.down > h.answers }

// rounds takes the newest rounds of the source, newest first.
func (s *Source) rounds(list []harvester.Round) {
	for _, r := range list {
		s.Rounds = append(s.Rounds, Round{r.Began, r.Ended, r.Stopped, totalsOf(r.Totals)})
		if s.Read.IsZero() && r.Stopped == "" {
			s.Read = r.Began
		}
	}
}

// settle orders what was counted, when every visit was.
func (s *Source) settle() {
	if len(s.Rounds) > 0 {
		s.Running = s.LastVisit.After(s.Rounds[0].Ended)
	}
	// A round that could not read its own address has read nothing.
	if s.seed != nil && s.seed.Error != "" && s.Read.After(s.Success) {
		s.Read = s.Success
	}
	groups := make([]*failing, 0, len(s.failed))
	for _, g := range s.failed {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *failing) int {
		return cmp.Or(b.count-a.count, strings.Compare(a.sample[0].URL, b.sample[0].URL))
	})
	for _, g := range groups {
		s.Reasons = append(s.Reasons, Reason{g.kind, g.sample[0].Reason, g.count})
		s.Failures = append(s.Failures, g.sample...)
	}
}

package oogst

import (
	"maps"
	"slices"
	"time"

	"github.com/belfort-lod/belfort/harvester"
)

const (
	// expiring is how long before its end a certificate is told of.
	expiring = 21 * 24 * time.Hour
	// unread is for how many of its intervals a source may go unread, and
	// leastUnread how long in any case.
	unread      = 3
	leastUnread = 2 * 24 * time.Hour
)

// kindOf says as what kind of problem pages that fail are told of.
func kindOf(f harvester.Failing) Kind {
	switch f {
	case harvester.FailedTLS:
		return TLS
	case harvester.FailedRobots:
		return Robots
	case harvester.FailedRules:
		return Rules
	case harvester.FailedLogin:
		return Login
	case harvester.FailedScript:
		return Script
	case harvester.FailedBudget:
		return Budget
	case harvester.FailedType, harvester.FailedAddress, harvester.FailedPrivate:
		return Skipped
	}
	return Failed
}

// judge tells what is the matter with a source. It was counted and settled.
func (s *Source) judge(now time.Time) (problems []Problem) {
	if len(s.Rounds) == 0 {
		problems = append(problems, Problem{Kind: Never, Severity: Gap, Source: s.URL, Count: 1, Evidence: []Evidence{{URL: s.URL, Time: s.LastVisit}}})
	}
	broken := s.seed != nil && s.seed.Error != "" && !(s.Running && s.Counts.Failed == 0)
	problems = append(problems, s.judgeHosts()...)
	problems = append(problems, s.judgeFailures()...)
	told := func(k Kind) bool { return slices.ContainsFunc(problems, func(p Problem) bool { return p.Kind == k }) }
	if len(s.Rounds) > 0 && s.Rounds[0].Stopped != "" && !told(Budget) {
		r := s.Rounds[0]
		problems = append(problems, Problem{Kind: Budget, Severity: Gap, Source: s.URL, Since: r.Ended, Count: 1, Evidence: []Evidence{{URL: s.URL, Time: r.Ended}}})
	}
	if !broken && !s.Read.IsZero() && !s.Running && s.Counts.Pages+s.Counts.Attachments+s.Counts.Withdrawn+s.Counts.Failed == 0 {
		problems = append(problems, Problem{Kind: Empty, Severity: Doubt, Source: s.URL, Since: s.Read, Count: 1, Evidence: []Evidence{{URL: s.URL, Time: s.Read}}})
	}
	if s.Declared && s.Every > 0 && !s.Read.IsZero() {
		if limit := max(unread*s.Every, leastUnread); now.Sub(s.Read) > limit {
			problems = append(problems, Problem{Kind: Stale, Severity: Doubt, Source: s.URL, Since: s.Read.Add(limit), Count: 1, Evidence: []Evidence{{URL: s.URL, Time: s.Read}}})
		}
	}
	if c := s.Certificate; c != nil && !broken && c.Expires.After(now) && c.Expires.Sub(now) < expiring {
		problems = append(problems, Problem{Kind: Expiring, Severity: Notice, Source: s.URL, Naam: c.Name, Since: c.Expires.Add(-expiring), Count: 1,
			Days: daysBetween(dayOf(now), dayOf(c.Expires)), Evidence: []Evidence{{URL: s.URL, Term: c.Expires}}})
	}
	if s.Counts.Textless > 0 {
		p := Problem{Kind: Textless, Severity: Notice, Source: s.URL, Count: s.Counts.Textless, Evidence: s.textless}
		for _, e := range s.textless {
			if p.Since.IsZero() || e.Time.Before(p.Since) {
				p.Since = e.Time
			}
		}
		problems = append(problems, p)
	}
	if s.Counts.Unlisted > 0 {
		p := Problem{Kind: Unlisted, Severity: Notice, Source: s.URL, Count: s.Counts.Unlisted, Evidence: s.unlisted}
		for _, e := range s.unlisted {
			if p.Since.IsZero() || e.Time.Before(p.Since) {
				p.Since = e.Time
			}
		}
		problems = append(problems, p)
	}
	return problems
}

// judgeHosts tells which hosts give no answers.
func (s *Source) judgeHosts() (problems []Problem) {
	for _, name := range slices.Sorted(maps.Keys(s.hosts)) {
		if h := s.hosts[name]; h.isDown() {
			p := Problem{Kind: Down, Severity: Gap, Source: s.URL, About: name, Naam: name, Since: h.since, Count: h.down, Evidence: h.sample}
			problems = append(problems, p)
		}
	}
	return problems
}

// judgeFailures tells of pages that could not be read, one problem for each kind
// and for whether something is missing by it. Those of hosts that are down were
// told of.
func (s *Source) judgeFailures() (problems []Problem) {
	list := map[Kind]*Problem{}
	groups := slices.SortedFunc(maps.Values(s.failed), func(a, b *failing) int { return b.count - a.count })
	for _, g := range groups {
		kind, severity := kindOf(g.kind), Gap
		never := g.never
		seed := s.seed != nil && slices.ContainsFunc(g.sample, func(f Failure) bool { return f.URL == s.URL })
		count := g.count
		if down(g.kind) {
			for _, f := range g.sample {
				if h := s.hosts[hostOf(f.URL)]; h != nil && h.isDown() {
					count--
					if f.Before.IsZero() {
						never--
					}
				}
			}
			if len(g.sample) < g.count { // what was not kept is of the same hosts
				if downs := s.downs(); downs >= g.count {
					count = 0
				}
			}
			if count <= 0 {
				continue
			}
		}
		switch {
		case kind == Skipped && seed:
			kind = Failed
		case kind == Skipped:
			severity = Notice
		case seed: // nothing new is found while it fails
		case kind == Robots: // it may be closed off because it is none of our business
			severity = Doubt
		case kind == Failed && g.kind == harvester.FailedEmpty && never > 0:
			severity = Doubt
		case kind == Failed && g.kind == harvester.FailedStatus && g.sample[0].Status >= 400 && g.sample[0].Status < 500 && never > 0:
			severity = Doubt // a link to what was never there
		case kind == Failed && never <= 0:
			kind, severity = Outdated, Doubt
		}
		p := list[kind]
		if p == nil {
			p = &Problem{Kind: kind, Severity: severity, Source: s.URL, Since: g.since}
			list[kind] = p
		}
		if rank(severity) < rank(p.Severity) {
			p.Severity = severity
		}
		p.Count += count
		if g.since.Before(p.Since) {
			p.Since = g.since
		}
		for _, f := range g.sample {
			if h := s.hosts[hostOf(f.URL)]; down(g.kind) && h != nil && h.isDown() {
				continue
			}
			if len(p.Evidence) < mostEvidence {
				p.Evidence = append(p.Evidence, Evidence{URL: f.URL, Time: f.Time, Reason: f.Reason})
			}
		}
	}
	for _, k := range Kinds {
		if p := list[k]; p != nil {
			problems = append(problems, *p)
		}
	}
	return problems
}

// downs counts the failures at hosts that are down.
func (s *Source) downs() (n int) {
	for _, h := range s.hosts {
		if h.isDown() {
			n += h.down
		}
	}
	return n
}

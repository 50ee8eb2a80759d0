package app

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/register"
)

// bron is a source with the government that it is of.
type bron struct {
	config.Source
	// Clean is the address by which the harvester knows the source.
	Clean   string
	Eenheid register.Eenheid // nothing but the IRI if the register does not know it; the zero value if nobody says
	Organen []string         // IRIs of those around whose sittings it is harvested sooner; empty: any of Eenheid
}

// bronnen are the sources that are harvested.
type bronnen struct {
	options  harvester.Options // what holds for all together
	besturen []bestuurVan      // of the file
	list     []bron
	notes    config.Problems // what is not wrong and deserves a look
}

// bestuurVan is a government of a file of sources.
type bestuurVan struct {
	config.Bestuur
	Eenheid register.Eenheid
}

// readBronnen reads a file of sources and looks its governments up. The error is
// config.Problems if the file was read.
func readBronnen(name string, c *catalogue, private bool) (*bronnen, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	defer file.Close()
	sources, err := config.ReadSources(name, file)
	var problems config.Problems
	if err != nil && !errors.As(err, &problems) {
		return nil, err
	}
	r := &resolver{file: name, catalogue: c, private: private, problems: problems, seen: map[string]string{}, besturen: map[string]string{}, organen: map[config.Word][]string{}}
	b := r.bronnen(sources)
	if len(r.problems) > 0 {
		return b, r.problems
	}
	return b, nil
}

// resolver looks up what a file of sources names.
type resolver struct {
	file      string
	catalogue *catalogue
	private   bool // private addresses are allowed
	problems  config.Problems
	notes     config.Problems
	seen      map[string]string // path by clean address
	besturen  map[string]string // path by IRI
	organen   map[config.Word][]string
}

// maxResolved is how many problems are looked into.
const maxResolved = 100

func (r *resolver) problem(at config.Position, path, format string, args ...any) {
	if len(r.problems) < maxResolved {
		r.problems = append(r.problems, config.Problem{File: r.file, At: at, Path: path, Text: fmt.Sprintf(format, args...)})
	}
}

func (r *resolver) note(at config.Position, path, format string, args ...any) {
	if len(r.notes) < maxResolved {
		r.notes = append(r.notes, config.Problem{File: r.file, At: at, Path: path, Text: fmt.Sprintf(format, args...)})
	}
}

func (r *resolver) bronnen(s config.Sources) *bronnen {
	b := &bronnen{options: harvester.Options{Parallel: s.Parallel, Timeout: s.Timeout, MaxBody: s.MaxBody}}
	for _, bestuur := range s.Besturen {
		if len(r.problems) >= maxResolved {
			break
		}
		e := r.bestuur(bestuur)
		b.besturen = append(b.besturen, bestuurVan{bestuur, e})
		for _, source := range bestuur.Sources {
			b.list = append(b.list, r.bron(source, e))
		}
	}
	slices.SortStableFunc(r.problems, func(a, b config.Problem) int {
		return cmp.Or(cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
	b.notes = r.notes
	return b
}

func (r *resolver) bestuur(b config.Bestuur) register.Eenheid {
	path := b.Path + ".bestuur"
	if b.Name == "" { // which was noted
		return register.Eenheid{}
	}
	e, err := r.catalogue.find(b.Name)
	switch {
	case errors.Is(err, errUnknownIRI):
		r.note(b.At, path, "%s", err)
	case err != nil:
		r.problem(b.At, path, "%s", err)
		return e
	}
	if first, twice := r.besturen[e.IRI]; twice {
		r.note(b.At, path, "%s stands here for the second time; the first is %s: its bronnen can stand together", cmp.Or(e.Naam, e.IRI), first)
		return e
	}
	r.besturen[e.IRI] = b.Path
	if into, since, ok := r.catalogue.successor(e); ok {
		r.note(b.At, path, "%s was merged into %s (%s) on %s: what it publishes from then on is that one's; its own pages may still be there",
			e.Naam, into.Naam, cmp.Or(into.NIS, into.IRI), since)
	}
	if len(b.Sources) == 0 {
		r.note(b.At, b.Path+".bronnen", "there are no sources for %s yet", cmp.Or(e.Naam, e.IRI))
	}
	return e
}

func (r *resolver) bron(s config.Source, e register.Eenheid) bron {
	b := bron{Source: s, Eenheid: e}
	if s.URL == "" { // which was noted
		return b
	}
	clean, ok := harvester.CleanURL(s.URL)
	if !ok {
		r.problem(s.At, s.Path+".url", "%q is no http or https address that can be followed", s.URL)
		return b
	}
	b.Clean = clean
	if first, twice := r.seen[clean]; twice {
		r.problem(s.At, s.Path+".url", "this is the same page as the url of %s: %s", first, clean)
	}
	r.seen[clean] = s.Path
	if s.Credentials != nil && strings.HasPrefix(clean, "http:") && !r.private {
		r.problem(s.At, s.Path+".url", "the credentials %s would be sent over http, where anybody on the way can read them; write https", s.Credentials.Name)
	}
	if c := s.Credentials; c != nil && c.OAuth2 != nil && !strings.HasPrefix(strings.ToLower(c.OAuth2.TokenURL), "https:") && !r.private {
		r.problem(c.At, "credentials."+c.Name+".oauth2.tokenUrl", "the secret would be sent over http, where anybody on the way can read it; write https")
	}
	for _, word := range s.Organen {
		if e.IRI == "" {
			break // the government was not found, which was noted
		}
		b.Organen = append(b.Organen, r.orgaan(word, e)...)
	}
	return b
}

// orgaan returns the organs that a word names. Many sources may have the word.
func (r *resolver) orgaan(word config.Word, e register.Eenheid) []string {
	if iris, looked := r.organen[word]; looked {
		return iris
	}
	iris, names := r.catalogue.organen(e, word.Text)
	r.organen[word] = iris
	switch {
	case len(iris) > 0:
	case len(names) == 0:
		r.note(word.At, word.Path, "the register knows no organs of %s, so %q says nothing", cmp.Or(e.Naam, e.IRI), word.Text)
	default:
		meant := "; there are " + strings.Join(names, ", ")
		if near := config.Near(word.Text, names); near != "" {
			meant = fmt.Sprintf(": is %q meant?", near)
		}
		r.problem(word.At, word.Path, "the register knows no organ %q of %s%s", word.Text, cmp.Or(e.Naam, e.IRI), meant)
	}
	return iris
}

// source is the source as the harvester takes it.
func (b bron) source(l *logins) (harvester.Source, error) {
	authorize, err := l.authorize(b)
	if err != nil {
		return harvester.Source{}, err
	}
	return harvester.Source{
		URL: b.Clean, Bestuurseenheid: b.Eenheid.IRI, Hosts: b.Hosts, Single: b.Kind == config.Page, Attachments: b.Limits.Attachments,
		Delay: b.Limits.Delay, PerHost: b.Limits.PerHost, MaxPages: b.Limits.MaxPages, Authorize: authorize,
	}, nil
}

// hosts returns the hosts of a source: those to which its credentials may be
// sent.
func (b bron) hosts() []string {
	hosts := slices.Clone(b.Hosts)
	if u, err := url.Parse(b.Clean); err == nil {
		hosts = append(hosts, u.Host)
	}
	return hosts
}

// only leaves the sources of one government, "" for all.
func (b *bronnen) only(name string, c *catalogue) ([]bron, error) {
	if name == "" {
		return b.list, nil
	}
	e, err := c.find(name)
	if err != nil && !errors.Is(err, errUnknownIRI) {
		return nil, err
	}
	var list []bron
	for _, one := range b.list {
		if one.Eenheid.IRI == e.IRI {
			list = append(list, one)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("the file has no sources of %s", cmp.Or(e.Naam, e.IRI))
	}
	return list, nil
}

// ofConfig makes sources of the addresses in the configuration itself, but for
// those that the file has too.
func (b *bronnen) ofConfig(sources []config.Source) {
	for _, s := range sources {
		clean, ok := harvester.CleanURL(s.URL)
		if !ok || slices.ContainsFunc(b.list, func(o bron) bool { return o.Clean == clean }) {
			continue
		}
		b.list = append(b.list, bron{Source: s, Clean: clean})
	}
}

// every is the time between two rounds of a source, roughly if it has times of
// the day.
func (b bron) every() time.Duration {
	if n := len(b.Clocks); n > 0 {
		return 24 * time.Hour / time.Duration(n)
	}
	return time.Duration(b.Every)
}

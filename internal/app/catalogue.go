package app

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/register"
)

// catalogue finds governments in the register by what people call them.
type catalogue struct {
	register *register.Register
	slugs    map[string][]register.Eenheid // by slug, and by name alone
	numbers  map[string][]register.Eenheid // by NIS code and KBO number
	names    []string                      // the slugs, sorted
}

func newCatalogue(r *register.Register) *catalogue {
	c := &catalogue{register: r, slugs: map[string][]register.Eenheid{}, numbers: map[string][]register.Eenheid{}}
	for e := range r.Eenheden() {
		if e.NIS != "" {
			c.numbers[e.NIS] = append(c.numbers[e.NIS], e)
		}
		if e.KBO != "" {
			c.numbers[e.KBO] = append(c.numbers[e.KBO], e)
		}
		if e.Naam == "" {
			continue
		}
		slug := slugOf(e)
		c.slugs[slug] = append(c.slugs[slug], e)
		if naam := besluit.Slug(e.Naam); naam != slug && naam != "" {
			c.slugs[naam] = append(c.slugs[naam], e)
		}
	}
	c.names = slices.Sorted(maps.Keys(c.slugs))
	return c
}

// slugOf returns the name of a government as it stands in addresses of the site.
func slugOf(e register.Eenheid) string {
	return (&besluit.Bestuurseenheid{IRI: e.IRI, Naam: e.Naam, Classificatie: e.Classificatie}).Slug()
}

// isIRI reports whether a government is named by its IRI.
func isIRI(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// find finds a government by IRI, NIS code, KBO number, slug or name. One that
// was merged into another gives way to one of the same name that was not. The
// error says what else may have been meant.
func (c *catalogue) find(name string) (register.Eenheid, error) {
	if isIRI(name) {
		if e, ok := c.register.Eenheid(name); ok {
			return e, nil
		}
		return register.Eenheid{IRI: name}, errUnknownIRI
	}
	digits := strings.NewReplacer(".", "", " ", "", "BE", "").Replace(name)
	slug := besluit.Slug(name)
	found := c.numbers[digits]
	if len(found) == 0 {
		found = c.slugs[slug]
	}
	// The slug itself goes before a name that several kinds of government share.
	for _, better := range []func(register.Eenheid) bool{
		func(e register.Eenheid) bool { return slugOf(e) == slug },
		func(e register.Eenheid) bool { return e.OpgegaanIn == "" },
	} {
		if some := filter(found, better); len(some) > 0 {
			found = some
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		if near := config.Near(slug, c.names); near != "" {
			return register.Eenheid{}, fmt.Errorf("the register knows no government %q: is %q meant?", name, near)
		}
		return register.Eenheid{}, fmt.Errorf("the register knows no government %q; belfort sources besturen lists those it knows, and an IRI is always taken", name)
	}
	const most = 5
	iris := make([]string, 0, most)
	for _, e := range found[:min(most, len(found))] {
		iris = append(iris, fmt.Sprintf("%s (%s)", e.IRI, cmp.Or(besluit.Label(e.Classificatie), "?")))
	}
	more := ""
	if len(found) > most {
		more = fmt.Sprintf(" and %d more", len(found)-most)
	}
	return register.Eenheid{}, fmt.Errorf("the register knows %d governments %q; write the IRI of one: %s%s", len(found), name, strings.Join(iris, ", "), more)
}

var errUnknownIRI = fmt.Errorf("the register does not know this IRI; it is taken as it stands")

func filter(list []register.Eenheid, keep func(register.Eenheid) bool) []register.Eenheid {
	var kept []register.Eenheid
	for _, e := range list {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// successor returns the government into which one was merged, in the end, and
// since when. The OCMW of a municipality goes where its municipality goes.
func (c *catalogue) successor(e register.Eenheid) (into register.Eenheid, since string, ok bool) {
	const longest = 10 // mergers in a row
	for range longest {
		next, day := e.OpgegaanIn, e.Sinds
		if gemeente, known := c.register.Eenheid(e.Gemeente); next == "" && e.Classificatie == besluit.OCMW && known && gemeente.OpgegaanIn != "" {
			day = gemeente.Sinds
			for of := range c.register.Eenheden() {
				if of.Classificatie == besluit.OCMW && of.Gemeente == gemeente.OpgegaanIn {
					next = of.IRI
				}
			}
		}
		if next == "" || next == e.IRI {
			break
		}
		if into, ok = c.register.Eenheid(next); !ok {
			into = register.Eenheid{IRI: next}
		}
		e, since, ok = into, cmp.Or(since, day), true
	}
	return into, since, ok
}

// organen returns the IRIs of the organs of a government that a word names: by
// IRI, or by the name of the kind of organ or of the organ itself. The organs of
// the other governments of the same municipality count too, since one website
// shows both the municipality and its OCMW. Without any, names are those that
// there are.
func (c *catalogue) organen(e register.Eenheid, word string) (iris, names []string) {
	if isIRI(word) {
		return []string{word}, nil
	}
	slug := besluit.Slug(word)
	kinds := map[string]bool{}
	for of := range c.register.Eenheden() {
		if of.IRI != e.IRI && (e.Gemeente == "" || of.Gemeente != e.Gemeente || of.Classificatie != besluit.OCMW && of.Classificatie != besluit.Gemeente) {
			continue
		}
		for o := range c.register.Organen(of.IRI) {
			if o.InPeriode {
				continue
			}
			kind := besluit.Slug(besluit.Label(o.Classificatie))
			if kind != "" {
				kinds[kind] = true
			}
			if kind == slug || besluit.Slug(o.Naam) == slug {
				iris = append(iris, o.IRI)
			}
		}
	}
	if len(iris) == 0 {
		names = slices.Sorted(maps.Keys(kinds))
	}
	return iris, names
}

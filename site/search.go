package site

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/search"
)

// Bounds on a search from the web.
const (
	queryLength = 500 // characters
	deepest     = 500 // pages
	valuesMost  = 50  // values of one filter

	fragmentsMost = 2 // shown of one hit
)

// filters are the parameters that narrow a search, in the order of the page.
// They have the names of the facets.
var filters = [...]string{"bestuur", "orgaan", "type", "uitslag", "soort"}

// aliases are the parameters of Lokaal Beslist with the same meaning, so that
// old links keep working.
var aliases = map[string]string{"trefwoord": "q", "begin": "van", "eind": "tot"}

// dateError is a date parameter that can not be read.
type dateError struct{ value string }

func (e dateError) Error() string { return "read date " + strconv.Quote(e.value) }

// readRequest reads a search from the parameters of an address. The page, the
// API and the feed share it: one query, three forms.
func readRequest(q url.Values) (search.Request, error) {
	for old, name := range aliases {
		if !q.Has(name) && q.Has(old) {
			q.Set(name, q.Get(old))
		}
	}
	r := search.Request{Text: strings.TrimSpace(q.Get("q")), Page: 1}
	if runes := []rune(r.Text); len(runes) > queryLength {
		r.Text = string(runes[:queryLength])
	}
	values := func(name string) []string {
		var out []string
		for _, v := range q[name] {
			if v != "" && len(v) < 1000 && len(out) < valuesMost && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	r.Besturen, r.Organen, r.Types, r.Uitslag = values("bestuur"), values("orgaan"), values("type"), values("uitslag")
	for _, v := range values("soort") {
		r.Soorten = append(r.Soorten, search.Soort(v))
	}
	switch sort := search.Sort(q.Get("sorteer")); {
	case sort == search.Relevance || sort == search.Newest || sort == search.Oldest:
		r.Sort = sort
	case q.Get("datumsortering") == "asc":
		r.Sort = search.Oldest
	case q.Get("datumsortering") == "desc":
		r.Sort = search.Newest
	}
	if n, err := strconv.Atoi(q.Get("pagina")); err == nil {
		r.Page = max(1, min(n, deepest))
	}
	if n, err := strconv.Atoi(q.Get("aantal")); err == nil {
		r.Size = max(1, min(n, 100))
	}
	// A date that can not be read takes nothing away from the other.
	var from, to error
	if v := q.Get("van"); v != "" {
		if r.From, from = readDate(v); from != nil {
			from = dateError{v}
		}
	}
	if v := q.Get("tot"); v != "" {
		if r.To, to = readDate(v); to != nil {
			to = dateError{v}
		} else {
			r.To = r.To.Add(24*time.Hour - time.Second)
		}
	}
	return r, cmp.Or(from, to)
}

type searchPage struct {
	Text, Van, Tot   string
	Fout, Voorstel   string
	Plaats           *mark // where the query goes wrong
	VanFout, TotFout bool  // a date that can not be read
	Omgekeerd        bool  // the period ends before it begins
	Parsed           []chip
	Total            uint64
	Volgorde         string
	Notes            []string
	Hits             []hit
	Blad             pager
	Facets           []facet
	Jaren            []year
	Sorts            []choice
	Gefilterd        bool
	Atom, API, CSV   string
	Afgekapt         int // results that the CSV holds, 0 if it holds all
}

type (
	// chip is a part of the query with the address of the search without it.
	chip struct{ Text, Href string }
	// mark is a text with a part of it marked.
	mark struct{ Voor, Hier, Na string }
	hit  struct {
		search.Hit
		Href      string
		Uitslag   string
		Fragments []fragment
	}
	fragment struct{ Deel, HTML string }
	facet    struct {
		Label  string
		Values []choice
		Other  uint64
	}
	choice struct {
		Name, Value, Label string
		Count              uint64
		On                 bool
	}
	year struct {
		Label, Href string
		Count       uint64
	}
)

func (s *site) zoeken(w http.ResponseWriter, r *http.Request) error {
	l := language(r)
	q := r.URL.Query()
	q.Del("taal")
	request, err := readRequest(q)
	p := s.newPage(r, "zoeken")
	d := searchPage{Text: request.Text, Van: q.Get("van"), Tot: q.Get("tot")}
	status := http.StatusOK
	var wrongDate dateError
	if errors.As(err, &wrongDate) {
		status = http.StatusBadRequest
		d.VanFout, d.TotFout = d.Van != "" && request.From.IsZero(), d.Tot != "" && request.To.IsZero()
	}
	if err := s.slugsToIRIs(r, request.Besturen); err != nil {
		return err
	}
	q["bestuur"] = request.Besturen
	result, err := s.Search.Search(r.Context(), request)
	var wrongQuery *search.QueryError
	switch {
	case errors.As(err, &wrongQuery):
		d.Fout, d.Voorstel, status = sentence(wrongQuery.Message), bare(request.Text), http.StatusBadRequest
		d.Plaats = markOf(wrongQuery)
	case err != nil:
		return fmt.Errorf("search: %w", err)
	}
	d.Total, d.Notes = result.Total, result.Notes
	d.Omgekeerd = !request.From.IsZero() && !request.To.IsZero() && request.To.Before(request.From)
	for _, part := range result.Parsed {
		if len(result.Parsed) > 1 || part.Without != "" {
			d.Parsed = append(d.Parsed, chip{part.Text, link(l, "/zoeken?"+with(q, "q", part.Without))})
		}
	}
	for _, h := range result.Hits {
		d.Hits = append(d.Hits, showHit(l, h))
	}
	s.showFacets(l, &d, result.Facets, q)
	sort := request.Sort
	if sort == "" {
		sort = search.Newest
		if request.Text != "" {
			sort = search.Relevance
		}
	}
	for _, o := range []search.Sort{search.Relevance, search.Newest, search.Oldest} {
		d.Sorts = append(d.Sorts, choice{Value: string(o), Label: message(l, "sort."+string(o)), On: o == sort})
		if o == sort {
			d.Volgorde = strings.ToLower(message(l, "sort."+string(o)))
		}
	}
	size := request.Size
	if size == 0 {
		size = 20
	}
	pages := int(min(deepest, (result.Total+uint64(size)-1)/uint64(size)))
	if request.Page > pages && pages > 0 { // a link from when there was more
		http.Redirect(w, r, link(l, "/zoeken?"+with(q, "pagina", strconv.Itoa(pages))), http.StatusSeeOther)
		return nil
	}
	d.Blad = pagesAround(request.Page, pages, func(n int) string {
		return link(l, "/zoeken?"+with(q, "pagina", strconv.Itoa(n)))
	})
	rest := with(q, "pagina", "")
	d.Atom, d.API = trimQuery("/feeds/besluiten.atom?"+rest), trimQuery("/api/v1/besluiten?"+rest)
	d.CSV = link(l, trimQuery("/zoeken.csv?"+rest))
	if d.Total > exportMost {
		d.Afgekapt = exportMost
	}
	p.Alternates = []alternate{{s.Base + d.Atom, "application/atom+xml", "Atom"}}
	if len(q) > 0 {
		p.Robots = "noindex, follow"
	}
	if request.Text != "" {
		p.Titel = request.Text + " | " + p.Titel
	}
	p.Data = d
	return s.write(w, r, status, p)
}

// showFacets makes the filters of the page: each value with its count, and
// those that are on even when nothing has them.
func (s *site) showFacets(l lang, d *searchPage, facets []search.Facet, q url.Values) {
	byField := map[string]search.Facet{}
	for _, f := range facets {
		byField[f.Field] = f
	}
	for _, name := range filters {
		f := byField[name]
		box := facet{Label: message(l, "facet."+name), Other: f.Other}
		seen := map[string]bool{}
		for _, v := range f.Values {
			on := slices.Contains(q[name], v.Value)
			seen[v.Value] = true
			box.Values = append(box.Values, choice{name, v.Value, facetLabel(l, name, v.Value, v.Label), v.Count, on})
		}
		for _, v := range q[name] {
			if v == "" {
				continue
			}
			if !seen[v] {
				seen[v] = true
				box.Values = append(box.Values, choice{name, v, facetLabel(l, name, v, ""), 0, true})
			}
			i := slices.IndexFunc(box.Values, func(c choice) bool { return c.Value == v })
			d.Parsed = append(d.Parsed, chip{box.Values[i].Label, link(l, "/zoeken?"+without(q, name, v))})
			d.Gefilterd = true
		}
		if len(box.Values) > 0 {
			d.Facets = append(d.Facets, box)
		}
	}
	for _, name := range []string{"van", "tot"} {
		if v := q.Get(name); v != "" && !(name == "van" && d.VanFout) && !(name == "tot" && d.TotFout) {
			d.Parsed = append(d.Parsed, chip{strings.ToLower(message(l, name)) + " " + v, link(l, "/zoeken?"+with(q, name, ""))})
			d.Gefilterd = true
		}
	}
	for _, v := range byField["jaar"].Values {
		within := with(q, "van", "01-01-"+v.Value)
		values, _ := url.ParseQuery(within)
		d.Jaren = append(d.Jaren, year{v.Value, link(l, "/zoeken?"+with(values, "tot", "31-12-"+v.Value)), v.Count})
	}
}

// facetLabel names a value: in the words of the interface where it is one of
// ours, else as the index or the code lists call it.
func facetLabel(l lang, field, value, label string) string {
	switch field {
	case "soort", "uitslag":
		if key := field + "." + value; message(l, key) != key {
			return message(l, key)
		}
	case "orgaan", "type":
		label = firstOf(besluit.Label(value), label)
	}
	return firstOf(label, labelOf(value))
}

func showHit(l lang, h search.Hit) hit {
	x := hit{Hit: h, Href: "/besluiten/" + besluit.ID(h.IRI)}
	switch h.Soort {
	case search.Agendapunt:
		x.Href = "/agendapunten/" + besluit.ID(h.IRI)
	case search.Zitting:
		x.Href = "/zittingen/" + besluit.ID(h.IRI)
		// The title of a sitting is that of its body: the day tells it apart.
		if x.Titel = firstOf(x.Titel, message(l, "zitting.titel")); !h.Datum.IsZero() {
			x.Titel += ", " + day(l, h.Datum)
		}
	}
	if strings.TrimSpace(x.Titel) == "" {
		x.Titel = message(l, "zonder.titel")
	}
	if h.Uitslag != "" && h.Uitslag != string(besluit.Onbekend) {
		x.Uitslag = facetLabel(l, "uitslag", h.Uitslag, h.Uitslag)
	}
	for _, f := range h.Fragments {
		part, number, _ := strings.Cut(f.Part, " ")
		if part == "titel" || len(x.Fragments) == fragmentsMost { // the title stands above, with its marks
			continue
		}
		label := f.Part
		if m := message(l, "deel."+part); m != "deel."+part {
			label = strings.TrimSpace(m + " " + number)
		}
		x.Fragments = append(x.Fragments, fragment{label, f.HTML})
		if part == "artikel" && number != "" && !strings.Contains(x.Href, "#") {
			x.Href += "#artikel-" + besluit.Slug(number)
		}
	}
	return x
}

// sentence writes a message of the query parser as a sentence of the page.
func sentence(message string) string {
	first, size := utf8.DecodeRuneInString(message)
	if message = string(unicode.ToUpper(first)) + message[size:]; !strings.HasSuffix(message, ".") {
		message += "."
	}
	return message
}

// markOf shows where a query goes wrong; nil where that tells nothing more.
func markOf(e *search.QueryError) *mark {
	if e.Start < 0 || e.Start >= e.End || e.End > len(e.Text) || e.End-e.Start == len(e.Text) {
		return nil
	}
	return &mark{e.Text[:e.Start], e.Text[e.Start:e.End], e.Text[e.End:]}
}

// bare is the words of a query without its operators, to offer instead of one
// that can not be read.
func bare(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"“”()[]:*~^|+", r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return w == "EN" || w == "OF" || w == "NIET" || w == "AND" || w == "OR" || w == "NOT" || strings.Trim(w, "-") == ""
	})
	return strings.Join(words, " ")
}

// with returns the parameters with one changed, or taken away if the value is
// "", and back on the first page.
func with(q url.Values, name, value string) string {
	c := copyValues(q)
	c.Del("pagina")
	if value == "" || name == "pagina" && value == "1" {
		c.Del(name)
	} else {
		c.Set(name, value)
	}
	return c.Encode()
}

// without returns the parameters without one value of a filter.
func without(q url.Values, name, value string) string {
	c := copyValues(q)
	c.Del("pagina")
	c[name] = slices.DeleteFunc(c[name], func(v string) bool { return v == value })
	return c.Encode()
}

func copyValues(q url.Values) url.Values {
	c := url.Values{}
	for k, v := range q {
		c[k] = slices.Clone(v)
	}
	return c
}

func trimQuery(at string) string { return strings.TrimSuffix(at, "?") }

// pager is the links to other pages of a list.
type pager struct {
	Laatste          int
	Vorige, Volgende string
	Paginas          []crumb // without Href: this page; without Label: a gap
}

// pagesAround links the first, the last and the pages near this one.
func pagesAround(page, last int, href func(int) string) pager {
	p := pager{Laatste: last}
	if page > 1 {
		p.Vorige = href(page - 1)
	}
	if page < last {
		p.Volgende = href(page + 1)
	}
	gap := false
	for n := 1; n <= last; n++ {
		switch {
		case n == page:
			p.Paginas = append(p.Paginas, crumb{"", strconv.Itoa(n)})
		case n == 1 || n == last || n >= page-2 && n <= page+2:
			p.Paginas = append(p.Paginas, crumb{href(n), strconv.Itoa(n)})
		default:
			if !gap {
				p.Paginas = append(p.Paginas, crumb{})
			}
			gap = true
			continue
		}
		gap = false
	}
	return p
}

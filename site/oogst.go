package site

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/oogst"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
)

// Bounds on the pages about the harvest.
const (
	besturenPerPage = 100
	rowsOfOverview  = 50 // pages that are held or failed, on the overview
	rowsOfTimeline  = 40
)

// oogstForms are the forms in which the state of the harvest is answered.
var oogstForms = []string{"text/html", "application/json"}

// wantsJSON says whether a request asks for JSON: by the suffix of its address,
// or its Accept header.
func wantsJSON(w http.ResponseWriter, r *http.Request) bool {
	if strings.HasSuffix(r.URL.Path, ".json") || strings.HasPrefix(r.URL.Path, "/api/") {
		return true
	}
	w.Header().Add("Vary", "Accept")
	return sparql.Negotiate(r.Header.Get("Accept"), oogstForms) == "application/json"
}

// harvested reads the state of the harvest.
func (s *site) harvested(ctx context.Context) (*oogst.Report, error) {
	if s.Oogst == nil {
		return nil, failure{http.StatusNotImplemented, "oogst.uit"}
	}
	report, err := s.Oogst(ctx)
	if err != nil {
		return nil, fmt.Errorf("read harvest status: %w", err)
	}
	return report, nil
}

// oogstPage is the overview of all governments.
type oogstPage struct {
	*oogst.Report
	Rijen     []oogstRow
	Totaal    int // governments that fit the choice
	Q         string
	Oordeel   string
	Probleem  string
	Sorteer   string
	Af        bool
	Koppen    []oogstHead
	Oordelen  []oogstChoice
	Problemen []oogstChoice
	Blad      struct{ Vorige, Volgende string }
	Mislukt   []oogstFailure
	Meer      int // failures that are not shown
	Tegen     []publisher.Entry
	MeerTegen int
}

type oogstRow struct {
	*oogst.Bestuur
	Beeld    picture
	Kwesties []rdf.Text // the kinds of its problems
}

type oogstHead struct{ Key, Label, Href, Sort string }

type oogstChoice struct {
	Value   string
	Label   rdf.Text
	Aantal  int
	Gekozen bool
	Href    string
}

type oogstFailure struct {
	Bestuur *oogst.Bestuur
	oogst.Failure
}

// oogstColumns are the columns of the overview by which it can be sorted; up
// compares in the order that is natural for the column.
var oogstColumns = []struct {
	key, label string
	compare    func(a, b *oogst.Bestuur) int
}{
	{"oordeel", "oogst.oordeel", func(a, b *oogst.Bestuur) int { return verdictRank(a) - verdictRank(b) }},
	{"naam", "bestuur", func(a, b *oogst.Bestuur) int { return strings.Compare(besluit.Slug(a.Naam), besluit.Slug(b.Naam)) }},
	{"gelezen", "oogst.gelezen", func(a, b *oogst.Bestuur) int { return a.Gelezen.Compare(b.Gelezen) }},
	{"paginas", "oogst.paginas", func(a, b *oogst.Bestuur) int { return b.Tellingen.Pages - a.Tellingen.Pages }},
	{"mislukt", "oogst.mislukt", func(a, b *oogst.Bestuur) int { return b.Tellingen.Failed - a.Tellingen.Failed }},
	{"zittingen", "zittingen", func(a, b *oogst.Bestuur) int { return b.Zittingen - a.Zittingen }},
}

func verdictRank(b *oogst.Bestuur) int { return slices.Index(oogst.Verdicts[:], b.Oordeel) }

// oogst is the state of the harvest: all governments, as a page or as JSON.
func (s *site) oogst(w http.ResponseWriter, r *http.Request) error {
	report, err := s.harvested(r.Context())
	if err != nil {
		return err
	}
	if wantsJSON(w, r) {
		brief := report.Brief()
		brief.Besturen = chosen(brief, r.URL.Query())
		return sendJSON(w, r, brief)
	}
	l, q := language(r), r.URL.Query()
	d := &oogstPage{Report: report, Q: q.Get("q"), Oordeel: q.Get("oordeel"), Probleem: q.Get("probleem"), Sorteer: q.Get("sorteer"), Af: q.Get("volgorde") == "af"}
	list := chosen(report, q)
	if q.Get("oordeel") == "" && q.Get("probleem") == "" && d.Q == "" {
		list = slices.DeleteFunc(list, func(b *oogst.Bestuur) bool { return b.Oordeel == oogst.Unknown })
	}
	d.sort(list)
	d.Totaal = len(list)
	here := func(change ...string) string {
		query := copyValues(q)
		query.Del("taal")
		query.Del("pagina")
		for i := 0; i+1 < len(change); i += 2 {
			if query.Set(change[i], change[i+1]); change[i+1] == "" {
				query.Del(change[i])
			}
		}
		return link(l, trimQuery("/oogst?"+query.Encode()))
	}
	page, _ := strconv.Atoi(q.Get("pagina"))
	page = max(1, min(page, (len(list)+besturenPerPage-1)/besturenPerPage))
	if page > 1 {
		d.Blad.Vorige = link(l, here(), "pagina", page-1)
	}
	if page*besturenPerPage < len(list) {
		d.Blad.Volgende = link(l, here(), "pagina", page+1)
	}
	for _, b := range list[min((page-1)*besturenPerPage, len(list)):min(page*besturenPerPage, len(list))] {
		row := oogstRow{Bestuur: b, Beeld: pictureOf(l, b.Maanden, 12)}
		for _, p := range b.Problemen {
			if !slices.Contains(row.Kwesties, p.Kind.Label()) {
				row.Kwesties = append(row.Kwesties, p.Kind.Label())
			}
		}
		d.Rijen = append(d.Rijen, row)
	}
	for _, c := range oogstColumns {
		h := oogstHead{Key: c.key, Label: message(l, c.label), Href: here("sorteer", c.key, "volgorde", "")}
		if c.key == d.Sorteer {
			h.Sort = "ascending"
			if d.Af {
				h.Sort = "descending"
			} else {
				h.Href = here("volgorde", "af")
			}
		}
		d.Koppen = append(d.Koppen, h)
	}
	for _, v := range oogst.Verdicts {
		d.Oordelen = append(d.Oordelen, oogstChoice{Value: string(v), Label: v.Label(), Aantal: report.Tellen[v], Gekozen: d.Oordeel == string(v), Href: here("oordeel", string(v))})
	}
	for _, k := range oogst.Kinds {
		n := 0
		for _, b := range report.Besturen {
			if b.Has(k) {
				n++
			}
		}
		if n > 0 || d.Probleem == string(k) {
			d.Problemen = append(d.Problemen, oogstChoice{Value: string(k), Label: k.Label(), Aantal: n, Gekozen: d.Probleem == string(k)})
		}
	}
	d.rest(report)
	p := s.newPage(r, "oogst")
	p.Canonical = s.Base + "/oogst"
	if r.URL.RawQuery != "" {
		p.Robots = "noindex"
	}
	p.Alternates = []alternate{{s.Base + "/oogst.json", "application/json", "JSON"}}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// chosen are the governments that a query asks for: by a part of their name, a
// verdict, a kind of problem.
func chosen(report *oogst.Report, q url.Values) []*oogst.Bestuur {
	name := besluit.Slug(q.Get("q"))
	return slices.DeleteFunc(slices.Clone(report.Besturen), func(b *oogst.Bestuur) bool {
		return name != "" && !strings.Contains(besluit.Slug(b.Naam), name) && b.IRI != strings.TrimSpace(q.Get("q")) ||
			q.Get("oordeel") != "" && string(b.Oordeel) != q.Get("oordeel") ||
			q.Get("probleem") != "" && !b.Has(oogst.Kind(q.Get("probleem")))
	})
}

// sort orders governments by the column that was asked for; the worst first if
// none was.
func (d *oogstPage) sort(list []*oogst.Bestuur) {
	compare := oogstColumns[0].compare
	for _, c := range oogstColumns {
		if c.key == d.Sorteer {
			compare = c.compare
		}
	}
	slices.SortStableFunc(list, func(a, b *oogst.Bestuur) int {
		if d.Af {
			return compare(b, a)
		}
		return compare(a, b)
	})
}

// rest adds the pages that are not here, of all governments.
func (d *oogstPage) rest(report *oogst.Report) {
	seen := map[string]bool{}
	total := 0
	for _, b := range report.Besturen {
		for _, src := range b.Bronnen {
			if seen[src.URL] {
				continue
			}
			seen[src.URL] = true
			total += src.Counts.Failed
			for _, f := range src.Failures {
				if len(d.Mislukt) < rowsOfOverview {
					d.Mislukt = append(d.Mislukt, oogstFailure{b, f})
				}
			}
		}
	}
	d.Meer = total - len(d.Mislukt)
	d.Tegen = report.Held()
	if d.MeerTegen = max(0, len(d.Tegen)-rowsOfOverview); d.MeerTegen > 0 {
		d.Tegen = d.Tegen[:rowsOfOverview]
	}
}

// picture draws the sittings of some months as bars.
type picture struct {
	Pad    string // of the bars, in a box of Breed by 20
	Breed  int
	Lijn   bool // there is something to see
	Tekst  string
	Punten []oogst.Maand
}

// pictureOf draws the last n months.
func pictureOf(l lang, maanden []oogst.Maand, n int) picture {
	maanden = maanden[max(0, len(maanden)-n):]
	p := picture{Breed: 5 * max(1, len(maanden)), Punten: maanden}
	most, total := 1, 0
	for _, m := range maanden {
		most = max(most, m.Zittingen)
		total += m.Zittingen
	}
	if p.Lijn = total > 0; !p.Lijn {
		return p
	}
	var b strings.Builder
	for i, m := range maanden {
		high := 1
		if m.Zittingen > 0 {
			high = max(3, 20*m.Zittingen/most)
		}
		fmt.Fprintf(&b, "M%d 20v-%dh4v%dz", 5*i, high, high)
	}
	p.Pad = b.String()
	p.Tekst = message(l, "oogst.beeld", number(l, int64(total)), number(l, int64(len(maanden))), number(l, int64(most)))
	return p
}

// oogstBestuurPage is the harvest of one government.
type oogstBestuurPage struct {
	*oogst.Bestuur
	Kwesties []issue
	Beeld    picture
	Lijn     []happening
	Atom     string
	JSON     string
	BijOns   string // the page of the government, "" if there is none
	Redenen  []failedPages
	Moment   time.Time
}

// issue is a problem with an anchor on the page: the first of a kind has that
// of the feed.
type issue struct {
	Anker string
	oogst.Problem
}

// happening is a point on the timeline of a harvest.
type happening struct {
	Time  time.Time
	Soort string // style
	Titel rdf.Text
	URL   string
}

// failedPages are the pages of a government that failed for one reason.
type failedPages struct {
	Reden  rdf.Text
	Aantal int
	Lijst  []oogst.Failure
}

// oogstBestuur is the harvest of one government: a page, JSON, or an Atom feed.
func (s *site) oogstBestuur(w http.ResponseWriter, r *http.Request) error {
	report, err := s.harvested(r.Context())
	if err != nil {
		return err
	}
	key, atom := strings.CutSuffix(r.PathValue("id"), ".atom")
	key = strings.TrimSuffix(key, ".json")
	b := report.Bestuur(key)
	if b == nil {
		return errNotFound
	}
	if atom {
		var out bytes.Buffer
		if err := oogst.Atom(&out, b, s.Base, language(r) == english); err != nil {
			return err
		}
		open(w.Header())
		w.Header().Set("Cache-Control", "public, max-age=300")
		return send(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", out.Bytes())
	}
	if wantsJSON(w, r) {
		return sendJSON(w, r, b)
	}
	l, at := language(r), "/oogst/"+b.Slug
	d := &oogstBestuurPage{Bestuur: b, Beeld: pictureOf(l, b.Maanden, 24), Atom: link(l, at+".atom"), JSON: at + ".json", Moment: report.Moment, Lijn: timeline(b), Redenen: byReason(b)}
	if known, err := s.findBestuur(r.Context(), func(x *publisher.Bestuur) bool { return x.IRI == b.IRI }); err != nil {
		return err
	} else if known != nil {
		d.BijOns = "/besturen/" + known.Slug
	}
	for i, p := range b.Problemen {
		anchor := string(p.Kind)
		if slices.ContainsFunc(b.Problemen[:i], func(o oogst.Problem) bool { return o.Kind == p.Kind }) {
			anchor += "-" + strconv.Itoa(i+1)
		}
		d.Kwesties = append(d.Kwesties, issue{anchor, p})
	}
	p := s.newPage(r, "oogst_bestuur")
	p.Titel = message(l, "oogst.van", b.Naam)
	p.Beschrijving = inLanguage(l, b.Reden)
	p.Canonical = s.Base + at
	p.Alternates = []alternate{{s.Base + d.Atom, "application/atom+xml", "Atom"}, {s.Base + d.JSON, "application/json", "JSON"}}
	p.Kruimels = []crumb{{link(l, "/oogst"), message(l, "oogst.titel")}, {Label: b.Naam}}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// timeline puts problems and rounds in order, the newest first.
func timeline(b *oogst.Bestuur) (list []happening) {
	for _, o := range b.Verleden {
		list = append(list, happening{o.Opened, string(o.Severity), o.Title, ""})
		if !o.Over.IsZero() {
			list = append(list, happening{o.Over, "volledig", rdf.Text{NL: "Voorbij: " + o.Title.NL, EN: "Over: " + o.Title.EN}, ""})
		}
	}
	for _, src := range b.Bronnen {
		for _, round := range src.Rounds {
			list = append(list, happening{round.Ended, "ronde", round.Words(), src.URL})
		}
	}
	slices.SortStableFunc(list, func(a, b happening) int { return b.Time.Compare(a.Time) })
	return list[:min(len(list), rowsOfTimeline)]
}

// byReason groups the pages that could not be read, the most frequent reason
// first.
func byReason(b *oogst.Bestuur) (list []failedPages) {
	at := map[string]int{}
	group := func(reason rdf.Text) *failedPages {
		i, ok := at[reason.NL]
		if !ok {
			i = len(list)
			at[reason.NL] = i
			list = append(list, failedPages{Reden: reason})
		}
		return &list[i]
	}
	for _, src := range b.Bronnen {
		for _, reason := range src.Reasons {
			group(reason.Text).Aantal += reason.Count
		}
		for _, f := range src.Failures {
			g := group(f.Reason)
			g.Lijst = append(g.Lijst, f)
		}
	}
	slices.SortStableFunc(list, func(a, b failedPages) int { return cmp.Compare(b.Aantal, a.Aantal) })
	return list
}

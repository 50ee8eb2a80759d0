package site

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
)

// errReportGone is a report that is not there, or not any more.
var errReportGone = failure{http.StatusNotFound, "validator.weg"}

const (
	perRule      = 3  // findings of one rule that a report shows at first
	notesPerPage = 80 // findings on one page of a report
	placesShown  = 12 // lines named in the overview of a rule
	missingShown = 5  // rules named that stand in the way of a level; the rest unfolds
)

// reportHead is what the pages of a report have in common.
type reportHead struct {
	ID      string
	Adres   string // of the report, to share
	Sleutel string // what its maker may change it with, "" for others
	Tot     time.Time
	Lang    bool // it is kept long already
	Gemaakt time.Time
	Bron    string
	Geheel  string // address of the report of the batch, "" if there is none
	Enkel   bool   // it stands alone: its maker may keep or delete it
}

// docReport is the page of the report of one document.
type docReport struct {
	*reportHead
	Doc       *keptDocument
	Titel     rdf.Text // of the profile
	Tellingen []tally
	Aantal    int
	Graden    []grade
	Stand     string // level reached: "", "0", "1", "2", "3"
	StandOpen bool   // level 2 below it was not assessed
	Begrepen  []begrepen
	Iets      bool // something of Begrepen is there
	Groepen   []ruleGroup
	Filters   []filterSet
	Gefilterd string // address without filters, "" if there are none
	Zonder    []note // findings about the whole document
	Stukken   []stretch
	Rest      string // address of the source after the last stretch
	Getoond   int
	Over      int // findings of this choice that are not on this page
	Vorige    string
	Volgende  string
	Rapporten []crumb
	Triples   string // address of the triples
	Opnieuw   string // address of the form, filled in
}

// grade is one level of maturity: whether it is reached, and what is missing.
type grade struct {
	Niveau string
	Stand  string // message key: behaald, gemist, onbeoordeeld
	Mist   []ruleGroup
	Meer   []ruleGroup // what is missing besides
}

// ruleGroup is a rule with its findings.
type ruleGroup struct {
	Code     string
	Titel    rdf.Text
	Ernst    string
	Niveau   string
	Aantal   int
	Regels   []place // where the first of them are
	Meer     int     // how many places are not named
	Alle     string  // address of all of them
	Bekend   bool    // it has a page of documentation
	Paginas  int     // of a batch: documents in which it is found
	Adressen []crumb // of a batch: the first of those
}

type place struct {
	Regel int
	Naar  string
}

// filterSet is one way to choose among findings.
type filterSet struct {
	Naam   string
	Keuzes []filterChoice
}

type filterChoice struct {
	Label  string
	Aantal int
	Href   string
	On     bool
}

// note is a finding in the margin.
type note struct {
	rdf.Finding
	Nummer  int
	Regel   *oslo.Rule // nil: no rule of ours
	Niveau  string
	Kort    bool // said before: the note of Eerste tells all
	Eerste  int
	Samen   int    // findings of the same rule, if this is the first of several
	Alle    string // address of all of them
	Privacy bool
	Element string // CSS selector of the element
}

// head fills in what the pages of a report have in common.
func (s *site) reportHead(r *http.Request, rec *record, until time.Time) *reportHead {
	l := language(r)
	h := &reportHead{ID: rec.ID, Adres: s.Base + link(l, reportPath(rec.ID)), Tot: until, Gemaakt: rec.Made, Enkel: rec.Batch == "", Lang: until.Sub(rec.Made) > 2*keptShort}
	if key := r.URL.Query().Get("sleutel"); key != "" && rec.opens(key) {
		h.Sleutel = key
	}
	if rec.Batch != "" {
		h.Geheel = s.reportLink(r, rec.Batch, h.Sleutel)
	}
	return h
}

// reportLink is the address of a report, with the key if there is one.
func (s *site) reportLink(r *http.Request, id, key string, query ...any) string {
	if key != "" {
		query = append(query, "sleutel", key)
	}
	return link(language(r), reportPath(id), query...)
}

// reportPage shows a report.
func (s *site) reportPage(w http.ResponseWriter, r *http.Request) error {
	rec, until, err := s.kept(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	if rec.Several != nil {
		return s.batchPage(w, r, rec, until)
	}
	if rec.Document == nil {
		return errReportGone
	}
	p := s.newPage(r, "rapport")
	p.Robots = "noindex, nofollow"
	p.Deel = "validator"
	head := s.reportHead(r, rec, until)
	p.Data = s.docReport(r, rec.Document, head)
	p.Titel = message(p.Taal, "rapport.titel") + ": " + shortAddress(rec.Document.Source)
	p.Pad = p.Pad + "" // with the key: the other language is the maker's too
	return s.write(w, r, http.StatusOK, p)
}

// selection is what a report is filtered by.
type selection struct {
	ernst, niveau, regel string
	pagina               int
}

func selectionOf(q url.Values) selection {
	n, _ := strconv.Atoi(q.Get("pagina"))
	return selection{q.Get("ernst"), q.Get("niveau"), q.Get("regel"), min(max(n, 1), 10_000)}
}

func (c selection) empty() bool { return c.ernst == "" && c.niveau == "" && c.regel == "" }

func (c selection) holds(f rdf.Finding) bool {
	return (c.ernst == "" || f.Severity.String() == c.ernst) && (c.niveau == "" || levelOf(f.Rule) == c.niveau) && (c.regel == "" || f.Rule == c.regel)
}

func levelOf(code string) string {
	rule, _ := oslo.LookupRule(code)
	return rule.Level.String()
}

func (s *site) docReport(r *http.Request, k *keptDocument, h *reportHead) *docReport {
	l := language(r)
	chosen := selectionOf(r.URL.Query())
	findings := k.document().Verdict.Findings
	h.Bron = k.Source
	d := &docReport{reportHead: h, Doc: k, Titel: k.Profile.Title(), Begrepen: k.Begrepen, Aantal: k.Counts[0] + k.Counts[1] + k.Counts[2]}
	for _, b := range k.Begrepen {
		d.Iets = d.Iets || b.Aantal > 0
	}
	d.Tellingen = talliesOf(k.Counts)
	at := func(c selection) string {
		var query []any
		for _, kv := range [][2]string{{"ernst", c.ernst}, {"niveau", c.niveau}, {"regel", c.regel}} {
			if kv[1] != "" {
				query = append(query, kv[0], kv[1])
			}
		}
		if c.pagina > 1 {
			query = append(query, "pagina", c.pagina)
		}
		return s.reportLink(r, h.ID, h.Sleutel, query...)
	}
	all := func(code string) string { return at(selection{regel: code}) + "#bevindingen" }
	if !chosen.empty() {
		d.Gefilterd = at(selection{}) + "#bevindingen"
	}
	d.Filters = filtersFor(l, findings, chosen, at)
	groups := groupsOf(findings, all)
	if k.Profile.Graded() {
		d.Graden = grades(k.Maturity, groups)
		level, open := k.Maturity.Level()
		d.Stand, d.StandOpen = cmp.Or(level.String(), "0"), open
	}

	notes, over := choose(findings, chosen, all)
	shownFindings := make([]rdf.Finding, len(notes))
	for i, n := range notes {
		shownFindings[i] = n.Finding
	}
	for i, element := range report.Elements(k.Text, shownFindings) {
		notes[i].Element = element
	}
	d.Getoond, d.Over = len(notes), over
	if chosen.regel != "" || over == 0 || chosen.pagina > 1 {
		if next := chosen; chosen.regel != "" && over > 0 {
			next.pagina++
			d.Volgende = at(next) + "#bevindingen"
		}
		if previous := chosen; chosen.pagina > 1 {
			previous.pagina--
			d.Vorige = at(previous) + "#bevindingen"
		}
	}
	source := func(line int) string {
		return s.partLink(r, h, "bron", "regel", line) + fmt.Sprintf("#r%d", line)
	}
	d.Stukken, d.Zonder = layOut(k.Text, notes)
	fold(k.Text, d.Stukken, source)
	if n := len(d.Stukken); n > 0 && len(bytes.TrimSpace(k.Text[d.Stukken[n-1].until:])) > 0 {
		d.Rest = source(d.Stukken[n-1].Tot)
	}
	shown := map[string][]note{}
	for _, n := range notes {
		shown[n.Rule] = append(shown[n.Rule], n)
	}
	for _, g := range groups {
		if !chosen.holds(rdf.Finding{Rule: g.Code, Severity: severityNamed(g.Ernst)}) && chosen.regel != "" {
			continue
		}
		for _, n := range shown[g.Code] {
			if len(g.Regels) < placesShown {
				g.Regels = append(g.Regels, place{n.Span.Start.Line, fmt.Sprintf("#b%d", n.Nummer)})
			}
		}
		g.Meer = g.Aantal - len(g.Regels)
		if len(g.Regels) > 0 || chosen.empty() {
			d.Groepen = append(d.Groepen, g)
		}
	}
	for _, f := range reportForms {
		d.Rapporten = append(d.Rapporten, crumb{s.partLink(r, h, "bevindingen"+f.suffix), f.title})
	}
	if len(k.Turtle) > 0 {
		d.Triples = s.partLink(r, h, "triples.ttl")
	}
	d.Opnieuw = link(l, "/validator")
	if isWeb(k.Source) {
		d.Opnieuw = link(l, "/validator", "url", k.Source, "profiel", string(k.Profile))
	}
	return d
}

func (s *site) partLink(r *http.Request, h *reportHead, part string, query ...any) string {
	return link(language(r), reportPath(h.ID)+"/"+part, query...)
}

func severityNamed(name string) rdf.Severity {
	var s rdf.Severity
	s.UnmarshalText([]byte(name)) // a name that we wrote ourselves
	return s
}

func talliesOf(counts [3]int) []tally {
	var out []tally
	for _, s := range []rdf.Severity{rdf.Violation, rdf.Warning, rdf.Info} {
		if counts[s] > 0 {
			out = append(out, tally{s.String(), counts[s]})
		}
	}
	return out
}

// groupsOf gathers findings by rule, the worst first, then the most frequent.
func groupsOf(findings []rdf.Finding, all func(code string) string) []ruleGroup {
	at := map[string]int{}
	var groups []ruleGroup
	for _, f := range findings {
		i, ok := at[f.Rule]
		if !ok {
			i = len(groups)
			at[f.Rule] = i
			rule, known := oslo.LookupRule(f.Rule)
			g := ruleGroup{Code: f.Rule, Titel: titleOfRule(rule.Title), Ernst: f.Severity.String(), Niveau: rule.Level.String(), Alle: all(f.Rule), Bekend: known}
			if !known {
				g.Titel = rdf.Text{NL: f.Rule, EN: f.Rule}
			}
			groups = append(groups, g)
		}
		groups[i].Aantal++
		if f.Severity > severityNamed(groups[i].Ernst) {
			groups[i].Ernst = f.Severity.String()
		}
	}
	slices.SortStableFunc(groups, func(a, b ruleGroup) int {
		return cmp.Or(cmp.Compare(severityNamed(b.Ernst), severityNamed(a.Ernst)), cmp.Compare(b.Aantal, a.Aantal))
	})
	return groups
}

// choose takes the findings that a page shows: of one rule all, by pages; else
// the first few of each rule.
func choose(findings []rdf.Finding, c selection, all func(code string) string) (notes []note, over int) {
	total := map[string]int{}
	for _, f := range findings {
		if c.holds(f) {
			total[f.Rule]++
		}
	}
	taken, skip := map[string]int{}, 0
	if c.regel != "" {
		skip = (c.pagina - 1) * notesPerPage
	}
	first := map[string]int{}
	for _, f := range findings {
		if !c.holds(f) {
			continue
		}
		taken[f.Rule]++
		if c.regel != "" && (taken[f.Rule] <= skip || len(notes) == notesPerPage) || c.regel == "" && (taken[f.Rule] > perRule || len(notes) == 2*notesPerPage) {
			if taken[f.Rule] > skip {
				over++
			}
			continue
		}
		n := note{Finding: f, Nummer: len(notes) + 1, Privacy: oslo.IsPrivacy(f.Rule)}
		if rule, ok := oslo.LookupRule(f.Rule); ok {
			n.Regel, n.Niveau = &rule, rule.Level.String()
		}
		if i, told := first[f.Rule]; told {
			n.Kort, n.Eerste = true, i
		} else {
			first[f.Rule] = n.Nummer
			if n.Samen = total[f.Rule]; c.regel == "" && n.Samen > perRule {
				n.Alle = all(f.Rule)
			}
		}
		notes = append(notes, n)
	}
	return notes, over
}

// grades tells of each level whether it is reached, and which rules stand in
// its way.
func grades(m oslo.Maturity, groups []ruleGroup) []grade {
	of := func(niveau string, a oslo.Assessment) grade {
		g := grade{Niveau: niveau, Stand: [...]string{"onbeoordeeld", "behaald", "gemist"}[min(a, oslo.Missed)]}
		for _, rule := range groups {
			if rule.Niveau == niveau || niveau == "1" && rule.Code == "class-absent" {
				g.Mist = append(g.Mist, rule)
			}
		}
		return g
	}
	out := []grade{of("1", m.One), of("2", m.Two), of("3", m.Three), of("bonus", m.Bonus)}
	for i := range out {
		if g := &out[i]; len(g.Mist) > missingShown+1 {
			g.Mist, g.Meer = g.Mist[:missingShown], g.Mist[missingShown:]
		}
	}
	return out
}

// filtersFor are the ways to choose among findings, with what each would show.
func filtersFor(l lang, findings []rdf.Finding, chosen selection, at func(selection) string) []filterSet {
	ernst, niveau := map[string]int{}, map[string]int{}
	for _, f := range findings {
		if (selection{niveau: chosen.niveau, regel: chosen.regel}).holds(f) {
			ernst[f.Severity.String()]++
		}
		if (selection{ernst: chosen.ernst, regel: chosen.regel}).holds(f) {
			niveau[levelOf(f.Rule)]++
		}
	}
	set := func(naam string, counts map[string]int, now string, values []string, label func(string) string, to func(string) selection) filterSet {
		out := filterSet{Naam: message(l, naam)}
		total := 0
		for _, n := range counts {
			total += n
		}
		out.Keuzes = append(out.Keuzes, filterChoice{message(l, "filter.alle"), total, at(to("")) + "#bevindingen", now == ""})
		for _, v := range values {
			if counts[v] > 0 || now == v {
				out.Keuzes = append(out.Keuzes, filterChoice{label(v), counts[v], at(to(v)) + "#bevindingen", now == v})
			}
		}
		return out
	}
	return []filterSet{
		set("filter.ernst", ernst, chosen.ernst, []string{"violation", "warning", "info"},
			func(v string) string { return message(l, "ernst."+v) },
			func(v string) selection { return selection{ernst: v, niveau: chosen.niveau, regel: chosen.regel} }),
		set("filter.niveau", niveau, chosen.niveau, []string{"1", "2", "3", "bonus"},
			func(v string) string { return message(l, "niveau."+v) },
			func(v string) selection { return selection{ernst: chosen.ernst, niveau: v, regel: chosen.regel} }),
	}
}

// reportPart answers the parts of a report: its source, its triples, and its
// findings in other forms.
func (s *site) reportPart(w http.ResponseWriter, r *http.Request) error {
	rec, until, err := s.kept(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("X-Robots-Tag", "noindex")
	part := strings.Trim(r.PathValue("deel"), "/")
	switch {
	case part == "bron" && rec.Document != nil:
		return s.sourcePage(w, r, rec, until)
	case part == "triples.ttl" && rec.Document != nil && len(rec.Document.Turtle) > 0:
		return send(w, r, http.StatusOK, "text/turtle; charset=utf-8", rec.Document.Turtle)
	}
	for _, f := range reportForms {
		if part != "bevindingen"+f.suffix {
			continue
		}
		documents, err := s.documentsOf(r.Context(), rec)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := f.write(&b, documents, s.Version, report.Language(language(r))); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
		disposition := "inline" // the browser shows what it can
		if f.mediaType == "text/html" || f.mediaType == "application/sarif+json" {
			disposition = "attachment" // our policy would take its style away
		}
		w.Header().Set("Content-Disposition", fmt.Sprintf("%s; filename=%q", disposition, part))
		return send(w, r, http.StatusOK, f.mediaType+"; charset=utf-8", b.Bytes())
	}
	return errNotFound
}

// sourcePage shows a part of the whole source.
func (s *site) sourcePage(w http.ResponseWriter, r *http.Request, rec *record, until time.Time) error {
	text := rec.Document.Text
	h := s.reportHead(r, rec, until)
	h.Bron = rec.Document.Source
	q := r.URL.Query()
	from := 0
	if n, err := strconv.Atoi(q.Get("regel")); err == nil {
		from = lineOffset(text, max(1, n-10))
	}
	if n, err := strconv.Atoi(q.Get("byte")); err == nil {
		from = n
	}
	rows, end := sourceFrom(text, from)
	d := sourcePage{reportHead: h, Rijen: rows}
	if from > 0 {
		d.Vorige = s.partLink(r, h, "bron", "byte", max(0, from-sourcePageBytes))
	}
	if end < len(text) {
		d.Verder = s.partLink(r, h, "bron", "byte", end)
	}
	p := s.newPage(r, "bron")
	p.Robots, p.Deel = "noindex, nofollow", "validator"
	p.Titel = message(p.Taal, "bron.titel") + ": " + shortAddress(h.Bron)
	p.Kruimels = []crumb{{link(p.Taal, "/validator"), message(p.Taal, "nav.validator")}, {s.reportLink(r, h.ID, ""), message(p.Taal, "rapport.titel")}, {"", message(p.Taal, "bron.titel")}}
	p.Data = d
	return s.write(w, r, http.StatusOK, p)
}

// changeReport does what the maker of a report asks: keep it longer, delete it,
// or end the crawl that it tells of.
func (s *site) changeReport(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	rec, _, err := s.kept(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	key := r.PostFormValue("sleutel")
	if !rec.opens(key) {
		return failure{http.StatusForbidden, "validator.nietuw"}
	}
	if rec.Batch != "" {
		return failure{http.StatusBadRequest, "fout.vraag"}
	}
	switch r.PostFormValue("actie") {
	case "bewaar":
		if s.crawls.running(rec.ID) {
			break // it is kept when it ends
		}
		until := s.Now().Add(keptLong)
		for _, id := range rec.all() {
			one, _, err := s.kept(r.Context(), id)
			if err != nil {
				continue // it made way for others meanwhile
			}
			if err := s.keep(r.Context(), one, until); err != nil {
				return err
			}
		}
	case "stop":
		s.crawls.stop(rec.ID)
	case "verwijder":
		s.crawls.stop(rec.ID)
		for _, id := range rec.all() {
			if err := s.Reports.Delete(r.Context(), id); err != nil {
				return err
			}
		}
		http.Redirect(w, r, link(language(r), "/validator", "verwijderd", 1), http.StatusSeeOther)
		return nil
	default:
		return failure{http.StatusBadRequest, "fout.vraag"}
	}
	http.Redirect(w, r, s.reportLink(r, rec.ID, key), http.StatusSeeOther)
	return nil
}

// all are the reports of which this one is made, itself last.
func (rec *record) all() []string {
	var ids []string
	if rec.Several != nil {
		for _, p := range rec.Several.Pages {
			if p.Report != "" {
				ids = append(ids, p.Report)
			}
		}
	}
	return append(ids, rec.ID)
}

package oogst

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a machine may have no time zone database

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
)

// brussel is the clock by which Flemish terms run.
var brussel = func() *time.Location {
	l, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		return time.UTC
	}
	return l
}()

// Verdict says whether what a government published is here.
type Verdict string

// The verdicts, from good to bad; Unknown is for a government that nothing is
// harvested of.
const (
	Complete   Verdict = "volledig"
	Uncertain  Verdict = "onzeker"
	Incomplete Verdict = "onvolledig"
	Unknown    Verdict = "zonder-bron"
)

// Verdicts are all of them, the worst first.
var Verdicts = [...]Verdict{Incomplete, Uncertain, Complete, Unknown}

// Report is the state of the harvest at one moment.
type Report struct {
	Moment time.Time `json:"moment"`
	// Took is how long it took to make, and Visits how many addresses it counted.
	Took     time.Duration   `json:"-"`
	Visits   int             `json:"bezoeken"`
	Tellen   map[Verdict]int `json:"oordelen"` // governments by verdict
	Dekking  []Dekking       `json:"dekking"`
	Logboek  Logboek         `json:"logboek"`
	Besturen []*Bestuur      `json:"besturen"` // by name

	held []publisher.Entry
}

// Logboek is how far the ledger has come.
type Logboek struct {
	Regels uint64 `json:"regels"`
	Hash   string `json:"hash,omitempty"` // of the newest entry
}

// Dekking says of how many governments of a class there is a source.
type Dekking struct {
	Soort   string `json:"soort"`   // label of the class
	Totaal  int    `json:"totaal"`  // that exist by the register
	MetBron int    `json:"metBron"` // of which something is harvested
}

// Bestuur is a government, or, where nobody says whose it is, a source.
type Bestuur struct {
	IRI       string  `json:"iri,omitempty"` // "" for a source without a government
	Naam      string  `json:"naam"`
	Slug      string  `json:"slug"` // in addresses; no two have the same
	Soort     string  `json:"soort,omitempty"`
	Provincie string  `json:"provincie,omitempty"`
	Oordeel   Verdict `json:"oordeel"`
	// Reden is why, in one sentence.
	Reden rdf.Text `json:"reden"`
	// Gelezen is when its sources were last read to the end; the oldest of them.
	Gelezen   time.Time `json:"gelezen,omitzero"`
	Tellingen Counts    `json:"tellingen"`
	Ronde     *Totals   `json:"ronde,omitempty"` // the last round of each source, added up
	Zittingen int       `json:"zittingen"`
	Besluiten int       `json:"besluiten"`
	// Maanden counts the sittings of each of the last 24 months, oldest first.
	Maanden   []Maand           `json:"maanden,omitempty"`
	Problemen []Problem         `json:"problemen"` // worst first
	Verleden  []Past            `json:"verleden,omitempty"`
	Organen   []Orgaan          `json:"organen,omitempty"`
	Bronnen   []*Source         `json:"bronnen,omitempty"`
	Held      []publisher.Entry `json:"tegengehouden,omitempty"` // the newest of the pages that are held back

	slugOfStore bool // the slug is that of /besturen
}

// Counts are the pages of a source, or of all sources of a government, as they
// were last seen.
type Counts struct {
	Pages       int `json:"paginas"` // that state something
	Overviews   int `json:"overzichten"`
	Attachments int `json:"bijlagen"`
	Withdrawn   int `json:"ingetrokken"`
	Failed      int `json:"mislukt"`
	Held        int `json:"tegengehouden"`
	Unlisted    int `json:"nietVermeld"` // that no overview leads to any more
	// Textless are the attachments of which the text could not be read.
	Textless int `json:"bijlagenZonderTekst"`
}

func (c *Counts) add(d Counts) {
	c.Pages += d.Pages
	c.Overviews += d.Overviews
	c.Attachments += d.Attachments
	c.Withdrawn += d.Withdrawn
	c.Failed += d.Failed
	c.Held += d.Held
	c.Unlisted += d.Unlisted
	c.Textless += d.Textless
}

// Totals are what a round did.
type Totals struct {
	Pages     int `json:"paginas"`
	New       int `json:"nieuw"`
	Changed   int `json:"gewijzigd"`
	Withdrawn int `json:"ingetrokken"`
	Held      int `json:"tegengehouden"`
	Failed    int `json:"mislukt"`
	Requests  int `json:"verzoeken"`
}

func totalsOf(t harvester.Totals) Totals {
	return Totals{t.Pages, t.New, t.Changed, t.Withdrawn, t.Held, t.Failed, t.Requests}
}

func (t *Totals) add(d Totals) {
	t.Pages += d.Pages
	t.New += d.New
	t.Changed += d.Changed
	t.Withdrawn += d.Withdrawn
	t.Held += d.Held
	t.Failed += d.Failed
	t.Requests += d.Requests
}

// Maand is a month and how many sittings were in it.
type Maand struct {
	Maand     string `json:"maand"` // "2026-11"
	Zittingen int    `json:"zittingen"`
}

// Round is a harvest of a source that ended.
type Round struct {
	Began   time.Time `json:"begin"`
	Ended   time.Time `json:"einde"`
	Stopped string    `json:"gestopt,omitempty"` // why before everything was visited
	Totals
}

// Source is an address where harvesting begins, with what became of it.
type Source struct {
	URL string `json:"url"`
	// Declared says that the operator lists it; others were harvested by hand.
	Declared bool          `json:"ingesteld"`
	Every    time.Duration `json:"-"`
	Counts   Counts        `json:"tellingen"`
	// LastVisit is the last request of any page, Success the last time that the
	// address itself was read, and Read when everything was: the beginning of the
	// last round that went to its end.
	LastVisit time.Time `json:"laatsteVerzoek,omitzero"`
	Success   time.Time `json:"laatstGelukt,omitzero"`
	Read      time.Time `json:"gelezen,omitzero"`
	Running   bool      `json:"bezig,omitempty"` // a round is under way
	Rounds    []Round   `json:"rondes,omitempty"`
	Failures  []Failure `json:"mislukt,omitempty"` // the first hundred
	// Reasons are the failures by reason, most first.
	Reasons []Reason `json:"redenen,omitempty"`
	// Certificate is that of the server, nil if it is not known.
	Certificate *Certificate `json:"certificaat,omitempty"`

	besturen []string // IRIs of governments
	sample   []string // some of its pages
	seed     *harvester.Visit
	failed   map[harvester.Failing]*failing
	hosts    map[string]*host
	unlisted []Evidence
	textless []Evidence
	problems []Problem
}

// Certificate is what a server showed over TLS.
type Certificate struct {
	Name    string    `json:"naam"`
	Issuer  string    `json:"uitgever"`
	Expires time.Time `json:"geldigTot"`
}

// Reason is a reason why pages could not be read, and of how many.
type Reason struct {
	Kind  harvester.Failing `json:"soort"`
	Text  rdf.Text          `json:"tekst"`
	Count int               `json:"aantal"`
}

// Failure is a page that could not be read.
type Failure struct {
	URL    string            `json:"url"`
	From   string            `json:"vanaf,omitempty"` // the page that leads to it
	Kind   harvester.Failing `json:"soort"`
	Status int               `json:"status,omitempty"`
	Reason rdf.Text          `json:"reden"`
	Detail string            `json:"technisch,omitempty"` // names no address of a machine
	Time   time.Time         `json:"tijd"`
	// Before is the last time that it was read, zero if never: what is here is as
	// old as that.
	Before time.Time `json:"voordienGelezen,omitzero"`
}

// Orgaan is an organ with the rhythm of its sittings.
type Orgaan struct {
	IRI       string    `json:"iri"`
	Naam      string    `json:"naam"`
	Zittingen int       `json:"zittingen"` // that the rhythm was learned from
	Laatste   time.Time `json:"laatste,omitzero"`
	// Gewoonlijk is the usual number of days between two sittings, 0 if too few
	// are known, and Grens how many make a silence.
	Gewoonlijk int `json:"gewoonlijk,omitempty"`
	Grens      int `json:"grens,omitempty"`
}

// Brief returns a copy without what only the page of one government shows.
func (b *Bestuur) Brief() *Bestuur {
	brief := *b
	brief.Verleden, brief.Organen, brief.Bronnen, brief.Held = nil, nil, nil, nil
	brief.Problemen = slices.Clone(b.Problemen)
	for i := range brief.Problemen {
		brief.Problemen[i].Evidence = nil
	}
	return &brief
}

// Brief returns a copy with brief governments.
func (r *Report) Brief() *Report {
	brief := *r
	brief.Besturen = make([]*Bestuur, len(r.Besturen))
	for i, b := range r.Besturen {
		brief.Besturen[i] = b.Brief()
	}
	return &brief
}

// Bestuur finds a government by its slug, IRI, besluit.ID of its IRI, or name,
// and of those with one name the one that is harvested; nil if there is none.
func (r *Report) Bestuur(key string) *Bestuur {
	named := func(b *Bestuur) bool { return strings.EqualFold(b.Naam, key) }
	for _, is := range []func(*Bestuur) bool{
		func(b *Bestuur) bool { return b.Slug == key || b.IRI == key && key != "" },
		func(b *Bestuur) bool { return b.IRI != "" && besluit.ID(b.IRI) == key },
		func(b *Bestuur) bool { return named(b) && b.Oordeel != Unknown },
		named,
	} {
		if i := slices.IndexFunc(r.Besturen, is); i >= 0 {
			return r.Besturen[i]
		}
	}
	return nil
}

// Held are the pages that are held back, oldest first, with their reasons.
func (r *Report) Held() []publisher.Entry { return r.held }

// Has reports whether a government has a problem of a kind.
func (b *Bestuur) Has(k Kind) bool {
	return slices.ContainsFunc(b.Problemen, func(p Problem) bool { return p.Kind == k })
}

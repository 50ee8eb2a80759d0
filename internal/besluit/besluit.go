package besluit

import "time"

// Bestuurseenheid is an administrative unit such as a municipality
// (besluit:Bestuurseenheid).
type Bestuurseenheid struct {
	IRI           string
	Naam          string // skos:prefLabel
	Classificatie string // IRI in BestuurseenheidClassificatieCode
}

// Bestuursorgaan is a governing body, such as a council
// (besluit:Bestuursorgaan). Data refers to the organ in a bestuursperiode
// (time specialisation); IsTijdspecialisatieVan is the organ itself.
type Bestuursorgaan struct {
	IRI                    string
	Naam                   string // skos:prefLabel; of the abstract organ if the specialisation has none
	Classificatie          string // IRI in BestuursorgaanClassificatieCode
	IsTijdspecialisatieVan string // IRI, "" if this is the abstract organ
	Bestuurt               *Bestuurseenheid
}

// Soort is the kind of a published document, by its BesluitDocumentType.
type Soort string

// The kinds of document that Belfort tells apart.
const (
	Agenda         Soort = "agenda"
	Besluitenlijst Soort = "besluitenlijst"
	Notulen        Soort = "notulen"
	Uittreksel     Soort = "uittreksel"
)

// Document is a published document of a sitting (foaf:Document with a
// BesluitDocumentType).
type Document struct {
	IRI             string
	Soort           Soort
	Publicatiedatum time.Time // eli:date_publication; zero if absent
	Pagina          string    // IRI of the page that says so, "" if unknown
}

// Zitting is a sitting of a governing body (besluit:Zitting).
type Zitting struct {
	IRI           string
	GehoudenDoor  *Bestuursorgaan // besluit:isGehoudenDoor; nil if absent
	GeplandeStart time.Time       // besluit:geplandeStart
	Gestart       time.Time       // prov:startedAtTime
	Geeindigd     time.Time       // prov:endedAtTime
	Locatie       string          // label of prov:atLocation
	Voorzitter    *Mandataris
	Secretaris    *Mandataris
	Aanwezigen    []*Mandataris // besluit:heeftAanwezigeBijStart
	Agendapunten  []*Agendapunt // in agenda order
	Documenten    []*Document
	Bronnen       []string // IRIs of the pages that speak of it, sorted
}

// Datum returns when the sitting began, or was planned to begin; zero if the
// data says neither.
func (z *Zitting) Datum() time.Time {
	if !z.Gestart.IsZero() {
		return z.Gestart
	}
	return z.GeplandeStart
}

// Agendapunt is an item on the agenda of a sitting (besluit:Agendapunt).
type Agendapunt struct {
	IRI             string
	Titel           string // dct:title
	Beschrijving    string // dct:description
	GeplandOpenbaar *bool  // besluit:geplandOpenbaar; nil if absent
	Nummer          int    // 1-based place on the agenda, 0 if unknown
	Zitting         *Zitting
	Behandelingen   []*BehandelingVanAgendapunt
	Bronnen         []string
}

// BehandelingVanAgendapunt is the handling of an item during the sitting
// (besluit:BehandelingVanAgendapunt).
type BehandelingVanAgendapunt struct {
	IRI        string
	Openbaar   *bool
	Agendapunt *Agendapunt
	Besluiten  []*Besluit // prov:generated
	Stemmingen []*Stemming
}

// Besluit is a decision (besluit:Besluit).
type Besluit struct {
	IRI              string
	Titel            string   // eli:title
	TitelKort        string   // eli:title_short
	Beschrijving     string   // eli:description
	Motivering       string   // besluit:motivering, plain text or HTML
	Inhoud           string   // prov:value, plain text or HTML
	Types            []string // IRIs in BesluitType, sorted
	GenomenDoor      *Bestuursorgaan
	Publicatiedatum  time.Time // eli:date_publication
	Inwerkingtreding time.Time // eli:first_date_entry_in_force
	Buitenwerking    time.Time // eli:date_no_longer_in_force
	Artikels         []*Artikel
	Rechtsgronden    []Rechtsgrond // eli:cites
	Bijlagen         []string      // IRIs of attachments (eli:related_to)
	Corrigeert       []string      // eli:corrects
	GecorrigeerdDoor []string      // inverse of eli:corrects, or eli:corrected_by
	Behandeling      *BehandelingVanAgendapunt
	Bronnen          []string
}

// Rechtsgrond is a legal ground that a decision cites (eli:cites).
type Rechtsgrond struct {
	IRI, Titel string
}

// Artikel is an article of a decision (besluit:Artikel).
type Artikel struct {
	IRI    string
	Nummer string // eli:number, as written
	Titel  string // eli:title
	Inhoud string // prov:value, plain text or HTML
}

// Stemming is a vote (besluit:Stemming). Aantal... are -1 if absent.
type Stemming struct {
	IRI                 string
	Onderwerp           string
	Gevolg              string
	Geheim              bool
	AantalVoorstanders  int
	AantalTegenstanders int
	AantalOnthouders    int
	Aanwezigen          []*Mandataris
	Voorstanders        []*Mandataris
	Tegenstanders       []*Mandataris
	Onthouders          []*Mandataris
}

// Mandataris is somebody who holds a mandate (mandaat:Mandataris). Naam is ""
// where the data gives only the IRI.
type Mandataris struct {
	IRI, Naam string
}

// Inhoud is everything that one graph says, in Dutch terms: what Lift returns.
// Lists are in document order where the graph has one, else by IRI.
type Inhoud struct {
	Bestuurseenheden []*Bestuurseenheid
	Bestuursorganen  []*Bestuursorgaan
	Zittingen        []*Zitting
	Agendapunten     []*Agendapunt
	Besluiten        []*Besluit
	Stemmingen       []*Stemming
	Documenten       []*Document
}

package search

import (
	"strings"
	"time"
	_ "time/tzdata" // a machine may have no time zone database

	"golang.org/x/net/html"

	"github.com/belfort-lod/belfort/internal/besluit"
)

// Document is one entity as an index holds it. It carries its texts, so that a
// hit can be shown with the place where it matched and without asking another
// store.
type Document struct {
	IRI        string    `json:"iri"`
	Soort      Soort     `json:"soort"`
	Titel      string    `json:"titel"`
	Bestuur    string    `json:"bestuur,omitempty"`
	BestuurIRI string    `json:"bestuurIRI,omitempty"`
	Orgaan     string    `json:"orgaan,omitempty"`
	OrgaanCode string    `json:"orgaanCode,omitempty"` // classification IRI
	Datum      time.Time `json:"datum,omitzero"`
	Types      []string  `json:"types,omitempty"`
	Uitslag    string    `json:"uitslag,omitempty"`
	Texts      []Text    `json:"texts,omitempty"`
}

// Text is one part of an entity's text, plain.
type Text struct {
	Part string `json:"part"` // "motivering", "artikel 2", "rechtsgrond", ...
	Text string `json:"text"`
}

// Documents maps entities to documents. An agenda item is a document of its
// own only as long as no decision came from it; gone lists the items that are
// none any more. attachment gives the plain text of the attachment with an IRI,
// "" where none was read; nil knows of none.
func Documents(inhoud *besluit.Inhoud, attachment func(iri string) string) (documents []Document, gone []string) {
	for _, b := range inhoud.Besluiten {
		d := ofBesluit(b)
		if attachment != nil {
			d.attach(b.Bijlagen, attachment)
		}
		documents = append(documents, d)
	}
	for _, a := range inhoud.Agendapunten {
		if hasBesluit(a) {
			gone = append(gone, a.IRI)
			continue
		}
		documents = append(documents, ofAgendapunt(a))
	}
	for _, z := range inhoud.Zittingen {
		documents = append(documents, ofZitting(z))
	}
	return documents, gone
}

func hasBesluit(a *besluit.Agendapunt) bool {
	for _, b := range a.Behandelingen {
		if len(b.Besluiten) > 0 {
			return true
		}
	}
	return false
}

func ofBesluit(b *besluit.Besluit) Document {
	d := Document{IRI: b.IRI, Soort: Besluit, Titel: firstOf(b.Titel, b.TitelKort), Types: b.Types, Uitslag: string(b.Uitslag())}
	if b.Behandeling != nil && b.Behandeling.Agendapunt != nil {
		punt := b.Behandeling.Agendapunt
		d.Titel = firstOf(d.Titel, punt.Titel)
		if punt.Titel != d.Titel {
			d.text("agendapunt", punt.Titel)
		}
		d.text("agendapunt", punt.Beschrijving)
		if punt.Zitting != nil {
			d.ofOrgaan(punt.Zitting.GehoudenDoor)
			d.Datum = punt.Zitting.Datum()
		}
		for _, s := range b.Behandeling.Stemmingen {
			d.text("stemming", strings.TrimSpace(s.Onderwerp+" "+s.Gevolg))
		}
	}
	if d.BestuurIRI == "" {
		d.ofOrgaan(b.GenomenDoor)
	}
	if d.Datum.IsZero() {
		d.Datum = b.Publicatiedatum
	}
	if b.TitelKort != d.Titel {
		d.text("titel", b.TitelKort)
	}
	d.text("beschrijving", b.Beschrijving)
	d.text("motivering", b.Motivering)
	for _, r := range b.Rechtsgronden {
		d.text("rechtsgrond", r.Titel)
	}
	for _, a := range b.Artikels {
		d.text(strings.TrimSpace("artikel "+strings.TrimSpace(strings.TrimPrefix(strings.ToLower(a.Nummer), "artikel"))), strings.TrimSpace(a.Titel+" "+PlainText(a.Inhoud)))
	}
	// The whole text repeats the parts where a page has both.
	if len(b.Artikels) == 0 || b.Motivering == "" {
		d.text("inhoud", b.Inhoud)
	}
	d.Titel = firstOf(d.Titel, "Besluit zonder titel")
	return d
}

func ofAgendapunt(a *besluit.Agendapunt) Document {
	d := Document{IRI: a.IRI, Soort: Agendapunt, Titel: firstOf(a.Titel, "Agendapunt zonder titel")}
	if a.Zitting != nil {
		d.ofOrgaan(a.Zitting.GehoudenDoor)
		d.Datum = a.Zitting.Datum()
	}
	d.text("beschrijving", a.Beschrijving)
	return d
}

func ofZitting(z *besluit.Zitting) Document {
	d := Document{IRI: z.IRI, Soort: Zitting, Titel: "Zitting", Datum: z.Datum()}
	d.ofOrgaan(z.GehoudenDoor)
	if d.Orgaan != "" {
		d.Titel = "Zitting van " + d.Orgaan
	}
	for _, a := range z.Agendapunten {
		d.text("agenda", a.Titel)
	}
	return d
}

func (d *Document) ofOrgaan(o *besluit.Bestuursorgaan) {
	if o == nil {
		return
	}
	d.Orgaan, d.OrgaanCode = o.Naam, o.Classificatie
	if d.Orgaan == "" {
		d.Orgaan = besluit.Label(o.Classificatie)
	}
	if o.Bestuurt != nil {
		d.BestuurIRI = o.Bestuurt.IRI
		d.Bestuur = o.Bestuurt.Naam
	}
}

func (d *Document) text(part, text string) {
	if text = PlainText(text); text != "" {
		d.Texts = append(d.Texts, Text{Part: part, Text: text})
	}
}

// maxAttached bounds what the attachments of one decision bring into an index,
// in bytes: regulations with maps and tables run to hundreds of pages.
const maxAttached = 4 << 20

// attach adds the text of attachments, which is plain: "<" is no tag in it.
func (d *Document) attach(iris []string, attachment func(iri string) string) {
	room := maxAttached
	for _, iri := range iris {
		text := strings.Join(strings.Fields(attachment(iri)), " ")
		if most := min(room, maxText); len(text) > most {
			text = strings.ToValidUTF8(text[:most], "")
		}
		if text == "" {
			continue
		}
		room -= len(text)
		d.Texts = append(d.Texts, Text{Part: "bijlage", Text: text})
	}
}

// brussel is where councils sit.
var brussel = func() *time.Location {
	l, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		return time.UTC
	}
	return l
}()

// Dag returns the calendar day on which a moment fell in Flanders, as midnight
// in UTC: a sitting at 00.30 counts for that day, in whatever zone a page wrote
// it.
func Dag(moment time.Time) time.Time { return midnight(moment.In(brussel)) }

// midnight returns the calendar day of t in its own zone, as midnight in UTC.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// Period returns the days of From and To, as midnights in UTC; zero is open.
func (r Request) Period() (first, last time.Time) {
	if !r.From.IsZero() {
		first = midnight(r.From)
	}
	if !r.To.IsZero() {
		last = midnight(r.To)
	}
	return first, last
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v = strings.Join(strings.Fields(v), " "); v != "" {
			return v
		}
	}
	return ""
}

// maxText bounds one part of a document, in bytes: what is longer is cut, and
// cannot be found.
const maxText = 1 << 20

// PlainText returns what a person would read of a text that may hold HTML, with
// single spaces.
func PlainText(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	if !strings.ContainsAny(s, "<&") {
		return strings.Join(strings.Fields(s), " ")
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), " ")
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if isHidden(string(name)) {
				hidden++
			}
			if !isInline(string(name)) {
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if isHidden(string(name)) && hidden > 0 {
				hidden--
			}
			if !isInline(string(name)) {
				b.WriteByte(' ')
			}
		case html.SelfClosingTagToken:
			b.WriteByte(' ')
		}
	}
}

func isHidden(tag string) bool { return tag == "script" || tag == "style" }

func isInline(tag string) bool {
	switch tag {
	case "a", "abbr", "b", "em", "i", "small", "span", "strong", "sub", "sup", "u":
		return true
	}
	return false
}

package vlavirgem

import (
	"fmt"
	"html"
	"strings"
	"sync"
	"time"
)

// pagina is one page of the website. Its text is made when somebody asks for it.
type pagina struct {
	pad, soort, titel string
	gepubliceerd      time.Time
	orgaan            *orgaan
	zitting           *zitting // nil on overview pages
	besluit           *besluit // on an uittreksel
	document          string   // IRI
	tekst             func() string
}

func (g *Gemeente) voegPaginaToe(p *pagina, schrijf func(*blad)) {
	p.tekst = sync.OnceValue(func() string {
		b := &blad{p: p}
		b.kop()
		schrijf(b)
		b.voet()
		if p.zitting != nil && p.zitting.fout != "" {
			return p.maakFout(b.String())
		}
		return b.String()
	})
	g.paginas = append(g.paginas, p)
	g.opPad[p.pad] = p
}

// documentIRI is the identifier of the agenda, besluitenlijst or notulen of a sitting.
func (z *zitting) document(soort string) string {
	meervoud := map[string]string{soortAgenda: "agendas", soortBesluitenlijst: "besluitenlijsten", soortNotulen: "notulen"}[soort]
	return id(meervoud, z.iri)
}

func (z *zitting) pad(soort string) string {
	return fmt.Sprintf("/zittingen/%s/%s/%s", z.in.orgaan.kort, iso(z.gepland), soort)
}

// documenten are the kinds of document that are published of the sitting as a whole.
func (z *zitting) documenten() []string {
	switch {
	case z.alleenAgenda:
		return []string{soortAgenda}
	case z.fout != "" || len(z.leden) < 10:
		return []string{soortBesluitenlijst}
	default:
		return []string{soortAgenda, soortBesluitenlijst, soortNotulen}
	}
}

// heeftUittreksel tells whether the decision was published on a page of its own: the decisions of the
// councils are, and those of college and vast bureau that have a BesluitType.
func (b *besluit) heeftUittreksel() bool {
	return b.zitting.fout == "" && (len(b.zitting.leden) > 10 || len(b.typen) > 0)
}

// volledigOp is the path of the page that has the decision in full.
func (b *besluit) volledigOp() string {
	if b.heeftUittreksel() && b.ingetrokkenDoor == nil {
		return b.pad
	}
	d := b.zitting.documenten()
	return b.zitting.pad(d[len(d)-1])
}

// gepubliceerd is the day on which a document of the sitting came on the website.
func (z *zitting) gepubliceerd(soort string, volgende *zitting) time.Time {
	switch soort {
	case soortAgenda:
		return publicatiedag(z.gepland, -10)
	case soortNotulen:
		if volgende != nil { // minutes are approved at the next sitting
			return publicatiedag(volgende.gepland, 1)
		}
		return publicatiedag(z.gepland, 16)
	default:
		return publicatiedag(z.gepland, 3)
	}
}

// maakPaginas lays out the website.
func (g *Gemeente) maakPaginas() {
	g.maakOverzichten()
	volgende := map[*zitting]*zitting{}
	laatste := map[*orgaan]*zitting{}
	for _, z := range g.zittingen {
		if z.fout == "" {
			volgende[laatste[z.in.orgaan]], laatste[z.in.orgaan] = z, z
		}
	}
	for _, z := range g.zittingen {
		for _, soort := range z.documenten() {
			p := &pagina{
				pad: z.pad(soort), soort: soort, orgaan: z.in.orgaan, zitting: z, document: z.document(soort),
				titel:        fmt.Sprintf("%s van %s van %s", hoofdletter(soort), z.in.orgaan.aanhef, datum(z.gepland)),
				gepubliceerd: z.gepubliceerd(soort, volgende[z]),
			}
			g.voegPaginaToe(p, (*blad).zittingspagina)
		}
	}
	for _, b := range g.besluiten {
		if !b.heeftUittreksel() || b == g.ingetrok {
			continue
		}
		p := &pagina{
			pad: b.pad, soort: soortUittreksel, orgaan: b.zitting.in.orgaan, zitting: b.zitting, besluit: b, document: b.document,
			titel: b.titel, gepubliceerd: b.publicatie,
		}
		if b.verbeterdDoor != nil {
			p.gepubliceerd = b.verbeterdDoor.publicatie
		}
		g.voegPaginaToe(p, (*blad).uittreksel)
	}
	for _, p := range g.paginas {
		if p.gepubliceerd.After(g.bijgewerkt) {
			g.bijgewerkt = p.gepubliceerd
		}
	}
	for _, p := range g.paginas {
		if p.gepubliceerd.IsZero() {
			p.gepubliceerd = g.bijgewerkt
		}
	}
}

// blad is a page that is being written.
type blad struct {
	strings.Builder
	p *pagina
}

// f writes a line.
func (b *blad) f(format string, a ...any) {
	fmt.Fprintf(b, format, a...)
	b.WriteByte('\n')
}

// h escapes text for HTML.
func h(s string) string { return html.EscapeString(s) }

// prefixen declares what the pages use, also what the initial context of RDFa 1.1 knows already.
const prefixen = "besluit: http://data.vlaanderen.be/ns/besluit# mandaat: http://data.vlaanderen.be/ns/mandaat# " +
	"persoon: http://data.vlaanderen.be/ns/persoon# person: http://www.w3.org/ns/person# " +
	"eli: http://data.europa.eu/eli/ontology# dct: http://purl.org/dc/terms/ prov: http://www.w3.org/ns/prov# " +
	"skos: http://www.w3.org/2004/02/skos/core# org: http://www.w3.org/ns/org# foaf: http://xmlns.com/foaf/0.1/ " +
	"rdfs: http://www.w3.org/2000/01/rdf-schema# xsd: http://www.w3.org/2001/XMLSchema# " +
	"regorg: http://www.w3.org/ns/regorg# elod: http://linkedeconomy.org/ontology# " +
	"ext: http://mu.semte.ch/vocabularies/ext/ lblodBesluit: http://lblod.data.gift/vocabularies/besluit/ " +
	"leidinggevenden: http://data.lblod.info/vocabularies/leidinggevenden/"

func (b *blad) kop() {
	b.f(`<!DOCTYPE html>`)
	b.f(`<html lang="nl">`)
	b.f(`<head>`)
	b.f(`<meta charset="utf-8">`)
	b.f(`<meta name="viewport" content="width=device-width, initial-scale=1">`)
	b.f(`<title>%s | Vlavirgem</title>`, h(b.p.titel))
	b.f(`<link rel="stylesheet" href="/stijl.css">`)
	b.f(`</head>`)
	b.f(`<body prefix="%s">`, prefixen)
	b.f(`<a class="sla-over" href="#inhoud">Naar de inhoud</a>`)
	b.f(`<header class="kop">`)
	b.f(`<p class="merk"><a href="/">Vlavirgem</a></p>`)
	b.f(`<nav aria-label="Hoofdmenu"><ul>`)
	for _, l := range [][2]string{{"gemeenteraad", "Gemeenteraad"}, {"college", "College"}, {"rmw", "Raad voor maatschappelijk welzijn"}, {"vast-bureau", "Vast bureau"}} {
		b.f(`<li><a href="/zittingen/%s">%s</a></li>`, l[0], l[1])
	}
	b.f(`<li><a href="/reglementen">Reglementen</a></li>`)
	b.f(`</ul></nav>`)
	b.f(`</header>`)
	b.f(`<main id="inhoud">`)
}

func (b *blad) voet() {
	b.f(`</main>`)
	b.f(`<footer class="voet">`)
	b.f(`<p>Lokaal bestuur Vlavirgem, Belfortplein 1, 9309 Vlavirgem. Vlavirgem bestaat niet: bestuur, personen en besluiten op deze website zijn verzonnen.</p>`)
	b.f(`</footer>`)
	b.f(`</body>`)
	b.f(`</html>`)
}

// tijdstip writes a date and time property.
func tijdstip(eigenschap string, t time.Time) string {
	return fmt.Sprintf(`<span property="%s" content="%s" datatype="xsd:dateTime">%s %s, %02d.%02d uur</span>`,
		eigenschap, t.Format("2006-01-02T15:04:05-07:00"), weekdagen[t.Weekday()], datum(t), t.Hour(), t.Minute())
}

func dagEigenschap(eigenschap string, t time.Time) string {
	return fmt.Sprintf(`<span property="%s" content="%s" datatype="xsd:date">%s</span>`, eigenschap, iso(t), datum(t))
}

// opening begins the article of a sitting: title, document, body, place and time.
func (b *blad) opening(z *zitting) {
	p := b.p
	b.f(`<article resource="%s" typeof="besluit:Zitting">`, z.iri)
	b.f(`<h1>%s</h1>`, h(p.titel))
	eigenschap := "besluit:heeft" + hoofdletter(p.soort)
	b.f(`<p class="document" property="%s" resource="%s" typeof="foaf:Document %s">`, eigenschap, p.document, documentType[p.soort])
	b.f(`%s van <span property="eli:passed_by" resource="%s">%s</span>, gepubliceerd op %s`,
		hoofdletter(p.soort), z.in.iri, h(z.in.naam), dagEigenschap("eli:date_publication", p.gepubliceerd))
	b.f(`</p>`)
	b.f(`<dl class="zitting">`)
	b.f(`<dt>Zitting</dt>`)
	b.f(`<dd><span class="nummer">%s</span>%s</dd>`, z.nummer, h(map[bool]string{true: " (" + z.bijzonder + ")"}[z.bijzonder != ""]))
	b.f(`<dt>Bestuursorgaan</dt>`)
	b.f(`<dd property="besluit:isGehoudenDoor" resource="%s" typeof="besluit:Bestuursorgaan">`, z.in.iri)
	b.f(`<span property="skos:prefLabel" datatype="xsd:string">%s</span>`, h(z.in.naam))
	b.code(z.in.orgaan.code)
	b.f(`<span property="mandaat:bindingStart" content="%s" datatype="xsd:dateTime"></span>`, z.in.begin)
	if z.in.einde != "" {
		b.f(`<span property="mandaat:bindingEinde" content="%s" datatype="xsd:dateTime"></span>`, z.in.einde)
	}
	b.f(`<span property="besluit:bestuurt" resource="%s"></span>`, z.in.orgaan.eenheid.iri)
	b.f(`<span property="mandaat:isTijdspecialisatieVan" resource="%s" typeof="besluit:Bestuursorgaan">`, z.in.orgaan.iri)
	b.orgaan(z.in.orgaan)
	b.f(`</span>`)
	b.f(`</dd>`)
	b.f(`<dt>Gepland</dt>`)
	b.f(`<dd>%s</dd>`, tijdstip("besluit:geplandeStart", z.gepland))
	b.f(`<dt>Begonnen</dt>`)
	b.f(`<dd>%s</dd>`, tijdstip("prov:startedAtTime", z.start))
	b.f(`<dt>Beëindigd</dt>`)
	b.f(`<dd>%s</dd>`, tijdstip("prov:endedAtTime", z.einde))
	b.f(`<dt>Plaats</dt>`)
	b.f(`<dd property="prov:atLocation" resource="%s" typeof="prov:Location"><span property="rdfs:label" datatype="xsd:string">%s</span></dd>`, z.locatie[0], h(z.locatie[1]))
	b.f(`</dl>`)
}

func (b *blad) code(code string) {
	b.f(`<span property="org:classification" resource="%s" typeof="skos:Concept"></span>`, code)
	b.f(`<span property="besluit:classificatie" resource="%s"></span>`, code)
}

// orgaan writes the properties of a body, in an element that has it as its subject.
func (b *blad) orgaan(o *orgaan) {
	b.f(`<span class="stil" property="skos:prefLabel" datatype="xsd:string">%s Vlavirgem</span>`, h(o.naam))
	b.code(o.code)
	b.f(`<span property="besluit:bestuurt" resource="%s" typeof="besluit:Bestuurseenheid">`, o.eenheid.iri)
	b.eenheid(o.eenheid)
	b.f(`</span>`)
}

func (b *blad) eenheid(e *eenheid) {
	b.f(`<span class="stil" property="skos:prefLabel" datatype="xsd:string">%s</span>`, h(e.naam))
	b.code(e.code)
	b.f(`<span property="besluit:werkingsgebied" resource="%s" typeof="prov:Location">`, id("werkingsgebieden", "vlavirgem"))
	b.f(`<span property="rdfs:label" datatype="xsd:string" content="Vlavirgem"></span>`)
	b.f(`<span property="ext:werkingsgebiedNiveau" datatype="xsd:string" content="Gemeente"></span>`)
	b.f(`</span>`)
}

// sluiting links to the other documents of the sitting and ends its article.
func (b *blad) sluiting(z *zitting) {
	var links []string
	link := func(eigenschap, pad, iri, tekst string) {
		links = append(links, fmt.Sprintf(`<li><a property="besluit:heeft%s" href="%s" resource="%s" typeof="foaf:Document">%s</a></li>`, eigenschap, pad, iri, h(tekst)))
	}
	for _, soort := range z.documenten() {
		if soort != b.p.soort {
			link(hoofdletter(soort), z.pad(soort), z.document(soort), hoofdletter(soort)+" van deze zitting")
		}
	}
	if b.p.soort == soortBesluitenlijst || b.p.soort == soortNotulen {
		for _, p := range z.punten {
			// The minutes were published after the withdrawal; the list of decisions before it.
			if p.besluit != nil && p.besluit.heeftUittreksel() && (p.besluit.ingetrokkenDoor == nil || b.p.soort == soortBesluitenlijst) {
				link("Uittreksel", p.besluit.pad, p.besluit.document, "Uittreksel: "+p.besluit.titel)
			}
		}
	}
	if len(links) > 0 {
		b.f(`<nav class="documenten" aria-label="Documenten van deze zitting">`)
		b.f(`<h2>Documenten van deze zitting</h2>`)
		b.f(`<ul>`)
		b.f("%s", strings.Join(links, "\n"))
		b.f(`</ul>`)
		b.f(`</nav>`)
	}
	b.f(`</article>`)
}

// aanwezigheid writes who was there when the sitting began; an uittreksel names them only, without
// mandate and party.
func (b *blad) aanwezigheid(z *zitting) {
	b.f(`<section class="aanwezigheid">`)
	b.f(`<h2>Aanwezigheid bij het begin van de zitting</h2>`)
	b.f(`<table>`)
	if b.p.besluit == nil {
		b.f(`<thead><tr><th scope="col">Naam</th><th scope="col">Mandaat</th><th scope="col">Fractie</th><th scope="col">Aanwezig</th></tr></thead>`)
	} else {
		b.f(`<thead><tr><th scope="col">Naam</th><th scope="col">Aanwezig</th></tr></thead>`)
	}
	b.f(`<tbody>`)
	rij := func(m *mandataris, eigenschap, woord string) {
		b.f(`<tr property="%s" resource="%s" typeof="mandaat:Mandataris">`, eigenschap, m.iri)
		b.mandataris(m, "td", woord)
		b.f(`</tr>`)
	}
	for _, m := range z.aanwezig {
		rij(m, "besluit:heeftAanwezigeBijStart", "aanwezig")
	}
	for _, m := range z.afwezig {
		rij(m, "ext:heeftAfwezigeBijStart", "verontschuldigd")
	}
	b.f(`</tbody>`)
	b.f(`</table>`)
	b.f(`<p>Voorzitter:`)
	b.f(`<span property="besluit:heeftVoorzitter" resource="%s" typeof="mandaat:Mandataris">`, z.voorzitter.iri)
	b.mandataris(z.voorzitter, "span", "")
	b.f(`</span></p>`)
	n := z.in.directeurNaam
	b.f(`<p>Secretaris:`)
	b.f(`<span property="besluit:heeftSecretaris" resource="%s" typeof="leidinggevenden:Functionaris">`, z.in.directeurIRI)
	b.f(`<span property="mandaat:isBestuurlijkeAliasVan" resource="%s" typeof="person:Person"><span property="persoon:gebruikteVoornaam" datatype="xsd:string">%s</span> <span property="foaf:familyName" datatype="xsd:string">%s</span></span>, algemeen directeur`,
		id("personen", n[0]+" "+n[1]), h(n[0]), h(n[1]))
	b.f(`</span></p>`)
	b.f(`</section>`)
}

// mandataris writes the properties of a mandataris in cells.
func (b *blad) mandataris(m *mandataris, cel, woord string) {
	b.f(`<%s property="mandaat:isBestuurlijkeAliasVan" resource="%s" typeof="person:Person"><span property="persoon:gebruikteVoornaam" datatype="xsd:string">%s</span> <span property="foaf:familyName" datatype="xsd:string">%s</span></%[1]s>`,
		cel, m.persoon.iri, h(m.persoon.voornaam), h(m.persoon.naam))
	if b.p.besluit == nil {
		b.mandaat(m, cel)
	}
	if woord != "" {
		b.f(`<%s>%s</%[1]s>`, cel, woord)
	}
}

// mandaat writes which mandate a mandataris holds, and for which party.
func (b *blad) mandaat(m *mandataris, cel string) {
	b.f(`<%s property="org:holds" resource="%s" typeof="mandaat:Mandaat"><span property="org:role" resource="%s" typeof="skos:Concept"><span property="skos:prefLabel" datatype="xsd:string">%s</span></span></%[1]s>`,
		cel, m.mandaat, m.code, h(m.functie))
	b.f(`<%s property="org:hasMembership" resource="%s" typeof="org:Membership"><span property="org:organisation" resource="%s" typeof="mandaat:Fractie"><span property="regorg:legalName" datatype="xsd:string">%s</span></span></%[1]s>`,
		cel, id("lidmaatschappen", m.iri), m.fractie, h(m.persoon.fractie))
}

// agendapunten lists the items.
func (b *blad) agendapunten(punten []*agendapunt, eerste int) {
	b.f(`<section class="agenda">`)
	b.f(`<h2>Agendapunten</h2>`)
	b.f(`<ol start="%d">`, eerste)
	for i, p := range punten {
		b.f(`<li property="besluit:behandelt" resource="%s" typeof="besluit:Agendapunt">`, p.iri)
		b.f(`<span class="titel" property="dct:title" datatype="xsd:string">%s</span>`, h(p.titel))
		b.f(`<p property="dct:description" datatype="xsd:string">%s</p>`, h(p.beschrijving))
		b.f(`<p class="kenmerk"><span property="besluit:geplandOpenbaar" content="%t" datatype="xsd:boolean">%s</span>, <span property="besluit:Agendapunt.type" resource="%s" typeof="skos:Concept"><span property="skos:prefLabel" datatype="xsd:string">%s</span></span></p>`,
			p.openbaar, openbaarheid[p.openbaar], agendapuntType[p.soort], p.soort)
		if i > 0 {
			b.f(`<span property="besluit:aangebrachtNa" resource="%s"></span>`, punten[i-1].iri)
		}
		b.f(`</li>`)
	}
	b.f(`</ol>`)
	b.f(`</section>`)
}

var openbaarheid = map[bool]string{true: "openbaar", false: "besloten"}

// zittingspagina is an agenda, besluitenlijst or notulen.
func (b *blad) zittingspagina() {
	z := b.p.zitting
	b.opening(z)
	if b.p.soort != soortAgenda {
		b.aanwezigheid(z)
	}
	b.agendapunten(z.punten, 1)
	if b.p.soort != soortAgenda {
		volledig := b.p.soort == soortNotulen || len(z.leden) < 10
		for i, p := range z.punten {
			var vorige *agendapunt
			if i > 0 {
				vorige = z.punten[i-1]
			}
			b.behandeling(i+1, p, vorige, volledig)
		}
	}
	b.sluiting(z)
}

// uittreksel is the page of one decision.
func (b *blad) uittreksel() {
	z, punt := b.p.zitting, b.p.besluit.punt
	b.opening(z)
	b.aanwezigheid(z)
	nr := 0
	for i, p := range z.punten {
		if p == punt {
			nr = i + 1
		}
	}
	b.agendapunten([]*agendapunt{punt}, nr)
	b.behandeling(nr, punt, nil, true)
	b.sluiting(z)
}

// behandeling writes the treatment of an item: in full, or only what was decided.
func (b *blad) behandeling(nr int, p *agendapunt, vorige *agendapunt, volledig bool) {
	b.f(`<section class="behandeling" resource="%s" typeof="besluit:BehandelingVanAgendapunt">`, p.behandeling)
	b.f(`<h2 property="dct:subject" resource="%s">%d. %s</h2>`, p.iri, nr, h(p.titel))
	b.f(`<p class="kenmerk">Behandeling: <span property="besluit:openbaar" content="%t" datatype="xsd:boolean">%s</span></p>`, p.openbaar, openbaarheid[p.openbaar])
	if vorige != nil {
		b.f(`<span property="besluit:gebeurtNa" resource="%s"></span>`, vorige.behandeling)
	}
	if volledig {
		b.namen("Aanwezig bij dit agendapunt", "besluit:heeftAanwezige", p.aanwezig)
	}
	if p.verslag != "" && volledig {
		b.f(`<p>%s</p>`, h(p.verslag))
	}
	if p.besluit != nil {
		b.besluit(p.besluit, volledig)
	}
	if p.stemming != nil {
		b.stemming(p.stemming, volledig)
	}
	b.f(`</section>`)
}

// namen lists mandatarissen that the table of attendance describes; one element may say several
// things of them.
func (b *blad) namen(kop, eigenschap string, wie []*mandataris) {
	if len(wie) == 0 {
		return
	}
	b.f(`<p class="namenkop">%s (%d)</p>`, kop, len(wie))
	b.f(`<ul class="namen">`)
	for _, m := range wie {
		b.f(`<li property="%s" resource="%s">%s</li>`, eigenschap, m.iri, h(m.persoon.volledig()))
	}
	b.f(`</ul>`)
}

func (b *blad) stemming(s *stemming, volledig bool) {
	b.f(`<div class="stemming" property="besluit:heeftStemming" resource="%s" typeof="besluit:Stemming">`, s.iri)
	b.f(`<h3>Stemming</h3>`)
	b.f(`<p property="besluit:onderwerp" lang="nl">%s</p>`, h(s.onderwerp))
	b.f(`<p><span property="besluit:geheim" content="%t" datatype="xsd:boolean">%s</span>. <span property="besluit:gevolg" lang="nl">%s</span></p>`,
		s.geheim, map[bool]string{true: "Geheime stemming", false: "Openbare stemming"}[s.geheim], h(s.gevolg))
	if volledig {
		b.f(`<p>Voor: <span property="besluit:aantalVoorstanders" datatype="xsd:integer">%d</span>,`, s.nVoor)
		b.f(`tegen: <span property="besluit:aantalTegenstanders" datatype="xsd:integer">%d</span>,`, s.nTegen)
		b.f(`onthoudingen: <span property="besluit:aantalOnthouders" datatype="xsd:integer">%d</span></p>`, s.nOnt)
		const stemmer = "besluit:heeftAanwezige besluit:heeftStemmer"
		if s.geheim {
			b.namen("Namen deel aan de geheime stemming", stemmer, s.aanwezig)
		}
		b.namen("Stemden voor", stemmer+" besluit:heeftVoorstander", s.voor)
		b.namen("Stemden tegen", stemmer+" besluit:heeftTegenstander", s.tegen)
		b.namen("Onthielden zich", stemmer+" besluit:heeftOnthouder", s.onthouden)
	}
	b.f(`</div>`)
}

// besluit writes a decision. What two pages both say of it, they say in the same bytes, so that the
// literals are the same.
func (b *blad) besluit(d *besluit, volledig bool) {
	types := "besluit:Besluit"
	for _, t := range d.typen {
		types += " " + t
	}
	b.f(`<div class="besluit" property="prov:generated" resource="%s" typeof="%s">`, d.iri, types)
	b.f(`<h3 property="eli:title" datatype="xsd:string">%s</h3>`, h(d.titel))
	if d.kort != "" {
		b.f(`<p>Citeeropschrift: <span property="eli:title_short" datatype="xsd:string">%s</span></p>`, h(d.kort))
	}
	b.f(`<p class="beschrijving" property="eli:description" datatype="xsd:string">%s</p>`, h(d.beschrijving))
	b.f(`<p class="kenmerk">Genomen door <span property="eli:passed_by" resource="%s">%s</span>,`, d.zitting.in.iri, h(d.zitting.in.naam))
	b.f(`gepubliceerd op %s.`, dagEigenschap("eli:date_publication", d.publicatie))
	if !d.vanaf.IsZero() {
		b.f(`In werking vanaf %s.`, dagEigenschap("eli:first_date_entry_in_force", d.vanaf))
	}
	if !d.tot.IsZero() {
		b.f(`Buiten werking vanaf %s.`, dagEigenschap("eli:date_no_longer_in_force", d.tot))
	}
	if d.boekjaar != "" {
		b.f(`Financieel boekjaar <span property="elod:financialYear" datatype="xsd:gYear">%s</span>.`, d.boekjaar)
	}
	b.f(`Taal: <span property="eli:language" resource="%s" typeof="skos:Concept">Nederlands</span>.`, nederlands)
	b.f(`<span property="eli:realizes" resource="%s"></span>`, id("rechtsgronden", d.iri))
	b.f(`<span property="prov:wasGeneratedBy" resource="%s"></span></p>`, d.punt.behandeling)
	if volledig {
		b.motivering(d)
		b.f(`<div class="beslissing">`)
		b.f(`<h4>%s besluit</h4>`, hoofdletter(d.zitting.in.orgaan.aanhef))
		b.f(`<div property="prov:value" datatype="xsd:string">`)
		for i, art := range d.artikelen {
			nummer := fmt.Sprintf("Artikel %d", i+1)
			if len(d.artikelen) == 1 {
				nummer = "Enig artikel"
			}
			b.f(`<div class="artikel" property="eli:has_part" resource="%s" typeof="besluit:Artikel">`, art.iri)
			b.f(`<h5 property="eli:number" datatype="xsd:string">%s</h5>`, nummer)
			b.f(`<span property="eli:language" resource="%s" typeof="skos:Concept"></span>`, nederlands)
			b.f(`<span property="eli:title" content="%s: %s" datatype="xsd:string"></span>`, nummer, h(d.titel))
			b.f(`<p property="prov:value" datatype="xsd:string">%s</p>`, h(art.tekst))
			b.f(`</div>`)
		}
		b.f(`</div>`)
		b.f(`</div>`)
		if d.bijlage != nil {
			b.f(`<h4>Bijlagen</h4>`)
			b.f(`<ul><li><a property="eli:related_to" href="%s" typeof="foaf:Document">%s</a> (pdf)</li></ul>`, d.bijlage.pad, h(d.bijlage.titel))
		}
		verwijs := func(tekst, eigenschap string, naar *besluit) {
			if naar != nil {
				b.f(`<p>%s: <a property="%s" resource="%s" href="%s">%s</a> van %s.</p>`, tekst, eigenschap, naar.iri, naar.pad, h(naar.titel), datum(naar.zitting.gepland))
			}
		}
		verwijs("Wijzigt", "eli:changes", d.wijzigt)
		verwijs("Verbetert", "eli:corrects", d.verbetert)
		verwijs("Trekt in", "eli:changes", d.trektIn)
		if b.p.soort == soortUittreksel {
			verwijs("Verbeterd door", "eli:corrected_by", d.verbeterdDoor)
		}
	}
	b.f(`</div>`)
}

func (b *blad) motivering(d *besluit) {
	b.f(`<div class="motivering" property="besluit:motivering" lang="nl">`)
	b.f(`<h4>Feiten en context</h4>`)
	for _, t := range d.feiten {
		b.f(`<p>%s</p>`, h(t))
	}
	b.f(`<h4>Juridische grond</h4>`)
	b.f(`<ul>`)
	for _, g := range d.gronden {
		tekst := h(g.tekst)
		if g.iri != "" {
			tekst = fmt.Sprintf(`<a property="eli:cites" href="%s" typeof="eli:LegalExpression">%s</a>`, g.iri, tekst)
		}
		b.f(`<li>%s%s%s</li>`, h(g.voor), tekst, h(g.na))
	}
	b.f(`</ul>`)
	b.f(`<h4>Argumentatie</h4>`)
	for _, t := range d.argumenten {
		b.f(`<p>%s</p>`, h(t))
	}
	if d.geld != "" {
		b.f(`<h4>Financiële gevolgen</h4>`)
		b.f(`<p>%s</p>`, h(d.geld))
	}
	b.f(`</div>`)
}

package vlaanderen

import (
	"fmt"
	"strings"
	"time"
)

// stijl is a kind of platform.
type stijl int

const (
	stadsweb     stijl = iota // one long list; tracking parameters
	burgerblad                // several governments on a host; rel=next; relative IRIs; ;jsessionid
	jaarboek                  // a list of each year; (S(...)); says UTF-8 and means windows-1252
	notuleerhulp              // sitemaps
	prikbord                  // a feed, documents on other hosts; blank nodes; meta charset only
	raadpunt                  // a page of each sitting; PHPSESSID; printed versions; calendars
	stijlen      = 6
)

func (s stijl) naam() string {
	return [...]string{"stadsweb", "burgerblad", "jaarboek", "notuleerhulp", "prikbord", "raadpunt"}[s]
}

// begin is where harvesting of a government begins.
func (s stijl) begin() string {
	switch s {
	case notuleerhulp:
		return "sitemap"
	case prikbord:
		return "feed"
	}
	return "overview"
}

// perHost is how many governments of burgerblad share a host.
const perHost = 5

// bestuur is a government with its website.
type bestuur struct {
	nr       int
	naam     string
	slug     string
	iri      string
	stijl    stijl
	hosts    []string // without port; the first is where harvesting begins
	bron     string
	maxPages int
	organen  []*orgaan
	leden    []string // IRIs of mandatarissen
	paginas  []*pagina
}

// orgaan is a governing body.
type orgaan struct {
	iri, abstract, naam string
}

// zitting is a sitting. Days are counted from the first of the world.
type zitting struct {
	bestuur *bestuur
	nr      int
	orgaan  *orgaan
	dag     int
	id      string
	punten  []*punt
}

func (z *zitting) tijd(v *Vlaanderen) time.Time {
	return v.dag(z.dag).Add(19*time.Hour + 30*time.Minute)
}

// punt is an item of a sitting with what became of it.
type punt struct {
	nr        int
	id        string
	titel     gezegd
	besluit   bool
	motief    string
	artikels  []gezegd
	stemming  bool
	geheim    bool
	voor      getal
	tegen     []string
	onthouden int
}

// gezegd is a text that may be corrected once.
type gezegd struct {
	eerst, later string
	vanaf        time.Time // zero: never corrected
}

func (g gezegd) op(t time.Time) string {
	if !g.vanaf.IsZero() && !t.Before(g.vanaf) {
		return g.later
	}
	return g.eerst
}

// getal is a number that may be corrected once.
type getal struct {
	eerst, later int
	vanaf        time.Time
}

func (g getal) op(t time.Time) int {
	if !g.vanaf.IsZero() && !t.Before(g.vanaf) {
		return g.later
	}
	return g.eerst
}

// soort is the kind of a document.
type soort string

const (
	agenda         soort = "agenda"
	besluitenlijst soort = "besluitenlijst"
	notulen        soort = "notulen"
	uittreksel     soort = "uittreksel"
	zittingblad    soort = "zitting" // the page of a sitting, at raadpunt
)

// eind is what becomes of a page.
type eind int

const (
	blijft     eind = iota
	verwijderd      // 410
	verdwenen       // 404, and the overview still leads to it
	onvermeld       // no overview leads to it any more; it is still there
	geschrapt       // no overview leads to it any more, and it answers 404
	verhuisd        // 301
)

// pagina is a document at an address, from its publication to its end.
type pagina struct {
	bestuur *bestuur
	zitting *zitting
	soort   soort
	punt    *punt // of an uittreksel
	host    string
	pad     string // path and query, clean
	url     string // clean
	van     time.Time
	eind    eind
	op      time.Time // of its end
	naar    *pagina   // where it moved to
	vorig   *pagina   // where it was before
	hik     int       // the day on which it answers 404 and is back the next; none: -1
	afdruk  string    // path of a printed version, "" if there is none
}

// er reports whether the page answers as itself.
func (p *pagina) er(t time.Time) bool {
	return !t.Before(p.van) && (p.eind == blijft || p.eind == onvermeld || t.Before(p.op))
}

// vermeld reports whether an overview leads to the page.
func (p *pagina) vermeld(t time.Time) bool {
	if t.Before(p.van) {
		return false
	}
	switch p.eind {
	case onvermeld, geschrapt, verhuisd:
		return t.Before(p.op)
	}
	return true
}

// gewijzigd returns when what the page says changed last.
func (p *pagina) gewijzigd(t time.Time) time.Time {
	last := p.van
	see := func(at time.Time) {
		if at.After(last) && !at.After(t) {
			last = at
		}
	}
	for _, punt := range p.punten() {
		see(punt.titel.vanaf)
		if p.soort == notulen || p.soort == uittreksel {
			see(punt.voor.vanaf)
			for _, a := range punt.artikels {
				see(a.vanaf)
			}
		}
	}
	if p.soort == zittingblad {
		for _, q := range p.bestuur.paginas {
			if q.zitting == p.zitting && q != p {
				see(q.van)
				if !q.vermeld(q.op) {
					see(q.op)
				}
			}
		}
	}
	return last
}

// punten are the items that stand on the page.
func (p *pagina) punten() []*punt {
	switch {
	case p.punt != nil:
		return []*punt{p.punt}
	case p.soort == zittingblad:
		return nil
	}
	return p.zitting.punten
}

var (
	voorsteden = strings.Fields("Ouden Nieuwen Hoge Lage Zand Klei Mosse Beke Wilge Linde Elze Hazel Bever Reiger Zwane Kraaien Molen Kasteel Kerk Abdij Water Heide Duin Polder Steen")
	achter     = strings.Fields("donk dal beke gem hove zele kerke brugge beek voorde laar burg veld rode")
)

// maakBestuur makes a government with all that it will publish.
func (v *Vlaanderen) maakBestuur(n int) *bestuur {
	b := &bestuur{nr: n, stijl: stijl(n % stijlen)}
	b.naam = voorsteden[n/len(achter)%len(voorsteden)] + achter[n%len(achter)]
	if extra := n / (len(voorsteden) * len(achter)); extra > 0 {
		b.naam += fmt.Sprint("-", extra+1)
	}
	b.slug = strings.ToLower(b.naam)
	b.iri = "http://data.lblod.info/id/bestuurseenheden/" + v.hex(64, "eenheid", n)
	for i, naam := range []string{"Gemeenteraad", "College van burgemeester en schepenen"}[:1+v.lot(2, "organen", n)] {
		b.organen = append(b.organen, &orgaan{
			iri:      "http://data.lblod.info/id/bestuursorganen/" + v.hex(64, "orgaan", n, "-", i),
			abstract: "http://data.lblod.info/id/bestuursorganen/" + v.hex(64, "abstract", n, "-", i),
			naam:     naam + " " + b.naam,
		})
	}
	for i := range 9 {
		b.leden = append(b.leden, "http://data.lblod.info/id/mandatarissen/"+strings.ToUpper(v.hex(24, "lid", n, "-", i)))
	}
	switch b.stijl {
	case stadsweb:
		b.hosts = []string{"www." + b.slug + ".localhost"}
	case burgerblad:
		b.hosts = []string{fmt.Sprintf("burgerblad%d.localhost", n/stijlen/perHost)}
	case jaarboek:
		b.hosts = []string{"lblod." + b.slug + ".localhost"}
	case notuleerhulp:
		b.hosts = []string{b.slug + ".notuleerhulp.localhost"}
	case prikbord:
		b.hosts = []string{"data." + b.slug + ".localhost", "www." + b.slug + ".localhost", "raad." + b.slug + ".localhost"}
	case raadpunt:
		b.hosts = []string{b.slug + ".raadpunt.localhost"}
	}
	for _, name := range b.hosts {
		v.maakHost(name, b)
	}
	v.maakZittingen(b)
	v.maakOverzichten(b)
	for _, p := range b.paginas {
		v.zetPagina(p)
	}
	return b
}

// maakZittingen makes the sittings: some before the first day, one a week or so.
func (v *Vlaanderen) maakZittingen(b *bestuur) {
	day := -18 + v.lot(6, "eerste", b.nr)
	for nr := 0; day < v.o.Dagen+7; nr++ {
		z := &zitting{bestuur: b, nr: nr, dag: day, orgaan: b.organen[nr%len(b.organen)], id: v.uuid("zitting", b.nr, "-", nr)}
		for i := range 2 + v.lot(4, "punten", b.nr, "-", nr) {
			z.punten = append(z.punten, v.maakPunt(z, i))
		}
		v.maakDocumenten(z)
		day += 6 + v.lot(5, "volgende", b.nr, "-", nr)
	}
}

var (
	onderwerpen = []string{
		"Goedkeuring van de notulen van de vorige zitting", "Financiën: aanpassing van het meerjarenplan", "Aanvullend reglement op het verkeer in de %s",
		"Retributiereglement op de inname van het openbaar domein", "Toekenning van een subsidie aan de harmonie van %s", "Aanstelling van een raadslid: kennisneming",
		"Kerkfabriek Sint-Andreas: budgetwijziging", "Overeenkomst over het beheer van de speelpleinen", "Vaststelling van de rooilijn van de %s",
		"Geluidsnormen – afwijking voor de kermis", "Belasting op reclamedrukwerk", "Onderhoud van de baangrachten: gunning",
	}
	straten = []string{"Molenstraat", "Kerkstraat", "Beukenlaan", "Sint-Rochusstraat", "Veldweg", "Stationsplein"}
)

func (v *Vlaanderen) maakPunt(z *zitting, i int) *punt {
	key := fmt.Sprint(z.bestuur.nr, "-", z.nr, "-", i)
	p := &punt{nr: i + 1, id: v.uuid("punt", key)}
	title := onderwerpen[v.lot(len(onderwerpen), "onderwerp", key)]
	if strings.Contains(title, "%s") {
		title = fmt.Sprintf(title, straten[v.lot(len(straten), "straat", key)])
	}
	title = fmt.Sprintf("%s (%s)", title, strings.ToUpper(p.id[:6]))
	p.titel = v.verbeterd("titel", key, z, title, title+" – verbeterd", 5)
	p.besluit = v.lot(10, "besluit", key) < 8
	p.motief = "De raad overweegt dat dit geregeld moet worden, één voor allen; dossier " + p.id[9:13] + "."
	if !p.besluit {
		return p
	}
	for n := range 1 + v.lot(3, "artikels", key) {
		text := fmt.Sprintf("De geïnde bedragen van post %d worden vastgesteld op € %d.", n+1, 100+v.lot(9000, "bedrag", key, "-", n))
		p.artikels = append(p.artikels, v.verbeterd("artikel", key+fmt.Sprint("-", n), z, text, strings.Replace(text, "vastgesteld", "bij vergissing vastgesteld, en verbeterd", 1), 6))
	}
	if p.stemming = v.lot(10, "stemming", key) < 6; p.stemming {
		p.geheim = v.lot(8, "geheim", key) == 0
		p.onthouden = v.lot(3, "onthouden", key)
		n := v.lot(3, "tegen", key)
		p.tegen = z.bestuur.leden[:n]
		yes := len(z.bestuur.leden) - n - p.onthouden
		fixed := v.verbeterd("voor", key, z, "", "", 8)
		p.voor = getal{eerst: yes, later: yes - 1, vanaf: fixed.vanaf}
	}
	return p
}

// verbeterd is a text that is corrected in one case of so many, on some day after the sitting.
func (v *Vlaanderen) verbeterd(what, key string, z *zitting, first, later string, oneIn int) gezegd {
	g := gezegd{eerst: first, later: later}
	if v.lot(oneIn, what, "verbeterd", key) == 0 {
		at := max(z.dag+2, 1) + v.lot(max(v.o.Dagen-1, 1), what, "wanneer", key)
		if at < v.o.Dagen {
			g.vanaf = v.ochtend(at)
		}
	}
	return g
}

package vlaanderen

import (
	"fmt"
	"strings"
	"time"
)

// afkorting is how the kind of a document is written in addresses.
var afkorting = map[soort]string{agenda: "Agenda", besluitenlijst: "BesluitenLijst", notulen: "Notulen", uittreksel: "Uittreksel"}

// maakDocumenten makes the pages of a sitting that the world lives to see.
func (v *Vlaanderen) maakDocumenten(z *zitting) {
	key := fmt.Sprint(z.bestuur.nr, "-", z.nr)
	if z.bestuur.stijl == raadpunt {
		v.voegToe(&pagina{bestuur: z.bestuur, zitting: z, soort: zittingblad}, z.dag-8)
	}
	v.voegToe(&pagina{bestuur: z.bestuur, zitting: z, soort: agenda}, z.dag-8)
	list := z.dag + 1 + v.lot(3, "besluitenlijst", key)
	v.voegToe(&pagina{bestuur: z.bestuur, zitting: z, soort: besluitenlijst}, list)
	for _, p := range z.punten[:2] {
		if p.besluit {
			v.voegToe(&pagina{bestuur: z.bestuur, zitting: z, soort: uittreksel, punt: p}, list)
		}
	}
	v.voegToe(&pagina{bestuur: z.bestuur, zitting: z, soort: notulen}, z.dag+9+v.lot(4, "notulen", key))
}

// voegToe gives a page its address and its fate.
func (v *Vlaanderen) voegToe(p *pagina, day int) {
	if day >= v.o.Dagen {
		return
	}
	b := p.bestuur
	p.van, p.hik = v.ochtend(day), -1
	key := fmt.Sprint(b.nr, "-", p.zitting.nr, "-", p.soort)
	if p.punt != nil {
		key += fmt.Sprint("-", p.punt.nr)
	}
	p.host, p.pad = v.adres(p, key)
	p.url = "http://" + v.metPoort(p.host) + p.pad
	if b.stijl == raadpunt && p.soort == agenda && p.zitting.nr%2 == 0 {
		p.afdruk = "/Afdruk/" + v.hex(8, "afdruk", key)
	}
	v.paginas = append(v.paginas, p)
	b.paginas = append(b.paginas, p)
	first, last := max(day, 0)+1, v.o.Dagen-rust-1
	if p.soort == zittingblad || last < first {
		return
	}
	at := first + v.lot(last-first+1, "dag van het einde", key)
	// What a feed has told, it has told. Of a round that its bound of requests ends, nobody can say
	// what nothing leads to.
	drops := b.stijl != prikbord && b.maxPages == 0
	fate := v.lot(100, "einde", key)
	switch {
	case fate < 7:
		p.eind = verwijderd
	case fate < 13:
		p.eind = verdwenen
	case fate < 17 && drops:
		p.eind = onvermeld
	case fate < 21 && drops:
		p.eind = geschrapt
	case fate < 25 && b.stijl != jaarboek && (drops || b.stijl == prikbord):
		p.eind = verhuisd
		next := *p
		next.eind, next.naar, next.vorig, next.van = blijft, nil, p, v.ochtend(at)
		next.pad += "-nieuw"
		next.url += "-nieuw"
		if next.afdruk != "" {
			next.afdruk += "-nieuw"
		}
		p.naar = &next
		v.paginas = append(v.paginas, p.naar)
		b.paginas = append(b.paginas, p.naar)
	case fate < 35:
		p.hik = at
	}
	if p.eind != blijft {
		p.op = v.ochtend(at)
	}
}

// adres returns where a page stands, without session ids and the like.
func (v *Vlaanderen) adres(p *pagina, key string) (name, path string) {
	b, z := p.bestuur, p.zitting
	day := z.tijd(v)
	name = b.hosts[0]
	switch b.stijl {
	case stadsweb:
		path = fmt.Sprintf("/besluiten/%d/%s/%s", day.Year(), p.soort, v.hex(10, "adres", key))
	case burgerblad:
		path = fmt.Sprintf("/%s/gr/%s/%s", b.slug, z.id, p.soort)
		if p.punt != nil {
			path += fmt.Sprint("/", p.punt.nr)
		}
	case jaarboek:
		path = fmt.Sprintf("/LBLODWeb/Home/Overzicht/%s/GetPublication?filename=%s_%s_%d.html", v.hex(12, "orgaan", z.orgaan.iri), afkorting[p.soort], day.Format("02-01-2006"), z.nr)
		if p.punt != nil {
			path += fmt.Sprint("&punt=", p.punt.nr)
		}
	case notuleerhulp:
		path = fmt.Sprintf("/%s/zittingen/%s/%s", b.slug, z.id, p.soort)
		if p.punt != nil {
			path = fmt.Sprintf("/%s/zittingen/%s/uittreksels/%s", b.slug, z.id, p.punt.id)
		}
	case prikbord:
		name, path = b.hosts[1], "/publicaties/"+v.uuid("adres", key)
		if p.soort == notulen || p.soort == uittreksel {
			name, path = b.hosts[2], "/raadpleeg/"+v.uuid("adres", key)+"?taal=nl"
		}
	case raadpunt:
		path = fmt.Sprintf("/Zittingen/%s", z.id)
		if p.soort != zittingblad {
			path += "/" + string(p.soort)
		}
		if p.punt != nil {
			path += fmt.Sprint("-", p.punt.nr)
		}
	}
	return name, path
}

// blad is a page at a moment: what stands on it. Templates write it, and the truth is read from it.
type blad struct {
	Stijl            string
	Soort            soort
	Titel            string
	Canoniek         string // address of the document of which this is a printed version, ""
	Doc, Type, Heeft string // IRI and type of the document; the property by which the sitting has it
	Datum            string // of publication
	Zitting          string // IRI
	Orgaan, Abstract string
	OrgaanNaam       string
	Eenheid, Naam    string
	Gepland          string
	Begin, Einde     string // "" on an agenda
	Locatie          string
	Besproken        bool // it tells what became of the items
	Voluit           bool // with articles and numbers
	Punten           []bladPunt
	Links            []bladLink // of the page of a sitting
}

type bladPunt struct {
	Nr           int
	IRI          string // "_:..." for a blank node
	Titel        string
	Openbaar     string
	Behandeling  string
	Besluit      string // IRI, "" if there is none
	Beschrijving string
	Motivering   string
	Artikels     []bladArtikel
	Stemming     string
	Gevolg       string
	Geheim       string
	Voor, Tegen  int
	Onthouden    int
	VoorLeden    []string
	TegenLeden   []string
}

type bladArtikel struct{ IRI, Nr, Inhoud string }

type bladLink struct{ Eigenschap, Href, Tekst string }

// documentTypen are the local names in the code list BesluitDocumentType.
var documentTypen = map[soort]string{
	agenda: "13fefad6-a9d6-4025-83b5-e4cbee3a8965", besluitenlijst: "3fa67785-ffdc-4b30-8880-2b99d97b4dee",
	notulen: "8e791b27-7600-4577-b24e-c7c29e0eb773", uittreksel: "9d5bfaca-bbf2-49dd-a830-769f91a6377b",
}

// heeft are the properties by which a sitting has its documents.
var heeft = map[soort]string{agenda: "heeftAgenda", besluitenlijst: "heeftBesluitenlijst", notulen: "heeftNotulen", uittreksel: "heeftUittreksel"}

// naamVan returns how a page writes the name of a thing: relative, absolute, or as a blank node.
func (v *Vlaanderen) naamVan(p *pagina, what, id string) string {
	b := p.bestuur
	switch b.stijl {
	case stadsweb:
		return "https://data." + b.slug + ".example/id/" + what + "/" + id
	case burgerblad: // without a scheme, so relative to the page
		return "burgerblad.example/gr/" + p.zitting.id + "#" + what + "-" + id
	case jaarboek:
		return "https://lblod." + b.slug + ".example/LBLODWeb/id/" + what + "/" + strings.ReplaceAll(id, "-", "")
	case notuleerhulp:
		return "http://data.lblod.info/id/" + what + "/" + strings.ToUpper(v.hex(24, what, id))
	case prikbord:
		if what == "agendapunten" {
			return "_:p" + id[:8]
		}
		return "https://" + b.slug + "-bord.example/id/" + what + "/" + id
	}
	return "/id/" + what + "/" + id // relative to the host
}

// blad returns what stands on a page at a moment.
func (v *Vlaanderen) blad(p *pagina, t time.Time) blad {
	b, z := p.bestuur, p.zitting
	begin := z.tijd(v)
	bl := blad{
		Stijl: b.stijl.naam(), Soort: p.soort, Type: "https://data.vlaanderen.be/id/concept/BesluitDocumentType/" + documentTypen[p.soort], Heeft: heeft[p.soort],
		Titel: fmt.Sprintf("%s %s %s", afkorting[p.soort], z.orgaan.naam, begin.Format("02/01/2006")),
		Datum: p.eersteDag().Format(time.DateOnly), Zitting: v.naamVan(p, "zittingen", z.id),
		Orgaan: z.orgaan.iri, Abstract: z.orgaan.abstract, OrgaanNaam: z.orgaan.naam, Eenheid: b.iri, Naam: b.naam,
		Gepland: moment(begin), Locatie: "Raadzaal van " + b.naam + ", eerste verdieping",
		Besproken: p.soort == besluitenlijst || p.soort == notulen || p.soort == uittreksel, Voluit: p.soort == notulen || p.soort == uittreksel,
	}
	if p.soort == zittingblad {
		bl.Titel = "Zitting " + z.orgaan.naam + " " + begin.Format("02/01/2006")
		for _, q := range b.paginas {
			if q.zitting == z && q != p && q.vermeld(t) {
				bl.Links = append(bl.Links, bladLink{heeft[q.soort], q.url, afkorting[q.soort]})
				if q.afdruk != "" {
					bl.Links = append(bl.Links, bladLink{"", q.afdruk, "Afdruk"})
				}
			}
		}
		return bl
	}
	bl.Doc = v.naamVan(p, "documenten", v.uuid("document", z.id, p.soort, p.punt != nil && p.punt.nr > 1))
	if b.stijl == prikbord && p.soort == agenda {
		bl.Doc = "null/id/lblod/agenda/" + z.id
	}
	if bl.Besproken {
		bl.Begin, bl.Einde = moment(begin.Add(4*time.Minute)), moment(begin.Add(97*time.Minute))
	}
	for _, q := range p.punten() {
		bl.Punten = append(bl.Punten, v.bladPunt(p, q, t, bl))
	}
	return bl
}

// moment writes a time as pages do.
func moment(t time.Time) string { return t.Format("2006-01-02T15:04:05") + "+01:00" }

// eersteDag is when the document was first published, at whatever address.
func (p *pagina) eersteDag() time.Time {
	for p.vorig != nil {
		p = p.vorig
	}
	return p.van
}

func (v *Vlaanderen) bladPunt(p *pagina, q *punt, t time.Time, bl blad) bladPunt {
	bp := bladPunt{Nr: q.nr, IRI: v.naamVan(p, "agendapunten", q.id), Titel: q.titel.op(t), Openbaar: "true"}
	if !bl.Besproken {
		return bp
	}
	bp.Behandeling = v.naamVan(p, "behandelingen-van-agendapunten", q.id)
	if !q.besluit {
		return bp
	}
	bp.Besluit, bp.Beschrijving = v.naamVan(p, "besluiten", q.id), "Besluit over: "+q.titel.op(t)
	if q.stemming {
		bp.Stemming, bp.Gevolg = v.naamVan(p, "stemmingen", q.id), "Goedgekeurd"
	}
	if !bl.Voluit {
		return bp
	}
	bp.Motivering = q.motief
	for i, a := range q.artikels {
		bp.Artikels = append(bp.Artikels, bladArtikel{v.naamVan(p, "artikels", fmt.Sprint(q.id, "-", i+1)), fmt.Sprint("Artikel ", i+1), a.op(t)})
	}
	if q.stemming {
		bp.Geheim, bp.Voor, bp.Tegen, bp.Onthouden = fmt.Sprint(q.geheim), q.voor.op(t), len(q.tegen), q.onthouden
		if !q.geheim {
			bp.TegenLeden = q.tegen
			bp.VoorLeden = p.bestuur.leden[len(q.tegen):][:bp.Voor]
		}
	}
	return bp
}

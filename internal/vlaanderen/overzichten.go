package vlaanderen

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"
)

// antwoord is what a host answers, before faults and manners of the host are added. In the body,
// ~SESSIE~ stands for a session id and ~TELLER~ for a number, which differ with each visit.
type antwoord struct {
	status    int
	kop       http.Header
	soort     string // Content-Type
	body      []byte
	gewijzigd time.Time
	breekt    string // how the body is broken off: a transient fault
}

func html200(body []byte, changed time.Time) *antwoord {
	return &antwoord{status: http.StatusOK, soort: "text/html; charset=utf-8", body: body, gewijzigd: changed}
}

// zet puts something at an address.
func (v *Vlaanderen) zet(name, path string, p plek) { v.plekken[name+path] = p }

// zetPagina puts a page, and what stands in its place after its end, at its address.
func (v *Vlaanderen) zetPagina(p *pagina) {
	v.zet(p.host, p.pad, func(v *Vlaanderen, t time.Time) *antwoord {
		switch {
		case t.Before(p.van), p.hik == v.dagVan(t):
			return &antwoord{status: http.StatusNotFound}
		case p.er(t):
			if fout := v.dagfout(p, v.dagVan(t)); fout != "" {
				return v.gestoord(p, fout)
			}
			return html200(schrijf(v.blad(p, t)), p.gewijzigd(t))
		case p.eind == verhuisd:
			return &antwoord{status: http.StatusMovedPermanently, kop: http.Header{"Location": {p.naar.pad}}}
		case p.eind == verwijderd:
			return &antwoord{status: http.StatusGone}
		}
		return &antwoord{status: http.StatusNotFound}
	})
	if p.afdruk == "" {
		return
	}
	v.zet(p.host, p.afdruk, func(v *Vlaanderen, t time.Time) *antwoord {
		if !p.er(t) {
			return &antwoord{status: http.StatusNotFound}
		}
		b := v.blad(p, t)
		b.Canoniek = p.url
		return html200(schrijf(b), p.gewijzigd(t))
	})
}

// aangekleed is the address of a page as an overview writes it: with what platforms and visitors
// hang onto addresses.
func (v *Vlaanderen) aangekleed(p *pagina) string {
	path := p.pad
	origin := "http://" + v.metPoort(p.host)
	odd := v.lot(3, "kleding", p.host, p.pad)
	switch p.bestuur.stijl {
	case stadsweb:
		if odd == 0 {
			return path + "?utm_source=overzicht&utm_medium=web"
		}
		if odd == 1 { // a capital in the name of the host, a fragment, and the default port
			port := v.o.Port
			if port == "" {
				port = "80"
			}
			return "HTTP://" + strings.ToUpper(p.host[:5]) + p.host[5:] + ":" + port + path + "#inhoud"
		}
	case burgerblad:
		return path + ";jsessionid=~SESSIE~"
	case jaarboek:
		return strings.Replace(path, "/LBLODWeb/", "/LBLODWeb/(S(~SESSIE~))/", 1)
	case raadpunt:
		return path + "?PHPSESSID=~SESSIE~"
	case prikbord:
		return origin + path
	}
	return path
}

// lijst returns the pages that the overviews of a government lead to at a moment, newest first.
func (b *bestuur) lijst(t time.Time) []*pagina {
	var list []*pagina
	for _, p := range b.paginas {
		if p.vermeld(t) && (b.stijl != raadpunt || p.soort == zittingblad) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(x, y *pagina) int { return y.van.Compare(x.van) })
	return list
}

// bijgewerkt returns when the overviews of a government changed last.
func (b *bestuur) bijgewerkt(v *Vlaanderen, t time.Time) time.Time {
	last := v.dag(-100)
	for _, p := range b.paginas {
		for _, at := range []time.Time{p.van, p.op, p.gewijzigd(t)} {
			if at.After(last) && !at.After(t) {
				last = at
			}
		}
	}
	return last
}

// overzicht writes an overview page. Links are given as property, address and text.
func overzicht(title string, links []bladLink, next string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"nl\"><head><meta charset=\"utf-8\"><title>%s</title></head>\n<body prefix=\"lblodBesluit: http://lblod.data.gift/vocabularies/besluit/ besluit: http://data.vlaanderen.be/ns/besluit#\"><h1>%s</h1><ul>\n", html.EscapeString(title), html.EscapeString(title))
	for _, l := range links {
		property := ""
		if l.Eigenschap != "" {
			property = fmt.Sprintf(" property=%q", l.Eigenschap)
		}
		fmt.Fprintf(&b, "<li><a%s href=\"%s\">%s</a></li>\n", property, html.EscapeString(l.Href), html.EscapeString(l.Tekst))
	}
	b.WriteString("</ul>")
	if next != "" {
		fmt.Fprintf(&b, "<a rel=\"next\" href=\"%s\">Volgende</a>", html.EscapeString(next))
	}
	b.WriteString("<p>~TELLER~ bezoekers</p></body></html>\n")
	return b.Bytes()
}

const publicatie = "lblodBesluit:linkToPublication"

// maakOverzichten puts the overviews of a government at their addresses.
func (v *Vlaanderen) maakOverzichten(b *bestuur) {
	name := b.hosts[0]
	at := func(path string) { b.bron = "http://" + v.metPoort(name) + path }
	links := func(pages []*pagina, property func(*pagina) string) []bladLink {
		var list []bladLink
		for _, p := range pages {
			list = append(list, bladLink{property(p), v.aangekleed(p), afkorting[p.soort] + " " + p.zitting.tijd(v).Format("02/01/2006")})
		}
		// What nobody should fetch: robots.txt asks so.
		return append(list, bladLink{publicatie, "/intern/ontwerp-" + b.slug, "Ontwerpen (intern)"}, bladLink{publicatie, "/bijlagen/reglement.pdf", "Reglement (PDF)"})
	}
	always := func(s string) func(*pagina) string { return func(*pagina) string { return s } }
	switch b.stijl {
	case stadsweb:
		at("/besluiten")
		v.zet(name, "/besluiten", func(v *Vlaanderen, t time.Time) *antwoord {
			return html200(overzicht("Besluiten van "+b.naam, links(b.lijst(t), always(publicatie)), ""), b.bijgewerkt(v, t))
		})
	case burgerblad:
		const perPart = 7
		at("/" + b.slug + "/gr")
		for part := range 20 {
			address := func(n int) string { return fmt.Sprintf("/%s/gr?pagina=%d", b.slug, n+1) }
			path := address(part)
			if part == 0 {
				path = "/" + b.slug + "/gr"
			}
			v.zet(name, path, func(v *Vlaanderen, t time.Time) *antwoord {
				list := b.lijst(t)
				if part > 0 && part*perPart >= len(list) {
					return &antwoord{status: http.StatusNotFound}
				}
				next := ""
				if (part+1)*perPart < len(list) {
					next = address(part + 1)
				}
				list = list[min(part*perPart, len(list)):min((part+1)*perPart, len(list))]
				return html200(overzicht("Burgerblad "+b.naam, links(list, always("http://lblod.data.gift/vocabularies/besluit/linkToPublication")), next), b.bijgewerkt(v, t))
			})
		}
	case jaarboek:
		at("/LBLODWeb/Home/Overzicht")
		years := func(t time.Time) (list []int) {
			for _, p := range b.lijst(t) {
				if y := p.zitting.tijd(v).Year()*100 + int(p.zitting.tijd(v).Month()); !slices.Contains(list, y) {
					list = append(list, y)
				}
			}
			return list
		}
		v.zet(name, "/LBLODWeb/Home/Overzicht", func(v *Vlaanderen, t time.Time) *antwoord {
			var list []bladLink
			for _, y := range years(t) {
				list = append(list, bladLink{"linkToPublication", fmt.Sprintf("/LBLODWeb/(S(~SESSIE~))/Home/Overzicht?periode=%d", y), fmt.Sprint(y)})
			}
			return html200(overzicht("Jaarboek "+b.naam, list, ""), b.bijgewerkt(v, t))
		})
		for y := v.dag(-60); y.Before(v.dag(v.o.Dagen + 60)); y = y.AddDate(0, 0, 1) {
			if y.Day() != 1 {
				continue
			}
			v.zet(name, fmt.Sprintf("/LBLODWeb/Home/Overzicht?periode=%d", y.Year()*100+int(y.Month())), func(v *Vlaanderen, t time.Time) *antwoord {
				var list []*pagina
				for _, p := range b.lijst(t) {
					if at := p.zitting.tijd(v); at.Year() == y.Year() && at.Month() == y.Month() {
						list = append(list, p)
					}
				}
				// The attribute is no RDFa that means anything: only its text says it.
				return html200(overzicht("Zittingen", links(list, func(p *pagina) string { return heeft[p.soort] }), ""), b.bijgewerkt(v, t))
			})
		}
	case notuleerhulp:
		v.maakSitemaps(b, at)
	case prikbord:
		v.maakFeed(b, at)
	case raadpunt:
		at("/")
		v.zet(name, "/", func(v *Vlaanderen, t time.Time) *antwoord {
			next := ""
			if b.maxPages > 0 || v.hosts[name].kalender {
				next = "/kalender?maand=1"
			}
			return html200(overzicht("Raadpunt "+b.naam, links(b.lijst(t), always(publicatie)), next), b.bijgewerkt(v, t))
		})
	}
}

// maakSitemaps puts an index at its address, and what it leads to: one sitemap that is packed as a
// file, and one that is packed on the way.
func (v *Vlaanderen) maakSitemaps(b *bestuur, at func(string)) {
	name := b.hosts[0]
	at("/sitemap_index.xml")
	const ns = `xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`
	address := func(path string) string { return html.EscapeString("http://" + v.metPoort(name) + path) }
	half := func(t time.Time, agendas bool) (list []*pagina) {
		for _, p := range b.lijst(t) {
			if (p.soort == agenda) == agendas {
				list = append(list, p)
			}
		}
		return list
	}
	changed := func(pages []*pagina, t time.Time) time.Time {
		last := b.bijgewerkt(v, t)
		for _, p := range pages {
			if at := p.gewijzigd(t); at.After(last) {
				last = at
			}
		}
		return last
	}
	v.zet(name, "/sitemap_index.xml", func(v *Vlaanderen, t time.Time) *antwoord {
		var s strings.Builder
		fmt.Fprintf(&s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex %s>\n", ns)
		for i, path := range []string{"/sitemap-agendas.xml", "/sitemap-besluiten.xml.gz"} {
			fmt.Fprintf(&s, "<sitemap><loc>%s</loc><lastmod>%s</lastmod></sitemap>\n", address(path), changed(half(t, i == 0), t).Format(time.RFC3339))
		}
		s.WriteString("</sitemapindex>\n")
		return &antwoord{status: http.StatusOK, soort: "application/xml", body: []byte(s.String()), gewijzigd: b.bijgewerkt(v, t)}
	})
	for i, path := range []string{"/sitemap-agendas.xml", "/sitemap-besluiten.xml.gz"} {
		v.zet(name, path, func(v *Vlaanderen, t time.Time) *antwoord {
			var s strings.Builder
			fmt.Fprintf(&s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset %s>\n", ns)
			pages := half(t, i == 0)
			for _, p := range pages {
				fmt.Fprintf(&s, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", address(p.pad), p.gewijzigd(t).Format(time.RFC3339))
			}
			fmt.Fprintf(&s, "<url><loc>%s</loc></url>\n</urlset>\n", address("/intern/ontwerp-"+b.slug))
			a := &antwoord{status: http.StatusOK, soort: "text/xml", body: []byte(s.String()), gewijzigd: changed(pages, t)}
			packed := gezipt(a.body)
			if i == 0 {
				a.kop = http.Header{"Content-Encoding": {"gzip"}}
			} else {
				a.soort = "application/gzip"
			}
			a.body = packed
			return a
		})
	}
}

func gezipt(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// perBlad is how many members a page of a feed has.
const perBlad = 6

// lid is a member of a feed: a version of a document.
type lid struct {
	p  *pagina
	op time.Time
}

// ledenVanFeed returns the members that a feed will have, oldest first. A document that changes is
// a new version; one that moved, too.
func (b *bestuur) ledenVanFeed(v *Vlaanderen) []lid {
	var list []lid
	for _, p := range b.paginas {
		last := time.Time{}
		for day := p.van; day.Before(v.dag(v.o.Dagen)); day = day.AddDate(0, 0, 1) {
			if at := p.gewijzigd(day); at != last && p.er(day) {
				list = append(list, lid{p, at})
				last = at
			}
		}
	}
	slices.SortStableFunc(list, func(x, y lid) int { return x.op.Compare(y.op) })
	return list
}

// maakFeed puts an event stream at its address, with pages that are full and one that grows.
func (v *Vlaanderen) maakFeed(b *bestuur, at func(string)) {
	name := b.hosts[0]
	at("/feed")
	origin := "http://" + v.metPoort(name)
	all := b.ledenVanFeed(v)
	for n := range len(all)/perBlad + 2 {
		path := "/feed"
		if n > 0 {
			path = fmt.Sprint("/feed?blad=", n)
		}
		v.zet(name, path, func(v *Vlaanderen, t time.Time) *antwoord {
			members := all[:sort.Search(len(all), func(i int) bool { return all[i].op.After(t) })]
			pages := (len(members) + perBlad - 1) / perBlad
			if n > pages {
				return &antwoord{status: http.StatusNotFound}
			}
			var s strings.Builder
			s.WriteString("@prefix prov: <http://www.w3.org/ns/prov#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n@prefix ldes: <https://w3id.org/ldes#> .\n@prefix tree: <https://w3id.org/tree#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n\n")
			fmt.Fprintf(&s, "<%s/feed#stroom> a ldes:EventStream ; ldes:timestampPath prov:generatedAtTime ; ldes:versionOfPath dct:isVersionOf ; tree:view <%s/feed> .\n", origin, origin)
			if n == 0 { // the view: it has no members, only relations, the newest page first
				fmt.Fprintf(&s, "<%s/feed> a tree:Node .\n", origin)
				for i := pages; i >= 1; i-- {
					fmt.Fprintf(&s, "<%s/feed> tree:relation [ a tree:GreaterThanOrEqualToRelation ; tree:node <%s/feed?blad=%d> ; tree:path prov:generatedAtTime ; tree:value \"%s\"^^xsd:dateTime ] .\n", origin, origin, i, members[(i-1)*perBlad].op.Format(time.RFC3339))
				}
				return &antwoord{status: http.StatusOK, soort: "text/turtle; charset=utf-8", body: []byte(s.String()), gewijzigd: b.bijgewerkt(v, t)}
			}
			var last time.Time
			for _, m := range members[(n-1)*perBlad : min(n*perBlad, len(members))] {
				last = m.op
				iri := fmt.Sprintf("%s/leden/%s", origin, v.uuid("lid", m.p.host, m.p.pad, m.op.Unix()))
				fmt.Fprintf(&s, "<%s/feed#stroom> tree:member <%s> .\n<%s> a foaf:Document ; prov:generatedAtTime \"%s\"^^xsd:dateTime ; prov:atLocation <%s> ; dct:type <https://data.vlaanderen.be/id/concept/BesluitDocumentType/%s> ; dct:isVersionOf <%s/documenten/%s> .\n",
					origin, iri, iri, m.op.Format(time.RFC3339), m.p.url, documentTypen[m.p.soort], origin, v.uuid("feed", m.p.zitting.id, m.p.soort, m.p.punt != nil && m.p.punt.nr > 1))
			}
			a := &antwoord{status: http.StatusOK, soort: "text/turtle; charset=utf-8", body: []byte(s.String()), gewijzigd: last}
			if n*perBlad <= len(members) { // full: it will never change
				a.kop = http.Header{"Cache-Control": {"public, max-age=604800, immutable"}}
			}
			return a
		})
	}
}

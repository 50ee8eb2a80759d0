package vlavirgem

import "fmt"

// perOverzicht is how many sittings an overview page lists.
const perOverzicht = 12

// maakOverzichten makes the home page, the overview pages of each body, and the list of regulations.
// Nothing on an overview page has a type, except on the home page, so they assert nothing about sittings.
func (g *Gemeente) maakOverzichten() {
	var organen []*orgaan
	perOrgaan := map[*orgaan][]*zitting{}
	for i := len(g.zittingen) - 1; i >= 0; i-- { // the newest first
		z := g.zittingen[i]
		if perOrgaan[z.in.orgaan] == nil {
			organen = append(organen, z.in.orgaan)
		}
		perOrgaan[z.in.orgaan] = append(perOrgaan[z.in.orgaan], z)
	}
	g.voegPaginaToe(&pagina{pad: "/", soort: soortOverzicht, titel: "Besluiten van het lokaal bestuur"}, func(b *blad) { b.thuis(organen) })
	for _, o := range organen {
		zittingen := perOrgaan[o]
		aantal := (len(zittingen) + perOverzicht - 1) / perOverzicht
		for n := range aantal {
			deel := zittingen[n*perOverzicht : min((n+1)*perOverzicht, len(zittingen))]
			titel := "Zittingen van " + o.aanhef
			if n > 0 {
				titel = fmt.Sprintf("%s, pagina %d van %d", titel, n+1, aantal)
			}
			volgende := ""
			if n+1 < aantal {
				volgende = overzichtPad(o, n+1)
			}
			g.voegPaginaToe(&pagina{pad: overzichtPad(o, n), soort: soortOverzicht, titel: titel, orgaan: o}, func(b *blad) {
				b.overzicht(deel, volgende)
			})
		}
	}
	g.voegPaginaToe(&pagina{pad: "/reglementen", soort: soortOverzicht, titel: "Reglementen en verordeningen"}, func(b *blad) { b.reglementen(g.besluiten) })
}

func overzichtPad(o *orgaan, n int) string {
	if n == 0 {
		return "/zittingen/" + o.kort
	}
	return fmt.Sprintf("/zittingen/%s/pagina-%d", o.kort, n+1)
}

// thuis is the home page.
func (b *blad) thuis(organen []*orgaan) {
	b.f(`<h1>Besluiten van het lokaal bestuur Vlavirgem</h1>`)
	b.f(`<p>Hier vindt u de agenda’s, besluitenlijsten, notulen en uittreksels van de gemeente en het OCMW van Vlavirgem, sinds november 2024.</p>`)
	for _, e := range []string{"Gemeente Vlavirgem", "OCMW Vlavirgem"} {
		for _, o := range organen {
			if o.eenheid.naam == e {
				b.f(`<section resource="%s" typeof="besluit:Bestuurseenheid">`, o.eenheid.iri)
				b.f(`<h2>%s</h2>`, h(e))
				b.eenheid(o.eenheid)
				b.f(`</section>`)
				break
			}
		}
		b.f(`<ul class="organen">`)
		for _, o := range organen {
			if o.eenheid.naam != e {
				continue
			}
			b.f(`<li><span resource="%s" typeof="besluit:Bestuursorgaan">`, o.iri)
			b.f(`<span property="skos:prefLabel" datatype="xsd:string">%s Vlavirgem</span>`, h(o.naam))
			b.code(o.code)
			b.f(`<span property="besluit:bestuurt" resource="%s"></span>`, o.eenheid.iri)
			b.f(`</span>`)
			b.f(`(<a property="lblodBesluit:linkToPublication" href="%s">zittingen en besluiten</a>)</li>`, overzichtPad(o, 0))
		}
		b.f(`</ul>`)
	}
	b.f(`<h2>Ook</h2>`)
	b.f(`<ul>`)
	b.f(`<li><a property="lblodBesluit:linkToPublication" href="/reglementen">Reglementen en verordeningen</a></li>`)
	b.f(`<li><a href="%s">Publicatiefeed (LDES)</a></li>`, feedPad)
	b.f(`<li><a property="lblodBesluit:linkToPublication" href="%s">Ontwerpagenda (alleen voor personeel)</a></li>`, internPad)
	b.f(`</ul>`)
}

// overzicht lists sittings with all that was published of them.
func (b *blad) overzicht(zittingen []*zitting, volgende string) {
	b.f(`<h1>%s</h1>`, h(b.p.titel))
	for _, z := range zittingen {
		b.f(`<section class="zitting">`)
		b.f(`<h2>Zitting van %s %s</h2>`, weekdagen[z.gepland.Weekday()], datum(z.gepland))
		b.f(`<ul>`)
		for _, soort := range z.documenten() {
			b.f(`<li><a property="lblodBesluit:linkToPublication" href="%s">%s van %s</a></li>`, z.pad(soort), hoofdletter(soort), datum(z.gepland))
		}
		for _, p := range z.punten {
			if d := p.besluit; d != nil && d.heeftUittreksel() && d.ingetrokkenDoor == nil {
				b.f(`<li><a property="lblodBesluit:linkToPublication" href="%s">%s</a></li>`, d.pad, h(d.titel))
			}
		}
		b.f(`</ul>`)
		b.f(`</section>`)
	}
	if volgende != "" {
		// HTML+RDFa ignores rel="next" beside @property, so this is a link like the others.
		b.f(`<p><a rel="next" property="lblodBesluit:linkToPublication" href="%s">Oudere zittingen</a></p>`, volgende)
	}
}

// reglementen lists the decisions that are regulations and were not withdrawn.
func (b *blad) reglementen(besluiten []*besluit) {
	b.f(`<h1>%s</h1>`, h(b.p.titel))
	b.f(`<ul>`)
	for i := len(besluiten) - 1; i >= 0; i-- {
		d := besluiten[i]
		if d.kort == "" || !d.heeftUittreksel() || d.ingetrokkenDoor != nil {
			continue
		}
		b.f(`<li><a property="lblodBesluit:linkToPublication" href="%s">%s</a> (%s)</li>`, d.pad, h(d.kort), datum(d.zitting.gepland))
	}
	b.f(`</ul>`)
}

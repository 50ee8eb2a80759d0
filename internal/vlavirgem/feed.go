package vlavirgem

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	feedPad  = "/feeds/publicaties"
	perBlad  = 50
	tijdZone = "2006-01-02T15:04:05-07:00"
)

// feedLid is a member of the feed: one version of one published document.
type feedLid struct {
	iri, versieVan, soort, url string
	tijd                       time.Time
}

// maakFeed lists all documents, and again those that were published a second time; the newest first.
func (g *Gemeente) maakFeed() {
	voegToe := func(p *pagina, versie int, op time.Time) {
		g.feedLeden = append(g.feedLeden, feedLid{
			id("members", fmt.Sprintf("%s/%d", p.document, versie)), p.document, documentType[p.soort], g.base + p.pad,
			brussel(op.Add(9 * time.Hour)),
		})
	}
	for _, p := range g.paginas {
		if p.zitting == nil || p.zitting.fout != "" {
			continue
		}
		voegToe(p, 1, p.eerste())
		if !p.gepubliceerd.Equal(p.eerste()) {
			voegToe(p, 2, p.gepubliceerd)
		}
	}
	slices.SortStableFunc(g.feedLeden, func(x, y feedLid) int {
		return cmp.Or(y.tijd.Compare(x.tijd), strings.Compare(x.iri, y.iri))
	})
	// Documents of one day get different times, so that pages of the feed do not share one.
	for i := len(g.feedLeden) - 2; i >= 0; i-- {
		if l, vorig := &g.feedLeden[i], g.feedLeden[i+1]; !l.tijd.After(vorig.tijd) {
			l.tijd = vorig.tijd.Add(time.Minute)
		}
	}
}

// eerste is the day on which the page came on the website for the first time.
func (p *pagina) eerste() time.Time {
	if p.besluit != nil {
		return p.besluit.publicatie
	}
	return p.gepubliceerd
}

func (g *Gemeente) feedBladen() int { return (len(g.feedLeden) + perBlad - 1) / perBlad }

// relatie is a tree:Relation to a neighbouring page.
type relatie struct {
	soort, naar, waarde string
}

// feedBlad gives page n (from 1, the newest) of the feed: its address, members and relations.
func (g *Gemeente) feedBlad(n int) (string, []feedLid, []relatie) {
	adres := func(n int) string { return fmt.Sprintf("%s%s?page=%d", g.base, feedPad, n) }
	leden := g.feedLeden[(n-1)*perBlad : min(n*perBlad, len(g.feedLeden))]
	var r []relatie
	if n > 1 {
		r = append(r, relatie{"GreaterThanOrEqualToRelation", adres(n - 1), g.feedLeden[(n-1)*perBlad-1].tijd.Format(tijdZone)})
	}
	if n < g.feedBladen() {
		r = append(r, relatie{"LessThanRelation", adres(n + 1), leden[len(leden)-1].tijd.Format(tijdZone)})
	}
	return adres(n), leden, r
}

const feedShape = "https://lblod.github.io/pages-vendors/assets/shacl/shacl-publication-stream.ttl"

// feedTurtle writes a page of the feed in Turtle.
func (g *Gemeente) feedTurtle(n int) string {
	adres, leden, relaties := g.feedBlad(n)
	var b strings.Builder
	b.WriteString("@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n@prefix prov: <http://www.w3.org/ns/prov#> .\n" +
		"@prefix dct: <http://purl.org/dc/terms/> .\n@prefix ldes: <https://w3id.org/ldes#> .\n" +
		"@prefix tree: <https://w3id.org/tree#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n")
	fmt.Fprintf(&b, "<%s> a ldes:EventStream ;\n  ldes:timestampPath prov:generatedAtTime ;\n  ldes:versionOfPath dct:isVersionOf ;\n  tree:shape <%s> ;\n  tree:view <%s?page=1>", g.Feed(), feedShape, g.Feed())
	for _, l := range leden {
		fmt.Fprintf(&b, " ;\n  tree:member <%s>", l.iri)
	}
	b.WriteString(" .\n")
	for _, l := range leden {
		fmt.Fprintf(&b, "\n<%s> a foaf:Document ;\n  prov:generatedAtTime \"%s\"^^xsd:dateTime ;\n  prov:atLocation <%s> ;\n  dct:type <%s> ;\n  dct:isVersionOf <%s> .\n",
			l.iri, l.tijd.Format(tijdZone), l.url, l.soort, l.versieVan)
	}
	fmt.Fprintf(&b, "\n<%s> a tree:Node", adres)
	for _, r := range relaties {
		fmt.Fprintf(&b, " ;\n  tree:relation [\n    a tree:%s ;\n    tree:node <%s> ;\n    tree:path prov:generatedAtTime ;\n    tree:value \"%s\"^^xsd:dateTime\n  ]", r.soort, r.naar, r.waarde)
	}
	b.WriteString(" .\n")
	return b.String()
}

// feedJSONLD writes a page of the feed in JSON-LD, with its context inside: nothing must be fetched
// to read it.
func (g *Gemeente) feedJSONLD(n int) (string, error) {
	adres, leden, relaties := g.feedBlad(n)
	type m = map[string]any
	term := func(iri, soort string) m { return m{"@id": iri, "@type": soort} }
	var lid, rel []m
	for _, l := range leden {
		lid = append(lid, m{"id": l.iri, "type": "foaf:Document", "isVersionOf": l.versieVan, "dctType": l.soort,
			"atLocation": l.url, "generatedAtTime": l.tijd.Format(tijdZone)})
	}
	for _, r := range relaties {
		rel = append(rel, m{"type": "tree:" + r.soort, "node": r.naar, "path": "prov:generatedAtTime", "value": r.waarde})
	}
	context := m{
		"foaf": "http://xmlns.com/foaf/0.1/", "prov": "http://www.w3.org/ns/prov#", "dct": "http://purl.org/dc/terms/",
		"ldes": "https://w3id.org/ldes#", "tree": "https://w3id.org/tree#", "xsd": "http://www.w3.org/2001/XMLSchema#",
		"id": "@id", "type": "@type",
		"generatedAtTime": term("prov:generatedAtTime", "xsd:dateTime"), "atLocation": term("prov:atLocation", "@id"),
		"isVersionOf": term("dct:isVersionOf", "@id"), "dctType": term("dct:type", "@id"),
		"timestampPath": term("ldes:timestampPath", "@id"), "versionOfPath": term("ldes:versionOfPath", "@id"),
		"shape": term("tree:shape", "@id"), "view": term("tree:view", "@id"), "member": term("tree:member", "@id"),
		"relation": "tree:relation", "node": term("tree:node", "@id"), "path": term("tree:path", "@id"),
		"value": term("tree:value", "xsd:dateTime"),
	}
	node := m{"id": adres, "type": "tree:Node", "relation": rel}
	doc := m{
		"id": g.Feed(), "type": "ldes:EventStream", "timestampPath": "prov:generatedAtTime", "versionOfPath": "dct:isVersionOf",
		"shape": feedShape, "view": node, "member": lid,
	}
	if n > 1 { // the view is the first page; this page stands beside it
		doc["view"] = m{"id": g.Feed() + "?page=1"}
		doc = m{"@graph": []m{doc, node}}
	}
	doc["@context"] = context
	out, err := json.MarshalIndent(doc, "", "  ")
	return string(out), err
}

package rdfa_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// minutesPage makes a page of minutes in the style that municipalities publish,
// of about n bytes.
func minutesPage(n int) []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="nl"><head><title>Notulen</title></head>
<body vocab="http://data.vlaanderen.be/ns/besluit#" prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology# mandaat: http://data.vlaanderen.be/ns/mandaat# persoon: https://data.vlaanderen.be/ns/persoon#">
<div resource="https://data.vlavirgem.be/id/zitting/1" typeof="besluit:Zitting">`)
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `
<div class="agendapunt" property="besluit:behandelt" resource="https://data.vlavirgem.be/id/agendapunt/%d" typeof="besluit:Agendapunt">
  <h3 class="titel" property="dc:title">%d. Goedkeuring van het retributiereglement op de inname van het openbaar domein</h3>
  <ul class="aanwezigen">`, i, i)
		for j := range 12 {
			fmt.Fprintf(&b, `
    <li property="besluit:heeftAanwezige" resource="http://data.lblod.info/id/mandatarissen/%d" typeof="mandaat:Mandataris"><span class="naam">Raadslid &eacute;n %d</span></li>`, j, j)
		}
		b.WriteString(`
  </ul>
  <p class="tekst">Gelet op het decreet over het lokaal bestuur van 22 december 2017, in het bijzonder de artikelen 40 en 41; gelet op de financiële toestand van de gemeente en de noodzaak om de inname van het openbaar domein te regelen.<br>
  <b>Besluit</b> met <i>eenparigheid</i> van stemmen.</p>
  <div property="besluit:heeftStemming" typeof="besluit:Stemming"><span property="besluit:aantalVoorstanders" datatype="xsd:integer" content="21">21</span></div>
</div>`)
	}
	b.WriteString("</div></body></html>")
	return []byte(b.String())
}

func BenchmarkMinutes(b *testing.B) {
	page := minutesPage(3 << 20)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	quads := 0
	for b.Loop() {
		doc, err := rdfa.Parse(page, rdfa.Options{Base: "https://vlavirgem.be/notulen"})
		if err != nil {
			b.Fatal(err)
		}
		quads = len(doc.Quads)
	}
	b.ReportMetric(float64(quads), "quads")
}

func BenchmarkRealPages(b *testing.B) {
	for _, p := range realPages(b) {
		b.Run(p.name, func(b *testing.B) {
			b.SetBytes(int64(len(p.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rdfa.Parse(p.text, rdfa.Options{Base: "http://example.org/"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestMemory: reading a page of minutes takes no more than a few times the
// page, in all that is allocated.
func TestMemory(t *testing.T) {
	page := minutesPage(3 << 20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := rdfa.Parse(page, rdfa.Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	times := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(page))
	t.Logf("allocated %.1f times the page", times)
	if times > 20 {
		t.Errorf("allocated %.1f times the page", times)
	}
}

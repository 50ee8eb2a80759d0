//go:build unix

package rdfa_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// minutesPage makes a page of minutes in the style that municipalities publish,
// of at least n bytes: who was there, and for each item of the agenda the
// decision with its articles and now and then a vote.
func minutesPage(n int) []byte {
	random := rand.New(rand.NewPCG(uint64(n), 1))
	var b strings.Builder
	id := func() string { return fmt.Sprintf("%024x", random.Uint64()) }
	words := strings.Fields(`gelet op het decreet over lokaal bestuur van 22 december 2017 in bijzonder artikelen 40 en 41
de financiële toestand gemeente noodzaak inname openbaar domein te regelen retributiereglement belasting subsidie goedkeuring
gemeenteraad college burgemeester schepenen overwegende dat aanvraag voldoet aan voorwaarden verkeersveiligheid fietspad school`)
	text := func(length int) string {
		var s strings.Builder
		for range length {
			s.WriteString(words[random.IntN(len(words))])
			s.WriteString([]string{" ", " ", " ", " ", " ", " ", ", ", ". ", " &amp; ", " caf&eacute; "}[random.IntN(10)])
		}
		return s.String()
	}
	person := func(property string) {
		fmt.Fprintf(&b, `<li property="%s" resource="http://data.lblod.info/id/mandatarissen/%s" typeof="mandaat:Mandataris"><span property="mandaat:isBestuurlijkeAliasVan" resource="http://data.lblod.info/id/personen/%s" typeof="foaf:Person"><span property="persoon:gebruikteVoornaam">Els</span> <span property="foaf:familyName">Van Damme</span></span></li>`+"\n", property, id(), id())
	}
	b.WriteString(`<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>Notulen</title><link rel="stylesheet" href="/stijl.css"><script>if (1 < 2 && "a" > "b") { f() }</script><style>.besluit>h3{margin:0}</style></head>
<body><nav><ul>`)
	for i := range 24 {
		fmt.Fprintf(&b, `<li class="menu__item"><a class="link link--secondary" href="/info/%d">Menu &middot; onderdeel %d<br></a></li>`, i, i)
	}
	b.WriteString(`</ul></nav><div vocab="http://data.vlaanderen.be/ns/besluit#" prefix="besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology# mandaat: http://data.vlaanderen.be/ns/mandaat# persoon: https://data.vlaanderen.be/ns/persoon# ext: http://mu.semte.ch/vocabularies/ext/ dct: http://purl.org/dc/terms/">
<div resource="https://data.vlavirgem.be/id/zitting/1" typeof="besluit:Zitting"><ul class="aanwezigen">
`)
	for range 25 {
		person("besluit:heeftAanwezigeBijStart")
	}
	b.WriteString("</ul>\n")
	for i := 0; b.Len() < n; i++ {
		besluit := "https://data.vlavirgem.be/id/besluiten/" + id()
		fmt.Fprintf(&b, `<div class="agendapunt" property="besluit:behandelt" resource="https://data.vlavirgem.be/id/agendapunten/%s" typeof="besluit:Agendapunt"><span property="besluit:geplandOpenbaar" datatype="xsd:boolean" content="true"></span><div class="titel" property="dct:title">%d. %s</div></div>
<div class="besluit" property="prov:generated" resource="%s" typeof="besluit:Besluit ext:BesluitKlassiekeStijl">
  <h3 property="eli:title">%s</h3><span property="eli:date_publication" content="2021-05-26" datatype="xsd:date"></span><meta property="eli:passed_by" resource="http://data.lblod.info/id/bestuursorganen/44aa950915b2817bf8131117">
  <div property="besluit:motivering" lang="nl"><p>%s</p><ul><li>%s</li><li>%s</li></ul></div>
`, id(), i, text(9), besluit, text(9), text(90), text(12), text(15))
		for j := range 1 + random.IntN(3) {
			fmt.Fprintf(&b, `  <div property="eli:has_part" resource="%s/artikel/%d" typeof="besluit:Artikel"><strong>Artikel <span property="eli:number" datatype="xsd:string">%d</span></strong><p property="prov:value" datatype="xsd:string">%s</p></div>
`, besluit, j+1, j+1, text(40))
		}
		b.WriteString("</div>\n")
		if random.IntN(2) == 0 {
			b.WriteString(`<div property="besluit:heeftStemming" typeof="besluit:Stemming"><span property="besluit:aantalVoorstanders" datatype="xsd:integer" content="21">21</span><ul>` + "\n")
			for range 25 {
				fmt.Fprintf(&b, `<li property="besluit:heeftVoorstander" resource="http://data.lblod.info/id/mandatarissen/%024x">Els Van Damme</li>`+"\n", random.IntN(25))
			}
			b.WriteString("</ul></div>\n")
		}
	}
	b.WriteString("</div></div></body></html>")
	return []byte(b.String())
}

// cpuTime returns what the process has computed so far. On a busy machine it
// says more than the clock, and it counts the garbage collector too.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchmarkParse(b *testing.B, page []byte) {
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	quads := 0
	start := cpuTime()
	for b.Loop() {
		doc, err := rdfa.Parse(page, rdfa.Options{Base: "https://vlavirgem.be/notulen"})
		if err != nil {
			b.Fatal(err)
		}
		quads = len(doc.Quads)
	}
	if used := cpuTime() - start; used > 0 {
		b.ReportMetric(float64(len(page))*float64(b.N)/1e6/used.Seconds(), "MB/cpu-s")
	}
	b.ReportMetric(float64(quads), "quads")
	b.ReportMetric(float64(allocated(b, page))/float64(len(page)), "x-page-allocated")
}

// benchPages are the sizes of the pages that are measured: those of a meeting
// and of a very long one.
var benchPages = []struct {
	name string
	size int
}{{"130KB", 130 << 10}, {"3MB", 3 << 20}}

func BenchmarkParse(b *testing.B) {
	for _, p := range benchPages {
		b.Run("page="+p.name, func(b *testing.B) { benchmarkParse(b, minutesPage(p.size)) })
	}
}

// TestWritePages writes the pages of BenchmarkParse to the folder that
// BELFORT_PAGES names, for other parsers to be measured with.
func TestWritePages(t *testing.T) {
	dir := os.Getenv("BELFORT_PAGES")
	if dir == "" {
		t.Skip("writes pages for other parsers: BELFORT_PAGES names no folder")
	}
	for _, p := range benchPages {
		if err := os.WriteFile(filepath.Join(dir, p.name+".html"), minutesPage(p.size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkRealPages(b *testing.B) {
	for _, p := range realPages(b) {
		b.Run(p.name, func(b *testing.B) { benchmarkParse(b, p.text) })
	}
}

// allocated returns how many bytes reading a page allocates in all.
func allocated(t testing.TB, page []byte) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := rdfa.Parse(page, rdfa.Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemory: reading a page of minutes takes less than four times the page.
// Counted is all that is allocated on the way, the document included, as if
// nothing were ever collected: the heap cannot rise by more. The text itself
// is the caller's.
func TestMemory(t *testing.T) {
	for _, p := range benchPages {
		page := minutesPage(p.size)
		times := float64(allocated(t, page)) / float64(len(page))
		t.Logf("%d bytes: allocated %.1f times the page", len(page), times)
		if times > 4 {
			t.Errorf("%d bytes: allocated %.1f times the page", len(page), times)
		}
	}
}

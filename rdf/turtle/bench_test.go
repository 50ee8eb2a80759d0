package turtle_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf/turtle"
)

// document returns a Turtle document of the given number of decisions in the
// manner of published ones, ten triples each.
func document(decisions int) string {
	var b strings.Builder
	b.WriteString("@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> .\n@prefix eli: <http://data.europa.eu/eli/ontology#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n")
	for i := range decisions {
		fmt.Fprintf(&b, `<https://raadpleegomgeving.vlavirgem.be/id/besluiten/%08x> a besluit:Besluit ;
    eli:title "Goedkeuring van het reglement nummer %d over de \"markt\""@nl ;
    eli:description "De gemeenteraad keurt artikel %d goed zoals voorgesteld door het college van burgemeester en schepenen." ;
    eli:date_publication "2026-05-04"^^xsd:date ;
    eli:number %d ;
    besluit:heeftStemming [ a besluit:Stemming ; besluit:heeftStemmer <https://raadpleegomgeving.vlavirgem.be/id/mandatarissen/%d>, <https://raadpleegomgeving.vlavirgem.be/id/mandatarissen/%d> ] ;
    eli:passed_by <https://raadpleegomgeving.vlavirgem.be/id/bestuursorganen/%d> .

`, i, i, i, i, i%99, i%98, i%7)
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	text := document(5000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		r := turtle.NewReader(strings.NewReader(text), turtle.Options{})
		for n = 0; ; n++ {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "triples/s")
}

func BenchmarkWrite(b *testing.B) {
	quads, err := turtle.Parse([]byte(document(5000)), "")
	if err != nil {
		b.Fatal(err)
	}
	for _, stream := range []bool{false, true} {
		b.Run(fmt.Sprintf("stream=%v", stream), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := turtle.NewWriter(io.Discard, turtle.Options{Stream: stream, Prefixes: map[string]string{
					"besluit": "http://data.vlaanderen.be/ns/besluit#", "eli": "http://data.europa.eu/eli/ontology#"}})
				for _, q := range quads {
					if err := w.Write(q); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(quads))*float64(b.N)/b.Elapsed().Seconds(), "triples/s")
		})
	}
}

package nquads_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
)

// corpus returns n quads in the manner of published decisions: one graph per
// page, some ten quads per subject, a few long literals.
func corpus(n int) []rdf.Quad {
	quads := make([]rdf.Quad, n)
	for i := range quads {
		subject := fmt.Sprintf("https://raadpleegomgeving.vlavirgem.be/id/besluiten/%08x-0000-4000-8000-00000000", i/10)
		q := rdf.Quad{
			Subject:   rdf.IRI(subject),
			Predicate: rdf.IRI(fmt.Sprintf("http://data.vlaanderen.be/ns/besluit#eigenschap%d", i%10)),
			Graph:     rdf.IRI(fmt.Sprintf("https://raadpleegomgeving.vlavirgem.be/zittingen/%d/notulen", i/1000)),
		}
		switch i % 10 {
		case 0:
			q.Object = rdf.IRI("http://data.vlaanderen.be/ns/besluit#Besluit")
		case 1, 2, 3:
			q.Object = rdf.LangLiteral(fmt.Sprintf("Goedkeuring van het reglement nummer %d over de \"markt\"", i), "nl")
		case 4:
			q.Object = rdf.Literal("2026-05-04T19:00:00Z", "http://www.w3.org/2001/XMLSchema#dateTime")
		case 5:
			q.Object = rdf.String(fmt.Sprintf("De gemeenteraad keurt artikel %d goed zoals voorgesteld door het college van burgemeester en schepenen.", i))
		default:
			q.Object = rdf.IRI(fmt.Sprintf("https://raadpleegomgeving.vlavirgem.be/id/mandatarissen/%08x", i%977))
		}
		quads[i] = q
	}
	return quads
}

func BenchmarkRead(b *testing.B) {
	var text []byte
	quads := corpus(50_000)
	for _, q := range quads {
		text = append(q.AppendNQuads(text), '\n')
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := nquads.NewReader(bytes.NewReader(text), nquads.Options{})
		n := 0
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != len(quads) {
			b.Fatalf("read %d quads", n)
		}
	}
	b.ReportMetric(float64(len(quads))*float64(b.N)/b.Elapsed().Seconds(), "quads/s")
}

func BenchmarkWrite(b *testing.B) {
	quads := corpus(50_000)
	b.ReportAllocs()
	for b.Loop() {
		w := nquads.NewWriter(io.Discard, nquads.Options{})
		for _, q := range quads {
			if err := w.Write(q); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(quads))*float64(b.N)/b.Elapsed().Seconds(), "quads/s")
}

package publisher_test

import (
	"testing"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// What we publish about ourselves conforms to the profiles that we judge others
// by: the catalogue to DCAT-AP-VL, the event stream to the feed of publications.
func TestOurOwnOutputConforms(t *testing.T) {
	h := newHouse(t)
	h.accept(t, page(t, "lijst", list))
	h.accept(t, page(t, "uittreksel", extract))
	stream := &publisher.LDES{Ledger: h.Ledger, Blobs: h.Blobs, Base: "https://besluiten.example/ldes", PageSize: 1}
	first, _, err := stream.Page(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, quads := range map[string][]rdf.Quad{
		"catalogue": publisher.Catalogue{
			Base: "https://besluiten.example", Publisher: "https://besluiten.example/#wij", Name: "Wij", Email: "wij@besluiten.example",
			Modified: noon, Dump: "https://besluiten.example/dumps/a.nq.gz", License: "https://besluiten.example/licentie",
		}.DCAT(),
		"stream": first.Quads,
	} {
		var in oslo.Input
		for _, q := range quads {
			in.Quads = append(in.Quads, rdf.Sourced{Quad: q})
		}
		profile := oslo.DetectProfile(rdf.NewGraph(quads...))
		if profile != oslo.DCAT && profile != oslo.Publicatiestroom {
			t.Errorf("the %s is judged by %s", name, profile)
		}
		v := oslo.Validate(in, oslo.Options{Profile: profile, Now: noon})
		for _, f := range v.Findings {
			if f.Severity != rdf.Info {
				t.Errorf("%s: %s: %s", name, f.Rule, f.Message.EN)
			}
		}
	}
}

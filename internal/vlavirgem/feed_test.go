package vlavirgem_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

// Turtle and JSON-LD must say the same. Only the relations are blank nodes, and no two of them have
// the same statement, so it is enough to leave the labels out.
func TestFeedSaysTheSameInBothSyntaxes(t *testing.T) {
	g := een()
	regels := func(quads []rdf.Quad) []string {
		var uit []string
		for _, q := range quads {
			if q.Subject.IsBlank() {
				q.Subject = rdf.IRI("urn:relatie")
			}
			if q.Object.IsBlank() {
				q.Object = rdf.IRI("urn:relatie")
			}
			uit = append(uit, q.String())
		}
		slices.Sort(uit)
		return uit
	}
	for _, adres := range []string{g.Feed(), g.Feed() + "?page=2", g.Feed() + "?page=3"} {
		a, err := turtle.Parse([]byte(tekst(t, haal(t, g.Handler(), adres))), adres)
		if err != nil {
			t.Fatal(err)
		}
		b, err := jsonld.Parse(strings.NewReader(tekst(t, haal(t, g.Handler(), adres, "Accept", "application/ld+json"))), jsonld.Options{Base: adres})
		if err != nil {
			t.Fatal(err)
		}
		x, y := regels(a), regels(b)
		for _, r := range x {
			if !slices.Contains(y, r) {
				t.Errorf("%s: only in Turtle: %s", adres, r)
			}
		}
		for _, r := range y {
			if !slices.Contains(x, r) {
				t.Errorf("%s: only in JSON-LD: %s", adres, r)
			}
		}
		if len(x) < 200 || len(x) != len(y) {
			t.Errorf("%s: %d statements in Turtle, %d in JSON-LD", adres, len(x), len(y))
		}
	}
}

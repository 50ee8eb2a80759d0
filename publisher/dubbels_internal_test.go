package publisher

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// groups writes clusters, each as its IRIs with the first in front.
func groupsOf(list []cluster) string {
	var b []string
	for _, c := range list {
		rest := slices.DeleteFunc(slices.Clone(c.iris), func(iri string) bool { return iri == c.first })
		b = append(b, c.first+"="+strings.Join(rest, "="))
	}
	return strings.Join(b, " ")
}

func TestJoinSightings(t *testing.T) {
	at := func(pagina, iri, text, place string) sighting {
		return sighting{IRI: iri, Pagina: pagina, Tekst: text, Plaats: place, Gewicht: 1}
	}
	doc := func(pagina, iri, document string, n int) sighting {
		return sighting{IRI: iri, Pagina: pagina, Document: document, Punt: n, Gewicht: 1}
	}
	full := func(s sighting) sighting { s.Gewicht = 9; return s }
	for _, c := range []struct {
		name string
		list []sighting
		want string
	}{
		{"nothing", nil, ""},
		{"one IRI on two pages", []sighting{at("p", "a", "x", ""), at("q", "a", "x", "")}, ""},
		{"the same text", []sighting{at("p", "a", "x", ""), at("q", "b", "x", "")}, "a=b"},
		{"other texts", []sighting{at("p", "a", "x", ""), at("q", "b", "y", "")}, ""},
		{"no text, no agenda", []sighting{at("p", "a", "", ""), at("q", "b", "", "")}, ""},
		{"no text, on two agendas", []sighting{at("p", "a", "", "1/5"), at("q", "b", "", "2/6")}, "a=b"},
		{"a list and an extract", []sighting{at("p", "a", "", "1/5"), at("q", "b", "x", "")}, "a=b"},
		{"the fullest is shown", []sighting{at("p", "a", "", "1/5"), full(at("q", "b", "x", ""))}, "b=a"},
		{"an extract without text", []sighting{at("p", "a", "", ""), at("q", "b", "x", "")}, ""},
		{"a list and two extracts of other decisions", []sighting{at("p", "a", "", "1/5"), at("q", "b", "x", ""), at("r", "c", "y", "")}, ""},
		{"one page has two of that title", []sighting{at("p", "a", "x", ""), at("p", "b", "x", ""), at("q", "c", "x", "")}, ""},
		{"two on each of two pages, by their places", []sighting{at("p", "a", "x", "1/5"), at("p", "b", "x", "3/5"), at("q", "c", "x", "1/5"), at("q", "d", "x", "3/5")}, "a=c b=d"},
		{"two on each of two pages, of other agendas", []sighting{at("p", "a", "x", "1/5"), at("p", "b", "x", "3/5"), at("q", "c", "x", "1/6"), at("q", "d", "x", "3/6")}, ""},
		{"the same place, other texts", []sighting{at("p", "a", "x", "1/5"), at("p", "b", "x", "3/5"), at("q", "c", "y", "1/5"), at("q", "d", "y", "3/5")}, ""},
		{"three readings", []sighting{at("p", "a", "x", "1/5"), at("q", "b", "x", "1/5"), at("r", "c", "x", "1/5")}, "a=b=c"},
		{"through an IRI of two texts", []sighting{at("p", "a", "x", ""), at("q", "b", "x", ""), at("r", "b", "y", ""), at("s", "c", "y", "")}, "a=b=c"},
		{"through an IRI of two texts, to one on the same page", []sighting{at("p", "a", "x", ""), at("q", "b", "x", ""), at("r", "b", "y", ""), at("p", "c", "y", "")}, ""},
		{"copies of one document", []sighting{doc("p", "a", "d", 1), doc("q", "b", "d", 1)}, "a=b"},
		{"other items of copies", []sighting{doc("p", "a", "d", 1), doc("q", "b", "d", 2)}, ""},
		{"copies with two of that title", []sighting{doc("p", "a", "d", 1), doc("p", "b", "d", 2), doc("q", "c", "d", 2), doc("q", "d", "d", 1)}, "a=d b=c"},
	} {
		if got := groupsOf(joinSightings(c.list)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	var many []sighting
	for i := range maxAlike + 1 {
		many = append(many, at(fmt.Sprint("p", i), fmt.Sprint("a", i), "x", ""))
	}
	if got := joinSightings(many); got != nil {
		t.Errorf("%d decisions with one title are joined", len(many))
	}
}

// Joining does not hang on order, joins no two IRIs of one page, puts each IRI in
// one decision at most, and what it links is symmetric and transitive.
func TestJoinSightingsIsAnEquivalence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sighting {
			return sighting{
				IRI: "urn:" + rapid.StringMatching(`[a-h]`).Draw(t, "iri"), Pagina: rapid.StringMatching(`[p-u]`).Draw(t, "page"),
				Tekst:    rapid.SampledFrom([]string{"", "x", "x", "y"}).Draw(t, "text"),
				Plaats:   rapid.SampledFrom([]string{"", "1/5", "2/5"}).Draw(t, "place"),
				Document: rapid.SampledFrom([]string{"", "", "d"}).Draw(t, "document"),
				Punt:     rapid.IntRange(0, 2).Draw(t, "number"), Gewicht: rapid.IntRange(0, 3).Draw(t, "weight"),
			}
		}), 0, 10).Draw(t, "sightings")
		found := joinSightings(slices.Clone(list))
		shuffled := rapid.Permutation(list).Draw(t, "shuffled")
		if got, want := fmt.Sprint(joinSightings(shuffled)), fmt.Sprint(found); got != want {
			t.Fatalf("in another order %s, else %s", got, want)
		}
		in := map[string]int{}
		for i, c := range found {
			if !slices.Contains(c.iris, c.first) || len(c.iris) < 2 {
				t.Fatalf("%+v", c)
			}
			for _, iri := range c.iris {
				if in[iri] != 0 {
					t.Fatalf("%s is in two decisions", iri)
				}
				in[iri] = i + 1
			}
		}
		for _, a := range list {
			for _, b := range list {
				if a.Pagina == b.Pagina && a.IRI != b.IRI && in[a.IRI] != 0 && in[a.IRI] == in[b.IRI] {
					t.Fatalf("%s and %s are on one page", a.IRI, b.IRI)
				}
			}
		}
		links := map[[2]string]bool{}
		for _, q := range linkset("urn:g", found) {
			if q.Predicate.Value() == owlSameAs {
				links[[2]string{q.Subject.Value(), q.Object.Value()}] = true
			}
		}
		for a := range links {
			if !links[[2]string{a[1], a[0]}] || a[0] == a[1] {
				t.Fatalf("%v is not symmetric", a)
			}
			for b := range links {
				if a[1] == b[0] && a[0] != b[1] && !links[[2]string{a[0], b[1]}] {
					t.Fatalf("%v and %v, but not from end to end", a, b)
				}
			}
		}
	})
}

func TestDocumentHash(t *testing.T) {
	content := func(pagina string) []byte {
		return []byte(strings.ReplaceAll(`<P> <urn:p> "x" .
<P#b> <urn:p> <P/c> .
<P#b> <http://mu.semte.ch/vocabularies/core/uuid> "ID" .
<https://x/other> <urn:p> <G1> .
`, "P", pagina))
	}
	hash := func(pagina string) string {
		c := strings.ReplaceAll(string(content(pagina)), "G", genidPrefix(pagina))
		return documentHash(pagina, []byte(strings.ReplaceAll(c, "ID", pagina)))
	}
	if a, b := hash("https://x/1"), hash("https://y/a?b=22"); a != b {
		t.Error("the address of the page tells two documents apart")
	}
	if a, b := documentHash("https://x/1", []byte("<https://x/11> <urn:p> <urn:o> .\n")), documentHash("https://x/2", []byte("<https://x/21> <urn:p> <urn:o> .\n")); a == b {
		t.Error("addresses that begin as that of the page are taken for it")
	}
}

package jsonld

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

const zitting = `
@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<zittingen/1> a besluit:Zitting ;
    besluit:geplandeStart "2026-05-04T19:00:00+02:00"^^xsd:dateTime ;
    besluit:behandelt <agendapunten/1> ;
    prov:atLocation "Zaal 1B" .
<agendapunten/1> a besluit:Agendapunt ; eli:title "Kermis"@nl, "Foire"@fr ; besluit:geplandOpenbaar true .
<behandelingen/1> prov:generated <besluiten/1> .
<besluiten/1> eli:has_part [ a besluit:Artikel ; eli:number "1" ; prov:value (1 2.5 "drie") ] .
`

func turtleQuads(t *testing.T, text string) []rdf.Quad {
	t.Helper()
	quads, err := turtle.Parse([]byte(text), "https://vlavirgem.example/")
	if err != nil {
		t.Fatal(err)
	}
	return quads
}

func writeString(t *testing.T, quads []rdf.Quad, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, quads, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteWithBesluitContext(t *testing.T) {
	got := writeString(t, turtleQuads(t, zitting), Options{
		Context: BesluitContext(), ContextIRI: "https://belfort.example/besluit.jsonld", Indent: "  ",
	})
	const want = `{
  "@context": "https://belfort.example/besluit.jsonld",
  "@graph": [
    {
      "behandelt": [
        "https://vlavirgem.example/agendapunten/1"
      ],
      "geplandeStart": "2026-05-04T19:00:00+02:00",
      "id": "https://vlavirgem.example/zittingen/1",
      "prov:atLocation": {
        "@value": "Zaal 1B"
      },
      "type": "Zitting"
    },
    {
      "geplandOpenbaar": "true",
      "id": "https://vlavirgem.example/agendapunten/1",
      "title": [
        "Kermis",
        {
          "@language": "fr",
          "@value": "Foire"
        }
      ],
      "type": "Agendapunt"
    },
    {
      "generated": [
        "https://vlavirgem.example/besluiten/1"
      ],
      "id": "https://vlavirgem.example/behandelingen/1"
    },
    {
      "has_part": [
        "_:genid1"
      ],
      "id": "https://vlavirgem.example/besluiten/1"
    },
    {
      "id": "_:genid1",
      "number": {
        "@value": "1"
      },
      "type": "Artikel",
      "value": {
        "@list": [
          {
            "@value": "1",
            "type": "xsd:integer"
          },
          {
            "@value": "2.5",
            "type": "xsd:decimal"
          },
          {
            "@value": "drie"
          }
        ]
      }
    }
  ]
}
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestWriteFramed(t *testing.T) {
	got := writeString(t, turtleQuads(t, zitting), Options{
		Context: BesluitContext(), ContextIRI: "https://belfort.example/besluit.jsonld",
		Frame: []byte(`{"@type": "http://data.vlaanderen.be/ns/besluit#Zitting"}`),
	})
	const want = `{"@context":"https://belfort.example/besluit.jsonld","behandelt":[{"geplandOpenbaar":"true",` +
		`"id":"https://vlavirgem.example/agendapunten/1","title":["Kermis",{"@language":"fr","@value":"Foire"}],"type":"Agendapunt"}],` +
		`"geplandeStart":"2026-05-04T19:00:00+02:00","id":"https://vlavirgem.example/zittingen/1","prov:atLocation":{"@value":"Zaal 1B"},"type":"Zitting"}` + "\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What is written in each way reads back as the same graph.
func TestRoundTrip(t *testing.T) {
	quads := turtleQuads(t, zitting)
	named := make([]rdf.Quad, len(quads))
	for i, q := range quads {
		q.Graph = rdf.IRI("https://vlavirgem.example/notulen")
		named[i] = q
	}
	const home = "https://belfort.example/besluit.jsonld"
	for name, o := range map[string]Options{
		"expanded":  {},
		"compacted": {Context: BesluitContext()},
		"by name":   {Context: BesluitContext(), ContextIRI: home},
		"native":    {NativeTypes: true},
	} {
		for _, in := range [][]rdf.Quad{quads, named, nil} {
			text := writeString(t, in, o)
			got, err := Parse(strings.NewReader(text), Options{Contexts: map[string][]byte{home: BesluitContext()}})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if !canon.Isomorphic(got, in) {
				t.Errorf("%s: reads back as %v from\n%s", name, got, text)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	terms := strings.Repeat(`"t%d": "http://example.org/", `, 5000)
	for i := range 5000 {
		terms = strings.Replace(terms, "%d", strconv.Itoa(i), 1)
	}
	contexts := `{"@context": {` + terms + `"x": "http://example.org/"}, "x": [` + strings.Repeat(`{"@context": {"y": "http://example.org/"}}, `, 4000) + `1]}`
	scoped := `{"@context": {` + terms + `"x": {"@id": "http://example.org/", "@context": {"z": "http://example.org/z"}}}, "x": [` + strings.Repeat(`{"z": 1}, `, 4000) + `1]}`
	deep := strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200)
	for name, c := range map[string]struct {
		in, want string
		o        Options
	}{
		"broken JSON":      {"{\n  \"a\": }", "2:8: invalid character '}' looking for beginning of value", Options{}},
		"two documents":    {"{} {}", "1:4: text after the end of the JSON document", Options{}},
		"nothing":          {"", "1:1: JSON document that ends too early", Options{}},
		"cut off":          {`{"a": [1`, "1:8: JSON document that ends too early", Options{}},
		"a remote context": {`{"@context": "https://example.org/c"}`, "doc: loading remote context failed: dereferencing a URL did not result in a valid JSON-LD context (https://example.org/c): context https://example.org/c is not at hand, and nothing is fetched", Options{Source: "doc"}},
		"too large":        {`{"a": "bbbbbbbbbb"}`, "document is larger than 10 bytes", Options{MaxBytes: 10}},
		"too deep":         {deep, "1:501: nested deeper than 100", Options{}},
		"many contexts":    {contexts, "contexts with too many terms for the places where they are used", Options{}},
		"scoped contexts":  {scoped, "contexts with too many terms for the places where they are used", Options{}},
		"a string":         {`"https://example.org/"`, "a JSON-LD document is an object or an array", Options{}},
		"not JSON-LD":      {`{"@id": 5}`, "invalid @id value: value of @id must be a string", Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(strings.NewReader(c.in), c.o)
			if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// A context is asked for once, through the loader, and its errors come back.
func TestParseLoads(t *testing.T) {
	const doc = `{"@context": "https://example.org/c", "naam": {"@context": "https://example.org/c", "@value": "Vlavirgem"}}`
	loads := 0
	quads, err := Parse(strings.NewReader(doc), Options{Loader: func(iri string) ([]byte, error) {
		loads++
		if iri != "https://example.org/c" {
			t.Errorf("asked for %s", iri)
		}
		return []byte(`{"@context": {"naam": "http://xmlns.com/foaf/0.1/name"}}`), nil
	}})
	want := []rdf.Quad{{Subject: rdf.Blank("genid1"), Predicate: rdf.IRI("http://xmlns.com/foaf/0.1/name"), Object: rdf.String("Vlavirgem")}}
	if err != nil || !canon.Isomorphic(quads, want) || loads != 1 {
		t.Errorf("got %v, %v after %d loads", quads, err, loads)
	}
	cause := errors.New("no network")
	_, err = Parse(strings.NewReader(doc), Options{Loader: func(string) ([]byte, error) { return nil, cause }})
	if !errors.Is(err, cause) || err.Error() != "load context https://example.org/c: no network" {
		t.Errorf("got error %v", err)
	}
}

func TestParseKeepsLargeIntegersAndLabels(t *testing.T) {
	quads, err := Parse(strings.NewReader(`{"@id": "_:genid1", "http://example.org/n": [12345678901234567890, 1.5, 3.0, {"@id": "_:x"}]}`), Options{BlankPrefix: "d-"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range quads {
		got = append(got, q.String())
	}
	want := `_:d-genid_1 <http://example.org/n> "12345678901234567890"^^<http://www.w3.org/2001/XMLSchema#integer> .
_:d-genid_1 <http://example.org/n> "1.5E0"^^<http://www.w3.org/2001/XMLSchema#double> .
_:d-genid_1 <http://example.org/n> "3"^^<http://www.w3.org/2001/XMLSchema#integer> .
_:d-genid_1 <http://example.org/n> _:d-x .`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"@context": {"p": {"@id": "http://example.org/p", "@container": "@list"}}, "@id": "http://example.org/s", "p": [1, true, "x", {"@value": "y", "@language": "nl"}]}`))
	f.Add([]byte(`[{"@graph": [{"@reverse": {"http://example.org/q": {"@id": "_:a"}}}]}]`))
	f.Add([]byte(`{"@context": [null, {"@vocab": "http://example.org/"}], "a": {"@set": [{"@json": 1}]}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		quads, err := Parse(bytes.NewReader(in), Options{Base: "http://example.org/", MaxBytes: 1 << 16})
		if err != nil {
			if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok {
				t.Fatalf("not a syntax error: %v", err)
			}
			return
		}
		for _, q := range quads {
			if !q.IsValid() {
				t.Fatalf("not RDF: %v", q)
			}
		}
		var b bytes.Buffer
		if err := Write(&b, quads, Options{}); err != nil {
			t.Fatal(err)
		}
		again, err := Parse(&b, Options{})
		if err != nil {
			t.Fatalf("can not read what was written: %v", err)
		}
		if len(again) != len(canonical(quads)) {
			t.Fatalf("read back %d quads of %d", len(again), len(quads))
		}
	})
}

func canonical(quads []rdf.Quad) map[rdf.Quad]bool {
	set := map[rdf.Quad]bool{}
	for _, q := range quads {
		set[q] = true
	}
	return set
}

package register

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// named returns the eenheid of that name and class.
func named(t *testing.T, naam, class string) Eenheid {
	t.Helper()
	for e := range Embedded().Eenheden() {
		if e.Naam == naam && e.Classificatie == class {
			return e
		}
	}
	t.Fatalf("no %s", naam)
	return Eenheid{}
}

const (
	gemeente  = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000001"
	provincie = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000000"
	district  = vocab.BestuurseenheidClassificatieCode + "5ab0e9b8a3b2ca7c5e000003"
	raad      = vocab.BestuursorgaanClassificatieCode + "5ab0e9b8a3b2ca7c5e000005"
)

func TestEenheden(t *testing.T) {
	count := map[string]int{}
	for e := range Embedded().Eenheden() {
		if e.OpgegaanIn == "" {
			count[e.Classificatie]++
		}
	}
	for class, want := range map[string]int{gemeente: 285, provincie: 5, district: 9} {
		if count[class] != want {
			t.Errorf("%d of class %s that still exist, want %d", count[class], class, want)
		}
	}
	aalst := named(t, "Aalst", gemeente)
	if aalst.NIS != "41002" || aalst.KBO != "0207437468" || aalst.Provincie != "Oost-Vlaanderen" || aalst.Gemeente != aalst.IRI {
		t.Errorf("Aalst is %+v", aalst)
	}
}

// On 1 January 2025 twenty-eight municipalities became thirteen.
func TestFusies(t *testing.T) {
	r := Embedded()
	galmaarden := named(t, "Galmaarden", gemeente)
	into, ok := r.Eenheid(galmaarden.OpgegaanIn)
	if !ok || into.Naam != "Pajottegem" || galmaarden.Sinds != "2025-01-01" || into.Provincie != "Vlaams-Brabant" {
		t.Errorf("Galmaarden went into %+v since %s", into, galmaarden.Sinds)
	}
	var names []string
	for _, iri := range into.Voorgangers {
		e, _ := r.Eenheid(iri)
		names = append(names, e.Naam)
	}
	if got := strings.Join(names, " "); got != "Galmaarden Gooik Herne" {
		t.Errorf("Pajottegem came from %s", got)
	}
}

func TestOrganen(t *testing.T) {
	r := Embedded()
	for _, naam := range []string{"Aalst", "Essen", "Pajottegem", "Machelen"} {
		e := named(t, naam, gemeente)
		zelf, periodes, nu := 0, 0, 0
		for o := range r.Organen(e.IRI) {
			if o.Classificatie != raad {
				continue
			}
			if o.Naam != "Gemeenteraad "+naam {
				t.Errorf("%s is called %s", o.IRI, o.Naam)
			}
			if !o.InPeriode {
				zelf++
				continue
			}
			periodes++
			if van, ok := r.Orgaan(o.Van); !ok || van.InPeriode || van.Eenheid != e.IRI {
				t.Errorf("%s is the period of %+v", o.IRI, van)
			}
			if o.Start == "2024-12-02" {
				nu++
			}
		}
		if zelf != 1 || periodes == 0 || nu != 1 {
			t.Errorf("%s has %d councils, %d in a period, %d now", naam, zelf, periodes, nu)
		}
	}
	if _, ok := r.Orgaan("http://data.lblod.info/id/bestuursorganen/1"); ok {
		t.Error("there is an organ that nobody has")
	}
}

func TestConcepten(t *testing.T) {
	r := Embedded()
	for iri, want := range map[string]Concept{
		vocab.TypeNotulen: {Naam: "Notulen", Lijst: "BesluitDocumentType"},
		raad:              {Naam: "Gemeenteraad", Lijst: "BestuursorgaanClassificatieCode"},
		vocab.BesluitType + "67378dd0-5413-474b-8996-d992ef81637a":                                       {Naam: "Reglementen en verordeningen", Lijst: "BesluitType"},
		"http://lblod.data.gift/concepts/bdf68a65-ce15-42c8-ae1b-19eeb39e20d0":                           {Naam: "gepland", Lijst: "AgendapuntType"},
		vocab.BesluitDocumentType + "a48f2ded-78a5-45e5-a5d8-077814cec39f":                               {Naam: "Aanduiding en eedaflegging van de aangewezen burgemeester", Lijst: "BesluitDocumentType"},
		"http://data.vlaanderen.be/id/concept/MandatarisStatusCode/21063a5b-912c-4241-841c-cc7fb3c73e75": {Naam: "Effectief", Lijst: "MandatarisStatusCode"},
	} {
		want.IRI = iri
		if got, _ := r.Concept(iri); got != want {
			t.Errorf("%s is %+v, want %+v", iri, got, want)
		}
	}
}

const snapshotText = `@prefix mandaat: <http://data.vlaanderen.be/ns/mandaat#> . @prefix org: <http://www.w3.org/ns/org#> .
@prefix persoon: <https://data.vlaanderen.be/ns/persoon#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix besluit: <http://data.vlaanderen.be/ns/besluit#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://data.lblod.info/id/mandatarissen/1> a mandaat:Mandataris ; mandaat:isBestuurlijkeAliasVan <http://data.lblod.info/id/personen/1> ; org:holds <http://data.lblod.info/id/mandaten/1> .
<http://data.lblod.info/id/personen/1> persoon:gebruikteVoornaam "An" ; foaf:familyName "Claes" .
<http://data.lblod.info/id/bestuursorganen/2025> a besluit:Bestuursorgaan ; org:hasPost <http://data.lblod.info/id/mandaten/1> ;
  mandaat:isTijdspecialisatieVan <http://data.lblod.info/id/bestuursorganen/raad> ; mandaat:bindingStart "2024-12-02T00:00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
<http://data.lblod.info/id/bestuursorganen/raad> a besluit:Bestuursorgaan ; besluit:bestuurt <http://data.lblod.info/id/bestuurseenheden/vlavirgem> ; skos:prefLabel "Gemeenteraad Vlavirgem" .
<http://data.lblod.info/id/bestuurseenheden/vlavirgem> a besluit:Bestuurseenheid ; skos:prefLabel "Vlavirgem" .
`

func TestSnapshot(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(snapshotText))
	z.Close()
	for name, text := range map[string]string{"turtle": snapshotText, "gzip": zipped.String()} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			m, ok := r.Mandataris("http://data.lblod.info/id/mandatarissen/1")
			if want := (Mandataris{IRI: "http://data.lblod.info/id/mandatarissen/1", Persoon: "http://data.lblod.info/id/personen/1", Naam: "An Claes", Orgaan: "http://data.lblod.info/id/bestuursorganen/2025"}); !ok || m != want {
				t.Errorf("mandataris %+v", m)
			}
			o, _ := r.Orgaan(m.Orgaan)
			if !o.InPeriode || o.Start != "2024-12-02" || o.Naam != "Gemeenteraad Vlavirgem" || o.Eenheid != "http://data.lblod.info/id/bestuurseenheden/vlavirgem" {
				t.Errorf("organ %+v", o)
			}
			if e, _ := r.Eenheid(o.Eenheid); e.Naam != "Vlavirgem" {
				t.Errorf("eenheid %+v", e)
			}
			if r.Mandatarissen() != 1 || Embedded().Mandatarissen() != 0 {
				t.Errorf("%d mandatarissen", r.Mandatarissen())
			}
			if _, ok := r.Eenheid(named(t, "Aalst", gemeente).IRI); !ok {
				t.Error("what is embedded is forgotten")
			}
		})
	}
	r, err := Read(strings.NewReader("\n# c\n<http://a/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <" + vocab.MandaatMandataris + "> <http://g> .\n"))
	if err != nil || r.Mandatarissen() != 1 {
		t.Errorf("N-Quads: %v", err)
	}
	var syntax *rdf.SyntaxError
	if _, err := Read(strings.NewReader("<a> <b")); !errors.As(err, &syntax) {
		t.Errorf("half a triple: %v", err)
	}
	if _, err := Read(strings.NewReader("")); err != nil {
		t.Errorf("nothing: %v", err)
	}
}

func TestOnline(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.URL.Path {
		case "/ttl":
			w.Header().Set("Content-Type", "text/turtle; charset=utf-8")
			w.Write([]byte("<> a <" + vocab.MandaatMandataris + "> ."))
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte(`<div about="" typeof="` + vocab.MandaatMandataris + `"></div>`))
		case "/ld":
			w.Header().Set("Content-Type", "application/ld+json")
			w.Write([]byte(`{"@id": "` + "http://" + r.Host + `/ld", "@type": "` + vocab.MandaatMandataris + `"}`))
		case "/gone":
			w.WriteHeader(410)
		default:
			w.WriteHeader(500)
		}
	}))
	defer server.Close()
	o := &Online{Client: server.Client(), MaxLookups: 5}
	for _, path := range []string{"/ttl", "/html", "/ld", "/ttl"} {
		g, err := o.Resolve(t.Context(), server.URL+path)
		if err != nil || !g.Has(rdf.IRI(server.URL+path), rdf.IRI(vocab.RDFType), rdf.IRI(vocab.MandaatMandataris)) {
			t.Errorf("%s: %v, %v", path, g, err)
		}
	}
	if asked != 3 {
		t.Errorf("asked %d times, want 3", asked)
	}
	if g, err := o.Resolve(t.Context(), server.URL+"/gone"); err != nil || g.Len() != 0 {
		t.Errorf("gone: %v", err)
	}
	if _, err := o.Resolve(t.Context(), server.URL+"/broken"); err == nil || errors.Is(err, ErrSpent) {
		t.Errorf("broken: %v", err)
	}
	if _, err := o.Resolve(t.Context(), server.URL+"/more"); !errors.Is(err, ErrSpent) {
		t.Errorf("the sixth: %v", err)
	}
}

// silent never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestOnlineIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &Online{Client: &http.Client{Transport: silent{}}}
		for range 12 {
			if _, err := o.Resolve(t.Context(), "https://a.example/"+strings.Repeat("x", len(o.asked))); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("silence: %v", err)
			}
		}
		synctest.Wait()
		if _, err := o.Resolve(t.Context(), "https://a.example/last"); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ErrSpent) {
			t.Errorf("after two minutes: %v", err)
		}
		if _, err := o.Resolve(t.Context(), "https://a.example/late"); !errors.Is(err, ErrSpent) {
			t.Errorf("after two minutes: %v", err)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if len(decode().organen) == 0 {
			b.Fatal("nothing")
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(snapshotText)
	f.Add("<http://a/1> <http://b> <http://c> .")
	f.Fuzz(func(t *testing.T, text string) { Read(strings.NewReader(text)) })
}

package site

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	rowsShown    = 500     // rows of an answer that the page shows
	answerLimit  = 8 << 20 // bytes of an answer that the page reads
	sparqlOnPage = 30 * time.Second
)

// answerForms are what the parameter "formaat" may ask for, for links in a
// page: a link can set no Accept header.
var answerForms = []struct{ name, mediaType, title string }{
	{"json", "application/sparql-results+json", "JSON"},
	{"csv", "text/csv", "CSV"},
	{"tsv", "text/tab-separated-values", "TSV"},
	{"xml", "application/sparql-results+xml", "XML"},
	{"ttl", "text/turtle", "Turtle"},
	{"nt", "application/n-triples", "N-Triples"},
	{"jsonld", "application/ld+json", "JSON-LD"},
}

// example is a query for the page, with the key of its title.
type example struct{ Key, Query string }

// examples are the questions that people come with. The first asks about one
// government.
func examples(eenheid string) []example {
	return []example{
		{"sparql.v1", `# De nieuwste besluiten van één bestuur
PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#>
PREFIX mandaat: <http://data.vlaanderen.be/ns/mandaat#>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dct: <http://purl.org/dc/terms/>

SELECT DISTINCT ?datum ?titel ?besluit WHERE {
  ?zitting besluit:isGehoudenDoor/mandaat:isTijdspecialisatieVan?/besluit:bestuurt <` + eenheid + `> ;
           besluit:geplandeStart ?datum ;
           besluit:behandelt ?punt .
  ?behandeling dct:subject ?punt ;
               prov:generated ?besluit .
  ?besluit eli:title ?titel .
}
ORDER BY DESC(?datum) ?titel
LIMIT 20`},
		{"sparql.v2", `# Wie stemde wat, van de jongste zitting af
PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#>
PREFIX mandaat: <http://data.vlaanderen.be/ns/mandaat#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX persoon: <http://data.vlaanderen.be/ns/persoon#>

SELECT DISTINCT ?datum ?onderwerp ?stem ?voornaam ?naam WHERE {
  ?zitting besluit:behandelt ?punt ;
           besluit:geplandeStart ?datum .
  ?behandeling dct:subject ?punt ;
               besluit:heeftStemming ?stemming .
  ?stemming besluit:onderwerp ?onderwerp .
  { ?stemming besluit:heeftTegenstander ?mandataris BIND ("tegen" AS ?stem) }
  UNION
  { ?stemming besluit:heeftOnthouder ?mandataris BIND ("onthouding" AS ?stem) }
  ?mandataris mandaat:isBestuurlijkeAliasVan ?persoon .
  ?persoon foaf:familyName ?naam .
  OPTIONAL { ?persoon persoon:gebruikteVoornaam ?voornaam }
}
ORDER BY DESC(?datum) ?onderwerp ?stem ?naam
LIMIT 100`},
		{"sparql.v3", `# Reglementen die vandaag van kracht zijn
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

SELECT DISTINCT ?vanaf ?tot ?titel ?besluit WHERE {
  ?besluit eli:first_date_entry_in_force ?vanaf ;
           eli:title ?titel .
  OPTIONAL { ?besluit eli:date_no_longer_in_force ?tot }
  BIND (STRDT(SUBSTR(STR(NOW()), 1, 10), xsd:date) AS ?vandaag)
  FILTER (?vanaf <= ?vandaag && (!BOUND(?tot) || ?tot >= ?vandaag))
}
ORDER BY DESC(?vanaf) ?titel`},
		{"sparql.v4", `# Agendapunten waar geen besluit uit kwam
PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dct: <http://purl.org/dc/terms/>

SELECT DISTINCT ?datum ?titel ?punt WHERE {
  ?zitting besluit:behandelt ?punt ;
           besluit:geplandeStart ?datum .
  ?punt dct:title ?titel .
  FILTER NOT EXISTS {
    ?behandeling dct:subject ?punt ;
                 prov:generated ?besluit
  }
}
ORDER BY DESC(?datum) ?titel
LIMIT 100`},
		{"sparql.v5", `# Zoeken in de volle tekst, met de zoektaal van deze site
PREFIX eli: <http://data.europa.eu/eli/ontology#>

SELECT DISTINCT ?besluit ?titel WHERE {
  ?besluit <urn:belfort:search> "belasting OF retributie" ;
           eli:title ?titel .
}
ORDER BY ?titel`},
		{"sparql.v6", `# Stemmingen met tegenstemmen
PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#>

SELECT DISTINCT ?onderwerp ?voor ?tegen WHERE {
  ?stemming a besluit:Stemming ;
            besluit:aantalVoorstanders ?voor ;
            besluit:aantalTegenstanders ?tegen .
  OPTIONAL { ?stemming besluit:onderwerp ?onderwerp }
  FILTER (?tegen > 0)
}
ORDER BY DESC(?tegen)
LIMIT 50`},
		{"sparql.v7", `# De meest aangehaalde rechtsgronden
PREFIX eli: <http://data.europa.eu/eli/ontology#>

SELECT ?rechtsgrond (COUNT(DISTINCT ?besluit) AS ?aantal) WHERE {
  ?besluit eli:cites ?rechtsgrond .
}
GROUP BY ?rechtsgrond
ORDER BY DESC(?aantal)
LIMIT 25`},
		{"sparql.v8", `# Alles wat één pagina zegt, als graaf
PREFIX besluit: <http://data.vlaanderen.be/ns/besluit#>

CONSTRUCT { ?s ?p ?o } WHERE {
  { SELECT ?pagina WHERE { GRAPH ?pagina { ?zitting a besluit:Zitting } } LIMIT 1 }
  GRAPH ?pagina { ?s ?p ?o }
}`},
	}
}

type sparqlPage struct {
	Vraag       string
	Eerste      string // of the examples
	Voorbeelden []voorbeeld
	Fout        string
	Kolommen    []string
	Rijen       [][]cell
	Aantal      int
	Afgekapt    bool
	JaNee       string
	Tekst       string // an answer that is a graph, as Turtle
	Beantwoord  bool
	Vormen      []crumb
}

// voorbeeld is an example with its title and its address.
type voorbeeld struct{ Href, Titel, Vraag string }

// cell is a term in a table.
type cell struct{ Tekst, Href, Soort string }

// sparql answers a browser with the query page, and hands every other request
// to the endpoint on the same address.
func (s *site) sparql() http.Handler {
	page := s.answer(sparqlOnPage+pageTime, s.sparqlPage)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if name := r.URL.Query().Get("formaat"); name != "" {
			for _, f := range answerForms {
				if f.name == name {
					r = r.Clone(r.Context())
					r.Header.Set("Accept", f.mediaType)
				}
			}
		} else if r.Method != http.MethodPost && r.Method != http.MethodOptions && strings.Contains(r.Header.Get("Accept"), "text/html") {
			page.ServeHTTP(w, r)
			return
		}
		if s.SPARQL == nil {
			s.fail(w, r, failure{http.StatusNotImplemented, "fout.uit"})
			return
		}
		s.SPARQL.ServeHTTP(w, r)
	})
}

func (s *site) sparqlPage(w http.ResponseWriter, r *http.Request) error {
	if s.SPARQL == nil {
		return failure{http.StatusNotImplemented, "fout.uit"}
	}
	p := s.newPage(r, "sparql")
	p.Beschrijving = message(p.Taal, "sparql.intro")
	editable(w.Header())
	d := sparqlPage{Vraag: r.URL.Query().Get("query")}
	asked, err := s.exampleGovernment(r.Context())
	if err != nil {
		return err
	}
	list := examples(asked)
	d.Eerste = list[0].Query
	for _, e := range list {
		d.Voorbeelden = append(d.Voorbeelden, voorbeeld{link(p.Taal, "/sparql", "query", e.Query), message(p.Taal, e.Key), e.Query})
	}
	status := http.StatusOK
	if strings.TrimSpace(d.Vraag) == "" {
		d.Vraag = d.Eerste
	} else {
		p.Robots = "noindex"
		status = s.ask(r, p.Taal, &d)
	}
	p.Data = d
	return s.write(w, r, status, p)
}

// exampleGovernment is the government of the examples: one whose decisions are
// there.
func (s *site) exampleGovernment(ctx context.Context) (iri string, err error) {
	list, err := s.allBesturen(ctx)
	if err != nil {
		return "", err
	}
	most := -1
	for _, b := range list {
		if b.Besluiten > most {
			iri, most = b.IRI, b.Besluiten
		}
	}
	if iri == "" {
		iri = "http://data.lblod.info/id/bestuurseenheden/voorbeeld"
	}
	return iri, nil
}

// ask has the endpoint answer the query of the page, as any client would.
func (s *site) ask(r *http.Request, l lang, d *sparqlPage) int {
	ctx, cancel := context.WithTimeout(r.Context(), sparqlOnPage)
	defer cancel()
	inner, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Base+"/sparql", strings.NewReader(d.Vraag))
	if err != nil {
		d.Fout = message(l, "fout.vraag")
		return http.StatusBadRequest
	}
	inner.Header.Set("Content-Type", "application/sparql-query")
	inner.Header.Set("Accept", "application/sparql-results+json, text/turtle;q=0.9")
	inner.RemoteAddr = r.RemoteAddr
	answer := &recorder{header: http.Header{}, status: http.StatusOK, limit: answerLimit, full: cancel}
	if !served(s.SPARQL, answer, inner) {
		d.Fout = message(l, "fout.tijd")
		return http.StatusServiceUnavailable
	}
	if answer.status != http.StatusOK {
		d.Fout = head([]rune(strings.TrimSpace(answer.body.String())), 2000)
		return answer.status
	}
	d.Beantwoord = true
	mediaType, _, _ := strings.Cut(answer.header.Get("Content-Type"), ";")
	offer := []string{"json", "csv", "tsv", "xml"}
	if mediaType != "application/sparql-results+json" {
		offer = []string{"ttl", "nt", "jsonld"}
	}
	for _, f := range answerForms {
		if slices.Contains(offer, f.name) {
			d.Vormen = append(d.Vormen, crumb{"/sparql?" + url.Values{"query": {d.Vraag}, "formaat": {f.name}}.Encode(), f.title})
		}
	}
	if mediaType != "application/sparql-results+json" {
		d.Tekst, d.Afgekapt = answer.body.String(), answer.cut
		return http.StatusOK
	}
	var results struct {
		Head    struct{ Vars []string }
		Boolean *bool
		Results struct{ Bindings []map[string]binding }
	}
	if err := json.Unmarshal([]byte(answer.body.String()), &results); err != nil {
		d.Beantwoord, d.Fout = false, message(l, "fout.tijd")
		return http.StatusServiceUnavailable
	}
	if results.Boolean != nil {
		d.JaNee = message(l, "sparql.nee")
		if *results.Boolean {
			d.JaNee = message(l, "sparql.ja")
		}
		return http.StatusOK
	}
	d.Kolommen, d.Aantal = results.Head.Vars, len(results.Results.Bindings)
	for i, row := range results.Results.Bindings {
		if i == rowsShown {
			d.Afgekapt = true
			break
		}
		var cells []cell
		for _, v := range d.Kolommen {
			cells = append(cells, row[v].cell())
		}
		d.Rijen = append(d.Rijen, cells)
	}
	return http.StatusOK
}

// served reports whether a handler came to the end of its answer. The endpoint
// breaks an answer off, as when its time is up, by ending the connection
// (http.ErrAbortHandler); here only the answer ends, and not the page.
func served(h http.Handler, w http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	h.ServeHTTP(w, r)
	return true
}

// binding is a term in SPARQL 1.1 Query Results JSON, section 3.2.2.
type binding struct{ Type, Value, Datatype string }

func (b binding) cell() cell {
	c := cell{Tekst: head([]rune(b.Value), 400), Soort: b.Type}
	if b.Type == "uri" && isWeb(b.Value) {
		c.Href = b.Value
	}
	if b.Type == "bnode" {
		c.Tekst = "_:" + c.Tekst
	}
	return c
}

// recorder keeps an answer of the endpoint for the page, up to a limit; then it
// ends the work.
type recorder struct {
	header http.Header
	status int
	body   strings.Builder
	limit  int
	cut    bool
	full   func()
}

func (r *recorder) Header() http.Header    { return r.header }
func (r *recorder) WriteHeader(status int) { r.status = status }
func (r *recorder) Write(b []byte) (int, error) {
	if r.body.Len()+len(b) > r.limit {
		r.cut = true
		r.full()
		return 0, fmt.Errorf("answer is larger than %d bytes", r.limit)
	}
	return r.body.Write(b)
}

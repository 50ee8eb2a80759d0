package site

import (
	"context"
	"errors"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/oogst"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/search"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

const base = "https://besluiten.example"

// withdrawn is the id of a decision that the ledger knows and the store does
// not.
var withdrawn = besluit.ID(iriBase + "besluiten/weg")

// world is a small municipality in memory, with everything that the site asks
// of the rest of the program.
type world struct {
	bestuur   *besluit.Bestuurseenheid
	orgaan    *besluit.Bestuursorgaan
	zitting   *besluit.Zitting
	besluiten []*besluit.Besluit
}

const iriBase = "https://data.vlavirgem.example/id/"

// attack is what a hostile page may put in any text.
const attack = `<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">klik</a><h1>Kop</h1></main><style>*{display:none}</style>`

func newWorld() *world {
	yes := true
	w := &world{}
	w.bestuur = &besluit.Bestuurseenheid{IRI: iriBase + "bestuurseenheden/vlavirgem", Naam: "Vlavirgem", Classificatie: besluit.Gemeente}
	w.orgaan = &besluit.Bestuursorgaan{IRI: iriBase + "bestuursorganen/gemeenteraad", Naam: "Gemeenteraad Vlavirgem", Classificatie: besluit.Gemeenteraad, Bestuurt: w.bestuur}
	persons := func(names ...string) (out []*besluit.Mandataris) {
		for _, n := range names {
			out = append(out, &besluit.Mandataris{IRI: iriBase + "mandatarissen/" + besluit.Slug(n), Naam: n})
		}
		return out
	}
	w.zitting = &besluit.Zitting{
		IRI: iriBase + "zittingen/1", GehoudenDoor: w.orgaan,
		GeplandeStart: time.Date(2026, 11, 16, 19, 0, 0, 0, time.UTC), Gestart: time.Date(2026, 11, 16, 19, 4, 0, 0, time.UTC), Geeindigd: time.Date(2026, 11, 16, 21, 30, 0, 0, time.UTC),
		Locatie: "Raadzaal, Markt 1", Voorzitter: persons("Els Claes")[0], Secretaris: persons("Jan Peeters")[0],
		Aanwezigen: persons("Els Claes", "An Maes", "Bram Wouters"),
		Documenten: []*besluit.Document{{IRI: "https://vlavirgem.example/notulen/1", Soort: besluit.Notulen, Publicatiedatum: time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC), Pagina: "https://vlavirgem.example/notulen/1"}},
		Bronnen:    []string{"https://vlavirgem.example/notulen/1"},
	}
	titles := []string{"Aanvullend reglement op het wegverkeer: zone 30 in de Kerkstraat", "Retributiereglement terrassen op het openbaar domein", "Subsidie voor wasbare luiers", attack + "Vijandig besluit"}
	for i, title := range titles {
		n := string(rune('1' + i))
		punt := &besluit.Agendapunt{IRI: iriBase + "agendapunten/" + n, Titel: title, Beschrijving: "Het college stelt voor om dit goed te keuren.", GeplandOpenbaar: &yes, Nummer: i + 1, Zitting: w.zitting, Bronnen: w.zitting.Bronnen}
		behandeling := &besluit.BehandelingVanAgendapunt{IRI: iriBase + "behandelingen/" + n, Agendapunt: punt}
		b := &besluit.Besluit{
			IRI: iriBase + "besluiten/" + n, Titel: title, Behandeling: behandeling, GenomenDoor: w.orgaan,
			Motivering:      "<p>De straat is <b>smal</b> & druk. <a href=\"https://codex.example/1\">Zie de codex</a>.</p>",
			Types:           []string{reglementen},
			Publicatiedatum: time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC),
			Artikels: []*besluit.Artikel{
				{IRI: iriBase + "artikels/" + n + "-1", Nummer: "Artikel 1", Inhoud: "<p>De retributie bedraagt 12 euro per m².</p>"},
				{IRI: iriBase + "artikels/" + n + "-2", Nummer: "2", Titel: "Inwerkingtreding", Inhoud: "Dit reglement treedt in werking op 1 januari 2027."},
			},
			Rechtsgronden: []besluit.Rechtsgrond{{IRI: "https://codex.example/decreet/1#art41", Titel: "Decreet Lokaal Bestuur, artikel 41"}, {IRI: "javascript:alert(4)", Titel: "Slecht"}},
			Bijlagen:      []string{"https://vlavirgem.example/bijlagen/plan.pdf", "javascript:alert(5)"},
			Bronnen:       w.zitting.Bronnen,
		}
		if i == 3 {
			b.Motivering, b.Artikels, b.Inhoud = attack, nil, attack
		}
		behandeling.Besluiten = []*besluit.Besluit{b}
		behandeling.Stemmingen = []*besluit.Stemming{{
			IRI: iriBase + "stemmingen/" + n, Onderwerp: title, Gevolg: "Goedgekeurd", AantalVoorstanders: 2, AantalTegenstanders: 1, AantalOnthouders: 0,
			Voorstanders: persons("Els Claes", "An Maes"), Tegenstanders: persons("Bram Wouters"),
		}}
		punt.Behandelingen = []*besluit.BehandelingVanAgendapunt{behandeling}
		w.zitting.Agendapunten = append(w.zitting.Agendapunten, punt)
		w.besluiten = append(w.besluiten, b)
	}
	w.besluiten[1].Corrigeert = []string{w.besluiten[0].IRI}
	w.besluiten[0].GecorrigeerdDoor = []string{w.besluiten[1].IRI}
	return w
}

func (w *world) Besluit(_ context.Context, id string) (*besluit.Besluit, error) {
	for _, b := range w.besluiten {
		if besluit.ID(b.IRI) == id {
			return b, nil
		}
	}
	return nil, nil
}

func (w *world) Agendapunt(_ context.Context, id string) (*besluit.Agendapunt, error) {
	for _, a := range w.zitting.Agendapunten {
		if besluit.ID(a.IRI) == id {
			return a, nil
		}
	}
	return nil, nil
}

func (w *world) Zitting(_ context.Context, id string) (*besluit.Zitting, error) {
	if besluit.ID(w.zitting.IRI) == id {
		return w.zitting, nil
	}
	return nil, nil
}

func (w *world) Bestuursorgaan(_ context.Context, id string) (*besluit.Bestuursorgaan, error) {
	if besluit.ID(w.orgaan.IRI) == id {
		return w.orgaan, nil
	}
	return nil, nil
}

func (w *world) Besturen(context.Context) ([]*publisher.Bestuur, error) {
	return []*publisher.Bestuur{{Bestuurseenheid: w.bestuur, Slug: w.bestuur.Slug(), Organen: []*besluit.Bestuursorgaan{w.orgaan}, Zittingen: 1, Besluiten: len(w.besluiten)}}, nil
}

func (w *world) Zittingen(context.Context, publisher.Selection) ([]*besluit.Zitting, int, error) {
	return []*besluit.Zitting{w.zitting}, 1, nil
}

func (w *world) Besluiten(_ context.Context, s publisher.Selection) ([]*besluit.Besluit, int, error) {
	list := w.besluiten[min(s.Offset, len(w.besluiten)):]
	if s.Limit > 0 {
		list = list[:min(s.Limit, len(list))]
	}
	return list, len(w.besluiten), nil
}

func (w *world) Search(_ context.Context, r search.Request) (search.Result, error) {
	if strings.Count(r.Text, "(") != strings.Count(r.Text, ")") {
		return search.Result{}, &search.QueryError{Text: r.Text, Start: 0, End: 1, Message: "er ontbreekt een haakje"}
	}
	var result search.Result
	for _, b := range w.besluiten {
		if !strings.Contains(strings.ToLower(b.Titel), strings.ToLower(r.Text)) {
			continue
		}
		h := search.Hit{IRI: b.IRI, Soort: search.Besluit, Titel: html.EscapeString(b.Titel), Bestuur: w.bestuur.Naam, BestuurIRI: w.bestuur.IRI, Orgaan: w.orgaan.Naam, Datum: w.zitting.Datum(), Types: b.Types, Uitslag: "goedgekeurd"}
		if r.Text != "" {
			h.Fragments = []search.Fragment{{Part: "artikel 2", HTML: "de <mark>" + html.EscapeString(r.Text) + "</mark> &lt;b&gt; bedraagt"}}
		}
		result.Hits = append(result.Hits, h)
	}
	result.Total = uint64(len(result.Hits))
	if r.Text != "" {
		for word := range strings.FieldsSeq(r.Text) {
			result.Parsed = append(result.Parsed, search.Part{Text: word, Without: strings.TrimSpace(strings.ReplaceAll(r.Text, word, ""))})
		}
	}
	result.Facets = []search.Facet{
		{Field: "bestuur", Values: []search.FacetValue{{Value: w.bestuur.IRI, Label: "Vlavirgem", Count: result.Total}}},
		{Field: "uitslag", Values: []search.FacetValue{{Value: "goedgekeurd", Label: "goedgekeurd", Count: result.Total}}},
		{Field: "jaar", Values: []search.FacetValue{{Value: "2026", Label: "2026", Count: result.Total}}},
	}
	return result, nil
}

const sourceText = "<html>\n<body>\n<div typeof=\"besluit:Besluit\" resource=\"x\">\n</div>\n</body>\n</html>\n"

func (w *world) config() Config {
	at := rdf.NewLines([]byte(sourceText)).Span(14, 40)
	quads := []rdf.Sourced{{Quad: rdf.Quad{Subject: rdf.IRI(w.besluiten[0].IRI), Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(vocab.BesluitBesluit)}, Span: at}}
	findings := []rdf.Finding{{Severity: rdf.Violation, Rule: "missing-class", Message: rdf.Text{NL: "Het type ontbreekt.", EN: "The type is missing."}, Span: at, Focus: rdf.IRI(w.besluiten[0].IRI)}}
	return Config{
		Base: base, Version: "0.1.0", Entities: w, Lists: w, Search: w,
		Describe: func(_ context.Context, iri string) ([]rdf.Quad, error) {
			return []rdf.Quad{{Subject: rdf.IRI(iri), Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(vocab.BesluitBesluit)}}, nil
		},
		Bron: func(_ context.Context, pagina string) (publisher.Bron, bool, error) {
			return publisher.Bron{Entry: publisher.Entry{Sequence: 1234, Kind: publisher.Published, Pagina: pagina, Time: time.Date(2026, 11, 18, 8, 15, 0, 0, time.UTC), Body: strings.Repeat("ab", 32), Hash: strings.Repeat("cd", 32)}, Report: publisher.Report{Findings: findings}, Tekst: []byte(sourceText)}, true, nil
		},
		Gone: func(_ context.Context, id string) (publisher.Entry, bool, error) {
			if id != withdrawn {
				return publisher.Entry{}, false, nil
			}
			return publisher.Entry{Sequence: 7, Kind: publisher.Withdrawn, Pagina: "https://vlavirgem.example/lijst/1", Time: time.Date(2026, 10, 2, 9, 0, 0, 0, time.UTC), Reason: "de bron antwoordt 410", Hash: strings.Repeat("ef", 32)}, true, nil
		},
		History: fakeHistory{w}, Doubles: fakeHistory{w}, Withdrawals: fakeHistory{w}.withdrawals,
		Bijlage: func(_ context.Context, iri string) (Bijlage, bool) {
			return Bijlage{MediaType: "application/pdf", Bytes: 1_234_567, Doorzoekbaar: true, Opmerking: "maar deels gelezen: <b>"}, strings.HasSuffix(iri, ".pdf")
		},
		Unlisted: func(_ context.Context, pagina string) (time.Time, error) {
			if strings.HasSuffix(pagina, "/notulen/1") {
				return time.Date(2026, 11, 19, 3, 0, 0, 0, time.UTC), nil
			}
			return time.Time{}, nil
		},
		Validate: func(_ context.Context, source, _ string, body []byte, profile oslo.Profile) (Checked, error) {
			switch {
			case strings.Contains(string(body), "kapot"):
				return Checked{}, &rdf.SyntaxError{Source: source, Span: rdf.NewLines(body).Span(0, 1), Message: "this is no HTML"}
			case strings.Contains(string(body), "stuk"):
				return Checked{}, errors.New("secret path /var/lib")
			}
			v := oslo.Verdict{Profile: profile, Source: source, Findings: findings}
			v.Counts[rdf.Violation] = len(findings)
			return Checked{Verdict: v, Text: body, Quads: quads}, nil
		},
		Fetch: func(_ context.Context, url string) (Fetched, error) {
			if strings.Contains(url, "intern") {
				return Fetched{}, &FetchError{rdf.Text{NL: "Dit adres ligt niet op het openbare web.", EN: "This address is not on the public web."}}
			}
			return Fetched{URL: url, MediaType: "text/html", Body: []byte(sourceText)}, nil
		},
		Oogst: func(ctx context.Context) (*oogst.Report, error) { return w.oogst().Report(ctx) },
		Meldingen: func(context.Context) ([]publisher.Melding, error) {
			return []publisher.Melding{
				{SubmittedResource: iriBase + "besluitenlijst/1", Href: "https://vlavirgem.example/lijst/1", Status: publisher.Aanvaard, Attempts: 1, Sent: time.Date(2026, 11, 18, 8, 20, 0, 0, time.UTC)},
				{SubmittedResource: iriBase + "besluiten/2", Href: "https://vlavirgem.example/2", Status: publisher.Geweigerd, Attempts: 2, Reason: "organization unknown"},
			}, nil
		},
		SPARQL: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.Header.Get("Accept"), "csv") {
				w.Header().Set("Content-Type", "text/csv")
				w.Write([]byte("b\n"))
				return
			}
			w.Header().Set("Content-Type", "application/sparql-results+json")
			w.Write([]byte(`{"head":{"vars":["b"]},"results":{"bindings":[{"b":{"type":"uri","value":"https://data.vlavirgem.example/id/besluiten/1"}},{"b":{"type":"literal","value":"<script>alert(6)</script>"}}]}}`))
		}),
		LDES: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ldes")) }),
		Catalog: func(context.Context) ([]rdf.Quad, error) {
			return []rdf.Quad{{Subject: rdf.IRI(base + "/datasets"), Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(vocab.Dcat + "Catalog")}}, nil
		},
		Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) },
	}
}

func newTestSite(t *testing.T) (http.Handler, *world) {
	t.Helper()
	w := newWorld()
	h, err := New(w.config())
	if err != nil {
		t.Fatal(err)
	}
	return h, w
}

// get asks for an address; headers are names and values.
func get(h http.Handler, at string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, at, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// pagesOf are the addresses of every kind of page.
func pagesOf(w *world) []string {
	id := func(iri string) string { return besluit.ID(iri) }
	pages := []string{
		"/", "/zoeken", "/zoeken?q=terras", "/zoeken?q=niets-dergelijks", "/zoeken?bestuur=" + w.bestuur.IRI + "&van=01-01-2026&uitslag=verworpen",
		"/besturen", "/besturen/vlavirgem", "/bestuursorganen/" + id(w.orgaan.IRI), "/zittingen/" + id(w.zitting.IRI),
		"/agendapunten/" + id(w.zitting.Agendapunten[0].IRI), "/oogst", "/oogst?q=vla&sorteer=naam&volgorde=af", "/oogst?probleem=tls", "/oogst/vlavirgem", "/melding", "/kwaliteit", "/validator", "/sparql",
		"/sparql?query=SELECT+*+WHERE+%7B%7D", "/toegankelijkheid", "/datasets", "/ldes", "/docs/regels", "/docs/regels/" + oslo.Rules()[0].Code, "/embed/lijst?bestuur=vlavirgem",
	}
	pages = append(pages, "/versies?pagina=https://vlavirgem.example/notulen/1", "/versies/1", "/versies/2", "/versies/3", "/versies/4", "/versies/5", "/versies/2?met=1", "/versies/7",
		"/ingetrokken", "/ingetrokken?bestuur=vlavirgem")
	for _, b := range w.besluiten {
		pages = append(pages, "/besluiten/"+id(b.IRI))
	}
	for _, name := range docOrder {
		pages = append(pages, strings.TrimSuffix("/docs/"+name, "/"))
	}
	return slices.Clone(pages)
}

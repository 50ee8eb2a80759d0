package site

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/search"
)

// The values of the API. Names are the Dutch ones of the domain; a value that
// the data does not have is left out.
type (
	apiRef struct {
		IRI  string `json:"iri,omitempty"`
		Naam string `json:"naam,omitempty"`
	}
	apiItem struct {
		ID      string   `json:"id"`
		IRI     string   `json:"iri"`
		URL     string   `json:"url"`
		Titel   string   `json:"titel"`
		Datum   string   `json:"datum,omitempty"` // of the sitting
		Bestuur *apiRef  `json:"bestuur,omitempty"`
		Orgaan  *apiRef  `json:"orgaan,omitempty"`
		Types   []apiRef `json:"types"`
		Uitslag string   `json:"uitslag,omitempty"`
	}
	apiList struct {
		Totaal    uint64    `json:"totaal"`
		Pagina    int       `json:"pagina"`
		Aantal    int       `json:"aantal"`
		Vorige    string    `json:"vorige,omitempty"`
		Volgende  string    `json:"volgende,omitempty"`
		Besluiten []apiItem `json:"besluiten"`
	}
	apiArtikel struct {
		Nummer string `json:"nummer,omitempty"`
		Titel  string `json:"titel,omitempty"`
		Inhoud string `json:"inhoud"`
	}
	apiStemming struct {
		Onderwerp  string `json:"onderwerp,omitempty"`
		Gevolg     string `json:"gevolg,omitempty"`
		Geheim     bool   `json:"geheim"`
		Voor       *int   `json:"voor,omitempty"`
		Tegen      *int   `json:"tegen,omitempty"`
		Onthouding *int   `json:"onthouding,omitempty"`
	}
	apiDetail struct {
		apiItem
		Beschrijving     string        `json:"beschrijving,omitempty"`
		Motivering       string        `json:"motivering,omitempty"`
		Inhoud           string        `json:"inhoud,omitempty"`
		Publicatiedatum  string        `json:"publicatiedatum,omitempty"`
		Inwerkingtreding string        `json:"inwerkingtreding,omitempty"`
		Buitenwerking    string        `json:"buitenwerking,omitempty"`
		Zitting          string        `json:"zitting,omitempty"`
		Agendapunt       string        `json:"agendapunt,omitempty"`
		Artikels         []apiArtikel  `json:"artikels"`
		Stemmingen       []apiStemming `json:"stemmingen"`
		Rechtsgronden    []apiRef      `json:"rechtsgronden"`
		Bijlagen         []string      `json:"bijlagen"`
		Bronnen          []string      `json:"bronnen"`
	}
	apiBestuur struct {
		IRI       string `json:"iri"`
		Naam      string `json:"naam"`
		Slug      string `json:"slug"`
		URL       string `json:"url"`
		Soort     string `json:"soort,omitempty"`
		Zittingen int    `json:"zittingen"`
		Besluiten int    `json:"besluiten"`
	}
)

// apiBesluiten answers the same parameters as the search page.
func (s *site) apiBesluiten(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	q.Del("taal")
	request, result, err := s.searchFor(r, q)
	if err != nil {
		return err
	}
	list := apiList{Totaal: result.Total, Pagina: request.Page, Aantal: request.Size, Besluiten: []apiItem{}}
	for _, h := range result.Hits {
		list.Besluiten = append(list.Besluiten, s.item(h))
	}
	at := func(page int) string { return s.Base + "/api/v1/besluiten?" + with(q, "pagina", strconv.Itoa(page)) }
	if request.Page > 1 {
		list.Vorige = at(request.Page - 1)
		w.Header().Add("Link", fmt.Sprintf("<%s>; rel=\"prev\"", list.Vorige))
	}
	if uint64(request.Page*request.Size) < result.Total && request.Page < deepest {
		list.Volgende = at(request.Page + 1)
		w.Header().Add("Link", fmt.Sprintf("<%s>; rel=\"next\"", list.Volgende))
	}
	return sendJSON(w, r, list)
}

// searchFor runs the search of an address for decisions only. What is wrong
// with the parameters is a failure to show.
func (s *site) searchFor(r *http.Request, q url.Values) (search.Request, search.Result, error) {
	request, err := readRequest(q)
	if err != nil {
		return request, search.Result{}, failure{http.StatusBadRequest, "fout.datum"}
	}
	request.Soorten = []search.Soort{search.Besluit}
	if request.Size == 0 {
		request.Size = 20
	}
	if err := s.slugsToIRIs(r, request.Besturen); err != nil {
		return request, search.Result{}, err
	}
	if slices.ContainsFunc(request.Besturen, func(v string) bool { return !strings.Contains(v, ":") }) {
		return request, search.Result{}, failure{http.StatusNotFound, "fout.bestuur"} // a feed of nothing would stay silent for ever
	}
	result, err := s.Search.Search(r.Context(), request)
	var wrong *search.QueryError
	switch {
	case errors.As(err, &wrong):
		return request, result, wrong
	case err != nil:
		return request, result, fmt.Errorf("search: %w", err)
	}
	return request, result, nil
}

// slugsToIRIs lets a government be named by its slug, which people can type.
func (s *site) slugsToIRIs(r *http.Request, besturen []string) error {
	for i, v := range besturen {
		if strings.Contains(v, ":") {
			continue
		}
		b, err := s.findBestuur(r.Context(), func(b *publisher.Bestuur) bool { return b.Slug == v })
		if err != nil {
			return err
		}
		if b != nil {
			besturen[i] = b.IRI
		}
	}
	return nil
}

func (s *site) item(h search.Hit) apiItem {
	id := besluit.ID(h.IRI)
	item := apiItem{ID: id, IRI: h.IRI, URL: s.Base + "/besluiten/" + id, Titel: unmarked(h.Titel), Datum: dayISO(h.Datum), Types: refs(h.Types), Uitslag: h.Uitslag}
	if h.Bestuur != "" || h.BestuurIRI != "" {
		item.Bestuur = &apiRef{h.BestuurIRI, h.Bestuur}
	}
	if h.Orgaan != "" {
		item.Orgaan = &apiRef{Naam: h.Orgaan}
	}
	return item
}

func refs(concepts []string) []apiRef {
	out := []apiRef{}
	for _, iri := range concepts {
		out = append(out, apiRef{iri, labelOf(iri)})
	}
	return out
}

func dayISO(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(brussel).Format("2006-01-02")
}

// apiBesluit is one decision with its text, as plain text.
func (s *site) apiBesluit(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Entities.Besluit(r.Context(), r.PathValue("id"))
	if err != nil {
		return fmt.Errorf("read besluit: %w", err)
	}
	if b == nil {
		return errNotFound
	}
	id := besluit.ID(b.IRI)
	d := apiDetail{
		apiItem:      apiItem{ID: id, IRI: b.IRI, URL: s.Base + "/besluiten/" + id, Titel: titleOf(dutch, b), Datum: dayISO(dateOf(b)), Types: refs(b.Types)},
		Beschrijving: plain(b.Beschrijving, 0), Motivering: plain(b.Motivering, 0), Inhoud: plain(b.Inhoud, 0),
		Publicatiedatum: dayISO(b.Publicatiedatum), Inwerkingtreding: dayISO(b.Inwerkingtreding), Buitenwerking: dayISO(b.Buitenwerking),
		Artikels: []apiArtikel{}, Stemmingen: []apiStemming{}, Rechtsgronden: []apiRef{},
		Bijlagen: append([]string{}, b.Bijlagen...), Bronnen: append([]string{}, b.Bronnen...),
	}
	if u := b.Uitslag(); u != besluit.Onbekend {
		d.Uitslag = string(u)
	}
	if o := orgaanOf(b); o != nil {
		d.Orgaan = &apiRef{o.IRI, o.Naam}
	}
	if e := bestuurOf(b); e != nil {
		d.Bestuur = &apiRef{e.IRI, e.Naam}
	}
	if a := puntOf(b); a != nil {
		d.Agendapunt = a.IRI
	}
	if z := zittingOf(b); z != nil {
		d.Zitting = z.IRI
	}
	for _, a := range b.Artikels {
		d.Artikels = append(d.Artikels, apiArtikel{a.Nummer, plain(a.Titel, 0), plain(a.Inhoud, 0)})
	}
	for _, g := range b.Rechtsgronden {
		d.Rechtsgronden = append(d.Rechtsgronden, apiRef{g.IRI, plain(g.Titel, 0)})
	}
	if b.Behandeling != nil {
		for _, v := range b.Behandeling.Stemmingen {
			d.Stemmingen = append(d.Stemmingen, apiStemming{plain(v.Onderwerp, 0), plain(v.Gevolg, 0), v.Geheim,
				count(v.AantalVoorstanders), count(v.AantalTegenstanders), count(v.AantalOnthouders)})
		}
	}
	return sendJSON(w, r, d)
}

func count(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

func (s *site) apiBesturen(w http.ResponseWriter, r *http.Request) error {
	list, err := s.allBesturen(r.Context())
	if err != nil {
		return err
	}
	out := []apiBestuur{}
	for _, b := range list {
		out = append(out, apiBestuur{b.IRI, nameOf(dutch, b.Naam, b.IRI), b.Slug, s.Base + "/besturen/" + b.Slug, besluit.Label(b.Classificatie), b.Zittingen, b.Besluiten})
	}
	return sendJSON(w, r, map[string]any{"besturen": out})
}

func (s *site) openapi(w http.ResponseWriter, r *http.Request) error {
	body, err := files.ReadFile("openapi.json")
	if err != nil {
		return fmt.Errorf("read description of the API: %w", err)
	}
	open(w.Header())
	return send(w, r, http.StatusOK, "application/json; charset=utf-8", body)
}

package sparql

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// operation is a request of the protocol, read. Without query and update it asks
// for the description of the service.
type operation struct {
	query, update *Query
	author        string // of an update
	explain       string // "plan" or "run": how the query is done is asked, not its answer
	accept        string
}

// text returns the text of the query or update.
func (p operation) text() string {
	switch {
	case p.query != nil:
		return p.query.Text
	case p.update != nil:
		return p.update.Text
	}
	return ""
}

const (
	formType   = "application/x-www-form-urlencoded"
	queryType  = "application/sparql-query"
	updateType = "application/sparql-update"
)

// read reads a request (SPARQL 1.1 Protocol, sections 2.1 and 2.2).
func (h *handler) read(w http.ResponseWriter, r *http.Request) (p operation, err error) {
	p.accept = strings.Join(r.Header.Values("Accept"), ",")
	if len(r.URL.RawQuery) > 4*h.o.MaxQueryBytes {
		return p, refuse(http.StatusRequestURITooLong,
			"Het adres is langer dan dit eindpunt leest; stuur de vraag met POST.",
			"The address is longer than this endpoint reads; send the query by POST.")
	}
	parameters, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return p, refuse(http.StatusBadRequest, "De parameters van het adres zijn niet te lezen: %v.", "The parameters of the address cannot be read: %v.", err)
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if parameters.Has("update") {
			return p, refuse(http.StatusBadRequest, "Een update wordt met POST gestuurd, niet met %s.", "An update is sent by POST, not by %s.", r.Method)
		}
	case http.MethodPost:
		if err := h.readBody(w, r, parameters); err != nil {
			return p, err
		}
	default:
		return p, refuse(http.StatusMethodNotAllowed, "Dit eindpunt kent %s niet; gebruik GET of POST.", "The method %s is not known here; use GET or POST.", r.Method)
	}
	// Links and forms cannot set an Accept header. Clients send other formats
	// here too; those are passed over.
	if mediaType, ok := TypeByName(parameters.Get("format")); ok {
		p.accept = mediaType
	}
	queries, updates := parameters["query"], parameters["update"]
	switch {
	case len(queries) > 0 && len(updates) > 0:
		return p, refuse(http.StatusBadRequest, "Er is een vraag en een update; stuur er een van.", "There is a query and an update; send one of them.")
	case len(queries) > 1:
		return p, refuse(http.StatusBadRequest, "Er zijn %d vragen; stuur er een.", "There are %d queries; send one.", len(queries))
	case len(updates) > 1:
		return p, refuse(http.StatusBadRequest, "Er zijn %d updates; stuur er een.", "There are %d updates; send one.", len(updates))
	case len(queries) == 1:
		p.query = &Query{Text: queries[0], DefaultGraphs: parameters["default-graph-uri"], NamedGraphs: parameters["named-graph-uri"]}
		if e := parameters.Get("explain"); e == "plan" || e == "run" {
			p.explain = e
		}
		return p, h.check(r, p.query, h.o.MaxQueryBytes)
	case len(updates) == 1:
		p.update = &Query{Text: updates[0], DefaultGraphs: parameters["using-graph-uri"], NamedGraphs: parameters["using-named-graph-uri"]}
		if err := h.check(r, p.update, h.o.MaxUpdateBytes); err != nil {
			return p, err
		}
		p.author, err = h.authorize(w, r)
		return p, err
	case r.Method == http.MethodPost:
		return p, refuse(http.StatusBadRequest, "Er is geen vraag en geen update.", "There is no query and no update.")
	}
	return p, nil
}

// check completes a query or an update, and holds it to the bounds.
func (h *handler) check(r *http.Request, q *Query, bytes int) error {
	q.Limits, q.Base = h.o.Limits, h.address(r)
	switch {
	case len(q.Text) > bytes:
		status := http.StatusRequestEntityTooLarge
		if r.Method != http.MethodPost {
			status = http.StatusRequestURITooLong
		}
		return refuse(status, "De tekst telt %d bytes, meer dan de grens van %d.", "The text has %d bytes, more than the %d allowed.", len(q.Text), bytes)
	case !utf8.ValidString(q.Text):
		return refuse(http.StatusBadRequest, "De tekst is geen UTF-8.", "The text is not UTF-8.")
	case len(q.DefaultGraphs)+len(q.NamedGraphs) > maxDatasetGraphs:
		return refuse(http.StatusBadRequest, "Het verzoek noemt meer dan %d grafen.", "The request names more than %d graphs.", maxDatasetGraphs)
	}
	for _, g := range slices.Concat(q.DefaultGraphs, q.NamedGraphs) {
		if !rdf.IsAbsoluteIRI(g) {
			return refuse(http.StatusBadRequest, "De graaf %q is geen absolute IRI.", "The graph %q is not an absolute IRI.", g)
		}
	}
	return nil
}

// readBody adds what the body of a POST says to the parameters.
func (h *handler) readBody(w http.ResponseWriter, r *http.Request, parameters url.Values) error {
	mediaType, attributes, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return refuse(http.StatusUnsupportedMediaType,
			"De inhoud heeft geen leesbare Content-Type; gebruik %s, %s of %s.",
			"The body has no Content-Type that can be read; use %s, %s or %s.", queryType, updateType, formType)
	}
	if charset := attributes["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
		return refuse(http.StatusUnsupportedMediaType, "De inhoud is %s; stuur UTF-8.", "The body is %s; send UTF-8.", charset)
	}
	limit := h.o.MaxQueryBytes
	switch mediaType {
	case queryType:
	case formType:
		if h.o.Authorize != nil && r.Header.Get("Authorization") != "" {
			limit = max(limit, h.o.MaxUpdateBytes)
		}
		limit *= 4 // percent-encoding, and names of graphs
	case updateType:
		if _, err := h.authorized(w, r); err != nil {
			return err // before anything is read
		}
		limit = h.o.MaxUpdateBytes
	default:
		return refuse(http.StatusUnsupportedMediaType, "De inhoud is %s; gebruik %s, %s of %s.", "The body is %s; use %s, %s or %s.",
			mediaType, queryType, updateType, formType)
	}
	body, err := readAll(w, r, limit)
	if err != nil {
		return err
	}
	switch mediaType {
	case formType:
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return refuse(http.StatusBadRequest, "Het formulier is niet te lezen: %v.", "The form cannot be read: %v.", err)
		}
		for name, values := range form {
			parameters[name] = append(parameters[name], values...)
		}
	case queryType:
		parameters.Add("query", string(body))
	case updateType:
		parameters.Add("update", string(body))
	}
	return nil
}

// readAll reads the body of a request, up to a bound.
func readAll(w http.ResponseWriter, r *http.Request, limit int) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limit)))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, refuse(http.StatusRequestEntityTooLarge, "De inhoud telt meer bytes dan de grens van %d.", "The body has more than the %d bytes allowed.", limit)
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "De inhoud is niet te lezen: %v.", "The body cannot be read: %v.", err)
	}
	return body, nil
}

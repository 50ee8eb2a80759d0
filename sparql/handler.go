package sparql

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
)

// HandlerOptions say how Handler answers. The zero value is good.
type HandlerOptions struct {
	// Limits bound each query.
	Limits Limits
	// MaxQueryBytes bounds the text of a query; 0 means 1 MiB.
	MaxQueryBytes int
	// MaxConcurrent bounds the queries that run at once; others wait up to ten
	// seconds for their turn. 0 means 32.
	MaxConcurrent int
	// URL is the public address of the endpoint, for its description; "" means
	// what the request says.
	URL string
	// Version, if not nil, is the version of the data. Answers then carry it in
	// an entity tag, and unchanged ones need not be computed again.
	Version func() uint64
	// Page, if not nil, answers requests without a query that prefer HTML.
	Page http.Handler
	// Logger hears of failures that are not the client's; nil means nobody does.
	Logger *slog.Logger
}

const (
	defaultMaxQueryBytes = 1 << 20
	defaultMaxConcurrent = 32
	maxDatasetGraphs     = 1000
	waitForTurn          = 10 * time.Second
)

// Handler returns the endpoint: the query operation of the SPARQL 1.1 Protocol,
// and the service description where there is no query. Updates are refused
// with 403: what was harvested is read-only.
//
// Limits that are exceeded before the answer begins give 503, or 504 for time,
// with the name of the limit; later the connection is broken, so that half an
// answer is never taken for a whole one.
func Handler(engine Engine, o HandlerOptions) http.Handler {
	if o.MaxQueryBytes <= 0 {
		o.MaxQueryBytes = defaultMaxQueryBytes
	}
	if o.MaxConcurrent <= 0 {
		o.MaxConcurrent = defaultMaxConcurrent
	}
	return &handler{engine: engine, o: o, turns: make(chan struct{}, o.MaxConcurrent)}
}

type handler struct {
	engine Engine
	o      HandlerOptions
	turns  chan struct{}
}

// statusError is an error with the HTTP status that tells it.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

func refuse(status int, format string, args ...any) error {
	return &statusError{status: status, text: fmt.Sprintf(format, args...)}
}

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "ETag")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept, Accept-Encoding")
	if r.Method == http.MethodOptions {
		header.Set("Allow", allowedMethods)
		header.Set("Access-Control-Allow-Methods", allowedMethods)
		header.Set("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match")
		header.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	p, err := h.read(w, r)
	switch {
	case err != nil:
	case p.update:
		err = refuse(http.StatusForbidden, "this endpoint takes no updates: the graphs in it were harvested, and are read-only")
	case p.query == nil:
		err = h.describe(w, r, p)
	default:
		err = h.answer(w, r, p)
	}
	if err != nil {
		h.fail(w, r, p, err)
	}
}

const allowedMethods = "GET, HEAD, POST, OPTIONS"

// operation is a request of the protocol, read.
type operation struct {
	query  *Query // nil if there is none
	update bool
	accept string
}

// read reads a request (SPARQL 1.1 Protocol, section 2.1).
func (h *handler) read(w http.ResponseWriter, r *http.Request) (p operation, err error) {
	p.accept = strings.Join(r.Header.Values("Accept"), ",")
	if len(r.URL.RawQuery) > 4*h.o.MaxQueryBytes {
		return p, refuse(http.StatusRequestURITooLong, "the address is longer than this endpoint reads; send the query by POST")
	}
	parameters, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return p, refuse(http.StatusBadRequest, "the parameters cannot be read: %v", err)
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if parameters.Has("update") {
			return p, refuse(http.StatusBadRequest, "an update is sent by POST, not by %s", r.Method)
		}
	case http.MethodPost:
		if err := h.readBody(w, r, parameters); err != nil {
			return p, err
		}
	default:
		w.Header().Set("Allow", allowedMethods)
		return p, refuse(http.StatusMethodNotAllowed, "the method %s is not known here; use GET or POST", r.Method)
	}
	if parameters.Has("update") {
		p.update = true
		return p, nil
	}
	// Links and forms cannot set an Accept header. Clients send other formats
	// here too; those are passed over.
	if mediaType, ok := TypeByName(parameters.Get("format")); ok {
		p.accept = mediaType
	}
	texts, ok := parameters["query"]
	if !ok {
		if r.Method == http.MethodPost {
			return p, refuse(http.StatusBadRequest, "there is no query")
		}
		return p, nil
	}
	if len(texts) > 1 {
		return p, refuse(http.StatusBadRequest, "there are %d queries; send one", len(texts))
	}
	q := &Query{
		Text: texts[0], Limits: h.o.Limits,
		DefaultGraphs: parameters["default-graph-uri"], NamedGraphs: parameters["named-graph-uri"],
	}
	p.query = q
	switch {
	case len(q.Text) > h.o.MaxQueryBytes && r.Method != http.MethodPost:
		return p, refuse(http.StatusRequestURITooLong, "the query has %d bytes, more than the %d allowed", len(q.Text), h.o.MaxQueryBytes)
	case len(q.Text) > h.o.MaxQueryBytes:
		return p, refuse(http.StatusRequestEntityTooLarge, "the query has %d bytes, more than the %d allowed", len(q.Text), h.o.MaxQueryBytes)
	case !utf8.ValidString(q.Text):
		return p, refuse(http.StatusBadRequest, "the query is not UTF-8")
	case len(q.DefaultGraphs)+len(q.NamedGraphs) > maxDatasetGraphs:
		return p, refuse(http.StatusBadRequest, "the request names more than %d graphs", maxDatasetGraphs)
	}
	for _, g := range slices.Concat(q.DefaultGraphs, q.NamedGraphs) {
		if !rdf.IsAbsoluteIRI(g) {
			return p, refuse(http.StatusBadRequest, "the graph %q is not an absolute IRI", g)
		}
	}
	return p, nil
}

// readBody adds what the body of a POST says to the parameters.
func (h *handler) readBody(w http.ResponseWriter, r *http.Request, parameters url.Values) error {
	mediaType, attributes, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return refuse(http.StatusUnsupportedMediaType, "the body has no Content-Type that can be read; use application/sparql-query or application/x-www-form-urlencoded")
	}
	if charset := attributes["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
		return refuse(http.StatusUnsupportedMediaType, "the body is %s; send UTF-8", charset)
	}
	limit := int64(h.o.MaxQueryBytes)
	if mediaType == formType {
		limit = 4 * limit // percent-encoding, and names of graphs
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, "the body has more than the %d bytes allowed", limit)
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "the body cannot be read: %v", err)
	}
	switch mediaType {
	case formType:
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return refuse(http.StatusBadRequest, "the form cannot be read: %v", err)
		}
		for name, values := range form {
			parameters[name] = append(parameters[name], values...)
		}
	case "application/sparql-query":
		parameters.Add("query", string(body))
	case "application/sparql-update":
		parameters.Add("update", string(body))
	default:
		return refuse(http.StatusUnsupportedMediaType, "the body is %s; use application/sparql-query or application/x-www-form-urlencoded", mediaType)
	}
	return nil
}

const formType = "application/x-www-form-urlencoded"

// describe answers a request without a query.
func (h *handler) describe(w http.ResponseWriter, r *http.Request, p operation) error {
	offers := GraphTypes()
	if h.o.Page != nil {
		offers = append(offers, "text/html")
	}
	mediaType := Negotiate(p.accept, offers)
	switch mediaType {
	case "":
		return refuse(http.StatusNotAcceptable, "there is no query; the description of this endpoint can be had as %s", strings.Join(offers, ", "))
	case "text/html":
		h.o.Page.ServeHTTP(w, r)
		return nil
	}
	endpoint := h.address(r)
	w.Header().Set("Content-Type", contentType(mediaType))
	b := newBody(w, r)
	if err := WriteGraph(b, mediaType, description(endpoint), ""); err != nil {
		return h.broken(b, err)
	}
	return h.broken(b, b.Close())
}

func (h *handler) address(r *http.Request) string {
	if h.o.URL != "" {
		return h.o.URL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return (&url.URL{Scheme: scheme, Host: r.Host, Path: r.URL.Path}).String()
}

// answer runs a query.
func (h *handler) answer(w http.ResponseWriter, r *http.Request, p operation) error {
	tag := h.tag(p)
	if tag != "" && matches(r.Header.Get("If-None-Match"), tag) {
		setTag(w, tag)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	leave, err := h.turn(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	result, err := h.engine.Query(r.Context(), *p.query)
	if err != nil {
		return err
	}
	defer result.Close()
	offers := ResultTypes(result.Kind)
	mediaType := Negotiate(p.accept, offers)
	if mediaType == "" {
		return refuse(http.StatusNotAcceptable, "this answer can be had as %s", strings.Join(offers, ", "))
	}
	if tag != "" {
		setTag(w, tag)
	}
	w.Header().Set("Content-Type", contentType(mediaType))
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	b := newBody(w, r)
	if err := WriteResult(b, mediaType, result); err != nil {
		return h.broken(b, err)
	}
	return h.broken(b, b.Close())
}

// turn waits until the query may run.
func (h *handler) turn(ctx context.Context) (leave func(), err error) {
	leave = func() { <-h.turns }
	select {
	case h.turns <- struct{}{}:
		return leave, nil
	default:
	}
	timer := time.NewTimer(waitForTurn)
	defer timer.Stop()
	select {
	case h.turns <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-timer.C:
		return nil, refuse(http.StatusServiceUnavailable, "limit reached: %d queries are running already; try again later", h.o.MaxConcurrent)
	}
}

// tag returns the entity tag of the answer, "" if it has none. It tells
// requests with the same address apart by what they accept.
func (h *handler) tag(p operation) string {
	if h.o.Version == nil || unsteady.MatchString(p.query.Text) {
		return ""
	}
	hash := fnv.New64a()
	for _, part := range slices.Concat([]string{p.accept, p.query.Text}, p.query.DefaultGraphs, []string{"\x00"}, p.query.NamedGraphs) {
		io.WriteString(hash, part)
		hash.Write([]byte{0})
	}
	return fmt.Sprintf(`W/"%x-%x"`, h.o.Version(), hash.Sum64())
}

// unsteady finds queries whose answer may change while the data do not.
var unsteady = regexp.MustCompile(`(?i)\b(now|rand|uuid|struuid|bnode|service)\b`)

func setTag(w http.ResponseWriter, tag string) {
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "no-cache") // keep it, but ask each time
}

// matches compares weakly (RFC 9110, section 13.1.2).
func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// broken passes on an error as long as it can be told. Once part of the answer
// is out, the only honest way to say that the rest is missing is to break the
// connection.
func (h *handler) broken(b *body, err error) error {
	if err == nil || !b.sent {
		return err
	}
	h.log("answer query", err)
	under := b.w
	for {
		inner, ok := under.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		under = inner.Unwrap()
	}
	if hijacker, ok := under.(http.Hijacker); ok {
		if conn, _, err := hijacker.Hijack(); err == nil {
			conn.Close()
			return nil
		}
	}
	panic(http.ErrAbortHandler)
}

func (h *handler) log(what string, err error) {
	if h.o.Logger != nil && !errors.Is(err, context.Canceled) {
		h.o.Logger.Error(what, "error", err)
	}
}

// fail answers with an error, in plain text.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, p operation, err error) {
	var refused *statusError
	var syntax *rdf.SyntaxError
	var limit *LimitError
	status, text := http.StatusInternalServerError, "the query could not be answered; the fault is here, not in the query"
	switch {
	case errors.As(err, &refused):
		status, text = refused.status, refused.text
	case errors.As(err, &syntax):
		status, text = http.StatusBadRequest, "syntax error: "+syntax.Error()
		if p.query != nil {
			text += pointer(p.query.Text, syntax.Span)
		}
	case errors.As(err, &limit):
		if status = http.StatusServiceUnavailable; limit.Limit == "time" {
			status = http.StatusGatewayTimeout
		}
		text = "limit reached (" + limit.Limit + "): " + limit.Error()
	case errors.Is(err, ErrUnsupported):
		status, text = http.StatusNotImplemented, err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		status, text = http.StatusGatewayTimeout, "limit reached (time): the query took too long"
	default:
		h.log("answer query", err)
	}
	header := w.Header()
	for _, name := range []string{"ETag", "Cache-Control", "Content-Encoding", "Content-Length"} {
		header.Del(name)
	}
	if status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "10")
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	text += "\n"
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		io.WriteString(w, text) // the client may be gone
	}
}

// pointer shows the line with the error and a caret below it.
func pointer(text string, span rdf.Span) string {
	if span.IsZero() {
		return ""
	}
	line := []rune(string(rdf.NewLines([]byte(text)).Line(span.Start.Line)))
	at := min(max(span.Start.Column-1, 0), len(line))
	from := max(at-60, 0)
	line, at = line[from:min(at+40, len(line))], at-from
	for i, r := range line {
		if r < ' ' || r == 0x7f {
			line[i] = ' '
		}
	}
	return "\n\n" + string(line) + "\n" + strings.Repeat(" ", at) + "^"
}

func contentType(mediaType string) string {
	if strings.HasPrefix(mediaType, "text/") {
		return mediaType + "; charset=utf-8"
	}
	return mediaType
}

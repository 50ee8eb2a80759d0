package sparql

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// HandlerOptions say how Handler and GraphStore answer. The zero value is good:
// it reads for all and writes for nobody.
type HandlerOptions struct {
	// Limits bound each query and update.
	Limits Limits
	// MaxQueryBytes bounds the text of a query, MaxUpdateBytes that of an update
	// and MaxGraphBytes a graph that is sent; 0 means 1 MiB, 8 MiB and 32 MiB.
	MaxQueryBytes, MaxUpdateBytes, MaxGraphBytes int
	// MaxResultBytes bounds an answer, before it is compressed; 0 means 1 GiB.
	MaxResultBytes int64
	// MaxConcurrent bounds the queries that run at once; others wait up to ten
	// seconds for their turn. 0 means 32.
	MaxConcurrent int
	// URL is the public address of the endpoint or the graph store, without a
	// slash at the end; "" means what the request says.
	URL string
	// Version, if not nil, is the version of the data. Answers then carry it in
	// an entity tag, and unchanged ones need not be computed again.
	Version func() uint64
	// Page, if not nil, answers requests without a query that prefer HTML.
	Page http.Handler
	// Authorize tells who sends a request, for writing; ok is false if it carries
	// no token that is known. nil means that nobody may write.
	Authorize func(r *http.Request) (author string, ok bool)
	// WritesPerMinute bounds the writes of one author; 0 means 600, of which 60 at
	// once.
	WritesPerMinute int
	// NewGraphs is the beginning of the names of graphs that a POST makes; "" is
	// the address of the graph store and a slash.
	NewGraphs string
	// Logger hears of failures that are not the client's; nil means nobody does.
	Logger *slog.Logger
}

const (
	defaultMaxQueryBytes   = 1 << 20
	defaultMaxUpdateBytes  = 8 << 20
	defaultMaxGraphBytes   = 32 << 20
	defaultMaxResultBytes  = 1 << 30
	defaultMaxConcurrent   = 32
	defaultWritesPerMinute = 600
	maxDatasetGraphs       = 1000
	waitForTurn            = 10 * time.Second
)

// Handler returns the endpoint: the query and update operations of the SPARQL
// 1.1 Protocol, and the service description where there is neither. Updates need
// HandlerOptions.Authorize; without it they are refused with 403.
//
// Limits that are exceeded before the answer begins give 503, or 504 for time,
// with the name of the limit; later the connection is broken, so that half an
// answer is never taken for a whole one. With ?explain=plan or run beside a query,
// an engine that is an Explainer tells how it is run. What goes wrong is told in plain text,
// or as application/problem+json (RFC 9457) where JSON is asked, in Dutch where
// Accept-Language prefers it.
func Handler(engine Engine, o HandlerOptions) http.Handler {
	return &handler{front: newFront(o), engine: engine}
}

type handler struct {
	*front
	engine Engine
}

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.greet(w, r, "GET, HEAD, POST, OPTIONS") {
		return
	}
	p, err := h.read(w, r)
	switch {
	case err != nil:
	case p.update != nil:
		err = h.update(w, r, p)
	case p.query == nil:
		err = h.describe(w, r, p)
	case p.explain != "":
		err = h.explain(w, r, p)
	default:
		err = h.answer(w, r, p)
	}
	if err != nil {
		h.fail(w, r, p.text(), err)
	}
}

// update runs an update.
func (h *handler) update(w http.ResponseWriter, r *http.Request, p operation) error {
	if err := checkUpdate(*p.update); err != nil {
		return err
	}
	leave, err := h.turn(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	err = h.engine.Update(WithAuthor(r.Context(), p.author), *p.update)
	return h.written(w, http.StatusNoContent, err)
}

// checkUpdate looks for what the protocol forbids: a dataset both in the request
// and in the update (SPARQL 1.1 Protocol, section 2.2.3).
func checkUpdate(q Query) error {
	u, err := parser.Update(q.Text, parser.Options{Base: q.Base, Prefixes: Prefixes()})
	if err != nil || len(q.DefaultGraphs)+len(q.NamedGraphs) == 0 {
		return err
	}
	for _, o := range u.Operations {
		if m, ok := o.(*algebra.Modify); ok && (m.Using != nil || !m.With.IsZero()) {
			return refuse(http.StatusBadRequest,
				"Het verzoek kiest grafen met using-graph-uri of using-named-graph-uri, en de update zelf met USING of WITH; kies een van beide.",
				"The request chooses graphs with using-graph-uri or using-named-graph-uri, and the update itself with USING or WITH; use one of them.")
		}
	}
	return nil
}

// describe answers a request without a query.
func (h *handler) describe(w http.ResponseWriter, r *http.Request, p operation) error {
	offers := GraphTypes()
	if h.o.Page != nil {
		offers = append(offers, "text/html")
	}
	mediaType := Negotiate(p.accept, offers)
	switch mediaType {
	case "":
		return refuse(http.StatusNotAcceptable,
			"Er is geen vraag; de beschrijving van dit eindpunt is er als %s.",
			"There is no query; the description of this endpoint can be had as %s.", strings.Join(offers, ", "))
	case "text/html":
		h.o.Page.ServeHTTP(w, r)
		return nil
	}
	endpoint := h.address(r)
	w.Header().Set("Content-Type", contentType(mediaType))
	b := h.body(w, r)
	return h.finish(b, mediaType, WriteGraph(b, mediaType, h.description(endpoint), ""))
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
	ctx, run := h.pacer.begin(r.Context(), len(p.query.Text))
	defer run.end()
	result, err := h.engine.Query(ctx, *p.query)
	if err != nil {
		return err
	}
	defer result.Close()
	offers := ResultTypes(result.Kind)
	mediaType := Negotiate(p.accept, offers)
	if mediaType == "" {
		return refuse(http.StatusNotAcceptable, "Dit antwoord is er als %s.", "This answer can be had as %s.", strings.Join(offers, ", "))
	}
	if tag != "" {
		setTag(w, tag)
	}
	w.Header().Set("Content-Type", contentType(mediaType))
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	b := h.body(run.writer(w), r)
	return h.finish(b, mediaType, WriteResult(b, mediaType, result))
}

// explain tells how a query is run, which ?explain=plan or run asks: for people,
// or as JSON. A query that goes over a limit on the way still has a plan, and that
// is what one wants to see.
func (h *handler) explain(w http.ResponseWriter, r *http.Request, p operation) error {
	explainer, ok := h.engine.(Explainer)
	if !ok {
		return fmt.Errorf("explain: %w", ErrUnsupported)
	}
	leave, err := h.turn(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	ctx, run := h.pacer.begin(r.Context(), len(p.query.Text))
	defer run.end()
	plan, err := explainer.Explain(ctx, *p.query, p.explain == "run")
	if err != nil && plan == nil {
		return err
	}
	told := struct {
		Plan  *eval.Plan `json:"plan"`
		Error string     `json:"error,omitempty"`
	}{Plan: plan}
	if err != nil {
		told.Error = h.problemOf(err, p.text()).text.EN
	}
	w.Header().Set("Cache-Control", "no-store")
	if wantsJSON(p.accept) || p.accept == ResultsJSON {
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(told)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if told.Error != "" {
		fmt.Fprintf(w, "%s\n\n", told.Error)
	}
	return plan.Text(w)
}

// tag returns the entity tag of the answer, "" if it has none. It tells
// requests with the same address apart by what they accept.
func (h *handler) tag(p operation) string {
	if h.o.Version == nil || unsteady.MatchString(p.query.Text) {
		return ""
	}
	hash := fnv.New64a()
	for _, part := range slices.Concat([]string{p.accept, p.explain, p.query.Text}, p.query.DefaultGraphs, []string{"\x00"}, p.query.NamedGraphs) {
		io.WriteString(hash, part)
		hash.Write([]byte{0})
	}
	return fmt.Sprintf(`W/"%x-%x"`, h.o.Version(), hash.Sum64())
}

// unsteady finds queries whose answer may change while the data do not: they ask
// the time, chance, another endpoint or the search index.
var unsteady = regexp.MustCompile(`(?i)\b(now|rand|uuid|struuid|bnode|service)\b|belfort:search`)

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

package site

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/search"
)

//go:embed templates static docs openapi.json
var files embed.FS

// site is what the handlers share. Apart from what it remembers, it
// does not change after New.
type site struct {
	Config
	pages       map[lang]pageSet
	docs        *docs
	static      *static
	validations chan struct{} // one place for each validation at a time
	comparing   chan struct{} // one place for each comparison of versions at a time
	rate        limiter
	crawls      crawls
	governments memo[[]*publisher.Bestuur]
	quality     memo[qualityPage]
	inUse       memo[termsInUse]
}

// New returns the handler of the whole site. It fails only on a Config that
// misses a required part.
func New(c Config) (http.Handler, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &site{Config: c, validations: make(chan struct{}, validationsAtOnce), comparing: make(chan struct{}, comparisons)}
	return s.handler()
}

// handler reads what is embedded and binds it to addresses.
func (s *site) handler() (http.Handler, error) {
	var err error
	if s.static, err = loadStatic(files); err != nil {
		return nil, err
	}
	if s.pages, err = s.parseTemplates(files); err != nil {
		return nil, err
	}
	if s.docs, err = loadDocs(files, s.Base); err != nil {
		return nil, err
	}
	return s.harden(s.router()), nil
}

// router binds addresses to handlers. Gin only routes: a handler is an
// http.Handler that reads its parameters with http.Request.PathValue.
func (s *site) router() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.RedirectTrailingSlash = true
	g.UseRawPath = false

	get := func(path string, h http.Handler) { g.GET(path, wrap(h)); g.HEAD(path, wrap(h)) }
	page := func(path string, f handler) { get(path, s.answer(pageTime, f)) }

	page("/", s.home)
	page("/zoeken", s.zoeken)
	page("/zoeken.csv", s.export)
	page("/besluiten", sendTo("/zoeken", "soort", "besluit"))
	page("/agendapunten", sendTo("/zoeken", "soort", "agendapunt"))
	page("/zittingen", sendTo("/zoeken", "soort", "zitting"))
	page("/bestuursorganen", sendTo("/besturen"))
	page("/besturen", s.besturen)
	page("/besturen/:id", s.bestuur)
	page("/bestuursorganen/:id", s.bestuursorgaan)
	page("/zittingen/:id", s.zitting)
	page("/agendapunten/:id", s.agendapunt)
	page("/besluiten/:id", s.besluit)
	page("/id/:soort/:id", s.identifier)
	page("/versies", s.versies)
	page("/versies.json", s.versies)
	page("/versies/:id", s.versie)
	page("/versies/:id/tekst", s.versieText)
	page("/ingetrokken", s.ingetrokken)
	page("/ingetrokken.json", s.ingetrokken)
	page("/oogst", s.oogst)
	page("/oogst.json", s.oogst)
	page("/oogst/:id", s.oogstBestuur)
	page("/melding", s.melding)
	page("/kwaliteit", s.kwaliteit)
	page("/toegankelijkheid", s.toegankelijkheid)

	s.validatorRoutes(g, page)

	get("/sparql", s.sparql())
	g.POST("/sparql", wrap(s.sparql()))
	g.OPTIONS("/sparql", wrap(s.sparql()))
	page("/sparql/prefixen.json", s.prefixes)
	page("/sparql/termen.json", s.terms)

	page("/docs", s.docsPage)
	page("/docs/*pad", s.docsPage)

	page("/datasets", s.datasets)
	for _, f := range forms[1:] {
		page("/datasets"+f.suffix, s.datasets)
	}
	get("/ldes", s.ldes())
	get("/ldes/*pad", s.ldes())
	page("/feeds/besluiten.atom", s.atom)
	page("/embed/lijst", s.embedList)
	page("/embed/stijl.css", s.embedStyle)
	page("/oembed", s.oembed)
	page("/api/v1/besluiten", s.apiBesluiten)
	page("/api/v1/besluiten/:id", s.apiBesluit)
	page("/api/v1/besturen", s.apiBesturen)
	page("/api/v1/oogst", s.oogst)
	page("/api/v1/oogst/:id", s.oogstBestuur)
	page("/api/openapi.json", s.openapi)

	get("/static/*naam", s.static)
	page("/favicon.ico", s.favicon)
	page("/robots.txt", s.robots)
	page("/sitemap.xml", s.sitemap)
	page("/healthz", s.healthz)
	page("/readyz", s.readyz)
	if s.Metrics != nil {
		get("/metrics", s.Metrics)
	}

	g.NoRoute(wrap(s.answer(pageTime, func(http.ResponseWriter, *http.Request) error { return errNotFound })))
	g.NoMethod(wrap(s.answer(pageTime, func(http.ResponseWriter, *http.Request) error {
		return failure{http.StatusMethodNotAllowed, "fout.methode"}
	})))
	return g
}

// sendTo sends someone who cut an address short on to the list of such things.
func sendTo(to string, query ...any) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, link(language(r), to, query...), http.StatusSeeOther)
		return nil
	}
}

// wrap lets gin route to an http.Handler: path parameters become path values.
func wrap(h http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		for _, p := range c.Params {
			c.Request.SetPathValue(p.Key, strings.TrimPrefix(p.Value, "/"))
		}
		h.ServeHTTP(c.Writer, c.Request)
	}
}

// How long a request may work before it is given up.
const (
	pageTime     = 15 * time.Second
	validateTime = 60 * time.Second
)

// handler answers a request or says why not; answer makes the error page.
type handler func(http.ResponseWriter, *http.Request) error

// failure is an answer other than the page that was asked for.
type failure struct {
	status int
	key    string // message that explains it
}

func (f failure) Error() string { return fmt.Sprintf("%d %s", f.status, f.key) }

var errNotFound = failure{http.StatusNotFound, "fout.onbekend"}

// answer runs a handler within a time limit and writes its error as a page.
func (s *site) answer(limit time.Duration, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		r = r.WithContext(ctx)
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fail writes the page for an error. Errors of the program are logged and
// shown without their text: it may name files, hosts or data.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f failure
	var query *search.QueryError
	more := "" // said after the message of the failure
	switch tooBig := (*http.MaxBytesError)(nil); {
	case errors.As(err, &f):
	case isProblem(r.URL.Path) && refusedAs(r, err, &f, &more):
	case errors.As(err, &query):
		f, more = failure{http.StatusBadRequest, "fout.zoekvraag"}, " "+sentence(query.Message)
	case errors.As(err, &tooBig):
		f = failure{http.StatusRequestEntityTooLarge, "fout.tegroot"}
	case errors.Is(err, context.Canceled):
		return // nobody is waiting
	case errors.Is(err, context.DeadlineExceeded):
		f = failure{http.StatusServiceUnavailable, "fout.tijd"}
	default:
		f = failure{http.StatusInternalServerError, "fout.intern"}
	}
	if f.status >= 500 && f.status != http.StatusNotImplemented {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request failed",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	w.Header().Del("ETag")
	w.Header().Set("Cache-Control", "no-store")
	if isProblem(r.URL.Path) {
		s.problem(w, r, f, more)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		body, _ := json.Marshal(map[string]any{"status": f.status, "fout": message(dutch, f.key) + more}) // two plain values
		open(w.Header())
		send(w, r, f.status, "application/json; charset=utf-8", append(body, '\n'))
		return
	}
	name := "fout"
	if strings.HasPrefix(r.URL.Path, "/embed/") { // a frame must be able to show it
		name = "embedfout"
		embeddable(w.Header())
	}
	p := s.newPage(r, name)
	p.Robots = "noindex"
	p.Data = f.status
	p.Titel = message(p.Taal, fmt.Sprintf("fout.%d", f.status))
	p.Beschrijving = message(p.Taal, f.key) + more
	if err := s.write(w, r, f.status, p); err != nil {
		http.Error(w, http.StatusText(f.status), f.status)
	}
}

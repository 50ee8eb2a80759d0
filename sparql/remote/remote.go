// Package remote makes any SPARQL 1.1 endpoint the engine: queries are passed on
// whole, and graphs are written through the Graph Store Protocol or through
// updates. It evaluates nothing, and keeps no copy of anything.
//
// What comes from the endpoint is bounded on this side, in time, rows and bytes.
// How an answer comes about is the endpoint's affair: for the pages of the site
// it should take the union of all graphs as its default graph, as Virtuoso,
// GraphDB and RDF4J do of their own accord, and Fuseki when it is told.
//
// Blank nodes have no name that would hold between two requests. The graphs of
// pages have none: the publisher puts IRIs in their place.
package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/results"
)

// Options say where the endpoint is and how far to trust it. Endpoint and Client
// must be set; the other zero values are good.
type Options struct {
	// Endpoint is the address of the query operation.
	Endpoint string
	// Update is the address of the update operation; "" makes the engine
	// read-only, unless GraphStore is set.
	Update string
	// GraphStore is the address of the Graph Store Protocol, to which
	// "?graph=" is added. Whole graphs are then written by PUT; else by updates.
	GraphStore string
	// User and Password are for Basic and Digest, whichever the endpoint asks
	// for; Digest where it takes both. They go only where it asks.
	User, Password string
	// Token is sent as a Bearer token with each request.
	Token string
	// Client sends the requests. Redirects that it follows may carry the token
	// elsewhere, so it should follow none.
	Client *http.Client
	// Limits bound each query; those of the query itself may be tighter. Zero
	// fields mean 60 seconds and 1,000,000 rows. Work and Memory are the
	// endpoint's, and left out of account.
	Limits sparql.Limits
	// MaxBytes bounds an answer; 0 means 256 MiB.
	MaxBytes int64
	// Pause is how long to wait before a request that failed is sent again, the
	// first time; 0 means 200 milliseconds. Each next pause is twice as long.
	Pause time.Duration
}

var defaultLimits = sparql.Limits{Time: 60 * time.Second, Rows: 1_000_000}

const (
	defaultMaxBytes = 256 << 20
	defaultPause    = 200 * time.Millisecond
)

// Engine is a sparql.Engine that another endpoint is. It is also a
// publisher.Graphs and a sparql.GraphWriter. It is safe for concurrent use.
type Engine struct {
	o    Options
	auth authorizer
}

var (
	_ sparql.Engine      = (*Engine)(nil)
	_ sparql.GraphWriter = (*Engine)(nil)
)

// New returns the engine for an endpoint. It sends nothing yet: an endpoint that
// is down now may be up later. An error says which option is wrong.
func New(o Options) (*Engine, error) {
	if o.Client == nil {
		return nil, errors.New("use endpoint: there is no HTTP client")
	}
	for _, a := range []struct{ name, address string }{{"endpoint", o.Endpoint}, {"update", o.Update}, {"graphStore", o.GraphStore}} {
		if a.address == "" && a.name != "endpoint" {
			continue
		}
		u, err := url.Parse(a.address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, fmt.Errorf("use endpoint: %s %q is not an http or https address", a.name, a.address)
		}
		if u.User != nil {
			return nil, fmt.Errorf("use endpoint: %s has credentials in its address, where logs show them; set user and password instead", a.name)
		}
	}
	if o.User != "" && o.Token != "" {
		return nil, errors.New("use endpoint: both a user and a token are set")
	}
	if o.Limits.Time <= 0 {
		o.Limits.Time = defaultLimits.Time
	}
	if o.Limits.Rows <= 0 {
		o.Limits.Rows = defaultLimits.Rows
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Pause <= 0 {
		o.Pause = defaultPause
	}
	return &Engine{o: o, auth: authorizer{user: o.User, password: o.Password, token: o.Token}}, nil
}

// Error is an answer by which the endpoint refused a request.
type Error struct {
	Status int    // of HTTP
	Text   string // the beginning of what the endpoint said, on one line
}

// Error tells the status and what the endpoint said.
func (e *Error) Error() string {
	text := fmt.Sprintf("the endpoint answered %d %s", e.Status, http.StatusText(e.Status))
	if e.Text != "" {
		text += ": " + e.Text
	}
	return text
}

// Query is Engine.Query. The query is read here first, so that an error in it is
// told as well as everywhere; then its text goes to the endpoint as it stands.
// SERVICE is refused: the endpoint would fetch from where it stands, behind
// whatever wall that is.
//
// An answer that the endpoint says it cut off ends with an error.
func (e *Engine) Query(ctx context.Context, q sparql.Query) (*results.Result, error) {
	parsed, text, err := e.read(q)
	if err != nil {
		return nil, err
	}
	if calls(parsed) {
		return nil, fmt.Errorf("run SERVICE: %w", sparql.ErrUnsupported)
	}
	form := url.Values{"query": {text}}
	if len(q.DefaultGraphs) > 0 {
		form["default-graph-uri"] = q.DefaultGraphs
	}
	if len(q.NamedGraphs) > 0 {
		form["named-graph-uri"] = q.NamedGraphs
	}
	kind, accept := results.Bindings, acceptRows
	switch parsed.Form {
	case algebra.Ask:
		kind = results.Boolean
	case algebra.Construct, algebra.Describe:
		kind, accept = results.Quads, acceptTriples
	}
	a := e.newAnswer(ctx, q.Limits)
	a.kind, a.most = kind, most(parsed.Pattern)
	return a.fetch(request{
		method: http.MethodPost, address: e.o.Endpoint, accept: accept,
		mediaType: formType, body: []byte(form.Encode()), again: true,
	})
}

// read parses a query and returns the text to send: what the endpoint cannot know
// comes before it.
func (e *Engine) read(q sparql.Query) (*algebra.Query, string, error) {
	text := prologue(q.Base, nil) + q.Text
	// The usual prefixes need no declaration here; declare them only where that
	// makes a difference, so that lines in the endpoint's messages are right.
	parsed, err := parser.Query(q.Text, parser.Options{Base: q.Base})
	if err != nil {
		known := sparql.Prefixes()
		if parsed, err = parser.Query(q.Text, parser.Options{Base: q.Base, Prefixes: known}); err != nil {
			return nil, "", err
		}
		text = prologue(q.Base, known) + q.Text
	}
	return parsed, text, nil
}

func prologue(base string, prefixes map[string]string) string {
	var b strings.Builder
	if base != "" {
		b.WriteString("BASE " + rdf.IRI(base).String() + " ")
	}
	for prefix, namespace := range prefixes {
		b.WriteString("PREFIX " + prefix + ": <" + namespace + "> ")
	}
	return b.String()
}

// Graph is Engine.Graph: a named graph is read by the Graph Store Protocol if there
// is one, which some endpoints do not cap; else by a CONSTRUCT, as the default graph
// is, which not every graph store has.
func (e *Engine) Graph(ctx context.Context, name rdf.Term) (*results.Result, bool, error) {
	r := request{method: http.MethodGet, accept: acceptTriples, again: true}
	if e.o.GraphStore != "" && !name.IsZero() {
		r.address = e.graphAddress(name)
	} else {
		query := "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
		if !name.IsZero() {
			query = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH " + name.String() + " { ?s ?p ?o } }"
		}
		r = request{
			method: http.MethodPost, address: e.o.Endpoint, accept: acceptTriples, again: true,
			mediaType: formType, body: []byte(url.Values{"query": {query}}.Encode()),
		}
	}
	a := e.newAnswer(ctx, sparql.Limits{})
	a.kind = results.Quads
	result, err := a.fetch(r)
	var refused *Error
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound && r.method == http.MethodGet {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read graph %v: %w", name, err)
	}
	if name.IsZero() {
		return result, true, nil
	}
	return startsWith(result)
}

func (e *Engine) graphAddress(name rdf.Term) string {
	separator := "?"
	if strings.Contains(e.o.GraphStore, "?") {
		separator = "&"
	}
	if name.IsZero() {
		return e.o.GraphStore + separator + "default"
	}
	return e.o.GraphStore + separator + "graph=" + url.QueryEscape(name.Value())
}

package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

// ErrSpent is returned by Online.Resolve when its look-ups or its time are
// spent.
var ErrSpent = errors.New("the look-ups on the web are spent")

// Online asks the web what an IRI is, within bounds on how often and how long.
// Answers are remembered, also that nothing is there. It is safe for concurrent
// use; an IRI that is being asked for is not asked for twice.
type Online struct {
	// Client is guarded by the caller: which addresses it may reach is not
	// known here.
	Client *http.Client
	// MaxLookups bounds the requests over the life of the value; 0 means 500.
	MaxLookups int
	// Timeout bounds one look-up; 0 means 10 seconds.
	Timeout time.Duration
	// Budget bounds the time from the first look-up to the last; 0 means 2
	// minutes.
	Budget time.Duration

	mu    sync.Mutex
	asked map[string]*answer
	ends  time.Time
}

// answer is what the web said; done is closed when it did.
type answer struct {
	done  chan struct{}
	graph *rdf.Graph
	err   error
}

// maxDescription bounds the description of one thing, in bytes.
const maxDescription = 4 << 20

const acceptRDF = "text/turtle, application/n-triples;q=0.9, application/n-quads;q=0.9, application/ld+json;q=0.8, application/rdf+xml;q=0.7, text/html;q=0.4"

// Resolve dereferences an IRI and returns what its document says: an empty
// graph where the web answers that there is nothing (404 or 410), or with
// something that is not RDF. The graph is shared: do not add to it. The error is
// ErrSpent, that of ctx, or why the web did not answer.
func (o *Online) Resolve(ctx context.Context, iri string) (*rdf.Graph, error) {
	o.mu.Lock()
	a, known := o.asked[iri]
	if !known {
		limit, budget := o.MaxLookups, o.Budget
		if limit == 0 {
			limit = 500
		}
		if budget == 0 {
			budget = 2 * time.Minute
		}
		if o.asked == nil {
			o.asked, o.ends = map[string]*answer{}, time.Now().Add(budget)
		}
		if len(o.asked) >= limit || time.Now().After(o.ends) {
			o.mu.Unlock()
			return nil, ErrSpent
		}
		a = &answer{done: make(chan struct{})}
		o.asked[iri] = a
	}
	o.mu.Unlock()
	if !known {
		a.graph, a.err = o.fetch(ctx, iri)
		if ctx.Err() != nil { // the caller went away: somebody else may ask again
			o.mu.Lock()
			delete(o.asked, iri)
			o.mu.Unlock()
		}
		close(a.done)
	}
	select {
	case <-a.done:
		return a.graph, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (o *Online) fetch(ctx context.Context, iri string) (*rdf.Graph, error) {
	timeout := o.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, iri, nil)
	if err != nil {
		return rdf.NewGraph(), nil // not an address: nothing is there
	}
	request.Header.Set("Accept", acceptRDF)
	response, err := o.Client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", iri, err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusGone:
		return rdf.NewGraph(), nil
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("look up %s: status %d", iri, response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxDescription+1))
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", iri, err)
	}
	if len(body) > maxDescription {
		return nil, fmt.Errorf("look up %s: the description is larger than %d bytes", iri, maxDescription)
	}
	return graphOf(response.Header.Get("Content-Type"), response.Request.URL.String(), body), nil
}

// graphOf reads a description as its media type says. What cannot be read says
// nothing.
func graphOf(contentType, base string, body []byte) *rdf.Graph {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	var quads []rdf.Quad
	switch mediaType {
	case "text/turtle", "application/x-turtle":
		quads, _ = turtle.Parse(body, base)
	case "application/n-triples", "application/n-quads", "text/plain":
		quads, _ = nquads.Parse(body)
	case "application/ld+json", "application/json":
		quads, _ = jsonld.Parse(bytes.NewReader(body), jsonld.Options{Base: base})
	case "application/rdf+xml", "application/xml", "text/xml":
		quads, _ = rdfxml.Parse(body, base)
	case "text/html", "application/xhtml+xml":
		text, _, err := rdfa.Decode(body, contentType)
		if err != nil {
			break
		}
		if doc, err := rdfa.Parse(text, rdfa.Options{Base: base, Host: rdfa.HostOf(mediaType)}); err == nil {
			for _, q := range doc.Quads {
				quads = append(quads, q.Quad)
			}
		}
	}
	return rdf.NewGraph(quads...)
}

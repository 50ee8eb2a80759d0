package app

import (
	"context"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
)

// ownGraphs is below the address of the site: what is under it can be written
// with a token.
const (
	graphStore = "/graphs"
	ownGraphs  = graphStore + "/eigen/"
)

// derivedGraphs begins the names of the graphs that followers make, wherever the
// site is.
const derivedGraphs = "urn:belfort:afgeleid:"

// ownPrefix returns the beginning of the names of graphs that may be written, "" if
// the address of the site is not known: then none may.
func ownPrefix(c config.Config) string {
	if c.Base == "" {
		return ""
	}
	return c.Base + ownGraphs
}

// service asks the endpoints that the operator allows.
func service(c config.Config, client *http.Client) sparql.ServiceOptions {
	return sparql.ServiceOptions{Client: client, Allowed: c.Services}
}

// endpoint says how the SPARQL endpoint answers.
func (h *house) endpoint() sparql.HandlerOptions {
	o := sparql.HandlerOptions{
		Limits:    sparql.Limits{Time: 30 * time.Second},
		URL:       h.config.Base + "/sparql",
		Version:   h.quads.Version,
		Authorize: h.authorize,
	}
	if h.config.SPARQL.Engine != nil {
		o.Version = nil // others may write there
	}
	return o
}

// withGraphs puts the graph store beside the site.
func (h *house) withGraphs(site http.Handler, err error) (http.Handler, error) {
	if err != nil {
		return nil, err
	}
	o := h.endpoint()
	o.URL, o.NewGraphs = h.config.Base+graphStore, ownPrefix(h.config)
	store := http.StripPrefix(graphStore, sparql.GraphStore(h.engine, o))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == graphStore || strings.HasPrefix(r.URL.Path, graphStore+"/") {
			store.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	}), nil
}

// keyring gathers the tokens of the configuration.
func keyring(c config.Config) (*config.Keyring, error) {
	return config.NewKeyring(c.Tokens, func(t config.Token) (string, error) {
		if t.Env != "" {
			secret, ok := os.LookupEnv(t.Env)
			if !ok {
				return "", fmt.Errorf("environment variable %s is not set", t.Env)
			}
			return secret, nil
		}
		file, err := os.Open(t.File)
		if err != nil {
			return "", err
		}
		defer file.Close()
		secret, err := io.ReadAll(io.LimitReader(file, 4096))
		return string(secret), err
	})
}

// authorize tells whose token a request carries (RFC 6750, section 2.1).
func (h *house) authorize(r *http.Request) (author string, ok bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return h.keys.Holder(strings.TrimSpace(secret))
}

// loadType are the syntaxes that LOAD asks for.
const loadType = "text/turtle, application/n-triples, application/ld+json;q=0.9, application/rdf+xml;q=0.8"

// load fetches a document for LOAD, with the client for what visitors name.
func (h *house) load(ctx context.Context, source string) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		quads, err := h.document(ctx, source)
		if err != nil {
			yield(rdf.Quad{}, err)
			return
		}
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

// maxLoad bounds what LOAD fetches, in bytes.
const maxLoad = 32 << 20

func (h *house) document(ctx context.Context, source string) ([]rdf.Quad, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	address := source
	for range 6 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("User-Agent", "Belfort/"+version())
		req.Header.Set("Accept", loadType)
		res, err := h.visitors.Do(req)
		if err != nil {
			return nil, err
		}
		next, done, err := answer(res, address)
		if err != nil {
			return nil, err
		}
		if !done {
			address = next
			continue
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, maxLoad+1))
		if err != nil {
			return nil, err
		}
		if len(body) > maxLoad {
			return nil, fmt.Errorf("%s is larger than %d MB", source, maxLoad>>20)
		}
		mediaType, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
		if err != nil {
			return nil, fmt.Errorf("%s has no Content-Type", source)
		}
		return sparql.ReadGraph(mediaType, body, address)
	}
	return nil, fmt.Errorf("%s: more than five redirects", source)
}

type tokenCommand struct {
	Name string `arg:"" help:"Who will write with it; the name stands in the ledger with each write."`
	JSON bool   `help:"Print one JSON object."`
}

// Help is shown under the usage.
func (tokenCommand) Help() string {
	return `Example: belfort token kaarten

Makes a token with which somebody may write graphs of their own (SPARQL Update and the Graph Store
Protocol, under /graphs/eigen/). The secret is shown once and kept nowhere; the configuration of the
server gets its hash, which is printed below it.`
}

// Run makes a token.
func (c *tokenCommand) Run(e *env) error {
	secret, hash := config.NewSecret()
	if c.JSON {
		_, err := fmt.Fprintf(e.stdout, "{\"name\": %q, \"secret\": %q, \"sha256\": %q}\n", c.Name, secret, hash)
		return err
	}
	_, err := fmt.Fprintf(e.stdout, `%s

Give this secret to its holder, who sends it as
  Authorization: Bearer %s

Put this under "tokens" in the configuration of the server, and start it again:
  {"name": %q, "sha256": %q}
`, secret, secret, c.Name, hash)
	return err
}

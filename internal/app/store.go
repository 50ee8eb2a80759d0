package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

type loadCommand struct {
	File  []string `arg:"" help:"RDF files; the name tells the syntax."`
	Data  string   `default:"data" help:"Data directory."`
	Graph string   `help:"IRI of the graph for triples; by default they go to the default graph."`
	From  string   `help:"Syntax of the files, where their names do not tell."`
}

// Help is shown under the usage.
func (loadCommand) Help() string {
	return `Example: belfort load dump.nq --data data

What is loaded is added; a graph that is harvested later replaces the graph of its page whole.`
}

// Run loads the files one after the other.
func (c *loadCommand) Run(e *env) (err error) {
	for _, name := range c.File {
		if _, err := syntaxOf(c.From, name); err != nil {
			return &exit{exitUsage, err}
		}
		if _, err := os.Stat(name); err != nil {
			return &exit{exitUsage, err}
		}
	}
	store, closeStore, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	for _, name := range c.File {
		added, err := c.load(e, store, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.stdout, "%s: %d new quads\n", name, added)
	}
	return nil
}

func (c *loadCommand) load(e *env, store *quadstore.Store, name string) (int64, error) {
	from, err := syntaxOf(c.From, name)
	if err != nil {
		return 0, err
	}
	in, shown, closeIn, err := e.open(name)
	if err != nil {
		return 0, err
	}
	defer closeIn()
	bar := newProgress(e, "load")
	defer bar.done()
	// Labels of blank nodes mean something within their file only.
	prefix := "load" + strings.ReplaceAll(uuid.NewString(), "-", "")
	quads := inGraph(quadsOf(in, from, shown, fileIRI(name), prefix, nil), c.Graph)
	return store.Load(e.ctx, quads, func(read int64) { bar.show(fmt.Sprintf("%d quads read", read)) })
}

// inGraph puts triples of the default graph in a graph.
func inGraph(quads iter.Seq2[rdf.Quad, error], graph string) iter.Seq2[rdf.Quad, error] {
	if graph == "" {
		return quads
	}
	return func(yield func(rdf.Quad, error) bool) {
		for q, err := range quads {
			if q.Graph.IsZero() {
				q.Graph = rdf.IRI(graph)
			}
			if !yield(q, err) {
				return
			}
		}
	}
}

// openStore opens the quad store of a data directory under the directory's
// lock.
func openStore(data string) (*quadstore.Store, func() error, error) {
	if err := os.MkdirAll(data, 0o750); err != nil {
		return nil, nil, fmt.Errorf("make data directory: %w", err)
	}
	state, err := pebble.Open(filepath.Join(data, "state"), nil)
	if err != nil {
		return nil, nil, err
	}
	store, err := quadstore.Open(filepath.Join(data, "quads"), quadstore.Options{})
	if err != nil {
		return nil, nil, errors.Join(err, state.Close())
	}
	return store, func() error { return errors.Join(store.Close(), state.Close()) }, nil
}

type exportCommand struct {
	Data string `default:"data" help:"Data directory."`
	To   string `default:"nquads" help:"Syntax (${enum})." enum:"nquads,ntriples,trig,turtle,jsonld"`
}

// Help is shown under the usage.
func (exportCommand) Help() string { return `Example: belfort export --to nquads > dump.nq` }

// Run writes every quad of the store.
func (c *exportCommand) Run(e *env) (err error) {
	if address := servedAt(c.Data); address != "" {
		return c.remote(e, address)
	}
	if err := exists(c.Data); err != nil {
		return err
	}
	store, closeStore, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	snapshot := store.Snapshot()
	defer snapshot.Close()
	return writeQuads(e.stdout, syntax(c.To), quadsIn(e.ctx, snapshot))
}

// quadsIn yields every quad of a snapshot: the default graph, then the others.
func quadsIn(ctx context.Context, s *quadstore.Snapshot) iter.Seq2[rdf.Quad, error] {
	term := func(id eval.ID) (rdf.Term, error) {
		if id == 0 {
			return rdf.Term{}, nil
		}
		return s.Term(id)
	}
	return func(yield func(rdf.Quad, error) bool) {
		for _, scope := range []eval.Scope{eval.Default, eval.Named} {
			for q, err := range s.Match(eval.QuadID{}, scope) {
				err = errors.Join(err, ctx.Err())
				subject, err1 := term(q.Subject)
				predicate, err2 := term(q.Predicate)
				object, err3 := term(q.Object)
				graph, err4 := term(q.Graph)
				err = errors.Join(err, err1, err2, err3, err4)
				if !yield(rdf.Quad{Subject: subject, Predicate: predicate, Object: object, Graph: graph}, err) || err != nil {
					return
				}
			}
		}
	}
}

// remote asks the running server: a dump of all graphs is a query.
func (c *exportCommand) remote(e *env, address string) error {
	const everything = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
	if c.To == "nquads" || c.To == "trig" {
		return &exit{exitFailed, fmt.Errorf("export: the data directory is in use by the server at %s, which gives triples only: use --to ntriples, or stop it", address)}
	}
	types := map[string]string{"ntriples": "application/n-triples", "turtle": "text/turtle", "jsonld": "application/ld+json"}
	return ask(e, address, everything, types[c.To])
}

// exists says kindly that there is no data directory: reading should not make
// one.
func exists(data string) error {
	if _, err := os.Stat(filepath.Join(data, "state")); errors.Is(err, os.ErrNotExist) {
		return &exit{exitUsage, fmt.Errorf("no data in %s: harvest or load something first, or name the directory with --data", data)}
	}
	return nil
}

// serverFile holds the address of the server that has the directory open.
const serverFile = "server"

// servedAt returns the address of the running server of a data directory, ""
// if there is none.
func servedAt(data string) string {
	address, err := os.ReadFile(filepath.Join(data, serverFile))
	if err != nil {
		return ""
	}
	client := own()
	client.Timeout = 5 * time.Second // it is on this machine
	res, err := client.Get(strings.TrimSpace(string(address)) + "/healthz")
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return ""
	}
	return strings.TrimSpace(string(address))
}

// own is a client for the server on this machine: no proxy stands between.
func own() *http.Client { return &http.Client{Transport: &http.Transport{}} }

// ask runs a query on the running server.
func ask(e *env, address, query, accept string) error {
	req, err := http.NewRequestWithContext(e.ctx, http.MethodPost, address+"/sparql", strings.NewReader(query))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/sparql-query")
	req.Header.Set("Accept", accept)
	res, err := own().Do(req)
	if err != nil {
		return fmt.Errorf("ask the running server: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(io.LimitReader(res.Body, 10<<10))
		return fmt.Errorf("ask the running server: %s", strings.TrimSpace(string(message)))
	}
	_, err = io.Copy(e.stdout, res.Body)
	return err
}

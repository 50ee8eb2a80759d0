package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/results"
)

type queryCommand struct {
	Args     []string      `arg:"" name:"file-or-query" help:"RDF files (also .gz) or pages to ask, then the query; without files the store is asked. @name reads the query from a file, @- from standard input."`
	Data     string        `default:"data" help:"Data directory."`
	Endpoint string        `help:"Address of a SPARQL endpoint to ask instead of the store."`
	Format   string        `default:"" enum:",json,xml,csv,tsv,turtle,ntriples,nquads,trig,jsonld,rdfxml" help:"Form of the answer (${enum}); by default tsv, or turtle for graphs."`
	Explain  string        `default:"" enum:",plan,run" help:"Tell how the query is run, before (plan) or after (run) running it; with --format json as JSON."`
	Time     time.Duration `help:"How long the query may run (default 60s); 0 for as long as it takes." default:"60s"`
}

// Help is shown under the usage.
func (queryCommand) Help() string {
	return `Examples:
  belfort query 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }'
  belfort query notulen.html @stemmingen.rq --format csv
  belfort query --explain run @traag.rq

In files, the default graph is all that they say. While a server has the data directory open, it is
asked. Exit code 0: answered. 1: it failed. 2: the query is wrong; the message says where. 3: a limit
ended it, so the answer is not whole.`
}

// Run asks the store, the server that has it open, an endpoint, or files.
func (c *queryCommand) Run(e *env) (err error) {
	files, text := c.Args[:len(c.Args)-1], c.Args[len(c.Args)-1]
	source := ""
	if name, ok := strings.CutPrefix(text, "@"); ok {
		in, shown, closeIn, err := e.open(name)
		if err != nil {
			return &exit{exitUsage, err}
		}
		body, err := io.ReadAll(in)
		if err := errors.Join(err, closeIn()); err != nil {
			return &exit{exitUsage, err}
		}
		text, source = string(body), shown
	}
	// A wrong query is told before anything is opened.
	if _, err := parser.Query(text, parser.Options{Prefixes: sparql.Prefixes()}); err != nil {
		var syntax *rdf.SyntaxError
		if errors.As(err, &syntax) {
			syntax.Source = source
		}
		return &exit{exitUsage, err}
	}
	if c.Endpoint != "" && len(files) > 0 {
		return &exit{exitUsage, errors.New("query: give files or --endpoint, not both")}
	}
	if c.Endpoint != "" {
		return c.ask(e, c.Endpoint, text)
	}
	// The machine is the user's own: only time and memory are bounded.
	limits := sparql.Limits{Time: c.Time, Rows: 1 << 60, Work: 1 << 60, Memory: 4 << 30}
	if c.Time <= 0 {
		limits.Time = 1 << 62
	}
	options := sparql.EmbeddedOptions{Limits: limits}
	if len(files) > 0 {
		quads, err := c.read(files, e)
		if err != nil {
			return err
		}
		return c.run(e, sparql.NewFixed(eval.NewMemory(quads), options), text)
	}
	if address := servedAt(c.Data); address != "" {
		return c.ask(e, address+"/sparql", text)
	}
	if err := exists(c.Data); err != nil {
		return err
	}
	store, closeStore, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	return c.run(e, sparql.NewEmbedded(store, options), text)
}

// ask asks an endpoint.
func (c *queryCommand) ask(e *env, endpoint, text string) error {
	if c.Explain == "" {
		return ask(e, endpoint, text, c.accept())
	}
	accept := "text/plain"
	if c.Format == "json" {
		accept = "application/json"
	}
	separator := "?"
	if strings.Contains(endpoint, "?") {
		separator = "&"
	}
	return ask(e, endpoint+separator+"explain="+c.Explain, text, accept)
}

// run asks an engine here.
func (c *queryCommand) run(e *env, engine sparql.Engine, text string) error {
	if c.Explain != "" {
		return c.explain(e.ctx, e.stdout, engine, text)
	}
	result, err := engine.Query(e.ctx, sparql.Query{Text: text})
	if err == nil {
		err = c.write(e, result)
	}
	return ended(err)
}

// ended gives the error of a query that a limit ended its exit code.
func ended(err error) error {
	if limit := (*sparql.LimitError)(nil); errors.As(err, &limit) {
		return &exit{exitPartly, fmt.Errorf("query: %w; the answer is not whole", err)}
	}
	return err
}

// explain tells how a query is run.
func (c *queryCommand) explain(ctx context.Context, w io.Writer, engine sparql.Engine, text string) error {
	explainer, ok := engine.(sparql.Explainer)
	if !ok {
		return fmt.Errorf("explain: %w", sparql.ErrUnsupported)
	}
	plan, err := explainer.Explain(ctx, sparql.Query{Text: text}, c.Explain == "run")
	if plan == nil {
		return err
	}
	if c.Format == "json" {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return errors.Join(out.Encode(plan), ended(err))
	}
	return errors.Join(plan.Text(w), ended(err))
}

// read reads whole files; the first error is returned.
func (c *queryCommand) read(names []string, e *env) (iter.Seq[rdf.Quad], error) {
	var all []rdf.Quad
	for i, name := range names {
		from, err := syntaxOf("", unpacked(name))
		if err != nil {
			return nil, &exit{exitUsage, err}
		}
		in, shown, closeIn, err := e.openPacked(name)
		if err != nil {
			return nil, err
		}
		for q, err := range quadsOf(in, from, shown, fileIRI(unpacked(name)), fmt.Sprintf("f%d", i), nil) {
			if err != nil {
				return nil, errors.Join(err, closeIn())
			}
			all = append(all, q)
		}
		if err := closeIn(); err != nil {
			return nil, err
		}
	}
	return func(yield func(rdf.Quad) bool) {
		for _, q := range all {
			if !yield(q) {
				return
			}
		}
	}, nil
}

func (c *queryCommand) accept() string {
	if c.Format == "" {
		return "text/tab-separated-values, text/turtle;q=0.9"
	}
	mediaType, _ := sparql.TypeByName(c.Format) // the names are those of Format
	return mediaType
}

// write writes the answer in the form that was asked for, or that fits.
func (c *queryCommand) write(e *env, result *results.Result) error {
	defer result.Close()
	form := c.Format
	graph := result.Kind == results.Quads
	if form == "" {
		form = map[bool]string{false: "tsv", true: "turtle"}[graph]
	}
	mediaType, _ := sparql.TypeByName(form)
	if _, rows := results.FormatByName(mediaType); rows == graph {
		return &exit{exitUsage, fmt.Errorf("query: the answer of this query cannot be written as %s", form)}
	}
	return sparql.WriteResult(e.stdout, mediaType, result)
}

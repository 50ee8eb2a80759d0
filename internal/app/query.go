package app

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/eval"
	"github.com/belfort-lod/belfort/sparql/parser"
	"github.com/belfort-lod/belfort/sparql/results"
)

type queryCommand struct {
	Args   []string `arg:"" name:"file-or-query" help:"RDF files or pages to ask, then the query; without files the store is asked. @name reads the query from a file."`
	Data   string   `default:"data" help:"Data directory."`
	Format string   `default:"" enum:",json,xml,csv,tsv,turtle,ntriples,jsonld" help:"Form of the answer (${enum}); by default tsv, or turtle for graphs."`
}

// Help is shown under the usage.
func (queryCommand) Help() string {
	return `Examples:
  belfort query 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }'
  belfort query notulen.html @stemmingen.rq --format csv

In files, the default graph is all that they say. Exit code 2: the query is wrong; the message says where.`
}

// Run asks the store, the server that has it open, or files.
func (c *queryCommand) Run(e *env) (err error) {
	files, text := c.Args[:len(c.Args)-1], c.Args[len(c.Args)-1]
	source := ""
	if name, ok := strings.CutPrefix(text, "@"); ok {
		body, err := os.ReadFile(name)
		if err != nil {
			return &exit{exitUsage, err}
		}
		text, source = string(body), name
	}
	// A wrong query is told before anything is opened.
	if _, err := parser.Query(text, parser.Options{Prefixes: sparql.Prefixes()}); err != nil {
		var syntax *rdf.SyntaxError
		if errors.As(err, &syntax) {
			syntax.Source = source
		}
		return &exit{exitUsage, err}
	}
	if len(files) > 0 {
		quads, err := c.read(files, e)
		if err != nil {
			return err
		}
		engine := sparql.NewFixed(eval.NewMemory(quads), sparql.EmbeddedOptions{})
		result, err := engine.Query(e.ctx, sparql.Query{Text: text})
		if err != nil {
			return err
		}
		return c.write(e, result)
	}
	if address := servedAt(c.Data); address != "" {
		return ask(e, address, text, c.accept())
	}
	if err := exists(c.Data); err != nil {
		return err
	}
	store, closeStore, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	result, err := sparql.NewEmbedded(store, sparql.EmbeddedOptions{}).Query(e.ctx, sparql.Query{Text: text})
	if err != nil {
		return err
	}
	return c.write(e, result)
}

// read reads whole files; the first error is returned.
func (c *queryCommand) read(names []string, e *env) (iter.Seq[rdf.Quad], error) {
	var all []rdf.Quad
	for i, name := range names {
		from, err := syntaxOf("", name)
		if err != nil {
			return nil, &exit{exitUsage, err}
		}
		in, shown, closeIn, err := e.open(name)
		if err != nil {
			return nil, err
		}
		for q, err := range quadsOf(in, from, shown, fileIRI(name), fmt.Sprintf("f%d", i), nil) {
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

// mediaTypes are the forms of answers by their names on the command line.
var mediaTypes = map[string]string{
	"json": "application/sparql-results+json", "xml": "application/sparql-results+xml",
	"csv": "text/csv", "tsv": "text/tab-separated-values",
	"turtle": sparql.Turtle, "ntriples": sparql.NTriples, "jsonld": sparql.JSONLD,
}

func (c *queryCommand) accept() string {
	if c.Format == "" {
		return "text/tab-separated-values, text/turtle;q=0.9"
	}
	return mediaTypes[c.Format]
}

// write writes the answer in the form that was asked for, or that fits.
func (c *queryCommand) write(e *env, result *results.Result) error {
	defer result.Close()
	form := c.Format
	graph := result.Kind == results.Quads
	if form == "" {
		form = map[bool]string{false: "tsv", true: "turtle"}[graph]
	}
	if isGraphForm := form == "turtle" || form == "ntriples" || form == "jsonld"; isGraphForm != graph {
		return &exit{exitUsage, fmt.Errorf("query: the answer of this query cannot be written as %s", form)}
	}
	return sparql.WriteResult(e.stdout, mediaTypes[form], result)
}

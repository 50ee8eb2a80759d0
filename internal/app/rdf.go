package app

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/sparql"
)

type rdfCommand struct {
	Convert convertCommand `cmd:"" help:"Convert between RDF syntaxes, as a stream."`
}

type convertCommand struct {
	File string `arg:"" optional:"" default:"-" help:"File to read; - is standard input."`
	From string `help:"Syntax of the input (${enum}); by default what the file name tells." enum:",rdfa,turtle,trig,ntriples,nquads,jsonld,rdfxml" default:""`
	To   string `required:"" help:"Syntax of the output (${enum})." enum:"turtle,trig,ntriples,nquads,jsonld"`
	Base string `help:"IRI that relative IRIs are resolved against; by default that of the file."`

	Strict  bool `xor:"mistakes" help:"End at the first mistake (the default)."`
	Lenient bool `xor:"mistakes" help:"Tell mistakes and go on with the next statement (Turtle, TriG, N-Triples, N-Quads)."`
}

// Help is shown under the usage.
func (convertCommand) Help() string {
	return `Example: belfort rdf convert notulen.html --to turtle --base https://gemeente.example/notulen

Exit code 0: everything was converted. 1: something in the input is wrong; the message says where.
2: there is no such file or syntax.`
}

// Run converts.
func (c *convertCommand) Run(e *env) error {
	in, name, closeIn, err := e.open(c.File)
	if err != nil {
		return err
	}
	defer closeIn()
	from, err := syntaxOf(c.From, name)
	if err != nil {
		return &exit{exitUsage, err}
	}
	base := c.Base
	if base == "" {
		base = fileIRI(name)
	}
	mistakes := 0
	var recover func(*rdf.SyntaxError) bool
	if c.Lenient {
		recover = func(mistake *rdf.SyntaxError) bool {
			mistakes++
			fmt.Fprintln(e.stderr, "belfort:", explain(mistake))
			return true
		}
	}
	if err := writeQuads(e.stdout, syntax(c.To), quadsOf(in, from, name, base, "", recover)); err != nil {
		return err
	}
	if mistakes > 0 {
		return &exit{exitFailed, fmt.Errorf("%s: %d statements were passed over", name, mistakes)}
	}
	return nil
}

// open opens a file, or standard input for "-".
func (e *env) open(name string) (r io.Reader, shown string, closeIt func() error, err error) {
	if name == "-" {
		return e.stdin, "<stdin>", func() error { return nil }, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, name, nil, &exit{exitUsage, err}
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, name, nil, &exit{exitUsage, fmt.Errorf("%s is a folder: name a file", name)}
	}
	return f, name, f.Close, nil
}

// fileIRI is the base of a file that nobody gave one: its own address.
func fileIRI(name string) string {
	path, err := filepath.Abs(name)
	if err != nil || name == "-" || name == "<stdin>" {
		return "urn:belfort:stdin"
	}
	// Windows has a drive where others have the root.
	address := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")}
	return address.String()
}

// writeQuads writes a stream of quads in a syntax.
func writeQuads(w io.Writer, s syntax, quads iter.Seq2[rdf.Quad, error]) error {
	switch s {
	case syntaxJSONLD:
		var all []rdf.Quad
		for q, err := range quads {
			if err != nil {
				return err
			}
			all = append(all, q)
		}
		return jsonld.Write(w, all, jsonld.Options{})
	case syntaxNQuads, syntaxNTriples:
		out := nquads.NewWriter(w, nquads.Options{Triples: s == syntaxNTriples})
		return copyQuads(out, quads)
	}
	// A document is laid out for people as long as it is of a size that people
	// read; a larger one is written as it comes, in memory that does not grow.
	o := turtle.Options{TriG: s == syntaxTriG, Prefixes: sparql.Prefixes()}
	next, stop := iter.Pull2(quads)
	defer stop()
	var held []rdf.Quad
	var failed error
	for len(held) <= readable {
		q, err, ok := next()
		if !ok || err != nil {
			failed = err
			break
		}
		held = append(held, q)
	}
	o.Stream = len(held) > readable
	return copyQuads(turtle.NewWriter(w, o), func(yield func(rdf.Quad, error) bool) {
		for _, q := range held {
			if !yield(q, nil) {
				return
			}
		}
		if failed != nil {
			yield(rdf.Quad{}, failed)
			return
		}
		for o.Stream {
			q, err, ok := next()
			if !ok || !yield(q, err) || err != nil {
				return
			}
		}
	})
}

// readable is how many quads are laid out for people.
const readable = 100_000

// quadWriter is what every streaming writer offers.
type quadWriter interface {
	Write(rdf.Quad) error
	Close() error
}

func copyQuads(w quadWriter, quads iter.Seq2[rdf.Quad, error]) error {
	for q, err := range quads {
		if err != nil {
			// What was read well is written before the error is told.
			return errors.Join(w.Close(), err)
		}
		if err := w.Write(q); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return w.Close()
}

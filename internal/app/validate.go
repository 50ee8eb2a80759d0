package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/shapes"
	"github.com/belfort-lod/belfort/shapes/oslo"
	"github.com/belfort-lod/belfort/shapes/report"
)

type validateCommand struct {
	Source       []string `arg:"" help:"HTML files, http(s) addresses, or - for standard input."`
	Profile      string   `default:"auto" help:"What to judge by: auto, praktijk, agenda, besluitenlijst, notulen, besluit-publicatie."`
	Shapes       string   `type:"existingfile" help:"Turtle file with more SHACL shapes to judge by."`
	Base         string   `help:"Address of the page, where it is a file; relative links count from there."`
	Format       string   `default:"text" enum:"text,json,sarif,turtle,junit,html" help:"Form of the report (${enum})."`
	Lang         string   `default:"nl" enum:"nl,en" help:"Language of the report (${enum})."`
	AllowPrivate bool     `help:"Allow private and loopback addresses."`
}

// Help is shown under the usage.
func (validateCommand) Help() string {
	return `Example: belfort validate notulen.html --profile notulen

With --profile auto, a page is judged by the certification profile of its document type; where that
cannot be told, as harvesters judge it (praktijk).
Exit code 0: no violation. 1: violations. 2: something could not be read.`
}

// Run validates every source and writes one report.
func (c *validateCommand) Run(e *env) error {
	extra, err := c.extraShapes(e)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if c.Profile != "auto" {
		if _, err := oslo.ParseProfile(c.Profile); err != nil {
			return &exit{exitUsage, err}
		}
	}
	var documents []report.Document
	unread, violations := false, false
	for _, source := range c.Source {
		document, err := c.validate(e, source, extra)
		if err != nil {
			fmt.Fprintln(e.stderr, "belfort:", explain(err))
			unread = true
			continue
		}
		documents = append(documents, document)
		violations = violations || !document.Verdict.Conforms
	}
	if err := c.write(e.stdout, documents); err != nil {
		return err
	}
	switch {
	case unread:
		return &exit{code: exitUsage}
	case violations:
		return &exit{code: exitFailed}
	}
	return nil
}

func (c *validateCommand) write(w io.Writer, documents []report.Document) error {
	lang := report.Language(c.Lang)
	switch c.Format {
	case "json":
		return report.JSON(w, documents)
	case "sarif":
		return report.SARIF(w, documents, version(), lang)
	case "turtle":
		return report.Turtle(w, documents)
	case "junit":
		return report.JUnit(w, documents, lang)
	case "html":
		return report.HTML(w, documents, lang)
	}
	return report.Text(w, documents, lang)
}

func (c *validateCommand) extraShapes(e *env) (*shapes.Shapes, error) {
	if c.Shapes == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Shapes)
	if err != nil {
		return nil, err
	}
	quads, err := turtle.Parse(text, fileIRI(c.Shapes))
	var syntax *rdf.SyntaxError
	if errors.As(err, &syntax) {
		syntax.Source = c.Shapes
	}
	if err != nil {
		return nil, err
	}
	compiled, findings, err := shapes.Compile(rdf.NewGraph(quads...))
	if err != nil {
		return nil, fmt.Errorf("read shapes %s: %w", c.Shapes, err)
	}
	for _, f := range findings {
		fmt.Fprintf(e.stderr, "%s: %s\n", c.Shapes, f.Message.EN)
	}
	return compiled, nil
}

func (c *validateCommand) validate(e *env, source string, extra *shapes.Shapes) (report.Document, error) {
	body, contentType, base, err := c.read(e, source)
	if err != nil {
		return report.Document{}, err
	}
	doc, text, err := pageOf(body, contentType, source, base)
	if err != nil {
		return report.Document{}, err
	}
	if len(doc.Quads) == 0 && len(doc.Findings) == 0 {
		return report.Document{}, fmt.Errorf("read %s: the page has no RDFa: nothing to validate", source)
	}
	profile, err := oslo.ParseProfile(c.Profile)
	if err != nil {
		soort, _ := oslo.Detect(graphOf(doc))
		profile = oslo.ProfileOf(soort)
	}
	verdict := oslo.Validate(oslo.Input{
		Source: source, Text: text, Quads: doc.Quads, Findings: doc.Findings, Subjects: doc.Subjects,
	}, oslo.Options{Profile: profile, Extra: extra, Now: time.Now()})
	return report.Document{Verdict: verdict, Text: text}, nil
}

func graphOf(doc *rdfa.Document) *rdf.Graph {
	g := rdf.NewGraph()
	for _, q := range doc.Quads {
		g.Add(q.Quad)
	}
	return g
}

// read gets the bytes of a source and the address that they stand at.
func (c *validateCommand) read(e *env, source string) (body []byte, contentType, base string, err error) {
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		body, contentType, base, err = fetch(e.ctx, newClient(c.AllowPrivate), source)
	} else {
		base = fileIRI(source)
		var in io.Reader
		var closeIn func() error
		if in, _, closeIn, err = e.open(source); err != nil {
			return nil, "", "", err
		}
		defer closeIn()
		if body, err = io.ReadAll(io.LimitReader(in, rdfa.MaxBody+1)); err != nil {
			err = fmt.Errorf("read %s: %w", source, err)
		}
	}
	if c.Base != "" {
		base = c.Base
	}
	return body, contentType, base, err
}

// fetch gets one page, following up to five redirects.
func fetch(ctx context.Context, client *http.Client, address string) (body []byte, contentType, final string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for range 6 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, "", "", fmt.Errorf("fetch %s: %w", address, err)
		}
		req.Header.Set("User-Agent", "Belfort/"+version())
		req.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1")
		res, err := client.Do(req)
		if err != nil {
			return nil, "", "", fmt.Errorf("fetch page: %w", err)
		}
		next, done, err := answer(res, address)
		if err != nil {
			return nil, "", "", err
		}
		if !done {
			address = next
			continue
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, rdfa.MaxBody+1))
		if err != nil {
			return nil, "", "", fmt.Errorf("fetch %s: %w", address, err)
		}
		return body, res.Header.Get("Content-Type"), address, nil
	}
	return nil, "", "", fmt.Errorf("fetch %s: more than five redirects", address)
}

// answer tells whether a response is the page, or where it leads.
func answer(res *http.Response, address string) (next string, done bool, err error) {
	if res.StatusCode == http.StatusOK {
		return "", true, nil
	}
	defer res.Body.Close()
	if location, err := res.Location(); err == nil && res.StatusCode >= 300 && res.StatusCode < 400 {
		return location.String(), false, nil
	}
	return "", false, fmt.Errorf("fetch %s: %d %s", address, res.StatusCode, http.StatusText(res.StatusCode))
}

package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/jsonld"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

// syntax is the name of an RDF syntax on the command line.
type syntax string

// The syntaxes.
const (
	syntaxRDFa     syntax = "rdfa"
	syntaxTurtle   syntax = "turtle"
	syntaxTriG     syntax = "trig"
	syntaxNTriples syntax = "ntriples"
	syntaxNQuads   syntax = "nquads"
	syntaxJSONLD   syntax = "jsonld"
	syntaxRDFXML   syntax = "rdfxml"
)

// extensions tells the syntax of a file by its name.
var extensions = map[string]syntax{
	".html": syntaxRDFa, ".htm": syntaxRDFa, ".xhtml": syntaxRDFa,
	".ttl": syntaxTurtle, ".trig": syntaxTriG, ".nt": syntaxNTriples, ".nq": syntaxNQuads,
	".jsonld": syntaxJSONLD, ".json": syntaxJSONLD, ".rdf": syntaxRDFXML, ".owl": syntaxRDFXML, ".xml": syntaxRDFXML,
}

// syntaxOf returns the syntax that was asked for, else the one that the file
// name tells.
func syntaxOf(asked, name string) (syntax, error) {
	if asked != "" {
		for _, s := range extensions {
			if string(s) == asked {
				return s, nil
			}
		}
		return "", fmt.Errorf("no syntax %q: want one of %s", asked, syntaxes)
	}
	if s, ok := extensions[strings.ToLower(filepath.Ext(name))]; ok {
		return s, nil
	}
	return "", fmt.Errorf("%s: the name does not tell the syntax; give it with --from (%s)", name, syntaxes)
}

const syntaxes = "rdfa, turtle, trig, ntriples, nquads, jsonld, rdfxml"

// maxWhole is the size of a document that must be read whole (RDFa, JSON-LD).
const maxWhole = 256 << 20

// quadsOf reads a document in any syntax as a stream; an error ends it.
//
// blank stands before the labels of blank nodes, so that those of several
// documents never meet. Where recover is not nil it is told of each mistake in a
// syntax of statements, and reading goes on with the next one; the other
// syntaxes end at the first.
func quadsOf(r io.Reader, s syntax, name, base, blank string, recover func(*rdf.SyntaxError) bool) iter.Seq2[rdf.Quad, error] {
	switch s {
	case syntaxNQuads, syntaxNTriples:
		return stream(nquads.NewReader(r, nquads.Options{Source: name, Triples: s == syntaxNTriples, BlankPrefix: blank, Recover: recover}).Read)
	case syntaxTurtle, syntaxTriG:
		return stream(turtle.NewReader(r, turtle.Options{Source: name, Base: base, TriG: s == syntaxTriG, BlankPrefix: blank, Recover: recover}).Read)
	}
	if s == syntaxRDFXML {
		return stream(rdfxml.NewReader(r, rdfxml.Options{Source: name, Base: base, BlankPrefix: blank}).Read)
	}
	return func(yield func(rdf.Quad, error) bool) {
		quads, err := wholeOf(r, s, name, base, blank)
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

func stream(read func() (rdf.Quad, error)) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for {
			q, err := read()
			if errors.Is(err, io.EOF) || !yield(q, err) || err != nil {
				return
			}
		}
	}
}

// wholeOf reads a document in a syntax that needs all of it at once.
func wholeOf(r io.Reader, s syntax, name, base, blank string) ([]rdf.Quad, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxWhole+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(body) > maxWhole {
		return nil, fmt.Errorf("read %s: larger than %d MB", name, maxWhole>>20)
	}
	if s == syntaxJSONLD {
		return jsonld.Parse(bytes.NewReader(body), jsonld.Options{Base: base, BlankPrefix: blank})
	}
	doc, _, err := pageOf(body, "", name, base)
	if err != nil {
		return nil, err
	}
	quads := make([]rdf.Quad, len(doc.Quads))
	for i, q := range doc.Quads {
		quads[i] = apart(q.Quad, blank)
	}
	return quads, nil
}

// apart puts a prefix before the labels of blank nodes.
func apart(q rdf.Quad, prefix string) rdf.Quad {
	rename := func(t rdf.Term) rdf.Term {
		if t.IsBlank() {
			return rdf.Blank(prefix + t.Value())
		}
		return t
	}
	return rdf.Quad{Subject: rename(q.Subject), Predicate: q.Predicate, Object: rename(q.Object), Graph: rename(q.Graph)}
}

// pageOf reads an HTML page: its text in UTF-8 and what its RDFa says.
func pageOf(body []byte, contentType, name, base string) (*rdfa.Document, []byte, error) {
	text, _, err := rdfa.Decode(body, contentType)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	doc, err := rdfa.Parse(text, rdfa.Options{Base: base})
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	return doc, text, nil
}

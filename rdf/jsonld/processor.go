package jsonld

import (
	"fmt"

	"github.com/piprate/json-gold/ld"
)

// maxLoads bounds the contexts that one document can ask for.
const maxLoads = 64

// documents is the loader that json-gold is given.
type documents struct {
	options Options
	left    int
}

// LoadDocument returns a document at hand, or one that the caller's loader
// fetches.
func (d *documents) LoadDocument(iri string) (*ld.RemoteDocument, error) {
	if d.left--; d.left < 0 {
		return nil, fmt.Errorf("more than %d contexts", maxLoads)
	}
	body, ok := d.options.Contexts[iri]
	if !ok {
		if d.options.Loader == nil {
			return nil, fmt.Errorf("context %s is not at hand, and nothing is fetched", iri)
		}
		var err error
		if body, err = d.options.Loader(iri); err != nil {
			return nil, fmt.Errorf("load context %s: %w", iri, err)
		}
	}
	v, err := decode(body, d.options)
	if err != nil {
		return nil, err
	}
	return &ld.RemoteDocument{DocumentURL: iri, Document: v}, nil
}

func (o Options) library() *ld.JsonLdOptions {
	l := ld.NewJsonLdOptions(o.Base)
	l.DocumentLoader = &documents{o, maxLoads}
	l.ExpandContext = o.expandContext
	if o.processingMode != "" {
		l.ProcessingMode = o.processingMode
	}
	return l
}

// guard runs a step of the library. What it reports, and also a panic in it,
// becomes an error: input must not bring us down.
func guard[T any](o Options, step func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = o.fail(fmt.Sprintf("not JSON-LD: %v", p))
		}
	}()
	v, err = step()
	if err != nil {
		err = o.fail(err.Error())
	}
	return v, err
}

func expand(doc any, o Options) ([]any, error) {
	if _, ok := doc.(string); ok {
		return nil, o.fail("a JSON-LD document is an object or an array") // the library would fetch it
	}
	return guard(o, func() ([]any, error) { return ld.NewJsonLdProcessor().Expand(doc, o.library()) })
}

func compact(doc, context any, o Options) (map[string]any, error) {
	return guard(o, func() (map[string]any, error) {
		return ld.NewJsonLdProcessor().Compact(doc, context, o.library())
	})
}

func frame(doc, frame any, o Options) (map[string]any, error) {
	return guard(o, func() (map[string]any, error) {
		return ld.NewJsonLdProcessor().Frame(doc, frame, o.library())
	})
}

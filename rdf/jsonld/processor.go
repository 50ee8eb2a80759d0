package jsonld

import (
	"errors"
	"fmt"

	"github.com/piprate/json-gold/ld"
)

const (
	// maxLoads bounds the contexts that one document can ask for.
	maxLoads = 64
	// maxContextWork bounds the terms that json-gold copies: wherever a context
	// is opened it copies all terms that hold there.
	maxContextWork = 20_000_000
)

// documents is the loader that json-gold is given. It keeps account of the
// contexts that a document uses.
type documents struct {
	options Options
	left    int // loads
	weight  weight
	loaded  map[string]any
	failure error // of the caller's loader
}

// weight is what matters for the work that contexts are.
type weight struct {
	objects  int  // JSON objects outside of contexts
	contexts int  // places where a context is opened
	terms    int  // defined in all contexts
	scoped   bool // terms have contexts of their own, opened wherever they are used
}

// add weighs v and what it holds.
func (w *weight) add(v any, inContext bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			w.add(item, inContext)
		}
	case map[string]any:
		if inContext {
			w.terms += len(v)
		} else {
			w.objects++
		}
		for key, item := range v {
			if key == "@context" {
				w.contexts++
				w.scoped = w.scoped || inContext
			}
			w.add(item, inContext || key == "@context")
		}
	}
}

func (w *weight) tooMuch() bool {
	places := w.contexts
	if w.scoped {
		places += w.objects
	}
	return places*w.terms > maxContextWork
}

const tooMuchContext = "contexts with too many terms for the places where they are used"

// LoadDocument returns a document at hand, or one that the caller's loader
// fetches.
func (d *documents) LoadDocument(iri string) (*ld.RemoteDocument, error) {
	if v, ok := d.loaded[iri]; ok {
		return &ld.RemoteDocument{DocumentURL: iri, Document: ld.CloneDocument(v)}, nil
	}
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
			d.failure = fmt.Errorf("load context %s: %w", iri, err)
			return nil, d.failure
		}
	}
	v, err := decode(body, d.options)
	if err != nil {
		return nil, err
	}
	if d.weight.add(v, false); d.weight.tooMuch() {
		return nil, errors.New(tooMuchContext)
	}
	d.loaded[iri] = ld.CloneDocument(v) // the library changes what it is given
	return &ld.RemoteDocument{DocumentURL: iri, Document: v}, nil
}

// library gives the options of json-gold for a document of the given weight.
func (o Options) library(w weight) *ld.JsonLdOptions {
	l := ld.NewJsonLdOptions(o.Base)
	l.DocumentLoader = &documents{options: o, left: maxLoads, weight: w, loaded: map[string]any{}}
	l.ExpandContext = o.expandContext
	if o.processingMode != "" {
		l.ProcessingMode = o.processingMode
	}
	return l
}

// guard runs a step of the library. What it reports, and also a panic in it,
// becomes a syntax error: input must not bring us down. A failure of the
// caller's loader is returned as such.
func guard[T any](o Options, w weight, step func(*ld.JsonLdProcessor, *ld.JsonLdOptions) (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = o.fail(fmt.Sprintf("not JSON-LD: %v", p))
		}
	}()
	l := o.library(w)
	v, err = step(ld.NewJsonLdProcessor(), l)
	if err == nil {
		return v, nil
	}
	if d, ok := l.DocumentLoader.(*documents); ok && d.failure != nil {
		return v, d.failure
	}
	return v, o.fail(err.Error())
}

func expand(doc any, o Options) ([]any, error) {
	if _, ok := doc.(string); ok {
		return nil, o.fail("a JSON-LD document is an object or an array") // the library would fetch it
	}
	var w weight
	if w.add(doc, false); w.tooMuch() {
		return nil, o.fail(tooMuchContext)
	}
	return guard(o, w, func(p *ld.JsonLdProcessor, l *ld.JsonLdOptions) ([]any, error) { return p.Expand(doc, l) })
}

func compact(doc, context any, o Options) (map[string]any, error) {
	return guard(o, weight{}, func(p *ld.JsonLdProcessor, l *ld.JsonLdOptions) (map[string]any, error) {
		return p.Compact(doc, context, l)
	})
}

func frame(doc, shape any, o Options) (map[string]any, error) {
	return guard(o, weight{}, func(p *ld.JsonLdProcessor, l *ld.JsonLdOptions) (map[string]any, error) {
		return p.Frame(doc, shape, l)
	})
}

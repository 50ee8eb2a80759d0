package jsonld

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/piprate/json-gold/ld"
)

func TestConformance(t *testing.T) {
	handlers := map[string]suite.Handler{
		suite.JLD + "ToRDFTest":   toRDFTest,
		suite.JLD + "FromRDFTest": fromRDFTest,
		suite.JLD + "ExpandTest": func(t *testing.T, e suite.Entry) {
			jsonTest(t, e, func(in any, o Options) (any, error) { return expand(in, o) })
		},
		suite.JLD + "CompactTest": func(t *testing.T, e suite.Entry) {
			jsonTest(t, e, func(in any, o Options) (any, error) {
				return guard(o, weight{}, func(p *ld.JsonLdProcessor, l *ld.JsonLdOptions) (any, error) {
					return p.Compact(in, attachment(t, e, "context"), adapt(e, l))
				})
			})
		},
		suite.JLD + "FlattenTest": func(t *testing.T, e suite.Entry) {
			jsonTest(t, e, func(in any, o Options) (any, error) {
				return guard(o, weight{}, func(p *ld.JsonLdProcessor, l *ld.JsonLdOptions) (any, error) {
					return p.Flatten(in, attachment(t, e, "context"), adapt(e, l))
				})
			})
		},
		suite.JLD + "FrameTest": func(t *testing.T, e suite.Entry) {
			jsonTest(t, e, func(in any, o Options) (any, error) {
				return guard(o, weight{}, func(p *ld.JsonLdProcessor, l *ld.JsonLdOptions) (any, error) {
					return p.Frame(in, attachment(t, e, "frame"), adapt(e, l))
				})
			})
		},
	}
	for _, m := range []string{
		"jsonld-api/tests/toRdf", "jsonld-api/tests/fromRdf", "jsonld-api/tests/expand",
		"jsonld-api/tests/compact", "jsonld-api/tests/flatten", "jsonld-framing/tests/frame",
	} {
		name := filepath.Base(m)
		t.Run(name, func(t *testing.T) {
			entries := suite.JSONManifest(t, m+"-manifest.jsonld")
			suite.Run(t, entries, suite.Options{
				Handlers: handlers,
				Skip:     skipped(name, entries),
				Report:   "testdata/earl-" + name + ".ttl",
			})
		})
	}
}

// options gives what the entry asks for. Contexts come from the suite's files.
func options(e suite.Entry) Options {
	o := Options{Base: e.Action.Value(), Loader: func(iri string) ([]byte, error) {
		path := e.Path(iri)
		if path == "" {
			return nil, fmt.Errorf("not in the suite: %s", iri)
		}
		return os.ReadFile(path)
	}}
	if base, ok := e.Option("base").(string); ok {
		o.Base = base
	}
	o.rdfDirection, _ = e.Option("rdfDirection").(string)
	o.useRdfType, _ = e.Option("useRdfType").(bool)
	o.NativeTypes, _ = e.Option("useNativeTypes").(bool)
	o.processingMode, _ = e.Option("processingMode").(string)
	if context, ok := e.Option("expandContext").(string); ok {
		b, err := o.Loader(e.Manifest[:strings.LastIndexByte(e.Manifest, '/')+1] + context)
		if err == nil {
			o.expandContext, err = decode(b, o)
		}
		if err != nil {
			panic(err)
		}
	}
	return o
}

// adapt sets what only the suite asks for.
func adapt(e suite.Entry, l *ld.JsonLdOptions) *ld.JsonLdOptions {
	if v, ok := e.Option("compactArrays").(bool); ok {
		l.CompactArrays = v
	}
	if v, ok := e.Option("omitGraph").(bool); ok {
		l.OmitGraph = v
	} else if l.ProcessingMode == ld.JsonLd_1_0 {
		l.OmitGraph = false
	}
	return l
}

// attachment reads a document that the entry names beside its input.
func attachment(t *testing.T, e suite.Entry, field string) any {
	t.Helper()
	if e.Field(field) == "" {
		return nil
	}
	base := e.Manifest[:len(e.Manifest)-len(filepath.Base(e.Manifest))]
	v, err := decode(e.Read(t, rdf.IRI(base+e.Field(field))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func toRDFTest(t *testing.T, e suite.Entry) {
	got, err := Parse(bytes.NewReader(e.Read(t, e.Action)), options(e))
	switch {
	case e.Field("expectErrorCode") != "":
		if err == nil {
			t.Errorf("got %v, want error %s", got, e.Field("expectErrorCode"))
		}
		return
	case err != nil:
		t.Fatal(err)
	case e.Result.IsZero():
		return // a syntax test
	}
	want, err := nquads.Parse(e.Read(t, e.Result))
	if err != nil {
		t.Fatal(err)
	}
	if !canon.Isomorphic(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

func fromRDFTest(t *testing.T, e suite.Entry) {
	quads, err := nquads.Parse(e.Read(t, e.Action))
	if err != nil {
		t.Fatal(err)
	}
	got, err := document(quads, options(e))
	if e.Field("expectErrorCode") != "" {
		if err == nil {
			t.Errorf("got %v, want error %s", got, e.Field("expectErrorCode"))
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, e.Read(t, e.Result))
}

func jsonTest(t *testing.T, e suite.Entry, run func(in any, o Options) (any, error)) {
	o := options(e)
	in, err := decode(e.Read(t, e.Action), o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := run(in, o)
	if e.Field("expectErrorCode") != "" {
		if err == nil {
			t.Errorf("got %v, want error %s", got, e.Field("expectErrorCode"))
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, e.Read(t, e.Result))
}

// compare compares JSON, arrays without regard to order but in @list.
func compare(t *testing.T, got any, want []byte) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	g, err := decode(b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := decode(want, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !same(g, w, false) {
		t.Errorf("got %s\nwant %s", b, want)
	}
}

func same(a, b any, ordered bool) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			other, ok := b[k]
			if !ok || !same(v, other, k == "@list") {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		rest := slices.Clone(b)
		for _, v := range a {
			i := slices.IndexFunc(rest, func(other any) bool { return same(v, other, false) })
			if i < 0 || ordered && i > 0 {
				return false
			}
			rest = slices.Delete(rest, i, i+1)
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// skipped gathers the reasons for not running tests of a manifest.
func skipped(manifest string, entries []suite.Entry) map[string]string {
	skip := map[string]string{}
	for _, e := range entries {
		if e.Option("specVersion") == "json-ld-1.0" {
			skip[e.IRI] = "of JSON-LD 1.0 only"
		}
		_, id, _ := strings.Cut(e.IRI, "#")
		for _, c := range causes {
			if slices.Contains(strings.Fields(c.tests[manifest]), id) {
				skip[e.IRI] = c.reason
			}
		}
	}
	return skip
}

var causes = []struct {
	reason string
	tests  map[string]string
}{
	{"generalised RDF, with blank nodes as predicates, is not read", map[string]string{
		"toRdf": "t0118 te075"}},
	{"json-gold normalises what it resolves: dots before a query, doubled slashes, and IRIs without an authority", map[string]string{
		"toRdf": "t0122 t0123 t0124 t0125 t0128 t0130 t0131 t0132 tli11 tli12"}},
	{"json-gold does not expand terms that are relative to @vocab as the specification has it", map[string]string{
		"toRdf": "te111 te112", "expand": "t0122"}},
	{"json-gold resolves a context named by a scoped context against the document", map[string]string{
		"toRdf": "tc031", "expand": "tc031"}},
	{"json-gold does not look for errors in scoped contexts that are not used", map[string]string{
		"toRdf": "tc033", "expand": "tc033"}},
	{"json-gold does not apply the scoped context of a @nest term", map[string]string{
		"toRdf": "tc037 tc038", "expand": "tc037 tc038"}},
	{"json-gold lets this error pass", map[string]string{
		"toRdf": "te123 tec02 ter52 ter54 ter56 tpr28", "expand": "t0123 tec02 ter52 ter54 ter56 tpr28"}},
	{"json-gold refuses @reverse terms that are relative to @vocab", map[string]string{
		"toRdf": "tpr38 tpr39", "expand": "tpr38 tpr39"}},
	{"json-gold loses the @graph container of a protected term", map[string]string{
		"toRdf": "tpr43", "expand": "tpr43"}},
	{"an ill-formed JSON literal is kept as it is: one literal shall not keep a page from being written", map[string]string{
		"fromRdf": "tjs08 tjs09"}},
	{"json-gold does not compact relative to the base when the result looks like a keyword", map[string]string{
		"compact": "t0111"}},
	{"json-gold takes this IRI for one that uses a prefix", map[string]string{
		"compact": "t0112 tp001"}},
	{"json-gold does not compact property-valued indexes in this way", map[string]string{
		"compact": "t0113 tm023"}},
	{"json-gold does not compact inside @included", map[string]string{
		"compact": "tin01 tin02 tin03 tin04 tin05", "frame": "tin01 tin02 tin03"}},
	{"json-gold does not take a default for @type in a frame", map[string]string{
		"frame": "t0064"}},
}

package suite

import (
	"encoding/json"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
)

// JSONManifest reads a manifest of the JSON-LD suites, given by its path below
// shared/suites. An entry's Type is the one that names the algorithm, such as
// JLD + "ToRDFTest"; Action is the input and Result the expected document, no
// term where an error is expected. The rest is in JSON.
func JSONManifest(t testing.TB, manifest string) []Entry {
	t.Helper()
	shared := Shared(t)
	iri := published(t, manifest)
	b, err := os.ReadFile(localPath(shared, iri))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		BaseIRI  string `json:"baseIri"`
		Sequence []map[string]any
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("read manifest %s: %v", manifest, err)
	}
	var entries []Entry
	for _, fields := range m.Sequence {
		e := Entry{JSON: fields, Manifest: iri, shared: shared}
		e.IRI = m.BaseIRI + strings.TrimSuffix(path.Base(manifest), ".jsonld") + e.Field("@id")
		e.Name = e.Field("name")
		types, _ := fields["@type"].([]any)
		for _, v := range types {
			if s, _ := v.(string); strings.HasPrefix(s, "jld:") && !strings.HasSuffix(s, "EvaluationTest") && !strings.HasSuffix(s, "SyntaxTest") {
				e.Type = JLD + s[len("jld:"):]
			}
		}
		if s := e.Field("input"); s != "" {
			e.Action = rdf.IRI(m.BaseIRI + s)
		}
		if s := e.Field("expect"); s != "" {
			e.Result = rdf.IRI(m.BaseIRI + s)
		}
		entries = append(entries, e)
	}
	return entries
}

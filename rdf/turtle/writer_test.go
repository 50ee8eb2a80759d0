package turtle_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/turtle"
)

func write(t testing.TB, quads []rdf.Quad, o turtle.Options) string {
	t.Helper()
	var b bytes.Buffer
	w := turtle.NewWriter(&b, o)
	for _, q := range quads {
		if err := w.Write(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var prefixes = map[string]string{
	"":        "http://example.org/",
	"besluit": "http://data.vlaanderen.be/ns/besluit#",
	"xsd":     "http://www.w3.org/2001/XMLSchema#",
	"foaf":    "http://xmlns.com/foaf/0.1/",
}

// Each case of testdata/write is a TriG document, dashes, and the same as the
// writer lays it out.
func TestWriterLayout(t *testing.T) {
	files, err := filepath.Glob("testdata/write/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, want, _ := strings.Cut(string(b), "-----\n")
			quads, err := turtle.ParseTriG([]byte(in), "http://example.org/doc")
			if err != nil {
				t.Fatal(err)
			}
			got := write(t, quads, turtle.Options{TriG: true, Prefixes: prefixes, Base: "http://example.org/doc"})
			if suite.Update() {
				if err := os.WriteFile(file, []byte(in+"-----\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			again, err := turtle.ParseTriG([]byte(got), "")
			if err != nil {
				t.Fatalf("%v in\n%s", err, got)
			}
			if !canon.Isomorphic(quads, again) {
				t.Errorf("reads back differently:\n%s", got)
			}
		})
	}
}

// Whatever the suites hold can be written in each way and read back the same.
func TestWriterRoundTrip(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(suite.Shared(t), "suites/w3c-rdf11/rdf-t*/*.t*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		quads, err := turtle.ParseTriG(b, "http://example.org/"+filepath.Base(file))
		if err != nil {
			continue // a negative test
		}
		for _, stream := range []bool{false, true} {
			text := write(t, quads, turtle.Options{TriG: true, Stream: stream, Prefixes: prefixes})
			again, err := turtle.ParseTriG([]byte(text), "")
			if err != nil {
				t.Errorf("%s, stream %v: %v in\n%s", filepath.Base(file), stream, err, text)
			} else if !canon.Isomorphic(quads, again) {
				t.Errorf("%s, stream %v: reads back differently:\n%s", filepath.Base(file), stream, text)
			}
		}
	}
}

package rdfa_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// TestCases runs the files in testdata/cases: a page, and below it what it
// says: each triple with the attribute that made it, the subjects with their
// tags, and the findings with what they point at. -update rewrites the files.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			options := rdfa.Options{Base: "https://vlavirgem.be/lijst"}
			head, rest, _ := strings.Cut(string(raw), "-- page\n")
			if name, ok := strings.CutPrefix(strings.TrimSpace(head), "host: "); ok {
				for _, h := range suiteHosts {
					if h.name == name {
						options.Host = h.host
					}
				}
			}
			page, _, _ := strings.Cut(rest, "-- says\n")
			got := head + "-- page\n" + page + "-- says\n" + describe([]byte(page), options)
			if suite.Update() {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(raw) {
				t.Errorf("%s: got\n%s", file, got)
			}
		})
	}
}

// describe writes what a page says.
func describe(page []byte, options rdfa.Options) string {
	doc, err := rdfa.Parse(page, options)
	var b strings.Builder
	if doc == nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	at := func(s rdf.Span) string {
		if s.IsZero() {
			return "nowhere"
		}
		return fmt.Sprintf("%v %s", s.Start, page[s.Start.Offset:s.End.Offset])
	}
	if doc.Title != "" {
		fmt.Fprintf(&b, "title: %s\n", doc.Title)
	}
	if doc.Base != options.Base {
		fmt.Fprintf(&b, "base: %s\n", doc.Base)
	}
	for _, q := range doc.Quads {
		fmt.Fprintf(&b, "%v\n\t%s\n", q.Quad, at(q.Span))
	}
	seen := map[rdf.Term]bool{}
	for _, q := range doc.Quads {
		if span, ok := doc.Subjects[q.Subject]; ok && !seen[q.Subject] {
			seen[q.Subject] = true
			fmt.Fprintf(&b, "subject %v\n\t%s\n", q.Subject, at(span))
		}
	}
	for _, f := range doc.Findings {
		fmt.Fprintf(&b, "%v %s\n\t%s\n\t%s\n\t%s\n", f.Severity, f.Rule, at(f.Span), f.Message.NL, f.Message.EN)
	}
	var syntax *rdf.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Fprintf(&b, "error: %v\n\t%s\n", syntax, at(syntax.Span))
	}
	return b.String()
}

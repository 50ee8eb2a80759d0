package oslo_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// realPages are pages as municipalities publish them, and the example pages of
// the certification. The level is what we compute and what the official
// validator says of the real ones (peer-run-summary.txt).
var realPages = []struct {
	file            string
	soort           besluit.Soort
	level, official oslo.Level
	why             string // where the two differ
	practised       bool   // conforms to the profile as practised
}{
	{"real-aalter-besluitenlijst-onlinesmartcities.html", besluit.Besluitenlijst, oslo.NoLevel, oslo.NoLevel, "", false},
	{"real-boortmeerbeek-agenda-meetingburger.html", besluit.Agenda, oslo.Level1, oslo.Level1, "", false},
	{"real-erpe-mere-besluitenlijst-ocmwraad-cevi-lblodweb.html", besluit.Besluitenlijst, oslo.NoLevel, oslo.NoLevel, "", true},
	{"real-essen-besluitenlijst-gelinkt-notuleren.html", besluit.Besluitenlijst, oslo.NoLevel, oslo.NoLevel, "", true},
	{"real-machelen-agenda-cipalschaubroeck.html", besluit.Agenda, oslo.NoLevel, oslo.NoLevel, "", false},
	{"real-torhout-notulen-gemeenteraad-cevi-lblodweb.html", besluit.Notulen, oslo.NoLevel, oslo.Level1,
		"prov:value of each decision links to a PDF, where the shape wants the text; the official validator does not look at node kinds", true},
	{"lib-decision-shapes-0.0.25-example-basic-agenda.html", besluit.Agenda, oslo.Level1, oslo.Level1, "", false},
	{"lib-decision-shapes-0.0.25-example-decision-list.html", besluit.Besluitenlijst, oslo.Level1, oslo.Level1, "", false},
	{"lib-decision-shapes-0.0.25-example-notulen.html", besluit.Notulen, oslo.NoLevel, oslo.NoLevel, "", false},
	{"brechtvdv-demo-data-gemeenteraad-gent-1.html", "", oslo.NoLevel, oslo.NoLevel, "", true},
}

// The findings on real pages are those that were looked at by eye, one by one,
// on 22 November 2026, with the source of the page beside them: none is a false
// alarm. testdata/realpages.txt keeps for each rule the lines, and a hash of the
// bytes that the finding points at; run with -update to write it anew.
func TestRealPages(t *testing.T) {
	folder := filepath.Join(suite.Shared(t), "pages", "html")
	var golden bytes.Buffer
	for _, page := range realPages {
		t.Run(page.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, page.file))
			if err != nil {
				t.Fatal(err)
			}
			in := read(t, "https://example.org/page", text)
			g := graphOf(in)
			if soort, _ := oslo.Detect(g); soort != page.soort {
				t.Errorf("detected %q, want %q", soort, page.soort)
			}
			v := oslo.Validate(in, oslo.Options{Profile: oslo.DetectProfile(g), Now: noon})
			if got := levelOf(v); got != page.level {
				t.Errorf("level %q, want %q", got, page.level)
			}
			if (page.level == page.official) != (page.why == "") {
				t.Errorf("level %q and officially %q: say why", page.level, page.official)
			}
			fmt.Fprintf(&golden, "%s %s\n", page.file, v.Profile)
			places := map[string][]string{}
			for _, f := range v.Findings {
				sum := sha256.Sum256(text[f.Span.Start.Offset:f.Span.End.Offset])
				places[f.Rule] = append(places[f.Rule], fmt.Sprintf("%d:%x", f.Span.Start.Line, sum[:3]))
			}
			rules := make([]string, 0, len(places))
			for rule, at := range places {
				rules = append(rules, fmt.Sprintf("  %s %d  %s\n", rule, len(at), strings.Join(at, " ")))
			}
			slices.Sort(rules)
			golden.WriteString(strings.Join(rules, ""))
			if v := oslo.Validate(in, oslo.Options{Now: noon}); v.Conforms != page.practised {
				t.Errorf("as practised: conforms %v, want %v", v.Conforms, page.practised)
			}
		})
	}
	file := filepath.Join("testdata", "realpages.txt")
	if suite.Update() {
		if err := os.WriteFile(file, golden.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(golden.Bytes(), want) {
		t.Errorf("the findings are not those of %s:\n%s", file, golden.Bytes())
	}
}

func graphOf(in oslo.Input) *rdf.Graph {
	g := rdf.NewGraph()
	for _, q := range in.Quads {
		g.Add(q.Quad)
	}
	return g
}

// What a finding points at has the fault in it: the words that it complains
// of, else the property whose value is wrong, else, for what is missing, the tag
// of the element that it is missing from. In every profile, on every real page.
func TestPlacesContainTheFault(t *testing.T) {
	folder := filepath.Join(suite.Shared(t), "pages", "html")
	for _, page := range realPages {
		text, err := os.ReadFile(filepath.Join(folder, page.file))
		if err != nil {
			t.Fatal(err)
		}
		in := read(t, "https://example.org/page", text)
		for _, profile := range oslo.Profiles() {
			for _, f := range oslo.Validate(in, oslo.Options{Profile: profile, Now: noon}).Findings {
				if f.Span.IsZero() {
					if f.Rule != "class-absent" && f.Rule != "no-decision-data" {
						t.Errorf("%s, %s: %s has no place", page.file, profile, f.Rule)
					}
					continue
				}
				at := html.UnescapeString(string(text[f.Span.Start.Offset:f.Span.End.Offset]))
				if !containsFault(at, f) {
					t.Errorf("%s, %s: line %d: %s points at %.200q", page.file, profile, f.Span.Start.Line, f.Rule, at)
				}
			}
		}
	}
}

// containsFault reports whether a piece of a page has in it what a finding is
// about.
func containsFault(at string, f rdf.Finding) bool {
	local := func(iri string) string { return iri[strings.LastIndexAny(strings.TrimRight(iri, ">"), "#/:")+1:] }
	for _, word := range []string{
		strings.Trim(at, `"' `), // said again in the message, as the parser's findings do
	} {
		if len(word) > 0 && strings.Contains(f.Message.EN, word) {
			return true
		}
	}
	if strings.Contains(at, "=") && f.Rule == "empty-resource" {
		return true
	}
	// The path may be several properties, or a property may stand in the vocabulary of the page.
	for _, name := range strings.FieldsFunc(f.Path, func(r rune) bool { return strings.ContainsRune("<>|^/ ()", r) && r != '/' }) {
		if local(name) != "" && strings.Contains(at, local(name)) && !f.Value.IsZero() {
			return true
		}
	}
	if tail := local(cmp.Or(f.Value.Value(), "-")); f.Value.IsIRI() && strings.Contains(at, tail) {
		return true
	}
	// What is missing: the start tag that introduced the subject.
	emptyName := strings.Contains(at, "resource=''") || strings.Contains(at, `resource=""`)
	return strings.HasPrefix(at, "<") && (f.Focus.IsBlank() || emptyName || strings.Contains(at, local(f.Focus.Value())))
}

// levelOf is the level of a verdict, open or not.
func levelOf(v oslo.Verdict) oslo.Level {
	level, _ := v.Maturity.Level()
	return level
}

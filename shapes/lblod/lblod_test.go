package lblod_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf/rdfa"
	"github.com/belfort-lod/belfort/shapes/lblod"
)

// base is the address at which the official validator reads files.
const base = "http://example.org/"

func validate(t testing.TB, text []byte, soort besluit.Soort) lblod.Verdict {
	t.Helper()
	text, _, err := rdfa.Decode(text, "")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := rdfa.Parse(text, rdfa.Options{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	return lblod.Validate(text, doc.Quads, soort)
}

func validateFile(t testing.TB, file string, soort besluit.Soort) lblod.Verdict {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return validate(t, text, soort)
}

// names are the document types as the official validator writes them.
var names = map[besluit.Soort]string{
	besluit.Agenda: "Agenda", besluit.Besluitenlijst: "Besluitenlijst", besluit.Notulen: "Notulen", "": "unknown document type",
}

func soortOf(name string) besluit.Soort {
	for soort, n := range names {
		if n == name {
			return soort
		}
	}
	return ""
}

// run is what the official validator says of a page, in the terms of the record
// of its runs: the table of each class with the properties that are wrong.
type run struct {
	File, Detected, Used, Maturity string
	Derefs                         int
	Tables                         []string
}

// runOf writes our verdict in the same terms.
func runOf(file string, v lblod.Verdict) run {
	r := run{
		File: file, Detected: names[v.Detected], Used: names[v.Used],
		Maturity: fmt.Sprintf("Niveau %d", v.Level), Derefs: v.Fetches,
	}
	for _, c := range v.Classes {
		wrong := map[string]int{}
		for _, p := range v.Problems {
			if p.Class == c.IRI {
				wrong[p.Name]++
			}
		}
		encoded, _ := json.Marshal(wrong)
		missing := ""
		for _, m := range v.Missing {
			if m == c.IRI {
				missing = "Maturiteitslevel 1: klasse " + m + " ontbreekt."
			}
		}
		r.Tables = append(r.Tables, table(c.IRI[strings.LastIndexAny(c.IRI, "#/")+1:], c.Count, encoded, missing))
	}
	return r
}

// table is one line of a record; the properties are sorted.
func table(class string, count int, wrong []byte, missing string) string {
	var counts map[string]int
	_ = json.Unmarshal(wrong, &counts)
	sorted, _ := json.Marshal(counts)
	return fmt.Sprintf("%s n=%d invalid=%s %s", class, count, sorted, missing)
}

// recorded reads the record of runs of the official validator.
func recorded(t *testing.T) []run {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(suite.Shared(t), "pages", "peer-run-summary.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var runs []run
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "{"):
			var r run
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			runs = append(runs, r)
		case strings.HasPrefix(line, "  "):
			var class string
			var count int
			if _, err := fmt.Sscanf(line, "%s n=%d", &class, &count); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			_, rest, _ := strings.Cut(line, "invalid=")
			wrong, rest, _ := strings.Cut(rest, " sparql=")
			_, missing, _ := strings.Cut(rest, "coll=")
			last := &runs[len(runs)-1]
			last.Tables = append(last.Tables, table(class, count, []byte(wrong), missing))
		}
	}
	return runs
}

// What we compute is what the official validator said of each page: the kind of
// document, the level, how many addresses it fetched, and for each class how
// many it counts and what is wrong with them.
func TestRecordedRuns(t *testing.T) {
	runs := recorded(t)
	if len(runs) < 6 {
		t.Fatalf("%d runs in the record", len(runs))
	}
	for _, want := range runs {
		t.Run(want.File, func(t *testing.T) {
			file := filepath.Join(suite.Shared(t), "pages", "html", want.File)
			compare(t, want, runOf(want.File, validateFile(t, file, soortOf(want.Used))))
		})
	}
}

func compare(t *testing.T, want, got run) {
	t.Helper()
	if got.Detected != want.Detected || got.Maturity != want.Maturity || got.Derefs != want.Derefs {
		t.Errorf("%s, %s, %d fetches; the official validator: %s, %s, %d", got.Detected, got.Maturity, got.Derefs, want.Detected, want.Maturity, want.Derefs)
	}
	tables := map[string]bool{}
	for _, line := range got.Tables {
		tables[line] = true
	}
	for _, line := range want.Tables {
		if !tables[line] {
			class, _, _ := strings.Cut(line, " ")
			for _, ours := range got.Tables {
				if strings.HasPrefix(ours, class+" ") {
					t.Errorf("%s\n  the official validator: %s", ours, line)
				}
			}
		}
	}
	if len(got.Tables) != len(want.Tables) {
		t.Errorf("%d classes, the official validator %d", len(got.Tables), len(want.Tables))
	}
}

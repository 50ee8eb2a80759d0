package suite

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
)

var update = flag.Bool("update", false, "rewrite the expected files of tests")

// Update reports whether the tests were run with -update: tests then rewrite
// the files that they otherwise compare with. The flag is declared here, so a
// test package that imports this one must not declare it again.
func Update() bool { return *update }

// Handler runs one test and fails t where the outcome is not the expected one.
type Handler func(t *testing.T, e Entry)

// Options says how to run entries.
type Options struct {
	// Handlers by the IRI of the test type. An entry of another type fails.
	Handlers map[string]Handler
	// Skip holds the IRIs of tests that are not run, each with the reason. One
	// that is not in the manifest fails, so that the list stays true.
	Skip map[string]string
	// Report is the path of the EARL report, below the package's folder: with
	// -update it is written, otherwise it must agree. Empty means no report.
	Report string
}

// Run runs each entry as a subtest and compares the report.
func Run(t *testing.T, entries []Entry, o Options) {
	t.Helper()
	outcomes, ran := map[string]outcome{}, 0
	skip := map[string]bool{}
	for _, e := range entries {
		t.Run(subtest(e), func(t *testing.T) {
			ran++
			outcomes[e.IRI] = outcome{"failed", ""}
			reason, skipped := o.Skip[e.IRI]
			handler := o.Handlers[e.Type]
			switch {
			case skipped:
				skip[e.IRI] = true
				outcomes[e.IRI] = outcome{"untested", reason}
				t.Skip(reason)
			case handler == nil:
				t.Fatalf("no handler for test type %s", e.Type)
			}
			handler(t, e)
			if !t.Failed() {
				outcomes[e.IRI] = outcome{"passed", ""}
			}
		})
	}
	if ran < len(entries) {
		return // a filter was given: this is no full run
	}
	for iri := range o.Skip {
		if !skip[iri] {
			t.Errorf("skip list names %s, which is not in the manifest", iri)
		}
	}
	if o.Report != "" {
		report(t, entries, outcomes, o.Report)
	}
}

// subtest names the subtest of an entry: manifests use a fragment again.
func subtest(e Entry) string {
	folder := filepath.Base(filepath.Dir(strings.TrimPrefix(e.Manifest, "https://")))
	_, name, ok := strings.Cut(e.IRI, "#")
	if !ok {
		name = localName(e.IRI)
	}
	return folder + "/" + name
}

type outcome struct{ result, reason string }

// report writes or compares an EARL report. It names no time, so that it
// changes only when an outcome does.
func report(t *testing.T, entries []Entry, outcomes map[string]outcome, path string) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("@prefix earl: <http://www.w3.org/ns/earl#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n\n")
	count := map[string]int{}
	for _, e := range entries {
		o := outcomes[e.IRI]
		count[o.result]++
		reason := ""
		if o.reason != "" {
			reason = " ; dct:description " + rdf.String(o.reason).String()
		}
		fmt.Fprintf(&b, "[] a earl:Assertion ; earl:mode earl:automatic ; earl:subject <https://github.com/belfort-lod/belfort> ;\n"+
			"  earl:test %v ; earl:result [ a earl:TestResult ; earl:outcome earl:%s%s ] .\n", e.Node(), o.result, reason)
	}
	t.Logf("%d passed, %d failed, %d not run, of %d", count["passed"], count["failed"], count["untested"], len(entries))
	if Update() {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("no report to compare with, run with -update: %v", err)
	}
	if !bytes.Equal(kept, b.Bytes()) {
		t.Errorf("outcome differs from %s; if that is meant, run with -update:\n%s", path, difference(kept, b.Bytes()))
	}
}

// difference lists the first lines that only one of the two has.
func difference(kept, now []byte) string {
	a, b := strings.Split(string(kept), "\n"), strings.Split(string(now), "\n")
	var lines []string
	add := func(sign string, from, other []string) {
		for _, line := range from {
			if len(lines) < 20 && !slices.Contains(other, line) {
				lines = append(lines, sign+line)
			}
		}
	}
	add("- ", a, b)
	add("+ ", b, a)
	return strings.Join(lines, "\n")
}

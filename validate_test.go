package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin/binding"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// exits runs a command that must end with an exit code: exits CODE COMMAND
// ARGUMENT.... What it writes can be looked at as after exec.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// Pages for the snippets: one without a violation, and one with.
const (
	cleanPage = `<html prefix="besluit: http://data.vlaanderen.be/ns/besluit# dct: http://purl.org/dc/terms/"><div typeof="besluit:Agendapunt" resource="https://gemeente.example/id/agendapunten/1">
<span property="dct:title">Terrassen</span> <span property="besluit:geplandOpenbaar" datatype="xsd:boolean" content="true">openbaar</span></div></html>`
	faultyPage = `<html prefix="besluit: http://data.vlaanderen.be/ns/besluit#"><div typeof="besluit:Zitting" resource="gemeente.example/zitting/1">Zitting</div></html>`
)

// The snippets for build servers are YAML, and the commands in them do what they
// say: they pass on clean pages, fail on others, and make the files that are
// handed on.
func TestSnippets(t *testing.T) {
	tests := []struct {
		file  string
		shell string // what runs a command
		makes []string
	}{
		{"github-actions.yml", "", []string{"belfort.sarif"}},
		{"gitlab-ci.yml", "", []string{"gl-code-quality-report.json", "junit.xml", "belfort.html"}},
		{"pre-commit-config.yaml", "uit/page.html", nil},
		{"check.sh", "", []string{"belfort.html"}},
		{"README.md", "", []string{"bekend.json"}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			file, err := filepath.Abs(filepath.Join("docs", "ci", test.file))
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			commands := commandsIn(t, test.file, text)
			if test.file == "check.sh" {
				commands = []string{"sh " + file}
			}
			if len(commands) == 0 {
				t.Fatal("no command")
			}
			for _, c := range []struct {
				page  string
				fails bool
			}{{cleanPage, false}, {faultyPage, true}} {
				dir := t.TempDir()
				if err := errors.Join(os.Mkdir(filepath.Join(dir, "uit"), 0o755), os.WriteFile(filepath.Join(dir, "uit", "page.html"), []byte(c.page), 0o600)); err != nil {
					t.Fatal(err)
				}
				failed := false
				for _, command := range commands {
					cmd := exec.Command("sh", "-c", command+" "+test.shell)
					cmd.Dir = dir
					out, err := cmd.CombinedOutput()
					var exit *exec.ExitError
					if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
						t.Fatalf("%s: %v\n%s", command, err, out)
					}
					failed = failed || err != nil
				}
				// With a baseline the known fault is none.
				if want := c.fails && test.file != "README.md"; failed != want {
					t.Errorf("%q fails: %v, want %v", commands, failed, want)
				}
				for _, made := range test.makes {
					if info, err := os.Stat(filepath.Join(dir, made)); err != nil || info.Size() == 0 {
						t.Errorf("%s was not made", made)
					}
					if !bytes.Contains(text, []byte(made)) {
						t.Errorf("%s is not handed on", made)
					}
				}
			}
		})
	}
}

// commandsIn finds the belfort commands of a snippet. Those of YAML are its
// strings, so that a mistake in the YAML shows.
func commandsIn(t *testing.T, name string, text []byte) (commands []string) {
	t.Helper()
	if !strings.HasSuffix(name, "ml") {
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "belfort validate ") {
				commands = append(commands, strings.TrimSpace(line))
			}
		}
		return commands
	}
	var tree any
	if err := binding.YAML.BindBody(text, &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if strings.HasPrefix(v, "belfort ") {
				commands = append(commands, v)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(tree)
	return commands
}

// position is where a finding starts or ends, as the JSON tells it.
type position struct{ Line, Column, Offset int }

// TestPositions judges the real pages and the examples with the whole binary.
// The bytes of each finding lie within the page, its line and column are those
// of its offset, its snippet is what stands there, and the line above the caret
// in the text is that line of the page.
func TestPositions(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(suite.Shared(t), "pages", "html", "*.html"))
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	pages = append(pages, filepath.Join(suite.Shared(t), "pages", "bug-probe.html"))
	var report struct {
		Documents []struct {
			Source   string
			Findings []struct {
				Rule, Snippet string
				Start, End    *position
			}
		}
	}
	arguments := append([]string{"validate", "--fail-on", "never"}, pages...)
	if err := json.Unmarshal(belfort(t, append(slices.Clone(arguments), "--format", "json")...), &report); err != nil {
		t.Fatal(err)
	}
	text := string(belfort(t, append(arguments, "--all", "--quiet", "--language", "en", "--color", "never")...))
	placed, compared := 0, 0
	for _, d := range report.Documents {
		raw, err := os.ReadFile(d.Source)
		if err != nil {
			t.Fatal(err)
		}
		page, _, err := rdfa.Decode(raw, "")
		if err != nil {
			t.Fatal(err)
		}
		lines := regexp.MustCompile("\r\n|\r|\n").Split(string(page), -1)
		for _, f := range d.Findings {
			if f.Start == nil {
				continue
			}
			placed++
			if f.Start.Offset < 0 || f.End.Offset > len(page) || f.Start.Offset >= f.End.Offset {
				t.Errorf("%s: %s at bytes %d to %d of %d", d.Source, f.Rule, f.Start.Offset, f.End.Offset, len(page))
				continue
			}
			before := []rune(string(page[:f.Start.Offset]))
			line := lines[f.Start.Line-1]
			if column := []rune(line); f.Start.Column > len(column)+1 || !strings.HasSuffix(string(before), string(column[:f.Start.Column-1])) {
				t.Errorf("%s: %s at %d:%d is not offset %d", d.Source, f.Rule, f.Start.Line, f.Start.Column, f.Start.Offset)
			}
			cut := strings.TrimSuffix(f.Snippet, "…")
			if cut == "" || !strings.Contains(f.Snippet, "*") && !bytes.HasPrefix(page[f.Start.Offset:], []byte(cut)) {
				t.Errorf("%s: %s at %d:%d: snippet %q", d.Source, f.Rule, f.Start.Line, f.Start.Column, f.Snippet)
			}
		}
		carets := caretLines(text, d.Source)
		for number, shown := range carets {
			compared++
			want := strings.ReplaceAll(lines[number-1], "\t", "    ")
			if !strings.Contains(want, strings.Trim(shown, "…")) {
				t.Errorf("%s:%d is shown as %q", d.Source, number, shown)
			}
		}
	}
	if placed < 200 || compared < 200 {
		t.Errorf("%d findings have a place, %d lines are shown", placed, compared)
	}
}

// caretLines returns the source lines that a text report shows of a document,
// by number.
func caretLines(text, source string) map[int]string {
	shown := map[int]string{}
	ours := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if number, rest, ok := strings.Cut(line, " | "); ok && ours {
			if n, err := strconv.Atoi(strings.TrimSpace(number)); err == nil {
				shown[n] = rest
			}
			continue
		}
		if !strings.HasPrefix(line, " ") {
			ours = strings.HasPrefix(line, source+":")
		}
	}
	return shown
}

package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belfort-lod/belfort/shapes/report"
)

func TestPatterns(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"a.html", "b.HTM", "c.txt", "in/d.html", "in/deep/e.xhtml", ".git/f.html", "node_modules/g.html"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		sources, want []string
	}{
		{[]string{"."}, []string{"a.html", "b.HTM", "in/d.html", "in/deep/e.xhtml"}},
		{[]string{"in"}, []string{"in/d.html", "in/deep/e.xhtml"}},
		{[]string{"*.html"}, []string{"a.html"}},
		{[]string{"**/*.html"}, []string{"a.html", "in/d.html"}},
		{[]string{"in/**"}, []string{"in/d.html", "in/deep/e.xhtml"}},
		{[]string{"in/*/e.*"}, []string{"in/deep/e.xhtml"}},
		{[]string{"./in/[a-e].html"}, []string{"in/d.html"}},
		{[]string{"c.txt", "missing.html", "-", "https://a.example/*"}, []string{"c.txt", "missing.html", "-", "https://a.example/*"}},
		{[]string{"in/d.html", "in", "in/d.html"}, []string{"in/d.html", "in/deep/e.xhtml"}},
		{[]string{filepath.Join(dir, "in", "*.html")}, []string{filepath.Join(dir, "in", "d.html")}},
	}
	for _, test := range tests {
		targets, err := expand(test.sources)
		var got []string
		for _, target := range targets {
			got = append(got, filepath.ToSlash(target.name))
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, %v; want %q", test.sources, got, err, test.want)
		}
	}
	for _, wrong := range []string{"*.nothing", "[", "nowhere/*.html", ".git"} {
		if targets, err := expand([]string{wrong}); err == nil && wrong != ".git" {
			t.Errorf("%q gives %v", wrong, targets)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"auto", "praktijk", "agenda", "besluitenlijst", "notulen"}
	for word, want := range map[string]string{
		"notule": "notulen", "Notulen": "notulen", "agneda": "agenda", "besluitlijst": "besluitenlijst", "praktijken": "praktijk", "xyz": "", "": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestLanguageOfEnvironment(t *testing.T) {
	for _, test := range []struct {
		all, lang, asked string
		want             report.Language
	}{
		{"", "", "", report.NL}, {"", "en_GB.UTF-8", "", report.EN}, {"", "C", "", report.NL}, {"nl_BE.UTF-8", "en_US", "", report.NL},
		{"", "nl_BE", "en", report.EN}, {"", "fr_BE", "", report.NL},
	} {
		t.Setenv("LC_ALL", test.all)
		t.Setenv("LC_MESSAGES", "")
		t.Setenv("LANG", test.lang)
		if got := languageOf(test.asked); got != test.want {
			t.Errorf("LC_ALL=%s LANG=%s --language %s: %s", test.all, test.lang, test.asked, got)
		}
	}
}

const (
	goodPage = `<html prefix="besluit: http://data.vlaanderen.be/ns/besluit#"><div typeof="besluit:Agendapunt" resource="https://g.example/1"><b property="http://purl.org/dc/terms/title">T</b><b property="besluit:geplandOpenbaar" datatype="xsd:boolean">true</b></div></html>`
	badPage  = `<html prefix="besluit: http://data.vlaanderen.be/ns/besluit#"><div typeof="besluit:Agendapunt" resource="g.example/1">T</div></html>`
)

// A watched folder is judged at once, and again when a file changes, comes or
// goes; a tick without a change writes nothing. Ending it is no failure.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var out, trouble bytes.Buffer
		e := &env{ctx: ctx, stdout: &out, stderr: &trouble, stdin: strings.NewReader("")}
		c := &validateCommand{Source: []string{dir}, Profile: "praktijk", Language: "en", Color: "never", FailOn: "violation", Watch: true}
		v, err := c.prepare(e)
		if err != nil {
			t.Fatal(err)
		}
		ticks := make(chan time.Time)
		v.ticks = func() (<-chan time.Time, func()) { return ticks, func() {} }
		changed := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		save := func(name, text string) {
			t.Helper()
			file := filepath.Join(dir, name)
			changed = changed.Add(time.Minute)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(file, changed, changed); err != nil {
				t.Fatal(err)
			}
		}
		done := make(chan error)
		go func() { done <- v.watch() }()
		synctest.Wait()
		if !strings.Contains(trouble.String(), "no pages in this folder") {
			t.Errorf("an empty folder: %q", trouble.String())
		}
		step := func(what, want, without string) {
			t.Helper()
			out.Reset()
			ticks <- time.Time{}
			synctest.Wait()
			if !strings.Contains(out.String(), want) || without != "" && strings.Contains(out.String(), without) || want == "" && out.Len() > 0 {
				t.Errorf("%s: %q", what, out.String())
			}
		}
		save("a.html", badPage)
		step("a page came", "[missing-scheme]", "")
		step("nothing changed", "", "")
		save("a.html", goodPage)
		step("it was mended", "0 violations", "[missing-scheme]")
		save("b.html", badPage)
		step("another came", "2 pages: 1 violation, 3 warnings", "")
		if err := os.Remove(filepath.Join(dir, "b.html")); err != nil {
			t.Fatal(err)
		}
		step("it went", "a.html: 0 violations", "[missing-scheme]")
		if strings.Contains(out.String(), "\x1b") {
			t.Error("the screen is cleared where there is none")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

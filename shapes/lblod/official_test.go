package lblod_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/suite"
	"github.com/belfort-lod/belfort/internal/vlavirgem"
)

// officialRun is a line of testdata/official.mjs.
type officialRun struct {
	File, Detected, Used, Maturity, Error string
	Unresolved                            int
	Tables                                []struct {
		Class, Missing string
		Count          int
		Wrong          map[string]int
	}
}

// TestOfficialValidator asks the official validator itself, and compares. It
// needs Node and a folder in which npm installed @lblod/lib-decision-validation
// 1.0.51, named by BELFORT_LBLOD: the pages of Vlavirgem, each of its faults, the
// examples and real pages judged as every kind of document, and pages from which
// things were taken away by chance.
func TestOfficialValidator(t *testing.T) {
	folder := os.Getenv("BELFORT_LBLOD")
	if folder == "" {
		t.Skip("BELFORT_LBLOD names no folder with the official validator")
	}
	pages := pagesToAsk(t)
	out, err := exec.Command("node", append([]string{filepath.Join("testdata", "official.mjs"), folder}, pages...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o officialRun
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		asked++
		t.Run(filepath.Base(o.File)+" as "+o.Used, func(t *testing.T) {
			if o.Error != "" {
				t.Fatal(o.Error)
			}
			// It remembers what it fetched for an earlier page: no numbers of those.
			want := run{File: o.File, Detected: o.Detected, Used: o.Used, Maturity: o.Maturity}
			for _, c := range o.Tables {
				wrong, _ := json.Marshal(c.Wrong)
				missing := c.Missing
				if missing != "" {
					missing = "Maturiteitslevel 1: klasse " + missing + " ontbreekt."
				}
				want.Tables = append(want.Tables, table(c.Class, c.Count, wrong, missing))
			}
			v := validateFile(t, o.File, soortOf(o.Used))
			got := runOf(o.File, v)
			got.Derefs = 0
			compare(t, want, got)
			if v.Level == 1 && len(v.Unresolved) != o.Unresolved {
				t.Errorf("%d mandatarissen unresolved, the official validator: %d", len(v.Unresolved), o.Unresolved)
			}
		})
	}
	if asked != len(pages) {
		t.Errorf("%d answers on %d pages", asked, len(pages))
	}
	t.Logf("%d pages", asked)
}

func pagesToAsk(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var pages []string
	write := func(name string, text []byte) {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, file)
	}
	gemeente := vlavirgem.New("https://www.vlavirgem.example")
	var texts [][]byte
	for i, p := range gemeente.Waarheid().PerPagina {
		w := httptest.NewRecorder()
		gemeente.Handler().ServeHTTP(w, httptest.NewRequest("GET", p.URL, nil))
		texts = append(texts, w.Body.Bytes())
		if i%12 != 0 {
			continue
		}
		write(fmt.Sprintf("vlavirgem-%02d.html", i), w.Body.Bytes())
	}
	shared := filepath.Join(suite.Shared(t), "pages")
	pages = append(pages, filepath.Join(shared, "bug-probe.html"))
	files, err := filepath.Glob(filepath.Join(shared, "html", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 50_000 {
			continue // it takes seconds each
		}
		texts = append(texts, text)
		for _, as := range []string{"", "::Agenda", "::Besluitenlijst", "::Notulen"} {
			pages = append(pages, file+as)
		}
	}
	random := rand.New(rand.NewPCG(5, 7))
	for i := range 60 {
		write(fmt.Sprintf("spoiled-%02d.html", i), spoil(random, texts[random.IntN(len(texts))]))
	}
	return pages
}

var attribute = regexp.MustCompile(` (typeof|property|resource|content|datatype|about|rel|href|prefix)="[^"]*"`)

// spoil takes attributes of a page away, gives them the value of another, or
// empties them.
func spoil(random *rand.Rand, text []byte) []byte {
	s := string(text)
	for range 1 + random.IntN(12) {
		at := attribute.FindAllStringIndex(s, -1)
		if len(at) == 0 {
			break
		}
		one := at[random.IntN(len(at))]
		name, _, _ := strings.Cut(s[one[0]:one[1]], "=")
		replacement := ""
		switch random.IntN(3) {
		case 0:
			var same []string
			for _, other := range at {
				if strings.HasPrefix(s[other[0]:other[1]], name+"=") {
					same = append(same, s[other[0]:other[1]])
				}
			}
			replacement = same[random.IntN(len(same))]
		case 1:
			if name != " typeof" && name != " prefix" {
				replacement = name + `=""` // an empty typeof is a class for its parser, and none for the standard
			}
		}
		s = s[:one[0]] + replacement + s[one[1]:]
	}
	return []byte(s)
}

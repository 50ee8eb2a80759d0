package oslo_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// fixture reads the register that the pages of testdata/faults are judged by.
func fixture(t testing.TB) *register.Register {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "faults", "register.ttl"))
	if err != nil {
		t.Fatal(err)
	}
	known, err := register.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// faultCase is one edit of a page that was right.
type faultCase struct {
	name, page string
	profile    oslo.Profile
	from, to   string
	want       []string // rule, and where the line of the edit is not meant "at" a text of the line that is
}

// faultCases reads testdata/faults/faults.txt; its head says how it is written.
func faultCases(t testing.TB) []faultCase {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "faults", "faults.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []faultCase
	page, profile := "", oslo.Profile("")
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		mark, rest, _ := strings.Cut(line, " ")
		switch last := len(cases) - 1; mark {
		case "page":
			name, p, _ := strings.Cut(rest, " ")
			page, profile = name, oslo.Profile(p)
		case "##":
			cases = append(cases, faultCase{name: rest, page: page, profile: profile})
		case "-":
			cases[last].from += rest
		case "+":
			if cases[last].to != "" {
				cases[last].to += "\n"
			}
			cases[last].to += rest
		case "=":
			cases[last].want = append(cases[last].want, rest)
		case "", "#":
		default:
			t.Fatalf("faults.txt: %q", line)
		}
	}
	return cases
}

// Pages that are right have no findings, and reach the highest level.
func TestRightPages(t *testing.T) {
	for name, profile := range map[string]oslo.Profile{"notulen.html": oslo.Notulen, "agenda.html": oslo.Agenda} {
		text, err := os.ReadFile(filepath.Join("testdata", "faults", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []oslo.Profile{profile, oslo.Praktijk} {
			v := oslo.Validate(read(t, "https://www.vlavirgem.example/pagina", text), oslo.Options{Profile: p, Now: noon, Register: fixture(t)})
			for _, f := range v.Findings {
				t.Errorf("%s by %s: line %d: %s: %s", name, p, f.Span.Start.Line, f.Rule, f.Message.EN)
			}
			if p == oslo.Notulen && (v.Maturity.One != oslo.Reached || v.Maturity.Two != oslo.Reached || v.Maturity.Three != oslo.Reached) {
				t.Errorf("%s: maturity %+v", name, v.Maturity)
			}
		}
	}
}

// Every edit of testdata/faults/faults.txt makes one fault, and exactly that
// is found, on its line.
func TestOneFaultEach(t *testing.T) {
	known := fixture(t)
	cases := faultCases(t)
	pages := map[string]bool{}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			right, err := os.ReadFile(filepath.Join("testdata", "faults", c.page))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(right), c.from); n != 1 {
				t.Fatalf("%q stands %d times on the page", c.from, n)
			}
			page := strings.Replace(string(right), c.from, c.to, 1)
			if pages[page] {
				t.Error("this page was there already")
			}
			pages[page] = true
			edited := 1 + strings.Count(page[:strings.Index(string(right), c.from)], "\n")
			v := oslo.Validate(read(t, "https://www.vlavirgem.example/pagina", []byte(page)), oslo.Options{Profile: c.profile, Now: noon, Register: known})
			var got, want []string
			for _, f := range v.Findings {
				got = append(got, fmt.Sprintf("%s on line %d", f.Rule, f.Span.Start.Line))
			}
			for _, w := range c.want {
				rule, at, elsewhere := strings.Cut(w, " at ")
				line := edited
				if elsewhere {
					i := strings.Index(page, at)
					if i < 0 {
						t.Fatalf("%q is not on the page", at)
					}
					line = 1 + strings.Count(page[:i], "\n")
				}
				if rule == "class-absent" || rule == "no-decision-data" {
					line = 0 // the whole page is to blame
				}
				want = append(want, fmt.Sprintf("%s on line %d", rule, line))
				if _, ok := oslo.LookupRule(rule); !ok {
					t.Errorf("%s is not documented", rule)
				}
			}
			if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
				t.Errorf("found %q, want %q", got, want)
				for _, f := range v.Findings {
					t.Logf("%d: %s: %s", f.Span.Start.Line, f.Rule, f.Message.EN)
				}
			}
		})
	}
	if len(cases) < 60 {
		t.Errorf("%d pages with a fault, want 60", len(cases))
	}
}

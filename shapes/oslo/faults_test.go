package oslo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/register"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
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

// Level 2 is not assessed without a register of mandatarissen or the web; the
// web is asked once for each, and when it does not answer nothing is claimed.
func TestLevelTwo(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "faults", "notulen.html"))
	if err != nil {
		t.Fatal(err)
	}
	in := read(t, "https://www.vlavirgem.example/pagina", text)
	silence := errors.New("no answer")
	for _, test := range []struct {
		name     string
		register *register.Register
		answer   func(iri string) (*rdf.Graph, error)
		want     oslo.Assessment
		level    oslo.Level
		rule     string
		times    int
	}{
		{"nobody is asked", nil, nil, oslo.NotAssessed, oslo.Level3, "", 0},
		{"a snapshot", fixture(t), nil, oslo.Reached, oslo.Level3, "", 0},
		{"the web knows them", nil, func(iri string) (*rdf.Graph, error) {
			return rdf.NewGraph(rdf.Quad{Subject: rdf.IRI(iri), Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(vocab.MandaatMandataris)}), nil
		}, oslo.Reached, oslo.Level3, "", 3},
		{"the web has nothing", nil, func(string) (*rdf.Graph, error) { return rdf.NewGraph(), nil }, oslo.Missed, oslo.Level1, "mandataris-unknown", 3},
		{"the web is silent", nil, func(string) (*rdf.Graph, error) { return nil, silence }, oslo.NotAssessed, oslo.Level3, "mandataris-not-asked", 3},
		{"a snapshot before the web", fixture(t), func(string) (*rdf.Graph, error) { return nil, silence }, oslo.Reached, oslo.Level3, "", 0},
	} {
		asked := 0
		o := oslo.Options{Profile: oslo.Notulen, Now: noon, Register: test.register}
		if test.answer != nil {
			o.Resolve = func(_ context.Context, iri string) (*rdf.Graph, error) {
				asked++
				return test.answer(iri)
			}
		}
		v := oslo.Validate(in, o)
		if v.Maturity.Two != test.want || levelOf(v) != test.level || asked != test.times {
			t.Errorf("%s: %s, level %q, %d questions; want %s, %q, %d", test.name, v.Maturity.Two, levelOf(v), asked, test.want, test.level, test.times)
		}
		if test.rule != "" && len(lines(v, test.rule)) == 0 {
			t.Errorf("%s: no finding of %s", test.name, test.rule)
		}
	}
}

// A request that is cancelled stops: no rule is applied after it, and what comes
// out says that it is not finished.
func TestCancelled(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "faults", "notulen.html"))
	if err != nil {
		t.Fatal(err)
	}
	in := read(t, "https://www.vlavirgem.example/pagina", text)
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	v := oslo.Validate(in, oslo.Options{Profile: oslo.Notulen, Context: ctx, Resolve: func(context.Context, string) (*rdf.Graph, error) {
		asked++
		cancel()
		return nil, context.Canceled
	}})
	if asked != 1 || v.Conforms || len(lines(v, "shacl-unfinished")) != 1 {
		t.Errorf("cancelled while it asks: asked %d times, conforms %t, %d findings", asked, v.Conforms, len(v.Findings))
	}
	if v := oslo.Validate(in, oslo.Options{Profile: oslo.Notulen, Context: ctx, Now: noon}); len(v.Findings) != 1 || v.Findings[0].Rule != "shacl-unfinished" {
		t.Errorf("cancelled before it begins: %v", v.Findings)
	}
}

// The level of a page says so where it rests on one that was not assessed.
func TestMaturity(t *testing.T) {
	for _, test := range []struct {
		m      oslo.Maturity
		level  oslo.Level
		open   bool
		has    oslo.Level
		reason string
	}{
		{oslo.Maturity{}, oslo.NoLevel, false, oslo.NoLevel, "nothing was assessed"},
		{oslo.Maturity{One: oslo.Missed, Two: oslo.Reached, Three: oslo.Reached}, oslo.NoLevel, false, oslo.NoLevel, "level 1 comes first"},
		{oslo.Maturity{One: oslo.Reached}, oslo.Level1, false, oslo.Level1, "nothing above"},
		{oslo.Maturity{One: oslo.Reached, Two: oslo.Missed, Three: oslo.Reached}, oslo.Level1, false, oslo.Level1, "level 3 counts above level 2 only"},
		{oslo.Maturity{One: oslo.Reached, Two: oslo.Reached, Three: oslo.Missed}, oslo.Level2, false, oslo.Level2, "up to level 2"},
		{oslo.Maturity{One: oslo.Reached, Three: oslo.Reached}, oslo.Level3, true, oslo.Level1, "if the mandatarissen resolve"},
		{oslo.Maturity{One: oslo.Reached, Two: oslo.Reached, Three: oslo.Reached}, oslo.Level3, false, oslo.Level3, "all of it"},
	} {
		level, open := test.m.Level()
		if level != test.level || open != test.open || !test.m.Has(test.has) || test.has < oslo.Level3 && test.m.Has(test.has+1) {
			t.Errorf("%s: level %q, open %t", test.reason, level, open)
		}
	}
}

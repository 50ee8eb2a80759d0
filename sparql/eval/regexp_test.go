package eval

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// onText answers a query with ?t bound to a text.
func onText(ctx context.Context, text, query string, limits Limits) error {
	t, p := rdf.IRI("http://example.org/t"), rdf.IRI("http://example.org/p")
	data := NewMemory(slices.Values([]rdf.Quad{{Subject: t, Predicate: p, Object: rdf.String(text)}}))
	q, err := parser.Query("SELECT * { <http://example.org/t> <http://example.org/p> ?t "+query+" }", parser.Options{})
	if err != nil {
		return err
	}
	r, err := Query(ctx, data, q, Options{Limits: limits})
	if err != nil {
		return err
	}
	defer r.Close()
	for _, err := range r.Rows {
		if err != nil {
			return err
		}
	}
	return nil
}

// A regular expression that would run for seconds ends with the time of the query,
// soon after; one that is too large is refused before it is compiled.
func TestRegexpBombs(t *testing.T) {
	var alternatives []string
	for i := range 60 {
		alternatives = append(alternatives, fmt.Sprintf("[^%c]{300}%d", 'a'+i%26, i))
	}
	text := strings.Repeat("besluit ", 100_000)
	for name, test := range map[string]struct{ text, query, limit string }{
		"many counts":       {text, `FILTER REGEX(?t, "` + strings.Join(alternatives, "|") + `")`, "time"},
		"many counts, read": {text, `BIND ("` + strings.Join(alternatives, "|") + `" AS ?p) FILTER REGEX(?t, ?p)`, "time"},
		"larger counts":     {"a", `FILTER REGEX(?t, "` + strings.ReplaceAll(strings.Join(alternatives, "|"), "300", "900") + `")`, "pattern"},
		"a long one":        {"a", `FILTER REGEX(?t, "` + strings.Repeat("a?", 6000) + `")`, "pattern"},
		"many cases":        {"a", `FILTER REGEX(?t, "[` + strings.Repeat("A-\U0001E942", 400) + `]", "i")`, "pattern"},
		"some classes":      {"a", `FILTER REGEX(?t, "[` + strings.Repeat(`\\w`, 90) + `]", "i")`, ""},
		"many classes":      {"a", `FILTER REGEX(?t, "[` + strings.Repeat(`\\w`, 4000) + `]")`, "pattern"},
		"quadratic replace": {strings.Repeat("a", 200_000), `BIND (REPLACE(?t, "a.*b|a", "") AS ?x)`, "time"},
		"linear replace":    {text[:100_000], `BIND (REPLACE(?t, "[lb]e?", "") AS ?x)`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			bound := 300 * time.Millisecond
			if test.limit == "" {
				bound = 10 * time.Second
			}
			err := onText(t.Context(), test.text, test.query, Limits{Time: bound})
			limit, ok := errors.AsType[*LimitError](err)
			if ok && limit.Limit != test.limit || !ok && (err != nil || test.limit != "") {
				t.Errorf("got %v, want the limit %q", err, test.limit)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// What RE2 lacks is an error, and what it reads otherwise is translated.
func TestRegexpTranslated(t *testing.T) {
	for _, c := range []struct{ pattern, flags, text, want string }{
		{`^a.c$`, "", "a\nc", "no"},
		{`^a.c$`, "s", "a\nc", "yes"},
		{`^\d+$`, "", "٣٤", "yes"},
		{`^[\d.]+$`, "", "٣.٤", "yes"},
		{`^\i\c*$`, "", "é-1", "yes"},
		{`^\I`, "", "é", "no"},
		{`a b`, "x", "ab", "yes"},
		{`a[ ]b`, "x", "a b", "yes"},
		{`a.c`, "q", "abc", "no"},
		{`A.C`, "iq", "xa.cx", "yes"},
		{`[a-z-[aeiou]]`, "", "b", "error"},
		{`[a[]`, "", "[", "yes"},
		{`(a)\1`, "", "aa", "error"},
		{`a`, "z", "a", "error"},
		{`a\`, "", "a", "error"},
	} {
		got := "error"
		if re, _, err := Regexp(c.pattern, c.flags); err == nil {
			got = map[bool]string{true: "yes", false: "no"}[re.MatchString(c.text)]
		}
		if got != c.want {
			t.Errorf("%q with flags %q in %q: %s, want %s", c.pattern, c.flags, c.text, got, c.want)
		}
	}
}

// What is looked for piece by piece is what package regexp finds at once.
func TestRegexpPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	patterns := []string{`a`, `a+`, `^a|b`, `(a)|(é)$`, `\bb`, `b\b`, `a.*b|a`, `(a|ab)(c|bcd)?`, `(?m)^b`, `(?m)a$`, `\Bé`, `x*b`, `(?i)A`, `b??a`, `\b`, `a*`}
	for range 3000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString([]string{"a", "b", "c", "é", "\n", " ", "\xff"}[r.IntN(7)])
		}
		text, pattern := b.String(), patterns[r.IntN(len(patterns))]
		x := &exec{ctx: t.Context(), opts: &Options{}}
		m, err := compileRegexp(pattern, "s")
		if m == nil || err != nil {
			t.Fatal(pattern, err)
		}
		want := m.FindAllStringSubmatchIndex(text, -1)
		found := m.MatchString(text)
		m.size = 1 << 30 // as if it were much work
		if got := slices.Collect(m.each(x, text)); !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q in %q: %v, want %v", pattern, text, got, want)
		}
		if got := m.matches(x, text); got != found {
			t.Fatalf("%q in %q: %v, want %v", pattern, text, got, found)
		}
	}
}

package publisher

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// told writes pieces as people mark changes by hand.
func told(pieces []Piece) string {
	var b []string
	for _, p := range pieces {
		b = append(b, map[Op]string{Kept: "%s", Added: "{+%s+}", Removed: "[-%s-]", Elided: "%s(…)"}[p.Op])
		b[len(b)-1] = fmt.Sprintf(b[len(b)-1], p.Text)
	}
	return strings.Join(b, " ")
}

func TestDiffWords(t *testing.T) {
	long := strings.Repeat("woord ", 60)
	for _, c := range []struct{ name, a, b, want string }{
		{"nothing", "", "", ""},
		{"the same", "Een terras is vergund.", "Een  terras\nis vergund.", "Een terras is vergund."},
		{"a word", "De retributie bedraagt 12 euro per jaar.", "De retributie bedraagt 15 euro per jaar.", "De retributie bedraagt [-12-] {+15+} euro per jaar."},
		{"a word comes", "Een terras is vergund.", "Een open terras is vergund.", "Een {+open+} terras is vergund."},
		{"a word goes at the end", "Een terras is niet vergund vandaag.", "Een terras is niet vergund", "Een terras is niet vergund [-vandaag.-]"},
		{"from nothing", "", "Een terras.", "{+Een terras.+}"},
		{"to nothing", "Een terras.", "", "[-Een terras.-]"},
		{"another sentence", "De raad beslist. Dit treedt in werking op 1 mei.", "De raad beslist. Niemand kreeg het woord hierover, tijdens de hele avond.", "De raad beslist. [-Dit treedt in werking op 1 mei.-] {+Niemand kreeg het woord hierover, tijdens de hele avond.+}"},
		{"far from the ends", long + "oud " + long, long + "nieuw " + long,
			"(…) " + strings.TrimSpace(strings.Repeat("woord ", 12)) + " [-oud-] {+nieuw+} " + strings.TrimSpace(strings.Repeat("woord ", 12)) + " (…)"},
	} {
		got, whole := diffWords(c.a, c.b, &work{maxWork})
		if told(got) != c.want || !whole {
			t.Errorf("%s: %s (whole: %v), want %s", c.name, told(got), whole, c.want)
		}
	}
}

// What is told is what both texts say, whatever they say.
func TestDiffWordsIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"de", "raad", "beslist.", "een", "terras", "é", "12;"}), 0, 40)
		a, b := words.Draw(t, "a"), words.Draw(t, "b")
		runs, ok := (&work{maxWork}).compare(a, b)
		if !ok {
			t.Fatal("not done")
		}
		var old, fresh []string
		for _, r := range runs {
			if r.op != Added {
				old = append(old, r.words...)
			}
			if r.op != Removed {
				fresh = append(fresh, r.words...)
			}
		}
		if !slices.Equal(old, a) || !slices.Equal(fresh, b) {
			t.Fatalf("%v from %v to %v", runs, a, b)
		}
		pieces, whole := diffWords(strings.Join(a, " "), strings.Join(b, " "), &work{maxWork})
		var was, is []string
		for _, p := range pieces {
			if p.Op == Elided {
				return
			}
			if p.Op != Added {
				was = append(was, p.Text)
			}
			if p.Op != Removed {
				is = append(is, p.Text)
			}
		}
		if !whole || strings.Join(was, " ") != strings.Join(a, " ") || strings.Join(is, " ") != strings.Join(b, " ") {
			t.Fatalf("%s from %v to %v", told(pieces), a, b)
		}
	})
}

// The way that is found is a shortest one.
func TestCompareIsShortest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		a, b := make([]string, random.IntN(12)), make([]string, random.IntN(12))
		for _, list := range [][]string{a, b} {
			for i := range list {
				list[i] = string(rune('a' + random.IntN(3)))
			}
		}
		runs, _ := (&work{maxWork}).compare(a, b)
		kept := 0
		for _, r := range runs {
			if r.op == Kept {
				kept += len(r.words)
			}
		}
		if want := longestCommon(a, b); kept != want {
			t.Fatalf("%v and %v keep %d, want %d", a, b, kept, want)
		}
	}
}

// longestCommon is the length of the longest common subsequence, the plain way.
func longestCommon(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i, x := range a {
		for j, y := range b {
			if x == y {
				table[i+1][j+1] = table[i][j] + 1
			} else {
				table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			}
		}
	}
	return table[len(a)][len(b)]
}

// Long texts with nothing in common are told as replaced, and cut.
func TestDiffWordsIsBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	text := func() string {
		var b strings.Builder
		for range 100_000 {
			fmt.Fprintf(&b, "w%d ", random.IntN(1000))
		}
		return b.String()
	}
	w := &work{maxWork}
	pieces, whole := diffWords(text(), text(), w)
	if whole || len(pieces) != 2 || pieces[0].Op != Removed || pieces[1].Op != Added || len(pieces[0].Text)+len(pieces[1].Text) > maxShown+10 {
		t.Errorf("%d pieces, whole: %v", len(pieces), whole)
	}
	if spent := maxWork - w.left; spent > 5_000_000 {
		t.Errorf("%d steps", spent)
	}
	none := &work{}
	if pieces, _ := diffWords("een twee drie", "een drie", none); told(pieces) != "[-een twee drie-] {+een drie+}" {
		t.Errorf("without work left: %s", told(pieces))
	}
}

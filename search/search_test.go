package search

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/dutch"
)

// wordFamilies holds one family of forms per line, strangers one pair per line
// of words that must not be found by each other.
var (
	//go:embed testdata/families.txt
	wordFamilies string
	//go:embed testdata/strangers.txt
	strangers string
)

func TestTokens(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Het O.C.M.W. van Vlavirgem", "het ocmw van vlavirgem"},
		{"besluit GR/2023/009 en 2024_GR_00123", "besluit gr/2023/009 en 2024_gr_00123"},
		{"en/of", "en of"},
		{"1.200,50 euro", "1.200,50 euro"},
		{"Cafés en crèches", "cafes en creches"},
		{"niet goedgekeurd", "niet goedgekeurd"},
		{"art. 285, §1, 2°", "art 285 1 2"},
		{"einde.Begin", "einde begin"},
		{"'s-Gravenvoeren", "s gravenvoeren"},
		{"d’Hondt", "d'hondt"},
		{"om\u00adge\u00advings\u00advergunning", "omgevingsvergunning"},
		{"de ﬁnanciën van het ĳsbad", "de financien van het ijsbad"},
		{"50 euro per m2/jaar", "50 euro per m2 jaar"},
		{"schooljaar 2025/2026, dossier 12/A/3", "schooljaar 2025/2026 dossier 12/a/3"},
		{"agenda's", "agenda's"},
		{strings.Repeat("a", 450), strings.Repeat("a", 200) + " " + strings.Repeat("a", 200) + " " + strings.Repeat("a", 50)},
		{"", ""},
	} {
		var got []string
		for _, token := range Tokens(c.text) {
			got = append(got, token.Text)
			if c.text[token.Start:token.End] == "" {
				t.Errorf("%q: token %q has no place", c.text, token.Text)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("Tokens(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

// TestStemJoins checks word families of council minutes that must be found by
// any of their forms, and pairs that must stay apart.
func TestStemJoins(t *testing.T) {
	for family := range strings.Lines(wordFamilies) {
		words := strings.Fields(family)
		for _, w := range words {
			if Stem(w) != Stem(words[0]) {
				t.Errorf("%s (%s) and %s (%s) are not joined", words[0], Stem(words[0]), w, Stem(w))
			}
		}
	}
	for pair := range strings.Lines(strangers) {
		words := strings.Fields(pair)
		if Stem(words[0]) == Stem(words[1]) {
			t.Errorf("%s and %s are joined by %s", words[0], words[1], Stem(words[0]))
		}
	}
}

// TestListsSayNothingNeedless: each entry of the lists of words changes
// something.
func TestListsSayNothingNeedless(t *testing.T) {
	stemmer := func(word string) string {
		env := snowballstem.NewEnv(word)
		dutch.Stem(env)
		return tidy(env.Current())
	}
	for form, lemma := range lemmas {
		if stemmer(form) == Stem(lemma) {
			t.Errorf("lemmas: %s is joined with %s anyway", form, lemma)
		}
		if _, ok := lemmas[lemma]; ok {
			t.Errorf("lemmas: %s is a form itself", lemma)
		}
	}
	for _, end := range singular {
		if stemmer(end) == end {
			t.Errorf("singular: %s keeps its s anyway", end)
		}
	}
	for word := range whole {
		if split(word, 3) == nil {
			t.Errorf("whole: %s is not split anyway", word)
		}
	}
	for word := range lexicon {
		if len(word) < minPart {
			t.Errorf("lexicon: %s is too short to be a part", word)
		}
	}
}

func TestParts(t *testing.T) {
	for word, want := range map[string]string{
		"belastingreglement":    "belasting reglement",
		"omgevingsvergunning":   "omgeving vergunning",
		"belastingreglementen":  "belasting reglementen",
		"omgevingsvergunningen": "omgeving vergunningen",
		"speelpleinwerking":     "speelplein werking",
		"huurprijzen":           "huur prijzen",
		"subsidiereglementen":   "subsidie reglementen",
		"luiersubsidie":         "luier subsidie",
		"terrasreglement":       "terras reglement",
		"parkeervergunning":     "parkeer vergunning",
		"belasting":             "",
		"vergunning":            "",
		"vlavirgem":             "",
		"kinderopvangtoeslag1":  "",
	} {
		if got := strings.Join(Parts(word), " "); got != want {
			t.Errorf("Parts(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestParseQuery(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "<nil>"},
		{"terras", "terras"},
		{"terras zomer", "(terras EN zomer)"},
		{"terras EN zomer", "(terras EN zomer)"},
		{"straat OF weg EN park", "(straat OF (weg EN park))"},
		{"(straat OF weg) park", "((straat OF weg) EN park)"},
		{"Sint-Niklaas OF Gent", `("Sint-Niklaas" OF Gent)`},
		{"GEMEENTERAAD OF OCMW", "(GEMEENTERAAD OF OCMW)"},
		{"VOORSTEL OF motie", "(VOORSTEL OF motie)"},
		{"terras -winter", "(terras EN NIET winter)"},
		{"NIET goedgekeurd", "NIET goedgekeurd"},
		{"niet goedgekeurd", "(niet EN goedgekeurd)"},
		{`"niet goedgekeurd" subsidie`, `("niet goedgekeurd" EN subsidie)`},
		{"„Bond Zonder Naam”", `"Bond Zonder Naam"`},
		{"parkeer*", "parkeer*"},
		{"titel:terras luier", "(titel:terras EN luier)"},
		{`titel:"openbaar domein"`, `titel:"openbaar domein"`},
		{"GR/2023/009", "GR/2023/009"},
		{"a|b", "(a OF b)"},
		{"+terras +zomer", "(terras EN zomer)"},
		{"12:30", `"12:30"`},
		{"NIET NIET a", "a"},
		{"a - b", "(a EN b)"},
	} {
		q, err := ParseQuery(c.text)
		if err != nil {
			t.Errorf("ParseQuery(%q): %v", c.text, err)
			continue
		}
		if got := show(q.Expr); got != c.want {
			t.Errorf("ParseQuery(%q) = %s, want %s", c.text, got, c.want)
		}
	}
}

// show writes an expression with all its parentheses.
func show(e Expr) string {
	list := func(parts []Expr, operator string) string {
		words := make([]string, len(parts))
		for i, p := range parts {
			words[i] = show(p)
		}
		return "(" + strings.Join(words, operator) + ")"
	}
	switch e := e.(type) {
	case And:
		return list(e, " EN ")
	case Or:
		return list(e, " OF ")
	case Not:
		return "NIET " + show(e.Expr)
	case InField:
		return e.Field + ":" + show(e.Expr)
	case Phrase:
		return `"` + string(e) + `"`
	case Prefix:
		return string(e) + "*"
	case Word:
		return string(e)
	}
	return fmt.Sprint(e)
}

func TestParseQueryErrors(t *testing.T) {
	for text, want := range map[string]string{
		`"open`:                               "aanhalingsteken",
		"(terras":                             "haakje wordt niet gesloten",
		"terras)":                             "haakje sluit niets",
		"OF terras":                           "ontbreekt",
		"terras OF":                           "ontbreekt",
		"EN":                                  "ontbreekt",
		"NIET":                                "na NIET ontbreekt een woord",
		"titel:":                              "na titel: ontbreekt een woord",
		"*weg":                                "einde van een woord",
		"ab*":                                 "minstens 3 letters",
		"§§a*":                                "minstens 3 letters",
		"§§§*":                                "einde van een woord",
		strings.Repeat("NIET ", 30) + "a":     "NIET in elkaar",
		strings.Repeat("a ", 101):             "meer dan 100 woorden",
		`"` + strings.Repeat("a ", 101) + `"`: "meer dan 100 woorden",
		strings.Repeat("(", 30):               "haakjes",
		strings.Repeat("woord ", 999):         "te lang",
	} {
		_, err := ParseQuery(text)
		var q *QueryError
		if !errors.As(err, &q) || !strings.Contains(q.Message, want) {
			t.Errorf("ParseQuery(%.20q): error %v, want one with %q", text, err, want)
		}
	}
}

func TestQueryParts(t *testing.T) {
	q, err := ParseQuery(`terras "openbaar domein" -winter (a OF b)`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range q.Parts() {
		got = append(got, p.Text+" => "+p.Without)
	}
	if q, err := ParseQuery("a EN b AND c - EN d"); err != nil || len(q.Parts()) != 4 || q.Parts()[0].Without != "b c d" || q.Parts()[1].Text != "b" {
		t.Errorf("parts joined by EN: %+v, %v", q.Parts(), err)
	}
	want := []string{
		`terras => "openbaar domein" -winter (a OF b)`,
		`"openbaar domein" => terras -winter (a OF b)`,
		`-winter => terras "openbaar domein" (a OF b)`,
		`(a OF b) => terras "openbaar domein" -winter`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("parts:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestHighlight(t *testing.T) {
	q, err := ParseQuery(`terrassen "openbaar domein" vergunning -winter`)
	if err != nil {
		t.Fatal(err)
	}
	m := NewMatcher(q.Expr)
	got := m.Highlight(`Een <b>terras</b> op het openbaar domein vraagt een omgevingsvergunning, ook in de winter.`)
	want := `Een &lt;b&gt;<mark>terras</mark>&lt;/b&gt; op het <mark>openbaar domein</mark> vraagt een <mark>omgevingsvergunning</mark>, ook in de winter.`
	if got != want {
		t.Errorf("Highlight:\n%s\nwant\n%s", got, want)
	}
	long := strings.Repeat("woord ", 100) + "het terras " + strings.Repeat("einde ", 100)
	fragment, ok := m.Fragment(long)
	if !ok || !strings.Contains(fragment, "<mark>terras</mark>") || !strings.HasPrefix(fragment, "… ") || !strings.HasSuffix(fragment, " …") || len(fragment) > 400 {
		t.Errorf("Fragment = %v %q", ok, fragment)
	}
	if fragment, ok := m.Fragment("niets hiervan"); ok {
		t.Errorf("Fragment without match = %q", fragment)
	}
}

// TestHostileTextTakesNoTime: texts that are hard to cut in words.
func TestHostileTextTakesNoTime(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a.", 150_000), strings.Repeat("1/", 150_000), strings.Repeat("a'", 150_000), strings.Repeat("x", 300_000),
		strings.Repeat("\u00ad", 150_000), strings.Repeat("e\u0301", 100_000),
	} {
		begun := time.Now()
		n := len(Tokens(text))
		NewMatcher(Word("terras")).Fragment(text)
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%.10q...: %d tokens took %v", text, n, took)
		}
	}
}

func TestPlainText(t *testing.T) {
	got := PlainText("<p>Gelet op <a href='x'>art. 41</a>,</p><ul><li>1&deg;</li></ul><script>alert(1)</script>")
	if want := "Gelet op art. 41, 1°"; got != want {
		t.Errorf("PlainText = %q, want %q", got, want)
	}
}

// FuzzParseQuery checks that no question makes the parser fail in another way
// than with a *QueryError inside the text, and that removing a part gives a
// question that is shorter.
func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{`a OF (b -c) "d e" titel:f*`, `"`, "((", "NIET NIET a", "é*", "a:b", "| |"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(text)
		var bad *QueryError
		if err != nil {
			if !errors.As(err, &bad) || bad.Start < 0 || bad.End > len(bad.Text) || bad.Start > bad.End {
				t.Fatalf("%q: error %#v", text, err)
			}
			_ = err.Error()
			return
		}
		for _, p := range q.Parts() {
			if len(dense(p.Without)) >= len(dense(q.Text)) {
				t.Fatalf("%q without %q is %q", q.Text, p.Text, p.Without)
			}
			for _, rest := range []string{p.Text, p.Without} {
				if _, err := ParseQuery(rest); err != nil {
					t.Fatalf("%q of %q cannot be read: %v", rest, q.Text, err)
				}
			}
		}
		NewMatcher(q.Expr).Highlight(text)
	})
}

func dense(s string) string { return strings.Join(strings.Fields(s), "") }

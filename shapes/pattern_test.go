package shapes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes"
)

// sh:pattern means what REGEX means in SPARQL (SHACL, section 4.4.3): the same
// shape asks both of every text.
func TestPatternsMeanWhatREGEXMeans(t *testing.T) {
	texts := []string{"", "a", "B12", "é-7", "٣", "x y", "a\nb", "line\r", ".", "a.b:c", "_x", "<&>", "[", "]", "-", "AB", "aab", "$", "naam", "Ñandú", "+32", "https://codex.vlaanderen.be/"}
	for _, p := range []struct {
		pattern, flags string
		matches        int // of the texts
	}{
		{`^https://codex\.vlaanderen\.be/`, "", 1},
		{`^a.b$`, "", 1},
		{`^a.b$`, "s", 2},
		{`^b$`, "m", 1},
		{`a b`, "x", 1},
		{`a.`, "q", 1},
		{`^ab$`, "i", 1},
		{`^\d+$`, "", 1},
		{`^\D+$`, "", 17},
		{`^\w+$`, "", 9},
		{`\W`, "", 12},
		{`^\i\c*$`, "", 9},
		{`^\I`, "", 8},
		{`^\C+$`, "", 4},
		{`^[\w-]+$`, "", 11},
		{`^[^\d]*$`, "", 18},
		{`^\p{Lu}`, "", 3},
		{`^[\i-[a]]`, "", -1},
		{`^[.]$`, "", 1},
		{`^[\[\]]$`, "", 2},
		{`\s`, "", 3},
		{`(a)\1`, "", -1},
		{`^.?$`, "", 8},
	} {
		flags := ""
		if p.flags != "" {
			flags = fmt.Sprintf(`sh:flags "%s" ;`, p.flags)
		}
		quoted := strings.ReplaceAll(p.pattern, `\`, `\\`)
		s, findings := compile(t, fmt.Sprintf(`ex:s sh:targetObjectsOf ex:p ; %s sh:pattern "%s" ;
			sh:sparql [ sh:select "SELECT $this { FILTER (!REGEX($this, '%s', '%s')) }" ] .`, flags, quoted, strings.ReplaceAll(quoted, `\`, `\\`), p.flags))
		if p.matches < 0 {
			if len(findings) != 1 || findings[0].Rule != shapes.RuleIllFormed {
				t.Errorf("%s: findings %+v, want one", p.pattern, findings)
			}
			continue
		}
		if len(findings) > 0 {
			t.Errorf("%s: findings %+v", p.pattern, findings)
		}
		data := rdf.NewGraph()
		for _, text := range texts {
			data.Add(rdf.Quad{Subject: ex("a"), Predicate: ex("p"), Object: rdf.String(text)})
		}
		report, err := s.Validate(t.Context(), data, shapes.Options{})
		if err != nil {
			t.Fatal(err)
		}
		refused := map[string]int{}
		for _, r := range report.Results {
			refused[r.Focus.Value()]++
		}
		for text, by := range refused {
			if by != 2 {
				t.Errorf("%s %s: %q is refused by one of sh:pattern and REGEX", p.pattern, p.flags, text)
			}
		}
		if n := len(texts) - len(refused); n != p.matches {
			t.Errorf("%s %s: %d texts match, want %d", p.pattern, p.flags, n, p.matches)
		}
	}
}

package oslo_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// mends are what a vendor does on reading a finding: the page has wrong, and the
// message or the page of its rule says what is right. says is a piece of that.
var mends = []struct{ rule, wrong, right, says string }{
	{"undeclared-prefix", "mandaat: http://data.vlaanderen.be/ns/mandaat# generiek", "mandaat: http://data.vlaanderen.be/ns/mandaat# dct: http://purl.org/dc/terms/ generiek", "http://purl.org/dc/terms/"},
	{"null-uri", `resource="null/notulen/1"`, `href="https://www.vlavirgem.example/notulen/1"`, "not filled in"},
	{"zitting-einde", `<time content="2026-01-26T21:15:00+01:00">`, `<time property="prov:endedAtTime" datatype="xsd:dateTime" content="2026-01-26T21:15:00+01:00">`, "prov:endedAtTime is missing"},
	{"stemming-geheim", `content="neen"`, `content="false"`, "true or false"},
	{"blank-node", `<div property="eli:has_part" typeof`, `<div property="eli:has_part" resource="https://data.vlavirgem.example/id/artikels/1" typeof`, "Put an IRI in resource"},
	{"vote-totals", `content="3">1 voor`, `content="1">1 voor`, "3 in favour, but 1 are named"},
	{"unknown-datatype", `datatype="xsd:Date" content="2026-01-30"`, `datatype="xsd:date" content="2026-01-30"`, "xsd:date"},
	{"organ-not-in-period", `resource="http://data.lblod.info/id/bestuursorganen/vlavirgem-raad" typeof`, `resource="http://data.lblod.info/id/bestuursorganen/vlavirgem-raad-2025" typeof`, "http://data.lblod.info/id/bestuursorganen/vlavirgem-raad-2025"},
	{"mandataris-unknown", `<p>Aanwezig: <a property="besluit:heeftAanwezigeBijStart" href="https://data`, `<p>Aanwezig: <a property="besluit:heeftAanwezigeBijStart" href="http://data`, "Did you mean http://data.lblod.info/id/mandatarissen/vlavirgem-2"},
	{"zitting-voorzitter", `<p>Voorzitter: <a href`, `<p>Voorzitter: <a property="besluit:heeftVoorzitter" href`, "besluit:heeftVoorzitter is missing"},
}

// A new vendor begins with a page with ten faults, takes the worst finding each
// time, does what it says and validates again: after ten rounds the page is at
// level 3, and nothing is left to say.
func TestVendorsWalk(t *testing.T) {
	right, err := os.ReadFile(filepath.Join("testdata", "faults", "notulen.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(right)
	for _, m := range mends {
		if strings.Count(page, m.right) != 1 {
			t.Fatalf("%s: %q stands %d times on the page", m.rule, m.right, strings.Count(page, m.right))
		}
		page = strings.Replace(page, m.right, m.wrong, 1)
	}
	known := fixture(t)
	done := map[string]bool{}
	for round := 1; ; round++ {
		v := oslo.Validate(read(t, "https://www.vlavirgem.example/pagina", []byte(page)), oslo.Options{Profile: oslo.Notulen, Now: noon, Register: known})
		if len(v.Findings) == 0 {
			if round != len(mends)+1 || levelOf(v) != oslo.Level3 || v.Maturity.Two != oslo.Reached {
				t.Errorf("after %d rounds: maturity %+v", round-1, v.Maturity)
			}
			return
		}
		worst := slices.MaxFunc(v.Findings, func(a, b rdf.Finding) int {
			return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(b.Span.Start.Offset, a.Span.Start.Offset))
		})
		t.Logf("round %d: %d findings, level %q; line %d: %s: %s", round, len(v.Findings), levelOf(v), worst.Span.Start.Line, worst.Rule, worst.Message.EN)
		rule := worst.Rule
		if strings.Contains(worst.Message.EN, "is not declared: mend that first") {
			rule = "undeclared-prefix"
		}
		i := slices.IndexFunc(mends, func(m struct{ rule, wrong, right, says string }) bool { return m.rule == rule })
		if i < 0 || done[rule] {
			t.Fatalf("round %d: nobody knows what to do about %s: %s", round, worst.Rule, worst.Message.EN)
		}
		m := mends[i]
		done[m.rule] = true
		documented, _ := oslo.LookupRule(m.rule)
		said := ""
		for _, f := range v.Findings {
			if f.Rule == rule {
				said += f.Message.EN + " "
			}
		}
		if said += documented.Mending.EN + " " + documented.Example; !strings.Contains(said, m.says) {
			t.Errorf("%s does not say %q: %s", m.rule, m.says, said)
		}
		page = strings.Replace(page, m.wrong, m.right, 1)
	}
}

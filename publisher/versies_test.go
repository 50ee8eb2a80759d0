package publisher_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
)

// changesOf writes what changed, a line for each thing and property.
func changesOf(c publisher.Changes) string {
	var b strings.Builder
	for _, x := range c.List {
		fmt.Fprintf(&b, "%s %s %q", x.Op, x.Class, x.Name)
		if x.Of != "" {
			fmt.Fprintf(&b, " van %q", x.Of)
		}
		if x.Was != "" {
			fmt.Fprintf(&b, " (was %s)", strings.TrimPrefix(x.Was, data))
		}
		if x.Parts > 0 {
			fmt.Fprintf(&b, " met %d delen", x.Parts)
		}
		b.WriteByte('\n')
		for _, p := range x.Properties {
			fmt.Fprintf(&b, "  %s:", p.Name)
			for _, v := range p.Old {
				fmt.Fprintf(&b, " [-%s-]", valueOf(v))
			}
			for _, v := range p.New {
				fmt.Fprintf(&b, " {+%s+}", valueOf(v))
			}
			for _, piece := range p.Text {
				switch piece.Op {
				case publisher.Added:
					fmt.Fprintf(&b, " {+%s+}", piece.Text)
				case publisher.Removed:
					fmt.Fprintf(&b, " [-%s-]", piece.Text)
				default:
					fmt.Fprintf(&b, " %s", piece.Text)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func valueOf(v publisher.Value) string {
	switch {
	case !v.Time.IsZero():
		return v.Time.Format(time.RFC3339)
	case v.Text != "":
		return v.Text
	}
	return strings.TrimPrefix(v.IRI, data)
}

func TestChanges(t *testing.T) {
	replace := func(text string, pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("the page does not say %q", pairs[i])
			}
		}
		return strings.NewReplacer(pairs...).Replace(text)
	}
	// A page whose IRIs are made from its address at each reading.
	session := func(n string) string {
		return strings.NewReplacer(":z ", ":s"+n+"z ", ":a1", ":s"+n+"a1", ":a2", ":s"+n+"a2", ":h1", ":s"+n+"h1", ":b1", ":s"+n+"b1", ":art1", ":s"+n+"art1").Replace(minutes)
	}
	for _, c := range []struct{ name, old, fresh, want string }{
		{"nothing", minutes, minutes, ""},
		{"markup only", minutes, replace(minutes, `"Een terras is vergund."`, `"<p>Een terras <b>is</b> vergund.</p>"`), ""},
		{"new IRIs only", session("1"), session("2"), ""},
		{"a first version", "", minutes, `toegevoegd zitting "Gemeenteraad Vlavirgem" met 2 delen
`},
		{"a text and a vote", minutes, replace(minutes, "Een terras is vergund.", "Een open terras is vergund.", "aantalVoorstanders 17", "aantalVoorstanders 16"), `gewijzigd besluit "Politiereglement op de terrassen" van "Terrasreglement"
  inhoud: Artikel 1. Een {+open+} terras is vergund.
gewijzigd artikel "1" van "Politiereglement op de terrassen"
  inhoud: Een {+open+} terras is vergund.
gewijzigd stemming "" van "Terrasreglement"
  aantalVoorstanders: [-17-] {+16+}
`},
		{"new IRIs and another text", session("1"), replace(session("2"), "Een terras is vergund.", "Een open terras is vergund."), `gewijzigd besluit "Politiereglement op de terrassen" van "Terrasreglement" (was s1b1)
  inhoud: Artikel 1. Een {+open+} terras is vergund.
gewijzigd artikel "1" van "Politiereglement op de terrassen" (was s1art1)
  inhoud: Een {+open+} terras is vergund.
`},
		{"new IRIs and another title", session("1"), replace(session("2"), "Politiereglement op de terrassen", "Reglement terrassen"), `gewijzigd besluit "Reglement terrassen" van "Terrasreglement" (was s1b1)
  titel: [-Politiereglement op de terrassen-] {+Reglement terrassen+}
`},
		{"a sitting at another time, with others there", list + `:z besluit:heeftAanwezigeBijStart :els, :jan . :els foaf:name "Els" . :jan foaf:name "Jan" .`,
			replace(list, "20:02", "20:10") + `:z besluit:heeftAanwezigeBijStart :els, :an . :els foaf:name "Els" . :an foaf:name "An" .`, `gewijzigd zitting "Gemeenteraad Vlavirgem"
  gestart: [-2025-03-11T20:02:00+01:00-] {+2025-03-11T20:10:00+01:00+}
  aanwezigen: [-Jan-] {+An+}
`},
		{"an item in between, and its decision", list, replace(list, ":a2 a besluit:Agendapunt ; dct:title \"Mededelingen\" ; besluit:aangebrachtNa :a1", ":a3 a besluit:Agendapunt ; dct:title \"Budget\" ; besluit:aangebrachtNa :a1 . :h3 a besluit:BehandelingVanAgendapunt ; dct:subject :a3 ; prov:generated :b3 . :b3 a besluit:Besluit ; eli:title \"Budget 2025\" . :z besluit:behandelt :a3 .\n:a2 a besluit:Agendapunt ; dct:title \"Mededelingen\" ; besluit:aangebrachtNa :a3"), `toegevoegd agendapunt "Budget" met 1 delen
`},
		{"items that count, with one in between", list, replace(list, ":a1, :a2 .", ":a1, :a2, :a3 .", ":a1 a besluit:Agendapunt ; dct:title \"Terrasreglement\"", ":a1 a besluit:Agendapunt ; dct:title \"Opening\" . :a2 a besluit:Agendapunt ; dct:title \"Terrasreglement\"",
			":a2 a besluit:Agendapunt ; dct:title \"Mededelingen\" ; besluit:aangebrachtNa :a1", ":a2 besluit:aangebrachtNa :a1 . :a3 a besluit:Agendapunt ; dct:title \"Mededelingen\" ; besluit:aangebrachtNa :a2",
			"dct:subject :a1", "dct:subject :a2"), `toegevoegd agendapunt "Opening"
`},
		{"items change places", list, replace(list, ":a2 a besluit:Agendapunt", ":a1 besluit:aangebrachtNa :a2 .\n:a2 a besluit:Agendapunt", " ; besluit:aangebrachtNa :a1", ""), `gewijzigd agendapunt "Mededelingen"
  nummer: [-2-] {+1+}
`},
		{"the articles and the vote go", minutes, list, `gewijzigd agendapunt "Terrasreglement"
  openbaar: {+ja+}
gewijzigd besluit "Politiereglement op de terrassen" van "Terrasreglement"
  inhoud: [-Artikel 1. Een terras is vergund.-]
geschrapt artikel "1" van "Politiereglement op de terrassen"
geschrapt stemming "" van "Terrasreglement"
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			if c.old != "" {
				h.accept(t, page(t, "p", c.old))
			}
			out := h.accept(t, page(t, "p", c.fresh))
			changes, ok, err := h.Changes(ctx, out.Entry.Sequence, 0)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			if out.Status == publisher.StatusUnchanged { // the entry is the first one
				return
			}
			if got := changesOf(changes); got != c.want {
				t.Errorf("\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	h := newHouse(t)
	hold := ""
	h.Hold = func(besluit.Publicatie) string { return hold }
	h.accept(t, page(t, "ander", extract))
	h.accept(t, page(t, "p", list))
	h.accept(t, page(t, "p", minutes))
	hold = "een rijksregisternummer"
	h.accept(t, page(t, "p", minutes+`:b1 eli:description "Geheim" .`))
	hold = ""
	h.accept(t, gone("p"))
	h.accept(t, page(t, "p", minutes))
	h.accept(t, gone("p"))

	versions, err := h.Versions(ctx, site+"p", 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []publisher.Kind
	for _, v := range versions {
		kinds = append(kinds, v.Kind)
	}
	if fmt.Sprint(kinds) != "[withdrawn published withdrawn held published published]" {
		t.Errorf("%v", kinds)
	}
	for _, c := range []struct {
		sequence       uint64
		next, previous uint64
		text           bool
		from           uint64 // of Changes
		changed        bool
	}{
		{2, 3, 0, true, 0, true}, {3, 4, 2, true, 2, true}, {4, 5, 3, false, 3, false}, {5, 6, 4, false, 3, true},
		{6, 7, 5, true, 3, true}, {7, 0, 6, false, 6, true},
	} {
		v, ok, err := h.Version(ctx, c.sequence)
		if err != nil || !ok || v.Entry.Sequence != c.sequence || v.Next.Sequence != c.next || v.Previous.Sequence != c.previous || (v.Tekst != nil) != c.text {
			t.Errorf("version %d: %+v, %v, %v", c.sequence, v, ok, err)
		}
		changes, ok, err := h.Changes(ctx, c.sequence, 0)
		if err != nil || !ok || changes.From.Sequence != c.from || changes.To.Sequence != c.sequence || (len(changes.List) > 0) != c.changed {
			t.Errorf("changes of %d: from %d\n%s%v, %v", c.sequence, changes.From.Sequence, changesOf(changes), ok, err)
		}
	}
	if _, ok, err := h.Version(ctx, 99); ok || err != nil {
		t.Errorf("version 99: %v, %v", ok, err)
	}
	// Between any two versions of one page.
	if changes, ok, err := h.Changes(ctx, 6, 3); err != nil || !ok || len(changes.List) != 0 {
		t.Errorf("from 3 to 6: %s, %v, %v", changesOf(changes), ok, err)
	}
	if changes, ok, err := h.Changes(ctx, 2, 3); err != nil || !ok || changes.Counts[publisher.ClassArtikel][publisher.Removed] != 1 {
		t.Errorf("backwards: %s, %v, %v", changesOf(changes), ok, err)
	}
	if _, ok, _ := h.Changes(ctx, 2, 1); ok {
		t.Error("two pages are compared")
	}
	if v, _, err := h.Version(ctx, 7); err != nil || v.Published.Sequence != 6 {
		t.Errorf("before the last withdrawal %d was published, %v", v.Published.Sequence, err)
	}
	in, err := h.Inhoud(ctx, publisher.Entry{Sequence: 7})
	if err != nil || in == nil || len(in.Besluiten) != 1 || len(in.Besluiten[0].Artikels) != 1 {
		t.Errorf("what the page said last: %+v, %v", in, err)
	}

	// What a page is held for is not told by the version before either.
	h.accept(t, page(t, "q", minutes))
	hold = "een rijksregisternummer"
	h.accept(t, page(t, "q", minutes))
	if v, ok, err := h.Version(ctx, 8); err != nil || !ok || v.Tekst != nil {
		t.Errorf("version 8 tells its text: %+v, %v, %v", v, ok, err)
	}
	if changes, ok, err := h.Changes(ctx, 8, 0); err != nil || !ok || !changes.Hidden || len(changes.List) > 0 {
		t.Errorf("version 8 tells what changed: %+v, %v, %v", changes, ok, err)
	}
	h.accept(t, gone("q"))
	if v, ok, err := h.Version(ctx, 8); err != nil || !ok || v.Tekst != nil {
		t.Errorf("version 8 tells its text when the page is gone: %+v, %v, %v", v, ok, err)
	}
	if in, err := h.Inhoud(ctx, publisher.Entry{Sequence: 10}); in != nil || err != nil {
		t.Errorf("what was held is told when the page is gone: %+v, %v", in, err)
	}
	hold = ""
	h.accept(t, page(t, "q", minutes)) // there is nothing the matter with it after all
	if v, ok, err := h.Version(ctx, 8); err != nil || !ok || v.Tekst == nil {
		t.Errorf("version 8 does not tell its text: %+v, %v, %v", v, ok, err)
	}
}

// erasing is a store of blobs from which one was erased.
type erasing struct {
	publisher.Blobs
	erased string
}

func (e erasing) Get(c context.Context, sha256 string) ([]byte, error) {
	if sha256 == e.erased {
		return nil, fs.ErrNotExist
	}
	return e.Blobs.Get(c, sha256)
}

func TestChangesOfWhatWasErased(t *testing.T) {
	h := newHouse(t)
	h.accept(t, page(t, "p", minutes))
	h.accept(t, page(t, "p", list))
	_, refs, _, err := h.Ledger.Entry(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	h.Blobs = erasing{h.Blobs, refs.Graph}
	for sequence := range uint64(2) {
		changes, ok, err := h.Changes(ctx, sequence+1, 0)
		if err != nil || !ok || !changes.Hidden || len(changes.List) > 0 {
			t.Errorf("entry %d: %+v, %v, %v", sequence+1, changes, ok, err)
		}
	}
}

// A page with thousands of items that all change is listed up to a bound.
func TestChangesAreBounded(t *testing.T) {
	h := newHouse(t)
	text := func(n int) string {
		var b strings.Builder
		b.WriteString(organ + ":z a besluit:Zitting ; besluit:isGehoudenDoor :raad2025 .\n")
		for i := range 3000 {
			fmt.Fprintf(&b, ":z besluit:behandelt :a%d . :a%d a besluit:Agendapunt ; dct:title \"Punt %d\" ; dct:description \"Versie %d\" .\n", i, i, i, n)
		}
		return b.String()
	}
	h.accept(t, page(t, "p", text(1)))
	h.accept(t, page(t, "p", text(2)))
	changes, ok, err := h.Changes(ctx, 2, 0)
	if err != nil || !ok || len(changes.List) != publisher.MaxChanges || changes.More != 3000-publisher.MaxChanges || changes.Counts[publisher.ClassAgendapunt][publisher.Changed] != 3000 {
		t.Errorf("%d listed, %d more, %v; %v, %v", len(changes.List), changes.More, changes.Counts, ok, err)
	}
}

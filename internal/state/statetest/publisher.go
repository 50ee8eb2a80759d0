package statetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// State is one open store of the publisher's state.
type State struct {
	Ledger   publisher.Ledger
	Standing publisher.Standing
	Marks    publisher.Marks
	Outbox   publisher.Outbox
	Cursors  publisher.Cursors
	Calendar publisher.Calendar
	Close    func() error
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func entry(pagina string) publisher.Entry {
	return publisher.Entry{
		Kind: publisher.Published, Pagina: pagina, Bron: "https://vlavirgem.be/", Time: noon, Salt: "5a17",
		Body: "b0d7", Graph: "9ra4", Report: "4e40", Findings: map[rdf.Severity]int{rdf.Warning: 2},
	}
}

func melding(resource string) publisher.Melding {
	return publisher.Melding{
		SubmittedResource: resource, Href: "https://vlavirgem.be/lijst", Organization: "https://data.vlavirgem.be/id/gemeente",
		Status: publisher.Wachtend, Next: noon,
	}
}

// Publisher checks the contract of Ledger, Standing, Marks, Outbox, Calendar and
// Cursors. open opens the
// store in dir, which the kit closes and opens again to see what is durable.
func Publisher(t *testing.T, open func(t *testing.T, dir string) State) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		test func(t *testing.T, reopen func() State)
	}{
		{"an empty ledger", func(t *testing.T, reopen func() State) {
			s := reopen()
			if head, err := s.Ledger.Head(ctx); head != 0 || err != nil {
				t.Errorf("head %d, %v", head, err)
			}
			if _, _, ok, err := s.Ledger.Entry(ctx, 1); ok || err != nil {
				t.Errorf("entry 1: %v, %v", ok, err)
			}
			if _, _, ok, err := s.Ledger.Latest(ctx, "https://vlavirgem.be/a"); ok || err != nil {
				t.Errorf("latest: %v, %v", ok, err)
			}
		}},
		{"append chains entries, durably", func(t *testing.T, reopen func() State) {
			s := reopen()
			var last publisher.Entry
			for i := range 3 {
				refs := publisher.Refs{Graph: fmt.Sprint("graph", i), Before: fmt.Sprint("before", i)}
				e := must(s.Ledger.Append(ctx, entry(fmt.Sprint("https://vlavirgem.be/", i%2)), refs, publisher.Effects{}))(t)
				if e.Sequence != uint64(i+1) || e.Previous != last.Hash || e.Hash != e.Sum() || e.Hash == "" {
					t.Fatalf("entry %d came back as %+v after %+v", i+1, e, last)
				}
				last = e
			}
			s = reopen()
			if err := publisher.Verify(ctx, s.Ledger, nil); err != nil {
				t.Error(err)
			}
			e, refs, ok, err := s.Ledger.Latest(ctx, "https://vlavirgem.be/0")
			if err != nil || !ok || e.Sequence != 3 || refs.Graph != "graph2" || refs.Before != "before2" {
				t.Errorf("latest of page 0: %+v, %+v, %v, %v", e, refs, ok, err)
			}
			if e.Findings[rdf.Warning] != 2 || !e.Time.Equal(noon) {
				t.Errorf("entry came back as %+v", e)
			}
			if e, _, _, _ := s.Ledger.Latest(ctx, "https://vlavirgem.be/1"); e.Sequence != 2 {
				t.Errorf("latest of page 1 has sequence %d, want 2", e.Sequence)
			}
			if _, _, ok, _ := s.Ledger.Latest(ctx, "https://vlavirgem.be/"); ok {
				t.Error("there is a latest entry for a page that is only the beginning of others' IRIs")
			}
		}},
		{"concurrent appends leave no hole", func(t *testing.T, reopen func() State) {
			s := reopen()
			var group sync.WaitGroup
			for i := range 8 {
				group.Go(func() {
					for j := range 5 {
						if _, err := s.Ledger.Append(ctx, entry(fmt.Sprint("https://vlavirgem.be/", i, j)), publisher.Refs{}, publisher.Effects{}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait()
			if head, _ := s.Ledger.Head(ctx); head != 40 {
				t.Errorf("head %d after 40 appends", head)
			}
			if err := publisher.Verify(ctx, s.Ledger, nil); err != nil {
				t.Error(err)
			}
		}},
		{"several entries together are one step", func(t *testing.T, reopen func() State) {
			s := reopen()
			ledger, ok := s.Ledger.(publisher.LedgerTogether)
			if !ok {
				t.Skip("this ledger takes entries one by one")
			}
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/a"), publisher.Refs{}, publisher.Effects{}))(t)
			var records []publisher.Record
			for i, pagina := range []string{"https://vlavirgem.be/a", "https://vlavirgem.be/b", "https://vlavirgem.be/c"} {
				e := entry(pagina)
				e.Author, e.Together = "kaarten", 2-i
				records = append(records, publisher.Record{Entry: e, Refs: publisher.Refs{Graph: fmt.Sprint("graph", i)}})
			}
			entries := must(ledger.AppendTogether(ctx, records))(t)
			s = reopen()
			if head := must(s.Ledger.Head(ctx))(t); head != 4 || len(entries) != 3 || entries[2].Sequence != 4 {
				t.Errorf("head %d, entries %+v", head, entries)
			}
			if err := publisher.Verify(ctx, s.Ledger, nil); err != nil {
				t.Error(err)
			}
			e, refs, _, err := s.Ledger.Latest(ctx, "https://vlavirgem.be/b")
			if err != nil || e.Sequence != 3 || e.Author != "kaarten" || e.Together != 1 || refs.Graph != "graph1" {
				t.Errorf("latest of b: %+v, %+v, %v", e, refs, err)
			}
			if tally := must(s.Standing.Tally(ctx))(t); tally.Pages[publisher.Published] != 3 {
				t.Errorf("tally %+v", tally)
			}
		}},
		{"rows enter with their entry, once", func(t *testing.T, reopen func() State) {
			s := reopen()
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/a"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{melding("urn:b"), melding("urn:a")}}))(t)
			again := melding("urn:a")
			again.Href = "https://vlavirgem.be/elsewhere"
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/b"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{again, melding("urn:c")}}))(t)
			s = reopen()
			rows := must(s.Outbox.Meldingen(ctx))(t)
			var got []string
			for _, m := range rows {
				got = append(got, fmt.Sprint(m.SubmittedResource, " ", m.Sequence))
				if m.SubmittedResource == "urn:a" && m.Href != "https://vlavirgem.be/lijst" {
					t.Errorf("the second row took the place of the first: %+v", m)
				}
			}
			slices.Sort(got)
			if want := "urn:a 1,urn:b 1,urn:c 2"; strings.Join(got, ",") != want {
				t.Errorf("rows %q, want %q", got, want)
			}
			if rows[2].SubmittedResource != "urn:c" {
				t.Errorf("rows are not in the order of their entries: %+v", rows)
			}
		}},
		{"a row that preflight held back gives way to a new one", func(t *testing.T, reopen func() State) {
			s := reopen()
			stopped := melding("urn:a")
			stopped.Status, stopped.Reason = publisher.Tegengehouden, "geen datum"
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/a"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{stopped}}))(t)
			if due := must(s.Outbox.Due(ctx, noon, 10))(t); len(due) != 0 {
				t.Errorf("due %+v", due)
			}
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/a"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{melding("urn:a")}}))(t)
			rows := must(s.Outbox.Meldingen(ctx))(t)
			if len(rows) != 1 || rows[0].Status != publisher.Wachtend || rows[0].Sequence != 2 {
				t.Errorf("rows %+v", rows)
			}
		}},
		{"due rows come oldest first, when their time has come", func(t *testing.T, reopen func() State) {
			s := reopen()
			for i := range 5 {
				m := melding(fmt.Sprint("urn:", i))
				if i == 1 {
					m.Next = noon.Add(time.Hour)
				}
				must(s.Ledger.Append(ctx, entry(fmt.Sprint("https://vlavirgem.be/", i)), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{m}}))(t)
			}
			due := must(s.Outbox.Due(ctx, noon, 3))(t)
			if len(due) != 3 || due[0].SubmittedResource != "urn:0" || due[1].SubmittedResource != "urn:2" || due[2].SubmittedResource != "urn:3" {
				t.Errorf("due at noon: %+v", due)
			}
			due[0].Status, due[0].Attempts, due[0].Submission, due[0].Sent = publisher.Aanvaard, 1, "urn:submission", noon
			due[1].Next, due[1].Attempts = noon.Add(time.Minute), 1
			for _, m := range due[:2] {
				if err := s.Outbox.Save(ctx, m); err != nil {
					t.Fatal(err)
				}
			}
			s = reopen()
			if due := must(s.Outbox.Due(ctx, noon, 10))(t); len(due) != 2 || due[0].SubmittedResource != "urn:3" {
				t.Errorf("due after one was sent and one put off: %+v", due)
			}
			if due := must(s.Outbox.Due(ctx, noon.Add(time.Hour), 10))(t); len(due) != 4 {
				t.Errorf("an hour later %d are due, want 4", len(due))
			}
			rows := must(s.Outbox.Meldingen(ctx))(t)
			if len(rows) != 5 || rows[0].Submission != "urn:submission" || !rows[0].Sent.Equal(noon) {
				t.Errorf("rows %+v", rows)
			}
		}},
		{"due rows come in the order of their time", func(t *testing.T, reopen func() State) {
			s := reopen()
			later, sooner, never := melding("urn:later"), melding("urn:sooner"), melding("urn:never")
			later.Next, sooner.Next, never.Next = noon.Add(-time.Second), noon.Add(-time.Hour), noon.Add(time.Nanosecond)
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/a"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{later, never}}))(t)
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/b"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{sooner}}))(t)
			due := must(s.Outbox.Due(ctx, noon, 10))(t)
			if len(due) != 2 || due[0].SubmittedResource != "urn:sooner" || due[1].SubmittedResource != "urn:later" {
				t.Errorf("due at noon: %+v", due)
			}
		}},
		{"rows are counted by status", func(t *testing.T, reopen func() State) {
			s := reopen()
			stopped := melding("urn:a")
			stopped.Status = publisher.Tegengehouden
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/a"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{stopped, melding("urn:b"), melding("urn:c")}}))(t)
			must(s.Ledger.Append(ctx, entry("https://vlavirgem.be/b"), publisher.Refs{}, publisher.Effects{Meldingen: []publisher.Melding{melding("urn:a"), melding("urn:b")}}))(t)
			sent := must(s.Outbox.Due(ctx, noon, 1))(t)[0]
			sent.Status = publisher.Aanvaard
			for range 2 { // saving again counts nothing again
				if err := s.Outbox.Save(ctx, sent); err != nil {
					t.Fatal(err)
				}
			}
			s = reopen()
			counts := must(s.Outbox.Counts(ctx))(t)
			if counts[publisher.Wachtend] != 2 || counts[publisher.Aanvaard] != 1 || counts[publisher.Tegengehouden] != 0 {
				t.Errorf("counts %v, want 2 waiting, 1 accepted", counts)
			}
		}},
		{"how pages stand", standing},
		{"the versions of a page", versions},
		{"marks", marks},
		{"the calendar", calendar},
		{"cursors", func(t *testing.T, reopen func() State) {
			s := reopen()
			if n := must(s.Cursors.Cursor(ctx, "graphs"))(t); n != 0 {
				t.Errorf("a new cursor stands at %d", n)
			}
			for _, err := range []error{s.Cursors.SetCursor(ctx, "graphs", 7), s.Cursors.SetCursor(ctx, "index", 3), s.Cursors.SetCursor(ctx, "graphs", 0)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			s = reopen()
			if n := must(s.Cursors.Cursor(ctx, "index"))(t); n != 3 {
				t.Errorf("cursor index stands at %d, want 3", n)
			}
			if n := must(s.Cursors.Cursor(ctx, "graphs"))(t); n != 0 {
				t.Errorf("cursor graphs was reset but stands at %d", n)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			var current State
			reopen := func() State {
				if current.Close != nil {
					if err := current.Close(); err != nil {
						t.Fatal(err)
					}
				}
				current = open(t, dir)
				return current
			}
			c.test(t, reopen)
			if err := current.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// standing lets pages come, go, and be held, and asks after each step.
func standing(t *testing.T, reopen func() State) {
	ctx := context.Background()
	s := reopen()
	const id, other = "3f2504e0-4f89-51d3-9a0c-0305e82c3301", "3f2504e0-4f89-51d3-9a0c-0305e82c3302"
	for _, c := range []struct {
		pagina          string
		kind            publisher.Kind
		gone            []string
		held, withdrawn string // sequences, of pages that are held and that took id away
		published       int
		warnings        int
	}{
		{"a", publisher.Published, nil, "[]", "[]", 1, 2},
		{"b", publisher.Held, nil, "[2]", "[]", 1, 4},
		{"c", publisher.Held, nil, "[2 3]", "[]", 1, 6},
		{"b", publisher.Held, nil, "[3 4]", "[]", 1, 6},
		{"c", publisher.Published, nil, "[4]", "[]", 2, 6},
		{"a", publisher.Withdrawn, []string{id, other}, "[4]", "[6]", 1, 4},
		{"c", publisher.Withdrawn, []string{id}, "[4]", "[7 6]", 0, 2},
		{"a", publisher.Published, nil, "[4]", "[7]", 1, 4},
		{"a", publisher.Withdrawn, []string{other}, "[4]", "[7]", 0, 2},
		{"b", publisher.Withdrawn, []string{"is no id of ours"}, "error", "[7]", 0, 2},
		{"b", publisher.Erased, nil, "[]", "[7]", 0, 0},
	} {
		e := entry("https://vlavirgem.be/" + c.pagina)
		e.Kind = c.kind
		if c.kind == publisher.Withdrawn || c.kind == publisher.Erased {
			e.Findings = nil
		}
		_, err := s.Ledger.Append(ctx, e, publisher.Refs{}, publisher.Effects{Gone: c.gone})
		if c.held == "error" {
			if err == nil {
				t.Error("an id that is no UUID was taken")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		s = reopen()
		tally := must(s.Standing.Tally(ctx))(t)
		held := sequences(must(s.Standing.Held(ctx, 10))(t))
		withdrawn := sequences(must(s.Standing.Withdrawn(ctx, id, 10))(t))
		if held != c.held || withdrawn != c.withdrawn || tally.Pages[publisher.Published] != c.published || tally.Findings[rdf.Warning] != c.warnings {
			t.Errorf("after %s is %s: held %s, withdrawn %s, %+v; want %+v", c.pagina, c.kind, held, withdrawn, tally, c)
		}
	}
	if list := must(s.Standing.Withdrawn(ctx, id, 0))(t); len(list) != 0 {
		t.Errorf("none asked for, got %v", list)
	}
	for _, id := range []string{"", "x", other[:35], "3f2504e0-4f89-51d3-9a0c-0305e82c3303"} {
		if list := must(s.Standing.Withdrawn(ctx, id, 10))(t); len(list) != 0 {
			t.Errorf("withdrawn for %q: %v", id, list)
		}
	}
}

// versions lets three pages have some, one of them with a name that begins as
// another's.
func versions(t *testing.T, reopen func() State) {
	ctx := context.Background()
	s := reopen()
	for _, c := range []struct {
		pagina string
		kind   publisher.Kind
	}{
		{"a", publisher.Published}, {"ab", publisher.Published}, {"a", publisher.Held},
		{"c", publisher.Published}, {"a", publisher.Withdrawn}, {"a", publisher.Published},
	} {
		e := entry("https://vlavirgem.be/" + c.pagina)
		e.Kind = c.kind
		must(s.Ledger.Append(ctx, e, publisher.Refs{}, publisher.Effects{}))(t)
	}
	s = reopen()
	for _, c := range []struct {
		pagina string
		before uint64
		n      int
		want   string
	}{
		{"a", 0, 10, "[6 5 3 1]"}, {"a", 0, 2, "[6 5]"}, {"a", 5, 2, "[3 1]"}, {"a", 4, 10, "[3 1]"},
		{"a", 1, 10, "[]"}, {"a", 1 << 63, 1, "[6]"}, {"a", 0, 0, "[]"},
		{"ab", 0, 10, "[2]"}, {"", 0, 10, "[]"}, {"abc", 0, 10, "[]"},
	} {
		if got := sequences(must(s.Standing.Versions(ctx, "https://vlavirgem.be/"+c.pagina, c.before, c.n))(t)); got != c.want {
			t.Errorf("%d versions of %q before %d: %s, want %s", c.n, c.pagina, c.before, got, c.want)
		}
	}
	if list := must(s.Standing.Versions(ctx, "https://vlavirgem.be/a", 6, 1))(t); len(list) != 1 || list[0].Kind != publisher.Withdrawn || list[0].Hash != list[0].Sum() {
		t.Errorf("the entry came back as %+v", list)
	}
}

// marks are set, set again, moved and taken away.
func marks(t *testing.T, reopen func() State) {
	ctx := context.Background()
	s := reopen()
	long := strings.Repeat("x", 10_000)
	mark := func(pagina string, sequence uint64, key, value string) publisher.Mark {
		return publisher.Mark{Key: key, Pagina: pagina, Sequence: sequence, Value: value}
	}
	check := func(name, key string, n int, want string) {
		t.Helper()
		got := []string{}
		for _, m := range must(s.Marks.Marked(ctx, key, n))(t) {
			if m.Key != key {
				t.Errorf("%s: a mark with key %.20q", name, m.Key)
			}
			got = append(got, fmt.Sprintf("%s/%d/%s", m.Pagina, m.Sequence, m.Value))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	set := func(marks map[string][]publisher.Mark) {
		t.Helper()
		for range 2 { // it may be repeated
			if err := s.Marks.SetMarks(ctx, marks); err != nil {
				t.Fatal(err)
			}
		}
		s = reopen()
	}
	check("nothing yet", "k", 10, "")
	set(map[string][]publisher.Mark{
		"a": {mark("a", 1, "k", "2"), mark("a", 1, "k", "1"), mark("a", 1, long, "é €")},
		"b": {mark("b", 300, "k", "")},
		"c": {mark("c", 2, "kk", "0")},
	})
	check("shared", "k", 10, "b/300/ a/1/2 a/1/1")
	check("the newest", "k", 2, "b/300/ a/1/2")
	check("none asked for", "k", 0, "")
	check("a long key", long, 10, "a/1/é €")
	check("a long key that begins so", long[1:], 10, "")
	check("a key that begins so", "kk", 10, "c/2/0")
	set(map[string][]publisher.Mark{"a": {mark("a", 301, "k", "3")}, "c": nil, "unknown": nil})
	check("after a new version", "k", 10, "a/301/3 b/300/")
	check("what the new version lacks", long, 10, "")
	check("what was taken away", "kk", 10, "")
	set(map[string][]publisher.Mark{"a": {}, "b": nil})
	check("when all are gone", "k", 10, "")
}

// calendar holds the decisions and sittings of two organs in one that met on
// the same evening.
func calendar(t *testing.T, reopen func() State) {
	ctx := context.Background()
	s := reopen()
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	raad, college := &besluit.Bestuursorgaan{IRI: "urn:raad"}, &besluit.Bestuursorgaan{IRI: "urn:college"}
	sitting := func(iri string, o *besluit.Bestuursorgaan, at time.Time) *besluit.Zitting {
		return &besluit.Zitting{IRI: iri, GehoudenDoor: o, GeplandeStart: at}
	}
	decision := func(iri string, z *besluit.Zitting, types ...string) *besluit.Besluit {
		return &besluit.Besluit{IRI: iri, Types: types, Publicatiedatum: day(9), Behandeling: &besluit.BehandelingVanAgendapunt{Agendapunt: &besluit.Agendapunt{Zitting: z}}}
	}
	z1, z2, z3 := sitting("z1", raad, day(1)), sitting("z2", college, day(2)), sitting("z3", nil, time.Time{})
	both := decision("both", z1)
	both.GenomenDoor = college
	in := &besluit.Inhoud{
		Zittingen: []*besluit.Zitting{z1, z2, z3},
		Besluiten: []*besluit.Besluit{
			decision("b1", z1, "urn:t1"), decision("a1", z1, "urn:t2", "urn:t1"), decision("c2", z2), both,
			{IRI: "loose", GenomenDoor: raad, Publicatiedatum: day(0)}, {IRI: "undated", GenomenDoor: raad},
			{IRI: strings.Repeat("x", 5000), Publicatiedatum: day(3)},
		},
	}
	for range 2 { // what is put again stands there once
		if err := s.Calendar.Put(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	check := func(name, class string, organs []string, sel publisher.Selection, want string, wantTotal int) {
		t.Helper()
		iris, total, err := s.Calendar.Newest(ctx, class, organs, sel)
		if got := strings.Join(iris, " "); err != nil || got != want || total != wantTotal {
			t.Errorf("%s: %q of %d, %v; want %q of %d", name, got, total, err, want, wantTotal)
		}
	}
	all := func() {
		t.Helper()
		check("decisions", vocab.BesluitBesluit, nil, publisher.Selection{}, "c2 a1 b1 both loose undated", 6)
		check("sittings", vocab.BesluitZitting, nil, publisher.Selection{}, "z2 z1 z3", 3)
	}
	all()
	s = reopen()
	all()
	decisions := vocab.BesluitBesluit
	check("a stretch", decisions, nil, publisher.Selection{Offset: 1, Limit: 2}, "a1 b1", 6)
	check("past the end", decisions, nil, publisher.Selection{Offset: 6}, "", 6)
	check("of one organ", decisions, []string{"urn:college"}, publisher.Selection{}, "c2 both", 2)
	check("of two, each once", decisions, []string{"urn:raad", "urn:college", "urn:nobody"}, publisher.Selection{}, "c2 a1 b1 both loose undated", 6)
	check("of none", decisions, []string{}, publisher.Selection{}, "", 0)
	check("of a type", decisions, nil, publisher.Selection{Types: []string{"urn:t2", "urn:t3"}}, "a1", 1)
	midnight := day(1).Truncate(24 * time.Hour)
	check("from a day", decisions, nil, publisher.Selection{From: midnight}, "c2 a1 b1 both", 4)
	check("to a day", decisions, nil, publisher.Selection{To: midnight}, "a1 b1 both loose", 4)
	check("of a day", decisions, []string{"urn:raad", "urn:college"}, publisher.Selection{From: midnight, To: midnight}, "a1 b1 both", 3)

	moved := sitting("z1", college, day(5)) // put off, and to another organ
	if err := s.Calendar.Put(ctx, &besluit.Inhoud{Zittingen: []*besluit.Zitting{moved}, Besluiten: []*besluit.Besluit{decision("b1", moved)}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Calendar.Delete(ctx, []string{"c2", "z2", "unknown"}); err != nil {
		t.Fatal(err)
	}
	s = reopen()
	check("decisions after a move", decisions, nil, publisher.Selection{}, "b1 a1 both loose undated", 5)
	check("of the organ it left", decisions, []string{"urn:raad"}, publisher.Selection{}, "a1 both loose undated", 4)
	check("sittings after a move", vocab.BesluitZitting, []string{"urn:college"}, publisher.Selection{}, "z1", 1)
}

func sequences(entries []publisher.Entry) string {
	list := []uint64{}
	for _, e := range entries {
		list = append(list, e.Sequence)
	}
	return fmt.Sprint(list)
}

// Blobs checks the contract of publisher.Blobs. open opens the store in dir,
// again and again, to see what is durable.
func Blobs(t *testing.T, open func(t *testing.T, dir string) publisher.Blobs) {
	ctx := context.Background()
	const hashOfEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	t.Run("content comes back by its SHA-256", func(t *testing.T) {
		dir := t.TempDir()
		contents := [][]byte{{}, []byte("Besluit"), bytes.Repeat([]byte("artikel "), 100_000)}
		var names []string
		b := open(t, dir)
		for _, c := range contents {
			names = append(names, must(b.Put(ctx, c))(t))
		}
		if names[0] != hashOfEmpty {
			t.Errorf("empty content has name %s", names[0])
		}
		b = open(t, dir)
		for i, name := range names {
			if got := must(b.Get(ctx, name))(t); !bytes.Equal(got, contents[i]) {
				t.Errorf("blob %d came back with %d bytes, want %d", i, len(got), len(contents[i]))
			}
			if again := must(b.Put(ctx, contents[i]))(t); again != name {
				t.Errorf("the same content has names %s and %s", name, again)
			}
		}
	})
	t.Run("unknown names do not exist", func(t *testing.T) {
		b := open(t, t.TempDir())
		for _, name := range []string{hashOfEmpty, "", "../../etc/passwd", "E3", strings.ToUpper(hashOfEmpty)} {
			if _, err := b.Get(ctx, name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("get of %q: %v, want fs.ErrNotExist", name, err)
			}
		}
	})
	t.Run("the same content at once", func(t *testing.T) {
		b := open(t, t.TempDir())
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for i := range 10 {
					if _, err := b.Put(ctx, []byte{byte(i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		for i := range 10 {
			name := must(b.Put(ctx, []byte{byte(i)}))(t)
			if got := must(b.Get(ctx, name))(t); len(got) != 1 || got[0] != byte(i) {
				t.Errorf("blob %d came back as %v", i, got)
			}
		}
	})
}

// must returns a function that gives v, or ends the test with the error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

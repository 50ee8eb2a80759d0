package publisher_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

func TestMeldingsregels(t *testing.T) {
	obliges := func(iri, eenheid string) bool {
		return slices.ContainsFunc(publisher.Meldingsregels(), func(r publisher.Meldingsregel) bool {
			return r.Type == iri && slices.Contains(r.Eenheden, eenheid)
		})
	}
	for _, c := range []struct {
		iri, eenheid string
		want         bool
	}{
		{vocab.TypeBesluitenlijst, besluit.Gemeente, true},
		{vocab.TypeBesluitenlijst, besluit.OCMW, true},
		{vocab.TypeAgenda, besluit.Gemeente, false},
		{vocab.TypeNotulen, besluit.Gemeente, false},
		{vocab.BesluitType + "e8afe7c5-9640-4db8-8f74-3f023bec3241", besluit.Gemeente, true},
		{vocab.BesluitType + "e96ec8af-6480-4b32-876a-fefe5f0a3793", besluit.Gemeente, false},
	} {
		if got := obliges(c.iri, c.eenheid); got != c.want {
			t.Errorf("%s of %s: must be notified %v, want %v", besluit.Label(c.iri), besluit.Label(c.eenheid), got, c.want)
		}
	}
}

const whole = list + `:b1 a type:e8afe7c5-9640-4db8-8f74-3f023bec3241 ; eli:passed_by :raad2025 ; eli:date_publication "2025-03-14"^^xsd:date .`

func TestMeldingenAreMade(t *testing.T) {
	start := map[string]time.Time{data + "vlavirgem": time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		name, text string
		notify     map[string]time.Time
		want       string // resource and status of each row
	}{
		{"a list and a regulation", whole, start, "b1 wachtend,lijst wachtend"},
		{"nobody notifies through us", whole, nil, ""},
		{"published before the start", whole, map[string]time.Time{data + "vlavirgem": noon.AddDate(0, 0, 1)}, ""},
		{"published on the first day", whole, map[string]time.Time{data + "vlavirgem": time.Date(2025, 3, 14, 0, 0, 0, 0, time.UTC)}, "b1 wachtend,lijst wachtend"},
		{"minutes and a decision without a type", minutes, start, ""},
		{"a list of the college", strings.ReplaceAll(whole, "orgaan:5ab0e9b8a3b2ca7c5e000005", "orgaan:5ab0e9b8a3b2ca7c5e000006"), start, "b1 wachtend"},
		{"an extract, whose sitting the portal would miss", extract, start, "b1 tegengehouden"},
		{"a list without a date of publication", strings.Replace(whole, ` ; eli:date_publication "2025-03-14"^^xsd:date .
:h1`, ` .
:h1`, 1), start, "b1 wachtend,lijst tegengehouden"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.Notify = c.notify
			h.accept(t, page(t, "p", c.text))
			rows, err := h.Outbox.Meldingen(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range rows {
				got = append(got, strings.TrimPrefix(m.SubmittedResource, data)+" "+string(m.Status))
				if m.Href != site+"p" || m.Organization != data+"vlavirgem" || (m.Status == publisher.Tegengehouden) != (m.Reason != "") {
					t.Errorf("row %+v", m)
				}
			}
			slices.Sort(got)
			if s := strings.Join(got, ","); s != c.want {
				t.Errorf("rows %q, want %q", s, c.want)
			}
		})
	}
}

func TestAPageThatMendsItselfIsNotified(t *testing.T) {
	h := newHouse(t)
	h.Notify = map[string]time.Time{data + "vlavirgem": {}}
	h.accept(t, page(t, "uittreksel", extract))
	h.accept(t, page(t, "uittreksel", extract+sitting))
	rows, _ := h.Outbox.Meldingen(ctx)
	if len(rows) != 1 || rows[0].Status != publisher.Wachtend || rows[0].Sequence != 2 {
		t.Errorf("rows %+v", rows)
	}
}

func TestPreflight(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		resource       string
		missing        string // part of each reason
	}{
		{"a whole list", "", "", "lijst", ""},
		{"a whole regulation", "", "", "b1", ""},
		{"no type", "type:e8afe7c5", "type:x", "a1", "besluittype of documenttype"},
		{"a list without its organ", "4dee ; eli:passed_by :raad2025", "4dee", "lijst", "eli:passed_by"},
		{"the abstract organ", "eli:passed_by :raad2025", "eli:passed_by :raad", "b1", "eli:passed_by"},
		{"a planned start only", "prov:startedAtTime", "prov:plannedAtTime", "lijst", "prov:startedAtTime"},
		{"a start without a time zone", "20:02:00+01:00", "20:02:00", "b1", "prov:startedAtTime"},
		{"a sitting to come", "2025-03-11T20:02", "2026-03-11T20:02", "b1", "toekomst"},
		{"a date in words", `"2025-03-14"`, `"14 maart"`, "lijst", "eli:date_publication"},
	} {
		text := strings.ReplaceAll(whole, c.from, c.to)
		quads, err := turtle.Parse([]byte(prefixes+text), site)
		if err != nil {
			t.Fatal(err)
		}
		missing := publisher.Preflight(rdf.NewGraph(quads...), data+c.resource, noon)
		if c.missing == "" && len(missing) > 0 || c.missing != "" && (len(missing) != 1 || !strings.Contains(missing[0], c.missing)) {
			t.Errorf("%s: %q, want %q", c.name, missing, c.missing)
		}
	}
}

// portal answers as a table says.
type portal struct {
	answers []any // publisher.Answer or error
	got     []string
}

func (p *portal) Submit(_ context.Context, m publisher.Melding) (publisher.Answer, error) {
	p.got = append(p.got, m.SubmittedResource)
	next := p.answers[0]
	p.answers = p.answers[1:]
	if err, ok := next.(error); ok {
		return publisher.Answer{}, err
	}
	return next.(publisher.Answer), nil
}

func TestDeliver(t *testing.T) {
	created := publisher.Answer{Status: 201, Submission: "urn:submission"}
	lost := errors.New("connection reset")
	for _, c := range []struct {
		name    string
		answers []any
		status  publisher.MeldingStatus
		reason  string
		took    time.Duration
	}{
		{"accepted", []any{created}, publisher.Aanvaard, "", 0},
		{"known already", []any{publisher.Answer{Status: 409, Message: "already"}}, publisher.Aanvaard, "kent dit al", 0},
		{"accepted, but the answer was lost", []any{lost, publisher.Answer{Status: 409}}, publisher.Aanvaard, "kent dit al", time.Minute},
		{"refused", []any{publisher.Answer{Status: 400, Message: "Invalid JSON-LD"}}, publisher.Geweigerd, "Invalid JSON-LD", 0},
		{"the portal is ill, longer and longer", []any{publisher.Answer{Status: 500}, publisher.Answer{Status: 503}, lost, created}, publisher.Aanvaard, "", 7 * time.Minute},
		{"too many requests", []any{publisher.Answer{Status: 429}, created}, publisher.Aanvaard, "", time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.Notify = map[string]time.Time{data + "vlavirgem": {}}
			h.accept(t, page(t, "lijst", list))
			p := &portal{answers: c.answers}
			now := noon
			h.Portal, h.Now = p, func() time.Time { return now }
			for len(p.answers) > 0 {
				if err := h.Deliver(ctx); err != nil {
					t.Fatal(err)
				}
				if len(p.answers) > 0 {
					now = now.Add(time.Minute)
				}
			}
			rows, _ := h.Outbox.Meldingen(ctx)
			if len(rows) != 1 || rows[0].Status != c.status || !strings.Contains(rows[0].Reason, c.reason) || c.reason == "" && rows[0].Reason != "" || rows[0].Attempts != len(c.answers) {
				t.Errorf("row %+v, want %s, %q", rows, c.status, c.reason)
			}
			if took := now.Sub(noon); took != c.took {
				t.Errorf("took %v, want %v", took, c.took)
			}
			if c.answers[len(c.answers)-1] == any(created) && (rows[0].Submission != "urn:submission" || !rows[0].Sent.Equal(now)) {
				t.Errorf("accepted row %+v", rows[0])
			}
			if err := h.Deliver(ctx); err != nil { // nothing is due: another call would panic
				t.Error(err)
			}
		})
	}
}

func TestDeliverStopsForARefusedVendor(t *testing.T) {
	h := newHouse(t)
	h.Notify = map[string]time.Time{data + "vlavirgem": {}, data + "elders": {}}
	elsewhere := strings.NewReplacer(":vlavirgem", ":elders", ":lijst", ":lijst2", ":z ", ":z2 ").Replace(list)
	for i, text := range []string{whole, elsewhere} {
		h.accept(t, page(t, fmt.Sprint("p", i), text))
	}
	p := &portal{answers: []any{publisher.Answer{Status: 401, Message: "no access"}, publisher.Answer{Status: 201}}}
	h.Portal = p
	var refused *publisher.RefusedError
	if err := h.Deliver(ctx); !errors.As(err, &refused) || refused.Organization != data+"vlavirgem" || refused.Message != "no access" {
		t.Errorf("deliver: %v", err)
	}
	if len(p.got) != 2 || p.got[1] != data+"lijst2" {
		t.Errorf("sent %q: want one try for the refused government and one for the other", p.got)
	}
	rows, _ := h.Outbox.Meldingen(ctx)
	for _, m := range rows {
		if want := map[bool]publisher.MeldingStatus{true: publisher.Aanvaard, false: publisher.Wachtend}[m.SubmittedResource == data+"lijst2"]; m.Status != want {
			t.Errorf("row %+v, want %s", m, want)
		}
	}
}

// A portal that is away is not asked for every melding, each time until the
// time-out: the others wait for the next run.
func TestDeliverStopsWhenThePortalIsSilent(t *testing.T) {
	h := newHouse(t)
	h.Notify = map[string]time.Time{data + "vlavirgem": {}}
	for i := range 5 {
		other := strings.NewReplacer(":lijst", fmt.Sprint(":lijst", i), ":z ", fmt.Sprint(":z", i, " ")).Replace(list)
		h.accept(t, page(t, fmt.Sprint("p", i), other))
	}
	lost := errors.New("connection refused")
	p := &portal{answers: []any{lost, publisher.Answer{Status: 500}, lost, lost, lost}}
	h.Portal = p
	var silent *publisher.SilentError
	if err := h.Deliver(ctx); !errors.As(err, &silent) || !errors.Is(err, lost) {
		t.Errorf("deliver: %v", err)
	}
	if len(p.got) != 5 || len(p.answers) != 0 {
		t.Errorf("sent %q: an answer in between did not count", p.got)
	}
	h.Now = func() time.Time { return noon.Add(time.Hour) }
	p.answers, p.got = []any{lost, lost, lost}, nil
	if err := h.Deliver(ctx); !errors.As(err, &silent) || len(p.got) != 3 {
		t.Errorf("deliver: %v after %q, want an end after three", err, p.got)
	}
	p.answers = []any{publisher.Answer{Status: 201}, publisher.Answer{Status: 201}}
	if err := h.Deliver(ctx); err != nil {
		t.Errorf("the two that were not tried: %v", err)
	}
	counts, err := h.Outbox.Counts(ctx)
	if err != nil || counts[publisher.Aanvaard] != 2 || counts[publisher.Wachtend] != 3 {
		t.Errorf("counts %v, %v", counts, err)
	}
}

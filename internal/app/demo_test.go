package app

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/results"
)

// startDemo runs the whole pipeline in this process and leaves it open.
func startDemo(t *testing.T) *demo {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &env{ctx: t.Context(), stdout: io.Discard, stderr: io.Discard}
	d := &demo{e: e, listener: l, seconds: map[string]float64{}}
	if err := d.begin(t.TempDir(), ""); err != nil {
		t.Fatal(err)
	}
	standIn, err := d.standIn("")
	if err != nil {
		t.Fatal(err)
	}
	handler, err := d.hosts(standIn)
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(handler)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() {
		for _, err := range []error{server.Close(), standIn.Close(), d.close()} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	if err := d.pipeline(); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDemoFindsTheTruth compares what the pipeline ends with to what the
// municipality says that it published.
func TestDemoFindsTheTruth(t *testing.T) {
	begun := time.Now()
	d := startDemo(t)
	t.Logf("pipeline took %v: %v", time.Since(begun), d.seconds)
	truth := d.gemeente.Waarheid()
	totals, err := d.totals()
	if err != nil {
		t.Fatal(err)
	}
	count := func(class string) int {
		n, err := countClass(t.Context(), d.engine, class)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"pages", totals.Pages, truth.Paginas},
		{"zittingen", totals.Sittings, truth.Zittingen},
		{"besluiten", totals.Decisions, truth.Besluiten},
		{"stemmingen", totals.Votes, truth.Stemmingen},
		{"agendapunten", count(vocab.BesluitAgendapunt), truth.Agendapunten},
		{"behandelingen", count(vocab.BesluitBehandelingVanAgendapunt), truth.Behandelingen},
		{"artikels", count(vocab.BesluitArtikel), truth.Artikelen},
		{"mandatarissen", count(vocab.MandaatMandataris), truth.Mandatarissen},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
	if int64(totals.Quads) != d.quads.Len() || totals.Quads == 0 {
		t.Errorf("%d quads", totals.Quads)
	}
	t.Run("faults", func(t *testing.T) { findFaults(t, d) })
	t.Run("clean pages", func(t *testing.T) { cleanPages(t, d) })
	t.Run("meldingen", func(t *testing.T) { checkMeldingen(t, d) })
	t.Run("robots", func(t *testing.T) {
		for _, url := range truth.Verboden {
			if v, ok, err := d.visits.Last(t.Context(), url); err != nil || ok && v.Status != 0 {
				t.Errorf("%s was fetched: %+v, %v", url, v, err)
			}
		}
	})
	t.Run("examples of queries", func(t *testing.T) { runExamples(t, d) })
	t.Run("second harvest", func(t *testing.T) { harvestAgain(t, d, totals) })
	t.Run("replay", func(t *testing.T) { replayDemo(t, d) })
	t.Run("ledger", func(t *testing.T) {
		if err := publisher.Verify(t.Context(), d.publisher.Ledger, d.publisher.Blobs); err != nil {
			t.Error(err)
		}
		if err := d.quads.Check(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// runExamples runs the queries that the query page offers: each has an answer
// on the sample municipality.
func runExamples(t *testing.T, d *demo) {
	site, err := d.site()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/sparql", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	page, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	list := page.Find("a[data-vraag]")
	if list.Length() < 5 {
		t.Fatalf("%d examples on the page", list.Length())
	}
	list.Each(func(_ int, a *goquery.Selection) {
		result, err := d.engine.Query(t.Context(), sparql.Query{Text: a.AttrOr("data-vraag", "")})
		if err != nil {
			t.Errorf("%s: %v", a.Text(), err)
			return
		}
		defer result.Close()
		n := 0
		if result.Kind == results.Quads {
			for _, err := range result.Quads {
				if n++; err != nil {
					t.Errorf("%s: %v", a.Text(), err)
				}
			}
		} else {
			for _, err := range result.Rows {
				if n++; err != nil {
					t.Errorf("%s: %v", a.Text(), err)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no answer", a.Text())
		}
	})
}

// findFaults looks for a finding of the right rule at the right line of every
// page with a deliberate fault.
func findFaults(t *testing.T, d *demo) {
	for _, fault := range d.gemeente.Waarheid().Fouten {
		bron, ok, err := d.publisher.Bron(t.Context(), fault.Pagina)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", fault.Pagina, ok, err)
			continue
		}
		found := false
		for _, f := range bron.Report.Findings {
			found = found || f.Rule == fault.Code && f.Span.Start.Line == fault.Regel
		}
		if !found {
			t.Errorf("%s: no finding %s at line %d; there are %s", fault.Pagina, fault.Code, fault.Regel, short(bron.Report.Findings))
		}
	}
}

func short(findings []rdf.Finding) (list []string) {
	for _, f := range findings {
		list = append(list, f.Rule+"@"+f.Span.Start.String())
	}
	return list
}

// cleanPages: only the pages with a fault have violations.
func cleanPages(t *testing.T, d *demo) {
	faulty := map[string]bool{}
	for _, fault := range d.gemeente.Waarheid().Fouten {
		faulty[fault.Pagina] = true
	}
	for _, p := range d.gemeente.Waarheid().PerPagina {
		bron, ok, err := d.publisher.Bron(t.Context(), p.URL)
		if err != nil {
			t.Fatal(err)
		}
		if !ok || faulty[p.URL] {
			continue
		}
		for _, f := range bron.Report.Findings {
			if f.Severity == rdf.Violation {
				t.Errorf("%s: %s at %s: %s", p.URL, f.Rule, f.Span.Start, f.Message.EN)
			}
		}
	}
}

// checkMeldingen: what the rules oblige to notify, and no more, was accepted.
func checkMeldingen(t *testing.T, d *demo) {
	rows, err := d.publisher.Outbox.Meldingen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	must := map[string]bool{}
	for _, m := range d.gemeente.Waarheid().Meldingsplichtig {
		must[m.Onderwerp] = true
	}
	accepted := 0
	for _, m := range rows {
		if !must[m.SubmittedResource] {
			t.Errorf("notified without need: %s", m.SubmittedResource)
		}
		switch m.Status {
		case publisher.Aanvaard:
			accepted++
		case publisher.Tegengehouden:
			t.Logf("kept back: %s: %s", m.SubmittedResource, m.Reason)
		default:
			t.Errorf("%s is %s: %s", m.SubmittedResource, m.Status, m.Reason)
		}
	}
	if accepted == 0 {
		t.Error("nothing was notified")
	}
	t.Logf("%d accepted of %d rows; the municipality lists %d", accepted, len(rows), len(must))
}

// harvestAgain: on an unchanged site a second harvest changes nothing and asks
// every page conditionally.
func harvestAgain(t *testing.T, d *demo, before demoTotals) {
	head, err := d.publisher.Ledger.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.pipeline(); err != nil {
		t.Fatal(err)
	}
	after, err := d.totals()
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.publisher.Ledger.Head(t.Context())
	if err != nil || again != head {
		t.Errorf("ledger went from %d to %d, %v", head, again, err)
	}
	if after.Quads != before.Quads || after.Decisions != before.Decisions || after.Pages != before.Pages {
		t.Errorf("after a second harvest: %+v, before: %+v", after, before)
	}
}

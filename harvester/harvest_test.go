package harvester_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/internal/suite"
)

// web is a scripted website that counts what is asked of it.
type web struct {
	*httptest.Server
	mu     sync.Mutex
	pages  map[string]http.HandlerFunc
	asked  []string
	active int
	most   int // requests under way at once
}

func newWeb(t *testing.T) *web {
	w := &web{pages: map[string]http.HandlerFunc{}}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.asked = append(w.asked, r.URL.RequestURI())
		w.active++
		w.most = max(w.most, w.active)
		page := w.pages[r.URL.Path]
		w.mu.Unlock()
		if page == nil {
			page = http.NotFound
		}
		page(rw, r)
		w.mu.Lock()
		w.active--
		w.mu.Unlock()
	}))
	t.Cleanup(w.Close)
	return w
}

// page serves HTML with an ETag that follows from its content.
func (w *web) page(path, body string) {
	w.pages[path] = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		etag := fmt.Sprintf(`"%x"`, len(body))
		rw.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(rw, body)
	}
}

func (w *web) count(uri string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, a := range w.asked {
		if a == uri {
			n++
		}
	}
	return n
}

const prefix = `prefix="besluit: http://data.vlaanderen.be/ns/besluit# lblodBesluit: http://lblod.data.gift/vocabularies/besluit/"`

func overview(links ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<html %s><title>Overzicht</title>`, prefix)
	for _, l := range links {
		fmt.Fprintf(&b, `<a property="lblodBesluit:linkToPublication" href="%s">x</a>`, l)
	}
	return b.String()
}

func notulen(id string) string {
	return fmt.Sprintf(`<html %s><title>Notulen %s</title><div typeof="besluit:Zitting" resource="https://data.example/z/%s">Zitting</div>`, prefix, id, id)
}

// blobs forgets everything.
type blobs struct{}

func (blobs) Put(context.Context, []byte) (string, error) { return "", nil }

func (blobs) Get(context.Context, string) ([]byte, error) { return nil, fs.ErrNotExist }

// register stands in for the publisher.
type register struct {
	mu    sync.Mutex
	pages map[string]string
	log   []string
}

func (r *register) accept(_ context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	outcome := harvester.New
	switch old, ok := r.pages[p.Pagina]; {
	case p.Ingetrokken:
		outcome = harvester.Withdrawn
	case ok && old == p.Ruw:
		outcome = harvester.Unchanged
	case ok:
		outcome = harvester.Changed
	}
	r.pages[p.Pagina] = p.Ruw
	r.log = append(r.log, string(outcome)+" "+p.Pagina)
	return outcome, nil
}

func newHarvester(t *testing.T) (*harvester.Harvester, *register) {
	t.Helper()
	db, err := pebble.Open(filepath.Join(t.TempDir(), "state"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	reg := &register{pages: map[string]string{}}
	return &harvester.Harvester{
		Frontier: db.Frontier(), Visits: db.Visits(), Blobs: blobs{}, Accept: reg.accept,
		Client:  &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		Options: harvester.Options{Backoff: time.Millisecond, Timeout: 5 * time.Second, MaxBody: 1 << 20, UserAgent: "Belfort/test"},
	}, reg
}

func run(t *testing.T, h *harvester.Harvester, seeds ...string) harvester.Totals {
	t.Helper()
	totals, err := h.Run(t.Context(), harvester.Sources(seeds...))
	if err != nil {
		t.Fatal(err)
	}
	return totals
}

func TestFollowsLinksOnceAndStaysOnItsHost(t *testing.T) {
	w := newWeb(t)
	elsewhere := newWeb(t)
	elsewhere.page("/notulen/9", notulen("9"))
	w.page("/", overview("/notulen/1", "/notulen/2", "/notulen/1#punt3", "/notulen/1?utm_source=mail", "/bijlage.pdf", elsewhere.URL+"/notulen/9", "mailto:a@b.example"))
	w.page("/notulen/1", notulen("1")+`<a property="x:heeftNotulen_oud" href="/notulen/3">plain attribute</a><i property="besluit:heeftAgenda" resource="/id/agenda/1">a name, not an address</i><a rel="next" href="/blad/2">verder</a>`)
	w.page("/notulen/2", notulen("2"))
	w.page("/notulen/3", notulen("3"))
	w.page("/blad/2", overview("/notulen/2"))
	h, reg := newHarvester(t)
	totals := run(t, h, w.URL)
	if totals.Pages != 5 || totals.New != 3 || totals.Overviews != 2 || totals.Failed != 0 || totals.Requests != 5 {
		t.Errorf("totals %+v", totals)
	}
	for _, path := range []string{"/", "/notulen/1", "/notulen/2", "/notulen/3", "/robots.txt"} {
		if n := w.count(path); n != 1 {
			t.Errorf("%s asked %d times, want once", path, n)
		}
	}
	if len(elsewhere.asked) != 0 {
		t.Errorf("other host was asked %v", elsewhere.asked)
	}
	if len(reg.pages) != 3 {
		t.Errorf("accepted %v", reg.log)
	}
	h.Options.FollowHosts = true
	if run(t, h, w.URL); elsewhere.count("/notulen/9") != 1 {
		t.Errorf("with FollowHosts the other host was asked %v", elsewhere.asked)
	}
}

func TestSecondRunAsksConditionally(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1", "/notulen/2"))
	w.page("/notulen/1", notulen("1"))
	w.page("/notulen/2", notulen("2"))
	h, reg := newHarvester(t)
	run(t, h, w.URL)
	w.page("/notulen/2", notulen("2 verbeterd"))
	totals := run(t, h, w.URL)
	if totals.Requests != 3 || totals.NotModified != 2 || totals.Changed != 1 || totals.Unchanged != 1 || totals.Pages != 3 {
		t.Errorf("second run %+v", totals)
	}
	if len(reg.log) != 3 {
		t.Errorf("accepted %v, want 2 new and 1 changed", reg.log)
	}
}

func TestRobots(t *testing.T) {
	w := newWeb(t)
	w.pages["/robots.txt"] = func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(rw, "User-agent: belfort\nDisallow: /intern/\n\nUser-agent: *\nDisallow: /\n")
	}
	w.page("/", overview("/intern/1", "/notulen/1"))
	w.page("/intern/1", notulen("i"))
	w.page("/notulen/1", notulen("1"))
	h, _ := newHarvester(t)
	totals := run(t, h, w.URL)
	if w.count("/intern/1") != 0 || totals.Disallowed != 1 || totals.New != 1 || totals.Failed != 0 {
		t.Errorf("asked %v, totals %+v", w.asked, totals)
	}
}

func TestRobotsThatAnswers500MeansNotNow(t *testing.T) {
	w := newWeb(t)
	w.pages["/robots.txt"] = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) }
	w.page("/", notulen("1"))
	h, _ := newHarvester(t)
	totals := run(t, h, w.URL)
	if w.count("/") != 0 || totals.Failed != 1 || !totals.Failures[0].Seed {
		t.Errorf("asked %v, totals %+v", w.asked, totals)
	}
}

func TestWithdrawnPage(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1"))
	w.page("/notulen/1", notulen("1"))
	h, reg := newHarvester(t)
	run(t, h, w.URL)
	w.pages["/notulen/1"] = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusGone) }
	totals := run(t, h, w.URL)
	if totals.Withdrawn != 1 || totals.Failed != 0 || reg.log[len(reg.log)-1] != "withdrawn "+w.URL+"/notulen/1" {
		t.Errorf("totals %+v, accepted %v", totals, reg.log)
	}
	if totals := run(t, h, w.URL); totals.Withdrawn != 0 || totals.Failed != 0 || totals.Gone != 1 || totals.Unchanged != 0 {
		t.Errorf("third run %+v: a withdrawal is told once", totals)
	}
	w.page("/notulen/1", notulen("1"))
	if totals := run(t, h, w.URL); totals.New+totals.Changed != 1 || len(reg.log) != 3 {
		t.Errorf("back again: totals %+v, accepted %v", totals, reg.log)
	}
}

// TestMissingPage: a 404 is a failure for a day, and only then a withdrawal; a
// page that comes back in the meantime was never gone.
func TestMissingPage(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/notulen/1"))
	w.page("/notulen/1", notulen("1"))
	h, reg := newHarvester(t)
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	h.Now = func() time.Time { return now }
	run(t, h, w.URL)
	for _, step := range []struct {
		after             time.Duration
		there             bool
		withdrawn, failed int
	}{
		{time.Hour, false, 0, 1}, {20 * time.Hour, false, 0, 1}, {time.Hour, true, 0, 0},
		{4 * time.Hour, false, 0, 1}, {23 * time.Hour, false, 0, 1}, {time.Hour, false, 1, 0}, {time.Hour, false, 0, 0},
	} {
		now = now.Add(step.after)
		if delete(w.pages, "/notulen/1"); step.there {
			w.page("/notulen/1", notulen("1"))
		}
		totals := run(t, h, w.URL)
		if totals.Withdrawn != step.withdrawn || totals.Failed != step.failed {
			t.Errorf("%s: %d withdrawn, %d failed; want %d, %d", now.Format(time.DateTime), totals.Withdrawn, totals.Failed, step.withdrawn, step.failed)
		}
	}
	if want := []string{"new " + w.URL + "/notulen/1", "withdrawn " + w.URL + "/notulen/1"}; !slices.Equal(reg.log, want) {
		t.Errorf("accepted %v, want %v", reg.log, want)
	}
}

// TestMovedPage: what a page stated is withdrawn from its old address when it
// moved for good, and stays when it is elsewhere for a while.
func TestMovedPage(t *testing.T) {
	for status, want := range map[int]int{http.StatusMovedPermanently: 1, http.StatusPermanentRedirect: 1, http.StatusFound: 0, http.StatusSeeOther: 0} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			w := newWeb(t)
			w.page("/", overview("/oud"))
			w.page("/oud", notulen("1"))
			h, reg := newHarvester(t)
			run(t, h, w.URL)
			w.page("/nieuw", notulen("1"))
			w.pages["/oud"] = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/nieuw", status) }
			if totals := run(t, h, w.URL); totals.Withdrawn != want || totals.New != 1 {
				t.Errorf("totals %+v, accepted %v", totals, reg.log)
			}
			w.page("/oud", notulen("1"))
			run(t, h, w.URL)
			if v, _, err := h.Visits.Last(t.Context(), w.URL+"/oud"); err != nil || v.Redirect != "" || v.SHA256 == "" {
				t.Errorf("back at its address: visit %+v, %v", v, err)
			}
			if back := slices.Contains(reg.log[2:], "changed "+w.URL+"/oud"); back != (want == 1) {
				t.Errorf("accepted %v", reg.log)
			}
		})
	}
}

// TestSeedThatWantsCookies: a seed that sends visitors round in a circle has
// failed, it is not an empty harvest.
func TestSeedThatWantsCookies(t *testing.T) {
	w := newWeb(t)
	w.pages["/"] = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/cookie", http.StatusFound) }
	w.pages["/cookie"] = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/", http.StatusFound) }
	h, _ := newHarvester(t)
	if totals := run(t, h, w.URL); totals.Failed != 1 || !totals.Failures[0].Seed {
		t.Errorf("totals %+v", totals)
	}
}

// TestPageThatStatesNothingAnyMore is for the publisher to judge.
func TestPageThatStatesNothingAnyMore(t *testing.T) {
	w := newWeb(t)
	w.page("/", notulen("1"))
	h, reg := newHarvester(t)
	run(t, h, w.URL)
	w.page("/", overview("/notulen/2"))
	w.page("/notulen/2", notulen("2"))
	if run(t, h, w.URL); !slices.Contains(reg.log, "changed "+w.URL+"/") {
		t.Errorf("accepted %v", reg.log)
	}
}

// TestMillionLinks: a page with more links than any overview has is refused,
// and says so.
func TestMillionLinks(t *testing.T) {
	w := newWeb(t)
	w.pages["/"] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(rw, "<html %s><title>Overzicht</title>", prefix)
		for i := range 100_001 {
			fmt.Fprintf(rw, `<a rel=next href=/%d></a>`, i)
		}
	}
	h, _ := newHarvester(t)
	h.Options.MaxBody = 20 << 20
	if totals := run(t, h, w.URL); totals.Requests != 1 || totals.Failed != 1 || !strings.Contains(totals.Failures[0].Err.Error(), "more than the bound") {
		t.Errorf("totals %.400v", totals)
	}
}

// TestWhyAHostCannotBeReached: the cause is not lost behind robots.txt.
func TestWhyAHostCannotBeReached(t *testing.T) {
	h, _ := newHarvester(t)
	h.Client = doer(func(*http.Request) (*http.Response, error) { return nil, errors.New("prohibited IP address") })
	if totals := run(t, h, "http://10.0.0.1/"); totals.Failed != 1 || !strings.Contains(totals.Failures[0].Err.Error(), "prohibited IP address") {
		t.Errorf("totals %+v", totals)
	}
}

func TestTroubleOnTheWeb(t *testing.T) {
	w := newWeb(t)
	failures := 0
	w.page("/", overview("/weg", "/leeg", "/groot", "/fout", "/soms", "/rond/1", "/pdf", "/weigert"))
	w.page("/leeg", "<html><title>Geen RDFa</title><p>Niets.")
	w.page("/groot", notulen("g")+strings.Repeat("x", 2<<20))
	w.pages["/fout"] = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) }
	w.pages["/soms"] = func(rw http.ResponseWriter, _ *http.Request) {
		if failures++; failures < 3 {
			rw.Header().Set("Retry-After", "0")
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, notulen("soms"))
	}
	w.pages["/rond/1"] = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/rond/2", http.StatusFound) }
	w.pages["/rond/2"] = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/rond/1", http.StatusFound) }
	w.pages["/pdf"] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/pdf")
		fmt.Fprint(rw, "%PDF-1.7")
	}
	w.pages["/weigert"] = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	h, _ := newHarvester(t)
	totals := run(t, h, w.URL)
	reasons := map[string]string{}
	for _, f := range totals.Failures {
		reasons[strings.TrimPrefix(f.URL, w.URL)] = f.Err.Error()
	}
	for path, want := range map[string]string{
		"/weg": "404", "/leeg": "no linked data", "/groot": "larger than the bound of 1 MB", "/fout": "500",
		"/pdf": "application/pdf", "/weigert": "EOF", "/rond/2": "round in a circle",
	} {
		if !strings.Contains(reasons[path], want) {
			t.Errorf("%s: reason %q, want one with %q", path, reasons[path], want)
		}
	}
	if totals.New != 1 || w.count("/soms") != 3 || w.count("/fout") != 3 {
		t.Errorf("totals %+v; /soms asked %d times, /fout %d", totals, w.count("/soms"), w.count("/fout"))
	}
	if w.count("/rond/1") > 1 || w.count("/rond/2") > 1 {
		t.Errorf("redirect loop was followed round: %v", w.asked)
	}
	status, err := harvester.StatusOf(t.Context(), h.Visits)
	if err != nil || len(status) != 1 || len(status[0].Failed) != 7 || status[0].Pages != 1 {
		t.Errorf("status %+v, %v", status, err)
	}
}

func TestSeedThatMoved(t *testing.T) {
	w, now := newWeb(t), newWeb(t)
	w.pages["/"] = func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, now.URL+"/start", http.StatusMovedPermanently)
	}
	now.page("/start", overview("/notulen/1"))
	now.page("/notulen/1", notulen("1"))
	h, _ := newHarvester(t)
	if totals := run(t, h, w.URL); totals.New != 1 || totals.Failed != 0 {
		t.Errorf("totals %+v", totals)
	}
}

func TestFeed(t *testing.T) {
	w := newWeb(t)
	w.pages["/feed"] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/turtle")
		fmt.Fprintf(rw, `@prefix tree: <https://w3id.org/tree#> . @prefix prov: <http://www.w3.org/ns/prov#> .
<stream> tree:member <#1>, <#2> ; tree:view </feed> .
<#1> prov:atLocation </notulen/1> . <#2> prov:atLocation </notulen/2> .
</feed> tree:relation [ tree:node </feed2> ] .`)
	}
	w.pages["/feed2"] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/turtle")
		fmt.Fprint(rw, `<s> <https://w3id.org/tree#member> <#3> . <#3> <http://www.w3.org/ns/prov#atLocation> </notulen/3> .`)
	}
	for _, id := range []string{"1", "2", "3"} {
		w.page("/notulen/"+id, notulen(id))
	}
	h, _ := newHarvester(t)
	if totals := run(t, h, w.URL+"/feed"); totals.New != 3 || totals.Overviews != 2 || totals.Failed != 0 {
		t.Errorf("totals %+v", totals)
	}
}

func TestOneRequestAtATimePerHost(t *testing.T) {
	w := newWeb(t)
	var links []string
	for i := range 30 {
		path := fmt.Sprintf("/notulen/%d", i)
		links = append(links, path)
		w.page(path, notulen(path))
	}
	w.page("/", overview(links...))
	h, _ := newHarvester(t)
	h.Options.Parallel = 8
	if run(t, h, w.URL); w.most != 1 {
		t.Errorf("%d requests at once at one host, want 1", w.most)
	}
	h.Options.PerHost = 3
	if run(t, h, w.URL); w.most > 3 {
		t.Errorf("%d requests at once at one host, want at most 3", w.most)
	}
}

// TestResume cuts a run off after some pages; the next goes on where it was
// and asks nothing twice but what was under way.
func TestResume(t *testing.T) {
	w := newWeb(t)
	var links []string
	for i := range 40 {
		path := fmt.Sprintf("/notulen/%d", i)
		links = append(links, path)
		w.page(path, notulen(path))
	}
	w.page("/", overview(links...))
	h, reg := newHarvester(t)
	ctx, cancel := context.WithCancel(t.Context())
	accept, n := h.Accept, 0
	h.Options.Parallel = 1
	h.Accept = func(ctx context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
		if n++; n == 15 {
			cancel()
		}
		return accept(ctx, p)
	}
	if _, err := h.Run(ctx, harvester.Sources(w.URL)); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	asked := len(w.asked)
	if asked < 16 || asked > 20 {
		t.Fatalf("cut off after %d requests", asked)
	}
	h.Accept = accept
	run(t, h, w.URL)
	if len(reg.pages) != 40 {
		t.Errorf("accepted %d pages, want 40", len(reg.pages))
	}
	twice := 0
	for _, l := range links {
		if w.count(l) > 1 {
			twice++
		}
	}
	if twice > 1 || w.count("/") != 1 {
		t.Errorf("%d pages asked twice, the overview %d times", twice, w.count("/"))
	}
}

func TestBadSeeds(t *testing.T) {
	h, _ := newHarvester(t)
	totals := run(t, h, "ftp://example.org/", "geen adres", "http://127.0.0.1:1/")
	if totals.Failed != 3 || slices.ContainsFunc(totals.Failures, func(f harvester.Failure) bool { return !f.Seed }) {
		t.Errorf("totals %+v", totals)
	}
}

func TestCleanURL(t *testing.T) {
	for raw, want := range map[string]string{
		"HTTP://Example.BE:80/a?b=1&utm_source=x&c=2#top": "http://example.be/a?b=1&c=2",
		"https://example.be":                              "https://example.be/",
		"https://example.be:443/x;jsessionid=ABC?y":       "https://example.be/x?y",
		"https://example.be/(S(abc123))/raad.aspx":        "https://example.be/raad.aspx",
		"https://example.be/a%20b":                        "https://example.be/a%20b",
		"mailto:a@example.be":                             "",
		"/relative":                                       "",
		"https://user:pw@example.be/":                     "",
		"javascript:alert(1)":                             "",
	} {
		got, ok := harvester.CleanURL(raw)
		if got != want || ok != (want != "") {
			t.Errorf("CleanURL(%q) = %q, %v; want %q", raw, got, ok, want)
		}
	}
}

// TestRealOverview: the overview page of Gent leads to its publications.
func TestRealOverview(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(suite.Shared(t), "pages", "html", "brechtvdv-demo-data-gemeenteraad-gent-1.html"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWeb(t)
	w.pages["/"] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = rw.Write(body)
	}
	h, _ := newHarvester(t)
	run(t, h, w.URL)
	visit, ok, err := h.Visits.Last(t.Context(), w.URL+"/")
	// The peer's RDFa parser finds as many on this page.
	if err != nil || !ok || !visit.Overview || len(visit.Links) != 4 {
		t.Fatalf("visit %+v, %v, %v; want an overview with 4 links", visit, ok, err)
	}
	for _, l := range visit.Links {
		if !strings.HasPrefix(l, "http") {
			t.Errorf("link %q", l)
		}
	}
}

package harvester_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/files"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/internal/vlavirgem"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/canon"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql"
)

// dataFeed is a feed in three pages, oldest first, whose members are decisions
// themselves: versions on different pages, one taken back, blank nodes, and parts
// with names of their own.
func dataFeed(w *web) {
	const prefixes = `@prefix ldes: <https://w3id.org/ldes#> . @prefix tree: <https://w3id.org/tree#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix besluit: <http://data.vlaanderen.be/ns/besluit#> . @prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix as: <https://www.w3.org/ns/activitystreams#> . @prefix id: <https://data.example/id/> .
`
	version := func(n int, of, moment, more string) string {
		return fmt.Sprintf("</stroom> tree:member id:v%d . id:v%d dct:isVersionOf id:%s ; dct:modified \"%s\"^^xsd:dateTime ; %s .\n", n, n, of, moment, more)
	}
	w.turtle("/stroom", "no-cache", prefixes+`</stroom> a ldes:EventStream ; ldes:timestampPath dct:modified ; ldes:versionOfPath dct:isVersionOf ; tree:view </stroom/1> .`)
	next := func(n int, moment string) string {
		return fmt.Sprintf(`</stroom> tree:view </stroom/1> . </stroom/%d> a tree:Node ; tree:relation [ a tree:GreaterThanOrEqualToRelation ; tree:node </stroom/%d> ; tree:path dct:modified ; tree:value "%s"^^xsd:dateTime ] .`, n, n+1, moment)
	}
	w.turtle("/stroom/1", "max-age=604800, immutable", prefixes+`</stroom> ldes:timestampPath dct:modified ; ldes:versionOfPath dct:isVersionOf .`+
		version(1, "b1", "2026-01-01T00:00:00Z", `a besluit:Besluit ; eli:title "Eerste, oud"`)+
		version(2, "b2", "2026-01-02T00:00:00Z", `a besluit:Besluit ; eli:title "Tweede" ; eli:cites [ eli:title "Decreet" ; eli:related_to [ eli:number "2" ] ]`)+
		version(3, "b3", "2026-01-03T00:00:00Z", `a besluit:Besluit ; eli:title "Derde"`)+next(1, "2026-02-01T00:00:00Z"))
	w.turtle("/stroom/2", "max-age=604800, immutable", prefixes+`</stroom> ldes:timestampPath dct:modified ; ldes:versionOfPath dct:isVersionOf .`+
		version(4, "b1", "2026-02-01T00:00:00Z", `a besluit:Besluit ; eli:title "Eerste, nieuw"`)+
		version(5, "b3", "2026-02-02T00:00:00Z", `a as:Delete`)+next(2, "2026-03-01T00:00:00Z"))
	w.turtle("/stroom/3", "no-cache", prefixes+`</stroom> ldes:timestampPath dct:modified ; ldes:versionOfPath dct:isVersionOf ; tree:view </stroom/1> .`+
		version(6, "b4", "2026-03-01T00:00:00Z", `a besluit:Besluit ; eli:title "Vierde"`))
}

// turtle serves Turtle with an ETag that follows from its length.
func (w *web) turtle(path, cache, body string) {
	w.pages[path] = func(rw http.ResponseWriter, r *http.Request) {
		etag := fmt.Sprintf(`"%x"`, len(body))
		rw.Header().Set("Content-Type", "text/turtle")
		rw.Header().Set("Cache-Control", cache)
		rw.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(rw, body)
	}
}

// graphs stands in for the publisher and keeps what each publication states.
type graphs map[string][]rdf.Quad

func (g graphs) accept(_ context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
	if p.Ingetrokken {
		delete(g, p.Pagina)
		return harvester.Withdrawn, nil
	}
	outcome := harvester.New
	if g[p.Pagina] != nil {
		outcome = harvester.Changed
	}
	g[p.Pagina] = nil
	for _, q := range p.Quads {
		g[p.Pagina] = append(g[p.Pagina], q.Triple())
	}
	return outcome, nil
}

// kept keeps bodies as the application does.
func kept(t *testing.T) *files.Blobs {
	t.Helper()
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// TestStreamOfData: members become publications, the newest version of each; and
// only what can be new is asked for again.
func TestStreamOfData(t *testing.T) {
	w := newWeb(t)
	dataFeed(w)
	h, _ := newHarvester(t)
	h.Options.Revisit = true
	h.Blobs = kept(t)
	published := graphs{}
	h.Accept = published.accept
	totals := run(t, h, w.URL+"/stroom")
	name := func(n int) string { return fmt.Sprintf("%s/stroom#https://data.example/id/b%d", w.URL, n) }
	if got, want := slices.Sorted(maps.Keys(published)), []string{name(1), name(2), name(4)}; !slices.Equal(got, want) {
		t.Fatalf("published %q, want %q; totals %+v", got, want, totals)
	}
	if totals.New != 4 || totals.Changed != 1 || totals.Withdrawn != 1 || totals.Failed != 0 {
		t.Errorf("totals %+v", totals)
	}
	if !slices.Contains(published[name(1)], rdf.Quad{Subject: rdf.IRI("https://data.example/id/b1"), Predicate: rdf.IRI(vocab.EliTitle), Object: rdf.String("Eerste, nieuw")}) {
		t.Errorf("the first decision states %v", published[name(1)])
	}
	w.asked = nil
	totals = run(t, h, w.URL+"/stroom")
	slices.Sort(w.asked)
	asked := slices.DeleteFunc(w.asked, func(path string) bool { return path == "/robots.txt" })
	if !slices.Equal(asked, []string{"/stroom", "/stroom/3"}) || totals.New+totals.Changed+totals.Withdrawn != 0 {
		t.Errorf("the second harvest asked for %v, want what is not immutable; totals %+v", asked, totals)
	}
}

// TestStreamReadBackwards: an old version that comes after a newer one changes
// nothing, whatever the order of pages.
func TestStreamReadBackwards(t *testing.T) {
	w := newWeb(t)
	const member = `@prefix tree: <https://w3id.org/tree#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix prov: <http://www.w3.org/ns/prov#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
</s> tree:member <#v> . <#v> a <http://data.vlaanderen.be/ns/besluit#Besluit> ; dct:isVersionOf <https://data.example/b> ; dct:title "%s" ; prov:generatedAtTime "%s"^^xsd:dateTime . `
	w.turtle("/s", "no-cache", fmt.Sprintf(member, "nieuw", "2026-02-01T00:00:00Z")+`</s> tree:relation [ tree:node </oud> ] .`)
	w.turtle("/oud", "no-cache", fmt.Sprintf(member, "oud", "2026-01-01T00:00:00Z"))
	h, _ := newHarvester(t)
	published := graphs{}
	h.Accept = published.accept
	totals := run(t, h, w.URL+"/s")
	if totals.New != 1 || totals.Changed != 0 || len(published) != 1 || !strings.Contains(fmt.Sprint(published), "nieuw") {
		t.Errorf("totals %+v, published %v", totals, published)
	}
}

// ldesClient runs the ldes-client of npm on a feed and returns the members that
// it emits. Where it is installed is told by BELFORT_LDES_CLIENT, the path of its
// cli.js.
func ldesClient(t *testing.T, url string, options ...string) []rdf.Quad {
	t.Helper()
	cli := os.Getenv("BELFORT_LDES_CLIENT")
	if cli == "" {
		t.Skip("BELFORT_LDES_CLIENT names no ldes-client (npm install ldes-client; its dist/bin/cli.js)")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var output, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", append([]string{cli, url, "--no-shape", "--loose", "--save", t.TempDir()}, options...)...)
	cmd.Stdout, cmd.Stderr = &output, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("ldes-client: %v\n%s", err, complaints.String())
	}
	var quads []rdf.Quad
	// It labels the blank nodes of each member anew.
	for i, part := range strings.Split(output.String(), "\n\n") {
		reader := nquads.NewReader(strings.NewReader(part), nquads.Options{BlankPrefix: fmt.Sprintf("m%d_", i)})
		for {
			q, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("what ldes-client wrote: %v\n%s", err, part)
			}
			quads = append(quads, q.Triple())
		}
	}
	return quads
}

// announced returns where the newest members of each location are published, and
// when: by location, without those that say that it is no more.
func announced(quads []rdf.Quad) map[string]time.Time {
	g := rdf.NewGraph(quads...)
	newest, gone := map[string]time.Time{}, map[string]bool{}
	for q := range g.Match(rdf.Term{}, rdf.IRI(vocab.ProvAtLocation), rdf.Term{}) {
		at, _ := time.Parse(time.RFC3339Nano, g.Object(q.Subject, rdf.IRI(vocab.ProvGeneratedAtTime)).Value())
		location, _ := harvester.CleanURL(q.Object.Value())
		if at.Before(newest[location]) {
			continue
		}
		newest[location] = at.UTC().Truncate(time.Second)
		gone[location] = g.Has(q.Subject, rdf.IRI(vocab.RDFType), rdf.IRI("https://www.w3.org/ns/activitystreams#Delete"))
	}
	maps.DeleteFunc(newest, func(location string, _ time.Time) bool { return gone[location] })
	return newest
}

// listed returns the same as the harvester knows it from the pages of a feed.
func listed(t *testing.T, visits harvester.Visits, feed string) map[string]time.Time {
	t.Helper()
	newest := map[string]time.Time{}
	for v, err := range visits.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if v.MediaType != "text/turtle" || !strings.HasPrefix(v.URL, feed) {
			continue
		}
		if v, _, err = visits.Last(t.Context(), v.URL); err != nil {
			t.Fatal(err)
		}
		for i, l := range v.Links {
			if at := time.Unix(v.Modified[i], 0).UTC(); !strings.HasPrefix(l, feed) && at.After(newest[l]) {
				newest[l] = at
			}
		}
	}
	return newest
}

// TestFeedAsTheRealClientReadsIt: harvesting the publication feed of the sample
// municipality yields what ldes-client reads from it, member for member, and
// every document is there.
func TestFeedAsTheRealClientReadsIt(t *testing.T) {
	var site http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, r) }))
	defer server.Close()
	g := vlavirgem.New(server.URL)
	site = g.Handler()
	theirs := announced(ldesClient(t, g.Feed()))
	h, _ := newHarvester(t)
	h.Options.PerHost = 8
	published := &register{pages: map[string]string{}}
	h.Accept = published.accept
	totals := run(t, h, g.Feed())
	ours := listed(t, h.Visits, g.Feed())
	if len(theirs) < 100 || !maps.Equal(ours, theirs) {
		t.Errorf("we read %d members of the feed, ldes-client %d; or their times differ", len(ours), len(theirs))
	}
	for location := range theirs {
		if _, ok := published.pages[location]; !ok {
			t.Errorf("%s was not harvested; totals %+v", location, totals)
		}
	}
}

// TestDataAsTheRealClientReadsIt: what the newest members of a feed of data state
// is what ldes-client makes of them.
func TestDataAsTheRealClientReadsIt(t *testing.T) {
	w := newWeb(t)
	dataFeed(w)
	theirs := slices.DeleteFunc(ldesClient(t, w.URL+"/stroom", "--materialize", "--last-version-only"), func(q rdf.Quad) bool {
		return q.Subject == rdf.IRI("https://data.example/id/b3") // which was taken back: a client hands that on as a member
	})
	h, _ := newHarvester(t)
	h.Blobs = kept(t)
	published := graphs{}
	h.Accept = published.accept
	run(t, h, w.URL+"/stroom")
	var ours []rdf.Quad
	for _, name := range slices.Sorted(maps.Keys(published)) {
		for _, q := range published[name] {
			ours = append(ours, relabel(q, name))
		}
	}
	if a, b := canonical(t, ours), canonical(t, theirs); a != b || len(theirs) < 10 {
		t.Errorf("we read\n%s\nldes-client reads\n%s", a, b)
	}
}

// relabel keeps the blank nodes of publications apart.
func relabel(q rdf.Quad, name string) rdf.Quad {
	of := func(t rdf.Term) rdf.Term {
		if t.IsBlank() {
			return rdf.Blank(t.Value() + strconv.Itoa(len(name)) + name[len(name)-1:])
		}
		return t
	}
	return rdf.Quad{Subject: of(q.Subject), Predicate: q.Predicate, Object: of(q.Object)}
}

func canonical(t *testing.T, quads []rdf.Quad) string {
	t.Helper()
	c, err := canon.Canonicalize(quads, canon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return string(c.NQuads)
}

// TestOwnStreamAsTheRealClientReadsIt: one installation harvests the event stream
// of another. It then has the pages that stand there, and on the second round
// asks only for what is not closed.
func TestOwnStreamAsTheRealClientReadsIt(t *testing.T) {
	w := newWeb(t)
	db, err := pebble.Open(filepath.Join(t.TempDir(), "state"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	store := kept(t)
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	p := &publisher.Publisher{Ledger: db.Ledger(), Standing: db.Ledger(), Blobs: store, Cursors: db.Cursors(), Outbox: db.Outbox(), Now: func() time.Time { return now }}
	put := func(id, title string, gone bool) {
		t.Helper()
		now = now.Add(time.Minute)
		subject := rdf.IRI("https://data.example/z/" + id)
		publicatie := besluit.Publicatie{Pagina: w.URL + "/notulen/" + id, Bron: w.URL + "/", Opgehaald: now, Status: 200, MediaType: "text/html", Ingetrokken: gone}
		if !gone {
			publicatie.Quads = []rdf.Sourced{
				{Quad: rdf.Quad{Subject: subject, Predicate: rdf.IRI(vocab.RDFType), Object: rdf.IRI(vocab.BesluitZitting)}},
				{Quad: rdf.Quad{Subject: subject, Predicate: rdf.IRI(vocab.DctTitle), Object: rdf.String(title)}},
			}
			w.page("/notulen/"+id, notulen(id))
		} else {
			w.pages["/notulen/"+id] = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusGone) }
		}
		if _, err := p.Accept(t.Context(), publicatie); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 25 {
		put(strconv.Itoa(i), "eerste", false)
	}
	for i := range 5 {
		put(strconv.Itoa(i), "tweede", false)
	}
	put("7", "", true)
	put("24", "", true)
	stream := &publisher.LDES{Ledger: p.Ledger, Blobs: store, Base: w.URL + "/ldes", PageSize: 10}
	for n := range 5 {
		path := "/ldes"
		if n > 0 {
			path = fmt.Sprintf("/ldes/%d", n)
		}
		w.pages[path] = func(rw http.ResponseWriter, r *http.Request) {
			page, cache := publisher.LDESPage{Quads: stream.Stream()}, "no-cache"
			if n > 0 {
				var err error
				if page, _, err = stream.Page(r.Context(), n); err != nil {
					t.Error(err)
				}
			}
			if page.Closed {
				cache = "max-age=31536000, immutable"
			}
			var body bytes.Buffer
			if err := sparql.WriteGraph(&body, sparql.Turtle, func(yield func(rdf.Quad, error) bool) {
				for _, q := range page.Quads {
					if !yield(q, nil) {
						return
					}
				}
			}, ""); err != nil {
				t.Error(err)
			}
			rw.Header().Set("Content-Type", "text/turtle")
			rw.Header().Set("Cache-Control", cache)
			_, _ = rw.Write(body.Bytes())
		}
	}
	theirs := announced(ldesClient(t, w.URL+"/ldes"))
	h, _ := newHarvester(t)
	h.Options.Revisit = true
	published := graphs{}
	h.Accept = published.accept
	totals := run(t, h, w.URL+"/ldes")
	if got, want := slices.Sorted(maps.Keys(published)), slices.Sorted(maps.Keys(theirs)); !slices.Equal(got, want) || len(want) != 23 {
		t.Errorf("published %v, want %v; totals %+v", got, want, totals)
	}
	w.asked = nil
	run(t, h, w.URL+"/ldes")
	for _, path := range w.asked {
		if strings.HasPrefix(path, "/ldes/") && path != "/ldes/4" {
			t.Errorf("asked again for the closed page %s", path)
		}
	}
}

// TestSitemapIsReadByItsTimes: the second harvest asks for what the sitemap says
// that changed, and for nothing else; pages without linked data are no failures
// where a sitemap lists everything.
func TestSitemapIsReadByItsTimes(t *testing.T) {
	w := newWeb(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	modified := map[string]string{"/notulen/1": "2026-01-01", "/notulen/2": "2026-01-01", "/contact": "2026-01-01"}
	w.pages["/sitemap.xml"] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(rw, "<urlset>")
		for _, path := range slices.Sorted(maps.Keys(modified)) {
			fmt.Fprintf(rw, "<url><loc>%s%s</loc><lastmod>%s</lastmod></url>", w.URL, path, modified[path])
		}
		fmt.Fprint(rw, "</urlset>")
	}
	w.page("/notulen/1", notulen("1"))
	w.page("/notulen/2", notulen("2"))
	w.page("/contact", "<p>Bel ons.")
	h, _ := newHarvester(t)
	h.Options.Revisit = true
	h.Now = func() time.Time { return now }
	if totals := run(t, h, w.URL+"/sitemap.xml"); totals.New != 2 || totals.Failed != 0 || totals.Overviews != 2 {
		t.Errorf("first harvest %+v; failures %v", totals, totals.Failures)
	}
	now = now.Add(7 * 24 * time.Hour)
	w.asked = nil
	modified["/notulen/2"] = "2026-11-28"
	w.page("/notulen/2", notulen("2 verbeterd"))
	totals := run(t, h, w.URL+"/sitemap.xml")
	slices.Sort(w.asked)
	if !slices.Equal(w.asked, []string{"/notulen/2", "/robots.txt", "/sitemap.xml"}) || totals.Changed != 1 {
		t.Errorf("second harvest asked for %v; %+v", w.asked, totals)
	}
	now = now.Add(31 * 24 * time.Hour)
	w.asked = nil
	if run(t, h, w.URL+"/sitemap.xml"); w.count("/notulen/1") != 1 {
		t.Errorf("after a month the sitemap is not believed any more: asked for %v", w.asked)
	}
}

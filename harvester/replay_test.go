package harvester_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/harvester/warc"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/internal/state/files"
)

// taken is what the publisher was given, in order.
type taken struct {
	Pagina, Bron, Ruw, MediaType string
	Opgehaald                    time.Time
	Ingetrokken                  bool
	Quads                        int
}

// archivist is a harvester that keeps everything, with a clock that goes on by
// a microsecond each time it is looked at.
type archivist struct {
	*harvester.Harvester
	blobs *files.Blobs
	now   time.Time
	log   []taken
}

func newArchivist(t *testing.T) *archivist {
	t.Helper()
	h, reg := newHarvester(t)
	a := &archivist{Harvester: h, now: time.Date(2026, 3, 1, 8, 0, 0, 7, time.UTC)}
	var err error
	if a.blobs, err = files.Open(filepath.Join(t.TempDir(), "blobs")); err != nil {
		t.Fatal(err)
	}
	h.Blobs, h.Options.Parallel, h.Options.MaxAttempts = a.blobs, 1, 1
	h.Now = func() time.Time {
		a.now = a.now.Add(time.Microsecond)
		return a.now
	}
	h.Accept = func(ctx context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
		a.log = append(a.log, taken{p.Pagina, p.Bron, p.Ruw, p.MediaType, p.Opgehaald, p.Ingetrokken, len(p.Quads)})
		return reg.accept(ctx, p)
	}
	return a
}

// archive writes what a has, as the ledger would have it.
func (a *archivist) archive(t *testing.T, compress bool) ([]byte, harvester.Archived) {
	t.Helper()
	var b bytes.Buffer
	archive := harvester.Archive{Visits: a.Visits, Blobs: a.blobs, Compress: compress, Now: a.now, Name: "test.warc", Taken: a.taken()}
	out, err := archive.Write(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), out
}

func (a *archivist) taken() iter.Seq2[harvester.Taken, error] {
	return func(yield func(harvester.Taken, error) bool) {
		for _, e := range a.log {
			if !yield(harvester.Taken{URL: e.Pagina, Time: e.Opgehaald}, nil) {
				return
			}
		}
	}
}

func (a *archivist) history(t *testing.T) (list []string) {
	t.Helper()
	for v, err := range a.Visits.History(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		v.Due = time.Time{} // when to come again is no evidence
		// Failures, and pages that moved, are recorded a moment after their answer.
		for _, at := range []*time.Time{&v.Time, &v.Missing, &v.Unlisted} {
			*at = at.Truncate(time.Millisecond)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(text))
	}
	return list
}

// contents lists the records of an archive.
func contents(t *testing.T, file []byte) (list []string) {
	t.Helper()
	r := warc.NewReader(bytes.NewReader(file))
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintln(record.Type, record.TargetURI(), record.Fields.Get("WARC-Payload-Digest"), record.Fields.Get("WARC-Refers-To-Target-URI")))
	}
}

// flanders is a website that shows most of what websites do, and how it changes
// from day to day.
func flanders(t *testing.T) (w *web, days []func()) {
	w = newWeb(t)
	serve := func(path, mediaType, body string) {
		w.pages[path] = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", mediaType)
			fmt.Fprint(rw, body)
		}
	}
	status := func(path string, code int) {
		w.pages[path] = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(code) }
	}
	member := func(version int, title string) string {
		return fmt.Sprintf(`@prefix tree: <https://w3id.org/tree#> . @prefix ldes: <https://w3id.org/ldes#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix b: <http://data.vlaanderen.be/ns/besluit#> .
<#s> a ldes:EventStream ; tree:view <> ; ldes:timestampPath prov:generatedAtTime ; ldes:versionOfPath dct:isVersionOf ; tree:member <#z1v%d>, <#z2v1> .
<#z1v%[1]d> a b:Zitting ; dct:isVersionOf <https://data.example/z/ldes1> ; prov:generatedAtTime "2026-02-0%[1]dT00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> ; dct:title %[2]q .
<#z2v1> a b:Zitting ; dct:isVersionOf <https://data.example/z/ldes2> ; prov:generatedAtTime "2026-02-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
`, version, title)
	}
	return w, []func(){
		func() {
			serve("/robots.txt", "text/plain", "User-agent: *\nDisallow: /geheim\n")
			w.page("/", overview("/een", "/twee", "/drie", "/vier", "/packed", "/latijn", "/stuk", "/geheim", "/oud", "/leeg", "/feed"))
			for _, p := range []string{"een", "twee", "drie", "vier"} {
				w.page("/"+p, notulen(p))
			}
			w.pages["/packed"] = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				rw.Header().Set("Content-Encoding", "gzip")
				rw.Header().Set("Set-Cookie", "secret=1")
				z := gzip.NewWriter(rw)
				_, _ = io.WriteString(z, notulen("packed"))
				_ = z.Close()
			}
			serve("/latijn", "text/html; charset=iso-8859-1", strings.Replace(notulen("latijn"), "Notulen", "Notul\xe9n", 1))
			status("/stuk", 500)
			w.pages["/oud"] = func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "/een?nieuw", http.StatusMovedPermanently)
			}
			serve("/leeg", "text/html", "<p>niets")
			w.page("/een?nieuw", notulen("nieuw"))
			serve("/feed", "text/turtle", member(1, "eerste"))
		},
		func() {}, // nothing changed
		func() {
			w.page("/twee", notulen("twee, verbeterd"))
			status("/drie", http.StatusGone)
			status("/vier", http.StatusNotFound)
			w.page("/stuk", notulen("stuk"))
			serve("/feed", "text/turtle", member(2, "tweede"))
			w.page("/oud", notulen("oud"))
			w.page("/leeg", notulen("leeg"))
		},
		func() {
			w.page("/twee", notulen("twee")) // as it was
			w.page("/drie", notulen("drie"))
			w.pages["/een"] = func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "/een-verhuisd", http.StatusMovedPermanently)
			}
			w.page("/een-verhuisd", notulen("een"))
		},
		func() { w.page("/", overview("/twee", "/feed")) }, // and the others are not listed any more
	}
}

// TestReplay: what was fetched over days of a website that changes is given to
// the publisher again, in the same order and at the same times, and the evidence
// is the same.
func TestReplay(t *testing.T) {
	w, days := flanders(t)
	a := newArchivist(t)
	for _, change := range days {
		change()
		run(t, a.Harvester, w.URL)
		a.now = a.now.Add(25 * time.Hour)
	}
	w.Close() // from here on there is no web
	plain, out := a.archive(t, false)
	if out.Fetches != len(a.history(t)) || out.Responses == 0 || out.Revisits == 0 || out.Failures == 0 || out.Beyond+out.Bodiless > 0 {
		t.Errorf("%+v; want all %d fetches", out, len(a.history(t)))
	}
	for _, forbidden := range []string{"secret=1", "Set-Cookie"} {
		if bytes.Contains(plain, []byte(forbidden)) {
			t.Errorf("the archive holds %q", forbidden)
		}
	}
	packed, _ := a.archive(t, true)
	for name, file := range map[string][]byte{"plain": plain, "compressed": packed} {
		t.Run(name, func(t *testing.T) {
			b := newArchivist(t)
			replayed, err := b.Replay(t.Context(), bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if replayed.Fetches != out.Fetches || replayed.Known+replayed.Passed+replayed.Bodiless+replayed.Damaged > 0 || replayed.Requests > 0 {
				t.Errorf("%+v", replayed)
			}
			if !reflect.DeepEqual(a.log, b.log) {
				for i := range max(len(a.log), len(b.log)) {
					if i >= len(a.log) || i >= len(b.log) || a.log[i] != b.log[i] {
						t.Errorf("number %d of %d: %+v\nwant of %d: %+v", i, len(b.log), b.log[min(i, len(b.log)-1)], len(a.log), a.log[min(i, len(a.log)-1)])
						break
					}
				}
			}
			want, got := a.history(t), b.history(t)
			for i := range max(len(want), len(got)) {
				if i >= len(want) || i >= len(got) || want[i] != got[i] {
					t.Fatalf("visit %d of %d: %s\nwant of %d:  %s", i, len(got), got[min(i, len(got)-1)], len(want), want[min(i, len(want)-1)])
				}
			}
			again, _ := b.archive(t, false)
			if a, b := contents(t, plain), contents(t, again); !slices.Equal(a, b) {
				t.Errorf("the archive of the replay holds\n%s\nwant\n%s", strings.Join(b, "\n"), strings.Join(a, "\n"))
			}
			if replayed, err = b.Replay(t.Context(), bytes.NewReader(file)); err != nil || replayed.Known != out.Fetches || len(b.log) != len(a.log) {
				t.Errorf("a second time: %+v, %v", replayed, err)
			}
		})
	}
}

// TestReplayCutOff: what stands before damage is replayed, and a whole archive
// after it goes on from there.
func TestReplayCutOff(t *testing.T) {
	w, days := flanders(t)
	a := newArchivist(t)
	days[0]()
	run(t, a.Harvester, w.URL)
	file, _ := a.archive(t, true)
	b := newArchivist(t)
	_, err := b.Replay(t.Context(), bytes.NewReader(file[:len(file)*2/3]))
	var syntax *warc.SyntaxError
	if !errors.As(err, &syntax) || len(b.log) == 0 || len(b.log) >= len(a.log) {
		t.Fatalf("%v; took over %d of %d", err, len(b.log), len(a.log))
	}
	if _, err := b.Replay(t.Context(), bytes.NewReader(file)); err != nil || !reflect.DeepEqual(a.log, b.log) {
		t.Errorf("%v; took over\n%+v\nwant\n%+v", err, b.log, a.log)
	}
}

// TestReplayDamaged: content that is not what its digest says is not believed,
// and content that was erased is counted.
func TestReplayDamaged(t *testing.T) {
	w, days := flanders(t)
	a := newArchivist(t)
	days[0]()
	run(t, a.Harvester, w.URL)
	file, _ := a.archive(t, false)
	forged := bytes.Replace(file, []byte("Notulen twee"), []byte("Notulen drei"), 1)
	b := newArchivist(t)
	out, err := b.Replay(t.Context(), bytes.NewReader(forged))
	if err != nil || out.Damaged != 1 || len(b.log) != len(a.log)-1 {
		t.Errorf("%+v, %v; took over %d of %d", out, err, len(b.log), len(a.log))
	}
	for _, p := range b.log {
		if strings.HasSuffix(p.Pagina, "/twee") {
			t.Errorf("took over %+v", p)
		}
	}

	last, _, err := a.Visits.Last(t.Context(), w.URL+"/twee")
	if err != nil {
		t.Fatal(err)
	}
	a.Blobs = without{a.blobs, last.SHA256}
	var archive bytes.Buffer
	written, err := (&harvester.Archive{Visits: a.Visits, Blobs: a.Blobs, Taken: a.taken(), Now: a.now}).Write(t.Context(), &archive)
	if err != nil || written.Bodiless != 1 {
		t.Errorf("%+v, %v", written, err)
	}
	c := newArchivist(t)
	if out, err := c.Replay(t.Context(), &archive); err != nil || out.Bodiless != 1 || len(c.log) != len(a.log)-1 {
		t.Errorf("%+v, %v; took over %d of %d", out, err, len(c.log), len(a.log))
	}
}

// without lacks one content, as after a request to erase it.
type without struct {
	*files.Blobs
	sha256 string
}

func (w without) Get(ctx context.Context, sha256 string) ([]byte, error) {
	if sha256 == w.sha256 {
		return nil, os.ErrNotExist
	}
	return w.Blobs.Get(ctx, sha256)
}

// TestReplayForeign: of the archive of another crawler the pages count that hold
// linked data.
func TestReplayForeign(t *testing.T) {
	var b bytes.Buffer
	file := warc.NewWriter(&b, true)
	n := 0
	put := func(kind warc.Type, uri, head, body string, fields ...string) {
		n++
		r := &warc.Record{Type: kind, ID: fmt.Sprintf("urn:x:%d", n), Date: time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC)}
		r.Fields.Add("WARC-Target-URI", uri)
		r.Fields.Add("Content-Type", warc.HTTPResponseType)
		for i := 0; i < len(fields); i += 2 {
			r.Fields.Add(fields[i], fields[i+1])
		}
		if err := file.Write(r, []byte(head), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	const html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	page := notulen("1")
	chunked := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(page), page)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, notulen("2"))
	_ = z.Close()
	put(warc.Response, "https://a.example/robots.txt", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", "User-agent: *\n")
	put(warc.Response, "https://a.example/", html+"\r\n", overview("/1"))
	put(warc.Response, "https://A.example:443/1?utm_source=x#y", html+"Transfer-Encoding: chunked\r\n\r\n", chunked)
	put(warc.Response, "https://a.example/2", html+"Content-Encoding: gzip\r\n\r\n", packed.String())
	put(warc.Response, "https://a.example/logo.png", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", "\x89PNG")
	put(warc.Response, "https://a.example/weg", "HTTP/1.1 404 Not Found\r\n\r\n", "")
	put(warc.Response, "https://a.example/bom", html+"Content-Encoding: gzip\r\n\r\n", "not packed")
	put(warc.Response, "https://a.example/geen-http", "SPDY\r\n\r\n", "")
	put(warc.Response, "dns:a.example", "", "1.2.3.4")
	put("conversion", "https://a.example/2", "", "text")
	put(warc.Revisit, "https://a.example/2", "", "", "WARC-Profile", warc.NotModified)
	put(warc.Revisit, "https://a.example/2", html+"\r\n", "", "WARC-Profile", warc.IdenticalPayload, "WARC-Payload-Digest", warc.Digest([]byte(notulen("2"))))
	put(warc.Response, "https://a.example/1", "HTTP/1.1 410 Gone\r\n\r\n", "")

	h := newArchivist(t)
	out, err := h.Replay(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range h.log {
		got = append(got, fmt.Sprintf("%s %v", p.Pagina, p.Ingetrokken))
		if p.Bron != "https://a.example/" {
			t.Errorf("%s is of %s", p.Pagina, p.Bron)
		}
	}
	if want := []string{"https://a.example/1 false", "https://a.example/2 false", "https://a.example/1 true"}; !slices.Equal(got, want) {
		t.Errorf("took over %v; want %v", got, want)
	}
	if out.Overviews != 1 || out.New != 2 || out.Unchanged != 2 || out.NotModified != 1 || out.Withdrawn != 1 || out.Failed != 0 || out.Passed != 6 || out.Bodiless != 1 {
		t.Errorf("%+v", out)
	}
}

// TestReprocess: everything that is stored is given to the publisher again as it
// was first seen, and nothing else in the evidence changes.
func TestReprocess(t *testing.T) {
	w, days := flanders(t)
	a := newArchivist(t)
	for _, change := range days[:3] {
		change()
		run(t, a.Harvester, w.URL)
		a.now = a.now.Add(25 * time.Hour)
	}
	asked := len(w.asked)
	before := a.history(t)
	standing := map[string]taken{}
	for _, p := range a.log {
		if standing[p.Pagina] = p; p.Ingetrokken {
			delete(standing, p.Pagina)
		}
	}
	a.log = nil
	totals, err := a.Reprocess(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(w.asked) != asked {
		t.Errorf("%d requests were made", len(w.asked)-asked)
	}
	if len(a.log) != len(standing) || totals.Unchanged != len(standing) || totals.Failed > 0 {
		t.Errorf("%+v; took over %d, want %d", totals, len(a.log), len(standing))
	}
	for _, p := range a.log {
		if p != standing[p.Pagina] {
			t.Errorf("took over %+v\nwant %+v", p, standing[p.Pagina])
		}
	}
	if after := a.history(t); !slices.Equal(before, after) {
		t.Errorf("the evidence changed:\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// TestReprocessLearns: what a mended parser finds in a body takes the place of
// what was known, and a page that could not be read is read.
func TestReprocessLearns(t *testing.T) {
	w := newWeb(t)
	w.page("/", overview("/een", "/twee"))
	w.page("/een", notulen("een"))
	w.page("/twee", notulen("twee"))
	a := newArchivist(t)
	run(t, a.Harvester, w.URL)
	// As an older parser would have left them.
	for path, spoil := range map[string]func(*harvester.Visit){
		"/":    func(v *harvester.Visit) { v.Links = v.Links[:1] },
		"/een": func(v *harvester.Visit) { v.Title = "?" },
		"/twee": func(v *harvester.Visit) {
			v.Error, v.Failure, v.SHA256, v.Success = "read: it was not understood", harvester.FailedSyntax, "", time.Time{}
		},
	} {
		for v, err := range a.Visits.History(t.Context(), w.URL+path) {
			if err != nil {
				t.Fatal(err)
			}
			last, _, err := a.Visits.Last(t.Context(), v.URL)
			if err != nil {
				t.Fatal(err)
			}
			v.Links = last.Links
			spoil(&v)
			if err := a.Visits.Record(t.Context(), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	totals, err := a.Reprocess(t.Context())
	if err != nil || totals.Failed > 0 || totals.Pages != 3 {
		t.Errorf("%+v, %v", totals, err)
	}
	for path, good := range map[string]func(harvester.Visit) bool{
		"/":     func(v harvester.Visit) bool { return len(v.Links) == 2 && v.Overview },
		"/een":  func(v harvester.Visit) bool { return v.Title == "Notulen een" },
		"/twee": func(v harvester.Visit) bool { return v.Error == "" && v.SHA256 == v.Received && v.SHA256 != "" },
	} {
		v, _, err := a.Visits.Last(t.Context(), w.URL+path)
		if err != nil || !good(v) {
			t.Errorf("%s: %+v, %v", path, v, err)
		}
		for h, err := range a.Visits.History(t.Context(), w.URL+path) {
			if err != nil || h.Header == nil {
				t.Errorf("%s: the evidence lost its header: %+v, %v", path, h, err)
			}
		}
	}
}

// TestTotalsAdd: no count is forgotten.
func TestTotalsAdd(t *testing.T) {
	var a harvester.Totals
	v := reflect.ValueOf(&a).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Int {
			v.Field(i).SetInt(int64(i + 1))
		}
	}
	sum := a
	sum.Add(a)
	s := reflect.ValueOf(sum)
	for i := range s.NumField() {
		if s.Field(i).Kind() == reflect.Int && s.Field(i).Int() != 2*int64(i+1) {
			t.Errorf("%s is not added", s.Type().Field(i).Name)
		}
	}
}

// remembered are last visits in memory.
type remembered map[string]harvester.Visit

func (r remembered) Last(_ context.Context, url string) (harvester.Visit, bool, error) {
	v, ok := r[url]
	return v, ok, nil
}

func (r remembered) Record(_ context.Context, v harvester.Visit) error {
	r[v.URL] = v
	return nil
}

func (r remembered) All(context.Context) iter.Seq2[harvester.Visit, error] {
	return func(func(harvester.Visit, error) bool) {}
}

func (r remembered) History(ctx context.Context, _ string) iter.Seq2[harvester.Visit, error] {
	return r.All(ctx)
}

// FuzzReplay: no archive does harm, whatever it says.
func FuzzReplay(f *testing.F) {
	var b bytes.Buffer
	w := warc.NewWriter(&b, false)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, r := range []struct {
		kind                warc.Type
		uri, of, head, body string
	}{
		{warc.Metadata, "https://a.example/", "urn:x:2", "", "seed: https://a.example/\r\n"},
		{warc.Response, "https://a.example/", "", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Archive-Orig-Content-Encoding: gzip\r\n\r\n", overview("/1")},
		{warc.Metadata, "https://a.example/1", "", "", "error: x\r\nfailure: robots\r\n"},
		{warc.Metadata, "https://a.example/f#urn:x", "urn:x:5", "", "status: 200\r\nvia: https://a.example/f\r\n"},
		{warc.Resource, "https://a.example/f#urn:x", "", "", "<urn:x> <urn:p> <urn:o> .\n"},
		{warc.Revisit, "https://a.example/", "", "HTTP/1.1 304 Not Modified\r\n\r\n", ""},
	} {
		record := &warc.Record{Type: r.kind, ID: fmt.Sprintf("urn:x:%d", i+1), Date: at.Add(time.Duration(i))}
		record.Fields.Add("WARC-Target-URI", r.uri)
		record.Fields.Add("WARC-Concurrent-To", r.of)
		_ = w.Write(record, []byte(r.head), []byte(r.body))
	}
	f.Add(b.Bytes())
	f.Add([]byte("WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <x>\r\nWARC-Date: 2026\r\nContent-Length: 0\r\n\r\n"))
	h := &harvester.Harvester{
		Visits: remembered{}, Blobs: blobs{}, Options: harvester.Options{MaxBody: 1 << 20},
		Accept: func(_ context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
			if _, ok := harvester.CleanURL(p.Pagina); !ok {
				return "", fmt.Errorf("%q is no page", p.Pagina)
			}
			return harvester.New, nil
		},
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var syntax *warc.SyntaxError
		if _, err := h.Replay(t.Context(), bytes.NewReader(file)); err != nil && !errors.As(err, &syntax) {
			t.Fatal(err)
		}
	})
}

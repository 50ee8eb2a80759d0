package harvester_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// packed returns a body as gzip.
func packed(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gzipped serves bytes that are said to be gzip.
func gzipped(body []byte) http.HandlerFunc { return coded("gzip", body) }

// coded serves bytes that are said to be in a content coding.
func coded(coding string, body []byte) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Content-Encoding", coding)
		_, _ = rw.Write(body)
	}
}

// TestHostileBodies: each ends in a failure that says why, and the rest goes on.
func TestHostileBodies(t *testing.T) {
	page := []byte(notulen("1"))
	for name, c := range map[string]struct {
		body http.HandlerFunc
		kind harvester.Failing
		want string // in the failure; "" where the page is read
	}{
		"gzip":               {gzipped(packed(t, page)), "", ""},
		"gzip cut off":       {gzipped(packed(t, page)[:40]), harvester.FailedConnection, "unexpected EOF"},
		"gzip that is none":  {gzipped(page), harvester.FailedSyntax, "gzip: invalid header"},
		"gzip bomb of 20 MB": {gzipped(packed(t, bytes.Repeat([]byte("<p>"), 20<<20/3))), harvester.FailedSize, "larger than the bound of 1 MB"},
		"gzip in gzip":       {coded("gzip, gzip", packed(t, packed(t, page))), harvester.FailedType, "content coding"},
		"another coding":     {coded("zstd", page), harvester.FailedType, "content coding"},
		"endless":            {endless, harvester.FailedSize, "larger than the bound of 1 MB"},
		"says that it is longer": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "100000")
			_, _ = rw.Write(page)
		}, harvester.FailedConnection, "unexpected EOF"},
		"a header without end": {func(rw http.ResponseWriter, _ *http.Request) {
			for i := range 2000 {
				rw.Header().Set(fmt.Sprintf("X-%d", i), "x")
			}
			_, _ = rw.Write(page)
		}, harvester.FailedSize, "header"},
		"304 to a first request": {status(http.StatusNotModified), harvester.FailedStatus, "304"},
		"206 to a request for all": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(http.StatusPartialContent)
			_, _ = rw.Write(page)
		}, harvester.FailedStatus, "206"},
		"a status that nobody knows":   {status(799), harvester.FailedStatus, "799"},
		"a login":                      {status(http.StatusUnauthorized), harvester.FailedLogin, "401"},
		"a redirect to itself":         {with(status(http.StatusFound), "Location", "/"), harvester.FailedRedirect, "circle"},
		"a redirect to a file":         {with(status(http.StatusFound), "Location", "file:///etc/passwd"), harvester.FailedRedirect, "not followed"},
		"a redirect to a script":       {with(status(http.StatusFound), "Location", "javascript:alert(1)"), harvester.FailedRedirect, "not followed"},
		"a redirect with a password":   {with(status(http.StatusFound), "Location", "http://a:b@127.0.0.1/"), harvester.FailedRedirect, "not followed"},
		"a redirect to no address":     {with(status(http.StatusFound), "Location", "http://[::1"), harvester.FailedRedirect, "Location"},
		"a redirect to a long address": {with(status(http.StatusFound), "Location", "/"+strings.Repeat("a", 9000)), harvester.FailedRedirect, "not followed"},
		"a redirect to nowhere":        {status(http.StatusFound), harvester.FailedStatus, "302"},
		"a new redirect each time": {func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "/?"+r.URL.RawQuery+"x", http.StatusFound)
		}, harvester.FailedRedirect, "at most 5 in a row"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.pages["/"] = c.body
			h, reg := newHarvester(t)
			totals := run(t, h, w.URL)
			if c.want == "" {
				if totals.New != 1 || len(reg.log) != 1 {
					t.Errorf("totals %+v", totals)
				}
				return
			}
			if totals.Failed != 1 || !strings.Contains(totals.Failures[0].Err.Error(), c.want) {
				t.Fatalf("totals %+v, want a failure with %q", totals, c.want)
			}
			if v, _, err := h.Visits.Last(t.Context(), totals.Failures[0].URL); err != nil || v.Failure != c.kind {
				t.Errorf("visit of kind %q, %v; want %q", v.Failure, err, c.kind)
			}
		})
	}
}

// status answers with nothing but that.
func status(code int) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(code) }
}

// with adds a field to the header.
func with(handler http.HandlerFunc, name, value string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set(name, value)
		handler(rw, r)
	}
}

// TestHostileHeaders: what a server says of itself is used within bounds, and
// never spoils the next request.
func TestHostileHeaders(t *testing.T) {
	for name, header := range map[string][2]string{
		"an ETag without end":       {"ETag", `"` + strings.Repeat("a", 5000) + `"`},
		"an ETag that is none":      {"ETag", "\x80\xff"},
		"a date that is none":       {"Last-Modified", "gisteren"},
		"a date in the far future":  {"Last-Modified", "Fri, 31 Dec 9999 23:59:59 GMT"},
		"freshness without end":     {"Cache-Control", "max-age=99999999999999999999"},
		"Expires in the far future": {"Expires", "Fri, 31 Dec 9999 23:59:59 GMT"},
		"an Age of ages":            {"Age", "99999999999999999999"},
		"a type that is none":       {"Content-Type", "text/html; ;;charset"},
		"a cookie":                  {"Set-Cookie", "sessie=geheim"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.pages["/"] = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				rw.Header().Set(header[0], header[1])
				fmt.Fprint(rw, notulen("1"))
			}
			h, _ := newHarvester(t)
			for i := range 2 {
				totals := run(t, h, w.URL)
				if totals.Failed != 0 || totals.New+totals.Unchanged != 1 {
					t.Fatalf("run %d: totals %+v", i+1, totals)
				}
			}
			for v, err := range h.Visits.History(t.Context(), w.URL+"/") {
				if err != nil || v.Header["Set-Cookie"] != nil || v.Due.After(time.Now().Add(31*24*time.Hour)) {
					t.Errorf("visit %+v, %v", v, err)
				}
			}
		})
	}
}

// endless never stops writing.
func endless(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/html")
	block := bytes.Repeat([]byte("<p>nog "), 1000)
	for r.Context().Err() == nil {
		if _, err := rw.Write(block); err != nil {
			return
		}
	}
}

// TestCharsets: pages in windows-1252 are real, and so are pages that lie about
// it. What is read is the same text.
func TestCharsets(t *testing.T) {
	const open, shut = `<html prefix="besluit: http://data.vlaanderen.be/ns/besluit# dc: http://purl.org/dc/terms/"><meta charset="CHARSET"><div typeof="besluit:Agendapunt" resource="https://data.example/1"><b property="dc:title">`, `</b></div>`
	for name, c := range map[string]struct{ header, meta, title string }{
		"utf-8":                           {"text/html; charset=utf-8", "utf-8", "Caf\u00e9 op de Grote Markt"},
		"windows-1252 by header":          {"text/html; charset=windows-1252", "", "Caf\xe9 op de Grote Markt"},
		"windows-1252 by meta":            {"text/html", "windows-1252", "Caf\xe9 op de Grote Markt"},
		"says utf-8, is windows-1252":     {"text/html; charset=utf-8", "utf-8", "Caf\xe9 op de Grote Markt"},
		"says iso-8859-1, is utf-8":       {"text/html; charset=iso-8859-1", "", "Caf\u00e9 op de Grote Markt"},
		"says nothing, is utf-8 with BOM": {"text/html", "", "Caf\u00e9 op de Grote Markt"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.pages["/"] = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", c.header)
				body := strings.Replace(open, "CHARSET", c.meta, 1) + c.title + shut
				if strings.Contains(name, "BOM") {
					body = "\ufeff" + body
				}
				_, _ = rw.Write([]byte(body))
			}
			h, _ := newHarvester(t)
			title := ""
			h.Accept = func(_ context.Context, p besluit.Publicatie) (harvester.Outcome, error) {
				for _, q := range p.Quads {
					if q.Predicate == rdf.IRI(vocab.DctTitle) {
						title = q.Object.Value()
					}
				}
				return harvester.New, nil
			}
			if run(t, h, w.URL); title != "Café op de Grote Markt" {
				t.Errorf("title %q", title)
			}
		})
	}
}

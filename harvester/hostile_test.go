package harvester_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strings"
	"testing"

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
func gzipped(body []byte) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Content-Encoding", "gzip")
		_, _ = rw.Write(body)
	}
}

// TestHostileBodies: each ends in a failure that says why, and the rest goes on.
func TestHostileBodies(t *testing.T) {
	page := []byte(notulen("1"))
	for name, c := range map[string]struct {
		body http.HandlerFunc
		want string // in the failure; "" where the page is read
	}{
		"gzip":                {gzipped(packed(t, page)), ""},
		"gzip cut off":        {gzipped(packed(t, page)[:40]), "unexpected EOF"},
		"gzip that is none":   {gzipped(page), "gzip: invalid header"},
		"gzip bomb of 200 MB": {gzipped(packed(t, bytes.Repeat([]byte("<p>"), 200<<20/3))), "larger than the bound of 1 MB"},
		"endless":             {endless, "larger than the bound of 1 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.pages["/"] = c.body
			h, reg := newHarvester(t)
			totals := run(t, h, w.URL)
			switch {
			case c.want == "":
				if totals.New != 1 || len(reg.log) != 1 {
					t.Errorf("totals %+v", totals)
				}
			case totals.Failed != 1 || !strings.Contains(totals.Failures[0].Err.Error(), c.want):
				t.Errorf("totals %+v, want a failure with %q", totals, c.want)
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

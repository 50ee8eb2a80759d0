package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
)

// catalog describes this installation as DCAT.
func (h *house) catalog(ctx context.Context) ([]rdf.Quad, error) {
	modified := time.Now()
	if head, err := h.publisher.Ledger.Head(ctx); err != nil {
		return nil, err
	} else if head > 0 {
		last, _, _, err := h.publisher.Ledger.Entry(ctx, head)
		if err != nil {
			return nil, err
		}
		modified = last.Time
	}
	return publisher.Catalogue{
		Base: h.config.Base, Publisher: h.config.Base + "/#uitgever",
		Name: h.config.Operator, Email: h.config.Email, Modified: modified,
	}.DCAT(), nil
}

// ldesTypes are the forms of the event stream; the first is for those who do
// not mind.
func ldesTypes() []string {
	return []string{sparql.Turtle, sparql.NQuads, sparql.TriG, sparql.JSONLD, sparql.NTriples}
}

// ldes serves the event stream: /ldes describes it, /ldes/{n} is a page.
func (h *house) ldes() http.Handler {
	stream := &publisher.LDES{Ledger: h.publisher.Ledger, Blobs: h.blobs, Base: h.config.Base + "/ldes"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mediaType := sparql.Negotiate(r.Header.Get("Accept"), ldesTypes())
		if mediaType == "" {
			mediaType = sparql.Turtle // better than nothing for who asked for something else
		}
		page := publisher.LDESPage{Quads: stream.Stream()}
		rest := strings.Trim(strings.TrimPrefix(r.URL.Path, "/ldes"), "/")
		if rest != "" {
			n, err := strconv.Atoi(rest)
			ok := err == nil
			if ok {
				page, ok, err = stream.Page(r.Context(), n)
			} else {
				err = nil
			}
			if err != nil {
				http.Error(w, "the event stream cannot be read now", http.StatusInternalServerError)
				return
			}
			if !ok {
				http.Error(w, "no such page of the event stream", http.StatusNotFound)
				return
			}
		}
		var body bytes.Buffer
		if err := sparql.WriteGraph(&body, mediaType, all(page.Quads), ""); err != nil {
			http.Error(w, "the event stream cannot be written now", http.StatusInternalServerError)
			return
		}
		header := w.Header()
		header.Set("Content-Type", mediaType)
		header.Set("Vary", "Accept")
		header.Set("Access-Control-Allow-Origin", "*")
		sum := sha256.Sum256(body.Bytes())
		header.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
		header.Set("Cache-Control", "public, max-age=60")
		if page.Closed {
			header.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body.Bytes()))
	})
}

func all(quads []rdf.Quad) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
}

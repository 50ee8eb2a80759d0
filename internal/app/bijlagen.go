package app

import (
	"context"
	"net/http"
	"strconv"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/site"
)

// attached has the decisions of a page indexed again, with the text of an
// attachment that was read just now.
func (h *house) attached(_ context.Context, pagina, _ string) error {
	h.publisher.Touch(pagina)
	return nil
}

// bijlage finds the last visit of an attachment.
func (h *house) bijlage(ctx context.Context, iri string) (v harvester.Visit, ok bool, err error) {
	clean, ok := harvester.CleanURL(iri)
	if !ok {
		return harvester.Visit{}, false, nil
	}
	v, ok, err = h.visits.Last(ctx, clean)
	return v, ok && v.SHA256 != "", err
}

// bijlageTekst is the text of an attachment for the index, "" if there is none: a
// decision whose attachment cannot be found now is found without it.
func (h *house) bijlageTekst(ctx context.Context, iri string) string {
	v, ok, err := h.bijlage(ctx, iri)
	if err != nil || !ok || v.Text == "" {
		return ""
	}
	text, err := h.blobs.Get(ctx, v.Text)
	if err != nil {
		return ""
	}
	return string(text)
}

// bijlageOp is what the page of a decision tells of an attachment.
func (h *house) bijlageOp(ctx context.Context, iri string) (site.Bijlage, bool) {
	v, ok, err := h.bijlage(ctx, iri)
	if err != nil || !ok {
		return site.Bijlage{}, false
	}
	b := site.Bijlage{MediaType: v.MediaType, Doorzoekbaar: v.Text != "", Opmerking: v.Note, Opgehaald: v.Success}
	for seen, err := range h.visits.History(ctx, v.URL) {
		if err != nil {
			break
		}
		if seen.Status == http.StatusOK {
			b.Bytes, _ = strconv.ParseInt(seen.Header.Get("Content-Length"), 10, 64)
		}
	}
	return b, true
}

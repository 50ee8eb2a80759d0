package harvester

import (
	"context"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Extract reads the text of an attachment. The body is hostile, so it is read
// outside this process, or not at all. note says, for people and in Dutch, why
// there is no text or not all of it ("niet gelezen: pdftotext is niet
// geïnstalleerd"); "" if all of it was read. err is about this program, its
// disk, or a context that ended.
type Extract func(ctx context.Context, mediaType string, body []byte) (text []byte, note string, err error)

// attaching are the properties by which a decision has attachments (vendor
// documentation, "bijlagen-annotaties"; OSLO Besluit Publicatie).
var attaching = []string{vocab.EliRelatedTo, vocab.Dct + "source", vocab.Dct + "hasPart", vocab.Foaf + "page"}

// attachments finds the attachments of a page that states something: what its
// RDFa attaches, and its links to documents. A page is attached only if the page
// calls it a foaf:Document, because decisions are related to decisions too.
func attachments(quads []rdf.Sourced, t *tags) []string {
	documents := map[rdf.Term]bool{}
	for _, q := range quads {
		if q.Predicate.Value() == vocab.RDFType && q.Object.Value() == vocab.FoafDocument {
			documents[q.Subject] = true
		}
	}
	var found []string
	seen := map[string]bool{}
	add := func(raw string) {
		if clean, ok := CleanURL(raw); ok && !seen[clean] {
			seen[clean] = true
			found = append(found, clean)
		}
	}
	for _, q := range quads {
		if !slices.Contains(attaching, q.Predicate.Value()) || !t.hyperlinks[q.Object.Value()] {
			continue
		}
		e := extension(q.Object.Value())
		isKnown := slices.Contains(texts, e) || slices.Contains(sheets, e) || slices.Contains(images, e)
		if isKnown || e == "" && documents[q.Object] {
			add(q.Object.Value())
		}
	}
	for _, f := range t.files {
		add(f)
	}
	return found
}

// isDocumentType reports whether a media type is that of a document that can
// hold text and is no page.
func isDocumentType(mediaType string) bool {
	switch mediaType {
	case "application/pdf", "application/msword", "application/rtf", "text/rtf":
		return true
	}
	return strings.HasPrefix(mediaType, "application/vnd.openxmlformats-officedocument.") ||
		strings.HasPrefix(mediaType, "application/vnd.oasis.opendocument.") ||
		strings.HasPrefix(mediaType, "application/vnd.ms-") || strings.HasPrefix(mediaType, "image/")
}

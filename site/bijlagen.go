package site

import (
	"context"
	"fmt"
	"mime"
	"path"
	"strings"
	"time"
)

// Bijlage is what is known of an attachment of a decision that was fetched.
type Bijlage struct {
	MediaType    string    // as the server said
	Bytes        int64     // 0 if the server did not say
	Doorzoekbaar bool      // its text was read, so that it is found
	Opmerking    string    // in Dutch, why its text was not read, or not all of it; "" if nothing is to be said
	Opgehaald    time.Time // when it was last there
}

// attachedFile is an attachment as a page shows it.
type attachedFile struct {
	IRI, Naam, Feiten string // Feiten: "PDF, 1,2 MB, tekst doorzoekbaar"
	Opmerking         string
}

// attachedFiles lists the attachments of a decision with what is known of them.
func (s *site) attachedFiles(ctx context.Context, l lang, iris []string) []attachedFile {
	var files []attachedFile
	for n, iri := range iris {
		f := attachedFile{IRI: iri, Naam: attachment(l, n, iri)}
		if s.Bijlage != nil && isWeb(iri) {
			if b, ok := s.Bijlage(ctx, iri); ok {
				f.Feiten, f.Opmerking = facts(l, f.Naam, iri, b), b.Opmerking
			}
		}
		files = append(files, f)
	}
	return files
}

// facts tells kind and size of an attachment, and whether its text is found; the
// kind only if the name does not.
func facts(l lang, name, iri string, b Bijlage) string {
	var parts []string
	if kind := kindOf(iri, b.MediaType); kind != "" && !strings.Contains(strings.ToUpper(name), strings.ToUpper(kind)) {
		parts = append(parts, kind)
	}
	if b.Bytes > 0 {
		parts = append(parts, size(l, b.Bytes))
	}
	if b.Doorzoekbaar {
		parts = append(parts, message(l, "bijlage.doorzoekbaar"))
	}
	return strings.Join(parts, ", ")
}

// kindOf names the kind of a file as people do.
func kindOf(iri, mediaType string) string {
	mediaType, _, _ = mime.ParseMediaType(mediaType)
	switch {
	case mediaType == "application/pdf":
		return "PDF"
	case strings.HasSuffix(mediaType, ".wordprocessingml.document"), mediaType == "application/msword":
		return "Word"
	case mediaType == "application/vnd.oasis.opendocument.text":
		return "ODT"
	case strings.HasSuffix(mediaType, ".spreadsheetml.sheet"), mediaType == "application/vnd.ms-excel":
		return "Excel"
	}
	if _, kind, isImage := strings.Cut(mediaType, "image/"); isImage {
		return strings.ToUpper(kind)
	}
	name, _, _ := strings.Cut(iri, "?")
	if e := path.Ext(name); len(e) > 1 && len(e) < 6 && !strings.Contains(e, "/") {
		return strings.ToUpper(e[1:])
	}
	return ""
}

// size writes a number of bytes as people read it.
func size(l lang, bytes int64) string {
	switch {
	case bytes >= 1e6:
		s := fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
		if l == english {
			return s
		}
		return strings.Replace(s, ".", ",", 1)
	case bytes >= 1e3:
		return fmt.Sprintf("%d kB", bytes/1e3)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

package besluit

import (
	"time"

	"github.com/belfort-lod/belfort/rdf"
)

// Publicatie is one published page as it was fetched at one moment: what the
// harvester hands on and the publisher accepts or holds.
type Publicatie struct {
	Pagina    string    // IRI of the page, after redirects and clean-up; names its graph
	Bron      string    // IRI of the seed that led to it
	Opgehaald time.Time // when its answer arrived
	Status    int       // HTTP status
	MediaType string    // without parameters, e.g. "text/html"
	Ruw       string    // hex SHA-256 of the body as received; names its blob
	Tekst     []byte    // the body decoded to UTF-8; byte offsets of Quads are in it
	Quads     []rdf.Sourced
	// Subjects are the elements that introduced the subjects of Quads.
	Subjects map[rdf.Term]rdf.Span
	// Findings are what reading the page brought up (markup and RDFa, not
	// shapes).
	Findings []rdf.Finding
	// Ingetrokken is set when the page is gone: answered 404 or 410 where it
	// was found before. There is then no Tekst and no Quads.
	Ingetrokken bool
}

package site

import (
	"strings"

	"github.com/belfort-lod/belfort/sparql"
)

// form is one of the forms in which an entity is answered.
type form struct{ suffix, mediaType, title string }

// forms are in the order of the server's preference.
var forms = [...]form{
	{"", "text/html", "HTML"},
	{".jsonld", "application/ld+json", "JSON-LD"},
	{".ttl", "text/turtle", "Turtle"},
	{".nt", "application/n-triples", "N-Triples"},
}

// suffixed takes the suffix of a form off an id.
func suffixed(id string) (bare string, f form) {
	for _, f := range forms[1:] {
		if bare, ok := strings.CutSuffix(id, f.suffix); ok {
			return bare, f
		}
	}
	return id, form{}
}

// negotiate chooses the form that an Accept header likes best (RFC 9110,
// section 12.5.1). No header accepts everything; ok is false if no form fits.
func negotiate(accept string) (f form, ok bool) {
	var offers []string
	for _, f := range forms {
		offers = append(offers, f.mediaType)
	}
	best := sparql.Negotiate(accept, offers)
	if best == "" && sparql.Negotiate(accept, []string{"application/json"}) != "" {
		best = "application/ld+json" // which is JSON, and what who asks for JSON can use
	}
	for _, f := range forms {
		if f.mediaType == best {
			return f, true
		}
	}
	return form{}, false
}

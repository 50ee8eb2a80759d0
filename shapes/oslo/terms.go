package oslo

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/belfort-lod/belfort/rdf/vocab"
)

//go:embed terms.txt
var termsText string

// vocabulary is a namespace with its terms.
type vocabulary struct {
	prefix, namespace string
	complete          bool // a term that is not listed does not exist
	terms             []string
	has               map[string]bool
}

// vocabularies returns the known vocabularies, in the order of terms.txt.
var vocabularies = sync.OnceValue(func() []*vocabulary {
	var list []*vocabulary
	for line := range strings.Lines(termsText) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case len(words) == 3 && strings.Contains(words[1], "://"):
			list = append(list, &vocabulary{
				prefix: words[0], namespace: words[1], complete: words[2] == "all", has: map[string]bool{},
			})
		default:
			v := list[len(list)-1]
			for _, w := range words {
				v.terms = append(v.terms, w)
				v.has[w] = true
			}
		}
	}
	return list
})

// prefixes are the namespaces that messages abbreviate, the longest first
// where one begins another.
var prefixes = []struct{ prefix, namespace string }{
	{"besluit", vocab.Besluit}, {"mandaat", vocab.Mandaat}, {"eli", vocab.Eli}, {"generiek", vocab.Generiek},
	{"persoon", vocab.Persoon}, {"prov", vocab.Prov}, {"dct", vocab.Dct}, {"foaf", vocab.Foaf}, {"org", vocab.Org},
	{"skos", vocab.SKOS}, {"rdf", vocab.RDF}, {"rdfs", vocab.RDFS}, {"xsd", vocab.XSD}, {"lblodBesluit", vocab.LblodBesluit},
	{"ext", vocab.Ext}, {"sh", vocab.SH}, {"schema", vocab.Schema}, {"BesluitType", vocab.BesluitType},
	{"BesluitDocumentType", vocab.BesluitDocumentType}, {"elod", "http://linkedeconomy.org/ontology#"},
	{"dcat", vocab.Dcat}, {"vcard", vocab.Vcard}, {"adms", vocab.Adms}, {"ldes", vocab.Ldes}, {"person", "http://www.w3.org/ns/person#"},
	{"tree", vocab.Tree}, {"dcatap", "http://data.europa.eu/r5r/"}, {"locn", "http://www.w3.org/ns/locn#"},
}

// curie shortens an IRI for a message.
func curie(iri string) string {
	for _, p := range prefixes {
		if local, ok := strings.CutPrefix(iri, p.namespace); ok && !strings.Contains(local, "/") {
			return p.prefix + ":" + local
		}
	}
	return iri
}

// htmlRelations are link types of HTML. On a page with a vocab attribute, rel
// makes properties of them in that vocabulary, which nobody meant.
var htmlRelations = map[string]bool{
	"alternate": true, "author": true, "bookmark": true, "canonical": true, "external": true, "help": true,
	"icon": true, "license": true, "manifest": true, "next": true, "nofollow": true, "noopener": true,
	"noreferrer": true, "opener": true, "pingback": true, "preconnect": true, "prefetch": true, "preload": true,
	"prev": true, "search": true, "shortcut": true, "stylesheet": true, "tag": true, "apple-touch-icon": true,
	"dns-prefetch": true, "modulepreload": true, "me": true, "privacy-policy": true, "terms-of-service": true,
	"role": true, "home": true, "contents": true, "index": true, "start": true, "up": true, "top": true,
	"mask-icon": true, "lightbox": true, "tooltip": true, "profile": true, "amphtml": true, "edituri": true,
	"wlwmanifest": true, "shortlink": true, "first": true, "last": true, "glossary": true, "copyright": true,
	"appendix": true, "chapter": true, "cite": true, "section": true, "subsection": true, "itsrules": true,
	"transformation": true, "meta": true, "describedby": true, "p3pv1": true,
}

// meantInstead names what people want who write a term that never existed.
var meantInstead = map[string]string{
	vocab.Besluit + "citeeropschrift":  vocab.EliTitleShort,
	vocab.Besluit + "heeftAgendalijst": vocab.BesluitHeeftAgenda,
	vocab.Besluit + "heeftAgendapunt":  vocab.BesluitBehandelt,
	vocab.Besluit + "titel":            vocab.EliTitle,
	vocab.Besluit + "beschrijving":     vocab.EliDescription,
	vocab.Besluit + "publicatiedatum":  vocab.EliDatePublication,
	vocab.Besluit + "volgtUit":         vocab.ProvWasGeneratedBy,
	vocab.Eli + "notulen":              vocab.BesluitHeeftNotulen,
	vocab.Eli + "juridischkader":       vocab.EliCites,
	vocab.Eli + "details":              vocab.ProvValue,
	vocab.Foaf + "document":            vocab.FoafDocument,
	vocab.Org + "organisation":         vocab.Org + "organization",
	vocab.Dct + "atLocation":           vocab.ProvAtLocation,
}

// taught are terms that do not exist but that the government's own examples for
// vendors use: whoever copied one deserves a word, not a reproach.
var taught = map[string]bool{vocab.Org + "organisation": true}

// unknownTerm reports whether an IRI is a term that its vocabulary does not
// have, with the IRI of the term that was probably meant, "" if none is near.
func unknownTerm(iri string) (meant string, unknown bool) {
	if m, ok := meantInstead[iri]; ok {
		return m, true
	}
	if local, ok := strings.CutPrefix(iri, vocab.Ext); ok {
		for _, v := range vocabularies() {
			if v.namespace == vocab.Besluit && v.has[local] {
				return v.namespace + local, true
			}
		}
		return "", false
	}
	for _, v := range vocabularies() {
		local, ok := strings.CutPrefix(iri, v.namespace)
		if !ok || v.has[local] || htmlRelations[strings.ToLower(local)] || local == "" {
			continue
		}
		near := v.nearest(local)
		return near, near != "" || v.complete
	}
	return "", false
}

// nearest returns the IRI of the term that is at most two edits away, fewer
// for short terms, and "" if there is none.
func (v *vocabulary) nearest(local string) string {
	best, distance := "", 1+min(2, len(local)/4)
	if len(local) > 60 {
		return ""
	}
	for _, t := range v.terms {
		if strings.EqualFold(t, local) {
			return v.namespace + t
		}
		if d := editDistance(strings.ToLower(t), strings.ToLower(local), distance); d < distance {
			best, distance = v.namespace+t, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance of two strings, in bytes, or at
// least limit if it is limit or more.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

package besluit

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slug returns the name of the government as it stands in addresses
// (/besturen/{slug}): lower case, without accents, words joined by "-". The
// kind of government goes in front unless it is a municipality or the name
// says it already, because a municipality and its OCMW often share a name. A
// government without a name has its ID. Two governments may have the same slug.
func (e *Bestuurseenheid) Slug() string {
	naam := Slug(e.Naam)
	if naam == "" {
		return ID(e.IRI)
	}
	kind := Slug(Label(e.Classificatie))
	if e.Classificatie == Gemeente || kind == "" || strings.Contains("-"+naam+"-", "-"+kind+"-") {
		return naam
	}
	return kind + "-" + naam
}

// Slug returns s in lower case without accents, its words joined by "-".
func Slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		case r == '\'' || r == '’': // 's-Gravenvoeren, O.L.V.'s
		default:
			gap = true
		}
	}
	return b.String()
}

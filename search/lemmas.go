package search

import "strings"

// lemmas are forms of words that council minutes use and the stemmer does not
// bring together. The value is the form that is stemmed in their place.
var lemmas = formsOf(map[string]string{
	"stad":             "steden",
	"lid":              "leden",
	"raadslid":         "raadsleden",
	"gemeenteraadslid": "gemeenteraadsleden",
	"personeelslid":    "personeelsleden",
	"bestuurslid":      "bestuursleden",
	"huis":             "huizen",
	"woonhuis":         "woonhuizen",
	"rusthuis":         "rusthuizen",
	"stadhuis":         "stadhuizen",
	"gemeentehuis":     "gemeentehuizen",
	"parkeerplaats":    "parkeerplaatsen",
	"begraafplaats":    "begraafplaatsen",
	"standplaats":      "standplaatsen",
	"speelplaats":      "speelplaatsen",
	"plaats":           "plaatsen",
	"subsidie":         "subsidies subsidieren gesubsidieerd",
	"retributie":       "retributies",
	"motie":            "moties",
	"premie":           "premies",
	"concessie":        "concessies",
	"commissie":        "commissies",
	"wijziging":        "wijzigingen gewijzigd wijzigen wijzigt gewijzigde",
	"goedkeuring":      "goedkeuringen goedgekeurd goedkeuren goedgekeurde keurt",
	"vaststelling":     "vaststellingen vastgesteld vaststellen vastgestelde",
	"aanstelling":      "aanstellingen aangesteld aanstellen aangestelde",
	"gunning":          "gunningen gegund gunnen gegunde",
	"aankoop":          "aankopen aangekocht aangekochte",
	"verkoop":          "verkopen verkocht verkochte",
	"opheffing":        "opheffingen opgeheven opheffen",
	"intrekking":       "intrekkingen ingetrokken intrekken",
	"toekenning":       "toekenningen toegekend toekennen toegekende",
	"gemeente":         "gemeenten gemeentes",
	"mandataris":       "mandatarissen",
	"secretaris":       "secretarissen",
	"cafe":             "cafes",
	"tarief":           "tarieven",
	"fietspad":         "fietspaden",
	"voetpad":          "voetpaden",
	"pad":              "paden",
	"weg":              "wegen",
	"gemeenteweg":      "gemeentewegen",
	"gewestweg":        "gewestwegen",
	"verslag":          "verslagen",
	"dag":              "dagen",
	"besluit":          "besluiten",
	"bestuur":          "besturen",
	"luier":            "luiers",
	"terras":           "terrassen",
	"belasting":        "belastingen",
	"reglement":        "reglementen",
	"zitting":          "zittingen",
	"kind":             "kinderen",
	"school":           "scholen",
	"speelstraat":      "speelstraten",
	"straat":           "straten",
	"brug":             "bruggen",
	"kerk":             "kerken",
	"kerkfabriek":      "kerkfabrieken",
	"jaarrekening":     "jaarrekeningen",
	"meerjarenplan":    "meerjarenplannen",
	"bedrijf":          "bedrijven",
	"vereniging":       "verenigingen",
	"zwembad":          "zwembaden",
	"bad":              "baden",
	"aanvraag":         "aanvragen aangevraagd aangevraagde",
	"bijdrage":         "bijdragen",
	"verordening":      "verordeningen",
})

// formsOf turns lemma -> "forms" around.
func formsOf(list map[string]string) map[string]string {
	forms := make(map[string]string, 2*len(list))
	for lemma, words := range list {
		for _, form := range strings.Fields(words) {
			forms[form] = lemma
		}
	}
	return forms
}

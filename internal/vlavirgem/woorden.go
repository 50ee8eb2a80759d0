package vlavirgem

import (
	"crypto/sha1"
	"fmt"
	"strings"
	"time"
)

// data is the root of the municipality's identifiers. They are names: nothing answers there.
const data = "https://data.vlavirgem.example/id/"

const (
	bestuurseenheidCode = "http://data.vlaanderen.be/id/concept/BestuurseenheidClassificatieCode/5ab0e9b8a3b2ca7c5e0000"
	bestuursorgaanCode  = "http://data.vlaanderen.be/id/concept/BestuursorgaanClassificatieCode/5ab0e9b8a3b2ca7c5e0000"
	bestuursfunctieCode = "http://data.vlaanderen.be/id/concept/BestuursfunctieCode/"
	besluitTypeConcept  = "https://data.vlaanderen.be/id/concept/BesluitType/"
	nederlands          = "http://publications.europa.eu/resource/authority/language/NLD"
)

// The kinds of page.
const (
	soortOverzicht      = "overzicht"
	soortAgenda         = "agenda"
	soortBesluitenlijst = "besluitenlijst"
	soortNotulen        = "notulen"
	soortUittreksel     = "uittreksel"
)

// documentType maps the kind of page to its BesluitDocumentType.
var documentType = map[string]string{
	soortAgenda:         "https://data.vlaanderen.be/id/concept/BesluitDocumentType/13fefad6-a9d6-4025-83b5-e4cbee3a8965",
	soortBesluitenlijst: "https://data.vlaanderen.be/id/concept/BesluitDocumentType/3fa67785-ffdc-4b30-8880-2b99d97b4dee",
	soortNotulen:        "https://data.vlaanderen.be/id/concept/BesluitDocumentType/8e791b27-7600-4577-b24e-c7c29e0eb773",
	soortUittreksel:     "https://data.vlaanderen.be/id/concept/BesluitDocumentType/9d5bfaca-bbf2-49dd-a830-769f91a6377b",
}

// agendapuntType is the code list "agendapunt types" of lblod.
var agendapuntType = map[string]string{
	"gepland":     "http://lblod.data.gift/concepts/bdf68a65-ce15-42c8-ae1b-19eeb39e20d0",
	"aanvullend":  "http://lblod.data.gift/concepts/b122db75-fd93-4f03-b57a-2a9269289782",
	"spoedeisend": "http://lblod.data.gift/concepts/8c143571-175c-4d13-acaa-9f471180a8c9",
}

// uuid makes a UUID of version 5 from a name (RFC 9562, 5.5).
func uuid(naam string) string {
	h := sha1.Sum([]byte("vlavirgem/" + naam))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// id makes the IRI of a subject of a kind (its plural, as in the addresses of data.lblod.info).
func id(soort, naam string) string { return data + soort + "/" + uuid(soort+"/"+naam) }

var maanden = [...]string{"", "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
	"september", "oktober", "november", "december"}

var weekdagen = [...]string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"}

// datum writes a day in Dutch: 3 maart 2025.
func datum(t time.Time) string { return fmt.Sprintf("%d %s %d", t.Day(), maanden[t.Month()], t.Year()) }

func iso(t time.Time) string { return t.Format("2006-01-02") }

// dag is midnight of a day, in Brussels.
func dag(j int, m time.Month, d int) time.Time {
	return brussel(time.Date(j, m, d, 0, 0, 0, 0, time.UTC))
}

// brussel gives the wall clock time of t its offset in Brussels. It knows the rule for summer time
// itself, because a system need not have a time zone database.
func brussel(t time.Time) time.Time {
	laatsteZondag := func(m time.Month) time.Time {
		z := time.Date(t.Year(), m, 31, 2, 0, 0, 0, time.UTC)
		return z.AddDate(0, 0, -int(z.Weekday()))
	}
	wand := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	zone := time.FixedZone("CET", 3600)
	if !wand.Before(laatsteZondag(time.March)) && wand.Before(laatsteZondag(time.October)) {
		zone = time.FixedZone("CEST", 7200)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}

// duizend writes a whole number in Dutch: 12.500.
func duizend(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// euro writes an amount of cents in Dutch: 12.500 euro, 3,50 euro.
func euro(cent int) string {
	if cent%100 == 0 {
		return duizend(cent/100) + " euro"
	}
	return fmt.Sprintf("%s,%02d euro", duizend(cent/100), cent%100)
}

// slug makes a part of an address from a title.
func slug(s string) string {
	s = strings.NewReplacer("é", "e", "è", "e", "ë", "e", "ï", "i", "ö", "o", "ü", "u", "ç", "c", "à", "a", "’", "", "'", "").Replace(strings.ToLower(s))
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// hoofdletter makes the first letter a capital.
func hoofdletter(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

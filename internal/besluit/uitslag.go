package besluit

import (
	"strings"
	"unicode"
)

// Uitslag is what became of a decision, as far as its votes say.
type Uitslag string

// The outcomes. Onbekend is the answer whenever the data does not say, or says
// two things at once: an outcome is never guessed.
const (
	Goedgekeurd   Uitslag = "goedgekeurd"
	Verworpen     Uitslag = "verworpen"
	Verdaagd      Uitslag = "verdaagd"
	Kennisgenomen Uitslag = "kennisgenomen"
	Ingetrokken   Uitslag = "ingetrokken"
	Onbekend      Uitslag = "onbekend"
)

// Uitslag returns the outcome that the votes of the decision's handling state:
// in words (besluit:gevolg), or else by the numbers for and against. A tie is
// Onbekend, because what it means depends on the matter.
func (b *Besluit) Uitslag() Uitslag {
	if b.Behandeling == nil {
		return Onbekend
	}
	found := Onbekend
	for _, s := range b.Behandeling.Stemmingen {
		switch u := s.Uitslag(); {
		case u == Onbekend || u == found:
		case found == Onbekend:
			found = u
		default:
			return Onbekend
		}
	}
	return found
}

// Uitslag returns the outcome of one vote.
func (s *Stemming) Uitslag() Uitslag {
	if u, said := uitslagInWords(s.Gevolg); said {
		return u
	}
	voor, tegen := s.AantalVoorstanders, s.AantalTegenstanders
	switch {
	case voor < 0 || tegen < 0 || voor == tegen:
		return Onbekend
	case voor > tegen:
		return Goedgekeurd
	}
	return Verworpen
}

// uitslagWords are the words that minutes use, each whole.
var uitslagWords = [...]struct {
	word    string
	uitslag Uitslag
}{
	{"goedgekeurd", Goedgekeurd}, {"goedkeuring", Goedgekeurd}, {"aangenomen", Goedgekeurd},
	{"aanvaard", Goedgekeurd}, {"bekrachtigd", Goedgekeurd},
	{"verworpen", Verworpen}, {"afgekeurd", Verworpen}, {"geweigerd", Verworpen}, {"afgewezen", Verworpen},
	{"verdaagd", Verdaagd}, {"uitgesteld", Verdaagd}, {"verdaging", Verdaagd},
	{"kennisgenomen", Kennisgenomen}, {"kennisname", Kennisgenomen}, {"kennisneming", Kennisgenomen},
	{"kennis", Kennisgenomen}, {"akte", Kennisgenomen}, {"aktename", Kennisgenomen},
	{"ingetrokken", Ingetrokken}, {"intrekking", Ingetrokken},
}

// uitslagInWords reads a text such as "Goedgekeurd met eenparigheid van
// stemmen"; said is false if it names no outcome. "Niet goedgekeurd" is
// Verworpen; any other denial, or two different outcomes in one text, leaves
// the outcome open.
func uitslagInWords(s string) (u Uitslag, said bool) {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	found := Onbekend
	for i, word := range words {
		u := uitslagOfWord(word)
		if word == "niet" {
			if i+1 == len(words) || uitslagOfWord(words[i+1]) != Goedgekeurd {
				return Onbekend, true
			}
			continue
		}
		if u == Onbekend {
			continue
		}
		if i > 0 && words[i-1] == "niet" {
			u = Verworpen
		}
		if found != Onbekend && found != u {
			return Onbekend, true
		}
		found = u
	}
	return found, found != Onbekend
}

func uitslagOfWord(word string) Uitslag {
	for _, w := range uitslagWords {
		if word == w.word {
			return w.uitslag
		}
	}
	return Onbekend
}

package vlavirgem

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// grond is a legal ground: what is cited, and the IRI of the text where it has one.
type grond struct {
	voor, tekst, iri, na string
}

// sjabloon is a template for decisions. Its texts may hold {names}: those that v declares, and
// {Orgaan}, {orgaan}, {zitting}, {jaar}, {jaar+1}, {jaar-1}, {over} and {overdatum}, {vorige}, {maand} and {kwartaal} (the previous ones).
type sjabloon struct {
	id, orgaan string
	op         string // months (2025-06) or special sittings at which it is dealt with; empty: when there is room
	seizoen    string // numbers of the months in which it fits; empty: any
	hoogstens  int    // how often at most; 0: no limit
	v          string // variables: "name=kind arguments; ..."; see lees
	titel      string
	kort       string // citeeropschrift
	tekst      string // description
	feiten     string // paragraphs separated by a newline
	waarom     string // the same
	gronden    string // keys of rechtsgronden
	geld       string
	artikelen  []string
	typen      string // keys of besluitTypen
	boekjaar   string // elod:financialYear
	vanaf, tot string // in force: a date, or the name of a variable
	stem       string // how a council votes: empty (mostly together), verdeeld, onthouding, verworpen, geheim, samen
	besloten   bool   // dealt with in closed session, because it is about a person
	bijlage    string // title of the PDF that belongs to it
	over       string // id of the template of an earlier decision
	verband    string // trekt in, verbetert, wijzigt
}

func vindSjabloon(naam string) *sjabloon {
	for i := range sjablonen {
		if sjablonen[i].id == naam {
			return &sjablonen[i]
		}
	}
	panic("vlavirgem: no template " + naam) // can only be a mistake in this package
}

// schrijver fills in one template.
type schrijver struct {
	k      *rand.Rand
	z      *zitting
	a      *agendaMaker
	getal  map[string]int       // amounts in cents, or numbers
	dagen  map[string]time.Time //
	tekst  map[string]string
	gekoze map[string]bool
}

// schrijf makes the decision that the template gives at a sitting; zaad decides the choices.
func (s *sjabloon) schrijf(z *zitting, a *agendaMaker, zaad string) *besluit {
	w := &schrijver{kans(zaad), z, a, map[string]int{}, map[string]time.Time{}, map[string]string{}, map[string]bool{}}
	j := z.gepland.Year()
	w.tekst["orgaan"], w.tekst["Orgaan"] = z.in.orgaan.aanhef, hoofdletter(z.in.orgaan.aanhef)
	w.tekst["zitting"] = datum(z.gepland)
	w.tekst["jaar"], w.tekst["jaar+1"], w.tekst["jaar-1"] = fmt.Sprint(j), fmt.Sprint(j+1), fmt.Sprint(j-1)
	if eerder := a.laatste[s.over]; eerder != nil {
		w.tekst["over"], w.tekst["overdatum"] = eerder.titel, datum(eerder.zitting.gepland)
	}
	vorige := z.gepland.AddDate(0, 0, -z.gepland.Day()) // a day in the previous month
	w.tekst["maand"] = fmt.Sprintf("%s %d", maanden[vorige.Month()], vorige.Year())
	kwartaal := z.gepland.AddDate(0, -3, 1-z.gepland.Day())
	w.tekst["kwartaal"] = fmt.Sprintf("het %s kwartaal van %d", [...]string{"eerste", "tweede", "derde", "vierde"}[(kwartaal.Month()-1)/3], kwartaal.Year())
	if v := a.vorige[z.in.orgaan.kort]; v != nil {
		w.tekst["vorige"] = datum(v.gepland)
	}
	for d := range strings.SplitSeq(s.v, ";") {
		naam, soort, ok := strings.Cut(strings.TrimSpace(d), "=")
		if !ok {
			continue
		}
		een, ander, paar := strings.Cut(naam, "+")
		if w.tekst[een] = w.lees(naam, soort); paar {
			w.tekst[een], w.tekst[ander], _ = strings.Cut(w.tekst[een], "/")
		}
	}
	b := &besluit{
		titel: w.vul(s.titel), kort: w.vul(s.kort), beschrijving: w.vul(s.tekst), geld: w.vul(s.geld), boekjaar: w.vul(s.boekjaar),
		feiten: w.alineas(s.feiten), argumenten: w.alineas(s.waarom),
		vanaf: w.dag(s.vanaf), tot: w.dag(s.tot),
	}
	for sleutel := range strings.FieldsSeq(s.gronden) {
		b.gronden = append(b.gronden, rechtsgronden[sleutel])
	}
	for _, art := range s.artikelen {
		b.artikelen = append(b.artikelen, artikel{tekst: w.vul(art)})
	}
	for sleutel := range strings.FieldsSeq(s.typen) {
		b.typen = append(b.typen, besluitTypeConcept+besluitTypen[sleutel])
	}
	return b
}

func (w *schrijver) alineas(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(w.vul(s), "\n")
}

// dag is the date in a variable, or an ISO date.
func (w *schrijver) dag(s string) time.Time {
	if d, ok := w.dagen[s]; ok || s == "" {
		return d
	}
	return leesDag(w.vul(s))
}

// vul replaces {names}. A name that nobody declared stays, and a test looks for it.
func (w *schrijver) vul(s string) string {
	var b strings.Builder
	for {
		voor, rest, ok := strings.Cut(s, "{")
		b.WriteString(voor)
		if !ok {
			return b.String()
		}
		naam, na, ok := strings.Cut(rest, "}")
		if t, bekend := w.tekst[naam]; ok && bekend {
			if v := b.String(); v == "" || strings.HasSuffix(v, ". ") || strings.HasSuffix(v, "\n") {
				t = hoofdletter(t)
			}
			b.WriteString(t)
		} else {
			b.WriteString("{" + naam + "}")
		}
		s = na
	}
}

// lees makes the value of a variable:
//
//	|a|b|c             one of these
//	een LIST           one of a word list, each at most once in a decision; with name "a+b" the
//	                   word before the slash is a, and what comes after it b
//	feest VAR          a feast that suits the season of a day
//	num LO HI STEP     a number
//	eur LO HI STEP     an amount in euros
//	cent LO HI STEP    an amount in cents
//	deel VAR PERCENT   a part of an amount
//	min VAR VAR        the difference of two amounts
//	som VAR VAR        their sum
//	dag LO HI [ma|za]  a day that many days after the sitting (from there the next Monday, Saturday)
//	na VAR LO HI       a day that many days after another
//	voor LO HI         a working day that many days before the sitting
//	jaar N             the year of the sitting plus N
func (w *schrijver) lees(naam, soort string) string {
	if rest, ok := strings.CutPrefix(soort, "|"); ok {
		keuzen := strings.Split(rest, "|")
		return w.vul(keuzen[w.k.IntN(len(keuzen))])
	}
	f := strings.Fields(soort)
	n := func(i int) int { x, _ := strconv.Atoi(f[i]); return x }
	tussen := func(lo, hi, stap int) int { return lo + stap*w.k.IntN((hi-lo)/stap+1) }
	switch f[0] {
	case "een", "feest":
		lijst := woordenlijsten[f[1]]
		if f[0] == "feest" {
			lijst = woordenlijsten["feest-zomer"]
			if m := w.dagen[f[1]].Month(); m < time.April || m > time.October {
				lijst = woordenlijsten["feest-winter"]
			}
		}
		for {
			t := lijst[w.k.IntN(len(lijst))]
			if !w.gekoze[t] {
				w.gekoze[t] = true
				return t
			}
		}
	case "num":
		w.getal[naam] = tussen(n(1), n(2), n(3))
		return duizend(w.getal[naam])
	case "eur":
		w.getal[naam] = 100 * tussen(n(1), n(2), n(3))
	case "cent":
		w.getal[naam] = tussen(n(1), n(2), n(3))
	case "deel":
		w.getal[naam] = w.getal[f[1]] * n(2) / 100
	case "som":
		w.getal[naam] = w.getal[f[1]] + w.getal[f[2]]
	case "min":
		w.getal[naam] = w.getal[f[1]] - w.getal[f[2]]
	case "jaar":
		return fmt.Sprint(w.z.gepland.Year() + n(1))
	case "dag", "na", "voor":
		d, i := w.z.gepland, 1
		switch f[0] {
		case "na":
			d, i = w.dagen[f[1]], 2
			d = d.AddDate(0, 0, tussen(n(i), n(i+1), 1))
		case "dag":
			d = d.AddDate(0, 0, tussen(n(i), n(i+1), 1))
		case "voor":
			d = d.AddDate(0, 0, -tussen(n(i), n(i+1), 1))
			for d.Weekday() == time.Sunday || d.Weekday() == time.Saturday {
				d = d.AddDate(0, 0, -1)
			}
		}
		if len(f) > i+2 {
			wens := time.Weekday(slices.Index([]string{"zo", "ma", "di", "wo", "do", "vr", "za"}, f[i+2]))
			for d.Weekday() != wens {
				d = d.AddDate(0, 0, 1)
			}
		}
		w.dagen[naam] = dag(d.Year(), d.Month(), d.Day())
		return datum(d)
	}
	return euro(w.getal[naam])
}

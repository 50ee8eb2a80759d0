package vlavirgem

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// zitting is one sitting with what was dealt with.
type zitting struct {
	iri, nummer  string
	in           *periode
	gepland      time.Time
	start, einde time.Time
	locatie      [2]string // IRI, label
	leden        []*mandataris
	aanwezig     []*mandataris // at the start
	afwezig      []*mandataris
	voorzitter   *mandataris
	punten       []*agendapunt
	bijzonder    string // "installatievergadering", "extra zitting" or empty
	fout         string // code of the fault on its only page
	alleenAgenda bool
}

// agendapunt is an item of the agenda together with its treatment.
type agendapunt struct {
	iri, titel, beschrijving string
	openbaar                 bool
	soort                    string // key of agendapuntType
	behandeling              string // IRI
	aanwezig                 []*mandataris
	verslag                  string // what was said, where no decision was taken
	besluit                  *besluit
	stemming                 *stemming
}

type stemming struct {
	iri, onderwerp, gevolg string
	geheim                 bool
	aanwezig               []*mandataris
	voor, tegen, onthouden []*mandataris // for a secret vote: unknown to the public
	nVoor, nTegen, nOnt    int
}

type artikel struct {
	iri, tekst string
}

// besluit is a decision.
type besluit struct {
	iri, pad        string
	document        string // IRI of the uittreksel
	titel, kort     string
	beschrijving    string
	feiten          []string
	argumenten      []string
	gronden         []grond
	geld            string
	boekjaar        string
	artikelen       []artikel
	typen           []string // IRIs
	publicatie      time.Time
	vanaf, tot      time.Time // in force
	bijlage         *bijlage
	ingetrokkenDoor *besluit
	verbeterdDoor   *besluit
	trektIn         *besluit
	verbetert       *besluit
	wijzigt         *besluit
	zitting         *zitting
	punt            *agendapunt
	van             string // id of the template
}

// kans is a source of choices that depends on a name only.
func kans(naam string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(naam))
	return rand.New(rand.NewPCG(h.Sum64(), 0x9309))
}

// raadsdagen are the days on which the councils sit: a Monday late in the month, or the day after
// where that is a holiday; none in July and August.
var raadsdagen = []string{
	"2024-11-25",
	"2024-12-05", // installation of the newly elected councils
	"2024-12-16",
	"2025-01-27", "2025-02-24", "2025-03-24", "2025-04-28", "2025-05-26", "2025-06-23",
	"2025-09-22", "2025-10-27", "2025-11-24", "2025-12-15",
	"2026-01-26", "2026-02-23", "2026-03-23", "2026-04-27", "2026-05-26", "2026-06-22",
	"2026-09-28", "2026-10-26",
}

// zonderCollege are Tuesdays without a college: holidays and the summer recess.
var zonderCollege = []string{"2024-12-24", "2024-12-31", "2025-07-22", "2025-08-05", "2025-11-11", "2025-12-30",
	"2026-07-21", "2026-08-04"}

// extra are the sittings with a fault: body, day, code and whether only the agenda is published.
var extra = []struct {
	orgaan, dag, fout string
	agenda            bool
	sjablonen         []string
}{
	{"vast-bureau", "2025-02-13", "null-uri", true, []string{"vb-herstelling", "vb-noodwoning"}},
	{"vast-bureau", "2025-03-20", "missing-scheme", true, []string{"vb-huur", "vb-maaltijden"}},
	{"vast-bureau", "2025-05-15", "blank-node", true, []string{"vb-aanwerving", "vb-herstelling"}},
	{"college", "2025-06-05", "undeclared-prefix", true, []string{"cbs-inname", "cbs-levering"}},
	{"vast-bureau", "2025-09-18", "empty-resource", false, []string{"vb-onderhoud", "vb-huur"}},
	{"college", "2025-10-16", "wrong-scheme", false, []string{"cbs-evenement", "cbs-subsidie"}},
	{"college", "2026-01-15", "unknown-datatype", false, []string{"cbs-verkeer", "cbs-vorderingsstaat"}},
	{"vast-bureau", "2026-03-12", "missing-class", false, []string{"vb-noodwoning", "vb-herstelling"}},
	{"vast-bureau", "2026-06-11", "duplicate-document-type", false, []string{"vb-aanwerving", "vb-onderhoud"}},
	{"college", "2026-09-17", "unknown-property", false, []string{"cbs-verkeer", "cbs-gunning-werken"}},
}

func leesDag(s string) time.Time {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return time.Time{}
	}
	return brussel(t)
}

// agendaMaker fills agendas from the templates: those that belong to a month first, then in turn
// those that were used least.
type agendaMaker struct {
	g       *Gemeente
	gebruik map[string]int
	gezegd  map[string]bool     // titles, motivations and articles in use
	laatste map[string]*besluit // by template
	vorige  map[string]*zitting // previous sitting by body
	teller  map[string]int      // sittings by body and year
}

// houdZittingen holds all sittings, in order of time.
func (g *Gemeente) houdZittingen() {
	a := &agendaMaker{g, map[string]int{}, map[string]bool{}, map[string]*besluit{}, map[string]*zitting{}, map[string]int{}}
	organen := map[string]*orgaan{}
	for _, o := range bestuur() {
		organen[o.kort] = o
	}
	type afspraak struct {
		orgaan          *orgaan
		wanneer         time.Time
		bijzonder, fout string
		agenda          bool
		vast            []string
	}
	var kalender []afspraak
	neem := func(o string, d time.Time, uur, min int, bijzonder string) {
		kalender = append(kalender, afspraak{orgaan: organen[o], wanneer: brussel(d.Add(time.Duration(uur)*time.Hour + time.Duration(min)*time.Minute)), bijzonder: bijzonder})
	}
	for _, s := range raadsdagen {
		d, bijzonder := leesDag(s), ""
		if s == "2024-12-05" {
			bijzonder = "installatievergadering"
		}
		neem("rmw", d, 19, 15, bijzonder)
		neem("gemeenteraad", d, 20, 0, bijzonder)
	}
	for i, d := 0, dag(2024, time.November, 5); d.Before(dag(2026, time.November, 1)); i, d = i+1, d.AddDate(0, 0, 14) {
		if slices.Contains(zonderCollege, iso(d)) {
			continue
		}
		neem("college", brussel(d), 18, 0, "")
		if i%2 == 1 {
			neem("vast-bureau", brussel(d), 19, 30, "")
		}
	}
	for _, e := range extra {
		kalender = append(kalender, afspraak{organen[e.orgaan], brussel(leesDag(e.dag).Add(18 * time.Hour)), "extra zitting", e.fout, e.agenda, e.sjablonen})
	}
	slices.SortStableFunc(kalender, func(x, y afspraak) int {
		if c := x.wanneer.Compare(y.wanneer); c != 0 {
			return c
		}
		return strings.Compare(x.orgaan.kort, y.orgaan.kort)
	})
	for _, k := range kalender {
		z := a.open(k.orgaan, k.wanneer)
		z.bijzonder, z.fout, z.alleenAgenda = k.bijzonder, k.fout, k.agenda
		a.vul(z, k.vast)
		g.zittingen = append(g.zittingen, z)
		if k.fout == "" {
			a.vorige[k.orgaan.kort] = z
		}
	}
}

var nummers = map[string]string{"gemeenteraad": "GR", "college": "CBS", "rmw": "RMW", "vast-bureau": "VB"}

// open makes a sitting with its attendance.
func (a *agendaMaker) open(o *orgaan, wanneer time.Time) *zitting {
	in := o.nu
	if wanneer.Before(dag(2024, time.December, 5)) {
		in = o.vorig
	}
	sleutel := fmt.Sprint(o.kort, wanneer.Year())
	a.teller[sleutel]++
	z := &zitting{
		iri: id("zittingen", o.kort+iso(wanneer)), in: in, gepland: wanneer, leden: in.leden, voorzitter: in.voorzitter,
		nummer:  fmt.Sprintf("%s/%d/%02d", nummers[o.kort], wanneer.Year(), a.teller[sleutel]),
		locatie: [2]string{id("locaties", "raadzaal"), "Raadzaal, gemeentehuis, Belfortplein 1, 9309 Vlavirgem"},
	}
	switch o.kort {
	case "college":
		z.locatie = [2]string{id("locaties", "collegezaal"), "Collegezaal, gemeentehuis, Belfortplein 1, 9309 Vlavirgem"}
	case "vast-bureau":
		z.locatie = [2]string{id("locaties", "sociaal huis"), "Sociaal Huis, Lindendreef 12, 9309 Vlavirgem"}
	}
	k := kans("zitting" + z.iri)
	z.start = wanneer.Add(time.Duration(k.IntN(7)) * time.Minute)
	weg := 0
	switch {
	case o.kort == "gemeenteraad":
		weg = k.IntN(4)
	case o.kort == "rmw":
		weg = 1 + k.IntN(3)
	case k.IntN(4) == 0:
		weg = 1
	}
	if iso(wanneer) == "2024-12-05" {
		weg = 0
	}
	afwezig := map[int]bool{}
	for len(afwezig) < weg {
		if i := 1 + k.IntN(len(in.leden)-1); i != 6 { // the president and the mayor are always there
			afwezig[i] = true
		}
	}
	for i, m := range in.leden {
		if afwezig[i] {
			z.afwezig = append(z.afwezig, m)
		} else {
			z.aanwezig = append(z.aanwezig, m)
		}
	}
	return z
}

// vul puts items on the agenda of z.
func (a *agendaMaker) vul(z *zitting, vast []string) {
	o, k := z.in.orgaan.kort, kans("agenda"+z.iri)
	var keuze []*sjabloon
	switch {
	case vast != nil:
		for _, naam := range vast {
			keuze = append(keuze, vindSjabloon(naam))
		}
	default:
		sleutel := iso(z.gepland)[:7]
		if z.bijzonder != "" {
			sleutel = z.bijzonder
		} else if v := a.vorige[o]; v != nil && (o == "gemeenteraad" || o == "rmw") {
			keuze = append(keuze, vindSjabloon(o+"-notulen"))
		}
		for i := range sjablonen {
			s := &sjablonen[i]
			if s.orgaan == o && slices.Contains(strings.Fields(s.op), sleutel) && !(o == "college" && a.gebruik[s.id+sleutel] > 0) {
				keuze = append(keuze, s)
				a.gebruik[s.id+sleutel]++
			}
		}
		n := map[string]int{"gemeenteraad": 8, "rmw": 3, "college": 3, "vast-bureau": 1}[o] + k.IntN(2)
		if z.bijzonder == "" {
			keuze = append(keuze, a.vrije(o, max(1, n-len(keuze)), k, z)...)
		}
	}
	for _, s := range keuze {
		a.voegToe(z, s)
	}
	if o == "gemeenteraad" && z.bijzonder == "" {
		a.vragen(z, k)
	}
	minuten := map[string]int{"gemeenteraad": 11, "rmw": 7, "college": 13, "vast-bureau": 12}[o]
	z.einde = z.start.Add(time.Duration(minuten*len(z.punten)+k.IntN(9)) * time.Minute)
	if o == "rmw" { // the gemeenteraad begins at eight
		z.einde = z.start.Add(time.Duration(min(minuten*len(z.punten), 36)+k.IntN(3)) * time.Minute)
	}
}

// vrije chooses n templates that were used least, in an order that differs from sitting to sitting.
func (a *agendaMaker) vrije(o string, n int, k *rand.Rand, z *zitting) []*sjabloon {
	var vrij []*sjabloon
	for i := range sjablonen {
		s := &sjablonen[i]
		if s.orgaan == o && s.op == "" && !strings.HasSuffix(s.id, "-notulen") && (s.hoogstens == 0 || a.gebruik[s.id] < s.hoogstens) &&
			(s.seizoen == "" || slices.Contains(strings.Fields(s.seizoen), fmt.Sprint(int(z.gepland.Month())))) {
			vrij = append(vrij, s)
		}
	}
	k.Shuffle(len(vrij), func(i, j int) { vrij[i], vrij[j] = vrij[j], vrij[i] })
	slices.SortStableFunc(vrij, func(x, y *sjabloon) int { return a.gebruik[x.id] - a.gebruik[y.id] })
	return vrij[:min(n, len(vrij))]
}

// voegToe adds the item that a template gives, with its vote.
func (a *agendaMaker) voegToe(z *zitting, s *sjabloon) {
	a.gebruik[s.id]++
	nr := len(z.punten) + 1
	naam := fmt.Sprintf("%s/%d", z.iri, nr)
	var b *besluit
	for poging := range 40 {
		b = s.schrijf(z, a, fmt.Sprintf("%s/%d", naam, poging))
		if !slices.ContainsFunc(b.bewoordingen(), func(t string) bool { return a.gezegd[t] }) {
			break
		}
	}
	for _, t := range b.bewoordingen() {
		a.gezegd[t] = true
	}
	b.iri, b.zitting, b.van = id("besluiten", naam), z, s.id
	b.document = id("uittreksels", naam)
	b.pad = fmt.Sprintf("/besluiten/%s/%s/%02d-%s", z.in.orgaan.kort, iso(z.gepland), nr, slug(b.titel))
	b.publicatie = publicatiedag(z.gepland, 3)
	for i := range b.artikelen {
		b.artikelen[i].iri = id("artikels", fmt.Sprintf("%s/%d", naam, i+1))
	}
	p := a.punt(z, naam, b.titel, b.beschrijving)
	p.besluit, b.punt = b, p
	// A council deals in closed session with persons; college and vast bureau never meet in public.
	p.openbaar = !s.besloten && len(z.leden) > 10
	p.stemming = stem(z, s, naam, b, p.aanwezig)
	a.laatste[s.id] = b
	a.koppel(b, s)
	if !z.alleenAgenda {
		a.g.besluiten = append(a.g.besluiten, b)
	}
	if s.bijlage != "" && !z.alleenAgenda {
		b.bijlage = a.g.maakBijlage(b, s.bijlage)
	}
}

// bewoordingen are the texts in which no two decisions may be alike.
func (b *besluit) bewoordingen() []string {
	artikelen := ""
	for _, a := range b.artikelen {
		artikelen += a.tekst
	}
	return []string{b.titel, strings.Join(slices.Concat(b.feiten, b.argumenten), "\n"), artikelen}
}

// koppel joins a decision to the earlier one that it withdraws, corrects or changes.
func (a *agendaMaker) koppel(b *besluit, s *sjabloon) {
	eerder := a.laatste[s.over]
	if eerder == nil {
		return
	}
	switch s.verband {
	case "trekt in":
		b.trektIn, eerder.ingetrokkenDoor, a.g.ingetrok = eerder, b, eerder
	case "verbetert":
		b.verbetert, eerder.verbeterdDoor, a.g.verbeterd = eerder, b, eerder
	case "wijzigt":
		b.wijzigt = eerder
	}
}

func (a *agendaMaker) punt(z *zitting, naam, titel, beschrijving string) *agendapunt {
	p := &agendapunt{
		iri: id("agendapunten", naam), behandeling: id("behandelingen-van-agendapunten", naam),
		titel: titel, beschrijving: beschrijving, openbaar: true, soort: "gepland", aanwezig: z.aanwezig,
	}
	k := kans("punt" + naam)
	raad := z.in.orgaan.kort == "gemeenteraad"
	if raad && len(z.punten) > 6 && k.IntN(3) == 0 {
		p.soort = "aanvullend"
	} else if raad && len(z.punten) > 3 && k.IntN(30) == 0 {
		p.soort = "spoedeisend"
	}
	if raad && len(z.afwezig) > 0 && len(z.punten) >= 3 && z.afwezig[0].persoon.naam[0]%2 == 0 {
		p.aanwezig = slices.Concat(z.aanwezig, z.afwezig[:1]) // somebody came later
	}
	z.punten = append(z.punten, p)
	return p
}

// vragen ends a public sitting with the questions of councillors, which lead to no decision.
func (a *agendaMaker) vragen(z *zitting, k *rand.Rand) {
	for i := range 1 + k.IntN(2) {
		lid := z.aanwezig[15+k.IntN(len(z.aanwezig)-15)]
		schepenen := slices.DeleteFunc(slices.Clone(z.in.leden[1:6]), func(m *mandataris) bool { return !slices.Contains(z.aanwezig, m) })
		antwoordt := schepenen[k.IntN(len(schepenen))]
		v := raadsvragen[(a.gebruik["vraag"])%len(raadsvragen)]
		a.gebruik["vraag"]++
		p := a.punt(z, fmt.Sprintf("%s/vraag%d", z.iri, i), "Vraag van raadslid "+lid.persoon.volledig()+" over "+v[0], v[1])
		if a.gebruik["vraag"] > len(raadsvragen) {
			p.titel += ": opvolging"
			p.beschrijving = "De raad besprak deze vraag eerder. " + v[1]
		}
		p.soort = "aanvullend"
		p.verslag = fmt.Sprintf("Raadslid %s (%s) licht de vraag toe. %s Schepen %s antwoordt: %s De voorzitter dankt voor het antwoord en sluit het punt.",
			lid.persoon.volledig(), lid.persoon.fractie, p.beschrijving, antwoordt.persoon.volledig(), v[2])
	}
}

// feestdagen are the public holidays on which nothing is published.
var feestdagen = []string{"2024-12-25", "2025-01-01", "2025-04-21", "2025-05-01", "2025-05-29", "2025-06-09", "2025-07-21", "2025-08-15",
	"2025-11-11", "2025-12-25", "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-07-21", "2026-11-11"}

// publicatiedag is the working day n days after a sitting, or the next one.
func publicatiedag(t time.Time, n int) time.Time {
	d := dag(t.Year(), t.Month(), t.Day()+n)
	for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || slices.Contains(feestdagen, iso(d)) {
		d = d.AddDate(0, 0, 1)
	}
	return brussel(d)
}

// stem takes the vote on a decision.
func stem(z *zitting, s *sjabloon, naam string, b *besluit, aanwezig []*mandataris) *stemming {
	k := kans("stem" + naam)
	st := &stemming{iri: id("stemmingen", naam), aanwezig: aanwezig}
	st.onderwerp = "Stemming over het voorstel van besluit: " + b.titel
	raad := len(z.leden) > 10
	if !raad {
		st.voor, st.nVoor, st.gevolg = aanwezig, len(aanwezig), "Goedgekeurd met eenparigheid van stemmen"
		return st
	}
	st.geheim = s.stem == "geheim"
	wijze := s.stem
	if wijze == "" && k.IntN(5) == 0 {
		wijze = "verdeeld"
	}
	blok := []string{vernieuwt, lijst9309}
	if k.IntN(2) == 0 {
		slices.Reverse(blok)
	}
	for _, m := range aanwezig {
		f := m.persoon.fractie
		switch {
		case wijze == "verdeeld" && f == blok[0]:
			st.tegen = append(st.tegen, m)
		case wijze == "verdeeld" && f == blok[1], wijze == "onthouding" && !strings.Contains(meerder, f):
			st.onthouden = append(st.onthouden, m)
		case wijze == "verworpen" && strings.Contains(meerder, f):
			st.tegen = append(st.tegen, m)
		case wijze == "geheim" && k.IntN(9) == 0:
			st.tegen = append(st.tegen, m)
		case wijze == "geheim" && k.IntN(12) == 0:
			st.onthouden = append(st.onthouden, m)
		default:
			st.voor = append(st.voor, m)
		}
	}
	st.nVoor, st.nTegen, st.nOnt = len(st.voor), len(st.tegen), len(st.onthouden)
	switch {
	case st.nVoor <= st.nTegen:
		st.gevolg = fmt.Sprintf("Verworpen met %d stemmen tegen %d", st.nTegen, st.nVoor)
	case st.nTegen+st.nOnt == 0:
		st.gevolg = "Goedgekeurd met eenparigheid van stemmen"
	default:
		st.gevolg = fmt.Sprintf("Goedgekeurd met %s voor, %s tegen en %s", tel(st.nVoor, "stem", "stemmen"), tel(st.nTegen, "stem", "stemmen"), tel(st.nOnt, "onthouding", "onthoudingen"))
	}
	if st.geheim {
		st.voor, st.tegen, st.onthouden = nil, nil, nil
	}
	return st
}

// tel writes a number of things: geen onthoudingen, 1 stem, 14 stemmen.
func tel(n int, enkel, meer string) string {
	switch n {
	case 0:
		return "geen " + meer
	case 1:
		return "1 " + enkel
	}
	return fmt.Sprint(n, " ", meer)
}

package vlavirgem

import "fmt"

// eenheid is a Bestuurseenheid.
type eenheid struct {
	iri, naam, code string
}

// orgaan is a Bestuursorgaan: the body itself and, for each bestuursperiode, the body in that period.
type orgaan struct {
	kort, naam, aanhef string // college; College van burgemeester en schepenen; het college van ...
	iri, code          string
	eenheid            *eenheid
	vorig, nu          *periode
}

// periode is a body in a bestuursperiode, with who sits in it.
type periode struct {
	orgaan        *orgaan
	iri, naam     string
	begin, einde  string // xsd:dateTime; einde may be empty
	leden         []*mandataris
	voorzitter    *mandataris
	directeurIRI  string
	directeurNaam [2]string
}

type persoon struct {
	iri, voornaam, naam, fractie string
}

func (p *persoon) volledig() string { return p.voornaam + " " + p.naam }

// mandataris is a person in one mandate.
type mandataris struct {
	iri, mandaat, functie, code string
	persoon                     *persoon
	fractie                     string // IRI
}

const (
	samen     = "Samen Vlavirgem"
	kouter    = "Dorp en Kouter"
	vernieuwt = "Vlavirgem Vernieuwt"
	lijst9309 = "Lijst 9309"
	meerder   = samen + "|" + kouter // the parties of the majority
)

// raadsleden are the councillors since December 2024 in order of rank, with their party.
// The first six are the mayor and the aldermen, the seventh presides the councils.
var raadsleden = [][3]string{
	{"Marleen", "Wilgenaert", samen}, {"Joris", "Vlierinckx", samen}, {"Hilde", "De Koutermeester", kouter},
	{"Bart", "Ooievaere", samen}, {"Nadia", "El Bouzari", samen}, {"Lieven", "Terhaegen", kouter},
	{"Greet", "Roozenbeke", samen}, {"Wouter", "Dhaenekindt", samen}, {"Annelies", "Moerkercke", samen},
	{"Stefaan", "Van Schelderode", samen}, {"Katrien", "Ysebrandt", samen}, {"Dries", "Lindemansz", samen},
	{"Emine", "Karatepe", samen}, {"Pieter", "Hoogstoel", kouter}, {"Veerle", "Claerbeke", kouter},
	{"Koen", "Osterhaut", vernieuwt}, {"Sofie", "Verbrempt", vernieuwt}, {"Geert", "Knockelaere", vernieuwt},
	{"Ilse", "Van Waeterschoot", vernieuwt}, {"Tom", "Brugghelinck", vernieuwt}, {"Rita", "Deurwaarder", vernieuwt},
	{"Jan", "Steenhaghe", lijst9309}, {"Lotte", "Meersschaut", lijst9309}, {"Frank", "Opdenacker", lijst9309},
	{"Yasmina", "Bel Haddou", lijst9309},
}

// oudRaadsleden sat in the councils until December 2024, in the places that they give here.
var oudRaadsleden = map[int][3]string{
	0: {"Herman", "Torrekens", samen}, 4: {"Godelieve", "Van Ruymbeek", samen}, 8: {"Luc", "Palinckx", samen},
	11: {"Rosa", "Elsdonck", samen}, 14: {"Etienne", "Waghemans", kouter}, 17: {"Myriam", "Haezebroeck", vernieuwt},
	19: {"Chris", "Vandenmolen", vernieuwt}, 24: {"Roger", "Spillemaeckers", lijst9309},
}

// algemeenDirecteur is secretary of all bodies.
var algemeenDirecteur = [2]string{"Ingrid", "Hellemansz"}

func fractieIRI(naam string) string { return id("fracties", naam) }

// bestuur makes the two eenheden and the four organen with their members.
func bestuur() []*orgaan {
	gemeente := &eenheid{id("bestuurseenheden", "gemeente"), "Gemeente Vlavirgem", bestuurseenheidCode + "01"}
	ocmw := &eenheid{id("bestuurseenheden", "ocmw"), "OCMW Vlavirgem", bestuurseenheidCode + "02"}
	organen := []*orgaan{
		{kort: "gemeenteraad", naam: "Gemeenteraad", aanhef: "de gemeenteraad", code: "05", eenheid: gemeente},
		{kort: "college", naam: "College van burgemeester en schepenen", aanhef: "het college van burgemeester en schepenen", code: "06", eenheid: gemeente},
		{kort: "rmw", naam: "Raad voor maatschappelijk welzijn", aanhef: "de raad voor maatschappelijk welzijn", code: "07", eenheid: ocmw},
		{kort: "vast-bureau", naam: "Vast bureau", aanhef: "het vast bureau", code: "08", eenheid: ocmw},
	}
	nu, vorig := []*persoon{}, []*persoon{}
	for i, r := range raadsleden {
		p := maakPersoon(r)
		nu = append(nu, p)
		if oud, weg := oudRaadsleden[i]; weg {
			p = maakPersoon(oud)
		}
		vorig = append(vorig, p)
	}
	for _, o := range organen {
		o.iri = id("bestuursorganen", o.kort)
		o.code = bestuursorgaanCode + o.code
		o.vorig = maakPeriode(o, "2019-2024", "2019-01-07T00:00:00+01:00", "2024-12-05T00:00:00+01:00", vorig)
		o.nu = maakPeriode(o, "2025-2030", "2024-12-05T00:00:00+01:00", "", nu)
	}
	return organen
}

func maakPersoon(r [3]string) *persoon {
	return &persoon{id("personen", r[0]+" "+r[1]), r[0], r[1], r[2]}
}

func maakPeriode(o *orgaan, jaren, begin, einde string, wie []*persoon) *periode {
	p := &periode{
		orgaan: o, iri: id("bestuursorganen", o.kort+"/"+jaren), naam: fmt.Sprintf("%s Vlavirgem (%s)", o.naam, jaren),
		begin: begin, einde: einde,
		directeurIRI: id("functionarissen", "algemeen directeur"), directeurNaam: algemeenDirecteur,
	}
	lid := func(m *persoon, functie, code string) *mandataris {
		return &mandataris{
			iri:     id("mandatarissen", p.iri+functie+m.volledig()),
			mandaat: id("mandaten", p.iri+functie), functie: functie, code: bestuursfunctieCode + code,
			persoon: m, fractie: fractieIRI(m.fractie),
		}
	}
	const c = "5ab0e9b8a3b2ca7c5e0000"
	switch o.kort {
	case "gemeenteraad":
		for _, m := range wie {
			p.leden = append(p.leden, lid(m, "Gemeenteraadslid", c+"11"))
		}
		p.voorzitter = lid(wie[6], "Voorzitter van de gemeenteraad", c+"12")
	case "rmw":
		for _, m := range wie {
			p.leden = append(p.leden, lid(m, "Lid van de Raad voor Maatschappelijk Welzijn", c+"15"))
		}
		p.voorzitter = lid(wie[6], "Voorzitter van de Raad voor Maatschappelijk Welzijn", c+"16")
	case "college":
		p.leden = append(p.leden, lid(wie[0], "Burgemeester", c+"13"))
		for _, m := range wie[1:6] {
			p.leden = append(p.leden, lid(m, "Schepen", c+"14"))
		}
		p.voorzitter = p.leden[0]
	case "vast-bureau":
		p.leden = append(p.leden, lid(wie[0], "Voorzitter van het Vast bureau", c+"18"))
		for _, m := range wie[1:6] {
			p.leden = append(p.leden, lid(m, "Lid van het Vast Bureau", c+"17"))
		}
		p.voorzitter = p.leden[0]
	}
	return p
}

package search

import "strings"

// Parts returns the words that a folded compound is made of, so that
// "vergunning" also finds "omgevingsvergunning"; nil for a word that is not
// covered whole by two or three words of the lexicon. Between parts a linking
// s, e, en or n may stand, and the last may be a plural. It is meant for the
// index, at a low weight; a question is not split, so that "belastingreglement"
// keeps its meaning.
func Parts(word string) []string {
	if len(word) < 2*minPart || len(word) > maxWord || hasDigit(word) || whole[word] {
		return nil
	}
	return split(word, 3)
}

// minPart is how short a part may be, in bytes: shorter ones split words where
// nobody would.
const minPart = 4

func split(word string, most int) []string {
	for i := len(word) - minPart; i >= minPart; i-- {
		head, tail := word[:i], word[i:]
		if !lexicon[tail] && (most < 3 || !isPlural(tail)) {
			continue
		}
		for _, link := range []string{"", "s", "en", "e", "n"} {
			stem, ok := strings.CutSuffix(head, link)
			if !ok || len(stem) < minPart {
				continue
			}
			if lexicon[stem] {
				return []string{stem, tail}
			}
			if most > 2 {
				if rest := split(stem, most-1); rest != nil {
					return append(rest, tail)
				}
			}
		}
	}
	return nil
}

// isPlural reports whether a word is the plural of one of the lexicon.
func isPlural(word string) bool {
	return (strings.HasSuffix(word, "en") || strings.HasSuffix(word, "s")) && lexiconStems[Stem(word)]
}

// whole are words that only look like compounds of the lexicon.
var whole = setOf(`borgloon leeftijd landbouw`)

// lexicon are the words that compounds of council minutes are made of.
var lexicon = setOf(`
aanbesteding aankoop aanleg aanpassing aanslag aanstelling aanvraag aanvulling aanwerving aanwezigheid actie
activiteit advies afbraak aftrek afval afwijking agenda akte algemeen ambtenaar arbeid archief artikel asfalt
attest auto avond bank basis bedrag bedrijf bedrijven begraaf begraafplaats begroting beheer bekendmaking
belasting beleid bestek bestemming bestrijding besturen bestuur betaling bewoner bewoners bibliotheek bijdrage
bijeenkomst bijstand bijzonder boete bomen boom borg bouw bouwgrond brand brandweer brug bruggen budget buiten
buitenschoolse buurt camera centrum circulatie college comite commissaris commissie concessie contract
controle crisis cultuur dagelijks decreet deontologie dienst diensten dienstverlening digitaal directeur
directie doelgroep dorp dossier dotatie drank duurzaam eigendom eindejaar energie eretekens erfgoed erfpacht
evenement evenementen fabriek familie fiets fietsers fietspad financien fonds formatie fractie gebied gebouw
gebouwen gebruik gebruiks geld geluid gemeente gemeenten gewest gezin gezins gezondheid gids glas goederen
gracht graf gras groei groen groep grond gronden gunning handel handhaving haven heffing hemelwater
herinrichting herstel hinder hoofd horeca huis huishoudelijk huisvesting hulp hulpverlening huren huur
hypotheek inbraak indexering informatie infrastructuur ingebruikname inkomsten inname inrichting inspraak
instelling integratie inventaris investering investerings jaar jaarrekening jeugd jongeren kabel kader kamer
kandidatuur kantoor kapel kerk kermis kern kerst keuken keuze kind kinder kinderen kinderopvang klacht klas
klimaat klooster koers komst kosten krediet kunst kwaliteit kwetsbaar laad laan land landbouw lasten leef
leefloon leefmilieu leegstand leer leerling leerlingen leerplicht leiders leiding leidingen lening leningen
leraar lijn lijst lokaal lokalen loket loon luier maaltijd maatregel maatregelen maatschappelijk
maatschappij mandaat mandataris mantelzorg markt markten materiaal meerjarenplan melding mens meter middelen
milieu mobiliteit molen monument motor museum muur muziek natuur nood nota nummer nuts oever omgeving
onderhoud onderneming ondersteuning onderwijs ongediertebestrijding ongeval onteigening ontvanger ontwerp
ontwikkeling opcentiemen opdracht opdrachten openbaar opleiding opmaak oproep opvang opvolging orde
organisatie oudere ouderen overdracht overeenkomst overlast overleg overstroming overzicht paal pacht paden
paneel panelen park parkeer parkeerplaats parkeren participatie partner pastorie patrimonium pensioen perceel
personeel personen peuter plaats plaatsen plafond plan plannen planning plein polder polis politie post premie
premies prijs prijzen procedure proces product programma project projecten punt raad raads raam recht rechten
recreatie recyclage regeling reglement rekening rekenplichtige renovatie restaurant retributie richtlijn
rijbewijs rijweg ring riolering riool rooilijn rook ruil ruimte sancties sanering schade schepen schepenen
scholen school schuld secretaris sector seizoen senioren seniorenraad shop signalisatie sloop sluikstort
sluiting snelheid sociaal sociale speel speelplein speelstraat speeltuin spel spoor sport stad stads station
statuten statuut steen stelsel stembureau steun stookolie stookplaats stortplaats straat strategie straten
stroom studie subsidie taak taal taken taks tarief tarieven taxi team tegel tegemoetkoming termijn terras
terrein test tijd tijds toegang toelage toerisme toeristische toeslag toets toezicht toren tram transport trap
trottoir tuin tweede uitbreiding uitgave uitgaven uitkering uitrusting uitvoering uren vaartuig vaccinatie
vakantie vast vastgoed veiligheid veld verantwoordelijke verblijf verblijven verbod verbouwing verdeling
vereniging verenigingen vergadering vergoeding vergunning verharding verhoging verhuring verkaveling verkeer
verkeers verkiezing verkoop verlaging verlichting vernieuwing verordening verpachting verslag vervanging
vervoer vervolg vervuiling verwarming verzekering verzoek visie vlak voeding voertuig voertuigen voet voetbal
voetpad voordeel voorschot voorwaarden voorziening voorzieningen voorzitter vracht vrijwilligers waarborg
waarde wagen wagenpark wandel wandelpad warmte water waterloop waterzuivering wedstrijd wegen wegenis welzijn
werk werken werkgroep werking wijk wijziging winkel winkels winter wonen woning woningen woon woonst woonzorg
zaal zaken zelfstandigen zitting zomer zone zonne zorg zuivering zwem zwembad`)

// lexiconStems are the stems of the lexicon.
var lexiconStems = func() map[string]bool {
	stems := map[string]bool{}
	for word := range lexicon {
		stems[Stem(word)] = true
	}
	return stems
}()

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

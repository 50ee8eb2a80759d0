package search

import "strings"

// Parts returns the words that a folded compound is made of, so that
// "vergunning" also finds "omgevingsvergunning"; nil for a word that is not
// covered whole by two or three words of the lexicon. Between parts a linking
// s, e, en or n may stand. It is meant for the index, at a low weight; a
// question is not split, so that "belastingreglement" keeps its meaning.
func Parts(word string) []string {
	if len(word) < 2*minPart || len(word) > maxWord || hasDigit(word) || lexicon[word] && len(word) < 10 {
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
		if !lexicon[tail] {
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

// lexicon are the words that compounds of council minutes are made of.
var lexicon = setOf(`
aanbesteding aankoop aanleg aanpassing aanslag aanstelling aanvraag advies afbraak
afval agenda akte algemeen archief artikel asfalt auto avond bank basis bedrag bedrijf
bedrijven begraaf begraafplaats begroting beheer bekendmaking belasting beleid
bestek bestuur besturen bestemming betaling bewoner bewoners bibliotheek bijdrage
bijstand bomen boom bouw brand brandweer brug bruggen budget buiten buitenschoolse buurt
camera centrum circulatie college commissie concessie contract controle cultuur
dagelijks dienst diensten directeur doelgroep dorp dossier drank duurzaam energie
erfgoed erfpacht evenement evenementen familie fiets fietspad fietsers financien fonds fractie
gebied gebouw gebouwen gebruik gebruiks gemeente gemeenten gezin gezondheid gewest glas gracht
graf groen groep grond gronden gunning handel haven heffing herstel hinder hoofd horeca
huis huisvesting huishoudelijk huren huur hulp inbraak informatie inkomsten inname
inrichting inspraak instelling integratie inventaris jaar jaarrekening jeugd jongeren
kabel kachel kader kamer kantoor keuken keuze kerk kermis kind kinder kinderen
kinderopvang klacht klimaat klooster kosten krediet kunst kwartier kwaliteit laad
lasten leef leefloon leegstand leer leerling leiding lening leningen leraar lijst loket
lokaal loon luier maatregel maatregelen maatschappij maatschappelijk mandaat markt materiaal
meer meerjarenplan melding meter milieu mobiliteit molen monument motor muziek natuur
nood nota omgeving onderhoud onderneming onderwijs ondersteuning ongeval ontwerp
ontvanger ontwikkeling oever opcentiemen openbaar opdracht opdrachten opvang orde
organisatie oudere ouderen overdracht overeenkomst overlast overzicht paal paden park
parkeer parkeren parkeerplaats participatie patrimonium pensioen perceel personeel
personen plaats plaatsen plan plannen plein politie polder post premie prijs prijzen product
programma project projecten raad raads recht rechten recreatie recyclage reglement
rekening renovatie restaurant retributie richtlijn ring riool riolering rommel rook ruimte
sanering schade schepen schepenen school scholen schuld secretaris seizoen signalisatie sloop
sluiting snelheid sociaal sociale speel spel speelplein speelstraat sport staan stads stad
standplaats station statuten statuut steen steun stookolie straat straten stroom studie
subsidie taak taks tarief tarieven tegemoetkoming terras terrein toegang toelage toerisme
toeristische toezicht trottoir tuin tweede uitbreiding uitgave uitgaven uitvoering
vaccinatie vast vastgoed veiligheid veld verblijf verblijven verbod verbouwing verdeling
vereniging verenigingen vergadering vergoeding vergunning verhuring verkaveling verkeer verkeers verkoop
verkiezing verlichting vernieuwing verordening verpachting verslag vervanging vervoer verwarming
verzekering verzoek vlak voeding voertuig voertuigen voet voetbal voetpad voor voordeel voorziening
voorzieningen vrijwilligers vuur wagen wand wandel warmte waste water waterloop watering weg wegen
wegenis welzijn werk werken wet wijk winkel winkels wonen woning woningen woon woonzorg zaal
zaken zitting zone zorg zwem zwembad`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

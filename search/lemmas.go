package search

import "strings"

// lemmas are forms of words that council minutes use and that the stemmer,
// with tidy, does not bring together by itself. The value is the form that is
// stemmed in their place.
var lemmas = formsOf(`
stad: steden
lid: leden
raadslid: raadsleden
gemeenteraadslid: gemeenteraadsleden
personeelslid: personeelsleden
bestuurslid: bestuursleden
commissielid: commissieleden
collegelid: collegeleden
partijlid: partijleden
museum: musea
centrum: centra
jeugdcentrum: jeugdcentra
wijkcentrum: wijkcentra
woonzorgcentrum: woonzorgcentra
dienstencentrum: dienstencentra
jubileum: jubilea
forum: fora
criterium: criteria
quotum: quota
datum: data
politicus: politici
technicus: technici
ei: eieren
lied: liederen
kind: kinderen
kleinkind: kleinkinderen
pleegkind: pleegkinderen
rad: raderen
gemeente: gemeentes
boete: boetes
premie: premies
stage: stages
toelage: toelages
inname: innames
vacature: vacatures
oppervlakte: oppervlaktes
gilde: gildes
auto: autos
cafe: cafes
familie: families
provincie: provincies
concessie: concessies
commissie: commissies
subsidie: subsidies gesubsidieerd gesubsidieerde subsidieren
retributie: retributies
motie: moties
dotatie: dotaties
crematie: crematies
sanctie: sancties
fractie: fracties
optie: opties
organisatie: organisaties
interpellatie: interpellaties
installatie: installaties
donatie: donaties
publicatie: publicaties gepubliceerd gepubliceerde publiceren
renovatie: renovaties gerenoveerd gerenoveerde renoveren
evaluatie: evaluaties geevalueerd evalueren
compensatie: compensaties
informatie: informaties
competentie: competenties
bezwaar: bezwaarschrift bezwaarschriften
riool: riolen
contract: contractueel contractuele
aanbesteding: aanbesteedt
aanduiding: aangeduid aangeduide
aanleg: aangelegd aangelegde
aankoop: aangekocht aangekochte
aanpassing: aangepast aangepaste
aanstelling: aangesteld aangestelde
aanvraag: aangevraagd aangevraagde
aanwerving: aangeworven
afbraak: afgebroken afbreken
afschaffing: afgeschaft afgeschafte
afsluiting: afgesloten
bekendmaking: bekendgemaakt bekendgemaakte
bekrachtiging: bekrachtigd bekrachtigde
benoeming: benoemd benoemde
delegatie: gedelegeerd gedelegeerde delegeren
financiering: gefinancierd gefinancierde
goedkeuring: goedgekeurd goedgekeurde keurt
gunning: gegund gegunde gunt gunnen
handhaving: gehandhaafd gehandhaafde handhaaft
hernieuwing: hernieuwd hernieuwde
indexering: geindexeerd geindexeerde
inname: ingenomen innemen
inrichting: ingericht ingerichte
intrekking: ingetrokken
invoering: ingevoerd ingevoerde
kennisneming: kennisname kennisgenomen kennisgeving
lening: geleend geleende
machtiging: gemachtigd gemachtigde
ondertekening: ondertekend ondertekende
onteigening: onteigend onteigende
ontslag: ontslaan
opheffing: opgeheven
opleiding: opgeleid opgeleide
oprichting: opgericht opgerichte
organiseer: georganiseerd georganiseerde
overdracht: overgedragen overdragen
parkeer: geparkeerd geparkeerde parkeerde
schorsing: geschorst geschorste schorsen
sluiting: gesloten sluit
toekenning: toegekend toegekende
toelating: toegelaten
uitvoering: uitgevoerd uitgevoerde
vaststelling: vastgesteld vastgestelde
verhoging: verhoogd verhoogde
verhuring: verhuurd verhuurde
verkiezing: verkozen
verkoop: verkocht verkochte
verlaging: verlaagd verlaagde
verlenging: verlengd verlengde
verlening: verleend verleende
vernietiging: vernietigd vernietigde
verwaarlozing: verwaarloosd verwaarloosde
verwerping: verworpen
verwerving: verworven
vergunning: vergund vergunde
vordering: gevorderd gevorderde
vraag: gevraagd gevraagde
weigering: geweigerd geweigerde
wijziging: gewijzigd gewijzigde
leegstand: leegstaand leegstaande
`)

// apart are words that the stemmer would bring together with others that mean
// something else: "openbaar" with "open", "taks" with "tak". They are stems as
// they are.
var apart = formsOf(`
openbaar: openbaar openbare openbaarheid
overheid: overheid overheden
beschikking: beschikking beschikkingen
handeling: handeling handelingen
`)

// singular are ends of words whose s is no plural. The stemmer would cut it.
var singular = []string{
	"fiets", "taks", "arts", "gids", "plaats", "kans", "mens", "grens", "fonds", "beurs", "koers", "reeks", "loods", "balans", "krans", "dans",
}

// formsOf reads lines "lemma: forms" and turns them around.
func formsOf(lines string) map[string]string {
	forms := map[string]string{}
	for line := range strings.Lines(lines) {
		lemma, words, _ := strings.Cut(strings.TrimSpace(line), ":")
		for form := range strings.FieldsSeq(words) {
			forms[form] = lemma
		}
	}
	return forms
}

package vlavirgem

import "slices"

// sjablonen are all templates: those of the councils and those of the executive bodies.
var sjablonen = slices.Concat(sjablonenRaad, sjablonenReglementen, sjablonenCollege, sjablonenWelzijn, sjablonenVastBureau)

// besluitTypen are the BesluitTypes in use here.
var besluitTypen = map[string]string{
	"reglement":     "67378dd0-5413-474b-8996-d992ef81637a",
	"belasting":     "efa4ec5a-b006-453f-985f-f986ebae11bc",
	"kohier":        "8597e056-b96d-4213-ad4c-37338f2aaf35",
	"opcentiem":     "b2d0734d-13d0-44b4-9af8-1722933c5288",
	"retributie":    "ba5922c9-cfad-4b2e-b203-36479219ba56",
	"politie":       "e8afe7c5-9640-4db8-8f74-3f023bec3241",
	"tijdelijk":     "256bd04a-b74b-4f2a-8f5d-14dda4765af9",
	"verkeer":       "4d8f678a-6fa4-4d5f-a2a1-80974e43bf34",
	"gebruik":       "fb92601a-d189-4482-9922-ab0efc6bc935",
	"huishoudelijk": "a8486fa3-6375-494d-aa48-e34289b87d5b",
	"deontologie":   "25deb453-ae3e-4d40-8027-36cdb48ab738",
	"delegatie":     "5ee63f84-2fa0-4758-8820-99dca2bdce7c",
	"subsidie":      "d7060f97-c417-474c-abc6-ef006cb61f41",
	"meerjarenplan": "73d5d79f-3f70-4ca9-9512-e216300cd3ac",
	"aanpassing":    "1869e152-e724-4dd7-927c-a11e7d832858",
	"jaarrekening":  "e44c535d-4339-4d15-bdbf-d4be6046de2c",
	"rekening-ocmw": "1fdd091b-a5ac-4f00-b19f-9186f05a32f6",
	"kerkbudget":    "df261490-cc74-4f80-b783-41c35e720b46",
	"kerkrekening":  "79414af4-4f57-4ca3-aaa4-f8f1e015e71c",
	"rechtspositie": "fb21d14b-734b-48f4-bd4e-888163fd08e8",
	"personeel":     "4673d472-8dbc-4cea-b3ab-f92df3807eb3",
	"gemeenteweg":   "f1fd8f88-95b0-4085-b766-008b5867d992",
	"samenstelling": "b4c828e4-bcb8-46ff-8abf-5fde227d2459",
}

const (
	codex   = "https://codex.vlaanderen.be/doc/document/"
	justel  = "http://www.ejustice.just.fgov.be/eli/"
	overDLB = "decreet van 22 december 2017 over het lokaal bestuur"
	iriDLB  = codex + "1029017"
)

// rechtsgronden are the laws that decisions name. A law whose address we do not know for certain has none.
var rechtsgronden = map[string]grond{
	"dlb2":         {"Het ", overDLB, iriDLB, ", artikel 2, over de opdracht van de gemeente en het OCMW"},
	"dlb40":        {"Het ", overDLB, iriDLB, ", artikelen 40 en 41, over de bevoegdheden van de gemeenteraad"},
	"dlb41":        {"Het ", overDLB, iriDLB, ", artikel 41, tweede lid, over wat de gemeenteraad niet kan delegeren"},
	"dlb56":        {"Het ", overDLB, iriDLB, ", artikel 56, over de bevoegdheden van het college van burgemeester en schepenen"},
	"dlb77":        {"Het ", overDLB, iriDLB, ", artikelen 77 en 78, over de bevoegdheden van de raad voor maatschappelijk welzijn"},
	"dlb84":        {"Het ", overDLB, iriDLB, ", artikel 84, over de bevoegdheden van het vast bureau"},
	"dlb32":        {"Het ", overDLB, iriDLB, ", artikel 32, over de goedkeuring van de notulen"},
	"dlb6":         {"Het ", overDLB, iriDLB, ", artikelen 6 tot en met 9, over de installatie van de raad"},
	"dlb38":        {"Het ", overDLB, iriDLB, ", artikel 38, over het huishoudelijk reglement"},
	"dlb219":       {"Het ", overDLB, iriDLB, ", artikelen 217 en 219, over de organisatiebeheersing"},
	"dlb249":       {"Het ", overDLB, iriDLB, ", artikelen 249 tot en met 256, over het meerjarenplan"},
	"dlb260":       {"Het ", overDLB, iriDLB, ", artikelen 260 tot en met 263, over de jaarrekening"},
	"dlb285":       {"Het ", overDLB, iriDLB, ", artikelen 285 tot en met 288, over de bekendmaking en de inwerkingtreding"},
	"dlb432":       {"Het ", overDLB, iriDLB, ", artikel 432, over de vertegenwoordiging in de algemene vergadering van opdrachthoudende verenigingen"},
	"dlb304":       {"Het ", overDLB, iriDLB, ", artikel 304, over inspraak en adviesraden"},
	"dlb186":       {"Het ", overDLB, iriDLB, ", artikel 186, over de rechtspositieregeling van het personeel"},
	"grondwet170":  {"De Grondwet, artikel 170, § 4, over de gemeentebelastingen", "", "", ""},
	"invordering":  {"Het ", "decreet van 30 mei 2008 betreffende de vestiging, de invordering en de geschillenprocedure van provincie- en gemeentebelastingen", codex + "1016878", ""},
	"wib464":       {"Het ", "Wetboek van de inkomstenbelastingen 1992", codex + "1015331", ", artikelen 464 tot en met 470/2"},
	"fiscaliteit":  {"De Vlaamse Codex Fiscaliteit van 13 december 2013, artikelen 2.1.4.0.1 en 2.1.4.0.2", "", "", ""},
	"ngw119":       {"De ", "Nieuwe Gemeentewet van 24 juni 1988", codex + "1009730", ", artikelen 119 en 135, § 2"},
	"ngw130":       {"De ", "Nieuwe Gemeentewet van 24 juni 1988", codex + "1009730", ", artikel 130bis, over de tijdelijke politieverordeningen op het wegverkeer"},
	"gas":          {"De ", "wet van 24 juni 2013 betreffende de gemeentelijke administratieve sancties", justel + "wet/2013/06/24/2013000441", ""},
	"opdrachten":   {"De ", "wet van 17 juni 2016 inzake overheidsopdrachten", justel + "wet/2016/06/17/2016021053", ", artikelen 36, 41 en 42"},
	"motivering":   {"De wet van 29 juli 1991 betreffende de uitdrukkelijke motivering van de bestuurshandelingen", "", "", ""},
	"wegcode":      {"Het koninklijk besluit van 1 december 1975 houdende algemeen reglement op de politie van het wegverkeer", "", "", ""},
	"aanvullend":   {"Het ", "decreet van 16 mei 2008 betreffende de aanvullende reglementen op het wegverkeer en de plaatsing en bekostiging van de verkeerstekens", justel + "decreet/2008/05/16/2008201887", ""},
	"gemeenteweg":  {"Het ", "decreet van 3 mei 2019 houdende de gemeentewegen", justel + "decreet/2019/05/03/2019013704", ""},
	"eredienst":    {"Het ", "decreet van 7 mei 2004 betreffende de materiële organisatie en werking van de erkende erediensten", justel + "decreet/2004/05/07/2004036380", ""},
	"omgeving":     {"Het decreet van 25 april 2014 betreffende de omgevingsvergunning", "", "", ""},
	"vcro":         {"De Vlaamse Codex Ruimtelijke Ordening van 15 mei 2009", "", "", ""},
	"bbc":          {"Het besluit van de Vlaamse Regering van 30 maart 2018 over de beleids- en beheerscyclus van de lokale besturen", "", "", ""},
	"rpr":          {"Het besluit van de Vlaamse Regering van 20 januari 2023 tot vaststelling van de minimale voorwaarden voor de rechtspositieregeling van het personeel van lokale besturen", "", "", ""},
	"ocmwwet":      {"De organieke wet van 8 juli 1976 betreffende de openbare centra voor maatschappelijk welzijn, artikelen 57 en 60", "", "", ""},
	"rmi":          {"De wet van 26 mei 2002 betreffende het recht op maatschappelijke integratie", "", "", ""},
	"woon":         {"De Vlaamse Codex Wonen van 2021", "", "", ""},
	"woonzorg":     {"Het Woonzorgdecreet van 15 februari 2019", "", "", ""},
	"kinderopvang": {"Het decreet van 3 mei 2019 houdende de organisatie van buitenschoolse opvang en de afstemming tussen buitenschoolse activiteiten", "", "", ""},
	"materialen":   {"Het decreet van 23 december 2011 betreffende het duurzaam beheer van materiaalkringlopen en afvalstoffen", "", "", ""},
	"begraaf":      {"Het decreet van 16 januari 2004 op de begraafplaatsen en de lijkbezorging", "", "", ""},
	"ambulant":     {"De wet van 25 juni 1993 betreffende de uitoefening en de organisatie van ambulante en kermisactiviteiten", "", "", ""},
	"subsidies":    {"De wet van 14 november 1983 betreffende de controle op de toekenning en op de aanwending van sommige toelagen", "", "", ""},
	"veiligheid":   {"De wet van 15 mei 2007 betreffende de civiele veiligheid", "", "", ""},
	"politiewet":   {"De wet van 7 december 1998 tot organisatie van een geïntegreerde politiedienst, gestructureerd op twee niveaus, artikel 40", "", "", ""},
	"natuur":       {"Het decreet van 21 oktober 1997 betreffende het natuurbehoud en het natuurlijk milieu", "", "", ""},
	"straatnaam":   {"Het decreet van 28 januari 1977 tot bescherming van de namen van de openbare wegen en pleinen", "", "", ""},
}

// woordenlijsten are what the variables "een LIST" choose from. All of it is invented.
var woordenlijsten = map[string][]string{
	"straat": {"Kasteelstraat", "Molenhoek", "Lindendreef", "Stationsstraat", "Klaverveldstraat", "Oude Heirweg", "Beekstraat", "Zandbergstraat",
		"Kerkwegel", "Vlierlaan", "Hoge Kouter", "Smissestraat", "Wilgenlaan", "Brouwerijstraat", "Grote Baan", "Schoolstraat",
		"Pastorijstraat", "Eikenlaan", "Vaartkant", "Meersstraat", "Kapellestraat", "Rozenlaan", "Populierendreef", "Nieuwstraat",
		"Korenbloemstraat", "Bosweg", "Leenhofstraat", "Veldekensstraat", "Schuttershofstraat", "Merelstraat", "Tramstatiestraat", "Bleekmeers",
		"Steenovenstraat", "Haagwindelaan", "Abeelstraat", "Duifhuisstraat", "Torenveldlaan", "Gentsesteenweg", "Oosthoekstraat", "Priesterage"},
	"wijk":         {"Oosthoek", "Molenkouter", "Statiewijk", "Bleekmeers", "Torenveld", "Hoge Kouter", "Vaartkant", "Sint-Pieterswijk"},
	"sport":        {"KVC Vlavirgem", "Volleybalclub De Smash", "Turnkring Lenig en Fier", "Atletiekclub De Spurters", "Judoschool Tori", "Wielerclub De Kouterrijders", "Zwemclub De Dolfijn", "Basket Vlavirgem", "Badmintonclub De Veder", "Petanqueclub Buut"},
	"cultuur":      {"Koninklijke Harmonie Sint-Cecilia", "Toneelkring De Vrije Planken", "Heemkring Flavringa", "Zangkoor Cantate", "Fotoclub Diafragma", "Davidskring Vlavirgem", "Volksdansgroep De Lindekrans", "Leeskring Ezelsoor"},
	"jeugd":        {"Chiro Sint-Pieter", "Scouts De Torenvalk", "KSA Vlavirgem", "Jeugdhuis De Schuur", "Speelplein Kattekwaad", "Chiro Klimop"},
	"sociaal":      {"vzw De Brug", "vzw Warm Onthaal", "vzw Het Weefgetouw", "Ziekenzorgkring Vlavirgem", "vzw Buurtkeuken", "Oudervereniging De Wijzer"},
	"feest-winter": {"de kerstmarkt", "de lichtstoet", "de winterwandeling", "de nieuwjaarsdrink in de wijken", "de soep op de stoep", "de jeneveravond", "de fakkeltocht langs de Vaart"},
	"feest-zomer":  {"de jaarmarkt", "de wijkfeesten", "de kermis van Sint-Pieter", "het oogstfeest", "de Nacht van het Belfort", "het straattheaterfestival", "de avondloop", "de rommelmarkt", "de kermiskoers", "het Kouterfestival", "de autoloze zondag", "de boerenmarkt"},
	"comite":       {"Feestcomité Oosthoek", "Dekenij Statiewijk", "Handelaarsvereniging Vlavirgem Centrum", "Vzw Kouterfeesten", "Buurtcomité Vaartkant", "Oudercomité De Wijzer", "Wijkwerking Bleekmeers"},
	"aannemer":     {"Wegenbouw Terlinck bv", "Aannemingen De Steenkouter nv", "Infraplus Oost bv", "Gebroeders Mortelmans nv", "Grondwerken Van der Aarde bv", "Bouwonderneming Hoeksteen nv", "Verdegro Wegen nv", "Klinkerwerken Roelandts bv"},
	"bureau":       {"Studiebureau Waterpas bv", "Ingenieursbureau Trajekt nv", "Architectenatelier De Nok bv", "Studiebureau Groenplan bv", "Landmeterskantoor Meridiaan bv", "Ontwerpbureau Pleinvrees bv"},
	"firma":        {"Belforma bv", "Lumen en Zonen nv", "Vlierman bv", "Haagbeuk bv", "Nexum nv", "Terwinkel nv", "Avontura bv", "De Zetter bv", "Orvinck nv", "Caldora bv", "Huis Roelants bv", "Stroomop nv"},
	"school":       {"gemeenteschool De Wijzer", "gemeenteschool De Kouter", "gemeenteschool Het Belfort", "kleuterschool De Lindeboom"},
	"kerk":         {"Sint-Pieter", "Sint-Amandus Oosthoek", "Onze-Lieve-Vrouw Hoge Kouter", "Sint-Rochus Vaartkant"},
	"zaal":         {"zaal De Belleman", "het ontmoetingscentrum Oosthoek", "de parochiezaal van Sint-Amandus", "de sporthal De Kouter", "het buurthuis Molenkouter", "de polyvalente zaal van de bibliotheek"},
	"ivv":          {"Kouterwater ov", "Schelde-Leie Afvalbeheer ov", "Netbedrijf Midden-Vlaanderen ov", "Streekontwikkeling Meetjeskouter dv", "Zorgnetwerk Land van Vlavirgem wv", "Crematorium Westlinde ov"},
	"functie": {"deskundige omgeving/B1-B3", "administratief medewerker burgerzaken/C1-C3", "technisch medewerker groen/D1-D3", "begeleider buitenschoolse opvang/C1-C2",
		"deskundige communicatie/B1-B3", "ploegbaas wegen/D4-D5", "bibliotheekassistent/C1-C3", "redder/C1-C3", "maatschappelijk werker/B1-B3", "diensthoofd financiën/A1a-A3a",
		"mobiliteitsambtenaar/A1a-A3a", "medewerker onthaal/C1-C3", "jeugdconsulent/B1-B3", "gemeenschapswacht/D1-D3", "poetshulp/E1-E3", "ICT-beheerder/B4-B5"},
	"zorgfunctie": {"zorgkundige", "verpleegkundige", "ergotherapeut", "maatschappelijk werker", "poetsmedewerker thuiszorg", "kok", "logistiek medewerker", "begeleider dagverzorging"},
}

// raadsvragen are questions of councillors: subject, what is asked, what is answered.
var raadsvragen = [][3]string{
	{"de sluikstort aan de glasbollen van de Vaartkant", "Buurtbewoners melden dat de omgeving van de glasbollen bijna wekelijks vol afval ligt.", "er komt een tijdelijke camera en de ploeg van de technische dienst rijdt er voortaan tweemaal per week langs."},
	{"de wachtlijst van de buitenschoolse opvang", "Ouders vinden voor de woensdagnamiddag geen plaats meer.", "vanaf het volgende schooljaar zijn er achttien plaatsen meer, zodra de vacature van begeleider is ingevuld."},
	{"het sluipverkeer in de Smissestraat", "Sinds de werken op de Grote Baan rijdt doorgaand verkeer door de woonstraat.", "de tellingen worden in de volgende verkeerscommissie besproken en een knip behoort tot de mogelijkheden."},
	{"de openingsuren van het recyclagepark", "Wie voltijds werkt, kan er alleen op zaterdag terecht.", "een avondopening op donderdag wordt vanaf het voorjaar zes maanden uitgeprobeerd."},
	{"de toegankelijkheid van het gemeentehuis", "De automatische deur is al weken defect.", "het wisselstuk is besteld en tot dan staat er iemand van het onthaal klaar tijdens de openingsuren."},
	{"de staat van het fietspad langs de Gentsesteenweg", "De wortels van de populieren drukken het asfalt omhoog.", "de weg is van het gewest, dat de herstelling voor volgend jaar heeft ingeschreven; de gemeente plaatst ondertussen borden."},
	{"het watertekort in de sportvelden", "De velden werden in juni niet beregend.", "het hemelwater van de sporthal wordt voortaan opgevangen in een bufferbekken van zestig kubieke meter."},
	{"de energiefactuur van de gemeentelijke gebouwen", "De factuur steeg sneller dan het verbruik daalde.", "de verlichting in drie gebouwen is intussen vervangen en het energiecontract wordt opnieuw in de markt gezet."},
	{"de bomen in de Lindendreef", "Er staan merktekens op elf lindebomen.", "de bomen zijn gemerkt voor een stabiliteitsonderzoek; er wordt geen boom geveld zonder verslag en vergunning."},
	{"de digitale balie", "Niet iedereen slaagt erin een attest digitaal aan te vragen.", "het onthaal helpt wie dat wil, en in de bibliotheek is er elke dinsdag een digipunt."},
	{"de uitrol van laadpalen", "In de Oosthoek staat nog geen enkele publieke laadpaal.", "er zijn vier aanvragen goedgekeurd en de netbeheerder plant de plaatsing binnen het jaar."},
	{"het zwerfvuil na de jaarmarkt", "De ochtend nadien lag het Belfortplein vol bekers.", "herbruikbare bekers worden een voorwaarde in de toelating voor evenementen."},
	{"de vaccinatie tegen blauwtong en de schapenhouders", "Hobbyhouders weten niet waar ze terechtkunnen.", "de landbouwraad verspreidt de informatie en het gemeentelijk infoblad besteedt er een bladzijde aan."},
	{"het hitteplan", "Tijdens de hittegolf was er geen koele plaats open in het weekend.", "de kerk van Sint-Pieter en de bibliotheek stellen bij een volgende hittegolf hun deuren open."},
	{"de snelheid in de schoolomgeving van De Wijzer", "Ouders vragen een trajectcontrole.", "de politiezone plaatst eerst een preventief snelheidsbord en bezorgt de metingen aan de raad."},
	{"de huur van zaal De Belleman", "Verenigingen vinden de nieuwe tarieven hoog.", "het tariefreglement wordt na een jaar geëvalueerd met de cultuurraad."},
	{"de opvang van regenwater in de Meersstraat", "Bij de hevige regen van vorige week liepen drie kelders onder.", "de duiker onder de weg wordt gereinigd en het hemelwaterplan voorziet er een bufferstrook."},
	{"de premie voor gevelgroen", "De aanvragen zouden blijven liggen.", "er waren meer aanvragen dan verwacht; de achterstand is tegen het einde van de maand weggewerkt."},
}

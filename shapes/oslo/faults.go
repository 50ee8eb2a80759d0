package oslo

import "github.com/belfort-lod/belfort/rdf"

// faultRules are the rules that are not shapes: faults that publishing programs
// make, and privacy. Those up to more-findings are found while the page is read
// (package rdfa), the two about graphs by the publisher, the others here.
func faultRules() []Rule {
	return []Rule{
		{
			Code: "null-uri", Severity: rdf.Violation,
			Title: rdf.Text{NL: "IRI die met null begint", EN: "IRI that begins with null"},
			Explanation: rdf.Text{
				NL: "Een IRI zoals null/id/lblod/agenda/1 is ontstaan doordat het programma de naam van het domein niet invulde.",
				EN: "An IRI such as null/id/lblod/agenda/1 came about because the program did not fill in the name of the domain.",
			},
			Consequence: rdf.Text{
				NL: "De IRI wordt gelezen als een adres onder de pagina zelf. Een melding met die IRI wijst naar niets, en elke pagina geeft hetzelfde document een andere naam.",
				EN: "The IRI is read as an address below the page itself. A notification with it points at nothing, and each page gives the same document another name.",
			},
			Mending: rdf.Text{NL: "Vul in de instellingen van het programma het domein in en publiceer opnieuw.", EN: "Set the domain in the configuration of the program and publish again."},
			Wrong:   `<div resource="null/id/lblod/agenda/1" typeof="foaf:Document">`,
			Example: `<div resource="https://data.vlavirgem.example/id/lblod/agenda/1" typeof="foaf:Document">`,
		},
		{
			Code: "missing-scheme", Severity: rdf.Violation,
			Title: rdf.Text{NL: "IRI zonder schema", EN: "IRI without a scheme"},
			Explanation: rdf.Text{
				NL: "Een IRI zoals vlavirgem.example/gr/1 begint niet met https:// en is dus een relatief adres.",
				EN: "An IRI such as vlavirgem.example/gr/1 does not begin with https:// and so is a relative address.",
			},
			Consequence: rdf.Text{
				NL: "Ze wordt aan het adres van de pagina geplakt: agenda, besluitenlijst en notulen spreken dan elk over iets anders.",
				EN: "It is glued to the address of the page: agenda, list of decisions and minutes then each speak of something else.",
			},
			Mending: rdf.Text{NL: "Zet https:// voor de IRI.", EN: "Put https:// before the IRI."},
			Wrong:   `<li resource="vlavirgem.example/gr/1#punt-2" typeof="besluit:Agendapunt">`,
			Example: `<li resource="https://vlavirgem.example/gr/1#punt-2" typeof="besluit:Agendapunt">`,
		},
		{
			Code: "empty-resource", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Lege IRI", EN: "Empty IRI"},
			Explanation: rdf.Text{
				NL: "Een leeg attribuut resource, about of href is een verwijzing naar de pagina zelf.",
				EN: "An empty resource, about or href attribute refers to the page itself.",
			},
			Consequence: rdf.Text{
				NL: "Alles wat zo'n lege IRI heeft, wordt één en hetzelfde ding, met al hun eigenschappen door elkaar.",
				EN: "Everything with such an empty IRI becomes one and the same thing, with all their properties mixed.",
			},
			Mending: rdf.Text{NL: "Vul de IRI in, of laat het attribuut weg.", EN: "Fill in the IRI, or leave the attribute out."},
			Wrong:   `<span property="prov:atLocation" resource="" typeof="prov:Location">`,
			Example: `<span property="prov:atLocation" resource="https://data.vlavirgem.example/id/plaats/raadzaal" typeof="prov:Location">`,
		},
		{
			Code: "undeclared-prefix", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Prefix zonder naamruimte", EN: "Prefix without a namespace"},
			Explanation: rdf.Text{
				NL: "Een prefix is gebruikt die hier niet gedeclareerd is. Ze staat niet in een attribuut prefix van dit element of een element erboven, en RDFa kent ze ook niet van zichzelf.",
				EN: "A prefix is used that is not declared here: no prefix attribute on this element or above has it, nor does RDFa know it by itself.",
			},
			Consequence: rdf.Text{
				NL: "De eigenschap of klasse heet dan letterlijk eli:title, en geen enkele toepassing kent die.",
				EN: "The property or class is then literally called eli:title, which no application knows.",
			},
			Mending: rdf.Text{NL: "Declareer de prefix op body of op het eerste element met RDFa.", EN: "Declare the prefix on body or on the first element with RDFa."},
			Wrong:   `<div><span property="eli:title">Besluit</span></div>`,
			Example: `<div prefix="eli: http://data.europa.eu/eli/ontology#"><span property="eli:title">Besluit</span></div>`,
		},
		{
			Code: "prefix-syntax", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Onleesbaar attribuut prefix", EN: "Unreadable prefix attribute"},
			Explanation: rdf.Text{
				NL: "Een attribuut prefix is een rij van \"naam: IRI\", met een spatie na de dubbele punt. Hier is dat niet zo.",
				EN: "A prefix attribute is a row of \"name: IRI\", with a space after the colon. Here it is not.",
			},
			Consequence: rdf.Text{NL: "De prefix is niet gedeclareerd, en alles wat ze gebruikt gaat verloren.", EN: "The prefix is not declared, and all that uses it is lost."},
			Mending:     rdf.Text{NL: "Schrijf elke prefix als naam, dubbele punt, spatie, IRI.", EN: "Write each prefix as name, colon, space, IRI."},
			Wrong:       `prefix="eli:http://data.europa.eu/eli/ontology#"`,
			Example:     `prefix="eli: http://data.europa.eu/eli/ontology#"`,
		},
		{
			Code: "curly-quotes", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Gekrulde aanhalingstekens in de opmaak", EN: "Curly quotes in the markup"},
			Explanation: rdf.Text{
				NL: "Een attribuut staat tussen gekrulde aanhalingstekens. In HTML horen die bij de waarde zelf.",
				EN: "An attribute stands between curly quotes. In HTML they are part of the value itself.",
			},
			Consequence: rdf.Text{NL: "De klasse of eigenschap wordt niet herkend.", EN: "The class or property is not recognised."},
			Mending:     rdf.Text{NL: "Gebruik rechte aanhalingstekens.", EN: "Use straight quotes."},
			Wrong:       `<div resource="https://data.vlavirgem.example/id/besluit/1" typeof=”besluit:Besluit”>`,
			Example:     `<div resource="https://data.vlavirgem.example/id/besluit/1" typeof="besluit:Besluit">`,
		},
		{
			Code: "undefined-term", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Woord zonder prefix", EN: "Word without a prefix"},
			Explanation: rdf.Text{
				NL: "Een eigenschap, klasse of datatype is een los woord, zonder prefix, en er geldt geen attribuut vocab.",
				EN: "A property, class or datatype is a bare word, without a prefix, and no vocab attribute is in force.",
			},
			Consequence: rdf.Text{NL: "RDFa slaat het woord over.", EN: "RDFa passes over the word."},
			Mending:     rdf.Text{NL: "Zet er een prefix voor.", EN: "Put a prefix before it."},
			Wrong:       `<span property="title">Terrassen</span>`,
			Example:     `<span property="dct:title">Terrassen</span>`,
		},
		{
			Code: "invalid-iri", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Ongeldige IRI", EN: "Invalid IRI"},
			Explanation: rdf.Text{
				NL: "De IRI bevat een teken dat in een IRI niet mag staan, zoals een spatie.",
				EN: "The IRI has a character that no IRI may have, such as a space.",
			},
			Consequence: rdf.Text{NL: "Sommige toepassingen weigeren ze, andere veranderen ze.", EN: "Some applications refuse it, others change it."},
			Mending:     rdf.Text{NL: "Codeer het teken, bijvoorbeeld een spatie als %20.", EN: "Encode the character, a space as %20 for example."},
		},
		{
			Code: "invalid-language", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Ongeldige taalcode", EN: "Invalid language tag"},
			Explanation: rdf.Text{
				NL: "Het attribuut lang is geen taalcode, zoals nl of nl-BE; met een laag streepje (nl_BE) is het er geen.",
				EN: "The lang attribute is not a language tag, such as nl or nl-BE; with an underscore (nl_BE) it is none.",
			},
			Consequence: rdf.Text{NL: "De tekst heeft dan geen taal die andere toepassingen begrijpen.", EN: "The text then has no language that other applications understand."},
			Mending:     rdf.Text{NL: "Schrijf de code met een koppelteken.", EN: "Write the tag with a hyphen."},
			Wrong:       `<html lang="nl_BE">`,
		},
		{
			Code: "rel-noise", Severity: rdf.Info,
			Title: rdf.Text{NL: "Linktype van HTML dat een eigenschap wordt", EN: "Link type of HTML that becomes a property"},
			Explanation: rdf.Text{
				NL: "Waar een attribuut vocab geldt, wordt rel=\"noopener\" een uitspraak in die naamruimte. Dat is onschuldig.",
				EN: "Where a vocab attribute is in force, rel=\"noopener\" becomes a statement in that namespace. That is harmless.",
			},
			Consequence: rdf.Text{NL: "Geen: de uitspraak wordt terzijde gelaten.", EN: "None: the statement is left aside."},
			Mending:     rdf.Text{NL: "Gebruik prefixen in plaats van vocab, of laat het zo.", EN: "Use prefixes instead of vocab, or leave it."},
		},
		{
			Code: "embedded-syntax", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Onleesbare data in een script-element", EN: "Unreadable data in a script element"},
			Explanation: rdf.Text{
				NL: "Een script-element met JSON-LD of Turtle bevat een fout tegen die syntaxis.",
				EN: "A script element with JSON-LD or Turtle has an error against that syntax.",
			},
			Consequence: rdf.Text{NL: "Niets van dat element wordt gelezen.", EN: "Nothing of that element is read."},
			Mending:     rdf.Text{NL: "Verbeter de fout op de aangegeven plaats.", EN: "Mend the error at the place shown."},
		},
		{
			Code: "vocabulary-unavailable", Severity: rdf.Info,
			Title:       rdf.Text{NL: "Vocabularium niet te lezen", EN: "Vocabulary cannot be read"},
			Explanation: rdf.Text{NL: "Het vocabularium dat de pagina noemt, was niet te lezen.", EN: "The vocabulary that the page names could not be read."},
			Consequence: rdf.Text{NL: "Termen die het vocabularium met andere verbindt, worden niet uitgebreid.", EN: "Terms that the vocabulary ties to others are not expanded."},
			Mending:     rdf.Text{NL: "Kijk het adres in vocab na.", EN: "Check the address in vocab."},
		},
		{
			Code: "more-findings", Severity: rdf.Info,
			Title:       rdf.Text{NL: "Meer bevindingen", EN: "More findings"},
			Explanation: rdf.Text{NL: "De pagina heeft meer bevindingen dan er getoond worden.", EN: "The page has more findings than are shown."},
			Consequence: rdf.Text{NL: "De lijst is niet volledig; het niveau is wel op alles berekend wat gelezen is.", EN: "The list is not complete; the level is reckoned on all that was read."},
			Mending:     rdf.Text{NL: "Verbeter eerst wat er staat, en valideer opnieuw.", EN: "Mend what is shown first, and validate again."},
		},
		{
			Code: "graph-too-large", Severity: rdf.Violation,
			Title:       rdf.Text{NL: "Te veel data op één pagina", EN: "Too much data on one page"},
			Explanation: rdf.Text{NL: "De pagina zegt meer dingen dan Belfort van één pagina aanneemt.", EN: "The page says more things than Belfort takes from one page."},
			Consequence: rdf.Text{NL: "De pagina wordt niet gepubliceerd voor iemand ernaar keek.", EN: "The page is not published before somebody looked at it."},
			Mending:     rdf.Text{NL: "Verdeel de inhoud over meer pagina's.", EN: "Spread the content over more pages."},
		},
		{
			Code: "graph-too-alike", Severity: rdf.Violation,
			Title:       rdf.Text{NL: "Lege knopen die te veel op elkaar lijken", EN: "Blank nodes that are too much alike"},
			Explanation: rdf.Text{NL: "De pagina heeft zo veel dingen zonder IRI, die zo op elkaar lijken, dat ze niet uit elkaar te houden zijn.", EN: "The page has so many things without an IRI, so much alike, that they cannot be told apart."},
			Consequence: rdf.Text{NL: "De pagina wordt niet gepubliceerd voor iemand ernaar keek.", EN: "The page is not published before somebody looked at it."},
			Mending:     rdf.Text{NL: "Geef elk ding een IRI.", EN: "Give each thing an IRI."},
		},
		{
			Code: "wrong-scheme", Severity: rdf.Violation,
			Title: rdf.Text{NL: "http en https verwisseld", EN: "http and https swapped"},
			Explanation: rdf.Text{
				NL: "De IRI van een bekende naamruimte staat er met http waar ze met https begint, of omgekeerd. Voor linked data zijn dat twee verschillende namen.",
				EN: "The IRI of a known namespace has http where it begins with https, or the other way round. In linked data those are two different names.",
			},
			Consequence: rdf.Text{
				NL: "De term wordt niet herkend: wat ermee gezegd is, gaat verloren voor Loket, oogsters en zoekmachines.",
				EN: "The term is not recognised: what was said with it is lost to the portal, harvesters and search engines.",
			},
			Mending: rdf.Text{NL: "Neem de naamruimte over zoals de norm ze schrijft.", EN: "Copy the namespace as the standard writes it."},
			Wrong:   `prefix="mandaat: https://data.vlaanderen.be/ns/mandaat#"`,
			Example: `prefix="mandaat: http://data.vlaanderen.be/ns/mandaat#"`,
		},
		{
			Code: "unknown-datatype", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Datatype dat niet bestaat", EN: "Datatype that does not exist"},
			Explanation: rdf.Text{
				NL: "De namen van datatypes zijn hoofdlettergevoelig: xsd:date bestaat, xsd:Date niet. En rdfs:Literal is een klasse, geen datatype.",
				EN: "The names of datatypes are case-sensitive: there is xsd:date, but no xsd:Date. And rdfs:Literal is a class, not a datatype.",
			},
			Consequence: rdf.Text{
				NL: "De waarde is dan geen datum of getal maar onbekende tekst: ze valt weg in sorteringen, filters en termijnberekeningen.",
				EN: "The value is then no date or number but unknown text: it drops out of sorting, filters and the reckoning of terms.",
			},
			Mending: rdf.Text{NL: "Gebruik het datatype van XML Schema; laat datatype weg voor gewone tekst.", EN: "Use the datatype of XML Schema; leave datatype out for plain text."},
			Wrong:   `<span property="eli:date_publication" datatype="xsd:Date" content="2026-01-30">`,
			Example: `<span property="eli:date_publication" datatype="xsd:date" content="2026-01-30">`,
		},
		{
			Code: "missing-class", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Besluit zonder klasse", EN: "Decision without a class"},
			Explanation: rdf.Text{
				NL: "Wat uit de behandeling van een agendapunt volgt (prov:generated), is op deze pagina niet getypeerd als besluit:Besluit.",
				EN: "What follows from the handling of an item (prov:generated) is not typed besluit:Besluit on this page.",
			},
			Consequence: rdf.Text{
				NL: "Voor het Loket, de zoekdatabanken en de certificatie bestaat er dan geen besluit.",
				EN: "For the portal, the search databases and the certification there is then no decision.",
			},
			Mending: rdf.Text{NL: "Zet besluit:Besluit in typeof, naast het type van het besluit.", EN: "Put besluit:Besluit in typeof, beside the type of the decision."},
			Wrong:   `<div property="prov:generated" resource="https://data.vlavirgem.example/id/besluit/1">`,
			Example: `<div property="prov:generated" resource="https://data.vlavirgem.example/id/besluit/1" typeof="besluit:Besluit">`,
		},
		{
			Code: "duplicate-document-type", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Document met twee types", EN: "Document of two types"},
			Explanation: rdf.Text{
				NL: "Eén document is tegelijk van twee types uit de lijst BesluitDocumentType, zoals agenda en besluitenlijst.",
				EN: "One document is of two types from the list BesluitDocumentType at once, such as agenda and list of decisions.",
			},
			Consequence: rdf.Text{
				NL: "Het Loket kiest dan zelf welk formulier geldt, en de melding kan onder het verkeerde type terechtkomen.",
				EN: "The portal then picks a form by itself, and the notification may end under the wrong type.",
			},
			Mending: rdf.Text{NL: "Geef elk document zijn eigen IRI en één documenttype.", EN: "Give each document an IRI of its own and one document type."},
		},
		{
			Code: "unknown-property", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Eigenschap die niet bestaat", EN: "Property that does not exist"},
			Explanation: rdf.Text{
				NL: "De eigenschap staat in een bekende naamruimte, maar die naamruimte heeft ze niet. Hoofdletters tellen mee.",
				EN: "The property is in a known namespace, but that namespace does not have it. Case matters.",
			},
			Consequence: rdf.Text{
				NL: "Niemand vraagt naar die eigenschap: wat ermee gezegd is, komt nergens terecht.",
				EN: "Nobody asks for that property: what was said with it arrives nowhere.",
			},
			Mending: rdf.Text{NL: "Gebruik de eigenschap die de norm noemt.", EN: "Use the property that the standard names."},
			Wrong:   `<span property="besluit:citeeropschrift">Retributiereglement terrassen</span>`,
			Example: `<span property="eli:title_short">Retributiereglement terrassen</span>`,
		},
		{
			Code: "unknown-class", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Klasse die niet bestaat", EN: "Class that does not exist"},
			Explanation: rdf.Text{
				NL: "De klasse in typeof staat in een bekende naamruimte, maar die naamruimte heeft ze niet. Hoofdletters tellen mee.",
				EN: "The class in typeof is in a known namespace, but that namespace does not have it. Case matters.",
			},
			Consequence: rdf.Text{NL: "Het ding wordt niet herkend.", EN: "The thing is not recognised."},
			Mending:     rdf.Text{NL: "Gebruik de klasse die de norm noemt.", EN: "Use the class that the standard names."},
			Wrong:       `<div typeof="foaf:document">`,
			Example:     `<div typeof="foaf:Document">`,
		},
		{
			Code: "blank-node", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Geen IRI", EN: "No IRI"},
			Explanation: rdf.Text{
				NL: "Een zitting, agendapunt, behandeling, besluit, stemming, artikel of mandataris heeft geen IRI: het element heeft typeof, maar geen resource of about.",
				EN: "A sitting, item, handling, decision, vote, article or mandataris has no IRI: the element has typeof, but no resource or about.",
			},
			Consequence: rdf.Text{
				NL: "Oogsters gooien wat geen IRI heeft weg: het is niet terug te vinden, niet te melden en niet te citeren.",
				EN: "Harvesters throw away what has no IRI: it cannot be found again, notified or cited.",
			},
			Mending: rdf.Text{NL: "Geef het een blijvende IRI in resource, dezelfde op elke pagina.", EN: "Give it a lasting IRI in resource, the same on every page."},
			Wrong:   `<li property="besluit:behandelt" typeof="besluit:Agendapunt">`,
			Example: `<li property="besluit:behandelt" resource="https://data.vlavirgem.example/id/agendapunt/1" typeof="besluit:Agendapunt">`,
		},
		{
			Code: "document-type-slash", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Type-IRI zonder schuine streep", EN: "Type IRI without its slash"},
			Explanation: rdf.Text{
				NL: "Tussen de naam van de codelijst en de code hoort een schuine streep: de prefix is zonder die streep gedeclareerd.",
				EN: "Between the name of the code list and the code there is a slash: the prefix was declared without it.",
			},
			Consequence: rdf.Text{NL: "Het type wordt niet herkend, en een melding van dit document blijft liggen.", EN: "The type is not recognised, and a notification of this document gets stuck."},
			Mending:     rdf.Text{NL: "Laat de prefix op een schuine streep eindigen.", EN: "Let the prefix end with a slash."},
			Wrong:       `prefix="besluitDocumentType: https://data.vlaanderen.be/id/concept/BesluitDocumentType"`,
			Example:     `prefix="besluitDocumentType: https://data.vlaanderen.be/id/concept/BesluitDocumentType/"`,
		},
		{
			Code: "session-uri", Severity: rdf.Warning,
			Title: rdf.Text{NL: "IRI met een sessie erin", EN: "IRI with a session in it"},
			Explanation: rdf.Text{
				NL: "De IRI bevat een sessienummer van een website, zoals ;jsessionid=.",
				EN: "The IRI has the session number of a website in it, such as ;jsessionid=.",
			},
			Consequence: rdf.Text{NL: "Elk bezoek geeft hetzelfde ding een andere naam.", EN: "Each visit gives the same thing another name."},
			Mending:     rdf.Text{NL: "Publiceer een IRI die niet van een sessie afhangt.", EN: "Publish an IRI that does not depend on a session."},
		},
		{
			Code: "future-date", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Datum in de toekomst", EN: "Date in the future"},
			Explanation: rdf.Text{
				NL: "Het begin of einde van een zitting of de publicatiedatum ligt in de toekomst.",
				EN: "The start or end of a sitting, or the date of publication, lies in the future.",
			},
			Consequence: rdf.Text{NL: "Het Loket aanvaardt alleen een zittingsdatum in het verleden.", EN: "The portal accepts only a date of sitting in the past."},
			Mending:     rdf.Text{NL: "Gebruik besluit:geplandeStart voor een zitting die nog komt.", EN: "Use besluit:geplandeStart for a sitting that is yet to come."},
		},
		{
			Code: "vote-totals", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Stemmen die niet kloppen", EN: "Votes that do not add up"},
			Explanation: rdf.Text{
				NL: "Het aantal stemmen is niet gelijk aan het aantal mandatarissen die bij naam staan.",
				EN: "The number of votes differs from the number of mandatarissen that are named.",
			},
			Consequence: rdf.Text{NL: "De notulen spreken zichzelf tegen.", EN: "The minutes contradict themselves."},
			Mending:     rdf.Text{NL: "Noem elke stemmer één keer, of verbeter het aantal.", EN: "Name each voter once, or mend the number."},
		},
		{
			Code: "class-absent", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Klasse die een document nodig heeft", EN: "Class that a document needs"},
			Explanation: rdf.Text{
				NL: "Een agenda heeft een zitting en agendapunten; een besluitenlijst en notulen hebben ook behandelingen en besluiten.",
				EN: "An agenda has a sitting and items; a list of decisions and minutes also have handlings and decisions.",
			},
			Consequence: levelConsequence(Level1),
			Mending:     rdf.Text{NL: "Annoteer de klasse met typeof.", EN: "Annotate the class with typeof."},
			Level:       Level1,
			Profiles:    []Profile{Agenda, Besluitenlijst, Notulen},
		},
		{
			Code: "no-decision-data", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Geen gelinkte data", EN: "No linked data"},
			Explanation: rdf.Text{
				NL: "Op de pagina staat geen enkele zitting, agendapunt, besluit of ander ding uit OSLO, en geen verwijzing naar publicaties.",
				EN: "The page has no sitting, item, decision or other thing of OSLO, and no link to publications.",
			},
			Consequence: rdf.Text{NL: "Er is niets te oogsten.", EN: "There is nothing to harvest."},
			Mending:     rdf.Text{NL: "Annoteer de pagina met RDFa.", EN: "Annotate the page with RDFa."},
			Example:     `<a property="lblodBesluit:linkToPublication" href="/agenda/2026-01-26">Agenda</a>`,
		},
		{
			Code: "shacl-unfinished", Severity: rdf.Violation,
			Title:       rdf.Text{NL: "Controle die niet is afgeraakt", EN: "Check that was not finished"},
			Explanation: rdf.Text{NL: "De meegegeven shapes vroegen meer tijd, werk of geheugen dan een controle mag kosten, of een regel in SPARQL meldde een fout. Wat ze zeggen over deze pagina is dus niet geweten.", EN: "The shapes that came along asked more time, work or memory than a check may take, or a rule in SPARQL reported a failure. So what they say of this page is not known."},
			Consequence: rdf.Text{NL: "Het oordeel is niet volledig: de pagina geldt als niet conform.", EN: "The verdict is not complete: the page counts as not conforming."},
			Mending:     rdf.Text{NL: "Schrijf de regel in SHACL Core, of maak de query lichter.", EN: "Write the rule in SHACL Core, or make the query lighter."},
		},
	}
}

package oslo

import "github.com/belfort-lod/belfort/rdf"

// slipRules document the rules of slips.go.
func slipRules() []Rule {
	return []Rule{
		{
			Code: "relative-uri", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Relatieve IRI zonder base", EN: "Relative IRI without a base"},
			Explanation: rdf.Text{
				NL: "Een zitting, agendapunt of besluit heeft een IRI die relatief is aan het adres van de pagina, en de pagina heeft geen base-element.",
				EN: "A sitting, item or decision has an IRI relative to the address of the page, and the page has no base element.",
			},
			Consequence: rdf.Text{
				NL: "Agenda, besluitenlijst en notulen geven hetzelfde agendapunt elk een andere naam, en elke verhuizing van de pagina maakt nieuwe: de zoekdatabanken tonen het dubbel.",
				EN: "Agenda, list of decisions and minutes each give the same item another name, and moving the page makes new ones: the search databases show it twice.",
			},
			Mending: rdf.Text{NL: "Schrijf de IRI voluit, met https:// en het domein, of zet een base-element in head.", EN: "Write the IRI in full, with https:// and the domain, or put a base element in head."},
			Wrong:   `<li resource="agendapunt/1" typeof="besluit:Agendapunt">`,
			Example: `<li resource="https://data.vlavirgem.example/id/agendapunt/1" typeof="besluit:Agendapunt">`,
		},
		{
			Code: "placeholder-uri", Severity: rdf.Violation,
			Title: rdf.Text{NL: "IRI die niet is ingevuld", EN: "IRI that was not filled in"},
			Explanation: rdf.Text{
				NL: "De IRI bevat undefined, [object Object], een sjabloonteken zoals {{, een lege UUID, of de naam van een computer die alleen binnenshuis bestaat (localhost, 192.168.x, .local).",
				EN: "The IRI has undefined, [object Object], template marks such as {{, an empty UUID, or the name of a computer that exists in-house only (localhost, 192.168.x, .local).",
			},
			Consequence: rdf.Text{NL: "De IRI is niet uniek of niet te bereiken: de melding wijst naar niets.", EN: "The IRI is not unique or cannot be reached: the notification points at nothing."},
			Mending:     rdf.Text{NL: "Vul in het sjabloon de echte IRI in.", EN: "Fill the real IRI in the template."},
			Wrong:       `<div resource="https://data.vlavirgem.example/id/besluit/undefined" typeof="besluit:Besluit">`,
			Example:     `<div resource="https://data.vlavirgem.example/id/besluit/7f1c" typeof="besluit:Besluit">`,
		},
		{
			Code: "misspelt-namespace", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Naamruimte met een schrijffout", EN: "Misspelt namespace"},
			Explanation: rdf.Text{
				NL: "De prefix is gedeclareerd met een naamruimte die bijna juist is: het teken # of / aan het einde ontbreekt, of er staat een letter verkeerd.",
				EN: "The prefix was declared with a namespace that is nearly right: the # or / at its end is missing, or a letter is wrong.",
			},
			Consequence: rdf.Text{NL: "Niets van wat met die prefix gezegd is, wordt herkend.", EN: "Nothing that was said with that prefix is recognised."},
			Mending:     rdf.Text{NL: "Neem de naamruimte letter voor letter over, met het teken aan het einde.", EN: "Copy the namespace letter by letter, with the character at its end."},
			Wrong:       `prefix="eli: http://data.europa.eu/eli/ontology"`,
			Example:     `prefix="eli: http://data.europa.eu/eli/ontology#"`,
		},
		{
			Code: "class-clash", Severity: rdf.Violation,
			Title: rdf.Text{NL: "Eén IRI voor twee dingen", EN: "One IRI for two things"},
			Explanation: rdf.Text{
				NL: "Hetzelfde ding is tegelijk bijvoorbeeld een agendapunt en een behandeling. Dat zijn verschillende dingen, elk met een eigen IRI.",
				EN: "The same thing is an item and a handling at once, for example. Those are different things, each with an IRI of its own.",
			},
			Consequence: rdf.Text{NL: "De eigenschappen van beide raken door elkaar: een besluit krijgt de titel van zijn agendapunt, en omgekeerd.", EN: "The properties of the two get mixed: a decision gets the title of its item, and the other way round."},
			Mending:     rdf.Text{NL: "Geef elk ding zijn eigen IRI.", EN: "Give each thing its own IRI."},
			Wrong:       `<div resource="https://data.vlavirgem.example/id/1" typeof="besluit:Agendapunt besluit:Besluit">`,
			Example:     `<div resource="https://data.vlavirgem.example/id/agendapunt/1" typeof="besluit:Agendapunt">`,
		},
		{
			Code: "document-relation", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Relatie en documenttype spreken elkaar tegen", EN: "Relation and document type disagree"},
			Explanation: rdf.Text{
				NL: "De zitting noemt het document haar notulen (of agenda, besluitenlijst, uittreksel), maar het document zelf is als iets anders getypeerd.",
				EN: "The sitting calls the document its minutes (or agenda, list of decisions, extract), but the document itself is typed as something else.",
			},
			Consequence: rdf.Text{NL: "Het Loket zoekt de zittingsdatum langs de relatie die bij het type hoort, en vindt er dan geen.", EN: "The portal looks for the date of the sitting along the relation that goes with the type, and then finds none."},
			Mending:     rdf.Text{NL: "Gebruik de relatie die bij het type hoort: heeftAgenda, heeftBesluitenlijst, heeftNotulen of heeftUittreksel.", EN: "Use the relation that goes with the type: heeftAgenda, heeftBesluitenlijst, heeftNotulen or heeftUittreksel."},
			Wrong:       `<a property="besluit:heeftUittreksel" typeof="` + exampleNotulen + `" href="...">`,
			Example:     `<a property="besluit:heeftNotulen" typeof="` + exampleNotulen + `" href="https://data.vlavirgem.example/notulen/1">Notulen</a>`,
		},
		{
			Code: "time-zone", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Tijdstip zonder tijdzone", EN: "Time without a time zone"},
			Explanation: rdf.Text{
				NL: "Een xsd:dateTime zonder tijdzone zegt niet welk ogenblik bedoeld is.",
				EN: "An xsd:dateTime without a time zone does not say which moment is meant.",
			},
			Consequence: rdf.Text{NL: "Het Loket aanvaardt alleen tijdstippen met een tijdzone; elders verschuift de zitting een uur of twee, en soms een dag.", EN: "The portal takes only times with a time zone; elsewhere the sitting moves by an hour or two, and sometimes by a day."},
			Mending:     rdf.Text{NL: "Zet +01:00 (winter) of +02:00 (zomer) achter het tijdstip.", EN: "Put +01:00 (winter) or +02:00 (summer) behind the time."},
			Wrong:       `content="2026-01-26T19:30:00"`,
			Example:     `<time property="prov:startedAtTime" datatype="xsd:dateTime" content="2026-01-26T19:30:00+01:00">26 januari 2026</time>`,
		},
		{
			Code: "time-order", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Einde voor begin", EN: "End before start"},
			Explanation: rdf.Text{NL: "De zitting eindigt voor ze begint.", EN: "The sitting ends before it starts."},
			Consequence: rdf.Text{NL: "Kalenders en duurberekeningen kloppen niet; vaak is het uur van het einde weggevallen.", EN: "Calendars and durations are wrong; often the hour of the end was lost."},
			Mending:     rdf.Text{NL: "Geef het einde met datum, uur en tijdzone.", EN: "Give the end with its date, hour and time zone."},
			Example:     `<time property="prov:endedAtTime" datatype="xsd:dateTime" content="2026-01-26T22:10:00+01:00">22.10 uur</time>`,
		},
		{
			Code: "published-before-sitting", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Gepubliceerd voor de zitting", EN: "Published before the sitting"},
			Explanation: rdf.Text{
				NL: "De publicatiedatum van een besluit, lijst of notulen ligt voor de zitting waarin het genomen is. Alleen een agenda wordt vooraf gepubliceerd.",
				EN: "The date of publication of a decision, list or minutes lies before the sitting in which it was taken. Only an agenda is published beforehand.",
			},
			Consequence: rdf.Text{NL: "De toezichtstermijn begint te lopen op een verkeerde dag.", EN: "The term of supervision begins on a wrong day."},
			Mending:     rdf.Text{NL: "Zet de dag waarop het besluit op de webtoepassing kwam, of noem het op een agenda een ontwerpbesluit.", EN: "Put the day on which the decision came on the web application, or on an agenda call it a draft (ontwerpbesluit)."},
			Example:     `<time property="eli:date_publication" datatype="xsd:date" content="2026-01-30">30 januari 2026</time>`,
		},
		{
			Code: "order-cycle", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Volgorde die rondloopt", EN: "Order that runs in a circle"},
			Explanation: rdf.Text{NL: "Agendapunten of behandelingen volgen op elkaar in een kring, of op zichzelf.", EN: "Items or handlings follow each other in a circle, or follow themselves."},
			Consequence: rdf.Text{NL: "De volgorde van de agenda is niet te bepalen.", EN: "The order of the agenda cannot be told."},
			Mending:     rdf.Text{NL: "Laat elk punt wijzen naar het punt ervoor, en het eerste naar geen.", EN: "Let each item point at the one before it, and the first at none."},
			Example:     `<a property="besluit:aangebrachtNa" href="https://data.vlavirgem.example/id/agendapunt/1">na punt 1</a>`,
		},
		{
			Code: "language-code", Severity: rdf.Info,
			Title:       rdf.Text{NL: "Taal buiten de Europese lijst", EN: "Language outside the European list"},
			Explanation: rdf.Text{NL: "eli:language verwijst naar de talenlijst van het Publicatiebureau van de EU.", EN: "eli:language refers to the list of languages of the EU Publications Office."},
			Consequence: rdf.Text{NL: "Toepassingen die op taal filteren, vinden het besluit niet.", EN: "Applications that filter by language do not find the decision."},
			Mending:     rdf.Text{NL: "Gebruik http://publications.europa.eu/resource/authority/language/NLD.", EN: "Use http://publications.europa.eu/resource/authority/language/NLD."},
			Example:     `<link property="eli:language" href="http://publications.europa.eu/resource/authority/language/NLD">`,
		},
		{
			Code: "secret-vote-named", Severity: rdf.Violation,
			Title:       rdf.Text{NL: "Geheime stemming met namen", EN: "Secret vote with names"},
			Explanation: rdf.Text{NL: "De stemming is geheim, maar de data zeggen wie voor, tegen of onthouding stemde.", EN: "The vote is secret, but the data says who voted for, against or abstained."},
			Consequence: rdf.Text{NL: "Het stemgeheim is geschonden: bij een geheime stemming mag alleen de uitslag bekendgemaakt worden.", EN: "The secrecy of the vote is broken: of a secret vote only the outcome may be made known."},
			Mending:     rdf.Text{NL: "Haal de namen weg, of zet besluit:geheim op false als de stemming openbaar was.", EN: "Take the names out, or set besluit:geheim to false if the vote was public."},
			Example:     `<span property="besluit:geheim" datatype="xsd:boolean" content="true">geheime stemming</span>`,
		},
		{
			Code: "voted-twice", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Twee keer gestemd", EN: "Voted twice"},
			Explanation: rdf.Text{NL: "Dezelfde mandataris staat bij twee uitkomsten van één stemming.", EN: "The same mandataris stands with two outcomes of one vote."},
			Consequence: rdf.Text{NL: "De notulen spreken zichzelf tegen.", EN: "The minutes contradict themselves."},
			Mending:     rdf.Text{NL: "Noem elke stemmer één keer.", EN: "Name each voter once."},
		},
		{
			Code: "voter-absent", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Stemmer die er niet was", EN: "Voter who was not there"},
			Explanation: rdf.Text{NL: "Iemand stemde die niet bij de aanwezigen van de stemming staat.", EN: "Somebody voted who is not among those present at the vote."},
			Consequence: rdf.Text{NL: "De notulen spreken zichzelf tegen.", EN: "The minutes contradict themselves."},
			Mending:     rdf.Text{NL: "Zet de stemmer bij de aanwezigen van de stemming (besluit:heeftAanwezige).", EN: "List the voter among those present at the vote (besluit:heeftAanwezige)."},
		},
		{
			Code: "vote-sum", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Meer stemmen dan aanwezigen", EN: "More votes than people"},
			Explanation: rdf.Text{NL: "Voorstanders, tegenstanders en onthoudingen samen zijn meer dan de aanwezigen.", EN: "Those for, against and abstaining together are more than those present."},
			Consequence: rdf.Text{NL: "De uitslag is betwistbaar.", EN: "The outcome can be disputed."},
			Mending:     rdf.Text{NL: "Tel de stemmen na, en noem iedereen die aanwezig was.", EN: "Count the votes again, and name everybody who was present."},
		},
	}
}

const exampleNotulen = "https://data.vlaanderen.be/id/concept/BesluitDocumentType/8e791b27-7600-4577-b24e-c7c29e0eb773"

package oslo

import "github.com/belfort-lod/belfort/rdf"

// registerRules document the rules of organen.go.
func registerRules() []Rule {
	return []Rule{
		{
			Code: "organ-not-in-period", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Niet het orgaan in bestuursperiode", EN: "Not the organ in its period"},
			Explanation: rdf.Text{
				NL: "Een zitting en een besluit horen bij het bestuursorgaan in bestuursperiode (de gemeenteraad van 2025-2030), niet bij het bestuursorgaan zelf (de gemeenteraad).",
				EN: "A sitting and a decision belong to the organ in its period (the council of 2025-2030), not to the organ itself (the council).",
			},
			Consequence: rdf.Text{
				NL: "Het Loket aanvaardt alleen het orgaan in bestuursperiode: de melding blijft liggen, en de toezichtstermijn begint niet.",
				EN: "The portal takes only the organ in its period: the notification gets stuck, and the term of supervision does not begin.",
			},
			Mending: rdf.Text{NL: "Gebruik de IRI van het orgaan in bestuursperiode uit de Mandatendatabank.", EN: "Use the IRI of the organ in its period from the Mandatendatabank."},
			Wrong:   `<a property="besluit:isGehoudenDoor" href="http://data.lblod.info/id/bestuursorganen/...">gemeenteraad</a>`,
		},
		{
			Code: "organ-period-over", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Orgaan van een andere bestuursperiode", EN: "Organ of another period"},
			Explanation: rdf.Text{NL: "De zitting valt buiten de bestuursperiode van het orgaan.", EN: "The sitting lies outside the period of the organ."},
			Consequence: rdf.Text{
				NL: "De zitting hangt aan een raad die niet meer of nog niet bestond; bij een nieuwe legislatuur moet elke koppeling vernieuwd worden.",
				EN: "The sitting is tied to a council that no longer or not yet existed; with a new term each tie has to be renewed.",
			},
			Mending: rdf.Text{NL: "Neem het orgaan van de bestuursperiode waarin de zitting valt.", EN: "Take the organ of the period that the sitting is in."},
		},
		{
			Code: "organ-unknown", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Onbekend bestuursorgaan", EN: "Unknown bestuursorgaan"},
			Explanation: rdf.Text{
				NL: "Het bestuursorgaan staat niet in het register dat Belfort kent. Dat telt pas met een snapshot van het register; zonder, of van een IRI buiten data.lblod.info, is het een weetje.",
				EN: "The bestuursorgaan is not in the register that Belfort knows. It counts only with a snapshot of the register; without one, or of an IRI outside data.lblod.info, it is for information.",
			},
			Consequence: rdf.Text{NL: "Het Loket kiest het orgaan uit een lijst: wat er niet in staat, laat de melding vastlopen.", EN: "The portal picks the organ from a list: what is not in it makes the notification get stuck."},
			Mending:     rdf.Text{NL: "Kijk de IRI na in de Mandatendatabank; is ze nieuw, geef dan een snapshot van het register mee.", EN: "Check the IRI in the Mandatendatabank; if it is new, bring a snapshot of the register."},
		},
		{
			Code: "eenheid-unknown", Severity: rdf.Warning,
			Title: rdf.Text{NL: "Onbekende bestuurseenheid", EN: "Unknown bestuurseenheid"},
			Explanation: rdf.Text{
				NL: "De bestuurseenheid staat niet in het register dat Belfort kent. Dat telt pas met een snapshot van het register; zonder, of van een IRI buiten data.lblod.info, is het een weetje.",
				EN: "The bestuurseenheid is not in the register that Belfort knows. It counts only with a snapshot of the register; without one, or of an IRI outside data.lblod.info, it is for information.",
			},
			Consequence: rdf.Text{NL: "Meldingen en zoekfilters werken met de IRI uit het register.", EN: "Notifications and search filters work with the IRI of the register."},
			Mending:     rdf.Text{NL: "Kijk de IRI na in het register van bestuurseenheden.", EN: "Check the IRI in the register of bestuurseenheden."},
		},
		{
			Code: "eenheid-merged", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Bestuur dat is opgegaan in een ander", EN: "Government that was merged into another"},
			Explanation: rdf.Text{NL: "Het bestuur bestond op de dag van de zitting niet meer: het is gefuseerd.", EN: "On the day of the sitting the government did not exist any more: it had merged."},
			Consequence: rdf.Text{NL: "Het besluit komt bij een verdwenen gemeente terecht, en de leverancier mag voor haar niet meer melden.", EN: "The decision ends with a municipality that is gone, and the vendor may not notify for it any more."},
			Mending:     rdf.Text{NL: "Gebruik de IRI's van de nieuwe gemeente en haar organen.", EN: "Use the IRIs of the new municipality and its organs."},
		},
		{
			Code: "other-municipality", Severity: rdf.Violation,
			Title:       rdf.Text{NL: "Orgaan van een andere gemeente", EN: "Organ of another municipality"},
			Explanation: rdf.Text{NL: "De pagina is van de ene gemeente, maar noemt een orgaan of bestuurseenheid van een andere.", EN: "The page is of one municipality, but names an organ or a bestuurseenheid of another."},
			Consequence: rdf.Text{NL: "Besluiten worden aan de verkeerde gemeente toegeschreven; het Loket weigert de melding.", EN: "Decisions are ascribed to the wrong municipality; the portal refuses the notification."},
			Mending:     rdf.Text{NL: "Kijk de instellingen van het programma na: vaak is de IRI bij het inrichten van een andere klant overgenomen.", EN: "Check the settings of the program: often the IRI was copied from another customer when it was set up."},
		},
		{
			Code: "register-class", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Classificatie die het register anders heeft", EN: "Classification that the register has otherwise"},
			Explanation: rdf.Text{NL: "De pagina geeft een orgaan of bestuurseenheid een andere classificatie dan het register.", EN: "The page gives an organ or bestuurseenheid another classification than the register."},
			Consequence: rdf.Text{NL: "Filters op soort orgaan tonen het besluit bij de verkeerde raad.", EN: "Filters by kind of organ show the decision with the wrong council."},
			Mending:     rdf.Text{NL: "Neem de classificatie van het register over.", EN: "Copy the classification of the register."},
		},
		{
			Code: "concept-unknown", Severity: rdf.Warning,
			Title:       rdf.Text{NL: "Code die niet in de codelijst staat", EN: "Code that is not in its code list"},
			Explanation: rdf.Text{NL: "De IRI begint als een codelijst van de Vlaamse overheid, maar die lijst heeft de code niet.", EN: "The IRI begins like a code list of the Flemish government, but that list does not have the code."},
			Consequence: rdf.Text{NL: "Het Loket herkent het type niet, en de melding blijft liggen.", EN: "The portal does not recognise the type, and the notification gets stuck."},
			Mending:     rdf.Text{NL: "Neem de code over uit de lijst: BesluitType voor besluiten, BesluitDocumentType voor documenten.", EN: "Copy the code from the list: BesluitType for decisions, BesluitDocumentType for documents."},
		},
		{
			Code: "mandataris-unknown", Severity: rdf.Warning, Level: Level2,
			Title:       rdf.Text{NL: "Onbekende mandataris", EN: "Unknown mandataris"},
			Explanation: rdf.Text{NL: "Niveau 2 vraagt dat elke mandataris naar de Mandatendatabank verwijst. Deze staat niet in het meegegeven register, en is op het web niet te vinden.", EN: "Level 2 wants each mandataris to refer to the Mandatendatabank. This one is not in the register that came along, and is not found on the web."},
			Consequence: levelConsequence(Level2),
			Mending:     rdf.Text{NL: "Gebruik de IRI uit de Mandatendatabank, met http:// en niet https://, van het mandaat in deze bestuursperiode.", EN: "Use the IRI from the Mandatendatabank, with http:// and not https://, of the mandate in this period."},
			Profiles:    []Profile{Agenda, Besluitenlijst, Notulen},
		},
		{
			Code: "mandataris-not-asked", Severity: rdf.Info,
			Title:       rdf.Text{NL: "Mandataris die niet op te zoeken was", EN: "Mandataris that could not be looked up"},
			Explanation: rdf.Text{NL: "Het web antwoordde niet, of het aantal opzoekingen was op.", EN: "The web did not answer, or the look-ups were spent."},
			Consequence: rdf.Text{NL: "Niveau 2 is niet beoordeeld.", EN: "Level 2 was not assessed."},
			Mending:     rdf.Text{NL: "Probeer het later opnieuw, of geef een snapshot van het register mee.", EN: "Try again later, or bring a snapshot of the register."},
		},
	}
}

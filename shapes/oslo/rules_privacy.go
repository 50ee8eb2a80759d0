package oslo

import "github.com/belfort-lod/belfort/rdf"

// privacyRules document the rules of privacy.go.
func privacyRules() []Rule {
	return []Rule{
		{
			Code: "national-register-number", Severity: rdf.Violation, Private: true,
			Title: rdf.Text{NL: "Rijksregisternummer", EN: "National register number"},
			Explanation: rdf.Text{
				NL: "De tekst bevat elf cijfers die een geldig rijksregisternummer vormen (het controlegetal klopt).",
				EN: "The text has eleven digits that form a valid national register number (the check digits agree).",
			},
			Consequence: rdf.Text{
				NL: "Een rijksregisternummer publiceren is een inbreuk op de bescherming van persoonsgegevens; de pagina wordt niet gepubliceerd voor iemand ernaar keek.",
				EN: "To publish a national register number breaches data protection; the page is not published before somebody looked at it.",
			},
			Mending: rdf.Text{NL: "Haal het nummer uit de tekst en publiceer opnieuw.", EN: "Take the number out of the text and publish again."},
		},
		{
			Code: "bank-account", Severity: rdf.Warning, Private: true,
			Title: rdf.Text{NL: "Rekeningnummer", EN: "Bank account"},
			Explanation: rdf.Text{
				NL: "De tekst bevat een geldig rekeningnummer (IBAN, het controlegetal klopt), buiten de kop en voet van de pagina.",
				EN: "The text has a valid bank account number (IBAN, the check digits agree), outside the header and footer of the page.",
			},
			Consequence: rdf.Text{NL: "Een rekeningnummer van een persoon is een persoonsgegeven; het hoort niet in een gepubliceerd besluit.", EN: "The bank account of a person is personal data; it does not belong in a published decision."},
			Mending:     rdf.Text{NL: "Haal het nummer uit de publicatie, tenzij het van het bestuur zelf is.", EN: "Take the number out of the publication, unless it is that of the government itself."},
		},
		{
			Code: "email-address", Severity: rdf.Warning, Private: true,
			Title: rdf.Text{NL: "E-mailadres van een persoon", EN: "E-mail address of a person"},
			Explanation: rdf.Text{
				NL: "De pagina bevat het e-mailadres van een persoon: bij een aanbieder voor particulieren, of, als weetje, in de vorm voornaam.naam van iemand aan het werk. Adressen van diensten en die in kop, voet en menu tellen niet.",
				EN: "The page has the e-mail address of a person: at a provider for private people, or, for information, in the form first.last of somebody at work. Addresses of services, and those in header, footer and menu, do not count.",
			},
			Consequence: rdf.Text{NL: "Persoonsgegevens die niet nodig zijn, horen niet in een publicatie die door machines wordt overgenomen.", EN: "Personal data that is not needed does not belong in a publication that machines take over."},
			Mending:     rdf.Text{NL: "Laat het adres weg, of geef dat van de dienst.", EN: "Leave the address out, or give that of the service."},
		},
		{
			Code: "phone-number", Severity: rdf.Warning, Private: true,
			Title: rdf.Text{NL: "Telefoonnummer van een persoon", EN: "Telephone number of a person"},
			Explanation: rdf.Text{
				NL: "De pagina bevat een gsm-nummer, of een telefoonnummer naast de naam van een persoon. Nummers in kop, voet en menu tellen niet.",
				EN: "The page has the number of a mobile phone, or a telephone number beside the name of a person. Numbers in header, footer and menu do not count.",
			},
			Consequence: rdf.Text{NL: "Persoonsgegevens die niet nodig zijn, horen niet in een publicatie die door machines wordt overgenomen.", EN: "Personal data that is not needed does not belong in a publication that machines take over."},
			Mending:     rdf.Text{NL: "Laat het nummer weg, of geef dat van de dienst.", EN: "Leave the number out, or give that of the service."},
		},
		{
			Code: "birth-date", Severity: rdf.Warning, Private: true,
			Title: rdf.Text{NL: "Geboortedatum", EN: "Date of birth"},
			Explanation: rdf.Text{
				NL: "De pagina noemt een geboortedatum bij de naam van een persoon, in de tekst of in de data.",
				EN: "The page tells a date of birth beside the name of a person, in the text or in the data.",
			},
			Consequence: rdf.Text{NL: "Naam en geboortedatum samen maken iemand vindbaar en kwetsbaar voor identiteitsfraude.", EN: "Name and date of birth together make somebody easy to find, and open to identity fraud."},
			Mending:     rdf.Text{NL: "Laat de geboortedatum weg.", EN: "Leave the date of birth out."},
		},
	}
}

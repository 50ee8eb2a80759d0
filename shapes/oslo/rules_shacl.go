package oslo

import "github.com/belfort-lod/belfort/rdf"

// constraints are the constraint components of SHACL by the codes that findings
// of shapes of others get, with what each asks and a shape that asks it.
var constraints = []struct{ component, nl, en, shape string }{
	{"Class", "De waarde is van een klasse.", "The value is of a class.", "sh:class besluit:Agendapunt"},
	{"Datatype", "De waarde heeft een datatype, en is er een geldige waarde van.", "The value has a datatype, and is valid in it.", "sh:datatype xsd:date"},
	{"NodeKind", "De waarde is een IRI, een lege knoop of een literal.", "The value is an IRI, a blank node or a literal.", "sh:nodeKind sh:IRI"},
	{"MinCount", "De eigenschap staat er minstens zo vaak.", "The property is there at least so often.", "sh:minCount 1"},
	{"MaxCount", "De eigenschap staat er hoogstens zo vaak.", "The property is there at most so often.", "sh:maxCount 1"},
	{"MinExclusive", "De waarde is groter dan een grens.", "The value is more than a bound.", "sh:minExclusive 0"},
	{"MinInclusive", "De waarde is een grens of groter.", "The value is a bound or more.", "sh:minInclusive 0"},
	{"MaxExclusive", "De waarde is kleiner dan een grens.", "The value is less than a bound.", "sh:maxExclusive 100"},
	{"MaxInclusive", "De waarde is een grens of kleiner.", "The value is a bound or less.", "sh:maxInclusive 100"},
	{"MinLength", "De waarde is minstens zo lang.", "The value is at least so long.", "sh:minLength 1"},
	{"MaxLength", "De waarde is hoogstens zo lang.", "The value is at most so long.", "sh:maxLength 200"},
	{"Pattern", "De waarde heeft een vorm, gezegd met een reguliere expressie.", "The value has a form, told by a regular expression.", `sh:pattern "^https?://"`},
	{"LanguageIn", "De tekst is in een van deze talen.", "The text is in one of these languages.", `sh:languageIn ( "nl" )`},
	{"UniqueLang", "Er is hoogstens één tekst per taal.", "There is at most one text in each language.", "sh:uniqueLang true"},
	{"Equals", "De waarden zijn die van een andere eigenschap.", "The values are those of another property.", "sh:equals foaf:name"},
	{"Disjoint", "Geen waarde staat ook bij een andere eigenschap.", "No value stands with another property too.", "sh:disjoint besluit:heeftTegenstander"},
	{"LessThan", "De waarde is kleiner dan die van een andere eigenschap.", "The value is less than that of another property.", "sh:lessThan prov:endedAtTime"},
	{"LessThanOrEquals", "De waarde is kleiner dan die van een andere eigenschap, of gelijk.", "The value is less than that of another property, or the same.", "sh:lessThanOrEquals prov:endedAtTime"},
	{"Not", "De waarde voldoet niet aan een shape.", "The value does not conform to a shape.", "sh:not [ sh:class foaf:Document ]"},
	{"And", "De waarde voldoet aan al deze shapes.", "The value conforms to all of these shapes.", "sh:and ( ex:Een ex:Twee )"},
	{"Or", "De waarde voldoet aan een van deze shapes.", "The value conforms to one of these shapes or more.", "sh:or ( ex:Een ex:Twee )"},
	{"Xone", "De waarde voldoet aan precies een van deze shapes.", "The value conforms to exactly one of these shapes.", "sh:xone ( ex:Een ex:Twee )"},
	{"Node", "De waarde voldoet aan een andere shape.", "The value conforms to another shape.", "sh:node ex:Adres"},
	{"QualifiedMinCount", "Minstens zo veel waarden voldoen aan een shape.", "At least so many values conform to a shape.", "sh:qualifiedValueShape ex:Lid ; sh:qualifiedMinCount 1"},
	{"QualifiedMaxCount", "Hoogstens zo veel waarden voldoen aan een shape.", "At most so many values conform to a shape.", "sh:qualifiedValueShape ex:Lid ; sh:qualifiedMaxCount 1"},
	{"Closed", "De node heeft geen andere eigenschappen dan de shape noemt.", "The node has no properties but those that the shape names.", "sh:closed true"},
	{"HasValue", "Een van de waarden is deze.", "One of the values is this one.", "sh:hasValue eli:LegalResource"},
	{"In", "De waarde staat in een lijst.", "The value is in a list.", `sh:in ( "ja" "neen" )`},
	{"SPARQL", "Een query in SPARQL, die geen antwoord mag vinden.", "A query in SPARQL, which must find no answer.",
		`sh:sparql [ sh:select "SELECT $this WHERE { $this prov:startedAtTime ?b ; prov:endedAtTime ?e FILTER(?e < ?b) }" ]`},
}

// constraintRules document the codes of findings of shapes that are not ours.
func constraintRules() []Rule {
	rules := make([]Rule, len(constraints))
	for i, c := range constraints {
		rules[i] = Rule{
			Code: "shacl" + kebab(c.component), Severity: rdf.Violation, Source: sourceSHACL,
			Title:       rdf.Text{NL: "sh:" + c.component + "ConstraintComponent", EN: "sh:" + c.component + "ConstraintComponent"},
			Explanation: rdf.Text{NL: "In shapes die iemand meegaf: " + c.nl, EN: "In shapes that somebody brought along: " + c.en},
			Consequence: rdf.Text{
				NL: "Wie die shapes schreef, aanvaardt het document niet zo; op de niveaus van de certificatie heeft het geen invloed.",
				EN: "Whoever wrote those shapes does not take the document so; it has no influence on the levels of the certification.",
			},
			Mending: rdf.Text{NL: "Zet recht wat de boodschap van de shape zegt; de ernst is die van de shape.", EN: "Mend what the message of the shape says; the severity is that of the shape."},
			Example: "[] sh:path eli:title ; " + c.shape + " .",
		}
	}
	return rules
}

package sparql

import (
	"regexp"
	"strings"
)

// inDutch says in Dutch what the parser of SPARQL found wrong. The words of the
// grammar, such as GROUP BY, stay as they are; so does a message that is not
// known here.
func inDutch(message string) string {
	if m := expectation.FindStringSubmatch(message); m != nil {
		found := m[2]
		if found == "the end of the text" {
			found = "het einde van de tekst"
		}
		return "verwacht: " + dutchWords.Replace(m[1]) + "; gevonden: " + found
	}
	for _, s := range dutchSentences {
		if s.english.MatchString(message) {
			return s.english.ReplaceAllString(message, s.dutch)
		}
	}
	if rest, ok := strings.CutPrefix(message, "expected "); ok {
		return "verwacht: " + dutchWords.Replace(rest)
	}
	return message
}

var expectation = regexp.MustCompile(`(?s)^expected (.*), found (.*)$`)

// dutchWords are the words of what is expected, longer ones first.
var dutchWords = strings.NewReplacer(
	" to end the group", " om de groep te sluiten", "to begin a group", "om een groep te beginnen",
	"a triple pattern", "een triplepatroon", "a keyword such as", "een sleutelwoord zoals",
	"the end of the query", "het einde van de vraag", "the end of the update", "het einde van de update",
	"a variable name", "de naam van een variabele", "a variable", "een variabele", "the variables", "de variabelen", "the variable", "de variabele",
	"the expression", "de uitdrukking", "an expression", "een uitdrukking", "a subject", "een onderwerp", "a predicate", "een predicaat", "an object", "een voorwerp",
	"the predicates", "de predicaten", "the properties of the blank node", "de eigenschappen van de lege knoop", "the path", "het pad",
	"the IRI of a document", "de IRI van een document", "the IRI of a graph", "de IRI van een graaf", "a datatype IRI", "de IRI van een datatype",
	"an IRI in angle brackets", "een IRI tussen < en >", "an IRI", "een IRI", "a literal", "een waarde", "a string", "een tekst",
	"a whole number", "een geheel getal", "a language tag", "een taalaanduiding", "a prefix ending in a colon", "een prefix met een dubbelepunt",
	"a blank node label", "het label van een lege knoop", "an update operation such as", "een bewerking zoals",
	"a CONSTRUCT template", "een sjabloon van CONSTRUCT", "a DELETE template", "een sjabloon van DELETE", "the template", "het sjabloon",
	"a function call", "een functieaanroep", "the function name", "de functienaam", "the arguments", "de argumenten", "the subquery", "de deelvraag",
	"the triples", "de triples", "the quads", "de quads", "the graph", "de graaf", "a row of", "een rij van", "two hexadecimal digits", "twee hexadecimale cijfers",
	" or ", " of ", "after ", "na ", "before ", "voor ", " of the ", " van ", " of ", " van ", " in a prefixed name", " in een naam met prefix",
)

// dutchSentences are the messages that do not say what was expected.
var dutchSentences = []struct {
	english *regexp.Regexp
	dutch   string
}{
	{regexp.MustCompile(`^the prefix (\S*): is not declared; expected (PREFIX .*) before the query$`), "de prefix $1: is niet verklaard; zet $2 voor de vraag"},
	{regexp.MustCompile(`^unexpected character (.*)$`), "onverwacht teken $1"},
	{regexp.MustCompile(`^unexpected (.*)$`), "onverwacht: $1"},
	{regexp.MustCompile(`^(\S+) is used in the group already; BIND needs a new variable$`), "$1 staat al in de groep; BIND heeft een nieuwe variabele nodig"},
	{regexp.MustCompile(`^(\S+) is (?:selected|bound by the pattern) already; AS needs a new variable$`), "$1 is al gebruikt; AS heeft een nieuwe variabele nodig"},
	{regexp.MustCompile(`^(\S+) is neither in GROUP BY nor inside an aggregate$`), "$1 staat niet in GROUP BY en ook niet in een aggregaat"},
	{regexp.MustCompile(`^SELECT \* can not stand with GROUP BY; name the variables$`), "SELECT * kan niet samen met GROUP BY; noem de variabelen"},
	{regexp.MustCompile(`^the aggregate (\S+) can stand in SELECT, HAVING and ORDER BY only, and not inside another$`), "het aggregaat $1 kan alleen in SELECT, HAVING en ORDER BY staan, en niet in een ander"},
	{regexp.MustCompile(`^(\S+) does not take (\d+) arguments$`), "$1 neemt geen $2 argumenten"},
	{regexp.MustCompile(`^BOUND takes a variable$`), "BOUND neemt een variabele"},
	{regexp.MustCompile(`^(.*) can not have blank nodes$`), "in $1 kunnen geen lege knopen staan"},
	{regexp.MustCompile(`^the string does not end on its line; long strings stand in three quotes$`), "de tekst eindigt niet op haar regel; lange teksten staan tussen drie aanhalingstekens"},
	{regexp.MustCompile(`^the string has no closing (.*)$`), "de tekst heeft geen sluitende $1"},
	{regexp.MustCompile(`^the string ends in a backslash$`), `de tekst eindigt met een \`},
	{regexp.MustCompile(`^nested deeper than (\d+) levels$`), "dieper genest dan $1 niveaus"},
	{regexp.MustCompile(`^this row of VALUES has (\d+) values for (\d+) variables$`), "deze rij van VALUES heeft $1 waarden voor $2 variabelen"},
	{regexp.MustCompile(`^(\S+) stands twice in VALUES$`), "$1 staat twee keer in VALUES"},
	{regexp.MustCompile(`^(\S+): data can not have variables$`), "$1: in DATA kunnen geen variabelen staan"},
	{regexp.MustCompile(`^(.*) takes plain triples only, no property paths$`), "$1 neemt alleen gewone triples, geen paden"},
	{regexp.MustCompile(`^the query has more than (\d+) triple patterns, groups, operators and variables$`), "de vraag telt meer dan $1 triplepatronen, groepen, bewerkingen en variabelen"},
	{regexp.MustCompile(`^the text has (\d+) bytes, more than the (\d+) allowed$`), "de tekst telt $1 bytes, meer dan de grens van $2"},
}

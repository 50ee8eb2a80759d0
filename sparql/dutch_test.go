package sparql

import (
	"errors"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// Queries with mistakes that people make, and what they are told. No English is
// left but the words of SPARQL itself.
func TestInDutch(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT * { ?s ?p }":                       "verwacht: een voorwerp; gevonden: }",
		"SELECT * { ?s ?p ?o":                      "verwacht: een triplepatroon, een sleutelwoord zoals OPTIONAL of FILTER, of } om de groep te sluiten; gevonden: het einde van de tekst",
		"SELECT { ?s ?p ?o }":                      "verwacht: *, een variabele of (expression AS ?variable) na SELECT; gevonden: {",
		"SELEC * { ?s ?p ?o }":                     "verwacht: SELECT, CONSTRUCT, DESCRIBE of ASK; gevonden: SELEC",
		"SELECT * { ?s ex:p ?o }":                  "de prefix ex: is niet verklaard; zet PREFIX ex: <…> voor de vraag",
		"SELECT ?s { ?s ?p ?o } GROUP BY ?p":       "?s staat niet in GROUP BY en ook niet in een aggregaat",
		"SELECT * { ?s ?p ?o } LIMIT tien":         "verwacht: een geheel getal na LIMIT; gevonden: tien",
		"SELECT * { ?s ?p ?o } ORDER BY":           "verwacht: een variabele, ASC, DESC of een uitdrukking na ORDER BY; gevonden: het einde van de tekst",
		"SELECT * { ?s ?p \"o }":                   "de tekst heeft geen sluitende \"",
		"SELECT * { ?s ?p ?o } GROUP BY ?s":        "SELECT * kan niet samen met GROUP BY; noem de variabelen",
		"SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }": "?x staat al in de groep; BIND heeft een nieuwe variabele nodig",
		"SELECT * { FILTER(STRLEN(?a, ?b)) }":      "STRLEN neemt geen 2 argumenten",
		"SELECT * { VALUES (?a ?b) { (1) } }":      "deze rij van VALUES heeft 1 waarden voor 2 variabelen",
		"SELECT * { FILTER(COUNT(?x) > 1) }":       "het aggregaat COUNT kan alleen in SELECT, HAVING en ORDER BY staan, en niet in een ander",
		"CONSTRUCT { ?s ?p ?o } WHERE ?s ?p ?o }":  "verwacht: WHERE {; gevonden: ?s",
		"PREFIX ex <http://e> ASK {}":              "verwacht: een prefix met een dubbelepunt na PREFIX; gevonden: ex",
		"ASK { GRAPH { ?s ?p ?o } }":               "verwacht: een variabele of een IRI na GRAPH; gevonden: {",
		"ASK { ?s ?p ?o } nog iets":                "verwacht: het einde van de vraag; gevonden: nog",
		"ASK { " + strings.Repeat("{", 300):        "dieper genest dan 250 niveaus",
		"ASK { FILTER(?a >) }":                     "verwacht: een uitdrukking; gevonden: )",
	} {
		_, err := parser.Query(text, parser.Options{})
		var syntax *rdf.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.60s: %v", text, err)
			continue
		}
		if got := inDutch(syntax.Message); got != want {
			t.Errorf("%.60s: %s\nis told as %s\nnot        %s", text, syntax.Message, got, want)
		}
	}
}

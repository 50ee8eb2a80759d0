package remote_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/internal/virtuoso"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/enginetest"
	"github.com/belfort-lod/belfort/sparql/remote"
)

func engine(t testing.TB, o remote.Options) *remote.Engine {
	t.Helper()
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	e, err := remote.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestVirtuoso holds a real Virtuoso to the contract, writing in each of both
// ways. Each has a server of its own: how Virtuoso keeps a number depends on which
// way it first came in.
func TestVirtuoso(t *testing.T) {
	for _, byUpdates := range []bool{false, true} {
		t.Run(map[bool]string{false: "graph store", true: "updates"}[byUpdates], func(t *testing.T) {
			server := virtuoso.Start(t, virtuoso.Options{})
			o := remote.Options{Endpoint: server.Endpoint, Update: server.Update, GraphStore: server.GraphStore, User: server.User, Password: server.Password}
			if byUpdates {
				o.GraphStore = ""
			}
			e := engine(t, o)
			enginetest.Run(t, func(t *testing.T) (sparql.Engine, enginetest.Put) {
				clean(t, server)
				return e, e.Put
			}, virtuosoDeviations(byUpdates)...)
		})
	}
}

// clean removes the graphs of the kit and of the random data, and none of Virtuoso's own.
func clean(t testing.TB, server *virtuoso.Server) {
	t.Helper()
	e := engine(t, remote.Options{Endpoint: server.Endpoint, Update: server.Update, User: server.User, Password: server.Password})
	r, err := e.Query(context.Background(), sparql.Query{Text: "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for row, err := range r.Rows {
		if err != nil {
			t.Fatal(err)
		}
		if name := row[0].Value(); strings.HasPrefix(name, "http://voorbeeld.be/") || strings.HasPrefix(name, "urn:belfort:") {
			if err := e.Delete(context.Background(), name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// How Virtuoso 7.2.5 deviates, by reason.
const (
	system    = "its own graphs are part of the data, and of the default graph"
	repeated  = "its default graph is all graphs one after the other: a triple of three graphs is there three times"
	booleans  = "booleans are numbers inside: they come out as 1 and 0"
	values    = "it keeps the value of a number, not how it was written"
	decimals  = "large integers are decimals inside"
	division  = "it divides integers as SQL does, without what remains"
	sqlErrors = "an error in an expression ends the query, as in SQL"
	nulls     = "aggregates of nothing are NULL, as in SQL"
	describes = "DESCRIBE tells what refers to a resource of which it is not the subject first, and leaves out the rest"
)

// virtuosoDeviations lists them. Some differ when graphs are written by updates,
// whose literals the SPARQL compiler reads.
func virtuosoDeviations(byUpdates bool) []enginetest.Deviation {
	list := []enginetest.Deviation{
		{Case: "queries/repeated variable", Says: "<bif:contains>", Reason: system},
		{Case: "queries/count in the union graph", Says: "5", Reason: repeated},
		{Case: "queries/union graph has each triple once", Says: "\"Gemeenteraad\"@nl\n\t\"Gemeenteraad\"@nl\n", Reason: repeated},
		{Case: "queries/from two is their merge", Says: "\"Gemeenteraad\"@nl\n\t\"Gemeenteraad\"@nl\n", Reason: repeated},
		{Case: "queries/empty pattern in each graph", Says: "gives\n\t-\n", Reason: "GRAPH ?g {} is one solution that leaves ?g unbound"},
		{Case: "queries/from without named hides graphs", Says: "virtrdf", Reason: "FROM without FROM NAMED leaves all named graphs in sight"},
		{Case: "queries/dataset of the request goes before from", Says: "ex:b1\n\tex:b2", Reason: "the dataset of the request is added to that of the query"},
		{Case: "queries/an error in a filter is no match", Says: "ex:b1\n\tex:b2", Reason: "values of different kinds are ordered by kind, where the standard has an error"},
		{Case: "queries/describe", Says: "ex:st1 besluit:heeftVoorstander ex:m1", Reason: describes},
		{Case: "queries/describe of what a pattern finds", Says: "ex:st1 besluit:heeftVoorstander ex:m1", Reason: describes},
		{Case: "queries/aggregates of nothing", Says: "- | - | -", Reason: nulls},
		{Case: "queries/least and greatest text", Says: "- | \"Cas De Wit\"", Reason: "MIN of strings is unbound"},
		{Case: "queries/an expression of aggregates", Says: "\t23\n", Reason: division},
		{Case: "queries/functions on numbers", Says: "| 3\n", Reason: division},
		{Case: "queries/minus without a variable in common", Says: "gives\n\t\nnot", Reason: "MINUS is NOT EXISTS: without a variable in common it takes everything away"},
		{Case: "queries/bind of an error", Says: "Division by 0", Reason: sqlErrors},
		{Case: "queries/construct what cannot be said", Says: "Bad variable value in CONSTRUCT", Reason: sqlErrors},
		{Case: "queries/path of two variables", Says: "transitive start not given", Reason: "a path of any length needs one end that is known"},
		{Case: "queries/encode for uri", Says: "%00", Reason: "ENCODE_FOR_URI leaves letters outside ASCII and adds a NUL"},
		{Case: "queries/functions on dates", Says: "\"01:00\"", Reason: "TZ leaves out the sign"},
		{Case: "queries/dates compare in time, not in text", Says: "ex:z1", Reason: "a moment in a pattern matches the same moment in another zone"},
		{Case: "queries/casts", Says: "| 1 | -", Reason: booleans},
		{Case: "queries/kinds of term", Says: "1 | 1 | 1 | 0", Reason: booleans},
		{Case: "queries/same term and equal", Says: "0 | 1", Reason: booleans},
		{Case: "queries/datatype and language", Says: "\"nl\" | -", Reason: "DATATYPE of a string with a language is unbound: it follows RDF 1.0"},
		{Case: "queries/escapes in names", Says: "Bad character", Reason: "it does not know the escapes of local names"},
		{Case: "terms/language with capitals", Says: "@nl-be", Reason: "language tags are made small"},
		{Case: "terms/integer with noughts", Says: "\"7\"", Reason: values},
		{Case: "terms/integer with a plus", Says: "\"7\"", Reason: values},
		{Case: "terms/decimal with noughts", Says: "\"1.5\"", Reason: values},
		{Case: "terms/decimal that is whole", Says: "\"2\"", Reason: values},
		{Case: "terms/decimal of 30 digits", Says: "0.123456789012346", Reason: "decimals have 15 digits"},
		{Case: "terms/double", Says: "\"1.5\"", Reason: values},
		{Case: "terms/double that is no number", Says: "the subject with it is ,", Reason: "NaN is found by no pattern"},
		{Case: "terms/boolean true", Says: "\"1\"", Reason: booleans},
		{Case: "terms/boolean false", Says: "\"0\"", Reason: booleans},
		{Case: "terms/boolean as a digit", Says: "CONSTR gives \"true\"", Reason: "booleans are numbers inside, but CONSTRUCT writes them out"},
		{Case: "terms/time", Says: "Cannot convert", Reason: "xsd:time cannot be written in a query"},
		{Case: "terms/xml", Says: "the subject with it is ,", Reason: "an XML literal is a tree inside, which no text equals"},
		{Case: "terms/datatype of our own", Says: "virtrdf#Geometry", Reason: "points are kept as its own type"},
		{Case: "engine/limit of work", Says: "<nil>", Reason: "how much work an answer took is not told"},
		{Case: "engine/graphs that are there", Says: "virtrdf", Reason: system},
		{Case: "engine/12,000 rows", Says: "more than the limit of 10000 rows", Reason: "an answer is cut off at ResultSetMaxRows, 10,000 as Debian installs it; that is told as a limit, not passed over"},
		{Case: "engine/default graph", Says: "2546 triples", Reason: system},
		{Case: "updates/drop", Says: "has not been explicitly created", Reason: "DROP is for graphs that CREATE made"},
		{Case: "updates/one after the other", Says: "has not been explicitly created", Reason: "DROP is for graphs that CREATE made"},
	}
	// Seen in two runs of three on a busy machine, with the same requests.
	const unfound = "a number in a pattern does not always find one that was just written"
	for _, name := range []string{"delete and insert", "with"} {
		list = append(list, enginetest.Deviation{Case: "updates/" + name, Says: "/eigen/1 has [\"ex:a 1\" \"ex:a 2\" \"ex:b 2\"]", Reason: unfound, Sometimes: true})
	}
	list = append(list, enginetest.Deviation{Case: "updates/using", Says: "/eigen/2 has []", Reason: unfound, Sometimes: true})
	const types = "a literal that is not of its datatype is refused in a query"
	if byUpdates {
		return append(list, []enginetest.Deviation{
			{Case: "terms/integer beyond 64 bits", Says: "Invalid integer value", Reason: decimals},
			{Case: "terms/duration", Says: "can not be created", Reason: "durations are numbers inside"},
			{Case: "terms/no integer", Says: "Invalid integer value", Reason: types},
			{Case: "terms/no boolean", Says: "can not be converted", Reason: types},
			{Case: "updates/blank nodes are new with each write", Says: "Blank node '_:x' is not allowed", Reason: "INSERT DATA takes no blank nodes"},
		}...)
	}
	return append(list, []enginetest.Deviation{
		{Case: "terms/integer of 64 bits", Says: "XMLSchema#decimal", Reason: decimals},
		{Case: "terms/integer beyond 64 bits", Says: "XMLSchema#decimal", Reason: decimals},
		{Case: "terms/double without end", Says: "the subject with it is ,", Reason: "INF read by the loader is found by no pattern"},
		{Case: "terms/duration", Says: "93600.0", Reason: "durations are numbers inside"},
		{Case: "terms/no integer", Says: "\"0\"", Reason: "what is no number is nought"},
		{Case: "terms/no boolean", Says: "can not be converted", Reason: types},
	}...)
}

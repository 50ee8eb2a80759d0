package enginetest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
)

// terms are terms that must come back as they went in. RDF knows a literal by its
// lexical form: "01" is not "1", though their values are equal.
var terms = []struct {
	name string
	term rdf.Term
}{
	{"string", rdf.String("Gemeenteraad")},
	{"empty string", rdf.String("")},
	{"quotes and backslashes", rdf.String(`"hij zei 'ja'" \ C:\n`)},
	{"line ends and tabs", rdf.String("een\ntwee\r\ndrie\tvier\n")},
	{"spaces at the ends", rdf.String("  ruim  ")},
	{"letters outside ascii", rdf.String("Ÿsérüïñ ſß 中文 العربية")},
	{"beyond the basic plane", rdf.String("😀𝔘🏛️")},
	{"not normalised", rdf.String("e\u0301 is niet \u00e9")},
	{"control characters", rdf.String("a\u0001b\u007fc")},
	{"markup", rdf.String("<p>5 > 3 && \"ja\"</p> <!-- ]]> -->")},
	{"looks like a term", rdf.String("<http://a> _:b ?c {}")},
	{"long", rdf.String(strings.Repeat("Gelet op artikel 42 van het decreet. ", 4000))},
	{"language", rdf.LangLiteral("Zitting", "nl")},
	{"language and region", rdf.LangLiteral("Zitting", "nl-be")},
	{"language with capitals", rdf.LangLiteral("Zitting", "nl-BE")},
	{"empty with a language", rdf.LangLiteral("", "nl")},
	{"integer", rdf.Literal("42", xsd+"integer")},
	{"negative integer", rdf.Literal("-7", xsd+"integer")},
	{"integer with noughts", rdf.Literal("007", xsd+"integer")},
	{"integer with a plus", rdf.Literal("+7", xsd+"integer")},
	{"integer of 64 bits", rdf.Literal("9223372036854775807", xsd+"integer")},
	{"integer beyond 64 bits", rdf.Literal("123456789012345678901234567890", xsd+"integer")},
	{"int", rdf.Literal("12", xsd+"int")},
	{"non-negative integer", rdf.Literal("12", xsd+"nonNegativeInteger")},
	{"decimal", rdf.Literal("1.5", xsd+"decimal")},
	{"decimal with noughts", rdf.Literal("1.50", xsd+"decimal")},
	{"decimal that is whole", rdf.Literal("2.0", xsd+"decimal")},
	{"decimal of 30 digits", rdf.Literal("0.123456789012345678901234567891", xsd+"decimal")},
	{"double", rdf.Literal("1.5E0", xsd+"double")},
	{"double without exponent", rdf.Literal("1.5", xsd+"double")},
	{"double without end", rdf.Literal("INF", xsd+"double")},
	{"double that is no number", rdf.Literal("NaN", xsd+"double")},
	{"float", rdf.Literal("0.1", xsd+"float")},
	{"boolean true", rdf.Literal("true", xsd+"boolean")},
	{"boolean false", rdf.Literal("false", xsd+"boolean")},
	{"boolean as a digit", rdf.Literal("1", xsd+"boolean")},
	{"date", rdf.Literal("2026-01-31", xsd+"date")},
	{"date with a zone", rdf.Literal("2026-01-31+01:00", xsd+"date")},
	{"moment in UTC", rdf.Literal("2026-01-31T20:00:00Z", xsd+"dateTime")},
	{"moment with a zone", rdf.Literal("2026-01-31T20:00:00+01:00", xsd+"dateTime")},
	{"moment without a zone", rdf.Literal("2026-01-31T20:00:00", xsd+"dateTime")},
	{"moment with a fraction", rdf.Literal("2026-01-31T20:00:00.125Z", xsd+"dateTime")},
	{"time", rdf.Literal("20:00:00", xsd+"time")},
	{"year", rdf.Literal("2026", xsd+"gYear")},
	{"month", rdf.Literal("2026-01", xsd+"gYearMonth")},
	{"duration", rdf.Literal("P1DT2H", xsd+"duration")},
	{"binary", rdf.Literal("SGFsbG8=", xsd+"base64Binary")},
	{"address as a literal", rdf.Literal("http://a.be/b", xsd+"anyURI")},
	{"no integer", rdf.Literal("twaalf", xsd+"integer")},
	{"no date", rdf.Literal("2026-02-30", xsd+"date")},
	{"no boolean", rdf.Literal("ja", xsd+"boolean")},
	{"html", rdf.Literal("<p>Artikel 1</p>", "http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML")},
	{"xml", rdf.Literal("<a:b xmlns:a=\"http://a\">x</a:b>", "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral")},
	{"datatype of our own", rdf.Literal("POINT(3 51)", "http://www.opengis.net/ont/geosparql#wktLiteral")},
	{"iri", rdf.IRI(ex + "a")},
	{"iri with percent signs", rdf.IRI(ex + "a%20b%C3%A9%2F")},
	{"iri with letters outside ascii", rdf.IRI(ex + "besluit-é-中")},
	{"iri with punctuation", rdf.IRI(ex + "a(b)'c;d,e!$&*+=:@~[x]")},
	{"iri with query and fragment", rdf.IRI("https://a.be/b?c=d&e=/f?#g/h")},
	{"iri that ends in a slash", rdf.IRI("http://a.be/")},
	{"iri that is not normal", rdf.IRI("HTTP://A.be:80/b/../c/./d")},
	{"long iri", rdf.IRI(ex + strings.Repeat("stuk/", 350))},
	{"urn", rdf.IRI("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")},
	{"telephone", rdf.IRI("tel:+3291234567")},
	{"skolem iri", rdf.IRI(ns + ".well-known/genid/5ac5c2a8-1d5b-5d2a-b1f5-2c93ad6b42b2/c14n0")},
}

const termGraph = ns + "termen"

// termCases puts each term in a graph, reads it back by each query form, and finds
// it by name.
func termCases() []contract {
	var list []contract
	predicate := rdf.IRI(ex + "waarde")
	for i, c := range terms {
		list = append(list, contract{c.name, func(ctx context.Context, e sparql.Engine, put Put) error {
			subject, graph := rdf.IRI(fmt.Sprintf("%sterm%d", ex, i)), fmt.Sprintf("%s/%d", termGraph, i)
			if err := put(ctx, graph, []rdf.Quad{{Subject: subject, Predicate: predicate, Object: c.term}}); err != nil {
				return err
			}
			for _, text := range []string{
				"SELECT ?o { GRAPH <" + graph + "> { ?s ?p ?o } }",
				"CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <" + graph + "> { ?s ?p ?o } }",
			} {
				got, err := values(ctx, e, text)
				if want := []string{c.term.String()}; err != nil || !slices.Equal(got, want) {
					return fmt.Errorf("%s gives %s, not %s (%v)", text[:6], brief(got), brief(want), err)
				}
			}
			got, err := values(ctx, e, "SELECT ?s { GRAPH <"+graph+"> { ?s ?p "+c.term.String()+" } }")
			if want := []string{subject.String()}; err != nil || !slices.Equal(got, want) {
				return fmt.Errorf("the subject with it is %s, not %s (%v)", brief(got), brief(want), err)
			}
			return nil
		}})
	}
	return list
}

// values returns the one term of each row, or the object of each triple.
func values(ctx context.Context, e sparql.Engine, text string) (list []string, err error) {
	r, err := e.Query(ctx, sparql.Query{Text: text})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.Quads != nil {
		for q, err := range r.Quads {
			if err != nil {
				return nil, err
			}
			list = append(list, q.Object.String())
		}
		return list, nil
	}
	for row, err := range r.Rows {
		if err != nil {
			return nil, err
		}
		list = append(list, row[0].String())
	}
	return list, nil
}

// brief keeps long terms out of messages.
func brief(list []string) string {
	s := strings.Join(list, " ")
	if len(s) > 300 {
		s = s[:300] + "..."
	}
	return s
}

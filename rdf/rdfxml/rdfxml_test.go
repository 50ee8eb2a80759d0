package rdfxml_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
)

func ExampleParse() {
	quads, err := rdfxml.Parse([]byte(`<?xml version="1.0" encoding="iso-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:eli="http://data.europa.eu/eli/ontology#">
  <eli:LegalResource rdf:about="besluiten/1" eli:number="1">
    <eli:title xml:lang="nl">Caf`+"\xe9"+`</eli:title>
  </eli:LegalResource>
</rdf:RDF>`), "https://vlavirgem.example/")
	if err != nil {
		fmt.Println(err)
	}
	for _, q := range quads {
		fmt.Println(q.Predicate, q.Object)
	}
	// Output:
	// <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://data.europa.eu/eli/ontology#LegalResource>
	// <http://data.europa.eu/eli/ontology#number> "1"
	// <http://data.europa.eu/eli/ontology#title> "Café"@nl
}

const open = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">` + "\n"

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{``, `1:1: expected an element`},
		{`text`, `1:1: text where an element is expected`},
		{open, `2:1: document ends inside an element`},
		{open + `<é:a/>`, `2:1: prefix "é" is not declared`},
		{open + `<e:A f:b=""/>`, `2:1: prefix "f" is not declared`},
		{open + `<e:A b=""/>`, `2:1: attribute b has no namespace`},
		{open + `<e:A e:b="" e:b=""/>`, `2:1: attribute e:b stands twice`},
		{open + `<e:A></e:B>`, `2:6: end tag e:B does not close what is open`},
		{open + `<e:A rdf:about="a b"/>`, `2:1: "a b" has a character that can not stand in an IRI`},
		{open + `<e:A rdf:about="#a" rdf:ID="a"/>`, `2:1: only one of rdf:ID, rdf:about and rdf:nodeID can name a node`},
		{open + `<e:A rdf:ID="1"/>`, `2:1: rdf:ID "1" is not an XML name`},
		{open + `<e:A rdf:ID="a"/><e:A rdf:ID="a"/>`, `2:18: rdf:ID "a" stands twice`},
		{open + `<e:A xml:lang="é"/>`, `2:1: "é" is not a language tag`},
		{open + `<rdf:li/>`, `2:1: rdf:li can not be a node`},
		{open + `<e:A>x</e:A>`, `2:6: text where a property is expected`},
		{open + `<e:A><e:p><e:B/>x</e:p></e:A>`, `2:18: text beside a node in one property`},
		{open + `<e:A><e:p><e:B/><e:B/></e:p></e:A>`, `2:17: a second node in one property`},
		{open + `<e:A><e:p rdf:resource="x">y</e:p></e:A>`, `2:29: text in a property that names its object`},
		{open + `<e:A>&nbsp;</e:A>`, `2:11: invalid character entity &nbsp;`},
		{open + `</rdf:RDF><e:A xmlns:e="http://e/"/>`, `2:11: a second document element`},
	} {
		_, err := rdfxml.Parse([]byte(c.in), "http://a/")
		if _, ok := errors.AsType[*rdf.SyntaxError](err); !ok || err.Error() != c.want {
			t.Errorf("%q: got %v, want %s", c.in, err, c.want)
		}
	}
	if _, err := rdfxml.Parse([]byte(open+`<e:A rdf:about="a"/></rdf:RDF>`), ""); err == nil || err.Error() != "2:1: relative IRI without a base to resolve it against" {
		t.Errorf("without a base: %v", err)
	}
}

func TestEntitiesOfTheDocumentType(t *testing.T) {
	quads, err := rdfxml.Parse([]byte(`<!DOCTYPE rdf:RDF [ <!ENTITY xsd "http://www.w3.org/2001/XMLSchema#"> <!ENTITY e 'é'> ]>`+
		open+`<e:A rdf:about="http://a/s"><e:p rdf:datatype="&xsd;date">&e;</e:p></e:A></rdf:RDF>`), "")
	if err != nil || quads[1].Object != rdf.Literal("é", "http://www.w3.org/2001/XMLSchema#date") {
		t.Errorf("got %v, %v", quads, err)
	}
	_, err = rdfxml.Parse([]byte(`<!DOCTYPE x [ <!ENTITY a "aaaa"> <!ENTITY b "&a;&a;"> ]><x/>`), "")
	if err == nil || !strings.Contains(err.Error(), "entity b is too long or uses another") {
		t.Errorf("entities that use each other: %v", err)
	}
}

func repeat(start, text string, n int) io.Reader {
	readers := []io.Reader{strings.NewReader(start)}
	piece := strings.Repeat(text, 1000)
	for range n / 1000 {
		readers = append(readers, strings.NewReader(piece))
	}
	return io.MultiReader(readers...)
}

// Documents made to exhaust us are refused, whatever their size.
func TestBounds(t *testing.T) {
	for name, c := range map[string]struct {
		in   io.Reader
		want string
	}{
		"a literal of 200 MB": {repeat(open+`<e:A><e:p>`, "0123456789", 20_000_000), "statement is longer than 16777216 bytes"},
		"a comment of 200 MB": {repeat(open+`<!-- `, "0123456789", 20_000_000), "statement is longer than 16777216 bytes"},
		"a deep nest":         {repeat(open, "<e:A><e:p>", 100_000), "nested deeper than 1000"},
		"many properties":     {repeat(open+"<e:A>", "<e:p/>", 500_000), "more than 262144 triples in one element"},
		"many directives":     {repeat("", "<!x>", 20_000_000), "statement is longer than 16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := drain(c.in, rdfxml.Options{})
			syntax, ok := errors.AsType[*rdf.SyntaxError](err)
			if !ok || syntax.Message != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	cause := errors.New("disk on fire")
	if _, err := drain(iotest.ErrReader(cause), rdfxml.Options{}); !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
}

func drain(in io.Reader, o rdfxml.Options) ([]rdf.Quad, error) {
	return rdf.ReadAll(rdfxml.NewReader(in, o).Read)
}

// However the bytes arrive, the outcome is the same, and it is RDF.
func FuzzReader(f *testing.F) {
	f.Add([]byte(open + `<e:A rdf:ID="a"><e:p rdf:parseType="Collection"><e:B/></e:p><e:q rdf:parseType="Literal"><b xmlns="c">d</b></e:q></e:A></rdf:RDF>`))
	f.Add([]byte("<!-- over the bound " + strings.Repeat("(", 5000) + "-->" + open + "<rdf:li/></rdf:RDF>"))
	f.Add([]byte(open + "<!-- over the bound " + strings.Repeat("(", 5000) + "--><rdf:li/></rdf:RDF>"))
	if files, err := filepath.Glob("../../../shared/suites/w3c-rdf11/rdf-xml/*/*.rdf"); err == nil {
		for _, file := range files {
			if b, err := os.ReadFile(file); err == nil {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		o := rdfxml.Options{Base: "http://a/", MaxStatement: 1 << 12}
		quads, err := drain(bytes.NewReader(in), o)
		again, errAgain := drain(iotest.OneByteReader(bytes.NewReader(in)), o)
		if fmt.Sprint(quads, err) != fmt.Sprint(again, errAgain) {
			t.Fatalf("byte by byte %v, %v\nat once %v, %v", again, errAgain, quads, err)
		}
		for _, q := range quads {
			if !q.IsValid() {
				t.Fatalf("not RDF: %v", q)
			}
		}
	})
}

package rdfa_test

import (
	"fmt"

	"github.com/belfort-lod/belfort/rdf/rdfa"
)

// A page of a municipality: each statement, with the attribute that made it.
func ExampleParse() {
	page := []byte(`<!DOCTYPE html>
<html lang="nl"><body prefix="besluit: http://data.vlaanderen.be/ns/besluit#">
<div resource="#zitting" typeof="besluit:Zitting">
  <p property="dc:title">Gemeenteraad</p>
</div>`)
	doc, err := rdfa.Parse(page, rdfa.Options{Base: "https://vlavirgem.be/lijst"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range doc.Quads {
		fmt.Println(q.Span.Start, string(page[q.Span.Start.Offset:q.Span.End.Offset]))
		fmt.Println("   ", q.Quad)
	}
	// Output:
	// 3:26 typeof="besluit:Zitting"
	//     <https://vlavirgem.be/lijst#zitting> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://data.vlaanderen.be/ns/besluit#Zitting> .
	// 4:6 property="dc:title"
	//     <https://vlavirgem.be/lijst#zitting> <http://purl.org/dc/terms/title> "Gemeenteraad"@nl .
}

// What RDFa passes over in silence is a finding, with the place of the value.
func ExampleParse_findings() {
	page := []byte(`<div resource="data.vlavirgem.be/id/1" typeof="eli:LegalResource"></div>`)
	doc, err := rdfa.Parse(page, rdfa.Options{Base: "https://vlavirgem.be/lijst"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range doc.Findings {
		fmt.Println(f.Span.Start, f.Severity, f.Rule, f.Value)
	}
	// Output:
	// 1:16 violation missing-scheme "data.vlavirgem.be/id/1"
	// 1:48 violation undeclared-prefix "eli:LegalResource"
}

package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
)

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
	Output   string      `xml:"system-out,omitempty"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report that build servers read: a suite per document, a
// failed case per violation, one passed case where there is none. Warnings and
// notes stand in the output of the suite.
func JUnit(w io.Writer, documents []Document, language Language) error {
	var suites junitSuites
	for _, d := range documents {
		v := d.Verdict
		suite := junitSuite{Name: plain(v.Source)}
		for _, f := range v.Findings {
			place := ""
			if !f.Span.IsZero() {
				place = ":" + f.Span.Start.String()
			}
			message := plain(language.of(f.Message))
			if f.Severity != rdf.Violation {
				suite.Output += fmt.Sprintf("%s%s: %s [%s] %s\n", plain(v.Source), place, f.Severity, f.Rule, message)
				continue
			}
			suite.Failures++
			suite.Cases = append(suite.Cases, junitCase{
				Name: f.Rule + place, Class: "belfort." + string(v.Profile), File: plain(v.Source), Line: f.Span.Start.Line,
				Failure: &junitFailure{Message: message, Type: f.Rule, Text: plain(v.Source) + place},
			})
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []junitCase{{Name: string(v.Profile), Class: "belfort." + string(v.Profile), File: plain(v.Source)}}
		}
		suite.Tests = len(suite.Cases)
		suites.Suites = append(suites.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
	Output   string      `xml:"system-out,omitempty"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Error   *junitFailure `xml:"error,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report that build servers read: a suite per document, a
// failed case per violation, one passed case where there is none, one with an
// error for a document that could not be read. Warnings and notes stand in the
// output of the suite.
func JUnit(w io.Writer, documents []Document, language Language) error {
	suites := junitSuites{Name: "belfort validate"}
	for _, d := range documents {
		v := d.Verdict
		suite := junitSuite{Name: plain(v.Source)}
		if d.Failed != "" {
			suite.Errors = 1
			suite.Cases = []junitCase{{
				Name: "read", Class: "belfort", File: plain(v.Source), Error: &junitFailure{Message: plain(d.Failed), Type: "unreadable"},
			}}
		}
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
				Failure: &junitFailure{Message: message, Type: f.Rule, Text: plain(v.Source) + place + mendingOf(f, language)},
			})
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []junitCase{{Name: string(v.Profile), Class: "belfort." + string(v.Profile), File: plain(v.Source)}}
		}
		suite.Tests = len(suite.Cases)
		suites.Tests += suite.Tests
		suites.Failures += suite.Failures
		suites.Errors += suite.Errors
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

// mendingOf returns how to mend a finding, on a line of its own.
func mendingOf(f rdf.Finding, language Language) string {
	rule, ok := oslo.LookupRule(f.Rule)
	if !ok {
		return ""
	}
	return "\n" + plain(language.of(rule.Mending))
}

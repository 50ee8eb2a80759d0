// Package report writes verdicts down: as text for a terminal, as JSON, SARIF,
// JUnit and Code Quality for machines, as Turtle for linked data, and as a page
// of HTML. It also keeps baselines: which findings are known already.
//
// It judges nothing and decides no exit code. Whatever the format, it shows
// nothing of a value that a privacy rule found, and passes no control
// characters of somebody's page on to a terminal.
package report

import (
	"strings"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/lblod"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// Document is one document with its verdict.
type Document struct {
	Verdict oslo.Verdict
	// Text is the document in UTF-8, into which the findings point. Without it
	// a report shows no source lines.
	Text []byte
	// Base is the IRI against which the page's relative IRIs were resolved.
	// Fingerprints leave it out, so that a page has the same ones wherever it
	// stands. It may be empty.
	Base string
	// Failed says why there is no verdict: the document could not be read. Of
	// Verdict then only Source counts.
	Failed string
	// Known is how many findings a baseline took out of the verdict, and Gone
	// how many that it lists are no longer there.
	Known, Gone int
	// Left is how many findings were left out because there were too many.
	Left int
	// Official is the verdict of the official validator beside ours, nil if
	// nobody asked.
	Official *lblod.Comparison
}

// Language is the language of a report for people.
type Language string

// The languages.
const (
	NL Language = "nl"
	EN Language = "en"
)

func (l Language) of(t rdf.Text) string {
	if l == EN {
		return t.EN
	}
	return t.NL
}

// redacted returns the text with what privacy rules found in it blotted out,
// byte for byte, so that offsets stay true.
func redacted(d Document) []byte {
	var text []byte
	for _, f := range d.Verdict.Findings {
		if !oslo.IsPrivacy(f.Rule) || f.Span.IsZero() {
			continue
		}
		if text == nil {
			text = append([]byte(nil), d.Text...)
		}
		for i := max(f.Span.Start.Offset, 0); i < min(f.Span.End.Offset, len(text)); i++ {
			if text[i] < utf8.RuneSelf && text[i] > ' ' {
				text[i] = '*'
			}
		}
	}
	if text == nil {
		return d.Text
	}
	return text
}

// maxSnippet is the length of the longest snippet, in code points.
const maxSnippet = 200

// snippet returns the source text of a finding, cut off where it is long, and
// "" where it is not known.
func snippet(text []byte, f rdf.Finding) string {
	start, end := f.Span.Start.Offset, f.Span.End.Offset
	if f.Span.IsZero() || start < 0 || start >= end || end > len(text) {
		return ""
	}
	s := strings.ToValidUTF8(string(text[start:min(end, start+4*maxSnippet)]), "\uFFFD")
	if r := []rune(s); len(r) > maxSnippet {
		return string(r[:maxSnippet-1]) + "…"
	}
	return s
}

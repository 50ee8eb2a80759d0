package report

import (
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
)

// codeQualityIssue is one finding in the form that GitLab reads from the
// artifact "codequality" (GitLab documentation, Code Quality, "Code Quality
// report format").
type codeQualityIssue struct {
	Description string              `json:"description"`
	CheckName   string              `json:"check_name"`
	Fingerprint string              `json:"fingerprint"`
	Severity    string              `json:"severity"`
	Location    codeQualityLocation `json:"location"`
}

type codeQualityLocation struct {
	Path  string           `json:"path"`
	Lines codeQualityLines `json:"lines"`
}

type codeQualityLines struct {
	Begin int `json:"begin"`
}

// CodeQuality writes findings as a Code Quality report of GitLab, which shows
// them in merge requests. A document that could not be read is a blocker.
func CodeQuality(w io.Writer, documents []Document, language Language) error {
	issues := []codeQualityIssue{}
	for _, d := range documents {
		path := uri(d.Verdict.Source)
		if d.Failed != "" {
			issues = append(issues, codeQualityIssue{
				Description: plain(d.Failed), CheckName: "unreadable", Fingerprint: hash(path), Severity: "blocker",
				Location: codeQualityLocation{path, codeQualityLines{1}},
			})
			continue
		}
		prints := Fingerprints(d)
		for i, f := range d.Verdict.Findings {
			issues = append(issues, codeQualityIssue{
				Description: fmt.Sprintf("[%s] %s", f.Rule, plain(language.of(f.Message))),
				CheckName:   f.Rule,
				Fingerprint: hash(path + prints[i]),
				Severity:    [...]string{"info", "minor", "major"}[min(f.Severity, rdf.Violation)],
				Location:    codeQualityLocation{path, codeQualityLines{max(f.Span.Start.Line, 1)}},
			})
		}
	}
	return writeJSON(w, issues)
}

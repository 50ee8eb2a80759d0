package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// The parts of SARIF 2.1.0 (OASIS, 27 March 2020) that a report uses; the
// names are those of the standard.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string         `json:"id"`
		ShortDescription     *sarifText     `json:"shortDescription,omitempty"`
		FullDescription      *sarifText     `json:"fullDescription,omitempty"`
		Help                 *sarifText     `json:"help,omitempty"`
		DefaultConfiguration *sarifSetting  `json:"defaultConfiguration,omitempty"`
		Properties           map[string]any `json:"properties,omitempty"`
	}
	sarifSetting struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Level               string            `json:"level"`
		Message             sarifText         `json:"message"`
		Locations           []sarifLocation   `json:"locations,omitempty"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int        `json:"startLine"`
		StartColumn int        `json:"startColumn"`
		EndLine     int        `json:"endLine"`
		EndColumn   int        `json:"endColumn"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
)

// SARIF writes findings in the Static Analysis Results Interchange Format
// 2.1.0, which code hosts and editors show at the line. Version is that of the
// program.
func SARIF(w io.Writer, documents []Document, version string, language Language) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "belfort", Version: version, InformationURI: "https://github.com/belfort-lod/belfort", Rules: []sarifRule{},
		}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	index := map[string]int{}
	for _, d := range documents {
		text := redacted(d)
		times := map[string]int{}
		for _, f := range d.Verdict.Findings {
			i, ok := index[f.Rule]
			if !ok {
				i = len(index)
				index[f.Rule] = i
				run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleSARIF(f, language))
			}
			r := sarifResult{RuleID: f.Rule, RuleIndex: i, Level: levelSARIF(f.Severity), Message: sarifText{language.of(f.Message)}}
			place := sarifPhysical{ArtifactLocation: sarifArtifact{uri(d.Verdict.Source)}}
			if s := f.Span; !s.IsZero() {
				place.Region = &sarifRegion{StartLine: s.Start.Line, StartColumn: s.Start.Column, EndLine: s.End.Line, EndColumn: s.End.Column}
				if cut := snippet(text, f); cut != "" {
					place.Region.Snippet = &sarifText{cut}
				}
			}
			r.Locations = []sarifLocation{{place}}
			key := strings.Join([]string{f.Rule, f.Focus.String(), f.Path, f.Value.String()}, "\x00")
			times[key]++
			r.PartialFingerprints = map[string]string{"belfort/v1": fingerprint(key + "\x00" + strconv.Itoa(times[key]))}
			run.Results = append(run.Results, r)
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// fingerprint tells a finding from others when lines have moved. It is a hash,
// so that it gives nothing away.
func fingerprint(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

func levelSARIF(s rdf.Severity) string {
	switch s {
	case rdf.Info:
		return "note"
	case rdf.Warning:
		return "warning"
	}
	return "error"
}

func ruleSARIF(f rdf.Finding, language Language) sarifRule {
	r := sarifRule{ID: f.Rule}
	rule, ok := oslo.LookupRule(f.Rule)
	if !ok {
		return r
	}
	describe := func(texts ...rdf.Text) *sarifText {
		var parts []string
		for _, t := range texts {
			if s := language.of(t); s != "" {
				parts = append(parts, s)
			}
		}
		if len(parts) == 0 {
			return nil
		}
		return &sarifText{strings.Join(parts, " ")}
	}
	r.ShortDescription = describe(rule.Title)
	r.FullDescription = describe(rule.Explanation, rule.Consequence)
	r.Help = describe(rule.Mending)
	r.DefaultConfiguration = &sarifSetting{levelSARIF(rule.Severity)}
	if rule.Level != oslo.NoLevel {
		r.Properties = map[string]any{"level": rule.Level}
	}
	return r
}

// uri makes a URI reference of a file name or IRI.
func uri(source string) string {
	if rdf.IsAbsoluteIRI(source) && strings.Contains(source, "://") {
		return source
	}
	var b strings.Builder
	for _, c := range []byte(strings.ReplaceAll(source, `\`, "/")) {
		if c <= ' ' || c >= 0x7f || slices.Contains([]byte(`<>"{}|^%`+"`#?"), c) {
			b.WriteByte('%')
			b.WriteString(strings.ToUpper(hex.EncodeToString([]byte{c})))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

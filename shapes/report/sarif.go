package report

import (
	"cmp"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

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
		Tool        sarifTool                `json:"tool"`
		Invocations []sarifInvocation        `json:"invocations"`
		Bases       map[string]sarifArtifact `json:"originalUriBaseIds,omitempty"`
		Automation  sarifAutomation          `json:"automationDetails"`
		Language    string                   `json:"language"`
		ColumnKind  string                   `json:"columnKind"`
		Results     []sarifResult            `json:"results"`
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
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifRule struct {
		ID                   string         `json:"id"`
		ShortDescription     *sarifText     `json:"shortDescription,omitempty"`
		FullDescription      *sarifText     `json:"fullDescription,omitempty"`
		Help                 *sarifHelp     `json:"help,omitempty"`
		HelpURI              string         `json:"helpUri,omitempty"`
		DefaultConfiguration *sarifSetting  `json:"defaultConfiguration,omitempty"`
		Properties           map[string]any `json:"properties,omitempty"`
	}
	sarifSetting struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
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
		PhysicalLocation sarifPhysical  `json:"physicalLocation"`
		LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI         string     `json:"uri,omitempty"`
		Base        string     `json:"uriBaseId,omitempty"`
		Description *sarifText `json:"description,omitempty"`
	}
	sarifRegion struct {
		StartLine   int        `json:"startLine"`
		StartColumn int        `json:"startColumn"`
		EndLine     int        `json:"endLine"`
		EndColumn   int        `json:"endColumn"`
		CharOffset  int        `json:"charOffset"`
		CharLength  int        `json:"charLength"`
		ByteOffset  int        `json:"byteOffset"`
		ByteLength  int        `json:"byteLength"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
)

// sourceRoot is the name by which code hosts know the root of a repository.
const sourceRoot = "%SRCROOT%"

// SARIFOptions change how a SARIF report is written.
type SARIFOptions struct {
	// Version of the program.
	Version  string
	Language Language
	// Site is the address of a site of Belfort that documents the rules; without
	// one the documentation stands in the report only.
	Site string
}

// SARIF writes findings in the Static Analysis Results Interchange Format
// 2.1.0, which code hosts and editors show at the line. Version is that of the
// program.
func SARIF(w io.Writer, documents []Document, version string, language Language) error {
	return SARIFWith(w, documents, SARIFOptions{Version: version, Language: language})
}

// SARIFWith is SARIF with options. File names that are relative count from the
// root of the repository. Byte offsets and lengths are those of the text in
// UTF-8, the others in code points.
func SARIFWith(w io.Writer, documents []Document, o SARIFOptions) error {
	b := &sarifBuilder{o: o, rules: map[string]int{}}
	b.run = sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "belfort", Version: o.Version, InformationURI: "https://github.com/belfort-lod/belfort", Rules: []sarifRule{},
		}},
		Automation: sarifAutomation{"belfort/validate/"},
		Language:   cmp.Or(string(o.Language), string(NL)),
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	invocation := sarifInvocation{Successful: true}
	for _, d := range documents {
		if d.Failed != "" {
			invocation.Successful = false
			invocation.Notifications = append(invocation.Notifications, sarifNotification{
				Level: "error", Message: sarifText{plain(d.Failed)},
				Locations: []sarifLocation{{PhysicalLocation: sarifPhysical{ArtifactLocation: b.artifact(d.Verdict.Source)}}},
			})
			continue
		}
		b.document(d)
	}
	b.run.Invocations = []sarifInvocation{invocation}
	return writeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{b.run},
	})
}

type sarifBuilder struct {
	o     SARIFOptions
	run   sarifRun
	rules map[string]int
}

func (b *sarifBuilder) document(d Document) {
	text := redacted(d)
	prints := Fingerprints(d)
	elements := Elements(text, d.Verdict.Findings)
	chars := newRuneCounter(text)
	artifact := b.artifact(d.Verdict.Source)
	for i, f := range d.Verdict.Findings {
		rule, ok := b.rules[f.Rule]
		if !ok {
			rule = len(b.rules)
			b.rules[f.Rule] = rule
			b.run.Tool.Driver.Rules = append(b.run.Tool.Driver.Rules, b.rule(f))
		}
		place := sarifLocation{PhysicalLocation: sarifPhysical{ArtifactLocation: artifact}}
		place.PhysicalLocation.Region = region(text, chars, f)
		if elements[i] != "" {
			place.LogicalLocations = []sarifLogical{{elements[i], "element"}}
		}
		b.run.Results = append(b.run.Results, sarifResult{
			RuleID: f.Rule, RuleIndex: rule, Level: levelSARIF(f.Severity), Message: sarifText{b.o.Language.of(f.Message)},
			Locations:           []sarifLocation{place},
			PartialFingerprints: map[string]string{"belfort/v1": prints[i], "primaryLocationLineHash": prints[i] + ":1"},
		})
	}
}

// artifact names a file or an address. A relative file name gets the base that
// stands for the root of the repository.
func (b *sarifBuilder) artifact(source string) sarifArtifact {
	a := sarifArtifact{URI: uri(source)}
	if strings.Contains(a.URI, "://") {
		return a
	}
	if strings.HasPrefix(a.URI, "/") {
		a.URI = "file://" + a.URI
		return a
	}
	a.Base = sourceRoot
	b.run.Bases = map[string]sarifArtifact{sourceRoot: {Description: &sarifText{"The root of the repository."}}}
	return a
}

// region is the place of a finding in the text, nil if it has none.
func region(text []byte, chars *runeCounter, f rdf.Finding) *sarifRegion {
	s := f.Span
	start, end := s.Start.Offset, s.End.Offset
	if s.IsZero() || start < 0 || end < start || s.Start.Column < 1 {
		return nil
	}
	r := &sarifRegion{StartLine: s.Start.Line, StartColumn: s.Start.Column, EndLine: max(s.End.Line, s.Start.Line), EndColumn: max(s.End.Column, 1)}
	r.ByteOffset, r.ByteLength = start, end-start
	r.CharOffset = chars.at(start)
	r.CharLength = chars.at(end) - r.CharOffset
	if cut := snippet(text, f); cut != "" {
		r.Snippet = &sarifText{cut}
	}
	return r
}

// runeCounter counts code points before offsets of a text, fast for offsets that
// rise.
type runeCounter struct {
	text          []byte
	offset, runes int
}

func newRuneCounter(text []byte) *runeCounter { return &runeCounter{text: text} }

func (c *runeCounter) at(offset int) int {
	offset = max(0, min(offset, len(c.text)))
	if offset < c.offset {
		c.runes -= utf8.RuneCount(c.text[offset:c.offset])
	} else {
		c.runes += utf8.RuneCount(c.text[c.offset:offset])
	}
	c.offset = offset
	return c.runes
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

// rule documents the rule of a finding.
func (b *sarifBuilder) rule(f rdf.Finding) sarifRule {
	r := sarifRule{ID: f.Rule}
	rule, ok := oslo.LookupRule(f.Rule)
	if !ok {
		return r
	}
	describe := func(texts ...rdf.Text) *sarifText {
		var parts []string
		for _, t := range texts {
			if s := b.o.Language.of(t); s != "" {
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
	if help := describe(rule.Mending); help != nil {
		markdown := help.Text
		if rule.Example != "" {
			markdown += "\n\n```html\n" + rule.Example + "\n```"
		}
		r.Help = &sarifHelp{help.Text, markdown}
	}
	if b.o.Site != "" {
		r.HelpURI = documentation(b.o.Site, f.Rule)
	}
	r.DefaultConfiguration = &sarifSetting{levelSARIF(rule.Severity)}
	r.Properties = map[string]any{"tags": tagsSARIF(rule)}
	if rule.Level != oslo.NoLevel {
		r.Properties["level"] = rule.Level
	}
	return r
}

// tagsSARIF are words that code hosts filter by.
func tagsSARIF(rule oslo.Rule) []string {
	tags := []string{"lblod"}
	if rule.Level != oslo.NoLevel {
		tags = append(tags, "level-"+rule.Level.String())
	}
	if rule.Private {
		tags = append(tags, "privacy")
	}
	return tags
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

package publisher

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
)

// reportJSON is a Report as it is kept. Terms are in N-Triples syntax.
type reportJSON struct {
	Profile  string        `json:"profile"`
	Hold     string        `json:"hold,omitempty"`
	Findings []findingJSON `json:"findings"`
}

type findingJSON struct {
	Severity rdf.Severity  `json:"severity"`
	Rule     string        `json:"rule"`
	Message  rdf.Text      `json:"message"`
	Source   string        `json:"source,omitempty"`
	Start    *positionJSON `json:"start,omitempty"`
	End      *positionJSON `json:"end,omitempty"`
	Focus    string        `json:"focus,omitempty"`
	Path     string        `json:"path,omitempty"`
	Value    string        `json:"value,omitempty"`
}

type positionJSON struct {
	Offset int `json:"offset"`
	Line   int `json:"line"`
	Column int `json:"column"`
}

// EncodeReport writes a report as JSON, the same bytes for the same report.
func EncodeReport(r Report) ([]byte, error) {
	out := reportJSON{Profile: r.Profile, Hold: r.Hold, Findings: make([]findingJSON, len(r.Findings))}
	for i, f := range r.Findings {
		out.Findings[i] = findingJSON{
			Severity: f.Severity, Rule: f.Rule, Message: f.Message, Source: f.Source,
			Start: position(f.Span.Start), End: position(f.Span.End),
			Focus: f.Focus.String(), Path: f.Path, Value: f.Value.String(),
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	return b.Bytes(), nil
}

// DecodeReport reads what EncodeReport wrote.
func DecodeReport(b []byte) (Report, error) {
	var in reportJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return Report{}, fmt.Errorf("decode report: %w", err)
	}
	r := Report{Profile: in.Profile, Hold: in.Hold}
	for _, f := range in.Findings {
		focus, err := parseTerm(f.Focus)
		if err != nil {
			return Report{}, fmt.Errorf("decode report: %w", err)
		}
		value, err := parseTerm(f.Value)
		if err != nil {
			return Report{}, fmt.Errorf("decode report: %w", err)
		}
		r.Findings = append(r.Findings, rdf.Finding{
			Severity: f.Severity, Rule: f.Rule, Message: f.Message, Source: f.Source,
			Span:  rdf.Span{Start: f.Start.position(), End: f.End.position()},
			Focus: focus, Path: f.Path, Value: value,
		})
	}
	return r, nil
}

func position(p rdf.Position) *positionJSON {
	if p.IsZero() {
		return nil
	}
	return &positionJSON{p.Offset, p.Line, p.Column}
}

func (p *positionJSON) position() rdf.Position {
	if p == nil {
		return rdf.Position{}
	}
	return rdf.Position{Offset: p.Offset, Line: p.Line, Column: p.Column}
}

// parseTerm reads a term in N-Triples syntax; "" is no term.
func parseTerm(s string) (rdf.Term, error) {
	if s == "" {
		return rdf.Term{}, nil
	}
	quads, err := nquads.Parse([]byte("<urn:s> <urn:p> " + s + " ."))
	if err != nil {
		return rdf.Term{}, err
	}
	if len(quads) != 1 {
		return rdf.Term{}, fmt.Errorf("%q is not one term", s)
	}
	return quads[0].Object, nil
}

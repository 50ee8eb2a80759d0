package rdf

import "fmt"

// Severity says how bad a finding is. The levels are those of SHACL (section
// 2.1.4), in rising order.
type Severity uint8

// The severities.
const (
	Info Severity = iota
	Warning
	Violation
)

// String returns "info", "warning" or "violation".
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	}
	return "violation"
}

// MarshalText writes the severity as String does.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(b []byte) error {
	switch string(b) {
	case "info":
		*s = Info
	case "warning":
		*s = Warning
	case "violation":
		*s = Violation
	default:
		return fmt.Errorf("read severity %q: want info, warning or violation", b)
	}
	return nil
}

// Text is a message in the two languages of the product.
type Text struct {
	NL string `json:"nl"`
	EN string `json:"en"`
}

// Finding is something wrong, or worth knowing, in somebody's data. It is the
// one type for findings in Belfort and never an error: the program is fine.
type Finding struct {
	Severity Severity
	// Rule is the stable code of the rule, such as "missing-scheme". Its
	// documentation stands at /docs/regels/{code}.
	Rule    string
	Message Text
	// Source is the IRI or file name of the document.
	Source string
	// Span is where in the document; a finding about something that is missing
	// points at the element that introduced its focus node.
	Span Span
	// Focus is the node that the finding is about; Path the IRI of the property
	// (or a property path in SPARQL syntax); Value the offending value. Each may
	// be empty.
	Focus Term
	Path  string
	Value Term
}

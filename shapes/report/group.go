package report

import (
	"regexp"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// Group is one fault with all its places in a document: the first, and where it
// comes back.
type Group struct {
	rdf.Finding
	// Again are the further findings, in document order.
	Again []rdf.Finding
}

// particular is what a message says of one place only: values in quotation
// marks, addresses, labels, numbers.
var particular = regexp.MustCompile(`“[^”]*”|https?://\S+|file:\S+|_:\S+|\d+`)

// Groups puts findings of the same rule about the same property, which say the
// same but for names and values, together. The order is that of the first of
// each.
func Groups(findings []rdf.Finding) []Group {
	type key struct {
		rule, path, message string
		severity            rdf.Severity
	}
	at := map[key]int{}
	var groups []Group
	for _, f := range findings {
		message := f.Message.EN
		if strings.ContainsAny(message, "“/:0123456789") {
			message = particular.ReplaceAllString(message, "")
		}
		k := key{f.Rule, f.Path, message, f.Severity}
		if i, ok := at[k]; ok {
			groups[i].Again = append(groups[i].Again, f)
			continue
		}
		at[k] = len(groups)
		groups = append(groups, Group{Finding: f})
	}
	return groups
}

// lines returns the lines of the further places, each once.
func (g Group) lines() []int {
	var lines []int
	for _, f := range g.Again {
		n := f.Span.Start.Line
		if n > 0 && (len(lines) == 0 || lines[len(lines)-1] != n) {
			lines = append(lines, n)
		}
	}
	return lines
}

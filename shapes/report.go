package shapes

import (
	"strconv"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// Report is the outcome of a validation (SHACL, section 3.6).
type Report struct {
	// Results, in the order of the shapes, and for a shape in the order of the
	// data. The same result may be there twice where two shapes ask it.
	Results []Result
	// Truncated is set when there were more results than Options.MaxResults.
	Truncated bool
}

// Result is one validation result (SHACL, section 3.6.2).
type Result struct {
	Focus     rdf.Term // sh:focusNode
	Path      *Path    // sh:resultPath, nil if none
	Value     rdf.Term // sh:value, zero if none
	Shape     rdf.Term // sh:sourceShape
	Component rdf.Term // sh:sourceConstraintComponent
	Severity  rdf.Term // sh:resultSeverity: any IRI, mostly sh:Violation
	// Messages are those of the shape, else one in Dutch and one in English
	// that say what the constraint wants (sh:resultMessage).
	Messages []rdf.Term
	// Constraint says in a few words what the constraint found, whatever the
	// messages of the shape.
	Constraint rdf.Text
	// SourceConstraint is the SPARQL-based constraint that was not met
	// (sh:sourceConstraint); zero for those of the Core.
	SourceConstraint rdf.Term
}

// Conforms reports whether there are no results at all, of whatever severity
// (SHACL, section 3.6.1.1).
func (r *Report) Conforms() bool { return len(r.Results) == 0 }

// Graph returns the report as a sh:ValidationReport (SHACL, section 3.6).
// Blank nodes of the data keep apart from those of the shapes and of the
// report itself; all have new labels.
func (r *Report) Graph() *rdf.Graph {
	b := &reportBuilder{g: rdf.NewGraph()}
	report := b.blank()
	b.add(report, rdfType, sh("ValidationReport"))
	b.add(report, sh("conforms"), rdf.Literal(strconv.FormatBool(r.Conforms()), vocab.XSDBoolean))
	for _, result := range r.Results {
		node := b.blank()
		b.add(report, sh("result"), node)
		b.add(node, rdfType, sh("ValidationResult"))
		b.add(node, sh("focusNode"), relabel("data", result.Focus))
		if result.Path != nil {
			b.add(node, sh("resultPath"), b.appendPath(result.Path))
		}
		if !result.Value.IsZero() {
			b.add(node, sh("value"), relabel("data", result.Value))
		}
		b.add(node, sh("sourceShape"), relabel("shape", result.Shape))
		b.add(node, sh("sourceConstraintComponent"), result.Component)
		b.add(node, sh("resultSeverity"), result.Severity)
		if !result.SourceConstraint.IsZero() {
			b.add(node, sh("sourceConstraint"), relabel("shape", result.SourceConstraint))
		}
		for _, m := range result.Messages {
			b.add(node, sh("resultMessage"), m)
		}
	}
	return b.g
}

type reportBuilder struct {
	g    *rdf.Graph
	last int
}

func (b *reportBuilder) add(s, p, o rdf.Term) {
	b.g.Add(rdf.Quad{Subject: s, Predicate: p, Object: o})
}

func (b *reportBuilder) blank() rdf.Term {
	b.last++
	return rdf.Blank("report" + strconv.Itoa(b.last))
}

func relabel(prefix string, t rdf.Term) rdf.Term {
	if t.IsBlank() {
		return rdf.Blank(prefix + "-" + t.Value())
	}
	return t
}

package report

import (
	"io"
	"strconv"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/shapes/oslo"
)

// ruleNamespace names rules as resources; those that are SHACL shapes are the
// shapes themselves.
const ruleNamespace = "urn:belfort:regel:"

// Turtle writes each document's findings as a sh:ValidationReport (SHACL,
// section 3.6). A rule stands as sh:sourceShape, and, where it is not a shape,
// as sh:sourceConstraintComponent too. sh:conforms says whether the document
// has no violation: warnings alone do not make it false, which differs from
// the letter of SHACL. The place in the document is given as schema:position,
// "line:column". Documents that could not be read are left out.
func Turtle(w io.Writer, documents []Document) error {
	t := turtle.NewWriter(w, turtle.Options{Prefixes: map[string]string{
		"sh": vocab.SH, "xsd": vocab.XSD, "prov": vocab.Prov, "schema": vocab.Schema, "besluit": vocab.Besluit,
		"mandaat": vocab.Mandaat, "eli": vocab.Eli, "dct": vocab.Dct, "foaf": vocab.Foaf, "skos": vocab.SKOS, "regel": ruleNamespace,
	}})
	for i, d := range documents {
		if d.Failed != "" {
			continue
		}
		for _, q := range reportQuads(d, i) {
			if err := t.Write(q); err != nil {
				return err
			}
		}
	}
	return t.Close()
}

func reportQuads(d Document, number int) []rdf.Quad {
	var quads []rdf.Quad
	add := func(s rdf.Term, predicate string, o rdf.Term) {
		quads = append(quads, rdf.Quad{Subject: s, Predicate: rdf.IRI(predicate), Object: o})
	}
	prefix := "d" + strconv.Itoa(number+1)
	node := func(t rdf.Term) rdf.Term {
		if t.IsBlank() {
			return rdf.Blank(prefix + "n" + t.Value())
		}
		return t
	}
	v := d.Verdict
	report := rdf.Blank(prefix)
	add(report, vocab.RDFType, rdf.IRI(vocab.SH+"ValidationReport"))
	add(report, vocab.SH+"conforms", rdf.Literal(strconv.FormatBool(v.Conforms), vocab.XSDBoolean))
	if rdf.IsAbsoluteIRI(v.Source) {
		add(report, vocab.ProvWasDerivedFrom, rdf.IRI(v.Source))
	}
	for i, f := range v.Findings {
		result := rdf.Blank(prefix + "r" + strconv.Itoa(i+1))
		rule := rdf.IRI(ruleNamespace + f.Rule)
		add(report, vocab.SH+"result", result)
		add(result, vocab.RDFType, rdf.IRI(vocab.SH+"ValidationResult"))
		add(result, vocab.SH+"resultSeverity", rdf.IRI(vocab.SH+severityName(f.Severity)))
		switch {
		case !f.Focus.IsZero():
			add(result, vocab.SH+"focusNode", node(f.Focus))
		case rdf.IsAbsoluteIRI(v.Source):
			add(result, vocab.SH+"focusNode", rdf.IRI(v.Source))
		}
		if rdf.IsAbsoluteIRI(f.Path) {
			add(result, vocab.SH+"resultPath", rdf.IRI(f.Path))
		}
		if !f.Value.IsZero() && !oslo.IsPrivacy(f.Rule) {
			add(result, vocab.SH+"value", node(f.Value))
		}
		add(result, vocab.SH+"sourceShape", rule)
		add(result, vocab.SH+"sourceConstraintComponent", rule)
		add(result, vocab.SH+"resultMessage", rdf.LangLiteral(f.Message.NL, "nl"))
		add(result, vocab.SH+"resultMessage", rdf.LangLiteral(f.Message.EN, "en"))
		if !f.Span.IsZero() {
			add(result, vocab.Schema+"position", rdf.String(f.Span.Start.String()))
		}
	}
	return quads
}

func severityName(s rdf.Severity) string {
	return [...]string{"Info", "Warning", "Violation"}[min(s, rdf.Violation)]
}

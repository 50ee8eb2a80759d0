package shapes

import (
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// terms are the properties that SHACL and its advanced features have for shapes,
// without the namespace. The last lines are metadata, which validation does not
// read.
var terms = setOfWords(`
	targetNode targetClass targetSubjectsOf targetObjectsOf target path severity message deactivated property node
	class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive
	minLength maxLength pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals
	not and or xone qualifiedValueShape qualifiedMinCount qualifiedMaxCount qualifiedValueShapesDisjoint
	closed ignoredProperties hasValue in sparql
	select ask prefixes declare parameter nodeValidator propertyValidator validator labelTemplate optional
	shapesGraph suggestedShapesGraph entailment rule expression values js
	name description order group defaultValue`)

// unsupported are those among terms that change what conforms, and that this
// package does not have.
var unsupported = setOfWords("expression js")

// ofReports are terms of validation reports with what shapes have instead.
var ofReports = map[string]string{
	"resultMessage": "message", "resultSeverity": "severity", "resultPath": "path",
	"focusNode": "targetNode", "value": "hasValue",
}

func setOfWords(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// unknownTerms finds properties in the namespace of SHACL that it does not have
// for shapes: a slip of the pen makes a rule that never fails.
func (c *compiler) unknownTerms(s *shape) {
	for q := range c.g.Match(s.node, rdf.Term{}, rdf.Term{}) {
		local, ok := strings.CutPrefix(q.Predicate.Value(), vocab.SH)
		switch {
		case !ok:
		case ofReports[local] != "":
			c.find(rdf.Warning, RuleUnknown, s.node, q.Predicate.Value(), q.Object,
				"is een term van rapporten, en doet niets; een shape heeft sh:"+ofReports[local], "is a term of reports, and does nothing; a shape has sh:"+ofReports[local])
		case !terms[local]:
			nl, en := "is geen term van SHACL, en doet niets", "is no term of SHACL, and does nothing"
			if like := nearest(local); like != "" {
				nl, en = nl+"; bedoelt u sh:"+like+"?", en+"; did you mean sh:"+like+"?"
			}
			c.find(rdf.Warning, RuleUnknown, s.node, q.Predicate.Value(), q.Object, nl, en)
		case unsupported[local]:
			c.find(rdf.Warning, RuleUnknown, s.node, q.Predicate.Value(), q.Object,
				"wordt niet ondersteund, en doet niets", "is not supported, and does nothing")
		}
	}
}

// described reports a reference to a shape of which the shapes graph says
// nothing: every node conforms to it.
func (c *compiler) described(s *shape, parameter string, node rdf.Term) {
	switch {
	case node.IsLiteral():
		c.illFormed(s.node, vocab.SH+parameter, node, "moet naar een shape wijzen", "must refer to a shape")
	case c.g.AtMost(c.g.ID(node), 0, 0) == 0:
		c.find(rdf.Warning, RuleUnknown, s.node, vocab.SH+parameter, node,
			"van deze shape zegt de shapes graph niets: alles voldoet eraan", "the shapes graph says nothing of this shape: everything conforms to it")
	}
}

// nearest returns the term that differs in at most two letters, "" if there is
// none.
func nearest(word string) string {
	const tooFar = 3
	best, least := "", tooFar
	for term := range terms {
		d := distance(strings.ToLower(word), strings.ToLower(term), tooFar)
		if d < least || d == least && d < tooFar && term < best {
			best, least = term, d
		}
	}
	return best
}

// distance is how many letters to add, drop or change; limit where it is that or
// more.
func distance(a, b string, limit int) int {
	if len(a) > 60 || len(a) > len(b)+limit || len(b) > len(a)+limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}

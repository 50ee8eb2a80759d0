package lex

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

const generatedLabel = "genid"

// Blanks gives the blank nodes of one document their labels. A node without a
// label of its own gets "genid" and a number; a label of the document that
// begins with "genid" gets an underscore after it, so that the two never meet.
type Blanks struct {
	Prefix    string // put before every label
	generated int
}

// New returns a node that is not like any other of the document.
func (b *Blanks) New() rdf.Term {
	b.generated++
	return rdf.Blank(b.Prefix + generatedLabel + strconv.Itoa(b.generated))
}

// Labelled returns the node that the document calls label. A label that N-Quads
// and Turtle can not write, as other syntaxes may have, becomes one that they
// can.
func (b *Blanks) Labelled(label string) rdf.Term {
	if BlankLabel([]byte(label)) != len(label) || label == "" {
		return rdf.Blank(b.Prefix + generatedLabel + "x" + hex.EncodeToString([]byte(label)))
	}
	if rest, ok := strings.CutPrefix(label, generatedLabel); ok {
		return rdf.Blank(b.Prefix + generatedLabel + "_" + rest)
	}
	return rdf.Blank(b.Prefix + label)
}

package shapes

import (
	"errors"
	"regexp"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// maxMatchSteps bounds one match of a regular expression, which cannot be
// interrupted: some seconds.
const maxMatchSteps = 1 << 24

// compilePattern compiles sh:pattern, which means what REGEX means in SPARQL.
// size is the number of instructions it came to, about.
func compilePattern(pattern rdf.Term, flags string) (re *regexp.Regexp, size int, err error) {
	if pattern.Datatype() != vocab.XSDString {
		return nil, 0, errors.New("it is no xsd:string")
	}
	if re, size, err = eval.Regexp(pattern.Value(), flags); err != nil {
		return nil, 1000, err
	}
	return re, size, nil
}

package shapes

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// maxPattern bounds the length of a regular expression in a shapes graph,
// maxProgram what it compiles to, and maxMatchSteps one match of it, which cannot
// be interrupted: some seconds.
const (
	maxPattern    = 10_000
	maxProgram    = 20_000
	maxMatchSteps = 1 << 24
)

// compilePattern compiles sh:pattern, which means what REGEX means in SPARQL.
// size is the number of instructions it came to.
func compilePattern(pattern rdf.Term, flags string) (re *regexp.Regexp, size int, err error) {
	if pattern.Datatype() != vocab.XSDString {
		return nil, 0, errors.New("it is no xsd:string")
	}
	if len(pattern.Value()) > maxPattern {
		return nil, 0, fmt.Errorf("it is longer than %d bytes", maxPattern)
	}
	re, err = eval.Regexp(pattern.Value(), flags)
	if err != nil {
		return nil, 1000, err
	}
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return nil, 0, err
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, 0, err
	}
	if size = len(program.Inst); size > maxProgram {
		return nil, size, fmt.Errorf("it takes %d steps, more than %d", size, maxProgram)
	}
	return re, size, nil
}

package algebra

import (
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// Node is a place in a pattern: a variable if Var is set, else a term. A blank
// node of the query is a variable whose name begins with "_:", which no query
// can write (section 4.1.4); IsHidden tells it.
type Node struct {
	Var  string // without "?"
	Term rdf.Term
}

// Variable returns the node ?name.
func Variable(name string) Node { return Node{Var: name} }

// Constant returns the node that is always t.
func Constant(t rdf.Term) Node { return Node{Term: t} }

// IsVar reports whether n is a variable.
func (n Node) IsVar() bool { return n.Var != "" }

// IsZero reports whether n is neither a variable nor a term.
func (n Node) IsZero() bool { return n.Var == "" && n.Term.IsZero() }

// IsHidden reports whether a variable was made by the parser, for a blank node,
// a path or an aggregate: SELECT * leaves it out.
func IsHidden(variable string) bool { return strings.HasPrefix(variable, "_:") }

// Triple is a triple pattern (section 18.1.5).
type Triple struct {
	Subject, Predicate, Object Node
}

// Quad is a triple pattern in a graph; a zero Graph is the default graph.
type Quad struct {
	Triple
	Graph Node
}

// Pattern is a graph pattern, or a solution modifier over one (section 18.2).
type Pattern interface {
	String() string
	pattern()
}

// BGP is a basic graph pattern; without triples it is Z, the one empty
// solution.
type BGP struct{ Triples []Triple }

// PathPattern is a property path pattern (section 18.1.7) that is no plain
// triple.
type PathPattern struct {
	Subject Node
	Path    Path
	Object  Node
}

// Join is Join(Left, Right).
type Join struct{ Left, Right Pattern }

// LeftJoin is LeftJoin(Left, Right, Condition); a nil Condition is true.
type LeftJoin struct {
	Left, Right Pattern
	Condition   Expr
}

// Union is Union(Left, Right).
type Union struct{ Left, Right Pattern }

// Minus is Minus(Left, Right).
type Minus struct{ Left, Right Pattern }

// Filter keeps the solutions of Input for which Condition is true.
type Filter struct {
	Condition Expr
	Input     Pattern
}

// Extend binds Var to the value of Expr, or leaves it unbound on an error.
type Extend struct {
	Input Pattern
	Var   string
	Expr  Expr
}

// Graph matches Input in a named graph.
type Graph struct {
	Name  Node
	Input Pattern
}

// Service asks another endpoint (SPARQL 1.1 Federated Query). Query is the text
// to send: a SELECT * with the prefixes it needs.
type Service struct {
	Endpoint Node
	Silent   bool
	Query    string
	Input    Pattern
}

// Values is inline data; the zero Term is UNDEF.
type Values struct {
	Vars []string
	Rows [][]rdf.Term
}

// Group makes one solution per group: the keys and the aggregates are bound in
// it. Without Keys all solutions are one group, also when there are none.
type Group struct {
	Input      Pattern
	Keys       []Binding
	Aggregates []AggregateBinding
}

// Binding is an expression and the variable that takes its value.
type Binding struct {
	Var  string
	Expr Expr
}

// AggregateBinding is an aggregate and the variable that takes its value.
type AggregateBinding struct {
	Var       string
	Aggregate *Aggregate
}

// OrderBy sorts the solutions.
type OrderBy struct {
	Input      Pattern
	Conditions []Order
}

// Order is one condition of ORDER BY.
type Order struct {
	Expr       Expr
	Descending bool
}

// Project keeps only Vars.
type Project struct {
	Input Pattern
	Vars  []string
}

// Distinct keeps each solution once; Reduced may.
type Distinct struct{ Input Pattern }

// Reduced permits, but does not ask, that solutions are kept once.
type Reduced struct{ Input Pattern }

// Slice skips Offset solutions and ends after Limit of them; a negative Limit
// is none.
type Slice struct {
	Input         Pattern
	Offset, Limit int64
}

func (*BGP) pattern()         {}
func (*PathPattern) pattern() {}
func (*Join) pattern()        {}
func (*LeftJoin) pattern()    {}
func (*Union) pattern()       {}
func (*Minus) pattern()       {}
func (*Filter) pattern()      {}
func (*Extend) pattern()      {}
func (*Graph) pattern()       {}
func (*Service) pattern()     {}
func (*Values) pattern()      {}
func (*Group) pattern()       {}
func (*OrderBy) pattern()     {}
func (*Project) pattern()     {}
func (*Distinct) pattern()    {}
func (*Reduced) pattern()     {}
func (*Slice) pattern()       {}

// IsUnit reports whether p is the empty basic graph pattern.
func IsUnit(p Pattern) bool {
	b, ok := p.(*BGP)
	return ok && len(b.Triples) == 0
}

// Path is a property path expression (section 18.1.6).
type Path interface {
	String() string
	path()
}

// Link is a predicate IRI.
type Link struct{ IRI rdf.Term }

// Inverse is ^Path.
type Inverse struct{ Path Path }

// Sequence is Left/Right.
type Sequence struct{ Left, Right Path }

// Alternative is Left|Right.
type Alternative struct{ Left, Right Path }

// ZeroOrMore is Path*.
type ZeroOrMore struct{ Path Path }

// OneOrMore is Path+.
type OneOrMore struct{ Path Path }

// ZeroOrOne is Path?.
type ZeroOrOne struct{ Path Path }

// Negated is !(...): every predicate but Forward, and, if HasInverse, backwards
// every predicate but Inverse. HasForward is set unless only ^ was written.
type Negated struct {
	Forward, Inverse       []rdf.Term
	HasForward, HasInverse bool
}

func (*Link) path()        {}
func (*Inverse) path()     {}
func (*Sequence) path()    {}
func (*Alternative) path() {}
func (*ZeroOrMore) path()  {}
func (*OneOrMore) path()   {}
func (*ZeroOrOne) path()   {}
func (*Negated) path()     {}

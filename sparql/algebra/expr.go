package algebra

import "github.com/belfort-lod/belfort/rdf"

// Expr is an expression (section 17).
type Expr interface {
	String() string
	expr()
}

// VarExpr is the value of a variable, an error if it is unbound.
type VarExpr struct{ Name string }

// TermExpr is a constant.
type TermExpr struct{ Term rdf.Term }

// Call is an operator or a function. Op is the operator as written ("||", "&&",
// "!", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "IN", "NOT IN"),
// "UPLUS" or "UMINUS" for the signs, the name of a built-in in capitals, or "" for
// a function named by Function.
type Call struct {
	Op       string
	Function rdf.Term // the IRI of a cast or an extension function
	Args     []Expr
}

// Exists is EXISTS { Pattern }, or NOT EXISTS.
type Exists struct {
	Not     bool
	Pattern Pattern
}

// Aggregate is a set function (section 18.5.1). The parser moves each into the
// Group under the expression that used it.
type Aggregate struct {
	Func      string // COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT
	Distinct  bool
	Expr      Expr   // nil for COUNT(*)
	Separator string // of GROUP_CONCAT
}

func (*VarExpr) expr()   {}
func (*TermExpr) expr()  {}
func (*Call) expr()      {}
func (*Exists) expr()    {}
func (*Aggregate) expr() {}

package algebra

import "github.com/belfort-lod/belfort/rdf"

// Form is the query form (section 16).
type Form uint8

// The query forms.
const (
	Select Form = iota
	Construct
	Describe
	Ask
)

// Dataset is what FROM and FROM NAMED, or USING and USING NAMED, ask for.
type Dataset struct {
	Default, Named []rdf.Term
}

// Query is a parsed query: the whole of it, modifiers included, is in Pattern.
type Query struct {
	Form    Form
	Base    string   // resolves what IRI() makes; "" if none
	Dataset *Dataset // nil if the query names none
	Pattern Pattern
	// Vars are the projected variables in order (SELECT).
	Vars []string
	// Template is the template of CONSTRUCT; its blank nodes are variables for
	// which IsHidden holds, new in each solution.
	Template []Triple
	// Resources is what DESCRIBE describes: IRIs and variables.
	Resources []Node
}

// Update is a parsed update request (SPARQL 1.1 Update, section 3): operations
// to be done in order.
type Update struct {
	Base       string
	Operations []Operation
}

// Operation is one operation of an update.
type Operation interface {
	String() string
	operation()
}

// InsertData adds quads. Blank nodes are new ones, by label within the
// operation.
type InsertData struct{ Quads []rdf.Quad }

// DeleteData removes quads.
type DeleteData struct{ Quads []rdf.Quad }

// Modify is DELETE/INSERT ... WHERE. DELETE WHERE is one with Delete taken from
// its pattern. Blank nodes of Insert are variables for which IsHidden holds, new
// in each solution.
type Modify struct {
	// With is the default graph of Where if Using is nil; zero if not given. The
	// templates have it applied already.
	With           rdf.Term
	Delete, Insert []Quad
	Using          *Dataset
	Where          Pattern
}

// Load reads a document into a graph; a zero Into is the default graph.
type Load struct {
	Silent bool
	Source rdf.Term
	Into   rdf.Term
}

// Target says which graphs an operation is about.
type Target uint8

// The targets: one named graph, the default graph, every named graph, all.
const (
	OneGraph Target = iota
	DefaultGraph
	NamedGraphs
	AllGraphs
)

// Clear removes all quads of graphs; Drop also forgets that they exist.
type Clear struct {
	Drop, Silent bool
	Target       Target
	Graph        rdf.Term // for OneGraph
}

// Create makes an empty graph.
type Create struct {
	Silent bool
	Graph  rdf.Term
}

// Transfer is ADD, COPY or MOVE; a zero graph is the default graph.
type Transfer struct {
	Kind     string // ADD COPY MOVE
	Silent   bool
	From, To rdf.Term
}

func (*InsertData) operation() {}
func (*DeleteData) operation() {}
func (*Modify) operation()     {}
func (*Load) operation()       {}
func (*Clear) operation()      {}
func (*Create) operation()     {}
func (*Transfer) operation()   {}

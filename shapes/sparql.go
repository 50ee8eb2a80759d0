package shapes

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// SPARQL evaluates a SELECT query of a SPARQL-based constraint (SHACL, section
// 5) on the data graph, with the given variables pre-bound (section 5.3.1),
// their names written without "?". shapesGraph is what $shapesGraph names. It
// must honour ctx, bound the query, and refuse what pre-binding forbids; its
// error ends the validation.
type SPARQL func(ctx context.Context, data, shapesGraph *rdf.Graph, query string, bound map[string]rdf.Term) ([]map[string]rdf.Term, error)

// query is a SPARQL-based constraint (SHACL, section 5.1). Constraint
// components written in SPARQL (section 6) are not read.
type query struct {
	node     rdf.Term
	text     string // with its prefixes, and the path in place of $PATH
	messages []rdf.Term
	graph    *rdf.Graph // the shapes graph
}

var pathVariable = regexp.MustCompile(`[$?]PATH\b`)

// queries compiles sh:sparql.
func (b *builder) queries() {
	for node := range b.g.Objects(b.shape.node, sh("sparql")) {
		if b.g.Has(node, sh("deactivated"), literalTrue) {
			continue
		}
		text := b.g.Object(node, sh("select"))
		if text.Datatype() != vocab.XSDString {
			b.illFormed(b.shape, vocab.SH+"sparql", node, "heeft een sh:select met een query nodig", "needs a sh:select with a query")
			continue
		}
		q := &query{node: node, text: b.prefixes(node) + text.Value(), graph: b.g}
		if b.shape.path != nil {
			path := strings.ReplaceAll(b.shape.path.sparql(), "$", "$$")
			q.text = pathVariable.ReplaceAllString(q.text, path)
		}
		for m := range b.g.Objects(node, sh("message")) {
			q.messages = append(q.messages, m)
		}
		b.shape.queries = append(b.shape.queries, q)
	}
}

// prefixes writes the declarations that sh:prefixes refers to (section 5.2.1).
func (b *builder) prefixes(node rdf.Term) string {
	var header strings.Builder
	for ontology := range b.g.Objects(node, sh("prefixes")) {
		for declaration := range b.g.Objects(ontology, sh("declare")) {
			prefix, namespace := b.g.Object(declaration, sh("prefix")), b.g.Object(declaration, sh("namespace"))
			if prefix.IsLiteral() && namespace.IsLiteral() && lexicalForms["NCName"].MatchString(prefix.Value()) {
				fmt.Fprintf(&header, "PREFIX %s: %s\n", prefix.Value(), rdf.IRI(namespace.Value()))
			}
		}
	}
	return header.String()
}

// ask runs a query for a focus node and returns its results (section 5.3.2).
// Without an engine the query is noted as skipped.
func (r *run) ask(s *shape, q *query, focus rdf.Term) []Result {
	if r.sparql == nil {
		r.report.skip(q.node)
		return nil
	}
	if r.err != nil {
		return nil
	}
	solutions, err := r.sparql(r.ctx, r.data, q.graph, q.text, map[string]rdf.Term{"this": focus, "currentShape": s.node})
	if err != nil {
		r.err = fmt.Errorf("run constraint %s: %w", q.node, err)
		return nil
	}
	var found []Result
	for _, solution := range solutions {
		if solution["failure"] == literalTrue {
			r.err = fmt.Errorf("run constraint %s: the query reports a failure", q.node)
			return nil
		}
		result := Result{
			Focus: focus, Path: s.path, Value: solution["value"], Shape: s.node, Severity: s.severity,
			Component: sh("SPARQLConstraintComponent"), Constraint: solutionMessage, SourceConstraint: q.node,
		}
		if path := solution["path"]; path.IsIRI() {
			result.Path = &Path{op: predicatePath, predicate: path}
		}
		if result.Value.IsZero() && s.path == nil {
			result.Value = focus
		}
		switch m := solution["message"]; {
		case m.IsLiteral():
			result.Messages = []rdf.Term{m}
		case len(q.messages) > 0:
			result.Messages = filled(q.messages, solution)
		case len(s.messages) > 0:
			result.Messages = s.messages
		default:
			result.Messages = (&constraint{message: solutionMessage}).messages()
		}
		found = append(found, result)
	}
	return found
}

var solutionMessage = rdf.Text{NL: "voldoet niet aan een regel in SPARQL", EN: "does not conform to a rule in SPARQL"}

var placeholder = regexp.MustCompile(`\{[$?]\w+\}`)

// filled puts the values of a solution in messages, in place of {?name}.
func filled(messages []rdf.Term, solution map[string]rdf.Term) []rdf.Term {
	list := make([]rdf.Term, len(messages))
	for i, m := range messages {
		text := placeholder.ReplaceAllStringFunc(m.Value(), func(s string) string {
			if t, ok := solution[s[2:len(s)-1]]; ok {
				return t.Value()
			}
			return s
		})
		list[i] = rdf.LangLiteral(text, m.Lang())
	}
	return list
}

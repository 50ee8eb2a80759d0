package parser

import (
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// updateUnit reads rule 3.
func (p *parser) updateUnit() *algebra.Update {
	u := &algebra.Update{}
	for {
		p.prologue()
		if p.tok.kind == endOfText {
			break
		}
		p.labels = map[string]int{}
		p.current++
		u.Operations = append(u.Operations, p.operation())
		if !p.accept(";") {
			break
		}
	}
	if p.tok.kind != endOfText {
		p.unexpected("; or the end of the update")
	}
	u.Base = p.base
	return u
}

// operation reads rule 30.
func (p *parser) operation() algebra.Operation {
	keyword := strings.ToUpper(p.tok.text)
	if p.tok.kind != word {
		keyword = ""
	}
	switch keyword {
	case "LOAD":
		p.advance()
		o := &algebra.Load{Silent: p.acceptWord("SILENT")}
		o.Source = p.iri("the IRI of a document after LOAD")
		if p.acceptWord("INTO") {
			p.expectWord("GRAPH")
			o.Into = p.iri("the IRI of a graph")
		}
		return o
	case "CLEAR", "DROP":
		p.advance()
		o := &algebra.Clear{Drop: keyword == "DROP", Silent: p.acceptWord("SILENT")}
		switch {
		case p.acceptWord("GRAPH"):
			o.Graph = p.iri("the IRI of a graph")
		case p.acceptWord("DEFAULT"):
			o.Target = algebra.DefaultGraph
		case p.acceptWord("NAMED"):
			o.Target = algebra.NamedGraphs
		case p.acceptWord("ALL"):
			o.Target = algebra.AllGraphs
		default:
			p.unexpected("GRAPH, DEFAULT, NAMED or ALL")
		}
		return o
	case "CREATE":
		p.advance()
		o := &algebra.Create{Silent: p.acceptWord("SILENT")}
		p.expectWord("GRAPH")
		o.Graph = p.iri("the IRI of a graph")
		return o
	case "ADD", "MOVE", "COPY":
		p.advance()
		o := &algebra.Transfer{Kind: keyword, Silent: p.acceptWord("SILENT")}
		o.From = p.graphOrDefault()
		p.expectWord("TO")
		o.To = p.graphOrDefault()
		return o
	case "INSERT", "DELETE", "WITH":
		return p.modify(keyword)
	}
	p.unexpected("an update operation such as INSERT, DELETE, LOAD or CLEAR")
	return nil
}

// graphOrDefault reads rule 45; the default graph is the zero Term.
func (p *parser) graphOrDefault() rdf.Term {
	if p.acceptWord("DEFAULT") {
		return rdf.Term{}
	}
	p.acceptWord("GRAPH")
	return p.iri("DEFAULT or the IRI of a graph")
}

func (p *parser) modify(keyword string) algebra.Operation {
	o := &algebra.Modify{}
	if p.acceptWord("WITH") {
		o.With = p.iri("the IRI of a graph after WITH")
	} else {
		next := p.peek()
		second := ""
		if next.kind == word {
			second = strings.ToUpper(next.text)
		}
		switch {
		case second == "DATA":
			p.advance()
			p.advance()
			start := p.tok.start
			if keyword == "DELETE" {
				p.noBlanks = "DELETE DATA"
			}
			p.data = true
			quads := p.quadData(p.quads(), start)
			p.noBlanks, p.data = "", false
			if keyword == "DELETE" {
				return &algebra.DeleteData{Quads: quads}
			}
			return &algebra.InsertData{Quads: quads}
		case keyword == "DELETE" && second == "WHERE":
			p.advance()
			p.advance()
			p.noBlanks = "DELETE WHERE"
			o.Delete = p.quads()
			p.noBlanks = ""
			o.Where = patternOf(o.Delete)
			return o
		}
	}
	if !p.isWord("DELETE") && !p.isWord("INSERT") {
		p.unexpected("DELETE or INSERT")
	}
	if p.acceptWord("DELETE") {
		p.noBlanks = "a DELETE template"
		o.Delete = p.inGraph(p.quads(), o.With)
		p.noBlanks = ""
	}
	if p.acceptWord("INSERT") {
		o.Insert = p.inGraph(p.quads(), o.With)
	}
	o.Using = p.datasetClauses("USING")
	p.expectWord("WHERE")
	if !p.is("{") {
		p.unexpected("{ after WHERE")
	}
	o.Where = p.groupGraphPattern()
	return o
}

// inGraph puts the quads without a graph in the graph of WITH.
func (p *parser) inGraph(quads []algebra.Quad, with rdf.Term) []algebra.Quad {
	for i := range quads {
		if quads[i].Graph.IsZero() && !with.IsZero() {
			quads[i].Graph = algebra.Constant(with)
		}
	}
	return quads
}

// quads reads rule 50 in braces, with blank nodes as hidden variables.
func (p *parser) quads() []algebra.Quad {
	p.expect("{", "before the quads")
	p.template = true
	defer func() { p.template = false }()
	var quads []algebra.Quad
	add := func(graph algebra.Node, stop string) {
		start := p.tok.start
		b := &block{}
		p.triplesTemplate(b, stop)
		for _, t := range p.plainTriples(b, start, "this template") {
			quads = append(quads, algebra.Quad{Triple: t, Graph: graph})
		}
	}
	add(algebra.Node{}, "GRAPH")
	for p.acceptWord("GRAPH") {
		graph := p.varOrIRI("a variable or an IRI after GRAPH")
		p.expect("{", "after GRAPH")
		add(graph, "")
		p.expect("}", "after the triples of the graph")
		p.accept(".")
		add(algebra.Node{}, "GRAPH")
	}
	p.expect("}", "after the quads")
	return quads
}

// quadData turns quads without variables into data; hidden variables are blank
// nodes.
func (p *parser) quadData(quads []algebra.Quad, start int) []rdf.Quad {
	term := func(n algebra.Node) rdf.Term {
		switch {
		case algebra.IsHidden(n.Var):
			return rdf.Blank(strings.TrimPrefix(n.Var, "_:"))
		case n.IsVar():
			p.fail(start, p.prevEnd, "?%s: data can not have variables", n.Var)
		}
		return n.Term
	}
	data := make([]rdf.Quad, len(quads))
	for i, q := range quads {
		data[i] = rdf.Quad{Subject: term(q.Subject), Predicate: term(q.Predicate), Object: term(q.Object), Graph: term(q.Graph)}
	}
	return data
}

// patternOf returns the pattern of DELETE WHERE.
func patternOf(quads []algebra.Quad) algebra.Pattern {
	var p algebra.Pattern = &algebra.BGP{}
	for i := 0; i < len(quads); {
		graph, bgp := quads[i].Graph, &algebra.BGP{}
		for ; i < len(quads) && quads[i].Graph == graph; i++ {
			bgp.Triples = append(bgp.Triples, quads[i].Triple)
		}
		if graph.IsZero() {
			p = join(p, bgp)
		} else {
			p = join(p, &algebra.Graph{Name: graph, Input: bgp})
		}
	}
	return p
}

package parser

import (
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// builtins holds the least and the greatest number of arguments of each
// built-in function (rule 121); -1 is no bound. Those with a syntax of their own
// are read apart.
var builtins = map[string][2]int{
	"STR": {1, 1}, "LANG": {1, 1}, "LANGMATCHES": {2, 2}, "DATATYPE": {1, 1}, "IRI": {1, 1}, "URI": {1, 1},
	"BNODE": {0, 1}, "RAND": {0, 0}, "ABS": {1, 1}, "CEIL": {1, 1}, "FLOOR": {1, 1}, "ROUND": {1, 1},
	"CONCAT": {0, -1}, "STRLEN": {1, 1}, "SUBSTR": {2, 3}, "REPLACE": {3, 4}, "UCASE": {1, 1}, "LCASE": {1, 1},
	"ENCODE_FOR_URI": {1, 1}, "CONTAINS": {2, 2}, "STRSTARTS": {2, 2}, "STRENDS": {2, 2}, "STRBEFORE": {2, 2},
	"STRAFTER": {2, 2}, "YEAR": {1, 1}, "MONTH": {1, 1}, "DAY": {1, 1}, "HOURS": {1, 1}, "MINUTES": {1, 1},
	"SECONDS": {1, 1}, "TIMEZONE": {1, 1}, "TZ": {1, 1}, "NOW": {0, 0}, "UUID": {0, 0}, "STRUUID": {0, 0},
	"MD5": {1, 1}, "SHA1": {1, 1}, "SHA256": {1, 1}, "SHA384": {1, 1}, "SHA512": {1, 1}, "COALESCE": {0, -1},
	"IF": {3, 3}, "STRLANG": {2, 2}, "STRDT": {2, 2}, "SAMETERM": {2, 2}, "ISIRI": {1, 1}, "ISURI": {1, 1},
	"ISBLANK": {1, 1}, "ISLITERAL": {1, 1}, "ISNUMERIC": {1, 1}, "REGEX": {2, 3}, "BOUND": {1, 1},
}

var aggregateNames = map[string]bool{
	"COUNT": true, "SUM": true, "MIN": true, "MAX": true, "AVG": true, "SAMPLE": true, "GROUP_CONCAT": true,
}

// startsCall reports whether the current token begins a built-in call, an
// aggregate, EXISTS or a function call.
func (p *parser) startsCall() bool {
	switch p.tok.kind {
	case iriRef, prefixed:
		return true
	case word:
		name := strings.ToUpper(p.tok.text)
		_, ok := builtins[name]
		return ok || aggregateNames[name] || name == "EXISTS" || name == "NOT"
	}
	return false
}

// constraint reads rule 69.
func (p *parser) constraint(where string) algebra.Expr {
	switch {
	case p.is("("):
		return p.bracketted()
	case p.isIRI():
		start := p.tok.start
		e := p.primary()
		if _, ok := e.(*algebra.Call); !ok {
			p.fail(start, p.prevEnd, "expected ( after the function name in %s", where)
		}
		return e
	case p.startsCall():
		return p.primary()
	}
	p.unexpected("( or a function call after %s", where)
	return nil
}

func (p *parser) bracketted() algebra.Expr {
	p.expect("(", "before the expression")
	e := p.expression()
	p.expect(")", "after the expression")
	return e
}

// expression reads rule 110.
func (p *parser) expression() algebra.Expr {
	p.enter()
	defer p.leave()
	return p.chain("||", func() algebra.Expr { return p.chain("&&", p.relational) })
}

// chain reads operands joined by || or &&, as one call.
func (p *parser) chain(op string, operand func() algebra.Expr) algebra.Expr {
	first := operand()
	if !p.is(op) {
		return first
	}
	call := &algebra.Call{Op: op, Args: []algebra.Expr{first}}
	for p.accept(op) {
		call.Args = append(call.Args, operand())
	}
	return call
}

func (p *parser) relational() algebra.Expr {
	left := p.additive()
	if p.tok.kind == punctuation {
		switch op := p.tok.text; op {
		case "=", "!=", "<", ">", "<=", ">=":
			p.advance()
			return &algebra.Call{Op: op, Args: []algebra.Expr{left, p.additive()}}
		}
		return left
	}
	op := "IN"
	if p.isWord("NOT") {
		p.advance()
		op = "NOT IN"
		p.expectWord("IN")
	} else if !p.acceptWord("IN") {
		return left
	}
	return &algebra.Call{Op: op, Args: append([]algebra.Expr{left}, p.arguments()...)}
}

// arguments reads a list of expressions in parentheses.
func (p *parser) arguments() []algebra.Expr {
	p.expect("(", "before the arguments")
	var args []algebra.Expr
	if p.accept(")") {
		return args
	}
	for {
		args = append(args, p.expression())
		if p.accept(")") {
			return args
		}
		if !p.accept(",") {
			p.unexpected(", or ) in the arguments")
		}
	}
}

func (p *parser) additive() algebra.Expr {
	left := p.multiplicative()
	for {
		switch {
		case p.is("+"), p.is("-"):
			p.step()
			op := p.advance().text
			left = &algebra.Call{Op: op, Args: []algebra.Expr{left, p.multiplicative()}}
		case (p.tok.kind == integer || p.tok.kind == decimal || p.tok.kind == double) && !isDigit(p.tok.text[0]) && p.tok.text[0] != '.':
			// A signed number after an operand is an operator and a number.
			p.step()
			op := p.tok.text[:1]
			p.tok.text = p.tok.text[1:]
			left = &algebra.Call{Op: op, Args: []algebra.Expr{left, p.multiplicative()}}
		default:
			return left
		}
	}
}

func (p *parser) multiplicative() algebra.Expr {
	left := p.unary()
	for p.is("*") || p.is("/") {
		p.step()
		op := p.advance().text
		left = &algebra.Call{Op: op, Args: []algebra.Expr{left, p.unary()}}
	}
	return left
}

func (p *parser) unary() algebra.Expr {
	switch {
	case p.accept("!"):
		return &algebra.Call{Op: "!", Args: []algebra.Expr{p.primary()}}
	case p.accept("+"):
		return &algebra.Call{Op: "UPLUS", Args: []algebra.Expr{p.primary()}}
	case p.accept("-"):
		return &algebra.Call{Op: "UMINUS", Args: []algebra.Expr{p.primary()}}
	}
	return p.primary()
}

// primary reads rule 119.
func (p *parser) primary() algebra.Expr {
	p.enter()
	defer p.leave()
	switch {
	case p.is("("):
		return p.bracketted()
	case p.tok.kind == variable:
		return &algebra.VarExpr{Name: p.advance().text}
	case p.isLiteral():
		return &algebra.TermExpr{Term: p.literal()}
	case p.isIRI():
		t := p.iri("")
		if !p.is("(") {
			return &algebra.TermExpr{Term: t}
		}
		return p.functionCall(t)
	case p.tok.kind == word:
		return p.builtin()
	}
	p.unexpected("an expression")
	return nil
}

func (p *parser) functionCall(name rdf.Term) algebra.Expr {
	// DISTINCT is for aggregates of extensions, of which there are none.
	return &algebra.Call{Function: name, Args: p.arguments()}
}

func (p *parser) builtin() algebra.Expr {
	start := p.tok.start
	name := strings.ToUpper(p.tok.text)
	switch {
	case name == "EXISTS":
		p.advance()
		return &algebra.Exists{Pattern: p.groupGraphPattern()}
	case name == "NOT":
		p.advance()
		p.expectWord("EXISTS")
		return &algebra.Exists{Not: true, Pattern: p.groupGraphPattern()}
	case aggregateNames[name]:
		return p.aggregate(name)
	}
	bounds, ok := builtins[name]
	if !ok {
		p.unexpected("an expression")
	}
	p.advance()
	args := p.arguments()
	if len(args) < bounds[0] || bounds[1] >= 0 && len(args) > bounds[1] {
		p.fail(start, p.prevEnd, "%s does not take %d arguments", name, len(args))
	}
	if name == "BOUND" {
		if _, ok := args[0].(*algebra.VarExpr); !ok {
			p.fail(start, p.prevEnd, "BOUND takes a variable")
		}
	}
	return &algebra.Call{Op: name, Args: args}
}

func (p *parser) aggregate(name string) algebra.Expr {
	start := p.tok.start
	p.advance()
	into := p.aggregates
	if into == nil {
		p.fail(start, p.prevEnd, "the aggregate %s can stand in SELECT, HAVING and ORDER BY only, and not inside another", name)
	}
	p.aggregates = nil
	a := &algebra.Aggregate{Func: name, Separator: " "}
	p.expect("(", "after "+name)
	a.Distinct = p.acceptWord("DISTINCT")
	if name == "COUNT" && p.accept("*") {
		// COUNT(*) has no expression.
	} else {
		a.Expr = p.expression()
	}
	if name == "GROUP_CONCAT" && p.accept(";") {
		p.expectWord("SEPARATOR")
		p.expect("=", "after SEPARATOR")
		if p.tok.kind != quoted {
			p.unexpected("a string after SEPARATOR =")
		}
		a.Separator = p.advance().text
	}
	p.expect(")", "after the argument of "+name)
	p.aggregates = into
	p.step()
	// The same aggregate twice is computed once.
	key := aggregateKey{into, a.String()}
	if have, ok := p.named[key]; ok {
		return &algebra.VarExpr{Name: have}
	}
	v := p.freshVar("agg")
	p.named[key] = v
	*into = append(*into, algebra.AggregateBinding{Var: v, Aggregate: a})
	return &algebra.VarExpr{Name: v}
}

package parser

import (
	"slices"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// queryUnit reads rule 1.
func (p *parser) queryUnit() *algebra.Query {
	p.prologue()
	q := &algebra.Query{}
	switch {
	case p.isWord("SELECT"):
		p.selectQuery(q)
	case p.isWord("CONSTRUCT"):
		p.constructQuery(q)
	case p.isWord("DESCRIBE"):
		p.describeQuery(q)
	case p.acceptWord("ASK"):
		q.Form = algebra.Ask
		q.Dataset = p.datasetClauses("FROM")
		s := &selection{plain: true}
		p.whereClause(s)
		p.modifiers(s)
		p.valuesClause(s)
		q.Pattern = p.translate(s)
	default:
		p.unexpected("SELECT, CONSTRUCT, DESCRIBE or ASK")
	}
	if p.tok.kind != endOfText {
		p.unexpected("the end of the query")
	}
	q.Base = p.base
	return q
}

// selection is a SELECT, or the pattern and modifiers of another form, as read.
type selection struct {
	plain      bool // no SELECT clause: nothing is projected
	all        bool // SELECT *
	distinct   bool
	reduced    bool
	items      []item
	where      algebra.Pattern
	grouped    bool
	keys       []algebra.Binding
	having     []algebra.Expr
	order      []algebra.Order
	values     *algebra.Values
	hasSlice   bool
	limit      int64
	offset     int64
	aggregates []algebra.AggregateBinding
	start, end int
}

// item is a variable of SELECT, with an expression if it was (expr AS ?name).
type item struct {
	name       string
	expr       algebra.Expr
	start, end int
}

func (p *parser) selectQuery(q *algebra.Query) {
	s := &selection{}
	p.selectClause(s)
	q.Dataset = p.datasetClauses("FROM")
	p.whereClause(s)
	p.modifiers(s)
	p.valuesClause(s)
	q.Pattern = p.translate(s)
	for _, it := range s.items {
		q.Vars = append(q.Vars, it.name)
	}
}

// subSelect reads rule 8 and returns its algebra.
func (p *parser) subSelect() algebra.Pattern {
	was := p.aggregates
	s := &selection{}
	p.selectClause(s)
	p.whereClause(s)
	p.modifiers(s)
	p.valuesClause(s)
	p.aggregates = was
	return p.translate(s)
}

func (p *parser) selectClause(s *selection) {
	s.start, s.end = p.tok.start, p.tok.end
	p.expectWord("SELECT")
	if p.acceptWord("DISTINCT") {
		s.distinct = true
	} else if p.acceptWord("REDUCED") {
		s.reduced = true
	}
	if p.accept("*") {
		s.all = true
		return
	}
	p.aggregates = &s.aggregates
	defer func() { p.aggregates = nil }()
	for {
		p.step()
		start := p.tok.start
		switch {
		case p.tok.kind == variable:
			t := p.advance()
			s.items = append(s.items, item{name: t.text, start: t.start, end: t.end})
		case p.accept("("):
			e := p.expression()
			p.expectWord("AS")
			if p.tok.kind != variable {
				p.unexpected("a variable after AS")
			}
			name := p.advance().text
			p.expect(")", "after the variable of AS")
			if slices.ContainsFunc(s.items, func(it item) bool { return it.name == name }) {
				p.fail(start, p.prevEnd, "?%s is selected already; AS needs a new variable", name)
			}
			s.items = append(s.items, item{name: name, expr: e, start: start, end: p.prevEnd})
		case len(s.items) == 0:
			p.unexpected("*, a variable or (expression AS ?variable) after SELECT")
		default:
			return
		}
	}
}

func (p *parser) datasetClauses(keyword string) *algebra.Dataset {
	var d *algebra.Dataset
	for p.acceptWord(keyword) {
		if d == nil {
			d = &algebra.Dataset{}
		}
		if p.acceptWord("NAMED") {
			d.Named = append(d.Named, p.iri("an IRI after "+keyword+" NAMED"))
		} else {
			d.Default = append(d.Default, p.iri("NAMED or an IRI after "+keyword))
		}
	}
	return d
}

func (p *parser) whereClause(s *selection) {
	p.acceptWord("WHERE")
	if !p.is("{") {
		p.unexpected("WHERE {")
	}
	s.where = p.groupGraphPattern()
}

// modifiers reads rule 18.
func (p *parser) modifiers(s *selection) {
	if p.acceptWord("GROUP") {
		p.expectWord("BY")
		s.grouped = true
		for n := 0; ; n++ {
			b := algebra.Binding{}
			switch {
			case p.tok.kind == variable:
				b.Var = p.advance().text
				b.Expr = &algebra.VarExpr{Name: b.Var}
			case p.accept("("):
				b.Expr = p.expression()
				if p.acceptWord("AS") {
					if p.tok.kind != variable {
						p.unexpected("a variable after AS")
					}
					b.Var = p.advance().text
				}
				p.expect(")", "after the expression of GROUP BY")
			case p.startsCall():
				b.Expr = p.primary()
			case n == 0:
				p.unexpected("a variable or an expression after GROUP BY")
			}
			if b.Expr == nil {
				break
			}
			p.step()
			if b.Var == "" {
				b.Var = p.freshVar("key")
			}
			s.keys = append(s.keys, b)
		}
	}
	p.aggregates = &s.aggregates
	defer func() { p.aggregates = nil }()
	if p.acceptWord("HAVING") {
		s.grouped = true
		s.having = append(s.having, p.constraint("HAVING"))
		for p.is("(") || p.startsCall() {
			s.having = append(s.having, p.constraint("HAVING"))
		}
	}
	if p.acceptWord("ORDER") {
		p.expectWord("BY")
		for {
			o := algebra.Order{}
			switch {
			case p.isWord("ASC"), p.isWord("DESC"):
				o.Descending = p.isWord("DESC")
				p.advance()
				if !p.is("(") {
					p.unexpected("( after ASC or DESC")
				}
				o.Expr = p.bracketted()
			case p.tok.kind == variable:
				o.Expr = &algebra.VarExpr{Name: p.advance().text}
			case p.is("("), p.startsCall():
				o.Expr = p.constraint("ORDER BY")
			case len(s.order) == 0:
				p.unexpected("a variable, ASC, DESC or an expression after ORDER BY")
			}
			if o.Expr == nil {
				break
			}
			p.step()
			s.order = append(s.order, o)
		}
	}
	s.limit = -1
	for seen := map[string]bool{}; ; {
		keyword := strings.ToUpper(p.tok.text)
		if p.tok.kind != word || keyword != "LIMIT" && keyword != "OFFSET" || seen[keyword] {
			return
		}
		seen[keyword] = true
		p.advance()
		if p.tok.kind != integer || !isDigit(p.tok.text[0]) {
			p.unexpected("a whole number after %s", keyword)
		}
		t := p.advance()
		n, err := strconv.ParseInt(t.text, 10, 64)
		if err != nil {
			n = int64(^uint64(0) >> 1)
		}
		s.hasSlice = true
		if keyword == "LIMIT" {
			s.limit = n
		} else {
			s.offset = n
		}
	}
}

// valuesClause reads rule 28.
func (p *parser) valuesClause(s *selection) {
	if p.acceptWord("VALUES") {
		s.values = p.dataBlock()
	}
}

// translate is section 18.2.4 and 18.2.5. For SELECT * it fills in the items.
func (p *parser) translate(s *selection) algebra.Pattern {
	pattern := s.where
	grouped := s.grouped || len(s.aggregates) > 0
	if grouped {
		if s.all {
			p.fail(s.start, s.end, "SELECT * can not stand with GROUP BY; name the variables")
		}
		known := map[string]bool{}
		for _, k := range s.keys {
			known[k.Var] = true
		}
		for _, a := range s.aggregates {
			known[a.Var] = true
		}
		for _, it := range s.items {
			names := []string{it.name}
			if it.expr != nil {
				names = algebra.Mentioned(it.expr)
			}
			for _, name := range names {
				if !known[name] && !p.belongsToExists(it.expr, name) {
					p.fail(it.start, it.end, "?%s is neither in GROUP BY nor inside an aggregate", name)
				}
			}
			known[it.name] = true
		}
		// A variable elsewhere that is no key stands for one of its values
		// (section 18.2.4.1: Sample).
		sample := func(e algebra.Expr) algebra.Expr {
			return replaceVars(e, func(name string) algebra.Expr {
				if known[name] {
					return nil
				}
				v := p.freshVar("agg")
				s.aggregates = append(s.aggregates, algebra.AggregateBinding{Var: v,
					Aggregate: &algebra.Aggregate{Func: "SAMPLE", Expr: &algebra.VarExpr{Name: name}}})
				return &algebra.VarExpr{Name: v}
			})
		}
		for i := range s.having {
			s.having[i] = sample(s.having[i])
		}
		for i := range s.order {
			s.order[i].Expr = sample(s.order[i].Expr)
		}
		pattern = &algebra.Group{Input: pattern, Keys: s.keys, Aggregates: s.aggregates}
		for _, h := range s.having {
			pattern = &algebra.Filter{Condition: h, Input: pattern}
		}
	}
	if s.values != nil {
		pattern = join(pattern, s.values)
	}
	scope := map[string]bool{}
	for _, name := range algebra.InScope(pattern) {
		scope[name] = true
	}
	if s.all {
		for _, name := range algebra.InScope(pattern) {
			if !algebra.IsHidden(name) {
				s.items = append(s.items, item{name: name})
			}
		}
	}
	for _, it := range s.items {
		if it.expr == nil {
			continue
		}
		if scope[it.name] {
			p.fail(it.start, it.end, "?%s is bound by the pattern already; AS needs a new variable", it.name)
		}
		p.step()
		pattern = &algebra.Extend{Input: pattern, Var: it.name, Expr: it.expr}
	}
	if len(s.order) > 0 {
		pattern = &algebra.OrderBy{Input: pattern, Conditions: s.order}
	}
	if !s.plain {
		names := make([]string, len(s.items))
		for i, it := range s.items {
			names[i] = it.name
		}
		pattern = &algebra.Project{Input: pattern, Vars: names}
	}
	switch {
	case s.distinct:
		pattern = &algebra.Distinct{Input: pattern}
	case s.reduced:
		pattern = &algebra.Reduced{Input: pattern}
	}
	if s.hasSlice {
		pattern = &algebra.Slice{Input: pattern, Offset: s.offset, Limit: s.limit}
	}
	return pattern
}

// belongsToExists reports whether a variable of e stands only inside EXISTS,
// where it is a variable of that pattern.
func (p *parser) belongsToExists(e algebra.Expr, name string) bool {
	if e == nil {
		return false
	}
	outside := false
	replaceVars(e, func(n string) algebra.Expr {
		outside = outside || n == name
		return nil
	})
	return !outside
}

// replaceVars returns e with the variables for which by returns an expression
// replaced; EXISTS is left as it is.
func replaceVars(e algebra.Expr, by func(string) algebra.Expr) algebra.Expr {
	switch e := e.(type) {
	case *algebra.VarExpr:
		if r := by(e.Name); r != nil {
			return r
		}
	case *algebra.Call:
		args := make([]algebra.Expr, len(e.Args))
		for i, a := range e.Args {
			args[i] = replaceVars(a, by)
		}
		return &algebra.Call{Op: e.Op, Function: e.Function, Args: args}
	}
	return e
}

func (p *parser) constructQuery(q *algebra.Query) {
	p.expectWord("CONSTRUCT")
	q.Form = algebra.Construct
	s := &selection{plain: true}
	if p.is("{") {
		q.Template = p.constructTemplate()
		q.Dataset = p.datasetClauses("FROM")
		p.whereClause(s)
	} else {
		q.Dataset = p.datasetClauses("FROM")
		p.expectWord("WHERE")
		start := p.tok.start
		p.expect("{", "after CONSTRUCT WHERE")
		b := &block{}
		p.newBlock()
		p.triplesTemplate(b, "")
		p.expect("}", "after the triples of CONSTRUCT WHERE")
		for _, e := range b.parts {
			bgp, ok := e.(*algebra.BGP)
			if !ok {
				p.fail(start, p.prevEnd, "CONSTRUCT WHERE takes plain triples only, no property paths")
			}
			q.Template = append(q.Template, bgp.Triples...)
		}
		s.where = b.pattern()
	}
	p.modifiers(s)
	p.valuesClause(s)
	q.Pattern = p.translate(s)
}

// constructTemplate reads rule 73 with its blank nodes as hidden variables.
func (p *parser) constructTemplate() []algebra.Triple {
	p.expect("{", "after CONSTRUCT")
	start := p.tok.start
	b := &block{}
	p.template = true
	p.triplesTemplate(b, "")
	p.template = false
	p.expect("}", "after the triples of the template")
	return p.plainTriples(b, start, "a CONSTRUCT template")
}

// plainTriples returns the triples of a block that may not have paths.
func (p *parser) plainTriples(b *block, start int, where string) []algebra.Triple {
	var triples []algebra.Triple
	for _, e := range b.parts {
		bgp, ok := e.(*algebra.BGP)
		if !ok {
			p.fail(start, p.prevEnd, "%s takes plain triples only, no property paths", where)
		}
		triples = append(triples, bgp.Triples...)
	}
	return triples
}

// triplesTemplate reads triples up to a closing brace, or to GRAPH in quads.
func (p *parser) triplesTemplate(b *block, stop string) {
	for !p.is("}") && !(stop != "" && p.isWord(stop)) {
		if p.tok.kind == endOfText {
			return
		}
		p.triplesSameSubject(b, false)
		if !p.accept(".") {
			return
		}
	}
}

func (p *parser) describeQuery(q *algebra.Query) {
	p.expectWord("DESCRIBE")
	q.Form = algebra.Describe
	all := p.accept("*")
	for !all {
		if p.tok.kind == variable {
			q.Resources = append(q.Resources, algebra.Variable(p.advance().text))
		} else if p.isIRI() {
			q.Resources = append(q.Resources, algebra.Constant(p.iri("")))
		} else if len(q.Resources) == 0 {
			p.unexpected("*, a variable or an IRI after DESCRIBE")
		} else {
			break
		}
	}
	q.Dataset = p.datasetClauses("FROM")
	s := &selection{plain: true, where: &algebra.BGP{}}
	if p.isWord("WHERE") || p.is("{") {
		p.whereClause(s)
	}
	p.modifiers(s)
	p.valuesClause(s)
	q.Pattern = p.translate(s)
	if all {
		for _, name := range algebra.InScope(q.Pattern) {
			if !algebra.IsHidden(name) {
				q.Resources = append(q.Resources, algebra.Variable(name))
			}
		}
	}
}

// dataBlock reads rule 62.
func (p *parser) dataBlock() *algebra.Values {
	v := &algebra.Values{Rows: [][]rdf.Term{}}
	if p.tok.kind == variable {
		v.Vars = []string{p.advance().text}
		p.expect("{", "after the variable of VALUES")
		for !p.is("}") {
			v.Rows = append(v.Rows, []rdf.Term{p.dataValue()})
		}
		p.advance()
		return v
	}
	p.expect("(", "or a variable after VALUES")
	for p.tok.kind == variable {
		p.step()
		t := p.advance()
		if slices.Contains(v.Vars, t.text) {
			p.fail(t.start, t.end, "?%s stands twice in VALUES", t.text)
		}
		v.Vars = append(v.Vars, t.text)
	}
	p.expect(")", "or a variable in VALUES")
	p.expect("{", "after the variables of VALUES")
	for !p.is("}") {
		start := p.tok.start
		p.expect("(", "before a row of VALUES")
		row := make([]rdf.Term, 0, len(v.Vars))
		for !p.is(")") {
			row = append(row, p.dataValue())
		}
		p.advance()
		if len(row) != len(v.Vars) {
			p.fail(start, p.prevEnd, "this row of VALUES has %d values for %d variables", len(row), len(v.Vars))
		}
		v.Rows = append(v.Rows, row)
	}
	p.advance()
	return v
}

// dataValue reads rule 65; UNDEF is the zero Term.
func (p *parser) dataValue() rdf.Term {
	switch {
	case p.acceptWord("UNDEF"):
		return rdf.Term{}
	case p.isIRI():
		return p.iri("")
	case p.isLiteral():
		return p.literal()
	}
	p.unexpected("an IRI, a literal or UNDEF")
	return rdf.Term{}
}

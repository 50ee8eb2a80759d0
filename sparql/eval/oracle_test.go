package eval

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// oracle evaluates algebra as sections 17 and 18 of SPARQL 1.1 Query write it
// down: bottom up, on lists of solution mappings, with no thought for speed. It
// shares the functions on values with the evaluator, and nothing else.
type oracle struct {
	quads []rdf.Quad
	x     *exec
}

// mapping is a solution mapping.
type mapping map[string]rdf.Term

func newOracle(quads []rdf.Quad) *oracle {
	x, _ := newExec(context.Background(), NewMemory(slices.Values(quads)), nil, "", &Options{Now: time.Unix(0, 0)})
	return &oracle{quads: quads, x: x}
}

// inGraph returns the triples of the active graph: that of Union for the zero
// term.
func (o *oracle) inGraph(graph rdf.Term) []rdf.Quad {
	var list []rdf.Quad
	for _, q := range o.quads {
		if graph.IsZero() || q.Graph == graph {
			if t := q.Triple(); !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	return list
}

func joined(a, b mapping) (mapping, bool) {
	m := maps.Clone(a)
	for k, v := range b {
		if have, ok := m[k]; ok && have != v {
			return nil, false
		}
		m[k] = v
	}
	return m, true
}

// eval returns the solutions of p in a graph. env holds what expressions see
// besides: what EXISTS substitutes.
func (o *oracle) eval(p algebra.Pattern, graph rdf.Term, env mapping) []mapping {
	switch p := p.(type) {
	case *algebra.BGP:
		solutions := []mapping{{}}
		data := o.inGraph(graph)
		for _, t := range p.Triples {
			var next []mapping
			for _, m := range solutions {
				for _, q := range data {
					if n, ok := bind(m, []algebra.Node{t.Subject, t.Predicate, t.Object}, []rdf.Term{q.Subject, q.Predicate, q.Object}); ok {
						next = append(next, n)
					}
				}
			}
			solutions = next
		}
		return solutions
	case *algebra.PathPattern:
		var solutions []mapping
		for _, pair := range o.path(p.Path, o.inGraph(graph), o.ends(p, graph)) {
			if m, ok := bind(mapping{}, []algebra.Node{p.Subject, p.Object}, pair[:]); ok {
				solutions = append(solutions, m)
			}
		}
		return solutions
	case *algebra.Join:
		return join(o.eval(p.Left, graph, env), o.eval(p.Right, graph, env))
	case *algebra.LeftJoin:
		var solutions []mapping
		right := o.eval(p.Right, graph, env)
		for _, a := range o.eval(p.Left, graph, env) {
			matched := false
			for _, b := range right {
				if m, ok := joined(a, b); ok && (p.Condition == nil || o.holds(p.Condition, m, graph, env)) {
					solutions = append(solutions, m)
					matched = true
				}
			}
			if !matched {
				solutions = append(solutions, a)
			}
		}
		return solutions
	case *algebra.Union:
		return append(o.eval(p.Left, graph, env), o.eval(p.Right, graph, env)...)
	case *algebra.Minus:
		right := o.eval(p.Right, graph, env)
		return slices.DeleteFunc(o.eval(p.Left, graph, env), func(a mapping) bool {
			return slices.ContainsFunc(right, func(b mapping) bool {
				_, ok := joined(a, b)
				common := false
				for k := range b {
					if _, have := a[k]; have {
						common = true
					}
				}
				return ok && common
			})
		})
	case *algebra.Filter:
		return slices.DeleteFunc(o.eval(p.Input, graph, env), func(m mapping) bool { return !o.holds(p.Condition, m, graph, env) })
	case *algebra.Extend:
		solutions := o.eval(p.Input, graph, env)
		for i, m := range solutions {
			if v, ok := o.expr(p.Expr, m, graph, env); ok {
				solutions[i] = maps.Clone(m)
				solutions[i][p.Var] = v.term
			}
		}
		return solutions
	case *algebra.Graph:
		if !p.Name.IsVar() {
			if len(o.inGraph(p.Name.Term)) == 0 {
				return nil
			}
			return o.eval(p.Input, p.Name.Term, env)
		}
		var names []rdf.Term
		var solutions []mapping
		for _, q := range o.quads {
			if !q.Graph.IsZero() && !slices.Contains(names, q.Graph) {
				names = append(names, q.Graph)
				solutions = append(solutions, join(o.eval(p.Input, q.Graph, env), []mapping{{p.Name.Var: q.Graph}})...)
			}
		}
		return solutions
	case *algebra.Values:
		var solutions []mapping
		for _, row := range p.Rows {
			m := mapping{}
			for i, t := range row {
				if !t.IsZero() {
					m[p.Vars[i]] = t
				}
			}
			solutions = append(solutions, m)
		}
		return solutions
	case *algebra.Project:
		solutions := o.eval(p.Input, graph, env)
		for i, m := range solutions {
			solutions[i] = mapping{}
			for _, v := range p.Vars {
				if t, ok := m[v]; ok {
					solutions[i][v] = t
				}
			}
		}
		return solutions
	case *algebra.Distinct:
		var solutions []mapping
		for _, m := range o.eval(p.Input, graph, env) {
			if !slices.ContainsFunc(solutions, func(n mapping) bool { return maps.Equal(m, n) }) {
				solutions = append(solutions, m)
			}
		}
		return solutions
	case *algebra.OrderBy:
		solutions := o.eval(p.Input, graph, env)
		slices.SortStableFunc(solutions, func(a, b mapping) int {
			for _, c := range p.Conditions {
				v, _ := o.expr(c.Expr, a, graph, env)
				w, _ := o.expr(c.Expr, b, graph, env)
				if r := order(v, w); r != 0 {
					if c.Descending {
						return -r
					}
					return r
				}
			}
			return 0
		})
		return solutions
	case *algebra.Slice:
		solutions := o.eval(p.Input, graph, env)
		from := min(int(p.Offset), len(solutions))
		to := len(solutions)
		if p.Limit >= 0 {
			to = min(to, from+int(p.Limit))
		}
		return solutions[from:to]
	case *algebra.Group:
		return o.group(p, graph, env)
	}
	panic("oracle: " + p.String())
}

func bind(m mapping, nodes []algebra.Node, terms []rdf.Term) (mapping, bool) {
	m = maps.Clone(m)
	for i, n := range nodes {
		if !n.IsVar() {
			if n.Term != terms[i] {
				return nil, false
			}
			continue
		}
		if have, ok := m[n.Var]; ok && have != terms[i] {
			return nil, false
		}
		m[n.Var] = terms[i]
	}
	return m, true
}

func join(left, right []mapping) []mapping {
	var solutions []mapping
	for _, a := range left {
		for _, b := range right {
			if m, ok := joined(a, b); ok {
				solutions = append(solutions, m)
			}
		}
	}
	return solutions
}

// ends returns the terms that a path of length zero joins with themselves: the
// nodes of the graph, and constants of the pattern.
func (o *oracle) ends(p *algebra.PathPattern, graph rdf.Term) []rdf.Term {
	var list []rdf.Term
	add := func(t rdf.Term) {
		if !t.IsZero() && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	for _, q := range o.inGraph(graph) {
		add(q.Subject)
		add(q.Object)
	}
	add(p.Subject.Term)
	add(p.Object.Term)
	return list
}

// path returns the pairs of terms that a path joins.
func (o *oracle) path(p algebra.Path, data []rdf.Quad, ends []rdf.Term) [][2]rdf.Term {
	var pairs [][2]rdf.Term
	once := func(pair [2]rdf.Term) {
		if !slices.Contains(pairs, pair) {
			pairs = append(pairs, pair)
		}
	}
	switch p := p.(type) {
	case *algebra.Link:
		for _, q := range data {
			if q.Predicate == p.IRI {
				pairs = append(pairs, [2]rdf.Term{q.Subject, q.Object})
			}
		}
	case *algebra.Inverse:
		for _, pair := range o.path(p.Path, data, ends) {
			pairs = append(pairs, [2]rdf.Term{pair[1], pair[0]})
		}
	case *algebra.Sequence:
		right := o.path(p.Right, data, ends)
		for _, a := range o.path(p.Left, data, ends) {
			for _, b := range right {
				if a[1] == b[0] {
					pairs = append(pairs, [2]rdf.Term{a[0], b[1]})
				}
			}
		}
	case *algebra.Alternative:
		pairs = append(o.path(p.Left, data, ends), o.path(p.Right, data, ends)...)
	case *algebra.ZeroOrOne:
		for _, t := range ends {
			once([2]rdf.Term{t, t})
		}
		for _, pair := range o.path(p.Path, data, ends) {
			once(pair)
		}
	case *algebra.ZeroOrMore, *algebra.OneOrMore:
		var step algebra.Path
		if q, ok := p.(*algebra.ZeroOrMore); ok {
			step = q.Path
			for _, t := range ends {
				once([2]rdf.Term{t, t})
			}
		} else {
			step = p.(*algebra.OneOrMore).Path
		}
		steps := o.path(step, data, ends)
		for _, pair := range steps {
			once(pair)
		}
		for i := 0; i < len(pairs); i++ {
			for _, b := range steps {
				if pairs[i][1] == b[0] {
					once([2]rdf.Term{pairs[i][0], b[1]})
				}
			}
		}
	case *algebra.Negated:
		for _, q := range data {
			if p.HasForward && !slices.Contains(p.Forward, q.Predicate) {
				pairs = append(pairs, [2]rdf.Term{q.Subject, q.Object})
			}
			if p.HasInverse && !slices.Contains(p.Inverse, q.Predicate) {
				pairs = append(pairs, [2]rdf.Term{q.Object, q.Subject})
			}
		}
	}
	return pairs
}

func (o *oracle) holds(e algebra.Expr, m mapping, graph rdf.Term, env mapping) bool {
	v, ok := o.expr(e, m, graph, env)
	if !ok {
		return false
	}
	b, ok := v.effectiveBoolean()
	return ok && b
}

func (o *oracle) expr(e algebra.Expr, m mapping, graph rdf.Term, env mapping) (value, bool) {
	switch e := e.(type) {
	case *algebra.VarExpr:
		t, ok := m[e.Name]
		if !ok {
			t, ok = env[e.Name]
		}
		return valueOf(t), ok
	case *algebra.TermExpr:
		return valueOf(e.Term), true
	case *algebra.Exists:
		inner := maps.Clone(env)
		maps.Copy(inner, m)
		found := len(o.eval(substitute(e.Pattern, inner), graph, inner)) > 0
		return booleanValue(found != e.Not), true
	}
	call := e.(*algebra.Call)
	bools := func(i int) (bool, bool) {
		v, ok := o.expr(call.Args[i], m, graph, env)
		if !ok {
			return false, false
		}
		return v.effectiveBoolean()
	}
	switch call.Op {
	case "BOUND":
		_, ok := o.expr(call.Args[0], m, graph, env)
		return booleanValue(ok), true
	case "&&", "||":
		failed := false
		for i := range call.Args {
			b, ok := bools(i)
			if ok && b == (call.Op == "||") {
				return booleanValue(b), true
			}
			failed = failed || !ok
		}
		return booleanValue(call.Op == "&&"), !failed
	case "!":
		b, ok := bools(0)
		return booleanValue(!b), ok
	case "IF":
		b, ok := bools(0)
		switch {
		case !ok:
			return value{}, false
		case b:
			return o.expr(call.Args[1], m, graph, env)
		}
		return o.expr(call.Args[2], m, graph, env)
	case "COALESCE":
		for _, a := range call.Args {
			if v, ok := o.expr(a, m, graph, env); ok {
				return v, true
			}
		}
		return value{}, false
	case "IN", "NOT IN":
		left, ok := o.expr(call.Args[0], m, graph, env)
		if !ok {
			return value{}, false
		}
		failed := false
		for _, a := range call.Args[1:] {
			right, ok := o.expr(a, m, graph, env)
			eq := false
			if ok {
				eq, ok = equals(left, right)
			}
			if ok && eq {
				return booleanValue(call.Op == "IN"), true
			}
			failed = failed || !ok
		}
		return booleanValue(call.Op != "IN"), !failed
	}
	var args []value
	for _, a := range call.Args {
		v, ok := o.expr(a, m, graph, env)
		if !ok {
			return value{}, false
		}
		args = append(args, v)
	}
	if f := operators[call.Op]; f != nil {
		return f(args[0], args[1])
	}
	return functions[call.Op](o.x, args)
}

// substitute puts values in the place of variables (section 18.6).
func substitute(p algebra.Pattern, m mapping) algebra.Pattern {
	node := func(n algebra.Node) algebra.Node {
		if t, ok := m[n.Var]; ok && n.IsVar() {
			return algebra.Constant(t)
		}
		return n
	}
	switch p := p.(type) {
	case *algebra.BGP:
		b := &algebra.BGP{}
		for _, t := range p.Triples {
			b.Triples = append(b.Triples, algebra.Triple{Subject: node(t.Subject), Predicate: node(t.Predicate), Object: node(t.Object)})
		}
		return b
	case *algebra.PathPattern:
		return &algebra.PathPattern{Subject: node(p.Subject), Path: p.Path, Object: node(p.Object)}
	case *algebra.Join:
		return &algebra.Join{Left: substitute(p.Left, m), Right: substitute(p.Right, m)}
	case *algebra.LeftJoin:
		return &algebra.LeftJoin{Left: substitute(p.Left, m), Right: substitute(p.Right, m), Condition: p.Condition}
	case *algebra.Union:
		return &algebra.Union{Left: substitute(p.Left, m), Right: substitute(p.Right, m)}
	case *algebra.Filter:
		return &algebra.Filter{Condition: p.Condition, Input: substitute(p.Input, m)}
	case *algebra.Graph:
		return &algebra.Graph{Name: node(p.Name), Input: substitute(p.Input, m)}
	}
	return p
}

func (o *oracle) group(p *algebra.Group, graph rdf.Term, env mapping) []mapping {
	type group struct {
		key  mapping
		rows []mapping
	}
	var groups []*group
	for _, m := range o.eval(p.Input, graph, env) {
		key := mapping{}
		for _, k := range p.Keys {
			if v, ok := o.expr(k.Expr, m, graph, env); ok {
				key[k.Var] = v.term
			}
		}
		i := slices.IndexFunc(groups, func(g *group) bool { return maps.Equal(g.key, key) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, &group{key: key})
		}
		groups[i].rows = append(groups[i].rows, m)
	}
	if len(p.Keys) == 0 && len(groups) == 0 {
		groups = []*group{{key: mapping{}}}
	}
	var solutions []mapping
	for _, g := range groups {
		m := maps.Clone(g.key)
		for _, a := range p.Aggregates {
			if v, ok := o.aggregate(a.Aggregate, g.rows, graph, env); ok {
				m[a.Var] = v.term
			}
		}
		solutions = append(solutions, m)
	}
	return solutions
}

func (o *oracle) aggregate(a *algebra.Aggregate, rows []mapping, graph rdf.Term, env mapping) (value, bool) {
	if a.Expr == nil {
		if a.Distinct {
			var seen []mapping
			for _, m := range rows {
				if !slices.ContainsFunc(seen, func(n mapping) bool { return maps.Equal(m, n) }) {
					seen = append(seen, m)
				}
			}
			rows = seen
		}
		return integerValue(int64(len(rows))), true
	}
	var values []value
	failed := false
	for _, m := range rows {
		v, ok := o.expr(a.Expr, m, graph, env)
		if !ok {
			if e, plain := a.Expr.(*algebra.VarExpr); !plain || m[e.Name] != (rdf.Term{}) {
				failed = true
			}
			continue
		}
		if a.Distinct && slices.ContainsFunc(values, func(w value) bool { return w.term == v.term }) {
			continue
		}
		values = append(values, v)
	}
	if a.Func == "COUNT" {
		return integerValue(int64(len(values))), true
	}
	if failed && a.Func != "SAMPLE" {
		return value{}, false
	}
	switch a.Func {
	case "SUM", "AVG":
		sum := integerValue(0)
		for _, v := range values {
			var ok bool
			if sum, ok = arithmetic('+', sum, v); !ok || !v.numeric() {
				return value{}, false
			}
		}
		if a.Func == "SUM" || len(values) == 0 {
			return sum, true
		}
		return arithmetic('/', sum, integerValue(int64(len(values))))
	case "MIN", "MAX":
		if len(values) == 0 {
			return value{}, false
		}
		if a.Func == "MIN" {
			return slices.MinFunc(values, order), true
		}
		return slices.MaxFunc(values, order), true
	}
	panic("oracle: " + a.Func)
}

// linesOf writes solutions as lines.
func linesOf(vars []string, solutions []mapping) []string {
	lines := make([]string, len(solutions))
	for i, m := range solutions {
		var b strings.Builder
		for _, v := range vars {
			b.WriteString(v + "=" + m[v].String() + " ")
		}
		lines[i] = b.String()
	}
	return lines
}

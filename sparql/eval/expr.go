package eval

import (
	"slices"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// evalFunc computes an expression for a row; ok false is an error, which an
// unbound variable is too.
type evalFunc func(x *exec, row []ID) (v value, ok bool)

// test returns the effective boolean value of an expression.
func (f evalFunc) test(x *exec, row []ID) (b, ok bool) {
	v, ok := f(x, row)
	if !ok {
		return false, false
	}
	return v.effectiveBoolean()
}

func failing(*exec, []ID) (value, bool) { return value{}, false }

// expr compiles an expression. slot gives the slot of a variable, -1 if it is
// never bound here; exists compiles a pattern.
func (c *compiler) expr(e algebra.Expr, sc *visible) evalFunc {
	switch e := e.(type) {
	case *algebra.VarExpr:
		slot := sc.slot(e.Name)
		if slot < 0 {
			return failing
		}
		return func(x *exec, row []ID) (value, bool) {
			v := x.value(row[slot])
			return v, v.kind != kindNone
		}
	case *algebra.TermExpr:
		v := valueOf(e.Term)
		return func(*exec, []ID) (value, bool) { return v, true }
	case *algebra.Exists:
		found := c.exists(e.Pattern, sc)
		return func(x *exec, row []ID) (value, bool) { return booleanValue(found(x, row) != e.Not), x.err == nil }
	case *algebra.Call:
		return c.call(e, sc)
	}
	return failing // an aggregate outside a group: the parser lets none through
}

func (c *compiler) call(e *algebra.Call, sc *visible) evalFunc {
	if e.Op == "BOUND" {
		slot := sc.slot(e.Args[0].(*algebra.VarExpr).Name)
		return func(_ *exec, row []ID) (value, bool) { return booleanValue(slot >= 0 && row[slot] != 0), true }
	}
	if f := c.identity(e, sc); f != nil {
		return f
	}
	args := make([]evalFunc, len(e.Args))
	for i, a := range e.Args {
		args[i] = c.expr(a, sc)
	}
	switch e.Op {
	case "&&", "||":
		// An error counts only if no other operand decides (section 17.2).
		decides := e.Op == "||"
		return func(x *exec, row []ID) (value, bool) {
			good := true
			for _, a := range args {
				b, ok := a.test(x, row)
				if ok && b == decides {
					return booleanValue(decides), true
				}
				good = good && ok
			}
			return booleanValue(!decides), good
		}
	case "!":
		return func(x *exec, row []ID) (value, bool) {
			b, ok := args[0].test(x, row)
			return booleanValue(!b), ok
		}
	case "IF":
		return func(x *exec, row []ID) (value, bool) {
			b, ok := args[0].test(x, row)
			if !ok {
				return value{}, false
			}
			if b {
				return args[1](x, row)
			}
			return args[2](x, row)
		}
	case "COALESCE":
		return func(x *exec, row []ID) (value, bool) {
			for _, a := range args {
				if v, ok := a(x, row); ok {
					return v, true
				}
			}
			return value{}, false
		}
	case "IN", "NOT IN":
		return in(args, e.Op == "NOT IN")
	}
	if f := operators[e.Op]; f != nil {
		return between(f, args)
	}
	f := functions[e.Op]
	if e.Op == "" {
		f = casts[e.Function.Value()]
		if f != nil && len(args) != 1 {
			f = nil
		}
	}
	if f == nil {
		return failing
	}
	// No function calls itself, nor keeps its arguments: they can share a place.
	values := make([]value, len(args))
	return func(x *exec, row []ID) (value, bool) {
		for i, a := range args {
			v, ok := a(x, row)
			if !ok {
				return value{}, false
			}
			values[i] = v
		}
		return f(x, values)
	}
}

// operators are those between two values (section 17.3).
var operators = map[string]func(a, b value) (value, bool){
	"=": func(a, b value) (value, bool) {
		eq, ok := equals(a, b)
		return booleanValue(eq), ok
	},
	"!=": func(a, b value) (value, bool) {
		eq, ok := equals(a, b)
		return booleanValue(!eq), ok
	},
	"<":  comparison(func(c int) bool { return c < 0 }),
	">":  comparison(func(c int) bool { return c > 0 }),
	"<=": comparison(func(c int) bool { return c <= 0 }),
	">=": comparison(func(c int) bool { return c >= 0 }),
	"+":  func(a, b value) (value, bool) { return arithmetic('+', a, b) },
	"-":  func(a, b value) (value, bool) { return arithmetic('-', a, b) },
	"*":  func(a, b value) (value, bool) { return arithmetic('*', a, b) },
	"/":  func(a, b value) (value, bool) { return arithmetic('/', a, b) },
}

// between compiles an operator between two values.
func between(f func(a, b value) (value, bool), args []evalFunc) evalFunc {
	return func(x *exec, row []ID) (value, bool) {
		v, ok := args[0](x, row)
		if !ok {
			return value{}, false
		}
		w, ok := args[1](x, row)
		if !ok {
			return value{}, false
		}
		return f(v, w)
	}
}

// in is IN and NOT IN (section 17.4.1.9): an error only if nothing is equal.
func in(args []evalFunc, not bool) evalFunc {
	return func(x *exec, row []ID) (value, bool) {
		v, ok := args[0](x, row)
		if !ok {
			return value{}, false
		}
		good := true
		for _, a := range args[1:] {
			w, ok := a(x, row)
			if !ok {
				good = false
				continue
			}
			eq, ok := equals(v, w)
			if ok && eq {
				return booleanValue(!not), true
			}
			good = good && ok
		}
		return booleanValue(not), good
	}
}

// identity compiles ?x = <iri>, ?x != <iri> and ?x IN (<iri>, ...) to
// comparisons of IDs: an IRI equals itself only. It returns nil for other calls.
func (c *compiler) identity(e *algebra.Call, sc *visible) evalFunc {
	var variable *algebra.VarExpr
	var terms []rdf.Term
	for i, a := range e.Args {
		switch a := a.(type) {
		case *algebra.VarExpr:
			if variable != nil || i > 0 && (e.Op == "IN" || e.Op == "NOT IN") {
				return nil
			}
			variable = a
		case *algebra.TermExpr:
			if !a.Term.IsIRI() {
				return nil
			}
			terms = append(terms, a.Term)
		default:
			return nil
		}
	}
	not := e.Op == "!=" || e.Op == "NOT IN"
	if variable == nil || !not && e.Op != "=" && e.Op != "IN" || len(terms) == 0 {
		return nil
	}
	slot := sc.slot(variable.Name)
	if slot < 0 {
		return failing
	}
	ids := make([]ID, len(terms))
	for i, t := range terms {
		ids[i] = c.x.intern(t)
	}
	yes, no := booleanValue(!not), booleanValue(not)
	if len(ids) > 8 {
		set := make(map[ID]struct{}, len(ids))
		for _, id := range ids {
			set[id] = struct{}{}
		}
		return func(_ *exec, row []ID) (value, bool) {
			if _, ok := set[row[slot]]; ok {
				return yes, true
			}
			return no, row[slot] != 0
		}
	}
	return func(_ *exec, row []ID) (value, bool) {
		if slices.Contains(ids, row[slot]) {
			return yes, row[slot] != 0
		}
		return no, row[slot] != 0
	}
}

// volatile reports whether two evaluations of e for one solution may differ.
func volatile(e algebra.Expr) bool {
	call, ok := e.(*algebra.Call)
	if !ok {
		return false
	}
	switch call.Op {
	case "RAND", "UUID", "STRUUID", "BNODE":
		return true
	}
	return slices.ContainsFunc(call.Args, volatile)
}

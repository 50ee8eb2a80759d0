package algebra

import (
	"fmt"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// sexpr writes (name part part ...).
func sexpr(name string, parts ...any) string {
	var b strings.Builder
	b.WriteByte('(')
	b.WriteString(name)
	for _, p := range parts {
		b.WriteByte(' ')
		fmt.Fprint(&b, p)
	}
	b.WriteByte(')')
	return b.String()
}

func variables(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = "?" + n
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func strs[T fmt.Stringer](list []T) []any {
	parts := make([]any, len(list))
	for i, x := range list {
		parts[i] = x.String()
	}
	return parts
}

// String returns "?name", the term in N-Triples, or "_" for no node.
func (n Node) String() string {
	switch {
	case n.IsVar():
		return "?" + n.Var
	case n.IsZero():
		return "_"
	}
	return n.Term.String()
}

// String returns (triple s p o).
func (t Triple) String() string { return sexpr("triple", t.Subject, t.Predicate, t.Object) }

// String returns (quad g s p o).
func (q Quad) String() string { return sexpr("quad", q.Graph, q.Subject, q.Predicate, q.Object) }

func (p *BGP) String() string {
	if len(p.Triples) == 0 {
		return "(unit)"
	}
	return sexpr("bgp", strs(p.Triples)...)
}
func (p *PathPattern) String() string { return sexpr("path", p.Subject, p.Path, p.Object) }
func (p *Join) String() string        { return sexpr("join", p.Left, p.Right) }
func (p *LeftJoin) String() string {
	if p.Condition == nil {
		return sexpr("leftjoin", p.Left, p.Right)
	}
	return sexpr("leftjoin", p.Left, p.Right, p.Condition)
}
func (p *Union) String() string  { return sexpr("union", p.Left, p.Right) }
func (p *Minus) String() string  { return sexpr("minus", p.Left, p.Right) }
func (p *Filter) String() string { return sexpr("filter", p.Condition, p.Input) }
func (p *Extend) String() string { return sexpr("extend", "?"+p.Var, p.Expr, p.Input) }
func (p *Graph) String() string  { return sexpr("graph", p.Name, p.Input) }
func (p *Service) String() string {
	if p.Silent {
		return sexpr("service", "silent", p.Endpoint, p.Input)
	}
	return sexpr("service", p.Endpoint, p.Input)
}
func (p *Values) String() string {
	parts := []any{variables(p.Vars)}
	for _, row := range p.Rows {
		cells := make([]string, len(row))
		for i, t := range row {
			cells[i] = Node{Term: t}.String()
		}
		parts = append(parts, "("+strings.Join(cells, " ")+")")
	}
	return sexpr("table", parts...)
}

// String returns (?var expr).
func (b Binding) String() string { return "(?" + b.Var + " " + b.Expr.String() + ")" }

// String returns (?var aggregate).
func (b AggregateBinding) String() string { return "(?" + b.Var + " " + b.Aggregate.String() + ")" }

// String returns (asc expr) or (desc expr).
func (o Order) String() string {
	if o.Descending {
		return sexpr("desc", o.Expr)
	}
	return sexpr("asc", o.Expr)
}

func list[T fmt.Stringer](items []T) string {
	parts := make([]string, len(items))
	for i, x := range items {
		parts[i] = x.String()
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func (p *Group) String() string    { return sexpr("group", list(p.Keys), list(p.Aggregates), p.Input) }
func (p *OrderBy) String() string  { return sexpr("order", list(p.Conditions), p.Input) }
func (p *Project) String() string  { return sexpr("project", variables(p.Vars), p.Input) }
func (p *Distinct) String() string { return sexpr("distinct", p.Input) }
func (p *Reduced) String() string  { return sexpr("reduced", p.Input) }
func (p *Slice) String() string    { return sexpr("slice", p.Offset, p.Limit, p.Input) }

func (p *Link) String() string        { return p.IRI.String() }
func (p *Inverse) String() string     { return sexpr("^", p.Path) }
func (p *Sequence) String() string    { return sexpr("/", p.Left, p.Right) }
func (p *Alternative) String() string { return sexpr("|", p.Left, p.Right) }
func (p *ZeroOrMore) String() string  { return sexpr("*", p.Path) }
func (p *OneOrMore) String() string   { return sexpr("+", p.Path) }
func (p *ZeroOrOne) String() string   { return sexpr("?", p.Path) }
func (p *Negated) String() string {
	var parts []any
	for _, t := range p.Forward {
		parts = append(parts, t)
	}
	for _, t := range p.Inverse {
		parts = append(parts, "^"+t.String())
	}
	return sexpr("!", parts...)
}

func (e *VarExpr) String() string  { return "?" + e.Name }
func (e *TermExpr) String() string { return e.Term.String() }
func (e *Call) String() string {
	if e.Op == "" {
		return sexpr(e.Function.String(), strs(e.Args)...)
	}
	return sexpr(strings.ToLower(e.Op), strs(e.Args)...)
}
func (e *Exists) String() string {
	if e.Not {
		return sexpr("notexists", e.Pattern)
	}
	return sexpr("exists", e.Pattern)
}
func (e *Aggregate) String() string {
	name, parts := strings.ToLower(e.Func), []any{}
	if e.Distinct {
		parts = append(parts, "distinct")
	}
	if e.Expr != nil {
		parts = append(parts, e.Expr)
	}
	if e.Func == "GROUP_CONCAT" {
		parts = append(parts, rdf.String(e.Separator))
	}
	return sexpr(name, parts...)
}

// String returns the query as one S-expression.
func (q *Query) String() string {
	var parts []any
	if q.Dataset != nil {
		parts = append(parts, q.Dataset)
	}
	name := "select"
	switch q.Form {
	case Construct:
		name, parts = "construct", append(parts, list(q.Template))
	case Describe:
		name, parts = "describe", append(parts, list(q.Resources))
	case Ask:
		name = "ask"
	}
	return sexpr(name, append(parts, q.Pattern)...)
}

// String returns (dataset (default ...) (named ...)).
func (d *Dataset) String() string {
	return sexpr("dataset", sexpr("default", strs(d.Default)...), sexpr("named", strs(d.Named)...))
}

// String returns the operations as one S-expression.
func (u *Update) String() string { return sexpr("update", strs(u.Operations)...) }

func (o *InsertData) String() string { return sexpr("insertdata", strs(o.Quads)...) }
func (o *DeleteData) String() string { return sexpr("deletedata", strs(o.Quads)...) }
func (o *Modify) String() string {
	parts := []any{sexpr("delete", strs(o.Delete)...), sexpr("insert", strs(o.Insert)...)}
	if o.Using != nil {
		parts = append(parts, o.Using)
	} else if !o.With.IsZero() {
		parts = append(parts, sexpr("with", o.With))
	}
	return sexpr("modify", append(parts, o.Where)...)
}
func (o *Load) String() string {
	return sexpr("load", silent(o.Silent), o.Source, Node{Term: o.Into})
}
func (o *Clear) String() string {
	name := "clear"
	if o.Drop {
		name = "drop"
	}
	target := [...]string{"", "default", "named", "all"}[o.Target]
	if o.Target == OneGraph {
		target = o.Graph.String()
	}
	return sexpr(name, silent(o.Silent), target)
}
func (o *Create) String() string { return sexpr("create", silent(o.Silent), o.Graph) }
func (o *Transfer) String() string {
	return sexpr(strings.ToLower(o.Kind), silent(o.Silent), Node{Term: o.From}, Node{Term: o.To})
}

func silent(yes bool) string {
	if yes {
		return "silent"
	}
	return "loud"
}

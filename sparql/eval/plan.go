package eval

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/algebra"
)

// The evaluator passes solutions from operator to operator in one row of slots.
// An operator gets the row with what is bound so far, adds its own bindings,
// runs the next operator for each solution, and takes its bindings away again.
//
// So a pattern is run with a row that holds bindings from outside, and the rule
// that everything here keeps is: running p with the row μ gives each solution of
// p that is compatible with μ, joined with it. For joins and unions that comes
// by itself. Where a binding from outside could change what happens inside (the
// right side of an OPTIONAL that names a variable its left side may leave
// unbound), the pattern is run with slots of its own for those variables, and
// joined afterwards: see isolate.

// set is a set of variable names.
type set map[string]bool

func setOf(names []string) set {
	s := make(set, len(names))
	for _, n := range names {
		s[n] = true
	}
	return s
}

// namespace gives variables their slots. Variables of the same name in another
// namespace, as that of a subquery, are other variables.
type namespace struct {
	slots map[string]int
	// outer are the variables that EXISTS puts in place as constants: expressions
	// see them wherever they stand.
	outer set
}

// bound says of slots whether they hold a value at some point of the plan.
type bound map[int]certainty

type certainty uint8

const (
	unbound certainty = iota
	maybeBound
	surelyBound
)

// graphRef is the graph that patterns look in: the default graph, the one in a
// slot, or a named one.
type graphRef struct {
	name string     // variable, if slot is used
	ns   *namespace // that name is of: in another, the same name is another variable
	slot int        // -1 if none
	id   ID         // of a named graph, 0 if none
	// missing is a named graph that the data does not have.
	missing bool
}

var defaultGraph = graphRef{slot: -1}

// compiler turns algebra into operators for one run.
type compiler struct {
	x     *exec
	slots int
	stats Statistics // nil if the dataset has none
	paths []*pathOp  // those of the EXISTS being compiled
	// ids and distincts remember what the dataset said: planning asks often.
	ids       map[rdf.Term]ID
	distincts map[ID][4]float64
	// calls is how often the planner thinks that the group being compiled runs.
	calls float64
	// notes are nil but for Explain; tests are the plans of the EXISTS of the
	// expression compiled last.
	notes *notes
	tests []*Plan
	// sorted is the slot that rows come sorted by, negative for none.
	sorted int
	ranger Ranger // nil if the dataset is none
}

func (c *compiler) newSlot() int {
	c.slots++
	return c.slots - 1
}

func (c *compiler) slot(ns *namespace, name string) int {
	s, ok := ns.slots[name]
	if !ok {
		s = c.newSlot()
		ns.slots[name] = s
	}
	return s
}

// visible is what an expression can see: the variables in scope, and those of
// outside.
type visible struct {
	c     *compiler
	ns    *namespace
	scope set
	bound bound
	graph graphRef
}

func (v *visible) slot(name string) int {
	if v.scope[name] || v.ns.outer[name] {
		return v.c.slot(v.ns, name)
	}
	return -1
}

// pipeline compiles a pattern with its solution modifiers. top is how many
// solutions are wanted at most, negative for all.
func (c *compiler) pipeline(p algebra.Pattern, ns *namespace, b bound, g graphRef, top int64) []op {
	switch p := p.(type) {
	case *algebra.Slice:
		inner := int64(-1)
		if p.Limit >= 0 && p.Limit <= math.MaxInt64-p.Offset {
			inner = p.Limit + p.Offset
		}
		o := &slice{inner: c.pipeline(p.Input, ns, b, g, inner), offset: p.Offset, limit: p.Limit}
		return []op{c.note(o, o.detail(), 0)}
	case *algebra.Distinct:
		if sorted := sortLast(p); sorted != nil {
			return c.pipeline(sorted, ns, b, g, top)
		}
		return []op{c.distinct(p.Input, ns, b, g)}
	case *algebra.Reduced:
		return []op{c.distinct(p.Input, ns, b, g)}
	case *algebra.Project:
		return c.pipeline(p.Input, c.projected(p, ns), b, g, top)
	case *algebra.OrderBy:
		inner := c.pipeline(p.Input, ns, b, g, -1)
		sc := &visible{c: c, ns: ns, scope: setOf(algebra.InScope(p.Input)), bound: b, graph: g}
		o := &sorter{inner: inner, top: top}
		for _, cond := range p.Conditions {
			o.conditions = append(o.conditions, c.sortCondition(cond, sc))
		}
		for _, name := range algebra.InScope(p.Input) {
			o.columns = append(o.columns, c.slot(ns, name))
		}
		return []op{c.note(o, listed(p.Conditions), 0)}
	case *algebra.Group:
		if o := c.count(p, ns, b, g); o != nil {
			return []op{c.note(o, p.Input.String(), 1)}
		}
		return []op{c.note(c.groupBy(p, ns, g), strings.TrimSpace(listed(p.Keys)+" "+listed(p.Aggregates)), 0)}
	}
	return c.conjunction(p, ns, b, g, true, nil, nil)
}

// sortLast returns DISTINCT over ORDER BY as ORDER BY over DISTINCT, which sorts
// less and may keep the top only; nil where there is none, or where the order is
// by more than what is selected.
func sortLast(p *algebra.Distinct) algebra.Pattern {
	project, ok := p.Input.(*algebra.Project)
	if !ok {
		return nil
	}
	order, ok := project.Input.(*algebra.OrderBy)
	if !ok {
		return nil
	}
	for _, cond := range order.Conditions {
		if volatile(cond.Expr) || hasExists(cond.Expr) {
			return nil
		}
		for _, name := range algebra.Mentioned(cond.Expr) {
			if !slices.Contains(project.Vars, name) {
				return nil
			}
		}
	}
	return &algebra.OrderBy{Conditions: order.Conditions,
		Input: &algebra.Distinct{Input: &algebra.Project{Vars: project.Vars, Input: order.Input}}}
}

// isOrdered reports whether the solutions of p come in an order that was asked
// for.
func isOrdered(p algebra.Pattern) bool {
	switch p := p.(type) {
	case *algebra.OrderBy:
		return true
	case *algebra.Project:
		return isOrdered(p.Input)
	case *algebra.Slice:
		return isOrdered(p.Input)
	case *algebra.Distinct:
		return isOrdered(p.Input)
	case *algebra.Reduced:
		return isOrdered(p.Input)
	}
	return false
}

func (c *compiler) distinct(p algebra.Pattern, ns *namespace, b bound, g graphRef) op {
	if o := c.distinctPlace(p, ns, b, g); o != nil {
		return o
	}
	o := &distinctOp{inner: c.pipeline(p, ns, b, g, -1), ordered: isOrdered(p)}
	for _, name := range algebra.InScope(p) {
		o.columns = append(o.columns, c.slot(ns, name))
	}
	return c.note(o, variableList(algebra.InScope(p)), 0)
}

// projected returns the namespace inside a Project: only what it projects is
// shared with the outside.
func (c *compiler) projected(p *algebra.Project, ns *namespace) *namespace {
	inner := &namespace{slots: map[string]int{}, outer: set{}}
	for _, name := range p.Vars {
		inner.slots[name] = c.slot(ns, name)
		if ns.outer[name] {
			inner.outer[name] = true
		}
	}
	return inner
}

// item is a part of a conjunction.
type item struct {
	kind    itemKind
	ns      *namespace
	graph   graphRef
	scope   set // variables that it can bind
	certain set // variables that it surely binds

	triple   algebra.Triple
	path     *algebra.PathPattern
	values   *algebra.Values
	service  *algebra.Service
	pattern  algebra.Pattern   // sub, table, isolated, optional, minus
	branches []algebra.Pattern // union
	isolate  []string          // isolated
	expr     algebra.Expr      // filter, extend, and the condition of optional
	name     string            // extend
	pairs    [][2]int          // merge

	// from and to are the items that the pattern below this one became; exprScope
	// the variables in scope there.
	from, to  int
	exprScope set
	// whole: everything in from..to must have run.
	whole bool

	base  float64 // estimate with nothing bound; negative if not yet made
	share float64 // of base that within leaves

	slots     []int       // places, once asked for
	within    [4]idRanges // what filters leave of the places of a triple, nil for all
	mentioned []string    // variables of expr
	asked     bool        // mentioned is made
}

type itemKind uint8

const (
	// Generators: in any order.
	tripleItem itemKind = iota
	pathItem
	valuesItem
	unionItem
	subItem      // a plain subquery, run in place
	tableItem    // a subquery that is computed once and joined
	isolatedItem // a pattern with slots of its own
	graphItem    // the names of the graphs
	serviceItem
	searchItem
	// The others wait for what they are about.
	filterItem
	extendItem
	mergeItem
	optionalItem
	minusItem
)

// others are the variables that may be bound beside a pattern, by the parts it
// is joined with or from outside.
type others struct {
	sets   []set
	except int
	parent *others
}

func (o *others) has(name string) bool {
	for ; o != nil; o = o.parent {
		for i, s := range o.sets {
			if i != o.except && s[name] {
				return true
			}
		}
	}
	return false
}

func (o *others) empty() bool {
	for ; o != nil; o = o.parent {
		for i, s := range o.sets {
			if i != o.except && len(s) > 0 {
				return false
			}
		}
	}
	return true
}

// unit is a conjunction being planned.
type unit struct {
	c     *compiler
	items []*item
	once  bool // it runs once, with nothing bound
}

// group compiles a graph pattern to be run with b bound. condition, which sees
// conditionScope, must hold too: that of an OPTIONAL.
func (c *compiler) group(p algebra.Pattern, ns *namespace, b bound, g graphRef, condition algebra.Expr, conditionScope set) []op {
	return c.conjunction(p, ns, b, g, false, condition, conditionScope)
}

// conjunction is group; once says that it runs once only.
func (c *compiler) conjunction(p algebra.Pattern, ns *namespace, b bound, g graphRef, once bool, condition algebra.Expr, conditionScope set) []op {
	outside := set{}
	for name, slot := range ns.slots {
		if b[slot] != unbound && !ns.outer[name] {
			outside[name] = true
		}
	}
	u := &unit{c: c, once: once && len(outside) == 0 && g.slot < 0}
	u.flatten(p, ns, g, &others{sets: []set{outside}, except: -1})
	if condition != nil {
		u.filters(condition, ns, g, conditionScope, 0, len(u.items))
	}
	u.narrow()
	return u.build(b)
}

// flatten adds the parts of p to the conjunction.
func (u *unit) flatten(p algebra.Pattern, ns *namespace, g graphRef, beside *others) {
	add := func(it *item) {
		it.ns, it.graph, it.base = ns, g, -1
		if it.scope == nil {
			it.scope = set{}
		}
		u.items = append(u.items, it)
	}
	// conflict returns the variables, of those that p may leave open, that may be
	// bound from beside.
	conflict := func(open set) []string {
		var names []string
		for name := range open {
			if beside.has(name) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	isolate := func(names []string) {
		add(&item{kind: isolatedItem, pattern: p, isolate: names, scope: u.scope(p, ns, g), certain: u.certain(p, ns, g)})
	}
	switch p := p.(type) {
	case *algebra.BGP:
		for _, t := range p.Triples {
			it := &item{kind: tripleItem, triple: t, scope: set{}}
			for _, n := range []algebra.Node{t.Subject, t.Predicate, t.Object} {
				if n.IsVar() {
					it.scope[n.Var] = true
				}
			}
			if u.c.isSearch(t) {
				it.kind = searchItem // in no graph
			} else if g.name != "" && g.ns == ns {
				it.scope[g.name] = true
			}
			it.certain = it.scope
			add(it)
		}
	case *algebra.PathPattern:
		it := &item{kind: pathItem, path: p, scope: setOf(algebra.InScope(p))}
		it.certain = it.scope
		add(it)
	case *algebra.Join:
		parts := conjuncts(p)
		scopes := make([]set, len(parts))
		for i, part := range parts {
			scopes[i] = u.scope(part, ns, g)
		}
		for i, part := range parts {
			u.flatten(part, ns, g, &others{sets: scopes, except: i, parent: beside})
		}
	case *algebra.Filter:
		scope, sure := setOf(algebra.InScope(p.Input)), setOf(algebra.Certain(p.Input))
		if names := conflict(mentioned(p.Condition, scope, sure)); names != nil {
			isolate(names)
			return
		}
		from := len(u.items)
		u.flatten(p.Input, ns, g, beside)
		u.filters(p.Condition, ns, g, scope, from, len(u.items))
	case *algebra.Extend:
		scope, sure := setOf(algebra.InScope(p.Input)), setOf(algebra.Certain(p.Input))
		unsteady := volatile(p.Expr)
		names := conflict(mentioned(p.Expr, scope, sure))
		if names != nil || unsteady && !beside.empty() {
			isolate(names)
			return
		}
		from := len(u.items)
		u.flatten(p.Input, ns, g, beside)
		add(&item{kind: extendItem, expr: p.Expr, name: p.Var, from: from, to: len(u.items), exprScope: scope,
			scope: set{p.Var: true}, whole: unsteady})
	case *algebra.LeftJoin:
		both, sure := setOf(algebra.InScope(p.Left)), setOf(algebra.Certain(p.Left))
		open := set{}
		for _, name := range algebra.InScope(p.Right) {
			both[name] = true
			if !sure[name] {
				open[name] = true
			}
		}
		if p.Condition != nil {
			maps.Copy(open, mentioned(p.Condition, both, sure))
		}
		if names := conflict(open); names != nil {
			isolate(names)
			return
		}
		from := len(u.items)
		u.flatten(p.Left, ns, g, beside)
		add(&item{kind: optionalItem, pattern: p.Right, expr: p.Condition, from: from, to: len(u.items), exprScope: both,
			scope: u.scope(p.Right, ns, g), whole: true})
	case *algebra.Minus:
		scope, sure := setOf(algebra.InScope(p.Left)), setOf(algebra.Certain(p.Left))
		open := set{}
		for _, name := range algebra.InScope(p.Right) {
			if scope[name] && !sure[name] {
				open[name] = true
			}
		}
		if names := conflict(open); names != nil {
			isolate(names)
			return
		}
		from := len(u.items)
		u.flatten(p.Left, ns, g, beside)
		add(&item{kind: minusItem, pattern: p.Right, from: from, to: len(u.items), exprScope: scope,
			certain: sure, whole: true})
	case *algebra.Union:
		it := &item{kind: unionItem, branches: branches(p), scope: u.scope(p, ns, g), certain: u.certain(p, ns, g)}
		add(it)
	case *algebra.Values:
		add(&item{kind: valuesItem, values: p, scope: setOf(p.Vars), certain: setOf(algebra.Certain(p))})
	case *algebra.Graph:
		u.graph(p, ns, beside)
	case *algebra.Service:
		add(&item{kind: serviceItem, service: p, scope: setOf(algebra.InScope(p)), certain: set{}})
	default: // solution modifiers: a subquery
		if inPlace(p) {
			add(&item{kind: subItem, pattern: p, scope: u.scope(p, ns, g), certain: u.certain(p, ns, g)})
		} else {
			add(&item{kind: tableItem, pattern: p, scope: setOf(algebra.InScope(p)), certain: setOf(algebra.Certain(p))})
		}
	}
}

// scope returns the variables in scope of p, and that of the graph around it.
func (u *unit) scope(p algebra.Pattern, ns *namespace, g graphRef) set {
	s := setOf(algebra.InScope(p))
	if g.name != "" && g.ns == ns {
		s[g.name] = true
	}
	return s
}

// certain returns the variables that p surely binds, and that of the graph around
// it if its patterns do.
func (u *unit) certain(p algebra.Pattern, ns *namespace, g graphRef) set {
	s := setOf(algebra.Certain(p))
	if g.name != "" && g.ns == ns && bindsGraph(p) {
		s[g.name] = true
	}
	return s
}

// mentioned returns the variables of e that are in scope but not sure.
func mentioned(e algebra.Expr, scope, sure set) set {
	open := set{}
	for _, name := range algebra.Mentioned(e) {
		if scope[name] && !sure[name] {
			open[name] = true
		}
	}
	return open
}

// filters adds a condition, its conjuncts one by one.
func (u *unit) filters(e algebra.Expr, ns *namespace, g graphRef, scope set, from, to int) {
	if call, ok := e.(*algebra.Call); ok && call.Op == "&&" {
		for _, a := range call.Args {
			u.filters(a, ns, g, scope, from, to)
		}
		return
	}
	u.items = append(u.items, &item{kind: filterItem, ns: ns, graph: g, expr: e, exprScope: scope, from: from, to: to, scope: set{}})
}

// graph adds GRAPH name { ... }.
func (u *unit) graph(p *algebra.Graph, ns *namespace, beside *others) {
	g := graphRef{slot: -1}
	if !p.Name.IsVar() {
		id, err := u.c.x.ds.ID(p.Name.Term)
		if err != nil {
			u.c.x.fail(fmt.Errorf("look up graph: %w", err))
		}
		g.id, g.missing = id, id == 0
		if !bindsGraph(p.Input) {
			u.items = append(u.items, &item{kind: graphItem, ns: ns, graph: g, scope: set{}, certain: set{}, base: 1})
		}
		u.flatten(p.Input, ns, g, beside)
		return
	}
	// Expressions inside do not see the variable: it is joined from outside
	// (section 18.6, and the W3C test graph-variable-scope).
	name := p.Name.Var
	from := len(u.items)
	if !slices.Contains(algebra.InScope(p.Input), name) {
		g.name, g.slot = name, u.c.slot(ns, name)
	} else {
		// The pattern has a variable of that name itself: they are joined when
		// the pattern is done.
		g.name = fmt.Sprintf("_:graph/%d", u.c.slots)
		g.slot = u.c.slot(ns, g.name)
	}
	g.ns = ns
	if !bindsGraph(p.Input) {
		u.items = append(u.items, &item{kind: graphItem, ns: ns, graph: g, scope: set{g.name: true}, certain: set{g.name: true}, base: 100})
	}
	u.flatten(p.Input, ns, g, beside)
	if g.name != name {
		u.items = append(u.items, &item{kind: mergeItem, ns: ns, graph: defaultGraph, scope: set{name: true}, whole: true,
			pairs: [][2]int{{g.slot, u.c.slot(ns, name)}}, from: from, to: len(u.items)})
	}
}

// bindsGraph reports whether the patterns of p bind the variable of the graph
// around it by matching quads before anything asks for it.
func bindsGraph(p algebra.Pattern) bool {
	switch p := p.(type) {
	case *algebra.BGP:
		return len(p.Triples) > 0
	case *algebra.Join:
		return bindsGraph(p.Left) || bindsGraph(p.Right)
	case *algebra.LeftJoin:
		return bindsGraph(p.Left)
	case *algebra.Union:
		return bindsGraph(p.Left) && bindsGraph(p.Right)
	case *algebra.Minus:
		return bindsGraph(p.Left)
	case *algebra.Filter:
		return bindsGraph(p.Input)
	case *algebra.Extend:
		return bindsGraph(p.Input)
	case *algebra.Project:
		return inPlace(p) && bindsGraph(p.Input)
	case *algebra.OrderBy:
		return bindsGraph(p.Input)
	}
	return false
}

// inPlace reports whether a subquery can be run with bindings from outside: it
// only projects.
func inPlace(p algebra.Pattern) bool {
	project, ok := p.(*algebra.Project)
	if !ok {
		return false
	}
	for p = project.Input; ; {
		switch q := p.(type) {
		case *algebra.OrderBy:
			p = q.Input
		case *algebra.Extend:
			if volatile(q.Expr) {
				return false
			}
			p = q.Input
		case *algebra.Filter:
			p = q.Input
		case *algebra.Join:
			p = q.Left
		case *algebra.Group, *algebra.Slice, *algebra.Distinct, *algebra.Reduced:
			return false
		default:
			return true
		}
	}
}

// conjuncts returns the parts of nested joins.
func conjuncts(p algebra.Pattern) []algebra.Pattern {
	var parts []algebra.Pattern
	for {
		j, ok := p.(*algebra.Join)
		if !ok {
			break
		}
		right := []algebra.Pattern{j.Right}
		if _, ok := j.Right.(*algebra.Join); ok {
			right = conjuncts(j.Right)
			slices.Reverse(right)
		}
		parts = append(parts, right...)
		p = j.Left
	}
	parts = append(parts, p)
	slices.Reverse(parts)
	return parts
}

// branches returns the parts of nested unions.
func branches(p algebra.Pattern) []algebra.Pattern {
	var parts []algebra.Pattern
	for {
		u, ok := p.(*algebra.Union)
		if !ok {
			break
		}
		parts = append(parts, u.Right)
		p = u.Left
	}
	parts = append(parts, p)
	slices.Reverse(parts)
	return parts
}

// hasExists reports whether an expression has an EXISTS.
func hasExists(e algebra.Expr) bool {
	switch e := e.(type) {
	case *algebra.Exists:
		return true
	case *algebra.Call:
		return slices.ContainsFunc(e.Args, hasExists)
	}
	return false
}

// compile makes the operators of an item to be run with b bound.
func (c *compiler) compile(it *item, b bound, s *step) []op {
	switch it.kind {
	case tripleItem:
		return []op{c.scan(it, b, s)}
	case pathItem:
		return []op{c.path(it)}
	case valuesItem:
		return []op{c.values(it, b)}
	case unionItem:
		o := &union{}
		for _, p := range it.branches {
			o.branches = append(o.branches, c.group(p, it.ns, b, it.graph, nil, nil))
		}
		return []op{o}
	case subItem:
		inner := c.projected(it.pattern.(*algebra.Project), it.ns)
		p := it.pattern.(*algebra.Project).Input
		if o, ok := p.(*algebra.OrderBy); ok {
			p = o.Input // the order of a subquery is lost
		}
		return c.group(p, inner, b, it.graph, nil, nil)
	case tableItem:
		if s.first {
			return c.pipeline(it.pattern, it.ns, b, it.graph, -1)
		}
		return []op{c.table(it, b)}
	case isolatedItem:
		inner := &namespace{slots: maps.Clone(it.ns.slots), outer: maps.Clone(it.ns.outer)}
		for name := range it.scope {
			inner.slots[name] = c.slot(it.ns, name)
		}
		var pairs [][2]int
		for _, name := range it.isolate {
			slot := c.newSlot()
			inner.slots[name] = slot
			delete(inner.outer, name)
			pairs = append(pairs, [2]int{slot, c.slot(it.ns, name)})
		}
		return append(c.group(it.pattern, inner, b, it.graph, nil, nil), &merge{pairs: pairs})
	case graphItem:
		return []op{&graphNames{graph: it.graph}}
	case serviceItem:
		return []op{c.service(it, b)}
	case searchItem:
		return []op{c.search(it, b)}
	case filterItem:
		sc := &visible{c: c, ns: it.ns, scope: it.exprScope, bound: b, graph: it.graph}
		return []op{&filter{condition: c.condition(it.expr, sc)}}
	case extendItem:
		sc := &visible{c: c, ns: it.ns, scope: it.exprScope, bound: b, graph: it.graph}
		o := &extend{expr: c.expr(it.expr, sc), slot: c.slot(it.ns, it.name), from: -1}
		switch e := it.expr.(type) {
		case *algebra.VarExpr:
			o.from = sc.slot(e.Name)
		case *algebra.TermExpr:
			o.constant = c.x.intern(e.Term)
		}
		return []op{o}
	case mergeItem:
		return []op{&merge{pairs: it.pairs}}
	case optionalItem:
		return []op{&optional{inner: c.group(it.pattern, it.ns, b, it.graph, it.expr, it.exprScope)}}
	case minusItem:
		return c.minus(it, b)
	}
	return nil
}

// scan compiles a triple pattern.
func (c *compiler) scan(it *item, b bound, s *step) op {
	o := &scan{slots: [4]int{-1, -1, -1, -1}, scope: c.x.scope, wanted: s.wanted, merged: s.merged, trial: s.trial, hashes: s.hashes,
		expects: s.calls, within: it.within, total: c.total(it)}
	if it.graph.missing {
		return &nothing{}
	}
	for i, n := range []algebra.Node{it.triple.Subject, it.triple.Predicate, it.triple.Object} {
		if n.IsVar() {
			o.slots[i] = c.slot(it.ns, n.Var)
			continue
		}
		id := c.constant(n.Term)
		if id == 0 {
			return &nothing{}
		}
		o.constant[i] = id
	}
	o.constant[placeG] = it.graph.id
	if it.graph.slot >= 0 {
		o.slots[placeG], o.scope = it.graph.slot, Named
	}
	o.regular = true
	for i, slot := range o.slots {
		switch {
		case slot < 0:
		case b[slot] == maybeBound || slices.Contains(o.slots[:i], slot):
			o.regular = false
		case b[slot] == surelyBound:
			o.key = append(o.key, i)
		default:
			o.free = append(o.free, i)
		}
	}
	return o
}

// constant returns the ID of a term of a pattern, 0 if the data does not have
// it. Case does not count in language tags (RDF 1.1 Concepts, section 3.3), but
// the data keeps them as written: the usual ways to write one are tried.
func (c *compiler) constant(t rdf.Term) ID {
	id, ok := c.ids[t]
	if !ok {
		id = c.lookUp(t)
		c.ids[t] = id
	}
	return id
}

func (c *compiler) lookUp(t rdf.Term) ID {
	forms := []rdf.Term{t}
	if lang := t.Lang(); lang != "" {
		lower := strings.ToLower(lang)
		language, region, _ := strings.Cut(lower, "-")
		forms = append(forms, rdf.LangLiteral(t.Value(), lower), rdf.LangLiteral(t.Value(), strings.ToUpper(lang)),
			rdf.LangLiteral(t.Value(), language+"-"+strings.ToUpper(region)))
	}
	for _, form := range forms {
		id, err := c.x.ds.ID(form)
		if err != nil {
			c.x.fail(fmt.Errorf("look up term: %w", err))
		}
		if id != 0 {
			return id
		}
	}
	return 0
}

// exists compiles the test of an EXISTS: the variables that its surroundings see
// are put in place as constants.
func (c *compiler) exists(p algebra.Pattern, sc *visible) func(x *exec, row []ID) bool {
	inner := &namespace{slots: map[string]int{}, outer: set{}}
	for name := range sc.scope {
		inner.slots[name] = c.slot(sc.ns, name)
		inner.outer[name] = true
	}
	for name := range sc.ns.outer {
		inner.slots[name] = c.slot(sc.ns, name)
		inner.outer[name] = true
	}
	end := &stop{}
	around := c.paths
	c.paths = nil
	ops := c.group(p, inner, sc.bound, sc.graph, nil, nil)
	if p := planOf(ops); p != nil {
		c.tests = append(c.tests, &Plan{Operator: "exists", Inputs: []*Plan{p}})
	}
	first := chain(ops, end)
	paths := c.paths
	c.paths = around
	return func(x *exec, row []ID) bool {
		end.reached = false
		for _, o := range paths {
			o.fix(row)
		}
		first.run(x, row)
		return end.reached
	}
}

// minus compiles MINUS. Where both sides surely bind a variable in common, the
// right side is run with it; otherwise it is computed once and compared.
func (c *compiler) minus(it *item, b bound) []op {
	sure := setOf(algebra.Certain(it.pattern))
	inner := &namespace{slots: map[string]int{}, outer: set{}}
	given := bound{}
	var pairs [][2]int
	injected := false
	for _, name := range algebra.InScope(it.pattern) {
		if !it.exprScope[name] {
			continue
		}
		outer := c.slot(it.ns, name)
		if it.certain[name] && sure[name] && b[outer] == surelyBound {
			inner.slots[name] = outer
			given[outer] = surelyBound
			injected = true
		} else {
			pairs = append(pairs, [2]int{c.slot(inner, name), outer})
		}
	}
	if !injected && len(pairs) == 0 {
		return nil
	}
	if it.graph.slot >= 0 {
		given[it.graph.slot] = b[it.graph.slot]
	}
	g := it.graph
	if injected {
		o := &minusRun{inner: append(c.group(it.pattern, inner, given, g, nil, nil), &consistent{pairs: pairs})}
		o.first = chain(o.inner, &o.end)
		return []op{o}
	}
	o := &minusTable{pairs: pairs}
	o.source = c.source(c.group(it.pattern, inner, given, g, nil, nil), g)
	for _, p := range pairs {
		o.source.columns = append(o.source.columns, p[0])
	}
	return []op{o}
}

// table compiles a subquery that is computed once.
func (c *compiler) table(it *item, b bound) op {
	calls, sorted := c.calls, c.sorted
	c.calls, c.sorted = 1, -1
	defer func() { c.calls, c.sorted = calls, sorted }()
	inner := &namespace{slots: map[string]int{}, outer: set{}}
	given := bound{}
	g := it.graph
	if g.slot >= 0 {
		given[g.slot] = surelyBound
	}
	o := &tableJoin{}
	names := algebra.InScope(it.pattern)
	p := it.pattern
	// Its slots are its own: the table is joined by value.
	own := make([]int, len(names))
	for i, name := range names {
		own[i] = c.slot(inner, name)
	}
	o.source = c.source(c.pipeline(p, inner, given, g, -1), g)
	o.source.columns = own
	c.joinOn(o, it, names, b)
	return o
}

// joinOn says which columns of a table are the key of the join.
func (c *compiler) joinOn(o *tableJoin, it *item, names []string, b bound) {
	for i, name := range names {
		slot := c.slot(it.ns, name)
		o.slots = append(o.slots, slot)
		if b[slot] == surelyBound && it.certain[name] {
			o.key = append(o.key, i)
		}
	}
}

func (c *compiler) source(ops []op, g graphRef) *source {
	s := &source{inner: ops, graph: g.slot, tables: map[ID]*tableData{}}
	s.end = &collect{s: s}
	s.first = chain(ops, s.end)
	return s
}

// values compiles inline data.
func (c *compiler) values(it *item, b bound) op {
	data := &tableData{width: len(it.values.Vars)}
	for _, row := range it.values.Rows {
		if c.x.err != nil || !c.x.hold(8*len(row)) {
			break
		}
		for _, t := range row {
			data.cells = append(data.cells, c.x.intern(t))
		}
		data.rows++
	}
	o := &tableJoin{source: &source{graph: -1, tables: map[ID]*tableData{0: data}}}
	c.joinOn(o, it, it.values.Vars, b)
	return o
}

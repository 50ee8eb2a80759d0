package eval

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/results"
)

// Plan is an operator of a query as it is run, over those that it reads from:
// the first of Inputs gives the solutions that it takes in one by one, the others
// are what it runs for each of them, such as the inside of an OPTIONAL or the
// branches of a UNION.
type Plan struct {
	// Operator is what is done, in English: "index join", "filter", "group".
	Operator string `json:"operator"`
	// Detail is what it is done to: a triple pattern, an expression, variables.
	Detail string `json:"detail,omitempty"`
	// Index is the order of the sorted quads that are read, such as "POSG"; empty
	// if none is, or if the dataset chooses.
	Index string `json:"index,omitempty"`
	// Estimate is how many solutions the planner expects to come out, in all
	// calls together; 0 if it made no estimate.
	Estimate float64 `json:"estimate"`
	// Rows and Calls count the solutions that came out and those that came in.
	// Both are 0 if the query was not run.
	Rows  int64 `json:"rows"`
	Calls int64 `json:"calls"`
	// Time was spent in this operator, without its inputs and without what was
	// done with its solutions; in nanoseconds in JSON.
	Time   time.Duration `json:"time"`
	Inputs []*Plan       `json:"inputs,omitempty"`
}

// Explain returns how a query is run: without analyze the plan with the
// estimates only; with it the query is run to its end, under the limits of opts,
// and the plan has what was counted and measured. On a limit or another error
// the plan as far as it was run comes with the error, if there is one.
func Explain(ctx context.Context, ds Dataset, q *algebra.Query, opts Options, analyze bool) (*Plan, error) {
	if opts.Limits.Time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, opts.Limits.Time, errTimeLimit)
		defer cancel()
	}
	n := &notes{run: analyze}
	start := time.Now()
	r, err := newQuery(ctx, ds, q, opts, n)
	if err == nil && analyze {
		err = n.drain(r)
	}
	n.finish()
	root := &Plan{Rows: n.rows}
	if n.root != nil {
		root.Estimate, root.Inputs = n.root.Estimate, []*Plan{n.root}
	}
	switch q.Form {
	case algebra.Ask:
		root.Operator, root.Estimate = "ask", 0
	case algebra.Select:
		root.Operator, root.Detail = "select", variableList(q.Vars)
	case algebra.Construct:
		root.Operator = "construct"
	case algebra.Describe:
		root.Operator = "describe"
	}
	if analyze {
		root.Time = time.Since(start)
		for _, in := range root.Inputs {
			root.Calls = in.Rows
			root.Time -= in.total()
		}
	}
	return root, err
}

// total is the time of the plan and all below it.
func (p *Plan) total() time.Duration {
	sum := p.Time
	for _, in := range p.Inputs {
		sum += in.total()
	}
	return sum
}

// Text writes the plan as an indented tree, an operator a line, with its numbers
// in columns before it.
func (p *Plan) Text(w io.Writer) error {
	lines := [][6]string{{"estimate", "rows", "calls", "time", "index", "operator"}}
	var walk func(p *Plan, depth int)
	walk = func(p *Plan, depth int) {
		estimate := ""
		if p.Estimate > 0 {
			estimate = strconv.FormatFloat(p.Estimate, 'f', 0, 64)
		}
		operator := strings.Repeat("  ", depth) + p.Operator
		if p.Detail != "" {
			operator += "  " + p.Detail
		}
		lines = append(lines, [6]string{estimate, strconv.FormatInt(p.Rows, 10), strconv.FormatInt(p.Calls, 10),
			p.Time.Round(time.Microsecond).String(), p.Index, operator})
		for _, in := range p.Inputs {
			walk(in, depth+1)
		}
	}
	walk(p, 0)
	var width [6]int
	for _, l := range lines {
		for i, s := range l {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(w, "%*s  %*s  %*s  %*s  %-*s  %s\n",
			width[0], l[0], width[1], l[1], width[2], l[2], width[3], l[3], width[4], l[4], l[5]); err != nil {
			return err
		}
	}
	return nil
}

// notes are what is written down of a run that is to be explained.
type notes struct {
	run  bool
	root *Plan
	rows int64
	all  []*measured
}

// drain reads an answer to its end.
func (n *notes) drain(r *results.Result) error {
	defer r.Close()
	switch {
	case r.Rows != nil:
		for _, err := range r.Rows {
			if err != nil {
				return err
			}
			n.rows++
		}
	case r.Quads != nil:
		for _, err := range r.Quads {
			if err != nil {
				return err
			}
			n.rows++
		}
	default:
		n.rows = 1
	}
	return nil
}

// finish writes down what operators chose while they ran.
func (n *notes) finish() {
	for _, m := range n.all { // those inside others come first
		m.plan.Operator, m.plan.Index = named(m.op)
		for _, p := range m.inside {
			m.plan.Time -= p.total()
		}
	}
}

// measured is an operator with its entry in the plan.
type measured struct {
	op
	plan   *Plan
	inside []*Plan
	out    leaving
}

// leaving stands between an operator and the next.
type leaving struct {
	linked
	plan *Plan
}

func (m *measured) link(next op) {
	m.out.next, m.out.plan = next, m.plan
	m.op.link(&m.out)
}

func (m *measured) run(x *exec, row []ID) bool {
	m.plan.Calls++
	start := time.Now()
	going := m.op.run(x, row)
	m.plan.Time += time.Since(start)
	return going
}

func (l *leaving) run(x *exec, row []ID) bool {
	l.plan.Rows++
	start := time.Now()
	going := l.next.run(x, row)
	l.plan.Time -= time.Since(start)
	return going
}

// note gives an operator its entry in the plan, if the run is to be explained.
func (c *compiler) note(o op, detail string, estimate float64) op {
	if _, noted := o.(*measured); noted || c.notes == nil {
		return o
	}
	m := &measured{op: o, plan: &Plan{Detail: detail, Estimate: estimate}}
	m.plan.Operator, m.plan.Index = named(o)
	for _, ops := range inside(o) {
		if p := planOf(ops); p != nil {
			m.inside = append(m.inside, p)
		}
	}
	m.inside = append(m.inside, c.tests...)
	m.plan.Inputs = slices.Clone(m.inside)
	c.tests = nil
	c.notes.all = append(c.notes.all, m)
	return m
}

// inside returns the operators that an operator runs within itself.
func inside(o op) [][]op {
	switch o := o.(type) {
	case *union:
		return o.branches
	case *optional:
		return [][]op{o.inner}
	case *minusRun:
		return [][]op{o.inner}
	case *minusTable:
		return [][]op{o.source.inner}
	case *tableJoin:
		return [][]op{o.source.inner}
	case *slice:
		return [][]op{o.inner}
	case *distinctOp:
		return [][]op{o.inner}
	case *sorter:
		return [][]op{o.inner}
	case *grouper:
		return [][]op{o.inner}
	}
	return nil
}

// planOf makes the entries of operators that run one after the other one tree,
// and returns its root; nil if there is none. It is called once for a list.
func planOf(ops []op) *Plan {
	var last *Plan
	for _, o := range ops {
		m, ok := o.(*measured)
		if !ok {
			continue
		}
		if last != nil {
			m.plan.Inputs = append([]*Plan{last}, m.plan.Inputs...)
		}
		last = m.plan
	}
	return last
}

// named returns what an operator is called, and the index that it reads.
func named(o op) (operator, index string) {
	switch o := o.(type) {
	case *nothing:
		return "nothing", ""
	case *scan:
		return o.named()
	case *filter:
		return "filter", ""
	case *extend:
		return "bind", ""
	case *merge:
		return "join variables", ""
	case *union:
		return "union", ""
	case *optional:
		return "optional", ""
	case *minusRun, *minusTable:
		return "minus", ""
	case *tableJoin:
		return "table join", ""
	case *fixed:
		return named(o.inner)
	case *graphNames:
		return "graphs", ""
	case *pathOp:
		return "path", ""
	case *slice:
		return "slice", ""
	case *distinctOp:
		return "distinct", ""
	case *leap:
		return "distinct scan", o.index
	case *counter:
		return "count", o.index
	case *sorter:
		if o.top >= 0 {
			return "top", ""
		}
		return "order", ""
	case *grouper:
		return "group", ""
	}
	return "operator", ""
}

func variableList(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = "?" + n
	}
	return strings.Join(parts, " ")
}

// listed writes parts of the algebra one after the other.
func listed[T fmt.Stringer](list []T) string {
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = e.String()
	}
	return strings.Join(parts, " ")
}

// detail says what an item is about.
func (it *item) detail() string {
	switch it.kind {
	case tripleItem, searchItem:
		s := it.triple.Subject.String() + " " + it.triple.Predicate.String() + " " + it.triple.Object.String()
		if it.graph.slot >= 0 && !algebra.IsHidden(it.graph.name) {
			s += " in ?" + it.graph.name
		}
		return s
	case pathItem:
		return it.path.Subject.String() + " " + it.path.Path.String() + " " + it.path.Object.String()
	case valuesItem:
		return variableList(it.values.Vars)
	case graphItem:
		if it.graph.slot >= 0 {
			return "?" + it.graph.name
		}
	case serviceItem:
		return "service " + it.service.Endpoint.String()
	case tableItem:
		return "subquery"
	case filterItem:
		return it.expr.String()
	case extendItem:
		return "?" + it.name + " := " + it.expr.String()
	case optionalItem:
		if it.expr != nil {
			return it.expr.String()
		}
	}
	return ""
}

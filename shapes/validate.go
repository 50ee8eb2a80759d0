package shapes

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belfort-lod/belfort/rdf"
)

// Validate validates a data graph, which must not change meanwhile. The cost
// is linear in the number of focus nodes and their values, for shapes without
// transitive paths or SPARQL. Where there is much to do it uses as many
// goroutines as GOMAXPROCS; the order of the results does not depend on them.
//
// A data graph that does not conform is no error. The errors are those of ctx,
// ErrLimit, and the failure of a query, each wrapped.
func (s *Shapes) Validate(ctx context.Context, data *rdf.Graph, o Options) (*Report, error) {
	o = o.withDefaults()
	ctx, cancel := context.WithTimeoutCause(ctx, o.Time, fmt.Errorf("it takes longer than %v: %w", o.Time, ErrLimit))
	defer cancel()
	r := &run{ctx: ctx, shapes: s, data: data, options: o, now: time.Now(), local: map[rdf.Term]rdf.ID{}}
	r.dataset = sync.OnceValue(func() *dataset { return newDataset(data, s.graph) })
	r.subclassOf = data.ID(rdfsSubClassOf)
	tasks, err := r.tasks()
	if err != nil {
		return nil, err
	}
	r.constants = make([]rdf.ID, len(s.constants))
	for i, t := range s.constants {
		r.constants[i] = r.id(t)
	}
	results, err := r.all(tasks)
	if err != nil {
		return nil, err
	}
	report := &Report{Results: results}
	if len(results) > o.MaxResults {
		report.Results, report.Truncated = results[:o.MaxResults], true
	}
	return report, nil
}

// run is one validation. Once its tasks are known it does not change.
type run struct {
	ctx     context.Context
	shapes  *Shapes
	data    *rdf.Graph
	options Options
	now     time.Time
	dataset func() *dataset
	spent   atomic.Int64
	// constants holds the IDs of Shapes.constants; 0 is what no node can be.
	constants []rdf.ID
	// Focus nodes that the data does not have get IDs after those of the data.
	extra []rdf.Term
	local map[rdf.Term]rdf.ID
	// subclassOf is 0 for most pages, which then need not look for subclasses.
	subclassOf rdf.ID
}

// id returns the ID of a term, 0 if it is neither in the data nor a focus node.
func (r *run) id(t rdf.Term) rdf.ID {
	if id := r.data.ID(t); id != 0 {
		return id
	}
	return r.local[t]
}

// focus returns the ID of a term that is a focus node.
func (r *run) focus(t rdf.Term) rdf.ID {
	id := r.id(t)
	if id == 0 {
		r.extra = append(r.extra, t)
		id = rdf.ID(r.data.Terms() + len(r.extra))
		r.local[t] = id
	}
	return id
}

func (r *run) term(id rdf.ID) rdf.Term {
	if n := r.data.Terms(); int(id) > n {
		return r.extra[int(id)-n-1]
	}
	return r.data.Term(id)
}

// task is a shape with focus nodes to look at.
type task struct {
	shape *shape
	focus []rdf.ID
}

// taskSize is how many focus nodes one goroutine takes at a time.
const taskSize = 128

// tasks finds the focus nodes of every shape, each once.
func (r *run) tasks() ([]task, error) {
	var tasks []task
	w := &worker{run: r}
	for _, s := range r.shapes.targeted {
		focus := w.focusNodes(s)
		if w.err != nil {
			return nil, w.err
		}
		for len(focus) > 0 {
			n := min(taskSize, len(focus))
			tasks = append(tasks, task{s, focus[:n]})
			focus = focus[n:]
		}
	}
	return tasks, nil
}

// all does the tasks and returns their results in order: MaxResults and one
// more, or all there are.
func (r *run) all(tasks []task) ([]Result, error) {
	const few = 4 // tasks that are done before another goroutine has begun
	workers := min(runtime.GOMAXPROCS(0), len(tasks)/few)
	results := make([][]Result, len(tasks))
	var next, found atomic.Int64
	var failed atomic.Pointer[error]
	work := func() {
		w := &worker{run: r}
		for failed.Load() == nil && found.Load() <= int64(r.options.MaxResults) {
			i := int(next.Add(1)) - 1
			if i >= len(tasks) {
				return
			}
			w.results = nil
			for _, focus := range tasks[i].focus {
				w.validate(tasks[i].shape, focus)
			}
			if err := w.settle(); err != nil {
				failed.CompareAndSwap(nil, &err)
				return
			}
			results[i] = w.results
			found.Add(int64(len(w.results)))
		}
	}
	var wg sync.WaitGroup
	for range workers - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	all := make([]Result, 0, found.Load())
	for _, list := range results {
		all = append(all, list...)
	}
	return all, nil
}

// worker validates focus nodes, one after the other.
type worker struct {
	*run
	results []Result
	err     error
	spare   []*visit
	judged  map[judgement]bool
	below   map[rdf.ID]map[rdf.ID]struct{} // classes with all classes below them
	unspent int64                          // steps that are not in run.spent yet
}

// visit is a shape that looks at one focus node.
type visit struct {
	*worker
	shape      *shape
	focus      rdf.ID
	values     []rdf.ID // the value nodes
	constraint *constraint
	judging    bool // results are not wanted, only whether there is one
	failed     bool
}

// fail adds a result with a value, 0 for none, and a path where it is not that
// of the shape.
func (v *visit) fail(value rdf.ID, path *Path) {
	if v.judging {
		v.failed = true
		return
	}
	messages := v.shape.messages
	if len(messages) == 0 {
		messages = v.constraint.messages
	}
	v.add(Result{
		Path: cmp.Or(path, v.shape.path), Value: v.term(value),
		Component: v.constraint.component, Messages: messages,
	})
}

// add adds a result, and fills in what all results of the visit share.
func (v *visit) add(result Result) {
	v.failed = true
	if v.judging || len(v.results) > v.options.MaxResults {
		return
	}
	result.Focus, result.Shape, result.Severity = v.term(v.focus), v.shape.node, v.shape.severity
	result.Constraint = v.constraint.message
	v.results = append(v.results, result)
}

func (w *worker) visit(s *shape, focus rdf.ID, judging bool) *visit {
	var v *visit
	if n := len(w.spare); n > 0 {
		v, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		v = &visit{}
	}
	*v = visit{worker: w, shape: s, focus: focus, judging: judging, values: v.values[:0]}
	if s.path == nil {
		v.values = append(v.values, focus)
	} else {
		v.values = s.path.values(w, v.values, focus)
	}
	w.spend(1 + len(v.values))
	return v
}

// leave lets the next visit use the memory of one that is over.
func (w *worker) leave(v *visit) { w.spare = append(w.spare, v) }

// validate adds the results of a focus node.
func (w *worker) validate(s *shape, focus rdf.ID) {
	if s.deactivated || w.err != nil || len(w.results) > w.options.MaxResults {
		return
	}
	v := w.visit(s, focus, false)
	for i := range s.constraints {
		v.constraint = &s.constraints[i]
		v.constraint.check(v)
	}
	for _, p := range s.properties {
		for _, value := range v.values {
			w.validate(p, value)
		}
	}
	w.leave(v)
}

type judgement struct {
	shape *shape
	node  rdf.ID
}

// maxJudged bounds the answers that a worker remembers.
const maxJudged = 1 << 20

// conforms reports whether a node conforms to a shape (SHACL, section 3.4.2),
// and remembers the answer. It means nothing once the worker has an error.
func (w *worker) conforms(s *shape, node rdf.ID) bool {
	if s.deactivated || w.err != nil {
		return true
	}
	key := judgement{s, node}
	if answer, ok := w.judged[key]; ok {
		w.spend(1)
		return answer
	}
	answer := w.judge(s, node)
	if w.judged == nil || len(w.judged) >= maxJudged {
		w.judged = map[judgement]bool{}
	}
	w.judged[key] = answer
	return answer
}

func (w *worker) judge(s *shape, focus rdf.ID) bool {
	v := w.visit(s, focus, true)
	defer w.leave(v)
	for i := range s.constraints {
		v.constraint = &s.constraints[i]
		if v.constraint.check(v); v.failed {
			return false
		}
	}
	for _, p := range s.properties {
		for _, value := range v.values {
			if !w.conforms(p, value) {
				return false
			}
		}
	}
	return true
}

// spend counts steps, and now and then looks whether the validation must end:
// then it sets err and returns false.
func (w *worker) spend(steps int) bool {
	if w.unspent += int64(steps); w.unspent >= 1<<16 {
		w.fail(w.settle())
	}
	return w.err == nil
}

func (w *worker) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// settle accounts for the steps and returns why the validation must end, if it
// must.
func (w *worker) settle() error {
	spent := w.spent.Add(w.unspent)
	w.unspent = 0
	switch {
	case w.err != nil:
		return w.err
	case w.ctx.Err() != nil:
		return fmt.Errorf("validate: %w", context.Cause(w.ctx))
	case spent > w.options.MaxWork:
		return fmt.Errorf("validate: it takes more than %d steps: %w", w.options.MaxWork, ErrLimit)
	}
	return nil
}

// focusNodes returns the focus nodes of a shape (SHACL, section 2.1.3), each
// once.
func (w *worker) focusNodes(s *shape) []rdf.ID {
	var ids []rdf.ID
	for _, t := range s.targets {
		switch t.of {
		case "node":
			ids = append(ids, w.run.focus(t.node))
		case "class":
			class := w.data.ID(t.node)
			if class == 0 {
				break
			}
			kind := w.data.ID(rdfType)
			if w.subclassOf == 0 {
				ids = w.data.AppendSubjects(ids, kind, class)
				break
			}
			for _, c := range w.subclasses(class) {
				ids = w.data.AppendSubjects(ids, kind, c)
			}
		case "subjectsOf", "objectsOf":
			p := w.data.ID(t.node)
			if p == 0 {
				break
			}
			place := 0
			if t.of == "objectsOf" {
				place = 2
			}
			for q := range w.data.MatchIDs(0, p, 0) {
				ids = append(ids, q[place])
			}
		case "query":
			for _, node := range t.query.nodes(w) {
				ids = append(ids, w.run.focus(node))
			}
		}
	}
	w.spend(len(ids))
	return distinct(ids)
}

// subclasses returns a class and all classes below it in the data.
func (w *worker) subclasses(class rdf.ID) []rdf.ID {
	all, seen := []rdf.ID{class}, map[rdf.ID]struct{}{class: {}}
	for i := 0; i < len(all) && w.spend(1); i++ {
		for _, sub := range w.data.AppendSubjects(nil, w.subclassOf, all[i]) {
			if _, ok := seen[sub]; !ok {
				seen[sub] = struct{}{}
				all = append(all, sub)
			}
		}
	}
	if w.below == nil {
		w.below = map[rdf.ID]map[rdf.ID]struct{}{}
	}
	w.below[class] = seen
	return all
}

// isInstance reports whether a node is a SHACL instance of a class (SHACL,
// section 1.1).
func (w *worker) isInstance(node, kind, class rdf.ID) bool {
	if kind == 0 || class == 0 {
		return false
	}
	if w.data.HasIDs(node, kind, class) || w.subclassOf == 0 {
		return w.data.HasIDs(node, kind, class)
	}
	below, ok := w.below[class]
	if !ok {
		w.subclasses(class)
		below = w.below[class]
	}
	if len(below) == 1 {
		return false
	}
	for t := range w.data.MatchIDs(node, kind, 0) {
		if _, ok := below[t[2]]; ok {
			return true
		}
	}
	return false
}

// distinct drops what comes again in ids, which it overwrites.
func distinct(ids []rdf.ID) []rdf.ID {
	const few = 16
	kept := ids[:0]
	if len(ids) <= few {
	next:
		for _, id := range ids {
			for _, k := range kept {
				if k == id {
					continue next
				}
			}
			kept = append(kept, id)
		}
		return kept
	}
	seen := make(map[rdf.ID]struct{}, len(ids))
	for _, id := range ids {
		if _, ok := seen[id]; !ok {
			seen[id] = struct{}{}
			kept = append(kept, id)
		}
	}
	return kept
}

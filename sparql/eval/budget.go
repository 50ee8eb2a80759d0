package eval

import "sync/atomic"

// Budget is memory that the queries of a server share, beside what Limits.Memory
// lets each of them have. A run draws on it as it grows, and gives back when it
// shrinks or ends. It never waits: what little is left makes sorting, DISTINCT and
// GROUP BY write to files (Options.SpillDir), and a run for which nothing is left
// ends with a *LimitError. The nil Budget has no end. It is safe for concurrent use.
type Budget struct {
	total int64
	drawn atomic.Int64
}

const (
	// budgetStep is how much a run draws at once, in bytes.
	budgetStep = 1 << 20
	// freeMemory is what a run has without drawing, so that small queries go on while
	// large ones hold everything.
	freeMemory = 1 << 20
)

// NewBudget returns a budget of so many bytes.
func NewBudget(bytes int64) *Budget { return &Budget{total: bytes} }

// Drawn is how much the runs hold together now, in bytes.
func (b *Budget) Drawn() int64 {
	if b == nil {
		return 0
	}
	return b.drawn.Load()
}

// draw reports whether so much more could be had.
func (b *Budget) draw(bytes int64) bool {
	if b.drawn.Add(bytes) <= b.total {
		return true
	}
	b.drawn.Add(-bytes)
	return false
}

// scarce reports whether an operator that holds so many bytes should make room:
// less than a quarter is left, and this is more than a crumb.
func (b *Budget) scarce(held int) bool {
	return b != nil && int64(held) > b.total/64 && b.drawn.Load() > b.total/4*3
}

// fits reports whether half of what is left is more than so many bytes.
func (b *Budget) fits(bytes float64) bool {
	return b == nil || bytes < max(freeMemory, float64(b.total-b.drawn.Load())/2)
}

// draw has the run draw what its memory needs beyond what it has.
func (x *exec) draw() bool {
	more := x.memory - freeMemory - x.drawn
	more = (more + budgetStep - 1) / budgetStep * budgetStep
	if !x.opts.Budget.draw(more) {
		return x.fail(&LimitError{Limit: "memory of the server", Bound: x.opts.Budget.total})
	}
	x.drawn += more
	return true
}

// cede gives back what the run has drawn beyond what it needs.
func (x *exec) cede(needed int64) {
	if over := x.drawn - max(0, needed); over > 0 {
		x.opts.Budget.drawn.Add(-over)
		x.drawn -= over
	}
}

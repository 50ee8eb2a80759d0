package sparql

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"
)

const (
	shortRun  = 25 * time.Millisecond // what takes no longer is never held up
	shortText = 16 << 10              // bytes; a longer query is long from the start
	slice     = 25 * time.Millisecond // that a long query runs before the next one may
)

// pacer has the long queries take turns, a slice of time each: as many at once as
// there are processors, but on half of these as soon as there is a short query,
// which is what visitors wait for.
type pacer struct {
	processors int

	mu          sync.Mutex
	short, long int             // runs under way; of the long ones those with a turn
	waiting     []chan struct{} // closed when its turn comes, the first first
}

func newPacer() *pacer { return &pacer{processors: runtime.GOMAXPROCS(0)} }

// most is how many long queries may run now.
func (p *pacer) most() int {
	if p.short > 0 {
		return max(1, p.processors/2)
	}
	return p.processors
}

// change counts runs that begin, or with -1 end, and gives turns to those that now
// may have one.
func (p *pacer) change(short, long int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.short, p.long = p.short+short, p.long+long
	for len(p.waiting) > 0 && p.long < p.most() {
		close(p.waiting[0])
		p.waiting = p.waiting[1:]
		p.long++
	}
}

// yields reports whether a run with a turn should give it up: to a short query at
// once, to a long one at the end of its slice.
func (p *pacer) yields(over bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.long > p.most() || over && len(p.waiting) > 0
}

// wait waits for a turn, or for the end of the context, and reports which.
func (p *pacer) wait(ctx context.Context) bool {
	p.mu.Lock()
	if p.long < p.most() && len(p.waiting) == 0 {
		p.long++
		p.mu.Unlock()
		return true
	}
	turn := make(chan struct{})
	p.waiting = append(p.waiting, turn)
	p.mu.Unlock()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
	}
	p.mu.Lock()
	at := slices.Index(p.waiting, turn)
	if at >= 0 {
		p.waiting = slices.Delete(p.waiting, at, at+1)
	}
	p.mu.Unlock()
	if at < 0 { // it came at the same moment
		p.change(0, -1)
	}
	return false
}

// pacedRun is one query under a pacer. It is used by the goroutine that runs the
// query and writes its answer.
type pacedRun struct {
	pacer *pacer
	ctx   context.Context
	from  time.Time // after which it is long
	until time.Time // the end of its slice
	short bool      // it counts as short
	held  bool      // it has a turn
}

type pacedRunKey struct{}

// begin returns the context for a query with a text of so many bytes; the caller
// must end the run.
func (p *pacer) begin(ctx context.Context, bytes int) (context.Context, *pacedRun) {
	run := &pacedRun{pacer: p, ctx: ctx, from: time.Now().Add(shortRun)}
	if bytes > shortText {
		run.take()
	} else {
		run.short = true
		p.change(1, 0)
	}
	return context.WithValue(ctx, pacedRunKey{}, run), run
}

// pace is called by a query now and then, and waits if it is the turn of others.
func pace(ctx context.Context) {
	run, ok := ctx.Value(pacedRunKey{}).(*pacedRun)
	if !ok {
		return
	}
	now := time.Now()
	switch {
	case run.held && run.pacer.yields(now.After(run.until)), !run.held && now.After(run.from):
		run.end()
		run.take()
	}
}

// take waits for a turn, or for the end of the context, which the query looks at
// itself.
func (r *pacedRun) take() {
	if r.held = r.pacer.wait(r.ctx); r.held {
		r.until = time.Now().Add(slice)
	}
}

// end gives back what the run has: its turn, or its place among the short ones.
func (r *pacedRun) end() {
	switch {
	case r.held:
		r.pacer.change(0, -1)
	case r.short:
		r.pacer.change(-1, 0)
	}
	r.held, r.short = false, false
}

// without does something that may wait for the client, during which others have the
// turn.
func (r *pacedRun) without(work func()) {
	held, short := r.held, r.short
	r.end()
	work()
	switch {
	case held:
		r.take()
	case short:
		r.short = true
		r.pacer.change(1, 0)
	}
}

// writer returns w such that a client who is slow to read holds up nobody.
func (r *pacedRun) writer(w http.ResponseWriter) http.ResponseWriter { return &pacedWriter{w, r} }

type pacedWriter struct {
	http.ResponseWriter
	run *pacedRun
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *pacedWriter) Write(p []byte) (n int, err error) {
	w.run.without(func() { n, err = w.ResponseWriter.Write(p) })
	return n, err
}

func (w *pacedWriter) FlushError() (err error) {
	w.run.without(func() { err = http.NewResponseController(w.ResponseWriter).Flush() })
	return err
}

package sparql

import (
	"context"
	"net/http"
	"runtime"
	"time"
)

const (
	shortRun  = 25 * time.Millisecond // what takes no longer is never held up
	shortText = 16 << 10              // bytes; a longer query is long from the start
	slice     = 25 * time.Millisecond // that a long query runs before the next one may
)

// pacer has the long queries take turns, a slice of time each, on half of the
// processors. The other half is for short ones: they are what visitors wait for.
type pacer struct{ turns chan struct{} }

func newPacer() *pacer {
	return &pacer{turns: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
}

// pacedRun is one query under a pacer. It is used by the goroutine that runs the
// query and writes its answer.
type pacedRun struct {
	turns chan struct{}
	ctx   context.Context
	from  time.Time // after which it is long
	until time.Time // the end of its slice
	held  bool      // it has a turn
}

type pacedRunKey struct{}

// begin returns the context for a query with a text of so many bytes; the caller
// must end the run.
func (p *pacer) begin(ctx context.Context, bytes int) (context.Context, *pacedRun) {
	run := &pacedRun{turns: p.turns, ctx: ctx, from: time.Now().Add(shortRun)}
	if bytes > shortText {
		run.take()
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
	case run.held && now.After(run.until):
		run.end()
		run.take()
	case !run.held && now.After(run.from):
		run.take()
	}
}

// take waits for a turn, or for the end of the context, which the query looks at
// itself.
func (r *pacedRun) take() {
	select {
	case r.turns <- struct{}{}:
		r.held, r.until = true, time.Now().Add(slice)
	case <-r.ctx.Done():
	}
}

// end gives the turn back.
func (r *pacedRun) end() {
	if r.held {
		<-r.turns
		r.held = false
	}
}

// without does something that may wait for the client, during which others have the
// turn.
func (r *pacedRun) without(work func()) {
	held := r.held
	r.end()
	work()
	if held {
		r.take()
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

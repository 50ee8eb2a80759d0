package sparql

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Long queries take turns and all come to their end; a short one waits for nobody,
// and neither does anybody wait for a client that does not read.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pacer{processors: 1}
		work := func(ctx context.Context, steps int) {
			for range steps {
				pace(ctx)
				time.Sleep(time.Millisecond)
			}
		}
		took := func(bytes, steps int) <-chan time.Duration {
			c := make(chan time.Duration, 1)
			go func() {
				begun := time.Now()
				ctx, run := p.begin(t.Context(), bytes)
				defer run.end()
				work(ctx, steps)
				c <- time.Since(begun)
			}()
			return c
		}
		long := []<-chan time.Duration{took(0, 1000), took(0, 1000), took(shortText+1, 1000)}
		time.Sleep(100 * time.Millisecond)
		if d := <-took(0, 20); d != 20*time.Millisecond {
			t.Errorf("a short query took %v, its work 20 ms", d)
		}
		for _, c := range long {
			// By turns they end at about the same time, when all the work is done.
			if d := <-c; d < 2800*time.Millisecond || d > 3200*time.Millisecond {
				t.Errorf("one of three long queries took %v", d)
			}
		}

		ctx, run := p.begin(t.Context(), shortText+1)
		defer run.end()
		run.without(func() { // the client reads slowly
			if d := <-took(0, 100); d != 100*time.Millisecond {
				t.Errorf("beside a slow client a query took %v, its work 100 ms", d)
			}
		})
		if !run.held {
			t.Error("the turn is gone after writing")
		}
		gone, cancel := context.WithCancel(ctx)
		_, waiting := p.begin(gone, 0)
		time.AfterFunc(time.Second, cancel)
		if waiting.take(); waiting.held {
			t.Error("two have the only turn")
		}
		run.end()
		waiting.end()
		if p.short != 0 || p.long != 0 || len(p.waiting) != 0 {
			t.Errorf("at the end %d short runs, %d turns and %d waiting are left", p.short, p.long, len(p.waiting))
		}

		// Without short queries the long ones have every processor.
		p.processors = 4
		long = nil
		for range 8 {
			long = append(long, took(shortText+1, 1000))
		}
		for _, c := range long {
			if d := <-c; d > 2200*time.Millisecond {
				t.Errorf("one of eight long queries on four processors took %v", d)
			}
		}
	})
}

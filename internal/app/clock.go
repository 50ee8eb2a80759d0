package app

import (
	"context"
	"io"
	"time"
)

// Clock is the time that the program goes by. The zero Clock is that of this
// machine; with another one, weeks of harvesting pass in minutes.
type Clock struct {
	Now func() time.Time
	// After is time.After by this clock.
	After func(time.Duration) <-chan time.Time
}

// Main runs the command line by the clock and returns the exit code.
func (c Clock) Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(context.WithValue(context.Background(), clockKey{}, c), args, stdin, stdout, stderr)
}

type clockKey struct{}

// clockOf returns the clock that a command goes by.
func clockOf(ctx context.Context) Clock {
	c, _ := ctx.Value(clockKey{}).(Clock)
	return c
}

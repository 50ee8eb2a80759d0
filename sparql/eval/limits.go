package eval

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits bound the work of one query. A zero field is no bound.
type Limits struct {
	Time   time.Duration // from the call of Query to the last row
	Rows   int64         // solutions or triples in the answer
	Work   int64         // intermediate solutions: quads read, rows sorted, joined or grouped
	Memory int64         // bytes held for sorting, grouping, joins and computed terms, about
	Disk   int64         // bytes written to temporary files; see Options.SpillDir
	Bytes  int64         // bytes of the terms in the answer: their text, without any syntax
}

// LimitError says that a query was ended because it went over a limit.
type LimitError struct {
	// Limit is "time", "rows", "work", "memory", "disk", "bytes", "memory
	// of the server" for what all queries may have together, or "pattern" for the
	// size of a regular expression.
	Limit string
	// Bound is the limit in its unit: nanoseconds, rows, solutions or bytes.
	Bound int64
}

// Error names the limit and its bound.
func (e *LimitError) Error() string {
	switch e.Limit {
	case "time":
		return fmt.Sprintf("the query took longer than the limit of %v", time.Duration(e.Bound))
	case "rows":
		return fmt.Sprintf("the answer has more than the limit of %d rows", e.Bound)
	case "disk":
		return fmt.Sprintf("the query needs more space on disk than the limit of %d bytes", e.Bound)
	case "bytes":
		return fmt.Sprintf("the answer has more than the limit of %d bytes", e.Bound)
	case "memory of the server":
		return fmt.Sprintf("the queries that run now need more memory together than the limit of %d bytes", e.Bound)
	case "pattern":
		return fmt.Sprintf("a regular expression is larger than the limit of %d characters, classes or steps", e.Bound)
	case "memory":
		return fmt.Sprintf("the query needs more memory than the limit of %d bytes", e.Bound)
	}
	return fmt.Sprintf("the query needs more work than the limit of %d intermediate solutions", e.Bound)
}

// RequestError says that a query or an update cannot be done on these data as it
// is written: a graph that it reads does not exist, say. It is the request that is
// wrong, not the data nor the program.
type RequestError struct{ Message string }

// Error returns the message.
func (e *RequestError) Error() string { return e.Message }

// errTimeLimit is the cause of the context that the time limit ends.
var errTimeLimit = errors.New("time limit")

// ctxError turns the end of a context into a *LimitError if the time limit did
// it.
func ctxError(ctx context.Context, l Limits) error {
	if context.Cause(ctx) == errTimeLimit {
		return &LimitError{Limit: "time", Bound: int64(l.Time)}
	}
	return ctx.Err()
}

package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"

	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/quadstore"
)

// explain says what an error means and what to do about it, in one or a few
// lines for a terminal.
func explain(err error) string {
	var syntax *rdf.SyntaxError
	if errors.As(err, &syntax) {
		return err.Error() + sourceLine(syntax)
	}
	var locked *pebble.LockedError
	if errors.As(err, &locked) || errors.Is(err, quadstore.ErrLocked) {
		return err.Error() + ": stop that belfort, or name another directory with --data"
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		address := "that address"
		var op *net.OpError
		if errors.As(err, &op) && op.Addr != nil {
			address = op.Addr.String()
		}
		return fmt.Sprintf("%v: another program listens on %s; stop it, or choose another with --addr", err, address)
	}
	if errors.Is(err, ssrf.ErrProhibitedIP) {
		return err.Error() + ": private and loopback addresses are left alone; allow them with --allow-private"
	}
	if errors.Is(err, syscall.ENOSPC) {
		return err.Error() + ": make room; nothing is lost, the same command goes on from there"
	}
	return err.Error()
}

// maxLine bounds the source line that is shown.
const maxLine = 160

// sourceLine returns the line of the file that a syntax error points at, with
// a caret below; "" if it cannot be read.
func sourceLine(e *rdf.SyntaxError) string {
	file, err := os.Open(e.Source)
	if err != nil || e.Span.IsZero() {
		return ""
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	reader := bufio.NewReader(io.LimitReader(file, int64(e.Span.Start.Offset)+1<<20))
	for n := 1; ; n++ {
		line, err := reader.ReadString('\n')
		if n == e.Span.Start.Line {
			return caret(strings.TrimRight(line, "\r\n"), e.Span.Start.Column)
		}
		if err != nil {
			return ""
		}
	}
}

// caret cuts a window of the line around the column and points at it.
func caret(line string, column int) string {
	runes := []rune(strings.ReplaceAll(line, "\t", " "))
	at := min(column-1, len(runes))
	from := max(0, at-maxLine/2)
	to := min(len(runes), from+maxLine)
	return fmt.Sprintf("\n  %s\n  %s^", string(runes[from:to]), strings.Repeat(" ", at-from))
}

package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// request sends an HTTP request, checks the status and keeps the head and body
// of the answer: request FILE STATUS METHOD URL [Name:value]... [@bodyfile]. A
// server that is still starting is given ten seconds.
func request(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 4 {
		ts.Fatalf("usage: request FILE STATUS METHOD URL [Name:value]... [@bodyfile]")
	}
	file, status, method, url := args[0], args[1], args[2], args[3]
	body := ""
	header := http.Header{}
	for _, arg := range args[4:] {
		if name, ok := strings.CutPrefix(arg, "@"); ok {
			body = ts.ReadFile(name)
			continue
		}
		name, value, ok := strings.Cut(arg, ":")
		if !ok {
			ts.Fatalf("%q is neither Name:value nor @file", arg)
		}
		header.Set(name, value)
	}
	for until := time.Now().Add(10 * time.Second); ; {
		r, err := http.NewRequest(method, url, strings.NewReader(body))
		ts.Check(err)
		r.Header = header.Clone()
		res, err := http.DefaultTransport.RoundTrip(r)
		if errors.Is(err, syscall.ECONNREFUSED) && time.Now().Before(until) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		ts.Check(err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		ts.Check(err)
		var kept strings.Builder
		kept.WriteString(res.Status + "\n")
		ts.Check(res.Header.Write(&kept))
		kept.WriteString("\n")
		kept.Write(text)
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(kept.String()), 0o600))
		if !strings.HasPrefix(res.Status, status+" ") {
			ts.Fatalf("%s %s: %s", method, url, kept.String())
		}
		return
	}
}

// replace replaces every WORD in a file: replace WORD TEXT FILE.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.ReplaceAll(ts.ReadFile(args[2]), args[0], args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o600))
}

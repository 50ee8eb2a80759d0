package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/nquads"
	"github.com/belfort-lod/belfort/rdf/rdfxml"
	"github.com/belfort-lod/belfort/rdf/turtle"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/results"
)

const (
	formType      = "application/x-www-form-urlencoded"
	acceptRows    = sparql.ResultsJSON + ", " + sparql.ResultsXML + ";q=0.9, " + sparql.ResultsTSV + ";q=0.5, " + sparql.ResultsCSV + ";q=0.1"
	acceptTriples = sparql.NTriples + ", " + sparql.Turtle + ";q=0.9, " + sparql.RDFXML + ";q=0.8"
)

// answer is an answer under way, with the bounds that it must keep.
type answer struct {
	e      *Engine
	limits sparql.Limits
	kind   results.Kind
	most   int64 // the most rows that the query asks for; -1 if it sets no bound
	ctx    context.Context
	cancel context.CancelFunc
	body   *boundedBody
}

// errTime is the cause of a context that our own limit of time ended.
var errTime = errors.New("time limit")

func (e *Engine) newAnswer(ctx context.Context, l sparql.Limits) *answer {
	a := &answer{e: e, limits: e.o.Limits, most: -1}
	if l.Time > 0 {
		a.limits.Time = min(l.Time, a.limits.Time)
	}
	if l.Rows > 0 {
		a.limits.Rows = min(l.Rows, a.limits.Rows)
	}
	a.ctx, a.cancel = context.WithTimeoutCause(ctx, a.limits.Time, errTime)
	return a
}

// fetch sends a request and reads the beginning of the answer.
func (a *answer) fetch(r request) (result *results.Result, err error) {
	res, err := a.e.send(a.ctx, r)
	if err != nil {
		defer a.cancel()
		return nil, a.explain(err)
	}
	a.body = &boundedBody{in: res.Body, left: a.e.o.MaxBytes, most: a.e.o.MaxBytes}
	release := func() {
		a.cancel()
		_ = res.Body.Close()
	}
	if result, err = a.read(res); err != nil {
		defer release()
		return nil, a.explain(fmt.Errorf("read answer: %w", err))
	}
	result.Release = release
	return result, nil
}

func (a *answer) read(res *http.Response) (*results.Result, error) {
	// Virtuoso's way to say that it gave up in the middle, with status 200.
	if state := res.Header.Get("X-SQL-State"); state != "" {
		return nil, &Error{Status: res.StatusCode, Text: "the answer is not complete: " + oneLine([]byte(res.Header.Get("X-SQL-Message")))}
	}
	mediaType, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("the endpoint does not say what it is: Content-Type %q", res.Header.Get("Content-Type"))
	}
	if a.kind == results.Quads {
		read := reader(a.body, mediaType)
		if read == nil {
			return nil, fmt.Errorf("the endpoint answered with %s, want triples", mediaType)
		}
		return &results.Result{Kind: results.Quads, Quads: a.triples(read)}, nil
	}
	format, ok := results.FormatByName(mediaType)
	if !ok {
		return nil, fmt.Errorf("the endpoint answered with %s, want results of a query", mediaType)
	}
	result, err := results.Read(a.body, format)
	if err != nil {
		return nil, err
	}
	if result.Kind == results.Bindings {
		// Virtuoso gives at most so many rows, and says so whether or not there
		// were more.
		capped, _ := strconv.ParseInt(res.Header.Get("X-SPARQL-MaxRows"), 10, 64)
		if a.most >= 0 && a.most <= capped {
			capped = 0
		}
		result.Rows = a.rows(result.Rows, capped)
	}
	if a.kind == results.Boolean && result.Kind == results.Bindings {
		return truth(result)
	}
	if result.Kind != a.kind {
		return nil, errors.New("the endpoint answered another kind of query")
	}
	return result, nil
}

// truth reads the answer to ASK of an endpoint that gives it as a row with a
// number, as Virtuoso does to those who ask for JSON or XML.
func truth(r *results.Result) (*results.Result, error) {
	var value string
	n := 0
	for row, err := range r.Rows {
		if err != nil {
			return nil, err
		}
		if n++; len(row) == 1 {
			value = row[0].Value()
		}
	}
	switch {
	case n == 0 || n == 1 && (value == "0" || value == "false"):
		return &results.Result{Kind: results.Boolean}, nil
	case n == 1 && (value == "1" || value == "true"):
		return &results.Result{Kind: results.Boolean, Boolean: true}, nil
	}
	return nil, errors.New("the endpoint answered ASK with neither true nor false")
}

// reader returns what reads a syntax of triples, nil if it is not known.
func reader(in io.Reader, mediaType string) func() (rdf.Quad, error) {
	switch mediaType {
	case sparql.NTriples, "text/plain":
		return nquads.NewReader(in, nquads.Options{Triples: true}).Read
	case sparql.Turtle, "application/x-turtle", "text/rdf+n3", "text/n3":
		return turtle.NewReader(in, turtle.Options{}).Read
	case sparql.RDFXML, "application/xml":
		return rdfxml.NewReader(in, rdfxml.Options{}).Read
	}
	return nil
}

func (a *answer) triples(read func() (rdf.Quad, error)) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for n := int64(0); ; n++ {
			q, err := read()
			if err == io.EOF {
				return
			}
			if err == nil && n == a.limits.Rows {
				err = &sparql.LimitError{Limit: "rows", Bound: n}
			}
			if err != nil {
				yield(rdf.Quad{}, a.explain(fmt.Errorf("read answer: %w", err)))
				return
			}
			if !yield(q, nil) {
				return
			}
		}
	}
}

// rows passes on rows up to the limit. When there are as many as the endpoint
// ever gives, others are missing.
func (a *answer) rows(rows iter.Seq2[[]rdf.Term, error], capped int64) iter.Seq2[[]rdf.Term, error] {
	return func(yield func([]rdf.Term, error) bool) {
		n := int64(0)
		for row, err := range rows {
			if err == nil && n == a.limits.Rows {
				err = &sparql.LimitError{Limit: "rows", Bound: n}
			}
			if err != nil {
				yield(nil, a.explain(err))
				return
			}
			n++
			if !yield(row, nil) {
				return
			}
		}
		if capped > 0 && n >= capped {
			yield(nil, &sparql.LimitError{Limit: "rows", Bound: capped})
		}
	}
}

// explain names the limit that was behind an error.
func (a *answer) explain(err error) error {
	var limit *sparql.LimitError
	switch {
	case errors.As(err, &limit):
		return err
	case context.Cause(a.ctx) == errTime:
		return &sparql.LimitError{Limit: "time", Bound: int64(a.limits.Time)}
	case a.ctx.Err() != nil:
		return a.ctx.Err()
	}
	return err
}

// startsWith looks whether a graph has a first triple. Without one, it is not
// there.
func startsWith(r *results.Result) (*results.Result, bool, error) {
	next, stop := iter.Pull2(r.Quads)
	first, err, ok := next()
	if !ok || err != nil {
		stop()
		r.Close()
		return nil, false, err
	}
	release := r.Release
	r.Release = func() {
		stop()
		release()
	}
	r.Quads = func(yield func(rdf.Quad, error) bool) {
		for q, err, ok := first, error(nil), true; ok; q, err, ok = next() {
			if !yield(q, err) {
				return
			}
		}
	}
	return r, true, nil
}

// boundedBody reads no more of an answer than we take.
type boundedBody struct {
	in   io.Reader
	left int64
	most int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		// An answer of exactly the most is whole.
		if n, err := b.in.Read(make([]byte, 1)); n == 0 && err != nil {
			return 0, err
		}
		return 0, &sparql.LimitError{Limit: "bytes", Bound: b.most}
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// most returns how many rows a query asks for at most, -1 if it does not say.
func most(p algebra.Pattern) int64 {
	if s, ok := p.(*algebra.Slice); ok {
		return s.Limit
	}
	return -1
}

// oneLine makes what an endpoint said fit into an error.
func oneLine(b []byte) string {
	const longest = 500
	text := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(string(b), "\uFFFD")), " "))
	if len(text) > longest {
		return string(text[:longest]) + " ..."
	}
	return string(text)
}

// pause waits, or returns the error of a context that ends before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

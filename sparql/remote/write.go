package remote

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/algebra"
	"github.com/belfort-lod/belfort/sparql/parser"
)

// One update carries at most so much. Virtuoso, for one, compiles each INSERT
// DATA as a program, and refuses long ones.
const (
	batchTriples = 1000
	batchBytes   = 512 << 10
)

// Update is Engine.Update. The request is one step where the endpoint makes it
// one, as most do. LOAD and SERVICE are refused, as SERVICE is in queries. An
// update is sent once: after a connection that failed in the middle it is not
// known whether it was done.
func (e *Engine) Update(ctx context.Context, q sparql.Query) error {
	text := prologue(q.Base, nil) + q.Text
	u, err := parser.Update(q.Text, parser.Options{Base: q.Base})
	if err != nil {
		known := sparql.Prefixes()
		if u, err = parser.Update(q.Text, parser.Options{Base: q.Base, Prefixes: known}); err != nil {
			return err
		}
		text = prologue(q.Base, known) + q.Text
	}
	for _, o := range u.Operations {
		if fetches(o) {
			return fmt.Errorf("update: LOAD and SERVICE: %w", sparql.ErrUnsupported)
		}
	}
	form := url.Values{"update": {text}}
	if len(q.DefaultGraphs) > 0 {
		form["using-graph-uri"] = q.DefaultGraphs
	}
	if len(q.NamedGraphs) > 0 {
		form["using-named-graph-uri"] = q.NamedGraphs
	}
	if err := e.post(ctx, form, q.Limits, false); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return nil
}

// update sends an update of our own making.
func (e *Engine) update(ctx context.Context, text string) error {
	return e.post(ctx, url.Values{"update": {text}}, sparql.Limits{}, true)
}

func (e *Engine) post(ctx context.Context, form url.Values, l sparql.Limits, again bool) error {
	if e.o.Update == "" {
		return fmt.Errorf("%w: it has no address for updates", sparql.ErrUnsupported)
	}
	return e.do(ctx, l, request{
		method: http.MethodPost, address: e.o.Update, mediaType: formType, body: []byte(form.Encode()), again: again,
	})
}

// do sends a request whose answer does not matter.
func (e *Engine) do(ctx context.Context, l sparql.Limits, r request) error {
	_, err := e.status(ctx, l, r)
	return err
}

func (e *Engine) status(ctx context.Context, l sparql.Limits, r request) (int, error) {
	a := e.newAnswer(ctx, l)
	defer a.cancel()
	res, err := e.send(a.ctx, r)
	if err != nil {
		return 0, a.explain(err)
	}
	discard(res.Body)
	return res.StatusCode, nil
}

// Put makes a graph hold exactly the quads, and does nothing but remove it if
// there are none. Repeating it does no harm.
//
// Through the Graph Store Protocol that is one request. Through updates it is one
// request too, "drop, then insert", as long as the graph is small; endpoints do the
// operations of one request as one step or not, see theirs. A larger graph is
// gathered in one beside it, urn:belfort:staging:..., and moved over the old one by
// the last request, so that what stands under its own name is always whole; a Put
// that fails before leaves the old graph as it was, and the next one begins anew.
// Blank nodes would not survive the parts, and are an error there.
func (e *Engine) Put(ctx context.Context, graph string, quads []rdf.Quad) error {
	name := rdf.IRI(graph)
	if len(quads) == 0 {
		return e.Delete(ctx, graph)
	}
	if e.o.GraphStore == "" {
		return failed("put", name, e.replace(ctx, name, quads))
	}
	_, err := e.PutGraph(ctx, name, quads)
	return err
}

// Delete removes a graph. One that is not there does no harm.
func (e *Engine) Delete(ctx context.Context, graph string) error {
	name := rdf.IRI(graph)
	if e.o.GraphStore == "" {
		return failed("delete", name, e.update(ctx, "DROP SILENT "+target(name)))
	}
	_, err := e.DeleteGraph(ctx, name)
	return err
}

// PutGraph is GraphWriter.PutGraph; it works as Put does. Through updates, whether
// the graph was there before is asked first.
func (e *Engine) PutGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error) {
	if len(quads) == 0 {
		_, err := e.DeleteGraph(ctx, name)
		return false, err
	}
	if e.o.GraphStore != "" {
		status, err := e.status(ctx, sparql.Limits{}, request{
			method: http.MethodPut, address: e.graphAddress(name), mediaType: sparql.Turtle, body: document(quads), again: true,
		})
		return status == http.StatusCreated, failed("put", name, err)
	}
	there, err := e.has(ctx, name)
	if err != nil {
		return false, failed("put", name, err)
	}
	return !there, failed("put", name, e.replace(ctx, name, quads))
}

func (e *Engine) replace(ctx context.Context, name rdf.Term, quads []rdf.Quad) error {
	batches := inBatches(quads)
	if len(batches) == 1 {
		return e.update(ctx, "DROP SILENT "+target(name)+" ; "+insertData(name, batches[0]))
	}
	sum := sha256.Sum256([]byte(name.Value()))
	staging := rdf.IRI("urn:belfort:staging:" + hex.EncodeToString(sum[:16]))
	for i, batch := range batches {
		text := insertData(staging, batch)
		if i == 0 {
			text = "DROP SILENT " + target(staging) + " ; " + text
		}
		if err := e.insert(ctx, text, batch); err != nil {
			return err
		}
	}
	to := "DEFAULT"
	if !name.IsZero() {
		to = name.String()
	}
	// Not sent again blindly: a second MOVE would find nothing, and move that.
	return e.post(ctx, url.Values{"update": {"MOVE GRAPH " + staging.String() + " TO " + to}}, sparql.Limits{}, false)
}

// insert sends one batch of several.
func (e *Engine) insert(ctx context.Context, text string, batch []rdf.Quad) error {
	for _, q := range batch {
		if q.Subject.IsBlank() || q.Object.IsBlank() {
			return errors.New("a graph with blank nodes is too large for one update; configure a graph store")
		}
	}
	return e.update(ctx, text)
}

// PostGraph is GraphWriter.PostGraph. Through updates a large graph is added in
// several steps, each to be seen at once.
func (e *Engine) PostGraph(ctx context.Context, name rdf.Term, quads []rdf.Quad) (created bool, err error) {
	if len(quads) == 0 {
		return false, nil
	}
	if e.o.GraphStore != "" {
		status, err := e.status(ctx, sparql.Limits{}, request{
			method: http.MethodPost, address: e.graphAddress(name), mediaType: sparql.Turtle, body: document(quads),
		})
		return status == http.StatusCreated, failed("add to", name, err)
	}
	there, err := e.has(ctx, name)
	if err != nil {
		return false, failed("add to", name, err)
	}
	batches := inBatches(quads)
	if len(batches) == 1 {
		return !there, failed("add to", name, e.post(ctx, url.Values{"update": {insertData(name, quads)}}, sparql.Limits{}, false))
	}
	for _, batch := range batches {
		if err := e.insert(ctx, insertData(name, batch), batch); err != nil {
			return false, failed("add to", name, err)
		}
	}
	return !there, nil
}

// DeleteGraph is GraphWriter.DeleteGraph. Through updates, whether the graph was
// there is asked first.
func (e *Engine) DeleteGraph(ctx context.Context, name rdf.Term) (existed bool, err error) {
	if e.o.GraphStore != "" {
		err := e.do(ctx, sparql.Limits{}, request{method: http.MethodDelete, address: e.graphAddress(name), again: true})
		var refused *Error
		if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
			return false, nil
		}
		return err == nil, failed("delete", name, err)
	}
	there, err := e.has(ctx, name)
	if err == nil && there {
		err = e.update(ctx, "DROP SILENT "+target(name))
	}
	return there, failed("delete", name, err)
}

// has asks whether a graph has a triple.
func (e *Engine) has(ctx context.Context, name rdf.Term) (bool, error) {
	query := "ASK { ?s ?p ?o }"
	if !name.IsZero() {
		query = "ASK { GRAPH " + name.String() + " { ?s ?p ?o } }"
	}
	r, err := e.Query(ctx, sparql.Query{Text: query})
	if err != nil {
		return false, err
	}
	defer r.Close()
	return r.Boolean, nil
}

func failed(what string, graph rdf.Term, err error) error {
	if err == nil {
		return nil
	}
	name := "the default graph"
	if !graph.IsZero() {
		name = "graph " + graph.String()
	}
	return fmt.Errorf("%s %s: %w", what, name, err)
}

func target(name rdf.Term) string {
	if name.IsZero() {
		return "DEFAULT"
	}
	return "GRAPH " + name.String()
}

// document writes Turtle, which every graph store takes. Virtuoso looks for itself
// what it is sent: without a directive it takes a triple with a long text for plain
// text, and refuses it.
func document(quads []rdf.Quad) []byte {
	return append([]byte("@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"), triples(quads)...)
}

// triples writes N-Triples.
func triples(quads []rdf.Quad) []byte {
	var b []byte
	for _, q := range quads {
		b = append(b, q.Triple().String()...)
		b = append(b, '\n')
	}
	return b
}

// insertData writes an INSERT DATA, whose syntax holds that of N-Triples.
func insertData(name rdf.Term, quads []rdf.Quad) string {
	var b bytes.Buffer
	b.WriteString("INSERT DATA { ")
	if !name.IsZero() {
		b.WriteString("GRAPH " + name.String() + " { ")
	}
	b.Write(triples(quads))
	b.WriteString(strings.Repeat("} ", map[bool]int{true: 1, false: 2}[name.IsZero()]))
	return b.String()
}

// inBatches cuts quads into pieces that endpoints take.
func inBatches(quads []rdf.Quad) [][]rdf.Quad {
	var batches [][]rdf.Quad
	from, size := 0, 0
	for i, q := range quads {
		length := len(q.Subject.Value()) + len(q.Predicate.Value()) + len(q.Object.Value())
		if i > from && (i-from == batchTriples || size+length > batchBytes) {
			batches = append(batches, quads[from:i])
			from, size = i, 0
		}
		size += length
	}
	return append(batches, quads[from:])
}

// fetches reports whether an operation has the endpoint fetch from elsewhere.
func fetches(o algebra.Operation) bool {
	switch o := o.(type) {
	case *algebra.Load:
		return true
	case *algebra.Modify:
		return servesElsewhere(o.Where)
	}
	return false
}

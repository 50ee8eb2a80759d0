package turtle

import (
	"bufio"
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
)

// Writer writes quads as Turtle or TriG. Unless Options.Stream is set it holds
// all quads until Close, and then lays them out for people: subjects in the
// order in which they came, "a" first, blank nodes and lists nested where that
// says the same, only the prefixes that are used.
type Writer struct {
	out     *bufio.Writer
	options Options
	names   *names
	quads   []rdf.Quad // held until Close
	last    rdf.Quad   // written last, when streaming
	began   bool
	buf     []byte
}

// NewWriter returns a writer on w. Close it to write out what it holds back; w
// itself stays open.
func NewWriter(w io.Writer, o Options) *Writer {
	return &Writer{out: bufio.NewWriterSize(w, 64<<10), options: o, names: newNames(o)}
}

// Write takes one quad. It refuses what RDF does not allow: a literal as
// subject, a predicate or a graph that is not a name.
func (w *Writer) Write(q rdf.Quad) error {
	if !q.IsValid() {
		return fmt.Errorf("write quad %v: not a statement of RDF", q)
	}
	if !w.options.TriG {
		q = q.Triple()
	}
	if !w.options.Stream {
		w.quads = append(w.quads, q)
		return nil
	}
	w.buf = w.appendStreamed(w.buf[:0], q)
	w.last = q
	return w.flush()
}

// Close writes out what is still held back. It does not close the underlying
// writer.
func (w *Writer) Close() error {
	w.buf = w.buf[:0]
	if w.options.Stream {
		w.buf = w.appendEnd(w.buf)
	} else {
		body := newLayout(w.names, w.quads).append(nil)
		w.buf = w.names.appendHeader(w.buf, false)
		if len(w.buf) > 0 && len(body) > 0 {
			w.buf = append(w.buf, '\n')
		}
		w.buf = append(w.buf, body...)
		w.quads = nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write turtle: %w", err)
	}
	return nil
}

func (w *Writer) flush() error {
	if _, err := w.out.Write(w.buf); err != nil {
		return fmt.Errorf("write turtle: %w", err)
	}
	return nil
}

// appendStreamed appends q, joined to the quad before it where the two share a
// subject.
func (w *Writer) appendStreamed(b []byte, q rdf.Quad) []byte {
	indent := ""
	if !q.Graph.IsZero() {
		indent = "    "
	}
	switch {
	case !w.began:
		w.began = true
		b = w.names.appendHeader(b, true)
		b = w.appendGraph(b, q.Graph)
	case q.Graph != w.last.Graph:
		b = w.appendEnd(b)
		b = w.appendGraph(b, q.Graph)
	case q.Subject != w.last.Subject:
		b = append(b, " .\n"...)
	case q.Predicate != w.last.Predicate:
		b = append(append(append(b, " ;\n"...), indent...), "    "...)
		b = append(w.names.appendPredicate(b, q.Predicate), ' ')
		return w.names.append(b, q.Object)
	default:
		return w.names.append(append(b, ", "...), q.Object)
	}
	b = append(w.names.append(append(b, indent...), q.Subject), ' ')
	b = append(w.names.appendPredicate(b, q.Predicate), ' ')
	return w.names.append(b, q.Object)
}

func (w *Writer) appendGraph(b []byte, graph rdf.Term) []byte {
	if len(b) > 0 || !w.last.Graph.IsZero() {
		b = append(b, '\n')
	}
	if graph.IsZero() {
		return b
	}
	return append(w.names.append(b, graph), " {\n"...)
}

// appendEnd ends the statement and the graph that are open.
func (w *Writer) appendEnd(b []byte) []byte {
	if !w.began {
		return b
	}
	b = append(b, " .\n"...)
	if !w.last.Graph.IsZero() {
		b = append(b, "}\n"...)
	}
	return b
}

package nquads

import (
	"bufio"
	"fmt"
	"io"

	"github.com/belfort-lod/belfort/rdf"
)

// Writer writes quads in canonical N-Quads form, one line each, in the order
// in which they come.
type Writer struct {
	out     *bufio.Writer
	options Options
	line    []byte
}

// NewWriter returns a writer on w. Close it to write out what it holds back;
// w itself stays open.
func NewWriter(w io.Writer, o Options) *Writer {
	return &Writer{out: bufio.NewWriterSize(w, 64<<10), options: o}
}

// Write writes one quad. It refuses what RDF does not allow: a literal as
// subject, a predicate or a graph that is not a name.
func (w *Writer) Write(q rdf.Quad) error {
	if !q.IsValid() {
		return fmt.Errorf("write quad %v: not a statement of RDF", q)
	}
	if w.options.Triples {
		q = q.Triple()
	}
	w.line = append(q.AppendNQuads(w.line[:0]), '\n')
	if _, err := w.out.Write(w.line); err != nil {
		return fmt.Errorf("write n-quads: %w", err)
	}
	return nil
}

// Close writes out what is still held back. It does not close the underlying
// writer.
func (w *Writer) Close() error {
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write n-quads: %w", err)
	}
	return nil
}

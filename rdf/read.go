package rdf

import (
	"errors"
	"io"
)

// ReadAll calls read, such as the Read method of a reader of some syntax, until
// io.EOF, and returns the quads in order. On another error it returns the quads
// before it, and the error.
func ReadAll(read func() (Quad, error)) ([]Quad, error) {
	var quads []Quad
	for {
		q, err := read()
		if errors.Is(err, io.EOF) {
			return quads, nil
		}
		if err != nil {
			return quads, err
		}
		quads = append(quads, q)
	}
}

package quadstore

import (
	"encoding/binary"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// The first byte of a key says what it is. Numbers are big-endian, so that
// Pebble's order of bytes is the order of numbers.
const (
	spaceMeta      = 0x01 // -> number of quads, version
	spaceGraph     = 0x02 // + graph -> number of quads in it
	spacePredicate = 0x03 // + predicate -> number of quads with it
	spaceTerm      = 0x04 // + dictionary ID -> term
	spaceHash      = 0x05 // + first half of SHA-256 of the term -> dictionary ID
	spaceOrder     = 0x10 // + number of the order, + four IDs -> nothing
)

// quad is a quad as IDs, by place, so that an order is a list of places. A
// graph of 0 is the default graph.
type quad [4]eval.ID

const (
	subject = iota
	predicate
	object
	graph
)

func (q quad) id() eval.QuadID {
	return eval.QuadID{Subject: q[subject], Predicate: q[predicate], Object: q[object], Graph: q[graph]}
}

// order is one sorted copy of all quads.
type order [4]uint8

// The orders. Any places that a pattern binds are the beginning of one of
// them, but for subject and object within a graph, where few quads are left to
// skip. The three that end in the graph also serve the union of all graphs:
// there equal triples stand side by side.
var orders = [...]order{
	{subject, predicate, object, graph},
	{predicate, object, subject, graph},
	{object, subject, predicate, graph},
	{graph, subject, predicate, object},
	{graph, predicate, object, subject},
}

const (
	orderSPOG = iota
	orderPOSG
	orderOSPG
	orderGSPO
	orderGPOS
)

const quadKeyLength = 1 + 4*8

// appendQuad appends the key of q in an order.
func appendQuad(b []byte, at int, q quad) []byte {
	return appendPrefix(b, at, q, 4)
}

// appendPrefix appends the first n places of the key of q in an order.
func appendPrefix(b []byte, at int, q quad, n int) []byte {
	b = append(b, spaceOrder+byte(at))
	for _, place := range orders[at][:n] {
		b = binary.BigEndian.AppendUint64(b, uint64(q[place]))
	}
	return b
}

// readQuad reads the key of a quad in an order, ok false if it is none.
func readQuad(key []byte, at int) (q quad, ok bool) {
	if len(key) != quadKeyLength {
		return q, false
	}
	for i, place := range orders[at] {
		q[place] = eval.ID(binary.BigEndian.Uint64(key[1+8*i:]))
	}
	return q, true
}

func idKey(space byte, id eval.ID) []byte {
	return binary.BigEndian.AppendUint64([]byte{space}, uint64(id))
}

// after returns the first key after all keys with the given prefix.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil // never: the first byte is small
}

// compare orders quads as their keys in an order are.
func (o order) compare(a, b quad) int {
	for _, place := range o {
		if a[place] != b[place] {
			if a[place] < b[place] {
				return -1
			}
			return 1
		}
	}
	return 0
}

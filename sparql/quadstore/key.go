package quadstore

import (
	"encoding/binary"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// The first byte of a key says what it is. Numbers are big-endian, so that
// Pebble's order of bytes is the order of numbers.
const (
	spaceMeta = 0x01 // -> number of quads, version, number of the base, next dictionary ID
	spaceTerm = 0x04 // + dictionary ID -> term, of those that the base does not have
	spaceQuad = 0x20 // + four IDs in the order GSPO -> "+" added to the base, "-" gone from it

	// Version 1 had no base: all terms and quads were here, in five orders, with
	// hashes of terms, and numbers of quads by graph and predicate.
	spaceOrder1 = 0x10 // + number of the order, + four IDs -> nothing
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
// skip. The four that end in the graph also serve the union of all graphs: there
// equal triples stand side by side. PSOG gives the quads of a predicate sorted
// by subject, which most joins of this field want.
var orders = [...]order{
	{subject, predicate, object, graph},
	{predicate, object, subject, graph},
	{object, subject, predicate, graph},
	{graph, subject, predicate, object},
	{graph, predicate, object, subject},
	{predicate, subject, object, graph},
}

const (
	orderSPOG = iota
	orderPOSG
	orderOSPG
	orderGSPO
	orderGPOS
	orderPSOG
)

const quadKeyLength = 1 + 4*8

// appendQuad appends the key of a quad of the delta.
func appendQuad(b []byte, q quad) []byte {
	b = append(b, spaceQuad)
	for _, place := range orders[orderGSPO] {
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

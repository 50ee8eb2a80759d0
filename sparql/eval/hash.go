package eval

import (
	"math"
	"slices"
)

// hashIndex finds rows by a key of IDs. Rows are appended to cells, key first,
// payload after it; then finish makes them findable.
type hashIndex struct {
	keys, payloads int // IDs per row
	cells          []ID
	heads          []int32 // the first row of each hash, and the number of rows
}

// newHashIndex returns an index for about so many rows.
func newHashIndex(keys, payloads int, rows float64) *hashIndex {
	h := &hashIndex{keys: keys, payloads: payloads}
	h.cells = make([]ID, 0, int(min(rows, maxPrepared))*h.width())
	return h
}

// maxPrepared bounds the rows that room is made for before they come.
const maxPrepared = 1 << 18

// rowBytes is about what a row takes.
func (h *hashIndex) rowBytes() int { return 8*h.width() + 8 }

// width is the cells of a row; one without key and payload has one all the same.
func (h *hashIndex) width() int { return max(1, h.keys+h.payloads) }

// finish makes the rows findable: those of one hash stand side by side, in the
// order in which they came.
func (h *hashIndex) finish() {
	width := h.width()
	rows := len(h.cells) / width
	size := 1
	for size < rows+rows/2 {
		size *= 2
	}
	mask := uint64(size - 1)
	h.heads = make([]int32, size+1)
	buckets := make([]int32, rows)
	for i := range rows {
		b := int32(hashIDs(h.cells[i*width:i*width+h.keys]) & mask)
		buckets[i] = b
		h.heads[b+1]++
	}
	for b := range size {
		h.heads[b+1] += h.heads[b]
	}
	sorted := make([]ID, len(h.cells))
	next := slices.Clone(h.heads[:size])
	for i, b := range buckets {
		copy(sorted[int(next[b])*width:], h.cells[i*width:(i+1)*width])
		next[b]++
	}
	h.cells = sorted
}

// bucket returns the rows that may have the key: from, and before to.
func (h *hashIndex) bucket(key []ID) (from, to int) {
	b := hashIDs(key) & uint64(len(h.heads)-2)
	return int(h.heads[b]), int(h.heads[b+1])
}

// has reports whether a row has the key.
func (h *hashIndex) has(row int, key []ID) bool {
	at := row * h.width()
	for i, k := range key {
		if h.cells[at+i] != k {
			return false
		}
	}
	return true
}

// payload returns the IDs of a row after its key.
func (h *hashIndex) payload(row int) []ID {
	at := row * h.width()
	return h.cells[at+h.keys : at+h.keys+h.payloads]
}

// hashIDs mixes IDs into a hash.
func hashIDs(ids []ID) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, id := range ids {
		h ^= uint64(id)
		h *= 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}

// rowSet is a set of rows of IDs. It numbers them from 0 as they come.
type rowSet struct {
	width int
	cells []ID
	rows  int
	// table has, by open addressing, half of the hash and the row + 1: most rows
	// that are not the one sought are told by their hash.
	table []uint64
}

func newRowSet(width int) *rowSet {
	return &rowSet{width: width, table: make([]uint64, 16)}
}

func (s *rowSet) rowBytes() int { return 8*s.width + 16 }

// held is about what the set takes, in bytes.
func (s *rowSet) held() int { return s.rows * s.rowBytes() }

// find returns the number of a row, negative if it is not in the set, and where
// in the table it stands or would stand.
func (s *rowSet) find(key []ID, hash uint64) (n int, at uint64) {
	mask := uint64(len(s.table) - 1)
	tag := hash &^ (1<<32 - 1)
	for at = hash >> 32 & mask; s.table[at] != 0; at = (at + 1) & mask {
		if s.table[at]&^(1<<32-1) != tag {
			continue
		}
		n := int(uint32(s.table[at])) - 1
		if slices.Equal(s.cells[n*s.width:(n+1)*s.width], key) {
			return n, at
		}
	}
	return -1, at
}

// has reports whether a row is in the set.
func (s *rowSet) has(key []ID) bool {
	n, _ := s.find(key, hashIDs(key))
	return n >= 0
}

// number returns the number of a row, which it adds if it is new.
func (s *rowSet) number(x *exec, key []ID) (n int, fresh, ok bool) {
	hash := hashIDs(key)
	n, at := s.find(key, hash)
	if n >= 0 {
		return n, false, true
	}
	if !x.hold(s.rowBytes()) {
		return 0, false, false
	}
	if s.rows == math.MaxInt32 {
		return 0, false, x.fail(&LimitError{Limit: "memory", Bound: int64(s.held())})
	}
	n = s.rows
	s.cells = append(s.cells, key...)
	s.rows++
	s.table[at] = hash&^(1<<32-1) | uint64(s.rows)
	if s.rows*2 > len(s.table) {
		s.grow()
	}
	return n, true, true
}

func (s *rowSet) grow() {
	was := s.table
	s.table = make([]uint64, 4*len(was))
	mask := uint64(len(s.table) - 1)
	for _, e := range was {
		if e == 0 {
			continue
		}
		at := e >> 32 & mask
		for s.table[at] != 0 {
			at = (at + 1) & mask
		}
		s.table[at] = e
	}
}

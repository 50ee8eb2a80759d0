package eval

import "slices"

// hashIndex finds rows by a key of IDs. Rows are appended to cells, key first,
// payload after it; then finish makes them findable.
type hashIndex struct {
	keys, payloads int // IDs per row
	cells          []ID
	heads          []int32 // by hash: row + 1, 0 for none
	chains         []int32 // by row: the next row + 1 of the same hash
}

func newHashIndex(keys, payloads int) *hashIndex {
	return &hashIndex{keys: keys, payloads: payloads}
}

// rowBytes is about what a row takes.
func (h *hashIndex) rowBytes() int { return 8*(h.keys+h.payloads) + 12 }

// width is the cells of a row; one without key and payload has one all the same.
func (h *hashIndex) width() int { return max(1, h.keys+h.payloads) }

// finish makes the rows findable.
func (h *hashIndex) finish() {
	rows := len(h.cells) / h.width()
	size := 1
	for size < rows+rows/2 {
		size *= 2
	}
	h.heads, h.chains = make([]int32, size), make([]int32, rows)
	// Backwards, so that chains give rows in the order in which they came.
	for i := rows - 1; i >= 0; i-- {
		at := hashIDs(h.cells[i*h.width():i*h.width()+h.keys]) & uint64(size-1)
		h.chains[i] = h.heads[at]
		h.heads[at] = int32(i + 1)
	}
}

// first returns the first row with the key, -1 if there is none.
func (h *hashIndex) first(key []ID) int {
	return h.search(int(h.heads[hashIDs(key)&uint64(len(h.heads)-1)])-1, key)
}

// following returns the row after the given one with the key, or -1.
func (h *hashIndex) following(row int, key []ID) int {
	return h.search(int(h.chains[row])-1, key)
}

func (h *hashIndex) search(row int, key []ID) int {
next:
	for ; row >= 0; row = int(h.chains[row]) - 1 {
		at := row * h.width()
		for i, k := range key {
			if h.cells[at+i] != k {
				continue next
			}
		}
		return row
	}
	return -1
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
	table []int32 // row + 1, open addressing; the length is a power of two
}

func newRowSet(width int) *rowSet {
	return &rowSet{width: width, table: make([]int32, 16)}
}

func (s *rowSet) rowBytes() int { return 8*s.width + 16 }

// held is about what the set takes, in bytes.
func (s *rowSet) held() int { return s.rows * s.rowBytes() }

// has reports whether a row is in the set.
func (s *rowSet) has(key []ID) bool {
	mask := uint64(len(s.table) - 1)
	for at := hashIDs(key) & mask; s.table[at] != 0; at = (at + 1) & mask {
		n := int(s.table[at]) - 1
		if slices.Equal(s.cells[n*s.width:(n+1)*s.width], key) {
			return true
		}
	}
	return false
}

// number returns the number of a row, which it adds if it is new.
func (s *rowSet) number(x *exec, key []ID) (n int, fresh, ok bool) {
	at, mask := hashIDs(key), uint64(len(s.table)-1)
probe:
	for at &= mask; s.table[at] != 0; at = (at + 1) & mask {
		n := int(s.table[at]) - 1
		for i, id := range key {
			if s.cells[n*s.width+i] != id {
				continue probe
			}
		}
		return n, false, true
	}
	if !x.hold(s.rowBytes()) {
		return 0, false, false
	}
	n = s.rows
	s.cells = append(s.cells, key...)
	s.rows++
	s.table[at] = int32(s.rows)
	if s.rows*2 > len(s.table) {
		s.grow()
	}
	return n, true, true
}

func (s *rowSet) grow() {
	s.table = make([]int32, 2*len(s.table))
	mask := uint64(len(s.table) - 1)
	for n := range s.rows {
		at := hashIDs(s.cells[n*s.width:(n+1)*s.width]) & mask
		for s.table[at] != 0 {
			at = (at + 1) & mask
		}
		s.table[at] = int32(n + 1)
	}
}

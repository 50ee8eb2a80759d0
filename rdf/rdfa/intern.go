package rdfa

import (
	"hash/maphash"
	"strings"
)

// interner keeps one copy of each string of a page, numbered from 0: names,
// attribute values, words of attribute values, and IRIs come back many times.
type interner struct {
	seed    maphash.Seed
	slots   []int32 // 1 + an index of entries, by hash; a power of two long
	entries []entry
	arena   *strings.Builder
}

// entry is a string and what the processor knows of it.
type entry struct {
	s       string
	hash    uint32
	meaning int32 // 1 + an index of processor.meanings, for a word
	subject int32 // 1 + an index of processor.subjects, for the IRI of a subject
}

// Strings are allocated many at a time: so many bytes at first, and at most.
const (
	firstArena = 2 << 10
	lastArena  = 32 << 10
)

func newInterner() interner {
	return interner{seed: maphash.MakeSeed(), slots: make([]int32, 128), entries: make([]entry, 0, 64), arena: new(strings.Builder)}
}

// bytes returns the number of the string that b holds.
func (in *interner) bytes(b []byte) int32 {
	hash := uint32(maphash.Bytes(in.seed, b))
	at := hash & uint32(len(in.slots)-1)
	for ; in.slots[at] != 0; at = (at + 1) & uint32(len(in.slots)-1) {
		if e := &in.entries[in.slots[at]-1]; e.hash == hash && e.s == string(b) {
			return in.slots[at] - 1
		}
	}
	return in.add(in.copied(b), hash, at)
}

// string returns the number of s, which the interner may keep.
func (in *interner) string(s string) int32 {
	hash := uint32(maphash.String(in.seed, s))
	at := hash & uint32(len(in.slots)-1)
	for ; in.slots[at] != 0; at = (at + 1) & uint32(len(in.slots)-1) {
		if e := &in.entries[in.slots[at]-1]; e.hash == hash && e.s == s {
			return in.slots[at] - 1
		}
	}
	return in.add(s, hash, at)
}

// find returns the number of s, if it has one.
func (in *interner) find(s string) (int32, bool) {
	hash := uint32(maphash.String(in.seed, s))
	at := hash & uint32(len(in.slots)-1)
	for ; in.slots[at] != 0; at = (at + 1) & uint32(len(in.slots)-1) {
		if e := &in.entries[in.slots[at]-1]; e.hash == hash && e.s == s {
			return in.slots[at] - 1, true
		}
	}
	return 0, false
}

func (in *interner) add(s string, hash, at uint32) int32 {
	in.entries = append(in.entries, entry{s: s, hash: hash})
	id := int32(len(in.entries) - 1)
	in.slots[at] = id + 1
	if len(in.entries)*4 > len(in.slots)*3 {
		in.slots = make([]int32, 2*len(in.slots))
		for i := range in.entries {
			at := in.entries[i].hash & uint32(len(in.slots)-1)
			for in.slots[at] != 0 {
				at = (at + 1) & uint32(len(in.slots)-1)
			}
			in.slots[at] = int32(i + 1)
		}
	}
	return id
}

// copied returns the string that b holds, in the arena if it is short.
func (in *interner) copied(b []byte) string {
	if len(b) > firstArena/4 {
		return string(b)
	}
	if in.arena.Cap()-in.arena.Len() < len(b) {
		size := max(firstArena, min(lastArena, 2*in.arena.Cap()))
		in.arena = new(strings.Builder)
		in.arena.Grow(size)
	}
	from := in.arena.Len()
	in.arena.Write(b)
	return in.arena.String()[from:]
}

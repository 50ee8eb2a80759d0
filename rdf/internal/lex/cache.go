package lex

import "hash/maphash"

const (
	cacheSize   = 1 << 12
	longestKept = 1 << 10 // so that a cache stays small whatever it is fed
)

// Cache remembers the strings that were made last of pieces of a text, so that
// an IRI that comes back costs neither a check nor an allocation. It holds a
// fixed number of strings and forgets an older one for a newer one. The zero
// Cache is empty and ready.
type Cache struct {
	seed    maphash.Seed
	entries []entry
}

type entry struct{ raw, value string }

// Find returns what was put for raw, and the slot for Put where it finds
// nothing.
func (c *Cache) Find(raw []byte) (value string, slot int, ok bool) {
	if c.entries == nil {
		c.seed, c.entries = maphash.MakeSeed(), make([]entry, cacheSize)
	}
	slot = int(maphash.Bytes(c.seed, raw) % cacheSize)
	e := &c.entries[slot]
	return e.value, slot, len(raw) > 0 && e.raw == string(raw)
}

// Put remembers value for raw in the slot that Find gave.
func (c *Cache) Put(slot int, raw, value string) {
	if len(raw) <= longestKept && len(value) <= longestKept {
		c.entries[slot] = entry{raw, value}
	}
}

// Clear forgets everything.
func (c *Cache) Clear() { clear(c.entries) }

package quadstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// A term in the dictionary is a kind, for a literal the length of its datatype
// or language and that, and the value.
const (
	kindIRI   = 'I'
	kindBlank = 'B'
	kindTyped = 'L'
	kindLang  = '@'
)

func appendTerm(b []byte, t rdf.Term) []byte {
	switch {
	case t.IsIRI():
		b = append(b, kindIRI)
	case t.IsBlank():
		b = append(b, kindBlank)
	case t.Lang() != "":
		b = binary.AppendUvarint(append(b, kindLang), uint64(len(t.Lang())))
		b = append(b, t.Lang()...)
	default:
		b = binary.AppendUvarint(append(b, kindTyped), uint64(len(t.Datatype())))
		b = append(b, t.Datatype()...)
	}
	return append(b, t.Value()...)
}

func readTerm(b []byte) (t rdf.Term, ok bool) {
	if len(b) == 0 {
		return t, false
	}
	kind, b := b[0], b[1:]
	switch kind {
	case kindIRI:
		return rdf.IRI(string(b)), true
	case kindBlank:
		return rdf.Blank(string(b)), true
	case kindTyped, kindLang:
		length, n := binary.Uvarint(b)
		if n <= 0 || length == 0 || length > uint64(len(b)-n) {
			return t, false
		}
		qualifier, value := string(b[n:n+int(length)]), string(b[n+int(length):])
		if kind == kindLang {
			return rdf.LangLiteral(value, qualifier), true
		}
		return rdf.Literal(value, qualifier), true
	}
	return t, false
}

// youngTerms finds the terms that the database has and the base has not, by
// their hash. The terms themselves stay on disk, and in the cache.
type youngTerms struct {
	seed maphash.Seed
	mu   sync.RWMutex
	by   map[uint64]eval.ID
	same map[rdf.Term]eval.ID // those whose hash another one had
}

func newYoungTerms() *youngTerms {
	return &youngTerms{seed: maphash.MakeSeed(), by: map[uint64]eval.ID{}, same: map[rdf.Term]eval.ID{}}
}

func (y *youngTerms) add(id eval.ID, t rdf.Term) {
	hash := maphash.Comparable(y.seed, t)
	y.mu.Lock()
	defer y.mu.Unlock()
	if other, taken := y.by[hash]; taken && other != id {
		y.same[t] = id
	} else {
		y.by[hash] = id
	}
}

// find returns the ID that t has if it is the term of that ID, and the one that
// it has otherwise; 0 is none.
func (y *youngTerms) find(t rdf.Term) (likely, otherwise eval.ID) {
	hash := maphash.Comparable(y.seed, t)
	y.mu.RLock()
	defer y.mu.RUnlock()
	if likely = y.by[hash]; likely != 0 && len(y.same) > 0 {
		otherwise = y.same[t]
	}
	return likely, otherwise
}

// drop forgets the IDs up to last: a base has them now.
func (y *youngTerms) drop(last eval.ID) {
	y.mu.Lock()
	defer y.mu.Unlock()
	maps.DeleteFunc(y.by, func(_ uint64, id eval.ID) bool { return id <= last })
	maps.DeleteFunc(y.same, func(_ rdf.Term, id eval.ID) bool { return id <= last })
}

// youngID returns the ID of a term that the database has, 0 if it has not.
func (s *Store) youngID(at *state, t rdf.Term) (eval.ID, error) {
	if id := s.terms.id(t); id != 0 {
		return id, nil
	}
	id, otherwise := s.young.find(t)
	if id == 0 {
		return 0, nil
	}
	found, err := s.term(at, id)
	if err != nil {
		return 0, err
	}
	if found != t {
		return otherwise, nil
	}
	return id, nil
}

// id returns the ID of a term, 0 if the dictionary does not know it: not that of
// the base of a state, nor that of what came since.
func (s *Store) id(at *state, t rdf.Term) (eval.ID, error) {
	if id, ok := inline(t); ok {
		return id, nil
	}
	if t.IsZero() {
		return 0, nil
	}
	id, err := at.base.terms.id(t)
	if id != 0 || err != nil || !at.young() {
		return id, err
	}
	if id, err = s.youngID(at, t); id != 0 || err != nil {
		return id, err
	}
	// It may have moved to a newer base.
	err = s.newer(at, func(b *base) error {
		id, err = b.terms.id(t)
		return err
	})
	return id, err
}

// newer calls f with the present base if it is not that of a state.
func (s *Store) newer(at *state, f func(*base) error) error {
	s.mu.Lock()
	b := s.now.Load().base
	b.use()
	s.mu.Unlock()
	var err error
	if b != at.base {
		err = f(b)
	}
	return errors.Join(err, b.leave())
}

// term returns the term of an ID. The dictionary only grows, so that beyond the
// base of a state it needs no snapshot.
func (s *Store) term(at *state, id eval.ID) (t rdf.Term, err error) {
	if tagOf(id) != tagDictionary {
		t, ok := inlined(id)
		if !ok {
			return rdf.Term{}, noTerm(id)
		}
		return t, nil
	}
	ok := false
	if id <= eval.ID(at.base.terms.n) {
		if id != 0 {
			t, ok, err = at.base.terms.term(id)
		}
		if err == nil && !ok {
			err = noTerm(id)
		}
		return t, err
	}
	if t, ok := s.terms.term(id); ok {
		return t, nil
	}
	value, closer, err := s.db.Get(idKey(spaceTerm, id))
	if errors.Is(err, pebble.ErrNotFound) {
		err = s.newer(at, func(b *base) (err error) {
			if id <= eval.ID(b.terms.n) {
				t, ok, err = b.terms.term(id)
			}
			return err
		})
		if err == nil && !ok {
			err = noTerm(id)
		}
		return t, err
	}
	if err != nil {
		return rdf.Term{}, s.readError(err)
	}
	defer closer.Close()
	if t, ok = readTerm(value); !ok {
		return rdf.Term{}, &CorruptError{File: s.dir, Err: fmt.Errorf("term %#x cannot be read", uint64(id))}
	}
	s.terms.add(id, t)
	return t, nil
}

func noTerm(id eval.ID) error { return fmt.Errorf("look up term: ID %#x is of no term", uint64(id)) }

// cache remembers terms and IDs, which never change, in a fixed number of
// slots; a newcomer takes the place of what stood in its slot. It needs no
// lock, and its size is bounded: long terms are not kept.
type cache struct {
	seed   maphash.Seed
	byID   []atomic.Pointer[remembered]
	byTerm []atomic.Pointer[remembered]
}

type remembered struct {
	id   eval.ID
	term rdf.Term
}

const (
	cacheSlots   = 1 << 16
	cacheLongest = 512 // bytes of a term's value
)

func newCache() *cache {
	return &cache{
		seed:   maphash.MakeSeed(),
		byID:   make([]atomic.Pointer[remembered], cacheSlots),
		byTerm: make([]atomic.Pointer[remembered], cacheSlots),
	}
}

func (c *cache) slot(t rdf.Term) *atomic.Pointer[remembered] {
	return &c.byTerm[maphash.Comparable(c.seed, t)%cacheSlots]
}

func (c *cache) add(id eval.ID, t rdf.Term) {
	if len(t.Value()) > cacheLongest {
		return
	}
	e := &remembered{id: id, term: t}
	c.byID[id%cacheSlots].Store(e)
	c.slot(t).Store(e)
}

func (c *cache) id(t rdf.Term) eval.ID {
	if e := c.slot(t).Load(); e != nil && e.term == t {
		return e.id
	}
	return 0
}

func (c *cache) term(id eval.ID) (rdf.Term, bool) {
	if e := c.byID[id%cacheSlots].Load(); e != nil && e.id == id {
		return e.term, true
	}
	return rdf.Term{}, false
}

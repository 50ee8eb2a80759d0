package quadstore

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// The dictionary of the base is in four files.
//
//	text     for each ID a record: number of a shape (uvarint), and the rest of
//	         the term's text; nothing for an ID that was never given out. Then
//	         the shapes: kind (1 byte), length (uvarint), qualifier or prefix
//	offsets  where each record begins, 5 bytes each, one more for the end
//	hashes   slots: high half of the hash of a term (4 bytes), ID (4 bytes; 0 is
//	         an empty slot). They are sorted, each at or after its home, which is
//	         hash * homes / 2^32
//	values   the IDs of literals that are their own ID, sorted, 8 bytes each
//
// A shape is what many terms share: of an IRI what stands before its last "/"
// or "#", of a literal its datatype or language.
const (
	textNumbers   = 3 // records, where they end, where the shapes end
	offsetNumbers = 1 // records
	hashNumbers   = 3 // homes, terms, seed
	valueNumbers  = 1 // values

	offsetSize = 5
	slotSize   = 8

	maxShapes = 1 << 16
	maxPrefix = 200     // bytes of an IRI
	maxTerms  = 1 << 31 // also of values: together they are codes
)

// shape is the part of a term that it shares with others.
type shape struct {
	kind byte
	text string
}

// split returns the shape and the rest of a term.
func split(t rdf.Term) (shape, string) {
	switch {
	case t.IsIRI():
		text := t.Value()
		n := strings.LastIndexAny(text, "/#") + 1
		if n > maxPrefix {
			n = 0
		}
		return shape{kindIRI, text[:n]}, text[n:]
	case t.IsBlank():
		return shape{kind: kindBlank}, t.Value()
	case t.Lang() != "":
		return shape{kindLang, t.Lang()}, t.Value()
	}
	return shape{kindTyped, t.Datatype()}, t.Value()
}

// shapes numbers shapes.
type shapes struct {
	list   []shape
	number map[shape]uint32
}

// newShapes begins with shapes that have numbers already.
func newShapes(known []shape) *shapes {
	s := &shapes{list: slices.Clone(known), number: map[shape]uint32{}}
	for i, k := range s.list {
		s.number[k] = uint32(i)
	}
	for _, k := range []shape{{kind: kindIRI}, {kind: kindBlank}} {
		s.of(k)
	}
	return s
}

// of returns the number of a shape, ok false if there is no room for it.
func (s *shapes) of(k shape) (n uint32, ok bool) {
	if n, ok = s.number[k]; ok {
		return n, true
	}
	// Prefixes of IRIs can be done without; types and languages cannot.
	if len(s.list) >= maxShapes && k.kind == kindIRI {
		return 0, false
	}
	k.text = strings.Clone(k.text)
	n = uint32(len(s.list))
	s.list = append(s.list, k)
	s.number[k] = n
	return n, true
}

// appendRecord appends the record of a term.
func (s *shapes) appendRecord(b []byte, t rdf.Term) []byte {
	k, rest := split(t)
	n, ok := s.of(k)
	if !ok {
		n, rest = s.number[shape{kind: kindIRI}], t.Value()
	}
	return append(binary.AppendUvarint(b, uint64(n)), rest...)
}

// readRecord returns the shape and the rest of a record.
func readRecord(list []shape, record []byte) (k shape, rest []byte, ok bool) {
	n, size := uint64(0), 1
	if len(record) > 0 && record[0] < 0x80 {
		n = uint64(record[0])
	} else if n, size = binary.Uvarint(record); size <= 0 {
		return k, nil, false
	}
	if n >= uint64(len(list)) {
		return k, nil, false
	}
	return list[n], record[size:], true
}

func (k shape) term(rest []byte) rdf.Term {
	switch k.kind {
	case kindIRI:
		return rdf.IRI(k.text + string(rest))
	case kindBlank:
		return rdf.Blank(string(rest))
	case kindLang:
		return rdf.LangLiteral(string(rest), k.text)
	}
	return rdf.Literal(string(rest), k.text)
}

// is reports whether shape and rest are those of a term.
func (k shape) is(rest []byte, t rdf.Term) bool {
	switch k.kind {
	case kindIRI:
		v := t.Value()
		return t.IsIRI() && len(v) == len(k.text)+len(rest) && v[len(k.text):] == string(rest) && v[:len(k.text)] == k.text
	case kindBlank:
		return t.IsBlank() && t.Value() == string(rest)
	case kindLang:
		return t.Lang() == k.text && t.Value() == string(rest)
	}
	return t.IsLiteral() && t.Datatype() == k.text && t.Value() == string(rest)
}

// hasher hashes terms, differently for each seed, so that nobody can prepare
// terms that all have the same hash.
type hasher [3]uint64

func newHasher(seed uint64) (h hasher) {
	for i := range h {
		// SplitMix64
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		h[i] = z ^ z>>31
	}
	return h
}

// term returns the high half of the hash of a term.
func (h *hasher) term(t rdf.Term) uint32 {
	var sum uint64
	switch {
	case t.IsIRI():
		sum = h.text(t.Value(), kindIRI)
	case t.IsBlank():
		sum = h.text(t.Value(), kindBlank)
	case t.Lang() != "":
		sum = h.text(t.Value(), h.text(t.Lang(), kindLang))
	default:
		sum = h.text(t.Value(), h.text(t.Datatype(), kindTyped))
	}
	return uint32(sum >> 32)
}

// text folds 16 bytes at a time by a multiplication to 128 bits.
func (h *hasher) text(s string, sum uint64) uint64 {
	sum ^= h[0] ^ uint64(len(s))
	for len(s) > 16 {
		sum = fold(load(s)^h[1], load(s[8:])^sum)
		s = s[16:]
	}
	var a, b uint64
	switch {
	case len(s) > 8:
		a, b = load(s), load(s[len(s)-8:])
	case len(s) >= 4:
		a, b = uint64(load4(s)), uint64(load4(s[len(s)-4:]))
	case len(s) > 0:
		a = uint64(s[0])<<16 | uint64(s[len(s)/2])<<8 | uint64(s[len(s)-1])
	}
	return fold(fold(a^h[1], b^sum)^h[2], sum^h[0])
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func load4(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// baseTerms is the dictionary of a base. The zero value is an empty one.
type baseTerms struct {
	text, offsets, hashes, values *pages
	shapes                        []shape
	n                             int64 // IDs from 1 to n
	homes                         uint64
	known                         int64 // terms, and so slots in use
	slots                         int64
	seed                          uint64
	hasher                        hasher
	literals                      int64 // in values
}

func openTerms(files vfs.FS, dir string) (*baseTerms, error) {
	t := &baseTerms{}
	if err := t.open(files, dir); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func (t *baseTerms) open(files vfs.FS, dir string) (err error) {
	for _, f := range []struct {
		to      **pages
		name    string
		numbers int
	}{{&t.text, "text", textNumbers}, {&t.offsets, "offsets", offsetNumbers}, {&t.hashes, "hashes", hashNumbers}, {&t.values, "values", valueNumbers}} {
		if *f.to, err = openPages(files, files.PathJoin(dir, f.name), f.numbers); err != nil {
			return err
		}
	}
	t.n = int64(t.text.numbers[0])
	if t.n < 0 || t.n >= maxTerms || t.offsets.numbers[0] != uint64(t.n) || int64(len(t.offsets.data)) != (t.n+1)*offsetSize+padding {
		return t.offsets.damaged("%d records, the text has %d", t.offsets.numbers[0], t.n)
	}
	t.literals = int64(t.values.numbers[0])
	if t.literals < 0 || t.literals >= maxTerms || int64(len(t.values.data)) != t.literals*8+padding {
		return t.values.damaged("%d values", t.literals)
	}
	t.homes, t.known, t.seed = t.hashes.numbers[0], int64(t.hashes.numbers[1]), t.hashes.numbers[2]
	t.slots = (int64(len(t.hashes.data)) - padding) / slotSize
	if t.homes == 0 || t.homes > uint64(t.slots) || t.known > t.n {
		return t.hashes.damaged("%d homes in %d slots", t.homes, t.slots)
	}
	t.hasher = newHasher(t.seed)
	return t.readShapes()
}

func (t *baseTerms) readShapes() error {
	from, to := int64(t.text.numbers[1]), int64(t.text.numbers[2])
	if from > to {
		return t.text.damaged("shapes from %d to %d", from, to)
	}
	b, err := t.text.view(from, to-from)
	for err == nil && len(b) > 0 {
		kind := b[0]
		length, n := binary.Uvarint(b[1:])
		if n <= 0 || length > uint64(len(b)-1-n) || strings.IndexByte("IBL@", kind) < 0 || (kind == kindTyped || kind == kindLang) && length == 0 {
			return t.text.damaged("shape %d makes no sense", len(t.shapes))
		}
		b = b[1+n:]
		t.shapes = append(t.shapes, shape{kind, string(b[:length])})
		b = b[length:]
	}
	return err
}

func (t *baseTerms) close() error {
	var errs []error
	for _, p := range []*pages{t.text, t.offsets, t.hashes, t.values} {
		if p != nil {
			errs = append(errs, p.close())
		}
	}
	return errors.Join(errs...)
}

// record returns the record of an ID from 1 to n; it is empty if the ID was
// never given out. It is gone when the base is.
func (t *baseTerms) record(id eval.ID) ([]byte, error) {
	b, err := t.offsets.view(int64(id-1)*offsetSize, 2*offsetSize)
	if err != nil {
		return nil, err
	}
	from, to := offset(b), offset(b[offsetSize:])
	if to < from {
		return nil, t.offsets.damaged("term %d ends before it begins", id)
	}
	return t.text.view(from, to-from)
}

func offset(b []byte) int64 {
	return int64(binary.LittleEndian.Uint32(b)) | int64(b[4])<<32
}

// term returns the term of an ID from 1 to n, ok false if there is none.
func (t *baseTerms) term(id eval.ID) (term rdf.Term, ok bool, err error) {
	record, err := t.record(id)
	if err != nil || len(record) == 0 {
		return term, false, err
	}
	k, rest, ok := readRecord(t.shapes, record)
	if !ok {
		return term, false, t.text.damaged("term %d cannot be read", id)
	}
	return k.term(rest), true, nil
}

func home(hash uint32, homes uint64) int64 { return int64(uint64(hash) * homes >> 32) }

// id returns the ID of a term, 0 if the base does not have it.
func (t *baseTerms) id(term rdf.Term) (eval.ID, error) {
	if t.known == 0 {
		return 0, nil
	}
	hash := t.hasher.term(term)
	for at := home(hash, t.homes); at < t.slots; at++ {
		b, err := t.hashes.view(at*slotSize, slotSize)
		if err != nil {
			return 0, err
		}
		found, id := binary.LittleEndian.Uint32(b), eval.ID(binary.LittleEndian.Uint32(b[4:]))
		switch {
		case id == 0 || found > hash:
			return 0, nil
		case id > eval.ID(t.n):
			return 0, t.hashes.damaged("slot %d has the ID %d", at, id)
		case found < hash:
			continue
		}
		record, err := t.record(id)
		if err != nil {
			return 0, err
		}
		k, rest, ok := readRecord(t.shapes, record)
		if !ok {
			return 0, t.text.damaged("term %d cannot be read", id)
		}
		if k.is(rest, term) {
			return id, nil
		}
	}
	return 0, nil
}

// value returns the literal ID at a place in values.
func (t *baseTerms) value(i int64) (eval.ID, error) {
	b, err := t.values.view(i*8, 8)
	if err != nil {
		return 0, err
	}
	return eval.ID(binary.LittleEndian.Uint64(b)), nil
}

// code returns the code of an ID; with exact false the ID is not in the base,
// and the code is the least of those above it.
func (t *baseTerms) code(id eval.ID) (c code, exact bool, err error) {
	if tagOf(id) == tagDictionary {
		if id <= eval.ID(t.n) {
			return code(id), true, nil
		}
		return code(t.n) + 1, false, nil
	}
	lo, hi := int64(0), t.literals
	for lo < hi {
		mid := (lo + hi) / 2
		v, err := t.value(mid)
		if err != nil {
			return 0, false, err
		}
		if v < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	c = code(t.n + 1 + lo)
	if lo == t.literals {
		return c, false, nil
	}
	v, err := t.value(lo)
	return c, v == id, err
}

// idOf returns the ID of a code.
func (t *baseTerms) idOf(c code) (eval.ID, error) {
	if int64(c) <= t.n {
		return eval.ID(c), nil
	}
	i := int64(c) - t.n - 1
	if i >= t.literals {
		return 0, t.values.damaged("there is no value %d", i)
	}
	return t.value(i)
}

// termsWriter writes the dictionary of a base.
type termsWriter struct {
	text, offsets *pageWriter
	n             int64
	buf           []byte
}

func createTerms(files vfs.FS, dir string) (w *termsWriter, err error) {
	w = &termsWriter{}
	if w.text, err = createPages(files, files.PathJoin(dir, "text")); err != nil {
		return nil, err
	}
	if w.offsets, err = createPages(files, files.PathJoin(dir, "offsets")); err != nil {
		return nil, errors.Join(err, w.text.close())
	}
	return w, nil
}

// add writes the record of the next ID.
func (w *termsWriter) add(record []byte) {
	w.offset()
	w.text.write(record)
	w.n++
}

func (w *termsWriter) offset() {
	w.buf = binary.LittleEndian.AppendUint32(w.buf[:0], uint32(w.text.size))
	w.offsets.write(append(w.buf, byte(w.text.size>>32)))
}

func (w *termsWriter) finish(list []shape) error {
	w.offset()
	end := w.text.size
	for _, k := range list {
		w.buf = binary.AppendUvarint(append(w.buf[:0], k.kind), uint64(len(k.text)))
		w.text.write(append(w.buf, k.text...))
	}
	return errors.Join(w.text.finish(uint64(w.n), uint64(end), uint64(w.text.size)), w.offsets.finish(uint64(w.n)))
}

func (w *termsWriter) close() error { return errors.Join(w.text.close(), w.offsets.close()) }

// writeHashes writes the slots of terms: high half of the hash and ID of each,
// sorted.
func writeHashes(files vfs.FS, dir string, sorted []uint64, seed uint64) error {
	w, err := createPages(files, files.PathJoin(dir, "hashes"))
	if err != nil {
		return err
	}
	homes := uint64(len(sorted)) + uint64(len(sorted))/3 + 1
	at := int64(0)
	var slot [slotSize]byte
	empty := func(until int64) {
		clear(slot[:])
		for ; at < until; at++ {
			w.write(slot[:])
		}
	}
	for _, s := range sorted {
		empty(home(uint32(s>>32), homes))
		binary.LittleEndian.PutUint32(slot[:], uint32(s>>32))
		binary.LittleEndian.PutUint32(slot[4:], uint32(s))
		w.write(slot[:])
		at++
	}
	empty(max(int64(homes), at+1))
	return w.finish(homes, uint64(len(sorted)), seed)
}

// writeValues writes the literals that are their own ID.
func writeValues(files vfs.FS, dir string, sorted []eval.ID) error {
	w, err := createPages(files, files.PathJoin(dir, "values"))
	if err != nil {
		return err
	}
	var b [8]byte
	for _, id := range sorted {
		binary.LittleEndian.PutUint64(b[:], uint64(id))
		w.write(b[:])
	}
	return w.finish(uint64(len(sorted)))
}

// slotsOf appends the used slots of the dictionary, which are sorted.
func (t *baseTerms) slotsOf(list []uint64) ([]uint64, error) {
	for at := int64(0); at < t.slots; {
		n := min(t.slots-at, 1<<12)
		b, err := t.hashes.view(at*slotSize, n*slotSize)
		if err != nil {
			return nil, err
		}
		for i := range n {
			slot := binary.LittleEndian.Uint64(b[i*slotSize:])
			if slot>>32 != 0 {
				list = append(list, slot<<32|slot>>32)
			}
		}
		at += n
	}
	return list, nil
}

package quadstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/sync/errgroup"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

// build writes a new base: what a state has, and what a loader collected.
type build struct {
	s      *Store
	from   *state
	loaded *loader // nil if only the delta is folded
	dir    string

	n      int64       // dictionary IDs of the new base
	values *valueTable // its literals that are their own ID, numbered in order
}

// build writes and opens a new base. It is durable, but nothing refers to it
// yet. The caller is its user, and sees to it that the state stays.
func (s *Store) build(ctx context.Context, from *state, loaded *loader) (*base, error) {
	number := s.lastBase.Add(1)
	b := build{s: s, from: from, loaded: loaded, dir: s.fs.PathJoin(s.dir, baseDir, baseName(number))}
	made, err := b.write(ctx, number)
	if err != nil {
		if e := s.fs.RemoveAll(b.dir); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
		return nil, err
	}
	return made, nil
}

func (b *build) write(ctx context.Context, number uint64) (*base, error) {
	files := b.s.fs
	if err := files.RemoveAll(b.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := files.MkdirAll(b.dir, 0o755); err != nil {
		return nil, err
	}
	if err := b.writeTerms(ctx); err != nil {
		return nil, err
	}
	if err := b.writeValues(); err != nil {
		return nil, err
	}
	if b.loaded != nil {
		b.loaded.translate(b)
	}

	var counters [len(orders)]*predicateCounter
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(max(runtime.GOMAXPROCS(0), 1))
	for at := range orders {
		group.Go(func() (err error) {
			counters[at], err = b.writeRun(inner, at)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := b.writeStatistics(counters[:]); err != nil {
		return nil, err
	}
	if err := errors.Join(syncDir(files, b.dir), syncDir(files, files.PathJoin(b.s.dir, baseDir))); err != nil {
		return nil, err
	}
	return openBase(files, b.s.dir, number)
}

// writeTerms writes the dictionary: that of the old base as it is, then what the
// database has, then what was loaded.
func (b *build) writeTerms(ctx context.Context) (err error) {
	old := b.from.base.terms
	w, err := createTerms(b.s.fs, b.dir)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if old.n > 0 {
		w.n = old.n
		if err := copyPages(ctx, w.text, old.text, int64(old.text.numbers[1])); err != nil {
			return err
		}
		if err := copyPages(ctx, w.offsets, old.offsets, old.n*offsetSize); err != nil {
			return err
		}
	}
	slots, err := old.slotsOf(nil)
	if err != nil {
		return err
	}
	known := len(slots)
	list, hash, seed := newShapes(old.shapes), old.hasher, old.seed
	if old.n == 0 {
		seed = rand.Uint64()
		if b.loaded != nil {
			seed = b.loaded.seed
		}
		hash = newHasher(seed)
	}
	if b.loaded != nil {
		list, hash = b.loaded.shapes, b.loaded.hasher
	}
	if b.from.young() {
		var record []byte
		err := b.s.eachTerm(ctx, eval.ID(old.n)+1, b.from.next, func(id eval.ID, t rdf.Term) {
			for w.n+1 < int64(id) {
				w.add(nil) // a number that a program of version 1 did not use
			}
			record = list.appendRecord(record[:0], t)
			w.add(record)
			slots = append(slots, uint64(hash.term(t))<<32|uint64(id))
		})
		if err != nil {
			return err
		}
		for w.n+1 < int64(b.from.next) {
			w.add(nil)
		}
	}
	if b.loaded != nil {
		slots = b.loaded.writeTerms(w, slots)
	}
	if b.n = w.n; b.n >= maxTerms {
		return fmt.Errorf("%d terms are too many", b.n)
	}
	fresh := slots[known:]
	slices.Sort(fresh)
	merged := slots
	if known > 0 && len(fresh) > 0 {
		merged = mergeSorted(slots[:known], fresh)
	}
	return errors.Join(w.finish(list.list), writeHashes(b.s.fs, b.dir, merged, seed))
}

// eachTerm calls f with the terms that the database has, by ascending ID.
func (s *Store) eachTerm(ctx context.Context, from, to eval.ID, f func(eval.ID, rdf.Term)) error {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: idKey(spaceTerm, from), UpperBound: idKey(spaceTerm, to)})
	if err != nil {
		return s.readError(err)
	}
	n := 0
	for ok := it.First(); ok; ok = it.Next() {
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), it.Close())
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return errors.Join(s.readError(err), it.Close())
		}
		t, ok := readTerm(value)
		if !ok || len(it.Key()) != 9 {
			return errors.Join(&CorruptError{File: s.dir, Err: fmt.Errorf("term %x cannot be read", it.Key())}, it.Close())
		}
		f(eval.ID(binary.BigEndian.Uint64(it.Key()[1:])), t)
	}
	return s.readError(it.Close())
}

func mergeSorted[T cmp.Ordered](a, b []T) []T {
	merged := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] <= b[0] {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

// copyPages copies the beginning of a payload.
func copyPages(ctx context.Context, w *pageWriter, p *pages, size int64) error {
	for at := int64(0); at < size; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n := min(size-at, 1<<20)
		b, err := p.view(at, n)
		if err != nil {
			return err
		}
		w.write(b)
		at += n
	}
	return w.err
}

// writeValues collects and writes the literals that are their own ID.
func (b *build) writeValues() error {
	old := b.from.base.terms
	all := make([]eval.ID, 0, old.literals)
	for i := range old.literals {
		v, err := old.value(i)
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	fresh := newValueTable(0)
	for _, l := range b.from.delta.by[orderOSPG] {
		for i := range l.entries {
			if o := l.entries[i][0]; tagOf(o) != tagDictionary && !l.entries[i].gone() {
				fresh.number(o)
			}
		}
	}
	if b.loaded != nil {
		for _, v := range b.loaded.values.list {
			fresh.number(v)
		}
	}
	slices.Sort(fresh.list)
	all = slices.Compact(mergeSorted(all, fresh.list))
	if len(all) >= maxTerms {
		return fmt.Errorf("%d values are too many", len(all))
	}
	b.values = newValueTable(len(all))
	for _, v := range all {
		b.values.number(v)
	}
	return writeValues(b.s.fs, b.dir, all)
}

// code returns the new code of an ID that the new base has.
func (b *build) code(id eval.ID) code {
	if tagOf(id) == tagDictionary {
		return code(id)
	}
	return code(b.n) + 1 + b.values.number(id)
}

// rows gives sorted rows one after the other, ok false at the end.
type rows func() (r row, ok bool, err error)

// kept gives what the state has, in an order.
func (b *build) kept(at int) rows {
	d := Snapshot{s: b.s, state: b.from}
	d.users.Store(1)
	c := &cursor{}
	c.begin(&d, at, 0, eval.Named, true)
	c.Seek(eval.QuadID{}, 0, 0)
	i, n := 0, 0
	return func() (r row, ok bool, err error) {
		if i == n {
			if n, err = c.Next(c.out[:]); err != nil || n == 0 {
				return r, false, err
			}
			i = 0
		}
		q := &c.out[i]
		i++
		list := row{code(q.Subject), code(q.Predicate), b.code(q.Object), code(q.Graph)}
		for j, place := range orders[at] {
			r[j] = list[place]
		}
		return r, true, nil
	}
}

// writeRun writes one order of all quads.
func (b *build) writeRun(ctx context.Context, at int) (c *predicateCounter, err error) {
	w, err := createRun(b.s.fs, b.dir, at)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.w.close())
		}
	}()
	c = newCounter(at)
	w.watch = c.watch
	var sources []rows
	if b.from.quads > 0 {
		sources = append(sources, b.kept(at))
	}
	if b.loaded != nil {
		more, closeAll, err := b.loaded.sources(ctx, b, at)
		if err != nil {
			return nil, err
		}
		defer closeAll()
		sources = append(sources, more...)
	}
	if err := mergeRows(ctx, sources, w); err != nil {
		return nil, err
	}
	_, err = w.finish()
	return c, err
}

// mergeRows adds the rows of all sources in their order.
func mergeRows(ctx context.Context, sources []rows, w *runWriter) error {
	heads := make([]row, 0, len(sources))
	live := sources[:0]
	for _, source := range sources {
		head, ok, err := source()
		if err != nil {
			return err
		}
		if ok {
			heads, live = append(heads, head), append(live, source)
		}
	}
	for n := 0; len(live) > 0; n++ {
		if n&0xffff == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if w.w.err != nil {
				return w.w.err
			}
		}
		least := 0
		for i := 1; i < len(heads); i++ {
			if compareRows(&heads[i], &heads[least], 4) < 0 {
				least = i
			}
		}
		w.add(heads[least])
		head, ok, err := live[least]()
		if err != nil {
			return err
		}
		if heads[least] = head; !ok {
			heads, live = slices.Delete(heads, least, least+1), slices.Delete(live, least, least+1)
		}
	}
	return nil
}

func (b *build) writeStatistics(counters []*predicateCounter) error {
	w, err := createPages(b.s.fs, b.s.fs.PathJoin(b.dir, "statistics"))
	if err != nil {
		return err
	}
	var all counts
	by := map[code]*counts{}
	for _, c := range counters {
		all.add(&c.all)
		for p, n := range c.list {
			if by[p] == nil {
				by[p] = &counts{}
			}
			by[p].add(n)
		}
	}
	var record []byte
	for _, p := range slices.Sorted(maps.Keys(by)) {
		record = binary.LittleEndian.AppendUint64(record[:0], uint64(p))
		for _, n := range by[p].list() {
			record = binary.LittleEndian.AppendUint64(record, n)
		}
		w.write(record)
	}
	return w.finish(append([]uint64{uint64(len(by))}, all.list()...)...)
}

// valueTable numbers IDs in the order in which they come.
type valueTable struct {
	list  []eval.ID
	slots []uint32 // number + 1, 0 if empty
}

func newValueTable(capacity int) *valueTable {
	size := 1 << 10
	for size < 2*capacity {
		size *= 2
	}
	return &valueTable{list: make([]eval.ID, 0, capacity), slots: make([]uint32, size)}
}

func (t *valueTable) slot(id eval.ID) int {
	mask := len(t.slots) - 1
	for at := int(uint64(id) * 0x9e3779b97f4a7c15 >> 32); ; at++ {
		if n := t.slots[at&mask]; n == 0 || t.list[n-1] == id {
			return at & mask
		}
	}
}

// number returns the number of an ID, a new one if it has none.
func (t *valueTable) number(id eval.ID) uint32 {
	at := t.slot(id)
	if n := t.slots[at]; n != 0 {
		return n - 1
	}
	if len(t.list) >= len(t.slots)/2 {
		t.slots = make([]uint32, 2*len(t.slots))
		for i, known := range t.list {
			t.slots[t.slot(known)] = uint32(i + 1)
		}
		at = t.slot(id)
	}
	t.list = append(t.list, id)
	t.slots[at] = uint32(len(t.list))
	return uint32(len(t.list) - 1)
}

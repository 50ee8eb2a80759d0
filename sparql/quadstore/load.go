package quadstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/sync/errgroup"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

const (
	loadStep  = 10_000  // quads between calls of progress
	loadBatch = 1024    // quads handed on together
	loadFew   = 1 << 14 // so many are always a matter of the delta
	loadMost  = 1 << 18 // so many never are
	loadPart  = 1 << 15 // quads of them that become visible together
	loadRows  = 6 << 20 // rows that are sorted in memory
	segment   = 1 << 16 // rows allocated together
	provision = 1 << 31 // marks a code that is the number of a value
)

// Load adds quads to the store, in bulk. Few, measured by what is there, go the
// way of every other write, about 32,000 at a time, each part atomic and
// durable; many are sorted, in files if they are more than fit in memory, and
// become a new base together with what the store had, in one atomic step at the
// end. Load stops at the first error from quads and returns how many quads it
// added that were not there before; those read before the error are added. Other
// writers wait until it is done.
//
// Progress, if not nil, hears now and then how many quads were read.
func (s *Store) Load(ctx context.Context, quads iter.Seq2[rdf.Quad, error], progress func(read int64)) (added int64, err error) {
	if progress == nil {
		progress = func(int64) {}
	}
	s.stopFolding() // what comes makes a new base itself
	err = s.write(func() error {
		before := s.Len()
		err := s.load(ctx, quads, progress)
		added = s.Len() - before
		return err
	})
	if err != nil {
		return added, fmt.Errorf("load quads: %w", err)
	}
	return added, nil
}

func (s *Store) load(ctx context.Context, quads iter.Seq2[rdf.Quad, error], progress func(int64)) error {
	few := int(min(max(s.Len()/deltaShare, loadFew), loadMost))
	var first []rdf.Quad
	var l *loader
	var failed error
	read := int64(0)
	batches := make(chan []rdf.Quad, 4)
	empty := make(chan []rdf.Quad, 8)
	var group errgroup.Group
	var broken atomic.Bool
	encode := func() (err error) {
		for batch := range batches {
			for i := range batch {
				if err == nil {
					err = l.add(ctx, &batch[i])
				}
			}
			broken.Store(err != nil)
			clear(batch)
			select {
			case empty <- batch[:0]:
			default:
			}
		}
		return err
	}
	var batch []rdf.Quad
	for q, err := range quads {
		if failed = err; failed == nil {
			failed = checkQuad(q)
		}
		if failed != nil {
			break
		}
		if read++; read%loadStep == 0 {
			if ctx.Err() != nil || broken.Load() {
				break
			}
			progress(read)
		}
		if l == nil {
			if first = append(first, q); len(first) < few {
				continue
			}
			l = newLoader(s, s.now.Load())
			group.Go(encode)
			batches <- first
			first = nil
			continue
		}
		if batch == nil {
			select {
			case batch = <-empty:
			default:
			}
			if cap(batch) != loadBatch {
				batch = make([]rdf.Quad, 0, loadBatch)
			}
		}
		if batch = append(batch, q); len(batch) == loadBatch {
			batches <- batch
			batch = nil
		}
	}
	if len(batch) > 0 {
		batches <- batch
	}
	close(batches)
	err := cmp.Or(group.Wait(), context.Cause(ctx))
	if l == nil {
		if err == nil {
			err = s.loadFew(ctx, first)
		}
	} else {
		if err == nil {
			err = l.finish(ctx)
		}
		l.close()
	}
	if err == nil {
		progress(read)
	}
	return errors.Join(failed, err)
}

// loadFew adds quads to the delta.
func (s *Store) loadFew(ctx context.Context, quads []rdf.Quad) error {
	for part := range slices.Chunk(quads, loadPart) {
		c := s.begin()
		err := c.edit(ctx, nil, part)
		if err == nil {
			err = c.commit(pebble.Sync)
		}
		if err := errors.Join(err, c.batch.Close()); err != nil {
			return err
		}
	}
	return nil
}

// loader collects quads for a new base, as codes. Codes of literals that are
// their own ID are provisional: numbers given out as they come, marked by
// provision.
type loader struct {
	s    *Store
	from *state

	seed    uint64
	hasher  hasher
	shapes  *shapes
	next    uint32   // dictionary ID
	slots   []uint64 // high half of the hash, number of a new term + 1
	starts  []uint64 // of new terms: text and place in it
	lengths []uint32
	texts   [][]byte
	scratch []byte

	values *valueTable

	last     rdf.Quad
	lastRow  row
	begun    bool
	segments [][]row // subject, predicate, object, graph
	n        int     // rows in segments
	most     int     // of them before they are sorted into files
	spills   int     // how often rows were sorted into files
	filed    bool    // there may be such files
	final    []code  // of provisional codes
}

const textSegment = 4 << 20

func newLoader(s *Store, from *state) *loader {
	l := &loader{s: s, from: from, next: uint32(from.next), slots: make([]uint64, 1<<16), values: newValueTable(0), most: loadRows}
	l.seed, l.hasher = from.base.terms.seed, from.base.terms.hasher
	if from.base.terms.n == 0 {
		l.seed = rand.Uint64()
		l.hasher = newHasher(l.seed)
	}
	l.shapes = newShapes(from.base.terms.shapes)
	return l
}

func (l *loader) add(ctx context.Context, q *rdf.Quad) (err error) {
	r := l.lastRow // neighbours share much
	if !l.begun || q.Subject != l.last.Subject {
		if r[subject], err = l.code(q.Subject); err != nil {
			return err
		}
	}
	if !l.begun || q.Predicate != l.last.Predicate {
		if r[predicate], err = l.code(q.Predicate); err != nil {
			return err
		}
	}
	if r[object], err = l.code(q.Object); err != nil {
		return err
	}
	if !l.begun || q.Graph != l.last.Graph {
		if r[graph], err = l.code(q.Graph); err != nil {
			return err
		}
	}
	l.last, l.lastRow, l.begun = *q, r, true
	return l.addRow(ctx, r)
}

func (l *loader) addRow(ctx context.Context, r row) error {
	if l.n == l.most {
		if err := l.spill(ctx); err != nil {
			return err
		}
	}
	if l.n%segment == 0 && l.n/segment == len(l.segments) {
		l.segments = append(l.segments, make([]row, segment))
	}
	l.segments[l.n/segment][l.n%segment] = r
	l.n++
	return nil
}

// code returns the code of a term, which it gives a number if it has none.
func (l *loader) code(t rdf.Term) (code, error) {
	if id, ok := inline(t); ok {
		return l.value(id), nil
	}
	if t.IsZero() {
		return 0, nil
	}
	hash := l.hasher.term(t)
	at := l.slot(hash)
	for ; l.slots[at] != 0; at = (at + 1) & (len(l.slots) - 1) {
		if slot := l.slots[at]; uint32(slot>>32) == hash {
			n := uint32(slot) - 1
			if k, rest, ok := readRecord(l.shapes.list, l.record(n)); ok && k.is(rest, t) {
				return uint32(l.from.next) + n, nil
			}
		}
	}
	if l.from.next > 1 {
		if id, err := l.s.id(l.from, t); id != 0 || err != nil {
			return code(id), err
		}
	}
	if l.next >= maxTerms {
		return 0, fmt.Errorf("%d terms are too many", l.next)
	}
	n := uint32(len(l.starts))
	l.keep(t)
	l.slots[at] = uint64(hash)<<32 | uint64(n+1)
	if len(l.starts) > len(l.slots)/8*5 {
		l.grow()
	}
	l.next++
	return l.next - 1, nil
}

func (l *loader) value(id eval.ID) code { return provision | l.values.number(id) }

// slot returns where a hash has its home; slots are a power of two.
func (l *loader) slot(hash uint32) int { return int(uint64(hash) * uint64(len(l.slots)) >> 32) }

func (l *loader) grow() {
	old := l.slots
	l.slots = make([]uint64, 2*len(old))
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at := l.slot(uint32(slot >> 32))
		for l.slots[at] != 0 {
			at = (at + 1) & (len(l.slots) - 1)
		}
		l.slots[at] = slot
	}
}

// keep keeps the record of a new term.
func (l *loader) keep(t rdf.Term) {
	l.scratch = l.shapes.appendRecord(l.scratch[:0], t)
	last := len(l.texts) - 1
	if last < 0 || len(l.texts[last])+len(l.scratch) > cap(l.texts[last]) {
		l.texts = append(l.texts, make([]byte, 0, max(textSegment, len(l.scratch))))
		last++
	}
	l.starts = append(l.starts, uint64(last)<<32|uint64(len(l.texts[last])))
	l.lengths = append(l.lengths, uint32(len(l.scratch)))
	l.texts[last] = append(l.texts[last], l.scratch...)
}

func (l *loader) record(n uint32) []byte {
	start := l.starts[n]
	from := uint32(start)
	return l.texts[start>>32][from : from+l.lengths[n]]
}

// writeTerms adds the new terms to a dictionary and appends their slots.
func (l *loader) writeTerms(w *termsWriter, slots []uint64) []uint64 {
	for n := range l.starts {
		w.add(l.record(uint32(n)))
	}
	for _, slot := range l.slots {
		if slot != 0 {
			slots = append(slots, slot-1+uint64(l.from.next))
		}
	}
	// Nobody looks for a term any more.
	l.slots, l.starts, l.lengths, l.texts = nil, nil, nil, nil
	return slots
}

// finish makes what was collected the store's.
func (l *loader) finish(ctx context.Context) error {
	s := l.s
	b, err := s.build(ctx, l.from, l)
	if err != nil {
		return err
	}
	if b.runs[0].count == l.from.quads {
		// Nothing was new: keep the version too.
		b.replaced.Store(true)
		return b.leave()
	}
	built := totals{quads: b.runs[0].count, version: l.from.version + 1, next: eval.ID(b.terms.n) + 1}
	return s.install(b, l.from, built)
}

// close removes the files of rows. What cannot be removed now is removed when
// the store is opened.
func (l *loader) close() {
	l.segments = nil
	if l.filed {
		_ = l.s.fs.RemoveAll(l.s.fs.PathJoin(l.s.dir, loadDir))
	}
}

// all calls f with every row in memory.
func (l *loader) all(f func(r *row)) {
	for i, left := 0, l.n; left > 0; i++ {
		list := l.segments[i][:min(left, segment)]
		for j := range list {
			f(&list[j])
		}
		left -= len(list)
	}
}

// translate gives all rows in memory their final codes, and remembers those of
// rows in files.
func (l *loader) translate(b *build) {
	l.final = make([]code, len(l.values.list))
	for i, id := range l.values.list {
		l.final[i] = b.code(id)
	}
	l.all(func(r *row) {
		if r[object]&provision != 0 {
			r[object] = l.final[r[object]&^provision]
		}
	})
}

// sources returns the rows collected, sorted in an order: those of each file,
// and those in memory. They must be closed.
func (l *loader) sources(ctx context.Context, b *build, at int) (list []rows, closeAll func(), err error) {
	var files []*pages
	closeAll = func() {
		for _, p := range files {
			_ = p.close() // it was only read, and goes
		}
	}
	for i := range l.spills {
		p, err := openPages(l.s.fs, l.spillName(i, at), 1)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		files = append(files, p)
		list = append(list, l.spilled(p, slices.Index(orders[at][:], object)))
	}
	memory := l.sorted(at)
	i := 0
	return append(list, func() (r row, ok bool, err error) {
		if i == len(memory) {
			memory = nil
			return r, false, nil
		}
		i++
		return memory[i-1], true, nil
	}), closeAll, context.Cause(ctx)
}

// sorted returns the rows in memory in an order.
func (l *loader) sorted(at int) []row {
	list := make([]row, 0, l.n)
	o := orders[at]
	l.all(func(r *row) { list = append(list, row{r[o[0]], r[o[1]], r[o[2]], r[o[3]]}) })
	radixSort(list)
	return list
}

func (l *loader) spillName(i, at int) string {
	return l.s.fs.PathJoin(l.s.dir, loadDir, strconv.Itoa(i)+"."+runNames[at])
}

const rowSize = 16

// spill sorts the rows in memory into files, one for each order. They sort as
// they will when all values are known: one that comes later changes no order.
func (l *loader) spill(ctx context.Context) error {
	s := l.s
	l.filed = true
	if err := s.fs.MkdirAll(s.fs.PathJoin(s.dir, loadDir), 0o755); err != nil {
		return err
	}
	sorted := make([]uint32, len(l.values.list)) // numbers of values by ID
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return cmp.Compare(l.values.list[a], l.values.list[b]) })
	rank := make([]uint32, len(sorted))
	for i, n := range sorted {
		rank[n] = uint32(i)
	}
	l.all(func(r *row) {
		if r[object]&provision != 0 {
			r[object] = provision | rank[r[object]&^provision]
		}
	})
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(max(runtime.GOMAXPROCS(0), 1))
	for at := range orders {
		group.Go(func() error {
			if inner.Err() != nil {
				return context.Cause(inner)
			}
			w, err := createPages(s.fs, l.spillName(l.spills, at))
			if err != nil {
				return err
			}
			place := slices.Index(orders[at][:], object)
			list := l.sorted(at)
			var b []byte
			for i := range list {
				if r := &list[i]; r[place]&provision != 0 {
					r[place] = provision | sorted[r[place]&^provision]
				}
				for _, c := range list[i] {
					b = binary.LittleEndian.AppendUint32(b, c)
				}
				if len(b) >= writeBuffer {
					w.write(b)
					b = b[:0]
				}
			}
			w.write(b)
			return w.finish(uint64(len(list)))
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	l.spills++
	l.n = 0
	return nil
}

// spilled reads the rows of a file, whose objects are in a place.
func (l *loader) spilled(p *pages, place int) rows {
	left, at := int64(p.numbers[0]), int64(0)
	var b []byte
	return func() (r row, ok bool, err error) {
		if len(b) == 0 {
			if left == 0 {
				return r, false, nil
			}
			n := min(left, 4*pageSize/rowSize)
			if b, err = p.view(at, n*rowSize); err != nil {
				return r, false, err
			}
			at += n * rowSize
			left -= n
		}
		for i := range r {
			r[i] = binary.LittleEndian.Uint32(b[4*i:])
		}
		b = b[rowSize:]
		if r[place]&provision != 0 {
			r[place] = l.final[r[place]&^provision]
		}
		return r, true, nil
	}
}

// radixSort sorts rows by their last digits first. Codes share most of their
// bits, which it skips; that makes it several times faster than comparing.
func radixSort(rows []row) {
	if len(rows) < 1<<12 {
		slices.SortFunc(rows, func(a, b row) int { return compareRows(&a, &b, 4) })
		return
	}
	const digit = 11
	var differ row
	for i := range rows {
		for j := range differ {
			differ[j] |= rows[i][j] ^ rows[0][j]
		}
	}
	from, to := rows, make([]row, len(rows))
	var at [1 << digit]uint32
	for j := len(differ) - 1; j >= 0; j-- {
		for shift := 0; shift < 32; shift += digit {
			if differ[j]>>shift&(1<<digit-1) == 0 {
				continue
			}
			clear(at[:])
			for i := range from {
				at[from[i][j]>>shift&(1<<digit-1)]++
			}
			sum := uint32(0)
			for b, n := range at {
				at[b] = sum
				sum += n
			}
			for i := range from {
				b := from[i][j] >> shift & (1<<digit - 1)
				to[at[b]] = from[i]
				at[b]++
			}
			from, to = to, from
		}
	}
	if &from[0] != &rows[0] {
		copy(rows, from)
	}
}

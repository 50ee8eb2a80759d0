package quadstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/belfort-lod/belfort/sparql/eval"
)

// base is most of the store: a dictionary and all quads in every order, in files
// that never change. The delta says what the store has more and less. A base
// counts who uses it; when nobody does any more its files are closed, and those
// of one that was replaced are deleted.
type base struct {
	number uint64 // 0 is the empty base, which has no files
	files  vfs.FS
	dir    string
	terms  *baseTerms
	runs   [len(orders)]*run
	stats  *pages

	users    atomic.Int64
	replaced atomic.Bool
}

// A statistics file has a record for each predicate, sorted, and as its numbers
// how many there are and the record of all quads together. A record is the
// predicate and five counts, 8 bytes each.
const (
	statRecord  = 6 * 8
	statNumbers = 6
)

// counts are about a predicate, or all quads.
type counts struct {
	quads, triples, subjects, objects, graphs uint64
}

func (c counts) list() []uint64 {
	return []uint64{c.quads, c.triples, c.subjects, c.objects, c.graphs}
}

func (c *counts) set(b []uint64) {
	c.quads, c.triples, c.subjects, c.objects, c.graphs = b[0], b[1], b[2], b[3], b[4]
}

func emptyBase() *base {
	b := &base{terms: &baseTerms{}}
	for at := range orders {
		b.runs[at] = &run{}
	}
	b.users.Store(1)
	return b
}

func baseName(number uint64) string { return fmt.Sprintf("%08d", number) }

// openBase opens a base. The caller is its first user.
func openBase(files vfs.FS, dir string, number uint64) (*base, error) {
	b := &base{number: number, files: files, dir: files.PathJoin(dir, baseDir, baseName(number))}
	b.users.Store(1)
	if err := b.open(); err != nil {
		return nil, fmt.Errorf("open base: %w", errors.Join(err, b.close()))
	}
	return b, nil
}

func (b *base) open() (err error) {
	if b.terms, err = openTerms(b.files, b.dir); err != nil {
		return err
	}
	for at := range orders {
		if b.runs[at], err = openRun(b.files, b.dir, at); err != nil {
			return err
		}
		if b.runs[at].count != b.runs[0].count {
			return b.runs[at].p.damaged("%d quads, not %d", b.runs[at].count, b.runs[0].count)
		}
	}
	b.stats, err = openPages(b.files, b.files.PathJoin(b.dir, "statistics"), statNumbers)
	return err
}

// use adds a user. It must be called by one, or while there is one.
func (b *base) use() { b.users.Add(1) }

// leave takes a user away.
func (b *base) leave() error {
	if b.users.Add(-1) > 0 || b.number == 0 {
		return nil
	}
	err := b.close()
	if b.replaced.Load() {
		// What cannot be removed now is removed when the store is opened.
		_ = b.files.RemoveAll(b.dir)
	}
	return err
}

func (b *base) close() error {
	var errs []error
	if b.terms != nil {
		errs = append(errs, b.terms.close())
	}
	for _, r := range b.runs {
		if r != nil {
			errs = append(errs, r.p.close())
		}
	}
	if b.stats != nil {
		errs = append(errs, b.stats.close())
	}
	return errors.Join(errs...)
}

// all returns every file of the base.
func (b *base) all() []*pages {
	if b.number == 0 {
		return nil
	}
	list := []*pages{b.terms.text, b.terms.offsets, b.terms.hashes, b.terms.values, b.stats}
	for _, r := range b.runs {
		list = append(list, r.p)
	}
	return list
}

// counts returns the statistics of a predicate, or of everything for 0.
func (b *base) counts(p eval.ID) (c counts, err error) {
	if b.stats == nil {
		return c, nil
	}
	if p == 0 {
		c.set(b.stats.numbers[1:])
		return c, nil
	}
	lo, hi := int64(0), int64(b.stats.numbers[0])
	for lo < hi {
		mid := (lo + hi) / 2
		record, err := b.stats.view(mid*statRecord, statRecord)
		if err != nil {
			return c, err
		}
		switch found := eval.ID(binary.LittleEndian.Uint64(record)); {
		case found < p:
			lo = mid + 1
		case found > p:
			hi = mid
		default:
			var list [5]uint64
			for i := range list {
				list[i] = binary.LittleEndian.Uint64(record[8+8*i:])
			}
			c.set(list[:])
			return c, nil
		}
	}
	return c, nil
}

// has reports whether the base has a quad.
func (b *base) has(q quad) (bool, error) {
	var r row
	for i, place := range orders[orderGSPO] {
		c, exact, err := b.terms.code(q[place])
		if err != nil || !exact {
			return false, err
		}
		r[i] = c
	}
	c := runCursor{r: b.runs[orderGSPO]}
	if err := c.seek(&r, 4); err != nil || c.end() {
		return false, err
	}
	return c.b.row(c.i) == r, nil
}

// predicateCounter counts by predicate while runs are written.
type predicateCounter struct {
	at   int
	last row
	any  bool
	of   code // the predicate last counted
	now  *counts
	all  counts
	list map[code]*counts
}

func newCounter(at int) *predicateCounter {
	return &predicateCounter{at: at, list: map[code]*counts{}}
}

// watch hears of each row of a run. Each order can count what stands side by
// side in it.
func (w *predicateCounter) watch(r *row) {
	first := !w.any
	w.any = true
	differ := func(n int) bool { return first || compareRows(r, &w.last, n) != 0 }
	one := func(yes bool) uint64 {
		if yes {
			return 1
		}
		return 0
	}
	switch w.at {
	case orderPSOG:
		c := w.by(r[0])
		c.quads++
		c.triples += one(differ(3))
		c.subjects += one(differ(2))
	case orderPOSG:
		w.by(r[0]).objects += one(differ(2))
	case orderGPOS:
		if differ(2) {
			w.by(r[1]).graphs++
		}
	case orderSPOG:
		w.all.quads++
		w.all.triples += one(differ(3))
		w.all.subjects += one(differ(1))
	case orderOSPG:
		w.all.objects += one(differ(1))
	case orderGSPO:
		w.all.graphs += one(differ(1))
	}
	w.last = *r
}

func (w *predicateCounter) by(p code) *counts {
	if w.now != nil && w.of == p {
		return w.now
	}
	c := w.list[p]
	if c == nil {
		c = &counts{}
		w.list[p] = c
	}
	w.of, w.now = p, c
	return c
}

func (c *counts) add(other *counts) {
	c.quads += other.quads
	c.triples += other.triples
	c.subjects += other.subjects
	c.objects += other.objects
	c.graphs += other.graphs
}

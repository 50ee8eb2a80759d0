package quadstore

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strconv"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/sync/errgroup"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/sparql/eval"
)

const (
	loadChunk = 1 << 20 // quads that become visible together
	loadTerms = 2 << 20 // terms whose IDs are remembered meanwhile
	loadStep  = 10_000  // quads between calls of progress
)

// Load adds quads to the store, in bulk: they are sorted in memory, about a
// million at a time, and handed to the database as finished files. Each such
// part is atomic and durable, and counts as one version. Load stops at the
// first error, from quads or its own, and returns how many quads it added that
// were not there before; those stay. Other writers wait until it is done.
//
// Progress, if not nil, hears now and then how many quads were read.
func (s *Store) Load(ctx context.Context, quads iter.Seq2[rdf.Quad, error], progress func(read int64)) (added int64, err error) {
	err = s.write(func() error {
		before := s.Len()
		l := loader{s: s, ids: map[rdf.Term]eval.ID{}, next: s.totals.Load().next}
		l.complete = l.next == 1
		err := l.load(ctx, quads, progress)
		added = s.Len() - before
		return errors.Join(err, s.fs.RemoveAll(s.fs.PathJoin(s.dir, loadDir)))
	})
	if err != nil {
		return added, fmt.Errorf("load quads: %w", err)
	}
	return added, nil
}

// loader collects one part of a load after the other.
type loader struct {
	s        *Store
	ids      map[rdf.Term]eval.ID
	complete bool // ids has every term of the store
	last     rdf.Quad
	lastIDs  quad

	part  []quad
	next  eval.ID
	terms []byte     // encoded terms that are new in this part, in order of ID
	ends  []int      // where each of them ends
	keys  []hashedID // the same terms by hash
}

type hashedID struct {
	hash [16]byte
	id   eval.ID
}

func (l *loader) load(ctx context.Context, quads iter.Seq2[rdf.Quad, error], progress func(int64)) error {
	read := int64(0)
	for q, err := range quads {
		if err != nil {
			return errors.Join(err, l.flush(ctx))
		}
		if err := l.add(q); err != nil {
			return errors.Join(err, l.flush(ctx))
		}
		if read++; read%loadStep == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if progress != nil {
				progress(read)
			}
		}
		if len(l.part) == loadChunk {
			if err := l.flush(ctx); err != nil {
				return err
			}
		}
	}
	if err := l.flush(ctx); err != nil {
		return err
	}
	if progress != nil {
		progress(read)
	}
	return nil
}

func (l *loader) add(q rdf.Quad) (err error) {
	if err := checkQuad(q); err != nil {
		return err
	}
	n := l.lastIDs // neighbours share much
	if q.Subject != l.last.Subject || n[subject] == 0 {
		if n[subject], err = l.id(q.Subject); err != nil {
			return err
		}
	}
	if q.Predicate != l.last.Predicate || n[predicate] == 0 {
		if n[predicate], err = l.id(q.Predicate); err != nil {
			return err
		}
	}
	if n[object], err = l.id(q.Object); err != nil {
		return err
	}
	if q.Graph != l.last.Graph {
		if n[graph], err = l.id(q.Graph); err != nil {
			return err
		}
	}
	l.last, l.lastIDs = q, n
	l.part = append(l.part, n)
	return nil
}

func (l *loader) id(t rdf.Term) (eval.ID, error) {
	if id, ok := inline(t); ok {
		return id, nil
	}
	if t.IsZero() {
		return 0, nil
	}
	if id, ok := l.ids[t]; ok {
		return id, nil
	}
	begin := len(l.terms)
	l.terms = appendTerm(l.terms, t)
	key := hashKey(l.terms[begin:])
	if !l.complete {
		id, err := l.s.lookUpID(key)
		if err != nil || id != 0 {
			l.terms = l.terms[:begin]
			if id != 0 {
				l.ids[t] = id
			}
			return id, err
		}
	}
	id := l.next
	l.next++
	l.ids[t] = id
	l.ends = append(l.ends, len(l.terms))
	l.keys = append(l.keys, hashedID{hash: [16]byte(key[1:]), id: id})
	return id, nil
}

// flush makes what was collected part of the store.
func (l *loader) flush(ctx context.Context) error {
	if len(l.part) == 0 || l.s.failed != nil {
		return l.s.failed
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := l.write(ctx); err != nil {
		return err
	}
	l.part, l.terms, l.ends, l.keys = l.part[:0], l.terms[:0], l.ends[:0], l.keys[:0]
	if len(l.ids) > loadTerms {
		l.ids, l.complete = map[rdf.Term]eval.ID{}, false
	}
	return nil
}

func (l *loader) write(ctx context.Context) error {
	s := l.s
	radixSort(l.part)
	l.part = slices.Compact(l.part)
	fresh, err := l.dropKnown()
	if err != nil || len(fresh) == 0 {
		return err
	}
	counts, t, err := l.counts(fresh)
	if err != nil {
		return err
	}
	dir := s.fs.PathJoin(s.dir, loadDir)
	if err := s.fs.MkdirAll(dir, 0o755); err != nil {
		return err
	}

	var names []string
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(runtime.GOMAXPROCS(0), 1))
	file := func(fill func(set func(key, value []byte) error) error) {
		name := s.fs.PathJoin(dir, strconv.Itoa(len(names))+".sst")
		names = append(names, name)
		group.Go(func() error { return s.writeTable(ctx, name, fill) })
	}
	for at := range orders {
		file(func(set func(key, value []byte) error) error {
			rows := fresh
			if at != orderSPOG {
				rows = make([]quad, len(fresh))
				for i, q := range fresh {
					for j, place := range orders[at] {
						rows[i][j] = q[place]
					}
				}
				radixSort(rows)
			}
			key := make([]byte, quadKeyLength)
			key[0] = spaceOrder + byte(at)
			for _, row := range rows {
				for i, id := range row {
					binary.BigEndian.PutUint64(key[1+8*i:], uint64(id))
				}
				if err := set(key, nil); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if len(l.keys) > 0 {
		first := l.next - eval.ID(len(l.keys))
		file(func(set func(key, value []byte) error) error {
			begin := 0
			for i, end := range l.ends {
				if err := set(idKey(spaceTerm, first+eval.ID(i)), l.terms[begin:end]); err != nil {
					return err
				}
				begin = end
			}
			return nil
		})
		file(func(set func(key, value []byte) error) error {
			slices.SortFunc(l.keys, func(a, b hashedID) int { return bytes.Compare(a.hash[:], b.hash[:]) })
			key := make([]byte, 17)
			key[0] = spaceHash
			value := make([]byte, 8)
			for _, k := range l.keys {
				copy(key[1:], k.hash[:])
				binary.BigEndian.PutUint64(value, uint64(k.id))
				if err := set(key, value); err != nil {
					return err
				}
			}
			return nil
		})
	}
	file(func(set func(key, value []byte) error) error {
		if err := set([]byte{spaceMeta}, t.encode()); err != nil {
			return err
		}
		for _, d := range slices.SortedFunc(maps.Keys(counts), func(a, b delta) int {
			return cmp.Or(cmp.Compare(a.space, b.space), cmp.Compare(a.id, b.id))
		}) {
			if err := set(idKey(d.space, d.id), binary.BigEndian.AppendUint64(nil, uint64(counts[d]))); err != nil {
				return err
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	// All files or none become part of the database, and stay.
	if err := s.apply(func() error { return s.db.Ingest(context.WithoutCancel(ctx), names) }); err != nil {
		return err
	}
	s.totals.Store(&t)
	return nil
}

// dropKnown returns the quads of the part that the store does not have; the
// part is sorted as SPOG. A quad with a term that is new needs no look-up.
func (l *loader) dropKnown() ([]quad, error) {
	s := l.s
	if s.Len() == 0 {
		return l.part, nil
	}
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceOrder + orderSPOG}, UpperBound: []byte{spaceOrder + orderSPOG + 1}})
	if err != nil {
		return nil, s.readError(err)
	}
	next := s.totals.Load().next
	isNew := func(id eval.ID) bool { return tagOf(id) == tagDictionary && id >= next }
	fresh := l.part[:0]
	var key []byte
	for _, q := range l.part {
		if !slices.ContainsFunc(q[:], isNew) {
			key = appendQuad(key[:0], orderSPOG, q)
			if it.SeekGE(key) && bytes.Equal(it.Key(), key) {
				continue
			}
		}
		fresh = append(fresh, q)
	}
	if err := it.Close(); err != nil {
		return nil, s.readError(err)
	}
	return fresh, nil
}

// counts returns the maintained counts and totals as they will be.
func (l *loader) counts(fresh []quad) (map[delta]int64, totals, error) {
	counts := map[delta]int64{}
	for _, q := range fresh {
		counts[delta{spaceGraph, q[graph]}]++
		counts[delta{spacePredicate, q[predicate]}]++
	}
	for d := range counts {
		n, err := l.s.countIn(l.s.db, d.space, d.id)
		if err != nil {
			return nil, totals{}, err
		}
		counts[d] += n
	}
	t := *l.s.totals.Load()
	t.quads += int64(len(fresh))
	t.version++
	t.next = l.next
	return counts, t, nil
}

// writeTable writes a sorted file that the database can take over.
func (s *Store) writeTable(ctx context.Context, name string, fill func(set func(key, value []byte) error) error) error {
	f, err := s.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	w := sstable.NewWriter(objstorageprovider.NewFileWritable(f), s.opts.MakeWriterOptions(0, s.db.TableFormat()))
	n := 0
	err = fill(func(key, value []byte) error {
		if n++; n%loadStep == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return w.Set(key, value)
	})
	return errors.Join(err, w.Close())
}

// radixSort sorts rows as their keys are sorted, byte for byte from the last.
// IDs given out in order share most of their bytes, which it skips; that makes
// it several times faster here than comparing.
func radixSort(rows []quad) {
	if len(rows) < 1<<12 {
		slices.SortFunc(rows, func(a, b quad) int { return slices.Compare(a[:], b[:]) })
		return
	}
	var differ quad
	for _, row := range rows {
		for i := range differ {
			differ[i] |= row[i] ^ rows[0][i]
		}
	}
	from, to := rows, make([]quad, len(rows))
	for i := len(differ) - 1; i >= 0; i-- {
		for shift := 0; shift < 64; shift += 8 {
			if differ[i]>>shift&0xff == 0 {
				continue
			}
			var at [256]int
			for _, row := range from {
				at[row[i]>>shift&0xff]++
			}
			sum := 0
			for b, n := range at {
				at[b] = sum
				sum += n
			}
			for _, row := range from {
				b := row[i] >> shift & 0xff
				to[at[b]] = row
				at[b]++
			}
			from, to = to, from
		}
	}
	if &from[0] != &rows[0] {
		copy(rows, from)
	}
}

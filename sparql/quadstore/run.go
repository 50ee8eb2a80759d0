package quadstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"sort"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// A code stands for an ID in the base: 0 for the default graph, dictionary IDs
// for themselves, and after the last of those the literals that are their own
// ID, in the order of their IDs. Codes are small and sort as IDs do.
type code = uint32

// row is a quad as codes, its places in the sequence of an order.
type row [4]code

// compareRows compares the first n places.
func compareRows(a, b *row, n int) int {
	for i := range n {
		if a[i] != b[i] {
			if a[i] < b[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// A run is all quads of the base in one order, sorted, in blocks of blockRows
// rows; the last one may have fewer. A block is
//
//	least value of each of the four places (4 bytes each)
//	bits that each place takes (1 byte each)
//	for each place the values less the least, each in so many bits, padded to a
//	whole byte
//
// so that any row can be read without those before it. After the blocks stand
// the first row of each (4 * 4 bytes), then where each begins (8 bytes). The
// numbers of the file are the order, the number of rows and where the blocks
// end.
const (
	blockRows   = 128
	blockHeader = 4*4 + 4
	runNumbers  = 3
)

// runNames name the orders and their files.
var runNames = [...]string{"spog", "posg", "ospg", "gspo", "gpos", "psog"}

// runWriter writes a run. Rows come sorted; one that repeats the row before it
// is left out.
type runWriter struct {
	w       *pageWriter
	at      int
	rows    []row
	last    row
	count   int64
	firsts  []row
	offsets []int64
	buf     []byte
	watch   func(r *row) // hears of each row
}

func createRun(files vfs.FS, dir string, at int) (*runWriter, error) {
	w, err := createPages(files, files.PathJoin(dir, runNames[at]))
	if err != nil {
		return nil, err
	}
	return &runWriter{w: w, at: at, rows: make([]row, 0, blockRows)}, nil
}

func (w *runWriter) add(r row) {
	if w.count > 0 && r == w.last {
		return
	}
	w.last = r
	w.count++
	w.watch(&r)
	if w.rows = append(w.rows, r); len(w.rows) == blockRows {
		w.flush()
	}
}

func (w *runWriter) flush() {
	w.firsts = append(w.firsts, w.rows[0])
	w.offsets = append(w.offsets, w.w.size)
	w.buf = appendBlock(w.buf[:0], w.rows)
	w.w.write(w.buf)
	w.rows = w.rows[:0]
}

// finish completes the file and returns the number of its rows.
func (w *runWriter) finish() (int64, error) {
	if len(w.rows) > 0 {
		w.flush()
	}
	end := w.w.size
	for _, first := range w.firsts {
		w.buf = w.buf[:0]
		for _, c := range first {
			w.buf = binary.LittleEndian.AppendUint32(w.buf, c)
		}
		w.w.write(w.buf)
	}
	for _, offset := range w.offsets {
		w.w.write(binary.LittleEndian.AppendUint64(w.buf[:0], uint64(offset)))
	}
	return w.count, w.w.finish(uint64(w.at), uint64(w.count), uint64(end))
}

// appendBlock appends the block of some sorted rows.
func appendBlock(b []byte, rows []row) []byte {
	least, most := rows[0], rows[0]
	for i := range rows[1:] {
		for j, c := range rows[i+1] {
			least[j], most[j] = min(least[j], c), max(most[j], c)
		}
	}
	for _, c := range least {
		b = binary.LittleEndian.AppendUint32(b, c)
	}
	for j := range least {
		b = append(b, byte(bits.Len32(most[j]-least[j])))
	}
	for j := range least {
		width := bits.Len32(most[j] - least[j])
		var pending uint64
		have := 0
		for i := range rows {
			pending |= uint64(rows[i][j]-least[j]) << have
			for have += width; have >= 8; have -= 8 {
				b = append(b, byte(pending))
				pending >>= 8
			}
		}
		if have > 0 {
			b = append(b, byte(pending))
		}
	}
	return b
}

// block is a block in place.
type block struct {
	data  []byte // the packed values and, after them, at least padding bytes
	n     int
	least row
	width [4]uint32
	mask  [4]uint32
	start [4]uint32 // where in data each place begins
}

// read takes a block of n rows from its bytes, which padding follows.
func (b *block) read(data []byte, n int) error {
	if len(data) < blockHeader+padding {
		return fmt.Errorf("%d bytes are no block", len(data))
	}
	start := uint32(0)
	for j := range b.least {
		width := uint32(data[16+j])
		if width > 32 {
			return fmt.Errorf("values of %d bits", width)
		}
		b.least[j] = binary.LittleEndian.Uint32(data[4*j:])
		b.width[j], b.mask[j], b.start[j] = width, uint32(1<<width-1), start
		start += (width*uint32(n) + 7) / 8
	}
	if len(data) != blockHeader+int(start)+padding {
		return fmt.Errorf("a block of %d bytes has %d", blockHeader+int(start), len(data)-padding)
	}
	b.data, b.n = data[blockHeader:], n
	return nil
}

// get returns the value of a place in row i.
func (b *block) get(place, i int) code {
	at := uint32(i) * b.width[place]
	v := binary.LittleEndian.Uint64(b.data[b.start[place]+at>>3:])
	return b.least[place] + uint32(v>>(at&7))&b.mask[place]
}

// column puts the values of a place from row i on in out.
func (b *block) column(place, i int, out []code) {
	width, mask, least := b.width[place], b.mask[place], b.least[place]
	if width == 0 {
		for k := range out {
			out[k] = least
		}
		return
	}
	data := b.data[b.start[place]:]
	at := uint32(i) * width
	for k := range out {
		v := binary.LittleEndian.Uint64(data[at>>3:])
		out[k] = least + uint32(v>>(at&7))&mask
		at += width
	}
}

func (b *block) row(i int) (r row) {
	for j := range r {
		r[j] = b.get(j, i)
	}
	return r
}

// find returns the first row from lo on, before hi, whose first n places are at
// least those of want, or, with past set, greater. It looks near lo first.
func (b *block) find(want *row, n, lo, hi int, past bool) int {
	for j := 0; j < n && lo < hi; j++ {
		// Here rows lo to hi agree with want in the places before j.
		c := want[j]
		lo = b.search(j, c, lo, hi, past && j == n-1)
		if j == n-1 || lo == hi || b.get(j, lo) != c {
			return lo
		}
		if b.width[j] > 0 {
			hi = b.search(j, c, lo, hi, true)
		}
	}
	return lo
}

// search returns the first row from lo on, before hi, whose place j is at least
// c, or greater with past set. The place is sorted between lo and hi.
func (b *block) search(j int, c code, lo, hi int, past bool) int {
	if b.width[j] == 0 {
		if v := b.least[j]; v > c || v == c && !past {
			return lo
		}
		return hi
	}
	// A value not at least c, or greater, is below limit.
	limit := uint64(c)
	if past {
		limit++
	}
	step := 1
	for lo < hi && uint64(b.get(j, lo)) < limit {
		// lo is too early; look further and further.
		if lo+step >= hi {
			lo++
			break
		}
		if uint64(b.get(j, lo+step)) >= limit {
			lo, hi = lo+1, lo+step
			break
		}
		lo += step
		step *= 2
	}
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); uint64(b.get(j, mid)) < limit {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// run is a run open for reading.
type run struct {
	p       *pages
	count   int64
	firsts  []row
	offsets []int64 // one more: where the blocks end
}

// openRun opens a run and reads its index into memory: 24 bytes for blockRows
// rows.
func openRun(files vfs.FS, dir string, at int) (r *run, err error) {
	p, err := openPages(files, files.PathJoin(dir, runNames[at]), runNumbers)
	if err != nil {
		return nil, err
	}
	r = &run{p: p, count: int64(p.numbers[1])}
	if err := r.open(at); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return r, nil
}

func (r *run) open(at int) error {
	end := int64(r.p.numbers[2])
	if r.p.numbers[0] != uint64(at) || r.count < 0 || r.count > 1<<40 {
		return r.p.damaged("order %d with %d rows", r.p.numbers[0], r.count)
	}
	blocks := (r.count + blockRows - 1) / blockRows
	index, err := r.p.view(end, blocks*24)
	if err != nil {
		return err
	}
	r.firsts = make([]row, blocks)
	for i := range r.firsts {
		for j := range 4 {
			r.firsts[i][j] = binary.LittleEndian.Uint32(index[16*i+4*j:])
		}
		if i > 0 && compareRows(&r.firsts[i-1], &r.firsts[i], 4) >= 0 {
			return r.p.damaged("block %d begins before the one before it", i)
		}
	}
	r.offsets = make([]int64, blocks+1)
	for i := range blocks {
		r.offsets[i] = int64(binary.LittleEndian.Uint64(index[16*blocks+8*i:]))
		if r.offsets[i] < 0 || i > 0 && r.offsets[i] <= r.offsets[i-1] {
			return r.p.damaged("block %d is nowhere", i)
		}
	}
	r.offsets[blocks] = end
	return nil
}

// rows returns the number of rows of a block.
func (r *run) rows(i int) int {
	return int(min(r.count-int64(i)*blockRows, blockRows))
}

// runCursor stands before a row of a run. The zero runCursor of a run stands
// nowhere; it is moved by seek.
type runCursor struct {
	r    *run
	blk  int // the block read; len(r.firsts) at the end
	i    int // the row in it
	have bool
	b    block
}

func (c *runCursor) end() bool { return c.blk >= len(c.r.firsts) }

// load goes to a row of a block; one past its last row is the next block's
// first.
func (c *runCursor) load(blk, i int) error {
	for {
		if blk >= len(c.r.firsts) {
			c.blk, c.i, c.have = len(c.r.firsts), 0, false
			return nil
		}
		if !c.have || c.blk != blk {
			from := c.r.offsets[blk]
			data, err := c.r.p.view(from, c.r.offsets[blk+1]-from+padding)
			if err != nil {
				c.have = false
				return err
			}
			if err := c.b.read(data, c.r.rows(blk)); err != nil {
				c.have = false
				return c.r.p.damaged("block %d: %w", blk, err)
			}
			c.blk, c.have = blk, true
		}
		if i < c.b.n {
			c.i = i
			return nil
		}
		blk, i = blk+1, 0
	}
}

// seek goes to the first row whose first n places are at least those of want.
// It is quick if that row is a little further on.
func (c *runCursor) seek(want *row, n int) error {
	firsts := c.r.firsts
	// The row is in the last block that begins before want, or is the first of
	// the next.
	blk := 0
	from := 0
	if c.have && compareRows(&firsts[c.blk], want, n) < 0 {
		blk = c.blk
		if next := blk + 1; next < len(firsts) && compareRows(&firsts[next], want, n) < 0 {
			lo, step := next, 1
			for lo+step < len(firsts) && compareRows(&firsts[lo+step], want, n) < 0 {
				lo += step
				step *= 2
			}
			hi := min(lo+step, len(firsts))
			blk = lo + sort.Search(hi-lo, func(i int) bool { return compareRows(&firsts[lo+i], want, n) >= 0 }) - 1
		} else if here := c.b.row(c.i); compareRows(&here, want, n) < 0 {
			from = c.i + 1
		}
	} else {
		blk = max(sort.Search(len(firsts), func(i int) bool { return compareRows(&firsts[i], want, n) >= 0 })-1, 0)
	}
	if err := c.load(blk, 0); err != nil || c.end() {
		return err
	}
	return c.load(blk, c.b.find(want, n, from, c.b.n, false))
}

// within returns how many rows of the block from the cursor on are at most
// limit in their first n places.
func (c *runCursor) within(limit *row, n int) int {
	if n == 0 {
		return c.b.n - c.i
	}
	if next := c.blk + 1; next < len(c.r.firsts) && compareRows(&c.r.firsts[next], limit, n) <= 0 {
		return c.b.n - c.i
	}
	// Most look-ups find few rows.
	return c.b.find(limit, n, c.i, c.b.n, true) - c.i
}

// rank returns how many rows of the run stand before the cursor.
func (c *runCursor) rank() int64 { return min(int64(c.blk)*blockRows+int64(c.i), c.r.count) }

// rankOf returns how many rows of the run have first n places below those of
// want, or, with past set, not above them.
func (c *runCursor) rankOf(want *row, n int, past bool) (int64, error) {
	if past {
		w := *want
		for i := n - 1; ; i-- {
			if i < 0 {
				return c.r.count, nil
			}
			if w[i]++; w[i] != 0 {
				break
			}
		}
		want = &w
	}
	if err := c.seek(want, n); err != nil {
		return 0, err
	}
	return c.rank(), nil
}

// reader reads a run from its beginning, row by row.
func (r *run) reader() func() (row, bool, error) {
	c := runCursor{r: r}
	begun := false
	return func() (row, bool, error) {
		i := c.i + 1
		if !begun {
			begun, i = true, 0
		}
		if err := c.load(c.blk, i); err != nil || c.end() {
			return row{}, false, err
		}
		return c.b.row(c.i), true, nil
	}
}

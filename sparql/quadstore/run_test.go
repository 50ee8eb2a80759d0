package quadstore

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// randomRows returns sorted rows in which places repeat and jump, as those of
// real data do.
func randomRows(r *rand.Rand, n int) []row {
	seen := map[row]bool{}
	top := [4]uint32{1 + r.Uint32N(50), 1 + r.Uint32N(1000), 1 + r.Uint32N(1<<31), 1 + r.Uint32N(3)}
	for i := 0; len(seen) < n && i < 4*n; i++ {
		var q row
		for j := range q {
			q[j] = r.Uint32N(top[j])
			if r.IntN(20) == 0 {
				q[j] = r.Uint32()
			}
		}
		seen[q] = true
	}
	list := make([]row, 0, n)
	for q := range seen {
		list = append(list, q)
	}
	slices.SortFunc(list, func(a, b row) int { return compareRows(&a, &b, 4) })
	return list
}

// A run gives back what was written, from any place to which it is moved, in
// whatever sequence.
func TestRun(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{0, 1, 2, 127, 128, 129, 1000, 5000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			files := vfs.NewMem()
			list := randomRows(r, n)
			w, err := createRun(files, "", orderPOSG)
			if err != nil {
				t.Fatal(err)
			}
			heard := 0
			w.watch = func(*row) { heard++ }
			for _, q := range list {
				w.add(q)
				w.add(q) // once is enough
			}
			if count, err := w.finish(); err != nil || int(count) != len(list) || heard != len(list) {
				t.Fatalf("%d rows, heard of %d, want %d: %v", count, heard, len(list), err)
			}
			run, err := openRun(files, "", orderPOSG)
			if err != nil {
				t.Fatal(err)
			}
			defer run.p.close()
			read := run.reader()
			for i := 0; ; i++ {
				q, ok, err := read()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					if i != len(list) {
						t.Fatalf("%d rows, want %d", i, len(list))
					}
					break
				}
				if q != list[i] {
					t.Fatalf("row %d is %v, want %v", i, q, list[i])
				}
			}
			if n == 0 {
				return
			}
			c := runCursor{r: run}
			at := 0
			for range 3000 {
				// Near, anywhere, or where nothing is.
				switch r.IntN(3) {
				case 0:
					at = min(at+r.IntN(5), len(list)-1)
				case 1:
					at = r.IntN(len(list))
				}
				want, places := list[at], r.IntN(5)
				if r.IntN(3) == 0 {
					want[r.IntN(4)] += uint32(r.IntN(3)) - 1
				}
				first, _ := slices.BinarySearchFunc(list, want, func(a, b row) int {
					if compareRows(&a, &b, places) >= 0 {
						return 1
					}
					return -1
				})
				if err := c.seek(&want, places); err != nil {
					t.Fatal(err)
				}
				if int(c.rank()) != first || c.end() != (first == len(list)) {
					t.Fatalf("seek %v in %d places: row %d, want %d", want, places, c.rank(), first)
				}
				if c.end() {
					continue
				}
				if got := c.b.row(c.i); got != list[first] {
					t.Fatalf("row %d is %v, want %v", first, got, list[first])
				}
				limit := list[min(first+r.IntN(200), len(list)-1)]
				left := 0
				for first+left < min(len(list), (first/blockRows+1)*blockRows) && compareRows(&list[first+left], &limit, places) <= 0 {
					left++
				}
				if got := c.within(&limit, places); got != left {
					t.Fatalf("%d rows of the block are within %v in %d places, want %d", got, limit, places, left)
				}
			}
		})
	}
}

// A block of any bytes is refused or read without a panic, and one that was
// written is read as it was.
func FuzzBlock(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 2, 127, 128} {
		f.Add(append(appendBlock(nil, randomRows(r, n)), make([]byte, padding)...), n)
	}
	f.Add([]byte{}, 5)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		if n < 1 || n > blockRows {
			return
		}
		var b block
		if b.read(data, n) != nil {
			return
		}
		list := make([]row, n)
		columns := make([]code, n)
		for j := range 4 {
			b.column(j, 0, columns)
			for i := range n {
				if list[i][j] = b.get(j, i); list[i][j] != columns[i] {
					t.Fatalf("place %d of row %d is %d alone and %d among others", j, i, list[i][j], columns[i])
				}
			}
		}
		for places := range 5 {
			if at := b.find(&list[n/2], places, 0, n, n%2 == 0); at < 0 || at > n {
				t.Fatalf("found at %d of %d", at, n)
			}
		}
		if !slices.IsSortedFunc(list, func(a, b row) int { return compareRows(&a, &b, 4) }) {
			return
		}
		again := append(appendBlock(nil, list), make([]byte, padding)...)
		var c block
		if err := c.read(again, n); err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if c.row(i) != list[i] {
				t.Fatalf("row %d is %v, was %v", i, c.row(i), list[i])
			}
		}
	})
}

package publisher

import (
	"slices"
	"strings"
)

// Op says what became of a piece of text.
type Op string

// The operations of a Piece.
const (
	Kept    Op = "gelijk"
	Added   Op = "toegevoegd"
	Removed Op = "geschrapt"
	Elided  Op = "weggelaten" // kept too, but its text is not told
)

// Piece is a run of words of which the same became.
type Piece struct {
	Op   Op     `json:"bewerking"`
	Text string `json:"tekst,omitempty"`
}

// Bounds on comparing texts.
const (
	maxEdits = 1000 // words or sentences that go or come, before a text counts as replaced
	around   = 12   // words that are told before and after a change
)

// work is how much may still be done on the texts of one comparison. A hostile
// page may hold thousands of long texts that have nothing in common.
type work struct{ left int }

// maxWork bounds the steps of one comparison of two versions, and maxShown the
// bytes of one text that are told.
const (
	maxWork  = 50_000_000
	maxShown = 20_000
)

// diffWords compares two texts word by word: what a person reads of both, in
// order, with the long stretches that stay left out. Texts that have little in
// common, or for which there is no work left, are told as removed and added
// whole. whole is false if what is told was cut.
func diffWords(a, b string, w *work) (pieces []Piece, whole bool) {
	old, fresh := strings.Fields(a), strings.Fields(b)
	// By sentences first, so that a long text with few changes is cheap and a
	// sentence that is all new is not matched to scattered words of others.
	runs, ok := w.compare(sentences(old), sentences(fresh))
	if !ok {
		return cutPieces(tell([]Piece{{Removed, strings.Join(old, " ")}, {Added, strings.Join(fresh, " ")}}))
	}
	for i := 0; i < len(runs); i++ {
		r := runs[i]
		if r.op == Removed && i+1 < len(runs) && runs[i+1].op == Added {
			was, is := strings.Fields(strings.Join(r.words, " ")), strings.Fields(strings.Join(runs[i+1].words, " "))
			i++
			if within, ok := w.compare(was, is); ok && alike(within) {
				for _, x := range within {
					pieces = append(pieces, Piece{x.op, strings.Join(x.words, " ")})
				}
				continue
			}
			pieces = append(pieces, Piece{Removed, strings.Join(was, " ")}, Piece{Added, strings.Join(is, " ")})
			continue
		}
		pieces = append(pieces, Piece{r.op, strings.Join(r.words, " ")})
	}
	return cutPieces(tell(pieces))
}

// alike reports whether enough stays for the words of two texts to be told
// mixed.
func alike(runs []run) bool {
	kept, all := 0, 0
	for _, r := range runs {
		all += len(r.words)
		if r.op == Kept {
			kept += len(r.words)
		}
	}
	return kept*3 >= all
}

// sentences puts words together up to one that ends a sentence or a part of it.
func sentences(words []string) []string {
	var list []string
	start := 0
	for i, w := range words {
		if strings.ContainsRune(".;:?!", rune(w[len(w)-1])) || i == len(words)-1 {
			list = append(list, strings.Join(words[start:i+1], " "))
			start = i + 1
		}
	}
	return list
}

// tell joins neighbours of which the same became and leaves out what stays,
// but for some words around each change.
func tell(pieces []Piece) []Piece {
	var joined []Piece
	for _, p := range pieces {
		switch n := len(joined); {
		case p.Text == "":
		case n > 0 && joined[n-1].Op == p.Op:
			joined[n-1].Text += " " + p.Text
		case n > 1 && p.Op == Removed && joined[n-1].Op == Added && joined[n-2].Op == Removed:
			joined[n-2].Text += " " + p.Text // what goes stands before what comes
		default:
			joined = append(joined, p)
		}
	}
	var list []Piece
	for i, p := range joined {
		if p.Op != Kept {
			list = append(list, p)
			continue
		}
		words := strings.Fields(p.Text)
		head, tail := around, around
		if i == 0 {
			head = 0
		}
		if i == len(joined)-1 {
			tail = 0
		}
		if len(words) <= head+tail+around {
			list = append(list, p)
			continue
		}
		for _, part := range []Piece{{Kept, strings.Join(words[:head], " ")}, {Elided, ""}, {Kept, strings.Join(words[len(words)-tail:], " ")}} {
			if part.Op == Elided || part.Text != "" {
				list = append(list, part)
			}
		}
	}
	return list
}

// cutPieces keeps to maxShown: of what goes and what comes, each gets a part.
func cutPieces(pieces []Piece) (list []Piece, whole bool) {
	size := 0
	for _, p := range pieces {
		size += len(p.Text)
	}
	if size <= maxShown {
		return pieces, true
	}
	left := maxShown
	for i := range pieces {
		if left <= 0 {
			return pieces[:i], false
		}
		if bound := max(left/2, 200); len(pieces[i].Text) > bound {
			pieces[i].Text = strings.ToValidUTF8(pieces[i].Text[:bound], "") + "…"
		}
		left -= len(pieces[i].Text)
	}
	return pieces, false
}

// run is a run of words of which the same became.
type run struct {
	op    Op
	words []string
}

// compare finds a shortest way from a to b (Myers, "An O(ND) Difference
// Algorithm and Its Variations", 1986, section 4a). ok is false if it takes more
// than maxEdits steps or more work than there is.
func (w *work) compare(a, b []string) (runs []run, ok bool) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	w.left -= len(a) + len(b)
	x, y := numbered(a[head:len(a)-tail], b[head:len(b)-tail])
	trace, ok := w.path(x, y)
	if !ok {
		return nil, false
	}
	add := func(op Op, words ...string) {
		if n := len(runs); n > 0 && runs[n-1].op == op {
			runs[n-1].words = append(runs[n-1].words, words...)
		} else if len(words) > 0 {
			runs = append(runs, run{op, slices.Clone(words)})
		}
	}
	add(Kept, a[:head]...)
	i, j := head, head
	for _, s := range trace {
		switch {
		case s.removed:
			add(Removed, a[i])
			i++
		case s.added:
			add(Added, b[j])
			j++
		default:
			add(Kept, a[i])
			i, j = i+1, j+1
		}
	}
	add(Kept, a[len(a)-tail:]...)
	return ordered(runs), true
}

// ordered puts what goes before what comes, where no word that stays is between
// them.
func ordered(runs []run) []run {
	var list []run
	for i := 0; i < len(runs); {
		if runs[i].op == Kept {
			list = append(list, runs[i])
			i++
			continue
		}
		gone, come := run{op: Removed}, run{op: Added}
		for ; i < len(runs) && runs[i].op != Kept; i++ {
			if runs[i].op == Removed {
				gone.words = append(gone.words, runs[i].words...)
			} else {
				come.words = append(come.words, runs[i].words...)
			}
		}
		for _, r := range []run{gone, come} {
			if len(r.words) > 0 {
				list = append(list, r)
			}
		}
	}
	return list
}

// numbered gives equal words equal numbers.
func numbered(a, b []string) (x, y []int32) {
	numbers := map[string]int32{}
	number := func(words []string) []int32 {
		list := make([]int32, len(words))
		for i, w := range words {
			n, ok := numbers[w]
			if !ok {
				n = int32(len(numbers))
				numbers[w] = n
			}
			list[i] = n
		}
		return list
	}
	return number(a), number(b)
}

// edit is one step of a way: a word goes, comes, or stays.
type edit struct{ removed, added bool }

func (w *work) path(a, b []int32) ([]edit, bool) {
	bound := min(maxEdits, len(a)+len(b))
	furthest := make([]int32, 2*bound+3)
	at := func(k int) *int32 { return &furthest[k+bound+1] }
	var trace [][]int32 // of every step, how far each diagonal came
	for d := 0; d <= bound; d++ {
		for k := -d; k <= d; k += 2 {
			var x int32
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				x = *at(k + 1)
			} else {
				x = *at(k - 1) + 1
			}
			from := x
			for int(x) < len(a) && int(x)-k < len(b) && int(x)-k >= 0 && a[x] == b[int(x)-k] {
				x++
			}
			if w.left -= 1 + int(x-from); w.left < 0 {
				return nil, false
			}
			*at(k) = x
			if k == len(a)-len(b) && int(x) >= len(a) {
				return backwards(trace, len(a), len(b), d), true
			}
		}
		trace = append(trace, slices.Clone(furthest[bound+1-d:bound+2+d]))
	}
	return nil, false
}

// backwards reads the way from its end.
func backwards(trace [][]int32, x, y, d int) []edit {
	var way []edit
	for ; d > 0; d-- {
		before := trace[d-1] // diagonals -(d-1) to d-1
		at := func(k int) int { return int(before[k+d-1]) }
		k := x - y
		previous := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			previous = k + 1
		}
		px := at(previous)
		py := px - previous
		for x > px && y > py {
			way = append(way, edit{})
			x, y = x-1, y-1
		}
		if x > px {
			way = append(way, edit{removed: true})
			x--
		} else {
			way = append(way, edit{added: true})
			y--
		}
	}
	for ; x > 0 && y > 0; x, y = x-1, y-1 {
		way = append(way, edit{})
	}
	slices.Reverse(way)
	return way
}

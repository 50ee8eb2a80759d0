package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file of sources; line and column count from 1, the
// column in Unicode code points.
type Position struct{ Line, Column int }

// Problem is one thing that is wrong in a file of sources, with what to do. It
// never quotes what may be a secret.
type Problem struct {
	File string
	At   Position
	Path string // such as besturen[3].bronnen[0].url; "" for the file as a whole
	Text string
	// beyond says that a JSON Schema can not tell: what is wrong is in the YAML, or
	// between two places.
	beyond bool
}

func (p Problem) Error() string {
	at := fmt.Sprintf("%s:%d:%d: ", p.File, p.At.Line, p.At.Column)
	if p.Path != "" {
		at += p.Path + ": "
	}
	return at + p.Text
}

// Problems are all that is wrong in a file of sources, in the order of their
// places.
type Problems []Problem

// maxProblems is how many problems are kept of one file.
const maxProblems = 200

func (l Problems) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the problems in the order of their places.
func (l Problems) sorted() Problems {
	slices.SortStableFunc(l, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
	return l
}

// Near returns which of names somebody may have meant by word, "" if none is
// near: at most one slip in four letters, and no more than three. Upper and lower
// case are the same.
func Near(word string, names []string) string {
	const longest = 100 // the time that it takes grows with the square
	if len(word) > longest {
		return ""
	}
	best, least := "", min(3, (len(word)+3)/4)+1
	for _, name := range names {
		if len(name) > longest {
			continue
		}
		if d := slips([]rune(strings.ToLower(word)), []rune(strings.ToLower(name))); d < least {
			best, least = name, d
		}
	}
	return best
}

// slips counts the letters to add, to drop, to change or to swap with their
// neighbour that make b of a.
func slips(a, b []rune) int {
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

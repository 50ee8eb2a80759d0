package search

import (
	"html"
	"slices"
	"strings"
)

// Matcher finds the words of a query in a text, to show people why something
// was found. It is not safe for concurrent use.
type Matcher struct {
	stems    map[string]bool
	prefixes []string
	phrases  [][]string      // folded words
	known    map[string]bool // words that were looked at before, and whether they match
}

// NewMatcher prepares the positive parts of a query.
func NewMatcher(e Expr) *Matcher {
	m := &Matcher{stems: map[string]bool{}, known: map[string]bool{}}
	m.collect(e)
	return m
}

func (m *Matcher) collect(e Expr) {
	switch e := e.(type) {
	case And:
		for _, part := range e {
			m.collect(part)
		}
	case Or:
		for _, part := range e {
			m.collect(part)
		}
	case InField:
		m.collect(e.Expr)
	case Word:
		for _, t := range Tokens(string(e)) {
			m.stems[Stem(t.Text)] = true
		}
	case Prefix:
		for _, t := range Tokens(string(e)) {
			m.prefixes = append(m.prefixes, t.Text)
		}
	case Phrase:
		var words []string
		for _, t := range Tokens(string(e)) {
			words = append(words, t.Text)
		}
		m.phrases = append(m.phrases, words)
	}
}

// mark says which tokens of a text match.
func (m *Matcher) mark(tokens []Token) []bool {
	marks := make([]bool, len(tokens))
	for i, t := range tokens {
		marks[i] = marks[i] || m.matches(t.Text)
		for _, phrase := range m.phrases {
			if len(phrase) > 0 && startsWith(tokens[i:], phrase) {
				for j := range phrase {
					marks[i+j] = true
				}
			}
		}
	}
	return marks
}

// maxKnown bounds the words that are remembered.
const maxKnown = 100_000

// matches reports whether one word matches by itself. Texts repeat their words,
// and stems are dear.
func (m *Matcher) matches(word string) bool {
	if len(m.stems) == 0 && len(m.prefixes) == 0 {
		return false
	}
	if is, ok := m.known[word]; ok {
		return is
	}
	is := m.stems[Stem(word)] ||
		slices.ContainsFunc(m.prefixes, func(p string) bool { return strings.HasPrefix(word, p) }) ||
		len(m.stems) > 0 && slices.ContainsFunc(Parts(word), func(part string) bool { return m.stems[Stem(part)] })
	if len(m.known) < maxKnown {
		m.known[word] = is
	}
	return is
}

func startsWith(tokens []Token, phrase []string) bool {
	if len(tokens) < len(phrase) {
		return false
	}
	for i, word := range phrase {
		if tokens[i].Text != word {
			return false
		}
	}
	return true
}

// Highlight returns the whole text as safe HTML with the matches in <mark>.
func (m *Matcher) Highlight(text string) string {
	tokens := Tokens(text)
	return render(text, tokens, m.mark(tokens), 0, len(text))
}

// fragmentWords is how many words stand around the best place of a fragment.
const fragmentWords = 32

// Fragment returns the piece of the text with the most matches as safe HTML,
// ok false if there is none.
func (m *Matcher) Fragment(text string) (fragment string, ok bool) {
	tokens := Tokens(text)
	marks := m.mark(tokens)
	count, best, bestAt := 0, 0, 0
	for i := range tokens {
		if marks[i] {
			count++
		}
		if i >= fragmentWords && marks[i-fragmentWords] {
			count--
		}
		if count > best {
			best, bestAt = count, max(0, i-fragmentWords+1)
		}
	}
	if best == 0 {
		return "", false
	}
	// Begin a little before the first match of the window.
	first := bestAt
	for !marks[first] {
		first++
	}
	from := max(0, first-8)
	to := min(len(tokens)-1, from+fragmentWords)
	// The signs around the first and the last word belong to them.
	start, end := 0, len(text)
	before, behind := "", ""
	if from > 0 {
		start, before = tokens[from].Start, "… "
	}
	if to < len(tokens)-1 {
		end, behind = tokens[to].End, " …"
	}
	return before + strings.TrimSpace(render(text, tokens, marks, start, end)) + behind, true
}

// render escapes text[start:end] and marks tokens; marked neighbours share one
// mark, so that a phrase is one thing.
func render(text string, tokens []Token, marks []bool, start, end int) string {
	var b strings.Builder
	at := start
	for i := 0; i < len(tokens); i++ {
		if !marks[i] || tokens[i].Start < start || tokens[i].End > end {
			continue
		}
		last := i
		for last+1 < len(tokens) && marks[last+1] && tokens[last+1].End <= end {
			last++
		}
		b.WriteString(html.EscapeString(text[at:tokens[i].Start]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(text[tokens[i].Start:tokens[last].End]))
		b.WriteString("</mark>")
		at, i = tokens[last].End, last
	}
	b.WriteString(html.EscapeString(text[at:end]))
	return b.String()
}

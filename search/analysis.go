package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/dutch"
	"golang.org/x/text/unicode/norm"
)

// Token is a word of a text, folded: lower case, without accents.
type Token struct {
	Text       string
	Start, End int // bytes in the text it was read from
}

// Tokens cuts a text in words as people who search legal text expect it:
//
//   - a word is letters and digits; inner dots of abbreviations go
//     ("O.C.M.W." is "ocmw"), but numbers keep their sign ("1.200,50");
//   - file numbers stay whole ("GR/2023/009", "2024_GR_00123");
//   - case and accents do not count ("cafés" is "cafes");
//   - no word is left out: "niet goedgekeurd" is two words.
func Tokens(text string) []Token {
	var tokens []Token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWordRune(r) {
			i += size
			continue
		}
		end := wordEnd(text, i)
		if word := Fold(normalize(text[i:end])); word != "" {
			tokens = append(tokens, Token{Text: word, Start: i, End: end})
		}
		i = end
	}
	return tokens
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// wordEnd returns where the word that begins at start ends.
func wordEnd(text string, start int) int {
	i := start
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if isWordRune(r) {
			i += size
			continue
		}
		next, nextSize := utf8.DecodeRuneInString(text[i+size:])
		if !isWordRune(next) || !joins(text, start, i, r, next, text[i+size+nextSize:]) {
			break
		}
		i += size
	}
	return i
}

// joins reports whether the sign r between two parts keeps them one word.
func joins(text string, start, at int, r, next rune, rest string) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	switch r {
	case '_':
		return true
	case '\'', '’':
		return true
	case '/':
		// File numbers: at least one of the sides is a number, and there is no
		// other reading such as "en/of".
		return hasDigit(text[start:at]) || unicode.IsDigit(next)
	case '.':
		if unicode.IsDigit(before) && unicode.IsDigit(next) {
			return true
		}
		// An abbreviation: single letters between dots.
		following, _ := utf8.DecodeRuneInString(rest)
		return isInitials(text[start:at]) && unicode.IsLetter(next) && !isWordRune(following)
	case ',':
		return unicode.IsDigit(before) && unicode.IsDigit(next)
	}
	return false
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// isInitials reports whether s is single letters between dots, as "O.C".
func isInitials(s string) bool {
	for i, part := range strings.Split(s, ".") {
		if utf8.RuneCountInString(part) != 1 {
			return false
		}
		_ = i
	}
	return true
}

// normalize writes an abbreviation without its dots.
func normalize(word string) string {
	if strings.Contains(word, ".") && isInitials(word) {
		return strings.ReplaceAll(word, ".", "")
	}
	return strings.ReplaceAll(word, "’", "'")
}

// Fold puts a word in lower case and takes its accents off.
func Fold(word string) string {
	ascii := true
	for i := 0; i < len(word); i++ {
		if word[i] >= utf8.RuneSelf || 'A' <= word[i] && word[i] <= 'Z' {
			ascii = false
			break
		}
	}
	if ascii {
		return word
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		if !unicode.IsMark(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// maxWord is the longest word, in bytes, that is taken apart: what is longer is
// no Dutch.
const maxWord = 80

// Stem returns the form under which all forms of a folded word are found:
// first by a list of government words whose plurals the Dutch Porter stemmer
// does not join, then by that stemmer. Words with a digit stay as they are.
func Stem(word string) string {
	if lemma, ok := lemmas[word]; ok {
		word = lemma
	}
	if len(word) > maxWord || hasDigit(word) || utf8.RuneCountInString(word) < 3 {
		return word
	}
	env := snowballstem.NewEnv(word)
	dutch.Stem(env)
	return env.Current()
}

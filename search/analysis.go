package search

import (
	"slices"
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
//   - case and accents do not count ("cafés" is "cafes"), nor do soft hyphens
//     and other signs that nobody sees;
//   - no word is left out: "niet goedgekeurd" is two words.
//
// What is longer than any word is cut in pieces of maxToken bytes.
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

// maxInitials is the longest abbreviation with dots, in bytes.
const maxInitials = 20

// maxToken is the longest token, in bytes.
const maxToken = 200

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// isInvisible reports whether r only says where a word may be broken.
func isInvisible(r rune) bool { return r == 0xad || 0x200b <= r && r <= 0x200d || r == 0x2060 }

// wordEnd returns where the word that begins at start ends.
func wordEnd(text string, start int) int {
	i := start
	for i < len(text) && i-start < maxToken {
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
	case '_', '\'', '’':
		return true
	case '/':
		// File numbers: what stands next to the sign is a number, so that "en/of"
		// and "m2/jaar" are two words.
		return unicode.IsDigit(next) || endsInNumber(text[start:at])
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
	return isInvisible(r)
}

// endsInNumber reports whether the part of s behind its last slash is a number.
func endsInNumber(s string) bool {
	s = s[strings.LastIndexByte(s, '/')+1:]
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// isInitials reports whether s is a few single letters between dots, as "O.C".
func isInitials(s string) bool {
	if len(s) > maxInitials {
		return false
	}
	for part := range strings.SplitSeq(s, ".") {
		if utf8.RuneCountInString(part) != 1 {
			return false
		}
	}
	return true
}

// normalize writes an abbreviation without its dots, and a word without what
// nobody sees.
func normalize(word string) string {
	if strings.ContainsFunc(word, isInvisible) {
		word = strings.Map(func(r rune) rune {
			if isInvisible(r) {
				return -1
			}
			return r
		}, word)
	}
	if strings.Contains(word, ".") && isInitials(word) {
		return strings.ReplaceAll(word, ".", "")
	}
	return strings.ReplaceAll(word, "’", "'")
}

// Fold puts a word in lower case, takes its accents off and takes ligatures
// apart, such as those of text that was copied from a PDF.
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
	for _, r := range norm.NFKD.String(word) {
		if !unicode.IsMark(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// maxWord is the longest word, in bytes, that is taken apart: what is longer is
// no Dutch.
const maxWord = 80

// Stem returns the form under which all forms of a folded word are found: by
// lists of government words that the Dutch Porter stemmer does not join, or
// joins with others, and else by that stemmer. Words with a digit stay as they
// are.
func Stem(word string) string {
	word = strings.TrimSuffix(word, "'s") // foto's, agenda's
	if stem, ok := apart[word]; ok {
		return stem
	}
	if lemma, ok := lemmas[word]; ok {
		word = lemma
	}
	if len(word) > maxWord || hasDigit(word) || utf8.RuneCountInString(word) < 3 ||
		slices.ContainsFunc(singular, func(end string) bool { return strings.HasSuffix(word, end) }) {
		return word
	}
	env := snowballstem.NewEnv(word)
	dutch.Stem(env)
	return tidy(env.Current())
}

// tidy writes the end of a stem as it is written at the end of a word: gezin for
// gezinn(en), prijs for prijz(en), graf for grav(en).
func tidy(stem string) string {
	n := len(stem)
	if n < 3 {
		return stem
	}
	last := stem[n-1]
	switch {
	case last == 'v':
		return stem[:n-1] + "f"
	case last == 'z':
		return stem[:n-1] + "s"
	case last == stem[n-2] && strings.IndexByte("aeiou", last) < 0 && last < utf8.RuneSelf:
		return stem[:n-1]
	}
	return stem
}

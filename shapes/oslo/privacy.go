package oslo

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// registerNumberAt returns where the national register number ends that may
// begin at a place in the text: six digits of a date, three of a serial number,
// two that check them, perhaps with a separator between the groups. It returns
// 0 if there is nothing like it.
func registerNumberAt(text []byte, start int) (end int) {
	at := start
	for group, digits := range [...]int{2, 2, 2, 3, 2} {
		if group > 0 && at < len(text) && strings.IndexByte(".-/ ", text[at]) >= 0 {
			at++
		}
		for range digits {
			if at >= len(text) || !isDigit(text[at]) {
				return 0
			}
			at++
		}
	}
	return at
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// maxPrivacy bounds the privacy findings on one page: more of them change
// nothing, since the page is held.
const maxPrivacy = 100

// privacy looks for personal data in the text of the page. Numbers inside a
// tag count only where they are written as people write them, with separators:
// addresses and identifiers are full of digits.
func (c *judgement) privacy() {
	text := c.in.Text
	var lines *rdf.Lines
	told := 0
	for start := range text {
		if !isDigit(text[start]) || start > 0 && isDigit(text[start-1]) {
			continue
		}
		end := registerNumberAt(text, start)
		if end == 0 || !isRegisterNumber(string(text[start:end])) || partOfWord(text, start, end) {
			continue
		}
		if end-start == 11 && insideMarkup(text, start) {
			continue
		}
		if told == maxPrivacy {
			return
		}
		told++
		c.secrets = append(c.secrets, string(text[start:end]))
		if lines == nil {
			lines = rdf.NewLines(text)
		}
		c.report(finding("national-register-number", rdf.Text{
			NL: "Hier staat een geldig rijksregisternummer: dat mag niet gepubliceerd worden.",
			EN: "Here stands a valid national register number: it may not be published.",
		}, rdf.Finding{Span: lines.Span(start, end)}))
	}
}

// hide blots out personal data where another finding quotes it.
func (c *judgement) hide(f *rdf.Finding) {
	for _, secret := range c.secrets {
		stars := strings.Repeat("*", len(secret))
		f.Message.NL = strings.ReplaceAll(f.Message.NL, secret, stars)
		f.Message.EN = strings.ReplaceAll(f.Message.EN, secret, stars)
		if v := f.Value.Value(); strings.Contains(v, secret) {
			f.Value = rdf.String(strings.ReplaceAll(v, secret, stars))
		}
	}
}

// isRegisterNumber checks the date and the check digits (97 minus the
// remainder by 97), for people born in either century. Months may be 20 or 40
// higher (bis numbers), and day and month may be unknown.
func isRegisterNumber(s string) bool {
	digits := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
	number := func(from, to int) int { n, _ := strconv.Atoi(digits[from:to]); return n }
	if month, day := number(2, 4)%20, number(4, 6); month > 12 || number(2, 4) >= 60 || day > 31 {
		return false
	}
	if serial := number(6, 9); serial == 0 || serial == 999 {
		return false
	}
	check := number(9, 11)
	return 97-number(0, 9)%97 == check || 97-(2_000_000_000+number(0, 9))%97 == check
}

// partOfWord reports whether a match is a piece of something longer, such as
// an IBAN or a UUID.
func partOfWord(text []byte, start, end int) bool {
	joins := func(b byte) bool {
		return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' || b == '_' || b == '='
	}
	if start > 0 && joins(text[start-1]) || end < len(text) && joins(text[end]) {
		return true
	}
	// "-1234" and "1234-" belong to identifiers; ".1234" to numbers.
	glued := func(at, next int) bool {
		return at >= 0 && next >= 0 && at < len(text) && next < len(text) &&
			strings.IndexByte("-./:%&#", text[at]) >= 0 && joins(text[next])
	}
	return glued(start-1, start-2) || glued(end, end+1)
}

// insideMarkup reports whether an offset is inside a tag, a script or a style.
func insideMarkup(text []byte, offset int) bool {
	before := text[max(0, offset-1<<14):offset]
	if bytes.LastIndexByte(before, '<') > bytes.LastIndexByte(before, '>') {
		return true
	}
	tail := bytes.ToLower(before)
	for _, tag := range []string{"script", "style"} {
		if bytes.LastIndex(tail, []byte("<"+tag)) > bytes.LastIndex(tail, []byte("</"+tag)) {
			return true
		}
	}
	return false
}

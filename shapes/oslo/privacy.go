package oslo

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
	"github.com/belfort-lod/belfort/rdf/vocab"
)

// maxPrivacy bounds the findings of each rule about privacy on one page: more
// of them change nothing.
const maxPrivacy = 100

// privacy looks for personal data in the text and the attributes of the page.
// What it finds is never shown whole: messages say what kind of thing it is and
// where it stands, and hide blots it out of other findings.
func (c *judgement) privacy() {
	p := &privacyScan{judgement: c, text: c.in.Text, told: map[string]int{}}
	c.apply(p.numbers, p.addresses, c.birthData)
}

// privacyScan goes over the text of one page.
type privacyScan struct {
	*judgement
	text  []byte
	lines *rdf.Lines
	zones *zones // of the page, once needed
	told  map[string]int
}

// tell reports personal data between two offsets.
func (p *privacyScan) tell(code string, severity rdf.Severity, start, end int, nl, en string) {
	if p.told[code]++; p.told[code] > maxPrivacy {
		return
	}
	p.secrets = append(p.secrets, string(p.text[start:end]))
	if p.lines == nil {
		p.lines = rdf.NewLines(p.text)
	}
	f := finding(code, rdf.Text{NL: nl, EN: en}, rdf.Finding{Span: p.lines.Span(start, end)})
	f.Severity = severity
	p.report(f)
}

func (p *privacyScan) zone(offset int) zone {
	if p.zones == nil {
		p.zones = newZones(p.text)
	}
	return p.zones.at(offset)
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

func isDigit(b byte) bool { return b-'0' <= 9 }

func isCapital(b byte) bool { return b-'A' <= 'Z'-'A' }

func isAlphanumeric(b byte) bool { return isDigit(b) || 'a' <= b|0x20 && b|0x20 <= 'z' }

// numbers looks at every number on the page, in one pass: national register
// numbers, bank accounts, telephone numbers and dates of birth.
func (p *privacyScan) numbers() {
	text := p.text
	account := 0 // where the last bank account ends
	for start := 0; start < len(text); start++ {
		if !isDigit(text[start]) {
			continue
		}
		end := start + 1
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		p.number(start)
		if start >= account+2 && end-start >= 2 && isCapital(text[start-1]) && isCapital(text[start-2]) {
			account = max(account, p.account(start-2))
		}
		start = end
	}
}

// number looks at the number that begins at start.
func (p *privacyScan) number(start int) {
	text := p.text
	if end := registerNumberAt(text, start); end > 0 && isRegisterNumber(string(text[start:end])) && !partOfWord(text, start, end) {
		// Inside a tag it counts only as people write it, with separators:
		// addresses and identifiers are full of digits.
		if z := p.zone(start); z.hidden || z.tag && end-start == 11 {
			return
		}
		p.tell("national-register-number", rdf.Violation, start, end,
			"Hier staat een geldig rijksregisternummer: dat mag niet gepubliceerd worden.",
			"Here stands a valid national register number: it may not be published.")
		return
	}
	if text[start] == '0' || start > 0 && text[start-1] == '+' {
		p.phone(start)
	}
	p.birth(start)
}

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

// isRegisterNumber checks the date and the check digits (97 minus the
// remainder by 97), for people born in either century. Months may be 20 or 40
// higher (bis numbers), and day and month may be unknown.
func isRegisterNumber(s string) bool {
	digits := onlyDigits(s)
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

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// partOfWord reports whether a match is a piece of something longer, such as
// an IBAN or a UUID.
func partOfWord(text []byte, start, end int) bool {
	joins := func(b byte) bool { return isAlphanumeric(b) || b == '_' || b == '=' }
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

// phone looks for a Belgian telephone number that begins at start, or with a
// plus sign just before it: that of a mobile phone, which is somebody's own,
// or any number beside the name of a person. Those in the header, footer and
// menu of a page are of the administration.
func (p *privacyScan) phone(start int) {
	text := p.text
	end, groups := start, 1
	for at := start; at < len(text) && end-start < 24; at++ {
		switch {
		case isDigit(text[at]):
			end = at + 1
		case strings.IndexByte(" ./-()", text[at]) >= 0:
			if at+1 < len(text) && isDigit(text[at+1]) {
				groups++
			}
			continue
		}
		if !isDigit(text[at]) {
			break
		}
	}
	national := onlyDigits(string(text[start:end]))
	begin := start
	switch {
	case start > 0 && text[start-1] == '+' && strings.HasPrefix(national, "32"):
		begin = start - 1
		national = "0" + strings.TrimPrefix(national[2:], "0")
	case strings.HasPrefix(national, "0032"):
		national = "0" + strings.TrimPrefix(national[4:], "0")
	}
	mobile := len(national) == 10 && strings.HasPrefix(national, "04")
	land := len(national) == 9 && national[0] == '0' && '1' <= national[1] && national[1] <= '9' && national[1] != '4' && (groups > 2 || begin < start)
	link := bytes.HasSuffix(text[max(0, begin-4):begin], []byte("tel:"))
	if !mobile && !land || !link && partOfWord(text, begin, end) || !isDigit(text[start+1]) ||
		mobile && begin == start && isEnterpriseNumber(text, start, national) {
		return
	}
	z := p.zone(start)
	if z.hidden || z.frame || z.tag && !link || land && !nearName(p.before(begin)) {
		return
	}
	p.tell("phone-number", rdf.Warning, begin, end,
		"Hier staat het telefoonnummer van een persoon.", "Here stands the telephone number of a person.")
}

// isEnterpriseNumber reports whether ten digits are an enterprise number: it
// is called one, or its check digits agree.
func isEnterpriseNumber(text []byte, start int, digits string) bool {
	n, _ := strconv.Atoi(digits[:8])
	check, _ := strconv.Atoi(digits[8:])
	if 97-n%97 == check {
		return true
	}
	before := strings.ToLower(string(text[max(0, start-40):start]))
	for _, word := range []string{"kbo", "onderneming", "btw", "be ", "be-"} {
		if strings.Contains(before, word) {
			return true
		}
	}
	return false
}

// ibanLengths are the lengths of account numbers by country (SWIFT, registry
// of IBANs, ISO 13616).
var ibanLengths = func() map[string]int {
	lengths := map[string]int{}
	for _, entry := range strings.Fields(`AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18
		DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
		LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24
		RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`) {
		n, _ := strconv.Atoi(entry[2:])
		lengths[entry[:2]] = n
	}
	return lengths
}()

// account looks for a bank account that begins at start with two capitals and
// a number whose check digits agree (ISO 7064, modulo 97). It returns where it
// ends, 0 if there is none.
func (p *privacyScan) account(start int) (end int) {
	text := p.text
	if start > 0 && (isAlphanumeric(text[start-1]) || text[start-1] == '_') {
		return 0
	}
	length, ok := ibanLengths[string(text[start:start+2])]
	if !ok {
		return 0
	}
	account := make([]byte, 0, length)
	at := start
	for at < len(text) && len(account) < length {
		switch b := text[at]; {
		case isDigit(b), isCapital(b):
			account = append(account, b)
		case (b == ' ' || b == '.' || b == '-') && at+1 < len(text) && isAlphanumeric(text[at+1]):
		default:
			at = len(text)
		}
		at++
	}
	if len(account) < length || at < len(text) && isAlphanumeric(text[at]) || !isIBAN(account) {
		return 0
	}
	if z := p.zone(start); z.hidden || z.frame {
		return 0
	}
	p.tell("bank-account", rdf.Warning, start, at,
		"Hier staat een geldig rekeningnummer (IBAN).", "Here stands a valid bank account number (IBAN).")
	return at
}

func isIBAN(account []byte) bool {
	rest := 0
	for _, b := range append(account[4:len(account):len(account)], account[:4]...) {
		if isDigit(b) {
			rest = (rest*10 + int(b-'0')) % 97
		} else {
			rest = (rest*100 + int(b-'A') + 10) % 97
		}
	}
	return rest == 1
}

// ofPeople are providers whose addresses are people's own.
var ofPeople = map[string]bool{
	"gmail.com": true, "hotmail.com": true, "hotmail.be": true, "outlook.com": true, "outlook.be": true, "live.be": true, "live.com": true,
	"telenet.be": true, "skynet.be": true, "proximus.be": true, "yahoo.com": true, "yahoo.be": true, "icloud.com": true, "me.com": true,
	"msn.com": true, "scarlet.be": true, "pandora.be": true, "proton.me": true, "protonmail.com": true, "belgacom.net": true, "gmx.com": true,
}

// ofServices are the first words of addresses that are nobody's own.
var ofServices = []string{
	"info", "contact", "gemeente", "stad", "ocmw", "bestuur", "secretariaat", "onthaal", "dienst", "team", "raad", "noreply", "no-reply",
	"webmaster", "privacy", "dpo", "burgerzaken", "omgeving", "milieu", "cultuur", "bibliotheek", "bib", "politie", "griffie", "sport",
	"jeugd", "toerisme", "financien", "personeel", "communicatie", "burgemeester", "schepen", "college", "algemeen", "mobiliteit",
	"evenementen", "school", "directie", "hello", "mail", "post", "admin", "support", "help", "klacht", "melding", "vergunning", "notulen",
}

var addressForm = regexp.MustCompile(`^[A-Za-z0-9._%+-]{1,64}$`)

// addresses looks for electronic mail of people: at a provider for people, or
// in the form first.last of somebody at work, which is only worth a word.
func (p *privacyScan) addresses() {
	text := p.text
	for from := 0; ; {
		i := bytes.IndexByte(text[from:], '@')
		if i < 0 {
			return
		}
		at := from + i
		from = at + 1
		start, end := at, at+1
		for start > 0 && (isAlphanumeric(text[start-1]) || strings.IndexByte("._%+-", text[start-1]) >= 0) {
			start--
		}
		for end < len(text) && (isAlphanumeric(text[end]) || text[end] == '-' || text[end] == '.' && end+1 < len(text) && isAlphanumeric(text[end+1])) {
			end++
		}
		local, domain := string(text[start:at]), strings.ToLower(string(text[at+1:end]))
		if !addressForm.MatchString(local) || !strings.Contains(domain, ".") || isDigit(domain[len(domain)-1]) {
			continue
		}
		private := ofPeople[domain]
		if service(local) || !private && !firstDotLast(local) {
			continue
		}
		z := p.zone(start)
		link := bytes.HasSuffix(text[max(0, start-7):start], []byte("mailto:"))
		if z.hidden || z.frame || z.tag && !link {
			if !z.tag || z.hidden || z.frame || !attributeValue(text, start, end) {
				continue
			}
		}
		severity := rdf.Info
		if private {
			severity = rdf.Warning
		}
		p.tell("email-address", severity, start, end,
			"Hier staat het e-mailadres van een persoon.", "Here stands the e-mail address of a person.")
	}
}

// attributeValue reports whether a match is the whole value of an attribute,
// such as content.
func attributeValue(text []byte, start, end int) bool {
	return start > 0 && end < len(text) && (text[start-1] == '"' || text[start-1] == '\'') && text[end] == text[start-1]
}

func service(local string) bool {
	local = strings.ToLower(local)
	for _, word := range ofServices {
		if rest, ok := strings.CutPrefix(local, word); ok && (rest == "" || !('a' <= rest[0] && rest[0] <= 'z') || len(word) > 5) {
			return true
		}
	}
	return false
}

func firstDotLast(local string) bool {
	first, last, ok := strings.Cut(local, ".")
	letters := func(s string) bool {
		return len(s) > 1 && strings.IndexFunc(s, func(r rune) bool { return !('a' <= r|0x20 && r|0x20 <= 'z') && r != '-' && r != '.' }) < 0
	}
	return ok && letters(first) && letters(last)
}

// birthDate is a day after a word that says that it is one of birth.
var birthDate = regexp.MustCompile(`(?i)^(?:geboren(?:\s+te\s+[\p{L} '()-]{2,40}?)?(?:\s+op)?|geboortedatum|geb\.(?:\s*op)?|°(?:\s*te)?(?:\s*[\p{L} '-]{2,30}?,?)?(?:\s+op)?)\s*:?\s*` +
	`(\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(?:19|20)?\d\d|\d{1,2}\s+(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)\s+(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\b`)

// birth looks for a date of birth that begins at start, behind a word that
// says so, near the name of a person.
func (p *privacyScan) birth(start int) {
	text := p.text
	after := start
	for after < len(text) && isDigit(text[after]) {
		after++
	}
	if after == len(text) || after-start > 4 || strings.IndexByte("/.- ", text[after]) < 0 && text[after] < 0x80 {
		return
	}
	// The nearest "geb" or "°" before it.
	begin := start - 2
	for from := max(0, start-70); begin >= from && !(text[begin] == 'e' && text[begin+1] == 'b') && !(text[begin] == 0xC2 && text[begin+1] == 0xB0); {
		begin--
	}
	if begin < max(0, start-70) {
		return
	}
	if text[begin] == 'e' {
		begin--
	}
	if begin < 0 || begin > 0 && isAlphanumeric(text[begin-1]) {
		return
	}
	m := birthDate.FindSubmatchIndex(text[begin:min(len(text), begin+120)])
	if m == nil || begin+m[2] != start {
		return
	}
	if z := p.zone(start); z.hidden || z.tag || !nearName(p.before(begin)) && !nearName(p.after(begin+m[1])) {
		return
	}
	p.tell("birth-date", rdf.Warning, start, begin+m[3],
		"Hier staat de geboortedatum van een persoon.", "Here stands the date of birth of a person.")
}

// birthProperties say in data when somebody was born.
var birthProperties = []string{
	"http://data.vlaanderen.be/ns/persoon#datum", vocab.Persoon + "datum", vocab.Schema + "birthDate",
	"https://schema.org/birthDate", vocab.Vcard + "bday", vocab.Foaf + "birthday",
}

func (c *judgement) birthData() {
	for q := range c.saying(birthProperties...) {
		if q.Object.IsLiteral() {
			f := at(q)
			if len(q.Object.Value()) > 5 {
				c.secrets = append(c.secrets, q.Object.Value())
			}
			f.Value = rdf.Term{}
			c.report(finding("birth-date", rdf.Text{
				NL: "De data noemen de geboortedatum van een persoon.", EN: "The data tells the date of birth of a person.",
			}, f))
		}
	}
}

var (
	tagsAndSpace = regexp.MustCompile(`(?:<[^>]*>|\s|&nbsp;|&#160;)+`)
	formOfName   = regexp.MustCompile(`(?:\b(?:de heer|dhr\.?|meneer|mevrouw|mevr\.?|mw\.?)\s+\p{L}|(\p{Lu}[\p{Ll}'-]+)\s+(?:(?:van|de|den|der|het|ten|ter|Van|De|Den|Der|Vanden|Vander)\s+)*(\p{Lu}[\p{Ll}'-]+))(?:[^.;]|\b(?:tel|gsm)\.){0,40}$`)
	formOfNext   = regexp.MustCompile(`^[^.;]{0,12}(?:(?:de heer|dhr\.?|meneer|mevrouw|mevr\.?|mw\.?)\s+\p{L}|(\p{Lu}[\p{Ll}'-]+)\s+(?:(?:van|de|den|der|Van|De)\s+)*(\p{Lu}[\p{Ll}'-]+))`)
)

// notNames begin or end pairs of capitalised words that name no person.
var notNames = regexp.MustCompile(`(?i)^(?:gemeente.*|stad|stads.*|ocmw|dienst.*|lokaal|bestuur.*|sociaal|huis|technische|politie.*|provincie.*|vlaamse?|vlaanderen|raad.*|college|vast|bureau|tel.*|telefoon|fax|gsm|contact.*|artikel|besluit.*|notulen|agenda.*|de|het|een|op|te|in|nv|bv|vzw|bvba|school.*|kerk.*|sint|straat.*)$`)

// before returns the visible text just before an offset, after that behind it.
func (p *privacyScan) before(offset int) (string, *regexp.Regexp) {
	return tagsAndSpace.ReplaceAllString(string(p.text[max(0, offset-300):offset]), " "), formOfName
}

func (p *privacyScan) after(offset int) (string, *regexp.Regexp) {
	return tagsAndSpace.ReplaceAllString(string(p.text[offset:min(len(p.text), offset+200)]), " "), formOfNext
}

// nearName reports whether a text ends (or begins) with something like the
// name of a person.
func nearName(text string, form *regexp.Regexp) bool {
	m := form.FindStringSubmatch(text)
	return m != nil && (m[1] == "" || !notNames.MatchString(m[1]) && !notNames.MatchString(m[2]))
}

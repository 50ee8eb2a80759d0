package harvester

import (
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/belfort-lod/belfort/rdf"
)

// maxURL is the longest address, in bytes, that is followed: RFC 9110, section
// 4.1 asks servers for 8000 octets.
const maxURL = 8000

// CleanURL returns the one address under which a page is known, however it was
// written: scheme and host in lower case, the host in ASCII (IDNA, UTS 46)
// without a dot at its end, no default port, no fragment, no empty query,
// percent-encoding and dot segments as RFC 3986, sections 6.2.2 and 6.2.3, have
// them; and without what says who visits rather than which page: session ids
// and tracking parameters. The other parameters keep their order.
//
// ok is false for what is not an http or https address, names a user, or is too
// long. The result is an address that net/url reads, and CleanURL of it is
// itself.
func CleanURL(raw string) (clean string, ok bool) {
	if len(raw) > maxURL {
		return "", false
	}
	// HTML drops these wherever they stand in an address (URL Standard, 4.4).
	raw = strings.Trim(raw, " \t\n\f\r")
	if strings.ContainsAny(raw, "\t\n\r") {
		raw = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(raw)
	}
	u := rdf.SplitIRI(raw)
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return "", false
	}
	name, ok := cleanHost(u.Authority, scheme)
	if !ok {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(raw) + 1)
	b.WriteString(scheme)
	b.WriteString("://")
	b.WriteString(name)
	b.WriteString(cleanPath(u.Path))
	if query := cleanQuery(u.Query); query != "" {
		b.WriteByte('?')
		b.WriteString(query)
	}
	if clean = b.String(); len(clean) > maxURL { // encoding makes it longer
		return "", false
	}
	return clean, true
}

// cleanHost returns an authority in its one form. A user name is refused: what
// stands before "@" deceives people, and passwords do not belong in addresses.
func cleanHost(authority, scheme string) (string, bool) {
	name, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		name, port = authority[:i], authority[i+1:]
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return "", false
		}
		port = ":" + strconv.FormatUint(n, 10)
		if scheme == "http" && n == 80 || scheme == "https" && n == 443 {
			port = ""
		}
	}
	if inner, isIP := strings.CutPrefix(name, "["); isIP {
		inner, closed := strings.CutSuffix(inner, "]")
		ip, err := netip.ParseAddr(inner)
		if err != nil || !closed || !ip.Is6() || ip.Zone() != "" {
			return "", false
		}
		return "[" + ip.String() + "]" + port, true
	}
	name = strings.TrimRight(name, ".")
	if name == "" {
		return "", false
	}
	plain := true // letters, digits, hyphens and dots
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' || c == '%' || c >= 0x80 || strings.HasPrefix(name[i:], "xn--") {
			plain = false
			break
		}
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_') {
			return "", false
		}
	}
	if !plain {
		decoded, err := url.PathUnescape(name)
		if err != nil {
			return "", false
		}
		// Punycode is made only for what is not ASCII: names of hosts have
		// underscores and double hyphens in fact, whatever the standard says.
		if name = strings.ToLower(decoded); !isASCII(name) || strings.Contains(name, "xn--") {
			if name, err = idna.Lookup.ToASCII(name); err != nil {
				return "", false
			}
		}
		name = strings.TrimRight(name, ".")
		for i := range len(name) {
			if c := name[i]; !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_') {
				return "", false
			}
		}
	}
	return name + port, name != ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// cleanPath normalises a path and takes session ids out of it: ";jsessionid=..."
// of Java servers and "/(S(...))/" of ASP.NET.
func cleanPath(p string) string {
	p = normalizeEscapes(p, isPathByte)
	if !strings.Contains(p, ";") && !strings.Contains(p, "/.") && !strings.Contains(p, "(") {
		if p == "" {
			return "/"
		}
		return p
	}
	segments := strings.Split(p, "/")
	kept := segments[:0]
	for i, s := range segments {
		isLast := i == len(segments)-1
		s = withoutSession(s)
		switch {
		case s == "." || isASPSession(s):
			if isLast {
				kept = append(kept, "")
			}
		case s == "..":
			if len(kept) > 1 {
				kept = kept[:len(kept)-1]
			}
			if isLast {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, s)
		}
	}
	if p = strings.Join(kept, "/"); !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return p
}

// withoutSession removes the parameters of a path segment that hold a session.
func withoutSession(segment string) string {
	name, parameters, has := strings.Cut(segment, ";")
	if !has {
		return segment
	}
	for _, p := range strings.Split(parameters, ";") {
		if !isSession(p) {
			name += ";" + p
		}
	}
	return name
}

// isASPSession reports whether a segment is what ASP.NET puts in a path for
// visitors without cookies: (S(...)), (A(...)F(...)) and the like.
func isASPSession(s string) bool {
	inner, ok := strings.CutPrefix(s, "(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !ok || !closed || inner == "" {
		return false
	}
	for inner != "" {
		if c := inner[0]; c < 'A' || c > 'Z' || len(inner) < 3 || inner[1] != '(' {
			return false
		}
		end := strings.IndexByte(inner, ')')
		if end < 0 {
			return false
		}
		inner = inner[end+1:]
	}
	return true
}

// cleanQuery normalises a query and drops the parameters that do not name the
// page. Their order stays, and so do repeated ones: servers may care.
func cleanQuery(query string) string {
	if query == "" {
		return ""
	}
	query = normalizeEscapes(query, isQueryByte)
	kept := make([]string, 0, 8)
	for pair := range strings.SplitSeq(query, "&") {
		pair = withoutSession(pair) // "?id=3;jsessionid=..."
		if pair == "" || isTracker(pair) || isSession(pair) {
			continue
		}
		kept = append(kept, pair)
	}
	return strings.Join(kept, "&")
}

// trackers are parameters that say by which letter, advertisement or network a
// visitor came.
var trackers = []string{
	"_ga", "_gl", "_hsenc", "_hsmi", "dclid", "fbclid", "gad_source", "gbraid", "gclid", "gclsrc", "hsctatracking", "igshid", "li_fat_id",
	"mc_cid", "mc_eid", "mkt_tok", "msclkid", "oly_anon_id", "oly_enc_id", "ttclid", "twclid", "vero_id", "wbraid", "yclid",
}

func isTracker(pair string) bool {
	name, _, _ := strings.Cut(pair, "=")
	name = strings.ToLower(name)
	for _, prefix := range []string{"utm_", "pk_", "mtm_", "piwik_", "matomo_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains(trackers, name)
}

// Names of parameters that hold a session: surely, and when their value looks
// like one. A short sid may be the number of a sitting.
var (
	sessions        = []string{"jsessionid", "phpsessid", "aspsessionid", "cftoken", "cfid", "osclsessionid", "zenid", "oscsid", "sessid"}
	perhapsSessions = []string{"sid", "session", "sessionid", "session_id", "sess", "sessionkey"}
)

func isSession(pair string) bool {
	name, value, _ := strings.Cut(pair, "=")
	name = strings.ToLower(name)
	if slices.Contains(sessions, name) || strings.HasPrefix(name, "aspsessionid") {
		return true
	}
	return slices.Contains(perhapsSessions, name) && isRandom(value)
}

// isRandom reports whether a value looks made up by a server: sixteen letters
// and digits or more, of both kinds, in one piece.
func isRandom(s string) bool {
	letters, digits := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		default:
			return false
		}
	}
	return len(s) >= 16 && letters > 0 && digits > 0
}

const upperHex = "0123456789ABCDEF"

// normalizeEscapes brings percent-encoding in its one form (RFC 3986, 6.2.2.1
// and 6.2.2.2): upper case, nothing encoded that need not be, and everything
// that must, a "%" that begins no escape included.
func normalizeEscapes(s string, plain func(byte) bool) string {
	i := 0
	for i < len(s) && s[i] != '%' && plain(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	b := make([]byte, i, len(s)+16)
	copy(b, s)
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && unhex(s[i+1]) < 16 && unhex(s[i+2]) < 16:
			if c = unhex(s[i+1])<<4 | unhex(s[i+2]); isUnreserved(c) {
				b = append(b, c)
			} else {
				b = append(b, '%', upperHex[c>>4], upperHex[c&15])
			}
			i += 2
		case c != '%' && plain(c):
			b = append(b, c)
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(b)
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

// isPathByte reports whether c may stand in a path (RFC 3986, 3.3).
func isPathByte(c byte) bool {
	return isUnreserved(c) || c == '/' || c < 0x80 && strings.IndexByte("!$&'()*+,;=:@", c) >= 0
}

// isQueryByte reports whether c may stand in a query (RFC 3986, 3.4).
func isQueryByte(c byte) bool { return isPathByte(c) || c == '?' }

// host returns the host (with port) of a clean URL.
func host(clean string) string {
	_, rest, _ := strings.Cut(clean, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// Extensions of files that hold no RDFa and are no pages.
var (
	texts  = []string{".pdf", ".doc", ".docx", ".odt", ".rtf"}
	sheets = []string{".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".csv"}
	images = []string{".jpg", ".jpeg", ".png", ".tif", ".tiff", ".gif", ".svg", ".webp"}
	others = []string{".zip", ".mp3", ".mp4", ".ics", ".css", ".js"}
)

// isAttachment reports whether an address leads to a file rather than a page:
// by the extension of its path or, as in "GetPublication/?filename=x.pdf", of a
// parameter.
func isAttachment(clean string) bool {
	e := extension(clean)
	return e != "" && (slices.Contains(texts, e) || slices.Contains(sheets, e) || slices.Contains(images, e) || slices.Contains(others, e))
}

// extension returns the file extension, in lower case with its dot, that an
// address names, "" if none.
func extension(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, query, _ := strings.Cut(address, "?")
	if e := path.Ext(address[strings.LastIndexByte(address, '/')+1:]); e != "" && !isProgram(e) {
		return strings.ToLower(e)
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(strings.ToLower(pair), "=")
		if strings.Contains(name, "file") || strings.Contains(name, "bestand") || strings.Contains(name, "name") {
			if e := path.Ext(value); e != "" {
				return e
			}
		}
	}
	return ""
}

// isProgram reports whether an extension is that of what makes a page, and so
// tells nothing of what the page is.
func isProgram(e string) bool {
	switch strings.ToLower(e) {
	case ".aspx", ".asp", ".ashx", ".php", ".jsp", ".do", ".cgi", ".html", ".htm", ".xhtml", ".cfm":
		return true
	}
	return false
}

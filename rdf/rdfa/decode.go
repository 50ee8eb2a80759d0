package rdfa

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// MaxBody is the longest body that Decode takes, in bytes.
const MaxBody = 64 << 20

// Decode turns the body of a response into UTF-8 text without a byte order
// mark, and names the character encoding it was read in ("utf-8",
// "windows-1252", ...; the names of the WHATWG Encoding Standard). All
// positions are in the text that Decode returns. If the body is UTF-8 already,
// text is part of body, not a copy.
//
// The encoding is found as HTML (13.2.3.2) says: a byte order mark, then the
// Content-Type header, then a meta element. But servers and templates lie, so
// what was declared gives way to what the bytes can only be: a body with
// characters outside ASCII that is valid UTF-8 throughout is UTF-8, and one
// declared as UTF-8 that holds no character of it outside ASCII, only invalid
// bytes, is windows-1252. Other invalid bytes become U+FFFD. The only error is
// ErrLimit, for a body over MaxBody.
func Decode(body []byte, contentType string) (text []byte, name string, err error) {
	if len(body) > MaxBody {
		return nil, "", fmt.Errorf("%w: body longer than %d bytes", ErrLimit, MaxBody)
	}
	if rest, ok := bytes.CutPrefix(body, []byte("\xEF\xBB\xBF")); ok {
		return bytes.ToValidUTF8(rest, []byte("\uFFFD")), "utf-8", nil
	}
	declared, name, _ := charset.DetermineEncoding(body[:min(len(body), 1024)], contentType)
	if bytes.HasPrefix(body, []byte("\xFE\xFF")) || bytes.HasPrefix(body, []byte("\xFF\xFE")) {
		return convert(body, declared), name, nil
	}
	valid, multibyte := survey(body)
	switch {
	case valid && (multibyte || name == "utf-8" || isASCIISuperset(name)):
		return body, "utf-8", nil
	case name == "utf-8" && !multibyte:
		return convert(body, charmap.Windows1252), "windows-1252", nil
	case name == "utf-8":
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), "utf-8", nil
	}
	return convert(body, declared), name, nil
}

// survey reports whether the bytes are valid UTF-8, and whether a valid
// character outside ASCII is among them.
func survey(b []byte) (valid, multibyte bool) {
	valid = true
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			valid = false
		} else {
			multibyte = true
		}
		if !valid && multibyte {
			return valid, multibyte
		}
		b = b[size:]
	}
	return valid, multibyte
}

// isASCIISuperset reports whether ASCII bytes mean ASCII in the encoding.
func isASCIISuperset(name string) bool {
	switch name {
	case "utf-16be", "utf-16le", "iso-2022-jp", "replacement", "x-user-defined":
		return false
	}
	return true
}

// convert decodes b. Decoders of the Encoding Standard do not fail: what they
// cannot read becomes U+FFFD.
func convert(b []byte, e encoding.Encoding) []byte {
	text, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	text, _ = bytes.CutPrefix(text, []byte("\uFEFF"))
	return text
}

package rdfa_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/belfort-lod/belfort/rdf/rdfa"
)

func TestDecode(t *testing.T) {
	const text = "<p>café €</p>"
	windows := strings.NewReplacer("é", "\xE9", "€", "\x80").Replace(text)
	utf16 := "\xFF\xFE"
	for _, r := range text {
		utf16 += string([]byte{byte(r), byte(r >> 8)})
	}
	for _, c := range []struct{ what, body, contentType, want, charset string }{
		{"declared in the header", text, "text/html; charset=utf-8", text, "utf-8"},
		{"declared nowhere", text, "", text, "utf-8"},
		{"windows-1252 in the header", windows, "text/html; charset=windows-1252", text, "windows-1252"},
		{"latin1 means windows-1252", windows, "text/html; charset=iso-8859-1", text, "windows-1252"},
		{"windows-1252 declared nowhere", windows, "text/html", text, "windows-1252"},
		{"windows-1252 in a meta element", "<meta charset=windows-1252>" + windows, "text/html", "<meta charset=windows-1252>" + text, "windows-1252"},
		{"windows-1252 in an old meta element", `<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">` + windows, "",
			`<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">` + text, "windows-1252"},
		{"windows-1252 that says it is UTF-8", windows, "text/html; charset=utf-8", text, "windows-1252"},
		{"UTF-8 that says it is latin1", text, "text/html; charset=iso-8859-1", text, "utf-8"},
		{"UTF-8 with one bad byte", text + "\xFF", "text/html; charset=utf-8", text + "\uFFFD", "utf-8"},
		{"byte order mark before the header", "\xEF\xBB\xBF" + text, "text/html; charset=windows-1252", text, "utf-8"},
		{"UTF-16 with a byte order mark", utf16, "text/html; charset=utf-8", text, "utf-16le"},
		{"an encoding that does not exist", text, "text/html; charset=klingon", text, "utf-8"},
		{"a broken content type", text, "text/html; charset=\"", text, "utf-8"},
		{"NUL bytes stay", "a\x00b", "text/html", "a\x00b", "utf-8"},
		{"nothing", "", "", "", "utf-8"},
	} {
		got, charset, err := rdfa.Decode([]byte(c.body), c.contentType)
		if err != nil || string(got) != c.want || charset != c.charset {
			t.Errorf("%s: got %q in %s (%v), want %q in %s", c.what, got, charset, err, c.want, c.charset)
		}
	}
}

func TestDecodeBound(t *testing.T) {
	if _, _, err := rdfa.Decode(make([]byte, rdfa.MaxBody+1), ""); !errors.Is(err, rdfa.ErrLimit) {
		t.Errorf("got %v, want ErrLimit", err)
	}
	// UTF-8 is not copied.
	body := []byte("<p>é</p>")
	text, _, _ := rdfa.Decode(body, "")
	if &text[0] != &body[0] || !bytes.Equal(text, body) {
		t.Error("UTF-8 was copied")
	}
}

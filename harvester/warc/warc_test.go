package warc_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/belfort-lod/belfort/harvester/warc"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// entry is a record with its block in two parts.
type entry struct {
	record        warc.Record
	head, payload string
}

func id(n int) string { return fmt.Sprintf("urn:uuid:00000000-0000-5000-8000-%012d", n) }

// exchange is a small archive: a page that was fetched, asked for again and
// found unchanged twice, and a page that gave no answer.
func exchange() []entry {
	noon := time.Date(2026, 2, 10, 12, 0, 0, 123456789, time.UTC)
	const page = "https://gemeente.example/notulen/1"
	about := func(pairs ...string) (f warc.Fields) {
		for i := 0; i < len(pairs); i += 2 {
			f.Add(pairs[i], pairs[i+1])
		}
		return f
	}
	return []entry{
		{warc.Record{Type: warc.Warcinfo, ID: id(1), Date: noon, Fields: about("WARC-Filename", "exchange.warc", "Content-Type", warc.FieldsType)},
			"", "software: Belfort\r\nformat: WARC File Format 1.1\r\n"},
		{warc.Record{Type: warc.Request, ID: id(2), Date: noon, Fields: about("WARC-Target-URI", page, "WARC-Concurrent-To", "<"+id(3)+">", "Content-Type", warc.HTTPRequestType)},
			"GET /notulen/1 HTTP/1.1\r\nHost: gemeente.example\r\n\r\n", ""},
		{warc.Record{Type: warc.Response, ID: id(3), Date: noon, Fields: about("WARC-Target-URI", page, "WARC-Identified-Payload-Type", "text/html", "Content-Type", warc.HTTPResponseType)},
			"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"1\"\r\nContent-Length: 15\r\n\r\n", "<p>Notulen</p>\n"},
		{warc.Record{Type: warc.Metadata, ID: id(4), Date: noon, Fields: about("WARC-Target-URI", page, "WARC-Concurrent-To", "<"+id(3)+">", "Content-Type", warc.FieldsType)},
			"", "via: https://gemeente.example/\r\n"},
		{warc.Record{Type: warc.Revisit, ID: id(5), Date: noon.Add(24 * time.Hour), Fields: about("WARC-Target-URI", page, "WARC-Profile", warc.IdenticalPayload,
			"WARC-Refers-To", "<"+id(3)+">", "WARC-Refers-To-Target-URI", page, "WARC-Refers-To-Date", warc.FormatDate(noon), "WARC-Truncated", "length",
			"WARC-Payload-Digest", warc.Digest([]byte("<p>Notulen</p>\n")), "Content-Type", warc.HTTPResponseType)},
			"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", ""},
		{warc.Record{Type: warc.Revisit, ID: id(6), Date: noon.Add(48 * time.Hour).Truncate(time.Second), Fields: about("WARC-Target-URI", page, "WARC-Profile", warc.NotModified,
			"WARC-Refers-To", "<"+id(3)+">", "WARC-Refers-To-Target-URI", page, "WARC-Refers-To-Date", warc.FormatDate(noon), "Content-Type", warc.HTTPResponseType)},
			"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", ""},
		{warc.Record{Type: warc.Metadata, ID: id(7), Date: noon, Fields: about("WARC-Target-URI", "https://weg.example/", "Content-Type", warc.FieldsType)},
			"", "failure: dns\r\n"},
	}
}

func write(t *testing.T, entries []entry, compress bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w := warc.NewWriter(&b, compress)
	for _, e := range entries {
		var payload []byte
		if e.payload != "" {
			payload = []byte(e.payload)
		}
		if err := w.Write(&e.record, []byte(e.head), payload); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

type read struct {
	warc.Record
	block string
}

func readAll(r io.Reader) (list []read, err error) {
	reader := warc.NewReader(r)
	for {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		block, err := io.ReadAll(reader)
		if err != nil {
			return list, err
		}
		list = append(list, read{*record, string(block)})
	}
}

// TestGolden: what is written is what stands in testdata, which public checkers
// have found to be good, and reading it gives back the records.
func TestGolden(t *testing.T) {
	name := filepath.Join("testdata", "exchange.warc")
	entries := exchange()
	got := write(t, entries, false)
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("written:\n%s", got)
	}
	for _, compress := range []bool{false, true} {
		file := write(t, entries, compress)
		list, err := readAll(iotest.OneByteReader(bytes.NewReader(file)))
		if err != nil || len(list) != len(entries) {
			t.Fatalf("compressed %v: read %d records, %v", compress, len(list), err)
		}
		for i, r := range list {
			e := entries[i]
			if r.Type != e.record.Type || r.ID != e.record.ID || !r.Date.Equal(e.record.Date) || r.Version != "1.1" || r.block != e.head+e.payload {
				t.Errorf("record %d: %+v; want %+v", i, r, e)
			}
			for _, f := range e.record.Fields {
				if r.Fields.Get(strings.ToUpper(f.Name)) != f.Value {
					t.Errorf("record %d: %s is %q; want %q", i, f.Name, r.Fields.Get(f.Name), f.Value)
				}
			}
			if err := warc.CheckDigest(r.Fields.Get("WARC-Block-Digest"), []byte(r.block)); err != nil {
				t.Errorf("record %d: %v", i, err)
			}
		}
	}
}

// TestOffset: a reader can begin at the offset of any record.
func TestOffset(t *testing.T) {
	for _, compress := range []bool{false, true} {
		file := write(t, exchange(), compress)
		all, err := readAll(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range all {
			rest, err := readAll(bytes.NewReader(file[r.Offset:]))
			if err != nil || len(rest) != len(all)-i || rest[0].ID != r.ID {
				t.Errorf("compressed %v: from %d: %d records, %v", compress, r.Offset, len(rest), err)
			}
		}
	}
}

// TestOneMember: an archive that is compressed as a whole is read too.
func TestOneMember(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(write(t, exchange(), false))
	_ = z.Close()
	list, err := readAll(&b)
	if err != nil || len(list) != len(exchange()) {
		t.Errorf("%d records, %v", len(list), err)
	}
}

func record(head, block string) string {
	return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2016-01-11T23:24:25Z\r\n" + head + "\r\n\r\n" + block + "\r\n\r\n"
}

// TestOldTools: what other versions and tools write.
func TestOldTools(t *testing.T) {
	for _, c := range []struct{ name, file, uri string }{
		{"1.0 with < >", record("WARC-Target-URI: <http://a.example/>\r\nContent-Length: 2", "ab"), "http://a.example/"},
		{"lower case", record("warc-target-uri: http://a.example/\r\ncontent-length: 2", "ab"), "http://a.example/"},
		{"folded value", record("WARC-Target-URI:\r\n\thttp://a.example/\r\nContent-Length: 2", "ab"), "http://a.example/"},
		{"line feeds only", strings.ReplaceAll(record("WARC-Target-URI: http://a.example/\r\nContent-Length: 2", "ab"), "\r", ""), "http://a.example/"},
		{"no empty lines at the end", strings.TrimRight(record("WARC-Target-URI: http://a.example/\r\nContent-Length: 2", "ab"), "\r\n"), "http://a.example/"},
	} {
		list, err := readAll(strings.NewReader(c.file))
		if err != nil || len(list) != 1 || list[0].TargetURI() != c.uri || list[0].block != "ab" {
			t.Errorf("%s: %+v, %v", c.name, list, err)
		}
	}
}

// TestBroken: each fault is told with the place of the record.
func TestBroken(t *testing.T) {
	good := record("Content-Length: 2", "ab")
	compressed := string(write(t, exchange()[:1], true))
	for _, c := range []struct{ name, file, want string }{
		{"not an archive", "<html>", "record at byte 0: the archive ends within its fields: unexpected EOF"},
		{"something between", good + "<html>\n", "record at byte 121: want a WARC record, not \"<html>\""},
		{"version", "WARC/2.0\r\n", `record at byte 0: version "2.0" of WARC is not read (want 1.0 or 1.1)`},
		{"no length", record("X: y", ""), "record at byte 0: it has no Content-Length"},
		{"bad length", record("Content-Length: -1", ""), `record at byte 0: its length "-1" can not be read`},
		{"huge length", record("Content-Length: 9999999999999", ""), "record at byte 0: its block of 9999999999999 bytes is over the bound of 1073741824"},
		{"two lengths", record("Content-Length: 2\r\nContent-Length: 3", "ab"), "record at byte 0: it has two lengths"},
		{"no field", record("Content-Length 2", "ab"), `record at byte 0: want a field, name: value, not "Content-Length 2"`},
		{"bad date", strings.Replace(good, "2016", "gisteren", 1), `record at byte 0: its date "gisteren-01-11T23:24:25Z" can not be read`},
		{"no ID", strings.Replace(good, "WARC-Record-ID", "X", 1), "record at byte 0: want the fields WARC-Type, WARC-Record-ID and WARC-Date"},
		{"cut off in the block", good + record("Content-Length: 100", "ab"), "record at byte 121: the archive ends within a block: unexpected EOF"},
		{"cut off in the fields", good + "WARC/1.0\r\nWARC-Ty", "record at byte 121: the archive ends within its fields: unexpected EOF"},
		{"fields without end", "WARC/1.0\r\n" + strings.Repeat("X: y\r\n", 1<<16), "record at byte 0: its fields are over the bound of 65536 bytes"},
		{"a line without end", strings.Repeat("W", 1<<20), "record at byte 0: its fields are over the bound of 65536 bytes"},
		{"cut off in a member", compressed + compressed[:len(compressed)-9], fmt.Sprintf("record at byte %d: it can not be decompressed: unexpected EOF", len(compressed))},
		{"something after a member", compressed + "<html></html>", fmt.Sprintf("record at byte %d: it can not be decompressed: gzip: invalid header", len(compressed))},
	} {
		_, err := readAll(strings.NewReader(c.file))
		var syntax *warc.SyntaxError
		if !errors.As(err, &syntax) || err.Error() != c.want {
			t.Errorf("%s: %v; want %s", c.name, err, c.want)
		}
	}
	if _, err := readAll(io.MultiReader(strings.NewReader(good), iotest.ErrReader(os.ErrClosed))); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a disk that fails: %v", err)
	}
}

// TestBomb: a block that decompresses to more than the bound is not begun, and
// one below it is passed over in flat memory.
func TestBomb(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprintf(z, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2016-01-11T23:24:25Z\r\nContent-Length: %d\r\n\r\n", 32<<20)
	zeros := make([]byte, 1<<20)
	for range 32 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	small := warc.NewReader(bytes.NewReader(b.Bytes()))
	small.MaxBlock = 16 << 20
	if _, err := small.Next(); err == nil {
		t.Error("a block over the bound was read")
	}
	large := warc.NewReader(bytes.NewReader(b.Bytes()))
	allocated := testing.AllocsPerRun(1, func() {
		for {
			if _, err := large.Next(); err != nil {
				break
			}
		}
	})
	if _, err := large.Next(); !errors.Is(err, io.EOF) || allocated > 1000 {
		t.Errorf("%v, %v allocations", err, allocated)
	}
}

// TestUnwritable: what would make another record of a value is refused.
func TestUnwritable(t *testing.T) {
	good := warc.Record{Type: warc.Metadata, ID: id(1), Date: time.Unix(0, 0)}
	for _, f := range []warc.Field{{"X", "a\r\nWARC-Type: response"}, {"X Y", "a"}, {"", "a"}, {"X:", "a"}} {
		r := good
		r.Fields = warc.Fields{f}
		if err := warc.NewWriter(io.Discard, false).Write(&r, nil, nil); err == nil {
			t.Errorf("%q was written", f)
		}
	}
	for _, r := range []warc.Record{{}, {Type: warc.Metadata}, {Type: warc.Metadata, ID: id(1)}} {
		if err := warc.NewWriter(io.Discard, false).Write(&r, nil, nil); err == nil {
			t.Errorf("%+v was written", r)
		}
	}
}

func TestDigest(t *testing.T) {
	// From Annex C of the specification, and what sha1sum says of nothing.
	empty := []byte{}
	for _, c := range []struct {
		digest string
		ok     bool
	}{
		{"sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", true},
		{"sha1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj", true},
		{"SHA-1:da39a3ee5e6b4b0d3255bfef95601890afd80709", true},
		{"sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====", true},
		{"sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ", true},
		{"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", true},
		{"md5:anything", true}, // not known here
		{"", true},
		{"sha1:AAAA2H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", false},
		{"sha1:UZY6ND6CCHXETFVJD2MSS7ZENMWF7KQ2", false},
		{"sha256:", false},
	} {
		if err := warc.CheckDigest(c.digest, empty); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.digest, err)
		}
	}
	sum := sha256.Sum256([]byte("abc"))
	if got, ok := warc.SHA256(warc.Digest([]byte("a"), []byte("bc"))); !ok || !bytes.Equal(got, sum[:]) {
		t.Errorf("%x, %v; want %x", got, ok, sum)
	}
	if got, ok := warc.SHA256("sha256:" + hex.EncodeToString(sum[:])); !ok || !bytes.Equal(got, sum[:]) {
		t.Errorf("%x, %v; want %x", got, ok, sum)
	}
	if _, ok := warc.SHA256("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"); ok {
		t.Error("a SHA-1 is no SHA-256")
	}
}

func TestParseFields(t *testing.T) {
	got := warc.ParseFields([]byte("via: https://a.example/\r\n: nameless\r\nnote: two\r\n lines\r\n\r\nempty:\r\n"))
	want := warc.Fields{{"via", "https://a.example/"}, {"note", "two lines"}, {"empty", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}

// FuzzReader: any bytes are read without harm, in pieces as well as whole, and
// what could be read can be written and read again.
func FuzzReader(f *testing.F) {
	var t testing.T
	f.Add(write(&t, exchange(), false))
	f.Add(write(&t, exchange(), true))
	f.Add([]byte(record("WARC-Target-URI: <http://a.example/>\r\nContent-Length: 2", "ab")))
	f.Add([]byte("WARC/1.1\nContent-Length: 1\n\n"))
	f.Add([]byte{0x1f, 0x8b, 8})
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := readAll(bytes.NewReader(file))
		pieces, inPieces := readAll(iotest.OneByteReader(bytes.NewReader(file)))
		if fmt.Sprint(err) != fmt.Sprint(inPieces) || !reflect.DeepEqual(list, pieces) {
			t.Fatalf("whole: %d records, %v; in pieces: %d, %v", len(list), err, len(pieces), inPieces)
		}
		for _, r := range list {
			var b bytes.Buffer
			if err := warc.NewWriter(&b, false).Write(&r.Record, nil, []byte(r.block)); err != nil {
				continue // such as a NUL in a field
			}
			again, err := readAll(&b)
			if err != nil || len(again) != 1 || again[0].block != r.block || again[0].Type != r.Type || again[0].ID != r.ID || !again[0].Date.Equal(r.Date) {
				t.Fatalf("%+v was written and read as %+v, %v", r, again, err)
			}
		}
	})
}

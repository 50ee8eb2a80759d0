package publisher

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
	"unicode/utf8"
)

// Sum returns the hash that e should have: the SHA-256, hex, of its canonical
// JSON (RFC 8785: sorted keys, no white space, shortest escapes) without the
// field "hash". Anybody can compute it again with a JSON library.
func (e Entry) Sum() string {
	e.Hash = ""
	e.Time = e.Time.UTC()
	plain, err := json.Marshal(e)
	if err != nil { // no field of an Entry can fail but a time beyond year 9999
		return ""
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(plain))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return ""
	}
	delete(fields, "hash")
	sum := sha256.Sum256(appendCanonical(nil, fields))
	return hex.EncodeToString(sum[:])
}

// Seal returns e as the entry that follows previous (the zero Entry before the
// first): with its Sequence, Previous and Hash.
func (e Entry) Seal(previous Entry) Entry {
	e.Time = e.Time.UTC()
	e.Sequence = previous.Sequence + 1
	e.Previous = previous.Hash
	e.Hash = e.Sum()
	return e
}

// appendCanonical writes what encoding/json decodes, as RFC 8785 asks. Keys
// are ASCII and numbers whole here, so that their order and form are plain.
func appendCanonical(b []byte, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendCanonicalString(b, k), ':')
			b = appendCanonical(b, v[k])
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, item)
		}
		return append(b, ']')
	case string:
		return appendCanonicalString(b, v)
	case json.Number:
		return append(b, v.String()...)
	case bool:
		return fmt.Appendf(b, "%t", v)
	}
	return append(b, "null"...)
}

func appendCanonicalString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b = append(b, '\\', byte(r))
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			if r < 0x20 {
				b = fmt.Appendf(b, `\u%04x`, r)
			} else {
				b = utf8.AppendRune(b, r)
			}
		}
	}
	return append(b, '"')
}

// saltLabel keeps salts apart from other hashes.
const saltLabel = "belfort ledger salt\n"

// salt returns the salt, 16 bytes in hex, of an entry that follows last (the
// zero Entry if there is none) as the newest of its page. The salt keeps equal
// contents from being seen to be equal, and a table of hashes that was made
// beforehand from betraying short contents that have been erased. For that it
// need not be secret, and is not: it stands in the entry. It must be another one
// for each entry, which it is because no two entries of a ledger follow the same
// one of the same page; and nobody can know it before the entry is written,
// because it depends on when the page was fetched, to the nanosecond, and on the
// chain. Being no random number, it comes out the same when the fetches are
// replayed from an archive.
func salt(last, e Entry) string {
	h := sha256.New()
	for _, part := range [...]string{saltLabel, last.Hash, "\n", e.Time.UTC().Format(time.RFC3339Nano), "\n", e.Pagina} {
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// saltedHash returns the SHA-256, hex, of the salt's text followed by content.
func saltedHash(salt string, content []byte) string {
	h := sha256.New()
	h.Write([]byte(salt))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// BrokenError names the first entry of a ledger that is not what it should be.
type BrokenError struct {
	Sequence uint64
	Reason   string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("ledger is broken at entry %d: %s", e.Sequence, e.Reason)
}

// Verify walks the ledger from its first entry and checks that every entry has
// its sequence, follows from the one before by its hash, and is itself
// unchanged. With blobs it also checks the contents against the salted hashes;
// content that is gone is no break, because it may have been erased on request.
// The first fault is returned as a *BrokenError; other errors are of reading.
func Verify(ctx context.Context, ledger Ledger, blobs Blobs) error {
	head, err := ledger.Head(ctx)
	if err != nil {
		return fmt.Errorf("verify ledger: %w", err)
	}
	var previous Entry
	for n := uint64(1); n <= head; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, refs, ok, err := ledger.Entry(ctx, n)
		if err != nil {
			return fmt.Errorf("verify ledger: read entry %d: %w", n, err)
		}
		if reason := fault(e, previous, n, ok); reason != "" {
			return &BrokenError{Sequence: n, Reason: reason}
		}
		if err := verifyContents(ctx, blobs, e, refs); err != nil {
			return err
		}
		previous = e
	}
	return nil
}

func fault(e, previous Entry, n uint64, ok bool) string {
	switch {
	case !ok:
		return "the entry is missing"
	case e.Sequence != n:
		return fmt.Sprintf("the entry has sequence %d", e.Sequence)
	case e.Previous != previous.Hash:
		return "it does not follow from the entry before"
	case e.Hash != e.Sum():
		return "its content does not match its hash"
	}
	return ""
}

func verifyContents(ctx context.Context, blobs Blobs, e Entry, refs Refs) error {
	if blobs == nil {
		return nil
	}
	for _, c := range [...]struct{ what, ref, want string }{
		{"page text", refs.Body, e.Body}, {"graph", refs.Graph, e.Graph}, {"report", refs.Report, e.Report},
	} {
		if c.ref == "" {
			continue
		}
		content, err := blobs.Get(ctx, c.ref)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("verify ledger: entry %d: read %s: %w", e.Sequence, c.what, err)
		}
		if saltedHash(e.Salt, content) != c.want {
			return &BrokenError{Sequence: e.Sequence, Reason: "the " + c.what + " does not match its hash"}
		}
	}
	return nil
}

package warc

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Writer writes records of WARC 1.1.
type Writer struct {
	w    io.Writer
	gz   *gzip.Writer // nil for a plain file
	head []byte
}

// NewWriter returns a Writer to w. If compress is set, each record is a gzip
// member of its own (Annex D), so that one can be read without those before it.
// The Writer keeps nothing back: there is nothing to close.
func NewWriter(w io.Writer, compress bool) *Writer {
	writer := &Writer{w: w}
	if compress {
		writer.gz = gzip.NewWriter(w)
	}
	return writer
}

// Write writes a record. Its block is head followed by payload: of an HTTP
// message the header with the empty line, and the body. Blocks without such a
// head are all payload, with head nil.
//
// Write adds Content-Length and WARC-Block-Digest and, if there is a head and
// the record has none, WARC-Payload-Digest. It returns an error for a field
// that can not be written.
func (w *Writer) Write(r *Record, head, payload []byte) error {
	if r.Type == "" || r.ID == "" || r.Date.IsZero() {
		return errors.New("write archive: a record needs a type, an ID and a date")
	}
	fields := Fields{
		{"WARC-Type", string(r.Type)},
		{"WARC-Record-ID", "<" + r.ID + ">"},
		{"WARC-Date", FormatDate(r.Date)},
	}
	fields = append(fields, r.Fields...)
	fields.Add("WARC-Block-Digest", Digest(head, payload))
	if len(head) > 0 && payload != nil && r.Fields.Get("WARC-Payload-Digest") == "" {
		fields.Add("WARC-Payload-Digest", Digest(payload))
	}
	fields.Add("Content-Length", strconv.Itoa(len(head)+len(payload)))
	var err error
	if w.head, err = fields.Append(append(w.head[:0], "WARC/1.1\r\n"...)); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	w.head = append(w.head, "\r\n"...)
	to := w.w
	if w.gz != nil {
		w.gz.Reset(w.w)
		to = w.gz
	}
	for _, part := range [...][]byte{w.head, head, payload, []byte("\r\n\r\n")} {
		if _, err := to.Write(part); err != nil {
			return fmt.Errorf("write archive: %w", err)
		}
	}
	if w.gz != nil {
		if err := w.gz.Close(); err != nil {
			return fmt.Errorf("write archive: %w", err)
		}
	}
	return nil
}

// FormatDate writes a time as WARC-Date: UTC, with as many digits of the second
// as it has, up to nine (section 5.4).
func FormatDate(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// parseDate also reads what section 5.4 allows beside it: a year, month, day or
// minute.
func parseDate(s string) (time.Time, error) {
	var first error
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04Z", time.DateOnly, "2006-01", "2006"} {
		t, err := time.Parse(layout, s)
		if err == nil {
			return t.UTC(), nil
		}
		if first == nil {
			first = err
		}
	}
	return time.Time{}, first
}
